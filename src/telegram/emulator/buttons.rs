//! Buttons under messages: what they may hold, presses and the answers to them.

use serde_json::{Value, json};

use super::seen::Shown;
use super::world::{Answer, Methods, World, bad};
use crate::model::text::ANSWER_MAX;
use crate::model::{ChatId, ChatKind, MessageId, Span, Timestamp, UserId};
use crate::telegram::{Call, Fault};

pub(super) const METHODS: Methods = &[("answerCallbackQuery", answer)];

/// A press waiting for its answer.
#[derive(Clone)]
pub(super) struct Press {
    pub chat: ChatId,
    pub user: UserId,
    pub at: Timestamp,
}

/// An answer to a press is worth something for so long.
const FRESH: Span = Span::secs(15);

fn answer(world: &mut World, call: &Call) -> Answer {
    let id = call.text("callback_query_id").unwrap_or_default();
    let press = world.presses.get(id).filter(|press| world.now.since(press.at) <= FRESH).cloned();
    let press = press.ok_or_else(|| bad("query is too old and response timeout expired or query ID is invalid"))?;
    let text = call.text("text").unwrap_or_default();
    if text.chars().count() > ANSWER_MAX {
        return Err(bad("MESSAGE_TOO_LONG"));
    }
    let url = call.text("url").filter(|url| !url.is_empty()).map(str::to_owned);
    if url.as_ref().is_some_and(|url| !url.starts_with("https://t.me/") && !url.starts_with("t.me/")) {
        return Err(bad("URL_INVALID"));
    }
    if !text.is_empty() {
        let line = format!("[to {}] {text}", world.name(press.user));
        world.line(press.chat, line);
    }
    let shown = Shown {
        press: id.to_owned(),
        user: press.user,
        at: world.now,
        text: text.to_owned(),
        alert: call.flag("show_alert"),
        url,
    };
    world.show(shown);
    Ok(true.into())
}

impl World {
    pub(super) fn press_is_fresh(&self, id: &str, user: UserId) -> bool {
        self.presses.get(id).is_some_and(|press| press.user == user && self.now.since(press.at) <= FRESH)
    }

    /// The inline keyboard of a call after its checks; none when there is no button.
    pub(super) fn keyboard(&self, call: &Call, chat: ChatId) -> Result<Option<Value>, Fault> {
        let Some(rows) = call.params.get("reply_markup").and_then(|markup| markup["inline_keyboard"].as_array()) else {
            return Ok(None);
        };
        let private = self.chats.get(&chat).is_none_or(|chat| chat.kind == ChatKind::Private);
        for key in rows.iter().filter_map(Value::as_array).flatten() {
            check_key(key, private)?;
        }
        let rows: Vec<&Value> = rows.iter().filter(|row| row.as_array().is_some_and(|row| !row.is_empty())).collect();
        Ok((!rows.is_empty()).then(|| json!({ "inline_keyboard": rows })))
    }

    /// Tells the bot that somebody pressed a button with this data.
    pub(super) fn press(&mut self, chat: ChatId, message: MessageId, user: UserId, data: &str) -> String {
        let id = format!("{}", 4_000_000_000_000_000_000_i64 + self.next());
        let seen = self.chats.get(&chat).and_then(|room| room.posts.get(&message)).filter(|post| !post.gone);
        let carrier = match seen {
            Some(post) => Value::Object(post.body.clone()),
            None => json!({"chat": self.chat_json(chat), "message_id": message, "date": 0}),
        };
        self.presses.insert(id.clone(), Press { chat, user, at: self.now });
        let body = json!({
            "id": id, "from": self.person_json(user), "message": carrier,
            "chat_instance": format!("{}", -chat.0), "data": data,
        });
        self.tell("callback_query", body, self.now);
        id
    }
}

fn check_key(key: &Value, private: bool) -> Result<(), Fault> {
    const ACTIONS: [&str; 11] = [
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
        "disabled",
    ];
    let text = key["text"].as_str().unwrap_or_default();
    if text.trim().is_empty() || !ACTIONS.iter().any(|action| key.get(*action).is_some()) {
        return Err(bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"));
    }
    if key.get("callback_data").is_some_and(|data| !(1..=64).contains(&data.as_str().map_or(0, str::len))) {
        return Err(bad("BUTTON_DATA_INVALID"));
    }
    if let Some(address) = key["url"].as_str() {
        let full = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
        let fits = url::Url::parse(&full).is_ok_and(|url| {
            matches!(url.scheme(), "tg" | "ton")
                || matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| host.contains('.'))
        });
        if !fits {
            return Err(bad(&format!("inline keyboard button URL '{address}' is invalid: Wrong HTTP URL")));
        }
    }
    if key.get("web_app").is_some() && !private {
        return Err(bad("BUTTON_TYPE_INVALID"));
    }
    Ok(())
}
