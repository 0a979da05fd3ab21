//! The rows of check-ins and streaks.

use std::collections::BTreeSet;

use anyhow::Result;
use sqlx::AssertSqlSafe;

use super::absence::Cutoffs;
use super::streak::Streak;
use crate::model::{ChatId, CommunityId, Day, Timestamp, UserId};
use crate::store::Tx;

/// A check-in to be written down.
pub struct CheckIn {
    pub community: CommunityId,
    pub user: UserId,
    pub day: Day,
    pub at: Timestamp,
    pub chat: ChatId,
    /// The message it was made with.
    pub message: Option<i64>,
    pub made_up: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    New,
    /// The day was there already.
    Again,
    /// The day was made up with a card, which is free again.
    Freed,
    /// The same message was told twice.
    Echo,
}

/// Writes a check-in down. A real one that arrives late takes the place of a make-up card.
pub async fn add(tx: &mut Tx, it: &CheckIn) -> Result<Written> {
    let conn = tx.conn().await?;
    let added = sqlx::query(
        "INSERT INTO checkin (community, user_id, day, at, chat, message, made_up) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (community, user_id, day) DO NOTHING",
    )
    .bind(it.community.0)
    .bind(it.user.0)
    .bind(it.day.0)
    .bind(it.at.0)
    .bind(it.chat.0)
    .bind(it.message)
    .bind(i64::from(it.made_up))
    .execute(&mut *conn)
    .await?;
    if added.rows_affected() > 0 {
        return Ok(Written::New);
    }
    let (chat, message, made_up): (i64, Option<i64>, i64) =
        sqlx::query_as("SELECT chat, message, made_up FROM checkin WHERE community = $1 AND user_id = $2 AND day = $3")
            .bind(it.community.0)
            .bind(it.user.0)
            .bind(it.day.0)
            .fetch_one(&mut *conn)
            .await?;
    if made_up != 0 && !it.made_up {
        sqlx::query(
            "UPDATE checkin SET at = $1, chat = $2, message = $3, made_up = 0
             WHERE community = $4 AND user_id = $5 AND day = $6",
        )
        .bind(it.at.0)
        .bind(it.chat.0)
        .bind(it.message)
        .bind(it.community.0)
        .bind(it.user.0)
        .bind(it.day.0)
        .execute(conn)
        .await?;
        return Ok(Written::Freed);
    }
    let same = it.message.is_some() && message == it.message && chat == it.chat.0;
    Ok(if same { Written::Echo } else { Written::Again })
}

/// The days a member checked in or made up.
pub async fn days(tx: &mut Tx, community: CommunityId, user: UserId) -> Result<BTreeSet<Day>> {
    let rows: Vec<(i64,)> = sqlx::query_as("SELECT day FROM checkin WHERE community = $1 AND user_id = $2")
        .bind(community.0)
        .bind(user.0)
        .fetch_all(tx.conn().await?)
        .await?;
    Ok(rows.into_iter().map(|(day,)| Day(day)).collect())
}

/// Make-up cards used from `from` until before `to`.
pub async fn cards_used(
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
    from: Timestamp,
    to: Timestamp,
) -> Result<i64> {
    let (used,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM checkin
         WHERE community = $1 AND user_id = $2 AND made_up = 1 AND at >= $3 AND at < $4",
    )
    .bind(community.0)
    .bind(user.0)
    .bind(from.0)
    .bind(to.0)
    .fetch_one(tx.conn().await?)
    .await?;
    Ok(used)
}

/// Whether a message has used a card before.
pub async fn has_used(tx: &mut Tx, community: CommunityId, user: UserId, message: Option<i64>) -> Result<bool> {
    let (used,): (i64,) = sqlx::query_as(
        "SELECT COUNT(*) FROM checkin WHERE community = $1 AND user_id = $2 AND made_up = 1 AND message = $3",
    )
    .bind(community.0)
    .bind(user.0)
    .bind(message)
    .fetch_one(tx.conn().await?)
    .await?;
    Ok(used > 0)
}

/// Keeps what a member's rows come to, for lists.
pub async fn keep_streak(
    tx: &mut Tx,
    community: CommunityId,
    user: UserId,
    chat: ChatId,
    streak: &Streak,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO checkin_streak (community, user_id, chat, last_day, length, best) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (community, user_id) DO UPDATE SET chat = excluded.chat, last_day = excluded.last_day,
            length = excluded.length, best = excluded.best",
    )
    .bind(community.0)
    .bind(user.0)
    .bind(chat.0)
    .bind(streak.last.0)
    .bind(streak.length)
    .bind(streak.best)
    .execute(tx.conn().await?)
    .await?;
    Ok(())
}

/// How many checked in on a day; make-up cards do not count.
pub async fn count(tx: &mut Tx, community: CommunityId, day: Day) -> Result<i64> {
    let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM checkin WHERE community = $1 AND day = $2 AND made_up = 0")
        .bind(community.0)
        .bind(day.0)
        .fetch_one(tx.conn().await?)
        .await?;
    Ok(n)
}

/// Members with the longest streaks that still stand. Who left is left out, and so is who is only in the chat `but` (0 for
/// none).
pub async fn longest(
    tx: &mut Tx,
    community: CommunityId,
    cutoffs: &Cutoffs,
    but: ChatId,
    limit: i64,
) -> Result<Vec<(UserId, i64)>> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT s.user_id, s.length FROM checkin_streak s
         WHERE s.community = $1 AND s.last_day >= {} AND EXISTS (
            SELECT 1 FROM member m JOIN chat c ON c.id = m.chat
            WHERE m.user_id = s.user_id AND c.community = $2 AND c.id <> $3
               AND m.status IN ('owner', 'admin', 'member', 'restricted'))
         ORDER BY s.length DESC, s.last_day DESC, s.user_id LIMIT $4",
        cutoffs.sql()
    )))
    .bind(community.0)
    .bind(community.0)
    .bind(but.0)
    .bind(limit)
    .fetch_all(tx.settled().await?)
    .await?;
    Ok(rows.into_iter().map(|(user, n)| (UserId(user), n)).collect())
}

/// Members with the most check-ins from `from` on, as [`longest`] selects them.
pub async fn most(
    tx: &mut Tx,
    community: CommunityId,
    from: Day,
    but: ChatId,
    limit: i64,
) -> Result<Vec<(UserId, i64)>> {
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT k.user_id, COUNT(*) AS n FROM checkin k
         WHERE k.community = $1 AND k.day >= $2 AND k.made_up = 0 AND EXISTS (
            SELECT 1 FROM member m JOIN chat c ON c.id = m.chat
            WHERE m.user_id = k.user_id AND c.community = $3 AND c.id <> $4
               AND m.status IN ('owner', 'admin', 'member', 'restricted'))
         GROUP BY k.user_id ORDER BY n DESC, k.user_id LIMIT $5",
    )
    .bind(community.0)
    .bind(from.0)
    .bind(community.0)
    .bind(but.0)
    .bind(limit)
    .fetch_all(tx.settled().await?)
    .await?;
    Ok(rows.into_iter().map(|(user, n)| (UserId(user), n)).collect())
}

/// Check-ins on the days `from..=to`, and the days since their first that members could have checked in on. Who left is
/// left out, and so is who is only in the chat `but` (0 for none).
pub async fn enrolled(tx: &mut Tx, community: CommunityId, from: Day, to: Day, but: ChatId) -> Result<(i64, i64)> {
    // One row for each member who has checked in: the first day of theirs in this time, and how often they did.
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT MIN(k.day), CAST(SUM(CASE WHEN k.made_up = 0 AND k.day >= $1 THEN 1 ELSE 0 END) AS BIGINT)
         FROM checkin k
         WHERE k.community = $2 AND k.day <= $3 AND EXISTS (
            SELECT 1 FROM member m JOIN chat c ON c.id = m.chat
            WHERE m.user_id = k.user_id AND c.community = $4 AND c.id <> $5
               AND m.status IN ('owner', 'admin', 'member', 'restricted'))
         GROUP BY k.user_id",
    )
    .bind(from.0)
    .bind(community.0)
    .bind(to.0)
    .bind(community.0)
    .bind(but.0)
    .fetch_all(tx.settled().await?)
    .await?;
    let days = |first: i64| to.0 - first.max(from.0) + 1;
    Ok(rows.into_iter().fold((0, 0), |(done, all), (first, n)| (done + n, all + days(first))))
}

/// Streaks of at least 2 days that still stand: how many, how many of at least `long` days, and the longest. Members are
/// selected as by [`longest`].
pub async fn standing(
    tx: &mut Tx,
    community: CommunityId,
    cutoffs: &Cutoffs,
    but: ChatId,
    long: i64,
) -> Result<(i64, i64, i64)> {
    Ok(sqlx::query_as(AssertSqlSafe(format!(
        "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN s.length >= $1 THEN 1 ELSE 0 END), 0) AS BIGINT),
            COALESCE(MAX(s.length), 0)
         FROM checkin_streak s
         WHERE s.community = $2 AND s.last_day >= {} AND s.length >= 2 AND EXISTS (
            SELECT 1 FROM member m JOIN chat c ON c.id = m.chat
            WHERE m.user_id = s.user_id AND c.community = $3 AND c.id <> $4
               AND m.status IN ('owner', 'admin', 'member', 'restricted'))",
        cutoffs.sql()
    )))
    .bind(long)
    .bind(community.0)
    .bind(community.0)
    .bind(but.0)
    .fetch_one(tx.settled().await?)
    .await?)
}

/// Members of a chat whose streak of at least `least` days ends unless they check in `today`, the longest first.
pub async fn at_risk(
    tx: &mut Tx,
    community: CommunityId,
    chat: ChatId,
    (cutoff, today): (Day, Day),
    least: i64,
) -> Result<Vec<(UserId, String, i64)>> {
    let rows: Vec<(i64, String, i64)> = sqlx::query_as(
        "SELECT s.user_id, m.name, s.length FROM checkin_streak s
         JOIN member m ON m.chat = s.chat AND m.user_id = s.user_id
         WHERE s.community = $1 AND s.chat = $2 AND s.last_day >= $3 AND s.last_day < $4 AND s.length >= $5
            AND m.status IN ('owner', 'admin', 'member', 'restricted')
         ORDER BY s.length DESC, s.user_id",
    )
    .bind(community.0)
    .bind(chat.0)
    .bind(cutoff.0)
    .bind(today.0)
    .bind(least)
    .fetch_all(tx.settled().await?)
    .await?;
    Ok(rows.into_iter().map(|(user, name, n)| (UserId(user), name, n)).collect())
}

/// Moves everything to the supergroup a basic group became.
pub async fn moved(tx: &mut Tx, from: ChatId, to: ChatId) -> Result<()> {
    tx.move_rows("checkin", &["community", "user_id", "day"], from, to).await?;
    tx.move_rows("checkin_streak", &["community", "user_id"], from, to).await?;
    tx.move_rows("gift", &["id"], from, to).await?;
    tx.move_rows("checkin_post", &["day"], from, to).await
}

/// Removes a person's check-ins and gifts.
pub async fn forget(tx: &mut Tx, community: CommunityId, user: UserId) -> Result<()> {
    for sql in [
        "DELETE FROM checkin WHERE community = $1 AND user_id = $2",
        "DELETE FROM checkin_streak WHERE community = $1 AND user_id = $2",
        "DELETE FROM gift WHERE community = $1 AND user_id = $2",
    ] {
        sqlx::query(sql).bind(community.0).bind(user.0).execute(tx.conn().await?).await?;
    }
    Ok(())
}
