//! A small linear model of how ads are worded: weights of runs of up to four characters, and of a few traits.
//!
//! `score = bias + Σ weights of the distinct known runs / √(their number) + Σ weights of the traits`. Runs that are not
//! known count nothing, so that nonsense put into a text does not thin out what it says. Weights of runs are whole
//! numbers with a common scale: the same text has the same score on every machine.

mod features;
mod file;
mod open;
mod tokens;

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::{
    Reason,
    link::Link,
    see::{Seen, Tricks},
};

use features::{Gram, grams};
pub use features::{Trait, Traits};
pub use file::{Damaged, Header};
pub use open::Unusable;
use tokens::Tokens;

/// What is seen of a message.
#[derive(Clone, Debug, Default)]
pub struct Features {
    /// Hashes of its runs, distinct and in order.
    pub runs: Vec<u32>,
    /// The runs of each part by itself, with its script, if there are several.
    pub parts: Vec<(Script, Vec<u32>)>,
    pub traits: Traits,
    pub script: Script,
    /// Units of meaning, links and names left out.
    pub units: usize,
    /// There is no wording: somebody's contact card with a name and a number, or nothing but numbers.
    pub unworded: bool,
}

/// A link or a name with fewer units beside it is only shared, and not worded at all.
const WORDED: usize = 3;

/// What a message is mostly written in. Each has thresholds of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    #[default]
    Chinese,
    Latin,
    Cyrillic,
}

impl Script {
    pub const ALL: [Self; 3] = [Self::Chinese, Self::Latin, Self::Cyrillic];

    pub fn of(text: &str) -> Self {
        let (mut han, mut latin, mut cyrillic) = (0, 0, 0);
        for c in text.chars() {
            match c {
                'a'..='z' => latin += 1,
                '\u{400}'..='\u{52f}' => cyrillic += 1,
                // A character says as much as some letters.
                _ if super::see::is_han(c) => han += 3,
                _ => {}
            }
        }
        if cyrillic > latin && cyrillic > han {
            Self::Cyrillic
        } else if latin > 2 * han {
            Self::Latin
        } else {
            Self::Chinese
        }
    }
}

/// From which score on a message is what.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Shown to the staff.
    pub hold: f64,
    /// An ad.
    pub act: f64,
    /// An ad, whoever wrote it.
    pub strict: f64,
}

/// What the model makes of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    pub whole: f64,
    pub script: Script,
    /// The highest of its parts by themselves for each script; below every number if it has none.
    pub parts: [f64; 3],
}

impl Score {
    /// With so much added to all of it.
    #[must_use]
    pub fn moved(self, shift: f64) -> Self {
        Self { whole: self.whole + shift, script: self.script, parts: self.parts.map(|part| part + shift) }
    }
}

/// The model, ready to score.
#[derive(Clone, Debug)]
pub struct Model {
    header: Header,
    traits: [f64; 64],
    /// Open addressing by the high bits of the hash; a weight of 0 is an empty place.
    slots: Vec<(u32, i8)>,
}

impl Model {
    /// The one in the binary.
    pub fn shipped() -> Arc<Self> {
        static SHIPPED: LazyLock<Arc<Model>> = LazyLock::new(|| {
            let read = Model::read(include_bytes!("../ads.model"));
            Arc::new(read.expect("a test reads the file that is built in"))
        });
        SHIPPED.clone()
    }

    /// `weights`: hash and weight of each run; none is 0 and no hash comes twice.
    pub fn new(header: Header, weights: &[(u32, i8)]) -> Self {
        let mut traits = [0.0; 64];
        for (which, weight) in &header.traits {
            // A disguise speaks for nobody, whatever the few that are in the examples have taught.
            let least = if which.is_disguise() { 0.0 } else { f64::NEG_INFINITY };
            traits[*which as usize] = weight.max(least);
        }
        let mut model = Self { header, traits, slots: vec![(0, 0); (2 * weights.len()).next_power_of_two().max(2)] };
        for (hash, weight) in weights {
            let slot = model.place(*hash);
            model.slots[slot] = (*hash, *weight);
        }
        model
    }

    /// Where `hash` is, or would go.
    fn place(&self, hash: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        while self.slots[slot].1 != 0 && self.slots[slot].0 != hash {
            slot = (slot + 1) & mask;
        }
        slot
    }

    pub(super) fn weight(&self, hash: u32) -> i8 {
        self.slots[self.place(hash)].1
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    pub fn thresholds(&self, script: Script) -> Thresholds {
        self.header.thresholds[&script]
    }

    /// None of what is not worded.
    pub fn score(&self, features: &Features) -> Option<Score> {
        let shared = features.traits.has_any(&[Trait::Invite, Trait::TelegramLink, Trait::Site, Trait::Name]);
        if features.unworded || shared && features.units < WORDED {
            return None;
        }
        let traits: f64 = (0..64).filter(|bit| features.traits.bit(*bit)).map(|bit| self.traits[bit]).sum();
        let whole = self.sum(&features.runs) + traits;
        let mut parts = [f64::NEG_INFINITY; 3];
        for (script, runs) in &features.parts {
            let part = &mut parts[*script as usize];
            *part = part.max(self.sum(runs) + traits);
        }
        Some(Score { whole, script: features.script, parts })
    }

    fn sum(&self, runs: &[u32]) -> f64 {
        let (mut known, mut sum) = (0_u32, 0_i64);
        for run in runs {
            let weight = self.weight(*run);
            known += u32::from(weight != 0);
            sum += i64::from(weight);
        }
        // At most 4,096 characters have few enough runs for every sum to be exact.
        #[expect(clippy::cast_precision_loss)]
        let runs = sum as f64 * self.header.scale / f64::from(known.max(1)).sqrt();
        self.header.bias + runs
    }
}

/// A message's texts as the model reads them, kept so as to show what counted.
pub struct Reading {
    /// One for each text.
    tokens: Vec<Tokens>,
    text: String,
    tricks: Tricks,
}

impl Reading {
    /// `known`: whether a link is one that everybody may post.
    pub fn of(pieces: &[Seen<'_>], known: impl Fn(&Link) -> bool) -> Self {
        let tokens: Vec<Tokens> = pieces.iter().map(|piece| Tokens::of(piece, &known)).collect();
        let tricks = pieces.iter().fold(Tricks::default(), |tricks, piece| tricks.and(piece.tricks));
        // Links and names are no letters of the text.
        let letter = |unit: &u32| char::from_u32(*unit).unwrap_or(' ');
        let text = tokens.first().map(|tokens| tokens.units.iter().map(letter).collect()).unwrap_or_default();
        Self { tokens, text, tricks }
    }

    /// Nothing but links and names.
    pub fn is_bare(&self) -> bool {
        super::see::units(&self.text) == 0
    }

    pub fn features(&self, units: usize, reasons: &[Reason]) -> Features {
        let mut runs: Vec<u32> =
            self.tokens.iter().flat_map(|tokens| grams(&tokens.units)).map(|gram| gram.hash).collect();
        runs.sort_unstable();
        runs.dedup();
        let traits = Traits::of(&self.tokens, &self.text, self.tricks, units, reasons);
        let parts = self.parts();
        let units = super::see::units(&self.text);
        Features { runs, parts, traits, script: Script::of(&self.text), units, unworded: false }
    }

    fn parts(&self) -> Vec<(Script, Vec<u32>)> {
        let parts = self.tokens.iter().flat_map(|tokens| tokens.parts().map(|part| &tokens.units[part]));
        let read = |units: &[u32]| {
            let text: String = units.iter().filter_map(|unit| char::from_u32(*unit)).collect();
            let mut runs: Vec<u32> = grams(units).map(|gram| gram.hash).collect();
            runs.sort_unstable();
            runs.dedup();
            (Script::of(&text), runs)
        };
        let says = |units: &&[u32]| units.iter().any(|unit| !tokens::is_blank(*unit));
        let parts: Vec<_> = parts.filter(says).map(read).collect();
        if parts.len() > 1 { parts } else { Vec::new() }
    }

    /// The places of the texts that speak most for an ad by these weights of runs, the strongest first: text, and bytes of
    /// it as read.
    pub fn strongest_by(&self, weight: impl Fn(u32) -> f64, most: usize) -> Vec<(usize, std::ops::Range<usize>)> {
        let mut found = Vec::new();
        for (index, tokens) in self.tokens.iter().enumerate() {
            let mut share = vec![0.0; tokens.units.len()];
            for Gram { hash, start, len } in grams(&tokens.units) {
                let weight = weight(hash) / f64::from(len);
                let start = start as usize;
                share[start..start + usize::from(len)].iter_mut().for_each(|share| *share += weight);
            }
            found.extend(phrases(&share).into_iter().map(|(sum, run)| (sum, index, tokens.place(run))));
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        found.into_iter().filter(|(_, _, at)| !at.is_empty()).take(most).map(|(_, index, at)| (index, at)).collect()
    }
}

/// The stretches in which every unit speaks for an ad, each with its sum, at most eight units long.
fn phrases(share: &[f64]) -> Vec<(f64, std::ops::Range<usize>)> {
    let mut phrases = Vec::new();
    let mut start = 0;
    for run in share.chunk_by(|a, b| (*a > 0.0) == (*b > 0.0)) {
        if run[0] > 0.0 {
            for (n, part) in run.chunks(8).enumerate() {
                let from = start + 8 * n;
                phrases.push((part.iter().sum(), from..from + part.len()));
            }
        }
        start += run.len();
    }
    phrases
}

#[cfg(test)]
mod tests;
