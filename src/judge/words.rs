//! Lists of words looked for in folded texts: the built-in ones and the community's own.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};

use super::see::{Seen, is_han};

/// Words, each with what it stands for.
#[derive(Clone, Debug)]
pub struct WordList<T> {
    automaton: AhoCorasick,
    marks: Vec<T>,
}

impl<T: Copy> WordList<T> {
    pub fn new<'a>(words: impl Iterator<Item = (&'a str, T)>) -> Self {
        let folded = words.map(|(word, mark)| (Seen::read(word).text.trim().to_owned(), mark));
        let (words, marks): (Vec<String>, Vec<T>) = folded.filter(|(word, _)| !word.is_empty()).unzip();
        let automaton = AhoCorasick::new(&words).expect("a settings file cannot hold two thousand million states");
        Self { automaton, marks }
    }

    /// Every word found in a text as it is read, however they overlap. A Latin word is found whole, a Cyrillic one as a
    /// beginning.
    pub fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (T, Range<usize>)> + 'a {
        let found = self.automaton.find_overlapping_iter(text);
        found.filter(|m| is_whole(text, m.range())).map(|m| (self.marks[m.pattern()], m.range()))
    }
}

/// Goods and promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appeal {
    /// Hardly said except by who offers it.
    Offer,
    /// Said by others too.
    Lure,
}

/// The appeals in `text`, the longest reading of each place.
pub fn appeals(text: &str) -> impl Iterator<Item = (Appeal, Range<usize>)> {
    static BUILT_IN: LazyLock<(AhoCorasick, usize)> = LazyLock::new(|| {
        let (offers, lures) = (listed(include_str!("offers.txt")), listed(include_str!("lures.txt")));
        let build = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(offers.iter().chain(&lures));
        (build.expect("two short lists"), offers.len())
    });
    let (automaton, offers) = &*BUILT_IN;
    let found = automaton.find_iter(text).filter(|m| is_whole(text, m.range()));
    found.map(|m| (if m.pattern().as_usize() < *offers { Appeal::Offer } else { Appeal::Lure }, m.range()))
}

/// The words of a list: separated by commas, lines with `#` left out.
pub(super) fn listed(list: &str) -> Vec<&str> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|word| !word.is_empty()).collect()
}

/// Not a piece of a longer word. Chinese knows no such thing, and Cyrillic words are written as stems.
pub(super) fn is_whole(text: &str, range: Range<usize>) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_han(c));
    let word = &text[range.clone()];
    let starts = !(letter(word.chars().next()) && letter(text[..range.start].chars().next_back()));
    let last = word.chars().next_back();
    let ends = !(last.is_some_and(|c| c.is_ascii_alphanumeric())
        && text[range.end..].chars().next().is_some_and(|c| c.is_ascii_alphanumeric()));
    starts && ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Class;

    #[test]
    fn words_are_found_whole_and_in_any_dress() {
        let list = WordList::new([("Bet", Class::Ad), ("薇 信", Class::Suspect), ("ставк", Class::Severe)].into_iter());
        for (text, found) in [
            ("bet now", vec![Class::Ad]),
            ("a better alphabet", vec![]),
            ("我bet你", vec![Class::Ad]),
            ("加薇*信", vec![Class::Suspect]),
            ("ставки на спорт", vec![Class::Severe]),
            ("доставка", vec![]),
        ] {
            let seen = Seen::read(text);
            assert_eq!(list.find(&seen.text).map(|(class, _)| class).collect::<Vec<_>>(), found, "{text}");
        }
    }

    #[test]
    fn the_lists_are_written_as_texts_are_read() {
        let words = [listed(include_str!("offers.txt")), listed(include_str!("lures.txt"))].concat();
        for word in &words {
            assert_eq!(&Seen::read(word).text, word);
            assert_eq!(words.iter().filter(|other| *other == word).count(), 1, "{word} is listed twice");
        }
    }

    #[test]
    fn the_longest_reading_of_a_place_counts() {
        let found: Vec<_> = appeals("招代理，出一个").map(|(appeal, _)| appeal).collect();
        assert_eq!(found, [Appeal::Offer, Appeal::Lure]);
    }
}
