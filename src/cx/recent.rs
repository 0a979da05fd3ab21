//! What people wrote in groups in the last minutes, for telling a flood from talk. No words are kept, only what they come to.

use std::collections::HashMap;

use super::talk::Talk;
use crate::judge::near::Signature;
use crate::model::{ChatId, MessageId, Span, Timestamp, UserId};

/// Lines kept at most, of everybody together: some twenty megabytes. Over it the oldest go first.
const MOST: usize = 50_000;
/// Lines of one person that are kept.
const MOST_OF_ONE: usize = 256;
/// Nothing older is looked at.
pub const KEPT: Span = Span::minutes(30);
/// How often those who have been quiet are dropped.
const SWEPT: Span = Span::minutes(1);

/// A message, as far as it matters for how much somebody writes. The parts of an album are one.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub message: MessageId,
    /// When it was written, by Telegram's clock.
    pub at: Timestamp,
    pub album: Option<String>,
    pub sort: Sort,
    pub chars: usize,
    /// Stands for its letters as they read; none without letters.
    pub words: Option<u64>,
    /// So few letters that many say the same without meaning anything by it.
    pub is_short: bool,
    /// Stands for what likeness sets aside: its digits, and Latin letters among Chinese.
    pub numbers: u64,
    /// For texts long enough to be compared by likeness.
    pub signature: Option<Box<Signature>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Words,
    /// Stickers, animations, dice.
    Sticker,
    /// Photos, videos, voice, files.
    Media,
}

impl Line {
    /// Whether both are one message, or parts of one album.
    pub fn is_one_with(&self, other: &Self) -> bool {
        self.message == other.message || self.album.is_some() && self.album == other.album
    }
}

/// Only in memory: after a restart everybody begins anew. It goes by the times at which messages were written, so that a
/// backlog is read as it happened, and noting an event that is repeated changes nothing.
#[derive(Default)]
pub struct Recent {
    lines: HashMap<(ChatId, UserId), Vec<Line>>,
    n: usize,
    /// How people have talked, place by place.
    pub talk: Talk,
    /// The newest time seen.
    newest: Timestamp,
    swept: Timestamp,
}

impl Recent {
    /// Notes a line and gives what the person wrote before it, in the order of writing.
    pub fn note(&mut self, chat: ChatId, user: UserId, line: Line) -> &[Line] {
        self.newest = self.newest.max(line.at);
        if self.newest.since(self.swept) >= SWEPT || self.n >= MOST {
            self.sweep();
        }
        let lines = self.lines.entry((chat, user)).or_default();
        let before = lines.len();
        lines.retain(|known| known.message != line.message && self.newest.since(known.at) < KEPT);
        let at = lines.partition_point(|known| (known.at, known.message) < (line.at, line.message));
        lines.insert(at, line);
        let surplus = lines.len().saturating_sub(MOST_OF_ONE);
        lines.drain(..surplus);
        self.n = self.n + lines.len() - before;
        &lines[..at.saturating_sub(surplus)]
    }

    /// Drops what is too old, and of a crowd's lines also younger ones.
    fn sweep(&mut self) {
        self.swept = self.newest;
        let mut kept = KEPT;
        loop {
            self.lines.retain(|_, lines| {
                lines.retain(|line| self.newest.since(line.at) < kept);
                !lines.is_empty()
            });
            self.n = self.lines.values().map(Vec::len).sum();
            if self.n < MOST {
                return;
            }
            kept = Span::from_millis(kept.millis() / 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(message: i64, secs: i64) -> Line {
        Line {
            message: MessageId(message),
            at: Timestamp::from_secs(secs),
            album: None,
            sort: Sort::Words,
            chars: 1,
            words: None,
            is_short: true,
            numbers: 0,
            signature: None,
        }
    }

    fn numbers(lines: &[Line]) -> Vec<i64> {
        lines.iter().map(|line| line.message.0).collect()
    }

    #[test]
    fn lines_are_given_in_the_order_of_writing_and_once() {
        let (group, ling) = (ChatId(-1), UserId(1));
        let mut recent = Recent::default();
        assert_eq!(numbers(recent.note(group, ling, line(1, 10))), [] as [i64; 0]);
        assert_eq!(numbers(recent.note(group, ling, line(3, 30))), [1]);
        assert_eq!(numbers(recent.note(group, ling, line(2, 20))), [1], "one that comes late");
        assert_eq!(numbers(recent.note(group, ling, line(3, 30))), [1, 2], "an event that is repeated");
        assert_eq!(numbers(recent.note(ChatId(-2), ling, line(4, 40))), [] as [i64; 0], "another group");
        assert_eq!(numbers(recent.note(group, ling, line(5, 10_000))), [] as [i64; 0], "long ago");
    }

    #[test]
    fn a_crowd_is_bounded_and_the_newest_stay() {
        let mut recent = Recent::default();
        for n in 0..60_000 {
            recent.note(ChatId(-1), UserId(n % 3_000), line(n, 1_000_000 + n / 200));
        }
        assert!(recent.n <= MOST, "{}", recent.n);
        assert_eq!(recent.n, recent.lines.values().map(Vec::len).sum::<usize>());
        let last = line(60_000, 1_000_300);
        assert!(!recent.note(ChatId(-1), UserId(59_999 % 3_000), last).is_empty());
    }

    proptest! {
        #[test]
        fn the_count_holds_and_one_person_is_bounded(times in prop::collection::vec((0_i64..400, 0_i64..4_000), 0..600)) {
            let mut recent = Recent::default();
            for (message, secs) in times {
                recent.note(ChatId(-1), UserId(message % 2), line(message, secs));
                prop_assert_eq!(recent.n, recent.lines.values().map(Vec::len).sum::<usize>());
                prop_assert!(recent.lines.values().all(|lines| lines.len() <= MOST_OF_ONE));
            }
        }
    }
}
