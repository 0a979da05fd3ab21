//! When an hour has seen so much of something that the staff are to be told. Pure.

use crate::model::usual::{as_f64, most};

/// Between `least` and `limit` it depends on what is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub limit: i64,
    pub least: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Usual,
    /// More than this hour of the week usually sees.
    Unusual,
    /// The hard limit is reached.
    Limit,
}

/// `n` in an hour is told when `n` ≥ `limit`, or when `n` ≥ `least` and `n` > mean + 3σ of `history`, the same weekday and
/// hour in earlier weeks. With too few weeks only the limit counts.
pub fn level(n: i64, history: &[i64], bounds: Bounds) -> Level {
    if n >= bounds.limit {
        Level::Limit
    } else if n >= bounds.least && most(history).is_some_and(|most| as_f64(n) > most) {
        Level::Unusual
    } else {
        Level::Usual
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BOUNDS: Bounds = Bounds { limit: 20, least: 5 };

    #[test]
    fn an_hour_is_told_when_it_is_unusual_or_passes_the_limit() {
        for (n, history, expected) in [
            (0, &[][..], Level::Usual),
            (19, &[], Level::Usual),
            (20, &[], Level::Limit),
            (19, &[0, 0, 0], Level::Usual),
            (4, &[0, 0, 0, 0], Level::Usual),
            (5, &[0, 0, 0, 0], Level::Unusual),
            // Mean 4, deviation 2: up to 10 is usual.
            (10, &[2, 6, 2, 6], Level::Usual),
            (11, &[2, 6, 2, 6], Level::Unusual),
            (19, &[30, 30, 30, 30], Level::Usual),
            (20, &[30, 30, 30, 30], Level::Limit),
        ] {
            assert_eq!(level(n, history, BOUNDS), expected, "{n} {history:?}");
        }
    }

    proptest! {
        #[test]
        fn more_is_never_more_usual(n in 0..60_i64, more in 0..60_i64, history in prop::collection::vec(0..60_i64, 0..13)) {
            prop_assert!(level(n, &history, BOUNDS) <= level(n + more, &history, BOUNDS));
        }

        #[test]
        fn what_every_week_sees_is_not_told_below_the_limit(n in 0..20_i64, weeks in 0..13_usize) {
            prop_assert_eq!(level(n, &vec![n; weeks], BOUNDS), Level::Usual);
        }

        #[test]
        fn few_are_never_told(n in 0..5_i64, history in prop::collection::vec(0..60_i64, 0..13)) {
            prop_assert_eq!(level(n, &history, BOUNDS), Level::Usual);
        }
    }
}
