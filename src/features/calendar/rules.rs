//! The calendar computed: which post comes when, and whose turn it is in its bank. The bot posts by it, `/calendar` and
//! `steward plan` show it.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde::Serialize;

use super::settings::Poll;
use crate::model::effect::{File, Keyboard};
use crate::model::schedule::{Late, Schedule};
use crate::model::{ChatId, Span, Text, Timestamp, rotation};

/// The calendar of a community, checked.
pub struct Rules {
    pub posts: Vec<Ready>,
    pub zone: Tz,
    /// Changes with the settings.
    pub version: i64,
}

/// A post, checked.
pub struct Ready {
    pub id: String,
    pub schedule: Schedule,
    /// What it says; of several one at a time, in turns.
    pub items: Vec<Item>,
    pub topic: Option<i64>,
    pub pin: bool,
    pub silent: bool,
    pub keyboard: Keyboard,
    pub late: Late,
    pub owner: Option<String>,
    /// The chats it is for; empty for every group.
    pub chats: Vec<ChatId>,
}

/// One text or poll of a post.
pub struct Item {
    pub pick: i64,
    pub title: String,
    pub body: Body,
}

pub enum Body {
    Message { text: Text, photo: Option<File> },
    Poll(Poll),
}

/// When each text was last used, by post and fingerprint.
pub type Used = HashMap<String, HashMap<i64, Timestamp>>;

/// One post at one time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Planned {
    pub post: String,
    /// The local date and time that was asked for.
    pub civil: NaiveDateTime,
    pub at: Timestamp,
    pub title: String,
    /// All it says, as people read it.
    pub text: String,
    pub kind: Form,
    pub owner: Option<String>,
    pub pin: bool,
    /// Fingerprint of the text.
    pub pick: i64,
    /// The chats it is for; empty for every group of the community.
    pub chats: Vec<ChatId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    Text,
    Photo,
    Poll,
}

/// What comes after `from` and up to `to`, in order, when `used` was used before.
pub fn plan<'p>(
    posts: impl IntoIterator<Item = &'p Ready>,
    zone: Tz,
    used: &Used,
    from: Timestamp,
    to: Timestamp,
) -> Vec<Planned> {
    let mut planned = Vec::new();
    for post in posts {
        let mut used = used.get(&post.id).cloned().unwrap_or_default();
        for time in post.schedule.between(zone, from, to) {
            let Some(item) = post.turn(&used) else { continue };
            used.insert(item.pick, time.at);
            planned.push(Planned {
                post: post.id.clone(),
                civil: time.civil,
                at: time.at,
                title: item.title.clone(),
                text: item.visible(),
                kind: item.form(),
                owner: post.owner.clone(),
                pin: post.pin,
                pick: item.pick,
                chats: post.chats.clone(),
            });
        }
    }
    // Posts of one instant keep the order in which they are written.
    planned.sort_by_key(|it| it.at);
    planned
}

impl Rules {
    pub fn post(&self, id: &str) -> Option<&Ready> {
        self.posts.iter().find(|post| post.id == id)
    }
}

impl Ready {
    /// The text whose turn it is.
    pub fn turn(&self, used: &HashMap<i64, Timestamp>) -> Option<&Item> {
        let bank: Vec<i64> = self.items.iter().map(|item| item.pick).collect();
        rotation::next(&bank, used).map(|place| &self.items[place])
    }

    pub fn item(&self, pick: i64) -> Option<&Item> {
        self.items.iter().find(|item| item.pick == pick)
    }

    /// Whether it comes at this very instant.
    pub fn comes_at(&self, zone: Tz, at: Timestamp) -> bool {
        self.schedule.between(zone, at - Span::from_millis(1), at).next().is_some()
    }
}

impl Item {
    /// All it says, as people read it.
    pub fn visible(&self) -> String {
        match &self.body {
            Body::Message { text, .. } => text.visible(),
            Body::Poll(poll) => format!("{}\n· {}", poll.question, poll.options.join("\n· ")),
        }
    }

    fn form(&self) -> Form {
        match &self.body {
            Body::Message { photo: None, .. } => Form::Text,
            Body::Message { photo: Some(_), .. } => Form::Photo,
            Body::Poll(_) => Form::Poll,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::London;
    use proptest::prelude::*;

    use super::*;
    use crate::model::schedule::When;

    fn post(bank: i64, at: &[&str]) -> Ready {
        let when = When { at: at.iter().map(|at| at.parse().unwrap()).collect(), ..When::default() };
        let body = |n: i64| Body::Message { text: Text::plain(&n.to_string()), photo: None };
        Ready {
            id: "post".into(),
            schedule: when.schedule().unwrap(),
            items: (0..bank).map(|pick| Item { pick, title: pick.to_string(), body: body(pick) }).collect(),
            topic: None,
            pin: false,
            silent: false,
            keyboard: Keyboard::default(),
            late: Late::default(),
            owner: None,
            chats: Vec::new(),
        }
    }

    proptest! {
        #[test]
        fn planning_in_parts_gives_the_same_calendar(bank in 1..6_i64, hours in 1..300_i64, start in 0..20_000_i64) {
            let posts = [post(bank, &["01:30", "20:00"])];
            let from = Timestamp::from_secs(1_770_000_000) + Span::hours(start);
            let (middle, to) = (from + Span::hours(hours), from + Span::hours(500));
            let whole = plan(&posts, London, &Used::new(), from, to);
            let mut parts = plan(&posts, London, &Used::new(), from, middle);
            let mut used = Used::new();
            for it in &parts {
                used.entry(it.post.clone()).or_default().insert(it.pick, it.at);
            }
            parts.extend(plan(&posts, London, &used, middle, to));
            prop_assert_eq!(parts, whole);
        }
    }
}
