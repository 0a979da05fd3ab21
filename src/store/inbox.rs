//! Updates as Telegram sent them, stored before it is told that they arrived.

use std::collections::HashSet;

use anyhow::Result;

use super::{Conn, Db, Tx, rows};
use crate::model::{Span, Timestamp};

/// Telegram keeps an undelivered update for a day; ids may start anywhere after a week without any.
const REMEMBERED: Span = Span::hours(48);

/// An update waiting to be handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub seq: i64,
    pub update_id: i64,
    pub received: Timestamp,
    /// How many times a process died, or gave up, while handling it.
    pub attempts: i64,
    pub raw: String,
}

/// Stores what is new of `updates` (id, JSON) and returns it, in order. When this returns, Telegram may be told.
pub async fn store(db: &Db, updates: Vec<(i64, String)>, received: Timestamp) -> Result<Vec<Waiting>> {
    let mut tx = db.begin().await?;
    let mut known = HashSet::new();
    for part in updates.chunks(500) {
        known.extend(already_seen(tx.raw()?, part).await?);
    }
    let mut fresh = Vec::with_capacity(updates.len());
    for (update_id, raw) in updates {
        if known.insert(update_id) {
            let seq = tx.writer().next_inbox;
            tx.writer().next_inbox += 1;
            fresh.push(Waiting { seq, update_id, received, attempts: 0, raw });
        }
    }
    if !fresh.is_empty() {
        let conn = tx.raw()?;
        rows::write(conn, "INSERT INTO seen (update_id, at)", 2, "", &fresh, |row, to| {
            to.int(row.update_id).int(received.0);
        })
        .await?;
        rows::write(conn, "INSERT INTO inbox (seq, update_id, received, attempts, raw)", 5, "", &fresh, |row, to| {
            to.int(row.seq).int(row.update_id).int(received.0).int(0).text(&row.raw);
        })
        .await?;
    }
    tx.commit().await?;
    Ok(fresh)
}

async fn already_seen(conn: &mut Conn, updates: &[(i64, String)]) -> Result<Vec<i64>> {
    let ids = updates.iter().map(|(id, _)| *id);
    let (Some(low), Some(high)) = (ids.clone().min(), ids.max()) else { return Ok(Vec::new()) };
    let rows: Vec<(i64,)> = sqlx::query_as("SELECT update_id FROM seen WHERE update_id BETWEEN $1 AND $2")
        .bind(low)
        .bind(high)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The first `limit` updates after `seq` that are not handled yet.
pub async fn waiting(conn: &mut Conn, after: i64, limit: i64) -> Result<Vec<Waiting>> {
    let rows: Vec<(i64, i64, i64, i64, String)> = sqlx::query_as(
        "SELECT seq, update_id, received, attempts, raw FROM inbox WHERE seq > $1 ORDER BY seq LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(seq, update_id, received, attempts, raw)| Waiting {
            seq,
            update_id,
            received: Timestamp(received),
            attempts,
            raw,
        })
        .collect())
}

/// How many updates are not handled yet.
pub async fn count(conn: &mut Conn) -> Result<i64> {
    let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM inbox").fetch_one(conn).await?;
    Ok(n)
}

/// Counts an attempt before it is made, for updates that may have killed the process.
pub async fn count_attempts(db: &Db, waiting: &[Waiting]) -> Result<()> {
    let (Some(first), Some(last)) = (waiting.first(), waiting.last()) else { return Ok(()) };
    let mut tx = db.begin().await?;
    sqlx::query("UPDATE inbox SET attempts = attempts + 1 WHERE seq BETWEEN $1 AND $2")
        .bind(first.seq)
        .bind(last.seq)
        .execute(tx.raw()?)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Takes handled updates out. Outside of any event, so that no event's undoing brings one back.
pub async fn remove(tx: &mut Tx, seqs: &[i64]) -> Result<()> {
    let (Some(&low), Some(&high)) = (seqs.iter().min(), seqs.iter().max()) else { return Ok(()) };
    // They are handled in order, so that they are everything in their range.
    if i64::try_from(seqs.len()).is_ok_and(|n| n == high - low + 1) {
        sqlx::query("DELETE FROM inbox WHERE seq BETWEEN $1 AND $2").bind(low).bind(high).execute(tx.raw()?).await?;
    } else {
        for seq in seqs {
            sqlx::query("DELETE FROM inbox WHERE seq = $1").bind(seq).execute(tx.raw()?).await?;
        }
    }
    Ok(())
}

/// Forgets ids of updates that can no longer come again.
pub async fn forget_seen(tx: &mut Tx, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM seen WHERE at < $1").bind((now - REMEMBERED).0).execute(tx.conn().await?).await?;
    Ok(())
}

pub(super) async fn last_seq(conn: &mut Conn) -> Result<i64> {
    let (seq,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(seq), 0) FROM inbox").fetch_one(conn).await?;
    Ok(seq)
}
