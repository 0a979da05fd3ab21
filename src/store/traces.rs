//! Everything the database holds about one person, whichever feature put it there.

use anyhow::Result;
use sqlx::AssertSqlSafe;

use super::Tx;
use crate::model::{CommunityId, Day, Timestamp, UserId};

/// Every table with a person's rows, and how many there are.
pub async fn of(tx: &mut Tx, user: UserId) -> Result<Vec<(String, i64)>> {
    let tables = if tx.writer().is_postgres() {
        "SELECT CAST(table_name AS TEXT) FROM information_schema.columns
         WHERE table_schema = current_schema() AND column_name = 'user_id' ORDER BY 1"
    } else {
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'user_id'
         WHERE m.type = 'table' ORDER BY 1"
    };
    let conn = tx.settled().await?;
    let tables: Vec<(String,)> = sqlx::query_as(tables).fetch_all(&mut *conn).await?;
    let mut found = Vec::with_capacity(tables.len());
    for (table,) in tables {
        // The name comes from the database's own schema.
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE user_id = $1");
        let (n,): (i64,) = sqlx::query_as(AssertSqlSafe(sql)).bind(user.0).fetch_one(&mut *conn).await?;
        found.push((table, n));
    }
    Ok(found)
}

/// How many warnings of a person count at `now`, and until when the last of them does.
pub async fn warnings(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<(i64, Option<Timestamp>)> {
    let (n, until): (i64, Option<i64>) = sqlx::query_as(
        "SELECT COUNT(*), MAX(expires) FROM strike_case
         WHERE user_id = $1 AND counts = 1 AND undone IS NULL AND expires > $2",
    )
    .bind(user.0)
    .bind(now.0)
    .fetch_one(tx.settled().await?)
    .await?;
    Ok((n, until.map(Timestamp)))
}

/// Whether the bot can write to a person, and the language they are known to speak.
pub async fn person(tx: &mut Tx, user: UserId) -> Result<Option<(bool, Option<String>)>> {
    let row: Option<(i64, Option<String>)> =
        sqlx::query_as("SELECT reachable, language FROM person WHERE user_id = $1")
            .bind(user.0)
            .fetch_optional(tx.conn().await?)
            .await?;
    Ok(row.map(|(reachable, language)| (reachable != 0, language)))
}

/// What a person did in a community: day, kind, how often.
pub async fn deeds(tx: &mut Tx, community: CommunityId, user: UserId) -> Result<Vec<(Day, i64, i64)>> {
    let rows = super::activity::days_of(tx.settled().await?, community, user, Day(0), Day(i64::MAX)).await?;
    Ok(rows.into_iter().map(|(day, kind, n)| (Day(day), kind, n)).collect())
}
