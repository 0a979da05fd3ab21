//! Rows nearly every event writes, kept apart from SQL until many can be written at once.

use super::activity::Deed;
use super::participants::Part;
use crate::model::{ChatId, UserId};

/// Rows of what events saw, written before an event touches the database itself, so that undoing it leaves them. Rows of
/// what is to follow are in [`Pending`](super::pending::Pending), which waits longer.
#[derive(Default)]
pub struct Writes {
    pub(super) deeds: Vec<Deed>,
    pub(super) parts: Vec<Part>,
    pub(super) members: Vec<(ChatId, UserId)>,
    /// Members of whom only that they were seen is new.
    pub(super) seen: Vec<(ChatId, UserId)>,
}

/// How long each list of [`Writes`] is.
pub(super) type Lengths = [usize; 4];

impl Writes {
    pub(super) fn lengths(&self) -> Lengths {
        [self.deeds.len(), self.members.len(), self.seen.len(), self.parts.len()]
    }

    pub(super) fn truncate(&mut self, to: Lengths) {
        self.deeds.truncate(to[0]);
        self.members.truncate(to[1]);
        self.seen.truncate(to[2]);
        self.parts.truncate(to[3]);
    }

    pub(super) fn take(&mut self, upto: Lengths) -> Self {
        Self {
            deeds: self.deeds.drain(..upto[0]).collect(),
            members: self.members.drain(..upto[1]).collect(),
            seen: self.seen.drain(..upto[2]).collect(),
            parts: self.parts.drain(..upto[3]).collect(),
        }
    }
}
