//! What an operator writes about check-ins.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Span;
use crate::model::schedule::{Clock, Late};

/// Daily check-ins: streaks, make-up cards, rewards.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Words that check in, alone or at the head of a message. Default: 打卡, 签到, check in, check-in, checkin.
    pub words: Vec<String>,
    /// When a new day begins: with `04:00`, half past three still belongs to the day before. Default: `00:00`.
    pub day_starts: Clock,
    /// A post each day with a button that checks in. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Post>,
    /// How a check-in in the group is answered: `reply` with a short line that is deleted again, `react` with an emoji,
    /// or `quiet`. Default: `reply`.
    pub answer: Answer,
    /// How long an answer stays in the group. Default: `60s`.
    #[schemars(extend("examples" = ["60s"]))]
    pub answer_for: Span,
    /// What is given at which streak. Default: none.
    pub rewards: Vec<Reward>,
    /// The gifts that rewards name. Default: none.
    pub gifts: BTreeMap<String, Gift>,
    /// Make-up cards, by which members fill days they missed. Default: two a month, for days up to `3d` back.
    pub makeup: Makeup,
    /// When members are reminded whose streak would end today. Default: never.
    #[schemars(extend("examples" = ["21:00"]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<Clock>,
    /// The shortest streak that is worth a reminder. Default: 3.
    #[schemars(range(min = 1))]
    pub remind_from: i64,
    /// Where: in one message in the `group` that names them, or each alone in `private`. In private nobody is named in the
    /// group, and whom the bot may not write to is not reminded. Default: `group`.
    pub remind_in: Place,
    /// When the day is summed up in the group. Default: never.
    #[schemars(extend("examples" = ["22:30"]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary_at: Option<Clock>,
    /// Whether `/top` shows the longest streaks. Default: true.
    pub leaderboard: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            words: ["打卡", "签到", "check in", "check-in", "checkin"].map(str::to_owned).to_vec(),
            day_starts: Clock(NaiveTime::MIN),
            post: None,
            answer: Answer::Reply,
            answer_for: Span::secs(60),
            rewards: Vec::new(),
            gifts: BTreeMap::new(),
            makeup: Makeup::default(),
            remind_at: None,
            remind_from: 3,
            remind_in: Place::Group,
            summary_at: None,
            leaderboard: true,
        }
    }
}

/// The daily check-in post.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// The time of day.
    #[schemars(extend("examples" = ["07:00"]))]
    pub at: Clock,
    /// What it says, without formatting. Default: a line of the bot's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Several texts that take turns, instead of `text`. Default: none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bank: Vec<String>,
    /// The forum topic it goes to. Default: the general one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<i64>,
    /// Pin it in place of yesterday's. Default: false.
    #[serde(default)]
    pub pin: bool,
    /// What becomes of it when the bot was away at its time; once its day is over, it is left out in any case. Default:
    /// `{ within = "12h", then = "skip" }`.
    #[serde(default = "late_post")]
    pub late: Late,
}

/// Its button is of use for most of the day.
fn late_post() -> Late {
    Late { within: Span::hours(12), ..Late::default() }
}

/// How a check-in in the group is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    Reply,
    React,
    Quiet,
}

/// Where somebody is reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Group,
    Private,
}

/// What is given for a streak.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reward {
    /// Days in a row.
    #[schemars(range(min = 1))]
    pub streak: i64,
    /// The gift, by its name under `gifts`.
    pub give: String,
    /// Give it again at every multiple and in every new streak. Default: false, once for ever.
    #[serde(default)]
    pub repeat: bool,
}

/// A gift: a text, a file, or one of many codes; a text may come with either.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gift {
    /// What members call it.
    pub title: String,
    /// What it says, without formatting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A path, an address or the `file_id` of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// A file with a code on each line; each is given once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes: Option<String>,
}

/// Make-up cards.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Makeup {
    /// Cards a member has each month; 0 for none. Default: 2.
    #[schemars(range(min = 0, max = 31))]
    pub per_month: i64,
    /// How far back a day may lie, in whole days. Default: `3d`.
    #[schemars(extend("examples" = ["3d"]))]
    pub within: Span,
}

impl Default for Makeup {
    fn default() -> Self {
        Self { per_month: 2, within: Span::days(3) }
    }
}
