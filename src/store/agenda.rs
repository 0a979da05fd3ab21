//! Reminders: deadlines as rows. A reminder set again under the same name replaces the first.

use anyhow::{Context, Result};

use super::{Conn, Tx, rows};
use crate::model::{ChatId, Timestamp};

/// Something to come back to.
#[derive(Clone, Debug, PartialEq)]
pub struct Reminder {
    /// Chat 0 for the process itself.
    pub chat: ChatId,
    /// `feature/what/…`, unique in its chat.
    pub name: String,
    pub due: Timestamp,
    pub payload: serde_json::Value,
}

type Row = (i64, String, i64, String);

fn read((chat, name, due, payload): Row) -> Result<Reminder> {
    let payload =
        serde_json::from_str(&payload).with_context(|| format!("the reminder {name} of {chat} cannot be read"))?;
    Ok(Reminder { chat: ChatId(chat), name, due: Timestamp(due), payload })
}

pub(super) async fn write(conn: &mut Conn, reminders: Vec<Reminder>) -> Result<()> {
    // One statement may not touch a row twice: the last of a name counts.
    let mut last = std::collections::BTreeMap::new();
    for reminder in reminders {
        last.insert((reminder.chat, reminder.name.clone()), reminder);
    }
    let reminders: Vec<_> = last.into_values().collect();
    rows::write(
        conn,
        "INSERT INTO agenda (chat, name, due, payload)",
        4,
        "ON CONFLICT (chat, name) DO UPDATE SET due = excluded.due, payload = excluded.payload",
        &reminders,
        |reminder, to| {
            to.int(reminder.chat.0).text(&reminder.name).int(reminder.due.0).text(&reminder.payload.to_string());
        },
    )
    .await
    .map(drop)
}

impl Tx {
    /// Asks to be reminded.
    pub fn remind(&mut self, reminder: Reminder) {
        self.due_changed(reminder.chat, &reminder.name);
        self.pending.reminders.push(reminder);
    }

    /// Takes a reminder back. Says whether there was one.
    pub async fn unremind(&mut self, chat: ChatId, name: &str) -> Result<bool> {
        self.due_changed(chat, name);
        let gone = sqlx::query("DELETE FROM agenda WHERE chat = $1 AND name = $2")
            .bind(chat.0)
            .bind(name)
            .execute(self.settled().await?)
            .await?;
        Ok(gone.rows_affected() > 0)
    }

    /// What is due by `now`, to be taken one by one with [`Tx::take_reminder`]; see [`due`] for its order.
    pub async fn due(&mut self, now: Timestamp, limit: i64) -> Result<Vec<Reminder>> {
        let reminders = due(self.settled().await?, now, limit).await?;
        self.due = reminders.iter().map(|it| ((it.chat, it.name.clone()), it.due)).collect();
        Ok(reminders)
    }

    /// Takes a due reminder to handle it. Says whether it still stands as it was read: what was handled before it in this
    /// transaction may have taken it back or moved it.
    pub fn take_reminder(&mut self, it: &Reminder) -> bool {
        let who = (it.chat, it.name.clone());
        let stands = self.due.remove(&who).is_some();
        if stands {
            self.reminders = true;
            self.pending.taken.push((it.chat, who.1, it.due));
        }
        stands
    }

    /// Takes back every reminder whose name begins with `prefix`.
    pub async fn unremind_all(&mut self, chat: ChatId, prefix: &str) -> Result<()> {
        self.all_due_changed(chat, prefix);
        sqlx::query("DELETE FROM agenda WHERE chat = $1 AND SUBSTR(name, 1, LENGTH($2)) = $3")
            .bind(chat.0)
            .bind(prefix)
            .bind(prefix)
            .execute(self.settled().await?)
            .await?;
        Ok(())
    }

    /// Takes back every reminder whose name begins with `prefix`, and gives them in the order in which they are due.
    pub async fn take_reminders(&mut self, chat: ChatId, prefix: &str) -> Result<Vec<Reminder>> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT chat, name, due, payload FROM agenda WHERE chat = $1 AND SUBSTR(name, 1, LENGTH($2)) = $3
             ORDER BY due, name",
        )
        .bind(chat.0)
        .bind(prefix)
        .bind(prefix)
        .fetch_all(self.settled().await?)
        .await?;
        if !rows.is_empty() {
            self.unremind_all(chat, prefix).await?;
        }
        rows.into_iter().map(read).collect()
    }

    /// The reminder of that name.
    pub async fn reminder(&mut self, chat: ChatId, name: &str) -> Result<Option<Reminder>> {
        let row: Option<Row> =
            sqlx::query_as("SELECT chat, name, due, payload FROM agenda WHERE chat = $1 AND name = $2")
                .bind(chat.0)
                .bind(name)
                .fetch_optional(self.settled().await?)
                .await?;
        row.map(read).transpose()
    }
}

/// What is due by `now`, oldest first. Of what is due at one time the chats take turns: another one is the first on
/// another day.
pub async fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Reminder>> {
    // Multiplying by a number of the day's, modulo a prime, shuffles the chats.
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT chat, name, due, payload FROM agenda WHERE due <= $1
         ORDER BY due, ABS(chat) % 1000003 * (due / 86400000 * 7919 % 1000003) % 1000003, chat, name LIMIT $2",
    )
    .bind(now.0)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(read).collect()
}

/// When the next reminder is due.
pub async fn next_due(conn: &mut Conn) -> Result<Option<Timestamp>> {
    let (due,): (Option<i64>,) = sqlx::query_as("SELECT MIN(due) FROM agenda").fetch_one(conn).await?;
    Ok(due.map(Timestamp))
}
