//! Topics of forums.

use serde_json::{Value, json};

use super::world::{Answer, Methods, Topic, World, bad};
use crate::model::{ChatId, MessageId};
use crate::telegram::{Call, Fault};

pub(super) const METHODS: Methods = &[
    ("createForumTopic", create),
    ("editForumTopic", edit),
    ("closeForumTopic", |world, call| set_closed(world, call, true)),
    ("reopenForumTopic", |world, call| set_closed(world, call, false)),
    ("deleteForumTopic", delete),
];

const ICON: i64 = 7_322_096;

fn forum(world: &mut World, call: &Call, refusal: &str, right: &'static str) -> Result<ChatId, Fault> {
    let chat = world.write(call)?;
    if !world.chat(chat).is_forum {
        return Err(bad("the chat is not a forum"));
    }
    if world.bot_may(chat, right) { Ok(chat) } else { Err(bad(refusal)) }
}

fn topic_of(world: &World, chat: ChatId, call: &Call) -> Result<i64, Fault> {
    let id = call.int("message_thread_id").unwrap_or_default();
    if world.chat(chat).topics.contains_key(&id) { Ok(id) } else { Err(bad("message thread not found")) }
}

fn name_of(call: &Call) -> Result<String, Fault> {
    let name = call.text("name").unwrap_or_default();
    match name.chars().count() {
        1..=128 => Ok(name.to_owned()),
        _ => Err(bad("TOPIC_TITLE_INVALID")),
    }
}

fn create(world: &mut World, call: &Call) -> Answer {
    let chat = forum(world, call, "not enough rights to create a topic", "can_manage_topics")?;
    let name = name_of(call)?;
    let id = world.add_topic(chat, &name);
    Ok(json!({"message_thread_id": id, "name": name, "icon_color": ICON}))
}

fn edit(world: &mut World, call: &Call) -> Answer {
    let chat = forum(world, call, "not enough rights to edit the topic", "can_manage_topics")?;
    let id = topic_of(world, chat, call)?;
    if call.params.contains_key("name") {
        let name = name_of(call)?;
        if let Some(topic) = world.chat_mut(chat).topics.get_mut(&id) {
            topic.name.clone_from(&name);
        }
        world.announce(chat, world.me, "forum_topic_edited", json!({ "name": name }));
    }
    Ok(true.into())
}

fn set_closed(world: &mut World, call: &Call, closed: bool) -> Answer {
    let chat = forum(world, call, "not enough rights to close or open the topic", "can_manage_topics")?;
    let id = topic_of(world, chat, call)?;
    if world.chat(chat).topics[&id].closed == closed {
        return Err(bad("TOPIC_NOT_MODIFIED"));
    }
    world.close_topic(chat, id, closed);
    let what = if closed { "forum_topic_closed" } else { "forum_topic_reopened" };
    world.announce(chat, world.me, what, json!({}));
    Ok(true.into())
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let chat = forum(world, call, "not enough rights to delete the topic", "can_delete_messages")?;
    let id = topic_of(world, chat, call)?;
    world.delete_topic(chat, id);
    Ok(true.into())
}

impl World {
    /// A topic bears the number of the notice that creates it.
    pub(super) fn add_topic(&mut self, chat: ChatId, name: &str) -> i64 {
        let MessageId(id) =
            self.announce(chat, self.me, "forum_topic_created", json!({"name": name, "icon_color": ICON}));
        self.chat_mut(chat).topics.insert(id, Topic { name: name.to_owned(), closed: false });
        id
    }

    pub(super) fn close_topic(&mut self, chat: ChatId, id: i64, closed: bool) {
        if let Some(topic) = self.chat_mut(chat).topics.get_mut(&id) {
            topic.closed = closed;
        }
    }

    /// Its messages go with it.
    pub(super) fn delete_topic(&mut self, chat: ChatId, id: i64) {
        let room = self.chat_mut(chat);
        room.topics.remove(&id);
        let inside = |thread: Option<&Value>| thread.and_then(Value::as_i64) == Some(id);
        for post in room.posts.values_mut().filter(|post| inside(post.body.get("message_thread_id"))) {
            post.gone = true;
        }
    }

    /// The bot can write in this topic.
    pub(super) fn topic_open(&self, chat: ChatId, id: i64) -> Result<(), Fault> {
        match self.chat(chat).topics.get(&id) {
            None => Err(bad("message thread not found")),
            Some(topic)
                if topic.closed && !(self.is_staff(chat, self.me) && self.bot_may(chat, "can_manage_topics")) =>
            {
                Err(bad("TOPIC_CLOSED"))
            }
            Some(_) => Ok(()),
        }
    }
}
