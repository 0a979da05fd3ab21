//! Chinese written so that a list of words does not find it: characters taken apart, words by sound, numbers in words.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, Match, MatchKind};

use super::{Glyph, letters::is_han};

/// The most characters an account's name has.
const LONGEST_ACCOUNT: usize = 32;

pub(super) const SPLIT: &str = include_str!("split.txt");
pub(super) const DISGUISES: &str = include_str!("disguise.txt");

/// What is written and what is meant.
struct Spellings {
    written: AhoCorasick,
    meant: Vec<&'static str>,
}

impl Spellings {
    /// Of a list `written=meant, …`; lines with `#` are left out. What means itself is found only so that nothing
    /// within it is.
    fn of(list: &'static str) -> Self {
        let (written, meant): (Vec<&str>, Vec<&str>) = pairs(list).unzip();
        let build = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(written);
        Self { written: build.expect("a short list"), meant }
    }

    /// Puts what is meant in the place of what is written. Tells whether there was any.
    fn settle(&self, glyphs: &mut Vec<Glyph>) -> bool {
        let text: String = glyphs.iter().map(|glyph| glyph.c).collect();
        let disguised =
            |word: &Match| text[word.range()] != *self.meant[word.pattern()] && stands_apart(&text, word.range());
        let mut found = self.written.find_iter(&text).filter(disguised).peekable();
        if found.peek().is_none() {
            return false;
        }
        let mut settled: Vec<Glyph> = Vec::with_capacity(glyphs.len());
        let (mut index, mut byte) = (0, 0);
        for word in found {
            let before = text[byte..word.start()].chars().count();
            settled.extend(&glyphs[index..index + before]);
            index += before;
            let written = text[word.range()].chars().count();
            let here = &glyphs[index..index + written];
            let meant = self.meant[word.pattern()];
            let last = here.len() - 1;
            settled.extend(meant.chars().enumerate().map(|(n, c)| Glyph { c, ..here[n.min(last)] }));
            if let Some(glyph) = settled.last_mut() {
                glyph.to = here[last].to;
            }
            index += written;
            byte = word.end();
        }
        settled.extend(&glyphs[index..]);
        *glyphs = settled;
        true
    }
}

/// What is written and what is meant, pair by pair.
pub(super) fn pairs(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(|line| line.split(',')).filter_map(|pair| pair.trim().split_once('='))
}

/// Not a piece of a Latin word: `ctrl+v` and `+vip` ask nobody to be added, `+v` and `+vabc123` do.
fn stands_apart(text: &str, word: Range<usize>) -> bool {
    let (before, after) = (text[..word.start].chars().next_back(), &text[word.end..]);
    let glued = match text[word.clone()].chars().next() {
        Some('+') => before.is_some_and(|c| c.is_ascii_alphabetic()),
        Some(first) => first.is_ascii_alphanumeric() && before.is_some_and(|c| c.is_ascii_alphanumeric()),
        None => false,
    };
    let ends_latin = text[..word.end].ends_with(|c: char| c.is_ascii_alphabetic());
    let rest = after.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').take(LONGEST_ACCOUNT);
    let word_goes_on = ends_latin
        && after.starts_with(|c: char| c.is_ascii_alphabetic())
        && rest.clone().all(|b| b.is_ascii_alphabetic());
    !(glued || word_goes_on)
}

/// Puts together what was taken apart. Tells whether there was any.
pub(super) fn recompose(glyphs: &mut Vec<Glyph>) -> bool {
    static LIST: LazyLock<Spellings> = LazyLock::new(|| Spellings::of(SPLIT));
    is_chinese(glyphs) && LIST.settle(glyphs)
}

/// Puts the common word in the place of its disguise. Tells whether there was any.
pub(super) fn unmask(glyphs: &mut Vec<Glyph>) -> bool {
    static LIST: LazyLock<Spellings> = LazyLock::new(|| Spellings::of(DISGUISES));
    is_chinese(glyphs) && LIST.settle(glyphs)
}

fn is_chinese(glyphs: &[Glyph]) -> bool {
    glyphs.iter().any(|glyph| is_han(glyph.c))
}

/// Numbers written in Chinese become digits where at least five stand together: a contact, not a quantity. So does an
/// `o` between digits. Tells whether there was a number, and whether anything changed.
pub(super) fn settle_numerals(glyphs: &mut [Glyph]) -> (bool, bool) {
    let (mut settled, mut rounded) = (false, false);
    for run in glyphs.chunk_by_mut(|a, b| digit(a.c).is_some() == digit(b.c).is_some()) {
        if is_number_in_words(run) {
            for glyph in run {
                glyph.c = digit(glyph.c).expect("all of them are");
            }
            settled = true;
        }
    }
    for at in 1..glyphs.len().saturating_sub(1) {
        if glyphs[at].c == 'o' && glyphs[at - 1].c.is_ascii_digit() && glyphs[at + 1].c.is_ascii_digit() {
            glyphs[at].c = '0';
            rounded = true;
        }
    }
    (settled, settled || rounded)
}

/// Five digits or more with Chinese ones among them. Neither a number that a word follows, as in 5000一个 and 951洞天,
/// nor one sign over and over.
fn is_number_in_words(run: &[Glyph]) -> bool {
    let is_word = |glyph: &Glyph| !glyph.c.is_ascii_digit();
    let words = run.iter().filter(|glyph| is_word(glyph)).count();
    let outside = run
        .iter()
        .take_while(|glyph| is_word(glyph))
        .count()
        .max(run.iter().rev().take_while(|glyph| is_word(glyph)).count());
    let beside = words < 3 && outside == words;
    run.len() >= 5
        && words > 0
        && run.iter().all(|glyph| digit(glyph.c).is_some())
        && !beside
        && run.iter().any(|glyph| glyph.c != run[0].c)
}

fn digit(c: char) -> Option<char> {
    Some(match c {
        '0'..='9' => c,
        '〇' | '零' => '0',
        '一' | '壹' | '幺' => '1',
        '二' | '贰' | '貳' | '两' => '2',
        '三' | '叁' | '參' | '伞' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' | '陸' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        _ => return None,
    })
}
