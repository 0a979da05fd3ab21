//! How often a bot may send: the published limits as windows over time.

use std::collections::{BTreeMap, VecDeque};

use crate::model::{ChatId, Span, Timestamp};

/// The limits; a rehearsal or a benchmark may change or drop them.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Messages and edits in any second, over all chats.
    pub global_per_second: usize,
    /// Messages and edits that may come at once in a chat, where afterwards one passes per second.
    pub chat_burst: usize,
    /// Messages and edits in a group in any minute.
    pub group_per_minute: usize,
    /// Deletes, bans and the like in any second, over all chats.
    pub guard_per_second: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { global_per_second: 30, chat_burst: 3, group_per_minute: 20, guard_per_second: 100 }
    }
}

/// Which limits a call counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    Free,
    /// So many messages or edits in this chat.
    Send(ChatId, usize),
    Guard,
}

/// What was let through lately.
#[derive(Default)]
pub(super) struct Flood {
    global: VecDeque<Timestamp>,
    guards: VecDeque<Timestamp>,
    chats: BTreeMap<ChatId, VecDeque<Timestamp>>,
}

const SECOND: Span = Span::secs(1);
const MINUTE: Span = Span::minutes(1);

impl Flood {
    /// Counts a call, or says how long to wait when it is one too many.
    pub(super) fn admit(&mut self, limits: &Limits, cost: Cost, now: Timestamp) -> Result<(), Span> {
        let wait = match cost {
            Cost::Free => return Ok(()),
            Cost::Guard => wait(&mut self.guards, limits.guard_per_second, SECOND, 1, now),
            Cost::Send(chat, count) => {
                let sent = self.chats.entry(chat).or_default();
                let per_minute = if chat.is_private() { usize::MAX } else { limits.group_per_minute };
                wait(&mut self.global, limits.global_per_second, SECOND, count, now)
                    .max(wait(sent, per_minute, MINUTE, count, now))
                    // An album is one burst however long it is.
                    .max(pace(sent, limits.chat_burst, now))
            }
        };
        if wait > Span::ZERO {
            return Err(Span::secs((wait.millis() + 999) / 1000));
        }
        let (window, count) = match cost {
            Cost::Send(_, count) => (&mut self.global, count),
            _ => (&mut self.guards, 1),
        };
        window.extend(std::iter::repeat_n(now, count));
        if let Cost::Send(chat, count) = cost {
            self.chats.entry(chat).or_default().extend(std::iter::repeat_n(now, count));
        }
        Ok(())
    }
}

/// How long until `count` more fit into a window of `limit` per `length`.
fn wait(window: &mut VecDeque<Timestamp>, limit: usize, length: Span, count: usize, now: Timestamp) -> Span {
    while window.front().is_some_and(|&at| now.since(at) >= length.max(MINUTE)) {
        window.pop_front();
    }
    let recent = window.iter().rev().take_while(|&&at| now.since(at) < length).count();
    let over = (recent + count.min(limit)).saturating_sub(limit);
    match over.checked_sub(1).and_then(|nth| window.iter().nth(window.len() - recent + nth)) {
        Some(&at) => (at + length).since(now),
        None => Span::ZERO,
    }
}

/// How long until a bucket of `burst`, filled by one per second, holds one again.
fn pace(sent: &VecDeque<Timestamp>, burst: usize, now: Timestamp) -> Span {
    let capacity = i64::try_from(burst).unwrap_or(i64::MAX).saturating_mul(1000);
    let mut tokens = capacity;
    let mut last = None;
    for &at in sent {
        if let Some(last) = last {
            tokens = capacity.min(tokens.saturating_add(at.since(last).millis()));
        }
        tokens = (tokens - 1000).max(0);
        last = Some(at);
    }
    let tokens = last.map_or(capacity, |last| capacity.min(tokens.saturating_add(now.since(last).millis())));
    Span::from_millis(1000 - tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_000_000 + secs)
    }

    #[test]
    fn a_group_takes_short_bursts_one_a_second_and_twenty_a_minute() {
        let mut flood = Flood::default();
        let limits = Limits::default();
        let mut send = |secs| flood.admit(&limits, Cost::Send(ChatId(-5), 1), at(secs));
        for _ in 0..3 {
            assert_eq!(send(0), Ok(()));
        }
        assert_eq!(send(0), Err(Span::secs(1)));
        for secs in 1..18 {
            assert_eq!(send(secs), Ok(()), "{secs}");
        }
        assert_eq!(send(20), Err(Span::secs(40)));
        assert_eq!(send(59), Err(Span::secs(1)));
        assert_eq!(send(60), Ok(()));
    }

    #[test]
    fn all_chats_together_take_thirty_a_second() {
        let mut flood = Flood::default();
        let limits = Limits::default();
        for chat in 1..=30 {
            assert_eq!(flood.admit(&limits, Cost::Send(ChatId(chat), 1), at(0)), Ok(()));
        }
        assert_eq!(flood.admit(&limits, Cost::Send(ChatId(31), 1), at(0)), Err(Span::secs(1)));
        assert_eq!(flood.admit(&limits, Cost::Guard, at(0)), Ok(()));
        assert_eq!(flood.admit(&limits, Cost::Send(ChatId(31), 1), at(1)), Ok(()));
    }
}
