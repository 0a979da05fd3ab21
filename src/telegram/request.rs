//! Effects, written as calls of the Bot API.

mod instead;

pub use instead::{altered, instead, plain};

use serde::Serialize;
use serde_json::Value;
use teloxide::payloads as tg;
use teloxide::requests::Payload;
use teloxide::types as wire;

use super::payload::{self, Permissions, Posting};
use super::{Call, Upload};
use crate::model::effect::{CommandScope, Does, File, FileKind, FileSource, Key, Keyboard, Poll, Question, Send};
use crate::model::text::{ANSWER_MAX, CAPTION_MAX, MESSAGE_MAX};
use crate::model::{ChatId, Effect, MessageId, MessageKey, MessageRef, Span, Text, Timestamp, UserId};

/// Telegram takes less than 30 s for ever; the rest is room for the way there.
const MUTE_MIN: Span = Span::secs(35);
/// Telegram takes more than 366 days for ever.
const MUTE_MAX: Span = Span::days(365);
/// `deleteMessages` takes at most this many.
const DELETE_MAX: usize = 100;
/// `callback_data` holds at most this many bytes, a deep link's payload as many characters.
const DATA_MAX: usize = 64;
const QUESTION_MAX: usize = 300;
const OPTION_MAX: usize = 100;

/// The name under which an upload goes with its call.
const UPLOAD: &str = "file";

/// What writing an effect needs to know besides the effect.
pub struct Resolved<'a> {
    /// The bot's username without `@`.
    pub bot: &'a str,
    pub now: Timestamp,
    /// The number of a message the bot named, in the effect's chat.
    pub message: &'a dyn Fn(&MessageKey) -> Option<MessageId>,
    /// The content of the file [`upload_path`] asks for.
    pub file: Option<&'a [u8]>,
}

/// Why an effect cannot be asked of Telegram.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    #[error("no message is known by the name `{0}`")]
    NoMessage(String),
    #[error("{0} is not a number of a message, topic or person")]
    BadNumber(i64),
    #[error("there is nothing to say")]
    Empty,
    #[error("button `{button}`: {why}")]
    Button { button: String, why: &'static str },
    #[error("`{0}` is not an address")]
    BadAddress(String),
    #[error("a poll needs a question, 2 to 12 options that are not empty, and a right answer among them if any")]
    Poll,
    #[error("the file `{0}` was not read")]
    NoFile(String),
}

/// The path of the file to be read before `effect` is written, if it uploads one.
pub fn upload_path(effect: &Effect) -> Option<&str> {
    match effect {
        Effect::Send(Send { media: Some(File { source: FileSource::Path(path), .. }), .. }) => Some(path),
        _ => None,
    }
}

/// Writes an effect as calls to be made in this order; none when there is nothing to do.
pub fn write(effect: &Effect, cx: &Resolved<'_>) -> Result<Vec<Call>, Unsendable> {
    let id = |message: &MessageRef| number(cx.resolve(message)?.0).map(wire::MessageId);
    let one = match effect {
        Effect::Send(send) => message(send, cx)?,
        Effect::Poll(poll) => question(poll)?,
        Effect::Edit { chat, message, text, keyboard } => {
            let text = wording(text, MESSAGE_MAX)?;
            let mut edit = tg::EditMessageText::new(to(*chat), id(message)?, text);
            edit.parse_mode = Some(wire::ParseMode::Html);
            edit.link_preview_options = Some(no_preview());
            edit.reply_markup = buttons(keyboard, cx)?;
            call(&edit)
        }
        Effect::EditKeyboard { chat, message, keyboard } => {
            let mut edit = tg::EditMessageReplyMarkup::new(to(*chat), id(message)?);
            edit.reply_markup = buttons(keyboard, cx)?;
            call(&edit)
        }
        Effect::Delete { chat, messages } => return deletes(*chat, messages, cx),
        Effect::Pin { chat, message, silent } => {
            let mut pin = tg::PinChatMessage::new(to(*chat), id(message)?);
            pin.disable_notification = Some(*silent);
            call(&pin)
        }
        Effect::Unpin { chat, message } => {
            let mut unpin = tg::UnpinChatMessage::new(to(*chat));
            unpin.message_id = Some(id(message)?);
            call(&unpin)
        }
        Effect::React { chat, message, emoji } => {
            let mut react = tg::SetMessageReaction::new(to(*chat), id(message)?);
            react.reaction = Some(vec![wire::ReactionType::Emoji { emoji: emoji.clone() }]);
            call(&react)
        }
        Effect::Mute { chat, user, length } => {
            let until = cx.now + (*length).clamp(MUTE_MIN, MUTE_MAX);
            restrict(*chat, *user, Permissions(false), Some(until))
        }
        // Only when every permission is granted Telegram takes the person for an ordinary member again. It grants no
        // more than the chat grants to all.
        Effect::Unmute { chat, user } => restrict(*chat, *user, Permissions(true), None),
        Effect::Ban { chat, user } => call(&tg::BanChatMember::new(to(*chat), person(*user)?)),
        Effect::Unban { chat, user } => {
            let mut unban = tg::UnbanChatMember::new(to(*chat), person(*user)?);
            unban.only_if_banned = Some(true);
            call(&unban)
        }
        Effect::BanChannel { chat, channel } => call(&tg::BanChatSenderChat::new(to(*chat), to(*channel))),
        Effect::AnswerButton { press, text, alert, url } => {
            let mut answer = tg::AnswerCallbackQuery::new(wire::CallbackQueryId(press.clone()));
            answer.text = Some(cut(text, ANSWER_MAX)).filter(|text| !text.is_empty());
            answer.show_alert = Some(*alert);
            answer.url = url.as_deref().map(address).transpose()?;
            call(&answer)
        }
        Effect::ApproveJoin { chat, user } => call(&tg::ApproveChatJoinRequest::new(to(*chat), person(*user)?)),
        Effect::DeclineJoin { chat, user } => call(&tg::DeclineChatJoinRequest::new(to(*chat), person(*user)?)),
        Effect::Leave { chat } => call(&tg::LeaveChat::new(to(*chat))),
        Effect::SetTag { chat, user, tag } => {
            call(&payload::SetChatMemberTag { chat_id: chat.0, user_id: user.0, tag: tag.clone() })
        }
        Effect::SetCommands { scope, language, commands } => menu(*scope, language.as_deref(), commands),
        Effect::Ask(question) => ask(*question)?,
        // Telegram is not asked.
        Effect::Consult(_) => return Ok(Vec::new()),
    };
    Ok(vec![one])
}

impl Resolved<'_> {
    fn resolve(&self, message: &MessageRef) -> Result<MessageId, Unsendable> {
        match message {
            MessageRef::Id(id) => Ok(*id),
            MessageRef::Name(name) => (self.message)(name).ok_or_else(|| Unsendable::NoMessage(name.0.clone())),
        }
    }
}

/// The Bot API's call for a payload.
fn call<P: Payload + Serialize>(payload: &P) -> Call {
    let (first, rest) = P::NAME.split_at(1);
    let params = serde_json::to_value(payload).expect("a payload holds strings, numbers and lists only");
    Call::new(first.to_ascii_lowercase() + rest, params)
}

fn posted<P: Payload + Serialize>(payload: &P, posting: &Posting) -> Call {
    let mut call = call(payload);
    let shared = serde_json::to_value(posting).expect("a posting holds strings, numbers and lists only");
    if let Value::Object(shared) = shared {
        call.params.extend(shared);
    }
    call
}

fn message(send: &Send, cx: &Resolved<'_>) -> Result<Call, Unsendable> {
    let reply_to = send.reply_to.map(|id| number(id.0)).transpose()?;
    let posting = Posting {
        message_thread_id: topic(send.topic)?,
        disable_notification: send.silent.then_some(true),
        reply_parameters: reply_to
            .map(|id| wire::ReplyParameters::new(wire::MessageId(id)).allow_sending_without_reply()),
        reply_markup: buttons(&send.keyboard, cx)?,
        ephemeral_message_parameters: send.only_for.map(|user| payload::Ephemeral { receiver_user_id: user.0 }),
    };
    let Some(media) = &send.media else {
        let mut payload = tg::SendMessage::new(to(send.chat), wording(&send.text, MESSAGE_MAX)?);
        payload.parse_mode = Some(wire::ParseMode::Html);
        payload.link_preview_options = (!send.preview).then(no_preview);
        return Ok(posted(&payload, &posting));
    };
    let file = input(&media.source)?;
    let mut call = match media.kind {
        FileKind::Photo => posted(&tg::SendPhoto::new(to(send.chat), file), &posting),
        FileKind::Document => posted(&tg::SendDocument::new(to(send.chat), file), &posting),
        FileKind::Video => posted(&tg::SendVideo::new(to(send.chat), file), &posting),
    };
    if !send.text.is_empty() {
        call.params.insert("caption".into(), wording(&send.text, CAPTION_MAX)?.into());
        call.params.insert("parse_mode".into(), "HTML".into());
    }
    if let FileSource::Path(path) = &media.source {
        let bytes = cx.file.ok_or_else(|| Unsendable::NoFile(path.clone()))?.to_vec();
        let file_name = std::path::Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        call.files.push(Upload { field: UPLOAD.into(), file_name, bytes });
    }
    Ok(call)
}

fn input(source: &FileSource) -> Result<wire::InputFile, Unsendable> {
    Ok(match source {
        FileSource::Id(id) => wire::InputFile::file_id(wire::FileId(id.clone())),
        FileSource::Url(url) => wire::InputFile::url(address(url)?),
        FileSource::Path(_) => wire::InputFile::file_id(wire::FileId(format!("attach://{UPLOAD}"))),
    })
}

fn question(poll: &Poll) -> Result<Call, Unsendable> {
    let said = |text: &str| !text.trim().is_empty();
    let options = (2..=12).contains(&poll.options.len()) && poll.options.iter().all(|option| said(option));
    let right = poll.correct.is_none_or(|index| index < poll.options.len());
    if !(said(&poll.question) && options && right) {
        return Err(Unsendable::Poll);
    }
    let payload = payload::SendPoll {
        chat_id: poll.chat.0,
        question: cut(&poll.question, QUESTION_MAX),
        options: poll.options.iter().map(|option| wire::InputPollOption::new(cut(option, OPTION_MAX))).collect(),
        is_anonymous: poll.anonymous,
        kind: if poll.correct.is_some() { "quiz" } else { "regular" },
        allows_multiple_answers: poll.multiple,
        correct_option_ids: poll.correct.into_iter().collect(),
    };
    let posting = Posting {
        message_thread_id: topic(poll.topic)?,
        disable_notification: poll.silent.then_some(true),
        ..Posting::default()
    };
    Ok(posted(&payload, &posting))
}

/// Messages that are not known by their names (any more) are left out, unless that leaves none.
fn deletes(chat: ChatId, messages: &[MessageRef], cx: &Resolved<'_>) -> Result<Vec<Call>, Unsendable> {
    let mut ids = Vec::new();
    let mut unknown = None;
    for message in messages {
        match cx.resolve(message) {
            Ok(id) => ids.push(wire::MessageId(number(id.0)?)),
            Err(error) => unknown = Some(error),
        }
    }
    if let (Some(error), true) = (unknown, ids.is_empty()) {
        return Err(error);
    }
    Ok(ids
        .chunks(DELETE_MAX)
        .map(|ids| match ids {
            [one] => call(&tg::DeleteMessage::new(to(chat), *one)),
            many => call(&tg::DeleteMessages::new(to(chat), many.to_vec())),
        })
        .collect())
}

fn restrict(chat: ChatId, user: UserId, permissions: Permissions, until: Option<Timestamp>) -> Call {
    call(&payload::RestrictChatMember {
        chat_id: chat.0,
        user_id: user.0,
        permissions,
        use_independent_chat_permissions: true,
        until_date: until.map(Timestamp::secs),
    })
}

fn menu(scope: CommandScope, language: Option<&str>, commands: &[(String, String)]) -> Call {
    let scope = Some(match scope {
        CommandScope::Private => wire::BotCommandScope::AllPrivateChats,
        CommandScope::Groups => wire::BotCommandScope::AllGroupChats,
        CommandScope::GroupAdmins => wire::BotCommandScope::AllChatAdministrators,
        CommandScope::Chat(chat) => wire::BotCommandScope::Chat { chat_id: to(chat).into() },
        CommandScope::ChatAdmins(chat) => wire::BotCommandScope::ChatAdministrators { chat_id: to(chat).into() },
    });
    let language = language.map(str::to_owned);
    if commands.is_empty() {
        let mut none = tg::DeleteMyCommands::new();
        (none.scope, none.language_code) = (scope, language);
        return call(&none);
    }
    let commands = commands.iter().map(|(name, about)| wire::BotCommand::new(name, about));
    let mut menu = tg::SetMyCommands::new(commands);
    (menu.scope, menu.language_code) = (scope, language);
    call(&menu)
}

fn ask(question: Question) -> Result<Call, Unsendable> {
    Ok(match question {
        Question::Admins(chat) => call(&tg::GetChatAdministrators::new(to(chat))),
        Question::Member(chat, user) => call(&tg::GetChatMember::new(to(chat), person(user)?)),
        Question::Count(chat) => call(&tg::GetChatMemberCount::new(to(chat))),
        Question::Chat(chat) => call(&tg::GetChat::new(to(chat))),
    })
}

fn buttons(keyboard: &Keyboard, cx: &Resolved<'_>) -> Result<Option<wire::InlineKeyboardMarkup>, Unsendable> {
    if keyboard.is_empty() {
        return Ok(None);
    }
    let rows = keyboard.0.iter().filter(|row| !row.is_empty());
    let rows: Vec<Vec<_>> =
        rows.map(|row| row.iter().map(|key| button(key, cx)).collect()).collect::<Result<_, _>>()?;
    Ok(Some(wire::InlineKeyboardMarkup::new(rows)))
}

fn button(key: &Key, cx: &Resolved<'_>) -> Result<wire::InlineKeyboardButton, Unsendable> {
    let wrong = |why| Err(Unsendable::Button { button: key.text.clone(), why });
    if key.text.trim().is_empty() {
        return wrong("has no text");
    }
    let open = |url: &str| match reqwest::Url::parse(url) {
        Ok(url) => Ok(wire::InlineKeyboardButton::url(&key.text, url)),
        Err(_) => wrong("opens what is not an address"),
    };
    match &key.does {
        Does::Press(data) if data.is_empty() || data.len() > DATA_MAX => wrong("needs 1 to 64 bytes of data"),
        Does::Press(data) => Ok(wire::InlineKeyboardButton::callback(&key.text, data)),
        Does::Open(url) => open(url),
        Does::Start(payload) if !is_payload(payload) => wrong("starts with more than 64 of A-Z a-z 0-9 _ -"),
        Does::Start(payload) => open(&format!("https://t.me/{}?start={payload}", cx.bot)),
    }
}

fn is_payload(text: &str) -> bool {
    text.len() <= DATA_MAX && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

fn wording(text: &Text, max: usize) -> Result<String, Unsendable> {
    if text.visible().trim().is_empty() {
        return Err(Unsendable::Empty);
    }
    Ok(text.clone().cut(max).html().to_owned())
}

/// At most `max` characters, the last of them `…` if anything was cut.
fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some(_) => text.chars().take(max - 1).chain(['…']).collect(),
    }
}

fn no_preview() -> wire::LinkPreviewOptions {
    wire::LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

fn address(url: &str) -> Result<reqwest::Url, Unsendable> {
    reqwest::Url::parse(url).map_err(|_| Unsendable::BadAddress(url.to_owned()))
}

/// General has no number: Telegram finds no thread by its number 1.
fn topic(topic: Option<i64>) -> Result<Option<wire::ThreadId>, Unsendable> {
    let id = topic.filter(|&id| id != 1).map(number).transpose()?;
    Ok(id.map(|id| wire::ThreadId(wire::MessageId(id))))
}

fn to(chat: ChatId) -> wire::ChatId {
    wire::ChatId(chat.0)
}

fn person(user: UserId) -> Result<wire::UserId, Unsendable> {
    u64::try_from(user.0).map(wire::UserId).map_err(|_| Unsendable::BadNumber(user.0))
}

fn number(id: i64) -> Result<i32, Unsendable> {
    i32::try_from(id).map_err(|_| Unsendable::BadNumber(id))
}

#[cfg(test)]
mod tests;
