//! How fast everything together may go: the overall rates, and what many 429 answers at once teach.

use std::collections::{HashSet, VecDeque};

use super::Rates;
use super::bucket::Bucket;
use super::lane::MINUTE;
use crate::model::{ChatId, Class, Span, Timestamp};

/// Chats that must be told to slow down within [`GLOBAL_WINDOW`] before it is taken as meant for all.
const GLOBAL_CHATS: usize = 3;
const GLOBAL_WINDOW: Span = Span::secs(10);
/// Housekeeping questions a second. Telegram publishes no limit for them; they can wait.
const QUESTIONS: f64 = 5.0;
/// Questions that may be put at once after a rest.
const QUESTIONS_AT_ONCE: f64 = 20.0;
/// After a pause for all, the rate begins at half and grows by one a second in each of these.
const RECOVERY_STEP: Span = Span::secs(5);

pub(super) struct Pace {
    /// Messages a second when nothing is the matter.
    usual: f64,
    talk: Bucket,
    guard: Bucket,
    questions: Bucket,
    limited: VecDeque<(Timestamp, ChatId)>,
    paused_until: Timestamp,
    recovering_from: Option<Timestamp>,
}

impl Pace {
    pub(super) fn new(rates: Rates) -> Self {
        Self {
            usual: rates.per_second,
            talk: Bucket::new(rates.per_second),
            guard: Bucket::new(rates.guards_per_second),
            questions: Bucket::with_burst(QUESTIONS, QUESTIONS_AT_ONCE),
            limited: VecDeque::new(),
            paused_until: Timestamp(0),
            recovering_from: None,
        }
    }

    /// Nothing but answers leaves until then.
    pub(super) fn pause(&mut self, until: Timestamp) {
        self.paused_until = self.paused_until.max(until);
    }

    /// A chat was told to wait: everything waits when several are told so at once.
    pub(super) fn limited(&mut self, chat: ChatId, after: Span, now: Timestamp) {
        self.limited.push_back((now, chat));
        while self.limited.front().is_some_and(|(at, _)| now.since(*at) > GLOBAL_WINDOW) {
            self.limited.pop_front();
        }
        let chats: HashSet<ChatId> = self.limited.iter().map(|(_, chat)| *chat).collect();
        if chats.len() >= GLOBAL_CHATS {
            self.pause(now + after.min(MINUTE));
            self.recovering_from = Some(self.paused_until);
            self.limited.clear();
        }
    }

    /// How long a class must still wait for its share of the overall rate.
    pub(super) fn wait(&mut self, class: usize, now: Timestamp) -> Span {
        if class == Class::Answer as usize {
            return Span::ZERO;
        }
        if self.paused_until > now {
            return self.paused_until.since(now);
        }
        if class == Class::Guard as usize {
            self.guard.fill(now);
            return self.guard.wait(1.0);
        }
        if class == Class::Question as usize {
            self.questions.fill(now);
            return self.questions.wait(1.0);
        }
        if let Some(from) = self.recovering_from {
            #[expect(clippy::cast_precision_loss, reason = "a small count of steps")]
            let steps = (now.since(from).millis() / RECOVERY_STEP.millis()) as f64;
            self.talk.rate = (self.usual / 2.0 + steps).min(self.usual);
            if self.talk.rate >= self.usual {
                self.recovering_from = None;
            }
        }
        self.talk.fill(now);
        // A fifth of the bucket is kept for what is urgent.
        let reserve = if class >= Class::Post as usize { (self.talk.capacity / 5.0).min(1.0) } else { 0.0 };
        self.talk.wait(1.0 + reserve.min(self.talk.capacity - 1.0).max(0.0))
    }

    /// Something of a class leaves.
    pub(super) fn charge(&mut self, class: usize) {
        if class == Class::Guard as usize {
            self.guard.tokens -= 1.0;
        } else if class == Class::Question as usize {
            self.questions.tokens -= 1.0;
        } else if class != Class::Answer as usize {
            self.talk.tokens -= 1.0;
        }
    }
}
