//! Every sentence the bot can say, in both languages; operators may reword each.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Rest;
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter, filters};

use super::wording::{Flaw, flaws};
use crate::model::bidi::isolated;
use crate::model::text::MESSAGE_MAX;
use crate::model::{Lang, Text};

/// A built-in text: a template in each language and the values it may use.
#[derive(Clone, Copy, Debug)]
pub struct Phrase {
    /// `feature.what`.
    pub key: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Names of the values a wording may use (`today.topic` for a value inside another).
    pub values: &'static [&'static str],
}

/// A text without values, such as what a setting, one of its choices or its form is called.
pub const fn label(key: &'static str, zh: &'static str, en: &'static str) -> Phrase {
    Phrase { key, zh, en, values: &[] }
}

/// The texts of one community: the built-in ones and the operator's own wordings over them.
#[derive(Clone)]
pub struct Phrases {
    built_in: Arc<BuiltIn>,
    own: Option<Arc<Environment<'static>>>,
}

struct BuiltIn {
    templates: Environment<'static>,
    values: BTreeMap<&'static str, &'static [&'static str]>,
}

/// How much work one template of an operator's may cost before it is stopped.
const FUEL: u64 = 50_000;

/// HTML that needs no escaping any more.
pub fn safe(text: &Text) -> Value {
    Value::from_safe_string(text.html().to_owned())
}

pub(super) fn environment() -> Environment<'static> {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.set_formatter(set_in);
    templates.add_filter(JOIN, filters::join);
    templates.add_filter("join", join);
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_fuel(Some(FUEL));
    templates
}

/// `join` as it comes with the templates.
const JOIN: &str = "joined";

/// Writes a value into a text: escaped, and with its direction kept to itself.
fn set_in(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str().filter(|_| !value.is_safe()).map(isolated) {
        Some(Cow::Owned(text)) => escape_formatter(out, state, &Value::from(text)),
        _ => escape_formatter(out, state, value),
    }
}

/// `join` that writes each item as it would stand alone: with a joiner that is safe it does.
fn join(state: &mut State<'_, '_>, args: Rest<Value>) -> Result<Value, Error> {
    let mut args = args.0;
    if args.len() == 1 {
        args.push(Value::from(""));
    }
    if let Some(joiner) = args.get_mut(1).filter(|joiner| joiner.as_str().is_some()) {
        *joiner = Value::from_safe_string(state.format(joiner.clone())?);
    }
    state.apply_filter(JOIN, &args)
}

impl Phrases {
    /// # Panics
    /// When a built-in template cannot be read, which a test excludes.
    pub fn new<'p>(list: impl IntoIterator<Item = &'p Phrase>) -> Self {
        let mut templates = environment();
        let mut values = BTreeMap::new();
        for phrase in list {
            for (lang, source) in [(Lang::Zh, phrase.zh), (Lang::En, phrase.en)] {
                templates
                    .add_template_owned(name(lang, phrase.key), source)
                    .unwrap_or_else(|error| panic!("built-in text {}: {error:#}", phrase.key));
            }
            values.insert(phrase.key, phrase.values);
        }
        Self { built_in: Arc::new(BuiltIn { templates, values }), own: None }
    }

    /// The same texts with own wordings, which [`Phrases::check`] has found good.
    #[must_use]
    pub fn with(&self, wordings: &BTreeMap<String, String>) -> Self {
        if wordings.is_empty() {
            return self.clone();
        }
        let mut own = environment();
        for (key, template) in wordings {
            if let Err(error) = own.add_template_owned(key.clone(), template.clone()) {
                tracing::error!(key, %error, "a wording that was checked cannot be read");
            }
        }
        Self { built_in: Arc::clone(&self.built_in), own: Some(Arc::new(own)) }
    }

    /// Renders a text. A wording that fails falls back to the built-in one.
    pub fn render(&self, lang: Lang, key: &str, values: &Value) -> Text {
        if let Some(template) = self.own.as_ref().and_then(|own| own.get_template(key).ok()) {
            match template.render(values) {
                Ok(html) => return Text::from_template(html.trim_end().to_owned()).cut(MESSAGE_MAX),
                Err(error) => tracing::warn!(key, error = format!("{error:#}"), "an own wording failed"),
            }
        }
        let rendered =
            self.built_in.templates.get_template(&name(lang, key)).and_then(|template| template.render(values));
        match rendered {
            Ok(html) => Text::from_template(html.trim_end().to_owned()).cut(MESSAGE_MAX),
            Err(error) => {
                tracing::error!(key, error = format!("{error:#}"), "a built-in text failed");
                Text::plain(key)
            }
        }
    }

    /// Everything wrong with a wording.
    pub fn check(&self, key: &str, template: &str) -> Vec<Flaw> {
        let sources: String = Lang::ALL.into_iter().filter_map(|lang| self.source(lang, key)).collect();
        let words = sources.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').map(str::to_owned).collect();
        flaws(template, self.values(key), words)
    }

    pub(super) fn why_unknown(&self, key: &str) -> Option<String> {
        (!self.built_in.values.contains_key(key)).then(|| format!("there is no text `{key}`"))
    }

    pub(super) fn nearest(&self, key: &str) -> Option<String> {
        nearest(key, &self.built_in.values.keys().copied().collect::<Vec<_>>())
    }

    /// The values a text may use.
    pub fn values(&self, key: &str) -> &'static [&'static str] {
        self.built_in.values.get(key).copied().unwrap_or_default()
    }

    /// The template of a built-in text.
    pub fn source(&self, lang: Lang, key: &str) -> Option<String> {
        let template = self.built_in.templates.get_template(&name(lang, key)).ok()?;
        Some(template.source().to_owned())
    }

    /// Keys of all texts, in order.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.built_in.values.keys().copied()
    }
}

fn name(lang: Lang, key: &str) -> String {
    format!("{}/{key}", lang.code())
}

pub(super) fn nearest(word: &str, known: &[&str]) -> Option<String> {
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(word, known), known))
        .filter(|(distance, known)| *distance <= known.len().max(3) / 2)
        .min()
        .map(|(_, known)| (*known).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Phrase = Phrase { key: "test.one", zh: "{{ name }}", en: "{{ name }}", values: &["name", "people"] };

    #[test]
    fn names_keep_their_direction_to_themselves() {
        let phrases = Phrases::new([&ONE]).with(&BTreeMap::from([(
            "test.one".to_owned(),
            "{{ name }}: {{ people | map(attribute='name') | join(', ') }} {{ people | length }}".to_owned(),
        )]));
        let people = |names: [&str; 2]| names.map(|name| minijinja::context! { name }).to_vec();
        let shown = |name: &str, names| {
            phrases.render(Lang::En, "test.one", &minijinja::context! { name, people => people(names) })
        };
        assert_eq!(shown("Ann", ["Bob", "<i>"]).html(), "Ann: Bob, &lt;i&gt; 2");
        assert_eq!(
            shown("\u{202e}נור", ["<שלום>", "Bob"]).html(),
            "\u{2068}נור\u{2069}: \u{2068}&lt;שלום&gt;\u{2069}, Bob 2"
        );
        let safe = safe(&Text::from_template("<b>\u{2068}נור\u{2069}</b>".into()));
        let shown = phrases.render(Lang::En, "test.one", &minijinja::context! { name => safe, people => [0; 0] });
        assert_eq!(shown.html(), "<b>\u{2068}נור\u{2069}</b>:  0");
    }

    #[test]
    fn what_does_not_fit_is_cut() {
        let shown =
            Phrases::new([&ONE]).render(Lang::Zh, "test.one", &minijinja::context! { name => "字".repeat(9000) });
        assert_eq!(shown.visible_len(), MESSAGE_MAX);
    }
}
