//! Many who come to advertise at once.

use steward::model::{MessageId, Span, Status, UserId};

use super::{AD, INVITE, ON, card, cards, ledger, stands};
use crate::harness::{Scene, scenarios};

scenarios! {
    async fn a_raid_is_cleared_without_noise(base) {
        let mut scene = Scene::new(&base, ON).await;
        let raiders: Vec<UserId> = (0..30).map(|n| scene.person(&format!("广告{n}"))).collect();
        scene.skip();
        for user in &raiders {
            scene.tg.join(scene.group, *user);
        }
        let ads: Vec<MessageId> = raiders
            .iter()
            .flat_map(|user| [scene.tg.say(scene.group, *user, AD), scene.tg.say(scene.group, *user, INVITE)])
            .collect();
        scene.settle().await;
        scene.pass(Span::secs(30)).await;
        assert!(ads.iter().all(|id| !stands(&scene, *id)));
        assert_eq!(scene.heard().len(), 3, "warnings");
        scene.pass(Span::minutes(2)).await;
        assert_eq!(cards(&scene), 7, "six cards and a summary");
        let numbers: Vec<String> = (7..=30).map(|id| format!("#{id}")).collect();
        assert_eq!(card(&scene).text,
            format!("短时间内又有 24 条：已处理 24（{}）。发 /strikes #编号 查看。", numbers.join(" ")));
        scene.tg.say(scene.staff, scene.owner, "/strikes #13");
        scene.pass(Span::secs(8)).await;
        assert!(card(&scene).text.starts_with("广告 #13"), "{}", card(&scene).text);
        scene.press(scene.staff, card(&scene).id, scene.owner, "不是广告").await;
        scene.pass(Span::secs(8)).await;
        assert!(card(&scene).text.ends_with("✅ 群主：不是广告，已撤销"), "{}", card(&scene).text);
        for user in raiders {
            assert_eq!(ledger(&scene, user).await.len(), 1);
        }
        scene.end().await;
    }

    /// Fault 84: in a minute 300 join and write two ads each. The ads go, the newcomers make one post or two, the staff
    /// is told in few words, and Telegram never has to say that it is too much.
    async fn a_large_raid_is_cleared_within_telegrams_limits(base) {
        let mut scene = Scene::new(&base, "[strikes]\n[welcome]\nremove_previous = false\n").await;
        let raiders: Vec<UserId> = (0..300).map(|n| scene.person(&format!("广告{n}"))).collect();
        let mut ads: Vec<MessageId> = Vec::new();
        for part in raiders.chunks(5) {
            for user in part {
                scene.tg.join(scene.group, *user);
                for text in [AD, INVITE] {
                    ads.push(scene.tg.say(scene.group, *user, text));
                }
            }
            scene.pass(Span::secs(1)).await;
        }
        scene.pass(Span::secs(10)).await;
        assert!(ads.iter().all(|id| !stands(&scene, *id)), "all ads are gone");
        let welcomes = scene.texts(scene.group).iter().filter(|text| text.starts_with("👋")).count();
        assert!(welcomes <= 2, "{welcomes} welcomes");
        assert!(cards(&scene) <= 10, "{} messages to the staff", cards(&scene));
        scene.pass(Span::minutes(10)).await;
        assert!(cards(&scene) <= 14, "{} messages to the staff", cards(&scene));
        let refused: Vec<_> = scene.calls().into_iter().filter(|call| call.outcome.is_err()).collect();
        assert!(refused.is_empty(), "{refused:?}");
        for user in raiders {
            assert_eq!(ledger(&scene, user).await.len(), 1);
            assert_eq!(scene.tg.member_status(scene.group, user), Status::Member, "a first strike");
        }
        scene.end().await;
    }
}
