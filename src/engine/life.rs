//! The life of the process: what one that died has left, that this one is alive, what is cleaned up meanwhile.

use anyhow::Result;

use super::{BATCH, Engine, Step, handle};
use crate::model::{Span, Timestamp};
use crate::store::{inbox, meta, quarantine};

/// An update that was being handled this often when the process died is put aside: once with others, then twice alone.
/// A process that is killed while it starts leaves one alone by chance, but hardly the same one twice.
const ATTEMPTS: i64 = 3;

/// How many processes in a row died young; the one at work counts until it is no longer young.
const DIED: &str = "died";
/// A process that lives for so long is not one that dies of what it finds.
const SETTLED: Span = Span::minutes(1);
/// How long updates are stored before they are handled after a process died young: Telegram brings again within this
/// time what it died of.
const WARY: Span = Span::minutes(10);
/// How often what is past its time is cleaned up: some of it is found only by looking at all.
const TIDY: Span = Span::hours(1);
/// How long names of messages and polls are known.
const KEPT: Span = Span::days(400);
/// How long failed events are kept.
const FAILED_KEPT: Span = Span::days(30);

impl Engine {
    /// The process ends as it should.
    pub async fn stop(&mut self) -> Result<()> {
        self.count_deaths(0).await
    }

    /// Takes this process for one that dies young, until it has lived for a while. After one that did it is wary.
    pub(super) async fn count_start(&mut self, now: Timestamp) -> Result<()> {
        let died = meta::get(&mut *self.db.read().await?, DIED).await?;
        let died: i64 = died.and_then(|count| count.parse().ok()).unwrap_or(0);
        if died > 0 {
            self.wary_until = now + WARY;
        }
        self.fresh_since = Some(now);
        self.count_deaths(died + 1).await
    }

    /// How often in a row a process ended otherwise, this one included while it is young.
    async fn count_deaths(&mut self, count: i64) -> Result<()> {
        let mut tx = self.db.begin().await?;
        meta::set(tx.conn().await?, DIED, &count.to_string()).await?;
        tx.commit().await.map(drop)
    }

    /// Notes that the process is alive, and now and then cleans up what is past its time.
    pub async fn beat(&mut self, now: Timestamp) -> Result<()> {
        if self.fresh_since.take_if(|since| now.since(*since) >= SETTLED).is_some() {
            self.count_deaths(0).await?;
        }
        let mut tx = self.db.begin().await?;
        meta::set(tx.conn().await?, "alive", &now.0.to_string()).await?;
        let tidies = self.tidied.is_none_or(|last| now.since(last) >= TIDY);
        if tidies {
            inbox::forget_seen(&mut tx, now).await?;
            tx.forget_names(now - KEPT).await?;
            tx.forget_polls(now - KEPT).await?;
            quarantine::forget_old(&mut tx, now - FAILED_KEPT).await?;
        }
        tx.commit().await?;
        self.tidied = if tidies { Some(now) } else { self.tidied };
        Ok(())
    }

    /// Looks after what a process that stopped had stored. The first start after it simply tries again. If the process
    /// dies once more, the next start handles the updates that were in hand one by one, so that the one it dies of is
    /// known; that one is put aside when it has died of it alone twice.
    pub(super) async fn settle_leftovers(&mut self, now: Timestamp) -> Result<()> {
        let mut conn = self.db.read().await?;
        let leftovers = inbox::waiting(&mut conn, 0, i64::try_from(BATCH)?).await?;
        drop(conn);
        if leftovers.iter().all(|waiting| waiting.attempts == 0) {
            return inbox::count_attempts(&self.db, &leftovers).await;
        }
        for waiting in &leftovers {
            inbox::count_attempts(&self.db, std::slice::from_ref(waiting)).await?;
            let mut tx = self.db.begin().await?;
            if waiting.attempts >= ATTEMPTS {
                let error = "the process died while handling it, again and again";
                handle::put_aside(&mut tx, waiting, error, now, &mut Step::default()).await?;
            } else {
                self.handle_update(&mut tx, waiting, now, &mut Step::default()).await?;
            }
            inbox::remove(&mut tx, std::slice::from_ref(waiting)).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
