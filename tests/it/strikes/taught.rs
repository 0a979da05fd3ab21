//! What the staff teach: commands, what they do at once, and what is judged otherwise from then on.

use steward::model::{MessageId, Span};

use super::orders::{order, write};
use super::{AD, LATER, ON, card, cards, decide, ledger, stands, unhurried};
use crate::harness::{Scene, scenarios};

/// Trade slang that is no ad by itself, and its like.
const SLANG: &str = "收旧相机镜头闪光灯，成色好坏都收，找 @camera_shop_77";
const COPY: &str = "收旧相机镜头闪光灯，成色好坏都收，找 @camera_shop_88";
const PLAIN: &str = "收旧相机镜头闪光灯，成色好坏都收，同城面交";

/// A command of the owner's in the staff chat; gives the answer.
pub(super) async fn ask(scene: &mut Scene, text: &str) -> String {
    let (staff, owner) = (scene.staff, scene.owner);
    scene.tg.send(staff, owner, steward::telegram::emulator::MessageSpec::text(text)).unwrap();
    unhurried(scene).await;
    scene.last(staff).text
}

pub(super) async fn lessons(scene: &Scene) -> Vec<(i64, i64, i64, String)> {
    let mut conn = scene.stage.db().read().await.unwrap();
    sqlx::query_as("SELECT id, user_id, is_ad, text FROM lesson ORDER BY id").fetch_all(&mut *conn).await.unwrap()
}

/// Somebody new writes it, after anything else is over.
async fn newcomer_says(scene: &mut Scene, name: &str, text: &str) -> MessageId {
    let user = scene.newcomer(name).await;
    let said = scene.say(user, text).await;
    unhurried(scene).await;
    said
}

scenarios! {
    async fn spam_costs_what_an_ad_costs_and_its_copies_are_known(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, SLANG).await;
        assert!(stands(&scene, said), "by itself it is no ad");
        let told = order(&mut scene, owner, said, "/spam").await;
        assert!(told.iter().any(|text| text.contains("第 1 次警告")), "{told:?}");
        assert!(told.iter().any(|text| text == "按广告处理了（#1）。我记住了（第 1 条，/unteach 1 可以撤回）。"), "{told:?}");
        assert!(!stands(&scene, said));
        assert!(card(&scene).text.contains("⚠️ 群主：是广告，已处理"), "{}", card(&scene).text);
        assert_eq!(ledger(&scene, ling).await.len(), 1);
        let copy = newcomer_says(&mut scene, "小美", COPY).await;
        assert!(!stands(&scene, copy));
        assert!(card(&scene).text.contains("像管理员标记过的广告"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn answers_on_cards_teach(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        decide(&mut scene, owner, "不是广告").await;
        let mei = scene.newcomer("小美").await;
        scene.pass(LATER).await;
        scene.say(mei, "频道 t.me/some_channel").await;
        decide(&mut scene, owner, "是广告").await;
        let taught: Vec<_> = lessons(&scene).await.into_iter().map(|(_, user, is_ad, text)| (user, is_ad, text)).collect();
        assert_eq!(taught, [(ling.0, 0, AD.to_owned()), (mei.0, 1, "频道 t.me/some_channel".to_owned())]);
        scene.end().await;
    }

    async fn a_lesson_survives_a_restart_and_can_be_taken_back(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, SLANG).await;
        order(&mut scene, owner, said, "/spam").await;
        scene.reload(ON).await;
        let copy = newcomer_says(&mut scene, "小美", COPY).await;
        assert!(!stands(&scene, copy));
        let list = ask(&mut scene, "/taught").await;
        assert!(list.starts_with("最近教我的：\n1. 广告：收旧相机镜头闪光灯") && list.contains("（群主，3月2日）"), "{list}");
        assert_eq!(ask(&mut scene, "/unteach 1").await, "撤回了第 1 条，就当没教过。");
        let again = newcomer_says(&mut scene, "小安", COPY).await;
        assert!(stands(&scene, again));
        assert_eq!(ask(&mut scene, "/unteach 1").await, "没有第 1 条，编号见 /taught。");
        assert_eq!(ask(&mut scene, "/unteach").await, "用法：/unteach 3（编号见 /taught）");
        assert_eq!(ask(&mut scene, "/taught").await, "还没有人教过我。回复一条消息发 /spam 或 /ham 就可以。");
        scene.end().await;
    }

    async fn one_teacher_alone_only_brings_plain_words_before_the_staff(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let an = scene.regular("小安").await;
        scene.promote(an);
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, PLAIN).await;
        order(&mut scene, owner, said, "/spam").await;
        let before = cards(&scene);
        let copy = newcomer_says(&mut scene, "小美", PLAIN).await;
        assert!(stands(&scene, copy) && cards(&scene) == before + 1);
        assert!(card(&scene).text.starts_with("疑似广告"), "{}", card(&scene).text);
        // A second teacher agrees.
        let told = order(&mut scene, an, copy, "/spam").await;
        assert!(!stands(&scene, copy), "{told:?}");
        let third = newcomer_says(&mut scene, "小林", &format!("{PLAIN}！")).await;
        assert!(!stands(&scene, third), "two say so");
        scene.end().await;
    }

    async fn ham_undoes_the_strike_and_is_learned(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        let id = ledger(&scene, ling).await[0].0;
        let told = ask(&mut scene, &format!("/ham #{id}")).await;
        assert_eq!(told, format!("好的，不是广告，#{id} 已撤销。我记住了（第 1 条，/unteach 1 可以撤回）。"));
        let heard = scene.heard();
        assert!(heard.iter().any(|text| text.contains("之前是误判")), "{heard:?}");
        assert_eq!(lessons(&scene).await, [(1, ling.0, 0, AD.to_owned())]);
        assert_eq!(ask(&mut scene, &format!("/ham #{id}")).await,
            format!("好的，不是广告，#{id} 已撤销。这个我已经学过（第 1 条）。"));
        assert_eq!(ask(&mut scene, "/ham #77").await, "没有这个编号。");
        scene.end().await;
    }

    async fn a_suspicion_answered_with_ham_is_closed(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let link = scene.say(ling, "频道 t.me/some_channel").await;
        unhurried(&mut scene).await;
        order(&mut scene, owner, link, "/ham").await;
        assert!(stands(&scene, link));
        assert!(card(&scene).text.ends_with("✅ 群主：没问题"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn only_staff_teach_and_nobody_of_them_is_struck(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.regular("小美").await);
        let said = scene.say(ling, SLANG).await;
        for command in ["/spam", "/ham", "/taught", "/unteach 1"] {
            order(&mut scene, mei, said, command).await;
            scene.pass(LATER).await;
        }
        assert!(stands(&scene, said));
        assert_eq!(lessons(&scene).await, []);
        let own = scene.say(owner, SLANG).await;
        assert_eq!(order(&mut scene, owner, own, "/spam").await, ["对方是管理员，这个命令对管理员不起作用。"]);
        assert_eq!(write(&mut scene, owner, "/spam").await,
            ["请回复那条消息或它的卡片，再发 /spam（是广告）或 /ham（不是广告）；也可以发 /ham #编号。"]);
        assert_eq!(lessons(&scene).await, []);
        scene.end().await;
    }

    async fn what_is_an_ad_already_is_only_learned(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        let (staff, owner, shown) = (scene.staff, scene.owner, card(&scene));
        let spec = steward::telegram::emulator::MessageSpec::text("/spam").reply_to(shown.id);
        scene.tg.send(staff, owner, spec).unwrap();
        unhurried(&mut scene).await;
        assert_eq!(card(&scene).text, "这条已经处理过了（#1）。我记住了（第 1 条，/unteach 1 可以撤回）。");
        assert_eq!(ledger(&scene, ling).await.len(), 1);
        scene.end().await;
    }

    async fn the_words_of_who_is_forgotten_are_taught_no_more(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, SLANG).await;
        order(&mut scene, owner, said, "/ham").await;
        assert_eq!(lessons(&scene).await.len(), 1);
        scene.whisper(ling, "/mydata").await;
        assert!(scene.last(ling.private()).text.contains("管理员标记过、用来识别广告的消息 1"), "{}", scene.last(ling.private()).text);
        scene.forget(ling).await;
        assert_eq!(lessons(&scene).await, []);
        scene.end().await;
    }

    async fn lessons_go_after_their_time(base) {
        let mut scene = Scene::new(&base, "[strikes]\nkeep_taught = '2d'\n").await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, SLANG).await;
        order(&mut scene, owner, said, "/spam").await;
        scene.pass(Span::days(1)).await;
        assert_eq!(lessons(&scene).await.len(), 1);
        scene.pass(Span::days(3)).await;
        assert_eq!(lessons(&scene).await, []);
        let copy = newcomer_says(&mut scene, "小美", COPY).await;
        assert!(stands(&scene, copy));
        scene.end().await;
    }

    async fn a_lesson_that_could_not_be_written_is_not_learned(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, SLANG).await;
        scene.break_writing("INSERT ON lesson", "1 = 1").await;
        order(&mut scene, owner, said, "/spam").await;
        scene.mend_writing().await;
        scene.forget_failed().await;
        let copy = newcomer_says(&mut scene, "小美", COPY).await;
        assert!(stands(&scene, copy));
        assert_eq!(lessons(&scene).await, []);
        scene.end().await;
    }

    async fn teaching_is_answered_in_english_too(base) {
        let mut scene = Scene::new(&base, &format!("language = 'en'\n{ON}")).await;
        let owner = scene.owner;
        let ling = scene.newcomer("Ling").await;
        let said = scene.say(ling, SLANG).await;
        let told = order(&mut scene, owner, said, "/spam").await;
        assert!(told.contains(&"Dealt with as an ad (#1). I have learned it (lesson 1; /unteach 1 takes it back).".to_owned()), "{told:?}");
        scene.end().await;
    }

    async fn without_its_section_people_are_still_forgotten(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        for (user, text) in [(ling, SLANG), (mei, PLAIN)] {
            let said = scene.say(user, text).await;
            order(&mut scene, owner, said, "/ham").await;
        }
        assert_eq!(lessons(&scene).await.len(), 2);
        scene.reload("").await;
        scene.forget(ling).await;
        assert_eq!(lessons(&scene).await, [(2, mei.0, 0, PLAIN.to_owned())]);
        scene.pass(Span::days(367)).await;
        assert_eq!(lessons(&scene).await, []);
        scene.end().await;
    }
}
