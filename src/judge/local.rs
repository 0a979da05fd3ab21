//! What a community's own staff taught: a small model of delta weights on top of the shipped one, and the texts that were
//! taught, by which copies of them are known.
//!
//! It is fitted anew from all examples, oldest first, whenever they change: the same examples make the same model, so that
//! taking one back restores what was before. It cannot do much by itself, since whoever teaches may err or mean harm:
//!
//! * the labels of one teacher move a message by one class at most: from clean to suspect, or from suspect to ad. What
//!   goes from clean to ad must be moved without any single teacher too;
//! * it outweighs neither rules nor trust: nobody established is struck for it, and no rule is silenced by it;
//! * no example taught as innocent becomes an ad by it: the weights are lessened until none does.

use std::collections::HashMap;

use super::{
    Compiled, Look, Settings,
    linear::{Features, Model, Thresholds},
    near::{self, Band, Signature},
    see::Seen,
};
use crate::model::{Message, Sender, User};

/// So many of the newest examples count.
pub const MOST: usize = 1000;
/// Of longer texts so many characters count.
pub const LONGEST: usize = 2000;
/// An example counts so much against large weights.
const COST: f64 = 4.0;
/// What is taught as an ad is to come so far above the threshold for ads.
const MARGIN: f64 = 1.0;
/// What is taught as innocent is to come so far below the threshold for suspicions. More than the other: what both have in
/// common is then innocent, and a community that teaches only a little is not flooded with suspicions.
const HAM: f64 = 4.0;
/// The value of a trait, where all runs of a message together have length 1: traits are shared by messages that have
/// nothing else in common.
const TRAIT: f64 = 0.3;
/// A message with fewer runs that the examples have too is not wholly judged by these few.
const FEW: usize = 12;
/// No run and no trait adds more than this.
const CLIP: f64 = 1.5;
/// No message is moved by more than this.
const BOUND: f64 = 3.0;
const ROUNDS: usize = 40;
/// A round that moves no example by more than this is the last.
const STILL: f64 = 1e-3;
/// The newest innocent examples none of which may become an ad.
const REPLAYED: usize = 200;
/// What the weights are lessened to until that is so.
const LESSER: [f64; 4] = [1.0, 0.66, 0.33, 0.0];
/// Teachers are told apart in so many groups when one is left out.
const GROUPS: usize = 6;
/// Texts are copies of one another from this share of equal numbers of their signatures on.
const COPY: f64 = 0.75;
/// Texts with fewer units are said by anybody: nobody copied them.
const WORDY: usize = 8;

/// A labelled message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub text: String,
    pub is_ad: bool,
    /// Who taught it, by any number.
    pub teacher: i64,
}

/// An example as it is learned from.
#[derive(Clone, Debug)]
pub struct Point {
    pub features: Features,
    /// What the shipped model says.
    pub base: f64,
    pub thresholds: Thresholds,
    pub is_ad: bool,
}

/// Weights to be added to those of the shipped model.
#[derive(Clone, Debug)]
pub struct Delta {
    runs: HashMap<u32, f64>,
    traits: [f64; 64],
}

/// What a community's staff taught, ready to judge by.
#[derive(Clone, Debug, Default)]
pub struct Local {
    all: Delta,
    /// The same without one group of teachers each.
    without: Vec<Delta>,
    copies: Copies,
}

/// What a text is a copy of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    pub is_ad: bool,
    /// Several teachers say so.
    pub agreed: bool,
}

impl Local {
    /// `examples`: the oldest first. Of the same text the newest counts.
    pub fn fit(examples: &[Example], model: &Model) -> Self {
        let settings = Compiled::new(&Settings::default(), &[]);
        let newest: Vec<&Example> = newest(&examples[examples.len().saturating_sub(MOST)..]);
        let mut teachers: Vec<i64> = Vec::new();
        for example in &newest {
            if !teachers.contains(&example.teacher) {
                teachers.push(example.teacher);
            }
        }
        let group = |example: &Example| teachers.iter().position(|it| *it == example.teacher).unwrap_or(0) % GROUPS;
        let known: Vec<(usize, Point)> = newest
            .iter()
            .filter_map(|example| Some((group(example), Point::of(&example.text, example.is_ad, &settings, model)?)))
            .collect();
        let all: Vec<&Point> = known.iter().map(|(_, point)| point).collect();
        let mut groups: Vec<usize> = known.iter().map(|(group, _)| *group).collect();
        groups.sort_unstable();
        groups.dedup();
        let without = |left_out: &usize| {
            let rest: Vec<&Point> =
                known.iter().filter(|(group, _)| group != left_out).map(|(_, point)| point).collect();
            Delta::fit(&rest)
        };
        Self { all: Delta::fit(&all), without: groups.iter().map(without).collect(), copies: Copies::of(&newest) }
    }

    pub fn is_empty(&self) -> bool {
        self.without.is_empty() && self.copies.texts.is_empty()
    }

    /// What is added to a message's score.
    pub fn shift(&self, features: &Features) -> f64 {
        self.all.shift(features)
    }

    /// The same without each group of teachers.
    pub fn shifts_without(&self, features: &Features) -> impl Iterator<Item = f64> {
        self.without.iter().map(|delta| delta.shift(features))
    }

    pub fn weight(&self, run: u32) -> f64 {
        self.all.runs.get(&run).copied().unwrap_or_default()
    }

    /// What a text is a copy of.
    pub fn copied(&self, text: &str) -> Option<Copied> {
        self.copies.find(text)
    }
}

impl Point {
    /// None of what is not worded: there is nothing in it to learn.
    pub fn of(text: &str, is_ad: bool, settings: &Compiled, model: &Model) -> Option<Self> {
        let sender = Sender::Person(User::default());
        let message = Message { text: text.to_owned(), sender, ..Message::default() };
        Self::seen(Look::at(&message, settings).features, is_ad, model)
    }

    pub fn seen(features: Features, is_ad: bool, model: &Model) -> Option<Self> {
        let base = model.score(&features)?.whole;
        let thresholds = model.thresholds(features.script);
        Some(Self { features, base, thresholds, is_ad })
    }

    /// How far the score is to be moved at least, in the direction of the label.
    fn target(&self) -> f64 {
        if self.is_ad { self.thresholds.act + MARGIN - self.base } else { self.base - self.thresholds.hold + HAM }
    }
}

impl Default for Delta {
    fn default() -> Self {
        Self { runs: HashMap::new(), traits: [0.0; 64] }
    }
}

impl Delta {
    /// A linear support vector machine with squared hinge loss on top of the scores there are, by dual coordinate descent.
    pub fn fit(points: &[&Point]) -> Self {
        let mut delta = Self::default();
        let mut alpha = vec![0.0; points.len()];
        let slack = 0.5 / COST;
        for _ in 0..ROUNDS {
            let mut moved: f64 = 0.0;
            for (alpha, point) in alpha.iter_mut().zip(points) {
                let sign = if point.is_ad { 1.0 } else { -1.0 };
                let runs = &point.features.runs;
                let unit = 1.0 / count(runs.len().max(FEW)).sqrt();
                let traits: Vec<usize> = (0..64).filter(|bit| point.features.traits.bit(*bit)).collect();
                let length = count(runs.len()) * unit * unit + count(traits.len()) * TRAIT * TRAIT;
                let gradient = sign * delta.sum(&point.features) - point.target() + *alpha * slack;
                let new = (*alpha - gradient / (length + slack)).max(0.0);
                let step = (new - *alpha) * sign;
                *alpha = new;
                if step != 0.0 {
                    for run in runs {
                        *delta.runs.entry(*run).or_default() += step * unit;
                    }
                    for bit in &traits {
                        delta.traits[*bit] += step * TRAIT;
                    }
                    moved = moved.max(step.abs());
                }
            }
            if moved < STILL {
                break;
            }
        }
        delta.clip();
        delta.spare(points);
        delta
    }

    fn clip(&mut self) {
        let all = self.runs.values_mut().chain(&mut self.traits);
        all.for_each(|weight| *weight = weight.clamp(-CLIP, CLIP));
        self.runs.retain(|_, weight| *weight != 0.0);
    }

    /// Lessens what speaks for an ad until no innocent example is made one.
    fn spare(&mut self, points: &[&Point]) {
        let innocent: Vec<&&Point> = points.iter().rev().filter(|point| !point.is_ad).take(REPLAYED).collect();
        for lesser in LESSER {
            let tried = self.lessened(lesser);
            let is_struck = |point: &&&Point| {
                let shift = tried.shift(&point.features);
                shift > 0.0 && point.base + shift >= point.thresholds.act
            };
            if !innocent.iter().any(is_struck) {
                *self = tried;
                return;
            }
        }
    }

    fn lessened(&self, to: f64) -> Self {
        let lessen = |weight: f64| if weight > 0.0 { weight * to } else { weight };
        Self {
            runs: self.runs.iter().map(|(run, weight)| (*run, lessen(*weight))).collect(),
            traits: self.traits.map(lessen),
        }
    }

    /// What is added to a message's score, not more than the bound either way.
    pub fn shift(&self, features: &Features) -> f64 {
        self.sum(features).clamp(-BOUND, BOUND)
    }

    fn sum(&self, features: &Features) -> f64 {
        let (mut known, mut sum) = (0_usize, 0.0);
        for weight in features.runs.iter().filter_map(|run| self.runs.get(run)) {
            known += 1;
            sum += weight;
        }
        let traits: f64 = (0..64).filter(|bit| features.traits.bit(*bit)).map(|bit| self.traits[bit]).sum();
        sum / count(known.max(FEW)).sqrt() + traits * TRAIT
    }
}

/// The texts that were taught.
#[derive(Clone, Debug, Default)]
struct Copies {
    texts: Vec<(Signature, bool, i64)>,
    bands: HashMap<Band, Vec<usize>>,
}

impl Copies {
    fn of(examples: &[&Example]) -> Self {
        let mut copies = Self::default();
        for example in examples {
            let read = Seen::read(&example.text).text;
            if super::see::units(&read) < WORDY {
                continue;
            }
            let signature = near::signature_of(&read);
            for band in signature.bands() {
                copies.bands.entry(band).or_default().push(copies.texts.len());
            }
            copies.texts.push((signature, example.is_ad, example.teacher));
        }
        copies
    }

    /// What was taught as innocent goes before.
    fn find(&self, text: &str) -> Option<Copied> {
        if self.texts.is_empty() {
            return None;
        }
        let read = Seen::read(text).text;
        if super::see::units(&read) < WORDY {
            return None;
        }
        let signature = near::signature_of(&read);
        let mut near: Vec<usize> =
            signature.bands().filter_map(|band| self.bands.get(&band)).flatten().copied().collect();
        near.sort_unstable();
        near.dedup();
        near.retain(|at| self.texts[*at].0.likeness(&signature) >= COPY);
        let is_ad = near.iter().all(|at| self.texts[*at].1);
        let mut teachers = near.iter().map(|at| &self.texts[*at]).filter(|text| text.1 == is_ad).map(|text| text.2);
        let first = teachers.next()?;
        Some(Copied { is_ad, agreed: teachers.any(|teacher| teacher != first) })
    }
}

/// Of the same text the newest; the order stays.
fn newest(examples: &[Example]) -> Vec<&Example> {
    let mut last: HashMap<&str, usize> = HashMap::new();
    for (at, example) in examples.iter().enumerate() {
        last.insert(example.text.trim(), at);
    }
    let is_last = |(at, example): &(usize, &Example)| last[example.text.trim()] == *at;
    examples.iter().enumerate().filter(is_last).map(|(_, example)| example).collect()
}

/// Counts here are far below 2⁵³.
#[expect(clippy::cast_precision_loss)]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests;
