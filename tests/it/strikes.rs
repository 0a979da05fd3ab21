//! Ads and other offences, as members and staff see them.

use steward::model::{MessageId, Span, Status, UserId};
use steward::telegram::emulator::{MessageSpec, Rule};

use crate::harness::{Scene, scenarios};

const ON: &str = "[strikes]\n";
const AD: &str = "兼职日结 300 元，加微信 vx_888666 详聊";
const INVITE: &str = "优质资源进群 https://t.me/+AbCdEf123456";

/// Says something in the group and gives what the bot said there since.
async fn say(scene: &mut Scene, user: UserId, text: &str) -> Vec<String> {
    scene.skip();
    scene.say(user, text).await;
    scene.heard()
}

/// Whether a message of the group is still to be seen.
fn stands(scene: &Scene, message: MessageId) -> bool {
    scene.tg.messages(scene.group).iter().any(|it| it.id == message)
}

/// The newest card or notice in the staff chat.
fn card(scene: &Scene) -> steward::telegram::emulator::SeenMessage {
    scene.last(scene.staff)
}

async fn decide(scene: &mut Scene, by: UserId, button: &str) {
    let card = card(scene);
    scene.press(scene.staff, card.id, by, button).await;
}

/// Time enough for a burst to be over.
const LATER: Span = Span::minutes(11);

scenarios! {
    async fn an_ad_is_deleted_and_its_writer_warned(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        let ad = scene.say(ling, AD).await;
        assert!(!stands(&scene, ad));
        let heard = scene.heard();
        insta::assert_snapshot!(heard.join("\n---\n"), @"");
        insta::assert_snapshot!(card(&scene).text, @"");
        assert!(!scene.tg.is_muted(scene.group, ling));
        // The warning goes by itself.
        scene.pass(Span::minutes(3)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty());
        scene.end().await;
    }
}
