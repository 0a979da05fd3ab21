//! Rows of what is to follow from events: effects, reminders, what became of both. Written set-based at the end of the
//! transaction, or when an event must read their tables; an event that only reads and writes tables of its own leaves
//! them waiting.

use anyhow::Result;
use sqlx::AssertSqlSafe;

use super::agenda::{self, Reminder};
use super::sent::{self, Name};
use super::{Conn, Tx, outbox, rows};
use crate::model::{ChatId, Outgoing, Timestamp};

#[derive(Clone, Default)]
pub(super) struct Pending {
    /// Letters that are over.
    pub(super) finished: Vec<i64>,
    pub(super) names: Vec<Name>,
    /// Reminders that are being handled.
    pub(super) taken: Vec<(ChatId, String, Timestamp)>,
    pub(super) reminders: Vec<Reminder>,
    pub(super) letters: Vec<Outgoing>,
}

/// How long each list of [`Pending`] is.
#[derive(Clone, Copy, Default)]
pub(super) struct Marks([usize; 5]);

impl Pending {
    pub(super) fn marks(&self) -> Marks {
        Marks([self.finished.len(), self.names.len(), self.taken.len(), self.reminders.len(), self.letters.len()])
    }

    pub(super) fn truncate(&mut self, Marks(to): Marks) {
        self.finished.truncate(to[0]);
        self.names.truncate(to[1]);
        self.taken.truncate(to[2]);
        self.reminders.truncate(to[3]);
        self.letters.truncate(to[4]);
    }

    /// The first of each list.
    pub(super) fn take(&mut self, Marks(upto): Marks) -> Self {
        Self {
            finished: self.finished.drain(..upto[0]).collect(),
            names: self.names.drain(..upto[1]).collect(),
            taken: self.taken.drain(..upto[2]).collect(),
            reminders: self.reminders.drain(..upto[3]).collect(),
            letters: self.letters.drain(..upto[4]).collect(),
        }
    }

    pub(super) fn extend(&mut self, later: Self) {
        self.finished.extend(later.finished);
        self.names.extend(later.names);
        self.taken.extend(later.taken);
        self.reminders.extend(later.reminders);
        self.letters.extend(later.letters);
    }

    /// Puts back, before all else, what was written and undone.
    pub(super) fn restore(&mut self, mut earlier: Self) {
        earlier.extend(std::mem::take(self));
        *self = earlier;
    }
}

impl Tx {
    /// What is over goes first: a reminder may be set anew by its own handling, an effect asked for anew when it is done.
    pub(super) async fn write_pending(&mut self, pending: Pending) -> Result<()> {
        let conn = self.raw()?;
        delete(conn, "DELETE FROM outbox WHERE (id) IN", 1, &pending.finished, |id, to| {
            to.int(*id);
        })
        .await?;
        delete(conn, "DELETE FROM agenda WHERE (chat, name, due) IN", 3, &pending.taken, |(chat, name, due), to| {
            to.int(chat.0).text(name).int(due.0);
        })
        .await?;
        sent::write(conn, pending.names).await?;
        agenda::write(conn, pending.reminders).await?;
        if pending.letters.is_empty() { Ok(()) } else { outbox::write(self, pending.letters).await }
    }
}

/// Deletes the rows of these keys. `head` is fixed text.
async fn delete<K>(
    conn: &mut Conn,
    head: &'static str,
    columns: usize,
    keys: &[K],
    bind: impl Fn(&K, &mut rows::Values),
) -> Result<()> {
    for part in keys.chunks(rows::KEYS) {
        let (keys, values) = rows::keys(conn, part, columns, &bind)?;
        // Built from fixed names and placeholders.
        sqlx::query_with(AssertSqlSafe(format!("{head} ({keys})")), values).execute(&mut *conn).await?;
    }
    Ok(())
}
