//! Digits and signs in the place of the letters of an English word: fr33 m0ney.

use super::Glyph;

/// The words it is undone in. Anything else with digits in it is a name, a model or a version.
pub(super) const WORDS: [&str; 42] = [
    "airdrop",
    "betting",
    "bitcoin",
    "bonus",
    "bonuses",
    "cash",
    "casino",
    "cheap",
    "claim",
    "click",
    "crypto",
    "deposit",
    "earn",
    "earnings",
    "escort",
    "followers",
    "forex",
    "free",
    "giveaway",
    "income",
    "invest",
    "investment",
    "invite",
    "loan",
    "loans",
    "lottery",
    "money",
    "onlyfans",
    "poker",
    "porn",
    "prize",
    "profit",
    "profits",
    "reward",
    "rewards",
    "salary",
    "telegram",
    "trading",
    "viagra",
    "wechat",
    "whatsapp",
    "winner",
];

/// The most letters a word of [`WORDS`] has.
pub(super) const LONGEST: usize = 10;

/// Puts the letters back. Tells whether there was any.
pub(super) fn settle(glyphs: &mut [Glyph]) -> bool {
    let mut settled = false;
    let mut before = None;
    let mut start = 0;
    while start < glyphs.len() {
        let len = glyphs[start..].iter().take_while(|glyph| is_written_with(glyph.c)).count();
        let end = start + len;
        if let Some(word) = meant(&glyphs[start..end])
            && !before.is_some_and(is_of_address)
            && !glyphs.get(end).is_some_and(|glyph| is_of_address(glyph.c) && is_letter_at(glyphs, end + 1))
        {
            for (glyph, letter) in glyphs[start..end].iter_mut().zip(word.chars()) {
                glyph.c = letter;
            }
            settled = true;
        }
        before = glyphs.get(end).map(|glyph| glyph.c);
        start = end + 1;
    }
    settled
}

fn is_letter_at(glyphs: &[Glyph], at: usize) -> bool {
    glyphs.get(at).is_some_and(|glyph| glyph.c.is_ascii_alphanumeric())
}

fn is_written_with(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '$' | '@' | '_')
}

/// Within an address, a path or an account's name nothing is put right.
fn is_of_address(c: char) -> bool {
    matches!(c, '.' | '/' | '-' | ':' | '=' | '#')
}

/// The word meant by what is written with at least one digit or sign and one letter.
fn meant(written: &[Glyph]) -> Option<&'static str> {
    let letters = written.iter().filter(|glyph| glyph.c.is_ascii_lowercase()).count();
    if !(1..written.len()).contains(&letters) || written.len() > LONGEST || matches!(written[0].c, '@' | '$') {
        return None;
    }
    let fits = |word: &&&str| {
        word.len() == written.len()
            && written.iter().zip(word.chars()).all(|(glyph, letter)| stands_for(glyph.c, letter))
    };
    WORDS.iter().find(fits).copied()
}

fn stands_for(written: char, letter: char) -> bool {
    written == letter
        || matches!(
            (written, letter),
            ('0', 'o') | ('1', 'i' | 'l') | ('3', 'e') | ('4' | '@', 'a') | ('5' | '$', 's') | ('7', 't')
        )
}
