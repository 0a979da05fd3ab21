//! What happens: everything the engine hands to features.

use serde::{Deserialize, Serialize};

pub use super::outcome::{Altered, Delivery, Hindrance, Miss, Refused, Why};
use super::person::Passage;
use super::{
    Chat, ChatId, Evidence, Figure, Measure, Message, MessageId, Right, Rights, Span, Status, Timestamp, User, UserId,
};

/// Something that happened. Handled once, in one transaction with all that follows from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Unique for ever; effects and grants are keyed by it. `u<update id>`, `a<agenda id>`, `d<outbox id>` …
    pub id: String,
    /// When it happened by Telegram's clock; for timers, when they were due.
    pub at: Timestamp,
    /// The chat it belongs to, if any: the one whose settings apply.
    pub chat: Option<ChatId>,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    // ── from Telegram
    Message(Box<Message>),
    Edited(Box<Message>),
    /// A person's status in a chat changed.
    Member(Box<MemberChange>),
    /// The bot's own status in a chat changed (a private chat: blocked or unblocked).
    Own(Box<OwnChange>),
    Button(Box<Press>),
    Reaction(Reaction),
    Vote(Vote),
    JoinRequest(Box<JoinRequest>),
    /// The chat goes on under a new number. However it was learnt, features see this first, with the store's rows moved.
    Migrated {
        from: ChatId,
        to: ChatId,
    },
    /// An update of a kind this program does not know; kept, counted, otherwise left alone.
    Unknown(String),

    // ── from the courier
    /// An effect was carried out. `message` is the id of what was sent.
    Delivered(Delivery),
    /// An effect will not happen.
    Refused(Refused),
    /// An effect goes otherwise than it was asked for.
    Hindered(Hindrance),
    /// The answer to a question put to Telegram ([`super::Effect::Ask`]).
    Answer {
        question: super::effect::Question,
        answer: Answer,
    },

    /// What a language model answered ([`super::Effect::Consult`]).
    Advised(super::opinion::Advised),

    // ── from the agenda
    /// A reminder fell due.
    Due(Due),

    // ── from features
    Told(Told),

    // ── from the process
    /// The settings of a chat were read: at the start, after each change, and when the bot comes into it.
    Settings,
    /// The process starts after an absence; `from` is the last moment it was surely alive.
    Started {
        from: Option<Timestamp>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberChange {
    pub chat: Chat,
    pub user: User,
    /// Who did it: the person themself when they join or leave by their own will.
    pub by: User,
    pub before: Status,
    pub after: Status,
    /// Restricted until then; none for ever or not restricted.
    pub until: Option<Timestamp>,
    /// May write messages, as a restricted member.
    pub can_send: bool,
    pub link: Option<Link>,
    pub via_request: bool,
    pub via_folder: bool,
    /// `ChatMember.tag`.
    pub tag: Option<String>,
    /// What they may do after it.
    pub rights: Rights,
}

impl MemberChange {
    pub fn passage(&self) -> Passage {
        Passage::of(self.before, self.after)
    }
}

/// An invite link as told with a join; the address is masked (`…`) when another administrator made it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    pub url: String,
    pub name: Option<String>,
    pub creator: UserId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnChange {
    pub chat: Chat,
    pub by: User,
    pub before: Status,
    pub after: Status,
    pub rights: Rights,
}

impl OwnChange {
    /// The person on the other side of a private chat.
    pub fn user_of_chat(&self) -> UserId {
        UserId(self.chat.id.0)
    }
}

/// A press on an inline button.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Press {
    /// `callback_query.id`, to be answered within about 15 seconds.
    pub id: String,
    pub user: User,
    pub chat: Chat,
    pub message: MessageId,
    /// When the bot received it: Telegram tells no date of a press.
    #[serde(default)]
    pub at: Timestamp,
    /// What the message said when the button was pressed; empty when it is too old to be shown.
    #[serde(default)]
    pub shown: String,
    /// Not to be trusted: anybody can press an old or forged button.
    pub data: String,
}

impl Press {
    /// The parts of the data after `verb:` when the button is that verb's; data is written `verb:arg:arg`.
    pub fn args(&self, verb: &str) -> Option<Vec<&str>> {
        let rest = self.data.strip_prefix(verb)?;
        if rest.is_empty() {
            return Some(Vec::new());
        }
        Some(rest.strip_prefix(':')?.split(':').collect())
    }
}

/// How somebody asked for something that another feature is to answer: with a command, or with a button under what the
/// bot said before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Asked {
    Command(Box<Message>),
    Button(Box<Press>),
}

impl Asked {
    /// The person; none for an anonymous administrator.
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::Command(message) => message.author(),
            Self::Button(press) => Some(&press.user),
        }
    }

    /// Where they asked.
    pub fn chat(&self) -> ChatId {
        match self {
            Self::Command(message) => message.chat.id,
            Self::Button(press) => press.chat.id,
        }
    }
}

/// Somebody's reactions to a message changed; both full sets are given, since updates come in any order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reaction {
    pub chat: Chat,
    pub message: MessageId,
    /// None for an anonymous administrator or a channel.
    pub user: Option<User>,
    pub before: Vec<String>,
    pub after: Vec<String>,
}

/// A vote in a poll of the bot's own. Empty `options` takes the vote back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vote {
    pub poll: String,
    /// None when a channel or an anonymous administrator voted.
    pub user: Option<User>,
    pub options: Vec<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JoinRequest {
    pub chat: Chat,
    pub user: User,
    /// Where the bot may write to the applicant for five minutes.
    pub private: ChatId,
    pub bio: Option<String>,
    pub link: Option<Link>,
    /// To be answered within ten seconds when Telegram asks the bot as a guard.
    pub query: Option<String>,
}

/// What Telegram answered to a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// Every administrator, with rights (the bot's own included).
    Admins(Vec<AdminEntry>),
    Member {
        user: User,
        status: Status,
        until: Option<Timestamp>,
        rights: Rights,
    },
    Count(i64),
    /// The chat, and the channel whose discussion group it is, if it is one's.
    Chat {
        chat: Chat,
        linked: Option<ChatId>,
    },
    /// The question failed.
    Failed(Why),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdminEntry {
    pub user: User,
    pub status: Status,
    pub rights: Rights,
    pub anonymous: bool,
}

/// A reminder that fell due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Due {
    /// `feature/what/…`, as it was asked for.
    pub key: String,
    pub payload: serde_json::Value,
    /// How long after its time it is handled.
    pub late: Span,
}

/// What one feature tells the others. Handled in the same transaction, after its cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Told {
    /// Somebody is in the chat who was not.
    Joined {
        user: User,
        returning: bool,
        by: UserId,
    },
    Left {
        user: User,
        removed: bool,
    },
    /// A message is against the rules of the group, or may be.
    Offence {
        message: Box<Message>,
        /// How, in the community's language, for everybody to read.
        reason: String,
        measure: Measure,
        evidence: Vec<Evidence>,
    },
    StrikesUndone {
        user: UserId,
        strikes: Vec<i64>,
    },
    /// Somebody asks the staff to look at a strike again.
    Appealed {
        user: UserId,
        strike: i64,
    },
    /// A button under a card was pressed in a staff chat that goes by other settings than the group the card is about.
    CardPressed(Box<Press>),
    /// A command given in a staff chat that several communities share is for this one.
    Ordered(Box<Message>),
    /// An order of somebody who may be in the staff chat without having been seen there: Telegram is to say.
    OrderDoubted(Asked),
    /// It has: the order is looked at again.
    OrderSettled(Asked),
    /// An order of the staff's came too late to be carried out.
    OrderMissed(Asked),
    /// Telegram did not say in time whether somebody is in the staff chat: what they ordered is not carried out.
    OrderUnsettled(Asked),
    /// Something could not be done for want of a right the bot is known to be without.
    RightMissed {
        right: Right,
    },
    /// Something that comes round by itself did not come as planned: the staff is to hear of it.
    Missed {
        /// What it is, in the community's language.
        title: String,
        due: Timestamp,
        why: Miss,
    },
    Paused,
    /// Somebody was struck, muted or put out by the staff or for an offence.
    Struck {
        user: UserId,
    },
    /// Somebody was reported to the staff, by somebody who had not done so before.
    Reported,
    /// Raid mode is over.
    RaidEnded,
    /// The chat, which everybody could find and come into, no longer has a public name.
    WentPrivate,
    /// Staff want to see the figures of the feature whose page of `/stats` this is.
    FiguresAsked {
        page: String,
        asked: Asked,
    },
    /// They are these.
    Figures {
        page: String,
        asked: Asked,
        figures: Vec<Figure>,
    },
    /// A message is suspicious and no clear ad; the staff are shown its case.
    Suspected {
        case: i64,
        text: String,
        newcomer: bool,
    },
    /// A language model has an opinion on a case.
    Opined {
        case: i64,
        opinion: super::opinion::Opinion,
    },
    /// A chat's rights of the bot changed.
    RightsChanged {
        before: Rights,
        after: Rights,
    },
    /// All rows of this person are to go, save what protects others (bans in force).
    Forget {
        user: UserId,
    },
}
