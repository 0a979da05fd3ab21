//! The running bot: its tasks, its signals, and the only clock.
//!
//! One task owns the engine and writes (`run`); one owns the courier and sends (`post`); one asks Telegram for updates
//! (`poll`), or the web server takes them; one watches the settings files (`reload`). When any of them ends or panics
//! before it should, the process stops with an error: a supervisor starts it anew, and nothing is lost.

mod alarm;
mod door;
pub mod lock;
mod poll;
mod post;
mod reload;
mod run;
mod start;
pub mod telemetry;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use axum::Router;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::advice;
use crate::config::Loaded;
use crate::config::process::{Intake as Way, Process, read_webhook_secret};
use crate::engine::Engine;
use crate::engine::carry::Ways;
use crate::engine::courier::Courier;
use crate::engine::intake::{Intake, intake};
use crate::model::Timestamp;
use crate::store::{Db, Durability};
use crate::telegram::Door;
use crate::telegram::http::Http;
use crate::web::{self, Health, Hook, Status};

pub use start::{remembered, who_am_i};

/// Everybody but the engine ends within this; then the engine writes down what came of it.
const FAREWELL: Duration = Duration::from_secs(7);
/// The engine's last step, and closing the database.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What time it is. Nobody else asks.
pub fn now() -> Timestamp {
    chrono::Utc::now().into()
}

/// Runs the bot until it is told to stop.
pub async fn serve(loaded: Loaded, file: Option<PathBuf>) -> Result<()> {
    let stop = CancellationToken::new();
    listen_for_signals(stop.clone())?;
    // Before the database: a bot that cannot speak to Telegram need not disturb one that can.
    let http = Http::new(&loaded.process.server()?, loaded.process.token(&loaded.folder)?)?;
    let url = loaded.process.database();
    let _hold = lock::hold(&url)?;
    let db = Db::open(&url, Durability::Full).await?;
    let figures = telemetry::metrics()?;
    let mut bot = Bot { tasks: JoinSet::new(), stop, status: Arc::new(Status::new(self::now())) };
    let door: Arc<dyn Door> = Arc::new(door::Watched::new(http, Arc::clone(&bot.status)));
    let drained = CancellationToken::new();
    let engine = bot.begin(&db, loaded, file, figures, &door, drained.clone()).await;
    let ended = match engine {
        Ok(Some(engine)) => bot.until_stopped(engine, drained).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    let _ = tokio::time::timeout(LAST_WORDS, db.close()).await;
    ended
}

/// The tasks of the process.
struct Bot {
    tasks: JoinSet<(&'static str, Result<()>)>,
    stop: CancellationToken,
    status: Arc<Status>,
}

/// The task that owns the engine.
type EngineTask = tokio::task::JoinHandle<Result<()>>;

impl Bot {
    fn spawn(&mut self, name: &'static str, task: impl Future<Output = Result<()>> + Send + 'static) {
        self.tasks.spawn(async move { (name, task.await) });
    }

    /// Starts everything. `None` when it was told to stop before Telegram said who the bot is.
    async fn begin(
        &mut self,
        db: &Db,
        loaded: Loaded,
        file: Option<PathBuf>,
        figures: PrometheusHandle,
        door: &Arc<dyn Door>,
        drained: CancellationToken,
    ) -> Result<Option<EngineTask>> {
        let process = loaded.process.clone();
        let (intake, arrivals) = intake();
        self.status.wrong("start", "it is not ready yet");
        self.listen(&process, &loaded, db, figures.clone(), intake.clone()).await?;
        let Some(me) = start::introduce(&**door, &self.status, &self.stop).await? else { return Ok(None) };
        tracing::info!(bot = me.username, communities = loaded.communities.len(), "the bot starts");
        if !me.reads_all {
            tracing::info!("privacy mode is on: where the bot is no administrator it sees commands only");
        }
        start::remember(db, &me).await?;
        let username = me.username.clone();
        let mut engine = Engine::start(db.clone(), me, loaded.book(), self::now()).await?;
        let (courier, owed) = Courier::start(db.clone(), process.rates(), self::now()).await?;
        let (orders, ordered) = mpsc::channel(16);
        let alarms = alarm::Alarms::new(orders.clone());
        let mut bell = alarm::Bell::new(alarm::listeners(&loaded));
        for alarm in start::arrange(&**door, &process, &loaded, &self.status).await? {
            bell.raise(&alarm, &mut engine, self::now()).await?;
        }
        if !loaded.defects.is_empty() {
            bell.raise(&reload::bad_files(&loaded.defects), &mut engine, self::now()).await?;
        }
        self.status.well("start");
        // Unbounded, so that the two never wait for each other; what flows is bounded by the batches of one and the
        // calls under way of the other.
        let (letters, posted) = mpsc::unbounded_channel();
        let (receipts, returned) = mpsc::unbounded_channel();
        let run =
            run::Run { engine, arrivals, ordered, returned, letters, bell, status: Arc::clone(&self.status), figures };
        let engine = tokio::spawn(run.run(owed, drained));
        let ways = Ways { door: Arc::clone(door), advisor: Arc::new(advice::http::Http::new()?) };
        let post = post::Post { courier, ways, bot: username, posted, receipts };
        self.spawn("the courier", post.run(self.stop.clone()));
        if process.intake == Way::Poll {
            let poller = poll::Poller {
                door: Arc::clone(door),
                intake,
                alarms: alarms.clone(),
                status: Arc::clone(&self.status),
                delete_webhook: process.delete_webhook,
            };
            self.spawn("the poller", poller.run(self.stop.clone()));
        }
        self.spawn("the settings watch", reload::watch(loaded, file, orders, alarms, self.stop.clone()));
        Ok(Some(engine))
    }

    /// Opens the addresses the settings name.
    async fn listen(
        &mut self,
        process: &Process,
        loaded: &Loaded,
        db: &Db,
        figures: PrometheusHandle,
        intake: Intake,
    ) -> Result<()> {
        let polls = process.intake == Way::Poll;
        let health = Health { status: Arc::clone(&self.status), db: db.clone(), clock: now, polls };
        let mut routers: Vec<(std::net::SocketAddr, Router)> = Vec::new();
        routers.extend(process.listen().map(|address| (address, web::inside(health, figures))));
        if let Way::Webhook(webhook) = &process.intake {
            let secret = read_webhook_secret(&loaded.folder.join(&webhook.secret_file))?;
            let hook = web::outside(Hook { url: webhook.url.clone(), secret, intake });
            match routers.iter_mut().find(|(address, _)| *address == webhook.listen) {
                Some((_, router)) => *router = std::mem::take(router).merge(hook),
                None => routers.push((webhook.listen, hook)),
            }
        }
        for (address, router) in routers {
            let listener = web::bind(address).await?;
            tracing::info!(address = %listener.local_addr()?, "listening");
            self.spawn("the web server", web::serve(listener, router, self.stop.clone()));
        }
        Ok(())
    }

    /// Waits for the end, and brings it about in order: first nothing comes in or goes out any more, then what came of it
    /// is written down.
    async fn until_stopped(mut self, mut engine: EngineTask, drained: CancellationToken) -> Result<()> {
        let mut outcome = tokio::select! {
            biased;
            () = self.stop.cancelled() => Ok(()),
            Some(ended) = self.tasks.join_next() => Err(too_soon(ended.map_err(Into::into))),
            ended = &mut engine => {
                return Err(too_soon(ended.map(|ended| ("the engine", ended)).map_err(Into::into)));
            }
        };
        tracing::info!("stopping");
        self.stop.cancel();
        let farewell = async {
            while let Some(ended) = self.tasks.join_next().await {
                match ended {
                    Ok((_, Ok(()))) => {}
                    ended if outcome.is_ok() => outcome = Err(too_soon(ended.map_err(Into::into))),
                    _ => {}
                }
            }
        };
        if tokio::time::timeout(FAREWELL, farewell).await.is_err() {
            tracing::warn!("not everything ended in time; what is unfinished is taken up at the next start");
            self.tasks.abort_all();
        }
        drained.cancel();
        match tokio::time::timeout(LAST_WORDS, engine).await {
            Ok(Ok(Ok(()))) => tracing::info!("stopped"),
            Ok(ended) => tracing::error!("the engine's end failed: {ended:?}"),
            Err(_) => tracing::warn!("the last step was not finished; it is taken up at the next start"),
        }
        outcome
    }
}

/// Why a task's end ends the process.
fn too_soon(ended: Result<(&'static str, Result<()>)>) -> anyhow::Error {
    match ended {
        Ok((name, Ok(()))) => anyhow!("{name} ended before its time"),
        Ok((name, Err(error))) => error.context(format!("{name} failed")),
        Err(panic) => panic.context("a task panicked"),
    }
}

fn listen_for_signals(stop: CancellationToken) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.cancel();
    });
    Ok(())
}
