//! Asking Telegram for updates: what comes is stored, then Telegram is told, with the next question, that it arrived.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use super::alarm::{Alarm, Alarms};
use super::start::webhook_host;
use crate::engine::intake::Intake;
use crate::model::Span;
use crate::telegram::refusal::{Outcome, classify};
use crate::telegram::update::{ALLOWED_UPDATES, update_id};
use crate::telegram::{Call, Door, Fault};
use crate::web::Status;

/// Telegram holds a question without news so long at most.
const LONG: Span = Span::secs(50);
/// After a failure the question is short, so that it is soon known whether Telegram answers again.
const SHORT: Span = Span::secs(1);
/// Telegram gives at most so many at once.
const LIMIT: u8 = 100;

pub(super) struct Poller {
    pub(super) door: Arc<dyn Door>,
    pub(super) intake: Intake,
    pub(super) alarms: Alarms,
    pub(super) status: Arc<Status>,
    pub(super) delete_webhook: bool,
}

impl Poller {
    pub(super) async fn run(self, stop: CancellationToken) -> Result<()> {
        let mut offset = 0;
        let mut last = None;
        let mut failures = 0;
        loop {
            let length = if failures == 0 { LONG } else { SHORT };
            let polled = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                polled = self.door.poll(offset, LIMIT, length, ALLOWED_UPDATES) => polled,
            };
            let wait = match polled.and_then(numbered) {
                Ok(updates) => {
                    self.got_through();
                    // With nothing left to confirm, an offset would only hide updates numbered from lower down, as they
                    // may be after a week of silence.
                    let next = updates.last().map_or(0, |(last, _)| last + 1);
                    let missing = missing(&mut last, updates.iter().map(|(id, _)| *id));
                    if missing > 0 {
                        tracing::warn!(missing, "numbers of updates are missing: some may be lost");
                        metrics::counter!("steward_updates_missing_total").increment(missing);
                    }
                    match self.hand_in(updates).await {
                        Ok(()) => {
                            (offset, failures) = (next, 0);
                            continue;
                        }
                        // Not confirmed, so that Telegram gives the same again.
                        Err(error) => {
                            tracing::error!(error = format!("{error:#}"), "updates could not be stored");
                            failures += 1;
                            pause(Outcome::NotSent, failures, rand::random())
                        }
                    }
                }
                Err(fault) => {
                    failures += 1;
                    self.failed(&fault, failures).await
                }
            };
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn hand_in(&self, updates: Vec<(i64, String)>) -> Result<()> {
        if updates.is_empty() { Ok(()) } else { self.intake.store(updates).await }
    }

    fn got_through(&self) {
        self.status.heard(super::now());
        for what in ["telegram", "rival", "webhook"] {
            if self.status.well(what) {
                tracing::info!("polling works again");
            }
        }
    }

    /// Notes what is the matter; gives how long to wait.
    async fn failed(&self, fault: &Fault, failures: u32) -> Duration {
        let outcome = classify("getUpdates", fault, false);
        let wait = pause(outcome, failures, rand::random());
        metrics::counter!("steward_poll_failures_total").increment(1);
        match outcome {
            Outcome::Conflict if fault.to_string().contains("webhook is active") => {
                tracing::error!(%fault, ?wait, "a webhook is set for this bot; `delete_webhook = true` removes it");
                self.status.wrong("webhook", "a webhook is set, so that polling gets nothing");
                if self.delete_webhook {
                    let removed = self.door.call(Call::new("deleteWebhook", json!({}))).await;
                    tracing::warn!(?removed, "the webhook was in the way");
                } else {
                    let host = webhook_host(&*self.door).await;
                    self.alarms.raise(Alarm::Hooked { host }).await;
                }
            }
            Outcome::Conflict => {
                tracing::error!(%fault, ?wait, "another program polls with this bot's token");
                self.status.wrong("rival", "another program polls with this bot's token");
                self.alarms.raise(Alarm::Rival).await;
            }
            // Who stands at the door has said it already.
            Outcome::Stop => {}
            _ => {
                tracing::warn!(%fault, failures, ?wait, "a poll failed");
                if failures > 3 {
                    self.status.wrong("telegram", fault.to_string());
                }
            }
        }
        wait
    }
}

/// Updates with their numbers. An answer with something in it that has none is not Telegram's.
fn numbered(updates: Vec<Box<RawValue>>) -> Result<Vec<(i64, String)>, Fault> {
    let number = |raw: Box<RawValue>| {
        let id = update_id(raw.get()).ok_or_else(|| Fault::NoAnswer("an update without a number".to_owned()))?;
        Ok((id, String::from(Box::<str>::from(raw))))
    };
    updates.into_iter().map(number).collect()
}

/// How many numbers were left out since the last update. Numbers that start anew elsewhere leave out none.
fn missing(last: &mut Option<i64>, ids: impl Iterator<Item = i64>) -> u64 {
    /// Telegram keeps no more updates than this.
    const MOST: i64 = 100_000;
    let mut missing = 0;
    for id in ids {
        let step = last.map_or(1, |last| id - last);
        if (2..=MOST).contains(&step) {
            missing += step.unsigned_abs() - 1;
        }
        *last = Some(id);
    }
    missing
}

/// How long to wait after `failures` failures in a row. `dice`, from 0 to 1, keeps many bots from coming back at once.
pub(super) fn pause(outcome: Outcome, failures: u32, dice: f64) -> Duration {
    let (least, most) = match outcome {
        // Once a minute is enough to learn that the token is good again.
        Outcome::Stop => (60.0, 60.0),
        // Telegram delays those who repeat it within 3 s.
        Outcome::Conflict => (3.0, 30.0),
        Outcome::Retry { after } => (after.std().as_secs_f64(), f64::MAX),
        _ => (0.5, 30.0),
    };
    let doubled = least * f64::from(1_u32 << failures.saturating_sub(1).min(6));
    let wait = if matches!(outcome, Outcome::Retry { .. }) { least } else { doubled.min(most) };
    Duration::from_secs_f64(wait * (1.0 + dice / 4.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pauses_grow_to_a_limit() {
        let seconds = |outcome, failures| pause(outcome, failures, 0.0).as_secs_f64();
        for (outcome, expected) in [
            (Outcome::Ambiguous, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]),
            (Outcome::NotSent, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]),
            (Outcome::Conflict, [3.0, 6.0, 12.0, 24.0, 30.0, 30.0, 30.0, 30.0]),
            (Outcome::Stop, [60.0; 8]),
            (Outcome::Retry { after: Span::secs(7) }, [7.0; 8]),
        ] {
            let waits: Vec<_> = (1..=8).map(|failures| seconds(outcome, failures)).collect();
            assert_eq!(waits, expected, "{outcome:?}");
        }
    }

    proptest! {
        #[test]
        fn no_pause_is_short_or_endless(failures in 1_u32.., dice in 0.0..1.0) {
            let wait = |outcome| pause(outcome, failures, dice).as_secs_f64();
            prop_assert!((0.5..=37.5).contains(&wait(Outcome::Ambiguous)));
            prop_assert!((3.0..=37.5).contains(&wait(Outcome::Conflict)));
            prop_assert!((60.0..=75.0).contains(&wait(Outcome::Stop)));
        }
    }

    #[test]
    fn numbers_left_out_are_counted() {
        for (last, ids, expected) in [
            (None, vec![7, 8, 9], 0),
            (Some(9), vec![10, 15], 4),
            (Some(9), vec![60], 50),
            (Some(9), vec![9, 9, 10], 0),
            (Some(900_000), vec![3, 4], 0),
            (Some(3), vec![900_000], 0),
        ] {
            let newest = ids.last().copied();
            let mut last = last;
            assert_eq!((missing(&mut last, ids.clone().into_iter()), last), (expected, newest), "{ids:?}");
        }
    }

    #[test]
    fn an_answer_with_something_unnumbered_is_refused_whole() {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        let good = numbered(vec![raw(r#"{"update_id":7,"newer":{}}"#)]).unwrap();
        assert_eq!(good, [(7, r#"{"update_id":7,"newer":{}}"#.to_owned())]);
        assert!(numbered(vec![raw(r#"{"update_id":7}"#), raw(r#"{"id":8}"#)]).is_err());
    }
}
