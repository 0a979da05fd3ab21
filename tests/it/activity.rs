//! What people did is logged and counted, each thing once.

use steward::model::{Class, CommunityId, Delivery, Effect, MessageId, Outgoing, Span, Timestamp, UserId};
use steward::store::activity::{self, Deed, DeedKind};
use steward::store::quarantine;
use steward::telegram::emulator::MessageSpec;

use crate::harness::{self, Base, Scene, scenarios};

const CHINESE: &str = "name = '职场妈妈成长社'";

#[test]
fn weights_and_caps_that_make_no_sense_are_told() {
    let written = "[activity]\nweights = { vote = -1.0 }\ncaps = { message = 0 }";
    let settings: steward::features::Settings = toml::from_str(written).unwrap();
    let (_, findings) = steward::features::Compiled::new(&settings, std::path::Path::new("."));
    let told: Vec<String> = findings.iter().map(|finding| format!("{}: {}", finding.path, finding.reason)).collect();
    assert_eq!(
        told,
        [
            "activity.caps.message: a cap is at least 1; a weight of 0 makes a kind count for nothing",
            "activity.weights.vote: a weight lies between 0 and 1000"
        ]
    );
}

/// How often somebody did something, as it is logged and as it is counted.
async fn counted(scene: &Scene, user: UserId, kind: DeedKind) -> (i64, i64) {
    let mut conn = scene.stage.db().read().await.unwrap();
    let (rows,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM activity WHERE user_id = $1 AND kind = $2")
        .bind(user.0)
        .bind(kind as i64)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    let (days,): (Option<i64>,) =
        sqlx::query_as("SELECT CAST(SUM(n) AS BIGINT) FROM member_day WHERE user_id = $1 AND kind = $2")
            .bind(user.0)
            .bind(kind as i64)
            .fetch_one(&mut *conn)
            .await
            .unwrap();
    (rows, days.unwrap_or(0))
}

/// The bot sends a poll to the group; gives its message.
async fn poll(scene: &mut Scene) -> MessageId {
    send_poll(scene).await;
    scene.settle().await;
    scene.last(scene.group).id
}

/// The bot sends a poll, and does not know yet that it was sent.
async fn send_poll(scene: &mut Scene) {
    let mut tx = scene.stage.db().begin().await.unwrap();
    tx.post(Outgoing {
        key: "test/poll".to_owned(),
        class: Class::Post,
        delivery: Delivery::Once,
        after: scene.stage.now(),
        deadline: None,
        note: String::new(),
        effect: Effect::Poll(harness::poll(scene.group)),
    });
    tx.commit().await.unwrap();
    scene.stage.restart().await.unwrap();
    scene.stage.round().await.unwrap();
}

/// Votes are handled while the receipt of the poll is still on its way.
async fn vote_before_the_receipt(scene: &mut Scene, user: UserId) {
    let message = scene.last(scene.group).id;
    scene.tg.vote(scene.group, message, user, &[1]).unwrap();
    scene.stage.take_in_only().await.unwrap();
    let now = scene.stage.now();
    scene.stage.engine().step(now, &[], Vec::new()).await.unwrap();
    assert_eq!(counted(scene, user, DeedKind::Vote).await, (0, 0));
}

scenarios! {
    async fn talk_counts_once_and_small_sounds_not_at_all(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let ling = scene.newcomer("小玲").await;
        let first = scene.say(ling, "大家早上好").await;
        scene.say(ling, "早").await;
        scene.say(ling, "/help").await;
        scene.tg.edit(scene.group, first, "大家早上好呀");
        scene.tg.send(scene.group, ling, MessageSpec::media("sticker", "")).unwrap();
        for _ in 0..3 {
            let part = MessageSpec { album: Some("77".to_owned()), ..MessageSpec::media("photo", "") };
            scene.tg.send(scene.group, ling, part).unwrap();
        }
        scene.tg.duplicate_next(2);
        scene.say(ling, "今天好冷").await;
        assert_eq!(counted(&scene, ling, DeedKind::Message).await, (4, 4));
        scene.end().await;
    }

    async fn the_same_message_under_another_update_counts_once(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let ling = scene.newcomer("小玲").await;
        let id = scene.say(ling, "大家早上好").await;
        let body = scene.tg.message(scene.group, id).unwrap().body;
        scene.tg.push_raw_update(serde_json::json!({ "message": body }));
        scene.settle().await;
        scene.stage.restart().await.unwrap();
        scene.tg.push_raw_update(serde_json::json!({ "message": body }));
        scene.settle().await;
        assert_eq!(counted(&scene, ling, DeedKind::Message).await, (1, 1));
        scene.end().await;
    }

    async fn a_reaction_counts_once_for_a_message(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let (ling, fang) = (scene.newcomer("小玲").await, scene.newcomer("阿芳").await);
        let id = scene.say(ling, "今天完成了一件大事").await;
        for emoji in [&["👍"][..], &["❤"], &[], &["👍"]] {
            scene.tg.react(scene.group, id, fang, emoji);
            scene.settle().await;
        }
        assert_eq!(counted(&scene, fang, DeedKind::Reaction).await, (1, 1));
        assert_eq!(counted(&scene, ling, DeedKind::Reaction).await, (0, 0));
        scene.end().await;
    }

    async fn a_vote_that_comes_before_the_receipt_of_its_poll_counts(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let (ling, fang) = (scene.newcomer("小玲").await, scene.newcomer("阿芳").await);
        send_poll(&mut scene).await;
        for user in [ling, fang] {
            vote_before_the_receipt(&mut scene, user).await;
        }
        scene.settle().await;
        for user in [ling, fang] {
            assert_eq!(counted(&scene, user, DeedKind::Vote).await, (1, 1));
        }
        scene.end().await;
    }

    async fn a_vote_in_a_poll_that_stays_unknown_is_let_go(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let ling = scene.newcomer("小玲").await;
        send_poll(&mut scene).await;
        vote_before_the_receipt(&mut scene, ling).await;
        // The receipt is lost with the process.
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(2)).await;
        assert_eq!(counted(&scene, ling, DeedKind::Vote).await, (0, 0));
        scene.end().await;
    }

    async fn a_vote_that_can_no_longer_be_read_holds_up_no_other(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let (ling, fang) = (scene.newcomer("小玲").await, scene.newcomer("阿芳").await);
        send_poll(&mut scene).await;
        vote_before_the_receipt(&mut scene, ling).await;
        scene.sql("UPDATE agenda SET payload = '{\"strange\":1}' WHERE name LIKE 'engine/vote/%'".to_owned()).await;
        vote_before_the_receipt(&mut scene, fang).await;
        scene.settle().await;
        assert_eq!(counted(&scene, fang, DeedKind::Vote).await, (1, 1));
        let kept = quarantine::list(&mut scene.stage.db().read().await.unwrap(), 10).await.unwrap();
        assert_eq!(kept.iter().map(|it| it.body.as_str()).collect::<Vec<_>>(), ["{\"strange\":1}"]);
        scene.forget_failed().await;
        scene.end().await;
    }

    async fn a_vote_finds_its_chat_even_after_a_restart(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let ling = scene.newcomer("小玲").await;
        let message = poll(&mut scene).await;
        scene.tg.vote(scene.group, message, ling, &[1]).unwrap();
        scene.settle().await;
        scene.stage.restart().await.unwrap();
        scene.tg.vote(scene.group, message, ling, &[]).unwrap();
        scene.tg.vote(scene.group, message, ling, &[0]).unwrap();
        scene.settle().await;
        assert_eq!(counted(&scene, ling, DeedKind::Vote).await, (1, 1));
        scene.end().await;
    }

    async fn a_vote_in_a_poll_nobody_knows_is_harmless(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.push_raw_update(serde_json::json!({"poll_answer": {
            "poll_id": "404", "user": {"id": ling.0, "is_bot": false, "first_name": "小玲"}, "option_ids": [0],
        }}));
        scene.settle().await;
        assert_eq!(counted(&scene, ling, DeedKind::Vote).await, (0, 0));
        scene.end().await;
    }

    async fn what_is_done_while_the_bot_is_away_counts_on_its_own_day(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let ling = scene.newcomer("小玲").await;
        scene.until(23, 50).await;
        scene.tg.say(scene.group, ling, "睡前冒个泡");
        scene.stage.absent(Span::hours(3)).await.unwrap();
        scene.settle().await;
        let mut conn = scene.stage.db().read().await.unwrap();
        let rows: Vec<(i64,)> = sqlx::query_as("SELECT day FROM member_day WHERE user_id = $1 AND kind = 1")
            .bind(ling.0).fetch_all(&mut *conn).await.unwrap();
        drop(conn);
        // 2 March 2026.
        assert_eq!(rows, [(20_514,)]);
        scene.end().await;
    }

    async fn an_undone_strike_is_not_counted_any_more(base) {
        let scene = Scene::new(&base, CHINESE).await;
        let (user, zone) = (UserId(77), chrono_tz::Asia::Shanghai);
        let day_of = |at: Timestamp| steward::model::Day::of(at, zone, chrono::NaiveTime::MIN);
        let at = scene.stage.now();
        let mut tx = scene.stage.db().begin().await.unwrap();
        let community = tx.chat(scene.group).unwrap().community;
        for reference in [5, 6] {
            let kind = DeedKind::Strike;
            tx.log(Deed { community, chat: scene.group, kind, reference, user, at, day: day_of(at), weight: 0.0 });
        }
        for _ in 0..2 {
            activity::take_back(&mut tx, community, DeedKind::Strike, 5, user, day_of).await.unwrap();
            activity::take_back(&mut tx, CommunityId(99), DeedKind::Strike, 6, user, day_of).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(counted(&scene, user, DeedKind::Strike).await, (1, 1));
        scene.end().await;
    }

    async fn after_the_move_to_a_supergroup_counting_goes_on(base) {
        let mut scene = group(&base).await;
        let ling = scene.newcomer("小玲").await;
        let old = scene.say(ling, "大家早上好").await;
        let new = scene.tg.migrate(scene.group);
        scene.settle().await;
        scene.group = new;
        // Numbers begin again: one of the new messages has the number of the old.
        let mut ids = Vec::new();
        while ids.last() != Some(&old) {
            ids.push(scene.say(ling, "搬到新群啦").await);
        }
        let n = 1 + i64::try_from(ids.len()).unwrap();
        assert_eq!(counted(&scene, ling, DeedKind::Message).await, (n, n));
        scene.pass(Span::minutes(1)).await;
        scene.end().await;
    }

    async fn who_is_no_longer_in_the_group_is_told_so(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "大家早上好").await;
        scene.tg.ban(scene.group, ling, scene.owner);
        scene.settle().await;
        for (language, said) in [
            ("zh-hans", "你已经不在群里了。我这里还留着哪些你的记录，发 /mydata 就能看到。"),
            ("en", "You are no longer in the group. /mydata shows what I still have on record about you."),
        ] {
            scene.tg.user(ling, |person| person.language = Some(language.into()));
            scene.whisper(ling, "/me").await;
            scene.pass(Span::secs(3)).await;
            assert_eq!(scene.last(ling.private()).text, said);
        }
        scene.forget(ling).await;
        scene.whisper(ling, "/me").await;
        let said = scene.last(ling.private()).text;
        assert!(said.starts_with("I haven't met you"), "what was forgotten is not known: {said}");
        scene.end().await;
    }
}

/// A scene in a basic group.
async fn group(base: &Base) -> Scene {
    let mut scene = Scene::new(base, CHINESE).await;
    scene.tg.add_group(-4001, "小群", steward::model::ChatKind::Group);
    scene.group = steward::model::ChatId(-4001);
    let settings = {
        let mut settings: steward::features::Settings = toml::from_str(CHINESE).unwrap();
        settings.chats = vec![-4001];
        vec![("moms".to_owned(), settings)]
    };
    scene.stage.reconfigure(settings).await.unwrap();
    scene.tg.set_owner(scene.group, scene.owner);
    scene.tg.add_bot_to(scene.group, scene.owner);
    scene.tg.promote_bot(scene.group, &steward::telegram::emulator::ALL_RIGHTS);
    scene.settle().await;
    scene
}
