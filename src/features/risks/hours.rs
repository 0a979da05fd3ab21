//! Time that counts: only some hours of each day do. Pure.

use chrono::NaiveTime;
use chrono_tz::Tz;

use super::settings::Staff;
use crate::model::{Day, Span, Timestamp};

/// The hours of every day that count, on the clock of a zone.
#[derive(Clone, Copy, Debug)]
pub struct Hours {
    from: NaiveTime,
    to: NaiveTime,
    zone: Tz,
}

impl Hours {
    pub fn of(staff: &Staff, zone: Tz) -> Self {
        Self { from: staff.from.0, to: staff.to.0, zone }
    }

    /// The day whose hours are the last to begin by `at`.
    fn day(self, at: Timestamp) -> Day {
        Day::of(at, self.zone, self.from)
    }

    /// When the hours of a day begin and end.
    fn window(self, day: Day) -> (Timestamp, Timestamp) {
        let ends = if self.to > self.from { day } else { day.plus(1) };
        (day.begins(self.zone, self.from), ends.begins(self.zone, self.to))
    }

    /// How much of the time between two moments counts.
    pub fn between(self, from: Timestamp, to: Timestamp) -> Span {
        let days = self.day(from).0..=self.day(to).0;
        let millis = days.map(|day| {
            let (begin, end) = self.window(Day(day));
            (end.min(to).0 - begin.max(from).0).max(0)
        });
        Span::from_millis(millis.sum())
    }

    /// When so much time that counts will have passed since `from`.
    pub fn after(self, from: Timestamp, span: Span) -> Timestamp {
        let (mut left, mut day) = (span.millis().max(1), self.day(from));
        loop {
            let (begin, end) = self.window(day);
            let begin = begin.max(from);
            let length = (end.0 - begin.0).max(0);
            if left <= length {
                return begin + Span::from_millis(left);
            }
            (left, day) = (left - length, day.plus(1));
        }
    }

    /// A moment so long ago that at least so much time that counts has passed since, and a day more.
    pub fn before(self, to: Timestamp, span: Span) -> Timestamp {
        let mut day = self.day(to);
        while self.between(self.window(day).0, to) < span {
            day = day.plus(-1);
        }
        self.window(day.plus(-1)).0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::schedule::Clock;

    fn hours(from: u32, to: u32, zone: Tz) -> Hours {
        let clock = |hour| Clock(NaiveTime::from_hms_opt(hour, 0, 0).unwrap());
        Hours::of(&Staff { from: clock(from), to: clock(to), ..Staff::default() }, zone)
    }

    /// Local time in Berlin; clocks are put forward in the night to 29 March 2026.
    fn at(day: i64, hour: u32) -> Timestamp {
        let date = Day::from_date(chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()).plus(day - 1);
        date.begins(chrono_tz::Europe::Berlin, NaiveTime::from_hms_opt(hour, 0, 0).unwrap())
    }

    #[test]
    fn only_the_hours_of_the_day_count() {
        let day = hours(9, 22, chrono_tz::Europe::Berlin);
        let night = hours(22, 9, chrono_tz::Europe::Berlin);
        let always = hours(0, 0, chrono_tz::Europe::Berlin);
        for (hours, from, to, counted) in [
            (day, at(2, 10), at(2, 12), 2),
            (day, at(2, 3), at(2, 10), 1),
            (day, at(2, 21), at(3, 10), 2),
            (day, at(2, 23), at(3, 8), 0),
            (day, at(2, 8), at(4, 8), 26),
            (day, at(3, 8), at(2, 8), 0),
            (night, at(2, 21), at(3, 10), 11),
            (night, at(2, 3), at(2, 23), 7),
            (always, at(2, 3), at(3, 3), 24),
            (day, at(28, 9), at(29, 22), 26),
            (night, at(28, 22), at(29, 9), 10),
            (always, at(28, 12), at(29, 12), 23),
        ] {
            assert_eq!(hours.between(from, to), Span::hours(counted), "{hours:?} {from:?} {to:?}");
        }
        assert_eq!(day.after(at(2, 20), Span::hours(4)), at(3, 11));
        assert_eq!(day.after(at(2, 23), Span::hours(1)), at(3, 10));
    }

    proptest! {
        #[test]
        fn what_is_waited_for_comes_when_it_is_said_to(
            secs in 1_700_000_000..1_900_000_000_i64, minutes in 1..10_000_i64, from in 0..24_u32, to in 0..24_u32,
        ) {
            for zone in [chrono_tz::Asia::Shanghai, chrono_tz::Europe::Berlin] {
                let (hours, begin, span) = (hours(from, to, zone), Timestamp::from_secs(secs), Span::minutes(minutes));
                let end = hours.after(begin, span);
                prop_assert_eq!(hours.between(begin, end), span);
                prop_assert!(hours.between(begin, end - Span::secs(1)) < span);
                prop_assert!(hours.between(hours.before(begin, span), begin) >= span);
            }
        }
    }
}
