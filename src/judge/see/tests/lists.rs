//! The lists and tables hold what they say.

use super::{
    super::{hanzi, leet, letters},
    *,
};

#[test]
fn every_spelling_of_the_lists_is_read_as_what_it_means() {
    for list in [hanzi::SPLIT, hanzi::DISGUISES] {
        let pairs: Vec<_> = hanzi::pairs(list).collect();
        for (written, meant) in &pairs {
            assert_eq!(pairs.iter().filter(|(other, _)| other == written).count(), 1, "{written} is listed twice");
            // Some are undone in Chinese texts only.
            let [written_in_chinese, meant_in_chinese] = [written, meant].map(|words| format!("好,{words}"));
            assert_eq!(read(&written_in_chinese), meant_in_chinese, "{written}");
        }
    }
}

#[test]
fn an_ordinary_word_is_listed_because_an_entry_is_in_it() {
    for list in [hanzi::SPLIT, hanzi::DISGUISES] {
        let (words, entries): (Vec<_>, Vec<_>) = hanzi::pairs(list).partition(|(written, meant)| written == meant);
        for (word, _) in words {
            let guards = entries.iter().any(|(written, _)| {
                let overlaps = |n: usize| word.chars().skip(n).zip(written.chars()).all(|(a, b)| a == b);
                (0..word.chars().count()).any(overlaps)
            });
            assert!(guards, "{word}");
        }
    }
}

#[test]
fn words_of_digits_are_latin_and_fit() {
    for word in leet::WORDS {
        assert!(word.len() <= leet::LONGEST && word.bytes().all(|b| b.is_ascii_lowercase()), "{word}");
    }
}

#[test]
fn every_character_reads_as_one_that_reads_as_itself() {
    for c in '\0'..=char::MAX {
        let once = read(&c.to_string());
        assert_eq!(read(&once), once, "U+{:04X}", u32::from(c));
    }
}

#[test]
fn flags_are_two_letters_of_a_country() {
    assert!(letters::is_flag(['🇨', '🇳']) && letters::is_flag(['🇿', '🇼']));
    assert!(!letters::is_flag(['🇻', '🇽']) && !letters::is_flag(['c', 'n']));
}
