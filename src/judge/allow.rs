//! What may be allowed of what a message leads to: sites, names and invitations.

use super::{
    Reason, Rule,
    link::{self, Link},
    lint,
    settings::{Compiled, Own},
};

/// From so many ways of one message staff can choose to allow them.
const MOST: usize = 3;

/// Why something is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no site, name or invitation.
    Nothing,
    /// Anybody may lead anybody anywhere by it: a shortener, a place where everybody has a site, Telegram itself.
    Anywhere,
}

/// An entry of the list: `example.org`, `@name` or `t.me/+code`.
pub fn entry(written: &str) -> Result<String, Refused> {
    let written = written.trim().trim_end_matches('/');
    let link = match Own::of(written) {
        Some(Own::Name(name)) if written.starts_with('@') || written.contains('/') => Some(Link::Name(name)),
        Some(Own::Invite(code)) => Some(Link::Invite(code)),
        _ if written.contains("://") => link::targets(written).into_iter().next(),
        _ => link::targets(&format!("https://{written}")).into_iter().next(),
    };
    match link.ok_or(Refused::Nothing)? {
        Link::Name(name) => Ok(format!("@{}", name.to_lowercase())),
        Link::Invite(code) => Ok(format!("t.me/+{code}")),
        Link::Phone(_) => Err(Refused::Nothing),
        Link::Site(host) if link::domain(&host).is_none() => Err(Refused::Nothing),
        Link::Site(host) if lint::leads_anywhere(&host) => Err(Refused::Anywhere),
        Link::Site(host) => Ok(host),
    }
}

/// What the staff may allow of a message that was judged so.
pub fn entries(reasons: &[Reason]) -> Vec<String> {
    let leads = |rule: Rule| rule.is_link() || matches!(rule, Rule::Mention | Rule::Invite | Rule::TelegramLink);
    let mut entries: Vec<String> = Vec::new();
    for reason in reasons.iter().filter(|reason| leads(reason.rule)) {
        // What was cut may lead elsewhere.
        for word in reason.evidence.split_whitespace().filter(|word| !word.contains('…')) {
            let at = word.find('@').filter(|_| reason.rule == Rule::Mention).unwrap_or(0);
            let found = entry(word[at..].trim_end_matches([',', '.', '，', '。', ')', '）'])).ok();
            if let Some(entry) = found.filter(|entry| !entries.contains(entry) && entries.len() < MOST) {
                entries.push(entry);
            }
        }
    }
    entries
}

impl Compiled {
    /// The same with these entries allowed too.
    #[must_use]
    pub fn allowing(mut self, entries: &[String]) -> Self {
        for entry in entries {
            match Own::of(entry).filter(|_| entry.contains(['@', '/'])) {
                Some(own) => drop(self.own.insert(own)),
                None => drop(self.allow.insert(entry.clone())),
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{Class, SenderFacts, Settings, judge};
    use crate::model::{Message, Sender, User};

    #[test]
    fn entries_are_sites_names_and_invitations() {
        for (written, expected) in [
            ("example.org", "example.org"),
            ("https://Blog.Example.org/post?x=1", "blog.example.org"),
            ("@Some_Channel", "@some_channel"),
            ("t.me/some_channel/12", "@some_channel"),
            ("https://t.me/+AbCdEf123456", "t.me/+abcdef123456"),
        ] {
            assert_eq!(entry(written).as_deref(), Ok(expected), "{written}");
        }
        for written in ["", "hello", "bit.ly/abc", "github.io", "com", "t.me", "https://com/", "@a b"] {
            assert!(entry(written).is_err(), "{written}: {:?}", entry(written));
        }
    }

    #[test]
    fn what_is_allowed_no_longer_counts_and_what_looks_like_it_does() {
        let settings = Compiled::new(&Settings::default(), &[]);
        let class = |settings: &Compiled, text: &str| {
            let message = Message { text: text.into(), sender: Sender::Person(User::default()), ..Message::default() };
            judge(&message, &SenderFacts::default(), settings)
        };
        for (text, alike) in [
            ("https://shop-of-friends.example", "https://shop-of-fr\u{456}ends.example"),
            ("频道 t.me/some_channel", "频道 t.me/sorne_channel"),
            ("https://t.me/+AbCdEf123456", "https://t.me/+AbCdEf123457"),
        ] {
            let verdict = class(&settings, text);
            assert!(verdict.class > Class::Clean, "{text}");
            let entries = entries(&verdict.reasons);
            assert_eq!(entries.len(), 1, "{text}: {:?}", verdict.reasons);
            let allowing = settings.clone().allowing(&entries);
            assert_eq!(class(&allowing, text).class, Class::Clean, "{text}");
            assert!(class(&allowing, alike).class > Class::Clean, "{alike}");
        }
    }
}
