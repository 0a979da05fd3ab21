//! What people do: write, join, leave, press, vote, promote, ban.
//!
//! Where something is asked of a chat or message that is not there, the methods panic: that is a mistake in the scenario.

use std::borrow::Borrow;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::content::compose;
use super::members::{Member, RIGHTS, Via};
use super::world::{Chat, World};
use super::{ALL_RIGHTS, Emulator, html, links};
use crate::model::{ChatId, ChatKind, MessageId, Status, Timestamp, UserId};

/// A message somebody writes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessageSpec {
    /// Text, or the caption when there is media.
    pub text: String,
    /// Entities beside those Telegram finds by itself.
    pub entities: Vec<Value>,
    /// `photo`, `video`, `document`, `sticker`, `voice` …
    pub media: Option<String>,
    pub album: Option<String>,
    /// `forward_origin`.
    pub forward: Option<Value>,
    pub via_bot: Option<UserId>,
    /// Inline buttons with links.
    pub buttons: Vec<Vec<(String, String)>>,
    /// Name and number.
    pub contact: Option<(String, String)>,
    pub reply_to: Option<MessageId>,
    pub topic: Option<i64>,
    /// A channel whose name the message bears.
    pub sender_chat: Option<ChatId>,
    /// An administrator behind the name of the group.
    pub anonymous: bool,
    /// The linked channel's post, forwarded by Telegram.
    pub auto_forward: bool,
    /// Written at another time than now.
    pub date: Option<Timestamp>,
    /// Further fields of the message as they are.
    pub extra: Map<String, Value>,
}

impl MessageSpec {
    pub fn text(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    pub fn media(kind: &str, caption: &str) -> Self {
        Self { media: Some(kind.to_owned()), ..Self::text(caption) }
    }

    #[must_use]
    pub fn reply_to(self, message: MessageId) -> Self {
        Self { reply_to: Some(message), ..self }
    }
}

/// How somebody comes in and who hears of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Entry {
    /// Address of an invite link.
    pub link: Option<String>,
    /// Added by somebody else.
    pub by: Option<UserId>,
    pub folder: bool,
    pub announce: Announce,
}

/// Telegram tells of a join in two ways, and not always in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Announce {
    #[default]
    Both,
    /// Only the notice in the chat.
    Service,
    /// Only `chat_member`.
    Member,
}

/// Coming, going and rank.
impl Emulator {
    pub fn join(&self, chat: ChatId, user: UserId) {
        self.join_as(chat, user, &Entry::default());
    }

    pub fn join_as(&self, chat: ChatId, user: UserId, entry: &Entry) {
        let mut world = self.act();
        let by = entry.by.unwrap_or(user);
        let member = world.entering(chat, user);
        let via = Via { link: entry.link.clone(), request: false, folder: entry.folder };
        if entry.announce == Announce::Service {
            world.chat_mut(chat).members.insert(user, member);
        } else {
            world.set_member(chat, user, by, member, &via);
        }
        if entry.announce != Announce::Member && world.chat(chat).kind != ChatKind::Channel {
            let people = json!([world.person_json(user)]);
            world.announce(chat, by, "new_chat_members", people);
        }
    }

    /// Comes in by an invite link, or asks to when the link says so; the error is why it does not work.
    pub fn join_by_link(&self, chat: ChatId, user: UserId, url: &str) -> Result<(), String> {
        let mut world = self.act();
        let now = world.now;
        if world.member(chat, user).status == Status::Banned {
            return Err("banned".into());
        }
        let link = world.chat_mut(chat).links.get_mut(url).filter(|link| !link.revoked);
        let link = link.ok_or("the link is revoked or unknown")?;
        if link.expires.is_some_and(|expires| expires <= now) || link.limit.is_some_and(|limit| link.joined >= limit) {
            return Err("the link has expired".into());
        }
        if link.asks {
            world.ask_to_join(chat, user, Some(url.to_owned()), None);
            return Ok(());
        }
        link.joined += 1;
        drop(world);
        self.join_as(chat, user, &Entry { link: Some(url.to_owned()), ..Entry::default() });
        Ok(())
    }

    /// Asks to be let in. With `query`, the bot is to answer itself within 10 seconds; gives the query's id.
    pub fn request_join(&self, chat: ChatId, user: UserId, query: bool) -> Option<String> {
        let mut world = self.act();
        let id = query.then(|| format!("q{}", world.next()));
        world.ask_to_join(chat, user, None, id.clone());
        id
    }

    /// An invite link that another administrator makes.
    pub fn add_link(&self, chat: ChatId, creator: UserId, name: &str) -> String {
        let link = links::Link { creator, name: name.to_owned(), ..links::Link::default() };
        self.act().add_link(chat, link)
    }

    pub fn leave(&self, chat: ChatId, user: UserId) {
        let mut world = self.act();
        let before = world.member(chat, user);
        let after = match before.status {
            Status::Restricted => Member { status: Status::RestrictedOutside, ..before },
            _ => before.turned(Status::Left),
        };
        world.set_member(chat, user, user, after, &Via::default());
        if world.chat(chat).kind != ChatKind::Channel {
            let person = world.person_json(user);
            world.announce(chat, user, "left_chat_member", person);
        }
    }

    /// Makes somebody an administrator with all rights.
    pub fn promote(&self, chat: ChatId, user: UserId) {
        self.promote_with(chat, user, &ALL_RIGHTS);
    }

    /// Makes somebody an administrator with these rights alone.
    pub fn promote_with(&self, chat: ChatId, user: UserId, rights: &[&str]) {
        let mut world = self.act();
        let by = owner(&world, chat);
        let member = administrator(&world.member(chat, user), rights);
        world.set_member(chat, user, by, member, &Via::default());
    }

    pub fn demote(&self, chat: ChatId, user: UserId) {
        let mut world = self.act();
        let by = owner(&world, chat);
        let member = world.member(chat, user).turned(Status::Member);
        world.set_member(chat, user, by, member, &Via::default());
    }

    /// The owner makes somebody else the owner, and stays as an administrator.
    pub fn hand_over(&self, chat: ChatId, to: UserId) {
        let mut world = self.act();
        let by = owner(&world, chat);
        let (before, after) = (world.member(chat, by), world.member(chat, to));
        world.set_member(chat, by, by, administrator(&before, &ALL_RIGHTS), &Via::default());
        world.set_member(chat, to, by, after.turned(Status::Owner), &Via::default());
        let new_owner = world.person_json(to);
        world.announce(chat, by, "chat_owner_changed", json!({ "new_owner": new_owner }));
    }

    /// An administrator puts somebody out for good.
    pub fn ban(&self, chat: ChatId, user: UserId, by: UserId) {
        self.act().put_out(chat, user, by, None);
    }

    /// An administrator takes a ban back.
    pub fn unban(&self, chat: ChatId, user: UserId, by: UserId) {
        let mut world = self.act();
        let member = world.member(chat, user).turned(Status::Left);
        world.set_member(chat, user, by, member, &Via::default());
    }

    /// Turns a basic group into a supergroup; gives its new number.
    pub fn migrate(&self, chat: ChatId) -> ChatId {
        let mut world = self.act();
        let to = ChatId(-1_002_000_000_000 - world.next());
        let old = world.chat(chat);
        let new = Chat {
            id: to,
            kind: ChatKind::Supergroup,
            title: old.title.clone(),
            permissions: old.permissions.clone(),
            members: old.members.clone(),
            ..Chat::default()
        };
        world.chats.insert(to, new);
        let by = owner(&world, chat);
        world.announce(chat, by, "migrate_to_chat_id", json!(to));
        world.announce(to, by, "migrate_from_chat_id", json!(chat));
        world.chat_mut(chat).migrated_to = Some(to);
        to
    }
}

/// Writing and answering.
impl Emulator {
    /// Writes a plain message. Panics when the person can't write there; [`Self::send`] tells why.
    pub fn say(&self, chat: ChatId, user: UserId, text: &str) -> MessageId {
        self.send(chat, user, MessageSpec::text(text)).expect("the scenario lets only those write who can")
    }

    /// Writes any message; the error is why the person can't. A channel's post is forwarded to its linked group.
    pub fn send(&self, chat: ChatId, user: UserId, spec: impl Borrow<MessageSpec>) -> Result<MessageId, String> {
        let (spec, mut world) = (spec.borrow(), self.act());
        if chat.is_private() {
            world.private_chat(user);
            if let Some(person) = world.people.get_mut(&user) {
                person.started = true;
            }
        }
        let room = world.chats.get(&chat).ok_or("no such chat")?;
        let stands_in = spec.sender_chat.is_some() || spec.auto_forward || room.kind == ChatKind::Channel;
        if spec.sender_chat.is_some_and(|sender| room.banned_channels.contains(&sender)) {
            return Err("the channel is banned".into());
        }
        if room.migrated_to.is_some() || room.deleted {
            return Err("the chat is no more".into());
        }
        if !stands_in && !world.may(chat, user, "can_send_messages") {
            return Err("no right to write".into());
        }
        let is_bot = world.people.get(&user).is_some_and(|person| person.is_bot) && !user.is_stand_in();
        let body = compose(&mut world, chat, user, spec)?;
        let author = match () {
            () if spec.auto_forward => UserId::TELEGRAM,
            () if spec.sender_chat.is_some() => UserId::CHANNEL_BOT,
            () => user,
        };
        let id = world.post(chat, author, body, None);
        if is_bot {
            world.chat_mut(chat).last_bot = Some(user);
        }
        world.deliver(chat, id, false);
        let group = world.chat(chat).linked.filter(|_| world.chat(chat).kind == ChatKind::Channel);
        let origin = json!({
            "type": "channel", "chat": world.chat_json(chat), "message_id": id, "date": world.now.secs(),
        });
        drop(world);
        if let Some(group) = group {
            let forward = Some(origin);
            let spec = MessageSpec { sender_chat: Some(chat), auto_forward: true, forward, ..spec.clone() };
            self.send(group, UserId::TELEGRAM, spec)?;
        }
        Ok(id)
    }

    /// Changes the words of a message.
    pub fn edit(&self, chat: ChatId, message: MessageId, text: &str) {
        let mut world = self.act();
        let now = world.now.secs();
        let post = world.chat_mut(chat).posts.get_mut(&message).expect("the scenario edits a message that is there");
        let (field, entities) =
            if post.body.contains_key("text") { ("text", "entities") } else { ("caption", "caption_entities") };
        let mut found = Vec::new();
        html::detect(text, &mut found);
        post.body.insert(field.to_owned(), text.into());
        post.body.insert(entities.to_owned(), found.into());
        post.body.insert("edit_date".to_owned(), now.into());
        let line = format!("(edited {message}) {text}");
        world.line(chat, line);
        world.deliver(chat, message, true);
    }

    /// Takes a message away; the bot is not told.
    pub fn delete(&self, chat: ChatId, message: MessageId) {
        self.act().erase(chat, message, "");
    }

    /// Pins a message in somebody's name.
    pub fn pin(&self, chat: ChatId, message: MessageId, by: UserId) {
        self.act().pin(chat, message, by);
    }

    /// Sets somebody's reactions to a message; an empty list takes them back.
    pub fn react(&self, chat: ChatId, message: MessageId, user: UserId, emoji: &[&str]) {
        let mut world = self.act();
        let new: Vec<String> = emoji.iter().map(|emoji| (*emoji).to_owned()).collect();
        let Some(post) = world.chat_mut(chat).posts.get_mut(&message) else { return };
        let old = post.reactions.insert(user, new.clone()).unwrap_or_default();
        let list = |emoji: &[String]| -> Value {
            emoji.iter().map(|emoji| json!({"type": "emoji", "emoji": emoji})).collect::<Vec<_>>().into()
        };
        if old != new && (world.is_staff(chat, world.me) || chat.is_private()) {
            let body = json!({
                "chat": world.chat_json(chat), "message_id": message, "user": world.person_json(user),
                "date": world.now.secs(), "old_reaction": list(&old), "new_reaction": list(&new),
            });
            let now = world.now;
            world.tell("message_reaction", body, now);
        }
    }

    /// Votes for options by index; none takes the vote back. The error is why it does not work.
    pub fn vote(&self, chat: ChatId, message: MessageId, user: UserId, choice: &[usize]) -> Result<(), String> {
        self.act().vote(chat, message, user, choice)
    }

    /// Presses the button with this text or data under a message; gives the id of the press. Panics without such a
    /// button.
    pub fn press(&self, chat: ChatId, message: MessageId, user: UserId, button: &str) -> String {
        let mut world = self.act();
        let post = world.chat(chat).posts.get(&message);
        let rows = post.and_then(|post| post.body.get("reply_markup")).map(|markup| markup["inline_keyboard"].clone());
        let keys = rows.iter().filter_map(Value::as_array).flatten().filter_map(Value::as_array).flatten();
        let data = keys
            .filter(|key| key["text"] == button || key["callback_data"] == button)
            .find_map(|key| key["callback_data"].as_str())
            .expect("the scenario presses a button that is there");
        world.press(chat, message, user, data)
    }

    /// Whether somebody can read a chat: they are in it, or it is public.
    pub(super) fn sees(&self, chat: ChatId, user: UserId) -> bool {
        let world = self.act();
        if chat.is_private() {
            return chat == user.private();
        }
        world.chat(chat).username.is_some() || world.member(chat, user).status.is_in()
    }

    /// Presses a button that is not there any more, or never was.
    pub fn press_data(&self, chat: ChatId, message: MessageId, user: UserId, data: &str) -> String {
        self.act().press(chat, message, user, data)
    }
}

/// Who gives ranks: the owner, or the bot where nobody is one.
pub(super) fn owner(world: &World, chat: ChatId) -> UserId {
    let owner = world.chat(chat).members.iter().find(|(_, member)| member.status == Status::Owner);
    owner.map_or(UserId::ANONYMOUS_ADMIN, |(user, _)| *user)
}

pub(super) fn administrator(before: &Member, rights: &[&str]) -> Member {
    let mut set: super::world::Flags = RIGHTS.into_iter().filter(|name| rights.contains(name)).collect();
    set.insert("can_manage_chat");
    Member { rights: set, ..before.turned(Status::Admin) }
}
