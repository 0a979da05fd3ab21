//! Commands of the staff: `/warn`, `/unwarn`, `/strikes`, `/mute 2h`, `/unmute`, `/kick`, `/ban`, `/unban`, `/trust`,
//! `/untrust`, in answer to a message, with an @name or with a number; and members' `/strikes` and `/report`.
//!
//! In a group the answers go away by themselves.

use anyhow::Result;
use minijinja::context;

use super::case::{Case, Found, Hand};
use super::ledger::{self, Spot};
use super::target::{self, Named, Target};
use super::{Rules, act, appeal, card, channel, force, lessons, record, report, route, warn, words};
use crate::cx::{Cx, Role};
use crate::features::Flow;
use crate::model::command::Command;
use crate::model::effect::Send;
use crate::model::{ChatId, Event, Message, MessageKey, Sender, Text, UserId};

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
        ("strikes", Role::Staff) if route::elsewhere(rules, cx, message, &command).await? => {}
        ("strikes", _) => record::shown(rules, cx, message, &command).await?,
        ("report", Role::Private | Role::Staff) => {
            let text = cx.words("strikes.elsewhere");
            cx.reply(message, text);
        }
        ("report", Role::Group) => report::made(rules, cx, event, message, &command).await?,
        (name, _) => {
            if !ORDERS.iter().chain(&lessons::COMMANDS).any(|(order, _)| *order == name) {
                return Ok(Flow::On);
            }
            if !cx.obeys(message).await? {
                return Ok(Flow::Stop);
            }
            if role == Role::Private {
                let text = cx.words("strikes.elsewhere");
                cx.reply(message, text);
            } else if role == Role::Group || !route::elsewhere(rules, cx, message, &command).await? {
                order(rules, cx, event, message, &command).await?;
            }
        }
    }
    Ok(Flow::Stop)
}

/// An order from a staff chat that several communities share, in the one it is for.
pub async fn routed(rules: &Rules, cx: &mut Cx<'_>, event: &Event, message: &Message) -> Result<()> {
    let Some(command) = cx.command(message) else { return Ok(()) };
    if !cx.is_from_staff(message).await? {
        return Ok(());
    }
    match command.name.as_str() {
        "strikes" => record::shown(rules, cx, message, &command).await,
        _ => order(rules, cx, event, message, &command).await,
    }
}

/// Answers a command; in a group the answer goes away by itself.
pub fn answer(rules: &Rules, cx: &mut Cx<'_>, message: &Message, text: Text) {
    answer_with(rules, cx, message, Send::new(message.chat.id, text));
}

/// The same, with more than words.
pub fn answer_with(rules: &Rules, cx: &mut Cx<'_>, message: &Message, mut send: Send) {
    let chat = message.chat.id;
    let name = answer_name(cx);
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
pub fn hand(message: &Message) -> Hand {
    match &message.sender {
        Sender::Person(user) => Hand { id: user.id, name: user.name.clone() },
        _ => Hand { id: UserId::ANONYMOUS_ADMIN, name: String::new() },
    }
}

async fn order(rules: &Rules, cx: &mut Cx<'_>, event: &Event, message: &Message, command: &Command<'_>) -> Result<()> {
    let name = &command.name.clone();
    let name = name.as_str();
    if lessons::COMMANDS.iter().any(|(known, _)| *known == name) {
        return Box::pin(lessons::heard(rules, cx, event, message, command)).await;
    }
    let example = ORDERS.iter().find(|(order, _)| *order == name).map_or("", |(_, example)| example);
    if name == "unwarn"
        && let Some(id) = strike_number(command.rest)
    {
        return unwarn(rules, cx, message, id).await;
    }
    let (ahead, command) = target::length_ahead(message, command);
    let named = target::named(cx, message, &command).await?;
    if let (Named::Channel(target), "ban") = (&named, name) {
        return Box::pin(channel::shut_out(rules, cx, event, message, target)).await;
    }
    if let Some(text) = target::excuse(cx, &named, example) {
        answer(rules, cx, message, text);
        return Ok(());
    }
    let Named::Target(target) = named else { return Ok(()) };
    let target = Target { rest: format!("{ahead} {}", target.rest).trim().to_owned(), ..*target };
    let gives = matches!(name, "warn" | "mute" | "kick" | "ban");
    if gives && let Some(spared) = target::spared(cx, &target.user).await? {
        say(rules, cx, message, target::spared_key(spared));
        return Ok(());
    }
    if !target.known && !matches!(name, "ban" | "unban") {
        say(rules, cx, message, "strikes.unknown_id");
        return Ok(());
    }
    match name {
        "warn" => warn::order(rules, cx, event, message, &target).await,
        "unwarn" => {
            if let Some(id) = target.case {
                return unwarn(rules, cx, message, id).await;
            }
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
        _ => Box::pin(force::order(rules, cx, event, message, &target, example, name)).await,
    }
}

/// `#12`, or a number too short to be a person's.
pub fn strike_number(words: &str) -> Option<i64> {
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

/// The message a command answers goes, with its album, because of that order if it is one, and belongs to the case. From a
/// card all go that the case is about. Says whether that was asked of Telegram.
pub async fn take_message(cx: &mut Cx<'_>, case: &mut Case, target: &Target, order: &str) -> Result<bool> {
    let Some(said) = target.message.as_ref().filter(|said| said.chat == case.chat) else { return Ok(false) };
    let parts = match target.case {
        Some(id) => ledger::messages(cx.tx, case.community, id, case.chat).await?,
        None => ledger::parts(cx.tx, said.spot(), 0).await?,
    };
    for part in &parts {
        let spot = Spot { message: *part, ..said.spot() };
        ledger::mark(cx.tx, case.community, spot, case.id).await?;
    }
    case.about.offence_at = Some(said.at);
    case.about.text = words::excerpt(&said.text);
    act::delete(cx, case, parts, said.at, order).await
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
