//! Appeals: a member asks the staff to look at a strike again, once; the staff uphold it or turn it down.

use anyhow::Result;
use minijinja::context;

use super::case::{Appeal, Case, Decision, Hand};
use super::{Rules, announce, card, ledger, teach, words};
use crate::cx::Cx;
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::Told;
use crate::model::{Class, Effect, MessageKey, MessageRef, Text, UserId};
use crate::store::sent;

/// A member presses "appeal", or comes from the link under a notice. The answer; the staff hear of it in their community.
pub async fn asked(rules: &Rules, cx: &mut Cx<'_>, user: UserId, id: i64) -> Result<&'static str> {
    let Some(case) = ledger::case(cx.tx, id).await?.filter(|case| case.counts) else { return Ok("strikes.gone") };
    Ok(match case.about.appeal {
        _ if case.user != user => "strikes.appeal_not_yours",
        _ if case.undone.is_some() => "strikes.appeal_over",
        Some(Appeal::Open | Appeal::Accepted) => "strikes.appeal_again",
        Some(Appeal::Rejected) => "strikes.appeal_rejected_before",
        None if !rules.settings.appeals => "strikes.appeal_closed",
        None => {
            cx.tell(Some(case.chat), Told::Appealed { user, strike: id });
            "strikes.appeal_sent"
        }
    })
}

/// Somebody appeals: the staff get a card under the first one.
pub async fn made(rules: &Rules, cx: &mut Cx<'_>, user: UserId, id: i64) -> Result<()> {
    let Some(staff) = cx.staff_chat().filter(|_| rules.can_appeal(cx)) else { return Ok(()) };
    let found = ledger::case(cx.tx, id).await?;
    let Some(mut case) = found.filter(|case| case.user == user && case.community == cx.community) else {
        return Ok(());
    };
    if case.about.appeal.is_some() || case.undone.is_some() {
        return Ok(());
    }
    case.about.appeal = Some(Appeal::Open);
    ledger::put(cx.tx, &case).await?;
    card::refresh(rules, cx, &case).await?;
    let mut send = Send::new(staff, text(cx, &case).await?);
    send.name = Some(name(&case));
    send.reply_to = sent::find(cx.tx.conn().await?, staff, &card::name(&case)).await?;
    send.keyboard = keys(cx, &case);
    cx.send(Class::Reply, send);
    Ok(())
}

fn name(case: &Case) -> MessageKey {
    MessageKey(format!("strikes/appeal/{}", case.id))
}

async fn text(cx: &mut Cx<'_>, case: &Case) -> Result<Text> {
    let member = words::member(cx, case.chat, case.user).await?;
    let outcome = match case.about.appeal {
        Some(appeal @ (Appeal::Accepted | Appeal::Rejected)) => {
            cx.words(&format!("strikes.note.appeal.{}", word(appeal))).visible()
        }
        _ => String::new(),
    };
    Ok(cx.text("strikes.appeal", context! { member, id => case.id, text => &case.about.text, outcome }))
}

fn keys(cx: &Cx<'_>, case: &Case) -> Keyboard {
    if case.about.appeal != Some(Appeal::Open) {
        return Keyboard::default();
    }
    let key = |word: &str| {
        Key::press(cx.words(&format!("strikes.key.{word}")).visible(), format!("strikes:{word}:{}", case.id))
    };
    Keyboard::row([key("accept"), key("reject")])
}

/// Brings the card of an appeal, if there is one, to what became of it.
pub async fn refresh(cx: &mut Cx<'_>, case: &Case) -> Result<()> {
    let (Some(chat), Some(_)) = (cx.staff_chat(), case.about.appeal) else { return Ok(()) };
    let text = text(cx, case).await?;
    let message = MessageRef::Name(name(case));
    cx.emit(Class::Reply, Effect::Edit { chat, message, text, keyboard: keys(cx, case) });
    Ok(())
}

/// The staff decide an appeal; gives the key of what the one who pressed is told.
pub async fn settle(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, by: Hand, accept: bool) -> Result<&'static str> {
    if case.about.appeal != Some(Appeal::Open) || case.undone.is_some() {
        return Ok("strikes.decided_before");
    }
    if case.is_judged() {
        teach::teach_case(cx, case, !accept, &by).await?;
    }
    if accept {
        case.about.decision = Some(Decision::Cleared);
        case.about.decided_by = Some(by.clone());
        case.about.decided_at.get_or_insert(cx.now);
        card::clear(rules, cx, case, by).await?;
    } else {
        case.about.appeal = Some(Appeal::Rejected);
        ledger::put(cx.tx, case).await?;
        card::refresh(rules, cx, case).await?;
        refresh(cx, case).await?;
        announce::tell_member(cx, case, "strikes.appeal_rejected").await?;
    }
    Ok("strikes.decided")
}

/// As it stands in the keys of texts.
pub fn word(appeal: Appeal) -> &'static str {
    match appeal {
        Appeal::Open => "open",
        Appeal::Accepted => "accepted",
        Appeal::Rejected => "rejected",
    }
}
