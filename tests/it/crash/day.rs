//! One newcomer's first day, on which the program dies after any of its calls: it comes to the same.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use futures::StreamExt;
use steward::model::{ChatId, Status, UserId};
use steward::telegram::emulator::Emulator;
use tokio::sync::Notify;

use super::{FAST, at_rest, caught_up, come_in, copies, ever, has, rows, settle, wait};
use crate::bench::{Bench, GROUP, OWNER, STAFF};

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
