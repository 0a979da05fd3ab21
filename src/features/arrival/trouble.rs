//! What goes wrong between Telegram and the bot without any right being lost: joins that are not told, long waits, texts
//! Telegram cannot read, topics that are closed. Staff hear of each once a day.

use anyhow::Result;
use minijinja::{Value, context};

use super::losses;
use crate::cx::{Cx, Role};
use crate::model::effect::Send;
use crate::model::event::{Altered, Hindrance};
use crate::model::{ChatId, Class, Message, Right, Span, Timestamp, User, UserId};

/// Staff hear of the same trouble no more often than this.
const AGAIN: Span = Span::hours(24);
/// Joins announced within this are looked at together, when all that is told of them has come.
const TOGETHER: Span = Span::minutes(10);

/// The group's notice says that people joined. To an administrator Telegram tells it by `chat_member` too, before or
/// after; if it has not by then, it does not.
pub(super) fn announced(cx: &mut Cx<'_>, message: &Message, users: &[User]) {
    let chat = message.chat.id;
    let people: Vec<UserId> = users.iter().filter(|user| !user.is_bot).map(|user| user.id).collect();
    if people.is_empty() || !hears_joins(cx, chat) || cx.is_stale(message.date) {
        return;
    }
    let part = cx.now.0 / TOGETHER.millis();
    let due = Timestamp((part + 2) * TOGETHER.millis());
    cx.remind(chat, &format!("announced/{part}"), due, serde_json::json!(people));
}

/// Whether `chat_member` told of any of those who were announced.
pub(super) async fn compare(cx: &mut Cx<'_>, chat: ChatId, announced: &serde_json::Value) -> Result<()> {
    let people: Vec<UserId> = serde_json::from_value(announced.clone())?;
    for user in people {
        if cx.tx.member(chat, user).await?.is_some_and(|member| member.joined.is_some()) {
            return Ok(());
        }
    }
    if hears_joins(cx, chat) {
        tracing::warn!(chat.id = %chat, "people join, and Telegram sends no `chat_member` of it");
        tell(cx, chat, "arrival.deaf", &format!("deaf/{chat}"), |title| context! { title }).await?;
    }
    Ok(())
}

fn hears_joins(cx: &Cx<'_>, chat: ChatId) -> bool {
    cx.role(chat) == Role::Group && cx.chat(chat).is_some_and(|row| row.is_live() && row.rights.has(Right::Admin))
}

/// Something could not be sent as it was asked for.
pub(super) async fn hindered(cx: &mut Cx<'_>, chat: ChatId, hindrance: &Hindrance) -> Result<()> {
    match hindrance {
        Hindrance::Waits(wait) if !chat.is_private() => {
            let minutes = (wait.as_secs() + 30) / 60;
            let values = |title| context! { title, minutes };
            tell(cx, chat, "arrival.slowed", &format!("slowed/{chat}"), values).await
        }
        Hindrance::Waits(_) => Ok(()),
        Hindrance::Altered { how: Altered::PlainText, words } => {
            tell(cx, chat, "arrival.plain", "plain", |title| context! { title, words }).await
        }
        Hindrance::Altered { how: Altered::NoTopic, words } => {
            tell(cx, chat, "arrival.no_topic", &format!("topic/{chat}"), |title| context! { title, words }).await
        }
    }
}

async fn tell(
    cx: &mut Cx<'_>,
    chat: ChatId,
    key: &'static str,
    trouble: &str,
    values: impl FnOnce(Option<String>) -> Value + std::marker::Send,
) -> Result<()> {
    let Some(to) = losses::listener(cx, chat) else { return Ok(()) };
    // A reminder nobody waits for is the memory of having told it.
    let told = format!("told/{trouble}");
    if cx.tx.reminder(to, &format!("arrival/{told}")).await?.is_some() {
        return Ok(());
    }
    let until = cx.now + AGAIN;
    cx.remind(to, &told, until, serde_json::Value::Null);
    let title = cx.chat(chat).map(|row| row.title.clone());
    let text = cx.text(key, values(title));
    cx.send(Class::Reply, Send::new(to, text));
    Ok(())
}
