//! The words everything else is written in: events, effects, ids, times, texts.
//!
//! Plain data. Nothing here reads a clock, a file, a socket or a database.

pub mod bidi;
pub mod command;
pub mod duration;
pub mod effect;
pub mod event;
pub mod figure;
pub mod id;
pub mod lang;
pub mod message;
pub mod offence;
pub mod opinion;
pub mod outcome;
pub mod outgoing;
pub mod person;
pub mod rights;
pub mod rotation;
pub mod schedule;
pub mod text;
pub mod time;
pub mod usual;

pub use duration::Span;
pub use effect::{Effect, MessageKey, MessageRef};
pub use event::{Event, Kind, Told};
pub use figure::{Figure, Share, Values};
pub use id::{ChatId, CommunityId, MessageId, UserId};
pub use lang::Lang;
pub use message::{Media, Message, Sender};
pub use offence::{Evidence, Measure};
pub use outgoing::{Class, Delivery, Outgoing};
pub use person::{Chat, ChatKind, Status, User};
pub use rights::{Right, Rights};
pub use text::Text;
pub use time::{Day, Timestamp};
