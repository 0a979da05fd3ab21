//! What stands between the characters of a word to break it up.

use std::ops::Range;

use super::{Glyph, letters::is_han};

/// So many characters that stand alone are a word spelled out.
const LONE: usize = 5;

/// Drops what stands between the characters of a word: anything thin between Chinese characters, signs between Chinese
/// characters one by one, and what separates five or more characters that stand alone. Tells whether a word was spelled
/// out.
pub(super) fn join(glyphs: &[Glyph]) -> (Vec<Glyph>, bool) {
    let (spaced, signed, strewn) = (spaced_runs(glyphs), signed_runs(glyphs), strewn_runs(glyphs));
    let within = |runs: &[Range<usize>], index: usize| {
        let at = runs.partition_point(|run| run.end <= index);
        runs.get(at).is_some_and(|run| run.contains(&index))
    };
    // The first character at or after each that is no space, worked out once: a text may be all spaces.
    let mut next = vec![None; glyphs.len() + 1];
    for (index, glyph) in glyphs.iter().enumerate().rev() {
        next[index] = if glyph.c == ' ' { next[index + 1] } else { Some(glyph.c) };
    }
    let mut kept: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    for (index, glyph) in glyphs.iter().enumerate() {
        let c = glyph.c;
        let apart = c.is_whitespace() && within(&spaced, index)
            || is_sign(c) && within(&signed, index)
            || !c.is_alphanumeric() && within(&strewn, index);
        let thin =
            is_thin(c) && kept.last().is_some_and(|before| is_han(before.c)) && next[index + 1].is_some_and(is_han);
        if !(apart || thin) {
            kept.push(*glyph);
        }
    }
    (kept, !(spaced.is_empty() && signed.is_empty() && strewn.is_empty()))
}

fn is_thin(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{3000}'
            | '*'
            | '·'
            | '•'
            | '・'
            | '.'
            | '~'
            | '_'
            | '-'
            | '|'
            | '丶'
            | '`'
            | '^'
            | '\''
            | '/'
            | '\\'
            | '❤'
            | '♥'
    )
}

/// Stands between letters spelled out one by one.
fn is_sign(c: char) -> bool {
    matches!(c, '.' | '-' | '_' | '*' | '|' | '·' | '•' | '・' | '~' | '^' | '`' | '\'' | ',' | '，')
}

/// Stretches in which at least five characters stand alone between spaces.
fn spaced_runs(glyphs: &[Glyph]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let (mut start, mut count, mut end) = (0, 0, 0);
    let mut index = 0;
    for token in glyphs.chunk_by(|a, b| a.c.is_whitespace() == b.c.is_whitespace()) {
        if !token[0].c.is_whitespace() {
            if let [lone] = token {
                // A sign by itself is neither a letter of the word nor its end.
                if lone.c.is_alphanumeric() {
                    start = if count == 0 { index } else { start };
                    count += 1;
                    end = index + 1;
                }
            } else {
                runs.extend((count >= LONE).then_some(start..end));
                count = 0;
            }
        }
        index += token.len();
    }
    runs.extend((count >= LONE).then_some(start..end));
    runs
}

/// Stretches in which at least five letters or digits stand with one and the same sign between. Numbers with commas are
/// a list.
fn signed_runs(glyphs: &[Glyph]) -> Vec<Range<usize>> {
    let letter = |at: usize| glyphs.get(at).is_some_and(|glyph| glyph.c.is_alphanumeric());
    let mut runs = Vec::new();
    let mut at = 0;
    while at + 1 < glyphs.len() {
        let (start, sign) = (at, glyphs[at + 1].c);
        while letter(at) && is_sign(sign) && letter(at + 2) && glyphs[at + 1].c == sign {
            at += 2;
        }
        let whole = !letter(at + 1) && (start == 0 || !letter(start - 1));
        let long = whole && (at - start) / 2 + 1 >= LONE;
        let list = matches!(sign, ',' | '，')
            && long
            && glyphs[start..=at].iter().step_by(2).all(|glyph| glyph.c.is_ascii_digit());
        runs.extend((long && !list).then_some(start..at + 1));
        at += 1;
    }
    runs
}

/// Stretches in which at least four Chinese characters stand alone with a sign or picture after each.
fn strewn_runs(glyphs: &[Glyph]) -> Vec<Range<usize>> {
    let strewn = |c: char| !c.is_alphanumeric() && !c.is_whitespace() && !is_sentence(c);
    let mut runs = Vec::new();
    let mut index = 0;
    while index < glyphs.len() {
        let start = index;
        let (mut end, mut count) = (index, 0);
        while index < glyphs.len() && is_han(glyphs[index].c) {
            count += 1;
            end = index + 1;
            let signs = glyphs[end..].iter().take_while(|glyph| strewn(glyph.c)).take(3).count();
            if signs == 0 || signs == 3 {
                break;
            }
            index = end + signs;
        }
        if count >= 4 {
            runs.push(start..end);
        }
        index = end.max(start + 1);
    }
    runs
}

/// Ends or divides sentences.
fn is_sentence(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '！'
            | '？'
            | '、'
            | '；'
            | '：'
            | ','
            | '!'
            | '?'
            | ';'
            | ':'
            | '“'
            | '”'
            | '"'
            | '('
            | ')'
            | '《'
            | '》'
    )
}
