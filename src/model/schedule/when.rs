//! When something happens, as an operator writes it.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, WeekdaySet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::days::Days;
use super::one_word::{one_or_many, one_or_many_schema};
use super::phrase::{self, Phrase};
use super::words::{Clock, Date, DateOrRange, Weekday};
use super::{Schedule, Times, crontab};

/// When something happens: `when.weekdays = ["mon", "fri"]` and `when.at = "20:00"`. All of it is read on the community's
/// own clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// The time of day, or several.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "one_or_many_schema::<Clock>")]
    pub at: Vec<Clock>,
    /// The days of the week; without any, and without `every` and `on`, every day.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "one_or_many_schema::<Weekday>")]
    pub weekdays: Vec<Weekday>,
    /// Days in words: `2nd sunday of may`, `last friday`, `day 15`, `last day`, `may 20`, `2 weeks`, `3 days`, or
    /// 五月第二个周日, 每月最后一个周五, 每月15日, 每月最后一天, 5月20日, 每两周, 每3天. A month without such a day is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// Single dates.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "one_or_many_schema::<Date>")]
    pub on: Vec<Date>,
    /// A cron expression of five fields, or of six with seconds, instead of all the above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron: Option<String>,
    /// The first date. Intervals of days and weeks are counted from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Dates and ranges of dates on which it does not happen.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "one_or_many_schema::<DateOrRange>")]
    pub skip: Vec<DateOrRange>,
}

/// What is wrong with a [`When`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}`: {reason}; {hint}")]
pub struct WhenProblem {
    /// The field of [`When`] it is about.
    pub field: &'static str,
    pub reason: String,
    /// What to write instead.
    pub hint: String,
}

impl When {
    /// The schedule this asks for, or all that is wrong with it.
    pub fn schedule(&self) -> Result<Schedule, Vec<WhenProblem>> {
        let mut problems = self.contradictions();
        let times = match self.times() {
            Ok(times) if problems.is_empty() => times,
            Ok(_) => return Err(problems),
            Err(problem) => {
                problems.push(problem);
                return Err(problems);
            }
        };
        let (from, until) = (self.from.map(|from| from.0), self.until.map(|until| until.0));
        let schedule = Schedule { times, from, until, skip: self.skip.clone() };
        if schedule.next_civil(NaiveDate::default().into()).is_some() {
            return Ok(schedule);
        }
        Err(vec![problem(self.main_field(), "there is no such day, so it would never happen", "check the dates")])
    }

    /// Fields that cannot stand together.
    fn contradictions(&self) -> Vec<WhenProblem> {
        let given = [
            ("at", !self.at.is_empty()),
            ("weekdays", !self.weekdays.is_empty()),
            ("on", !self.on.is_empty()),
            ("every", self.every.is_some()),
        ];
        let allowed: &[&str] = match self.main_field() {
            "cron" => &[],
            "every" => match self.phrase() {
                Some(Ok(Phrase::Days(_) | Phrase::Weekday(_) | Phrase::Monthly(..))) => &["at", "every"],
                _ => &["at", "every", "weekdays"],
            },
            "on" => &["at", "on"],
            _ => &["at", "weekdays"],
        };
        let mut problems: Vec<_> = given
            .iter()
            .filter(|(field, given)| *given && !allowed.contains(field))
            .map(|(field, _)| problem(field, &format!("cannot stand beside `{}`", self.main_field()), "leave one out"))
            .collect();
        if self.at.is_empty() && self.cron.is_none() {
            problems.push(problem("at", "the time of day is missing", "write for example `at = \"20:00\"`"));
        }
        if self.until.zip(self.from).is_some_and(|(until, from)| until < from) {
            problems.push(problem("until", "comes before `from`", "swap them"));
        }
        problems
    }

    /// The field that says most about the days.
    fn main_field(&self) -> &'static str {
        match self {
            Self { cron: Some(_), .. } => "cron",
            Self { every: Some(_), .. } => "every",
            Self { on, .. } if !on.is_empty() => "on",
            _ => "weekdays",
        }
    }

    fn phrase(&self) -> Option<Result<Phrase, WhenProblem>> {
        self.every.as_deref().map(phrase::read)
    }

    fn times(&self) -> Result<Times, WhenProblem> {
        if let Some(cron) = &self.cron {
            return Ok(Times::Cron(Box::new(crontab::read(cron)?)));
        }
        Ok(Times::Calendar { days: self.days()?, at: self.at.iter().map(|at| at.0).collect() })
    }

    fn days(&self) -> Result<Days, WhenProblem> {
        let weekdays: WeekdaySet = self.weekdays.iter().map(|day| day.0).collect();
        let anchor = || {
            let hint = "write the first date, as in `from = \"2026-05-01\"`";
            self.from
                .map(|from| from.0)
                .ok_or_else(|| problem("from", "an interval is counted from a first date", hint))
        };
        Ok(match self.phrase().transpose()? {
            Some(Phrase::Days(1)) => Days::weekly(WeekdaySet::ALL),
            Some(Phrase::Days(every)) => Days::Each { every, since: anchor()? },
            Some(Phrase::Weeks(1)) if !weekdays.is_empty() => Days::weekly(weekdays),
            Some(Phrase::Weeks(every)) => {
                let since = anchor()?;
                let on = if weekdays.is_empty() { WeekdaySet::single(since.weekday()) } else { weekdays };
                Days::Weeks { every, on, since }
            }
            Some(Phrase::Weekday(day)) => Days::weekly(WeekdaySet::single(day.0)),
            Some(Phrase::Monthly(month, day)) => Days::Monthly { month, day },
            None if !self.on.is_empty() => Days::Dates(self.on.iter().map(|on| on.0).collect::<BTreeSet<_>>()),
            None if weekdays.is_empty() => Days::weekly(WeekdaySet::ALL),
            None => Days::weekly(weekdays),
        })
    }
}

fn problem(field: &'static str, reason: &str, hint: &str) -> WhenProblem {
    WhenProblem { field, reason: reason.to_owned(), hint: hint.to_owned() }
}
