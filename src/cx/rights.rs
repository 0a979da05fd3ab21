//! Who may do what: staff of a community, administrators of a group, members.

use anyhow::Result;

use super::{Cx, Role};
use crate::model::effect::Question;
use crate::model::event::Press;
use crate::model::{ChatId, Class, Effect, Message, Sender, UserId};

impl Cx<'_> {
    /// Whether a person may use staff commands in a chat: somebody listed, an administrator of it or of the staff chat, or
    /// who is in the staff chat.
    ///
    /// Being in a public staff chat proves nothing, since everybody can come in. Where the bot is no administrator of the
    /// staff chat it does not see who leaves, so that being in it counts only there, where one must be to act.
    pub async fn is_staff(&mut self, chat: ChatId, user: UserId) -> Result<bool> {
        let is_admin = self.tx.member(chat, user).await?.is_some_and(|member| member.status.is_staff());
        Ok(is_admin || self.is_on_team(chat, user).await?)
    }

    /// Whether a person may use staff commands in any group of the community.
    pub async fn is_staff_somewhere(&mut self, user: UserId) -> Result<bool> {
        for row in self.groups() {
            if self.is_staff(row.id, user).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a person acting in a chat is of the staff of the whole community.
    async fn is_on_team(&mut self, chat: ChatId, user: UserId) -> Result<bool> {
        if self.common.staff.contains(&user.0) {
            return Ok(true);
        }
        let Some(staff_chat) = self.staff_chat() else { return Ok(false) };
        let here = self.role(chat) == Role::Staff;
        let counts = self.chat(staff_chat).is_some_and(|row| !row.is_public() && (here || row.status.is_staff()));
        let member = self.tx.member(staff_chat, user).await?;
        Ok(member.is_some_and(|member| member.status.is_staff() || counts && member.status.is_in()))
    }

    /// Whether the staff member who wrote a message may use staff commands about a group. Of an anonymous administrator no
    /// more is known than where they are one.
    pub async fn may_order(&mut self, message: &Message, group: ChatId) -> Result<bool> {
        let here = message.chat.id;
        match message.author_id() {
            None => Ok(here == group || self.role(here) == Role::Staff),
            Some(user) => Ok(self.is_on_team(here, user).await? || self.is_staff(group, user).await?),
        }
    }

    /// Whether a person acting in `here`, none for an anonymous administrator, may mute and ban in a group: the staff of
    /// the community may, and administrators whom Telegram lets do so themselves.
    pub async fn may_restrict(&mut self, here: ChatId, user: Option<UserId>, group: ChatId) -> Result<bool> {
        let Some(user) = user else { return Ok(here == group || self.role(here) == Role::Staff) };
        let may = self.tx.member(group, user).await?.is_some_and(|member| member.may_restrict());
        Ok(may || self.is_on_team(here, user).await?)
    }

    /// Whether whoever wrote a message may use staff commands there. An anonymous administrator may: only
    /// administrators can be anonymous.
    pub async fn is_from_staff(&mut self, message: &Message) -> Result<bool> {
        let is_staff = match &message.sender {
            Sender::AnonymousAdmin => true,
            Sender::Person(user) => self.is_staff(message.chat.id, user.id).await?,
            _ => false,
        };
        self.after.by_staff |= is_staff;
        Ok(is_staff)
    }

    /// Whether who pressed a button may steer a group: its staff do so in it, and in the community's staff chat whoever is
    /// there. Who may not is told.
    pub async fn may_steer(&mut self, press: &Press, group: ChatId) -> Result<bool> {
        let here = press.chat.id;
        let reaches =
            here == group || self.role(here) == Role::Staff && self.groups_of(here).iter().any(|row| row.id == group);
        if !reaches {
            self.forbid(press);
            return Ok(false);
        }
        self.obeys_press(press).await
    }

    /// Whether who pressed a button is in a group, as far as is known. What is said in a private group only its members
    /// see. Of somebody never seen in a public one Telegram is asked, and its answer counts from the next press on.
    pub async fn is_in(&mut self, press: &Press, group: ChatId) -> Result<bool> {
        if let Some(member) = self.tx.member(group, press.user.id).await? {
            return Ok(member.status.is_in());
        }
        if press.chat.id == group && press.chat.username.is_none() {
            return Ok(true);
        }
        self.emit(Class::Reply, Effect::Ask(Question::Member(group, press.user.id)));
        Ok(false)
    }
}
