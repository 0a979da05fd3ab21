//! What stands between the characters of a word to break it up.

use std::ops::Range;

use super::{Glyph, letters::is_han};

/// So many characters that stand alone are a word spelled out.
const LONE: usize = 5;

/// Drops what stands between the characters of a word: anything thin between Chinese characters, signs between Chinese
/// characters one by one, and the separators of five or more characters that stand alone. Tells whether a word was
/// spelled out.
pub(super) fn join(glyphs: &[Glyph]) -> (Vec<Glyph>, bool) {
    let lone = lone_runs(glyphs);
    let strewn = strewn_runs(glyphs);
    let within = |runs: &[Range<usize>], index: usize| {
        let at = runs.partition_point(|run| run.end <= index);
        runs.get(at).is_some_and(|run| run.contains(&index))
    };
    let mut kept: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    // The first character at or after each that is no space, worked out once: a text may be all spaces.
    let mut next = vec![None; glyphs.len() + 1];
    for (index, glyph) in glyphs.iter().enumerate().rev() {
        next[index] = if glyph.c == ' ' { next[index + 1] } else { Some(glyph.c) };
    }
    for (index, glyph) in glyphs.iter().enumerate() {
        if !glyph.c.is_alphanumeric() && (within(&lone, index) && is_separator(glyph.c) || within(&strewn, index)) {
            continue;
        }
        if is_thin(glyph.c) && kept.last().is_some_and(|before| is_han(before.c)) {
            if next[index + 1].is_some_and(is_han) {
                continue;
            }
        }
        kept.push(*glyph);
    }
    (kept, !(lone.is_empty() && strewn.is_empty()))
}

fn is_thin(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{3000}' | '*' | '·' | '•' | '・' | '.' | '~' | '_' | '-' | '|' | '丶' | '`' | '^' | '\'' | '/' | '\\' | '❤' | '♥'
    )
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() && c != '\n' || matches!(c, '.' | '-' | '_' | '*' | '|' | '·' | '•' | '・' | '~' | '^' | '`' | '\'' | ',' | '，')
}

/// Stretches in which at least five characters stand alone: between spaces, or with one and the same sign after each.
fn lone_runs(glyphs: &[Glyph]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let (mut start, mut count, mut end) = (0, 0, 0);
    let mut sign = None;
    let mut index = 0;
    for token in glyphs.chunk_by(|a, b| is_separator(a.c) == is_separator(b.c)) {
        let here = index..index + token.len();
        index = here.end;
        let mut close = |count: &mut usize, from: usize, to: usize| {
            if *count >= LONE {
                runs.push(from..to);
            }
            *count = 0;
        };
        if is_separator(token[0].c) {
            // A sign may have spaces around it; another sign begins another word.
            let mut signs = token.iter().map(|glyph| glyph.c).filter(|c| !c.is_whitespace());
            let this = signs.next().unwrap_or(' ');
            if signs.next().is_some() || sign.is_some_and(|sign| sign != this) {
                close(&mut count, start, end);
            }
            sign = Some(this);
        } else if token.len() == 1 {
            start = if count == 0 { here.start } else { start };
            count += 1;
            end = here.end;
        } else {
            close(&mut count, start, end);
            sign = None;
        }
    }
    if count >= LONE {
        runs.push(start..end);
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
    matches!(c, '，' | '。' | '！' | '？' | '、' | '；' | '：' | ',' | '!' | '?' | ';' | ':' | '“' | '”' | '"' | '(' | ')' | '《' | '》')
}
