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
    /// How long a call has to wait; zero when it may pass now.
    pub(super) fn wait(&mut self, limits: &Limits, cost: Cost, now: Timestamp) -> Span {
        let wait = match cost {
            Cost::Free => Span::ZERO,
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
        Span::secs((wait.millis() + 999) / 1000)
    }

    /// Counts a call that was carried out.
    pub(super) fn count(&mut self, cost: Cost, now: Timestamp) {
        match cost {
            Cost::Free => {}
            Cost::Guard => self.guards.push_back(now),
            Cost::Send(chat, count) => {
                self.global.extend(std::iter::repeat_n(now, count));
                self.chats.entry(chat).or_default().extend(std::iter::repeat_n(now, count));
            }
        }
    }
}

/// How long until `count` more fit into a window of `limit` per `length`.
fn wait(window: &mut VecDeque<Timestamp>, limit: usize, length: Span, count: usize, now: Timestamp) -> Span {
    while window.front().is_some_and(|&at| now.since(at) >= length.max(MINUTE)) {
        window.pop_front();
    }
    let recent = window.iter().rev().take_while(|&&at| now.since(at) < length).count();
    let over = (recent + count.min(limit)).saturating_sub(limit);
    match over.checked_sub(1).and_then(|nth| window.get(window.len() - recent + nth)) {
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

    /// Seconds to wait; a call that need not is carried out.
    fn send(flood: &mut Flood, chat: i64, secs: i64) -> i64 {
        let (now, cost) = (Timestamp::from_secs(1_000_000 + secs), Cost::Send(ChatId(chat), 1));
        let wait = flood.wait(&Limits::default(), cost, now);
        if wait == Span::ZERO {
            flood.count(cost, now);
        }
        wait.as_secs()
    }

    #[test]
    fn a_group_takes_short_bursts_one_a_second_and_twenty_a_minute() {
        let mut flood = Flood::default();
        let mut send = |secs| send(&mut flood, -5, secs);
        assert_eq!([0, 0, 0, 0].map(&mut send), [0, 0, 0, 1]);
        for secs in 1..18 {
            assert_eq!(send(secs), 0, "{secs}");
        }
        assert_eq!([20, 59, 60].map(&mut send), [40, 1, 0]);
    }

    #[test]
    fn all_chats_together_take_thirty_a_second() {
        let mut flood = Flood::default();
        for chat in 1..=30 {
            assert_eq!(send(&mut flood, chat, 0), 0);
        }
        assert_eq!(send(&mut flood, 31, 0), 1);
        assert_eq!(flood.wait(&Limits::default(), Cost::Guard, Timestamp::from_secs(1_000_000)), Span::ZERO);
        assert_eq!(send(&mut flood, 31, 1), 0);
    }
}
