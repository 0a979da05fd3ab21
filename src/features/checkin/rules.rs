//! The settings of check-ins, checked and ready to work with.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::settings::{Gift, Post, Settings};
use super::words::Words;
use crate::cx::Compile;
use crate::model::effect::{File, FileKind, FileSource};
use crate::model::schedule::{Clock, Schedule, When};
use crate::model::text::MESSAGE_MAX;
use crate::model::{Day, Lang, Span, Timestamp};

/// The text of a gift shares its message with a line of the bot's, and with a code or as a file's caption.
const GIFT_MAX: usize = 3500;
const CAPTION_MAX: usize = 900;
/// Nobody reads faster.
const ANSWER_FOR_MIN: Span = Span::secs(5);
/// A message of the bot's can be deleted for 48 hours.
const ANSWER_FOR_MAX: Span = Span::hours(47);

/// The settings, ready to work with.
pub struct Rules {
    pub settings: Settings,
    pub words: Words,
    pub zone: Tz,
    pub post: Option<Schedule>,
    pub remind: Option<Schedule>,
    pub summary: Option<Schedule>,
    pub gifts: BTreeMap<String, Present>,
    /// How many days back a make-up card reaches.
    pub makeup_days: i64,
}

/// A gift, ready to be given.
pub struct Present {
    pub title: String,
    pub text: Option<String>,
    pub file: Option<File>,
    pub codes: Option<Vec<String>>,
}

impl Rules {
    /// The check-in day of an instant.
    pub fn day(&self, at: Timestamp) -> Day {
        Day::of(at, self.zone, self.settings.day_starts.0)
    }

    /// A word to recommend in a language.
    pub fn word(&self, lang: Lang) -> Option<&str> {
        let words = || self.settings.words.iter().map(String::as_str);
        words().find(|word| word.is_ascii() == (lang == Lang::En)).or_else(|| words().next())
    }

    /// The nearest reward beyond a streak, and how many days it takes.
    pub fn next_reward(&self, streak: i64) -> Option<(&str, i64)> {
        let rewards = self.settings.rewards.iter();
        let ahead = rewards.filter_map(|reward| {
            let at = if reward.repeat { (streak / reward.streak + 1) * reward.streak } else { reward.streak };
            let title = &self.gifts.get(&reward.give)?.title;
            (at > streak).then_some((title.as_str(), at - streak))
        });
        ahead.min_by_key(|(_, days)| *days)
    }
}

pub fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Rules {
    if settings.words.iter().any(|word| !word.chars().any(char::is_alphanumeric)) {
        compile.wrong("words", "a word without a letter would check in with every message");
    }
    if settings.answer_for < ANSWER_FOR_MIN {
        compile.wrong("answer_for", "nobody reads it in less than 5 seconds");
    }
    if settings.answer_for > ANSWER_FOR_MAX {
        compile.wrong("answer_for", "Telegram lets a message be deleted for two days only: at most `47h`");
    }
    if settings.remind_from < 1 {
        compile.wrong("remind_from", "must be at least 1");
    }
    let makeup = &settings.makeup;
    let makeup_days = makeup.within.millis() / Span::days(1).millis();
    if makeup.per_month < 0 {
        compile.wrong("makeup.per_month", "must be 0 or more");
    }
    if Span::days(makeup_days) != makeup.within || !(1..=31).contains(&makeup_days) {
        compile.wrong_with("makeup.within", "must be whole days, from `1d` to `31d`", Some("\"3d\"".to_owned()));
    }
    if let Some(post) = &settings.post {
        check_post(post, compile);
    }
    check_rewards(settings, compile);
    let gifts = settings.gifts.iter().map(|(name, gift)| (name.clone(), present(name, gift, compile))).collect();
    Rules {
        settings: settings.clone(),
        words: Words::new(&settings.words),
        zone: compile.common.timezone.0,
        post: settings.post.as_ref().and_then(|post| daily(post.at)),
        remind: settings.remind_at.and_then(daily),
        summary: settings.summary_at.and_then(daily),
        gifts,
        makeup_days,
    }
}

/// Every day at that time.
fn daily(at: Clock) -> Option<Schedule> {
    When { at: vec![at], ..When::default() }.schedule().ok()
}

fn check_post(post: &Post, compile: &mut Compile<'_>) {
    if post.text.is_some() && !post.bank.is_empty() {
        compile.wrong("post.bank", "cannot stand beside `text`: leave one out");
    }
    let texts = post.text.iter().map(|text| ("post.text".to_owned(), text));
    let bank = post.bank.iter().enumerate().map(|(index, text)| (format!("post.bank[{index}]"), text));
    for (key, text) in texts.chain(bank) {
        compile.verbatim(&key, text);
        match text.chars().count() {
            _ if text.trim().is_empty() => compile.wrong(&key, "there is nothing to say"),
            n if n > MESSAGE_MAX => {
                compile.wrong(&key, format!("longer than the {MESSAGE_MAX} characters a message holds"));
            }
            _ => {}
        }
    }
}

fn check_rewards(settings: &Settings, compile: &mut Compile<'_>) {
    for (index, reward) in settings.rewards.iter().enumerate() {
        if reward.streak < 1 {
            compile.wrong(&format!("rewards[{index}].streak"), "a streak is at least 1 day");
        }
        if !settings.gifts.contains_key(&reward.give) {
            let known: Vec<&str> = settings.gifts.keys().map(String::as_str).collect();
            let near = known
                .iter()
                .max_by(|a, b| strsim::jaro_winkler(a, &reward.give).total_cmp(&strsim::jaro_winkler(b, &reward.give)));
            let reason = format!("there is no gift `{0}`: write a section [checkin.gifts.{0}]", reward.give);
            compile.wrong_with(&format!("rewards[{index}].give"), reason, near.map(|name| format!("{name:?}")));
        }
    }
}

fn present(name: &str, gift: &Gift, compile: &mut Compile<'_>) -> Present {
    let key = |field: &str| format!("gifts.{name}.{field}");
    if gift.title.trim().is_empty() {
        compile.wrong(&key("title"), "a gift needs a title");
    }
    compile.verbatim(&key("title"), &gift.title);
    compile.verbatim(&key("text"), gift.text.as_deref().unwrap_or_default());
    if gift.file.is_some() && gift.codes.is_some() {
        compile.wrong(&key("codes"), "cannot stand beside `file`: leave one out");
    }
    if gift.text.is_none() && gift.file.is_none() && gift.codes.is_none() {
        compile.wrong(&format!("gifts.{name}"), "gives nothing: write `text`, `file` or `codes`");
    }
    let longest = if gift.file.is_some() { CAPTION_MAX } else { GIFT_MAX };
    if gift.text.as_ref().is_some_and(|text| text.chars().count() > longest) {
        compile.wrong(&key("text"), format!("longer than the {longest} characters there is room for"));
    }
    let file = gift.file.as_ref().map(|file| source(file, &key("file"), compile));
    let codes = gift.codes.as_ref().map(|file| {
        let path = compile.file(&key("codes"), file);
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    });
    Present { title: gift.title.clone(), text: gift.text.clone(), file, codes }
}

/// A `file_id` has neither dots nor slashes.
fn source(file: &str, key: &str, compile: &mut Compile<'_>) -> File {
    let source = if file.starts_with("https://") || file.starts_with("http://") {
        FileSource::Url(file.to_owned())
    } else if file.contains(['.', '/']) {
        FileSource::Path(compile.file(key, file).display().to_string())
    } else {
        FileSource::Id(file.to_owned())
    };
    let end = file.rsplit('.').next().unwrap_or_default().to_lowercase();
    let kind = match end.as_str() {
        "jpg" | "jpeg" | "png" => FileKind::Photo,
        "mp4" => FileKind::Video,
        _ => FileKind::Document,
    };
    File { kind, source }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::features::{Compiled, Settings as Community};

    fn findings(text: &str) -> Vec<(String, String)> {
        let community: Community = toml::from_str(text).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/communities");
        let (_, findings) = Compiled::new(&community, &folder);
        findings.into_iter().map(|it| (it.path, it.hint.unwrap_or(it.reason))).collect()
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let text = r#"
            [checkin]
            words = ["打卡", "！"]
            answer_for = "3d"
            remind_from = 0
            rewards = [{ streak = 0, give = "kit" }, { streak = 7, give = "kitt" }]
            makeup = { per_month = -1, within = "36h" }
            post = { at = "08:00", text = "早", bank = ["一", " "] }
            [checkin.gifts.kit]
            title = " "
            [checkin.gifts.book]
            title = "书"
            file = "gifts/none.pdf"
            codes = "gifts/none.txt"
        "#;
        let found = findings(text);
        let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "checkin.words",
                "checkin.answer_for",
                "checkin.remind_from",
                "checkin.makeup.per_month",
                "checkin.makeup.within",
                "checkin.post.bank",
                "checkin.post.bank[1]",
                "checkin.rewards[0].streak",
                "checkin.rewards[1].give",
                "checkin.gifts.book.codes",
                "checkin.gifts.book.file",
                "checkin.gifts.book.codes",
                "checkin.gifts.kit.title",
                "checkin.gifts.kit",
            ]
        );
        assert!(found.contains(&("checkin.rewards[1].give".into(), "\"kit\"".into())));
    }

    #[test]
    fn the_examples_are_right() {
        for example in ["moms", "book-club"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("config/communities/{example}.toml"));
            assert_eq!(findings(&std::fs::read_to_string(path).unwrap()), [], "{example}");
        }
    }
}
