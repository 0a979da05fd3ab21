//! Holding a file against the schema of its settings, without stopping at the first mistake.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mend::{Mend, Mistake};
use super::problem::{nearest, quoted};
use super::read::{Formats, Places, below};
use super::schema;
use super::shape::{Shape, tag};
use super::value::{amount, choice_words, described, kind, listed, word, wrong};

pub(super) struct Walk<'a> {
    places: &'a Places,
    formats: Formats<'a>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(places: &'a Places, formats: Formats<'a>) -> Self {
        Self { places, formats }
    }

    /// What is wrong with a whole file.
    pub(super) fn file(&self, shape: &Shape<'_>, table: &DeTable<'_>) -> Vec<Mistake> {
        self.table(&shape.alternatives(), table, "")
    }

    /// What is wrong with a value that has to fit one of the options.
    fn value(&self, options: &[Shape<'_>], value: &Spanned<DeValue<'_>>, path: &str) -> Vec<Mistake> {
        let found = kind(value.get_ref());
        let fitting: Vec<_> = options.iter().filter(|option| option.accepts(found)).cloned().collect();
        match value.get_ref() {
            _ if fitting.is_empty() => vec![self.wrong_kind(options, value, path)],
            DeValue::Table(table) => self.table(&fitting, table, path),
            DeValue::Array(items) => fewest(fitting.iter().map(|shape| {
                let own = amount(shape, items.len(), "minItems", "maxItems");
                let own = own.map(|(reason, hint)| Mistake {
                    problem: self.places.problem(path, reason, hint),
                    mend: Mend::Same,
                });
                let each = items.iter().enumerate().flat_map(|(index, item)| {
                    self.value(&shape.item(index).alternatives(), item, &format!("{path}[{index}]"))
                });
                own.into_iter().chain(each).collect()
            })),
            scalar => {
                let wrong = wrong(&fitting, scalar, self.formats);
                wrong.map(|(reason, hint)| self.mistake(path, reason, hint, &fitting)).into_iter().collect()
            }
        }
    }

    fn table(&self, options: &[Shape<'_>], table: &DeTable<'_>, path: &str) -> Vec<Mistake> {
        if let Some(tag) = tag(options) {
            return self.tagged(options, tag, table, path);
        }
        // The keys people write tell which option they mean.
        let knows = |option: &Shape<'_>, key: &str| option.key(key).is_some() || nearest(key, option.keys()).is_some();
        let known = |option: &&Shape<'_>| table.keys().filter(|key| knows(option, key.get_ref())).count();
        let most = options.iter().map(|option| known(&option)).max();
        let meant = options.iter().filter(|option| Some(known(option)) == most);
        fewest(meant.map(|option| self.keys(option, table, path)))
    }

    /// What is wrong with a table whose `tag` says which of the options it is.
    fn tagged(&self, options: &[Shape<'_>], tag: &str, table: &DeTable<'_>, path: &str) -> Vec<Mistake> {
        let word = table.get(tag).map(|value| value.get_ref().as_str());
        let meant = |option: &&Shape<'_>| word == Some(option.key(tag).and_then(|word| word.text("const")));
        let meant: Vec<_> = options.iter().filter(meant).collect();
        if !meant.is_empty() {
            return fewest(meant.into_iter().map(|option| self.keys(option, table, path)));
        }
        // Whichever is meant, what fits none of them is a mistake.
        let rules = |key: &str| -> Vec<_> {
            let rules = options.iter().filter_map(|option| option.key(key));
            rules.flat_map(|rules| rules.alternatives()).collect()
        };
        let mut problems = self.unknown_keys(options, table, path);
        if word.is_none() {
            problems.extend(self.missing(tag, &rules(tag), path, &problems));
        }
        for (key, value) in table {
            let rules = rules(key.get_ref());
            if !rules.is_empty() {
                problems.extend(self.value(&rules, value, &below(path, key.get_ref())));
            }
        }
        problems
    }

    /// What is wrong with the keys of a table and their values, when nothing is left to choose.
    fn keys(&self, shape: &Shape<'_>, table: &DeTable<'_>, path: &str) -> Vec<Mistake> {
        let mut problems = self.unknown_keys(std::slice::from_ref(shape), table, path);
        for key in shape.required().filter(|key| !table.contains_key(*key)) {
            let options = shape.key(key).map(|shape| shape.alternatives()).unwrap_or_default();
            problems.extend(self.missing(key, &options, path, &problems));
        }
        for (key, value) in table {
            if let Some(shape) = shape.key(key.get_ref()) {
                problems.extend(self.value(&shape.alternatives(), value, &below(path, key.get_ref())));
            }
        }
        problems
    }

    /// Keys that none of the options knows.
    fn unknown_keys(&self, options: &[Shape<'_>], table: &DeTable<'_>, path: &str) -> Vec<Mistake> {
        const FEW: usize = 12;
        let mut known: Vec<_> = options.iter().flat_map(Shape::keys).collect();
        let mut seen = std::collections::HashSet::new();
        known.retain(|key| seen.insert(*key));
        let reason = match known.len() {
            1..=FEW => format!("unknown key; known here: {}", listed(known.iter().copied())),
            _ => "unknown key".to_owned(),
        };
        let unknown = table.keys().filter(|key| options.iter().all(|option| option.key(key.get_ref()).is_none()));
        unknown
            .map(|key| {
                let free = known.iter().copied().filter(|known| !table.contains_key(*known));
                let hint = nearest(key.get_ref(), free).map(str::to_owned);
                let problem = self.places.problem_of_key(&below(path, key.get_ref()), &reason, hint.clone());
                Mistake { problem, mend: Mend::Name(hint) }
            })
            .collect()
    }

    /// A key that has to be there and is not, unless one of the `unknown` keys is this one mistyped.
    fn missing(&self, key: &str, options: &[Shape<'_>], path: &str, unknown: &[Mistake]) -> Option<Mistake> {
        if unknown.iter().any(|unknown| unknown.problem.hint.as_deref() == Some(key)) {
            return None;
        }
        let choices: Vec<_> = options.iter().flat_map(choice_words).collect();
        let example = options.iter().find_map(schema::example);
        let reason = match example {
            _ if !choices.is_empty() => format!("missing; it is one of {}", listed(choices)),
            Some(example) => format!("missing; for example {key} = {example}"),
            None => "missing".to_owned(),
        };
        let mend = Mend::Key { table: path.to_owned(), key: key.to_owned(), forms: forms(None, options) };
        Some(Mistake { problem: self.places.problem(&below(path, key), reason, None), mend })
    }

    fn wrong_kind(&self, options: &[Shape<'_>], value: &Spanned<DeValue<'_>>, path: &str) -> Mistake {
        let wants = |kind| options.iter().any(|option| option.accepts(kind));
        let reason = format!("expected {}, found {}", described(options), word(kind(value.get_ref())));
        let heading = self.places.heading(path);
        let hint = match value.get_ref() {
            DeValue::Table(_) => heading.filter(|_| wants("array")).map(|heading| format!("[{heading}]")),
            DeValue::Array(_) => {
                heading.filter(|_| wants("object")).map(|heading| heading[1..heading.len() - 1].to_owned())
            }
            // What stands where a table belongs may be what that table keeps secret.
            _ if wants("object") => {
                let problem = self.places.problem_of_key(path, reason, None);
                return Mistake { problem, mend: Mend::Value(forms(None, options)) };
            }
            scalar => self.rewritten(options, scalar, path),
        };
        self.mistake(path, reason, hint, options)
    }

    /// The value written so that it fits the options: in quotes or without, as a list of one.
    fn rewritten(&self, options: &[Shape<'_>], scalar: &DeValue<'_>, path: &str) -> Option<String> {
        let source = self.places.source(path)?;
        let bare = match scalar {
            DeValue::String(text) => text.trim(),
            _ => source.strip_suffix(".0").unwrap_or(source),
        };
        [bare.to_owned(), quoted(source), format!("[{source}]")].into_iter().find_map(|form| {
            let value = DeValue::parse(&form).ok()?;
            if !options.iter().any(|option| option.accepts(kind(value.get_ref()))) {
                return None;
            }
            match self.value(options, &value, path).as_slice() {
                [] => Some(form),
                [only] => only.problem.hint.clone(),
                _ => None,
            }
        })
    }

    /// A mistake in a value that has to fit one of the options.
    fn mistake(&self, path: &str, reason: String, hint: Option<String>, options: &[Shape<'_>]) -> Mistake {
        let mend = Mend::Value(forms(hint.clone(), options));
        Mistake { problem: self.places.problem(path, reason, hint), mend }
    }
}

/// What may stand instead of a mistake, as TOML, the likeliest first.
fn forms(hint: Option<String>, options: &[Shape<'_>]) -> Vec<String> {
    let mut forms: Vec<_> = hint.into_iter().filter(|hint| DeValue::parse(hint).is_ok()).collect();
    for form in options.iter().flat_map(schema::samples) {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// The mistakes of the option that has fewest.
fn fewest(options: impl Iterator<Item = Vec<Mistake>>) -> Vec<Mistake> {
    options.min_by_key(Vec::len).unwrap_or_default()
}
