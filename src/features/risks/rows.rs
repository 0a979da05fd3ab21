//! The rows: what the staff were told, and when an anonymous administrator was heard.

use anyhow::Result;

use crate::model::{ChatId, Right, Timestamp};
use crate::store::Conn;

/// What staff were told of.
#[derive(Clone, Copy, Debug)]
pub struct Alert {
    pub told: Timestamp,
    /// The most of an hour.
    pub n: i64,
    /// When it was as usual again.
    pub over: Option<Timestamp>,
}

/// What a lost right is kept under.
pub fn right(right: Right) -> String {
    format!("right:{}", right.word())
}

pub async fn find(conn: &mut Conn, chat: ChatId, what: &str) -> Result<Option<Alert>> {
    let sql = "SELECT told, n, over_at FROM risk_alert WHERE chat = $1 AND what = $2";
    let row: Option<(i64, i64, Option<i64>)> = sqlx::query_as(sql).bind(chat.0).bind(what).fetch_optional(conn).await?;
    Ok(row.map(|(told, n, over)| Alert { told: Timestamp(told), n, over: over.map(Timestamp) }))
}

pub async fn put(conn: &mut Conn, chat: ChatId, what: &str, alert: Alert) -> Result<()> {
    sqlx::query(
        "INSERT INTO risk_alert (chat, what, told, n, over_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (chat, what) DO UPDATE SET told = excluded.told, n = excluded.n, over_at = excluded.over_at",
    )
    .bind(chat.0)
    .bind(what)
    .bind(alert.told.0)
    .bind(alert.n)
    .bind(alert.over.map(|at| at.0))
    .execute(conn)
    .await?;
    Ok(())
}

/// It is over, if it was on.
pub async fn end(conn: &mut Conn, chat: ChatId, what: &str, at: Timestamp) -> Result<()> {
    sqlx::query("UPDATE risk_alert SET over_at = $1 WHERE chat = $2 AND what = $3 AND over_at IS NULL")
        .bind(at.0)
        .bind(chat.0)
        .bind(what)
        .execute(conn)
        .await?;
    Ok(())
}

/// An anonymous administrator wrote.
pub async fn heard(conn: &mut Conn, chat: ChatId, at: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO risk_heard (chat, at) VALUES ($1, $2)
         ON CONFLICT (chat) DO UPDATE SET at = CASE WHEN risk_heard.at > excluded.at THEN risk_heard.at ELSE excluded.at END",
    )
    .bind(chat.0)
    .bind(at.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// When an anonymous administrator wrote last.
pub async fn last_heard(conn: &mut Conn, chat: ChatId) -> Result<Option<Timestamp>> {
    let row: Option<(i64,)> =
        sqlx::query_as("SELECT at FROM risk_heard WHERE chat = $1").bind(chat.0).fetch_optional(conn).await?;
    Ok(row.map(|(at,)| Timestamp(at)))
}
