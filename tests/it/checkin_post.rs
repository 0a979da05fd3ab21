//! The daily check-in post: when it comes, and whose press on its button counts.

use steward::model::{Span, UserId};

use crate::harness::{Scene, scenarios};

const POST: &str = "[checkin]\npost = { at = \"12:30\" }";
const UNSEEN: &str = "先进群再打卡哦。已经在群里的话，过几秒再点一次。";

async fn check_ins(scene: &Scene, user: UserId) -> i64 {
    let mut conn = scene.stage.db().read().await.unwrap();
    let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM checkin WHERE user_id = $1")
        .bind(user.0)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    n
}

scenarios! {
    async fn in_a_public_group_a_press_counts_only_for_members(base) {
        let mut scene = Scene::new(&base, POST).await;
        scene.tg.publish(scene.group, "moms");
        let (guest, quiet) = (scene.person("路人"), scene.regular("潜水员").await);
        scene.until(12, 30).await;
        let post = scene.last(scene.group).id;
        for _ in 0..2 {
            scene.press(scene.group, post, guest, "checkin:do").await;
            assert_eq!(scene.answered(), UNSEEN);
            scene.pass(Span::secs(5)).await;
        }
        assert_eq!(check_ins(&scene, guest).await, 0);
        scene.press(scene.group, post, quiet, "checkin:do").await;
        assert_eq!(scene.answered(), UNSEEN, "never seen until now: Telegram is asked");
        scene.pass(Span::secs(5)).await;
        scene.press(scene.group, post, quiet, "checkin:do").await;
        assert_eq!(scene.answered(), "✅ 第 1 天");
        assert_eq!(check_ins(&scene, quiet).await, 1);
        scene.end().await;
    }

    async fn in_a_private_group_whoever_sees_the_button_is_a_member(base) {
        let mut scene = Scene::new(&base, POST).await;
        let quiet = scene.regular("潜水员").await;
        scene.until(12, 30).await;
        let post = scene.last(scene.group).id;
        scene.press(scene.group, post, quiet, "checkin:do").await;
        assert_eq!(scene.answered(), "✅ 第 1 天");
        scene.end().await;
    }

    async fn the_rules_are_confirmed_only_by_members(base) {
        let mut scene = Scene::new(&base, "[welcome]\nrules = '友善'").await;
        scene.tg.publish(scene.group, "moms");
        let (guest, quiet) = (scene.person("路人"), scene.regular("潜水员").await);
        scene.say(scene.owner, "/rules").await;
        let rules = scene.last(scene.group).id;
        for user in [guest, quiet] {
            scene.press(scene.group, rules, user, "✅ 我已阅读").await;
            assert!(scene.answered().starts_with("还没在群里见到你"), "{}", scene.answered());
        }
        scene.pass(Span::secs(5)).await;
        scene.press(scene.group, rules, guest, "✅ 我已阅读").await;
        assert!(scene.answered().starts_with("还没在群里见到你"), "{}", scene.answered());
        scene.press(scene.group, rules, quiet, "✅ 我已阅读").await;
        assert_eq!(scene.answered(), "已记下，谢谢你认真读完 💛");
        scene.end().await;
    }

    async fn a_post_that_is_late_is_treated_as_the_settings_say(base) {
        let mut scene = Scene::new(&base, POST).await;
        for (late, away, posted) in [
            ("", Span::minutes(50), true),
            ("", Span::hours(11), true),
            (", late = { within = \"30m\" }", Span::minutes(59), true),
            (", late = { within = \"30m\" }", Span::minutes(70), false),
            (", late = { within = \"2h\" }", Span::minutes(70), true),
            (", late = { then = \"send\" }", Span::hours(10), true),
            (", late = { then = \"send\" }", Span::hours(13), false),
        ] {
            let text = format!("[checkin]\npost = {{ at = \"12:30\"{late} }}");
            scene.reload(&text).await;
            scene.until(12, 0).await;
            scene.skip();
            scene.stage.absent(away).await.unwrap();
            scene.pass(Span::minutes(1)).await;
            assert_eq!(!scene.heard().is_empty(), posted, "{late} after {away}");
        }
        scene.until(12, 31).await;
        assert_eq!(scene.heard().len(), 1, "the next one comes on time");
        scene.end().await;
    }

    /// Telegram keeps a press for 150 seconds only.
    async fn a_press_lost_in_a_downtime_over_midnight_breaks_no_streak(base) {
        let mut scene = Scene::new(&base, POST).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小梅").await);
        let press = async |scene: &mut Scene, user| {
            let post = scene.last(scene.group).id;
            scene.press(scene.group, post, user, "checkin:do").await;
            scene.answered()
        };
        scene.until(12, 30).await;
        for user in [ling, mei] {
            assert_eq!(press(&mut scene, user).await, "✅ 第 1 天");
        }
        scene.pass(Span::days(1)).await;
        scene.until(20, 0).await;
        scene.tg.set_now(scene.stage.now() + Span::hours(1));
        scene.tg.press(scene.group, scene.last(scene.group).id, ling, "checkin:do");
        scene.stage.absent(Span::hours(14)).await.unwrap();
        scene.settle().await;
        assert_eq!(check_ins(&scene, ling).await, 1);
        scene.until(12, 31).await;
        assert_eq!(press(&mut scene, ling).await, "✅ 第 2 天");
        scene.pass(Span::days(1)).await;
        assert_eq!(press(&mut scene, ling).await, "✅ 第 3 天");
        assert_eq!(press(&mut scene, mei).await, "✅ 第 1 天", "a day the bot was there is missed as ever");
        scene.end().await;
    }
}
