//! The real program on bad days of the connection: slow answers, waits told in odd ways, another time of day, a queue
//! that ran over.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde_json::json;
use steward::model::{ChatId, ChatKind};
use steward::telegram::emulator::{ALL_RIGHTS, Action, Rule};

use crate::bench::{Bench, COMMUNITY, GROUP, OWNER};

const OTHER: ChatId = ChatId(-1_000_000_001_002);

/// Faults 16 and 33: an answer to one group hangs for eight seconds, with much behind it. It is said once, the other
/// group is answered at once, and everything is counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_answer_in_one_group_is_no_matter_of_another() {
    let mut bench = Bench::new("").await;
    let community = COMMUNITY.replace("[-1000000001001]", "[-1000000001001, -1000000001002]");
    fs::write(bench.path("communities/moms.toml"), community + "[checkin]\nwords = ['打卡']\n").unwrap();
    bench.tg.add_group(OTHER.0, "分群", ChatKind::Supergroup);
    bench.tg.set_owner(OTHER, OWNER);
    bench.begin().await;
    bench.join_the_group();
    bench.tg.add_bot_to(OTHER, OWNER);
    bench.tg.promote_bot(OTHER, &ALL_RIGHTS);
    let introduced = |bench: &Bench, chat| !bench.tg.bot_messages(chat).is_empty();
    bench.until("the introductions", |bench| introduced(bench, GROUP) && introduced(bench, OTHER)).await;
    let (ling, mei) = (bench.member(1), bench.member(2));
    bench.tg.fill(OTHER, &[mei]);
    let before = [GROUP, OTHER].map(|chat| bench.tg.bot_messages(chat).len());
    bench.tg.fail(Rule { chat_id: Some(GROUP), ..Rule::new("sendMessage", Action::Hang(7_900)) });
    let began = Instant::now();
    bench.tg.say(GROUP, ling, "打卡");
    for n in 0..99 {
        bench.tg.say(GROUP, ling, &format!("第 {n} 句"));
    }
    bench.tg.say(OTHER, mei, "打卡");
    bench.until("the answer in the other group", |bench| bench.tg.bot_messages(OTHER).len() > before[1]).await;
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    bench.until_messages(101).await;
    tokio::time::sleep(Duration::from_secs(9).saturating_sub(began.elapsed())).await;
    assert_eq!(bench.tg.bot_messages(GROUP).len(), before[0] + 1, "once");
    assert_eq!(bench.stop().await, Some(0));
}

/// Fault 22: Telegram's queue ran over, so that updates were lost; the staff is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_that_ran_over_is_told() {
    async fn full(request: Request, next: Next) -> Response {
        if request.uri().path().ends_with("/getWebhookInfo") {
            return axum::Json(json!({"ok": true, "result": {"url": "", "pending_update_count": 100_000}}))
                .into_response();
        }
        next.run(request).await
    }
    let mut bench = Bench::behind("", |telegram| telegram.layer(from_fn(full))).await;
    bench.join_the_group();
    bench.begin().await;
    bench.until("the alarm", |bench| bench.told().iter().any(|told| told.contains("Telegram"))).await;
    assert!(bench.log().contains("Telegram's queue was full: updates were lost"));
    assert_eq!(bench.stop().await, Some(0));
}

/// When the answer was asked for, since the group was told that the bot is there.
type Times = Arc<Mutex<Option<Vec<Instant>>>>;

/// Refuses the first two: once in a proxy's words with the wait in the header alone, once with another wait in the body.
async fn slow_down(State(times): State<Times>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let sends = head.uri.path().ends_with("/sendMessage") && String::from_utf8_lossy(&body).contains("第 1 天");
    let request = Request::from_parts(head, axum::body::Body::from(body));
    let nth = times.lock().unwrap().as_mut().filter(|_| sends).map(|times| {
        times.push(Instant::now());
        times.len()
    });
    match nth {
        Some(1) => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "2")], "<html>slow down</html>").into_response()
        }
        Some(2) => {
            let body = json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 1",
                "parameters": {"retry_after": 1}});
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "3")], axum::Json(body)).into_response()
        }
        _ => next.run(request).await,
    }
}

/// Fault 31: of two waits the longer holds, and one told only in the header is one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_longest_wait_told_is_kept() {
    let times = Times::default();
    let mut bench = Bench::behind("", |telegram| telegram.layer(from_fn_with_state(times.clone(), slow_down))).await;
    fs::write(bench.path("communities/moms.toml"), COMMUNITY.to_owned() + "[checkin]\nwords = ['打卡']\n").unwrap();
    bench.begin().await;
    bench.join_the_group();
    bench.until("the introduction", |bench| !bench.tg.bot_messages(GROUP).is_empty()).await;
    let ling = bench.member(1);
    *times.lock().unwrap() = Some(Vec::new());
    bench.tg.say(GROUP, ling, "打卡");
    let answers = |bench: &Bench| bench.tg.bot_messages(GROUP).iter().filter(|it| it.text.contains("第 1 天")).count();
    bench.until("the answer", |bench| answers(bench) > 0).await;
    let times = times.lock().unwrap().take().unwrap();
    assert!(
        times[1] - times[0] >= Duration::from_secs(2) && times[2] - times[1] >= Duration::from_secs(3),
        "{times:?}"
    );
    assert_eq!(answers(&bench), 1);
    assert_eq!(bench.stop().await, Some(0));
}

/// Fault 27: the host's clock is an hour slow. To Telegram a mute of half an hour would be long over, which it takes for
/// one without an end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mute_ends_by_telegrams_clock() {
    async fn an_hour_on(request: Request, next: Next) -> Response {
        let mut response = next.run(request).await;
        let date = (Utc::now() + chrono::Duration::hours(1)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        response.headers_mut().insert(header::DATE, date.parse().unwrap());
        response
    }
    let mut bench = Bench::behind("", |telegram| telegram.layer(from_fn(an_hour_on))).await;
    let ladder = "[strikes]\nladder = [{ do = 'mute', for = '30m' }]\n";
    fs::write(bench.path("communities/moms.toml"), COMMUNITY.to_owned() + ladder).unwrap();
    bench.begin().await;
    bench.join_the_group();
    bench.until("the introduction", |bench| !bench.tg.bot_messages(GROUP).is_empty()).await;
    let ling = bench.tg.add_user(10_001, "小玲");
    bench.tg.join(GROUP, ling);
    bench.tg.say(GROUP, ling, "拼单群，速来 https://t.me/+AbCdEf0123456789");
    bench.until("the mute", |bench| bench.count("restrictChatMember") > 0).await;
    let mute = bench.tg.log().into_iter().find(|call| call.method == "restrictChatMember").unwrap();
    let minutes = (mute.params["until_date"].as_i64().unwrap() - mute.at.secs()) / 60;
    assert!((85..=91).contains(&minutes), "{minutes} minutes by this clock");
    assert_eq!(bench.stop().await, Some(0));
}
