//! Ways to be reached that people write out instead of linking: WeChat, QQ, WhatsApp, phone numbers, @names.

use std::{ops::Range, sync::LazyLock};

use regex::{Captures, Regex};

/// Names of messengers that mean nothing else; with an account behind them they are a contact.
const MESSENGER: &str = "(?:微信号?|威信|伟信|喂心|薇信|徽信|维信|微芯|v\\s?信|薇号|微❤|v❤|伽徽|weixin|wechat|whats\\s?app|vx|wx|vvv|qq|扣扣|抠抠|蔻蔻|\
    企鹅|乞鹅|电报|纸飞机|telegram|телеграмм?|ватсап|вотсап)";
/// Names that mean other things too; a contact only behind a verb or before a colon.
const LOOSE_MESSENGER: &str =
    "(?:微|薇|卫星|徽|扣|口|抠|企|鹅|飞机|тг|(?-u:\\b)(?:v|q|tg|(?:wa|line|skype|signal)(?-u:\\b)))";
/// What invites one to get in touch.
const VERB: &str = "(?:加|➕|\\+|联系|咨询|私|找|添加|详询|请加|搜|扫|进|欢迎|add|contact|text|reach|dm|pm|msg|message|call|пиши(?:те)?)";
/// Whom to get in touch with.
const WHOM: &str = "(?:我|的|们|客服|老师|一下|本人|主号|小号|群主?|裙|群号|qun|me|us|on|at|via|my|the)";
const GAP: &str = "[\\s:=_是为\\-+➕→👉❤♥☎►▶~(\\[【「]{0,8}";
/// A phone number with its area in brackets: +1 (555) 010-7788.
const WITH_AREA: &str = "(?:\\+?[0-9]{1,3} ?)?\\([0-9]{2,5}\\)[ -]?[0-9](?:[ -]?[0-9]){4,9}";

/// An account's name, or its number.
static ACCOUNT: LazyLock<String> =
    LazyLock::new(|| format!("([a-z][a-z0-9_-]{{4,19}}|{WITH_AREA}|\\+?[0-9](?:[ -]?[0-9]){{4,12}})"));

/// Behind a number it is a quantity.
const UNIT: &str = "(?:\\s?(块|元|刀|rmb|人|个|次|分|年|天|万|条|张|名|票|%))?";

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of this file is valid")
}

/// A messenger or a verb with an account behind it.
pub fn accounts(text: &str) -> impl Iterator<Item = Range<usize>> {
    static CONTACT: LazyLock<[Regex; 4]> = LazyLock::new(|| {
        let account = &*ACCOUNT;
        [
            // 加我微信：abc123, contact me on whatsapp +44…
            pattern(&format!(
                "{VERB}{GAP}{WHOM}{{0,3}}{GAP}(?:{MESSENGER}|{LOOSE_MESSENGER}){GAP}{WHOM}{{0,2}}{GAP}{account}{UNIT}"
            )),
            // 微信：abc, v:abc123
            pattern(&format!("(?:{MESSENGER}|{LOOSE_MESSENGER})(?:号码?|id|account)?\\s*[:=]\\s*{account}{UNIT}")),
            // vx abc123, whatsapp me +44…
            pattern(&format!(
                "{MESSENGER}(?:号码?|\\s?(?:id|account|number|no\\.)|群)?(?:\\s?(?:(?:me|us)(?-u:\\b)|我)(?:\\s(?:at|on)(?-u:\\b))?)?{GAP}{account}{UNIT}"
            )),
            // 加123456789, 进群571557439
            pattern(&format!("{VERB}{GAP}{WHOM}{{0,3}}{GAP}([1-9][0-9](?: ?[0-9]){{4,9}}){UNIT}")),
        ]
    });
    // An account has letters or digits, which most messages in Chinese have not.
    let patterns = if text.contains(|c: char| c.is_ascii_alphanumeric()) { CONTACT.as_slice() } else { &[] };
    patterns.iter().enumerate().flat_map(move |(index, regex)| {
        regex.captures_iter(text).filter_map(move |found| is_account(text, &found, index == 2).then(|| whole(&found)))
    })
}

/// Not a quantity, not the tail of a longer word, and, where no verb or colon says so, no plain word.
fn is_account(text: &str, found: &Captures<'_>, bare: bool) -> bool {
    let at = whole(found);
    let account = found.get(1).map_or("", |account| account.as_str());
    let first = text[at.clone()].chars().next();
    let inside_word = first.is_some_and(char::is_alphanumeric)
        && first.is_some_and(|c| c.is_ascii() || ('а'..='я').contains(&c))
        && text[..at.start].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric() || ('а'..='я').contains(&c));
    let cut = text[at.end..].starts_with(|c: char| c.is_ascii_alphanumeric());
    let time = found.get(1).is_some_and(|account| is_time(text, account.range()));
    let digits = account.bytes().filter(u8::is_ascii_digit).count();
    let plain_word = digits == 0 && !account.contains('_');
    let quantity = found.get(2).is_some();
    !(quantity || inside_word || cut || time || (bare && plain_word))
}

fn whole(found: &Captures<'_>) -> Range<usize> {
    found.get(0).expect("group 0 is the match").range()
}

/// Numbers long enough to be called or added: mobile numbers, international numbers, QQ numbers.
pub fn numbers(text: &str) -> impl Iterator<Item = Range<usize>> {
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| pattern(&format!("{WITH_AREA}|\\+?[1-9][0-9](?:[ -]?[0-9]){{5,12}}")));
    NUMBER.find_iter(text).map(|found| found.range()).filter(|at| {
        let glued =
            |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '#' | '_'));
        let number = &text[at.clone()];
        // A date or a range of prices has hyphens too, but fewer digits than a phone number.
        let enough = if number.contains(['-', '(']) { 10 } else { 8 };
        let long = number.bytes().filter(u8::is_ascii_digit).count() >= enough;
        let apart = !glued(text[..at.start].chars().next_back()) && !glued(text[at.end..].chars().next());
        long && apart && !is_time(text, at.clone()) && !is_reference(text, at.clone())
    })
}

/// A date with hyphens, or one that a time of day follows: 2026-11-30 09:00.
fn is_time(text: &str, at: Range<usize>) -> bool {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        pattern("^(?:19|20)[0-9]{2}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12][0-9]|3[01])(?:[ -][0-9]{1,2}|[ -][0-9]{4,6})?$")
    });
    let rest = &text.as_bytes()[at.end..];
    let clock = matches!(rest, [b':', digit, ..] if digit.is_ascii_digit());
    clock || DATE.is_match(&text[at])
}

/// The number of a thing and no person's: of a book, an order, a day, a price.
fn is_reference(text: &str, at: Range<usize>) -> bool {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        pattern("^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?: ?[0-9]{4}(?:[0-9]{2})?)?$")
    });
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        let of = "isbn|issn|订单|单号|编号|运单|快递|物流|案号|发票|order|tracking|invoice|ticket|parcel";
        pattern(&format!("(?:{of})(?:\\s?(?:code|id|number|no\\.?|num))?[\\s:#是为号码]{{0,5}}(?:is\\s)?$"))
    });
    let number = &text[at.clone()];
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let is_book = digits.len() == 13 && (digits.starts_with("978") || digits.starts_with("979"));
    let is_foreign = number.starts_with('+');
    let (before, after) = (text[..at.start].trim_end(), text[at.end..].trim_start());
    let is_price = before.ends_with(['$', '€', '£', '¥']) || after.starts_with(['元', '块', '$', '€', '£', '¥']);
    !is_foreign && (is_book || is_price || DAY.is_match(number)) || LABEL.is_match(&text[..at.start])
}

/// Somebody has something to sell, which is little by itself.
pub fn sale(text: &str) -> Option<Range<usize>> {
    static SALE: LazyLock<Regex> = LazyLock::new(|| {
        pattern("(?-u:\\b)(?:i|we)(?:\\s?['’]\\s?(?:m|re)|\\sam|\\sare)?\\s(?:also\\s)?sell(?:ing)?(?-u:\\b)")
    });
    SALE.find(text).map(|found| found.range())
}

/// An @name as it stands in a text.
pub struct Mention<'a> {
    pub name: &'a str,
    pub at: Range<usize>,
    /// People are told to turn to it: 联系 @name.
    pub commended: bool,
}

/// @names. One that opens a text, or is what a command there is about, addresses somebody and is left out.
pub fn mentions(text: &str) -> impl Iterator<Item = Mention<'_>> {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        let lead = "联系人?|咨询|客服|主号|飞机|电报|私聊?|频道|机器人|认准|详询|详情|找我|的来|勿扰|合作|对接|tg|telegram|contact|dm|pm|text|message|join|пишите|в лс";
        pattern(&format!("(?:({lead})(?:{WHOM}|id){{0,2}}{GAP})?@([a-z][a-z0-9_]{{3,31}})"))
    });
    let text = if text.contains('@') { text } else { "" };
    let opening = opening(text);
    NAME.captures_iter(text).filter_map(move |found| {
        let (at, name) = (whole(&found), found.get(2)?.as_str());
        let glued = text[..at.start].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '.');
        let commended = found.get(1).is_some();
        (commended || at.start > opening && !glued).then_some(Mention { name, at, commended })
    })
}

/// Where a text has its first word, the command it begins with left out.
fn opening(text: &str) -> usize {
    let begin = text.trim_start();
    let command = if begin.starts_with('/') { begin.find(char::is_whitespace).unwrap_or(begin.len()) } else { 0 };
    text.len() - begin[command..].trim_start().len()
}

/// Asks to be written to, or to be looked up, without saying where else.
pub fn approach(text: &str) -> Option<Range<usize>> {
    static APPROACH: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            "加(?:我|v|微|q|扣|口|好友|企|乞|名字)|[私密扣m]我|私信我|私聊|滴滴我|联系我|联系主号|找我|需要联系|有意联系|\
             欢迎(?:咨询|对接|来谈|打扰)|老板来|来谈|洽谈|(?:需要|合作|要|有意)的(?:来|滴滴|联系)|\
             看.{0,5}?(?:主页|简介|签名|头像|名字|资料|煮也|竹页)|(?:主页|竹页|主夜|煮页|煮也)|点我?头像|\
             (?:dm|pm|inbox|message|text|contact) me|\\+\\s?в лс|в лс|в личк|в личные|пиши(?:те)? мне|отпиши",
        )
    });
    APPROACH.find(text).map(|found| found.range())
}

/// A great sum in a short time: 一小时搞三万, $500 a day.
pub fn boast(text: &str) -> Option<Range<usize>> {
    static BOAST: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            "(?:天|日|小时|月|周|晚上?|几天).{0,6}?(?:赚|入|搞|收|挣|到手|弄|进账|净)[了到个]{0,2}\\s?(?:[0-9]{3,}|[0-9.一二两三四五六七八九十几好]{1,4}\\s?[百千万wku])|\
             (?:赚|搞|挣|发)了\\s?[0-9]{3,}\\s?u|[0-9]{3,}\\s?[u$€]\\s?(?:一|每|/)\\s?[天日]|\
             [$€£]\\s?[0-9][0-9,.]{1,8}\\s?k?\\s?(?:-\\s?[$€£]?[0-9,.]+\\s?)?(?:per|a|every|/|daily|weekly)\\s?(?:day|week|month|hour)?|\
             (?:от\\s)?[0-9][0-9 .]{1,6}\\s?(?:р|руб|\\$|€|₽|usd|тыс)[а-я.]*\\s?(?:в|за|/)\\s?(?:день|недел|сутки|смен)",
        )
    });
    BOAST.find(text).map(|found| found.range())
}

#[cfg(test)]
mod tests {
    use super::{super::see::Seen, *};

    #[test]
    fn a_contact_is_a_messenger_with_an_account() {
        for text in [
            "加微信abc123456",
            "➕V：wuhen_88",
            "薇信 zhuan8888",
            "vx：qwe789456",
            "加扣扣 12 34 56 78 9",
            "威信：hello_77",
            "加卫星 KUC53712",
            "进群571557439",
            "联系2858819642",
            "QQ一二三四五六七八",
            "电报 money888",
            "十 V 信 daili9527",
            "WhatsApp +44 7700 900123",
            "WhatsApp me +44 7700 900123",
            "WhatsApp us on: +44 7700 900123",
            "whatsapp number +44 7700 900123",
            "ＷｈａｔｓＡｐｐ +1 (555) 010-7788",
            "WhatsApp (555) 010-7788",
            "微信我 zhuan8866",
            "contact me on telegram: fast_cash",
            "тг: rabota_24",
        ] {
            assert!(accounts(&Seen::read(text).text).next().is_some(), "{text}");
        }
        for text in [
            "微信支付坏了",
            "微信 windows 版更新了",
            "V 信里说过了",
            "V 信任我 12345",
            "QQ群里说过了",
            "我加了20块",
            "加100000块也不卖",
            "加我一个",
            "找我 3 次了",
            "进群 500 人了",
            "telegram desktop crashed",
            "微信8.0.32更新了",
            "v2ray 123456789",
            "line 120345 is wrong",
            "我的 WhatsApp 坏了",
            "WhatsApp me when you get home",
            "WhatsApp me at 9:30",
            "WhatsApp 2026-11-30 09:00 maintenance",
            "微信 2026-11-30 09:00 开始维护",
            "telegram us tomorrow",
            "wechat me later, ok",
        ] {
            assert_eq!(accounts(&Seen::read(text).text).next(), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_those_one_can_call() {
        for text in [
            "13800138000",
            "19901225678",
            "+44 7700 900123",
            "138 0013 8000",
            "找 351144829 看",
            "+1 (555) 010-7788",
            "call (555) 010-7788 now",
        ] {
            assert!(numbers(text).next().is_some(), "{text}");
        }
        for text in [
            "2024-01-01",
            "1234567",
            "v1.20240101",
            "a12345678",
            "#12345678",
            "100 200",
            "1100-1200",
            "2026-11-30 09:00",
            "2026-11-30 0900",
            "20261130",
            "20261130 0900",
            "isbn 978-7-111-54742-6",
            "isbn: 7111547426",
            "9787111547426",
            "订单号 20261130000123456",
            "订单编号:88234567",
            "order no. 112-3456789-0123456",
            "tracking number is 1234567890",
            "快递单号 7734567890123",
            "(2024) 1234",
            "page 12 (13) 14",
            "$12000-15000 (2026)",
        ] {
            assert_eq!(numbers(text).next(), None, "{text}");
        }
    }

    #[test]
    fn a_name_that_opens_a_text_addresses_somebody() {
        let found = |text| mentions(text).map(|mention| mention.name).collect::<Vec<_>>();
        assert_eq!(found("@alice 你来吗"), Vec::<&str>::new());
        assert_eq!(found(" /ban @user_17"), Vec::<&str>::new());
        assert_eq!(found("/ban@steward_bot @user_17 广告"), Vec::<&str>::new());
        assert_eq!(found("/report"), Vec::<&str>::new());
        assert_eq!(found("/report 这个 @user_17"), ["user_17"]);
        assert_eq!(found("想做的 @fast_cash"), ["fast_cash"]);
        assert_eq!(found("mail a@example.com"), Vec::<&str>::new());
    }
}
