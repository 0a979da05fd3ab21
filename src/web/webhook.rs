//! Updates that Telegram brings. Each is stored before Telegram is told that it arrived; otherwise Telegram brings it
//! again.

use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONNECTION;
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::engine::intake::Intake;
use crate::telegram::update::update_id;

/// Telegram's updates have at most 512 KiB.
const MOST_BYTES: usize = 1024 * 1024;
/// A body that takes longer is not from Telegram.
const PATIENCE: Duration = Duration::from_secs(30);
const SECRET: &str = "X-Telegram-Bot-Api-Secret-Token";

/// What the webhook needs.
#[derive(Clone)]
pub struct Hook {
    pub url: String,
    pub secret: SecretString,
    pub intake: Intake,
}

impl Hook {
    /// The path of the public address, which whatever stands before the bot passes on.
    pub fn path(&self) -> String {
        url::Url::parse(&self.url).map_or_else(|_| "/".to_owned(), |url| url.path().to_owned())
    }

    fn knows(&self, request: &Request) -> bool {
        let given = request.headers().get(SECRET).map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
        given.ct_eq(self.secret.expose_secret().as_bytes()).into()
    }
}

/// What is left of a refused body is not read: the answer says that the connection ends with it.
pub(super) async fn take(State(hook): State<Hook>, request: Request) -> Response {
    let refused = |status: StatusCode| (status, [(CONNECTION, "close")]).into_response();
    if !hook.knows(&request) {
        return refused(StatusCode::FORBIDDEN);
    }
    match tokio::time::timeout(PATIENCE, to_bytes(request.into_body(), MOST_BYTES)).await {
        Ok(Ok(body)) => store(&hook, body.into()).await.into_response(),
        Ok(Err(_)) => refused(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => refused(StatusCode::REQUEST_TIMEOUT),
    }
}

async fn store(hook: &Hook, body: Vec<u8>) -> StatusCode {
    let update = String::from_utf8(body).ok().and_then(|raw| Some((update_id(&raw)?, raw)));
    let Some(update) = update else { return StatusCode::BAD_REQUEST };
    match hook.intake.store(vec![update]).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "an update could not be taken in; Telegram brings it again");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
