//! What becomes of a post whose time passed while the bot was down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Span, Timestamp};

/// What to do with what should have been sent already: `late = { within = "30m", then = "skip" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Late {
    /// Up to this late it is sent all the same.
    pub within: Span,
    /// What happens later than that.
    pub then: LateThen,
}

/// What to do with what is later than allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LateThen {
    /// Leave it out: a good-morning has no use in the evening.
    #[default]
    Skip,
    /// Send it however late, once: a report is wanted all the same.
    Send,
}

/// What becomes of one occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Post,
    Skip,
}

impl Default for Late {
    fn default() -> Self {
        Self { within: Span::minutes(30), then: LateThen::Skip }
    }
}

impl Late {
    /// Whether to post what is late by `lateness`.
    pub fn verdict(self, lateness: Span) -> Verdict {
        if lateness <= self.within || self.then == LateThen::Send { Verdict::Post } else { Verdict::Skip }
    }

    /// Which one of the occurrences of one schedule that are due by `now` to post: at most the newest, so that a long
    /// silence is not followed by a flood. The others are to be skipped.
    pub fn choose(self, due: impl IntoIterator<Item = Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let newest = due.into_iter().filter(|at| *at <= now).max()?;
        (self.verdict(now.since(newest)) == Verdict::Post).then_some(newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_forgiven_within_bounds() {
        let skip = Late::default();
        let send = Late { then: LateThen::Send, ..skip };
        for (lateness, skipping, sending) in [
            (Span::ZERO, Verdict::Post, Verdict::Post),
            (Span::minutes(30), Verdict::Post, Verdict::Post),
            (Span::from_millis(30 * 60_000 + 1), Verdict::Skip, Verdict::Post),
            (Span::days(10), Verdict::Skip, Verdict::Post),
        ] {
            assert_eq!((skip.verdict(lateness), send.verdict(lateness)), (skipping, sending), "{lateness}");
        }
    }

    #[test]
    fn of_all_that_was_missed_at_most_the_newest_is_sent() {
        let days = |n: i64| Timestamp::from_secs(n * 86_400);
        let missed = [days(1), days(2), days(3), days(9)];
        let skip = Late { within: Span::hours(1), then: LateThen::Skip };
        let send = Late { then: LateThen::Send, ..skip };
        assert_eq!(skip.choose(missed, days(3) + Span::minutes(59)), Some(days(3)));
        assert_eq!(skip.choose(missed, days(3) + Span::minutes(61)), None);
        assert_eq!(send.choose(missed, days(3) + Span::days(5)), Some(days(3)));
        assert_eq!(send.choose(missed, days(0)), None);
    }

    #[test]
    fn the_policy_is_written_as_a_table() {
        assert_eq!(
            toml::from_str("within = '2h'\nthen = 'send'").ok(),
            Some(Late { within: Span::hours(2), then: LateThen::Send })
        );
        assert_eq!(toml::from_str("").ok(), Some(Late::default()));
        assert!(toml::from_str::<Late>("then = 'never'").is_err());
    }
}
