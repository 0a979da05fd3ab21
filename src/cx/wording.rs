//! Trying an own wording out before it is taken, so that what is wrong with it is told at once and not when it is first
//! shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr};
use minijinja::{Environment, ErrorKind, Value};

use super::phrases::{environment, nearest};
use crate::model::text::{MESSAGE_MAX, TagProblem, tag_problem};
use crate::model::{Lang, Text};

/// Characters that a name or another value adds to a text, at most.
pub(super) const SAMPLE: usize = 64;
/// Values of one template that are tried in all their forms: more of them make too many combinations.
const TRIED: usize = 6;
/// How many levels of lists within lists stand in for a value.
const DEEP: usize = 5;

/// What is wrong with a wording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The template cannot be read or fails, in the words of its engine.
    Template(String),
    /// It uses a value there is none of.
    Value {
        name: String,
        known: &'static [&'static str],
        nearest: Option<String>,
    },
    Tags(TagProblem),
    /// Characters with its values, more than a message holds.
    Long(usize),
}

impl Flaw {
    /// What is wrong, for who wrote it.
    pub fn told(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Template(error), Lang::Zh) => format!("模板写法有误：{error}"),
            (Self::Template(error), Lang::En) => format!("the template cannot be used: {error}"),
            (Self::Value { name, known, .. }, Lang::Zh) => match known {
                [] => format!("没有变量 `{name}`，这里没有变量可用"),
                _ => format!("没有变量 `{name}`，可以用：{}", known.join("、")),
            },
            (Self::Value { name, known, .. }, Lang::En) => {
                let list = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                format!("there is no value `{name}` here; there are: {list}")
            }
            (Self::Tags(problem), _) => problem.told(lang),
            (Self::Long(length), Lang::Zh) => {
                format!("算上变量有 {length} 个字，一条消息最多 {MESSAGE_MAX} 个")
            }
            (Self::Long(length), Lang::En) => {
                format!("has {length} characters with its values; a message holds {MESSAGE_MAX}")
            }
        }
    }

    /// What may have been meant.
    pub fn hint(&self) -> Option<String> {
        if let Self::Value { nearest, .. } = self { nearest.clone() } else { None }
    }
}

/// Everything wrong with a template that may use the values `known`, where the items of lists have fields called like the
/// `words`.
pub(super) fn flaws(template: &str, known: &'static [&'static str], words: BTreeSet<String>) -> Vec<Flaw> {
    let mut own = environment();
    if let Err(error) = own.add_template_owned("wording", template.to_owned()) {
        return vec![Flaw::Template(in_short(&error))];
    }
    let used = own.get_template("wording").map(|template| template.undeclared_variables(true)).unwrap_or_default();
    let strange: BTreeSet<&String> = used
        .iter()
        .filter(|name| !known.iter().any(|known| known == name || known.starts_with(&format!("{name}."))))
        .collect();
    if !strange.is_empty() {
        let value = |name: &String| Flaw::Value { name: name.clone(), known, nearest: nearest(name, known) };
        return strange.into_iter().map(value).collect();
    }
    let used: Vec<&'static str> = known.iter().filter(|known| used.contains(**known)).copied().collect();
    let trial = Trial { own, known, words: Arc::new(words) };
    trial.run(&used)
}

/// An error without the template it is in, which is before the writer's eyes.
fn in_short(error: &minijinja::Error) -> String {
    let line = error.line().filter(|line| *line > 1).map(|line| format!(" (line {line})")).unwrap_or_default();
    match error.detail() {
        Some(detail) => format!("{}: {detail}{line}", error.kind()),
        None => format!("{}{line}", error.kind()),
    }
}

/// What stands in for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A list, a table or whatever it is asked to be, but no number.
    Thing,
    Number,
    Words,
}

struct Trial {
    own: Environment<'static>,
    known: &'static [&'static str],
    words: Arc<BTreeSet<String>>,
}

impl Trial {
    /// Finds forms of the values with which the template works, and looks at what it shows with them, and without each.
    fn run(&self, used: &[&'static str]) -> Vec<Flaw> {
        let mut first = None;
        for forms in combinations(used) {
            match self.shown(&forms, &[]) {
                Ok(full) => {
                    let mut flaws = looked_at(&full);
                    let absent = used.iter().map(|name| vec![*name]).chain([used.to_vec()]);
                    for absent in absent {
                        // A list that is never empty in truth may fail here.
                        flaws.extend(self.shown(&forms, &absent).iter().flat_map(looked_at));
                    }
                    let mut seen = Vec::new();
                    flaws.retain(|flaw| !seen.contains(flaw) && (seen.push(flaw.clone()), true).1);
                    return flaws;
                }
                Err(error) => drop(first.get_or_insert(error)),
            }
        }
        // Whether it fails may depend on what no sample shows.
        let open = used.len() > TRIED && first.as_ref().is_some_and(|it| it.kind() == ErrorKind::InvalidOperation);
        first.filter(|_| !open).map(|error| Flaw::Template(in_short(&error))).into_iter().collect()
    }

    fn shown(&self, forms: &BTreeMap<&'static str, Form>, absent: &[&str]) -> Result<Text, minijinja::Error> {
        let mut values: BTreeMap<&str, Value> = BTreeMap::new();
        let mut inner: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
        for name in self.known {
            let there = !absent.contains(name);
            let value = match forms.get(name).unwrap_or(&Form::Thing) {
                Form::Thing => Value::from_object(Sample { words: Arc::clone(&self.words), there, deep: 0 }),
                Form::Number => Value::from(if there { 7 } else { 0 }),
                Form::Words => Value::from(if there { stand_in() } else { String::new() }),
            };
            match name.split_once('.') {
                Some((outer, field)) => drop(inner.entry(outer).or_default().insert(field, value)),
                None => drop(values.insert(name, value)),
            }
        }
        values.extend(inner.into_iter().map(|(outer, fields)| (outer, Value::from(fields))));
        Ok(Text::from_template(self.own.get_template("wording")?.render(values)?))
    }
}

/// All forms that these values may have together, the likeliest first; of many values only the simplest.
fn combinations(used: &[&'static str]) -> Vec<BTreeMap<&'static str, Form>> {
    let all = [Form::Thing, Form::Number, Form::Words];
    if used.len() > TRIED {
        return all.map(|form| used.iter().map(|name| (*name, form)).collect()).to_vec();
    }
    used.iter().fold(vec![BTreeMap::new()], |some, name| {
        let with = |forms: &BTreeMap<&'static str, Form>, form| {
            let mut forms = forms.clone();
            forms.insert(*name, form);
            forms
        };
        some.iter().flat_map(|forms| all.map(|form| with(forms, form))).collect()
    })
}

fn looked_at(text: &Text) -> Vec<Flaw> {
    let long = Some(text.visible_len()).filter(|length| *length > MESSAGE_MAX).map(Flaw::Long);
    tag_problem(text.html()).map(Flaw::Tags).into_iter().chain(long).collect()
}

fn stand_in() -> String {
    "名".repeat(SAMPLE)
}

/// Stands in for a value of any kind: reads as words, and is a list of two such with every field that is known.
struct Sample {
    words: Arc<BTreeSet<String>>,
    /// Without it there is nothing to see and the list is empty.
    there: bool,
    deep: usize,
}

impl Sample {
    fn inner(&self) -> Value {
        Value::from_object(Self { words: Arc::clone(&self.words), there: self.there, deep: self.deep + 1 })
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sample")
    }
}

impl Object for Sample {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let known = key.as_str().is_none_or(|field| self.words.contains(field));
        (known && self.there && self.deep < DEEP).then(|| self.inner())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let more = self.there && self.deep < DEEP;
        if more { Enumerator::Values(vec![self.inner(), self.inner()]) } else { Enumerator::Empty }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.there
    }

    fn custom_cmp(self: &Arc<Self>, _: &DynObject) -> Option<std::cmp::Ordering> {
        Some(std::cmp::Ordering::Equal)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.there { f.write_str(&stand_in()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cx::{Phrase, Phrases};

    const ONE: Phrase = Phrase {
        key: "test.one",
        zh: "{{ name }}{% if today.topic %}{{ today.topic }}{% endif %}",
        en: "{% for person in people %}{{ person.name }}{% endfor %}{{ count }}",
        values: &["name", "people", "count", "today.topic"],
    };

    fn told(template: &str) -> Vec<String> {
        let flaws = Phrases::new([&ONE]).check("test.one", template);
        flaws.iter().map(|flaw| flaw.told(Lang::En)).collect()
    }

    #[test]
    fn a_wording_is_measured_as_people_read_it() {
        let tags = "<a href=\"https://example.org/a/long/address\">字</a>".repeat(200);
        for (template, fits) in [
            (tags, true),
            ("字".repeat(MESSAGE_MAX), true),
            ("字".repeat(MESSAGE_MAX + 1), false),
            (format!("{}{{{{ name }}}}", "字".repeat(MESSAGE_MAX - SAMPLE)), true),
            (format!("{}{{{{ name }}}}", "字".repeat(MESSAGE_MAX - SAMPLE + 1)), false),
            (format!("{}{{% if name %}}{}{{% endif %}}", "字".repeat(4000), "字".repeat(4000)), false),
            (format!("{}{{% if not name %}}{}{{% endif %}}", "字".repeat(4000), "字".repeat(4000)), false),
        ] {
            assert_eq!(told(&template).is_empty(), fits, "{}", template.len());
        }
    }

    #[test]
    fn what_works_is_taken() {
        for template in [
            "好",
            "{{ name }}",
            "{{ name | upper | trim }}",
            "{{ count - 1 }}{{ people | length }}",
            "{{ people | length - count }}",
            "{% for person in people %}{{ loop.index }}. {{ person.name }}{% if not loop.last %}、{% endif %}{% endfor %}",
            "{{ people | map(attribute='name') | join(', ') }}",
            "{% for group in people | groupby('name') %}{{ group.grouper }}{{ group.list | length }}{% endfor %}",
            "{% if count > 1 %}<b>{{ count }}</b>{% endif %}",
            "{% if today %}{{ today.topic or '无' }}{% endif %}",
            "{{ people | first }}",
            "{{ 's' if count != 1 }}{{ count ~ name }}",
        ] {
            assert_eq!(told(template), Vec::<String>::new(), "{template}");
        }
    }

    #[test]
    fn what_would_fail_when_it_is_shown_is_found_before() {
        for (template, says) in [
            ("{{ name", "syntax error"),
            ("{% if name %}", "syntax error"),
            ("{{ nam }} {{ peple }}", "no value `nam`"),
            ("{{ today.topik }}", "no value `today.topik`"),
            ("{{ name | shout }}", "unknown filter"),
            ("{% for person in people %}{{ person.nmae }}{% endfor %}", "undefined value"),
            ("{% include 'other' %}", "template not found"),
            ("{{ name + 1 - people }}{{ name | length - people }}", "invalid operation"),
            ("{% for i in range(99999) %}{{ i }}{% endfor %}", ""),
            ("<b>{{ name }}", "`<b>` is not closed"),
            ("<h1>{{ name }}</h1>", "no tag `<h1>`"),
            ("{% if name %}<b>{% endif %}好</b>", "`</b>` closes"),
            ("{% if not today.topic %}<i>{% endif %}好", "`<i>` is not closed"),
            ("1 < 2", "`<` that begins no tag"),
        ] {
            assert!(told(template).first().is_some_and(|flaw| flaw.contains(says)), "{template}: {:?}", told(template));
        }
        assert_eq!(told("{{ nam }} {{ peple }}").len(), 2, "all at once");
        assert_eq!(told(&format!("<b>{}", "字".repeat(5000))).len(), 2, "all at once");
    }
}
