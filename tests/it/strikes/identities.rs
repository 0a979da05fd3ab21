//! Who is struck, and who never is.

use serde_json::json;
use steward::model::{ChatId, ChatKind, MessageId, Span, Status, UserId};
use steward::telegram::emulator::{Action, MessageSpec, Rule};

use super::{AD, INVITE, LATER, ON, card, cards, ledger, stands};
use crate::harness::{Scene, scenarios};

async fn send(scene: &mut Scene, user: UserId, spec: MessageSpec) -> MessageId {
    let id = scene.tg.send(scene.group, user, spec).unwrap();
    scene.settle().await;
    id
}

fn channel(scene: &Scene) -> ChatId {
    scene.tg.add_group(-1_001_234_000_777, "薅羊毛频道", ChatKind::Channel)
}

scenarios! {
    async fn staff_are_never_struck(base) {
        let mut scene = Scene::new(&base, "staff = [10003]\n[strikes]\njudge.words.severe = ['代开发票']\n").await;
        let owner = scene.owner;
        let admin = scene.newcomer("管理员").await;
        scene.tg.promote(scene.group, admin);
        let helper = scene.newcomer("运营").await;
        scene.tg.join(scene.staff, helper);
        let listed = scene.newcomer("顾问").await;
        assert_eq!(listed, UserId(10_003));
        scene.settle().await;
        for user in [owner, admin, helper, listed] {
            for text in [AD, INVITE, "代开发票，加微信 fapiao_668"] {
                let said = scene.say(user, text).await;
                assert!(stands(&scene, said), "{user} {text}");
            }
        }
        let anonymous = MessageSpec { anonymous: true, ..MessageSpec::text(INVITE) };
        let said = send(&mut scene, owner, anonymous).await;
        assert!(stands(&scene, said));
        assert_eq!(cards(&scene), 0);
        scene.end().await;
    }

    async fn the_linked_channel_posts_what_it_likes(base) {
        let mut scene = Scene::new(&base, ON).await;
        let channel = channel(&scene);
        scene.tg.link_channel(scene.group, channel);
        let post = MessageSpec { sender_chat: Some(channel), auto_forward: true, ..MessageSpec::text(INVITE) };
        let said = send(&mut scene, UserId::TELEGRAM, post).await;
        assert!(stands(&scene, said));
        assert_eq!(cards(&scene), 0);
        let mut conn = scene.stage.db().read().await.unwrap();
        let (talk,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM activity WHERE kind = 1").fetch_one(&mut *conn).await.unwrap();
        drop(conn);
        assert_eq!(talk, 0, "nobody of the group said it");
        scene.end().await;
    }

    async fn the_linked_channel_may_write_as_itself(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (channel, ling) = (channel(&scene), scene.newcomer("小玲").await);
        scene.tg.link_channel(scene.group, channel);
        // Telegram says so when it is asked again.
        scene.reload(ON).await;
        scene.pass(Span::secs(15)).await;
        let post = MessageSpec { sender_chat: Some(channel), ..MessageSpec::text(INVITE) };
        let said = send(&mut scene, ling, post.clone()).await;
        assert!(stands(&scene, said));
        let mei = scene.newcomer("小美").await;
        scene.tg.send(scene.group, mei, MessageSpec::text("/report").reply_to(said)).unwrap();
        scene.tg.send(scene.group, scene.owner, MessageSpec::text("/ban").reply_to(said)).unwrap();
        scene.pass(Span::secs(8)).await;
        assert_eq!(cards(&scene), 0, "{:?}", scene.texts(scene.staff));
        assert!(scene.tg.send(scene.group, ling, post).is_ok(), "it may write on");
        scene.end().await;
    }

    async fn a_channel_is_known_by_the_posts_telegram_brings_from_it(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (channel, ling) = (channel(&scene), scene.newcomer("小玲").await);
        let brought = MessageSpec { sender_chat: Some(channel), auto_forward: true, ..MessageSpec::text("新一期来了") };
        send(&mut scene, UserId::TELEGRAM, brought).await;
        let post = MessageSpec { sender_chat: Some(channel), ..MessageSpec::text(INVITE) };
        let said = send(&mut scene, ling, post).await;
        assert!(stands(&scene, said));
        assert_eq!(cards(&scene), 0);
        scene.end().await;
    }

    async fn while_the_linked_channel_is_not_known_the_staff_decide(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (channel, ling, owner) = (channel(&scene), scene.newcomer("小玲").await, scene.owner);
        scene.tg.link_channel(scene.group, channel);
        // As in a database of an earlier version, and Telegram does not answer.
        scene.sql("UPDATE chat SET linked = NULL".to_owned()).await;
        scene.tg.fail(Rule::new("getChat", Action::RefuseConnection).times(20));
        scene.stage.restart().await.unwrap();
        let post = MessageSpec { sender_chat: Some(channel), ..MessageSpec::text(INVITE) };
        let said = send(&mut scene, ling, post).await;
        assert!(stands(&scene, said));
        assert!(card(&scene).text.starts_with("广告 #1\n频道「薅羊毛频道」"), "{}", card(&scene).text);
        let shown = card(&scene).id;
        scene.tg.heal();
        scene.pass(Span::minutes(3)).await;
        scene.press(scene.staff, shown, owner, "删除并禁止发言").await;
        assert_eq!(scene.answered(), "这是社群自己的频道。");
        assert!(stands(&scene, said), "by now it is known to be the community's own");
        scene.end().await;
    }

    async fn staff_shut_a_channel_out_by_answering_it(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (channel, ling, owner) = (channel(&scene), scene.newcomer("小玲").await, scene.owner);
        let post = MessageSpec { sender_chat: Some(channel), ..MessageSpec::text("今晚直播，福利多多") };
        let said = send(&mut scene, ling, post.clone()).await;
        scene.skip();
        scene.tg.send(scene.group, owner, MessageSpec::text("/warn").reply_to(said)).unwrap();
        scene.pass(Span::secs(8)).await;
        assert_eq!(scene.heard(), ["这是频道，不是人。回复它的消息发 /ban，就会删除消息并禁止它发言。"]);
        scene.tg.send(scene.group, owner, MessageSpec::text("/ban 广告").reply_to(said)).unwrap();
        scene.pass(Span::secs(8)).await;
        assert!(!stands(&scene, said));
        assert!(scene.tg.send(scene.group, ling, post).is_err());
        assert!(card(&scene).text.contains("处理：已封禁"), "{}", card(&scene).text);
        assert!(scene.heard().contains(&"频道「薅羊毛频道」不能再在这里发言了。".to_owned()));
        scene.end().await;
    }

    async fn a_channel_that_advertises_is_shut_out(base) {
        let mut scene = Scene::new(&base, ON).await;
        let channel = channel(&scene);
        let ling = scene.newcomer("小玲").await;
        let post = MessageSpec { sender_chat: Some(channel), ..MessageSpec::text(INVITE) };
        let said = send(&mut scene, ling, post.clone()).await;
        assert!(!stands(&scene, said));
        let shown = card(&scene);
        assert!(shown.text.starts_with("广告 #1\n频道「薅羊毛频道」（-1001234000777）· 职场妈妈成长社"), "{}", shown.text);
        assert!(shown.text.ends_with("处理：已封禁") && shown.buttons.is_empty(), "{shown:?}");
        assert!(scene.tg.send(scene.group, ling, post).is_err());
        for user in [UserId::CHANNEL_BOT, ling] {
            assert_eq!(ledger(&scene, user).await, []);
        }
        assert_eq!(ledger(&scene, UserId(channel.0)).await, [(1, scene.group.0, 0)], "no strike");
        scene.end().await;
    }

    async fn all_that_a_channel_advertises_at_once_goes_on_one_card(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (channel, ling) = (channel(&scene), scene.newcomer("小玲").await);
        let mut said = Vec::new();
        for (text, album) in [(INVITE, None), (AD, None), (INVITE, Some("a1")), ("", Some("a1"))] {
            let spec = MessageSpec { sender_chat: Some(channel), album: album.map(Into::into), ..MessageSpec::media("photo", text) };
            said.push(scene.tg.send(scene.group, ling, spec).unwrap());
        }
        scene.pass(Span::secs(8)).await;
        for message in said {
            assert!(!stands(&scene, message));
        }
        assert_eq!(cards(&scene), 1);
        scene.end().await;
    }

    async fn a_channels_harmless_order_is_no_advert(base) {
        let mut scene = Scene::new(&base, ON).await;
        let channel = channel(&scene);
        let ling = scene.newcomer("小玲").await;
        let before = cards(&scene);
        for text in ["/ban @user_17", "谢谢 @user_17 的分享"] {
            let post = MessageSpec { sender_chat: Some(channel), ..MessageSpec::text(text) };
            let said = send(&mut scene, ling, post).await;
            assert!(stands(&scene, said), "{text}");
        }
        assert_eq!(cards(&scene), before);
        scene.end().await;
    }

    async fn other_bots_are_left_to_others_and_via_bot_falls_on_the_member(base) {
        let mut scene = Scene::new(&base, ON).await;
        let bot = scene.person("助手");
        scene.tg.user(bot, |person| person.is_bot = true);
        scene.tg.fill(scene.group, &[bot]);
        let said = scene.say(bot, INVITE).await;
        assert!(stands(&scene, said));
        let ling = scene.newcomer("小玲").await;
        let via = MessageSpec { via_bot: Some(bot), ..MessageSpec::text(INVITE) };
        let said = send(&mut scene, ling, via).await;
        assert!(!stands(&scene, said));
        assert_eq!(ledger(&scene, bot).await, []);
        assert_eq!(ledger(&scene, ling).await.len(), 1);
        scene.end().await;
    }

    /// Fault 69: a guest bot writes for whoever called it, whom the rules apply to.
    async fn what_a_guest_bot_writes_falls_on_who_called_it(base) {
        let mut scene = Scene::new(&base, ON).await;
        let bot = scene.person("助手");
        scene.tg.user(bot, |person| person.is_bot = true);
        scene.tg.fill(scene.group, &[bot]);
        let ling = scene.newcomer("小玲").await;
        let caller = json!({"guest_bot_caller_user": {"id": ling.0, "is_bot": false, "first_name": "小玲"}});
        let spec = MessageSpec { extra: caller.as_object().cloned().unwrap(), ..MessageSpec::text(INVITE) };
        let said = send(&mut scene, bot, spec).await;
        let body = scene.tg.message(scene.group, said).unwrap().body;
        scene.tg.push_raw_update(json!({ "message": body }));
        scene.settle().await;
        assert!(!stands(&scene, said));
        assert_eq!((ledger(&scene, bot).await.len(), ledger(&scene, ling).await.len()), (0, 1));
        scene.end().await;
    }

    async fn a_borrowed_name_gives_no_rights(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        scene.tg.user(owner, |person| person.username = Some("boss".into()));
        scene.say(owner, "大家好").await;
        let ling = scene.newcomer("群主").await;
        scene.tg.user(owner, |person| person.username = None);
        scene.tg.user(ling, |person| person.username = Some("boss".into()));
        let ad = scene.say(ling, AD).await;
        assert!(!stands(&scene, ad));
        scene.end().await;
    }

    async fn a_deleted_account_keeps_its_record_and_a_safe_name(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("<b>小玲</b>").await;
        scene.say(ling, AD).await;
        assert!(scene.last(scene.group).text.starts_with("<b>小玲</b>，"), "{}", scene.last(scene.group).text);
        scene.pass(LATER).await;
        scene.tg.user(ling, |person| person.name = String::new());
        scene.say(ling, AD).await;
        assert!(scene.tg.is_muted(scene.group, ling));
        assert!(card(&scene).text.contains("\n已注销用户（10001）"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn every_way_to_advertise_is_seen(base) {
        let mut scene = Scene::new(&base, ON).await;
        let hidden = json!({"type": "text_link", "offset": 0, "length": 2, "url": "https://t.me/+AbCdEf123456"});
        for (index, spec) in [
            MessageSpec { entities: vec![hidden], ..MessageSpec::text("点我领资料") },
            MessageSpec::media("photo", INVITE),
            MessageSpec {
                buttons: vec![vec![("进群".into(), "https://t.me/+AbCdEf123456".into())]],
                ..MessageSpec::text("看这里")
            },
            MessageSpec {
                extra: json!({"quote": {"text": INVITE, "position": 0, "is_manual": true},
                    "external_reply": {"origin": {"type": "hidden_user", "sender_user_name": "x", "date": 1},
                        "chat": {"id": -1_001_999_i64, "type": "supergroup", "title": "y"}, "message_id": 5}})
                    .as_object().cloned().unwrap(),
                ..MessageSpec::text("转给大家")
            },
        ].into_iter().enumerate() {
            let ling = scene.newcomer(&format!("小玲{index}")).await;
            let said = send(&mut scene, ling, spec).await;
            assert!(!stands(&scene, said), "{index}");
            scene.pass(Span::minutes(2)).await;
        }
        scene.end().await;
    }

    async fn large_numbers_of_people_stay_whole(base) {
        let mut scene = Scene::new(&base, ON).await;
        let big = scene.tg.add_user((1 << 52) - 7, "大号");
        scene.tg.join(scene.group, big);
        scene.settle().await;
        scene.say(big, AD).await;
        assert_eq!(ledger(&scene, big).await.len(), 1);
        let owner = scene.owner;
        scene.say(owner, &format!("/ban {big}")).await;
        assert_eq!(scene.tg.member_status(scene.group, big), Status::Banned);
        scene.end().await;
    }
}
