//! The real program killed at any moment: nothing that people did is lost or counted twice, nothing is posted twice.

mod accounts;
mod crowd;
mod day;
mod hang;

use std::fmt::Write;
use std::fs;
use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset, Timelike, Utc};
use rand::Rng;
use steward::model::{ChatId, ChatKind};
use steward::telegram::emulator::{ALL_RIGHTS, Emulator};

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

/// Waits until the program is up, everything that came was handled, nothing is overdue, and what followed was done. On a
/// busy machine that takes long: it is late only when nothing moves any more.
async fn caught_up(bench: &Bench) {
    const ROWS: &str = "SELECT (SELECT COUNT(*) FROM inbox), (SELECT COUNT(*) FROM outbox), \
        (SELECT COUNT(*) FROM agenda WHERE due <= $1), (SELECT MIN(body) FROM outbox)";
    type Left = (i64, i64, i64, Option<String>);
    let db = bench.sql().await;
    let mut moved = Instant::now();
    let mut before = None;
    let mut quiet = 0;
    while quiet < 3 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let now = Utc::now().timestamp_millis();
        // There is no such table before the first start.
        let found: Option<Left> = sqlx::query_as(ROWS).bind(now).fetch_one(&db).await.ok();
        let left = (bench.is_up(), bench.tg.pending_updates(), found);
        quiet = if matches!(left, (true, 0, Some((0, 0, 0, _)))) { quiet + 1 } else { 0 };
        assert!(
            moved.elapsed() < Duration::from_mins(1),
            "not caught up (is it up, updates at Telegram, inbox, outbox, overdue, next): {left:?}"
        );
        if before.as_ref() != Some(&left) {
            (moved, before) = (Instant::now(), Some(left));
        }
    }
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_it_loses_nothing_and_doubles_nothing() {
    let seed = std::env::var("STEWARD_CRASH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let groups: Vec<ChatId> = (0..4).map(|n| ChatId(GROUP.0 - n)).collect();
    let mut bench = Bench::new(FAST).await;
    settle(&bench, &groups, 0, 0);
    come_in(&mut bench, &groups).await;
    // Planned only now: on a busy machine the first might be due before the bot is in.
    let (planned, last) = settle(&bench, &groups, 10, POSTS);
    been_here_since_yesterday(&mut bench).await;
    let mut crowd = Crowd::new(bench.tg.clone(), groups.clone(), seed);
    for kill in 0..KILLS {
        let lives = Duration::from_millis(crowd.dice.random_range(0..1200));
        // Every third time it may not get as far as asking for updates.
        if kill % 3 < 2 {
            comes_up(&bench, &mut crowd).await;
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

/// There is a day to make up only where the bot was the day before, with check-ins on.
async fn been_here_since_yesterday(bench: &mut Bench) {
    bench.kill();
    let db = bench.sql().await;
    sqlx::query("UPDATE chat SET since = since - 86400000").execute(&db).await.unwrap();
    let earlier =
        "UPDATE agenda SET payload = CAST(CAST(payload AS BIGINT) - 86400000 AS TEXT) WHERE name = 'checkin/on'";
    sqlx::query(earlier).execute(&db).await.unwrap();
    db.close().await;
    seem_old(bench).await;
    bench.start();
}

async fn go_on(crowd: &mut Crowd) {
    crowd.act();
    tokio::time::sleep(Duration::from_millis(12)).await;
}

/// People go on until the program, just started, is about to ask for updates.
async fn comes_up(bench: &Bench, crowd: &mut Crowd) {
    let began = Instant::now();
    while !bench.is_up() {
        assert!(began.elapsed() < Duration::from_mins(1), "it does not come up");
        go_on(crowd).await;
    }
}

/// The program has done everything there was to do and was stopped; gives its database.
async fn at_rest(bench: &mut Bench) -> sqlx::AnyPool {
    caught_up(bench).await;
    assert_eq!(bench.stop().await, Some(0));
    bench.sql().await
}

/// People look up until they see it.
async fn wait(tg: &Emulator, what: &str, there: impl Fn(&Emulator) -> bool) {
    let began = Instant::now();
    while !there(tg) {
        assert!(began.elapsed() < Duration::from_mins(1), "waited in vain for {what}");
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

async fn rows<T>(db: &sqlx::AnyPool, sql: &'static str) -> Vec<T>
where
    T: for<'r> sqlx::FromRow<'r, sqlx::any::AnyRow> + Send + Unpin,
{
    sqlx::query_as(sql).fetch_all(db).await.unwrap()
}
