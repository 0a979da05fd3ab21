//! Groups the bot does not serve are left, politely.

use serde_json::json;
use steward::features::Settings;
use steward::model::{ChatId, ChatKind, Span, Status};
use steward::rehearsal::stage::supergroup;
use steward::store::gaps;
use steward::telegram::emulator::ALL_RIGHTS;

use crate::harness::{BASIC, Scene, scenarios};

scenarios! {
    async fn groups_of_strangers_are_left_politely_and_not_too_often(base) {
        let mut scene = Scene::new(&base, "").await;
        let stranger = scene.person("路人");
        let groups: Vec<ChatId> = (0..8).map(|n| supergroup(5000 + n)).collect();
        for group in &groups {
            scene.tg.add_group(group.0, "别的群", ChatKind::Supergroup);
            scene.tg.set_owner(*group, stranger);
            scene.tg.add_bot_to(*group, stranger);
        }
        scene.pass(Span::minutes(2)).await;
        let said: Vec<String> = groups.iter().flat_map(|group| scene.texts(*group)).collect();
        assert_eq!(said.len(), 5);
        assert_eq!(said[0], "谢谢邀请！我只为自己的社群服务，就先告辞了。如果你是我的运营，请把群 ID -1000000005000 写进配置文件，再邀请我。\n\n\
            Thank you for the invitation! I serve only my own communities, so I'll be on my way. If you run this bot, add \
            the group id -1000000005000 to its settings and invite me again.");
        for group in &groups {
            assert_eq!(scene.tg.member_status(*group, scene.tg.me()), Status::Left);
            assert!(scene.stage.db().begin().await.unwrap().chat(*group).is_none(), "nothing is kept of them");
        }
        scene.pass(Span::hours(1)).await;
        scene.tg.add_bot_to(groups[7], stranger);
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.texts(groups[7]).len(), 1, "an hour later it is polite again");
        scene.end().await;
    }

    async fn a_strange_group_it_is_in_already_is_left_when_it_speaks(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, stranger) = (supergroup(5000), scene.person("路人"));
        scene.tg.add_group(group.0, "别的群", ChatKind::Supergroup);
        scene.tg.set_owner(group, stranger);
        scene.tg.fill(group, &[scene.tg.me()]);
        scene.tg.say(group, stranger, "/help@steward_bot");
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.texts(group).len(), 1);
        assert_eq!(scene.tg.member_status(group, scene.tg.me()), Status::Left);
        scene.end().await;
    }

    async fn a_group_that_speaks_under_its_new_number_before_its_move_is_known_is_not_left(base) {
        let mut scene = Scene::new(&base, "").await;
        let owner = scene.owner;
        scene.tg.add_group(BASIC.0, "老群", ChatKind::Group);
        scene.tg.set_owner(BASIC, owner);
        scene.tg.add_bot_to(BASIC, owner);
        scene.settle().await;
        let first = scene.tg.next_update_id();
        let grown = scene.tg.migrate(BASIC);
        // Both notices of the move are late.
        scene.tg.drop_updates(first..=scene.tg.next_update_id());
        scene.tg.say(grown, owner, "/help@steward_bot");
        scene.pass(Span::secs(20)).await;
        scene.tg.say(grown, owner, "/help@steward_bot");
        scene.pass(Span::secs(30)).await;
        scene.tg.push_raw_update(json!({"update_id": scene.tg.next_update_id(), "message": {
            "message_id": 5000, "date": scene.stage.now().secs(), "chat": {"id": BASIC.0, "type": "group", "title": "老群"},
            "from": {"id": owner.0, "is_bot": false, "first_name": "群主"}, "migrate_to_chat_id": grown.0,
        }}));
        scene.pass(Span::minutes(5)).await;
        assert!(scene.tg.member_status(grown, scene.tg.me()).is_in());
        assert!(!scene.texts(grown).iter().any(|text| text.contains("告辞")));
        let tx = scene.stage.db().begin().await.unwrap();
        let (group, row) = (tx.chat(scene.group).unwrap().community, tx.chat(grown).unwrap().clone());
        drop(tx);
        assert!(row.is_live() && row.community == group, "it is served: {row:?}");
        scene.end().await;
    }

    async fn a_group_taken_out_of_the_settings_is_not_left_for_a_slip(base) {
        let mut scene = Scene::new(&base, "").await;
        let mut without: Settings = toml::from_str("").unwrap();
        without.staff_chat = Some(scene.staff.0);
        scene.stage.reconfigure(vec![("moms".to_owned(), without)]).await.unwrap();
        scene.say(scene.owner, "/help").await;
        assert_eq!(scene.heard(), Vec::<String>::new());
        assert_eq!(scene.tg.member_status(scene.group, scene.tg.me()), Status::Admin);
        scene.end().await;
    }

    async fn put_out_while_it_was_not_served_a_group_that_is_served_again_breaks_no_streak(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let (ling, owner) = (scene.newcomer("小玲").await, scene.owner);
        scene.say(ling, "打卡").await;
        let mut without: Settings = toml::from_str("[checkin]").unwrap();
        without.staff_chat = Some(scene.staff.0);
        scene.stage.reconfigure(vec![("moms".to_owned(), without)]).await.unwrap();
        scene.tg.kick_bot(scene.group, owner);
        let out = scene.stage.now();
        scene.settle().await;
        scene.pass(Span::days(2)).await;
        scene.reload("[checkin]").await;
        scene.tg.unban(scene.group, scene.tg.me(), owner);
        scene.tg.add_bot_to(scene.group, owner);
        scene.settle().await;
        let mut conn = scene.stage.db().read().await.unwrap();
        let noted = gaps::since(&mut conn, scene.group, out).await.unwrap();
        drop(conn);
        let outside = noted.iter().find(|gap| gap.reason == gaps::OUTSIDE).map(|gap| (gap.from, gap.to));
        assert_eq!(outside, Some((out, scene.stage.now())), "{noted:?}");
        scene.tg.promote_bot(scene.group, &ALL_RIGHTS);
        scene.pass(Span::minutes(1)).await;
        scene.skip();
        scene.say(ling, "打卡").await;
        let heard = scene.heard();
        assert!(heard.iter().any(|text| text.contains("第 2 天")), "no streak is broken: {heard:?}");
        scene.end().await;
    }
}
