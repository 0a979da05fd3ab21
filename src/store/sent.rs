//! The names of messages the bot has sent.

use std::collections::HashMap;

use anyhow::Result;

use super::{Conn, Tx, rows};
use crate::model::{ChatId, MessageId, MessageKey, Timestamp};

/// A named message, and when it was sent under which number.
#[derive(Clone)]
pub(super) struct Name {
    chat: ChatId,
    key: MessageKey,
    message: MessageId,
    at: Timestamp,
}

pub(super) async fn write(conn: &mut Conn, names: Vec<Name>) -> Result<()> {
    // One statement may not touch a row twice: the last of a name counts.
    let last: HashMap<_, _> = names.into_iter().map(|it| ((it.chat, it.key.clone()), it)).collect();
    let names: Vec<Name> = last.into_values().collect();
    rows::write(
        conn,
        "INSERT INTO sent (chat, name, message, at)",
        4,
        "ON CONFLICT (chat, name) DO UPDATE SET message = excluded.message, at = excluded.at",
        &names,
        |it, to| {
            to.int(it.chat.0).text(&it.key.0).int(it.message.0).int(it.at.0);
        },
    )
    .await
    .map(drop)
}

/// The number of the message of that name, once it was delivered.
pub async fn find(conn: &mut Conn, chat: ChatId, name: &MessageKey) -> Result<Option<MessageId>> {
    let row: Option<(i64,)> = sqlx::query_as("SELECT message FROM sent WHERE chat = $1 AND name = $2")
        .bind(chat.0)
        .bind(&name.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|(message,)| MessageId(message)))
}

/// The name the bot gave the message of that number, if any.
pub async fn name_of(conn: &mut Conn, chat: ChatId, message: MessageId) -> Result<Option<MessageKey>> {
    let sql = "SELECT name FROM sent WHERE chat = $1 AND message = $2 ORDER BY at DESC LIMIT 1";
    let row: Option<(String,)> = sqlx::query_as(sql).bind(chat.0).bind(message.0).fetch_optional(conn).await?;
    Ok(row.map(|(name,)| MessageKey(name)))
}

/// The chats messages with a name were sent to since then, in the order in which they were.
pub async fn since(conn: &mut Conn, since: Timestamp) -> Result<Vec<(ChatId, Timestamp)>> {
    let sql = "SELECT chat, at FROM sent WHERE at > $1 ORDER BY at";
    let rows: Vec<(i64, i64)> = sqlx::query_as(sql).bind(since.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(chat, at)| (ChatId(chat), Timestamp(at))).collect())
}

impl Tx {
    /// Remembers under which number a named message was sent.
    pub fn name_message(&mut self, chat: ChatId, name: &MessageKey, message: MessageId, at: Timestamp) {
        self.pending.names.push(Name { chat, key: name.clone(), message, at });
    }

    /// Forgets names older than `before`.
    pub async fn forget_names(&mut self, before: Timestamp) -> Result<()> {
        sqlx::query("DELETE FROM sent WHERE at < $1").bind(before.0).execute(self.settled().await?).await?;
        Ok(())
    }
}
