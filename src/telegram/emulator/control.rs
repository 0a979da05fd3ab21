//! `/_sim/…`: people, raw updates, failures and a look inside, for tests of a running bot.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ALL_RIGHTS, Emulator, Entry, MessageSpec, Rule};
use crate::model::{ChatId, ChatKind, MessageId, UserId};

/// What is wrong with a request.
type Complaint = (StatusCode, String);

pub(super) fn router() -> Router<Emulator> {
    Router::new()
        .route("/act", post(act))
        .route("/push", post(push))
        .route("/fault", post(fault).delete(heal))
        .route("/queue", post(queue))
        .route("/log", get(log))
        .route("/answers", get(|State(emulator): State<Emulator>| async move { Json(emulator.answers()) }))
        .route("/violations", get(|State(emulator): State<Emulator>| async move { Json(emulator.violations()) }))
        .route("/state/{chat}", get(state))
}

/// What somebody does.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Act {
    AddUser {
        user: UserId,
        name: String,
        username: Option<String>,
        #[serde(default)]
        is_bot: bool,
    },
    AddGroup {
        chat: ChatId,
        title: String,
        #[serde(default)]
        kind: ChatKind,
        owner: UserId,
        #[serde(default)]
        forum: bool,
    },
    Fill {
        chat: ChatId,
        users: Vec<UserId>,
    },
    AddBot {
        chat: ChatId,
        by: UserId,
    },
    /// All rights when none are named.
    PromoteBot {
        chat: ChatId,
        rights: Option<Vec<String>>,
    },
    KickBot {
        chat: ChatId,
        by: UserId,
    },
    Start {
        user: UserId,
        #[serde(default)]
        payload: String,
    },
    BlockBot {
        user: UserId,
    },
    UnblockBot {
        user: UserId,
    },
    Say {
        chat: ChatId,
        user: UserId,
        text: String,
    },
    Send {
        chat: ChatId,
        user: UserId,
        message: Box<MessageSpec>,
    },
    Edit {
        chat: ChatId,
        message: MessageId,
        text: String,
    },
    Delete {
        chat: ChatId,
        message: MessageId,
    },
    React {
        chat: ChatId,
        message: MessageId,
        user: UserId,
        emoji: Vec<String>,
    },
    Vote {
        chat: ChatId,
        message: MessageId,
        user: UserId,
        options: Vec<usize>,
    },
    /// With any data, whether or not the message has such a button.
    Press {
        chat: ChatId,
        message: MessageId,
        user: UserId,
        data: String,
    },
    Join {
        chat: ChatId,
        user: UserId,
        #[serde(default)]
        entry: Entry,
    },
    JoinByLink {
        chat: ChatId,
        user: UserId,
        link: String,
    },
    RequestJoin {
        chat: ChatId,
        user: UserId,
        #[serde(default)]
        query: bool,
    },
    AddLink {
        chat: ChatId,
        user: UserId,
        name: String,
    },
    Leave {
        chat: ChatId,
        user: UserId,
    },
    Promote {
        chat: ChatId,
        user: UserId,
    },
    Demote {
        chat: ChatId,
        user: UserId,
    },
    Ban {
        chat: ChatId,
        user: UserId,
        by: UserId,
    },
    Unban {
        chat: ChatId,
        user: UserId,
        by: UserId,
    },
    Migrate {
        chat: ChatId,
    },
    DeleteChat {
        chat: ChatId,
    },
}

impl Act {
    /// The chat and message it needs to be there.
    fn needs(&self) -> (Option<ChatId>, Option<MessageId>) {
        match self {
            Self::AddUser { .. }
            | Self::AddGroup { .. }
            | Self::Start { .. }
            | Self::BlockBot { .. }
            | Self::UnblockBot { .. }
            | Self::Send { .. }
            | Self::Say { .. } => (None, None),
            Self::Edit { chat, message, .. }
            | Self::Delete { chat, message }
            | Self::React { chat, message, .. }
            | Self::Vote { chat, message, .. } => (Some(*chat), Some(*message)),
            Self::Fill { chat, .. }
            | Self::AddBot { chat, .. }
            | Self::PromoteBot { chat, .. }
            | Self::KickBot { chat, .. }
            | Self::Press { chat, .. }
            | Self::Join { chat, .. }
            | Self::JoinByLink { chat, .. }
            | Self::RequestJoin { chat, .. }
            | Self::AddLink { chat, .. }
            | Self::Leave { chat, .. }
            | Self::Promote { chat, .. }
            | Self::Demote { chat, .. }
            | Self::Ban { chat, .. }
            | Self::Unban { chat, .. }
            | Self::Migrate { chat }
            | Self::DeleteChat { chat } => (Some(*chat), None),
        }
    }
}

async fn act(State(emulator): State<Emulator>, Json(act): Json<Act>) -> Result<Json<Value>, Complaint> {
    let (chat, message) = act.needs();
    if let Some(chat) = chat
        && !emulator.has(chat, message)
    {
        return Err((StatusCode::NOT_FOUND, "no such chat or message".to_owned()));
    }
    perform(&emulator, act).map(Json).map_err(|reason| (StatusCode::CONFLICT, reason))
}

/// Does it; the answer is the id of what came of it, if anything has one.
fn perform(emulator: &Emulator, act: Act) -> Result<Value, String> {
    let done = Ok(Value::Null);
    match act {
        Act::AddUser { user, name, username, is_bot } => emulator.user(user, |person| {
            person.name = name;
            person.username = username;
            person.is_bot = is_bot;
        }),
        Act::AddGroup { chat, title, kind, owner, forum } => {
            emulator.add_group(chat.0, &title, kind);
            emulator.set_owner(chat, owner);
            emulator.set_forum(chat, forum);
        }
        Act::Fill { chat, users } => emulator.fill(chat, &users),
        Act::AddBot { chat, by } => emulator.add_bot_to(chat, by),
        Act::PromoteBot { chat, rights: None } => emulator.promote_bot(chat, &ALL_RIGHTS),
        Act::PromoteBot { chat, rights: Some(rights) } => {
            emulator.set_bot_rights(chat, &rights.iter().map(String::as_str).collect::<Vec<_>>());
        }
        Act::KickBot { chat, by } => emulator.kick_bot(chat, by),
        Act::Start { user, payload } => return Ok(json!(emulator.start_bot(user, &payload))),
        Act::BlockBot { user } => emulator.block_bot(user),
        Act::UnblockBot { user } => emulator.unblock_bot(user),
        Act::Say { chat, user, text } => {
            return emulator.send(chat, user, MessageSpec::text(&text)).map(|id| json!(id));
        }
        Act::Send { chat, user, message } => return emulator.send(chat, user, *message).map(|id| json!(id)),
        Act::Edit { chat, message, text } => emulator.edit(chat, message, &text),
        Act::Delete { chat, message } => emulator.delete(chat, message),
        Act::React { chat, message, user, emoji } => {
            emulator.react(chat, message, user, &emoji.iter().map(String::as_str).collect::<Vec<_>>());
        }
        Act::Vote { chat, message, user, options } => return emulator.vote(chat, message, user, &options).and(done),
        Act::Press { chat, user, .. } if !emulator.sees(chat, user) => {
            return Err("who is not in a private chat sees no button there".to_owned());
        }
        Act::Press { chat, message, user, data } => return Ok(emulator.press_data(chat, message, user, &data).into()),
        Act::Join { chat, user, entry } => emulator.join_as(chat, user, &entry),
        Act::JoinByLink { chat, user, link } => return emulator.join_by_link(chat, user, &link).and(done),
        Act::RequestJoin { chat, user, query } => return Ok(json!(emulator.request_join(chat, user, query))),
        Act::AddLink { chat, user, name } => return Ok(emulator.add_link(chat, user, &name).into()),
        Act::Leave { chat, user } => emulator.leave(chat, user),
        Act::Promote { chat, user } => emulator.promote(chat, user),
        Act::Demote { chat, user } => emulator.demote(chat, user),
        Act::Ban { chat, user, by } => emulator.ban(chat, user, by),
        Act::Unban { chat, user, by } => emulator.unban(chat, user, by),
        Act::Migrate { chat } => return Ok(json!(emulator.migrate(chat))),
        Act::DeleteChat { chat } => emulator.delete_chat(chat),
    }
    done
}

/// Raw updates, one or many.
async fn push(State(emulator): State<Emulator>, Json(updates): Json<Value>) -> Result<StatusCode, Complaint> {
    let updates = match updates {
        Value::Array(updates) => updates,
        one => vec![one],
    };
    if !updates.iter().all(Value::is_object) {
        return Err((StatusCode::BAD_REQUEST, "an update is an object".to_owned()));
    }
    for update in updates {
        emulator.push_raw_update(update);
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn fault(State(emulator): State<Emulator>, Json(rule): Json<Rule>) -> StatusCode {
    emulator.fail(rule);
    StatusCode::NO_CONTENT
}

async fn heal(State(emulator): State<Emulator>) -> StatusCode {
    emulator.heal();
    StatusCode::NO_CONTENT
}

/// What happens to the queue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QueueFault {
    /// Copies of the next update.
    duplicate: Option<usize>,
    /// The number of the next update.
    reset_ids: Option<i64>,
    /// First and last number of updates to be lost.
    drop: Option<(i64, i64)>,
}

async fn queue(State(emulator): State<Emulator>, Json(fault): Json<QueueFault>) -> Json<Value> {
    if let Some(copies) = fault.duplicate {
        emulator.duplicate_next(copies);
    }
    if let Some(to) = fault.reset_ids {
        emulator.reset_update_ids(to);
    }
    if let Some((first, last)) = fault.drop {
        emulator.drop_updates(first..=last);
    }
    Json(json!({"pending": emulator.pending_updates(), "next_id": emulator.next_update_id()}))
}

#[derive(Deserialize)]
struct Filter {
    method: Option<String>,
}

async fn log(State(emulator): State<Emulator>, Query(filter): Query<Filter>) -> Json<Value> {
    let fits = |method: &str| filter.method.as_deref().is_none_or(|wanted| wanted == method);
    let calls = emulator.log().into_iter().filter(|call| fits(&call.method)).map(|call| {
        let (result, error) = match call.outcome {
            Ok(result) => (result, Value::Null),
            Err(error) => (Value::Null, error.to_string().into()),
        };
        json!({"at": call.at, "method": call.method, "params": call.params, "result": result, "error": error})
    });
    Json(calls.collect())
}

async fn state(State(emulator): State<Emulator>, Path(chat): Path<i64>) -> Result<Json<Value>, Complaint> {
    emulator.state(ChatId(chat)).map(Json).ok_or((StatusCode::NOT_FOUND, "no such chat".to_owned()))
}

impl Emulator {
    fn has(&self, chat: ChatId, message: Option<MessageId>) -> bool {
        let world = self.lock();
        let room = world.chats.get(&chat);
        room.is_some_and(|room| message.is_none_or(|id| room.posts.contains_key(&id)))
    }
}
