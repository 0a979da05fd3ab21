//! Updates that come in another order than things happened, and the same told in several ways: it ends the same.

use serde_json::json;
use steward::model::{Class, Delivery, Effect, Span, Status, Timestamp, UserId};
use steward::telegram::emulator::{Announce, Entry};

use crate::harness::{Base, Scene, poll, scenarios};

const CHECK_IN: &str = "[checkin]\npost = { at = '12:30' }\n[welcome]\n";

/// An update that tells of somebody's new place in the group.
fn told(scene: &Scene, user: UserId, before: Status, after: Status) -> serde_json::Value {
    let person = json!({"id": user.0, "is_bot": false, "first_name": "小玲"});
    let place = |status: Status| {
        let (word, inside) = match status {
            Status::Owner => ("creator", true),
            Status::Admin => ("administrator", true),
            Status::Member => ("member", true),
            Status::Restricted => ("restricted", true),
            Status::RestrictedOutside => ("restricted", false),
            Status::Left => ("left", false),
            Status::Banned => ("kicked", false),
        };
        json!({"user": person, "status": word, "is_member": inside, "can_send_messages": false, "until_date": 0})
    };
    json!({"chat_member": {
        "chat": {"id": scene.group.0, "type": "supergroup", "title": "职场妈妈成长社"}, "from": person,
        "date": scene.stage.now().secs(), "old_chat_member": place(before), "new_chat_member": place(after),
    }})
}

/// All that is on record of people, and what the group sees.
async fn end_of(scene: &Scene) -> Vec<String> {
    let mut conn = scene.stage.db().read().await.unwrap();
    let mut lines = Vec::new();
    for (table, sql) in [
        ("member", "SELECT user_id, COALESCE(joined, 0), messages FROM member ORDER BY 1"),
        ("activity", "SELECT user_id, kind, COUNT(*) FROM activity GROUP BY user_id, kind ORDER BY 1, 2"),
        ("day", "SELECT user_id, kind, n FROM member_day ORDER BY 1, 2"),
        ("checkin", "SELECT user_id, day, made_up FROM checkin ORDER BY 1"),
        ("streak", "SELECT user_id, length, best FROM checkin_streak ORDER BY 1"),
    ] {
        let rows: Vec<(i64, i64, i64)> = sqlx::query_as(sql).fetch_all(&mut *conn).await.unwrap();
        lines.extend(rows.into_iter().map(|row| format!("{table} {row:?}")));
    }
    let seen = |message: steward::telegram::emulator::SeenMessage| format!("{} {:?}", message.text, message.buttons);
    lines.extend(scene.tg.bot_messages(scene.group).into_iter().map(seen));
    lines
}

/// Somebody joins, speaks, votes and checks in by the button of the day. In disorder each of it is known before what it
/// builds on: the message before the joining, the vote and the press before the messages they are under.
async fn a_day(base: &Base, disorder: bool) -> Vec<String> {
    let mut scene = Scene::new(base, CHECK_IN).await;
    let (group, ling) = (scene.group, scene.person("小玲"));
    let joined = told(&scene, ling, Status::Left, Status::Member);
    let quietly = Entry { announce: Announce::Service, ..Entry::default() };
    if !disorder {
        scene.tg.push_raw_update(joined.clone());
    }
    scene.tg.join_as(group, ling, &quietly);
    scene.say(ling, "大家早上好").await;
    if disorder {
        scene.tg.push_raw_update(joined);
        scene.settle().await;
    }
    let poll = Effect::Poll(poll(group));
    scene.stage.post([(Class::Post, Delivery::Once, poll)]).await.unwrap();
    known_or_not(&mut scene, disorder, |scene| scene.tg.bot_messages(group).iter().any(|it| it.poll.is_some())).await;
    let poll = scene.tg.bot_messages(group).into_iter().find(|it| it.poll.is_some()).unwrap();
    scene.tg.vote(group, poll.id, ling, &[1]).unwrap();
    taken(&mut scene, disorder).await;
    scene.until(12, 29).await;
    scene.stage.absent(Span::minutes(1)).await.unwrap();
    let post = |scene: &Scene| scene.tg.bot_messages(group).into_iter().find(|it| !it.buttons.is_empty());
    known_or_not(&mut scene, disorder, |scene| post(scene).is_some()).await;
    let day = post(&scene).unwrap().id;
    scene.tg.press(group, day, ling, "checkin:do");
    taken(&mut scene, disorder).await;
    assert_eq!(scene.answered(), "✅ 第 1 天", "{disorder}");
    scene.pass(Span::minutes(2)).await;
    let end = end_of(&scene).await;
    scene.end().await;
    end
}

/// Goes on until something stands in the group; the bot knows of it, or not yet.
async fn known_or_not(scene: &mut Scene, not_yet: bool, stands: impl Fn(&Scene) -> bool) {
    while !stands(scene) {
        assert!(scene.stage.round().await.unwrap(), "it does not come");
    }
    if !not_yet {
        scene.settle().await;
    }
}

/// What people just did is handled, before the receipts that are under way or after.
async fn taken(scene: &mut Scene, before_receipts: bool) {
    if before_receipts {
        scene.stage.round_before_receipts().await.unwrap();
    }
    scene.settle().await;
}

scenarios! {
    /// Fault 18.
    async fn in_whatever_order_it_comes_it_ends_the_same(base) {
        let natural = Box::pin(a_day(&base, false)).await;
        assert!(natural.iter().any(|line| line.starts_with("checkin")) && natural.len() > 10, "{natural:#?}");
        let another = if base.url.starts_with("sqlite") { Base::sqlite() } else { Base::postgres().unwrap() };
        assert_eq!(Box::pin(a_day(&another, true)).await, natural);
    }

    /// Fault 88: both ways in which Telegram tells of a join, in either order, again and again.
    async fn however_a_join_is_told_there_is_one_welcome(base) {
        let mut scene = Scene::new(&base, "[welcome]\nremove_previous = false\n").await;
        for (name, notices) in [("只通知", "m"), ("先通知", "mn"), ("后通知", "nm"), ("反复", "nmnnmm")] {
            let user = scene.person(name);
            let quietly = Entry { announce: Announce::Service, ..Entry::default() };
            let joined = told(&scene, user, Status::Left, Status::Member);
            for what in notices.chars() {
                match what {
                    'n' => scene.tg.join_as(scene.group, user, &quietly),
                    _ => scene.tg.push_raw_update(joined.clone()),
                }
                scene.settle().await;
            }
            scene.pass(Span::minutes(5)).await;
            assert_eq!(scene.heard().len(), 1, "{name}");
            scene.skip();
        }
        scene.end().await;
    }

    /// Fault 96: from every place in a group to every other.
    async fn every_change_of_place_leaves_the_right_row(base) {
        let mut scene = Scene::new(&base, "").await;
        let pairs = || Status::ALL.into_iter().flat_map(|before| Status::ALL.map(|after| (before, after)));
        let mut people = Vec::new();
        for (before, after) in pairs() {
            let user = scene.person("小玲");
            // Whoever is in was seen to be; whoever is not is a stranger to the bot.
            if before.is_in() {
                scene.tg.push_raw_update(told(&scene, user, Status::Left, before));
            }
            scene.tg.push_raw_update(told(&scene, user, before, after));
            people.push(user);
        }
        scene.settle().await;
        for (user, (before, after)) in people.into_iter().zip(pairs()) {
            let group = scene.group;
            let member = scene.stage.db().begin().await.unwrap().member(group, user).await.unwrap().unwrap();
            let found = (member.status, member.joined.is_some(), member.left.is_some());
            let expected = (after, before.is_in() || after.is_in(), before.is_in() && !after.is_in());
            assert_eq!(found, expected, "from {before:?} to {after:?}");
            let mut conn = scene.stage.db().read().await.unwrap();
            let deeds: Vec<(i64,)> = sqlx::query_as("SELECT COUNT(*) FROM activity WHERE user_id = $1")
                .bind(user.0).fetch_all(&mut *conn).await.unwrap();
            drop(conn);
            // One deed for coming, one for going: being let back in (kicked → left) is neither.
            assert_eq!(deeds[0].0, i64::from(expected.1) + i64::from(expected.2), "from {before:?} to {after:?}");
        }
        scene.pass(Span::minutes(1)).await;
        scene.end().await;
    }

    /// What was written before somebody went, or is only edited, may come after the news that they have gone, by webhook
    /// or from quarantine. It makes nobody staff again.
    async fn words_from_before_they_went_bring_nobody_back(base) {
        let mut scene = Scene::new(&base, "").await;
        let (staff, owner) = (scene.staff, scene.owner);
        let people = ["离开的", "移出的", "没来过的"].map(|name| scene.person(name));
        for user in &people[..2] {
            scene.tg.join(staff, *user);
        }
        scene.settle().await;
        let before = scene.stage.now();
        scene.pass(Span::minutes(5)).await;
        scene.tg.leave(staff, people[0]);
        scene.tg.ban(staff, people[1], owner);
        scene.tg.ban(staff, people[2], owner);
        scene.settle().await;
        scene.pass(Span::minutes(5)).await;
        let said = |user: UserId, at: Timestamp, edited: Option<Timestamp>| {
            let mut message = json!({"message_id": 7_000 + user.0, "date": at.secs(), "text": "收到",
                "chat": {"id": staff.0, "type": "supergroup", "title": "运营群"},
                "from": {"id": user.0, "is_bot": false, "first_name": "小玲"}});
            match edited {
                Some(at) => { message["edit_date"] = at.secs().into(); json!({"edited_message": message}) }
                None => json!({"message": message}),
            }
        };
        for user in people {
            scene.tg.push_raw_update(said(user, before, None));
            scene.tg.push_raw_update(said(user, before, Some(scene.stage.now())));
        }
        scene.settle().await;
        let status = async |scene: &Scene, user| {
            scene.stage.db().begin().await.unwrap().member(staff, user).await.unwrap().unwrap().status
        };
        let expected = [Status::Left, Status::Banned, Status::Banned];
        for (user, expected) in people.into_iter().zip(expected) {
            assert_eq!(status(&scene, user).await, expected);
        }
        // Who speaks after they went is back: the news of it was lost.
        scene.tg.push_raw_update(said(people[0], scene.stage.now(), None));
        scene.settle().await;
        assert_eq!(status(&scene, people[0]).await, Status::Member);
        scene.end().await;
    }
}
