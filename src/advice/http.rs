//! Asking over HTTP. Nothing the service says goes any further than a known word or a short reason, and the key goes
//! nowhere else.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Error};
use secrecy::{ExposeSecret, SecretString};

use super::{Advisor, answer, question};
use crate::model::opinion::{Consult, Endpoint, KeySource, NoOpinion, Opinion};

/// Bytes of an answer.
const LARGEST: usize = 64 * 1024;
/// Bytes of a file that holds a key.
const LARGEST_KEY: u64 = 4096;
const CONNECT: Duration = Duration::from_secs(10);

/// A service that speaks OpenAI's protocol.
pub struct Http {
    client: Client,
}

impl Http {
    pub fn new() -> anyhow::Result<Self> {
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .retry(reqwest::retry::never())
            // The key and the words are for one service only.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { client })
    }

    async fn opinion(&self, consult: &Consult) -> Result<Opinion, NoOpinion> {
        let endpoint = &consult.endpoint;
        let body = question(consult).to_string();
        let mut request = self.client.post(address(endpoint)).header(CONTENT_TYPE, "application/json").body(body);
        if let Some(key) = key(&endpoint.key).await? {
            let header = format!("Bearer {}", key.expose_secret());
            let mut header = HeaderValue::from_str(&header).map_err(|_| NoOpinion::Key)?;
            header.set_sensitive(true);
            request = request.header(AUTHORIZATION, header);
        }
        // To the last byte of the answer.
        let request = request.timeout(endpoint.time_limit.std());
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        match response.status().as_u16() {
            200..=299 => {}
            300..=399 => return Err(NoOpinion::Redirected),
            408 | 429 => return Err(NoOpinion::Busy),
            _ => return Err(NoOpinion::Refused),
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + chunk.len() > LARGEST {
                return Err(NoOpinion::Large);
            }
            body.extend_from_slice(&chunk);
        }
        answer(&body)
    }
}

impl Advisor for Http {
    fn ask<'a>(&'a self, consult: &'a Consult) -> BoxFuture<'a, Result<Opinion, NoOpinion>> {
        self.opinion(consult).boxed()
    }
}

/// `url` is written with or without what the protocol adds to it.
fn address(endpoint: &Endpoint) -> String {
    let url = endpoint.url.trim_end_matches('/');
    if url.ends_with("/chat/completions") { url.to_owned() } else { format!("{url}/chat/completions") }
}

async fn key(source: &KeySource) -> Result<Option<SecretString>, NoOpinion> {
    let key = match source {
        KeySource::None => return Ok(None),
        KeySource::Variable(name) => std::env::var(name).map_err(|_| NoOpinion::Key)?,
        KeySource::File(path) => {
            let about = tokio::fs::metadata(path).await.map_err(|_| NoOpinion::Key)?;
            if !about.is_file() || about.len() > LARGEST_KEY {
                return Err(NoOpinion::Key);
            }
            tokio::fs::read_to_string(path).await.map_err(|_| NoOpinion::Key)?
        }
    };
    let key = key.trim();
    if key.is_empty() { Err(NoOpinion::Key) } else { Ok(Some(SecretString::from(key))) }
}

fn failure(error: &Error) -> NoOpinion {
    if error.is_timeout() { NoOpinion::Late } else { NoOpinion::Unreachable }
}
