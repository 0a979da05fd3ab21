//! A bucket of tokens that fills with time.

use crate::model::{Span, Timestamp};

/// A bucket of tokens that fills with time.
pub(super) struct Bucket {
    pub(super) rate: f64,
    pub(super) capacity: f64,
    pub(super) tokens: f64,
    at: Timestamp,
}

impl Bucket {
    /// A fifth of a second's worth may leave at once.
    pub(super) fn new(rate: f64) -> Self {
        Self::with_burst(rate, (rate / 5.0).max(1.0))
    }

    pub(super) fn with_burst(rate: f64, capacity: f64) -> Self {
        Self { rate, capacity, tokens: capacity, at: Timestamp(0) }
    }

    pub(super) fn fill(&mut self, now: Timestamp) {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since the last look are few")]
        let seconds = now.since(self.at).millis() as f64 / 1000.0;
        self.tokens = (self.tokens + seconds * self.rate).min(self.capacity);
        self.at = self.at.max(now);
    }

    /// How long until `wanted` tokens are there.
    pub(super) fn wait(&self, wanted: f64) -> Span {
        if self.tokens >= wanted {
            return Span::ZERO;
        }
        #[expect(clippy::cast_possible_truncation, reason = "rounded up to whole milliseconds")]
        let millis = ((wanted - self.tokens) / self.rate * 1000.0).ceil() as i64;
        Span::from_millis(millis.max(1))
    }
}
