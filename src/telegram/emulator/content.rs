//! What messages hold: texts with their entities, captions and files.

use serde_json::{Map, Value, json};

use super::MessageSpec;
use super::html;
use super::messages::quoted;
use super::world::{World, bad};
use crate::model::text::{CAPTION_MAX, MESSAGE_MAX};
use crate::model::{ChatId, UserId};
use crate::telegram::{Call, Fault};

/// A file as a message shows it: for a photo the list of its sizes.
pub(super) fn file_json(kind: &str, file_id: &str) -> Value {
    let unique = format!("u{file_id}");
    match kind {
        "photo" => json!([{"file_id": file_id, "file_unique_id": unique, "width": 800, "height": 600}]),
        "video" | "animation" | "video_note" => {
            json!({"file_id": file_id, "file_unique_id": unique, "width": 800, "height": 600, "length": 600, "duration": 1})
        }
        _ => json!({"file_id": file_id, "file_unique_id": unique, "duration": 1}),
    }
}

impl World {
    pub(super) fn text_content(&self, call: &Call) -> Result<Map<String, Value>, Fault> {
        let (text, entities) = self.formatted(call, "text", "parse_mode", "entities")?;
        if text.is_empty() {
            return Err(bad("message text is empty"));
        }
        if text.chars().count() > MESSAGE_MAX {
            return Err(bad("message is too long"));
        }
        Ok(texted("text", "entities", text, entities))
    }

    pub(super) fn caption_content(&self, call: &Call) -> Result<Map<String, Value>, Fault> {
        let (text, entities) = self.formatted(call, "caption", "parse_mode", "caption_entities")?;
        if text.chars().count() > CAPTION_MAX {
            return Err(bad("message caption is too long"));
        }
        Ok(if text.is_empty() { Map::new() } else { texted("caption", "caption_entities", text, entities) })
    }

    /// New text or caption for a message that is there.
    pub(super) fn new_content(&self, call: &Call) -> Result<Map<String, Value>, Fault> {
        if call.params.contains_key("text") { self.text_content(call) } else { self.caption_content(call) }
    }

    /// Reads a text with its parse mode or entities, as Telegram keeps it.
    pub(super) fn formatted(
        &self,
        call: &Call,
        text: &str,
        mode: &str,
        entities: &str,
    ) -> Result<(String, Vec<Value>), Fault> {
        let source = call.text(text).unwrap_or_default();
        if source.len() > 32_768 {
            return Err(bad("text is too long"));
        }
        let given = || call.list(entities).to_vec();
        let (words, found) = match call.text(mode).unwrap_or_default().to_ascii_lowercase().as_str() {
            "" => (source.to_owned(), given()),
            "html" => html::parse(source).map_err(|error| bad(&format!("can't parse entities: {error}")))?,
            "markdown" | "markdownv2" => return Err(bad("emulator: only HTML is modelled as parse_mode")),
            _ => return Err(bad("unsupported parse_mode")),
        };
        let (words, found) = html::trim(&words, found);
        let mut found =
            html::name_people(found, |id| self.people.contains_key(&UserId(id)).then(|| self.person_json(UserId(id))));
        html::detect(&words, &mut found);
        Ok((words, found))
    }

    /// The `file_id` for an uploaded, known or linked file.
    pub(super) fn take_file(&mut self, call: &Call, param: &str, given: Option<&str>) -> Result<String, Fault> {
        let field = given.and_then(|given| given.strip_prefix("attach://")).unwrap_or(param);
        if let Some(file) = call.files.iter().find(|file| file.field == field) {
            let size = file.bytes.len();
            if size == 0 {
                return Err(bad("file must be non-empty"));
            }
            return Ok(self.new_file(param, size));
        }
        match given {
            Some(link) if link.starts_with("http://") || link.starts_with("https://") => Ok(self.new_file(param, 1)),
            Some(id) if self.files.contains_key(id) => Ok(id.to_owned()),
            Some(_) => Err(bad("wrong remote file identifier specified: can't unserialize it")),
            None => Err(bad(&format!("there is no {param} in the request"))),
        }
    }

    pub(super) fn new_file(&mut self, kind: &str, size: usize) -> String {
        let id = format!("{kind}-{}", self.next());
        self.files.insert(id.clone(), size);
        id
    }
}

fn texted(text: &str, entities: &str, words: String, found: Vec<Value>) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert(text.to_owned(), words.into());
    if !found.is_empty() {
        map.insert(entities.to_owned(), found.into());
    }
    map
}

/// The JSON of a message without its number and chat.
pub(super) fn compose(
    world: &mut World,
    chat: ChatId,
    user: UserId,
    spec: &MessageSpec,
) -> Result<Map<String, Value>, String> {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    let mut entities = spec.entities.clone();
    html::detect(&spec.text, &mut entities);
    if let Some(kind) = &spec.media {
        let file = world.new_file(kind, 1);
        put(kind, file_json(kind, &file));
    }
    let has_words = spec.media.is_none() && spec.contact.is_none() && !spec.text.is_empty();
    let (field, marks) = if has_words { ("text", "entities") } else { ("caption", "caption_entities") };
    if !spec.text.is_empty() {
        put(field, spec.text.as_str().into());
        if !entities.is_empty() {
            put(marks, entities.into());
        }
    }
    if let Some((name, number)) = &spec.contact {
        put("contact", json!({"first_name": name, "phone_number": number}));
    }
    if let Some(album) = &spec.album {
        put("media_group_id", album.as_str().into());
    }
    if let Some(origin) = &spec.forward {
        put("forward_origin", origin.clone());
    }
    if let Some(bot) = spec.via_bot {
        put("via_bot", world.person_json(bot));
    }
    if !spec.buttons.is_empty() {
        let key = |(text, url): &(String, String)| json!({"text": text, "url": url});
        let rows: Vec<Vec<Value>> = spec.buttons.iter().map(|row| row.iter().map(key).collect()).collect();
        put("reply_markup", json!({ "inline_keyboard": rows }));
    }
    if let Some(id) = spec.reply_to {
        put("reply_to_message", quoted(world.post_at(chat, id).ok_or("no message to answer")?));
    }
    if let Some(topic) = spec.topic {
        put("message_thread_id", topic.into());
        put("is_topic_message", true.into());
    }
    if let Some(date) = spec.date {
        put("date", date.secs().into());
    }
    if spec.anonymous {
        put("from", world.person_json(UserId::ANONYMOUS_ADMIN));
        put("sender_chat", world.chat_json(chat));
        if let Some(title) = world.member(chat, user).title {
            put("author_signature", title.into());
        }
    }
    if let Some(sender) = spec.sender_chat {
        let stand_in = if spec.auto_forward { UserId::TELEGRAM } else { UserId::CHANNEL_BOT };
        put("from", world.person_json(stand_in));
        put("sender_chat", world.chat_json(sender));
    }
    if spec.auto_forward {
        put("is_automatic_forward", true.into());
    }
    body.extend(spec.extra.clone());
    Ok(body)
}
