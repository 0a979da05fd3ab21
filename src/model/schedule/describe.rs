//! Schedules in words for people: `周一、周五 20:00`, `every 2nd Sunday of May, 10:00`.

use chrono::{Month, NaiveTime, Weekday, WeekdaySet};
use cron::TimeUnitSpec;

use super::days::{Days, MonthDay};
use super::words::{Clock, WEEKDAY_NAMES};
use super::{Schedule, Times, crontab};
use crate::model::Lang;

/// A cron expression with more times of day than this is shown as it is written.
const TIMES_MAX: u32 = 6;

impl Schedule {
    /// The schedule as people say it.
    pub fn describe(&self, lang: Lang) -> String {
        let said = match &self.times {
            Times::Calendar { days, at } => calendar(days, at, lang),
            Times::Cron(cron) => match crontab::weekly(cron).zip(times_of_day(cron)) {
                Some((weekdays, at)) => calendar(&Days::weekly(weekdays), &at, lang),
                None => format!("cron {}", cron.source()),
            },
        };
        let (from, until, except, comma) = match lang {
            Lang::Zh => ("开始于", "截止到", "除了", "，"),
            Lang::En => ("from", "until", "except", ", "),
        };
        let skip = Some(join(&self.skip, lang)).filter(|skip| !skip.is_empty());
        let bounds = [
            self.from.map(|date| format!("{from} {date}")),
            self.until.map(|date| format!("{until} {date}")),
            skip.map(|dates| format!("{except} {dates}")),
        ];
        [Some(said)].into_iter().chain(bounds).flatten().collect::<Vec<_>>().join(comma)
    }
}

fn calendar<'a>(days: &Days, at: impl IntoIterator<Item = &'a NaiveTime>, lang: Lang) -> String {
    let at = join(at.into_iter().map(|time| Clock(*time)), lang);
    // Named weekdays need no comma before the time.
    let named = matches!(days, Days::Weeks { every: 1, on, .. } if *on != WeekdaySet::ALL);
    let space = if lang == Lang::Zh || named { " " } else { ", " };
    format!("{}{space}{at}", days.describe(lang))
}

fn times_of_day(cron: &cron::Schedule) -> Option<Vec<NaiveTime>> {
    let (hours, minutes, seconds) = (cron.hours(), cron.minutes(), cron.seconds());
    if hours.count() * minutes.count() * seconds.count() > TIMES_MAX {
        return None;
    }
    let mut times = Vec::new();
    for hour in hours.iter() {
        for minute in minutes.iter() {
            times.extend(seconds.iter().filter_map(|second| NaiveTime::from_hms_opt(hour, minute, second)));
        }
    }
    Some(times)
}

impl Days {
    /// The days as people say them; [`super::phrase::read`] understands what it says of months.
    pub(super) fn describe(&self, lang: Lang) -> String {
        match (lang, self) {
            (_, Self::Weeks { every: 1, on, .. }) => weekdays(*on, lang),
            (Lang::Zh, Self::Weeks { every, on, .. }) => format!("每 {every} 周的{}", weekdays(*on, lang)),
            (Lang::En, Self::Weeks { every, on, .. }) => format!("every {every} weeks on {}", weekdays(*on, lang)),
            (Lang::Zh, Self::Each { every, .. }) => format!("每 {every} 天"),
            (Lang::En, Self::Each { every, .. }) => format!("every {every} days"),
            (Lang::Zh, Self::Monthly { month, day }) => {
                month.map_or("每月".to_owned(), |month| format!("每年{month}月")) + &day.chinese()
            }
            (Lang::En, Self::Monthly { month, day }) => day.english(
                month.and_then(|month| Month::try_from(u8::try_from(month).ok()?).ok().map(|month| month.name())),
            ),
            (_, Self::Dates(dates)) => join(dates, lang),
        }
    }
}

impl MonthDay {
    fn chinese(self) -> String {
        match self {
            Self::Day(day) => format!("{day}日"),
            Self::Last => "最后一天".to_owned(),
            Self::Nth(n, day) => format!("第{n}个{}", weekday(day, Lang::Zh)),
            Self::LastOf(day) => format!("最后一个{}", weekday(day, Lang::Zh)),
        }
    }

    fn english(self, month: Option<&str>) -> String {
        let of = month.unwrap_or("the month");
        match (self, month) {
            (Self::Day(day), Some(month)) => format!("every year on {month} {day}"),
            (Self::Day(day), None) => format!("every month on day {day}"),
            (Self::Last, _) => format!("every last day of {of}"),
            (Self::Nth(n, day), _) => {
                let suffix = ["st", "nd", "rd"].get(n as usize - 1).unwrap_or(&"th");
                format!("every {n}{suffix} {} of {of}", full(day))
            }
            (Self::LastOf(day), _) => format!("every last {} of {of}", full(day)),
        }
    }
}

/// `Mon, Fri`, `Mon–Fri`, `every day`.
fn weekdays(days: WeekdaySet, lang: Lang) -> String {
    if days == WeekdaySet::ALL {
        return if lang == Lang::Zh { "每天" } else { "every day" }.to_owned();
    }
    let list: Vec<Weekday> = days.iter(Weekday::Mon).collect();
    if let [first, _, .., last] = list[..]
        && last.days_since(first) as usize + 1 == list.len()
    {
        let to = if lang == Lang::Zh { "至" } else { "–" };
        return format!("{}{to}{}", weekday(first, lang), weekday(last, lang));
    }
    join(list.into_iter().map(|day| weekday(day, lang)), lang)
}

fn weekday(day: Weekday, lang: Lang) -> String {
    const CHINESE: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    match lang {
        Lang::Zh => CHINESE[day.num_days_from_monday() as usize].to_owned(),
        Lang::En => day.to_string(),
    }
}

fn full(day: Weekday) -> &'static str {
    WEEKDAY_NAMES[day.num_days_from_monday() as usize]
}

fn join<T: ToString>(items: impl IntoIterator<Item = T>, lang: Lang) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(if lang == Lang::Zh { "、" } else { ", " })
}
