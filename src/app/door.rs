//! The door to Telegram with somebody at it: counts and times every call, keeps it shut while the token is refused, and
//! compares the clocks.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::model::Span;
use crate::telegram::refusal::{Outcome, classify};
use crate::telegram::{Call, Door, Fault};
use crate::web::Status;

/// After a call with a token that Telegram refuses, the next is made so much later.
const SHUT: Duration = Duration::from_mins(1);

/// A door that is watched.
pub struct Watched<D> {
    door: D,
    status: Arc<Status>,
    shut_until: Mutex<Option<Instant>>,
    /// How much Telegram's clock is ahead of this machine's, in milliseconds.
    ahead: AtomicI64,
}

impl<D: Door> Watched<D> {
    pub fn new(door: D, status: Arc<Status>) -> Self {
        Self { door, status, shut_until: Mutex::new(None), ahead: AtomicI64::new(0) }
    }

    /// While the token is refused one call in a minute goes through, to learn whether it still is.
    fn enter(&self) -> Result<(), Fault> {
        let mut shut = self.shut_until.lock().unwrap_or_else(PoisonError::into_inner);
        match *shut {
            Some(until) if Instant::now() < until => Err(Fault::NotSent("the token is refused".to_owned())),
            Some(_) => {
                *shut = Some(Instant::now() + SHUT);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn leave<T>(&self, method: &'static str, began: Instant, outcome: &Result<T, Fault>) {
        let word = match outcome {
            Ok(_) => "ok",
            Err(Fault::Refused { .. }) => "refused",
            Err(Fault::NotSent(_)) => "not_sent",
            Err(Fault::NoAnswer(_)) => "no_answer",
        };
        if let (Ok(_) | Err(Fault::Refused { .. }), Some(told)) = (outcome, self.door.told()) {
            self.ahead.store(told.0 - super::now().0, Ordering::Relaxed);
        }
        if method != "getUpdates" {
            metrics::histogram!("steward_call_seconds", "method" => method, "outcome" => word).record(began.elapsed());
        }
        let mut shut = self.shut_until.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Err(fault) if classify(method, fault, false) == Outcome::Stop => {
                if shut.is_none() {
                    tracing::error!(method, "Telegram refuses the token; nothing is sent until it takes it again");
                }
                *shut = Some(Instant::now() + SHUT);
                self.status.wrong("token", "Telegram refuses it; was it revoked?");
            }
            Ok(_) if shut.take().is_some() => {
                tracing::info!("Telegram takes the token again");
                self.status.well("token");
            }
            _ => {}
        }
    }
}

impl<D: Door> Door for Watched<D> {
    fn ahead(&self) -> Span {
        Span::from_millis(self.ahead.load(Ordering::Relaxed))
    }

    fn call(&self, call: Call) -> BoxFuture<'_, Result<Value, Fault>> {
        async move {
            self.enter()?;
            let (method, began) = (known(&call.method), Instant::now());
            let outcome = self.door.call(call).await;
            self.leave(method, began, &outcome);
            outcome
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
            self.enter()?;
            let began = Instant::now();
            let outcome = self.door.poll(offset, limit, timeout, allowed).await;
            self.leave("getUpdates", began, &outcome);
            outcome
        }
        .boxed()
    }
}

/// The method as a label: one of a fixed set, so that figures stay few.
fn known(method: &str) -> &'static str {
    const METHODS: &[&str] = &[
        "getUpdates",
        "getMe",
        "getWebhookInfo",
        "setWebhook",
        "deleteWebhook",
        "sendMessage",
        "sendPhoto",
        "sendDocument",
        "sendVideo",
        "sendPoll",
        "editMessageText",
        "editMessageReplyMarkup",
        "deleteMessage",
        "deleteMessages",
        "pinChatMessage",
        "unpinChatMessage",
        "restrictChatMember",
        "banChatMember",
        "unbanChatMember",
        "answerCallbackQuery",
        "setMessageReaction",
        "getChatMember",
        "getChatAdministrators",
    ];
    METHODS.iter().find(|known| **known == method).copied().unwrap_or("other")
}
