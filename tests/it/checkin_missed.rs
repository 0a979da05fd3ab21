//! What comes round each day and does not come: the staff hears of it, and nothing is lost by it.

use steward::model::Span;
use steward::telegram::emulator::{Action, MessageSpec, Rule};

use crate::harness::{Scene, scenarios};

const TURNS: &str = "[checkin]\npost = { at = \"12:30\", pin = true, bank = [\"一\", \"二\"] }";

/// What the staff chat was told of posts that did not come.
fn reports(scene: &Scene) -> Vec<String> {
    scene.texts(scene.staff).into_iter().filter(|text| text.starts_with("⚠️")).collect()
}

/// The texts pinned in the group.
fn pinned(scene: &Scene) -> Vec<String> {
    scene.tg.bot_messages(scene.group).into_iter().filter(|it| it.pinned).map(|it| it.text).collect()
}

scenarios! {
    async fn a_check_in_post_that_telegram_refuses_is_told_and_its_text_has_its_turn_again(base) {
        let mut scene = Scene::new(&base, TURNS).await;
        scene.until(12, 30).await;
        assert_eq!(pinned(&scene), ["一"]);
        scene.until(12, 29).await;
        scene.tg.fail(Rule::status("sendMessage", 400, "Bad Request: something new"));
        scene.until(12, 40).await;
        assert_eq!(reports(&scene), [
            "⚠️ 有 1 条定时消息没有正常发出：\n· 3月3日 周二 12:30　每日打卡消息（职场妈妈成长社）\n　\
             Telegram 拒绝了：400: Bad Request: something new",
        ]);
        assert_eq!(pinned(&scene), ["一"], "yesterday's stays pinned");
        scene.until(12, 31).await;
        assert_eq!(pinned(&scene), ["二"]);
        scene.end().await;
    }

    async fn a_check_in_post_that_may_be_there_is_not_repeated(base) {
        let mut scene = Scene::new(&base, &format!("language = \"en\"\n{TURNS}")).await;
        let ann = scene.newcomer("Ann").await;
        scene.tg.fail(Rule::new("sendMessage", Action::Reset).after_accept());
        scene.until(12, 40).await;
        assert_eq!(reports(&scene), [
            "⚠️ 1 scheduled post did not go out as planned:\n· Mon 2 Mar 12:30  Daily check-in post (职场妈妈成长社)\n  \
             the connection broke while sending; it may be there, please have a look",
        ]);
        let post = scene.last(scene.group);
        assert_eq!(post.text, "一");
        scene.press(scene.group, post.id, ann, "checkin:do").await;
        assert_eq!(scene.answered(), "✅ Day 1");
        scene.until(12, 31).await;
        assert_eq!(scene.last(scene.group).text, "二");
        scene.end().await;
    }

    async fn after_days_away_todays_post_comes_and_the_missed_ones_are_told(base) {
        let mut scene = Scene::new(&base, "[checkin]\npost = { at = \"12:30\" }\nsummary_at = \"22:00\"").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡").await;
        scene.skip();
        // From Monday noon to Wednesday 13:02.
        scene.stage.absent(Span::hours(49)).await.unwrap();
        scene.pass(Span::minutes(2)).await;
        assert_eq!(scene.heard(), ["☀️ 新的一天，来打个卡吧！\n做完今天最想做的一件小事，点下面的按钮。"]);
        assert_eq!(reports(&scene), [
            "⚠️ 有 2 条定时消息没有正常发出：\
             \n· 3月2日 周一 12:30　每日打卡消息（职场妈妈成长社）\n　没能按时发出，过了补发时限，已跳过\
             \n· 3月3日 周二 12:30　每日打卡消息（职场妈妈成长社）\n　没能按时发出，过了补发时限，已跳过",
        ]);
        scene.end().await;
    }

    async fn a_post_that_came_at_another_time_of_its_day_is_not_missed(base) {
        let mut scene = Scene::new(&base, "[checkin]\npost = { at = \"12:30\" }").await;
        scene.until(12, 30).await;
        scene.reload("[checkin]\npost = { at = \"14:00\" }").await;
        scene.stage.absent(Span::hours(20)).await.unwrap();
        scene.pass(Span::minutes(5)).await;
        assert_eq!(reports(&scene), Vec::<String>::new());
        scene.end().await;
    }

    async fn reminders_and_summaries_are_missed_only_when_there_was_something_to_say(base) {
        let settings = "[checkin]\nremind_at = \"20:00\"\nremind_from = 1\nsummary_at = \"21:00\"";
        let mut scene = Scene::new(&base, settings).await;
        let ling = scene.newcomer("小玲").await;
        scene.until(19, 0).await;
        scene.stage.absent(Span::hours(5)).await.unwrap();
        scene.pass(Span::minutes(5)).await;
        assert_eq!(reports(&scene), Vec::<String>::new(), "nobody has checked in");
        scene.say(ling, "打卡").await;
        scene.until(19, 0).await;
        scene.stage.absent(Span::minutes(279)).await.unwrap();
        scene.pass(Span::minutes(5)).await;
        let missed = "没能按时发出，过了补发时限，已跳过";
        assert_eq!(reports(&scene), [format!(
            "⚠️ 有 1 条定时消息没有正常发出：\n· 3月3日 周二 21:00　打卡汇总（职场妈妈成长社）\n　{missed}"
        )]);
        // The next evening she has not checked in yet.
        scene.until(19, 0).await;
        scene.stage.absent(Span::minutes(200)).await.unwrap();
        scene.pass(Span::minutes(5)).await;
        assert_eq!(reports(&scene).last().unwrap(), &format!(
            "⚠️ 有 1 条定时消息没有正常发出：\n· 3月4日 周三 20:00　打卡提醒（职场妈妈成长社）\n　{missed}"
        ));
        scene.end().await;
    }

    async fn a_summary_without_the_right_to_write_is_told(base) {
        let mut scene = Scene::new(&base, "[checkin]\nsummary_at = \"13:00\"").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡").await;
        scene.until(12, 59).await;
        let text = "Bad Request: not enough rights to send text messages to the chat";
        scene.tg.fail(Rule::status("sendMessage", 400, text));
        scene.until(13, 5).await;
        assert!(reports(&scene)[0].ends_with("打卡汇总（职场妈妈成长社）\n　我在群里没有发言权限"), "{:?}", reports(&scene));
        scene.end().await;
    }

    async fn a_post_called_off_by_a_pause_is_nobodys_loss(base) {
        let mut scene = Scene::new(&base, TURNS).await;
        scene.until(12, 29).await;
        scene.tg.fail(Rule::new("sendMessage", Action::Status {
            code: 429, text: "Too Many Requests: retry after 300".into(), retry_after: Some(300), migrate_to: None,
        }));
        scene.until(12, 31).await;
        scene.say(scene.owner, "/pause").await;
        scene.until(13, 0).await;
        scene.say(scene.owner, "/resume").await;
        scene.until(12, 31).await;
        assert_eq!(scene.last(scene.group).text, "一", "nobody saw it");
        assert_eq!(reports(&scene), Vec::<String>::new());
        scene.end().await;
    }

    async fn in_the_staff_chat_one_is_sent_to_the_members_group(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        for words in ["/checkin", "/streak", "/makeup"] {
            scene.tg.say(scene.staff, scene.owner, words);
            scene.settle().await;
            assert_eq!(scene.last(scene.staff).text, "运营群里不打卡，到成员群里发就行。", "{words}");
            scene.pass(Span::minutes(2)).await;
        }
        let before = scene.texts(scene.staff);
        scene.tg.say(scene.staff, scene.owner, "打卡");
        scene.settle().await;
        assert_eq!(scene.texts(scene.staff), before, "staff talk about it there");
        scene.end().await;
    }

    async fn an_anonymous_administrator_is_told_to_write_as_a_person(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let no = "匿名身份和频道身份打不了卡，换成自己的身份再发一次吧。";
        for (words, answer) in [
            ("/checkin", no),
            ("/streak", no),
            ("/makeup", no),
            ("/top", "榜上还没有人，来当第一个吧！"),
            ("/me", "匿名身份和频道身份没有个人记录，换成自己的身份再发一次吧。"),
        ] {
            scene.skip();
            let spec = MessageSpec { anonymous: true, ..MessageSpec::text(words) };
            scene.tg.send(scene.group, scene.owner, spec).unwrap();
            scene.settle().await;
            assert_eq!(scene.heard(), [answer], "{words}");
            scene.pass(Span::minutes(1)).await;
        }
        scene.end().await;
    }

    async fn who_is_in_no_group_is_told_so_in_the_staff_chat(base) {
        let mut scene = Scene::new(&base, "").await;
        let helper = scene.person("帮手");
        scene.tg.join(scene.staff, helper);
        scene.tg.say(scene.staff, helper, "/me");
        scene.settle().await;
        assert_eq!(scene.last(scene.staff).text, "我还没在群里见过你。进群说句话，再来看看吧。");
        scene.end().await;
    }

    async fn the_streak_stands_beside_the_check_ins_of_a_member(base) {
        let mut scene = Scene::new(&base, "name = '职场妈妈成长社'\n[checkin]").await;
        let ling = scene.newcomer("小玲").await;
        for _ in 0..2 {
            scene.say(ling, "打卡").await;
            scene.pass(Span::days(1)).await;
        }
        scene.skip();
        scene.say(ling, "/me").await;
        assert_eq!(scene.heard(), ["小玲 · 来到这里的第 3 天\n近 30 天：发言 2 条，活跃 2 天，打卡 2 次（连续 2 天）"]);
        scene.whisper(ling, "/me").await;
        assert!(scene.last(ling.private()).text.contains("\n· 打卡 2 次（连续 2 天）\n"));
        scene.pass(Span::days(1)).await;
        scene.skip();
        scene.say(ling, "/me").await;
        assert!(scene.heard()[0].ends_with("打卡 2 次"), "it has ended");
        scene.reload("language = 'en'\n[checkin]").await;
        scene.say(ling, "check in").await;
        scene.pass(Span::minutes(1)).await;
        scene.skip();
        scene.say(ling, "/me").await;
        assert!(scene.heard()[0].ends_with("3 check-ins (1 day in a row)"), "{:?}", scene.texts(scene.group));
        scene.end().await;
    }
}
