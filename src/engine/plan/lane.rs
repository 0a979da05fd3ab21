//! The effects of one chat in their order, and how soon Telegram lets it have the next.

use std::collections::VecDeque;

use super::{CLASSES, TRIES};
use crate::model::{ChatId, Class, Effect, Span, Timestamp};
use crate::store::outbox::Letter;

/// Effects of one chat that keep their order: what it says, and apart from that what guards it, so that a delete never
/// waits for a post that hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct LaneId {
    pub(super) chat: ChatId,
    pub(super) guard: bool,
}

#[derive(Default)]
pub(super) struct Lane {
    pub(super) queues: [VecDeque<Letter>; CLASSES],
    /// Whether it stands in a class's line of those that are ready. It does so once, however much it has to say.
    pub(super) lined_up: [bool; CLASSES],
    pub(super) in_flight: bool,
    /// Not before then: a 429, or the window being full.
    pub(super) rest_until: Timestamp,
    /// When the messages of the last minute were sent.
    pub(super) window: VecDeque<Timestamp>,
    /// A welcome or post went last where answers may have waited: the next answer does not give way.
    gave_way: bool,
}

pub(super) const MINUTE: Span = Span::minutes(1);
/// Messages that may follow each other at once in a chat before the pace of one a second holds.
const BURST: usize = 3;
/// From here on a welcome or post goes before answers in its chat.
const PATIENCE: Span = Span::secs(5);
const ANSWERS: usize = Class::Reply as usize;

impl LaneId {
    pub(super) fn of(letter: &Letter) -> Self {
        let chat = letter.outgoing.effect.chat().unwrap_or_default();
        Self { chat, guard: matches!(letter.outgoing.class, Class::Answer | Class::Guard) }
    }
}

impl Lane {
    /// Takes its place behind the others that are ready.
    pub(super) fn line_up(&mut self, id: LaneId, class: usize, ready: &mut VecDeque<LaneId>) {
        if !std::mem::replace(&mut self.lined_up[class], true) {
            ready.push_back(id);
        }
    }

    /// The class whose turn it is in the lane where it stands in a class's line. An answer gives way to a welcome or post
    /// that has waited long, every other time: those who keep asking hold back no post, and posts no answers.
    pub(super) fn foremost(&self, class: usize, now: Timestamp) -> usize {
        if class != ANSWERS || self.gave_way || self.queues[ANSWERS].is_empty() {
            return class;
        }
        let aged = [Class::Welcome as usize, Class::Post as usize].into_iter();
        let aged = aged.filter_map(|class| Some((self.ages_at(class).filter(|at| *at <= now)?, class)));
        aged.min().map_or(class, |(_, class)| class)
    }

    /// When the foremost of a class has waited long.
    fn ages_at(&self, class: usize) -> Option<Timestamp> {
        let ages = matches!(Class::ALL[class], Class::Welcome | Class::Post);
        self.queues[class].front().filter(|_| ages).map(|letter| letter.outgoing.after + PATIENCE)
    }

    /// Takes the foremost of a class, which is about to be sent.
    pub(super) fn take(&mut self, class: usize, now: Timestamp) -> Option<Letter> {
        let letter = self.queues[class].pop_front()?;
        self.in_flight = true;
        self.window.extend(std::iter::repeat_n(now, cost(&letter.outgoing.effect)));
        match letter.outgoing.class {
            Class::Reply => self.gave_way = false,
            Class::Welcome | Class::Post => self.gave_way = true,
            _ => {}
        }
        Some(letter)
    }

    /// When the lane may send the foremost of a class, which costs so many messages.
    pub(super) fn free_at(
        &mut self,
        id: LaneId,
        class: usize,
        cost: usize,
        now: Timestamp,
        per_minute: usize,
    ) -> Timestamp {
        if self.rest_until > now {
            return self.rest_until;
        }
        if id.guard || cost == 0 || id.chat.0 == 0 {
            return now;
        }
        while self.window.front().is_some_and(|at| now.since(*at) >= MINUTE) {
            self.window.pop_front();
        }
        let mut free = now;
        if let Some(at) = self.window.len().checked_sub(BURST).and_then(|at| self.window.get(at)) {
            free = free.max(*at + Span::from_millis(1000 * i64::try_from(BURST).unwrap_or(1)));
        }
        if id.chat.is_private() {
            return free;
        }
        let room = self.room_at(share(class, per_minute), cost);
        // What has waited long has as much room as answers have.
        let aged = self.ages_at(class).map(|at| at.max(self.room_at(share(ANSWERS, per_minute), cost)));
        free.max(aged.map_or(room, |aged| aged.min(room)))
    }

    /// When so many messages more are no more than `most` within a minute.
    fn room_at(&self, most: usize, cost: usize) -> Timestamp {
        let over = (self.window.len() + cost).saturating_sub(most.max(1));
        let last = over.checked_sub(1).and_then(|at| self.window.get(at).or(self.window.back()));
        last.map_or(Timestamp(0), |at| *at + MINUTE)
    }

    pub(super) fn is_idle(&self, now: Timestamp) -> bool {
        !self.in_flight
            && self.rest_until <= now
            && self.queues.iter().all(VecDeque::is_empty)
            && self.window.back().is_none_or(|at| now.since(*at) >= MINUTE)
    }
}

/// How many of a group's messages in a minute a class may bring it to: the less urgent leave room for what is more so.
fn share(class: usize, per_minute: usize) -> usize {
    let parts = match Class::ALL[class] {
        Class::Answer | Class::Guard | Class::Order => 18,
        Class::Reply => 16,
        Class::Welcome => 14,
        Class::Post => 12,
        Class::Board => 8,
        Class::Bulk | Class::Question => 6,
    };
    per_minute * parts / 18
}

/// How many messages Telegram counts an effect as: sends, edits and pins share a chat's limit.
pub(super) fn cost(effect: &Effect) -> usize {
    match effect {
        Effect::Send(_) | Effect::Poll(_) | Effect::Edit { .. } | Effect::EditKeyboard { .. } | Effect::Pin { .. } => 1,
        _ => 0,
    }
}

/// Whether what is to be tried again holds up the rest of its lane. What belongs to no chat has no order to keep, and a
/// guard that is refused again and again, which is not given up, must not keep the chat from being guarded.
pub(super) fn keeps_its_place(letter: &Letter) -> bool {
    let gives_way = letter.outgoing.class == Class::Guard && letter.attempts > TRIES;
    letter.outgoing.effect.chat().is_some() && !gives_way
}

/// Whether two edits change the same of one message, so that the newer makes the older needless.
pub(super) fn same_message(a: &Letter, b: &Letter) -> bool {
    match (&a.outgoing.effect, &b.outgoing.effect) {
        (Effect::Edit { message: a, .. }, Effect::Edit { message: b, .. })
        | (Effect::EditKeyboard { message: a, .. }, Effect::EditKeyboard { message: b, .. }) => a == b,
        _ => false,
    }
}
