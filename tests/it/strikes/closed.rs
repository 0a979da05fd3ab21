//! A report is dealt with by a command in answer to its message, too.

use steward::model::Span;
use steward::telegram::emulator::{MessageSpec, Rule};

use super::orders::order;
use super::{ON, buttons, card, stands, unhurried};
use crate::figures::{page, values};
use crate::harness::{Scene, scenarios};

scenarios! {
    async fn a_report_answered_with_an_order_is_closed_with_its_outcome(base) {
        for (command, outcome) in [
            ("/ban 骂人", "⛔ 群主：封禁"), ("/kick", "🚪 群主：移出群聊"), ("/mute 2h", "🔇 群主：禁言"), ("/warn", "操作人：群主"),
        ] {
            let base = base.another();
            let mut scene = Scene::new(&base, ON).await;
            let owner = scene.owner;
            let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
            let said = scene.say(ling, "你们都是傻瓜").await;
            order(&mut scene, mei, said, "/report 骂人").await;
            let shown = card(&scene).id;
            scene.pass(Span::secs(112)).await;
            order(&mut scene, owner, said, command).await;
            let seen = scene.tg.message(scene.staff, shown).unwrap();
            assert!(seen.text.ends_with(outcome), "{command}: {}", seen.text);
            assert!(!buttons(&seen).contains(&"确实违规".to_owned()), "{command}: {:?}", buttons(&seen));
            let told = page(&mut scene, "strikes").await;
            assert_eq!(values(&told, "举报")[0], "1/1（100%），处理用时 2 分钟（中位数）", "{command}");
            assert_eq!(values(&told, "等管理员"), ["0"], "{command}");
            scene.end().await;
        }
    }

    async fn a_report_answered_from_its_card_is_closed_too(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[strikes]\n").await;
        let owner = scene.owner;
        let (ling, mei) = (scene.newcomer("Ling").await, scene.newcomer("Mei").await);
        let said = scene.say(ling, "you fools").await;
        order(&mut scene, mei, said, "/report").await;
        let shown = card(&scene).id;
        scene.tg.send(scene.staff, owner, MessageSpec::text("/mute 2h").reply_to(shown)).unwrap();
        unhurried(&mut scene).await;
        let seen = scene.tg.message(scene.staff, shown).unwrap();
        assert!(seen.text.ends_with("🔇 群主: muted") && seen.buttons.is_empty(), "{seen:?}");
        assert!(stands(&scene, said));
        scene.end().await;
    }

    async fn a_report_whose_order_telegram_refused_stays_open(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let said = scene.say(ling, "你们都是傻瓜").await;
        order(&mut scene, mei, said, "/report 骂人").await;
        let shown = card(&scene).id;
        scene.tg.fail(Rule::status("banChatMember", 400, "Bad Request: something new"));
        order(&mut scene, owner, said, "/ban").await;
        let seen = scene.tg.message(scene.staff, shown).unwrap();
        assert_eq!(buttons(&seen), ["确实违规", "没问题", "封禁", "信任此人"]);
        assert_eq!(values(&page(&mut scene, "strikes").await, "等管理员"), ["1"]);
        scene.end().await;
    }
}
