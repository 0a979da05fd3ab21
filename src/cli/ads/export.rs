//! A group's history as Telegram Desktop exports it (`result.json`), read message by message: an export of years is
//! larger than memory.

use std::io::Read;

use anyhow::Result;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::model::message::{Button, Entity, Forward};
use crate::model::text::clean_name;
use crate::model::{Chat, ChatId, Media, Message, MessageId, Sender, Timestamp, User, UserId};

/// Something that happened in the group.
#[derive(Debug, PartialEq)]
pub(super) enum Item {
    Said(Box<Message>),
    /// Somebody came in: their number, or their name alone where others brought them in.
    Joined {
        user: Result<i64, String>,
        at: Timestamp,
    },
}

/// Hands everything an export tells of one chat to `each`, in order, with its place among the chat's messages from 1;
/// inside, why it cannot be read. `each` tells whether it has had enough. `wanted`: the chat's number or name; without it
/// the export must be of one chat.
///
/// # Errors
/// When there is no such chat in it.
pub(super) fn read<F>(from: impl Read, wanted: Option<&str>, each: F) -> Result<()>
where
    F: FnMut(usize, Result<Item, String>) -> Enough,
{
    let mut json = serde_json::Deserializer::from_reader(from);
    let mut reading = Reading { wanted, each, stopped: false, found: false, others: Vec::new() };
    let told = Object { part: Part::Export, reading: &mut reading }.deserialize(&mut json).and_then(|()| json.end());
    if reading.stopped {
        return Ok(());
    }
    told?;
    let others = reading.others.join(", ");
    match wanted {
        _ if reading.found => Ok(()),
        _ if others.is_empty() => {
            anyhow::bail!(
                "there are no `messages` in it: it is no group's history exported as JSON by Telegram Desktop"
            )
        }
        Some(wanted) => anyhow::bail!("there is no chat `{wanted}` in it; there are: {others}"),
        None => anyhow::bail!("it is the export of a whole account; say with --chat which of these is meant: {others}"),
    }
}

/// Whether to stop reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Enough {
    No,
    Yes,
}

struct Reading<'a, F> {
    wanted: Option<&'a str>,
    each: F,
    stopped: bool,
    /// The chat that is wanted was in it.
    found: bool,
    /// The groups that were passed over, by name and number.
    others: Vec<String>,
}

impl<F> Reading<'_, F> {
    /// Whether this is the chat that is wanted; one of an account must be asked for.
    fn takes(&mut self, chat: &About, part: Part) -> Result<bool, String> {
        let is_meant = self.wanted.map_or(part == Part::Export, |wanted| chat.is_called(wanted));
        if is_meant && self.found {
            return Err(format!("two chats are called `{}`: give --chat the number of one", chat.name));
        }
        self.found |= is_meant;
        // Whom somebody talks to in private is nobody's business.
        if !is_meant && chat.kind.contains("group") {
            self.others.push(chat.told());
        }
        Ok(is_meant)
    }
}

/// What an export says of a chat before its messages.
#[derive(Default)]
struct About {
    id: Option<i64>,
    name: String,
    kind: String,
}

impl About {
    fn is_called(&self, wanted: &str) -> bool {
        let is_number = |id: i64| [id, super_id(id).0].iter().any(|id| id.to_string() == wanted);
        self.name == wanted || self.id.is_some_and(is_number)
    }

    fn told(&self) -> String {
        self.id.map_or_else(|| self.name.clone(), |id| format!("{} ({id})", self.name))
    }
}

/// An object of an export.
struct Object<'a, 'w, F> {
    part: Part,
    reading: &'a mut Reading<'w, F>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// All of it: a chat, or an account with its chats.
    Export,
    /// An account's list of chats, with what it is about.
    Chats,
    /// A chat of an account.
    Chat,
}

impl<'de, F: FnMut(usize, Result<Item, String>) -> Enough> DeserializeSeed<'de> for Object<'_, '_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de, F: FnMut(usize, Result<Item, String>) -> Enough> Visitor<'de> for Object<'_, '_, F> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a history exported as JSON by Telegram Desktop")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let Self { part, reading } = self;
        let mut chat = About::default();
        let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
        while let Some(key) = map.next_key::<String>()? {
            match (part, key.as_str()) {
                (Part::Export, "chats" | "left_chats") => {
                    map.next_value_seed(Object { part: Part::Chats, reading: &mut *reading })?;
                }
                (Part::Chats, "list") => map.next_value_seed(List { of: Of::Chats, reading: &mut *reading })?,
                (Part::Export | Part::Chat, "id") => chat.id = map.next_value::<Value>()?.as_i64(),
                (Part::Export | Part::Chat, "name") => chat.name = word(map.next_value()?),
                (Part::Export | Part::Chat, "type") => chat.kind = word(map.next_value()?),
                (Part::Export | Part::Chat, "messages") if reading.takes(&chat, part).map_err(M::Error::custom)? => {
                    map.next_value_seed(List { of: Of::Messages(chat.id), reading: &mut *reading })?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// A list of an export.
struct List<'a, 'w, F> {
    of: Of,
    reading: &'a mut Reading<'w, F>,
}

#[derive(Clone, Copy)]
enum Of {
    Chats,
    /// Of the group of this number, as its hidden administrators write under it.
    Messages(Option<i64>),
}

impl<'de, F: FnMut(usize, Result<Item, String>) -> Enough> DeserializeSeed<'de> for List<'_, '_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(usize, Result<Item, String>) -> Enough> Visitor<'de> for List<'_, '_, F> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.of {
            Of::Chats => "a list of chats",
            Of::Messages(_) => "a list of messages",
        })
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<(), S::Error> {
        let Self { of, reading } = self;
        let Of::Messages(group) = of else {
            while seq.next_element_seed(Object { part: Part::Chat, reading: &mut *reading })?.is_some() {}
            return Ok(());
        };
        let mut place = 0;
        while let Some(value) = seq.next_element::<Value>()? {
            place += 1;
            let items =
                items(&value, group).map_or_else(|reason| vec![Err(reason)], |it| it.into_iter().map(Ok).collect());
            for item in items {
                if (reading.each)(place, item) == Enough::Yes {
                    reading.stopped = true;
                    return Err(S::Error::custom("stopped"));
                }
            }
        }
        Ok(())
    }
}

/// What one of the messages tells.
fn items(value: &Value, group: Option<i64>) -> Result<Vec<Item>, String> {
    match value["type"].as_str() {
        Some("message") => Ok(vec![Item::Said(Box::new(message(value, group)?))]),
        Some("service") => joins(value),
        _ => Err("its `type` is neither `message` nor `service`".to_owned()),
    }
}

fn joins(value: &Value) -> Result<Vec<Item>, String> {
    let at = date(value)?;
    let actor = || {
        let account = account(&value["actor_id"]).and_then(Account::person);
        account.ok_or_else(|| clean_name(&text(value, "actor")))
    };
    let members: Vec<&str> = value["members"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    Ok(match value["action"].as_str().unwrap_or_default() {
        "join_group_by_link" | "join_group_by_request" => vec![Item::Joined { user: actor(), at }],
        // Who comes in by themselves is told as having invited themselves.
        "invite_members" if members.is_empty() || members == [text(value, "actor")] => {
            vec![Item::Joined { user: actor(), at }]
        }
        "invite_members" => members.iter().map(|name| Item::Joined { user: Err(clean_name(name)), at }).collect(),
        _ => Vec::new(),
    })
}

fn message(value: &Value, group: Option<i64>) -> Result<Message, String> {
    let id = value["id"].as_i64().ok_or("no `id`")?;
    let name = clean_name(&text(value, "from"));
    let sender = match account(&value["from_id"]).ok_or("no readable `from_id`")? {
        Account::Person(user) => Sender::Person(User { id: UserId(user), name, ..User::default() }),
        Account::Channel(channel) if Some(channel) == group => Sender::AnonymousAdmin,
        // A post of the linked channel is forwarded from that very channel.
        Account::Channel(id) if value.get("forwarded_from") == value.get("from") => {
            Sender::LinkedChannel(channel(id, name))
        }
        Account::Channel(id) => Sender::Channel(channel(id, name)),
    };
    let mut message = Message {
        chat: Chat { id: group.map_or(ChatId(0), super_id), ..Chat::default() },
        id: MessageId(id),
        sender,
        date: date(value)?,
        media: media(value),
        forward: forward(value),
        buttons: buttons(value),
        ..Message::default()
    };
    words(value, &mut message);
    if let Some(bot) = value["via_bot"].as_str() {
        let username = Some(bot.trim_start_matches('@').to_owned());
        message.via_bot = Some(User { is_bot: true, username, ..User::default() });
    }
    for field in
        ["contact_information", "contact_vcard", "poll", "place_name", "address", "title", "performer", "file_name"]
    {
        readable(&value[field], &mut message.extra);
    }
    Ok(message)
}

/// Seconds since 1970; older exports have the local time of whoever exported only, which is close enough for days.
fn date(value: &Value) -> Result<Timestamp, String> {
    let secs = match &value["date_unixtime"] {
        Value::String(secs) => secs.parse().ok(),
        other => other.as_i64(),
    };
    let local = || {
        let written = value["date"].as_str()?;
        Some(chrono::NaiveDateTime::parse_from_str(written, "%Y-%m-%dT%H:%M:%S").ok()?.and_utc().timestamp())
    };
    secs.or_else(local).map(Timestamp::from_secs).ok_or_else(|| "no readable `date_unixtime`".to_owned())
}

/// Whose number it is.
enum Account {
    Person(i64),
    Channel(i64),
}

impl Account {
    fn person(self) -> Option<i64> {
        if let Self::Person(id) = self { Some(id) } else { None }
    }
}

/// `user123`, `channel123`; in older exports the number alone.
fn account(value: &Value) -> Option<Account> {
    let Some(written) = value.as_str() else { return value.as_i64().map(Account::Person) };
    let number = |kind: &str| written.strip_prefix(kind)?.parse().ok();
    number("user").map(Account::Person).or_else(|| number("channel").map(Account::Channel))
}

/// Exports number channels without the -100 of the Bot API.
fn super_id(number: i64) -> ChatId {
    ChatId((-1_000_000_000_000_i64).saturating_sub(number))
}

fn channel(number: i64, title: String) -> Chat {
    Chat { id: super_id(number), kind: crate::model::ChatKind::Channel, title, ..Chat::default() }
}

fn forward(value: &Value) -> Option<Forward> {
    let name = clean_name(value.get("forwarded_from")?.as_str().unwrap_or_default());
    Some(match account(&value["forwarded_from_id"]) {
        Some(Account::Channel(id)) => Forward::Channel(channel(id, name)),
        Some(Account::Person(id)) => Forward::Person(User { id: UserId(id), name, ..User::default() }),
        None => Forward::Hidden(name),
    })
}

fn buttons(value: &Value) -> Vec<Button> {
    let rows = value["inline_bot_buttons"].as_array().into_iter().flatten();
    let button = |key: &Value| {
        let is_url = matches!(key["type"].as_str(), Some("url" | "auth" | "web_view" | "simple_web_view"));
        let url = key["data"].as_str().filter(|_| is_url).map(str::to_owned);
        Button { text: text(key, "text"), url }
    };
    rows.flat_map(|row| row.as_array().into_iter().flatten()).map(button).collect()
}

fn media(value: &Value) -> Media {
    match value["media_type"].as_str() {
        Some("sticker") => Media::Sticker,
        Some("voice_message") => Media::Voice,
        Some("video_message") => Media::VideoNote,
        Some("video_file") => Media::Video,
        Some("animation") => Media::Animation,
        Some("audio_file") => Media::Audio,
        Some(_) => Media::Other,
        None => {
            let kinds = [
                ("contact_information", Media::Contact),
                ("poll", Media::Poll),
                ("location_information", Media::Location),
                ("photo", Media::Photo),
                ("file", Media::Document),
            ];
            kinds.iter().find(|(name, _)| value.get(name).is_some()).map_or(Media::None, |(_, media)| *media)
        }
    }
}

/// The text, whole or in parts that say what each is.
fn words(value: &Value, message: &mut Message) {
    let whole = value.get("text").filter(|text| !text.is_null()).unwrap_or(&value["text_entities"]);
    let parts = match whole {
        Value::Array(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut offset = 0;
    for part in parts {
        let words = part.as_str().or_else(|| part["text"].as_str()).unwrap_or_default();
        let length = words.encode_utf16().count();
        let url = part["href"].as_str().map(str::to_owned);
        let user = part["user_id"].as_i64().map(|id| User { id: UserId(id), ..User::default() });
        match part["type"].as_str() {
            None | Some("plain") => {}
            Some(kind) => {
                // Their words for a link and for a person without a name differ from the Bot API's.
                let kind = match kind {
                    "link" => "url",
                    "mention_name" => "text_mention",
                    "phone" => "phone_number",
                    kind => kind,
                };
                message.entities.push(Entity { kind: kind.to_owned(), offset, length, url, user });
            }
        }
        message.text.push_str(words);
        offset += length;
    }
}

/// The strings of a value of any depth, save those that only tell how it is kept.
fn readable(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.trim().is_empty() => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| readable(item, into)),
        Value::Object(fields) => fields.values().for_each(|value| readable(value, into)),
        _ => {}
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
