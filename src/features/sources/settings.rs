//! What an operator may set about sources.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Compile;
use crate::model::Span;

/// Reposts without a source: who posts a long text that reads like somebody else's is politely asked where it is from, or to
/// say that it is their own. Staff, bots and the group's channel are never asked.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// A text of several paragraphs with so many characters counts as long, from 100 to 4000. Default: 400.
    #[schemars(range(min = 100, max = 4000))]
    pub chars: usize,
    /// How long there is to name the source, from a minute to a day. Default: `30m`.
    #[schemars(extend("examples" = ["30m"]))]
    pub within: Span,
    /// What follows when nobody names it: `flag` shows the message to the staff, `delete` deletes it (both need `[strikes]`),
    /// `nothing` only takes the question away. Default: `flag`.
    pub then: Then,
    /// Ask of long forwards, too, though Telegram shows where they are from. Default: false.
    pub forwards: bool,
    /// Forum topics in which nobody is asked, by their number, such as one for members' own writing. Default: none.
    pub free_topics: Vec<i64>,
}

/// What follows when the source is not named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    #[default]
    Flag,
    Nothing,
    Delete,
}

impl Default for Settings {
    fn default() -> Self {
        Self { chars: 400, within: Span::minutes(30), then: Then::Flag, forwards: false, free_topics: Vec::new() }
    }
}

impl Settings {
    pub fn check(&self, compile: &mut Compile<'_>) {
        if !(100..=4000).contains(&self.chars) {
            compile.wrong(
                "chars",
                format!("from 100 (shorter texts are talk) to 4000 (none is longer), not {}", self.chars),
            );
        }
        if !(Span::minutes(1)..=Span::hours(24)).contains(&self.within) {
            compile.wrong("within", format!("from 1m to 24h, not {}", self.within));
        }
        if self.then != Then::Nothing && !compile.has("strikes") {
            let hint = Some(r#"then = "nothing""#.to_owned());
            compile.wrong_with("then", "`flag` and `delete` need `[strikes]`, which does so", hint);
        }
        if self.then == Then::Flag && compile.common.staff_chat.is_none() {
            compile.wrong("then", "`flag` needs a `staff_chat`: nobody would be shown anything");
        }
    }
}
