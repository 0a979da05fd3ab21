//! How soon a community of another kind profits from what its staff teach: a source is left out of training, some of its
//! messages are taught as labels, and the rest of it is judged.

use anyhow::{Result, ensure};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};

use super::{Options, Sample, clusters, figures, learn, whole};
use crate::judge::{
    linear::Model,
    local::{Delta, Point},
};

/// The share of innocent messages that may be taken for ads.
const SHARE: f64 = 0.005;
/// Fewer messages of a class left to judge say nothing.
const ENOUGH: usize = 50;

/// What so many labels of each class come to, in per cent.
#[derive(Clone, Debug)]
pub struct Transfer {
    pub labels: usize,
    /// Ads found at 0.5 % of innocent messages, the mean over all seeds, and the least and greatest.
    pub found: f64,
    pub least: f64,
    pub most: f64,
    /// Ads and innocent messages at the shipped threshold for suspicions.
    pub held: (f64, f64),
    /// The same at the threshold for ads.
    pub struck: (f64, f64),
}

/// Trains without the source, then teaches so many of its ads and as many innocent messages, for each of the numbers and
/// each of the seeds. Messages much like a taught one are not judged.
///
/// # Errors
/// When there are too few messages of the source for that, or of the others to train on.
pub fn transfer(
    samples: &[Sample],
    options: &Options,
    source: &str,
    labels: &[usize],
    seeds: u64,
) -> Result<Vec<Transfer>> {
    let (out, rest): (Vec<Sample>, Vec<Sample>) = samples.iter().cloned().partition(|sample| sample.source == source);
    ensure!(!out.is_empty(), "there is no file called `{source}`");
    ensure!(seeds > 0, "at least one seed is needed");
    let model = learn(&rest, options)?.model;
    curves(&out, &model, labels, seeds)
}

/// The same with a model that has not seen these messages.
fn curves(out: &[Sample], model: &Model, labels: &[usize], seeds: u64) -> Result<Vec<Transfer>> {
    let groups = clusters::folds(out, u32::MAX, 0);
    labels.iter().map(|labels| curve(out, &groups, model, *labels, seeds)).collect()
}

fn curve(out: &[Sample], groups: &[u32], model: &Model, labels: usize, seeds: u64) -> Result<Transfer> {
    let runs = (0..seeds).map(|seed| once(out, groups, model, labels, seed)).collect::<Result<Vec<Transfer>>>()?;
    let mean = |of: fn(&Transfer) -> f64| runs.iter().map(of).sum::<f64>() / figures::real(runs.len());
    Ok(Transfer {
        labels,
        found: mean(|run| run.found),
        least: runs.iter().map(|run| run.found).fold(f64::MAX, f64::min),
        most: runs.iter().map(|run| run.found).fold(f64::MIN, f64::max),
        held: (mean(|run| run.held.0), mean(|run| run.held.1)),
        struck: (mean(|run| run.struck.0), mean(|run| run.struck.1)),
    })
}

fn once(out: &[Sample], groups: &[u32], model: &Model, labels: usize, seed: u64) -> Result<Transfer> {
    let mut order: Vec<usize> = (0..out.len()).collect();
    order.shuffle(&mut StdRng::seed_from_u64(seed));
    let pick = |ad: bool| order.iter().copied().filter(move |at| out[*at].is_ad == ad).take(labels);
    let taught: Vec<usize> = pick(true).chain(pick(false)).collect();
    ensure!(taught.len() == 2 * labels, "there are fewer than {labels} messages of a class to be taught");
    let mut mixed = taught.clone();
    mixed.shuffle(&mut StdRng::seed_from_u64(seed));
    let points: Vec<Point> =
        mixed.iter().filter_map(|at| Point::seen(out[*at].look.features.clone(), out[*at].is_ad, model)).collect();
    let delta = Delta::fit(&points.iter().collect::<Vec<_>>());
    let seen: std::collections::BTreeSet<u32> = taught.iter().map(|at| groups[*at]).collect();
    let mut scores = [Vec::new(), Vec::new()];
    let mut classes = [(0, 0), (0, 0)];
    for (sample, _) in out.iter().zip(groups).filter(|(_, group)| !seen.contains(group)) {
        let features = &sample.look.features;
        let score = whole(model.score(features).as_ref()) + delta.shift(features);
        let thresholds = model.thresholds(features.script);
        let side = usize::from(sample.is_ad);
        scores[side].push(score);
        classes[side].0 += usize::from(score >= thresholds.hold);
        classes[side].1 += usize::from(score >= thresholds.act);
    }
    let [innocent, ads] = &mut scores;
    ensure!(innocent.len() >= ENOUGH && ads.len() >= ENOUGH, "too few messages are left to judge");
    innocent.sort_by(|a, b| b.total_cmp(a));
    let from = figures::above(innocent, SHARE);
    let found = figures::percent(ads.iter().filter(|score| **score > from).count(), ads.len());
    let both = |of: fn((usize, usize)) -> usize| {
        (figures::percent(of(classes[1]), ads.len()), figures::percent(of(classes[0]), innocent.len()))
    };
    Ok(Transfer { labels, found, least: found, most: found, held: both(|it| it.0), struck: both(|it| it.1) })
}
