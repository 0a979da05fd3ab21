//! `steward plan`: what will be posted, when, in each community's local time.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveTime};
use serde_json::{Value, json};

use super::{Ended, Outcome, chosen, print};
use crate::app;
use crate::config::Loaded;
use crate::features::calendar::{self, Planned, Used, Warning};
use crate::features::{Compiled, Shared};
use crate::model::{ChatId, Day, Span, Timestamp};
use crate::store::{Db, slots};

/// More posts than this in a chat on one day are worth a warning.
const MANY: usize = 6;
/// Posts of different kinds this close crowd each other.
const NEAR_MINUTES: i64 = 10;

pub(super) async fn plan(loaded: &Loaded, days: u32, only: Option<&str>, json: bool) -> Outcome {
    let from = app::now();
    let to = from + Span::days(i64::from(days));
    let mut text = String::new();
    let mut all = Vec::new();
    for (slug, settings) in chosen(loaded, only)? {
        let used = used(&loaded.process.database(), settings, from).await;
        let community = Community::new(settings, &used, from, to);
        if json {
            all.push(community.in_json(slug, settings));
        } else {
            community.write(&mut text, slug, settings, days);
        }
    }
    print(&if json { format!("{:#}\n", Value::Array(all)) } else { text })?;
    Ok(Ended::Well)
}

/// Which texts of banks were used when, as the database knows it; nothing when there is none yet.
async fn used(database: &str, settings: &Shared, now: Timestamp) -> Used {
    let read = async {
        let db = Db::beside(database).await?;
        let mut conn = db.read().await?;
        let mut used = Used::new();
        if let Some(chat) = settings.common.chats.first() {
            for (post, pick, at) in slots::uses(&mut conn, ChatId(*chat), now).await? {
                used.entry(post).or_default().insert(pick, at);
            }
        }
        Ok::<_, anyhow::Error>(used)
    };
    read.await.unwrap_or_default()
}

/// Something a feature does at the same time each day.
struct Daily {
    at: NaiveTime,
    what: &'static str,
    text: String,
}

struct Community {
    planned: Vec<Planned>,
    daily: Vec<Daily>,
    dates: Vec<NaiveDate>,
    warnings: Vec<String>,
}

impl Community {
    fn new(settings: &Shared, used: &Used, from: Timestamp, to: Timestamp) -> Self {
        let zone = settings.common.timezone.0;
        let (planned, warnings) = match settings.calendar() {
            Some(rules) => {
                let planned = calendar::plan(&rules.posts, zone, used, from, to);
                let warnings = calendar::warnings(&rules.posts, zone, &planned, from, to, MANY);
                (planned, warnings.iter().map(Warning::to_string).collect())
            }
            None => (Vec::new(), Vec::new()),
        };
        let daily = daily(settings);
        let day = |at| Day::of(at, zone, NaiveTime::MIN);
        let dates = (day(from).0..=day(to).0).map(|day| Day(day).date()).collect();
        let mut community = Self { planned, daily, dates, warnings };
        community.warnings.extend(community.collisions());
        community
    }

    /// Posts of the calendar at nearly the same time as something daily: one line for each pair.
    fn collisions(&self) -> Vec<String> {
        let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for planned in &self.planned {
            for daily in &self.daily {
                if (planned.civil.time() - daily.at).num_minutes().abs() < NEAR_MINUTES {
                    *pairs.entry((&planned.post, daily.what)).or_default() += 1;
                }
            }
        }
        let line = |((post, what), n): (_, usize)| {
            let times = if n == 1 { "once".to_owned() } else { format!("{n} times") };
            format!("`{post}` and the {what} come within {NEAR_MINUTES} minutes of each other, {times}")
        };
        pairs.into_iter().map(line).collect()
    }

    fn write(&self, text: &mut String, slug: &str, settings: &Compiled, days: u32) {
        let common = &settings.common;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{} ({slug}), {days} days, {}", common.name, common.timezone.0);
        for date in &self.dates {
            let mut lines: Vec<(NaiveTime, String)> = Vec::new();
            for it in self.planned.iter().filter(|it| it.civil.date() == *date) {
                lines.push((it.civil.time(), line_of(it)));
            }
            for it in &self.daily {
                lines.push((it.at, format!("{:16} {}", it.what, shortened(&it.text))));
            }
            lines.sort();
            if !lines.is_empty() {
                let _ = writeln!(text, "\n{}", date.format("%a %Y-%m-%d"));
            }
            for (at, line) in lines {
                let _ = writeln!(text, "  {}  {line}", at.format("%H:%M"));
            }
        }
        if self.planned.is_empty() && self.daily.is_empty() {
            let _ = writeln!(text, "\n  nothing is planned");
        }
        for warning in &self.warnings {
            let _ = writeln!(text, "\nwarning: {warning}");
        }
        text.push('\n');
    }

    fn in_json(&self, slug: &str, settings: &Compiled) -> Value {
        let daily = |it: &Daily| json!({ "at": it.at.format("%H:%M").to_string(), "what": it.what, "text": it.text });
        json!({
            "community": slug,
            "name": settings.common.name,
            "timezone": settings.common.timezone.0.name(),
            "posts": self.planned,
            "daily": self.daily.iter().map(daily).collect::<Vec<_>>(),
            "warnings": self.warnings,
        })
    }
}

/// What check-ins bring each day.
fn daily(settings: &Compiled) -> Vec<Daily> {
    let Some(checkin) = &settings.settings.checkin else { return Vec::new() };
    let mut daily = Vec::new();
    if let Some(post) = &checkin.post {
        let text = match (&post.text, post.bank.as_slice()) {
            (Some(text), _) => text.clone(),
            (None, []) => "a line of the bot's own".to_owned(),
            (None, bank) => format!("one of {} texts in turn", bank.len()),
        };
        daily.push(Daily { at: post.at.0, what: "check-in post", text });
    }
    if let Some(at) = checkin.remind_at {
        let text = "to those whose streak would end today, if any".to_owned();
        daily.push(Daily { at: at.0, what: "check-in reminder", text });
    }
    if let Some(at) = checkin.summary_at {
        daily.push(Daily { at: at.0, what: "check-in summary", text: "if anybody checked in".to_owned() });
    }
    daily
}

fn line_of(it: &Planned) -> String {
    let mut notes = Vec::new();
    if it.pin {
        notes.push("pinned".to_owned());
    }
    notes.extend(it.owner.iter().map(|owner| format!("owner: {owner}")));
    if !it.chats.is_empty() {
        notes.push(format!("in {}", it.chats.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")));
    }
    let notes = if notes.is_empty() { String::new() } else { format!("  [{}]", notes.join("; ")) };
    format!("{:16} {}{notes}", it.post, shortened(&it.text))
}

/// A text on one line, cut where a terminal would break it.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 70 { line } else { format!("{}…", line.chars().take(69).collect::<String>()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn long_texts_are_cut() {
        assert_eq!(super::shortened("a\n b"), "a b");
        assert_eq!(super::shortened(&"字".repeat(80)).chars().count(), 70);
    }
}
