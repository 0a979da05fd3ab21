//! Rights of administrators, and what the bot needs each of them for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One right of an administrator, or of the bot as a plain member ([`Right::Send`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// May write in the chat at all.
    Send,
    /// Is an administrator: only then Telegram tells it of joins, leaves and reactions.
    Admin,
    /// May delete messages.
    Delete,
    /// May mute and ban.
    Restrict,
    /// May make invite links and let people in.
    Invite,
    /// May pin messages.
    Pin,
    /// May open and close topics.
    ManageTopics,
    /// May set members' tags.
    ManageTags,
    /// May make administrators.
    Promote,
    /// May change the group's name, picture and description.
    ChangeInfo,
}

impl Right {
    pub const ALL: [Self; 10] = [
        Self::Send,
        Self::Admin,
        Self::Delete,
        Self::Restrict,
        Self::Invite,
        Self::Pin,
        Self::ManageTopics,
        Self::ManageTags,
        Self::Promote,
        Self::ChangeInfo,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Admin => "admin",
            Self::Delete => "delete",
            Self::Restrict => "restrict",
            Self::Invite => "invite",
            Self::Pin => "pin",
            Self::ManageTopics => "manage_topics",
            Self::ManageTags => "manage_tags",
            Self::Promote => "promote",
            Self::ChangeInfo => "change_info",
        }
    }

    fn bit(self) -> i64 {
        1 << (self as i64)
    }
}

/// A set of rights, kept as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rights(pub i64);

impl Rights {
    pub const NONE: Self = Self(0);

    pub fn all() -> Self {
        Right::ALL.into_iter().collect()
    }
    pub fn has(self, right: Right) -> bool {
        self.0 & right.bit() != 0
    }
    #[must_use]
    pub fn with(self, right: Right) -> Self {
        Self(self.0 | right.bit())
    }
    #[must_use]
    pub fn without(self, right: Right) -> Self {
        Self(self.0 & !right.bit())
    }
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        rights.into_iter().fold(Self::NONE, Self::with)
    }
}
