//! Ids. Telegram's user and chat ids use up to 52 bits, so all are `i64`.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A chat as Telegram numbers it: people above zero, basic groups below, supergroups and channels from -100….
    ChatId
);
id!(
    /// A person or a bot.
    UserId
);
id!(
    /// A message's number inside its chat. Numbers start again when a group becomes a supergroup.
    MessageId
);
id!(
    /// One community: the settings file it comes from, or one chat that no file names. Given out by the store.
    CommunityId
);

impl UserId {
    /// Stands in as `from` when a channel writes under its own name.
    pub const CHANNEL_BOT: Self = Self(136_817_688);
    /// Stands in as `from` when an administrator writes anonymously.
    pub const ANONYMOUS_ADMIN: Self = Self(1_087_968_824);
    /// Stands in as `from` when a channel's post is forwarded to its linked group.
    pub const TELEGRAM: Self = Self(777_000);

    /// The private chat with this person has the person's number.
    pub fn private(self) -> ChatId {
        ChatId(self.0)
    }

    /// One of the accounts Telegram writes under for somebody else; never a person to count or to punish.
    pub fn is_stand_in(self) -> bool {
        matches!(self, Self::CHANNEL_BOT | Self::ANONYMOUS_ADMIN | Self::TELEGRAM)
    }
}

impl ChatId {
    /// A supergroup or a channel: Telegram puts -100 before its number.
    pub fn is_super(self) -> bool {
        self.0 < -1_000_000_000_000
    }

    pub fn is_private(self) -> bool {
        self.0 > 0
    }

    /// A group of either kind, or a channel.
    pub fn is_group(self) -> bool {
        self.0 < 0
    }
}
