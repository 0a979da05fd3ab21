//! Recurring days in words: `2nd sunday of may`, `last friday`, `day 15`, `2 weeks`; 五月第二个周日, 每月最后一个周五,
//! 每月15日, 每两周.

use chrono::Month;

use super::days::MonthDay;
use super::when::WhenProblem;
use super::words::{WEEKDAY_NAMES, Weekday, nearest};

/// What a phrase asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phrase {
    Days(i32),
    Weeks(i32),
    Weekday(Weekday),
    /// A day of one month, or of each.
    Monthly(Option<u32>, MonthDay),
}

const FORMS: &str = "write it like `2nd sunday of may`, `last friday`, `day 15`, `last day`, `may 20`, `2 weeks` or \
                     `3 days` (五月第二个周日, 每月最后一个周五, 每月15日, 每月最后一天, 5月20日, 每两周, 每3天)";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Number(u32),
    Ordinal(u32),
    Last,
    Weekday(Weekday),
    Month(u32),
    EachMonth,
    /// A day as a length of time, 天.
    Day,
    /// A day of a month, 日 or 号.
    Date,
    Week,
    /// A word that changes nothing.
    Filler,
}

pub(super) fn read(text: &str) -> Result<Phrase, WhenProblem> {
    let tokens = tokens(text)?;
    let (scope, rest): (Vec<Token>, Vec<Token>) =
        tokens.into_iter().partition(|token| matches!(token, Token::Month(_) | Token::EachMonth));
    let month = match scope.as_slice() {
        [] | [Token::EachMonth] => None,
        [Token::Month(month)] => Some(*month),
        _ => return Err(not_understood(text)),
    };
    let scoped = !scope.is_empty();
    let day = match (rest.as_slice(), scoped) {
        (&[Token::Weekday(day)], false) => return Ok(Phrase::Weekday(day)),
        (&[Token::Day | Token::Date], false) => return Ok(Phrase::Days(1)),
        (&[Token::Week], false) => return Ok(Phrase::Weeks(1)),
        (&[Token::Number(n), Token::Day], false) => return interval(n, 366).map(Phrase::Days),
        (&[Token::Number(n), Token::Week], false) => return interval(n, 52).map(Phrase::Weeks),
        (&[Token::Ordinal(n), Token::Weekday(day)], _) => nth(n, day)?,
        (&[Token::Last, Token::Weekday(day)], _) => MonthDay::LastOf(day.0),
        (&[Token::Last, Token::Day | Token::Date], _) => MonthDay::Last,
        (&[Token::Ordinal(day)] | &[Token::Day, Token::Number(day)], _)
        | (&[Token::Number(day), Token::Date] | &[Token::Ordinal(day), Token::Day | Token::Date], true) => {
            day_of(day, month)?
        }
        (&[Token::Number(day)], true) if month.is_some() => day_of(day, month)?,
        _ => return Err(not_understood(text)),
    };
    Ok(Phrase::Monthly(month, day))
}

fn problem(reason: impl Into<String>, hint: impl Into<String>) -> WhenProblem {
    WhenProblem { field: "every", reason: reason.into(), hint: hint.into() }
}

fn not_understood(text: &str) -> WhenProblem {
    problem(format!("`{text}` is not understood"), FORMS)
}

fn interval(n: u32, most: i32) -> Result<i32, WhenProblem> {
    i32::try_from(n).ok().filter(|n| (1..=most).contains(n)).ok_or_else(|| {
        problem(format!("an interval of {n} is out of range"), format!("write a number from 1 to {most}"))
    })
}

fn nth(n: u32, day: Weekday) -> Result<MonthDay, WhenProblem> {
    if (1..=5).contains(&n) {
        return Ok(MonthDay::Nth(n, day.0));
    }
    Err(problem(format!("no month has {n} of a weekday"), "write `1st` to `5th`, or `last`"))
}

fn day_of(day: u32, month: Option<u32>) -> Result<MonthDay, WhenProblem> {
    let longest = match month {
        Some(2) => 29,
        Some(4 | 6 | 9 | 11) => 30,
        _ => 31,
    };
    if (1..=longest).contains(&day) {
        return Ok(MonthDay::Day(day));
    }
    Err(problem(
        format!("there is no day {day} in {}", if month.is_some() { "that month" } else { "any month" }),
        format!("write a day from 1 to {longest}, or `last day`"),
    ))
}

fn tokens(text: &str) -> Result<Vec<Token>, WhenProblem> {
    let lower = text.to_lowercase();
    // 每两周一次 must not be read as 周一.
    let mut rest = lower.trim().trim_end_matches("一次");
    let mut tokens = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、'));
        if rest.is_empty() {
            return Ok(tokens);
        }
        let (token, len) = if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            english(rest)?
        } else {
            counted(rest).or_else(|| chinese(rest)).ok_or_else(|| not_understood(rest))?
        };
        if token != Token::Filler {
            tokens.push(token);
        }
        rest = &rest[len..];
    }
}

const ENGLISH: [(&str, Token); 23] = [
    ("every", Token::Filler),
    ("each", Token::Filler),
    ("on", Token::Filler),
    ("in", Token::Filler),
    ("of", Token::Filler),
    ("the", Token::Filler),
    ("and", Token::Filler),
    ("year", Token::Filler),
    ("month", Token::EachMonth),
    ("monthly", Token::EachMonth),
    ("day", Token::Day),
    ("days", Token::Day),
    ("daily", Token::Day),
    ("week", Token::Week),
    ("weeks", Token::Week),
    ("weekly", Token::Week),
    ("other", Token::Number(2)),
    ("last", Token::Last),
    ("first", Token::Ordinal(1)),
    ("second", Token::Ordinal(2)),
    ("third", Token::Ordinal(3)),
    ("fourth", Token::Ordinal(4)),
    ("fifth", Token::Ordinal(5)),
];

fn english(rest: &str) -> Result<(Token, usize), WhenProblem> {
    let len = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let word = &rest[..len];
    let token = match ENGLISH.iter().find(|(known, _)| *known == word) {
        Some((_, token)) => *token,
        None => match (word.parse::<Month>(), word.parse::<chrono::Weekday>()) {
            (Ok(month), _) => Token::Month(month.number_from_month()),
            (_, Ok(day)) => Token::Weekday(Weekday(day)),
            _ => {
                let months = (1..=12).filter_map(|n| Month::try_from(n).ok()).map(|month| month.name());
                let known = ENGLISH.iter().map(|(known, _)| *known).chain(WEEKDAY_NAMES).chain(months);
                let mut problem = not_understood(word);
                if let Some(known) = nearest(word, known) {
                    problem.hint = format!("did you mean `{}`?", known.to_lowercase());
                }
                return Err(problem);
            }
        },
    };
    Ok((token, len))
}

/// Longest first, so that 最后一个 is not read as 最后 and a number.
const CHINESE: [(&str, Token); 16] = [
    ("最后一个", Token::Last),
    ("最后一", Token::Last),
    ("最后", Token::Last),
    ("每个月", Token::EachMonth),
    ("每月", Token::EachMonth),
    ("每年", Token::Filler),
    ("每", Token::Filler),
    ("个", Token::Filler),
    ("的", Token::Filler),
    ("隔", Token::Number(2)),
    ("星期", Token::Week),
    ("礼拜", Token::Week),
    ("周", Token::Week),
    ("天", Token::Day),
    ("日", Token::Date),
    ("号", Token::Date),
];

fn chinese(rest: &str) -> Option<(Token, usize)> {
    if let Some((day, len)) = Weekday::chinese(rest) {
        return Some((Token::Weekday(day), len));
    }
    CHINESE.iter().find(|(word, _)| rest.starts_with(word)).map(|(word, token)| (*token, word.len()))
}

/// A number by itself, with `st` to `th` behind it, with 第 before it, or with 月 behind it.
fn counted(rest: &str) -> Option<(Token, usize)> {
    if let Some(counted) = rest.strip_prefix('第') {
        let (n, len) = number(counted)?;
        return Some((Token::Ordinal(n), '第'.len_utf8() + len));
    }
    let (n, len) = number(rest)?;
    let after = &rest[len..];
    if let Some(suffix) = ["st", "nd", "rd", "th"].iter().find(|suffix| after.starts_with(**suffix)) {
        return Some((Token::Ordinal(n), len + suffix.len()));
    }
    match after.strip_prefix('月') {
        Some(_) => (1..=12).contains(&n).then_some((Token::Month(n), len + '月'.len_utf8())),
        None => Some((Token::Number(n), len)),
    }
}

/// A number in digits or, up to 99, in Chinese, and its length in bytes.
fn number(text: &str) -> Option<(u32, usize)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if digits > 0 {
        return Some((text[..digits].parse().ok()?, digits));
    }
    let len = text.find(|c| c != '十' && chinese_digit(c).is_none()).unwrap_or(text.len());
    let digit = |text: &str| {
        let mut chars = text.chars();
        chars.next().and_then(chinese_digit).filter(|_| chars.next().is_none())
    };
    let number = match text[..len].split_once('十') {
        None => digit(&text[..len])?,
        Some((tens, ones)) => {
            let or = |part: &str, default| if part.is_empty() { Some(default) } else { digit(part) };
            or(tens, 1)? * 10 + or(ones, 0)?
        }
    };
    Some((number, len))
}

fn chinese_digit(c: char) -> Option<u32> {
    let value = match c {
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    };
    Some(value)
}

#[cfg(test)]
mod tests {
    use chrono::Weekday::{Fri, Mon, Sun};

    use super::*;

    #[test]
    fn phrases_are_read_in_both_languages() {
        let monthly = |month, day| Phrase::Monthly(month, day);
        for (texts, phrase) in [
            (
                &["2nd sunday of may", "every second Sunday in May", "五月第二个周日", "每年5月的第2个星期天"][..],
                monthly(Some(5), MonthDay::Nth(2, Sun)),
            ),
            (
                &["last friday", "last fri of the month", "每月最后一个周五", "最后一个礼拜五"],
                monthly(None, MonthDay::LastOf(Fri)),
            ),
            (&["1st monday", "first Monday of each month", "每个月第一个周一"], monthly(None, MonthDay::Nth(1, Mon))),
            (
                &["day 15", "15th", "the 15th of every month", "每月15日", "每月十五号", "每月第15天"],
                monthly(None, MonthDay::Day(15)),
            ),
            (&["day 31", "每月三十一日"], monthly(None, MonthDay::Day(31))),
            (&["last day", "last day of the month", "每月最后一天", "每月最后一日"], monthly(None, MonthDay::Last)),
            (&["last day of february", "二月最后一天"], monthly(Some(2), MonthDay::Last)),
            (
                &["may 20", "20 may", "May 20th", "the 20th of May", "5月20日", "每年五月二十日"],
                monthly(Some(5), MonthDay::Day(20)),
            ),
            (&["feb 29", "2月29日"], monthly(Some(2), MonthDay::Day(29))),
            (&["2 weeks", "every other week", "每两周", "每2个星期", "隔周", "每两周一次"], Phrase::Weeks(2)),
            (&["week", "weekly", "每周", "每周一次"], Phrase::Weeks(1)),
            (&["3 days", "every 3 days", "每3天", "每三天"], Phrase::Days(3)),
            (&["day", "daily", "每天", "每日"], Phrase::Days(1)),
            (&["monday", "每周一", "每个星期一"], Phrase::Weekday(Weekday(Mon))),
        ] {
            for text in texts {
                assert_eq!(read(text), Ok(phrase), "{text}");
            }
        }
    }

    #[test]
    fn what_is_not_a_phrase_is_explained() {
        for (text, reason, hint) in [
            ("2nd sunda of may", "`sunda` is not understood", "did you mean `sunday`?"),
            ("feb 30", "there is no day 30 in that month", "write a day from 1 to 29, or `last day`"),
            ("4月31日", "there is no day 31 in that month", "write a day from 1 to 30, or `last day`"),
            ("day 32", "there is no day 32 in any month", "write a day from 1 to 31, or `last day`"),
            ("6th monday", "no month has 6 of a weekday", "write `1st` to `5th`, or `last`"),
            ("0 days", "an interval of 0 is out of range", "write a number from 1 to 366"),
            ("每100周", "an interval of 100 is out of range", "write a number from 1 to 52"),
            // Every second day, or every month's second day? Every three days, or the third?
            ("every 2nd day", "`every 2nd day` is not understood", FORMS),
            ("每3日", "`每3日` is not understood", FORMS),
            ("13月1日", "`13月1日` is not understood", FORMS),
            ("may of june 3", "`may of june 3` is not understood", FORMS),
            ("", "`` is not understood", FORMS),
        ] {
            assert_eq!(read(text), Err(problem(reason, hint)), "{text}");
        }
    }
}
