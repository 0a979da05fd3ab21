//! What check-ins will bring in a chat: for who wants to see it before, and by the same turns for the day's post itself.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use minijinja::context;

use super::daily::Round;
use super::posts;
use super::rules::Rules;
use super::settings::Post;
use crate::cx::Phrases;
use crate::model::schedule::Occurrence;
use crate::model::{ChatId, Day, Lang, Text, Timestamp, rotation};
use crate::store::Conn;

/// What is known of a chat's posts so far.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// When each text was last used, by its fingerprint.
    pub used: HashMap<i64, Timestamp>,
    /// The days that had their post.
    pub days: HashSet<Day>,
}

impl Done {
    pub async fn read(conn: &mut Conn, chat: ChatId) -> Result<Self> {
        let mut done = Self::default();
        for (day, text, at) in posts::posted(conn, chat).await? {
            done.days.insert(day);
            let last = done.used.entry(text).or_insert(at);
            *last = at.max(*last);
        }
        Ok(done)
    }
}

/// Something that will come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    pub round: Round,
    pub time: Occurrence,
    /// What it says and what its button says; none where that depends on who checks in.
    pub text: Option<(Text, String)>,
    pub pin: bool,
}

/// The text whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn<'p> {
    /// Its fingerprint; 0 for the bot's own line.
    pub mark: i64,
    /// None for the bot's own line.
    words: Option<&'p str>,
}

pub fn turn<'p>(post: &'p Post, used: &HashMap<i64, Timestamp>) -> Turn<'p> {
    let bank: Vec<&String> = post.text.iter().chain(&post.bank).collect();
    let marks: Vec<i64> = bank.iter().map(|text| rotation::fingerprint(text)).collect();
    match rotation::next(&marks, used) {
        Some(turn) => Turn { mark: marks[turn], words: Some(bank[turn]) },
        None => Turn { mark: 0, words: None },
    }
}

pub fn text(turn: Turn<'_>, phrases: &Phrases, lang: Lang) -> Text {
    turn.words.map_or_else(|| phrases.render(lang, "checkin.post", &context! {}), Text::plain)
}

/// What the button says when so many have checked in.
pub fn label(phrases: &Phrases, lang: Lang, count: i64) -> String {
    phrases.render(lang, "checkin.button", &context! { count }).visible()
}

/// What comes in a chat after `from` and up to `to`, in order.
pub fn coming(
    rules: &Rules,
    phrases: &Phrases,
    lang: Lang,
    mut done: Done,
    (from, to): (Timestamp, Timestamp),
) -> Vec<Coming> {
    let mut all = Vec::new();
    for round in Round::ALL {
        let Some(schedule) = round.schedule(rules) else { continue };
        for time in schedule.between(rules.zone, from, to) {
            let post = rules.settings.post.as_ref().filter(|_| round == Round::Post);
            let Some(post) = post else {
                all.push(Coming { round, time, text: None, pin: false });
                continue;
            };
            // One post a day.
            if !done.days.insert(rules.day(time.at)) {
                continue;
            }
            let turn = turn(post, &done.used);
            done.used.insert(turn.mark, time.at);
            let text = Some((text(turn, phrases, lang), label(phrases, lang, 0)));
            all.push(Coming { round, time, text, pin: post.pin });
        }
    }
    all.sort_by_key(|it| it.time.at);
    all
}
