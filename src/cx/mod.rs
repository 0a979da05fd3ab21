//! What a feature is given: rows to read and write, the settings of its community, and ways to say what should follow.
//!
//! Nothing here talks to Telegram or knows what time it is.

mod ability;
mod community;
mod compile;
mod files;
mod lookup;
mod orders;
mod phrases;
pub mod recent;
mod replies;
mod rights;
pub mod talk;
mod wording;

pub use community::{Common, Role};
pub use compile::{Compile, Finding};
pub use files::Files;
pub use lookup::Lookup;
pub use orders::ALONE;
pub use phrases::{Phrase, Phrases, label, safe};
pub use replies::Replies;
pub use wording::Flaw;

use anyhow::Result;
use minijinja::Value;
use serde::{Deserialize, Serialize};

use crate::judge::spread::Spread;
use crate::model::command::Command;
use crate::model::event::{Event, Press, Told};
use crate::model::person::UNSEEN;
use crate::model::text::{ANSWER_MAX, short_name};
use crate::model::{
    ChatId, ChatKind, Class, CommunityId, Day, Delivery, Effect, Lang, Message, MessageKey, Outgoing, Sender, Span,
    Text, Timestamp, User, UserId, effect,
};
use crate::store::Tx;
use crate::store::agenda::Reminder;
use crate::store::chats::{ChatRow, Linked};
use crate::store::members::Member;

/// A reply to something older than this helps nobody: the backlog after an absence is handled without answers.
pub const STALE: Span = Span::minutes(2);
/// What everybody in a group is told alike is not said there again within this time.
const STANDS: Span = Span::secs(15);

/// Who the bot is: `getMe`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub id: UserId,
    pub username: String,
    pub name: String,
    /// Privacy mode is off: it sees every message even where it is no administrator.
    pub reads_all: bool,
}

impl Me {
    /// Reads the result of `getMe`; none when it is not one.
    pub fn read(result: &serde_json::Value) -> Option<Self> {
        Some(Self {
            id: UserId(result["id"].as_i64()?),
            username: result["username"].as_str().unwrap_or_default().to_owned(),
            name: result["first_name"].as_str().unwrap_or_default().to_owned(),
            reads_all: result["can_read_all_group_messages"].as_bool().unwrap_or_default(),
        })
    }
}

/// The surroundings of one event for one feature.
pub struct Cx<'a> {
    pub tx: &'a mut Tx,
    /// The moment of handling. What the event itself is dated is `event.at`.
    pub now: Timestamp,
    pub me: &'a Me,
    pub common: &'a Common,
    pub phrases: &'a Phrases,
    /// Settings of any chat, by path.
    pub settings: &'a dyn Lookup,
    pub community: CommunityId,
    /// The chat is one the operator wants served.
    pub allowed: bool,
    /// The language to speak: the community's, or in private the person's.
    pub lang: Lang,
    /// What the event in hand is called; effects are keyed by it.
    pub cause: &'a str,
    /// The feature in hand; see [`Cx::enter`].
    pub(crate) feature: &'static str,
    pub(crate) after: &'a mut Aftermath,
    pub(crate) replies: &'a mut Replies,
    pub(crate) recent: &'a mut recent::Recent,
    pub(crate) spread: &'a mut Spread,
}

/// What comes of an event besides rows and effects; one for the event and all that features tell each other because of it.
#[derive(Default)]
pub struct Aftermath {
    /// Effects asked for so far: their keys count on.
    serial: u32,
    /// What features told, with the chat it is about.
    pub told: Vec<(Option<ChatId>, Told)>,
    /// Chats whose settings are to be read again.
    pub changed_settings: Vec<ChatId>,
    /// What features add to an answer that a later one gives, by name.
    added: Vec<(&'static str, Text)>,
    /// Who caused it was found to be staff.
    by_staff: bool,
}

impl Cx<'_> {
    /// The feature about to handle the event: effects are keyed by its name.
    pub fn enter(&mut self, feature: &'static str) {
        self.feature = feature;
    }

    /// Asks for an effect. The result can still be given a note, a deadline or a later start.
    ///
    /// Nothing is posted where posting is paused, nothing at all where the bot no longer is, and nothing is asked for that
    /// it is known to have no right to.
    pub fn emit(&mut self, class: Class, mut effect: Effect) -> &mut Outgoing {
        let possible = self.keep_possible(&mut effect);
        self.ask_for(class, effect, possible)
    }

    fn ask_for(&mut self, class: Class, effect: Effect, possible: bool) -> &mut Outgoing {
        self.after.serial += 1;
        let key = format!("{}/{}/{}", self.cause, self.feature, self.after.serial);
        let delivery = match class {
            Class::Welcome | Class::Post | Class::Bulk => Delivery::Once,
            Class::Answer | Class::Guard | Class::Order | Class::Reply | Class::Board | Class::Question => {
                Delivery::Repeat
            }
        };
        let deadline = match class {
            Class::Answer => Some(self.now + Span::secs(15)),
            Class::Guard => Some(self.now + Span::hours(47)),
            Class::Welcome => Some(self.now + Span::minutes(5)),
            Class::Post => Some(self.now + Span::minutes(30)),
            Class::Order | Class::Reply | Class::Board | Class::Bulk | Class::Question => None,
        };
        let outgoing = Outgoing { key, class, delivery, after: self.now, deadline, note: String::new(), effect };
        if !possible || self.is_silenced(&outgoing) { self.tx.discard(outgoing) } else { self.tx.post(outgoing) }
    }

    fn is_silenced(&self, outgoing: &Outgoing) -> bool {
        let Some(row) = outgoing.effect.chat().and_then(|chat| self.tx.chat(chat)) else { return false };
        !row.is_live() && !row.id.is_private() || outgoing.is_posting() && row.paused.is_some()
    }

    /// Sends a message.
    pub fn send(&mut self, class: Class, send: effect::Send) -> &mut Outgoing {
        self.emit(class, Effect::Send(send))
    }

    /// Answers a message under it, unless it [need not be](Cx::heeds) answered.
    pub fn reply(&mut self, message: &Message, text: Text) -> Option<&mut Outgoing> {
        self.reply_with(message, effect::Send::new(message.chat.id, text))
    }

    /// Answers a message under it, with more than words.
    pub fn reply_with(&mut self, message: &Message, mut send: effect::Send) -> Option<&mut Outgoing> {
        if !self.heeds(message) {
            return None;
        }
        send.chat = message.chat.id;
        send.topic = message.topic;
        send.reply_to = Some(message.id);
        let deadline = self.now + STALE;
        let is_order = !message.chat.id.is_private() && self.is_order(message);
        let outgoing = self.send(if is_order { Class::Order } else { Class::Reply }, send);
        outgoing.deadline = Some(deadline);
        Some(outgoing)
    }

    /// Whether a message is to be answered: it is not stale, and its author, unless of the staff, has not asked for
    /// too much in this group of late.
    pub fn heeds(&mut self, message: &Message) -> bool {
        if self.is_stale(message.date) {
            return false;
        }
        let chat = message.chat.id;
        match message.author_id().filter(|_| !chat.is_private() && !self.is_order(message)) {
            Some(user) => self.replies.allow(chat, user, message.id, self.now),
            None => true,
        }
    }

    /// Whether what everybody in a group is told alike is to be said in answer to a message: not when it was said there
    /// seconds ago, unless staff ask.
    pub fn tells_all(&mut self, message: &Message, what: &str) -> bool {
        let free = message.chat.id.is_private() || self.is_order(message);
        free || self.tells_for(message, what, STANDS)
    }

    /// Whether something is to be said in answer to a message, which is then not said again in its chat for so long.
    pub fn tells_for(&mut self, message: &Message, what: &str, span: Span) -> bool {
        let chat = message.chat.id;
        let tells = !self.replies.stands(chat, what, message.id, self.now) && self.heeds(message);
        if tells {
            self.replies.told(chat, what, message.id, self.now + span);
        }
        tells
    }

    /// Whether anything was asked for because of the event in hand.
    pub fn has_acted(&self) -> bool {
        self.after.serial > 0
    }

    /// Whether a message in a group is from its staff, as far as that is known without asking the database.
    fn is_order(&self, message: &Message) -> bool {
        let chat = message.chat.id;
        let is_staff = |user: UserId| {
            let member = self.tx.member_at_hand(chat, user);
            self.common.staff.contains(&user.0) || member.is_some_and(|member| member.status.is_staff())
        };
        self.after.by_staff
            || self.role(chat) == Role::Staff
            || message.sender == Sender::AnonymousAdmin
            || message.author_id().is_some_and(is_staff)
    }

    /// Answers a message for a while: after `kept` the answer goes, and with it the message it answers.
    pub fn reply_briefly(&mut self, message: &Message, mut send: effect::Send, kept: Span) {
        let name = MessageKey(format!("{}/brief/{}", self.feature, message.id));
        send.name = Some(name.clone());
        if self.reply_with(message, send).is_some() {
            let messages = vec![name.into(), message.id.into()];
            let after = self.now + kept;
            let gone = self.emit(Class::Guard, Effect::Delete { chat: message.chat.id, messages });
            (gone.after, gone.deadline) = (after, None);
        }
    }

    /// Shows a line to who pressed a button; `alert` makes it a box to be closed.
    pub fn answer(&mut self, press: &Press, text: &Text, alert: bool) {
        let text = text.clone().cut(ANSWER_MAX).visible();
        self.emit(Class::Answer, Effect::AnswerButton { press: press.id.clone(), text, alert, url: None });
    }

    /// Too old to be answered.
    pub fn is_stale(&self, at: Timestamp) -> bool {
        self.now.since(at) > STALE
    }

    /// Asks to be reminded at `due`, in this chat, under `feature/name`.
    pub fn remind(&mut self, chat: ChatId, name: &str, due: Timestamp, payload: serde_json::Value) {
        let name = format!("{}/{name}", self.feature);
        self.tx.remind(Reminder { chat, name, due, payload });
    }

    /// Takes a reminder of this feature back. Says whether there was one.
    pub async fn unremind(&mut self, chat: ChatId, name: &str) -> Result<bool> {
        let name = format!("{}/{name}", self.feature);
        self.tx.unremind(chat, &name).await
    }

    /// The rest of a due reminder's name when it is this feature's `what`: for `checkin/summary/12`, `what` `summary`
    /// gives `12`.
    pub fn due<'e>(&self, event: &'e Event, what: &str) -> Option<&'e str> {
        let crate::model::Kind::Due(due) = &event.kind else { return None };
        let rest = due.key.strip_prefix(self.feature)?.strip_prefix('/')?.strip_prefix(what)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// Adds something to an answer that a later feature gives to this event.
    pub fn add(&mut self, name: &'static str, text: Text) {
        self.after.added.push((name, text));
    }

    /// What an earlier feature added under this name.
    pub fn added(&self, name: &str) -> Option<Value> {
        self.after.added.iter().find(|(known, _)| *known == name).map(|(_, text)| safe(text))
    }

    /// Tells every feature something, after this event, in its transaction.
    pub fn tell(&mut self, chat: Option<ChatId>, told: Told) {
        self.after.told.push((chat, told));
    }

    /// A chat's settings were changed there, or the chat is new: after this event they are read again, and
    /// [`crate::model::Kind::Settings`] tells every feature.
    pub fn settings_changed(&mut self, chat: ChatId) {
        self.after.changed_settings.push(chat);
    }

    /// A built-in or overridden text.
    #[expect(clippy::needless_pass_by_value, reason = "callers write `context! {…}` in place")]
    pub fn text(&self, key: &str, values: Value) -> Text {
        self.phrases.render(self.lang, key, &values)
    }

    /// A built-in or overridden text without values.
    pub fn words(&self, key: &str) -> Text {
        self.text(key, minijinja::context! {})
    }

    /// A person's name that opens their profile.
    pub fn mention(&self, user: UserId, name: &str) -> Value {
        safe(&Text::mention(user, &self.shown_name(name)))
    }

    /// A name to show, cut when it is long: people without one have a word instead.
    pub fn shown_name(&self, name: &str) -> String {
        let word = match (name, self.lang) {
            ("", Lang::Zh) => "已注销用户",
            ("", Lang::En) => "Deleted account",
            (UNSEEN, Lang::Zh) => "一位新朋友",
            (UNSEEN, Lang::En) => "a new friend",
            _ => return short_name(name),
        };
        word.to_owned()
    }

    /// The chat's row.
    pub fn chat(&self, id: ChatId) -> Option<&ChatRow> {
        self.tx.chat(id)
    }

    /// The community's groups the bot is in, its staff chat apart, in a lasting order.
    pub fn groups(&self) -> Vec<ChatRow> {
        let ours = |row: &&ChatRow| row.community == self.community && self.role(row.id) == Role::Group;
        let mut groups: Vec<ChatRow> = self.tx.chats().filter(ours).filter(|row| row.is_live()).cloned().collect();
        groups.sort_by_key(|row| row.id);
        groups
    }

    /// Whether a channel is the community's own: one of its groups is the channel's discussion group. None while that is
    /// not known of the group it writes in.
    pub fn owns(&self, channel: ChatId, here: ChatId) -> Option<bool> {
        let ours = |row: &ChatRow| row.community == self.community && row.linked == Linked::Channel(channel);
        if self.tx.chats().any(ours) {
            return Some(true);
        }
        let unknown = |row: &ChatRow| row.kind == ChatKind::Supergroup && row.linked == Linked::Unknown;
        if self.chat(here).is_some_and(unknown) { None } else { Some(false) }
    }

    /// The groups that somebody acting in `here` may mean: it alone, in a staff chat all whose staff chat it is, in private
    /// the community's.
    pub fn groups_of(&self, here: ChatId) -> Vec<ChatRow> {
        match self.role(here) {
            Role::Group => self.chat(here).cloned().into_iter().collect(),
            Role::Private => self.groups(),
            Role::Staff => {
                let mut groups = self.groups();
                // Chats no file lists are communities of their own that share one staff chat.
                let others = self.tx.chats().filter(|row| row.community != self.community && row.is_live());
                groups.extend(others.filter(|row| row.id != here && self.is_staffed_from(here, row.id)).cloned());
                groups.sort_by_key(|row| row.id);
                groups
            }
        }
    }

    /// Whether `here` is the staff chat of a group that may go by other settings than those in hand.
    fn is_staffed_from(&self, here: ChatId, group: ChatId) -> bool {
        let staff_chat = self.settings.staff_chat(group);
        !group.is_private() && staff_chat.is_some_and(|chat| self.current(chat) == self.current(here))
    }

    /// The community's local calendar day of an instant, from midnight to midnight.
    pub fn day(&self, at: Timestamp) -> Day {
        Day::of(at, self.common.timezone.0, chrono::NaiveTime::MIN)
    }

    /// A day as people say it; with its year when that is another than this.
    pub fn date(&self, day: Day) -> String {
        day.in_words(self.lang, self.day(self.now))
    }

    /// A local date and time as people say them.
    pub fn moment(&self, at: Timestamp) -> String {
        let comma = if self.lang == Lang::Zh { " " } else { ", " };
        format!("{}{comma}{}", self.date(self.day(at)), at.local(self.common.timezone.0).format("%H:%M"))
    }

    /// When the local day began that is `days` − 1 before today: with it and today they are so many.
    pub fn days_back(&self, days: i64) -> Timestamp {
        self.day(self.now).plus(1 - days).begins(self.common.timezone.0, chrono::NaiveTime::MIN)
    }

    /// The number a chat has now: a basic group that became a supergroup has another than the one written down.
    pub fn current(&self, chat: ChatId) -> ChatId {
        self.tx.chat(chat).and_then(|row| row.moved_to).unwrap_or(chat)
    }

    /// The staff chat, by the number it has now.
    pub fn staff_chat(&self) -> Option<ChatId> {
        self.common.staff_chat().map(|chat| self.current(chat))
    }

    /// What the chat is to the community.
    pub fn role(&self, chat: ChatId) -> Role {
        if chat.is_private() {
            Role::Private
        } else if self.staff_chat() == Some(self.current(chat)) {
            Role::Staff
        } else {
            Role::Group
        }
    }

    /// The command a message is, when it is one for this bot, and its author's own words: no edit, nothing forwarded,
    /// nothing another bot wrote for them.
    pub fn command<'m>(&self, message: &'m Message) -> Option<Command<'m>> {
        if message.edited.is_some() || message.forward.is_some() || message.via_bot.is_some() {
            return None;
        }
        Command::parse(&message.text, &self.me.username)
    }

    /// The member's row, made when the person was never seen.
    pub async fn member_or_new(&mut self, chat: ChatId, user: &User, at: Timestamp) -> Result<Member> {
        Ok(match self.tx.member(chat, user.id).await? {
            Some(member) => member,
            None => Member::new(chat, user, crate::model::Status::Member, at),
        })
    }
}
