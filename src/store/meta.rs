//! Single values the process remembers about itself.

use anyhow::Result;

use super::Conn;

pub async fn get(conn: &mut Conn, name: &str) -> Result<Option<String>> {
    let row: Option<(String,)> =
        sqlx::query_as("SELECT value FROM meta WHERE name = $1").bind(name).fetch_optional(conn).await?;
    Ok(row.map(|(value,)| value))
}

/// The values whose names begin with `prefix`, with their names.
pub async fn under(conn: &mut Conn, prefix: &str) -> Result<Vec<(String, String)>> {
    let sql = "SELECT name, value FROM meta WHERE SUBSTR(name, 1, LENGTH($1)) = $2 ORDER BY name";
    Ok(sqlx::query_as(sql).bind(prefix).bind(prefix).fetch_all(conn).await?)
}

pub async fn set(conn: &mut Conn, name: &str, value: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute(conn)
    .await?;
    Ok(())
}
