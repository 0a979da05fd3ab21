//! Tells ads from talk. A pure function: what was written, what is known of the writer and the community's settings go
//! in; a verdict with its reasons comes out.
//!
//! Being wrong about a person costs more than missing an ad, so a strike needs hard evidence: a way to reach the
//! advertiser together with an offer, or one thing that is proof by itself, such as an invitation to another group. No
//! built-in word is proof, and none puts anybody out; a word the community lists as an ad is proof by itself. Weaker signs only bring a message before the staff.

pub mod alike;
pub mod allow;
mod contact;
pub mod insults;
#[cfg(any(test, fuzzing))]
pub mod laws;
pub mod linear;
mod link;
mod lint;
pub mod local;
mod look;
pub mod near;
mod rules;
mod see;
mod settings;
pub mod spread;
mod talk;
mod taught;
mod words;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::model::{Message, Sender, Span};

pub use lint::{MOST_ENTRIES, read_word};
pub use look::Look;
pub use see::{Seen, excerpt};
pub use settings::{Action, AlikeSettings, Compiled, Newcomer, Settings, TrustAfter, Words};
pub use words::WordList;

/// What a message is. Only the last two cost strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Clean,
    /// For the staff to look at.
    Suspect,
    Ad,
    /// A severe word together with a way to be reached: puts a person out at once.
    Severe,
}

/// What was found, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub class: Class,
    /// The sum of the weights of what the rules found, or the weight of the wording alone if that is more: it has seen
    /// the rest too. Wording that is talk takes away from what was found in words, not from the rest.
    pub score: f64,
    pub reasons: Vec<Reason>,
}

/// One thing that counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    pub rule: Rule,
    /// The words it was found in as they were written, at most 80 characters. Empty when it is not about words.
    pub evidence: String,
    pub weight: f64,
    /// Who else wrote it, when it is about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alike: Option<alike::Alike>,
}

/// The rules by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The writer belongs to the staff; nothing was looked at.
    Staff,
    /// An invitation to another group or channel.
    Invite,
    /// A link to somebody or something on Telegram.
    TelegramLink,
    /// A link to a site that is not on the allow-list.
    Link,
    /// Such a link from somebody new.
    NewcomerLink,
    BlockedDomain,
    /// The words of a link show another site than it leads to.
    MaskedLink,
    /// A foreign link under a button.
    Button,
    /// A messenger's account.
    Contact,
    /// A number one can call or add.
    Number,
    ContactCard,
    /// An @name that is none of the community's.
    Mention,
    /// Asks to be written to.
    Approach,
    /// Goods or promises hardly named except by who offers them.
    Offer,
    /// Words of selling and promising that others say too.
    Lure,
    /// Forwarded from another channel.
    Forward,
    /// Written under the name of a channel.
    Channel,
    /// Hidden characters, borrowed letters, dots written out.
    Disguise,
    SuspectWord,
    AdWord,
    SevereWord,
    /// Tells of somebody else's ad, or warns of it.
    Warning,
    /// Asks about ads, forbids or explains them, or jokes.
    Talk,
    /// Worded as ads are.
    Wording,
    /// Worded as talk is, which speaks against an ad.
    Ordinary,
    /// Worded as what the community's staff called ads.
    Taught,
    /// The writer came with many others at once.
    Burst,
    /// Several accounts wrote much the same, or one did in several groups.
    Alike,
    /// Much like what was just removed as an ad.
    LikeRemoved,
}

impl Rule {
    /// A way to the advertiser.
    fn is_reach(self) -> bool {
        self.is_concrete() || matches!(self, Self::Link | Self::NewcomerLink | Self::Mention | Self::Number)
    }

    /// Leads somewhere that can be shared without a word.
    fn is_link(self) -> bool {
        matches!(self, Self::TelegramLink | Self::Link | Self::NewcomerLink | Self::Mention)
    }

    /// What models say, which have seen what the rules found.
    pub fn is_of_wording(self) -> bool {
        matches!(self, Self::Wording | Self::Ordinary | Self::Taught)
    }

    /// Something of how the message is worded, which may mean this or that; a model has seen it in its words.
    fn is_worded(self) -> bool {
        matches!(
            self,
            Self::TelegramLink
                | Self::Link
                | Self::Contact
                | Self::Number
                | Self::Mention
                | Self::Approach
                | Self::Offer
                | Self::Lure
                | Self::Disguise
        )
    }

    /// Goes before the staff whatever else is there.
    fn is_for_staff(self) -> bool {
        matches!(self, Self::SuspectWord | Self::SevereWord | Self::NewcomerLink | Self::Burst)
    }

    /// A way to the advertiser that nobody gives who only talks about ads.
    fn is_concrete(self) -> bool {
        matches!(
            self,
            Self::Invite
                | Self::TelegramLink
                | Self::BlockedDomain
                | Self::MaskedLink
                | Self::Contact
                | Self::ContactCard
        )
    }
}

impl Reason {
    /// Proof of an ad by itself.
    fn is_proof(&self) -> bool {
        self.weight >= rules::PROOF
    }

    /// A way to the advertiser that people are sent to, not one that is only named.
    fn is_contact(&self) -> bool {
        self.rule.is_concrete() || self.rule == Rule::Mention && self.weight >= rules::COMMENDED
    }

    /// What makes a pitch of a way to the advertiser: so many offers, and such a score.
    fn pitch(&self) -> Option<(usize, f64)> {
        match self.rule {
            // A channel is often named as a source only, and a friend as one who knows.
            Rule::TelegramLink => Some((1, 5.0)),
            Rule::Mention if self.is_contact() => Some((1, 6.0)),
            _ if self.is_contact() || self.rule == Rule::Number => Some((1, rules::PROOF)),
            // Employers, shops and newspapers have sites.
            Rule::Link | Rule::NewcomerLink => Some((2, 5.0)),
            // Anybody may say "write to me" or thank somebody by name.
            Rule::Mention | Rule::Approach => Some((2, 6.0)),
            _ => None,
        }
    }
}

/// What is known of who wrote a message, without it.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SenderFacts {
    /// Time since joining, if known.
    pub joined: Option<Span>,
    /// Messages seen before this one.
    pub messages: i64,
    /// Days on which they wrote.
    pub days_active: i64,
    /// Cleared by the staff.
    pub trusted: bool,
    pub staff: bool,
    /// Strikes standing against them.
    pub strikes: i64,
    /// Not a person but a channel writing under its own name.
    pub is_channel: bool,
    /// Joined when many did at once.
    pub burst: bool,
}

/// A hundred years: longer than anybody has been a member.
const MOST_DAYS: i64 = 36_525;

/// How well a writer is known, and so how much must speak against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    New,
    Member,
    Established,
    Trusted,
}

impl Standing {
    fn of(sender: &SenderFacts, settings: &Settings) -> Self {
        let trust = &settings.trust_after;
        let days = sender.joined.unwrap_or(Span::days(sender.days_active.clamp(0, MOST_DAYS)));
        let fresh = sender.joined.is_some_and(|joined| joined < settings.newcomer.span);
        if sender.trusted {
            Self::Trusted
        } else if fresh || sender.messages < settings.newcomer.messages {
            Self::New
        } else if days >= Span::days(trust.days.clamp(0, MOST_DAYS))
            && sender.messages >= trust.messages
            && sender.strikes <= 0
        {
            Self::Established
        } else {
            Self::Member
        }
    }

    /// The score from which a message is shown to the staff.
    fn suspect_from(self) -> f64 {
        match self {
            Self::New => 2.0,
            Self::Member => 3.0,
            Self::Established | Self::Trusted => 4.0,
        }
    }

    /// The score from which hard evidence makes an ad.
    fn ad_from(self) -> f64 {
        match self {
            Self::New | Self::Member => rules::PROOF,
            Self::Established => rules::CERTAIN,
            Self::Trusted => f64::INFINITY,
        }
    }
}

/// Shorter texts say too little to be struck for built-in words alone, save of a newcomer for how they are worded.
const SHORT: usize = 6;
/// Nobody is struck for how a text with fewer Chinese characters is worded, or with fewer words in other scripts.
const FEW: (usize, usize) = (2, 3);

/// How much a message says.
#[derive(Clone, Copy, Debug)]
struct Length {
    /// Characters of Chinese, words of other scripts, links left out.
    units: usize,
    chinese: bool,
}

/// What is known beside a message and its writer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// What the community's staff taught.
    pub local: Option<&'a local::Local>,
    /// Who else wrote much the same.
    pub alike: Option<alike::Alike>,
}

/// Judges a message with nothing known beside it and its writer.
pub fn judge(message: &Message, sender: &SenderFacts, settings: &Compiled) -> Verdict {
    judge_in(message, sender, settings, &Context::default())
}

/// Judges a message.
pub fn judge_in(message: &Message, sender: &SenderFacts, settings: &Compiled, context: &Context<'_>) -> Verdict {
    judge_and_read(message, sender, settings, context).0
}

/// The same, with the text as it was read, links hidden; empty where nothing was looked at.
pub fn judge_and_read(
    message: &Message,
    sender: &SenderFacts,
    settings: &Compiled,
    context: &Context<'_>,
) -> (Verdict, String) {
    let staff = matches!(message.sender, Sender::AnonymousAdmin | Sender::LinkedChannel(_)) || sender.staff;
    if staff {
        let reason = Reason { rule: Rule::Staff, evidence: String::new(), weight: 0.0, alike: None };
        return (Verdict { class: Class::Clean, score: 0.0, reasons: vec![reason] }, String::new());
    }
    let standing = Standing::of(sender, &settings.settings);
    let mut case = rules::Case::open(message, sender, settings, standing == Standing::New);
    let wording = settings.model.as_ref().map_or(0.0, |model| case.wording(model));
    let class = decide(&case.reasons, &Sums::of(&case.reasons, wording), &case.length(), standing);
    let found = taught::Found { class, wording };
    let found = match (context.local, settings.model.as_ref()) {
        (Some(local), Some(model)) if !local.is_empty() => taught::heed(&mut case, local, model, standing, found),
        _ => found,
    };
    // What the staff called innocent is so however often it is written.
    let is_innocent = || {
        let copied = context.local.and_then(|local| local.copied(&message.text));
        copied.is_some_and(|copied| !copied.is_ad)
    };
    let class = match context.alike {
        Some(alike) if !is_innocent() => {
            alike::heed(&mut case, &alike, sender, standing, &settings.settings.alike, found)
        }
        _ => found.class,
    };
    let score = Sums::of(&case.reasons, found.wording).score();
    let (reasons, read) = case.close();
    (Verdict { class, score, reasons }, read)
}

/// The sums of the weights.
struct Sums {
    /// Of what the rules found in words.
    worded: f64,
    /// Of what else they found.
    other: f64,
    /// What the model makes of the whole; below 0 it speaks against an ad.
    wording: f64,
    /// Something is offered together with a way to the advertiser.
    pitch: bool,
}

impl Sums {
    fn of(reasons: &[Reason], wording: f64) -> Self {
        let sum = |worded: bool| {
            let of = reasons.iter().filter(|reason| !reason.rule.is_of_wording() && reason.rule.is_worded() == worded);
            of.map(|reason| reason.weight).sum()
        };
        let any = |test: fn(&Reason) -> bool| reasons.iter().any(test);
        let offers = any(|reason| reason.rule == Rule::Offer);
        let pitch = any(Reason::is_contact) && (offers || any(|reason| reason.rule == Rule::Lure))
            || any(|reason| reason.rule.is_link()) && offers;
        Self { worded: sum(true), other: sum(false), wording, pitch }
    }

    fn rules(&self) -> f64 {
        self.worded + self.other
    }

    /// A model that finds talk outweighs single words, and nothing else.
    fn score(&self) -> f64 {
        let talk = if self.pitch { 0.0 } else { self.wording.min(0.0) };
        let rules = self.other + (self.worded + talk).max(0.0);
        rules.max(self.wording)
    }
}

/// It is about ads, and none itself. Who only asks about an ad or jokes gives no contact; who warns of one may quote it whole.
fn is_talk(reasons: &[Reason]) -> bool {
    let any = |test: fn(Rule) -> bool| reasons.iter().any(|reason| test(reason.rule));
    any(|rule| rule == Rule::Warning) || any(|rule| rule == Rule::Talk) && !any(Rule::is_concrete)
}

fn decide(reasons: &[Reason], sums: &Sums, length: &Length, standing: Standing) -> Class {
    let (rules, wording) = (sums.rules(), sums.wording);
    let any = |test: fn(Rule) -> bool| reasons.iter().any(|reason| test(reason.rule));
    let count = |rule: Rule| reasons.iter().filter(|reason| reason.rule == rule).count();
    let offers = count(Rule::Offer);
    let reach = any(Rule::is_reach);
    let talk = is_talk(reasons);
    // Who asks or jokes in an advertiser's words from end to end does neither.
    let asked = count(Rule::Warning) == 0;
    let pitch = reasons.iter().filter_map(Reason::pitch).any(|(least, from)| offers >= least && rules >= from);
    let proof = reasons.iter().any(|reason| !reason.rule.is_of_wording() && reason.is_proof());
    // The community's own word is an ad by itself, however short the message.
    let says_enough = length.units >= SHORT || reach || any(|rule| rule == Rule::AdWord);
    // A few Chinese characters say a sentence; a few words of Latin letters may be the name of some thing, and a few
    // words with a link may share it.
    let linked = any(Rule::is_link);
    let brief = standing == Standing::New
        && !linked
        && (length.chinese && length.units >= FEW.0 || reach && length.units >= FEW.1);
    let worded_enough = length.units >= SHORT || brief;
    let worded = wording >= standing.ad_from() && worded_enough;
    let hard = (proof || pitch) && says_enough && rules >= standing.ad_from();
    let leads = reasons.iter().any(Reason::is_contact) || (reach && offers > 0);
    // What is talked about without a way to it needs less looking at.
    let doubt = if talk && !reach { 2.0 } else { 0.0 };
    if count(Rule::SevereWord) > 0 && leads && !talk {
        Class::Severe
    } else if !talk && (hard || worded) || asked && worded && wording >= rules::CERTAIN {
        Class::Ad
    } else if sums.score() >= standing.suspect_from() + doubt || any(Rule::is_for_staff) {
        Class::Suspect
    } else {
        Class::Clean
    }
}
