//! What it says of a message that newcomers write much the same. By itself it says nothing: people wish each other a happy
//! new year. It speaks where a message may well be an ad, lifting it by one class:
//!
//! * what gives a way to the advertiser, or offers something, becomes suspect when it goes round;
//! * what is suspect, worded as ads are and says whom to turn to becomes an ad when three accounts or three groups have it;
//! * what is much like an ad just removed becomes suspect, and an ad where the same speaks for it.
//!
//! It is held against nobody but newcomers who have hardly talked yet.

use serde::{Deserialize, Serialize};

use super::rules::{Case, DOUBTFUL};
use super::settings::AlikeSettings;
use super::taught::Found;
use super::{Class, Reason, Rule, SenderFacts, Standing, Verdict, is_talk};
use crate::model::Span;

/// Texts with fewer units, links left out, are said by many without meaning anything by it.
pub const WORDY: usize = 8;
/// Who has written so much has talked.
const TALKED: i64 = 10;
/// An account may have reason to write the same in two groups.
const GROUPS: usize = 3;

/// Who else wrote much the same within the window, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alike {
    /// Newcomers who did, the writer among them.
    pub accounts: usize,
    /// Groups in which the writer did, this one among them.
    pub groups: usize,
    /// Time since the first of them.
    pub over: Span,
    /// Time since such a text by somebody else was removed as an ad. None when the staff took that back.
    pub removed: Option<Span>,
}

/// What speaks in a message for its being an ad, besides its copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signs {
    /// It gives a way to the advertiser, or offers something.
    pub pitch: bool,
    /// It says whom to turn to.
    pub address: bool,
    /// It is worded as ads are.
    pub worded: bool,
}

impl Signs {
    fn of(reasons: &[Reason], wording: f64) -> Self {
        let any = |test: fn(Rule) -> bool| reasons.iter().any(|reason| test(reason.rule));
        // A link to a site or to a post is often only shared.
        let contact = reasons.iter().any(|reason| reason.is_contact() && reason.weight >= DOUBTFUL);
        let address = contact || any(|rule| matches!(rule, Rule::Approach | Rule::Number));
        let reach = address || any(Rule::is_reach);
        let pitch = contact || any(|rule| rule == Rule::Offer) || reach && any(|rule| rule == Rule::Lure);
        Self { pitch, address, worded: wording >= DOUBTFUL }
    }
}

impl Alike {
    /// It goes round.
    fn spreads(&self, accounts: usize) -> bool {
        self.accounts >= accounts || self.groups > 1
    }

    /// It goes round so much that it is a campaign, or is much like what was removed as an ad.
    fn is_campaign(&self, accounts: usize) -> bool {
        self.accounts >= accounts || self.groups >= GROUPS || self.removed.is_some()
    }

    /// What its going round weighs: more copies weigh more, up to twice as much.
    fn weight(&self) -> f64 {
        let more = self.accounts.saturating_sub(3) + self.groups.saturating_sub(2);
        1.0 + 0.25 * f64::from(u8::try_from(more.min(4)).unwrap_or(4))
    }
}

/// What a message is that was this `class` without its copies. `accounts`: so many make it go round.
pub fn lifted(class: Class, signs: Signs, alike: &Alike, accounts: usize) -> Class {
    match class {
        Class::Clean if alike.removed.is_some() || signs.pitch && alike.spreads(accounts) => Class::Suspect,
        Class::Suspect if signs.worded && signs.address && alike.is_campaign(accounts) => Class::Ad,
        class => class,
    }
}

/// Lets copies speak. `found` is what the message is without them.
pub(super) fn heed(
    case: &mut Case<'_>,
    alike: &Alike,
    sender: &SenderFacts,
    standing: Standing,
    settings: &AlikeSettings,
    found: Found,
) -> Class {
    let counts = standing == Standing::New && sender.messages < TALKED && case.units >= WORDY;
    if !counts || is_talk(&case.reasons) {
        return found.class;
    }
    let accounts = settings.accounts;
    let class = lifted(found.class, Signs::of(&case.reasons, found.wording), alike, accounts);
    if class > Class::Clean {
        if alike.spreads(accounts) {
            case.note_alike(Rule::Alike, alike.weight(), *alike);
        }
        if alike.removed.is_some() {
            case.note_alike(Rule::LikeRemoved, 1.5, *alike);
        }
    }
    class
}

/// Whether there is something in a message that copies of it would speak to.
pub fn is_telling(verdict: &Verdict) -> bool {
    verdict.reasons.iter().any(|reason| reason.weight > 0.0) && !is_talk(&verdict.reasons)
}

impl Case<'_> {
    fn note_alike(&mut self, rule: Rule, weight: f64, alike: Alike) {
        self.reasons.push(Reason { rule, evidence: String::new(), weight, alike: Some(alike) });
    }
}
