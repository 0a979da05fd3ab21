//! The stage for scenarios: a group with its staff and people, the bot in it, on SQLite or PostgreSQL.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use steward::engine::plan::Rates;
use steward::features::Settings;
use steward::model::effect::Poll;
use steward::model::{ChatId, ChatKind, MessageId, Span, Timestamp, UserId};
use steward::rehearsal::Stage;
use steward::rehearsal::stage::{Setup, supergroup};
use steward::telegram::emulator::{ALL_RIGHTS, Emulator, LoggedCall, SeenMessage, Settings as World};

/// Writes each scenario as two tests: one on SQLite, one on PostgreSQL.
macro_rules! scenarios {
    ($($(#[$attribute:meta])* async fn $name:ident($base:ident) $body:block)*) => {
        $(
            $(#[$attribute])*
            mod $name {
                #[allow(unused_imports, reason = "most scenarios need something of their file")]
                use super::*;

                async fn scenario($base: $crate::harness::Base) $body

                #[test]
                fn sqlite() {
                    $crate::harness::run($crate::harness::Base::sqlite(), scenario);
                }

                #[test]
                fn postgres() {
                    if let Some(base) = $crate::harness::Base::postgres() {
                        $crate::harness::run(base, scenario);
                    }
                }
            }
        )*
    };
}
pub(crate) use scenarios;

pub fn run<F: Future<Output = ()>>(base: Base, scenario: impl FnOnce(Base) -> F) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(scenario(base));
}

/// A fresh database.
pub struct Base {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

impl Base {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("steward.db").display());
        Self { url, _folder: Some(folder) }
    }

    /// None where PostgreSQL is not installed; `STEWARD_REQUIRE_POSTGRES` makes that a failure.
    pub fn postgres() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Some(server) = crate::postgres::server() else {
            assert!(std::env::var_os("STEWARD_REQUIRE_POSTGRES").is_none(), "PostgreSQL is required and not installed");
            eprintln!("PostgreSQL is not installed: this half of the test is left out");
            return None;
        };
        let schema = format!("t{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        server.create_schema(&schema);
        Some(Self { url: server.url(&schema), _folder: None })
    }

    /// Another database of the same kind, for a scenario of several scenes.
    pub fn another(&self) -> Self {
        if self.url.starts_with("sqlite:") { Self::sqlite() } else { Self::postgres().unwrap() }
    }
}

/// Where most scenarios begin: Monday, 2 March 2026, 12:00 in Shanghai.
pub const NOON: Timestamp = Timestamp(1_772_424_000_000);

/// A basic group that also belongs to the community, for scenarios that need one.
pub const BASIC: ChatId = ChatId(-4242);

/// A group with an owner and a staff group, the bot an administrator in both.
pub struct Scene {
    pub stage: Stage,
    pub tg: Emulator,
    pub group: ChatId,
    pub staff: ChatId,
    pub owner: UserId,
    seen: usize,
    /// Calls made before the scenario began.
    begun: usize,
    people: i64,
    ended: bool,
}

impl Scene {
    /// `settings` is a community's file without `chats` and `staff_chat`.
    pub async fn new(base: &Base, settings: &str) -> Self {
        Box::pin(Self::at(base, settings, NOON)).await
    }

    pub async fn at(base: &Base, settings: &str, now: Timestamp) -> Self {
        Box::pin(Self::set(base, settings, now, Rates::default())).await
    }

    /// With another pace of sending.
    pub async fn at_pace(base: &Base, settings: &str, rates: Rates) -> Self {
        Box::pin(Self::set(base, settings, NOON, rates)).await
    }

    async fn set(base: &Base, settings: &str, now: Timestamp, rates: Rates) -> Self {
        quiet_logs();
        let tg = Emulator::new(World::default());
        tg.set_now(now);
        let (group, staff) = (supergroup(1001), supergroup(9009));
        let mut settings: Settings = toml::from_str(settings).unwrap();
        settings.chats = vec![group.0, BASIC.0];
        settings.staff_chat = Some(staff.0);
        let owner = tg.add_user(500, "群主");
        for (chat, title) in [(group, "职场妈妈成长社"), (staff, "运营群")] {
            tg.add_group(chat.0, title, ChatKind::Supergroup);
            tg.set_owner(chat, owner);
        }
        let setup = Setup {
            communities: vec![("moms".to_owned(), settings)],
            open: None,
            folder: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/communities"),
            database: base.url.clone(),
            now,
            rates,
        };
        let stage = Stage::new(tg.clone(), setup).await.unwrap();
        let mut scene = Self { stage, tg, group, staff, owner, seen: 0, begun: 0, people: 0, ended: false };
        for chat in [group, staff] {
            scene.tg.add_bot_to(chat, owner);
            scene.tg.promote_bot(chat, &ALL_RIGHTS);
        }
        scene.settle().await;
        scene.pass(Span::minutes(2)).await;
        // The bot has introduced itself; the scenario looks at what comes after.
        for chat in [group, staff] {
            scene.tg.look_away(chat);
        }
        scene.skip();
        scene.begun = scene.seen;
        scene
    }

    /// What the bot asked of Telegram since the scenario began.
    pub fn calls(&self) -> Vec<LoggedCall> {
        self.tg.log().split_off(self.begun)
    }

    pub async fn settle(&mut self) {
        self.stage.settle().await.unwrap();
    }

    /// The community's file is changed to this; like the first one without `chats` and `staff_chat`.
    pub async fn reload(&mut self, settings: &str) {
        let mut settings: Settings = toml::from_str(settings).unwrap();
        settings.chats = vec![self.group.0];
        settings.staff_chat = Some(self.staff.0);
        self.stage.reconfigure(vec![("moms".to_owned(), settings)]).await.unwrap();
        self.settle().await;
    }

    pub async fn pass(&mut self, span: Span) {
        self.stage.pass(span).await.unwrap();
    }

    /// Lets time pass until this local time in Shanghai today, or tomorrow if it is past.
    pub async fn until(&mut self, hour: i64, minute: i64) {
        let zone = chrono_tz::Asia::Shanghai;
        let now = self.stage.now().local(zone);
        let target = hour * 60 + minute;
        let since = i64::from(chrono::Timelike::num_seconds_from_midnight(&now.time()));
        let wait = (target * 60 - since).rem_euclid(86_400);
        self.pass(Span::secs(wait)).await;
    }

    /// Somebody new to Telegram's world.
    pub fn person(&mut self, name: &str) -> UserId {
        self.people += 1;
        self.tg.add_user(10_000 + self.people, name)
    }

    /// Somebody new who joins the group.
    pub async fn newcomer(&mut self, name: &str) -> UserId {
        let user = self.person(name);
        self.tg.join(self.group, user);
        self.settle().await;
        user
    }

    /// A member who joined long ago and is trusted.
    #[expect(clippy::unused_async, reason = "scenarios bring people in one way")]
    pub async fn regular(&mut self, name: &str) -> UserId {
        let user = self.person(name);
        self.tg.fill(self.group, &[user]);
        user
    }

    pub fn promote(&self, user: UserId) {
        self.tg.promote(self.group, user);
    }

    pub fn demote(&self, user: UserId) {
        self.tg.demote(self.group, user);
    }

    pub async fn say(&mut self, user: UserId, text: &str) -> MessageId {
        let id = self.tg.say(self.group, user, text);
        self.settle().await;
        id
    }

    /// What somebody writes to the bot in private.
    pub async fn whisper(&mut self, user: UserId, text: &str) -> MessageId {
        let id = self.tg.say(user.private(), user, text);
        self.settle().await;
        id
    }

    /// Somebody has the bot forget them, and means it.
    pub async fn forget(&mut self, user: UserId) {
        self.whisper(user, "/forgetme").await;
        let asked = self.last(user.private());
        self.press(user.private(), asked.id, user, &asked.buttons[0][0].text).await;
    }

    pub async fn press(&mut self, chat: ChatId, message: MessageId, user: UserId, button: &str) {
        self.tg.press(chat, message, user, button);
        self.settle().await;
    }

    /// The texts of the bot's messages that are still there.
    pub fn texts(&self, chat: ChatId) -> Vec<String> {
        self.tg.bot_messages(chat).into_iter().map(|message| message.text).collect()
    }

    /// What the bot said in the group since the last look, and is still there.
    pub fn heard(&mut self) -> Vec<String> {
        self.heard_in(self.group)
    }

    pub fn heard_in(&mut self, chat: ChatId) -> Vec<String> {
        let all = self.tg.bot_messages(chat);
        let calls = self.tg.log().len();
        let since = self.seen;
        if chat == self.group {
            self.seen = calls;
        }
        let fresh: Vec<i64> = self.tg.log()[since.min(calls)..]
            .iter()
            .filter(|call| call.params.get("chat_id").and_then(serde_json::Value::as_i64) == Some(chat.0))
            .filter_map(|call| call.outcome.as_ref().ok()?.get("message_id")?.as_i64())
            .collect();
        all.into_iter().filter(|message| fresh.contains(&message.id.0)).map(|message| message.text).collect()
    }

    /// Everything the bot says from now on counts as new.
    pub fn skip(&mut self) {
        self.seen = self.tg.log().len();
    }

    /// The newest message of the bot that is still there.
    pub fn last(&self, chat: ChatId) -> SeenMessage {
        self.tg.bot_messages(chat).pop().expect("the bot has said nothing here")
    }

    /// The last answer to a press.
    pub fn answered(&self) -> String {
        self.tg.answers().pop().map(|shown| shown.text).unwrap_or_default()
    }

    /// Makes the database refuse a member of that name, as a fault nobody thought of would.
    pub async fn break_writing_of(&self, name: &str) {
        self.break_writing("INSERT ON member", &format!("NEW.name = '{name}'")).await;
    }

    /// Makes the database refuse what is done (`INSERT ON member`) to rows of which `when` is true.
    pub async fn break_writing(&self, what: &str, when: &str) {
        let sql = if self.stage.db().is_postgres() {
            format!(
                "CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN IF {when} THEN
                   RAISE EXCEPTION 'broken for the test'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql;
                 CREATE TRIGGER broken BEFORE {what} FOR EACH ROW EXECUTE FUNCTION broken();"
            )
        } else {
            format!(
                "CREATE TRIGGER broken BEFORE {what} WHEN {when}
                 BEGIN SELECT RAISE(ABORT, 'broken for the test'); END;"
            )
        };
        self.sql(sql).await;
    }

    pub async fn mend_writing(&self) {
        let sql = if self.stage.db().is_postgres() { "DROP FUNCTION broken CASCADE" } else { "DROP TRIGGER broken" };
        self.sql(sql.to_owned()).await;
    }

    /// The quarantine was looked at, and what is in it is as it should be.
    pub async fn forget_failed(&self) {
        self.sql("DELETE FROM quarantine".to_owned()).await;
    }

    pub async fn sql(&self, sql: String) {
        let mut tx = self.stage.db().begin().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(tx.conn().await.unwrap()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Ends the scenario: nothing may be left undone, and every request must have been a valid one.
    pub async fn end(mut self) {
        self.ended = true;
        // What is asked in the background may take a moment.
        Box::pin(self.pass(Span::secs(20))).await;
        assert_eq!(self.stage.left_undone().await.unwrap(), Vec::<String>::new());
        assert_eq!(self.tg.violations(), Vec::<String>::new());
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        assert!(self.ended || std::thread::panicking(), "a scenario ends with `scene.end().await`");
    }
}

/// A poll for anybody to vote in by name.
pub fn poll(chat: ChatId) -> Poll {
    Poll {
        chat,
        topic: None,
        name: None,
        question: "周末想聊什么？".to_owned(),
        options: vec!["时间管理".to_owned(), "亲子阅读".to_owned()],
        anonymous: false,
        multiple: false,
        correct: None,
        silent: false,
    }
}

/// Logs only when `RUST_LOG` asks for them.
fn quiet_logs() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let filter = tracing_subscriber::EnvFilter::try_from_default_env();
        let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("off"));
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
    });
}
