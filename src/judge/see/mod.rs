//! Reading a text as a person sees it: invisible characters dropped, look-alike letters put right, spelled-out words
//! joined, characters taken apart put together. Every byte remembers where it came from, so that evidence shows what
//! was really written.

mod hanzi;
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

/// One disguise may hide another; nobody stacks more of them.
const ROUNDS: usize = 4;

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

    /// What was written where `range` of the text is read, at most 80 characters of it.
    pub fn excerpt(&self, range: Range<usize>) -> String {
        excerpt(self.source.get(self.origin(range)).unwrap_or_default())
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

/// Takes off what only changes the looks of a letter.
fn undress(source: &str) -> (Vec<Glyph>, Tricks) {
    let mut glyphs: Vec<Glyph> = Vec::with_capacity(source.len());
    let mut hidden = false;
    let mut dressed = 0;
    let mut chars = source.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        // Telegram's texts are far shorter than 4 GiB.
        let from = u32::try_from(at).unwrap_or(u32::MAX);
        let to = from + u32::try_from(c.len_utf8()).unwrap_or(4);
        let mut push = |c: char| glyphs.push(Glyph { c, from, to });
        // Most of what people write needs no more than this.
        if matches!(c, ' '..='~' | '\u{4e00}'..='\u{9fff}') {
            push(letters::simplified(c.to_ascii_lowercase()));
        } else if letters::is_hidden(c) {
            let before = glyphs.last().is_some_and(|glyph| glyph.c.is_alphanumeric());
            let after = chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
            hidden |= before && after && letters::is_trick(c);
        } else if let Some(word) = letters::emoji_word(c) {
            word.chars().for_each(push);
        } else {
            dressed += usize::from(letters::plain(c, push));
        }
    }
    (glyphs, Tricks { hidden, dressed: dressed >= 2, ..Tricks::default() })
}

/// What one round of settling did.
struct Done {
    tricks: Tricks,
    changed: bool,
}

fn settle(mut glyphs: Vec<Glyph>) -> (Vec<Glyph>, Done) {
    let mixed = script::settle(&mut glyphs);
    let before = glyphs.len();
    let (mut glyphs, spelled) = spacing::join(&glyphs);
    let joined = glyphs.len() != before;
    let split = hanzi::recompose(&mut glyphs);
    let masked = hanzi::unmask(&mut glyphs);
    let numeral = hanzi::settle_numerals(&mut glyphs);
    let tricks = Tricks { mixed, spelled, split, masked, numeral, ..Tricks::default() };
    (glyphs, Done { tricks, changed: mixed || joined || split || masked || numeral })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_people_see_it() {
        for (written, read) in [
            ("Ｖ❤️Ｘ", "v❤x"),
            ("加\u{200b}微\u{2060}信", "加微信"),
            ("加 微 信", "加微信"),
            ("加*微·信", "加微信"),
            ("加薇❤\u{fe0f}信", "加微信"),
            ("我❤u", "我❤u"),
            ("t點me", "t点me"),
            ("🅥🅧 ①②③", "vx 123"),
            ("1️⃣3️⃣8️⃣", "138"),
            ("z\u{336}h\u{336}i", "zhi"),
            ("五二零一三一四", "5201314"),
            ("三四个人", "三四个人"),
            ("t . m e / a b c d", "t.me/abcd"),
            ("I am a b", "i am a b"),
            ("telеgrаm", "telegram"),
            ("рaбoтa", "работа"),
            ("поuск пapтнepoв", "поиск партнеров"),
            ("MacBook и Москва", "macbook и москва"),
            ("聯繫電報", "联系电报"),
        ] {
            assert_eq!(Seen::read(written).text, read, "{written}");
        }
    }

    #[test]
    fn disguise_is_told_from_ordinary_writing() {
        for written in ["加微\u{200b}信", "🅥🅧 abc", "telеgrаm"] {
            assert!(Seen::read(written).tricks.is_disguise(), "{written}");
        }
        for written in ["\u{feff}你好", "👨\u{200d}👩\u{200d}👧", "می\u{200c}خواهم", "① 第一条", "Москва MacBook"]
        {
            assert!(!Seen::read(written).tricks.is_disguise(), "{written}");
        }
    }

    #[test]
    fn evidence_shows_what_was_written() {
        let seen = Seen::read("你好 加 \u{200b}微 信！");
        let at = seen.text.find("加微信").expect("it reads so");
        assert_eq!(seen.excerpt(at..at + "加微信".len()), "加 \u{200b}微 信");
        assert_eq!(excerpt(&"字".repeat(81)).chars().count(), 80);
    }

    #[test]
    fn units_count_characters_and_words() {
        for (text, units) in [("看片加我", 4), ("hello big world", 3), ("加 abc123 吧", 3), ("!?", 0)] {
            assert_eq!(Seen::read(text).units(), units, "{text}");
        }
    }
}
