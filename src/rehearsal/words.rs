//! What simulated people say, in both languages: chatter, harmless words that look suspicious, and invented ads.

use crate::model::Lang;

/// What the people of one language say.
pub struct Words {
    pub names: Vec<&'static str>,
    /// What people of the same name add to be told apart, the first of a name nothing.
    pub additions: &'static [&'static str],
    pub talk: Vec<&'static str>,
    /// Harmless, and near enough to an ad to fool a careless judge.
    pub tricky: Vec<&'static str>,
    /// Answers to a topic.
    pub replies: Vec<&'static str>,
    pub checkins: Vec<&'static str>,
    pub ads: Vec<Ad>,
}

/// An ad and what it hides in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ad {
    pub disguise: Disguise,
    pub text: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disguise {
    Text,
    /// A forwarded post of the channel of this title.
    Forward(&'static str),
    /// A caption.
    Photo,
    /// The caption of an album.
    Album,
    /// A link under a button of this name.
    Button(&'static str),
    /// A card with this name and number.
    Contact(&'static str, &'static str),
    /// These innocent words, edited later.
    Edit(&'static str),
}

impl Words {
    pub fn of(lang: Lang) -> Self {
        macro_rules! bank {
            ($name:literal) => {
                match lang {
                    Lang::Zh => include_str!(concat!("words/zh/", $name, ".txt")),
                    Lang::En => include_str!(concat!("words/en/", $name, ".txt")),
                }
                .lines()
            };
        }
        Self {
            names: bank!("names").collect(),
            additions: match lang {
                Lang::Zh => &["", "·上海", "·杭州", "·成都", "·广州", "·北京", "·深圳", "·南京"],
                Lang::En => &["", " B.", " C.", " D.", " F.", " K.", " M.", " S."],
            },
            talk: bank!("talk").collect(),
            tricky: bank!("tricky").collect(),
            replies: bank!("replies").collect(),
            checkins: bank!("checkins").collect(),
            ads: bank!("ads").filter_map(Ad::read).collect(),
        }
    }
}

impl Ad {
    /// Reads `disguise|its parts|text`.
    fn read(line: &'static str) -> Option<Self> {
        let parts: Vec<&'static str> = line.split('|').collect();
        let (disguise, text) = match parts[..] {
            ["text", text] => (Disguise::Text, text),
            ["forward", title, text] => (Disguise::Forward(title), text),
            ["photo", text] => (Disguise::Photo, text),
            ["album", text] => (Disguise::Album, text),
            ["button", label, text] => (Disguise::Button(label), text),
            ["contact", name, number, text] => (Disguise::Contact(name, number), text),
            ["edit", before, text] => (Disguise::Edit(before), text),
            _ => return None,
        };
        Some(Self { disguise, text })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_is_read_and_none_is_there_twice() {
        for (lang, ads) in [(Lang::Zh, include_str!("words/zh/ads.txt")), (Lang::En, include_str!("words/en/ads.txt"))]
        {
            let words = Words::of(lang);
            assert_eq!(words.ads.len(), ads.lines().count());
            for bank in [&words.names, &words.talk, &words.tricky, &words.replies, &words.checkins] {
                assert!(!bank.is_empty() && bank.iter().all(|line| !line.trim().is_empty()));
                assert_eq!(bank.iter().collect::<BTreeSet<_>>().len(), bank.len());
            }
        }
    }
}
