//! What people can get wrong, or try, with commands about others: each is answered clearly, or not at all.

use serde_json::json;
use steward::model::{ChatKind, MessageId, Span, Status, UserId};
use steward::telegram::emulator::{Announce, Entry, MessageSpec};

use super::orders::{order, write};
use super::{AD, ON, card, ledger, unhurried};
use crate::harness::{Scene, scenarios};

const EVERY: [&str; 9] = ["warn", "unwarn", "mute", "unmute", "kick", "ban", "unban", "trust", "untrust"];

/// The notice of Telegram that is the newest message of the group.
fn notice(scene: &Scene) -> MessageId {
    scene.tg.messages(scene.group).last().unwrap().id
}

scenarios! {
    async fn numbers_beyond_all_bounds_hit_nobody(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        scene.newcomer("小玲").await;
        let stranger = "我没见过这个 ID，请核对一下，或者回复 TA 的消息。";
        let nobody = "没有这个编号，或者已经撤销了。";
        for (text, answer) in [
            ("/warn 9223372036854775808", stranger),
            ("/mute 9223372036854775807 2h", stranger),
            ("/kick 00000000000000000000000000010001", "已将 小玲 移出群聊。"),
            ("/unwarn #9223372036854775808", "用法：/unwarn #12\n也可以回复对方的消息发这条命令，或者写 @用户名、数字 ID。"),
            ("/unwarn #0", nobody),
            ("/unwarn #-1", nobody),
            ("/unwarn 1234", nobody),
            ("/strikes #9223372036854775808", "用法：/strikes @name\n也可以回复对方的消息发这条命令，或者写 @用户名、数字 ID。"),
            ("/trust 777000", stranger),
            ("/ban -1001234000777", "用法：/ban @name\n也可以回复对方的消息发这条命令，或者写 @用户名、数字 ID。"),
        ] {
            assert_eq!(write(&mut scene, owner, text).await, [answer], "{text}");
            scene.pass(Span::secs(20)).await;
        }
        for id in [UserId::TELEGRAM, UserId::ANONYMOUS_ADMIN, UserId::CHANNEL_BOT] {
            assert_eq!(write(&mut scene, owner, &format!("/ban {id}")).await, ["这是匿名管理员或频道身份，对应不到具体的人。"]);
            scene.pass(Span::secs(20)).await;
        }
        scene.end().await;
    }

    async fn lengths_are_read_as_keyboards_write_them_or_named_as_what_they_are_not(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        scene.newcomer("小玲").await;
        let no_length = |word: &str| format!("「{word}」不是时长，可以写 30m、2h、1d，或者 30分钟、2小时、1天。");
        let out_of_bounds = "时长要在 35 秒到 365 天之间，比如 /mute 2h 或 /mute 30分钟。";
        for (text, answer) in [
            ("/mute 10001 ２h", "已禁言 小玲 2 小时。".to_owned()),
            ("/mute 10001 1.5h", "已禁言 小玲 1 小时 30 分钟。".to_owned()),
            ("/mute 10001 -5m", no_length("-5m")),
            ("/mute 10001 2", no_length("2")),
            ("/mute 10001 <b>", "用法：/mute @name 2h\n也可以回复对方的消息发这条命令，或者写 @用户名、数字 ID。".to_owned()),
            ("/mute 10001 1<b>", no_length("1<b>")),
            ("/mute 10001 5s", out_of_bounds.to_owned()),
            ("/mute 10001 99999999999999999999h", out_of_bounds.to_owned()),
        ] {
            assert_eq!(write(&mut scene, owner, text).await, [answer], "{text}");
            scene.pass(Span::secs(20)).await;
        }
        scene.end().await;
    }

    async fn orders_by_reply_to_notices_mean_who_came_or_left(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let usage = "用法：/ban @name\n也可以回复对方的消息发这条命令，或者写 @用户名、数字 ID。";
        // Who added somebody is not meant.
        let spammer = scene.person("小广告");
        scene.tg.join_as(scene.group, spammer, &Entry { announce: Announce::Both, by: Some(ling), ..Entry::default() });
        scene.settle().await;
        let joined = notice(&scene);
        assert_eq!(order(&mut scene, owner, joined, "/ban").await, ["已封禁 小广告。"]);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        // Nor who pinned something.
        let said = scene.say(ling, "大家好").await;
        scene.tg.pin(scene.group, said, ling);
        let pinned = notice(&scene);
        assert_eq!(order(&mut scene, owner, pinned, "/ban").await, [usage]);
        // Of several nobody.
        let (mei, an) = (scene.person("小美"), scene.person("小安"));
        let people = json!([mei, an].map(|user| json!({"id": user.0, "is_bot": false, "first_name": "x"})));
        let many = MessageSpec { extra: json!({"new_chat_members": people}).as_object().cloned().unwrap(), ..MessageSpec::default() };
        if let Ok(many) = scene.tg.send(scene.group, ling, many) {
            assert_eq!(order(&mut scene, owner, many, "/ban").await, [usage]);
        }
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        scene.tg.leave(scene.group, ling);
        scene.settle().await;
        let left = notice(&scene);
        assert_eq!(order(&mut scene, owner, left, "/ban").await, ["已封禁 小玲。"]);
        scene.end().await;
    }

    async fn nothing_is_done_to_the_bot_or_to_the_staff(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let admin = scene.newcomer("管理员").await;
        scene.tg.promote(scene.group, admin);
        write(&mut scene, owner, "/strikes").await;
        let answer = scene.last(scene.group).id;
        assert_eq!(order(&mut scene, owner, answer, "/ban").await, ["这是我自己呀。"]);
        let by_admin = scene.say(admin, "大家好").await;
        let anonymous = MessageSpec { anonymous: true, ..MessageSpec::text("通知") };
        let anonymous = scene.tg.send(scene.group, owner, anonymous).unwrap();
        for name in ["warn", "mute", "kick", "ban"] {
            let text = if name == "mute" { "/mute 2h".to_owned() } else { format!("/{name}") };
            scene.pass(Span::secs(40)).await;
            assert_eq!(order(&mut scene, owner, by_admin, &text).await, ["对方是管理员，这个命令对管理员不起作用。"], "{text}");
            assert_eq!(order(&mut scene, owner, anonymous, &text).await, ["对方是管理员，这个命令对管理员不起作用。"], "{text}");
        }
        assert_eq!(ledger(&scene, admin).await, []);
        assert_eq!(ledger(&scene, owner).await, []);
        scene.end().await;
    }

    async fn in_private_every_command_says_where_it_belongs(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (owner, ling) = (scene.owner, scene.newcomer("小玲").await);
        for user in [owner, ling] {
            scene.tg.user(user, |person| person.language = Some("zh-hans".into()));
        }
        for name in EVERY.iter().chain(&["report"]) {
            for user in [owner, ling] {
                scene.whisper(user, &format!("/{name} 10001 2h")).await;
                let answer = scene.last(user.private()).text;
                let expected = if user == owner || *name == "report" { "这个命令请在群里用。" } else { "只有管理员可以操作。" };
                assert_eq!(answer, expected, "{name}");
            }
            scene.pass(Span::minutes(1)).await;
        }
        for payload in ["appeal_", "appeal_x", "appeal_99", "appeal_-1", "appeal_9223372036854775808"] {
            scene.tg.start_bot(ling, payload);
            scene.pass(Span::secs(5)).await;
        }
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        scene.end().await;
    }

    async fn a_stranger_in_another_chat_is_not_hit_by_a_quoted_reply(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let elsewhere = scene.tg.add_group(-1_001_777_000_000, "别的群", ChatKind::Supergroup);
        let ling = scene.newcomer("小玲").await;
        let quoted = json!({"external_reply": {"origin": {"type": "user", "date": 1, "sender_user": {"id": ling.0, "is_bot": false, "first_name": "小玲"}},
            "chat": {"id": elsewhere.0, "type": "supergroup", "title": "别的群"}, "message_id": 5}});
        scene.skip();
        let spec = MessageSpec { extra: quoted.as_object().cloned().unwrap(), ..MessageSpec::text("/ban") };
        scene.tg.send(scene.group, owner, spec).unwrap();
        unhurried(&mut scene).await;
        assert_eq!(scene.heard(), ["用法：/ban @name\n也可以回复对方的消息发这条命令，或者写 @用户名、数字 ID。"]);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        scene.end().await;
    }

    async fn forged_presses_do_nothing(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (owner, ling) = (scene.owner, scene.newcomer("小玲").await);
        scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        let shown = card(&scene).id;
        for data in [
            "strikes:in:1:-100", "strikes:in::", "strikes:in:x:y", "strikes:in:1:9223372036854775808", "strikes:shut:1",
            "strikes:shut:x", "strikes:ban:9223372036854775808", "strikes::::::", "strikes:accept:1",
        ] {
            scene.tg.press_data(scene.staff, shown, owner, data);
            scene.settle().await;
            assert!(["这个按钮已经失效。", "已经处理过了。"].contains(&scene.answered().as_str()), "{data}: {}", scene.answered());
            scene.pass(Span::secs(1)).await;
        }
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        scene.end().await;
    }

    async fn words_of_an_order_are_only_words(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[strikes]\n").await;
        let (owner, ling) = (scene.owner, scene.newcomer("<b>Ling</b>").await);
        let reason = "<a href='tg://user?id=1'>x</a> {{ member }} {% raw %} 😀".to_owned() + &*"長".repeat(600);
        let heard = write(&mut scene, owner, &format!("/warn {ling} {reason}")).await;
        assert!(heard[0].starts_with("<b>Ling</b>, a word from the team: <a href='tg://user?id=1'>x</a> {{ member }} {% raw %} 😀長"), "{heard:?}");
        assert!(heard[0].chars().count() < 900, "cut");
        scene.end().await;
    }
}
