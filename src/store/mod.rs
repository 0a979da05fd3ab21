//! The database, and every table that more than one feature uses.
//!
//! One SQL text serves SQLite and PostgreSQL. Everything is written by one connection, inside a [`Tx`]; a pool of readers
//! serves what may be a moment old. Functions take `&mut Tx` (or [`Conn`]) and no clock: times are passed in.

pub mod activity;
pub mod address;
pub mod agenda;
pub mod chats;
pub mod gaps;
pub mod headcount;
pub mod inbox;
pub mod lessons;
pub mod members;
pub mod meta;
mod fault;
mod migrate;
pub mod outbox;
pub mod participants;
pub mod overrides;
mod pending;
pub mod persons;
pub mod polls;
pub mod quarantine;
pub mod rows;
pub mod sent;
pub mod series;
pub mod slots;
pub mod traces;
mod tx;
mod writes;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection, Executor};
use tokio::sync::Mutex;

pub use fault::{in_words, is_outage};
pub use migrate::migrator;
pub use tx::Tx;

/// The connection SQL runs on.
pub type Conn = AnyConnection;

/// Why a PostgreSQL database is not copied here.
pub const PG_DUMP: &str = "a PostgreSQL database is backed up with pg_dump";
/// How long a server may take to answer a command at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// The oldest SQLite whose WAL is sound: older ones can corrupt it (mended in 3.51.3).
const SQLITE_OLDEST: (u32, u32, u32) = (3, 51, 3);

/// An open database.
#[derive(Clone)]
pub struct Db {
    writer: Arc<Mutex<tx::Writer>>,
    readers: AnyPool,
    postgres: bool,
}

/// How much a commit must survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A power cut. For everything real.
    Full,
    /// Nothing. For rehearsals and tests, whose database is thrown away.
    None,
}

impl Db {
    /// Opens the database at `url` (`sqlite:PATH` or `postgres://…`), creating and migrating it as needed.
    ///
    /// # Errors
    /// When it cannot be reached, was written by a newer version, or the built-in SQLite is too old.
    pub async fn open(url: &str, durability: Durability) -> Result<Self> {
        install_default_drivers();
        let postgres = url.starts_with("postgres");
        let url = if postgres || url.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") };
        let options: AnyConnectOptions = url.parse().context("the database address cannot be read")?;
        let options = options.disable_statement_logging();
        let mut writer = options.connect().await.map_err(|error| unopened(&url, &error))?;
        let prepared = prepare(&mut writer, postgres, durability).await;
        prepared.with_context(|| format!("cannot use the database {}", address::shown(&url)))?;
        let readers = readers(options, postgres);
        let writer = tx::Writer::new(writer, postgres).await?;
        Ok(Self { writer: Arc::new(Mutex::new(writer)), readers, postgres })
    }

    /// Opens an existing database for reading and copying, beside a process that may be writing to it.
    ///
    /// # Errors
    /// When there is none, or it cannot be reached.
    pub async fn beside(url: &str) -> Result<Self> {
        Self::must_exist(url)?;
        install_default_drivers();
        let postgres = url.starts_with("postgres");
        let options: AnyConnectOptions = url.parse().context("the database address cannot be read")?;
        let options = options.disable_statement_logging();
        // The pool would try again and again, and then not say why it could not connect.
        let connected = tokio::time::timeout(PATIENCE, options.connect()).await;
        let connected = connected.unwrap_or_else(|_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())));
        let mut conn = connected.map_err(|error| unopened(url, &error))?;
        let own = meta::get(&mut conn, "alive").await;
        own.with_context(|| format!("{} is not a database of Steward's", address::shown(url)))?;
        conn.close().await?;
        let writer = Arc::new(Mutex::new(tx::Writer::none(postgres)));
        Ok(Self { writer, readers: readers(options, postgres), postgres })
    }

    /// Refuses an address behind which opening would make a new database.
    ///
    /// # Errors
    /// When there is none yet.
    pub fn must_exist(url: &str) -> Result<()> {
        if address::sqlite_path(url).is_some_and(|path| !Path::new(path).exists()) {
            bail!("there is no database {} yet; `steward run` makes it", address::shown(url));
        }
        Ok(())
    }

    /// Begins the only kind of transaction that writes. Waits while another is open.
    pub async fn begin(&self) -> Result<Tx> {
        Tx::begin(Arc::clone(&self.writer).lock_owned().await).await
    }

    /// Rolls back what a transaction left that was dropped. The next one would do so too; until then it holds the database.
    pub async fn undo_unfinished(&self) -> Result<()> {
        self.writer.lock().await.undo_unfinished().await.map(drop)
    }

    /// A connection for reading what was committed.
    pub async fn read(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Any>> {
        self.readers.acquire().await.context("no connection for reading")
    }

    pub fn is_postgres(&self) -> bool {
        self.postgres
    }

    /// Copies the whole database into a new file while everything goes on.
    ///
    /// # Errors
    /// On PostgreSQL, which brings its own tools, and when the file exists or cannot be written.
    pub async fn backup(&self, to: &str) -> Result<()> {
        if self.postgres {
            bail!(PG_DUMP);
        }
        let mut conn = self.readers.acquire().await?;
        conn.execute("PRAGMA query_only = OFF").await?;
        let copied = sqlx::query("VACUUM INTO $1").bind(to).execute(&mut *conn).await;
        conn.execute("PRAGMA query_only = ON").await?;
        copied.with_context(|| format!("cannot write the backup to {to}"))?;
        Ok(())
    }

    /// What SQLite finds wrong with the file; empty when it is sound. PostgreSQL looks after itself.
    pub async fn integrity(&self) -> Result<Vec<String>> {
        if self.postgres {
            return Ok(Vec::new());
        }
        let mut conn = self.readers.acquire().await?;
        let rows: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check(20)").fetch_all(&mut *conn).await?;
        Ok(rows.into_iter().map(|(line,)| line).filter(|line| line != "ok").collect())
    }

    /// Waits for the open transaction and closes every connection.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.lock().await.close().await;
    }
}

/// Why a database cannot be opened, and what to look at.
fn unopened(url: &str, error: &sqlx::Error) -> anyhow::Error {
    let advice = if address::sqlite_path(url).is_some() {
        "its folder must be there, and both must be writable"
    } else {
        "look whether the server runs and takes this name and password"
    };
    anyhow!("cannot open the database {}: {}; {advice}", address::shown(url), fault::said(error))
}

fn readers(options: AnyConnectOptions, postgres: bool) -> AnyPool {
    AnyPoolOptions::new()
        .max_connections(4)
        .min_connections(0)
        .after_connect(move |conn, _| {
            Box::pin(async move {
                let setup = if postgres { "SET default_transaction_read_only = on" } else { "PRAGMA query_only = ON" };
                conn.execute(setup).await.map(drop)
            })
        })
        .connect_lazy_with(options)
}

/// How often the lock on PostgreSQL is tried, and the pause after each time: two seconds in all.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// One process at a time writes a database: two would post everything twice.
async fn lock_postgres(conn: &mut Conn) -> Result<()> {
    const STEWARD: i32 = 0x5354_4557; // "STEW"
    for _ in 0..LOCK_TRIES {
        let (locked,): (i32,) = sqlx::query_as(
            "SELECT CASE WHEN pg_try_advisory_lock(hashtext(current_schema()), $1::int) THEN 1 ELSE 0 END",
        )
        .bind(STEWARD)
        .fetch_one(&mut *conn)
        .await?;
        if locked == 1 {
            return Ok(());
        }
        // PostgreSQL frees the lock of a process that died a moment after its connection.
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    bail!("another process is using this database");
}

/// Makes a fresh connection the one that writes, and the tables this version's.
async fn prepare(writer: &mut Conn, postgres: bool, durability: Durability) -> Result<()> {
    if postgres {
        lock_postgres(writer).await?;
    } else {
        prepare_sqlite(writer, durability).await?;
    }
    migrate::run(writer, postgres).await
}

async fn prepare_sqlite(conn: &mut Conn, durability: Durability) -> Result<()> {
    let (version,): (String,) = sqlx::query_as("SELECT sqlite_version()").fetch_one(&mut *conn).await?;
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < SQLITE_OLDEST {
        bail!("SQLite {version} can corrupt its log; at least 3.51.3 is needed");
    }
    let synchronous = match durability {
        Durability::Full => "PRAGMA synchronous = FULL",
        Durability::None => "PRAGMA synchronous = OFF",
    };
    for pragma in [
        "PRAGMA busy_timeout = 5000",
        "PRAGMA journal_mode = WAL",
        synchronous,
        "PRAGMA wal_autocheckpoint = 2000",
        "PRAGMA cache_size = -4096",
        "PRAGMA temp_store = MEMORY",
    ] {
        conn.execute(pragma).await.with_context(|| format!("{pragma} failed"))?;
    }
    Ok(())
}
