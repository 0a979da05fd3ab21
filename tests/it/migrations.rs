//! Databases of earlier versions are brought to this one with their rows, and newer ones are left alone.

use std::collections::BTreeSet;

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use steward::store::{Db, Durability, migrator};

use crate::harness::{Base, Scene, scenarios};

fn address(base: &Base) -> String {
    if base.url.starts_with("sqlite:") { format!("{}?mode=rwc", base.url) } else { base.url.clone() }
}

/// The tables a migration makes.
fn tables(sql: &str) -> Vec<String> {
    let rest =
        |line: &str| line.strip_prefix("CREATE TABLE ").map(|rest| rest.split([' ', '(']).next().unwrap().to_owned());
    sql.lines().filter_map(rest).collect()
}

scenarios! {
    async fn each_step_is_taken_on_rows_of_the_steps_before(base) {
        sqlx::any::install_default_drivers();
        let mut conn = AnyConnection::connect(&address(&base)).await.unwrap();
        let migrator = migrator(base.url.starts_with("postgres"));
        let mut filled = BTreeSet::new();
        for step in migrator.iter() {
            migrator.run_direct(Some(step.version), &mut conn, false).await.unwrap();
            let name = format!("{:04}_{}", step.version, step.description.replace(' ', "_"));
            let file = format!("{}/tests/data/migrations/{name}.sql", env!("CARGO_MANIFEST_DIR"));
            let rows = std::fs::read_to_string(&file).unwrap_or_else(|_| panic!("{name} needs rows to be tested on: {file}"));
            for table in tables(step.sql.as_str()) {
                assert!(rows.contains(&format!("INTO {table} ")), "{name}: no row for {table}");
                filled.insert(table);
            }
            sqlx::raw_sql(AssertSqlSafe(rows)).execute(&mut conn).await.unwrap();
        }
        for table in &filled {
            let (rows,): (i64,) = sqlx::query_as(AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"))).fetch_one(&mut conn).await.unwrap();
            assert!(rows > 0, "{table} lost its rows");
        }
        conn.close().await.unwrap();
        // The bot starts on it, and handles what was left.
        let db = Db::open(&base.url, Durability::None).await.unwrap();
        assert_eq!(db.integrity().await.unwrap(), Vec::<String>::new());
        db.close().await;
    }

    async fn a_database_of_a_newer_version_is_left_alone(base) {
        let db = Db::open(&base.url, Durability::None).await.unwrap();
        db.close().await;
        let mut conn = AnyConnection::connect(&address(&base)).await.unwrap();
        conn.execute("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            SELECT 9999, 'from the future', success, checksum, execution_time FROM _sqlx_migrations LIMIT 1").await.unwrap();
        conn.close().await.unwrap();
        let error = format!("{:#}", Db::open(&base.url, Durability::None).await.err().unwrap());
        assert!(error.contains("newer version") && error.contains("9999"), "{error}");
    }

    async fn a_backup_is_a_whole_database(base) {
        let mut scene = Scene::new(&base, "").await;
        scene.newcomer("小玲").await;
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.db");
        let done = scene.stage.db().backup(&copy.display().to_string()).await;
        if scene.stage.db().is_postgres() {
            assert!(format!("{:#}", done.unwrap_err()).contains("pg_dump"));
        } else {
            done.unwrap();
            let db = Db::open(&format!("sqlite:{}", copy.display()), Durability::None).await.unwrap();
            assert_eq!(db.begin().await.unwrap().members_in(scene.group).await.unwrap(), 2);
            assert!(scene.stage.db().backup(&copy.display().to_string()).await.is_err(), "an existing file is not overwritten");
            db.close().await;
        }
        scene.end().await;
    }
}
