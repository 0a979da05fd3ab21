//! Settings made up for the tests, with every shape that real ones have.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::Formats;
use crate::model::{Lang, Span};

/// A community.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sample {
    /// Time zone of every time below.
    #[schemars(extend("format" = "zone", "examples" = ["Asia/Shanghai"]))]
    pub(super) zone: String,
    #[serde(default)]
    pub(super) language: Lang,
    /// Groups it lives in.
    #[serde(default)]
    #[schemars(length(max = 3))]
    pub(super) chats: Vec<i64>,
    #[serde(default)]
    pub(super) bot: Option<Bot>,
    /// What is posted when.
    #[serde(default)]
    pub(super) calendar: Vec<Post>,
    /// What follows each strike.
    #[serde(default)]
    pub(super) ladder: Vec<Step>,
    /// Texts by name.
    #[serde(default)]
    pub(super) texts: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) tiers: BTreeMap<String, Tier>,
}

/// The bot's own account.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Bot {
    pub(super) token: Token,
    /// Requests at once.
    #[serde(default = "four")]
    #[schemars(range(min = 1, max = 8))]
    pub(super) workers: u8,
    #[serde(default)]
    pub(super) verbose: bool,
}

fn four() -> u8 {
    4
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Post {
    pub(super) title: String,
    /// Time of day.
    pub(super) at: When,
    #[serde(default)]
    pub(super) pin: Option<bool>,
    #[serde(default)]
    pub(super) quiet: Option<Quiet>,
}

/// A time, or a word for it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum When {
    Word(Word),
    Clock(#[schemars(extend("format" = "clock"))] String),
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Word {
    /// At twelve.
    Noon,
    Sunrise,
}

/// Hours without posts.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Quiet {
    pub(super) length: Span,
}

/// What is done about a strike.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Step {
    /// Tells why.
    Warn,
    Mute {
        #[serde(rename = "for")]
        length: Span,
    },
    Ban {
        #[serde(default)]
        quiet: Option<Quiet>,
    },
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Tier {
    pub(super) points: Points,
}

/// Refuses what no schema says: odd points.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32")]
pub(super) struct Points(u32);

impl TryFrom<u32> for Points {
    type Error = String;
    fn try_from(points: u32) -> Result<Self, String> {
        if points.is_multiple_of(2) { Ok(Self(points)) } else { Err(format!("{points} points are odd")) }
    }
}

/// Refuses, quoting it, what has no colon.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
pub(super) struct Token(String);

impl TryFrom<String> for Token {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.contains(':') { Ok(Self(text)) } else { Err(format!("{text} has no colon")) }
    }
}

pub(super) const FORMATS: Formats<'static> = &[("zone", zone), ("clock", clock), ("span", span)];

type Checked = Result<(), (String, Option<String>)>;

fn zone(text: &str) -> Checked {
    let known = ["Asia/Shanghai", "Europe/Paris"];
    let near = || known.into_iter().find(|zone| zone.to_lowercase().ends_with(&text.to_lowercase()));
    if known.contains(&text) { Ok(()) } else { Err(("not a time zone".into(), near().map(str::to_owned))) }
}

fn clock(text: &str) -> Checked {
    match text.split_once(':') {
        Some((hour, _)) if hour.parse().is_ok_and(|hour: u8| hour < 24) => Ok(()),
        Some(_) => Err(("not a time of day: hours go from 0 to 23".into(), Some("23:00".into()))),
        None => Err(("not a time of day".into(), None)),
    }
}

fn span(text: &str) -> Checked {
    let hours = Span::parse(&format!("{text}h")).map(|hours| hours.to_string());
    if Span::parse(text).is_some() { Ok(()) } else { Err(("not a length of time".into(), hours)) }
}

pub(super) const GOOD: &str = r#"zone = "Asia/Shanghai"
language = "en"
chats = [-1001, 5]

[bot]
token = "123456:abcdef"
workers = 2
verbose = true

[[calendar]]
title = "早安"
at = "08:00"
pin = true
quiet = { length = "2h" }

[[calendar]]
title = "午休"
at = "noon"
[calendar.quiet]
length = "30分钟"

[[ladder]]
do = "warn"

[[ladder]]
do = "mute"
for = "24h"

[texts]
welcome = "你好 {{ name }}"
"群规" = "…"

[tiers.gold]
points = 200
"#;

/// Settings whose tables and values may have several forms.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Forms {
    #[serde(default)]
    pub(super) jobs: Vec<Job>,
    #[serde(default)]
    pub(super) aim: Option<Aim>,
    #[serde(default)]
    pub(super) prizes: Vec<Prize>,
    #[serde(default)]
    pub(super) pair: Option<(u8, String)>,
    #[serde(default)]
    pub(super) levels: BTreeMap<u8, bool>,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Job {
    #[schemars(length(min = 1, max = 5), regex(pattern = "^[a-z]*$"))]
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) work: Work,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Work {
    Post { text: String },
    Poll { options: Vec<String> },
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Aim {
    Chat(i64),
    Topic(Topic),
    Person(Person),
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Topic {
    pub(super) chat: i64,
    pub(super) topic: i64,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) username: String,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Prize {
    Nothing,
    Points(u32),
    Badge { title: String },
}
