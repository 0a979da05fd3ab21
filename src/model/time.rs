//! Instants and local days. An instant is passed in, never asked for.

use chrono::{DateTime, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::Span;

/// An instant: milliseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(DateTime::UNIX_EPOCH)
    }

    pub fn local(self, zone: Tz) -> DateTime<Tz> {
        self.utc().with_timezone(&zone)
    }

    /// Time since `earlier`; zero when it is later.
    pub fn since(self, earlier: Self) -> Span {
        Span::from_millis(self.0.saturating_sub(earlier.0).max(0))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_millis())
    }
}

impl std::ops::Add<Span> for Timestamp {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.millis()))
    }
}

impl std::ops::Sub<Span> for Timestamp {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.millis()))
    }
}

/// A calendar day of a community: days since 1970-01-01, counted in its zone and from its own start of day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i64);

impl Day {
    /// The day `at` falls on in `zone`, when days start at `starts` (04:00 makes 03:59 yesterday).
    pub fn of(at: Timestamp, zone: Tz, starts: NaiveTime) -> Self {
        let local = at.local(zone).naive_local();
        let date = if local.time() < starts { local.date() - Days::new(1) } else { local.date() };
        Self::from_date(date)
    }

    pub fn from_date(date: NaiveDate) -> Self {
        Self(date.signed_duration_since(NaiveDate::default()).num_days())
    }

    pub fn date(self) -> NaiveDate {
        NaiveDate::default().checked_add_signed(chrono::Duration::days(self.0)).unwrap_or_default()
    }

    /// The instant this day begins.
    pub fn begins(self, zone: Tz, starts: NaiveTime) -> Timestamp {
        resolve(self.date().and_time(starts), zone)
    }

    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }
}

/// The instant of a civil time: in the gap of a clock change the first valid minute after it, in the overlap the first
/// of the two.
pub fn resolve(civil: NaiveDateTime, zone: Tz) -> Timestamp {
    // No zone has skipped more than a day (Samoa, 2011).
    (0..=2 * 24 * 60)
        .find_map(|minutes| match zone.from_local_datetime(&(civil + chrono::Duration::minutes(minutes))) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc).into()),
            LocalResult::None => None,
        })
        .unwrap_or_else(|| civil.and_utc().into())
}
