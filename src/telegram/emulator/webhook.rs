//! Pushes updates to a webhook: one at a time for each chat, person or poll, with retries.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Emulator;
use super::updates::{Waiting, Webhook};

/// The server gives a webhook this long to answer.
const PATIENCE: Duration = Duration::from_mins(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// How often the queue is looked at when nothing calls for it: expiry, pauses that end.
const TICK: Duration = Duration::from_millis(500);

/// What is kept in order: updates with one key go one after the other.
fn key(update: &Value) -> String {
    let find = |path: &str| update.pointer(path).and_then(Value::as_i64).map(|id| format!("{path} {id}"));
    [
        "/callback_query/from/id",
        "/chat_member/from/id",
        "/chat_join_request/from/id",
        "/my_chat_member/chat/id",
        "/message_reaction/chat/id",
    ]
    .into_iter()
    .find_map(find)
    .or_else(|| update.as_object()?.values().find_map(|body| body["chat"]["id"].as_i64()).map(|id| id.to_string()))
    .or_else(|| update.pointer("/poll/id").or(update.pointer("/poll_answer/poll_id")).map(Value::to_string))
    .unwrap_or_default()
}

/// Delivers until the webhook is changed or removed.
pub(super) async fn run(emulator: Emulator, reign: u64) {
    let client = reqwest::Client::builder().timeout(PATIENCE).build().expect("the options are constant");
    let mut flying: JoinSet<(String, i64, Result<(), String>)> = JoinSet::new();
    // Per key: deliveries under way, and after failures the number of them and when the next try is due.
    let mut busy: HashSet<String> = HashSet::new();
    let mut paused: HashMap<String, (u32, Instant)> = HashMap::new();
    loop {
        let news = emulator.news.notified();
        let Some((webhook, waiting)) = emulator.to_push(reign) else { return };
        let most = usize::try_from(webhook.max_connections).unwrap_or(40);
        let mut passed: HashSet<String> = HashSet::new();
        for update in waiting {
            let key = key(&update.json);
            let first = passed.insert(key.clone());
            let rests = paused.get(&key).is_some_and(|(_, due)| *due > Instant::now());
            if first && !rests && !busy.contains(&key) && flying.len() < most {
                busy.insert(key.clone());
                flying.spawn(push(client.clone(), webhook.clone(), key, update));
            }
        }
        let done = tokio::select! {
            Some(Ok(done)) = flying.join_next() => Some(done),
            () = news => None,
            () = tokio::time::sleep(TICK) => None,
        };
        let Some((key, id, outcome)) = done else { continue };
        busy.remove(&key);
        match outcome {
            Ok(()) => {
                paused.remove(&key);
                emulator.act().queue.delivered(id);
            }
            Err(error) => {
                let failures = paused.get(&key).map_or(0, |(failures, _)| *failures) + 1;
                // The first retry comes at once, then after 2, 4, 8 … seconds.
                let pause = if failures == 1 {
                    Duration::ZERO
                } else {
                    Duration::from_secs(1 << failures.min(7).saturating_sub(1))
                };
                paused.insert(key, (failures, Instant::now() + pause.min(LONGEST_PAUSE)));
                emulator.note_webhook_error(reign, error);
            }
        }
    }
}

async fn push(
    client: reqwest::Client,
    webhook: Webhook,
    key: String,
    update: Waiting,
) -> (String, i64, Result<(), String>) {
    let mut request = client.post(&webhook.url).json(&update.json);
    if let Some(secret) = &webhook.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let outcome = match request.send().await {
        Ok(response) if response.status().is_success() => Ok(()),
        Ok(response) => Err(format!("Wrong response from the webhook: {}", response.status())),
        Err(error) if error.is_timeout() => Err("Read timeout expired".to_owned()),
        Err(_) => Err("Connection failed".to_owned()),
    };
    (key, update.id, outcome)
}

impl Emulator {
    /// The webhook and the first updates for it, while it is the one set at `reign`.
    fn to_push(&self, reign: u64) -> Option<(Webhook, Vec<Waiting>)> {
        let mut world = self.lock();
        let webhook = world.queue.webhook.clone().filter(|_| world.queue.reign == reign)?;
        let (now, most) = (world.now, usize::try_from(2 * webhook.max_connections).unwrap_or(80));
        let waiting = world.queue.front(most, now);
        Some((webhook, waiting))
    }

    fn note_webhook_error(&self, reign: u64, error: String) {
        let mut world = self.lock();
        let now = world.now;
        if world.queue.reign == reign
            && let Some(webhook) = &mut world.queue.webhook
        {
            webhook.last_error = Some((now, error));
        }
    }
}
