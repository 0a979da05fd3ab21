//! The scene people act on: who and what there is, the bot's place in it, the queue of updates and the network.

use serde_json::{Value, json};

use super::members::{Member, PERMISSIONS, Via};
use super::people::{administrator, owner};
use super::world::{Chat, Person};
use super::{Emulator, Entry, Rule};
use crate::model::{ChatId, ChatKind, MessageId, Status, UserId};

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

    /// Makes a group public under a name, or private again.
    pub fn set_username(&self, chat: ChatId, name: Option<&str>) {
        self.act().chat_mut(chat).username = name.map(str::to_owned);
    }

    pub fn set_forum(&self, chat: ChatId, is_forum: bool) {
        self.act().chat_mut(chat).is_forum = is_forum;
    }

    /// Makes a group public: anybody may read it.
    pub fn publish(&self, chat: ChatId, username: &str) {
        self.act().chat_mut(chat).username = Some(username.to_owned());
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

    /// Brings people in without a word to anybody. Who is in already keeps their rank.
    pub fn fill(&self, chat: ChatId, users: &[UserId]) {
        let mut world = self.act();
        let members = &mut world.chat_mut(chat).members;
        for user in users {
            if !members.get(user).is_some_and(|member| member.status.is_in()) {
                members.insert(*user, Member::plain());
            }
        }
    }

    pub fn add_topic(&self, chat: ChatId, name: &str) -> i64 {
        self.act().add_topic(chat, name)
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
