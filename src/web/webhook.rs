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
/// Telegram waits a minute for an answer: until then the engine has stored an update, or is asked again later.
const BUSY: Duration = Duration::from_secs(20);
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
        Ok(Ok(body)) => store(&hook, body.into(), BUSY).await.into_response(),
        Ok(Err(_)) => refused(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => refused(StatusCode::REQUEST_TIMEOUT),
    }
}

async fn store(hook: &Hook, body: Vec<u8>, busy: Duration) -> StatusCode {
    let update = String::from_utf8(body).ok().and_then(|raw| Some((update_id(&raw)?, raw)));
    let Some(update) = update else { return StatusCode::BAD_REQUEST };
    let stored = tokio::time::timeout(busy, hook.intake.store(vec![update])).await;
    match stored.unwrap_or_else(|_| Err(anyhow::anyhow!("the engine is busy"))) {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "an update could not be taken in; Telegram brings it again");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::intake::intake;

    #[tokio::test]
    async fn an_engine_that_is_too_busy_is_asked_again_later() {
        let (intake, mut arrivals) = intake();
        let hook = Hook { url: String::new(), secret: String::new().into(), intake };
        let bring = |id: u32, busy: Duration| {
            let (hook, update) = (hook.clone(), format!("{{\"update_id\":{id}}}"));
            tokio::spawn(async move { store(&hook, update.into_bytes(), busy).await })
        };
        // Nobody takes them: some wait in the channel, the rest before it, none for ever.
        for waiting in (0..300).map(|id| bring(id, Duration::from_millis(20))).collect::<Vec<_>>() {
            assert_eq!(waiting.await.unwrap(), StatusCode::SERVICE_UNAVAILABLE);
        }
        while arrivals.try_recv().is_ok() {}
        let taken = bring(300, Duration::from_mins(1));
        arrivals.recv().await.unwrap().answer(true);
        assert_eq!(taken.await.unwrap(), StatusCode::OK);
    }
}
