//! Answers in a group are few for each person, so that nobody uses up what Telegram lets the bot say there.

use std::collections::HashMap;

use crate::model::{ChatId, MessageId, Span, Timestamp, UserId};

/// Messages of one person that are answered in a group within [`WINDOW`].
const MOST: usize = 4;
const WINDOW: Span = Span::minutes(1);

/// Whom the bot has answered in groups of late. Only in memory: after a restart everybody begins anew.
#[derive(Default)]
pub struct Replies {
    given: HashMap<(ChatId, UserId), Vec<(Timestamp, MessageId)>>,
    /// What stands in a chat, so that it need not be said again: until when, and to which message it was the answer.
    told: HashMap<(ChatId, String), (Timestamp, MessageId)>,
    /// When those who have been quiet were last dropped.
    swept: Timestamp,
}

impl Replies {
    /// Whether a message is still to be answered. What was answered already may be again: an event undone is repeated,
    /// and some messages have two answers.
    pub fn allow(&mut self, chat: ChatId, user: UserId, message: MessageId, now: Timestamp) -> bool {
        if now.since(self.swept) >= WINDOW {
            self.swept = now;
            self.given.retain(|_, given| given.last().is_some_and(|(at, _)| now.since(*at) < WINDOW));
            self.told.retain(|_, (until, _)| *until > now);
        }
        let given = self.given.entry((chat, user)).or_default();
        given.retain(|(at, _)| now.since(*at) < WINDOW);
        if given.iter().any(|(_, answered)| *answered == message) {
            return true;
        }
        let allowed = given.len() < MOST;
        if allowed {
            given.push((now, message));
        }
        allowed
    }

    /// Whether something was said in a chat of late, in answer to another message than this.
    pub fn stands(&self, chat: ChatId, what: &str, message: MessageId, now: Timestamp) -> bool {
        let told = self.told.get(&(chat, what.to_owned()));
        told.is_some_and(|(until, answered)| *until > now && *answered != message)
    }

    /// It is said now, and stands until then.
    pub fn told(&mut self, chat: ChatId, what: &str, message: MessageId, until: Timestamp) {
        self.told.insert((chat, what.to_owned()), (until, message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_has_a_few_answers_a_minute_in_each_group() {
        let (group, other) = (ChatId(-1), ChatId(-2));
        let (ling, xia) = (UserId(1), UserId(2));
        let mut replies = Replies::default();
        let mut asked = |chat, user, message, at| replies.allow(chat, user, MessageId(message), Timestamp(at * 1000));
        for message in 1..=4 {
            assert!(asked(group, ling, message, 100 + message));
        }
        assert!(!asked(group, ling, 5, 110), "the fifth within a minute");
        assert!(asked(group, ling, 2, 110), "this one was answered, and its event is repeated");
        assert!(asked(group, xia, 6, 110), "others are not concerned");
        assert!(asked(other, ling, 5, 110), "nor other groups");
        assert!(!asked(group, ling, 7, 160));
        assert!(asked(group, ling, 8, 161), "a minute after the first; what was not answered does not count");
        assert!(!asked(group, ling, 9, 161));
    }

    #[test]
    fn what_was_said_stands_for_a_while() {
        let (group, other) = (ChatId(-1), ChatId(-2));
        let mut replies = Replies::default();
        replies.told(group, "help", MessageId(1), Timestamp(115_000));
        let stands =
            |chat, what, message, at: i64| replies.stands(chat, what, MessageId(message), Timestamp(at * 1000));
        assert!(stands(group, "help", 2, 114));
        assert!(!stands(group, "help", 2, 115));
        assert!(!stands(group, "help", 1, 101), "its event is repeated");
        assert!(!stands(group, "rules", 2, 101));
        assert!(!stands(other, "help", 2, 101));
    }
}
