//! The queue of updates and the two ways out of it: `getUpdates` and the webhook.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Map, Value, json};

use super::world::{Answer, Methods, World, bad, refused};
use crate::model::{Span, Timestamp};
use crate::telegram::Call;

pub(super) const METHODS: Methods = &[
    ("getUpdates", get_updates),
    ("setWebhook", set_webhook),
    ("deleteWebhook", delete_webhook),
    ("getWebhookInfo", webhook_info),
];

const KINDS: [&str; 27] = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
    "subscription",
    "stopped_message_generation",
];
/// Kinds a bot gets only when it asks for them by name.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

const MOST: usize = 100_000;
const MOST_BYTES: usize = 128 << 20;
const MOST_BYTES_EACH: usize = 512 << 10;
const ANSWER_BYTES: usize = 4 << 20;

/// An update that waits to be fetched.
#[derive(Clone)]
pub(super) struct Waiting {
    pub id: i64,
    pub json: Value,
    bytes: usize,
    expires: Timestamp,
}

/// Where updates are pushed to.
#[derive(Clone, Debug, Default)]
pub(super) struct Webhook {
    pub url: String,
    pub secret: Option<String>,
    pub max_connections: i64,
    pub last_error: Option<(Timestamp, String)>,
}

/// The bot's queue.
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    next_id: i64,
    /// None for the default set.
    allowed: Option<BTreeSet<&'static str>>,
    pub webhook: Option<Webhook>,
    /// Every change of the webhook and every new poll ends what went before.
    pub reign: u64,
    /// Copies of the next update to be made.
    pub duplicates: usize,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            bytes: 0,
            next_id: 481_516_234,
            allowed: None,
            webhook: None,
            reign: 0,
            duplicates: 0,
        }
    }
}

impl Queue {
    fn allows(&self, kind: &str) -> bool {
        match &self.allowed {
            Some(kinds) => kinds.contains(kind),
            None => !ON_REQUEST.contains(&kind),
        }
    }

    /// Keeps the stored set when the list is absent; an empty one, or one of unknown names, is the default set.
    fn allow(&mut self, call: &Call) {
        if !call.params.contains_key("allowed_updates") {
            return;
        }
        let named: BTreeSet<&str> = call.list("allowed_updates").iter().filter_map(Value::as_str).collect();
        let known: BTreeSet<&'static str> = KINDS.into_iter().filter(|kind| named.contains(kind)).collect();
        self.allowed = Some(known).filter(|known| !known.is_empty());
    }

    fn push(&mut self, mut json: Value, expires: Timestamp, now: Timestamp) {
        let bytes = serde_json::to_string(&json).map_or(0, |text| text.len());
        if self.waiting.len() >= MOST || self.bytes + bytes > MOST_BYTES {
            self.expire(now);
        }
        // What does not fit is lost without a word, as on the server.
        if bytes > MOST_BYTES_EACH || self.waiting.len() >= MOST || self.bytes + bytes > MOST_BYTES {
            return;
        }
        let id = self.next_id;
        self.next_id += 1;
        json["update_id"] = id.into();
        for _ in 0..=std::mem::take(&mut self.duplicates) {
            self.bytes += bytes;
            self.waiting.push_back(Waiting { id, json: json.clone(), bytes, expires });
        }
    }

    fn expire(&mut self, now: Timestamp) {
        self.waiting.retain(|update| update.expires > now);
        self.bytes = self.waiting.iter().map(|update| update.bytes).sum();
    }

    fn forget(&mut self, index: usize) {
        if let Some(update) = self.waiting.remove(index) {
            self.bytes -= update.bytes;
        }
    }

    /// Forgets what `offset` confirms: ids below it, or for a negative one all but the last so many. An offset far
    /// outside the queue is that of another life of the queue and confirms nothing.
    fn confirm(&mut self, offset: i64) {
        if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            while self.waiting.len() > keep {
                self.forget(0);
            }
        } else if offset <= self.next_id + 10 {
            while self.waiting.front().is_some_and(|update| update.id < offset) {
                self.forget(0);
            }
        }
    }

    /// Up to `limit` updates from the front that have not expired.
    fn fetch(&mut self, limit: usize, now: Timestamp) -> Vec<Value> {
        let mut found = Vec::new();
        let mut bytes = 0;
        while let Some(update) = self.waiting.get(found.len()).filter(|_| found.len() < limit) {
            if update.expires <= now {
                self.forget(found.len());
                continue;
            }
            bytes += update.bytes;
            if bytes > ANSWER_BYTES && !found.is_empty() {
                break;
            }
            found.push(update.json.clone());
        }
        found
    }

    fn clear(&mut self) {
        self.waiting.clear();
        self.bytes = 0;
    }

    pub(super) fn pending(&mut self, now: Timestamp) -> usize {
        self.expire(now);
        self.waiting.len()
    }

    /// The first updates, for a webhook.
    pub(super) fn front(&mut self, count: usize, now: Timestamp) -> Vec<Waiting> {
        self.expire(now);
        self.waiting.iter().take(count).cloned().collect()
    }

    pub(super) fn delivered(&mut self, id: i64) {
        if let Some(index) = self.waiting.iter().position(|update| update.id == id) {
            self.forget(index);
        }
    }

    pub(super) fn reset_ids(&mut self, to: i64) {
        self.next_id = to;
    }

    /// Takes updates out unseen, by id.
    pub(super) fn drop_ids(&mut self, ids: std::ops::RangeInclusive<i64>) {
        self.waiting.retain(|update| !ids.contains(&update.id));
        self.bytes = self.waiting.iter().map(|update| update.bytes).sum();
    }

    pub(super) fn next_id(&self) -> i64 {
        self.next_id
    }
}

impl World {
    /// Queues an update unless the bot did not ask for its kind or it is too old.
    pub(super) fn tell(&mut self, kind: &'static str, body: impl Into<Value>, date: Timestamp) {
        let life = if kind == "callback_query" { Span::secs(150) } else { Span::days(1) };
        let expires = date + life;
        if self.queue.allows(kind) && expires > self.now {
            self.queue.push(Map::from_iter([(kind.to_owned(), body.into())]).into(), expires, self.now);
        }
    }

    /// Queues an update just as it is, under the next number.
    pub(super) fn push_raw(&mut self, update: Value) {
        self.queue.push(update, self.now + Span::days(1), self.now);
    }
}

/// Answers with what is there; waiting is the business of the HTTP side.
fn get_updates(world: &mut World, call: &Call) -> Answer {
    if world.queue.webhook.is_some() {
        return Err(refused(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        ));
    }
    let limit = usize::try_from(call.int("limit").unwrap_or(100).clamp(1, 100)).unwrap_or(100);
    world.queue.allow(call);
    world.queue.confirm(call.int("offset").unwrap_or_default());
    Ok(world.queue.fetch(limit, world.now).into())
}

fn set_webhook(world: &mut World, call: &Call) -> Answer {
    let address = call.text("url").unwrap_or_default();
    if address.is_empty() {
        return delete_webhook(world, call);
    }
    let url = url::Url::parse(address).map_err(|_| bad("invalid webhook URL specified"))?;
    let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    if !is_local && url.scheme() != "https" {
        return Err(bad("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    if !is_local && !matches!(url.port_or_known_default(), Some(80 | 88 | 443 | 8443)) {
        return Err(bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"));
    }
    let secret = call.text("secret_token").filter(|secret| !secret.is_empty());
    if secret.is_some_and(|secret| secret.len() > 256) {
        return Err(bad("secret token is too long"));
    }
    if secret.is_some_and(|secret| !secret.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')) {
        return Err(bad("secret token contains unallowed characters"));
    }
    world.queue.allow(call);
    if call.flag("drop_pending_updates") {
        world.queue.clear();
    }
    world.queue.reign += 1;
    world.queue.webhook = Some(Webhook {
        url: address.to_owned(),
        secret: secret.map(str::to_owned),
        max_connections: call.int("max_connections").unwrap_or(40).clamp(1, 100),
        last_error: None,
    });
    Ok(true.into())
}

#[expect(clippy::unnecessary_wraps, reason = "has the shape of every method")]
fn delete_webhook(world: &mut World, call: &Call) -> Answer {
    if call.flag("drop_pending_updates") {
        world.queue.clear();
    }
    if world.queue.webhook.take().is_some() {
        world.queue.reign += 1;
    }
    Ok(true.into())
}

#[expect(clippy::unnecessary_wraps, reason = "has the shape of every method")]
fn webhook_info(world: &mut World, _: &Call) -> Answer {
    let pending = world.queue.pending(world.now);
    let webhook = world.queue.webhook.clone().unwrap_or_default();
    let mut info = json!({
        "url": webhook.url, "has_custom_certificate": false, "pending_update_count": pending,
    });
    if !webhook.url.is_empty() {
        info["max_connections"] = webhook.max_connections.into();
    }
    if let Some((at, text)) = webhook.last_error {
        info["last_error_date"] = at.secs().into();
        info["last_error_message"] = text.into();
    }
    if let Some(allowed) = &world.queue.allowed {
        info["allowed_updates"] = json!(allowed);
    }
    Ok(info)
}
