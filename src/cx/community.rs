//! What every feature needs to know of a community.

use std::collections::BTreeMap;

use crate::model::schedule::Zone;
use crate::model::{ChatId, Lang};

/// The part of a community's settings that belongs to no feature; what each means stands with
/// [`crate::features::Settings`].
#[derive(Clone, Debug)]
pub struct Common {
    pub id: Option<String>,
    pub name: String,
    pub purpose: String,
    pub chats: Vec<i64>,
    pub staff_chat: Option<i64>,
    pub staff: Vec<i64>,
    pub timezone: Zone,
    pub language: Lang,
    pub texts: BTreeMap<String, String>,
}

/// What a chat is to its community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Group,
    Staff,
    Private,
}

impl Default for Common {
    fn default() -> Self {
        Self {
            id: None,
            name: String::new(),
            purpose: String::new(),
            chats: Vec::new(),
            staff_chat: None,
            staff: Vec::new(),
            timezone: Zone(chrono_tz::Asia::Shanghai),
            language: Lang::Zh,
            texts: BTreeMap::new(),
        }
    }
}

impl Common {
    /// The staff chat as it is written; a basic group may have another number by now.
    pub fn staff_chat(&self) -> Option<ChatId> {
        self.staff_chat.map(ChatId)
    }
}
