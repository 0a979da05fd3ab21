//! How often a model is asked. Pure: calls and the moment are passed in.

use super::settings::Settings;
use crate::model::opinion::NoOpinion;
use crate::model::{Span, Timestamp};

/// Questions that wait for an answer at once.
const AT_ONCE: usize = 3;
/// One that has waited longer was lost with a process.
const LOST: Span = Span::minutes(15);
/// After a failure the service is left alone so long.
const REST: Span = Span::minutes(10);
/// Answers in a row that make no sense: a single one may be the message's doing.
const SENSELESS: usize = 3;

/// A question that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) asked: Timestamp,
    pub(super) ended: Option<Timestamp>,
    pub(super) failure: Option<NoOpinion>,
}

impl Call {
    /// The service failed, whatever it was asked.
    fn is_hard(&self) -> bool {
        !matches!(self.failure, None | Some(NoOpinion::Garbled | NoOpinion::Nobody))
    }
}

/// Whether one more question may be asked.
pub(super) fn allows(calls: &[Call], settings: &Settings, now: Timestamp) -> bool {
    let within = |span| calls.iter().filter(|call| now.since(call.asked) < span).count();
    let open = calls.iter().filter(|call| call.ended.is_none() && now.since(call.asked) < LOST).count();
    let rests = last(calls)
        .first()
        .is_some_and(|call| call.is_hard() && call.ended.is_some_and(|ended| now.since(ended) < REST));
    within(Span::hours(1)) < settings.per_hour && within(Span::days(1)) < settings.per_day && open < AT_ONCE && !rests
}

/// Whether the last call is the one to tell the staff of: the first hard failure since an answer, or the third that
/// makes no sense.
pub(super) fn is_news(calls: &[Call]) -> bool {
    let last = last(calls);
    let failed = last.iter().take_while(|call| call.failure.is_some()).count();
    let earlier_hard = last.iter().take(failed).skip(1).any(Call::is_hard);
    match last.first() {
        Some(call) if call.is_hard() => !earlier_hard && failed <= SENSELESS,
        Some(_) => failed == SENSELESS && !earlier_hard,
        None => false,
    }
}

/// Those that have ended, the last first.
fn last(calls: &[Call]) -> Vec<Call> {
    let mut ended: Vec<Call> = calls.iter().filter(|call| call.ended.is_some()).copied().collect();
    ended.reverse();
    ended.sort_by_key(|call| std::cmp::Reverse(call.ended));
    ended
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp(1_772_424_000_000) + Span::minutes(minutes)
    }

    fn call(minutes: i64, failure: Option<NoOpinion>) -> Call {
        Call { asked: at(minutes), ended: Some(at(minutes)), failure }
    }

    #[test]
    fn a_question_is_asked_within_the_budget_and_not_of_a_service_that_fails() {
        let settings = Settings { per_hour: 2, per_day: 3, ..Settings::default() };
        let good = |minutes| call(minutes, None);
        let open = |minutes| Call { ended: None, ..good(minutes) };
        for (calls, minutes, expected) in [
            (vec![], 0, true),
            (vec![good(0)], 1, true),
            (vec![good(0), good(1)], 59, false),
            (vec![good(0), good(1)], 60, true),
            (vec![good(0), good(70), good(140)], 24 * 60 - 1, false),
            (vec![good(0), good(70), good(140)], 24 * 60, true),
            (vec![call(0, Some(NoOpinion::Late))], 9, false),
            (vec![call(0, Some(NoOpinion::Late))], 10, true),
            (vec![call(0, Some(NoOpinion::Late)), good(1)], 2, false),
            (vec![call(0, Some(NoOpinion::Garbled))], 1, true),
            (vec![call(0, Some(NoOpinion::Nobody))], 1, true),
        ] {
            assert_eq!(allows(&calls, &settings, at(minutes)), expected, "{calls:?} at {minutes}");
        }
        let generous = Settings::default();
        assert!(!allows(&[open(0), open(0), open(0)], &generous, at(14)));
        assert!(allows(&[open(0), open(0), open(0)], &generous, at(15)), "lost with a process");
    }

    #[test]
    fn a_failure_is_told_once_until_it_works_again() {
        use NoOpinion::{Busy, Garbled, Late};
        for (failures, expected) in [
            (&[None][..], false),
            (&[Some(Late)], true),
            (&[Some(Late), Some(Busy)], false),
            (&[Some(Late), None, Some(Busy)], true),
            (&[Some(Garbled)], false),
            (&[Some(Garbled), Some(Garbled), Some(Garbled)], true),
            (&[Some(Garbled), Some(Garbled), Some(Garbled), Some(Garbled)], false),
            (&[Some(Garbled), Some(Garbled), Some(Garbled), Some(Late)], false),
            (&[Some(Late), Some(Garbled), Some(Garbled)], false),
            (&[Some(Garbled), Some(Late)], true),
        ] {
            let calls: Vec<Call> = (0..).zip(failures).map(|(minutes, failure)| call(minutes, *failure)).collect();
            assert_eq!(is_news(&calls), expected, "{failures:?}");
        }
    }

    proptest! {
        #[test]
        fn no_more_is_asked_than_the_budget_allows(
            moments in prop::collection::vec(0..3000_i64, 0..300), per_hour in 1..9_usize, per_day in 1..30_usize,
        ) {
            let settings = Settings { per_hour, per_day, ..Settings::default() };
            let mut moments = moments;
            moments.sort_unstable();
            let mut calls = Vec::new();
            for minutes in moments {
                if allows(&calls, &settings, at(minutes)) {
                    calls.push(call(minutes, None));
                }
            }
            for first in &calls {
                let within = |span| calls.iter().filter(|it| it.asked >= first.asked && it.asked.since(first.asked) < span).count();
                prop_assert!(within(Span::hours(1)) <= per_hour && within(Span::days(1)) <= per_day);
            }
        }
    }
}
