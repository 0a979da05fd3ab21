//! The real program on bad days of the connection: slow answers, waits told in odd ways, another time of day, a queue
//! that ran over.

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use chrono::Utc;
use serde_json::json;
use steward::model::{ChatId, ChatKind};
use steward::telegram::emulator::{ALL_RIGHTS, Action, Rule};
use tokio::sync::Notify;

use crate::bench::{Bench, COMMUNITY, GROUP, OWNER};

const OTHER: ChatId = ChatId(-1_000_000_001_002);

/// Telegram's answer to the bot's answer in one group, kept back until it is let go.
#[derive(Clone, Default)]
struct Slow(Arc<Notify>);

async fn kept_back(State(Slow(let_go)): State<Slow>, request: Request, next: Next) -> Response {
    let (request, body) = opened(request).await;
    let first =
        request.uri().path().ends_with("/sendMessage") && body.contains(&GROUP.to_string()) && body.contains("第 1 天");
    let response = next.run(request).await;
    if first {
        let_go.notified().await;
    }
    response
}

/// A request and its body, which is still to be read.
async fn opened(request: Request) -> (Request, String) {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&body).into_owned();
    (Request::from_parts(head, Body::from(body)), text)
}

/// Faults 16 and 33: an answer to one group hangs for eight seconds, with much behind it. It is said once, the other
/// group is answered meanwhile, and everything is counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_answer_in_one_group_is_no_matter_of_another() {
    let slow = Slow::default();
    let mut bench = Bench::behind("", |telegram| telegram.layer(from_fn_with_state(slow.clone(), kept_back))).await;
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
    let said = |bench: &Bench, chat| bench.tg.bot_messages(chat).len();
    bench.tg.say(GROUP, ling, "打卡");
    bench.until("the answer that hangs", |bench| said(bench, GROUP) > before[0]).await;
    let began = Instant::now();
    // Of one member no more than a hundred are counted.
    let people: Vec<_> = (10..20).map(|number| bench.member(number)).collect();
    for n in 0..500 {
        bench.tg.say(GROUP, people[n % 10], &format!("第 {n} 句"));
    }
    bench.tg.say(OTHER, mei, "打卡");
    bench.until("the answer in the other group", |bench| said(bench, OTHER) > before[1]).await;
    bench.until_messages(502).await;
    tokio::time::sleep(Duration::from_millis(7_900).saturating_sub(began.elapsed())).await;
    slow.0.notify_one();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(bench.stop().await, Some(0));
    assert_eq!(said(&bench, GROUP), before[0] + 1, "once");
}

/// What the bot gets in place of Telegram's answer to a poll.
type Instead = fn(&str) -> Response;

/// Two polls of three are answered so, until it has been twenty.
#[derive(Clone)]
struct BadLine {
    instead: Instead,
    polls: Arc<AtomicU32>,
    bad: Arc<AtomicU32>,
}

async fn bad_at_times(State(line): State<BadLine>, request: Request, next: Next) -> Response {
    let polls = request.uri().path().ends_with("/getUpdates");
    let response = next.run(request).await;
    if !polls || line.polls.fetch_add(1, Ordering::SeqCst) % 3 == 0 || line.bad.load(Ordering::SeqCst) >= BAD {
        return response;
    }
    line.bad.fetch_add(1, Ordering::SeqCst);
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (line.instead)(&String::from_utf8_lossy(&body))
}

const BAD: u32 = 20;

fn cut_off(body: &str) -> Response {
    let start = Ok(body.as_bytes()[..body.len() / 2].to_vec());
    let end = Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    Response::new(Body::from_stream(futures::stream::iter([start, end])))
}

/// Fault 11: polls go wrong in every way, each twenty times: what was in the answer comes again and counts once, and
/// who asks again waits longer each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn polls_that_go_wrong_twenty_times_lose_and_double_nothing() {
    let ways: [(&str, Instead); 6] = [
        ("500", |_| {
            let body = json!({"ok": false, "error_code": 500, "description": "Internal Server Error: restart"});
            (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(body)).into_response()
        }),
        ("reset", cut_off),
        ("half of it", |body| body[..body.len() / 2].to_owned().into_response()),
        ("a page", |_| ([(header::CONTENT_TYPE, "text/html")], "<html>Bad Gateway</html>").into_response()),
        ("nothing", |_| StatusCode::OK.into_response()),
        ("a proxy's 502", |_| (StatusCode::BAD_GATEWAY, "<html>502</html>").into_response()),
    ];
    let days = ways.map(|(what, instead)| async move {
        let line = BadLine { instead, polls: Arc::default(), bad: Arc::default() };
        let mut bench =
            Bench::behind("", |telegram| telegram.layer(from_fn_with_state(line.clone(), bad_at_times))).await;
        bench.join_the_group();
        let people: Vec<_> = (0..20).map(|number| bench.member(number)).collect();
        bench.start();
        let (mut said, began) = (0, Instant::now());
        while line.bad.load(Ordering::SeqCst) < BAD {
            assert!(began.elapsed() < Duration::from_mins(2), "{what}: it does not ask again");
            bench.tg.say(GROUP, *people.iter().cycle().nth(said).unwrap(), "又一句");
            said += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bench.until_messages(i64::try_from(said).unwrap()).await;
        assert_eq!(bench.stop().await, Some(0), "{what}");
        let polls: Vec<_> = bench.tg.log().into_iter().filter(|call| call.method == "getUpdates").collect();
        // After the first failure half a second, after the second one a second.
        for (index, wait) in (0..BAD as usize).map(|n| (n / 2 * 3 + n % 2 + 1, [490, 990][n % 2])) {
            let waited = polls[index + 1].at.since(polls[index].at).millis();
            assert!(waited >= wait, "{what}: asked again after {waited} ms, not {wait}");
        }
    });
    futures::future::join_all(days).await;
}

/// Fault 12: nobody answers a poll and nobody hangs up. It is given up, and what it would have brought comes with the next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_that_hangs_is_given_up_and_its_updates_come_with_the_next() {
    let mut bench = Bench::new("").await;
    bench.join_the_group();
    let ling = bench.member(1);
    // After a failure the bot asks briefly, and so is not as patient.
    bench.tg.fail(Rule::status("getUpdates", 502, "Bad Gateway"));
    bench.tg.fail(Rule::new("getUpdates", Action::Hang(600_000)));
    bench.tg.say(GROUP, ling, "一");
    bench.start();
    bench.until("the poll that hangs", |bench| bench.count("getUpdates") == 2).await;
    bench.tg.say(GROUP, ling, "二");
    bench.until_messages(2).await;
    bench.until_well().await;
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
    let (request, body) = opened(request).await;
    let sends = request.uri().path().ends_with("/sendMessage") && body.contains("第 1 天");
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
