//! Whether a wording can be sent: it is filled in with values made up for it, and read as Telegram and people would.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, Template, Value};

use crate::model::Text;
use crate::model::text::{MESSAGE_MAX, html_problem};

/// Characters that a name or another value adds to a text, at most.
pub(super) const SAMPLE: usize = 64;
/// Lists and tables stand in each other at most this deep.
const DEEP: u8 = 5;
/// Values of one wording that are tried in every mixture of kinds.
const MIXED: usize = 5;

/// Stands for a word, a list of two or a table that has anything.
#[derive(Debug)]
struct Anything {
    /// What stands in its list and its table: numbers, or else more of the same.
    numbers: bool,
    /// How many more stand in each other. Without an end, comparing two of them would have none.
    deep: u8,
}

impl Anything {
    fn value(numbers: bool) -> Value {
        Value::from_object(Self { numbers, deep: DEEP })
    }

    fn inside(&self) -> Value {
        match self.deep.checked_sub(1) {
            _ if self.numbers => Value::from(2),
            Some(deep) => Value::from_object(Self { numbers: false, deep }),
            None => Value::from(word()),
        }
    }
}

impl Object for Anything {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, _: &Value) -> Option<Value> {
        Some(self.inside())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(vec![self.inside(), self.inside()])
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&word())
    }
}

fn word() -> String {
    "名".repeat(SAMPLE)
}

/// Why a wording that may use these values cannot be sent.
pub(super) fn problem(wording: &Template<'_, '_>, values: &[&str]) -> Option<String> {
    let alike = [Anything::value(false), word().into(), 2.into(), 1.into(), 0.into(), "".into()];
    let alike: Vec<_> =
        alike.iter().map(|value| wording.render(filled(values.iter().map(|name| (*name, value))))).collect();
    let shown = if alike.iter().any(Result::is_ok) { alike } else { mixed(wording, values) };
    if shown.iter().all(Result::is_err) {
        return shown.iter().find_map(|shown| shown.as_ref().err()).map(|error| told(error, wording.source()));
    }
    shown.into_iter().flatten().find_map(|html| {
        let length = Text::from_template(html.trim_end().to_owned()).visible_len();
        let too_long = || format!("has {length} characters with its values; a message holds {MESSAGE_MAX}");
        html_problem(&html).or_else(|| (length > MESSAGE_MAX).then(too_long))
    })
}

/// For a wording that counts with one value and goes through another: every mixture of kinds.
fn mixed(wording: &Template<'_, '_>, values: &[&str]) -> Vec<Result<String, Error>> {
    let kinds = [Anything::value(false), Anything::value(true), Value::from(2)];
    let used = wording.undeclared_variables(true);
    let is_used = |name: &&&str| used.iter().any(|used| used == **name || name.starts_with(&format!("{used}.")));
    let used: Vec<_> = values.iter().filter(is_used).take(MIXED).collect();
    let mixtures = 0..kinds.len().pow(u32::try_from(used.len()).unwrap_or_default());
    let mixture = |mut number: usize| {
        let mut all: BTreeMap<_, _> = values.iter().map(|name| (*name, &kinds[0])).collect();
        for name in &used {
            all.insert(**name, &kinds[number % kinds.len()]);
            number /= kinds.len();
        }
        wording.render(filled(all))
    };
    mixtures.map(mixture).collect()
}

/// The values by their names, `today.topic` in a table `today`.
fn filled<'v>(values: impl IntoIterator<Item = (&'v str, &'v Value)>) -> Value {
    let mut plain = BTreeMap::new();
    let mut tables: BTreeMap<&str, BTreeMap<String, Value>> = BTreeMap::new();
    for (name, value) in values {
        match name.split_once('.') {
            Some((table, key)) => drop(tables.entry(table).or_default().insert(key.to_owned(), value.clone())),
            None => drop(plain.insert(name.to_owned(), value.clone())),
        }
    }
    plain.extend(tables.into_iter().map(|(name, table)| (name.to_owned(), Value::from(table))));
    Value::from(plain)
}

/// An error in one line, with where in the template it is.
pub(super) fn told(error: &Error, source: &str) -> String {
    let what = error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    let before = error.range().and_then(|range| source.get(..range.start));
    match (before, error.line()) {
        (Some(before), _) => {
            let line = before.rsplit('\n').next().unwrap_or_default();
            format!("line {}, column {}: {what}", before.matches('\n').count() + 1, line.chars().count() + 1)
        }
        (None, Some(line)) => format!("line {line}: {what}"),
        (None, None) => what,
    }
}
