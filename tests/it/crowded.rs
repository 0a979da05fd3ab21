//! More waits to be sent than is kept in memory.

use steward::model::effect::{Question, Send};
use steward::model::{Class, Delivery, Effect, Span, Text};

use crate::harness::{Scene, scenarios};

scenarios! {
    async fn what_waits_in_the_database_leaves_too_and_holds_up_no_post(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        // Its answer is taken away later, which is waited for as well.
        scene.say(ling, "/me").await;
        let (group, asked) = (scene.group, 4000);
        let ask = |_| (Class::Bulk, Delivery::Repeat, Effect::Ask(Question::Count(group)));
        scene.stage.post((0..asked).map(ask)).await.unwrap();
        scene.pass(Span::secs(1)).await;
        let text = Text::plain("今天的话题");
        scene.stage.post([(Class::Post, Delivery::Once, Effect::Send(Send::new(group, text)))]).await.unwrap();
        scene.pass(Span::secs(1)).await;
        assert_eq!(scene.tg.bot_messages(group).last().unwrap().text, "今天的话题");
        scene.pass(Span::minutes(4)).await;
        let answered = scene.calls().iter().filter(|call| call.method == "getChatMemberCount").count();
        assert!(answered >= asked, "{answered}");
        scene.end().await;
    }
}
