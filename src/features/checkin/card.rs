//! Make-up cards: `/makeup` fills a day that was missed.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{Datelike, Month, Months, NaiveDate};
use minijinja::context;

use super::absence::excused_for;
use super::rules::Rules;
use super::streak::Excused;
use super::{Moment, credit, group_of, rows, say, since};
use crate::cx::Cx;
use crate::model::{Day, Message, Text, Timestamp, User, UserId};

/// What a card is to be used on, and what limits it.
#[derive(Clone, Copy, Debug)]
struct Wish {
    /// The day named, or none for the latest missed.
    day: Option<Day>,
    today: Day,
    /// How many days back a card reaches.
    within: i64,
    /// Cards left this month.
    cards: i64,
    /// The first day of the membership, when it is known.
    joined: Option<Day>,
    /// The day the bot came to the group.
    came: Day,
    /// The day from which check-ins are on there.
    on: Day,
}

/// Why a day is not made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum No {
    /// None was missed.
    Nothing,
    /// Too far back, or not over yet.
    Range,
    Has(Day),
    Excused(Day),
    BeforeJoining(Day),
    /// The bot was not in the group yet: nobody could check in.
    TooEarly(Day),
    /// Check-ins were not on: likewise.
    Off(Day),
    Spent,
}

/// The day a card fills, if it may.
fn fillable(days: &BTreeSet<Day>, away: &Excused, wish: &Wish) -> Result<Day, No> {
    let first = wish.today.plus(-wish.within);
    let before = |day: Day| wish.joined.is_some_and(|joined| day < joined);
    let day = match wish.day {
        Some(day) if !(first..wish.today).contains(&day) => return Err(No::Range),
        Some(day) if days.contains(&day) => return Err(No::Has(day)),
        Some(day) if before(day) => return Err(No::BeforeJoining(day)),
        Some(day) if day < wish.came => return Err(No::TooEarly(day)),
        Some(day) if day < wish.on => return Err(No::Off(day)),
        Some(day) if away.contain(day) => return Err(No::Excused(day)),
        Some(day) => day,
        None => {
            let could = |day: Day| !before(day) && day >= wish.came && day >= wish.on;
            let missed = |day: &Day| !days.contains(day) && !away.contain(*day) && could(*day);
            (1..=wish.within).map(|back| wish.today.plus(-back)).find(missed).ok_or(No::Nothing)?
        }
    };
    if wish.cards > 0 { Ok(day) } else { Err(No::Spent) }
}

/// The day people mean: 昨天, `yesterday`, `2026-03-01`, `3-1`, 3月1日, `1 March`. A date without a year is the latest such.
fn named(words: &str, today: Day) -> Option<Day> {
    match words {
        "昨天" | "昨日" | "yesterday" | "Yesterday" => return Some(today.plus(-1)),
        "前天" => return Some(today.plus(-2)),
        "大前天" => return Some(today.plus(-3)),
        _ => {}
    }
    let plain = words.trim_end_matches(['日', '号']).replace(['年', '月', '/', '.'], "-");
    let written = plain.split('-').map(|part| part.trim().parse().ok()).collect::<Option<Vec<u32>>>();
    let numbers = written.or_else(|| spelled(words))?;
    let year = today.date().year();
    let date = match numbers[..] {
        [year, month, day] => NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?,
        [month, day] => {
            let fits = |year| NaiveDate::from_ymd_opt(year, month, day).filter(|date| *date <= today.date());
            fits(year).or_else(|| fits(year - 1))?
        }
        _ => return None,
    };
    Some(Day::from_date(date))
}

/// The numbers of `1 March`, `March 1` and `1 March 2026`: the month and the day, before them the year.
fn spelled(words: &str) -> Option<Vec<u32>> {
    let mut parts: Vec<&str> = words.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    let at = parts.iter().position(|part| part.parse::<Month>().is_ok())?;
    let month = parts.remove(at).parse::<Month>().ok()?.number_from_month();
    let numbers: Vec<u32> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match numbers[..] {
        [day] => Some(vec![month, day]),
        [day, year] => Some(vec![year, month, day]),
        _ => None,
    }
}

/// Cards a member has left this month; none where there are no cards.
pub async fn left(rules: &Rules, cx: &mut Cx<'_>, user: UserId) -> Result<Option<i64>> {
    let all = rules.settings.makeup.per_month;
    if all == 0 {
        return Ok(None);
    }
    let (from, to) = month(rules, cx.now);
    let used = rows::cards_used(cx.tx, cx.community, user, from, to).await?;
    Ok(Some((all - used).max(0)))
}

/// The local month around an instant.
fn month(rules: &Rules, at: Timestamp) -> (Timestamp, Timestamp) {
    let first = rules.day(at).date().with_day(1).unwrap_or_default();
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let begins = |date| Day::from_date(date).begins(rules.zone, rules.settings.day_starts.0);
    (begins(first), begins(next))
}

pub async fn makeup(rules: &Rules, cx: &mut Cx<'_>, message: &Message, user: &User, words: &str) -> Result<()> {
    let text = answer(rules, cx, message, user, words).await?;
    if let Some(text) = text {
        say(rules, cx, message, text);
    }
    Ok(())
}

/// Uses a card and says what came of it; nothing when a gift's message says it.
async fn answer(rules: &Rules, cx: &mut Cx<'_>, message: &Message, user: &User, words: &str) -> Result<Option<Text>> {
    let Some(group) = group_of(cx, message.chat.id, user.id).await? else {
        return Ok(Some(cx.words("checkin.join-first")));
    };
    let Some(cards) = left(rules, cx, user.id).await? else { return Ok(Some(cx.words("checkin.makeup-off"))) };
    let moment = Moment::of(message);
    if rows::has_used(cx.tx, cx.community, user.id, moment.number()).await? {
        return Ok(None);
    }
    let today = rules.day(moment.at);
    let day = if words.is_empty() { None } else { named(words, today) };
    if day.is_none() && !words.is_empty() {
        let example = cx.date(today.plus(-1));
        return Ok(Some(cx.text("checkin.makeup-usage", context! { example })));
    }
    let days = rows::days(cx.tx, cx.community, user.id).await?;
    let away = excused_for(rules, cx, user.id).await?;
    let joined = cx.tx.member(group, user.id).await?.and_then(|member| member.joined).map(|at| rules.day(at));
    let within = rules.makeup_days;
    let came = cx.chat(group).map_or(today, |row| rules.day(row.since));
    let on = since::first_day(rules, cx, group).await?;
    let date = |day: Day| cx.date(day);
    let day = match fillable(&days, &away, &Wish { day, today, within, cards, joined, came, on }) {
        Ok(day) => day,
        Err(no) => {
            return Ok(Some(match no {
                No::Nothing => cx.text("checkin.makeup-none", context! { within }),
                No::Range => cx.text("checkin.makeup-range", context! { within }),
                No::Has(day) => cx.text("checkin.makeup-has", context! { date => date(day) }),
                No::Excused(day) => cx.text("checkin.makeup-excused", context! { date => date(day) }),
                No::BeforeJoining(day) => cx.text("checkin.makeup-before", context! { date => date(day) }),
                No::TooEarly(day) => cx.text("checkin.makeup-too-early", context! { date => date(day) }),
                No::Off(day) => cx.text("checkin.makeup-not-on", context! { date => date(day) }),
                No::Spent => cx.text("checkin.makeup-spent", context! { cards => rules.settings.makeup.per_month }),
            }));
        }
    };
    let (_, standing) = credit(rules, cx, user, group, day, moment, true).await?;
    let (streak, gift, cards) = (standing.streak, standing.gifts.first(), cards - 1);
    let text = cx.text("checkin.makeup-done", context! { date => cx.date(day), streak, cards, gift });
    Ok((!standing.said).then_some(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Lang;

    fn set(days: &[i64]) -> BTreeSet<Day> {
        days.iter().copied().map(Day).collect()
    }

    #[test]
    fn a_card_fills_what_was_missed_and_nothing_else() {
        let away = Excused::new([(Day(97), Day(97))]);
        let wish = Wish { day: None, today: Day(100), within: 3, cards: 1, joined: None, came: Day(0), on: Day(0) };
        for (days, wish, found) in [
            (&[98][..], wish, Ok(Day(99))),
            (&[99], wish, Ok(Day(98))),
            (&[98, 99], wish, Err(No::Nothing)),
            (&[], Wish { joined: Some(Day(99)), ..wish }, Ok(Day(99))),
            (&[], Wish { joined: Some(Day(100)), ..wish }, Err(No::Nothing)),
            (&[], Wish { cards: 0, ..wish }, Err(No::Spent)),
            (&[98, 99], Wish { cards: 0, ..wish }, Err(No::Nothing)),
            (&[], Wish { day: Some(Day(98)), ..wish }, Ok(Day(98))),
            (&[98], Wish { day: Some(Day(98)), ..wish }, Err(No::Has(Day(98)))),
            (&[], Wish { day: Some(Day(97)), ..wish }, Err(No::Excused(Day(97)))),
            (&[], Wish { day: Some(Day(96)), ..wish }, Err(No::Range)),
            (&[], Wish { day: Some(Day(100)), ..wish }, Err(No::Range)),
            (&[], Wish { day: Some(Day(101)), ..wish }, Err(No::Range)),
            (&[], Wish { day: Some(Day(98)), joined: Some(Day(99)), ..wish }, Err(No::BeforeJoining(Day(98)))),
            (&[], Wish { day: Some(Day(98)), cards: 0, ..wish }, Err(No::Spent)),
            (&[], Wish { day: Some(Day(98)), came: Day(99), ..wish }, Err(No::TooEarly(Day(98)))),
            (&[], Wish { came: Day(99), ..wish }, Ok(Day(99))),
            (&[], Wish { came: Day(100), ..wish }, Err(No::Nothing)),
            (&[], Wish { day: Some(Day(98)), on: Day(99), ..wish }, Err(No::Off(Day(98)))),
            (&[], Wish { on: Day(99), ..wish }, Ok(Day(99))),
            (&[], Wish { on: Day(100), ..wish }, Err(No::Nothing)),
        ] {
            assert_eq!(fillable(&set(days), &away, &wish), found, "{days:?} {wish:?}");
        }
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        let today = Day::from_date(NaiveDate::from_ymd_opt(2026, 1, 2).unwrap());
        for (words, date) in [
            ("昨天", Some("2026-01-01")),
            ("前天", Some("2025-12-31")),
            ("yesterday", Some("2026-01-01")),
            ("2026-01-01", Some("2026-01-01")),
            ("2026/1/1", Some("2026-01-01")),
            ("2026年1月1日", Some("2026-01-01")),
            ("1-1", Some("2026-01-01")),
            ("12月31号", Some("2025-12-31")),
            ("12-31", Some("2025-12-31")),
            ("1 January", Some("2026-01-01")),
            ("jan 1", Some("2026-01-01")),
            ("31 December", Some("2025-12-31")),
            ("December 31, 2025", Some("2025-12-31")),
            ("30 February", None),
            ("March", None),
            ("02-30", None),
            ("1", None),
            ("", None),
            ("上周", None),
            ("99999999999-1-1", None),
        ] {
            assert_eq!(named(words, today).map(|day| day.date().to_string()).as_deref(), date, "{words}");
        }
    }

    proptest! {
        #[test]
        fn a_date_the_bot_says_can_be_said_back(today in 18_000..30_000_i64, back in 0..400_i64) {
            let (today, day) = (Day(today), Day(today - back));
            for lang in Lang::ALL {
                prop_assert_eq!(named(&day.in_words(lang, today), today), Some(day));
            }
        }

        #[test]
        fn a_card_never_fills_a_day_it_may_not(
            days in proptest::collection::vec(90..103_i64, 0..10), away in (88..101_i64, 0..3_i64),
            day in proptest::option::of(85..105_i64), within in 1..10_i64, cards in 0..3_i64,
            joined in proptest::option::of(85..105_i64), came in 85..101_i64, on in 85..101_i64,
        ) {
            let (days, away) = (set(&days), Excused::new([(Day(away.0), Day(away.0 + away.1))]));
            let (joined, came, on) = (joined.map(Day), Day(came), Day(on));
            let wish = Wish { day: day.map(Day), today: Day(100), within, cards, joined, came, on };
            if let Ok(found) = fillable(&days, &away, &wish) {
                prop_assert!(found < Day(100) && found.0 >= 100 - within);
                prop_assert!(!days.contains(&found) && !away.contain(found) && cards > 0);
                prop_assert!(joined.is_none_or(|joined| found >= joined) && found >= came && found >= on);
                prop_assert!(day.is_none_or(|day| found.0 == day));
            }
        }
    }
}
