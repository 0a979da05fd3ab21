//! The two languages every built-in text exists in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The language a community, or a person in private, is spoken to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Lang {
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    #[serde(rename = "en")]
    En,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The closest language to what a person's app says it speaks (an IETF tag such as `zh-hans`), if it says.
    pub fn of_tag(tag: &str) -> Self {
        if tag.starts_with("zh") { Self::Zh } else { Self::En }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}
