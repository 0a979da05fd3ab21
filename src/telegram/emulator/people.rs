//! What people do: write, join, leave, press, vote, promote, ban.
//!
//! Where something is asked of a chat or message that is not there, the methods panic: that is a mistake in the scenario.

use std::borrow::Borrow;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::members::{Member, PERMISSIONS, RIGHTS, Via};
use super::messages::{file_json, quoted};
use super::world::{Chat, Person, World};
use super::{ALL_RIGHTS, Emulator, Rule, html, links};
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

/// Setting the scene.
impl Emulator {
    /// A person who has never met the bot.
    pub fn add_user(&self, id: i64, name: &str) -> UserId {
        let id = UserId(id);
        self.act().people.insert(id, Person { id, name: name.to_owned(), ..Person::default() });
        id
    }

    /// Changes a person: name, username, language, whether it is a bot …
    pub fn user(&self, id: UserId, change: impl FnOnce(&mut Person)) {
        change(self.act().people.entry(id).or_insert_with(|| Person { id, ..Person::default() }));
    }

    /// A group or channel with the permissions Telegram gives a new one.
    pub fn add_group(&self, id: i64, title: &str, kind: ChatKind) -> ChatId {
        let id = ChatId(id);
        let reserved = ["can_change_info", "can_pin_messages", "can_manage_topics", "can_edit_tag"];
        let permissions = PERMISSIONS.into_iter().filter(|name| !reserved.contains(name)).collect();
        self.act().chats.insert(id, Chat { id, title: title.to_owned(), kind, permissions, ..Chat::default() });
        id
    }

    /// Makes somebody the owner, without a word to anybody.
    pub fn set_owner(&self, chat: ChatId, user: UserId) {
        let member = Member { status: Status::Owner, ..Member::default() };
        self.act().chat_mut(chat).members.insert(user, member);
    }

    pub fn set_forum(&self, chat: ChatId, is_forum: bool) {
        self.act().chat_mut(chat).is_forum = is_forum;
    }

    pub fn set_chat_username(&self, chat: ChatId, username: Option<&str>) {
        self.act().chat_mut(chat).username = username.map(str::to_owned);
    }

    pub fn link_channel(&self, chat: ChatId, channel: ChatId) {
        let mut world = self.act();
        world.chat_mut(chat).linked = Some(channel);
        world.chat_mut(channel).linked = Some(chat);
    }

    /// The chat is deleted by its owner.
    pub fn delete_chat(&self, chat: ChatId) {
        self.act().chat_mut(chat).deleted = true;
    }

    /// Brings people in without a word to anybody.
    pub fn fill(&self, chat: ChatId, users: &[UserId]) {
        self.act().chat_mut(chat).members.extend(users.iter().map(|user| (*user, Member::plain())));
    }

    pub fn add_topic(&self, chat: ChatId, name: &str) -> i64 {
        self.act().add_topic(chat, name)
    }

    pub fn close_topic(&self, chat: ChatId, topic: i64, closed: bool) {
        self.act().close_topic(chat, topic, closed);
    }

    pub fn delete_topic(&self, chat: ChatId, topic: i64) {
        self.act().delete_topic(chat, topic);
    }
}

/// The bot's place.
impl Emulator {
    /// `by` adds the bot as a plain member.
    pub fn add_bot_to(&self, chat: ChatId, by: UserId) {
        self.join_as(chat, self.me(), &Entry { by: Some(by), ..Entry::default() });
    }

    /// Makes the bot an administrator with just these rights; `can_manage_chat` comes with any.
    pub fn promote_bot(&self, chat: ChatId, rights: &[&str]) {
        let mut world = self.act();
        let (me, by) = (world.me, owner(&world, chat));
        let member = administrator(&world.member(chat, me), rights);
        world.set_member(chat, me, by, member, &Via::default());
    }

    /// Another set of rights for the bot, or none of them: then it is a plain member.
    pub fn set_bot_rights(&self, chat: ChatId, rights: &[&str]) {
        if rights.is_empty() { self.demote(chat, self.me()) } else { self.promote_bot(chat, rights) }
    }

    pub fn kick_bot(&self, chat: ChatId, by: UserId) {
        self.ban(chat, self.me(), by);
    }

    /// Somebody opens the private chat with `/start payload`.
    pub fn start_bot(&self, user: UserId, payload: &str) -> MessageId {
        self.unblock_bot(user);
        self.say(user.private(), user, format!("/start {payload}").trim())
    }

    pub fn block_bot(&self, user: UserId) {
        self.set_blocked(user, true);
    }

    pub fn unblock_bot(&self, user: UserId) {
        self.set_blocked(user, false);
    }

    fn set_blocked(&self, user: UserId, blocked: bool) {
        let mut world = self.act();
        let chat = world.private_chat(user);
        let Some(person) = world.people.get_mut(&user).filter(|person| person.blocked != blocked) else { return };
        person.blocked = blocked;
        let me = world.person_json(world.me);
        let status = |blocked| {
            if blocked {
                json!({"status": "kicked", "user": me, "until_date": 0})
            } else {
                json!({"status": "member", "user": me})
            }
        };
        let body = json!({
            "chat": world.chat_json(chat), "from": world.person_json(user), "date": world.now.secs(),
            "old_chat_member": status(!blocked), "new_chat_member": status(blocked),
        });
        let now = world.now;
        world.tell("my_chat_member", body, now);
    }
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
        let mut world = self.act();
        let by = owner(&world, chat);
        let member = administrator(&world.member(chat, user), &ALL_RIGHTS);
        world.set_member(chat, user, by, member, &Via::default());
    }

    pub fn demote(&self, chat: ChatId, user: UserId) {
        let mut world = self.act();
        let by = owner(&world, chat);
        let member = world.member(chat, user).turned(Status::Member);
        world.set_member(chat, user, by, member, &Via::default());
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

    /// Writes any message; the error is why the person can't.
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

    /// Presses a button that is not there any more, or never was.
    pub fn press_data(&self, chat: ChatId, message: MessageId, user: UserId, data: &str) -> String {
        self.act().press(chat, message, user, data)
    }
}

/// The queue and the network.
impl Emulator {
    /// Queues an update as it is, under the next number.
    pub fn push_raw_update(&self, update: Value) {
        self.act().push_raw(update);
    }

    /// Queues the next update so many times more, under the same number.
    pub fn duplicate_next(&self, copies: usize) {
        self.act().queue.duplicates = copies;
    }

    /// Numbers the updates to come from `to` on.
    pub fn reset_update_ids(&self, to: i64) {
        self.act().queue.reset_ids(to);
    }

    /// Loses queued updates with these numbers.
    pub fn drop_updates(&self, ids: std::ops::RangeInclusive<i64>) {
        self.act().queue.drop_ids(ids);
    }

    /// The number the next update gets.
    pub fn next_update_id(&self) -> i64 {
        self.lock().queue.next_id()
    }

    pub fn pending_updates(&self) -> usize {
        let mut world = self.lock();
        let now = world.now;
        world.queue.pending(now)
    }

    /// Plays a failure when a call fits.
    pub fn fail(&self, rule: Rule) {
        self.act().faults.push(rule);
    }

    /// Ends all failures.
    pub fn heal(&self) {
        self.act().faults.clear();
    }
}

/// Who gives ranks: the owner, or the bot where nobody is one.
fn owner(world: &World, chat: ChatId) -> UserId {
    let owner = world.chat(chat).members.iter().find(|(_, member)| member.status == Status::Owner);
    owner.map_or(UserId::ANONYMOUS_ADMIN, |(user, _)| *user)
}

fn administrator(before: &Member, rights: &[&str]) -> Member {
    let mut set: super::world::Flags = RIGHTS.into_iter().filter(|name| rights.contains(name)).collect();
    set.insert("can_manage_chat");
    Member { rights: set, ..before.turned(Status::Admin) }
}

/// The JSON of a message without its number and chat.
fn compose(world: &mut World, chat: ChatId, user: UserId, spec: &MessageSpec) -> Result<Map<String, Value>, String> {
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    let mut entities = spec.entities.clone();
    html::detect(&spec.text, &mut entities);
    if let Some(kind) = &spec.media {
        let file = world.new_file(kind, 1);
        put(kind, file_json(kind, &file));
    }
    let has_words = spec.media.is_none() && spec.contact.is_none() && !spec.text.is_empty();
    let (field, marks) = if has_words { ("text", "entities") } else { ("caption", "caption_entities") };
    if !spec.text.is_empty() {
        put(field, spec.text.as_str().into());
        if !entities.is_empty() {
            put(marks, entities.into());
        }
    }
    if let Some((name, number)) = &spec.contact {
        put("contact", json!({"first_name": name, "phone_number": number}));
    }
    if let Some(album) = &spec.album {
        put("media_group_id", album.as_str().into());
    }
    if let Some(origin) = &spec.forward {
        put("forward_origin", origin.clone());
    }
    if let Some(bot) = spec.via_bot {
        put("via_bot", world.person_json(bot));
    }
    if !spec.buttons.is_empty() {
        let key = |(text, url): &(String, String)| json!({"text": text, "url": url});
        let rows: Vec<Vec<Value>> = spec.buttons.iter().map(|row| row.iter().map(key).collect()).collect();
        put("reply_markup", json!({ "inline_keyboard": rows }));
    }
    if let Some(id) = spec.reply_to {
        put("reply_to_message", quoted(world.post_at(chat, id).ok_or("no message to answer")?));
    }
    if let Some(topic) = spec.topic {
        put("message_thread_id", topic.into());
        put("is_topic_message", true.into());
    }
    if let Some(date) = spec.date {
        put("date", date.secs().into());
    }
    if spec.anonymous {
        put("from", world.person_json(UserId::ANONYMOUS_ADMIN));
        put("sender_chat", world.chat_json(chat));
        if let Some(title) = world.member(chat, user).title {
            put("author_signature", title.into());
        }
    }
    if let Some(sender) = spec.sender_chat {
        let stand_in = if spec.auto_forward { UserId::TELEGRAM } else { UserId::CHANNEL_BOT };
        put("from", world.person_json(stand_in));
        put("sender_chat", world.chat_json(sender));
    }
    if spec.auto_forward {
        put("is_automatic_forward", true.into());
    }
    body.extend(spec.extra.clone());
    Ok(body)
}
