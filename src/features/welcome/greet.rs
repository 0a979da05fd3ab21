//! Greeting newcomers together.

use anyhow::Result;
use minijinja::context;

use super::{Rules, figures, rules};
use crate::cx::{Cx, safe};
use crate::model::effect::Send;
use crate::model::{ChatId, Class, MessageId, Span, Text, Timestamp, UserId};
use crate::store::Conn;
use crate::store::slots::{self, State};

/// Begins the note that comes back when a welcome is in the group; the moment it was asked for follows.
pub const NOTE: &str = "welcome/greeting/";
/// In a rush newcomers are greeted at most this often.
const RUSH_PAUSE: Span = Span::minutes(2);
/// So many greeted within [`RUSH_WITHIN`] are a rush.
const RUSH: i64 = 6;
const RUSH_WITHIN: Span = Span::minutes(5);

/// When somebody who joined is greeted: soon, together with who follows; in a rush not before some time has passed since
/// the last welcome. `recent` were greeted lately, the last of them at `last`.
fn greeting_at(now: Timestamp, merge_within: Span, last: Option<Timestamp>, recent: i64) -> Timestamp {
    let soon = now + merge_within;
    match last {
        Some(last) if recent >= RUSH => soon.max(last + RUSH_PAUSE),
        _ => soon,
    }
}

/// Somebody joined.
pub async fn joined(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, user: UserId, at: Timestamp) -> Result<()> {
    let welcomed = welcomed(cx.tx.conn().await?, chat, user).await?;
    if welcomed.is_some_and(|then| at < then + rules.settings.rejoin_after) {
        return Ok(());
    }
    expect(cx.tx.conn().await?, chat, user, at).await?;
    note_join(cx.tx.conn().await?, chat, user, at, at - rules.settings.rejoin_after).await?;
    if cx.tx.reminder(chat, "welcome/greet").await?.is_none() {
        let (last, recent) = lately(cx.tx.conn().await?, chat, cx.now - RUSH_WITHIN).await?;
        let raid = cx.chat(chat).and_then(|row| row.raid_on(cx.now));
        let soon = greeting_at(cx.now, rules.settings.merge_within, last, recent);
        let due = raid.map_or(soon, |raid| soon.max(raid.until));
        cx.remind(chat, "greet", due, serde_json::Value::Null);
    }
    Ok(())
}

/// A raid is over: who came meanwhile is greeted now, together.
pub async fn hurry(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    if cx.unremind(chat, "greet").await? {
        let due = cx.now + rules.settings.merge_within;
        cx.remind(chat, "greet", due, serde_json::Value::Null);
    }
    Ok(())
}

/// Greets everybody who waits and is still there. In a raid they wait for its end.
pub async fn greet(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    if let Some(raid) = cx.chat(chat).and_then(|row| row.raid_on(cx.now)) {
        cx.remind(chat, "greet", raid.until, serde_json::Value::Null);
        return Ok(());
    }
    let guests = waiting(cx.tx.conn().await?, chat).await?;
    let who: Vec<_> = guests.iter().map(|guest| (chat, *guest)).collect();
    cx.tx.prefetch_members(&who).await?;
    let mut names = Vec::new();
    let mut count = 0;
    for guest in guests {
        if let Some(member) = cx.tx.member(chat, guest).await?.filter(|member| member.status.is_in()) {
            count += 1;
            if names.len() < rules.settings.name_at_most {
                names.push(cx.mention(guest, &member.name));
            }
        }
    }
    let now = cx.now;
    mark_greeted(cx, chat, now, now - rules.settings.rejoin_after.max(RUSH_WITHIN)).await?;
    if count == 0 {
        return Ok(());
    }
    let more = count - names.len();
    let newcomers = safe(&cx.text("welcome.newcomers", context! { names, count, more }));
    let text = text(cx, chat, newcomers, count).await?;
    let mut keyboard = crate::model::effect::Keyboard::default();
    if !rules.text.is_empty() {
        keyboard = rules::buttons(cx, chat);
    }
    let send = Send { topic: rules.settings.topic, keyboard, ..Send::new(chat, text) };
    cx.send(Class::Welcome, send).note = format!("{NOTE}{}", now.0);
    Ok(())
}

async fn text(cx: &mut Cx<'_>, chat: ChatId, newcomers: minijinja::Value, count: usize) -> Result<Text> {
    let (topic, time) = topic_of_today(cx, chat).await?.unwrap_or_default();
    let (community, purpose) = (community(cx, chat), &cx.common.purpose);
    let today = context! { topic, time };
    Ok(cx.text("welcome.text", context! { newcomers, count, community, purpose, today }))
}

/// The community's name; the group's title where it has none.
pub fn community(cx: &Cx<'_>, chat: ChatId) -> String {
    match cx.common.name.as_str() {
        "" => cx.chat(chat).map(|row| row.title.clone()).unwrap_or_default(),
        name => name.to_owned(),
    }
}

/// What the group talks about today, and since when: the newest post that is out, otherwise the next to come.
async fn topic_of_today(cx: &mut Cx<'_>, chat: ChatId) -> Result<Option<(String, String)>> {
    let zone = cx.common.timezone.0;
    let begins = |day: crate::model::Day| day.begins(zone, chrono::NaiveTime::MIN);
    let today = cx.day(cx.now);
    let slots = slots::between(cx.tx.conn().await?, chat, begins(today), begins(today.plus(1))).await?;
    let out = slots.iter().rfind(|slot| slot.state.is_out());
    let slot = out.or_else(|| slots.iter().find(|slot| slot.state == State::Planned));
    Ok(slot.map(|slot| (slot.title.clone(), slot.due.local(zone).format("%H:%M").to_string())))
}

/// The welcome asked for at `greeted` stands in the group since `at`: the one before it goes.
pub async fn delivered(
    rules: &Rules,
    cx: &mut Cx<'_>,
    chat: ChatId,
    message: MessageId,
    greeted: Timestamp,
    at: Timestamp,
) -> Result<()> {
    sqlx::query("UPDATE welcome_join SET welcomed = $1 WHERE chat = $2 AND greeted = $3 AND welcomed IS NULL")
        .bind(at.0)
        .bind(chat.0)
        .bind(greeted.0)
        .execute(cx.tx.conn().await?)
        .await?;
    let before = replace_last(cx.tx.conn().await?, chat, message).await?;
    if let Some(before) = before.filter(|before| rules.settings.remove_previous && *before != message) {
        // It goes now, and not once more when its time is over.
        cx.unremind(chat, &format!("remove/{before}")).await?;
        remove(cx, chat, before);
    }
    if let Some(after) = rules.settings.delete_after {
        let due = cx.now + after;
        cx.remind(chat, &format!("remove/{message}"), due, serde_json::Value::Null);
    }
    Ok(())
}

/// A welcome's time is over.
pub async fn remove_in_time(cx: &mut Cx<'_>, chat: ChatId, message: MessageId) -> Result<()> {
    remove(cx, chat, message);
    // The next welcome finds nothing left to remove.
    sqlx::query("DELETE FROM welcome_last WHERE chat = $1 AND message = $2")
        .bind(chat.0)
        .bind(message.0)
        .execute(cx.tx.conn().await?)
        .await?;
    Ok(())
}

fn remove(cx: &mut Cx<'_>, chat: ChatId, message: MessageId) {
    cx.take_back(chat, message.into()).deadline = None;
}

async fn welcomed(conn: &mut Conn, chat: ChatId, user: UserId) -> Result<Option<Timestamp>> {
    let row: Option<(Option<i64>,)> =
        sqlx::query_as("SELECT welcomed FROM welcome_guest WHERE chat = $1 AND user_id = $2")
            .bind(chat.0)
            .bind(user.0)
            .fetch_optional(conn)
            .await?;
    Ok(row.and_then(|(at,)| at).map(Timestamp))
}

async fn expect(conn: &mut Conn, chat: ChatId, user: UserId, at: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO welcome_guest (chat, user_id, waiting) VALUES ($1, $2, $3)
         ON CONFLICT (chat, user_id) DO UPDATE SET waiting = excluded.waiting",
    )
    .bind(chat.0)
    .bind(user.0)
    .bind(at.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes a join that calls for a welcome. One after `since` that was not greeted yet is taken for the same.
async fn note_join(conn: &mut Conn, chat: ChatId, user: UserId, at: Timestamp, since: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM welcome_join WHERE chat = $1 AND user_id = $2 AND joined > $3 AND greeted IS NULL")
        .bind(chat.0)
        .bind(user.0)
        .bind(since.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query("INSERT INTO welcome_join (chat, user_id, joined) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
        .bind(chat.0)
        .bind(user.0)
        .bind(at.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// When the last newcomer was greeted, and how many were since `since`.
async fn lately(conn: &mut Conn, chat: ChatId, since: Timestamp) -> Result<(Option<Timestamp>, i64)> {
    let (last, recent): (Option<i64>, i64) =
        sqlx::query_as("SELECT MAX(welcomed), COUNT(*) FROM welcome_guest WHERE chat = $1 AND welcomed > $2")
            .bind(chat.0)
            .bind(since.0)
            .fetch_one(conn)
            .await?;
    Ok((last.map(Timestamp), recent))
}

/// Who waits, in the order in which they came.
async fn waiting(conn: &mut Conn, chat: ChatId) -> Result<Vec<UserId>> {
    let rows: Vec<(i64,)> = sqlx::query_as(
        "SELECT user_id FROM welcome_guest WHERE chat = $1 AND waiting IS NOT NULL ORDER BY waiting, user_id",
    )
    .bind(chat.0)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(user,)| UserId(user)).collect())
}

/// Everybody who waited was greeted, or has gone; who was greeted before `old` is forgotten.
async fn mark_greeted(cx: &mut Cx<'_>, chat: ChatId, now: Timestamp, old: Timestamp) -> Result<()> {
    let conn = cx.tx.settled().await?;
    sqlx::query("DELETE FROM welcome_guest WHERE chat = $1 AND waiting IS NULL AND welcomed < $2")
        .bind(chat.0)
        .bind(old.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "DELETE FROM welcome_guest WHERE chat = $1 AND waiting IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM member WHERE member.chat = welcome_guest.chat AND member.user_id = welcome_guest.user_id
                AND member.status IN ('owner', 'admin', 'member', 'restricted'))",
    )
    .bind(chat.0)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM welcome_join WHERE chat = $1 AND joined < $2")
        .bind(chat.0)
        .bind((now - figures::KEPT).0)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "UPDATE welcome_join SET greeted = $1 WHERE chat = $2 AND greeted IS NULL AND EXISTS (
            SELECT 1 FROM welcome_guest guest WHERE guest.chat = welcome_join.chat
                AND guest.user_id = welcome_join.user_id AND guest.waiting = welcome_join.joined)",
    )
    .bind(now.0)
    .bind(chat.0)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE welcome_guest SET welcomed = $1, waiting = CAST(NULL AS BIGINT)
         WHERE chat = $2 AND waiting IS NOT NULL",
    )
    .bind(now.0)
    .bind(chat.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// Remembers the newest welcome; gives the one before.
async fn replace_last(conn: &mut Conn, chat: ChatId, message: MessageId) -> Result<Option<MessageId>> {
    let before: Option<(i64,)> = sqlx::query_as("SELECT message FROM welcome_last WHERE chat = $1")
        .bind(chat.0)
        .fetch_optional(&mut *conn)
        .await?;
    sqlx::query(
        "INSERT INTO welcome_last (chat, message) VALUES ($1, $2)
         ON CONFLICT (chat) DO UPDATE SET message = excluded.message",
    )
    .bind(chat.0)
    .bind(message.0)
    .execute(conn)
    .await?;
    Ok(before.map(|(message,)| MessageId(message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_rush_greetings_keep_their_distance() {
        let now = Timestamp::from_secs(10_000);
        let ago = |secs| Some(now - Span::secs(secs));
        for (last, recent, wait) in [
            (None, 0, 20),
            (ago(1), 5, 20),
            (ago(1), 6, 119),
            (ago(100), 6, 20),
            (ago(90), 600, 30),
            (ago(299), 600, 20),
        ] {
            assert_eq!(greeting_at(now, Span::secs(20), last, recent), now + Span::secs(wait), "{last:?} {recent}");
        }
    }
}
