//! Who joined lately, and what raid mode did to them.

use anyhow::Result;

use crate::model::{ChatId, Span, Timestamp, UserId};
use crate::store::Conn;

/// How long it is known who came in a raid.
pub const KEPT: Span = Span::days(7);

/// What raid mode did to a newcomer. The numbers are in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i64)]
pub enum Held {
    No = 0,
    /// May not write.
    Yes = 1,
    /// May write again.
    Freed = 2,
    /// Somebody else decided about them: their restrictions are no longer raid mode's.
    LeftAlone = 3,
    Removed = 4,
}

impl Held {
    pub fn read(number: i64) -> Self {
        match number {
            1 => Self::Yes,
            2 => Self::Freed,
            3 => Self::LeftAlone,
            4 => Self::Removed,
            _ => Self::No,
        }
    }
}

/// A newcomer of a raid.
#[derive(Clone, Copy, Debug)]
pub struct Guest {
    pub user: UserId,
    pub held: Held,
}

/// Notes that somebody joined.
pub async fn arrived(conn: &mut Conn, chat: ChatId, user: UserId, at: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO raid_guest (chat, user_id, joined, held) VALUES ($1, $2, $3, 0)
         ON CONFLICT (chat, user_id) DO UPDATE SET joined = excluded.joined, raid = CAST(NULL AS BIGINT), held = 0",
    )
    .bind(chat.0)
    .bind(user.0)
    .bind(at.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many joined after `from` until `to`.
pub async fn joins(conn: &mut Conn, chat: ChatId, from: Timestamp, to: Timestamp) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM raid_guest WHERE chat = $1 AND joined > $2 AND joined <= $3";
    let (n,): (i64,) = sqlx::query_as(sql).bind(chat.0).bind(from.0).bind(to.0).fetch_one(conn).await?;
    Ok(n)
}

/// Who joined from `from` until `to` and when, the newest first.
pub async fn lately(conn: &mut Conn, chat: ChatId, from: Timestamp, to: Timestamp) -> Result<Vec<(UserId, Timestamp)>> {
    let sql = "SELECT user_id, joined FROM raid_guest WHERE chat = $1 AND joined >= $2 AND joined <= $3
               ORDER BY joined DESC, user_id";
    let rows: Vec<(i64, i64)> = sqlx::query_as(sql).bind(chat.0).bind(from.0).bind(to.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(user, at)| (UserId(user), Timestamp(at))).collect())
}

/// Makes a newcomer one of the raid that began at `raid`.
pub async fn enlist(conn: &mut Conn, chat: ChatId, user: UserId, raid: Timestamp, held: Held) -> Result<()> {
    sqlx::query("UPDATE raid_guest SET raid = $1, held = $2 WHERE chat = $3 AND user_id = $4")
        .bind(raid.0)
        .bind(held as i64)
        .bind(chat.0)
        .bind(user.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes what becomes of a newcomer; of others nothing.
pub async fn set(conn: &mut Conn, chat: ChatId, user: UserId, held: Held) -> Result<()> {
    sqlx::query("UPDATE raid_guest SET held = $1 WHERE chat = $2 AND user_id = $3")
        .bind(held as i64)
        .bind(chat.0)
        .bind(user.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// The newcomers of a raid.
pub async fn guests(conn: &mut Conn, chat: ChatId, raid: Timestamp) -> Result<Vec<Guest>> {
    let sql = "SELECT user_id, held FROM raid_guest WHERE chat = $1 AND raid = $2 ORDER BY joined, user_id";
    let rows: Vec<(i64, i64)> = sqlx::query_as(sql).bind(chat.0).bind(raid.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(user, held)| Guest { user: UserId(user), held: Held::read(held) }).collect())
}

/// What raid mode did to somebody who came in this raid.
pub async fn guest(conn: &mut Conn, chat: ChatId, user: UserId, raid: Timestamp) -> Result<Option<Held>> {
    let sql = "SELECT held FROM raid_guest WHERE chat = $1 AND user_id = $2 AND raid = $3";
    let row: Option<(i64,)> = sqlx::query_as(sql).bind(chat.0).bind(user.0).bind(raid.0).fetch_optional(conn).await?;
    Ok(row.map(|(held,)| Held::read(held)))
}

/// Forgets who joined long ago.
pub async fn tidy(conn: &mut Conn, chat: ChatId, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM raid_guest WHERE chat = $1 AND joined < $2")
        .bind(chat.0)
        .bind((now - KEPT).0)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn forget(conn: &mut Conn, chat: ChatId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM raid_guest WHERE chat = $1 AND user_id = $2";
    sqlx::query(sql).bind(chat.0).bind(user.0).execute(conn).await?;
    Ok(())
}
