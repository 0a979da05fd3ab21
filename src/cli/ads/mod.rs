//! `steward ads`: what the judgement of ads makes of messages, how good it is, and what other settings would have done.

mod backtest;
mod export;
mod figures;
mod history;
mod judge;
mod measure;
mod rows;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use chrono_tz::Tz;
use clap::{Args, Subcommand, ValueEnum};

use super::{Ended, Failed, Outcome, chosen};
use crate::config::load;
use crate::cx::Common;
use crate::features::{Shared, strikes};
use crate::judge::{Compiled, SenderFacts};
use crate::model::Span;

#[derive(Subcommand)]
pub(super) enum Ads {
    /// Judge messages, and tell why
    ///
    /// Plain text is a message a line. JSON is an object a line: a row of a collection, a message or an update of
    /// Telegram's; docs/OPERATING.md lists its fields.
    #[command(after_help = "Examples:\n  steward ads judge --text '兼职日结，加微信 abc12345'\n  \
                            steward ads judge messages.jsonl --json --sender member | jq 'select(.class == \"ad\")'")]
    Judge(judge::Judge),
    /// Measure the judgement on labelled messages: what it finds, what it wrongly finds, its worst mistakes
    #[command(after_help = "Example:\n  steward ads test ours.jsonl others.jsonl --worst 20")]
    Test(measure::Test),
    /// Tell what settings would have done to a group's real history, message by message, against today's
    ///
    /// The history is the `result.json` of an export by Telegram Desktop. `--config` names the settings to try: a
    /// community's file, a process file or its folder. Nothing is sent or stored.
    #[command(
        after_help = "Example:\n  steward ads backtest result.json --config tried/moms.toml --against config/communities/moms.toml"
    )]
    Backtest(backtest::Backtest),
}

/// By which settings messages are judged.
#[derive(Args)]
struct By {
    /// Judge by the settings of this community, by the name of its file [default: those of --config, if it has just one,
    /// or else the built-in ones]
    #[arg(long, value_name = "NAME")]
    community: Option<String>,
    /// A name or invitation that belongs to the community, such as its group's; as often as needed
    #[arg(long, value_name = "NAME")]
    own: Vec<String>,
}

/// A community's settings about ads, ready to judge by.
struct Ruler {
    /// Where they are from.
    name: String,
    /// None where the community does not look for ads.
    strikes: Option<strikes::Settings>,
    zone: Tz,
    staff: Vec<i64>,
    compiled: Compiled,
}

impl Ruler {
    fn built_in(own: &[String]) -> Self {
        let (name, strikes) = ("the built-in settings".to_owned(), strikes::Settings::default());
        let compiled = Compiled::new(&strikes.judge, own);
        Self { name, strikes: Some(strikes), zone: Common::default().timezone.0, staff: Vec::new(), compiled }
    }

    /// The settings of a community: of its own file, or by this process file or the one in this folder (`None`: the
    /// usual one).
    fn of_file(file: Option<&Path>, by: &By) -> Result<Self, Failed> {
        let inside = file.filter(|file| file.is_dir()).map(|folder| folder.join("steward.toml"));
        let file = inside.as_deref().or(file);
        if let Some(alone) = file.and_then(load::community) {
            let (slug, settings) = alone.map_err(Failed::Settings)?;
            return Ok(Self::of(&slug, file, &settings, by));
        }
        let loaded = load(file).map_err(Failed::Settings)?;
        match chosen(&loaded, by.community.as_deref())?[..] {
            [(slug, settings)] => Ok(Self::of(slug, file, settings, by)),
            ref several => {
                let names: Vec<_> = several.iter().map(|(slug, _)| slug.as_str()).collect();
                let names = names.join(", ");
                Err(Failed::Usage(format!("say with --community which of these is meant: {names}")))
            }
        }
    }

    fn of(slug: &str, file: Option<&Path>, settings: &Shared, by: &By) -> Self {
        let place = file.map(|file| format!(" of {}", file.display())).unwrap_or_default();
        let built_in = || Compiled::new(&strikes::Settings::default().judge, &by.own);
        Self {
            name: format!("`{slug}`{place}"),
            strikes: settings.settings.strikes.clone(),
            zone: settings.common.timezone.0,
            staff: settings.common.staff.clone(),
            compiled: strikes::judging(settings)
                .map_or_else(built_in, |judging| judging.with_own(by.own.iter().cloned())),
        }
    }

    /// To judge single messages by: the community's if one is meant, whether or not it looks for ads.
    fn wanted(file: Option<&Path>, by: &By) -> Result<Self, Failed> {
        if file.is_none() && by.community.is_none() {
            return Ok(Self::built_in(&by.own));
        }
        let ruler = Self::of_file(file, by)?;
        let lacks = if ruler.strikes.is_none() { ", which has no [strikes]: what is built in counts" } else { "" };
        eprintln!("Judged by {}{lacks}.", ruler.name);
        Ok(ruler)
    }
}

/// Who is taken to have written the messages.
#[derive(Args)]
struct Writer {
    /// What the writer is in the group
    #[arg(long, value_enum, default_value_t)]
    sender: Standing,
    /// Messages they have written before [default: as many as it takes to be that]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(0..))]
    messages: Option<i64>,
    /// Days since they joined [default: as many as it takes to be that]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(0..=36_525))]
    days: Option<i64>,
}

impl Writer {
    fn facts(&self, settings: &Compiled) -> SenderFacts {
        let facts = self.sender.facts(settings);
        SenderFacts {
            joined: self.days.map(Span::days).or(facts.joined),
            messages: self.messages.unwrap_or(facts.messages),
            ..facts
        }
    }
}

/// What somebody is in a group.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Standing {
    /// Has just come and not written yet
    #[default]
    New,
    /// Is no newcomer any more
    Member,
    /// Has been here, and has written, long enough to be struck on stronger evidence only
    Established,
    /// Is trusted by the staff
    Trusted,
    /// Belongs to the staff
    Staff,
    /// Is a channel under its own name
    Channel,
}

impl Standing {
    /// As little as it takes to be that by these settings.
    fn facts(self, settings: &Compiled) -> SenderFacts {
        let (new, trust) = (&settings.settings.newcomer, &settings.settings.trust_after);
        let nobody = SenderFacts::default();
        let member = SenderFacts { joined: Some(new.span), messages: new.messages, ..nobody };
        match self {
            Self::New => SenderFacts { joined: Some(Span::ZERO), ..nobody },
            Self::Member => member,
            Self::Established => SenderFacts {
                joined: Some(new.span.max(Span::days(trust.days))),
                messages: new.messages.max(trust.messages),
                ..nobody
            },
            Self::Trusted => SenderFacts { trusted: true, ..member },
            Self::Staff => SenderFacts { staff: true, ..member },
            Self::Channel => SenderFacts { is_channel: true, ..nobody },
        }
    }
}

/// Opens a file, or standard input for `-`.
fn open(file: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    if file == Path::new("-") {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    let opened = File::open(file).with_context(|| file.display().to_string())?;
    anyhow::ensure!(!opened.metadata()?.is_dir(), "{}: it is a folder", file.display());
    Ok(Box::new(BufReader::new(opened)))
}

/// A text on one line without what moves a terminal's cursor or turns its text around.
fn shown(text: &str) -> String {
    let plain = |c: char| if c.is_control() || is_bidi(c) { ' ' } else { c };
    text.chars().map(plain).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A value as it is called in JSON: `ad`, `telegram_link`.
fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(super) fn ads(command: &Ads, config: Option<&Path>) -> Outcome {
    match command {
        Ads::Judge(wanted) => judge::judge(wanted, config),
        Ads::Test(wanted) => measure::test(wanted, config),
        Ads::Backtest(wanted) => backtest::backtest(wanted, config),
    }
}

/// A file name as the name of a set: without folder and ending.
fn set_of(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Files with a JSON object a line, whatever their first line looks like.
fn is_json(file: &Path) -> bool {
    let ending = file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    ["jsonl", "ndjson", "json"].contains(&ending.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{Class, Settings, judge};
    use crate::model::Message;

    #[test]
    fn a_standing_is_what_the_settings_make_of_it() {
        let settings = Compiled::new(&Settings::default(), &[]);
        let classes = |text: &str| {
            let message = Message { text: text.to_owned(), ..Message::default() };
            [Standing::New, Standing::Member, Standing::Established, Standing::Trusted, Standing::Staff]
                .map(|standing| judge(&message, &standing.facts(&settings), &settings).class)
        };
        let [new, member, ..] = classes("https://made-up-site.example/a");
        assert!(new > member, "only a newcomer's link is looked at");
        let [.., established, trusted, staff] = classes("进群领资料 t.me/+Made0Up1");
        assert!(established > trusted || trusted == Class::Suspect, "{established:?} {trusted:?}");
        assert_eq!(staff, Class::Clean);
    }

    #[test]
    fn what_is_said_of_a_writer_stands_above_what_it_takes_to_be_one() {
        let settings = Compiled::new(&Settings::default(), &[]);
        let facts = |messages, days| Writer { sender: Standing::New, messages, days }.facts(&settings);
        assert_eq!(facts(None, None), Standing::New.facts(&settings));
        let known = SenderFacts { joined: Some(Span::days(30)), messages: 50, ..SenderFacts::default() };
        assert_eq!(facts(Some(50), Some(30)), known);
    }

    #[test]
    fn nothing_shown_moves_the_cursor() {
        assert_eq!(shown("a\u{1b}[2J\nb\u{202e}c\t\td"), "a [2J b c d");
    }
}
