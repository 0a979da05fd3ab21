//! Messages from files: plain text, or a JSON object a line, from collections and from Telegram alike.
//!
//! A row of a collection is brought into the form of Telegram's own messages and read as those are, so that both are
//! seen by the same eyes as what comes in a group.

use std::io::{BufRead, Read as _};

use serde_json::{Map, Value, json};

use crate::model::{Kind, Message, Timestamp, UserId};
use crate::telegram::update;

/// A longer line is no message: those of Telegram, with everything in them, stay far below.
const LINE_MAX: usize = 1 << 20;
/// Stands in for the number of a group and of a channel where a row names none.
const GROUP: i64 = -1_000_000_000_001;
const CHANNEL: i64 = -1_000_000_000_002;

/// A message, with what its row says of it.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) message: Message,
    pub(super) is_ad: Option<bool>,
    /// The fields `label`, `source` and `lang` as they were written.
    pub(super) carried: Map<String, Value>,
}

impl Row {
    pub(super) fn plain(text: &str) -> Self {
        Self { message: Message { text: text.to_owned(), ..Message::default() }, ..Self::default() }
    }

    /// A carried field, if it is text that says something.
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        self.carried.get(name)?.as_str().map(str::trim).filter(|word| !word.is_empty())
    }
}

/// The lines of a file, none longer than [`LINE_MAX`].
pub(super) struct Lines<R> {
    from: R,
    /// Of the line read last, from 1.
    pub(super) number: usize,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, number: 0 }
    }

    /// The next line that is not blank; inside, why it cannot be read.
    pub(super) fn next(&mut self) -> std::io::Result<Option<Result<String, String>>> {
        loop {
            let mut line = Vec::new();
            if self.from.by_ref().take(LINE_MAX as u64).read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if line.len() == LINE_MAX && line.last() != Some(&b'\n') {
                self.skip_line()?;
                return Ok(Some(Err("the line is longer than a mebibyte".to_owned())));
            }
            let Ok(mut line) = String::from_utf8(line) else {
                return Ok(Some(Err("it is no text in UTF-8".to_owned())));
            };
            if self.number == 1 && line.starts_with('\u{feff}') {
                line.remove(0);
            }
            if !line.trim().is_empty() {
                return Ok(Some(Ok(line.trim_end_matches(['\n', '\r']).to_owned())));
            }
        }
    }

    /// Passes over the rest of a line, however long it is.
    fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            let read = self.from.fill_buf()?;
            let (length, ends) = match read.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (read.len(), read.is_empty()),
            };
            self.from.consume(length);
            if ends {
                return Ok(());
            }
        }
    }
}

/// Reads a row.
///
/// # Errors
/// With why it is none.
pub(super) fn read(line: &str) -> Result<Row, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"))?;
    let Value::Object(mut fields) = value else { return Err("no JSON object".to_owned()) };
    let mut carried = Map::new();
    for name in ["label", "source", "lang"] {
        carried.extend(fields.remove(name).map(|value| (name.to_owned(), value)));
    }
    let is_ad = label(carried.get("label"))?;
    let qr = strings("qr", fields.remove("qr"))?;
    let (message, more) = if fields.contains_key("update_id") {
        (message(&Value::Object(fields))?, Vec::new())
    } else if fields.contains_key("message_id") && fields.contains_key("chat") {
        (message(&json!({ "update_id": 1, "message": fields }))?, Vec::new())
    } else {
        let mut more = both_texts(&mut fields);
        for name in ["forward", "forward_origin"] {
            links_in(fields.get(name), &mut more);
        }
        let says_nothing = ["text", "contact", "poll"].iter().all(|name| is_absent(fields.get(*name)));
        if says_nothing && qr.is_empty() {
            return Err("no `text`".to_owned());
        }
        (message(&json!({ "update_id": 1, "message": as_telegrams(fields)? }))?, more)
    };
    let mut row = Row { message, is_ad, carried };
    // Whatever can be read in a picture is judged like the other places of a message that hold words or links.
    row.message.extra.extend(more.into_iter().chain(qr));
    Ok(row)
}

fn label(value: Option<&Value>) -> Result<Option<bool>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(is_ad)) => Ok(Some(*is_ad)),
        Some(Value::String(word)) if ["ad", "spam"].contains(&word.to_lowercase().as_str()) => Ok(Some(true)),
        Some(Value::String(word)) if ["ham", "clean"].contains(&word.to_lowercase().as_str()) => Ok(Some(false)),
        Some(other) => Err(format!("the label is {other}; it must be \"ad\" or \"ham\"")),
    }
}

fn message(update: &Value) -> Result<Message, String> {
    // A date from another time than ours is no reason to refuse a message.
    let received = Timestamp::from_secs(32_503_680_000);
    let (_, event) =
        update::read(&update.to_string(), UserId::default(), received).map_err(|error| error.to_string())?;
    match event.kind {
        Kind::Message(message) | Kind::Edited(message) if message.service.is_none() => Ok(*message),
        Kind::Message(_) | Kind::Edited(_) => Err("a notice of Telegram's, which nobody wrote".to_owned()),
        _ => Err("an update without a message".to_owned()),
    }
}

fn is_absent(value: Option<&Value>) -> bool {
    value.is_none_or(Value::is_null)
}

/// Leaves one of `text` and `caption`, under the name `text`, and gives the other, if there are both.
fn both_texts(fields: &mut Map<String, Value>) -> Vec<String> {
    let caption = fields.remove("caption").filter(|caption| !caption.is_null());
    let entities = fields.remove("caption_entities");
    match caption {
        Some(Value::String(caption)) if !is_absent(fields.get("text")) => vec![caption],
        Some(caption) => {
            fields.insert("text".to_owned(), caption);
            fields.extend(entities.map(|entities| ("entities".to_owned(), entities)));
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// A row of a collection as Telegram would write it.
fn as_telegrams(mut fields: Map<String, Value>) -> Result<Value, String> {
    let mut taken = |name: &str| fields.remove(name).filter(|value| !value.is_null());
    let mut message = json!({ "message_id": 1, "chat": { "id": GROUP, "type": "supergroup" } });
    let contact = taken("contact").map(contact).transpose()?;
    let poll = taken("poll").map(poll).transpose()?;
    // Words beside other content are its caption.
    let has_content = contact.is_some() || poll.is_some();
    let (text, entities) = if has_content { ("caption", "caption_entities") } else { ("text", "entities") };
    let written = match taken("text") {
        Some(Value::String(written)) => written,
        None => String::new(),
        Some(_) => return Err("`text` is no text".to_owned()),
    };
    if let Some(listed) = taken("entities") {
        message[entities] = entities_of(listed, &written)?;
    }
    message[text] = written.into();
    let mut keys = Vec::new();
    for name in ["buttons", "inline_keyboard", "reply_markup"] {
        taken(name).map_or(Ok(()), |value| buttons(name, value, &mut keys))?;
    }
    message["reply_markup"] = json!({ "inline_keyboard": [keys] });
    if let Some(origin) = taken("forward_origin").or_else(|| taken("forward")).map(forward).transpose()?.flatten() {
        message["forward_origin"] = origin;
    }
    match taken("quote") {
        None => {}
        Some(Value::String(text)) => message["quote"] = json!({ "text": text }),
        Some(quote @ Value::Object(_)) => message["quote"] = quote,
        Some(_) => return Err("`quote` is neither text nor an object".to_owned()),
    }
    for (name, value) in [("contact", contact), ("poll", poll), ("from", taken("from"))] {
        if let Some(value) = value {
            message[name] = value;
        }
    }
    Ok(message)
}

/// Entities with a type and a place: one without stands under the whole text, and a bare link is one under words.
fn entities_of(listed: Value, text: &str) -> Result<Value, String> {
    let Value::Array(mut entities) = listed else { return Err("`entities` is no list".to_owned()) };
    for (index, entity) in entities.iter_mut().enumerate() {
        if entity.is_string() {
            *entity = json!({ "url": entity.take() });
        }
        let Value::Object(fields) = entity else {
            return Err(format!("`entities[{index}]` is neither a link nor an object"));
        };
        if fields.contains_key("url") {
            fields.entry("type").or_insert_with(|| "text_link".into());
        }
        fields.entry("offset").or_insert_with(|| 0.into());
        fields.entry("length").or_insert_with(|| text.encode_utf16().count().into());
        if !fields.get("type").is_some_and(Value::is_string)
            || ["offset", "length"].iter().any(|name| fields[*name].as_u64().is_none())
        {
            return Err(format!("`entities[{index}]` wants a `type`, an `offset` and a `length`"));
        }
    }
    Ok(Value::Array(entities))
}

/// Collects links, keys and keyboards, however deep in lists, as keys of Telegram's.
fn buttons(name: &str, value: Value, into: &mut Vec<Value>) -> Result<(), String> {
    match value {
        Value::Null => Ok(()),
        Value::String(url) => {
            into.push(json!({ "text": "", "url": url }));
            Ok(())
        }
        Value::Array(items) => items.into_iter().try_for_each(|item| buttons(name, item, into)),
        Value::Object(mut fields) => {
            if let Some(keyboard) = fields.remove("inline_keyboard") {
                return buttons(name, keyboard, into);
            }
            into.push(Value::Object(fields));
            Ok(())
        }
        Value::Bool(_) | Value::Number(_) => Err(format!("`{name}` holds what is neither a link nor a button")),
    }
}

/// Where a message is forwarded from: Telegram's own form, a chat, its title, or just that it is.
fn forward(value: Value) -> Result<Option<Value>, String> {
    let channel = |mut chat: Map<String, Value>| {
        if !chat.get("id").is_some_and(Value::is_i64) {
            chat.insert("id".to_owned(), CHANNEL.into());
        }
        chat.entry("type").or_insert_with(|| "channel".into());
        Some(json!({ "type": "channel", "chat": chat }))
    };
    match value {
        Value::Bool(false) => Ok(None),
        Value::Bool(true) => Ok(channel(Map::new())),
        Value::String(title) => {
            let mut chat = Map::new();
            chat.extend(title.strip_prefix('@').map(|name| ("username".to_owned(), name.into())));
            chat.insert("title".to_owned(), title.into());
            Ok(channel(chat))
        }
        Value::Object(mut fields) => {
            let told = ["sender_user", "sender_user_name", "sender_chat", "chat"];
            if fields.contains_key("type") && told.iter().any(|name| fields.contains_key(*name)) {
                return Ok(Some(Value::Object(fields)));
            }
            Ok(match fields.remove("chat") {
                Some(Value::Object(chat)) => channel(chat),
                _ => channel(fields),
            })
        }
        _ => Err("`forward` is neither true, a title nor an object".to_owned()),
    }
}

/// Links a row gives with where its message is from, however deep.
fn links_in(value: Option<&Value>, into: &mut Vec<String>) {
    match value {
        Some(Value::String(text)) if text.contains("://") || text.contains("t.me/") => into.push(text.clone()),
        Some(Value::Array(items)) => items.iter().for_each(|item| links_in(Some(item), into)),
        Some(Value::Object(fields)) => fields.values().for_each(|value| links_in(Some(value), into)),
        _ => {}
    }
}

fn contact(value: Value) -> Result<Value, String> {
    match value {
        Value::String(number) => Ok(json!({ "phone_number": number })),
        Value::Number(number) => Ok(json!({ "phone_number": number.to_string() })),
        Value::Object(_) => Ok(value),
        _ => Err("`contact` is neither a number nor an object".to_owned()),
    }
}

fn poll(value: Value) -> Result<Value, String> {
    match value {
        Value::String(question) => Ok(json!({ "question": question })),
        Value::Object(mut poll) => {
            if let Some(Value::Array(options)) = poll.get_mut("options") {
                options.iter_mut().filter(|it| it.is_string()).for_each(|it| *it = json!({ "text": it.take() }));
            }
            Ok(Value::Object(poll))
        }
        _ => Err("`poll` is neither a question nor an object".to_owned()),
    }
}

/// A text or a list of texts.
fn strings(name: &str, value: Option<Value>) -> Result<Vec<String>, String> {
    let wrong = || format!("`{name}` is neither text nor a list of texts");
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text]),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
        }
        Some(_) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests;
