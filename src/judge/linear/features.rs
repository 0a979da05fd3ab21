//! What the model looks at: runs of up to four units by their hash, and a few traits of the whole.

use super::tokens::{self, Token, Tokens};
use crate::judge::{
    Reason, Rule,
    rules::COMMENDED,
    see::{Tricks, is_han},
};

/// Longest run of units that is looked at.
const LONGEST: usize = 4;

/// One thing that is so or not of the whole message. The names stand in model files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trait {
    Hidden,
    Dressed,
    Mixed,
    Spelled,
    Split,
    Masked,
    Numeral,
    Invite,
    TelegramLink,
    PhoneLink,
    Site,
    Mail,
    Name,
    Account,
    /// A number of 5 to 7 digits.
    ShortNumber,
    /// Of 8 to 10.
    MiddleNumber,
    /// Of 11, as mobile numbers in China have.
    MobileNumber,
    LongNumber,
    SplitNumber,
    /// The same few Latin letters before and behind.
    Bookends,
    /// A few Latin letters before, and others behind, a text in Chinese.
    Nonces,
    /// Letters of scripts nobody chats in.
    RareGlyphs,
    Contact,
    Number,
    Commended,
    Mention,
    Approach,
    OneOffer,
    Offers,
    OneLure,
    Lures,
    Warning,
    Talk,
    ContactAndOffer,
    ContactAndApproach,
    ApproachAndOffer,
    ContactAndLure,
    /// Fewer than six units, and a number or an account.
    ShortWithNumber,
    ShortWithAccount,
    Units0,
    Units3,
    Units6,
    Units10,
    Units20,
    Units40,
    Units80,
}

impl Trait {
    pub const ALL: [Self; 46] = [
        Self::Hidden,
        Self::Dressed,
        Self::Mixed,
        Self::Spelled,
        Self::Split,
        Self::Masked,
        Self::Numeral,
        Self::Invite,
        Self::TelegramLink,
        Self::PhoneLink,
        Self::Site,
        Self::Mail,
        Self::Name,
        Self::Account,
        Self::ShortNumber,
        Self::MiddleNumber,
        Self::MobileNumber,
        Self::LongNumber,
        Self::SplitNumber,
        Self::Bookends,
        Self::Nonces,
        Self::RareGlyphs,
        Self::Contact,
        Self::Number,
        Self::Commended,
        Self::Mention,
        Self::Approach,
        Self::OneOffer,
        Self::Offers,
        Self::OneLure,
        Self::Lures,
        Self::Warning,
        Self::Talk,
        Self::ContactAndOffer,
        Self::ContactAndApproach,
        Self::ApproachAndOffer,
        Self::ContactAndLure,
        Self::ShortWithNumber,
        Self::ShortWithAccount,
        Self::Units0,
        Self::Units3,
        Self::Units6,
        Self::Units10,
        Self::Units20,
        Self::Units40,
        Self::Units80,
    ];

    /// It was written to be hard to read by machine.
    pub fn is_disguise(self) -> bool {
        use Trait::{Dressed, Hidden, Masked, Mixed, Numeral, Spelled, Split};
        matches!(self, Hidden | Dressed | Mixed | Spelled | Split | Masked | Numeral)
    }

    /// Of a message of so many units of meaning: the greatest length it reaches.
    fn of_units(units: usize) -> Self {
        match units {
            0..3 => Self::Units0,
            3..6 => Self::Units3,
            6..10 => Self::Units6,
            10..20 => Self::Units10,
            20..40 => Self::Units20,
            40..80 => Self::Units40,
            _ => Self::Units80,
        }
    }
}

/// A set of traits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits(u64);

impl Traits {
    fn note(&mut self, which: Trait, so: bool) {
        self.0 |= u64::from(so) << which as u32;
    }

    /// The numbered place is that of the trait in [`Trait::ALL`].
    pub fn has(self, which: Trait) -> bool {
        self.0 >> which as u32 & 1 == 1
    }

    pub fn bit(self, bit: usize) -> bool {
        self.0 >> bit & 1 == 1
    }

    pub fn has_any(self, of: &[Trait]) -> bool {
        of.iter().any(|which| self.has(*which))
    }

    pub(super) fn of(tokens: &[Tokens], text: &str, tricks: Tricks, units: usize, reasons: &[Reason]) -> Self {
        let mut traits = Self::default();
        traits.tricks(tricks);
        for unit in tokens.iter().flat_map(|tokens| &tokens.units) {
            if let Some(class) = tokens::class(*unit) {
                traits.note(class, true);
                traits.note(Trait::SplitNumber, tokens::is_split(*unit));
            }
        }
        traits.frame(text);
        traits.findings(reasons);
        let short = units < 6;
        let number = [Trait::MiddleNumber, Trait::MobileNumber, Trait::SplitNumber];
        traits.note(Trait::ShortWithNumber, short && traits.has_any(&number));
        traits.note(Trait::ShortWithAccount, short && traits.has_any(&[Trait::Account, Trait::Contact, Trait::Name]));
        traits.note(Trait::of_units(units), true);
        traits
    }

    fn tricks(&mut self, tricks: Tricks) {
        self.note(Trait::Hidden, tricks.hidden);
        self.note(Trait::Dressed, tricks.dressed);
        self.note(Trait::Mixed, tricks.mixed);
        self.note(Trait::Spelled, tricks.spelled);
        self.note(Trait::Split, tricks.split);
        self.note(Trait::Masked, tricks.masked);
        self.note(Trait::Numeral, tricks.numeral);
    }

    /// Advertisers frame the same text with different letters each time, so that no two are alike.
    fn frame(&mut self, text: &str) {
        let text = text.trim();
        let latin = |c: &char| c.is_ascii_alphanumeric();
        let first: String = text.chars().take_while(latin).take(5).collect();
        let last: String = text.chars().rev().take_while(latin).take(5).collect();
        let few = |word: &str, from: usize| (from..=4).contains(&word.len());
        let same = first.chars().eq(last.chars().rev());
        let letters = |word: &str| word.bytes().all(|b| b.is_ascii_alphabetic());
        let longer = text.len() > 12;
        self.note(Trait::Bookends, longer && same && few(&first, 2));
        let apart = few(&first, 3) && few(&last, 3) && letters(&first) && letters(&last);
        self.note(Trait::Nonces, longer && !same && apart && text.contains(is_han));
        self.note(Trait::RareGlyphs, text.contains(is_rare));
    }

    fn findings(&mut self, reasons: &[Reason]) {
        use Trait as T;
        for reason in reasons {
            let which = match reason.rule {
                Rule::Contact | Rule::ContactCard => T::Contact,
                Rule::Number => T::Number,
                Rule::Mention if reason.weight >= COMMENDED => T::Commended,
                Rule::Mention => T::Mention,
                Rule::Approach => T::Approach,
                Rule::Offer if self.has(T::OneOffer) => T::Offers,
                Rule::Offer => T::OneOffer,
                Rule::Lure if self.has(T::OneLure) => T::Lures,
                Rule::Lure => T::OneLure,
                Rule::Warning => T::Warning,
                Rule::Talk => T::Talk,
                _ => continue,
            };
            self.note(which, true);
        }
        let contact = self.has_any(&[
            T::Invite,
            T::TelegramLink,
            T::PhoneLink,
            T::Site,
            T::Mail,
            T::Name,
            T::Account,
            T::ShortNumber,
            T::MiddleNumber,
            T::SplitNumber,
            T::Contact,
            T::Commended,
        ]);
        self.note(T::ContactAndOffer, contact && self.has(T::OneOffer));
        self.note(T::ContactAndApproach, contact && self.has(T::Approach));
        self.note(T::ApproachAndOffer, self.has(T::Approach) && self.has(T::OneOffer));
        self.note(T::ContactAndLure, contact && self.has(T::OneLure));
    }
}

fn is_rare(c: char) -> bool {
    matches!(u32::from(c), 0x16a0..=0x16ff | 0xa000..=0xa4cf | 0x1680..=0x169f | 0x10a0..=0x10ff | 0x0900..=0x0dff)
}

/// A run of units by its hash, and which units it is made of.
#[derive(Clone, Copy, Debug)]
pub struct Gram {
    pub hash: u32,
    pub start: u32,
    pub len: u8,
}

/// Every run of up to four units.
pub fn grams(units: &[Token]) -> impl Iterator<Item = Gram> + '_ {
    (0..units.len()).flat_map(move |start| {
        let mut hash = SEED;
        let run = units[start..].iter().take(LONGEST).enumerate();
        run.filter_map(move |(n, unit)| {
            hash = mix(hash, *unit);
            // That a text begins and ends says nothing.
            let bare = n == 0 && matches!(*unit, tokens::BEGIN | tokens::END);
            let len = u8::try_from(n + 1).unwrap_or(u8::MAX);
            let whole = u32::try_from(mix(hash, u32::from(len)) >> 32).unwrap_or_default();
            (!bare).then_some(Gram { hash: whole, start: u32::try_from(start).unwrap_or(u32::MAX), len })
        })
    })
}

const SEED: u64 = 0x0123_4567;

/// Fibonacci hashing with a shift to bring the high bits down.
fn mix(hash: u64, unit: u32) -> u64 {
    let mixed = (hash ^ u64::from(unit)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}
