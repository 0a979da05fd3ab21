//! Updates of Telegram's, read into events.
//!
//! Nothing is taken for granted but the update's number and what the event cannot do without: see [`super::fields`].

mod message;

use super::fields::Fields;
use super::people::{self, Member};
use crate::model::event::{JoinRequest, Link, MemberChange, OwnChange, Press, Reaction, Vote};
use crate::model::{Chat, ChatId, Event, Kind, MessageId, Span, Timestamp, User, UserId};

/// Every kind of update the bot asks for. Joins and reactions come only when asked for by name.
pub const ALLOWED_UPDATES: &[&str] = &[
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "message_reaction",
    "poll_answer",
];

/// Telegram's clock and ours differ by seconds: a date further ahead than this is none.
const AHEAD: Span = Span::days(1);

/// Why an update cannot be made into an event.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("not the JSON of an update: {0}")]
    Json(#[from] serde_json::Error),
    #[error("an update without `update_id`")]
    NoId,
    #[error("`{kind}` without a readable `{field}`")]
    Missing { kind: String, field: &'static str },
}

/// The number of an update, of whatever kind it is.
pub fn update_id(raw: &str) -> Option<i64> {
    #[derive(serde::Deserialize)]
    struct Numbered {
        update_id: i64,
    }
    serde_json::from_str::<Numbered>(raw).ok().map(|update| update.update_id)
}

/// Reads one update. `me` is the bot's own id; `received` stands in where Telegram tells no date, or none that can be.
pub fn read(raw: &str, me: UserId, received: Timestamp) -> Result<(i64, Event), Unreadable> {
    let update = Fields::read(raw)?;
    let id: i64 = update.get("update_id").ok_or(Unreadable::NoId)?;
    let (name, happened) = match update.iter().find(|(name, _)| *name != "update_id") {
        Some((name, body)) => (name, happening(name, body.get(), me)),
        None => ("", Ok(None)),
    };
    let Happening { at, chat, mut kind } = happened
        .map_err(|field| Unreadable::Missing { kind: name.to_owned(), field })?
        .unwrap_or_else(|| Happening { at: None, chat: None, kind: Kind::Unknown(name.to_owned()) });
    let dated = |at: Timestamp| if at > Timestamp(0) && at <= received + AHEAD { at } else { received };
    match &mut kind {
        Kind::Message(message) | Kind::Edited(message) => {
            message.date = dated(message.date);
            message.edited = message.edited.map(dated);
        }
        Kind::Button(press) => press.at = received,
        _ => {}
    }
    Ok((id, Event { id: format!("u{id}"), at: at.map_or(received, dated), chat, kind }))
}

struct Happening {
    at: Option<Timestamp>,
    chat: Option<ChatId>,
    kind: Kind,
}

/// What an update of this kind tells; none for kinds the bot has no use for, `Err` with the field it lacks.
fn happening(name: &str, body: &str, me: UserId) -> Result<Option<Happening>, &'static str> {
    let read: fn(&Fields<'_>, UserId) -> Result<Option<Happening>, &'static str> = match name {
        "message" => |fields, _| Ok(Some(written(message::read(fields)?))),
        "edited_message" => |fields, _| Ok(Some(rewritten(message::read(fields)?))),
        "callback_query" => |fields, _| pressed(fields),
        "my_chat_member" | "chat_member" => |fields, me| changed(fields, me).map(Some),
        "message_reaction" => |fields, _| reacted(fields).map(Some),
        "poll_answer" => |fields, _| voted(fields).map(Some),
        "chat_join_request" => |fields, _| asked_to_join(fields).map(Some),
        _ => return Ok(None),
    };
    read(&Fields::read(body).map_err(|_| "object")?, me)
}

fn written(message: crate::model::Message) -> Happening {
    Happening { at: Some(message.date), chat: Some(message.chat.id), kind: Kind::Message(Box::new(message)) }
}

fn rewritten(message: crate::model::Message) -> Happening {
    let at = message.edited.unwrap_or(message.date);
    Happening { at: Some(at), chat: Some(message.chat.id), kind: Kind::Edited(Box::new(message)) }
}

/// A button under a message of the bot's. The message may be too old to be shown (`InaccessibleMessage`): its chat and
/// number are told all the same. A press under an inline message belongs to no chat.
fn pressed(fields: &Fields<'_>) -> Result<Option<Happening>, &'static str> {
    let Some(message) = fields.object("message") else { return Ok(None) };
    let chat = chat_of(&message)?;
    let press = Press {
        id: fields.get("id").ok_or("id")?,
        user: person(fields, "from")?,
        message: MessageId(message.get("message_id").ok_or("message_id")?),
        at: Timestamp::default(),
        shown: message.text("text"),
        data: fields.text("data"),
        chat,
    };
    Ok(Some(Happening { at: None, chat: Some(press.chat.id), kind: Kind::Button(Box::new(press)) }))
}

fn changed(fields: &Fields<'_>, me: UserId) -> Result<Happening, &'static str> {
    let member = |name| fields.object(name).and_then(|member| Member::read(&member)).ok_or(name);
    let (before, after) = (member("old_chat_member")?, member("new_chat_member")?);
    let (chat, by) = (chat_of(fields)?, person(fields, "from")?);
    let id = chat.id;
    let kind = if after.user.id == me {
        let (before, after, rights) = (before.status, after.status, after.rights);
        Kind::Own(Box::new(OwnChange { chat, by, before, after, rights }))
    } else {
        Kind::Member(Box::new(MemberChange {
            chat,
            by,
            user: after.user,
            before: before.status,
            after: after.status,
            until: after.until,
            can_send: after.can_send,
            link: link(fields),
            via_request: fields.flag("via_join_request"),
            via_folder: fields.flag("via_chat_folder_invite_link"),
            tag: after.tag,
            rights: after.rights,
        }))
    };
    Ok(Happening { at: fields.time("date"), chat: Some(id), kind })
}

fn reacted(fields: &Fields<'_>) -> Result<Happening, &'static str> {
    let reaction = Reaction {
        chat: chat_of(fields)?,
        message: MessageId(fields.get("message_id").ok_or("message_id")?),
        user: visible(fields),
        before: reactions(fields, "old_reaction"),
        after: reactions(fields, "new_reaction"),
    };
    Ok(Happening { at: fields.time("date"), chat: Some(reaction.chat.id), kind: Kind::Reaction(reaction) })
}

/// The emoji; `custom:<id>` for a custom one, Telegram's word for any other kind (`paid`).
fn reactions(fields: &Fields<'_>, name: &str) -> Vec<String> {
    let emoji = |reaction: Fields<'_>| {
        let custom = || reaction.get::<&str>("custom_emoji_id").map(|id| format!("custom:{id}"));
        reaction.get("emoji").or_else(custom).or_else(|| reaction.get("type"))
    };
    fields.objects(name).into_iter().filter_map(emoji).collect()
}

fn voted(fields: &Fields<'_>) -> Result<Happening, &'static str> {
    let vote = Vote {
        poll: fields.get("poll_id").ok_or("poll_id")?,
        user: visible(fields),
        options: fields.get("option_ids").ok_or("option_ids")?,
    };
    Ok(Happening { at: None, chat: None, kind: Kind::Vote(vote) })
}

fn asked_to_join(fields: &Fields<'_>) -> Result<Happening, &'static str> {
    let user = person(fields, "from")?;
    let request = JoinRequest {
        chat: chat_of(fields)?,
        private: fields.get("user_chat_id").map_or(user.id.private(), ChatId),
        bio: fields.get("bio"),
        link: link(fields),
        query: fields.get("query_id"),
        user,
    };
    Ok(Happening { at: fields.time("date"), chat: Some(request.chat.id), kind: Kind::JoinRequest(Box::new(request)) })
}

fn chat_of(fields: &Fields<'_>) -> Result<Chat, &'static str> {
    people::chat_in(fields, "chat").ok_or("chat")
}

fn person(fields: &Fields<'_>, name: &'static str) -> Result<User, &'static str> {
    people::user_in(fields, name).ok_or(name)
}

/// Who voted or reacted, unless it was done in a chat's name: Telegram then gives a stand-in account or none.
fn visible(fields: &Fields<'_>) -> Option<User> {
    people::user_in(fields, "user").filter(|user| !user.id.is_stand_in())
}

fn link(fields: &Fields<'_>) -> Option<Link> {
    let link = fields.object("invite_link")?;
    Some(Link {
        url: link.get("invite_link")?,
        name: link.get("name"),
        creator: people::user_in(&link, "creator").map(|user| user.id).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests;
