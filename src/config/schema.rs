//! What the settings are, for editors as a JSON schema and for people as a page of Markdown.

use std::collections::HashMap;
use std::fmt::Write as _;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::problem::quoted;
use super::read::below;
use super::shape::{Shape, tag};
use super::value::{choice_words, listed, word};

/// The JSON schema (draft 2020-12) of a settings file.
pub fn json_schema<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value()
}

/// A page of Markdown on every setting: a section for each table, a row for each key, as declared.
pub fn reference<T: JsonSchema>() -> String {
    let schema = json_schema::<T>();
    let root = Shape::new(&schema);
    let title = root.text("title").unwrap_or("Settings");
    let mut page = Page { text: format!("# {title}\n\n"), headings: HashMap::from([("", title.to_owned())]) };
    page.table(&root, "");
    page.text.truncate(page.text.trim_end().len());
    page.text + "\n"
}

/// A value that the schema gives as an example or default, as TOML.
pub(super) fn example(shape: &Shape<'_>) -> Option<String> {
    shape.get("examples").and_then(|examples| examples.get(0)).or(shape.get("default")).and_then(toml)
}

/// Values that fit, as TOML: what the schema gives as an example or default, each word allowed, or else any of the kind.
pub(super) fn samples(shape: &Shape<'_>) -> Vec<String> {
    let given = [shape.get("examples").and_then(|examples| examples.get(0)), shape.get("default")];
    let mut samples: Vec<_> = given.into_iter().flatten().chain(shape.choices()).filter_map(toml).collect();
    if samples.is_empty() {
        samples.extend(shape.kinds().into_iter().flat_map(|kind| plain(shape, kind)));
    }
    samples
}

/// Values of a kind that nothing more is known of.
fn plain(shape: &Shape<'_>, kind: &str) -> Vec<String> {
    let least = || shape.limits().0.filter(|least| *least > 1.0).unwrap_or(1.0);
    match kind {
        "string" => vec![quoted("x")],
        "integer" => vec![format!("{:.0}", least())],
        "number" => vec![format!("{:.1}", least())],
        "boolean" => vec!["false".to_owned(), "true".to_owned()],
        "array" => vec!["[]".to_owned()],
        "object" => {
            let needed = shape.required().map(|key| {
                let value = shape.key(key).into_iter().flat_map(|shape| shape.alternatives());
                Some(format!("{} = {}", below("", key), value.flat_map(|shape| samples(&shape)).next()?))
            });
            let needed: Option<Vec<_>> = needed.collect();
            needed.map(|keys| format!("{{ {} }}", keys.join(", "))).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn toml(value: &Value) -> Option<String> {
    Some(toml::Value::try_from(value).ok()?.to_string())
}

struct Page<'s> {
    text: String,
    /// Where each definition is described, so that none is twice.
    headings: HashMap<&'s str, String>,
}

/// A table to be described further down.
struct Section<'s> {
    heading: String,
    path: String,
    shape: Shape<'s>,
}

impl<'s> Page<'s> {
    /// What stands under the heading of a table, then the sections of the tables in it.
    fn table(&mut self, shape: &Shape<'s>, path: &str) {
        let description = shape.text("description");
        self.paragraph(description);
        let options: Vec<_> = shape.alternatives().into_iter().filter(|option| option.accepts("object")).collect();
        let tag = tag(&options);
        let mut sections = Vec::new();
        for option in &options {
            if options.len() > 1 {
                let _ = write!(self.text, "### `{}`\n\n", mark(option, tag));
                self.paragraph(option.last_text("description").filter(|own| Some(*own) != description));
            }
            self.rows(option, tag, path, &mut sections);
        }
        for Section { heading, path, shape } in sections {
            let _ = write!(self.text, "## `{heading}`\n\n");
            self.table(&shape, &path);
        }
    }

    fn paragraph(&mut self, description: Option<&str>) {
        if let Some(description) = description {
            let _ = write!(self.text, "{description}\n\n");
        }
    }

    fn rows(&mut self, shape: &Shape<'s>, tag: Option<&str>, path: &str, sections: &mut Vec<Section<'s>>) {
        let named = shape.keys().into_iter().filter(|key| Some(*key) != tag);
        let named = named.filter_map(|key| Some((format!("`{key}`"), below(path, key), shape.key(key)?, Some(key))));
        let patterns = shape.patterns().map(|(pattern, shape)| (format!("any name like `{pattern}`"), shape));
        let any = patterns.chain(shape.other().map(|shape| ("any name".to_owned(), shape)));
        let any = any.map(|(name, shape)| (name, format!("{path}.<name>"), shape, None));
        let rows: Vec<_> = named.chain(any).collect();
        if rows.is_empty() {
            return;
        }
        self.text.push_str("| Key | Value | Default | Meaning |\n|---|---|---|---|\n");
        for (name, path, value, key) in rows {
            let kind = self.kind(&value, &path, sections);
            let default = match value.get("default").filter(|default| !default.is_object()).and_then(toml) {
                Some(default) => format!("`{default}`"),
                None if shape.required().any(|required| Some(required) == key) => "required".to_owned(),
                None => String::new(),
            };
            let cells = [name, kind, default, meaning(&value)].map(|cell| cell.replace('\n', " ").replace('|', "\\|"));
            let _ = writeln!(self.text, "| {} |", cells.join(" | "));
        }
        self.text.push('\n');
    }

    /// What may stand for a key. Tables that are not described yet are put into `sections`.
    fn kind(&mut self, shape: &Shape<'s>, path: &str, sections: &mut Vec<Section<'s>>) -> String {
        let options = shape.alternatives();
        let words: Vec<_> = options.iter().flat_map(choice_words).collect();
        let mut kinds = Vec::new();
        if !words.is_empty() {
            kinds.push(format!("one of {}", listed(words)));
        }
        for option in options.iter().filter(|option| option.choices().is_empty()) {
            let kind = match option.kinds().as_slice() {
                ["object"] => self.section(shape, &format!("[{path}]"), path, sections),
                ["array"] => self.list(option, path, sections),
                _ => scalar(option),
            };
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        kinds.join(" or ")
    }

    fn list(&mut self, shape: &Shape<'s>, path: &str, sections: &mut Vec<Section<'s>>) -> String {
        let item = shape.item(0);
        if item.alternatives().iter().all(|option| option.kinds() == ["object"]) {
            return self.section(&item, &format!("[[{path}]]"), path, sections);
        }
        let items = (0..shape.own_items().max(1)).map(|index| self.kind(&shape.item(index), path, sections));
        format!("a list of: {}", items.collect::<Vec<_>>().join(", then "))
    }

    /// The heading under which a table is described; the first place that mentions its definition describes it.
    fn section(&mut self, shape: &Shape<'s>, heading: &str, path: &str, sections: &mut Vec<Section<'s>>) -> String {
        let table = if heading.starts_with("[[") { "tables" } else { "table" };
        match shape.name().map(|name| self.headings.entry(name).or_insert_with(|| heading.to_owned())) {
            Some(known) if *known != heading => format!("{table} as `{known}`"),
            _ => {
                if sections.iter().all(|section| section.heading != heading) {
                    sections.push(Section { heading: heading.to_owned(), path: path.to_owned(), shape: shape.clone() });
                }
                format!("{table} `{heading}`")
            }
        }
    }
}

/// What tells a table from the others that may stand in its place.
fn mark(shape: &Shape<'_>, tag: Option<&str>) -> String {
    match tag.and_then(|tag| Some((tag, toml(shape.key(tag)?.get("const")?)?))) {
        Some((tag, word)) => format!("{tag} = {word}"),
        None => shape.required().collect::<Vec<_>>().join(", "),
    }
}

/// The kind of a value that is neither table nor list, with its format and bounds.
fn scalar(shape: &Shape<'_>) -> String {
    let kind = shape.kinds().into_iter().map(word).collect::<Vec<_>>().join(" or ");
    let kind = if kind.is_empty() { "anything" } else { &kind };
    match (shape.text("format").filter(|_| shape.accepts("string")), shape.limits()) {
        (Some(format), _) => format!("{kind} ({format})"),
        (None, (Some(least), Some(most))) => format!("{kind}, {least} to {most}"),
        (None, (Some(least), None)) => format!("{kind}, at least {least}"),
        (None, (None, Some(most))) => format!("{kind}, at most {most}"),
        (None, (None, None)) => kind.to_owned(),
    }
}

/// The description of a key, of each word it may have, and an example.
fn meaning(shape: &Shape<'_>) -> String {
    let mut parts: Vec<_> = shape.text("description").map(str::to_owned).into_iter().collect();
    for option in shape.alternatives() {
        if let (Some(word), Some(meaning)) = (option.text("const"), option.last_text("description")) {
            parts.push(format!("`{word}`: {meaning}"));
        }
    }
    let example = shape.get("examples").and_then(|examples| toml(examples.get(0)?));
    parts.extend(example.map(|example| format!("Example: `{example}`.")));
    parts.join(" ")
}
