//! What only talks about ads: warnings of them, questions, rules and news, jokes.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of this file is valid")
}

/// Tells of what somebody else did, or warns of it: an ad may be quoted with its contact here.
pub fn warning(text: &str) -> Option<Range<usize>> {
    static WARNING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            "有(?:个|一个|些|几个|不少|很多)?人(?:又|还|在|老|总|天天|刚刚?|今天|昨天|一直|突然|主动|偷偷|用)*\
             (?:加了?我|私[聊信]了?我|[找问让叫拉骗]了?我|联系了?我|给我|跟我|向我|冒充|假冒|说|发)|骗子|骗人|诈骗|反诈|被骗|上当|举报|别信|\
             (?:不要|请勿|切勿|勿|别)轻?信|(?:不要|请勿|千万别|大家别|都别)(?:相信|加|点)|别[加点](?:他|她|它|这|那)|\
             (?:小心|当心|警惕|提防).{0,6}?(?:骗|诈|假|盗|陷阱|传销|套路|广告|这种|这类|这个|这人)|\
             我(?:也|还|正)?(?:想|在|要)找.{0,6}(?:兼职|工作|活)|\
             \\bspam|\\bscam|\\bfraud|\\bphishing|\\bbeware of\\b|\\breport(?:ed)?\\b|\
             \\bsome(?:one|body) (?:just |keeps )?(?:added|messag|dm|pm|text|wrote|contact|call|told|offer|sent|ask)|\
             мошен|развод|спам|жалоб",
        )
    });
    WARNING.find_iter(text).map(|found| found.range()).find(|at| !is_claim(&text[..at.start], &text[at.end..]))
}

/// Who says of himself that he is no swindler, keeps swindlers away or speaks to those who look for work, warns of
/// nobody.
fn is_claim(before: &str, after: &str) -> bool {
    const BEFORE: [&str; 22] = [
        "不", "不是", "非", "拒绝", "绝无", "没有", "无", "勿", "谨防", "别", "no ", "not ", "not a ", "no more ",
        "non-", "isn't a ", "anti-", "without ", "zero ", "не ", "без ", "нет ",
    ];
    const AFTER: [&str; 9] = ["勿", "绕", "滚", "死", "走开", "远离", "别来", "的加", "的联系"];
    BEFORE.iter().any(|word| before.ends_with(word)) || AFTER.iter().any(|word| after.starts_with(word))
}

/// Asks about ads, forbids or explains them.
pub fn question(text: &str) -> Option<Range<usize>> {
    static QUESTION: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            "(?:想|在|要)找.{0,6}(?:兼职|工作|活)|求推荐|求介绍|looking for a (?:job|loan)|ищу (?:подработ|работ)|防骗|请勿|禁止|\
             严禁|不允许|不得|群规|误判|误封|是广告|发广告|打广告|广告狗|这种广告|这类广告|垃圾广告|识别|辨别|防范|警方|通报|涉嫌|\
             (?:什么|啥)意思|是(?:什么|啥)|怎么回事|真的假的|(?:[?？]|吗|么)[\\s\\x00]*$",
        )
    });
    QUESTION.find(text).map(|found| found.range())
}

/// Does not mean it.
pub fn joke(text: &str) -> Option<Range<usize>> {
    static JOKE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            "哈哈|嘿嘿|笑死|梦想|做梦|白日梦|开玩笑|(?:不想|懒得)上班|\\blol\\b|\\bha(?:ha)+|\\b(?:joking|kidding)\\b",
        )
    });
    JOKE.find(text).map(|found| found.range())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_known_by_what_it_warns_of() {
        for text in [
            "小心！有人加我微信 abc12345 说兼职日结",
            "昨天又有人私聊我刷单",
            "有人冒充管理员",
            "这个人是骗子",
            "大家别加，都是套路",
            "别信这个",
            "小心这种日结",
            "已举报",
            "我想找份兼职",
            "someone added me on telegram",
            "this is a scam",
            "это развод",
        ] {
            assert!(warning(text).is_some(), "{text}");
        }
        for text in [
            "小心错过",
            "当心名额没了",
            "不是骗子，可验",
            "骗子勿扰",
            "骗子绕道",
            "绝不骗人",
            "勿举报",
            "有人要吗",
            "我想找兼职的加我",
            "100% legit, no scam",
            "not a scam",
            "без развода",
            "осторожно, места заканчиваются",
        ] {
            assert_eq!(warning(text), None, "{text}");
        }
    }

    #[test]
    fn questions_rules_and_jokes_are_no_offers() {
        for text in ["免费领粉？什么意思", "兼职在哪找？", "群规：禁止兼职", "警方通报跑分团伙"]
        {
            assert!(question(text).is_some(), "{text}");
        }
        for text in ["梦想就是躺赚哈哈哈", "just kidding, easy money"] {
            assert!(joke(text).is_some(), "{text}");
        }
        for text in ["兼职日结？加我", "招代理，名额有限"] {
            assert_eq!((question(text), joke(text)), (None, None), "{text}");
        }
    }
}
