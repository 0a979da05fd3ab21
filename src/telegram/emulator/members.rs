//! What people are in a chat, and the news of a change of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::world::{Flags, World};
use crate::model::{ChatId, ChatKind, Span, Status, Timestamp, UserId};

/// Rights of administrators.
pub(super) const RIGHTS: [&str; 17] = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_post_messages",
    "can_edit_messages",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_direct_messages",
    "can_manage_tags",
    "can_send_welcome_messages",
];

/// Permissions of members.
pub(super) const PERMISSIONS: [&str; 16] = [
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

/// A person's place in a chat.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Member {
    pub status: Status,
    /// As an administrator.
    pub rights: Flags,
    pub is_anonymous: bool,
    pub title: Option<String>,
    /// Promoted by the bot, which may therefore change it.
    pub by_bot: bool,
    pub tag: Option<String>,
    /// As a restricted member.
    pub allowed: Flags,
    /// End of a restriction or ban; none for ever.
    pub until: Option<Timestamp>,
}

/// How somebody came in.
#[derive(Clone, Debug, Default)]
pub(super) struct Via {
    pub link: Option<String>,
    pub request: bool,
    pub folder: bool,
}

impl Member {
    pub(super) fn plain() -> Self {
        Self { status: Status::Member, ..Self::default() }
    }

    /// The same person with another status, keeping the tag.
    pub(super) fn turned(&self, status: Status) -> Self {
        Self { status, tag: self.tag.clone(), ..Self::default() }
    }

    /// What is left of a restriction or ban at `now`.
    fn at(&self, now: Timestamp) -> Self {
        if self.until.is_none_or(|until| until > now) {
            return self.clone();
        }
        match self.status {
            Status::Restricted => self.turned(Status::Member),
            Status::RestrictedOutside | Status::Banned => self.turned(Status::Left),
            _ => self.clone(),
        }
    }
}

/// The flags of `known` that are true in `given`.
pub(super) fn flags(known: &[&'static str], given: &Map<String, Value>) -> Flags {
    known.iter().copied().filter(|name| given.get(*name).and_then(Value::as_bool) == Some(true)).collect()
}

/// The end of a restriction as Telegram reads it: under 30 seconds or over 366 days from now is for ever.
pub(super) fn until(now: Timestamp, date: Option<i64>) -> Option<Timestamp> {
    let date = Timestamp::from_secs(date?);
    (date >= now + Span::secs(30) && date <= now + Span::days(366)).then_some(date)
}

impl World {
    /// The person's place now.
    pub(super) fn member(&self, chat: ChatId, user: UserId) -> Member {
        match self.chats.get(&chat) {
            Some(chat) if chat.kind == ChatKind::Private => Member::plain(),
            Some(chat) => chat.members.get(&user).map(|member| member.at(self.now)).unwrap_or_default(),
            None => Member::default(),
        }
    }

    pub(super) fn is_staff(&self, chat: ChatId, user: UserId) -> bool {
        self.member(chat, user).status.is_staff()
    }

    /// The person may do this: as the owner, by right, or as a member by permission.
    pub(super) fn may(&self, chat: ChatId, user: UserId, what: &'static str) -> bool {
        let member = self.member(chat, user);
        let Some(chat) = self.chats.get(&chat) else { return false };
        match member.status {
            _ if chat.kind == ChatKind::Private => true,
            Status::Owner => true,
            Status::Admin if PERMISSIONS.contains(&what) && !RIGHTS.contains(&what) => {
                chat.kind != ChatKind::Channel || member.rights.contains("can_post_messages")
            }
            Status::Admin => member.rights.contains(what),
            _ if chat.kind == ChatKind::Channel => false,
            Status::Member => chat.permissions.contains(what),
            Status::Restricted => member.allowed.contains(what) && chat.permissions.contains(what),
            Status::RestrictedOutside | Status::Left | Status::Banned => false,
        }
    }

    pub(super) fn bot_may(&self, chat: ChatId, what: &'static str) -> bool {
        self.may(chat, self.me, what)
    }

    /// `ChatMember`.
    pub(super) fn member_json(&self, chat: ChatId, user: UserId) -> Value {
        let member = self.member(chat, user);
        let mut json = json!({"user": self.person_json(user)});
        let mut put = |name: &str, value: Value| json[name] = value;
        let until = || Value::from(member.until.map_or(0, Timestamp::secs));
        let flag = |set: &BTreeSet<&str>, name: &str| Value::from(set.contains(name));
        put("status", status_word(member.status).into());
        match member.status {
            Status::Owner => put("is_anonymous", member.is_anonymous.into()),
            Status::Admin => {
                put("can_be_edited", member.by_bot.into());
                put("is_anonymous", member.is_anonymous.into());
                let is_channel = self.chats.get(&chat).is_some_and(|chat| chat.kind == ChatKind::Channel);
                for name in RIGHTS {
                    let only_channels = matches!(name, "can_post_messages" | "can_edit_messages");
                    let only_groups = matches!(name, "can_pin_messages" | "can_manage_topics" | "can_manage_tags");
                    if !(only_channels && !is_channel || only_groups && is_channel) {
                        put(name, flag(&member.rights, name));
                    }
                }
            }
            Status::Restricted | Status::RestrictedOutside => {
                put("is_member", (member.status == Status::Restricted).into());
                put("until_date", until());
                for name in PERMISSIONS {
                    put(name, flag(&member.allowed, name));
                }
            }
            Status::Banned => put("until_date", until()),
            Status::Member | Status::Left => {}
        }
        if let Some(title) = member.title.as_ref().filter(|_| member.status.is_staff()) {
            put("custom_title", title.as_str().into());
        }
        if let Some(tag) = member.tag.as_ref().filter(|_| matches!(member.status, Status::Member | Status::Restricted))
        {
            put("tag", tag.as_str().into());
        }
        json
    }

    /// Changes somebody's place and tells the bot, as far as it is told such things.
    pub(super) fn set_member(&mut self, chat: ChatId, user: UserId, by: UserId, member: Member, via: &Via) {
        let (before, was_in) = (self.member_json(chat, user), self.member(chat, user).status.is_in());
        // An administrator bot that is put out is told of it all the same: by `my_chat_member`.
        let told = user == self.me || self.is_staff(chat, self.me);
        let is_in = member.status.is_in();
        self.chat_mut(chat).members.insert(user, member);
        let after = self.member_json(chat, user);
        if before == after {
            return;
        }
        if is_in != was_in {
            let (who, verb) = (self.name(user), if is_in { "joined" } else { "left" });
            self.line(chat, format!("{who} {verb}"));
        }
        if !told {
            return;
        }
        let mut body = json!({
            "chat": self.chat_json(chat), "from": self.person_json(by), "date": self.now.secs(),
            "old_chat_member": before, "new_chat_member": after,
        });
        if let Some(link) = via.link.as_ref().and_then(|url| self.link_json(chat, url)) {
            body["invite_link"] = link;
        }
        if via.request {
            body["via_join_request"] = true.into();
        }
        if via.folder {
            body["via_chat_folder_invite_link"] = true.into();
        }
        let kind = if user == self.me { "my_chat_member" } else { "chat_member" };
        self.tell(kind, body, self.now);
    }

    /// The name as the transcript shows it.
    pub(super) fn name(&self, user: UserId) -> String {
        self.people.get(&user).map_or_else(|| user.to_string(), |person| person.name.clone())
    }
}

/// `ChatMember.status`.
pub(super) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Owner => "creator",
        Status::Admin => "administrator",
        Status::Member => "member",
        Status::Restricted | Status::RestrictedOutside => "restricted",
        Status::Left => "left",
        Status::Banned => "kicked",
    }
}
