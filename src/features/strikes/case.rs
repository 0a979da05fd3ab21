//! A case: something a person did, or an order of the staff about them, and all that came of it.

use serde::{Deserialize, Serialize};

use super::hold::Held;
use super::policy::{Act, Known, Penalty};
use crate::judge::{Reason, Rule};
use crate::model::opinion::Opinion;
use crate::model::{ChatId, CommunityId, Evidence, Measure, Right, Span, Timestamp, UserId};

/// Stands in [`Case::carded`] for a case that is left to the next summary.
pub const LEFT_OUT: Timestamp = Timestamp(0);

/// Something a person did, or an order of the staff about them.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub community: CommunityId,
    pub id: i64,
    /// Who did it; below 0 a channel that writes under its own name, which is never struck.
    pub user: UserId,
    pub chat: ChatId,
    pub at: Timestamp,
    /// It is a strike.
    pub counts: bool,
    /// When something was done.
    pub acted: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    pub undone: Option<Timestamp>,
    pub warned: Option<Timestamp>,
    pub carded: Option<Timestamp>,
    pub about: About,
}

/// How a case came to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    #[default]
    Ad,
    Severe,
    Suspect,
    /// Members reported it.
    Report,
    /// Against other rules of the group, as another feature found.
    Offence,
    /// The staff warned.
    Warn,
    /// The staff muted, put out or banned; no strike.
    Order,
    /// The person is on a ban list; no strike.
    Listed,
}

/// What the staff decided of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Cleared,
    /// The bot was right.
    Right,
    Struck,
    Banned,
    /// The staff muted by command.
    Muted,
    /// The staff put out by command.
    Removed,
    Trusted,
    /// Telegram says the person is an administrator.
    Immune,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Appeal {
    Open,
    Accepted,
    Rejected,
}

/// Who of the staff did something, as they were called then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    pub id: UserId,
    pub name: String,
}

/// Something that could not be done, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub hitch: Hitch,
    pub chat: ChatId,
}

/// Why something could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hitch {
    /// The right to delete is missing.
    Delete,
    /// Telegram lets nobody delete a message so old.
    Old,
    /// The right to mute and ban is missing: it was not done.
    Restrict,
    /// The right to mute and ban is missing: it was not undone.
    Lift,
    /// Basic groups know no mutes.
    Supergroup,
    /// Telegram did not let a channel be shut out.
    Channel,
    /// Hidden words could not be posted again.
    Back,
    /// A reason not known to this program.
    Other,
}

impl Hitch {
    /// As it stands in the keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Old => "old",
            Self::Restrict => "restrict",
            Self::Lift => "lift",
            Self::Supergroup => "supergroup",
            Self::Channel => "channel",
            Self::Back => "back",
            Self::Other => "other",
        }
    }

    /// The right it wants, if it is for want of one.
    pub fn right(self) -> Option<Right> {
        match self {
            Self::Delete => Some(Right::Delete),
            Self::Restrict | Self::Lift => Some(Right::Restrict),
            Self::Old | Self::Supergroup | Self::Channel | Self::Back | Self::Other => None,
        }
    }

    /// What it means that the right to do `what` is missing.
    pub fn without_right(what: &str) -> Self {
        match what {
            "delete" => Self::Delete,
            "unmute" | "unban" | "again" => Self::Lift,
            _ => Self::Restrict,
        }
    }
}

/// With any of these a penalty was not carried out.
const IN_VAIN: [Hitch; 3] = [Hitch::Restrict, Hitch::Supergroup, Hitch::Channel];

/// What is not asked for in SQL.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    pub found: Found,
    pub topic: Option<i64>,
    /// Nobody when the bot found it by itself.
    pub by: Option<Hand>,
    /// When what it is about was written, or edited into what it is; none where it is about no message.
    pub offence_at: Option<Timestamp>,
    /// When it became a strike.
    pub struck_at: Option<Timestamp>,
    pub reasons: Vec<Reason>,
    /// What another feature wanted done about it, and what it was found by: for the staff alone.
    pub measure: Option<Measure>,
    pub evidence: Vec<Evidence>,
    /// The staff's words.
    pub reason: String,
    /// What the first to report it wrote, cut: for the staff alone.
    pub reported: String,
    /// What the person wrote, cut.
    pub text: String,
    /// What the channel is called, if it is one's.
    pub channel: String,
    pub score: f64,
    pub penalty: Option<Penalty>,
    /// When a mute that ran already ends, if it outlasts that of the penalty: it is not shortened.
    pub outlasted_until: Option<Timestamp>,
    pub publish: bool,
    /// A ban that holds in its group alone, because who gave it has a say only there.
    pub local: bool,
    /// The penalty was taken back though the strike stands.
    pub lifted: bool,
    /// Which strike in force it was when it was given.
    pub number: i64,
    pub undone_by: Option<Hand>,
    pub decision: Option<Decision>,
    pub decided_by: Option<Hand>,
    pub decided_at: Option<Timestamp>,
    pub appeal: Option<Appeal>,
    pub reports: i64,
    /// When it was reported first.
    pub reported_at: Option<Timestamp>,
    /// What could not be done.
    pub troubles: Vec<Trouble>,
    /// What a language model makes of it.
    pub opinion: Option<Opinion>,
    /// What is, or was, kept out of the group until the staff judge it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// What the staff allowed from then on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
}

impl Case {
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.counts && self.undone.is_none() && self.expires.is_some_and(|at| at > now)
    }

    pub fn act(&self) -> Option<Act> {
        let (penalty, at) = (self.about.penalty?, self.acted?);
        // A ban that failed in one group may hold in others.
        if self.is_idle() && penalty != Penalty::Ban {
            return None;
        }
        let order = (self.about.found == Found::Order).then_some(self.id);
        Some(Act { penalty, at, lifted: self.about.lifted || self.undone.is_some(), order })
    }

    /// The rule that weighs most; none where the bot found nothing. What can be pointed at goes before how it is worded.
    pub fn rule(&self) -> Option<Rule> {
        let order = |reason: &Reason| (!reason.rule.is_of_wording() && reason.weight > 0.0, reason.weight);
        let heaviest = self.about.reasons.iter().rev().max_by(|a, b| {
            let ((a_shown, a), (b_shown, b)) = (order(a), order(b));
            a_shown.cmp(&b_shown).then(a.total_cmp(&b))
        });
        heaviest.map(|reason| reason.rule)
    }

    /// The channel it is about, if no person.
    pub fn channel(&self) -> Option<ChatId> {
        (self.user.0 < 0).then_some(ChatId(self.user.0))
    }

    /// It is a strike, a channel was shut out for it, or the staff punished it by command.
    pub fn is_dealt_with(&self) -> bool {
        let by_command = matches!(self.about.decision, Some(Decision::Banned | Decision::Muted | Decision::Removed));
        let is_no_strike = self.channel().is_some() || self.about.found == Found::Listed;
        self.counts || by_command || is_no_strike && self.acted.is_some()
    }

    /// What was judged to be an ad, or nearly one; other offences say nothing about ads.
    pub fn is_judged(&self) -> bool {
        matches!(self.about.found, Found::Ad | Found::Severe | Found::Suspect)
    }

    /// Another feature wants the staff to decide about it.
    pub fn is_for_staff(&self) -> bool {
        self.about.measure.is_some_and(Measure::asks_staff)
    }

    /// It waits for the staff: nothing was done, and nobody has decided.
    pub fn is_open(&self) -> bool {
        !self.counts && self.acted.is_none() && self.about.decision.is_none() && self.undone.is_none()
    }

    /// Closes it with what the staff decided.
    pub fn decide(&mut self, decision: Decision, by: Option<Hand>, at: Timestamp) {
        self.about.decision = Some(decision);
        self.about.decided_by = by;
        self.about.decided_at = Some(at);
    }

    /// The channel could not be shut out everywhere: the staff may try again.
    pub fn reopen(&mut self) {
        self.about.decision = None;
        self.about.decided_by = None;
        self.about.decided_at = None;
    }

    /// It is about advertising, as far as is known; otherwise about the rules of the group.
    pub fn is_ad(&self) -> bool {
        matches!(self.about.found, Found::Ad | Found::Suspect)
    }

    /// What it costs was not carried out.
    pub fn is_idle(&self) -> bool {
        self.met(&IN_VAIN)
    }

    /// What it costs was not carried out in some group.
    pub fn is_in_vain_somewhere(&self) -> bool {
        self.about.troubles.iter().any(|trouble| IN_VAIN.contains(&trouble.hitch))
    }

    /// Its message still stands.
    pub fn is_left_standing(&self) -> bool {
        self.met(&[Hitch::Delete, Hitch::Old])
    }

    /// What keeps it from being carried out in its own chat.
    pub fn hitches(&self) -> impl Iterator<Item = Hitch> + '_ {
        self.about.troubles.iter().filter(|trouble| trouble.chat == self.chat).map(|trouble| trouble.hitch)
    }

    /// Its penalty is tried anew: what stood in the way before may not any more.
    pub fn try_again(&mut self) {
        self.about.troubles.retain(|trouble| !IN_VAIN.contains(&trouble.hitch));
    }

    fn met(&self, hitches: &[Hitch]) -> bool {
        self.hitches().any(|hitch| hitches.contains(&hitch))
    }

    /// The staff have a card of it.
    pub fn has_card(&self) -> bool {
        self.carded.is_some_and(|at| at > LEFT_OUT)
    }

    /// Nothing is left in it of what the person wrote, and of what others wrote about them.
    pub fn without_words(mut self) -> Self {
        for words in [&mut self.about.text, &mut self.about.reason, &mut self.about.reported] {
            words.clear();
        }
        self.about.reasons.iter_mut().for_each(|reason| reason.evidence.clear());
        self.about.evidence.clear();
        self.about.opinion = None;
        if let Some(held) = &mut self.about.held {
            held.without_words();
        }
        self
    }

    /// Words of the person, or of others about them, are kept in it.
    pub fn has_words(&self) -> bool {
        let words = [&self.about.text, &self.about.reason, &self.about.reported];
        words.into_iter().any(|words| !words.is_empty())
            || self.about.opinion.is_some()
            || self.about.held.as_ref().is_some_and(Held::has_words)
            || !self.about.evidence.is_empty()
            || self.about.reasons.iter().any(|reason| !reason.evidence.is_empty())
    }
}

/// The strikes (and, in shadow mode, what would be some) as grouping sees them.
pub fn known(cases: &[Case], same: i64) -> Vec<Known> {
    let known = |case: &Case| Known {
        id: case.id,
        same: case.id == same,
        at: case.at,
        severe: case.about.found == Found::Severe,
        covers: matches!(case.about.found, Found::Ad | Found::Severe | Found::Suspect) && case.undone.is_none(),
    };
    cases.iter().map(known).collect()
}

/// Everything that was done to a person in a chat, with the bans that hold in the whole community.
pub fn acts(cases: &[Case], chat: ChatId) -> Vec<Act> {
    cases
        .iter()
        .filter_map(|case| Some((case, case.act()?)))
        .filter(|(case, act)| case.chat == chat || act.penalty == Penalty::Ban && !case.about.local)
        .map(|(_, act)| act)
        .collect()
}

/// Whether the person was warned less than `span` ago.
pub fn warned_within(cases: &[Case], now: Timestamp, span: Span) -> bool {
    cases.iter().any(|case| case.counts && case.undone.is_none() && case.acted.is_some_and(|at| now.since(at) < span))
}
