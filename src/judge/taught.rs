//! What the community's staff taught, as it bears on one message.

use super::{
    Class, Rule, Standing, Sums, decide,
    linear::Model,
    local::{Copied, Local},
    rules::{Case, DOUBTFUL, PROOF, weight_of},
};

/// What a message is, and the weight of its wording.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub class: Class,
    pub wording: f64,
}

/// Lets what was taught speak. `found` is what the message is without it.
///
/// No teacher moves it by more than one class: for two, it must be moved without any one of them too, or be a copy of what
/// two of them taught.
pub(super) fn heed(case: &mut Case<'_>, local: &Local, model: &Model, standing: Standing, found: Found) -> Found {
    let features = case.features();
    let Some(base) = model.score(&features) else { return found };
    let copied = local.copied(case.text());
    let length = case.length();
    let weight = |shift: f64| {
        let weight = weight_of(&base.moved(shift), |script| model.thresholds(script));
        // It is proof against nobody who is established.
        let weight = if shift > 0.0 { found.wording.max(weight.min(PROOF)) } else { weight };
        match copied {
            Some(Copied { is_ad: true, .. }) if standing == Standing::New => weight.max(PROOF),
            Some(Copied { is_ad: true, .. }) => weight.max(DOUBTFUL),
            Some(Copied { is_ad: false, agreed: true }) => weight.min(0.0),
            Some(Copied { is_ad: false, agreed: false }) => weight.min(DOUBTFUL),
            None => weight,
        }
    };
    let class_by = |weight: f64| decide(&case.reasons, &Sums::of(&case.reasons, weight), &length, standing);
    let wording = weight(local.shift(&features));
    let (class, full) = (found.class, class_by(wording));
    let far = class == Class::Clean && full == Class::Ad || class == Class::Ad && full == Class::Clean;
    let agreed = || match copied {
        Some(copied) => copied.agreed,
        None => local.shifts_without(&features).all(|shift| class_by(weight(shift)) != class),
    };
    let class = if far && !agreed() { Class::Suspect } else { full };
    let more = wording - found.wording;
    if more > 0.0 && class > Class::Clean {
        let words = if copied.is_some() { String::new() } else { case.words_by(|run| local.weight(run)) };
        case.note_taught(more, words);
    }
    if more < 0.0 {
        case.lessen_wording(wording);
    }
    Found { class, wording }
}

impl Case<'_> {
    fn note_taught(&mut self, weight: f64, words: String) {
        let evidence = if words.is_empty() { super::excerpt(self.text()) } else { words };
        self.reasons.push(super::Reason { rule: Rule::Taught, evidence, weight, alike: None });
    }

    fn lessen_wording(&mut self, to: f64) {
        let wording = self.reasons.iter_mut().filter(|reason| reason.rule == Rule::Wording);
        wording.for_each(|reason| reason.weight = reason.weight.min(to));
        self.reasons.retain(|reason| reason.rule != Rule::Wording || reason.weight > 0.0);
    }
}
