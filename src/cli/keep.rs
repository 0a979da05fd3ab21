//! Looking after a bot: its health, its failed events, its backup.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::{Ended, Outcome, Which, print};
use crate::app;
use crate::config::Loaded;
use crate::cx::Me;
use crate::engine::Engine;
use crate::model::{Span, Timestamp};
use crate::store::{Db, Durability, PG_DUMP, meta, quarantine};
use crate::telegram::http::Http;

/// A bot that takes longer to answer is not well.
const PATIENCE: Duration = Duration::from_secs(4);
/// A running bot notes once a minute that it is alive.
const SILENCE: Span = Span::minutes(3);
/// Failed events listed or replayed at once.
const MOST: i64 = 10_000;

pub(super) async fn health(mut at: SocketAddr) -> Outcome {
    if at.ip().is_unspecified() {
        at.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
    let Ok(answer) = client.get(format!("http://{at}/health")).send().await else {
        eprintln!("steward: nobody answers at {at}");
        return Ok(Ended::Problems);
    };
    let well = answer.status().is_success();
    print(&(answer.text().await? + "\n"))?;
    Ok(if well { Ended::Well } else { Ended::Problems })
}

/// For a bot that listens nowhere: whether it has lately noted in its database that it is alive.
pub(super) async fn signs_of_life(database: &str) -> Outcome {
    let db = Db::beside(database).await?;
    let alive = meta::get(&mut *db.read().await?, "alive").await?.and_then(|at| at.parse().ok()).map(Timestamp);
    let silent = alive.map(|at| app::now().since(at));
    let well = silent.is_some_and(|silent| silent <= SILENCE);
    let found = json!({ "ok": well, "alive_seconds_ago": silent.map(Span::as_secs) });
    print(&format!("{found}\n"))?;
    Ok(if well { Ended::Well } else { Ended::Problems })
}

/// Lists failed events; the bot may be running.
pub(super) async fn list(database: &str, json: bool) -> Outcome {
    let db = Db::beside(database).await?;
    let failed = quarantine::list(&mut *db.read().await?, MOST).await?;
    if json {
        print(&(serde_json::to_string_pretty(&failed)? + "\n"))?;
        return Ok(Ended::Well);
    }
    let mut text = String::new();
    for it in &failed {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:>5}  {}  {}", it.id, it.at.utc().format("%Y-%m-%d %H:%M:%SZ"), it.error);
    }
    print(if failed.is_empty() { "No event has failed.\n" } else { &text })?;
    Ok(Ended::Well)
}

/// Handles failed events again: one, or all.
pub(super) async fn replay(loaded: Loaded, id: Option<i64>) -> Outcome {
    let url = loaded.process.database();
    Db::must_exist(&url)?;
    let _hold = app::lock::hold(&url)?;
    let db = Db::open(&url, Durability::Full).await?;
    let all = quarantine::list(&mut *db.read().await?, MOST).await?;
    let chosen: Vec<_> = all.into_iter().filter(|failed| id.is_none_or(|id| failed.id == id)).collect();
    if let (Some(id), true) = (id, chosen.is_empty()) {
        return Err(anyhow::anyhow!("there is no failed event {id}; `steward replay` lists them").into());
    }
    if chosen.is_empty() {
        print("No event has failed.\n")?;
        return Ok(Ended::Well);
    }
    let me = match app::remembered(&db).await? {
        Some(me) => me,
        None => ask_who(&loaded).await?,
    };
    let mut engine = Engine::for_replay(db.clone(), me, loaded.book(), app::now()).await?;
    let mut again = 0;
    for failed in &chosen {
        match engine.replay(failed, app::now()).await? {
            None => print(&format!("{:>5}  handled\n", failed.id))?,
            Some(error) => {
                again += 1;
                print(&format!("{:>5}  failed again: {error}\n", failed.id))?;
            }
        }
    }
    db.close().await;
    print(&format!("{} handled, {again} failed again.\n", chosen.len() - again))?;
    Ok(if again == 0 { Ended::Well } else { Ended::Problems })
}

/// Asks Telegram who the bot is, which the database knows once the bot has run.
async fn ask_who(loaded: &Loaded) -> Result<Me> {
    let token = loaded.process.token(&loaded.folder);
    let token = token.context("the bot has not run with this database yet, so Telegram must be asked who it is")?;
    let door = Http::new(&loaded.process.server()?, token)?;
    app::who_am_i(&door).await.context("Telegram does not say who the bot is")
}

/// Forgets failed events: one, or all.
pub(super) async fn discard(database: &str, which: Which) -> Result<()> {
    Db::must_exist(database)?;
    let _hold = app::lock::hold(database)?;
    let db = Db::open(database, Durability::Full).await?;
    let mut tx = db.begin().await?;
    let gone = match which {
        Which::One(id) => quarantine::remove(&mut tx, id).await?,
        Which::All => quarantine::clear(&mut tx).await?,
    };
    tx.commit().await?;
    db.close().await;
    if let (Which::One(id), 0) = (which, gone) {
        bail!("there is no failed event {id}; `steward replay` lists them");
    }
    print(&format!("{gone} discarded.\n"))?;
    Ok(())
}

/// Copies the database, and makes sure that the copy is sound.
pub(super) async fn backup(database: &str, to: &Path) -> Result<()> {
    if to.exists() {
        bail!("{} exists already", to.display());
    }
    if database.starts_with("postgres") {
        bail!(PG_DUMP);
    }
    let path = to.to_str().context("the name of the file is not UTF-8")?;
    let db = Db::beside(database).await?;
    db.backup(path).await?;
    db.close().await;
    let copy = Db::beside(&format!("sqlite:{path}?mode=ro")).await?;
    let wrong = copy.integrity().await?;
    copy.close().await;
    if let Some(first) = wrong.first() {
        bail!("the copy is not sound: {first}");
    }
    print(&format!("{path}: {} bytes, checked\n", std::fs::metadata(to)?.len()))?;
    Ok(())
}
