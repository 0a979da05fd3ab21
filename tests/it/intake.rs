//! What comes in: nothing lost, nothing counted twice, nothing that stops the rest.

use serde_json::json;
use steward::model::{ChatId, Span, Status, UserId};
use steward::store::{inbox, meta, quarantine};
use steward::telegram::emulator::{Action, Announce, Entry, Rule};

use crate::harness::{Scene, scenarios};

/// How many messages the bot has counted of a member.
async fn counted(scene: &Scene, user: UserId) -> i64 {
    let group = scene.group;
    scene.stage.db().begin().await.unwrap().member(group, user).await.unwrap().map_or(0, |member| member.messages)
}

async fn failed(scene: &Scene) -> Vec<quarantine::Failed> {
    quarantine::list(&mut scene.stage.db().read().await.unwrap(), 10).await.unwrap()
}

/// An update as Telegram would send it, with a number that follows the last.
fn raw(scene: &Scene, body: serde_json::Value) -> serde_json::Value {
    let mut update = body;
    update["update_id"] = json!(scene.tg.next_update_id());
    update
}

fn text(scene: &Scene, user: UserId, id: i64, text: &str) -> serde_json::Value {
    let now = scene.stage.now().secs();
    raw(
        scene,
        json!({"message": {
            "message_id": id, "date": now, "text": text,
            "chat": {"id": scene.group.0, "type": "supergroup", "title": "职场妈妈成长社"},
            "from": {"id": user.0, "is_bot": false, "first_name": "小玲"},
        }}),
    )
}

scenarios! {
    async fn updates_stored_before_a_crash_take_effect_once_after_it(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        for n in 0..50 {
            scene.tg.say(scene.group, ling, &format!("第 {n} 句"));
        }
        // Stored and confirmed, but not handled when the process dies.
        scene.stage.take_in_only().await.unwrap();
        assert_eq!(counted(&scene, ling).await, 0);
        scene.stage.restart().await.unwrap();
        scene.settle().await;
        assert_eq!(counted(&scene, ling).await, 50);
        scene.end().await;
    }

    async fn the_same_update_again_changes_nothing(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.duplicate_next(3);
        let number = scene.tg.next_update_id();
        let id = scene.say(ling, "大家好").await;
        scene.stage.restart().await.unwrap();
        // Once more after the restart, as when Telegram did not hear that it arrived.
        scene.tg.reset_update_ids(number);
        let body = scene.tg.message(scene.group, id).unwrap().body;
        scene.tg.push_raw_update(json!({ "message": body }));
        assert_eq!(scene.tg.next_update_id(), number + 1);
        scene.settle().await;
        assert_eq!(counted(&scene, ling).await, 1);
        scene.end().await;
    }

    async fn numbers_of_updates_may_start_again_lower(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "一").await;
        scene.pass(Span::days(8)).await;
        scene.tg.reset_update_ids(5);
        scene.stage.restart().await.unwrap();
        scene.say(ling, "二").await;
        assert_eq!(counted(&scene, ling).await, 2);
        scene.end().await;
    }

    async fn a_gap_in_the_numbers_is_no_obstacle(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        let next = scene.tg.next_update_id();
        for n in 0..20 {
            scene.tg.say(scene.group, ling, &format!("{n}"));
        }
        scene.tg.drop_updates(next + 5..=next + 14);
        scene.settle().await;
        assert_eq!(counted(&scene, ling).await, 10);
        scene.end().await;
    }

    async fn malformed_and_unknown_updates_do_not_hold_up_the_others(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.say(scene.group, ling, "前");
        scene.tg.push_raw_update(raw(&scene, json!({"guest_message": {"message_id": 1, "strange": [1, 2]}})));
        scene.tg.push_raw_update(raw(&scene, json!({"stopped_message_generation": {"chat": {"id": 5}}})));
        scene.tg.push_raw_update(raw(&scene, json!({"message": "not an object"})));
        scene.tg.push_raw_update(raw(&scene, json!({"message": {"message_id": "x", "chat": 7}})));
        // A field of another type than it should be costs no more than itself.
        let mut odd = text(&scene, ling, 4001, "中");
        (odd["message"]["entities"], odd["message"]["forward_origin"]) = (json!("bold"), json!([7]));
        scene.tg.push_raw_update(odd);
        scene.tg.say(scene.group, ling, "后");
        scene.settle().await;
        assert_eq!(counted(&scene, ling).await, 3);
        let kept = failed(&scene).await;
        assert!(!kept.is_empty() && kept.iter().all(|it| it.source == "update" && it.body.contains("message")), "{kept:?}");
        scene.forget_failed().await;
        scene.end().await;
    }

    async fn an_event_that_fails_is_kept_and_the_rest_of_its_batch_happens(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        let mei = scene.newcomer("小梅").await;
        scene.break_writing_of("毒").await;
        let poison = scene.person("毒");
        scene.tg.say(scene.group, ling, "一");
        scene.tg.join(scene.group, poison);
        scene.tg.say(scene.group, mei, "二");
        scene.tg.say(scene.group, ling, "三");
        scene.settle().await;
        assert_eq!((counted(&scene, ling).await, counted(&scene, mei).await), (2, 1));
        let kept = failed(&scene).await;
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert!(kept[0].error.contains("broken for the test"), "{}", kept[0].error);
        // Once mended, it can be tried again.
        scene.mend_writing().await;
        assert_eq!(scene.stage.replay().await.unwrap(), 1);
        scene.settle().await;
        let member = scene.stage.db().begin().await.unwrap().member(scene.group, poison).await.unwrap().unwrap();
        assert_eq!(member.status, Status::Member);
        assert_eq!(failed(&scene).await, []);
        scene.end().await;
    }

    async fn an_update_that_kills_the_process_is_put_aside_in_the_end(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.say(scene.group, ling, "毒");
        scene.tg.say(scene.group, ling, "之后");
        scene.stage.take_in_only().await.unwrap();
        // Each start finds it still waiting, as it would if handling it ended the process.
        let db = scene.stage.db().clone();
        let waiting = inbox::waiting(&mut db.read().await.unwrap(), 0, 1).await.unwrap();
        for _ in 0..3 {
            inbox::count_attempts(&db, &waiting).await.unwrap();
        }
        scene.stage.restart().await.unwrap();
        scene.settle().await;
        assert_eq!(counted(&scene, ling).await, 1, "the one after it is handled");
        assert_eq!(failed(&scene).await.len(), 1);
        scene.forget_failed().await;
        scene.end().await;
    }

    async fn a_process_that_died_young_stores_before_it_handles(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        let takes = |scene: &mut Scene| {
            let now = scene.stage.now();
            scene.stage.engine().takes(1, now)
        };
        assert!(takes(&mut scene), "at first nothing speaks against it");
        scene.stage.restart().await.unwrap();
        for words in ["早", "今天也加油"] {
            scene.tg.duplicate_next(2);
            scene.say(ling, words).await;
            assert!(!takes(&mut scene));
        }
        assert_eq!(counted(&scene, ling).await, 2);
        // It lives on: nothing was wrong with what came.
        scene.pass(Span::minutes(11)).await;
        assert!(takes(&mut scene));
        scene.tg.duplicate_next(2);
        scene.say(ling, "午安").await;
        assert_eq!(counted(&scene, ling).await, 3);
        let now = scene.stage.now();
        scene.stage.engine().beat(now).await.unwrap();
        scene.stage.restart().await.unwrap();
        scene.settle().await;
        assert!(takes(&mut scene), "a process that lived for a while did not die of what it found");
        scene.stage.engine().stop().await.unwrap();
        scene.stage.restart().await.unwrap();
        scene.settle().await;
        assert!(takes(&mut scene), "nor did one that was stopped");
        scene.end().await;
    }

    async fn an_update_in_hand_by_chance_when_the_process_died_is_not_blamed(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.say(scene.group, ling, "早");
        scene.stage.take_in_only().await.unwrap();
        let db = scene.stage.db().clone();
        let waiting = inbox::waiting(&mut db.read().await.unwrap(), 0, 1).await.unwrap();
        // Killed at one start, and at the next in the middle of looking after what it left.
        for _ in 0..2 {
            inbox::count_attempts(&db, &waiting).await.unwrap();
        }
        scene.stage.restart().await.unwrap();
        scene.settle().await;
        assert_eq!((counted(&scene, ling).await, failed(&scene).await), (1, Vec::new()));
        scene.end().await;
    }

    async fn a_message_before_the_news_of_its_authors_joining_gives_the_same_end(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.person("小玲");
        scene.tg.join_as(scene.group, ling, &Entry { announce: Announce::Service, ..Entry::default() });
        scene.say(ling, "我先说话").await;
        let now = scene.stage.now().secs();
        let person = json!({"id": ling.0, "is_bot": false, "first_name": "小玲"});
        scene.tg.push_raw_update(raw(&scene, json!({"chat_member": {
            "chat": {"id": scene.group.0, "type": "supergroup", "title": "职场妈妈成长社"}, "from": person, "date": now,
            "old_chat_member": {"status": "left", "user": person}, "new_chat_member": {"status": "member", "user": person},
        }})));
        scene.settle().await;
        let member = scene.stage.db().begin().await.unwrap().member(scene.group, ling).await.unwrap().unwrap();
        assert_eq!((member.status, member.joined, member.messages), (Status::Member, Some(steward::model::Timestamp::from_secs(now)), 1));
        scene.pass(Span::minutes(1)).await;
        scene.end().await;
    }

    async fn the_same_message_under_a_new_number_counts_once_in_the_log(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        for _ in 0..3 {
            let update = text(&scene, ling, 77, "大家早上好");
            scene.tg.push_raw_update(update);
        }
        scene.settle().await;
        let mut conn = scene.stage.db().read().await.unwrap();
        let (rows, days): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM activity WHERE kind = 1), (SELECT COALESCE(CAST(SUM(n) AS BIGINT), 0) FROM member_day WHERE kind = 1)",
        ).fetch_one(&mut *conn).await.unwrap();
        drop(conn);
        assert_eq!((rows, days), (1, 1));
        scene.end().await;
    }

    async fn trouble_while_polling_loses_and_doubles_nothing(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        for action in [Action::Reset, Action::Garbage, Action::Truncate, Action::RefuseConnection] {
            scene.tg.fail(Rule::new("getUpdates", action).times(3));
            scene.tg.fail(Rule::status("getUpdates", 502, "Bad Gateway").times(2));
            scene.tg.say(scene.group, ling, "还在吗");
            for _ in 0..6 {
                scene.settle().await;
            }
        }
        scene.settle().await;
        assert_eq!(counted(&scene, ling).await, 4);
        scene.end().await;
    }

    async fn the_time_the_bot_was_last_alive_is_known(base) {
        let mut scene = Scene::new(&base, "").await;
        let before = scene.stage.now();
        scene.stage.absent(Span::hours(30)).await.unwrap();
        scene.settle().await;
        let alive = meta::get(&mut scene.stage.db().read().await.unwrap(), "alive").await.unwrap();
        assert_eq!(alive, Some(before.0.to_string()));
        scene.pass(Span::minutes(5)).await;
        scene.end().await;
    }
}

#[test]
fn ids_of_fifty_two_bits_are_kept() {
    let big = (1_i64 << 52) - 1;
    assert_eq!(serde_json::to_string(&UserId(big)).unwrap(), big.to_string());
    assert_eq!(serde_json::from_str::<ChatId>(&format!("-100{big}")).unwrap().0.to_string(), format!("-100{big}"));
}
