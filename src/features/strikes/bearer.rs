//! Whose an `@name` is. An order that hits the wrong person is worse than one that is refused.

use crate::model::{Span, Timestamp, UserId};

/// How long an `@name` is taken to be somebody's after they were seen under it. Telegram gives a name that was dropped to
/// whoever asks for it first, and tells nobody.
pub const NAME_LASTS: Span = Span::days(30);

/// Somebody who was seen under an `@name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub user: UserId,
    /// The last time.
    pub at: Timestamp,
    /// They were seen under another name since, or under none.
    pub dropped: bool,
}

/// Whose an `@name` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bearer {
    Nobody,
    One(UserId),
    /// It went from one to another of these lately: which of them is meant cannot be known.
    Several(Vec<UserId>),
    /// It was theirs when it was last seen; by now it may be anybody's.
    Old(Seen),
}

/// Whose a name is at `now`, by everybody seen under it. Only one may have been lately, and must not have dropped it.
pub fn bearer(seen: &[Seen], now: Timestamp) -> Bearer {
    let holds = |seen: &&Seen| !seen.dropped && now.since(seen.at) <= NAME_LASTS;
    let mut bearers: Vec<UserId> = seen.iter().filter(holds).map(|seen| seen.user).collect();
    bearers.sort_unstable();
    bearers.dedup();
    match (bearers.as_slice(), seen.iter().max_by_key(|seen| (seen.at, seen.user))) {
        (_, None) => Bearer::Nobody,
        ([], Some(last)) => Bearer::Old(*last),
        ([one], _) => Bearer::One(*one),
        _ => Bearer::Several(bearers),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp(1_772_424_000_000);

    fn seen(user: i64, days_ago: i64, dropped: bool) -> Seen {
        Seen { user: UserId(user), at: NOW - Span::days(days_ago), dropped }
    }

    #[test]
    fn a_name_is_whose_it_was_lately_and_of_nobody_else() {
        let (one, several) = (|user| Bearer::One(UserId(user)), Bearer::Several(vec![UserId(1), UserId(2)]));
        for (what, all, expected) in [
            ("never seen", vec![], Bearer::Nobody),
            ("seen today", vec![seen(1, 0, false)], one(1)),
            ("in two groups", vec![seen(1, 0, false), seen(1, 90, false)], one(1)),
            ("seen thirty days ago", vec![seen(1, 30, false)], one(1)),
            ("seen long ago", vec![seen(1, 31, false)], Bearer::Old(seen(1, 31, false))),
            ("dropped since", vec![seen(1, 2, true)], Bearer::Old(seen(1, 2, true))),
            ("two lately", vec![seen(2, 0, false), seen(1, 20, false)], several.clone()),
            ("two in any order", vec![seen(1, 20, false), seen(2, 0, false)], several),
            ("formerly another's", vec![seen(1, 40, false), seen(2, 3, false)], one(2)),
            ("dropped by the other", vec![seen(1, 1, true), seen(2, 3, false)], one(2)),
            ("dropped and long ago", vec![seen(1, 9, true), seen(2, 60, false)], Bearer::Old(seen(1, 9, true))),
        ] {
            assert_eq!(bearer(&all, NOW), expected, "{what}");
        }
    }

    proptest! {
        #[test]
        fn nobody_is_meant_while_another_may_be(
            all in prop::collection::vec((1..4_i64, 0..60_i64, any::<bool>()), 0..8),
        ) {
            let all: Vec<Seen> = all.into_iter().map(|(user, days, dropped)| seen(user, days, dropped)).collect();
            if let Bearer::One(user) = bearer(&all, NOW) {
                let holds = |seen: &Seen| !seen.dropped && NOW.since(seen.at) <= NAME_LASTS;
                prop_assert!(all.iter().any(|seen| seen.user == user && holds(seen)));
                prop_assert!(!all.iter().any(|seen| seen.user != user && holds(seen)));
            }
        }
    }
}
