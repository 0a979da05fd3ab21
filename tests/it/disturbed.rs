//! Telegram refuses what is asked at bad moments, and not everybody who writes is a person of the group.

use steward::model::effect::{Question, Send};
use steward::model::{ChatId, ChatKind, Class, Delivery, Effect, Span, Status, Text};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::{ALL_RIGHTS, Action, LoggedCall, MessageSpec, Rule};

use crate::harness::{BASIC, Scene, scenarios};

const AD: &str = "兼职日结 300 元，加微信 vx_888666 详聊";

fn asked(scene: &Scene, method: &str) -> usize {
    scene.calls().iter().filter(|call| call.method == method).count()
}

fn slow_down(method: &str, times: u32) -> Rule {
    let text = "Too Many Requests: retry after 3".to_owned();
    Rule::new(method, Action::Status { code: 429, text, retry_after: Some(3), migrate_to: None }).times(times)
}

scenarios! {
    /// Fault 19: somebody advertises in two groups of a community at the same moment.
    async fn ads_in_two_groups_at_once_go_from_both_and_count_once(base) {
        let mut scene = Scene::new(&base, "[strikes]").await;
        let (owner, ling) = (scene.owner, scene.newcomer("小玲").await);
        scene.tg.add_group(BASIC.0, "分群", ChatKind::Group);
        scene.tg.set_owner(BASIC, owner);
        scene.tg.add_bot_to(BASIC, owner);
        scene.tg.promote_bot(BASIC, &ALL_RIGHTS);
        scene.tg.join(BASIC, ling);
        scene.settle().await;
        let here = scene.tg.say(scene.group, ling, AD);
        let there = scene.tg.say(BASIC, ling, "优质资源进群 https://t.me/+AbCdEf123456");
        scene.settle().await;
        for (chat, ad) in [(scene.group, here), (BASIC, there)] {
            assert!(!scene.tg.messages(chat).iter().any(|it| it.id == ad), "it is gone from {chat}");
        }
        // A burst of ads counts once, in however many groups it comes.
        let mut conn = scene.stage.db().read().await.unwrap();
        let (counted,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM strike_case WHERE user_id = $1 AND counts = 1")
            .bind(ling.0).fetch_one(&mut *conn).await.unwrap();
        drop(conn);
        assert_eq!(counted, 1);
        scene.end().await;
    }

    /// Fault 32: an answer to a press is not worth waiting for, a question is asked again, a delete is never dropped.
    async fn what_is_told_to_wait_is_tried_again_by_its_own_rule(base) {
        let mut scene = Scene::new(&base, "[checkin]\npost = { at = \"12:30\" }\n[strikes]").await;
        let ling = scene.newcomer("小玲").await;
        scene.until(12, 30).await;
        let post = scene.last(scene.group).id;
        scene.tg.fail(slow_down("answerCallbackQuery", 1));
        scene.press(scene.group, post, ling, "checkin:do").await;
        scene.pass(Span::secs(30)).await;
        assert_eq!(asked(&scene, "answerCallbackQuery"), 1);
        scene.tg.fail(slow_down("getChatMember", 3));
        let question = Effect::Ask(Question::Member(scene.group, ling));
        scene.stage.post([(Class::Bulk, Delivery::Repeat, question)]).await.unwrap();
        scene.tg.fail(slow_down("deleteMessage", 3));
        let ad = scene.say(ling, AD).await;
        scene.pass(Span::minutes(1)).await;
        assert!(asked(&scene, "getChatMember") > 3);
        assert!(!scene.tg.messages(scene.group).iter().any(|it| it.id == ad));
        scene.end().await;
    }

    /// Fault 35: while Telegram restarts nothing is posted twice, an answer comes at most twice, a delete is asked for
    /// until it is carried out.
    async fn a_minute_of_restarting_doubles_no_post_and_loses_no_delete(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        let (group, words) = (scene.group, scene.say(ling, "广告").await);
        for method in ["sendMessage", "deleteMessage"] {
            let restarting = Rule::status(method, 500, "Internal Server Error: restart");
            scene.tg.fail(restarting.times(1000).after_accept());
        }
        let say = |words: &str| Effect::Send(Send::new(group, Text::plain(words)));
        scene.stage.post([
            (Class::Post, Delivery::Once, say("今天的话题")),
            (Class::Reply, Delivery::Repeat, say("回答")),
            (Class::Guard, Delivery::Repeat, Effect::Delete { chat: group, messages: vec![words.into()] }),
        ]).await.unwrap();
        scene.pass(Span::minutes(1)).await;
        let deletes = asked(&scene, "deleteMessage");
        assert!((4..10).contains(&deletes), "it gives Telegram time: {deletes}");
        scene.tg.heal();
        scene.pass(Span::minutes(2)).await;
        assert_eq!(asked(&scene, "deleteMessage"), deletes + 1);
        let said = scene.texts(group);
        let copies = |words: &str| said.iter().filter(|text| *text == words).count();
        assert_eq!((copies("今天的话题"), copies("回答")), (1, 2), "{said:?}");
        scene.end().await;
    }

    /// Fault 34: an answer whose fate is unknown is said once more, and not again, even by the next process.
    async fn an_answer_of_unknown_fate_is_said_once_more_and_never_again(base) {
        let mut scene = Scene::new(&base, "").await;
        let group = scene.group;
        let say = |words: &str| [(Class::Reply, Delivery::Repeat, Effect::Send(Send::new(group, Text::plain(words))))];
        // A short failure: it comes.
        scene.tg.fail(Rule::new("sendMessage", Action::Reset));
        scene.stage.post(say("一")).await.unwrap();
        scene.pass(Span::secs(10)).await;
        assert_eq!(scene.texts(group), ["一"]);
        // Waits that Telegram asks for, and calls that surely did not reach it, take nothing from its second chance.
        scene.tg.fail(slow_down("sendMessage", 2));
        scene.tg.fail(Rule::new("sendMessage", Action::RefuseConnection).times(2));
        scene.tg.fail(Rule::new("sendMessage", Action::Reset).after_accept());
        scene.tg.fail(slow_down("sendMessage", 1));
        scene.stage.post(say("二")).await.unwrap();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.texts(group), ["一", "二", "二"]);
        // The answer to the second one is lost as well, once with the connection and once with the process.
        for (words, dies) in [("三", false), ("四", true)] {
            scene.tg.fail(Rule::new("sendMessage", Action::Reset).after_accept().times(if dies { 1 } else { 10 }));
            scene.stage.post(say(words)).await.unwrap();
            scene.settle().await;
            if dies {
                scene.stage.absent(Span::secs(7)).await.unwrap();
                scene.stage.send_and_die().await.unwrap();
                scene.stage.restart().await.unwrap();
            }
            scene.pass(Span::hours(1)).await;
            scene.tg.heal();
            assert_eq!(scene.texts(group).iter().filter(|text| *text == words).count(), 2, "{words}");
        }
        scene.end().await;
    }

    /// Fault 62: a stranger adds the bot to very many groups; its own group does not notice.
    async fn very_many_groups_of_a_stranger_are_left_without_delay_to_its_own(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let (ling, stranger) = (scene.newcomer("小玲").await, scene.person("路人"));
        let groups: Vec<ChatId> = (0..500).map(|n| supergroup(5000 + n)).collect();
        for group in &groups {
            scene.tg.add_group(group.0, "别的群", ChatKind::Supergroup);
            scene.tg.set_owner(*group, stranger);
            scene.tg.add_bot_to(*group, stranger);
        }
        scene.tg.say(scene.group, ling, "/checkin");
        scene.pass(Span::secs(5)).await;
        let own = scene.group;
        let answered = |call: &&LoggedCall| call.params.get("chat_id") == Some(&own.0.into()) && call.outcome.is_ok();
        assert!(scene.calls().iter().any(|call| answered(&call)), "its own group is answered");
        scene.pass(Span::minutes(5)).await;
        let me = scene.tg.me();
        assert!(groups.iter().all(|group| scene.tg.member_status(*group, me) == Status::Left));
        let farewells: usize = groups.iter().map(|group| scene.texts(*group).len()).sum();
        assert!(farewells <= 5, "{farewells}");
        scene.end().await;
    }

    /// Fault 68: other bots are not answered, so that two never talk for ever.
    async fn other_bots_are_not_answered(base) {
        let mut scene = Scene::new(&base, "[checkin]\n[strikes]").await;
        let other = scene.newcomer("Helper").await;
        scene.tg.user(other, |person| person.is_bot = true);
        scene.pass(Span::minutes(1)).await;
        let before = scene.calls().len();
        for words in ["/help", "打卡", "/checkin", "/me", "/report"] {
            scene.say(other, words).await;
        }
        scene.pass(Span::minutes(1)).await;
        let calls = scene.calls().split_off(before);
        let made: Vec<_> = calls.iter().map(|call| call.method.as_str()).filter(|method| *method != "getUpdates").collect();
        assert_eq!(made, Vec::<&str>::new());
        scene.end().await;
    }

    /// Fault 87: who answers an advert that is gone, to warn of it, has written none.
    async fn who_warns_under_a_deleted_advert_is_not_punished(base) {
        let mut scene = Scene::new(&base, "[strikes]").await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小梅").await);
        let ad = scene.tg.say(scene.group, ling, AD);
        let warning = scene.tg.send(scene.group, mei, MessageSpec::text("骗子，别信").reply_to(ad)).unwrap();
        scene.settle().await;
        let left: Vec<_> = scene.tg.messages(scene.group).iter().map(|it| it.id).collect();
        assert!(!left.contains(&ad) && left.contains(&warning));
        assert!(!scene.tg.is_muted(scene.group, mei));
        scene.end().await;
    }

    /// Fault 105: a button that an older version of the bot left behind.
    async fn a_button_nobody_knows_any_more_is_answered(base) {
        let mut scene = Scene::new(&base, "[checkin]\n[strikes]\n[welcome]").await;
        let ling = scene.newcomer("小玲").await;
        let message = scene.say(scene.owner, "/id").await;
        for data in ["v0:quiz:17", "checkin", "checkin:dance", "strikes", "strikes:clear", "strikes:clear:999", ":", "welcome:", "打卡"] {
            let before = scene.tg.answers().len();
            scene.tg.press_data(scene.group, message, ling, data);
            scene.settle().await;
            assert_eq!(scene.tg.answers().len(), before + 1, "{data}");
            assert!(!scene.answered().is_empty(), "{data}");
        }
        scene.tg.press_data(scene.group, message, ling, "v0:quiz:17");
        scene.settle().await;
        assert_eq!(scene.answered(), "这个按钮已经失效。");
        scene.end().await;
    }

    /// Fault 104: a button pressed ten times, whose answers Telegram no longer takes, does its work once.
    async fn ten_presses_that_cannot_be_answered_count_once(base) {
        let mut scene = Scene::new(&base, "[checkin]\npost = { at = \"12:30\" }").await;
        let ling = scene.newcomer("小玲").await;
        scene.until(12, 30).await;
        let post = scene.last(scene.group).id;
        let old = "Bad Request: query is too old and response timeout expired or query ID is invalid";
        scene.tg.fail(Rule::status("answerCallbackQuery", 400, old).times(10));
        for _ in 0..10 {
            scene.tg.press(scene.group, post, ling, "checkin:do");
        }
        scene.settle().await;
        scene.pass(Span::minutes(1)).await;
        scene.whisper(ling, "/streak").await;
        let told = scene.texts(ling.private());
        assert!(told.last().unwrap().contains("累计 1 天"), "{told:?}");
        scene.end().await;
    }

    /// Fault 104: the message of a button is gone by the time it is pressed, of which Telegram tells little more than its
    /// number. What was pressed is done where it can be, and answered.
    async fn a_button_of_a_message_that_is_gone_does_its_work_once(base) {
        let mut scene = Scene::new(&base, "[checkin]\npost = { at = \"12:30\" }").await;
        let ling = scene.newcomer("小玲").await;
        scene.until(12, 30).await;
        let post = scene.last(scene.group).id;
        scene.tg.delete(scene.group, post);
        for _ in 0..2 {
            scene.tg.press_data(scene.group, post, ling, "checkin:do");
            scene.settle().await;
            assert!(scene.answered().contains("第 1 天"), "{}", scene.answered());
        }
        // Telegram keeps a press for two and a half minutes.
        let answers = scene.tg.answers().len();
        let mei = scene.newcomer("小梅").await;
        scene.tg.press_data(scene.group, post, mei, "checkin:do");
        scene.stage.absent(Span::minutes(3)).await.unwrap();
        scene.pass(Span::minutes(2)).await;
        assert_eq!(scene.tg.answers().len(), answers);
        let mut conn = scene.stage.db().read().await.unwrap();
        let users: Vec<(i64,)> = sqlx::query_as("SELECT user_id FROM checkin").fetch_all(&mut *conn).await.unwrap();
        drop(conn);
        assert_eq!(users, [(ling.0,)]);
        scene.end().await;
    }
}
