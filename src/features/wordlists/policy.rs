//! What is done about a message with listed words. Pure.

use crate::model::{Measure, Span, Timestamp};

/// Who was given a hint has heard it; for so long the rest goes in silence.
const HINTED: Span = Span::minutes(10);
/// Hints to members of one group within a minute.
const SAID_A_MINUTE: i64 = 3;

/// Who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    Member,
    /// Trusted by the staff.
    Trusted,
    Staff,
}

/// What is done when these are asked for by the words of a message: the gravest, and of who is trusted nothing but
/// showing it to the staff.
pub fn measure(asked: impl IntoIterator<Item = Measure>, writer: Writer) -> Option<Measure> {
    let gravest = asked.into_iter().max()?;
    match writer {
        Writer::Staff => None,
        Writer::Trusted => Some(Measure::Queue),
        Writer::Member => Some(gravest),
    }
}

/// Whether somebody is told that their message was deleted. `last` is when they were told before, `said` how often the group
/// heard such a thing within the last minute.
pub fn hints(at: Timestamp, last: Option<Timestamp>, said: i64) -> bool {
    said < SAID_A_MINUTE && last.is_none_or(|last| at.since(last) >= HINTED)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_gravest_word_decides_and_standing_lessens_it() {
        use Measure::{Delete, Hold, Queue, Strike};
        for (asked, member, trusted) in [
            (&[][..], None, None),
            (&[Queue], Some(Queue), Some(Queue)),
            (&[Queue, Hold, Queue], Some(Hold), Some(Queue)),
            (&[Hold, Delete], Some(Delete), Some(Queue)),
            (&[Strike, Delete], Some(Strike), Some(Queue)),
        ] {
            let measured = |writer| measure(asked.iter().copied(), writer);
            assert_eq!(measured(Writer::Member), member, "{asked:?}");
            assert_eq!(measured(Writer::Trusted), trusted, "{asked:?}");
            assert_eq!(measured(Writer::Staff), None, "{asked:?}");
        }
    }

    #[test]
    fn nobody_is_told_again_and_again() {
        let at = |secs: i64| Timestamp::from_secs(10_000 + secs);
        for (now, last, said, hint) in [
            (0, None, 0, true),
            (0, None, 2, true),
            (0, None, 3, false),
            (599, Some(0), 0, false),
            (600, Some(0), 0, true),
            (-5, Some(0), 0, false),
        ] {
            assert_eq!(hints(at(now), last.map(at), said), hint, "{now} {last:?} {said}");
        }
    }

    proptest! {
        #[test]
        fn more_words_never_make_it_milder(asked in prop::collection::vec(0_usize..4, 0..6), more in 0_usize..4) {
            let asked: Vec<Measure> = asked.into_iter().map(|n| Measure::ALL[n]).collect();
            for writer in [Writer::Member, Writer::Trusted, Writer::Staff] {
                let before = measure(asked.iter().copied(), writer);
                let after = measure(asked.iter().copied().chain([Measure::ALL[more]]), writer);
                prop_assert!(after >= before);
                prop_assert!(writer == Writer::Member || after <= Some(Measure::Queue));
            }
        }
    }
}
