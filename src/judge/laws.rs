//! What holds for whatever is written. Property tests and fuzzing (`fuzz/`) hold the judgement to it.

use super::link::{self, Link};
use super::see::Seen;
use super::{Class, Compiled, Rule, SenderFacts, Settings, Verdict, excerpt, judge};
use crate::model::message::{Button, Entity, Forward};
use crate::model::{Chat, Message, Span};

/// What is read can be read again with the same result, and every byte of it knows where it was written.
///
/// # Panics
/// When that does not hold.
pub fn reading(text: &str) {
    let seen = Seen::read(text);
    assert_eq!(Seen::read(&seen.text).text, seen.text, "read twice: {text:?}");
    let mut before = 0..0;
    for (at, c) in seen.text.char_indices() {
        let place = seen.origin(at..at + c.len_utf8());
        assert!(!place.is_empty() && text.get(place.clone()).is_some(), "{place:?} of {text:?}");
        assert!(before.start <= place.start && before.end <= place.end, "{before:?} before {place:?} of {text:?}");
        before = place;
    }
    assert!(seen.written(0..seen.text.len()).len() <= text.len());
    assert!(seen.units() <= seen.text.chars().count());
    let shown = excerpt(text);
    assert!(shown.chars().count() <= 80 && excerpt(&shown) == shown, "{shown:?} of {text:?}");
}

/// Links are found where they stand, and lead to what can be compared.
///
/// # Panics
/// When that does not hold.
pub fn links(text: &str) {
    let read = Seen::read(text).text;
    for text in [text, &read] {
        for written in link::telegram_in(text).into_iter().chain(link::sites_in(text)) {
            assert!(!written.at.is_empty() && text.get(written.at.clone()).is_some(), "{written:?} in {text:?}");
            written_leads_somewhere(&written.link);
        }
        let sites = link::sites_in(text);
        let mut places: Vec<_> = sites.iter().map(|written| &written.at).collect();
        places.sort_by_key(|at| (at.start, at.end));
        assert!(places.windows(2).all(|pair| pair[0].end <= pair[1].start), "{places:?} overlap in {text:?}");
        written_leads_somewhere(text);
        let host = link::shown_host(text).unwrap_or_default();
        assert_eq!(host, host.to_lowercase(), "{text:?}");
    }
    if let Some(host) = link::domain(text) {
        assert_eq!(link::domain(&host).as_deref(), Some(host.as_str()), "{text:?}");
    }
}

fn written_leads_somewhere(written: &str) {
    let targets = link::targets(written);
    assert_eq!(targets, link::targets(written), "{written:?}");
    // A redirect costs at least a key, a sign and a link of four letters.
    assert!(targets.len() <= written.len().max(1), "{} targets of {written:?}", targets.len());
    for target in targets {
        let (Link::Invite(word) | Link::Name(word) | Link::Phone(word) | Link::Site(word)) = &target;
        assert!(!word.is_empty() && *word == word.to_lowercase(), "{target:?} of {written:?}");
    }
}

/// A message from what was written: its text, then behind U+001F each its other places, the first letter of which tells
/// what it is. Positions are taken as they come, within the text or not.
fn message(written: &str) -> (Message, SenderFacts) {
    let mut parts = written.split('\u{1f}');
    let text = parts.next().unwrap_or_default().to_owned();
    let (mut message, mut sender) = (Message { text, ..Message::default() }, SenderFacts::default());
    for part in parts {
        let mut chars = part.chars();
        let kind = chars.next();
        let words = chars.as_str().to_owned();
        let (offset, length) = (words.bytes().map(usize::from).sum::<usize>() % 97, words.len());
        let mut entity = |kind: &str, url| {
            message.entities.push(Entity { kind: kind.to_owned(), offset, length, url, user: None });
        };
        match kind {
            Some('l') => entity("text_link", Some(words)),
            Some('u') => entity("url", None),
            Some('m') => entity("mention", None),
            Some('b') => message.buttons.push(Button { text: words.clone(), url: Some(words) }),
            Some('q') => message.quote = Some(words),
            Some('f') => {
                let chat = Chat { title: words.clone(), username: Some(words), ..Chat::default() };
                message.forward = Some(Forward::Channel(chat));
            }
            Some('s') => {
                let count = i64::try_from(offset).unwrap_or_default();
                (sender.messages, sender.joined, sender.trusted) = (count, Some(Span::days(count)), count == 7);
            }
            _ => message.extra.push(words),
        }
    }
    (message, sender)
}

/// Every message has a verdict that can be explained, the same each time.
///
/// # Panics
/// When that does not hold.
pub fn verdicts(written: &str, settings: &Compiled) {
    let (message, sender) = message(written);
    let verdict = judge(&message, &sender, settings);
    explained(&verdict, written);
    assert_eq!(verdict, judge(&message, &sender, settings), "{written:?}");
    let trusted = judge(&message, &SenderFacts { trusted: true, ..sender }, settings);
    let is_severe = trusted.reasons.iter().any(|reason| reason.rule == Rule::SevereWord);
    assert!(trusted.class < Class::Ad || is_severe, "{written:?}");
    assert!(trusted.class <= verdict.class, "{written:?}");
    assert_eq!(judge(&message, &SenderFacts { staff: true, ..sender }, settings).class, Class::Clean);
}

fn explained(verdict: &Verdict, written: &str) {
    assert!(verdict.score.is_finite(), "{verdict:?} on {written:?}");
    assert!(verdict.class == Class::Clean || !verdict.reasons.is_empty(), "{verdict:?} on {written:?}");
    for reason in &verdict.reasons {
        let is_short = reason.evidence.chars().count() <= 80;
        assert!(is_short && reason.weight.is_finite(), "{reason:?} on {written:?}");
    }
}

/// Settings under which every rule can come to bear.
pub fn settings() -> Compiled {
    let mut settings = Settings { block_domains: vec!["evil.example".into()], ..Settings::default() };
    settings.words.suspect.push("拼单".into());
    settings.words.ad.push("包你发财".into());
    settings.words.severe.push("出售枪支".into());
    Compiled::new(&settings, &["our_group".into(), "t.me/+OurInvite1".into()])
}
