//! What a streak is: a run of days in a row. Pure, so that nobody loses one to anything but their own pause.

use std::collections::BTreeSet;

use crate::model::Day;

/// Days the bot itself missed, first and last of each absence: they neither count nor break.
#[derive(Clone, Debug, Default)]
pub struct Excused(Vec<(Day, Day)>);

/// Days in a row, excused ones between them left out of the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    pub first: Day,
    pub last: Day,
    pub length: i64,
}

/// A member's streak as their days alone tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streak {
    /// The latest day.
    pub last: Day,
    /// The length of the run that ends with it.
    pub length: i64,
    /// The length of the longest run ever.
    pub best: i64,
}

impl Excused {
    pub fn new(absences: impl IntoIterator<Item = (Day, Day)>) -> Self {
        Self(absences.into_iter().collect())
    }

    pub fn contain(&self, day: Day) -> bool {
        self.around(day).next().is_some()
    }

    fn around(&self, day: Day) -> impl Iterator<Item = (Day, Day)> {
        self.0.iter().copied().filter(move |(first, last)| (*first..=*last).contains(&day))
    }

    /// Every day between the two is excused; so it is when there is none.
    fn bridge(&self, before: Day, after: Day) -> bool {
        let mut day = before.plus(1);
        while day < after {
            match self.around(day).map(|(_, last)| last).max() {
                Some(last) => day = last.plus(1),
                None => return false,
            }
        }
        true
    }

    /// The earliest day a run may end with and still stand `today`: yesterday, or earlier across an absence.
    pub fn cutoff(&self, today: Day) -> Day {
        let mut day = today.plus(-1);
        while let Some(first) = self.around(day).map(|(first, _)| first).min() {
            day = first.plus(-1);
        }
        day
    }
}

/// All runs, in order.
pub fn runs(days: &BTreeSet<Day>, excused: &Excused) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for &day in days {
        match runs.last_mut() {
            Some(run) if excused.bridge(run.last, day) => (run.last, run.length) = (day, run.length + 1),
            _ => runs.push(Run { first: day, last: day, length: 1 }),
        }
    }
    runs
}

impl Streak {
    /// None without any day.
    pub fn of(days: &BTreeSet<Day>, excused: &Excused) -> Option<Self> {
        let runs = runs(days, excused);
        let latest = runs.last()?;
        let best = runs.iter().map(|run| run.length).max()?;
        Some(Self { last: latest.last, length: latest.length, best })
    }

    /// What is left of it `today`: a day that is not over breaks nothing.
    pub fn on(&self, today: Day, excused: &Excused) -> i64 {
        if self.last >= excused.cutoff(today) { self.length } else { 0 }
    }
}

/// Whether it was `day`, the latest to be added to `days`, that made some run reach `length`; with `repeat`, any
/// multiple of it. Whatever order days are added in, a run of that length is found once.
pub fn reaches(days: &BTreeSet<Day>, excused: &Excused, day: Day, length: i64, repeat: bool) -> bool {
    let marks = |days: &BTreeSet<Day>| -> i64 {
        let each = runs(days, excused).into_iter().map(|run| run.length);
        if repeat { each.map(|n| n / length).sum() } else { i64::from(each.max().unwrap_or(0) >= length) }
    };
    // Only the run around the day can have grown.
    let Some(run) = runs(days, excused).into_iter().find(|run| (run.first..=run.last).contains(&day)) else {
        return false;
    };
    let after: BTreeSet<Day> = days.range(run.first..=run.last).copied().collect();
    let mut before = after.clone();
    before.remove(&day);
    marks(&after) > marks(&before)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(days: &[i64]) -> BTreeSet<Day> {
        days.iter().copied().map(Day).collect()
    }

    #[test]
    fn streaks_hold_until_a_day_is_missed() {
        for (days, excused, today, current, best) in [
            (&[][..], &[][..], 10, 0, 0),
            (&[10], &[], 10, 1, 1),
            (&[8, 9], &[], 10, 2, 2),
            (&[8, 9], &[], 11, 0, 2),
            (&[1, 2, 3, 8, 9, 10], &[], 10, 3, 3),
            (&[1, 2, 3, 4, 8, 9], &[], 10, 2, 4),
            // The bot was away on days 4 to 6.
            (&[2, 3, 7, 8], &[(4, 6)], 8, 4, 4),
            (&[2, 3], &[(4, 6)], 7, 2, 2),
            (&[2, 3], &[(4, 6)], 8, 0, 2),
            (&[2, 3, 5, 7], &[(4, 6)], 7, 4, 4),
            (&[2, 4], &[(4, 6)], 7, 1, 1),
            // Two absences that touch or overlap.
            (&[1, 7], &[(2, 4), (4, 6)], 7, 2, 2),
            (&[1], &[(2, 3), (4, 9)], 10, 1, 1),
            (&[1, 7], &[(2, 3), (5, 6)], 7, 1, 1),
        ] {
            let excused = Excused::new(excused.iter().map(|(first, last)| (Day(*first), Day(*last))));
            let streak = Streak::of(&set(days), &excused);
            let found = streak.map_or((0, 0), |streak| (streak.on(Day(today), &excused), streak.best));
            assert_eq!(found, (current, best), "{days:?} on {today}");
        }
    }

    #[test]
    fn a_milestone_is_reached_by_the_day_that_completes_it() {
        let none = Excused::default();
        let reached = |days: &[i64], day, length, repeat| reaches(&set(days), &none, Day(day), length, repeat);
        assert!(reached(&[1, 2, 3], 3, 3, false));
        assert!(reached(&[1, 2, 3], 2, 3, false), "the day between came late");
        assert!(!reached(&[1, 2, 3, 4], 4, 3, false), "it was reached the day before");
        assert!(reached(&[1, 2, 3, 4, 5, 6], 6, 3, true));
        assert!(!reached(&[1, 2, 3, 4, 5, 6], 6, 3, false));
        assert!(!reached(&[1, 2, 4, 5], 5, 3, false));
        assert!(reached(&[4], 4, 1, true));
    }

    /// The streak as anybody would count it: back from today, one day after the other.
    fn counted_back(days: &BTreeSet<Day>, excused: &Excused, today: Day) -> i64 {
        let mut count = i64::from(days.contains(&today));
        let mut day = today.plus(-1);
        while day.0 >= 0 {
            match (days.contains(&day), excused.contain(day)) {
                (true, _) => count += 1,
                (false, true) => {}
                (false, false) => break,
            }
            day = day.plus(-1);
        }
        count
    }

    fn some_days() -> impl Strategy<Value = Vec<i64>> {
        proptest::collection::vec(0..30_i64, 0..40)
    }

    fn some_absences() -> impl Strategy<Value = Excused> {
        let absence = (0..30_i64, 0..5_i64).prop_map(|(first, length)| (Day(first), Day(first + length)));
        proptest::collection::vec(absence, 0..3).prop_map(Excused::new)
    }

    proptest! {
        #[test]
        fn a_streak_is_what_counting_back_gives(days in some_days(), excused in some_absences(), ahead in 0..6_i64) {
            let days = set(&days);
            let Some(streak) = Streak::of(&days, &excused) else { return Ok(()) };
            let today = streak.last.plus(ahead);
            prop_assert_eq!(streak.on(today, &excused), counted_back(&days, &excused, today));
            let best = days.iter().map(|day| counted_back(&days, &excused, *day)).max();
            prop_assert_eq!(Some(streak.best), best);
        }

        #[test]
        fn the_order_of_arrival_changes_no_reward(
            days in some_days(), excused in some_absences(), length in 1..8_i64, repeat: bool,
        ) {
            let mut seen = BTreeSet::new();
            let mut given = 0;
            for day in days.iter().copied().map(Day) {
                if seen.insert(day) {
                    given += i64::from(reaches(&seen, &excused, day, length, repeat));
                }
            }
            let all = runs(&seen, &excused);
            if repeat {
                let in_order: i64 = all.iter().map(|run| run.length / length).sum();
                prop_assert_eq!(given, in_order);
            } else {
                // Once for ever: the row of the gift keeps a second run from giving it again.
                prop_assert_eq!(given > 0, all.iter().any(|run| run.length >= length));
            }
        }
    }
}
