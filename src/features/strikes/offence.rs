//! What other features find against the rules of the group: it costs a strike like an ad, or goes, or the staff decide.

use anyhow::Result;

use super::case::{Case, Found};
use super::ledger::{self, Spot};
use super::{Rules, act, card, hold, outcome, policy, words};
use crate::cx::Cx;
use crate::model::{Evidence, Measure, Message, Timestamp};

/// Pieces of evidence a case has room for: of a flood of them the first say enough.
const EVIDENCE: usize = 10;

/// What another feature found in a message.
pub struct Finding<'a> {
    pub message: &'a Message,
    pub reason: &'a str,
    pub measure: Measure,
    pub evidence: &'a [Evidence],
}

/// Another feature found a message to be against the rules, or perhaps. What belongs to a burst is one case, and so is all of
/// an album; in shadow mode it is only shown.
pub async fn found(rules: &Rules, cx: &mut Cx<'_>, it: &Finding<'_>, at: Timestamp) -> Result<()> {
    let Some(user) = it.message.author() else { return Ok(()) };
    let message = it.message;
    let spot = Spot { chat: message.chat.id, message: message.id, album: message.album.as_deref(), at: message.date };
    let measure = if rules.settings.shadow { Measure::Queue } else { it.measure };
    let marked = ledger::marked(cx.tx, spot).await?;
    let known = ledger::case(cx.tx, marked).await?;
    // What was shown to the staff and is edited into something worse can still become more.
    if known.as_ref().is_some_and(|case| measure == Measure::Queue || !case.is_open()) {
        return Ok(());
    }
    if measure == Measure::Delete {
        if let Some(hitch) = act::delete_in(cx, known.map_or(0, |case| case.id), spot.chat, vec![spot.message], spot.at)
        {
            outcome::tell_staff(cx, spot.chat, hitch).await?;
        }
        return Ok(());
    }
    let strikes = measure == Measure::Strike;
    let cases = ledger::of_user(cx.tx, cx.community, user.id).await?;
    let covers = |case: &&Case| {
        let stands = if strikes { case.counts && case.undone.is_none() } else { case.is_open() };
        case.about.found == Found::Offence && stands
    };
    let earlier = cases.iter().filter(covers);
    let earlier: Vec<policy::Known> = earlier
        .map(|case| policy::Known { id: case.id, same: false, at: case.at, severe: false, covers: true })
        .collect();
    let holds = hold::wants(rules, cx, message, measure == Measure::Hold).await?;
    if let Some(id) = policy::part_of(at, false, &earlier, rules.settings.burst) {
        ledger::mark(cx.tx, cx.community, spot, id).await?;
        if strikes {
            act::delete_in(cx, id, spot.chat, vec![spot.message], message.date);
        } else if holds {
            hold::more(rules, cx, message, id).await?;
        }
        return add(rules, cx, id, it.evidence).await;
    }
    let mut case = match known {
        Some(case) => case,
        None => act::open(cx, user.id, spot, at).await?,
    };
    describe(&mut case, it, at);
    // In shadow mode nothing is taken out.
    case.about.measure = Some(if it.measure == Measure::Hold { measure } else { it.measure });
    ledger::put(cx.tx, &case).await?;
    ledger::mark(cx.tx, cx.community, spot, case.id).await?;
    if holds {
        hold::take_out(rules, cx, &mut case, message).await?;
    }
    if strikes {
        act::delete(cx, &mut case, vec![spot.message], message.date, "").await?;
        let step = act::step(rules, cx, &case).await?;
        act::strike(rules, cx, &mut case, step, at).await?;
    }
    card::show(rules, cx, &mut case).await
}

fn describe(case: &mut Case, it: &Finding<'_>, at: Timestamp) {
    case.about.found = Found::Offence;
    case.about.offence_at = Some(at);
    case.about.topic = it.message.topic;
    it.reason.clone_into(&mut case.about.reason);
    case.about.evidence = it.evidence.iter().take(EVIDENCE).cloned().collect();
    case.about.text = words::excerpt(&it.message.text);
}

/// One more message of a case: its evidence is told with the rest.
async fn add(rules: &Rules, cx: &mut Cx<'_>, id: i64, more: &[Evidence]) -> Result<()> {
    let Some(mut case) = ledger::case(cx.tx, id).await? else { return Ok(()) };
    let before = case.about.evidence.len();
    for it in more {
        if case.about.evidence.len() < EVIDENCE && !case.about.evidence.contains(it) {
            case.about.evidence.push(it.clone());
        }
    }
    if case.about.evidence.len() == before {
        return Ok(());
    }
    ledger::put(cx.tx, &case).await?;
    card::refresh(rules, cx, &case).await
}
