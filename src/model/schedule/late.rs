//! What becomes of a post whose time passed while the bot was down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Span;

/// What to do with what should have been sent already: `late = { within = "30m", then = "skip" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Late {
    /// Up to this late it is sent all the same.
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

impl Late {
    /// Whether to post what is late by `lateness`.
    pub fn verdict(self, lateness: Span) -> Verdict {
        if lateness <= self.within || self.then == LateThen::Send { Verdict::Post } else { Verdict::Skip }
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
    fn the_policy_is_written_as_a_table() {
        assert_eq!(
            toml::from_str("within = '2h'\nthen = 'send'").ok(),
            Some(Late { within: Span::hours(2), then: LateThen::Send })
        );
        assert_eq!(toml::from_str("").ok(), Some(Late::default()));
        assert!(toml::from_str::<Late>("then = 'never'").is_err());
    }
}
