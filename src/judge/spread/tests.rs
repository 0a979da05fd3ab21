use proptest::prelude::*;

use super::*;
use crate::judge::near;

const NOON: i64 = 1_772_424_000;
const LURE: &str = "招聘线上助理三名，时间自由，想了解的加我微信 boss_9527";

fn text(chat: i64, message: i64, user: i64, secs: i64) -> Text {
    let at = Timestamp::from_secs(NOON + secs);
    Text { community: CommunityId(1), chat: ChatId(-chat), message: MessageId(message), user: UserId(user), at }
}

fn signature(text: &str) -> Signature {
    near::of_copies(text, text).expect("it is long enough")
}

fn users(copies: &[Copy]) -> Vec<i64> {
    copies.iter().map(|copy| copy.text.user.0).collect()
}

#[test]
fn copies_are_known_by_those_before_them() {
    let mut spread = Spread::default();
    let lure = signature(LURE);
    assert_eq!(users(&spread.note(text(1, 1, 1, 0), &lure)), [] as [i64; 0]);
    assert_eq!(users(&spread.note(text(1, 2, 2, 10), &lure)), [1]);
    assert_eq!(users(&spread.note(text(1, 3, 3, 20), &lure)), [2, 1]);
    assert_eq!(users(&spread.note(text(1, 2, 2, 10), &lure)), [1], "an event that is repeated");
    assert_eq!(users(&spread.look(text(1, 4, 4, 30), &lure)), [3, 2, 1]);
    assert_eq!(users(&spread.look(text(1, 5, 5, 30), &lure)), [3, 2, 1], "who only looked is not seen");
    let elsewhere = Text { community: CommunityId(2), ..text(7, 1, 9, 40) };
    assert_eq!(users(&spread.note(elsewhere, &lure)), [] as [i64; 0], "another community");
}

#[test]
fn an_edit_makes_another_text_of_a_message() {
    let mut spread = Spread::default();
    let (lure, other) = (signature(LURE), signature("周末的读书会改到了图书馆二楼，大家记得带书"));
    spread.note(text(1, 1, 1, 0), &other);
    assert_eq!(users(&spread.note(text(1, 2, 2, 10), &lure)), [] as [i64; 0]);
    assert_eq!(users(&spread.note(text(1, 1, 1, 20), &lure)), [2]);
    assert_eq!(users(&spread.note(text(1, 3, 3, 30), &lure)), [1, 2]);
    assert_eq!(users(&spread.look(text(1, 9, 9, 30), &other)), [] as [i64; 0]);
}

#[test]
fn what_somebody_known_wrote_first_may_be_repeated() {
    let mut spread = Spread::default();
    let notice = signature(LURE);
    spread.note_known(text(1, 1, 500, 0), &notice);
    for n in 2..6 {
        assert_eq!(users(&spread.note(text(1, n, n, n), &notice)), [] as [i64; 0]);
    }
    // Who repeats a newcomer's text to warn of it makes nothing of it.
    let mut spread = Spread::default();
    spread.note(text(1, 1, 1, 0), &notice);
    spread.note_known(text(1, 2, 500, 1), &notice);
    assert_eq!(users(&spread.note(text(1, 3, 3, 2), &notice)), [1]);
}

#[test]
fn copies_come_to_accounts_groups_and_what_was_removed() {
    let copy = |chat, user, secs, case| Copy { text: text(chat, 100 + secs, user, secs), case };
    let hour = Span::hours(1);
    let at = |secs| Timestamp::from_secs(NOON + secs);
    let of = |copies: &[Copy]| alike(text(1, 1, 1, 1200), copies, hour, |copy| (copy.case == 7).then(|| at(600)));
    let come_to = |accounts, groups, over, removed: Option<i64>| {
        Some(Alike { accounts, groups, over: Span::secs(over), removed: removed.map(Span::secs) })
    };
    for (what, copies, expected) in [
        ("alone", vec![], None),
        ("the same person again", vec![copy(1, 1, 1100, 0)], None),
        ("two others", vec![copy(1, 2, 600, 0), copy(1, 3, 0, 0)], come_to(3, 1, 1200, None)),
        ("one other twice", vec![copy(1, 2, 600, 0), copy(2, 2, 700, 0)], come_to(2, 1, 600, None)),
        ("other groups", vec![copy(2, 1, 600, 0), copy(3, 1, 900, 0)], come_to(1, 3, 600, None)),
        ("long ago", vec![copy(1, 2, 1200 - 3600, 0)], None),
        ("just within", vec![copy(1, 2, 1201 - 3600, 0)], come_to(2, 1, 3599, None)),
        ("one that was removed", vec![copy(1, 2, 540, 7)], come_to(2, 1, 660, Some(600))),
        ("one's own that was removed", vec![copy(2, 1, 540, 7)], come_to(1, 2, 660, None)),
        ("a case that is open", vec![copy(1, 2, 540, 8)], come_to(2, 1, 660, None)),
    ] {
        assert_eq!(of(&copies), expected, "{what}");
    }
}

#[test]
fn cases_are_known_of_by_community_and_time() {
    let mut spread = Spread::default();
    let lure = signature(LURE);
    spread.note(text(1, 1, 1, 0), &lure);
    assert!(!spread.has_cases(CommunityId(1), Timestamp(0)));
    spread.belongs(ChatId(-1), MessageId(1), 7);
    spread.belongs(ChatId(-1), MessageId(99), 8);
    assert!(spread.has_cases(CommunityId(1), Timestamp::from_secs(NOON)));
    assert!(!spread.has_cases(CommunityId(1), Timestamp::from_secs(NOON + 1)));
    assert!(!spread.has_cases(CommunityId(2), Timestamp(0)));
    assert_eq!(spread.look(text(1, 2, 2, 5), &lure)[0].case, 7);
}

#[test]
fn a_crowd_is_bounded_and_the_newest_stay() {
    let mut spread = Spread::default();
    let lure = signature(LURE);
    let pitches: Vec<_> = (0..97).map(|n| signature(&format!("{}{LURE}", "山水花鸟鱼虫日月星辰".repeat(n)))).collect();
    for n in 0..12_000 {
        let signature = if n % 2 == 0 { &lure } else { &pitches[usize::try_from(n % 97).unwrap()] };
        spread.note(text(1, n, n, n / 10), signature);
        spread.note_known(text(2, n, 1, n / 10), &signature_of(n));
    }
    for (shelf, most) in [(&spread.seen, MOST), (&spread.known, MOST_KNOWN)] {
        assert_eq!(shelf.texts.len(), most);
        assert_eq!(shelf.places.len(), most);
        let numbers: usize = shelf.bands.values().map(Vec::len).sum();
        assert!(numbers <= (most + most / 4) * 8, "{numbers}");
    }
    let looked_at = spread.look(text(1, 99_999, 99_999, 1_300), &lure).len();
    assert!((LOOKED_AT..2 * LOOKED_AT).contains(&looked_at), "{looked_at}");
}

fn signature_of(n: i64) -> Signature {
    let letter = |at: i64| char::from_u32(0x4e00 + u32::try_from((n * 31 + at * 977) % 9000).unwrap()).unwrap();
    signature(&(0..20).map(letter).collect::<String>())
}

#[test]
fn what_is_old_goes() {
    let mut spread = Spread::default();
    let lure = signature(LURE);
    spread.note(text(1, 1, 1, 0), &lure);
    spread.note(text(1, 2, 2, LONGEST.as_secs() + 1), &signature_of(1));
    assert_eq!(spread.seen.texts.len(), 1);
    assert_eq!(users(&spread.look(text(1, 3, 3, 5), &lure)), [] as [i64; 0]);
}

proptest! {
    /// Whatever is noted, repeated and edited: nothing is a copy of itself, and repeating changes nothing.
    #[test]
    fn repeating_changes_nothing(notes in prop::collection::vec((1..3_i64, 0..8_i64, 0..4_i64, 0..3_usize), 1..40)) {
        let texts = [LURE, "周末的读书会改到了图书馆二楼，大家记得带书", "earn five hundred dollars daily from your home message the boss"];
        let mut spread = Spread::default();
        for (secs, (chat, message, user, which)) in (0..).zip(notes) {
            let (text, signature) = (text(chat, message, user, secs), signature(texts[which]));
            let first = spread.note(text, &signature);
            prop_assert!(first.iter().all(|copy| (copy.text.chat, copy.text.message) != (text.chat, text.message)));
            prop_assert_eq!(&first, &spread.note(text, &signature));
            prop_assert!(spread.seen.places.len() <= spread.seen.texts.len());
        }
    }

    /// One copy more never comes to less.
    #[test]
    fn more_copies_come_to_more(copies in prop::collection::vec((1..4_i64, 1..5_i64, 0..4_000_i64, 0..3_i64), 0..12)) {
        let all: Vec<Copy> = copies.iter().map(|(chat, user, secs, case)| Copy { text: text(*chat, secs + 9, *user, *secs), case: *case }).collect();
        let of = |copies: &[Copy]| {
            let removed = |copy: &Copy| (copy.case == 1).then_some(copy.text.at);
            alike(text(1, 1, 1, 2_000), copies, Span::hours(1), removed)
        };
        for n in 0..all.len() {
            let (fewer, more) = (of(&all[..n]), of(&all[..=n]));
            if let Some(fewer) = fewer {
                let more = more.expect("what was there is still there");
                prop_assert!(fewer.accounts <= more.accounts && fewer.groups <= more.groups && fewer.over <= more.over);
                prop_assert!(fewer.removed.is_none() || more.removed.is_some());
            }
        }
    }
}
