//! The bot's messages: what may be sent where, and how a message comes into a chat.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::content::file_json;
use super::world::{Answer, Methods, Post, World, bad, refused};
use crate::model::{ChatId, ChatKind, MessageId, UserId};
use crate::telegram::{Call, Fault};

pub(super) const METHODS: Methods = &[
    ("getMe", get_me),
    ("sendMessage", send_message),
    ("sendPhoto", |world, call| send_file(world, call, "photo", "can_send_photos", "photos")),
    ("sendDocument", |world, call| send_file(world, call, "document", "can_send_documents", "documents")),
    ("sendVideo", |world, call| send_file(world, call, "video", "can_send_videos", "videos")),
    ("sendMediaGroup", send_album),
    ("sendChatAction", chat_action),
    ("getFile", get_file),
];

/// What is around a message's content.
pub(super) struct Envelope {
    pub chat: ChatId,
    /// Reply, topic and buttons.
    pub fields: Map<String, Value>,
    pub only_for: Option<UserId>,
}

#[expect(clippy::unnecessary_wraps, reason = "has the shape of every method")]
fn get_me(world: &mut World, _: &Call) -> Answer {
    let mut me = world.person_json(world.me);
    let privacy = world.settings.privacy;
    me["can_join_groups"] = true.into();
    me["can_read_all_group_messages"] = (!privacy).into();
    for name in [
        "supports_guest_queries",
        "supports_inline_queries",
        "can_connect_to_business",
        "has_main_web_app",
        "has_topics_enabled",
        "allows_users_to_create_topics",
        "can_manage_bots",
        "supports_join_request_queries",
    ] {
        me[name] = false.into();
    }
    Ok(me)
}

fn send_message(world: &mut World, call: &Call) -> Answer {
    let content = world.text_content(call)?;
    let envelope = world.envelope(call, "can_send_messages", "text messages")?;
    Ok(world.publish(envelope, content))
}

fn send_file(world: &mut World, call: &Call, kind: &str, permission: &'static str, what: &str) -> Answer {
    let file = world.take_file(call, kind, call.params.get(kind).and_then(Value::as_str))?;
    let mut content = world.caption_content(call)?;
    content.insert(kind.to_owned(), file_json(kind, &file));
    if call.flag("has_spoiler") {
        content.insert("has_media_spoiler".into(), true.into());
    }
    let envelope = world.envelope(call, permission, what)?;
    Ok(world.publish(envelope, content))
}

fn send_album(world: &mut World, call: &Call) -> Answer {
    let media = call.list("media");
    if media.is_empty() {
        return Err(bad("there are no messages to send"));
    }
    if !(2..=10).contains(&media.len()) {
        return Err(bad("group send failed: there must be 2-10 items in an album"));
    }
    let album = world.next().to_string();
    let mut contents = Vec::new();
    for item in media {
        let kind = item["type"].as_str().unwrap_or_default();
        if !matches!(kind, "photo" | "video" | "document" | "audio") {
            return Err(bad("message content type can't be used in an album"));
        }
        let file = world.take_file(call, kind, item["media"].as_str())?;
        let part = Call::new("sendMediaGroup", item.clone());
        let mut content = world.caption_content(&part)?;
        content.insert(kind.to_owned(), file_json(kind, &file));
        content.insert("media_group_id".into(), album.as_str().into());
        contents.push(content);
    }
    let mut sent = Vec::new();
    for content in contents {
        let envelope = world.envelope(call, "can_send_photos", "photos")?;
        sent.push(world.publish(envelope, content));
    }
    Ok(sent.into())
}

fn chat_action(world: &mut World, call: &Call) -> Answer {
    let chat = world.write(call)?;
    world.can_send(chat, "can_send_messages", "text messages")?;
    let known = [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ];
    if !call.text("action").is_some_and(|action| known.contains(&action)) {
        return Err(bad("wrong parameter action in request"));
    }
    Ok(true.into())
}

fn get_file(world: &mut World, call: &Call) -> Answer {
    let id = call.text("file_id").unwrap_or_default();
    match world.files.get(id) {
        Some(size) => Ok(json!({
            "file_id": id, "file_unique_id": format!("u{id}"), "file_size": size, "file_path": format!("files/{id}"),
        })),
        None => Err(bad("wrong file_id or the file is temporarily unavailable")),
    }
}

impl World {
    /// The bot may send this kind of thing to this chat.
    pub(super) fn can_send(&self, chat: ChatId, permission: &'static str, what: &str) -> Result<(), Fault> {
        let kind = self.chats.get(&chat).map_or(ChatKind::Private, |chat| chat.kind);
        if kind == ChatKind::Private {
            let person = self.people.get(&UserId(chat.0)).cloned().unwrap_or_default();
            let refusal = match () {
                () if person.deactivated => "user is deactivated",
                () if person.is_bot => "the bot can't send messages to the bot",
                () if person.blocked => "bot was blocked by the user",
                () if !person.started => "bot can't initiate conversation with a user",
                () => return Ok(()),
            };
            return Err(refused(403, &format!("Forbidden: {refusal}")));
        }
        if self.bot_may(chat, permission) {
            return Ok(());
        }
        if kind == ChatKind::Channel {
            return Err(bad("need administrator rights in the channel chat"));
        }
        Err(bad(&format!("not enough rights to send {what} to the chat")))
    }

    /// Checks everything about a message but its content.
    pub(super) fn envelope(&mut self, call: &Call, permission: &'static str, what: &str) -> Result<Envelope, Fault> {
        let chat = self.write(call)?;
        self.can_send(chat, permission, what)?;
        let mut fields = Map::new();
        if let Some(topic) = call.int("message_thread_id").filter(|_| self.chat(chat).is_forum) {
            self.topic_open(chat, topic)?;
            fields.insert("message_thread_id".into(), topic.into());
            fields.insert("is_topic_message".into(), true.into());
        }
        if let Some(reply) = call.params.get("reply_parameters") {
            let id = reply["message_id"].as_i64().map(MessageId);
            let from = reply["chat_id"].as_i64().map_or(chat, ChatId);
            match id.and_then(|id| self.post_at(from, id)) {
                Some(post) => {
                    fields.insert("reply_to_message".into(), quoted(post));
                }
                None if id.is_none() || reply["allow_sending_without_reply"] == true => {}
                None => return Err(bad("message to be replied not found")),
            }
        }
        if let Some(keyboard) = self.keyboard(call, chat)? {
            fields.insert("reply_markup".into(), keyboard);
        }
        let only_for = self.receiver(call, chat)?;
        Ok(Envelope { chat, fields, only_for })
    }

    /// The one member an ephemeral message is for.
    fn receiver(&self, call: &Call, chat: ChatId) -> Result<Option<UserId>, Fault> {
        let nested = call.params.get("ephemeral_message_parameters").unwrap_or(&Value::Null);
        let Some(user) = call.int("receiver_user_id").or(nested["receiver_user_id"].as_i64()).map(UserId) else {
            return Ok(None);
        };
        let query = call.text("callback_query_id").or(nested["callback_query_id"].as_str());
        if !self.member(chat, user).status.is_in() {
            return Err(bad("USER_NOT_PARTICIPANT"));
        }
        if self.people.get(&user).is_some_and(|person| person.is_bot) {
            return Err(bad("USER_IS_BOT"));
        }
        let answers = query.is_some_and(|id| self.press_is_fresh(id, user));
        if !answers && !self.is_staff(chat, self.me) {
            return Err(bad("CHAT_ADMIN_REQUIRED"));
        }
        Ok(Some(user))
    }

    /// Sends the bot's message and answers with it.
    pub(super) fn publish(&mut self, envelope: Envelope, content: Map<String, Value>) -> Value {
        let mut body = envelope.fields;
        body.extend(content);
        let id = self.post(envelope.chat, self.me, body, envelope.only_for);
        self.chat_mut(envelope.chat).last_bot = Some(self.me);
        self.chat(envelope.chat).posts.get(&id).map_or(Value::Null, |post| post.body.clone().into())
    }

    /// Puts a message into a chat. `body` is its JSON without number, date and chat; `from` may be set to a stand-in.
    pub(super) fn post(
        &mut self,
        chat: ChatId,
        author: UserId,
        mut body: Map<String, Value>,
        only_for: Option<UserId>,
    ) -> MessageId {
        let at = self.now;
        let room = self.chat_mut(chat);
        room.last_id += 1;
        let id = MessageId(room.last_id);
        let is_channel = room.kind == ChatKind::Channel;
        let kept = self.settings.posts_kept;
        body.insert("message_id".into(), id.0.into());
        if let Some(user) = only_for {
            body.insert("message_id".into(), 0.into());
            body.insert("ephemeral_message_id".into(), id.0.into());
            body.insert("receiver_user".into(), self.person_json(user));
        }
        body.entry("date").or_insert_with(|| at.secs().into());
        body.insert("chat".into(), self.chat_json(chat));
        if is_channel {
            body.insert("sender_chat".into(), self.chat_json(chat));
        } else if !body.contains_key("from") {
            body.insert("from".into(), self.person_json(author));
        }
        if let Some(tag) = self.member(chat, author).tag {
            body.insert("sender_tag".into(), tag.into());
        }
        let service = SERVICE.iter().any(|name| body.contains_key(*name));
        let post = Post { body, author, at, service, gone: false, only_for, reactions: BTreeMap::new() };
        self.tell_line(chat, &post);
        let posts = &mut self.chat_mut(chat).posts;
        posts.insert(id, post);
        while posts.len() > kept {
            posts.pop_first();
        }
        id
    }

    /// A notice of Telegram in the chat; the bot is told of its own ones too.
    pub(super) fn announce(&mut self, chat: ChatId, by: UserId, what: &str, value: impl Into<Value>) -> MessageId {
        let body = Map::from_iter([(what.to_owned(), value.into())]);
        let id = self.post(chat, by, body, None);
        self.deliver(chat, id, false);
        id
    }

    /// Tells the bot of a message, if it is one the bot can see.
    pub(super) fn deliver(&mut self, chat: ChatId, id: MessageId, edited: bool) {
        let Some(post) = self.chats.get(&chat).and_then(|chat| chat.posts.get(&id)) else { return };
        if !self.sees(chat, post) {
            return;
        }
        let kind = match (self.chat(chat).kind == ChatKind::Channel, edited) {
            (false, false) => "message",
            (false, true) => "edited_message",
            (true, false) => "channel_post",
            (true, true) => "edited_channel_post",
        };
        let body = post.body.clone();
        let date = body.get("edit_date").filter(|_| edited).or(body.get("date")).and_then(Value::as_i64);
        let date = crate::model::Timestamp::from_secs(date.unwrap_or_default());
        self.tell(kind, body, date);
    }

    /// Privacy mode and membership: a plain member sees commands, answers to it and notices.
    fn sees(&self, chat: ChatId, post: &Post) -> bool {
        let (me, room) = (self.member(chat, self.me), self.chat(chat));
        let by_bot = self.people.get(&post.author).is_some_and(|author| author.is_bot) && !post.author.is_stand_in();
        if !me.status.is_in() || (by_bot && !post.service) {
            return false;
        }
        if post.service || me.status.is_staff() || room.kind == ChatKind::Private || !self.settings.privacy {
            return true;
        }
        let text = post.body.get("text").and_then(Value::as_str).unwrap_or_default();
        let command = text.split_whitespace().next().filter(|word| word.starts_with('/'));
        let meant = command.is_some_and(|word| match word.split_once('@') {
            Some((_, name)) => Some(name) == self.settings.bot.username.as_deref(),
            None => room.last_bot == Some(self.me),
        });
        let mine = |value: Option<&Value>| value.is_some_and(|user| user["id"] == self.me.0);
        let answers = post.body.get("reply_to_message").is_some_and(|reply| mine(reply.get("from")));
        meant || answers || mine(post.body.get("via_bot"))
    }
}

/// Fields that make a message a notice of Telegram.
const SERVICE: [&str; 12] = [
    "new_chat_members",
    "left_chat_member",
    "pinned_message",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "new_chat_title",
    "group_chat_created",
    "supergroup_chat_created",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
];

/// A message as it stands inside another one that answers, pins or carries it.
pub(super) fn quoted(post: &Post) -> Value {
    let mut body = post.body.clone();
    body.remove("reply_to_message");
    body.into()
}
