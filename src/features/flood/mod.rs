//! Flooding (刷屏): one person writes too much, too fast, or the same again and again. What is too much goes, with one hint
//! to its writer; who goes on is muted for a few minutes.
//!
//! Only the surplus is deleted, never what was written before it. Times are those of writing: after an outage the backlog
//! is read as it happened, and what is long past is neither hinted at nor muted for.

mod figures;
mod phrases;
mod policy;
mod rows;
mod settings;

use anyhow::Result;
use minijinja::context;

use self::policy::Step;
pub use self::settings::Settings;
use super::{Feature, Flow};
use crate::cx::{Compile, Cx, Phrase, Role};
use crate::model::effect::Send;
use crate::model::event::Told;
use crate::model::{
    ChatId, ChatKind, Class, Day, Effect, Event, Kind, Measure, Message, MessageKey, MessageRef, Right, Span, User,
};
use crate::store::chats::ChatRow;

/// Words to members of one group within a minute; the rest is dealt with in silence.
const SAID_A_MINUTE: i64 = 3;

pub struct Flood;

impl Feature for Flood {
    const NAME: &'static str = "flood";
    const PHRASES: &'static [&'static [Phrase]] = &[phrases::PHRASES];
    const FIGURES: Option<&'static str> = Some(figures::PAGE);
    type Settings = Settings;
    type Rules = Settings;

    fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Settings {
        settings.check(compile);
        settings.clone()
    }

    async fn off(cx: &mut Cx<'_>, event: &Event) -> Result<()> {
        keep_house(cx, event).await
    }

    async fn handle(rules: &Settings, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        keep_house(cx, event).await?;
        match &event.kind {
            Kind::Message(message) if cx.allowed && cx.role(message.chat.id) == Role::Group => {
                return heard(rules, cx, message).await;
            }
            Kind::Told(Told::FiguresAsked { page, asked }) if page == figures::PAGE => {
                if let Some(chat) = event.chat {
                    figures::tell(cx, chat, asked).await?;
                }
            }
            Kind::Settings | Kind::Own(_) if cx.allowed => {
                if let Some(chat) = event.chat {
                    remind_tidy(cx, chat);
                }
            }
            _ => {}
        }
        Ok(Flow::On)
    }
}

/// What becomes of the rows, whether or not flooding is looked for.
async fn keep_house(cx: &mut Cx<'_>, event: &Event) -> Result<()> {
    match (&event.kind, event.chat) {
        (Kind::Migrated { from, .. }, _) => rows::drop_chat(cx.tx, *from).await,
        (Kind::Told(Told::Forget { user }), Some(chat)) => rows::forget(cx.tx, chat, *user).await,
        (Kind::Due(_), Some(chat)) if cx.due(event, "tidy").is_some() => {
            remind_tidy(cx, chat);
            rows::tidy(cx.tx, chat, event.at).await
        }
        _ => Ok(()),
    }
}

/// When the rows are tidied: an hour at which little else happens.
const TIDY_AT: chrono::NaiveTime = chrono::NaiveTime::from_hms_opt(4, 50, 0).expect("04:50 is a time of day");

fn remind_tidy(cx: &mut Cx<'_>, chat: ChatId) {
    if cx.role(chat) != Role::Group || !cx.chat(chat).is_some_and(ChatRow::is_live) {
        return;
    }
    let zone = cx.common.timezone.0;
    let next = Day::of(cx.now, zone, TIDY_AT).plus(1).begins(zone, TIDY_AT);
    cx.remind(chat, "tidy", next, serde_json::Value::Null);
}

async fn heard(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    let Some(user) = message.author() else { return Ok(Flow::On) };
    if message.topic.is_some_and(|topic| rules.free_topics.contains(&topic)) {
        return Ok(Flow::On);
    }
    let line = policy::line(message);
    let past = cx.recent.note(message.chat.id, user.id, line.clone());
    let Some(excess) = policy::excess(rules, past, &line, &message.text) else { return Ok(Flow::On) };
    // Asked for last: it may need rows, and hardly anything is too much.
    if cx.is_staff(message.chat.id, user.id).await? || is_trusted(cx, message, user).await? {
        return Ok(Flow::On);
    }
    let last = rows::last(cx.tx, message.chat.id, user.id).await?;
    let mut step = policy::step(rules.again_within, last, message.date);
    // Of what is long past nobody needs to hear.
    if cx.is_stale(message.date) {
        step = Step::Nothing;
    }
    let row = rows::Row { chat: message.chat.id, message: message.id, user: user.id, at: message.date };
    let chat = message.chat.id;
    let strikes = rules.strike && cx.settings.value(chat, "strikes").is_some();
    if step == Step::Mute && !strikes && !can_mute(cx, chat) {
        misses(cx, chat, Right::Restrict);
        step = Step::Nothing;
    }
    rows::put(cx.tx, row, excess, step).await?;
    if step == Step::Mute && strikes {
        let reason = cx.words(&format!("flood.reason.{}", excess.word())).visible();
        let message = Box::new(message.clone());
        cx.tell(Some(chat), Told::Offence { message, reason, measure: Measure::Strike, evidence: Vec::new() });
        return Ok(Flow::Stop);
    }
    let deletes = !cx.lacks(chat, Right::Delete);
    if deletes {
        delete(cx, row).await?;
    } else {
        misses(cx, chat, Right::Delete);
    }
    match step {
        Step::Nothing => {}
        Step::Hint if !deletes => say(rules, cx, message, user, "flood.hint.only").await?,
        Step::Hint => say(rules, cx, message, user, &format!("flood.hint.{}", excess.word())).await?,
        Step::Mute => {
            cx.emit(Class::Guard, Effect::Mute { chat, user: user.id, length: rules.mute });
            say(rules, cx, message, user, "flood.muted").await?;
        }
    }
    Ok(Flow::Stop)
}

/// What still waits to be deleted goes together with this: a flood must not wait for room message by message.
async fn delete(cx: &mut Cx<'_>, row: rows::Row) -> Result<()> {
    let note = format!("flood:{}:delete", row.user);
    let mut messages = cx.tx.take_deletes(row.chat, &note).await?;
    messages.push(MessageRef::Id(row.message));
    cx.emit(Class::Guard, Effect::Delete { chat: row.chat, messages }).note = note;
    Ok(())
}

/// Whether somebody who goes on can be made to rest: in a basic group nobody can be muted.
fn can_mute(cx: &Cx<'_>, chat: ChatId) -> bool {
    cx.chat(chat).is_some_and(|row| row.kind == ChatKind::Supergroup) && !cx.lacks(chat, Right::Restrict)
}

/// The staff are told which right was missing for it, if it was one.
fn misses(cx: &mut Cx<'_>, chat: ChatId, right: Right) {
    if cx.lacks(chat, right) {
        cx.tell(Some(chat), Told::RightMissed { right });
    }
}

async fn is_trusted(cx: &mut Cx<'_>, message: &Message, user: &User) -> Result<bool> {
    Ok(cx.tx.member(message.chat.id, user.id).await?.is_some_and(|member| member.trusted))
}

/// Tells somebody in the group, for a short while.
async fn say(rules: &Settings, cx: &mut Cx<'_>, message: &Message, user: &User, key: &str) -> Result<()> {
    let chat = message.chat.id;
    if rows::said_since(cx.tx, chat, cx.now - Span::minutes(1)).await? > SAID_A_MINUTE {
        return Ok(());
    }
    let member = cx.mention(user.id, &user.name);
    let text = cx.text(key, context! { member, length => rules.mute.in_words(cx.lang) });
    let name = MessageKey(format!("flood/said/{}", message.id));
    cx.send(Class::Reply, Send { name: Some(name.clone()), topic: message.topic, ..Send::new(chat, text) });
    cx.take_back_later(chat, name, rules.hint_for);
    Ok(())
}
