//! Sending: what the engine asks for goes out at the courier's pace, and what became of it comes back as receipts.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use anyhow::Result;
use futures::FutureExt;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::engine::carry::{Ways, carry};
use crate::engine::courier::{Courier, Job};
use crate::engine::{Ended, Receipt};
use crate::model::Class;
use crate::model::event::Why;
use crate::store::in_words;
use crate::store::outbox::Letter;

/// Calls under way when the process stops may take so long; those that do not end are taken for "may have happened".
const FAREWELL: Duration = Duration::from_secs(5);
/// The wall clock may jump, so that no sleep is longer than this.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
const AFTER_AN_ERROR: Duration = Duration::from_secs(1);

/// What a transaction left for the courier.
pub(super) struct Posted {
    pub(super) letters: Vec<Letter>,
    pub(super) withdrawn: Vec<i64>,
}

pub(super) struct Post {
    pub(super) courier: Courier,
    pub(super) ways: Ways,
    /// The bot's username.
    pub(super) bot: String,
    pub(super) posted: UnboundedReceiver<Posted>,
    pub(super) receipts: UnboundedSender<Receipt>,
}

impl Post {
    pub(super) async fn run(mut self, stop: CancellationToken) -> Result<()> {
        let mut flying: JoinSet<(Letter, Ended)> = JoinSet::new();
        while !stop.is_cancelled() {
            while let Ok(posted) = self.posted.try_recv() {
                self.take(posted);
            }
            while let Some(done) = flying.try_join_next() {
                self.landed(done?);
            }
            let sleep = match self.courier.next(super::now()).await {
                Ok((jobs, receipts)) => {
                    for receipt in receipts {
                        self.report(receipt);
                    }
                    for job in jobs {
                        flying.spawn(fly(self.ways.clone(), self.bot.clone(), job));
                    }
                    self.sleep()
                }
                Err(error) => {
                    tracing::error!(error = in_words(&error), "the outbox cannot be read or written");
                    AFTER_AN_ERROR
                }
            };
            metrics::gauge!("steward_effects_waiting").set(to_figure(self.courier.waiting()));
            tokio::select! {
                Some(posted) = self.posted.recv() => self.take(posted),
                Some(done) = flying.join_next() => self.landed(done?),
                () = tokio::time::sleep(sleep) => {}
                () = stop.cancelled() => {}
            }
        }
        let landing = async {
            while let Some(done) = flying.join_next().await {
                if let Ok(done) = done {
                    self.landed(done);
                }
            }
        };
        // What is still under way is known to the database as such.
        let _ = tokio::time::timeout(FAREWELL, landing).await;
        Ok(())
    }

    fn take(&mut self, posted: Posted) {
        self.courier.take(posted.letters, posted.withdrawn, super::now());
    }

    fn landed(&mut self, (letter, ended): (Letter, Ended)) {
        let receipt = self.courier.done(letter, ended, super::now());
        self.report(receipt);
    }

    fn report(&self, receipt: Receipt) {
        let class = word(receipt.letter.outgoing.class);
        let outcome = match &receipt.ended {
            Ended::Sent(_) => "sent",
            Ended::Answered(_) | Ended::Advised(Ok(_)) => "answered",
            Ended::Advised(Err(_)) => "unanswered",
            Ended::Refused { .. } => "refused",
            Ended::Again { .. } => "again",
            Ended::Moved { .. } => "moved",
        };
        if let Ended::Refused { why, text, method } = &receipt.ended
            && !matches!(why, Why::Withdrawn | Why::TooLate)
        {
            let chat = receipt.letter.outgoing.effect.chat().map(|chat| chat.0);
            // What is about a message that was never sent, because it came too late itself, was never asked of Telegram.
            if matches!(why, Why::NotFound) && method.is_empty() {
                tracing::debug!(
                    outbox.id = receipt.letter.id,
                    chat.id = chat,
                    class,
                    text,
                    "an effect came to nothing"
                );
            } else {
                tracing::info!(
                    outbox.id = receipt.letter.id,
                    chat.id = chat,
                    method,
                    class,
                    text,
                    "an effect was refused"
                );
            }
        }
        if let Ended::Advised(Err(why)) = &receipt.ended {
            tracing::info!(outbox.id = receipt.letter.id, ?why, "there is no second opinion");
        }
        metrics::counter!("steward_effects_total", "class" => class, "outcome" => outcome).increment(1);
        // Without an engine nobody can keep it; the outbox then still has the letter.
        let _ = self.receipts.send(receipt);
    }

    fn sleep(&mut self) -> Duration {
        let at = super::now();
        let wait = self.courier.next_at(at).map_or(LONGEST_SLEEP, |next| next.since(at).std());
        wait.clamp(Duration::from_millis(1), LONGEST_SLEEP)
    }
}

/// Carries one effect out. A panic on the way is that effect's alone: it is refused, or it would come back at every start.
async fn fly(ways: Ways, bot: String, job: Job) -> (Letter, Ended) {
    let letter = job.letter.clone();
    let carried = AssertUnwindSafe(carry(&ways, &bot, job, super::now())).catch_unwind().await;
    carried.unwrap_or_else(|_| {
        tracing::error!(outbox.id = letter.id, "the program failed while sending");
        let text = "the program failed while sending it".to_owned();
        (letter, Ended::Refused { why: Why::Other, text, method: String::new() })
    })
}

fn word(class: Class) -> &'static str {
    match class {
        Class::Answer => "answer",
        Class::Guard => "guard",
        Class::Order => "order",
        Class::Reply => "reply",
        Class::Welcome => "welcome",
        Class::Post => "post",
        Class::Board => "board",
        Class::Bulk => "bulk",
        Class::Question => "question",
    }
}

/// A count as figures want it.
#[expect(clippy::cast_precision_loss, reason = "queues are far shorter than 2^52")]
pub(super) fn to_figure(count: usize) -> f64 {
    count as f64
}
