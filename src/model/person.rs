//! People, chats and what a person is in a chat.

use serde::{Deserialize, Serialize};

use super::{ChatId, UserId};

/// Stands for a name of nothing but invisible characters.
pub const UNSEEN: &str = "\u{200b}";

/// A person or a bot, as an update described it. Names change without notice; only the id lasts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub is_bot: bool,
    /// First and last name, cleaned ([`super::text::clean_name`]). Empty for a deleted account, [`UNSEEN`] for a living
    /// one whose name shows nothing.
    pub name: String,
    /// Without the `@`.
    pub username: Option<String>,
    /// IETF tag of the person's app, when Telegram tells it.
    pub language: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatKind {
    Private,
    Group,
    #[default]
    Supergroup,
    Channel,
}

impl ChatKind {
    pub fn is_group(self) -> bool {
        matches!(self, Self::Group | Self::Supergroup)
    }
}

/// A chat, as an update described it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    pub id: ChatId,
    pub kind: ChatKind,
    pub title: String,
    pub username: Option<String>,
    pub is_forum: bool,
}

impl Chat {
    pub fn is_group(&self) -> bool {
        self.kind.is_group()
    }
}

/// What a person is in a chat: `ChatMember.status`, with `restricted` told apart by `is_member`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Owner,
    Admin,
    Member,
    /// Restricted and in the chat.
    Restricted,
    /// Restricted and not in the chat.
    RestrictedOutside,
    #[default]
    Left,
    Banned,
}

impl Status {
    pub const ALL: [Self; 7] =
        [Self::Owner, Self::Admin, Self::Member, Self::Restricted, Self::RestrictedOutside, Self::Left, Self::Banned];

    /// In the chat. The status word alone does not tell: a restricted person may have left.
    pub fn is_in(self) -> bool {
        matches!(self, Self::Owner | Self::Admin | Self::Member | Self::Restricted)
    }

    /// An administrator or the owner.
    pub fn is_staff(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Restricted => "restricted",
            Self::RestrictedOutside => "restricted_outside",
            Self::Left => "left",
            Self::Banned => "banned",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// What a change of status means for the membership of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Passage {
    /// Was outside, is in.
    Joined,
    /// Was in, went by their own will.
    Left,
    /// Was in, was put out.
    Removed,
    /// Neither came nor went: promoted, restricted, unbanned.
    Stayed,
}

impl Passage {
    /// `kicked → left` is an unban, neither a join nor a leave; `left → restricted outside` is no join.
    pub fn of(before: Status, after: Status) -> Self {
        match (before.is_in(), after.is_in()) {
            (false, true) => Self::Joined,
            (true, false) if after == Status::Banned => Self::Removed,
            (true, false) => Self::Left,
            _ => Self::Stayed,
        }
    }
}
