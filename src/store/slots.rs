//! What is planned for a chat and what became of it: the calendar writes it, welcomes read it.

use anyhow::Result;

use super::{Conn, rows};
use crate::model::{ChatId, MessageKey, Span, Timestamp};

/// One time a planned post comes round in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub post: String,
    pub due: Timestamp,
    /// What it is about, in one line without tags.
    pub title: String,
    /// Fingerprint of the text whose turn it is.
    pub pick: i64,
    pub state: State,
    /// How late it was posted.
    pub late: Span,
}

/// What became of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Planned,
    /// With the courier.
    Sending,
    Posted,
    /// Its time passed without it.
    Skipped,
    /// The settings no longer want it.
    Cancelled,
}

impl State {
    const ALL: [Self; 5] = [Self::Planned, Self::Sending, Self::Posted, Self::Skipped, Self::Cancelled];

    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sending => "sending",
            Self::Posted => "posted",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }

    /// It is in the group, or on its way there.
    pub fn is_out(self) -> bool {
        matches!(self, Self::Sending | Self::Posted)
    }
}

/// The name of the message a slot makes.
pub fn message_name(post: &str, due: Timestamp) -> MessageKey {
    MessageKey(format!("calendar/{post}/{}", due.secs()))
}

type Row = (String, i64, String, i64, String, i64);

fn read((post, due, title, pick, state, late): Row) -> Slot {
    let state = State::ALL.into_iter().find(|known| known.word() == state).unwrap_or(State::Cancelled);
    Slot { post, due: Timestamp(due), title, pick, state, late: Span::from_millis(late) }
}

/// The slots due from `from` until before `to`, in order.
pub async fn between(conn: &mut Conn, chat: ChatId, from: Timestamp, to: Timestamp) -> Result<Vec<Slot>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT post, due, title, pick, state, late FROM slot
         WHERE chat = $1 AND due >= $2 AND due < $3 ORDER BY due, post",
    )
    .bind(chat.0)
    .bind(from.0)
    .bind(to.0)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(read).collect())
}

/// The slots of a chat in one state, in order.
pub async fn in_state(conn: &mut Conn, chat: ChatId, state: State) -> Result<Vec<Slot>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT post, due, title, pick, state, late FROM slot WHERE chat = $1 AND state = $2 ORDER BY due, post",
    )
    .bind(chat.0)
    .bind(state.word())
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(read).collect())
}

pub async fn find(conn: &mut Conn, chat: ChatId, post: &str, due: Timestamp) -> Result<Option<Slot>> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT post, due, title, pick, state, late FROM slot WHERE chat = $1 AND post = $2 AND due = $3",
    )
    .bind(chat.0)
    .bind(post)
    .bind(due.0)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(read))
}

/// The last time a post went out before `due`.
pub async fn out_before(conn: &mut Conn, chat: ChatId, post: &str, due: Timestamp) -> Result<Option<Timestamp>> {
    let (last,): (Option<i64>,) = sqlx::query_as(
        "SELECT MAX(due) FROM slot WHERE chat = $1 AND post = $2 AND due < $3 AND state IN ('sending', 'posted')",
    )
    .bind(chat.0)
    .bind(post)
    .bind(due.0)
    .fetch_one(conn)
    .await?;
    Ok(last.map(Timestamp))
}

/// When the newest post of the chat went out, of those due after `since`.
pub async fn last_out(conn: &mut Conn, chat: ChatId, since: Timestamp) -> Result<Option<Timestamp>> {
    let (last,): (Option<i64>,) = sqlx::query_as(
        "SELECT MAX(due + late) FROM slot WHERE chat = $1 AND due > $2 AND state IN ('sending', 'posted')",
    )
    .bind(chat.0)
    .bind(since.0)
    .fetch_one(conn)
    .await?;
    Ok(last.map(Timestamp))
}

/// When each text was last used, as (post, fingerprint, when): what went out, and what is planned up to `now`.
pub async fn uses(conn: &mut Conn, chat: ChatId, now: Timestamp) -> Result<Vec<(String, i64, Timestamp)>> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT post, pick, MAX(due) FROM slot
         WHERE chat = $1 AND due <= $2 AND state IN ('planned', 'sending', 'posted') GROUP BY post, pick",
    )
    .bind(chat.0)
    .bind(now.0)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(post, pick, due)| (post, pick, Timestamp(due))).collect())
}

/// Adds slots, and brings those that still wait up to date; what is settled stays as it is.
pub async fn plan(conn: &mut Conn, chat: ChatId, slots: &[Slot]) -> Result<()> {
    rows::write(
        conn,
        "INSERT INTO slot (chat, post, due, title, pick, state, late)",
        7,
        "ON CONFLICT (chat, post, due) DO UPDATE SET title = excluded.title, pick = excluded.pick
         WHERE slot.state = 'planned'",
        slots,
        |slot, to| {
            to.int(chat.0)
                .text(&slot.post)
                .int(slot.due.0)
                .text(&slot.title)
                .int(slot.pick)
                .text(slot.state.word())
                .int(slot.late.millis());
        },
    )
    .await
    .map(drop)
}

/// Writes what became of a slot.
pub async fn settle(conn: &mut Conn, chat: ChatId, slot: &Slot) -> Result<()> {
    sqlx::query(
        "UPDATE slot SET state = $1, late = $2, title = $3, pick = $4 WHERE chat = $5 AND post = $6 AND due = $7",
    )
    .bind(slot.state.word())
    .bind(slot.late.millis())
    .bind(&slot.title)
    .bind(slot.pick)
    .bind(chat.0)
    .bind(&slot.post)
    .bind(slot.due.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes only the state of a slot. Says whether there is such a slot.
pub async fn mark(conn: &mut Conn, chat: ChatId, post: &str, due: Timestamp, state: State) -> Result<bool> {
    let marked = sqlx::query("UPDATE slot SET state = $1 WHERE chat = $2 AND post = $3 AND due = $4")
        .bind(state.word())
        .bind(chat.0)
        .bind(post)
        .bind(due.0)
        .execute(conn)
        .await?;
    Ok(marked.rows_affected() > 0)
}

/// Takes a slot out as if it had never been planned.
pub async fn remove(conn: &mut Conn, chat: ChatId, post: &str, due: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM slot WHERE chat = $1 AND post = $2 AND due = $3")
        .bind(chat.0)
        .bind(post)
        .bind(due.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets slots due before `before`, keeping the last use of each text: turns are taken by it.
pub async fn prune(conn: &mut Conn, chat: ChatId, before: Timestamp) -> Result<()> {
    sqlx::query(
        "DELETE FROM slot WHERE chat = $1 AND due < $2 AND (state IN ('skipped', 'cancelled') OR EXISTS (
            SELECT 1 FROM slot later WHERE later.chat = slot.chat AND later.post = slot.post
                AND later.pick = slot.pick AND later.due > slot.due))",
    )
    .bind(chat.0)
    .bind(before.0)
    .execute(conn)
    .await?;
    Ok(())
}
