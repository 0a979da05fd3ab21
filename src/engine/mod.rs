//! From what happened to what follows: many events in one transaction, each undone alone when it fails.

pub mod book;
pub mod carry;
pub mod courier;
mod handle;
pub mod intake;
mod life;
mod place;
pub mod plan;
mod receipts;
mod replay;

use std::collections::{HashSet, VecDeque};

use anyhow::Result;

use crate::cx::recent::Recent;
use crate::cx::{Me, Replies};
use crate::judge::spread::Spread;
use crate::model::effect::Send;
use crate::model::{ChatId, Class, Delivery, Effect, Event, Kind, Outgoing, Text, Timestamp};
use crate::store::inbox::{self, Waiting};
use crate::store::outbox::Letter;
use crate::store::{Db, Tx, agenda, in_words, is_outage, meta, overrides};
use crate::telegram::update;

pub use book::Book;
pub use receipts::{Ended, Receipt};

/// Updates handled in one transaction. Large enough that a commit's fsync is shared, small enough that a reply does not
/// wait for it.
const BATCH: usize = 300;
/// Updates kept in memory; more wait in the database.
const QUEUE: usize = 2000;
/// Events of the process itself handled in one transaction.
const OWN: usize = 100;
/// Reminders handled in one transaction: few, since the courier marks what it is about to send between two of them, and
/// thousands may be due at the same minute.
const REMINDERS: i64 = 50;
/// The engine: the only one that opens transactions for events.
pub struct Engine {
    db: Db,
    me: Me,
    book: Book,
    /// The book knows of something that is not committed.
    unsure: bool,
    queue: VecDeque<Waiting>,
    /// The last update in memory; those after it are read from the database.
    last: i64,
    /// There are updates in the database that are not in memory.
    more: bool,
    /// When the next reminder is due, as far as is known.
    next_due: Option<Timestamp>,
    next_due_known: bool,
    /// Events from the process itself, such as the settings having been read.
    own: VecDeque<Event>,
    /// What the process itself has to say to operators.
    said: Vec<Outgoing>,
    /// Whom it has answered of late.
    replies: Replies,
    /// What people wrote of late.
    recent: Recent,
    /// What goes round.
    spread: Spread,
    serial: u64,
    /// Steps still to be made one update at a time, with everything written before the next: something of a batch could
    /// not be written, and this finds what.
    careful: usize,
    /// Until then updates are stored before they are handled, so that one the process dies of is found.
    wary_until: Timestamp,
    /// When this process began, until it has lived for `life::SETTLED`.
    fresh_since: Option<Timestamp>,
    /// When it last cleaned up.
    tidied: Option<Timestamp>,
}

/// What one step did.
#[derive(Default)]
pub struct Step {
    pub handled: usize,
    pub failed: usize,
    /// Updates that were not stored before.
    pub taken: usize,
    /// Effects to be carried out.
    pub posted: Vec<Letter>,
    /// Effects called off.
    pub withdrawn: Vec<i64>,
    /// There is more to do at once.
    pub more: bool,
}

impl Engine {
    /// Takes up where the last process stopped. Updates it may have died of are handled first, each on its own.
    pub async fn start(db: Db, me: Me, book: Book, now: Timestamp) -> Result<Self> {
        let mut engine = Self::at_rest(db, me, book);
        let mut conn = engine.db.read().await?;
        let alive: Option<i64> = meta::get(&mut conn, "alive").await?.and_then(|at| at.parse().ok());
        drop(conn);
        engine.count_start(now).await?;
        engine.own(now, None, Kind::Started { from: alive.map(Timestamp) });
        // What is left over is handled under the settings that hold: those of moved groups, and those changed in chats.
        let mut tx = engine.db.begin().await?;
        engine.fit_book(&mut tx).await?;
        drop(tx);
        engine.settle_leftovers(now).await?;
        engine.settings_read(now).await?;
        Ok(engine)
    }

    fn at_rest(db: Db, me: Me, book: Book) -> Self {
        Self {
            db,
            me,
            book,
            unsure: false,
            queue: VecDeque::new(),
            last: 0,
            more: true,
            next_due: None,
            next_due_known: false,
            own: VecDeque::new(),
            said: Vec::new(),
            replies: Replies::default(),
            recent: Recent::default(),
            spread: Spread::default(),
            serial: 0,
            careful: 0,
            wary_until: Timestamp(0),
            fresh_since: None,
            tidied: None,
        }
    }

    pub fn me(&self) -> &Me {
        &self.me
    }

    pub fn db(&self) -> &Db {
        &self.db
    }

    pub fn book(&self) -> &Book {
        &self.book
    }

    /// New settings hold from the next event on.
    pub async fn set_book(&mut self, book: Book, now: Timestamp) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let before = std::mem::replace(&mut self.book, book);
        if let Err(error) = self.fit_book(&mut tx).await {
            self.book = before;
            return Err(error);
        }
        drop(tx);
        self.settings_read(now).await
    }

    /// Whether so many updates that just arrived can be handled in the transaction that takes them in: none waits
    /// before them, and the process has not just died of one.
    pub fn takes(&self, arrived: usize, now: Timestamp) -> bool {
        arrived <= BATCH && self.queue.is_empty() && !self.more && self.careful == 0 && now >= self.wary_until
    }

    /// Stores updates (id, JSON). When this returns, Telegram may be told that they arrived.
    pub async fn store(&mut self, updates: Vec<(i64, String)>, now: Timestamp) -> Result<usize> {
        self.keep(inbox::unstored(updates, now)).await
    }

    async fn keep(&mut self, updates: Vec<Waiting>) -> Result<usize> {
        let fresh = match inbox::store(&self.db, updates).await {
            Ok(fresh) => fresh,
            Err(error) => {
                // A commit that failed may have been made all the same: then the database has what memory has not.
                self.more = true;
                return Err(error);
            }
        };
        let count = fresh.len();
        self.accept(fresh);
        Ok(count)
    }

    /// Takes updates that were stored.
    pub fn accept(&mut self, stored: Vec<Waiting>) {
        for waiting in stored {
            // Once some are left to the database, those after them are too, so that the order holds.
            if self.more || self.queue.len() >= QUEUE {
                self.more = true;
                break;
            }
            self.last = self.last.max(waiting.seq);
            self.queue.push_back(waiting);
        }
    }

    /// Has something said in the name of the process itself.
    pub fn say(&mut self, chat: ChatId, text: Text, now: Timestamp) {
        self.serial += 1;
        self.said.push(Outgoing {
            key: format!("p{}.{}", now.0, self.serial),
            class: Class::Reply,
            delivery: Delivery::Repeat,
            after: now,
            deadline: None,
            note: String::new(),
            effect: Effect::Send(Send::new(chat, text)),
        });
    }

    /// The chats the bot is in, and the numbers they had before.
    pub async fn chats(&self) -> Result<HashSet<ChatId>> {
        let tx = self.db.begin().await?;
        Ok(tx.chats().filter(|row| row.is_live() || row.moved_to.is_some()).map(|row| row.id).collect())
    }

    /// Updates in memory that are not handled yet.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// When the next reminder is due.
    pub async fn next_due(&mut self) -> Result<Option<Timestamp>> {
        if !self.next_due_known {
            let mut conn = self.db.read().await?;
            self.next_due = agenda::next_due(&mut conn).await?;
            self.next_due_known = true;
        }
        Ok(self.next_due)
    }

    /// Handles what there is: the courier's receipts, updates that just `arrived` (id, JSON; see [`Engine::takes`]) or
    /// else a batch of those stored, what is due. All of it in one transaction; on an error nothing of it happened and the
    /// step can be tried again. When this returns, Telegram may be told that the updates arrived.
    pub async fn step(&mut self, now: Timestamp, receipts: &[Receipt], arrived: Vec<(i64, String)>) -> Result<Step> {
        let mut arrived = inbox::unstored(arrived, now);
        match self.try_step(now, receipts, &mut arrived).await {
            Err(error) if self.careful == 0 && !is_outage(&error) => {
                tracing::warn!(error = in_words(&error), "a batch could not be written; its events are tried singly");
                self.keep(arrived).await?;
                self.careful = BATCH;
                self.try_step(now, receipts, &mut Vec::new()).await
            }
            result => result,
        }
    }

    async fn try_step(&mut self, now: Timestamp, receipts: &[Receipt], arrived: &mut Vec<Waiting>) -> Result<Step> {
        self.refill().await?;
        let due = self.next_due().await?.is_some_and(|due| due <= now);
        let silent = self.own.is_empty() && self.said.is_empty();
        if receipts.is_empty() && arrived.is_empty() && self.queue.is_empty() && silent && !due {
            return Ok(Step::default());
        }
        let size = if self.careful > 0 { 1 } else { BATCH.min(self.queue.len()) };
        let mut stored: Vec<Waiting> = self.queue.drain(..size.min(self.queue.len())).collect();
        // After a change of the settings there is one for each chat: the updates at hand do not wait for all of them.
        let own: VecDeque<Event> = self.own.drain(..self.own.len().min(OWN)).collect();
        let batch = if arrived.is_empty() { &mut stored } else { arrived };
        let result = self.transact(&own, receipts, batch, due, now).await;
        if result.is_err() {
            // Nothing of it happened: it waits again.
            for event in own.into_iter().rev() {
                self.own.push_front(event);
            }
            for waiting in stored.into_iter().rev() {
                self.queue.push_front(waiting);
            }
        }
        let mut step = result?;
        self.careful = self.careful.saturating_sub(1);
        step.more = !self.queue.is_empty() || self.more || !self.own.is_empty();
        Ok(step)
    }

    async fn transact(
        &mut self,
        own: &VecDeque<Event>,
        receipts: &[Receipt],
        batch: &mut Vec<Waiting>,
        due: bool,
        now: Timestamp,
    ) -> Result<Step> {
        let mut tx = self.db.begin().await?;
        if self.unsure {
            self.fit_book(&mut tx).await?;
        }
        let mut step = Step::default();
        for outgoing in &self.said {
            tx.post(outgoing.clone());
        }
        for event in own {
            self.handle(&mut tx, event, now, &mut step).await?;
        }
        for receipt in receipts {
            self.record(&mut tx, receipt, now, &mut step).await?;
        }
        let stored = batch.first().is_some_and(|waiting| waiting.seq > 0);
        if !stored {
            inbox::admit(&mut tx, batch).await?;
            step.taken = batch.len();
        }
        let reminders = if due { tx.due(now, REMINDERS).await? } else { Vec::new() };
        let backlog = !self.queue.is_empty() || self.more;
        self.handle_in_order(&mut tx, batch, reminders, backlog, now, &mut step).await?;
        if stored {
            inbox::remove(&mut tx, batch).await?;
        }
        let committed = tx.commit().await?;
        self.unsure = false;
        self.said.clear();
        self.next_due_known &= !committed.reminders;
        step.posted = letters(committed.posted);
        step.withdrawn = committed.withdrawn;
        Ok(step)
    }

    async fn refill(&mut self) -> Result<()> {
        if self.more && self.queue.is_empty() {
            let mut conn = self.db.read().await?;
            let limit = i64::try_from(QUEUE)?;
            let waiting = inbox::waiting(&mut conn, self.last, limit).await?;
            self.more = waiting.len() == QUEUE;
            self.last = waiting.last().map_or(self.last, |waiting| waiting.seq);
            self.queue.extend(waiting);
        }
        Ok(())
    }

    /// Gives every chat the community its settings name, and tells features that they were read.
    async fn settings_read(&mut self, now: Timestamp) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let live: Vec<ChatId> = tx.chats().filter(|row| row.is_live()).map(|row| row.id).collect();
        // Groups the bot is not in at present too: it may come back.
        let left = tx.chats().filter(|row| !row.is_live() && row.moved_to.is_none() && !row.id.is_private());
        let chats: Vec<ChatId> = live.iter().copied().chain(left.map(|row| row.id)).collect();
        self.assign_communities(&mut tx, &chats).await?;
        tx.commit().await?;
        for chat in live {
            self.own(now, Some(chat), Kind::Settings);
        }
        Ok(())
    }

    /// Brings the settings to what the database knows: groups that have another number now, and what administrators
    /// changed in their chats.
    async fn fit_book(&mut self, tx: &mut Tx) -> Result<()> {
        let moved: Vec<_> = tx.chats().filter_map(|row| Some((row.id, row.moved_to?))).collect();
        let all = overrides::all(tx.conn().await?).await?;
        for (chat, name) in self.book.fit(&moved, &all) {
            tracing::warn!(chat.id = %chat, name, "a setting changed in the chat no longer fits the file and is left out");
        }
        self.unsure = false;
        Ok(())
    }

    pub(super) fn own(&mut self, now: Timestamp, chat: Option<ChatId>, kind: Kind) {
        self.serial += 1;
        let id = format!("p{}.{}", now.0, self.serial);
        self.own.push_back(Event { id, at: now, chat, kind });
    }

    /// Reads a stored update.
    fn read(&self, waiting: &Waiting) -> Result<Event, String> {
        update::read(&waiting.raw, self.me.id, waiting.received)
            .map(|(_, event)| event)
            .map_err(|error| error.to_string())
    }
}

fn letters(posted: Vec<(i64, Outgoing)>) -> Vec<Letter> {
    posted.into_iter().map(|(id, outgoing)| Letter { id, attempts: 0, outgoing }).collect()
}
