//! Which days a schedule falls on.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday, WeekdaySet};

/// The rarest day that can be asked for, a fifth weekday in February, comes every 28 years, and 40 across a century
/// without a leap day.
const LOOK_AHEAD_DAYS: usize = 41 * 366;

/// Which days a schedule falls on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Days {
    /// These weekdays of every so manieth week, counted from the week of `since`. Weeks begin on Monday.
    Weeks {
        every: i32,
        on: WeekdaySet,
        since: NaiveDate,
    },
    /// Every so manieth day, counted from `since`.
    Each {
        every: i32,
        since: NaiveDate,
    },
    /// A day of one month, or of each.
    Monthly {
        month: Option<u32>,
        day: MonthDay,
    },
    Dates(BTreeSet<NaiveDate>),
}

/// A day of a month. In months that lack it, it is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MonthDay {
    Day(u32),
    Last,
    /// The first to fifth of a weekday.
    Nth(u32, Weekday),
    LastOf(Weekday),
}

impl Days {
    pub(super) fn weekly(on: WeekdaySet) -> Self {
        Self::Weeks { every: 1, on, since: NaiveDate::default() }
    }

    pub(super) fn contain(&self, date: NaiveDate) -> bool {
        match self {
            Self::Weeks { every, on, since } => {
                on.contains(date.weekday()) && (week(date) - week(*since)).rem_euclid(*every) == 0
            }
            Self::Each { every, since } => (date.num_days_from_ce() - since.num_days_from_ce()).rem_euclid(*every) == 0,
            Self::Monthly { month, day } => month.is_none_or(|month| month == date.month()) && day.is(date),
            Self::Dates(dates) => dates.contains(&date),
        }
    }

    /// The first of the days that is not before `from`; `None` when there are no more.
    pub(super) fn next(&self, from: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Dates(dates) => dates.range(from..).next().copied(),
            _ => from.iter_days().take(LOOK_AHEAD_DAYS).find(|date| self.contain(*date)),
        }
    }
}

impl MonthDay {
    fn is(self, date: NaiveDate) -> bool {
        let last = u32::from(date.num_days_in_month());
        match self {
            Self::Day(day) => date.day() == day,
            Self::Last => date.day() == last,
            Self::Nth(n, weekday) => date.weekday() == weekday && date.day().div_ceil(7) == n,
            Self::LastOf(weekday) => date.weekday() == weekday && date.day() + 7 > last,
        }
    }
}

/// Weeks since the year 1, whose first day was a Monday.
fn week(date: NaiveDate) -> i32 {
    (date.num_days_from_ce() - 1).div_euclid(7)
}
