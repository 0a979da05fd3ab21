//! What became of deletes, mutes and bans once Telegram was asked.

use anyhow::Result;
use minijinja::context;

use super::ledger::{self, Case, Decision};
use super::policy::Penalty;
use super::{Rules, act, card, words};
use crate::cx::Cx;
use crate::model::effect::Send;
use crate::model::event::{Refused, Why};
use crate::model::{ChatId, Class, Span};

/// The same trouble in a group is told the staff once in this time.
const QUIET: Span = Span::hours(1);

/// The case and the deed a note of this feature names.
pub fn read(note: &str) -> Option<(i64, &str)> {
    let (id, what) = note.strip_prefix("strikes:")?.split_once(':')?;
    Some((id.parse().ok()?, what))
}

/// Something was carried out. What was taken back meanwhile is undone again, and who was only removed may come back.
pub async fn delivered(cx: &mut Cx<'_>, chat: ChatId, id: i64, what: &str) -> Result<()> {
    let Some(case) = ledger::case(cx.tx, id).await? else { return Ok(()) };
    let back = case.undone.is_some() || case.about.lifted;
    match what {
        "ban" if back || case.about.penalty == Some(Penalty::Remove) => act::unban(cx, id, chat, case.user),
        "mute" if back => act::release(cx, &case).await?,
        _ => {}
    }
    Ok(())
}

/// Something will not happen.
pub async fn refused(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, it: &Refused, id: i64, what: &str) -> Result<()> {
    let case = ledger::case(cx.tx, id).await?;
    if let Some(case) = case.as_ref().filter(|case| what == "ban" && case.about.penalty == Some(Penalty::Remove))
        && !matches!(it.why, Why::Immune | Why::NoRights | Why::ChatGone)
    {
        // The ban may have happened all the same.
        act::unban(cx, id, chat, case.user);
    }
    let kind = match (it.why, what) {
        (Why::Immune, "mute" | "ban" | "again") => {
            return match case {
                Some(case) if case.undone.is_none() => immune(rules, cx, case).await,
                _ => Ok(()),
            };
        }
        (Why::NotFound | Why::Withdrawn | Why::ChatGone | Why::Immune, _)
        | (Why::NeedsSupergroup, "unban" | "unmute")
        | (_, "warning" | "notice") => return Ok(()),
        (Why::NeedsSupergroup, _) => "supergroup",
        (Why::NoRights, "delete") => "delete",
        (Why::NoRights, _) => "restrict",
        _ => "other",
    };
    match case {
        Some(mut case) => trouble(rules, cx, &mut case, kind).await,
        None => tell_staff(cx, chat, kind).await,
    }
}

/// The person is an administrator, perhaps since a moment ago: nothing stands against them.
async fn immune(rules: &Rules, cx: &mut Cx<'_>, mut case: Case) -> Result<()> {
    case.about.decision = Some(Decision::Immune);
    act::undo(rules, cx, &mut case, None).await?;
    if !case.has_card() && case.counts {
        card::show(rules, cx, &mut case).await?;
    }
    Ok(())
}

/// Notes on the card what could not be done, and tells the staff, though not again and again.
pub async fn trouble(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, kind: &str) -> Result<()> {
    case.about.trouble = Some(kind.to_owned());
    ledger::put(cx.tx, case).await?;
    card::refresh(rules, cx, case).await?;
    tell_staff(cx, case.chat, kind).await
}

async fn tell_staff(cx: &mut Cx<'_>, chat: ChatId, kind: &str) -> Result<()> {
    let Some(staff) = cx.staff_chat() else { return Ok(()) };
    // A reminder that is still to come says that they were told lately.
    let name = format!("quiet/{kind}");
    if cx.tx.reminder(chat, &format!("strikes/{name}")).await?.is_some() {
        return Ok(());
    }
    let due = cx.now + QUIET;
    cx.remind(chat, &name, due, serde_json::Value::Null);
    let text = cx.text(&format!("strikes.trouble.{kind}"), context! { chat => words::group(cx, chat) });
    cx.send(Class::Reply, Send::new(staff, text));
    Ok(())
}
