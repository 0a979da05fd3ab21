//! What happens to messages that are there: edits, deletions, pins, reactions, forwards and copies.

use serde_json::{Map, Value, json};

use super::messages::{Envelope, quoted};
use super::world::{Answer, Methods, Post, World, bad};
use crate::model::{ChatId, ChatKind, MessageId, Span, UserId};
use crate::telegram::{Call, Fault};

pub(super) const METHODS: Methods = &[
    ("editMessageText", edit_content),
    ("editMessageCaption", edit_content),
    ("editMessageReplyMarkup", edit_keyboard),
    ("editEphemeralMessageText", edit_ephemeral),
    ("deleteEphemeralMessage", delete_ephemeral),
    ("deleteMessage", delete_one),
    ("deleteMessages", delete_many),
    ("pinChatMessage", pin),
    ("unpinChatMessage", unpin),
    ("unpinAllChatMessages", unpin_all),
    ("setMessageReaction", react),
    ("deleteMessageReaction", unreact),
    ("forwardMessage", forward),
    ("copyMessage", copy_one),
    ("copyMessages", copy_many),
];

/// Reactions a bot may set; others need a custom emoji.
const REACTIONS: &str = "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 \
    🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡";

const CONTENT: [&str; 4] = ["text", "entities", "caption", "caption_entities"];

/// The message a call is about.
fn named(world: &World, chat: ChatId, call: &Call, to: &str) -> Result<MessageId, Fault> {
    let id = MessageId(call.int("message_id").unwrap_or_default());
    world.post_at(chat, id).map(|_| id).ok_or_else(|| bad(&format!("message to {to} not found")))
}

fn editable(world: &mut World, call: &Call) -> Result<(ChatId, MessageId), Fault> {
    let chat = world.write(call)?;
    let id = named(world, chat, call, "edit")?;
    let is_own = world.post_at(chat, id).is_some_and(|post| post.author == world.me && !post.service);
    let edits_channel = world.chat(chat).kind == ChatKind::Channel && world.bot_may(chat, "can_edit_messages");
    if is_own || edits_channel { Ok((chat, id)) } else { Err(bad("message can't be edited")) }
}

fn edit_content(world: &mut World, call: &Call) -> Answer {
    if call.params.contains_key("inline_message_id") || call.params.contains_key("rich_message") {
        return Err(bad("emulator: inline and rich messages are not modelled"));
    }
    if call.method == "editMessageText" && !call.params.contains_key("text") {
        return Err(bad("message text is empty"));
    }
    let content = world.new_content(call)?;
    let (chat, id) = editable(world, call)?;
    let has_text = world.chat(chat).posts[&id].body.contains_key("text");
    match call.method.as_str() {
        "editMessageText" if !has_text => Err(bad("there is no text in the message to edit")),
        "editMessageCaption" if has_text => Err(bad("there is no caption in the message to edit")),
        _ => change(world, call, chat, id, Some(content)),
    }
}

fn edit_keyboard(world: &mut World, call: &Call) -> Answer {
    let (chat, id) = editable(world, call)?;
    change(world, call, chat, id, None)
}

/// Puts new content and buttons into a message; doing so without any difference is an error.
fn change(world: &mut World, call: &Call, chat: ChatId, id: MessageId, content: Option<Map<String, Value>>) -> Answer {
    let keyboard = world.keyboard(call, chat)?;
    let now = world.now.secs();
    let post = world.chat_mut(chat).posts.get_mut(&id).ok_or_else(|| bad("message to edit not found"))?;
    let mut body = post.body.clone();
    let is_new_content = content.is_some();
    if let Some(content) = content {
        body.retain(|name, _| !CONTENT.contains(&name.as_str()));
        body.extend(content);
    }
    body.remove("reply_markup");
    body.extend(keyboard.map(|keyboard| ("reply_markup".to_owned(), keyboard)));
    if body == post.body {
        return Err(bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a current \
             content and reply markup of the message",
        ));
    }
    if is_new_content {
        body.insert("edit_date".into(), now.into());
    }
    post.body.clone_from(&body);
    let line = format!("{} edits {id}: {}", world.settings.bot.name, super::seen::summary(&body));
    world.line(chat, line);
    Ok(body.into())
}

fn ephemeral(world: &mut World, call: &Call) -> Result<(ChatId, MessageId), Fault> {
    let chat = world.write(call)?;
    let id = MessageId(call.int("ephemeral_message_id").unwrap_or_default());
    let receiver = call.int("receiver_user_id").map(UserId);
    let post = world.chat(chat).posts.get(&id).filter(|post| !post.gone && post.only_for == receiver);
    post.map(|_| (chat, id)).ok_or_else(|| bad("MESSAGE_ID_INVALID"))
}

fn edit_ephemeral(world: &mut World, call: &Call) -> Answer {
    let content = world.new_content(call)?;
    let (chat, id) = ephemeral(world, call)?;
    change(world, call, chat, id, Some(content)).map(|_| true.into())
}

fn delete_ephemeral(world: &mut World, call: &Call) -> Answer {
    let (chat, id) = ephemeral(world, call)?;
    world.erase(chat, id, "");
    Ok(true.into())
}

/// Whether the bot may delete a message that is there.
fn deletable(world: &World, chat: ChatId, id: MessageId, post: &Post) -> Result<(), Fault> {
    let room = world.chat(chat);
    let is_group = matches!(room.kind, ChatKind::Group | ChatKind::Supergroup);
    let fixed = ["migrate_from_chat_id", "forum_topic_created", "supergroup_chat_created"];
    if (id.0 == 1 && room.kind == ChatKind::Supergroup) || fixed.iter().any(|name| post.body.contains_key(*name)) {
        return Err(bad("message can't be deleted"));
    }
    let is_own = post.author == world.me && !post.service;
    if is_own && is_group {
        return Ok(());
    }
    if !is_own && room.kind != ChatKind::Private && !world.bot_may(chat, "can_delete_messages") {
        return Err(bad("message can't be deleted"));
    }
    if world.now.since(post.at) >= Span::hours(48) {
        return Err(bad("message can't be deleted for everyone"));
    }
    Ok(())
}

fn delete_one(world: &mut World, call: &Call) -> Answer {
    let chat = world.write(call)?;
    let id = named(world, chat, call, "delete")?;
    deletable(world, chat, id, &world.chat(chat).posts[&id])?;
    world.erase(chat, id, &format!("{} deletes", world.settings.bot.name));
    Ok(true.into())
}

fn delete_many(world: &mut World, call: &Call) -> Answer {
    let chat = world.write(call)?;
    let ids: Vec<MessageId> = call.list("message_ids").iter().filter_map(Value::as_i64).map(MessageId).collect();
    if ids.is_empty() {
        return Err(bad("message identifiers are not specified"));
    }
    if ids.len() > 100 {
        return Err(bad("too many message identifiers specified"));
    }
    let there: Vec<MessageId> = ids.into_iter().filter(|id| world.post_at(chat, *id).is_some()).collect();
    for id in &there {
        deletable(world, chat, *id, &world.chat(chat).posts[id])?;
    }
    for id in there {
        world.erase(chat, id, &format!("{} deletes", world.settings.bot.name));
    }
    Ok(true.into())
}

fn may_pin(world: &World, chat: ChatId) -> Result<(), Fault> {
    let right = match world.chat(chat).kind {
        ChatKind::Channel => "can_edit_messages",
        _ => "can_pin_messages",
    };
    if world.bot_may(chat, right) {
        Ok(())
    } else {
        Err(bad("not enough rights to manage pinned messages in the chat"))
    }
}

fn pin(world: &mut World, call: &Call) -> Answer {
    let chat = world.write(call)?;
    may_pin(world, chat)?;
    let id = named(world, chat, call, "pin")?;
    if world.chat(chat).posts[&id].service {
        return Err(bad("service messages can't be pinned"));
    }
    world.pin(chat, id, world.me);
    Ok(true.into())
}

fn unpin(world: &mut World, call: &Call) -> Answer {
    let chat = world.write(call)?;
    may_pin(world, chat)?;
    let pinned = &mut world.chat_mut(chat).pinned;
    match call.int("message_id").map(MessageId) {
        Some(id) if pinned.contains(&id) => pinned.retain(|pin| *pin != id),
        None if !pinned.is_empty() => drop(pinned.pop()),
        _ => return Err(bad("message to unpin not found")),
    }
    Ok(true.into())
}

fn unpin_all(world: &mut World, call: &Call) -> Answer {
    let chat = world.write(call)?;
    may_pin(world, chat)?;
    world.chat_mut(chat).pinned.clear();
    Ok(true.into())
}

fn react(world: &mut World, call: &Call) -> Answer {
    let chat = world.write(call)?;
    let id = named(world, chat, call, "react")?;
    let emoji: Vec<String> = call
        .list("reaction")
        .iter()
        .map(|reaction| reaction["emoji"].as_str().unwrap_or_default().to_owned())
        .collect();
    if emoji.len() > 1 {
        return Err(bad("REACTIONS_TOO_MANY"));
    }
    if emoji.iter().any(|emoji| !REACTIONS.split_whitespace().any(|known| known == emoji)) {
        return Err(bad("REACTION_INVALID"));
    }
    let me = world.me;
    if let Some(post) = world.chat_mut(chat).posts.get_mut(&id) {
        post.reactions.insert(me, emoji);
    }
    Ok(true.into())
}

fn unreact(world: &mut World, call: &Call) -> Answer {
    let chat = world.write(call)?;
    if !world.bot_may(chat, "can_delete_messages") {
        return Err(bad("not enough rights to delete message reactions"));
    }
    let id = named(world, chat, call, "react")?;
    let user = call.int("user_id").or(call.int("actor_chat_id")).map(UserId).unwrap_or_default();
    if let Some(post) = world.chat_mut(chat).posts.get_mut(&id) {
        post.reactions.remove(&user);
    }
    Ok(true.into())
}

/// A message of another chat that the bot can read.
fn source(world: &mut World, call: &Call, id: MessageId, to: &str) -> Result<Post, Fault> {
    let from = world.named_chat(call, "from_chat_id")?;
    world.reachable(from)?;
    world.post_at(from, id).cloned().ok_or_else(|| bad(&format!("message to {to} not found")))
}

fn forward(world: &mut World, call: &Call) -> Answer {
    let post = source(world, call, MessageId(call.int("message_id").unwrap_or_default()), "forward")?;
    if post.service {
        return Err(bad("the message can't be forwarded"));
    }
    let envelope = world.envelope(call, "can_send_messages", "text messages")?;
    let mut content = bare(&post);
    let mut origin = json!({"date": post.body.get("date")});
    match post.body.get("sender_chat") {
        Some(chat) if chat["type"] == "channel" => {
            origin["type"] = "channel".into();
            origin["chat"] = chat.clone();
            origin["message_id"] = post.body.get("message_id").cloned().unwrap_or_default();
        }
        Some(chat) => {
            origin["type"] = "chat".into();
            origin["sender_chat"] = chat.clone();
        }
        None => {
            origin["type"] = "user".into();
            origin["sender_user"] = world.person_json(post.author);
        }
    }
    content.insert("forward_origin".into(), post.body.get("forward_origin").cloned().unwrap_or(origin));
    Ok(world.publish(envelope, content))
}

/// The content of a message without what is around it.
fn bare(post: &Post) -> Map<String, Value> {
    const AROUND: [&str; 16] = [
        "message_id",
        "date",
        "chat",
        "from",
        "sender_chat",
        "sender_tag",
        "reply_to_message",
        "reply_markup",
        "message_thread_id",
        "is_topic_message",
        "edit_date",
        "media_group_id",
        "author_signature",
        "is_automatic_forward",
        "via_bot",
        "forward_origin",
    ];
    post.body.iter().filter(|(name, _)| !AROUND.contains(&name.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect()
}

fn copy_one(world: &mut World, call: &Call) -> Answer {
    let post = source(world, call, MessageId(call.int("message_id").unwrap_or_default()), "copy")?;
    if post.service {
        return Err(bad("message can't be copied"));
    }
    let mut content = bare(&post);
    if call.params.contains_key("caption") {
        content.retain(|name, _| !name.starts_with("caption"));
        content.extend(world.new_content(call)?);
    }
    let envelope = world.envelope(call, "can_send_messages", "text messages")?;
    let sent = world.publish(envelope, content);
    Ok(json!({"message_id": sent["message_id"]}))
}

fn copy_many(world: &mut World, call: &Call) -> Answer {
    let mut posts = Vec::new();
    for id in call.list("message_ids").iter().filter_map(Value::as_i64) {
        // Those that are gone or can't be copied are skipped.
        posts.extend(source(world, call, MessageId(id), "copy").ok().filter(|post| !post.service));
    }
    if posts.is_empty() {
        return Err(bad("there are no messages to forward"));
    }
    let mut sent = Vec::new();
    for post in posts {
        let envelope: Envelope = world.envelope(call, "can_send_messages", "text messages")?;
        let mut content = bare(&post);
        if call.flag("remove_caption") {
            content.retain(|name, _| !name.starts_with("caption"));
        }
        sent.push(json!({"message_id": world.publish(envelope, content)["message_id"]}));
    }
    Ok(sent.into())
}

impl World {
    /// Takes a message away; `why` goes to the transcript.
    pub(super) fn erase(&mut self, chat: ChatId, id: MessageId, why: &str) {
        let room = self.chat_mut(chat);
        room.pinned.retain(|pin| *pin != id);
        let Some(post) = room.posts.get_mut(&id) else { return };
        post.gone = true;
        if !why.is_empty() {
            let line = format!("{why} {id}: {}", super::seen::summary(&post.body));
            self.line(chat, line);
        }
    }

    pub(super) fn pin(&mut self, chat: ChatId, id: MessageId, by: UserId) {
        let room = self.chat_mut(chat);
        room.pinned.retain(|pin| *pin != id);
        room.pinned.push(id);
        let pinned = self.chat(chat).posts.get(&id).map_or(Value::Null, quoted);
        if self.chat(chat).kind != ChatKind::Private {
            self.announce(chat, by, "pinned_message", pinned);
        }
    }
}
