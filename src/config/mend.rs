//! What a file with mistakes would say without them, so that whatever else is wrong with it is told at the same time.
//!
//! Nobody knows how a mistake will be mended. So the file is read in several ways: with each mistake in the nearest valid
//! form, with every other value it may have, and left out. What is wrong in all of them is a mistake of its own; what is
//! wrong in some only comes from how the first was mended.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, Deserializer};

use super::read::below;
use super::{Places, Problem};
use crate::cx::Finding;

/// Ways to mend a file that are tried, at most, besides leaving out what is wrong.
const MOST_WAYS: usize = 8;

/// A mistake in the shape of a file, and how the file would be without it.
pub(super) struct Mistake {
    pub problem: Problem,
    pub mend: Mend,
}

/// What could stand instead of a mistake.
#[derive(Clone, Debug)]
pub(super) enum Mend {
    /// These values, as TOML, the likeliest first.
    Value(Vec<String>),
    /// The key under this name.
    Name(Option<String>),
    /// A key that is missing in the table at `table`, with these values.
    Key { table: String, key: String, forms: Vec<String> },
    /// What stands there: it can be read.
    Same,
}

/// A file in one of the ways it can be mended; as it stands when there is nothing to mend.
#[derive(Debug)]
pub struct Reading<T> {
    pub value: T,
    /// What differs from the file, by its path there.
    touched: BTreeSet<String>,
    /// What of it is left out.
    removed: BTreeSet<String>,
    /// Lists that lack some of their items: where those that are left stand in the file.
    kept: BTreeMap<String, Vec<usize>>,
}

/// A file as far as it can be read.
#[derive(Debug)]
pub struct Draft<T> {
    pub places: Places,
    /// All that is wrong with its shape.
    pub problems: Vec<Problem>,
    /// The ways it can be mended; none when it is no TOML.
    readings: Vec<Reading<T>>,
}

impl<T> Draft<T> {
    /// A file that cannot be read at all.
    pub(super) fn unreadable(places: Places, problems: Vec<Problem>) -> Self {
        Self { places, problems, readings: Vec::new() }
    }

    /// The likeliest way to read the file.
    pub fn likeliest(&self) -> Option<&Reading<T>> {
        self.readings.first()
    }

    /// The file when there is nothing wrong with it.
    pub(super) fn into_good(self) -> Result<(T, Places), Vec<Problem>> {
        match self.readings.into_iter().next() {
            Some(reading) if self.problems.is_empty() => Ok((reading.value, self.places)),
            _ => Err(self.problems),
        }
    }

    /// What `check` finds wrong however the mistakes of shape are mended.
    pub fn check(&self, mut check: impl FnMut(&T) -> Vec<Finding>) -> Vec<Problem> {
        let found: Vec<_> = self.readings.iter().map(|reading| reading.located(check(&reading.value))).collect();
        let is_in = |findings: &[Finding], it: &Finding| {
            findings.iter().any(|other| (&other.path, &other.reason) == (&it.path, &it.reason))
        };
        let mut told: Vec<Finding> = Vec::new();
        for (reading, findings) in self.readings.iter().zip(&found) {
            for finding in findings {
                let mut others = self.readings.iter().zip(&found);
                let is_own = !reading.may_cause(finding)
                    && others.all(|(other, theirs)| other.lacks(&finding.path) || is_in(theirs, finding));
                if is_own && !is_in(&told, finding) {
                    told.push(finding.clone());
                }
            }
        }
        let problem = |it: Finding| self.places.problem(&it.path, it.reason, it.hint);
        told.into_iter().map(problem).collect()
    }
}

impl<T> Reading<T> {
    /// Where the value at `path` stands in the file.
    pub fn in_file(&self, path: &str) -> String {
        let mut place = String::new();
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('[') {
            place.push_str(before);
            let index = after.split(']').next().unwrap_or_default();
            let there = index.parse().ok().and_then(|index: usize| self.kept.get(&place)?.get(index));
            place.push('[');
            place.push_str(&there.map_or_else(|| index.to_owned(), usize::to_string));
            rest = &after[index.len()..];
        }
        place + rest
    }

    /// Whether the value at a path in the file, or the list or table it stands in, is not as the file has it.
    pub fn is_touched(&self, path: &str) -> bool {
        self.touched.iter().any(|touched| is_within(path, touched) || above(touched) == Some(path))
    }

    /// Whether the value at a path in the file is left out.
    fn lacks(&self, path: &str) -> bool {
        self.removed.iter().any(|removed| is_within(path, removed))
    }

    /// Whether a finding may come from how the file was mended.
    fn may_cause(&self, finding: &Finding) -> bool {
        let beside = |path: &str| self.touched.iter().any(|touched| is_within(touched, path));
        self.is_touched(&finding.path) || finding.beside.is_some_and(beside)
    }

    /// Findings with the paths they have in the file. The keys of texts hold dots, so that they stand in quotes.
    fn located(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let path =
            |path: &str| path.strip_prefix("texts.").map_or_else(|| self.in_file(path), |key| below("texts", key));
        findings.into_iter().map(|finding| Finding { path: path(&finding.path), ..finding }).collect()
    }
}

/// Whether `path` is `root` or below it.
fn is_within(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The path of the table or list a value stands in; none for the keys of the file itself.
fn above(path: &str) -> Option<&str> {
    path.rfind(['.', '[']).map(|end| &path[..end])
}

/// The ways to read a file in which `mistakes` were found. What serde refuses although its shape is right is one more.
/// `lost` are tables of which the parser kept but a part.
pub(super) fn draft<T: DeserializeOwned>(
    places: Places,
    root: &Spanned<DeTable<'_>>,
    mistakes: Vec<Mistake>,
    lost: &[String],
    mut problems: Vec<Problem>,
) -> Draft<T> {
    let mut edits = BTreeMap::new();
    for Mistake { problem, mend } in mistakes {
        edits.entry(problem.key.clone()).or_insert(mend);
        problems.push(problem);
    }
    let most = edits.values().map(|mend| mend.forms().len()).max().unwrap_or_default().min(MOST_WAYS);
    let mut readings = Vec::new();
    for way in (0..most).map(Some).chain([None]) {
        let mut editor = Editor {
            edits: &edits,
            way,
            out: BTreeSet::new(),
            touched: BTreeSet::new(),
            removed: BTreeSet::new(),
            kept: BTreeMap::new(),
        };
        let value = editor.read(&places, root, &mut problems);
        editor.touched.extend(lost.iter().cloned());
        readings.extend(value.map(|value| Reading {
            value,
            touched: editor.touched,
            removed: editor.removed,
            kept: editor.kept,
        }));
    }
    problems.sort();
    problems.dedup();
    Draft { places, problems, readings }
}

impl Mend {
    fn forms(&self) -> &[String] {
        match self {
            Self::Value(forms) | Self::Key { forms, .. } => forms,
            Self::Name(name) => name.as_slice(),
            Self::Same => &[],
        }
    }
}

/// Makes a file without its mistakes.
struct Editor<'e> {
    edits: &'e BTreeMap<String, Mend>,
    /// Which of the forms to take; none: leave out what is wrong.
    way: Option<usize>,
    /// What serde does not take.
    out: BTreeSet<String>,
    touched: BTreeSet<String>,
    removed: BTreeSet<String>,
    kept: BTreeMap<String, Vec<usize>>,
}

impl<'e> Editor<'e> {
    /// Reads the file, leaving out what cannot be read. None when that is all of it.
    fn read<T: DeserializeOwned>(
        &mut self,
        places: &Places,
        root: &Spanned<DeTable<'e>>,
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        loop {
            self.touched.clear();
            self.removed.clear();
            self.kept.clear();
            let table = self.table(root.get_ref(), &root.span(), "");
            let error = match T::deserialize(Deserializer::from(Spanned::new(root.span(), table))) {
                Ok(value) => return Some(value),
                Err(error) => error,
            };
            let mut path = places.around(&error).unwrap_or_default();
            // What is wrong with a value made up is no mistake in the file.
            let made_up = |touched: &String| path.is_empty() || is_within(path, touched) || is_within(touched, path);
            if !self.edits.contains_key(path) && !self.touched.iter().any(made_up) {
                problems.push(places.refused(&error));
            }
            // What is left out already was needed by what is around it.
            while self.out.contains(path) {
                path = above(path)?;
            }
            if path.is_empty() {
                return None;
            }
            self.out.insert(path.to_owned());
        }
    }

    fn table(&mut self, table: &DeTable<'e>, span: &Range<usize>, path: &str) -> DeTable<'e> {
        let edits = self.edits;
        let mut made = DeTable::new();
        for (key, value) in table {
            let place = below(path, key.get_ref());
            let mut key = key.clone();
            if let Some(Mend::Name(name)) = edits.get(&place) {
                self.touched.insert(place.clone());
                let Some(name) = self.way.and(name.as_ref()).filter(|name| !table.contains_key(name.as_str())) else {
                    continue;
                };
                self.touched.insert(below(path, name));
                key = Spanned::new(key.span(), name.as_str().into());
            }
            if let Some(value) = self.value(value, &place) {
                made.insert(key, value);
            }
        }
        for mend in edits.values() {
            let Mend::Key { table, key, .. } = mend else { continue };
            if table == path {
                self.touched.insert(below(path, key));
                if let Some(value) = self.form(mend, span.clone()) {
                    made.insert(Spanned::new(span.clone(), key.as_str().into()), value);
                }
            }
        }
        made
    }

    fn value(&mut self, value: &Spanned<DeValue<'e>>, path: &str) -> Option<Spanned<DeValue<'e>>> {
        let edits = self.edits;
        if self.out.contains(path) {
            self.touched.insert(path.to_owned());
            self.removed.insert(path.to_owned());
            return None;
        }
        if let Some(mend @ Mend::Value(_)) = edits.get(path) {
            self.touched.insert(path.to_owned());
            let form = self.form(mend, value.span());
            if form.is_none() {
                self.removed.insert(path.to_owned());
            }
            return form;
        }
        let made = match value.get_ref() {
            DeValue::Table(table) => DeValue::Table(self.table(table, &value.span(), path)),
            DeValue::Array(items) => {
                let mut made = DeArray::new();
                let mut kept = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    if let Some(item) = self.value(item, &format!("{path}[{index}]")) {
                        made.push(item);
                        kept.push(index);
                    }
                }
                if kept.len() < items.len() {
                    self.kept.insert(path.to_owned(), kept);
                }
                DeValue::Array(made)
            }
            scalar => scalar.clone(),
        };
        Some(Spanned::new(value.span(), made))
    }

    /// The form whose turn it is, or the last there is.
    fn form(&self, mend: &'e Mend, span: Range<usize>) -> Option<Spanned<DeValue<'e>>> {
        let form = mend.forms().get(self.way?).or(mend.forms().last())?;
        Some(standing_at(&span, DeValue::parse(form).ok()?.into_inner()))
    }
}

/// A value made up for a place in the file: what serde refuses of it is to be found there.
fn standing_at<'e>(span: &Range<usize>, value: DeValue<'e>) -> Spanned<DeValue<'e>> {
    let value = match value {
        DeValue::Table(table) => {
            let keys = table.into_iter().map(|(key, value)| {
                (Spanned::new(span.clone(), key.into_inner()), standing_at(span, value.into_inner()))
            });
            DeValue::Table(keys.collect())
        }
        DeValue::Array(items) => {
            let mut made = DeArray::new();
            for item in items {
                made.push(standing_at(span, item.into_inner()));
            }
            DeValue::Array(made)
        }
        scalar => scalar,
    };
    Spanned::new(span.clone(), value)
}
