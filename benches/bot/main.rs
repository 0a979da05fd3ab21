//! The whole bot over HTTP on this machine: intake, latency, memory, start, a great many posts at once; and a rehearsal.
//!
//! `cargo bench --bench bot` runs all of it; `-- intake posts rehearsal` only some. The database is on disk (in `BENCH_DIR`
//! or the system's temporary folder) with durable commits. Machines are noisy: the ratio to teloxide's Dispatcher, taken in the
//! same run, says more than the figures by themselves.

#![expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^52")]

mod dispatcher;
mod server;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use server::{BOT, Server};

const GROUPS: i64 = 1000;
const PEOPLE: i64 = 100_000;
const MESSAGES: i64 = 200_000;
const POSTS: i64 = 10_000;
/// What the bot is allowed to send a second while the posts are measured.
const RATE: i64 = 400;

fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

fn group(n: i64) -> i64 {
    -1_001_000_000_000 - n
}

fn message(n: i64, text: &str) -> String {
    let group_number = n.wrapping_mul(2_654_435_761).rem_euclid(GROUPS);
    let person = n.wrapping_mul(40_503).rem_euclid(PEOPLE / GROUPS) * GROUPS + group_number;
    message_of(group(group_number), person, n / GROUPS + 10, text)
}

fn message_of(chat: i64, person: i64, id: i64, text: &str) -> String {
    format!(
        "\"message\":{{\"message_id\":{id},\"from\":{{\"id\":{},\"is_bot\":false,\"first_name\":\"Member {person}\",\
         \"username\":\"m{person}\",\"language_code\":\"zh-hans\"}},\"chat\":{{\"id\":{chat},\"title\":\"Group\",\
         \"type\":\"supergroup\"}},\"date\":{},\"text\":\"{text}\"}}",
        1_000_000 + person,
        now(),
    )
}

fn added(chat: i64) -> String {
    let bot = format!("{{\"id\":{BOT},\"is_bot\":true,\"first_name\":\"Steward\",\"username\":\"steward_bot\"}}");
    format!(
        "\"my_chat_member\":{{\"chat\":{{\"id\":{chat},\"title\":\"Group\",\"type\":\"supergroup\"}},\"from\":{{\"id\":5,\
         \"is_bot\":false,\"first_name\":\"Owner\"}},\"date\":{},\"old_chat_member\":{{\"status\":\"left\",\"user\":{bot}}},\
         \"new_chat_member\":{{\"status\":\"administrator\",\"user\":{bot},\"can_delete_messages\":true,\
         \"can_restrict_members\":true,\"can_pin_messages\":true,\"can_invite_users\":true}}}}",
        now(),
    )
}

/// A running bot and its folder.
struct Bot {
    child: Child,
    folder: PathBuf,
    url: String,
}

impl Bot {
    fn start(folder: &Path, url: &str) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_steward"))
            .args(["run", "--config"])
            .arg(folder.join("steward.toml"))
            .env("TELOXIDE_TOKEN", "7000000001:bench")
            .env("TELOXIDE_API_URL", url)
            .env("RUST_LOG", "error")
            .current_dir(folder)
            .stdin(Stdio::null())
            .spawn()
            .expect("the bot starts");
        Self { child, folder: folder.to_owned(), url: url.to_owned() }
    }

    /// Resident memory in MiB.
    fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() / 1024.0
    }

    fn stop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }

    /// Stops it and starts it on the same database; gives the time from start to its first poll.
    async fn restart(&mut self, server: &Server) -> Duration {
        self.stop();
        server.reset_first_poll();
        let begun = Instant::now();
        *self = Self::start(&self.folder.clone(), &self.url.clone());
        loop {
            if let Some(at) = server.first_poll() {
                return at - begun;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits until everything served is stored and handled.
    async fn settled(&self, server: &Server) {
        let url = format!("sqlite:{}?mode=ro", self.folder.join("bench.db").display());
        sqlx::any::install_default_drivers();
        while !server.is_drained() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let pool = sqlx::AnyPool::connect(&url).await.expect("the database can be read");
        loop {
            let (left,): (i64,) =
                sqlx::query_as("SELECT COUNT(*) FROM inbox").fetch_one(&pool).await.expect("the inbox can be counted");
            if left == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A folder with settings: every chat is served by one community's file.
fn folder(name: &str, community: &str) -> PathBuf {
    let base = std::env::var("BENCH_DIR").map_or_else(|_| std::env::temp_dir(), PathBuf::from);
    let folder = base.join(format!("steward-bench-{}-{name}", std::process::id()));
    std::fs::create_dir_all(folder.join("communities")).expect("a folder");
    let process = format!(
        "database = \"sqlite:bench.db\"\nlisten = \"off\"\naccess = {{ unlisted = \"serve\", default = \"bench.toml\" }}\n\
         rates = {{ per_second = {RATE}, group_per_minute = 60 }}\n"
    );
    std::fs::write(folder.join("steward.toml"), process).expect("settings");
    std::fs::write(folder.join("communities/bench.toml"), community).expect("settings");
    folder
}

const COMMUNITY: &str = "name = \"Bench\"\ntimezone = \"UTC\"\nlanguage = \"en\"\n[checkin]\n[strikes]\n";

fn percentile(sorted: &[Duration], of: f64) -> Duration {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let at = ((sorted.len() as f64 - 1.0) * of).round() as usize;
    sorted[at]
}

/// Sends commands one after another and measures until the answer is on the wire.
async fn latency(server: &Server, label: &str, count: i64) {
    server.take_calls();
    let mut took = Vec::new();
    for n in 0..count {
        let chat = group(n % GROUPS);
        let asked = Instant::now();
        server.push([message_of(chat, n % GROUPS, 5_000_000 + n + now(), "/help")]);
        let answered = loop {
            let calls = server.take_calls();
            if let Some((at, ..)) = calls.iter().find(|(_, method, to, _)| method == "sendmessage" && *to == chat) {
                break *at;
            }
            assert!(asked.elapsed() < Duration::from_secs(10), "no answer to /help");
            tokio::time::sleep(Duration::from_micros(200)).await;
        };
        took.push(answered - asked);
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    took.sort_unstable();
    println!("command to reply, {label}: p50 {:.1?}, p99 {:.1?}", percentile(&took, 0.5), percentile(&took, 0.99));
}

async fn intake() {
    let (server, url) = Server::start().await;
    let folder = folder("intake", COMMUNITY);
    server.push((0..GROUPS).map(|n| added(group(n))));
    server.push((0..PEOPLE).map(|n| message_of(group(n % GROUPS), n, 1 + n / GROUPS, "大家好")));
    let mut bot = Bot::start(&folder, &url);
    bot.settled(&server).await;
    let begun = Instant::now();
    server.push((0..MESSAGES).map(|n| message(n + 1_000_000, "今天早餐吃了豆浆和油条，先说说今天的小目标")));
    bot.settled(&server).await;
    let rate = MESSAGES as f64 / begun.elapsed().as_secs_f64();
    println!("intake: {MESSAGES} group messages stored, handled and logged: {rate:.0}/s");
    println!("memory with {GROUPS} groups and {PEOPLE} members after it: {:.1} MiB", bot.memory());

    let (other, other_url) = Server::start().await;
    other.push((0..MESSAGES).map(|n| message(n, "今天早餐吃了豆浆和油条，先说说今天的小目标")));
    let out = Command::new(std::env::current_exe().expect("this program"))
        .args(["--dispatcher", &other_url, &MESSAGES.to_string()])
        .stderr(Stdio::null())
        .output()
        .expect("the Dispatcher runs");
    let seconds: f64 = String::from_utf8_lossy(&out.stdout).trim().parse().expect("seconds");
    let theirs = MESSAGES as f64 / seconds;
    println!("teloxide's Dispatcher, handler that does nothing: {theirs:.0}/s; ratio {:.2}", rate / theirs);

    println!("start to first poll on that database: {:.0?}", bot.restart(&server).await);
    tokio::time::sleep(Duration::from_secs(2)).await;
    latency(&server, "idle", 200).await;
    let flood = server.clone();
    let flow = tokio::spawn(async move {
        for n in 0.. {
            flood.push((0..100).map(|k| message(n * 100 + k + 9_000_000, "边吃边聊")));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    latency(&server, "while 1,000 messages/s flow", 200).await;
    flow.abort();
    println!("memory then: {:.1} MiB", bot.memory());
    bot.stop();
    let _ = std::fs::remove_dir_all(&folder);
}

async fn posts() {
    let (server, url) = Server::start().await;
    // A full minute, far enough ahead for every chat to be known and planned.
    let at = chrono::DateTime::from_timestamp((now() + 160) / 60 * 60, 0).expect("a time of this century");
    let post = format!("[[calendar]]\nid = \"morning\"\nat = \"{}\"\ntext = \"Good morning\"\n", at.format("%H:%M"));
    let folder = folder("posts", &format!("{COMMUNITY}{post}"));
    server.push((0..POSTS).map(|n| added(group(n))));
    let bot = Bot::start(&folder, &url);
    bot.settled(&server).await;
    let due = Instant::now() + (at - chrono::Utc::now()).to_std().expect("the time is ahead");
    tokio::time::sleep_until(due.checked_sub(Duration::from_secs(2)).unwrap_or(due).into()).await;
    server.take_calls();
    tokio::time::sleep_until((due + Duration::from_secs(5)).into()).await;
    // In the middle of it, an advert.
    let asked = Instant::now();
    server.push([message_of(group(3), 777_777, 77, "兼职日结 300，加微信 wx_job88 详聊 https://t.me/+AbCdEfGh123")]);
    let mut sent: Vec<Instant> = Vec::new();
    let mut deleted = None;
    while i64::try_from(sent.len()).unwrap_or(0) < POSTS && due.elapsed() < Duration::from_mins(2) {
        for (at, method, _, text) in server.take_calls() {
            if method == "sendmessage" && text == "Good morning" {
                sent.push(at);
            } else if method.starts_with("deletemessage") {
                deleted.get_or_insert(at);
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let first = sent.first().copied().unwrap_or(due);
    let last = sent.last().copied().unwrap_or(due);
    let rate = (sent.len() as f64 - 1.0) / (last - first).as_secs_f64();
    println!(
        "{} of {POSTS} posts due at once: {rate:.0}/s of {RATE}/s allowed: {:.1}%; the first {:.2?} after its time",
        sent.len(),
        rate / RATE as f64 * 100.0,
        first.saturating_duration_since(due)
    );
    match deleted {
        Some(at) => println!("a delete asked for meanwhile left after {:.0?}", at - asked),
        None => println!("a delete asked for meanwhile never left"),
    }
    drop(bot);
    let _ = std::fs::remove_dir_all(&folder);
}

/// A month of 200 members with the example community. The first time warms what the system caches.
fn rehearsal() {
    let mut took = Vec::new();
    for _ in 0..3 {
        let begun = Instant::now();
        let out = Command::new(env!("CARGO_BIN_EXE_steward"))
            .args(["rehearse", "--days", "30", "--members", "200", "--summary"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_remove("STEWARD_CONFIG")
            .output()
            .expect("the rehearsal runs");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    println!("rehearse --days 30 --members 200: {:.1?} (median of {})", percentile(&took, 0.5), took.len());
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|arg| arg == "--dispatcher") {
        return dispatcher::run(&args[at + 1], args[at + 2].parse().expect("a number")).await;
    }
    let wanted = |name: &str| {
        args.iter().any(|arg| arg == name)
            || !args.iter().any(|arg| ["intake", "posts", "rehearsal"].contains(&arg.as_str()))
    };
    if wanted("intake") {
        intake().await;
    }
    if wanted("posts") {
        posts().await;
    }
    if wanted("rehearsal") {
        rehearsal();
    }
}
