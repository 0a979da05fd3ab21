//! Suspicious messages that are hidden until the staff have judged them.

use serde_json::json;

use steward::model::{MessageId, Span, UserId};

use steward::telegram::emulator::{Action, MessageSpec, Rule};

use super::{AD, LATER, buttons, card, cards, decide, ledger, logged, stands, unhurried};
use crate::harness::{Scene, scenarios};

const HIDE: &str = "[strikes]\nsuspects = 'hide'\n";
/// Suspicious and no clear ad.
const DOUBTFUL: &str = "频道 t.me/some_channel";
const HELD: &str = "你刚发的消息要等管理员看一眼，没问题就会放回群里，不用重发。";
const CLEARED: &str = "管理员看过了：你的消息没有问题，是我们多心了，已经放回群里。给你添麻烦了，欢迎继续聊。";

/// What stands in the group of the bot's reposts.
fn reposts(scene: &Scene) -> Vec<String> {
    scene.texts(scene.group).into_iter().filter(|text| text.contains(" 发过：\n")).collect()
}

/// How often the bot has posted somebody's words again, also where they are gone by now.
fn posted(scene: &Scene) -> usize {
    let is_repost = |text: &str| text.contains(" 发过：\n");
    let text = |call: &steward::telegram::emulator::LoggedCall| call.params["text"].as_str().is_some_and(is_repost);
    scene.tg.log().iter().filter(|call| call.method == "sendMessage" && call.outcome.is_ok() && text(call)).count()
}

async fn newcomer_says(scene: &mut Scene, name: &str, text: &str) -> (UserId, MessageId) {
    let user = scene.newcomer(name).await;
    let said = scene.say(user, text).await;
    unhurried(scene).await;
    (user, said)
}

scenarios! {
    async fn what_is_hidden_is_put_back_by_the_staff_with_an_apology(base) {
        let mut scene = Scene::new(&base, HIDE).await;
        let owner = scene.owner;
        let (ling, said) = newcomer_says(&mut scene, "小玲", DOUBTFUL).await;
        assert!(!stands(&scene, said));
        assert_eq!(scene.tg.whispers(scene.group, ling).pop().map(|it| it.text).as_deref(), Some(HELD));
        assert_eq!(scene.heard(), Vec::<String>::new(), "nobody else hears of it");
        assert_eq!(logged(&scene, ling).await, 0);
        let shown = card(&scene);
        assert!(shown.text.starts_with("疑似广告，请看一眼 #1") && shown.text.contains(DOUBTFUL), "{}", shown.text);
        assert!(shown.text.ends_with("处理：等你们决定\n🙈 已先从群里收起；3月3日 00:02 前没人决定就放回去"), "{}", shown.text);
        assert_eq!(buttons(&shown), ["是广告", "不是广告", "封禁", "信任此人", "放行链接"]);
        scene.skip();
        decide(&mut scene, owner, "不是广告").await;
        assert_eq!(scene.heard(), [format!("小玲 发过：\n{DOUBTFUL}"), format!("小玲，{CLEARED}")]);
        assert!(card(&scene).text.contains("↩️ 3月2日 12:02 已放回群里\n✅ 群主：没问题"), "{}", card(&scene).text);
        assert_eq!(buttons(&card(&scene)), Vec::<String>::new());
        // They are trusted from now on.
        let again = scene.say(ling, DOUBTFUL).await;
        assert!(stands(&scene, again));
        // Time changes nothing more.
        scene.pass(Span::hours(13)).await;
        assert_eq!(posted(&scene), 1);
        scene.end().await;
    }

    async fn what_nobody_judges_is_put_back_by_time(base) {
        let mut scene = Scene::new(&base, &format!("{HIDE}hold_for = '30m'\n")).await;
        let (ling, said) = newcomer_says(&mut scene, "小玲", DOUBTFUL).await;
        scene.pass(Span::minutes(25)).await;
        assert!(!stands(&scene, said) && reposts(&scene).is_empty());
        scene.skip();
        scene.pass(Span::minutes(10)).await;
        assert_eq!(scene.heard(), [
            format!("小玲 发过：\n{DOUBTFUL}"),
            "小玲，你的消息之前被暂时收起，等管理员看得久了些，现在已经放回群里。抱歉让你久等。".to_owned(),
        ]);
        assert!(card(&scene).text.contains("已放回群里"), "{}", card(&scene).text);
        // The staff can still decide; an ad goes again.
        let owner = scene.owner;
        decide(&mut scene, owner, "是广告").await;
        assert_eq!(reposts(&scene), Vec::<String>::new());
        assert_eq!(logged(&scene, ling).await, 1);
        scene.end().await;
    }

    async fn what_was_an_ad_costs_a_strike_and_stays_away(base) {
        let mut scene = Scene::new(&base, &format!("{HIDE}hold_for = '30m'\n")).await;
        let owner = scene.owner;
        let (ling, _) = newcomer_says(&mut scene, "小玲", DOUBTFUL).await;
        scene.skip();
        decide(&mut scene, owner, "是广告").await;
        let heard = scene.heard();
        assert!(heard.len() == 1 && heard[0].starts_with("小玲，你的消息含有广告内容") && heard[0].contains("第 1 次警告"), "{heard:?}");
        assert_eq!(logged(&scene, ling).await, 1);
        scene.pass(Span::hours(1)).await;
        assert_eq!(posted(&scene), 0);
        scene.end().await;
    }

    async fn pressing_twice_crashing_and_hearing_twice_put_back_once(base) {
        let mut scene = Scene::new(&base, HIDE).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        scene.tg.duplicate_next(2);
        scene.say(ling, DOUBTFUL).await;
        unhurried(&mut scene).await;
        assert_eq!(ledger(&scene, ling).await.len(), 1);
        let (staff, shown) = (scene.staff, card(&scene));
        scene.tg.duplicate_next(2);
        scene.tg.press(staff, shown.id, owner, "不是广告");
        scene.tg.press(staff, shown.id, owner, "不是广告");
        // The process dies before it has handled the presses, and again when it has sent the words and not heard so.
        scene.stage.take_in_only().await.unwrap();
        scene.stage.restart().await.unwrap();
        while posted(&scene) == 0 {
            scene.stage.round_before_receipts().await.unwrap();
        }
        scene.stage.restart().await.unwrap();
        unhurried(&mut scene).await;
        scene.tg.press_data(staff, shown.id, owner, "strikes:clear:1");
        scene.pass(Span::hours(13)).await;
        assert_eq!(posted(&scene), 1);
        assert_eq!(reposts(&scene), [format!("小玲 发过：\n{DOUBTFUL}")]);
        scene.end().await;
    }

    /// The answer to the repost is lost: it is not said again, and the staff are asked to look.
    async fn words_that_may_be_back_are_not_posted_again(base) {
        let mut scene = Scene::new(&base, HIDE).await;
        let owner = scene.owner;
        newcomer_says(&mut scene, "小玲", DOUBTFUL).await;
        let lost = Rule::new("sendMessage", Action::Reset).after_accept();
        scene.tg.fail(Rule { contains: Some(" 发过：".into()), ..lost });
        decide(&mut scene, owner, "不是广告").await;
        scene.pass(Span::minutes(5)).await;
        assert_eq!(reposts(&scene).len(), 1);
        assert!(card(&scene).text.contains("不确定放没放成"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn a_message_that_could_not_be_deleted_is_not_posted_besides(base) {
        let mut scene = Scene::new(&base, HIDE).await;
        let owner = scene.owner;
        scene.tg.fail(Rule::status("deleteMessage", 400, "Bad Request: message can't be deleted"));
        let (_, said) = newcomer_says(&mut scene, "小玲", DOUBTFUL).await;
        assert!(stands(&scene, said));
        assert!(!card(&scene).text.contains("🙈"), "{}", card(&scene).text);
        decide(&mut scene, owner, "没问题").await;
        scene.pass(Span::hours(13)).await;
        assert_eq!(posted(&scene), 0);
        scene.end().await;
    }

    async fn what_comes_in_a_row_is_one_case_and_comes_back_whole(base) {
        let mut scene = Scene::new(&base, HIDE).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let first = scene.say(ling, DOUBTFUL).await;
        let second = scene.say(ling, "还有 t.me/another_one").await;
        unhurried(&mut scene).await;
        assert!(!stands(&scene, first) && !stands(&scene, second));
        assert_eq!(cards(&scene), 1);
        decide(&mut scene, owner, "不是广告").await;
        assert_eq!(reposts(&scene), [format!("小玲 发过：\n{DOUBTFUL}"), "小玲 发过：\n还有 t.me/another_one".to_owned()]);
        scene.end().await;
    }

    async fn links_under_words_come_back_as_text_and_nothing_else_as_markup(base) {
        let mut scene = Scene::new(&base, HIDE).await;
        let owner = scene.owner;
        let ling = scene.newcomer("<b>小玲</b>").await;
        let now = scene.stage.now().secs();
        let body = json!({"message_id": 7777, "date": now, "text": "频道 t.me/some_channel",
            "entities": [{"type": "text_link", "offset": 0, "length": 2, "url": "https://t.me/another_one"}],
            "from": {"id": ling.0, "is_bot": false, "first_name": "<b>小玲</b>"},
            "chat": {"id": scene.group.0, "type": "supergroup", "title": "职场妈妈成长社"}});
        scene.tg.push_raw_update(json!({ "message": body }));
        unhurried(&mut scene).await;
        decide(&mut scene, owner, "不是广告").await;
        assert_eq!(reposts(&scene), ["<b>小玲</b> 发过：\n频道 (https://t.me/another_one) t.me/some_channel"]);
        scene.end().await;
    }

    async fn a_photo_cannot_be_put_back_and_its_writer_is_told(base) {
        let mut scene = Scene::new(&base, HIDE).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let part = |caption: &str| MessageSpec { album: Some("a1".to_owned()), ..MessageSpec::media("photo", caption) };
        let parts = [part(DOUBTFUL), part(""), part("")].map(|spec| scene.tg.send(scene.group, ling, spec).unwrap());
        unhurried(&mut scene).await;
        assert!(parts.iter().all(|id| !stands(&scene, *id)), "an album goes whole");
        decide(&mut scene, owner, "不是广告").await;
        assert_eq!(reposts(&scene), [format!("小玲 发过：\n{DOUBTFUL}\n（原消息带的图片或文件没法恢复）")]);
        scene.end().await;
    }

    async fn who_has_left_or_was_struck_since_gets_nothing_back(base) {
        let mut scene = Scene::new(&base, &format!("{HIDE}hold_for = '30m'\n")).await;
        let (ling, _) = newcomer_says(&mut scene, "小玲", DOUBTFUL).await;
        scene.tg.leave(scene.group, ling);
        let (mei, _) = newcomer_says(&mut scene, "小美", DOUBTFUL).await;
        scene.pass(LATER).await;
        scene.say(mei, AD).await;
        scene.pass(Span::hours(1)).await;
        assert_eq!(posted(&scene), 0);
        let texts = scene.texts(scene.staff);
        assert_eq!(texts.iter().filter(|text| text.contains("没有放回")).count(), 2, "{texts:?}");
        scene.end().await;
    }

    async fn staff_trusted_people_and_shadow_mode_hide_nothing(base) {
        let mut scene = Scene::new(&base, &format!("{HIDE}shadow = true\n")).await;
        let (_, said) = newcomer_says(&mut scene, "小玲", DOUBTFUL).await;
        assert!(stands(&scene, said));
        assert_eq!(buttons(&card(&scene)), ["是广告", "没问题", "封禁", "信任此人", "放行链接"]);
        scene.reload(HIDE).await;
        let mei = scene.newcomer("小美").await;
        let owner = scene.owner;
        scene.say(owner, &format!("/trust {mei}")).await;
        for user in [owner, mei] {
            let said = scene.say(user, DOUBTFUL).await;
            assert!(stands(&scene, said));
        }
        scene.end().await;
    }

    async fn what_waits_is_put_back_with_other_settings_too(base) {
        let mut scene = Scene::new(&base, HIDE).await;
        newcomer_says(&mut scene, "小玲", DOUBTFUL).await;
        scene.reload("[strikes]\nsuspects = 'ignore'\n").await;
        scene.pass(Span::hours(13)).await;
        assert_eq!(reposts(&scene).len(), 1);
        scene.end().await;
    }

    async fn who_is_forgotten_has_nothing_left_to_be_put_back(base) {
        let mut scene = Scene::new(&base, HIDE).await;
        let (ling, _) = newcomer_says(&mut scene, "小玲", DOUBTFUL).await;
        scene.tg.start_bot(ling, "");
        unhurried(&mut scene).await;
        scene.forget(ling).await;
        scene.pass(Span::hours(13)).await;
        assert_eq!(posted(&scene), 0);
        scene.end().await;
    }

    async fn without_a_staff_chat_nothing_is_hidden(base) {
        let mut scene = Scene::new(&base, HIDE).await;
        let (owner, staff) = (scene.owner, scene.staff);
        scene.tg.kick_bot(staff, owner);
        unhurried(&mut scene).await;
        let (_, said) = newcomer_says(&mut scene, "小玲", DOUBTFUL).await;
        assert!(stands(&scene, said), "nobody would judge it");
        scene.end().await;
    }

    async fn what_is_held_is_said_in_english_too(base) {
        let mut scene = Scene::new(&base, &format!("language = 'en'\n{HIDE}")).await;
        let owner = scene.owner;
        let (ling, _) = newcomer_says(&mut scene, "Ling", "my channel t.me/some_channel").await;
        assert_eq!(scene.tg.whispers(scene.group, ling).pop().map(|it| it.text).as_deref(),
            Some("Your last message is waiting for the team to look at it. If it is fine it will be put back; no need to send it again."));
        assert!(card(&scene).text.ends_with("🙈 Hidden for now; put back at 3 March, 00:02 unless somebody decides"), "{}", card(&scene).text);
        scene.skip();
        decide(&mut scene, owner, "Not an ad").await;
        assert_eq!(scene.heard(), [
            "Ling wrote:\nmy channel t.me/some_channel",
            "Ling, the team has looked at your message: it is fine, and back in the group. Sorry for the trouble, and please carry on.",
        ]);
        scene.end().await;
    }
}
