//! Much more waits to be sent than can leave, or than is kept in memory.

use steward::features::Settings;
use steward::model::effect::{Question, Send};
use steward::model::{ChatId, ChatKind, Class, Delivery, Effect, Span, Text};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::{ALL_RIGHTS, Action, Rule};

use crate::harness::{Scene, scenarios};

/// A scene in a community of so many more groups.
async fn with_groups(base: &crate::harness::Base, settings: &str, more: i64) -> (Scene, Vec<ChatId>) {
    let mut scene = Scene::new(base, settings).await;
    let groups: Vec<ChatId> = (0..more).map(|n| supergroup(3000 + n)).collect();
    let mut settings: Settings = toml::from_str(settings).unwrap();
    settings.chats = groups.iter().chain([&scene.group]).map(|chat| chat.0).collect();
    settings.staff_chat = Some(scene.staff.0);
    scene.stage.reconfigure(vec![("moms".to_owned(), settings)]).await.unwrap();
    for group in &groups {
        scene.tg.add_group(group.0, "分群", ChatKind::Supergroup);
        scene.tg.set_owner(*group, scene.owner);
        scene.tg.add_bot_to(*group, scene.owner);
        scene.tg.promote_bot(*group, &ALL_RIGHTS);
    }
    scene.pass(Span::minutes(5)).await;
    for group in &groups {
        scene.tg.look_away(*group);
    }
    (scene, groups)
}

fn say(chat: ChatId, words: &str) -> (Class, Delivery, Effect) {
    (Class::Post, Delivery::Once, Effect::Send(Send::new(chat, Text::plain(words))))
}

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

    /// Faults 37 to 39: everything is due at once in a hundred groups, and much in each. A delete does not wait for any of
    /// it, a group with one post does not wait for those with many, and Telegram never has to say that it is too much.
    async fn among_thousands_of_posts_a_delete_leaves_at_once_and_one_post_soon(base) {
        let (mut scene, groups) = with_groups(&base, "[strikes]", 100).await;
        let (group, ling) = (scene.group, scene.newcomer("小玲").await);
        scene.pass(Span::minutes(1)).await;
        let before = scene.calls().len();
        scene.stage.post((0..2000).map(|n| say(groups[n % 100], "今天的话题"))).await.unwrap();
        scene.pass(Span::secs(1)).await;
        scene.stage.post([say(group, "只此一条")]).await.unwrap();
        let ad = scene.tg.say(group, ling, "兼职日结 300 元，加微信 vx_888666 详聊");
        scene.pass(Span::secs(1)).await;
        assert!(!scene.tg.messages(group).iter().any(|it| it.id == ad), "a second later it is gone");
        let there = |scene: &Scene| groups.iter().map(|chat| scene.texts(*chat).len()).sum::<usize>();
        assert!(there(&scene) < 100, "with nearly all still waiting: {}", there(&scene));
        scene.pass(Span::secs(8)).await;
        assert!(scene.texts(group).iter().any(|text| text == "只此一条"));
        assert!((200..400).contains(&there(&scene)), "{}", there(&scene));
        scene.pass(Span::minutes(3)).await;
        assert_eq!(there(&scene), 2000);
        let refused = scene.calls().split_off(before).into_iter().filter(|call| call.outcome.is_err()).count();
        assert_eq!(refused, 0);
        scene.end().await;
    }

    /// Fault 29: Telegram does not say whether a chat or the bot sends too much; three chats at once are taken for the bot.
    async fn three_chats_told_to_wait_at_once_quiet_the_bot(base) {
        let (mut scene, groups) = with_groups(&base, "", 40).await;
        for chat in &groups[..3] {
            let text = "Too Many Requests: retry after 20".to_owned();
            let wait = Action::Status { code: 429, text, retry_after: Some(20), migrate_to: None };
            scene.tg.fail(Rule { chat_id: Some(*chat), ..Rule::new("sendMessage", wait) });
        }
        scene.stage.post(groups[..3].iter().map(|chat| say(*chat, "一"))).await.unwrap();
        scene.settle().await;
        scene.stage.post(groups[3..].iter().map(|chat| say(*chat, "二"))).await.unwrap();
        let there = |scene: &Scene| groups.iter().map(|chat| scene.texts(*chat).len()).sum::<usize>();
        scene.pass(Span::secs(19)).await;
        assert_eq!(there(&scene), 0);
        // Then slowly again.
        scene.pass(Span::secs(3)).await;
        assert!((10..40).contains(&there(&scene)), "{}", there(&scene));
        scene.pass(Span::minutes(1)).await;
        assert_eq!(there(&scene), 40);
        scene.end().await;
    }
}
