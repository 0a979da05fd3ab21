//! Polls and quizzes, and the votes in them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::html::object;
use super::world::{Answer, Methods, World, bad};
use crate::model::{ChatId, MessageId, Span, Timestamp, UserId};
use crate::telegram::{Call, Fault};

pub(super) const METHODS: Methods = &[("sendPoll", send), ("stopPoll", stop)];

/// A poll and who voted for what.
pub(super) struct Poll {
    pub chat: ChatId,
    pub message: MessageId,
    /// `Poll` without the numbers.
    json: Value,
    votes: BTreeMap<UserId, Vec<usize>>,
    closed: bool,
}

impl Poll {
    /// `Poll` as it stands.
    pub(super) fn show(&self) -> Value {
        let mut json = self.json.clone();
        for (index, option) in json["options"].as_array_mut().into_iter().flatten().enumerate() {
            let count = self.votes.values().filter(|vote| vote.contains(&index)).count();
            option["voter_count"] = count.into();
        }
        json["total_voter_count"] = self.votes.len().into();
        json["is_closed"] = self.closed.into();
        json
    }

    fn flag(&self, name: &str) -> bool {
        self.json[name] == true
    }
}

fn send(world: &mut World, call: &Call) -> Answer {
    let (question, _) = world.formatted(call, "question", "question_parse_mode", "question_entities")?;
    if question.is_empty() {
        return Err(bad("text must be non-empty"));
    }
    if question.chars().count() > 300 {
        return Err(bad("poll question length must not exceed 300"));
    }
    let id = format!("{}", 5_000_000_000_000_000_000_i64 + world.next());
    let options = read_options(call, &id)?;
    let is_quiz = call.text("type") == Some("quiz");
    let correct = call.list("correct_option_ids");
    if is_quiz {
        let fits = |index: &Value| index.as_u64().is_some_and(|index| index < options.len() as u64);
        if correct.is_empty() || !correct.iter().all(fits) {
            return Err(bad("wrong quiz correct_option_id"));
        }
    }
    let mut json = json!({
        "id": id, "question": question, "options": options, "total_voter_count": 0, "is_closed": false,
        "is_anonymous": call.params.get("is_anonymous").and_then(Value::as_bool).unwrap_or(true),
        "type": if is_quiz { "quiz" } else { "regular" },
        "allows_multiple_answers": call.flag("allows_multiple_answers"),
        "allows_revoting": call.params.get("allows_revoting").and_then(Value::as_bool).unwrap_or(!is_quiz),
        "members_only": call.flag("members_only"),
    });
    if is_quiz {
        json["correct_option_ids"] = correct.to_vec().into();
    }
    let period = call.int("open_period").map(|secs| world.now + Span::secs(secs));
    let closes = period.or(call.int("close_date").map(Timestamp::from_secs));
    let envelope = world.envelope(call, "can_send_polls", "polls")?;
    let chat = envelope.chat;
    let sent = world.publish(envelope, object(json!({ "poll": json })));
    let message = MessageId(sent["message_id"].as_i64().unwrap_or_default());
    let closed = call.flag("is_closed");
    world.closing.extend(closes.map(|at| (at, id.clone())));
    world.polls.insert(id, Poll { chat, message, json, votes: BTreeMap::new(), closed });
    Ok(sent)
}

fn read_options(call: &Call, poll: &str) -> Result<Vec<Value>, Fault> {
    let given = call.list("options");
    if given.is_empty() {
        return Err(bad("poll must have at least one answer option"));
    }
    if given.len() > 12 {
        return Err(bad("poll can't have more than 12 options"));
    }
    let mut options = Vec::new();
    for (index, option) in given.iter().enumerate() {
        let text = option["text"].as_str().unwrap_or_default().trim();
        match text.chars().count() {
            0 => return Err(bad("poll option must be non-empty")),
            1..=100 => {
                options.push(json!({"persistent_id": format!("{poll}-{index}"), "text": text, "voter_count": 0}));
            }
            _ => return Err(bad("poll options length must not exceed 100")),
        }
    }
    Ok(options)
}

fn stop(world: &mut World, call: &Call) -> Answer {
    let chat = world.write(call)?;
    let id = MessageId(call.int("message_id").unwrap_or_default());
    let post = world.post_at(chat, id).ok_or_else(|| bad("message with poll to stop not found"))?;
    let Some(poll) = post.body.get("poll").and_then(|poll| poll["id"].as_str()).map(str::to_owned) else {
        return Err(bad("message is not a poll"));
    };
    if post.author != world.me || !world.polls.contains_key(&poll) {
        return Err(bad("poll can't be stopped"));
    }
    world.close_poll(&poll).ok_or_else(|| bad("poll has already been closed"))
}

impl World {
    /// Closes an open poll and tells the bot; none when there is no such open poll.
    fn close_poll(&mut self, id: &str) -> Option<Value> {
        let poll = self.polls.get_mut(id).filter(|poll| !poll.closed)?;
        poll.closed = true;
        Some(self.tell_poll(id))
    }

    pub(super) fn close_due_polls(&mut self) {
        while self.closing.first().is_some_and(|(at, _)| *at <= self.now) {
            if let Some((_, id)) = self.closing.pop_first() {
                self.close_poll(&id);
            }
        }
    }

    fn tell_poll(&mut self, id: &str) -> Value {
        let Some(poll) = self.polls.get(id) else { return Value::Null };
        let (json, chat, message) = (poll.show(), poll.chat, poll.message);
        if let Some(post) = self.chats.get_mut(&chat).and_then(|chat| chat.posts.get_mut(&message)) {
            post.body.insert("poll".into(), json.clone());
        }
        self.tell("poll", json.clone(), self.now);
        json
    }

    /// Somebody votes, or with no option takes the vote back.
    pub(super) fn vote(
        &mut self,
        chat: ChatId,
        message: MessageId,
        user: UserId,
        choice: &[usize],
    ) -> Result<(), String> {
        let found = self.polls.iter_mut().find(|(_, poll)| poll.chat == chat && poll.message == message);
        let (id, poll) = found.ok_or("message is not a poll of the bot")?;
        let count = poll.json["options"].as_array().map_or(0, Vec::len);
        if poll.closed {
            return Err("Can't answer closed poll".into());
        }
        if choice.iter().any(|index| *index >= count) {
            return Err("Invalid option ID specified".into());
        }
        if choice.len() > 1 && !poll.flag("allows_multiple_answers") {
            return Err("Can't choose more than 1 option in the poll".into());
        }
        if poll.votes.contains_key(&user) && !poll.flag("allows_revoting") {
            return Err("Can't revote in the poll".into());
        }
        if choice.is_empty() {
            poll.votes.remove(&user);
        } else {
            poll.votes.insert(user, choice.to_vec());
        }
        let ids: Vec<Value> =
            choice.iter().map(|index| poll.json["options"][*index]["persistent_id"].clone()).collect();
        let is_secret = poll.flag("is_anonymous");
        let id = id.clone();
        self.tell_poll(&id);
        if !is_secret {
            let body = json!({
                "poll_id": id, "user": self.person_json(user), "option_ids": choice, "option_persistent_ids": ids,
            });
            self.tell("poll_answer", body, self.now);
        }
        Ok(())
    }
}
