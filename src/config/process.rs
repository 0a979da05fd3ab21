//! The process file, `config/steward.toml`: how the bot reaches Telegram, where it keeps its data, whom it serves.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::problem::quoted;
use crate::cx::Finding;
use crate::engine::plan::Rates;
use crate::model::Lang;
use crate::store::address;

const TELEGRAM: &str = "https://api.telegram.org";
/// Stands above `database`.
pub(super) const DATABASE_VARIABLE: &str = "STEWARD_DATABASE";

/// The process: how the bot reaches Telegram, where it keeps its data, whom it serves. Every key may be left out. Paths
/// start from this file's folder, but for the database, which starts from where the program is run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Process {
    /// A file that holds the bot's token and nothing else. Without it the environment variable `TELOXIDE_TOKEN` is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_file: Option<PathBuf>,
    /// The Bot API server. Without it the environment variable `TELOXIDE_API_URL` is read; without that it is
    /// `https://api.telegram.org`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_url: Option<String>,
    /// Where everything is kept: `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`. The environment variable
    /// `STEWARD_DATABASE`, when set, stands above it.
    pub database: String,
    /// The folder of the communities' files, one `.toml` each.
    pub communities: PathBuf,
    /// The chat that is told when something is wrong with the bot itself. Without it the communities' staff chats are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operators_chat: Option<i64>,
    /// The language operators are told in: `zh-CN` or `en`.
    pub language: Lang,
    /// How updates arrive: `"poll"`, or a table `[intake.webhook]`.
    pub intake: Intake,
    /// When polling, remove a webhook that is set for this bot. Without it a webhook somebody else set is left alone, and
    /// the bot says that it gets nothing.
    pub delete_webhook: bool,
    /// The address of `/health` and `/metrics`; `"off"` for none, and then `steward health` knows only from the database
    /// whether the bot is alive. It is meant for this machine only.
    pub listen: String,
    /// Chats that no community's file names.
    pub access: Access,
    /// How fast the bot may speak. Telegram's own limits are a little above the defaults.
    pub rates: Speed,
    /// What the program logs, to standard error.
    pub log: Log,
}

/// How updates arrive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Intake {
    /// The bot asks Telegram. Needs no address of its own.
    #[default]
    Poll,
    /// Telegram calls the bot.
    Webhook(Webhook),
}

/// Where Telegram calls the bot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// The public address: https, on port 443, 80, 88 or 8443.
    #[schemars(extend("examples" = ["https://bot.example.org/telegram"]))]
    pub url: String,
    /// The address to listen on, behind whatever ends the encryption.
    #[serde(default = "webhook_listen")]
    pub listen: SocketAddr,
    /// A file that holds the secret by which Telegram is recognised: 1 to 256 of A-Z a-z 0-9 _ -.
    #[schemars(extend("examples" = ["webhook-secret"]))]
    pub secret_file: PathBuf,
}

fn webhook_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8443))
}

/// Chats that no community's file names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// What becomes of them.
    pub unlisted: Unlisted,
    /// The community's file they go by when they are served.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["guests.toml"]))]
    pub default: Option<String>,
}

/// What becomes of chats that no file names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unlisted {
    /// The bot says so and leaves.
    #[default]
    Leave,
    /// They are served by the file that `default` names.
    Serve,
}

/// How fast the bot may speak.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Speed {
    /// Messages a second, over all chats.
    #[schemars(range(min = 1, max = 1000))]
    pub per_second: u32,
    /// Messages a minute in one group.
    #[schemars(range(min = 1, max = 60))]
    pub group_per_minute: u32,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug` or `trace`, also by module: `info,steward::engine=debug`. The environment variable
    /// `RUST_LOG`, when set, stands above it.
    pub level: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// An object a line, for programs.
    Json,
}

impl Default for Process {
    fn default() -> Self {
        Self {
            token_file: None,
            api_url: None,
            database: "sqlite:steward.db".to_owned(),
            communities: PathBuf::from("communities"),
            operators_chat: None,
            language: Lang::default(),
            intake: Intake::default(),
            delete_webhook: false,
            listen: "127.0.0.1:8080".to_owned(),
            access: Access::default(),
            rates: Speed::default(),
            log: Log::default(),
        }
    }
}

impl Default for Speed {
    fn default() -> Self {
        Self { per_second: 25, group_per_minute: 18 }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::default(), level: "info".to_owned() }
    }
}

impl Process {
    /// What the shape of the file does not show. `folder` is the file's.
    pub(super) fn check(&self, folder: &Path) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut wrong = |key: &str, reason: String, hint: Option<&str>| {
            findings.push(Finding { path: key.to_owned(), reason, hint: hint.map(quoted), beside: None, flaw: None });
        };
        if let Some(file) = self.token_file.as_ref().map(|file| folder.join(file)).filter(|file| !file.is_file()) {
            wrong("token_file", format!("there is no file {}", file.display()), None);
        }
        if self.api_url.as_deref().is_some_and(|url| !is_http(url)) {
            wrong("api_url", "not the address of a server".to_owned(), Some(TELEGRAM));
        }
        if let Some((reason, hint)) = address::problem(&self.database) {
            wrong("database", reason, hint.as_deref());
        }
        if self.listen != "off" && self.listen.parse::<SocketAddr>().is_err() {
            let hint = self.listen.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
            let hint = hint.map_or_else(|| "127.0.0.1:8080".to_owned(), |port| format!("127.0.0.1:{port}"));
            wrong("listen", "not an address and port, nor `off`".to_owned(), Some(&hint));
        }
        if let Intake::Webhook(webhook) = &self.intake {
            if !webhook.url.starts_with("https://") && !is_local(&webhook.url) || !is_http(&webhook.url) {
                wrong("intake.webhook.url", "Telegram calls https addresses only".to_owned(), None);
            }
            let file = folder.join(&webhook.secret_file);
            if let Err(error) = read_webhook_secret(&file) {
                wrong("intake.webhook.secret_file", format!("{error:#}"), None);
            }
        }
        if self.access.unlisted == Unlisted::Serve && self.access.default.is_none() {
            wrong("access.default", "missing: the file by which unlisted chats are served".to_owned(), None);
        }
        if self.log.level.parse::<tracing_subscriber::filter::Targets>().is_err() || !has_level(&self.log.level) {
            wrong("log.level", "no such level".to_owned(), Some("info"));
        }
        findings
    }

    /// The bot's token: from the file, or else from the environment.
    pub fn token(&self, folder: &Path) -> Result<SecretString> {
        let token = match &self.token_file {
            Some(file) => {
                let file = folder.join(file);
                std::fs::read_to_string(&file)
                    .with_context(|| format!("cannot read the token from {}", file.display()))?
            }
            None => std::env::var("TELOXIDE_TOKEN").unwrap_or_default(),
        };
        let token = token.trim();
        if token.is_empty() {
            bail!(
                "there is no token: set TELOXIDE_TOKEN, or `token_file` in the process file (BotFather gives tokens)"
            );
        }
        if !is_token(token) {
            bail!(
                "this is no token: one looks like 123456789:AAE… (BotFather gives them), without spaces and on its own"
            );
        }
        Ok(SecretString::from(token))
    }

    /// The Bot API server.
    pub fn server(&self) -> Result<String> {
        if let Some(url) = &self.api_url {
            return Ok(url.clone());
        }
        match std::env::var("TELOXIDE_API_URL").ok().filter(|url| !url.is_empty()) {
            Some(url) if is_http(&url) => Ok(url),
            Some(url) => bail!("TELOXIDE_API_URL is `{url}`, which is not the address of a server such as {TELEGRAM}"),
            None => Ok(TELEGRAM.to_owned()),
        }
    }

    /// Where everything is kept.
    pub fn database(&self) -> String {
        std::env::var(DATABASE_VARIABLE).ok().filter(|url| !url.is_empty()).unwrap_or_else(|| self.database.clone())
    }

    /// The address of `/health` and `/metrics`, unless they are off.
    pub fn listen(&self) -> Option<SocketAddr> {
        self.listen.parse().ok()
    }

    /// How fast the courier may go.
    pub fn rates(&self) -> Rates {
        Rates {
            per_second: f64::from(self.rates.per_second),
            group_per_minute: self.rates.group_per_minute as usize,
            ..Rates::default()
        }
    }
}

/// The secret by which Telegram is recognised.
pub fn read_webhook_secret(file: &Path) -> Result<SecretString> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let secret = text.trim();
    let fits = secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if !fits || secret.is_empty() || secret.len() > 256 {
        bail!("{} must hold 1 to 256 of A-Z a-z 0-9 _ -", file.display());
    }
    Ok(SecretString::from(secret))
}

/// The first part is a level for everything, not the name of a module.
fn has_level(filter: &str) -> bool {
    let first = filter.split(',').next().unwrap_or_default();
    ["off", "error", "warn", "info", "debug", "trace"].contains(&first) || first.contains('=')
}

/// Number, colon, secret. It becomes part of an address.
pub(super) fn is_token(text: &str) -> bool {
    let fits = |secret: &str| secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    text.split_once(':').is_some_and(|(bot, secret)| bot.parse::<u64>().is_ok() && !secret.is_empty() && fits(secret))
}

fn is_http(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// For trying things out: the emulator calls webhooks on this machine without encryption.
fn is_local(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.host_str(), Some("localhost" | "127.0.0.1")))
}
