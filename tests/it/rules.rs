//! The rules of a group: shown, pinned, read and confirmed.

use steward::model::{MessageId, Span};
use steward::store::activity::DeedKind;

use crate::harness::{NOON, Scene, scenarios};
use crate::welcome::{CLUB, MOMS};

const UNSEEN: &str =
    "I have not seen you in the group yet. Join it first; if you are in it already, press again in a few seconds.";

scenarios! {
    async fn the_rules_shown_to_a_member_go_after_a_while(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let ling = scene.regular("小玲").await;
        let command = scene.say(ling, "/rules").await;
        let shown = scene.last(scene.group);
        assert_eq!(shown.text, "📜 职场妈妈成长社 群规\n\n1. 友善");
        assert_eq!(shown.reply_to, Some(command));
        scene.pass(Span::minutes(6)).await;
        assert_eq!(scene.tg.bot_messages(scene.group), []);
        assert!(scene.tg.deleted(scene.group).iter().any(|message| message.id == command));
        // A member does not pin them.
        scene.say(ling, "/rules pin").await;
        assert!(!scene.last(scene.group).pinned);
        scene.pass(Span::minutes(6)).await;
        assert_eq!(scene.tg.bot_messages(scene.group), []);
        scene.end().await;
    }

    async fn staff_posts_and_pins_the_rules(base) {
        let mut scene = Scene::new(&base, CLUB).await;
        let owner = scene.owner;
        scene.say(owner, "/rules").await;
        scene.say(owner, "/rules pin").await;
        scene.pass(Span::minutes(10)).await;
        let all = scene.tg.bot_messages(scene.group);
        let seen: Vec<(&str, bool)> = all.iter().map(|message| (message.text.as_str(), message.pinned)).collect();
        assert_eq!(seen, [("📜 Rules of Book Club\n\n1. Be kind", false), ("📜 Rules of Book Club\n\n1. Be kind", true)]);
        scene.skip();
        scene.say(owner, "/rules pinn").await;
        assert_eq!(scene.heard(), ["Usage: /rules shows the rules; /rules pin posts and pins them."]);
        scene.pass(Span::minutes(6)).await;
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.end().await;
    }

    async fn the_rules_are_read_in_private_and_confirmed_once(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.user(ling, |person| person.language = Some("zh-hans".into()));
        scene.pass(Span::minutes(1)).await;
        let welcome = scene.last(scene.group);
        let link = welcome.buttons[0][0].url.clone().unwrap();
        let payload = format!("rules_{}", scene.group);
        assert!(link.ends_with(&format!("?start={payload}")), "{link}");
        scene.tg.start_bot(ling, &payload);
        scene.settle().await;
        let shown = scene.last(ling.private());
        assert_eq!(shown.text, "📜 职场妈妈成长社 群规\n\n1. 友善");
        scene.press(ling.private(), shown.id, ling, "✅ 我已阅读").await;
        assert_eq!(scene.answered(), "已记下，谢谢你认真读完 💛");
        scene.press(scene.group, welcome.id, ling, "✅ 我已阅读").await;
        assert_eq!(scene.answered(), "你之前已经确认过啦，谢谢 💛");
        scene.tg.say(scene.staff, scene.owner, "/rules");
        scene.settle().await;
        assert_eq!(scene.last(scene.staff).text, "📊 已有 1 位成员确认读过现在这版群规。\n在群里发 /rules pin 可以发布并置顶群规。");
        // New rules are read anew.
        scene.reload(&MOMS.replace("友善", "友善、守时")).await;
        scene.press(scene.group, welcome.id, ling, "✅ 我已阅读").await;
        assert_eq!(scene.answered(), "已记下，谢谢你认真读完 💛");
        let mut tx = scene.stage.db().begin().await.unwrap();
        let community = tx.chat(scene.group).unwrap().community;
        let today = steward::model::Day::of(NOON, chrono_tz::Asia::Shanghai, chrono::NaiveTime::MIN);
        let counts = steward::store::activity::days_of(tx.settled().await.unwrap(), community, ling, today, today).await.unwrap();
        assert!(counts.contains(&(today.0, DeedKind::RulesRead as i64, 2)), "{counts:?}");
        drop(tx);
        scene.end().await;
    }

    async fn the_rules_in_english_for_those_the_bot_never_saw(base) {
        let mut scene = Scene::new(&base, CLUB).await;
        let (old, stranger) = (scene.regular("Old").await, scene.person("Stranger"));
        let start = format!("rules_{}", scene.group);
        for user in [old, stranger] {
            scene.tg.start_bot(user, &start);
            scene.settle().await;
            let shown = scene.last(user.private());
            assert_eq!(shown.text, "📜 Rules of Book Club\n\n1. Be kind");
            // From the link alone nobody knows who is there.
            scene.press(user.private(), shown.id, user, "✅ I have read them").await;
            assert_eq!(scene.answered(), UNSEEN);
        }
        scene.newcomer("New").await;
        scene.pass(Span::minutes(1)).await;
        let welcome = scene.last(scene.group).id;
        scene.press(scene.group, welcome, old, "✅ I have read them").await;
        assert_eq!(scene.answered(), "Noted. Thank you for reading them 💛");
        scene.press(scene.group, welcome, old, "✅ I have read them").await;
        assert_eq!(scene.answered(), "You confirmed them before. Thank you 💛");
        scene.tg.say(scene.staff, scene.owner, "/rules");
        scene.settle().await;
        assert_eq!(
            scene.last(scene.staff).text,
            "📊 1 member has confirmed the current rules.\nSend /rules pin in the group to post and pin them."
        );
        scene.whisper(old, "/rules").await;
        assert_eq!(scene.last(old.private()).text, "📜 Rules of Book Club\n\n1. Be kind");
        scene.end().await;
    }

    async fn old_buttons_reach_a_group_that_has_another_number_now(base) {
        let mut scene = Scene::new(&base, CLUB).await;
        let (ann, guest) = (scene.newcomer("Ann").await, scene.person("Guest"));
        let old = scene.group;
        scene.group = scene.tg.migrate(old);
        scene.pass(Span::minutes(1)).await;
        for user in [ann, guest] {
            scene.tg.user(user, |person| person.language = Some("en".into()));
            scene.tg.start_bot(user, &format!("rules_{old}"));
            scene.settle().await;
            assert_eq!(scene.last(user.private()).text, "📜 Rules of Book Club\n\n1. Be kind");
        }
        let rules = scene.last(ann.private()).id;
        scene.tg.press_data(ann.private(), rules, ann, &format!("welcome:read:{old}"));
        scene.settle().await;
        assert_eq!(scene.answered(), "Noted. Thank you for reading them 💛");
        scene.end().await;
    }

    async fn old_and_forged_buttons_do_nothing(base) {
        let mut scene = Scene::new(&base, CLUB).await;
        let ann = scene.newcomer("Ann").await;
        scene.tg.user(ann, |person| person.language = Some("en".into()));
        scene.pass(Span::minutes(1)).await;
        let welcome = scene.last(scene.group).id;
        scene.whisper(ann, "/rules").await;
        for (chat, data) in [
            (ann.private(), "welcome:read".to_owned()),
            (ann.private(), "welcome:read:x:y".to_owned()),
            (ann.private(), format!("welcome:read:{}", scene.staff)),
            (scene.staff, "welcome:read".to_owned()),
        ] {
            scene.tg.press_data(chat, if chat == scene.group { welcome } else { MessageId(1) }, ann, &data);
            scene.settle().await;
            assert_eq!(scene.answered(), "This button no longer works.", "{data}");
        }
        scene.tg.start_bot(ann, "rules_-100999");
        scene.settle().await;
        scene.reload("language = 'en'\n[welcome]\n").await;
        scene.press(scene.group, welcome, ann, "✅ I have read them").await;
        assert_eq!(scene.answered(), "This button no longer works.");
        scene.skip();
        scene.say(ann, "/rules").await;
        assert_eq!(scene.heard(), ["No rules are written down here yet. Be kind 🙂"]);
        scene.pass(Span::minutes(6)).await;
        scene.reload("[welcome]\n").await;
        scene.skip();
        scene.say(ann, "/rules").await;
        assert_eq!(scene.heard(), ["这里还没有写群规，友善相处就好 🙂"]);
        scene.pass(Span::minutes(6)).await;
        scene.end().await;
    }
}
