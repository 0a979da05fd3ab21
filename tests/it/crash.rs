//! The real program killed at any moment: nothing that people did is lost or counted twice, nothing is posted twice.

mod accounts;
mod crowd;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use chrono::{DateTime, FixedOffset, Timelike, Utc};
use futures::StreamExt;
use rand::Rng;
use steward::model::{ChatId, ChatKind, Status, UserId};
use steward::telegram::emulator::{ALL_RIGHTS, Action, Emulator, Rule};
use tokio::sync::Notify;

use crate::bench::{Bench, GROUP, OWNER, STAFF};
use accounts::{Accounts, Planned};
use crowd::Crowd;

/// A failure is repeated with the same number, as far as the clock allows. `STEWARD_CRASH_SEED` tries another.
const SEED: u64 = 20_260_302;
const KILLS: usize = 15;
/// Posts are planned this far apart, over this time.
const EVERY: i64 = 3;
const POSTS: i64 = 8;
/// As fast as an operator may set it; the test has less than a minute.
const FAST: &str = "listen = 'off'\n[rates]\nper_second = 500\ngroup_per_minute = 60\n";

/// What the groups are told to do: all of it soon, and to leave nothing behind.
const RULES: &str = "
[welcome]
text = '欢迎 {{ newcomers }}'
rules = '请友善'
merge_within = '1s'
name_at_most = 20

[checkin]
answer_for = '5s'
rewards = [{ streak = 1, give = 'book' }, { streak = 2, give = 'mark' }]
gifts.book = { title = '手册', text = '给你的手册', codes = 'codes.txt' }
gifts.mark = { title = '书签', text = '给你的书签' }

[strikes]
ladder = [{ do = 'mute', for = '1h' }]
severe = { do = 'remove' }
warning_for = '5s'
judge.words.severe = ['博彩']
";

/// A zone in which it is noon, so that no day ends during the test.
fn noon() -> (String, FixedOffset) {
    let ahead = 12 - i32::try_from(Utc::now().hour()).unwrap();
    let zone = format!("Etc/GMT{:+}", -ahead);
    (zone, FixedOffset::east_opt(ahead * 3600).unwrap())
}

/// Writes the community's file for these groups; gives the posts planned from `first` seconds from now on.
fn settle(bench: &Bench, groups: &[ChatId], first: i64, posts: i64) -> (Vec<Planned>, DateTime<Utc>) {
    let (zone, offset) = noon();
    let chats: Vec<i64> = groups.iter().map(|chat| chat.0).collect();
    let mut text = format!("name = '成长社'\nchats = {chats:?}\nstaff_chat = {STAFF}\ntimezone = '{zone}'\n{RULES}");
    let mut planned = Vec::new();
    let mut last = Utc::now();
    for n in 0..posts {
        last = Utc::now() + chrono::Duration::seconds(first + n * EVERY);
        let cron = last.with_timezone(&offset).format("%-S %-M %-H * * *");
        let post = Planned { id: format!("post-{n}"), text: format!("今天的第 {n} 个话题") };
        writeln!(text, "[[calendar]]\nid = '{}'\ncron = '{cron}'\ntext = '{}'", post.id, post.text).unwrap();
        planned.push(post);
    }
    fs::write(bench.path("communities/moms.toml"), text).unwrap();
    let codes: Vec<String> = (0..500).map(|n| format!("CODE-{n:03}")).collect();
    fs::write(bench.path("communities/codes.txt"), codes.join("\n")).unwrap();
    (planned, last)
}

/// The bot comes into the groups and has said what it has to say.
async fn come_in(bench: &mut Bench, groups: &[ChatId]) {
    for chat in groups {
        if *chat != GROUP {
            bench.tg.add_group(chat.0, "成长社分群", ChatKind::Supergroup);
            bench.tg.set_owner(*chat, OWNER);
        }
    }
    bench.begin().await;
    for chat in groups.iter().chain([&STAFF]) {
        bench.tg.add_bot_to(*chat, OWNER);
        bench.tg.promote_bot(*chat, &ALL_RIGHTS);
    }
    caught_up(bench).await;
    for chat in groups {
        assert!(!bench.tg.bot_messages(*chat).is_empty(), "the bot introduces itself");
    }
}

/// Waits until everything that came was handled, and what followed from it was done.
async fn caught_up(bench: &Bench) {
    let db = bench.sql().await;
    let began = Instant::now();
    let mut quiet = 0;
    while quiet < 3 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let rows = "SELECT (SELECT COUNT(*) FROM inbox), (SELECT COUNT(*) FROM outbox), (SELECT MIN(body) FROM outbox)";
        // There is no such table before the first start.
        let (inbox, outbox, next): (i64, i64, Option<String>) =
            sqlx::query_as(rows).fetch_one(&db).await.unwrap_or((1, 1, None));
        let waiting = bench.tg.pending_updates();
        quiet = if inbox + outbox == 0 && waiting == 0 { quiet + 1 } else { 0 };
        let late = began.elapsed() > Duration::from_secs(45);
        assert!(!late, "not caught up: {waiting} updates, {inbox} in the inbox, {outbox} in the outbox: {next:?}");
    }
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_it_loses_nothing_and_doubles_nothing() {
    let seed = std::env::var("STEWARD_CRASH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let groups: Vec<ChatId> = (0..4).map(|n| ChatId(GROUP.0 - n)).collect();
    let mut bench = Bench::new(FAST).await;
    let (planned, last) = settle(&bench, &groups, 10, POSTS);
    come_in(&mut bench, &groups).await;
    let mut crowd = Crowd::new(bench.tg.clone(), groups.clone(), seed);
    let mut mark = 0;
    for kill in 0..KILLS {
        let lives = Duration::from_millis(crowd.dice.random_range(0..1200));
        // Every third time it may not get as far as asking for updates.
        if kill % 3 < 2 {
            comes_up(&bench, &mut crowd, mark).await;
        }
        let until = Instant::now() + lives;
        while Instant::now() < until {
            go_on(&mut crowd).await;
        }
        // It dies with much in hand.
        crowd.hold_up(3);
        for _ in 0..crowd.dice.random_range(0..100) {
            crowd.act();
        }
        tokio::time::sleep(Duration::from_millis(crowd.dice.random_range(0..50))).await;
        bench.kill();
        mark = bench.tg.calls_since(u64::MAX).1;
        if kill % 2 == 1 {
            seem_old(&bench).await;
        }
        bench.start();
    }
    while Utc::now() < last {
        go_on(&mut crowd).await;
    }
    bench.tg.heal();
    let db = at_rest(&mut bench).await;
    let Crowd { deeds, .. } = crowd;
    let accounts = Accounts {
        tg: &bench.tg,
        db: &db,
        groups: &groups,
        deeds: &deeds,
        planned: &planned,
        kills: KILLS,
        mishaps: KILLS * groups.len() + deeds.faults,
    };
    let differences = accounts.differences().await;
    assert!(differences.is_empty(), "with seed {seed}:\n{}", differences.join("\n"));
    assert!(deeds.said.len() > 200 && deeds.ads.len() > 3 && deeds.joined.len() > 5, "{deeds:?}");
    assert!(!deeds.cleared.is_empty() && deeds.checked_in.len() > 10 && deeds.confirmed.len() > 5, "{deeds:?}");
}

/// As if the process that died had lived for long: the next one handles updates in the transaction that takes them in.
async fn seem_old(bench: &Bench) {
    let db = bench.sql().await;
    sqlx::query("UPDATE meta SET value = '0' WHERE name = 'died'").execute(&db).await.unwrap();
    db.close().await;
}

async fn go_on(crowd: &mut Crowd) {
    crowd.act();
    tokio::time::sleep(Duration::from_millis(12)).await;
}

/// People go on until the program, just started, is about to ask for updates.
async fn comes_up(bench: &Bench, crowd: &mut Crowd, mark: u64) {
    let began = Instant::now();
    while !bench.tg.calls_since(mark).0.iter().any(|call| call.method == "getWebhookInfo") {
        assert!(began.elapsed() < Duration::from_secs(15), "it does not come up");
        go_on(crowd).await;
    }
}

/// The program has done everything there was to do and was stopped; gives its database.
async fn at_rest(bench: &mut Bench) -> sqlx::AnyPool {
    caught_up(bench).await;
    assert_eq!(bench.stop().await, Some(0));
    bench.sql().await
}

/// Stands between the program and Telegram: lets a number of calls through, then nothing gets an answer any more.
#[derive(Clone, Default)]
struct Gate(Arc<Watch>);

#[derive(Default)]
struct Watch {
    /// Calls still let through.
    left: AtomicI64,
    shut: Notify,
}

impl Gate {
    fn open() -> Self {
        let gate = Self::default();
        gate.let_through(i64::MAX);
        gate
    }

    fn let_through(&self, calls: i64) {
        self.0.left.store(calls, Ordering::SeqCst);
    }

    fn between(&self) -> impl FnOnce(Router) -> Router + use<> {
        let gate = self.clone();
        |telegram| telegram.layer(from_fn_with_state(gate, pass))
    }

    /// How many of so many calls were made.
    fn made_of(&self, calls: i64) -> i64 {
        calls - self.0.left.load(Ordering::SeqCst)
    }
}

/// The last call let through has its effect, and no answer.
async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let method = request.uri().path().rsplit('/').next().unwrap_or_default();
    let counts = !method.starts_with("get");
    let left = if counts { gate.0.left.fetch_sub(1, Ordering::SeqCst) } else { gate.0.left.load(Ordering::SeqCst) };
    if left <= 0 {
        return std::future::pending().await;
    }
    let response = next.run(request).await;
    if counts && left == 1 {
        gate.0.shut.notify_one();
        return std::future::pending().await;
    }
    response
}

/// What is left when all is done: what people can see and what is on record, whatever happened on the way.
#[derive(Debug, PartialEq)]
struct End {
    /// Without numbers: times differ.
    group: BTreeSet<String>,
    private: BTreeSet<String>,
    staff: BTreeSet<String>,
    welcomes: usize,
    /// What looks like an ad is still there.
    ad: bool,
    status: Status,
    activity: Vec<(i64, i64, i64)>,
    checkins: Vec<(i64, i64)>,
    confirmed: Vec<(i64,)>,
    gifts: Vec<(String, i64)>,
    cases: Vec<(i64, i64, i64)>,
    waiting: Vec<(String,)>,
}

/// Somebody joins, is welcomed, reads the rules in private, checks in twice, writes what looks like an ad, and the staff
/// find it was none. Everything they do next waits for what the bot has to do first.
async fn first_day(tg: &Emulator, ling: UserId) {
    let home = ling.private();
    tg.join(GROUP, ling);
    wait(tg, "the welcome", |tg| has(tg, GROUP, "欢迎 小玲")).await;
    tg.start_bot(ling, &format!("rules_{GROUP}"));
    wait(tg, "the rules", |tg| has(tg, home, "请友善")).await;
    let rules = tg.bot_messages(home).into_iter().find(|message| message.text.contains("请友善")).unwrap();
    for _ in 0..2 {
        tg.press(home, rules.id, ling, "✅ 我已阅读");
    }
    tg.say(GROUP, ling, "打卡");
    wait(tg, "the gift", |tg| has(tg, home, "给你的手册")).await;
    wait(tg, "the first answer", |tg| ever(tg, GROUP, "✅ 第 1 天")).await;
    tg.say(GROUP, ling, "打卡");
    wait(tg, "the second answer", |tg| ever(tg, GROUP, "今天已经打过卡")).await;
    tg.say(GROUP, ling, "拼单群，速来 https://t.me/+AbCdEf0123456789");
    wait(tg, "the mute", |tg| tg.is_muted(GROUP, ling) && !has(tg, GROUP, "拼单群")).await;
    wait(tg, "the warning", |tg| ever(tg, GROUP, "小玲，你的消息")).await;
    wait(tg, "the card", |tg| has(tg, STAFF, "拼单群")).await;
    let card = tg.bot_messages(STAFF).into_iter().rfind(|message| message.text.contains("拼单群")).unwrap();
    for _ in 0..2 {
        tg.press_data(STAFF, card.id, OWNER, "strikes:clear:1");
    }
    wait(tg, "the pardon", |tg| !tg.is_muted(GROUP, ling)).await;
    tg.say(GROUP, ling, "谢谢大家");
}

/// People look up until they see it.
async fn wait(tg: &Emulator, what: &str, there: impl Fn(&Emulator) -> bool) {
    let began = Instant::now();
    while !there(tg) {
        assert!(began.elapsed() < Duration::from_secs(25), "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

fn has(tg: &Emulator, chat: ChatId, words: &str) -> bool {
    tg.messages(chat).iter().any(|message| message.text.contains(words))
}

/// How often the bot has said it, whatever became of it.
fn copies(tg: &Emulator, chat: ChatId, words: &str) -> usize {
    let all = tg.messages(chat).into_iter().chain(tg.deleted(chat));
    all.filter(|message| message.author == tg.me() && message.text.contains(words)).count()
}

fn ever(tg: &Emulator, chat: ChatId, words: &str) -> bool {
    copies(tg, chat, words) > 0
}

impl End {
    async fn of(tg: &Emulator, db: &sqlx::AnyPool, ling: UserId) -> Self {
        let said = |chat: ChatId| {
            let all = tg.messages(chat).into_iter().chain(tg.deleted(chat));
            let said = all.filter(|message| message.author == tg.me() && !message.service);
            said.map(|message| message.text.replace(|c: char| c.is_ascii_digit(), "#")).collect()
        };
        Self {
            group: said(GROUP),
            private: said(ling.private()),
            staff: said(STAFF),
            welcomes: copies(tg, GROUP, "欢迎 小玲"),
            ad: has(tg, GROUP, "拼单群"),
            status: tg.member_status(GROUP, ling),
            activity: rows(db, "SELECT kind, user_id, COUNT(*) FROM activity GROUP BY kind, user_id ORDER BY 1, 2")
                .await,
            checkins: rows(db, "SELECT user_id, made_up FROM checkin").await,
            confirmed: rows(db, "SELECT user_id FROM rules_read").await,
            gifts: rows(db, "SELECT cause, state FROM gift").await,
            cases: rows(db, "SELECT id, user_id, CASE WHEN undone IS NULL THEN 0 ELSE 1 END FROM strike_case").await,
            // Menus are given some seconds after each start, whatever happened.
            waiting: rows(
                db,
                "SELECT body FROM outbox WHERE body NOT LIKE '%SetCommands%' UNION ALL SELECT error FROM quarantine",
            )
            .await,
        }
    }
}

async fn rows<T>(db: &sqlx::AnyPool, sql: &'static str) -> Vec<T>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::any::AnyRow> + Send + Unpin,
{
    sqlx::query_as(sql).fetch_all(db).await.unwrap()
}

/// A first day on which the program dies once so many calls were made. Gives how it ended, and how many it took.
async fn killed_after(calls: i64) -> (End, i64) {
    let gate = Gate::open();
    let mut bench = Bench::behind(FAST, gate.between()).await;
    settle(&bench, &[GROUP], 0, 0);
    come_in(&mut bench, &[GROUP]).await;
    gate.let_through(calls);
    let ling = bench.tg.add_user(10_001, "小玲");
    let tg = bench.tg.clone();
    let mut day = tokio::spawn(async move { first_day(&tg, ling).await });
    let in_peace = async {
        (&mut day).await.unwrap();
        caught_up(&bench).await;
    };
    let dies = tokio::select! {
        () = in_peace => false,
        () = gate.0.shut.notified() => true,
    };
    let made = gate.made_of(calls);
    if dies {
        bench.kill();
        gate.let_through(i64::MAX);
        bench.start();
        if !day.is_finished() {
            day.await.unwrap();
        }
    }
    let db = at_rest(&mut bench).await;
    assert_eq!(bench.tg.violations(), Vec::<String>::new());
    (End::of(&bench.tg, &db, ling).await, made)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_call_was_the_last_it_comes_to_the_same() {
    let (undisturbed, calls) = killed_after(i64::MAX).await;
    assert!((12..40).contains(&calls), "{calls} calls: {undisturbed:#?}");
    let mut days = futures::stream::iter(1..=calls)
        .map(|last| async move { (last, tokio::spawn(killed_after(last)).await) })
        .buffer_unordered(10);
    while let Some((last, day)) = days.next().await {
        let (mut end, _) = day.unwrap_or_else(|error| panic!("killed after call {last} of {calls}: {error}"));
        // Of a card that was sent twice, the first copy stays as it was.
        assert!(end.staff.is_superset(&undisturbed.staff), "killed after call {last} of {calls}: {end:#?}");
        end.staff.clone_from(&undisturbed.staff);
        assert_eq!(end, undisturbed, "killed after call {last} of {calls}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_message_hangs_it_repeats_answers_only() {
    let cases = [("欢迎 小玲", 1), ("今天的第 0 个话题", 1), ("✅ 第 1 天", 2)].map(|(what, expected)| async move {
        let mut bench = Bench::new(FAST).await;
        let (_, due) = settle(&bench, &[GROUP], 12, 1);
        come_in(&mut bench, &[GROUP]).await;
        let hangs = Rule::new("sendMessage", Action::Hang(60_000)).after_accept();
        bench.tg.fail(Rule { contains: Some(what.to_owned()), ..hangs });
        let ling = bench.tg.add_user(10_001, "小玲");
        bench.tg.join(GROUP, ling);
        bench.tg.start_bot(ling, "");
        bench.tg.say(GROUP, ling, "打卡");
        wait(&bench.tg, what, |tg| ever(tg, GROUP, what)).await;
        bench.kill();
        bench.start();
        while Utc::now() < due {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let db = at_rest(&mut bench).await;
        let seen = |words| copies(&bench.tg, GROUP, words);
        assert_eq!(seen(what), expected, "{what}");
        for other in ["欢迎 小玲", "今天的第 0 个话题", "✅ 第 1 天"] {
            assert!(other == what || seen(other) == 1, "{other}, when `{what}` hung");
        }
        let slots: Vec<(String,)> = rows(&db, "SELECT state FROM slot ORDER BY due").await;
        assert_eq!(slots[0].0, "posted", "when `{what}` hung");
        // A second copy of an answer goes away as the only one would.
        let left = bench.tg.messages(GROUP).into_iter().filter(|message| message.text.contains("✅ 第 1 天")).count();
        assert_eq!(left, seen("✅ 第 1 天") - 1);
    });
    futures::future::join_all(cases).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_to_be_gone_by_now_is_still_sent_and_removed() {
    let mut bench = Bench::new(FAST).await;
    settle(&bench, &[GROUP], 0, 0);
    come_in(&mut bench, &[GROUP]).await;
    let ling = bench.member(1);
    bench.tg.start_bot(ling, "");
    let text = "Too Many Requests: retry after 3".to_owned();
    let busy = Action::Status { code: 429, text, retry_after: Some(3), migrate_to: None };
    bench.tg.fail(Rule { contains: Some("✅ 第 1 天".to_owned()), ..Rule::new("sendMessage", busy) });
    bench.tg.say(GROUP, ling, "打卡");
    wait(&bench.tg, "the refusal", |tg| tg.log().iter().any(|call| call.outcome.is_err())).await;
    bench.kill();
    // By now the answer would be gone again.
    tokio::time::sleep(Duration::from_secs(6)).await;
    bench.start();
    at_rest(&mut bench).await;
    assert_eq!(copies(&bench.tg, GROUP, "✅ 第 1 天"), 1);
    assert!(!has(&bench.tg, GROUP, "✅ 第 1 天"), "it stays for ever");
}
