//! Channels that write under their own name and cannot be shut out at once: who ordered it hears so, and may try again.

use steward::features::Settings;
use steward::model::{ChatId, ChatKind, MessageId, Span, UserId};
use steward::telegram::emulator::{MessageSpec, Rule};

use super::orders::order;
use super::{ON, buttons, card, stands, unhurried};
use crate::harness::{Scene, scenarios};

const SHUT: &str = "删除并禁止发言";

fn post(channel: ChatId) -> MessageSpec {
    MessageSpec { sender_chat: Some(channel), ..MessageSpec::text("今晚直播，福利多多") }
}

/// A channel writes in the group.
async fn written(scene: &mut Scene) -> (ChatId, UserId, MessageId) {
    let channel = scene.tg.add_group(-1_001_234_000_777, "薅羊毛频道", ChatKind::Channel);
    let ling = scene.newcomer("小玲").await;
    let said = scene.tg.send(scene.group, ling, post(channel)).unwrap();
    scene.settle().await;
    (channel, ling, said)
}

fn refuses(scene: &Scene) {
    scene.tg.fail(Rule::status("banChatSenderChat", 400, "Bad Request: something new"));
}

scenarios! {
    async fn without_a_staff_chat_who_orders_a_channel_out_hears_what_became_of_it(base) {
        for (language, failed, done) in [
            ("zh-CN", "没有执行：Telegram 没有接受。请稍后再试，或者手动处理。", "频道「薅羊毛频道」不能再在这里发言了。"),
            ("en", "Nothing was done: Telegram did not accept it. Please try again later, or do it by hand.",
             "The channel \"薅羊毛频道\" can no longer write here."),
        ] {
            let base = base.another();
            let mut scene = Scene::new(&base, ON).await;
            let mut settings: Settings = toml::from_str(&format!("language = '{language}'\n{ON}")).unwrap();
            settings.chats = vec![scene.group.0];
            scene.stage.reconfigure(vec![("moms".to_owned(), settings)]).await.unwrap();
            let (channel, ling, mut said) = written(&mut scene).await;
            let owner = scene.owner;
            for refusal in ["Bad Request: something new", "Bad Request: PARTICIPANT_ID_INVALID"] {
                scene.tg.fail(Rule::status("banChatSenderChat", 400, refusal));
                assert_eq!(order(&mut scene, owner, said, "/ban").await, [failed], "{refusal}");
                assert!(!stands(&scene, said));
                said = scene.tg.send(scene.group, ling, post(channel)).expect("it writes on");
                scene.pass(Span::minutes(1)).await;
            }
            assert_eq!(order(&mut scene, owner, said, "/ban").await, [done]);
            assert!(scene.tg.send(scene.group, ling, post(channel)).is_err());
            scene.end().await;
        }
    }

    async fn a_press_that_could_not_shut_a_channel_out_can_be_pressed_again(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (channel, ling, said) = written(&mut scene).await;
        let (mei, owner, staff) = (scene.newcomer("小美").await, scene.owner, scene.staff);
        order(&mut scene, mei, said, "/report").await;
        let shown = card(&scene).id;
        refuses(&scene);
        scene.press(staff, shown, owner, SHUT).await;
        unhurried(&mut scene).await;
        let seen = scene.tg.message(staff, shown).unwrap();
        assert!(seen.text.contains("处理：没能封禁") && !seen.text.contains("⛔"), "{}", seen.text);
        assert_eq!(buttons(&seen), [SHUT]);
        scene.press(staff, shown, owner, SHUT).await;
        unhurried(&mut scene).await;
        let seen = scene.tg.message(staff, shown).unwrap();
        assert!(seen.text.contains("处理：已封禁") && seen.text.ends_with("⛔ 群主：封禁"), "{}", seen.text);
        assert_eq!(buttons(&seen), Vec::<String>::new());
        assert!(scene.tg.send(scene.group, ling, post(channel)).is_err());
        scene.end().await;
    }

    async fn an_order_that_could_not_shut_a_channel_out_can_be_given_again_or_pressed(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (channel, ling, said) = written(&mut scene).await;
        let owner = scene.owner;
        let failed = "没有执行：Telegram 没有接受。请稍后再试，或者手动处理。";
        refuses(&scene);
        assert_eq!(order(&mut scene, owner, said, "/ban").await, [failed]);
        let shown = card(&scene);
        assert!(shown.text.contains("处理：没能封禁"), "{}", shown.text);
        let again = MessageSpec::text("/ban").reply_to(shown.id);
        refuses(&scene);
        scene.tg.send(scene.staff, owner, again.clone()).unwrap();
        unhurried(&mut scene).await;
        assert_eq!(card(&scene).text, failed);
        scene.press(scene.staff, shown.id, owner, SHUT).await;
        unhurried(&mut scene).await;
        assert!(scene.tg.send(scene.group, ling, post(channel)).is_err());
        scene.tg.send(scene.staff, owner, again).unwrap();
        unhurried(&mut scene).await;
        assert_eq!(card(&scene).text, "这条消息已经处理过了（#1）。");
        scene.end().await;
    }
}
