//! Groups the bot does not serve are left, politely.

use steward::features::Settings;
use steward::model::{ChatId, ChatKind, Span, Status};
use steward::rehearsal::stage::supergroup;

use crate::harness::{Scene, scenarios};

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
}
