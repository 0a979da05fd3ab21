//! Which messages are much alike, so that none is judged by a model that has seen its like.

use std::collections::HashMap;

use super::Sample;
use crate::judge::near::{self, Signature};

/// The fold of each sample: the same for all that are much alike.
pub(super) fn folds(samples: &[Sample], folds: u32, seed: u64) -> Vec<u32> {
    let mut groups = Groups((0..samples.len()).collect());
    let signatures: Vec<Signature> = samples.iter().map(|sample| near::signature(&sample.text)).collect();
    let mut known: HashMap<near::Band, usize> = HashMap::new();
    for (at, signature) in signatures.iter().enumerate() {
        for band in signature.bands() {
            let first = *known.entry(band).or_insert(at);
            if signature.likeness(&signatures[first]) >= near::ALIKE {
                groups.join(at, first);
            }
        }
    }
    let fold = |group: usize| {
        let mixed = (group as u64 ^ seed.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        u32::try_from((mixed >> 33) % u64::from(folds)).unwrap_or_default()
    };
    (0..samples.len()).map(|at| fold(groups.of(at))).collect()
}

/// Each points to another of its group, or to itself.
struct Groups(Vec<usize>);

impl Groups {
    fn of(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
    }
}
