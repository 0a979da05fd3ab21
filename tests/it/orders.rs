//! Orders of who is not known to be staff, and orders that come late.

use steward::model::{ChatId, Span, Status, UserId};
use steward::telegram::emulator::{Action, MessageSpec, Rule};

use crate::harness::{Scene, scenarios};

const ON: &str = "[strikes]\n[welcome]\nrules = '友善'\n";
const ONLY: &str = "只有管理员可以操作。";

/// Somebody of the group who has been in the staff chat from before the bot came, and was never seen there.
async fn unseen_staff(scene: &mut Scene, name: &str) -> UserId {
    let user = scene.newcomer(name).await;
    scene.tg.fill(scene.staff, &[user]);
    user
}

/// Somebody writes in the group; gives what all see of the bot's answer, and what only they see.
async fn write(scene: &mut Scene, by: UserId, text: &str) -> (Vec<String>, Option<String>) {
    scene.skip();
    let before = scene.tg.whispers(scene.group, by).len();
    scene.tg.say(scene.group, by, text);
    scene.pass(Span::secs(8)).await;
    let whispers = scene.tg.whispers(scene.group, by);
    (scene.heard(), whispers.into_iter().nth(before).map(|it| it.text))
}

/// How often Telegram was asked whether somebody is in a chat.
fn asked(scene: &Scene, chat: ChatId, user: UserId) -> usize {
    let is_it = |name: &str, params: &serde_json::Map<String, serde_json::Value>, id: i64| {
        params.get(name).and_then(serde_json::Value::as_i64) == Some(id)
    };
    let calls = scene.calls().into_iter().filter(|call| call.method == "getChatMember");
    calls.filter(|call| is_it("chat_id", &call.params, chat.0) && is_it("user_id", &call.params, user.0)).count()
}

scenarios! {
    /// What an inline bot wrote for its user may say anything, and is no order of the user's.
    async fn words_a_bot_wrote_for_somebody_are_no_order(base) {
        let mut scene = Scene::new(&base, "").await;
        let (group, owner) = (scene.group, scene.owner);
        let bot = scene.tg.add_user(77, "行内机器人");
        scene.tg.user(bot, |it| it.is_bot = true);
        scene.skip();
        let written = MessageSpec { via_bot: Some(bot), ..MessageSpec::text("/pause") };
        scene.tg.send(group, owner, &written).unwrap();
        scene.settle().await;
        assert_eq!(scene.heard(), Vec::<String>::new());
        assert_eq!(scene.stage.db().begin().await.unwrap().chat(group).unwrap().paused, None);
        scene.say(owner, "/pause").await;
        assert!(scene.stage.db().begin().await.unwrap().chat(group).unwrap().paused.is_some());
        scene.end().await;
    }

    async fn who_is_in_the_staff_chat_unseen_is_obeyed_once_telegram_has_said_so(base) {
        let mut scene = Scene::new(&base, ON).await;
        let mei = unseen_staff(&mut scene, "小梅").await;
        let (ling, staff) = (scene.newcomer("小玲").await, scene.staff);
        assert_eq!(write(&mut scene, mei, "/warn 10002 骂人").await.0.len(), 1);
        assert_eq!(crate::strikes::ledger(&scene, ling).await.len(), 1, "carried out once");
        assert_eq!(write(&mut scene, mei, "/mute 10002 2h").await, (vec!["已禁言 小玲 2 小时。".to_owned()], None));
        assert_eq!(asked(&scene, staff, mei), 1, "it is remembered");
        scene.end().await;
    }

    async fn every_command_of_who_is_in_the_staff_chat_unseen_comes_again(base) {
        for (text, begins) in [
            ("/pause", "⏸"), ("/stats", "·"), ("/settings", ""), ("/rights", ""), ("/strikes 10001", "小梅 没有"), ("/rules pin", ""),
        ] {
            let base = base.another();
            let mut scene = Scene::new(&base, ON).await;
            let mei = unseen_staff(&mut scene, "小梅").await;
            let (heard, alone) = write(&mut scene, mei, text).await;
            assert_eq!((heard.len(), alone), (1, None), "{text}: {heard:?}");
            assert!(heard[0].starts_with(begins), "{text}: {heard:?}");
            assert_eq!(asked(&scene, scene.staff, mei), 1, "{text}");
            scene.end().await;
        }
    }

    async fn a_button_of_the_staff_is_obeyed_once_telegram_has_said_so(base) {
        let mut scene = Scene::new(&base, ON).await;
        let mei = unseen_staff(&mut scene, "小梅").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(scene.owner, "/stats").await;
        let table = scene.last(scene.group);
        scene.press(scene.group, table.id, ling, "欢迎").await;
        assert_eq!(scene.answered(), ONLY);
        scene.press(scene.group, table.id, mei, "欢迎").await;
        assert!(scene.last(scene.group).text.contains("欢迎覆盖"), "{}", scene.last(scene.group).text);
        assert_eq!((asked(&scene, scene.staff, mei), asked(&scene, scene.staff, ling)), (1, 1));
        scene.end().await;
    }

    async fn orders_given_before_telegram_answers_are_asked_about_once(base) {
        let mut scene = Scene::new(&base, ON).await;
        let mei = unseen_staff(&mut scene, "小梅").await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.say(scene.group, mei, "/mute 10002 2h");
        scene.tg.say(scene.group, mei, "/pause");
        scene.skip();
        scene.pass(Span::secs(8)).await;
        assert_eq!(scene.heard().len(), 2);
        assert!(scene.tg.is_muted(scene.group, ling));
        assert_eq!(asked(&scene, scene.staff, mei), 1);
        scene.end().await;
    }

    async fn an_order_is_carried_out_once_although_the_bot_dies_while_it_asks(base) {
        let mut scene = Scene::new(&base, ON).await;
        let mei = unseen_staff(&mut scene, "小梅").await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.fail(Rule::status("getChatMember", 500, "Internal Server Error"));
        scene.tg.say(scene.group, mei, "/warn 10002");
        scene.settle().await;
        scene.stage.restart().await.unwrap();
        scene.pass(Span::secs(30)).await;
        assert_eq!(crate::strikes::ledger(&scene, ling).await.len(), 1);
        scene.end().await;
    }

    async fn an_order_telegram_answered_too_late_is_not_carried_out(base) {
        let mut scene = Scene::new(&base, "[strikes]\n").await;
        let mei = unseen_staff(&mut scene, "小梅").await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.say(scene.group, mei, "/ban 10002");
        scene.stage.absent(Span::hours(1)).await.unwrap();
        scene.skip();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.heard(), ["我刚才不在线，下面的命令来晚了，没有执行：\n▫️ /ban 10002（小梅，3月2日 12:02）\n还需要的话，请再发一次。"]);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        scene.end().await;
    }

    async fn members_are_told_that_a_command_is_the_administrators(base) {
        for (language, only) in [("zh-CN", ONLY), ("en", "Only administrators can do this.")] {
            let base = base.another();
            let mut scene = Scene::new(&base, &format!("language = '{language}'\n{ON}")).await;
            let ling = scene.newcomer("小玲").await;
            let commands = ["/ban @eve", "/warn", "/pause", "/resume", "/settings", "/set a b", "/unset a", "/stats", "/rights", "/mute 2h"];
            for text in commands {
                assert_eq!(write(&mut scene, ling, text).await, (vec![], Some(only.to_owned())), "{text}");
                scene.pass(Span::minutes(1)).await;
            }
            assert_eq!(asked(&scene, scene.staff, ling), 1, "that she is not in the staff chat is remembered");
            // Four answers a minute.
            for _ in 0..10 {
                scene.tg.say(scene.group, ling, "/ban");
            }
            scene.pass(Span::secs(30)).await;
            assert_eq!(scene.tg.whispers(scene.group, ling).len(), commands.len() + 4);
            // Who comes into the staff chat is of the staff at once.
            scene.tg.join(scene.staff, ling);
            scene.pass(Span::minutes(1)).await;
            assert_eq!(write(&mut scene, ling, "/pause").await.0.len(), 1);
            scene.end().await;
        }
    }

    async fn where_nothing_can_be_shown_to_one_alone_it_is_said_for_a_moment(base) {
        let mut scene = Scene::new(&base, "[strikes]\n").await;
        let ling = scene.newcomer("小玲").await;
        let refusal = Rule::status("sendMessage", 400, "Bad Request: EPHEMERAL_FORBIDDEN");
        scene.tg.fail(Rule { contains: Some("ephemeral_message_parameters".into()), ..refusal });
        assert_eq!(write(&mut scene, ling, "/pause").await, (vec![ONLY.to_owned()], None));
        scene.pass(Span::secs(20)).await;
        assert_eq!(scene.texts(scene.group), Vec::<String>::new());
        scene.tg.set_bot_rights(scene.group, &[]);
        scene.pass(Span::secs(8)).await;
        assert_eq!(write(&mut scene, ling, "/ban@steward_bot").await, (vec![ONLY.to_owned()], None));
        scene.pass(Span::secs(20)).await;
        assert!(!scene.texts(scene.group).contains(&ONLY.to_owned()));
        scene.end().await;
    }

    async fn whatever_the_staff_ordered_too_long_ago_is_told_in_one_message(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        for text in ["/pause", "/set people.delete_notices on", "/unset people.delete_notices", "/warn 10001", "/rules pin", "/stats"] {
            scene.tg.say(scene.group, owner, text);
        }
        scene.skip();
        scene.stage.absent(Span::hours(1)).await.unwrap();
        scene.pass(Span::minutes(1)).await;
        let heard = scene.heard();
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert_eq!(heard[0].lines().skip(1).map(|line| line.split('（').next().unwrap()).collect::<Vec<_>>(), [
            "▫️ /pause", "▫️ /set people.delete_notices on", "▫️ /unset people.delete_notices", "▫️ /warn 10001",
            "▫️ /rules pin", "▫️ /stats", "还需要的话，请再发一次。",
        ]);
        scene.say(owner, "/settings").await;
        assert!(scene.heard()[0].contains("删除进群、退群提示：关"), "nothing was set");
        scene.end().await;
    }

    async fn a_press_read_too_late_is_not_carried_out_and_who_pressed_hears_so(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (owner, staff, ling) = (scene.owner, scene.staff, scene.newcomer("小玲").await);
        scene.say(ling, "兼职日结 300 元，加微信 vx_888666 详聊").await;
        let shown = scene.last(staff).id;
        scene.tg.press(staff, shown, owner, "封禁");
        scene.stage.take_in_only().await.unwrap();
        scene.stage.absent(Span::hours(1)).await.unwrap();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        assert_eq!(scene.last(staff).text,
            "我刚才不在线，下面的命令来晚了，没有执行：\n▫️ 「广告 #1」下的按钮（群主，3月2日 12:02）\n还需要的话，请再按一次。");
        scene.press(staff, shown, owner, "封禁").await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        scene.end().await;
    }

    async fn every_late_press_on_a_button_of_the_staff_is_told_with_the_late_commands(base) {
        let mut scene = Scene::new(&base, &format!("language = 'en'\n{ON}")).await;
        let owner = scene.owner;
        scene.say(owner, "/settings").await;
        let panel = scene.last(scene.group);
        scene.say(owner, "/stats").await;
        let stats = scene.last(scene.group);
        let button = |seen: &steward::telegram::emulator::SeenMessage| seen.buttons[0][0].text.clone();
        scene.tg.press(scene.group, panel.id, owner, &button(&panel));
        scene.tg.press(scene.group, stats.id, owner, &button(&stats));
        scene.tg.say(scene.group, owner, "/pause");
        scene.stage.take_in_only().await.unwrap();
        scene.skip();
        scene.stage.absent(Span::hours(1)).await.unwrap();
        scene.pass(Span::minutes(1)).await;
        let heard = scene.heard();
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert_eq!(heard[0].matches("a button under “").count(), 2, "{heard:?}");
        assert!(heard[0].ends_with("▫️ /pause (群主, 2 March, 12:02)\nIf you still want them, please send or press them again."), "{heard:?}");
        assert_eq!(button(&scene.tg.message(scene.group, panel.id).unwrap()), button(&panel), "nothing was set");
        scene.end().await;
    }

    async fn an_order_about_whose_giver_telegram_stays_silent_is_not_lost_without_a_word(base) {
        let mut scene = Scene::new(&base, ON).await;
        let mei = unseen_staff(&mut scene, "小梅").await;
        let ling = scene.newcomer("小玲").await;
        scene.pass(Span::secs(30)).await;
        scene.tg.fail(Rule::new("getChatMember", Action::RefuseConnection).times(1000));
        scene.tg.say(scene.group, mei, "/ban 10002 骂人");
        scene.skip();
        scene.settle().await;
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(3)).await;
        assert_eq!(scene.heard(), [
            "Telegram 一直没有回应，我没法确认下面的命令是不是管理员发的，所以没有执行：\n▫️ /ban 10002 骂人（小梅，3月2日 12:02）\n还需要的话，请再发一次。",
        ]);
        scene.tg.heal();
        scene.pass(Span::minutes(5)).await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        write(&mut scene, mei, "/ban 10002").await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        scene.end().await;
    }
}
