//! The rows: what was too much, and what was done.

use anyhow::Result;

use super::policy::{Excess, Last, Step};
use crate::model::{ChatId, MessageId, Span, Timestamp, UserId};
use crate::store::Tx;

/// How long they are kept: as long as figures go back.
const KEPT: Span = Span::days(60);

/// A message that was too much.
#[derive(Clone, Copy)]
pub struct Row {
    pub chat: ChatId,
    pub message: MessageId,
    pub user: UserId,
    pub at: Timestamp,
}

fn number(step: Step) -> i64 {
    match step {
        Step::Nothing => 0,
        Step::Hint => 1,
        Step::Mute => 2,
    }
}

fn step_of(number: i64) -> Step {
    match number {
        0 => Step::Nothing,
        1 => Step::Hint,
        _ => Step::Mute,
    }
}

pub async fn put(tx: &mut Tx, row: Row, excess: Excess, step: Step) -> Result<()> {
    sqlx::query(
        "INSERT INTO flood_message (chat, message, user_id, at, excess, step) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (chat, message) DO NOTHING",
    )
    .bind(row.chat.0)
    .bind(row.message.0)
    .bind(row.user.0)
    .bind(row.at.0)
    .bind(excess.word())
    .bind(number(step))
    .execute(tx.conn().await?)
    .await?;
    Ok(())
}

/// What was done about a message that was too much.
pub struct Past {
    pub user: UserId,
    pub at: Timestamp,
    /// What of, as it is written down.
    pub excess: String,
    pub step: Step,
}

/// Everything since then.
pub async fn since(tx: &mut Tx, chat: ChatId, since: Timestamp) -> Result<Vec<Past>> {
    let sql = "SELECT user_id, at, excess, step FROM flood_message WHERE chat = $1 AND at >= $2";
    let rows: Vec<(i64, i64, String, i64)> =
        sqlx::query_as(sql).bind(chat.0).bind(since.0).fetch_all(tx.conn().await?).await?;
    let past = |(user, at, excess, step)| Past { user: UserId(user), at: Timestamp(at), excess, step: step_of(step) };
    Ok(rows.into_iter().map(past).collect())
}

/// The last hint or mute of a person.
pub async fn last(tx: &mut Tx, chat: ChatId, user: UserId) -> Result<Option<Last>> {
    let row: Option<(i64, i64)> = sqlx::query_as(
        "SELECT at, step FROM flood_message WHERE chat = $1 AND user_id = $2 AND step > 0 ORDER BY at DESC LIMIT 1",
    )
    .bind(chat.0)
    .bind(user.0)
    .fetch_optional(tx.conn().await?)
    .await?;
    Ok(row.map(|(at, step)| Last { at: Timestamp(at), step: step_of(step) }))
}

/// How often something was said to members of a group since then.
pub async fn said_since(tx: &mut Tx, chat: ChatId, since: Timestamp) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM flood_message WHERE chat = $1 AND at > $2 AND step > 0";
    let (n,): (i64,) = sqlx::query_as(sql).bind(chat.0).bind(since.0).fetch_one(tx.conn().await?).await?;
    Ok(n)
}

/// Drops what is past its time.
pub async fn tidy(tx: &mut Tx, chat: ChatId, now: Timestamp) -> Result<()> {
    let sql = "DELETE FROM flood_message WHERE chat = $1 AND at < $2";
    sqlx::query(sql).bind(chat.0).bind((now - KEPT).0).execute(tx.conn().await?).await?;
    Ok(())
}

/// The chat goes on under another number, where messages are counted anew.
pub async fn drop_chat(tx: &mut Tx, from: ChatId) -> Result<()> {
    sqlx::query("DELETE FROM flood_message WHERE chat = $1").bind(from.0).execute(tx.conn().await?).await?;
    Ok(())
}

pub async fn forget(tx: &mut Tx, chat: ChatId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM flood_message WHERE chat = $1 AND user_id = $2";
    sqlx::query(sql).bind(chat.0).bind(user.0).execute(tx.conn().await?).await?;
    Ok(())
}
