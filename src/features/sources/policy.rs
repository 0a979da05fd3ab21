//! What reads like a repost, and whether it says where it is from. Pure.

use super::settings::Settings;
use crate::judge::Seen;
use crate::model::message::{Entity, Forward};
use crate::model::{Message, Span, Timestamp};

/// One person is asked no more often.
const ASKED: Span = Span::hours(1);

/// What a message is as to its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// No repost, as far as can be told.
    Other,
    /// One that says where it is from.
    Named,
    /// One that does not.
    Unnamed,
}

/// Whether a message reads like a repost that does not say where it is from.
pub fn lacks_source(message: &Message, settings: &Settings) -> bool {
    sort(message, settings) == Sort::Unnamed
}

/// What a message is. Long texts of several paragraphs and long quotations are reposts, unless they speak in the first
/// person throughout or say that they are the writer's own.
pub fn sort(message: &Message, settings: &Settings) -> Sort {
    // Telegram shows where it is from, except of people who hide their account.
    let shown = matches!(message.forward, Some(Forward::Person(_) | Forward::Chat(_) | Forward::Channel(_)));
    if shown && !settings.forwards || message.text.starts_with('/') {
        return Sort::Other;
    }
    let chars = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    let paragraphs = message.text.lines().filter(|line| chars(line) > 0).count();
    let quoted =
        message.entities.iter().filter(|it| it.kind.ends_with("blockquote")).filter_map(|it| message.words(it));
    let is_long = chars(&message.text) >= settings.chars && paragraphs >= 2
        || quoted.map(chars).max().is_some_and(|n| n >= settings.chars);
    if !is_long {
        return Sort::Other;
    }
    let text = Seen::read(&message.text).text;
    if OWN.iter().any(|word| has(&text, word)) || is_personal(&text) || is_list(&message.text) {
        Sort::Other
    } else if names_source(message, &text) {
        Sort::Named
    } else {
        Sort::Unnamed
    }
}

/// Whether a message says where something is from. `text`: as it is read.
fn names_source(message: &Message, text: &str) -> bool {
    message.entities.iter().any(is_link)
        || MARKS.iter().any(|word| has(text, word))
        || message.text.lines().map(str::trim).any(is_signature)
}

fn is_link(entity: &Entity) -> bool {
    matches!(entity.kind.as_str(), "url" | "text_link" | "mention" | "text_mention")
}

/// Whether a message by who was asked names the source. In answer to the question itself the bare name will do.
pub fn answers(message: &Message, to_question: bool) -> bool {
    let text = Seen::read(&message.text).text;
    let shown = matches!(message.forward, Some(Forward::Person(_) | Forward::Chat(_) | Forward::Channel(_)));
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    let is_excuse = EXCUSES.iter().any(|word| has(&text, word)) || text.contains(['?', '？']);
    let links = message.entities.iter().any(is_link);
    shown || links || !is_excuse && (to_question && letters >= 2 || names_source(message, &text))
}

/// Whether somebody is asked who was asked last at `last`.
pub fn asks(at: Timestamp, last: Option<Timestamp>) -> bool {
    last.is_none_or(|last| at.since(last) >= ASKED)
}

/// Words that say where something is from, as texts are read.
const MARKS: &[&str] = &[
    "来源",
    "出处",
    "转自",
    "转载",
    "摘自",
    "摘录自",
    "摘编自",
    "节选自",
    "选自",
    "引自",
    "原文",
    "作者",
    "译者",
    "编译",
    "供稿",
    "据报道",
    "编辑:",
    "记者",
    "通讯员",
    "讯)",
    "电)",
    "source",
    "sources",
    "via",
    "author",
    "original",
    "written by",
    "posted by",
    "credit",
    "credits",
    "courtesy of",
    "quoted from",
    "excerpt from",
    "excerpted from",
    "taken from",
    "from the book",
    "reposted from",
    "h/t",
    "источник",
    "автор",
    "взято",
    "оригинал",
    "из книги",
    "цитата из",
    "перевод",
    "репост из",
    "по материалам",
];

/// Words that say that it is the writer's own.
const OWN: &[&str] = &[
    "原创",
    "我写的",
    "自己写的",
    "我的文章",
    "本人原创",
    "my own",
    "i wrote",
    "written by me",
    "by me",
    "oc)",
    "мой текст",
    "сам написал",
    "сама написала",
    "моя статья",
];

/// What is no answer.
const EXCUSES: &[&str] = &[
    "不知道",
    "不清楚",
    "不记得",
    "忘了",
    "忘记",
    "没有",
    "不用",
    "没来源",
    "凭什么",
    "为什么",
    "don't know",
    "dont know",
    "dunno",
    "no idea",
    "forgot",
    "none",
    "why",
    "не знаю",
    "не помню",
    "забыл",
    "зачем",
    "почему",
    "нет",
];

/// Words of the first person in a language, and in how many characters one of them is enough.
const FIRST: &[(&[&str], usize)] = &[
    (&["我"], 60),
    (&["i", "my", "me", "i'm", "i've", "i'd", "i'll"], 100),
    (&["я", "мне", "меня", "мой", "моя", "мою", "моей"], 100),
];

/// Whether a word stands in a text: a Latin one as a whole, a Russian one as a beginning.
fn has(text: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && !is_chinese(c));
    text.match_indices(word).any(|(at, found)| {
        let starts = !is_letter(found.chars().next()) || !is_letter(text[..at].chars().next_back());
        let rest = text[at + found.len()..].chars().next();
        let ends = !found.ends_with(|c: char| c.is_ascii_alphabetic()) || !is_letter(rest);
        starts && ends
    })
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

/// Whether a text speaks of its writer throughout, as what people write themselves does.
fn is_personal(text: &str) -> bool {
    let chars = text.chars().filter(|c| !c.is_whitespace()).count();
    FIRST.iter().any(|(words, every)| {
        let n: usize = words.iter().map(|word| first_person(text, word)).sum();
        n >= 3 && n * every >= chars
    })
}

/// How often such a word stands in a text by itself; 我们 and 我国 are everybody's.
fn first_person(text: &str, word: &str) -> usize {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_chinese(c));
    let counts = |at: usize| {
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        if word == "我" {
            !matches!(after, Some('们' | '国' | '市' | '省' | '校' | '院'))
        } else {
            !is_letter(before) && !is_letter(after)
        }
    };
    text.match_indices(word).filter(|(at, _)| counts(*at)).count()
}

/// A list that goes round, each adding a line (接龙), and lists of short lines such as prices: nobody's article.
fn is_list(text: &str) -> bool {
    let lines: Vec<usize> = text.lines().map(|line| line.trim().chars().count()).filter(|n| *n > 0).collect();
    let short = lines.iter().filter(|n| **n < 25).count();
    text.contains("接龙") || text.contains("接龍") || lines.len() >= 8 && short * 4 >= lines.len() * 3
}

/// `—— 鲁迅《故乡》`, `文/鲁迅`, `By Jane Doe`: a line that names who said it.
fn is_signature(line: &str) -> bool {
    let short = (3..=60).contains(&line.chars().count());
    let dashed = line.starts_with("——") || line.starts_with("— ") || line.starts_with("-- ");
    let by = line.strip_prefix("By ").or(line.strip_prefix("by ")).is_some_and(|name| {
        name.chars().next().is_some_and(char::is_uppercase) && name.split_whitespace().count() <= 4
    });
    let credited = ["文/", "文|", "文｜", "文／", "图文/", "图文|"].iter().any(|mark| line.starts_with(mark));
    short && (dashed || by || credited)
}

#[cfg(test)]
mod tests;
