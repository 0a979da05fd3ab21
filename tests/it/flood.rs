//! Flooding, as a group sees it.

use steward::model::{MessageId, Span, Timestamp, UserId};
use steward::telegram::emulator::{Action, MessageSpec, Rule};

use crate::harness::{NOON, Scene, scenarios};

const ON: &str = "[flood]\n";
const QUESTION: &str = "周末有没有一起带娃去动物园的？";

/// How many of these messages are still to be seen in the group.
fn standing(scene: &Scene, messages: &[MessageId]) -> usize {
    scene.tg.messages(scene.group).iter().filter(|it| messages.contains(&it.id)).count()
}

/// Says so many lines, each some seconds after the one before.
async fn chatter(scene: &mut Scene, user: UserId, n: i64, gap: Span) -> Vec<MessageId> {
    let mut said = Vec::new();
    for line in 0..n {
        said.push(scene.say(user, &format!("第{line}句")).await);
        scene.pass(gap).await;
    }
    said
}

/// Lines that were written then, one each second, and arrive now.
async fn written_then(scene: &mut Scene, user: UserId, from: Timestamp, n: i64, gap: Span) -> Vec<MessageId> {
    let mut said = Vec::new();
    for line in 0..n {
        let date = Some(from + Span::from_millis(gap.millis() * line));
        let spec = MessageSpec { date, ..MessageSpec::text(&format!("第{line}句")) };
        said.push(scene.tg.send(scene.group, user, spec).unwrap());
    }
    scene.settle().await;
    scene.pass(Span::secs(5)).await;
    said
}

/// How many messages are on record as too much.
async fn rows(scene: &Scene) -> i64 {
    let mut conn = scene.stage.db().read().await.unwrap();
    let sql = "SELECT COUNT(*) FROM flood_message";
    let (n,): (i64,) = sqlx::query_as(sql).fetch_one(&mut *conn).await.unwrap();
    n
}

scenarios! {
    async fn the_surplus_goes_with_a_hint_and_who_goes_on_rests_a_while(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        let said = chatter(&mut scene, ling, 25, Span::secs(1)).await;
        assert_eq!(standing(&scene, &said), 20);
        assert_eq!(scene.heard(), ["小玲，发得太快啦，多出来的几条已删除。慢慢说，大家都看得到。"]);
        assert!(!scene.tg.is_muted(scene.group, ling));
        scene.pass(Span::minutes(2)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty(), "the hint goes by itself");
        scene.skip();
        let again = chatter(&mut scene, ling, 21, Span::secs(1)).await;
        assert_eq!(standing(&scene, &again), 20);
        assert!(scene.tg.is_muted(scene.group, ling));
        assert_eq!(scene.heard(), ["小玲，提醒过后还在刷屏，先歇 5 分钟。"]);
        scene.pass(Span::minutes(6)).await;
        assert!(!scene.tg.is_muted(scene.group, ling));
        scene.end().await;
    }

    async fn the_same_again_and_again_goes(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        let mut said = Vec::new();
        for _ in 0..5 {
            said.push(scene.say(ling, QUESTION).await);
            scene.pass(Span::secs(3)).await;
        }
        assert_eq!(standing(&scene, &said), 3);
        assert_eq!(scene.heard(), ["小玲，同样的内容发过几遍了，重复的已删除。"]);
        scene.pass(Span::minutes(11)).await;
        let later = scene.say(ling, QUESTION).await;
        assert_eq!(standing(&scene, &[later]), 1, "the first ones are long ago");
        scene.end().await;
    }

    async fn staff_and_trusted_people_and_other_voices_are_not_limited(base) {
        let mut scene = Scene::new(&base, "[flood]\nmessages = { most = 2, within = '30s' }\n[strikes]").await;
        let (ling, xia) = (scene.newcomer("小玲").await, scene.newcomer("小夏").await);
        scene.promote(ling);
        scene.say(scene.owner, &format!("/trust {xia}")).await;
        scene.pass(Span::minutes(2)).await;
        let channel = scene.tg.add_group(3003, "频道", steward::model::ChatKind::Channel);
        scene.tg.link_channel(scene.group, channel);
        let mut said = Vec::new();
        for user in [scene.owner, ling, xia] {
            for line in 0..5 {
                said.push(scene.say(user, &format!("第{line}句")).await);
            }
        }
        for line in 0..5 {
            let spec = MessageSpec { auto_forward: true, sender_chat: Some(channel), ..MessageSpec::text(&format!("第{line}篇")) };
            said.push(scene.tg.send(scene.group, scene.owner, spec).unwrap());
            let spec = MessageSpec { anonymous: true, ..MessageSpec::text(&format!("第{line}条通知")) };
            said.push(scene.tg.send(scene.group, scene.owner, spec).unwrap());
        }
        scene.settle().await;
        assert_eq!(standing(&scene, &said), 25);
        scene.end().await;
    }

    async fn a_topic_can_be_free_of_limits(base) {
        const TIGHT: &str = "[flood]\nmessages = { most = 2, within = '30s' }\n";
        let mut scene = Scene::new(&base, TIGHT).await;
        scene.tg.set_forum(scene.group, true);
        let topic = scene.tg.add_topic(scene.group, "直播");
        for (settings, stand) in [(TIGHT.to_owned(), 2), (format!("{TIGHT}free_topics = [{topic}]"), 5)] {
            scene.reload(&settings).await;
            let ling = scene.newcomer("小玲").await;
            let line = |n| MessageSpec { topic: Some(topic), ..MessageSpec::text(&format!("第{n}分钟")) };
            let said: Vec<MessageId> = (0..5).map(|n| scene.tg.send(scene.group, ling, line(n)).unwrap()).collect();
            scene.settle().await;
            assert_eq!(standing(&scene, &said), stand);
        }
        scene.end().await;
    }

    async fn a_backlog_after_an_outage_is_no_flood(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, xia) = (scene.newcomer("小玲").await, scene.newcomer("小夏").await);
        scene.pass(Span::hours(2)).await;
        scene.skip();
        let talk = written_then(&mut scene, ling, NOON + Span::hours(1), 60, Span::secs(20)).await;
        assert_eq!(standing(&scene, &talk), 60);
        // What was a flood an hour ago is cleared, and nobody is told of it or muted for it now.
        let flood = written_then(&mut scene, xia, NOON + Span::hours(1), 60, Span::from_millis(500)).await;
        assert_eq!(standing(&scene, &flood), 20);
        assert!(scene.heard().is_empty());
        assert!(!scene.tg.is_muted(scene.group, xia));
        scene.end().await;
    }

    async fn an_album_is_one_message(base) {
        let mut scene = Scene::new(&base, "[flood]\nmedia = { most = 2, within = '1m' }").await;
        let ling = scene.newcomer("小玲").await;
        let send = |album: &str| -> Vec<MessageId> {
            let part = || MessageSpec { album: Some(album.to_owned()), ..MessageSpec::media("photo", "") };
            (0..8).map(|_| scene.tg.send(scene.group, ling, part()).unwrap()).collect()
        };
        let (first, second, third) = (send("1"), send("2"), send("3"));
        scene.settle().await;
        scene.pass(Span::secs(5)).await;
        assert_eq!((standing(&scene, &first), standing(&scene, &second), standing(&scene, &third)), (8, 8, 0));
        scene.end().await;
    }

    async fn going_on_can_cost_a_strike(base) {
        let mut scene = Scene::new(&base, "[flood]\nstrike = true\n[strikes]").await;
        let ling = scene.newcomer("小玲").await;
        for _ in 0..4 {
            scene.say(ling, QUESTION).await;
        }
        scene.pass(Span::minutes(1)).await;
        scene.skip();
        let again = [scene.say(ling, QUESTION).await, scene.say(ling, QUESTION).await];
        assert_eq!(standing(&scene, &again), 0);
        assert_eq!(scene.heard(), ["小玲，你的消息违反了群规（重复刷屏），已删除。这是第 1 次警告。累计 3 次会被移出群聊；这次有效至 4月1日。"]);
        let card = scene.last(scene.staff);
        assert!(card.text.starts_with("违反群规 #1") && card.text.contains("理由：重复刷屏"), "{}", card.text);
        scene.press(scene.staff, card.id, scene.owner, &card.buttons[0][1].text).await;
        scene.pass(Span::secs(8)).await;
        assert!(scene.last(scene.staff).text.contains("已撤销"), "{}", scene.last(scene.staff).text);
        scene.end().await;
    }

    async fn a_flood_without_the_right_to_delete_makes_no_vain_request(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.set_bot_rights(scene.group, &["can_pin_messages"]);
        scene.settle().await;
        scene.pass(Span::minutes(2)).await;
        let before = scene.calls().len();
        chatter(&mut scene, ling, 24, Span::secs(1)).await;
        let asked: Vec<String> = scene.calls()[before..].iter().map(|call| call.method.clone()).collect();
        assert!(!asked.iter().any(|method| method.contains("elete") || method.contains("estrict")), "{asked:?}");
        scene.end().await;
    }

    async fn what_was_too_much_is_forgotten_with_the_person(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        chatter(&mut scene, ling, 22, Span::secs(1)).await;
        scene.forget(ling).await;
        assert_eq!(rows(&scene).await, 0);
        scene.end().await;
    }

    async fn who_repeats_what_is_suspicious_is_dealt_with_as_well(base) {
        let mut scene = Scene::new(&base, "[flood]\nstrike = true\n[strikes]").await;
        let ling = scene.newcomer("小玲").await;
        let mut said = Vec::new();
        for _ in 0..12 {
            said.push(scene.say(ling, "频道 t.me/some_channel").await);
            scene.pass(Span::secs(25)).await;
        }
        let cards = scene.texts(scene.staff);
        assert!(cards.iter().any(|card| card.contains("理由：重复刷屏")), "{cards:?}");
        assert_eq!(standing(&scene, &said), 3);
        scene.end().await;
    }

    async fn hundreds_of_messages_at_once_are_cleared(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.pass(Span::minutes(2)).await;
        // Telegram asks for a rest, so that deletes wait and come together.
        for method in ["deleteMessage", "deleteMessages"] {
            let text = "Too Many Requests: retry after 20".to_owned();
            let wait = Action::Status { code: 429, text, retry_after: Some(20), migrate_to: None };
            scene.tg.fail(Rule::new(method, wait).times(1));
        }
        let from = scene.stage.now();
        let said = written_then(&mut scene, ling, from, 330, Span::from_millis(10)).await;
        scene.pass(Span::minutes(2)).await;
        assert_eq!(standing(&scene, &said), 20);
        scene.end().await;
    }

    async fn without_the_right_to_delete_nothing_is_said_to_be_gone(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.set_bot_rights(scene.group, &["can_pin_messages"]);
        scene.settle().await;
        scene.pass(Span::days(2)).await;
        scene.skip();
        let told = |scene: &Scene| scene.texts(scene.staff).iter().filter(|text| text.contains("删除消息")).count();
        let before = told(&scene);
        // Long enough for what would be a mute.
        chatter(&mut scene, ling, 45, Span::secs(1)).await;
        assert_eq!(told(&scene), before + 1, "the staff hear what is missing");
        assert_eq!(scene.heard(), ["小玲，发得太多太快啦，慢慢说，大家都看得到。"]);
        scene.end().await;
    }

    async fn without_the_right_to_restrict_the_surplus_goes_and_no_rest_is_announced(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.set_bot_rights(scene.group, &["can_delete_messages"]);
        scene.settle().await;
        scene.pass(Span::minutes(2)).await;
        scene.skip();
        let said = chatter(&mut scene, ling, 60, Span::secs(1)).await;
        assert_eq!(scene.heard(), ["小玲，发得太快啦，多出来的几条已删除。慢慢说，大家都看得到。"]);
        assert!(standing(&scene, &said) <= 40, "{}", standing(&scene, &said));
        scene.end().await;
    }

    async fn rows_of_a_quiet_group_are_forgotten_after_two_months(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        chatter(&mut scene, ling, 22, Span::secs(1)).await;
        assert!(rows(&scene).await > 0);
        scene.pass(Span::days(62)).await;
        assert_eq!(rows(&scene).await, 0);
        scene.end().await;
    }

    async fn without_its_section_people_are_still_forgotten(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, xia) = (scene.newcomer("小玲").await, scene.newcomer("小夏").await);
        chatter(&mut scene, ling, 22, Span::secs(1)).await;
        chatter(&mut scene, xia, 22, Span::secs(1)).await;
        scene.reload("").await;
        assert_eq!(rows(&scene).await, 4);
        scene.forget(ling).await;
        assert_eq!(rows(&scene).await, 2);
        scene.pass(Span::days(62)).await;
        assert_eq!(rows(&scene).await, 0);
        scene.end().await;
    }
    async fn the_figures_say_what_was_removed_and_what_followed(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, xia) = (scene.newcomer("小玲").await, scene.newcomer("小夏").await);
        chatter(&mut scene, ling, 25, Span::secs(1)).await;
        scene.pass(Span::minutes(2)).await;
        chatter(&mut scene, ling, 21, Span::secs(1)).await;
        for _ in 0..5 {
            scene.say(xia, QUESTION).await;
            scene.pass(Span::secs(3)).await;
        }
        scene.tg.say(scene.staff, scene.owner, "/stats flood");
        scene.pass(Span::secs(8)).await;
        let shown = scene.last(scene.staff).text;
        assert!(shown.contains("· 刷屏 · "), "{shown}");
        assert!(shown.contains("今天：8 条：发得太快 6，重复 2\n"), "{shown}");
        assert!(shown.contains("近 30 天：提醒 2 次，禁言或警告 1 次，涉及 2 人"), "{shown}");
        scene.pass(Span::days(8)).await;
        scene.tg.say(scene.staff, scene.owner, "/stats 刷屏");
        scene.pass(Span::secs(8)).await;
        let shown = scene.last(scene.staff).text;
        assert!(shown.contains("近 7 天：0 条\n· 近 30 天：8 条"), "{shown}");
        scene.end().await;
    }
}
