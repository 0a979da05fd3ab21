//! A second opinion on a message: what a language model is asked, and what it says.

use serde::{Deserialize, Serialize};

use super::{ChatId, Lang, Span};

/// A message to be looked at by a language model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consult {
    /// The group it was written in, which hears the answer. The model is not told.
    pub chat: ChatId,
    /// The case it is about.
    pub case: i64,
    pub endpoint: Endpoint,
    pub text: String,
    /// Who wrote it is new in the group.
    pub newcomer: bool,
    /// What the answer is to be written in.
    pub lang: Lang,
}

/// Where the model is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    pub url: String,
    pub model: String,
    pub key: KeySource,
    pub time_limit: Span,
}

/// Where the key is; it is read when it is needed, and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    None,
    /// An environment variable.
    Variable(String),
    /// A file.
    File(String),
}

/// What a message most likely is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaning {
    Ad,
    Innocent,
    Unsure,
}

/// What the model makes of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    pub leaning: Leaning,
    /// The model's words: one short line, not to be trusted.
    pub because: String,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoOpinion {
    /// Nobody is asked here.
    Nobody,
    /// The key cannot be read.
    Key,
    Unreachable,
    /// The answer did not come in time.
    Late,
    /// The service asks to be left alone for a while.
    Busy,
    Refused,
    Redirected,
    /// The answer is too long to be one.
    Large,
    /// The answer is not what was asked for.
    Garbled,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advised {
    pub case: i64,
    pub opinion: Result<Opinion, NoOpinion>,
}
