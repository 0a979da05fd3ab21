//! What the bot may say in a group is shared fairly: one person cannot use it up.

use steward::model::Span;

use crate::harness::{Scene, scenarios};

scenarios! {
    async fn one_person_cannot_use_up_what_a_group_may_be_told(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let (ling, xia) = (scene.newcomer("小玲").await, scene.newcomer("小夏").await);
        scene.pass(Span::minutes(1)).await;
        for _ in 0..15 {
            scene.tg.say(scene.group, ling, "打卡");
            scene.tg.say(scene.group, ling, "/streak");
        }
        scene.tg.say(scene.group, xia, "打卡");
        scene.tg.say(scene.group, scene.owner, "/settings");
        scene.pass(Span::secs(10)).await;
        let heard = scene.heard();
        assert_eq!(heard.len(), 6, "{heard:?}");
        assert!(heard[0].starts_with("⚙️"), "staff are answered first: {heard:?}");
        assert_eq!(heard.iter().filter(|text| **text == "✅ 第 1 天").count(), 2, "everybody's check-in counts: {heard:?}");
        scene.pass(Span::minutes(1)).await;
        scene.say(ling, "/streak").await;
        assert_eq!(scene.heard().len(), 1, "a minute later she is answered again");
        scene.end().await;
    }

    async fn many_who_ask_leave_room_for_staff(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let mut people = Vec::new();
        for n in 0..8 {
            people.push(scene.regular(&format!("成员{n}")).await);
        }
        for user in &people {
            for _ in 0..4 {
                scene.tg.say(scene.group, *user, "/streak");
            }
        }
        scene.pass(Span::secs(50)).await;
        scene.skip();
        for _ in 0..2 {
            scene.tg.say(scene.group, scene.owner, "/id");
        }
        scene.pass(Span::secs(3)).await;
        let heard = scene.heard();
        assert_eq!(heard.iter().filter(|text| text.starts_with("群 ID")).count(), 2, "{heard:?}");
        scene.pass(Span::minutes(2)).await;
        scene.end().await;
    }

    async fn staff_may_ask_as_often_as_they_like(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.regular("小玲").await;
        scene.promote(ling);
        scene.settle().await;
        scene.pass(Span::minutes(1)).await;
        scene.skip();
        for user in [ling, scene.owner] {
            for _ in 0..6 {
                scene.tg.say(scene.group, user, "/help");
            }
        }
        scene.pass(Span::secs(40)).await;
        assert_eq!(scene.heard().len(), 12);
        scene.end().await;
    }
}
