//! What fails is undone wholly: in the tables, in what a transaction remembers, and in the settings that hold.

use steward::model::effect::Send;
use steward::model::{
    ChatId, Class, Delivery, Effect, MessageKey, Outgoing, Span, Status, Text, Timestamp, User, UserId,
};
use steward::store::agenda::{self, Reminder};
use steward::store::members::Member;
use steward::store::{Db, Durability, outbox, quarantine};

use crate::harness::{NOON, Scene, scenarios};

fn said(text: &str) -> Outgoing {
    Outgoing {
        key: text.to_owned(),
        class: Class::Reply,
        delivery: Delivery::Repeat,
        after: Timestamp(0),
        deadline: None,
        note: String::new(),
        effect: Effect::Send(Send::new(ChatId(-1), Text::plain(text))),
    }
}

fn reminder(name: &str, due: i64) -> Reminder {
    Reminder { chat: ChatId(-1), name: name.to_owned(), due: Timestamp(due), payload: serde_json::Value::Null }
}

scenarios! {
    async fn what_earlier_events_left_is_written_without_what_the_next_one_changed(base) {
        let db = Db::open(&base.url, Durability::None).await.unwrap();
        let (chat, user) = (ChatId(-1), User { id: UserId(7), name: "小玲".into(), ..User::default() });
        let member = Member::new(chat, &user, Status::Member, Timestamp(1));
        let mut tx = db.begin().await.unwrap();
        tx.begin_event();
        tx.put_member(member.clone());
        tx.keep_event();
        tx.begin_event();
        tx.put_member(Member { name: "毒".into(), ..member.clone() });
        // The first SQL of an event writes what those before it left.
        tx.conn().await.unwrap();
        tx.undo_event().await.unwrap();
        assert_eq!(tx.member(chat, user.id).await.unwrap().as_ref(), Some(&member));
        tx.commit().await.unwrap();
        assert_eq!(db.begin().await.unwrap().member(chat, user.id).await.unwrap(), Some(member));
        db.close().await;
    }

    /// What a member became is read from the tables while the event changes them: the undoing must not leave that behind.
    async fn a_member_read_during_an_event_that_fails_is_read_again(base) {
        let db = Db::open(&base.url, Durability::None).await.unwrap();
        let (chat, user) = (ChatId(-1), User { id: UserId(7), name: "小玲".into(), ..User::default() });
        let member = Member::new(chat, &user, Status::Member, Timestamp(1));
        let mut tx = db.begin().await.unwrap();
        tx.put_member(member.clone());
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.begin_event();
        sqlx::raw_sql("UPDATE member SET name = '毒'").execute(tx.conn().await.unwrap()).await.unwrap();
        assert_eq!(tx.member(chat, user.id).await.unwrap().unwrap().name, "毒");
        tx.undo_event().await.unwrap();
        assert_eq!(tx.member(chat, user.id).await.unwrap(), Some(member));
        drop(tx);
        db.close().await;
    }

    async fn what_earlier_events_ask_for_outlives_one_that_reads_the_tables_and_fails(base) {
        let db = Db::open(&base.url, Durability::None).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.begin_event();
        tx.post(said("早安"));
        tx.remind(reminder("morning", 5));
        tx.keep_event();
        tx.begin_event();
        tx.post(said("毒"));
        tx.remind(reminder("poison", 5));
        tx.settled().await.unwrap();
        tx.post(said("毒了"));
        tx.undo_event().await.unwrap();
        let committed = tx.commit().await.unwrap();
        let posted: Vec<Outgoing> = committed.posted.into_iter().map(|(_, letter)| letter).collect();
        assert_eq!(posted, [said("早安")]);
        let mut conn = db.read().await.unwrap();
        assert_eq!(outbox::count(&mut conn).await.unwrap(), 1);
        assert_eq!(agenda::due(&mut conn, Timestamp(9), 9).await.unwrap(), [reminder("morning", 5)]);
        drop(conn);
        db.close().await;
    }

    /// A reminder stays due although one that is handled before it took it back, or moved it, and failed.
    async fn a_due_reminder_changed_by_an_event_that_fails_is_handled_all_the_same(base) {
        let db = Db::open(&base.url, Durability::None).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        for name in ["taken back", "moved", "swept", "kept"] {
            tx.remind(reminder(name, 5));
        }
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let due = tx.due(Timestamp(9), 9).await.unwrap();
        for fails in [true, false] {
            tx.begin_event();
            assert!(tx.unremind(ChatId(-1), "taken back").await.unwrap());
            tx.remind(reminder("moved", 20));
            tx.unremind_all(ChatId(-1), "swe").await.unwrap();
            if fails {
                tx.undo_event().await.unwrap();
            } else {
                tx.keep_event();
            }
        }
        let taken: Vec<&str> = due.iter().filter(|it| tx.take_reminder(it)).map(|it| it.name.as_str()).collect();
        assert_eq!(taken, ["kept"]);
        tx.commit().await.unwrap();
        let mut conn = db.read().await.unwrap();
        assert_eq!(agenda::due(&mut conn, Timestamp(99), 9).await.unwrap(), [reminder("moved", 20)]);
        drop(conn);
        db.close().await;
    }

    async fn a_move_that_fails_moves_no_settings_either(base) {
        let mut scene = Scene::new(&base, "").await;
        scene.break_writing("UPDATE ON arrival", "NEW.chat <> OLD.chat").await;
        let (old, new) = (scene.group, scene.tg.migrate(scene.group));
        scene.settle().await;
        let kept = quarantine::list(&mut scene.stage.db().read().await.unwrap(), 10).await.unwrap();
        assert!(!kept.is_empty());
        assert_eq!(scene.stage.db().begin().await.unwrap().chat(old).unwrap().moved_to, None);
        assert!(!scene.stage.engine().book().of(new).allowed);
        scene.mend_writing().await;
        assert_eq!(scene.stage.replay().await.unwrap(), kept.len());
        assert!(scene.stage.engine().book().of(new).allowed);
        scene.end().await;
    }

    async fn a_receipt_that_cannot_be_noted_holds_up_nothing(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        scene.break_writing("INSERT ON sent", "NEW.name = 'poison'").await;
        let named = Send { name: Some(MessageKey("poison".into())), ..Send::new(scene.group, Text::plain("早安")) };
        scene.stage.post([(Class::Post, Delivery::Repeat, Effect::Send(named))]).await.unwrap();
        scene.say(ling, "早").await;
        scene.settle().await;
        let group = scene.group;
        assert_eq!(scene.stage.db().begin().await.unwrap().member(group, ling).await.unwrap().unwrap().messages, 1);
        let mut conn = scene.stage.db().read().await.unwrap();
        assert_eq!(outbox::count(&mut conn).await.unwrap(), 0);
        let kept = quarantine::list(&mut conn, 10).await.unwrap();
        drop(conn);
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert!(kept[0].source == "effect" && kept[0].body.contains("poison"), "{kept:?}");
        scene.mend_writing().await;
        scene.forget_failed().await;
        scene.end().await;
    }

    /// A reminder that fails comes again by itself: what is kept of it must not bring it once more.
    async fn a_reminder_that_failed_is_handled_once(base) {
        let mut scene = Scene::new(&base, "[checkin]\nsummary_at = '12:30'").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "打卡").await;
        scene.pass(Span::minutes(2)).await;
        scene.skip();
        scene.break_writing("INSERT ON outbox", "NEW.note LIKE 'checkin/summary/%'").await;
        scene.until(12, 31).await;
        let kept = async |scene: &Scene| quarantine::list(&mut scene.stage.db().read().await.unwrap(), 10).await.unwrap();
        let first = kept(&scene).await;
        assert_eq!((first.len(), first[0].source.as_str()), (1, "reminder"), "{first:?}");
        // It fails again in an hour, and is kept as it failed first.
        scene.until(13, 32).await;
        assert_eq!(kept(&scene).await, first);
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.mend_writing().await;
        assert_eq!(scene.stage.replay().await.unwrap(), 1);
        scene.pass(Span::hours(3)).await;
        assert_eq!((scene.heard().len(), kept(&scene).await.len()), (1, 0));
        // Where it comes again before anybody looks, nothing is left to be replayed.
        scene.until(12, 0).await;
        scene.say(ling, "打卡").await;
        scene.pass(Span::minutes(2)).await;
        scene.skip();
        scene.break_writing("INSERT ON outbox", "NEW.note LIKE 'checkin/summary/%'").await;
        scene.until(12, 31).await;
        assert_eq!(kept(&scene).await.len(), 1);
        scene.mend_writing().await;
        scene.until(13, 40).await;
        assert_eq!((scene.heard().len(), kept(&scene).await.len()), (1, 0));
        scene.end().await;
    }

    /// What of a row nothing can be made is told, and the rows after it have their turn.
    async fn a_kept_row_that_cannot_be_handled_stops_no_other(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        let group = scene.group;
        let words = serde_json::json!({"update_id": 1, "message": {"message_id": 900, "date": scene.stage.now().secs(),
            "text": "好", "chat": {"id": group.0, "type": "supergroup", "title": "成长社"},
            "from": {"id": ling.0, "is_bot": false, "first_name": "小玲"}}});
        let body = serde_json::to_string(&said("早安")).unwrap();
        let rows = [("effect", body.as_str()), ("event", "{}"), ("reminder", "?"), ("update", &words.to_string())];
        let mut tx = scene.stage.db().begin().await.unwrap();
        for (source, body) in rows {
            quarantine::keep(&mut tx, NOON, source, body, "broken").await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(scene.stage.replay().await.unwrap(), 1);
        assert_eq!(scene.stage.db().begin().await.unwrap().member(group, ling).await.unwrap().unwrap().messages, 1);
        let kept = quarantine::list(&mut scene.stage.db().read().await.unwrap(), 10).await.unwrap();
        let sources: Vec<&str> = kept.iter().map(|it| it.source.as_str()).collect();
        assert_eq!(sources, ["effect", "event", "reminder"]);
        scene.forget_failed().await;
        scene.end().await;
    }
}
