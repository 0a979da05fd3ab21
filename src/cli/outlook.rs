//! What will be posted in the chats of a community: by its settings, by what was changed in the chats, and by whose turn
//! it is in each of them.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use chrono::NaiveDateTime;
use serde::Serialize;

use crate::engine::Book;
use crate::features::calendar::{self, Beside, Form, Planned, Ready, Used, Warning};
use crate::features::checkin::{self, Coming, Done, Round};
use crate::features::{Compiled, Shared};
use crate::model::{ChatId, Span, Timestamp};
use crate::store::chats::{self, ChatRow};
use crate::store::{Conn, Db, overrides};

/// More posts than this in a chat on one day are worth a warning.
const MANY: usize = 6;
/// Posts of different features this close crowd each other.
const NEAR: Span = Span::minutes(10);

/// What the database knows: nothing, while there is none.
#[derive(Default)]
pub struct Known {
    db: Option<Db>,
    chats: HashMap<ChatId, ChatRow>,
}

/// Something that will be posted, in all chats in which it is the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// The feature that posts it: `calendar` or `checkin`.
    pub feature: &'static str,
    /// The post's id in the calendar; what check-ins bring otherwise.
    pub post: String,
    pub at: Timestamp,
    /// The local date and time.
    pub civil: NaiveDateTime,
    pub title: String,
    /// All it says, as people read it; none where that depends on who checks in.
    pub text: Option<String>,
    /// What the button under it says.
    pub button: Option<String>,
    pub kind: Form,
    pub owner: Option<String>,
    pub pin: bool,
    /// The chats it comes in; empty where the settings name none.
    pub chats: Vec<ChatId>,
}

/// What is ahead of a community.
pub struct Outlook {
    /// In order.
    pub entries: Vec<Entry>,
    /// What is odd about it.
    pub warnings: Vec<String>,
    /// The community's groups.
    pub groups: Vec<ChatId>,
}

/// One chat of a community.
struct Place<'a> {
    chat: ChatId,
    /// The number in the settings: that of the basic group it was.
    written: ChatId,
    is_staff: bool,
    settings: &'a Compiled,
}

impl Known {
    /// Reads the database, and lays over the settings what was changed in the chats.
    pub async fn read(db: Db, book: &mut Book) -> Result<Self> {
        let mut conn = db.read().await?;
        let chats = chats::load(&mut conn).await?;
        let moved: Vec<(ChatId, ChatId)> = chats.values().filter_map(|row| Some((row.id, row.moved_to?))).collect();
        // What no longer fits is left out here as it is by the bot, which tells it.
        book.fit(&moved, &overrides::all(&mut conn).await?);
        drop(conn);
        Ok(Self { db: Some(db), chats })
    }

    fn current(&self, chat: ChatId) -> ChatId {
        self.chats.get(&chat).and_then(|row| row.moved_to).unwrap_or(chat)
    }

    /// Why nothing is posted in a chat at all.
    fn why_nothing(&self, chat: ChatId) -> Option<String> {
        self.db.as_ref()?;
        match self.chats.get(&chat).filter(|row| row.is_live()) {
            None => Some(format!("the bot is not in {chat}, so nothing is posted there")),
            Some(row) if row.paused.is_some() => {
                Some(format!("{chat} is paused: nothing is posted there until it is resumed"))
            }
            Some(_) => None,
        }
    }
}

impl Outlook {
    /// What comes after `from`, which is now, and up to `to`.
    pub async fn new(
        known: &Known,
        book: &Book,
        settings: &Shared,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Self> {
        let places = places(known, book, settings);
        let mut outlook = Self { entries: Vec::new(), warnings: Vec::new(), groups: Vec::new() };
        let mut warnings: Vec<(String, Vec<ChatId>)> = Vec::new();
        let mut seen: HashMap<(Timestamp, String, Option<String>), usize> = HashMap::new();
        for place in &places {
            if !place.is_staff {
                outlook.groups.push(place.chat);
            }
            let (planned, coming) = place.ahead(known, (from, to)).await?;
            for line in place.warnings(&planned, &coming, (from, to)) {
                match warnings.iter_mut().find(|(known, _)| *known == line) {
                    Some((_, chats)) => chats.push(place.chat),
                    None => warnings.push((line, vec![place.chat])),
                }
            }
            let here = planned.into_iter().map(of_calendar).chain(coming.into_iter().map(of_checkin));
            for entry in here {
                let key = (entry.at, format!("{}/{}", entry.feature, entry.post), entry.text.clone());
                let at = *seen.entry(key).or_insert_with(|| {
                    outlook.entries.push(entry);
                    outlook.entries.len() - 1
                });
                outlook.entries[at].chats.extend(place.id());
            }
        }
        outlook.entries.sort_by_key(|entry| entry.at);
        let silent = places.iter().filter_map(|place| known.why_nothing(place.id()?));
        outlook.warnings.extend(silent);
        for (line, chats) in warnings {
            let everywhere = outlook.groups.iter().all(|group| chats.contains(group));
            outlook.warnings.push(if everywhere { line } else { format!("{line} (in {})", listed(&chats)) });
        }
        Ok(outlook)
    }
}

/// Chats as a line lists them.
pub fn listed(chats: &[ChatId]) -> String {
    chats.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn places<'a>(known: &Known, book: &'a Book, settings: &'a Shared) -> Vec<Place<'a>> {
    let common = &settings.common;
    let staff = common.staff_chat();
    let mut written: Vec<ChatId> = common.chats.iter().copied().map(ChatId).filter(|it| Some(*it) != staff).collect();
    if written.is_empty() && staff.is_none() {
        // Settings for chats that no file names.
        return vec![Place { chat: ChatId(0), written: ChatId(0), is_staff: false, settings }];
    }
    written.extend(staff);
    let place = |written| {
        let chat = known.current(written);
        Place { chat, written, is_staff: Some(written) == staff, settings: book.of(chat).settings }
    };
    written.into_iter().map(place).collect()
}

impl Place<'_> {
    /// None where the settings name no chat.
    fn id(&self) -> Option<ChatId> {
        Some(self.chat).filter(|chat| *chat != ChatId(0))
    }

    fn posts(&self) -> Vec<&Ready> {
        let Some(rules) = self.settings.calendar() else { return Vec::new() };
        let is_for = |post: &&Ready| match post.chats.as_slice() {
            [] => !self.is_staff,
            chats => chats.contains(&self.written) || chats.contains(&self.chat),
        };
        rules.posts.iter().filter(is_for).collect()
    }

    async fn ahead(&self, known: &Known, range: (Timestamp, Timestamp)) -> Result<(Vec<Planned>, Vec<Coming>)> {
        match (&known.db, self.id()) {
            (Some(db), Some(_)) => self.ahead_after(Some(&mut *db.read().await?), range).await,
            _ => self.ahead_after(None, range).await,
        }
    }

    async fn ahead_after(
        &self,
        mut conn: Option<&mut Conn>,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<(Vec<Planned>, Vec<Coming>)> {
        let (mut planned, mut coming) = (Vec::new(), Vec::new());
        if let Some(rules) = self.settings.calendar() {
            let posts = self.posts();
            planned = match conn.as_deref_mut() {
                Some(conn) => calendar::coming(rules, conn, self.chat, posts, from, (from, to)).await?,
                None => calendar::plan(posts, rules.zone, &Used::new(), from, to),
            };
        }
        if let Some(rules) = self.settings.checkin().filter(|_| !self.is_staff) {
            let done = match conn {
                Some(conn) => Done::read(conn, self.chat).await?,
                None => Done::default(),
            };
            let lang = self.settings.common.language;
            coming = checkin::coming(rules, &self.settings.phrases, lang, done, (from, to));
        }
        Ok((planned, coming))
    }

    fn warnings(&self, planned: &[Planned], coming: &[Coming], range: (Timestamp, Timestamp)) -> Vec<String> {
        let zone = self.settings.common.timezone.0;
        let posts = coming.iter().filter(|it| it.round == Round::Post).map(|it| it.time).collect();
        let times = coming.iter().map(|it| it.time.civil.time()).collect();
        let found = calendar::warnings(&self.posts(), zone, planned, &Beside { posts, times }, range, MANY);
        // The staff chat may be quiet.
        let told = found.iter().filter(|it| !(self.is_staff && matches!(it, Warning::Quiet { .. })));
        told.map(Warning::to_string).chain(collisions(planned, coming)).collect()
    }
}

/// Posts of the calendar at nearly the same time as something of check-ins: one line for each pair.
fn collisions(planned: &[Planned], coming: &[Coming]) -> Vec<String> {
    let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for post in planned {
        for other in coming {
            if post.at.since(other.time.at).max(other.time.at.since(post.at)) < NEAR {
                *pairs.entry((&post.post, called(other.round))).or_default() += 1;
            }
        }
    }
    let line = |((post, what), n): (_, usize)| {
        let times = if n == 1 { "once".to_owned() } else { format!("{n} times") };
        format!("`{post}` and the {what} come within 10 minutes of each other, {times}")
    };
    pairs.into_iter().map(line).collect()
}

/// What check-ins bring, in words.
fn called(round: Round) -> &'static str {
    match round {
        Round::Post => "check-in post",
        Round::Nudge => "check-in reminder",
        Round::Summary => "check-in summary",
    }
}

fn of_calendar(it: Planned) -> Entry {
    Entry {
        feature: "calendar",
        post: it.post,
        at: it.at,
        civil: it.civil,
        title: it.title,
        text: Some(it.text),
        button: None,
        kind: it.kind,
        owner: it.owner,
        pin: it.pin,
        chats: Vec::new(),
    }
}

fn of_checkin(it: Coming) -> Entry {
    let (text, button) = it.text.map(|(text, button)| (text.visible(), button)).unzip();
    let post = called(it.round).to_owned();
    Entry {
        feature: "checkin",
        title: post.clone(),
        post,
        at: it.time.at,
        civil: it.time.civil,
        text,
        button,
        kind: Form::Text,
        owner: None,
        pin: it.pin,
        chats: Vec::new(),
    }
}
