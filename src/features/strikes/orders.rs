//! Commands of the staff: `/warn`, `/unwarn`, `/strikes`, `/mute 2h`, `/unmute`, `/kick`, `/ban`, `/unban`, `/trust`,
//! `/untrust`, in answer to a message, with an @name or with a number; and members' `/strikes` and `/report`.
//!
//! In a group the answers go away by themselves.

use anyhow::Result;
use minijinja::context;

use super::case::{self, Case, Found, Hand};
use super::ledger::{self, Spot};
use super::policy::Spared;
use super::target::{self, Named, Target};
use super::{Rules, act, appeal, card, force, record, report, words};
use crate::cx::{Cx, Role};
use crate::features::Flow;
use crate::model::command::Command;
use crate::model::effect::Send;
use crate::model::{ChatId, Event, Message, MessageKey, Sender, Span, Text, UserId};

/// Two of the staff who see the same thing are not two strikes.
const COOL_DOWN: Span = Span::secs(60);

/// What the staff can order, with an example of each.
const ORDERS: [(&str, &str); 9] = [
    ("warn", "/warn @name"),
    ("unwarn", "/unwarn #12"),
    ("mute", "/mute @name 2h"),
    ("unmute", "/unmute @name"),
    ("kick", "/kick @name"),
    ("ban", "/ban @name"),
    ("unban", "/unban 123456789"),
    ("trust", "/trust @name"),
    ("untrust", "/untrust @name"),
];

/// Handles a command of this feature.
pub async fn heard(rules: &Rules, cx: &mut Cx<'_>, event: &Event, message: &Message) -> Result<Flow> {
    let Some(command) = cx.command(message) else { return Ok(Flow::On) };
    let role = cx.role(message.chat.id);
    match (command.name.as_str(), role) {
        ("start", Role::Private) => {
            let Some(id) = command.rest.strip_prefix("appeal_").and_then(|id| id.parse().ok()) else {
                return Ok(Flow::On);
            };
            let key = appeal::asked(rules, cx, UserId(message.chat.id.0), id).await?;
            let text = cx.words(key);
            cx.reply(message, text);
        }
        ("strikes", _) => record::shown(rules, cx, message, &command).await?,
        ("report", Role::Private | Role::Staff) => {
            let text = cx.words("strikes.elsewhere");
            cx.reply(message, text);
        }
        ("report", Role::Group) => report::made(rules, cx, event, message, &command).await?,
        (name, _) => {
            let Some((_, example)) = ORDERS.iter().find(|(order, _)| *order == name) else { return Ok(Flow::On) };
            if role == Role::Private {
                let user = UserId(message.chat.id.0);
                let is_staff = cx.is_staff_somewhere(user).await?;
                let text = cx.words(if is_staff { "strikes.elsewhere" } else { "strikes.staff_command" });
                cx.reply(message, text);
            } else if cx.is_from_staff(message).await? {
                order(rules, cx, event, message, &command, example).await?;
            }
        }
    }
    Ok(Flow::Stop)
}

/// Answers a command; in a group the answer goes away by itself.
pub fn answer(rules: &Rules, cx: &mut Cx<'_>, message: &Message, text: Text) {
    let chat = message.chat.id;
    let name = answer_name(cx);
    let mut send = Send::new(chat, text);
    send.name = Some(name.clone());
    if cx.reply_with(message, send).is_some() {
        leave_for_a_while(rules, cx, chat, name);
    }
}

/// What an answer to the command or event in hand is called.
pub fn answer_name(cx: &Cx<'_>) -> MessageKey {
    MessageKey(format!("strikes/answer/{}", cx.cause))
}

/// Takes an answer out of a group after a while; the staff chat keeps it.
pub fn leave_for_a_while(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, name: MessageKey) {
    if cx.role(chat) == Role::Group {
        cx.take_back_later(chat, name, rules.settings.warning_for);
    }
}

/// Answers with a text without values.
pub fn say(rules: &Rules, cx: &mut Cx<'_>, message: &Message, key: &str) {
    let text = cx.words(key);
    answer(rules, cx, message, text);
}

/// Who gives a command.
fn hand(message: &Message) -> Hand {
    match &message.sender {
        Sender::Person(user) => Hand { id: user.id, name: user.name.clone() },
        _ => Hand { id: UserId::ANONYMOUS_ADMIN, name: String::new() },
    }
}

async fn order(
    rules: &Rules,
    cx: &mut Cx<'_>,
    event: &Event,
    message: &Message,
    command: &Command<'_>,
    example: &str,
) -> Result<()> {
    let name = &command.name.clone();
    let name = name.as_str();
    if name == "unwarn"
        && let Some(id) = strike_number(command.rest)
    {
        return unwarn(rules, cx, message, id).await;
    }
    let (ahead, command) = target::length_ahead(message, command);
    let target = match target::named(cx, message, &command).await? {
        Named::Target(target) => Target { rest: format!("{ahead} {}", target.rest).trim().to_owned(), ..*target },
        Named::Nobody => {
            let text = cx.text("strikes.usage", context! { example });
            answer(rules, cx, message, text);
            return Ok(());
        }
        Named::Stranger => {
            say(rules, cx, message, "strikes.stranger");
            return Ok(());
        }
        Named::Spared(spared) => {
            say(rules, cx, message, spared_key(spared));
            return Ok(());
        }
    };
    let gives = matches!(name, "warn" | "mute" | "kick" | "ban");
    if gives && let Some(spared) = target::spared(cx, &target.user).await? {
        say(rules, cx, message, spared_key(spared));
        return Ok(());
    }
    if !target.known && !matches!(name, "ban" | "unban") {
        say(rules, cx, message, "strikes.stranger");
        return Ok(());
    }
    match name {
        "warn" => warn(rules, cx, event, message, &target).await,
        "unwarn" => {
            let cases = ledger::of_user(cx.tx, cx.community, target.user.id).await?;
            if let Some(case) = cases.iter().find(|case| case.is_in_force(cx.now)) {
                return unwarn(rules, cx, message, case.id).await;
            }
            said(rules, cx, message, "strikes.no.unwarn", &target, 0);
            Ok(())
        }
        "trust" | "untrust" => {
            let mut groups = Vec::new();
            for chat in act::groups(cx) {
                if cx.may_order(message, chat).await? {
                    groups.push(chat);
                }
            }
            card::trust(cx, groups, target.user.id, name == "trust").await?;
            said(rules, cx, message, &format!("strikes.ok.{name}"), &target, 0);
            Ok(())
        }
        _ => force::order(rules, cx, event, message, &target, example, name).await,
    }
}

/// What is said about somebody nothing is done to.
pub fn spared_key(spared: Spared) -> &'static str {
    match spared {
        Spared::Me => "strikes.spared.me",
        Spared::Bot => "strikes.spared.bot",
        Spared::StandIn => "strikes.spared.stand_in",
        Spared::Staff => "strikes.spared.staff",
    }
}

/// `#12`, or a number too short to be a person's.
fn strike_number(words: &str) -> Option<i64> {
    let number = words.split_whitespace().next()?;
    match number.strip_prefix('#') {
        Some(number) => number.parse().ok(),
        None => number.parse().ok().filter(|id| (1..10_000).contains(id)),
    }
}

/// Answers with a person and the number of a strike.
pub fn said(rules: &Rules, cx: &mut Cx<'_>, message: &Message, key: &str, target: &Target, id: i64) {
    let member = match (target.known, target.user.name.is_empty()) {
        (false, true) => minijinja::Value::from(target.user.id.to_string()),
        _ => cx.mention(target.user.id, &target.user.name),
    };
    let text = cx.text(key, context! { member, id });
    answer(rules, cx, message, text);
}

async fn warn(rules: &Rules, cx: &mut Cx<'_>, event: &Event, message: &Message, target: &Target) -> Result<()> {
    let cases = ledger::of_user(cx.tx, cx.community, target.user.id).await?;
    let mut before = 0;
    if let Some(said) = &target.message {
        before = ledger::marked(cx.tx, said.spot()).await?;
    }
    if let Some(done) = cases.iter().find(|case| case.id == before && case.counts) {
        let text = cx.text("strikes.already", context! { id => done.id });
        answer(rules, cx, message, text);
        return Ok(());
    }
    if case::warned_within(&cases, cx.now, COOL_DOWN) {
        said(rules, cx, message, "strikes.just_now", target, 0);
        return Ok(());
    }
    let Some(chat) = target::places(cx, message, target.user.id).await?.first().copied() else {
        said(rules, cx, message, "strikes.not_here", target, 0);
        return Ok(());
    };
    let mut case = match cases.into_iter().find(|case| case.id == before && case.about.decision.is_none()) {
        Some(case) => case,
        None => open(cx, event, message, target, chat).await?,
    };
    case.at = event.at;
    case.about.found = Found::Warn;
    case.about.by = Some(hand(message));
    case.about.reason = words::excerpt(&target.rest);
    take_message(cx, &mut case, target).await?;
    let step = act::step(rules, cx, &case).await?;
    act::strike(rules, cx, &mut case, step, event.at).await?;
    card::refresh(rules, cx, &case).await?;
    // The warning in the group says it all.
    if case.warned.is_none() || case.chat != message.chat.id {
        said(rules, cx, message, "strikes.ok.warn", target, case.id);
    }
    Ok(())
}

/// A case of the staff's own making.
pub async fn open(cx: &mut Cx<'_>, event: &Event, message: &Message, target: &Target, chat: ChatId) -> Result<Case> {
    let spot = Spot { chat, message: message.id, album: None, at: event.at };
    let mut case = act::open(cx, target.user.id, spot, event.at).await?;
    case.about.found = Found::Order;
    case.about.by = Some(hand(message));
    case.about.topic = message.topic.filter(|_| chat == message.chat.id);
    case.about.reason = words::excerpt(&target.rest);
    Ok(case)
}

/// The message a command answers goes, with its album, and belongs to the case.
pub async fn take_message(cx: &mut Cx<'_>, case: &mut Case, target: &Target) -> Result<()> {
    let Some(said) = target.message.as_ref().filter(|said| said.chat == case.chat) else { return Ok(()) };
    let parts = ledger::parts(cx.tx, said.spot(), 0).await?;
    for part in &parts {
        let spot = Spot { message: *part, ..said.spot() };
        ledger::mark(cx.tx, case.community, spot, case.id).await?;
    }
    case.about.text = words::excerpt(&said.text);
    act::delete(cx, case, parts, said.at).await
}

async fn unwarn(rules: &Rules, cx: &mut Cx<'_>, message: &Message, id: i64) -> Result<()> {
    let found = ledger::case(cx.tx, id).await?;
    let found = found.filter(|case| case.community == cx.community && case.counts && case.undone.is_none());
    let Some(mut case) = found else {
        say(rules, cx, message, "strikes.no.case");
        return Ok(());
    };
    if !cx.may_order(message, case.chat).await? {
        let text = cx.text("strikes.not_yours", context! { group => words::group(cx, case.chat) });
        answer(rules, cx, message, text);
        return Ok(());
    }
    act::undo(rules, cx, &mut case, Some(hand(message))).await?;
    let member = words::member(cx, case.chat, case.user).await?;
    let text = cx.text("strikes.ok.unwarn", context! { member, id });
    answer(rules, cx, message, text);
    Ok(())
}
