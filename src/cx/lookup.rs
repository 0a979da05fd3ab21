//! Looking settings up by their paths, for features that show or change them.

use serde_json::Value;

use super::Finding;
use crate::model::ChatId;

/// The settings of every chat: the operator's file, and over it what administrators changed in the chat.
pub trait Lookup: Sync {
    /// The value at `path` (`checkin.answer`) as it holds in a chat. None where the section is missing: its feature is
    /// off.
    fn value(&self, chat: ChatId, path: &str) -> Option<Value>;

    /// The same as the file alone has it.
    fn written(&self, chat: ChatId, path: &str) -> Option<Value>;

    /// The staff chat a chat goes by, as it is written.
    fn staff_chat(&self, chat: ChatId) -> Option<ChatId>;

    /// What would be wrong with the chat's settings if `path` were `value` there; empty when nothing is.
    fn mistakes(&self, chat: ChatId, path: &str, value: &Value) -> Vec<Finding>;
}
