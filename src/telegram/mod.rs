//! The Telegram edge: updates in, requests out.
//!
//! The only place that knows teloxide and Telegram's JSON. Everything goes through one narrow door, [`Door::call`].

pub mod emulator;

use futures::future::BoxFuture;
use serde_json::{Map, Value};

use crate::model::{ChatId, Span};

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
    /// The `result` of the answer.
    fn call(&self, call: Call) -> BoxFuture<'_, Result<Value, Fault>>;
}
