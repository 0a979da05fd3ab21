//! Staff pause and resume a group.

use steward::model::effect::{Question, Send};
use steward::model::{ChatId, ChatKind, Class, Delivery, Effect, Outgoing, Span, Text};
use steward::rehearsal::stage::supergroup;
use steward::store::outbox;

use crate::arrival::with_another;
use crate::harness::{Scene, scenarios};

/// Puts a post into the outbox that would leave in an hour.
async fn plan_a_post(scene: &Scene) {
    let effect = Effect::Send(Send::new(scene.group, Text::plain("今天的话题")));
    let after = scene.stage.now() + Span::hours(1);
    let (key, note) = (format!("test/{}", after.0), String::new());
    let mut tx = scene.stage.db().begin().await.unwrap();
    tx.post(Outgoing { key, class: Class::Post, delivery: Delivery::Once, after, deadline: None, note, effect });
    tx.commit().await.unwrap();
}

async fn waiting(scene: &Scene) -> i64 {
    outbox::count(&mut scene.stage.db().read().await.unwrap()).await.unwrap()
}

async fn is_paused(scene: &Scene, chat: ChatId) -> bool {
    scene.stage.db().begin().await.unwrap().chat(chat).unwrap().paused.is_some()
}

scenarios! {
    async fn a_pause_calls_off_what_waits_and_makes_nothing_up(base) {
        let mut scene = Scene::new(&base, "").await;
        plan_a_post(&scene).await;
        assert_eq!(waiting(&scene).await, 1);
        scene.say(scene.owner, "/pause").await;
        assert_eq!(scene.heard(), ["⏸ 「职场妈妈成长社」已暂停。\n停下：定时消息、打卡提醒和汇总、欢迎，不会补发。\n\
            照常：清理广告、回应命令。\n发 /resume 恢复。"]);
        assert!(is_paused(&scene, scene.group).await);
        assert_eq!(waiting(&scene).await, 0);
        scene.stage.restart().await.unwrap();
        scene.pass(Span::hours(3)).await;
        assert_eq!(scene.heard(), Vec::<String>::new());
        assert!(is_paused(&scene, scene.group).await);
        scene.say(scene.owner, "/resume").await;
        scene.say(scene.owner, "/resume").await;
        assert_eq!(scene.heard(), ["▶️ 「职场妈妈成长社」恢复了，从下一条定时消息开始照常发。", "「职场妈妈成长社」没有暂停，一切照常。"]);
        assert!(!is_paused(&scene, scene.group).await);
        scene.end().await;
    }

    async fn a_pause_leaves_what_only_asks_or_tends_a_post_that_stands(base) {
        let mut scene = Scene::new(&base, "").await;
        let post = scene.say(scene.owner, "今天的话题").await;
        let (chat, after) = (scene.group, scene.stage.now() + Span::hours(1));
        let mut tx = scene.stage.db().begin().await.unwrap();
        for (n, effect) in [
            Effect::Ask(Question::Admins(chat)),
            Effect::Pin { chat, message: post.into(), silent: true },
            Effect::Send(Send::new(chat, Text::plain("早上好"))),
        ]
        .into_iter()
        .enumerate()
        {
            let (key, note) = (format!("test/{n}"), String::new());
            let (class, delivery) = (if n == 0 { Class::Bulk } else { Class::Post }, Delivery::Repeat);
            tx.post(Outgoing { key, class, delivery, after, deadline: None, note, effect });
        }
        tx.commit().await.unwrap();
        scene.say(scene.owner, "/pause").await;
        assert_eq!(waiting(&scene).await, 2);
        scene.stage.restart().await.unwrap();
        scene.pass(Span::hours(2)).await;
        let pinned = scene.calls().into_iter().any(|call| call.method == "pinChatMessage");
        assert!(pinned);
        scene.end().await;
    }

    async fn a_pause_for_a_while_ends_by_itself(base) {
        let mut scene = Scene::new(&base, "language = \"en\"").await;
        scene.say(scene.owner, "/pause 2小时").await;
        assert_eq!(scene.heard(), ["⏸ \"职场妈妈成长社\" is paused until 2 Mar, 14:02.\n\
            On hold: scheduled posts, check-in reminders and summaries, welcomes; none is made up for.\n\
            Still on: removing ads, answering commands.\nIt resumes by itself; /resume ends it sooner."]);
        scene.pass(Span::hours(1)).await;
        scene.say(scene.owner, "/pause 3h").await;
        scene.skip();
        scene.pass(Span::minutes(90)).await;
        assert!(is_paused(&scene, scene.group).await, "the later end holds");
        scene.pass(Span::minutes(90)).await;
        assert_eq!(scene.heard(), ["▶️ \"职场妈妈成长社\" has resumed, from the next post on."]);
        assert!(!is_paused(&scene, scene.group).await);
        scene.say(scene.owner, "/resume").await;
        assert_eq!(scene.heard(), ["\"职场妈妈成长社\" is not paused; all goes on as usual."]);
        scene.end().await;
    }

    async fn a_pause_without_end_replaces_one_with_an_end(base) {
        let mut scene = Scene::new(&base, "").await;
        scene.say(scene.owner, "/pause 1h").await;
        scene.say(scene.owner, "/pause").await;
        scene.pass(Span::hours(2)).await;
        assert!(is_paused(&scene, scene.group).await);
        scene.end().await;
    }

    async fn what_was_asked_for_while_the_bot_was_down_is_not_done(base) {
        let mut scene = Scene::new(&base, "").await;
        scene.tg.say(scene.group, scene.owner, "/pause 4h");
        scene.stage.absent(Span::hours(3)).await.unwrap();
        scene.skip();
        scene.pass(Span::minutes(1)).await;
        assert!(!is_paused(&scene, scene.group).await);
        assert_eq!(scene.heard(), ["我刚才不在线，下面的命令来晚了，没有执行：\n▫️ /pause 4h（群主，3月2日 12:02）\n还需要的话，请再发一次。"]);
        scene.say(scene.owner, "/pause 4h").await;
        scene.tg.say(scene.group, scene.owner, "/resume");
        scene.stage.absent(Span::minutes(10)).await.unwrap();
        scene.pass(Span::minutes(1)).await;
        assert!(is_paused(&scene, scene.group).await, "nor is it ended by what came late");
        scene.end().await;
    }

    async fn who_is_not_staff_is_told_so(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.regular("小玲").await;
        scene.say(ling, "/pause").await;
        assert_eq!(scene.heard(), Vec::<String>::new());
        let told = scene.tg.whispers(scene.group, ling).pop().unwrap().text;
        assert_eq!(told, "只有管理员可以操作。");
        scene.whisper(ling, "/pause").await;
        assert_eq!(scene.last(ling.private()).text, told);
        for wrong in ["/pause soon", "/pause 20", "/pause 0h", "/pause 3000d"] {
            scene.skip();
            scene.say(scene.owner, wrong).await;
            assert_eq!(scene.heard(), ["用法：/pause 一直停到 /resume；/pause 2h 停两小时（也可以写 30分钟、1天，最长一年）。"]);
            scene.pass(Span::minutes(1)).await;
        }
        assert!(!is_paused(&scene, scene.group).await);
        scene.end().await;
    }

    async fn in_the_staff_chat_one_chooses_the_group(base) {
        let other = supergroup(1002);
        let mut scene = with_another(&base, "", other, ChatKind::Supergroup).await;
        scene.tg.say(scene.staff, scene.owner, "/pause 30m");
        scene.settle().await;
        assert!(is_paused(&scene, scene.group).await, "there is only one group the bot is in");
        scene.tg.add_bot_to(other, scene.owner);
        scene.settle().await;
        scene.tg.say(scene.staff, scene.owner, "/pause 2h");
        scene.settle().await;
        let question = scene.last(scene.staff);
        assert_eq!(question.text, "暂停哪个群？");
        let stranger = scene.person("路人");
        let forged = format!("pause:on:{other}:7200");
        scene.tg.press_data(scene.group, question.id, stranger, &forged);
        scene.tg.press_data(scene.group, question.id, scene.owner, &forged);
        scene.settle().await;
        assert_eq!(scene.answered(), "只有管理员可以操作。");
        assert!(!is_paused(&scene, other).await);
        scene.press(scene.staff, question.id, scene.owner, "同城群").await;
        scene.pass(Span::secs(10)).await;
        let done = scene.tg.message(scene.staff, question.id).unwrap();
        assert!(done.text.starts_with("⏸ 「同城群」已暂停到 3月2日 14:02。"), "{}", done.text);
        assert!(done.buttons.is_empty());
        assert!(is_paused(&scene, other).await);
        scene.pass(Span::hours(3)).await;
        assert_eq!(scene.last(scene.staff).text, "▶️ 「同城群」恢复了，从下一条定时消息开始照常发。");
        scene.tg.say(scene.staff, scene.owner, "/resume");
        scene.settle().await;
        let question = scene.last(scene.staff);
        assert_eq!(question.text, "恢复哪个群？");
        for data in ["pause:off:abc", "pause:off:-100", "pause:on:1", "pause:on:1:2:3"] {
            scene.tg.press_data(scene.staff, question.id, scene.owner, data);
        }
        scene.press(scene.staff, question.id, scene.owner, "同城群").await;
        scene.pass(Span::secs(10)).await;
        assert_eq!(scene.tg.message(scene.staff, question.id).unwrap().text, "「同城群」没有暂停，一切照常。");
        scene.end().await;
    }

    async fn in_english_staff_are_told_how_it_works(base) {
        let other = supergroup(1002);
        let mut scene = with_another(&base, "language = \"en\"", other, ChatKind::Supergroup).await;
        scene.tg.user(scene.owner, |person| person.language = Some("en".into()));
        scene.whisper(scene.owner, "/resume").await;
        assert_eq!(scene.last(scene.owner.private()).text, "Please use this command in the group or in the staff chat.");
        scene.say(scene.owner, "/pause later").await;
        scene.say(scene.owner, "/pause").await;
        let said = scene.heard();
        assert_eq!(said[0], "Usage: /pause stops until /resume; /pause 2h stops for two hours (or 30m, 1d; a year at most).");
        assert!(said[1].ends_with("Still on: removing ads, answering commands.\nSend /resume to go on."), "{said:?}");
        scene.tg.add_bot_to(other, scene.owner);
        scene.pass(Span::minutes(1)).await;
        for (said, answer) in [("/pause 1d", "Pause which group?"), ("/resume", "Resume which group?")] {
            scene.tg.say(scene.staff, scene.owner, said);
            scene.pass(Span::secs(10)).await;
            assert_eq!(scene.last(scene.staff).text, answer);
        }
        scene.tg.press_data(scene.group, scene.last(scene.staff).id, scene.owner, &format!("pause:off:{other}"));
        scene.settle().await;
        assert_eq!(scene.answered(), "Only administrators can do this.");
        scene.end().await;
    }

    async fn a_pause_outlives_the_upgrade_to_a_supergroup(base) {
        let small = ChatId(-4001);
        let mut scene = with_another(&base, "", small, ChatKind::Group).await;
        scene.tg.add_bot_to(small, scene.owner);
        scene.tg.promote_bot(small, &steward::telegram::emulator::ALL_RIGHTS);
        scene.settle().await;
        scene.tg.say(small, scene.owner, "/pause 1h");
        scene.pass(Span::secs(10)).await;
        let grown = scene.tg.migrate(small);
        scene.pass(Span::minutes(5)).await;
        assert!(is_paused(&scene, grown).await);
        scene.pass(Span::hours(1)).await;
        assert!(!is_paused(&scene, grown).await);
        assert_eq!(scene.last(grown).text, "▶️ 「同城群」恢复了，从下一条定时消息开始照常发。");
        scene.end().await;
    }
}
