//! Who of the staff may order what, and where it holds.

use steward::features::Settings;
use steward::model::{ChatId, ChatKind, Span, Status, UserId};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::{ALL_RIGHTS, MessageSpec};

use super::{AD, ON, unhurried};
use crate::harness::{Scene, scenarios};

/// A second group of the community.
async fn second_group(scene: &mut Scene) -> ChatId {
    let second = scene.tg.add_group(supergroup(1002).0, "二群", ChatKind::Supergroup);
    scene.tg.set_owner(second, scene.owner);
    let mut settings: Settings = toml::from_str(ON).unwrap();
    settings.chats = vec![scene.group.0, second.0];
    settings.staff_chat = Some(scene.staff.0);
    scene.stage.reconfigure(vec![("moms".to_owned(), settings)]).await.unwrap();
    scene.tg.add_bot_to(second, scene.owner);
    scene.tg.promote_bot(second, &ALL_RIGHTS);
    scene.pass(Span::minutes(1)).await;
    second
}

/// Somebody writes a command in a group; gives what the bot said there.
async fn write(scene: &mut Scene, by: UserId, text: &str) -> Vec<String> {
    scene.skip();
    scene.tg.say(scene.group, by, text);
    unhurried(scene).await;
    scene.heard()
}

scenarios! {
    async fn who_may_not_ban_in_telegram_may_not_ban_with_the_bot(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, deputy) = (scene.newcomer("小玲").await, scene.regular("小编").await);
        scene.tg.promote_with(scene.group, deputy, &["can_delete_messages", "can_pin_messages"]);
        scene.settle().await;
        for order in ["/ban 10001", "/kick 10001", "/mute 10001 2h", "/unban 10001", "/unmute 10001"] {
            assert_eq!(write(&mut scene, deputy, order).await, ["你没有「封禁用户」的权限，这件事请有权限的管理员来做。"], "{order}");
        }
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        assert!(!scene.tg.is_muted(scene.group, ling));
        scene.tg.promote_with(scene.group, deputy, &["can_restrict_members"]);
        scene.settle().await;
        assert_eq!(write(&mut scene, deputy, "/ban 10001").await, ["已封禁 小玲。"]);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        scene.end().await;
    }

    async fn an_administrator_of_one_group_orders_in_that_group_alone(base) {
        let mut scene = Scene::new(&base, ON).await;
        let second = second_group(&mut scene).await;
        let (ling, deputy, owner) = (scene.newcomer("小玲").await, scene.regular("副手").await, scene.owner);
        scene.tg.join(second, ling);
        scene.tg.promote(scene.group, deputy);
        scene.settle().await;
        assert_eq!(write(&mut scene, deputy, "/ban 10001").await, ["已封禁 小玲（职场妈妈成长社）。"]);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        assert_eq!(scene.tg.member_status(second, ling), Status::Member);
        assert_eq!(write(&mut scene, owner, "/ban 10001").await, ["已封禁 小玲（二群、职场妈妈成长社）。"]);
        assert_eq!(scene.tg.member_status(second, ling), Status::Banned);
        // What the whole community was closed to is opened in one group, and still holds in the other.
        let opened = "已解除对 小玲 的封禁，TA 可以重新加入（职场妈妈成长社）。";
        assert_eq!(write(&mut scene, deputy, "/unban 10001").await, [opened]);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Left);
        assert_eq!(scene.tg.member_status(second, ling), Status::Banned);
        scene.end().await;
    }

    async fn an_anonymous_administrator_bans_in_that_group_alone(base) {
        let mut scene = Scene::new(&base, ON).await;
        let second = second_group(&mut scene).await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.join(second, ling);
        scene.settle().await;
        scene.tg.send(scene.group, scene.owner, MessageSpec { anonymous: true, ..MessageSpec::text("/ban 10001") }).unwrap();
        unhurried(&mut scene).await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        assert_eq!(scene.tg.member_status(second, ling), Status::Member);
        scene.end().await;
    }

    async fn a_mute_of_any_length_out_of_bounds_is_told_the_bounds(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (owner, ling) = (scene.owner, scene.newcomer("小玲").await);
        for length in ["1s", "366d", "99999d", "99999999999999999999d"] {
            let bounds = "时长要在 35 秒到 365 天之间，比如 /mute 2h 或 /mute 30分钟。";
            assert_eq!(write(&mut scene, owner, &format!("/mute 10001 {length}")).await, [bounds], "{length}");
        }
        assert!(!scene.tg.is_muted(scene.group, ling));
        scene.end().await;
    }

    async fn in_private_only_the_staff_are_sent_to_the_group_with_staff_commands(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (owner, ling) = (scene.owner, scene.newcomer("小玲").await);
        for command in ["/warn", "/mute", "/ban"] {
            scene.whisper(ling, command).await;
            assert_eq!(scene.last(ling.private()).text, "只有管理员可以操作。", "{command}");
            scene.whisper(owner, command).await;
            assert!(scene.last(owner.private()).text.contains("在群里"), "{command}");
            scene.pass(Span::minutes(1)).await;
        }
        scene.end().await;
    }

    async fn where_appeals_are_off_an_old_notice_leads_to_none(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        scene.reload("[strikes]\nappeals = false\n").await;
        let told = scene.tg.bot_messages(scene.staff).len();
        scene.tg.start_bot(ling, "appeal_1");
        unhurried(&mut scene).await;
        assert_eq!(scene.last(ling.private()).text, "这里不再受理申诉，有疑问请直接联系管理员。");
        assert_eq!(scene.tg.bot_messages(scene.staff).len(), told);
        scene.end().await;
    }

    async fn asking_to_be_forgotten_closes_no_case(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.regular("小美").await);
        let said = scene.say(ling, "你这个人真是…").await;
        scene.tg.send(scene.group, mei, MessageSpec::text("/report").reply_to(said)).unwrap();
        unhurried(&mut scene).await;
        let shown = scene.last(scene.staff);
        scene.forget(ling).await;
        unhurried(&mut scene).await;
        scene.press(scene.staff, shown.id, owner, "确实违规").await;
        unhurried(&mut scene).await;
        assert_eq!(scene.answered(), "好的，已处理。");
        let card = scene.last(scene.staff).text;
        assert!(card.ends_with("⚠️ 群主：确实违规，已处理") && !card.contains("你这个人"), "{card}");
        scene.end().await;
    }

    async fn a_card_leads_to_a_message_that_still_stands(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        let link = scene.say(ling, "https://example.org/a").await;
        let address = |scene: &Scene| {
            let sent = scene.calls().into_iter().rfind(|call| call.params.get("text").and_then(serde_json::Value::as_str).is_some_and(|text| text.contains("疑似广告"))).unwrap();
            sent.params["text"].as_str().unwrap().replace("&#x2f;", "/")
        };
        assert!(address(&scene).contains(&format!("<a href=\"https://t.me/c/{}/{link}\">查看这条消息</a>", scene.group.to_string().trim_start_matches("-100"))), "{}", address(&scene));
        let shown = scene.last(scene.staff);
        scene.press(scene.staff, shown.id, scene.owner, "是广告").await;
        unhurried(&mut scene).await;
        assert!(!scene.last(scene.staff).text.contains("查看这条消息"));
        scene.end().await;
    }

    async fn a_warning_leads_to_the_rules_where_there_are_some(base) {
        let mut scene = Scene::new(&base, "[strikes]\n[welcome]\nrules = '请友善'\n").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        let warning = scene.tg.bot_messages(scene.group).into_iter().find(|it| it.text.contains("第 1 次警告")).unwrap();
        let url = warning.buttons.iter().flatten().find(|key| key.text == "查看群规").unwrap().url.clone();
        assert_eq!(url, Some(format!("https://t.me/steward_bot?start=rules_{}", scene.group)));
        scene.end().await;
    }

    async fn a_strike_of_another_group_is_left_to_its_administrators(base) {
        let mut scene = Scene::new(&base, ON).await;
        let second = second_group(&mut scene).await;
        let (ling, deputy) = (scene.newcomer("小玲").await, scene.regular("副手").await);
        scene.tg.join(second, ling);
        scene.tg.promote(scene.group, deputy);
        scene.settle().await;
        scene.tg.say(second, ling, AD);
        unhurried(&mut scene).await;
        let refused = "这是「二群」的记录，请那边的管理员处理。";
        assert_eq!(write(&mut scene, deputy, "/unwarn #1").await, [refused]);
        scene.tg.say(scene.staff, scene.owner, "/unwarn #1");
        unhurried(&mut scene).await;
        assert_eq!(write(&mut scene, deputy, "/unwarn #1").await, ["没有这个编号，或者已经撤销了。"]);
        scene.end().await;
    }
}
