//! The bench for the real program: a folder with settings and a database, and a model of Telegram over HTTP.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use serde_json::Value;
use steward::model::{ChatId, ChatKind, Timestamp, UserId};
use steward::telegram::emulator::{ALL_RIGHTS, Emulator, Settings, router};

pub const TOKEN: &str = "123456:sesame-open-sesame";
pub const GROUP: ChatId = ChatId(-1_000_000_001_001);
pub const STAFF: ChatId = ChatId(-1_000_000_009_009);
pub const OWNER: UserId = UserId(500);
pub const COMMUNITY: &str = "name = '成长社'\nchats = [-1000000001001]\nstaff_chat = -1000000009009\n";

/// A folder with settings and a database, a model of Telegram, and the program when it runs.
pub struct Bench {
    pub tg: Emulator,
    folder: tempfile::TempDir,
    api: String,
    pub port: u16,
    pub database: String,
    pub child: Option<Child>,
    /// Where the record of calls stood when the program was last started.
    started_at: u64,
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- the program's log:\n{}", self.log());
        }
    }
}

impl Bench {
    /// `process` goes into the process file.
    pub async fn new(process: &str) -> Self {
        Self::behind(process, |telegram| telegram).await
    }

    /// With something between the program and Telegram.
    pub async fn behind(process: &str, between: impl FnOnce(Router) -> Router) -> Self {
        let clock = || Timestamp(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap());
        let settings = Settings { token: Some(TOKEN.to_owned()), limits: None, ..Settings::default() };
        let tg = Emulator::with_clock(settings, Arc::new(clock));
        tg.add_user(OWNER.0, "群主");
        for (chat, title) in [(GROUP, "成长社"), (STAFF, "运营群")] {
            tg.add_group(chat.0, title, ChatKind::Supergroup);
            tg.set_owner(chat, OWNER);
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = format!("http://{}", listener.local_addr().unwrap());
        let served = between(router(tg.clone()));
        tokio::spawn(async move { axum::serve(listener, served).await });
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        fs::create_dir(folder.path().join("communities")).unwrap();
        // Between two runs of the program somebody else may take the port.
        let listen =
            if process.contains("listen = 'off'") { String::new() } else { format!("listen = '127.0.0.1:{port}'\n") };
        fs::write(folder.path().join("steward.toml"), listen + process).unwrap();
        fs::write(folder.path().join("communities/moms.toml"), COMMUNITY).unwrap();
        let database = format!("sqlite:{}", folder.path().join("steward.db").display());
        Self { tg, folder, api, port, database, child: None, started_at: 0 }
    }

    /// Where a method of the Bot API is called, as any program with the token may.
    pub fn method(&self, call: &str) -> String {
        format!("{}/bot{TOKEN}/{call}", self.api)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_steward"));
        command
            .args(arguments)
            .env("STEWARD_CONFIG", self.path("steward.toml"))
            .env("STEWARD_DATABASE", &self.database)
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", &self.api)
            .env_remove("RUST_LOG")
            .stdin(Stdio::null());
        command
    }

    pub fn start(&mut self) {
        self.started_at = self.tg.calls_since(u64::MAX).1;
        let log = fs::OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap();
        self.child = Some(self.command(&["run"]).stderr(log).stdout(Stdio::null()).spawn().unwrap());
    }

    /// The program, since it was last started, is about to ask for updates.
    pub fn is_up(&self) -> bool {
        self.tg.calls_since(self.started_at).0.iter().any(|call| call.method == "getWebhookInfo")
    }

    /// Starts the program and waits until it asks for updates.
    pub async fn started(process: &str) -> Self {
        let mut bench = Self::new(process).await;
        bench.begin().await;
        bench
    }

    /// Starts the program for the first time and waits until it asks for updates.
    pub async fn begin(&mut self) {
        self.start();
        self.until("the first poll", |bench| bench.count("getUpdates") > 0).await;
    }

    /// Carries out another command beside it.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    /// The same with neither a token nor a way to Telegram.
    pub async fn alone(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        command.env_remove("TELOXIDE_TOKEN").env("TELOXIDE_API_URL", "http://127.0.0.1:9");
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    pub async fn until(&self, what: &str, mut there: impl FnMut(&Self) -> bool) {
        let began = Instant::now();
        while !there(self) {
            assert!(began.elapsed() < Duration::from_mins(1), "waited in vain for {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Asks the program to stop; gives its exit code.
    pub async fn stop(&mut self) -> Option<i32> {
        let mut child = self.child.take().unwrap();
        let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let began = Instant::now();
        let code = tokio::task::spawn_blocking(move || child.wait().unwrap().code()).await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(10), "it took {:?} to stop", began.elapsed());
        code
    }

    /// Ends the program without a word, as a power cut does.
    pub fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    pub fn count(&self, method: &str) -> usize {
        self.tg.log().iter().filter(|call| call.method == method).count()
    }

    /// What the bot said in the staff group.
    pub fn told(&self) -> Vec<String> {
        self.tg.bot_messages(STAFF).into_iter().map(|message| message.text).collect()
    }

    pub async fn health(&self) -> Value {
        match reqwest::get(format!("http://127.0.0.1:{}/health", self.port)).await {
            Ok(answer) => answer.json().await.unwrap(),
            Err(_) => Value::Null,
        }
    }

    pub async fn until_wrong(&self, what: &str) {
        let began = Instant::now();
        while self.health().await["wrong"][what].is_null() {
            assert!(began.elapsed() < Duration::from_mins(1), "{what} is not told by /health");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn until_well(&self) {
        let began = Instant::now();
        while self.health().await["ok"] != true {
            assert!(began.elapsed() < Duration::from_mins(1), "not well: {}", self.health().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A table, an object a row.
    pub async fn table(&self, name: &str) -> Vec<Value> {
        let out = self.run(&["export", name, "--json"]).await;
        assert!(out.status.success(), "{out:?}");
        String::from_utf8(out.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// How many messages were counted for people of the group.
    pub async fn messages(&self) -> i64 {
        self.table("members").await.iter().filter_map(|row| row["messages"].as_i64()).sum()
    }

    pub async fn until_messages(&self, expected: i64) {
        let began = Instant::now();
        while self.messages().await != expected {
            let late = began.elapsed() > Duration::from_mins(1);
            assert!(!late, "{} messages were counted instead of {expected}", self.messages().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub fn join_the_group(&self) {
        for chat in [GROUP, STAFF] {
            self.tg.add_bot_to(chat, OWNER);
            self.tg.promote_bot(chat, &ALL_RIGHTS);
        }
    }

    pub fn member(&self, number: i64) -> UserId {
        let user = self.tg.add_user(10_000 + number, &format!("成员{number}"));
        self.tg.fill(GROUP, &[user]);
        user
    }

    /// A connection beside the program's.
    pub async fn sql(&self) -> sqlx::AnyPool {
        sqlx::any::install_default_drivers();
        sqlx::AnyPool::connect(&self.database).await.unwrap()
    }
}

/// What a program wrote.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
