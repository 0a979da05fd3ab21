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

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use self::fit::Fit;
use super::{
    Compiled, Look,
    linear::{Features, Model, Thresholds},
    near::{self, Band, Signature},
    see::Seen,
};
use crate::model::{Message, Sender, User};

/// So many of the newest examples count.
pub const MOST: usize = 1000;
/// Of longer texts so many characters count.
pub const LONGEST: usize = 2000;
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
/// The newest innocent examples none of which may become an ad.
const REPLAYED: usize = 200;
/// What the weights are lessened to until that is so.
const LESSER: [f64; 4] = [1.0, 0.66, 0.33, 0.0];
/// Who taught an example nobody answers for by name.
pub const NOBODY: i64 = 0;
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
    /// Who taught it, by any number; 0 is nobody in particular, who may be any of the others.
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
    /// What it is made to add to.
    model: Option<Arc<Model>>,
    all: Delta,
    /// The same without one group of teachers each.
    without: Vec<Delta>,
    copies: Copies,
}

/// What a text is a copy of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    pub is_ad: bool,
    /// Several named teachers say so.
    pub agreed: bool,
}

impl Local {
    /// `examples`: the oldest first. Of the same text the newest label counts.
    pub fn fit(examples: &[Example], settings: &Compiled) -> Self {
        let model = settings.model.clone().unwrap_or_else(Model::shipped);
        let newest: Vec<&Example> = newest(&examples[examples.len().saturating_sub(MOST)..]);
        let mut teachers: Vec<i64> = Vec::new();
        for example in newest.iter().filter(|example| example.teacher != NOBODY) {
            if !teachers.contains(&example.teacher) {
                teachers.push(example.teacher);
            }
        }
        // Nobody's examples are in no group, and left out with each.
        let group = |example: &Example| teachers.iter().position(|it| *it == example.teacher).map(|at| at % GROUPS);
        let known: Vec<(Option<usize>, Point)> = newest
            .iter()
            .filter_map(|example| Some((group(example), Point::of(&example.text, example.is_ad, settings, &model)?)))
            .collect();
        let all: Vec<&Point> = known.iter().map(|(_, point)| point).collect();
        let fit = Fit::of(&all);
        let (pulls, weights) = fit.solve(&vec![0.0; all.len()], |_| true);
        // Without a group hardly anything changes: what was found with it is where to begin.
        let without = |left_out: usize| {
            let counts = |group: Option<usize>| group.is_some_and(|group| group != left_out);
            let (_, weights) = fit.solve(&pulls, |at| counts(known[at].0));
            let rest: Vec<&Point> = known.iter().filter(|(group, _)| counts(*group)).map(|(_, point)| point).collect();
            fit.delta(&weights, &rest)
        };
        // With nobody named there is nothing left either way.
        let groups = teachers.len().clamp(usize::from(!all.is_empty()), GROUPS);
        let (all, without) = (fit.delta(&weights, &all), (0..groups).map(without).collect());
        Self { model: Some(model), all, without, copies: Copies::of(&newest) }
    }

    /// Whether it was made for the model that is judged by.
    pub fn is_for(&self, settings: &Compiled) -> bool {
        self.model.as_ref().zip(settings.model.as_ref()).is_some_and(|(mine, its)| Arc::ptr_eq(mine, its))
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
        let fit = Fit::of(points);
        let (_, weights) = fit.solve(&vec![0.0; points.len()], |_| true);
        fit.delta(&weights, points)
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
        let teachers = near.iter().map(|at| &self.texts[*at]).filter(|text| text.1 == is_ad).map(|text| text.2);
        let named: BTreeSet<i64> = teachers.filter(|teacher| *teacher != NOBODY).collect();
        (!near.is_empty()).then_some(Copied { is_ad, agreed: named.len() > 1 })
    }
}

/// Of the same text those with the newest label, one of each teacher; the order stays.
fn newest(examples: &[Example]) -> Vec<&Example> {
    let mut last: HashMap<&str, bool> = HashMap::new();
    for example in examples {
        last.insert(example.text.trim(), example.is_ad);
    }
    let mut seen: HashSet<(&str, i64)> = HashSet::new();
    let mut newest = Vec::new();
    for example in examples {
        let text = example.text.trim();
        if last[text] == example.is_ad && seen.insert((text, example.teacher)) {
            newest.push(example);
        }
    }
    newest
}

/// Counts here are far below 2⁵³.
#[expect(clippy::cast_precision_loss)]
fn count(number: usize) -> f64 {
    number as f64
}

mod fit;
#[cfg(test)]
mod tests;
