//! The model over HTTP: `/bot<token>/<method>` as a bot library calls it, and `/_sim/…` to play people.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::world::refused;
use super::{Action, Answered, Emulator, control, spec, webhook};
use crate::telegram::{Call, Fault, Upload};

/// The largest body taken: the server's limit for uploads.
const MOST_BYTES: usize = 50 << 20;

/// Serves the model; the caller binds the address and gives the clock.
pub fn router(emulator: Emulator) -> Router {
    Router::new()
        .nest("/_sim", control::router())
        .fallback(bot_api)
        .layer(axum::extract::DefaultBodyLimit::max(MOST_BYTES))
        .with_state(emulator)
}

async fn bot_api(State(emulator): State<Emulator>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let Some((token, method)) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')) else {
        return envelope(&Err(refused(404, "Not Found")));
    };
    if !emulator.knows(token) {
        return envelope(&Err(refused(401, "Unauthorized")));
    }
    let Ok(mut call) = read(method, request).await else {
        return envelope(&Err(refused(400, "Bad Request: can't parse the request")));
    };
    if let Some(name) = spec::method(&call.method) {
        name.clone_into(&mut call.method);
    }
    spec::read_text(&mut call);
    let answered = match call.method.as_str() {
        "getUpdates" => emulator.poll(call).await,
        "setWebhook" => emulator.hook(call),
        _ => emulator.answer(call),
    };
    play(answered).await
}

/// The call in the query and the body, whichever way it is written.
async fn read(method: &str, request: Request) -> Result<Call, Response> {
    let mut call = Call::new(method, Value::Null);
    let pairs = |text: &[u8]| -> Map<String, Value> {
        url::form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect()
    };
    call.params = pairs(request.uri().query().unwrap_or_default().as_bytes());
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        let mut form = Multipart::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
        while let Some(field) = form.next_field().await.map_err(IntoResponse::into_response)? {
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().map(str::to_owned);
            let bytes = field.bytes().await.map_err(IntoResponse::into_response)?;
            match file_name {
                Some(file_name) => call.files.push(Upload { field: name, file_name, bytes: bytes.to_vec() }),
                None => drop(call.params.insert(name, String::from_utf8_lossy(&bytes).into())),
            }
        }
        return Ok(call);
    }
    let is_json = kind.starts_with("application/json");
    let bytes = Bytes::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
    if is_json && !bytes.is_empty() {
        let given: Map<String, Value> =
            serde_json::from_slice(&bytes).map_err(|_| StatusCode::BAD_REQUEST.into_response())?;
        // An absent value may be written as null.
        call.params.extend(given.into_iter().filter(|(_, value)| !value.is_null()));
    } else {
        call.params.extend(pairs(&bytes));
    }
    Ok(call)
}

/// The answer as it goes out, with what a failure on request does to it.
async fn play(Answered { outcome, failure }: Answered) -> Response {
    match failure {
        None => envelope(&outcome),
        Some(Action::Hang(millis)) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            envelope(&outcome)
        }
        Some(Action::Status { code, text, retry_after, migrate_to }) => envelope(&Err(Fault::Refused {
            code,
            text,
            retry_after: retry_after.map(crate::model::Span::secs),
            migrate_to,
        })),
        Some(Action::Reset | Action::RefuseConnection) => broken(Vec::new()),
        Some(Action::Garbage) => ([(header::CONTENT_TYPE, "text/html")], "<html>Bad Gateway</html>").into_response(),
        Some(Action::Truncate) => {
            let text = body(&outcome).to_string();
            broken(text.as_bytes()[..text.len() / 2].to_vec())
        }
    }
}

/// A response that ends in the middle.
fn broken(start: Vec<u8>) -> Response {
    let end = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let parts = [Ok(Bytes::from(start)), Err(end)];
    Response::new(Body::from_stream(futures::stream::iter(parts)))
}

fn body(outcome: &Result<Value, Fault>) -> Value {
    match outcome {
        Ok(result) => json!({"ok": true, "result": result}),
        Err(Fault::Refused { code, text, retry_after, migrate_to }) => {
            let mut body = json!({"ok": false, "error_code": code, "description": text});
            if let Some(wait) = retry_after {
                body["parameters"]["retry_after"] = wait.as_secs().into();
            }
            if let Some(chat) = migrate_to {
                body["parameters"]["migrate_to_chat_id"] = json!(chat);
            }
            body
        }
        Err(Fault::NotSent(text) | Fault::NoAnswer(text)) => {
            json!({"ok": false, "error_code": 500, "description": format!("Internal Server Error: {text}")})
        }
    }
}

fn envelope(outcome: &Result<Value, Fault>) -> Response {
    let body = body(outcome);
    let code = body["error_code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(200);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    if let Some(wait) = body["parameters"]["retry_after"].as_i64() {
        headers.insert(header::RETRY_AFTER, wait.into());
    }
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, headers, body.to_string()).into_response()
}

impl Emulator {
    fn knows(&self, token: &str) -> bool {
        self.lock().settings.token.as_deref().is_none_or(|known| known == token)
    }

    /// `getUpdates` that waits for the first update. A newer poll ends an older one.
    async fn poll(&self, call: Call) -> Answered {
        let seconds = call.int("timeout").unwrap_or_default().clamp(0, 50).unsigned_abs();
        let until = Instant::now() + Duration::from_secs(seconds);
        let mut again = call.clone();
        // What the first look confirmed or dropped is done; the later ones only look.
        again.params.retain(|name, _| name == "limit");
        let reign = self.new_reign();
        let mut next = Some(call);
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            let answered = match next.take() {
                Some(call) => self.answer(call),
                None => self.look_again(again.clone()),
            };
            let is_empty = answered.outcome.as_ref().is_ok_and(|found| found.as_array().is_some_and(Vec::is_empty));
            if !is_empty || answered.failure.is_some() || Instant::now() >= until {
                return answered;
            }
            let rung = tokio::time::timeout_at(until, news).await.is_ok();
            if rung && self.lock().queue.reign != reign {
                return Answered { outcome: Err(self.end_of_poll()), failure: None };
            }
        }
    }

    /// A poll or webhook change that ends what waits.
    fn new_reign(&self) -> u64 {
        let mut world = self.act();
        // A running webhook is not ended by a poll: that one is refused.
        if world.queue.webhook.is_none() {
            world.queue.reign += 1;
        }
        world.queue.reign
    }

    /// Another look on behalf of a waiting poll: neither logged nor open to failures.
    fn look_again(&self, mut call: Call) -> Answered {
        Answered { outcome: self.lock().serve(&mut call), failure: None }
    }

    fn end_of_poll(&self) -> Fault {
        let by = match self.lock().queue.webhook {
            Some(_) => "setWebhook request",
            None => "other getUpdates request; make sure that only one bot instance is running",
        };
        refused(409, &format!("Conflict: terminated by {by}"))
    }

    /// `setWebhook`, and the deliveries that follow from it.
    fn hook(&self, call: Call) -> Answered {
        let answered = self.answer(call);
        let world = self.lock();
        if answered.outcome.is_ok() && world.queue.webhook.is_some() {
            tokio::spawn(webhook::run(self.clone(), world.queue.reign));
        }
        answered
    }
}
