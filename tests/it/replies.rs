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

    /// Eight members who ask as often as they may keep the bot busy with answers for as long as they like. A post and a
    /// welcome come all the same, and so do answers while there is more to post.
    async fn many_who_ask_hold_back_neither_a_post_nor_a_welcome(base) {
        let settings = "[checkin]\n[welcome]\nmerge_within = '5s'\n\
            [[calendar]]\nid = 'a'\nat = '12:20'\ntext = '今天的话题'";
        let mut scene = Scene::new(&base, settings).await;
        let mut people = Vec::new();
        for n in 0..8 {
            people.push(scene.regular(&format!("成员{n}")).await);
        }
        scene.until(12, 18).await;
        let mut came = (0, 0);
        for turn in 0..20 {
            for user in &people {
                scene.tg.say(scene.group, *user, "/streak");
            }
            if turn == 6 {
                let ann = scene.person("新来的安");
                scene.tg.join(scene.group, ann);
            }
            scene.pass(Span::secs(15)).await;
            let said = scene.texts(scene.group);
            came.0 += i32::from(came.0 == 0 && said.iter().any(|text| text == "今天的话题")) * turn;
            came.1 += i32::from(came.1 == 0 && said.iter().any(|text| text.contains("新来的安"))) * turn;
        }
        let answers = scene.tg.log().iter().filter(|call| call.method == "sendMessage").count();
        assert!((8..=9).contains(&came.0), "due at the end of the eighth quarter of a minute: {came:?}");
        assert!((6..=8).contains(&came.1), "she came at the beginning of the seventh: {came:?}");
        assert!(answers > 60, "{answers}");
        scene.pass(Span::minutes(3)).await;
        scene.end().await;
    }

    async fn what_everybody_is_told_alike_is_not_said_again_within_seconds(base) {
        let mut scene = Scene::new(&base, "[checkin]\n[welcome]\nrules = '友善'").await;
        let (ling, xia) = (scene.regular("小玲").await, scene.regular("小夏").await);
        for words in ["/help", "/rules", "/top"] {
            scene.pass(Span::minutes(2)).await;
            scene.skip();
            for user in [ling, xia, ling] {
                scene.tg.say(scene.group, user, words);
                scene.pass(Span::secs(1)).await;
            }
            assert_eq!(scene.heard().len(), 1, "{words}");
            scene.pass(Span::secs(15)).await;
            scene.say(xia, words).await;
            assert_eq!(scene.heard().len(), 1, "{words}: some seconds later it is");
        }
        scene.pass(Span::minutes(20)).await;
        scene.end().await;
    }

    async fn who_has_had_their_answers_keeps_nobody_from_help(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let (ling, xia) = (scene.regular("小玲").await, scene.regular("小夏").await);
        for words in ["/streak", "/streak", "/streak", "/streak", "/help"] {
            scene.tg.say(scene.group, ling, words);
        }
        scene.pass(Span::secs(10)).await;
        scene.skip();
        scene.say(xia, "/help").await;
        assert_eq!(scene.heard().len(), 1);
        scene.pass(Span::minutes(20)).await;
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
