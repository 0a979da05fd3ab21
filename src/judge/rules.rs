//! The rules: what in a message speaks for its being an ad, and how strongly.

use std::ops::Range;

use super::{
    Class, Length, Reason, Rule, SenderFacts,
    contact::{accounts, approach, boast, mentions, numbers, sale},
    linear::{Features, Model, Reading, Score, Script, Thresholds},
    link::{self, Link},
    see::{Seen, excerpt, is_han},
    settings::{Action, Compiled},
    talk::{joke, question, warning},
    words::{Appeal, appeals},
};
use crate::model::{Media, Message, Sender, message::Forward};

/// A single reason as heavy as this is enough to be an ad.
pub const PROOF: f64 = 4.0;

/// An @name that people are sent to.
pub const COMMENDED: f64 = 2.0;

/// Enough to be an ad of somebody well known.
pub const CERTAIN: f64 = 6.0;

/// From here on a message is more than an odd word.
pub const DOUBTFUL: f64 = 2.0;

/// How much it speaks against an ad that a message is worded as talk is.
const TALK: f64 = 3.0;

/// A part of a message must be so much more like an ad than a whole one.
const PART: f64 = 0.3;

/// So far below the threshold `hold` a message is worded as talk is.
const BELOW: f64 = 0.3;

/// What speaks for a message's being an ad.
pub struct Case<'a> {
    message: &'a Message,
    settings: &'a Compiled,
    /// The writer is a newcomer.
    new: bool,
    pub reasons: Vec<Reason>,
    /// Length of everything said, links left out.
    pub units: usize,
    /// There is more than numbers.
    says: bool,
    /// The texts without what is masked, as the model reads them.
    reading: Reading,
    pieces: Vec<Seen<'a>>,
}

impl<'a> Case<'a> {
    pub fn open(message: &'a Message, sender: &SenderFacts, settings: &'a Compiled, new: bool) -> Self {
        let mut pieces = pieces(message);
        let reading = Reading::of(&pieces, |link| settings.is_allowed(link));
        let mut case =
            Self { message, settings, new, reasons: Vec::new(), units: 0, says: false, reading, pieces: Vec::new() };
        // Links come first: their letters and digits are no words, names or numbers.
        case.entity_links(&mut pieces[0]);
        case.buttons();
        for piece in &mut pieces {
            case.written_links(piece);
        }
        for piece in &pieces {
            if settings.settings.contact_patterns {
                case.contacts(piece);
            }
            let severe = case.words(piece);
            case.appeals(piece, &severe);
            case.units += piece.units();
            case.says |= piece.text.contains(char::is_alphabetic);
        }
        case.contact_card();
        case.forward();
        if let Some(piece) = pieces.iter().find(|piece| piece.tricks.is_disguise() && case.has(Rule::is_reach)) {
            case.note_once(Rule::Disguise, 1.0, piece.excerpt(0..piece.text.len()));
        }
        // Like a person, a channel may say one odd thing.
        if sender.is_channel && case.score() >= DOUBTFUL {
            case.note_once(Rule::Channel, 1.0, String::new());
        }
        // Who came with many others is nobody to strike for it: it only brings a way to be reached before the staff.
        if sender.burst && new && case.has(Rule::is_reach) {
            case.note_once(Rule::Burst, 0.5, String::new());
        }
        // With nothing to speak against, there is nothing to speak for.
        if !case.reasons.is_empty() {
            for piece in &pieces {
                case.talk(piece);
            }
        }
        case.pieces = pieces;
        case
    }

    /// How much the message says.
    pub fn length(&self) -> Length {
        Length { units: self.units, chinese: self.pieces.iter().any(|piece| piece.text.contains(is_han)) }
    }

    /// What the model looks at.
    pub fn features(&self) -> Features {
        let unworded = self.message.media == Media::Contact || !self.says;
        Features { unworded, ..self.reading.features(self.units, &self.reasons) }
    }

    /// Notes what the model makes of the message, and gives its weight.
    pub fn wording(&mut self, model: &Model) -> f64 {
        let features = self.features();
        let Some(score) = model.score(&features) else { return 0.0 };
        let weight = weight_of(&score, |script| model.thresholds(script));
        if weight <= 0.0 {
            // It is told only where it outweighs something.
            if weight < 0.0 && !self.reasons.is_empty() {
                self.note(Rule::Ordinary, weight, String::new());
            }
            return weight;
        }
        let words = self.words_by(|run| f64::from(model.weight(run)));
        self.note(Rule::Wording, weight, words);
        weight
    }

    /// What was found, and the text as it was read.
    pub fn close(mut self) -> (Vec<Reason>, String) {
        let read = self.pieces.first_mut().map(|piece| std::mem::take(&mut piece.text)).unwrap_or_default();
        (self.reasons, read)
    }

    /// The text as it was written.
    pub fn text(&self) -> &'a str {
        &self.message.text
    }

    /// The words that weigh most by these weights of runs.
    pub fn words_by(&self, weight: impl Fn(u32) -> f64) -> String {
        let strongest = self.reading.strongest_by(weight, 3);
        let words: Vec<String> = strongest.into_iter().map(|(piece, at)| self.pieces[piece].excerpt(at)).collect();
        excerpt(&words.join(" … "))
    }

    pub fn score(&self) -> f64 {
        // The sum of nothing is -0.
        self.reasons.iter().map(|reason| reason.weight).sum::<f64>() + 0.0
    }

    /// The same words are not counted twice for the same rule.
    fn note(&mut self, rule: Rule, weight: f64, evidence: String) {
        if !self.reasons.iter().any(|reason| reason.rule == rule && reason.evidence == evidence) {
            self.reasons.push(Reason { rule, evidence, weight, alike: None });
        }
    }

    /// Notes a rule that counts only once, however often it applies.
    fn note_once(&mut self, rule: Rule, weight: f64, evidence: String) {
        if !self.has(|known| known == rule) {
            self.note(rule, weight, evidence);
        }
    }

    fn has(&self, rule: impl Fn(Rule) -> bool) -> bool {
        self.reasons.iter().any(|reason| rule(reason.rule))
    }

    fn entity_links(&mut self, piece: &mut Seen<'_>) {
        for entity in &self.message.entities {
            let words = self.message.words(entity);
            match (entity.kind.as_str(), words, entity.url.as_deref()) {
                ("url", Some(words), _) if !is_file_name(words) => {
                    self.links(words, words);
                    piece.mask_source(&place(&self.message.text, words));
                }
                ("text_link", _, Some(url)) => {
                    self.links(url, url);
                    self.masked_link(words.unwrap_or_default(), url);
                }
                _ => {}
            }
        }
    }

    /// A link whose words show another site than it leads to. Pages copied from elsewhere have such links too, behind
    /// a counter; what poses as a site and leads into Telegram is meant to deceive.
    fn masked_link(&mut self, words: &str, url: &str) {
        let Some(shown) = link::shown_host(words) else { return };
        let shown = link::targets(words).into_iter().next().unwrap_or(Link::Site(shown));
        let real = link::targets(url);
        if real.contains(&shown) || is_same_site(&shown, &real) || is_file_name(words) {
            return;
        }
        let mut foreign = real.iter().filter(|link| !self.settings.is_allowed(link)).peekable();
        if foreign.peek().is_some() {
            let weight = if foreign.any(|link| !matches!(link, Link::Site(_))) { PROOF } else { 2.0 };
            self.note_once(Rule::MaskedLink, weight, excerpt(&format!("{words} → {url}")));
        }
    }

    fn buttons(&mut self) {
        for button in &self.message.buttons {
            let Some(url) = button.url.as_deref() else { continue };
            self.links(url, url);
            if link::targets(url).iter().any(|link| !self.settings.is_allowed(link)) {
                self.note_once(Rule::Button, 1.0, excerpt(&format!("[{}] {url}", button.text)));
            }
        }
    }

    /// Links in plain words: Telegram marks most of them, but none that is disguised.
    fn written_links(&mut self, piece: &mut Seen<'_>) {
        for find in [link::telegram_in, link::sites_in] {
            for written in find(&piece.text) {
                let evidence = piece.excerpt(written.at.clone());
                // What reads as an allowed link may lead to a look-alike of it.
                let real =
                    if written.spelled || written.link.is_empty() { "" } else { piece.written(written.at.clone()) };
                let foreign = self.links(&written.link, &evidence) || self.links(real, &evidence);
                if foreign && written.spelled {
                    self.note_once(Rule::Disguise, 1.0, evidence);
                }
                piece.mask(written.at);
            }
        }
    }

    /// Notes every target of a link that is not allowed. Tells whether there was one.
    fn links(&mut self, written: &str, evidence: &str) -> bool {
        let mut foreign = false;
        for link in link::targets(written) {
            if self.settings.is_allowed(&link) {
                continue;
            }
            foreign = true;
            if let Some((rule, weight)) = self.weigh(&link, written) {
                self.note_once(rule, weight, excerpt(evidence));
            }
        }
        foreign
    }

    fn weigh(&self, link: &Link, written: &str) -> Option<(Rule, f64)> {
        let settings = &self.settings.settings;
        match link {
            Link::Invite(_) => weight(settings.invite_links).map(|weight| (Rule::Invite, weight)),
            Link::Name(_) => Some((Rule::TelegramLink, if link::is_post(written) { 1.0 } else { 2.0 })),
            Link::Phone(_) => Some((Rule::Contact, 2.0)),
            Link::Site(host) if self.settings.is_blocked(host) => Some((Rule::BlockedDomain, PROOF)),
            Link::Site(_) => Some(match settings.links_from_newcomers {
                Some(Action::Ad) if self.new => (Rule::NewcomerLink, PROOF),
                Some(Action::Suspect) if self.new => (Rule::NewcomerLink, 1.0),
                None if self.new && self.reading.is_bare() => (Rule::NewcomerLink, 1.0),
                _ => (Rule::Link, 1.0),
            }),
        }
    }

    fn contacts(&mut self, piece: &Seen<'_>) {
        let text = &piece.text;
        if let Some(at) = accounts(text).next() {
            self.note_once(Rule::Contact, 2.0, piece.excerpt(at));
        } else if let Some(at) = numbers(text).next() {
            self.note_once(Rule::Number, 1.0, piece.excerpt(at));
        }
        let answered = self.message.reply_to.as_ref().and_then(|reply| reply.sender.person()?.username.as_deref());
        let settings = self.settings;
        let foreign =
            |name: &str| !settings.is_own(name) && answered.is_none_or(|answered| !answered.eq_ignore_ascii_case(name));
        let found = mentions(text).filter(|mention| foreign(mention.name)).max_by_key(|mention| mention.commended);
        if let Some(mention) = found {
            let weight = if mention.commended { COMMENDED } else { 1.0 };
            self.note_once(Rule::Mention, weight, piece.excerpt(mention.at));
        }
        if let Some(at) = approach(text) {
            self.note_once(Rule::Approach, 1.0, piece.excerpt(at));
        }
    }

    fn contact_card(&mut self) {
        if self.message.media == Media::Contact && self.settings.settings.contact_patterns {
            let card = excerpt(&self.message.extra.join(" "));
            self.note_once(Rule::ContactCard, 2.0, card);
        }
    }

    /// A severe word is not an offer besides.
    fn appeals(&mut self, piece: &Seen<'_>, severe: &[Range<usize>]) {
        // Members too sell a thing now and then; it is to be looked at when it says where to turn to.
        let sale = sale(&piece.text).filter(|_| self.has(Rule::is_reach)).map(|at| (Appeal::Lure, at));
        let boast = boast(&piece.text).map(|at| (Appeal::Offer, at));
        let found = appeals(&piece.text).chain(boast).chain(sale);
        let apart = |at: &Range<usize>| severe.iter().all(|word| word.end <= at.start || at.end <= word.start);
        for (appeal, at) in found.filter(|(_, at)| apart(at)) {
            let (rule, weight) = match appeal {
                Appeal::Offer => (Rule::Offer, 2.0),
                Appeal::Lure => (Rule::Lure, 1.0),
            };
            // Two of each are as good as twenty: a long text names many things.
            if self.reasons.iter().filter(|reason| reason.rule == rule).count() < 2 {
                self.note(rule, weight, piece.excerpt(at));
            }
        }
    }

    /// Notes the community's own words, and tells where the severe ones are.
    fn words(&mut self, piece: &Seen<'_>) -> Vec<Range<usize>> {
        let mut severe = Vec::new();
        for (class, at) in self.settings.words.find(&piece.text) {
            let (rule, weight) = match class {
                Class::Severe => (Rule::SevereWord, 2.0),
                Class::Ad => (Rule::AdWord, PROOF),
                Class::Clean | Class::Suspect => (Rule::SuspectWord, 2.0),
            };
            self.note_once(rule, weight, piece.excerpt(at.clone()));
            if class == Class::Severe {
                severe.push(at);
            }
        }
        severe
    }

    fn talk(&mut self, piece: &Seen<'_>) {
        if let Some(at) = warning(&piece.text) {
            self.note_once(Rule::Warning, 0.0, piece.excerpt(at));
        }
        // An ad that laughs is still an ad.
        let joke = || joke(&piece.text).filter(|_| !self.has(Rule::is_reach));
        if let Some(at) = question(&piece.text).or_else(joke) {
            self.note_once(Rule::Talk, 0.0, piece.excerpt(at));
        }
    }

    /// A message brought in from another channel together with a way to go there.
    fn forward(&mut self) {
        let Some(Forward::Channel(chat) | Forward::Chat(chat)) = &self.message.forward else { return };
        let linked = matches!(&self.message.sender, Sender::LinkedChannel(linked) if linked.id == chat.id);
        let own = chat.id == self.message.chat.id || chat.username.as_deref().is_some_and(|n| self.settings.is_own(n));
        if own || linked || !self.has(Rule::is_reach) {
            return;
        }
        if let Some(weight) = weight(self.settings.settings.forwards) {
            self.note_once(Rule::Forward, weight, excerpt(&chat.title));
        }
    }
}

/// The weight of a model's score: that of a suspicion from the threshold `hold` on, of proof from `act` on, and of what is
/// proof against anybody from `strict` on. Below `hold` it speaks against an ad.
///
/// An ad among sentences of talk is not made talk by them: a part that is an ad by itself makes the whole suspect, and a
/// part that might be one keeps the rest from speaking against it.
pub fn weight_of(score: &Score, thresholds: impl Fn(Script) -> Thresholds) -> f64 {
    let Thresholds { hold, act, strict } = thresholds(score.script);
    let between = |value: f64, from: f64, to: f64| ((value - from) / (to - from)).min(1.0);
    let highest = |from: fn(Thresholds) -> f64| {
        let above = |script: Script| score.parts[script as usize] - from(thresholds(script));
        Script::ALL.into_iter().map(above).fold(f64::NEG_INFINITY, f64::max)
    };
    if score.whole >= act {
        PROOF + (CERTAIN - PROOF) * between(score.whole, act, strict)
    } else if score.whole >= hold {
        DOUBTFUL + (PROOF - DOUBTFUL) * between(score.whole, hold, act)
    } else if highest(|its| its.act) >= 0.0 {
        DOUBTFUL
    } else {
        let below = (hold - score.whole).min(PART - highest(|its| its.hold)).max(0.0);
        -TALK * between(below, 0.0, BELOW)
    }
}

/// Everything that can be read in a message, its text first.
fn pieces(message: &Message) -> Vec<Seen<'_>> {
    // Words quoted from this chat were judged when they were written; only those brought in from elsewhere count.
    let here = message.reply_to.as_ref().is_some_and(|reply| reply.chat.is_none_or(|chat| chat == message.chat.id));
    let quote = message.quote.as_deref().filter(|_| !here);
    let origin = match &message.forward {
        Some(Forward::Channel(chat) | Forward::Chat(chat)) => Some(chat.title.as_str()),
        Some(Forward::Hidden(name)) => Some(name.as_str()),
        Some(Forward::Person(_)) | None => None,
    };
    let more = message.extra.iter().chain(message.buttons.iter().map(|button| &button.text)).map(String::as_str);
    std::iter::once(message.text.as_str()).chain(quote).chain(origin).chain(more).map(Seen::read).collect()
}

fn weight(action: Action) -> Option<f64> {
    match action {
        Action::Ignore => None,
        Action::Suspect => Some(2.0),
        Action::Ad => Some(PROOF),
    }
}

/// Telegram takes `main.py` and `README.md` for links, since countries own those endings.
fn is_file_name(words: &str) -> bool {
    const ENDINGS: [&str; 9] = [".py", ".md", ".rs", ".sh", ".pl", ".so", ".ps", ".zip", ".java"];
    !words.contains('/') && ENDINGS.iter().any(|ending| words.to_lowercase().ends_with(ending))
}

fn is_same_site(shown: &Link, real: &[Link]) -> bool {
    let Link::Site(shown) = shown else { return false };
    real.iter()
        .any(|link| matches!(link, Link::Site(real) if link::is_within(real, shown) || link::is_within(shown, real)))
}

/// The bytes of `text` that `part`, a slice of it, takes up.
fn place(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    start..start + part.len()
}
