//! When many who join are a raid, since when, and how long it lasts. Pure.

use super::Settings;
use crate::model::{Span, Timestamp, usual};

/// Who joined longer ago than this before a raid was noticed is never taken to belong to it.
pub const LOOK_BACK: Span = Span::hours(1);
/// However many keep joining, a raid is over after so long.
pub const LONGEST: Span = Span::hours(24);

/// How many joined: within `within`, and in the clock's hour; and what that hour saw in earlier weeks.
#[derive(Clone, Debug)]
pub struct Joins {
    pub window: i64,
    pub hour: i64,
    pub history: Vec<i64>,
}

/// Whether so many joins are a raid: from `hard_limit` on always, from `joins` on unless the hour is used to them.
pub fn is_raid(joins: &Joins, settings: &Settings) -> bool {
    let unusual = || usual::most(&joins.history).is_none_or(|most| usual::as_f64(joins.hour) > most);
    joins.window >= settings.hard_limit || joins.window >= settings.joins && unusual()
}

/// When the burst began that goes on at `at`: who came one soon after the other came together. `joined` is when people
/// joined until then, the newest first.
pub fn burst_start(joined: &[Timestamp], at: Timestamp, within: Span) -> Timestamp {
    let gap = Span::from_millis(within.millis() / 5);
    let mut since = at;
    for joined in joined.iter().filter(|joined| **joined <= at) {
        if since.since(*joined) > gap || at.since(*joined) > LOOK_BACK {
            break;
        }
        since = *joined;
    }
    since
}

/// Until when a raid goes on whose time is over at `now`; none when it ends.
pub fn goes_on(since: Timestamp, burst: Timestamp, lasts: Span, now: Timestamp) -> Option<Timestamp> {
    Some((burst + lasts).min(since + LONGEST)).filter(|until| *until > now)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joins(window: i64, hour: i64, history: &[i64]) -> Joins {
        Joins { window, hour, history: history.to_vec() }
    }

    #[test]
    fn many_joins_are_a_raid_unless_they_are_usual() {
        let settings = Settings { joins: 15, hard_limit: 50, ..Settings::default() };
        for (case, is) in [
            (joins(14, 14, &[]), false),
            (joins(15, 15, &[]), true),
            (joins(15, 15, &[0, 1, 0, 2]), true),
            (joins(15, 40, &[40, 45, 35, 40]), false),
            (joins(49, 49, &[60, 60, 60, 60]), false),
            (joins(50, 50, &[60, 60, 60, 60]), true),
            (joins(3, 60, &[0, 0, 0, 0]), false),
        ] {
            assert_eq!(is_raid(&case, &settings), is, "{case:?}");
        }
    }

    #[test]
    fn who_came_before_the_burst_is_none_of_it() {
        let at = Timestamp::from_secs(10_000);
        let ago = |secs: &[i64]| secs.iter().map(|secs| at - Span::secs(*secs)).collect::<Vec<_>>();
        for (joined, since) in [
            (vec![], 0),
            (ago(&[0]), 0),
            (ago(&[0, 20, 70, 130]), 130),
            // Nobody came for more than a minute.
            (ago(&[0, 20, 70, 131, 140]), 70),
            (ago(&[200]), 0),
        ] {
            assert_eq!(burst_start(&joined, at, Span::minutes(5)), at - Span::secs(since), "{joined:?}");
        }
    }

    #[test]
    fn a_raid_ends_some_time_after_the_last_burst_and_within_a_day() {
        let at = |minutes: i64| Timestamp::from_secs(60 * minutes);
        let lasts = Span::minutes(30);
        assert_eq!(goes_on(at(0), at(0), lasts, at(30)), None);
        assert_eq!(goes_on(at(0), at(10), lasts, at(30)), Some(at(40)));
        assert_eq!(goes_on(at(0), at(1435), lasts, at(1436)), Some(at(1440)));
        assert_eq!(goes_on(at(0), at(1440), lasts, at(1440)), None);
    }

    proptest! {
        #[test]
        fn more_joins_are_never_less_of_a_raid(
            window in 0..80_i64, hour in 0..80_i64, more in 0..50_i64, history in prop::collection::vec(0..80_i64, 0..12),
        ) {
            let settings = Settings::default();
            let raid = |more| is_raid(&joins(window + more, hour + more, &history), &settings);
            prop_assert!(!raid(0) || raid(more));
        }

        #[test]
        fn a_burst_began_before_it_is_noticed_and_not_long_before(
            mut ago in prop::collection::vec(0..20_000_i64, 0..40), within in 30..3600_i64,
        ) {
            ago.sort_unstable();
            let at = Timestamp::from_secs(100_000);
            let joined: Vec<Timestamp> = ago.iter().map(|secs| at - Span::secs(*secs)).collect();
            let since = burst_start(&joined, at, Span::secs(within));
            prop_assert!(since <= at && at.since(since) <= LOOK_BACK);
        }
    }
}
