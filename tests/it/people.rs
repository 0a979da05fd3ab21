//! Who is in the group.

use proptest::prelude::*;
use serde_json::json;
use steward::model::person::Passage;
use steward::model::{Chat, ChatKind, Span, Status, User, UserId};
use steward::rehearsal::stage::supergroup;
use steward::store::chats::ChatRow;
use steward::store::members::Member;
use steward::store::{Db, Durability};
use steward::telegram::emulator::{ALL_RIGHTS, Announce, Entry};

use crate::harness::{BASIC, NOON, Scene, scenarios};

scenarios! {
    async fn what_two_numbers_of_a_group_know_of_a_person_is_put_together(base) {
        let db = Db::open(&base.url, Durability::None).await.unwrap();
        let (old, new, at) = (BASIC, supergroup(1), |day| NOON + Span::days(day));
        let chat = |id, kind| Chat { id, kind, title: "群".into(), username: None, is_forum: false };
        let user = |name: &str| User { id: UserId(7), is_bot: false, name: name.into(), username: None, language: None };
        let mut tx = db.begin().await.unwrap();
        let home = tx.community(&format!("chat:{old}")).await.unwrap();
        let stray = tx.community(&format!("chat:{new}")).await.unwrap();
        tx.put_chat(ChatRow::new(&chat(old, ChatKind::Group), home, at(0))).await.unwrap();
        tx.put_chat(ChatRow::new(&chat(new, ChatKind::Supergroup), stray, at(9))).await.unwrap();
        let past = Member { messages: 60, days: 40, trusted: true, joined: Some(at(1)), ..Member::new(old, &user("小玲"), Status::Admin, at(1)) };
        let newer = Member { messages: 50, days: 1, ..Member::new(new, &user("玲玲"), Status::Member, at(9)) };
        tx.put_member(past);
        tx.put_member(newer);
        for _ in 0..2 {
            tx.move_chat(old, new, at(9)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let expected = Member {
            messages: 100, days: 41, trusted: true, joined: Some(at(1)), last_seen: at(9),
            ..Member::new(new, &user("玲玲"), Status::Member, at(1))
        };
        assert_eq!(tx.member(new, UserId(7)).await.unwrap(), Some(expected));
        assert_eq!(tx.member(old, UserId(7)).await.unwrap(), None);
        assert_eq!(tx.chat(new).unwrap().community, home);
        assert_eq!(tx.community(&format!("chat:{new}")).await.unwrap(), home);
        drop(tx);
        db.close().await;
        let db = Db::open(&base.url, Durability::None).await.unwrap();
        let since = db.begin().await.unwrap().chat(new).unwrap().since;
        assert_eq!(since, at(0), "the group is as old as it was");
    }

    async fn joins_and_leaves_are_known(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        let status = |scene: &Scene| { let (db, group) = (scene.stage.db().clone(), scene.group); async move {
            db.begin().await.unwrap().member(group, ling).await.unwrap().map(|member| (member.status, member.joined.is_some()))
        }};
        assert_eq!(status(&scene).await, Some((Status::Member, true)));
        scene.tg.leave(scene.group, ling);
        scene.settle().await;
        assert_eq!(status(&scene).await, Some((Status::Left, true)));
        scene.end().await;
    }

    async fn a_join_told_only_by_the_notice_is_learnt_when_they_speak(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.person("小玲");
        scene.tg.join_as(scene.group, ling, &Entry { announce: Announce::Service, ..Entry::default() });
        scene.settle().await;
        scene.say(ling, "大家好").await;
        scene.pass(Span::minutes(1)).await;
        let member = scene.stage.db().begin().await.unwrap().member(scene.group, ling).await.unwrap().unwrap();
        assert_eq!((member.status, member.joined, member.messages), (Status::Member, None, 1));
        scene.end().await;
    }

    async fn who_left_during_a_long_absence_is_found_out(base) {
        let mut scene = Scene::new(&base, "").await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小梅").await);
        scene.pass(Span::hours(1)).await;
        scene.tg.leave(scene.group, ling);
        scene.stage.absent(Span::hours(30)).await.unwrap();
        scene.pass(Span::minutes(5)).await;
        let mut tx = scene.stage.db().begin().await.unwrap();
        let ling = tx.member(scene.group, ling).await.unwrap().unwrap();
        assert_eq!((ling.status, ling.left.is_some()), (Status::Left, true));
        assert_eq!(tx.member(scene.group, mei).await.unwrap().unwrap().status, Status::Member);
        drop(tx);
        scene.end().await;
    }

    async fn administrators_are_known_at_once_and_forgotten_at_once(base) {
        let mut scene = Scene::new(&base, "").await;
        let mei = scene.newcomer("小梅").await;
        for (staff, change) in [(true, Scene::promote as fn(&Scene, _)), (false, Scene::demote)] {
            change(&scene, mei);
            scene.settle().await;
            let member = scene.stage.db().begin().await.unwrap().member(scene.group, mei).await.unwrap().unwrap();
            assert_eq!(member.status.is_staff(), staff);
        }
        scene.end().await;
    }

    async fn twenty_added_by_an_administrator_are_twenty_joins(base) {
        let mut scene = Scene::new(&base, "").await;
        let people: Vec<_> = (0..20).map(|n| scene.person(&format!("成员{n}"))).collect();
        for user in &people {
            scene.tg.join_as(scene.group, *user, &Entry { by: Some(scene.owner), ..Entry::default() });
        }
        scene.settle().await;
        let mut tx = scene.stage.db().begin().await.unwrap();
        assert_eq!(tx.members_in(scene.group).await.unwrap(), 21);
        drop(tx);
        scene.pass(Span::minutes(1)).await;
        scene.end().await;
    }
}

proptest! {
    /// From any status to any other: who is in counts as in, and coming and going is told exactly when that changes.
    #[test]
    fn membership_is_right_for_every_change(before in 0..7_usize, after in 0..7_usize) {
        let (before, after) = (Status::ALL[before], Status::ALL[after]);
        let passage = Passage::of(before, after);
        prop_assert_eq!(passage == Passage::Joined, !before.is_in() && after.is_in());
        prop_assert_eq!(passage == Passage::Removed, before.is_in() && after == Status::Banned);
        prop_assert_eq!(passage == Passage::Left, before.is_in() && !after.is_in() && after != Status::Banned);
    }
}

/// What somebody may do is told by whether the bot answers a staff command.
async fn commands(scene: &mut Scene, chat: steward::model::ChatId, user: steward::model::UserId) -> bool {
    scene.pass(Span::minutes(1)).await;
    let before = scene.tg.bot_messages(chat).len();
    scene.tg.say(chat, user, "/settings");
    scene.pass(Span::secs(5)).await;
    scene.tg.bot_messages(chat).len() > before
}

scenarios! {
    async fn who_left_the_staff_chat_is_no_longer_staff(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, staff) = (scene.group, scene.staff);
        let mei = scene.newcomer("小梅").await;
        assert!(!commands(&mut scene, group, mei).await);
        scene.tg.join(staff, mei);
        scene.settle().await;
        assert!(commands(&mut scene, group, mei).await && commands(&mut scene, staff, mei).await);
        let asked = scene.last(staff);
        scene.tg.leave(staff, mei);
        scene.settle().await;
        assert!(!commands(&mut scene, group, mei).await);
        // An old button pressed from afar.
        scene.tg.press_data(staff, asked.id, mei, &format!("pause:on:{group}:3600"));
        scene.settle().await;
        assert_eq!(scene.answered(), "只有管理员可以操作。");
        scene.end().await;
    }

    async fn in_a_public_staff_chat_only_administrators_are_staff(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, staff, owner) = (scene.group, scene.staff, scene.owner);
        let mei = scene.newcomer("小梅").await;
        scene.tg.set_username(staff, Some("moms_staff"));
        scene.tg.join(staff, mei);
        scene.settle().await;
        assert!(!commands(&mut scene, staff, mei).await && !commands(&mut scene, group, mei).await);
        assert!(commands(&mut scene, staff, owner).await);
        scene.end().await;
    }

    /// What anybody can do in a public chat must not make them staff once it no longer is one.
    async fn who_pressed_or_spoke_in_a_public_staff_chat_is_no_staff_when_it_becomes_private(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, staff, owner) = (scene.group, scene.staff, scene.owner);
        let (mei, an, xia) = (scene.newcomer("小梅").await, scene.newcomer("小安").await, scene.newcomer("小夏").await);
        scene.tg.join(staff, xia);
        scene.tg.set_username(staff, Some("moms_staff"));
        assert!(commands(&mut scene, staff, owner).await);
        let shown = scene.last(staff).id;
        scene.tg.press_data(staff, shown, mei, "panel:x");
        let words = json!({"message": {"message_id": 8_000, "date": scene.stage.now().secs(), "text": "路过",
            "chat": {"id": staff.0, "type": "supergroup", "title": "运营群", "username": "moms_staff"},
            "from": {"id": an.0, "is_bot": false, "first_name": "小安"}}});
        scene.tg.push_raw_update(words);
        scene.settle().await;
        scene.tg.set_username(staff, None);
        assert!(commands(&mut scene, staff, owner).await);
        scene.pass(Span::minutes(1)).await;
        for user in [mei, an] {
            assert!(!commands(&mut scene, group, user).await, "{user}");
        }
        assert!(commands(&mut scene, group, xia).await, "who really is in it is");
        scene.end().await;
    }

    async fn where_it_does_not_see_who_leaves_being_in_the_staff_chat_counts_only_there(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, staff) = (scene.group, scene.staff);
        let (mei, an) = (scene.newcomer("小梅").await, scene.newcomer("小安").await);
        for user in [mei, an] {
            scene.tg.join(staff, user);
        }
        scene.settle().await;
        scene.tg.set_bot_rights(staff, &[]);
        scene.pass(Span::minutes(1)).await;
        let told = scene.last(staff).text;
        assert!(told.contains("管理员身份：看到谁离开了运营群"), "{told}");
        assert!(commands(&mut scene, staff, mei).await);
        let check = scene.tg.say(staff, mei, "/rights");
        scene.pass(Span::secs(5)).await;
        assert!(scene.last(staff).text.contains("管理员身份：看到谁离开了运营群"), "{check:?} {}", scene.last(staff).text);
        assert!(!commands(&mut scene, group, mei).await);
        // It becomes an administrator again, and finds out who has left meanwhile.
        scene.tg.leave(staff, an);
        scene.settle().await;
        scene.tg.promote_bot(staff, &ALL_RIGHTS);
        scene.pass(Span::minutes(2)).await;
        assert!(commands(&mut scene, group, mei).await);
        assert!(!commands(&mut scene, group, an).await);
        scene.end().await;
    }
}
