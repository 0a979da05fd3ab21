//! Invite links and requests to join.

use serde_json::{Value, json};

use super::members::{Member, Via};
use super::moderation::subject;
use super::world::{Answer, Methods, World, bad};
use crate::model::{ChatId, ChatKind, Span, Status, Timestamp, UserId};
use crate::telegram::{Call, Fault};

pub(super) const METHODS: Methods = &[
    ("createChatInviteLink", create),
    ("editChatInviteLink", edit),
    ("revokeChatInviteLink", revoke),
    ("approveChatJoinRequest", |world, call| decide(world, call, true)),
    ("declineChatJoinRequest", |world, call| decide(world, call, false)),
    ("answerChatJoinRequestQuery", answer_query),
];

/// An invite link; its address is its key.
#[derive(Clone, Default)]
pub(super) struct Link {
    pub creator: UserId,
    pub name: String,
    pub limit: Option<i64>,
    pub expires: Option<Timestamp>,
    pub asks: bool,
    pub revoked: bool,
    pub joined: i64,
}

/// Somebody waits to be let in.
#[derive(Clone)]
pub(super) struct Request {
    pub link: Option<String>,
    pub at: Timestamp,
    /// For a bot that answers such queries itself.
    pub query: Option<String>,
}

fn may_invite(world: &mut World, call: &Call) -> Result<ChatId, Fault> {
    let chat = world.write(call)?;
    let staff = world.is_staff(chat, world.me);
    if world.chat(chat).kind == ChatKind::Private || !staff || !world.bot_may(chat, "can_invite_users") {
        return Err(bad("not enough rights to manage chat invite link"));
    }
    Ok(chat)
}

fn read(world: &World, call: &Call) -> Result<Link, Fault> {
    let limit = call.int("member_limit").filter(|limit| *limit != 0);
    let asks = call.flag("creates_join_request");
    if asks && limit.is_some() {
        return Err(bad("member limit can't be specified for links requiring administrator approval"));
    }
    if limit.is_some_and(|limit| !(1..=99_999).contains(&limit)) {
        return Err(bad("USAGE_LIMIT_INVALID"));
    }
    let expires = call.int("expire_date").filter(|date| *date != 0).map(Timestamp::from_secs);
    if expires.is_some_and(|expires| expires <= world.now) {
        return Err(bad("EXPIRE_DATE_INVALID"));
    }
    let name: String = call.text("name").unwrap_or_default().chars().take(32).collect();
    Ok(Link { creator: world.me, name, limit, expires, asks, ..Link::default() })
}

fn create(world: &mut World, call: &Call) -> Answer {
    let chat = may_invite(world, call)?;
    let link = read(world, call)?;
    let url = world.add_link(chat, link);
    Ok(world.link_json(chat, &url).unwrap_or_default())
}

/// The address of one of the bot's own links.
fn own(world: &World, chat: ChatId, call: &Call) -> Result<String, Fault> {
    let url = call.text("invite_link").unwrap_or_default();
    match world.chat(chat).links.get(url) {
        Some(link) if link.creator == world.me => Ok(url.to_owned()),
        Some(_) => Err(bad("CHAT_ADMIN_REQUIRED")),
        None => Err(bad("INVITE_HASH_EXPIRED")),
    }
}

fn edit(world: &mut World, call: &Call) -> Answer {
    let chat = may_invite(world, call)?;
    let url = own(world, chat, call)?;
    let new = read(world, call)?;
    let joined = world.chat(chat).links[&url].joined;
    world.chat_mut(chat).links.insert(url.clone(), Link { joined, ..new });
    Ok(world.link_json(chat, &url).unwrap_or_default())
}

fn revoke(world: &mut World, call: &Call) -> Answer {
    let chat = may_invite(world, call)?;
    let url = own(world, chat, call)?;
    if let Some(link) = world.chat_mut(chat).links.get_mut(&url) {
        link.revoked = true;
    }
    Ok(world.link_json(chat, &url).unwrap_or_default())
}

fn decide(world: &mut World, call: &Call, approve: bool) -> Answer {
    let (chat, user) = (world.write(call)?, subject(world, call)?);
    if !world.is_staff(chat, world.me) || !world.bot_may(chat, "can_invite_users") {
        return Err(bad("not enough rights to manage chat join requests"));
    }
    if world.member(chat, user).status.is_in() {
        return Err(bad("USER_ALREADY_PARTICIPANT"));
    }
    world.settle_request(chat, user, approve).ok_or_else(|| bad("HIDE_REQUESTER_MISSING"))?;
    Ok(true.into())
}

/// Such a query waits for 10 seconds.
fn answer_query(world: &mut World, call: &Call) -> Answer {
    let id = call.text("chat_join_request_query_id").unwrap_or_default();
    let now = world.now;
    let found = world.chats.values().find_map(|chat| {
        let fits = |request: &Request| request.query.as_deref() == Some(id) && now.since(request.at) <= Span::secs(10);
        chat.requests.iter().find(|(_, request)| fits(request)).map(|(user, _)| (chat.id, *user))
    });
    let (chat, user) =
        found.ok_or_else(|| bad("query is too old and response timeout expired or query ID is invalid"))?;
    match call.text("result") {
        Some("approve") => world.settle_request(chat, user, true),
        Some("decline") => world.settle_request(chat, user, false),
        Some("queue") => world.chat_mut(chat).requests.get_mut(&user).map(|request| request.query = None),
        _ => return Err(bad("invalid result specified")),
    };
    Ok(true.into())
}

impl World {
    pub(super) fn add_link(&mut self, chat: ChatId, link: Link) -> String {
        let url = format!("https://t.me/+{:016x}", self.next().wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed()));
        self.chat_mut(chat).links.insert(url.clone(), link);
        url
    }

    /// `ChatInviteLink` as the bot sees it: the address of somebody else's link is masked.
    pub(super) fn link_json(&self, chat: ChatId, url: &str) -> Option<Value> {
        let room = self.chats.get(&chat)?;
        let link = room.links.get(url)?;
        let shown = if link.creator == self.me { url.to_owned() } else { format!("{}…", &url[..url.len() - 8]) };
        let mut json = json!({
            "invite_link": shown, "creator": self.person_json(link.creator), "creates_join_request": link.asks,
            "is_primary": false, "is_revoked": link.revoked,
        });
        if !link.name.is_empty() {
            json["name"] = link.name.as_str().into();
        }
        if let Some(expires) = link.expires {
            json["expire_date"] = expires.secs().into();
        }
        if let Some(limit) = link.limit {
            json["member_limit"] = limit.into();
        }
        let pending = room.requests.values().filter(|request| request.link.as_deref() == Some(url)).count();
        if pending > 0 {
            json["pending_join_request_count"] = pending.into();
        }
        Some(json)
    }

    /// Somebody asks to be let in; an administrator bot that may invite is told.
    pub(super) fn ask_to_join(&mut self, chat: ChatId, user: UserId, link: Option<String>, query: Option<String>) {
        let mut body = json!({
            "chat": self.chat_json(chat), "from": self.person_json(user), "user_chat_id": user,
            "date": self.now.secs(),
        });
        if let Some(query) = &query {
            body["query_id"] = query.as_str().into();
        }
        let request = Request { link, at: self.now, query };
        let shown = request.link.as_deref().and_then(|url| self.link_json(chat, url));
        self.chat_mut(chat).requests.insert(user, request);
        if let Some(shown) = shown {
            body["invite_link"] = shown;
        }
        if self.is_staff(chat, self.me) && self.bot_may(chat, "can_invite_users") {
            self.tell("chat_join_request", body, self.now);
        }
    }

    /// Lets a waiting person in or sends them away; none when nobody waits.
    pub(super) fn settle_request(&mut self, chat: ChatId, user: UserId, approve: bool) -> Option<()> {
        let request = self.chat_mut(chat).requests.remove(&user)?;
        if approve {
            let via = Via { link: request.link, request: true, folder: false };
            let by = self.me;
            let member = self.entering(chat, user);
            self.set_member(chat, user, by, member, &via);
            if self.chat(chat).kind != ChatKind::Channel {
                let people = json!([self.person_json(user)]);
                self.announce(chat, user, "new_chat_members", people);
            }
        }
        Some(())
    }

    /// What somebody who comes in is: a restriction outlives an absence.
    pub(super) fn entering(&self, chat: ChatId, user: UserId) -> Member {
        let before = self.member(chat, user);
        match before.status {
            Status::RestrictedOutside => Member { status: Status::Restricted, ..before },
            _ => before.turned(Status::Member),
        }
    }
}
