//! What goes out: limits kept, refusals understood, nothing sent twice that must not be.

use std::collections::HashSet;

use serde_json::Value;
use steward::model::effect::{Key, Keyboard, Send};
use steward::model::{
    Chat, ChatId, Class, CommunityId, Delivery, Effect, MessageKey, MessageRef, Outgoing, Span, Text, UserId,
};
use steward::rehearsal::stage::supergroup;
use steward::store::agenda::{self, Reminder};
use steward::store::chats::ChatRow;
use steward::store::{Db, Durability, outbox};
use steward::telegram::emulator::{Action, Rule};

use crate::harness::{BASIC, NOON, Scene, scenarios};

fn say(chat: ChatId, words: &str) -> Effect {
    Effect::Send(Send::new(chat, Text::plain(words)))
}

fn named(chat: ChatId, words: &str, name: &str) -> Effect {
    Effect::Send(Send { name: Some(name.into()), ..Send::new(chat, Text::plain(words)) })
}

async fn post(scene: &mut Scene, class: Class, delivery: Delivery, effect: Effect) {
    scene.stage.post([(class, delivery, effect)]).await.unwrap();
    scene.settle().await;
}

/// How often Telegram was asked to do something in a chat.
fn asked(scene: &Scene, method: &str, chat: ChatId) -> usize {
    let of = |call: &&steward::telegram::emulator::LoggedCall| {
        call.method == method && call.params.get("chat_id").and_then(serde_json::Value::as_i64) == Some(chat.0)
    };
    scene.calls().iter().filter(of).count()
}

/// How many messages of the bot's in a chat say this.
fn notices(scene: &Scene, chat: ChatId, words: &str) -> usize {
    scene.tg.bot_messages(chat).iter().filter(|message| message.text.contains(words)).count()
}

fn slow_down(chat: ChatId, seconds: i64) -> Rule {
    let text = format!("Too Many Requests: retry after {seconds}");
    let action = Action::Status { code: 429, text, retry_after: Some(seconds), migrate_to: None };
    Rule { chat_id: Some(chat), ..Rule::new("sendMessage", action) }
}

scenarios! {
    async fn of_many_chats_with_a_post_at_the_same_time_another_begins_each_day(base) {
        let db = Db::open(&base.url, Durability::None).await.unwrap();
        let mut first = HashSet::new();
        for day in 0..60 {
            let due = NOON + Span::days(day);
            let mut tx = db.begin().await.unwrap();
            for n in 0..12 {
                tx.remind(Reminder { chat: supergroup(n), name: "post".into(), due, payload: Value::Null });
            }
            tx.commit().await.unwrap();
            first.insert(agenda::due(&mut db.read().await.unwrap(), due, 1).await.unwrap()[0].chat);
        }
        assert!(first.len() >= 10, "{first:?}");
    }

    async fn one_chat_told_to_wait_does_not_stop_another(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, staff) = (scene.group, scene.staff);
        scene.tg.fail(slow_down(group, 5).times(1));
        post(&mut scene, Class::Post, Delivery::Once, say(group, "一")).await;
        post(&mut scene, Class::Post, Delivery::Once, say(staff, "二")).await;
        assert_eq!(scene.last(staff).text, "二");
        scene.pass(Span::secs(4)).await;
        assert!(!scene.tg.bot_messages(group).iter().any(|message| message.text == "一"));
        scene.pass(Span::secs(4)).await;
        assert_eq!(scene.last(group).text, "一");
        scene.end().await;
    }

    async fn a_long_wait_survives_a_restart(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        scene.tg.fail(slow_down(group, 3600).times(1));
        post(&mut scene, Class::Post, Delivery::Once, say(group, "一")).await;
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(59)).await;
        assert_eq!(asked(&scene, "sendMessage", group), 1, "left alone");
        scene.pass(Span::minutes(3)).await;
        assert_eq!(scene.last(group).text, "一");
        scene.end().await;
    }

    async fn a_restart_in_a_busy_minute_is_not_noticed_by_telegram(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        for n in 0..24 {
            let post = named(group, &format!("第 {n}"), &format!("post/{n}"));
            scene.stage.post([(Class::Reply, Delivery::Repeat, post)]).await.unwrap();
            scene.pass(Span::secs(1)).await;
            if n == 12 {
                scene.stage.restart().await.unwrap();
            }
        }
        scene.pass(Span::minutes(3)).await;
        assert_eq!(scene.tg.bot_messages(group).len(), 24);
        assert_eq!(asked(&scene, "sendMessage", group), 24, "nothing was refused and tried again");
        scene.end().await;
    }

    async fn a_post_that_may_have_been_sent_is_not_sent_again(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        scene.tg.fail(Rule::new("sendMessage", Action::Reset).after_accept().times(1));
        post(&mut scene, Class::Post, Delivery::Once, say(group, "只此一次")).await;
        scene.pass(Span::hours(1)).await;
        assert_eq!(asked(&scene, "sendMessage", group), 1);
        scene.end().await;
    }

    async fn a_post_that_surely_was_not_sent_is_sent_later(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        scene.tg.fail(Rule::new("sendMessage", Action::RefuseConnection).times(4));
        post(&mut scene, Class::Post, Delivery::Once, say(group, "终于")).await;
        scene.pass(Span::minutes(2)).await;
        assert_eq!(scene.tg.bot_messages(group).iter().filter(|message| message.text == "终于").count(), 1);
        scene.end().await;
    }

    async fn a_crash_while_sending_repeats_only_what_may_be_repeated(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, ling) = (scene.group, scene.newcomer("小玲").await);
        let words = scene.say(ling, "广告").await;
        scene.stage.post([
            (Class::Post, Delivery::Once, say(group, "早安")),
            (Class::Guard, Delivery::Repeat, Effect::Delete { chat: group, messages: vec![words.into()] }),
        ]).await.unwrap();
        // Both reach Telegram; the process dies before it can write down that they did.
        scene.stage.send_and_die().await.unwrap();
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(5)).await;
        assert_eq!(scene.tg.bot_messages(group).iter().filter(|message| message.text == "早安").count(), 1);
        assert_eq!(asked(&scene, "sendMessage", group), 1);
        assert_eq!(asked(&scene, "deleteMessage", group), 2, "asking twice for a delete harms nobody");
        scene.end().await;
    }

    async fn deletes_and_bans_are_never_given_up_for_a_429(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, ling) = (scene.group, scene.newcomer("小玲").await);
        let words = scene.say(ling, "广告").await;
        for method in ["deleteMessage", "banChatMember"] {
            let text = "Too Many Requests: retry after 40".to_owned();
            scene.tg.fail(Rule::new(method, Action::Status { code: 429, text, retry_after: Some(40), migrate_to: None }).times(2));
        }
        scene.stage.post([
            (Class::Guard, Delivery::Repeat, Effect::Delete { chat: group, messages: vec![words.into()] }),
            (Class::Guard, Delivery::Repeat, Effect::Ban { chat: group, user: ling }),
        ]).await.unwrap();
        scene.pass(Span::minutes(5)).await;
        assert!(scene.tg.deleted(group).iter().any(|message| message.id == words));
        assert_eq!(scene.tg.member_status(group, ling), steward::model::Status::Banned);
        scene.end().await;
    }

    async fn a_group_gets_at_most_its_twenty_a_minute(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        let all = (0..40).map(|n| (Class::Reply, Delivery::Repeat, say(group, &format!("第 {n}"))));
        scene.stage.post(all.collect::<Vec<_>>()).await.unwrap();
        scene.pass(Span::minutes(10)).await;
        let sent: Vec<_> = scene.tg.bot_messages(group);
        assert_eq!(sent.len(), 40);
        assert_eq!(asked(&scene, "sendMessage", group), 40, "Telegram never had to say no");
        scene.end().await;
    }

    async fn names_and_texts_of_people_are_inert(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        for words in ["<b>粗</b> & \"引\" <script>", "[x](http://evil) *y* _z_", "\u{202e}evil", &"😀".repeat(4500)] {
            post(&mut scene, Class::Reply, Delivery::Repeat, say(group, words)).await;
            scene.pass(Span::secs(5)).await;
            let seen = scene.last(group);
            let kept: String = words.chars().take(4095).collect();
            assert!(seen.text.starts_with(kept.trim()), "{}", seen.text);
            assert!(!seen.entities.iter().any(|entity| entity["type"] == "bold"));
        }
        scene.end().await;
    }

    async fn a_text_telegram_cannot_read_is_sent_plain_and_staff_hear_of_it_once(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, staff) = (scene.group, scene.staff);
        scene.tg.start_bot(scene.owner, "");
        scene.pass(Span::secs(5)).await;
        for (chat, told) in [(group, 1), (group, 1), (scene.owner.private(), 1)] {
            let broken = Text::from_template("<b>没有关上 & <x>标签</b>".to_owned());
            post(&mut scene, Class::Reply, Delivery::Repeat, Effect::Send(Send::new(chat, broken))).await;
            scene.pass(Span::secs(5)).await;
            assert!(scene.last(chat).text.contains("没有关上"), "{}", scene.last(chat).text);
            assert_eq!(notices(&scene, staff, "格式标签写得不对"), told);
        }
        assert!(scene.last(staff).text.contains("「没有关上"), "{}", scene.last(staff).text);
        scene.pass(Span::hours(25)).await;
        let broken = Text::from_template("<b>又没关上".to_owned());
        post(&mut scene, Class::Reply, Delivery::Repeat, Effect::Send(Send::new(group, broken))).await;
        assert_eq!(notices(&scene, staff, "格式标签写得不对"), 2, "told again on another day");
        scene.end().await;
    }

    async fn staff_hear_once_of_a_long_wait(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, staff) = (scene.group, scene.staff);
        scene.tg.fail(slow_down(group, 30).times(1));
        post(&mut scene, Class::Reply, Delivery::Repeat, say(group, "一")).await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(notices(&scene, staff, "发得太密"), 0, "short waits are nobody's business");
        for _ in 0..2 {
            scene.tg.fail(slow_down(group, 600).times(1));
            post(&mut scene, Class::Reply, Delivery::Repeat, say(group, "二")).await;
            scene.pass(Span::minutes(12)).await;
            assert_eq!(notices(&scene, staff, "让我歇 10 分钟"), 1);
        }
        scene.end().await;
    }

    async fn what_is_already_so_counts_as_done(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, ling) = (scene.group, scene.newcomer("小玲").await);
        let words = scene.say(ling, "一").await;
        scene.tg.delete(group, words);
        post(&mut scene, Class::Guard, Delivery::Repeat, Effect::Delete { chat: group, messages: vec![words.into()] }).await;
        post(&mut scene, Class::Reply, Delivery::Repeat, named(group, "板", "board/1")).await;
        let same = || Effect::Edit { chat: group, message: MessageRef::Name("board/1".into()), text: Text::plain("板"), keyboard: Keyboard::default() };
        scene.pass(Span::secs(3)).await;
        post(&mut scene, Class::Board, Delivery::Repeat, same()).await;
        scene.pass(Span::minutes(5)).await;
        assert_eq!(asked(&scene, "editMessageText", group), 1);
        scene.end().await;
    }

    async fn an_error_text_nobody_knows_ends_the_matter_without_harm(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        scene.tg.fail(Rule::status("sendMessage", 400, "Bad Request: SOME_NEW_ERROR_X").times(1));
        post(&mut scene, Class::Reply, Delivery::Repeat, say(group, "一")).await;
        scene.pass(Span::minutes(5)).await;
        assert_eq!(asked(&scene, "sendMessage", group), 1);
        post(&mut scene, Class::Reply, Delivery::Repeat, say(group, "二")).await;
        assert_eq!(scene.last(group).text, "二");
        scene.end().await;
    }

    async fn messages_are_edited_and_deleted_by_their_names(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        let name = || MessageRef::Name("post/1".into());
        // Asked for at once: the more urgent one waits for the message it is about.
        scene.stage.post([
            (Class::Post, Delivery::Once, named(group, "早安", "post/1")),
            (Class::Guard, Delivery::Repeat, Effect::Pin { chat: group, message: name(), silent: true }),
        ]).await.unwrap();
        scene.settle().await;
        assert!(scene.last(group).pinned);
        scene.stage.restart().await.unwrap();
        post(&mut scene, Class::Guard, Delivery::Repeat, Effect::Delete { chat: group, messages: vec![name()] }).await;
        assert!(scene.tg.bot_messages(group).is_empty());
        scene.end().await;
    }

    async fn a_closed_topic_is_no_reason_to_say_nothing(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        scene.tg.set_forum(group, true);
        let topic = scene.tg.add_topic(group, "打卡");
        scene.tg.delete_topic(group, topic);
        let send = Send { topic: Some(topic), ..Send::new(group, Text::plain("早安")) };
        post(&mut scene, Class::Post, Delivery::Once, Effect::Send(send)).await;
        assert_eq!((scene.last(group).text.as_str(), scene.last(group).topic), ("早安", None));
        assert_eq!(notices(&scene, scene.staff, "那个话题关闭了或者不在了"), 1);
        scene.end().await;
    }

    async fn one_message_that_cannot_be_deleted_does_not_keep_the_others(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, ling) = (scene.group, scene.newcomer("小玲").await);
        let old = scene.say(ling, "旧").await;
        scene.pass(Span::hours(49)).await;
        let new = scene.say(ling, "新").await;
        let messages = vec![old.into(), new.into()];
        post(&mut scene, Class::Guard, Delivery::Repeat, Effect::Delete { chat: group, messages }).await;
        scene.pass(Span::minutes(1)).await;
        let deleted: Vec<_> = scene.tg.deleted(group).into_iter().map(|message| message.id).collect();
        assert!(deleted.contains(&new) && !deleted.contains(&old));
        scene.end().await;
    }

    async fn a_group_that_became_a_supergroup_is_found_by_the_refusal_alone(base) {
        let mut scene = Scene::new(&base, "").await;
        let (old, owner) = (BASIC, scene.owner);
        scene.tg.add_group(old.0, "小群", steward::model::ChatKind::Group);
        scene.tg.set_owner(old, owner);
        scene.tg.add_bot_to(old, owner);
        scene.settle().await;
        let new = scene.tg.migrate(old);
        // The notices are lost.
        let next = scene.tg.next_update_id();
        scene.tg.drop_updates(next - 10..=next + 10);
        post(&mut scene, Class::Post, Delivery::Once, say(old, "还在")).await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.last(new).text, "还在");
        assert_eq!(scene.stage.db().begin().await.unwrap().chat(old).unwrap().moved_to, Some(new));
        scene.end().await;
    }

    async fn what_waits_for_a_message_of_a_group_that_moved_waits_under_its_new_number(base) {
        let db = Db::open(&base.url, Durability::None).await.unwrap();
        let (old, new) = (BASIC, supergroup(7001));
        let chat = Chat { id: old, ..Chat::default() };
        let mut tx = db.begin().await.unwrap();
        tx.put_chat(ChatRow::new(&chat, CommunityId(1), NOON)).await.unwrap();
        let pin = Effect::Pin { chat: old, message: MessageRef::Name(MessageKey("post".into())), silent: true };
        let (class, delivery) = (Class::Post, Delivery::Repeat);
        let (key, note) = (String::from("pin"), String::new());
        tx.post(Outgoing { key, class, delivery, after: NOON, deadline: None, note, effect: pin });
        tx.commit().await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.move_chat(old, new, NOON).await.unwrap();
        tx.commit().await.unwrap();
        let waiting = outbox::waiting(&mut db.read().await.unwrap(), Class::Answer..=Class::Question, NOON, 10).await.unwrap();
        let chats: Vec<_> = waiting.into_iter().map(|row| row.unwrap().outgoing.effect.chat()).collect();
        assert_eq!(chats, [Some(new)]);
        db.close().await;
    }

    async fn a_group_that_keeps_changing_its_number_is_not_followed_for_ever(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        for (from, to) in [(group, supergroup(7001)), (supergroup(7001), supergroup(7002)), (supergroup(7002), group)] {
            let text = "Bad Request: group chat was upgraded to a supergroup chat".to_owned();
            let action = Action::Status { code: 400, text, retry_after: None, migrate_to: Some(to) };
            scene.tg.fail(Rule { chat_id: Some(from), ..Rule::new("sendMessage", action).times(5) });
        }
        post(&mut scene, Class::Post, Delivery::Once, say(group, "一")).await;
        scene.pass(Span::minutes(5)).await;
        let asked = scene.calls().iter().filter(|call| call.method == "sendMessage").count();
        assert!(asked <= 3, "{asked}");
        scene.tg.heal();
        scene.forget_failed().await;
        scene.end().await;
    }

    async fn a_person_who_cannot_be_written_to_is_remembered(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        post(&mut scene, Class::Reply, Delivery::Repeat, say(ling.private(), "你好")).await;
        let reach = scene.stage.db().begin().await.unwrap().reach(ling).await.unwrap();
        assert_eq!(reach, steward::store::persons::Reach::Closed);
        scene.tg.start_bot(ling, "");
        scene.settle().await;
        post(&mut scene, Class::Reply, Delivery::Repeat, say(ling.private(), "你好")).await;
        assert!(scene.tg.bot_messages(ling.private()).iter().any(|message| message.text == "你好"));
        scene.end().await;
    }

    async fn a_button_with_too_much_data_is_refused_before_it_is_sent(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        let keyboard = Keyboard::row([Key::press("按", "x".repeat(65))]);
        let send = Send { keyboard, ..Send::new(group, Text::plain("一")) };
        post(&mut scene, Class::Reply, Delivery::Repeat, Effect::Send(send)).await;
        assert_eq!(asked(&scene, "sendMessage", group), 0);
        scene.end().await;
    }

    async fn a_short_or_endless_mute_never_becomes_one_for_ever(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, ling) = (scene.group, scene.newcomer("小玲").await);
        for (length, least, most) in [(Span::secs(20), 30, 60), (Span::days(400), 86_400 * 364, 86_400 * 366)] {
            post(&mut scene, Class::Guard, Delivery::Repeat, Effect::Mute { chat: group, user: ling, length }).await;
            let call = scene.tg.log().into_iter().rfind(|call| call.method == "restrictChatMember").unwrap();
            let until = call.params["until_date"].as_i64().unwrap() - scene.stage.now().secs();
            assert!((least..=most).contains(&until), "{until}");
            assert!(scene.tg.is_muted(group, ling));
        }
        scene.pass(Span::days(366)).await;
        assert!(!scene.tg.is_muted(group, UserId(ling.0)));
        scene.end().await;
    }
}
