//! `/calendar`: what is on in the coming days; in the staff chat also who looks after it, and what became of today's.

use anyhow::Result;
use chrono::{Datelike, NaiveDate, Timelike};
use serde::Serialize;

use super::planning::coming;
use super::{Ready, Rules, is_for};
use crate::cx::{Cx, Role};
use crate::model::{ChatId, Lang, Message, Span, Timestamp};
use crate::store::slots;

const DAYS: Span = Span::days(7);

#[derive(Serialize)]
struct Entry {
    #[serde(skip)]
    at: Timestamp,
    time: String,
    title: String,
    owner: Option<String>,
    /// Set for what was due already.
    state: &'static str,
}

#[derive(Serialize)]
struct Listed {
    label: String,
    posts: Vec<Entry>,
}

pub async fn show(rules: &Rules, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let staff = cx.role(message.chat.id) == Role::Staff;
    let Some(chat) = group(cx, message.chat.id) else {
        let text = cx.words("calendar.empty");
        cx.reply(message, text);
        return Ok(());
    };
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
    let posts: Vec<&Ready> = rules.posts.iter().filter(|post| staff || is_for(cx, post, chat)).collect();
    for it in coming(rules, cx.tx.conn().await?, chat, posts, now, (now, now + DAYS)).await? {
        let time = clock(cx, it.at);
        entries.push(Entry { at: it.at, time, title: it.title, owner: owner(it.owner), state: "" });
    }
    let mut days: Vec<Listed> = Vec::new();
    for entry in entries {
        let label = day(cx, entry.at);
        match days.last_mut().filter(|last| last.label == label) {
            Some(last) => last.posts.push(entry),
            None => days.push(Listed { label, posts: vec![entry] }),
        }
    }
    let text = if days.is_empty() {
        cx.words("calendar.empty")
    } else {
        cx.text("calendar.week", minijinja::context! { days => minijinja::value::Serde(&days) })
    };
    cx.reply(message, text);
    Ok(())
}

/// The group whose calendar is meant: the one asked in, otherwise the community's first.
fn group(cx: &Cx<'_>, asked: ChatId) -> Option<ChatId> {
    if cx.role(asked) == Role::Group {
        return Some(asked);
    }
    let ours = |row: &&crate::store::chats::ChatRow| {
        row.community == cx.community && row.is_live() && cx.role(row.id) == Role::Group
    };
    // Numbers of groups are negative: the greatest is the oldest.
    cx.tx.chats().filter(ours).map(|row| row.id).max()
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
