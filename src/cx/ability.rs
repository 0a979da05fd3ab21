//! What the bot may do: nothing is asked for of which it is known that Telegram would refuse it.

use super::Cx;
use crate::model::{ChatId, Class, Effect, MessageKey, MessageRef, Outgoing, Right, Rights, Span};

/// The right an effect needs; none for what every member may do. Messages of the bot's own need none to be deleted.
pub fn needed(effect: &Effect) -> Option<Right> {
    Some(match effect {
        Effect::Delete { .. } => Right::Delete,
        Effect::Mute { .. }
        | Effect::Unmute { .. }
        | Effect::Ban { .. }
        | Effect::Unban { .. }
        | Effect::BanChannel { .. } => Right::Restrict,
        Effect::Pin { .. } | Effect::Unpin { .. } => Right::Pin,
        Effect::SetTag { .. } => Right::ManageTags,
        Effect::ApproveJoin { .. } | Effect::DeclineJoin { .. } => Right::Invite,
        Effect::Send(_)
        | Effect::Poll(_)
        | Effect::Edit { .. }
        | Effect::EditKeyboard { .. }
        | Effect::React { .. }
        | Effect::AnswerButton { .. }
        | Effect::Leave { .. }
        | Effect::SetCommands { .. }
        | Effect::Ask(_)
        | Effect::Consult(_) => return None,
    })
}

/// Leaves of an effect what can be done without the right to it: of a delete, the messages the bot named. Says whether
/// that is anything.
fn keep_without_right(effect: &mut Effect) -> bool {
    let Effect::Delete { messages, .. } = effect else { return false };
    messages.retain(|message| matches!(message, MessageRef::Name(_)));
    !messages.is_empty()
}

impl Cx<'_> {
    /// Whether the bot is known to lack a right in a group.
    pub fn lacks(&self, chat: ChatId, right: Right) -> bool {
        let Some(row) = self.chat(chat).filter(|row| row.kind.is_group()) else { return false };
        // Without any right it is not known yet, or the bot is muted and learns more by asking.
        row.rights != Rights::NONE && !row.rights.has(right)
    }

    /// Leaves of an effect what the bot may do, as far as is known. Says whether that is anything.
    pub(super) fn keep_possible(&self, effect: &mut Effect) -> bool {
        match effect.chat().zip(needed(effect)) {
            Some((chat, right)) if self.lacks(chat, right) => keep_without_right(effect),
            _ => true,
        }
    }

    /// Deletes a message of the bot's own, which needs no right.
    pub fn take_back(&mut self, chat: ChatId, message: MessageRef) -> &mut Outgoing {
        self.ask_for(Class::Guard, Effect::Delete { chat, messages: vec![message] }, true)
    }

    /// The same after a while; after long absence too.
    pub fn take_back_later(&mut self, chat: ChatId, name: MessageKey, kept: Span) {
        let after = self.now + kept;
        let gone = self.take_back(chat, name.into());
        (gone.after, gone.deadline) = (after, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::effect::{Keyboard, Question, Send};
    use crate::model::{MessageId, Span, Text, UserId};

    #[test]
    fn every_effect_needs_its_right() {
        let (chat, channel, user) = (ChatId(-1), ChatId(-2), UserId(3));
        let message = || MessageRef::Id(MessageId(4));
        let (text, keyboard) = (Text::default(), Keyboard::default());
        for (effect, right) in [
            (Effect::Delete { chat, messages: vec![message()] }, Some(Right::Delete)),
            (Effect::Mute { chat, user, length: Span::hours(1) }, Some(Right::Restrict)),
            (Effect::Unmute { chat, user }, Some(Right::Restrict)),
            (Effect::Ban { chat, user }, Some(Right::Restrict)),
            (Effect::Unban { chat, user }, Some(Right::Restrict)),
            (Effect::BanChannel { chat, channel }, Some(Right::Restrict)),
            (Effect::Pin { chat, message: message(), silent: true }, Some(Right::Pin)),
            (Effect::Unpin { chat, message: message() }, Some(Right::Pin)),
            (Effect::SetTag { chat, user, tag: String::new() }, Some(Right::ManageTags)),
            (Effect::ApproveJoin { chat, user }, Some(Right::Invite)),
            (Effect::DeclineJoin { chat, user }, Some(Right::Invite)),
            (Effect::Send(Send::new(chat, text.clone())), None),
            (Effect::Edit { chat, message: message(), text, keyboard }, None),
            (Effect::Leave { chat }, None),
            (Effect::Ask(Question::Admins(chat)), None),
        ] {
            assert_eq!(needed(&effect), right, "{effect:?}");
        }
    }

    #[test]
    fn without_the_right_only_named_messages_are_deleted() {
        let (chat, user) = (ChatId(-1), UserId(3));
        let (own, other) = (MessageRef::Name("own".into()), MessageRef::Id(MessageId(4)));
        let delete =
            |messages: &[&MessageRef]| Effect::Delete { chat, messages: messages.iter().copied().cloned().collect() };
        for (effect, left) in [
            (delete(&[&own]), Some(delete(&[&own]))),
            (delete(&[&own, &other]), Some(delete(&[&own]))),
            (delete(&[&other]), None),
            (Effect::Ban { chat, user }, None),
        ] {
            let mut kept = effect.clone();
            assert_eq!(keep_without_right(&mut kept).then_some(kept), left, "{effect:?}");
        }
    }
}
