//! Names and words from people run the way their letters do, and turn nothing that stands around them.
//!
//! An Arabic name would draw the punctuation and numbers after it to its own side; it is put between FIRST STRONG ISOLATE
//! and POP DIRECTIONAL ISOLATE (Unicode Standard Annex #9). Nothing is added to what has no such letters.

use std::borrow::Cow;

const OPEN: char = '\u{2068}';
const CLOSE: char = '\u{2069}';

/// The text with its direction kept to itself. What overrides directions is taken out, and what opens or closes an
/// isolation alone is closed or taken out. Doing it twice changes nothing.
pub fn isolated(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_rtl(c) || is_control(c)) {
        return Cow::Borrowed(text);
    }
    // The end of a line ends what was opened in it.
    let lines: Vec<String> = text.split('\n').map(line).collect();
    Cow::Owned(lines.join("\n"))
}

fn line(text: &str) -> String {
    let mut kept = String::with_capacity(text.len() + 6);
    let (mut depth, mut turns) = (0, false);
    for c in text.chars() {
        match c {
            '\u{202a}'..='\u{202e}' => continue,
            CLOSE if depth == 0 => continue,
            CLOSE => depth -= 1,
            _ if is_opening(c) => depth += 1,
            _ => turns |= depth == 0 && (is_rtl(c) || is_control(c)),
        }
        kept.push(c);
    }
    kept.extend(std::iter::repeat_n(CLOSE, depth));
    if turns { format!("{OPEN}{kept}{CLOSE}") } else { kept }
}

/// Begins an isolation, which [`is_closing`] ends.
pub fn is_opening(c: char) -> bool {
    matches!(c, '\u{2066}'..=OPEN)
}

pub fn is_closing(c: char) -> bool {
    c == CLOSE
}

/// What ends so many isolations.
pub fn closing(depth: usize) -> String {
    std::iter::repeat_n(CLOSE, depth).collect()
}

/// Letters that run from right to left: the blocks of Hebrew, Arabic, Syriac, Thaana, N'Ko and those set aside for more.
fn is_rtl(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Marks, embeddings, overrides and isolates.
pub fn is_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_turns_directions_is_isolated() {
        for plain in ["", "小玲", "Ann <b>", "🎉 7/21", "👩\u{200d}💻"] {
            assert!(matches!(isolated(plain), Cow::Borrowed(same) if same == plain), "{plain}");
        }
        for (text, safe) in [
            ("שלום", "\u{2068}שלום\u{2069}"),
            ("Ann نور", "\u{2068}Ann نور\u{2069}"),
            ("\u{202e}evil", "evil"),
            ("\u{202e}evil\u{202c}", "evil"),
            ("a\u{200f}b", "\u{2068}a\u{200f}b\u{2069}"),
            ("\u{2069}\u{2069}שלום", "\u{2068}שלום\u{2069}"),
            ("\u{2067}Ann", "\u{2067}Ann\u{2069}"),
            ("\u{2067}\u{2066}נ", "\u{2067}\u{2066}נ\u{2069}\u{2069}"),
            ("\u{2068}שלום\u{2069}", "\u{2068}שלום\u{2069}"),
            ("\u{2068}שלום\u{2069}、\u{2068}نور\u{2069}", "\u{2068}שלום\u{2069}、\u{2068}نور\u{2069}"),
            ("שלום\nAnn\nنور", "\u{2068}שלום\u{2069}\nAnn\n\u{2068}نور\u{2069}"),
        ] {
            assert_eq!(isolated(text), safe, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn isolations_are_balanced_and_stay_as_they_are(
            text in "[a中שن \n\u{200e}\u{200f}\u{61c}\u{202a}-\u{202e}\u{2066}-\u{2069}]{0,20}",
        ) {
            let safe = isolated(&text).into_owned();
            prop_assert_eq!(isolated(&safe), safe.as_str());
            for line in safe.split('\n') {
                let mut depth = 0_i32;
                for c in line.chars() {
                    let overrides = matches!(c, '\u{202a}'..='\u{202e}');
                    prop_assert!(!overrides);
                    prop_assert!(depth > 0 || !is_rtl(c), "{:?}", safe);
                    depth += i32::from(is_opening(c)) - i32::from(is_closing(c));
                    prop_assert!(depth >= 0);
                }
                prop_assert_eq!(depth, 0);
            }
            let letters = |text: &str| text.chars().filter(|c| !is_control(*c)).collect::<String>();
            prop_assert_eq!(letters(&safe), letters(&text));
        }
    }
}
