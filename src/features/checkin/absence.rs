//! Days on which nobody could check in, because the bot was away or not in the group: they break no streak.

use std::collections::BTreeMap;

use anyhow::Result;

use super::rules::Rules;
use super::streak::Excused;
use crate::cx::Cx;
use crate::model::{ChatId, Day, Span, Timestamp, UserId};
use crate::store::gaps::{self, Gap};

/// The bot was put out and brought back: a shorter time hardly keeps anybody from checking in.
const NOTICED: Span = Span::minutes(10);

/// The days excused for a member: in every group, and in those they are in.
pub async fn excused_for(rules: &Rules, cx: &mut Cx<'_>, user: UserId) -> Result<Excused> {
    let mut gaps = gaps::absences(cx.tx.conn().await?, cx.community).await?;
    if gaps.iter().any(|gap| gap.chat != ChatId(0)) {
        let all = cx.tx.memberships(user).await?;
        let is_in = |chat: ChatId| all.iter().any(|member| member.chat == chat && member.status.is_in());
        gaps.retain(|gap| gap.chat == ChatId(0) || is_in(gap.chat));
    }
    Ok(excused(&gaps, cx.now, |at| rules.day(at)))
}

/// The earliest day a streak may end with and still stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cutoffs {
    everywhere: Day,
    /// In groups the bot was not in of late.
    in_chat: BTreeMap<ChatId, Day>,
}

impl Cutoffs {
    /// Of streaks that are to stand on `today`.
    pub async fn on(today: Day, rules: &Rules, cx: &mut Cx<'_>) -> Result<Self> {
        let gaps = gaps::absences(cx.tx.conn().await?, cx.community).await?;
        Ok(Self::of(&gaps, cx.now, today, |at| rules.day(at)))
    }

    fn of(gaps: &[Gap], now: Timestamp, today: Day, day: impl Fn(Timestamp) -> Day + Copy) -> Self {
        let cutoff = |chat: ChatId| {
            let those = gaps.iter().filter(|gap| gap.chat == ChatId(0) || gap.chat == chat);
            excused(those, now, day).cutoff(today)
        };
        let everywhere = cutoff(ChatId(0));
        let chats = gaps.iter().map(|gap| gap.chat).filter(|chat| *chat != ChatId(0));
        let in_chat = chats.map(|chat| (chat, cutoff(chat))).filter(|(_, day)| *day != everywhere).collect();
        Self { everywhere, in_chat }
    }

    pub fn in_chat(&self, chat: ChatId) -> Day {
        self.in_chat.get(&chat).copied().unwrap_or(self.everywhere)
    }

    /// The day for the chat of a row `s`; numbers only.
    pub fn sql(&self) -> String {
        if self.in_chat.is_empty() {
            return self.everywhere.0.to_string();
        }
        let cases: Vec<String> = self.in_chat.iter().map(|(chat, day)| format!("WHEN {chat} THEN {}", day.0)).collect();
        format!("CASE s.chat {} ELSE {} END", cases.join(" "), self.everywhere.0)
    }
}

/// The days taken up by `absences` as far as `now`, in the days of `day`. Of an absence after which messages still came
/// those whose end it covers: Telegram keeps a press of a button only for moments, and there was no time to repeat it.
fn excused<'g>(absences: impl IntoIterator<Item = &'g Gap>, now: Timestamp, day: impl Fn(Timestamp) -> Day) -> Excused {
    let past = absences.into_iter().filter(|gap| gap.from <= now);
    let cut = past.map(|gap| (gap, gap.to.min(now)));
    let long = cut.filter(|(gap, to)| gap.reason != gaps::OUTSIDE || to.since(gap.from) >= NOTICED);
    Excused::new(long.map(|(gap, to)| {
        let last = if gap.is_blind() { day(to - Span::from_millis(1)) } else { day(to).plus(-1) };
        (day(gap.from), last)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(at: Timestamp) -> Day {
        Day(at.0.div_euclid(86_400_000))
    }

    fn gap(chat: i64, from: i64, to: i64, reason: &str) -> Gap {
        Gap { chat: ChatId(chat), from: Timestamp(from), to: Timestamp(to), reason: reason.to_owned() }
    }

    #[test]
    fn a_group_the_bot_was_not_in_has_a_cutoff_of_its_own() {
        let hours = |hours: i64| hours * 3_600_000;
        let (now, minute) = (Timestamp(hours(75)), 60_000);
        let out = gap(-5, hours(20), i64::MAX, gaps::OUTSIDE);
        let blink = gap(-6, hours(50), hours(50) + 9 * minute, gaps::OUTSIDE);
        let down = gap(0, hours(48), hours(72), "downtime");
        for (gaps, everywhere, there, sql) in [
            (vec![], 2, 2, "2"),
            (vec![blink.clone()], 2, 2, "2"),
            (vec![out.clone(), blink], 2, -1, "CASE s.chat WHEN -5 THEN -1 ELSE 2 END"),
            (vec![down.clone()], 1, 1, "1"),
            (vec![out, down], 1, -1, "CASE s.chat WHEN -5 THEN -1 ELSE 1 END"),
        ] {
            let cutoffs = Cutoffs::of(&gaps, now, Day(3), day);
            assert_eq!((cutoffs.in_chat(ChatId(-6)), cutoffs.in_chat(ChatId(-5))), (Day(everywhere), Day(there)));
            assert_eq!(cutoffs.sql(), sql);
        }
    }

    #[test]
    fn a_day_is_excused_when_the_bot_was_away_or_its_end_came_late() {
        let at = |hours| Timestamp(0) + Span::hours(hours);
        for (reason, from, to, now, excused) in [
            (gaps::LATE, 20, 34, 34, &[0][..]),
            (gaps::LATE, 1, 23, 30, &[]),
            (gaps::LATE, 25, 26, 30, &[]),
            (gaps::LATE, 23, 24, 24, &[0]),
            (gaps::LATE, 24, 47, 47, &[]),
            (gaps::LATE, 26, 50, 50, &[1]),
            ("downtime", 20, 34, 40, &[0, 1]),
            ("downtime", 20, 24, 40, &[0]),
            ("downtime", 20, 90, 26, &[0, 1]),
            ("downtime", 20, 90, 10, &[]),
            (gaps::OUTSIDE, 20, 34, 40, &[0, 1]),
            (gaps::OUTSIDE, 20, 90, 30, &[0, 1]),
        ] {
            let gap = gap(0, at(from).0, at(to).0, reason);
            let found = super::excused([&gap], at(now), day);
            let days: Vec<i64> = (0..5).filter(|day| found.contain(Day(*day))).collect();
            assert_eq!(days, excused, "{reason} {from}–{to} at {now}");
        }
    }
}
