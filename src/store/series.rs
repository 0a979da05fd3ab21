//! Counts by hour of what may be a sign of trouble, written with the deeds they count: an ordinary message has none.

use std::collections::BTreeMap;

use anyhow::Result;

use super::activity::{Deed, DeedKind};
use super::{Conn, rows};
use crate::model::{ChatId, Timestamp};

/// Hours of a week: an hour so many later is the same hour of the same weekday, save where clocks are changed.
const WEEK: i64 = 168;
/// Weeks that are looked back on, and kept.
const WEEKS: i64 = 12;

/// The kinds that are counted.
const COUNTED: [DeedKind; 1] = [DeedKind::Join];

/// The hour of an instant, since 1970.
pub fn hour(at: Timestamp) -> i64 {
    at.secs().div_euclid(3600)
}

/// Adds deeds to the counts.
pub(super) async fn count(conn: &mut Conn, deeds: &[Deed]) -> Result<()> {
    let mut counts: BTreeMap<(i64, i64, i64), i64> = BTreeMap::new();
    for deed in deeds.iter().filter(|deed| COUNTED.contains(&deed.kind)) {
        *counts.entry((deed.chat.0, deed.kind as i64, hour(deed.at))).or_default() += 1;
    }
    if counts.is_empty() {
        return Ok(());
    }
    let counts: Vec<_> = counts.into_iter().collect();
    rows::write(
        conn,
        "INSERT INTO series (chat, kind, hour, n)",
        4,
        "ON CONFLICT (chat, kind, hour) DO UPDATE SET n = series.n + excluded.n",
        &counts,
        |((chat, kind, hour), n), to| {
            to.int(*chat).int(*kind).int(*hour).int(*n);
        },
    )
    .await
    .map(drop)
}

/// How often `kind` was done in the hour of `at`, and in the same hour of earlier weeks, as far back as the chat is known.
pub async fn around(
    conn: &mut Conn,
    chat: ChatId,
    kind: DeedKind,
    at: Timestamp,
    known_since: Timestamp,
) -> Result<(i64, Vec<i64>)> {
    let now = hour(at);
    let rows: Vec<(i64, i64)> =
        sqlx::query_as("SELECT hour, n FROM series WHERE chat = $1 AND kind = $2 AND hour >= $3 AND hour <= $4")
            .bind(chat.0)
            .bind(kind as i64)
            .bind(now - WEEKS * WEEK)
            .bind(now)
            .fetch_all(conn)
            .await?;
    let n = |hour: i64| rows.iter().find(|row| row.0 == hour).map_or(0, |row| row.1);
    let known = (1..=WEEKS).map(|week| now - week * WEEK).take_while(|earlier| *earlier > hour(known_since));
    Ok((n(now), known.map(n).collect()))
}

/// Forgets what nobody looks back on any more.
pub async fn tidy(conn: &mut Conn, chat: ChatId, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM series WHERE chat = $1 AND hour < $2")
        .bind(chat.0)
        .bind(hour(now) - WEEKS * WEEK)
        .execute(conn)
        .await?;
    Ok(())
}
