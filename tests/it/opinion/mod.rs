//! Second opinions, as the staff see them.

mod service;

use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::BoxFuture;
use steward::advice::Advisor;
use steward::model::Span;
use steward::model::opinion::{Consult, KeySource, Leaning, NoOpinion, Opinion};

use crate::harness::{Scene, scenarios};

const ON: &str = "[strikes]\n[opinion]\nurl = 'https://models.example/v1'\nmodel = 'small'\nkey_env = 'OPINION_KEY'\n";
/// Suspicious of a newcomer, and no clear ad.
const SUSPECT: &str = "频道 t.me/some_channel";
const LATER: Span = Span::minutes(11);

/// Answers what it is told to, the last for ever, and remembers what it was asked.
#[derive(Default)]
struct Script {
    answers: Mutex<Vec<Result<Opinion, NoOpinion>>>,
    asked: Mutex<Vec<Consult>>,
}

impl Script {
    fn answering(answers: impl IntoIterator<Item = Result<Opinion, NoOpinion>>) -> Arc<Self> {
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.reverse();
        Arc::new(Self { answers: Mutex::new(answers), asked: Mutex::default() })
    }

    fn asked(&self) -> Vec<Consult> {
        self.asked.lock().unwrap().clone()
    }
}

impl Advisor for Script {
    fn ask<'a>(&'a self, consult: &'a Consult) -> BoxFuture<'a, Result<Opinion, NoOpinion>> {
        self.asked.lock().unwrap().push(consult.clone());
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.pop() } else { answers.first().cloned() };
        async move { answer.unwrap_or(Err(NoOpinion::Nobody)) }.boxed()
    }
}

fn thinks(leaning: Leaning, because: &str) -> Opinion {
    Opinion { leaning, because: because.to_owned() }
}

async fn scene(base: &crate::harness::Base, settings: &str, script: &Arc<Script>) -> Scene {
    let mut scene = Scene::new(base, settings).await;
    scene.stage.advised_by(script.clone());
    scene
}

/// Somebody new writes something suspicious.
async fn suspect(scene: &mut Scene, name: &str) {
    let user = scene.newcomer(name).await;
    scene.say(user, SUSPECT).await;
    scene.pass(Span::secs(10)).await;
}

fn staff(scene: &Scene) -> Vec<String> {
    scene.texts(scene.staff)
}

scenarios! {
    async fn the_card_shows_what_a_model_thinks(base) {
        let script = Script::answering([Ok(thinks(Leaning::Ad, "引流 <b>https://t.me/evil</b>"))]);
        let mut scene = scene(&base, ON, &script).await;
        suspect(&mut scene, "小玲").await;
        let card = scene.last(scene.staff);
        assert!(card.text.starts_with("疑似广告，请看一眼 #1"), "{}", card.text);
        assert!(card.text.ends_with("处理：等你们决定\n🤖 AI 参考意见：多半是广告，理由：引流 <b>https://t.me/evil</b>"), "{}", card.text);
        assert_eq!(card.buttons.len(), 3, "everything is left to the staff");
        assert_eq!(scene.tg.messages(scene.group).iter().filter(|it| it.text == SUSPECT).count(), 1);
        let asked = script.asked();
        let [consult] = asked.as_slice() else { panic!("{asked:?}") };
        assert_eq!((consult.text.as_str(), consult.newcomer), (SUSPECT, true));
        assert_eq!(consult.endpoint.key, KeySource::Variable("OPINION_KEY".to_owned()));
        scene.end().await;
    }

    async fn nobody_is_asked_about_clear_ads_talk_or_without_the_section(base) {
        let script = Script::answering([Ok(thinks(Leaning::Ad, ""))]);
        let mut scene = scene(&base, ON, &script).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "兼职日结 300 元，加微信 vx_888666 详聊").await;
        scene.say(ling, "今天下雨了").await;
        scene.reload("[strikes]\n").await;
        suspect(&mut scene, "小美").await;
        assert_eq!(script.asked(), []);
        scene.end().await;
    }

    async fn an_opinion_strikes_nobody_and_comes_too_late_for_a_decided_case(base) {
        let script = Script::answering([Ok(thinks(Leaning::Ad, "广告"))]);
        let mut scene = scene(&base, ON, &script).await;
        let (owner, ling) = (scene.owner, scene.newcomer("小玲").await);
        scene.tg.say(scene.group, ling, SUSPECT);
        // The card is on its way; the question is asked and its answer not yet heard.
        scene.stage.round().await.unwrap();
        scene.stage.round_before_receipts().await.unwrap();
        scene.settle().await;
        let card = scene.last(scene.staff);
        scene.press(scene.staff, card.id, owner, "没问题").await;
        scene.pass(Span::secs(10)).await;
        assert!(!scene.tg.is_muted(scene.group, ling));
        assert_eq!(scene.tg.messages(scene.group).iter().filter(|it| it.text == SUSPECT).count(), 1);
        scene.end().await;
    }

    async fn a_service_that_fails_is_left_alone_and_told_of_once(base) {
        let script = Script::answering([Err(NoOpinion::Late), Err(NoOpinion::Busy), Ok(thinks(Leaning::Innocent, "分享文章"))]);
        let mut scene = scene(&base, ON, &script).await;
        suspect(&mut scene, "小玲").await;
        let told = |scene: &Scene| staff(scene).iter().filter(|it| it.contains("暂时没有 AI 参考意见")).count();
        assert_eq!(scene.last(scene.staff).text,
            "⚠️ 暂时没有 AI 参考意见：服务没有及时答复。判断和处理照常，恢复后会自动继续。");
        suspect(&mut scene, "小美").await;
        assert_eq!(script.asked().len(), 1, "it is left alone for ten minutes");
        scene.pass(LATER).await;
        suspect(&mut scene, "小兰").await;
        assert_eq!((script.asked().len(), told(&scene)), (2, 1), "told once");
        scene.pass(LATER).await;
        suspect(&mut scene, "小芳").await;
        assert!(scene.last(scene.staff).text.ends_with("多半不是广告，理由：分享文章"), "{}", scene.last(scene.staff).text);
        scene.end().await;
    }

    async fn one_answer_that_makes_no_sense_alarms_nobody(base) {
        let script = Script::answering([Err(NoOpinion::Garbled)]);
        let mut scene = scene(&base, ON, &script).await;
        for name in ["小玲", "小美"] {
            suspect(&mut scene, name).await;
        }
        assert_eq!(script.asked().len(), 2);
        assert!(staff(&scene).iter().all(|it| !it.contains("⚠️")), "{:?}", staff(&scene));
        suspect(&mut scene, "小兰").await;
        assert!(scene.last(scene.staff).text.contains("答复看不懂"), "{:?}", staff(&scene));
        scene.end().await;
    }

    async fn no_more_is_asked_than_the_budget_allows(base) {
        let script = Script::answering([Ok(thinks(Leaning::Unsure, ""))]);
        let mut scene = scene(&base, &format!("{ON}per_hour = 1\nper_day = 2\ncharacters = 10\n"), &script).await;
        for name in ["小玲", "小美"] {
            suspect(&mut scene, name).await;
        }
        assert_eq!(script.asked().len(), 1);
        assert_eq!(script.asked()[0].text, "频道 t.me/so");
        assert!(staff(&scene).iter().any(|it| it.ends_with("🤖 AI 参考意见：说不准")), "{:?}", staff(&scene));
        scene.pass(Span::hours(1)).await;
        for name in ["小兰", "小芳"] {
            suspect(&mut scene, name).await;
        }
        scene.pass(Span::hours(2)).await;
        suspect(&mut scene, "小梅").await;
        assert_eq!(script.asked().len(), 2, "and no more in a day");
        scene.end().await;
    }

    async fn a_crash_loses_an_opinion_and_nothing_else(base) {
        let script = Script::answering([Ok(thinks(Leaning::Ad, "广告"))]);
        let mut scene = scene(&base, ON, &script).await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.say(scene.group, ling, SUSPECT);
        for _ in 0..100 {
            if script.asked().is_empty() {
                scene.stage.round().await.unwrap();
            }
        }
        assert_eq!(script.asked().len(), 1);
        // The answer is there and nobody has written it down.
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(script.asked().len(), 1, "asking costs money");
        let cards: Vec<_> = staff(&scene).into_iter().filter(|it| it.starts_with("疑似广告")).collect();
        // A message that may have been sent is sent once more.
        assert!(!cards.is_empty() && cards.iter().all(|card| !card.contains("🤖")), "{cards:?}");
        suspect(&mut scene, "小美").await;
        assert_eq!(script.asked().len(), 2);
        scene.end().await;
    }
}
