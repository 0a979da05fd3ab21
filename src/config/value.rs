//! Holding one value against the rules for it.

use std::collections::HashSet;
use std::fmt::Display;

use regex::Regex;
use serde_json::Value;
use toml::de::DeValue;

use super::problem::{nearest, quoted};
use super::read::Formats;
use super::shape::Shape;

/// Why a value is wrong, and the nearest right one as TOML.
pub(super) type Wrong = (String, Option<String>);

/// The kind of a value in JSON's words; TOML's dates and times are of none of them.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "string",
        DeValue::Integer(_) => "integer",
        DeValue::Float(_) => "number",
        DeValue::Boolean(_) => "boolean",
        DeValue::Datetime(_) => "datetime",
        DeValue::Array(_) => "array",
        DeValue::Table(_) => "object",
    }
}

/// What people call a kind of value.
pub(super) fn word(kind: &str) -> &str {
    match kind {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a decimal number",
        "boolean" => "true or false",
        "datetime" => "a time without quotes",
        "array" => "a list",
        "object" => "a table",
        other => other,
    }
}

/// What fits any of the options, in people's words.
pub(super) fn described(options: &[Shape<'_>]) -> String {
    let words: Vec<_> = options.iter().flat_map(choice_words).collect();
    let mut kinds: Vec<_> = (!words.is_empty()).then(|| format!("one of {}", listed(words))).into_iter().collect();
    for kind in options.iter().filter(|option| option.choices().is_empty()).flat_map(Shape::kinds).map(word) {
        if !kinds.iter().any(|known| known == kind) {
            kinds.push(kind.to_owned());
        }
    }
    kinds.join(" or ")
}

/// `` `warn`, `mute` ``
pub(super) fn listed(words: impl IntoIterator<Item = impl Display>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The only values a shape allows, as words.
pub(super) fn choice_words(shape: &Shape<'_>) -> Vec<String> {
    let word = |choice: &Value| choice.as_str().map_or_else(|| choice.to_string(), str::to_owned);
    shape.choices().into_iter().map(word).collect()
}

/// What is wrong with a value, neither table nor list, that has to fit one of the options.
pub(super) fn wrong(options: &[Shape<'_>], value: &DeValue<'_>, formats: Formats<'_>) -> Option<Wrong> {
    let (chosen, ruled): (Vec<_>, Vec<_>) = options.iter().partition(|shape| !shape.choices().is_empty());
    let words: Vec<_> = chosen.into_iter().flat_map(choice_words).collect();
    let own = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => {
            i128::from_str_radix(number.as_str(), number.radix()).map(|number| number.to_string()).unwrap_or_default()
        }
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(truth) => truth.to_string(),
        _ => String::new(),
    };
    if words.contains(&own) {
        return None;
    }
    let mut wrongs = Vec::new();
    if !words.is_empty() {
        let hint = value.as_str().and_then(|text| nearest(text, words.iter().map(String::as_str)));
        wrongs.push((format!("not one of {}", listed(&words)), hint.map(quoted)));
    }
    for shape in ruled {
        match value {
            DeValue::String(text) => wrongs.push(text_wrong(shape, text, formats)?),
            _ => wrongs.push(number_wrong(shape, own.parse().ok()?)?),
        }
    }
    let mut seen = HashSet::new();
    wrongs.retain(|(reason, _)| seen.insert(reason.clone()));
    let reasons: Vec<_> = wrongs.iter().map(|(reason, _)| reason.as_str()).collect();
    Some((reasons.join("; and "), wrongs.iter().find_map(|(_, hint)| hint.clone())))
}

fn text_wrong(shape: &Shape<'_>, text: &str, formats: Formats<'_>) -> Option<Wrong> {
    let pattern = || {
        let pattern = shape.text("pattern")?;
        let fits = Regex::new(pattern).is_ok_and(|regex| regex.is_match(text));
        (!fits).then(|| (format!("does not match the pattern {pattern}"), None))
    };
    let format = || {
        let name = shape.text("format")?;
        let (_, check) = formats.iter().find(|(format, _)| *format == name)?;
        let (reason, hint) = check(text).err()?;
        Some((reason, hint.map(|hint| quoted(&hint))))
    };
    amount(shape, text.chars().count(), "minLength", "maxLength").or_else(pattern).or_else(format)
}

fn number_wrong(shape: &Shape<'_>, number: f64) -> Option<Wrong> {
    match shape.limits() {
        (Some(least), _) if number < least => Some((format!("too small: at least {least}"), Some(least.to_string()))),
        (_, Some(most)) if number > most => Some((format!("too large: at most {most}"), Some(most.to_string()))),
        _ => None,
    }
}

/// What is wrong with how many characters or items there are.
pub(super) fn amount(shape: &Shape<'_>, number: usize, least: &str, most: &str) -> Option<Wrong> {
    match (shape.count(least), shape.count(most)) {
        (Some(1), _) if number == 0 => Some(("must not be empty".to_owned(), None)),
        (Some(least), _) if number < least => {
            Some((format!("too short: {number}, and at least {least} are needed"), None))
        }
        (_, Some(most)) if number > most => Some((format!("too long: {number}, and at most {most} fit"), None)),
        _ => None,
    }
}
