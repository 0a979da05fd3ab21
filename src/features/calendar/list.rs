//! `/calendar`: what is on in the coming days; in the staff chat also who looks after it, and what became of today's.

use anyhow::Result;
use chrono::{Datelike, NaiveDate, Timelike};
use serde::Serialize;

use super::planning::coming;
use super::{Ready, Rules, is_for};
use crate::cx::{Cx, Role};
use crate::model::{ChatId, Lang, Message, Span, Timestamp, UserId};
use crate::store::slots;

const DAYS: Span = Span::days(7);

#[derive(Clone, PartialEq, Serialize)]
struct Entry {
    #[serde(skip)]
    at: Timestamp,
    time: String,
    title: String,
    owner: Option<String>,
    /// Set for what was due already.
    state: &'static str,
}

#[derive(PartialEq, Serialize)]
struct Listed {
    label: String,
    posts: Vec<Entry>,
}

pub async fn show(rules: &Rules, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let asked = message.chat.id;
    let staff = cx.role(asked) == Role::Staff;
    let own = if staff { entries(rules, cx, asked, true).await? } else { Vec::new() };
    // Groups with the same calendar share one answer.
    let mut answers: Vec<(Vec<String>, Vec<Listed>)> = Vec::new();
    for chat in groups(cx, asked).await? {
        let mut entries = entries(rules, cx, chat, staff).await?;
        entries.extend(own.iter().cloned());
        entries.sort_by_key(|entry| entry.at);
        let days = by_day(cx, entries);
        let title = cx.chat(chat).map(|row| row.title.clone()).unwrap_or_default();
        match answers.iter_mut().find(|(_, known)| *known == days) {
            Some((groups, _)) => groups.push(title),
            None => answers.push((vec![title], days)),
        }
    }
    if answers.is_empty() {
        answers.push((Vec::new(), by_day(cx, own)));
    }
    let several = answers.len() > 1;
    for (groups, days) in answers {
        let text = if days.is_empty() && !several {
            cx.words("calendar.empty")
        } else {
            let groups = if several { groups } else { Vec::new() };
            cx.text("calendar.week", minijinja::context! { groups, days => minijinja::value::Serde(&days) })
        };
        cx.reply(message, text);
    }
    Ok(())
}

/// What comes in a chat in the coming days; for the staff also who looks after it, and what was due today already.
async fn entries(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, staff: bool) -> Result<Vec<Entry>> {
    let owner = |owner: Option<String>| owner.filter(|_| staff);
    let mut entries = Vec::new();
    if staff {
        let midnight = cx.day(cx.now).begins(rules.zone, chrono::NaiveTime::MIN);
        for slot in slots::between(cx.tx.conn().await?, chat, midnight, cx.now).await? {
            let post = rules.post(&slot.post);
            entries.push(Entry {
                at: slot.due,
                time: clock(cx, slot.due),
                title: slot.title,
                owner: owner(post.and_then(|post| post.owner.clone())),
                state: slot.state.word(),
            });
        }
    }
    let now = cx.now;
    let posts: Vec<&Ready> = rules.posts.iter().filter(|post| is_for(cx, post, chat)).collect();
    for it in coming(rules, cx.tx.conn().await?, chat, posts, now, (now, now + DAYS)).await? {
        let time = clock(cx, it.at);
        entries.push(Entry { at: it.at, time, title: it.title, owner: owner(it.owner), state: "" });
    }
    Ok(entries)
}

fn by_day(cx: &Cx<'_>, entries: Vec<Entry>) -> Vec<Listed> {
    let mut days: Vec<Listed> = Vec::new();
    for entry in entries {
        let label = day(cx, entry.at);
        match days.last_mut().filter(|last| last.label == label) {
            Some(last) => last.posts.push(entry),
            None => days.push(Listed { label, posts: vec![entry] }),
        }
    }
    days
}

/// The groups whose calendar is meant: the one asked in, from private one that the person is in or else the oldest, from
/// the staff chat all.
async fn groups(cx: &mut Cx<'_>, asked: ChatId) -> Result<Vec<ChatId>> {
    if cx.role(asked) == Role::Group {
        return Ok(vec![asked]);
    }
    // Numbers of groups are negative: the greatest is the oldest.
    let mut groups: Vec<ChatId> = cx.groups().into_iter().map(|row| row.id).collect();
    groups.sort_unstable_by(|one, other| other.cmp(one));
    if cx.role(asked) == Role::Private {
        let memberships = cx.tx.memberships(UserId(asked.0)).await?;
        let is_in = |group: &ChatId| memberships.iter().any(|it| it.chat == *group && it.status.is_in());
        groups = groups.iter().copied().find(is_in).or(groups.first().copied()).into_iter().collect();
    }
    Ok(groups)
}

/// The local time of day.
fn clock(cx: &Cx<'_>, at: Timestamp) -> String {
    let time = at.local(cx.common.timezone.0).time();
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// The local day, said from today.
fn day(cx: &Cx<'_>, at: Timestamp) -> String {
    let today = cx.day(cx.now);
    let date = date(cx.lang, cx.day(at).date());
    match (cx.lang, cx.day(at).0 - today.0) {
        (Lang::Zh, 0) => format!("今天 {date}"),
        (Lang::Zh, 1) => format!("明天 {date}"),
        (Lang::En, 0) => format!("Today, {date}"),
        (Lang::En, 1) => format!("Tomorrow, {date}"),
        _ => date,
    }
}

fn date(lang: Lang, date: NaiveDate) -> String {
    const CHINESE: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    match lang {
        Lang::Zh => {
            let weekday = CHINESE[date.weekday().num_days_from_monday() as usize];
            format!("{}月{}日 {weekday}", date.month(), date.day())
        }
        Lang::En => date.format("%a %-d %b").to_string(),
    }
}

/// A local date and time.
pub fn moment(cx: &Cx<'_>, at: Timestamp) -> String {
    format!("{} {}", date(cx.lang, cx.day(at).date()), clock(cx, at))
}
