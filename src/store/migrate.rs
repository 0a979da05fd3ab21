//! Bringing a database to this version's tables: each migration in its own transaction, so that a crash in the middle
//! leaves the database at the step before.

use anyhow::{Context, Result, anyhow};
use sqlx::AssertSqlSafe;
use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migrator};

use super::Conn;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The newest migration this program knows.
fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// All migrations, worded for the database.
pub fn migrator(postgres: bool) -> Migrator {
    let mut migrations: Vec<_> = MIGRATIONS.iter().cloned().collect();
    if postgres {
        for migration in &mut migrations {
            let portable = migration.sql.as_str().replace(") WITHOUT ROWID;", ");");
            migration.sql = AssertSqlSafe(portable).into_sql_str();
        }
    }
    Migrator { migrations: migrations.into(), ..Migrator::DEFAULT }
}

/// Applies what is missing.
///
/// # Errors
/// When the database was written by a newer version, or a migration fails; the database is then as it was.
pub(super) async fn run(conn: &mut Conn, postgres: bool) -> Result<()> {
    let migrator = migrator(postgres);
    migrator.run_direct(None, conn, false).await.map_err(|error| match error {
        MigrateError::VersionMissing(found) => anyhow!(
            "the database was written by a newer version of Steward (it has migration {found}, this program knows up \
             to {}); install that version or restore a backup",
            newest()
        ),
        other => anyhow::Error::new(other),
    })
    .context("cannot bring the database up to date")
}
