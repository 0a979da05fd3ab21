//! What a community may set about ads, and its form ready for use.

use std::{collections::HashSet, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Class, MOST_DAYS, linear::Model, link, link::Link, spread, words::WordList};
use crate::model::Span;

/// How ads are told from talk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Sites anybody may link to, with everything below them. Default: a dozen well-known ones such as `github.com`.
    pub allow_domains: Vec<String>,
    /// Telegram names anybody may link to or mention, such as a partner's channel. The community's own need no entry.
    /// Default: none.
    pub allow_names: Vec<String>,
    /// Sites a link to which is an ad. Default: none.
    pub block_domains: Vec<String>,
    /// What an invitation to another group is. Default: `ad`.
    pub invite_links: Action,
    /// What a link to any site not in `allow_domains` is when a newcomer posts it. Default: none; what is said with the
    /// link decides, and a link without a word is suspect.
    pub links_from_newcomers: Option<Action>,
    /// What a message forwarded from another channel is when it carries a link or a contact. Default: `suspect`.
    pub forwards: Action,
    /// Look for contacts (WeChat, QQ, WhatsApp, phone numbers …) that come with an offer. Default: `true`.
    pub contact_patterns: bool,
    /// Who counts as new. Default: `{ for = "3d", messages = 5 }`.
    pub newcomer: Newcomer,
    /// Who counts as established and is struck on stronger evidence only. Default: `{ days = 7, messages = 20 }`.
    pub trust_after: TrustAfter,
    /// When the same text going round counts. Default: `{ within = "1h", accounts = 3 }`.
    pub alike: AlikeSettings,
    /// Words of the community's own. Default: none.
    pub words: Words,
    /// A model made by `steward learn` to judge the wording by, as a file beside this one. Default: the built-in one,
    /// which stands in as well where the file is missing or damaged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["own.model"]))]
    pub model: Option<String>,
}

/// What is made of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing.
    Ignore,
    /// It is shown to the staff.
    Suspect,
    /// It costs a strike.
    Ad,
}

/// New is who has been here for less than `for` or has written fewer than `messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Newcomer {
    /// Time since joining. Default: `3d`.
    #[serde(rename = "for")]
    #[schemars(extend("examples" = ["3d"]))]
    pub span: Span,
    /// Messages written. Default: 5.
    pub messages: i64,
}

/// Established is who has both, and no strike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrustAfter {
    /// Days since joining, or with messages when the time of joining is not known. Default: 7.
    pub days: i64,
    /// Messages written. Default: 20.
    pub messages: i64,
}

/// What may be an ad weighs more when newcomers write nearly the same within a while, or one of them does so in several of
/// the community's groups. By itself that is nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AlikeSettings {
    /// The while, a minute to a day; `0s` switches it off. Default: `1h`.
    #[schemars(extend("examples" = ["1h"]))]
    pub within: Span,
    /// Accounts that write it, 3 to 20. Default: 3.
    pub accounts: usize,
}

/// Words are found however they are dressed up; Latin ones as whole words, Cyrillic ones as beginnings of words. Choose
/// words that only advertisers say: 躺赚 and 跑分 are in jokes and phone reviews too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Words {
    /// Shown to the staff. Default: none.
    pub suspect: Vec<String>,
    /// Cost a strike by themselves, save in a warning or a question. Default: none.
    pub ad: Vec<String>,
    /// Put out at once, whoever says it, together with a contact, an invitation or a Telegram name to turn to, or with
    /// a number or link and another offer. Alone they are shown to the staff. Default: none.
    pub severe: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let domains = [
            "github.com",
            "gitlab.com",
            "wikipedia.org",
            "stackoverflow.com",
            "youtube.com",
            "youtu.be",
            "bilibili.com",
            "b23.tv",
            "zhihu.com",
            "douban.com",
            "mp.weixin.qq.com",
            "docs.qq.com",
            "telegram.org",
            "telegra.ph",
        ];
        Self {
            allow_domains: domains.map(str::to_owned).into(),
            allow_names: Vec::new(),
            block_domains: Vec::new(),
            invite_links: Action::Ad,
            links_from_newcomers: None,
            forwards: Action::Suspect,
            contact_patterns: true,
            newcomer: Newcomer::default(),
            trust_after: TrustAfter::default(),
            alike: AlikeSettings::default(),
            words: Words::default(),
            model: None,
        }
    }
}

impl Default for Newcomer {
    fn default() -> Self {
        Self { span: Span::days(3), messages: 5 }
    }
}

impl Default for AlikeSettings {
    fn default() -> Self {
        Self { within: Span::hours(1), accounts: 3 }
    }
}

impl AlikeSettings {
    pub fn is_off(&self) -> bool {
        self.within == Span::ZERO
    }
}

impl Default for TrustAfter {
    fn default() -> Self {
        Self { days: 7, messages: 20 }
    }
}

impl Words {
    pub(super) fn lists(&self) -> [(&'static str, Class, &[String]); 3] {
        [
            ("suspect", Class::Suspect, &self.suspect),
            ("ad", Class::Ad, &self.ad),
            ("severe", Class::Severe, &self.severe),
        ]
    }
}

impl Settings {
    /// Everything wrong with these settings: the key, and why.
    pub fn check(&self) -> Vec<(String, String)> {
        let mut wrong = Vec::new();
        self.check_lists(&mut wrong);
        let counts = [
            ("newcomer.messages", self.newcomer.messages),
            ("trust_after.days", self.trust_after.days),
            ("trust_after.messages", self.trust_after.messages),
        ];
        for (key, value) in counts {
            if value < 0 {
                wrong.push((key.to_owned(), format!("{value} is below zero")));
            }
        }
        if !self.alike.is_off() && !(Span::minutes(1)..=spread::LONGEST).contains(&self.alike.within) {
            wrong.push(("alike.within".into(), "it lies between a minute and a day; `0s` switches it off".into()));
        }
        if !(3..=20).contains(&self.alike.accounts) {
            wrong.push(("alike.accounts".into(), format!("{} is not from 3 to 20", self.alike.accounts)));
        }
        if self.trust_after.days > MOST_DAYS {
            wrong.push(("trust_after.days".into(), format!("{} is more than {MOST_DAYS} days", self.trust_after.days)));
        }
        if self.trust_after.days <= 0 && self.trust_after.messages <= 0 {
            wrong.push(("trust_after".into(), "everybody would be established from the first message on".into()));
        }
        if self.links_from_newcomers.is_some_and(|action| action != Action::Ignore)
            && self.newcomer.span == Span::ZERO
            && self.newcomer.messages <= 0
        {
            wrong.push((
                "links_from_newcomers".into(),
                "`newcomer` is zero, so nobody is new and it does nothing".into(),
            ));
        }
        let actions = [Some(self.invite_links), self.links_from_newcomers, Some(self.forwards)];
        let idle = actions.iter().all(|action| *action == Some(Action::Ignore));
        let wordless = self.words.lists().iter().all(|(_, _, words)| words.is_empty());
        if idle && !self.contact_patterns && wordless && self.block_domains.is_empty() {
            wrong.push((String::new(), "every rule is off, so no ad would ever be found".into()));
        }
        wrong
    }
}

/// Settings of one community, ready to judge by.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub settings: Settings,
    pub(super) allow: HashSet<String>,
    block: HashSet<String>,
    pub(super) own: HashSet<Own>,
    pub(super) words: WordList<Class>,
    /// None while one is trained.
    pub(super) model: Option<Arc<Model>>,
}

/// A name or an invitation that belongs to the community.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Own {
    Name(String),
    Invite(String),
}

impl Own {
    /// Reads `name`, `@name`, `t.me/name`, `https://t.me/+code`.
    pub(super) fn of(written: &str) -> Option<Self> {
        let name = written.trim();
        let name = name.strip_prefix('@').unwrap_or(name);
        let link = if name.contains(['/', '.', ':']) { name.to_owned() } else { format!("t.me/{name}") };
        match link::targets(&link).into_iter().next()? {
            Link::Name(name) => Some(Self::Name(name)),
            Link::Invite(code) => Some(Self::Invite(code)),
            Link::Phone(_) | Link::Site(_) => None,
        }
    }
}

impl Compiled {
    /// `own`: names and invite links of the community's chats and bots, in any form. What [`Settings::check`] refuses
    /// is passed over.
    pub fn new(settings: &Settings, own: &[String]) -> Self {
        Self::with_model(settings, own, Some(Model::shipped()))
    }

    fn with_model(settings: &Settings, own: &[String], model: Option<Arc<Model>>) -> Self {
        let hosts = |domains: &[String]| domains.iter().filter_map(|domain| link::domain(domain)).collect();
        let words = settings.words.lists();
        let words = words.iter().flat_map(|(_, class, words)| words.iter().map(|word| (word.as_str(), *class)));
        Self {
            allow: hosts(&settings.allow_domains),
            block: hosts(&settings.block_domains),
            own: own.iter().chain(&settings.allow_names).filter_map(|name| Own::of(name)).collect(),
            words: WordList::new(words),
            model,
            settings: settings.clone(),
        }
    }

    /// The same, with another model.
    #[must_use]
    pub fn judging_by(self, model: Arc<Model>) -> Self {
        Self { model: Some(model), ..self }
    }

    /// The same without a model, for training one.
    #[must_use]
    pub fn without_model(settings: &Settings) -> Self {
        Self::with_model(settings, &[], None)
    }

    /// The same, with more names and invite links that are the community's own.
    #[must_use]
    pub fn with_own(&self, own: impl IntoIterator<Item = String>) -> Self {
        let mut more = self.clone();
        more.own.extend(own.into_iter().filter_map(|name| Own::of(&name)));
        more
    }

    pub(super) fn is_allowed(&self, link: &Link) -> bool {
        match link {
            Link::Name(name) => self.is_own(name),
            Link::Invite(code) => self.own.contains(&Own::Invite(code.clone())),
            Link::Phone(_) => false,
            Link::Site(host) => is_listed(&self.allow, host) && !self.is_blocked(host) && !link::is_shortener(host),
        }
    }

    pub(super) fn is_own(&self, name: &str) -> bool {
        self.own.contains(&Own::Name(name.to_lowercase()))
    }

    pub(super) fn is_blocked(&self, host: &str) -> bool {
        is_listed(&self.block, host)
    }
}

/// `host` or a domain above it is in the list.
fn is_listed(list: &HashSet<String>, host: &str) -> bool {
    let parents = host.match_indices('.').map(|(dot, _)| &host[dot + 1..]);
    std::iter::once(host).chain(parents).any(|domain| list.contains(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(toml: &str) -> Vec<String> {
        let settings: Settings = toml::from_str(toml).expect("settings of the right shape");
        settings.check().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn the_defaults_are_right_and_survive_a_round_trip() {
        assert_eq!(Settings::default().check(), []);
        let written = toml::to_string(&Settings::default()).expect("settings can be written");
        assert_eq!(toml::from_str(&written), Ok(Settings::default()));
        assert_eq!(toml::from_str(""), Ok(Settings::default()));
        assert!(toml::from_str::<Settings>("alow_domains = []").is_err());
    }

    #[test]
    fn settings_that_cannot_be_meant_are_refused() {
        for (toml, keys) in [
            ("allow_domains = ['github.com', 'https://x.com/']", &["allow_domains[1]"][..]),
            ("allow_domains = ['x.com']\nblock_domains = ['X.com', 'com']", &["block_domains[1]", "allow_domains[0]"]),
            ("allow_domains = ['bit.ly', 'x.com']", &["allow_domains[0]"]),
            ("allow_names = ['@partner', 'a b']", &["allow_names[1]"]),
            (
                "words.ad = ['', \"\\u200b\", '的', '.', '兼职', '🔞']",
                &["words.ad[0]", "words.ad[1]", "words.ad[2]", "words.ad[3]"],
            ),
            ("words = { ad = ['兼職'], severe = ['兼 职'] }", &["words.severe[0]"]),
            ("trust_after = { days = 0, messages = 0 }", &["trust_after"]),
            ("alike = { within = '0s', accounts = 20 }", &[]),
            ("alike = { within = '59s', accounts = 2 }", &["alike.within", "alike.accounts"]),
            ("alike = { within = '25h', accounts = 21 }", &["alike.within", "alike.accounts"]),
            ("trust_after = { days = -1, messages = 3 }", &["trust_after.days"]),
            ("newcomer = { for = '0s', messages = 0 }", &[]),
            ("newcomer = { for = '0s', messages = 0 }\nlinks_from_newcomers = 'suspect'", &["links_from_newcomers"]),
            (
                "invite_links = 'ignore'\nlinks_from_newcomers = 'ignore'\nforwards = 'ignore'\ncontact_patterns = false",
                &[""],
            ),
        ] {
            assert_eq!(wrong(toml), keys, "{toml}");
        }
    }

    #[test]
    fn own_and_allowed_targets_are_known_in_every_form() {
        let settings = Settings { allow_names: vec!["@Partner_ch".into()], ..Settings::default() };
        let own = ["Our_Group".into(), "@our_bot".into(), "https://t.me/+OwnCode1".into()];
        let compiled = Compiled::new(&settings, &own);
        for link in [
            "t.me/our_group",
            "telegram.dog/OUR_GROUP/55",
            "tg://resolve?domain=our_bot",
            "t.me/partner_ch",
            "t.me/joinchat/owncode1",
            "https://gist.github.com/x",
            "https://m.bilibili.com:443/v",
        ] {
            assert!(link::targets(link).iter().all(|link| compiled.is_allowed(link)), "{link}");
        }
        for link in [
            "t.me/our_groups",
            "t.me/+othercode",
            "https://github.com.evil.example",
            "https://github.com@evil.cn",
            "https://evil.cn\\@github.com",
            "https://gіthub.com",
            "https://github-com.cn",
            "https://bit.ly/github",
        ] {
            assert!(!link::targets(link).iter().any(|link| compiled.is_allowed(link)), "{link}");
        }
    }
}
