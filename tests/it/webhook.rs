//! The real program behind a webhook: it takes what Telegram brings, when it is stored, once.

use std::fs;

use futures::StreamExt;
use serde_json::json;
use steward::model::UserId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::bench::{Bench, GROUP, free_port};

/// The program with a webhook set, in its groups.
struct Hooked {
    bench: Bench,
    port: u16,
    client: reqwest::Client,
}

const SECRET: Option<&str> = Some("open_sesame");

impl Hooked {
    async fn start() -> Self {
        let port = free_port();
        let process = format!(
            "[intake.webhook]\nurl = 'http://127.0.0.1:{port}/in'\nlisten = '127.0.0.1:{port}'\nsecret_file = 'secret'"
        );
        let mut bench = Bench::new(&process).await;
        fs::write(bench.path("secret"), "open_sesame\n").unwrap();
        bench.start();
        bench.until("the webhook", |bench| bench.count("setWebhook") > 0).await;
        bench.join_the_group();
        Self { bench, port, client: reqwest::Client::new() }
    }

    /// Brings this to the webhook as Telegram does; gives the status, 0 where the connection ended without one.
    async fn post(&self, secret: Option<&str>, body: String) -> u16 {
        let mut request = self.client.post(format!("http://127.0.0.1:{}/in", self.port)).body(body);
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        request.send().await.map_or(0, |answer| answer.status().as_u16())
    }

    /// Begins to bring this; the rest of the body follows, or never does.
    async fn begin(&self, whole: &str, part: &str) -> tokio::net::TcpStream {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let head = format!(
            "POST /in HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\
             x-telegram-bot-api-secret-token: open_sesame\r\n\r\n",
            whole.len()
        );
        stream.write_all((head + part).as_bytes()).await.unwrap();
        stream
    }
}

/// A message of somebody's, as an update.
fn update(id: i64, user: UserId) -> String {
    json!({"update_id": id, "message": {"message_id": id, "date": 1_772_424_000, "text": "大家好",
        "chat": {"id": GROUP.0, "type": "supergroup", "title": "成长社"}, "from": {"id": user.0, "first_name": "成员"}}})
    .to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_takes_only_what_telegram_brings() {
    let mut hooked = Hooked::start().await;
    let ling = hooked.bench.member(1);
    hooked.bench.tg.say(GROUP, ling, "一");
    hooked.bench.until_messages(1).await;
    assert_eq!(hooked.post(None, update(901, ling)).await, 403);
    assert_eq!(hooked.post(Some("open_sesam"), update(902, ling)).await, 403);
    // The rest of the body is not waited for, so that the connection may end before the answer is read.
    let large = hooked.post(SECRET, "x".repeat(1 << 21)).await;
    assert!(matches!(large, 413 | 0), "{large}");
    assert_eq!(hooked.post(SECRET, "{}".to_owned()).await, 400);
    for id in [904, 903, 904] {
        assert_eq!(hooked.post(SECRET, update(id, ling)).await, 200);
    }
    let Hooked { bench, .. } = &mut hooked;
    bench.until_messages(3).await;
    assert_eq!(bench.count("getUpdates"), 0);
    assert_eq!(bench.stop().await, Some(0));
    assert_eq!(bench.messages().await, 3);
    assert!(!bench.log().contains("sesame"));
}

/// Fault 26: forty connections at a time bring updates in any order, each twice, some cut off before the answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_connections_in_any_order_count_everything_once() {
    const UPDATES: i64 = 400;
    let mut hooked = Hooked::start().await;
    let people: Vec<UserId> = (0..20).map(|number| hooked.bench.member(number)).collect();
    let nth = |n: i64| update(5000 + n, people[usize::try_from(n % 20).unwrap()]);
    // 7 and 400 have no common factor: every number comes, far from those beside it.
    let shuffled = (0..2 * UPDATES).map(|n| (n, (n * 7 + 3) % UPDATES));
    let hook = &hooked;
    let answers: Vec<u16> = futures::stream::iter(shuffled)
        .map(|(n, which)| async move {
            if n % 10 == 0 {
                // Telegram hangs up before it hears, as after its minute, and brings it again.
                let body = nth(which);
                drop(hook.begin(&body, &body).await);
            }
            hook.post(SECRET, nth(which)).await
        })
        .buffer_unordered(40)
        .collect()
        .await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    let Hooked { bench, .. } = &mut hooked;
    bench.until_messages(UPDATES).await;
    assert_eq!(bench.stop().await, Some(0));
    assert_eq!(bench.messages().await, UPDATES);
    let said = bench.table("activity").await.into_iter().filter(|row| row["kind"] == "message").count();
    assert_eq!(i64::try_from(said).unwrap(), UPDATES);
}

/// Fault 26: Telegram is told that an update arrived only when it is stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_stored_is_refused_and_taken_when_it_comes_again() {
    let mut hooked = Hooked::start().await;
    let ling = hooked.bench.member(1);
    hooked.bench.tg.say(GROUP, ling, "一");
    hooked.bench.until_messages(1).await;
    let db = hooked.bench.sql().await;
    let full = "CREATE TRIGGER full BEFORE INSERT ON seen BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    sqlx::query(full).execute(&db).await.unwrap();
    assert_eq!(hooked.post(SECRET, update(900, ling)).await, 503);
    sqlx::query("DROP TRIGGER full").execute(&db).await.unwrap();
    db.close().await;
    assert_eq!(hooked.post(SECRET, update(900, ling)).await, 200);
    // The answer is the promise: whatever happens to the process from here on, the update is there.
    hooked.bench.kill();
    hooked.bench.start();
    hooked.bench.until_messages(2).await;
    assert_eq!(hooked.bench.stop().await, Some(0));
}

/// Fault 26: the body of one webhook call comes slowly; others are taken meanwhile, and it is taken when it is whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_body_holds_up_nobody() {
    let mut hooked = Hooked::start().await;
    let ling = hooked.bench.member(1);
    let body = update(900, ling);
    // Letters of one byte only up to the middle.
    let (early, late) = body.split_at(40);
    let mut first = hooked.begin(&body, early).await;
    let _never_whole = hooked.begin(&body, early).await;
    let Hooked { bench, .. } = &mut hooked;
    bench.tg.say(GROUP, ling, "快");
    bench.until_messages(1).await;
    first.write_all(late.as_bytes()).await.unwrap();
    let mut answer = String::new();
    first.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    bench.until_messages(2).await;
    assert_eq!(bench.stop().await, Some(0));
    assert_eq!(bench.messages().await, 2);
}
