//! Several communities with one staff chat: an order reaches the one it is for.

use steward::features::Settings;
use steward::model::{ChatId, ChatKind, Status, UserId};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::{ALL_RIGHTS, MessageSpec};

use super::{AD, ON, buttons, card, ledger, unhurried};
use crate::harness::{Scene, scenarios};

const MOMS: &str = "name = '妈妈社'\n[strikes]\n";
const BOOKS: &str = "name = '读书会'\n[strikes]\n";

/// Two communities with a group each and one staff chat. Gives the second group.
async fn two(scene: &mut Scene, moms: &str, books: &str) -> ChatId {
    let second = scene.tg.add_group(supergroup(1002).0, "读书一群", ChatKind::Supergroup);
    scene.tg.set_owner(second, scene.owner);
    let settings = |text: &str, chat: ChatId| {
        let settings: Settings = toml::from_str(text).unwrap();
        Settings { chats: vec![chat.0], staff_chat: Some(scene.staff.0), ..settings }
    };
    let both = vec![("moms".to_owned(), settings(moms, scene.group)), ("books".to_owned(), settings(books, second))];
    scene.stage.reconfigure(both).await.unwrap();
    scene.tg.add_bot_to(second, scene.owner);
    scene.tg.promote_bot(second, &ALL_RIGHTS);
    scene.pass(steward::model::Span::minutes(1)).await;
    second
}

/// Somebody of the staff gives an order in the staff chat; gives what the bot says there.
async fn order(scene: &mut Scene, by: UserId, text: &str) -> String {
    scene.tg.say(scene.staff, by, text);
    unhurried(scene).await;
    card(scene).text
}

scenarios! {
    async fn an_order_reaches_the_community_its_person_is_known_in(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let second = two(&mut scene, MOMS, BOOKS).await;
        let (owner, ling) = (scene.owner, scene.newcomer("小玲").await);
        let mei = scene.person("小美");
        scene.tg.join(second, mei);
        scene.settle().await;
        scene.tg.user(mei, |person| person.username = Some("mei_02".into()));
        scene.tg.say(second, mei, "大家好");
        scene.settle().await;
        assert_eq!(order(&mut scene, owner, "/mute @mei_02 2h").await, "已禁言 小美 2 小时。");
        assert!(scene.tg.is_muted(second, mei));
        assert_eq!(order(&mut scene, owner, "/warn 10002 别刷屏").await, "已警告 小美（#2）。");
        assert_eq!(order(&mut scene, owner, "/strikes @mei_02").await, "小美：生效中的警告 1 次\n#2 3月2日 别刷屏 · 有效至 4月1日");
        assert_eq!(order(&mut scene, owner, "/unwarn #2").await, "已撤销 小美 的 #2。");
        assert_eq!(order(&mut scene, owner, "/kick 10001").await, "已将 小玲 移出群聊。");
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Left);
        assert_eq!(order(&mut scene, owner, "/ban @mei_02").await, "已封禁 小美。");
        assert_eq!(scene.tg.member_status(second, mei), Status::Banned);
        for (text, answer) in [
            ("/warn", "用法：/warn @name\n也可以回复对方的消息发这条命令，或者写 @用户名、数字 ID。"),
            ("/warn @nobody_here", "我没见过这个人，找不到 TA。请回复 TA 的消息，或者写数字 ID。"),
            ("/unwarn #99", "没有这个编号，或者已经撤销了。"),
        ] {
            assert_eq!(order(&mut scene, owner, text).await, answer, "{text}");
        }
        scene.end().await;
    }

    /// A press with made-up data, far from where the card is: it is answered as the chat it comes from speaks.
    async fn a_press_on_a_card_that_is_not_here_is_answered_in_the_language_of_the_chat(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let second = two(&mut scene, MOMS, &format!("language = 'en'\n{BOOKS}")).await;
        let (owner, ling, mei) = (scene.owner, scene.newcomer("小玲").await, scene.person("小美"));
        scene.tg.join(second, mei);
        scene.settle().await;
        scene.tg.say(second, mei, AD);
        unhurried(&mut scene).await;
        scene.say(ling, "/help").await;
        let here = scene.last(scene.group).id;
        scene.tg.press_data(scene.group, here, ling, "strikes:clear:1");
        scene.settle().await;
        assert_eq!(scene.answered(), "只有管理员可以操作。");
        // In the staff chat that both share it is the card's community that answers.
        scene.tg.press_data(scene.staff, card(&scene).id, owner, "strikes:clear:1");
        scene.settle().await;
        assert_eq!(scene.answered(), "Done.");
        unhurried(&mut scene).await;
        scene.end().await;
    }

    async fn somebody_known_in_several_communities_is_asked_about(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let second = two(&mut scene, MOMS, BOOKS).await;
        let (owner, ling) = (scene.owner, scene.newcomer("小玲").await);
        scene.tg.join(second, ling);
        scene.settle().await;
        assert_eq!(order(&mut scene, owner, "/ban 10001 骚扰").await, "这条命令给哪个社群？选一个就执行。");
        let asked = card(&scene);
        assert_eq!(buttons(&asked), ["妈妈社", "读书会"]);
        for chat in [scene.group, second] {
            assert_eq!(scene.tg.member_status(chat, ling), Status::Member, "nothing happens before");
        }
        // Not by who is not of the staff, not for a group of somebody else's, not twice.
        let mei = scene.newcomer("小美").await;
        scene.tg.press_data(scene.group, asked.id, mei, &format!("strikes:in:{}:{second}", asked.reply_to.unwrap()));
        scene.settle().await;
        assert_eq!(scene.answered(), "这个按钮已经失效。");
        scene.tg.press_data(scene.staff, asked.id, owner, &format!("strikes:in:{}:-100777", asked.reply_to.unwrap()));
        scene.settle().await;
        assert_eq!(scene.answered(), "这个按钮已经失效。");
        scene.press(scene.staff, asked.id, owner, "读书会").await;
        unhurried(&mut scene).await;
        assert_eq!(card(&scene).text, "已封禁 小玲。");
        assert_eq!(scene.tg.member_status(second, ling), Status::Banned);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        assert!(scene.tg.bot_messages(scene.staff).iter().all(|it| it.id != asked.id), "the question is gone");
        scene.tg.press_data(scene.staff, asked.id, owner, &format!("strikes:in:{}:{}", asked.reply_to.unwrap(), scene.group));
        scene.settle().await;
        assert_eq!(scene.answered(), "这个按钮已经失效。");
        // Of somebody nobody knows it is asked too.
        scene.tg.add_user(777_888_999, "路人");
        assert_eq!(order(&mut scene, owner, "/ban 777888999").await, "这条命令给哪个社群？选一个就执行。");
        scene.end().await;
    }

    async fn by_reply_to_a_card_it_is_the_cards_community(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let second = two(&mut scene, MOMS, BOOKS).await;
        let (owner, ling) = (scene.owner, scene.newcomer("小玲").await);
        scene.tg.join(second, ling);
        scene.settle().await;
        for (chat, length) in [(second, "2 小时"), (scene.group, "3 小时")] {
            scene.tg.say(chat, ling, AD);
            unhurried(&mut scene).await;
            let shown = card(&scene);
            let order = format!("/mute {}", length.replace(' ', ""));
            scene.tg.send(scene.staff, owner, MessageSpec::text(&order).reply_to(shown.id)).unwrap();
            unhurried(&mut scene).await;
            assert_eq!(card(&scene).text, format!("已禁言 小玲 {length}。"));
            assert!(scene.tg.is_muted(chat, ling));
            scene.tg.send(scene.staff, owner, MessageSpec::text("/unmute").reply_to(shown.id)).unwrap();
            unhurried(&mut scene).await;
            assert!(!scene.tg.is_muted(chat, ling));
            scene.tg.send(scene.staff, owner, MessageSpec::text("/unwarn").reply_to(shown.id)).unwrap();
            unhurried(&mut scene).await;
            assert!(card(&scene).text.starts_with("已撤销 小玲 的 #"), "{}", card(&scene).text);
        }
        assert_eq!(ledger(&scene, ling).await.len(), 4);
        scene.end().await;
    }

    async fn a_community_without_strikes_takes_no_orders_and_hides_none(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let second = two(&mut scene, "name = '妈妈社'\n", BOOKS).await;
        let (owner, ling) = (scene.owner, scene.newcomer("小玲").await);
        scene.tg.join(second, ling);
        scene.settle().await;
        assert_eq!(order(&mut scene, owner, "/mute 10001 2h").await, "已禁言 小玲 2 小时。");
        assert!(scene.tg.is_muted(second, ling));
        assert!(!scene.tg.is_muted(scene.group, ling));
        scene.end().await;
    }

    async fn groups_no_file_lists_take_orders_from_the_staff_chat_they_share(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (owner, staff) = (scene.owner, scene.staff);
        let guests: Vec<ChatId> = [1002, 1003]
            .into_iter()
            .map(|n| scene.tg.add_group(supergroup(n).0, &format!("客人群{n}"), ChatKind::Supergroup))
            .collect();
        let mut settings: Settings = toml::from_str(ON).unwrap();
        settings.staff_chat = Some(staff.0);
        scene.stage.serve_all(settings).await.unwrap();
        for group in &guests {
            scene.tg.set_owner(*group, owner);
            scene.tg.add_bot_to(*group, owner);
            scene.tg.promote_bot(*group, &ALL_RIGHTS);
        }
        scene.pass(steward::model::Span::minutes(1)).await;
        let (ling, mei) = (scene.person("小玲"), scene.person("小美"));
        scene.tg.join(guests[0], ling);
        for group in &guests {
            scene.tg.join(*group, mei);
        }
        scene.settle().await;
        assert_eq!(order(&mut scene, owner, "/mute 10001 2h").await, "已禁言 小玲 2 小时。");
        assert!(scene.tg.is_muted(guests[0], ling));
        assert_eq!(order(&mut scene, owner, "/kick 10002").await, "这条命令给哪个社群？选一个就执行。");
        let asked = card(&scene);
        assert_eq!(buttons(&asked), ["客人群1002", "客人群1003"]);
        scene.press(staff, asked.id, owner, "客人群1003").await;
        unhurried(&mut scene).await;
        assert_eq!(scene.tg.member_status(guests[1], mei), Status::Left);
        assert_eq!(scene.tg.member_status(guests[0], mei), Status::Member);
        scene.end().await;
    }
}
