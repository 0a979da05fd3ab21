//! People learn what is on record about them and have it deleted.

use steward::features::PHRASES;
use steward::model::{Lang, Span, UserId};
use steward::store::{quarantine, traces};

use crate::harness::{Scene, scenarios};

const ENGLISH: &str = "name = 'Harbour Book Club'\nlanguage = 'en'";

/// Rows of a person in the shared tables: member, activity, member_day, person.
async fn rows(scene: &Scene, user: UserId) -> Vec<i64> {
    let mut conn = scene.stage.db().read().await.unwrap();
    let mut all = Vec::new();
    for table in ["member", "activity", "member_day", "person"] {
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table} WHERE user_id = $1"));
        let (n,): (i64,) = sqlx::query_as(sql).bind(user.0).fetch_one(&mut *conn).await.unwrap();
        all.push(n);
    }
    all
}

scenarios! {
    async fn a_member_sees_everything_on_record(base) {
        let mut scene = Scene::new(&base, "name = '职场妈妈成长社'").await;
        let ling = scene.newcomer("<小玲>").await;
        scene.tg.user(ling, |person| person.language = Some("zh-hans".to_owned()));
        scene.say(ling, "大家早上好").await;
        scene.whisper(ling, "/mydata").await;
        insta::allow_duplicates! { insta::assert_snapshot!(scene.last(ling.private()).text, @r"
        关于你的全部记录
        ID：10001
        能否给你发私信：能
        语言：zh-hans

        平时聊天的内容我不保存，只记次数和时间；被举报、被删掉、疑似广告，或者管理员标记为“是广告”“不是广告”的消息会留下内容。发 /forgetme，能删的都会删

        职场妈妈成长社
        名字：<小玲>
        状态：在群里
        加入：3月2日 12:02
        第一次见到：3月2日 12:02
        最近一次见到：3月2日 12:02
        发言：1 条，1 天（最多数到 100 条、60 天）

        参与次数（3月2日 至 3月2日）
        · 发言 1
        · 加入 1
        "); }
        scene.end().await;
    }

    async fn failed_messages_of_a_person_are_forgotten_with_them_and_others_in_a_month(base) {
        let mut scene = Scene::new(&base, "").await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小梅").await);
        let now = scene.stage.now();
        let mut tx = scene.stage.db().begin().await.unwrap();
        for user in [ling, mei] {
            let body = format!(r#"{{"message":{{"message_id":{},"from":{{"id":{user}}},"text":"毒"}}}}"#, ling.0);
            quarantine::keep(&mut tx, now, "update", &body, "broken").await.unwrap();
        }
        tx.commit().await.unwrap();
        let kept = async |scene: &Scene| {
            let all = quarantine::list(&mut scene.stage.db().read().await.unwrap(), 10).await.unwrap();
            all.into_iter().map(|it| it.body).collect::<Vec<_>>()
        };
        scene.forget(ling).await;
        let left = kept(&scene).await;
        assert!(left.len() == 1 && left[0].contains(&format!("\"id\":{mei}")), "{left:?}");
        for (age, expected) in [(30, 1), (31, 0)] {
            scene.stage.engine().beat(now + Span::days(age)).await.unwrap();
            assert_eq!(kept(&scene).await.len(), expected);
        }
        scene.end().await;
    }

    async fn in_a_group_the_way_to_the_private_chat_is_shown_briefly(base) {
        let mut scene = Scene::new(&base, ENGLISH).await;
        let mary = scene.newcomer("Mary").await;
        scene.skip();
        for (command, payload) in [("/mydata", "mydata"), ("/forgetme", "forgetme")] {
            scene.say(mary, command).await;
            let hint = scene.last(scene.group);
            assert_eq!(hint.text, "Your data is for your eyes only: let's do this in private.");
            assert_eq!(hint.buttons[0][0].text, "Open private chat");
            let link = hint.buttons[0][0].url.clone().unwrap();
            assert!(link.ends_with(&format!("?start={payload}")), "{link}");
            scene.pass(Span::secs(61)).await;
            assert!(scene.tg.message(scene.group, hint.id).is_none());
        }
        scene.tg.start_bot(mary, "mydata");
        scene.settle().await;
        insta::allow_duplicates! { insta::assert_snapshot!(scene.last(mary.private()).text, @r"
        Everything on record about you
        Id: 10001
        Can I message you: yes
        Language: unknown

        I don't keep what you say in chats, only counts and times, except for messages that were reported, removed, looked at as possible advertising, or marked by the team as an ad or not one. /forgetme deletes what may be deleted.

        职场妈妈成长社
        Name: Mary
        Status: member
        Joined: 2 March, 12:02
        First seen: 2 March, 12:02
        Last seen: 2 March, 12:02
        Messages: 2 on 1 day (counted up to 100 and 60)

        What you did (2 March to 2 March)
        · joined: 1
        "); }
        scene.end().await;
    }

    async fn nothing_is_deleted_before_a_second_look(base) {
        let mut scene = Scene::new(&base, ENGLISH).await;
        let mary = scene.newcomer("Mary").await;
        scene.say(mary, "Hello everybody").await;
        scene.whisper(mary, "/forgetme").await;
        let asked = scene.last(mary.private());
        insta::allow_duplicates! { insta::assert_snapshot!(asked.text, @r"
        Delete what I know about you?

        Deleted: your name and username, counts of messages and check-ins, streaks, the note that I may message you, and other records about you. This cannot be undone; streaks start over.

        Kept: strikes and bans still in force (they protect others), and group totals that name nobody.

        You are still in a group: if you write there again, counting starts from zero. To leave nothing behind, leave the group first.
        "); }
        assert_eq!(rows(&scene, mary).await, [1, 2, 2, 1]);
        scene.press(mary.private(), asked.id, mary, "Keep it").await;
        assert_eq!(scene.answered(), "All right, nothing was deleted.");
        assert_eq!(rows(&scene, mary).await, [1, 2, 2, 1]);
        scene.end().await;
    }

    async fn who_left_leaves_nothing_behind(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "大家早上好").await;
        scene.whisper(ling, "/start").await;
        scene.tg.leave(scene.group, ling);
        scene.settle().await;
        scene.whisper(ling, "/forgetme").await;
        let asked = scene.last(ling.private());
        assert!(!asked.text.contains("你还在群里"), "{}", asked.text);
        scene.press(ling.private(), asked.id, ling, "确定删除").await;
        assert_eq!(scene.answered(), "好的，你的记录已经删除。");
        assert_eq!(rows(&scene, ling).await, [0, 0, 0, 0]);
        assert_eq!(scene.last(ling.private()).text, "好的，你的记录已经删除。");
        // A second tap, and one after a restart, change nothing.
        scene.stage.restart().await.unwrap();
        scene.tg.press_data(ling.private(), asked.id, ling, "privacy:forget");
        scene.settle().await;
        assert_eq!(rows(&scene, ling).await, [0, 0, 0, 0]);
        scene.end().await;
    }

    async fn who_stays_is_known_only_as_somebody_in_the_group(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "大家早上好").await;
        scene.whisper(ling, "/forgetme").await;
        let asked = scene.last(ling.private());
        assert!(asked.text.contains("你还在群里"), "{}", asked.text);
        scene.press(ling.private(), asked.id, ling, "确定删除").await;
        assert_eq!(rows(&scene, ling).await, [1, 0, 0, 0]);
        let member = scene.stage.db().begin().await.unwrap().member(scene.group, ling).await.unwrap().unwrap();
        assert_eq!((member.name.as_str(), member.messages), ("", 0));
        scene.end().await;
    }

    async fn who_is_forgotten_is_told_so_from_then_on(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡").await;
        for _ in 0..2 {
            scene.whisper(ling, "/forgetme").await;
        }
        let asked = scene.tg.bot_messages(ling.private());
        scene.press(ling.private(), asked[0].id, ling, "确定删除").await;
        assert_eq!(scene.answered(), "好的，你的记录已经删除。");
        let (done, stays) = ("好的，你的记录已经删除。", "没有可以再删的了。保留的只有：你在群里。");
        let edits = |scene: &Scene| scene.calls().iter().filter(|call| call.method == "editMessageText").count();
        for (message, data, said, edited) in
            [(0, "privacy:forget", done, 1), (1, "privacy:keep", stays, 2), (1, "privacy:keep", stays, 2)]
        {
            scene.tg.press_data(ling.private(), asked[message].id, ling, data);
            scene.pass(Span::secs(3)).await;
            assert_eq!(scene.answered(), said, "{data}");
            assert_eq!(scene.tg.message(ling.private(), asked[message].id).unwrap().text, said, "{data}");
            assert_eq!(edits(&scene), edited, "only what differs is edited");
        }
        scene.whisper(ling, "/forgetme").await;
        assert_eq!(scene.last(ling.private()).text, format!("能给你发私信的标记删掉了，别的{stays}"));
        scene.whisper(ling, "/mydata").await;
        let shown = scene.last(ling.private()).text;
        assert!(shown.contains("名字：（没有保存）") && !shown.contains("已注销"), "{shown}");
        scene.end().await;
    }

    async fn what_is_on_record_about_a_stranger_goes_and_is_named(base) {
        let mut scene = Scene::new(&base, "").await;
        let stranger = scene.person("路人");
        scene.whisper(stranger, "/mydata").await;
        assert!(scene.last(stranger.private()).text.contains("能否给你发私信：能"));
        for (language, said) in [
            ("zh-hans", "我只记着能给你发私信，现在删掉了。别的没有你的记录。"),
            ("en", "All I had on record was that I may message you. It is deleted now."),
        ] {
            scene.tg.user(stranger, |person| person.language = Some(language.into()));
            scene.whisper(stranger, "/forgetme").await;
            scene.pass(Span::secs(3)).await;
            assert_eq!(scene.last(stranger.private()).text, said);
            assert_eq!(rows(&scene, stranger).await, [0, 0, 0, 0]);
        }
        scene.end().await;
    }

    async fn a_warning_in_force_is_named_as_what_stays(base) {
        let mut scene = Scene::new(&base, "[strikes]").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "兼职日结 300 元，加微信 vx_888666 详聊").await;
        scene.forget(ling).await;
        scene.whisper(ling, "/forgetme").await;
        assert_eq!(
            scene.last(ling.private()).text,
            "能给你发私信的标记删掉了，别的没有可以再删的了。保留的只有：你在群里，以及有效到 4月1日 的一次警告。"
        );
        scene.tg.user(ling, |person| person.language = Some("en".into()));
        scene.whisper(ling, "/forgetme").await;
        scene.pass(Span::secs(3)).await;
        assert_eq!(
            scene.last(ling.private()).text,
            "The note that I may message you is gone. There is nothing more to delete. What stays: that you are in the group, \
             and a warning until 1 April."
        );
        scene.end().await;
    }

    async fn who_checks_in_in_private_after_being_forgotten_has_a_name_again(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡").await;
        scene.forget(ling).await;
        scene.whisper(ling, "/checkin").await;
        scene.whisper(ling, "/top").await;
        scene.pass(Span::secs(3)).await;
        assert_eq!(scene.last(ling.private()).text, "🏆 连续打卡排行\n\n1. 小玲 · 1 天");
        scene.end().await;
    }

    async fn every_record_has_a_name_people_understand(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡").await;
        scene.whisper(ling, "/mydata").await;
        let shown = scene.last(ling.private()).text;
        assert!(shown.contains("· 打卡日期 1\n· 连续打卡天数 1"), "{shown}");
        let mut tx = scene.stage.db().begin().await.unwrap();
        let tables = traces::of(&mut tx, ling).await.unwrap();
        drop(tx);
        let told_apart = ["member", "member_day", "activity", "person"];
        for (table, _) in tables.iter().filter(|(table, _)| !told_apart.contains(&table.as_str())) {
            for lang in Lang::ALL {
                assert!(PHRASES.source(lang, &format!("privacy.table_{table}")).is_some(), "{table}");
            }
        }
        scene.end().await;
    }

    async fn forged_buttons_delete_nobody(base) {
        let mut scene = Scene::new(&base, "").await;
        let (ling, mallory) = (scene.newcomer("小玲").await, scene.newcomer("路人").await);
        scene.tg.start_bot(ling, "forgetme");
        scene.settle().await;
        let message = scene.say(ling, "大家早上好").await;
        for (data, answer) in [
            ("privacy:forget", "这个按钮不是给你的。"),
            ("privacy:forget:10001", "这个按钮不是给你的。"),
            ("privacy:", "这个按钮已经失效。"),
            ("privacy:forgetall", "这个按钮已经失效。"),
            ("raffle:join:7", "这个按钮已经失效。"),
            ("", "这个按钮已经失效。"),
        ] {
            scene.tg.press_data(scene.group, message, mallory, data);
            scene.settle().await;
            assert_eq!(scene.answered(), answer, "{data}");
        }
        assert_eq!(rows(&scene, ling).await, [1, 2, 2, 1]);
        assert_eq!(rows(&scene, mallory).await, [1, 1, 1, 0]);
        scene.end().await;
    }
}
