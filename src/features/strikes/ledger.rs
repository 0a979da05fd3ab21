//! The rows: cases, the messages that belong to them, and reports.

use anyhow::{Context, Result};

use super::case::Case;
use crate::model::{ChatId, CommunityId, MessageId, Timestamp, UserId};
use crate::store::Tx;

type Time = Option<i64>;
type Row = (i64, i64, i64, i64, i64, i64, Time, Time, Time, Time, Time, String);

const COLUMNS: &str = "community, id, user_id, chat, at, counts, acted, expires, undone, warned, carded, about";

fn read(row: Row) -> Result<Case> {
    let (community, id, user, chat, at, counts, acted, expires, undone, warned, carded, about) = row;
    let about = serde_json::from_str(&about).with_context(|| format!("case {id} cannot be read"))?;
    Ok(Case {
        community: CommunityId(community),
        id,
        user: UserId(user),
        chat: ChatId(chat),
        at: Timestamp(at),
        counts: counts != 0,
        acted: acted.map(Timestamp),
        expires: expires.map(Timestamp),
        undone: undone.map(Timestamp),
        warned: warned.map(Timestamp),
        carded: carded.map(Timestamp),
        about,
    })
}

/// The number of the next case.
pub async fn next_id(tx: &mut Tx) -> Result<i64> {
    let (id,): (i64,) =
        sqlx::query_as("SELECT COALESCE(MAX(id), 0) + 1 FROM strike_case").fetch_one(tx.conn().await?).await?;
    Ok(id)
}

pub async fn put(tx: &mut Tx, case: &Case) -> Result<()> {
    sqlx::query(
        "INSERT INTO strike_case (community, id, user_id, chat, at, counts, acted, expires, undone, warned, carded,
            worded, about)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (community, id) DO UPDATE SET at = excluded.at, counts = excluded.counts,
            acted = excluded.acted, expires = excluded.expires, undone = excluded.undone, warned = excluded.warned, carded = excluded.carded,
            worded = excluded.worded, about = excluded.about",
    )
    .bind(case.community.0)
    .bind(case.id)
    .bind(case.user.0)
    .bind(case.chat.0)
    .bind(case.at.0)
    .bind(i64::from(case.counts))
    .bind(case.acted.map(|at| at.0))
    .bind(case.expires.map(|at| at.0))
    .bind(case.undone.map(|at| at.0))
    .bind(case.warned.map(|at| at.0))
    .bind(case.carded.map(|at| at.0))
    .bind(i64::from(case.has_words()))
    .bind(serde_json::to_string(&case.about)?)
    .execute(tx.conn().await?)
    .await?;
    Ok(())
}

/// The case of that number, in any community.
pub async fn case(tx: &mut Tx, id: i64) -> Result<Option<Case>> {
    // Built from fixed names only, here and below.
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM strike_case WHERE id = $1"));
    let row: Option<Row> = sqlx::query_as(sql).bind(id).fetch_optional(tx.conn().await?).await?;
    row.map(read).transpose()
}

/// A person's cases, the newest first.
pub async fn of_user(tx: &mut Tx, community: CommunityId, user: UserId) -> Result<Vec<Case>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM strike_case WHERE community = $1 AND user_id = $2 ORDER BY at DESC, id DESC LIMIT 500"
    ));
    let rows: Vec<Row> = sqlx::query_as(sql).bind(community.0).bind(user.0).fetch_all(tx.conn().await?).await?;
    rows.into_iter().map(read).collect()
}

/// A community's cases from `from` on.
pub async fn since(tx: &mut Tx, community: CommunityId, from: Timestamp) -> Result<Vec<Case>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM strike_case WHERE community = $1 AND at >= $2 ORDER BY at, id"
    ));
    let rows: Vec<Row> = sqlx::query_as(sql).bind(community.0).bind(from.0).fetch_all(tx.conn().await?).await?;
    rows.into_iter().map(read).collect()
}

/// Cases older than `before` that still keep words.
pub async fn worded(tx: &mut Tx, community: CommunityId, before: Timestamp) -> Result<Vec<Case>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM strike_case WHERE community = $1 AND worded = 1 AND at < $2 ORDER BY id LIMIT 1000"
    ));
    let rows: Vec<Row> = sqlx::query_as(sql).bind(community.0).bind(before.0).fetch_all(tx.conn().await?).await?;
    rows.into_iter().map(read).collect()
}

/// How many of the group's cases were told to it since `since`.
pub async fn warned_since(tx: &mut Tx, chat: ChatId, since: Timestamp) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM strike_case WHERE chat = $1 AND warned > $2";
    let (n,): (i64,) = sqlx::query_as(sql).bind(chat.0).bind(since.0).fetch_one(tx.conn().await?).await?;
    Ok(n)
}

/// How many cards the staff were shown since `since`.
pub async fn carded_since(tx: &mut Tx, community: CommunityId, since: Timestamp) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM strike_case WHERE community = $1 AND carded > $2";
    let (n,): (i64,) = sqlx::query_as(sql).bind(community.0).bind(since.0).fetch_one(tx.conn().await?).await?;
    Ok(n)
}

/// Takes the cases left to a summary: the number of each, and whether it is a strike.
pub async fn take_left_out(tx: &mut Tx, community: CommunityId) -> Result<Vec<(i64, bool)>> {
    let conn = tx.conn().await?;
    let sql = "SELECT id, counts FROM strike_case WHERE community = $1 AND carded = 0 ORDER BY id";
    let found: Vec<(i64, i64)> = sqlx::query_as(sql).bind(community.0).fetch_all(&mut *conn).await?;
    let sql = "UPDATE strike_case SET carded = NULL WHERE community = $1 AND carded = 0";
    sqlx::query(sql).bind(community.0).execute(conn).await?;
    Ok(found.into_iter().map(|(id, counts)| (id, counts != 0)).collect())
}

pub async fn drop_case(tx: &mut Tx, case: &Case) -> Result<()> {
    for table in ["strike_message", "strike_report"] {
        let sql = sqlx::AssertSqlSafe(format!("DELETE FROM {table} WHERE community = $1 AND case_id = $2"));
        sqlx::query(sql).bind(case.community.0).bind(case.id).execute(tx.conn().await?).await?;
    }
    sqlx::query("DELETE FROM strike_case WHERE community = $1 AND id = $2")
        .bind(case.community.0)
        .bind(case.id)
        .execute(tx.conn().await?)
        .await?;
    Ok(())
}

/// A message as the ledger knows it.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'a> {
    pub chat: ChatId,
    pub message: MessageId,
    pub album: Option<&'a str>,
    pub at: Timestamp,
}

/// Notes that a message belongs to a case; 0 only notes it as a part of an album.
pub async fn mark(tx: &mut Tx, community: CommunityId, spot: Spot<'_>, case: i64) -> Result<()> {
    sqlx::query(
        "INSERT INTO strike_message (chat, message, community, case_id, album, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (chat, message) DO UPDATE SET case_id = CASE WHEN excluded.case_id = 0
            THEN strike_message.case_id ELSE excluded.case_id END",
    )
    .bind(spot.chat.0)
    .bind(spot.message.0)
    .bind(community.0)
    .bind(case)
    .bind(spot.album.map(ToOwned::to_owned))
    .bind(spot.at.0)
    .execute(tx.conn().await?)
    .await?;
    Ok(())
}

/// The case a message, or another part of its album, belongs to: 0 for none.
pub async fn marked(tx: &mut Tx, spot: Spot<'_>) -> Result<i64> {
    let sql = "SELECT COALESCE(MAX(case_id), 0) FROM strike_message WHERE chat = $1 AND message = $2";
    let (own,): (i64,) = sqlx::query_as(sql).bind(spot.chat.0).bind(spot.message.0).fetch_one(tx.conn().await?).await?;
    let Some(album) = spot.album.filter(|_| own == 0) else { return Ok(own) };
    let sql = "SELECT case_id FROM strike_message WHERE chat = $1 AND album = $2 AND case_id <> 0
               ORDER BY case_id DESC LIMIT 1";
    let row: Option<(i64,)> =
        sqlx::query_as(sql).bind(spot.chat.0).bind(album).fetch_optional(tx.conn().await?).await?;
    Ok(row.map_or(0, |(id,)| id))
}

/// The parts of an album seen so far, save those that belong to the case `apart`; without an album the message alone.
pub async fn parts(tx: &mut Tx, spot: Spot<'_>, apart: i64) -> Result<Vec<MessageId>> {
    let mut parts = vec![spot.message];
    if let Some(album) = spot.album {
        let sql = "SELECT message FROM strike_message
                   WHERE chat = $1 AND album = $2 AND message <> $3 AND (case_id = 0 OR case_id <> $4) ORDER BY message";
        let query = sqlx::query_as(sql).bind(spot.chat.0).bind(album).bind(spot.message.0).bind(apart);
        let rows: Vec<(i64,)> = query.fetch_all(tx.conn().await?).await?;
        parts.extend(rows.into_iter().map(|(id,)| MessageId(id)));
    }
    Ok(parts)
}

/// Whether the message is known as it stands in the table.
pub async fn is_known(tx: &mut Tx, spot: Spot<'_>) -> Result<bool> {
    let sql = "SELECT case_id FROM strike_message WHERE chat = $1 AND message = $2 AND case_id <> 0";
    let row: Option<(i64,)> =
        sqlx::query_as(sql).bind(spot.chat.0).bind(spot.message.0).fetch_optional(tx.conn().await?).await?;
    Ok(row.is_some())
}

/// Forgets where messages of a chat that goes on under another number belonged: its numbers begin anew.
pub async fn move_chat(tx: &mut Tx, from: ChatId, to: ChatId) -> Result<()> {
    let conn = tx.conn().await?;
    sqlx::query("DELETE FROM strike_message WHERE chat = $1").bind(from.0).execute(&mut *conn).await?;
    let sql = "UPDATE strike_case SET chat = $1 WHERE chat = $2";
    sqlx::query(sql).bind(to.0).bind(from.0).execute(conn).await?;
    Ok(())
}

/// Forgets parts of albums that came to nothing, and reports that no longer count for any limit.
pub async fn tidy(tx: &mut Tx, community: CommunityId, before: Timestamp) -> Result<()> {
    let conn = tx.conn().await?;
    sqlx::query("DELETE FROM strike_message WHERE community = $1 AND case_id = 0 AND at < $2")
        .bind(community.0)
        .bind(before.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query("DELETE FROM strike_report WHERE community = $1 AND at < $2")
        .bind(community.0)
        .bind(before.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes a report; says whether this person had not reported this case yet.
pub async fn report(tx: &mut Tx, case: &Case, by: UserId, at: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO strike_report (community, case_id, user_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(case.community.0)
    .bind(case.id)
    .bind(by.0)
    .bind(at.0)
    .execute(tx.conn().await?)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// How much a person has reported since `since`.
pub async fn reports_by(tx: &mut Tx, community: CommunityId, user: UserId, since: Timestamp) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM strike_report WHERE community = $1 AND user_id = $2 AND at > $3";
    let row: (i64,) =
        sqlx::query_as(sql).bind(community.0).bind(user.0).bind(since.0).fetch_one(tx.conn().await?).await?;
    Ok(row.0)
}

pub async fn forget_reports(tx: &mut Tx, community: CommunityId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM strike_report WHERE community = $1 AND user_id = $2";
    sqlx::query(sql).bind(community.0).bind(user.0).execute(tx.conn().await?).await?;
    Ok(())
}

/// When the first message of a case in its chat was written.
pub async fn written(tx: &mut Tx, case: &Case) -> Result<Option<Timestamp>> {
    let sql = "SELECT MIN(at) FROM strike_message WHERE community = $1 AND case_id = $2 AND chat = $3";
    let query = sqlx::query_as(sql).bind(case.community.0).bind(case.id).bind(case.chat.0);
    let (at,): (Option<i64>,) = query.fetch_one(tx.conn().await?).await?;
    Ok(at.map(Timestamp))
}

/// The messages of a case in a chat.
pub async fn messages(tx: &mut Tx, community: CommunityId, case: i64, chat: ChatId) -> Result<Vec<MessageId>> {
    let sql = "SELECT message FROM strike_message WHERE community = $1 AND case_id = $2 AND chat = $3 ORDER BY message";
    let rows: Vec<(i64,)> =
        sqlx::query_as(sql).bind(community.0).bind(case).bind(chat.0).fetch_all(tx.conn().await?).await?;
    Ok(rows.into_iter().map(|(id,)| MessageId(id)).collect())
}
