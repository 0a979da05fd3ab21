//! Rights that are taken away: however that is noticed, staff are told of each once a day and no more, and once when it
//! is back.

use anyhow::Result;
use minijinja::context;

use super::{Settings, presence};
use crate::cx::Cx;
use crate::model::effect::Send;
use crate::model::{ChatId, Class, Right, Rights, Span, Timestamp, Told};
use crate::store::chats::ChatRow;

/// Staff hear of the same right no more often than this.
const AGAIN: Span = Span::hours(24);

/// By then Telegram has answered whether a right is lost.
const ASKED: Span = Span::minutes(10);

/// What is known of a right the bot was without.
#[derive(Clone, Copy, Default)]
struct Loss {
    /// None when it is back.
    lost: Option<Timestamp>,
    told: Timestamp,
}

/// The right a method needs.
fn right_for(method: &str) -> Option<Right> {
    Some(match method {
        "deleteMessage" | "deleteMessages" => Right::Delete,
        "restrictChatMember" | "banChatMember" | "unbanChatMember" | "banChatSenderChat" => Right::Restrict,
        "pinChatMessage" | "unpinChatMessage" => Right::Pin,
        "approveChatJoinRequest" | "declineChatJoinRequest" => Right::Invite,
        "setChatMemberTag" => Right::ManageTags,
        _ if method.contains("InviteLink") => Right::Invite,
        _ if method.contains("ForumTopic") => Right::ManageTopics,
        _ if method.starts_with("send") => Right::Send,
        _ => return None,
    })
}

/// Telegram refused a call for want of a right. It is taken for lost, and Telegram is asked: "can't be deleted" is also
/// what it says of a message too old.
pub(super) async fn refused(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, method: &str) -> Result<()> {
    let Some(right) = right_for(method) else { return Ok(()) };
    let Some(row) = cx.chat(chat).filter(|row| row.is_live()).cloned() else { return Ok(()) };
    let before = row.rights;
    if before.has(right) {
        let mut loss = find(cx, chat, right).await?.unwrap_or_default();
        let rights = before.without(right);
        cx.tx.put_chat(ChatRow { rights, ..row }).await?;
        cx.tell(Some(chat), Told::RightsChanged { before, after: rights });
        loss.lost = Some(cx.now);
        keep(cx, chat, right, loss).await?;
        presence::ask(cx, chat);
        return Ok(());
    }
    missed(rules, cx, chat, right).await
}

/// Something could not be done for want of a right. Staff hear of it unless they have today, or the introduction, while it
/// is fresh, says so.
pub(super) async fn missed(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, right: Right) -> Result<()> {
    let mut loss = find(cx, chat, right).await?.unwrap_or_default();
    // What was found missing a moment ago is told when Telegram says that it is.
    if loss.lost.is_some_and(|since| loss.told < since && cx.now.since(since) < ASKED) {
        return Ok(());
    }
    let settling = presence::stay(cx, chat).await?.is_some_and(|stay| stay.is_settling(cx.now));
    let asked_for = rules.wanted(cx.role(chat)).has(right);
    if !(settling && asked_for) && cx.now.since(loss.told) >= AGAIN {
        loss = Loss { lost: loss.lost.or(Some(cx.now)), told: cx.now };
        keep(cx, chat, right, loss).await?;
        tell(cx, chat, "arrival.lost", Rights::NONE.with(right));
    }
    Ok(())
}

/// Compares what the bot may do with what it could do, and tells staff of what they have not heard yet.
pub(super) async fn told(
    rules: &Settings,
    cx: &mut Cx<'_>,
    chat: ChatId,
    before: Rights,
    after: Rights,
    at: Timestamp,
) -> Result<()> {
    let wanted = rules.wanted(cx.role(chat));
    let (mut lost, mut back) = (Rights::NONE, Rights::NONE);
    for right in Right::ALL {
        let known = find(cx, chat, right).await?;
        let mut loss = known.unwrap_or_default();
        match (after.has(right), loss.lost) {
            (true, Some(since)) => {
                if loss.told >= since {
                    back = back.with(right);
                }
                keep(cx, chat, right, Loss { lost: None, ..loss }).await?;
            }
            (false, since) if since.is_some() || before.has(right) && wanted.has(right) => {
                let since = since.unwrap_or(at);
                loss.lost = Some(since);
                if loss.told < since && cx.now.since(loss.told) >= AGAIN {
                    loss.told = cx.now;
                    lost = lost.with(right);
                }
                keep(cx, chat, right, loss).await?;
            }
            _ => {}
        }
    }
    tell(cx, chat, "arrival.lost", lost);
    tell(cx, chat, "arrival.returned", back);
    Ok(())
}

fn tell(cx: &mut Cx<'_>, chat: ChatId, key: &'static str, rights: Rights) {
    let Some(row) = cx.chat(chat).filter(|_| rights != Rights::NONE) else { return };
    let title = row.title.clone();
    if let Some(to) = listener(cx, chat) {
        let rights = presence::described(cx, cx.role(chat), rights);
        let text = cx.text(key, context! { title, rights });
        cx.send(Class::Reply, Send::new(to, text));
    }
}

/// Who is told of a chat's troubles: the staff chat, or the group itself when there is none and the bot may write there.
pub(super) fn listener(cx: &Cx<'_>, chat: ChatId) -> Option<ChatId> {
    let staff = cx.staff_chat().filter(|staff| cx.chat(*staff).is_some_and(ChatRow::is_live));
    let can_write = |row: &&ChatRow| row.is_live() && row.rights.has(Right::Send);
    match staff {
        Some(staff) if staff != chat => Some(staff),
        _ => cx.chat(chat).filter(can_write).map(|row| row.id),
    }
}

/// Whether a right counts as lost.
pub(super) async fn has(cx: &mut Cx<'_>, chat: ChatId, right: Right) -> Result<bool> {
    Ok(find(cx, chat, right).await?.is_some_and(|loss| loss.lost.is_some()))
}

async fn find(cx: &mut Cx<'_>, chat: ChatId, right: Right) -> Result<Option<Loss>> {
    let row: Option<(Option<i64>, i64)> =
        sqlx::query_as("SELECT lost, told FROM arrival_loss WHERE chat = $1 AND right_name = $2")
            .bind(chat.0)
            .bind(right.word())
            .fetch_optional(cx.tx.conn().await?)
            .await?;
    Ok(row.map(|(lost, told)| Loss { lost: lost.map(Timestamp), told: Timestamp(told) }))
}

async fn keep(cx: &mut Cx<'_>, chat: ChatId, right: Right, loss: Loss) -> Result<()> {
    sqlx::query(
        "INSERT INTO arrival_loss (chat, right_name, lost, told) VALUES ($1, $2, $3, $4)
         ON CONFLICT (chat, right_name) DO UPDATE SET lost = excluded.lost, told = excluded.told",
    )
    .bind(chat.0)
    .bind(right.word())
    .bind(loss.lost.map(|at| at.0))
    .bind(loss.told.0)
    .execute(cx.tx.conn().await?)
    .await?;
    Ok(())
}

/// Begins anew.
pub(super) async fn clear(cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    sqlx::query("DELETE FROM arrival_loss WHERE chat = $1").bind(chat.0).execute(cx.tx.conn().await?).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_that_needs_a_right_is_known() {
        for (method, right) in [
            ("deleteMessages", Some(Right::Delete)),
            ("deleteMessage", Some(Right::Delete)),
            ("restrictChatMember", Some(Right::Restrict)),
            ("banChatMember", Some(Right::Restrict)),
            ("banChatSenderChat", Some(Right::Restrict)),
            ("unbanChatMember", Some(Right::Restrict)),
            ("pinChatMessage", Some(Right::Pin)),
            ("unpinChatMessage", Some(Right::Pin)),
            ("createChatInviteLink", Some(Right::Invite)),
            ("approveChatJoinRequest", Some(Right::Invite)),
            ("setChatMemberTag", Some(Right::ManageTags)),
            ("closeForumTopic", Some(Right::ManageTopics)),
            ("sendPhoto", Some(Right::Send)),
            ("sendMessage", Some(Right::Send)),
            ("getChatAdministrators", None),
            ("editMessageText", None),
            ("", None),
        ] {
            assert_eq!(right_for(method), right, "{method}");
        }
    }
}
