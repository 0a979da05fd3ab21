//! The rules of the modelled server, each told as what people and the bot do.

mod http;
mod intake;
mod members;
mod messages;

use serde_json::{Value, json};

use super::*;
use crate::model::{ChatId, ChatKind, MessageId, Span, Status};

const GROUP: i64 = -1_001_000_000_001;

/// A supergroup with an owner (1) and a member (2), and the bot as an administrator with all rights; nothing is queued.
struct Scene {
    emulator: Emulator,
    group: ChatId,
    owner: UserId,
    ann: UserId,
}

fn scene() -> Scene {
    scene_of(Settings::default(), ChatKind::Supergroup, GROUP)
}

fn scene_of(settings: Settings, kind: ChatKind, id: i64) -> Scene {
    let emulator = Emulator::new(settings);
    let (owner, ann) = (emulator.add_user(1, "Olga"), emulator.add_user(2, "Ann"));
    let group = emulator.add_group(id, "Readers", kind);
    emulator.set_owner(group, owner);
    emulator.fill(group, &[ann]);
    emulator.add_bot_to(group, owner);
    emulator.promote_bot(group, &ALL_RIGHTS);
    let scene = Scene { emulator, group, owner, ann };
    scene.ok(
        "getUpdates",
        json!({"offset": -1, "allowed_updates": ["message", "edited_message", "callback_query",
        "my_chat_member", "chat_member", "chat_join_request", "message_reaction", "poll", "poll_answer"]}),
    );
    scene.updates();
    scene
}

impl Scene {
    fn call(&self, method: &str, params: Value) -> Result<Value, Fault> {
        futures::executor::block_on(self.emulator.call(Call::new(method, params)))
    }

    fn ok(&self, method: &str, params: Value) -> Value {
        self.call(method, params).unwrap()
    }

    /// Code and text of the refusal.
    fn err(&self, method: &str, params: Value) -> (i64, String) {
        match self.call(method, params).unwrap_err() {
            Fault::Refused { code, text, .. } => (code, text),
            other => panic!("{other}"),
        }
    }

    fn bad(&self, method: &str, params: Value) -> String {
        let (code, text) = self.err(method, params);
        assert_eq!(code, 400, "{text}");
        text.strip_prefix("Bad Request: ").unwrap().to_owned()
    }

    /// Everything that waits, confirmed.
    fn updates(&self) -> Vec<Value> {
        let found = self.ok("getUpdates", json!({})).as_array().unwrap().clone();
        if let Some(last) = found.last() {
            self.ok("getUpdates", json!({"offset": last["update_id"].as_i64().unwrap() + 1, "limit": 1}));
        }
        found
    }

    /// The kinds of the updates that wait.
    fn kinds(&self) -> Vec<String> {
        let kind = |update: &Value| update.as_object().unwrap().keys().find(|key| *key != "update_id").unwrap().clone();
        self.updates().iter().map(kind).collect()
    }

    fn send(&self, text: &str) -> MessageId {
        let sent = self.ok("sendMessage", json!({"chat_id": self.group, "text": text}));
        MessageId(sent["message_id"].as_i64().unwrap())
    }

    fn wait(&self, span: Span) {
        self.emulator.set_now(self.emulator.now() + span);
    }
}
