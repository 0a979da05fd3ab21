//! People on a ban list who join or write. The staff are asked once whether to let them in; what they decide holds.

use anyhow::Result;

use super::case::{Case, Decision, Found, Hand};
use super::ledger::{self, Spot};
use super::policy::{self, Penalty};
use super::settings::OfListed;
use super::{Rules, act, card, words};
use crate::cx::Cx;
use crate::features::Flow;
use crate::judge::Newcomer;
use crate::model::{ChatId, Message, MessageId, Span, Timestamp, User};
use crate::store::members::Member;

/// Somebody writes. A message of who is banned for it goes with them.
pub async fn wrote(rules: &Rules, cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    match message.author() {
        Some(user) => met(rules, cx, message.chat.id, user, message.date, Some(message)).await,
        None => Ok(Flow::On),
    }
}

/// Somebody joins.
pub async fn joined(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, user: &User, at: Timestamp) -> Result<()> {
    met(rules, cx, chat, user, at, None).await.map(drop)
}

async fn met(
    rules: &Rules,
    cx: &mut Cx<'_>,
    chat: ChatId,
    user: &User,
    at: Timestamp,
    message: Option<&Message>,
) -> Result<Flow> {
    if !rules.banned.iter().any(|list| list.has(user.id)) {
        return Ok(Flow::On);
    }
    let member = cx.tx.member(chat, user.id).await?;
    let is_staff = cx.is_staff(chat, user.id).await?;
    if policy::spared(user, cx.me.id, is_staff).is_some() || member.as_ref().is_some_and(|member| member.trusted) {
        return Ok(Flow::On);
    }
    let cases = ledger::of_user(cx.tx, cx.community, user.id).await?;
    if cases.iter().any(|case| case.about.found == Found::Listed) {
        return Ok(Flow::On);
    }
    let id = message.map_or(MessageId(0), |message| message.id);
    let mut case = act::open(cx, user.id, Spot { chat, message: id, album: None, at }, at).await?;
    case.about.found = Found::Listed;
    if let Some(message) = message {
        case.about.topic = message.topic;
        case.about.text = words::excerpt(&message.text);
    }
    let settings = &rules.settings;
    let bans = settings.ban_lists.action == OfListed::Ban && !settings.shadow;
    let since = cx.chat(chat).map_or(at, |row| row.since);
    let bans = bans && is_new(member.as_ref(), &settings.judge.newcomer, since, at);
    if bans {
        ban(cx, &mut case).await?;
        if let Some(message) = message {
            act::delete(cx, &mut case, vec![message.id], message.date, "").await?;
        }
    }
    ledger::put(cx.tx, &case).await?;
    card::show(rules, cx, &mut case).await?;
    Ok(if bans { Flow::Stop } else { Flow::On })
}

/// So long the bot is new itself in a group: who was there before it and has said little is not new for that.
const SETTLING: Span = Span::days(30);

/// A list may be wrong about anybody. Nobody who belongs here is put out by one without being looked at. `since` is when the
/// group became known.
fn is_new(member: Option<&Member>, newcomer: &Newcomer, since: Timestamp, at: Timestamp) -> bool {
    let settled = at.since(since) >= SETTLING;
    member.map_or(settled, |member| match member.joined {
        Some(joined) => at.since(joined) < newcomer.span || member.messages < newcomer.messages,
        None => settled && member.messages < newcomer.messages,
    })
}

/// Decides about who is on a list as the button says. Says whether there is such a button.
pub async fn decide(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, verb: &str, by: Hand) -> Result<bool> {
    match verb {
        "admit" => {
            case.about.decision = Some(Decision::Cleared);
            // They are judged as anybody is from now on.
            if case.acted.is_some() {
                act::undo(rules, cx, case, Some(by)).await?;
            }
        }
        "ban" if case.acted.is_none() => {
            case.about.decision = Some(Decision::Banned);
            ban(cx, case).await?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Bans who is on a list. It is no strike.
async fn ban(cx: &mut Cx<'_>, case: &mut Case) -> Result<()> {
    case.acted = Some(cx.now);
    case.about.penalty = Some(Penalty::Ban);
    ledger::put(cx.tx, case).await?;
    act::enforce(cx, case, "").await.map(drop)
}
