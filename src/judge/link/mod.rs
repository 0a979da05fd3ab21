//! Where a link really leads.

mod find;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use regex::Regex;
use url::{Host, Url};

pub use find::{sites_in, telegram_in};

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

const TELEGRAM: [&str; 4] = ["t.me", "telegram.me", "telegram.dog", "tx.me"];

/// Telegram in the browser: what it shows is named behind the `#`.
const WEB: [&str; 4] = ["web.telegram.org", "webk.telegram.org", "webz.telegram.org", "weba.telegram.org"];

/// Sites whose links lead anywhere.
const SHORTENERS: [&str; 46] = [
    "1url.com",
    "985.so",
    "adf.ly",
    "bit.do",
    "bit.ly",
    "bitly.com",
    "bl.ink",
    "buff.ly",
    "c1n.cn",
    "clck.ru",
    "cutt.ly",
    "dlvr.it",
    "dwz.cn",
    "dwz.mk",
    "goo.gl",
    "goo.su",
    "is.gd",
    "j.mp",
    "lihi.cc",
    "lnkd.in",
    "mrw.so",
    "ouo.io",
    "ow.ly",
    "ppt.cc",
    "pse.is",
    "qr.ae",
    "rb.gy",
    "rebrand.ly",
    "reurl.cc",
    "s.id",
    "short.io",
    "shorturl.at",
    "soo.gd",
    "sourl.cn",
    "suo.im",
    "suo.nz",
    "t.cn",
    "t.co",
    "t.ly",
    "tiny.cc",
    "tinyurl.com",
    "u.to",
    "url.cn",
    "v.gd",
    "vk.cc",
    "x.gd",
];

/// A redirect may lead to another; nobody clicks through more of them.
const REDIRECTS: usize = 3;

/// Paths of Telegram's own that name nobody: stickers, settings, and `c`, a message of a chat one is already in.
const NOBODY: [&str; 15] = [
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
    "giftcode",
];

/// Every target of a written link: its own, and those carried in its query by redirects. Empty when it leads nowhere.
pub fn targets(written: &str) -> Vec<Link> {
    let mut links = Vec::new();
    let mut written = vec![written.to_owned()];
    for _ in 0..=REDIRECTS {
        let urls: Vec<Url> = written.iter().filter_map(|written| parse(written)).collect();
        links.extend(urls.iter().filter_map(target));
        let values = urls.iter().flat_map(|url| url.query_pairs().map(|(_, value)| value.into_owned()));
        written = values.filter(|value| is_link(value)).collect();
    }
    links
}

/// A value of a query that is a link by itself.
fn is_link(value: &str) -> bool {
    let value = value.trim_start().to_lowercase();
    let host = value.split(['/', '?']).next().unwrap_or_default();
    value.contains("://") || value.starts_with("tg:") || TELEGRAM.contains(&host) && value.len() > host.len()
}

/// The host a visible text names, if it looks like an address at all.
pub fn shown_host(text: &str) -> Option<String> {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^\s*(?:https?://)?((?:[\p{L}\d-]+\.)+[\p{L}]{2,})(?:[:/?#]\S*)?\s*$").expect("a valid pattern")
    });
    let host = ADDRESS.captures(text)?.get(1)?.as_str().to_lowercase();
    Some(host.strip_prefix("www.").map_or_else(|| host.clone(), str::to_owned))
}

fn parse(written: &str) -> Option<Url> {
    let written = written.trim();
    let lower = written.to_lowercase();
    // `tg:join?…` is as good as `tg://join?…`.
    if let Some(rest) = lower.strip_prefix("tg:") {
        return Url::parse(&format!("tg://{}", rest.trim_start_matches('/'))).ok();
    }
    if let Some(rest) = lower.strip_prefix("tonsite://") {
        return Url::parse(&format!("https://{rest}")).ok();
    }
    if ["http:/", "https:/", "ftp://"].iter().any(|scheme| lower.starts_with(scheme)) {
        return Url::parse(&lower).ok();
    }
    let of_scheme = lower.split_once("://").is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#']));
    if of_scheme || lower.starts_with("mailto:") {
        return None;
    }
    Url::parse(&format!("https://{lower}")).ok()
}

fn target(url: &Url) -> Option<Link> {
    if let Some(Host::Ipv6(address)) = url.host() {
        return Some(Link::Site(format!("[{address}]")));
    }
    let host = url.host_str()?.trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    if url.scheme() == "tg" {
        return deep_link(host, url);
    }
    if TELEGRAM.contains(&host) {
        return telegram(url);
    }
    if WEB.contains(&host)
        && let Some(link) = url.fragment().and_then(web)
    {
        return Some(link);
    }
    if let Some(name) = host.strip_suffix(".t.me") {
        return name_link(name);
    }
    host.contains('.').then(|| Link::Site(host.to_owned()))
}

/// What Telegram in the browser shows: `#@name`, `#/im?p=@name`, `#?tgaddr=tg://…`.
fn web(fragment: &str) -> Option<Link> {
    let fragment = decoded(fragment);
    if let Some((_, address)) = fragment.split_once("tgaddr=") {
        return target(&parse(address)?);
    }
    let (_, name) = fragment.split_once('@')?;
    name_link(name.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next()?)
}

fn telegram(url: &Url) -> Option<Link> {
    let parts: Vec<String> = url.path_segments()?.map(decoded).filter(|part| !part.is_empty()).collect();
    let mut path = parts.iter().map(String::as_str);
    let first = path.next()?;
    let first = if first == "s" { path.next()? } else { first };
    match first {
        "joinchat" | "addlist" => path.next().map(|code| Link::Invite(code.to_owned())),
        "contact" => path.next().map(|code| Link::Phone(code.to_owned())),
        "boost" => path.next().and_then(name_link),
        // A link to write to somebody by, without a name.
        "m" => path.next().map(|code| Link::Name(format!("m/{code}"))),
        "proxy" | "socks" => proxy(url),
        _ if NOBODY.contains(&first) => None,
        _ => match first.strip_prefix('+').or_else(|| first.strip_prefix(' ')) {
            Some(number) if number.len() > 6 && number.bytes().all(|b| b.is_ascii_digit()) => {
                Some(Link::Phone(number.to_owned()))
            }
            Some(code) if !code.is_empty() => Some(Link::Invite(code.to_owned())),
            _ => name_link(first),
        },
    }
}

/// Whether a link leads to one post of a public chat, as people cite it.
pub fn is_post(written: &str) -> bool {
    let Some(url) = parse(written).filter(|url| url.host_str().is_some_and(|host| TELEGRAM.contains(&host))) else {
        return false;
    };
    let mut path = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty() && *part != "s");
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    path.next().is_some_and(|name| name_link(name).is_some()) && path.next().is_some_and(number)
}

fn deep_link(action: &str, url: &Url) -> Option<Link> {
    match action {
        "join" => value(url, "invite").map(Link::Invite),
        "addlist" => value(url, "slug").map(Link::Invite),
        "message" => value(url, "slug").map(|code| Link::Name(format!("m/{code}"))),
        "boost" => name_link(&value(url, "domain")?),
        "proxy" | "socks" => proxy(url),
        "resolve" => match value(url, "phone") {
            Some(phone) => Some(Link::Phone(phone)),
            None => name_link(&value(url, "domain")?),
        },
        _ => None,
    }
}

/// A way through somebody's server, which shows an advertisement of theirs.
fn proxy(url: &Url) -> Option<Link> {
    value(url, "server").map(Link::Site)
}

/// A value of the query that says something, in lower case: an escaped capital was none when the link was folded.
fn value(url: &Url, key: &str) -> Option<String> {
    url.query_pairs().find(|(k, _)| k == key).map(|(_, value)| value.to_lowercase()).filter(|value| !value.is_empty())
}

/// With its `%2B` and the like undone, in lower case.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, more @ ..] = rest {
        let hex = |b: &u8| char::from(*b).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (first, more) {
            (b'%', [high, low, after @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                bytes.push(hex(high).unwrap_or(0) * 16 + hex(low).unwrap_or(0));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).to_lowercase()
}

fn name_link(name: &str) -> Option<Link> {
    let fits = (4..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    fits.then(|| Link::Name(name.to_owned()))
}

/// Links of this host lead anywhere.
pub fn is_shortener(host: &str) -> bool {
    SHORTENERS.iter().any(|shortener| is_within(host, shortener))
}

/// Telegram itself.
pub fn is_telegram(host: &str) -> bool {
    TELEGRAM.iter().chain(&WEB).any(|its| is_within(host, its))
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
    let named = matches!(url.host(), Some(Host::Domain(_)));
    let labels = host.contains('.') && host.split('.').all(|label| !label.is_empty() && !label.contains('*'));
    (plain && named && labels && !written.contains(['/', '?', '#', '@', ':'])).then(|| host.to_owned())
}
