//! What holds for any message, however strange.

use proptest::prelude::*;

use super::*;

/// Pieces of ads, of talk and of tricks in any order.
fn writing() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "兼职",
            "日结",
            "加微信 zhuan8866",
            "t.me/+AbCdEf123",
            "t點me/",
            "@rich_boss99",
            "https://evil.example",
            "13800138000",
            " ",
            "\n",
            "\u{200b}",
            "一二三四五六",
            "骗子",
            "？",
            "你好",
            "earn ",
            "доход от ",
            "🅥",
            "v",
            "加",
            "a b c d e f",
            "。",
            "包你发财",
            "看片",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn entities() -> impl Strategy<Value = Vec<Entity>> {
    let kind = proptest::sample::select(vec!["url", "text_link", "mention", "spoiler"]);
    let url = proptest::option::of(prop_oneof![any::<String>(), Just("https://t.me/+AbCdEf123".to_owned())]);
    let entity = (kind, 0..60_usize, 0..60_usize, url);
    let entity =
        entity.prop_map(|(kind, offset, length, url)| Entity { kind: kind.into(), offset, length, url, user: None });
    proptest::collection::vec(entity, 0..4)
}

proptest! {
    #[test]
    fn no_message_is_too_strange(text in writing(), entities in entities(), extra in proptest::collection::vec(any::<String>(), 0..3)) {
        let message = Message { text, entities, extra, ..Message::default() };
        let verdict = judge(&message, &newcomer(), &settings());
        prop_assert!(verdict.reasons.iter().all(|reason| reason.evidence.chars().count() <= 80));
        prop_assert_eq!(&verdict, &judge(&message, &newcomer(), &settings()));
    }

    #[test]
    fn staff_and_trusted_are_never_struck_but_for_severe_words(text in writing(), entities in entities()) {
        let message = Message { text, entities, ..Message::default() };
        let trusted = judge(&message, &SenderFacts { trusted: true, ..newcomer() }, &settings());
        prop_assert!(trusted.class <= Class::Suspect || trusted.reasons.iter().any(|r| r.rule == Rule::SevereWord));
        prop_assert_eq!(judge(&message, &SenderFacts { staff: true, ..newcomer() }, &settings()).class, Class::Clean);
    }

    #[test]
    fn an_allowed_link_never_makes_it_worse(text in writing(), link in proptest::sample::select(vec![
        "https://github.com/a/b", "t.me/our_group", "https://t.me/+OurInvite1", "youtube.com/watch?v=1", "https://docs.qq.com/13800138000",
    ])) {
        let plain = said(&text);
        let linked = said(&format!("{text}\n{link}"));
        let marked = over(linked.clone(), "url", link, None);
        let mut hidden = plain.clone();
        let length = text.encode_utf16().count();
        hidden.entities.push(Entity { kind: "text_link".into(), offset: 0, length, url: Some(link.to_owned()), user: None });
        let before = class(&plain, newcomer());
        for message in [linked, marked, hidden] {
            prop_assert!(class(&message, newcomer()) <= before, "{:?}", message);
        }
    }

    #[test]
    fn a_longer_standing_never_makes_it_worse(text in writing()) {
        let message = said(&text);
        let classes = [newcomer(), member(), established(), SenderFacts { trusted: true, ..established() }]
            .map(|sender| class(&message, sender));
        prop_assert!(classes.is_sorted_by(|a, b| a >= b), "{:?}", classes);
    }
}
