//! Checks requests against the published Bot API: names, required parameters and types.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use crate::telegram::Call;

/// Field name (with `?` when it is optional) to its types, joined by `|`.
type Fields = HashMap<String, String>;

#[derive(Deserialize)]
struct Api {
    methods: HashMap<String, Fields>,
    types: HashMap<String, Type>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Type {
    /// One of several objects.
    OneOf(String),
    Object(Fields),
}

static API: LazyLock<Api> = LazyLock::new(|| {
    serde_json::from_str(include_str!("bot-api.json")).expect("the embedded description is checked by the tests")
});

/// Telegram compares the names of methods without regard to case.
pub(super) fn method(name: &str) -> Option<&'static str> {
    let known = &API.methods;
    let exact = known.get_key_value(name).map(|(name, _)| name.as_str());
    exact.or_else(|| known.keys().map(String::as_str).find(|known| known.eq_ignore_ascii_case(name)))
}

/// What is wrong with a call of a known method, one sentence each.
pub(super) fn violations(call: &Call) -> Vec<String> {
    let Some(fields) = API.methods.get(&call.method) else { return vec!["unknown method".to_owned()] };
    let mut found = Vec::new();
    check_fields(
        &call.method,
        fields,
        &call.params,
        &|name| call.files.iter().any(|file| file.field == name),
        &mut found,
    );
    found
}

/// Reads parameters that came as text (forms, multipart) the way Telegram does: by the type the method expects.
pub(super) fn read_text(call: &mut Call) {
    let Some(fields) = API.methods.get(&call.method) else { return };
    for (name, value) in &mut call.params {
        let Some(types) = types_of(fields, name) else { continue };
        let Value::String(text) = value else { continue };
        let read = types.split('|').find_map(|kind| match kind {
            "Integer" => text.trim().parse::<i64>().ok().map(Value::from),
            "Float" => text.trim().parse::<f64>().ok().map(Value::from),
            "Boolean" | "True" => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => Some(true.into()),
                "false" | "no" | "0" | "" => Some(false.into()),
                _ => None,
            },
            "String" | "InputFile" => None,
            _ => serde_json::from_str(text).ok().filter(|value: &Value| value.is_object() || value.is_array()),
        });
        if let Some(read) = read {
            *value = read;
        }
    }
}

fn types_of<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).or_else(|| fields.get(&format!("{name}?"))).map(String::as_str)
}

fn check_fields(
    at: &str,
    fields: &Fields,
    given: &serde_json::Map<String, Value>,
    uploaded: &dyn Fn(&str) -> bool,
    found: &mut Vec<String>,
) {
    for name in fields.keys().filter(|name| !name.ends_with('?')) {
        if !given.contains_key(name) && !uploaded(name) {
            found.push(format!("{at}: `{name}` is missing"));
        }
    }
    for (name, value) in given {
        match types_of(fields, name) {
            None => found.push(format!("{at}: there is no `{name}`")),
            Some(types) => check_value(&format!("{at}.{name}"), types, value, found),
        }
    }
}

fn check_value(at: &str, types: &str, value: &Value, found: &mut Vec<String>) {
    if let Some(rest) = types.strip_prefix("Array of ") {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    check_value(&format!("{at}[{index}]"), rest, item, found);
                }
            }
            _ => found.push(format!("{at}: not an array of {rest}: {value}")),
        }
        return;
    }
    let mut reasons = Vec::new();
    for kind in types.split('|') {
        let mut wrong = Vec::new();
        check_one(at, kind, value, &mut wrong);
        if wrong.is_empty() {
            return;
        }
        reasons.push(wrong);
    }
    // Of a union, the nearest miss says most.
    found.extend(reasons.into_iter().min_by_key(Vec::len).unwrap_or_default());
}

fn check_one(at: &str, kind: &str, value: &Value, found: &mut Vec<String>) {
    let fits = match kind {
        "Integer" => value.is_i64(),
        "Float" => value.is_number(),
        "String" | "InputFile" => value.is_string(),
        "Boolean" | "True" => value.is_boolean(),
        _ if kind.starts_with("Array of ") => return check_value(at, kind, value, found),
        _ => match (API.types.get(kind), value) {
            (Some(Type::OneOf(kinds)), _) => return check_value(at, kinds, value, found),
            (Some(Type::Object(fields)), Value::Object(given)) => {
                return check_fields(at, fields, given, &|_| false, found);
            }
            _ => false,
        },
    };
    if !fits {
        found.push(format!("{at}: not {kind}: {value}"));
    }
}

impl Call {
    pub(super) fn int(&self, name: &str) -> Option<i64> {
        self.params.get(name)?.as_i64()
    }
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name)?.as_str()
    }
    pub(super) fn flag(&self, name: &str) -> bool {
        self.params.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
    pub(super) fn list(&self, name: &str) -> &[Value] {
        self.params.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn calls_are_held_to_the_published_api() {
        let wrong = |method: &str, params| violations(&Call::new(method, params));
        let keyboard = json!({"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]});
        assert!(wrong("sendMessage", json!({"chat_id": 1, "text": "x", "reply_markup": keyboard})).is_empty());
        assert!(wrong("setMyCommands", json!({"commands": [], "scope": {"type": "chat", "chat_id": 1}})).is_empty());
        assert_eq!(wrong("sendMessage", json!({"chat_id": 1})), ["sendMessage: `text` is missing"]);
        assert_eq!(wrong("getMe", json!({"x": 1})), ["getMe: there is no `x`"]);
        assert_eq!(
            wrong("deleteMessages", json!({"chat_id": 1, "message_ids": [1, "2"]})),
            ["deleteMessages.message_ids[1]: not Integer: \"2\""]
        );
        assert_eq!(
            wrong("sendMessage", json!({"chat_id": 1, "text": "x", "reply_parameters": {"massage_id": 1}})),
            ["sendMessage.reply_parameters: there is no `massage_id`"]
        );
    }

    #[test]
    fn text_is_read_by_the_expected_type() {
        let mut call = Call::new(
            "sendMessage",
            json!({"chat_id": "-100", "text": "12", "disable_notification": "true", "reply_parameters": "{\"message_id\":1}"}),
        );
        read_text(&mut call);
        assert_eq!(
            Value::Object(call.params),
            json!({"chat_id": -100, "text": "12", "disable_notification": true, "reply_parameters": {"message_id": 1}})
        );
    }
}
