//! Times of day, weekdays, dates and zones as operators write them in settings.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::one_word::word;

/// A time of day on a community's clock: `20:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clock(pub NaiveTime);

/// A day of the week: `mon`, `Monday`, `周一`, `星期一`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Weekday(pub chrono::Weekday);

/// A calendar date: `2026-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub NaiveDate);

/// One date, or the first and the last of several: `2026-10-01..2026-10-07`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateOrRange {
    pub first: Date,
    pub last: Date,
}

/// A time zone by its IANA name: `Asia/Shanghai`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone(pub Tz);

impl DateOrRange {
    pub fn contains(self, date: NaiveDate) -> bool {
        (self.first.0..=self.last.0).contains(&date)
    }
}

impl FromStr for Clock {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Chinese keyboards type the wide colon.
        let written = text.trim().replace('：', ":");
        if let Some(time) = time_of_day(&written) {
            return Ok(Self(time));
        }
        let hint = match loose_time(&written.to_lowercase()) {
            Some(time) => format!("write `{}`", Self(time)),
            None if written == "24:00" => "midnight begins a day: write `00:00`".to_owned(),
            None => "write hours and minutes from `00:00` to `23:59`".to_owned(),
        };
        Err(format!("`{text}` is not a time of day: {hint}"))
    }
}

/// `HH:MM` or `HH:MM:SS`.
fn time_of_day(text: &str) -> Option<NaiveTime> {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u32>().ok())?;
    let (hour, rest) = text.split_once(':')?;
    let (minute, second) = rest.split_once(':').unwrap_or((rest, "00"));
    let shaped = matches!(hour.len(), 1 | 2) && minute.len() == 2 && second.len() == 2;
    shaped.then(|| NaiveTime::from_hms_opt(digits(hour)?, digits(minute)?, digits(second)?))?
}

/// What `8pm`, `8:30 am`, `20.00` and `20点30分` most likely mean.
fn loose_time(text: &str) -> Option<NaiveTime> {
    let (text, afternoon) = match (text.strip_suffix("pm"), text.strip_suffix("am")) {
        (Some(text), _) => (text, Some(true)),
        (_, Some(text)) => (text, Some(false)),
        _ => (text, None),
    };
    let text = text.trim().trim_end_matches(['分', '整']).replace(['.', '点', '时', 'h'], ":");
    let time = match text.trim_end_matches(':') {
        hour if hour.contains(':') => time_of_day(hour)?,
        hour => time_of_day(&format!("{hour}:00"))?,
    };
    match afternoon {
        Some(_) if !(1..=12).contains(&time.hour()) => None,
        Some(afternoon) => time.with_hour(time.hour() % 12 + if afternoon { 12 } else { 0 }),
        None => Some(time),
    }
}

impl Display for Clock {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format(if self.0.second() == 0 { "%H:%M" } else { "%H:%M:%S" }))
    }
}

/// Sunday is also 天, and so comes last.
const CHINESE_WEEKDAYS: &str = "一二三四五六日天";

impl Weekday {
    /// A weekday in Chinese at the start of `text`, and its length in bytes.
    pub(super) fn chinese(text: &str) -> Option<(Self, usize)> {
        let rest = ["周", "星期", "礼拜"].iter().find_map(|prefix| text.strip_prefix(prefix))?;
        let name = rest.chars().next()?;
        let at = CHINESE_WEEKDAYS.chars().position(|c| c == name)?;
        let day = chrono::Weekday::try_from(u8::try_from(at.min(6)).ok()?).ok()?;
        Some((Self(day), text.len() - rest.len() + name.len_utf8()))
    }
}

impl FromStr for Weekday {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if let Ok(day) = text.parse() {
            return Ok(Self(day));
        }
        if let Some((day, len)) = Self::chinese(text)
            && len == text.len()
        {
            return Ok(day);
        }
        let hint = match nearest(&text.to_lowercase(), WEEKDAY_NAMES) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "write `mon` to `sun`, or 周一 to 周日".to_owned(),
        };
        Err(format!("`{text}` is not a day of the week: {hint}"))
    }
}

pub(super) const WEEKDAY_NAMES: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Display for Weekday {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_string().to_lowercase())
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = |text: &str| text.parse::<NaiveDate>().ok().filter(|date| (1970..=9999).contains(&date.year()));
        let text = text.trim();
        if let Some(date) = read(text) {
            return Ok(Self(date));
        }
        let dashed = text.replace(['/', '.', '年', '月'], "-");
        Err(match read(dashed.trim_end_matches(['日', '号'])) {
            Some(date) => format!("`{text}` is not a date: write `{date}`"),
            None => format!("`{text}` is not a date of the calendar: write year, month and day, as in `2026-12-31`"),
        })
    }
}

impl Display for Date {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for DateOrRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let (first, last): (Date, Date) = (first.parse()?, last.parse()?);
        if first > last {
            return Err(format!("`{text}` ends before it begins: write `{last}..{first}`"));
        }
        Ok(Self { first, last })
    }
}

impl Display for DateOrRange {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.first == self.last { self.first.fmt(f) } else { write!(f, "{}..{}", self.first, self.last) }
    }
}

/// What people in China write who are not told that their zone is called after Shanghai.
const BEIJING: [&str; 6] = ["beijing", "北京", "上海", "utc+8", "gmt+8", "utc+08:00"];

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(zone) = text.parse() {
            return Ok(Self(zone));
        }
        let wanted = text.trim().to_lowercase().replace(' ', "_");
        let city = wanted.rsplit('/').next().unwrap_or(&wanted);
        let guess = if BEIJING.iter().any(|name| city.starts_with(name)) {
            Some("Asia/Shanghai")
        } else {
            let named = TZ_VARIANTS.iter().map(|zone| zone.name());
            let same_city = named.clone().find(|name| {
                let name = name.to_lowercase();
                name == wanted || name.rsplit('/').next() == Some(city)
            });
            same_city.or_else(|| nearest(&wanted, named))
        };
        let hint = match guess {
            Some(name) => format!("did you mean `{name}`?"),
            None => "write an IANA name such as `Asia/Shanghai` or `Europe/Berlin`".to_owned(),
        };
        Err(format!("`{text}` is not a time zone: {hint}"))
    }
}

impl Display for Zone {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

/// The candidate that looks most like `word`, if any looks like it.
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

word!(Clock, "clock", "a time of day such as `20:00`", ["04:00", "20:00"]);
word!(Weekday, "weekday", "a day of the week such as `mon` or `周一`", ["mon", "sunday", "周一"]);
word!(Date, "date", "a date such as `2026-12-31`", ["2026-12-31"]);
word!(
    DateOrRange,
    "date-or-range",
    "a date such as `2026-12-31`, or the first and last of several such as `2026-10-01..2026-10-07`",
    ["2026-12-31", "2026-10-01..2026-10-07"]
);
word!(Zone, "zone", "an IANA time zone such as `Asia/Shanghai`", ["Asia/Shanghai", "Europe/Berlin"]);

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::super::one_word::Word;
    use super::*;

    fn read<W: Word + Display>(text: &str) -> String {
        text.parse::<W>().map_or_else(|problem| problem, |word| word.to_string())
    }

    #[test]
    fn times_of_day_are_read_or_explained() {
        for (text, says) in [
            ("04:00", "04:00"),
            ("4:05", "04:05"),
            (" 20：30 ", "20:30"),
            ("23:59:58", "23:59:58"),
            ("24:00", "`24:00` is not a time of day: midnight begins a day: write `00:00`"),
            ("8pm", "`8pm` is not a time of day: write `20:00`"),
            ("12:30 AM", "`12:30 AM` is not a time of day: write `00:30`"),
            ("20点30分", "`20点30分` is not a time of day: write `20:30`"),
            ("20.00", "`20.00` is not a time of day: write `20:00`"),
            ("13pm", "`13pm` is not a time of day: write hours and minutes from `00:00` to `23:59`"),
            ("12:60", "`12:60` is not a time of day: write hours and minutes from `00:00` to `23:59`"),
            ("+1:00", "`+1:00` is not a time of day: write hours and minutes from `00:00` to `23:59`"),
            ("", "`` is not a time of day: write hours and minutes from `00:00` to `23:59`"),
        ] {
            assert_eq!(read::<Clock>(text), says, "{text}");
        }
    }

    #[test]
    fn weekdays_are_read_or_explained() {
        for (text, says) in [
            ("mon", "mon"),
            ("Tuesday", "tue"),
            ("周三", "wed"),
            ("星期四", "thu"),
            ("礼拜五", "fri"),
            ("周日", "sun"),
            ("星期天", "sun"),
            ("tuseday", "`tuseday` is not a day of the week: did you mean `Tuesday`?"),
            ("周八", "`周八` is not a day of the week: write `mon` to `sun`, or 周一 to 周日"),
            ("周一周二", "`周一周二` is not a day of the week: write `mon` to `sun`, or 周一 to 周日"),
            ("1", "`1` is not a day of the week: write `mon` to `sun`, or 周一 to 周日"),
        ] {
            assert_eq!(read::<Weekday>(text), says, "{text}");
        }
    }

    #[test]
    fn dates_are_read_or_explained() {
        for (text, says) in [
            ("2026-12-31", "2026-12-31"),
            ("2026-10-01..2026-10-07", "2026-10-01..2026-10-07"),
            ("2026-10-01 .. 2026-10-01", "2026-10-01"),
            ("2026/1/5", "`2026/1/5` is not a date: write `2026-01-05`"),
            ("2026年1月5日", "`2026年1月5日` is not a date: write `2026-01-05`"),
            (
                "2026-10-07..2026-10-01",
                "`2026-10-07..2026-10-01` ends before it begins: write `2026-10-01..2026-10-07`",
            ),
            ("2026-02-30", "`2026-02-30` is not a date of the calendar: write year, month and day, as in `2026-12-31`"),
        ] {
            assert_eq!(read::<DateOrRange>(text), says, "{text}");
        }
    }

    #[test]
    fn zones_are_read_or_explained() {
        for (text, says) in [
            ("Asia/Shanghai", "Asia/Shanghai"),
            ("asia/shanghai", "`asia/shanghai` is not a time zone: did you mean `Asia/Shanghai`?"),
            ("Asia/Beijing", "`Asia/Beijing` is not a time zone: did you mean `Asia/Shanghai`?"),
            ("北京时间", "`北京时间` is not a time zone: did you mean `Asia/Shanghai`?"),
            ("UTC+8", "`UTC+8` is not a time zone: did you mean `Asia/Shanghai`?"),
            ("Berlin", "`Berlin` is not a time zone: did you mean `Europe/Berlin`?"),
            ("America/New York", "`America/New York` is not a time zone: did you mean `America/New_York`?"),
            ("Europe/Berlim", "`Europe/Berlim` is not a time zone: did you mean `Europe/Berlin`?"),
            ("火星", "`火星` is not a time zone: write an IANA name such as `Asia/Shanghai` or `Europe/Berlin`"),
        ] {
            assert_eq!(read::<Zone>(text), says, "{text}");
        }
    }

    #[test]
    fn toml_s_own_dates_and_times_need_no_quotes() {
        fn value<W: DeserializeOwned>(toml: &str) -> Result<W, String> {
            let table: std::collections::HashMap<String, W> =
                toml::from_str(toml).map_err(|e| e.message().to_owned())?;
            table.into_values().next().ok_or_else(|| "no value".to_owned())
        }
        assert_eq!(value::<Clock>("at = 20:00:00"), "20:00".parse());
        assert_eq!(value::<Clock>("at = 20:00"), "20:00".parse());
        assert_eq!(value::<Date>("on = 2026-12-31"), "2026-12-31".parse());
        assert_eq!(
            value::<Clock>("at = 20"),
            Err("invalid type: integer `20`, expected a time of day such as `20:00`".to_owned())
        );
        assert!(value::<Clock>("at = [\"20:00\"]").is_err(), "a list where one word belongs");
    }
}
