//! Where a link really leads.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;
use url::Url;

/// A link as its target. Everything is in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// A Telegram invitation, by its code.
    Invite(String),
    /// Somebody's or something's public name on Telegram.
    Name(String),
    /// A phone number's account.
    Phone(String),
    /// A site, by its host.
    Site(String),
}

const TELEGRAM: [&str; 3] = ["t.me", "telegram.me", "telegram.dog"];

/// Paths of Telegram's own that name nobody: stickers, settings, and `c`, a message of a chat one is already in.
const NOBODY: [&str; 14] = [
    "addstickers",
    "addemoji",
    "addtheme",
    "setlanguage",
    "bg",
    "share",
    "iv",
    "c",
    "login",
    "confirmphone",
    "invoice",
    "nft",
    "call",
    "stickers",
];

/// Every target of a written link: its own, and one carried in its query by a redirect. Empty when it leads nowhere.
pub fn targets(written: &str) -> Vec<Link> {
    let Some(url) = parse(written) else { return Vec::new() };
    let mut links: Vec<Link> = target(&url).into_iter().collect();
    if !matches!(url.scheme(), "tg") {
        for (_, value) in url.query_pairs() {
            if let Some(inner) = (value.contains("://")).then(|| parse(&value)).flatten() {
                links.extend(target(&inner));
            }
        }
    }
    links
}

/// The host a visible text names, if it looks like an address at all.
pub fn shown_host(text: &str) -> Option<String> {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^\s*(?:https?://)?((?:[\p{L}\d-]+\.)+[\p{L}]{2,})(?:[:/?#]\S*)?\s*$").expect("a valid pattern")
    });
    let host = ADDRESS.captures(text)?.get(1)?.as_str().to_lowercase();
    Some(host.strip_prefix("www.").map_or_else(|| host.clone(), str::to_owned))
}

/// A link found in running text.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    pub at: Range<usize>,
    /// What to give to [`targets`]; empty for a mail address, which leads nowhere.
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
        if text[..at.start].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '-' | '/')) {
            continue;
        }
        let link = found.get(2).map_or(text[at.clone()].to_owned(), |path| format!("t.me/{}", path.as_str()));
        links.push(Written { at, link, spelled: found.get(1).is_some_and(|dot| dot.as_str() != ".") });
    }
    links
}

/// Any other link in folded text, with `https://` before it or a common ending behind it.
pub fn sites_in(text: &str) -> Vec<Written> {
    static SITE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(concat!(
            r#"(?:https?://|www\.)[^\s\x00\p{Han}，。！？、；：（）】》」』"<>]+|"#,
            r"(?:[\w.+-]+@)?(?:[a-z0-9-]+\.)+(?:com|net|org|cn|io|me|cc|top|xyz|vip|club|shop|site|online|info|link|fun|",
            r"app|live|ru|co|gg|tv|tk|ml|cf|ga|pw|ltd|store|fit|buzz|icu|win|bet|life|example|test)",
            // What follows the ending belongs to the host if it is a country's, or if a path comes behind it.
            r"(?:(?:\.[a-z0-9-]+)+(?::\d+)?/[!-~]*|(?:\.[a-z]{2})?\b(?::\d+)?(?:/[!-~]*)?)"
        ))
        .expect("a valid pattern")
    });
    // Hardly any message has what every such link has.
    if !text.contains(['.', '/']) {
        return Vec::new();
    }
    let found = SITE.find_iter(text).map(|found| {
        let glued =
            text[..found.start()].ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '-'));
        let mail = found.as_str().contains('@') && !found.as_str().contains('/');
        let link = if glued || mail { String::new() } else { found.as_str().to_owned() };
        Written { at: found.range(), link, spelled: false }
    });
    found.collect()
}

fn parse(written: &str) -> Option<Url> {
    let written = written.trim();
    let lower = written.to_lowercase();
    // `tg:join?…` is as good as `tg://join?…`.
    if let Some(rest) = lower.strip_prefix("tg:") {
        return Url::parse(&format!("tg://{}", rest.trim_start_matches('/'))).ok();
    }
    if lower.starts_with("http://") || lower.starts_with("https://") {
        return Url::parse(&lower).ok();
    }
    if lower.contains("://") || lower.starts_with("mailto:") {
        return None;
    }
    Url::parse(&format!("https://{lower}")).ok()
}

fn target(url: &Url) -> Option<Link> {
    let host = url.host_str()?.trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    if url.scheme() == "tg" {
        return deep_link(host, url);
    }
    if TELEGRAM.contains(&host) {
        return telegram(url);
    }
    if let Some(name) = host.strip_suffix(".t.me") {
        return name_link(name);
    }
    host.contains('.').then(|| Link::Site(host.to_owned()))
}

fn telegram(url: &Url) -> Option<Link> {
    let mut path = url.path_segments()?.filter(|part| !part.is_empty());
    let first = path.next()?;
    let first = if first == "s" { path.next()? } else { first };
    match first {
        "joinchat" | "addlist" => path.next().map(|code| Link::Invite(code.to_owned())),
        "contact" => path.next().map(|code| Link::Phone(code.to_owned())),
        _ if NOBODY.contains(&first) => None,
        _ => {
            match first.strip_prefix('+').or_else(|| first.strip_prefix("%20")).or_else(|| first.strip_prefix("%2b")) {
                Some(number) if number.len() > 6 && number.bytes().all(|b| b.is_ascii_digit()) => {
                    Some(Link::Phone(number.to_owned()))
                }
                Some(code) if !code.is_empty() => Some(Link::Invite(code.to_owned())),
                _ => name_link(first),
            }
        }
    }
}

fn deep_link(action: &str, url: &Url) -> Option<Link> {
    let value = |key: &str| url.query_pairs().find(|(k, _)| k == key).map(|(_, value)| value.into_owned());
    match action {
        "join" => value("invite").map(Link::Invite),
        "addlist" => value("slug").map(Link::Invite),
        "resolve" => match value("phone") {
            Some(phone) => Some(Link::Phone(phone)),
            None => name_link(&value("domain")?),
        },
        _ => None,
    }
}

fn name_link(name: &str) -> Option<Link> {
    let fits = (4..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    fits.then(|| Link::Name(name.to_owned()))
}

/// The host is `domain` or below it.
pub fn is_within(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// A domain as the operator means it: lower case, in ASCII. None when it is no domain.
pub fn domain(written: &str) -> Option<String> {
    let url = Url::parse(&format!("https://{written}/")).ok()?;
    let host = url.host_str()?;
    let plain = url.path() == "/" && url.port().is_none() && url.username().is_empty() && url.query().is_none();
    let named = matches!(url.host(), Some(url::Host::Domain(_)));
    let labels = host.contains('.') && host.split('.').all(|label| !label.is_empty() && !label.contains('*'));
    (plain && named && labels && !written.contains(['/', '?', '#', '@', ':'])).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(written: &str) -> Option<Link> {
        targets(written).into_iter().next()
    }

    #[test]
    fn every_form_of_a_telegram_link_is_known() {
        let invite = Some(Link::Invite("abcdef12".into()));
        for written in [
            "t.me/+AbCdEf12",
            "https://t.me/joinchat/AbCdEf12",
            "http://telegram.me/+abcdef12",
            "telegram.dog/joinchat/abcdef12?x=1",
            "tg://join?invite=AbCdEf12",
            "tg:join?invite=abcdef12",
            "https://www.t.me/%2Babcdef12",
            "https://t.me:443/+abcdef12",
            "https://user@t.me/+abcdef12",
            "t.me/addlist/abcdef12",
        ] {
            assert_eq!(one(written), invite, "{written}");
        }
        for written in
            ["t.me/Some_Name", "https://some_name.t.me", "tg://resolve?domain=some_name", "t.me/s/some_name/3"]
        {
            assert_eq!(one(written), Some(Link::Name("some_name".into())), "{written}");
        }
        assert_eq!(one("t.me/+8613800000000"), Some(Link::Phone("8613800000000".into())));
        for written in ["t.me/c/1234/5", "t.me/addstickers/cats", "tg://user?id=5", "mailto:a@b.cn", "t.me"] {
            assert_eq!(one(written), None, "{written}");
        }
    }

    #[test]
    fn the_real_host_decides() {
        for (written, host) in [
            ("https://t.me.evil.example/x", "t.me.evil.example"),
            ("https://t.me@evil.example/x", "evil.example"),
            ("https://t.me:pass@evil.example:8443/", "evil.example"),
            ("HTTPS://WWW.Evil.Example./", "evil.example"),
            ("https://例子.测试", "xn--fsqu00a.xn--0zwm56d"),
            ("https://gіthub.com", "xn--gthub-n2e.com"),
            ("http://0x7f.1/", "127.0.0.1"),
        ] {
            assert_eq!(one(written), Some(Link::Site(host.into())), "{written}");
        }
        assert!(is_within("docs.github.com", "github.com"));
        assert!(!is_within("evilgithub.com", "github.com"));
        assert!(!is_within("github.com.evil.example", "github.com"));
    }

    #[test]
    fn a_redirect_is_seen_through() {
        assert_eq!(
            targets("https://google.com/url?q=https%3A%2F%2Ft.me%2F%2Babcdef12"),
            [Link::Site("google.com".into()), Link::Invite("abcdef12".into())]
        );
        assert_eq!(targets("https://t.me/share/url?url=https://evil.example/"), [Link::Site("evil.example".into())]);
    }

    #[test]
    fn links_are_found_in_running_text() {
        let found = |text| telegram_in(text).into_iter().chain(sites_in(text)).map(|w| w.link).collect::<Vec<_>>();
        for (text, link) in [
            ("进群t点me/abcdef", "t.me/abcdef"),
            ("t . me / + abcdef", ""),
            ("t . me / +abcdef 快", "t.me/+abcdef"),
            ("看tg://resolve?domain=abcdef", "tg://resolve?domain=abcdef"),
            ("访问evil.example/a?b=c领取", "evil.example/a?b=c"),
            ("https://пример.рф/x 好", "https://пример.рф/x"),
            ("(t.me/abcdef)", "t.me/abcdef"),
            ("read bbc.co.uk/books nice", "bbc.co.uk/books"),
            ("apply at penguin.co.uk.", "penguin.co.uk"),
            ("买东西上 jd.com.hk 看", "jd.com.hk"),
            ("github.com.evil.dev/x 好", "github.com.evil.dev/x"),
            ("github.com.cn:8080/x", "github.com.cn:8080/x"),
            ("see example.com. So nice", "example.com"),
            ("see example.com.Thanks", "example.com"),
            ("to a@bbc.co.uk", ""),
            ("to a@example.com", ""),
            ("t.me@evil.example/x", "t.me@evil.example/x"),
        ] {
            assert_eq!(found(text).first().map_or("", String::as_str), link, "{text}");
        }
        assert_eq!(found("3.5 me / you, end.Me too"), Vec::<String>::new());
    }

    #[test]
    fn only_domains_are_domains() {
        for written in ["github.com", "Docs.GitHub.com", "例子.中国"] {
            assert!(domain(written).is_some(), "{written}");
        }
        for written in
            ["", "com", "https://github.com", "github.com/x", "a b.com", "127.0.0.1", "*.com", "x.com:80", "@x"]
        {
            assert_eq!(domain(written), None, "{written}");
        }
    }
}
