//! Keeping the slots of the next two days: planned ahead, so that the welcome and `/calendar` know what comes, and each
//! with a reminder of its own.

use std::collections::HashSet;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::posting::note;
use super::{Planned, Ready, Rules, Used, is_for, plan};
use crate::cx::Cx;
use crate::model::{ChatId, Day, Span, Timestamp};
use crate::store::Conn;
use crate::store::chats::ChatRow;
use crate::store::participants;
use crate::store::slots::{self, Slot, State};

/// How far ahead slots are made.
const AHEAD: Span = Span::hours(48);
/// How far back posts are looked for that came due while the bot was away.
const BACK: Span = Span::days(31);
/// How long slots are kept for `/calendar` and the record.
const KEPT: Span = Span::days(60);

/// What the next planning has to know of this one.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Before {
    version: i64,
    /// Everything up to here is planned.
    until: Timestamp,
}

/// The settings were read: plans anew if they changed or the last planning is too long ago.
pub async fn refresh(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    let reminder = cx.tx.reminder(chat, "calendar/plan").await?;
    let before: Option<Before> = reminder.as_ref().and_then(|it| serde_json::from_value(it.payload.clone()).ok());
    if before.is_none() && rules.posts.is_empty() {
        return Ok(());
    }
    let fresh = reminder.is_some_and(|it| it.due > cx.now);
    if fresh && before.is_some_and(|before| before.version == rules.version) {
        return Ok(());
    }
    renew(rules, cx, chat, before).await
}

/// A day has passed since the last planning.
pub async fn go_on(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, payload: &serde_json::Value) -> Result<()> {
    renew(rules, cx, chat, serde_json::from_value(payload.clone()).ok()).await
}

/// Plans anew at once: the turns have changed.
pub async fn soon(cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    if let Some(planning) = cx.tx.reminder(chat, "calendar/plan").await? {
        let now = cx.now;
        cx.remind(chat, "plan", now, planning.payload);
    }
    Ok(())
}

async fn renew(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, before: Option<Before>) -> Result<()> {
    if !cx.chat(chat).is_some_and(ChatRow::is_live) {
        return Ok(());
    }
    let now = cx.now;
    // What came due unplanned while the bot was away is planned all the same: whether it is still posted is for its
    // `late` to say. New settings never reach into the past.
    let same = before.filter(|before| before.version == rules.version);
    let from = same.map_or(now, |before| before.until.min(now).max(now - BACK));
    let posts: Vec<&Ready> = rules.posts.iter().filter(|post| is_for(cx, post, chat)).collect();
    let coming = coming(rules, cx.tx.conn().await?, chat, posts, now, (from, now + AHEAD)).await?;
    let wanted: HashSet<(&str, Timestamp)> = coming.iter().map(|it| (it.post.as_str(), it.at)).collect();
    let conn = cx.tx.conn().await?;
    let mut gone = slots::in_state(conn, chat, State::Planned).await?;
    gone.retain(|slot| slot.due > now && !wanted.contains(&(slot.post.as_str(), slot.due)));
    for slot in &gone {
        slots::remove(conn, chat, &slot.post, slot.due).await?;
    }
    let planned: Vec<Slot> = coming.iter().map(slot).collect();
    slots::plan(conn, chat, &planned).await?;
    participants::prune(conn, chat, now - KEPT).await?;
    slots::prune(conn, chat, now - KEPT).await?;
    for slot in &gone {
        cx.unremind(chat, &reminder(&slot.post, slot.due)).await?;
    }
    for slot in &planned {
        cx.remind(chat, &reminder(&slot.post, slot.due), slot.due, serde_json::Value::Null);
    }
    if before.is_some_and(|before| before.version != rules.version) {
        recall(rules, cx, chat).await?;
    }
    if !rules.posts.is_empty() {
        // Chats take turns over some hours instead of all planning at once.
        let next = now + Span::hours(20) + Span::minutes(chat.0.rem_euclid(240));
        let payload = serde_json::to_value(Before { version: rules.version, until: now + AHEAD })?;
        cx.remind(chat, "plan", next, payload);
    }
    Ok(())
}

pub fn reminder(post: &str, due: Timestamp) -> String {
    format!("post/{post}/{}", due.secs())
}

fn slot(it: &Planned) -> Slot {
    let (post, title) = (it.post.clone(), it.title.clone());
    Slot { post, due: it.at, title, pick: it.pick, state: State::Planned, late: Span::ZERO }
}

/// Takes back what waits at the courier and is no longer wanted as it is: a post that was cancelled goes, one that was
/// reworded comes with its new words.
async fn recall(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    for slot in slots::in_state(cx.tx.conn().await?, chat, State::Sending).await? {
        let ready = rules.post(&slot.post).filter(|post| is_for(cx, post, chat) && post.comes_at(rules.zone, slot.due));
        if ready.is_some_and(|post| post.item(slot.pick).is_some())
            || cx.tx.withdraw(chat, &note(&slot.post, slot.due)).await? == 0
        {
            continue;
        }
        let state = if ready.is_some() { State::Planned } else { State::Cancelled };
        if state == State::Planned {
            cx.remind(chat, &reminder(&slot.post, slot.due), cx.now, serde_json::Value::Null);
        }
        slots::settle(cx.tx.conn().await?, chat, &Slot { state, ..slot }).await?;
    }
    Ok(())
}

/// What of these `posts` comes in a chat after `from` and up to `to`, when it is `now`.
pub async fn coming<'r>(
    rules: &'r Rules,
    conn: &mut Conn,
    chat: ChatId,
    posts: impl IntoIterator<Item = &'r Ready>,
    now: Timestamp,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Planned>> {
    let mut used = Used::new();
    for (post, pick, at) in slots::uses(conn, chat, from).await? {
        used.entry(post).or_default().insert(pick, at);
    }
    let mut coming = plan(posts, rules.zone, &used, from, to);
    let day = |at| Day::of(at, rules.zone, chrono::NaiveTime::MIN);
    let today = day(now);
    let midnight = today.begins(rules.zone, chrono::NaiveTime::MIN);
    let out = slots::between(conn, chat, midnight, now).await?;
    // A post whose time was changed after it came today does not come a second time today.
    for early in out.iter().filter(|slot| slot.state.is_out()) {
        let moved = rules.post(&early.post).is_some_and(|post| !post.comes_at(rules.zone, early.due));
        let again = |it: &Planned| it.post == early.post && day(it.at) == today;
        if let Some(place) = coming.iter().position(again).filter(|_| moved) {
            coming.remove(place);
        }
    }
    Ok(coming)
}
