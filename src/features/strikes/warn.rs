//! `/warn`: a strike by hand. What is said of it waits for Telegram, so that nothing is claimed that did not happen.

use anyhow::Result;
use minijinja::context;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::case::{self, Case, Decision, Found};
use super::policy::Penalty;
use super::target::{self, Target};
use super::{Rules, act, announce, card, ledger, orders, words};
use crate::cx::Cx;
use crate::model::effect::Send;
use crate::model::event::Why;
use crate::model::{ChatId, Class, Event, Message, MessageId, Span, Timestamp};

/// Two of the staff who see the same thing are not two strikes.
const COOL_DOWN: Span = Span::secs(60);
/// Who ordered it waits no longer for Telegram than this.
const PATIENCE: Span = Span::minutes(10);
/// Begins what the effects of a warning bear.
const ORDER: &str = "warn/";
/// Begins the name of the reminder that keeps a warning.
const WARNING: &str = "warning";

/// A warning of which Telegram has not answered everything. It is kept as a reminder under the command's number.
#[derive(Serialize, Deserialize)]
struct Warning {
    case: i64,
    /// Where the command stands.
    topic: Option<i64>,
    /// When it was given.
    at: Timestamp,
    /// Answers that are to come.
    waits: usize,
    /// Telegram has deleted the message.
    deleted: bool,
}

/// Whether an effect with this order belongs to a warning.
pub fn is_for(order: &str) -> bool {
    order.starts_with(ORDER)
}

/// Carries the order out.
pub async fn order(rules: &Rules, cx: &mut Cx<'_>, event: &Event, message: &Message, target: &Target) -> Result<()> {
    let cases = ledger::of_user(cx.tx, cx.community, target.user.id).await?;
    let mut before = target.case.unwrap_or_default();
    if let Some(said) = target.message.as_ref().filter(|_| before == 0) {
        before = ledger::marked(cx.tx, said.spot()).await?;
    }
    if let Some(done) = cases.iter().find(|case| case.id == before && case.counts) {
        let text = cx.text("strikes.already", context! { id => done.id });
        orders::answer(rules, cx, message, text);
        return Ok(());
    }
    if case::warned_within(&cases, cx.now, COOL_DOWN) {
        orders::said(rules, cx, message, "strikes.just_now", target, 0);
        return Ok(());
    }
    let Some(chat) = place(cx, message, target).await? else {
        orders::said(rules, cx, message, "strikes.not_here", target, 0);
        return Ok(());
    };
    let mut case = match cases.into_iter().find(|case| case.id == before && case.about.decision.is_none()) {
        Some(case) => case,
        None => orders::open(cx, event, message, target, chat).await?,
    };
    case.at = event.at;
    case.about.found = Found::Warn;
    case.about.by = Some(orders::hand(message));
    case.about.reason = words::excerpt(&target.rest);
    case.about.troubles.clear();
    let key = format!("{ORDER}{}/{}", message.chat.id, message.id);
    let deletes = orders::take_message(cx, &mut case, target, &key).await?;
    let step = act::step(rules, cx, &case).await?;
    let asked = act::give(rules, cx, &mut case, step, &key).await?;
    let waits = asked + usize::from(deletes);
    let warning = Warning { case: case.id, topic: message.topic, at: event.at, waits, deleted: false };
    if waits == 0 {
        return conclude(rules, cx, message.chat.id, message.id, &warning).await;
    }
    let due = cx.now + PATIENCE;
    cx.remind(message.chat.id, &format!("{WARNING}/{}", message.id), due, json!(warning));
    Ok(())
}

/// The group the strike is given in: that of the message, or one the person is in.
async fn place(cx: &mut Cx<'_>, message: &Message, target: &Target) -> Result<Option<ChatId>> {
    let places = target::places(cx, message, target.user.id).await?;
    let of_message = target.message.as_ref().map(|said| said.chat).filter(|chat| places.contains(chat));
    Ok(of_message.or_else(|| places.first().copied()))
}

/// Word came of something a warning asked for: it was done, or refused.
pub async fn heard(rules: &Rules, cx: &mut Cx<'_>, order: &str, what: &str, refused: Option<Why>) -> Result<()> {
    let place = order.strip_prefix(ORDER).and_then(|key| key.split_once('/'));
    let read = |(place, message): (&str, &str)| Some((ChatId(place.parse().ok()?), MessageId(message.parse().ok()?)));
    let Some((place, message)) = place.and_then(read) else { return Ok(()) };
    let place = cx.current(place);
    let name = format!("{WARNING}/{message}");
    let Some(reminder) = cx.tx.reminder(place, &format!("strikes/{name}")).await? else { return Ok(()) };
    let mut warning: Warning = serde_json::from_value(reminder.payload)?;
    warning.waits = warning.waits.saturating_sub(1);
    // A message that is gone is as good as deleted.
    warning.deleted |= what == "delete" && refused.is_none_or(|why| why == Why::NotFound);
    if warning.waits == 0 {
        cx.unremind(place, &name).await?;
        return conclude(rules, cx, place, message, &warning).await;
    }
    cx.remind(place, &name, reminder.due, json!(warning));
    Ok(())
}

/// Telegram has not answered for long: who ordered it hears so.
pub async fn overdue(
    rules: &Rules,
    cx: &mut Cx<'_>,
    place: ChatId,
    message: &str,
    kept: &serde_json::Value,
) -> Result<()> {
    let warning = serde_json::from_value(kept.clone())?;
    conclude(rules, cx, place, MessageId(message.parse()?), &warning).await
}

/// Tells the group of the strike, and who ordered it what became of it.
async fn conclude(rules: &Rules, cx: &mut Cx<'_>, place: ChatId, message: MessageId, warning: &Warning) -> Result<()> {
    let Some(mut case) = ledger::case(cx.tx, warning.case).await? else { return Ok(()) };
    let member = words::member(cx, case.chat, case.user).await?;
    let text = if case.about.decision == Some(Decision::Immune) {
        let why = words::inside(&cx.text("strikes.failed.immune", context! { member }));
        cx.text("strikes.failed", context! { why })
    } else if case.undone.is_some() {
        // Who took it back was told.
        return Ok(());
    } else {
        announce::made(rules, cx, &mut case, warning.at).await?;
        ledger::put(cx.tx, &case).await?;
        card::refresh(rules, cx, &case).await?;
        let troubles = troubles(cx, &case, warning.waits > 0);
        if troubles.is_empty() && case.warned.is_some() && case.chat == place {
            // The warning in the group says it all.
            return Ok(());
        }
        let penalty = match case.about.penalty.filter(|_| !case.is_idle() && warning.waits == 0) {
            Some(Penalty::Mute(_)) => "mute",
            Some(Penalty::Remove) => "remove",
            Some(Penalty::Ban) => "ban",
            None | Some(Penalty::Warn) => "",
        };
        let (deleted, (length, ends)) = (warning.deleted, words::mute(cx, &case));
        cx.text("strikes.ok.warn", context! { member, id => case.id, deleted, penalty, length, ends, troubles })
    };
    let name = orders::answer_name(cx);
    let (topic, reply_to) = (warning.topic, Some(message));
    cx.send(Class::Order, Send { name: Some(name.clone()), topic, reply_to, ..Send::new(place, text) });
    orders::leave_for_a_while(rules, cx, place, name);
    Ok(())
}

/// What of it did not happen, in words.
fn troubles(cx: &Cx<'_>, case: &Case, waits: bool) -> Vec<minijinja::Value> {
    let chat = words::group(cx, case.chat);
    let hitch = |word: &str| words::inside(&cx.text(&format!("strikes.trouble.{word}"), context! { chat => &chat }));
    let mut troubles: Vec<_> = case.hitches().map(|it| hitch(it.word())).collect();
    if waits {
        troubles.push(words::inside(&cx.words("strikes.unanswered")));
    }
    troubles
}
