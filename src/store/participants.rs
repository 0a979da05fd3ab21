//! Who takes part in what was posted: by answering it, reacting to it or voting in it, or by writing in the forum topic it
//! stands in. Whether a message has anything to do with a post is found out for all messages of a batch at once.

use anyhow::Result;

use super::{Conn, Tx, rows};
use crate::model::{ChatId, MessageId, Timestamp, UserId};

/// Something a person did that may be part in a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub chat: ChatId,
    pub user: UserId,
    pub to: To,
    pub at: Timestamp,
    /// When the person joined; none when it was before the bot could see it.
    pub joined: Option<Timestamp>,
}

/// What somebody answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    Message(MessageId),
    /// Whatever was posted last in a forum topic.
    Thread(i64),
}

/// A post as it stands in its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub chat: ChatId,
    /// The slot it fills.
    pub post: String,
    pub due: Timestamp,
    pub message: MessageId,
    pub thread: Option<i64>,
    pub at: Timestamp,
    /// Who answers it before then takes part.
    pub until: Timestamp,
    /// How many people the group has; none where votes are secret.
    pub members: Option<i64>,
}

/// A post and who took part in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub due: Timestamp,
    pub title: String,
    /// How many people took part.
    pub n: i64,
    /// How many the group had when it came; none where votes are secret.
    pub members: Option<i64>,
}

impl Tx {
    /// Notes that somebody may have taken part in a post; written with the batch. It counts once for a person, while the
    /// post is open, if they were there when it came.
    pub fn take_part(&mut self, part: Part) {
        self.writes.parts.push(part);
    }

    /// Forgets in what posts of a chat a person took part.
    pub async fn forget_parts(&mut self, chat: ChatId, user: UserId) -> Result<()> {
        sqlx::query("DELETE FROM slot_participant WHERE chat = $1 AND user_id = $2")
            .bind(chat.0)
            .bind(user.0)
            .execute(self.settled().await?)
            .await?;
        Ok(())
    }
}

const HEAD: &str = "INSERT INTO slot_participant (chat, message, user_id)
    SELECT slot.chat, slot.message, part.column3 FROM (";
/// It came after the message it answers, whatever the clocks say.
const TO_MESSAGE: &str = ") AS part JOIN slot ON slot.chat = part.column1 AND slot.message = part.column2
    WHERE part.column4 < slot.open_until AND part.column5 <= slot.due + slot.late ON CONFLICT DO NOTHING";
/// Telegram's times are whole seconds.
const TO_THREAD: &str = ") AS part JOIN slot ON slot.chat = part.column1 AND slot.thread = part.column2
    WHERE part.column4 < slot.open_until AND part.column5 <= slot.due + slot.late
        AND part.column4 + 1000 > slot.due + slot.late ON CONFLICT DO NOTHING";

pub(super) async fn write(conn: &mut Conn, parts: &[Part]) -> Result<()> {
    let (mut messages, mut threads) = (Vec::new(), Vec::new());
    for part in parts {
        match part.to {
            To::Message(message) => messages.push((part, message.0)),
            To::Thread(thread) => threads.push((part, thread)),
        }
    }
    for (tail, parts) in [(TO_MESSAGE, messages), (TO_THREAD, threads)] {
        rows::write(conn, HEAD, 5, tail, &parts, |(part, to), values| {
            let joined = part.joined.unwrap_or_default();
            values.int(part.chat.0).int(*to).int(part.user.0).int(part.at.0).int(joined.0);
        })
        .await?;
    }
    Ok(())
}

/// A slot's post stands in its group. It ends what came before it: the post of the same name, and any in its forum topic.
pub async fn stand(conn: &mut Conn, it: &Standing) -> Result<()> {
    sqlx::query(
        "UPDATE slot SET open_until = $1 WHERE chat = $2 AND open_until > $3 AND due < $4 AND (post = $5 OR thread = $6)",
    )
    .bind(it.at.0)
    .bind(it.chat.0)
    .bind(it.at.0)
    .bind(it.due.0)
    .bind(&it.post)
    .bind(it.thread.unwrap_or(0))
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE slot SET message = $1, thread = $2, open_until = $3, members = $4
         WHERE chat = $5 AND post = $6 AND due = $7",
    )
    .bind(it.message.0)
    .bind(it.thread)
    .bind(it.until.0)
    .bind(it.members)
    .bind(it.chat.0)
    .bind(&it.post)
    .bind(it.due.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// The posts of a chat that stood there and were due from `from` on, in order.
pub async fn since(conn: &mut Conn, chat: ChatId, from: Timestamp) -> Result<Vec<Taken>> {
    let rows: Vec<(i64, String, Option<i64>, i64)> = sqlx::query_as(
        "SELECT due, title, members, (SELECT COUNT(*) FROM slot_participant part
            WHERE part.chat = slot.chat AND part.message = slot.message) FROM slot
         WHERE chat = $1 AND due >= $2 AND message IS NOT NULL ORDER BY due, post",
    )
    .bind(chat.0)
    .bind(from.0)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(due, title, members, n)| Taken { due: Timestamp(due), title, n, members }).collect())
}

/// The numbers of a supergroup's messages begin anew: what was posted under the old number is nobody's answer any more.
pub async fn moved(conn: &mut Conn, from: ChatId) -> Result<()> {
    for sql in [
        "UPDATE slot SET message = -message, open_until = 0 WHERE chat = $1 AND message > 0",
        "UPDATE slot_participant SET message = -message WHERE chat = $1 AND message > 0",
    ] {
        sqlx::query(sql).bind(from.0).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Forgets who took part in posts due before `before`.
pub async fn prune(conn: &mut Conn, chat: ChatId, before: Timestamp) -> Result<()> {
    sqlx::query(
        "DELETE FROM slot_participant WHERE chat = $1 AND message IN
            (SELECT message FROM slot WHERE chat = $2 AND due < $3 AND message IS NOT NULL)",
    )
    .bind(chat.0)
    .bind(chat.0)
    .bind(before.0)
    .execute(conn)
    .await?;
    Ok(())
}
