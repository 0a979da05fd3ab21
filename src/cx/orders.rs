//! Orders: what only the staff may ask for, by command or button. One place decides whether an order is carried out now, so
//! that the features that do it need not.
//!
//! What is to be kept until Telegram has answered, or to be told later, is the feature `orders`'.

use anyhow::Result;

use super::{Cx, Role, STALE};
use crate::model::effect::{Effect, Send};
use crate::model::event::{Asked, Press, Told};
use crate::model::{ChatId, Class, Message, MessageId, MessageKey, Outgoing, Right, Sender, Span, Text, UserId};

/// What is said to who is not of the staff.
const STAFF_ONLY: &str = "orders.staff_only";
/// The note of an answer that only one member is to see: behind it where it belongs if that cannot be.
pub const ALONE: &str = "orders:alone:";
/// An answer to one member that everybody sees is gone after this.
const GLANCE: Span = Span::secs(15);

impl Cx<'_> {
    /// Whether a staff command is to be carried out: its author is of the staff, and it is fresh. To one that is not,
    /// everything has been said here; or Telegram is asked who the author is, and with its answer the command comes
    /// again, as [`Told::OrderSettled`].
    pub async fn obeys(&mut self, message: &Message) -> Result<bool> {
        let chat = message.chat.id;
        if chat.is_private() {
            let is_staff = self.is_staff_somewhere(UserId(chat.0)).await?;
            if !is_staff {
                let text = self.words(STAFF_ONLY);
                self.reply(message, text);
            }
            return Ok(is_staff);
        }
        if self.is_from_staff(message).await? {
            return Ok(!self.comes_late(message));
        }
        if !self.asks_first(Asked::Command(Box::new(message.clone()))).await? {
            self.turn_away(message);
        }
        Ok(false)
    }

    /// The same for a press on a button of the staff's.
    pub async fn obeys_press(&mut self, press: &Press) -> Result<bool> {
        let (here, user) = (press.chat.id, press.user.id);
        let is_staff = match self.role(here) {
            Role::Private => self.is_staff_somewhere(user).await?,
            Role::Group | Role::Staff => self.is_staff(here, user).await?,
        };
        if is_staff {
            return Ok(!self.press_comes_late(press));
        }
        if !self.asks_first(Asked::Button(Box::new(press.clone()))).await? {
            self.forbid(press);
        }
        Ok(false)
    }

    /// Tells who pressed a button that it is the staff's.
    pub fn forbid(&mut self, press: &Press) {
        let text = self.words(STAFF_ONLY);
        self.answer(press, &text, false);
    }

    /// Whether an order of the staff's is too old to be carried out: much may have happened since. Who gave it hears so.
    pub fn comes_late(&mut self, message: &Message) -> bool {
        let is_late = self.is_stale(message.date);
        if is_late {
            self.tell(Some(message.chat.id), Told::OrderMissed(Asked::Command(Box::new(message.clone()))));
        }
        is_late
    }

    /// The same of a press on a button of the staff's. Telegram no longer takes an answer to it by then, so that who
    /// pressed hears it in the chat.
    pub fn press_comes_late(&mut self, press: &Press) -> bool {
        let is_late = self.is_stale(press.at);
        if is_late {
            self.tell(Some(press.chat.id), Told::OrderMissed(Asked::Button(Box::new(press.clone()))));
        }
        is_late
    }

    /// Whether Telegram must first say if who gave an order is in the staff chat: somebody the bot never saw there may have
    /// been in it from the start. What it answered is remembered.
    pub async fn asks_first(&mut self, asked: Asked) -> Result<bool> {
        let Some(user) = asked.user().map(|user| user.id) else { return Ok(false) };
        let Some(staff_chat) = self.staff_chat() else { return Ok(false) };
        let counts =
            self.chat(staff_chat).is_some_and(|row| row.is_live() && !row.is_public() && row.status.is_staff());
        if !counts || self.tx.member(staff_chat, user).await?.is_some() {
            return Ok(false);
        }
        if self.tx.reminder(staff_chat, &apart(user)).await?.is_some() {
            return Ok(false);
        }
        self.tell(Some(staff_chat), Told::OrderDoubted(asked));
        Ok(true)
    }

    /// Answers a command that is not for its author.
    fn turn_away(&mut self, message: &Message) {
        // Channels and bots are nobody to be told.
        let Sender::Person(user) = &message.sender else { return };
        if !self.heeds(message) {
            return;
        }
        let (chat, topic) = (message.chat.id, message.topic);
        let text = self.words(STAFF_ONLY);
        match self.show_alone(chat, topic, user.id, text) {
            Some(sent) => sent.note = format!("{ALONE}{} {}", message.id, topic.unwrap_or_default()),
            None => self.turn_away_openly(chat, topic, message.id),
        }
    }

    /// The same where everybody sees it, for a moment.
    pub fn turn_away_openly(&mut self, chat: ChatId, topic: Option<i64>, command: MessageId) {
        let name = MessageKey(format!("orders/only/{command}"));
        let text = self.words(STAFF_ONLY);
        let send = Send { topic, reply_to: Some(command), name: Some(name.clone()), ..Send::new(chat, text) };
        let deadline = self.now + STALE;
        self.send(Class::Reply, send).deadline = Some(deadline);
        self.take_back_later(chat, name, GLANCE);
    }

    /// Shows a text to one member of a group alone. None where that cannot be: only administrators may, and only to members.
    pub fn show_alone(&mut self, chat: ChatId, topic: Option<i64>, user: UserId, text: Text) -> Option<&mut Outgoing> {
        if user.is_stand_in() || !self.chat(chat).is_some_and(|row| row.rights.has(Right::Admin)) {
            return None;
        }
        let deadline = self.now + STALE;
        let send = Send { topic, only_for: Some(user), ..Send::new(chat, text) };
        let sent = self.emit(Class::Reply, Effect::Send(send));
        sent.deadline = Some(deadline);
        Some(sent)
    }
}

/// The name of the reminder that says that somebody is not in the staff chat.
fn apart(user: UserId) -> String {
    format!("orders/apart/{user}")
}
