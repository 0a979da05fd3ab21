//! The rows: reposts, and what became of the question where they are from.

use anyhow::Result;

use crate::model::{ChatId, MessageId, Span, Timestamp, UserId};
use crate::store::{Conn, Tx};

/// How long they are kept: as long as figures go back.
const KEPT: Span = Span::days(60);

/// What became of a repost. The numbers are in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i64)]
pub enum State {
    /// Its writer was asked, and has not answered yet.
    Open = 0,
    /// The source was named when asked.
    Given = 1,
    /// Its writer says that it is their own: it is none.
    Own = 2,
    /// Nobody named it in time.
    Lapsed = 3,
    /// It named its source from the start.
    Named = 4,
}

impl State {
    const ALL: [Self; 5] = [Self::Open, Self::Given, Self::Own, Self::Lapsed, Self::Named];

    fn read(number: i64) -> Self {
        Self::ALL.into_iter().find(|state| *state as i64 == number).unwrap_or(Self::Lapsed)
    }
}

/// A repost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repost {
    pub chat: ChatId,
    pub message: MessageId,
    pub user: UserId,
    pub at: Timestamp,
    pub state: State,
}

pub async fn put(tx: &mut Tx, it: &Repost) -> Result<()> {
    sqlx::query(
        "INSERT INTO repost (chat, message, user_id, at, state) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (chat, message) DO UPDATE SET state = excluded.state",
    )
    .bind(it.chat.0)
    .bind(it.message.0)
    .bind(it.user.0)
    .bind(it.at.0)
    .bind(it.state as i64)
    .execute(tx.conn().await?)
    .await?;
    Ok(())
}

fn read((chat, message, user, at, state): (i64, i64, i64, i64, i64)) -> Repost {
    Repost {
        chat: ChatId(chat),
        message: MessageId(message),
        user: UserId(user),
        at: Timestamp(at),
        state: State::read(state),
    }
}

pub async fn find(tx: &mut Tx, chat: ChatId, message: MessageId) -> Result<Option<Repost>> {
    let sql = "SELECT chat, message, user_id, at, state FROM repost WHERE chat = $1 AND message = $2";
    let row = sqlx::query_as(sql).bind(chat.0).bind(message.0).fetch_optional(tx.conn().await?).await?;
    Ok(row.map(read))
}

/// When somebody was asked last.
pub async fn asked(tx: &mut Tx, chat: ChatId, user: UserId) -> Result<Option<Timestamp>> {
    let sql = "SELECT MAX(at) FROM repost WHERE chat = $1 AND user_id = $2 AND state <> $3";
    let query = sqlx::query_as(sql).bind(chat.0).bind(user.0).bind(State::Named as i64);
    let (at,): (Option<i64>,) = query.fetch_one(tx.conn().await?).await?;
    Ok(at.map(Timestamp))
}

/// The reposts in a chat since then.
pub async fn since(conn: &mut Conn, chat: ChatId, since: Timestamp) -> Result<Vec<Repost>> {
    let sql = "SELECT chat, message, user_id, at, state FROM repost WHERE chat = $1 AND at >= $2";
    let rows: Vec<_> = sqlx::query_as(sql).bind(chat.0).bind(since.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(read).collect())
}

/// The reposts of a person that wait for an answer.
pub async fn open_of(tx: &mut Tx, chat: ChatId, user: UserId) -> Result<Vec<Repost>> {
    let sql = "SELECT chat, message, user_id, at, state FROM repost WHERE chat = $1 AND user_id = $2 AND state = 0";
    let rows: Vec<_> = sqlx::query_as(sql).bind(chat.0).bind(user.0).fetch_all(tx.conn().await?).await?;
    Ok(rows.into_iter().map(read).collect())
}

pub async fn drop_one(tx: &mut Tx, it: &Repost) -> Result<()> {
    let sql = "DELETE FROM repost WHERE chat = $1 AND message = $2";
    sqlx::query(sql).bind(it.chat.0).bind(it.message.0).execute(tx.conn().await?).await?;
    Ok(())
}

/// Drops what is past its time.
pub async fn tidy(tx: &mut Tx, chat: ChatId, now: Timestamp) -> Result<()> {
    let sql = "DELETE FROM repost WHERE chat = $1 AND at < $2";
    sqlx::query(sql).bind(chat.0).bind((now - KEPT).0).execute(tx.conn().await?).await?;
    Ok(())
}

/// The chat goes on under another number, where messages are counted anew.
pub async fn drop_chat(tx: &mut Tx, from: ChatId) -> Result<()> {
    sqlx::query("DELETE FROM repost WHERE chat = $1").bind(from.0).execute(tx.conn().await?).await?;
    Ok(())
}

pub async fn forget(tx: &mut Tx, chat: ChatId, user: UserId) -> Result<()> {
    let sql = "DELETE FROM repost WHERE chat = $1 AND user_id = $2";
    sqlx::query(sql).bind(chat.0).bind(user.0).execute(tx.conn().await?).await?;
    Ok(())
}
