//! What Telegram refuses about another chat or person, and what it says of the bot's own place in a group.

use steward::model::{ChatKind, Span, Status};
use steward::telegram::emulator::{Action, MessageSpec, Rule};

use crate::harness::{Scene, scenarios};

const ON: &str = "[strikes]";
const AD: &str = "都来 t.me/+AbCdEf123";

/// Posts due at 12:10, ten minutes after the scenario begins, for which 30 minutes are not too late: of the calendar, and
/// of check-ins.
const NOON_POSTS: [&str; 2] = [
    "[[calendar]]\nid = 'lunch'\nat = '12:10'\ntext = '今天午饭吃什么？'\n",
    "[checkin]\npost = { at = '12:10', text = '今天午饭吃什么？', late = { within = '30m' } }\n",
];

fn is_in(scene: &Scene) -> impl Future<Output = bool> {
    let (db, group) = (scene.stage.db().clone(), scene.group);
    async move {
        let tx = db.begin().await.unwrap();
        tx.chat(group).is_some_and(|row| row.status != Status::Left)
    }
}

fn posted(scene: &Scene) -> usize {
    scene.texts(scene.group).iter().filter(|text| text.contains("今天午饭吃什么？")).count()
}

/// A channel writes an advert in the group under its own name.
async fn advert(scene: &mut Scene) {
    let channel = scene.tg.add_group(-1_001_234_000_777, "薅羊毛频道", ChatKind::Channel);
    let ling = scene.newcomer("小玲").await;
    let post = MessageSpec { sender_chat: Some(channel), ..MessageSpec::text(AD) };
    scene.tg.send(scene.group, ling, post).unwrap();
    scene.pass(Span::minutes(1)).await;
}

/// The group is taken for left at 12:20, and at the next word the bot finds that it is not.
async fn comes_after_all(mut scene: Scene) {
    scene.until(12, 20).await;
    assert_eq!((is_in(&scene).await, posted(&scene)), (false, 0));
    let ling = scene.regular("小玲").await;
    scene.say(ling, "大家中午好").await;
    scene.pass(Span::minutes(2)).await;
    assert_eq!((is_in(&scene).await, posted(&scene)), (true, 1));
    scene.pass(Span::hours(1)).await;
    assert_eq!(posted(&scene), 1);
    scene.end().await;
}

scenarios! {
    async fn a_channel_telegram_does_not_know_is_no_reason_to_think_the_bot_gone(base) {
        let mut scene = Scene::new(&base, ON).await;
        for text in ["Bad Request: CHANNEL_PRIVATE", "Bad Request: chat not found", "Bad Request: PARTICIPANT_ID_INVALID"] {
            scene.tg.fail(Rule::status("banChatSenderChat", 400, text));
            let before = scene.texts(scene.staff).len();
            advert(&mut scene).await;
            assert!(is_in(&scene).await, "{text}");
            let staff = scene.texts(scene.staff);
            assert_eq!(staff.len(), before + 1, "{text}: {staff:?}");
            assert!(staff[before].contains("\n频道「薅羊毛频道」（-1001234000777）· 职场妈妈成长社"), "{text}: {staff:?}");
            assert!(staff[before].ends_with(
                "处理：没能封禁\n没能禁止这个频道发言（职场妈妈成长社）：Telegram 没有接受。请手动处理。"), "{text}: {staff:?}");
            // What comes soon after would be shown on the same card.
            scene.pass(Span::minutes(11)).await;
        }
        scene.end().await;
    }

    async fn a_channel_that_could_not_be_shut_out_is_when_it_writes_on(base) {
        let mut scene = Scene::new(&base, ON).await;
        for _ in 0..2 {
            scene.tg.fail(Rule::status("banChatSenderChat", 400, "Bad Request: CHANNEL_PRIVATE"));
            advert(&mut scene).await;
            let card = scene.last(scene.staff);
            assert!(card.text.contains("处理：没能封禁"), "{}", card.text);
            assert_eq!(card.buttons.concat().len(), 1, "staff can try again");
        }
        advert(&mut scene).await;
        let staff = scene.texts(scene.staff);
        assert!(staff.len() == 1 && staff[0].ends_with("处理：已封禁"), "{staff:?}");
        assert!(scene.last(scene.staff).buttons.is_empty());
        scene.end().await;
    }

    async fn the_card_of_a_channel_says_what_came_of_it(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[strikes]").await;
        scene.tg.fail(Rule::status("banChatSenderChat", 400, "Bad Request: CHAT_ADMIN_REQUIRED").times(5));
        for method in ["deleteMessages", "deleteMessage"] {
            scene.tg.fail(Rule::status(method, 400, "Bad Request: message can't be deleted").times(5));
        }
        advert(&mut scene).await;
        let staff = scene.texts(scene.staff);
        let card = staff.iter().find(|text| text.starts_with("Advertising #1\nThe channel \"薅羊毛频道\"")).unwrap();
        for part in ["Outcome: could not be banned", "A message was not deleted", "I could not mute or remove them"] {
            assert!(card.contains(part), "{part}: {card}");
        }
        scene.end().await;
    }

    async fn a_chat_not_found_is_asked_after_before_it_is_believed(base) {
        let mut scene = Scene::new(&base, ON).await;
        scene.tg.fail(Rule { chat_id: Some(scene.group), ..Rule::status("sendMessage", 400, "Bad Request: chat not found") });
        scene.say(scene.owner, "/rights").await;
        scene.pass(Span::minutes(1)).await;
        assert!(is_in(&scene).await);
        assert_eq!(scene.texts(scene.staff), Vec::<String>::new());
        let asked = scene.calls().into_iter().filter(|call| call.method == "getChatMember").count();
        assert!(asked > 0, "nobody asked");
        scene.end().await;
    }

    async fn what_telegram_says_of_its_own_place_is_believed_at_once(base) {
        let mut scene = Scene::new(&base, ON).await;
        let text = "Forbidden: bot was kicked from the supergroup chat";
        scene.tg.fail(Rule { chat_id: Some(scene.group), ..Rule::status("sendMessage", 403, text) });
        scene.say(scene.owner, "/rights").await;
        assert!(!is_in(&scene).await);
        assert!(scene.last(scene.staff).text.starts_with("我已经不在「职场妈妈成长社」里了。"));
        scene.end().await;
    }

    async fn a_post_due_while_the_group_was_taken_for_left_comes_after_all(base) {
        for post in NOON_POSTS {
            let base = base.another();
            let mut scene = Scene::new(&base, post).await;
            let text = "Forbidden: bot was kicked from the supergroup chat";
            scene.tg.fail(Rule { chat_id: Some(scene.group), ..Rule::status("sendMessage", 403, text) });
            scene.say(scene.owner, "/rights").await;
            assert!(!is_in(&scene).await);
            Box::pin(comes_after_all(scene)).await;
        }
    }

    async fn a_post_by_whose_refusal_the_group_was_taken_for_left_comes_after_all(base) {
        for post in NOON_POSTS {
            let base = base.another();
            let mut scene = Scene::new(&base, post).await;
            let text = "Forbidden: bot was kicked from the supergroup chat";
            scene.tg.fail(Rule { chat_id: Some(scene.group), ..Rule::status("sendMessage", 403, text) });
            scene.pass(Span::secs(1)).await;
            Box::pin(comes_after_all(scene)).await;
        }
    }

    async fn a_post_called_off_when_the_bot_was_put_out_comes_after_all(base) {
        for post in NOON_POSTS {
            let base = base.another();
            let mut scene = Scene::new(&base, post).await;
            let wait = Action::Status { code: 429, text: "Too Many Requests".into(), retry_after: Some(300), migrate_to: None };
            scene.tg.fail(Rule { chat_id: Some(scene.group), ..Rule::new("sendMessage", wait) });
            scene.until(12, 12).await;
            scene.tg.kick_bot(scene.group, scene.owner);
            scene.until(12, 20).await;
            assert_eq!(posted(&scene), 0);
            scene.tg.unban(scene.group, scene.tg.me(), scene.owner);
            scene.tg.add_bot_to(scene.group, scene.owner);
            scene.pass(Span::minutes(2)).await;
            assert_eq!(posted(&scene), 1, "{post}");
            scene.pass(Span::hours(12)).await;
            assert_eq!(posted(&scene), 1, "{post}");
            scene.end().await;
        }
    }

    async fn a_post_telegram_finds_no_chat_for_is_tried_again_within_its_time(base) {
        for post in NOON_POSTS {
            let base = base.another();
            let mut scene = Scene::new(&base, post).await;
            scene.tg.fail(Rule { chat_id: Some(scene.group), ..Rule::status("sendMessage", 400, "Bad Request: chat not found") });
            scene.until(12, 30).await;
            assert_eq!(posted(&scene), 1, "{post}");
            scene.pass(Span::hours(12)).await;
            assert_eq!((posted(&scene), scene.texts(scene.staff)), (1, Vec::new()), "{post}");
            scene.end().await;
        }
    }

    async fn what_was_due_long_before_it_came_back_stays_out_without_a_report(base) {
        for post in NOON_POSTS {
            let base = base.another();
            let mut scene = Scene::new(&base, post).await;
            scene.tg.kick_bot(scene.group, scene.owner);
            scene.pass(Span::hours(3)).await;
            scene.tg.unban(scene.group, scene.tg.me(), scene.owner);
            scene.tg.add_bot_to(scene.group, scene.owner);
            scene.tg.promote_bot(scene.group, &steward::telegram::emulator::ALL_RIGHTS);
            scene.pass(Span::minutes(10)).await;
            assert_eq!(posted(&scene), 0, "{post}");
            assert!(scene.texts(scene.staff).iter().all(|text| !text.starts_with("⚠️")));
            scene.pass(Span::days(1)).await;
            assert_eq!(posted(&scene), 1, "the next day's");
            scene.end().await;
        }
    }

    async fn a_deleted_account_is_no_reason_to_think_the_bot_gone(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        for (code, text) in [(400, "Bad Request: INPUT_USER_DEACTIVATED"), (403, "Forbidden: user is deactivated")] {
            scene.tg.fail(Rule::status("banChatMember", code, text));
            scene.say(scene.owner, &format!("/ban {ling}")).await;
            scene.pass(Span::minutes(1)).await;
            assert!(is_in(&scene).await, "{text}");
            assert!(scene.last(scene.group).text.contains("找不到"), "{text}: {}", scene.last(scene.group).text);
        }
        scene.end().await;
    }
}
