//! What a setting may be, read from the schema of all settings, and what people mean by the words they type.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::features::Settings;

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Settings).to_value());

/// The values of a setting that knows only a few: switches and choices. Empty for any other.
pub(super) fn choices(path: &str) -> Vec<Value> {
    choices_in(&SCHEMA, path)
}

/// Whether a setting is a length of time.
pub(super) fn is_span(path: &str) -> bool {
    places(&SCHEMA, path).iter().any(|place| place["format"] == "span")
}

fn choices_in(root: &Value, path: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for place in places(root, path) {
        let is_switch = place["type"] == "boolean"
            || place["type"].as_array().is_some_and(|kinds| kinds.contains(&json!("boolean")));
        let listed = place["enum"].as_array().cloned().unwrap_or_default();
        found.extend(if is_switch { vec![json!(false), json!(true)] } else { listed });
        found.extend(place.get("const").cloned());
    }
    found.retain(|value| !value.is_null());
    found
}

/// The schemas of a setting: its own, and those that one refers to or chooses from.
fn places(root: &Value, path: &str) -> Vec<Value> {
    let all =
        |places: Vec<Value>| -> Vec<Value> { places.iter().flat_map(|place| open(root, place)).cloned().collect() };
    all(path.split('.').fold(vec![root.clone()], |places, key| {
        all(places).iter().filter_map(|place| place["properties"].get(key).cloned()).collect()
    }))
}

/// A schema with all it refers to or chooses from.
fn open<'s>(root: &'s Value, schema: &'s Value) -> Vec<&'s Value> {
    let target = schema["$ref"].as_str().and_then(|name| root.pointer(name.strip_prefix('#')?));
    let parts = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|word| schema[word].as_array()).flatten();
    let more: Vec<&Value> = target.into_iter().chain(parts).flat_map(|part| open(root, part)).collect();
    std::iter::once(schema).chain(more).collect()
}

/// What somebody may mean by `text`, the likeliest first.
pub(super) fn meanings(text: &str, choices: &[Value]) -> Vec<Value> {
    let word = text.to_lowercase();
    let switch = match word.as_str() {
        "on" | "yes" | "true" | "开" | "是" | "开启" | "打开" => Some(true),
        "off" | "no" | "false" | "关" | "否" | "关闭" => Some(false),
        _ => None,
    };
    let switch = switch.map(Value::Bool).filter(|value| choices.contains(value));
    let choice = choices.iter().find(|choice| choice.as_str().is_some_and(|choice| choice.to_lowercase() == word));
    let json = serde_json::from_str(text).ok();
    let hour: Option<u8> = word.strip_suffix('点').unwrap_or(&word).trim().parse().ok();
    let hour = hour.filter(|hour| *hour < 24).map(|hour| json!(format!("{hour:02}:00")));
    let mut all: Vec<Value> = [switch, choice.cloned(), json, Some(json!(text)), hour].into_iter().flatten().collect();
    all.dedup();
    all
}

/// The one of the `known` paths somebody means: the whole path, or its last part when only one ends so.
pub(super) fn meant<'k>(path: &str, known: &'k [String]) -> Option<&'k String> {
    let ending = format!(".{path}");
    let mut ends = known.iter().filter(|known| known.ends_with(&ending));
    let only = ends.next().filter(|_| ends.next().is_none());
    known.iter().find(|known| *known == path).or(only)
}

/// The known path most like what was typed, if any is like it.
pub(super) fn nearest<'k>(path: &str, known: &'k [String]) -> Option<&'k String> {
    let whole = |known: &&String| strsim::damerau_levenshtein(path, known);
    let last = |known: &&String| strsim::damerau_levenshtein(path, known.rsplit('.').next().unwrap_or(known));
    let near = known.iter().map(|known| (whole(&known).min(last(&known)), known));
    near.filter(|(distance, _)| *distance <= path.chars().count().max(3) / 2).min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_and_choices_are_found_behind_references() {
        let root = json!({
            "properties": {"a": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}},
            "$defs": {
                "A": {"properties": {
                    "on": {"type": "boolean"}, "maybe": {"type": ["boolean", "null"]}, "n": {"type": "integer"},
                    "how": {"$ref": "#/$defs/How"}, "deep": {"properties": {"kind": {"enum": ["x", null]}}},
                }},
                "How": {"oneOf": [{"const": "short"}, {"const": "long"}]},
            },
        });
        let found = |path| Value::from(choices_in(&root, path));
        assert_eq!(found("a.on"), json!([false, true]));
        assert_eq!(found("a.maybe"), json!([false, true]));
        assert_eq!(found("a.n"), json!([]));
        assert_eq!(found("a.how"), json!(["short", "long"]));
        assert_eq!(found("a.deep.kind"), json!(["x"]));
        assert_eq!(found("a.none"), json!([]));
        assert_eq!(Value::from(choices("people.delete_notices")), json!([false, true]));
        assert!(is_span("welcome.delete_after") && is_span("checkin.answer_for") && !is_span("checkin.remind_at"));
    }

    #[test]
    fn words_are_taken_as_people_mean_them() {
        let switch = [json!(false), json!(true)];
        assert_eq!(meanings("开", &switch)[0], json!(true));
        assert_eq!(meanings("OFF", &switch)[0], json!(false));
        assert_eq!(meanings("Short", &[json!("short")])[0], json!("short"));
        assert_eq!(meanings("30m", &[]), [json!("30m")]);
        assert_eq!(meanings("7", &[]), [json!(7), json!("7"), json!("07:00")]);
        assert_eq!(meanings("9点", &[]), [json!("9点"), json!("09:00")]);
        assert_eq!(meanings("开", &[]), [json!("开")]);
    }

    #[test]
    fn a_setting_is_found_by_its_end_when_that_is_clear() {
        let known: Vec<String> = ["a.on", "b.on", "a.size"].map(str::to_owned).into();
        assert_eq!(meant("a.on", &known), Some(&known[0]));
        assert_eq!(meant("size", &known), Some(&known[2]));
        assert_eq!(meant("on", &known), None);
        assert_eq!(nearest("sise", &known), Some(&known[2]));
        assert_eq!(nearest("a.sizes", &known), Some(&known[2]));
        assert_eq!(nearest("something else", &known), None);
    }
}
