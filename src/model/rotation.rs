//! Banks of texts that take turns without repeating themselves.
//!
//! A text is known by its fingerprint, not by its place, so that a bank can be edited without starting again.

use std::collections::HashMap;
use std::hash::BuildHasher;

use sha2::{Digest, Sha256};

use super::Timestamp;

/// What a text is known by: the same for ever, another for any other text.
pub fn fingerprint(text: &str) -> i64 {
    let hash = Sha256::digest(text);
    hash.iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
}

/// The place in `bank`, which holds fingerprints, of the text whose turn it is: the first of those never used, otherwise
/// the one used longest ago. `None` when the bank is empty. Two uses must not share an instant.
pub fn next<S: BuildHasher>(bank: &[i64], used: &HashMap<i64, Timestamp, S>) -> Option<usize> {
    (0..bank.len()).min_by_key(|&place| used.get(&bank[place]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Takes `turns` texts in turn and says which.
    fn take(bank: &[i64], used: &mut HashMap<i64, Timestamp>, turns: usize) -> Vec<i64> {
        let latest = used.values().max().map_or(0, |at| at.0);
        let turns = (1..).take(turns).map(|turn| {
            let text = bank[next(bank, used).unwrap()];
            used.insert(text, Timestamp(latest + turn));
            text
        });
        turns.collect()
    }

    #[test]
    fn a_fingerprint_never_changes() {
        assert_eq!(fingerprint(""), 0xe3b0_c442_98fc_1c14_u64.cast_signed());
        assert_eq!(fingerprint("abc"), 0xba78_16bf_8f01_cfea_u64.cast_signed());
    }

    #[test]
    fn an_empty_bank_has_no_turn() {
        assert_eq!(next(&[], &HashMap::new()), None);
    }

    #[test]
    fn what_was_taken_out_does_not_come_back_early() {
        let mut used = HashMap::new();
        assert_eq!(take(&[1, 2, 3], &mut used, 2), [1, 2]);
        assert_eq!(take(&[3, 1], &mut used, 2), [3, 1], "2 is gone");
        assert_eq!(take(&[1, 2, 3], &mut used, 3), [2, 3, 1], "2 is back, and was used longest ago");
    }

    proptest! {
        #[test]
        fn no_text_repeats_before_all_have_had_their_turn(size in 1..12_i64, before in 0..30_usize, turns in 0..40_usize) {
            let bank: Vec<i64> = (0..size).collect();
            let mut used = HashMap::new();
            take(&bank, &mut used, before);
            for window in take(&bank, &mut used, turns).windows(bank.len()) {
                let mut seen = window.to_vec();
                seen.sort_unstable();
                prop_assert_eq!(&seen, &bank);
            }
        }

        #[test]
        fn a_new_text_comes_next_and_disturbs_nothing(size in 1..12_i64, before in 0..30_usize, place in 0..12_usize) {
            let mut bank: Vec<i64> = (0..size).collect();
            let mut used = HashMap::new();
            take(&bank, &mut used, before.max(bank.len()));
            let undisturbed = take(&bank, &mut used.clone(), bank.len());
            bank.insert(place.min(bank.len()), 100);
            let turns = take(&bank, &mut used, bank.len());
            prop_assert_eq!(turns[0], 100);
            prop_assert_eq!(&turns[1..], undisturbed.as_slice());
        }
    }
}
