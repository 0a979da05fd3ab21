//! How good a model is on messages it has not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Sample, whole};
use crate::judge::{
    Class,
    linear::{Score, Script, Thresholds},
};

/// Shares of innocent messages at which the curve is told.
const SHARES: [f64; 7] = [0.0003, 0.0006, 0.0009, 0.0012, 0.0015, 0.002, 0.005];
/// Bounds between which scores are gathered to be compared with what came of them.
const BOUNDS: [f64; 9] = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0];

/// What cross-validation tells.
pub struct Figures {
    pub curves: Vec<Curve>,
    /// From and up to which score, messages, and ads among them.
    pub calibration: Vec<(f64, f64, usize, usize)>,
    /// Innocent messages from the highest score down, and ads from the lowest up: score, class, source, text.
    pub worst: [Vec<(f64, Class, String, String)>; 2],
}

/// One set of messages.
pub struct Curve {
    pub name: String,
    pub ads: usize,
    pub innocent: usize,
    /// By rules and model together: ads found, innocent messages taken for ads.
    pub act: (usize, usize),
    pub hold: (usize, usize),
    /// Share of innocent messages, and the share of ads found then.
    pub points: Vec<(f64, f64)>,
}

/// The least score that no more than `share` of `scores`, the greatest first, is above; midway to the next.
pub(super) fn above(scores: &[f64], share: f64) -> f64 {
    // A share of a count that fits in memory.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let may = (scores.len() as f64 * share).floor() as usize;
    match (may.checked_sub(1).and_then(|at| scores.get(at)), scores.get(may)) {
        (Some(last), Some(next)) => f64::midpoint(*last, *next),
        (None, Some(first)) => first + 0.2,
        (_, None) => 0.0,
    }
}

impl Figures {
    pub(super) fn of(
        samples: &[Sample],
        scores: &[Option<Score>],
        thresholds: &BTreeMap<Script, Thresholds>,
        yardsticks: &[String],
    ) -> Self {
        let curve = |name: &str, of: &dyn Fn(&Sample) -> bool| Curve::of(name, samples, scores, thresholds, of);
        let mut curves = vec![curve("all", &|_| true)];
        if !yardsticks.is_empty() {
            curves.push(curve("yardsticks", &|sample| yardsticks.contains(&sample.source)));
        }
        for (name, script) in [("Chinese", Script::Chinese), ("Latin", Script::Latin), ("Cyrillic", Script::Cyrillic)] {
            curves.push(curve(name, &|sample| sample.look.features.script == script));
        }
        let sources: BTreeSet<&str> = samples.iter().map(|sample| sample.source.as_str()).collect();
        curves.extend(sources.iter().map(|source| curve(source, &|sample| sample.source == *source)));
        Self { curves, calibration: calibration(samples, scores), worst: worst(samples, scores, thresholds) }
    }

    /// In a line, for the model's header.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        for curve in self.curves.iter().take_while(|curve| curve.name != "Chinese") {
            let _ = write!(
                text,
                "{}{}: act finds {:.1} % of ads and {:.3} % of innocent messages",
                if text.is_empty() { "" } else { "; " },
                curve.name,
                percent(curve.act.0, curve.ads),
                percent(curve.act.1, curve.innocent),
            );
        }
        text
    }
}

impl Curve {
    fn of(
        name: &str,
        samples: &[Sample],
        scores: &[Option<Score>],
        thresholds: &BTreeMap<Script, Thresholds>,
        of: &dyn Fn(&Sample) -> bool,
    ) -> Self {
        let chosen = || samples.iter().zip(scores).filter(|(sample, _)| of(sample));
        let side = |ad: bool| {
            let of = chosen().filter(|(sample, _)| sample.is_ad == ad);
            let mut scores: Vec<f64> = of.map(|(sample, score)| sample.striking(score.as_ref())).collect();
            scores.sort_by(|a, b| b.total_cmp(a));
            scores
        };
        let (ads, innocent) = (side(true), side(false));
        let reach = |ad: bool, least: Class| {
            let class = |(sample, score): &(&Sample, &Option<Score>)| {
                sample.look.class(score.as_ref(), |script| thresholds[&script])
            };
            chosen().filter(|it| it.0.is_ad == ad && class(it) >= least).count()
        };
        let both = |least| (reach(true, least), reach(false, least));
        let points = SHARES.iter().map(|share| {
            let from = above(&innocent, *share);
            (*share, percent(ads.iter().filter(|score| **score > from).count(), ads.len()))
        });
        Self {
            name: name.to_owned(),
            act: both(Class::Ad),
            hold: both(Class::Suspect),
            points: points.collect(),
            ads: ads.len(),
            innocent: innocent.len(),
        }
    }
}

/// So many mistakes of each kind are kept.
const WORST: usize = 1000;

fn worst(
    samples: &[Sample],
    scores: &[Option<Score>],
    thresholds: &BTreeMap<Script, Thresholds>,
) -> [Vec<(f64, Class, String, String)>; 2] {
    let class =
        |sample: &Sample, score: &Option<Score>| sample.look.class(score.as_ref(), |script| thresholds[&script]);
    let side = |ad: bool| {
        let of = samples.iter().zip(scores).filter(|(sample, _)| sample.is_ad == ad);
        let mut all: Vec<(Class, f64, &Sample)> =
            of.map(|(sample, score)| (class(sample, score), whole(score.as_ref()), sample)).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        if !ad {
            all.reverse();
        }
        all.truncate(WORST);
        let row = |(class, score, sample): (Class, f64, &Sample)| {
            (score, class, sample.source.clone(), sample.text.replace('\n', " "))
        };
        all.into_iter().map(row).collect()
    };
    [side(false), side(true)]
}

fn calibration(samples: &[Sample], scores: &[Option<Score>]) -> Vec<(f64, f64, usize, usize)> {
    let bounds: Vec<f64> = [f64::NEG_INFINITY].into_iter().chain(BOUNDS).chain([f64::INFINITY]).collect();
    let part = |bounds: &[f64]| {
        let within =
            || samples.iter().zip(scores).filter(|(_, score)| (bounds[0]..bounds[1]).contains(&whole(score.as_ref())));
        (bounds[0], bounds[1], within().count(), within().filter(|(sample, _)| sample.is_ad).count())
    };
    bounds.windows(2).map(part).collect()
}

/// A share in per cent; 0 of nothing.
pub fn percent(part: usize, whole: usize) -> f64 {
    100.0 * real(part) / real(whole.max(1))
}

/// Counts of messages are far below 2⁵³.
#[expect(clippy::cast_precision_loss)]
pub(super) fn real(count: usize) -> f64 {
    count as f64
}
