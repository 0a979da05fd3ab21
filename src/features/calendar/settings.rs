//! What an operator writes of a planned post, and everything that can be wrong with it.

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules::{Body, Item, Ready};
use crate::cx::Compile;
use crate::model::effect::{File, FileKind, FileSource, Key, Keyboard};
use crate::model::rotation::fingerprint;
use crate::model::schedule::{
    Clock, Date, DateOrRange, Late, Schedule, Weekday, When, one_or_many, one_or_many_schema,
};
use crate::model::text::{CAPTION_MAX, MESSAGE_MAX, html_problem};
use crate::model::{ChatId, Span, Text, Timestamp};

/// A topic line is cut to this many characters.
const TITLE_MAX: usize = 40;
/// A post that comes more often than this in 24 hours is a mistake in its schedule.
const TIMES_A_DAY: usize = 24;

/// A post planned ahead: when it comes (`weekdays`, `at`, `every`, `on` or `cron`, on the community's clock) and what it
/// says (one of `text`, `bank`, `poll`, `polls`; `photo` by itself or with `text` or `bank`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Post {
    /// Its name among the posts: small letters, digits, `-` and `_`, at most 32. Renaming a post makes it a new one.
    pub id: String,
    /// The time of day, or several. No default.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "one_or_many_schema::<Clock>")]
    pub at: Vec<Clock>,
    /// The days of the week. Default: every day.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "one_or_many_schema::<Weekday>")]
    pub weekdays: Vec<Weekday>,
    /// Days in words: `2nd sunday of may`, `last friday`, `day 15`, `2 weeks`, 五月第二个周日, 每月15日. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// Single dates. Default: none.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "one_or_many_schema::<Date>")]
    pub on: Vec<Date>,
    /// A cron expression of five fields, or of six with seconds, instead of all the above. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// The first date; intervals are counted from it. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last date. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Dates and ranges of dates (`2026-10-01..2026-10-07`) on which it is left out. Default: none.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "one_or_many_schema::<DateOrRange>")]
    pub skip: Vec<DateOrRange>,
    /// What it is about, in one line for `/calendar` and the welcome. Default: the first line of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it says, in Telegram's HTML; at most 4096 characters, 1024 under a photo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Texts that take turns, none repeating before all had theirs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bank: Vec<String>,
    /// A picture: a file (relative to the folder of the settings), an address, or a `file_id` of Telegram's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// A poll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// Polls that take turns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub polls: Vec<Poll>,
    /// The forum topic to post in, by its thread id. Default: General.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<i64>,
    /// Pin it; the one of this post pinned before is unpinned. Default: false.
    pub pin: bool,
    /// Post without a sound. Default: false.
    pub silent: bool,
    /// Buttons with links under it, one to a row. Default: none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// What becomes of it when the bot was away at its time. Default: `{ within = "30m", then = "skip" }`.
    pub late: Late,
    /// Who of the staff looks after it; shown in the staff chat. Default: nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Only these of the community's chats (the staff chat may be one). Default: all its groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chats: Vec<i64>,
}

/// A poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Poll {
    /// At most 300 characters.
    pub question: String,
    /// 2 to 12, each at most 100 characters.
    pub options: Vec<String>,
    /// Several may be chosen. Default: false.
    pub multiple: bool,
    /// Nobody sees who chose what, the bot included: `/stats` cannot tell who took part. Default: true.
    pub anonymous: bool,
    /// The right option, written as in `options`, makes it a quiz. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correct: Option<String>,
}

impl Default for Poll {
    fn default() -> Self {
        Self { question: String::new(), options: Vec::new(), multiple: false, anonymous: true, correct: None }
    }
}

/// A button with a link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Button {
    /// At most 64 characters.
    pub text: String,
    /// Where it leads: `https://…`.
    pub url: String,
}

/// Checks all posts, reporting every mistake; posts with any are left out.
pub fn compile(posts: &[Post], compile: &mut Compile<'_>) -> Vec<Ready> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut ready = Vec::new();
    for (place, post) in posts.iter().enumerate() {
        let mut check = Check { compile: &mut *compile, place };
        check.id(&post.id);
        if let Some(first) = places.insert(&post.id, place) {
            check.wrong("id", format!("`{}` is the id of [[calendar]] number {} already", post.id, first + 1));
        }
        check.buttons(post);
        check.chats(post);
        if post.topic.is_some_and(|topic| topic <= 0) {
            check.wrong("topic", "a thread id is a number above 0");
        }
        let schedule = check.schedule(post);
        let items = check.items(post);
        let Some(schedule) = schedule else { continue };
        ready.push(Ready {
            id: post.id.clone(),
            schedule,
            items,
            topic: post.topic,
            pin: post.pin,
            silent: post.silent,
            keyboard: Keyboard(post.buttons.iter().map(|it| vec![Key::open(&it.text, &it.url)]).collect()),
            late: post.late,
            owner: post.owner.clone(),
            chats: post.chats.iter().copied().map(ChatId).collect(),
        });
    }
    ready
}

/// One post being checked.
struct Check<'c, 'a> {
    compile: &'c mut Compile<'a>,
    place: usize,
}

impl Check<'_, '_> {
    fn wrong(&mut self, key: &str, reason: impl Into<String>) {
        self.compile.wrong(&format!("[{}].{key}", self.place), reason);
    }

    fn verbatim(&mut self, key: &str, text: &str) {
        self.compile.verbatim(&format!("[{}].{key}", self.place), text);
    }

    fn id(&mut self, id: &str) {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if id.is_empty() {
            self.wrong("id", "every post needs an id, such as `morning-topic`");
        } else if id.len() > 32 || !id.chars().all(fits) {
            self.wrong("id", format!("`{id}`: an id is at most 32 small letters, digits, `-` and `_`"));
        }
    }

    fn schedule(&mut self, post: &Post) -> Option<Schedule> {
        let when = When {
            at: post.at.clone(),
            weekdays: post.weekdays.clone(),
            every: post.every.clone(),
            on: post.on.clone(),
            cron: post.cron.clone(),
            from: post.from,
            until: post.until,
            skip: post.skip.clone(),
        };
        let schedule = match when.schedule() {
            Ok(schedule) => schedule,
            Err(problems) => {
                for problem in problems {
                    let key = format!("[{}].{}", self.place, problem.field);
                    self.compile.wrong(&key, format!("{}; {}", problem.reason, problem.hint));
                }
                return None;
            }
        };
        // Enough to meet any hour and weekday of a schedule that is too frequent.
        let zone = self.compile.common.timezone.0;
        let times: Vec<Timestamp> = schedule.occurrences(zone, Timestamp(0)).take(1000).map(|it| it.at).collect();
        if times.windows(TIMES_A_DAY + 1).any(|some| some[TIMES_A_DAY].since(some[0]) < Span::hours(24)) {
            let key = if post.cron.is_some() { "cron" } else { "at" };
            self.wrong(key, format!("comes more than {TIMES_A_DAY} times a day"));
            return None;
        }
        Some(schedule)
    }

    fn buttons(&mut self, post: &Post) {
        for (n, button) in post.buttons.iter().enumerate() {
            self.verbatim(&format!("buttons[{n}].text"), &button.text);
            if button.text.trim().is_empty() || button.text.chars().count() > 64 {
                self.wrong(&format!("buttons[{n}].text"), "a button says something in at most 64 characters");
            }
            let known = ["http", "https", "tg"];
            if !url::Url::parse(&button.url).is_ok_and(|url| known.contains(&url.scheme())) {
                self.wrong(&format!("buttons[{n}].url"), format!("`{}` is no address like https://…", button.url));
            }
        }
        if !post.buttons.is_empty() && (post.poll.is_some() || !post.polls.is_empty()) {
            self.wrong("buttons", "a poll has no buttons");
        }
    }

    fn chats(&mut self, post: &Post) {
        let common = self.compile.common;
        for (n, chat) in post.chats.iter().enumerate() {
            if !common.chats.contains(chat) && common.staff_chat != Some(*chat) {
                let key = format!("[{}].chats[{n}]", self.place);
                self.compile.wrong_beside(&key, "chats", format!("{chat} is not one of this community's `chats`"));
            }
        }
    }

    fn items(&mut self, post: &Post) -> Vec<Item> {
        let contents = [
            ("text", post.text.is_some()),
            ("bank", !post.bank.is_empty()),
            ("poll", post.poll.is_some()),
            ("polls", !post.polls.is_empty()),
        ];
        let given: Vec<&str> = contents.iter().filter(|(_, given)| *given).map(|(key, _)| *key).collect();
        match *given.as_slice() {
            [] if post.photo.is_none() => self.wrong("text", "says nothing: write `text`, `bank`, `photo` or `poll`"),
            [] if post.title.is_none() => self.wrong("title", "a photo without a text needs a title"),
            [first, second, ..] => self.wrong(second, format!("cannot stand beside `{first}`: leave one out")),
            ["poll" | "polls"] if post.photo.is_some() => self.wrong("photo", "a poll has no photo"),
            _ => {}
        }
        let title = post.title.as_deref().map(str::trim);
        if title.is_some_and(|title| title.is_empty() || title.chars().count() > TITLE_MAX || title.contains('\n')) {
            self.wrong("title", format!("must be one line of at most {TITLE_MAX} characters"));
        }
        self.verbatim("title", post.title.as_deref().unwrap_or_default());
        let photo = post.photo.as_deref().map(|photo| self.photo(photo));
        let mut items = Vec::new();
        for (n, text) in post.text.iter().chain(&post.bank).enumerate() {
            let key = if post.text.is_some() { "text".to_owned() } else { format!("bank[{n}]") };
            self.text(&key, text, if photo.is_some() { CAPTION_MAX } else { MESSAGE_MAX });
            let text = Text::from_template(text.trim().to_owned());
            let title = title.map_or_else(|| first_line(&text.visible()), str::to_owned);
            let pick = fingerprint(text.html());
            items.push(Item { pick, title, body: Body::Message { text, photo: photo.clone() } });
        }
        for (n, poll) in post.poll.iter().chain(&post.polls).enumerate() {
            let key = if post.poll.is_some() { "poll".to_owned() } else { format!("polls[{n}]") };
            self.poll(&key, poll);
            let title = title.map_or_else(|| first_line(&poll.question), str::to_owned);
            let pick = fingerprint(&format!("{}\n{}", poll.question, poll.options.join("\n")));
            items.push(Item { pick, title, body: Body::Poll(poll.clone()) });
        }
        if let (true, Some(photo)) = (items.is_empty(), photo) {
            let pick = fingerprint(post.photo.as_deref().unwrap_or_default());
            let title = title.unwrap_or_default().to_owned();
            items.push(Item { pick, title, body: Body::Message { text: Text::default(), photo: Some(photo) } });
        }
        let mut seen = HashSet::new();
        for (n, item) in items.iter().enumerate() {
            if !seen.insert(item.pick) {
                self.wrong(&format!("{}[{n}]", given.first().unwrap_or(&"bank")), "is in the bank already");
            }
        }
        items
    }

    fn text(&mut self, key: &str, text: &str, max: usize) {
        self.verbatim(key, text);
        let length = Text::from_template(text.trim().to_owned()).visible_len();
        if let Some(problem) = html_problem(text) {
            self.wrong(key, problem);
        } else if length == 0 {
            self.wrong(key, "is empty");
        } else if length > max {
            self.wrong(key, format!("has {length} characters; Telegram takes at most {max} here"));
        }
    }

    fn poll(&mut self, key: &str, poll: &Poll) {
        self.verbatim(&format!("{key}.question"), &poll.question);
        for (n, option) in poll.options.iter().enumerate() {
            self.verbatim(&format!("{key}.options[{n}]"), option);
        }
        let within = |text: &str, max| (1..=max).contains(&text.trim().chars().count());
        if !within(&poll.question, 300) {
            self.wrong(&format!("{key}.question"), "a question has 1 to 300 characters");
        }
        if !(2..=12).contains(&poll.options.len()) {
            self.wrong(&format!("{key}.options"), format!("has {}; a poll has 2 to 12", poll.options.len()));
        }
        let mut seen = HashSet::new();
        for (n, option) in poll.options.iter().enumerate() {
            if !within(option, 100) {
                self.wrong(&format!("{key}.options[{n}]"), "an option has 1 to 100 characters");
            } else if !seen.insert(option.trim()) {
                self.wrong(&format!("{key}.options[{n}]"), "is an option already");
            }
        }
        match &poll.correct {
            Some(right) if !poll.options.contains(right) => {
                self.wrong(&format!("{key}.correct"), format!("`{right}` is not one of the options"));
            }
            Some(_) if poll.multiple => self.wrong(&format!("{key}.multiple"), "a quiz has one right answer"),
            _ => {}
        }
    }

    fn photo(&mut self, photo: &str) -> File {
        let source = if photo.starts_with("https://") || photo.starts_with("http://") {
            FileSource::Url(photo.to_owned())
        } else if is_file_id(photo) {
            FileSource::Id(photo.to_owned())
        } else {
            let path = self.compile.file(&format!("[{}].photo", self.place), photo);
            FileSource::Path(path.to_string_lossy().into_owned())
        };
        File { kind: FileKind::Photo, source }
    }
}

/// Telegram's ids of files are long and have no dot; names of files have one.
fn is_file_id(text: &str) -> bool {
    text.len() >= 30 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    match line.char_indices().nth(TITLE_MAX) {
        None => line.to_owned(),
        Some(_) => line.chars().take(TITLE_MAX - 1).chain(['…']).collect(),
    }
}
