//! Settings that administrators changed in the chat, over those of the file.

use anyhow::Result;

use super::{Conn, Tx};
use crate::model::{ChatId, Timestamp, UserId};

/// One changed setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    pub chat: ChatId,
    /// The key's path in the community's file: `checkin.answer`.
    pub name: String,
    pub value: serde_json::Value,
    pub by: UserId,
    pub at: Timestamp,
}

type Row = (i64, String, String, i64, i64);

fn read((chat, name, value, by, at): Row) -> Override {
    Override {
        chat: ChatId(chat),
        name,
        value: serde_json::from_str(&value).unwrap_or_default(),
        by: UserId(by),
        at: Timestamp(at),
    }
}

pub async fn all(conn: &mut Conn) -> Result<Vec<Override>> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT chat, name, value, by_id, at FROM override ORDER BY chat, name").fetch_all(conn).await?;
    Ok(rows.into_iter().map(read).collect())
}

/// What was changed in one chat.
pub async fn of(conn: &mut Conn, chat: ChatId) -> Result<Vec<Override>> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT chat, name, value, by_id, at FROM override WHERE chat = $1 ORDER BY name")
            .bind(chat.0)
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().map(read).collect())
}

impl Tx {
    pub async fn set_override(&mut self, it: &Override) -> Result<()> {
        sqlx::query(
            "INSERT INTO override (chat, name, value, by_id, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (chat, name) DO UPDATE SET value = excluded.value, by_id = excluded.by_id, at = excluded.at",
        )
        .bind(it.chat.0)
        .bind(&it.name)
        .bind(it.value.to_string())
        .bind(it.by.0)
        .bind(it.at.0)
        .execute(self.conn().await?)
        .await?;
        Ok(())
    }

    pub async fn clear_override(&mut self, chat: ChatId, name: &str) -> Result<bool> {
        let gone = sqlx::query("DELETE FROM override WHERE chat = $1 AND name = $2")
            .bind(chat.0)
            .bind(name)
            .execute(self.conn().await?)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}
