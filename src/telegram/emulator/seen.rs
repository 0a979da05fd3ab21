//! What people see, and what was asked of the server: messages, answers to buttons, the transcript and the log.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Emulator;
use super::world::{Chat, Post, World, kind_word};
use crate::model::{ChatId, ChatKind, MessageId, Status, Timestamp, UserId};
use crate::telegram::{Call, Fault};

/// A call as the server took it.
#[derive(Clone, Debug)]
pub struct LoggedCall {
    pub at: Timestamp,
    pub method: String,
    pub params: Map<String, Value>,
    /// What the server did; a failure on request may have kept it from the caller. Of `getUpdates`, only the number of
    /// updates is kept.
    pub outcome: Result<Value, Fault>,
}

/// An answer to a press on a button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    pub press: String,
    pub user: UserId,
    pub at: Timestamp,
    pub text: String,
    pub alert: bool,
    pub url: Option<String>,
}

/// A line of the transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub at: Timestamp,
    pub chat: ChatId,
    pub text: String,
}

/// A message as its readers see it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeenMessage {
    pub id: MessageId,
    /// Who wrote it, even behind a stand-in.
    pub author: UserId,
    pub at: Timestamp,
    /// Text or caption.
    pub text: String,
    pub entities: Vec<Value>,
    pub buttons: Vec<Vec<SeenButton>>,
    /// `photo`, `video`, `document` …
    pub media: Option<String>,
    pub reply_to: Option<MessageId>,
    pub topic: Option<i64>,
    pub album: Option<String>,
    pub poll: Option<Value>,
    pub edited: bool,
    pub pinned: bool,
    /// A notice of Telegram, not somebody's message.
    pub service: bool,
    /// The one member who sees it.
    pub only_for: Option<UserId>,
    pub reactions: Vec<(UserId, Vec<String>)>,
    /// The message as the Bot API shows it.
    pub body: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeenButton {
    pub text: String,
    pub data: Option<String>,
    pub url: Option<String>,
}

const MEDIA: [&str; 12] = [
    "photo",
    "video",
    "document",
    "animation",
    "audio",
    "voice",
    "video_note",
    "sticker",
    "contact",
    "location",
    "dice",
    "story",
];

impl SeenMessage {
    fn of(chat: &Chat, id: MessageId, post: &Post) -> Self {
        let get = |name: &str| post.body.get(name);
        let word = |name: &str| get(name).and_then(Value::as_str).map(str::to_owned);
        let text = word("text").or_else(|| word("caption")).unwrap_or_default();
        let entities = get("entities").or(get("caption_entities")).and_then(Value::as_array).cloned();
        Self {
            id,
            author: post.author,
            at: post.at,
            text,
            entities: entities.unwrap_or_default(),
            buttons: buttons(&post.body),
            media: MEDIA.into_iter().find(|name| get(name).is_some()).map(str::to_owned),
            reply_to: get("reply_to_message").and_then(|reply| reply["message_id"].as_i64()).map(MessageId),
            topic: get("message_thread_id").and_then(Value::as_i64),
            album: word("media_group_id"),
            poll: get("poll").cloned(),
            edited: get("edit_date").is_some(),
            pinned: chat.pinned.contains(&id),
            service: post.service,
            only_for: post.only_for,
            reactions: post.reactions.iter().map(|(user, emoji)| (*user, emoji.clone())).collect(),
            body: post.body.clone().into(),
        }
    }
}

fn buttons(body: &Map<String, Value>) -> Vec<Vec<SeenButton>> {
    let rows = body.get("reply_markup").and_then(|markup| markup["inline_keyboard"].as_array());
    let word = |key: &Value, name: &str| key[name].as_str().map(str::to_owned);
    let button = |key: &Value| SeenButton {
        text: word(key, "text").unwrap_or_default(),
        data: word(key, "callback_data"),
        url: word(key, "url"),
    };
    rows.into_iter().flatten().map(|row| row.as_array().into_iter().flatten().map(button).collect()).collect()
}

/// A message in one line.
pub(super) fn summary(body: &Map<String, Value>) -> String {
    let text = body.get("text").or(body.get("caption")).and_then(Value::as_str).unwrap_or_default();
    let mut parts: Vec<String> =
        MEDIA.iter().filter(|name| body.contains_key(**name)).map(|m| format!("<{m}>")).collect();
    if !text.is_empty() {
        parts.push(text.replace('\n', " ⏎ "));
    }
    if let Some(poll) = body.get("poll") {
        let options = poll["options"].as_array().into_iter().flatten().filter_map(|option| option["text"].as_str());
        let options: Vec<&str> = options.collect();
        parts.push(format!("<poll> {} ({})", poll["question"].as_str().unwrap_or_default(), options.join(" / ")));
    }
    parts.extend(buttons(body).into_iter().flatten().map(|button| format!("[{}]", button.text)));
    parts.join(" ")
}

impl World {
    /// Writes a line into the transcript.
    pub(super) fn line(&mut self, chat: ChatId, text: String) {
        self.lines.push_back(Line { at: self.now, chat, text });
        self.lines_ever += 1;
        while self.lines.len() > self.settings.lines_kept {
            self.lines.pop_front();
        }
    }

    /// Writes a new message into the transcript; comings and goings have lines of their own.
    pub(super) fn tell_line(&mut self, chat: ChatId, post: &Post) {
        let line = match post.only_for {
            _ if post.body.contains_key("pinned_message") => format!("{} pins a message", self.name(post.author)),
            _ if post.service => return,
            Some(user) => format!("{} → {}: {}", self.name(post.author), self.name(user), summary(&post.body)),
            None => format!("{}: {}", self.name(post.author), summary(&post.body)),
        };
        self.line(chat, line);
    }

    pub(super) fn show(&mut self, shown: Shown) {
        self.answers.push_back(shown);
        if self.answers.len() > self.settings.lines_kept {
            self.answers.pop_front();
        }
    }

    pub(super) fn write_log(&mut self, call: &Call, outcome: &Result<Value, Fault>) {
        let kept = self.settings.log_kept;
        if kept == 0 {
            return;
        }
        while self.log.len() >= kept {
            self.log.pop_front();
        }
        let outcome = match outcome {
            Ok(Value::Array(found)) if call.method == "getUpdates" => Ok(found.len().into()),
            outcome => outcome.clone(),
        };
        let (method, params) = (call.method.clone(), call.params.clone());
        self.logged_ever += 1;
        self.log.push_back(LoggedCall { at: self.now, method, params, outcome });
    }
}

/// Looking.
impl Emulator {
    /// The messages everybody in the chat sees, in order; notices of Telegram too.
    pub fn messages(&self, chat: ChatId) -> Vec<SeenMessage> {
        self.select(chat, |post| !post.gone && post.only_for.is_none())
    }

    /// Looks only at what is said in the chat from now on; what was said before stays as it is.
    pub fn look_away(&self, chat: ChatId) {
        let mut world = self.lock();
        let last = world.chats.get(&chat).and_then(|room| room.posts.keys().next_back().copied());
        world.looked_away.insert(chat, last.unwrap_or_default());
    }

    /// Looks at everything again.
    pub fn look_back(&self, chat: ChatId) {
        self.lock().looked_away.remove(&chat);
    }

    /// The bot's own messages among them.
    pub fn bot_messages(&self, chat: ChatId) -> Vec<SeenMessage> {
        let me = self.me();
        self.select(chat, |post| !post.gone && post.only_for.is_none() && post.author == me && !post.service)
    }

    /// The ephemeral messages one member sees.
    pub fn whispers(&self, chat: ChatId, user: UserId) -> Vec<SeenMessage> {
        self.select(chat, |post| !post.gone && post.only_for == Some(user))
    }

    /// The messages that were taken away.
    pub fn deleted(&self, chat: ChatId) -> Vec<SeenMessage> {
        self.select(chat, |post| post.gone)
    }

    pub fn message(&self, chat: ChatId, id: MessageId) -> Option<SeenMessage> {
        let world = self.lock();
        world.post_at(chat, id).map(|post| SeenMessage::of(world.chat(chat), id, post))
    }

    fn select(&self, chat: ChatId, fits: impl Fn(&Post) -> bool) -> Vec<SeenMessage> {
        let world = self.lock();
        let Some(room) = world.chats.get(&chat) else { return Vec::new() };
        let from = world.looked_away.get(&chat).copied().unwrap_or_default();
        let seen = room.posts.iter().filter(|(id, post)| **id > from && fits(post));
        seen.map(|(id, post)| SeenMessage::of(room, *id, post)).collect()
    }

    pub fn member_status(&self, chat: ChatId, user: UserId) -> Status {
        self.lock().member(chat, user).status
    }

    /// In the chat and without the right to write.
    pub fn is_muted(&self, chat: ChatId, user: UserId) -> bool {
        let world = self.lock();
        world.member(chat, user).status.is_in() && !world.may(chat, user, "can_send_messages")
    }

    pub fn tag(&self, chat: ChatId, user: UserId) -> Option<String> {
        self.lock().member(chat, user).tag
    }

    /// The answers to presses people were shown.
    pub fn answers(&self) -> Vec<Shown> {
        self.lock().answers.iter().cloned().collect()
    }

    /// The latest calls.
    pub fn log(&self) -> Vec<LoggedCall> {
        self.lock().log.iter().cloned().collect()
    }

    /// The calls logged since the mark, polls for updates left out, and the mark to go on from.
    pub fn calls_since(&self, mark: u64) -> (Vec<LoggedCall>, u64) {
        let world = self.lock();
        let new = usize::try_from(world.logged_ever.saturating_sub(mark)).unwrap_or(usize::MAX);
        let calls = world.log.iter().skip(world.log.len().saturating_sub(new));
        (calls.filter(|call| call.method != "getUpdates").cloned().collect(), world.logged_ever)
    }

    /// What was wrong with calls by the published API, one sentence each.
    pub fn violations(&self) -> Vec<String> {
        self.lock().violations.clone()
    }

    /// Where the transcript stands, for [`Self::transcript`].
    pub fn mark(&self) -> u64 {
        self.lock().lines_ever
    }

    /// Everything written since the mark.
    pub fn transcript(&self, mark: u64) -> Vec<Line> {
        let world = self.lock();
        let new = usize::try_from(world.lines_ever.saturating_sub(mark)).unwrap_or(usize::MAX);
        world.lines.iter().skip(world.lines.len().saturating_sub(new)).cloned().collect()
    }

    /// A chat as JSON, for a look from outside the process.
    pub fn state(&self, chat: ChatId) -> Option<Value> {
        let messages = self.messages(chat);
        let deleted = self.deleted(chat);
        let world = self.lock();
        let room = world.chats.get(&chat)?;
        let members: Vec<Value> = room.members.keys().map(|user| world.member_json(chat, *user)).collect();
        Some(serde_json::json!({
            "chat": world.chat_json(chat), "kind": kind_word(room.kind), "members": members, "messages": messages,
            "deleted": deleted, "pinned": room.pinned, "requests": room.requests.keys().collect::<Vec<_>>(),
            "migrated_to": room.migrated_to, "is_private": room.kind == ChatKind::Private,
        }))
    }
}
