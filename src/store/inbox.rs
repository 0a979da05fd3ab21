//! Updates as Telegram sent them: which were taken in, and those that wait to be handled.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Conn, Db, Tx, rows};
use crate::model::{Span, Timestamp};

/// Telegram keeps an undelivered update for a day; ids may start anywhere after a week without any.
const REMEMBERED: Span = Span::hours(48);

/// Ids in one row of those taken in.
const LONGEST_RUN: i64 = 1000;

/// An update waiting to be handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its place among those stored; 0 for one that is not.
    pub seq: i64,
    pub update_id: i64,
    pub received: Timestamp,
    /// How many times a process died, or gave up, while handling it.
    pub attempts: i64,
    pub raw: String,
}

/// Updates (id, JSON) that are nowhere stored.
pub fn unstored(updates: Vec<(i64, String)>, received: Timestamp) -> Vec<Waiting> {
    let waiting = |(update_id, raw)| Waiting { seq: 0, update_id, received, attempts: 0, raw };
    updates.into_iter().map(waiting).collect()
}

/// Stores what is new of `updates` and returns it, in order. When this returns, Telegram may be told.
pub async fn store(db: &Db, mut updates: Vec<Waiting>) -> Result<Vec<Waiting>> {
    let mut tx = db.begin().await?;
    admit(&mut tx, &mut updates).await?;
    for update in &mut updates {
        update.seq = tx.writer().next_inbox;
        tx.writer().next_inbox += 1;
    }
    let head = "INSERT INTO inbox (seq, update_id, received, attempts, raw)";
    rows::write(tx.raw()?, head, 5, "", &updates, |row, to| {
        to.int(row.seq).int(row.update_id).int(row.received.0).int(0).text(&row.raw);
    })
    .await?;
    tx.commit().await?;
    Ok(updates)
}

/// Drops what was taken in before, and remembers the rest as taken in.
pub async fn admit(tx: &mut Tx, updates: &mut Vec<Waiting>) -> Result<()> {
    let mut seen = Vec::new();
    for part in updates.chunks(500) {
        seen.extend(runs_among(tx.raw()?, part).await?);
    }
    let mut fresh = BTreeMap::new();
    updates.retain(|update| {
        let known = seen.iter().any(|(first, last)| (*first..=*last).contains(&update.update_id));
        !known && fresh.insert(update.update_id, update.received).is_none()
    });
    let mut runs: Vec<(i64, i64, Timestamp)> = Vec::new();
    for (id, at) in fresh {
        match runs.last_mut() {
            Some((first, last, _)) if *last + 1 == id && id - *first < LONGEST_RUN => *last = id,
            _ => runs.push((id, id, at)),
        }
    }
    rows::write(tx.raw()?, "INSERT INTO seen (first, last, at)", 3, "", &runs, |(first, last, at), to| {
        to.int(*first).int(*last).int(at.0);
    })
    .await
    .map(drop)
}

/// Runs of ids already taken in that may hold some of these updates.
async fn runs_among(conn: &mut Conn, updates: &[Waiting]) -> Result<Vec<(i64, i64)>> {
    let ids = updates.iter().map(|update| update.update_id);
    let (Some(low), Some(high)) = (ids.clone().min(), ids.max()) else { return Ok(Vec::new()) };
    Ok(sqlx::query_as("SELECT first, last FROM seen WHERE first BETWEEN $1 AND $2 AND last >= $3")
        .bind(low.saturating_sub(LONGEST_RUN))
        .bind(high)
        .bind(low)
        .fetch_all(conn)
        .await?)
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
pub async fn remove(tx: &mut Tx, handled: &[Waiting]) -> Result<()> {
    let seqs: Vec<i64> = handled.iter().map(|waiting| waiting.seq).collect();
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
