//! A linear support vector machine with squared hinge loss, by dual coordinate descent (Hsieh et al., "A dual coordinate
//! descent method for large-scale linear SVM", 2008, algorithm 1). It needs nothing but the four operations, so the same
//! samples make the same model on every machine.

use std::collections::{BTreeMap, HashMap};

use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};

use super::{Options, Sample};
use crate::judge::linear::Trait;

/// Rounds over all samples; by then hardly anything moves any more.
const ROUNDS: usize = 30;
/// A round that moves no sample's weight by more than this is the last.
const STILL: f64 = 1e-3;
/// A run in fewer samples than this may be chance.
const LEAST: u32 = 2;

/// How much an error about an ad counts against one about an innocent message.
const AD: f64 = 0.2;

/// Weights in whole numbers.
pub(super) struct Fitted {
    pub weights: Vec<(u32, i8)>,
    pub scale: f64,
    pub traits: BTreeMap<Trait, f64>,
    pub bias: f64,
}

/// Weights as they come out of training.
struct Weights {
    runs: Vec<f64>,
    traits: [f64; 64],
    bias: f64,
}

/// One sample by the numbers of the runs that are looked at.
struct Row {
    runs: Vec<u32>,
    traits: Vec<usize>,
    sign: f64,
    weight: f64,
}

pub(super) fn fit(samples: &[&Sample], options: &Options) -> Fitted {
    let counts = counts(samples);
    let mut known: Vec<u32> = counts.iter().filter(|(_, count)| **count >= LEAST).map(|(run, _)| *run).collect();
    known.sort_unstable();
    let mut weights = descend(&rows(samples, &known, options), known.len(), options);
    if known.len() > options.runs {
        // What counts much and often is kept, and learned again without the rest.
        let worth = |at: usize| weights.runs[at].abs() * f64::from(counts[&known[at]]).sqrt();
        let mut order: Vec<usize> = (0..known.len()).collect();
        order.sort_by(|a, b| worth(*b).total_cmp(&worth(*a)).then(known[*a].cmp(&known[*b])));
        known = order[..options.runs].iter().map(|at| known[*at]).collect();
        known.sort_unstable();
        weights = descend(&rows(samples, &known, options), known.len(), options);
    }
    round(&known, &weights)
}

fn counts(samples: &[&Sample]) -> HashMap<u32, u32> {
    let mut counts = HashMap::new();
    for run in samples.iter().flat_map(|sample| &sample.look.features.runs) {
        *counts.entry(*run).or_default() += 1;
    }
    counts
}

fn rows(samples: &[&Sample], known: &[u32], options: &Options) -> Vec<Row> {
    let number: HashMap<u32, u32> = known.iter().copied().zip(0..).collect();
    let row = |sample: &&Sample| Row {
        runs: sample.look.features.runs.iter().filter_map(|run| number.get(run).copied()).collect(),
        traits: (0..64).filter(|bit| sample.look.features.traits.bit(*bit)).collect(),
        sign: if sample.is_ad { 1.0 } else { -1.0 },
        weight: options.weight(&sample.source) * if sample.is_ad { AD } else { 1.0 },
    };
    samples.iter().map(row).collect()
}

/// How much of a run's scale comes from how one-sided it is. A run that is nearly only in ads, or nearly only in talk, is
/// let grow more than one that is in both alike; in short texts this generalises better (Wang & Manning, "Baselines and
/// Bigrams", 2012, with an interpolation between the two).
const ONE_SIDED: f64 = 0.35;

/// What each run counts before learning: about 1.
fn scales(rows: &[Row], runs: usize) -> Vec<f64> {
    // One more of each side, so that what is on one only is not endlessly one-sided.
    let mut sides = [vec![1.0; runs], vec![1.0; runs]];
    let mut totals = [2.0, 2.0];
    for row in rows {
        let side = usize::from(row.sign > 0.0);
        totals[side] += row.weight;
        row.runs.iter().for_each(|run| sides[side][*run as usize] += row.weight);
    }
    let share = |side: usize, run: usize| sides[side][run] / totals[side];
    let one_sided: Vec<f64> = (0..runs).map(|run| log2(share(1, run) / share(0, run)).abs()).collect();
    let mean = one_sided.iter().sum::<f64>() / count(runs.max(1));
    one_sided.iter().map(|this| 1.0 + ONE_SIDED * (this / mean.max(f64::MIN_POSITIVE) - 1.0)).collect()
}

/// The logarithm to base 2 of a positive number, straight between powers of two: within 0.09, and alike on every machine.
fn log2(x: f64) -> f64 {
    // 52 bits of fraction below an exponent that begins at −1023.
    #[expect(clippy::cast_precision_loss)]
    let bits = x.to_bits() as f64;
    bits / f64::EPSILON.recip() - 1023.0
}

fn descend(rows: &[Row], runs: usize, options: &Options) -> Weights {
    let squares: Vec<f64> = scales(rows, runs).iter().map(|scale| scale * scale).collect();
    let mut w = Weights { runs: vec![0.0; runs], traits: [0.0; 64], bias: 0.0 };
    let mut alpha = vec![0.0; rows.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut rng = StdRng::seed_from_u64(options.seed);
    for _ in 0..ROUNDS {
        order.shuffle(&mut rng);
        let mut moved: f64 = 0.0;
        for &at in &order {
            let row = &rows[at];
            let unit = row.unit();
            let slack = 0.5 / (options.cost * row.weight);
            let length = row.runs.iter().map(|run| squares[*run as usize]).sum::<f64>() * unit * unit
                + count(row.traits.len())
                + 1.0;
            let gradient = row.sign * w.score(row) - 1.0 + alpha[at] * slack;
            let new = (alpha[at] - gradient / (length + slack)).max(0.0);
            let step = (new - alpha[at]) * row.sign;
            alpha[at] = new;
            if step != 0.0 {
                row.runs.iter().for_each(|run| w.runs[*run as usize] += step * unit * squares[*run as usize]);
                row.traits.iter().for_each(|bit| w.traits[*bit] += step);
                w.bias += step;
                moved = moved.max(step.abs());
            }
        }
        if moved < STILL {
            break;
        }
    }
    w
}

impl Row {
    /// The value of each of its runs: together they have length 1.
    fn unit(&self) -> f64 {
        1.0 / count(self.runs.len().max(1)).sqrt()
    }
}

impl Weights {
    fn score(&self, row: &Row) -> f64 {
        let runs: f64 = row.runs.iter().map(|run| self.runs[*run as usize]).sum();
        let traits: f64 = row.traits.iter().map(|bit| self.traits[*bit]).sum();
        self.bias + runs * row.unit() + traits
    }
}

/// Counts here are far below 2⁵³.
#[expect(clippy::cast_precision_loss)]
fn count(number: usize) -> f64 {
    number as f64
}

fn round(known: &[u32], weights: &Weights) -> Fitted {
    let greatest = weights.runs.iter().fold(f64::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
    let scale = greatest / f64::from(i8::MAX);
    // Within ±127 by the choice of the scale.
    #[expect(clippy::cast_possible_truncation)]
    let whole = |weight: &f64| (weight / scale).round() as i8;
    let weights_of_runs = known.iter().copied().zip(weights.runs.iter().map(whole));
    let traits = Trait::ALL.iter().map(|which| (*which, weights.traits[*which as usize]));
    Fitted {
        weights: weights_of_runs.filter(|(_, weight)| *weight != 0).collect(),
        scale,
        traits: traits.filter(|(_, weight)| *weight != 0.0).collect(),
        bias: weights.bias,
    }
}
