//! What other features find against the rules of the group costs a strike like an ad.

use anyhow::Result;

use super::case::Found;
use super::ledger::{self, Spot};
use super::{Rules, act, card, policy, words};
use crate::cx::Cx;
use crate::model::{Message, Timestamp};

/// Another feature found a message to be against the rules. What belongs to a burst is one strike, and so is all of an
/// album; in shadow mode it is only shown.
pub async fn found(rules: &Rules, cx: &mut Cx<'_>, message: &Message, reason: &str, at: Timestamp) -> Result<()> {
    let Some(user) = message.author() else { return Ok(()) };
    let spot = Spot { chat: message.chat.id, message: message.id, album: message.album.as_deref(), at: message.date };
    let marked = ledger::marked(cx.tx, spot).await?;
    let known = ledger::case(cx.tx, marked).await?;
    let strikes = !rules.settings.shadow;
    // What only waits for the staff can still become more.
    if known.as_ref().is_some_and(|case| !strikes || !case.is_open()) {
        return Ok(());
    }
    let cases = ledger::of_user(cx.tx, cx.community, user.id).await?;
    let earlier: Vec<policy::Known> = cases
        .iter()
        .filter(|case| case.about.found == Found::Offence && case.counts == strikes && case.undone.is_none())
        .map(|case| policy::Known { id: case.id, same: false, at: case.at, severe: false, covers: true })
        .collect();
    if let Some(id) = policy::part_of(at, false, &earlier, rules.settings.burst) {
        ledger::mark(cx.tx, cx.community, spot, id).await?;
        if strikes {
            act::delete_in(cx, id, spot.chat, vec![spot.message], message.date);
        }
        return Ok(());
    }
    let mut case = match known {
        Some(case) => case,
        None => act::open(cx, user.id, spot, at).await?,
    };
    case.about.found = Found::Offence;
    case.about.offence_at = Some(at);
    case.about.topic = message.topic;
    reason.clone_into(&mut case.about.reason);
    case.about.text = words::excerpt(&message.text);
    ledger::put(cx.tx, &case).await?;
    ledger::mark(cx.tx, cx.community, spot, case.id).await?;
    if strikes {
        act::delete(cx, &mut case, vec![spot.message], message.date, "").await?;
        let step = act::step(rules, cx, &case).await?;
        act::strike(rules, cx, &mut case, step, at).await?;
    }
    card::show(rules, cx, &mut case).await
}
