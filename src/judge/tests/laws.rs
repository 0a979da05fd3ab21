//! The laws hold for pieces of ads, links and tricks in any order; fuzzing tries more.

use proptest::prelude::*;

use crate::judge::laws;

fn written() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            "兼职", "日结", "加微信", "zhuan8866", "薇", "亻言", "看片", "t.me/", "+AbCdEf123", "tg://", "join?invite=", "resolve?domain=",
            "https://", "evil.example", "%41", "%2B", "#@", "?u=", "&", "@", "点", "com", "dot", "xn--", ".", "。", "/", ":", "\u{200b}",
            "\u{202e}", "\u{301}", "🅥", "➕", "一二三四五六", "13800138000", "a b c d e", "е", "α", "\n", " ", "\0", "\u{1f}b", "\u{1f}l",
            "\u{1f}u", "\u{1f}m", "\u{1f}q", "\u{1f}f", "\u{1f}s", "\u{1f}x", "骗子", "？", "包你发财", "出售枪支", "earn $500", "доход",
        ])
        .prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[ -~]{0,20}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn whatever_is_read_is_read_in_place(text in written()) {
        laws::reading(&text);
    }

    #[test]
    fn whatever_links_there_are_lead_somewhere(text in written()) {
        laws::links(&text);
    }
}

#[test]
fn whatever_is_judged_is_explained() {
    let settings = laws::settings();
    proptest!(|(text in written())| laws::verdicts(&text, &settings));
}
