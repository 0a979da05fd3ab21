//! `steward ads backtest`: what settings would have done to a group's real history, against today's.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use chrono_tz::Tz;
use clap::Args;
use serde_json::{Value, json};

use super::export::{self, Enough, Item};
use super::history::{History, Outcome as Became};
use super::{By, Ended, Failed, Outcome, Ruler, open, shown, word};
use crate::config::load::PROCESS_FILE;
use crate::features::strikes::policy::Penalty;
use crate::judge::{Verdict, excerpt};
use crate::model::{Message, Sender, Timestamp};

#[derive(Args)]
pub struct Backtest {
    /// The `result.json` of an export by Telegram Desktop; `-` is standard input
    export: PathBuf,
    /// The group, by number or name, if the export is of a whole account
    #[arg(long, value_name = "GROUP", allow_hyphen_values = true)]
    chat: Option<String>,
    /// The settings to compare with, named in the same way [default: config/steward.toml if it is there, or else the
    /// built-in settings]
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    #[command(flatten)]
    by: By,
    /// Somebody who is beyond strikes, by user id, besides the `staff` of the settings; as often as needed: an export does
    /// not tell administrators and bots
    #[arg(long, value_name = "ID")]
    staff: Vec<i64>,
    /// Only messages of which different things become
    #[arg(long)]
    differences: bool,
    /// Write JSON, an object a line, the totals last
    #[arg(long)]
    json: bool,
}

/// What became of messages by some settings.
#[derive(Default)]
struct Totals {
    held: usize,
    /// Strikes by what they cost.
    strikes: BTreeMap<String, usize>,
    parts: usize,
    shut_out: usize,
    silenced: usize,
}

impl Totals {
    fn add(&mut self, became: Became) {
        match became {
            Became::Passed => {}
            Became::Held => self.held += 1,
            Became::Struck { penalty, .. } => *self.strikes.entry(cost(penalty)).or_default() += 1,
            Became::Part => self.parts += 1,
            Became::ShutOut => self.shut_out += 1,
            Became::Silenced => self.silenced += 1,
        }
    }

    fn json(&self, people: usize) -> Value {
        json!({
            "strikes": self.strikes, "people_struck": people, "held": self.held, "deleted_with_a_strike": self.parts,
            "channels_shut_out": self.shut_out, "silenced": self.silenced,
        })
    }

    fn in_words(&self, people: usize) -> String {
        let strikes: usize = self.strikes.values().sum();
        let kinds: Vec<_> = self.strikes.iter().map(|(cost, count)| format!("{count} {cost}")).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        format!(
            "{strikes} strikes{kinds} of {people} people, {} held, {} deleted with a strike, {} channels shut out, {} not \
             written for being muted or banned",
            self.held, self.parts, self.shut_out, self.silenced
        )
    }
}

/// One side: what came of some settings.
struct Side<'a> {
    history: History<'a>,
    totals: Totals,
}

/// The group's life once more, by today's settings and by those tried.
struct Replay<'a> {
    wanted: &'a Backtest,
    zone: Tz,
    /// Today, tried.
    sides: [Side<'a>; 2],
    /// When people came in who are known by name alone until they write.
    arrivals: HashMap<String, Timestamp>,
    messages: usize,
    differing: usize,
    bad: usize,
}

pub(super) fn backtest(wanted: &Backtest, config: Option<&Path>) -> Outcome {
    let Some(config) = config else {
        return Err(Failed::Usage("say with --config which settings to try".to_owned()));
    };
    let tried = Ruler::of_file(Some(config), &wanted.by)?;
    let today = today(wanted)?;
    eprintln!("Today: {}. Tried: {}.", today.name, tried.name);
    for ruler in [&today, &tried].into_iter().filter(|ruler| ruler.strikes.is_none()) {
        eprintln!("By {} nobody looks for ads: there is no [strikes].", ruler.name);
    }
    let staff: Vec<i64> = [&today.staff, &tried.staff, &wanted.staff].into_iter().flatten().copied().collect();
    let side = |ruler| Side { history: History::new(ruler, staff.clone()), totals: Totals::default() };
    let mut replay = Replay {
        wanted,
        zone: tried.zone,
        sides: [side(&today), side(&tried)],
        arrivals: HashMap::new(),
        messages: 0,
        differing: 0,
        bad: 0,
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    replay.run(&mut out)?;
    out.write_all(if wanted.json { replay.totals_in_json() } else { replay.totals_in_words() }.as_bytes())?;
    out.flush()?;
    Ok(if replay.bad == 0 { Ended::Well } else { Ended::Problems })
}

fn today(wanted: &Backtest) -> Result<Ruler, Failed> {
    let usual = Path::new(PROCESS_FILE);
    match &wanted.against {
        Some(file) => Ruler::of_file(Some(file), &wanted.by),
        None if usual.is_file() => Ruler::of_file(Some(usual), &wanted.by),
        None => Ok(Ruler::built_in(&wanted.by.own)),
    }
}

impl Replay<'_> {
    fn run(&mut self, out: &mut impl Write) -> anyhow::Result<()> {
        let file = &self.wanted.export;
        let mut failed = None;
        let told = export::read(open(file)?, self.wanted.chat.as_deref(), |place, item| {
            match item.map(|item| self.take(item, out)) {
                Ok(Ok(())) => return Enough::No,
                Ok(Err(error)) => failed = Some(error),
                Err(reason) => {
                    self.bad += 1;
                    eprintln!("{}: message {place} of the list: {}", file.display(), shown(&reason));
                    return Enough::No;
                }
            }
            Enough::Yes
        });
        told.with_context(|| file.display().to_string())?;
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    fn take(&mut self, item: Item, out: &mut impl Write) -> std::io::Result<()> {
        match item {
            Item::Joined { user: Ok(user), at } => self.joined(user, at),
            Item::Joined { user: Err(name), at } => {
                self.arrivals.insert(name, at);
            }
            Item::Said(message) => {
                if let Sender::Person(user) = &message.sender
                    && let Some(at) = self.arrivals.remove(&user.name)
                {
                    self.joined(user.id.0, at);
                }
                self.messages += 1;
                return self.said(&message, out);
            }
        }
        Ok(())
    }

    fn joined(&mut self, user: i64, at: Timestamp) {
        self.sides.iter_mut().for_each(|side| side.history.joined(user, at));
    }

    fn said(&mut self, message: &Message, out: &mut impl Write) -> std::io::Result<()> {
        let became = self.sides.each_mut().map(|side| {
            let became = side.history.said(message);
            side.totals.add(became.0);
            became
        });
        let differs = became[0].0 != became[1].0;
        self.differing += usize::from(differs);
        if became.iter().all(|(became, _)| *became == Became::Passed) || (self.wanted.differences && !differs) {
            return Ok(());
        }
        let told = if self.wanted.json { in_json(message, &became) } else { in_words(message, &became, self.zone) };
        out.write_all(told.as_bytes())
    }

    /// People who were struck by one side only: today's, the tried one's.
    fn struck_by_one(&self) -> [Vec<i64>; 2] {
        let [today, tried] = self.sides.each_ref().map(|side| side.history.struck().collect::<BTreeSet<_>>());
        [today.difference(&tried).copied().collect(), tried.difference(&today).copied().collect()]
    }

    fn totals_in_json(&self) -> String {
        let [today, tried] = self.sides.each_ref().map(|side| side.totals.json(side.history.struck().count()));
        let [no_more, newly] = self.struck_by_one();
        let totals = json!({
            "messages": self.messages, "bad": self.bad, "differing": self.differing, "today": today, "tried": tried,
            "struck_today_only": no_more, "struck_by_tried_only": newly,
        });
        format!("{}\n", json!({ "totals": totals }))
    }

    fn totals_in_words(&self) -> String {
        let [today, tried] = self.sides.each_ref().map(|side| side.totals.in_words(side.history.struck().count()));
        let [no_more, newly] = self.struck_by_one().map(|people| people.len());
        format!(
            "\n{} messages; something else becomes of {}.\nToday: {today}.\nTried: {tried}.\nPeople struck today only: \
             {no_more}; by what is tried only: {newly}.\n",
            self.messages, self.differing
        )
    }
}

type BecameOf = [(Became, Option<Verdict>); 2];

fn in_json(message: &Message, became: &BecameOf) -> String {
    let side = |(became, verdict): &(Became, Option<Verdict>)| {
        let mut told = json!({ "outcome": outcome(*became) });
        if let Became::Struck { penalty, strike } = became {
            (told["penalty"], told["strike"]) = (cost(*penalty).into(), (*strike).into());
        }
        if let Some(verdict) = verdict {
            told["verdict"] = json!(verdict);
        }
        told
    };
    let (id, name) = writer(message);
    let told = json!({
        "id": message.id, "at": message.date.utc().to_rfc3339(), "from_id": id, "from": name, "text": message.text,
        "today": side(&became[0]), "tried": side(&became[1]), "differs": became[0].0 != became[1].0,
    });
    format!("{told}\n")
}

fn in_words(message: &Message, became: &BecameOf, zone: Tz) -> String {
    let side = |became: Became| match became {
        Became::Struck { penalty, strike } => format!("{} (strike {strike})", cost(penalty)),
        other => outcome(other).replace('_', " "),
    };
    let (id, name) = writer(message);
    let [today, tried] = became.each_ref().map(|(became, _)| side(*became));
    let differs = if became[0].0 == became[1].0 { "" } else { "  differs" };
    let mut text = format!(
        "{}  #{}  {} ({id})  today: {today}, tried: {tried}{differs}\n    {}\n",
        message.date.local(zone).format("%Y-%m-%d %H:%M"),
        message.id,
        shown(name),
        excerpt(&shown(&message.text)),
    );
    let [today, tried] = became.each_ref().map(|(_, verdict)| verdict.as_ref());
    if today == tried {
        reasons(&mut text, "", today);
    } else {
        reasons(&mut text, "today  ", today);
        reasons(&mut text, "tried  ", tried);
    }
    text
}

/// A side without a verdict judged nothing: it had silenced the writer, or looks for no ads.
fn reasons(text: &mut String, side: &str, verdict: Option<&Verdict>) {
    let Some(verdict) = verdict else { return };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "    {side}{} {:.1}", word(verdict.class), verdict.score);
    for reason in &verdict.reasons {
        let evidence = shown(&reason.evidence);
        let _ = writeln!(text, "    {side}{:>5.1}  {:14} {evidence}", reason.weight, word(reason.rule));
    }
}

fn outcome(became: Became) -> &'static str {
    match became {
        Became::Passed => "passed",
        Became::Held => "held",
        Became::Struck { .. } => "struck",
        Became::Part => "deleted",
        Became::ShutOut => "shut_out",
        Became::Silenced => "silenced",
    }
}

fn cost(penalty: Penalty) -> String {
    match penalty {
        Penalty::Warn => "warn".to_owned(),
        Penalty::Mute(length) => format!("mute {length}"),
        Penalty::Remove => "remove".to_owned(),
        Penalty::Ban => "ban".to_owned(),
    }
}

fn writer(message: &Message) -> (i64, &str) {
    match &message.sender {
        Sender::Person(user) | Sender::Bot(user) => (user.id.0, &user.name),
        Sender::Channel(chat) | Sender::LinkedChannel(chat) => (chat.id.0, &chat.title),
        Sender::AnonymousAdmin | Sender::Nobody => (message.chat.id.0, ""),
    }
}
