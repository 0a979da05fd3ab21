//! Much more waits to be sent than can leave, or than is kept in memory.

use steward::engine::plan::Rates;
use steward::features::Settings;
use steward::model::effect::{Question, Send};
use steward::model::{ChatId, ChatKind, Class, Delivery, Effect, Span, Text, UserId};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::{ALL_RIGHTS, Action, Rule};

use crate::harness::{Base, Scene, scenarios};

/// A scene in a community of so many more groups.
async fn with_groups(base: &Base, settings: &str, more: i64) -> (Scene, Vec<ChatId>) {
    let scene = Box::pin(Scene::new(base, settings)).await;
    Box::pin(joined_by(scene, settings, more)).await
}

/// So many more groups come to a scene.
async fn joined_by(mut scene: Scene, settings: &str, more: i64) -> (Scene, Vec<ChatId>) {
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
    as_class(Class::Post, chat, words)
}

fn as_class(class: Class, chat: ChatId, words: &str) -> (Class, Delivery, Effect) {
    (class, Delivery::Once, Effect::Send(Send::new(chat, Text::plain(words))))
}

/// In how many of these groups it was said.
fn heard_in(scene: &Scene, groups: &[ChatId], words: &str) -> usize {
    groups.iter().filter(|chat| scene.texts(**chat).iter().any(|text| text == words)).count()
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

    /// Fault 37: everything is due at nine in a thousand groups.
    async fn a_thousand_groups_have_their_post_within_a_minute(base) {
        let post = "[[calendar]]\nid = 'a'\nat = '13:00'\ntext = '今天的话题'";
        let (mut scene, groups) = with_groups(&base, post, 1000).await;
        scene.until(12, 59).await;
        let before = scene.calls().len();
        scene.pass(Span::secs(60 + 45)).await;
        assert_eq!(heard_in(&scene, &groups, "今天的话题"), 1000);
        let calls = scene.calls().split_off(before);
        let sent: Vec<_> = calls.iter().filter(|call| call.method == "sendMessage").collect();
        for (index, call) in sent.iter().enumerate() {
            let within = sent[index..].iter().take_while(|later| later.at.since(call.at) < Span::secs(1)).count();
            assert!(within <= 30, "{within} in a second");
        }
        assert!(sent.iter().all(|call| call.outcome.is_ok()));
        scene.pass(Span::minutes(10)).await;
        scene.end().await;
    }

    /// Fault 38.
    async fn behind_ten_thousand_broadcasts_a_delete_leaves_at_once(base) {
        let (mut scene, groups) = with_groups(&base, "[strikes]", 20).await;
        let ling = scene.newcomer("小玲").await;
        scene.pass(Span::minutes(1)).await;
        scene.stage.post((0..10_000).map(|n| as_class(Class::Bulk, groups[n % 20], "月报"))).await.unwrap();
        scene.pass(Span::secs(1)).await;
        let ad = scene.tg.say(scene.group, ling, "兼职日结 300 元，加微信 vx_888666 详聊");
        scene.pass(Span::secs(1)).await;
        assert!(!scene.tg.messages(scene.group).iter().any(|it| it.id == ad), "a second later it is gone");
        // They would take hours.
        scene.sql("DELETE FROM outbox WHERE body LIKE '%月报%'".to_owned()).await;
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(10)).await;
        scene.end().await;
    }

    /// Fault 39.
    async fn two_hundred_groups_with_one_post_do_not_wait_for_one_with_five_hundred(base) {
        let (mut scene, groups) = with_groups(&base, "", 200).await;
        let group = scene.group;
        scene.stage.post((0..500).map(|_| say(group, "一"))).await.unwrap();
        scene.stage.post(groups.iter().map(|chat| say(*chat, "二"))).await.unwrap();
        // Two hundred and its own share at the usual rate.
        scene.pass(Span::secs(10)).await;
        assert_eq!(heard_in(&scene, &groups, "二"), 200);
        scene.pass(Span::hours(1)).await;
        assert_eq!(scene.texts(group).iter().filter(|text| *text == "一").count(), 500);
        scene.end().await;
    }

    /// Fault 40: one group and many people keep the bot busy with answers, which go before posts. There are more of them
    /// than are kept in memory, and more come every second than may leave, for longer than the process lives. The post of another group leaves.
    async fn under_a_lasting_load_of_answers_posts_of_other_groups_still_leave(base) {
        let post = "[[calendar]]\nid = 'a'\nat = '13:00'\ntext = '今天的话题'\nlate = { within = '10m' }";
        let scene = Scene::at_pace(&base, post, Rates { per_second: 2.0, ..Rates::default() }).await;
        let (mut scene, groups) = Box::pin(joined_by(scene, post, 1)).await;
        let people: Vec<ChatId> = (0..40).map(|n| scene.person(&format!("成员{n}")).private()).collect();
        for person in &people {
            scene.tg.start_bot(UserId(person.0), "");
        }
        scene.until(12, 59).await;
        let answer = |chat: &ChatId| as_class(Class::Reply, *chat, "回答");
        let mut asked = 3200;
        scene.stage.post(people.iter().cycle().take(asked).map(answer)).await.unwrap();
        let answered = |scene: &Scene| -> usize {
            let chats = people.iter().chain([&scene.group]);
            chats.map(|chat| scene.texts(*chat).iter().filter(|text| *text == "回答").count()).sum()
        };
        let group = scene.group;
        for second in 0.. {
            if second == 120 {
                scene.stage.restart().await.unwrap();
            }
            let busy = people.iter().cycle().skip(second).take(3).chain([&group].into_iter().filter(|_| second % 5 == 0));
            let busy: Vec<_> = busy.map(answer).collect();
            asked += busy.len();
            scene.stage.post(busy).await.unwrap();
            scene.pass(Span::secs(1)).await;
            if heard_in(&scene, &groups, "今天的话题") == 1 {
                break;
            }
            assert!(second < 660, "it did not come in its time: {:?}", scene.texts(scene.staff));
        }
        assert!(asked - answered(&scene) > 3000, "there was more to say than could be said");
        scene.pass(Span::hours(2)).await;
        assert_eq!(answered(&scene), asked);
        scene.end().await;
    }

    /// Fault 36: of what one group is to hear at once, the most urgent comes first. Welcomes and posts that have waited some
    /// seconds take turns with answers.
    async fn within_a_groups_limit_the_most_urgent_comes_first(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        let classes = [Class::Bulk, Class::Post, Class::Welcome, Class::Reply];
        scene.stage.post(classes.into_iter().flat_map(|class| (0..10).map(move |n| {
            as_class(class, group, &format!("{class:?} {n}"))
        })).collect::<Vec<_>>()).await.unwrap();
        scene.pass(Span::minutes(30)).await;
        let said = scene.texts(group);
        let place = |words: &str| said.iter().position(|text| text == words).unwrap();
        assert_eq!(said.len(), 40);
        assert_eq!(said[..6], (0..6).map(|n| format!("Reply {n}")).collect::<Vec<_>>());
        assert_eq!(said[6..10], ["Welcome 0", "Reply 6", "Welcome 1", "Reply 7"]);
        assert!(place("Welcome 9") < place("Post 0") && place("Post 9") < place("Bulk 0"), "{said:?}");
        assert_eq!(scene.calls().iter().filter(|call| call.outcome.is_err()).count(), 0);
        scene.end().await;
    }
}
