//! `/report` in answer to a message, or with an @name or number and a reason: quiet for who reports, a card for the staff.

use anyhow::Result;

use super::case::{Case, Decision, Found};
use super::ledger::{self, Spot};
use super::policy::{Penalty, Spared};
use super::target::{self, Named, Target};
use super::{Rules, act, card, orders, words};
use crate::cx::Cx;
use crate::model::command::Command;
use crate::model::effect::Send;
use crate::model::event::Told;
use crate::model::{ChatId, Class, Effect, Event, Message, MessageId, Sender, Span, UserId};
use crate::store::persons::Reach;

/// What the note of a confirmation calls it.
pub const CONFIRM: &str = "confirm";
/// An answer everybody sees is gone after this.
const GLANCE: Span = Span::secs(15);
/// Reports of a person without a message go on one card for so long.
const TOGETHER: Span = Span::hours(24);

/// Takes a report. The command goes at once, so that nobody sees who reported.
pub async fn made(
    rules: &Rules,
    cx: &mut Cx<'_>,
    event: &Event,
    message: &Message,
    command: &Command<'_>,
) -> Result<()> {
    let reporter = match &message.sender {
        Sender::Person(user) => user.id,
        Sender::AnonymousAdmin => UserId::ANONYMOUS_ADMIN,
        _ => return Ok(()),
    };
    let chat = message.chat.id;
    cx.emit(Class::Guard, Effect::Delete { chat, messages: vec![message.id.into()] });
    let key = match about(cx, message, command, reporter).await? {
        Err(key) => key,
        Ok(target) => {
            let since = event.at - Span::hours(1);
            if ledger::reports_by(cx.tx, cx.community, reporter, since).await? >= rules.settings.report.per_hour {
                "strikes.report_limit"
            } else {
                // Whoever sent it before has been thanked.
                if !take(rules, cx, event, message, reporter, &target).await? {
                    return Ok(());
                }
                "strikes.reported"
            }
        }
    };
    confirm(cx, message, reporter, key).await
}

/// What a report is about, or the key of why it is none.
async fn about(
    cx: &mut Cx<'_>,
    message: &Message,
    command: &Command<'_>,
    reporter: UserId,
) -> Result<Result<Target, &'static str>> {
    let reply = message.reply_to.as_ref();
    if reply.is_some_and(|reply| reply.service.is_none() && matches!(reply.sender, Sender::Bot(_))) {
        return Ok(Err("strikes.report_bot"));
    }
    // In answer to a message all words are the reason; a name or number among them is not whom it is about.
    let named = match target::answered(cx, message, command.rest).await? {
        Named::Nobody => target::named(cx, message, command).await?,
        named => named,
    };
    let target = match named {
        Named::Target(target) | Named::Channel(target) => *target,
        Named::Nobody => return Ok(Err("strikes.usage_report")),
        Named::Stranger => return Ok(Err("strikes.stranger")),
        Named::Unknown => return Ok(Err("strikes.unknown_id")),
        Named::Shared { .. } | Named::Old { .. } => return Ok(Err("strikes.report_name")),
        Named::Spared(_) => return Ok(Err("strikes.report_staff")),
    };
    if target.user.id == reporter {
        return Ok(Err("strikes.report_own"));
    }
    Ok(match target::spared(cx, &target.user).await? {
        Some(Spared::Me | Spared::Bot) => Err("strikes.report_bot"),
        Some(Spared::Staff | Spared::StandIn | Spared::Own) => Err("strikes.report_staff"),
        None if !target.known => Err("strikes.unknown_id"),
        None if target.message.is_none() && target.rest.is_empty() => Err("strikes.usage_report"),
        None => Ok(target),
    })
}

/// Notes a report, and shows it to the staff when there are enough. False when the same person sent it before.
async fn take(
    rules: &Rules,
    cx: &mut Cx<'_>,
    event: &Event,
    message: &Message,
    reporter: UserId,
    target: &Target,
) -> Result<bool> {
    let mut case = match open_case(cx, event, target).await? {
        Some(case) => case,
        None => begin(cx, event, message, target).await?,
    };
    if !ledger::report(cx.tx, &case, reporter, event.at).await? {
        return Ok(false);
    }
    cx.tell(Some(message.chat.id), Told::Reported);
    case.about.reports += 1;
    case.about.reported_at.get_or_insert(event.at);
    if case.about.reported.is_empty() {
        case.about.reported = words::excerpt(&target.rest);
    }
    ledger::put(cx.tx, &case).await?;
    let is_fresh = case.about.decision.is_none() && case.undone.is_none();
    if case.has_card() || is_fresh && case.about.reports >= rules.settings.report.needed {
        card::show(rules, cx, &mut case).await?;
    }
    Ok(true)
}

/// The case a report adds to: that of the same message or album, or where there is no message of the same person lately.
async fn open_case(cx: &mut Cx<'_>, event: &Event, target: &Target) -> Result<Option<Case>> {
    if let Some(said) = &target.message {
        let known = ledger::marked(cx.tx, said.spot()).await?;
        return ledger::case(cx.tx, known).await;
    }
    let fits = |case: &Case| {
        case.about.found == Found::Report && case.about.decision.is_none() && event.at.since(case.at) < TOGETHER
    };
    for case in ledger::of_user(cx.tx, cx.community, target.user.id).await?.into_iter().filter(fits) {
        if ledger::messages(cx.tx, case.community, case.id, case.chat).await?.is_empty() {
            return Ok(Some(case));
        }
    }
    Ok(None)
}

/// The case that waits for the staff and that an order is about: that of the message or card it answers.
pub async fn waiting(cx: &mut Cx<'_>, target: &Target) -> Result<Option<i64>> {
    let known = match (target.case, &target.message) {
        (Some(id), _) => id,
        (None, Some(said)) => ledger::marked(cx.tx, said.spot()).await?,
        (None, None) => return Ok(None),
    };
    let found = ledger::case(cx.tx, known).await?;
    Ok(found.filter(|case| case.user == target.user.id && case.is_open()).map(|case| case.id))
}

/// Closes the case that waited, if it still does, with what the staff's order `done` came to.
pub async fn close(rules: &Rules, cx: &mut Cx<'_>, waited: Option<i64>, done: &Case) -> Result<()> {
    let Some(id) = waited else { return Ok(()) };
    let Some(mut case) = ledger::case(cx.tx, id).await?.filter(Case::is_open) else { return Ok(()) };
    let decision = match done.about.penalty {
        Some(Penalty::Ban) => Decision::Banned,
        Some(Penalty::Remove) => Decision::Removed,
        Some(Penalty::Mute(_)) => Decision::Muted,
        None | Some(Penalty::Warn) => return Ok(()),
    };
    case.decide(decision, done.about.by.clone(), cx.now);
    ledger::put(cx.tx, &case).await?;
    card::refresh(rules, cx, &case).await
}

async fn begin(cx: &mut Cx<'_>, event: &Event, message: &Message, target: &Target) -> Result<Case> {
    let here = Spot { chat: message.chat.id, message: message.id, album: None, at: event.at };
    let spot = target.message.as_ref().map_or(here, |said| said.spot());
    let mut case = act::open(cx, target.user.id, spot, event.at).await?;
    case.about.found = Found::Report;
    case.about.topic = message.topic;
    if case.channel().is_some() {
        case.about.channel.clone_from(&target.user.name);
    }
    if let Some(said) = &target.message {
        case.about.offence_at = Some(said.at);
        case.about.text = words::excerpt(&said.text);
        ledger::mark(cx.tx, cx.community, said.spot(), case.id).await?;
    }
    Ok(case)
}

/// Tells the reporter alone, as far as that is possible: by a message only they see, in private, or with a few words that
/// name nobody and are soon gone.
async fn confirm(cx: &mut Cx<'_>, message: &Message, reporter: UserId, key: &str) -> Result<()> {
    if !cx.heeds(message) {
        return Ok(());
    }
    tell_alone(cx, message.chat.id, message.topic, reporter, key).await
}

/// Tells one member alone, as far as that is possible.
pub async fn tell_alone(cx: &mut Cx<'_>, chat: ChatId, topic: Option<i64>, reporter: UserId, key: &str) -> Result<()> {
    let text = cx.words(key);
    match cx.show_alone(chat, topic, reporter, text) {
        Some(sent) => {
            sent.note = act::ordered(0, CONFIRM, &format!("{reporter} {} {key}", topic.unwrap_or_default()));
            Ok(())
        }
        None => openly(cx, chat, topic, reporter, key).await,
    }
}

/// What only one was to see came out as a message like any other: an older server knows no such messages. It goes.
pub fn confirmed(cx: &mut Cx<'_>, chat: ChatId, message: Option<MessageId>) {
    if let Some(message) = message {
        cx.take_back(chat, message.into());
    }
}

/// A message only the reporter sees was refused. `kept` says for whom it was and what it said.
pub async fn unheard(cx: &mut Cx<'_>, chat: ChatId, kept: &str) -> Result<()> {
    let mut parts = kept.split(' ');
    let mut number = || parts.next().and_then(|part| part.parse::<i64>().ok());
    let (Some(reporter), Some(topic)) = (number(), number()) else { return Ok(()) };
    let Some(key) = parts.next() else { return Ok(()) };
    openly(cx, chat, Some(topic).filter(|topic| *topic != 0), UserId(reporter), key).await
}

async fn openly(cx: &mut Cx<'_>, chat: ChatId, topic: Option<i64>, reporter: UserId, key: &str) -> Result<()> {
    let text = cx.words(key);
    if cx.tx.reach(reporter).await? == Reach::Open {
        cx.send(Class::Reply, Send::new(reporter.private(), text));
        return Ok(());
    }
    let name = orders::answer_name(cx);
    cx.send(Class::Reply, Send { topic, name: Some(name.clone()), ..Send::new(chat, text) });
    cx.take_back_later(chat, name, GLANCE);
    Ok(())
}
