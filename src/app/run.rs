//! The engine at work: it stores what arrives, handles it, wakes when something is due. The only writer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::mpsc::{Receiver, UnboundedReceiver, UnboundedSender};
use tokio_util::sync::CancellationToken;

use super::alarm::{Alarm, Bell, Listener};
use super::post::{Posted, to_figure};
use crate::engine::intake::Arrival;
use crate::engine::{Book, Engine, Receipt};
use crate::model::{Span, Timestamp};
use crate::store::in_words;
use crate::web::Status;

/// Updates stored in one transaction when several bring them at once.
const TOGETHER: usize = 1000;
/// The wall clock may jump, so that no sleep is longer than this.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
/// How often the process notes that it is alive.
const BEAT: Span = Span::minutes(1);
const AFTER_AN_ERROR: Duration = Duration::from_secs(1);
/// A connection to PostgreSQL that is lost does not come back; the next process makes a new one.
const POSTGRES_FAILURES: u32 = 5;

/// What others ask of the engine.
pub(super) enum Order {
    /// New settings, and who is told of alarms by them.
    Settings(Box<Book>, Vec<Listener>),
    Alarm(Alarm),
}

pub(super) struct Run {
    pub(super) engine: Engine,
    pub(super) arrivals: Receiver<Arrival>,
    pub(super) ordered: Receiver<Order>,
    pub(super) returned: UnboundedReceiver<Receipt>,
    pub(super) letters: UnboundedSender<Posted>,
    pub(super) bell: Bell,
    pub(super) status: Arc<Status>,
    pub(super) figures: PrometheusHandle,
}

/// What waits for the engine.
#[derive(Default)]
struct Pending {
    arrival: Option<Arrival>,
    /// Kept until it could be obeyed.
    order: Option<Order>,
    receipts: Vec<Receipt>,
    /// What arrived could not be stored; Telegram brings it again.
    unstored: bool,
    /// When the process is to note that it is alive. After an error it does so at once, to learn whether it can.
    beat_at: Timestamp,
}

impl Pending {
    /// Tells those who brought updates whether they are safe.
    fn answer<T>(&mut self, brought: Vec<Arrival>, result: Result<T>) -> Result<T> {
        if !brought.is_empty() {
            self.unstored = result.is_err();
        }
        for arrival in brought {
            arrival.answer(result.is_ok());
        }
        result
    }
}

impl Run {
    /// Works until everybody else has ended; then once more, to write down what came of their last doings.
    pub(super) async fn run(mut self, receipts: Vec<Receipt>, drained: CancellationToken) -> Result<()> {
        let mut pending = Pending { receipts, ..Pending::default() };
        let mut failures = 0;
        loop {
            let last = drained.is_cancelled();
            let sleep = match self.turn(&mut pending).await {
                Ok(sleep) => {
                    failures = 0;
                    if !pending.unstored && self.status.well("database") {
                        tracing::info!("the database works again");
                    }
                    sleep
                }
                Err(error) => {
                    failures += 1;
                    pending.beat_at = Timestamp(0);
                    tracing::error!(error = in_words(&error), failures, "the database fails; trying again");
                    self.status.wrong("database", in_words(&error));
                    if failures >= POSTGRES_FAILURES && self.engine.db().is_postgres() {
                        return Err(error.context("the connection to the database is lost"));
                    }
                    // Otherwise it would hold the database until the next try.
                    let _ = self.engine.db().undo_unfinished().await;
                    if !last {
                        tokio::time::sleep(AFTER_AN_ERROR).await;
                    }
                    None
                }
            };
            if last {
                return self.engine.stop().await;
            }
            if let Some(sleep) = sleep {
                self.wait(&mut pending, sleep, &drained).await;
            }
        }
    }

    /// Takes in what arrived and handles a batch. Gives how long nothing will be due; none when there is more to do at
    /// once. On an error it can be tried again: receipts are kept, and those who brought updates know that they were not
    /// stored.
    async fn turn(&mut self, pending: &mut Pending) -> Result<Option<Duration>> {
        while let Ok(receipt) = self.returned.try_recv() {
            pending.receipts.push(receipt);
        }
        while let Some(order) = pending.order.take().or_else(|| self.ordered.try_recv().ok()) {
            if let Err(error) = self.obey(&order).await {
                pending.order = Some(order);
                return Err(error);
            }
        }
        let (mut arrived, mut brought) = self.gather(pending);
        if !self.engine.takes(arrived.len(), super::now()) {
            let stored = self.store(std::mem::take(&mut arrived)).await;
            pending.answer(std::mem::take(&mut brought), stored)?;
        }
        let began = Instant::now();
        let step = self.engine.step(super::now(), &pending.receipts, arrived).await;
        let step = pending.answer(brought, step)?;
        pending.receipts.clear();
        metrics::counter!("steward_updates_taken_total").increment(step.taken as u64);
        if step.handled + step.failed > 0 {
            metrics::histogram!("steward_step_seconds").record(began.elapsed());
            metrics::counter!("steward_events_handled_total").increment(step.handled as u64);
            metrics::counter!("steward_events_failed_total").increment(step.failed as u64);
        }
        metrics::gauge!("steward_updates_waiting").set(to_figure(self.engine.waiting()));
        if !step.posted.is_empty() || !step.withdrawn.is_empty() {
            // Without a courier the outbox keeps them for the next start.
            let _ = self.letters.send(Posted { letters: step.posted, withdrawn: step.withdrawn });
        }
        if super::now() >= pending.beat_at {
            self.engine.beat(super::now()).await?;
            // Figures that nobody fetches must not pile up.
            self.figures.run_upkeep();
            pending.beat_at = super::now() + BEAT;
        }
        if step.failed > 0 {
            self.ring(&Alarm::Failed).await?;
        }
        if step.more || step.failed > 0 || !self.arrivals.is_empty() {
            return Ok(None);
        }
        let due = self.engine.next_due().await?.map_or(pending.beat_at, |due| due.min(pending.beat_at));
        Ok(Some(due.since(super::now()).std().min(LONGEST_SLEEP)))
    }

    /// Updates that several brought, to be taken in together, and who brought them. The rest waits in the channel, which
    /// is bounded, and so do those who bring more.
    fn gather(&mut self, pending: &mut Pending) -> (Vec<(i64, String)>, Vec<Arrival>) {
        let (mut updates, mut brought) = (Vec::new(), Vec::new());
        while updates.len() < TOGETHER
            && let Some(mut arrival) = pending.arrival.take().or_else(|| self.arrivals.try_recv().ok())
        {
            updates.append(&mut arrival.updates);
            brought.push(arrival);
        }
        (updates, brought)
    }

    /// Stores what waits for others to be handled before it.
    async fn store(&mut self, updates: Vec<(i64, String)>) -> Result<()> {
        let began = Instant::now();
        let stored = self.engine.store(updates, super::now()).await?;
        metrics::counter!("steward_updates_taken_total").increment(stored as u64);
        metrics::histogram!("steward_store_seconds").record(began.elapsed());
        Ok(())
    }

    async fn obey(&mut self, order: &Order) -> Result<()> {
        match order {
            Order::Settings(book, listeners) => {
                self.bell.listeners.clone_from(listeners);
                self.engine.set_book(Book::clone(book), super::now()).await
            }
            Order::Alarm(alarm) => self.ring(alarm).await,
        }
    }

    async fn ring(&mut self, alarm: &Alarm) -> Result<()> {
        self.bell.raise(alarm, &mut self.engine, super::now()).await
    }

    /// Waits for something to do.
    async fn wait(&mut self, pending: &mut Pending, sleep: Duration, drained: &CancellationToken) {
        tokio::select! {
            Some(arrival) = self.arrivals.recv() => pending.arrival = Some(arrival),
            Some(receipt) = self.returned.recv() => pending.receipts.push(receipt),
            Some(order) = self.ordered.recv() => pending.order = Some(order),
            () = tokio::time::sleep(sleep) => {}
            () = drained.cancelled() => {}
        }
    }
}
