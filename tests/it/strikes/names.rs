//! Whom an `@name` means: an order must not hit who has it by now in place of who is meant.

use steward::features::Settings;
use steward::model::{ChatKind, Span, Status, UserId};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::ALL_RIGHTS;

use super::orders::write;
use super::{ON, ledger, unhurried};
use crate::harness::{Scene, scenarios};

fn call(scene: &Scene, user: UserId, name: Option<&str>) {
    scene.tg.user(user, |person| person.username = name.map(str::to_owned));
}

scenarios! {
    async fn a_name_that_went_to_another_hits_neither(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        call(&scene, ling, Some("boss"));
        scene.say(ling, "大家好").await;
        call(&scene, ling, None);
        scene.pass(Span::days(2)).await;
        call(&scene, mei, Some("Boss"));
        scene.say(mei, "大家好").await;
        let unclear = "没有执行：@boss 最近先后属于 小玲（10001）、小美（10002），分不清是谁。请回复 TA 的消息，或者写数字 ID。";
        for order in ["/ban @boss", "/warn @boss", "/mute 2h @boss", "/trust @boss", "/strikes @boss"] {
            assert_eq!(write(&mut scene, owner, order).await, [unclear], "{order}");
            scene.pass(Span::minutes(1)).await;
        }
        for user in [ling, mei] {
            assert_eq!(scene.tg.member_status(scene.group, user), Status::Member);
            assert_eq!(ledger(&scene, user).await, []);
        }
        assert_eq!(write(&mut scene, owner, "/ban 10001").await, ["已封禁 小玲。"]);
        // Seen without it, she has it no more: it is the other's alone.
        scene.tg.unban(scene.group, ling, owner);
        scene.tg.join(scene.group, ling);
        scene.settle().await;
        assert_eq!(write(&mut scene, owner, "/kick @boss").await, ["已将 小美 移出群聊。"]);
        scene.end().await;
    }

    async fn a_name_seen_long_ago_may_be_anybodys(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        call(&scene, ling, Some("boss"));
        scene.say(ling, "大家好").await;
        scene.pass(Span::days(31)).await;
        assert_eq!(write(&mut scene, owner, "/ban @boss").await, [
            "没有执行：@boss 最后一次见到是 3月2日，当时属于 小玲（10001），现在可能已经换人。请回复 TA 的消息，或者写数字 ID。",
        ]);
        scene.say(ling, "又来了").await;
        assert_eq!(write(&mut scene, owner, "/ban @boss").await, ["已封禁 小玲。"]);
        scene.end().await;
    }

    async fn a_name_dropped_in_another_group_is_dropped(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[strikes]\n").await;
        let owner = scene.owner;
        let second = scene.tg.add_group(supergroup(1002).0, "Second", ChatKind::Supergroup);
        scene.tg.set_owner(second, owner);
        let mut settings: Settings = toml::from_str("language = 'en'\n[strikes]\n").unwrap();
        (settings.chats, settings.staff_chat) = (vec![scene.group.0, second.0], Some(scene.staff.0));
        scene.stage.reconfigure(vec![("moms".to_owned(), settings)]).await.unwrap();
        scene.tg.add_bot_to(second, owner);
        scene.tg.promote_bot(second, &ALL_RIGHTS);
        let ling = scene.newcomer("Ling").await;
        scene.tg.join(second, ling);
        call(&scene, ling, Some("boss"));
        scene.say(ling, "hello").await;
        scene.pass(Span::days(3)).await;
        call(&scene, ling, Some("ling"));
        scene.tg.say(second, ling, "hello");
        unhurried(&mut scene).await;
        assert_eq!(write(&mut scene, owner, "/ban @boss").await, [
            "Nothing was done: I last saw @boss on 2 March, as Ling (10001); by now it may be somebody else. Reply to a \
             message of theirs, or give the numeric id.",
        ]);
        assert_eq!(write(&mut scene, owner, "/mute @ling 2h").await, ["Ling is muted for 2 hours (职场妈妈成长社)."]);
        scene.end().await;
    }
}
