//! Make-up cards: what they fill, what they cost, and when they are refused.

use steward::model::{Span, Timestamp};

use crate::checkin::{arrives_late, check_in_for};
use crate::harness::{NOON, Scene, scenarios};

const PLAIN: &str = "[checkin]";

scenarios! {
    async fn a_card_mends_a_missed_day(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        check_in_for(&mut scene, ling, 2).await;
        scene.pass(Span::days(2)).await;
        scene.say(ling, "打卡").await;
        scene.skip();
        scene.say(ling, "/makeup").await;
        assert_eq!(scene.heard(), ["✅ 已补上 3月4日 · 现在连续 4 天 · 本月还有 1 张补签卡"]);
        for (words, answer) in [
            ("/makeup", "最近 3 天没有漏掉的，不用补签。"),
            ("/makeup 3月4日", "3月4日 已经打过卡，不用补。"),
            ("/makeup 2026-03-01", "只能补最近 3 天里已经过去的日子。"),
            ("/makeup 明年", "这样用：/makeup 补最近漏掉的一天，或写明日期，如 /makeup 3月4日、/makeup 昨天。"),
        ] {
            scene.skip();
            scene.pass(Span::minutes(1)).await;
            scene.say(ling, words).await;
            assert_eq!(scene.heard(), [answer], "{words}");
        }
        let xia = scene.newcomer("小夏").await;
        scene.say(xia, "/makeup 昨天").await;
        assert_eq!(scene.heard(), ["3月4日 你还没有加入，补不了。"]);
        scene.end().await;
    }

    async fn cards_run_out_and_come_back_with_the_month(base) {
        let mut scene = Scene::new(&base, "[checkin]\nmakeup = { per_month = 1, within = \"7d\" }").await;
        let ling = scene.newcomer("小玲").await;
        scene.pass(Span::days(5)).await;
        scene.say(ling, "/makeup").await;
        scene.whisper(ling, "/makeup").await;
        assert_eq!(scene.texts(ling.private()), ["本月的 1 张补签卡已经用完，下个月再来。"]);
        scene.pass(Span::days(26)).await;
        scene.whisper(ling, "/makeup 昨天").await;
        assert_eq!(
            scene.texts(ling.private())[1..],
            ["✅ 已补上 4月1日 · 现在连续 1 天 · 本月还有 0 张补签卡"]
        );
        scene.end().await;
    }

    async fn a_late_check_in_gives_the_card_back(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let ling = scene.newcomer("小玲").await;
        scene.pass(Span::days(1)).await;
        let then = scene.stage.now();
        scene.pass(Span::days(1)).await;
        scene.say(ling, "/makeup").await;
        arrives_late(&mut scene, ling, then).await;
        scene.whisper(ling, "/streak").await;
        assert_eq!(scene.texts(ling.private()), ["🔥 连续 1 天 · 最长 1 天 · 累计 1 天\n今天还没打卡\n本月还有 2 张补签卡"]);
        scene.end().await;
    }

    async fn a_day_before_the_bot_came_costs_no_card(base) {
        let mut scene = Scene::new(&base, PLAIN).await;
        let mei = scene.regular("小梅").await;
        scene.say(mei, "/makeup 昨天").await;
        assert_eq!(scene.heard(), ["3月1日 我还没来到群里，那天谁也打不了卡，没法补。"]);
        scene.say(mei, "/makeup").await;
        assert_eq!(scene.heard(), ["最近 3 天没有漏掉的，不用补签。"]);
        scene.reload("language = 'en'\n[checkin]").await;
        scene.pass(Span::minutes(1)).await;
        scene.say(mei, "/makeup yesterday").await;
        assert_eq!(scene.heard(), [
            "I was not in the group yet on 1 March. Nobody could check in that day, so it cannot be made up."
        ]);
        scene.pass(Span::days(1)).await;
        scene.skip();
        scene.say(mei, "/makeup 2 March").await;
        assert_eq!(scene.heard(), ["✅ 2 March is made up · 1 day in a row now · 1 card left this month"]);
        scene.end().await;
    }

    async fn a_day_of_last_year_is_said_with_its_year(base) {
        // New Year's Eve, noon in Shanghai.
        let mut scene = Scene::at(&base, PLAIN, Timestamp(NOON.0 - 61 * 86_400_000)).await;
        let ling = scene.newcomer("小玲").await;
        scene.pass(Span::days(1)).await;
        scene.say(ling, "/makeup").await;
        assert_eq!(scene.heard(), ["✅ 已补上 2025年12月31日 · 现在连续 1 天 · 本月还有 1 张补签卡"]);
        scene.whisper(ling, "/mydata").await;
        assert!(scene.last(ling.private()).text.contains("加入：2025年12月31日 12:02\n"));
        scene.end().await;
    }

    async fn a_day_on_which_check_ins_were_not_on_costs_no_card(base) {
        let mut scene = Scene::new(&base, "").await;
        let mei = scene.regular("小梅").await;
        scene.pass(Span::days(3)).await;
        scene.reload(PLAIN).await;
        for (words, answer) in [("/makeup 昨天", "3月4日 群里还没有开始打卡，没法补。"), ("/makeup", "最近 3 天没有漏掉的，不用补签。")] {
            scene.say(mei, words).await;
            assert_eq!(scene.heard(), [answer]);
            scene.pass(Span::minutes(1)).await;
        }
        // Neither a restart nor an absence counts as switching them off.
        scene.stage.restart().await.unwrap();
        scene.stage.absent(Span::hours(2)).await.unwrap();
        scene.pass(Span::hours(20)).await;
        scene.reload(&format!("language = 'en'\n{PLAIN}")).await;
        scene.skip();
        scene.say(mei, "/makeup 4 March").await;
        assert_eq!(scene.heard(), ["Check-ins were not on yet on 4 March, so it cannot be made up."]);
        scene.pass(Span::minutes(1)).await;
        scene.skip();
        scene.say(mei, "/makeup 5 March").await;
        assert_eq!(scene.heard(), ["✅ 5 March is made up · 1 day in a row now · 1 card left this month"]);
        // They are switched off for some days.
        scene.reload("").await;
        scene.pass(Span::days(2)).await;
        scene.reload(PLAIN).await;
        scene.skip();
        scene.say(mei, "/makeup 昨天").await;
        assert_eq!(scene.heard(), ["3月7日 群里还没有开始打卡，没法补。"]);
        scene.end().await;
    }
}
