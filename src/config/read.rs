//! Reading a settings file so that every mistake in it is told at once, each with its place.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mend::{self, Draft};
use super::problem::{is_secret, quoted, shortened};
use super::process::is_token;
use super::shape::Shape;
use super::walk::Walk;
use super::{Problem, problem, schema};

/// A settings file holds at most this many bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Tables and lists stand in each other at most this deep.
pub const MAX_DEPTH: usize = 32;

/// Says why text is not of a format, and the nearest text that is.
pub type Check = fn(&str) -> Result<(), (String, Option<String>)>;

/// How to check text by the `format` its schema names.
pub type Formats<'a> = &'a [(&'a str, Check)];

/// A file without mistakes.
#[derive(Debug)]
pub struct Read<T> {
    pub value: T,
    pub places: Places,
}

/// Where each key of a file stands, so that later checks can point at it.
#[derive(Debug)]
pub struct Places {
    file: String,
    /// Byte offsets at which lines begin.
    lines: Vec<usize>,
    text: String,
    keys: BTreeMap<String, Place>,
    /// Texts that no problem may show.
    secrets: Vec<String>,
}

#[derive(Clone, Debug)]
struct Place {
    key: Range<usize>,
    value: Range<usize>,
    /// Neither a table nor a list: short enough to be shown.
    scalar: bool,
}

/// Reads `text` as settings; `file` is how problems call it.
///
/// # Errors
/// With every mistake in its shape.
pub fn read<T: DeserializeOwned + JsonSchema>(
    file: &str,
    text: &str,
    formats: Formats<'_>,
) -> Result<Read<T>, Vec<Problem>> {
    draft(file, text, formats).into_good().map(|(value, places)| Read { value, places })
}

/// Reads `text` as settings as far as that can be done.
pub fn draft<T: DeserializeOwned + JsonSchema>(file: &str, text: &str, formats: Formats<'_>) -> Draft<T> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut places = Places::new(file, text);
    if let Err(problems) = places.bounded() {
        return Draft::unreadable(places, problems);
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    let (twice, broken): (Vec<_>, Vec<_>) = errors.into_iter().partition(is_duplicate);
    let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
    // After a mistake of syntax the parser guesses what was meant. Its guesses are no settings, and what it finds wrong
    // with them is no mistake.
    if let Some(first) = broken.iter().min_by_key(|error| start(error)) {
        let mut problems = vec![places.syntax(first)];
        problems.extend(twice.iter().filter(|error| start(error) < start(first)).map(|error| places.syntax(error)));
        problems.sort();
        return Draft::unreadable(places, problems);
    }
    if let Err(problems) = places.table(root.get_ref(), "", 0) {
        return Draft::unreadable(places, problems);
    }
    let schema = schema::json_schema::<T>();
    let mistakes = Walk::new(&places, formats).file(&Shape::new(&schema), root.get_ref());
    let lost: Vec<_> = twice.iter().filter_map(|error| places.header(error)).collect();
    let problems = twice.iter().map(|error| places.syntax(error)).collect();
    mend::draft(places, &root, mistakes, &lost, problems)
}

impl Places {
    fn new(file: &str, text: &str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let root = Place { key: 0..0, value: 0..0, scalar: false };
        Self {
            file: file.to_owned(),
            lines,
            text: text.to_owned(),
            keys: BTreeMap::from([(String::new(), root)]),
            secrets: Vec::new(),
        }
    }

    /// A mistake in the value at `key`. A key that is not in the file stands where the table it belongs in does.
    pub fn problem(&self, key: &str, reason: impl Into<String>, hint: Option<String>) -> Problem {
        let (place, value) = match self.keys.get(key) {
            Some(place) => (place, place.scalar.then(|| shortened(&self.text[place.value.clone()]))),
            None => (self.above(key), None),
        };
        let shows = |value: &String| is_secret(key) || self.shows_secret(value);
        self.at(place.value.start, key, value.filter(|value| !shows(value)), reason, hint)
    }

    /// A mistake in the key itself.
    pub(super) fn problem_of_key(&self, key: &str, reason: impl Into<String>, hint: Option<String>) -> Problem {
        let place = self.keys.get(key).unwrap_or_else(|| self.above(key));
        self.at(place.key.start, key, None, reason, hint)
    }

    /// The value at `key` as the file has it; `None` for tables and lists.
    pub(super) fn source(&self, key: &str) -> Option<&str> {
        let place = self.keys.get(key).filter(|place| place.scalar)?;
        Some(&self.text[place.value.clone()])
    }

    /// The line `[key]` or `[[key]]` that begins the table or list at `key`; `None` when it begins otherwise.
    pub(super) fn heading(&self, key: &str) -> Option<&str> {
        let place = self.keys.get(key).filter(|place| place.value.start < place.key.start)?;
        Some(&self.text[place.value.clone()])
    }

    /// The nearest table or list above `key` that the file has.
    fn above(&self, key: &str) -> &Place {
        let mut ends = key.char_indices().rev().filter(|(_, c)| matches!(c, '.' | '['));
        ends.find_map(|(end, _)| self.keys.get(&key[..end])).unwrap_or(&self.keys[""])
    }

    fn at(
        &self,
        offset: usize,
        key: &str,
        value: Option<String>,
        reason: impl Into<String>,
        hint: Option<String>,
    ) -> Problem {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.partition_point(|start| *start <= offset);
        let before = &self.text[self.lines[line - 1]..offset];
        let mut reason = reason.into();
        for secret in &self.secrets {
            reason = reason.replace(secret, "…");
        }
        Problem {
            file: self.file.clone(),
            place: Some(problem::Place { line, column: before.chars().count() + 1 }),
            key: key.to_owned(),
            value,
            reason,
            hint: hint.filter(|hint| !self.shows_secret(hint)),
        }
    }

    fn shows_secret(&self, text: &str) -> bool {
        self.secrets.iter().any(|secret| text.contains(secret))
    }

    /// Refuses, before it is parsed, what parsing would take too long or too deep for.
    fn bounded(&self) -> Result<(), Vec<Problem>> {
        // The parser bounds brackets, but not dots: each makes a table in a table.
        static DOTS: LazyLock<Regex> = LazyLock::new(|| {
            let name = r#"(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"#;
            let pattern = format!(r"{name}(?:[ \t]*\.[ \t]*{name}){{{MAX_DEPTH}}}");
            Regex::new(&pattern).expect("a constant pattern, and a test compiles it")
        });
        if self.text.len() > MAX_BYTES {
            let reason = format!("the file has more than {MAX_BYTES} bytes");
            return Err(vec![self.at(0, "", None, reason, None)]);
        }
        match DOTS.find(&self.text) {
            Some(key) => Err(vec![self.at(key.start(), "", None, too_deep(), None)]),
            None => Ok(()),
        }
    }

    fn table(&mut self, table: &DeTable<'_>, path: &str, depth: usize) -> Result<(), Vec<Problem>> {
        for (key, value) in table {
            self.value(value, key.span(), &below(path, key.get_ref()), depth + 1)?;
        }
        Ok(())
    }

    fn value(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        key: Range<usize>,
        path: &str,
        depth: usize,
    ) -> Result<(), Vec<Problem>> {
        if depth > MAX_DEPTH {
            return Err(vec![self.at(value.span().start, "", None, too_deep(), None)]);
        }
        let scalar = !matches!(value.get_ref(), DeValue::Table(_) | DeValue::Array(_));
        self.keys.insert(path.to_owned(), Place { key, value: value.span(), scalar });
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, path, depth)?,
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, item.span(), &format!("{path}[{index}]"), depth + 1)?;
                }
            }
            DeValue::Boolean(_) => {}
            scalar if is_secret(path) || scalar.as_str().is_some_and(|text| text.len() > 30 && is_token(text)) => {
                // An error may show the text as it is or as it is written.
                let written = self.text[value.span()].trim_matches(['"', '\'']);
                let texts = [written, scalar.as_str().unwrap_or(written)].map(str::to_owned);
                // Shorter ones are parts of common words.
                self.secrets.extend(texts.into_iter().filter(|text| text.chars().count() >= 6));
            }
            _ => {}
        }
        Ok(())
    }

    fn syntax(&self, error: &toml::de::Error) -> Problem {
        let span = error.span().unwrap_or(0..0);
        if is_duplicate(error) {
            let key = self.text[span.clone()].to_owned();
            return self.at(span.start, &key, None, "this key is given twice", None);
        }
        self.at(span.start, "", None, format!("not TOML: {}", error.message()), None)
    }

    /// The table of which an error says that it is begun twice, by `[its.path]`.
    fn header(&self, error: &toml::de::Error) -> Option<String> {
        let at = error.span()?.start;
        let line = self.lines.partition_point(|start| *start <= at).checked_sub(1)?;
        let line = self.text[self.lines[line]..].lines().next()?;
        let path = line.trim_start().strip_prefix('[')?.split(']').next()?;
        Some(path.trim_start_matches('[').split('.').map(str::trim).collect::<Vec<_>>().join("."))
    }

    /// What serde refuses although the schema allows it: a mistake in the smallest value or key around it.
    pub(super) fn refused(&self, error: &toml::de::Error) -> Problem {
        match self.around(error) {
            Some(key) => self.problem(key, error.message(), None),
            None => self.at(error.span().map_or(0, |span| span.start), "", None, error.message(), None),
        }
    }

    /// The smallest value or key around an error. A table that only tables stand in begins where the first of them does.
    pub(super) fn around(&self, error: &toml::de::Error) -> Option<&str> {
        let span = error.span()?;
        let within = |range: &Range<usize>| range.start <= span.start && span.end <= range.end;
        let around = self.keys.iter().flat_map(|(key, place)| [(key, &place.value), (key, &place.key)]);
        let around = around.filter(|(key, range)| !key.is_empty() && within(range));
        around.min_by_key(|(key, range)| (range.len(), Reverse(key.len()))).map(|(key, _)| key.as_str())
    }
}

/// The path of `key` in the table at `path`.
pub(super) fn below(path: &str, key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let key = if bare { key.to_owned() } else { quoted(key) };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

fn is_duplicate(error: &toml::de::Error) -> bool {
    error.message() == "duplicate key"
}

fn too_deep() -> String {
    format!("more than {MAX_DEPTH} tables or lists in each other")
}
