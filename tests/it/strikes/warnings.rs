//! `/warn` says what happened, and nothing else.

use steward::model::{Span, Status};
use steward::telegram::emulator::{ALL_RIGHTS, Action, MessageSpec, Rule};

use super::orders::{order, write};
use super::{AD, LATER, ON, advertise, card, ledger, stands, unhurried};
use crate::harness::{Scene, scenarios};

const FIRST: &str = "小玲，请留意群规。这是第 1 次警告。累计 3 次会被移出群聊；这次有效至 4月1日。";
const LACKS_DELETE: &str = "消息没能删除（职场妈妈成长社）：我没有权限。请手动删除，并打开我的「删除消息」权限。";

scenarios! {
    async fn of_a_message_too_old_to_delete_it_is_said_that_it_stays(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, "你这个人真是…").await;
        scene.pass(Span::hours(49)).await;
        let answers = order(&mut scene, owner, said, "/warn").await;
        assert_eq!(answers, [
            "已警告 小玲（#1）。\n▫️ 消息超过 48 小时，Telegram 不让机器人删除（职场妈妈成长社）。请手动删除。",
            "小玲，请留意群规。这是第 1 次警告。累计 3 次会被移出群聊；这次有效至 4月3日。",
        ]);
        assert!(stands(&scene, said));
        scene.end().await;
    }

    async fn a_delete_telegram_refuses_is_told_with_its_reason(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, "你这个人真是…").await;
        scene.tg.fail(Rule::status("deleteMessage", 400, "Bad Request: message can't be deleted"));
        assert_eq!(order(&mut scene, owner, said, "/warn").await, [format!("已警告 小玲（#1）。\n▫️ {LACKS_DELETE}"), FIRST.to_owned()]);
        // Known to lack the right it does not even ask.
        let rights: Vec<&str> = ALL_RIGHTS.into_iter().filter(|right| *right != "can_delete_messages").collect();
        scene.tg.set_bot_rights(scene.group, &rights);
        scene.pass(Span::minutes(2)).await;
        let mei = scene.newcomer("小美").await;
        let said = scene.say(mei, "哼").await;
        assert_eq!(order(&mut scene, owner, said, "/warn").await[0], format!("已警告 小美（#2）。\n▫️ {LACKS_DELETE}"));
        scene.end().await;
    }

    async fn a_message_gone_already_is_no_trouble(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, "你这个人真是…").await;
        let spec = MessageSpec::text("/warn").reply_to(said);
        scene.skip();
        scene.tg.send(scene.group, owner, spec).unwrap();
        scene.tg.delete(scene.group, said);
        unhurried(&mut scene).await;
        assert_eq!(scene.heard(), [FIRST]);
        scene.end().await;
    }

    async fn an_order_by_reply_to_a_card_says_what_became_of_its_message(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let said = scene.say(ling, "你这个人真是…").await;
        order(&mut scene, mei, said, "/report 骂人").await;
        let shown = card(&scene).id;
        scene.skip();
        scene.tg.send(scene.staff, owner, MessageSpec::text("/warn 请文明交流").reply_to(shown)).unwrap();
        unhurried(&mut scene).await;
        assert!(!stands(&scene, said));
        assert_eq!(card(&scene).text, "已警告 小玲（#1），消息已删除。");
        assert_eq!(scene.heard().len(), 1, "the warning stands in the group");
        assert_eq!(ledger(&scene, ling).await.len(), 1, "it is the case of the report");
        scene.tg.send(scene.staff, owner, MessageSpec::text("/unwarn").reply_to(shown)).unwrap();
        unhurried(&mut scene).await;
        assert_eq!(card(&scene).text, "已撤销 小玲 的 #1。");
        // From the group by reply to a warning, too.
        scene.pass(Span::minutes(3)).await;
        let said = scene.say(ling, "哼").await;
        order(&mut scene, owner, said, "/warn").await;
        let warning = scene.last(scene.group).id;
        assert_eq!(order(&mut scene, owner, warning, "/ban").await, ["已封禁 小玲。"]);
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        scene.end().await;
    }

    async fn a_mute_telegram_refuses_is_not_said_to_have_been_given(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        assert_eq!(write(&mut scene, owner, "/warn 10001").await, [FIRST]);
        scene.pass(Span::minutes(3)).await;
        let said = scene.say(ling, "哼").await;
        scene.tg.fail(Rule::status("restrictChatMember", 400, "Bad Request: not enough rights to restrict/unrestrict chat member"));
        assert_eq!(order(&mut scene, owner, said, "/warn").await, [
            "已警告 小玲（#2），消息已删除。\n▫️ 没能禁言或移出（职场妈妈成长社）：我没有权限。请手动处理，并打开我的「封禁用户」权限。",
            "小玲，请留意群规。这是第 2 次警告。累计 3 次会被移出群聊；这次有效至 4月1日。",
        ]);
        scene.end().await;
    }

    async fn who_became_an_administrator_meanwhile_is_not_warned(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        scene.newcomer("小玲").await;
        write(&mut scene, owner, "/warn 10001").await;
        scene.pass(Span::minutes(3)).await;
        scene.tg.fail(Rule::status("restrictChatMember", 400, "Bad Request: user is an administrator of the chat"));
        assert_eq!(write(&mut scene, owner, "/warn 10001").await, ["没有执行：小玲 是管理员。"]);
        scene.end().await;
    }

    async fn while_telegram_is_silent_the_answer_says_so(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[strikes]\n").await;
        let owner = scene.owner;
        let ling = scene.newcomer("Ling").await;
        let said = scene.say(ling, "fool").await;
        scene.tg.fail(Rule::new("deleteMessage", Action::RefuseConnection).times(1000));
        scene.skip();
        scene.tg.send(scene.group, owner, MessageSpec::text("/warn").reply_to(said)).unwrap();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.heard(), Vec::<String>::new(), "nothing is known yet");
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(10)).await;
        assert_eq!(scene.heard(), ["Ling was warned (#1).\n▫️ Telegram has not answered yet; I keep trying the rest."]);
        scene.tg.heal();
        scene.pass(Span::minutes(3)).await;
        assert!(!stands(&scene, said));
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.end().await;
    }

    async fn a_warning_for_an_ad_is_put_right_when_the_ad_could_not_be_deleted(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.fail(Rule::status("deleteMessage", 400, "Bad Request: message can't be deleted"));
        let ad = scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        assert!(stands(&scene, ad));
        let said = scene.last(scene.group).text;
        assert!(said.contains("第 1 次警告") && !said.contains("已删除"), "{said}");
        scene.pass(LATER).await;
        scene.tg.fail(Rule::status("restrictChatMember", 400, "Bad Request: not enough rights to restrict/unrestrict chat member"));
        scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        let said = scene.last(scene.group).text;
        assert!(said.contains("第 2 次警告") && !said.contains("禁言 24 小时"), "{said}");
        scene.end().await;
    }

    async fn a_removal_telegram_refused_is_not_made_public(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        advertise(&mut scene, ling, 2).await;
        scene.pass(Span::hours(25)).await;
        scene.tg.fail(Rule::status("banChatMember", 400, "Bad Request: not enough rights to restrict/unrestrict chat member"));
        scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        assert!(!scene.texts(scene.group).iter().any(|text| text.contains("公示")), "{:?}", scene.texts(scene.group));
        assert!(scene.tg.member_status(scene.group, ling).is_in());
        scene.end().await;
    }

    async fn an_album_of_which_nothing_could_be_deleted_is_not_said_to_be_gone(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let part = |caption: &str| MessageSpec { album: Some("a1".into()), ..MessageSpec::media("photo", caption) };
        let first = scene.tg.send(scene.group, ling, part("看看")).unwrap();
        scene.tg.send(scene.group, ling, part("")).unwrap();
        scene.settle().await;
        for method in ["deleteMessages", "deleteMessage", "deleteMessage"] {
            scene.tg.fail(Rule::status(method, 400, "Bad Request: message can't be deleted"));
        }
        assert_eq!(order(&mut scene, owner, first, "/warn").await, [format!("已警告 小玲（#1）。\n▫️ {LACKS_DELETE}"), FIRST.to_owned()]);
        scene.end().await;
    }

    async fn a_warning_of_somebody_muted_for_longer_says_when_that_ends(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (owner, staff) = (scene.owner, scene.staff);
        let ling = scene.newcomer("小玲").await;
        assert_eq!(write(&mut scene, owner, "/warn 10001").await, [FIRST]);
        write(&mut scene, owner, "/mute 10001 3d").await;
        scene.pass(Span::minutes(2)).await;
        assert_eq!(write(&mut scene, owner, "/warn 10001").await, [
            "小玲，请留意群规。这是第 2 次警告，禁言到 3月5日 12:02。累计 3 次会被移出群聊；这次有效至 4月1日。",
        ]);
        scene.pass(Span::hours(60)).await;
        assert!(scene.tg.is_muted(scene.group, ling), "it is not shortened");
        scene.pass(Span::hours(13)).await;
        assert!(!scene.tg.is_muted(scene.group, ling));
        // The staff chat and its cards say so too.
        scene.reload("language = 'en'\n[strikes]\nladder = [{ do = 'mute', for = '1h' }]\n").await;
        write(&mut scene, owner, "/mute 10001 2d").await;
        scene.tg.say(staff, owner, "/warn 10001");
        unhurried(&mut scene).await;
        let told = scene.texts(staff);
        assert!(told.iter().any(|text| text == "小玲 was warned (#5); muted until 7 March, 13:04."), "{told:?}");
        scene.tg.say(staff, owner, "/strikes #5");
        unhurried(&mut scene).await;
        assert!(card(&scene).text.contains("Outcome: muted until 7 March, 13:04 (strike 3"), "{}", card(&scene).text);
        scene.end().await;
    }
}
