//! Bad days of Telegram, of the host and of the program itself, on the virtual clock.

use steward::model::effect::Send;
use steward::model::{ChatId, Class, Delivery, Effect, Span, Status, Text, UserId};
use steward::store::quarantine;
use steward::telegram::emulator::{ALL_RIGHTS, Action, Rule};

use crate::harness::{Scene, scenarios};

const POST: &str = "[[calendar]]\nid = 'a'\nat = ['13:00', '14:00']\nbank = ['甲', '乙', '丙', '丁', '戊', '己']";

async fn counted(scene: &Scene, user: UserId) -> i64 {
    let group = scene.group;
    scene.stage.db().begin().await.unwrap().member(group, user).await.unwrap().map_or(0, |member| member.messages)
}

/// What the bot said in a chat since the scenario began, in order.
fn said(scene: &Scene, chat: ChatId) -> Vec<String> {
    scene.tg.bot_messages(chat).into_iter().map(|message| message.text).collect()
}

scenarios! {
    /// Fault 14: a panic is the matter of one update; it is kept, and the next of the same person is handled.
    async fn a_panic_is_kept_and_the_next_update_handled(base) {
        let mut scene = Scene::new(&base, "").await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小梅").await);
        scene.say(ling, "早").await;
        let set = async |scene: &Scene, n: i64| {
            let mut tx = scene.stage.db().begin().await.unwrap();
            let conn = tx.conn().await.unwrap();
            sqlx::query("UPDATE member SET messages = $1 WHERE user_id = $2").bind(n).bind(ling.0).execute(conn).await.unwrap();
            tx.commit().await.unwrap();
        };
        // One more is more than the number holds.
        set(&scene, i64::MAX).await;
        scene.tg.say(scene.group, mei, "一");
        scene.tg.say(scene.group, ling, "毒");
        scene.tg.say(scene.group, mei, "二");
        scene.settle().await;
        assert_eq!(counted(&scene, mei).await, 2);
        let kept = quarantine::list(&mut scene.stage.db().read().await.unwrap(), 10).await.unwrap();
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert!(kept[0].error.starts_with("panicked: ") && kept[0].body.contains('毒'), "{kept:?}");
        set(&scene, 1).await;
        scene.say(ling, "后").await;
        assert_eq!(counted(&scene, ling).await, 2);
        assert_eq!(scene.stage.replay().await.unwrap(), 1);
        assert_eq!(counted(&scene, ling).await, 3);
        scene.end().await;
    }

    /// Fault 17: what a chat is to hear comes in its order, while other chats are busy, some of it is refused at first, and
    /// the process is stopped at any time.
    async fn what_a_chat_is_told_keeps_its_order(base) {
        let mut scene = Scene::new(&base, "").await;
        let chats = [scene.group, scene.staff];
        let posts = (0..200).flat_map(|n| chats.map(|chat| {
            (Class::Reply, Delivery::Repeat, Effect::Send(Send::new(chat, Text::plain(&format!("{n}")))))
        }));
        let text = "Too Many Requests: retry after 50".to_owned();
        let slow_down = Action::Status { code: 429, text, retry_after: Some(50), migrate_to: None };
        let bad_gateway = Action::Status { code: 502, text: "Bad Gateway".to_owned(), retry_after: None, migrate_to: None };
        for (skip, times, action) in [(57, 1, bad_gateway), (40, 1, slow_down), (60, 5, Action::RefuseConnection)] {
            let rule = Rule { chat_id: Some(scene.group), ..Rule::new("sendMessage", action) };
            scene.tg.fail(rule.skip(skip).times(times));
        }
        scene.stage.post(posts.collect::<Vec<_>>()).await.unwrap();
        for seconds in (0..18).map(|n| 37 + n * 5) {
            scene.pass(Span::secs(seconds)).await;
            scene.stage.restart().await.unwrap();
        }
        let all: Vec<String> = (0..200).map(|n| n.to_string()).collect();
        for chat in chats {
            assert_eq!(said(&scene, chat), all);
        }
        scene.end().await;
    }

    /// Fault 27: the host's clock is set back an hour, then on again: nothing is posted twice, nothing left out.
    async fn a_clock_set_back_and_forward_neither_doubles_nor_skips(base) {
        let mut scene = Scene::new(&base, POST).await;
        scene.until(13, 5).await;
        scene.stage.absent(Span::hours(-1)).await.unwrap();
        scene.until(13, 30).await;
        assert_eq!(said(&scene, scene.group), ["甲"]);
        scene.stage.absent(Span::hours(1)).await.unwrap();
        scene.pass(Span::minutes(20)).await;
        assert_eq!(said(&scene, scene.group), ["甲", "乙"]);
        scene.until(13, 5).await;
        assert_eq!(said(&scene, scene.group), ["甲", "乙", "丙"]);
        scene.end().await;
    }

    /// Fault 51: a group moves while a post waits for it; the post comes once, under the new number.
    async fn a_post_that_waits_moves_with_its_group(base) {
        let mut scene = Scene::new(&base, POST).await;
        let ling = scene.newcomer("小玲").await;
        let old = scene.group;
        let text = "Too Many Requests: retry after 60".to_owned();
        let wait = Action::Status { code: 429, text, retry_after: Some(60), migrate_to: None };
        scene.tg.fail(Rule { chat_id: Some(old), ..Rule::new("sendMessage", wait) });
        scene.until(13, 0).await;
        let new = scene.tg.migrate(old);
        scene.tg.say(new, ling, "搬家了");
        scene.pass(Span::minutes(5)).await;
        assert_eq!((said(&scene, old), said(&scene, new)), (Vec::new(), vec!["甲".to_owned()]));
        scene.until(14, 5).await;
        assert_eq!(said(&scene, new), ["甲", "乙"]);
        scene.end().await;
    }

    /// Fault 57: a group that does not let the bot speak is not asked again and again.
    async fn a_group_it_may_not_speak_in_is_not_pestered(base) {
        let mut scene = Scene::new(&base, POST).await;
        for text in [
            "Bad Request: not enough rights to send text messages to the chat",
            "Bad Request: CHAT_WRITE_FORBIDDEN",
            "Bad Request: PAID_MESSAGES_REQUIRED",
        ] {
            let group = scene.group;
            let refused = Rule { chat_id: Some(group), ..Rule::status("sendMessage", 400, text).times(1000) };
            scene.tg.fail(refused);
            let asked = |scene: &Scene| {
                let of = |call: &&steward::telegram::emulator::LoggedCall| {
                    call.method == "sendMessage" && call.params["chat_id"] == group.0
                };
                scene.calls().iter().filter(of).count()
            };
            let before = asked(&scene);
            scene.pass(Span::days(1)).await;
            let times = asked(&scene) - before;
            assert!((1..=4).contains(&times), "{text}: {times}");
            scene.tg.heal();
        }
        scene.end().await;
    }

    /// Fault 60: topics are switched off and on again; a post for a topic goes where there is one, else to the group.
    async fn posts_for_a_topic_find_a_place_without_topics(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        scene.tg.set_forum(group, true);
        let topic = scene.tg.add_topic(group, "打卡");
        for (forum, place) in [(true, Some(topic)), (false, None), (true, Some(topic))] {
            scene.tg.set_forum(group, forum);
            let send = Send { topic: Some(topic), ..Send::new(group, Text::plain("早安")) };
            scene.stage.post([(Class::Post, Delivery::Once, Effect::Send(send))]).await.unwrap();
            scene.pass(Span::minutes(1)).await;
            assert_eq!((scene.last(group).text.as_str(), scene.last(group).topic), ("早安", place), "{forum}");
        }
        scene.end().await;
    }

    /// Fault 61: who has just become an administrator may steer at once, and who was one may not any more.
    async fn an_administrator_is_heard_at_once_and_a_former_one_no_more(base) {
        let mut scene = Scene::new(&base, "").await;
        let mei = scene.newcomer("小梅").await;
        scene.skip();
        for (change, answers) in [(Scene::promote as fn(&Scene, UserId), 1), (Scene::demote, 0)] {
            change(&scene, mei);
            scene.say(mei, "/settings").await;
            assert_eq!(scene.heard().len(), answers);
        }
        scene.end().await;
    }

    /// Fault 61: the group gets another owner, of which only the notice in the chat is told.
    async fn a_new_owner_is_heard_and_the_former_one_only_while_an_administrator(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, owner, mei) = (scene.group, scene.owner, scene.newcomer("小梅").await);
        let next = scene.tg.next_update_id();
        scene.tg.hand_over(group, mei);
        // Of the two changes of place nothing comes.
        scene.tg.drop_updates(next..=next + 1);
        scene.settle().await;
        let status = async |scene: &Scene, user| {
            scene.stage.db().begin().await.unwrap().member(group, user).await.unwrap().unwrap().status
        };
        assert_eq!((status(&scene, mei).await, status(&scene, owner).await), (Status::Owner, Status::Admin));
        for user in [mei, owner] {
            scene.pass(Span::minutes(1)).await;
            scene.skip();
            scene.say(user, "/settings").await;
            assert_eq!(scene.heard().len(), 1, "{user}");
        }
        scene.tg.leave(scene.staff, owner);
        scene.demote(owner);
        scene.pass(Span::minutes(1)).await;
        scene.skip();
        scene.say(owner, "/settings").await;
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.end().await;
    }

    /// Fault 53: put out while a post waits, told of it or only refused at the next word; and put back later.
    async fn put_out_it_keeps_everything_and_posts_nothing_until_it_is_back(base) {
        let mut scene = Scene::new(&base, &format!("{POST}\n[checkin]\nanswer = 'react'")).await;
        let (group, owner, ling) = (scene.group, scene.owner, scene.newcomer("小玲").await);
        let posts = |scene: &Scene| said(scene, group).iter().filter(|text| text.chars().count() == 1).count();
        for (day, told) in [(1, true), (2, false)] {
            scene.until(12, 50).await;
            scene.say(ling, "打卡").await;
            let before = posts(&scene);
            let text = "Too Many Requests: retry after 60".to_owned();
            let wait = Action::Status { code: 429, text, retry_after: Some(60), migrate_to: None };
            scene.tg.fail(Rule { chat_id: Some(group), ..Rule::new("sendMessage", wait) });
            scene.until(13, 0).await;
            let next = scene.tg.next_update_id();
            scene.tg.kick_bot(group, owner);
            if !told {
                scene.tg.drop_updates(next..=scene.tg.next_update_id());
            }
            scene.pass(Span::minutes(5)).await;
            let asked = |scene: &Scene| scene.calls().iter().filter(|call| call.params.get("chat_id") == Some(&group.0.into())).count();
            let calls = asked(&scene);
            scene.until(15, 0).await;
            assert_eq!(asked(&scene), calls, "nothing is tried there");
            scene.skip();
            scene.tg.unban(group, scene.tg.me(), owner);
            scene.tg.add_bot_to(group, owner);
            scene.tg.promote_bot(group, &ALL_RIGHTS);
            scene.pass(Span::hours(1)).await;
            assert_eq!(scene.heard(), ["我回来了，之前的设置和记录都还在。\n\n✅ 需要的权限都有了，可以开工。"]);
            assert_eq!(posts(&scene), before, "what it missed is not made up for");
            scene.whisper(ling, "/streak").await;
            assert!(scene.last(ling.private()).text.contains(&format!("累计 {day} 天")), "{}", scene.last(ling.private()).text);
            scene.until(11, 0).await;
        }
        let before = posts(&scene);
        scene.until(14, 5).await;
        assert_eq!(posts(&scene), before + 2, "it goes on");
        scene.end().await;
    }
}
