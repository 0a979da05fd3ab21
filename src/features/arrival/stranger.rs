//! Groups the operator does not want served: the bot says so in both languages, shows the number to be written into the
//! settings, and leaves. Who adds it to many groups is answered a few times an hour; the rest it leaves silently.

use anyhow::Result;
use minijinja::context;

use crate::cx::Cx;
use crate::model::effect::Send;
use crate::model::{
    Chat, ChatId, ChatKind, Class, Delivery, Effect, Event, Kind, Lang, Rights, Span, Status, Text, Timestamp, UserId,
};
use crate::store::chats::ChatRow;

const HOUR: Span = Span::hours(1);
/// Groups in which one person is answered within [`HOUR`].
const POLITE: i64 = 5;
/// How long a supergroup may stay that it was not just added to: perhaps it is a group it serves under another number,
/// and word of that is on its way.
const GRACE: Span = Span::minutes(1);

/// Something happens in a group that is not served.
pub(super) async fn noticed(cx: &mut Cx<'_>, event: &Event) -> Result<()> {
    match &event.kind {
        Kind::Own(change) if !change.after.is_in() => left(cx, &change.chat, change.after, event.at).await,
        Kind::Own(change) if change.before.is_in() => give_time(cx, &change.chat, change.by.id, event.at).await,
        Kind::Own(change) => turn_away(cx, change.chat.id, change.by.id, event.at).await,
        Kind::Message(message) if message.service.is_none() => {
            give_time(cx, &message.chat, message.author_id().unwrap_or_default(), event.at).await
        }
        Kind::Due(due) if cx.due(event, "stranger").is_some() => {
            let adder = serde_json::from_value(due.payload.clone())?;
            turn_away(cx, event.chat.unwrap_or_default(), adder, event.at).await
        }
        _ => Ok(()),
    }
}

async fn give_time(cx: &mut Cx<'_>, chat: &Chat, adder: UserId, at: Timestamp) -> Result<()> {
    if chat.kind != ChatKind::Supergroup {
        return turn_away(cx, chat.id, adder, at).await;
    }
    let live = cx.chat(chat.id).is_some_and(ChatRow::is_live);
    if live && cx.tx.reminder(chat.id, "arrival/stranger").await?.is_none() {
        let due = cx.now + GRACE;
        cx.remind(chat.id, "stranger", due, serde_json::json!(adder));
    }
    Ok(())
}

async fn turn_away(cx: &mut Cx<'_>, chat: ChatId, adder: UserId, at: Timestamp) -> Result<()> {
    let Some(row) = cx.chat(chat).filter(|row| row.is_live()).cloned() else { return Ok(()) };
    // A group it has served stays quiet instead: a slip in the settings must not cost the bot its place.
    if super::presence::stay(cx, chat).await?.is_some() {
        return Ok(());
    }
    forget_old(cx, at).await?;
    let polite = row.kind.is_group() && refusals(cx, adder).await? < POLITE;
    note(cx, chat, adder, at).await?;
    if polite {
        let values = context! { chat => chat.0 };
        let say = |lang| cx.phrases.render(lang, "arrival.not_served", &values);
        let text = format!("{}\n\n{}", say(Lang::Zh), say(Lang::En));
        cx.send(Class::Reply, Send::new(chat, Text::from_template(text)));
    }
    // Who adds it to very many groups holds up nobody.
    cx.emit(Class::Bulk, Effect::Leave { chat }).delivery = Delivery::Repeat;
    // It is as good as gone: what else comes from there is not answered.
    cx.tx.put_chat(ChatRow { status: Status::Left, rights: Rights::NONE, ..row }).await
}

async fn left(cx: &mut Cx<'_>, chat: &Chat, status: Status, at: Timestamp) -> Result<()> {
    if super::presence::stay(cx, chat.id).await?.is_none() {
        return cx.tx.drop_chat(chat.id).await;
    }
    // It may be served again.
    super::presence::sight(cx, chat.id, status, Rights::NONE, at).await?;
    match cx.chat(chat.id).cloned() {
        Some(row) => cx.tx.put_chat(ChatRow { status, rights: Rights::NONE, ..row }).await,
        None => Ok(()),
    }
}

async fn refusals(cx: &mut Cx<'_>, adder: UserId) -> Result<i64> {
    let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM arrival_refusal WHERE adder = $1")
        .bind(adder.0)
        .fetch_one(cx.tx.conn().await?)
        .await?;
    Ok(n)
}

async fn note(cx: &mut Cx<'_>, chat: ChatId, adder: UserId, at: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO arrival_refusal (chat, adder, at) VALUES ($1, $2, $3)
         ON CONFLICT (chat) DO UPDATE SET adder = excluded.adder, at = excluded.at",
    )
    .bind(chat.0)
    .bind(adder.0)
    .bind(at.0)
    .execute(cx.tx.conn().await?)
    .await?;
    Ok(())
}

/// Forgets refusals that no longer count.
pub(super) async fn forget_old(cx: &mut Cx<'_>, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM arrival_refusal WHERE at <= $1").bind((now - HOUR).0).execute(cx.tx.conn().await?).await?;
    Ok(())
}
