//! Users, chats and members as Telegram describes them, in updates and in answers alike.

use super::fields::Fields;
use crate::model::event::AdminEntry;
use crate::model::person::UNSEEN;
use crate::model::text::clean_name;
use crate::model::{Chat, ChatId, ChatKind, Right, Rights, Status, Timestamp, User, UserId};

/// Reads a `User`; none without an id.
pub fn user(fields: &Fields<'_>) -> Option<User> {
    Some(User {
        id: UserId(fields.get("id")?),
        is_bot: fields.flag("is_bot"),
        name: full_name(fields),
        username: fields.get("username"),
        language: fields.get("language_code"),
    })
}

/// Reads a `Chat`; none without an id. A private chat is titled by its person's name.
pub fn chat(fields: &Fields<'_>) -> Option<Chat> {
    let id = ChatId(fields.get("id")?);
    let kind = match fields.get("type").unwrap_or_default() {
        "private" => ChatKind::Private,
        "group" => ChatKind::Group,
        "channel" => ChatKind::Channel,
        _ if id.is_private() => ChatKind::Private,
        _ => ChatKind::Supergroup,
    };
    let title = match kind {
        ChatKind::Private => full_name(fields),
        _ => clean_name(&fields.text("title")),
    };
    Some(Chat { id, kind, title, username: fields.get("username"), is_forum: fields.flag("is_forum") })
}

/// The user in the field of this name.
pub fn user_in(fields: &Fields<'_>, name: &str) -> Option<User> {
    user(&fields.object(name)?)
}

/// The chat in the field of this name.
pub fn chat_in(fields: &Fields<'_>, name: &str) -> Option<Chat> {
    chat(&fields.object(name)?)
}

fn full_name(fields: &Fields<'_>) -> String {
    let mut name = fields.text("first_name");
    if let Some(last) = fields.get::<String>("last_name") {
        name = format!("{name} {last}");
    }
    match clean_name(&name) {
        clean if clean.is_empty() && !name.trim().is_empty() => UNSEEN.to_owned(),
        clean => clean,
    }
}

/// A `ChatMember` of whichever kind.
pub struct Member {
    pub user: User,
    pub status: Status,
    pub until: Option<Timestamp>,
    pub can_send: bool,
    pub tag: Option<String>,
    pub rights: Rights,
    pub anonymous: bool,
}

impl Member {
    /// Reads a `ChatMember`; none without a user or with a status this program does not know.
    pub fn read(fields: &Fields<'_>) -> Option<Self> {
        let status = match fields.get("status")? {
            "creator" => Status::Owner,
            "administrator" => Status::Admin,
            "member" => Status::Member,
            "restricted" if fields.get("is_member") == Some(false) => Status::RestrictedOutside,
            "restricted" => Status::Restricted,
            "left" => Status::Left,
            "kicked" => Status::Banned,
            _ => return None,
        };
        let can_send = match status {
            Status::Restricted | Status::RestrictedOutside => fields.flag("can_send_messages"),
            _ => status.is_in(),
        };
        Some(Self {
            user: user_in(fields, "user")?,
            status,
            until: fields.time("until_date"),
            can_send,
            tag: fields.get("tag"),
            rights: rights(status, can_send, fields),
            anonymous: fields.flag("is_anonymous"),
        })
    }

    /// This member in a list of administrators.
    pub fn into_admin(self) -> AdminEntry {
        AdminEntry { user: self.user, status: self.status, rights: self.rights, anonymous: self.anonymous }
    }
}

fn rights(status: Status, can_send: bool, fields: &Fields<'_>) -> Rights {
    const NAMES: [(Right, &str); 8] = [
        (Right::Delete, "can_delete_messages"),
        (Right::Restrict, "can_restrict_members"),
        (Right::Invite, "can_invite_users"),
        (Right::Pin, "can_pin_messages"),
        (Right::ManageTopics, "can_manage_topics"),
        (Right::ManageTags, "can_manage_tags"),
        (Right::Promote, "can_promote_members"),
        (Right::ChangeInfo, "can_change_info"),
    ];
    match status {
        Status::Owner => Rights::all(),
        Status::Admin => {
            let named = NAMES.iter().filter(|(_, name)| fields.flag(name)).map(|(right, _)| *right);
            let rights = named.collect::<Rights>().with(Right::Admin);
            // Told for channels only; in a group every administrator may write.
            if fields.get("can_post_messages") == Some(false) { rights } else { rights.with(Right::Send) }
        }
        _ if status.is_in() && can_send => Rights::NONE.with(Right::Send),
        _ => Rights::NONE,
    }
}
