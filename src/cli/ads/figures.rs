//! Figures of a judgement on labelled messages. Pure.

use serde_json::{Value, json};

use crate::judge::Class;
use crate::learn::figures::percent;

/// Shares of innocent messages at which the curve is told.
const SHARES: [f64; 5] = [0.0003, 0.0007, 0.001, 0.005, 0.015];

/// Every class, the least first.
pub(super) const CLASSES: [Class; 4] = [Class::Clean, Class::Suspect, Class::Ad, Class::Severe];

/// A share with its 95 % interval by Wilson's score ("Probable inference, the law of succession, and statistical
/// inference", 1927), which holds for small counts and shares near 0 and 1 too. All in per cent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Share {
    /// None of nothing.
    pub(super) fn of(part: usize, whole: usize) -> Option<Self> {
        const Z: f64 = 1.959_963_984_540_054;
        if whole == 0 {
            return None;
        }
        #[expect(clippy::cast_precision_loss)] // Counts of messages are far below 2⁵³.
        let n = whole as f64;
        let p = percent(part, whole) / 100.0;
        let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let reach = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        // At the ends the bound is the end itself, whatever rounding makes of it.
        let low = if part == 0 { 0.0 } else { middle - reach };
        let high = if part == whole { 1.0 } else { middle + reach };
        Some(Self { value: 100.0 * p, low: 100.0 * low, high: 100.0 * high })
    }

    pub(super) fn json(share: Option<Self>) -> Value {
        share.map_or(Value::Null, |it| json!({ "percent": it.value, "low": it.low, "high": it.high }))
    }
}

/// What became of some messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// Scores of ads and of innocent messages.
    ads: Vec<f64>,
    innocent: Vec<f64>,
    /// Ads and innocent messages by class, as in [`CLASSES`].
    pub(super) classes: [[usize; 4]; 2],
}

impl Tally {
    pub(super) fn add(&mut self, is_ad: bool, class: Class, score: f64) {
        if is_ad {
            self.ads.push(score);
        } else {
            self.innocent.push(score);
        }
        let at = CLASSES.iter().position(|it| *it == class).unwrap_or_default();
        self.classes[usize::from(!is_ad)][at] += 1;
    }

    pub(super) fn ads(&self) -> usize {
        self.ads.len()
    }

    pub(super) fn innocent(&self) -> usize {
        self.innocent.len()
    }

    /// What is found when everything of this class and worse is.
    pub(super) fn found(&self, least: Class) -> Found {
        let count = |side: &[usize; 4]| {
            CLASSES.iter().zip(side).filter(|(class, _)| **class >= least).map(|(_, count)| count).sum()
        };
        let [ads, innocent] = [count(&self.classes[0]), count(&self.classes[1])];
        Found { ads, innocent, all_ads: self.ads(), all_innocent: self.innocent() }
    }

    /// For each share of innocent messages: the score that no more of them are above, and the ads that are. None without
    /// messages of both kinds.
    pub(super) fn curve(&self) -> Vec<Point> {
        let mut innocent = self.innocent.clone();
        innocent.sort_by(|a, b| b.total_cmp(a));
        let point = |share: f64| {
            // A share of a count that fits in memory.
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let may = (innocent.len() as f64 * share).floor() as usize;
            let above = *innocent.get(may)?;
            let found = self.ads.iter().filter(|score| **score > above).count();
            Some(Point { share: 100.0 * share, above, recall: Share::of(found, self.ads.len())? })
        };
        SHARES.into_iter().filter_map(point).collect()
    }
}

/// What a threshold finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) ads: usize,
    pub(super) innocent: usize,
    all_ads: usize,
    all_innocent: usize,
}

impl Found {
    pub(super) fn precision(self) -> Option<Share> {
        Share::of(self.ads, self.ads + self.innocent)
    }

    pub(super) fn recall(self) -> Option<Share> {
        Share::of(self.ads, self.all_ads)
    }

    pub(super) fn false_positives(self) -> Option<Share> {
        Share::of(self.innocent, self.all_innocent)
    }

    pub(super) fn json(self) -> Value {
        json!({
            "ads": self.ads,
            "innocent": self.innocent,
            "precision": Share::json(self.precision()),
            "recall": Share::json(self.recall()),
            "false_positive_rate": Share::json(self.false_positives()),
        })
    }
}

/// A point of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    /// Of innocent messages, in per cent.
    pub(super) share: f64,
    pub(super) above: f64,
    pub(super) recall: Share,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rounded(share: Option<Share>) -> Option<(String, String, String)> {
        let digits = |value: f64| format!("{value:.2}");
        share.map(|it| (digits(it.value), digits(it.low), digits(it.high)))
    }

    #[test]
    fn intervals_are_wilsons() {
        // By hand from the formula; 0 of 10 and 81 of 263 are Newcombe's examples (1998).
        for (part, whole, expected) in [
            (81, 263, ("30.80", "25.53", "36.62")),
            (15, 148, ("10.14", "6.24", "16.05")),
            (0, 20, ("0.00", "0.00", "16.11")),
            (1, 29, ("3.45", "0.61", "17.18")),
            (20, 20, ("100.00", "83.89", "100.00")),
        ] {
            let (value, low, high) = expected;
            let expected = Some((value.to_owned(), low.to_owned(), high.to_owned()));
            assert_eq!(rounded(Share::of(part, whole)), expected, "{part} of {whole}");
        }
        assert_eq!(Share::of(0, 0), None);
    }

    #[test]
    fn what_is_found_is_counted_by_class() {
        let mut tally = Tally::default();
        for (is_ad, class, score) in [
            (true, Class::Severe, 8.0),
            (true, Class::Ad, 5.0),
            (true, Class::Suspect, 2.0),
            (true, Class::Clean, 0.0),
            (false, Class::Ad, 4.0),
            (false, Class::Suspect, 3.0),
            (false, Class::Clean, 0.0),
            (false, Class::Clean, 0.0),
        ] {
            tally.add(is_ad, class, score);
        }
        let found = |least| {
            let found = tally.found(least);
            let value = |share: Option<Share>| share.map(|it| it.value);
            (value(found.precision()), value(found.recall()), value(found.false_positives()))
        };
        assert_eq!(found(Class::Ad), (Some(200.0 / 3.0), Some(50.0), Some(25.0)));
        assert_eq!(found(Class::Suspect), (Some(60.0), Some(75.0), Some(50.0)));
        // Of four innocent messages none may be above: the ads above 4.0 are found.
        let curve: Vec<_> = tally.curve().iter().map(|it| (it.above, it.recall.value)).collect();
        assert_eq!(curve, [(4.0, 50.0); 5]);
        assert!(Tally::default().curve().is_empty());
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_share(part in 0..5_000_usize, more in 0..5_000_usize) {
            if let Some(it) = Share::of(part, part + more) {
                prop_assert!(0.0 <= it.low && it.low <= it.value && it.value <= it.high && it.high <= 100.0, "{it:?}");
            }
        }

        #[test]
        fn no_more_innocent_messages_are_above_than_may(
            innocent in prop::collection::vec(0..40_u8, 1..3_000), ads in prop::collection::vec(0..40_u8, 1..50),
        ) {
            let mut tally = Tally::default();
            for score in &innocent {
                tally.add(false, Class::Clean, f64::from(*score));
            }
            for score in &ads {
                tally.add(true, Class::Ad, f64::from(*score));
            }
            let curve = tally.curve();
            prop_assert_eq!(curve.len(), SHARES.len());
            for point in &curve {
                let above = innocent.iter().filter(|score| f64::from(**score) > point.above).count();
                prop_assert!(percent(above, innocent.len()) <= point.share + 1e-9);
            }
            prop_assert!(curve.windows(2).all(|pair| pair[0].recall.value <= pair[1].recall.value));
        }
    }
}
