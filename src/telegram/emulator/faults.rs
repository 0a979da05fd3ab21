//! Failures on request: what the network and the server do on a bad day.

use serde::Deserialize;

use super::world::World;
use crate::model::{ChatId, Span};
use crate::telegram::{Call, Fault};

/// A failure to be played when a call fits.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The method, or `*` for any.
    pub method: String,
    #[serde(default)]
    pub chat_id: Option<ChatId>,
    /// Only calls whose parameters, as JSON, contain this.
    #[serde(default)]
    pub contains: Option<String>,
    /// Calls that fit but are let through first.
    #[serde(default)]
    pub skip: u32,
    /// How often it is played.
    #[serde(default = "once")]
    pub times: u32,
    #[serde(default)]
    pub phase: Phase,
    pub action: Action,
}

fn once() -> u32 {
    1
}

/// Whether the call has its effect before it fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    #[default]
    Before,
    AfterAccept,
}

/// What the caller gets instead of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    Status {
        code: i64,
        text: String,
        #[serde(default)]
        retry_after: Option<i64>,
        #[serde(default)]
        migrate_to: Option<ChatId>,
    },
    /// The connection is lost.
    Reset,
    /// There is no connection: the call surely has no effect.
    RefuseConnection,
    /// The answer waits so many milliseconds (over HTTP only), then it is as usual.
    Hang(u64),
    /// Something that is not JSON.
    Garbage,
    /// Half an answer.
    Truncate,
}

impl Rule {
    pub fn new(method: &str, action: Action) -> Self {
        Self {
            method: method.to_owned(),
            chat_id: None,
            contains: None,
            skip: 0,
            times: 1,
            phase: Phase::Before,
            action,
        }
    }

    /// A refusal with this code and text.
    pub fn status(method: &str, code: i64, text: &str) -> Self {
        Self::new(method, Action::Status { code, text: text.to_owned(), retry_after: None, migrate_to: None })
    }

    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    #[must_use]
    pub fn skip(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    #[must_use]
    pub fn after_accept(self) -> Self {
        Self { phase: Phase::AfterAccept, ..self }
    }

    fn fits(&self, call: &Call) -> bool {
        (self.method == "*" || self.method == call.method)
            && self.chat_id.is_none_or(|chat| call.int("chat_id") == Some(chat.0))
            && self.contains.as_ref().is_none_or(|text| {
                serde_json::to_string(&call.params).is_ok_and(|params| params.contains(text.as_str()))
            })
    }
}

impl Action {
    /// As a caller in the same process sees it; none when it is only about time.
    pub(super) fn fault(&self) -> Option<Fault> {
        Some(match self {
            Self::Status { code: 500.., text, .. } => Fault::NoAnswer(text.clone()),
            Self::Status { code, text, retry_after, migrate_to } => Fault::Refused {
                code: *code,
                text: text.clone(),
                retry_after: retry_after.map(Span::secs),
                migrate_to: *migrate_to,
            },
            Self::Reset => Fault::NoAnswer("connection reset".to_owned()),
            Self::RefuseConnection => Fault::NotSent("connection refused".to_owned()),
            Self::Hang(_) => return None,
            Self::Garbage | Self::Truncate => Fault::NoAnswer("the answer is not JSON".to_owned()),
        })
    }
}

impl World {
    /// The failure due for this call, if any; uses up one of its times.
    pub(super) fn failure(&mut self, call: &Call) -> Option<(Phase, Action)> {
        let index = self.faults.iter().position(|rule| rule.fits(call))?;
        let rule = &mut self.faults[index];
        if rule.skip > 0 {
            rule.skip -= 1;
            return None;
        }
        rule.times = rule.times.saturating_sub(1);
        let played = (rule.phase, rule.action.clone());
        if rule.times == 0 {
            self.faults.remove(index);
        }
        Some(played)
    }
}
