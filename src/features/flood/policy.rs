//! What is too much, and what follows. Pure: the limits and what somebody wrote go in.

use super::settings::{Limit, Settings};
use crate::cx::recent::{Line, Sort};
use crate::judge::Seen;
use crate::judge::near::{self, ALIKE, is_chain, signature_of};
use crate::model::message::Media;
use crate::model::{Message, Span, Timestamp};

/// Texts with fewer letters are short lines: people say them again and again, and likeness tells nothing.
const SHORT: usize = 8;
/// After a long text somebody may still say a line or two.
pub const LONG: usize = 200;
/// Over how long characters are added up.
const CHARS_WITHIN: Span = Span::minutes(1);
/// Who was given a hint has not read it yet; what still arrives within this time only goes.
const GRACE: Span = Span::secs(15);

/// What there was too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    Messages,
    Repeat,
    Stickers,
    Media,
    /// So long that it fills the screen.
    Wall,
}

impl Excess {
    /// As it stands in the database and the keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Repeat => "repeat",
            Self::Stickers => "stickers",
            Self::Media => "media",
            Self::Wall => "wall",
        }
    }
}

/// What is done besides deleting what was too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Nothing,
    Hint,
    /// A short mute, or a strike where the settings say so.
    Mute,
}

/// The last time something was done to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    pub at: Timestamp,
    pub step: Step,
}

/// What follows when somebody wrote too much at `at`. `last` is the last hint or mute before.
pub fn step(again_within: Span, last: Option<Last>, at: Timestamp) -> Step {
    match last.filter(|last| at.since(last.at) < again_within) {
        None => Step::Hint,
        // Also what was written before it and comes late.
        Some(last) if at.since(last.at) < GRACE => Step::Nothing,
        Some(_) => Step::Mute,
    }
}

/// A message as it counts.
pub fn line(message: &Message) -> Line {
    let sort = match message.media {
        Media::Sticker | Media::Animation | Media::Dice => Sort::Sticker,
        Media::Photo | Media::Video | Media::Audio | Media::Voice | Media::VideoNote | Media::Document => Sort::Media,
        _ => Sort::Words,
    };
    let seen = Seen::read(&message.text).text;
    let letters = seen.chars().filter(|c| c.is_alphanumeric());
    let n = letters.clone().count();
    let hash = letters
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, c| (hash ^ u64::from(u32::from(c))).wrapping_mul(0x100_0000_01b3));
    let compared = n >= SHORT && !is_chain(&message.text);
    Line {
        message: message.id,
        at: message.date,
        album: message.album.clone(),
        sort,
        chars: message.text.chars().count(),
        words: (n > 0).then_some(hash),
        is_short: n < SHORT,
        numbers: near::set_aside(&seen),
        signature: compared.then(|| Box::new(signature_of(&seen))),
    }
}

/// What there was too much of, if anything. `past` is what the person wrote before, in the order of writing.
pub fn excess(limits: &Settings, past: &[Line], line: &Line, text: &str) -> Option<Excess> {
    let chars =
        line.chars + past.iter().filter(|old| is_within(old, line, CHARS_WITHIN)).map(|old| old.chars).sum::<usize>();
    let rows = text.lines().count();
    if line.chars > limits.chars
        || chars > limits.chars && line.chars >= LONG
        || rows > limits.lines && !is_chain(text)
        || text.chars().filter(|c| is_emoji(*c)).count() > limits.emoji
    {
        return Some(Excess::Wall);
    }
    let repeats = if line.is_short { limits.short_repeats } else { limits.repeats };
    let is_over = |limit: Limit, counts: &dyn Fn(&Line) -> bool| {
        let within = past.iter().filter(|old| is_within(old, line, limit.within) && counts(old));
        units(within) + 1 > limit.most
    };
    if line.words.is_some() && is_over(repeats, &|old| is_same(old, line)) {
        return Some(Excess::Repeat);
    }
    let of_sort = |old: &Line| old.sort == line.sort;
    match line.sort {
        Sort::Sticker if is_over(limits.stickers, &of_sort) => Some(Excess::Stickers),
        Sort::Media if is_over(limits.media, &of_sort) => Some(Excess::Media),
        _ if is_over(limits.messages, &|_| true) => Some(Excess::Messages),
        _ => None,
    }
}

fn is_within(old: &Line, line: &Line, within: Span) -> bool {
    !old.is_one_with(line) && line.at.since(old.at) < within
}

/// How many messages, the parts of an album counted as one.
fn units<'a>(lines: impl Iterator<Item = &'a Line>) -> usize {
    let mut albums: Vec<&str> = Vec::new();
    let mut n = 0;
    for line in lines {
        match line.album.as_deref() {
            Some(album) if albums.contains(&album) => {}
            album => {
                albums.extend(album);
                n += 1;
            }
        }
    }
    n
}

/// Sets, scores and chapters are told of in the same words, and only the number is another: those are no repeats.
fn is_same(old: &Line, line: &Line) -> bool {
    let alike = match (&old.signature, &line.signature) {
        (Some(old), Some(new)) => old.likeness(new) >= ALIKE,
        _ => false,
    };
    old.words == line.words || alike && old.numbers == line.numbers
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF)
}

#[cfg(test)]
mod tests;
