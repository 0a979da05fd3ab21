//! Posts planned ahead.

use steward::model::{Span, Timestamp};
use steward::telegram::emulator::{Action, Rule, SeenMessage};

use crate::harness::{Base, Scene, scenarios};

const MORNING: &str = r#"
[[calendar]]
id = "morning"
at = "08:00"
bank = ["早餐吃了什么？", "今天的小目标？", "昨天的小确幸？"]
owner = "内容"
"#;

/// What the bot has in the group: local date and time in Shanghai, and the words.
pub fn posts(scene: &Scene) -> Vec<String> {
    let line = |message: SeenMessage| {
        let at = message.at.local(chrono_tz::Asia::Shanghai).format("%d %H:%M");
        let question = message.poll.as_ref().and_then(|poll| poll["question"].as_str().map(ToOwned::to_owned));
        format!("{at} {}", question.unwrap_or(message.text))
    };
    scene.tg.bot_messages(scene.group).into_iter().map(line).collect()
}

async fn pause(scene: &Scene, paused: Option<Timestamp>) {
    let mut tx = scene.stage.db().begin().await.unwrap();
    let row = tx.chat(scene.group).unwrap().clone();
    tx.put_chat(steward::store::chats::ChatRow { paused, ..row }).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the staff chat was told of posts that did not come.
pub fn reports(scene: &Scene) -> Vec<String> {
    let all = scene.tg.bot_messages(scene.staff).into_iter().map(|message| message.text);
    all.filter(|text| text.starts_with("⚠️")).collect()
}

scenarios! {
    async fn posts_come_at_their_time_and_their_texts_take_turns(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        scene.pass(Span::days(4)).await;
        assert_eq!(posts(&scene), [
            "03 08:00 早餐吃了什么？", "04 08:00 今天的小目标？", "05 08:00 昨天的小确幸？", "06 08:00 早餐吃了什么？",
        ]);
        scene.end().await;
    }

    async fn a_restart_before_at_and_after_the_time_posts_once_and_keeps_the_turns(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        scene.until(7, 59).await;
        scene.stage.restart().await.unwrap();
        scene.until(8, 0).await;
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(10)).await;
        scene.stage.restart().await.unwrap();
        scene.pass(Span::days(1)).await;
        assert_eq!(posts(&scene), ["03 08:00 早餐吃了什么？", "04 08:00 今天的小目标？"]);
        scene.end().await;
    }

    async fn what_came_due_while_the_bot_was_away_is_posted_within_its_grace(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        scene.until(7, 50).await;
        scene.stage.absent(Span::minutes(35)).await.unwrap();
        scene.pass(Span::minutes(5)).await;
        assert_eq!(posts(&scene), ["03 08:25 早餐吃了什么？"]);
        assert_eq!(reports(&scene), Vec::<String>::new());
        scene.end().await;
    }

    async fn what_is_later_than_its_grace_is_skipped_and_the_staff_hears_of_all_at_once(base) {
        let mut scene = Scene::new(&base, &format!("{MORNING}\n[[calendar]]\nid = 'noon'\nat = '12:30'\ntext = '午休'\n")).await;
        scene.until(7, 50).await;
        scene.stage.absent(Span::hours(6)).await.unwrap();
        scene.pass(Span::minutes(5)).await;
        assert_eq!(posts(&scene), ["02 12:30 午休"]);
        assert_eq!(reports(&scene), [
            "⚠️ 有 2 条定时消息没有正常发出：\
             \n· 3月3日 周二 08:00　早餐吃了什么？（职场妈妈成长社）\n　没能按时发出，过了补发时限，已跳过\
             \n· 3月3日 周二 12:30　午休（职场妈妈成长社）\n　没能按时发出，过了补发时限，已跳过",
        ]);
        // The text that nobody read has its turn next, and is announced.
        scene.tg.say(scene.staff, scene.owner, "/calendar");
        scene.settle().await;
        assert!(scene.last(scene.staff).text.contains("明天 3月4日 周三\n08:00　早餐吃了什么？"), "{}", scene.last(scene.staff).text);
        scene.until(8, 1).await;
        assert_eq!(posts(&scene).last().unwrap(), "04 08:00 早餐吃了什么？");
        scene.end().await;
    }

    async fn after_days_away_only_what_is_still_in_time_is_posted(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        scene.stage.absent(Span::hours(5 * 24 + 20)).await.unwrap();
        scene.pass(Span::minutes(20)).await;
        // It is 08:22 on the 8th; five mornings passed unseen.
        assert_eq!(posts(&scene), ["08 08:02 昨天的小确幸？"]);
        assert_eq!(reports(&scene).len(), 1);
        assert!(reports(&scene)[0].starts_with("⚠️ 有 5 条"), "{:?}", reports(&scene));
        scene.pass(Span::days(1)).await;
        assert_eq!(posts(&scene).last().unwrap(), "09 08:00 早餐吃了什么？");
        scene.end().await;
    }

    /// It waits where it is to be sent: what Telegram holds back past its grace is not sent either.
    async fn what_waits_past_its_grace_to_be_sent_is_skipped_and_the_staff_hears_of_it(base) {
        let settings = "[[calendar]]\nid = 'a'\nat = '12:20'\ntext = '现在开始'\nlate = { within = '2m', then = 'skip' }";
        let mut scene = Scene::new(&base, settings).await;
        scene.until(12, 19).await;
        let text = "Too Many Requests: retry after 200".to_owned();
        let action = Action::Status { code: 429, text, retry_after: Some(200), migrate_to: None };
        scene.tg.fail(Rule { chat_id: Some(scene.group), ..Rule::new("sendMessage", action) }.times(1));
        scene.pass(Span::minutes(30)).await;
        assert_eq!(posts(&scene), Vec::<String>::new());
        let reports = reports(&scene);
        assert!(reports.iter().any(|text| text.contains("现在开始（职场妈妈成长社）\n　没能按时发出")), "{reports:?}");
        scene.end().await;
    }

    async fn what_must_come_however_late_comes_once(base) {
        let settings = "[[calendar]]\nid = 'weekly'\nat = '08:00'\ntext = '周报'\nlate = { then = 'send' }";
        let mut scene = Scene::new(&base, settings).await;
        scene.stage.absent(Span::days(3)).await.unwrap();
        scene.pass(Span::minutes(20)).await;
        assert_eq!(posts(&scene), ["05 12:02 周报"]);
        scene.end().await;
    }

    async fn after_an_absence_posts_come_apart(base) {
        let settings = "[[calendar]]\nid = 'a'\nat = '13:00'\ntext = '甲'\n[[calendar]]\nid = 'b'\nat = '13:05'\ntext = '乙'\n\
                        [[calendar]]\nid = 'c'\nat = '13:10'\ntext = '丙'";
        let mut scene = Scene::new(&base, settings).await;
        scene.stage.absent(Span::minutes(73)).await.unwrap();
        scene.pass(Span::minutes(30)).await;
        assert_eq!(posts(&scene), ["02 13:15 甲", "02 13:20 乙", "02 13:25 丙"]);
        scene.end().await;
    }

    async fn a_time_moved_back_past_now_does_not_come_that_day(base) {
        let at = |time: &str| format!("[[calendar]]\nid = 'evening'\nat = '{time}'\nbank = ['一', '二']");
        let mut scene = Scene::new(&base, &at("20:00")).await;
        scene.until(19, 30).await;
        scene.reload(&at("19:00")).await;
        scene.until(23, 0).await;
        assert_eq!(posts(&scene), Vec::<String>::new());
        scene.until(19, 1).await;
        assert_eq!(posts(&scene), ["03 19:00 一"]);
        // Nor does one that came today come again at its new time.
        scene.reload(&at("20:00")).await;
        scene.until(23, 0).await;
        assert_eq!(posts(&scene).len(), 1);
        scene.until(20, 1).await;
        assert_eq!(posts(&scene), ["03 19:00 一", "04 20:00 二"]);
        scene.end().await;
    }

    async fn a_new_text_and_a_new_post_are_taken_up_and_a_removed_one_goes(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        scene.reload("[[calendar]]\nid = 'morning'\nat = '08:00'\ntext = '换了新话题'\n\
                            [[calendar]]\nid = 'tea'\nat = '15:00'\ntext = '下午茶'").await;
        scene.until(9, 0).await;
        assert_eq!(posts(&scene), ["02 15:00 下午茶", "03 08:00 换了新话题"]);
        scene.reload("").await;
        scene.pass(Span::days(2)).await;
        assert_eq!(posts(&scene).len(), 2);
        scene.end().await;
    }

    async fn a_post_cancelled_or_reworded_while_it_waits_at_the_courier_does_not_come_as_it_was(base) {
        let one = |text: &str| format!("[[calendar]]\nid = 'noon'\nat = '13:00'\ntext = '{text}'");
        let slow = |scene: &Scene| scene.tg.fail(Rule::new("sendMessage", steward::telegram::emulator::Action::Status {
            code: 429, text: "Too Many Requests: retry after 300".into(), retry_after: Some(300), migrate_to: None,
        }));
        let mut scene = Scene::new(&base, &one("旧话")).await;
        slow(&scene);
        scene.until(13, 1).await;
        scene.reload(&one("新话")).await;
        scene.until(13, 20).await;
        let said: Vec<String> = posts(&scene).iter().map(|post| post[9..].to_owned()).collect();
        assert_eq!(said, ["新话"]);
        scene.until(12, 59).await;
        slow(&scene);
        scene.until(13, 1).await;
        scene.reload("").await;
        scene.until(14, 0).await;
        assert_eq!(posts(&scene).len(), 1);
        scene.end().await;
    }

    async fn a_pinned_post_takes_the_place_of_the_one_before(base) {
        let settings = "[[calendar]]\nid = 'a'\nat = '13:00'\nbank = ['甲', '乙']\npin = true\n\
                        [[calendar]]\nid = 'b'\nat = '14:00'\ntext = '别的'\npin = true";
        let mut scene = Scene::new(&base, settings).await;
        scene.until(15, 0).await;
        scene.until(13, 30).await;
        let pinned: Vec<String> = scene.tg.bot_messages(scene.group).into_iter().filter(|it| it.pinned).map(|it| it.text).collect();
        assert_eq!(pinned, ["别的", "乙"]);
        scene.end().await;
    }

    async fn polls_and_quizzes_are_posted(base) {
        let settings = r#"
            [[calendar]]
            id = "vote"
            at = "13:00"
            poll = { question = "这周最累的是？", options = ["早上", "晚上"], multiple = true, anonymous = false }
            [[calendar]]
            id = "quiz"
            at = "14:00"
            polls = [{ question = "3 × 4？", options = ["7", "12"], correct = "12" }, { question = "2 × 2？", options = ["4", "5"], correct = "4" }]
        "#;
        let mut scene = Scene::new(&base, settings).await;
        scene.until(14, 1).await;
        let polls: Vec<_> = scene.tg.bot_messages(scene.group).into_iter().filter_map(|it| it.poll).collect();
        assert_eq!((&polls[0]["question"], &polls[0]["allows_multiple_answers"], &polls[0]["is_anonymous"]), (&"这周最累的是？".into(), &true.into(), &false.into()));
        assert_eq!((&polls[1]["question"], &polls[1]["type"]), (&"3 × 4？".into(), &"quiz".into()));
        scene.until(13, 59).await;
        scene.until(14, 1).await;
        assert_eq!(posts(&scene).last().unwrap(), "03 14:00 2 × 2？");
        scene.end().await;
    }

    async fn a_photo_goes_out_with_its_words_and_buttons(base) {
        let photo = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
        std::fs::write(photo.path(), b"png").unwrap();
        let settings = format!("[[calendar]]\nid = 'poster'\nat = '13:00'\nphoto = '{}'\ntext = '<b>周末</b>活动'\nsilent = true\n\
                                buttons = [{{ text = '报名', url = 'https://example.org/join' }}]", photo.path().display());
        let mut scene = Scene::new(&base, &settings).await;
        scene.until(13, 1).await;
        let post = scene.last(scene.group);
        assert_eq!((post.media.as_deref(), post.text.as_str()), (Some("photo"), "周末活动"));
        assert_eq!(post.buttons[0][0].url.as_deref(), Some("https://example.org/join"));
        let call = scene.tg.log().into_iter().find(|call| call.method == "sendPhoto").unwrap();
        assert_eq!(call.params["disable_notification"], true);
        scene.end().await;
    }

    async fn a_paused_group_hears_nothing_and_gets_no_flood_afterwards(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        pause(&scene, Some(scene.stage.now())).await;
        scene.pass(Span::days(2)).await;
        pause(&scene, None).await;
        scene.pass(Span::days(1)).await;
        assert_eq!(posts(&scene), ["05 08:00 早餐吃了什么？"]);
        assert_eq!(reports(&scene), Vec::<String>::new());
        scene.end().await;
    }

    async fn clock_changes_in_london_neither_lose_nor_repeat_a_post(base) {
        let settings = "timezone = 'Europe/London'\nlanguage = 'en'\n[[calendar]]\nid = 'night'\nat = '01:30'\nbank = ['a', 'b', 'c', 'd']";
        // 27 March 2026, 12:00; clocks go forward on the 29th at 01:00. Then 23 October; they go back on the 25th.
        for (noon, days) in [
            (1_774_612_800, ["28 01:30 GMT", "29 02:00 BST", "30 01:30 BST"]),
            (1_792_753_200, ["24 01:30 BST", "25 01:30 BST", "26 01:30 GMT"]),
        ] {
            let base = if base.url.starts_with("sqlite") { Base::sqlite() } else { Base::postgres().unwrap() };
            let mut scene = Scene::at(&base, settings, Timestamp::from_secs(noon)).await;
            scene.pass(Span::hours(72)).await;
            let at = |message: SeenMessage| message.at.local(chrono_tz::Europe::London).format("%d %H:%M %Z").to_string();
            let times: Vec<String> = scene.tg.bot_messages(scene.group).into_iter().map(at).collect();
            assert_eq!(times, days);
            scene.end().await;
        }
    }

    async fn members_see_the_coming_week(base) {
        let mut scene = Scene::new(&base, &format!("{MORNING}\n[[calendar]]\nid = 'tea'\nweekdays = ['mon', 'fri']\nat = '15:00'\ntitle = '下午茶'\ntext = '歇一歇'\n")).await;
        let ling = scene.regular("小玲").await;
        scene.say(ling, "/calendar").await;
        assert_eq!(scene.heard(), [
            "📅 未来 7 天\n\n今天 3月2日 周一\n15:00　下午茶\n\n明天 3月3日 周二\n08:00　早餐吃了什么？\n\n3月4日 周三\n08:00　今天的小目标？\
             \n\n3月5日 周四\n08:00　昨天的小确幸？\n\n3月6日 周五\n08:00　早餐吃了什么？\n15:00　下午茶\n\n3月7日 周六\n08:00　今天的小目标？\
             \n\n3月8日 周日\n08:00　昨天的小确幸？\n\n3月9日 周一\n08:00　早餐吃了什么？",
        ]);
        scene.until(15, 30).await;
        scene.tg.say(scene.staff, scene.owner, "/calendar");
        scene.settle().await;
        let seen = scene.last(scene.staff).text;
        assert!(seen.starts_with("📅 未来 7 天\n\n今天 3月2日 周一\n✅ 15:00　下午茶\n\n明天 3月3日 周二\n08:00　早餐吃了什么？（内容）"), "{seen}");
        scene.whisper(ling, "/calendar").await;
        assert!(scene.last(ling.private()).text.contains("早餐吃了什么？"));
        scene.end().await;
    }

    async fn the_coming_week_in_english_and_an_empty_one(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[[calendar]]\nid = 'a'\non = '2026-03-03'\nat = '09:00'\ntext = 'Tea & <b>cake</b>'").await;
        let ann = scene.regular("Ann").await;
        scene.say(ann, "/calendar").await;
        assert_eq!(scene.heard(), ["📅 The next 7 days\n\nTomorrow, Tue 3 Mar\n09:00  Tea & cake"]);
        scene.pass(Span::days(2)).await;
        scene.skip();
        scene.say(ann, "/calendar").await;
        assert_eq!(scene.heard(), ["📅 Nothing is planned for the next 7 days yet."]);
        scene.reload("").await;
        scene.skip();
        scene.say(ann, "/calendar").await;
        assert_eq!(scene.heard(), ["📅 未来 7 天还没有安排。"]);
        scene.end().await;
    }

    /// Sunday, 3 May, is the first; weekday numbers are crontab's, where 1 is Monday.
    async fn days_in_words_and_in_cron_are_kept_and_skipped_ones_left_out(base) {
        let settings = "[[calendar]]\nid = 'festival'\nevery = '2nd sunday of may'\nat = '10:00'\ntext = '妈妈节'\n\
            [[calendar]]\nid = 'cron'\ncron = '30 8 * * 1,3'\nskip = ['2026-05-06', '2026-05-11..2026-05-12']\nbank = ['甲', '乙', '丙']\n";
        let noon_of_may_3 = Timestamp(crate::harness::NOON.0 + 62 * 86_400_000);
        let mut scene = Scene::at(&base, settings, noon_of_may_3).await;
        scene.pass(Span::days(16)).await;
        assert_eq!(posts(&scene), ["04 08:30 甲", "10 10:00 妈妈节", "13 08:30 乙", "18 08:30 丙"]);
        scene.end().await;
    }

    async fn each_group_is_shown_its_own_calendar(base) {
        let other = steward::rehearsal::stage::supergroup(1002);
        let settings = "[[calendar]]\nid = 'noon'\nat = '13:00'\nbank = ['甲', '乙']\n";
        let mut scene = crate::arrival::with_another(&base, settings, other, steward::model::ChatKind::Supergroup).await;
        scene.until(14, 0).await;
        scene.tg.add_bot_to(other, scene.owner);
        scene.tg.promote_bot(other, &steward::telegram::emulator::ALL_RIGHTS);
        scene.settle().await;
        let xia = scene.person("小夏");
        scene.tg.join(other, xia);
        scene.pass(Span::minutes(2)).await;
        scene.whisper(xia, "/calendar").await;
        let seen = scene.last(xia.private()).text;
        assert!(seen.starts_with("📅 未来 7 天\n\n明天 3月3日 周二\n13:00　甲"), "hers: {seen}");
        scene.tg.say(scene.staff, scene.owner, "/calendar");
        scene.pass(Span::secs(10)).await;
        let both = scene.texts(scene.staff);
        let seen: Vec<&str> = both[both.len() - 2..].iter().map(|text| text.split("\n\n3月4日").next().unwrap()).collect();
        assert_eq!(seen, [
            "📅 未来 7 天 · 职场妈妈成长社\n\n今天 3月2日 周一\n✅ 13:00　甲\n\n明天 3月3日 周二\n13:00　乙",
            "📅 未来 7 天 · 同城群\n\n明天 3月3日 周二\n13:00　甲",
        ]);
        scene.end().await;
    }

    async fn a_post_goes_only_to_the_chats_it_is_for(base) {
        let mut scene = Scene::new(&base, "").await;
        let staff = scene.staff.0;
        scene.reload(&format!("[[calendar]]\nid = 'duty'\nat = '13:00'\ntext = '值班提醒'\nchats = [{staff}]")).await;
        scene.until(13, 1).await;
        assert_eq!(posts(&scene), Vec::<String>::new());
        assert_eq!(scene.last(scene.staff).text, "值班提醒");
        scene.end().await;
    }

    async fn what_was_posted_under_the_old_number_is_not_posted_under_the_new(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        scene.until(9, 0).await;
        let (old, to) = (scene.group, scene.tg.migrate(scene.group));
        let mut tx = scene.stage.db().begin().await.unwrap();
        let sql = "INSERT INTO slot (chat, post, due, title, pick, state, late)
            SELECT $1, post, due, title, pick, 'planned', 0 FROM slot WHERE chat = $2 AND state = 'posted'";
        let made = sqlx::query(sql).bind(to.0).bind(old.0).execute(tx.conn().await.unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(made.rows_affected(), 1);
        scene.pass(Span::minutes(1)).await;
        let mut conn = scene.stage.db().read().await.unwrap();
        let states: Vec<(String,)> = sqlx::query_as("SELECT state FROM slot WHERE chat = $1 AND due <= $2")
            .bind(to.0).bind(scene.stage.now().0).fetch_all(&mut *conn).await.unwrap();
        drop(conn);
        assert_eq!(states, [("posted".to_owned(),)]);
        scene.end().await;
    }

    async fn posts_go_on_when_the_group_gets_another_number(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        scene.until(9, 0).await;
        let to = scene.tg.migrate(scene.group);
        scene.pass(Span::days(1)).await;
        assert_eq!(scene.last(to).text, "今天的小目标？");
        scene.end().await;
    }
}
