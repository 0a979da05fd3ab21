//! A light stand-in for Telegram: prepared updates out, calls noted with their time.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::Value;
use tokio::sync::Notify;

pub const BOT: i64 = 7_000_000_001;
/// The first update's number; the rest follow.
const FIRST: i64 = 500_000_000;

#[derive(Default)]
struct Inner {
    /// Bodies of updates without their number, and without the closing brace.
    updates: Vec<String>,
    /// Everything before it was confirmed.
    confirmed: usize,
    first_poll: Option<Instant>,
    calls: Vec<(Instant, String, i64, String)>,
}

#[derive(Clone, Default)]
pub struct Server {
    inner: Arc<Mutex<Inner>>,
    news: Arc<Notify>,
}

impl Server {
    /// Serves on a free port of this machine; gives the address.
    pub async fn start() -> (Self, String) {
        let server = Self::default();
        let router = Router::new().route("/{bot}/{method}", axum::routing::any(answer)).with_state(server.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (server, address)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic while it is held")
    }

    /// Queues updates, each the part after `"update_id":N,`.
    pub fn push(&self, updates: impl IntoIterator<Item = String>) {
        self.lock().updates.extend(updates);
        self.news.notify_waiters();
    }

    /// All updates were confirmed.
    pub fn is_drained(&self) -> bool {
        let inner = self.lock();
        inner.confirmed >= inner.updates.len()
    }

    pub fn reset_first_poll(&self) {
        self.lock().first_poll = None;
    }

    pub fn first_poll(&self) -> Option<Instant> {
        self.lock().first_poll
    }

    /// Calls since the last look: when, which, in what chat, with what text.
    pub fn take_calls(&self) -> Vec<(Instant, String, i64, String)> {
        std::mem::take(&mut self.lock().calls)
    }
}

async fn answer(
    State(server): State<Server>,
    Path((_, method)): Path<(String, String)>,
    body: Bytes,
) -> impl IntoResponse {
    let json = [(CONTENT_TYPE, "application/json")];
    let method = method.to_ascii_lowercase();
    if method == "getupdates" {
        return (json, updates(&server, &body).await);
    }
    let params: Value = serde_json::from_slice(&body).unwrap_or_default();
    let chat = params["chat_id"].as_i64().unwrap_or_default();
    let text = params["text"].as_str().unwrap_or_default().to_owned();
    let number = {
        let mut inner = server.lock();
        inner.calls.push((Instant::now(), method.clone(), chat, text));
        inner.calls.len()
    };
    let bot = format!(
        "{{\"id\":{BOT},\"is_bot\":true,\"first_name\":\"Steward\",\"username\":\"steward_bot\",\"can_join_groups\":true,\"can_read_all_group_messages\":true,\"supports_inline_queries\":false,\"can_connect_to_business\":false,\"has_main_web_app\":false}}"
    );
    let result = match method.as_str() {
        "getme" => bot,
        "getchatadministrators" => format!(
            "[{{\"status\":\"administrator\",\"user\":{bot},\"can_delete_messages\":true,\"can_restrict_members\":true,\
             \"can_pin_messages\":true,\"can_invite_users\":true,\"can_manage_chat\":true}}]"
        ),
        "getchatmembercount" => "100".to_owned(),
        "getwebhookinfo" => "{\"url\":\"\",\"has_custom_certificate\":false,\"pending_update_count\":0}".to_owned(),
        _ if method.starts_with("send") => {
            format!(
                "{{\"message_id\":{number},\"date\":1,\"chat\":{{\"id\":{chat},\"type\":\"supergroup\",\"title\":\"g\"}}}}"
            )
        }
        _ => "true".to_owned(),
    };
    (json, format!("{{\"ok\":true,\"result\":{result}}}"))
}

async fn updates(server: &Server, body: &Bytes) -> String {
    let params: Value = serde_json::from_slice(body).unwrap_or_default();
    let offset = params["offset"].as_i64().unwrap_or(0);
    let timeout = params["timeout"].as_u64().unwrap_or(0).min(50);
    let deadline = Instant::now() + Duration::from_secs(timeout);
    loop {
        let news = server.news.notified();
        {
            let mut inner = server.lock();
            inner.first_poll.get_or_insert_with(Instant::now);
            let at = usize::try_from((offset - FIRST).max(0)).unwrap_or(0).max(if offset == 0 {
                inner.confirmed
            } else {
                0
            });
            inner.confirmed = inner.confirmed.max(at);
            if at < inner.updates.len() {
                let until = (at + 100).min(inner.updates.len());
                let mut out = String::with_capacity(64 * 1024);
                out.push_str("{\"ok\":true,\"result\":[");
                for (n, update) in inner.updates[at..until].iter().enumerate() {
                    let comma = if n == 0 { "" } else { "," };
                    let _ =
                        write!(out, "{comma}{{\"update_id\":{},{update}}}", FIRST + i64::try_from(at + n).unwrap_or(0));
                }
                out.push_str("]}");
                return out;
            }
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || tokio::time::timeout(left, news).await.is_err() {
            return "{\"ok\":true,\"result\":[]}".to_owned();
        }
    }
}
