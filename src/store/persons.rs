//! Whom the bot can write to in private.

use anyhow::Result;

use super::Tx;
use crate::model::UserId;

/// What is known of a private chat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Never written to the bot, as far as is known.
    #[default]
    Unknown,
    Open,
    /// Blocked the bot, or never started it.
    Closed,
}

impl Tx {
    pub async fn reach(&mut self, user: UserId) -> Result<Reach> {
        let row: Option<(i64,)> = sqlx::query_as("SELECT reachable FROM person WHERE user_id = $1")
            .bind(user.0)
            .fetch_optional(self.conn().await?)
            .await?;
        Ok(match row {
            None => Reach::Unknown,
            Some((0,)) => Reach::Closed,
            Some(_) => Reach::Open,
        })
    }

    pub async fn set_reach(&mut self, user: UserId, open: bool, language: Option<&str>) -> Result<()> {
        sqlx::query(
            "INSERT INTO person (user_id, reachable, language) VALUES ($1, $2, $3)
             ON CONFLICT (user_id) DO UPDATE SET reachable = excluded.reachable,
                language = COALESCE(excluded.language, person.language)",
        )
        .bind(user.0)
        .bind(i64::from(open))
        .bind(language.map(ToOwned::to_owned))
        .execute(self.conn().await?)
        .await?;
        Ok(())
    }

    pub async fn drop_person(&mut self, user: UserId) -> Result<()> {
        sqlx::query("DELETE FROM person WHERE user_id = $1").bind(user.0).execute(self.conn().await?).await?;
        Ok(())
    }
}
