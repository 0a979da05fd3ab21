//! Chinese written so that a list of words does not find it: characters taken apart, words by sound, numbers in words.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Glyph, letters::is_han};

/// What is written and what is meant.
struct Spellings {
    written: AhoCorasick,
    meant: Vec<&'static str>,
}

impl Spellings {
    /// Of a list `written=meant, …`; lines with `#` are left out.
    fn of(list: &'static str) -> Self {
        let lines = list.lines().filter(|line| !line.starts_with('#'));
        let pairs = lines.flat_map(|line| line.split(',')).filter_map(|pair| pair.trim().split_once('='));
        let (written, meant): (Vec<&str>, Vec<&str>) = pairs.unzip();
        let build = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(written);
        Self { written: build.expect("a short list"), meant }
    }

    /// Puts what is meant in the place of what is written. Tells whether there was any.
    fn settle(&self, glyphs: &mut Vec<Glyph>) -> bool {
        let text: String = glyphs.iter().map(|glyph| glyph.c).collect();
        let mut found = self.written.find_iter(&text).peekable();
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

/// Puts together what was taken apart. Tells whether there was any.
pub(super) fn recompose(glyphs: &mut Vec<Glyph>) -> bool {
    static SPLIT: LazyLock<Spellings> = LazyLock::new(|| Spellings::of(include_str!("split.txt")));
    is_chinese(glyphs) && SPLIT.settle(glyphs)
}

/// Puts the common word in the place of its disguise. Tells whether there was any.
pub(super) fn unmask(glyphs: &mut Vec<Glyph>) -> bool {
    static DISGUISES: LazyLock<Spellings> = LazyLock::new(|| Spellings::of(include_str!("disguise.txt")));
    is_chinese(glyphs) && DISGUISES.settle(glyphs)
}

fn is_chinese(glyphs: &[Glyph]) -> bool {
    glyphs.iter().any(|glyph| is_han(glyph.c))
}

/// Numbers written in Chinese become digits where at least five stand together: a contact, not a quantity. So does an
/// `o` between digits. Tells whether there was any.
pub(super) fn settle_numerals(glyphs: &mut [Glyph]) -> bool {
    let mut settled = false;
    for run in glyphs.chunk_by_mut(|a, b| digit(a.c).is_some() == digit(b.c).is_some()) {
        if run.len() >= 5 && run.iter().all(|glyph| digit(glyph.c).is_some()) {
            for glyph in run {
                let digit = digit(glyph.c).expect("all of them are");
                settled |= glyph.c != digit;
                glyph.c = digit;
            }
        }
    }
    for at in 1..glyphs.len().saturating_sub(1) {
        if glyphs[at].c == 'o' && glyphs[at - 1].c.is_ascii_digit() && glyphs[at + 1].c.is_ascii_digit() {
            glyphs[at].c = '0';
        }
    }
    settled
}

fn digit(c: char) -> Option<char> {
    Some(match c {
        '0'..='9' => c,
        '〇' | '零' | '洞' => '0',
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
