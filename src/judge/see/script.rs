//! Letters of one script put among those of another because they look the same.

use super::Glyph;

/// Letters that look the same: Latin, Cyrillic, Greek.
const TWINS: [(char, char, char); 21] = [
    ('a', 'а', 'α'),
    ('b', 'в', 'β'),
    ('c', 'с', 'ϲ'),
    ('d', 'ԁ', '\0'),
    ('e', 'е', 'ε'),
    ('h', 'н', 'η'),
    ('i', 'і', 'ι'),
    ('j', 'ј', 'ϳ'),
    ('k', 'к', 'κ'),
    ('l', 'ӏ', '\0'),
    ('m', 'м', 'μ'),
    ('n', '\0', 'ν'),
    ('o', 'о', 'ο'),
    ('p', 'р', 'ρ'),
    ('q', 'ԛ', '\0'),
    ('s', 'ѕ', 'ς'),
    ('t', 'т', 'τ'),
    ('w', 'ԝ', 'ω'),
    ('x', 'х', 'χ'),
    ('y', 'у', 'υ'),
    ('z', '\0', 'ζ'),
];
/// Latin letters that stand for a Cyrillic one in Russian words only, by look or by sound.
const LOOSE: [(char, char); 13] = [
    ('u', 'и'),
    ('n', 'п'),
    ('r', 'г'),
    ('b', 'ь'),
    ('d', 'д'),
    ('f', 'ф'),
    ('g', 'д'),
    ('l', 'л'),
    ('s', 'с'),
    ('v', 'в'),
    ('w', 'ш'),
    ('z', 'з'),
    ('j', 'й'),
];
/// Digits in the place of Cyrillic letters.
const DIGITS: [(char, char); 4] = [('0', 'о'), ('3', 'з'), ('4', 'ч'), ('6', 'б')];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
}

fn script(c: char) -> Option<Script> {
    match c {
        'a'..='z' => Some(Script::Latin),
        '\u{400}'..='\u{52f}' => Some(Script::Cyrillic),
        '\u{370}'..='\u{3ff}' => Some(Script::Greek),
        _ => None,
    }
}

fn to_latin(c: char) -> char {
    TWINS.iter().find(|twin| twin.1 == c || twin.2 == c).map_or(c, |twin| twin.0)
}

fn to_cyrillic(c: char) -> char {
    let twin = TWINS.iter().find(|twin| twin.0 == c || twin.2 == c).map(|twin| twin.1).filter(|c| *c != '\0');
    twin.or_else(|| LOOSE.iter().find(|(latin, _)| *latin == c).map(|(_, cyrillic)| *cyrillic)).unwrap_or(c)
}

fn is_twin(c: char) -> bool {
    TWINS.iter().any(|twin| twin.1 == c || twin.2 == c)
}

/// Words written in two scripts are put back into one: Cyrillic if a letter is Cyrillic and nothing else, else Latin;
/// and so are words of nothing but look-alikes where all others are Latin. Tells whether a word was mixed.
pub(super) fn settle(glyphs: &mut [Glyph]) -> bool {
    if glyphs.iter().all(|glyph| matches!(script(glyph.c), None | Some(Script::Latin))) {
        return false;
    }
    let only = |glyph: &Glyph| matches!(script(glyph.c), Some(Script::Cyrillic | Script::Greek)) && !is_twin(glyph.c);
    let foreign = glyphs.iter().any(only);
    let latin = glyphs.iter().any(|glyph| script(glyph.c) == Some(Script::Latin));
    let mut mixed = false;
    for word in glyphs.chunk_by_mut(|a, b| in_word(a.c) && in_word(b.c)) {
        let has_latin = word.iter().any(|glyph| script(glyph.c) == Some(Script::Latin));
        let has_other = word.iter().any(|glyph| matches!(script(glyph.c), Some(Script::Cyrillic | Script::Greek)));
        if !has_other {
            continue;
        }
        let cyrillic = word.iter().any(|g| script(g.c) == Some(Script::Cyrillic) && !is_twin(g.c));
        if has_latin || (!foreign && latin) {
            mixed |= has_latin;
            for glyph in &mut *word {
                glyph.c = if cyrillic { to_cyrillic(glyph.c) } else { to_latin(glyph.c) };
            }
        }
        if cyrillic {
            settle_digits(word);
        }
    }
    mixed
}

fn in_word(c: char) -> bool {
    script(c).is_some() || DIGITS.iter().any(|(digit, _)| *digit == c)
}

/// A digit between two Cyrillic letters is one itself: рабoта, п0драб0тка.
fn settle_digits(word: &mut [Glyph]) {
    for at in 1..word.len().saturating_sub(1) {
        let letter = |glyph: Glyph| script(glyph.c) == Some(Script::Cyrillic);
        if letter(word[at - 1])
            && letter(word[at + 1])
            && let Some((_, meant)) = DIGITS.iter().find(|(digit, _)| *digit == word[at].c)
        {
            word[at].c = *meant;
        }
    }
}
