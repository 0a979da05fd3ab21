//! How many of those who take part check in.

use steward::model::Span;

use super::{newcomers, page, values};
use crate::harness::{Scene, scenarios};

const KIT: &str = "[checkin]\nrewards = [{ streak = 2, give = 'kit' }]\n\
                   [checkin.gifts.kit]\ntitle = '效率手册'\ntext = '一次只做一件事。'\n";

scenarios! {
    async fn days_checked_in_are_set_against_the_days_since_the_first(base) {
        let mut scene = Scene::new(&base, KIT).await;
        let told = page(&mut scene, "checkin").await;
        assert_eq!(values(&told, "打卡率"), ["–", "–", "–"]);
        assert_eq!(values(&told, "连续打卡"), ["0 人"]);
        let people = newcomers(&mut scene, &["一", "二", "三"]).await;
        for user in [people[0], people[1]] {
            scene.say(user, "打卡").await;
            scene.say(user, "打卡").await;
        }
        assert_eq!(values(&page(&mut scene, "checkin").await, "打卡率"), ["2/2（100%）"; 3]);
        scene.pass(Span::days(1)).await;
        scene.say(people[0], "打卡").await;
        // Today one of two; of two days three of four. Who never checked in is no part of it.
        let told = page(&mut scene, "checkin").await;
        assert_eq!(values(&told, "打卡率"), ["1/2（50%）", "3/4（75%）", "3/4（75%）"]);
        assert_eq!(values(&told, "连续打卡"), ["1 人，其中满 7 天的 0 人，最长 2 天"]);
        assert_eq!(values(&told, "得到的奖励"), ["1", "1", "1"]);
        // Who leaves is in neither number.
        scene.tg.leave(scene.group, people[1]);
        scene.pass(Span::days(1)).await;
        assert_eq!(values(&page(&mut scene, "checkin").await, "打卡率"), ["0/1（0%）", "2/3（67%）", "2/3（67%）"]);
        scene.end().await;
    }

    async fn a_day_made_up_is_no_check_in_and_days_begin_when_the_settings_say(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[checkin]\nday_starts = '04:00'\nmakeup = { per_month = 2 }\n").await;
        let people = newcomers(&mut scene, &["A"]).await;
        scene.say(people[0], "check in").await;
        scene.until(3, 0).await;
        // At three in the morning it is still the first day.
        assert_eq!(values(&page(&mut scene, "checkin").await, "Check-in rate")[0], "1/1 (100%)");
        scene.pass(Span::days(2)).await;
        scene.say(people[0], "check in").await;
        scene.say(people[0], "/makeup").await;
        // Three days: the first, one made up, and the third.
        let told = page(&mut scene, "checkin").await;
        assert_eq!(values(&told, "Check-in rate"), ["1/1 (100%)", "2/3 (67%)", "2/3 (67%)"]);
        assert_eq!(values(&told, "Streaks"), ["1, 0 of 7 days or more, the longest 3 days"]);
        for _ in 0..4 {
            scene.pass(Span::days(1)).await;
            scene.say(people[0], "check in").await;
        }
        assert_eq!(values(&page(&mut scene, "checkin").await, "Streaks"), ["1, 1 of 7 days or more, the longest 7 days"]);
        assert!(!page(&mut scene, "checkin").await.contains("Rewards"), "there are none");
        scene.end().await;
    }
}
