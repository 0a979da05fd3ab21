//! How often the rules are broken, how often the bot was wrong, and how quick it and the staff are.

use steward::model::{MessageId, Span, UserId};
use steward::telegram::emulator::MessageSpec;

use super::{newcomers, page, values};
use crate::harness::{Scene, scenarios};

const ON: &str = "[strikes]\n";
const AD: &str = "兼职日结 300 元，加微信 vx_888666 详聊";
/// Time enough for a burst to be over, and for the bot to say all it has to say.
const LATER: Span = Span::minutes(11);

/// Somebody of the staff presses a button under the newest card.
async fn decide(scene: &mut Scene, button: &str) {
    let (card, owner) = (scene.last(scene.staff), scene.owner);
    scene.press(scene.staff, card.id, owner, button).await;
    scene.pass(Span::secs(10)).await;
}

async fn order(scene: &mut Scene, by: UserId, to: MessageId, text: &str) {
    scene.tg.send(scene.group, by, MessageSpec::text(text).reply_to(to)).unwrap();
    scene.pass(Span::secs(10)).await;
}

scenarios! {
    async fn strikes_are_set_against_messages_and_what_was_undone_counts_as_wrong(base) {
        let mut scene = Scene::new(&base, ON).await;
        let told = page(&mut scene, "strikes").await;
        for figure in ["违规", "误判率", "从违规", "举报", "申诉"] {
            assert_eq!(values(&told, figure), ["–", "–", "–"], "{figure}");
        }
        let people = newcomers(&mut scene, &["一", "二", "三", "四"]).await;
        for user in &people {
            scene.say(*user, "大家早上好").await;
            scene.say(*user, "今天读了三十页书").await;
        }
        for (user, decision) in [(people[0], None), (people[1], Some("不是广告")), (people[2], None)] {
            scene.say(user, AD).await;
            scene.pass(Span::secs(10)).await;
            if let Some(button) = decision {
                decide(&mut scene, button).await;
            }
            scene.pass(LATER).await;
        }
        let said = scene.say(people[3], "你们都是笨蛋").await;
        let owner = scene.owner;
        order(&mut scene, owner, said, "/warn 骂人").await;
        // Nine messages; three strikes stand, one of the bot's three was wrong.
        let told = page(&mut scene, "strikes").await;
        let violations = "333.3（3 次 / 9 条）\n　引导加联系方式 2（222.2），管理员认定 1（111.1）";
        assert_eq!(values(&told, "违规"), [violations; 3]);
        assert_eq!(values(&told, "误判率"), ["1/3（33%）"; 3]);
        assert_eq!(values(&told, "从违规"), ["1 秒"; 3]);
        scene.pass(Span::days(8)).await;
        let told = page(&mut scene, "strikes").await;
        assert_eq!(values(&told, "误判率"), ["–", "–", "1/3（33%）"]);
        assert_eq!(values(&told, "违规")[..2], ["–", "–"]);
        scene.end().await;
    }

    async fn reports_are_handled_in_a_time_and_upheld_or_not(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[strikes]\n").await;
        let people = newcomers(&mut scene, &["A", "B", "C", "D", "E"]).await;
        for (user, wait, decision) in [(0, 50, "Breaks the rules"), (1, 110, "It's fine"), (2, 20, "Breaks the rules")] {
            let said = scene.say(people[user], "You are all fools").await;
            // A second report of a message is the same report.
            for by in [people[4], people[3]] {
                order(&mut scene, by, said, "/report").await;
            }
            scene.pass(Span::secs(wait - 10)).await;
            decide(&mut scene, decision).await;
            scene.pass(LATER).await;
        }
        let said = scene.say(people[3], "Buy my book").await;
        order(&mut scene, people[4], said, "/report").await;
        let told = page(&mut scene, "strikes").await;
        // Handled after 60, 120 and 30 seconds, counted from the first report.
        assert_eq!(values(&told, "Reports"), ["2/4 (50%), handled in 1 minute (median), 1 open"; 3]);
        assert_eq!(values(&told, "Cards waiting"), ["1"]);
        // Two became strikes, 60 and 30 seconds after they were written.
        assert_eq!(values(&told, "From offence"), ["45 seconds"; 3]);
        // What is undone later was not upheld.
        let owner = scene.owner;
        scene.tg.say(scene.staff, owner, "/unwarn #1");
        scene.pass(Span::secs(10)).await;
        let told = page(&mut scene, "strikes").await;
        assert_eq!(values(&told, "Reports")[0], "1/4 (25%), handled in 1 minute (median), 1 open");
        assert_eq!(values(&told, "False positives"), ["–", "–", "–"], "the bot gave none by itself");
        scene.end().await;
    }

    async fn a_report_the_staff_deal_with_by_a_warning_is_handled_and_upheld(base) {
        let mut scene = Scene::new(&base, ON).await;
        let people = newcomers(&mut scene, &["一", "二"]).await;
        let said = scene.say(people[0], "你们都是笨蛋").await;
        order(&mut scene, people[1], said, "/report").await;
        scene.pass(Span::secs(290)).await;
        let owner = scene.owner;
        order(&mut scene, owner, said, "/warn").await;
        let told = page(&mut scene, "strikes").await;
        assert_eq!(values(&told, "举报")[0], "1/1（100%），处理用时 5 分钟（中位数）");
        assert_eq!(values(&told, "从违规")[0], "5 分钟");
        assert_eq!(values(&told, "等管理员"), ["0"]);
        scene.end().await;
    }

    async fn appeals_are_overturned_or_not(base) {
        let mut scene = Scene::new(&base, ON).await;
        let people = newcomers(&mut scene, &["一", "二", "三", "四"]).await;
        for (user, decision) in [(0, Some("驳回")), (1, Some("成立，撤销处理")), (2, None), (3, None)] {
            scene.say(people[user], AD).await;
            scene.pass(Span::secs(10)).await;
            let warning = scene.last(scene.group).id;
            scene.press(scene.group, warning, people[user], "这是误判，申诉").await;
            scene.pass(Span::secs(10)).await;
            if let Some(button) = decision {
                decide(&mut scene, button).await;
            }
            scene.pass(LATER).await;
        }
        let told = page(&mut scene, "strikes").await;
        assert_eq!(values(&told, "申诉"), ["1/2（50%），待处理 2"; 3]);
        assert_eq!(values(&told, "误判率"), ["1/4（25%）"; 3]);
        // An appeal is settled, too, when its strike is undone in another way.
        let owner = scene.owner;
        scene.tg.say(scene.staff, owner, "/unwarn #3");
        scene.pass(Span::secs(10)).await;
        let told = page(&mut scene, "strikes").await;
        assert_eq!(values(&told, "申诉")[0], "2/3（67%），待处理 1");
        assert_eq!(values(&told, "误判率")[0], "2/4（50%）");
        scene.reload("language = 'en'\n[strikes]\n").await;
        assert_eq!(values(&page(&mut scene, "strikes").await, "Appeals")[0], "2/3 (67%), 1 open");
        scene.end().await;
    }

    async fn in_shadow_mode_nothing_is_struck_and_the_cards_wait(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[strikes]\nshadow = true\n").await;
        let people = newcomers(&mut scene, &["A"]).await;
        scene.say(people[0], AD).await;
        scene.pass(Span::secs(10)).await;
        let told = page(&mut scene, "strikes").await;
        assert_eq!(values(&told, "Strikes per 1,000")[0], "0.0 (0 in 1)");
        assert_eq!(values(&told, "False positives")[0], "–");
        assert_eq!(values(&told, "Cards waiting"), ["1"]);
        scene.end().await;
    }
}
