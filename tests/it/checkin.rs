//! Daily checking in: words, commands, buttons, days.

use steward::model::{ChatId, ChatKind, Span, Timestamp, UserId};
use steward::store::gaps::Gap;
use steward::telegram::emulator::{ALL_RIGHTS, MessageSpec};

use crate::harness::{BASIC, NOON, Scene, scenarios};

const PLAIN: &str = "[checkin]";
const KIT: &str = r#"
[checkin]
rewards = [{ streak = 3, give = "kit" }]
[checkin.gifts.kit]
title = "效率手册"
text = "一次只做一件事。"
"#;

/// Lets whole days pass, checking in at noon of each.
pub async fn check_in_for(scene: &mut Scene, user: UserId, days: usize) {
    for day in 0..days {
        if day > 0 {
            scene.pass(Span::days(1)).await;
        }
        scene.say(user, "打卡").await;
    }
}

/// Only now the bot learns of a check-in written then.
pub async fn arrives_late(scene: &mut Scene, user: UserId, then: Timestamp) {
    scene.tg.push_raw_update(serde_json::json!({ "message": {
        "message_id": then.secs() % 1_000_000, "date": then.secs(), "text": "打卡",
        "chat": { "id": scene.group, "type": "supergroup", "title": "职场妈妈成长社" },
        "from": { "id": user, "is_bot": false, "first_name": "小玲" },
    }}));
    scene.settle().await;
}

async fn note_gap(scene: &Scene, chat: ChatId, from: Timestamp, to: Timestamp) {
    let mut tx = scene.stage.db().begin().await.unwrap();
    tx.note_gap(&Gap { chat, from, to, reason: "downtime".into() }).await.unwrap();
    tx.commit().await.unwrap();
}

scenarios! {
    async fn a_check_in_is_answered_and_the_answer_does_not_stay(base) {
        let mut scene = Scene::new(&base, KIT).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡 今天读了30页").await;
        assert_eq!(scene.heard(), ["✅ 第 1 天 · 再 2 天得《效率手册》"]);
        scene.pass(Span::secs(61)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty());
        scene.pass(Span::days(1)).await;
        scene.say(ling, "#打卡").await;
        assert_eq!(scene.heard(), ["✅ 第 2 天 · 再 1 天得《效率手册》"]);
        scene.end().await;
    }

    async fn a_day_counts_once_however_it_is_said(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "签到啦").await;
        assert_eq!(scene.heard(), ["✅ 第 1 天"]);
        scene.say(ling, "/checkin").await;
        assert_eq!(scene.heard(), ["今天已经打过卡啦 · 第 1 天"]);
        scene.whisper(ling, "打卡").await;
        assert_eq!(scene.texts(ling.private()), ["今天已经打过卡啦 · 第 1 天"]);
        scene.say(ling, "/streak").await;
        assert_eq!(scene.heard(), ["🔥 连续 1 天 · 最长 1 天 · 累计 1 天\n本月还有 2 张补签卡"]);
        scene.end().await;
    }

    async fn the_same_message_told_twice_is_answered_once(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        scene.pass(Span::days(3)).await;
        let id = scene.say(ling, "打卡").await;
        scene.say(ling, "/makeup").await;
        let first = scene.heard();
        let again = scene.tg.message(scene.group, id).unwrap().body;
        scene.tg.push_raw_update(serde_json::json!({ "message": again }));
        scene.settle().await;
        let makeup = scene.tg.messages(scene.group).into_iter().find(|it| it.text == "/makeup").unwrap().body;
        scene.tg.push_raw_update(serde_json::json!({ "message": makeup }));
        scene.settle().await;
        assert_eq!(first.len(), 2);
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.end().await;
    }

    async fn talk_about_checking_in_is_not_checking_in(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        for text in ["我忘了打卡", "打卡了吗？", "打卡机在哪"] {
            scene.say(ling, text).await;
        }
        let id = scene.say(ling, "早上好").await;
        scene.tg.edit(scene.group, id, "打卡");
        let forward = serde_json::json!({"type": "hidden_user", "sender_user_name": "别人", "date": 1});
        let spec = MessageSpec { forward: Some(forward), ..MessageSpec::text("打卡") };
        scene.tg.send(scene.group, ling, spec).unwrap();
        scene.settle().await;
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.say(ling, "/streak").await;
        assert_eq!(scene.heard(), ["你还没有打过卡，今天就可以开始：发「打卡」或 /checkin 就行。"]);
        scene.end().await;
    }

    async fn a_photo_with_the_word_under_it_checks_in(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.send(scene.group, ling, MessageSpec::media("photo", "打卡！跑了五公里")).unwrap();
        scene.settle().await;
        assert_eq!(scene.heard(), ["✅ 第 1 天"]);
        scene.end().await;
    }

    async fn the_day_begins_when_the_settings_say(base) {
        let mut scene = Scene::new(&base, "[checkin]\nday_starts = \"04:00\"").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡").await;
        scene.skip();
        scene.until(3, 59).await;
        scene.pass(Span::secs(59)).await;
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["今天已经打过卡啦 · 第 1 天"]);
        scene.pass(Span::secs(1)).await;
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["✅ 第 2 天"]);
        scene.end().await;
    }

    async fn a_second_before_midnight_and_midnight_are_two_days(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        scene.until(23, 59).await;
        scene.pass(Span::secs(59)).await;
        scene.say(ling, "打卡").await;
        scene.pass(Span::secs(1)).await;
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["✅ 第 1 天", "✅ 第 2 天"]);
        scene.end().await;
    }

    async fn clock_changes_break_no_streak(base) {
        // Friday noon before the clocks of London go forward.
        let friday = Timestamp(NOON.0 + 25 * 86_400_000);
        let settings = "language = \"en\"\ntimezone = \"Europe/London\"\n[checkin]";
        let mut scene = Scene::at(&base, settings, friday).await;
        let ann = scene.newcomer("Ann").await;
        for _ in 0..5 {
            scene.say(ann, "check in").await;
            scene.pass(Span::days(1)).await;
        }
        scene.whisper(ann, "/streak").await;
        assert_eq!(scene.texts(ann.private()), [
            "🔥 5 days in a row · best 5 · 5 in all\nNot checked in yet today\n2 make-up cards left this month"
        ]);
        scene.end().await;
    }

    async fn late_delivery_costs_nobody_a_streak(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        check_in_for(&mut scene, ling, 2).await;
        scene.pass(Span::days(1)).await;
        let missed = scene.stage.now();
        scene.pass(Span::days(2)).await;
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard().last().unwrap(), "✅ 第 1 天 · 最长 2 天");
        // What they wrote on the two days between comes only now, the later first.
        for date in [missed + Span::days(1), missed] {
            arrives_late(&mut scene, ling, date).await;
        }
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.say(ling, "/streak").await;
        assert_eq!(scene.heard(), ["🔥 连续 5 天 · 最长 5 天 · 累计 5 天\n本月还有 2 张补签卡"]);
        scene.end().await;
    }

    async fn days_the_bot_was_away_break_no_streak(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        check_in_for(&mut scene, ling, 2).await;
        let from = scene.stage.now() + Span::hours(6);
        scene.stage.absent(Span::days(3)).await.unwrap();
        note_gap(&scene, ChatId(0), from, scene.stage.now() - Span::hours(6)).await;
        // That it cannot see joins in a group does not keep check-ins from it.
        note_gap(&scene, scene.group, from, Timestamp(i64::MAX)).await;
        scene.settle().await;
        scene.skip();
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["✅ 第 3 天"]);
        scene.say(ling, "/makeup 昨天").await;
        assert_eq!(scene.heard(), ["3月5日 那天我不在，你的连续天数不会断，不用补。"]);
        scene.pass(Span::days(2)).await;
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["✅ 第 1 天 · 最长 3 天"]);
        scene.end().await;
    }

    async fn days_without_the_bot_in_the_group_break_no_streak(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        check_in_for(&mut scene, ling, 2).await;
        scene.pass(Span::hours(1)).await;
        // From Tuesday, 3 March to Friday nobody can check in.
        scene.tg.kick_bot(scene.group, scene.owner);
        scene.settle().await;
        scene.pass(Span::days(3)).await;
        scene.tg.add_bot_to(scene.group, scene.owner);
        scene.tg.promote_bot(scene.group, &ALL_RIGHTS);
        scene.settle().await;
        scene.skip();
        scene.say(ling, "/top").await;
        assert_eq!(scene.heard(), ["🏆 连续打卡排行\n\n1. 小玲 · 2 天"]);
        scene.pass(Span::secs(10)).await;
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["✅ 第 3 天"]);
        scene.say(ling, "/makeup 昨天").await;
        assert_eq!(scene.heard(), ["3月5日 那天我不在，你的连续天数不会断，不用补。"]);
        scene.pass(Span::days(2)).await;
        scene.skip();
        scene.say(ling, "/top").await;
        assert_eq!(scene.heard(), ["榜上还没有人，来当第一个吧！"], "now it is her own pause");
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["✅ 第 1 天 · 最长 3 天"]);
        scene.end().await;
    }

    async fn that_the_bot_was_put_out_of_one_group_excuses_nobody_in_another(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        let (owner, mei) = (scene.owner, scene.person("小梅"));
        scene.tg.add_group(BASIC.0, "分群", ChatKind::Group);
        scene.tg.set_owner(BASIC, owner);
        scene.tg.add_bot_to(BASIC, owner);
        scene.tg.promote_bot(BASIC, &ALL_RIGHTS);
        scene.tg.join(BASIC, mei);
        scene.tg.say(BASIC, mei, "打卡");
        scene.say(ling, "打卡").await;
        scene.tg.kick_bot(BASIC, owner);
        scene.settle().await;
        scene.pass(Span::days(2)).await;
        scene.skip();
        scene.say(ling, "/top").await;
        assert_eq!(scene.heard(), ["🏆 连续打卡排行\n\n1. 小梅 · 1 天"]);
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["✅ 第 1 天"]);
        scene.end().await;
    }

    async fn what_was_written_during_a_downtime_counts_for_its_day(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡").await;
        scene.skip();
        scene.tg.set_now(scene.stage.now() + Span::hours(20));
        scene.tg.say(scene.group, ling, "打卡");
        scene.stage.absent(Span::hours(23)).await.unwrap();
        scene.settle().await;
        assert_eq!(scene.heard(), Vec::<String>::new(), "an old message is not answered");
        scene.pass(Span::days(1)).await;
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["✅ 第 3 天"]);
        scene.end().await;
    }

    async fn who_left_checks_in_no_more(base) {
        let mut scene = Scene::new(&base, "[checkin]\npost = { at = \"12:30\" }").await;
        let ling = scene.newcomer("小玲").await;
        scene.until(12, 30).await;
        let post = scene.last(scene.group).id;
        scene.tg.leave(scene.group, ling);
        scene.settle().await;
        scene.press(scene.group, post, ling, "checkin:do").await;
        assert_eq!(scene.answered(), "先进群再打卡哦。");
        for words in ["/checkin", "/streak", "/makeup"] {
            scene.whisper(ling, words).await;
            assert_eq!(scene.texts(ling.private()).last().unwrap(), "先进群再打卡哦。", "{words}");
        }
        scene.end().await;
    }

    async fn only_people_check_in(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let owner = scene.owner;
        for text in ["打卡", "/checkin"] {
            let spec = MessageSpec { anonymous: true, ..MessageSpec::text(text) };
            scene.tg.send(scene.group, owner, spec).unwrap();
            scene.settle().await;
        }
        assert_eq!(scene.heard(), ["匿名身份和频道身份打不了卡，换成自己的身份再发一次吧。"]);
        scene.end().await;
    }

    async fn answers_are_as_loud_as_the_settings_say(base) {
        let mut scene = Scene::new(&base, "[checkin]\nanswer = \"react\"").await;
        let ling = scene.newcomer("小玲").await;
        let first = scene.say(ling, "打卡").await;
        let second = scene.say(ling, "打卡").await;
        let me = scene.tg.bot_messages(scene.group).len();
        let seen = |scene: &Scene, id| scene.tg.message(scene.group, id).unwrap().reactions.pop().map(|(_, emoji)| emoji);
        assert_eq!(seen(&scene, first), Some(vec!["🔥".to_owned()]));
        assert_eq!(seen(&scene, second), Some(vec!["👌".to_owned()]));
        assert_eq!(me, 0);
        scene.reload("[checkin]\nanswer = \"quiet\"").await;
        scene.pass(Span::days(1)).await;
        let third = scene.say(ling, "打卡").await;
        assert_eq!(seen(&scene, third), None);
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.whisper(ling, "/checkin").await;
        assert_eq!(scene.texts(ling.private()), ["今天已经打过卡啦 · 第 2 天"], "private chats are answered");
        scene.end().await;
    }

    async fn nothing_is_counted_twice_by_a_restart(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡").await;
        scene.skip();
        scene.stage.restart().await.unwrap();
        scene.settle().await;
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["今天已经打过卡啦 · 第 1 天"]);
        scene.pass(Span::minutes(2)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty(), "answers are deleted by the new process too");
        scene.end().await;
    }

    async fn who_asks_to_be_forgotten_leaves_nothing_behind(base) {
        let mut scene = Scene::new(&base, KIT).await;
        let ling = scene.newcomer("小玲").await;
        check_in_for(&mut scene, ling, 3).await;
        scene.skip();
        scene.forget(ling).await;
        scene.pass(Span::minutes(1)).await;
        scene.tg.look_away(ling.private());
        scene.say(ling, "/streak").await;
        scene.tg.start_bot(ling, "gift_1");
        scene.settle().await;
        assert_eq!(scene.heard(), ["你还没有打过卡，今天就可以开始：发「打卡」或 /checkin 就行。"]);
        assert_eq!(scene.texts(ling.private()), ["这份礼物已经失效。"]);
        scene.end().await;
    }

    async fn a_streak_moves_with_the_group(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡").await;
        scene.pass(Span::days(1)).await;
        scene.group = scene.tg.migrate(scene.group);
        scene.settle().await;
        scene.skip();
        scene.say(ling, "打卡").await;
        assert_eq!(scene.heard(), ["✅ 第 2 天"]);
        scene.say(ling, "/top").await;
        assert_eq!(scene.heard(), ["🏆 连续打卡排行\n\n1. 小玲 · 2 天"]);
        scene.end().await;
    }
}
