//! Cron expressions: crontab's five fields, or six and seven with seconds and years.
//!
//! The `cron` crate counts weekdays from 1 for Sunday and crontab from 0; crontab takes either of a day of the month and
//! a weekday where the crate wants both. What would be read in two ways is refused here; the crate sees only names.

use chrono::{Weekday, WeekdaySet};
use cron::Schedule;

use super::when::WhenProblem;

pub(super) fn read(expression: &str) -> Result<Schedule, WhenProblem> {
    let mut fields: Vec<&str> = expression.split_whitespace().collect();
    let has_seconds = match fields.len() {
        5 => false,
        6 | 7 => true,
        n => {
            return Err(problem(
                format!("a cron expression has five fields, `{expression}` has {n}"),
                "write `minute hour day-of-month month weekday`, as in `0 8 * * Mon-Fri`",
            ));
        }
    };
    if !has_seconds {
        fields.insert(0, "0");
    }
    let weekdays = weekdays(fields[5], has_seconds)?;
    if weekdays != WeekdaySet::ALL && !matches!(fields[3], "*" | "?") {
        return Err(problem(
            "programs disagree on whether the day of the month and the weekday must both hold".to_owned(),
            "write `*` for one of them, or say what you mean with `every`, as in `2nd sunday`",
        ));
    }
    let names = weekdays.iter(Weekday::Mon).map(|day| day.to_string()).collect::<Vec<_>>().join(",");
    fields[5] = if weekdays == WeekdaySet::ALL { "*" } else { &names };
    fields.join(" ").parse().map_err(|error: cron::error::Error| {
        // The crate draws the place on three lines; the last one says what is wrong.
        let said = error.to_string();
        let reason = said.lines().map(str::trim).rfind(|line| !line.is_empty() && *line != "^");
        problem(
            format!("`{expression}` is not a cron expression: {}", reason.unwrap_or_default().trim_end_matches('.')),
            "write five fields as in `0 8 * * Mon-Fri`",
        )
    })
}

fn problem(reason: String, hint: &str) -> WhenProblem {
    WhenProblem { field: "cron", reason, hint: hint.to_owned() }
}

/// The weekdays of a field. Ranges may pass the end of the week, as in `Fri-Mon`.
fn weekdays(field: &str, names_only: bool) -> Result<WeekdaySet, WhenProblem> {
    let unread = || {
        problem(format!("`{field}` is not understood as weekdays"), "write `Mon`, `Mon,Thu`, `Mon-Fri`, or use `every`")
    };
    if names_only && field.split('/').next().is_some_and(|days| days.contains(|c: char| c.is_ascii_digit())) {
        return Err(problem(
            format!(
                "the weekday `{field}` means different days to different programs when there is a field for seconds"
            ),
            "write names, as in `Mon-Fri`",
        ));
    }
    let mut days = WeekdaySet::EMPTY;
    for item in field.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0).ok_or_else(unread)?),
            None => (item, 1),
        };
        let (first, last) = match range.split_once('-') {
            None if matches!(range, "*" | "?") => (0, 6),
            None if item != range => (weekday(range).ok_or_else(unread)?, 6),
            None => weekday(range).map(|day| (day, day)).ok_or_else(unread)?,
            Some((first, last)) => weekday(first).zip(weekday(last)).ok_or_else(unread)?,
        };
        let last = if last < first { last + 7 } else { last };
        days = (first..=last)
            .step_by(step)
            .filter_map(|day| WeekdaySet::ALL.iter(Weekday::Sun).nth(day % 7))
            .collect::<WeekdaySet>()
            .union(days);
    }
    Ok(days)
}

/// Days since Sunday; 7 is Sunday too.
fn weekday(text: &str) -> Option<usize> {
    match text.parse::<usize>() {
        Ok(number) => (number <= 7).then_some(number),
        Err(_) => text.parse::<Weekday>().ok().map(|day| day.num_days_from_sunday() as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_weekdays_follow_crontab() {
        for (expression, means) in [
            ("0 8 * * *", "0 0 8 * * *"),
            ("0 8 * * 1-5", "0 0 8 * * Mon,Tue,Wed,Thu,Fri"),
            ("0 8 * * 0", "0 0 8 * * Sun"),
            ("0 8 * * 7", "0 0 8 * * Sun"),
            ("0 8 * * 5-7", "0 0 8 * * Fri,Sat,Sun"),
            ("0 8 * * 0-7", "0 0 8 * * *"),
            ("0 8 * * 1,3", "0 0 8 * * Mon,Wed"),
            ("0 8 * * */2", "0 0 8 * * Tue,Thu,Sat,Sun"),
            ("0 8 * * 4/2", "0 0 8 * * Thu,Sat"),
            ("0 8 1 * *", "0 0 8 1 * *"),
            ("0 0 8 * * Mon-Fri", "0 0 8 * * Mon,Tue,Wed,Thu,Fri"),
            ("30 0 8 * * Mon-Sun", "30 0 8 * * *"),
            ("0 0 8 * * fri-mon", "0 0 8 * * Mon,Fri,Sat,Sun"),
            ("0 0 8 ? * tuesday 2026-2028", "0 0 8 ? * Tue 2026-2028"),
            ("0 0 8 1 Jan ?", "0 0 8 1 Jan *"),
        ] {
            assert_eq!(read(expression).map(|cron| cron.source().to_owned()), Ok(means.to_owned()), "{expression}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for (expression, reason) in [
            ("0 0 8 * * 1", "the weekday `1` means different days to different programs"),
            ("0 0 8 * * 1-5/2 2026", "the weekday `1-5/2` means different days to different programs"),
            ("0 8 13 * 5", "programs disagree"),
            ("0 0 8 */2 * Mon", "programs disagree"),
            ("8 * *", "a cron expression has five fields, `8 * *` has 3"),
            ("@daily", "a cron expression has five fields, `@daily` has 1"),
            ("0 8 * * 8", "`8` is not understood as weekdays"),
            ("0 8 * * Fri#2", "`Fri#2` is not understood as weekdays"),
            ("0 8 * * 1/0", "`1/0` is not understood as weekdays"),
            ("0 25 * * *", "`0 25 * * *` is not a cron expression: Hours must be less than 23. ('25' specified.)"),
            (
                "x 8 * * *",
                "`x 8 * * *` is not a cron expression: The 'Minutes' field does not support using names. 'x' specified",
            ),
        ] {
            let problem = read(expression).unwrap_err();
            assert!(problem.reason.starts_with(reason), "{expression}: {problem:?}");
        }
    }
}
