//! What an operator may set about second opinions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::cx::Compile;
use crate::model::Span;
use crate::model::opinion::{Endpoint, KeySource};

/// Variables whose content is for others than the model's service.
const NOT_FOR_MODELS: [&str; 2] = ["TELOXIDE_TOKEN", "STEWARD_DATABASE"];

/// A language model's opinion on what is suspicious, shown on the staff's card. Off without this section. With it, the
/// words of such messages leave this machine.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Any service that speaks OpenAI's protocol: the address before `/chat/completions`.
    #[schemars(extend("examples" = ["https://models.example/v1"]))]
    pub url: String,
    /// The model, as the service calls it.
    #[schemars(extend("examples" = ["small-model"]))]
    pub model: String,
    /// The environment variable that holds the key. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["OPINION_KEY"]))]
    pub key_env: Option<String>,
    /// A file beside this one that holds the key and nothing else. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["opinion.key"]))]
    pub key_file: Option<String>,
    /// Questions in an hour, at most. Default: 20.
    pub per_hour: usize,
    /// Questions in 24 hours, at most. Default: 100.
    pub per_day: usize,
    /// Characters of a message that are shown to the model, at most. Default: 1000.
    pub characters: usize,
    /// How long an answer is waited for. Default: `20s`.
    #[schemars(extend("examples" = ["20s"]))]
    pub time_limit: Span,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: String::new(),
            model: String::new(),
            key_env: None,
            key_file: None,
            per_hour: 20,
            per_day: 100,
            characters: 1000,
            time_limit: Span::secs(20),
        }
    }
}

impl Settings {
    pub(super) fn check(&self, compile: &mut Compile<'_>) {
        if let Some(reason) = wrong_address(&self.url) {
            compile.wrong("url", reason);
        }
        if self.model.trim().is_empty() {
            compile.wrong("model", "say which model is asked, as the service calls it");
        }
        match &self.key_env {
            Some(_) if self.key_file.is_some() => {
                compile.wrong("key_env", "the key is in `key_file` already: keep one of them");
            }
            Some(name) if NOT_FOR_MODELS.contains(&name.as_str()) => {
                compile.wrong("key_env", "this variable holds a secret of the bot's own");
            }
            Some(name) if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => {
                compile.wrong("key_env", "not the name of a variable; the key itself does not belong in this file");
            }
            _ => {}
        }
        for (key, value, most) in
            [("per_hour", self.per_hour, 1000), ("per_day", self.per_day, 1000), ("characters", self.characters, 4096)]
        {
            if !(1..=most).contains(&value) {
                compile.wrong(key, format!("from 1 to {most}"));
            }
        }
        if self.per_hour > self.per_day {
            compile.wrong("per_hour", "more than `per_day` would never be reached");
        }
        if !(Span::secs(1)..=Span::minutes(1)).contains(&self.time_limit) {
            compile.wrong("time_limit", "from 1s to 1m");
        }
        if compile.common.staff_chat.is_none() {
            compile.wrong("", "needs a `staff_chat`: nobody would read the opinions");
        }
    }

    /// Where the model is reached. A file that should hold the key and is not there is reported.
    pub(super) fn endpoint(&self, compile: &mut Compile<'_>) -> Endpoint {
        let key = match (&self.key_env, &self.key_file) {
            (Some(name), _) => KeySource::Variable(name.clone()),
            (None, Some(name)) => {
                let path = compile.named(name);
                if !path.is_file() {
                    let reason = format!("there is no file {}; nobody is asked until there is", path.display());
                    compile.defect("key_file", reason);
                }
                KeySource::File(path.display().to_string())
            }
            (None, None) => KeySource::None,
        };
        Endpoint { url: self.url.trim().to_owned(), model: self.model.clone(), key, time_limit: self.time_limit }
    }
}

/// What is wrong with where the model is said to be.
fn wrong_address(written: &str) -> Option<&'static str> {
    let Ok(url) = Url::parse(written.trim()) else { return Some("not the address of a service") };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        Some("not the address of a service")
    } else if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        Some("the address alone: a key belongs into `key_env` or `key_file`")
    } else if url.scheme() == "http" && !is_near(&url) {
        Some("without encryption only services in one's own network are asked: write `https://`")
    } else {
        None
    }
}

/// In one's own network, by its address or a name without dots.
fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
        Some(Host::Domain(name)) => !name.contains('.'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::features::Compiled;

    #[test]
    fn settings_that_cannot_be_meant_are_refused() {
        const GOOD: &str = "url = 'https://models.example/v1'\nmodel = 'small'\n";
        for (section, paths) in [
            ("url = 'https://models.example/v1'\nmodel = 'small'", &[][..]),
            ("url = 'http://localhost:11434/v1'\nmodel = 'small'", &[]),
            ("url = 'http://192.168.1.5:8000/v1'\nmodel = 'small'", &[]),
            ("", &["opinion.url", "opinion.model"]),
            ("url = 'models.example'\nmodel = 'small'", &["opinion.url"]),
            ("url = 'ftp://models.example'\nmodel = 'small'", &["opinion.url"]),
            ("url = 'http://models.example/v1'\nmodel = 'small'", &["opinion.url"]),
            ("url = 'https://me:secret@models.example'\nmodel = 'small'", &["opinion.url"]),
            ("url = 'https://models.example/v1?key=secret'\nmodel = ' '", &["opinion.url", "opinion.model"]),
            ("GOOD key_env = 'OPINION_KEY'", &[]),
            ("GOOD key_env = 'sk-1234'", &["opinion.key_env"]),
            ("GOOD key_env = 'TELOXIDE_TOKEN'", &["opinion.key_env"]),
            ("GOOD key_env = 'A'\nkey_file = 'b'", &["opinion.key_env"]),
            ("GOOD per_hour = 0\nper_day = 1001", &["opinion.per_hour", "opinion.per_day"]),
            ("GOOD per_hour = 30\nper_day = 20", &["opinion.per_hour"]),
            ("GOOD characters = 5000\ntime_limit = '2m'", &["opinion.characters", "opinion.time_limit"]),
        ] {
            let text = format!("staff_chat = -1001\n[opinion]\n{}", section.replace("GOOD ", GOOD));
            let settings = toml::from_str(&text).expect("settings of the right shape");
            let found = Compiled::new(&settings, Path::new(".")).1;
            assert_eq!(found.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), paths, "{section}");
            assert!(
                found.iter().all(|it| !it.reason.contains("me:secret") && !it.reason.contains("key=secret")),
                "{found:?}"
            );
        }
    }
}
