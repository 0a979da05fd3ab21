//! What a JSON schema says about one value, with references followed and `allOf` merged.

use regex::Regex;
use serde_json::{Map, Value};

/// The rules for one value.
#[derive(Clone)]
pub(super) struct Shape<'s> {
    root: &'s Value,
    /// The schema itself, then what it refers to or includes. What stands first is nearest to the setting.
    layers: Vec<&'s Map<String, Value>>,
    /// `oneOf` and `anyOf` not chosen from yet.
    unions: Vec<&'s Vec<Value>>,
    /// Name of the definition the rules come from.
    name: Option<&'s str>,
}

impl<'s> Shape<'s> {
    pub(super) fn new(root: &'s Value) -> Self {
        Self { root, layers: Vec::new(), unions: Vec::new(), name: None }.with(root)
    }

    fn of(&self, schema: &'s Value) -> Self {
        Self { root: self.root, layers: Vec::new(), unions: Vec::new(), name: None }.with(schema)
    }

    fn with(mut self, schema: &'s Value) -> Self {
        let Value::Object(layer) = schema else { return self };
        self.layers.push(layer);
        for union in ["oneOf", "anyOf"].iter().filter_map(|word| layer.get(*word)?.as_array()) {
            match union.iter().filter(|schema| !is_null(schema)).collect::<Vec<_>>().as_slice() {
                [only] => self = self.with(only),
                _ => self.unions.push(union),
            }
        }
        if let Some(target) = layer.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#')) {
            self.name = self.name.or(target.rsplit('/').next());
            let target = self.root.pointer(target).unwrap_or(&Value::Null);
            self = self.with(target);
        }
        layer.get("allOf").and_then(Value::as_array).into_iter().flatten().fold(self, Self::with)
    }

    /// What each layer says under `word`.
    fn all(&self, word: &str) -> impl Iterator<Item = &'s Value> {
        self.layers.iter().filter_map(move |layer| layer.get(word))
    }

    /// What the first layer that uses `word` says.
    pub(super) fn get(&self, word: &str) -> Option<&'s Value> {
        self.all(word).next()
    }

    pub(super) fn text(&self, word: &str) -> Option<&'s str> {
        self.get(word)?.as_str()
    }

    /// What the layer farthest from the setting says: for a choice from a union, the choice itself.
    pub(super) fn last_text(&self, word: &str) -> Option<&'s str> {
        self.all(word).last()?.as_str()
    }

    pub(super) fn count(&self, word: &str) -> Option<usize> {
        usize::try_from(self.get(word)?.as_u64()?).ok()
    }

    /// The definition these rules come from; the same for every place that uses it.
    pub(super) fn name(&self) -> Option<&'s str> {
        self.name
    }

    /// Every way to choose from the unions; itself when there is nothing to choose.
    pub(super) fn alternatives(&self) -> Vec<Self> {
        let mut plain = self.clone();
        let Some(union) = plain.unions.pop() else { return vec![plain] };
        let chosen = union.iter().filter(|schema| !is_null(schema));
        chosen.flat_map(|schema| plain.clone().with(schema).alternatives()).collect()
    }

    /// Kinds of values that fit, in JSON's words; empty when any does.
    pub(super) fn kinds(&self) -> Vec<&'s str> {
        let kinds = match self.get("type") {
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
            Some(kind) => kind.as_str().into_iter().collect(),
            None if self.get("properties").is_some() => vec!["object"],
            None => Vec::new(),
        };
        kinds.into_iter().filter(|kind| *kind != "null").collect()
    }

    pub(super) fn accepts(&self, kind: &str) -> bool {
        let kinds = self.kinds();
        kinds.is_empty() || kinds.contains(&kind) || kind == "integer" && kinds.contains(&"number")
    }

    /// The only values allowed; empty when there is no such list.
    pub(super) fn choices(&self) -> Vec<&'s Value> {
        let listed = self.get("enum").and_then(Value::as_array).map(|list| list.iter().collect());
        let choices: Vec<_> = self.get("const").map(|only| vec![only]).or(listed).unwrap_or_default();
        choices.into_iter().filter(|choice| !choice.is_null()).collect()
    }

    /// The smallest and the largest number allowed.
    pub(super) fn limits(&self) -> (Option<f64>, Option<f64>) {
        let (least, most) = match self.text("format") {
            Some("int32") => (Some(f64::from(i32::MIN)), Some(f64::from(i32::MAX))),
            Some("uint32") => (None, Some(f64::from(u32::MAX))),
            _ => (None, None),
        };
        let said = |word| self.get(word).and_then(Value::as_f64);
        (said("minimum").or(least), said("maximum").or(most))
    }

    /// Names of the keys a table may have, as declared.
    pub(super) fn keys(&self) -> Vec<&'s str> {
        let mut keys = Vec::new();
        for key in self.all("properties").filter_map(Value::as_object).flat_map(Map::keys) {
            if !keys.contains(&key.as_str()) {
                keys.push(key);
            }
        }
        keys
    }

    pub(super) fn required(&self) -> impl Iterator<Item = &'s str> {
        self.all("required").filter_map(Value::as_array).flatten().filter_map(Value::as_str)
    }

    /// The rules for the value of `key`; `None` when the table may not have it.
    pub(super) fn key(&self, key: &str) -> Option<Self> {
        let own: Vec<_> = self.all("properties").filter_map(|keys| keys.get(key)).collect();
        if let [first, rest @ ..] = own.as_slice() {
            return Some(rest.iter().fold(self.of(first), |shape, schema| shape.with(schema)));
        }
        let fits = |pattern: &str| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(key));
        let pattern = self.patterns().find(|(pattern, _)| fits(pattern));
        pattern.map(|(_, shape)| shape).or_else(|| self.other())
    }

    /// Patterns of keys, and the rules for their values.
    pub(super) fn patterns(&self) -> impl Iterator<Item = (&'s str, Self)> {
        let patterns = self.all("patternProperties").filter_map(Value::as_object).flatten();
        patterns.map(|(pattern, schema)| (pattern.as_str(), self.of(schema)))
    }

    /// The rules for values of keys that have no name of their own; `None` when only named keys are known. A table that
    /// names keys knows no others unless it says so: serde itself cannot refuse them where tables are flattened.
    pub(super) fn other(&self) -> Option<Self> {
        match self.get("additionalProperties") {
            Some(Value::Bool(false)) => None,
            Some(schema) => Some(self.of(schema)),
            None if self.get("properties").is_some() => None,
            None => Some(self.of(&Value::Null)),
        }
    }

    /// How many of the first items of a list have rules of their own.
    pub(super) fn own_items(&self) -> usize {
        self.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// The rules for the item at `index` of a list.
    pub(super) fn item(&self, index: usize) -> Self {
        let own = self.get("prefixItems").and_then(|items| items.get(index));
        self.of(own.or(self.get("items")).unwrap_or(&Value::Null))
    }
}

/// The key that tells tables apart which all the shapes describe: each has one word of its own for it.
pub(super) fn tag<'s>(shapes: &[Shape<'s>]) -> Option<&'s str> {
    let word = |shape: &Shape<'_>, key: &str| shape.key(key).is_some_and(|tag| tag.text("const").is_some());
    let keys = shapes.first().filter(|_| shapes.len() > 1)?.keys();
    keys.into_iter().find(|key| shapes.iter().all(|shape| word(shape, key)))
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}
