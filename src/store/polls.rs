//! The polls the bot has sent: a vote tells the poll's id and nothing else.

use anyhow::Result;

use super::Tx;
use crate::model::{ChatId, MessageId, Timestamp};

impl Tx {
    /// Remembers where a poll was sent.
    pub async fn remember_poll(&mut self, poll: &str, chat: ChatId, message: MessageId, at: Timestamp) -> Result<()> {
        sqlx::query(
            "INSERT INTO poll (id, chat, message, at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET chat = excluded.chat, message = excluded.message",
        )
        .bind(poll)
        .bind(chat.0)
        .bind(message.0)
        .bind(at.0)
        .execute(self.conn().await?)
        .await?;
        Ok(())
    }

    /// The chat a poll stands in, if the bot knows that it sent it.
    pub async fn chat_of_poll(&mut self, poll: &str) -> Result<Option<ChatId>> {
        let row: Option<(i64,)> =
            sqlx::query_as("SELECT chat FROM poll WHERE id = $1").bind(poll).fetch_optional(self.conn().await?).await?;
        Ok(row.map(|(chat,)| ChatId(chat)))
    }

    /// The message a poll stands in, if the bot knows that it sent it.
    pub async fn message_of_poll(&mut self, poll: &str) -> Result<Option<MessageId>> {
        let sql = "SELECT message FROM poll WHERE id = $1";
        let row: Option<(i64,)> = sqlx::query_as(sql).bind(poll).fetch_optional(self.conn().await?).await?;
        Ok(row.map(|(message,)| MessageId(message)))
    }

    /// Forgets polls sent before `before`.
    pub async fn forget_polls(&mut self, before: Timestamp) -> Result<()> {
        sqlx::query("DELETE FROM poll WHERE at < $1").bind(before.0).execute(self.conn().await?).await?;
        Ok(())
    }
}
