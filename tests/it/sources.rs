//! Reposts without a source, as a group sees it.

use serde_json::json;
use steward::model::{MessageId, Span, UserId};
use steward::telegram::emulator::MessageSpec;

use crate::figures::{page, values};
use crate::harness::{Scene, scenarios};

const ON: &str = "[sources]\n[strikes]\n";
const ASKED: &str = "小玲，这段是转载的吧？请在 30 分钟内注明来源：编辑原消息，或回复这里写上出处、链接都行。自己写的话，点一下按钮就好。";

fn article() -> String {
    "春天的菜市场最有意思。荠菜、马兰头、香椿依次上市，摊主把带着泥土的菜摆成一排，吆喝声此起彼伏。老人们提着布袋子慢慢挑，年轻人举着手机核对菜谱。\n\n"
        .repeat(7)
}

fn stands(scene: &Scene, message: MessageId) -> bool {
    scene.tg.messages(scene.group).iter().any(|it| it.id == message)
}

fn cards(scene: &Scene) -> usize {
    scene.tg.bot_messages(scene.staff).len()
}

async fn say(scene: &mut Scene, user: UserId, text: &str) -> MessageId {
    let said = scene.say(user, text).await;
    scene.pass(Span::secs(8)).await;
    said
}

async fn answer(scene: &mut Scene, user: UserId, to: MessageId, text: &str) {
    scene.tg.send(scene.group, user, MessageSpec::text(text).reply_to(to)).unwrap();
    scene.settle().await;
    scene.pass(Span::secs(8)).await;
}

scenarios! {
    async fn who_posts_somebody_elses_text_is_asked_and_an_edit_answers(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        let said = say(&mut scene, ling, &article()).await;
        assert_eq!(scene.heard(), [ASKED]);
        assert_eq!(scene.last(scene.group).reply_to, Some(said));
        scene.tg.edit(scene.group, said, &format!("{}来源：某某日报", article()));
        scene.settle().await;
        scene.pass(Span::secs(8)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty(), "the question goes");
        scene.pass(Span::hours(1)).await;
        assert_eq!(cards(&scene), 0);
        assert!(stands(&scene, said));
        scene.end().await;
    }

    async fn an_answer_by_the_same_person_names_it_too(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        for to_question in [true, false] {
            let said = say(&mut scene, ling, &article()).await;
            let question = scene.last(scene.group).id;
            answer(&mut scene, mei, question, "某某日报").await;
            answer(&mut scene, ling, question, "不知道呀").await;
            assert_eq!(scene.tg.bot_messages(scene.group).len(), 1, "that is no answer");
            if to_question {
                answer(&mut scene, ling, question, "某某日报").await;
            } else {
                answer(&mut scene, ling, said, "转自某某日报").await;
            }
            assert!(scene.tg.bot_messages(scene.group).is_empty(), "{to_question}");
            scene.pass(Span::minutes(61)).await;
        }
        assert_eq!(cards(&scene), 0);
        scene.end().await;
    }

    async fn only_who_posted_it_can_say_that_they_wrote_it(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[sources]\n[strikes]\n").await;
        let (ling, mei) = (scene.newcomer("Ling").await, scene.newcomer("Mei").await);
        say(&mut scene, ling, &article()).await;
        let question = scene.last(scene.group);
        assert!(question.text.starts_with("Ling, is this from somewhere else? Please name the source within 30 minutes"), "{}", question.text);
        let (group, owner) = (scene.group, scene.owner);
        for other in [mei, owner] {
            scene.press(group, question.id, other, "I wrote it").await;
            assert_eq!(scene.answered(), "Only who posted it can say so.");
        }
        scene.press(group, question.id, ling, "I wrote it").await;
        assert_eq!(scene.answered(), "All right, thank you!");
        scene.pass(Span::secs(8)).await;
        assert!(scene.tg.bot_messages(group).is_empty());
        scene.tg.press_data(group, question.id, ling, "sources:own:77");
        scene.settle().await;
        assert_eq!(scene.answered(), "This is settled, thank you.");
        scene.pass(Span::hours(1)).await;
        assert_eq!(cards(&scene), 0);
        scene.end().await;
    }

    async fn what_nobody_names_goes_before_the_staff(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        let said = say(&mut scene, ling, &article()).await;
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(29)).await;
        assert_eq!((cards(&scene), scene.tg.bot_messages(scene.group).len()), (0, 1));
        scene.pass(Span::minutes(2)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty(), "the question goes");
        let card = scene.last(scene.staff);
        assert!(card.text.starts_with("可能违反群规，请看一眼 #1\n小玲"), "{}", card.text);
        assert!(card.text.contains("· 理由：转载没有注明来源") && card.text.contains("春天的菜市场"), "{}", card.text);
        assert!(stands(&scene, said));
        let owner = scene.owner;
        scene.press(scene.staff, card.id, owner, "确实违规").await;
        scene.pass(Span::secs(8)).await;
        assert!(!stands(&scene, said));
        scene.end().await;
    }

    async fn it_can_be_deleted_or_left(base) {
        let mut scene = Scene::new(&base, ON).await;
        for (then, left) in [("delete", false), ("nothing", true)] {
            scene.reload(&format!("[sources]\nthen = '{then}'\nwithin = '5m'\n[strikes]\n")).await;
            let ling = scene.newcomer("小玲").await;
            let said = say(&mut scene, ling, &article()).await;
            scene.skip();
            scene.pass(Span::minutes(5)).await;
            assert_eq!(stands(&scene, said), left, "{then}");
            let told = ["小玲，刚才的转载一直没有注明来源，已删除，不算警告。加上来源可以再发。"];
            assert_eq!(scene.heard(), if left { &[][..] } else { &told[..] }, "{then}");
            assert_eq!(cards(&scene), 0);
        }
        scene.end().await;
    }

    async fn who_is_asked_is_asked_once_an_hour_and_others_are_not(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (ling, owner) = (scene.newcomer("小玲").await, scene.owner);
        scene.skip();
        say(&mut scene, owner, &article()).await;
        let forward = MessageSpec {
            forward: Some(json!({ "type": "channel", "chat": { "id": -1_001_234_567_i64, "type": "channel", "title": "某报" }, "message_id": 5, "date": 1 })),
            ..MessageSpec::text(&article())
        };
        scene.tg.send(scene.group, ling, forward).unwrap();
        let anonymous = MessageSpec { anonymous: true, ..MessageSpec::text(&article()) };
        scene.tg.send(scene.group, owner, anonymous).unwrap();
        scene.settle().await;
        say(&mut scene, ling, &format!("{}来源：某某日报", article())).await;
        say(&mut scene, ling, "我今天五点就醒了，给孩子做了早饭。\n下午我去跑步，路上我想起小时候的事。\n".repeat(12).trim()).await;
        assert_eq!(scene.heard(), Vec::<String>::new());
        say(&mut scene, ling, &article()).await;
        say(&mut scene, ling, &format!("第二篇\n{}", article())).await;
        assert_eq!(scene.heard(), [ASKED]);
        scene.end().await;
    }

    async fn figures_tell_how_many_name_their_source(base) {
        let mut scene = Scene::new(&base, ON).await;
        assert_eq!(values(&page(&mut scene, "sources").await, "注明来源"), ["–"; 3]);
        let mut people = Vec::new();
        for name in ["一", "二", "三", "四"] {
            people.push(scene.newcomer(name).await);
        }
        say(&mut scene, people[0], &format!("{}来源：某某日报", article())).await;
        let said = say(&mut scene, people[1], &article()).await;
        answer(&mut scene, people[1], said, "来源是某某日报").await;
        say(&mut scene, people[2], &article()).await;
        let (group, question) = (scene.group, scene.last(scene.group).id);
        scene.press(group, question, people[2], "我写的").await;
        say(&mut scene, people[3], &article()).await;
        scene.pass(Span::minutes(31)).await;
        let told = page(&mut scene, "sources").await;
        assert_eq!(values(&told, "注明来源"), ["2/3（67%），问过 3 次，补上 1 次，其中 1 次是自己写的"; 3]);
        scene.forget(people[3]).await;
        assert_eq!(values(&page(&mut scene, "sources").await, "注明来源")[0], "2/2（100%），问过 2 次，补上 1 次，其中 1 次是自己写的");
        scene.end().await;
    }

    async fn who_is_forgotten_is_no_longer_asked(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        say(&mut scene, ling, &article()).await;
        scene.forget(ling).await;
        scene.pass(Span::minutes(31)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty());
        assert_eq!(cards(&scene), 0);
        scene.end().await;
    }
}
