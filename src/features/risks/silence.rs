//! The staff have fallen silent: members talk, and nobody of the staff has written for long.
//!
//! Who wrote when is in the log of activity; it is looked at when the time would be up, never on a message.

use std::collections::HashSet;

use anyhow::Result;
use minijinja::context;
use serde_json::Value;

use super::hours::Hours;
use super::{Settings, alert, is_watched, rows};
use crate::cx::Cx;
use crate::model::{ChatId, Span, Timestamp, UserId};
use crate::store::activity::DeedKind;
use crate::store::chats::ChatRow;

/// What it is kept under.
pub const WHAT: &str = "staff";
/// After a backlog it is looked at again.
const AGAIN: Span = Span::minutes(10);

/// Members who wait for a word of the staff.
#[derive(Clone, Copy)]
pub struct Waiting {
    /// Their first message that nobody of the staff wrote after.
    pub since: Timestamp,
    pub messages: i64,
}

/// What was written lately.
pub struct Lately {
    /// The last word of the staff, if there was one.
    pub heard: Option<Timestamp>,
    pub waiting: Option<Waiting>,
}

/// The watch begins, if it has not.
pub async fn begin(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    if !rules.staff.on {
        cx.unremind(chat, "silent").await?;
    } else if is_watched(cx, chat) && cx.tx.reminder(chat, "risks/silent").await?.is_none() {
        let soon = cx.now + AGAIN;
        cx.remind(chat, "silent", soon, Value::Null);
    }
    Ok(())
}

/// Looks whether members have waited too long, or no longer wait.
pub async fn look(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, due: Timestamp) -> Result<()> {
    if !rules.staff.on || !is_watched(cx, chat) {
        return Ok(());
    }
    let now = cx.now;
    if cx.is_stale(due) {
        // What was written meanwhile may still be on its way.
        cx.remind(chat, "silent", now + AGAIN, Value::Null);
        return Ok(());
    }
    let hours = Hours::of(&rules.staff, cx.common.timezone.0);
    let waiting = lately(rules, cx, chat).await?.waiting;
    let long = waiting.filter(|waiting| hours.between(waiting.since, now) >= rules.staff.silent);
    let known = rows::find(cx.tx.conn().await?, chat, WHAT).await?;
    let next = match (long, known.filter(|known| known.over.is_none())) {
        (Some(waiting), None) => {
            let told = rows::Alert { told: now, n: waiting.messages, over: None };
            rows::put(cx.tx.conn().await?, chat, WHAT, told).await?;
            tell(rules, cx, chat, told, Some(waiting));
            now + Span::hours(1)
        }
        (None, Some(told)) => {
            let told = rows::Alert { over: Some(now), ..told };
            rows::put(cx.tx.conn().await?, chat, WHAT, told).await?;
            tell(rules, cx, chat, told, None);
            hours.after(now, rules.staff.silent)
        }
        (Some(_), Some(_)) => now + Span::hours(1),
        (None, None) => hours.after(waiting.map_or(now, |waiting| waiting.since), rules.staff.silent),
    };
    cx.remind(chat, "silent", next, Value::Null);
    Ok(())
}

fn tell(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, told: rows::Alert, waiting: Option<Waiting>) {
    let clock = |clock: crate::model::schedule::Clock| clock.0.format("%H:%M").to_string();
    let values = context! {
        title => alert::title(cx, chat),
        over => told.over.is_some(),
        since => waiting.map(|waiting| cx.moment(waiting.since)),
        n => told.n,
        length => rules.staff.silent.in_words(cx.lang),
        from => clock(rules.staff.from),
        to => clock(rules.staff.to),
    };
    let text = cx.text("risks.silent", values);
    alert::say(cx, chat, WHAT, told.told, text, told.over.is_some());
}

/// Who wrote lately: as far back as matters.
pub async fn lately(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId) -> Result<Lately> {
    let hours = Hours::of(&rules.staff, cx.common.timezone.0);
    let from = hours.before(cx.now, rules.staff.silent);
    let staff = staff(cx, chat).await?;
    let conn = cx.tx.settled().await?;
    let last: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT user_id, MAX(at) FROM activity WHERE at >= $1 AND chat = $2 AND kind = $3 GROUP BY user_id",
    )
    .bind(from.0)
    .bind(chat.0)
    .bind(DeedKind::Message as i64)
    .fetch_all(&mut *conn)
    .await?;
    let named = last.into_iter().filter(|(user, _)| staff.contains(&UserId(*user))).map(|(_, at)| Timestamp(at)).max();
    let heard = rows::last_heard(conn, chat).await?.max(named);
    let after = heard.map_or(from, |heard| heard.max(from) + Span::from_millis(1));
    let (n, first): (i64, Option<i64>) =
        sqlx::query_as("SELECT COUNT(*), MIN(at) FROM activity WHERE at >= $1 AND chat = $2 AND kind = $3")
            .bind(after.0)
            .bind(chat.0)
            .bind(DeedKind::Message as i64)
            .fetch_one(&mut *conn)
            .await?;
    let waiting = first.map(|at| Waiting { since: Timestamp(at), messages: n });
    Ok(Lately { heard, waiting })
}

/// Everybody who may speak for the staff in a group.
async fn staff(cx: &mut Cx<'_>, chat: ChatId) -> Result<HashSet<UserId>> {
    let mut staff: HashSet<UserId> = cx.common.staff.iter().copied().map(UserId).collect();
    staff.extend(cx.tx.staff(chat).await?.into_iter().map(|member| member.user));
    let Some(staff_chat) = cx.staff_chat() else { return Ok(staff) };
    let in_it: Vec<(i64,)> = sqlx::query_as(
        "SELECT user_id FROM member WHERE chat = $1 AND status IN ('owner', 'admin', 'member', 'restricted')",
    )
    .bind(staff_chat.0)
    .fetch_all(cx.tx.settled().await?)
    .await?;
    let public = cx.chat(staff_chat).is_none_or(ChatRow::is_public);
    for (user,) in in_it {
        if !public || cx.is_staff(chat, UserId(user)).await? {
            staff.insert(UserId(user));
        }
    }
    Ok(staff)
}
