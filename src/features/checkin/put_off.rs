//! The day's check-in post where the bot was not, or was said not to be, when its time came: like the calendar's it comes
//! later, if the bot is there again in time.

use anyhow::Result;
use serde_json::json;

use super::daily;
use super::rules::Rules;
use crate::cx::Cx;
use crate::model::event::Due;
use crate::model::schedule::Verdict;
use crate::model::{ChatId, Span, Timestamp};
use crate::store::chats::ChatRow;

/// The reminder that keeps the post.
pub const PUT_OFF: &str = "put-off";
/// Where Telegram finds no such chat it is asked what the bot is there; by then its answer is known.
const DOUBT: Span = Span::minutes(5);

/// Telegram finds no such chat, which it says of one it has lost for a moment too.
pub fn in_doubt(cx: &mut Cx<'_>, chat: ChatId, due: Timestamp) {
    let again = cx.now + DOUBT;
    cx.remind(chat, PUT_OFF, again, json!(due));
}

/// The bot is not in the chat: the post is kept as long as its day lasts.
pub fn until_back(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, due: Timestamp) {
    let over = rules.day(due).plus(1).begins(rules.zone, rules.settings.day_starts.0);
    if cx.now < over {
        cx.remind(chat, PUT_OFF, over, json!(due));
    }
}

/// The doubt is over, or the day.
pub async fn due(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, reminder: &Due) -> Result<()> {
    let due = serde_json::from_value(reminder.payload.clone())?;
    if cx.chat(chat).is_some_and(ChatRow::is_live) {
        return send(rules, cx, chat, due).await;
    }
    until_back(rules, cx, chat, due);
    Ok(())
}

/// The bot is in the chat again. Of a post that is too late by now the staff need no report: they know that it was away.
pub async fn back(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    let Some(kept) = cx.tx.reminder(chat, &format!("checkin/{PUT_OFF}")).await? else { return Ok(()) };
    cx.unremind(chat, PUT_OFF).await?;
    let due: Timestamp = serde_json::from_value(kept.payload)?;
    let is_wanted = |late| rules.settings.post.as_ref().is_some_and(|post| post.late.verdict(late) == Verdict::Post);
    if is_wanted(cx.now.since(due)) { send(rules, cx, chat, due).await } else { Ok(()) }
}

async fn send(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, due: Timestamp) -> Result<()> {
    let paused = cx.chat(chat).is_some_and(|row| row.paused.is_some());
    match &rules.settings.post {
        Some(it) if !paused => daily::post(rules, cx, it, chat, due).await,
        _ => Ok(()),
    }
}
