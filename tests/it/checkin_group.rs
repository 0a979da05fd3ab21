//! What check-ins bring to the group: the daily post, reminders, summaries, the leaderboard.

use std::io::Write;

use steward::model::Span;
use steward::telegram::emulator::{Action, MessageSpec, Rule};

use crate::harness::{Scene, scenarios};

/// The label of the only button under the newest message in the group.
fn label(scene: &Scene) -> String {
    scene.last(scene.group).buttons[0][0].text.clone()
}

scenarios! {
    async fn the_daily_post_checks_in_and_counts(base) {
        let text = "[checkin]\n[checkin.post]\nat = \"12:30\"\npin = true\nbank = [\"今天读书了吗？\", \"今天运动了吗？\"]";
        let mut scene = Scene::new(&base, text).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡").await;
        scene.pass(Span::minutes(5)).await;
        scene.skip();
        scene.until(12, 30).await;
        assert_eq!(scene.heard(), ["今天读书了吗？"]);
        assert_eq!(label(&scene), "✅ 打卡 · 1 人");
        let post = scene.last(scene.group);
        assert!(post.pinned);
        scene.press(scene.group, post.id, ling, "checkin:do").await;
        assert_eq!(scene.answered(), "今天已经打过卡啦 · 第 1 天");
        scene.pass(Span::minutes(1)).await;
        let edits = |scene: &Scene| {
            scene.tg.log().iter().filter(|call| call.method == "editMessageReplyMarkup").count()
        };
        for n in 0..5 {
            let user = scene.regular(&format!("路人{n}")).await;
            for _ in 0..10 {
                scene.tg.press(scene.group, post.id, user, "checkin:do");
            }
            scene.settle().await;
            scene.pass(Span::secs(1)).await;
        }
        assert_eq!((edits(&scene), label(&scene).as_str()), (1, "✅ 打卡 · 2 人"), "the first counts at once");
        scene.stage.restart().await.unwrap();
        scene.pass(Span::secs(30)).await;
        assert_eq!((edits(&scene), label(&scene).as_str()), (2, "✅ 打卡 · 6 人"), "the others together");
        scene.reload(&text.replace("12:30", "14:00")).await;
        scene.until(14, 1).await;
        assert_eq!(scene.last(scene.group).id, post.id, "one post a day");
        scene.until(14, 0).await;
        assert_eq!(scene.last(scene.group).text, "今天运动了吗？");
        assert!(scene.last(scene.group).pinned && !scene.tg.message(scene.group, post.id).unwrap().pinned);
        scene.press(scene.group, post.id, ling, "checkin:do").await;
        assert_eq!(scene.answered(), "✅ 第 2 天", "an old button counts for the day it is pressed");
        scene.end().await;
    }

    async fn a_post_missed_by_hours_still_comes_and_by_a_day_does_not(base) {
        let mut scene = Scene::new(&base, "[checkin]\npost = { at = \"13:00\" }\nsummary_at = \"13:00\"").await;
        scene.stage.absent(Span::hours(3)).await.unwrap();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.heard(), ["☀️ 新的一天，来打个卡吧！\n做完今天最想做的一件小事，点下面的按钮。"]);
        scene.stage.absent(Span::hours(35)).await.unwrap();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.heard(), Vec::<String>::new(), "yesterday's post is not wanted any more");
        scene.until(13, 0).await;
        assert_eq!(scene.heard().len(), 1);
        scene.end().await;
    }

    async fn streaks_at_risk_are_reminded_in_the_evening(base) {
        let text = "[checkin]\nremind_at = \"21:00\"\nremind_from = 2\nsummary_at = \"22:00\"";
        let mut scene = Scene::new(&base, text).await;
        let mut people = Vec::new();
        for n in 0..22 {
            people.push(scene.newcomer(&format!("妈妈{n}")).await);
        }
        for _ in 0..2 {
            for user in &people {
                scene.whisper(*user, "打卡").await;
            }
            scene.pass(Span::days(1)).await;
        }
        scene.whisper(people[21], "打卡").await;
        scene.until(20, 59).await;
        scene.skip();
        scene.until(21, 0).await;
        let named: Vec<String> = (0..20).map(|n| format!("妈妈{n}（2 天）")).collect();
        let expected = format!("🌙 今天还差一次打卡，连续天数就续上了：\n{} 等 21 位", named.join("、"));
        assert_eq!(scene.heard(), [expected]);
        let nudge = scene.last(scene.group).id;
        scene.press(scene.group, nudge, people[0], "checkin:do").await;
        assert_eq!(scene.answered(), "✅ 第 3 天");
        scene.until(22, 0).await;
        assert_eq!(scene.heard(), ["📋 今天 2 人打卡\n连续最久：妈妈0 3 天、妈妈21 3 天"]);
        scene.end().await;
    }

    async fn a_reminder_may_come_in_private(base) {
        let text = "language = \"en\"\n[checkin]\nremind_at = \"21:00\"\nremind_from = 1\nremind_in = \"private\"";
        let mut scene = Scene::new(&base, text).await;
        let (ann, bob) = (scene.newcomer("Ann").await, scene.newcomer("Bob").await);
        scene.whisper(ann, "check in").await;
        scene.say(bob, "check in").await;
        scene.until(12, 0).await;
        scene.skip();
        scene.until(21, 0).await;
        assert_eq!(scene.heard(), Vec::<String>::new(), "private means that nobody is named, whom it cannot reach neither");
        assert!(scene.texts(bob.private()).is_empty());
        let nudge = scene.last(ann.private());
        assert_eq!(nudge.text, "🌙 You are on a streak of 1 day, and one press keeps it going today:");
        scene.press(ann.private(), nudge.id, ann, "✅ Check in").await;
        assert_eq!(scene.answered(), "✅ Day 2");
        scene.end().await;
    }

    async fn what_is_said_of_the_day_before_names_its_date(base) {
        for (language, expected) in [
            ("zh-CN", ["3月2日已经打过卡啦 · 第 1 天", "📋 3月2日 1 人打卡"]),
            ("en", ["You have already checked in for 2 March · day 1", "📋 1 member checked in on 2 March"]),
        ] {
            let text = format!("language = '{language}'\n[checkin]\nwords = ['打卡']\nsummary_at = '00:00'");
            let base = base.another();
            let mut scene = Scene::new(&base, &text).await;
            let (group, ling) = (scene.group, scene.newcomer("小玲").await);
            scene.until(23, 59).await;
            scene.say(ling, "打卡").await;
            scene.pass(Span::secs(40)).await;
            scene.skip();
            scene.tg.say(group, ling, "打卡");
            scene.stage.absent(Span::secs(30)).await.unwrap();
            scene.pass(Span::secs(5)).await;
            let mut heard = scene.heard();
            heard.sort();
            let mut expected = expected.to_vec();
            expected.sort_unstable();
            assert_eq!(heard, expected);
            scene.end().await;
        }
    }

    async fn a_private_reminder_that_could_not_leave_in_time_does_not_come_the_next_day(base) {
        let text = "[checkin]\nremind_at = \"23:30\"\nremind_from = 1\nremind_in = \"private\"";
        let mut scene = Scene::new(&base, text).await;
        let ling = scene.newcomer("小玲").await;
        scene.whisper(ling, "打卡").await;
        scene.until(12, 0).await;
        let said = scene.texts(ling.private());
        scene.until(23, 29).await;
        scene.tg.fail(Rule::new("sendMessage", Action::RefuseConnection).times(10_000));
        scene.until(0, 5).await;
        scene.tg.heal();
        scene.pass(Span::hours(1)).await;
        assert_eq!(scene.texts(ling.private()), said);
        scene.end().await;
    }

    async fn a_pause_calls_off_private_reminders_too(base) {
        let text = "[checkin]\nremind_at = \"20:00\"\nremind_from = 1\nremind_in = \"private\"";
        let mut scene = Scene::new(&base, text).await;
        let (ling, owner) = (scene.newcomer("小玲").await, scene.owner);
        scene.whisper(ling, "打卡").await;
        scene.until(12, 0).await;
        let said = scene.texts(ling.private());
        scene.until(19, 59).await;
        let wait = Action::Status { code: 429, text: "Too Many Requests: retry after 600".to_owned(), retry_after: Some(600), migrate_to: None };
        scene.tg.fail(Rule { chat_id: Some(ling.private()), ..Rule::new("sendMessage", wait) }.times(1));
        scene.until(20, 1).await;
        scene.say(owner, "/pause").await;
        scene.pass(Span::minutes(30)).await;
        assert_eq!(scene.texts(ling.private()), said);
        scene.end().await;
    }

    async fn the_leaderboard_shows_who_is_there(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let (ling, xia) = (scene.newcomer("小玲").await, scene.newcomer("小<夏>").await);
        scene.say(ling, "/top").await;
        assert_eq!(scene.heard(), ["榜上还没有人，来当第一个吧！"]);
        scene.say(xia, "打卡").await;
        for _ in 0..2 {
            scene.pass(Span::days(1)).await;
            scene.say(ling, "打卡").await;
        }
        scene.say(xia, "打卡").await;
        for (words, answer) in [
            ("/top", "🏆 连续打卡排行\n\n1. 小玲 · 2 天\n2. 小<夏> · 1 天"),
            ("/top 7", "🏆 近 7 天打卡排行\n\n1. 小玲 · 2 天\n2. 小<夏> · 2 天"),
            ("/top ７", "🏆 近 7 天打卡排行\n\n1. 小玲 · 2 天\n2. 小<夏> · 2 天"),
            ("/top all", "🏆 累计打卡排行\n\n1. 小玲 · 2 天\n2. 小<夏> · 2 天"),
            ("/top 八", "这样用：/top 看连续天数，/top 7、/top 30 或 /top all 看打卡次数。"),
        ] {
            scene.skip();
            scene.say(ling, words).await;
            assert_eq!(scene.heard(), [answer], "{words}");
            assert_eq!(scene.last(scene.group).entities.iter().filter(|it| it["type"] == "text_mention").count(), 0);
            scene.pass(Span::minutes(11)).await;
        }
        scene.tg.leave(scene.group, ling);
        scene.settle().await;
        scene.skip();
        scene.say(xia, "/top").await;
        assert_eq!(scene.heard(), ["🏆 连续打卡排行\n\n1. 小<夏> · 1 天"]);
        scene.reload("[checkin]\nleaderboard = false").await;
        scene.say(xia, "/top").await;
        assert_eq!(scene.heard(), ["这个群没有开排行榜。"]);
        scene.end().await;
    }

    /// Fault 44.
    async fn names_that_run_the_other_way_turn_no_list(base) {
        let mut scene = Scene::new(&base, "[checkin]\nsummary_at = \"22:00\"").await;
        let people = [scene.newcomer("נועה").await, scene.newcomer("\u{202e}نور").await, scene.newcomer("小玲").await];
        for _ in 0..2 {
            scene.pass(Span::days(1)).await;
            for user in people {
                scene.whisper(user, "打卡").await;
            }
        }
        scene.skip();
        scene.say(people[2], "/top").await;
        assert_eq!(scene.heard(), [
            "🏆 连续打卡排行\n\n1. \u{2068}נועה\u{2069} · 2 天\n2. \u{2068}نور\u{2069} · 2 天\n3. 小玲 · 2 天"
        ]);
        scene.until(22, 0).await;
        assert_eq!(scene.heard(), [
            "📋 今天 3 人打卡\n连续最久：\u{2068}נועה\u{2069} 2 天、\u{2068}نور\u{2069} 2 天、小玲 2 天"
        ]);
        scene.end().await;
    }

    async fn forged_buttons_do_no_harm(base) {
        let mut scene = Scene::new(&base, "[checkin]\npost = { at = \"12:30\" }").await;
        let ling = scene.newcomer("小玲").await;
        scene.until(12, 30).await;
        let post = scene.last(scene.group).id;
        scene.tg.delete(scene.group, post);
        scene.tg.press_data(scene.group, post, ling, "checkin:do:9999:x");
        scene.settle().await;
        assert_eq!(scene.answered(), "✅ 第 1 天");
        scene.tg.press_data(scene.group, post, ling, "checkin:dont");
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.answered(), "这个按钮已经失效。", "nobody's button");
        scene.end().await;
    }

    async fn without_the_right_to_write_days_still_count(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let ling = scene.newcomer("小玲").await;
        let text = "Bad Request: not enough rights to send text messages to the chat";
        scene.tg.fail(Rule::status("sendMessage", 400, text));
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.pass(Span::days(1)).await;
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["✅ 第 2 天"]);
        scene.end().await;
    }

    async fn an_english_group_reads_english(base) {
        let text = r#"
language = "en"
timezone = "Europe/London"
[checkin]
rewards = [{ streak = 2, give = "journal" }]
summary_at = "20:00"
makeup = { per_month = 1, within = "2d" }
[checkin.gifts.journal]
title = "Reading Journal"
text = "Which sentence would you read aloud?"
"#;
        let mut scene = Scene::new(&base, text).await;
        let ann = scene.newcomer("Ann").await;
        scene.say(ann, "/streak").await;
        scene.say(ann, "/makeup").await;
        scene.say(ann, "/makeup someday").await;
        assert_eq!(scene.heard(), [
            "You have not checked in yet. Today is a good day to start: write \"check in\" or /checkin.",
            "You missed none of the last 2 days: nothing to make up.",
            "Use /makeup for the latest day you missed, or name the day: /makeup 1 March, /makeup yesterday.",
        ]);
        scene.pass(Span::minutes(1)).await;
        scene.say(ann, "Check in: ten pages").await;
        scene.say(ann, "/checkin").await;
        scene.say(ann, "/top").await;
        assert_eq!(scene.heard(), [
            "✅ Day 1 · 1 more day to \"Reading Journal\"",
            "You have already checked in today · day 1",
            "🏆 Longest current streaks\n\n1. Ann · 1 day",
        ]);
        scene.pass(Span::hours(16)).await;
        assert_eq!(scene.heard(), ["📋 1 member checked in today"]);
        scene.pass(Span::days(2)).await;
        scene.skip();
        scene.say(ann, "/makeup yesterday").await;
        assert_eq!(scene.heard(), [
            "🎁 Ann, day 2! \"Reading Journal\" is yours. Press the button and I'll send it to you in private."
        ]);
        scene.tg.start_bot(ann, "gift_1");
        scene.settle().await;
        scene.whisper(ann, "/streak").await;
        assert_eq!(scene.texts(ann.private()), [
            "🎁 2 days in a row: here is your \"Reading Journal\".\n\nWhich sentence would you read aloud?",
            "🔥 2 days in a row · best 2 · 2 in all\nNot checked in yet today\n0 make-up cards left this month",
        ]);
        scene.end().await;
    }

    async fn the_rest_reads_english_too(base) {
        let mut codes = tempfile::NamedTempFile::new().unwrap();
        writeln!(codes, "AAA-1").unwrap();
        let text = format!(
            "language = \"en\"\n[checkin]\nrewards = [{{ streak = 1, give = \"tea\" }}]\n\
             makeup = {{ per_month = 1, within = \"5d\" }}\npost = {{ at = \"12:05\" }}\nanswer_for = \"5s\"\n\
             [checkin.gifts.tea]\ntitle = \"Tea\"\ncodes = \"{}\"",
            codes.path().display()
        );
        let mut scene = Scene::new(&base, &text).await;
        let (ann, bob) = (scene.newcomer("Ann").await, scene.newcomer("Bob").await);
        scene.tg.leave(scene.group, bob);
        scene.until(12, 5).await;
        let post = scene.last(scene.group);
        assert_eq!(post.text, "☀️ A new day: time to check in!\nDone the one small thing that matters today? Press the button.");
        assert_eq!(label(&scene), "✅ Check in");
        let owner = scene.owner;
        let spec = MessageSpec { anonymous: true, ..MessageSpec::text("/checkin") };
        scene.tg.send(scene.group, owner, spec).unwrap();
        scene.pass(Span::secs(5)).await;
        scene.press(scene.group, post.id, bob, "✅ Check in").await;
        assert_eq!(scene.answered(), "Join the group first, then check in.");
        for (words, answer) in [
            ("/top", "Nobody is on the list yet. Will you be the first?"),
            ("/top ten", "Use /top for current streaks; /top 7, /top 30 or /top all for the number of check-ins."),
            ("/makeup 2026-02-01", "Only the past 5 days can be made up."),
            ("/makeup 2026-03-01", "You had not joined yet on 1 March, so it cannot be made up."),
            ("/checkin", "✅ Day 1\n🎁 \"Tea\" is in your private chat"),
        ] {
            scene.whisper(ann, words).await;
            let said = scene.texts(ann.private());
            assert!(said.contains(&answer.to_owned()), "{words}: {said:?}");
            scene.pass(Span::secs(5)).await;
        }
        scene.pass(Span::days(2)).await;
        for (words, answer) in [
            ("/makeup yesterday", "✅ 3 March is made up · 2 days in a row now · 0 cards left this month"),
            ("/makeup yesterday", "You did check in on 3 March; there is nothing to make up."),
            ("/checkin", "✅ Day 3"),
            ("/top 7", "🏆 Most check-ins in the last 7 days\n\n1. Ann · 2 days"),
            ("/top all", "🏆 Most check-ins of all time\n\n1. Ann · 2 days"),
            ("/start gift_1", "You have this gift already: it is further up in this chat."),
            ("/start gift_2", "This gift is no longer valid."),
        ] {
            scene.whisper(ann, words).await;
            assert_eq!(scene.texts(ann.private()).last().unwrap(), answer, "{words}");
            scene.pass(Span::secs(5)).await;
        }
        scene.pass(Span::days(2)).await;
        scene.whisper(ann, "/makeup").await;
        assert_eq!(
            scene.texts(ann.private()).last().unwrap(),
            "This month's make-up card is used up. Next month brings new ones."
        );
        scene.skip();
        let cleo = scene.newcomer("Cleo").await;
        scene.say(cleo, "check in").await;
        let owed = "🎁 Cleo, 1 day in a row! \"Tea\" has just run out; you will get yours as soon as there is more.";
        assert_eq!(scene.heard().last().unwrap(), owed);
        let told = scene.last(scene.staff).text;
        assert!(told.starts_with("⚠️ \"Tea\" has no codes left and a member is waiting. Add new ones to "), "{told}");
        scene.end().await;
    }
}
