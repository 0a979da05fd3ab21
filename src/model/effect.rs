//! What the bot does: everything features hand to the courier.

use serde::{Deserialize, Serialize};

use super::opinion::Consult;
use super::{ChatId, MessageId, Span, Text, UserId};

/// A name the bot gives a message before it is sent; later edits, deletes and buttons use it. `feature/what/…`,
/// unique in its chat.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageKey(pub String);

impl<T: Into<String>> From<T> for MessageKey {
    fn from(name: T) -> Self {
        Self(name.into())
    }
}

/// A message by its number, or by the name the bot gave it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MessageRef {
    Id(MessageId),
    Name(MessageKey),
}

impl From<MessageId> for MessageRef {
    fn from(id: MessageId) -> Self {
        Self::Id(id)
    }
}

impl From<MessageKey> for MessageRef {
    fn from(name: MessageKey) -> Self {
        Self::Name(name)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Effect {
    Send(Send),
    Poll(Poll),
    Edit {
        chat: ChatId,
        message: MessageRef,
        text: Text,
        keyboard: Keyboard,
    },
    /// Only the buttons of a message.
    EditKeyboard {
        chat: ChatId,
        message: MessageRef,
        keyboard: Keyboard,
    },
    /// Up to any number; the courier asks in hundreds. A message that is gone already counts as deleted.
    Delete {
        chat: ChatId,
        messages: Vec<MessageRef>,
    },
    Pin {
        chat: ChatId,
        message: MessageRef,
        silent: bool,
    },
    Unpin {
        chat: ChatId,
        message: MessageRef,
    },
    React {
        chat: ChatId,
        message: MessageRef,
        emoji: String,
    },
    /// Takes the right to write. Telegram reads under 30 s or over 366 days as for ever, so a length is given here and
    /// kept inside those bounds.
    Mute {
        chat: ChatId,
        user: UserId,
        length: Span,
    },
    Unmute {
        chat: ChatId,
        user: UserId,
    },
    /// Until unbanned.
    Ban {
        chat: ChatId,
        user: UserId,
    },
    /// Never removes somebody who is in the chat (`only_if_banned`).
    Unban {
        chat: ChatId,
        user: UserId,
    },
    /// A channel writing under its own name.
    BanChannel {
        chat: ChatId,
        channel: ChatId,
    },
    AnswerButton {
        press: String,
        text: String,
        alert: bool,
        url: Option<String>,
    },
    /// Nothing asks for it so far; the edge and the emulator know it, as they do the next one and [`Effect::SetTag`].
    ApproveJoin {
        chat: ChatId,
        user: UserId,
    },
    DeclineJoin {
        chat: ChatId,
        user: UserId,
    },
    Leave {
        chat: ChatId,
    },
    /// The tag beside a member's name. Nothing asks for it so far.
    SetTag {
        chat: ChatId,
        user: UserId,
        tag: String,
    },
    /// Without commands the menu is taken away, and people see a more general one.
    SetCommands {
        scope: CommandScope,
        language: Option<String>,
        commands: Vec<(String, String)>,
    },
    /// A question to Telegram; the answer comes as an event.
    Ask(Question),
    /// A question to a language model; the answer comes as an event.
    Consult(Box<Consult>),
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Send {
    pub chat: ChatId,
    pub topic: Option<i64>,
    /// Names the message for later.
    pub name: Option<MessageKey>,
    pub text: Text,
    pub media: Option<File>,
    pub keyboard: Keyboard,
    pub reply_to: Option<MessageId>,
    pub silent: bool,
    /// Link previews are off unless asked for.
    pub preview: bool,
    /// Show it to this member alone, as an ephemeral message. Delivery is not guaranteed.
    pub only_for: Option<UserId>,
}

/// A file to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub kind: FileKind,
    pub source: FileSource,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    Photo,
    Document,
    Video,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileSource {
    /// A `file_id` of Telegram's.
    Id(String),
    /// An address Telegram fetches.
    Url(String),
    /// A path on this machine, read when it is sent.
    Path(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Poll {
    pub chat: ChatId,
    pub topic: Option<i64>,
    pub name: Option<MessageKey>,
    /// 1–300 characters, as people read it: not HTML.
    pub question: String,
    /// 2–12 options of 1–100 characters.
    pub options: Vec<String>,
    pub anonymous: bool,
    pub multiple: bool,
    /// The right answer's index makes it a quiz.
    pub correct: Option<usize>,
    pub silent: bool,
}

/// Rows of buttons; empty for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Keyboard(pub Vec<Vec<Key>>);

/// One button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    pub text: String,
    pub does: Does,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Does {
    /// Comes back as [`super::event::Press`]; at most 64 bytes, written `verb:arg:arg`.
    Press(String),
    Open(String),
    /// Opens the private chat with the bot with `/start <payload>`: at most 64 of `A-Za-z0-9_-`.
    Start(String),
}

impl Keyboard {
    pub fn row(keys: impl IntoIterator<Item = Key>) -> Self {
        Self(vec![keys.into_iter().collect()])
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    #[must_use]
    pub fn and_row(mut self, keys: impl IntoIterator<Item = Key>) -> Self {
        self.0.push(keys.into_iter().collect());
        self
    }
}

impl Key {
    pub fn press(text: impl Into<String>, data: impl Into<String>) -> Self {
        Self { text: text.into(), does: Does::Press(data.into()) }
    }
    pub fn start(text: impl Into<String>, payload: impl Into<String>) -> Self {
        Self { text: text.into(), does: Does::Start(payload.into()) }
    }
    pub fn open(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self { text: text.into(), does: Does::Open(url.into()) }
    }
}

/// Whose menu of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandScope {
    Private,
    Groups,
    GroupAdmins,
    Chat(ChatId),
    ChatAdmins(ChatId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Question {
    Admins(ChatId),
    Member(ChatId, UserId),
    Count(ChatId),
    Chat(ChatId),
}

impl Send {
    pub fn new(chat: ChatId, text: Text) -> Self {
        Self {
            chat,
            topic: None,
            name: None,
            text,
            media: None,
            keyboard: Keyboard::default(),
            reply_to: None,
            silent: false,
            preview: false,
            only_for: None,
        }
    }
}

/// Where an effect keeps its chat, for looking and for changing.
macro_rules! place {
    ($effect:expr) => {
        match $effect {
            Effect::Send(Send { chat, .. })
            | Effect::Poll(Poll { chat, .. })
            | Effect::Edit { chat, .. }
            | Effect::EditKeyboard { chat, .. }
            | Effect::Delete { chat, .. }
            | Effect::Pin { chat, .. }
            | Effect::Unpin { chat, .. }
            | Effect::React { chat, .. }
            | Effect::Mute { chat, .. }
            | Effect::Unmute { chat, .. }
            | Effect::Ban { chat, .. }
            | Effect::Unban { chat, .. }
            | Effect::BanChannel { chat, .. }
            | Effect::ApproveJoin { chat, .. }
            | Effect::DeclineJoin { chat, .. }
            | Effect::Leave { chat }
            | Effect::SetTag { chat, .. }
            | Effect::Ask(
                Question::Admins(chat) | Question::Member(chat, _) | Question::Count(chat) | Question::Chat(chat),
            ) => Some(chat),
            Effect::AnswerButton { .. } | Effect::SetCommands { .. } | Effect::Consult(_) => None,
        }
    };
}

impl Effect {
    /// The chat whose order and budget it counts in; none for what belongs to no chat.
    pub fn chat(&self) -> Option<ChatId> {
        place!(self).copied()
    }

    /// The same, to be changed when the chat goes on under another number.
    pub fn chat_mut(&mut self) -> Option<&mut ChatId> {
        place!(self)
    }

    /// The name given to the message it makes.
    pub fn name(&self) -> Option<&MessageKey> {
        match self {
            Self::Send(send) => send.name.as_ref(),
            Self::Poll(poll) => poll.name.as_ref(),
            _ => None,
        }
    }

    /// What it says.
    pub fn text(&self) -> Option<&Text> {
        match self {
            Self::Send(send) => Some(&send.text),
            Self::Edit { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The person a restriction, ban or tag is about.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::Mute { user, .. }
            | Self::Unmute { user, .. }
            | Self::Ban { user, .. }
            | Self::Unban { user, .. }
            | Self::ApproveJoin { user, .. }
            | Self::DeclineJoin { user, .. }
            | Self::SetTag { user, .. } => Some(*user),
            _ => None,
        }
    }
}
