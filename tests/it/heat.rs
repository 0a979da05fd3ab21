//! Heated talk, as the staff and the group see it.

use steward::model::{MessageId, Span, UserId};
use steward::telegram::emulator::MessageSpec;

use crate::harness::{Scene, scenarios};

const ON: &str = "[heat]\n";

fn alerts(scene: &Scene) -> Vec<String> {
    let mut texts = scene.texts(scene.staff);
    texts.retain(|text| text.starts_with("🔥"));
    texts
}

async fn members(scene: &mut Scene, n: usize) -> Vec<UserId> {
    let mut people = Vec::new();
    for n in 0..n {
        people.push(scene.regular(&format!("成员{n}")).await);
    }
    people
}

/// So many messages in five minutes by these people in turn; each `nth` says this.
async fn talk(
    scene: &mut Scene,
    people: &[UserId],
    n: usize,
    nth: usize,
    words: &str,
    topic: Option<i64>,
) -> Vec<MessageId> {
    let mut said = Vec::new();
    for at in 0..n {
        let text = if at % nth == 0 { words.to_owned() } else { format!("我觉得第{at}条也有道理") };
        let spec = MessageSpec { topic, ..MessageSpec::text(&text) };
        said.push(scene.tg.send(scene.group, people[at % people.len()], spec).unwrap());
        scene.pass(Span::secs(10)).await;
    }
    said
}

scenarios! {
    async fn a_quarrel_of_several_is_told_once_an_hour(base) {
        let mut scene = Scene::new(&base, ON).await;
        let people = members(&mut scene, 5).await;
        scene.skip();
        talk(&mut scene, &people, 30, 4, "你是不是脑残", None).await;
        let told = alerts(&scene);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("🔥 「职场妈妈成长社」里聊得有点上火\n近 10 分钟 21 条消息，5 个人在说；其中 6 条骂人或被点了 👎 一类的表情，出自 5 个人。\n热度 2.9，到 1.5 提醒。\n去看看"), "{told:?}");
        assert_eq!(scene.heard(), [""; 0], "the group hears nothing");
        scene.stage.restart().await.unwrap();
        talk(&mut scene, &people, 30, 4, "你是不是脑残", None).await;
        assert_eq!(alerts(&scene).len(), 1);
        scene.pass(Span::minutes(55)).await;
        talk(&mut scene, &people, 30, 4, "你是不是脑残", None).await;
        assert_eq!(alerts(&scene).len(), 2, "an hour later it is news");
        scene.end().await;
    }

    async fn cheer_and_slow_talk_and_two_who_bicker_are_left_alone(base) {
        let mut scene = Scene::new(&base, ON).await;
        let people = members(&mut scene, 8).await;
        let said = talk(&mut scene, &people, 40, 1, "生日快乐🎂", None).await;
        for (at, message) in said.iter().enumerate() {
            for user in &people[..4] {
                scene.tg.react(scene.group, *message, *user, &["👍"]);
            }
            // Somebody always finds something to dislike.
            if at % 10 == 0 {
                scene.tg.react(scene.group, *message, people[7], &["👎"]);
            }
        }
        scene.pass(Span::minutes(20)).await;
        talk(&mut scene, &people[..2], 40, 2, "你给我滚", None).await;
        scene.pass(Span::minutes(20)).await;
        for user in people.iter().cycle().take(16) {
            scene.say(*user, "没素质").await;
            scene.pass(Span::minutes(2)).await;
        }
        assert_eq!(alerts(&scene), [""; 0]);
        scene.end().await;
    }

    async fn bad_reactions_of_several_are_told_and_taken_back_they_are_none(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[heat]\n").await;
        let people = members(&mut scene, 6).await;
        let said = talk(&mut scene, &people[..3], 24, 100, "so this is the plan", None).await;
        for message in &said[..8] {
            scene.tg.react(scene.group, *message, people[3], &["👎"]);
            scene.tg.react(scene.group, *message, people[3], &[]);
            scene.tg.react(scene.group, *message, people[4], &["🤬"]);
        }
        scene.settle().await;
        assert_eq!(alerts(&scene), [""; 0], "one person's anger");
        for message in &said[..8] {
            scene.tg.react(scene.group, *message, people[3], &["💩"]);
            scene.tg.react(scene.group, *message, people[5], &["😡", "👎"]);
        }
        scene.pass(Span::secs(5)).await;
        let told = alerts(&scene);
        assert!(told.len() == 1 && told[0].starts_with("🔥 \"职场妈妈成长社\": a talk is getting heated\n24 messages of 3 people in 10 minutes;"), "{told:?}");
        scene.end().await;
    }

    async fn each_topic_is_told_by_itself_and_a_card_calms_it(base) {
        let mut scene = Scene::new(&base, "[heat]\ncard = true\n").await;
        scene.tg.set_forum(scene.group, true);
        let (people, quiet, loud) = (members(&mut scene, 6).await, scene.tg.add_topic(scene.group, "读书"), scene.tg.add_topic(scene.group, "闲聊"));
        scene.skip();
        talk(&mut scene, &people, 12, 4, "傻逼", Some(quiet)).await;
        talk(&mut scene, &people, 24, 4, "傻逼", Some(loud)).await;
        let told = alerts(&scene);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("的一个话题里聊得有点上火") && told[0].ends_with("我已经在群里请大家好好说话。"), "{told:?}");
        let cards = scene.heard();
        assert!(cards.len() == 1 && cards[0].starts_with("🍵 聊得有点急了"), "{cards:?}");
        let topic = scene.last(scene.group).id;
        assert_eq!(scene.tg.message(scene.group, topic).unwrap().body["message_thread_id"].as_i64(), Some(loud));
        talk(&mut scene, &people, 30, 4, "傻逼", Some(quiet)).await;
        assert_eq!(alerts(&scene).len(), 2, "another topic is another talk");
        scene.end().await;
    }

    async fn a_backlog_alarms_nobody(base) {
        let mut scene = Scene::new(&base, ON).await;
        let people = members(&mut scene, 5).await;
        for at in 0..30 {
            scene.tg.say(scene.group, people[at % 5], "你是不是脑残");
        }
        scene.stage.absent(Span::minutes(10)).await.unwrap();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(alerts(&scene), [""; 0]);
        scene.end().await;
    }
}
