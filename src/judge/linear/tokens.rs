//! A text as the model reads it: characters, and one token for each link, name or long number whatever its letters are.

use std::ops::Range;

use super::features::Trait;
use crate::judge::{
    link::{self, Link},
    see::Seen,
};

/// One unit: a character's code, or one of the classes below.
pub type Token = u32;

const SPACE: Token = 0x20;
/// The first number that is no character.
const CLASS: Token = 0x11_0000;
pub const BEGIN: Token = CLASS;
pub const END: Token = CLASS + 1;
const INVITE: Token = CLASS + 2;
const TELEGRAM: Token = CLASS + 3;
const PHONE_LINK: Token = CLASS + 4;
const SITE: Token = CLASS + 5;
const MAIL: Token = CLASS + 7;
const NAME: Token = CLASS + 8;
const ACCOUNT: Token = CLASS + 9;
const PARAGRAPH: Token = CLASS + 10;
/// A number of [`LONG`] digits; one more for each digit more, up to 13.
const NUMBER: Token = CLASS + NUMBERS;
const SPLIT_NUMBER: Token = NUMBER + NUMBERS;
const NUMBERS: Token = 16;

/// Numbers of fewer digits are read digit by digit.
const LONG: usize = 5;
/// Pieces of fewer digits together are a date, a time or two prices.
const SPLIT: usize = 9;
/// A character more often in a row than this says nothing more.
const REPEATED: usize = 3;

/// What a unit is the trait of, if it is a class and no character.
pub(super) fn class(unit: Token) -> Option<Trait> {
    Some(match unit {
        INVITE => Trait::Invite,
        TELEGRAM => Trait::TelegramLink,
        PHONE_LINK => Trait::PhoneLink,
        SITE => Trait::Site,
        MAIL => Trait::Mail,
        NAME => Trait::Name,
        ACCOUNT => Trait::Account,
        NUMBER.. => match (unit - NUMBER) % NUMBERS {
            0..=2 => Trait::ShortNumber,
            3..=5 => Trait::MiddleNumber,
            6 => Trait::MobileNumber,
            _ => Trait::LongNumber,
        },
        _ => return None,
    })
}

/// A number in pieces.
pub(super) fn is_split(unit: Token) -> bool {
    unit >= SPLIT_NUMBER
}

/// Nothing that is said.
pub(super) fn is_blank(unit: Token) -> bool {
    matches!(unit, BEGIN | END | SPACE | PARAGRAPH)
}

/// The units of a text and where in it each stands.
#[derive(Default)]
pub struct Tokens {
    pub units: Vec<Token>,
    pub at: Vec<Range<u32>>,
    /// Behind which units a sentence ends.
    ends: Vec<usize>,
}

/// Shorter sentences are taken together with those behind them.
const PART: usize = 12;

impl Tokens {
    /// `known`: whether a link is one that everybody may post; it is passed over, as if it were not there.
    pub fn of(seen: &Seen<'_>, known: impl Fn(&Link) -> bool) -> Self {
        let text = &seen.text;
        let mut classed = links(text, known);
        classed.sort_unstable_by_key(|(at, _)| at.start);
        let mut tokens = Self::default();
        tokens.push(BEGIN, 0..0);
        let mut byte = 0;
        for (at, class) in classed {
            if at.start < byte {
                continue;
            }
            tokens.words(text, byte..at.start);
            byte = at.end;
            match class {
                Some(class) => tokens.push(class, at),
                None => tokens.letter(' ', at, &mut 0),
            }
        }
        tokens.words(text, byte..text.len());
        while tokens.units.len() > 1 && tokens.units.last() == Some(&u32::from(' ')) {
            tokens.units.pop();
            tokens.at.pop();
        }
        tokens.push(END, text.len()..text.len());
        tokens
    }

    /// The bytes of the text that a run of units stands for.
    pub fn place(&self, run: Range<usize>) -> Range<usize> {
        let places = &self.at[run];
        let start = places.iter().map(|at| at.start).min().unwrap_or_default();
        let end = places.iter().map(|at| at.end).max().unwrap_or_default();
        start as usize..end as usize
    }

    fn push(&mut self, unit: Token, at: Range<usize>) {
        self.units.push(unit);
        // Telegram's texts are far shorter than 4 GiB.
        let place = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        self.at.push(place(at.start)..place(at.end));
    }

    fn words(&mut self, text: &str, range: Range<usize>) {
        let bytes = text.as_bytes();
        let mut at = range.start;
        let mut repeated = 0;
        while at < range.end {
            let rest = &text[at..range.end];
            let c = rest.chars().next().expect("a text does not end before its end");
            let one = at..at + c.len_utf8();
            if c.is_ascii_alphanumeric() || c == '@' || c == '+' {
                let before = bytes[..at].last().copied();
                if let Some((unit, len)) = number(rest).or_else(|| name(rest, before)) {
                    self.push(unit, at..at + len);
                    at += len;
                    continue;
                }
                // The rest of a word or number that is none.
                let len = 1 + rest[1..].bytes().take_while(u8::is_ascii_alphanumeric).count();
                for (n, byte) in rest[..len].bytes().enumerate() {
                    self.letter(char::from(byte), at + n..at + n + 1, &mut repeated);
                }
                at += len;
                continue;
            }
            self.letter(c, one.clone(), &mut repeated);
            at = one.end;
        }
    }

    /// The text cut into parts of a sentence or some; each unit is in one of them.
    pub fn parts(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut start = 0;
        self.ends.iter().copied().chain([self.units.len()]).filter_map(move |end| {
            let long = end - start >= PART || end == self.units.len() && end > start;
            long.then(|| std::mem::replace(&mut start, end)..end)
        })
    }

    fn letter(&mut self, c: char, at: Range<usize>, repeated: &mut usize) {
        self.letter_of_a_sentence(c, at, repeated);
        if matches!(c, '\n' | '。' | '！' | '？' | '!' | '?' | '；' | ';' | '~')
            && self.ends.last() != Some(&self.units.len())
        {
            self.ends.push(self.units.len());
        }
    }

    fn letter_of_a_sentence(&mut self, c: char, at: Range<usize>, repeated: &mut usize) {
        let last = self.units.last().copied().unwrap_or(BEGIN);
        if c == '\n' && matches!(last, SPACE | PARAGRAPH) {
            if let Some(last) = self.units.last_mut() {
                *last = PARAGRAPH;
            }
            return;
        }
        let c = if c.is_whitespace() || c == '\0' { ' ' } else { c };
        let unit = u32::from(c);
        if c == ' ' && (last == unit || last == BEGIN || last == PARAGRAPH) {
            return;
        }
        *repeated = if last == unit { *repeated + 1 } else { 1 };
        if *repeated <= REPEATED {
            self.push(unit, at);
        }
    }
}

fn links(text: &str, known: impl Fn(&Link) -> bool) -> Vec<(Range<usize>, Option<Token>)> {
    let mut found = Vec::new();
    for written in link::telegram_in(text).into_iter().chain(link::sites_in(text)) {
        let class = match link::targets(&written.link).first() {
            Some(link) if known(link) => None,
            Some(Link::Invite(_)) => Some(INVITE),
            Some(Link::Name(_)) => Some(TELEGRAM),
            Some(Link::Phone(_)) => Some(PHONE_LINK),
            Some(Link::Site(_)) => Some(SITE),
            None if text[written.at.clone()].contains('@') => Some(MAIL),
            // A message of this chat, or nothing.
            None => None,
        };
        found.push((written.at, class));
    }
    found
}

/// A long number at the start of `rest`, with its length in bytes: in one piece, or in pieces of two digits and more
/// with signs between, as accounts are broken up.
fn number(rest: &str) -> Option<(Token, usize)> {
    let bytes = rest.as_bytes();
    let run = |at: usize| bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let start = usize::from(bytes[0] == b'+');
    let first = run(start);
    let (mut digits, mut end) = (first, start + first);
    // A year before a hyphen begins a date.
    let dated = first == 4 && rest.starts_with(['1', '2']) && bytes.get(end) == Some(&b'-');
    while !dated && digits > 0 {
        let signs =
            bytes[end..].iter().take_while(|byte| matches!(byte, b' ' | b'-' | b'+' | b'_' | b'*' | b'q')).count();
        let piece = if (1..=3).contains(&signs) { run(end + signs) } else { 0 };
        if piece < 2 {
            break;
        }
        digits += piece;
        end += signs + piece;
    }
    let number = |class: Token, digits: usize| class + u32::try_from(digits.clamp(LONG, 13) - LONG).unwrap_or(0);
    if digits > first && digits >= SPLIT {
        return Some((number(SPLIT_NUMBER, digits), end));
    }
    let glued = bytes.get(start + first).is_some_and(u8::is_ascii_alphabetic);
    (first >= LONG && !glued).then(|| (number(NUMBER, first), start + first))
}

/// An @name, or an account of letters and digits together.
fn name(rest: &str, before: Option<u8>) -> Option<(Token, usize)> {
    let word = |text: &str| text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
    if let Some(name) = rest.strip_prefix('@') {
        let len = word(name);
        return (len >= 4).then_some((NAME, len + 1));
    }
    if before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return None;
    }
    let len = word(rest);
    let digits = rest[..len].bytes().filter(u8::is_ascii_digit).count();
    // Fewer than three letters before digits number a flight, a train or a part.
    (len >= 6 && digits >= 2 && digits + 3 <= len).then_some((ACCOUNT, len))
}
