//! How many people a chat has, as Telegram counts them.

use anyhow::Result;

use super::Tx;
use crate::model::{ChatId, Day};

impl Tx {
    /// Keeps how many people were in a chat at the beginning of a day. The first count of a day stands: it is the nearest
    /// to that.
    pub async fn keep_headcount(&mut self, chat: ChatId, day: Day, n: i64) -> Result<()> {
        sqlx::query("INSERT INTO headcount (chat, day, n) VALUES ($1, $2, $3) ON CONFLICT (chat, day) DO NOTHING")
            .bind(chat.0)
            .bind(day.0)
            .bind(n)
            .execute(self.conn().await?)
            .await?;
        Ok(())
    }

    /// How many people a chat had at the end of a day, as far as it was counted.
    pub async fn headcount(&mut self, chat: ChatId, day: Day) -> Result<Option<i64>> {
        let row: Option<(i64,)> =
            sqlx::query_as("SELECT n FROM headcount WHERE chat = $1 AND day <= $2 ORDER BY day DESC LIMIT 1")
                .bind(chat.0)
                .bind(day.plus(1).0)
                .fetch_optional(self.conn().await?)
                .await?;
        Ok(row.map(|(n,)| n))
    }

    /// How many people a chat has now: as last counted, or as many as are known to be in it, where that is more.
    pub async fn heads_now(&mut self, chat: ChatId, today: Day) -> Result<i64> {
        let counted = self.headcount(chat, today).await?.unwrap_or(0);
        Ok(counted.max(self.members_in(chat).await?))
    }
}
