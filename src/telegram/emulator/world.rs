//! The state of the modelled Telegram: people, chats, members and messages.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value, json};

use super::faults::Rule;
use super::flood::{Cost, Flood};
use super::members::Member;
use super::polls::Poll;
use super::seen::{Line, LoggedCall, Shown};
use super::updates::Queue;
use super::{Settings, spec};
use crate::model::{ChatId, ChatKind, MessageId, Span, Status, Timestamp, UserId};
use crate::telegram::{Call, Fault};

/// Rights or permissions by Telegram's names.
pub(super) type Flags = BTreeSet<&'static str>;

/// What a method answers.
pub(super) type Answer = Result<Value, Fault>;

/// A method's body.
pub(super) type Method = fn(&mut World, &Call) -> Answer;

/// Methods a file models.
pub(super) type Methods = &'static [(&'static str, Method)];

/// A person or bot.
#[expect(clippy::struct_excessive_bools, reason = "they are facts that do not depend on each other")]
#[derive(Clone, Default)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub username: Option<String>,
    pub language: Option<String>,
    pub is_bot: bool,
    pub is_premium: bool,
    /// Has opened the private chat with the bot.
    pub started: bool,
    pub blocked: bool,
    /// The account is deleted.
    pub deactivated: bool,
}

/// A chat of any kind; a private one bears its person's number.
#[derive(Clone, Default)]
pub(super) struct Chat {
    pub id: ChatId,
    pub kind: ChatKind,
    pub title: String,
    pub username: Option<String>,
    pub is_forum: bool,
    pub topics: BTreeMap<i64, Topic>,
    pub linked: Option<ChatId>,
    pub permissions: Flags,
    pub members: BTreeMap<UserId, Member>,
    pub posts: BTreeMap<MessageId, Post>,
    pub last_id: i64,
    /// The bot that posted last: plain `/commands` are meant for it.
    pub last_bot: Option<UserId>,
    pub pinned: Vec<MessageId>,
    pub links: BTreeMap<String, super::links::Link>,
    pub requests: BTreeMap<UserId, super::links::Request>,
    /// Channels that may not write here under their own name.
    pub banned_channels: BTreeSet<ChatId>,
    /// The supergroup this basic group became.
    pub migrated_to: Option<ChatId>,
    pub deleted: bool,
}

#[derive(Clone)]
pub(super) struct Topic {
    pub name: String,
    pub closed: bool,
}

/// A message, as the JSON Telegram shows of it and what it does not show.
#[derive(Clone)]
pub(super) struct Post {
    pub body: Map<String, Value>,
    /// Who wrote it, whoever stands in as `from`.
    pub author: UserId,
    pub at: Timestamp,
    pub service: bool,
    pub gone: bool,
    /// The one member who sees it.
    pub only_for: Option<UserId>,
    pub reactions: BTreeMap<UserId, Vec<String>>,
}

/// A program that is wrong all the time need not be told more often.
const MOST_VIOLATIONS: usize = 1000;

/// Everything.
pub(super) struct World {
    pub now: Timestamp,
    pub settings: Settings,
    pub me: UserId,
    pub people: BTreeMap<UserId, Person>,
    pub chats: BTreeMap<ChatId, Chat>,
    /// The last message not looked at any more, by chat.
    pub looked_away: BTreeMap<ChatId, MessageId>,
    pub queue: Queue,
    pub flood: Flood,
    pub faults: Vec<Rule>,
    pub presses: BTreeMap<String, super::buttons::Press>,
    pub polls: BTreeMap<String, Poll>,
    /// When polls close by themselves.
    pub closing: BTreeSet<(Timestamp, String)>,
    /// Sizes of the files by `file_id`.
    pub files: BTreeMap<String, usize>,
    /// What the bot has set about itself (name, menus …) by method and scope.
    pub about: BTreeMap<String, Value>,
    pub log: VecDeque<LoggedCall>,
    /// Number of calls ever logged.
    pub logged_ever: u64,
    pub violations: Vec<String>,
    pub answers: VecDeque<Shown>,
    pub lines: VecDeque<Line>,
    /// Number of lines ever written; the last one has this number.
    pub lines_ever: u64,
    serial: i64,
}

impl World {
    pub(super) fn new(settings: Settings) -> Self {
        let me = settings.bot.id;
        let stand_in = |id, name: &str, is_bot| Person { id, name: name.to_owned(), is_bot, ..Person::default() };
        let people = [
            Person { username: settings.bot.username.clone(), ..stand_in(me, &settings.bot.name, true) },
            stand_in(UserId::CHANNEL_BOT, "Channel", true),
            stand_in(UserId::ANONYMOUS_ADMIN, "Group", true),
            stand_in(UserId::TELEGRAM, "Telegram", false),
        ];
        Self {
            now: Timestamp::from_secs(1_767_225_600),
            me,
            people: people.into_iter().map(|person| (person.id, person)).collect(),
            chats: BTreeMap::new(),
            looked_away: BTreeMap::new(),
            queue: Queue::default(),
            flood: Flood::default(),
            faults: Vec::new(),
            presses: BTreeMap::new(),
            polls: BTreeMap::new(),
            closing: BTreeSet::new(),
            files: BTreeMap::new(),
            about: BTreeMap::new(),
            log: VecDeque::new(),
            logged_ever: 0,
            violations: Vec::new(),
            answers: VecDeque::new(),
            lines: VecDeque::new(),
            lines_ever: 0,
            serial: 0,
            settings,
        }
    }

    /// A number not given out before.
    pub(super) fn next(&mut self) -> i64 {
        self.serial += 1;
        self.serial
    }

    /// Carries out a call as the server does, without logging it and without failures on request.
    pub(super) fn serve(&mut self, call: &mut Call) -> Answer {
        let Some(name) = spec::method(&call.method) else { return Err(refused(404, "Not Found: method not found")) };
        name.clone_into(&mut call.method);
        let wrong = spec::violations(call);
        if let Some(first) = wrong.first() {
            let refusal = bad(&format!("emulator: {first}"));
            let room = MOST_VIOLATIONS.saturating_sub(self.violations.len());
            self.violations.extend(wrong.into_iter().take(room));
            return Err(refusal);
        }
        let method = Self::method(name).ok_or_else(|| bad(&format!("emulator: method {name} is not modelled")))?;
        let cost = self.cost(call);
        if let Some(limits) = self.settings.limits {
            let wait = self.flood.wait(&limits, cost, self.now);
            if wait > Span::ZERO {
                let text = format!("Too Many Requests: retry after {}", wait.as_secs());
                return Err(Fault::Refused { code: 429, text, retry_after: Some(wait), migrate_to: None });
            }
        }
        let answer = method(self, call)?;
        if self.settings.limits.is_some() {
            self.flood.count(cost, self.now);
        }
        Ok(answer)
    }

    /// The limits a call counts against.
    fn cost(&self, call: &Call) -> Cost {
        const GUARD: [&str; 4] = ["delete", "ban", "unban", "restrict"];
        const SENDS: [&str; 6] =
            ["send", "copyMessage", "forwardMessage", "editMessage", "editEphemeral", "createForumTopic"];
        let (method, is_one_of) =
            (&call.method, |words: &[&str]| words.iter().any(|word| call.method.starts_with(word)));
        match self.named_chat(call, "chat_id") {
            Ok(_) if method == "sendChatAction" => Cost::Free,
            Ok(chat) if is_one_of(&SENDS) => {
                let items = call.list("media").len().max(call.list("message_ids").len());
                Cost::Send(chat, items.max(1))
            }
            Ok(_) if is_one_of(&GUARD) => Cost::Guard,
            _ => Cost::Free,
        }
    }

    fn method(name: &str) -> Option<Method> {
        let tables: [Methods; 9] = [
            super::updates::METHODS,
            super::messages::METHODS,
            super::edits::METHODS,
            super::polls::METHODS,
            super::buttons::METHODS,
            super::moderation::METHODS,
            super::links::METHODS,
            super::chats::METHODS,
            super::topics::METHODS,
        ];
        tables.iter().flat_map(|table| table.iter()).find(|(known, _)| *known == name).map(|(_, method)| *method)
    }

    pub(super) fn person_json(&self, id: UserId) -> Value {
        let Some(person) = self.people.get(&id) else {
            return json!({"id": id, "is_bot": false, "first_name": ""});
        };
        let mut json = json!({"id": id, "is_bot": person.is_bot, "first_name": person.name});
        if let Some(username) = &person.username {
            json["username"] = username.as_str().into();
        }
        if let Some(language) = &person.language {
            json["language_code"] = language.as_str().into();
        }
        if person.is_premium {
            json["is_premium"] = true.into();
        }
        json
    }

    pub(super) fn chat_json(&self, id: ChatId) -> Value {
        let Some(chat) = self.chats.get(&id) else { return json!({"id": id, "type": "private", "first_name": ""}) };
        let mut json = json!({"id": id, "type": chat.kind});
        if chat.kind == ChatKind::Private {
            let person = self.people.get(&UserId(id.0)).cloned().unwrap_or_default();
            json["first_name"] = person.name.into();
            if let Some(username) = person.username {
                json["username"] = username.into();
            }
            return json;
        }
        json["title"] = chat.title.as_str().into();
        if let Some(username) = &chat.username {
            json["username"] = username.as_str().into();
        }
        if chat.is_forum {
            json["is_forum"] = true.into();
        }
        json
    }

    /// The chat a call names, by number or `@username`.
    pub(super) fn named_chat(&self, call: &Call, param: &str) -> Result<ChatId, Fault> {
        let id = match call.params.get(param) {
            Some(Value::String(name)) if name.is_empty() => return Err(bad("chat_id is empty")),
            Some(Value::String(name)) => match name.strip_prefix('@') {
                Some(name) => {
                    self.chats.values().find(|chat| chat.username.as_deref() == Some(name)).map(|chat| chat.id)
                }
                None => name.parse().ok().map(ChatId),
            },
            Some(value) => value.as_i64().map(ChatId),
            None => return Err(bad("chat_id is empty")),
        };
        let known = |id: &ChatId| self.chats.contains_key(id) || self.people.contains_key(&UserId(id.0));
        id.filter(known).ok_or_else(|| bad("chat not found"))
    }

    /// The chat of a call, when the bot can reach it for reading.
    pub(super) fn reach(&mut self, call: &Call) -> Result<ChatId, Fault> {
        let id = self.named_chat(call, "chat_id")?;
        self.reachable(id)?;
        Ok(id)
    }

    pub(super) fn reachable(&mut self, id: ChatId) -> Result<(), Fault> {
        let Some(chat) = self.chats.get(&id) else { return self.open_private(id) };
        if chat.kind == ChatKind::Private {
            return Ok(());
        }
        if chat.deleted {
            return Err(refused(403, "Forbidden: the group chat was deleted"));
        }
        let kind = kind_word(chat.kind);
        match self.member(id, self.me).status {
            Status::Banned => Err(refused(403, &format!("Forbidden: bot was kicked from the {kind} chat"))),
            status if !status.is_in() && chat.migrated_to.is_none() => {
                Err(refused(403, &format!("Forbidden: bot is not a member of the {kind} chat")))
            }
            _ => Ok(()),
        }
    }

    /// The chat of a call, when the bot may change something in it.
    pub(super) fn write(&mut self, call: &Call) -> Result<ChatId, Fault> {
        let id = self.reach(call)?;
        self.writable(id)?;
        Ok(id)
    }

    pub(super) fn writable(&self, id: ChatId) -> Result<(), Fault> {
        match self.chats.get(&id).and_then(|chat| chat.migrated_to) {
            None => Ok(()),
            migrate_to => Err(Fault::Refused {
                code: 400,
                text: "Bad Request: group chat was upgraded to a supergroup chat".to_owned(),
                retry_after: None,
                migrate_to,
            }),
        }
    }

    /// A private chat comes into being with the first message in it.
    fn open_private(&mut self, id: ChatId) -> Result<(), Fault> {
        if !self.people.contains_key(&UserId(id.0)) {
            return Err(bad("chat not found"));
        }
        self.private_chat(UserId(id.0));
        Ok(())
    }

    pub(super) fn private_chat(&mut self, user: UserId) -> ChatId {
        let id = user.private();
        self.chats.entry(id).or_insert_with(|| Chat { id, kind: ChatKind::Private, ..Chat::default() });
        id
    }

    /// A chat that surely exists.
    pub(super) fn chat(&self, id: ChatId) -> &Chat {
        self.chats.get(&id).expect("ids of chats are looked up before use and chats are never removed")
    }

    pub(super) fn chat_mut(&mut self, id: ChatId) -> &mut Chat {
        self.chats.get_mut(&id).expect("ids of chats are looked up before use and chats are never removed")
    }

    /// A message that has not been deleted.
    pub(super) fn post_at(&self, chat: ChatId, id: MessageId) -> Option<&Post> {
        self.chats.get(&chat)?.posts.get(&id).filter(|post| !post.gone && post.only_for.is_none())
    }

    /// Lets time pass: what ends by the clock ends.
    pub(super) fn set_now(&mut self, now: Timestamp) {
        self.now = now;
        self.close_due_polls();
        // Ids of presses ascend, so the first is the oldest.
        while self.presses.first_key_value().is_some_and(|(_, press)| now.since(press.at) >= Span::minutes(10)) {
            self.presses.pop_first();
        }
    }
}

pub(super) fn kind_word(kind: ChatKind) -> &'static str {
    match kind {
        ChatKind::Private => "private",
        ChatKind::Group => "group",
        ChatKind::Supergroup => "supergroup",
        ChatKind::Channel => "channel",
    }
}

pub(super) fn refused(code: i64, text: &str) -> Fault {
    Fault::Refused { code, text: text.to_owned(), retry_after: None, migrate_to: None }
}

/// A refusal as `400 Bad Request: …`.
pub(super) fn bad(text: &str) -> Fault {
    refused(400, &format!("Bad Request: {text}"))
}
