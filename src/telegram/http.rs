//! The door to the real Telegram: HTTP, without retries of its own.
//!
//! A call that got no clear answer may have been carried out, so it is never repeated here. The token stands in every
//! address; nothing that leaves this file holds it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::DateTime;
use futures::FutureExt;
use futures::future::BoxFuture;
use reqwest::header::{DATE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, multipart};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::refusal::DEFAULT_WAIT;
use super::{Call, Door, Fault, updates_wanted};
use crate::model::{ChatId, Span, Timestamp};

/// A call may rest in Telegram for up to 60 s, longer than that when it waits out a flood limit.
const PATIENCE: Duration = Duration::from_secs(90);
/// How much longer than its own time a poll may take.
const POLL_MARGIN: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(15);

/// Telegram, or a server that speaks its Bot API.
pub struct Http {
    client: Client,
    base: String,
    token: SecretString,
    /// How long an answer is waited for.
    patience: Duration,
    /// The time the last answer bore, in milliseconds; 0 for none.
    told: AtomicI64,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Http {
    /// `base` is `https://api.telegram.org` or the address of a Bot API server of one's own.
    pub fn new(base: &str, token: SecretString) -> anyhow::Result<Self> {
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { client, base, token, patience: PATIENCE, told: AtomicI64::new(0) })
    }

    /// The `result` of the answer, as it was written.
    async fn result(&self, call: Call) -> Result<Box<RawValue>, Fault> {
        let address = format!("{}/bot{}/{}", self.base, self.token.expose_secret(), call.method);
        let request = self.client.post(address).timeout(self.patience(&call));
        let response = body(request, call).send().await.map_err(|error| self.fault(error))?;
        let status = response.status().as_u16();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let wait = header(RETRY_AFTER).and_then(|value| value.parse().ok()).map(Span::secs);
        if let Some(date) = header(DATE).and_then(|value| DateTime::parse_from_rfc2822(value).ok()) {
            self.told.store(date.timestamp_millis(), Ordering::Relaxed);
        }
        let body = response.text().await.map_err(|error| self.fault(error))?;
        read(status, wait, &body)
    }

    fn patience(&self, call: &Call) -> Duration {
        let own = call.params.get("timeout").and_then(Value::as_u64).unwrap_or_default();
        if call.method == "getUpdates" { Duration::from_secs(own) + POLL_MARGIN } else { self.patience }
    }

    fn fault(&self, error: reqwest::Error) -> Fault {
        let unsent = error.is_connect() || error.is_builder();
        let error = anyhow::Error::new(error.without_url());
        let text = format!("{error:#}").replace(self.token.expose_secret(), "…");
        if unsent { Fault::NotSent(text) } else { Fault::NoAnswer(text) }
    }
}

impl Door for Http {
    fn told(&self) -> Option<Timestamp> {
        Some(self.told.load(Ordering::Relaxed)).filter(|told| *told > 0).map(Timestamp)
    }

    fn call(&self, call: Call) -> BoxFuture<'_, Result<Value, Fault>> {
        async move {
            let result = self.result(call).await?;
            serde_json::from_str(result.get()).map_err(|error| Fault::NoAnswer(error.to_string()))
        }
        .boxed()
    }

    fn poll<'a>(
        &'a self,
        offset: i64,
        limit: u8,
        timeout: Span,
        allowed: &'a [&'a str],
    ) -> BoxFuture<'a, Result<Vec<Box<RawValue>>, Fault>> {
        async move {
            let result = self.result(updates_wanted(offset, limit, timeout, allowed)).await?;
            serde_json::from_str(result.get()).map_err(|error| Fault::NoAnswer(error.to_string()))
        }
        .boxed()
    }
}

/// JSON; a form when files go along, in which every parameter that is not a text is written as JSON.
fn body(request: RequestBuilder, call: Call) -> RequestBuilder {
    if call.files.is_empty() {
        return request.json(&call.params);
    }
    let mut form = multipart::Form::new();
    for (name, value) in call.params {
        let text = if let Value::String(text) = value { text } else { value.to_string() };
        form = form.text(name, text);
    }
    for file in call.files {
        form = form.part(file.field, multipart::Part::bytes(file.bytes).file_name(file.file_name));
    }
    request.multipart(form)
}

/// Reads an answer. What is not Telegram's JSON comes from something in between, and tells nothing about the call.
fn read(status: u16, wait: Option<Span>, body: &str) -> Result<Box<RawValue>, Fault> {
    let refused = |code, text: String, told: Option<i64>, to: Option<i64>| {
        let wait = wait.max(told.map(Span::secs));
        let retry_after = if code == 429 { wait.or(Some(DEFAULT_WAIT)) } else { wait };
        Fault::Refused { code, text, retry_after, migrate_to: to.map(ChatId) }
    };
    let answer: Answer = match serde_json::from_str(body) {
        Ok(answer) => answer,
        Err(_) if status == 429 => return Err(refused(429, "Too Many Requests".to_owned(), None, None)),
        Err(error) => return Err(Fault::NoAnswer(format!("HTTP {status}, {} bytes: {error}", body.len()))),
    };
    if let (true, Some(result)) = (answer.ok, answer.result) {
        return Ok(result);
    }
    match answer.error_code.unwrap_or(status.into()) {
        code @ 400..=499 if !answer.ok => {
            let Parameters { retry_after, migrate_to_chat_id } = answer.parameters;
            Err(refused(code, answer.description, retry_after, migrate_to_chat_id))
        }
        code => Err(Fault::NoAnswer(format!("{code}: {}", answer.description))),
    }
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    result: Option<Box<RawValue>>,
    error_code: Option<i64>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<i64>,
    migrate_to_chat_id: Option<i64>,
}

#[cfg(test)]
mod tests;
