//! The Telegram edge: updates in, requests out.
//!
//! The only place that knows teloxide and Telegram's JSON. Everything goes through one narrow door, [`Door::call`].

pub mod emulator;
pub mod fields;
pub mod http;
pub mod payload;
pub mod people;
pub mod refusal;
pub mod reply;
pub mod request;
pub mod update;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::model::{ChatId, Span, Timestamp};

/// One call of the Bot API.
#[derive(Clone, Debug)]
pub struct Call {
    /// `sendMessage`, `getUpdates` …
    pub method: String,
    pub params: Map<String, Value>,
    pub files: Vec<Upload>,
}

/// A file that goes with a call, under the parameter's name.
#[derive(Clone, Debug)]
pub struct Upload {
    pub field: String,
    pub file_name: String,
    pub bytes: Vec<u8>,
}

impl Call {
    pub fn new(method: impl Into<String>, params: Value) -> Self {
        let params = match params {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        Self { method: method.into(), params, files: Vec::new() }
    }
}

/// How a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Telegram answered with a refusal.
    #[error("{code}: {text}")]
    Refused {
        code: i64,
        /// `description` as Telegram wrote it.
        text: String,
        retry_after: Option<Span>,
        migrate_to: Option<ChatId>,
    },
    /// Telegram surely did not get it (no connection).
    #[error("not sent: {0}")]
    NotSent(String),
    /// Telegram may have got it (connection lost, time out, garbage for an answer, 5xx).
    #[error("no answer: {0}")]
    NoAnswer(String),
}

/// The one way to Telegram: the network, the emulator, or a transcript.
pub trait Door: Send + Sync {
    /// The time Telegram's last answer bore.
    fn told(&self) -> Option<Timestamp> {
        None
    }

    /// How much Telegram's clock is ahead of ours.
    fn ahead(&self) -> Span {
        Span::ZERO
    }

    /// The `result` of the answer.
    fn call(&self, call: Call) -> BoxFuture<'_, Result<Value, Fault>>;

    /// New updates, each as it was written. Asking from `offset` on lets Telegram forget all before it.
    fn poll<'a>(
        &'a self,
        offset: i64,
        limit: u8,
        timeout: Span,
        allowed: &'a [&'a str],
    ) -> BoxFuture<'a, Result<Vec<Box<RawValue>>, Fault>> {
        let answer = self.call(updates_wanted(offset, limit, timeout, allowed));
        async move {
            let Value::Array(updates) = answer.await? else {
                return Err(Fault::NoAnswer("updates are not a list".to_owned()));
            };
            let raw = updates.iter().map(to_raw_value).collect::<Result<_, _>>();
            raw.map_err(|error| Fault::NoAnswer(error.to_string()))
        }
        .boxed()
    }
}

fn updates_wanted(offset: i64, limit: u8, timeout: Span, allowed: &[&str]) -> Call {
    let params = json!({"offset": offset, "limit": limit, "timeout": timeout.as_secs(), "allowed_updates": allowed});
    Call::new("getUpdates", params)
}
