//! What an operator should look at again before the calendar runs: nothing here is forbidden.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::Tz;
use regex::Regex;
use serde::Serialize;

use super::{Planned, Ready};
use crate::model::schedule::Occurrence;
use crate::model::{ChatId, Span, Timestamp};

/// Posts nearer to each other than this fight for attention.
const NEAR: Span = Span::minutes(10);
/// A pin that lasts shorter is hardly seen.
const PIN: Span = Span::hours(1);
/// Days without anything that make a group feel deserted.
const QUIET: Span = Span::days(7);
/// How far a schedule is followed to know its weekdays.
const SAMPLE: usize = 60;

/// Something odd in a calendar.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Warning {
    /// Two posts come close to each other in the same chat.
    Near { at: NaiveDateTime, posts: [String; 2] },
    /// A day has many posts.
    Many { day: NaiveDate, posts: usize, most: usize },
    /// A pinned post is replaced within the hour.
    ShortPin { at: NaiveDateTime, posts: [String; 2] },
    /// Nothing is posted for a week.
    Quiet { from: NaiveDateTime, to: NaiveDateTime },
    /// The same words every day.
    SameDaily { post: String },
    /// A text names a weekday on which its post never comes.
    Weekday { post: String, says: String },
    /// A text names a time at which nothing is planned.
    Time { post: String, says: String },
}

impl Display for Warning {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Near { at, posts: [one, other] } => {
                write!(f, "{}: `{one}` and `{other}` come within 10 minutes", at.format("%F %R"))
            }
            Self::Many { day, posts, most } => write!(f, "{day}: {posts} posts in one day, more than {most}"),
            Self::ShortPin { at, posts: [one, other] } => {
                write!(f, "{}: the pin of `{one}` is replaced by `{other}` within an hour", at.format("%F %R"))
            }
            Self::Quiet { from, to } => {
                write!(f, "nothing is posted from {} to {}", from.format("%F"), to.format("%F"))
            }
            Self::SameDaily { post } => write!(f, "`{post}` says the same every day: give it a bank of texts"),
            Self::Weekday { post, says } => write!(f, "`{post}` says {says}, and never comes on that day"),
            Self::Time { post, says } => write!(f, "`{post}` says {says}, and nothing is planned at that time"),
        }
    }
}

/// What is posted besides the calendar.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Posts that come in any case.
    pub posts: Vec<Occurrence>,
    /// Times of day at which something may come.
    pub times: BTreeSet<NaiveTime>,
}

/// Everything odd in what is planned after `from` and up to `to`, when a day should have at most `most` posts.
pub fn warnings(
    posts: &[&Ready],
    zone: Tz,
    planned: &[Planned],
    beside: &Beside,
    (from, to): (Timestamp, Timestamp),
    most: usize,
) -> Vec<Warning> {
    let mut found = BTreeSet::new();
    let named: BTreeSet<ChatId> = planned.iter().flat_map(|it| it.chats.iter().copied()).collect();
    // Chats without posts of their own all have the same calendar.
    for chat in named.into_iter().map(Some).chain([None]) {
        let here: Vec<&Planned> = planned
            .iter()
            .filter(|it| it.chats.is_empty() || chat.is_some_and(|chat| it.chats.contains(&chat)))
            .collect();
        found.extend(crowding(&here, beside, most));
    }
    found.extend(silence(planned, beside, zone, from, to));
    for post in posts {
        found.extend(words(post, posts, beside, zone, from));
    }
    found.into_iter().collect()
}

/// Posts of one chat that are in each other's way.
fn crowding(here: &[&Planned], beside: &Beside, most: usize) -> Vec<Warning> {
    let mut found = Vec::new();
    let ids = |one: &Planned, other: &Planned| [one.post.clone(), other.post.clone()];
    for pair in here.windows(2) {
        let [one, other] = pair else { continue };
        if other.at.since(one.at) < NEAR {
            found.push(Warning::Near { at: other.civil, posts: ids(one, other) });
        }
    }
    let pins: Vec<&&Planned> = here.iter().filter(|it| it.pin).collect();
    for pair in pins.windows(2) {
        let [one, other] = pair else { continue };
        if other.at.since(one.at) < PIN {
            found.push(Warning::ShortPin { at: other.civil, posts: ids(one, other) });
        }
    }
    let mut days: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for civil in here.iter().map(|it| it.civil).chain(beside.posts.iter().map(|it| it.civil)) {
        *days.entry(civil.date()).or_default() += 1;
    }
    let crowded = days.into_iter().filter(|(_, posts)| *posts > most);
    found.extend(crowded.map(|(day, posts)| Warning::Many { day, posts, most }));
    found
}

fn silence(planned: &[Planned], beside: &Beside, zone: Tz, from: Timestamp, to: Timestamp) -> Vec<Warning> {
    let posts = planned.iter().map(|it| it.at).chain(beside.posts.iter().map(|it| it.at));
    let mut times: Vec<Timestamp> = [from].into_iter().chain(posts).chain([to]).collect();
    times.sort_unstable();
    let local = |at: Timestamp| at.local(zone).naive_local();
    let quiet = times.windows(2).filter(|pair| pair[1].since(pair[0]) >= QUIET);
    quiet.map(|pair| Warning::Quiet { from: local(pair[0]), to: local(pair[1]) }).collect()
}

/// What the texts of a post say that the calendar does not do.
fn words(post: &Ready, posts: &[&Ready], beside: &Beside, zone: Tz, from: Timestamp) -> Vec<Warning> {
    let comes = |post: &Ready| -> Vec<NaiveDateTime> {
        post.schedule.occurrences(zone, from).take(SAMPLE).map(|time| time.civil).collect()
    };
    let own = comes(post);
    let weekdays: BTreeSet<u32> = own.iter().map(|civil| civil.weekday().num_days_from_monday()).collect();
    let mut times: BTreeSet<NaiveTime> = posts.iter().flat_map(|post| comes(post)).map(|civil| civil.time()).collect();
    times.extend(&beside.times);
    let mut found = Vec::new();
    if post.items.len() == 1 && weekdays.len() == 7 {
        found.push(Warning::SameDaily { post: post.id.clone() });
    }
    if own.is_empty() {
        return found;
    }
    for text in post.items.iter().map(super::rules::Item::visible) {
        for (says, day) in weekdays_in(&text) {
            if !weekdays.contains(&day.num_days_from_monday()) {
                found.push(Warning::Weekday { post: post.id.clone(), says });
            }
        }
        for (says, meant) in times_in(&text) {
            if !meant.iter().any(|time| times.contains(time)) {
                found.push(Warning::Time { post: post.id.clone(), says });
            }
        }
    }
    found
}

static CHINESE_DAY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?:周|星期|礼拜)([一二三四五六日天])").expect("a fixed pattern"));
static ENGLISH_DAY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(mon|tues|wednes|thurs|fri|satur|sun)days?\b").expect("a fixed pattern"));
static CLOCK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b([01]?\d|2[0-3])[:：]([0-5]\d)(?:\s?(am|pm)\b)?").expect("a fixed pattern"));
static HOUR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)(\d{1,2})\s?(点半?|am\b|pm\b)").expect("a fixed pattern"));

/// Weekdays a text names, with the words that name them.
fn weekdays_in(text: &str) -> Vec<(String, Weekday)> {
    let chinese = CHINESE_DAY.captures_iter(text).filter_map(|found| {
        // 每周一次 is a count, not a Monday.
        if text[found.get(0)?.end()..].starts_with(['次', '篇', '条', '个', '本', '场', '期']) {
            return None;
        }
        let place = "一二三四五六日天".chars().position(|c| found[1].starts_with(c))?;
        Some((found[0].to_owned(), Weekday::try_from(u8::try_from(place.min(6)).ok()?).ok()?))
    });
    let english = ENGLISH_DAY.captures_iter(text).filter_map(|found| {
        let day: Weekday = format!("{}day", &found[1]).parse().ok()?;
        Some((found[0].to_owned(), day))
    });
    chinese.chain(english).collect()
}

/// Times of day a text names, with the words that name them; `8点` may be in the morning or in the evening.
fn times_in(text: &str) -> Vec<(String, Vec<NaiveTime>)> {
    let half_days = |hour: u32, minute: u32, half: &str| -> Vec<NaiveTime> {
        let hours = match half.to_lowercase().as_str() {
            "am" => vec![hour % 12],
            "pm" => vec![hour % 12 + 12],
            _ if (1..=12).contains(&hour) => vec![hour, (hour + 12) % 24],
            _ => vec![hour],
        };
        hours.into_iter().filter_map(|hour| NaiveTime::from_hms_opt(hour, minute, 0)).collect()
    };
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    let clocks = CLOCK.captures_iter(text).map(|found| {
        let half = found.get(3).map_or("", |half| half.as_str());
        (found[0].to_owned(), half_days(number(&found[1]), number(&found[2]), half))
    });
    // What follows a colon is the minute of a time already read.
    let hours = HOUR.captures_iter(text).filter_map(|found| {
        let start = found.get(0)?.start();
        if text[..start].ends_with([':', '：']) {
            return None;
        }
        let minute = if found[2].ends_with('半') { 30 } else { 0 };
        Some((found[0].to_owned(), half_days(number(&found[1]), minute, &found[2])))
    });
    clocks.chain(hours).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekdays_and_times_are_read_from_words() {
        let days = |text: &str| weekdays_in(text).into_iter().map(|(_, day)| day).collect::<Vec<_>>();
        assert_eq!(days("每周五晚上，还有星期天"), [Weekday::Fri, Weekday::Sun]);
        assert_eq!(days("See you on Thursday, or on Sundays"), [Weekday::Thu, Weekday::Sun]);
        assert_eq!(days("周末愉快 monday's"), [Weekday::Mon]);
        assert_eq!(days("每周一次干货、每周三次话题"), []);
        let times = |text: &str| {
            let times = times_in(text).into_iter().map(|(_, times)| times);
            times
                .map(|times| times.iter().map(|time| time.format("%R").to_string()).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        };
        assert_eq!(times("晚上8点半见"), [["08:30", "20:30"]]);
        assert_eq!(times("20:00 开始"), [["20:00"]]);
        assert_eq!(times("at 8:15 pm"), [["20:15"]]);
        assert_eq!(times("at 7pm"), [["19:00"]]);
        assert_eq!(times("有 3 个要点"), Vec::<Vec<String>>::new());
    }
}
