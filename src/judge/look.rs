//! Judging without a model, for training one.

use super::{Class, Compiled, Length, Reason, SenderFacts, Standing, Sums, decide, linear, rules};
use crate::model::Message;

/// A message by somebody new, as far as it can be judged without a model.
#[derive(Clone, Debug)]
pub struct Look {
    pub features: linear::Features,
    reasons: Vec<Reason>,
    length: Length,
}

impl Look {
    pub fn at(message: &Message, settings: &Compiled) -> Self {
        let case = rules::Case::open(message, &SenderFacts::default(), settings, true);
        Self { features: case.features(), length: case.length(), reasons: case.reasons }
    }

    /// What the message is if a model gives it this score.
    pub fn class(
        &self,
        score: Option<&linear::Score>,
        thresholds: impl Fn(linear::Script) -> linear::Thresholds,
    ) -> Class {
        let wording = score.map_or(0.0, |score| rules::weight_of(score, thresholds));
        decide(&self.reasons, &Sums::of(&self.reasons, wording), &self.length, Standing::New)
    }
}
