//! Instants and local days. An instant is passed in, never asked for.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Lang, Span};

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

    /// `12月1日`, `1 December`; with its year when that is not the year of `today`.
    pub fn in_words(self, lang: Lang, today: Self) -> String {
        let date = self.date();
        let format = match (lang, date.year() == today.date().year()) {
            (Lang::Zh, true) => "%-m月%-d日",
            (Lang::Zh, false) => "%Y年%-m月%-d日",
            (Lang::En, true) => "%-d %B",
            (Lang::En, false) => "%-d %B %Y",
        };
        date.format(format).to_string()
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

/// The instant of a civil time: the first at which clocks show it or later. That is the first of the two in the overlap of
/// a clock change, and the end of the gap in a gap.
pub fn resolve(civil: NaiveDateTime, zone: Tz) -> Timestamp {
    if let Some(at) = zone.from_local_datetime(&civil).earliest() {
        return at.to_utc().into();
    }
    // The clock of no zone has been as far as 16 hours from UTC.
    let middle = civil.and_utc().timestamp();
    let (mut before, mut after) = (middle - 16 * 3600, middle + 16 * 3600);
    while after - before > 1 {
        let at = i64::midpoint(before, after);
        if Timestamp::from_secs(at).local(zone).naive_local() < civil { before = at } else { after = at }
    }
    Timestamp::from_secs(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_another_year_is_said_with_it() {
        let day = |year, month, day| Day::from_date(NaiveDate::from_ymd_opt(year, month, day).unwrap());
        let today = day(2026, 1, 2);
        for (then, zh, en) in [
            (today, "1月2日", "2 January"),
            (day(2026, 11, 30), "11月30日", "30 November"),
            (day(2025, 12, 31), "2025年12月31日", "31 December 2025"),
        ] {
            assert_eq!((then.in_words(Lang::Zh, today), then.in_words(Lang::En, today)), (zh.into(), en.into()));
        }
    }

    #[test]
    fn clock_changes_have_one_meaning() {
        for (zone, civil, utc) in [
            ("Asia/Shanghai", "2026-03-29 02:30:00", "2026-03-28 18:30:00"),
            // Gaps end at 03:00, at 02:30 and, after a whole day left out, at midnight.
            ("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29 00:59:59"),
            ("Europe/Berlin", "2026-03-29 02:00:00", "2026-03-29 01:00:00"),
            ("Europe/Berlin", "2026-03-29 02:30:30", "2026-03-29 01:00:00"),
            ("Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29 01:00:00"),
            ("Australia/Lord_Howe", "2026-10-04 02:10:00", "2026-10-03 15:30:00"),
            ("Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 10:00:00"),
            // A day that begins in a gap.
            ("America/Santiago", "2026-09-06 00:00:00", "2026-09-06 04:00:00"),
            // Overlaps.
            ("Europe/Berlin", "2026-10-25 02:00:00", "2026-10-25 00:00:00"),
            ("Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25 00:30:00"),
            ("Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25 02:00:00"),
            ("America/New_York", "2026-11-01 01:30:00", "2026-11-01 05:30:00"),
        ] {
            let civil: NaiveDateTime = civil.replace(' ', "T").parse().unwrap();
            let at = resolve(civil, zone.parse().unwrap());
            assert_eq!(at.utc().naive_utc().to_string(), utc, "{zone} {civil}");
        }
    }
}
