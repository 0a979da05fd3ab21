//! Links the staff allow in the chat.

use super::taught::{ask, lessons};
use super::{LATER, ON, buttons, card, cards, decide, ledger, stands, unhurried};
use crate::harness::{Scene, scenarios};

const LINK: &str = "https://friends-shop.example/tea";
const ALIKE: &str = "https://fri\u{435}nds-shop.example/tea";

async fn newcomer_says(scene: &mut Scene, name: &str, text: &str) -> steward::model::UserId {
    let user = scene.newcomer(name).await;
    let said = scene.say(user, text).await;
    unhurried(scene).await;
    assert!(stands(scene, said));
    user
}

scenarios! {
    async fn a_link_is_allowed_by_a_button_and_what_looks_like_it_is_not(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = newcomer_says(&mut scene, "小玲", LINK).await;
        assert_eq!(buttons(&card(&scene)), ["是广告", "没问题", "封禁", "信任此人", "放行链接"]);
        scene.tg.press_data(scene.group, card(&scene).id, ling, "strikes:allow:1");
        scene.settle().await;
        assert_eq!(scene.answered(), "只有管理员可以操作。");
        decide(&mut scene, owner, "放行链接").await;
        assert_eq!(scene.answered(), "好的，已处理。");
        assert!(card(&scene).text.contains("🔗 以后放行：friends-shop.example"), "{}", card(&scene).text);
        assert_eq!(lessons(&scene).await, [(1, ling.0, 0, LINK.to_owned())]);
        let before = cards(&scene);
        newcomer_says(&mut scene, "小美", LINK).await;
        assert_eq!(cards(&scene), before, "nobody is asked about it again");
        newcomer_says(&mut scene, "小安", ALIKE).await;
        assert_eq!(cards(&scene), before + 1, "what only looks like it goes before the staff");
        // Allowing a link is no trust in who posted it.
        scene.pass(LATER).await;
        scene.say(ling, "https://other-shop.example").await;
        unhurried(&mut scene).await;
        assert_eq!(cards(&scene), before + 2);
        scene.end().await;
    }

    async fn what_is_allowed_is_listed_and_taken_back(base) {
        let mut scene = Scene::new(&base, ON).await;
        assert_eq!(ask(&mut scene, "/allowed add https://friends-shop.example/tea?x=1").await, "以后放行 friends-shop.example。");
        assert_eq!(ask(&mut scene, "/allowed add @some_channel").await, "以后放行 @some_channel。");
        let list = ask(&mut scene, "/allowed").await;
        assert_eq!(list, "放行的链接\n· friends-shop.example（群主，3月2日）\n· @some_channel（群主，3月2日）\n不再放行：/allowed remove 网址");
        let before = cards(&scene);
        newcomer_says(&mut scene, "小玲", LINK).await;
        newcomer_says(&mut scene, "小美", "频道 t.me/some_channel").await;
        assert_eq!(cards(&scene), before);
        assert_eq!(ask(&mut scene, "/allowed remove friends-shop.example").await, "不再放行 friends-shop.example。");
        assert_eq!(ask(&mut scene, "/allowed remove friends-shop.example").await, "没有放行过 friends-shop.example。");
        let before = cards(&scene);
        newcomer_says(&mut scene, "小安", LINK).await;
        assert_eq!(cards(&scene), before + 1);
        scene.end().await;
    }

    async fn what_leads_anywhere_is_not_allowed(base) {
        let mut scene = Scene::new(&base, ON).await;
        for written in ["github.io", "bit.ly/3abc", "https://t.co/x"] {
            let said = ask(&mut scene, &format!("/allowed add {written}")).await;
            assert!(said.contains("不能整个放行"), "{written}: {said}");
        }
        for written in ["add", "add 你好", "open example.org", "remove"] {
            let said = ask(&mut scene, &format!("/allowed {written}")).await;
            assert!(said.starts_with("用法：/allowed"), "{written}: {said}");
        }
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, "/allowed add friends-shop.example").await;
        unhurried(&mut scene).await;
        assert!(ask(&mut scene, "/allowed").await.starts_with("还没有"), "{said:?}");
        assert_eq!(ledger(&scene, ling).await, []);
        scene.end().await;
    }
}
