use proptest::prelude::*;

use super::*;
use crate::model::message::Entity;
use crate::model::{Chat, User};

const ZH: &str = "春天的菜市场最有意思。荠菜、马兰头、香椿依次上市，摊主把带着泥土的菜摆成一排，吆喝声此起彼伏。老人们提着布袋子慢慢挑，\
                  年轻人举着手机核对菜谱，孩子蹲在水盆边看鱼。";
const EN: &str = "The market wakes before the city does. Crates are stacked, prices are chalked on boards and the first customers argue about the \
                  weight of a melon. By noon the crowd thins and the sellers drink tea in the shade of their awnings.";
const RU: &str = "Рынок просыпается раньше города. Ящики стоят друг на друге, цены написаны мелом на досках, первые покупатели спорят о весе арбуза. \
                  К полудню толпа редеет, и продавцы пьют чай в тени навесов.";

/// So many paragraphs of it.
fn article(paragraph: &str, n: usize) -> String {
    (0..n).map(|at| format!("{}. {paragraph}\n\n", at + 1)).collect::<Vec<_>>().concat()
}

fn says(text: &str) -> Message {
    Message { text: text.to_owned(), ..Message::default() }
}

fn with_entity(text: &str, kind: &str, length: usize) -> Message {
    let entity = Entity { kind: kind.to_owned(), offset: 0, length, url: None, user: None };
    Message { entities: vec![entity], ..says(text) }
}

fn judged(text: &str) -> Sort {
    sort(&says(text), &Settings::default())
}

#[test]
fn a_long_text_of_somebody_elses_lacks_its_source() {
    for text in [article(ZH, 6), article(EN, 4), article(RU, 4), format!("大家看看这篇\n{}", article(ZH, 6))] {
        assert_eq!(judged(&text), Sort::Unnamed, "{text}");
        assert!(lacks_source(&says(&text), &Settings::default()));
    }
}

#[test]
fn a_source_is_named_in_many_ways() {
    let (zh, en, ru) = (article(ZH, 6), article(EN, 4), article(RU, 4));
    for text in [
        format!("{zh}来源：人民日报"),
        format!("{zh}（转自三联生活周刊）"),
        format!("转载自公众号\n{zh}"),
        format!("{zh}作者：汪曾祺"),
        format!("{zh}文/李某某"),
        format!("{zh}—— 汪曾祺《人间草木》"),
        format!("{zh}出 处：《人间草木》"),
        format!("{zh}來源：人民日報"),
        format!("{en}Source: The Guardian"),
        format!("{en}via the Guardian"),
        format!("By Jane Doe\n{en}"),
        format!("{ru}Источник: Коммерсант"),
        format!("{ru}Автор — Иванов"),
    ] {
        assert_eq!(judged(&text), Sort::Named, "{text}");
    }
    for kind in ["url", "text_link", "mention"] {
        assert_eq!(sort(&with_entity(&zh, kind, 4), &Settings::default()), Sort::Named, "{kind}");
    }
    for kind in ["bold", "hashtag"] {
        assert_eq!(sort(&with_entity(&zh, kind, 4), &Settings::default()), Sort::Unnamed, "{kind}");
    }
}

#[test]
fn talk_and_ones_own_words_are_no_reposts() {
    let diary = "我今天五点就醒了，给孩子做了早饭，我先生送他们上学，我在家把报告写完。\n下午我去跑步，路上我想起小时候的事，觉得自己走了好远。\n".repeat(7);
    let own =
        "I got up at five and made breakfast, then my husband took the kids to school while I wrote the report.\n\
               In the evening I went for a run, and I thought of how far I have come since my first one.\n"
            .repeat(3);
    let chain = (1..40).map(|n| format!("{n}. 小{n} 两份草莓一份蓝莓\n")).collect::<Vec<_>>().concat();
    for text in [
        ZH.to_owned(),
        article(ZH, 2),
        "长".repeat(3000),
        diary,
        own,
        format!("#接龙\n{chain}"),
        chain,
        format!("【原创】\n{}", article(ZH, 6)),
        format!("这是我自己写的，请大家提意见\n{}", article(ZH, 6)),
        format!("I wrote this last night\n{}", article(EN, 4)),
        format!("/report {}", article(ZH, 6)),
        String::new(),
    ] {
        assert_eq!(judged(&text), Sort::Other, "{text}");
    }
}

#[test]
fn of_a_forward_telegram_shows_where_it_is_from() {
    let settings = Settings::default();
    let strict = Settings { forwards: true, ..Settings::default() };
    let channel = || Forward::Channel(Chat::default());
    for (forward, lenient, stern) in [
        (channel(), Sort::Other, Sort::Unnamed),
        (Forward::Person(User::default()), Sort::Other, Sort::Unnamed),
        (Forward::Hidden("某人".into()), Sort::Unnamed, Sort::Unnamed),
    ] {
        let message = Message { forward: Some(forward), ..says(&article(ZH, 6)) };
        assert_eq!((sort(&message, &settings), sort(&message, &strict)), (lenient, stern), "{:?}", message.forward);
    }
    let short = Message { forward: Some(channel()), ..says(ZH) };
    assert_eq!(sort(&short, &strict), Sort::Other);
}

#[test]
fn a_long_quotation_is_somebody_elses() {
    let long = "市".repeat(400);
    assert_eq!(sort(&with_entity(&long, "expandable_blockquote", 400), &Settings::default()), Sort::Unnamed);
    assert_eq!(sort(&with_entity(&long, "blockquote", 399), &Settings::default()), Sort::Other);
}

#[test]
fn an_answer_names_something() {
    for (text, to_question, answers_it) in [
        ("人民日报", true, true),
        ("人民日报", false, false),
        ("来源是人民日报", false, true),
        ("Guardian, I think", true, true),
        ("不知道", true, false),
        ("为什么要来源？", true, false),
        ("I don't know", true, false),
        ("не помню", true, false),
        ("👍", true, false),
        ("嗯", true, false),
    ] {
        assert_eq!(answers(&says(text), to_question), answers_it, "{text} {to_question}");
    }
    assert!(answers(&with_entity("example.org/a", "url", 13), false));
    assert!(answers(&Message { forward: Some(Forward::Channel(Chat::default())), ..says("x") }, false));
}

#[test]
fn nobody_is_asked_twice_in_an_hour() {
    let at = |minutes: i64| Timestamp::from_secs(100_000 + 60 * minutes);
    for (now, last, asked) in [(0, None, true), (59, Some(0), false), (60, Some(0), true), (-5, Some(0), false)] {
        assert_eq!(asks(at(now), last.map(at)), asked, "{now} {last:?}");
    }
}

proptest! {
    /// Whoever names a source is never asked, wherever in the text.
    #[test]
    fn who_names_a_source_is_not_asked(n in 1_usize..8, at in 0_usize..8, mark in 0_usize..4) {
        let mark = ["来源：某报", "转载自某报", "Source: some paper", "Источник: газета"][mark];
        let mut lines: Vec<String> = vec![ZH.to_owned(); n];
        lines.insert(at.min(n), mark.to_owned());
        prop_assert!(!lacks_source(&says(&lines.join("\n")), &Settings::default()));
    }

    /// Short messages never are.
    #[test]
    fn short_messages_are_talk(text in "[一-龥a-zа-я \n]{0,399}", forwards: bool) {
        let settings = Settings { forwards, ..Settings::default() };
        prop_assert!(!lacks_source(&says(&text), &settings));
    }

    /// A higher limit asks of nothing that a lower one did not.
    #[test]
    fn the_limit_is_monotonous(text in "([一-龥]{1,80}\n){1,12}", chars in 100_usize..900) {
        let with = |chars| lacks_source(&says(&text), &Settings { chars, ..Settings::default() });
        prop_assert!(with(chars) || !with(chars + 100));
    }
}
