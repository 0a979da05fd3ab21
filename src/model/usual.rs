//! What is usual, from what was counted in the same hour of earlier weeks. Pure.

/// Weeks that must be known before anything is called usual.
pub const WEEKS_NEEDED: usize = 4;

/// What an hour usually sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usual {
    pub mean: f64,
    /// The standard deviation, of these weeks as they are all there is: √(Σ(n − mean)² ÷ weeks).
    pub spread: f64,
}

impl Usual {
    /// None where too little is known to tell.
    pub fn of(history: &[i64]) -> Option<Self> {
        if history.len() < WEEKS_NEEDED {
            return None;
        }
        let values = || history.iter().map(|n| as_f64(*n));
        let n = as_f64(i64::try_from(history.len()).unwrap_or(i64::MAX));
        let mean = values().sum::<f64>() / n;
        let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        Some(Self { mean, spread: variance.sqrt() })
    }

    /// The most that is still usual: the mean and three standard deviations.
    pub fn most(self) -> f64 {
        self.mean + 3.0 * self.spread
    }
}

/// The most that is still usual. None where too little is known to tell.
pub fn most(history: &[i64]) -> Option<f64> {
    Usual::of(history).map(Usual::most)
}

/// Counts are small: nothing is lost.
pub fn as_f64(n: i64) -> f64 {
    f64::from(i32::try_from(n).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn three_deviations_above_the_mean_are_still_usual() {
        for (history, expected) in [
            (&[][..], None),
            (&[0, 0, 0], None),
            (&[0, 0, 0, 0], Some(0.0)),
            (&[20, 20, 20, 20], Some(20.0)),
            // Mean 10, deviation 5.
            (&[5, 15, 5, 15], Some(25.0)),
        ] {
            assert_eq!(most(history), expected, "{history:?}");
        }
    }

    proptest! {
        #[test]
        fn what_was_seen_every_week_is_usual(n in 0..10_000_i64, weeks in WEEKS_NEEDED..20) {
            prop_assert!(most(&vec![n; weeks]).is_some_and(|most| most >= as_f64(n)));
        }

        #[test]
        fn the_mean_is_always_usual(history in prop::collection::vec(0..500_i64, WEEKS_NEEDED..14)) {
            let mean = as_f64(history.iter().sum()) / as_f64(i64::try_from(history.len()).unwrap());
            prop_assert!(most(&history).is_some_and(|most| most >= mean));
        }

        #[test]
        fn few_weeks_say_nothing(history in prop::collection::vec(0..500_i64, 0..WEEKS_NEEDED)) {
            prop_assert_eq!(most(&history), None);
        }
    }
}
