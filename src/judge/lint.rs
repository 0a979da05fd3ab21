//! What is wrong with the lists a community writes: entries that mean nothing, everything, or two things at once.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::link;
use super::see::Seen;
use super::settings::{Own, Settings};

/// A key, and why what stands there is wrong.
pub(super) type Wrong = (String, String);

/// Entries of one list.
pub const MOST_ENTRIES: usize = 10_000;
/// Characters of a word: a longer one would be a message.
const LONGEST_WORD: usize = 200;

/// Words people cannot do without. Who lists one would shut everybody up.
const EVERYDAY: &[&str] = &[
    "我们", "你们", "他们", "她们", "咱们", "大家", "自己", "什么", "这个", "那个", "这样", "那么", "一个", "没有",
    "可以", "就是", "不是", "还是", "但是", "因为", "所以", "如果", "怎么", "现在", "今天", "明天", "昨天", "时候",
    "知道", "觉得", "已经", "一下", "不要", "谢谢", "你好", "the", "and", "you", "for", "are", "that", "this", "with",
    "have", "not", "but", "what", "is", "it", "in", "to", "of", "on", "we", "me", "это", "что", "как", "так", "нет",
    "все", "или", "она", "они", "для",
];

impl Settings {
    pub(super) fn check_lists(&self, wrong: &mut Vec<Wrong>) {
        self.check_domains(wrong);
        self.check_names(wrong);
        self.check_words(wrong);
    }

    fn check_domains(&self, wrong: &mut Vec<Wrong>) {
        let standard = Self::default().allow_domains;
        let mut allowed: HashSet<String> = HashSet::new();
        // Hosts by how they look.
        let mut looks: HashMap<String, String> = HashMap::new();
        for host in &standard {
            looks.entry(skeleton(host)).or_insert_with(|| host.clone());
        }
        let mut blocked: HashMap<String, usize> = HashMap::new();
        for (index, written) in bounded("block_domains", &self.block_domains, wrong) {
            let key = format!("block_domains[{index}]");
            match read_domain(written) {
                Err(why) => wrong.push((key, why)),
                Ok(host) if suffix(&host) == Some(Suffix::Public) => {
                    wrong.push((key, format!("every site below `{host}` would be blocked, whosever it is")));
                }
                Ok(host) if blocked.contains_key(&host) => wrong.push((key, format!("`{written}` is listed twice"))),
                Ok(host) => drop(blocked.insert(host, index)),
            }
        }
        for (index, written) in bounded("allow_domains", &self.allow_domains, wrong) {
            let key = format!("allow_domains[{index}]");
            let host = match read_domain(written) {
                Ok(host) => host,
                Err(why) => {
                    wrong.push((key, why));
                    continue;
                }
            };
            let skeleton = skeleton(&host);
            let alike = looks.get(&skeleton).filter(|known| **known != host && !standard.contains(&host));
            let why = if link::is_shortener(&host) {
                format!("`{written}` shortens links: what is behind one may be anything")
            } else if suffix(&host).is_some() {
                format!("anybody can have a site below `{host}`: name the sites themselves")
            } else if allowed.contains(&host) {
                format!("`{written}` is listed twice")
            } else if blocked.contains_key(&host) {
                format!("`{written}` is in `block_domains` too")
            } else if let Some(above) = above(&host).find(|above| blocked.contains_key(*above)) {
                format!("`{written}` is below `{above}`, which is in `block_domains`, and would never be allowed")
            } else if let Some(other) = alike {
                format!("`{written}` only looks like `{other}`: it is the site `{host}`")
            } else {
                looks.entry(skeleton).or_insert_with(|| host.clone());
                allowed.insert(host);
                continue;
            };
            wrong.push((key, why));
        }
    }

    fn check_names(&self, wrong: &mut Vec<Wrong>) {
        let mut known = Vec::new();
        for (index, written) in bounded("allow_names", &self.allow_names, wrong) {
            let why = match Own::of(written) {
                None if written.trim().is_empty() => "an empty entry names nobody".to_owned(),
                None => format!("`{written}` is no Telegram name such as `@partner`"),
                Some(name) if known.contains(&name) => format!("`{written}` is listed twice"),
                Some(name) => {
                    known.push(name);
                    continue;
                }
            };
            wrong.push((format!("allow_names[{index}]"), why));
        }
    }

    fn check_words(&self, wrong: &mut Vec<Wrong>) {
        let mut known: HashMap<String, &str> = HashMap::new();
        for (list, _, words) in self.words.lists() {
            for (index, word) in bounded(&format!("words.{list}"), words, wrong) {
                let why = match read_word(word) {
                    Err(why) => why,
                    Ok(folded) => match known.get(&folded) {
                        Some(other) if *other == list => format!("`{word}` is listed twice"),
                        Some(other) => format!("`{word}` is in `words.{other}` too"),
                        None => {
                            known.insert(folded, list);
                            continue;
                        }
                    },
                };
                wrong.push((format!("words.{list}[{index}]"), why));
            }
        }
    }
}

/// A word of a list as it is read, or why it would mean nothing or everything there.
///
/// # Errors
/// What is wrong with it.
pub fn read_word(word: &str) -> Result<String, String> {
    let folded = Seen::read(word).text.trim().to_owned();
    if folded.is_empty() {
        Err("an empty word is in every message".to_owned())
    } else if says_little(&folded) {
        Err(format!("`{word}` is too short: it is in nearly every message"))
    } else if EVERYDAY.contains(&folded.as_str()) {
        Err(format!("`{word}` is a word nobody can do without: it is in nearly every talk"))
    } else if word.chars().count() > LONGEST_WORD {
        Err(format!("longer than {LONGEST_WORD} characters: nobody would write exactly that"))
    } else {
        Ok(folded)
    }
}

/// The entries of a list, as many as one may have.
fn bounded<'a>(
    key: &str,
    list: &'a [String],
    wrong: &mut Vec<Wrong>,
) -> impl Iterator<Item = (usize, &'a String)> + use<'a> {
    if list.len() > MOST_ENTRIES {
        wrong.push((key.to_owned(), format!("{} entries are more than {MOST_ENTRIES}", list.len())));
    }
    list.iter().enumerate().take(MOST_ENTRIES)
}

/// The host an entry names, or what it is instead of a domain.
fn read_domain(written: &str) -> Result<String, String> {
    if written.trim().is_empty() {
        return Err("an empty entry names no site".into());
    }
    if let Some(host) = link::domain(written) {
        return Ok(host);
    }
    let bare = written.trim().trim_start_matches("*.").trim_matches('.');
    if let Some(host) = link::domain(bare) {
        let below = written.trim().starts_with(['*', '.']);
        let why = if below { ": everything below a domain is meant with it" } else { "" };
        return Err(format!("`{written}` is more than a domain; write `{host}`{why}"));
    }
    let address = if bare.contains("://") { bare.to_owned() } else { format!("https://{bare}") };
    let url = Url::parse(&address).ok();
    let host = url.as_ref().and_then(|url| link::domain(url.host_str()?));
    match (url, host) {
        (Some(url), Some(host)) if !url.username().is_empty() || url.password().is_some() => {
            Err(format!("`{written}` is no domain: it leads to `{host}`, whatever stands before the `@`"))
        }
        (_, Some(host)) => Err(format!("`{written}` is more than a domain; write `{host}`")),
        (Some(url), None) if url.host_str().is_some_and(|host| suffix(host).is_some()) => {
            Err(format!("`{written}` is no single site: too many people have one below it"))
        }
        _ => Err(format!("`{written}` is no domain such as `example.com`")),
    }
}

/// What a domain is under which people who have nothing to do with one another have sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Suffix {
    /// A registry's: `com`, `co.uk`.
    Public,
    /// A host's: `github.io`.
    Hosting,
}

fn suffix(host: &str) -> Option<Suffix> {
    let suffix =
        psl::suffix(host.as_bytes()).filter(|suffix| suffix.is_known() && suffix.as_bytes() == host.as_bytes())?;
    Some(if suffix.typ() == Some(psl::Type::Private) { Suffix::Hosting } else { Suffix::Public })
}

/// A link to this host may lead anywhere: it shortens links, anybody can have a site below it, or it is Telegram itself.
pub(super) fn leads_anywhere(host: &str) -> bool {
    link::is_shortener(host) || suffix(host).is_some() || link::is_telegram(host)
}

/// A host and the domains it is below.
fn above(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |host| host.split_once('.').map(|(_, rest)| rest))
}

/// A host as the eye takes it.
fn skeleton(host: &str) -> String {
    let folded = Seen::read(&url::quirks::domain_to_unicode(host)).text;
    folded.replace('0', "o").replace('1', "l").replace("rn", "m").replace("vv", "w")
}

/// One letter, or marks only. A pictograph says as much as a word.
fn says_little(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
    let pictures =
        word.chars().any(|c| !c.is_alphanumeric() && c >= '\u{2190}' && !('\u{3000}'..='\u{303f}').contains(&c));
    letters < 2 && !pictures
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with settings written so.
    fn wrong(toml: &str) -> Vec<String> {
        let settings: Settings = toml::from_str(toml).expect("settings of the right shape");
        settings.check().into_iter().map(|(key, why)| format!("{key}: {why}")).collect()
    }

    fn why(list: &str, entry: &str) -> String {
        let settings = match list {
            "allow" => Settings { allow_domains: vec![entry.into()], ..Settings::default() },
            "block" => Settings { block_domains: vec![entry.into()], ..Settings::default() },
            _ => Settings { allow_names: vec![entry.into()], ..Settings::default() },
        };
        settings.check().pop().map_or_else(|| "right".to_owned(), |(_, why)| why)
    }

    #[test]
    fn a_domain_is_a_domain_and_nothing_else() {
        for (entry, expected) in [
            ("example.com", "right"),
            ("Example.COM", "right"),
            ("例子.中国", "right"),
            ("xn--fsqu00a.xn--fiqs8s", "right"),
            ("", "an empty entry names no site"),
            (" \u{3000}", "an empty entry names no site"),
            ("https://example.com", "`https://example.com` is more than a domain; write `example.com`"),
            ("example.com/path", "`example.com/path` is more than a domain; write `example.com`"),
            ("example.com:8080", "`example.com:8080` is more than a domain; write `example.com`"),
            (" example.com", "` example.com` is more than a domain; write `example.com`"),
            (
                "*.example.com",
                "`*.example.com` is more than a domain; write `example.com`: everything below a domain is meant with it",
            ),
            (
                "github.com@evil.example",
                "`github.com@evil.example` is no domain: it leads to `evil.example`, whatever stands before the `@`",
            ),
            ("10.0.0.1", "`10.0.0.1` is no domain such as `example.com`"),
            ("a b", "`a b` is no domain such as `example.com`"),
            ("com", "`com` is no single site: too many people have one below it"),
        ] {
            assert_eq!(why("allow", entry), expected, "{entry}");
            assert_eq!(why("block", entry), expected, "{entry}");
        }
    }

    #[test]
    fn what_belongs_to_many_is_not_allowed() {
        for (entry, allow, block) in [
            (
                "co.uk",
                "anybody can have a site below `co.uk`: name the sites themselves",
                "every site below `co.uk` would be blocked, whosever it is",
            ),
            (
                "com.cn",
                "anybody can have a site below `com.cn`: name the sites themselves",
                "every site below `com.cn` would be blocked, whosever it is",
            ),
            ("github.io", "anybody can have a site below `github.io`: name the sites themselves", "right"),
            ("us.github.io", "right", "right"),
            ("bit.ly", "`bit.ly` shortens links: what is behind one may be anything", "right"),
        ] {
            assert_eq!(why("allow", entry), allow, "{entry}");
            assert_eq!(why("block", entry), block, "{entry}");
        }
    }

    #[test]
    fn what_only_looks_like_an_allowed_site_is_refused() {
        for (entry, other) in [("gіthub.com", "github.com"), ("b1l1b1l1.com", "right"), ("zh1hu.com", "right")] {
            let told = why("allow", entry);
            assert!(
                if other == "right" { told == "right" } else { told.contains(&format!("only looks like `{other}`")) },
                "{entry}: {told}"
            );
        }
        for pair in [["paypal.com", "paypa1.com"], ["modern.com", "modem.com"], ["google.com", "g00gle.com"]] {
            let settings = Settings { allow_domains: pair.map(str::to_owned).into(), ..Settings::default() };
            let told = settings.check();
            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!(told[0].0, "allow_domains[1]");
            assert!(told[0].1.contains("only looks like"), "{told:?}");
        }
        // To block such a site is what a list is for.
        assert_eq!(why("block", "gіthub.com"), "right");
    }

    #[test]
    fn lists_that_contradict_themselves_are_refused() {
        for (toml, expected) in [
            ("allow_domains = ['x.com', 'X.com']", &["allow_domains[1]: `X.com` is listed twice"][..]),
            ("block_domains = ['x.com', 'x.com']", &["block_domains[1]: `x.com` is listed twice"]),
            (
                "allow_domains = ['x.com']\nblock_domains = ['X.com']",
                &["allow_domains[0]: `x.com` is in `block_domains` too"],
            ),
            (
                "allow_domains = ['docs.x.com']\nblock_domains = ['x.com']",
                &[
                    "allow_domains[0]: `docs.x.com` is below `x.com`, which is in `block_domains`, and would never be allowed",
                ],
            ),
            // All of a site but a part of it.
            ("allow_domains = ['x.com']\nblock_domains = ['bad.x.com']", &[]),
            (
                "allow_names = ['@partner', 'https://t.me/Partner']",
                &["allow_names[1]: `https://t.me/Partner` is listed twice"],
            ),
            (
                "allow_names = ['', 'https://x.com']",
                &[
                    "allow_names[0]: an empty entry names nobody",
                    "allow_names[1]: `https://x.com` is no Telegram name such as `@partner`",
                ],
            ),
            ("words = { ad = ['躺赚', '躺 賺'] }", &["words.ad[1]: `躺 賺` is listed twice"]),
            ("words = { ad = ['躺赚'], severe = ['躺赚'] }", &["words.severe[0]: `躺赚` is in `words.ad` too"]),
            (
                "words.ad = ['我们', 'The']",
                &[
                    "words.ad[0]: `我们` is a word nobody can do without: it is in nearly every talk",
                    "words.ad[1]: `The` is a word nobody can do without: it is in nearly every talk",
                ],
            ),
        ] {
            assert_eq!(wrong(toml), expected, "{toml}");
        }
    }

    #[test]
    fn lists_have_an_end() {
        let many = |name: &str| (0..=MOST_ENTRIES).map(|n| format!("{name}{n}x")).collect::<Vec<_>>();
        let mut settings = Settings::default();
        settings.words.ad = many("word");
        settings.block_domains = many("a").into_iter().map(|name| name + ".com").collect();
        settings.allow_domains = many("b").into_iter().map(|name| name + ".com").collect();
        let keys: Vec<_> = settings.check().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["block_domains", "allow_domains", "words.ad"]);
        let mut settings = Settings::default();
        settings.words.ad = vec!["长".repeat(LONGEST_WORD + 1)];
        assert_eq!(settings.check()[0].1, "longer than 200 characters: nobody would write exactly that");
    }

    #[test]
    fn everyday_words_are_written_as_texts_are_read() {
        for word in EVERYDAY {
            assert_eq!(Seen::read(word).text, *word);
        }
    }
}
