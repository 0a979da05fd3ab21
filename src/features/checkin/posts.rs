//! The rows of daily check-in posts.

use anyhow::Result;

use crate::model::{ChatId, CommunityId, Day, Timestamp};
use crate::store::{Conn, Tx};

/// Writes down that a chat's post of a day goes out. False when it has one already.
pub async fn claim(tx: &mut Tx, chat: ChatId, day: Day, at: Timestamp, text: i64) -> Result<bool> {
    let added = sqlx::query(
        "INSERT INTO checkin_post (chat, day, at, text, shown) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (chat, day) DO NOTHING",
    )
    .bind(chat.0)
    .bind(day.0)
    .bind(at.0)
    .bind(text)
    .bind(at.0)
    .execute(tx.conn().await?)
    .await?;
    Ok(added.rows_affected() > 0)
}

/// The day of a chat's latest post before a day.
pub async fn before(tx: &mut Tx, chat: ChatId, day: Day) -> Result<Option<Day>> {
    let (last,): (Option<i64>,) = sqlx::query_as("SELECT MAX(day) FROM checkin_post WHERE chat = $1 AND day < $2")
        .bind(chat.0)
        .bind(day.0)
        .fetch_one(tx.conn().await?)
        .await?;
    Ok(last.map(Day))
}

/// A post that was claimed did not come: the day has none.
pub async fn unclaim(tx: &mut Tx, chat: ChatId, day: Day) -> Result<()> {
    sqlx::query("DELETE FROM checkin_post WHERE chat = $1 AND day = $2")
        .bind(chat.0)
        .bind(day.0)
        .execute(tx.conn().await?)
        .await?;
    Ok(())
}

pub async fn is_posted(tx: &mut Tx, chat: ChatId, day: Day) -> Result<bool> {
    let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM checkin_post WHERE chat = $1 AND day = $2")
        .bind(chat.0)
        .bind(day.0)
        .fetch_one(tx.conn().await?)
        .await?;
    Ok(n > 0)
}

/// A chat's posts: their days, the fingerprints of their texts, when they went out.
pub async fn posted(conn: &mut Conn, chat: ChatId) -> Result<Vec<(Day, i64, Timestamp)>> {
    let rows: Vec<(i64, i64, i64)> =
        sqlx::query_as("SELECT day, text, at FROM checkin_post WHERE chat = $1").bind(chat.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(day, text, at)| (Day(day), text, Timestamp(at))).collect())
}

/// The community's posts of a day, with the moment their counts were last brought up to date.
pub async fn of_day(tx: &mut Tx, community: CommunityId, day: Day) -> Result<Vec<(ChatId, Timestamp)>> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT p.chat, p.shown FROM checkin_post p JOIN chat c ON c.id = p.chat WHERE c.community = $1 AND p.day = $2
         ORDER BY p.chat",
    )
    .bind(community.0)
    .bind(day.0)
    .fetch_all(tx.conn().await?)
    .await?;
    Ok(rows.into_iter().map(|(chat, shown)| (ChatId(chat), Timestamp(shown))).collect())
}

pub async fn shown(tx: &mut Tx, chat: ChatId, day: Day, at: Timestamp) -> Result<()> {
    sqlx::query("UPDATE checkin_post SET shown = $1 WHERE chat = $2 AND day = $3")
        .bind(at.0)
        .bind(chat.0)
        .bind(day.0)
        .execute(tx.conn().await?)
        .await?;
    Ok(())
}
