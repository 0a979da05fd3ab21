//! What Telegram answers to calls, read so leniently that what was done never looks failed.

use serde_json::Value;

use super::fields::Fields;
use super::people::{self, Member};
use crate::model::effect::Question;
use crate::model::event::{Altered, Answer, Why};
use crate::model::{ChatId, MessageId};

/// What an effect that was carried out brought about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    pub message: Option<MessageId>,
    /// Every message of an album.
    pub messages: Vec<MessageId>,
    pub poll: Option<String>,
    /// `file_id` of what was uploaded.
    pub file: Option<String>,
    /// It was not sent as it was asked for.
    pub altered: Option<Altered>,
}

/// Reads the result of a call that does something. Most say `true`; those that send give the message or messages.
pub fn delivered(result: &Value) -> Sent {
    let (first, messages) = match result {
        Value::Array(all) => (all.first().unwrap_or(&Value::Null), all.iter().filter_map(message_id).collect()),
        one => (one, Vec::new()),
    };
    Sent {
        message: message_id(first),
        messages,
        poll: first["poll"]["id"].as_str().map(str::to_owned),
        file: file_id(first).map(str::to_owned),
        altered: None,
    }
}

/// An ephemeral message has the number 0, which names nothing.
fn message_id(message: &Value) -> Option<MessageId> {
    message["message_id"].as_i64().filter(|&id| id != 0).map(MessageId)
}

/// The largest size of a photo stands last; a video without sound comes back as an animation.
fn file_id(message: &Value) -> Option<&str> {
    let photo = message["photo"].as_array().and_then(|sizes| sizes.last());
    let file = photo.or_else(|| ["video", "animation", "document"].iter().find_map(|kind| message.get(kind)));
    file?["file_id"].as_str()
}

/// Reads the answer to a question.
pub fn answer(question: Question, result: &Value) -> Answer {
    let read = match question {
        Question::Admins(_) => admins(result),
        Question::Member(..) => member(result),
        Question::Count(_) => result.as_i64().map(Answer::Count),
        Question::Chat(_) => {
            let json = result.to_string();
            let read = |fields: Fields<'_>| {
                let linked = fields.get("linked_chat_id").map(ChatId);
                people::chat(&fields).map(|chat| Answer::Chat { chat, linked })
            };
            Fields::read(&json).ok().and_then(read)
        }
    };
    read.unwrap_or(Answer::Failed(Why::Other))
}

fn admins(result: &Value) -> Option<Answer> {
    let all = result.as_array()?.iter().map(Value::to_string);
    let read = |json: String| Some(Member::read(&Fields::read(&json).ok()?)?.into_admin());
    Some(Answer::Admins(all.filter_map(read).collect()))
}

fn member(result: &Value) -> Option<Answer> {
    let json = result.to_string();
    let Member { user, status, until, rights, .. } = Member::read(&Fields::read(&json).ok()?)?;
    Some(Answer::Member { user, status, until, rights })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Right, Rights, Status, UserId};

    #[test]
    fn a_sent_message_never_looks_failed() {
        let sent = |message| Sent { message: Some(MessageId(message)), ..Sent::default() };
        assert_eq!(delivered(&json!(true)), Sent::default());
        assert_eq!(delivered(&json!({"message_id": 7, "entities": "?", "newer": [1]})), sent(7));
        assert_eq!(delivered(&json!({"message_id": 0, "ephemeral_message_id": 3})), Sent::default());
        let photo = json!({"message_id": 8, "photo": [{"file_id": "small"}, {"file_id": "large"}]});
        assert_eq!(delivered(&photo), Sent { file: Some("large".into()), ..sent(8) });
        let mute = json!({"message_id": 9, "animation": {"file_id": "a"}, "document": {"file_id": "d"}});
        assert_eq!(delivered(&mute), Sent { file: Some("a".into()), ..sent(9) });
        let poll = json!({"message_id": 10, "poll": {"id": "55", "options": null}});
        assert_eq!(delivered(&poll), Sent { poll: Some("55".into()), ..sent(10) });
        let album = json!([{"message_id": 11}, {"message_id": 12}]);
        assert_eq!(delivered(&album), Sent { messages: vec![MessageId(11), MessageId(12)], ..sent(11) });
    }

    #[test]
    fn administrators_come_with_their_rights() {
        let result = json!([
            {"status": "creator", "user": {"id": 1, "first_name": "A"}, "is_anonymous": true},
            {"status": "administrator", "user": {"id": 2, "is_bot": true, "first_name": "B"}, "newer": {},
             "can_delete_messages": true, "can_restrict_members": true, "can_invite_users": false},
            {"status": "something new", "user": {"id": 3}},
        ]);
        let Answer::Admins(admins) = answer(Question::Admins(ChatId(-1)), &result) else { panic!("no list") };
        let read: Vec<_> = admins.iter().map(|a| (a.user.id.0, a.status, a.anonymous)).collect();
        assert_eq!(read, [(1, Status::Owner, true), (2, Status::Admin, false)]);
        assert_eq!(admins[0].rights, Rights::all());
        let rights = [Right::Send, Right::Admin, Right::Delete, Right::Restrict];
        assert_eq!(admins[1].rights, rights.into_iter().collect());
    }

    #[test]
    fn answers_are_read_by_their_questions() {
        let chat = ChatId(-100);
        assert_eq!(answer(Question::Count(chat), &json!(12)), Answer::Count(12));
        assert_eq!(answer(Question::Count(chat), &json!("12")), Answer::Failed(Why::Other));
        let gone = json!({"status": "restricted", "is_member": false, "user": {"id": 5}, "until_date": 60});
        let Answer::Member { user, status, until, rights } = answer(Question::Member(chat, UserId(5)), &gone) else {
            panic!("no member")
        };
        assert_eq!((user.id, status, rights), (UserId(5), Status::RestrictedOutside, Rights::NONE));
        assert_eq!(until, Some(crate::model::Timestamp(60_000)));
        let full = json!({"id": -100, "type": "supergroup", "title": "群", "is_forum": true, "permissions": 1,
            "linked_chat_id": -200});
        let Answer::Chat { chat: read, linked } = answer(Question::Chat(chat), &full) else { panic!("no chat") };
        assert_eq!((read.id, read.title.as_str(), read.is_forum), (chat, "群", true));
        assert_eq!(linked, Some(ChatId(-200)));
    }
}
