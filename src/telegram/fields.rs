//! One JSON object of Telegram's, read field by field.
//!
//! What is absent, newer than this program or of another type than expected is simply not there: one odd field never
//! costs the rest of the object. That is why updates are not read into structs.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::model::Timestamp;

/// The fields of an object, each still unread.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Fields<'a>(#[serde(borrow)] BTreeMap<&'a str, &'a RawValue>);

impl<'a> Fields<'a> {
    /// Reads the object written in `json`.
    pub fn read(json: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(json)
    }

    /// The field, if it is there and is a `T`.
    pub fn get<T: Deserialize<'a>>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }

    /// The field, if it is there and is an object.
    pub fn object(&self, name: &str) -> Option<Self> {
        self.get(name)
    }

    /// The objects of an array; empty when there is none.
    pub fn objects(&self, name: &str) -> Vec<Self> {
        self.array(name).iter().filter_map(|item| Self::read(item.get()).ok()).collect()
    }

    /// The items of an array, unread; empty when there is none.
    pub fn array(&self, name: &str) -> Vec<&'a RawValue> {
        self.get(name).unwrap_or_default()
    }

    /// Whether the field is there and `true`.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).unwrap_or_default()
    }

    /// The text of the field; empty when there is none.
    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default()
    }

    /// A time in seconds. Telegram writes 0 for "none", "for ever" and "not accessible".
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        self.get(name).filter(|&secs| secs > 0).map(Timestamp::from_secs)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Every field with its unread value, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (*name, *value))
    }
}
