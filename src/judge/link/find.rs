//! Links in running text, whether Telegram knows them for links or not. The text is folded.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

/// A link found in running text.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    pub at: Range<usize>,
    /// What to give to [`super::targets`]; empty for a mail address, which leads nowhere.
    pub link: String,
    /// Its dot is spelled out or set apart, so that Telegram does not know it for a link.
    pub spelled: bool,
}

/// Telegram links in folded text, however their dots are written: `t点me/…`, `t . me / …`, `tg://…`.
pub fn telegram_in(text: &str) -> Vec<Written> {
    static TELEGRAM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r"(?:https? *: */ */ *)?(?:www\.)?(?:t|telegram|т)( *(?:\.|。|点|丶|·|•|,|dot|\(dot\)|\[\.\]|\(\.\)) *)",
            r"(?:me|dog|ме) */ *((?:(?:joinchat|addlist|c|s|share)/)?\+?[a-z0-9_-]{4,40}(?:[/?][!-~]*)?)|tg:(?://)?[a-z]+\?[!-~]+"
        ))
        .expect("a valid pattern")
    });
    let mut links = Vec::new();
    // Hardly any message has what every such link has.
    if !text.contains('/') && !text.contains("tg:") {
        return links;
    }
    for found in TELEGRAM.captures_iter(text) {
        let at = found.get(0).expect("group 0 is the match").range();
        let before = text[..at.start].chars().next_back();
        let glued = before.is_some_and(|c| c.is_ascii_alphanumeric() && !is_whole(&text[at.clone()]));
        if glued || before.is_some_and(|c| matches!(c, '.' | '@' | '-' | '/')) {
            continue;
        }
        let link = found.get(2).map_or(text[at.clone()].to_owned(), |path| format!("t.me/{}", path.as_str()));
        links.push(Written { at, link, spelled: found.get(1).is_some_and(|dot| dot.as_str() != ".") });
    }
    links
}

/// A link that says itself where it begins, whatever stands before it.
fn is_whole(link: &str) -> bool {
    link.starts_with("https:") || link.starts_with("http:")
}

/// What the hosts of links end with where nothing but a dot tells them from words.
const ENDINGS: [&str; 42] = [
    "com", "net", "org", "cn", "io", "me", "cc", "top", "xyz", "vip", "club", "shop", "site", "online", "info", "link",
    "fun", "app", "live", "ru", "co", "gg", "tv", "tk", "ml", "cf", "ga", "pw", "ltd", "store", "fit", "buzz", "icu",
    "win", "bet", "life", "dev", "example", "test", "cyou", "sbs", "lol",
];

/// Those of them that are words as well.
const WORDS: [&str; 22] = [
    "me", "top", "vip", "club", "shop", "site", "online", "info", "link", "fun", "app", "live", "co", "store", "fit",
    "buzz", "win", "bet", "life", "dev", "test", "lol",
];

/// Any other link in folded text: with `https://` before it, or with a common ending behind a dot, however the dot is
/// written: `example点com`, `example[.]com`, `example dot com`.
pub fn sites_in(text: &str) -> Vec<Written> {
    let mut links = spelled_in(text);
    let spelled: Vec<Range<usize>> = links.iter().map(|written| written.at.clone()).collect();
    let apart = |at: &Range<usize>| {
        let next = spelled.partition_point(|other| other.end <= at.start);
        spelled.get(next).is_none_or(|other| at.end <= other.start)
    };
    // Hardly any message has what every such link has.
    if text.contains(['.', '/']) {
        links.extend(plain_in(text).into_iter().filter(|written| apart(&written.at)));
    }
    links
}

fn plain_in(text: &str) -> Vec<Written> {
    static SITE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r#"(?:https?://|www\.)[^\s\x00\p{Han}，。！？、；：（）】》」』"<>]+|"#,
            r"(?:[a-z0-9_.+-]{1,64}@)?([a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)+)((?::[0-9]+)?(?:/[!-~]*)?)",
        ))
        .expect("a valid pattern")
    });
    let found = SITE.captures_iter(text).filter_map(|found| {
        let mut at = found.get(0).expect("group 0 is the match").range();
        if let (Some(host), Some(path)) = (found.get(1), found.get(2)) {
            at.end -= path.len() + host.len();
            let len = host_len(host.as_str(), !path.is_empty())?;
            at.end += if len == host.len() { len + path.len() } else { len };
        }
        let written = &text[at.clone()];
        let glued = !is_whole(written)
            && text[..at.start].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-'));
        let mail = written.contains('@') && !written.contains('/');
        let link = if glued || mail { String::new() } else { written.to_owned() };
        Some(Written { at, link, spelled: false })
    });
    found.collect()
}

/// So much of what looks like a host is one: up to its last common ending, and a country's behind that. With a path
/// behind it all of it belongs to the host.
fn host_len(host: &str, has_path: bool) -> Option<usize> {
    let mut end = 0;
    let (mut len, mut country) = (None, false);
    for (index, label) in host.split('.').enumerate() {
        end += label.len() + usize::from(index > 0);
        if index > 0 && (ENDINGS.contains(&label) || label.starts_with("xn--")) {
            (len, country) = (Some(end), true);
        } else if country {
            len = if is_country(label) { Some(end) } else { len };
            country = false;
        }
    }
    if has_path { len.map(|_| host.len()) } else { len }
}

fn is_country(label: &str) -> bool {
    label.len() == 2 && label.bytes().all(|b| b.is_ascii_lowercase())
}

/// How a dot is written so that no machine takes it for one. The last three are in ordinary sentences too.
const DOTS: &str =
    r" ?(?:点|丶|·|•|\((?:dot|点|\.)\)|\[(?:dot|点|\.)\]|\{(?:dot|点|\.)\}|【点】|<dot>) ?|。| dot | \. ";

/// Sites whose dots are spelled out.
fn spelled_in(text: &str) -> Vec<Written> {
    static SITE: LazyLock<Regex> = LazyLock::new(|| {
        let label = "[a-z0-9]+(?:-+[a-z0-9]+)*";
        Regex::new(&format!(r"(?:https?://)?({label}(?:(?:{DOTS}|\.){label})+)((?:/[!-~]*)?)"))
            .expect("a valid pattern")
    });
    static DOT: LazyLock<Regex> = LazyLock::new(|| Regex::new(&format!(r"({DOTS})|\.")).expect("a valid pattern"));
    if !may_be_spelled(text) {
        return Vec::new();
    }
    let found = SITE.captures_iter(text).filter_map(|found| {
        let host = found.get(1)?;
        let dots: Vec<_> = DOT
            .captures_iter(host.as_str())
            .filter_map(|dot| Some((dot.get(0)?.range(), dot.get(1).is_some())))
            .collect();
        // The last dot with an ending behind it, and where the ending ends.
        let ends = |n: usize| dots.get(n + 1).map_or(host.len(), |(next, _)| next.start);
        let is_ending = |n: &usize| {
            let (dot, spelled) = &dots[*n];
            let label = &host.as_str()[dot.end..ends(*n)];
            let in_prose = matches!(&host.as_str()[dot.clone()], "。" | " dot " | " . ");
            ENDINGS.contains(&label) && !(*spelled && in_prose && WORDS.contains(&label))
        };
        let last = (0..dots.len()).rev().find(is_ending)?;
        let whole = ends(last) == host.len();
        let end = if whole { found.get(0)?.end() } else { host.start() + ends(last) };
        let first = (0..=last)
            .rev()
            .take_while(|n| *n == last || !matches!(&host.as_str()[dots[*n].0.clone()], "。" | " dot " | " . "))
            .last()?;
        let start = if first == 0 { found.get(0)?.start() } else { host.start() + dots[first - 1].0.end };
        let spelled = dots[first..=last].iter().any(|(_, spelled)| *spelled);
        let written = DOT.replace_all(&text[start..end], ".").into_owned();
        let name = written.trim_start_matches("https://").trim_start_matches("http://");
        let label = name.split('.').next().unwrap_or_default();
        let named = label.len() > 1
            && label.bytes().any(|b| b.is_ascii_lowercase())
            && !is_figure_of_speech(label, &text[end..]);
        (spelled && named).then_some(Written { at: start..end, link: written, spelled: true })
    });
    found.collect()
}

/// A dot in disguise with a Latin letter behind it.
fn may_be_spelled(text: &str) -> bool {
    let signs = text.match_indices(['点', '丶', '·', '•', '。', ')', ']', '}', '】', '>']);
    let dots = text.match_indices(" dot ").chain(text.match_indices(" . "));
    signs
        .chain(dots)
        .any(|(at, sign)| text[at + sign.len()..].trim_start_matches(' ').starts_with(|c: char| c.is_ascii_lowercase()))
}

/// Not a site but the dot com bubble.
fn is_figure_of_speech(label: &str, after: &str) -> bool {
    const BEFORE: [&str; 16] = [
        "the", "an", "and", "or", "of", "old", "early", "late", "first", "any", "every", "this", "that", "my", "our",
        "us",
    ];
    const AFTER: [&str; 9] = ["bubble", "boom", "bust", "crash", "era", "craze", "mania", "compan", "stock"];
    BEFORE.contains(&label) || AFTER.iter().any(|word| after.trim_start().starts_with(word))
}
