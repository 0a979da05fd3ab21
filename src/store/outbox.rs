//! Effects that wait to be carried out.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use anyhow::Result;
use sqlx::AssertSqlSafe;

use super::{Conn, Db, Tx, rows};
use crate::model::{ChatId, Class, Effect, MessageKey, MessageRef, Outgoing, Timestamp};

/// An effect taken from the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub id: i64,
    pub attempts: i64,
    pub outgoing: Outgoing,
}

/// As many messages as Telegram deletes by one call.
const DELETED_AT_ONCE: usize = 100;

const WAITING: i64 = 0;
const SENDING: i64 = 1;

fn class_number(class: Class) -> i64 {
    class as i64
}

pub(super) async fn write(tx: &mut Tx, mut letters: Vec<Outgoing>) -> Result<()> {
    let mut known = keys_waiting(tx.raw()?, &letters).await?;
    letters.retain(|letter| known.insert(letter.key.clone()));
    let first = tx.writer().next_outbox;
    tx.writer().next_outbox += i64::try_from(letters.len())?;
    let letters: Vec<(i64, Outgoing)> = (first..).zip(letters).collect();
    let bodies: Vec<String> =
        letters.iter().map(|(_, letter)| serde_json::to_string(letter)).collect::<Result<_, _>>()?;
    let rows: Vec<(i64, &Outgoing, &String)> =
        letters.iter().zip(&bodies).map(|((id, letter), body)| (*id, letter, body)).collect();
    rows::write(
        tx.raw()?,
        "INSERT INTO outbox (id, chat, class, state, after_at, deadline, attempts, effect_key, note, body)",
        10,
        "",
        &rows,
        |(id, letter, body), to| {
            to.int(*id)
                .int(letter.effect.chat().map_or(0, |chat| chat.0))
                .int(class_number(letter.class))
                .int(WAITING)
                .int(letter.after.0)
                .maybe_int(letter.deadline.map(|at| at.0))
                .int(0)
                .text(&letter.key)
                .text(&letter.note)
                .text(body);
        },
    )
    .await?;
    tx.posted.extend(letters);
    Ok(())
}

/// Which of these keys wait already: the same effect is not asked for twice.
async fn keys_waiting(conn: &mut Conn, letters: &[Outgoing]) -> Result<HashSet<String>> {
    let mut known = HashSet::new();
    for part in letters.chunks(rows::KEYS) {
        let (keys, values) = rows::keys(conn, part, 1, |letter, to| {
            to.text(&letter.key);
        })?;
        // Built from fixed names and placeholders.
        let sql = format!("SELECT effect_key FROM outbox WHERE (effect_key) IN ({keys})");
        let rows: Vec<(String,)> = sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_all(&mut *conn).await?;
        known.extend(rows.into_iter().map(|(key,)| key));
    }
    Ok(known)
}

impl Tx {
    /// Asks for an effect; it exists once this transaction is committed.
    pub fn post(&mut self, outgoing: Outgoing) -> &mut Outgoing {
        self.pending.letters.push(outgoing);
        self.pending.letters.last_mut().expect("something was just pushed")
    }

    /// Calls off what waits in a chat and has a note beginning with `prefix`. What is being sent is not stopped.
    pub async fn withdraw(&mut self, chat: ChatId, prefix: &str) -> Result<u64> {
        let conn = self.settled().await?;
        let rows: Vec<(i64,)> =
            sqlx::query_as("SELECT id FROM outbox WHERE chat = $1 AND state = 0 AND SUBSTR(note, 1, LENGTH($2)) = $3")
                .bind(chat.0)
                .bind(prefix)
                .bind(prefix)
                .fetch_all(&mut *conn)
                .await?;
        self.drop_letters(rows.into_iter().map(|(id,)| id).collect()).await
    }

    /// Calls off what waits with this note, in whatever chat. What is being sent is not stopped.
    pub async fn withdraw_noted(&mut self, note: &str) -> Result<u64> {
        let rows: Vec<(i64,)> = sqlx::query_as("SELECT id FROM outbox WHERE state = 0 AND note = $1")
            .bind(note)
            .fetch_all(self.settled().await?)
            .await?;
        self.drop_letters(rows.into_iter().map(|(id,)| id).collect()).await
    }

    /// Calls off the last delete that waits with this note and has room for more, and gives what it would delete.
    pub async fn take_deletes(&mut self, chat: ChatId, note: &str) -> Result<Vec<MessageRef>> {
        let sql = "SELECT id, body FROM outbox WHERE chat = $1 AND state = 0 AND note = $2 ORDER BY id DESC LIMIT 1";
        let query = sqlx::query_as(sql).bind(chat.0).bind(note);
        let row: Option<(i64, String)> = query.fetch_optional(self.settled().await?).await?;
        let Some((id, body)) = row else { return Ok(Vec::new()) };
        match serde_json::from_str::<Outgoing>(&body)?.effect {
            Effect::Delete { messages, .. } if messages.len() < DELETED_AT_ONCE => {
                self.drop_letters(vec![id]).await?;
                Ok(messages)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Calls off what waits in a chat and is `unwanted`.
    pub async fn withdraw_all(&mut self, chat: ChatId, unwanted: impl Fn(&Outgoing) -> bool) -> Result<u64> {
        let rows: Vec<(i64, String)> = sqlx::query_as("SELECT id, body FROM outbox WHERE chat = $1 AND state = 0")
            .bind(chat.0)
            .fetch_all(self.settled().await?)
            .await?;
        let mut ids = Vec::new();
        for (id, body) in rows {
            if unwanted(&serde_json::from_str(&body)?) {
                ids.push(id);
            }
        }
        self.drop_letters(ids).await
    }

    /// Whether an effect of a chat with this note waits or is being sent.
    pub async fn is_under_way(&mut self, chat: ChatId, note: &str) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM outbox WHERE chat = $1 AND note = $2";
        let (n,): (i64,) = sqlx::query_as(sql).bind(chat.0).bind(note).fetch_one(self.settled().await?).await?;
        Ok(n > 0)
    }

    async fn drop_letters(&mut self, ids: Vec<i64>) -> Result<u64> {
        let conn = self.conn().await?;
        for id in &ids {
            sqlx::query("DELETE FROM outbox WHERE id = $1").bind(id).execute(&mut *conn).await?;
        }
        let gone = ids.len() as u64;
        self.withdrawn.extend(ids);
        Ok(gone)
    }

    /// Takes a finished effect out.
    pub fn finish_letter(&mut self, id: i64) {
        self.pending.finished.push(id);
    }

    /// Puts an effect back to wait until `after`, unless its next attempt is under way already.
    pub async fn delay_letter(&mut self, letter: &Letter) -> Result<()> {
        sqlx::query(
            "UPDATE outbox SET state = 0, attempts = $1, after_at = $2, chat = $3, body = $4
             WHERE id = $5 AND attempts < $6",
        )
        .bind(letter.attempts)
        .bind(letter.outgoing.after.0)
        .bind(letter.outgoing.effect.chat().map_or(0, |chat| chat.0))
        .bind(serde_json::to_string(&letter.outgoing)?)
        .bind(letter.id)
        .bind(letter.attempts)
        .execute(self.raw()?)
        .await?;
        Ok(())
    }

    /// Remembers until when Telegram wants to be left alone (chat 0: by everything).
    pub async fn cool_down(&mut self, chat: ChatId, until: Timestamp) -> Result<()> {
        sqlx::query(
            "INSERT INTO cooldown (chat, until) VALUES ($1, $2)
             ON CONFLICT (chat) DO UPDATE SET until = excluded.until",
        )
        .bind(chat.0)
        .bind(until.0)
        .execute(self.raw()?)
        .await?;
        Ok(())
    }
}

/// Marks effects as being sent, durably, before they are: a crash then leaves them known as "may have happened". Gives
/// those that still stand; what was called off meanwhile is not among them.
pub async fn claim(db: &Db, letters: &[&Letter]) -> Result<HashSet<i64>> {
    if letters.is_empty() {
        return Ok(HashSet::new());
    }
    let mut tx = db.begin().await?;
    let mut claimed = HashSet::new();
    for part in letters.chunks(rows::KEYS) {
        // With the attempt, so that the receipt of the one before, which may come later, does not take it back.
        let (keys, values) = rows::keys(tx.raw()?, part, 2, |letter, to| {
            to.int(letter.id).int(letter.attempts);
        })?;
        // Built from fixed names and placeholders.
        let sql = format!(
            "UPDATE outbox SET state = {SENDING}, attempts = claimed.column2 FROM ({keys}) AS claimed
             WHERE outbox.id = claimed.column1 RETURNING id"
        );
        let rows: Vec<(i64,)> = sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_all(tx.raw()?).await?;
        claimed.extend(rows.into_iter().map(|(id,)| id));
    }
    tx.commit().await?;
    Ok(claimed)
}

/// What waits of these classes, urgent first, and the chats taking turns; at most `limit`, leaving out nothing that waits
/// longer than what it returns within a chat and class. Only what may leave by `until`, and what was tried already, since
/// the rest of its chat waits for it.
pub async fn waiting(
    conn: &mut Conn,
    classes: RangeInclusive<Class>,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<Row>> {
    let rows: Vec<(i64, i64, String)> = sqlx::query_as(
        "SELECT id, attempts, body FROM (
            SELECT id, attempts, body, class,
                ROW_NUMBER() OVER (PARTITION BY class, chat ORDER BY attempts = 0, id) AS turn
            FROM outbox WHERE state = 0 AND class BETWEEN $1 AND $2 AND (after_at <= $3 OR attempts > 0)) AS waiting
         ORDER BY class, turn, id LIMIT $4",
    )
    .bind(class_number(*classes.start()))
    .bind(class_number(*classes.end()))
    .bind(until.0)
    .bind(i64::try_from(limit)?)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(read).collect())
}

/// When the first of those that [`waiting`] leaves out may leave.
pub async fn next_after(conn: &mut Conn, until: Timestamp) -> Result<Option<Timestamp>> {
    let sql = "SELECT MIN(after_at) FROM outbox WHERE state = 0 AND after_at > $1 AND attempts = 0";
    let (at,): (Option<i64>,) = sqlx::query_as(sql).bind(until.0).fetch_one(conn).await?;
    Ok(at.map(Timestamp))
}

/// A row of the table: a letter, or what cannot be read as one.
pub type Row = Result<Letter, Unreadable>;

/// A row another version of the program wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub id: i64,
    pub body: String,
    pub error: String,
}

/// Puts rows that cannot be read into quarantine, so that they hold up nothing.
pub async fn put_aside(db: &Db, rows: &[Unreadable], now: Timestamp) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    for row in rows {
        super::quarantine::keep(&mut tx, now, "effect", &row.body, &row.error).await?;
        tx.finish_letter(row.id);
    }
    tx.commit().await?;
    Ok(())
}

/// Gives every effect of a chat the number the chat has now.
pub(super) async fn move_letters(conn: &mut Conn, from: ChatId, to: ChatId) -> Result<()> {
    let rows: Vec<(i64, i64, String)> = sqlx::query_as("SELECT id, attempts, body FROM outbox WHERE chat = $1")
        .bind(from.0)
        .fetch_all(&mut *conn)
        .await?;
    // What cannot be read stays: it goes into quarantine when its turn comes.
    for mut letter in rows.into_iter().filter_map(|row| read(row).ok()) {
        if let Some(chat) = letter.outgoing.effect.chat_mut() {
            *chat = to;
        }
        sqlx::query("UPDATE outbox SET chat = $1, body = $2 WHERE id = $3")
            .bind(to.0)
            .bind(serde_json::to_string(&letter.outgoing)?)
            .bind(letter.id)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// What a process that died was sending.
pub async fn being_sent(conn: &mut Conn) -> Result<Vec<Row>> {
    let rows: Vec<(i64, i64, String)> =
        sqlx::query_as("SELECT id, attempts, body FROM outbox WHERE state = 1 ORDER BY id").fetch_all(conn).await?;
    Ok(rows.into_iter().map(read).collect())
}

fn read((id, attempts, body): (i64, i64, String)) -> Row {
    match serde_json::from_str(&body) {
        Ok(outgoing) => Ok(Letter { id, attempts, outgoing }),
        Err(error) => Err(Unreadable { id, error: format!("the effect cannot be read: {error}"), body }),
    }
}

pub async fn cooldowns(conn: &mut Conn) -> Result<Vec<(ChatId, Timestamp)>> {
    let rows: Vec<(i64, i64)> = sqlx::query_as("SELECT chat, until FROM cooldown").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(chat, until)| (ChatId(chat), Timestamp(until))).collect())
}

/// How many effects wait.
pub async fn count(conn: &mut Conn) -> Result<i64> {
    let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM outbox").fetch_one(conn).await?;
    Ok(n)
}

pub(super) async fn last_id(conn: &mut Conn) -> Result<i64> {
    let (id,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(id), 0) FROM outbox").fetch_one(conn).await?;
    Ok(id)
}

/// The message name a letter's effect refers to, if it waits for one.
pub fn refers_to(outgoing: &Outgoing) -> Vec<&MessageKey> {
    use crate::model::{Effect, MessageRef};
    let refs: Vec<&MessageRef> = match &outgoing.effect {
        Effect::Edit { message, .. }
        | Effect::EditKeyboard { message, .. }
        | Effect::Pin { message, .. }
        | Effect::Unpin { message, .. }
        | Effect::React { message, .. } => vec![message],
        Effect::Delete { messages, .. } => messages.iter().collect(),
        _ => Vec::new(),
    };
    refs.into_iter().filter_map(|it| if let MessageRef::Name(name) = it { Some(name) } else { None }).collect()
}
