//! Messages: who really wrote them, and everything in them that can be read.

use serde_json::Value;

use crate::model::message::{Button, Entity, Forward, ReplyTo, Service};
use crate::model::text::clean_name;
use crate::model::{ChatId, Media, Message, MessageId, Sender, User, UserId};
use crate::telegram::fields::Fields;
use crate::telegram::people::{self, chat_in, user_in};

/// Reads a message; `Err` names the field without which it is none.
pub(super) fn read(fields: &Fields<'_>) -> Result<Message, &'static str> {
    let chat = chat_in(fields, "chat").ok_or("chat")?;
    let id = MessageId(fields.get("message_id").ok_or("message_id")?);
    // A group's rows are moved on this word: it must be possible.
    for (name, possible) in
        [("migrate_to_chat_id", ChatId::is_super as fn(ChatId) -> bool), ("migrate_from_chat_id", ChatId::is_group)]
    {
        if fields.has(name) && !fields.get(name).map(ChatId).is_some_and(possible) {
            return Err(name);
        }
    }
    // In groups without topics the same field numbers threads of replies.
    let topic = fields.get("message_thread_id").filter(|_| fields.flag("is_topic_message"));
    let via_bot = user_in(fields, "via_bot").or_else(|| guest(fields));
    let mut message = Message {
        id,
        topic,
        sender: sender(fields, chat.id),
        date: fields.time("date").unwrap_or_default(),
        edited: fields.time("edit_date"),
        album: fields.get("media_group_id"),
        reply_to: reply_to(fields, chat.id, topic),
        quote: fields.object("quote").and_then(|quote| quote.get("text")),
        forward: fields.object("forward_origin").map(|origin| forward(&origin)),
        via_bot,
        buttons: buttons(fields),
        chat,
        ..Message::default()
    };
    match fields.get("text") {
        Some(text) => {
            message.text = text;
            message.entities = entities(fields, "entities");
        }
        None => content(fields, &mut message),
    }
    for name in ["external_reply", "link_preview_options", "reply_to_story"] {
        if let Some(value) = fields.get(name) {
            readable(name, &value, &mut message.extra);
        }
    }
    Ok(message)
}

/// Sees through the accounts Telegram writes under for somebody else.
fn sender(fields: &Fields<'_>, chat_id: ChatId) -> Sender {
    let from = user_in(fields, "from");
    let from_id = from.as_ref().map(|user| user.id);
    if let Some(behind) = chat_in(fields, "sender_chat") {
        return if behind.id == chat_id {
            Sender::AnonymousAdmin
        } else if fields.flag("is_automatic_forward") || from_id == Some(UserId::TELEGRAM) {
            Sender::LinkedChannel(behind)
        } else {
            Sender::Channel(behind)
        };
    }
    // A guest bot writes for whoever called it.
    if let Some(caller) = user_in(fields, "guest_bot_caller_user") {
        return Sender::Person(caller);
    }
    if let Some(caller) = chat_in(fields, "guest_bot_caller_chat") {
        return if caller.id == chat_id { Sender::AnonymousAdmin } else { Sender::Channel(caller) };
    }
    match from {
        Some(from) if from.id == UserId::ANONYMOUS_ADMIN => Sender::AnonymousAdmin,
        Some(from) if from.id.is_stand_in() => Sender::Nobody,
        Some(from) if from.is_bot => Sender::Bot(from),
        Some(from) => Sender::Person(from),
        None => Sender::Nobody,
    }
}

fn guest(fields: &Fields<'_>) -> Option<User> {
    let called = fields.has("guest_bot_caller_user") || fields.has("guest_bot_caller_chat");
    user_in(fields, "from").filter(|from| called && from.is_bot)
}

fn reply_to(fields: &Fields<'_>, here: ChatId, topic: Option<i64>) -> Option<ReplyTo> {
    if let Some(reply) = fields.object("reply_to_message") {
        let id: i64 = reply.get("message_id")?;
        // In a topic every message "answers" the notice that opened the topic.
        if topic == Some(id) {
            return None;
        }
        let chat_id = chat_in(&reply, "chat").map_or(here, |chat| chat.id);
        return Some(ReplyTo {
            id: MessageId(id),
            chat: (chat_id != here).then_some(chat_id),
            sender: sender(&reply, chat_id),
            text: reply.get("text").unwrap_or_else(|| reply.text("caption")),
            date: reply.time("date").unwrap_or_default(),
            album: reply.get("media_group_id"),
            service: if reply.has("text") { None } else { service(&reply) },
        });
    }
    let elsewhere = fields.object("external_reply")?;
    Some(ReplyTo {
        id: MessageId(elsewhere.get("message_id")?),
        chat: Some(chat_in(&elsewhere, "chat")?.id),
        ..ReplyTo::default()
    })
}

fn forward(origin: &Fields<'_>) -> Forward {
    let told = match origin.get("type").unwrap_or_default() {
        "user" => user_in(origin, "sender_user").map(Forward::Person),
        "chat" => chat_in(origin, "sender_chat").map(Forward::Chat),
        "channel" => chat_in(origin, "chat").map(Forward::Channel),
        _ => None,
    };
    told.unwrap_or_else(|| Forward::Hidden(clean_name(&origin.text("sender_user_name"))))
}

fn entities(fields: &Fields<'_>, name: &str) -> Vec<Entity> {
    let entity = |entity: Fields<'_>| {
        Some(Entity {
            kind: entity.get("type")?,
            offset: entity.get("offset")?,
            length: entity.get("length")?,
            url: entity.get("url"),
            user: user_in(&entity, "user"),
        })
    };
    fields.objects(name).into_iter().filter_map(entity).collect()
}

fn buttons(fields: &Fields<'_>) -> Vec<Button> {
    let Some(markup) = fields.object("reply_markup") else { return Vec::new() };
    let rows = markup.array("inline_keyboard").into_iter();
    let keys = rows.flat_map(|row| serde_json::from_str::<Vec<Fields<'_>>>(row.get()).unwrap_or_default());
    keys.map(|key| {
        let inside = |name| key.object(name).and_then(|page| page.get("url"));
        let url = key.get("url").or_else(|| inside("login_url")).or_else(|| inside("web_app"));
        Button { text: key.text("text"), url }
    })
    .collect()
}

/// Fields that are about a message and not in it.
const ABOUT: &[&str] = &[
    "author_signature",
    "business_connection_id",
    "caption",
    "caption_entities",
    "chat",
    "date",
    "direct_messages_topic",
    "edit_date",
    "effect_id",
    "entities",
    "ephemeral_message_id",
    "external_reply",
    "forward_origin",
    "from",
    "guest_bot_caller_chat",
    "guest_bot_caller_user",
    "guest_query_id",
    "has_media_spoiler",
    "has_protected_content",
    "is_automatic_forward",
    "is_from_offline",
    "is_paid_post",
    "is_topic_message",
    "link_preview_options",
    "media_group_id",
    "message_id",
    "message_thread_id",
    "paid_star_count",
    "quote",
    "receiver_user",
    "reply_markup",
    "reply_to_checklist_task_id",
    "reply_to_message",
    "reply_to_poll_option_id",
    "reply_to_story",
    "sender_boost_count",
    "sender_business_bot",
    "sender_chat",
    "sender_tag",
    "show_caption_above_media",
    "suggested_post_info",
    "via_bot",
];

/// Notices that need no words of their own here. A field in none of these lists is content newer than this program:
/// better counted and looked at as a message than passed over as a notice.
const NOTICES: &[&str] = &[
    "boost_added",
    "channel_chat_created",
    "chat_background_set",
    "chat_owner_changed",
    "chat_owner_left",
    "chat_shared",
    "checklist_tasks_added",
    "checklist_tasks_done",
    "community_chat_added",
    "community_chat_joined",
    "community_chat_removed",
    "connected_website",
    "delete_chat_photo",
    "direct_message_price_changed",
    "forum_topic_closed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "gift",
    "gift_upgrade_sent",
    "giveaway_completed",
    "giveaway_created",
    "group_chat_created",
    "managed_bot_created",
    "message_auto_delete_timer_changed",
    "new_chat_photo",
    "paid_message_price_changed",
    "passport_data",
    "poll_option_added",
    "poll_option_deleted",
    "proximity_alert_triggered",
    "refunded_payment",
    "successful_payment",
    "suggested_post_approval_failed",
    "suggested_post_approved",
    "suggested_post_declined",
    "suggested_post_paid",
    "suggested_post_refunded",
    "supergroup_chat_created",
    "unique_gift",
    "users_shared",
    "video_chat_ended",
    "video_chat_participants_invited",
    "video_chat_scheduled",
    "video_chat_started",
    "web_app_data",
    "write_access_allowed",
];

/// What a message carries. The first that is there decides: an animation comes with a `document` of itself, a venue
/// with its `location`.
const CONTENTS: &[(&str, Media)] = &[
    ("photo", Media::Photo),
    ("video", Media::Video),
    ("animation", Media::Animation),
    ("audio", Media::Audio),
    ("voice", Media::Voice),
    ("video_note", Media::VideoNote),
    ("document", Media::Document),
    ("sticker", Media::Sticker),
    ("contact", Media::Contact),
    ("venue", Media::Location),
    ("location", Media::Location),
    ("poll", Media::Poll),
    ("dice", Media::Dice),
    ("story", Media::Story),
];

/// A message without `text`: a caption, a notice, or content of whichever kind, known or not.
fn content(fields: &Fields<'_>, message: &mut Message) {
    message.text = fields.text("caption");
    message.entities = entities(fields, "caption_entities");
    message.service = service(fields);
    if message.service.is_some() {
        return;
    }
    for (name, value) in fields.iter().filter(|(name, _)| ABOUT.binary_search(name).is_err()) {
        message.media = Media::Other;
        if let Ok(value) = serde_json::from_str(value.get()) {
            readable(name, &value, &mut message.extra);
        }
    }
    if let Some((_, media)) = CONTENTS.iter().find(|(name, _)| fields.has(name)) {
        message.media = *media;
    }
}

fn service(fields: &Fields<'_>) -> Option<Service> {
    let joined = || {
        let users = fields.objects("new_chat_members");
        fields.has("new_chat_members").then(|| Service::Joined(users.iter().filter_map(people::user).collect()))
    };
    let notice = || {
        let known = fields.iter().find(|(name, _)| NOTICES.binary_search(name).is_ok());
        known.map(|(name, _)| Service::Other(name.to_owned()))
    };
    let migrated_to = || fields.get("migrate_to_chat_id").map(|id| Service::MigratedTo(ChatId(id)));
    let migrated_from = || fields.get("migrate_from_chat_id").map(|id| Service::MigratedFrom(ChatId(id)));
    joined()
        .or_else(|| user_in(fields, "left_chat_member").map(Service::Left))
        .or_else(migrated_to)
        .or_else(migrated_from)
        .or_else(|| fields.has("pinned_message").then_some(Service::Pinned))
        .or_else(|| fields.get::<String>("new_chat_title").map(|title| Service::Title(clean_name(&title))))
        .or_else(notice)
}

/// Fields whose strings people read.
const READABLE: &[&str] = &[
    "address",
    "alternative_text",
    "caption",
    "credit",
    "description",
    "email_address",
    "explanation",
    "expression",
    "file_name",
    "first_name",
    "label",
    "last_name",
    "performer",
    "phone_number",
    "prize_description",
    "question",
    "summary",
    "text",
    "title",
    "url",
    "username",
    "vcard",
];

/// Collects what can be read in a value of any depth: rich messages nest without bound, and newer content is told from
/// older only by its names. People who are merely mentioned in it (voters, winners, authors) are left out.
fn readable(name: &str, value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) if READABLE.binary_search(&name).is_ok() && !text.trim().is_empty() => {
            into.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| readable(name, item, into)),
        Value::Object(fields) => {
            let told = fields.iter().filter(|(name, _)| !name.ends_with("user") && *name != "winners");
            told.for_each(|(name, value)| readable(name, value, into));
        }
        _ => {}
    }
}
