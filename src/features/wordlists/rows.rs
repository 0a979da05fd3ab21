//! The rows: which lists messages were found by, and what was done.

use anyhow::Result;

use crate::model::{ChatId, Measure, MessageId, Span, Timestamp, UserId};
use crate::store::{Conn, Tx};

/// How long they are kept: as long as figures go back.
const KEPT: Span = Span::days(60);

/// A message with listed words.
#[derive(Clone, Copy)]
pub struct Spot {
    pub chat: ChatId,
    pub message: MessageId,
    pub user: UserId,
    pub at: Timestamp,
}

fn number(measure: Measure) -> i64 {
    match measure {
        Measure::Queue => 0,
        Measure::Hold => 1,
        Measure::Delete => 2,
        Measure::Strike => 3,
    }
}

/// What was done about a message before.
pub async fn measure(tx: &mut Tx, spot: Spot) -> Result<Option<Measure>> {
    let sql = "SELECT MAX(measure) FROM wordlist_hit WHERE chat = $1 AND message = $2";
    let (n,): (Option<i64>,) =
        sqlx::query_as(sql).bind(spot.chat.0).bind(spot.message.0).fetch_one(tx.conn().await?).await?;
    Ok(n.and_then(|n| Measure::ALL.into_iter().find(|measure| number(*measure) == n)))
}

/// Notes that a message was found by a list.
pub async fn put(tx: &mut Tx, spot: Spot, (list, version): (&str, &str), measure: Measure, said: bool) -> Result<()> {
    sqlx::query(
        "INSERT INTO wordlist_hit (chat, message, list, version, user_id, at, measure, said)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (chat, message, list) DO UPDATE SET measure = excluded.measure, said = excluded.said",
    )
    .bind(spot.chat.0)
    .bind(spot.message.0)
    .bind(list)
    .bind(version)
    .bind(spot.user.0)
    .bind(spot.at.0)
    .bind(number(measure))
    .bind(i64::from(said))
    .execute(tx.conn().await?)
    .await?;
    Ok(())
}

/// When somebody was told last that a message of theirs was deleted, and how often the group heard such a thing since.
pub async fn said(tx: &mut Tx, spot: Spot, since: Timestamp) -> Result<(Option<Timestamp>, i64)> {
    let conn = tx.conn().await?;
    let sql = "SELECT MAX(at) FROM wordlist_hit WHERE chat = $1 AND user_id = $2 AND said = 1";
    let (last,): (Option<i64>,) = sqlx::query_as(sql).bind(spot.chat.0).bind(spot.user.0).fetch_one(&mut *conn).await?;
    let sql = "SELECT COUNT(DISTINCT message) FROM wordlist_hit WHERE chat = $1 AND at > $2 AND said = 1";
    let (n,): (i64,) = sqlx::query_as(sql).bind(spot.chat.0).bind(since.0).fetch_one(conn).await?;
    Ok((last.map(Timestamp), n))
}

/// Messages found by a list with one measure.
pub struct Hits {
    pub list: String,
    pub version: String,
    pub at: Timestamp,
}

/// What was found in a chat since then.
pub async fn since(conn: &mut Conn, chat: ChatId, since: Timestamp) -> Result<Vec<Hits>> {
    let sql = "SELECT list, version, at FROM wordlist_hit WHERE chat = $1 AND at >= $2 ORDER BY list, at, message";
    let rows: Vec<(String, String, i64)> = sqlx::query_as(sql).bind(chat.0).bind(since.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(list, version, at)| Hits { list, version, at: Timestamp(at) }).collect())
}

/// Drops what is past its time.
pub async fn tidy(tx: &mut Tx, chat: ChatId, now: Timestamp) -> Result<()> {
    let sql = "DELETE FROM wordlist_hit WHERE chat = $1 AND at < $2";
    sqlx::query(sql).bind(chat.0).bind((now - KEPT).0).execute(tx.conn().await?).await?;
    Ok(())
}

/// The chat goes on under another number, where messages are counted anew.
pub async fn drop_chat(tx: &mut Tx, from: ChatId) -> Result<()> {
    sqlx::query("DELETE FROM wordlist_hit WHERE chat = $1").bind(from.0).execute(tx.conn().await?).await?;
    Ok(())
}

pub async fn forget(tx: &mut Tx, chat: ChatId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM wordlist_hit WHERE chat = $1 AND user_id = $2";
    sqlx::query(sql).bind(chat.0).bind(user.0).execute(tx.conn().await?).await?;
    Ok(())
}
