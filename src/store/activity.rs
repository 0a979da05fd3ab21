//! What people did: an append-only log without any words, and its roll-up by local day.

use std::collections::BTreeMap;

use anyhow::Result;
use sqlx::Executor;

use super::{Conn, Tx, rows};
use crate::model::{ChatId, CommunityId, Day, Timestamp, UserId};

/// A kind of interaction. The numbers are in the database: never change one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i64)]
pub enum DeedKind {
    /// A message of a person, not a command. `ref` is the message, or for an album a negative mark of it.
    Message = 1,
    /// A reaction given. `ref` is the message.
    Reaction = 2,
    /// A vote in one of the bot's polls. `ref` is a hash of the poll's id.
    Vote = 3,
    /// `ref` is the day.
    CheckIn = 4,
    /// Rules confirmed. `ref` is the version.
    RulesRead = 5,
    /// Came in. `ref` is the time in seconds.
    Join = 6,
    /// Went. `ref` is the time in seconds.
    Leave = 7,
    /// Was put out. `ref` is the time in seconds.
    Removed = 8,
    /// A strike was given. `ref` is the strike.
    Strike = 9,
}

impl DeedKind {
    pub const ALL: [Self; 9] = [
        Self::Message,
        Self::Reaction,
        Self::Vote,
        Self::CheckIn,
        Self::RulesRead,
        Self::Join,
        Self::Leave,
        Self::Removed,
        Self::Strike,
    ];

    /// Counts as an interaction (M02); the others are facts about membership.
    pub fn is_interaction(self) -> bool {
        matches!(self, Self::Message | Self::Reaction | Self::Vote | Self::CheckIn | Self::RulesRead)
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Reaction => "reaction",
            Self::Vote => "vote",
            Self::CheckIn => "checkin",
            Self::RulesRead => "rules_read",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Removed => "removed",
            Self::Strike => "strike",
        }
    }
}

/// Something somebody did. The same (chat, kind, reference, user) counts once, however often it is told; of a message
/// its time is taken to be told alike each time.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    pub community: CommunityId,
    pub chat: ChatId,
    pub kind: DeedKind,
    pub reference: i64,
    pub user: UserId,
    pub at: Timestamp,
    /// The community's local day of `at`.
    pub day: Day,
    pub weight: f64,
}

impl Tx {
    /// Logs what somebody did; written with the batch.
    pub fn log(&mut self, deed: Deed) {
        self.writes.deeds.push(deed);
    }
}

/// Writes what was not written before. Nearly always that is all of it, so that this is tried first.
pub(super) async fn write(conn: &mut Conn, mut deeds: Vec<Deed>) -> Result<()> {
    conn.execute("SAVEPOINT deeds").await?;
    match insert(conn, &deeds, "").await {
        Ok(_) => {}
        Err(error) if is_twice(&error) => {
            conn.execute("ROLLBACK TO SAVEPOINT deeds").await?;
            let mut fresh = Vec::with_capacity(deeds.len());
            for deed in deeds {
                if insert(conn, std::slice::from_ref(&deed), "ON CONFLICT DO NOTHING").await? > 0 {
                    fresh.push(deed);
                }
            }
            deeds = fresh;
        }
        Err(error) => return Err(error),
    }
    conn.execute("RELEASE SAVEPOINT deeds").await?;
    super::series::count(conn, &deeds).await?;
    count(conn, &deeds).await
}

/// Gives how many were written.
async fn insert(conn: &mut Conn, deeds: &[Deed], tail: &'static str) -> Result<u64> {
    let head = "INSERT INTO activity (at, chat, kind, ref, user_id, community, weight)";
    rows::write(conn, head, 7, tail, deeds, |deed, to| {
        to.int(deed.at.0)
            .int(deed.chat.0)
            .int(deed.kind as i64)
            .int(deed.reference)
            .int(deed.user.0)
            .int(deed.community.0)
            .real(deed.weight);
    })
    .await
}

fn is_twice(error: &anyhow::Error) -> bool {
    let database = error.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
    database.is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Adds deeds to the roll-up.
async fn count(conn: &mut Conn, deeds: &[Deed]) -> Result<()> {
    let mut counts: BTreeMap<(i64, i64, i64, i64), i64> = BTreeMap::new();
    for deed in deeds {
        *counts.entry((deed.community.0, deed.day.0, deed.user.0, deed.kind as i64)).or_default() += 1;
    }
    let counts: Vec<_> = counts.into_iter().collect();
    rows::write(
        conn,
        "INSERT INTO member_day (community, day, user_id, kind, n)",
        5,
        "ON CONFLICT (community, day, user_id, kind) DO UPDATE SET n = member_day.n + excluded.n",
        &counts,
        |((community, day, user, kind), n), to| {
            to.int(*community).int(*day).int(*user).int(*kind).int(*n);
        },
    )
    .await
    .map(drop)
}

/// Per kind: how many people did it, and how often, on the days `from..=to`.
pub async fn totals(conn: &mut Conn, community: CommunityId, from: Day, to: Day) -> Result<Vec<(i64, i64, i64)>> {
    Ok(sqlx::query_as(
        "SELECT kind, COUNT(DISTINCT user_id), CAST(SUM(n) AS BIGINT) FROM member_day
         WHERE community = $1 AND day BETWEEN $2 AND $3 GROUP BY kind",
    )
    .bind(community.0)
    .bind(from.0)
    .bind(to.0)
    .fetch_all(conn)
    .await?)
}

/// One person's counts by day and kind on the days `from..=to`.
pub async fn days_of(
    conn: &mut Conn,
    community: CommunityId,
    user: UserId,
    from: Day,
    to: Day,
) -> Result<Vec<(i64, i64, i64)>> {
    Ok(sqlx::query_as(
        "SELECT day, kind, n FROM member_day
         WHERE community = $1 AND user_id = $2 AND day BETWEEN $3 AND $4 ORDER BY day, kind",
    )
    .bind(community.0)
    .bind(user.0)
    .bind(from.0)
    .bind(to.0)
    .fetch_all(conn)
    .await?)
}

/// How often `kind` was done on the days `from..=to` when nobody counts more than `cap` times a day.
pub async fn capped(
    conn: &mut Conn,
    community: CommunityId,
    kind: DeedKind,
    cap: i64,
    from: Day,
    to: Day,
) -> Result<i64> {
    let (n,): (Option<i64>,) = sqlx::query_as(
        "SELECT CAST(SUM(CASE WHEN n > $1 THEN $2 ELSE n END) AS BIGINT) FROM member_day
         WHERE community = $3 AND kind = $4 AND day BETWEEN $5 AND $6",
    )
    .bind(cap)
    .bind(cap)
    .bind(community.0)
    .bind(kind as i64)
    .bind(from.0)
    .bind(to.0)
    .fetch_one(conn)
    .await?;
    Ok(n.unwrap_or(0))
}

/// How many people came for the first time on the days `from..=to`.
pub async fn first_joins(conn: &mut Conn, community: CommunityId, from: Day, to: Day) -> Result<i64> {
    let (n,): (i64,) = sqlx::query_as(
        "SELECT COUNT(DISTINCT now.user_id) FROM member_day now
         WHERE now.community = $1 AND now.kind = $2 AND now.day BETWEEN $3 AND $4
           AND NOT EXISTS (SELECT 1 FROM member_day old WHERE old.community = now.community
             AND old.user_id = now.user_id AND old.day < $5 AND old.kind IN ($6, $7, $8))",
    )
    .bind(community.0)
    .bind(DeedKind::Join as i64)
    .bind(from.0)
    .bind(to.0)
    .bind(from.0)
    .bind(DeedKind::Join as i64)
    .bind(DeedKind::Leave as i64)
    .bind(DeedKind::Removed as i64)
    .fetch_one(conn)
    .await?;
    Ok(n)
}

/// People who did `kind`, summed over the days `from..=to`: who did it on three days counts three times.
pub async fn person_days(conn: &mut Conn, community: CommunityId, kind: DeedKind, from: Day, to: Day) -> Result<i64> {
    let (n,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM member_day WHERE community = $1 AND kind = $2 AND day BETWEEN $3 AND $4")
            .bind(community.0)
            .bind(kind as i64)
            .bind(from.0)
            .bind(to.0)
            .fetch_one(conn)
            .await?;
    Ok(n)
}

/// Takes a deed back that turned out not to have been one: a strike that was undone. `day_of` gives the local day of
/// an instant. Taking it back twice changes nothing.
pub async fn take_back(
    tx: &mut Tx,
    community: CommunityId,
    kind: DeedKind,
    reference: i64,
    user: UserId,
    day_of: impl Fn(Timestamp) -> Day,
) -> Result<()> {
    let conn = tx.settled().await?;
    let rows: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT chat, at FROM activity WHERE (kind <> 1 OR ref < 0)
           AND chat IN (SELECT id FROM chat WHERE community = $1) AND kind = $2 AND ref = $3 AND user_id = $4 AND community = $5",
    )
    .bind(community.0)
    .bind(kind as i64)
    .bind(reference)
    .bind(user.0)
    .bind(community.0)
    .fetch_all(&mut *conn)
    .await?;
    for (chat, at) in rows {
        sqlx::query(
            "DELETE FROM activity
             WHERE (kind <> 1 OR ref < 0) AND chat = $1 AND kind = $2 AND ref = $3 AND user_id = $4",
        )
        .bind(chat)
        .bind(kind as i64)
        .bind(reference)
        .bind(user.0)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "UPDATE member_day SET n = n - 1
             WHERE community = $1 AND day = $2 AND user_id = $3 AND kind = $4 AND n > 0",
        )
        .bind(community.0)
        .bind(day_of(Timestamp(at)).0)
        .bind(user.0)
        .bind(kind as i64)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Removes what a person did from log and roll-up.
pub async fn forget(tx: &mut Tx, community: CommunityId, user: UserId) -> Result<()> {
    let conn = tx.settled().await?;
    sqlx::query("DELETE FROM activity WHERE community = $1 AND user_id = $2")
        .bind(community.0)
        .bind(user.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM member_day WHERE community = $1 AND user_id = $2")
        .bind(community.0)
        .bind(user.0)
        .execute(conn)
        .await?;
    Ok(())
}
