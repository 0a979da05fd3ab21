//! Messages of kinds one seldom sees: each counts as the activity log says, whatever Telegram puts in them.

use serde_json::{Map, Value, json};
use steward::model::{MessageId, Span, UserId};
use steward::telegram::emulator::MessageSpec;

use crate::harness::{Scene, scenarios};
use crate::strikes::ledger;

const MESSAGE: &[(&str, i64)] = &[("message", 1)];

fn fields(value: Value) -> Map<String, Value> {
    let Value::Object(fields) = value else { panic!("the fields of a message: {value}") };
    fields
}

fn send(scene: &Scene, user: UserId, body: Value) -> MessageId {
    let spec = MessageSpec { extra: fields(body), ..MessageSpec::default() };
    scene.tg.send(scene.group, user, spec).unwrap()
}

/// What the activity log has of somebody: each kind of deed, how often.
async fn deeds(scene: &Scene, user: UserId) -> Vec<(&'static str, i64)> {
    let mut conn = scene.stage.db().read().await.unwrap();
    let sql = "SELECT kind, COUNT(*) FROM activity WHERE user_id = $1 GROUP BY kind ORDER BY kind";
    let rows: Vec<(i64, i64)> = sqlx::query_as(sql).bind(user.0).fetch_all(&mut *conn).await.unwrap();
    let word = |kind| {
        let mut kinds = steward::store::activity::DeedKind::ALL.into_iter();
        kinds.find(|known| *known as i64 == kind).unwrap().word()
    };
    rows.into_iter().map(|(kind, n)| (word(kind), n)).collect()
}

/// What people send. All of it is talk.
fn contents() -> Vec<(&'static str, Value)> {
    let file = |id: &str| json!({"file_id": id, "file_unique_id": id, "width": 800, "height": 600, "duration": 3});
    let photo = json!([{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 60}]);
    let channel =
        json!({"id": -1_009_876_543_210_i64, "type": "channel", "title": "新闻频道", "username": "news_channel"});
    let person = json!({"id": 4_503_599_627_370_495_i64, "is_bot": false, "first_name": "李"});
    let place = json!({"latitude": 31.23, "longitude": 121.47});
    let moving = json!({"latitude": 31.23, "longitude": 121.47, "live_period": 900, "heading": 90,
        "proximity_alert_radius": 100});
    let tasks = json!([{"id": 1, "text": "晾衣服", "completed_by_user": person, "completion_date": 1_772_424_000},
        {"id": 2, "text": "订牛奶", "text_entities": [{"type": "bold", "offset": 0, "length": 1}]}]);
    let lottery = json!({"chats": [channel], "winners_selection_date": 1_800_000_000, "winner_count": 3,
        "only_new_members": true, "has_public_winners": true, "country_codes": ["CN"], "prize_star_count": 500});
    let drawn = json!({"chat": channel, "giveaway_message_id": 7, "winners_selection_date": 1_772_420_000,
        "winner_count": 1, "winners": [person]});
    let rich = json!({"blocks": [
        {"type": "section_heading", "level": 1, "text": "周末菜单"},
        {"type": "paragraph", "text": ["先", {"type": "bold", "text": "泡"}, {"type": "italic", "text": ["豆", "子"]}]},
        {"type": "list", "items": [{"label": "一", "blocks": [{"type": "paragraph", "text": "煮一小时"}]}]},
        {"type": "divider"}, {"type": "hologram", "text": {"type": "newer", "text": "新"}}]});
    let unread = json!({"type": "hidden_user", "sender_user_name": "匿名的人", "date": 1_772_000_000});
    let channel_post = json!({"type": "channel", "chat": channel, "message_id": 5, "date": 1_772_000_000});
    vec![
        ("a forward of somebody hidden", json!({"forward_origin": unread, "text": "这篇写得真好"})),
        ("a sticker somebody hidden sent", json!({"forward_origin": unread, "sticker": file("s")})),
        (
            "a forward of a kind to come",
            json!({"forward_origin": {"type": "dream", "date": 1}, "text": "这篇写得真好"}),
        ),
        ("a channel's picture", json!({"forward_origin": channel_post, "photo": photo, "caption": "今天的头条"})),
        ("a story", json!({"story": {"chat": channel, "id": 4}})),
        ("a giveaway", json!({"giveaway": lottery})),
        ("a giveaway's winners", json!({"giveaway_winners": drawn})),
        (
            "a contact",
            json!({"contact": {"phone_number": "+8613800138000", "first_name": "妈妈", "vcard": "BEGIN:VCARD"}}),
        ),
        ("a location", json!({"location": place})),
        ("a moving location", json!({"location": moving})),
        (
            "a venue",
            json!({"venue": {"location": place, "title": "茶馆", "address": "人民路 1 号"}, "location": place}),
        ),
        (
            "paid media unseen",
            json!({"paid_media": {"star_count": 1, "paid_media": [{"type": "preview", "width": 9}]}}),
        ),
        (
            "paid media",
            json!({"paid_media": {"star_count": 1, "paid_media": [{"type": "photo", "photo": photo},
            {"type": "video", "video": file("v")}, {"type": "newer"}]}, "caption": "全家福", "show_caption_above_media": true}),
        ),
        ("a checklist", json!({"checklist": {"title": "今天", "tasks": tasks, "others_can_mark_tasks_as_done": true}})),
        ("a rich message", json!({"rich_message": rich})),
        ("a live photo", json!({"live_photo": file("l"), "photo": photo})),
        ("a round video", json!({"video_note": {"file_id": "n", "file_unique_id": "n", "length": 240, "duration": 3}})),
        ("an animation", json!({"animation": file("g"), "document": {"file_id": "g", "file_unique_id": "g"}})),
        ("dice", json!({"dice": {"emoji": "🎲", "value": 3}})),
        ("a game", json!({"game": {"title": "贪吃蛇", "description": "慢慢玩", "photo": photo}})),
        (
            "an invoice",
            json!({"invoice": {"title": "读书课", "description": "四次", "start_parameter": "", "currency": "XTR",
            "total_amount": 1}}),
        ),
        (
            "a poll",
            json!({"poll": {"id": "77", "question": "周末去哪", "options": [{"text": "公园", "voter_count": 0},
            {"text": "书店", "voter_count": 0}], "total_voter_count": 0, "is_closed": false, "is_anonymous": true,
            "type": "regular", "allows_multiple_answers": false}}),
        ),
        ("a kind to come", json!({"hologram": {"title": "小猫", "depth": [1, {"z": null}]}})),
    ]
}

/// What Telegram notes in the chat of its own accord. None of it is talk.
fn notices() -> Vec<(&'static str, Value)> {
    let message = json!({"message_id": 1, "date": 0, "chat": {"id": -1, "type": "supergroup"}});
    vec![
        ("giveaway_created", json!({"prize_star_count": 500})),
        ("giveaway_completed", json!({"winner_count": 1, "unclaimed_prize_count": 0, "is_star_giveaway": true})),
        ("checklist_tasks_done", json!({"checklist_message": message, "marked_as_done_task_ids": [1]})),
        ("checklist_tasks_added", json!({"tasks": [{"id": 3, "text": "买菜"}]})),
        ("boost_added", json!({"boost_count": 1})),
        ("proximity_alert_triggered", json!({"traveler": {"id": 1}, "watcher": {"id": 2}, "distance": 30})),
        ("video_chat_ended", json!({"duration": 60})),
        ("poll_option_added", json!({"poll_message": message, "option_persistent_id": "3", "option_text": "动物园"})),
        ("gift", json!({"gift": {"id": "1", "star_count": 15}})),
        ("message_auto_delete_timer_changed", json!({"message_auto_delete_time": 86_400})),
        ("paid_message_price_changed", json!({"paid_message_star_count": 0})),
    ]
}

scenarios! {
    /// Fault 71.
    async fn every_kind_of_message_counts_as_talk_and_costs_nobody_anything(base) {
        let mut scene = Scene::new(&base, "[strikes]\n[checkin]\n[welcome]").await;
        for (what, body) in contents() {
            let user = scene.regular("小玲").await;
            let id = send(&scene, user, body);
            scene.settle().await;
            assert_eq!(deeds(&scene, user).await, MESSAGE, "{what}");
            assert!(scene.tg.message(scene.group, id).is_some(), "{what} was deleted");
            // A card of somebody's number is shown to the staff; nothing counts against the sender.
            assert!(ledger(&scene, user).await.iter().all(|(.., counts)| *counts == 0), "{what}");
            assert!(!scene.tg.is_muted(scene.group, user), "{what}");
            scene.pass(Span::minutes(1)).await;
        }
        scene.end().await;
    }

    /// Fault 71.
    async fn notices_of_telegram_are_no_talk(base) {
        let mut scene = Scene::new(&base, "[strikes]\n[checkin]\n[welcome]").await;
        for (name, value) in notices() {
            let user = scene.regular("小玲").await;
            send(&scene, user, json!({ name: value }));
            scene.settle().await;
            assert_eq!(deeds(&scene, user).await, [], "{name}");
        }
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.end().await;
    }

    /// Fault 71: somebody on the way tells where they are again and again, by editing one message.
    async fn a_place_that_moves_is_one_message(base) {
        let mut scene = Scene::new(&base, "[strikes]").await;
        let user = scene.regular("小玲").await;
        let live = |step: i64| json!({"latitude": 31, "longitude": 121 + step, "live_period": 900});
        let id = send(&scene, user, json!({"location": live(0)}));
        scene.settle().await;
        for step in 1..10 {
            scene.pass(Span::secs(30)).await;
            let mut body = fields(scene.tg.message(scene.group, id).unwrap().body);
            body.insert("location".to_owned(), live(step));
            body.insert("edit_date".to_owned(), scene.stage.now().secs().into());
            scene.tg.push_raw_update(json!({ "edited_message": body }));
            scene.settle().await;
        }
        assert_eq!(deeds(&scene, user).await, MESSAGE);
        let group = scene.group;
        let member = scene.stage.db().begin().await.unwrap().member(group, user).await.unwrap().unwrap();
        assert_eq!(member.messages, 1);
        scene.end().await;
    }
}
