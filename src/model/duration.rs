//! Lengths of time as people write them: `20s`, `2h 30m`, `7天`, `24小时`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization as _;

use super::Lang;

/// A length of time in milliseconds, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

const UNITS: [(&str, i64); 5] =
    [("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)];

/// What people write for each of [`UNITS`], longest first so that 分钟 is not read as 分.
const WORDS: [(&str, &str); 27] = [
    ("seconds", "s"),
    ("minutes", "m"),
    ("second", "s"),
    ("minute", "m"),
    ("weeks", "w"),
    ("hours", "h"),
    ("week", "w"),
    ("days", "d"),
    ("hour", "h"),
    ("mins", "m"),
    ("secs", "s"),
    ("day", "d"),
    ("min", "m"),
    ("sec", "s"),
    ("小时", "h"),
    ("分钟", "m"),
    ("星期", "w"),
    ("秒钟", "s"),
    ("周", "w"),
    ("天", "d"),
    ("日", "d"),
    ("时", "h"),
    ("分", "m"),
    ("秒", "s"),
    ("w", "w"),
    ("d", "d"),
    ("h", "h"),
];

const SAID: [(i64, &str, &str); 4] =
    [(86_400, "天", "day"), (3600, "小时", "hour"), (60, "分钟", "minute"), (1, "秒", "second")];

impl Span {
    pub const ZERO: Self = Self(0);

    pub const fn from_millis(millis: i64) -> Self {
        Self(if millis < 0 { 0 } else { millis })
    }
    pub const fn secs(secs: i64) -> Self {
        Self::from_millis(secs * 1000)
    }
    pub const fn minutes(minutes: i64) -> Self {
        Self::secs(minutes * 60)
    }
    pub const fn hours(hours: i64) -> Self {
        Self::minutes(hours * 60)
    }
    pub const fn days(days: i64) -> Self {
        Self::hours(days * 24)
    }
    pub const fn millis(self) -> i64 {
        self.0
    }
    pub const fn as_secs(self) -> i64 {
        self.0 / 1000
    }
    pub fn std(self) -> std::time::Duration {
        std::time::Duration::from_millis(self.0.unsigned_abs())
    }

    /// As people say it: `24 小时`, `1 day 2 hours`. A day is said as 24 hours.
    pub fn in_words(self, lang: Lang) -> String {
        let mut rest = self.as_secs().max(1);
        let mut words = Vec::new();
        for (secs, zh, en) in SAID {
            let n = if secs == 86_400 && rest == secs { 0 } else { rest / secs };
            rest -= n * secs;
            match (n, lang) {
                (0, _) => {}
                (_, Lang::Zh) => words.push(format!("{n} {zh}")),
                (1, Lang::En) => words.push(format!("1 {en}")),
                (_, Lang::En) => words.push(format!("{n} {en}s")),
            }
        }
        words.join(" ")
    }

    /// Reads `90s`, `2h30m`, `1d 12h`, `1.5h`, `30分钟`, `２小时`. `None` when it is not a length of time or passes 100 years.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).filter(|span| *span <= Self::days(36_525))
    }

    /// The same however long; what passes all numbers is the longest there is.
    pub fn read(text: &str) -> Option<Self> {
        let plain: String = text.nfkc().collect();
        let mut rest = plain.trim();
        let mut total: i64 = 0;
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let (whole, behind) = digits(rest)?;
            let (part, behind) = match behind.strip_prefix('.') {
                Some(behind) => digits(behind)?,
                None => ("", behind),
            };
            let (word, unit) = Self::unit(behind.trim_start())?;
            rest = behind.trim_start()[word.len()..].trim_start();
            let whole = whole.parse().unwrap_or(i64::MAX).saturating_mul(unit);
            // A thousandth of a second is the least there is, so that a few digits say all.
            let part = &part[..part.len().min(9)];
            let tens = 10_i64.pow(u32::try_from(part.len()).unwrap_or(0));
            total = total.saturating_add(whole).saturating_add(part.parse().unwrap_or(0) * unit / tens);
        }
        Some(Self(total))
    }

    fn unit(rest: &str) -> Option<(&str, i64)> {
        let (word, short) = WORDS.iter().chain(&[("m", "m"), ("s", "s")]).find(|(word, _)| rest.starts_with(word))?;
        let millis = UNITS.iter().find(|(unit, _)| unit == short)?.1;
        Some((word, millis))
    }
}

/// The digits that words begin with, and what follows; none when there are none.
fn digits(words: &str) -> Option<(&str, &str)> {
    let end = words.find(|c: char| !c.is_ascii_digit()).unwrap_or(words.len());
    (end > 0).then(|| words.split_at(end))
}

impl std::ops::Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::fmt::Display for Span {
    /// The shortest exact form: `1d 12h`, `20s`; `0s` for zero.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut rest = self.0;
        let mut first = true;
        for (unit, millis) in &UNITS[1..] {
            let n = rest / millis;
            rest %= millis;
            if n > 0 {
                write!(f, "{}{n}{unit}", if first { "" } else { " " })?;
                first = false;
            }
        }
        if first { f.write_str("0s") } else { Ok(()) }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a length of time such as `20s` or `2h`")))
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "format": "span", "examples": ["20s", "30m", "24h", "7d"],
            "description": "A length of time: a number and a unit (s, m, h, d, w), several may follow each other."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_said_as_people_do() {
        for (secs, zh, en) in [
            (35, "35 秒", "35 seconds"),
            (60, "1 分钟", "1 minute"),
            (86_400, "24 小时", "24 hours"),
            (93_600, "1 天 2 小时", "1 day 2 hours"),
            (604_800, "7 天", "7 days"),
        ] {
            assert_eq!(Span::secs(secs).in_words(Lang::Zh), zh);
            assert_eq!(Span::secs(secs).in_words(Lang::En), en);
        }
    }

    #[test]
    fn lengths_of_time_are_read_as_people_write_them() {
        for (text, secs) in [
            ("20s", 20),
            ("2h", 7200),
            ("2h30m", 9000),
            ("1d 12h", 129_600),
            ("30分钟", 1800),
            ("2小时", 7200),
            ("7天", 604_800),
            ("1周", 604_800),
            ("5 minutes", 300),
            ("90m", 5400),
            ("1.5h", 5400),
            ("0.25 d", 21_600),
            ("２ｈ３０ｍ", 9000),
            ("1.99999999999999999999s", 1),
        ] {
            assert_eq!(Span::parse(text).map(Span::as_secs), Some(secs), "{text}");
        }
        for text in ["", "h", "20", "-5m", "1.h", ".5h", "1.5.5h", "2x", "99999999999999999d"] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
        assert_eq!(
            Span::read("99999999999999999999d"),
            Some(Span::from_millis(i64::MAX)),
            "a length, though none to be had"
        );
        assert_eq!(Span::read("-5m"), None);
        assert_eq!(Span::secs(129_600).to_string(), "1d 12h");
        assert_eq!(Span::ZERO.to_string(), "0s");
    }
}
