//! What becomes of a post whose time passed while the bot was down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Span, Timestamp};

/// What to do with what should have been sent already: `late = { within = "30m", then = "skip" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Late {
    /// Up to this late it is sent all the same, wherever it had to wait; a minute counts as on time.
    #[schemars(extend("examples" = ["30m"]))]
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

/// Up to here something counts as on time, however little lateness is allowed: nothing leaves in the instant it is due.
pub const ON_TIME: Span = Span::minutes(1);

impl Late {
    /// Whether to post what is late by `lateness`.
    pub fn verdict(self, lateness: Span) -> Verdict {
        if lateness <= self.within.max(ON_TIME) || self.then == LateThen::Send { Verdict::Post } else { Verdict::Skip }
    }

    /// When what is due then has to be out; none when it is wanted however late.
    pub fn deadline(self, due: Timestamp) -> Option<Timestamp> {
        (self.then == LateThen::Skip).then(|| due + self.within.max(ON_TIME))
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
    fn what_is_too_late_by_the_verdict_is_so_at_the_courier() {
        let due = Timestamp::from_secs(1000);
        for (within, last) in [(Span::ZERO, 1060), (Span::secs(30), 1060), (Span::minutes(2), 1120)] {
            let late = Late { within, then: LateThen::Skip };
            let deadline = late.deadline(due).unwrap();
            assert_eq!(deadline, Timestamp::from_secs(last), "{within}");
            assert_eq!(late.verdict(deadline.since(due)), Verdict::Post);
            assert_eq!(late.verdict(deadline.since(due) + Span::from_millis(1)), Verdict::Skip);
        }
        assert_eq!(Late { then: LateThen::Send, ..Late::default() }.deadline(due), None);
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
