//! Rights the bot is known to lack: nothing is asked for in vain, and nothing is said that did not happen.

use steward::model::{MessageId, Span, Status};
use steward::telegram::emulator::{ALL_RIGHTS, MessageSpec, Rule};

use super::{AD, INVITE, LATER, ON, SEVERE, advertise, calls, card, decide, stands, unhurried};
use crate::arrival::secretly;
use crate::harness::{Scene, scenarios};

/// The bot has all rights in the group but this one.
async fn without(scene: &mut Scene, missing: &str) {
    let rights: Vec<&str> = ALL_RIGHTS.into_iter().filter(|right| *right != missing).collect();
    scene.tg.set_bot_rights(scene.group, &rights);
    scene.pass(Span::secs(10)).await;
}

async fn with_all(scene: &mut Scene) {
    scene.tg.set_bot_rights(scene.group, &ALL_RIGHTS);
    scene.pass(Span::secs(10)).await;
}

fn asked(scene: &Scene, method: &str) -> usize {
    scene.calls().iter().filter(|call| call.method.starts_with(method)).count()
}

scenarios! {
    async fn without_the_right_to_delete_nothing_is_deleted_and_nothing_else_is_said(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        without(&mut scene, "can_delete_messages").await;
        scene.skip();
        let ad = scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        assert!(stands(&scene, ad));
        assert_eq!(asked(&scene, "deleteMessage"), 0);
        assert_eq!(scene.heard(), [
            "小玲，你的消息含有广告内容（引导加联系方式）。这是第 1 次警告。累计 3 次会被移出群聊；这次有效至 4月1日。",
        ]);
        let trouble = "消息没能删除（职场妈妈成长社）：我没有权限。请手动删除，并打开我的「删除消息」权限。";
        let told = |scene: &Scene| scene.tg.bot_messages(scene.staff).into_iter().map(|it| it.text).collect::<Vec<_>>();
        assert_eq!(told(&scene).iter().filter(|text| text.starts_with("⚠️")).count(), 1, "{:?}", told(&scene));
        assert!(!told(&scene).iter().any(|text| text == trouble), "it is on the card: {:?}", told(&scene));
        assert!(told(&scene).iter().any(|text| text.starts_with("广告 #1") && text.ends_with(trouble)), "{:?}", told(&scene));
        // The warning is the bot's own and goes all the same.
        scene.pass(Span::minutes(3)).await;
        assert_eq!(scene.tg.bot_messages(scene.group).len(), 0);
        // The right is back: no restart is needed.
        with_all(&mut scene).await;
        let ad = scene.say(mei, AD).await;
        assert!(!stands(&scene, ad));
        scene.end().await;
    }

    async fn without_the_right_to_restrict_nobody_is_said_to_be_muted_or_removed(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        advertise(&mut scene, ling, 1).await;
        without(&mut scene, "can_restrict_members").await;
        scene.pass(LATER).await;
        scene.skip();
        scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        assert_eq!(asked(&scene, "restrictChatMember"), 0);
        assert_eq!(scene.heard(), [
            "小玲，你的消息含有广告内容（引导加联系方式），已删除。这是第 2 次警告。累计 3 次会被移出群聊；这次有效至 4月1日。",
        ]);
        let told: Vec<String> = scene.tg.bot_messages(scene.staff).into_iter().map(|it| it.text).collect();
        assert!(told.iter().any(|text| text.ends_with("处理：没能禁言 24 小时（第 2 次警告，有效至 4月1日）\n\
            没能禁言或移出（职场妈妈成长社）：我没有权限。请手动处理，并打开我的「封禁用户」权限。")), "{told:?}");
        scene.pass(LATER).await;
        scene.skip();
        scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        assert_eq!(asked(&scene, "banChatMember"), 0);
        assert!(scene.tg.member_status(scene.group, ling).is_in());
        assert!(!scene.heard().iter().any(|text| text.contains("公示")), "nobody was put out");
        scene.skip();
        scene.tg.say(scene.group, owner, &format!("/ban {ling}"));
        unhurried(&mut scene).await;
        assert_eq!(scene.heard(), ["没有执行：我没有权限，请打开我的「封禁用户」权限。"]);
        with_all(&mut scene).await;
        scene.pass(LATER).await;
        scene.say(ling, AD).await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Left);
        scene.end().await;
    }

    async fn a_lost_right_is_told_once_a_day_however_it_is_noticed(base) {
        let mut scene = Scene::new(&base, ON).await;
        let told = |scene: &Scene| {
            scene.texts(scene.staff).iter().filter(|text| text.contains("少了这些权限") || text.starts_with("消息没能")).count()
        };
        let (ling, owner) = (scene.newcomer("小玲").await, scene.owner);
        // By a refusal, by `my_chat_member`, by the next ad, by an order, by looking again.
        scene.tg.fail(Rule::status("deleteMessage", 400, "Bad Request: message can't be deleted"));
        without(&mut scene, "can_delete_messages").await;
        scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        scene.pass(LATER).await;
        let said = scene.say(ling, INVITE).await;
        unhurried(&mut scene).await;
        scene.tg.send(scene.group, owner, MessageSpec::text("/warn").reply_to(said)).unwrap();
        unhurried(&mut scene).await;
        scene.tg.say(scene.staff, owner, "/rights");
        scene.pass(Span::hours(23)).await;
        assert_eq!(told(&scene), 1, "{:?}", scene.texts(scene.staff));
        // The next day it is told when it is missed again, and not before.
        scene.pass(Span::hours(20)).await;
        assert_eq!(told(&scene), 1);
        scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        assert_eq!(told(&scene), 2, "{:?}", scene.texts(scene.staff));
        scene.end().await;
    }

    async fn a_right_lost_unnoticed_is_told_once_by_the_first_refusal(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let rights: Vec<&str> = ALL_RIGHTS.into_iter().filter(|right| *right != "can_delete_messages").collect();
        secretly(&scene, scene.group, &rights);
        for user in [ling, mei] {
            scene.say(user, AD).await;
            unhurried(&mut scene).await;
        }
        let told: Vec<String> =
            scene.texts(scene.staff).into_iter().filter(|text| !text.starts_with("广告 #")).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("▫️ 删除消息"), "{told:?}");
        scene.end().await;
    }

    async fn without_the_right_to_pin_posts_come_unpinned(base) {
        let post = "[[calendar]]\nid = 'p'\nat = '12:30'\npin = true\ntext = '今天聊聊作息'\n";
        let mut scene = Scene::new(&base, post).await;
        without(&mut scene, "can_pin_messages").await;
        scene.skip();
        scene.until(12, 31).await;
        assert_eq!(scene.heard(), ["今天聊聊作息"]);
        assert_eq!(asked(&scene, "pinChatMessage"), 0);
        with_all(&mut scene).await;
        scene.pass(Span::days(1)).await;
        assert_eq!(asked(&scene, "pinChatMessage"), 1);
        scene.end().await;
    }

    async fn an_album_goes_in_one_delete_with_each_part_once(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        let part = |caption: &str| MessageSpec { album: Some("a1".into()), ..MessageSpec::media("photo", caption) };
        let mut parts: Vec<MessageId> = Vec::new();
        for caption in ["", INVITE, "", ""] {
            parts.push(scene.tg.send(scene.group, ling, part(caption)).unwrap());
        }
        scene.settle().await;
        let deletes: Vec<_> = scene.calls().into_iter().filter(|call| call.method == "deleteMessages").collect();
        let ids: Vec<i64> = deletes[0].params["message_ids"].as_array().unwrap().iter().filter_map(serde_json::Value::as_i64).collect();
        assert_eq!(ids, parts.iter().map(|id| id.0).collect::<Vec<_>>());
        assert_eq!(asked(&scene, "deleteMessage"), 1);
        scene.end().await;
    }

    async fn a_report_upheld_speaks_of_the_rules_and_not_of_ads(base) {
        let mut scene = Scene::new(&base, SEVERE).await;
        let owner = scene.owner;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let said = scene.say(ling, "你这个人真是…").await;
        scene.tg.send(scene.group, mei, MessageSpec::text("/report 骂人").reply_to(said)).unwrap();
        unhurried(&mut scene).await;
        scene.skip();
        decide(&mut scene, owner, "确实违规").await;
        assert_eq!(scene.heard(),
            ["小玲，你的消息违反了群规，已删除。这是第 1 次警告。累计 3 次会被移出群聊；这次有效至 4月1日。"]);
        assert!(card(&scene).text.ends_with("⚠️ 群主：确实违规，已处理"), "{}", card(&scene).text);
        assert!(calls(&scene, "deleteMessage") > 0);
        scene.end().await;
    }
}
