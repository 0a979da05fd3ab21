//! A stateful model of Telegram's Bot API: chats, members, messages, updates, limits and refusals.
//!
//! It serves in the process, as a [`Door`], and over HTTP ([`router`]). People act through the methods in `people`, what
//! they see is asked through those in `seen`. It refuses what Telegram refuses, in the server's own words, and never
//! reads a clock: the time is set, or comes from a closure given to it.

mod buttons;
mod chats;
mod content;
mod control;
mod edits;
mod faults;
mod flood;
mod html;
mod http;
mod links;
mod members;
mod messages;
mod moderation;
mod people;
mod polls;
mod scene;
mod seen;
mod spec;
mod topics;
mod updates;
mod webhook;
mod world;

#[cfg(test)]
mod tests;

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;
use tokio::sync::Notify;

pub use faults::{Action, Phase, Rule};
pub use flood::Limits;
pub use http::router;
pub use people::{Announce, Entry, MessageSpec};
pub use seen::{Line, LoggedCall, SeenButton, SeenMessage, Shown};
pub use world::Person;

use crate::model::{Timestamp, User, UserId};
use crate::telegram::{Call, Door, Fault};
use world::World;

/// All rights an administrator of a group can have.
pub const ALL_RIGHTS: [&str; 17] = members::RIGHTS;

/// How the model is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    pub bot: User,
    /// Over HTTP, calls with another token are unauthorized; none takes any.
    pub token: Option<String>,
    /// As a plain member, the bot sees only commands and answers to it.
    pub privacy: bool,
    /// None switches flood control off.
    pub limits: Option<Limits>,
    /// The latest calls kept in the log.
    pub log_kept: usize,
    /// The latest lines kept in the transcript.
    pub lines_kept: usize,
    /// The latest messages kept in a chat; older ones are as if they had never been.
    pub posts_kept: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let bot = User {
            id: UserId(7_000_000_001),
            is_bot: true,
            name: "Steward".to_owned(),
            username: Some("steward_bot".to_owned()),
            language: None,
        };
        Self {
            bot,
            token: None,
            privacy: true,
            limits: Some(Limits::default()),
            log_kept: 20_000,
            lines_kept: 100_000,
            posts_kept: 10_000,
        }
    }
}

/// The time, for a model that is not told it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The modelled Telegram; clones share it.
#[derive(Clone)]
pub struct Emulator {
    world: Arc<Mutex<World>>,
    /// Rung when an update may have come.
    news: Arc<Notify>,
    clock: Option<Clock>,
}

impl Default for Emulator {
    fn default() -> Self {
        Self::new(Settings::default())
    }
}

impl Emulator {
    /// A model whose time stands at 2026-01-01 00:00 UTC until it is set.
    pub fn new(settings: Settings) -> Self {
        Self { world: Arc::new(Mutex::new(World::new(settings))), news: Arc::default(), clock: None }
    }

    /// A model that goes by this clock.
    pub fn with_clock(settings: Settings, clock: Clock) -> Self {
        Self { clock: Some(clock), ..Self::new(settings) }
    }

    /// Sets the time of a model without a clock; what ends by the clock ends.
    pub fn set_now(&self, now: Timestamp) {
        self.act().set_now(now);
    }

    pub fn now(&self) -> Timestamp {
        self.lock().now
    }

    /// The bot.
    pub fn me(&self) -> UserId {
        self.lock().me
    }

    /// For looking.
    fn lock(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clock) = &self.clock {
            world.set_now(clock());
        }
        world
    }

    /// For what may bring updates.
    fn act(&self) -> Acting<'_> {
        Acting { world: self.lock(), news: &self.news }
    }

    /// What the server does with a call, failures on request included.
    fn answer(&self, mut call: Call) -> Answered {
        let mut world = self.act();
        let failure = world.failure(&call);
        if let Some((Phase::Before, action)) = &failure
            && let Some(fault) = action.fault()
        {
            let outcome = Err(fault);
            world.write_log(&call, &outcome);
            return Answered { outcome, failure: Some(action.clone()) };
        }
        let outcome = world.serve(&mut call);
        world.write_log(&call, &outcome);
        Answered { outcome, failure: failure.map(|(_, action)| action) }
    }
}

/// The state while something happens; those who wait for updates look again afterwards.
struct Acting<'a> {
    world: MutexGuard<'a, World>,
    news: &'a Notify,
}

impl Deref for Acting<'_> {
    type Target = World;
    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for Acting<'_> {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

impl Drop for Acting<'_> {
    fn drop(&mut self) {
        self.news.notify_waiters();
    }
}

/// The server's answer and what becomes of it on the way.
struct Answered {
    outcome: Result<Value, Fault>,
    failure: Option<Action>,
}

impl Door for Emulator {
    fn call(&self, call: Call) -> BoxFuture<'_, Result<Value, Fault>> {
        let Answered { outcome, failure } = self.answer(call);
        let outcome = match failure.and_then(|action| action.fault()) {
            Some(fault) => Err(fault),
            None => outcome,
        };
        futures::future::ready(outcome).boxed()
    }
}
