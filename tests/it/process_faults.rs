//! The real program on bad days of the connection: slow answers, slow bodies, a queue that ran over.

use std::fs;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use steward::model::{ChatId, ChatKind};
use steward::telegram::emulator::{ALL_RIGHTS, Action, Rule};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::bench::{Bench, COMMUNITY, GROUP, OWNER, free_port};

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

/// Fault 26: the body of one webhook call comes slowly; others are taken meanwhile, and it is taken when it is whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_body_holds_up_nobody() {
    let hook = free_port();
    let process = format!(
        "[intake.webhook]\nurl = 'http://127.0.0.1:{hook}/in'\nlisten = '127.0.0.1:{hook}'\nsecret_file = 'secret'"
    );
    let mut bench = Bench::new(&process).await;
    fs::write(bench.path("secret"), "open_sesame\n").unwrap();
    bench.start();
    bench.until("the webhook", |bench| bench.count("setWebhook") > 0).await;
    bench.join_the_group();
    let ling = bench.member(1);
    let update: Value = json!({"update_id": 900, "message": {"message_id": 900, "date": 1_772_424_000, "text": "慢",
        "chat": {"id": GROUP.0, "type": "supergroup", "title": "成长社"}, "from": {"id": ling.0, "first_name": "成员1"}}});
    let body = update.to_string();
    let (early, late) = body.as_bytes().split_at(body.len() / 2);
    let slow = async || {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", hook)).await.unwrap();
        let head = format!(
            "POST /in HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\
             x-telegram-bot-api-secret-token: open_sesame\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(early).await.unwrap();
        stream
    };
    let mut first = slow().await;
    let _never_whole = slow().await;
    bench.tg.say(GROUP, ling, "快");
    bench.until_messages(1).await;
    first.write_all(late).await.unwrap();
    let mut answer = String::new();
    first.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    bench.until_messages(2).await;
    assert_eq!(bench.stop().await, Some(0));
    assert_eq!(bench.messages().await, 2);
}
