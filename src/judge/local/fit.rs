//! Finding the weights: a linear support vector machine with squared hinge loss on top of the scores there are, by dual
//! coordinate descent.

use std::collections::HashMap;

use super::{Delta, FEW, Point, TRAIT, count};

/// An example counts so much against large weights.
const COST: f64 = 4.0;
const ROUNDS: usize = 20;
/// A round that moves no example by more than this is the last.
const STILL: f64 = 1e-2;
/// Of an example so many runs are learned from: those of some hundred characters.
const RUNS: usize = 1000;

/// Examples with their runs numbered, so that fitting needs no look-ups.
pub(super) struct Fit {
    /// What each number stands for.
    runs: Vec<u32>,
    rows: Vec<Row>,
}

struct Row {
    runs: Vec<u32>,
    traits: Vec<usize>,
    sign: f64,
    target: f64,
}

impl Fit {
    pub fn of(points: &[&Point]) -> Self {
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        let mut runs = Vec::new();
        let mut rows = Vec::with_capacity(points.len());
        for point in points {
            let features = &point.features;
            // Hashes say nothing of where a run stands: the first of them are a fair choice.
            let its = features.runs.iter().take(RUNS).map(|run| {
                *numbers.entry(*run).or_insert_with(|| {
                    runs.push(*run);
                    u32::try_from(runs.len() - 1).unwrap_or(u32::MAX)
                })
            });
            rows.push(Row {
                runs: its.collect(),
                traits: (0..64).filter(|bit| features.traits.bit(*bit)).collect(),
                sign: if point.is_ad { 1.0 } else { -1.0 },
                target: point.target(),
            });
        }
        Self { runs, rows }
    }

    /// How hard each example pulls when the questions are answered, and the weights that makes. `start`: how hard they pulled
    /// in a similar question; `asked` says which of them count.
    pub fn solve(&self, start: &[f64], asked: impl Fn(usize) -> bool) -> (Vec<f64>, Weights) {
        let mut weights = Weights { runs: vec![0.0; self.runs.len()], traits: [0.0; 64] };
        let mut pulls = vec![0.0; self.rows.len()];
        let rows: Vec<(usize, &Row)> = self.rows.iter().enumerate().filter(|(at, _)| asked(*at)).collect();
        for (at, row) in &rows {
            pulls[*at] = start[*at];
            weights.pull(row, start[*at] * row.sign);
        }
        let slack = 0.5 / COST;
        for _ in 0..ROUNDS {
            let mut moved: f64 = 0.0;
            for (at, row) in &rows {
                let gradient = row.sign * weights.sum(row) - row.target + pulls[*at] * slack;
                let new = (pulls[*at] - gradient / (row.length() + slack)).max(0.0);
                let step = (new - pulls[*at]) * row.sign;
                pulls[*at] = new;
                if step != 0.0 {
                    weights.pull(row, step);
                    moved = moved.max(step.abs());
                }
            }
            if moved < STILL {
                break;
            }
        }
        (pulls, weights)
    }

    pub fn delta(&self, weights: &Weights, points: &[&Point]) -> Delta {
        let runs = self.runs.iter().copied().zip(weights.runs.iter().copied()).collect();
        let mut delta = Delta { runs, traits: weights.traits };
        delta.clip();
        delta.spare(points);
        delta
    }
}

/// Weights while they are sought.
pub(super) struct Weights {
    runs: Vec<f64>,
    traits: [f64; 64],
}

impl Weights {
    fn pull(&mut self, row: &Row, step: f64) {
        let unit = row.unit();
        row.runs.iter().for_each(|run| self.runs[*run as usize] += step * unit);
        row.traits.iter().for_each(|bit| self.traits[*bit] += step * TRAIT);
    }

    /// As it will be judged by: runs that are not known yet do not count.
    fn sum(&self, row: &Row) -> f64 {
        let (mut known, mut sum) = (0_usize, 0.0);
        for run in &row.runs {
            let weight = self.runs[*run as usize];
            known += usize::from(weight != 0.0);
            sum += weight;
        }
        let traits: f64 = row.traits.iter().map(|bit| self.traits[*bit]).sum();
        sum / count(known.max(FEW)).sqrt() + traits * TRAIT
    }
}

impl Row {
    /// The value of each of its runs.
    fn unit(&self) -> f64 {
        1.0 / count(self.runs.len().max(FEW)).sqrt()
    }

    fn length(&self) -> f64 {
        let unit = self.unit();
        count(self.runs.len()) * unit * unit + count(self.traits.len()) * TRAIT * TRAIT
    }
}
