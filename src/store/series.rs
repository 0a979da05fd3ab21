//! Counts by hour of what may be a sign of trouble. Those of deeds are written with the deeds: an ordinary message has none.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono_tz::Tz;

use super::activity::{Deed, DeedKind};
use super::{Conn, gaps, rows};
use crate::model::time::resolve;
use crate::model::{ChatId, Span, Timestamp};

/// Weeks that are looked back on, and kept.
const WEEKS: i64 = 12;
/// How long the counts are kept: an hour more for clocks that are changed.
const KEPT: i64 = WEEKS * 168 + 1;

/// What is counted. The numbers are in the database, below 100 those of the deeds: never change one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i64)]
pub enum Sign {
    Joins = 6,
    Leaves = 7,
    Removals = 8,
    Strikes = 9,
    /// Messages with links, of people who are no staff.
    Links = 101,
    /// Messages and people that were reported.
    Reports = 102,
}

impl Sign {
    pub const ALL: [Self; 6] = [Self::Joins, Self::Leaves, Self::Removals, Self::Strikes, Self::Links, Self::Reports];

    pub fn word(self) -> &'static str {
        match self {
            Self::Joins => "joins",
            Self::Leaves => "leaves",
            Self::Removals => "removals",
            Self::Strikes => "strikes",
            Self::Links => "links",
            Self::Reports => "reports",
        }
    }

    fn of(deed: DeedKind) -> Option<Self> {
        Self::ALL.into_iter().find(|sign| *sign as i64 == deed as i64)
    }
}

/// The hour of an instant, since 1970.
pub fn hour(at: Timestamp) -> i64 {
    at.secs().div_euclid(3600)
}

/// Adds deeds to the counts.
pub(super) async fn count(conn: &mut Conn, deeds: &[Deed]) -> Result<()> {
    let mut counts: BTreeMap<(i64, i64, i64), i64> = BTreeMap::new();
    for deed in deeds {
        if let Some(sign) = Sign::of(deed.kind) {
            *counts.entry((deed.chat.0, sign as i64, hour(deed.at))).or_default() += 1;
        }
    }
    if counts.is_empty() { Ok(()) } else { write(conn, counts.into_iter().collect()).await }
}

/// Counts a sign that is no deed.
pub async fn add(conn: &mut Conn, chat: ChatId, sign: Sign, at: Timestamp) -> Result<()> {
    write(conn, vec![((chat.0, sign as i64, hour(at)), 1)]).await
}

async fn write(conn: &mut Conn, counts: Vec<((i64, i64, i64), i64)>) -> Result<()> {
    rows::write(
        conn,
        "INSERT INTO series (chat, kind, hour, n)",
        4,
        "ON CONFLICT (chat, kind, hour) DO UPDATE SET n = series.n + excluded.n",
        &counts,
        |((chat, kind, hour), n), to| {
            to.int(*chat).int(*kind).int(*hour).int(*n);
        },
    )
    .await
    .map(drop)
}

/// How often `sign` was seen in the hour of `at`, and in the hour of the same weekday on the clock of `zone` in earlier
/// weeks, as far back as the chat is known; without the hours in which the bot was blind.
pub async fn around(
    conn: &mut Conn,
    chat: ChatId,
    sign: Sign,
    at: Timestamp,
    known_since: Timestamp,
    zone: Tz,
) -> Result<(i64, Vec<i64>)> {
    let earlier = same_hours(at, zone);
    let (first, now) = (earlier[earlier.len() - 1], hour(at));
    let rows: Vec<(i64, i64)> =
        sqlx::query_as("SELECT hour, n FROM series WHERE chat = $1 AND kind = $2 AND hour >= $3 AND hour <= $4")
            .bind(chat.0)
            .bind(sign as i64)
            .bind(first)
            .bind(now)
            .fetch_all(&mut *conn)
            .await?;
    let gaps = gaps::since(conn, chat, Timestamp::from_secs(first * 3600)).await?;
    let is_blind = |hour: i64| {
        let (from, to) = (Timestamp::from_secs(hour * 3600), Timestamp::from_secs((hour + 1) * 3600));
        gaps.iter().any(|gap| gap.is_blind() && gap.from < to && gap.to > from)
    };
    let n = |hour: i64| rows.iter().find(|row| row.0 == hour).map_or(0, |row| row.1);
    let known = earlier.into_iter().take_while(|earlier| *earlier > hour(known_since)).filter(|hour| !is_blind(*hour));
    Ok((n(now), known.map(n).collect()))
}

/// The hours of the same weekday and time of day in earlier weeks, the latest first.
fn same_hours(at: Timestamp, zone: Tz) -> Vec<i64> {
    let local = at.local(zone).naive_local();
    let back = |weeks: i64| local.checked_sub_signed(chrono::Duration::weeks(weeks));
    (1..=WEEKS)
        .map(|weeks| hour(back(weeks).map_or(at - Span::days(7 * weeks), |civil| resolve(civil, zone))))
        .collect()
}

/// Forgets what nobody looks back on any more.
pub async fn tidy(conn: &mut Conn, chat: ChatId, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM series WHERE chat = $1 AND hour < $2")
        .bind(chat.0)
        .bind(hour(now) - KEPT)
        .execute(conn)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_same_hour_is_that_on_the_clock() {
        // Monday, 30 March 2026, 20:30 in Berlin, the day after clocks were put forward.
        let at = Timestamp::from_secs(1_774_895_400);
        let hours = same_hours(at, chrono_tz::Europe::Berlin);
        assert_eq!((hours.len(), hours[0]), (12, hour(at) - 168 + 1), "an hour later by the sun");
        assert_eq!(hours[1], hours[0] - 168);
        assert_eq!(same_hours(at, chrono_tz::Asia::Shanghai)[0], hour(at) - 168);
    }

    #[test]
    fn signs_that_are_deeds_have_their_numbers() {
        for (deed, sign) in [
            (DeedKind::Join, Some(Sign::Joins)),
            (DeedKind::Leave, Some(Sign::Leaves)),
            (DeedKind::Removed, Some(Sign::Removals)),
            (DeedKind::Strike, Some(Sign::Strikes)),
            (DeedKind::Message, None),
        ] {
            assert_eq!(Sign::of(deed), sign);
        }
    }

    proptest! {
        #[test]
        fn hours_of_earlier_weeks_lie_a_week_apart_save_where_clocks_change(secs in 0..4_000_000_000_i64) {
            let at = Timestamp::from_secs(secs);
            for zone in [chrono_tz::Europe::Berlin, chrono_tz::Asia::Kolkata, chrono_tz::Australia::Lord_Howe] {
                let hours = same_hours(at, zone);
                prop_assert!(hours.iter().all(|it| *it >= hour(at) - KEPT && *it < hour(at)));
                prop_assert!(hours.windows(2).all(|pair| (167..=169).contains(&(pair[0] - pair[1]))));
            }
        }
    }
}
