//! The same bot on a virtual clock, with the emulator for Telegram; and a month of a community's life played on it.
//!
//! [`rehearse`] lets an operator see before going live what the group would see. Everything is real but Telegram, the
//! clock and the people; the same seed gives the same transcript.

mod crowd;
mod script;
pub mod stage;
mod summary;
mod transcript;
mod watch;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use chrono_tz::Tz;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use serde_json::Value;

use crate::engine::plan::Rates;
use crate::features::{PHRASES, Settings};
use crate::model::schedule::{When, Zone};
use crate::model::{ChatId, ChatKind, Day, Lang, Span, Text, Timestamp, UserId};
use crate::store::activity::DeedKind;
use crate::telegram::emulator::{ALL_RIGHTS, Emulator, Settings as World};
use crowd::Crowd;
use script::{BUTTON_BOT, Expected, Script};
use transcript::Transcript;
use words::Words;

pub use stage::Stage;
pub use summary::Summary;

/// Monday, 2 March 2026: where a rehearsal begins unless told otherwise.
const FIRST_DAY: Timestamp = Timestamp(1_772_409_600_000);

/// What is to be rehearsed.
#[derive(Clone, Debug)]
pub struct Options {
    pub days: u32,
    /// People who take part; some come later. Advertisers come on top.
    pub members: usize,
    /// The same seed gives the same rehearsal.
    pub seed: u64,
    /// The community's name (of its file) and settings.
    pub community: (String, Settings),
    /// Folder that relative paths in the settings start from.
    pub folder: PathBuf,
    /// It begins at six in the morning of this instant's local day.
    pub start: Timestamp,
}

impl Options {
    /// A month of 200 members.
    pub fn new(community: (String, Settings), folder: PathBuf) -> Self {
        Self { days: 30, members: 200, seed: 1, community, folder, start: FIRST_DAY }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Lines to read.
    pub transcript: Vec<String>,
    pub summary: Summary,
}

/// Plays the life of a community with the bot in it.
///
/// # Errors
/// When the settings cannot be used, or the bot cannot go on.
pub async fn rehearse(options: Options) -> Result<Report> {
    let base = Folder::new()?;
    let Options { days, members, .. } = options;
    let mut script = Box::pin(open(options, &base)).await?;
    script.summary.days = days;
    script.summary.members_at_first = script.crowd.inside().count();
    debug_assert!(script.summary.members_at_first <= members);
    for day in 0..days {
        let now = script.stage.now();
        script.stage.engine().beat(now).await?;
        script.play_day(days - day).await?;
    }
    // What was sent in the last minutes comes back.
    script.advance(script.stage.now() + Span::minutes(10)).await?;
    close(script).await
}

/// Sets the stage: the community's group and its staff group, everybody in their place, the bot an administrator.
async fn open(options: Options, base: &Folder) -> Result<Script> {
    let Options { days, members, seed, community: (name, mut settings), folder, start } = options;
    let zone = settings.timezone.unwrap_or(Zone(chrono_tz::Asia::Shanghai)).0;
    let lang = settings.language;
    let begins = Day::of(start, zone, chrono::NaiveTime::MIN).begins(zone, chrono::NaiveTime::MIN) + Span::hours(6);
    let tg = Emulator::new(World { log_kept: 20_000, lines_kept: 1000, ..World::default() });
    tg.set_now(begins);
    if settings.chats.is_empty() {
        settings.chats.push(stage::supergroup(1).0);
    }
    let group = ChatId(settings.chats[0]);
    let staff = settings.staff_chat.map(ChatId);
    let title = if settings.name.is_empty() { &name } else { &settings.name };
    let owner = found(&tg, lang, title, group, staff);
    let mut rng = SmallRng::seed_from_u64(seed);
    let words = Words::of(lang);
    let crowd = Crowd::new(&mut rng, &words, members, days);
    settle_in(&tg, group, lang, &crowd);
    let names: BTreeSet<String> = crowd.people.iter().map(|person| person.name.clone()).collect();
    let ends = Day::of(begins, zone, chrono::NaiveTime::MIN).plus(i64::from(days)).begins(zone, chrono::NaiveTime::MIN);
    let expected = expected(&settings, group, zone, begins, ends);
    let checks_in = section(&settings, "checkin").is_some();
    let setup = stage::Setup {
        communities: vec![(name, settings)],
        open: None,
        folder,
        database: base.database(),
        now: begins,
        rates: Rates::default(),
    };
    let stage = Stage::new(tg.clone(), setup).await?;
    for chat in [Some(group), staff].into_iter().flatten() {
        tg.add_bot_to(chat, owner);
        tg.promote_bot(chat, &ALL_RIGHTS);
    }
    Ok(Script {
        stage,
        tg,
        rng,
        words,
        crowd,
        zone,
        group,
        staff,
        owner,
        transcript: Transcript::new(zone, lang, names),
        summary: Summary::default(),
        busiest: summary::Busiest::default(),
        expected,
        checks_in,
        mark: 0,
        posted: HashMap::new(),
        ads: Vec::new(),
        asked: HashMap::new(),
        presses: HashMap::new(),
        opened: HashMap::new(),
        ungreeted: Vec::new(),
        newcomers: Vec::new(),
        checkin_button: None,
        tried: BTreeSet::new(),
        punished: BTreeSet::new(),
        queue: BTreeMap::new(),
        serial: 0,
    })
}

/// Founds the community's groups; returns their owner.
fn found(tg: &Emulator, lang: Lang, title: &str, group: ChatId, staff: Option<ChatId>) -> UserId {
    let owner = tg.add_user(20_000, if lang == Lang::Zh { "群主" } else { "Owner" });
    tg.user(owner, |person| person.language = Some(tag(lang).to_owned()));
    let staff_title = format!("{title} · {}", if lang == Lang::Zh { "运营" } else { "staff" });
    for (chat, title) in [(Some(group), title), (staff, &staff_title)] {
        let Some(chat) = chat else { continue };
        tg.add_group(chat.0, title, ChatKind::Supergroup);
        tg.set_owner(chat, owner);
    }
    owner
}

fn settle_in(tg: &Emulator, group: ChatId, lang: Lang, crowd: &Crowd) {
    tg.add_user(BUTTON_BOT.0, "Buttons");
    tg.user(BUTTON_BOT, |bot| (bot.is_bot, bot.username) = (true, Some("buttons_bot".to_owned())));
    for person in &crowd.people {
        tg.add_user(person.user.0, &person.name);
        tg.user(person.user, |known| known.language = Some(tag(lang).to_owned()));
    }
    let inside: Vec<UserId> = crowd.inside().map(|who| crowd.people[who].user).collect();
    tg.fill(group, &inside);
}

fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh-hans",
        Lang::En => "en",
    }
}

/// Holds the truth against what the bot has on record.
async fn close(mut script: Script) -> Result<Report> {
    let mut conn = script.stage.db().read().await?;
    let counted: Vec<(i64, i64)> =
        sqlx::query_as("SELECT user_id, ref FROM activity WHERE kind = $1 ORDER BY user_id, ref")
            .bind(DeedKind::CheckIn as i64)
            .fetch_all(&mut *conn)
            .await?;
    let (quarantined,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM quarantine").fetch_one(&mut *conn).await?;
    drop(conn);
    let mut days: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (user, day) in &counted {
        days.entry(*user).or_default().push(*day);
    }
    let undone = script.stage.left_undone().await?;
    script.stage.db().close().await;
    let left = script.ads.iter().filter_map(|parts| script.posted.get(parts.first()?));
    let summary = Summary {
        missed: left.map(|posted| posted.text.clone()).collect(),
        members_at_last: script.crowd.inside().count(),
        posts_due: script.expected.len(),
        checkins_tried: script.tried.len(),
        checkins_counted: counted.len(),
        longest_streak: days.values().map(|days| summary::longest_run(days)).max().unwrap_or(0),
        busiest_minute: script.busiest.most,
        quarantined: usize::try_from(quarantined)?,
        invalid: script.tg.violations().len(),
        undone,
        ..std::mem::take(&mut script.summary)
    };
    Ok(Report { transcript: script.transcript.finish(), summary })
}

/// A section of the settings as it is written; none when the feature is off or does not exist.
fn section(settings: &Settings, name: &str) -> Option<Value> {
    serde_json::to_value(settings).ok()?.get(name).filter(|section| !section.is_null()).cloned()
}

/// The scheduled posts the group may count on, from the calendar as it is written.
fn expected(settings: &Settings, group: ChatId, zone: Tz, from: Timestamp, to: Timestamp) -> Vec<Expected> {
    const WHEN: [&str; 8] = ["at", "weekdays", "every", "on", "cron", "from", "until", "skip"];
    let calendar = section(settings, "calendar");
    let mut expected = Vec::new();
    for post in calendar.iter().filter_map(Value::as_array).flatten().filter_map(Value::as_object) {
        let chats = post.get("chats").and_then(Value::as_array).filter(|chats| !chats.is_empty());
        let elsewhere = chats.is_some_and(|chats| !chats.contains(&group.0.into()));
        let when: serde_json::Map<String, Value> = post
            .iter()
            .filter(|(key, value)| WHEN.contains(&key.as_str()) && !value.is_null())
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let schedule = serde_json::from_value::<When>(when.into()).ok().and_then(|when| when.schedule().ok());
        let Some(schedule) = schedule.filter(|_| !elsewhere) else { continue };
        let mut texts = Vec::new();
        for key in ["text", "bank", "poll", "polls"] {
            post.get(key).into_iter().for_each(|value| strings(value, &mut texts));
        }
        let heads: Vec<String> = texts.iter().map(|text| head(text)).filter(|head| !head.is_empty()).collect();
        let due = schedule.between(zone, from, to).map(|occurrence| occurrence.at);
        expected.extend(due.map(|due| Expected { due, heads: heads.clone(), came: false }));
    }
    expected.extend(checkin_posts(settings, zone, from, to));
    expected.sort_by_key(|it| it.due);
    expected
}

/// The daily check-in posts; one that says a line of the bot's own begins as that line does.
fn checkin_posts(settings: &Settings, zone: Tz, from: Timestamp, to: Timestamp) -> Vec<Expected> {
    let Some(post) = section(settings, "checkin").and_then(|section| section.get("post").cloned()) else {
        return Vec::new();
    };
    let when = serde_json::from_value::<When>(serde_json::json!({ "at": post["at"] }));
    let Some(schedule) = when.ok().and_then(|when| when.schedule().ok()) else { return Vec::new() };
    let own = settings.texts.get("checkin.post").cloned();
    let own =
        own.unwrap_or_else(|| PHRASES.render(settings.language, "checkin.post", &minijinja::context! {}).visible());
    let mut texts = Vec::new();
    for key in ["text", "bank"] {
        post.get(key).into_iter().for_each(|value| strings(value, &mut texts));
    }
    if texts.is_empty() {
        texts.push(&own);
    }
    let heads: Vec<String> = texts.iter().map(|text| head(text)).filter(|head| !head.is_empty()).collect();
    let due = schedule.between(zone, from, to).map(|occurrence| occurrence.at);
    due.map(|due| Expected { due, heads: heads.clone(), came: false }).collect()
}

fn strings<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Array(list) => list.iter().for_each(|value| strings(value, into)),
        Value::Object(map) => map.get("question").into_iter().for_each(|value| strings(value, into)),
        _ => {}
    }
}

/// How a text begins for its readers: enough to know it by, and before anything a template fills in.
fn head(text: &str) -> String {
    let fixed = text.split("{{").next().unwrap_or_default().split("{%").next().unwrap_or_default();
    let seen = Text::from_template(fixed.to_owned()).visible();
    seen.trim().lines().next().unwrap_or_default().trim().chars().take(16).collect()
}

/// A folder of its own, gone with the rehearsal.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("steward-rehearsal-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("cannot make the folder {}", path.display()))?;
        Ok(Self(path))
    }

    fn database(&self) -> String {
        format!("sqlite:{}", self.0.join("steward.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telegram::emulator::SeenMessage;

    #[tokio::test]
    async fn the_summary_agrees_with_what_telegram_saw() {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/communities");
        let settings = toml::from_str(&std::fs::read_to_string(folder.join("moms.toml")).unwrap()).unwrap();
        let options = Options { days: 3, members: 40, seed: 5, ..Options::new(("moms".to_owned(), settings), folder) };
        let base = Folder::new().unwrap();
        let mut script = Box::pin(open(options, &base)).await.unwrap();
        let first = script.crowd.inside().count();
        for left in [3, 2, 1] {
            script.play_day(left).await.unwrap();
        }
        script.advance(script.stage.now() + Span::minutes(10)).await.unwrap();
        let (tg, group) = (script.tg.clone(), script.group);
        let all: Vec<SeenMessage> = tg.messages(group).into_iter().chain(tg.deleted(group)).collect();
        let by_people = all.iter().filter(|seen| !seen.service && seen.author != tg.me()).count();
        let gone: BTreeSet<_> = tg.deleted(group).iter().map(|seen| seen.id).collect();
        let sent = tg.log().iter().filter(|call| call.method.starts_with("send") && call.outcome.is_ok()).count();
        let mut conn = script.stage.db().read().await.unwrap();
        let mut logged = Vec::new();
        for kind in [DeedKind::Join, DeedKind::Leave] {
            let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM activity WHERE kind = $1")
                .bind(kind as i64)
                .fetch_one(&mut *conn)
                .await
                .unwrap();
            logged.push(usize::try_from(n).unwrap());
        }
        drop(conn);
        let advertised = |script: &Script, id| matches!(script.posted[id].truth, script::Truth::Ad(_));
        let ads_gone = gone.iter().filter(|id| script.posted.contains_key(id) && advertised(&script, id)).count();
        let parts_gone = script.posted.values().filter(|post| matches!(post.truth, script::Truth::Ad(_))).count()
            - script.ads.iter().map(BTreeSet::len).sum::<usize>();
        let Report { summary, .. } = close(script).await.unwrap();
        assert_eq!((summary.messages, summary.sent), (by_people, sent));
        assert_eq!(first + summary.joins, summary.members_at_last + summary.leaves + summary.removed, "{summary:?}");
        assert_eq!(vec![summary.joins, summary.leaves], logged);
        assert_eq!(parts_gone, ads_gone);
        assert!(summary.ads > 0 && summary.ads == summary.ads_removed + summary.missed.len(), "{summary:?}");
    }

    #[test]
    fn a_post_is_known_by_how_it_begins() {
        for (text, known) in [
            ("晒早餐，说说今天的一个小目标", "晒早餐，说说今天的一个小目标"),
            ("<b>早安</b> {{ name }}！", "早安"),
            ("One long question about the book", "One long questio"),
            ("{{ name }}", ""),
        ] {
            assert_eq!(head(text), known, "{text}");
        }
    }
}
