//! The writing transaction: a savepoint for each event, and set-based writes at the end.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use anyhow::{Context, Result};
use sqlx::{Connection, Executor};
use tokio::sync::OwnedMutexGuard;

use super::chats::ChatRow;
use super::lessons::Models;
use super::members::Member;
use super::pending::{Marks, Pending};
use super::writes::{Lengths, Writes};
use super::{Conn, activity, chats, members, outbox, participants};
use crate::judge::local::Local;
use crate::model::{ChatId, CommunityId, Outgoing, Timestamp, UserId};

/// The writing connection and what is remembered between its transactions.
pub(super) struct Writer {
    conn: Option<Conn>,
    postgres: bool,
    /// A transaction was dropped unfinished (a panic, a cancelled task): roll back before the next.
    unfinished: bool,
    /// Every chat the bot knows. Small, and asked for by every event.
    chats: HashMap<ChatId, ChatRow>,
    /// What communities' lessons come to, as they are committed.
    lessons: Models,
    pub(super) next_outbox: i64,
    pub(super) next_inbox: i64,
}

impl Writer {
    pub(super) async fn new(mut conn: Conn, postgres: bool) -> Result<Self> {
        let chats = chats::load(&mut conn).await?;
        let next_outbox = outbox::last_id(&mut conn).await? + 1;
        let next_inbox = super::inbox::last_seq(&mut conn).await? + 1;
        let lessons = Models::default();
        Ok(Self { conn: Some(conn), postgres, unfinished: false, chats, lessons, next_outbox, next_inbox })
    }

    /// For a database opened only for reading.
    pub(super) fn none(postgres: bool) -> Self {
        let (chats, lessons) = (HashMap::new(), Models::default());
        Self { conn: None, postgres, unfinished: false, chats, lessons, next_outbox: 0, next_inbox: 0 }
    }

    pub(super) fn is_postgres(&self) -> bool {
        self.postgres
    }

    /// Rolls back what a transaction left that was dropped.
    pub(super) async fn undo_unfinished(&mut self) -> Result<&mut Conn> {
        let conn = self.conn.as_mut().context("the database is closed")?;
        if std::mem::take(&mut self.unfinished) {
            // Fails when nothing was open, which is as good.
            let _ = conn.execute("ROLLBACK").await;
            self.chats = chats::load(conn).await.inspect_err(|_| self.unfinished = true)?;
        }
        Ok(conn)
    }

    pub(super) async fn close(&mut self) {
        if let Some(mut conn) = self.conn.take() {
            if self.postgres {
                // PostgreSQL notices a closed connection a moment later: the next process need not wait for that.
                let _ = conn.execute("SELECT pg_advisory_unlock_all()").await;
            }
            // The process ends; what was committed is safe either way.
            let _ = conn.close().await;
        }
    }
}

/// The one transaction that writes. Dropping it undoes everything.
pub struct Tx {
    writer: OwnedMutexGuard<Writer>,
    pub(super) writes: Writes,
    pub(super) pending: Pending,
    /// Reminders read as due that still stand as they were read.
    pub(super) due: HashMap<(ChatId, String), Timestamp>,
    /// Members known to this transaction, changed or not.
    pub(super) members: Known,
    /// Communities whose lessons this transaction has changed, and what they come to now.
    relearned: BTreeSet<CommunityId>,
    lessons: Models,
    /// Outbox rows written so far, with their ids, for the courier to take up after the commit.
    pub(super) posted: Vec<(i64, Outgoing)>,
    /// Ids of rows called off.
    pub(super) withdrawn: Vec<i64>,
    /// The last effect that was silenced, for its maker to write on.
    discarded: Option<Outgoing>,
    /// Reminders were set or taken back.
    pub(super) reminders: bool,
    event: Option<OpenEvent>,
    savepoint: Savepoint,
    /// What earlier events left could not be written: undoing the event in hand would not help.
    broken: bool,
    done: bool,
}

/// What is known of members; `None` for somebody never seen.
type Known = HashMap<(ChatId, UserId), Option<Member>>;

/// How far things were when the event in hand began.
struct OpenEvent {
    writes: Lengths,
    pending: Marks,
    /// What earlier events left and was written under the savepoint: undoing the event takes it out again.
    unwritten: Pending,
    /// Due reminders the event changed.
    changed: Vec<((ChatId, String), Timestamp)>,
    posted: usize,
    withdrawn: usize,
    /// Members as they were before the event changed them, oldest first.
    members: Vec<((ChatId, UserId), Before)>,
}

impl OpenEvent {
    /// Members the event has changed, as they were before it.
    fn members_before(&self) -> Known {
        let known = |(who, before): &(_, Before)| match before {
            Before::Was(member) => Some((*who, member.clone())),
            Before::Nothing => None,
        };
        // The oldest last: it holds.
        self.members.iter().rev().filter_map(known).collect()
    }
}

/// Whether a savepoint stands, and whose.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Savepoint {
    None,
    /// Of the event in hand.
    Event,
    /// Of an event that is over. The next takes its place, which spares a statement: each is a journey to another thread.
    Outlived,
}

impl Savepoint {
    /// Makes it that of the event in hand; gives the SQL for it.
    fn set(&mut self) -> &'static str {
        let sql = if *self == Self::None { "SAVEPOINT event" } else { "RELEASE SAVEPOINT event; SAVEPOINT event" };
        *self = Self::Event;
        sql
    }

    fn outlive(&mut self) {
        if *self == Self::Event {
            *self = Self::Outlived;
        }
    }
}

/// What this transaction knew of a member before a change.
enum Before {
    Nothing,
    Was(Option<Member>),
}

/// What a committed transaction leaves for the courier.
#[derive(Default)]
pub struct Committed {
    pub posted: Vec<(i64, Outgoing)>,
    pub withdrawn: Vec<i64>,
    /// Reminders were set or taken back.
    pub reminders: bool,
}

impl Tx {
    pub(super) async fn begin(mut writer: OwnedMutexGuard<Writer>) -> Result<Self> {
        let postgres = writer.postgres;
        let conn = writer.undo_unfinished().await?;
        conn.execute(if postgres { "BEGIN" } else { "BEGIN IMMEDIATE" }).await.context("cannot begin")?;
        writer.unfinished = true;
        Ok(Self {
            writer,
            writes: Writes::default(),
            pending: Pending::default(),
            due: HashMap::new(),
            members: HashMap::new(),
            relearned: BTreeSet::new(),
            lessons: Models::default(),
            posted: Vec::new(),
            withdrawn: Vec::new(),
            discarded: None,
            reminders: false,
            event: None,
            savepoint: Savepoint::None,
            broken: false,
            done: false,
        })
    }

    /// Begins an event: what follows can be undone with [`Tx::undo_event`].
    pub fn begin_event(&mut self) {
        self.event = Some(OpenEvent {
            writes: self.writes.lengths(),
            pending: self.pending.marks(),
            unwritten: Pending::default(),
            changed: Vec::new(),
            posted: self.posted.len(),
            withdrawn: self.withdrawn.len(),
            members: Vec::new(),
        });
    }

    /// The event is good.
    pub fn keep_event(&mut self) {
        self.event = None;
        self.savepoint.outlive();
    }

    /// The whole transaction has failed, not only the event in hand.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Undoes all the event did, in the tables and in memory.
    pub async fn undo_event(&mut self) -> Result<()> {
        let Some(event) = self.event.take() else { return Ok(()) };
        self.writes.truncate(event.writes);
        self.pending.truncate(event.pending);
        self.pending.restore(event.unwritten);
        self.due.extend(event.changed);
        self.posted.truncate(event.posted);
        self.withdrawn.truncate(event.withdrawn);
        for (who, before) in event.members.into_iter().rev() {
            match before {
                Before::Was(before) => self.members.insert(who, before),
                Before::Nothing => self.members.remove(&who),
            };
        }
        if self.savepoint == Savepoint::Event {
            self.raw()?.execute("ROLLBACK TO SAVEPOINT event").await?;
            self.savepoint.outlive();
            // What was read since may be what the event made of it. All that earlier events changed is written.
            self.members.clear();
            self.lessons.clear();
        }
        let fresh = chats::load(self.raw()?).await?;
        self.writer.chats = fresh;
        Ok(())
    }

    /// The connection, for SQL of a feature's own. The first use inside an event sets its savepoint, after writing what
    /// earlier events saw, so that undoing this event leaves that.
    pub async fn conn(&mut self) -> Result<&mut Conn> {
        if let Some(event) = &mut self.event
            && self.savepoint != Savepoint::Event
        {
            let upto = std::mem::take(&mut event.writes);
            let earlier = event.members_before();
            self.broken = true;
            self.write(upto, &earlier).await?;
            let sql = self.savepoint.set();
            self.raw()?.execute(sql).await?;
            self.broken = false;
        }
        self.raw()
    }

    /// A lesson of the community was added or taken away: what they come to is made anew, and kept for the next transaction
    /// once this one is committed.
    pub(super) fn lessons_changed(&mut self, community: CommunityId) {
        self.relearned.insert(community);
        self.lessons.drop_one(community);
        self.writer.lessons.drop_one(community);
    }

    pub(super) fn local_at_hand(&self, community: CommunityId) -> Option<Arc<Local>> {
        let own = self.relearned.contains(&community);
        if own { self.lessons.get(community) } else { self.writer.lessons.get(community) }
    }

    pub(super) fn keep_local(&mut self, community: CommunityId, local: Arc<Local>) {
        let own = self.relearned.contains(&community);
        let models = if own { &mut self.lessons } else { &mut self.writer.lessons };
        models.put(community, local);
    }

    /// Takes an effect that nobody shall carry out, so that its maker need not know.
    pub fn discard(&mut self, outgoing: Outgoing) -> &mut Outgoing {
        self.discarded.insert(outgoing)
    }

    /// The connection with every pending row written, for reading tables that are written at the end.
    pub async fn settled(&mut self) -> Result<&mut Conn> {
        self.conn().await?;
        self.write(self.writes.lengths(), &HashMap::new()).await?;
        if let Some(event) = &mut self.event {
            let earlier = self.pending.take(std::mem::take(&mut event.pending));
            event.unwritten.extend(earlier.clone());
            self.broken = true;
            self.write_pending(earlier).await?;
            self.broken = false;
        }
        let own = std::mem::take(&mut self.pending);
        self.write_pending(own).await?;
        self.raw()
    }

    /// Makes everything durable.
    pub async fn commit(mut self) -> Result<Committed> {
        self.keep_event();
        self.settled().await?.execute("COMMIT").await.context("cannot commit")?;
        self.done = true;
        self.writer.unfinished = false;
        self.writer.lessons.extend(std::mem::take(&mut self.lessons));
        let withdrawn = std::mem::take(&mut self.withdrawn);
        let mut posted = std::mem::take(&mut self.posted);
        // What was asked for and called off within one batch never leaves.
        posted.retain(|(id, _)| !withdrawn.contains(id));
        Ok(Committed { posted, withdrawn, reminders: self.reminders })
    }

    /// Writes what is pending up to there; of the members in `earlier` that, and not what they are now.
    async fn write(&mut self, upto: Lengths, earlier: &Known) -> Result<()> {
        if upto == [0; 4] {
            return Ok(());
        }
        let writes = self.writes.take(upto);
        if !(writes.members.is_empty() && writes.seen.is_empty()) {
            let changed: BTreeSet<_> = writes.members.into_iter().collect();
            let seen: BTreeSet<_> = writes.seen.into_iter().filter(|who| !changed.contains(who)).collect();
            let rows = |who: BTreeSet<_>| -> Vec<Member> {
                let known = |who| earlier.get(who).or_else(|| self.members.get(who)).cloned().flatten();
                who.iter().filter_map(known).collect()
            };
            let (changed, seen) = (rows(changed), rows(seen));
            members::write(self.raw()?, &changed).await?;
            members::write_seen(self.raw()?, &seen).await?;
        }
        if !writes.deeds.is_empty() {
            activity::write(self.raw()?, writes.deeds).await?;
        }
        if !writes.parts.is_empty() {
            participants::write(self.raw()?, &writes.parts).await?;
        }
        Ok(())
    }

    /// Takes note that a reminder no longer stands as it may have been read.
    pub(super) fn due_changed(&mut self, chat: ChatId, name: &str) {
        self.reminders = true;
        let changed = self.due.remove_entry(&(chat, name.to_owned()));
        if let Some(event) = &mut self.event {
            event.changed.extend(changed);
        }
    }

    /// The same for every reminder of a chat whose name begins with `prefix`.
    pub(super) fn all_due_changed(&mut self, chat: ChatId, prefix: &str) {
        self.reminders = true;
        let changed = self.due.extract_if(|(of, name), _| *of == chat && name.starts_with(prefix)).collect::<Vec<_>>();
        if let Some(event) = &mut self.event {
            event.changed.extend(changed);
        }
    }

    pub(super) fn raw(&mut self) -> Result<&mut Conn> {
        self.writer.conn.as_mut().context("the database is closed")
    }

    pub(super) fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    /// A chat the bot knows.
    pub fn chat(&self, id: ChatId) -> Option<&ChatRow> {
        self.writer.chats.get(&id)
    }

    /// Every chat the bot knows.
    pub fn chats(&self) -> impl Iterator<Item = &ChatRow> {
        self.writer.chats.values()
    }

    /// Changes what is known of a member, so that it can be undone with the event.
    pub(super) fn know_member(&mut self, who: (ChatId, UserId), member: Option<Member>) {
        let before = self.members.insert(who, member);
        if let Some(event) = &mut self.event {
            event.members.push((who, before.map_or(Before::Nothing, Before::Was)));
        }
    }

    pub(super) fn remember_chat(&mut self, row: ChatRow) {
        self.writer.chats.insert(row.id, row);
    }

    pub(super) fn forget_chat(&mut self, id: ChatId) {
        self.writer.chats.remove(&id);
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        // The connection cannot be used here; the next transaction rolls back first.
        if !self.done {
            self.writer.unfinished = true;
        }
    }
}
