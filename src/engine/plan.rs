//! Which effect leaves next: priorities, budgets, order inside a chat, fairness between chats.
//!
//! Pure: times are passed in, nothing is sent here. Telegram publishes few limits (1 message a second in a chat, 20 a
//! minute in a group, about 30 a second in all); the rest is learnt from its 429 answers.

mod bucket;
mod lane;
mod pace;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use crate::model::{ChatId, Class, Effect, MessageKey, Span, Timestamp};
use crate::store::outbox::{Letter, refers_to};
use lane::{Lane, LaneId, MINUTE, cost, keeps_its_place, same_message};
use pace::Pace;

/// How fast the bot may go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Messages and edits a second, over all chats.
    pub per_second: f64,
    /// Messages and edits in one group within a minute.
    pub group_per_minute: usize,
    /// Deletes, bans and mutes a second, over all chats.
    pub guards_per_second: f64,
    /// Calls under way at once.
    pub in_flight: usize,
}

impl Default for Rates {
    /// Below Telegram's published limits by a margin for what it counts and we do not see.
    fn default() -> Self {
        Self { per_second: 25.0, group_per_minute: 18, guards_per_second: 25.0, in_flight: 48 }
    }
}

/// What to do next.
#[derive(Debug, PartialEq)]
pub enum Next {
    Send(Letter),
    /// It waited past its deadline.
    Expired(Letter),
    /// A newer edit of the same message replaced it.
    Replaced(Letter),
}

/// Questions to language models under way at once. They may hang for long and take no room from the rest.
const CONSULTS: usize = 48;
const CLASSES: usize = Class::ALL.len();
/// How often something is tried while nobody knows what is wrong with it.
pub(super) const TRIES: i64 = 6;

fn is_consult(letter: &Letter) -> bool {
    matches!(letter.outgoing.effect, Effect::Consult(_))
}

/// Everything that waits to be sent, as far as it is in memory.
pub struct Plan {
    rates: Rates,
    lanes: HashMap<LaneId, Lane>,
    /// Lanes that may have something of a class to send. An entry may be out of date.
    ready: [VecDeque<LaneId>; CLASSES],
    /// Lanes that rest, by when they may go on.
    resting: BTreeSet<(Timestamp, LaneId)>,
    /// Letters whose time has not come.
    later: BTreeMap<(Timestamp, i64), Letter>,
    /// Letters held until the message they are about was sent.
    held: HashMap<(ChatId, MessageKey), Vec<Letter>>,
    /// Names of messages that are still to be sent.
    unsent: HashMap<(ChatId, MessageKey), usize>,
    cancelled: HashSet<i64>,
    dropped: VecDeque<Next>,
    known: HashSet<i64>,
    /// How many of them are less urgent than answers.
    leisurely: usize,
    pace: Pace,
    in_flight: usize,
    /// Questions to language models under way, which are not among them.
    consults: usize,
    /// When lanes with nothing to remember were last given up.
    swept: Timestamp,
    /// Whether what has waited long goes first this time.
    turn: bool,
}

impl Plan {
    pub fn new(rates: Rates) -> Self {
        Self {
            rates,
            lanes: HashMap::new(),
            ready: Default::default(),
            resting: BTreeSet::new(),
            later: BTreeMap::new(),
            held: HashMap::new(),
            unsent: HashMap::new(),
            cancelled: HashSet::new(),
            dropped: VecDeque::new(),
            known: HashSet::new(),
            leisurely: 0,
            pace: Pace::new(rates),
            in_flight: 0,
            consults: 0,
            swept: Timestamp(0),
            turn: false,
        }
    }

    /// How many letters are in memory.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// How many of them are less urgent than answers.
    pub fn leisurely(&self) -> usize {
        self.leisurely
    }

    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub fn knows(&self, id: i64) -> bool {
        self.known.contains(&id)
    }

    /// Takes a letter in.
    pub fn add(&mut self, letter: Letter, now: Timestamp) {
        if !self.known.insert(letter.id) {
            return;
        }
        self.leisurely += usize::from(letter.outgoing.class > Class::Reply);
        if let (Some(chat), Some(name)) = (letter.outgoing.effect.chat(), letter.outgoing.effect.name()) {
            *self.unsent.entry((chat, name.clone())).or_default() += 1;
        }
        self.enqueue(letter, now);
    }

    fn enqueue(&mut self, letter: Letter, now: Timestamp) {
        let first = letter.attempts > 0 && keeps_its_place(&letter);
        self.place(letter, first, now);
    }

    /// Puts a letter where it waits. What was tried before comes first of its class in its lane, and what is behind it
    /// waits with it until its rest is over; anything else comes last once its time has come.
    fn place(&mut self, letter: Letter, first: bool, now: Timestamp) {
        if letter.outgoing.after > now && !first {
            self.later.insert((letter.outgoing.after, letter.id), letter);
            return;
        }
        if let Some(chat) = letter.outgoing.effect.chat() {
            let waits_for = refers_to(&letter.outgoing)
                .into_iter()
                .map(|name| (chat, name.clone()))
                .find(|name| self.unsent.contains_key(name));
            if let Some(name) = waits_for {
                self.held.entry(name).or_default().push(letter);
                return;
            }
        }
        let id = LaneId::of(&letter);
        let class = letter.outgoing.class as usize;
        let lane = self.lanes.entry(id).or_default();
        let queue = &mut lane.queues[class];
        if letter.outgoing.class == Class::Board
            && let Some(other) = queue.iter_mut().find(|other| same_message(other, &letter))
        {
            let older = if other.id < letter.id { std::mem::replace(other, letter) } else { letter };
            self.dropped.push_back(Next::Replaced(older));
            return;
        }
        let goes_after = |other: &Letter| first && (other.attempts == 0 || other.id > letter.id);
        let at = queue.iter().position(goes_after).unwrap_or(queue.len());
        queue.insert(at, letter);
        if !lane.in_flight {
            lane.line_up(id, class, &mut self.ready[class]);
        }
    }

    /// Calls letters off. What is under way is not stopped.
    pub fn cancel(&mut self, ids: impl IntoIterator<Item = i64>) {
        self.cancelled.extend(ids.into_iter().filter(|id| self.known.contains(id)));
    }

    /// Leaves a chat (0: all) alone until then.
    ///
    /// What guards the chat and what is said there rest apart: a warning put off must not put off a ban.
    pub fn rest(&mut self, chat: ChatId, guard: bool, until: Timestamp) {
        if chat.0 == 0 {
            return self.pace.pause(until);
        }
        let lane = self.lanes.entry(LaneId { chat, guard }).or_default();
        lane.rest_until = lane.rest_until.max(until);
    }

    /// A process before this one sent a message to a chat then. To be told in the order in which they were sent.
    pub fn was_sent(&mut self, chat: ChatId, at: Timestamp) {
        self.lanes.entry(LaneId { chat, guard: false }).or_default().window.push_back(at);
    }

    /// Telegram said 429 for this chat: it rests, and so does everything when it says so to several at once.
    pub fn limited(&mut self, chat: ChatId, guard: bool, after: Span, now: Timestamp) {
        self.rest(chat, guard, now + after);
        self.pace.limited(chat, after, now);
    }

    /// The next thing to do, if anything can be done at `now`.
    pub fn next(&mut self, now: Timestamp) -> Option<Next> {
        if let Some(dropped) = self.dropped.pop_front() {
            if let Next::Replaced(letter) = &dropped {
                self.unlearn(letter);
            }
            return Some(dropped);
        }
        self.wake(now);
        if self.in_flight >= self.rates.in_flight {
            return None;
        }
        for class in self.order(now) {
            if let Some(next) = self.next_of(class, now) {
                self.turn = !self.turn;
                return Some(next);
            }
        }
        None
    }

    /// The classes in the order of precedence. Every other time, what has waited for half its time and longest goes
    /// before all but answers and guards; questions have a pace of their own and need no turn.
    fn order(&self, now: Timestamp) -> impl Iterator<Item = usize> + use<> {
        let talk = Class::Reply as usize;
        let aged =
            (talk + 1..Class::Question as usize).filter_map(|class| Some((self.aged_since(class, now)?, class))).min();
        let first = aged.filter(|_| self.turn).map(|(_, class)| class);
        (0..talk).chain(first).chain(talk..CLASSES)
    }

    /// Since when the foremost of a class has waited, if that is more than half its time.
    fn aged_since(&self, class: usize, now: Timestamp) -> Option<Timestamp> {
        let lane = self.ready[class].front()?;
        let letter = self.lanes.get(lane)?.queues[class].front()?;
        let patience = letter.outgoing.deadline.map_or(MINUTE, |deadline| deadline.since(letter.outgoing.after));
        let since = letter.outgoing.after;
        (now.since(since).millis() > patience.millis() / 2).then_some(since)
    }

    fn wake(&mut self, now: Timestamp) {
        if now.since(self.swept) >= MINUTE {
            self.swept = now;
            self.lanes.retain(|_, lane| !lane.is_idle(now));
        }
        while let Some(entry) = self.later.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let letter = entry.remove();
            self.enqueue(letter, now);
        }
        while let Some((at, id)) = self.resting.first().copied() {
            if at > now {
                break;
            }
            self.resting.pop_first();
            self.make_ready(id);
        }
    }

    fn make_ready(&mut self, id: LaneId) {
        let Some(lane) = self.lanes.get_mut(&id) else { return };
        for (class, ready) in self.ready.iter_mut().enumerate() {
            if !lane.queues[class].is_empty() {
                lane.line_up(id, class, ready);
            }
        }
    }

    fn next_of(&mut self, class: usize, now: Timestamp) -> Option<Next> {
        if self.pace.wait(class, now) > Span::ZERO {
            return None;
        }
        while let Some(id) = self.ready[class].pop_front() {
            let Some(lane) = self.lanes.get_mut(&id) else { continue };
            lane.lined_up[class] = false;
            let foremost = lane.foremost(class, now);
            let Some(front) = lane.queues[foremost].front() else { continue };
            if self.cancelled.remove(&front.id) {
                let letter = lane.queues[foremost].pop_front();
                lane.lined_up[class] = true;
                self.ready[class].push_front(id);
                self.forget(letter.as_ref(), now);
                continue;
            }
            if front.outgoing.deadline.is_some_and(|deadline| deadline < now) {
                let letter = lane.queues[foremost].pop_front();
                lane.lined_up[class] = true;
                self.ready[class].push_front(id);
                self.forget(letter.as_ref(), now);
                return letter.map(Next::Expired);
            }
            if lane.in_flight && id.chat.0 != 0 {
                // It is made ready again when what is under way has ended.
                continue;
            }
            let consults = is_consult(front);
            if consults && self.consults >= CONSULTS {
                // The same: theirs is a lane of nothing else.
                continue;
            }
            let cost = cost(&front.outgoing.effect);
            let after = front.outgoing.after;
            let free = lane.free_at(id, foremost, cost, now, self.rates.group_per_minute).max(after);
            if free > now {
                self.resting.insert((free, id));
                continue;
            }
            let letter = lane.take(foremost, now)?;
            if id.chat.0 == 0 && !lane.queues[class].is_empty() {
                lane.line_up(id, class, &mut self.ready[class]);
            }
            self.pace.charge(class);
            *(if consults { &mut self.consults } else { &mut self.in_flight }) += 1;
            return Some(Next::Send(letter));
        }
        None
    }

    /// What was under way has ended.
    pub fn ended(&mut self, letter: &Letter, now: Timestamp) {
        self.free(letter);
        self.forget(Some(letter), now);
    }

    /// What was under way is to be tried again.
    pub fn again(&mut self, letter: Letter, now: Timestamp) {
        self.free(&letter);
        let first = keeps_its_place(&letter);
        self.place(letter, first, now);
    }

    /// What was under way could not be done yet, and waits until its time without holding up its lane.
    pub fn put_off(&mut self, letter: Letter, now: Timestamp) {
        self.free(&letter);
        self.place(letter, false, now);
    }

    fn free(&mut self, letter: &Letter) {
        let under_way = if is_consult(letter) { &mut self.consults } else { &mut self.in_flight };
        *under_way = under_way.saturating_sub(1);
        let id = LaneId::of(letter);
        if let Some(lane) = self.lanes.get_mut(&id) {
            lane.in_flight = false;
        }
        self.make_ready(id);
    }

    fn forget(&mut self, letter: Option<&Letter>, now: Timestamp) {
        let Some(letter) = letter else { return };
        self.unlearn(letter);
        self.cancelled.remove(&letter.id);
        if let (Some(chat), Some(name)) = (letter.outgoing.effect.chat(), letter.outgoing.effect.name()) {
            let name = (chat, name.clone());
            if let Some(count) = self.unsent.get_mut(&name) {
                *count -= 1;
                if *count == 0 {
                    self.unsent.remove(&name);
                    for held in self.held.remove(&name).unwrap_or_default() {
                        self.enqueue(held, now);
                    }
                }
            }
        }
    }

    fn unlearn(&mut self, letter: &Letter) {
        if self.known.remove(&letter.id) && letter.outgoing.class > Class::Reply {
            self.leisurely -= 1;
        }
    }

    /// When [`Plan::next`] may have something; none while nothing waits or all depends on what is under way.
    pub fn next_at(&mut self, now: Timestamp) -> Option<Timestamp> {
        if !self.dropped.is_empty() {
            return Some(now);
        }
        let mut at = [self.later.keys().next().map(|(at, _)| *at), self.resting.first().map(|(at, _)| *at)]
            .into_iter()
            .flatten()
            .min();
        if self.in_flight < self.rates.in_flight {
            for class in 0..CLASSES {
                if !self.ready[class].is_empty() {
                    let free = now + self.pace.wait(class, now);
                    at = Some(at.map_or(free, |at| at.min(free)));
                }
            }
        }
        at.map(|at| at.max(now))
    }
}

#[cfg(test)]
mod tests;
