//! Calls and parameters newer than teloxide, beside its own payloads.

use serde::Serialize;
use teloxide::requests::Payload;
use teloxide::types::{InlineKeyboardMarkup, InputPollOption, ReplyParameters, ThreadId, True};

/// Sets the tag shown beside a member's name (Bot API 9.5).
#[derive(Debug, Serialize)]
pub struct SetChatMemberTag {
    pub chat_id: i64,
    pub user_id: i64,
    pub tag: String,
}

impl Payload for SetChatMemberTag {
    type Output = True;
    const NAME: &'static str = "SetChatMemberTag";
}

/// Restricts a member. teloxide's knows neither reactions nor tags (Bot API 9.5, 10.0), and a permission left out is
/// not lifted.
#[derive(Debug, Serialize)]
pub struct RestrictChatMember {
    pub chat_id: i64,
    pub user_id: i64,
    pub permissions: Permissions,
    pub use_independent_chat_permissions: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_date: Option<i64>,
}

impl Payload for RestrictChatMember {
    type Output = True;
    const NAME: &'static str = "RestrictChatMember";
}

/// `ChatPermissions`, all granted or all taken.
#[derive(Clone, Copy, Debug)]
pub struct Permissions(pub bool);

impl Permissions {
    const NAMES: [&'static str; 16] = [
        "can_send_messages",
        "can_send_audios",
        "can_send_documents",
        "can_send_photos",
        "can_send_videos",
        "can_send_video_notes",
        "can_send_voice_notes",
        "can_send_polls",
        "can_send_other_messages",
        "can_add_web_page_previews",
        "can_react_to_messages",
        "can_edit_tag",
        "can_change_info",
        "can_invite_users",
        "can_pin_messages",
        "can_manage_topics",
    ];
}

impl Serialize for Permissions {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(Self::NAMES.iter().map(|name| (name, self.0)))
    }
}

/// Sends a poll. teloxide's names the right answer of a quiz by a field that is gone since Bot API 9.6.
#[derive(Debug, Serialize)]
pub struct SendPoll {
    pub chat_id: i64,
    pub question: String,
    pub options: Vec<InputPollOption>,
    pub is_anonymous: bool,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub allows_multiple_answers: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub correct_option_ids: Vec<usize>,
}

impl Payload for SendPoll {
    type Output = teloxide::types::Message;
    const NAME: &'static str = "SendPoll";
}

/// Parameters every kind of message shares, added to those of its own call.
#[derive(Debug, Default, Serialize)]
pub struct Posting {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_thread_id: Option<ThreadId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_notification: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_parameters: Option<ReplyParameters>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<InlineKeyboardMarkup>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral_message_parameters: Option<Ephemeral>,
}

/// `EphemeralMessageParameters` (Bot API 10.3): only this member sees the message.
#[derive(Debug, Serialize)]
pub struct Ephemeral {
    pub receiver_user_id: i64,
}
