//! Which settings hold where: the operator's files, and over them what administrators changed in the chat.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use crate::cx::{Finding, Lookup};
use crate::features::{Compiled, Settings, Shared};
use crate::model::ChatId;
use crate::store::overrides::Override;

/// The settings of everybody.
#[derive(Clone)]
pub struct Book {
    /// Where the files are: relative paths in settings start there.
    folder: PathBuf,
    listed: HashMap<ChatId, Entry>,
    /// For chats no file names, when the operator serves them.
    open: Option<Shared>,
    /// Stands in where nothing is known of a chat: built-in texts, no feature that needs a section.
    bare: Shared,
    /// Settings of single chats, with what administrators changed there.
    changed: HashMap<ChatId, Shared>,
    /// Supergroups, by the basic group they were when the operator wrote its number down.
    moved: HashMap<ChatId, ChatId>,
}

#[derive(Clone)]
struct Entry {
    slug: Arc<str>,
    settings: Shared,
}

/// What holds for a chat.
pub struct Found<'a> {
    pub settings: &'a Shared,
    /// The operator wants it served.
    pub allowed: bool,
}

impl Book {
    /// `communities` by name; `open` for chats that none of them lists.
    pub fn new(folder: PathBuf, communities: Vec<(String, Shared)>, open: Option<Shared>) -> Self {
        let mut listed = HashMap::new();
        // A staff chat goes by the first file that names it and has strikes: orders given there are heard by these, and
        // sent on to the community they are for.
        let mut staffed: HashMap<ChatId, Entry> = HashMap::new();
        let strikes = |settings: &Shared| settings.settings.strikes.is_some();
        for (slug, settings) in communities {
            let slug = settings.common.id.clone().unwrap_or(slug);
            let entry = Entry { slug: slug.into(), settings };
            listed.extend(entry.settings.common.chats.iter().map(|chat| (ChatId(*chat), entry.clone())));
            if let Some(staff) = entry.settings.common.staff_chat()
                && staffed.get(&staff).is_none_or(|known| !strikes(&known.settings) && strikes(&entry.settings))
            {
                staffed.insert(staff, entry);
            }
        }
        listed.extend(staffed);
        let (bare, _) = Compiled::new(&Settings::default(), &folder);
        Self { folder, listed, open, bare: Arc::new(bare), changed: HashMap::new(), moved: HashMap::new() }
    }

    /// Takes in what administrators changed, replacing what was known of it. What no longer fits is left out and told.
    pub fn apply(&mut self, overrides: &[Override]) -> Vec<(ChatId, String)> {
        let mut by_chat: BTreeMap<ChatId, BTreeMap<String, serde_json::Value>> = BTreeMap::new();
        for it in overrides {
            by_chat.entry(it.chat).or_default().insert(it.name.clone(), it.value.clone());
        }
        self.changed.clear();
        let mut refused = Vec::new();
        for (chat, changes) in by_chat {
            if self.entry(chat).is_none() && self.open.is_none() {
                // Nobody serves it: there is nothing its changes could be laid over.
                continue;
            }
            let (settings, wrong) = self.of(chat).settings.settings.with_overrides(&changes);
            let (compiled, findings) = Compiled::new(&settings, &self.folder);
            refused.extend(wrong.into_iter().map(|name| (chat, name)));
            if findings.is_empty() {
                self.changed.insert(chat, Arc::new(compiled));
            } else {
                refused.extend(findings.into_iter().map(|finding| (chat, finding.path)));
            }
        }
        refused
    }

    /// Lays what the database knows over the files and nothing else: the groups that have another number now, and what
    /// administrators changed. What no longer fits is left out and told.
    pub fn fit(&mut self, moved: &[(ChatId, ChatId)], overrides: &[Override]) -> Vec<(ChatId, String)> {
        self.moved.clear();
        for (from, to) in moved {
            self.moved(*from, *to);
        }
        self.apply(overrides)
    }

    /// A listed basic group goes on as a supergroup.
    pub fn moved(&mut self, from: ChatId, to: ChatId) {
        let first = self.moved.get(&from).copied().unwrap_or(from);
        self.moved.insert(to, first);
        if let Some(settings) = self.changed.remove(&from) {
            self.changed.insert(to, settings);
        }
    }

    pub fn of(&self, chat: ChatId) -> Found<'_> {
        let changed = self.changed.get(&chat);
        match (self.entry(chat), &self.open) {
            (Some(entry), _) => Found { settings: changed.unwrap_or(&entry.settings), allowed: true },
            (None, Some(open)) => Found { settings: changed.unwrap_or(open), allowed: true },
            (None, None) => Found { settings: &self.bare, allowed: false },
        }
    }

    /// The name of a chat's community: the `id` in its file or the file's name, or its own.
    pub fn slug(&self, chat: ChatId) -> String {
        self.entry(chat).map_or_else(|| format!("chat:{chat}"), |entry| format!("file:{}", entry.slug))
    }

    /// The file that lists a chat, under its number of now or the one it had as a basic group.
    fn entry(&self, chat: ChatId) -> Option<&Entry> {
        let written = self.moved.get(&chat).unwrap_or(&chat);
        self.listed.get(&chat).or_else(|| self.listed.get(written))
    }

    /// For what belongs to no chat.
    pub fn bare(&self) -> &Shared {
        &self.bare
    }
}

impl Lookup for Book {
    fn value(&self, chat: ChatId, path: &str) -> Option<serde_json::Value> {
        self.of(chat).settings.settings.value(path)
    }

    fn written(&self, chat: ChatId, path: &str) -> Option<serde_json::Value> {
        let file = self.entry(chat).map(|entry| &entry.settings).or(self.open.as_ref());
        file.unwrap_or(&self.bare).settings.value(path)
    }

    fn staff_chat(&self, chat: ChatId) -> Option<ChatId> {
        self.of(chat).settings.common.staff_chat()
    }

    fn mistakes(&self, chat: ChatId, path: &str, value: &serde_json::Value) -> Vec<Finding> {
        match self.of(chat).settings.settings.with_override(path, value) {
            Ok(settings) => {
                let (_, findings) = Compiled::new(&settings, &self.folder);
                findings
            }
            Err(error) => {
                vec![Finding { path: path.to_owned(), reason: error.to_string(), hint: None, beside: None, flaw: None }]
            }
        }
    }
}
