//! When a talk is heated. Pure.
//!
//! heat = z × share. z is how unusual the pace is: (n − mean) ÷ max(σ, √mean, 1), where n is the messages of the last ten
//! minutes, mean and σ those of the ten-minute steps of the last day without the busiest tenth of them, two at least: the
//! last quarrel makes the next no more usual. z is at most 10, and with less than two hours known the mean counts as 0.
//! share is the part of the n messages that are negative: insults, or with more bad reactions than good ones.

use std::collections::BTreeSet;

use crate::cx::talk::Line;
use crate::model::UserId;
use crate::model::usual::as_f64;

/// However unusual the pace, it counts no more than this.
const Z_MOST: f64 = 10.0;
/// Steps that must be known before anything is called usual: two hours.
const STEPS_NEEDED: usize = 12;
/// So many of the busiest are left out at least.
const BUSIEST: usize = 2;
/// So few of one mind are no crowd: two who bicker never heat up a talk.
pub const PEOPLE: usize = 3;
/// Fewer messages than these are no quarrel, whoever wrote them.
pub const NEGATIVE: usize = 4;

/// When it is hot.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub threshold: f64,
    pub least: usize,
}

/// What the talk of a place has been.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Messages in ten minutes.
    pub n: usize,
    pub speakers: usize,
    /// Messages that are insults or meet with bad reactions.
    pub negative: usize,
    /// People who insult or react badly.
    pub people: usize,
    /// Messages ten minutes usually have; none where that is not known.
    pub mean: Option<f64>,
    pub heat: f64,
}

impl Figures {
    /// Many talk, many of them badly, and more than usual.
    pub fn is_hot(&self, bounds: Bounds) -> bool {
        let crowd = self.speakers >= PEOPLE && self.people >= PEOPLE;
        crowd && self.n >= bounds.least && self.negative >= NEGATIVE && self.heat >= bounds.threshold
    }
}

/// Whether a message is an insult, or more people took it badly than well; what its writer thinks of it does not count.
fn is_negative(line: &Line) -> bool {
    let others = |set: &BTreeSet<UserId>| set.iter().filter(|user| **user != line.user).count();
    line.is_insult || others(&line.against) > others(&line.with)
}

/// The figures of the last ten minutes against the steps before.
pub fn figures(lines: &[&Line], steps: &[i64]) -> Figures {
    let negative: Vec<&&Line> = lines.iter().filter(|line| is_negative(line)).collect();
    let insulting = negative.iter().filter(|line| line.is_insult).map(|line| line.user);
    let against = negative.iter().flat_map(|line| line.against.iter().copied().filter(|user| *user != line.user));
    let people: BTreeSet<UserId> = insulting.chain(against).collect();
    let speakers: BTreeSet<UserId> = lines.iter().map(|line| line.user).collect();
    let (mean, z) = pace(lines.len(), steps);
    let share = if lines.is_empty() { 0.0 } else { count(negative.len()) / count(lines.len()) };
    Figures {
        n: lines.len(),
        speakers: speakers.len(),
        negative: negative.len(),
        people: people.len(),
        mean,
        heat: z * share,
    }
}

fn count(n: usize) -> f64 {
    as_f64(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The usual pace, and how far above it `n` is, in deviations.
fn pace(n: usize, steps: &[i64]) -> (Option<f64>, f64) {
    if steps.len() < STEPS_NEEDED {
        return (None, count(n).min(Z_MOST));
    }
    let mut steps = steps.to_vec();
    steps.sort_unstable();
    steps.truncate(steps.len() - BUSIEST.max(steps.len() / 10));
    let all = count(steps.len());
    let mean = steps.iter().map(|n| as_f64(*n)).sum::<f64>() / all;
    let variance = steps.iter().map(|n| (as_f64(*n) - mean).powi(2)).sum::<f64>() / all;
    let spread = variance.sqrt().max(mean.sqrt()).max(1.0);
    (Some(mean), ((count(n) - mean) / spread).clamp(0.0, Z_MOST))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{MessageId, Timestamp};

    const BOUNDS: Bounds = Bounds { threshold: 1.5, least: 20 };
    const QUIET: [i64; 12] = [0, 1, 0, 2, 0, 0, 1, 0, 3, 0, 1, 0];
    const LIVELY: [i64; 12] = [40, 60, 50, 45, 55, 40, 60, 50, 45, 55, 48, 52];

    fn line(user: i64, is_insult: bool, against: &[i64], with: &[i64]) -> Line {
        let set = |users: &[i64]| users.iter().map(|user| UserId(*user)).collect();
        Line {
            message: MessageId(0),
            at: Timestamp(0),
            user: UserId(user),
            album: None,
            is_insult,
            against: set(against),
            with: set(with),
        }
    }

    /// `n` lines of so many people, every `nth` an insult.
    fn talk(n: i64, people: i64, nth: i64) -> Vec<Line> {
        (0..n).map(|at| line(at % people, nth > 0 && at % nth == 0, &[], &[])).collect()
    }

    fn hot(lines: &[Line], steps: &[i64]) -> bool {
        figures(&lines.iter().collect::<Vec<_>>(), steps).is_hot(BOUNDS)
    }

    #[test]
    fn a_talk_is_hot_when_many_talk_badly_and_more_than_usual() {
        let cheer: Vec<Line> = (0..80).map(|at| line(at % 30, false, &[], &[90, 91, 92])).collect();
        let scorned: Vec<Line> =
            (0..24).map(|at| line(at % 8, false, if at % 3 == 0 { &[50, 51, 52] } else { &[] }, &[])).collect();
        let liked: Vec<Line> = (0..24).map(|at| line(at % 8, false, &[50], &[51, 52])).collect();
        let own: Vec<Line> = (0..24).map(|at| line(at % 8, false, &[at % 8], &[])).collect();
        for (what, lines, steps, expected) in [
            ("a quarrel of five in a quiet group", talk(30, 5, 4), &QUIET[..], true),
            ("the same, and nothing is known of the group", talk(30, 5, 4), &[], true),
            ("the same in a group that is always lively", talk(30, 5, 4), &LIVELY, false),
            ("more than a lively group ever sees", talk(160, 7, 4), &LIVELY, true),
            ("many congratulate", talk(80, 30, 0), &QUIET, false),
            ("a goal, and everybody cheers", cheer, &QUIET, false),
            ("two bicker", talk(60, 2, 2), &QUIET, false),
            ("one insults in a lively talk of many", talk(60, 10, 10), &QUIET, false),
            ("slow replies", talk(12, 5, 2), &QUIET, false),
            ("a word here and there in a burst", talk(80, 7, 30), &QUIET, false),
            ("many are scorned by several", scorned, &QUIET, true),
            ("more like it than not", liked, &QUIET, false),
            ("people who react to themselves", own, &QUIET, false),
            ("nothing at all", vec![], &QUIET, false),
        ] {
            assert_eq!(hot(&lines, steps), expected, "{what}");
        }
    }

    #[test]
    fn the_formula_is_the_one_that_is_told() {
        // Mean 4, deviation 2: 24 are 10 deviations above, at most 10 count. A quarter is negative.
        let lines = talk(24, 6, 4);
        let lines: Vec<&Line> = lines.iter().collect();
        let steps = [2, 6, 2, 6, 2, 6, 90, 2, 6, 2, 6, 2, 6, 70];
        let figures = figures(&lines, &steps);
        assert_eq!((figures.n, figures.negative, figures.mean), (24, 6, Some(4.0)));
        assert!((figures.heat - 2.5).abs() < 1e-9, "{figures:?}");
        assert_eq!(pace(10, &steps), (Some(4.0), 3.0));
        assert_eq!(pace(1, &steps), (Some(4.0), 0.0));
        assert_eq!(pace(7, &steps[..11]), (None, 7.0));
    }

    fn any_lines() -> impl Strategy<Value = Vec<Line>> {
        let line =
            (0..8_i64, any::<bool>(), prop::collection::vec(10..16_i64, 0..4), prop::collection::vec(10..16_i64, 0..4));
        prop::collection::vec(
            line.prop_map(|(user, insult, against, with)| self::line(user, insult, &against, &with)),
            0..80,
        )
    }

    proptest! {
        #[test]
        fn without_anything_bad_no_pace_is_hot(lines in any_lines(), steps in prop::collection::vec(0..60_i64, 0..144)) {
            let kind: Vec<Line> =
                lines.into_iter().map(|it| Line { is_insult: false, against: BTreeSet::new(), ..it }).collect();
            let figures = figures(&kind.iter().collect::<Vec<_>>(), &steps);
            prop_assert!(figures.heat.abs() < 1e-9 && !figures.is_hot(BOUNDS));
        }

        #[test]
        fn two_people_alone_are_never_hot(lines in any_lines(), steps in prop::collection::vec(0..60_i64, 0..144)) {
            let two: Vec<Line> = lines
                .into_iter()
                .map(|it| line(it.user.0 % 2, it.is_insult, &[], &[]))
                .collect();
            prop_assert!(!hot(&two, &steps));
        }

        #[test]
        fn a_kind_word_never_heats_up(lines in any_lines(), steps in prop::collection::vec(0..60_i64, 0..144)) {
            let before = figures(&lines.iter().collect::<Vec<_>>(), &steps);
            let kinder: Vec<Line> = lines.iter().map(|it| Line { is_insult: false, ..it.clone() }).collect();
            let after = figures(&kinder.iter().collect::<Vec<_>>(), &steps);
            prop_assert!(after.heat <= before.heat && after.negative <= before.negative);
        }

        #[test]
        fn what_is_usual_is_never_hot(n in 0..200_i64, people in 3..9_i64) {
            prop_assert!(!hot(&talk(n, people, 2), &[n; 20]));
        }
    }
}
