//! Whether the process is well: for monitors, and for `steward health`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::model::{Span, Timestamp};
use crate::store::{Db, in_words, inbox, outbox, quarantine};

/// Tells the time.
pub type Clock = fn() -> Timestamp;

/// Longer than this without hearing from Telegram is not well: polls come back within a minute.
const SILENCE: Span = Span::minutes(2);
/// A database that takes longer to answer is not well.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the tasks of the process say of themselves.
pub struct Status {
    /// What is wrong, by what it is wrong with.
    wrong: Mutex<BTreeMap<&'static str, String>>,
    /// When Telegram was last heard; at first, when the process started.
    heard: AtomicI64,
}

impl Status {
    pub fn new(now: Timestamp) -> Self {
        Self { wrong: Mutex::default(), heard: AtomicI64::new(now.0) }
    }

    /// Something is wrong until [`Status::well`].
    pub fn wrong(&self, what: &'static str, why: impl Into<String>) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).insert(what, why.into());
    }

    /// Says whether it was wrong before.
    pub fn well(&self, what: &'static str) -> bool {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).remove(what).is_some()
    }

    /// Telegram was heard.
    pub fn heard(&self, now: Timestamp) {
        self.heard.store(now.0, Ordering::Relaxed);
    }
}

/// What `/health` needs.
#[derive(Clone)]
pub struct Health {
    pub status: Arc<Status>,
    pub db: Db,
    pub clock: Clock,
    /// Updates are asked for; with a webhook silence means nothing.
    pub polls: bool,
}

pub(super) async fn health(State(health): State<Health>) -> (StatusCode, Json<Value>) {
    let silent = (health.clock)().since(Timestamp(health.status.heard.load(Ordering::Relaxed)));
    let mut wrong = health.status.wrong.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if health.polls && silent > SILENCE {
        wrong.entry("telegram").or_insert_with(|| format!("not heard for {}", Span::secs(silent.as_secs())));
    }
    let counts = match tokio::time::timeout(PATIENCE, counts(&health.db)).await {
        Ok(Ok(counts)) => Some(counts),
        Ok(Err(error)) => {
            wrong.insert("database", in_words(&error));
            None
        }
        Err(_) => {
            wrong.insert("database", "it does not answer".to_owned());
            None
        }
    };
    let [updates, effects, failed] = counts.map_or([None; 3], |counts| counts.map(Some));
    let code = if wrong.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "ok": wrong.is_empty(),
        "wrong": wrong,
        "heard_seconds_ago": health.polls.then(|| silent.as_secs()),
        "waiting": { "updates": updates, "effects": effects },
        "quarantine": failed,
        "version": env!("CARGO_PKG_VERSION"),
    });
    (code, Json(body))
}

/// Updates to be handled, effects to be carried out, events that failed.
async fn counts(db: &Db) -> Result<[i64; 3]> {
    let mut conn = db.read().await?;
    Ok([inbox::count(&mut conn).await?, outbox::count(&mut conn).await?, quarantine::count(&mut conn).await?])
}
