//! Figures that staff are shown: shares with both their numbers, medians, lengths of time. Pure.

use serde::{Deserialize, Serialize};

use super::{Lang, Span, Text};

/// The times a figure is told for, in days: today alone, and with the days before it.
pub const PERIODS: [i64; 3] = [1, 7, 30];
/// Stands where there is nothing to divide by or to measure.
pub const NONE: &str = "–";

/// A figure ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is, with its formula in words.
    pub name: Text,
    pub values: Values,
}

/// What a figure comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Values {
    /// One for each of [`PERIODS`].
    Periods(Vec<Text>),
    /// Lines that say themselves what they are about.
    Lines(Vec<Text>),
}

/// A part of a whole, both counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    n: i64,
    all: i64,
}

impl Share {
    /// `n` of `all`. What was counted at two moments may not fit together: the whole is never less than its part.
    pub fn of(n: i64, all: i64) -> Self {
        Self { n, all: all.max(n) }
    }

    /// Whole percents; none without a whole. All is said only of all, and nothing only of nothing.
    fn percent(self) -> Option<i64> {
        match (self.n, self.all) {
            (_, ..=0) => None,
            (n, all) if n == all => Some(100),
            (0, _) => Some(0),
            (n, all) => Some(((n * 100 + all / 2) / all).clamp(1, 99)),
        }
    }

    /// `18/20（90%）`, `18/20 (90%)`; a dash without a whole.
    pub fn in_words(self, lang: Lang) -> String {
        let Self { n, all } = self;
        match (self.percent(), lang) {
            (None, _) => NONE.to_owned(),
            (Some(percent), Lang::Zh) => format!("{n}/{all}（{percent}%）"),
            (Some(percent), Lang::En) => format!("{n}/{all} ({percent}%)"),
        }
    }
}

impl std::iter::Sum for Share {
    fn sum<I: Iterator<Item = Self>>(shares: I) -> Self {
        shares.fold(Self { n: 0, all: 0 }, |sum, share| Self { n: sum.n + share.n, all: sum.all + share.all })
    }
}

/// The middle one; of an even number, halfway between the two in the middle.
pub fn median(mut spans: Vec<Span>) -> Option<Span> {
    spans.sort_unstable();
    let (upper, lower) = (*spans.get(spans.len() / 2)?, spans[(spans.len() - 1) / 2]);
    Some(Span::from_millis(i64::midpoint(lower.millis(), upper.millis())))
}

/// What 95 in 100 do not pass (p95): the smallest length that at least so many have or stay below.
pub fn p95(mut spans: Vec<Span>) -> Option<Span> {
    spans.sort_unstable();
    spans.get((spans.len() * 95).div_ceil(100).checked_sub(1)?).copied()
}

/// A length of time with no more digits than it deserves: `12 秒`, `1 hour 5 minutes`; a dash for none.
pub fn said(span: Option<Span>, lang: Lang) -> String {
    let Some(span) = span else { return NONE.to_owned() };
    let step = match span {
        span if span >= Span::days(1) => Span::hours(1),
        span if span >= Span::hours(1) => Span::minutes(1),
        _ => Span::secs(1),
    };
    let (millis, step) = (span.millis(), step.millis());
    Span::from_millis((millis + step / 2) / step * step).in_words(lang)
}

/// How often something was in a thousand, with one digit: `3.0`; none without any.
pub fn per_thousand(n: i64, all: i64) -> Option<String> {
    let tenths = (n * 10_000 + all / 2).checked_div(all).filter(|_| all > 0)?;
    Some(format!("{}.{}", tenths / 10, tenths % 10))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shares_show_both_numbers_and_round_to_whole_percents() {
        for (n, all, zh, en) in [
            (18, 20, "18/20（90%）", "18/20 (90%)"),
            (0, 7, "0/7（0%）", "0/7 (0%)"),
            (0, 0, "–", "–"),
            (1, 3, "1/3（33%）", "1/3 (33%)"),
            (199, 200, "199/200（99%）", "199/200 (99%)"),
            (1, 1000, "1/1000（1%）", "1/1000 (1%)"),
            (5, 4, "5/5（100%）", "5/5 (100%)"),
        ] {
            assert_eq!(Share::of(n, all).in_words(Lang::Zh), zh);
            assert_eq!(Share::of(n, all).in_words(Lang::En), en);
        }
    }

    #[test]
    fn middles_and_ends_are_those_of_the_field() {
        let spans = |secs: &[i64]| secs.iter().map(|secs| Span::secs(*secs)).collect::<Vec<_>>();
        for (secs, middle) in [(&[][..], None), (&[7], Some(7)), (&[30, 10], Some(20)), (&[9, 1, 2], Some(2))] {
            assert_eq!(median(spans(secs)), middle.map(Span::secs), "{secs:?}");
        }
        let twenty: Vec<i64> = (1..=20).collect();
        for (secs, end) in [(&[][..], None), (&[7], Some(7)), (&[1, 2], Some(2)), (&twenty, Some(19))] {
            assert_eq!(p95(spans(secs)), end.map(Span::secs), "{secs:?}");
        }
    }

    #[test]
    fn lengths_lose_the_digits_nobody_needs() {
        for (millis, words) in [
            (Some(12_400), "12 seconds"),
            (Some(0), "1 second"),
            (Some(3_930_000), "1 hour 6 minutes"),
            (Some(90_000_000), "1 day 1 hour"),
            (None, "–"),
        ] {
            assert_eq!(said(millis.map(Span::from_millis), Lang::En), words);
        }
    }

    #[test]
    fn a_thousand_is_counted_with_one_digit() {
        for (n, all, words) in [(12, 4000, Some("3.0")), (1, 3, Some("333.3")), (0, 5, Some("0.0")), (3, 0, None)] {
            assert_eq!(per_thousand(n, all).as_deref(), words);
        }
    }

    proptest! {
        #[test]
        fn no_share_passes_a_hundred_and_p95_is_one_of_them(n in 0..1000_i64, all in 0..1000_i64, secs in prop::collection::vec(0..1000_i64, 1..50)) {
            prop_assert!(Share::of(n, all).percent().is_none_or(|percent| (0..=100).contains(&percent)));
            let spans: Vec<Span> = secs.into_iter().map(Span::secs).collect();
            let (middle, end) = (median(spans.clone()).unwrap(), p95(spans.clone()).unwrap());
            prop_assert!(middle <= end && spans.contains(&end));
        }
    }
}
