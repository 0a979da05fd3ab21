//! What became of deletes, mutes and bans once Telegram was asked.

use anyhow::Result;
use minijinja::context;

use super::case::{Case, Decision, Hitch, Trouble};
use super::policy::Penalty;
use super::settings::DELETABLE;
use super::{Rules, act, announce, card, force, hold, ledger, report, warn, words};
use crate::cx::Cx;
use crate::model::effect::Send;
use crate::model::event::{Delivery, Refused, Told, Why};
use crate::model::{ChatId, Class, Span};

/// The same trouble in a group is told the staff once in this time.
const QUIET: Span = Span::hours(1);

/// What a note of this feature names: the case, the deed, and the order that waits for an answer, if any.
pub fn read(note: &str) -> Option<(i64, &str, &str)> {
    let (id, rest) = note.strip_prefix("strikes:")?.split_once(':')?;
    let (what, order) = rest.split_once(':').unwrap_or((rest, ""));
    Some((id.parse().ok()?, what, order))
}

/// Something was carried out. What was taken back meanwhile is undone again, and who was only removed may come back.
pub async fn delivered(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, delivery: &Delivery) -> Result<()> {
    let Some((id, what, order)) = read(&delivery.note) else { return Ok(()) };
    if what == report::CONFIRM {
        report::confirmed(cx, chat, delivery.message);
        return Ok(());
    }
    force::heard(rules, cx, chat, order, None).await?;
    warn::heard(rules, cx, order, what, None).await?;
    let Some(mut case) = ledger::case(cx.tx, id).await? else { return Ok(()) };
    let back = case.undone.is_some() || case.about.lifted;
    match what {
        "ban" if back || case.about.penalty == Some(Penalty::Remove) => act::unban(cx, &mut case, chat).await?,
        "mute" if back => act::release(cx, &mut case).await?,
        _ => return Ok(()),
    }
    ledger::put(cx.tx, &case).await
}

/// Something will not happen.
pub async fn refused(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, it: &Refused) -> Result<()> {
    let Some((id, what, order)) = read(&it.note) else { return Ok(()) };
    if what == report::CONFIRM {
        return report::unheard(cx, chat, order).await;
    }
    if what == hold::HIDE {
        hold::still_there(rules, cx, id, order, it).await?;
        return settle(rules, cx, chat, it.why, (id, "delete", "")).await;
    }
    force::heard(rules, cx, chat, order, Some(it.why)).await?;
    settle(rules, cx, chat, it.why, (id, what, order)).await?;
    warn::heard(rules, cx, order, what, Some(it.why)).await
}

/// Notes on the case what will not happen, and undoes what was done in vain.
async fn settle(
    rules: &Rules,
    cx: &mut Cx<'_>,
    chat: ChatId,
    why: Why,
    (id, what, order): (i64, &str, &str),
) -> Result<()> {
    let mut case = ledger::case(cx.tx, id).await?;
    if let Some(case) = case.as_mut().filter(|case| what == "ban" && case.about.penalty == Some(Penalty::Remove))
        && !matches!(why, Why::Immune | Why::NoRights | Why::ChatGone | Why::ChatUnknown)
    {
        // The ban may have happened all the same.
        act::unban(cx, case, chat).await?;
    }
    let hitch = match (why, what) {
        (Why::Immune, "mute" | "ban" | "again") => {
            return match case {
                Some(case) if case.undone.is_none() => immune(rules, cx, case).await,
                _ => Ok(()),
            };
        }
        (why, hold::BACK) if why != Why::Withdrawn => Hitch::Back,
        // Who is not found is not there; a channel may write on all the same.
        (Why::NotFound | Why::Immune, what) if what != act::CHANNEL => return Ok(()),
        (Why::Withdrawn | Why::ChatGone, _)
        | (Why::NeedsSupergroup, "unban" | "unmute")
        | (_, "warning" | "notice") => return Ok(()),
        (Why::NeedsSupergroup, _) => Hitch::Supergroup,
        // Telegram has the same words for a message too old as for a right that is missing.
        (Why::NoRights | Why::TooLate, "delete") if is_old(cx, case.as_ref()).await? => Hitch::Old,
        (Why::NoRights, what) => Hitch::without_right(what),
        (_, act::CHANNEL) => Hitch::Channel,
        _ => Hitch::Other,
    };
    // Who ordered it is told why. A channel's card says it too: there it can be tried again.
    if !order.is_empty() && !warn::is_for(order) && what != act::CHANNEL {
        return Ok(());
    }
    match case {
        Some(mut case) => {
            note(cx, &mut case, chat, hitch).await?;
            if what == act::CHANNEL {
                case.reopen();
            }
            ledger::put(cx.tx, &case).await?;
            announce::correct(rules, cx, &case).await?;
            card::refresh(rules, cx, &case).await
        }
        None => tell_staff(cx, chat, hitch).await,
    }
}

/// Whether a message of the case is too old by now to be deleted.
async fn is_old(cx: &mut Cx<'_>, case: Option<&Case>) -> Result<bool> {
    let Some(case) = case else { return Ok(false) };
    let written = ledger::written(cx.tx, case).await?;
    Ok(written.is_some_and(|at| cx.now.since(at) >= DELETABLE))
}

/// The person is an administrator, perhaps since a moment ago: nothing stands against them.
async fn immune(rules: &Rules, cx: &mut Cx<'_>, mut case: Case) -> Result<()> {
    case.about.decision = Some(Decision::Immune);
    case.about.decided_at = Some(cx.now);
    act::undo(rules, cx, &mut case, None).await?;
    if !case.has_card() && case.counts {
        card::show(rules, cx, &mut case).await?;
    }
    Ok(())
}

/// Notes what could not be done, for the card, and tells the staff, though not again and again. The case is kept by who
/// has it in hand.
pub async fn note(cx: &mut Cx<'_>, case: &mut Case, chat: ChatId, hitch: Hitch) -> Result<()> {
    let trouble = Trouble { hitch, chat };
    if !case.about.troubles.contains(&trouble) {
        case.about.troubles.push(trouble);
    }
    // There is always a card of a channel that was to be shut out, and that says so.
    if hitch == Hitch::Channel {
        return Ok(());
    }
    tell_staff(cx, chat, hitch).await
}

/// Tells the staff that something could not be done. Of a missing right they hear from where its coming and going is
/// watched, so that they hear of it once.
pub async fn tell_staff(cx: &mut Cx<'_>, chat: ChatId, hitch: Hitch) -> Result<()> {
    if let Some(right) = hitch.right() {
        cx.tell(Some(chat), Told::RightMissed { right });
        return Ok(());
    }
    let Some(staff) = cx.staff_chat() else { return Ok(()) };
    // A reminder that is still to come says that they were told lately.
    let name = format!("quiet/{}", hitch.word());
    if cx.tx.reminder(chat, &format!("strikes/{name}")).await?.is_some() {
        return Ok(());
    }
    let due = cx.now + QUIET;
    cx.remind(chat, &name, due, serde_json::Value::Null);
    let text = cx.text(&format!("strikes.trouble.{}", hitch.word()), context! { chat => words::group(cx, chat) });
    cx.send(Class::Reply, Send::new(staff, text));
    Ok(())
}
