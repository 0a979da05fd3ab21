//! What an operator may set about lists of words.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::insults;
use super::list::List;
use crate::cx::{Compile, Files};
use crate::model::{Measure, Span};

static LISTS: Files<List> = Files::new();

/// Lists of one community.
const MOST_LISTS: usize = 20;

/// Words the community does not want, by lists with versions. Staff are never judged by them, and what trusted members write
/// is shown to the staff at most. Found however they are dressed up, Latin words as a whole, Russian ones from
/// their beginning. Needs `[strikes]`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What is done about insults at a person, by built-in lists for Chinese, English and Russian: `queue` shows them to the
    /// staff, `hold`, `delete` and `strike` as below. Default: none, nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insults: Option<Measure>,
    /// Lists of your own. Default: none.
    #[schemars(extend("examples" = [[{ "file": "sensitive.txt", "action": "hold" }]]))]
    pub files: Vec<Listed>,
    /// How long the hint to who wrote something that was deleted stays in the group. Default: `1m`.
    #[schemars(extend("examples" = ["1m"]))]
    pub hint_for: Span,
}

/// A list of your own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// A file beside this one: `version: …` first, then a word or a few on each line; `#` begins a comment, `!` a line of
    /// words that are innocent though a listed word stands in them. `[hold]` on a line of its own says what is done about
    /// the words below it, `word = hold` about one. A changed file is read again by itself; one with mistakes changes nothing.
    #[schemars(extend("examples" = ["sensitive.txt"]))]
    pub file: String,
    /// What is done where the file does not say: `queue` shows the message to the staff and lets it stand, `hold` takes it
    /// out until they have decided, `delete` deletes it with a hint to its writer, `strike` counts it like an ad.
    /// Default: `queue`.
    #[serde(default = "queue")]
    pub action: Measure,
}

fn queue() -> Measure {
    Measure::Queue
}

impl Default for Settings {
    fn default() -> Self {
        Self { insults: None, files: Vec::new(), hint_for: Span::minutes(1) }
    }
}

/// A list that is looked through.
pub struct Source {
    /// How it is called on cards and in figures.
    pub name: String,
    pub is_insults: bool,
    pub list: Arc<List>,
    /// What is done where the list does not say.
    pub standard: Measure,
}

impl Settings {
    /// Reads the lists, reporting everything wrong.
    pub fn sources(&self, compile: &mut Compile<'_>) -> Vec<Source> {
        if self.insults.is_none() && self.files.is_empty() {
            compile.wrong("", "without `insults` and `files` there is nothing to look for");
        }
        if !compile.has("strikes") {
            compile.wrong("", "needs `[strikes]`, which shows messages to the staff and deletes them");
        }
        if !(Span::secs(5)..=Span::hours(47)).contains(&self.hint_for) {
            compile.wrong("hint_for", "must be from 5s (to be read) to 47h (to be deletable)");
        }
        let mut sources: Vec<Source> = Vec::new();
        if let Some(standard) = self.insults {
            let built_in = insults::lists().iter().map(|(language, list)| {
                let name = format!("insults.{language}");
                Source { name, is_insults: true, list: Arc::clone(list), standard }
            });
            sources.extend(built_in);
            need_staff("insults", &sources, compile);
        }
        if self.files.len() > MOST_LISTS {
            compile.wrong("files", format!("at most {MOST_LISTS} lists, not {}", self.files.len()));
        }
        for (index, listed) in self.files.iter().enumerate().take(MOST_LISTS) {
            let key = format!("files[{index}].file");
            if self.files[..index].iter().any(|other| other.file == listed.file) {
                compile.wrong(&key, format!("`{}` is named twice", listed.file));
                continue;
            }
            let path = compile.named(&listed.file);
            match LISTS.get(&path, List::open) {
                Ok(list) => {
                    let name = std::path::Path::new(&listed.file).file_name();
                    let name = name.map_or_else(|| listed.file.clone(), |name| name.to_string_lossy().into_owned());
                    let source = Source { name, is_insults: false, list, standard: listed.action };
                    need_staff(&format!("files[{index}]"), std::slice::from_ref(&source), compile);
                    sources.push(source);
                }
                Err(wrong) => wrong.iter().for_each(|why| compile.wrong(&key, format!("{}: {why}", path.display()))),
            }
        }
        sources
    }
}

/// What is to be shown to the staff needs a staff chat.
fn need_staff(key: &str, sources: &[Source], compile: &mut Compile<'_>) {
    let asks = sources.iter().any(|source| source.list.can(source.standard, Measure::asks_staff));
    if asks && compile.common.staff_chat.is_none() {
        compile.wrong(key, "`queue` and `hold` need a `staff_chat`: nobody would decide");
    }
}
