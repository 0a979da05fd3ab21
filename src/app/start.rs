//! First words with Telegram: who the bot is, and by which way its updates come.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::alarm::Alarm;
use super::poll::pause;
use crate::config::Loaded;
use crate::config::process::{Intake, Process, Webhook, read_webhook_secret};
use crate::cx::Me;
use crate::store::{Db, meta};
use crate::telegram::refusal::{Outcome, classify};
use crate::telegram::update::ALLOWED_UPDATES;
use crate::telegram::{Call, Door, Fault};
use crate::web::Status;

/// Under which name the database remembers who the bot is.
const ME: &str = "me";
/// Telegram keeps at most 100,000 updates; from here on some may be lost.
const OVERFLOW: i64 = 99_000;

/// Asks once who the bot is.
pub async fn who_am_i(door: &dyn Door) -> Result<Me, Fault> {
    let me = door.call(Call::new("getMe", json!({}))).await?;
    Me::read(&me).ok_or_else(|| Fault::NoAnswer("`getMe` names no bot".to_owned()))
}

/// Notes who the bot is, for commands that do without Telegram.
pub(super) async fn remember(db: &Db, me: &Me) -> Result<()> {
    let mut tx = db.begin().await?;
    meta::set(tx.conn().await?, ME, &serde_json::to_string(me)?).await?;
    tx.commit().await?;
    Ok(())
}

/// Who the bot was when it last ran; none when it never did.
pub async fn remembered(db: &Db) -> Result<Option<Me>> {
    let me = meta::get(&mut *db.read().await?, ME).await?;
    Ok(me.map(|me| serde_json::from_str(&me)).transpose()?)
}

/// Asks who the bot is until Telegram answers. `None` when told to stop before it does.
///
/// # Errors
/// When Telegram does not know the token: then nothing will ever work.
pub(super) async fn introduce(door: &dyn Door, status: &Status, stop: &CancellationToken) -> Result<Option<Me>> {
    let mut failures = 0;
    loop {
        let asked = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            asked = who_am_i(door) => asked,
        };
        let fault = match asked {
            Ok(me) => {
                status.well("telegram");
                return Ok(Some(me));
            }
            Err(fault) => fault,
        };
        let outcome = classify("getMe", &fault, false);
        if outcome == Outcome::Stop {
            bail!("Telegram does not accept the token ({fault}); compare it with what BotFather shows");
        }
        failures += 1;
        let wait = pause(outcome, failures, rand::random());
        tracing::warn!(%fault, ?wait, "Telegram does not say who the bot is; trying again");
        status.wrong("telegram", fault.to_string());
        tokio::select! {
            () = stop.cancelled() => return Ok(None),
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Makes updates come the way the settings say. Gives what operators should know.
pub(super) async fn arrange(
    door: &dyn Door,
    process: &Process,
    loaded: &Loaded,
    status: &Status,
) -> Result<Vec<Alarm>> {
    let info = match stubborn(door, Call::new("getWebhookInfo", json!({}))).await {
        Ok(info) => info,
        Err(fault) => {
            // Polling will show what is the matter.
            tracing::warn!(%fault, "Telegram does not say whether there is a webhook");
            Value::Null
        }
    };
    let mut alarms = Vec::new();
    let pending = info["pending_update_count"].as_i64().unwrap_or_default();
    if pending >= OVERFLOW {
        tracing::error!(pending, "Telegram's queue was full: updates were lost");
        alarms.push(Alarm::Overflow);
    }
    if let Some(missing) = not_asked_for(&info) {
        tracing::info!(missing, "Telegram kept an older list of updates; it is told the new one");
    }
    match &process.intake {
        Intake::Webhook(webhook) => set_webhook(door, webhook, loaded).await?,
        Intake::Poll => alarms.extend(clear_way(door, &info, process.delete_webhook, status).await?),
    }
    Ok(alarms)
}

/// Kinds of updates the bot needs that Telegram's stored list lacks.
fn not_asked_for(info: &Value) -> Option<String> {
    let stored = info["allowed_updates"].as_array()?;
    let has = |kind: &&&str| stored.iter().any(|known| known.as_str() == Some(**kind));
    let missing: Vec<_> = ALLOWED_UPDATES.iter().filter(|kind| !has(kind)).copied().collect();
    (!missing.is_empty()).then(|| missing.join(", "))
}

async fn set_webhook(door: &dyn Door, webhook: &Webhook, loaded: &Loaded) -> Result<()> {
    let secret = read_webhook_secret(&loaded.folder.join(&webhook.secret_file))?;
    let params = json!({
        "url": webhook.url,
        "secret_token": secret.expose_secret(),
        "allowed_updates": ALLOWED_UPDATES,
    });
    stubborn(door, Call::new("setWebhook", params)).await.context("Telegram does not take the webhook")?;
    tracing::info!(host = host(&webhook.url), "Telegram calls the webhook");
    Ok(())
}

/// A webhook keeps polls from getting anything. It is removed only when the operator wants that.
async fn clear_way(door: &dyn Door, info: &Value, delete: bool, status: &Status) -> Result<Option<Alarm>> {
    let url = info["url"].as_str().unwrap_or_default();
    if url.is_empty() {
        return Ok(None);
    }
    let host = host(url);
    if delete {
        stubborn(door, Call::new("deleteWebhook", json!({}))).await.context("the webhook cannot be removed")?;
        tracing::info!(host, "the webhook was removed, as `delete_webhook` says");
        return Ok(None);
    }
    tracing::error!(
        host,
        "a webhook is set for this bot, so that polling gets nothing; `delete_webhook = true` removes it"
    );
    status.wrong("webhook", format!("updates go to {host}"));
    Ok(Some(Alarm::Hooked { host }))
}

/// Calls until there is an answer, a few times.
async fn stubborn(door: &dyn Door, call: Call) -> Result<Value, Fault> {
    let mut failures = 0;
    loop {
        let fault = match door.call(call.clone()).await {
            Ok(result) => return Ok(result),
            Err(fault) => fault,
        };
        failures += 1;
        let wait = match classify(&call.method, &fault, false) {
            outcome @ (Outcome::Retry { .. } | Outcome::NotSent | Outcome::Ambiguous) if failures < 4 => {
                pause(outcome, failures, rand::random())
            }
            _ => return Err(fault),
        };
        tokio::time::sleep(wait.min(Duration::from_secs(5))).await;
    }
}

/// Where updates go instead.
pub(super) async fn webhook_host(door: &dyn Door) -> String {
    let info = door.call(Call::new("getWebhookInfo", json!({}))).await.unwrap_or_default();
    host(info["url"].as_str().unwrap_or_default())
}

/// The host of an address, the rest of which may be secret.
fn host(url: &str) -> String {
    url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| "?".to_owned())
}
