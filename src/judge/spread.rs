//! Texts that go round: who wrote much the same as somebody else, or the same in several groups. Only texts that might be
//! ads are noted, by their signatures: no words are kept. It lives in memory alone, since losing it costs evidence and
//! nothing else; an index by bands finds what is alike without looking through all.

use std::collections::{HashMap, VecDeque};

use super::alike::Alike;
use super::near::{Band, Signature};
use super::settings::Settings;
use super::{SenderFacts, Standing};
use crate::model::{ChatId, CommunityId, MessageId, Span, Timestamp, UserId};

/// Texts are copies of one another from this share of equal numbers of their signatures on. Forms that everybody fills
/// in for themselves have less in common.
const COPY: f64 = 0.7;
/// So many copies of a text are looked at, the newest first.
const LOOKED_AT: usize = 32;
/// Newcomers' texts kept, and those of people who are known: some ten megabytes of both. Over it the oldest go first.
const MOST: usize = 5000;
const MOST_KNOWN: usize = 2000;
/// No window is longer.
pub const LONGEST: Span = Span::hours(24);
/// What somebody known has written may be repeated for so long.
const KNOWN_FOR: Span = Span::days(7);

/// Where and when a text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    pub community: CommunityId,
    pub chat: ChatId,
    pub message: MessageId,
    pub user: UserId,
    pub at: Timestamp,
}

/// A text much like another, and the case it belongs to, if not 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy {
    pub text: Text,
    pub case: i64,
}

/// Who wrote a text, as far as that matters for its copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// Copies are counted.
    Newcomer,
    /// Staff, or somebody of long standing: what they wrote first may be repeated.
    Known,
    Other,
}

impl Writer {
    pub fn of(sender: &SenderFacts, settings: &Settings) -> Self {
        match Standing::of(sender, settings) {
            _ if sender.staff => Self::Known,
            Standing::New => Self::Newcomer,
            Standing::Member => Self::Other,
            Standing::Established | Standing::Trusted => Self::Known,
        }
    }
}

/// What goes round. It goes by the times at which messages were written and by the order in which they came; noting a
/// message that is repeated changes nothing.
pub struct Spread {
    seen: Shelf,
    known: Shelf,
}

impl Default for Spread {
    fn default() -> Self {
        Self { seen: Shelf::new(MOST, LONGEST), known: Shelf::new(MOST_KNOWN, KNOWN_FOR) }
    }
}

impl Spread {
    /// Notes a newcomer's text, and gives its copies by newcomers that came before it; none of what somebody known wrote
    /// first.
    pub fn note(&mut self, text: Text, signature: &Signature) -> Vec<Copy> {
        if !self.known.like(text, signature, u64::MAX).is_empty() {
            return Vec::new();
        }
        let own = self.seen.put(text, signature);
        self.seen.like(text, signature, own)
    }

    /// The same without noting it.
    pub fn look(&self, text: Text, signature: &Signature) -> Vec<Copy> {
        if !self.known.like(text, signature, u64::MAX).is_empty() {
            return Vec::new();
        }
        self.seen.like(text, signature, u64::MAX)
    }

    /// Notes what somebody known wrote. Who only repeats what newcomers wrote, to warn of it, does not make it innocent.
    pub fn note_known(&mut self, text: Text, signature: &Signature) {
        if self.seen.like(text, signature, u64::MAX).is_empty() {
            self.known.put(text, signature);
        }
    }

    /// A noted text belongs to this case.
    pub fn belongs(&mut self, chat: ChatId, message: MessageId, case: i64) {
        self.seen.belongs(chat, message, case);
    }

    /// Whether a text of the community that was noted since then belongs to a case.
    pub fn has_cases(&self, community: CommunityId, since: Timestamp) -> bool {
        self.seen.cases.get(&community).is_some_and(|at| *at >= since)
    }
}

/// What copies come to. `text` is much like `copies`; `removed` says when one of these was removed as an ad, if it was.
pub fn alike(text: Text, copies: &[Copy], within: Span, removed: impl Fn(&Copy) -> Option<Timestamp>) -> Option<Alike> {
    let near = |copy: &&Copy| text.at.since(copy.text.at) < within && copy.text.at.since(text.at) < within;
    let (mut accounts, mut groups) = (vec![text.user], vec![text.chat]);
    let (mut first, mut gone) = (text.at, None);
    for copy in copies.iter().filter(near) {
        if copy.text.user != text.user {
            accounts.push(copy.text.user);
            gone = gone.max(removed(copy));
        } else if copy.text.chat != text.chat {
            groups.push(copy.text.chat);
        } else {
            continue;
        }
        first = first.min(copy.text.at);
    }
    let alike = Alike {
        accounts: distinct(accounts),
        groups: distinct(groups),
        over: text.at.since(first),
        removed: gone.map(|gone| text.at.since(gone)),
    };
    (alike.accounts > 1 || alike.groups > 1).then_some(alike)
}

fn distinct<T: Ord>(mut all: Vec<T>) -> usize {
    all.sort_unstable();
    all.dedup();
    all.len()
}

/// Texts in the order in which they came, each with a number that counts on.
struct Shelf {
    texts: VecDeque<Noted>,
    /// The number of the first.
    first: u64,
    places: HashMap<(ChatId, MessageId), u64>,
    /// Numbers of texts that have gone stay here until they are swept out.
    bands: HashMap<(CommunityId, Band), Vec<u64>>,
    /// When the newest text with a case was written.
    cases: HashMap<CommunityId, Timestamp>,
    newest: Timestamp,
    /// The first number at the last sweep.
    swept: u64,
    most: usize,
    kept: Span,
}

struct Noted {
    text: Text,
    signature: Signature,
    case: i64,
    /// It was edited into something else.
    gone: bool,
}

impl Shelf {
    fn new(most: usize, kept: Span) -> Self {
        Self {
            texts: VecDeque::new(),
            first: 0,
            places: HashMap::new(),
            bands: HashMap::new(),
            cases: HashMap::new(),
            newest: Timestamp::default(),
            swept: 0,
            most,
            kept,
        }
    }

    fn get(&self, number: u64) -> Option<&Noted> {
        let at = number.checked_sub(self.first)?;
        self.texts.get(usize::try_from(at).ok()?).filter(|noted| !noted.gone)
    }

    /// The text's number: the one it has already if it was noted as it is.
    fn put(&mut self, text: Text, signature: &Signature) -> u64 {
        let place = (text.chat, text.message);
        let known = self.places.get(&place).copied();
        if let Some(number) = known
            && let Some(noted) = self.get(number)
        {
            if noted.signature == *signature {
                return number;
            }
            let at = usize::try_from(number - self.first).unwrap_or_default();
            self.texts[at].gone = true;
        }
        self.newest = self.newest.max(text.at);
        self.make_room();
        let number = self.first + self.texts.len() as u64;
        for band in signature.bands() {
            self.bands.entry((text.community, band)).or_default().push(number);
        }
        self.places.insert(place, number);
        self.texts.push_back(Noted { text, signature: signature.clone(), case: 0, gone: false });
        number
    }

    fn make_room(&mut self) {
        let is_old = |noted: &Noted| self.newest.since(noted.text.at) > self.kept;
        while self.texts.len() >= self.most || self.texts.front().is_some_and(is_old) {
            let Some(noted) = self.texts.pop_front() else { break };
            let place = (noted.text.chat, noted.text.message);
            if self.places.get(&place) == Some(&self.first) {
                self.places.remove(&place);
            }
            self.first += 1;
        }
        if self.first - self.swept >= self.most as u64 / 4 {
            self.swept = self.first;
            self.bands.retain(|_, numbers| {
                numbers.retain(|number| *number >= self.first);
                !numbers.is_empty()
            });
        }
    }

    /// Texts of the community with smaller numbers that are much like this one, itself left out, the newest first.
    fn like(&self, text: Text, signature: &Signature, before: u64) -> Vec<Copy> {
        let mut found: Vec<u64> = Vec::new();
        for band in signature.bands() {
            // Of what many repeat the first band tells all there is to know.
            if found.len() >= LOOKED_AT {
                break;
            }
            let Some(of_band) = self.bands.get(&(text.community, band)) else { continue };
            let earlier = of_band.iter().rev().copied().filter(|number| *number < before);
            for number in earlier.take_while(|number| *number >= self.first).take(LOOKED_AT) {
                let is_copy = |noted: &Noted| {
                    (noted.text.chat, noted.text.message) != (text.chat, text.message)
                        && noted.signature.likeness(signature) >= COPY
                };
                if !found.contains(&number) && self.get(number).is_some_and(is_copy) {
                    found.push(number);
                }
            }
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        let noted = found.into_iter().filter_map(|number| self.get(number));
        noted.map(|noted| Copy { text: noted.text, case: noted.case }).collect()
    }

    fn belongs(&mut self, chat: ChatId, message: MessageId, case: i64) {
        let Some(number) = self.places.get(&(chat, message)).copied() else { return };
        let at = usize::try_from(number.wrapping_sub(self.first)).unwrap_or(usize::MAX);
        if let Some(noted) = self.texts.get_mut(at) {
            noted.case = case;
            let newest = self.cases.entry(noted.text.community).or_default();
            *newest = (*newest).max(noted.text.at);
        }
    }
}

#[cfg(test)]
mod tests;
