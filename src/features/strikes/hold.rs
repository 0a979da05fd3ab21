//! Messages taken out of the group until the staff have judged them. Who judges one innocent has it put back: the bot posts
//! the words again in the member's name. So does time, if nobody judges it.

use anyhow::Result;
use minijinja::context;
use serde::{Deserialize, Serialize};

use super::case::Case;
use super::ledger::{self, Spot};
use super::policy::{self, Suspicion};
use super::{Rules, act, announce, card, report, words};
use crate::cx::Cx;
use crate::judge;
use crate::model::effect::Send;
use crate::model::event::{Refused, Why};
use crate::model::text::MESSAGE_MAX;
use crate::model::{Class, Delivery, Media, Message, MessageId, MessageKey, Sender, Span, Text, Timestamp};

/// What the notes of taking a message out and of putting it back call that.
pub const HIDE: &str = "hide";
pub const BACK: &str = "back";
/// Messages of one case that are kept; any more are left standing.
const MOST: usize = 10;
/// In a group members are told so often that something of theirs is held.
const TOLD: Span = Span::secs(20);

/// What is held of a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// When it is put back if nobody has judged it.
    pub until: Timestamp,
    /// When it was put back.
    pub back: Option<Timestamp>,
    /// Who wrote it was no longer there then, or may no longer write.
    #[serde(default)]
    pub gone: bool,
    pub parts: Vec<Part>,
}

/// A message that is held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub message: MessageId,
    /// As it was written, with the links under words beside them.
    pub text: String,
    /// Something came with the words that cannot be put back.
    pub media: bool,
    /// The bot has posted the words, which are no longer kept here.
    #[serde(default)]
    pub posted: bool,
    pub reply_to: Option<MessageId>,
}

impl Part {
    fn is_worded(&self) -> bool {
        !self.text.trim().is_empty()
    }
}

impl Held {
    /// Nothing is left in it of what the person wrote.
    pub fn without_words(&mut self) {
        self.parts.iter_mut().for_each(|part| part.text.clear());
    }

    pub fn has_words(&self) -> bool {
        self.parts.iter().any(Part::is_worded)
    }

    pub fn has(&self, message: MessageId) -> bool {
        self.parts.iter().any(|part| part.message == message)
    }
}

impl Case {
    /// Something of it is held, and nobody has judged it.
    pub fn is_held(&self) -> bool {
        self.is_open() && self.about.held.as_ref().is_some_and(|held| held.back.is_none())
    }
}

/// Whether a suspicious message is to be taken out of its group. `wanted`: the settings, or the list it is on, say so.
pub async fn wants(rules: &Rules, cx: &mut Cx<'_>, message: &Message, wanted: bool) -> Result<bool> {
    let Sender::Person(user) = &message.sender else { return Ok(false) };
    let chat = message.chat.id;
    let member = cx.tx.member(chat, user.id).await?;
    // A report with a link in it is for the staff, not by an advertiser.
    let is_report = cx.command(message).is_some_and(|command| command.name == "report");
    let judged = cx.staff_chat().and_then(|staff| cx.chat(staff)).is_some_and(crate::store::chats::ChatRow::is_live);
    let suspicion = Suspicion {
        wanted: wanted && !is_report,
        class: judge::Class::Suspect,
        shadow: rules.settings.shadow,
        judged,
        spared: policy::spared(user, cx.me.id, cx.is_staff(chat, user.id).await?).is_some(),
        trusted: member.is_some_and(|member| member.trusted),
    };
    Ok(policy::hides(&suspicion))
}

fn spot(message: &Message) -> Spot<'_> {
    Spot { chat: message.chat.id, message: message.id, album: message.album.as_deref(), at: message.date }
}

/// Takes a message out of the group and keeps its words with its case, which is kept by who has it in hand. Says whether
/// that was asked of Telegram; what cannot be deleted stays, and is only shown.
pub async fn take_out(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, message: &Message) -> Result<bool> {
    let held =
        case.about.held.get_or_insert_with(|| Held { until: cx.now + rules.settings.hold_for, ..Held::default() });
    let is_first = held.parts.is_empty();
    if held.parts.len() >= MOST || held.back.is_some() {
        return Ok(false);
    }
    let mut messages = Vec::new();
    let others = if is_first { ledger::parts(cx.tx, spot(message), case.id).await? } else { vec![message.id] };
    for id in others {
        if held.has(id) {
            continue;
        }
        // Of another part of an album nothing is known but that it is one.
        let other = Part { message: id, media: true, ..Part::default() };
        held.parts.push(if id == message.id { part(message) } else { other });
        messages.push(id);
    }
    let until = held.until;
    if messages.is_empty() {
        return Ok(true);
    }
    let order = messages.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    for id in &messages {
        ledger::mark(cx.tx, case.community, Spot { message: *id, ..spot(message) }, case.id).await?;
    }
    if !act::hide(cx, case, messages, message.date, &order).await? {
        put_aside(case, &order);
        return Ok(false);
    }
    if is_first {
        cx.remind(case.chat, &reminder(case), until, serde_json::Value::Null);
        if cx.tells_for(message, "held", TOLD) {
            report::tell_alone(cx, case.chat, message.topic, case.user, "strikes.held").await?;
        }
    }
    Ok(true)
}

/// One more message of a case that is held goes with it. Says whether it does.
pub async fn more(rules: &Rules, cx: &mut Cx<'_>, message: &Message, id: i64) -> Result<bool> {
    let held = |case: &Case| case.is_held() && case.chat == message.chat.id;
    let Some(mut case) = ledger::case(cx.tx, id).await?.filter(held) else { return Ok(false) };
    let hidden = take_out(rules, cx, &mut case, message).await?;
    ledger::put(cx.tx, &case).await?;
    Ok(hidden)
}

/// These messages of a case stand after all: there is nothing to be put back.
fn put_aside(case: &mut Case, order: &str) {
    let Some(held) = &mut case.about.held else { return };
    held.parts.retain(|part| order.split(',').all(|id| id != part.message.to_string()));
    if held.parts.is_empty() && held.back.is_none() {
        case.about.held = None;
    }
}

fn reminder(case: &Case) -> String {
    format!("held/{}", case.id)
}

/// A message as it is to be put back.
fn part(message: &Message) -> Part {
    let mut text = message.text.clone();
    for entity in message.entities.iter().rev() {
        let (Some(url), Some(words)) = (&entity.url, message.words(entity)) else { continue };
        let end = words.as_ptr() as usize - message.text.as_ptr() as usize + words.len();
        text.insert_str(end, &format!(" ({url})"));
    }
    let here = |reply: &&crate::model::message::ReplyTo| reply.chat.is_none_or(|chat| chat == message.chat.id);
    Part {
        message: message.id,
        text,
        media: message.media != Media::None,
        posted: false,
        reply_to: message.reply_to.as_ref().filter(here).map(|reply| reply.id),
    }
}

/// What the bot's message in a member's name is called.
fn name(case: &Case, part: &Part) -> MessageKey {
    MessageKey(format!("strikes/held/{}/{}", case.id, part.message))
}

/// Puts back what is held of a case, which is kept by who has it in hand. `key`: what the member is told.
pub async fn put_back(cx: &mut Cx<'_>, case: &mut Case, key: &str) -> Result<()> {
    let now = cx.now;
    let Some(held) = case.about.held.as_mut().filter(|held| held.back.is_none()) else { return Ok(()) };
    held.back = Some(now);
    let parts = held.parts.clone();
    let (worded, media) = (parts.iter().any(Part::is_worded), parts.iter().any(|part| part.media));
    // Whoever had the bot forget them has nothing left to be put back.
    held.gone = !worded && !media;
    for part in held.parts.iter_mut().filter(|part| part.is_worded()) {
        (part.posted, part.text) = (true, String::new());
    }
    cx.unremind(case.chat, &reminder(case)).await?;
    for part in parts.iter().filter(|part| part.is_worded()) {
        let send = Send { name: Some(name(case, part)), reply_to: part.reply_to, ..again(cx, case, part).await? };
        let sent = cx.send(Class::Reply, send);
        // Said twice in somebody's name would be worse than not at all: then the staff hear of it.
        (sent.note, sent.delivery) = (act::note(case.id, BACK), Delivery::Once);
    }
    match (worded, media) {
        (false, false) => Ok(()),
        (false, true) => announce::tell_member(cx, case, "strikes.put_back_media").await,
        (true, _) => announce::tell_member(cx, case, key).await,
    }
}

async fn again(cx: &mut Cx<'_>, case: &Case, part: &Part) -> Result<Send> {
    let member = words::member(cx, case.chat, case.user).await?;
    let text: Text = cx.text("strikes.put_back", context! { member, words => &part.text, media => part.media });
    Ok(Send { topic: case.about.topic, ..Send::new(case.chat, text.cut(MESSAGE_MAX)) })
}

/// Nobody judged it in time. Who is no longer there, or was struck meanwhile, does not get it back.
pub async fn overdue(rules: &Rules, cx: &mut Cx<'_>, id: i64) -> Result<()> {
    let found = ledger::case(cx.tx, id).await?.filter(|case| case.community == cx.community);
    let Some(mut case) = found.filter(Case::is_held) else { return Ok(()) };
    let there = cx.tx.member(case.chat, case.user).await?.is_some_and(|member| member.status.is_in());
    let cases = ledger::of_user(cx.tx, cx.community, case.user).await?;
    if there && !cases.iter().any(|other| other.is_in_force(cx.now) && other.at >= case.at) {
        put_back(cx, &mut case, "strikes.put_back_late").await?;
    } else if let Some(held) = &mut case.about.held {
        (held.back, held.gone) = (Some(cx.now), true);
    }
    ledger::put(cx.tx, &case).await?;
    card::refresh(rules, cx, &case).await
}

/// It was an ad after all: what was put back of it goes again.
pub fn take_back(cx: &mut Cx<'_>, case: &Case) {
    let Some(held) = case.about.held.as_ref().filter(|held| held.back.is_some() && !held.gone) else { return };
    for part in held.parts.iter().filter(|part| part.posted) {
        cx.take_back(case.chat, name(case, part).into());
    }
}

/// Telegram did not let messages be taken out: they stand, and are not put back besides.
pub async fn still_there(rules: &Rules, cx: &mut Cx<'_>, id: i64, order: &str, it: &Refused) -> Result<()> {
    let Some(mut case) = ledger::case(cx.tx, id).await? else { return Ok(()) };
    if it.why == Why::Withdrawn {
        return Ok(());
    }
    if case.about.held.as_ref().is_some_and(|held| held.back.is_some()) {
        take_back(cx, &case);
    }
    put_aside(&mut case, order);
    ledger::put(cx.tx, &case).await?;
    card::refresh(rules, cx, &case).await
}

/// A line of the card: what became of the message.
pub fn note(cx: &Cx<'_>, case: &Case) -> Option<minijinja::Value> {
    let held = case.about.held.as_ref()?;
    let (key, time) = match held.back {
        None if case.is_held() => ("strikes.note.held", held.until),
        None => return None,
        Some(at) if held.gone => ("strikes.note.held_gone", at),
        Some(at) => ("strikes.note.put_back", at),
    };
    Some(words::inside(&cx.text(key, context! { time => cx.moment(time) })))
}
