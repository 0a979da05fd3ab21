//! Reports of members: quiet for who reports, a card for the staff.

use steward::model::{ChatId, ChatKind, MessageId, Span, Status, UserId};
use steward::telegram::emulator::{ALL_RIGHTS, Announce, Entry, MessageSpec, Rule};

use super::orders::order;
use super::{AD, INVITE, ON, buttons, card, cards, decide, ledger, stands, unhurried};
use crate::harness::{Scene, scenarios};

const THANKS: &str = "谢谢提醒，管理员会尽快查看。";
const USAGE: &str = "请回复要举报的那条消息，再发送 /report；也可以发 /report @用户名 原因。";
const STAFF: &str = "管理员的消息不能这样举报。有意见的话，请直接告诉群主或其他管理员。";

/// The last thing the group shows to one member alone.
fn whisper(scene: &Scene, user: UserId) -> String {
    scene.tg.whispers(scene.group, user).pop().map(|it| it.text).unwrap_or_default()
}

/// Somebody sends a report; gives what they alone are told. Nothing of it stays in the group.
async fn report(scene: &mut Scene, by: UserId, about: Option<MessageId>, text: &str) -> String {
    let before = scene.tg.messages(scene.group).len();
    let spec = MessageSpec { reply_to: about, ..MessageSpec::text(text) };
    scene.tg.send(scene.group, by, spec).unwrap();
    unhurried(scene).await;
    let seen = scene.tg.messages(scene.group).into_iter().filter(|it| it.text != whisper(scene, by));
    assert!(seen.count() <= before, "{text}: something of it is left in the group");
    whisper(scene, by)
}

fn channel(scene: &Scene) -> ChatId {
    scene.tg.add_group(-1_001_234_000_777, "薅羊毛频道", ChatKind::Channel)
}

scenarios! {
    async fn reports_are_quiet_and_merge(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        let mei = scene.newcomer("小美").await;
        let an = scene.newcomer("小安").await;
        let said = scene.say(ling, "你们都是傻瓜").await;
        scene.skip();
        for user in [mei, mei, an] {
            assert_eq!(report(&mut scene, user, Some(said), "/report 骂人").await, THANKS);
        }
        assert_eq!(scene.heard(), Vec::<String>::new(), "the group sees nothing of it");
        assert_eq!(whisper(&scene, ling), "", "least of all who was reported");
        assert_eq!(cards(&scene), 1);
        let text = card(&scene).text;
        assert!(text.starts_with("成员举报 #1") && text.contains("· 举报理由：骂人") && text.ends_with("📣 2 人举报"), "{text}");
        let owner = scene.owner;
        decide(&mut scene, owner, "确实违规").await;
        assert!(!stands(&scene, said));
        assert_eq!(buttons(&card(&scene)).len(), 0);
        scene.end().await;
    }

    async fn whoever_reports_again_is_thanked_once(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        let mei = scene.newcomer("小美").await;
        let said = scene.say(ling, "你们都是傻瓜").await;
        for _ in 0..3 {
            report(&mut scene, mei, Some(said), "/report 骂人").await;
        }
        assert_eq!(scene.tg.whispers(scene.group, mei).len(), 1);
        scene.end().await;
    }

    async fn a_reporters_words_are_for_the_staff_alone(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        let mei = scene.newcomer("小美").await;
        let said = scene.say(ling, "普通话").await;
        order(&mut scene, mei, said, "/report 他骗了我 13800138000").await;
        let card = scene.last(scene.staff);
        assert!(card.text.contains("13800138000"), "{}", card.text);
        let (staff, owner) = (scene.staff, scene.owner);
        scene.skip();
        scene.press(staff, card.id, owner, &card.buttons[0][0].text).await;
        let heard = scene.heard();
        assert!(!heard.is_empty() && !heard.iter().any(|text| text.contains("13800138000")), "{heard:?}");
        scene.end().await;
    }


    async fn a_bot_that_is_no_administrator_answers_in_private_or_for_a_moment(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let an = scene.newcomer("小安").await;
        scene.tg.user(mei, |person| person.language = Some("zh-hans".into()));
        scene.tg.start_bot(mei, "");
        unhurried(&mut scene).await;
        let said = scene.say(ling, "你们都是傻瓜").await;
        scene.tg.set_bot_rights(scene.group, &[]);
        unhurried(&mut scene).await;
        let command = "/report@steward_bot 骂人";
        assert_eq!(order(&mut scene, mei, said, command).await, Vec::<String>::new());
        assert_eq!(scene.last(mei.private()).text, THANKS);
        assert_eq!(order(&mut scene, an, said, command).await, [THANKS]);
        scene.pass(Span::secs(20)).await;
        assert_eq!(scene.heard(), Vec::<String>::new(), "it is gone soon");
        assert!(card(&scene).text.ends_with("📣 2 人举报"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn what_only_the_reporter_was_to_see_is_said_otherwise_when_telegram_refuses_it(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let said = scene.say(ling, "你们都是傻瓜").await;
        let refusal = Rule::status("sendMessage", 400, "Bad Request: EPHEMERAL_FORBIDDEN");
        scene.tg.fail(Rule { contains: Some("ephemeral_message_parameters".into()), ..refusal });
        assert_eq!(order(&mut scene, mei, said, "/report").await, [THANKS]);
        scene.pass(Span::secs(20)).await;
        assert_eq!(scene.texts(scene.group), Vec::<String>::new());
        scene.end().await;
    }

    async fn somebody_known_is_reported_by_name_or_number_with_a_reason(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let an = scene.newcomer("小安").await;
        scene.tg.user(ling, |person| person.username = Some("Ling_01".into()));
        scene.say(ling, "大家好").await;
        assert_eq!(report(&mut scene, mei, None, "/report @ling_01").await, USAGE);
        assert_eq!(report(&mut scene, mei, None, "/report").await, USAGE);
        assert_eq!(cards(&scene), 0, "without a reason there is nothing to look at");
        assert_eq!(report(&mut scene, mei, None, "/report @ling_01 私聊骚扰").await, THANKS);
        assert_eq!(report(&mut scene, an, None, "/report 10001，骗钱").await, THANKS);
        assert_eq!(cards(&scene), 1);
        let text = card(&scene).text;
        assert!(text.contains("小玲（10001）") && text.contains("· 举报理由：私聊骚扰") && text.ends_with("📣 2 人举报"), "{text}");
        let unknown = "我没见过这个 ID，请核对一下，或者回复 TA 的消息。";
        for (text, answer) in [
            ("/report @nobody_here 骗子", "我没见过这个人，找不到 TA。请回复 TA 的消息，或者写数字 ID。"),
            ("/report 99999999 骗子", unknown),
            ("/report 99999999999999999999 骗子", unknown),
        ] {
            scene.pass(Span::minutes(1)).await;
            assert_eq!(report(&mut scene, an, None, text).await, answer, "{text}");
        }
        let owner = scene.owner;
        decide(&mut scene, owner, "确实违规").await;
        assert_eq!(ledger(&scene, ling).await.len(), 1);
        // The next one is about something else.
        assert_eq!(report(&mut scene, an, None, "/report 10001 又来了").await, THANKS);
        assert!(card(&scene).text.starts_with("成员举报 #2"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn a_number_among_the_reasons_is_not_whom_a_report_is_about(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let said = scene.say(mei, "加我返现").await;
        report(&mut scene, ling, Some(said), "/report 10001 元都被骗了").await;
        assert!(card(&scene).text.contains("小美（10002）"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn reports_of_what_nobody_wrote_are_answered(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let bot = scene.person("助手");
        scene.tg.user(bot, |person| person.is_bot = true);
        scene.tg.fill(scene.group, &[bot]);
        let by_owner = scene.say(owner, "公告").await;
        let by_bot = scene.say(bot, "我是机器人").await;
        let own = scene.say(mei, "打错字了").await;
        let anonymous = MessageSpec { anonymous: true, ..MessageSpec::text("管理员通知") };
        let anonymous = scene.tg.send(scene.group, owner, anonymous).unwrap();
        scene.tg.pin(scene.group, own, owner);
        let pinned = scene.tg.messages(scene.group).last().unwrap().id;
        for (about, answer) in [
            (by_owner, STAFF),
            (anonymous, STAFF),
            (by_bot, "机器人的消息不能这样举报，请直接告诉管理员。"),
            (own, "这是你自己的消息，不想要的话可以直接删除。"),
            (pinned, USAGE),
        ] {
            scene.pass(Span::minutes(1)).await;
            assert_eq!(report(&mut scene, mei, Some(about), "/report").await, answer, "{about}");
        }
        assert_eq!(cards(&scene), 0);
        // The notice of a join names somebody: with a reason that is enough.
        let join = Entry { announce: Announce::Both, by: Some(ling), ..Entry::default() };
        let spammer = scene.person("小广告");
        scene.tg.join_as(scene.group, spammer, &join);
        scene.settle().await;
        let notice = scene.tg.messages(scene.group).last().unwrap().id;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(report(&mut scene, mei, Some(notice), "/report").await, USAGE);
        assert_eq!(report(&mut scene, mei, Some(notice), "/report 广告号").await, THANKS);
        assert!(card(&scene).text.contains("小广告（10004）"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn reports_have_limits(base) {
        let mut scene = Scene::new(&base, "[strikes]\nreport = { needed = 2, per_hour = 2 }\n").await;
        let ling = scene.newcomer("小玲").await;
        let mei = scene.newcomer("小美").await;
        let mut said = Vec::new();
        for text in ["一", "二", "三"] {
            said.push(scene.say(ling, text).await);
        }
        for (id, answer) in said.iter().zip([THANKS, THANKS,
            "这一小时你已经举报了好几条，管理员会一条条看；有急事请直接联系管理员。"])
        {
            assert_eq!(report(&mut scene, mei, Some(*id), "/report").await, answer);
            scene.pass(Span::secs(30)).await;
        }
        assert_eq!(cards(&scene), 0, "one is not enough");
        let an = scene.newcomer("小安").await;
        report(&mut scene, an, Some(said[0]), "/report").await;
        assert_eq!(cards(&scene), 1);
        scene.end().await;
    }

    async fn whoever_reports_without_end_is_not_answered_without_end(base) {
        let mut scene = Scene::new(&base, ON).await;
        let mei = scene.newcomer("小美").await;
        for _ in 0..12 {
            scene.tg.say(scene.group, mei, "/report");
        }
        unhurried(&mut scene).await;
        scene.pass(Span::secs(20)).await;
        assert!(scene.tg.whispers(scene.group, mei).len() <= 4);
        scene.end().await;
    }

    async fn a_report_read_late_counts_without_late_words(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let said = scene.say(ling, "你们都是傻瓜").await;
        scene.tg.send(scene.group, mei, MessageSpec::text("/report 骂人").reply_to(said)).unwrap();
        scene.stage.absent(Span::hours(2)).await.unwrap();
        unhurried(&mut scene).await;
        assert!(card(&scene).text.starts_with("成员举报 #1"), "{}", card(&scene).text);
        assert_eq!(whisper(&scene, mei), "");
        scene.end().await;
    }

    async fn a_channels_advert_is_reported_and_shut_out_by_the_staff(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let an = scene.newcomer("小安").await;
        let channel = channel(&scene);
        let post = MessageSpec { sender_chat: Some(channel), ..MessageSpec::text("今晚直播，福利多多") };
        let said = scene.tg.send(scene.group, ling, post.clone()).unwrap();
        scene.settle().await;
        assert!(stands(&scene, said), "nothing in it is an ad by its words");
        for user in [mei, an] {
            assert_eq!(report(&mut scene, user, Some(said), "/report 广告").await, THANKS);
        }
        assert_eq!(cards(&scene), 1);
        let text = card(&scene).text;
        assert!(text.contains("频道「薅羊毛频道」（-1001234000777）") && text.ends_with("📣 2 人举报"), "{text}");
        assert_eq!(buttons(&card(&scene)), ["删除并禁止发言", "没问题"]);
        let owner = scene.owner;
        for forged in ["strikes:strike:1", "strikes:ban:1", "strikes:trust:1"] {
            scene.tg.press_data(scene.staff, card(&scene).id, owner, forged);
            scene.settle().await;
            assert_eq!(scene.answered(), "这个按钮已经失效。", "{forged}");
        }
        decide(&mut scene, owner, "删除并禁止发言").await;
        assert!(!stands(&scene, said));
        assert!(scene.tg.send(scene.group, ling, post).is_err());
        assert!(card(&scene).text.contains("处理：已封禁") && card(&scene).text.ends_with("⛔ 群主：封禁"), "{}", card(&scene).text);
        for user in [UserId::CHANNEL_BOT, ling] {
            assert_eq!(ledger(&scene, user).await, []);
        }
        assert!(scene.tg.member_status(scene.group, ling).is_in());
        scene.end().await;
    }

    async fn a_channel_that_cannot_be_shut_out_is_not_said_to_be(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let post = MessageSpec { sender_chat: Some(channel(&scene)), ..MessageSpec::text("今晚直播，福利多多") };
        let said = scene.tg.send(scene.group, ling, post).unwrap();
        report(&mut scene, mei, Some(said), "/report 广告").await;
        let shown = card(&scene).id;
        let rights: Vec<&str> = ALL_RIGHTS.into_iter().filter(|right| *right != "can_restrict_members").collect();
        scene.tg.set_bot_rights(scene.group, &rights);
        unhurried(&mut scene).await;
        scene.press(scene.staff, shown, scene.owner, "删除并禁止发言").await;
        unhurried(&mut scene).await;
        let text = scene.tg.message(scene.staff, shown).unwrap().text;
        assert!(text.contains("处理：没能封禁") && text.contains("我没有权限"), "{text}");
        assert!(!stands(&scene, said));
        scene.end().await;
    }

    async fn an_anonymous_administrator_may_report_too(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, owner) = (scene.newcomer("小玲").await, scene.owner);
        let said = scene.say(ling, "你们都是傻瓜").await;
        let spec = MessageSpec { anonymous: true, ..MessageSpec::text("/report 骂人").reply_to(said) };
        scene.tg.send(scene.group, owner, spec).unwrap();
        unhurried(&mut scene).await;
        assert!(card(&scene).text.contains("· 举报理由：骂人"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn in_english_reports_are_answered_alike(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[strikes]\n").await;
        let (ling, mei) = (scene.newcomer("Ling").await, scene.newcomer("Mei").await);
        let said = scene.say(ling, "you fools").await;
        let post = MessageSpec { sender_chat: Some(channel(&scene)), ..MessageSpec::text("big sale tonight") };
        let by_channel = scene.tg.send(scene.group, ling, post).unwrap();
        assert_eq!(report(&mut scene, mei, Some(said), "/report rude").await, "Thank you. The team will look at it soon.");
        assert_eq!(report(&mut scene, mei, None, "/report").await,
            "Reply to the message you mean with /report, or send /report @name and why.");
        report(&mut scene, mei, Some(by_channel), "/report").await;
        assert!(card(&scene).text.contains("The channel \"薅羊毛频道\" (-1001234000777)"), "{}", card(&scene).text);
        assert_eq!(buttons(&card(&scene)), ["Delete and shut out", "It's fine"]);
        assert_eq!(scene.tg.member_status(scene.group, mei), Status::Member);
        scene.say(mei, AD).await;
        scene.say(ling, INVITE).await;
        scene.end().await;
    }
}
