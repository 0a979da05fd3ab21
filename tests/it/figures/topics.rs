//! Who takes part in what is posted, and whether it comes as planned.

use steward::model::{MessageId, Span, UserId};
use steward::telegram::emulator::{Action, MessageSpec, Rule};

use super::{newcomers, page, values};
use crate::harness::{Scene, scenarios};

const MORNING: &str = "[[calendar]]\nid = 'morning'\nat = '08:00'\nbank = ['早餐吃了什么？', '今天的小目标？']\n";
const POLL: &str = "language = 'en'\n[[calendar]]\nid = 'poll'\nweekdays = ['tue', 'thu']\nat = '20:00'\n\
                    poll = { question = 'Tea?', options = ['yes', 'no'], anonymous = false }\n";

const PART: &str = "参与率";

async fn answer(scene: &mut Scene, user: UserId, to: MessageId, text: &str) {
    scene.tg.send(scene.group, user, MessageSpec::text(text).reply_to(to)).unwrap();
    scene.settle().await;
}

async fn react(scene: &mut Scene, user: UserId, to: MessageId) {
    scene.tg.react(scene.group, to, user, &["👍"]);
    scene.settle().await;
}

async fn participants(scene: &Scene) -> i64 {
    let mut conn = scene.stage.db().read().await.unwrap();
    let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM slot_participant").fetch_one(&mut *conn).await.unwrap();
    n
}

/// The morning's post, with four people in the group beside the owner.
async fn morning(scene: &mut Scene) -> (Vec<UserId>, MessageId) {
    let people = newcomers(scene, &["一", "二", "三", "四"]).await;
    scene.until(8, 1).await;
    (people, scene.last(scene.group).id)
}

scenarios! {
    async fn replies_and_reactions_to_a_post_count_each_person_once(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        assert_eq!(values(&page(&mut scene, "topics").await, PART), ["–", "–", "–"]);
        let (people, post) = morning(&mut scene).await;
        assert_eq!(values(&page(&mut scene, "topics").await, PART)[0], "0/5（0%）");
        answer(&mut scene, people[0], post, "豆浆油条").await;
        answer(&mut scene, people[0], post, "还有鸡蛋").await;
        react(&mut scene, people[0], post).await;
        react(&mut scene, people[1], post).await;
        scene.tg.react(scene.group, post, people[1], &[]);
        // Talk that answers nothing, an answer to a member and a command are no part in it.
        let talk = scene.say(people[2], "早上好").await;
        answer(&mut scene, people[3], talk, "早").await;
        answer(&mut scene, people[3], post, "/me").await;
        let page = page(&mut scene, "topics").await;
        assert_eq!(values(&page, PART), ["2/5（40%）"; 3]);
        assert_eq!(values(&page, "最近几条"), ["2/5（40%）"]);
        assert!(page.contains("· 3月3日 周二 08:00 早餐吃了什么？：2/5（40%）"), "{page}");
        scene.end().await;
    }

    async fn who_joined_after_the_post_is_in_neither_number(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        let (people, post) = morning(&mut scene).await;
        let late = scene.newcomer("五").await;
        for user in [late, people[0]] {
            answer(&mut scene, user, post, "包子").await;
            react(&mut scene, user, post).await;
        }
        assert_eq!(values(&page(&mut scene, "topics").await, PART)[0], "1/5（20%）");
        scene.end().await;
    }

    async fn a_post_is_open_until_it_comes_again_and_no_longer_than_a_day(base) {
        let twice = "[[calendar]]\nid = 'a'\nat = ['13:00', '15:00']\nuntil = 2026-03-02\ntext = '说说看'\n";
        let mut scene = Scene::new(&base, twice).await;
        let people = newcomers(&mut scene, &["一", "二", "三"]).await;
        scene.until(13, 1).await;
        let first = scene.last(scene.group).id;
        answer(&mut scene, people[0], first, "第一").await;
        scene.until(15, 1).await;
        let second = scene.last(scene.group).id;
        answer(&mut scene, people[1], first, "太迟了").await;
        answer(&mut scene, people[1], second, "第二").await;
        let told = page(&mut scene, "topics").await;
        assert_eq!(values(&told, "最近几条"), ["1/4（25%）", "1/4（25%）"]);
        assert_eq!(values(&told, PART)[0], "2/8（25%）");
        scene.pass(Span::hours(24)).await;
        answer(&mut scene, people[2], second, "第二天").await;
        assert_eq!(values(&page(&mut scene, "topics").await, PART), ["–", "2/8（25%）", "2/8（25%）"]);
        scene.end().await;
    }

    async fn votes_in_a_poll_count_as_taking_part(base) {
        let mut scene = Scene::new(&base, POLL).await;
        let people = newcomers(&mut scene, &["A", "B", "C"]).await;
        scene.pass(Span::days(1)).await;
        scene.until(20, 1).await;
        let post = scene.last(scene.group).id;
        scene.tg.vote(scene.group, post, people[0], &[0]).unwrap();
        scene.tg.vote(scene.group, post, people[0], &[]).unwrap();
        scene.tg.vote(scene.group, post, people[1], &[1]).unwrap();
        scene.settle().await;
        answer(&mut scene, people[1], post, "With milk").await;
        let told = page(&mut scene, "topics").await;
        assert_eq!(values(&told, "Participation"), ["2/4 (50%)"; 3]);
        assert!(told.contains("· Tue 3 Mar 20:00 Tea?: 2/4 (50%)"), "{told}");
        assert_eq!(values(&told, "Slots filled"), ["1/1 (100%)"; 3]);
        assert_eq!(values(&told, "On time"), ["1/1 (100%), 95% at most 1 second late"; 3]);
        scene.end().await;
    }

    async fn a_vote_that_comes_before_the_receipt_of_its_poll_counts(base) {
        let mut scene = Scene::new(&base, POLL).await;
        let people = newcomers(&mut scene, &["A", "B"]).await;
        scene.pass(Span::days(1)).await;
        scene.until(19, 59).await;
        scene.stage.absent(Span::minutes(2)).await.unwrap();
        while scene.tg.bot_messages(scene.group).is_empty() {
            scene.stage.round().await.unwrap();
        }
        // The vote is handled while the receipt is still on its way.
        let post = scene.last(scene.group).id;
        scene.tg.vote(scene.group, post, people[0], &[0]).unwrap();
        scene.stage.take_in_only().await.unwrap();
        let now = scene.stage.now();
        scene.stage.engine().step(now, &[], Vec::new()).await.unwrap();
        assert_eq!(participants(&scene).await, 0);
        scene.settle().await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(values(&page(&mut scene, "topics").await, "Participation")[0], "1/3 (33%)");
        scene.end().await;
    }

    async fn of_an_anonymous_poll_nobody_knows_who_took_part(base) {
        let mut scene = Scene::new(&base, &POLL.replace(", anonymous = false", "")).await;
        newcomers(&mut scene, &["A"]).await;
        scene.pass(Span::days(1)).await;
        scene.until(20, 1).await;
        let told = page(&mut scene, "topics").await;
        assert_eq!(values(&told, "Participation"), ["–", "–", "–"]);
        assert!(told.contains("Tea?: – (an anonymous poll: I cannot see who votes)"), "{told}");
        scene.end().await;
    }

    async fn in_a_forum_topic_of_its_own_whoever_writes_there_takes_part(base) {
        let mut scene = Scene::new(&base, "").await;
        scene.tg.set_forum(scene.group, true);
        let (topic, other) = (scene.tg.add_topic(scene.group, "早安"), scene.tg.add_topic(scene.group, "闲聊"));
        scene.reload(&format!("{MORNING}topic = {topic}\n")).await;
        let people = newcomers(&mut scene, &["一", "二", "三", "四"]).await;
        // Before the post there is nothing to answer.
        scene.tg.send(scene.group, people[3], MessageSpec { topic: Some(topic), ..MessageSpec::text("早") }).unwrap();
        scene.until(8, 1).await;
        let post = scene.last(scene.group);
        assert_eq!(post.topic, Some(topic));
        scene.tg.send(scene.group, people[0], MessageSpec { topic: Some(topic), ..MessageSpec::text("豆浆") }).unwrap();
        scene.tg.send(scene.group, people[1], MessageSpec { topic: Some(topic), ..MessageSpec::text("粥").reply_to(post.id) }).unwrap();
        scene.tg.send(scene.group, people[2], MessageSpec { topic: Some(other), ..MessageSpec::text("天气真好") }).unwrap();
        scene.say(people[2], "大家好").await;
        assert_eq!(values(&page(&mut scene, "topics").await, PART)[0], "2/5（40%）");
        // From the next day's post on, who writes there answers that.
        scene.pass(Span::days(1)).await;
        scene.tg.send(scene.group, people[0], MessageSpec { topic: Some(topic), ..MessageSpec::text("面包") }).unwrap();
        scene.settle().await;
        let told = page(&mut scene, "topics").await;
        assert_eq!(values(&told, "最近几条"), ["1/5（20%）", "2/5（40%）"]);
        assert_eq!(values(&told, PART), ["1/5（20%）", "3/10（30%）", "3/10（30%）"]);
        scene.end().await;
    }

    async fn an_ad_in_answer_to_a_post_is_no_part_in_it(base) {
        let mut scene = Scene::new(&base, &format!("[strikes]\n{MORNING}")).await;
        let (people, post) = morning(&mut scene).await;
        answer(&mut scene, people[0], post, "兼职日结 300 元，加微信 vx_888666 详聊").await;
        scene.pass(Span::secs(10)).await;
        assert_eq!(values(&page(&mut scene, "topics").await, PART)[0], "0/5（0%）");
        scene.end().await;
    }

    async fn a_restart_between_post_and_answer_loses_no_part(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        let (people, post) = morning(&mut scene).await;
        scene.stage.restart().await.unwrap();
        scene.tg.duplicate_next(1);
        answer(&mut scene, people[0], post, "豆浆").await;
        scene.stage.absent(Span::hours(3)).await.unwrap();
        react(&mut scene, people[1], post).await;
        assert_eq!(values(&page(&mut scene, "topics").await, PART)[0], "2/5（40%）");
        scene.end().await;
    }

    async fn whom_the_bot_forgets_is_taken_out_of_the_posts(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        let (people, post) = morning(&mut scene).await;
        for user in [people[0], people[1]] {
            answer(&mut scene, user, post, "豆浆").await;
        }
        scene.whisper(people[0], "/mydata").await;
        let told = scene.last(people[0].private()).text;
        assert!(told.contains("参与过的话题 1"), "{told}");
        scene.forget(people[0]).await;
        assert_eq!(values(&page(&mut scene, "topics").await, PART)[0], "1/5（20%）");
        scene.end().await;
    }

    async fn what_came_and_what_did_not_is_set_against_the_plan(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        let told = page(&mut scene, "topics").await;
        assert_eq!(values(&told, "发布率"), ["–", "–", "–"]);
        assert_eq!(values(&told, "准时率"), ["–", "–", "–"]);
        assert_eq!(values(&told, "排期"), ["7/7（100%），共 7 条", "30/30（100%），共 30 条"]);
        scene.until(8, 1).await;
        // On the next day it is 10 minutes late, on the third it cannot come in time.
        scene.until(7, 50).await;
        scene.stage.absent(Span::minutes(20)).await.unwrap();
        scene.pass(Span::minutes(5)).await;
        scene.until(7, 50).await;
        scene.stage.absent(Span::hours(3)).await.unwrap();
        scene.pass(Span::minutes(5)).await;
        let told = page(&mut scene, "topics").await;
        assert_eq!(values(&told, "发布率"), ["0/1（0%）", "2/3（67%）", "2/3（67%）"]);
        assert_eq!(values(&told, "准时率"), ["–", "1/2（50%），95% 晚不过 10 分钟", "1/2（50%），95% 晚不过 10 分钟"]);
        scene.end().await;
    }

    async fn a_post_telegram_took_long_to_take_is_late(base) {
        let mut scene = Scene::new(&base, MORNING).await;
        scene.until(7, 59).await;
        let text = "Too Many Requests: retry after 420".to_owned();
        let wait = Action::Status { code: 429, text, retry_after: Some(420), migrate_to: None };
        scene.tg.fail(Rule { chat_id: Some(scene.group), ..Rule::new("sendMessage", wait) });
        scene.pass(Span::minutes(15)).await;
        assert!(values(&page(&mut scene, "topics").await, "准时率")[0].starts_with("0/1（0%）"));
        scene.end().await;
    }

    async fn a_week_with_holes_in_the_plan_shows_them(base) {
        let mut scene = Scene::new(&base, POLL).await;
        let told = page(&mut scene, "topics").await;
        // Tuesdays and Thursdays of 3 March to 1 April.
        assert_eq!(values(&told, "Ahead"), ["2/7 (29%), 2 posts", "9/30 (30%), 9 posts"]);
        scene.end().await;
    }
}
