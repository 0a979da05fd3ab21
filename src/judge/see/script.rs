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
/// Cyrillic letters besides that look like a Latin one.
const STRAYS: [(char, char); 3] = [('h', 'һ'), ('y', 'ү'), ('g', 'ԍ')];
/// Latin letters that are a letter of Russian too.
const RUSSIAN: &str = "abcehkmoptxy";
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
    let twins = TWINS.iter().map(|twin| (twin.0, [twin.1, twin.2]));
    let strays = STRAYS.iter().map(|(latin, stray)| (*latin, [*stray; 2]));
    twins.chain(strays).find(|(_, looks)| looks.contains(&c)).map_or(c, |(latin, _)| latin)
}

fn to_cyrillic(c: char) -> char {
    let twin = TWINS.iter().find(|twin| twin.0 == c || twin.2 == c).map(|twin| twin.1).filter(|c| *c != '\0');
    twin.or_else(|| LOOSE.iter().find(|(latin, _)| *latin == c).map(|(_, cyrillic)| *cyrillic)).unwrap_or(c)
}

fn is_twin(c: char) -> bool {
    to_latin(c) != c
}

/// What was found in the words of a text.
#[derive(Default)]
pub(super) struct Words {
    /// One had letters of two scripts.
    pub mixed: bool,
    pub changed: bool,
}

/// Words written in two scripts are put back into one: Cyrillic if a letter is Cyrillic and nothing else, or if all may
/// be Russian in a text that has Russian besides; else Latin. So are words of nothing but look-alikes where all others
/// are Latin.
pub(super) fn settle(glyphs: &mut [Glyph]) -> Words {
    let mut done = Words::default();
    if glyphs.iter().all(|glyph| matches!(script(glyph.c), None | Some(Script::Latin))) {
        return done;
    }
    let of = |glyph: &Glyph, wanted: Script| script(glyph.c) == Some(wanted);
    let only = |glyph: &Glyph| matches!(script(glyph.c), Some(Script::Cyrillic | Script::Greek)) && !is_twin(glyph.c);
    let foreign = glyphs.iter().any(only);
    let russian = glyphs.iter().any(|glyph| of(glyph, Script::Cyrillic) && !is_twin(glyph.c));
    let latin = glyphs.iter().any(|glyph| of(glyph, Script::Latin));
    for word in glyphs.chunk_by_mut(|a, b| in_word(a.c) && in_word(b.c)) {
        let count = |wanted: Script| word.iter().filter(|glyph| of(glyph, wanted)).count();
        let (latins, cyrillics, greeks) = (count(Script::Latin), count(Script::Cyrillic), count(Script::Greek));
        if cyrillics + greeks == 0 || is_quantity(word, latins, cyrillics, greeks) {
            continue;
        }
        let cyrillic = word.iter().any(|glyph| of(glyph, Script::Cyrillic) && !is_twin(glyph.c))
            || russian
                && cyrillics >= latins
                && greeks == 0
                && word.iter().all(|glyph| !of(glyph, Script::Latin) || RUSSIAN.contains(glyph.c));
        let mut changed = false;
        if latins > 0 || (!foreign && latin) {
            for glyph in &mut *word {
                let read = if cyrillic { to_cyrillic(glyph.c) } else { to_latin(glyph.c) };
                changed |= read != glyph.c;
                glyph.c = read;
            }
        }
        done.mixed |= latins > 0 && changed;
        changed |= cyrillic && settle_digits(word);
        done.changed |= changed;
    }
    done
}

/// A Greek letter beside a few Latin ones is a unit or a variable: μm, kΩ, Δt, μmol.
fn is_quantity(word: &[Glyph], latins: usize, cyrillics: usize, greeks: usize) -> bool {
    cyrillics == 0 && greeks == 1 && latins > 0 && (word.len() < 4 || word[0].c == 'μ')
}

fn in_word(c: char) -> bool {
    script(c).is_some() || DIGITS.iter().any(|(digit, _)| *digit == c)
}

/// A digit between two Cyrillic letters is one itself: рабoта, п0драб0тка. Tells whether there was any.
fn settle_digits(word: &mut [Glyph]) -> bool {
    let mut settled = false;
    for at in 1..word.len().saturating_sub(1) {
        let letter = |glyph: Glyph| script(glyph.c) == Some(Script::Cyrillic);
        if letter(word[at - 1])
            && letter(word[at + 1])
            && let Some((_, meant)) = DIGITS.iter().find(|(digit, _)| *digit == word[at].c)
        {
            word[at].c = *meant;
            settled = true;
        }
    }
    settled
}
