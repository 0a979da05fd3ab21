//! One mistake in a settings file, told so that its reader can mend it without looking anything up.

use std::fmt;

use serde::Serialize;

/// A mistake: where it stands, what is wrong with it, and what was probably meant. Sorts by place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    pub file: String,
    /// None when it is about the file as a whole.
    #[serde(flatten)]
    pub place: Option<Place>,
    /// `calendar[0].at`; empty for the file as a whole.
    pub key: String,
    /// As the file has it, shortened; never of a key that holds a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    pub reason: String,
    /// The nearest valid form, as it would stand in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Where in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        f.write_str(": ")?;
        if !self.key.is_empty() {
            f.write_str(&self.key)?;
            if let Some(value) = &self.value {
                write!(f, " = {value}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.reason)?;
        match &self.hint {
            Some(hint) => write!(f, ". Did you mean {hint}?"),
            None => Ok(()),
        }
    }
}

/// Text as TOML writes it: `25:00` becomes `"25:00"`.
pub fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// The option most like `word`, when one is like it at all.
pub fn nearest<'a>(word: &str, options: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Jaro and Winkler's measure favours a common beginning, as shortened names have: `lang`, `language`.
    const ALIKE: f64 = 0.8;
    let word = word.to_lowercase();
    let likeness = |option: &str| {
        let option = option.to_lowercase();
        // In short words it sees no swapped letters: `fro`, `for`.
        let slip = word.chars().count() > 2 && strsim::osa_distance(&word, &option) == 1;
        strsim::jaro_winkler(&word, &option).max(if slip { 0.85 } else { 0.0 })
    };
    options
        .into_iter()
        .map(|option| (likeness(option), option))
        .filter(|(score, _)| *score >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, option)| option)
}

/// The first line of a value, no longer than a line of a report bears.
pub(super) fn shortened(source: &str) -> String {
    const MAX: usize = 60;
    let line = source.lines().next().unwrap_or_default();
    if line.chars().count() <= MAX && line.len() == source.len() {
        return line.to_owned();
    }
    line.chars().take(MAX - 1).chain(['…']).collect()
}

/// Whether the key looks like one whose value must not be shown. The path of a file that holds a secret is none; the name
/// of a variable is, since people write the secret itself there.
pub(super) fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    if matches!(key.rsplit('.').next(), Some("key" | "key_env")) {
        return true;
    }
    !key.ends_with("_file") && ["token", "secret", "password", "api_key"].iter().any(|word| key.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_secret_is_known_by_its_key() {
        for key in ["token", "intake.webhook.secret", "opinion.key", "opinion.key_env", "opinion.api_key"] {
            assert!(is_secret(key), "{key}");
        }
        for key in ["token_file", "opinion.key_file", "opinion.url", "keys", "texts.\"strikes.key.ban\""] {
            assert!(!is_secret(key), "{key}");
        }
    }

    #[test]
    fn only_a_like_word_is_nearest() {
        let words = ["zone", "language", "warn", "mute", "for"];
        for (word, expected) in [
            ("zoen", Some("zone")),
            ("lang", Some("language")),
            ("Mute", Some("mute")),
            ("wran", Some("warn")),
            ("fro", Some("for")),
            ("calendar", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, words), expected, "{word}");
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(shortened("\"短\""), "\"短\"");
        assert_eq!(shortened(&"长".repeat(61)), format!("{}…", "长".repeat(59)));
        assert_eq!(shortened("\"\"\"first\nsecond\"\"\""), "\"\"\"first…");
    }
}
