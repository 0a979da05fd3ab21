//! What became of an effect: it was delivered, hindered or refused, and why.

use serde::{Deserialize, Serialize};

use super::{MessageId, MessageKey, Span, UserId};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The name the effect was given, if any.
    pub name: Option<MessageKey>,
    pub message: Option<MessageId>,
    /// Every message id of an album.
    pub messages: Vec<MessageId>,
    /// The poll's id, when a poll was sent.
    pub poll: Option<String>,
    /// `file_id` of what was uploaded, to be used the next time.
    pub file: Option<String>,
    /// The feature's own note from the effect.
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refused {
    pub name: Option<MessageKey>,
    pub why: Why,
    /// Telegram's words, or ours.
    pub text: String,
    pub method: String,
    /// The person a restriction or ban was meant for, if it was one.
    pub user: Option<UserId>,
    pub note: String,
}

/// What keeps an effect from going as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hindrance {
    /// Telegram asks for a long wait.
    Waits(Span),
    /// It was sent otherwise than asked for. `words` is how the text begins.
    Altered { how: Altered, words: String },
}

/// How a message differs from what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Altered {
    /// Telegram cannot read the markup: it came without.
    PlainText,
    /// The topic is closed or gone: it came outside of it.
    NoTopic,
}

/// Why an effect will not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The bot was removed, or the chat is gone.
    ChatGone,
    /// Telegram finds no such group, or shuts the bot out in words not known: it may be gone from there, or not.
    ChatUnknown,
    /// The person blocked the bot or never wrote to it.
    Unreachable,
    /// The bot lacks the right.
    NoRights,
    /// The person is an administrator, the owner or the bot itself.
    Immune,
    /// What it was about is gone (message, member, topic).
    NotFound,
    /// It may have happened: no answer came, and doing it twice would be worse.
    MayHaveHappened,
    /// It waited past its deadline.
    TooLate,
    /// It was called off before it was sent: cancelled, paused, or replaced by a newer one.
    Withdrawn,
    /// The file that goes with it cannot be had: an address that gives none, an unknown `file_id`, a kind Telegram does
    /// not take.
    BadFile,
    /// Telegram finds the request wrong.
    Invalid,
    /// Works only in supergroups.
    NeedsSupergroup,
    /// Refused for a reason not known to this program.
    Other,
}

/// Why something planned is not in its chat, or may not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Miss {
    /// Its time is over.
    Late,
    /// It may be there: no answer came.
    Maybe,
    /// The bot may not write there.
    Rights,
    /// Its picture cannot be had, so that it came without.
    File,
    /// Telegram refused it, in these words.
    Refused(String),
}

impl Miss {
    /// None when nobody need be told: it was called off, or the chat is gone.
    pub fn of(refused: &Refused) -> Option<Self> {
        match refused.why {
            Why::Withdrawn | Why::ChatGone => None,
            Why::TooLate => Some(Self::Late),
            Why::MayHaveHappened => Some(Self::Maybe),
            Why::NoRights => Some(Self::Rights),
            _ => Some(Self::Refused(refused.text.clone())),
        }
    }

    /// As texts tell it apart: a word, or Telegram's words.
    pub fn word(&self) -> &str {
        match self {
            Self::Late => "late",
            Self::Maybe => "maybe",
            Self::Rights => "rights",
            Self::File => "file",
            Self::Refused(words) => words,
        }
    }
}
