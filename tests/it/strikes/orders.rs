//! Commands of the staff.

use serde_json::json;
use steward::model::{ChatKind, MessageId, Span, Status, Timestamp, UserId};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::{ALL_RIGHTS, Action, MessageSpec, Rule};

use super::{AD, ON, advertise, card, ledger, stands, unhurried};
use crate::arrival::with_another;
use crate::harness::{Scene, scenarios};

/// Somebody answers a message with a command; gives what the bot said in the group.
pub async fn order(scene: &mut Scene, by: UserId, about: MessageId, text: &str) -> Vec<String> {
    scene.skip();
    scene.tg.send(scene.group, by, MessageSpec::text(text).reply_to(about)).unwrap();
    unhurried(scene).await;
    scene.heard()
}

/// Somebody writes a command; gives what the bot said in the group.
pub async fn write(scene: &mut Scene, by: UserId, text: &str) -> Vec<String> {
    scene.skip();
    scene.say(by, text).await;
    unhurried(scene).await;
    scene.heard()
}

scenarios! {
    async fn staff_warn_by_reply_along_the_same_ladder(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, "你这个人真是…").await;
        assert_eq!(order(&mut scene, owner, said, "/warn 请文明交流").await, [
            "小玲，请留意群规：请文明交流。这是第 1 次警告。累计 3 次会被移出群聊；这次有效至 4月1日。",
        ]);
        assert!(!stands(&scene, said));
        let again = scene.say(ling, "哼").await;
        assert_eq!(order(&mut scene, owner, again, "/warn").await, ["刚刚有人警告过 小玲 了，这次不重复记。"]);
        assert!(stands(&scene, again));
        scene.pass(Span::minutes(2)).await;
        order(&mut scene, owner, again, "/warn").await;
        assert!(scene.tg.is_muted(scene.group, ling));
        assert_eq!(write(&mut scene, owner, "/strikes 10001").await, [
            "小玲：生效中的警告 2 次\n#2 3月2日 违反群规 · 有效至 4月1日\n#1 3月2日 请文明交流 · 有效至 4月1日",
        ]);
        assert_eq!(write(&mut scene, owner, "/unwarn 10001").await, ["已撤销 小玲 的 #2。"]);
        assert!(!scene.tg.is_muted(scene.group, ling));
        assert_eq!(write(&mut scene, owner, "/unwarn #1").await, ["已撤销 小玲 的 #1。"]);
        assert_eq!(write(&mut scene, owner, "/unwarn #1").await, ["没有这个编号，或者已经撤销了。"]);
        assert_eq!(write(&mut scene, owner, "/unwarn 10001").await, ["小玲 没有生效中的记录。"]);
        scene.pass(Span::minutes(5)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty(), "answers go by themselves");
        scene.end().await;
    }

    async fn a_message_struck_already_is_not_warned_of_again(base) {
        let mut scene = Scene::new(&base, "[strikes]\nshadow = true\n").await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let ad = scene.say(ling, AD).await;
        let shown = card(&scene);
        let spec = MessageSpec::text("/warn").reply_to(ad);
        scene.tg.send(scene.group, owner, spec.clone()).unwrap();
        scene.tg.send(scene.group, owner, spec).unwrap();
        scene.settle().await;
        assert!(scene.heard().contains(&"这条消息已经处理过了（#1）。".to_owned()));
        assert_eq!(ledger(&scene, ling).await.len(), 1);
        assert!(card(&scene).id == shown.id && card(&scene).text.contains("操作人：群主"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn a_reported_message_is_struck_when_the_staff_warn(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.regular("小美").await);
        let said = scene.say(ling, "你这个人真是…").await;
        order(&mut scene, mei, said, "/report").await;
        scene.pass(Span::days(1)).await;
        order(&mut scene, owner, said, "/warn 请文明交流").await;
        assert_eq!(write(&mut scene, owner, "/strikes 10001").await, [
            "小玲：生效中的警告 1 次\n#1 3月3日 请文明交流 · 有效至 4月2日",
        ]);
        scene.end().await;
    }

    async fn somebody_named_in_the_reason_is_not_whom_it_is_about(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let (ling, bo) = (scene.newcomer("小玲").await, scene.newcomer("阿伯").await);
        let named = |text: &str, offset: usize| MessageSpec {
            entities: vec![json!({"type": "text_mention", "offset": offset, "length": 2, "user": {"id": ling.0}})],
            ..MessageSpec::text(text)
        };
        let said = scene.say(bo, "约吗约吗").await;
        scene.tg.send(scene.group, owner, named("/ban 他骚扰了 小玲", 10).reply_to(said)).unwrap();
        scene.settle().await;
        assert_eq!(scene.tg.member_status(scene.group, bo), Status::Banned);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        scene.tg.send(scene.group, owner, named("/mute  小玲 2h", 7)).unwrap();
        scene.settle().await;
        assert!(scene.tg.is_muted(scene.group, ling), "the command begins with her name");
        scene.end().await;
    }

    async fn staff_mute_for_as_long_as_they_say(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        scene.tg.user(ling, |person| person.username = Some("Ling_01".into()));
        let said = scene.say(ling, "在吗在吗").await;
        for (text, length) in [("/mute 2h 刷屏", "2 小时"), ("/mute @ling_01 30分钟", "30 分钟"), ("/mute 10001 1d", "24 小时")] {
            assert_eq!(order(&mut scene, owner, said, text).await, [format!("已禁言 小玲 {length}。")]);
            assert!(scene.tg.is_muted(scene.group, ling), "{text}");
            assert_eq!(order(&mut scene, owner, said, "/unmute").await, ["已解除禁言，小玲 可以发言了。"]);
            assert!(!scene.tg.is_muted(scene.group, ling), "{text}");
        }
        for text in ["/mute 20s", "/mute 400d"] {
            assert_eq!(order(&mut scene, owner, said, text).await,
                ["时长要在 35 秒到 365 天之间，比如 /mute 2h 或 /mute 30分钟。"]);
        }
        assert_eq!(order(&mut scene, owner, said, "/mute 很久").await,
            ["用法：/mute @name 2h\n也可以回复对方的消息发这条命令，或者写 @用户名、数字 ID。"]);
        assert!(!scene.tg.is_muted(scene.group, ling));
        scene.end().await;
    }

    async fn a_mute_the_staff_order_lasts_as_long_as_they_say(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let group = scene.group;
        let left = |scene: &Scene| {
            let call = scene.calls().into_iter().rfind(|call| call.method == "restrictChatMember").unwrap();
            Timestamp::from_secs(call.params["until_date"].as_i64().unwrap()).since(scene.stage.now())
        };
        assert_eq!(write(&mut scene, owner, "/mute 10001 1d12h").await, ["已禁言 小玲 1 天 12 小时。"]);
        assert!((Span::hours(35)..=Span::hours(36)).contains(&left(&scene)));
        assert_eq!(write(&mut scene, owner, "/mute 2小时 10001").await, ["已禁言 小玲 2 小时。"]);
        assert!((Span::hours(1)..=Span::hours(2)).contains(&left(&scene)));
        scene.pass(Span::hours(2)).await;
        assert!(!scene.tg.is_muted(group, ling), "the later order holds");
        // Two orders handled at one moment, the shorter one last.
        scene.tg.say(group, owner, "/mute 10001 3d");
        scene.tg.say(group, owner, "/mute 10001 1h");
        unhurried(&mut scene).await;
        assert!(left(&scene) <= Span::hours(1));
        scene.pass(Span::hours(1)).await;
        assert!(!scene.tg.is_muted(group, ling));
        // What the bot does by itself shortens nothing the staff ordered.
        scene.reload("[strikes]\nladder = [{ do = 'mute', for = '1h' }]\n").await;
        let ad = scene.tg.say(group, ling, AD);
        scene.tg.say(group, owner, "/mute 10001 3d");
        unhurried(&mut scene).await;
        assert!(!stands(&scene, ad));
        assert!(left(&scene) > Span::hours(71));
        assert_eq!(write(&mut scene, owner, "/warn 10001").await.len(), 1);
        assert!(left(&scene) > Span::hours(71));
        scene.end().await;
    }

    async fn orders_about_who_is_not_there_or_on_the_team_say_so(base) {
        for (language, answers) in [
            ("zh-CN", [
                ("/kick 10001", "Ling 不在群里。"),
                ("/mute 10001 2h", "已禁言 Ling 2 小时。TA 现在不在群里。"),
                ("/unmute 10001", "已解除禁言，Ling 可以发言了。TA 现在不在群里。"),
                ("/unban 10001", "Ling 没有被封禁，可以直接加入。"),
                ("/ban 10001", "已封禁 Ling。"),
                ("/kick 10001", "Ling 不在群里。"),
                ("/unban 10001", "已解除对 Ling 的封禁，TA 可以重新加入。"),
                ("/ban 10002", "对方是管理员，这个命令对管理员不起作用。"),
            ]),
            ("en", [
                ("/kick 10001", "Ling is not in the group."),
                ("/mute 10001 2h", "Ling is muted for 2 hours. They are not in the group at present."),
                ("/unmute 10001", "Ling can write again. They are not in the group at present."),
                ("/unban 10001", "Ling is not banned and may join."),
                ("/ban 10001", "Ling was banned."),
                ("/kick 10001", "Ling is not in the group."),
                ("/unban 10001", "Ling is no longer banned and may come back."),
                ("/ban 10002", "That person is on the team, and I do not act on the team."),
            ]),
        ] {
            let base = base.another();
            let mut scene = Scene::new(&base, &format!("language = '{language}'\n[strikes]\n")).await;
            let (owner, ling, deputy) = (scene.owner, scene.newcomer("Ling").await, scene.newcomer("Deputy").await);
            scene.tg.promote(scene.group, deputy);
            scene.tg.leave(scene.group, ling);
            scene.settle().await;
            for (text, answer) in answers {
                assert_eq!(write(&mut scene, owner, text).await, [answer], "{text}");
                scene.pass(Span::secs(10)).await;
            }
            scene.end().await;
        }
    }

    async fn staff_put_out_and_let_back_in(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, "你们都是骗子").await;
        assert_eq!(order(&mut scene, owner, said, "/kick").await, ["已将 小玲 移出群聊。"]);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Left);
        scene.tg.join(scene.group, ling);
        scene.settle().await;
        // Somebody who is there is not put out by /unban.
        assert_eq!(write(&mut scene, owner, "/unban 10001").await, ["小玲 没有被封禁，可以直接加入。"]);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        assert_eq!(write(&mut scene, owner, "/ban 10001 骚扰").await, ["已封禁 小玲。"]);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        assert_eq!(write(&mut scene, owner, "/unban 10001").await, ["已解除对 小玲 的封禁，TA 可以重新加入。"]);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Left);
        assert_eq!(write(&mut scene, owner, "/unban 10001").await, ["小玲 没有被封禁，可以直接加入。"]);
        assert_eq!(write(&mut scene, owner, "/kick 10001").await, ["小玲 不在群里。"]);
        let unknown = "没有执行：Telegram 找不到 777888999，请核对一下。";
        assert_eq!(write(&mut scene, owner, "/ban 777888999").await, [unknown]);
        assert_eq!(write(&mut scene, owner, "/unban 777888999").await, [unknown]);
        scene.end().await;
    }

    async fn an_order_is_answered_when_telegram_has_carried_it_out(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        scene.newcomer("小玲").await;
        scene.tg.fail(Rule::new("banChatMember", Action::RefuseConnection).times(2));
        scene.skip();
        scene.tg.say(scene.group, owner, "/ban 10001");
        scene.settle().await;
        assert_eq!(scene.heard(), Vec::<String>::new(), "nothing has happened yet");
        scene.stage.restart().await.unwrap();
        scene.tg.heal();
        scene.pass(Span::secs(30)).await;
        assert_eq!(scene.heard(), ["已封禁 小玲。"]);
        scene.end().await;
    }

    async fn an_order_that_fails_in_one_group_says_where(base) {
        let group = supergroup(1002);
        let mut scene = with_another(&base, ON, group, ChatKind::Supergroup).await;
        let owner = scene.owner;
        scene.tg.add_bot_to(group, owner);
        scene.tg.promote_bot(group, &ALL_RIGHTS);
        let ling = scene.newcomer("小玲").await;
        scene.tg.join(group, ling);
        scene.pass(Span::minutes(2)).await;
        for (text, method, answer) in [
            ("/mute 10001 2h", "restrictChatMember", "已禁言 小玲 2 小时（职场妈妈成长社）。"),
            ("/ban 10001", "banChatMember", "已封禁 小玲（职场妈妈成长社）。"),
        ] {
            scene.tg.fail(Rule { chat_id: Some(group), ..Rule::status(method, 400, "Bad Request: strange") });
            scene.tg.say(scene.staff, owner, text);
            scene.settle().await;
            scene.pass(Span::secs(10)).await;
            let told = format!(
                "{answer}\n不过有的群没有做到：\n▫️ 「同城群」：Telegram 没有接受。请稍后再试，或者手动处理。"
            );
            assert_eq!(card(&scene).text, told);
        }
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        scene.end().await;
    }

    async fn who_became_an_admin_meanwhile_is_told_of_as_one(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        scene.newcomer("小玲").await;
        let rule = || Rule::status("restrictChatMember", 400, "Bad Request: user is an administrator of the chat");
        scene.tg.fail(rule());
        assert_eq!(write(&mut scene, owner, "/mute 2h @nobody_here").await, ["我没见过这个人，找不到 TA。请回复 TA 的消息，或者写数字 ID。"]);
        assert_eq!(write(&mut scene, owner, "/mute 2h 10001").await, ["没有执行：小玲 是管理员。"]);
        assert_eq!(write(&mut scene, owner, "/mute 10001 2h，刷屏").await, ["已禁言 小玲 2 小时。"]);
        scene.end().await;
    }

    async fn the_staff_chat_acts_on_the_group(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        scene.newcomer("小玲").await;
        scene.skip();
        for (text, answer) in [
            ("/warn 10001 别刷屏", "已警告 小玲（#1）。"),
            ("/mute 10001 2h", "已禁言 小玲 2 小时。"),
            ("/unmute 10001", "已解除禁言，小玲 可以发言了。"),
            ("/trust 10001", "以后信任 小玲：只有严重违规才处理。"),
            ("/untrust 10001", "已取消对 小玲 的信任。"),
            ("/kick 10001", "已将 小玲 移出群聊。"),
            ("/kick 10001", "小玲 不在群里。"),
            ("/mute 10001 2h", "小玲 不在群里。"),
        ] {
            scene.tg.say(scene.staff, owner, text);
            scene.settle().await;
            scene.pass(Span::secs(10)).await;
            assert_eq!(card(&scene).text, answer, "{text}");
        }
        assert_eq!(scene.heard().len(), 1, "the warning stands in the group");
        scene.end().await;
    }

    async fn wrong_arguments_are_answered_clearly(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let admin = scene.newcomer("管理员").await;
        scene.tg.promote(scene.group, admin);
        let bot = scene.person("助手");
        scene.tg.user(bot, |person| person.is_bot = true);
        scene.tg.fill(scene.group, &[bot]);
        let by_bot = scene.say(bot, "我是机器人").await;
        let me = scene.stage.engine().me().username.clone();
        for (text, answer) in [
            ("/warn".to_owned(), "用法：/warn @name\n也可以回复对方的消息发这条命令，或者写 @用户名、数字 ID。"),
            ("/ban".to_owned(), "用法：/ban @name\n也可以回复对方的消息发这条命令，或者写 @用户名、数字 ID。"),
            ("/warn @nobody_here".to_owned(), "我没见过这个人，找不到 TA。请回复 TA 的消息，或者写数字 ID。"),
            ("/mute 99999999 2h".to_owned(), "我没见过这个 ID，请核对一下，或者回复 TA 的消息。"),
            (format!("/ban {admin}"), "对方是管理员，这个命令对管理员不起作用。"),
            (format!("/warn {admin}"), "对方是管理员，这个命令对管理员不起作用。"),
            (format!("/ban @{me}"), "这是我自己呀。"),
            ("/ban 99999999999999999999".to_owned(), "我没见过这个 ID，请核对一下，或者回复 TA 的消息。"),
        ] {
            scene.pass(Span::secs(30)).await;
            assert_eq!(write(&mut scene, owner, &text).await, [answer], "{text}");
        }
        assert_eq!(order(&mut scene, owner, by_bot, "/kick").await, ["对方是机器人，请在成员列表里直接移除。"]);
        scene.end().await;
    }

    async fn members_give_no_orders(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        let mei = scene.newcomer("小美").await;
        let said = scene.say(ling, "大家好").await;
        for text in ["/warn", "/ban", "/mute 2h", "/kick", "/trust", "/unwarn", "/unban"] {
            assert_eq!(order(&mut scene, mei, said, text).await, Vec::<String>::new(), "{text}");
            let told = scene.tg.whispers(scene.group, mei).pop().map(|it| it.text);
            assert_eq!(told.as_deref(), Some("只有管理员可以操作。"), "{text}");
            scene.pass(Span::minutes(1)).await;
        }
        assert_eq!(ledger(&scene, ling).await, []);
        assert_eq!(write(&mut scene, mei, "/strikes").await, ["小美 没有违规记录。"]);
        assert_eq!(write(&mut scene, mei, "/strikes 10001").await, ["你可以用 /strikes 查看自己的记录。"]);
        scene.tg.user(mei, |person| person.language = Some("zh-hans".into()));
        scene.whisper(mei, "/ban 10001").await;
        assert_eq!(scene.last(mei.private()).text, "只有管理员可以操作。");
        scene.end().await;
    }

    async fn an_anonymous_admin_may_give_orders(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, "加群主微信").await;
        let spec = MessageSpec { anonymous: true, ..MessageSpec::text("/kick").reply_to(said) };
        scene.tg.send(scene.group, owner, spec).unwrap();
        scene.settle().await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Left);
        scene.end().await;
    }

    async fn a_member_sees_their_own_record_in_private(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("Ling").await;
        scene.tg.user(ling, |person| person.language = Some("en".into()));
        advertise(&mut scene, ling, 1).await;
        scene.whisper(ling, "/strikes").await;
        assert_eq!(scene.last(ling.private()).text, "Ling: 1 strike in force\n#1 2 March contact details · counts until 1 April");
        scene.end().await;
    }

    async fn orders_are_answered_in_english(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[strikes]\n").await;
        let owner = scene.owner;
        scene.newcomer("Ling").await;
        for (text, answer) in [
            ("/warn", "Usage: /warn @name\nReply to a message of theirs, or give an @name or a numeric id."),
            ("/warn 10001 be kind", "Ling, a word from the team: be kind. This is strike 1 of 3; at the third you will be removed. \
                                     This one stops counting on 1 April."),
            ("/warn 10001", "Ling was warned only a moment ago; this one is not counted."),
            ("/strikes 10001", "Ling: 1 strike in force\n#1 2 March be kind · counts until 1 April"),
            ("/unwarn #1", "#1 of Ling was undone."),
            ("/unwarn 10001", "Ling has no strikes that count."),
            ("/strikes 10001", "Ling: 0 strikes in force\n#1 2 March be kind · undone"),
            ("/mute 10001 90m", "Ling is muted for 1 hour 30 minutes."),
            ("/mute 10001 1s", "A mute lasts from 35 seconds to 365 days, such as /mute 2h or /mute 30m."),
            ("/unmute 10001", "Ling can write again."),
            ("/trust 10001", "Ling is trusted now: only severe violations are acted on."),
            ("/untrust 10001", "Ling is no longer trusted."),
            ("/kick 10001", "Ling was removed."),
            ("/ban 10001", "Ling was banned."),
            ("/unban 10001", "Ling is no longer banned and may come back."),
            ("/unban 10001", "Ling is not banned and may join."),
            ("/kick 500500500", "I have not seen anybody with this id. Please check it, or reply to a message of theirs."),
        ] {
            assert_eq!(write(&mut scene, owner, text).await, [answer], "{text}");
            scene.pass(Span::secs(10)).await;
        }
        scene.end().await;
    }
}
