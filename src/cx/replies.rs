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
}
