//! When a slot's time has come: post it, or say why not.

use std::collections::HashMap;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::planning::{self, reminder};
use super::rules::{Body, Item};
use super::{Ready, Rules, figures, is_for, list};
use crate::cx::Cx;
use crate::model::effect::{self, Send};
use crate::model::event::{Miss, Refused, Why};
use crate::model::schedule::{ON_TIME, Verdict};
use crate::model::{ChatId, Class, Delivery, Effect, MessageId, MessageRef, Span, Timestamp};
use crate::store::chats::ChatRow;
use crate::store::slots::{self, Slot, State, message_name};

/// Begins the note of every post.
pub const NOTE: &str = "calendar/post/";
/// After an absence posts come at least this far apart.
const APART: Span = Span::minutes(5);
/// What could not be posted is told together with what follows within this time.
const GATHER: Span = Span::minutes(1);

pub fn note(post: &str, due: Timestamp) -> String {
    format!("{NOTE}{post}/{}", due.secs())
}

/// A slot's time has come.
pub async fn post(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, id: &str, due: Timestamp) -> Result<()> {
    let found = slots::find(cx.tx.conn().await?, chat, id, due).await?;
    let Some(slot) = found.filter(|slot| slot.state == State::Planned) else { return Ok(()) };
    let ready = rules.post(id).filter(|ready| is_for(cx, ready, chat) && ready.comes_at(rules.zone, due));
    let Some(ready) = ready else {
        return slots::settle(cx.tx.conn().await?, chat, &Slot { state: State::Cancelled, ..slot }).await;
    };
    // The bot may come back, or never have been away.
    if !cx.chat(chat).is_some_and(ChatRow::is_live) {
        return Ok(());
    }
    let late = cx.now.since(due);
    let paused = cx.chat(chat).is_some_and(|row| row.paused.is_some());
    if paused || is_over(rules, ready, due, cx.now) {
        if !paused {
            missed(cx, chat, &slot.title, due, &Miss::Late).await?;
        }
        return skip(cx, chat, slot).await;
    }
    if late > ON_TIME
        && let Some(last) = slots::last_out(cx.tx.conn().await?, chat, cx.now - Span::days(2)).await?
        && last + APART > cx.now
    {
        cx.remind(chat, &reminder(id, due), last + APART, serde_json::Value::Null);
        return Ok(());
    }
    let Some(item) = item(cx, ready, chat, &slot).await? else { return Ok(()) };
    send(cx, ready, &item.body, chat, due);
    let (title, pick) = (item.title.clone(), item.pick);
    let out = Slot { title, pick, state: State::Sending, late, ..slot };
    slots::settle(cx.tx.conn().await?, chat, &out).await?;
    Ok(())
}

/// It is too late for the post: by its own `late`, or because its next time has come.
fn is_over(rules: &Rules, ready: &Ready, due: Timestamp, now: Timestamp) -> bool {
    let newer = ready.schedule.between(rules.zone, due, now).next().is_some();
    newer || ready.late.verdict(now.since(due)) == Verdict::Skip
}

/// The bot is no longer in the chat: what was called off at the courier is planned again, in case it comes back in time.
pub async fn put_back(cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    if cx.chat(chat).is_some_and(ChatRow::is_live) {
        return Ok(());
    }
    for slot in slots::in_state(cx.tx.conn().await?, chat, State::Sending).await? {
        if !cx.tx.is_under_way(chat, &note(&slot.post, slot.due)).await? {
            slots::settle(cx.tx.conn().await?, chat, &Slot { state: State::Planned, ..slot }).await?;
        }
    }
    Ok(())
}

/// The bot is in the chat again: what came due meanwhile is posted if it is not too late. Of the rest the staff need no
/// report: they know that it was away.
pub async fn make_up(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    let now = cx.now;
    for slot in slots::in_state(cx.tx.conn().await?, chat, State::Planned).await? {
        if slot.due > now {
            continue;
        }
        if rules.post(&slot.post).is_some_and(|ready| is_over(rules, ready, slot.due, now)) {
            skip(cx, chat, slot).await?;
        } else {
            cx.remind(chat, &reminder(&slot.post, slot.due), now, serde_json::Value::Null);
        }
    }
    Ok(())
}

/// The slot passes without its post. Its text has its turn again.
pub async fn skip(cx: &mut Cx<'_>, chat: ChatId, slot: Slot) -> Result<()> {
    slots::settle(cx.tx.conn().await?, chat, &Slot { state: State::Skipped, ..slot }).await?;
    planning::soon(cx, chat).await
}

/// The text that was planned; when it was reworded since, the one whose turn it is.
async fn item<'r>(cx: &mut Cx<'_>, ready: &'r Ready, chat: ChatId, slot: &Slot) -> Result<Option<&'r Item>> {
    if let Some(item) = ready.item(slot.pick) {
        return Ok(Some(item));
    }
    let uses = slots::uses(cx.tx.conn().await?, chat, slot.due).await?;
    let used: HashMap<i64, Timestamp> =
        uses.into_iter().filter(|(post, ..)| *post == slot.post).map(|(_, pick, at)| (pick, at)).collect();
    Ok(ready.turn(&used))
}

fn send(cx: &mut Cx<'_>, ready: &Ready, body: &Body, chat: ChatId, due: Timestamp) {
    let name = Some(message_name(&ready.id, due));
    let effect = match body {
        Body::Message { text, photo } => Effect::Send(Send {
            topic: ready.topic,
            name,
            media: photo.clone(),
            keyboard: ready.keyboard.clone(),
            silent: ready.silent,
            ..Send::new(chat, text.clone())
        }),
        Body::Poll(poll) => Effect::Poll(effect::Poll {
            chat,
            topic: ready.topic,
            name,
            question: poll.question.clone(),
            options: poll.options.clone(),
            anonymous: poll.anonymous,
            multiple: poll.multiple,
            correct: poll.correct.as_ref().and_then(|right| poll.options.iter().position(|option| option == right)),
            silent: ready.silent,
        }),
    };
    let outgoing = cx.emit(Class::Post, effect);
    outgoing.note = note(&ready.id, due);
    outgoing.deadline = ready.late.deadline(due);
}

/// The post stands in the group; its pin comes after it, so that a pin that fails leaves it standing.
pub async fn delivered(
    rules: &Rules,
    cx: &mut Cx<'_>,
    chat: ChatId,
    id: &str,
    due: Timestamp,
    message: Option<MessageId>,
    at: Timestamp,
) -> Result<()> {
    let conn = cx.tx.conn().await?;
    let Some(slot) = slots::find(conn, chat, id, due).await? else { return Ok(()) };
    let slot = Slot { state: State::Posted, late: at.since(due), ..slot };
    slots::settle(conn, chat, &slot).await?;
    let Some(message) = message else { return Ok(()) };
    figures::stands(cx, rules.post(id), chat, &slot, message, at).await?;
    let Some(ready) = rules.post(id).filter(|ready| ready.pin) else { return Ok(()) };
    let message = MessageRef::Id(message);
    let before = slots::out_before(cx.tx.conn().await?, chat, id, due).await?;
    cx.emit(Class::Post, Effect::Pin { chat, message, silent: ready.silent }).delivery = Delivery::Repeat;
    if let Some(before) = before {
        let message = MessageRef::Name(message_name(id, before));
        cx.emit(Class::Post, Effect::Unpin { chat, message }).delivery = Delivery::Repeat;
    }
    Ok(())
}

/// The post will not come, or nobody knows whether it did.
pub async fn refused(
    rules: &Rules,
    cx: &mut Cx<'_>,
    chat: ChatId,
    id: &str,
    due: Timestamp,
    refused: &Refused,
) -> Result<()> {
    let Some(slot) = slots::find(cx.tx.conn().await?, chat, id, due).await? else { return Ok(()) };
    if (refused.why, slot.state) == (Why::BadFile, State::Sending)
        && let Some(ready) = rules.post(id)
        && let Some(body) = ready.item(slot.pick).and_then(words_alone)
    {
        send(cx, ready, &body, chat, due);
        return missed(cx, chat, &slot.title, due, &Miss::File).await;
    }
    // Whether the bot is gone is being asked; if it is not, the post has its time yet.
    if let Why::ChatGone | Why::ChatUnknown = refused.why {
        if refused.why == Why::ChatUnknown {
            let again = cx.now + APART;
            cx.remind(chat, &reminder(id, due), again, serde_json::Value::Null);
        }
        return slots::settle(cx.tx.conn().await?, chat, &Slot { state: State::Planned, ..slot }).await;
    }
    if let Some(why) = Miss::of(refused) {
        missed(cx, chat, &slot.title, due, &why).await?;
    }
    if refused.why == Why::MayHaveHappened {
        return slots::settle(cx.tx.conn().await?, chat, &Slot { state: State::Posted, ..slot }).await;
    }
    skip(cx, chat, slot).await
}

/// What a post says without its photo; none when it has none, or says nothing else.
fn words_alone(item: &Item) -> Option<Body> {
    match &item.body {
        Body::Message { text, photo: Some(_) } if !text.is_empty() => {
            Some(Body::Message { text: text.clone(), photo: None })
        }
        _ => None,
    }
}

/// A line of the report to the staff.
#[derive(Serialize, Deserialize)]
struct Missed {
    chat: String,
    when: String,
    title: String,
    why: String,
}

/// Notes for the staff what was not posted; all of an absence comes as one message.
pub async fn missed(cx: &mut Cx<'_>, chat: ChatId, title: &str, at: Timestamp, why: &Miss) -> Result<()> {
    tracing::warn!(chat.id = %chat, due = at.secs(), why = why.word(), "a planned post did not go out");
    let Some(staff) = cx.staff_chat() else { return Ok(()) };
    let waiting = cx.tx.reminder(staff, "calendar/report").await?;
    let due = waiting.as_ref().map_or(cx.now + GATHER, |it| it.due);
    let mut all: Vec<Missed> = match waiting {
        Some(it) => serde_json::from_value(it.payload)?,
        None => Vec::new(),
    };
    all.push(Missed {
        chat: cx.chat(chat).map(|row| row.title.clone()).unwrap_or_default(),
        when: list::moment(cx, at),
        title: title.to_owned(),
        why: why.word().to_owned(),
    });
    cx.remind(staff, "report", due, serde_json::to_value(all)?);
    Ok(())
}

/// Tells the staff what was not posted.
pub fn report(cx: &mut Cx<'_>, staff: ChatId, payload: &serde_json::Value) -> Result<()> {
    let posts: Vec<Missed> = serde_json::from_value(payload.clone())?;
    let text = cx.text("calendar.missed", minijinja::context! { posts => minijinja::value::Serde(&posts) });
    cx.send(Class::Reply, Send::new(staff, text));
    Ok(())
}
