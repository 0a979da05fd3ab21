//! Who else wrote much the same as a message: what the judge is told of it, and what is remembered for the next.

use anyhow::Result;

use super::case::Decision;
use super::{Rules, ledger};
use crate::cx::Cx;
use crate::judge::alike::{self, Alike};
use crate::judge::spread::{Copy, Text, Writer};
use crate::judge::{Class, Seen, SenderFacts, Verdict, near, spread};
use crate::model::message::Forward;
use crate::model::{Message, Timestamp, UserId};

/// So many cases of copies are looked at.
const CASES: usize = 8;

/// Notes a message if copies of it may count, and tells what those before it come to. `verdict` is what it is by itself, and
/// `read` its text as it was read.
pub async fn seen(
    rules: &Rules,
    cx: &mut Cx<'_>,
    message: &Message,
    at: Timestamp,
    facts: &SenderFacts,
    (verdict, read): &(Verdict, String),
) -> Result<Option<Alike>> {
    let settings = &rules.settings.judge;
    let within = settings.alike.within;
    let mut writer = Writer::of(facts, settings);
    let tells = alike::is_telling(verdict);
    // What tells nothing by itself may still be much like an ad that was removed.
    let recalls = writer == Writer::Newcomer && cx.spread.has_cases(cx.community, at - within);
    if settings.alike.is_off() || !tells && !recalls || is_brought_along(cx, message).await? {
        return Ok(None);
    }
    let Some(signature) = near::of_copies(&message.text, read) else { return Ok(None) };
    let text = text(cx, message, at);
    if cx.is_staff(message.chat.id, text.user).await? {
        writer = Writer::Known;
    } else if writer == Writer::Known && verdict.class > Class::Clean {
        // An account may have been taken over.
        writer = Writer::Other;
    }
    let copies = match writer {
        Writer::Newcomer if tells => cx.spread.note(text, &signature),
        Writer::Newcomer => cx.spread.look(text, &signature),
        Writer::Known => {
            cx.spread.note_known(text, &signature);
            return Ok(None);
        }
        Writer::Other => return Ok(None),
    };
    let Some(removed) = removed(cx, &copies).await? else { return Ok(None) };
    let when = |copy: &Copy| removed.iter().find(|(case, _)| *case == copy.case).map(|(_, at)| *at);
    Ok(spread::alike(text, &copies, within, when))
}

/// What the community itself says may be repeated.
pub fn ours(rules: &Rules, cx: &mut Cx<'_>, message: &Message, at: Timestamp) {
    if !rules.settings.judge.alike.is_off()
        && let Some(signature) = near::of_copies(&message.text, &Seen::read(&message.text).text)
    {
        let text = text(cx, message, at);
        cx.spread.note_known(text, &signature);
    }
}

fn text(cx: &Cx<'_>, message: &Message, at: Timestamp) -> Text {
    let user = match &message.sender {
        crate::model::Sender::Channel(channel) => UserId(channel.id.0),
        _ => message.author_id().unwrap_or_default(),
    };
    Text { community: cx.community, chat: cx.current(message.chat.id), message: message.id, user, at }
}

/// A command, or something the community itself said first.
async fn is_brought_along(cx: &mut Cx<'_>, message: &Message) -> Result<bool> {
    let here = message.chat.id;
    Ok(match &message.forward {
        _ if cx.command(message).is_some() => true,
        Some(Forward::Person(user)) => cx.is_staff(here, user.id).await?,
        Some(Forward::Channel(chat) | Forward::Chat(chat)) => {
            chat.id == here
                || cx.groups().iter().any(|group| group.id == chat.id)
                || cx.owns(chat.id, here) == Some(true)
        }
        Some(Forward::Hidden(_)) | None => false,
    })
}

/// When the messages of which cases were removed as ads. None when the staff found nothing wrong with one of them: then
/// nothing is wrong with its copies.
async fn removed(cx: &mut Cx<'_>, copies: &[Copy]) -> Result<Option<Vec<(i64, Timestamp)>>> {
    let mut cases: Vec<(i64, UserId)> =
        copies.iter().filter(|copy| copy.case != 0).map(|copy| (copy.case, copy.text.user)).collect();
    cases.sort_unstable();
    cases.dedup();
    let mut removed = Vec::new();
    for (id, user) in cases.into_iter().rev().take(CASES) {
        // A number given in a transaction that failed may be somebody else's by now.
        let Some(case) = ledger::case(cx.tx, id).await?.filter(|case| case.user == user) else { continue };
        let cleared = matches!(case.about.decision, Some(Decision::Cleared | Decision::Trusted | Decision::Immune));
        if cleared || case.undone.is_some() {
            return Ok(None);
        }
        if let Some(at) = case.acted.filter(|_| case.is_judged() && case.is_dealt_with()) {
            removed.push((id, at));
        }
    }
    Ok(Some(removed))
}
