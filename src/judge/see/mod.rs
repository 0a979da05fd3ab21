//! Reading a text as a person sees it: invisible characters dropped, look-alike letters put right, spelled-out words
//! joined, characters taken apart put together. Every byte remembers where it came from, so that evidence shows what
//! was really written.

mod hanzi;
mod leet;
mod letters;
mod script;
mod spacing;

use std::ops::Range;

pub use letters::is_han;

/// One text as it reads.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    source: &'a str,
    /// Folded: lower case, simplified characters, plain letters and digits.
    pub text: String,
    /// The place in `source` of each byte of `text`: where its character begins and ends.
    from: Vec<(u32, u32)>,
    pub tricks: Tricks,
}

/// What was done to make a text hard to read by machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a trick of its own")]
pub struct Tricks {
    /// Invisible characters within words.
    pub hidden: bool,
    /// Two or more letters in fancy dress.
    pub dressed: bool,
    /// A word of letters of two scripts.
    pub mixed: bool,
    /// A word spelled out letter by letter.
    pub spelled: bool,
    /// Characters taken apart.
    pub split: bool,
    /// Words by sound.
    pub masked: bool,
    /// A long number in words.
    pub numeral: bool,
}

impl Tricks {
    /// Somebody took pains: nobody writes so by accident.
    pub fn is_disguise(self) -> bool {
        self.hidden || self.dressed || self.mixed
    }

    pub fn and(self, other: Self) -> Self {
        Self {
            hidden: self.hidden || other.hidden,
            dressed: self.dressed || other.dressed,
            mixed: self.mixed || other.mixed,
            spelled: self.spelled || other.spelled,
            split: self.split || other.split,
            masked: self.masked || other.masked,
            numeral: self.numeral || other.numeral,
        }
    }
}

/// A character as it reads, and the bytes it came from.
#[derive(Clone, Copy)]
struct Glyph {
    c: char,
    from: u32,
    to: u32,
}

/// Stands where something was masked; no pattern reaches across it.
const BARRIER: u8 = 0;

/// One disguise may hide another. Each round leaves less to do than the one before, and what people write is done after
/// two or three; the bound keeps the work in proportion to the length whatever comes.
const ROUNDS: usize = 12;

impl<'a> Seen<'a> {
    pub fn read(source: &'a str) -> Self {
        let (mut glyphs, mut tricks) = undress(source);
        for _ in 0..ROUNDS {
            let (next, done) = settle(glyphs);
            glyphs = next;
            tricks = tricks.and(done.tricks);
            if !done.changed {
                break;
            }
        }
        let mut text = String::with_capacity(source.len());
        let mut from = Vec::with_capacity(source.len());
        for glyph in glyphs {
            text.push(glyph.c);
            from.resize(text.len(), (glyph.from, glyph.to));
        }
        Self { source, text, from, tricks }
    }

    /// Hides what came from these bytes of the source.
    pub fn mask_source(&mut self, range: &Range<usize>) {
        let start = self.from.partition_point(|at| (at.0 as usize) < range.start);
        let end = self.from.partition_point(|at| (at.0 as usize) < range.end);
        self.mask(start..end);
    }

    /// Hides these bytes of the text.
    pub fn mask(&mut self, range: Range<usize>) {
        let len = range.len();
        let barrier = String::from_utf8(vec![BARRIER; len]).expect("NUL bytes are UTF-8");
        self.text.replace_range(range, &barrier);
    }

    /// The bytes of the source in which `range` of the text is read.
    pub fn origin(&self, range: Range<usize>) -> Range<usize> {
        let (Some(first), Some(last)) = (self.from.get(range.start), self.from.get(range.end.saturating_sub(1))) else {
            return 0..0;
        };
        first.0 as usize..last.1.max(first.1) as usize
    }

    /// What was written where `range` of the text is read.
    pub fn written(&self, range: Range<usize>) -> &'a str {
        self.source.get(self.origin(range)).unwrap_or_default()
    }

    /// The same, at most 80 characters of it.
    pub fn excerpt(&self, range: Range<usize>) -> String {
        excerpt(self.written(range))
    }

    /// Length in units of meaning: a Chinese character, or a word of another script.
    pub fn units(&self) -> usize {
        units(&self.text)
    }
}

/// Length in units of meaning: a Chinese character, or a word of another script.
pub fn units(text: &str) -> usize {
    let mut units = 0;
    let mut in_word = false;
    for c in text.chars() {
        let letter = c.is_alphanumeric();
        units += usize::from(is_han(c) || (letter && !in_word));
        in_word = letter && !is_han(c);
    }
    units
}

/// At most 80 characters, the last of them `…` if anything was cut.
pub fn excerpt(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(80) {
        None => text.to_owned(),
        Some(_) => text.chars().take(79).chain(['…']).collect(),
    }
}

/// From here on people see the letters in the opposite order, to the end of the line or to where it is taken back.
const REVERSE: char = '\u{202e}';
const REVERSE_END: char = '\u{202c}';

/// Takes off what only changes the looks of a letter.
fn undress(source: &str) -> (Vec<Glyph>, Tricks) {
    let mut glyphs: Vec<Glyph> = Vec::with_capacity(source.len());
    let (mut hidden, mut dressed) = (false, 0);
    let mut reversed: Option<usize> = None;
    let mut chars = source.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        // Telegram's texts are far shorter than 4 GiB.
        let from = u32::try_from(at).unwrap_or(u32::MAX);
        let to = from + u32::try_from(c.len_utf8()).unwrap_or(4);
        let mut push = |c: char| glyphs.push(Glyph { c, from, to });
        // Most of what people write needs no more than this.
        if matches!(c, ' '..='~' | '\u{4e00}'..='\u{9fff}') {
            push(letters::simplified(c.to_ascii_lowercase()));
        } else if matches!(c, REVERSE | REVERSE_END | '\n') {
            hidden |= reversed.take().is_some_and(|start| reverse(&mut glyphs[start..]));
            if c == '\n' {
                glyphs.push(Glyph { c, from, to });
            } else if c == REVERSE {
                reversed = Some(glyphs.len());
            }
        } else if letters::is_hidden(c) {
            if let Some(last) = glyphs.last_mut()
                && let Some(letter) = letters::composed(last.c, c)
            {
                *last = Glyph { c: letter, to, ..*last };
            }
            let before = glyphs.last().is_some_and(|glyph| glyph.c.is_alphanumeric());
            let after = chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
            hidden |= before && after && letters::is_trick(c);
        } else if let Some(word) = letters::emoji_word(c) {
            word.chars().for_each(push);
        } else if letters::is_flag_letter(c) {
            push(c);
        } else {
            dressed += usize::from(letters::plain(c, push));
        }
    }
    hidden |= reversed.is_some_and(|start| reverse(&mut glyphs[start..]));
    lower_flags(&mut glyphs);
    (glyphs, Tricks { hidden, dressed: dressed >= 2, ..Tricks::default() })
}

/// Turns a stretch round; each character of it is evidence for the whole. Tells whether it has any words.
fn reverse(glyphs: &mut [Glyph]) -> bool {
    let [first, .., last] = &*glyphs else { return false };
    let (from, to) = (first.from, last.to);
    glyphs.reverse();
    for glyph in &mut *glyphs {
        (glyph.from, glyph.to) = (from, to);
    }
    glyphs.iter().filter(|glyph| glyph.c.is_alphanumeric()).count() >= 2
}

/// Letters of flags that make no flags are plain letters.
fn lower_flags(glyphs: &mut [Glyph]) {
    for run in glyphs.chunk_by_mut(|a, b| letters::is_flag_letter(a.c) == letters::is_flag_letter(b.c)) {
        let flags = run.chunks(2).all(|pair| matches!(pair, [a, b] if letters::is_flag([a.c, b.c])));
        if letters::is_flag_letter(run[0].c) && !flags {
            for glyph in run {
                glyph.c = letters::flag_letter(glyph.c).unwrap_or(glyph.c);
            }
        }
    }
}

/// What one round of settling did.
struct Done {
    tricks: Tricks,
    changed: bool,
}

fn settle(mut glyphs: Vec<Glyph>) -> (Vec<Glyph>, Done) {
    let words = script::settle(&mut glyphs);
    let before = glyphs.len();
    let (mut glyphs, spelled) = spacing::join(&glyphs);
    let joined = glyphs.len() != before;
    let leet = leet::settle(&mut glyphs);
    let split = hanzi::recompose(&mut glyphs);
    let masked = hanzi::unmask(&mut glyphs);
    let (numeral, counted) = hanzi::settle_numerals(&mut glyphs);
    let tricks = Tricks { mixed: words.mixed, spelled, split, masked, numeral, ..Tricks::default() };
    (glyphs, Done { tricks, changed: words.changed || joined || leet || split || masked || counted })
}

#[cfg(test)]
mod tests;
