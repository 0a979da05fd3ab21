//! What one feature finds against the rules of a group, for another to deal with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is done about a message, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The staff are shown it; it stands.
    Queue,
    /// It is taken out until the staff have looked at it.
    Hold,
    /// It goes, and that is all.
    Delete,
    /// It goes, and costs a strike.
    Strike,
}

impl Measure {
    pub const ALL: [Self; 4] = [Self::Queue, Self::Hold, Self::Delete, Self::Strike];

    /// As it is written in settings and lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Hold => "hold",
            Self::Delete => "delete",
            Self::Strike => "strike",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.word() == word)
    }

    /// The staff decide about it.
    pub fn asks_staff(self) -> bool {
        matches!(self, Self::Queue | Self::Hold)
    }
}

/// What an offence was found by, for the staff alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Such as a list and its version.
    pub by: String,
    /// What was written, cut.
    pub words: String,
}
