//! What an administrator bot does to members: bans, restrictions, promotions, titles and tags.

use serde_json::Value;

use super::members::{Member, PERMISSIONS, RIGHTS, Via, flags, until};
use super::world::{Answer, Flags, Methods, World, bad};
use crate::model::{ChatId, ChatKind, Status, UserId};
use crate::telegram::{Call, Fault};

pub(super) const METHODS: Methods = &[
    ("banChatMember", ban),
    ("unbanChatMember", unban),
    ("restrictChatMember", restrict),
    ("promoteChatMember", promote),
    ("setChatAdministratorCustomTitle", set_title),
    ("setChatMemberTag", set_tag),
    ("banChatSenderChat", |world, call| sender_chat(world, call, true)),
    ("unbanChatSenderChat", |world, call| sender_chat(world, call, false)),
];

/// The person a call is about.
pub(super) fn subject(world: &World, call: &Call) -> Result<UserId, Fault> {
    let id = UserId(call.int("user_id").unwrap_or_default());
    if world.people.contains_key(&id) { Ok(id) } else { Err(bad("user not found")) }
}

fn big(world: &World, chat: ChatId) -> bool {
    matches!(world.chat(chat).kind, ChatKind::Supergroup | ChatKind::Channel)
}

/// The bot may act against this member.
fn may_restrict(world: &World, chat: ChatId, user: UserId) -> Result<(), Fault> {
    if world.chat(chat).kind == ChatKind::Private {
        return Err(bad("can't ban members in private chats"));
    }
    if !world.bot_may(chat, "can_restrict_members") {
        return Err(bad("not enough rights to restrict/unrestrict chat member"));
    }
    if user == world.me {
        return Err(bad("can't restrict self"));
    }
    let member = world.member(chat, user);
    match member.status {
        Status::Owner => Err(bad("can't remove chat owner")),
        Status::Admin if !member.by_bot => Err(bad("user is an administrator of the chat")),
        _ => Ok(()),
    }
}

fn ban(world: &mut World, call: &Call) -> Answer {
    let (chat, user) = (world.write(call)?, subject(world, call)?);
    may_restrict(world, chat, user)?;
    let (me, end) = (world.me, until(world.now, call.int("until_date")));
    let line = format!("{} bans {}", world.name(me), world.name(user));
    world.line(chat, line);
    world.put_out(chat, user, me, end);
    Ok(true.into())
}

fn unban(world: &mut World, call: &Call) -> Answer {
    let (chat, user) = (world.write(call)?, subject(world, call)?);
    if !big(world, chat) {
        return Err(bad("method is available for supergroup and channel chats only"));
    }
    let member = world.member(chat, user);
    if call.flag("only_if_banned") && member.status != Status::Banned {
        return Ok(true.into());
    }
    may_restrict(world, chat, user)?;
    let me = world.me;
    if member.status.is_in() {
        world.put_out(chat, user, me, None);
    }
    let left = member.turned(Status::Left);
    let line = format!("{} unbans {}", world.name(me), world.name(user));
    world.line(chat, line);
    world.set_member(chat, user, me, left, &Via::default());
    Ok(true.into())
}

fn restrict(world: &mut World, call: &Call) -> Answer {
    let (chat, user) = (world.write(call)?, subject(world, call)?);
    if world.chat(chat).kind != ChatKind::Supergroup {
        return Err(bad("method is available only for supergroups"));
    }
    may_restrict(world, chat, user)?;
    let allowed = permissions(call);
    let me = world.me;
    let line = format!(
        "{} {} {}",
        world.name(me),
        if allowed.contains("can_send_messages") { "unmutes" } else { "mutes" },
        world.name(user)
    );
    world.line(chat, line);
    let end = until(world.now, call.int("until_date"));
    let member = restricted(&world.member(chat, user), allowed, end);
    world.set_member(chat, user, me, member, &Via::default());
    Ok(true.into())
}

/// A member with just these permissions; with all of them it is a plain one.
pub(super) fn restricted(before: &Member, allowed: Flags, end: Option<crate::model::Timestamp>) -> Member {
    let is_in = before.status.is_in();
    if PERMISSIONS.iter().all(|name| allowed.contains(name) || may_be_left_out(name)) {
        return before.turned(if is_in { Status::Member } else { Status::Left });
    }
    let status = if is_in { Status::Restricted } else { Status::RestrictedOutside };
    Member { allowed, until: end, ..before.turned(status) }
}

/// Permissions of the newest kinds, and those ordinary groups give to nobody, do not make a restriction by their lack.
fn may_be_left_out(name: &str) -> bool {
    matches!(
        name,
        "can_change_info" | "can_pin_messages" | "can_manage_topics" | "can_react_to_messages" | "can_edit_tag"
    )
}

/// `permissions` of a call. Unless they are said to be independent, some imply others.
pub(super) fn permissions(call: &Call) -> Flags {
    let empty = serde_json::Map::new();
    let given = call.params.get("permissions").and_then(Value::as_object).unwrap_or(&empty);
    let mut allowed = flags(&PERMISSIONS, given);
    if !call.flag("use_independent_chat_permissions") {
        let media = &PERMISSIONS[1..7];
        if allowed.contains("can_send_other_messages") || allowed.contains("can_add_web_page_previews") {
            allowed.extend(media);
        }
        if allowed.contains("can_send_polls") || media.iter().any(|name| allowed.contains(name)) {
            allowed.insert("can_send_messages");
        }
    }
    allowed
}

fn promote(world: &mut World, call: &Call) -> Answer {
    let (chat, user) = (world.write(call)?, subject(world, call)?);
    if !big(world, chat) {
        return Err(bad("method is available for supergroup and channel chats only"));
    }
    if user == world.me {
        return Err(bad("can't promote self"));
    }
    if !world.bot_may(chat, "can_promote_members") {
        return Err(bad("not enough rights"));
    }
    let member = world.member(chat, user);
    match member.status {
        Status::Owner => return Err(bad("can't remove chat owner")),
        Status::Admin if !member.by_bot => return Err(bad("CHAT_ADMIN_REQUIRED")),
        status if !status.is_in() => return Err(bad("USER_NOT_PARTICIPANT")),
        _ => {}
    }
    let rights = flags(&RIGHTS, &call.params);
    if rights.iter().any(|right| !world.bot_may(chat, right)) {
        return Err(bad("RIGHT_FORBIDDEN"));
    }
    let after = if rights.is_empty() {
        member.turned(Status::Member)
    } else {
        let title = member.title.clone();
        Member { rights, by_bot: true, title, is_anonymous: call.flag("is_anonymous"), ..member.turned(Status::Admin) }
    };
    world.set_member(chat, user, world.me, after, &Via::default());
    Ok(true.into())
}

/// A title or tag is at most 16 characters and no emoji.
fn check_label(label: &str, what: &str) -> Result<(), Fault> {
    if label.chars().count() > 16 {
        return Err(bad(&format!("{what}_INVALID")));
    }
    let is_emoji = |c: char| matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' | '\u{fe0f}' | '\u{20e3}');
    if label.chars().any(is_emoji) {
        return Err(bad(&format!("{what}_EMOJI_NOT_ALLOWED")));
    }
    Ok(())
}

fn set_title(world: &mut World, call: &Call) -> Answer {
    let (chat, user) = (world.write(call)?, subject(world, call)?);
    if world.chat(chat).kind != ChatKind::Supergroup {
        return Err(bad("method is available only for supergroups"));
    }
    let member = world.member(chat, user);
    match member.status {
        Status::Owner => return Err(bad("only the owner can edit their custom title")),
        Status::Admin if member.by_bot && world.bot_may(chat, "can_promote_members") => {}
        Status::Admin => return Err(bad("not enough rights to change custom title of the user")),
        _ => return Err(bad("user is not an administrator")),
    }
    let title = call.text("custom_title").unwrap_or_default();
    check_label(title, "CUSTOM_TITLE")?;
    let title = Some(title.to_owned()).filter(|title| !title.is_empty());
    world.chat_mut(chat).members.insert(user, Member { title, ..member });
    Ok(true.into())
}

fn set_tag(world: &mut World, call: &Call) -> Answer {
    let (chat, user) = (world.write(call)?, subject(world, call)?);
    if world.chat(chat).kind == ChatKind::Private || world.chat(chat).kind == ChatKind::Channel {
        return Err(bad("method is available only for groups and supergroups"));
    }
    let tag = call.text("tag").unwrap_or_default();
    check_label(tag, "TAG")?;
    if !world.bot_may(chat, "can_manage_tags") {
        return Err(bad("TAG_CHANGE_FORBIDDEN"));
    }
    let member = world.member(chat, user);
    if !matches!(member.status, Status::Member | Status::Restricted) {
        return Err(bad("USER_NOT_PARTICIPANT"));
    }
    let tag = Some(tag.to_owned()).filter(|tag| !tag.is_empty());
    world.chat_mut(chat).members.insert(user, Member { tag, ..member });
    Ok(true.into())
}

fn sender_chat(world: &mut World, call: &Call, ban: bool) -> Answer {
    let chat = world.write(call)?;
    if !big(world, chat) {
        return Err(bad("method is available for supergroup and channel chats only"));
    }
    if !world.bot_may(chat, "can_restrict_members") {
        return Err(bad("not enough rights to restrict/unrestrict chat member"));
    }
    let sender = ChatId(call.int("sender_chat_id").unwrap_or_default());
    if !world.chats.contains_key(&sender) {
        return Err(bad("chat not found"));
    }
    let banned = &mut world.chat_mut(chat).banned_channels;
    if ban {
        banned.insert(sender)
    } else {
        banned.remove(&sender)
    };
    Ok(true.into())
}

impl World {
    /// Puts somebody out: for good from a supergroup, with all their messages; from a basic group they are only removed.
    pub(super) fn put_out(&mut self, chat: ChatId, user: UserId, by: UserId, end: Option<crate::model::Timestamp>) {
        let before = self.member(chat, user);
        let is_big = big(self, chat);
        let after =
            if is_big { Member { until: end, ..before.turned(Status::Banned) } } else { before.turned(Status::Left) };
        self.set_member(chat, user, by, after, &Via::default());
        if is_big {
            for post in self.chat_mut(chat).posts.values_mut().filter(|post| post.author == user && !post.service) {
                post.gone = true;
            }
        }
        if before.status.is_in() && self.chat(chat).kind != ChatKind::Channel {
            self.announce(chat, by, "left_chat_member", self.person_json(user));
        }
    }
}
