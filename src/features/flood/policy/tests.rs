use proptest::prelude::*;

use super::*;
use crate::model::MessageId;

/// Messages as (seconds, text); gives what there was too much of in each.
fn judged(limits: &Settings, said: &[(i64, String, Media)]) -> Vec<Option<Excess>> {
    let mut past: Vec<Line> = Vec::new();
    said.iter()
        .enumerate()
        .map(|(n, (secs, text, media))| {
            let message = Message {
                id: MessageId(i64::try_from(n).unwrap() + 1),
                date: Timestamp::from_secs(1_000_000 + secs),
                text: text.clone(),
                media: *media,
                ..Message::default()
            };
            let new = line(&message);
            let found = excess(limits, &past, &new, text);
            past.push(new);
            found
        })
        .collect()
}

fn words(n: i64, gap: i64, text: impl Fn(i64) -> String) -> Vec<(i64, String, Media)> {
    (0..n).map(|i| (i * gap, text(i), Media::None)).collect()
}

fn first(limits: &Settings, said: &[(i64, String, Media)]) -> Option<(usize, Excess)> {
    judged(limits, said).into_iter().enumerate().find_map(|(n, found)| Some((n + 1, found?)))
}

/// Short lines of talk, no two the same.
fn talk(i: i64) -> String {
    let lines = ["哈", "是啊", "我觉得也是", "昨天那个", "对对", "孩子睡了", "等下", "好的", "来了", "真的假的"];
    let (line, round) = (usize::try_from(i % 10).unwrap(), usize::try_from(i / 10).unwrap());
    format!("{}{}", lines[line], "呀".repeat(round))
}

/// What somebody writes who tells the others of a match.
fn coverage(i: i64) -> String {
    let lines = [
        "开球了，主队先攻，今天风很大",
        "左路传中被门将没收，可惜",
        "黄牌一张，客队七号拉人",
        "角球！又一个角球，还是没进",
        "进了进了，头球，一比零领先",
        "中场休息，大家喝口水再来",
        "下半场换了两个年轻人上来",
        "门柱！差一点就扳平了",
        "补时四分钟，全场都站起来了",
        "终场哨响，我们赢啦",
    ];
    lines[usize::try_from(i).unwrap()].to_owned()
}

#[test]
fn what_chinese_groups_do_all_day_is_no_flood() {
    let limits = Settings::default();
    let chain = |i: i64| {
        let names: Vec<String> = (1..=i + 1).map(|n| format!("{n}. 妈妈{n}号 两份")).collect();
        format!("#接龙 周六团购草莓\n{}", names.join("\n"))
    };
    let of = |media, n: i64, gap: i64| (0..n).map(|i| (i * gap, String::new(), media)).collect::<Vec<_>>();
    for (what, said) in [
        ("short lines in a lively talk", words(60, 2, talk)),
        ("a quick burst of lines", words(18, 1, talk)),
        ("a chain list that grows", words(12, 20, chain)),
        ("a long chain list", words(1, 1, |_| chain(150))),
        ("a check-in in two words", words(5, 5, |_| "打卡".to_owned())),
        ("laughing", words(9, 6, |_| "哈哈哈".to_owned())),
        ("welcoming newcomers", words(3, 60, |_| "欢迎新朋友，先看一下群公告哦".to_owned())),
        ("live coverage", words(10, 5, coverage)),
        ("stickers back and forth", of(Media::Sticker, 12, 2)),
        ("photos of an outing", of(Media::Photo, 12, 4)),
        ("a long article in three parts", words(3, 0, |i| format!("{i}{}", "今天天气很好我们去公园".repeat(370)))),
        ("sets of an exercise", words(6, 60, |i| format!("第{i}组深蹲完成，继续加油"))),
        ("scores", words(6, 100, |i| format!("第三局 21:{} 结束，继续看球", 10 + i))),
        ("chapters", words(6, 60, |i| format!("Finished chapter {i}, on to the next one"))),
        (
            "teams",
            words(5, 60, |i| {
                format!("{}组签到完毕，大家辛苦了", ["A", "B", "C", "D", "E"][usize::try_from(i).unwrap()])
            }),
        ),
        (
            "an answer after a long text",
            (0..5)
                .map(|i| (i, if i < 4 { format!("{i}{}", "长".repeat(3_249)) } else { "好的".to_owned() }, Media::None))
                .collect(),
        ),
        ("a party", words(1, 1, |_| "🎂🎉".repeat(40))),
    ] {
        assert_eq!(first(&limits, &said), None, "{what}");
    }
}

#[test]
fn a_flood_is_told_by_what_it_is_made_of() {
    let limits = Settings::default();
    let of = |media, n: i64, gap: i64| (0..n).map(|i| (i * gap, String::new(), media)).collect::<Vec<_>>();
    for (what, said, at) in [
        ("too fast", words(40, 1, talk), (21, Excess::Messages)),
        ("the same again", words(6, 30, |_| "周末有没有一起带娃去动物园的？".to_owned()), (4, Excess::Repeat)),
        (
            "nearly the same",
            words(6, 30, |i| {
                let end = ["呀", "哦", "啦", "呢", "吧", "嘛"][usize::try_from(i).unwrap()];
                format!("周末有没有一起带娃去动物园玩一整天的姐妹，要报名的找我{end}")
            }),
            (4, Excess::Repeat),
        ),
        (
            "in another dress",
            words(4, 9, |i| format!("顶{}一下我的帖子谢谢大家", "\u{200b}".repeat(usize::try_from(i).unwrap()))),
            (4, Excess::Repeat),
        ),
        ("a short line", words(20, 3, |_| "顶".to_owned()), (11, Excess::Repeat)),
        (
            "the same chain list",
            words(6, 30, |_| "#接龙 周六团购草莓\n1. 甲两份\n2. 乙一份".to_owned()),
            (4, Excess::Repeat),
        ),
        ("stickers", of(Media::Sticker, 20, 1), (13, Excess::Stickers)),
        ("photos", of(Media::Photo, 20, 2), (13, Excess::Media)),
        ("a pillar of lines", words(1, 1, |_| "a\n".repeat(150)), (1, Excess::Wall)),
        ("emoji without end", words(1, 1, |_| "😂".repeat(200)), (1, Excess::Wall)),
        ("a novel", words(5, 1, |i| format!("{i}{}", "长".repeat(4_000))), (4, Excess::Wall)),
    ] {
        assert_eq!(first(&limits, &said), Some(at), "{what}");
    }
}

#[test]
fn an_album_is_one() {
    let limits = Settings::default();
    let mut past = Vec::new();
    let mut part = |album: &str, id: i64, secs: i64| {
        let message = Message {
            id: MessageId(id),
            date: Timestamp::from_secs(secs),
            media: Media::Photo,
            album: Some(album.to_owned()),
            ..Message::default()
        };
        let new = line(&message);
        let found = excess(&limits, &past, &new, "");
        past.push(new);
        found
    };
    for id in 0..120 {
        assert_eq!(part(&format!("a{}", id / 10), id, 100 + id / 10), None, "{id}");
    }
    for id in 120..130 {
        assert_eq!(part("a12", id, 113), Some(Excess::Media), "all of the thirteenth, {id}");
    }
}

#[test]
fn first_a_hint_then_a_mute() {
    let at = |secs: i64| Timestamp::from_secs(10_000 + secs);
    let last = |secs, step| Some(Last { at: at(secs), step });
    let hour = Span::hours(1);
    for (before, now, after) in [
        (None, 0, Step::Hint),
        (last(0, Step::Hint), 5, Step::Nothing),
        (last(0, Step::Hint), -30, Step::Nothing),
        (last(0, Step::Hint), 15, Step::Mute),
        (last(0, Step::Hint), 3_599, Step::Mute),
        (last(0, Step::Hint), 3_600, Step::Hint),
        (last(0, Step::Mute), 5, Step::Nothing),
        (last(0, Step::Mute), 400, Step::Mute),
    ] {
        assert_eq!(step(hour, before, at(now)), after, "{before:?} {now}");
    }
}

proptest! {
    /// Nobody is muted who was not given a hint, and time to read it.
    #[test]
    fn a_mute_never_comes_first(mut times in prop::collection::vec(0_i64..20_000, 1..40)) {
        times.sort_unstable();
        let mut last: Option<Last> = None;
        for secs in times {
            let at = Timestamp::from_secs(secs);
            let next = step(Span::hours(1), last, at);
            if next == Step::Mute {
                prop_assert!(last.is_some_and(|last| at.since(last.at) >= GRACE));
            }
            if next > Step::Nothing {
                last = Some(Last { at, step: next });
            }
        }
    }

    /// Whoever writes slowly enough is never limited, whatever they write.
    #[test]
    fn unhurried_talk_is_no_flood(texts in prop::collection::vec("[一-龥a-z0-9 ]{1,60}", 1..40)) {
        let said: Vec<_> = texts.into_iter().enumerate()
            .map(|(n, text)| (i64::try_from(n).unwrap() * 201, text, Media::None)).collect();
        prop_assert_eq!(first(&Settings::default(), &said), None);
    }

    /// A higher limit finds nothing that a lower one did not.
    #[test]
    fn limits_are_monotonous(gaps in prop::collection::vec(0_i64..6, 1..60), most in 1_usize..30) {
        let mut secs = 0;
        let said: Vec<_> = gaps.iter().enumerate().map(|(n, gap)| {
            secs += gap;
            (secs, talk(i64::try_from(n).unwrap()), Media::None)
        }).collect();
        let with = |most| Settings { messages: Limit { most, within: Span::secs(30) }, ..Settings::default() };
        let (low, high) = (judged(&with(most), &said), judged(&with(most + 1), &said));
        prop_assert!(low.iter().zip(&high).all(|(low, high)| high.is_none() || low.is_some()));
    }
}
