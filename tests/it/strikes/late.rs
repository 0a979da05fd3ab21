//! Orders read too late: they are not carried out, and who gave them hears so, once.

use steward::model::{Span, Status};
use steward::telegram::emulator::MessageSpec;

use super::{ON, ledger, unhurried};
use crate::harness::{Scene, scenarios};

scenarios! {
    async fn orders_given_while_it_was_away_are_not_carried_out_and_told_once(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        let said = scene.say(ling, "你们都是傻瓜").await;
        scene.skip();
        scene.tg.send(scene.group, owner, MessageSpec::text("/warn 请文明交流").reply_to(said)).unwrap();
        scene.tg.say(scene.group, owner, "/ban 10001 <b>骂人</b>");
        scene.tg.send(scene.group, owner, MessageSpec { anonymous: true, ..MessageSpec::text("/mute 10002 2h") }).unwrap();
        scene.tg.say(scene.group, mei, "/ban 10001");
        scene.tg.say(scene.staff, owner, "/kick 10002");
        scene.stage.absent(Span::hours(3)).await.unwrap();
        unhurried(&mut scene).await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.heard(), [
            "我刚才不在线，下面的命令来晚了，没有执行：\n▫️ /warn 请文明交流（群主，3月2日 12:02）\n\
             ▫️ /ban 10001 <b>骂人</b>（群主，3月2日 12:02）\n▫️ /mute 10002 2h（管理员，3月2日 12:02）\n还需要的话，请再发一次。",
        ]);
        assert_eq!(scene.texts(scene.staff),
            ["我刚才不在线，下面的命令来晚了，没有执行：\n▫️ /kick 10002（群主，3月2日 12:02）\n还需要的话，请再发一次。"]);
        for user in [ling, mei] {
            assert_eq!(scene.tg.member_status(scene.group, user), Status::Member);
            assert_eq!(ledger(&scene, user).await, []);
        }
        // What is given from now on is carried out as ever.
        scene.say(owner, "/ban 10001").await;
        unhurried(&mut scene).await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        scene.pass(Span::hours(2)).await;
        assert_eq!(scene.texts(scene.group), Vec::<String>::new());
        scene.end().await;
    }

    async fn a_long_backlog_of_orders_is_one_message(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[strikes]\n").await;
        let owner = scene.owner;
        for n in 0..40 {
            scene.tg.say(scene.group, owner, &format!("/ban {}", 20_000 + n));
        }
        scene.skip();
        scene.stage.absent(Span::hours(1)).await.unwrap();
        scene.pass(Span::minutes(1)).await;
        let heard = scene.heard();
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert!(heard[0].starts_with("I was away, and these came too late and were not carried out:\n▫️ /ban 20000 (群主, 2 March, 12:02)\n"), "{heard:?}");
        assert!(heard[0].ends_with("\n… and 30 more\nIf you still want them, please send them again."), "{heard:?}");
        scene.end().await;
    }

    async fn orders_wait_for_the_word_of_it_through_a_crash(base) {
        let mut scene = Scene::new(&base, ON).await;
        scene.tg.say(scene.group, scene.owner, "/ban 10001");
        scene.skip();
        scene.stage.absent(Span::hours(1)).await.unwrap();
        scene.settle().await;
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.heard().len(), 1);
        scene.end().await;
    }
}
