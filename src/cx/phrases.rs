//! Every sentence the bot can say, in both languages; operators may reword each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use super::wording::{self, told};
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

fn environment() -> Environment<'static> {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_fuel(Some(FUEL));
    templates
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

    /// Why a wording cannot be used, and what may have been meant: it is no template, uses what there is not, or comes to
    /// what Telegram does not take.
    pub fn check(&self, key: &str, template: &str) -> Result<(), (String, Option<String>)> {
        let allowed = self.built_in.values.get(key).copied().unwrap_or_default();
        let mut templates = environment();
        // Without it errors do not say where they are.
        templates.set_debug(true);
        let unread =
            |error: minijinja::Error| (format!("the template cannot be read: {}", told(&error, template)), None);
        templates.add_template_owned("wording", template.to_owned()).map_err(unread)?;
        let wording = templates.get_template("wording").map_err(unread)?;
        let used = wording.undeclared_variables(true);
        let strange: BTreeSet<_> = used
            .iter()
            .filter(|name| {
                !allowed.iter().any(|known| *known == name.as_str() || known.starts_with(&format!("{name}.")))
            })
            .collect();
        if let Some(name) = strange.first() {
            let list = if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") };
            return Err((format!("there is no value `{name}` here; there are: {list}"), nearest(name, allowed)));
        }
        wording::problem(&wording, allowed).map_or(Ok(()), |reason| Err((reason, None)))
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

fn nearest(word: &str, known: &[&str]) -> Option<String> {
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
    use crate::cx::wording::SAMPLE;

    const ONE: Phrase =
        Phrase { key: "test.one", zh: "{{ name }}", en: "{{ name }}", values: &["name", "people", "day.count"] };

    #[test]
    fn a_wording_is_measured_as_people_read_it() {
        let phrases = Phrases::new([&ONE]);
        let tags = "<a href=\"https://example.org/a/long/address\">字</a>".repeat(200);
        for (template, fits) in [
            (tags, true),
            ("字".repeat(MESSAGE_MAX), true),
            ("字".repeat(MESSAGE_MAX + 1), false),
            (format!("{}{{{{ name }}}}", "字".repeat(MESSAGE_MAX - SAMPLE)), true),
            (format!("{}{{{{ name }}}}", "字".repeat(MESSAGE_MAX - SAMPLE + 1)), false),
            (format!("{{% if name %}}{0}{{% else %}}{0}{{% endif %}}", "字".repeat(4000)), true),
            (format!("{0}{{% if not name %}}{0}{{% endif %}}", "字".repeat(4000)), false),
            ("{% for person in people %}{{ person.name }}{% endfor %}".to_owned(), true),
        ] {
            assert_eq!(phrases.check("test.one", &template).is_ok(), fits, "{}", template.len());
        }
        let shown = phrases.render(Lang::Zh, "test.one", &minijinja::context! { name => "字".repeat(9000) });
        assert_eq!(shown.visible_len(), MESSAGE_MAX, "what does not fit is cut");
    }
    #[test]
    fn a_wording_comes_to_what_telegram_takes() {
        let phrases = Phrases::new([&ONE]);
        let told = |template| phrases.check("test.one", template).err().map(|(reason, _)| reason).unwrap_or_default();
        for good in [
            "<b>{{ name }}</b> 1 &lt; 2",
            "{% if name %}<b>{{ name }}</b>{% else %}<i>-</i>{% endif %}",
            "{% if day.count > 1 %}{{ day.count - 1 }} more{% endif %}",
            "{% for person in people %}{{ loop.index }} <b>{{ person.name }}</b>{% endfor %}{{ day.count * 2 }}",
            "{{ people | join(', ') }} {{ people | length }} {{ name | upper }}",
            "{% for person in people %}{{ person.streak + 1 }}{% endfor %}",
            "{% if people == name or name in people %}{{ people | unique | list | length }}{% endif %}",
        ] {
            assert_eq!(told(good), "", "{good}");
        }
        for (bad, expected) in [
            ("<b>{{ name }}", "`<b>` is not closed"),
            ("{% if not name %}<i>{% endif %}", "`<i>` is not closed"),
            ("{% if day.count == 1 %}</i>{% endif %}", "`</i>` closes a tag that is not the last one opened"),
            ("<h1>{{ name }}</h1>", "Telegram knows no tag `<h1>`; a `<` that begins no tag is written `&lt;`"),
            (
                "好\n{% for person in people %}<b>{{ person.name }}{% endfor %} {{ day.count + 1 }}",
                "`<b>` is not closed",
            ),
            (
                "一\n二 {{ name }",
                "the template cannot be read: line 2, column 11: syntax error: unexpected `}`, expected end of variable block",
            ),
            ("{{ name | shout }}", "line 1, column 11: unknown filter: filter shout is unknown"),
            ("{{ 1 / 0 }}", "line 1, column 4: invalid operation: unable to calculate 1 / 0"),
        ] {
            assert_eq!(told(bad), expected, "{bad}");
        }
    }
}
