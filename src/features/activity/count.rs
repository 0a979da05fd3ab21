//! What counts as an interaction, and how much: pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::event::{Reaction, Vote};
use crate::model::text::is_invisible;
use crate::model::{Media, Message};
use crate::store::activity::DeedKind;

/// What one interaction of each kind is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// A message in the group. Default: 1.
    pub message: f64,
    /// A reaction to a message. Default: 1.
    pub reaction: f64,
    /// A vote in one of the bot's polls. Default: 1.
    pub vote: f64,
    /// A check-in. Default: 1.
    pub checkin: f64,
    /// The rules confirmed as read. Default: 1.
    pub rules_read: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { message: 1.0, reaction: 1.0, vote: 1.0, checkin: 1.0, rules_read: 1.0 }
    }
}

/// How many interactions of each kind count for one person on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Caps {
    /// Messages. Default: 20.
    pub message: i64,
    /// Reactions. Default: 10.
    pub reaction: i64,
    /// Votes. Default: 5.
    pub vote: i64,
    /// Check-ins. Default: 1.
    pub checkin: i64,
    /// Confirmations of the rules. Default: 1.
    pub rules_read: i64,
}

impl Default for Caps {
    fn default() -> Self {
        Self { message: 20, reaction: 10, vote: 5, checkin: 1, rules_read: 1 }
    }
}

/// What an interaction of this kind is worth and how many of a day count; none for what is no interaction.
pub fn worth(kind: DeedKind, weights: &Weights, caps: &Caps) -> Option<(f64, i64)> {
    match kind {
        DeedKind::Message => Some((weights.message, caps.message)),
        DeedKind::Reaction => Some((weights.reaction, caps.reaction)),
        DeedKind::Vote => Some((weights.vote, caps.vote)),
        DeedKind::CheckIn => Some((weights.checkin, caps.checkin)),
        DeedKind::RulesRead => Some((weights.rules_read, caps.rules_read)),
        _ => None,
    }
}

/// One person's interactions by day and kind, weighed and capped.
pub fn points(days: &[(DeedKind, i64)], weights: &Weights, caps: &Caps) -> f64 {
    let weighed = days.iter().filter_map(|(kind, n)| {
        let (weight, cap) = worth(*kind, weights, caps)?;
        let n = u32::try_from((*n).clamp(0, cap.max(0))).unwrap_or(u32::MAX);
        Some(f64::from(n) * weight)
    });
    // The sum of nothing is -0.
    weighed.sum::<f64>() + 0.0
}

/// A message says something when it is no command and shows at least `min_chars` characters, or media.
pub fn says_something(message: &Message, min_chars: usize) -> bool {
    let commanded = message.entities.iter().any(|entity| entity.kind == "bot_command" && entity.offset == 0);
    let shows = |c: &char| !c.is_whitespace() && !c.is_control() && !is_invisible(*c);
    let seen = message.text.chars().filter(shows).take(min_chars).count();
    !commanded && (message.media != Media::None || seen >= min_chars)
}

/// Both sets are given, since updates come in any order: a reaction was given when one is there that was not.
pub fn gives(reaction: &Reaction) -> bool {
    reaction.after.iter().any(|emoji| !reaction.before.contains(emoji))
}

/// Taking a vote back takes nothing back: the person took part.
pub fn votes(vote: &Vote) -> bool {
    !vote.options.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::message::Entity;

    #[test]
    fn only_what_says_something_counts() {
        for (text, media, counts) in [
            ("早", Media::None, false),
            ("早 ", Media::None, false),
            ("早\u{200b}\u{2060}", Media::None, false),
            ("早安", Media::None, true),
            ("", Media::None, false),
            ("", Media::Sticker, true),
            ("!", Media::Photo, true),
        ] {
            let message = Message { text: text.to_owned(), media, ..Message::default() };
            assert_eq!(says_something(&message, 2), counts, "{text:?} {media:?}");
        }
    }

    #[test]
    fn a_command_is_no_talk_and_talk_of_a_command_is() {
        let with_command = |text: &str, offset| {
            let entity = Entity { kind: "bot_command".to_owned(), offset, length: 3, url: None, user: None };
            Message { text: text.to_owned(), entities: vec![entity], ..Message::default() }
        };
        assert!(!says_something(&with_command("/me", 0), 2));
        assert!(says_something(&with_command("试试 /me", 3), 2));
    }

    #[test]
    fn a_reaction_counts_when_one_is_added() {
        for (before, after, counts) in [
            (&[][..], &["👍"][..], true),
            (&["👍"], &["❤"], true),
            (&["👍", "❤"], &["👍"], false),
            (&["👍"], &[], false),
            (&["👍"], &["👍"], false),
        ] {
            let owned = |set: &[&str]| set.iter().map(|emoji| (*emoji).to_owned()).collect();
            let reaction = Reaction {
                chat: crate::model::Chat::default(),
                message: crate::model::MessageId(1),
                user: None,
                before: owned(before),
                after: owned(after),
            };
            assert_eq!(gives(&reaction), counts, "{before:?} → {after:?}");
        }
    }

    #[test]
    fn a_day_counts_up_to_its_cap() {
        let (weights, caps) = (Weights { vote: 2.0, ..Weights::default() }, Caps { message: 3, ..Caps::default() });
        let days = [(DeedKind::Message, 10), (DeedKind::Message, 2), (DeedKind::Vote, 1), (DeedKind::Join, 5)];
        assert!((points(&days, &weights, &caps) - 7.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn doing_more_never_counts_less_and_never_more_than_the_cap(n in 0_i64..1000, more in 0_i64..1000, cap in 1_i64..50) {
            let caps = Caps { message: cap, ..Caps::default() };
            let of = |n| points(&[(DeedKind::Message, n)], &Weights::default(), &caps);
            prop_assert!(of(n) <= of(n + more));
            #[expect(clippy::cast_precision_loss, reason = "below 50")]
            let most = cap as f64;
            prop_assert!(of(n + more) <= most);
        }
    }
}
