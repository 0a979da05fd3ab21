//! Times in which the bot could not see, or saw only later: metrics show what was missed, streaks do not break.

use anyhow::Result;

use super::{Conn, Tx};
use crate::model::{ChatId, CommunityId, Timestamp};

/// A time without sight. Chat 0 stands for every chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    pub chat: ChatId,
    pub from: Timestamp,
    pub to: Timestamp,
    pub reason: String,
}

/// The reason of a gap after which the bot learnt what had happened; only presses of buttons were lost.
pub const LATE: &str = "late";

/// The reason of a gap in which the bot could not see who joins and leaves; everything else reached it.
pub const NO_ADMIN: &str = "not an administrator";

/// The reason of a gap in which the bot was not in the chat at all.
pub const OUTSIDE: &str = "not in the group";

impl Gap {
    /// The bot never learnt what happened then.
    pub fn is_blind(&self) -> bool {
        self.reason != LATE
    }
}

impl Tx {
    pub async fn note_gap(&mut self, gap: &Gap) -> Result<()> {
        sqlx::query(
            "INSERT INTO gap (chat, from_at, to_at, reason) VALUES ($1, $2, $3, $4)
             ON CONFLICT (chat, from_at) DO UPDATE SET to_at = excluded.to_at, reason = excluded.reason",
        )
        .bind(gap.chat.0)
        .bind(gap.from.0)
        .bind(gap.to.0)
        .bind(&gap.reason)
        .execute(self.conn().await?)
        .await?;
        Ok(())
    }
}

/// The gap of a chat that has not ended yet.
pub async fn open(conn: &mut Conn, chat: ChatId) -> Result<Option<Gap>> {
    let mut open = since(conn, chat, Timestamp(i64::MAX)).await?;
    open.retain(|gap| gap.chat == chat);
    Ok(open.pop())
}

/// When the bot was away altogether, and when it was not in a chat of the community.
pub async fn absences(conn: &mut Conn, community: CommunityId) -> Result<Vec<Gap>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT chat, from_at, to_at, reason FROM gap
         WHERE chat = 0 OR (reason = $1 AND chat IN (SELECT id FROM chat WHERE community = $2)) ORDER BY from_at",
    )
    .bind(OUTSIDE)
    .bind(community.0)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(read).collect())
}

/// Gaps of a chat, and those of every chat, that touch the time from `from` on.
pub async fn since(conn: &mut Conn, chat: ChatId, from: Timestamp) -> Result<Vec<Gap>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT chat, from_at, to_at, reason FROM gap WHERE (chat = $1 OR chat = 0) AND to_at >= $2 ORDER BY from_at",
    )
    .bind(chat.0)
    .bind(from.0)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(read).collect())
}

type Row = (i64, i64, i64, String);

fn read((chat, from, to, reason): Row) -> Gap {
    Gap { chat: ChatId(chat), from: Timestamp(from), to: Timestamp(to), reason }
}
