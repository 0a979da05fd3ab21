//! An effect on its way to the courier: how urgent it is, when it may leave, and what is done when nobody knows whether it did.

use serde::{Deserialize, Serialize};

use super::{Effect, Timestamp};

/// How urgent an effect is. The order is the order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Answers to buttons and join requests: worth nothing after seconds.
    Answer,
    /// Deletes, bans, mutes.
    Guard,
    /// Answers to what staff ask in a group.
    Order,
    /// Warnings, replies to commands, staff cards.
    Reply,
    Welcome,
    /// Scheduled posts and polls.
    Post,
    /// Edits of live boards: only the newest counts.
    Board,
    /// Digests and reports.
    Bulk,
    /// Housekeeping questions to Telegram, which take nothing from what is said.
    Question,
}

impl Class {
    pub const ALL: [Self; 9] = [
        Self::Answer,
        Self::Guard,
        Self::Order,
        Self::Reply,
        Self::Welcome,
        Self::Post,
        Self::Board,
        Self::Bulk,
        Self::Question,
    ];
}

/// What to do when it is not known whether an effect took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// Do it again: the second time changes nothing, or a second copy is harmless.
    Repeat,
    /// Leave it: a second copy would be worse than none.
    Once,
}

/// An effect on its way to the courier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// Unique for ever: the same key is carried out at most once.
    pub key: String,
    pub class: Class,
    pub delivery: Delivery,
    /// Not before then.
    pub after: Timestamp,
    /// Refused as too late after this.
    pub deadline: Option<Timestamp>,
    /// Given back with `Delivered` and `Refused`; empty asks for neither.
    pub note: String,
    pub effect: Effect,
}

impl Outgoing {
    /// The bot says something of its own accord, which a pause holds back. Asking Telegram something, and tending a post
    /// that stands, is none of that.
    pub fn is_posting(&self) -> bool {
        matches!(self.class, Class::Welcome | Class::Post | Class::Board | Class::Bulk)
            && matches!(self.effect, Effect::Send(_) | Effect::Poll(_) | Effect::Edit { .. })
    }
}
