//! What an operator may set about flooding.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::policy::LONG;
use crate::cx::Compile;
use crate::cx::recent::KEPT;
use crate::model::Span;

/// More than this of one person is not kept.
const LIMIT_MAX: usize = 200;
/// A shorter mute Telegram takes for one that never ends.
pub const MUTE_MIN: Span = Span::secs(35);

/// Flooding: too much, too fast, the same again and again. What is too much is deleted, with one hint; who goes on is muted
/// for a short while. Staff and people they trust are never limited, nor are channels and bots.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Messages of one person; an album is one. Short lines in lively talk stay below it.
    /// Default: `{ most = 20, within = "30s" }`.
    pub messages: Limit,
    /// The same text, or nearly the same, from one person. Chain lists (接龙) count only when nothing in them changed.
    /// Default: `{ most = 3, within = "10m" }`.
    pub repeats: Limit,
    /// The same short line (fewer than eight letters, such as 哈哈哈 or 打卡) from one person.
    /// Default: `{ most = 10, within = "1m" }`.
    pub short_repeats: Limit,
    /// Stickers, animations and dice of one person. Default: `{ most = 12, within = "30s" }`.
    pub stickers: Limit,
    /// Photos, videos, voice messages and files of one person; an album is one. Default: `{ most = 12, within = "1m" }`.
    pub media: Limit,
    /// Characters of one person within a minute: a long text that the app sends in three parts still fits. Default: 13000.
    #[schemars(range(min = 200))]
    pub chars: usize,
    /// Lines of one message; a chain list may have more. Default: 100.
    #[schemars(range(min = 1))]
    pub lines: usize,
    /// Emoji in one message. Default: 100.
    #[schemars(range(min = 1))]
    pub emoji: usize,
    /// Forum topics without limits, by their number, such as one for live coverage. Default: none.
    pub free_topics: Vec<i64>,
    /// How long the hint stays in the group, from 5 seconds to 47 hours. Default: `1m`.
    #[schemars(extend("examples" = ["1m"]))]
    pub hint_for: Span,
    /// Who floods again within this time after the hint is muted, from a minute to 30 days. Default: `1h`.
    #[schemars(extend("examples" = ["1h"]))]
    pub again_within: Span,
    /// The mute, from 35 seconds to a day. Default: `5m`.
    #[schemars(extend("examples" = ["5m"]))]
    pub mute: Span,
    /// Going on after the hint costs a strike (`[strikes]`) instead of the mute. Default: false.
    pub strike: bool,
}

/// So many within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// That many are fine, from 1 to 200.
    #[schemars(range(min = 1, max = 200))]
    pub most: usize,
    /// Up to 30 minutes.
    #[schemars(extend("examples" = ["30s"]))]
    pub within: Span,
}

impl Default for Settings {
    fn default() -> Self {
        let limit = |most, secs| Limit { most, within: Span::secs(secs) };
        Self {
            messages: limit(20, 30),
            repeats: limit(3, 600),
            short_repeats: limit(10, 60),
            stickers: limit(12, 30),
            media: limit(12, 60),
            chars: 13_000,
            lines: 100,
            emoji: 100,
            free_topics: Vec::new(),
            hint_for: Span::minutes(1),
            again_within: Span::hours(1),
            mute: Span::minutes(5),
            strike: false,
        }
    }
}

impl Settings {
    pub fn check(&self, compile: &mut Compile<'_>) {
        for (key, limit) in [
            ("messages", self.messages),
            ("repeats", self.repeats),
            ("short_repeats", self.short_repeats),
            ("stickers", self.stickers),
            ("media", self.media),
        ] {
            if !(1..=LIMIT_MAX).contains(&limit.most) {
                compile.wrong(&format!("{key}.most"), format!("from 1 to 200, not {}", limit.most));
            }
            if !(Span::secs(1)..=KEPT).contains(&limit.within) {
                compile.wrong(&format!("{key}.within"), format!("from 1s to {KEPT}, not {}", limit.within));
            }
        }
        if self.chars < LONG {
            compile.wrong("chars", format!("at least {LONG}: everyday messages would be too long"));
        }
        for (key, most) in [("lines", self.lines), ("emoji", self.emoji)] {
            if most == 0 {
                compile.wrong(key, "with 0 every message would be too long");
            }
        }
        if !(MUTE_MIN..=Span::hours(24)).contains(&self.mute) {
            compile.wrong("mute", format!("a mute lasts from 35s to 24h here, not {}", self.mute));
        }
        if !(Span::secs(5)..=Span::hours(47)).contains(&self.hint_for) {
            compile.wrong("hint_for", "must be from 5s (to be read) to 47h (to be deletable)");
        }
        if !(Span::minutes(1)..=Span::days(30)).contains(&self.again_within) {
            compile.wrong("again_within", format!("from 1m to 30d, not {}", self.again_within));
        }
        if self.strike && !compile.has("strikes") {
            compile.wrong("strike", "needs `[strikes]`, which gives them");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::features::Compiled;

    #[test]
    fn settings_that_cannot_be_meant_are_refused() {
        for (section, paths) in [
            ("[flood]", &[][..]),
            ("[flood]\nmessages = { most = 0, within = '2h' }", &["flood.messages.most", "flood.messages.within"]),
            ("[flood]\nchars = 1", &["flood.chars"]),
            ("[flood]\nlines = 0", &["flood.lines"]),
            ("[flood]\nmute = '20s'", &["flood.mute"]),
            ("[flood]\nhint_for = '1s'", &["flood.hint_for"]),
            ("[flood]\nhint_for = '3d'", &["flood.hint_for"]),
            ("[flood]\nagain_within = '0s'", &["flood.again_within"]),
            ("[flood]\nagain_within = '10s'", &["flood.again_within"]),
            ("[flood]\nstrike = true", &["flood.strike"]),
            ("[flood]\nstrike = true\n[strikes]", &[]),
        ] {
            let settings = toml::from_str(section).expect("settings of the right shape");
            let found = Compiled::new(&settings, Path::new(".")).1;
            let found: Vec<String> = found.into_iter().map(|finding| finding.path).collect();
            assert_eq!(found, paths, "{section}");
        }
    }
}
