//! Schedules as operators write them, and what holds for all of them in every zone.

use chrono::Weekday::{Sat, Sun};
use chrono::{Datelike, Days as Length, TimeZone};
use proptest::prelude::*;

use super::days::MonthDay;
use super::phrase::Phrase;
use super::*;
use crate::model::{Lang, Span};

const ZONES: [Tz; 10] = [
    Tz::Europe__Berlin,
    Tz::America__New_York,
    Tz::Australia__Lord_Howe,
    Tz::Asia__Shanghai,
    Tz::Africa__Casablanca,
    Tz::Pacific__Apia,
    Tz::America__Santiago,
    Tz::Asia__Kathmandu,
    Tz::Asia__Gaza,
    Tz::UTC,
];

fn when(toml: &str) -> When {
    toml::from_str(toml).unwrap_or_else(|error| panic!("{toml}: {error}"))
}

fn schedule(toml: &str) -> Schedule {
    when(toml).schedule().unwrap_or_else(|problems| panic!("{toml}: {problems:?}"))
}

fn instant(utc: &str) -> Timestamp {
    utc.parse::<NaiveDateTime>().unwrap().and_utc().into()
}

/// The next few civil times from the beginning of 2026 in Shanghai, without the year, separated by commas.
fn coming(schedule: &Schedule, count: usize) -> String {
    let times = schedule.occurrences(Tz::Asia__Shanghai, instant("2025-12-31T15:59:59")).take(count);
    times.map(|next| next.civil.format("%m-%d %H:%M").to_string()).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_form_means_its_days_and_is_said_in_both_languages() {
    for (toml, days, zh, en) in [
        ("at = '20:00'", "01-01 20:00, 01-02 20:00", "每天 20:00", "every day, 20:00"),
        (
            "at = ['20:00', '08:00', '8:00']\nweekdays = ['mon', '周五']",
            "01-02 08:00, 01-02 20:00, 01-05 08:00",
            "周一、周五 08:00、20:00",
            "Mon, Fri 08:00, 20:00",
        ),
        ("at = 20:00:00\nweekdays = 'sunday'", "01-04 20:00, 01-11 20:00", "周日 20:00", "Sun 20:00"),
        ("cron = '0 8 * * 1-5'", "01-01 08:00, 01-02 08:00, 01-05 08:00", "周一至周五 08:00", "Mon–Fri 08:00"),
        (
            "cron = '0 0,12 * * *'\nfrom = '2026-01-02'",
            "01-02 00:00, 01-02 12:00, 01-03 00:00",
            "每天 00:00、12:00，开始于 2026-01-02",
            "every day, 00:00, 12:00, from 2026-01-02",
        ),
        ("cron = '*/10 * * * *'", "01-01 00:00, 01-01 00:10", "cron 0 */10 * * * *", "cron 0 */10 * * * *"),
        ("cron = '30 0 8 1 * *'", "01-01 08:00, 02-01 08:00", "cron 30 0 8 1 * *", "cron 30 0 8 1 * *"),
        (
            "every = '2nd sunday of may'\nat = '10:00'",
            "05-10 10:00, 05-09 10:00",
            "每年5月第2个周日 10:00",
            "every 2nd Sunday of May, 10:00",
        ),
        (
            "every = '每月最后一个周五'\nat = '10:00'",
            "01-30 10:00, 02-27 10:00, 03-27 10:00",
            "每月最后一个周五 10:00",
            "every last Friday of the month, 10:00",
        ),
        (
            "every = '1st monday'\nat = '10:00'",
            "01-05 10:00, 02-02 10:00",
            "每月第1个周一 10:00",
            "every 1st Monday of the month, 10:00",
        ),
        (
            "every = 'day 31'\nat = '10:00'",
            "01-31 10:00, 03-31 10:00, 05-31 10:00",
            "每月31日 10:00",
            "every month on day 31, 10:00",
        ),
        (
            "every = '每月最后一天'\nat = '10:00'",
            "01-31 10:00, 02-28 10:00, 03-31 10:00",
            "每月最后一天 10:00",
            "every last day of the month, 10:00",
        ),
        (
            "every = 'may 20'\nat = '10:00'",
            "05-20 10:00, 05-20 10:00",
            "每年5月20日 10:00",
            "every year on May 20, 10:00",
        ),
        (
            "every = '每两周'\nweekdays = ['fri', 'tue']\nfrom = '2026-01-07'\nat = '10:00'",
            "01-09 10:00, 01-20 10:00, 01-23 10:00, 02-03 10:00",
            "每 2 周的周二、周五 10:00，开始于 2026-01-07",
            "every 2 weeks on Tue, Fri, 10:00, from 2026-01-07",
        ),
        (
            "every = '3 weeks'\nfrom = '2025-12-25'\nat = '10:00'",
            "01-15 10:00, 02-05 10:00",
            "每 3 周的周四 10:00，开始于 2025-12-25",
            "every 3 weeks on Thu, 10:00, from 2025-12-25",
        ),
        (
            "every = '3 days'\nfrom = '2025-12-31'\nat = '10:00'",
            "01-03 10:00, 01-06 10:00",
            "每 3 天 10:00，开始于 2025-12-31",
            "every 3 days, 10:00, from 2025-12-31",
        ),
        ("every = '每周一'\nat = '10:00'", "01-05 10:00, 01-12 10:00", "周一 10:00", "Mon 10:00"),
        (
            "on = ['2026-12-31', 2026-01-01, '2020-01-01']\nat = '10:00'",
            "01-01 10:00, 12-31 10:00",
            "2020-01-01、2026-01-01、2026-12-31 10:00",
            "2020-01-01, 2026-01-01, 2026-12-31, 10:00",
        ),
        (
            "at = '10:00'\nfrom = '2026-01-02'\nuntil = '2026-01-08'\nskip = ['2026-01-03', '2026-01-04..2026-01-06']",
            "01-02 10:00, 01-07 10:00, 01-08 10:00",
            "每天 10:00，开始于 2026-01-02，截止到 2026-01-08，除了 2026-01-03、2026-01-04..2026-01-06",
            "every day, 10:00, from 2026-01-02, until 2026-01-08, except 2026-01-03, 2026-01-04..2026-01-06",
        ),
    ] {
        let schedule = schedule(toml);
        assert_eq!(coming(&schedule, days.split(", ").count()), days, "{toml}");
        assert_eq!(schedule.describe(Lang::Zh), zh, "{toml}");
        assert_eq!(schedule.describe(Lang::En), en, "{toml}");
    }
}

#[test]
fn what_is_said_of_months_can_be_written() {
    let days = [MonthDay::Day(7), MonthDay::Last, MonthDay::LastOf(Sat)];
    for day in days.into_iter().chain((1..=5).map(|n| MonthDay::Nth(n, Sun))) {
        for month in (1..=12).map(Some).chain([None]) {
            for lang in Lang::ALL {
                let said = Days::Monthly { month, day }.describe(lang);
                assert_eq!(phrase::read(&said), Ok(Phrase::Monthly(month, day)), "{said}");
            }
        }
    }
}

#[test]
fn a_schedule_ends_when_nothing_more_will_come() {
    for (toml, all) in [
        ("on = ['2026-12-31', '2026-12-31']\nat = '10:00'", "12-31 10:00"),
        ("at = '10:00'\nuntil = '2026-01-02'", "01-01 10:00, 01-02 10:00"),
        ("cron = '0 0 8 1 1,2 * 2026'", "01-01 08:00, 02-01 08:00"),
        ("at = '10:00'\nuntil = '2025-01-02'", ""),
    ] {
        assert_eq!(coming(&schedule(toml), usize::MAX), all, "{toml}");
    }
}

#[test]
fn the_rarest_day_is_found() {
    let rare = schedule("every = '5th sunday of february'\nat = '10:00'");
    let years: Vec<i32> = rare.occurrences(Tz::UTC, Timestamp(0)).take(4).map(|next| next.civil.year()).collect();
    assert_eq!(years, [1976, 2004, 2032, 2060]);
    let leap = schedule("every = 'feb 29'\nat = '10:00'");
    let years: Vec<i32> =
        leap.occurrences(Tz::UTC, instant("2095-01-01T00:00:00")).take(2).map(|next| next.civil.year()).collect();
    assert_eq!(years, [2096, 2104]);
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    for (toml, problems) in [
        ("", "`at`: the time of day is missing; write for example `at = \"20:00\"`"),
        (
            "cron = '0 8 * * *'\nat = '08:00'\nweekdays = 'mon'\nevery = 'day'\non = '2026-01-01'",
            "`at`: cannot stand beside `cron`; leave one out\n\
             `weekdays`: cannot stand beside `cron`; leave one out\n\
             `on`: cannot stand beside `cron`; leave one out\n\
             `every`: cannot stand beside `cron`; leave one out",
        ),
        (
            "every = 'feb 30'\non = '2026-01-01'\nfrom = '2026-02-01'\nuntil = '2026-01-31'",
            "`on`: cannot stand beside `every`; leave one out\n\
             `at`: the time of day is missing; write for example `at = \"20:00\"`\n\
             `until`: comes before `from`; swap them\n\
             `every`: there is no day 30 in that month; write a day from 1 to 29, or `last day`",
        ),
        (
            "every = 'last friday'\nweekdays = 'mon'\nat = '8:00'",
            "`weekdays`: cannot stand beside `every`; leave one out",
        ),
        ("on = '2026-01-01'\nweekdays = 'mon'\nat = '8:00'", "`weekdays`: cannot stand beside `on`; leave one out"),
        (
            "every = '2 weeks'\nweekdays = 'mon'\nat = '8:00'",
            "`from`: an interval is counted from a first date; write the first date, as in `from = \"2026-05-01\"`",
        ),
        ("cron = '0 0 8 30 2 *'", "`cron`: there is no such day, so it would never happen; check the dates"),
        (
            "on = '2026-10-01'\nat = '8:00'\nskip = '2026-10-01..2026-10-07'",
            "`on`: there is no such day, so it would never happen; check the dates",
        ),
        (
            "weekdays = 'mon'\nat = '8:00'\nfrom = '2026-01-06'\nuntil = '2026-01-11'",
            "`weekdays`: there is no such day, so it would never happen; check the dates",
        ),
    ] {
        let said: Vec<String> = when(toml).schedule().unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(said.join("\n"), problems, "{toml}");
    }
    let unknown = toml::from_str::<When>("att = '20:00'").unwrap_err();
    assert!(unknown.message().contains("unknown field `att`"), "{unknown}");
}

#[test]
fn settings_survive_being_written_and_read() {
    let written = when("every = '2 weeks'\nweekdays = ['mon']\nat = '8:00'\nfrom = '2026-01-06'\nskip = '2026-02-01'");
    assert_eq!(when(&toml::to_string(&written).unwrap()), written);
}

#[test]
fn the_form_of_the_settings_is_published() {
    let schema = serde_json::to_value(schemars::schema_for!(When)).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["properties"]["at"]["anyOf"][0]["$ref"], "#/$defs/Clock");
    assert_eq!(schema["$defs"]["Clock"]["format"], "clock");
}

#[test]
fn clock_changes_move_nothing_and_lose_nothing() {
    let utc = |toml, zone, after| -> Vec<String> {
        let schedule = schedule(toml);
        let times = schedule.occurrences(zone, instant(after)).take(3);
        times.map(|next| next.at.utc().format("%m-%d %H:%M").to_string()).collect()
    };
    let night = "at = '02:30'";
    // The gap: 03:00 is the first time that exists.
    assert_eq!(utc(night, Tz::Europe__Berlin, "2026-03-28T00:00:00"), ["03-28 01:30", "03-29 01:00", "03-30 00:30"]);
    // The overlap: once, the first time, also when asked in between.
    assert_eq!(utc(night, Tz::Europe__Berlin, "2026-10-24T12:00:00"), ["10-25 00:30", "10-26 01:30", "10-27 01:30"]);
    assert_eq!(utc(night, Tz::Europe__Berlin, "2026-10-25T00:45:00")[0], "10-26 01:30");
    assert_eq!(utc(night, Tz::Europe__Berlin, "2026-10-25T01:10:00")[0], "10-26 01:30");
    // What a gap throws together happens once.
    assert_eq!(
        utc("at = ['02:15', '02:45', '03:00']", Tz::Europe__Berlin, "2026-03-28T12:00:00"),
        ["03-29 01:00", "03-30 00:15", "03-30 00:45"]
    );
}

fn any_schedule() -> impl Strategy<Value = Schedule> {
    let days = prop_oneof![
        Just(""),
        Just("weekdays = ['sat', 'sun']"),
        Just("every = '2 weeks'\nfrom = '2011-02-03'"),
        Just("every = '3 days'\nfrom = '2012-02-29'"),
        Just("every = 'last sunday'"),
        Just("every = 'day 31'"),
        Just("every = 'feb 29'"),
        Just("skip = '2011-10-01..2026-04-15'"),
        Just("until = '2026-10-25'"),
    ];
    let calendar = (days, prop::collection::vec((0..24_u32, 0..60_u32), 1..4)).prop_map(|(days, at)| {
        let at: Vec<String> = at.iter().map(|(hour, minute)| format!("'{hour}:{minute:02}'")).collect();
        schedule(&format!("at = [{}]\n{days}", at.join(", ")))
    });
    let cron = prop_oneof![
        Just("cron = '*/20 1-3 * * 0'"),
        Just("cron = '0 0 * * * *'"),
        Just("cron = '30 15,45 0 28-31 3,10 *'"),
    ];
    prop_oneof![3 => calendar, 1 => cron.prop_map(schedule)]
}

/// Instants from 2010, before Samoa left out a day, to 2030; often near a clock change.
fn any_instant() -> impl Strategy<Value = Timestamp> {
    let changes = ["2026-03-29T01:00:00", "2026-10-25T01:00:00", "2026-09-06T04:00:00", "2011-12-30T10:00:00"];
    let near = (prop::sample::select(changes.to_vec()), -100_000_000..100_000_000_i64)
        .prop_map(|(change, millis)| Timestamp(instant(change).0 + millis));
    prop_oneof![near, (1_262_304_000_000..1_893_456_000_000_i64).prop_map(Timestamp)]
}

fn any_zone() -> impl Strategy<Value = Tz> {
    prop::sample::select(ZONES.to_vec())
}

proptest! {
    #[test]
    fn occurrences_ascend_and_show_the_time_asked_for(
        schedule in any_schedule(), zone in any_zone(), after in any_instant(),
    ) {
        let mut last = after;
        for next in schedule.occurrences(zone, after).take(50) {
            prop_assert!(next.at > last);
            last = next.at;
            let shown = next.at.local(zone).naive_local();
            if zone.from_local_datetime(&next.civil).earliest().is_some() {
                prop_assert_eq!(shown, next.civil);
            } else {
                // The clock went from before the time asked for to after it, and this is the moment it did.
                let before = (next.at - Span::secs(1)).local(zone).naive_local();
                prop_assert!(before < next.civil && next.civil < shown, "{} in {}", next.civil, zone);
            }
        }
    }

    #[test]
    fn an_occurrence_does_not_depend_on_where_one_starts_to_look(
        schedule in any_schedule(), zone in any_zone(), after in any_instant(),
    ) {
        let found: Vec<Occurrence> = schedule.occurrences(zone, after).take(20).collect();
        for pair in found.windows(2) {
            prop_assert_eq!(schedule.occurrences(zone, pair[0].at).next(), Some(pair[1]));
            let midway = Timestamp(i64::midpoint(pair[0].at.0, pair[1].at.0));
            prop_assert_eq!(schedule.occurrences(zone, midway).next().map(|next| next.at), Some(pair[1].at));
        }
    }

    #[test]
    fn a_range_split_in_two_holds_the_same(
        schedule in any_schedule(), zone in any_zone(), after in any_instant(),
        first in 0..3_000_000_000_i64, second in 0..3_000_000_000_i64,
    ) {
        let (middle, to) = (Timestamp(after.0 + first), Timestamp(after.0 + first + second));
        let at = |from, to| schedule.between(zone, from, to).map(|next| next.at);
        let whole: Vec<Timestamp> = at(after, to).collect();
        let parts: Vec<Timestamp> = at(after, middle).chain(at(middle, to)).collect();
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn a_daily_schedule_comes_once_on_each_day(
        hour in 0..24_u32, minute in 0..60_u32, zone in any_zone(), after in any_instant(),
    ) {
        let daily = schedule(&format!("at = '{hour}:{minute:02}'"));
        let found: Vec<Occurrence> = daily.occurrences(zone, after).take(400).collect();
        for pair in found.windows(2) {
            // Midnight of the day Samoa left out is midnight of the next.
            let merged = zone == Tz::Pacific__Apia && pair[0].civil == "2011-12-30T00:00:00".parse().unwrap();
            let days = if merged { 2 } else { 1 };
            prop_assert_eq!(pair[0].civil.date() + Length::new(days), pair[1].civil.date());
        }
    }

    #[test]
    fn a_civil_time_is_the_first_instant_clocks_show_it_or_later(zone in any_zone(), at in any_instant()) {
        // Read as UTC, an instant is as good a civil time as any.
        let civil = at.utc().naive_utc().with_nanosecond(0).unwrap();
        let resolved = resolve(civil, zone);
        prop_assert!(resolved.local(zone).naive_local() >= civil);
        prop_assert!((resolved - Span::secs(1)).local(zone).naive_local() < civil);
    }
}
