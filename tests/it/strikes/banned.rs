//! People on a ban list, as members and staff see it.

use std::fs;

use steward::model::{Span, Status, UserId};

use super::{AD, buttons, card, cards, decide, stands};
use crate::harness::{Scene, scenarios};

/// Settings with a list on which the first five people of a scenario are.
fn listed(action: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("banned.txt");
    fs::write(&file, "user_id,reason\n10001,spam\n10002\n10003\n10004 # spam\n10005\n500\n20001\n20002\n20003\n20004\n20005\n20006\n20007\n20008\n").unwrap();
    let settings = format!("[strikes]\nban_lists = {{ files = ['{}'], action = '{action}' }}\n", file.display());
    (folder, settings)
}

fn status(scene: &Scene, user: UserId) -> Status {
    scene.tg.member_status(scene.group, user)
}

scenarios! {
    async fn the_staff_are_asked_once_about_who_is_on_a_list(base) {
        let (_folder, settings) = listed("suspect");
        let mut scene = Scene::new(&base, &settings).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        assert_eq!(status(&scene, ling), Status::Member);
        assert!(card(&scene).text.starts_with("在公共封禁名单上 #1\n小玲（10001）"), "{}", card(&scene).text);
        assert!(card(&scene).text.ends_with("处理：等你们决定"), "{}", card(&scene).text);
        assert_eq!(buttons(&card(&scene)), ["封禁", "放行"]);
        scene.say(ling, "大家好").await;
        assert_eq!(cards(&scene), 1);
        decide(&mut scene, owner, "放行").await;
        assert!(card(&scene).text.ends_with("✅ 群主：放行"), "{}", card(&scene).text);
        assert!(card(&scene).buttons.is_empty());
        // Coming again, and a restart, change nothing.
        scene.tg.leave(scene.group, ling);
        scene.settle().await;
        scene.stage.restart().await.unwrap();
        scene.tg.join(scene.group, ling);
        scene.settle().await;
        assert_eq!(cards(&scene), 1);
        // Who was let in is judged as anybody is.
        let ad = scene.say(ling, AD).await;
        assert!(!stands(&scene, ad));
        scene.end().await;
    }

    async fn the_staff_ban_who_is_on_a_list(base) {
        let (_folder, settings) = listed("suspect");
        let mut scene = Scene::new(&base, &settings).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        decide(&mut scene, owner, "封禁").await;
        assert_eq!(status(&scene, ling), Status::Banned);
        assert!(card(&scene).text.ends_with("⛔ 群主：封禁"), "{}", card(&scene).text);
        assert_eq!(scene.heard(), Vec::<String>::new(), "the group hears nothing of it");
        scene.say(owner, "/unban 10001").await;
        assert_eq!(status(&scene, ling), Status::Left);
        scene.tg.join(scene.group, ling);
        scene.settle().await;
        assert_eq!(status(&scene, ling), Status::Member, "nobody is asked twice");
        scene.end().await;
    }

    async fn newcomers_on_a_list_are_banned_at_once_where_the_settings_say_so(base) {
        let (_folder, settings) = listed("ban");
        let mut scene = Scene::new(&base, &settings).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        assert_eq!(status(&scene, ling), Status::Banned);
        assert_eq!(buttons(&card(&scene)), ["放行"]);
        decide(&mut scene, owner, "放行").await;
        assert_eq!(status(&scene, ling), Status::Left, "the ban is lifted");
        assert!(card(&scene).text.ends_with("✅ 群主：放行"), "{}", card(&scene).text);
        scene.tg.join(scene.group, ling);
        scene.settle().await;
        assert_eq!(status(&scene, ling), Status::Member);
        scene.end().await;
    }

    async fn a_first_message_of_somebody_on_a_list_goes_with_them(base) {
        let (_folder, settings) = listed("ban");
        let mut scene = Scene::new(&base, &settings).await;
        // Nobody saw them join, and the bot has been there for long.
        let ling = scene.regular("小玲").await;
        scene.pass(Span::days(31)).await;
        let said = scene.say(ling, "你好").await;
        assert_eq!(status(&scene, ling), Status::Banned);
        assert!(!stands(&scene, said));
        scene.end().await;
    }

    async fn where_the_bot_is_new_nobody_counts_as_a_newcomer_for_having_said_little(base) {
        let (_folder, settings) = listed("ban");
        let mut scene = Scene::new(&base, &settings).await;
        let ling = scene.regular("小玲").await;
        let said = scene.say(ling, "你好").await;
        assert_eq!(status(&scene, ling), Status::Member);
        assert!(stands(&scene, said));
        assert_eq!(buttons(&card(&scene)), ["封禁", "放行"]);
        scene.end().await;
    }

    async fn the_staff_see_every_ban_by_a_list(base) {
        let (_folder, settings) = listed("ban");
        let mut scene = Scene::new(&base, &settings).await;
        for n in 1..=8 {
            let user = scene.tg.add_user(20_000 + n, &format!("新人{n}"));
            scene.tg.join(scene.group, user);
        }
        scene.settle().await;
        scene.pass(Span::minutes(2)).await;
        assert_eq!(cards(&scene), 8);
        scene.end().await;
    }

    async fn nobody_who_belongs_is_put_out_by_a_list(base) {
        let (_folder, settings) = listed("ban");
        let mut scene = Scene::new(&base, "[strikes]\njudge.newcomer = { for = '0s', messages = 2 }\njudge.links_from_newcomers = 'ignore'\n").await;
        let (ling, mei) = (scene.regular("小玲").await, scene.regular("小美").await);
        for _ in 0..3 {
            scene.say(ling, "今天天气真好").await;
        }
        scene.tg.promote(scene.group, mei);
        scene.settle().await;
        let settings = format!("{settings}judge.newcomer = {{ for = '0s', messages = 2 }}\njudge.links_from_newcomers = 'ignore'\n");
        scene.reload(&settings).await;
        let before = cards(&scene);
        scene.say(ling, "明天见").await;
        assert_eq!((status(&scene, ling), cards(&scene)), (Status::Member, before + 1));
        assert_eq!(buttons(&card(&scene)), ["封禁", "放行"]);
        // Staff are nobody's business.
        scene.say(mei, "大家好").await;
        let owner = scene.owner;
        scene.say(owner, "大家好").await;
        assert_eq!(cards(&scene), before + 1);
        scene.end().await;
    }

    async fn who_is_trusted_is_not_asked_about(base) {
        let (_folder, settings) = listed("suspect");
        let mut scene = Scene::new(&base, "[strikes]\n").await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        scene.say(owner, "/trust 10001").await;
        scene.reload(&settings).await;
        let before = cards(&scene);
        scene.say(ling, "大家好").await;
        assert_eq!(cards(&scene), before);
        scene.end().await;
    }
}
