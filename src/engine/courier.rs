//! Deciding what leaves when, with what is known of messages sent, and taking what came back.

use std::collections::{HashMap, HashSet, VecDeque};

use anyhow::Result;

use super::carry::refused;
use super::plan::{Next, Plan, Rates};
use super::{Ended, Receipt};
use crate::model::event::Why;
use crate::model::{ChatId, Class, Delivery, MessageId, MessageKey, Span, Timestamp};
use crate::store::outbox::{self, Letter, Row, Unreadable, refers_to};
use crate::store::{Db, sent};

/// Letters kept in memory that are less urgent than answers; more wait in the database. Of answers as many are read from
/// it at once.
const IN_MEMORY: usize = 3000;
/// Of them, while there is nothing more urgent: half stays free for what is.
const LEISURELY: usize = IN_MEMORY / 2;
/// Letters that may leave only later than this wait in the database.
const HORIZON: Span = Span::secs(30);
/// Ended letters remembered, at most.
const ENDED_KEPT: usize = 50_000;
/// Names of sent messages kept until the engine has surely stored them.
const FRESH_NAMES: usize = 4096;
/// What is to be done to a message that is not known yet waits so long.
const NOT_YET: Span = Span::secs(5);
/// What a chat got in this time counts against its rate.
const RATED: Span = Span::minutes(1);
/// Added to a letter's attempts when its chat changed its number: twice is taken, more is a loop.
pub(super) const MOVES: i64 = 20;

/// Decides what leaves when, and takes what came back.
pub struct Courier {
    db: Db,
    plan: Plan,
    /// The most urgent class below answers of which letters that may leave wait in the database only.
    overflow: Option<Class>,
    /// So do answers, or what is more urgent.
    answers_wait: bool,
    /// When the database is to be looked into for those, if there is room.
    room_at: Timestamp,
    /// When the database is to be looked into again, for letters whose time has come by then.
    look_at: Option<Timestamp>,
    /// Letters that ended and may still stand in the table, because the receipt is not committed yet; oldest first.
    ended: VecDeque<(Timestamp, i64)>,
    ended_ids: HashSet<i64>,
    names: HashMap<(ChatId, MessageKey), MessageId>,
    names_by_age: VecDeque<(ChatId, MessageKey)>,
    /// Receipts that could not be handed over because the database failed.
    owed: Vec<Receipt>,
}

/// Something to be carried out now.
#[derive(Clone)]
pub struct Job {
    pub letter: Letter,
    /// Numbers of the messages it names.
    pub(super) names: HashMap<MessageKey, MessageId>,
}

impl Courier {
    /// Takes up what waits. Comes with receipts for what a process that died was sending.
    pub async fn start(db: Db, rates: Rates, now: Timestamp) -> Result<(Self, Vec<Receipt>)> {
        let mut courier = Self {
            plan: Plan::new(rates),
            overflow: None,
            answers_wait: false,
            room_at: Timestamp(0),
            look_at: None,
            ended: VecDeque::new(),
            ended_ids: HashSet::new(),
            names: HashMap::new(),
            names_by_age: VecDeque::new(),
            owed: Vec::new(),
            db,
        };
        let mut conn = courier.db.read().await?;
        let (unknown, unreadable) = parted(outbox::being_sent(&mut conn).await?);
        for (chat, until) in outbox::cooldowns(&mut conn).await? {
            courier.plan.rest(chat, false, until);
        }
        for (chat, at) in sent::since(&mut conn, now - RATED).await? {
            courier.plan.was_sent(chat, at);
        }
        drop(conn);
        outbox::put_aside(&courier.db, &unreadable, now).await?;
        courier.reload(now).await?;
        let receipts = unknown
            .into_iter()
            .map(|letter| Receipt {
                letter,
                at: now,
                ended: refused(Why::MayHaveHappened, "the process stopped while sending it"),
            })
            .collect();
        Ok((courier, receipts))
    }

    /// Takes in what a transaction left.
    pub fn take(&mut self, posted: Vec<Letter>, withdrawn: Vec<i64>, now: Timestamp) {
        self.plan.cancel(withdrawn);
        for letter in posted {
            // It may have been found in the database, and sent, before it was handed over.
            if self.ended_ids.contains(&letter.id) {
                continue;
            }
            if letter.outgoing.after > now + HORIZON {
                let at = letter.outgoing.after;
                self.look_at = Some(self.look_at.map_or(at, |look_at| look_at.min(at)));
                continue;
            }
            // What is urgent never waits behind the database's queue, and nothing waits behind what is less urgent.
            let class = letter.outgoing.class;
            let next = self.overflow.is_none_or(|waiting| class < waiting) && self.plan.leisurely() < room(class);
            if class <= Class::Reply || next {
                self.plan.add(letter, now);
            } else {
                self.overflow = Some(self.overflow.map_or(class, |waiting| waiting.min(class)));
            }
        }
    }

    /// What is to be done now; letters that came to nothing are receipts already. On an error nothing is lost: the next
    /// call gives it all.
    pub async fn next(&mut self, now: Timestamp) -> Result<(Vec<Job>, Vec<Receipt>)> {
        if self.looks_at(now).is_some_and(|at| at <= now) {
            self.reload(now).await?;
        }
        let mut jobs = Vec::new();
        let mut receipts = std::mem::take(&mut self.owed);
        while let Some(next) = self.plan.next(now) {
            match next {
                Next::Send(letter) => jobs.push(letter),
                Next::Expired(letter) => {
                    receipts.push(Receipt { letter, at: now, ended: refused(Why::TooLate, "it waited too long") });
                }
                Next::Replaced(letter) => {
                    let ended = refused(Why::Withdrawn, "a newer edit of the message replaced it");
                    receipts.push(Receipt { letter, at: now, ended });
                }
            }
        }
        match self.prepare(&jobs).await {
            Ok(prepared) => {
                for letter in jobs.iter().filter(|letter| !prepared.iter().any(|job| job.letter.id == letter.id)) {
                    self.plan.ended(letter, now);
                }
                // A message that is not known may be one of those that wait in the database only.
                let more = self.overflow.is_some() || self.answers_wait;
                let waits = |job: &Job| more && job.names.len() < refers_to(&job.letter.outgoing).len();
                let (later, jobs): (Vec<Job>, _) = prepared.into_iter().partition(waits);
                for Job { mut letter, .. } in later {
                    letter.outgoing.after = now + NOT_YET;
                    self.plan.put_off(letter, now);
                }
                Ok((jobs, receipts))
            }
            Err(error) => {
                for letter in jobs.into_iter().rev() {
                    self.plan.again(letter, now);
                }
                self.owed = receipts;
                Err(error)
            }
        }
    }

    /// Finds the numbers of the messages that letters name, and marks what must not be sent twice. What was called off
    /// meanwhile is left out.
    async fn prepare(&self, letters: &[Letter]) -> Result<Vec<Job>> {
        let mut jobs = Vec::with_capacity(letters.len());
        for letter in letters {
            jobs.push(Job { names: self.resolve(letter).await?, letter: letter.clone() });
        }
        let is_once = |letter: &&Letter| letter.outgoing.delivery == Delivery::Once;
        let once: Vec<&Letter> = letters.iter().filter(is_once).collect();
        let claimed = outbox::claim(&self.db, &once).await?;
        jobs.retain(|job| !is_once(&&job.letter) || claimed.contains(&job.letter.id));
        Ok(jobs)
    }

    /// When [`Courier::next`] may have something to do.
    pub fn next_at(&mut self, now: Timestamp) -> Option<Timestamp> {
        [self.looks_at(now).map(|at| at.max(now)), self.plan.next_at(now)].into_iter().flatten().min()
    }

    /// When the database is to be looked into for letters that are not in memory.
    fn looks_at(&self, now: Timestamp) -> Option<Timestamp> {
        let answers = self.plan.len() - self.plan.leisurely();
        let room = self.overflow.is_some_and(|class| self.plan.leisurely() < room(class) / 2)
            || (self.answers_wait && answers < IN_MEMORY / 2);
        [self.look_at, room.then_some(self.room_at.max(now))].into_iter().flatten().min()
    }

    /// Takes back what a job led to; gives the receipt for the engine.
    pub fn done(&mut self, mut letter: Letter, mut ended: Ended, now: Timestamp) -> Receipt {
        match &mut ended {
            Ended::Again { wait, rest } => {
                letter.attempts += 1;
                letter.outgoing.after = now + *wait;
                if let Some(chat) = rest {
                    self.plan.limited(*chat, letter.outgoing.class <= Class::Guard, *wait, now);
                }
                self.plan.again(letter.clone(), now);
            }
            Ended::Moved { to, .. } => {
                self.plan.ended(&letter, now);
                letter.attempts += MOVES;
                if let Some(chat) = letter.outgoing.effect.chat_mut() {
                    *chat = *to;
                }
                self.plan.add(letter.clone(), now);
            }
            Ended::Sent(sent) => {
                if let (Some(chat), Some(name), Some(message)) =
                    (letter.outgoing.effect.chat(), letter.outgoing.effect.name(), sent.message)
                {
                    self.remember(chat, name.clone(), message);
                }
                self.finish(&letter, now);
            }
            Ended::Answered(_) | Ended::Advised(_) | Ended::Refused { .. } => self.finish(&letter, now),
        }
        Receipt { letter, at: now, ended }
    }

    fn finish(&mut self, letter: &Letter, now: Timestamp) {
        self.plan.ended(letter, now);
        self.ended.push_back((now, letter.id));
        self.ended_ids.insert(letter.id);
        let old = |(at, _): &(Timestamp, i64)| now.since(*at) > Span::hours(1);
        while self.ended.len() > ENDED_KEPT || self.ended.front().is_some_and(old) {
            if let Some((_, id)) = self.ended.pop_front() {
                self.ended_ids.remove(&id);
            }
        }
    }

    pub fn waiting(&self) -> usize {
        self.plan.len()
    }

    fn remember(&mut self, chat: ChatId, name: MessageKey, message: MessageId) {
        if self.names.insert((chat, name.clone()), message).is_none() {
            self.names_by_age.push_back((chat, name));
        }
        if self.names_by_age.len() > FRESH_NAMES
            && let Some(oldest) = self.names_by_age.pop_front()
        {
            self.names.remove(&oldest);
        }
    }

    async fn resolve(&self, letter: &Letter) -> Result<HashMap<MessageKey, MessageId>> {
        let mut found = HashMap::new();
        let Some(chat) = letter.outgoing.effect.chat() else { return Ok(found) };
        for name in refers_to(&letter.outgoing) {
            let fresh = self.names.get(&(chat, name.clone())).copied();
            let number = match fresh {
                Some(number) => Some(number),
                None => sent::find(&mut *self.db.read().await?, chat, name).await?,
            };
            if let Some(number) = number {
                found.insert(name.clone(), number);
            }
        }
        Ok(found)
    }

    /// Reads from the database what may leave, the most urgent first, as far as there is room. Answers have a room of
    /// their own: however many there are, posts are found behind them, and leave when they have waited long.
    async fn reload(&mut self, now: Timestamp) -> Result<()> {
        let until = now + HORIZON;
        let mut conn = self.db.read().await?;
        let answers = outbox::waiting(&mut conn, Class::Answer..=Class::Reply, until, IN_MEMORY).await?;
        let others = outbox::waiting(&mut conn, Class::Welcome..=Class::Question, until, IN_MEMORY).await?;
        self.look_at = outbox::next_after(&mut conn, until).await?;
        drop(conn);
        let all = others.len() < IN_MEMORY;
        self.answers_wait = answers.len() == IN_MEMORY;
        let ((answers, unread), (others, unreadable)) = (parted(answers), parted(others));
        outbox::put_aside(&self.db, &[unread, unreadable].concat(), now).await?;
        self.overflow = others.last().map(|letter| letter.outgoing.class).filter(|_| !all);
        let is_new = |letter: &Letter| !self.plan.knows(letter.id) && !self.ended_ids.contains(&letter.id);
        let mut taken: Vec<Letter> = answers.into_iter().filter(is_new).collect();
        let mut leisurely = Vec::new();
        for letter in others.into_iter().filter(is_new) {
            let class = letter.outgoing.class;
            if self.plan.leisurely() + leisurely.len() >= room(class) {
                self.overflow = Some(class);
                break;
            }
            leisurely.push(letter);
        }
        taken.append(&mut leisurely);
        // Where all that was found has ended already, its receipts are on their way: looking at once would find it again.
        self.room_at = if taken.is_empty() { now + Span::secs(1) } else { now };
        // As they were asked for: a message is known to be on its way before what is to be done to it.
        taken.sort_unstable_by_key(|letter| letter.id);
        for letter in taken {
            self.plan.add(letter, now);
        }
        Ok(())
    }
}

/// How many letters, answers apart, may be in memory for one of the class to join them.
fn room(class: Class) -> usize {
    if class < Class::Board { IN_MEMORY } else { LEISURELY }
}

/// Letters, and rows that cannot be read as letters.
fn parted(rows: Vec<Row>) -> (Vec<Letter>, Vec<Unreadable>) {
    let (mut letters, mut unreadable) = (Vec::new(), Vec::new());
    for row in rows {
        match row {
            Ok(letter) => letters.push(letter),
            Err(row) => unreadable.push(row),
        }
    }
    (letters, unreadable)
}
