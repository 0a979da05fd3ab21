//! Schedules: what an operator writes ([`When`]), and the instants it means ([`Schedule`]).
//!
//! A schedule counts in civil time, the date and time on a community's clock; each civil time is then mapped to an
//! instant of its own. So 20:00 stays 20:00 across clock changes.

mod crontab;
mod days;
mod late;
mod one_word;
mod phrase;
mod when;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use chrono_tz::Tz;

pub use late::{Late, LateThen, ON_TIME, Verdict};
pub(crate) use one_word::{one_or_many, one_or_many_schema};
pub use when::{When, WhenProblem};
pub use words::{Clock, Date, DateOrRange, Weekday, Zone};

use super::Timestamp;
use super::time::resolve;
use days::Days;

/// When something happens, checked; made by [`When::schedule`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    times: Times,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    skip: Vec<DateOrRange>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Times {
    /// `at` is never empty.
    Calendar {
        days: Days,
        at: BTreeSet<NaiveTime>,
    },
    Cron(Box<cron::Schedule>),
}

/// One time a schedule comes round. A schedule has at most one at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The date and time asked for. Where clocks skip it, they show a later one at `at`.
    pub civil: NaiveDateTime,
    pub at: Timestamp,
}

impl Schedule {
    /// The occurrences after `after`, in order, without end unless the schedule has one.
    pub fn occurrences(&self, zone: Tz, after: Timestamp) -> impl Iterator<Item = Occurrence> {
        let local = after.local(zone).naive_local();
        let mut civil = local.with_nanosecond(0).unwrap_or(local);
        let mut last = after;
        std::iter::from_fn(move || {
            loop {
                let next = self.next_civil(civil)?;
                civil = next + Duration::seconds(1);
                let at = resolve(next, zone);
                // Several civil times of a gap fall on the instant it ends.
                if at > last {
                    last = at;
                    return Some(Occurrence { civil: next, at });
                }
            }
        })
    }

    /// The occurrences after `after` and up to `to`: ranges that follow each other share none and miss none.
    pub fn between(&self, zone: Tz, after: Timestamp, to: Timestamp) -> impl Iterator<Item = Occurrence> {
        self.occurrences(zone, after).take_while(move |occurrence| occurrence.at <= to)
    }

    /// The first civil time of the schedule that is not before `from`.
    fn next_civil(&self, from: NaiveDateTime) -> Option<NaiveDateTime> {
        let mut from = self.from.map_or(from, |first| from.max(first.into()));
        loop {
            let civil = self.times.next(from)?;
            if self.until.is_some_and(|last| civil.date() > last) {
                return None;
            }
            match self.skip.iter().find(|skip| skip.contains(civil.date())) {
                Some(skip) => from = skip.last.0.succ_opt()?.into(),
                None => return Some(civil),
            }
        }
    }
}

impl Times {
    /// The first that is not before `from`.
    fn next(&self, from: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::Calendar { days, at } => {
                let date = from.date();
                let today = at.range(from.time()..).next().filter(|_| days.contain(date));
                let later = || Some(days.next(date.succ_opt()?)?.and_time(*at.first()?));
                today.map(|time| date.and_time(*time)).or_else(later)
            }
            // As if in UTC: the crate leaves out what falls in a gap and repeats what falls in an overlap.
            Self::Cron(cron) => {
                cron.after(&(from.and_utc() - Duration::seconds(1))).next().map(|next| next.naive_utc())
            }
        }
    }
}
