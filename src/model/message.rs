//! A message somebody wrote, with every place in which something can be written or hidden.

use serde::{Deserialize, Serialize};

use super::{Chat, ChatId, MessageId, Timestamp, User, UserId};

/// A message of a chat. Positions in `text` are UTF-16 units, as Telegram counts them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub chat: Chat,
    pub id: MessageId,
    /// The forum topic it stands in; none for General and for groups without topics.
    pub topic: Option<i64>,
    pub sender: Sender,
    /// When it was written; an edit keeps it.
    pub date: Timestamp,
    /// When it was last edited.
    pub edited: Option<Timestamp>,
    /// Text or caption.
    pub text: String,
    pub entities: Vec<Entity>,
    pub media: Media,
    /// `media_group_id`: the album it is a part of.
    pub album: Option<String>,
    pub reply_to: Option<ReplyTo>,
    /// The words quoted from the message answered to.
    pub quote: Option<String>,
    pub forward: Option<Forward>,
    /// The inline or guest bot that wrote it for its sender.
    pub via_bot: Option<User>,
    /// Inline buttons under it.
    pub buttons: Vec<Button>,
    /// Whatever else can be read in it: poll question and options, contact's name and number, venue, story owner,
    /// rich blocks.
    pub extra: Vec<String>,
    /// Set when it is a notice of Telegram itself.
    pub service: Option<Service>,
}

/// Who a message is from, once Telegram's stand-in accounts are seen through.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Sender {
    Person(User),
    Bot(User),
    /// An administrator hidden behind the group. Which one is not known.
    AnonymousAdmin,
    /// The channel linked to the group; its posts are forwarded automatically.
    LinkedChannel(Chat),
    /// Some channel writing under its own name.
    Channel(Chat),
    #[default]
    Nobody,
}

impl Sender {
    /// The person, when it is one: bots, channels and anonymous administrators are never counted nor punished.
    pub fn person(&self) -> Option<&User> {
        match self {
            Self::Person(user) => Some(user),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// Telegram's word: `url`, `text_link`, `mention`, `bot_command`, `custom_emoji` …; unknown ones too.
    pub kind: String,
    pub offset: usize,
    pub length: usize,
    /// The link under the words.
    pub url: Option<String>,
    /// The person under the words.
    pub user: Option<User>,
}

/// What a message carries besides words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    #[default]
    None,
    Photo,
    Video,
    Animation,
    Audio,
    Voice,
    VideoNote,
    Document,
    Sticker,
    Contact,
    Location,
    Poll,
    Dice,
    Story,
    /// A kind newer than this program, or one that needs no name of its own.
    Other,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReplyTo {
    pub id: MessageId,
    /// The chat of the message answered to when it is another one.
    pub chat: Option<ChatId>,
    pub sender: Sender,
    pub text: String,
    pub date: Timestamp,
    pub album: Option<String>,
    /// Set when what is answered is a notice of Telegram itself, whose `sender` did not write it.
    #[serde(default)]
    pub service: Option<Service>,
}

/// Where a forwarded message comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Forward {
    Person(User),
    /// Somebody who hides their account; the name proves nothing.
    Hidden(String),
    Chat(Chat),
    Channel(Chat),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Button {
    pub text: String,
    pub url: Option<String>,
}

/// A notice of Telegram in the chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Service {
    Joined(Vec<User>),
    Left(User),
    Pinned,
    /// This basic group became the supergroup of that number.
    MigratedTo(ChatId),
    /// This supergroup was the basic group of that number.
    MigratedFrom(ChatId),
    Title(String),
    /// Any other, by Telegram's field name.
    Other(String),
}

impl Message {
    /// The person who wrote it; none for bots, channels, anonymous administrators and notices.
    pub fn author(&self) -> Option<&User> {
        if self.service.is_some() { None } else { self.sender.person() }
    }

    pub fn author_id(&self) -> Option<UserId> {
        self.author().map(|user| user.id)
    }

    /// The words an entity covers. None when its position is outside the text or inside a character.
    pub fn words<'a>(&'a self, entity: &Entity) -> Option<&'a str> {
        let start = utf16_index(&self.text, entity.offset)?;
        let end = utf16_index(&self.text, entity.offset.checked_add(entity.length)?)?;
        self.text.get(start..end)
    }
}

/// Byte index of the character that starts at UTF-16 unit `unit`.
fn utf16_index(text: &str, unit: usize) -> Option<usize> {
    let mut units = 0;
    for (index, c) in text.char_indices() {
        if units == unit {
            return Some(index);
        }
        units += c.len_utf16();
    }
    (units == unit).then_some(text.len())
}
