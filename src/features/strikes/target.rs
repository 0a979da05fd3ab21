//! Whom a command is about: by reply to a message or to a card, by a mention, by @name or by number.

use anyhow::Result;
use minijinja::context;

use super::bearer::{self, Bearer, Seen};
use super::case::Case;
use super::ledger::{self, Spot};
use super::policy::{self, Spared};
use super::{act, words};
use crate::cx::{Cx, Role};
use crate::model::command::Command;
use crate::model::message::Service;
use crate::model::{ChatId, Message, MessageId, Sender, Span, Text, Timestamp, User, UserId};
use crate::store::sent;

/// Somebody a command is about, and what else was written.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// For a channel, it by its number and title.
    pub user: User,
    /// The message it is about, when the command answers one.
    pub message: Option<Said>,
    /// The case whose card or warning the command answers.
    pub case: Option<i64>,
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
    /// A channel that writes under its own name.
    Channel(Box<Target>),
    /// Nobody; the usage is to be shown.
    Nobody,
    /// An `@name` that nobody known bears.
    Stranger,
    /// A number that can be nobody's.
    Unknown,
    /// An `@name` that several bore lately.
    Shared {
        name: String,
        bearers: Vec<User>,
    },
    /// An `@name` that was last seen long ago, or was dropped since.
    Old {
        name: String,
        bearer: User,
        at: Timestamp,
    },
    /// Somebody nothing is done to.
    Spared(Spared),
}

/// The shortest number taken for a person's; shorter ones are numbers of strikes.
const USER_DIGITS: usize = 5;

/// Reads whom a command is about. A name or number it begins with goes before the message answered to; one that comes
/// later belongs to the reason.
pub async fn named(cx: &mut Cx<'_>, message: &Message, command: &Command<'_>) -> Result<Named> {
    let first = command.rest.split(separates).next().unwrap_or_default();
    let rest = behind(command.rest, first.len()).to_owned();
    if let Some((user, words)) = text_mention(message, command) {
        let rest = behind(command.rest, words.len()).to_owned();
        return Ok(target(Target { user: user.clone(), rest, known: true, ..Target::default() }));
    }
    if let Some(name) = first.strip_prefix('@').filter(|name| !name.is_empty()) {
        return by_name(cx, message.chat.id, name, rest).await;
    }
    if first.len() >= USER_DIGITS && first.chars().all(|c| c.is_ascii_digit()) {
        let Ok(id) = first.parse() else { return Ok(Named::Unknown) };
        let known = words::name(cx, message.chat.id, UserId(id)).await?;
        let user = User { id: UserId(id), name: known.clone().unwrap_or_default(), ..User::default() };
        return Ok(target(Target { user, rest, known: known.is_some(), ..Target::default() }));
    }
    answered(cx, message, command.rest).await
}

fn target(target: Target) -> Named {
    Named::Target(Box::new(target))
}

/// The person or channel whose message is answered, or whom the card or warning answered is about.
pub async fn answered(cx: &mut Cx<'_>, message: &Message, rest: &str) -> Result<Named> {
    let here = message.chat.id;
    let Some(reply) = message.reply_to.as_ref().filter(|reply| reply.chat.is_none_or(|chat| chat == here)) else {
        return Ok(Named::Nobody);
    };
    let rest = rest.to_owned();
    if let Some(service) = &reply.service {
        return Ok(noticed(service, rest));
    }
    let said = Said { chat: here, id: reply.id, at: reply.date, album: reply.album.clone(), text: reply.text.clone() };
    let written = Target { message: Some(said), rest, known: true, ..Target::default() };
    Ok(match &reply.sender {
        Sender::Bot(user) if user.id == cx.me.id => match case_of(cx, here, reply.id).await? {
            Some(case) => of_case(cx, &case, written.rest).await?,
            None => target(Target { user: user.clone(), ..written }),
        },
        Sender::Person(user) | Sender::Bot(user) => target(Target { user: user.clone(), ..written }),
        Sender::Channel(channel) if cx.owns(channel.id, here) != Some(true) => {
            let user = User { id: UserId(channel.id.0), name: channel.title.clone(), ..User::default() };
            Named::Channel(Box::new(Target { user, ..written }))
        }
        Sender::LinkedChannel(_) | Sender::Channel(_) => Named::Spared(Spared::Own),
        Sender::AnonymousAdmin => Named::Spared(Spared::Staff),
        Sender::Nobody => Named::Nobody,
    })
}

/// Whom a notice of Telegram tells of. Who caused it is not meant: somebody else may have added them.
fn noticed(service: &Service, rest: String) -> Named {
    let user = match service {
        Service::Joined(users) => <&[User; 1]>::try_from(users.as_slice()).ok().map(|[user]| user),
        Service::Left(user) => Some(user),
        _ => None,
    };
    user.map_or(Named::Nobody, |user| target(Target { user: user.clone(), rest, known: true, ..Target::default() }))
}

/// The case that a message of the bot's own tells of.
pub async fn case_of(cx: &mut Cx<'_>, chat: ChatId, message: MessageId) -> Result<Option<Case>> {
    let name = sent::name_of(cx.tx.conn().await?, chat, message).await?;
    let told = name.as_ref().and_then(|name| name.0.strip_prefix("strikes/")?.split_once('/'));
    let Some(("card" | "look" | "appeal" | "warning" | "notice", id)) = told else { return Ok(None) };
    match id.split('/').next().and_then(|id| id.parse().ok()) {
        Some(id) => ledger::case(cx.tx, id).await,
        None => Ok(None),
    }
}

async fn of_case(cx: &mut Cx<'_>, case: &Case, rest: String) -> Result<Named> {
    let first = ledger::messages(cx.tx, case.community, case.id, case.chat).await?.into_iter().next();
    let written = ledger::written(cx.tx, case).await?;
    let said = first.zip(written).map(|(id, at)| {
        let text = case.about.text.clone();
        Said { chat: case.chat, id, at, album: None, text }
    });
    let about = Target { message: said, case: Some(case.id), rest, known: true, ..Target::default() };
    if case.channel().is_some() {
        let user = User { id: case.user, name: case.about.channel.clone(), ..User::default() };
        return Ok(Named::Channel(Box::new(Target { user, ..about })));
    }
    let name = words::name(cx, case.chat, case.user).await?.unwrap_or_default();
    Ok(target(Target { user: User { id: case.user, name, ..User::default() }, ..about }))
}

/// What is said where a command names nobody anything can be done to; nothing when it names somebody. `example` is how
/// the command is written.
pub fn excuse(cx: &Cx<'_>, named: &Named, example: &str) -> Option<Text> {
    let known = |user: &User| context! { member => cx.mention(user.id, &user.name), id => user.id.0 };
    Some(match named {
        Named::Target(_) => return None,
        Named::Channel(_) => cx.words("strikes.spared.channel"),
        Named::Nobody => cx.text("strikes.usage", context! { example }),
        Named::Stranger => cx.words("strikes.stranger"),
        Named::Unknown => cx.words("strikes.unknown_id"),
        Named::Shared { name, bearers } => {
            let bearers: Vec<_> = bearers.iter().map(known).collect();
            cx.text("strikes.name_shared", context! { name, bearers })
        }
        Named::Old { name, bearer, at } => {
            let date = cx.date(cx.day(*at));
            cx.text("strikes.name_old", context! { name, date, ..known(bearer) })
        }
        Named::Spared(spared) => cx.words(spared_key(*spared)),
    })
}

/// What is said about somebody nothing is done to.
pub fn spared_key(spared: Spared) -> &'static str {
    match spared {
        Spared::Me => "strikes.spared.me",
        Spared::Bot => "strikes.spared.bot",
        Spared::StandIn => "strikes.spared.stand_in",
        Spared::Staff => "strikes.spared.staff",
        Spared::Own => "strikes.spared.own",
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

async fn by_name(cx: &mut Cx<'_>, here: ChatId, name: &str, rest: String) -> Result<Named> {
    if name.eq_ignore_ascii_case(&cx.me.username) {
        let user = User { id: cx.me.id, is_bot: true, ..User::default() };
        return Ok(target(Target { user, rest, known: true, ..Target::default() }));
    }
    let mut seen = Vec::new();
    for chat in name_places(cx, here) {
        for member in cx.tx.members_by_username(chat, name).await? {
            // Where they were seen last they may bear another name.
            let last = cx.tx.memberships(member.user).await?.into_iter().next();
            let dropped = last.is_some_and(|last| last.username != member.username);
            seen.push(Seen { user: member.user, at: member.last_seen, dropped });
        }
    }
    Ok(match bearer::bearer(&seen, cx.now) {
        Bearer::Nobody => Named::Stranger,
        Bearer::One(id) => {
            target(Target { user: bearing(cx, here, id).await?, rest, known: true, ..Target::default() })
        }
        Bearer::Several(ids) => {
            let mut bearers = Vec::new();
            for id in ids {
                bearers.push(bearing(cx, here, id).await?);
            }
            Named::Shared { name: name.to_owned(), bearers }
        }
        Bearer::Old(seen) => {
            Named::Old { name: name.to_owned(), bearer: bearing(cx, here, seen.user).await?, at: seen.at }
        }
    })
}

async fn bearing(cx: &mut Cx<'_>, here: ChatId, id: UserId) -> Result<User> {
    Ok(User { id, name: words::name(cx, here, id).await?.unwrap_or_default(), ..User::default() })
}

/// Where names are looked up: in the groups somebody acting in `here` has a say in, and in it.
fn name_places(cx: &Cx<'_>, here: ChatId) -> Vec<ChatId> {
    let groups = match cx.role(here) {
        Role::Staff => cx.groups_of(here).into_iter().map(|row| row.id).collect(),
        Role::Group | Role::Private => act::groups(cx),
    };
    let mut places = vec![here];
    places.extend(groups.into_iter().filter(|chat| *chat != here));
    places
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

/// The word that words begin with, where it is or was to be a number: `2`, `-5m`, `99999999h`.
pub fn number_ahead(words: &str) -> Option<&str> {
    let word = words.split(separates).next()?;
    word.trim_start_matches(['-', '+', '−', '－', '＋', '.']).starts_with(char::is_numeric).then_some(word)
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
            ("２h", 7200, ""),
            ("1.5h 刷屏", 5400, "刷屏"),
        ] {
            assert_eq!(length(words), Some((Span::secs(secs), rest)), "{words}");
        }
        for words in ["", "spam", "2", "spam 2h", "2x", "，2h"] {
            assert_eq!(length(words), None, "{words}");
        }
    }

    #[test]
    fn what_was_to_be_a_length_is_told_from_a_reason() {
        for (words, number) in [
            ("-5m", Some("-5m")),
            ("2", Some("2")),
            ("２ 刷屏", Some("２")),
            ("99999999h, spam", Some("99999999h")),
            ("spam", None),
            ("- spam", None),
            ("", None),
        ] {
            assert_eq!(number_ahead(words), number, "{words}");
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
