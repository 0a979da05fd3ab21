//! Trains the model of how ads are worded, and tells how good it is on messages it was not trained on.

mod clusters;
pub mod figures;
mod fit;
pub mod samples;
mod transfer;

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use crate::judge::{
    Class, Look,
    linear::{Header, Model, Score, Script, Thresholds},
};

pub use figures::{Curve, Figures};
pub use transfer::{Transfer, transfer};

/// A labelled message.
#[derive(Clone, Debug)]
pub struct Sample {
    pub text: String,
    pub is_ad: bool,
    /// Where it is from.
    pub source: String,
    pub look: Look,
}

impl Sample {
    /// The score as far as it decides about a strike: endless if the rules strike without it, and less than any if
    /// no score makes them.
    fn striking(&self, score: Option<&Score>) -> f64 {
        let whole = whole(score);
        let thresholds = |_| Thresholds { hold: whole - 1.0, act: whole, strict: whole + 1.0 };
        let strikes = |score| self.look.class(score, thresholds) >= Class::Ad;
        if strikes(None) {
            f64::INFINITY
        } else if score.is_some() && strikes(score) {
            whole
        } else {
            f64::NEG_INFINITY
        }
    }
}

/// What has no score reaches no threshold.
fn whole(score: Option<&Score>) -> f64 {
    score.map_or(f64::MIN, |score| score.whole)
}

/// How to train.
#[derive(Clone, Debug)]
pub struct Options {
    /// Runs of characters that are kept.
    pub runs: usize,
    /// How much an error costs against large weights (`C` of a support vector machine).
    pub cost: f64,
    /// Parts for cross-validation.
    pub folds: u32,
    pub seed: u64,
    /// Sources that are most like the messages the model is for: they count threefold and set the thresholds too.
    pub yardsticks: Vec<String>,
    /// Sources whose messages count so many times.
    pub weights: BTreeMap<String, f64>,
    /// Shares of innocent messages of each script that may reach each threshold.
    pub hold: Shares,
    pub act: Shares,
    pub strict: Shares,
}

impl Options {
    /// How many times a message of a source counts.
    fn weight(&self, source: &str) -> f64 {
        let yardstick = self.yardsticks.iter().any(|name| name == source);
        self.weights.get(source).copied().unwrap_or(if yardstick { 3.0 } else { 1.0 })
    }
}

/// A share for each script.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares([f64; 3]);

impl Shares {
    fn of(self, script: Script) -> f64 {
        self.0[script as usize]
    }
}

/// One number for all scripts, or three with commas between: Chinese, Latin, Cyrillic.
impl std::str::FromStr for Shares {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is neither a share such as 0.001 nor three with commas between");
        let shares: Vec<f64> =
            text.split(',').map(str::trim).map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
        let shares: [f64; 3] = match shares[..] {
            [one] => [one; 3],
            [chinese, latin, cyrillic] => [chinese, latin, cyrillic],
            _ => return Err(wrong()),
        };
        let possible = shares.iter().all(|share| (0.0..1.0).contains(share));
        if possible { Ok(Self(shares)) } else { Err(format!("a share is between 0 and 1; `{text}` is not")) }
    }
}

impl std::fmt::Display for Shares {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{},{}", self.0[0], self.0[1], self.0[2])
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            runs: 25_000,
            cost: 2.0,
            folds: 5,
            seed: 1,
            yardsticks: Vec::new(),
            weights: BTreeMap::new(),
            hold: Shares([0.013, 0.011, 0.011]),
            act: Shares([0.0007, 0.0013, 0.0006]),
            strict: Shares([0.0001; 3]),
        }
    }
}

/// Fewer innocent messages of the yardsticks in a script say nothing about small shares.
const ENOUGH: usize = 1000;

/// What came of it.
pub struct Learned {
    pub model: Model,
    pub figures: Figures,
}

/// A model of all samples, with thresholds and figures from cross-validation: messages that are much alike are always
/// judged by a model that has seen none of them.
pub fn learn(samples: &[Sample], options: &Options) -> Result<Learned> {
    let ads = samples.iter().filter(|sample| sample.is_ad).count();
    ensure!(ads >= 10 && samples.len() - ads >= 10, "at least ten ads and ten innocent messages are needed");
    ensure!((2..=100).contains(&options.folds), "the number of folds is from 2 to 100");
    ensure!(options.runs >= 10 && options.cost > 0.0, "there is nothing to learn with so few runs or such a cost");
    let ordered =
        |script| options.strict.of(script) < options.act.of(script) && options.act.of(script) < options.hold.of(script);
    ensure!(
        Script::ALL.into_iter().all(ordered),
        "fewer innocent messages may be taken for ads than shown to the staff"
    );
    let folds = clusters::folds(samples, options.folds, options.seed);
    ensure!(
        (0..options.folds).all(|fold| has_both(samples, &folds, fold)),
        "the messages are too few or too much alike: leaving out a fold leaves no ads or no innocent messages"
    );
    let scores = cross_validate(samples, &folds, options);
    let thresholds = thresholds(samples, &scores, options);
    let figures = Figures::of(samples, &scores, &thresholds, &options.yardsticks);
    let all: Vec<&Sample> = samples.iter().collect();
    let fitted = fit::fit(&all, options);
    let made = format!(
        "{ads} ads and {} innocent messages, cost {}, seed {}, {} folds, act {}, hold {}; in cross-validation {}",
        samples.len() - ads,
        options.cost,
        options.seed,
        options.folds,
        options.act,
        options.hold,
        figures.summary()
    );
    let model = fitted.model(thresholds, made);
    Ok(Learned { model, figures })
}

fn has_both(samples: &[Sample], folds: &[u32], left_out: u32) -> bool {
    let rest = || samples.iter().zip(folds).filter(|(_, fold)| **fold != left_out).map(|(sample, _)| sample.is_ad);
    rest().any(|ad| ad) && rest().any(|ad| !ad)
}

/// The score of each sample by a model made of the other folds.
fn cross_validate(samples: &[Sample], folds: &[u32], options: &Options) -> Vec<Option<Score>> {
    let mut scores = vec![None; samples.len()];
    for left_out in 0..options.folds {
        let train: Vec<&Sample> =
            samples.iter().zip(folds).filter(|(_, fold)| **fold != left_out).map(|(sample, _)| sample).collect();
        let model = fit::fit(&train, options).model(BTreeMap::new(), String::new());
        for (at, sample) in samples.iter().enumerate().filter(|(at, _)| folds[*at] == left_out) {
            scores[at] = model.score(&sample.look.features);
        }
    }
    scores
}

/// For each script the scores that no greater share of its innocent messages reaches, nor of the yardsticks'.
fn thresholds(samples: &[Sample], scores: &[Option<Score>], options: &Options) -> BTreeMap<Script, Thresholds> {
    let innocent = |script: Script, yardstick: bool, strikes: bool| {
        let of = samples.iter().zip(scores).filter(move |(sample, _)| {
            let counts = !yardstick || options.yardsticks.contains(&sample.source);
            !sample.is_ad && sample.look.features.script == script && counts
        });
        let mut scores: Vec<f64> = of
            .map(|(sample, score)| if strikes { sample.striking(score.as_ref()) } else { whole(score.as_ref()) })
            .collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        scores
    };
    let pick = |script| {
        let at = |share, strikes| {
            let from = figures::above(&innocent(script, false, strikes), share);
            let yardstick = innocent(script, true, strikes);
            if yardstick.len() >= ENOUGH { from.max(figures::above(&yardstick, share)) } else { from }
        };
        let hold = at(options.hold.of(script), false);
        // Apart, so that there are always three.
        let act = at(options.act.of(script), true).max(hold + 0.1);
        let strict = at(options.strict.of(script), true).max(act + 0.5);
        Thresholds { hold, act, strict }
    };
    Script::ALL.into_iter().map(|script| (script, pick(script))).collect()
}

impl fit::Fitted {
    fn model(&self, thresholds: BTreeMap<Script, Thresholds>, made: String) -> Model {
        let header = Header {
            runs: self.weights.len(),
            scale: self.scale,
            bias: self.bias,
            traits: self.traits.clone(),
            thresholds,
            made,
        };
        Model::new(header, &self.weights)
    }
}

#[cfg(test)]
mod tests;
