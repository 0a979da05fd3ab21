//! What holds for any text.

use proptest::prelude::*;

use super::*;

/// Invisible characters that may be put anywhere.
const ZERO_WIDTH: [char; 8] =
    ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{00ad}', '\u{fe0f}', '\u{200e}'];

/// Pieces that one reading or another takes an interest in, in any order.
fn tricky() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "加",
        "力",
        "口",
        "薇",
        "徽",
        "信",
        "亻",
        "言",
        "❤",
        "扣",
        "君",
        "羊",
        "裙",
        "进",
        "箹",
        "兼",
        "耳",
        "只",
        "月",
        "兑",
        "看",
        "篇",
        "安",
        "一",
        "二",
        "零",
        "三",
        "壹",
        "1",
        "2",
        "0",
        "o",
        "O",
        "v",
        "V",
        "q",
        "+",
        "➕",
        "🐧",
        "✈",
        " ",
        "  ",
        "\n",
        "\t",
        ".",
        "。",
        "点",
        "·",
        "*",
        "-",
        ",",
        "，",
        "a",
        "b",
        "e",
        "а",
        "е",
        "о",
        "р",
        "д",
        "и",
        "п",
        "α",
        "ω",
        "μ",
        "δ",
        "Ω",
        "🅥",
        "Ⓧ",
        "ａ",
        "𝐭",
        "①",
        "⒈",
        "㍿",
        "ﬁ",
        "ß",
        "İ",
        "ſ",
        "ǅ",
        "聯",
        "點",
        "著",
        "🇨",
        "🇳",
        "🇻",
        "🇽",
        "\u{200b}",
        "\u{202e}",
        "\u{202c}",
        "\u{301}",
        "\u{306}",
        "\u{3099}",
        "か",
        "ᄀ",
        "ᅡ",
        "\u{3164}",
        "\u{ad}",
        "\0",
        "fr33",
        "m0n",
        "3",
        "4",
        "$",
        "@",
        "_",
        "/",
        "t.me/",
        "dot",
        "com",
        "👨\u{200d}👩",
        "1️⃣",
        "ё",
        "é",
        "ᴖ",
        "Ꮃ",
    ]);
    prop_oneof![
        proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat()),
        any::<String>(),
        "[ -~]{0,40}",
        "\\PC{0,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn reading_twice_changes_nothing(text in tricky()) {
        let once = read(&text);
        prop_assert_eq!(read(&once), once);
    }

    #[test]
    fn every_byte_has_its_place_in_the_source(text in tricky()) {
        let seen = Seen::read(&text);
        let mut before = 0..0;
        for (at, c) in seen.text.char_indices() {
            let bytes = at..at + c.len_utf8();
            let place = seen.origin(bytes.clone());
            prop_assert!(!place.is_empty() && text.get(place.clone()).is_some(), "{:?} of {:?}", place, text);
            for byte in bytes {
                prop_assert_eq!(seen.origin(byte..byte + 1), place.clone());
            }
            prop_assert!(before.start <= place.start && before.end <= place.end, "{:?} before {:?}", before, place);
            before = place;
        }
        prop_assert_eq!(seen.written(0..seen.text.len()).is_empty(), seen.text.is_empty());
    }

    #[test]
    fn invisible_characters_anywhere_change_nothing(
        text in tricky(), at in proptest::collection::vec((any::<proptest::sample::Index>(), proptest::sample::select(&ZERO_WIDTH[..])), 1..6),
    ) {
        let mut chars: Vec<char> = text.chars().collect();
        for (index, hidden) in at {
            chars.insert(index.index(chars.len() + 1), hidden);
        }
        prop_assert_eq!(read(&chars.into_iter().collect::<String>()), read(&text));
    }

    #[test]
    fn what_is_masked_is_gone_and_the_rest_stays_in_place(text in tricky(), a in any::<proptest::sample::Index>(), b in any::<proptest::sample::Index>()) {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let (a, b) = (places[a.index(places.len())], places[b.index(places.len())]);
        let range = a.min(b)..a.max(b);
        let mut seen = Seen::read(&text);
        let before = seen.text.clone();
        seen.mask_source(&range);
        prop_assert_eq!(seen.text.len(), before.len());
        for (at, c) in seen.text.char_indices() {
            prop_assert!(c == '\0' || before[at..].starts_with(c));
        }
    }
}
