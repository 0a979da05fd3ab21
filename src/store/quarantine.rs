//! Events that failed: kept with their JSON and error, replayed on request.

use anyhow::Result;
use serde_json::Value;

use super::{Conn, Tx};
use crate::model::{ChatId, Event, Kind, Timestamp, UserId};

/// A failed event.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Failed {
    pub id: i64,
    pub at: Timestamp,
    /// What the body is the JSON of: `update` as Telegram sent it, `event`, `reminder` (the event of one, which was set
    /// again), or `effect`, which cannot be read, or of which it could not be noted what became.
    pub source: String,
    pub body: String,
    pub error: String,
}

/// A reminder that failed and was set again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedReminder {
    pub id: i64,
    chat: Option<ChatId>,
    name: String,
}

impl FailedReminder {
    pub fn is_of(&self, chat: Option<ChatId>, name: &str) -> bool {
        self.chat == chat && self.name == name
    }
}

/// Keeps a failed event. Outside of any event, so that it survives the undoing.
pub async fn keep(tx: &mut Tx, at: Timestamp, source: &str, body: &str, error: &str) -> Result<()> {
    let error: String = error.chars().take(2000).collect();
    sqlx::query(
        "INSERT INTO quarantine (id, at, source, body, error)
         VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM quarantine), $1, $2, $3, $4)",
    )
    .bind(at.0)
    .bind(source)
    .bind(body)
    .bind(error)
    .execute(tx.raw()?)
    .await?;
    Ok(())
}

pub async fn list(conn: &mut Conn, limit: i64) -> Result<Vec<Failed>> {
    let rows: Vec<(i64, i64, String, String, String)> =
        sqlx::query_as("SELECT id, at, source, body, error FROM quarantine ORDER BY id LIMIT $1")
            .bind(limit)
            .fetch_all(conn)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(id, at, source, body, error)| Failed { id, at: Timestamp(at), source, body, error })
        .collect())
}

/// The reminders that failed.
pub async fn reminders(tx: &mut Tx) -> Result<Vec<FailedReminder>> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT id, body FROM quarantine WHERE source = 'reminder'").fetch_all(tx.raw()?).await?;
    // What another version wrote and this one cannot read is a matter of `steward replay`.
    let read = |(id, body): (i64, String)| match serde_json::from_str(&body).ok()? {
        Event { chat, kind: Kind::Due(due), .. } => Some(FailedReminder { id, chat, name: due.key }),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// The newest failure.
pub async fn newest(conn: &mut Conn) -> Result<Option<Failed>> {
    let row: Option<(i64, i64, String, String, String)> =
        sqlx::query_as("SELECT id, at, source, body, error FROM quarantine ORDER BY id DESC LIMIT 1")
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(id, at, source, body, error)| Failed { id, at: Timestamp(at), source, body, error }))
}

pub async fn count(conn: &mut Conn) -> Result<i64> {
    let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM quarantine").fetch_one(conn).await?;
    Ok(n)
}

/// Takes one out. Says how many there were: one or none.
pub async fn remove(tx: &mut Tx, id: i64) -> Result<u64> {
    Ok(sqlx::query("DELETE FROM quarantine WHERE id = $1").bind(id).execute(tx.raw()?).await?.rows_affected())
}

/// Forgets what failed before `before`.
pub async fn forget_old(tx: &mut Tx, before: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM quarantine WHERE at < $1").bind(before.0).execute(tx.conn().await?).await?;
    Ok(())
}

/// Forgets everything that is by, to or about a person.
pub async fn forget_person(tx: &mut Tx, user: UserId) -> Result<()> {
    let conn = tx.conn().await?;
    let rows: Vec<(i64, String)> = sqlx::query_as("SELECT id, body FROM quarantine").fetch_all(&mut *conn).await?;
    for (id, body) in rows {
        if serde_json::from_str(&body).is_ok_and(|body| names(&body, user)) {
            sqlx::query("DELETE FROM quarantine WHERE id = $1").bind(id).execute(&mut *conn).await?;
        }
    }
    Ok(())
}

/// Whether a person's number stands anywhere in it where numbers of people and of private chats do.
fn names(body: &Value, user: UserId) -> bool {
    match body {
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            let is_whose = matches!(key.as_str(), "id" | "user" | "user_id" | "chat" | "chat_id");
            is_whose && value.as_i64() == Some(user.0) || names(value, user)
        }),
        Value::Array(values) => values.iter().any(|value| names(value, user)),
        _ => false,
    }
}

/// Takes all out. Says how many there were.
pub async fn clear(tx: &mut Tx) -> Result<u64> {
    Ok(sqlx::query("DELETE FROM quarantine").execute(tx.raw()?).await?.rows_affected())
}
