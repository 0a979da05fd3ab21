//! Whom a command is about: by reply, by a mention, by @name or by number.

use anyhow::Result;

use super::ledger::Spot;
use super::policy::{self, Spared};
use super::{act, words};
use crate::cx::{Cx, Role};
use crate::model::command::Command;
use crate::model::{ChatId, Message, MessageId, Sender, Span, Timestamp, User, UserId};

/// Somebody a command is about, and what else was written.
#[derive(Clone, Debug)]
pub struct Target {
    pub user: User,
    /// The message it is about, when the command answers one.
    pub message: Option<Said>,
    /// The words after the person.
    pub rest: String,
    /// Seen by the bot in this community.
    pub known: bool,
}

/// A message somebody wrote before.
#[derive(Clone, Debug)]
pub struct Said {
    pub chat: ChatId,
    pub id: MessageId,
    pub at: Timestamp,
    pub album: Option<String>,
    pub text: String,
}

impl Said {
    pub fn spot(&self) -> Spot<'_> {
        Spot { chat: self.chat, message: self.id, album: self.album.as_deref(), at: self.at }
    }
}

/// What a command names.
pub enum Named {
    Target(Box<Target>),
    /// Nobody; the usage is to be shown.
    Nobody,
    /// An `@name` that nobody known bears.
    Stranger,
    /// Somebody nothing is done to.
    Spared(Spared),
}

/// The shortest number taken for a person's; shorter ones are numbers of strikes.
const USER_DIGITS: usize = 5;

/// Reads whom a command is about. A name or number it begins with goes before the message answered to; one that comes
/// later belongs to the reason.
pub async fn named(cx: &mut Cx<'_>, message: &Message, command: &Command<'_>) -> Result<Named> {
    let first = command.rest.split(separates).next().unwrap_or_default();
    let after = behind(command.rest, first.len()).to_owned();
    if let Some((user, words)) = text_mention(message, command) {
        let rest = behind(command.rest, words.len()).to_owned();
        return Ok(Named::Target(Box::new(Target { user: user.clone(), message: None, rest, known: true })));
    }
    if let Some(name) = first.strip_prefix('@').filter(|name| !name.is_empty()) {
        let Some(user) = by_name(cx, message.chat.id, name).await? else { return Ok(Named::Stranger) };
        return Ok(Named::Target(Box::new(Target { user, message: None, rest: after, known: true })));
    }
    if first.len() >= USER_DIGITS && first.chars().all(|c| c.is_ascii_digit()) {
        let Ok(id) = first.parse() else { return Ok(Named::Stranger) };
        let user = UserId(id);
        let known = words::name(cx, message.chat.id, user).await?;
        let is_known = known.is_some();
        let user = User { id: user, name: known.unwrap_or_default(), ..User::default() };
        return Ok(Named::Target(Box::new(Target { user, message: None, rest: after, known: is_known })));
    }
    Ok(answered(message, command.rest))
}

/// The person whose message is answered.
pub fn answered(message: &Message, rest: &str) -> Named {
    let here = message.chat.id;
    let Some(reply) = message.reply_to.as_ref().filter(|reply| reply.chat.is_none_or(|chat| chat == here)) else {
        return Named::Nobody;
    };
    match &reply.sender {
        Sender::Person(user) | Sender::Bot(user) => Named::Target(Box::new(Target {
            user: user.clone(),
            message: Some(Said {
                chat: here,
                id: reply.id,
                at: reply.date,
                album: reply.album.clone(),
                text: reply.text.clone(),
            }),
            rest: rest.to_owned(),
            known: true,
        })),
        Sender::AnonymousAdmin | Sender::LinkedChannel(_) => Named::Spared(Spared::Staff),
        Sender::Channel(_) => Named::Spared(Spared::StandIn),
        Sender::Nobody => Named::Nobody,
    }
}

/// A person written by name right behind the command who has no `@name`: Telegram marks them.
fn text_mention<'m>(message: &'m Message, command: &Command<'_>) -> Option<(&'m User, &'m str)> {
    message
        .entities
        .iter()
        .filter(|entity| entity.kind == "text_mention")
        .filter_map(|entity| Some((entity.user.as_ref()?, message.words(entity)?)))
        .find(|(_, words)| command.rest.starts_with(words) && words.as_ptr() == command.rest.as_ptr())
}

async fn by_name(cx: &mut Cx<'_>, here: ChatId, name: &str) -> Result<Option<User>> {
    if name.eq_ignore_ascii_case(&cx.me.username) {
        return Ok(Some(User { id: cx.me.id, is_bot: true, ..User::default() }));
    }
    let mut chats = vec![here];
    chats.extend(act::groups(cx).into_iter().filter(|chat| *chat != here));
    for chat in chats {
        if let Some(member) = cx.tx.member_by_username(chat, name).await? {
            return Ok(Some(User { id: member.user, name: member.name, ..User::default() }));
        }
    }
    Ok(None)
}

/// Why nothing is done to this person, if nothing is.
pub async fn spared(cx: &mut Cx<'_>, user: &User) -> Result<Option<Spared>> {
    let mut is_staff = false;
    for chat in act::groups(cx) {
        is_staff |= cx.is_staff(chat, user.id).await?;
    }
    Ok(policy::spared(user, cx.me.id, is_staff))
}

/// The groups a command acts in: the one it is given in, or from the staff chat those the person is in.
pub async fn places(cx: &mut Cx<'_>, message: &Message, user: UserId) -> Result<Vec<ChatId>> {
    let here = message.chat.id;
    if cx.role(here) == Role::Group {
        return Ok(vec![here]);
    }
    let mut places = Vec::new();
    for chat in act::groups(cx) {
        if cx.tx.member(chat, user).await?.is_some_and(|member| member.status.is_in()) {
            places.push(chat);
        }
    }
    Ok(places)
}

/// The length of time words begin with, and what follows: `2h spam`, `1 day`, `30 分钟 刷屏`.
pub fn length(words: &str) -> Option<(Span, &str)> {
    let ends = words.char_indices().filter(|(_, c)| separates(*c)).map(|(at, _)| at).chain([words.len()]);
    let read = |end: usize| Some((Span::parse(&words[..end])?, behind(words, end)));
    ends.take(4).filter_map(read).last()
}

/// Stands between the words of a command: a blank, or a mark people end them with.
fn separates(c: char) -> bool {
    c.is_whitespace() || "，、；,;".contains(c)
}

fn behind(words: &str, end: usize) -> &str {
    words[end..].trim_start_matches(separates).trim_end()
}

/// A length written before the person, `/mute 2h @name`, and the command without it. In answer to a message the person is
/// known, and a name behind the length belongs to the reason.
pub fn length_ahead<'m>(message: &Message, command: &Command<'m>) -> (&'m str, Command<'m>) {
    let rest = length(command.rest).map(|(_, rest)| rest).filter(|rest| !rest.is_empty() && message.reply_to.is_none());
    let Some(rest) = rest else { return ("", command.clone()) };
    let length = command.rest.strip_suffix(rest).unwrap_or_default().trim_end_matches(separates);
    (length, Command { rest, ..command.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_from_reasons() {
        for (words, secs, rest) in [
            ("2h", 7200, ""),
            ("2h spam", 7200, "spam"),
            ("2h 30m too loud", 9000, "too loud"),
            ("30 分钟 刷屏", 1800, "刷屏"),
            ("1天", 86_400, ""),
            ("2h，原因", 7200, "原因"),
            ("30分钟、刷屏，骂人", 1800, "刷屏，骂人"),
            ("1d；骂人", 86_400, "骂人"),
            ("2h, too loud", 7200, "too loud"),
        ] {
            assert_eq!(length(words), Some((Span::secs(secs), rest)), "{words}");
        }
        for words in ["", "spam", "2", "spam 2h", "2x", "，2h"] {
            assert_eq!(length(words), None, "{words}");
        }
    }

    #[test]
    fn a_length_may_stand_before_the_person() {
        for (text, ahead, rest) in [
            ("/mute 2h @ling_01", "2h", "@ling_01"),
            ("/mute 1d 12h，@ling_01 刷屏", "1d 12h", "@ling_01 刷屏"),
            ("/mute 2小时 10001", "2小时", "10001"),
            ("/mute @ling_01 2h", "", "@ling_01 2h"),
            ("/mute 2h", "", "2h"),
            ("/mute", "", ""),
        ] {
            let command = Command::parse(text, "steward_bot").expect("a command");
            let (length, command) = length_ahead(&Message::default(), &command);
            assert_eq!((length, command.rest), (ahead, rest), "{text}");
        }
        let answer = Message { reply_to: Some(crate::model::message::ReplyTo::default()), ..Message::default() };
        let command = Command::parse("/mute 2h @ling_01", "steward_bot").expect("a command");
        assert_eq!(length_ahead(&answer, &command).0, "", "the person is who is answered");
    }
}
