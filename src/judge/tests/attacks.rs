//! Ads in disguise, kind by kind. `cargo test --lib attacks -- --nocapture` prints the figures.

mod disguises;
mod texts;

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use disguises::{DISGUISES, Disguise};
use texts::{ADS, LURES, TALK, TWINS};

/// Each ad is disguised so many times.
const TRIES: u64 = 4;

const INVITE: &str = "https://t.me/+AbCdEf123";

/// What became of some messages.
#[derive(Default)]
struct Share {
    all: usize,
    struck: usize,
    held: usize,
}

impl Share {
    fn of(classes: impl Iterator<Item = Class>) -> Self {
        classes.fold(Self::default(), |share, class| Self {
            all: share.all + 1,
            struck: share.struck + usize::from(class >= Class::Ad),
            held: share.held + usize::from(class >= Class::Suspect),
        })
    }

    fn percent(&self, part: usize) -> usize {
        (100 * part).checked_div(self.all).unwrap_or_default()
    }

    fn told(&self, name: &str) -> String {
        let (struck, held) = (self.percent(self.struck), self.percent(self.held));
        format!("| {name} | {} | {struck} % | {held} % |", self.all)
    }
}

/// As most communities have it: nothing set, and somebody new.
fn verdict(message: &Message) -> Verdict {
    static NOTHING_SET: LazyLock<Compiled> = LazyLock::new(|| Compiled::new(&Settings::default(), &[]));
    judge(message, &newcomer(), &NOTHING_SET)
}

fn plain(text: &str) -> Class {
    verdict(&said(text)).class
}

/// Texts in a disguise, each in several ways.
fn in_disguise<'a>(disguise: &'a Disguise, texts: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    let seeds = |n: u64| TRIES * n..TRIES * (n + 1);
    (0..).zip(texts).flat_map(move |(n, text)| seeds(n).filter_map(|seed| disguise.put_on(text, seed)))
}

/// Least shares of ads that are struck, and that are struck or shown to the staff, in per cent. A little below what was
/// measured.
const FLOORS: [(&str, usize, usize); 18] = [
    ("zero-width characters", 80, 95),
    ("spaces", 60, 95),
    ("signs between", 50, 90),
    ("combining marks", 75, 95),
    ("random padding", 90, 95),
    ("emoji and keycaps", 75, 95),
    ("dot written out", 75, 95),
    ("traditional characters", 80, 95),
    ("full width", 75, 95),
    ("circled and squared", 95, 95),
    ("characters taken apart", 70, 90),
    ("Chinese numerals", 95, 95),
    ("words by sound", 70, 95),
    ("dilution", 60, 90),
    ("Latin in Cyrillic", 95, 95),
    ("Cyrillic and Greek in Latin", 95, 95),
    ("leet", 70, 95),
    ("maths letters", 95, 95),
];

#[test]
fn ads_are_known_in_every_disguise() {
    let open = Share::of(ADS.iter().map(|ad| plain(ad)));
    println!("| disguise | ads | struck | struck or shown |\n|---|---|---|---|\n{}", open.told("none"));
    assert!(open.percent(open.struck) >= 75 && open.held == open.all, "{}", open.told("none"));
    for (disguise, (name, struck, held)) in DISGUISES.iter().zip(FLOORS) {
        assert_eq!(disguise.name, name);
        let share = Share::of(in_disguise(disguise, &ADS).map(|text| plain(&text)));
        println!("{}", share.told(name));
        let enough = share.all >= 30 && share.percent(share.struck) >= struck && share.percent(share.held) >= held;
        assert!(enough, "{}", share.told(name));
    }
}

/// Every place of a message that can hold a link without a word of it in the text.
fn hidden(lure: &str, link: &str) -> Vec<(&'static str, Message)> {
    let under = over(said(lure), "text_link", lure, Some(link));
    let button = Button { text: lure.to_owned(), url: Some(link.to_owned()) };
    let bot = User { id: UserId(7), is_bot: true, name: "助手".into(), ..User::default() };
    let photo = || Message { media: Media::Photo, ..said(lure) };
    let buttons = || Message { buttons: vec![button.clone()], ..said(lure) };
    let forward = Some(Forward::Channel(channel("made_up_news")));
    let elsewhere = Some(reply(Some(ChatId(-1_005))));
    vec![
        ("link under words", under.clone()),
        ("link under a caption", Message { media: Media::Photo, ..under.clone() }),
        ("button", buttons()),
        ("button of an inline bot", Message { via_bot: Some(bot), ..buttons() }),
        ("forwarded, link under words", Message { forward: forward.clone(), ..under }),
        ("forwarded, button", Message { forward, ..buttons() }),
        ("code in a picture", Message { extra: vec![link.to_owned()], ..photo() }),
        ("quoted from elsewhere", Message { quote: Some(link.to_owned()), reply_to: elsewhere, ..said(lure) }),
    ]
}

#[test]
fn no_place_of_a_message_hides_an_invitation() {
    for lure in LURES {
        for link in [INVITE, "tg://join?invite=AbCdEf123", "t.me/joinchat/AbCdEf123", "https://telegram.me/+AbCdEf123"]
        {
            for (place, message) in hidden(lure, link) {
                assert_eq!(verdict(&message).class, Class::Ad, "{place}: {lure} {link}");
            }
        }
        for (place, message) in hidden(lure, "https://github.com/made-up/notes") {
            assert_eq!(verdict(&message).class, Class::Clean, "{place}: {lure}");
        }
    }
}

#[test]
fn what_only_looks_like_a_disguise_is_clean() {
    for (name, texts) in TWINS {
        for text in texts {
            let verdict = verdict(&said(text));
            assert_eq!(verdict.class, Class::Clean, "{name}: {text}: {:?}", verdict.reasons);
        }
    }
}

#[test]
fn talk_in_a_disguise_is_no_ad() {
    // Nobody but an advertiser strews nonsense around what they say.
    for disguise in DISGUISES.iter().filter(|disguise| disguise.name != "random padding") {
        let share = Share::of(in_disguise(disguise, &TALK).map(|text| plain(&text)));
        // Russian with Latin letters in its words is hardly ever written but to get past a filter.
        let most = if disguise.name == "Latin in Cyrillic" { 20 } else { 5 };
        assert!(share.struck == 0 && share.percent(share.held) < most, "{}", share.told(disguise.name));
    }
}

const ZERO_WIDTH: [char; 8] =
    ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{00ad}', '\u{2063}', '\u{180e}'];

/// Ads by themselves, worded in many ways.
fn ads() -> impl Strategy<Value = &'static str> {
    select(ADS.iter().copied().filter(|ad| plain(ad) >= Class::Ad).collect::<Vec<_>>())
}

fn padding() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(&TALK[..]), 0..6).prop_map(|talk| talk.join("\n"))
}

proptest! {
    #[test]
    fn invisible_characters_make_no_ad_less_of_one(
        ad in ads(), at in proptest::collection::vec((any::<Index>(), select(&ZERO_WIDTH[..])), 1..20),
    ) {
        let mut chars: Vec<char> = ad.chars().collect();
        for (index, invisible) in at {
            chars.insert(index.index(chars.len() + 1), invisible);
        }
        let text: String = chars.into_iter().collect();
        prop_assert!(plain(&text) >= Class::Ad, "{:?}", text);
    }

    #[test]
    fn innocent_words_around_an_ad_do_not_launder_it(ad in ads(), before in padding(), after in padding()) {
        let text = format!("{before}\n{ad}\n{after}");
        prop_assert!(plain(&text) >= Class::Suspect, "{:?}", text);
    }
}
