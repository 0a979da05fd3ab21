//! Rewards of a streak: files, texts and codes, which come in private.

use std::io::Write;

use steward::model::{Span, UserId};
use steward::telegram::emulator::Rule;

use crate::harness::{Scene, scenarios};

const KIT: &str = r#"
[checkin]
rewards = [{ streak = 2, give = "kit" }]
[checkin.gifts.kit]
title = "效率手册"
text = "一次只做一件事。"
file = "gifts/efficiency-kit.txt"
"#;

/// Somebody opens the private chat, and is greeted there.
async fn open(scene: &mut Scene, user: UserId) {
    scene.tg.start_bot(user, "");
    scene.settle().await;
    assert!(scene.texts(user.private())[0].starts_with("你好"));
    scene.tg.look_away(user.private());
}

/// Checks in on two days.
async fn earn(scene: &mut Scene, user: UserId) {
    scene.say(user, "打卡").await;
    scene.pass(Span::days(1)).await;
    scene.skip();
    scene.say(user, "打卡").await;
}

scenarios! {
    async fn a_reward_comes_in_private_once(base) {
        let mut scene = Scene::new(&base, KIT).await;
        let ling = scene.newcomer("小玲").await;
        open(&mut scene, ling).await;
        earn(&mut scene, ling).await;
        assert_eq!(scene.heard(), ["✅ 第 2 天\n🎁 《效率手册》已经私信发给你"]);
        let gift = scene.last(ling.private());
        assert_eq!(gift.text, "🎁 连续打卡 2 天，这是给你的《效率手册》。\n\n一次只做一件事。");
        assert_eq!(gift.media.as_deref(), Some("document"));
        scene.tg.leave(scene.group, ling);
        scene.tg.join(scene.group, ling);
        scene.settle().await;
        scene.pass(Span::days(3)).await;
        earn(&mut scene, ling).await;
        assert_eq!(scene.heard(), ["✅ 第 2 天"]);
        assert_eq!(scene.tg.bot_messages(ling.private()).len(), 1, "once for ever");
        scene.end().await;
    }

    async fn who_never_wrote_to_the_bot_fetches_the_reward(base) {
        let mut scene = Scene::new(&base, KIT).await;
        let (ling, xia) = (scene.newcomer("小玲").await, scene.newcomer("小夏").await);
        earn(&mut scene, ling).await;
        assert_eq!(
            scene.heard(),
            ["🎁 小玲 连续打卡 2 天，《效率手册》是你的了！点下面的按钮，我在私聊里发给你。"]
        );
        let button = scene.last(scene.group).buttons[0][0].clone();
        assert_eq!(button.text, "🎁 去私聊领取");
        let url = button.url.unwrap();
        let payload = url.split("start=").nth(1).unwrap();
        scene.tg.start_bot(xia, payload);
        scene.settle().await;
        assert_eq!(scene.texts(xia.private()), ["这份奖励是给别人的。连续打卡，你也会有。"]);
        for _ in 0..2 {
            scene.tg.start_bot(ling, payload);
            scene.settle().await;
        }
        assert_eq!(
            scene.texts(ling.private()),
            ["🎁 连续打卡 2 天，这是给你的《效率手册》。\n\n一次只做一件事。", "这份奖励已经发给你了，往上翻翻看。"]
        );
        assert!(scene.tg.bot_messages(scene.group).is_empty(), "the button has done its work");
        for payload in ["gift_", "gift_x", "gift_999"] {
            scene.tg.start_bot(xia, payload);
            scene.pass(Span::secs(3)).await;
            assert_eq!(scene.texts(xia.private()).last().unwrap(), "这份礼物已经失效。");
        }
        scene.end().await;
    }

    async fn a_reward_that_meets_a_closed_door_waits(base) {
        let mut scene = Scene::new(&base, KIT).await;
        let ling = scene.newcomer("小玲").await;
        open(&mut scene, ling).await;
        scene.tg.fail(Rule::status("sendDocument", 403, "Forbidden: bot was blocked by the user"));
        earn(&mut scene, ling).await;
        let offer = "🎁 小玲，《效率手册》是你的了！点下面的按钮，我在私聊里发给你。";
        assert!(scene.heard().contains(&offer.to_owned()));
        scene.pass(Span::hours(25)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty(), "the button does not stay for ever");
        scene.say(ling, "/streak").await;
        assert!(scene.heard()[0].ends_with("有 1 份奖励等你领取"));
        scene.whisper(ling, "/streak").await;
        assert_eq!(scene.texts(ling.private()).len(), 2);
        assert!(scene.texts(ling.private())[1].starts_with("🎁 连续打卡 2 天"));
        scene.whisper(ling, "/streak").await;
        assert_eq!(scene.texts(ling.private()).len(), 3, "the gift comes once");
        scene.pass(Span::minutes(5)).await;
        let calls = scene.calls();
        let mut removals = calls.iter().filter(|call| call.method.starts_with("deleteMessage"));
        assert!(removals.all(|call| call.outcome.is_ok()), "nothing is removed twice");
        scene.end().await;
    }

    async fn who_opens_the_private_chat_gets_what_waits_and_no_greeting(base) {
        let mut scene = Scene::new(&base, KIT).await;
        let ling = scene.newcomer("小玲").await;
        earn(&mut scene, ling).await;
        scene.tg.start_bot(ling, "");
        scene.settle().await;
        assert_eq!(scene.texts(ling.private()), ["🎁 连续打卡 2 天，这是给你的《效率手册》。\n\n一次只做一件事。"]);
        scene.pass(Span::secs(5)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty(), "the button has done its work");
        scene.tg.start_bot(ling, "");
        scene.settle().await;
        assert_eq!(scene.texts(ling.private())[1..], ["你好，我是管家 Steward 👋\n\n发 /help 看看我能做什么。"]);
        scene.end().await;
    }

    async fn a_reward_that_cannot_be_sent_is_told_to_the_staff(base) {
        let mut scene = Scene::new(&base, KIT).await;
        let ling = scene.newcomer("小玲").await;
        open(&mut scene, ling).await;
        scene.tg.fail(Rule::status("sendDocument", 400, "Bad Request: wrong file identifier/HTTP URL specified"));
        earn(&mut scene, ling).await;
        let told = scene.last(scene.staff).text;
        assert!(told.starts_with("⚠️ 《效率手册》没能发给 小玲："), "{told}");
        scene.whisper(ling, "/streak").await;
        assert!(scene.texts(ling.private()).last().unwrap().starts_with("🎁"));
        scene.end().await;
    }

    async fn codes_are_given_once_and_owed_when_they_run_out(base) {
        let mut codes = tempfile::NamedTempFile::new().unwrap();
        writeln!(codes, "AAA-1\n").unwrap();
        let text = format!(
            "[checkin]\nrewards = [{{ streak = 2, give = \"tea\" }}]\n[checkin.gifts.tea]\ntitle = \"奶茶券\"\ncodes = \"{}\"",
            codes.path().display()
        );
        let mut scene = Scene::new(&base, &text).await;
        let people = [scene.newcomer("小玲").await, scene.newcomer("小夏").await, scene.newcomer("小秋").await];
        for user in &people[..2] {
            open(&mut scene, *user).await;
        }
        for user in people {
            scene.say(user, "打卡").await;
        }
        scene.pass(Span::days(1)).await;
        scene.skip();
        for user in people {
            scene.say(user, "打卡").await;
        }
        assert_eq!(scene.texts(people[0].private()), ["🎁 连续打卡 2 天，这是给你的《奶茶券》。\n\n你的兑换码：AAA-1"]);
        assert_eq!(scene.texts(people[1].private()), ["🎁 小夏 连续打卡 2 天！《奶茶券》刚好发完，补上后我马上发给你。"]);
        assert!(scene.heard().contains(&"🎁 小秋 连续打卡 2 天！《奶茶券》刚好发完，补上后我马上发给你。".to_owned()));
        let told = scene.tg.bot_messages(scene.staff);
        let told: Vec<_> = told.iter().filter(|message| message.text.contains("兑换码发完了")).collect();
        assert_eq!(told.len(), 1, "the staff is told once");
        writeln!(codes, "BBB-2\nCCC-3").unwrap();
        scene.reload(&text).await;
        scene.pass(Span::secs(5)).await;
        assert!(scene.texts(people[1].private())[1].ends_with("你的兑换码：BBB-2"));
        let url = scene.last(scene.group).buttons[0][0].url.clone().unwrap();
        scene.tg.start_bot(people[2], url.split("start=").nth(1).unwrap());
        scene.settle().await;
        assert!(scene.texts(people[2].private())[0].ends_with("你的兑换码：CCC-3"));
        scene.end().await;
    }

    async fn the_summary_names_a_gift_once_with_all_who_earned_it(base) {
        let text = "[checkin]\nsummary_at = \"20:00\"\nrewards = [{ streak = 1, give = \"kit\" }]\n\
                    [checkin.gifts.kit]\ntitle = \"效率 & 手册\"\ntext = \"一次只做一件事。\"";
        let mut scene = Scene::new(&base, text).await;
        for name in ["小玲", "<小梅>"] {
            let user = scene.newcomer(name).await;
            scene.say(user, "打卡").await;
        }
        scene.until(19, 59).await;
        scene.skip();
        scene.pass(Span::minutes(2)).await;
        assert_eq!(scene.heard(), ["📋 今天 2 人打卡\n🎁 得到《效率 & 手册》：小玲、<小梅>"]);
        scene.end().await;
    }

    async fn a_summary_of_many_rewards_names_some_and_counts_the_others(base) {
        let text = r#"
[checkin]
summary_at = "22:00"
rewards = [{ streak = 1, give = "kit" }, { streak = 2, give = "book" }]
gifts = { kit = { title = "一本手册", text = "一" }, book = { title = "两本书", text = "二" } }
"#;
        let mut scene = Scene::new(&base, text).await;
        let mut people = Vec::new();
        for n in 0..12 {
            people.push(scene.newcomer(&format!("妈妈{n}")).await);
        }
        for user in &people {
            scene.whisper(*user, "打卡").await;
        }
        let ten: Vec<String> = (0..10).map(|n| format!("妈妈{n}")).collect();
        scene.until(21, 59).await;
        scene.skip();
        scene.until(22, 0).await;
        assert_eq!(scene.heard(), [format!("📋 今天 12 人打卡\n🎁 得到《一本手册》：{} 等 12 位", ten.join("、"))]);
        scene.reload(&format!("language = 'en'\n{text}")).await;
        let xia = scene.newcomer("小夏").await;
        scene.pass(Span::hours(3)).await;
        scene.whisper(xia, "打卡").await;
        for user in &people {
            scene.whisper(*user, "打卡").await;
        }
        scene.until(21, 59).await;
        scene.skip();
        scene.until(22, 0).await;
        assert_eq!(scene.heard(), [format!(
            "📋 13 members checked in today\nLongest streaks: 妈妈0 2, 妈妈1 2, 妈妈2 2\n\
             🎁 Earned \"两本书\": {} and 2 more\n🎁 Earned \"一本手册\": 小夏", ten.join(", ")
        )]);
        scene.end().await;
    }
}
