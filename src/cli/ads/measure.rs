//! `steward ads test`: how good the judgement is on labelled messages.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};

use super::figures::{CLASSES, Found, Share, Tally};
use super::judge::verdict;
use super::rows::{self, Lines, Row};
use super::{By, Ended, Failed, Outcome, Ruler, Writer, open, set_of, shown, word};
use crate::app;
use crate::cli::print;
use crate::judge::linear::Script;
use crate::judge::{Class, SenderFacts, Verdict, excerpt};

#[derive(Args)]
pub struct Test {
    /// Files with a JSON object a line: `text` and `label`, which is `ad` or `ham`, and whatever else `ads judge` takes
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    writer: Writer,
    /// Show so many of the worst mistakes of each kind
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    worst: usize,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// Rows that are read before they are judged, so that reading does not count as judging.
const CHUNK: usize = 4096;

/// By what messages are told apart: the word for it, and the name.
type Group = (&'static str, String);

/// A wrong verdict.
struct Mistake {
    class: Class,
    score: f64,
    place: String,
    text: String,
    reasons: Vec<String>,
}

#[derive(Default)]
struct Measured {
    groups: BTreeMap<Group, Tally>,
    /// Innocent messages that are not clean, and ads that are no ads.
    mistakes: [Vec<Mistake>; 2],
    messages: usize,
    bad: usize,
    /// Milliseconds of judging.
    took: i64,
}

pub(super) fn test(wanted: &Test, config: Option<&Path>) -> Outcome {
    let ruler = Ruler::wanted(config, &wanted.by)?;
    let facts = wanted.writer.facts(&ruler.compiled);
    let mut measured = Measured::default();
    for file in &wanted.files {
        measured.read(file, facts, &ruler)?;
    }
    if measured.messages == 0 {
        return Err(Failed::Other(anyhow::anyhow!("there is no labelled message in these files")));
    }
    measured.sort(wanted.worst);
    print(&if wanted.json { format!("{:#}\n", measured.json()) } else { measured.in_words() })?;
    // A clock of milliseconds says nothing about less than some.
    if let Some(per_second) = i64::try_from(measured.messages * 1000).ok().and_then(|it| it.checked_div(measured.took))
    {
        eprintln!("{} messages judged in {} ms: {per_second}/s", measured.messages, measured.took);
    }
    Ok(if measured.bad == 0 { Ended::Well } else { Ended::Problems })
}

impl Measured {
    fn read(&mut self, file: &Path, facts: SenderFacts, ruler: &Ruler) -> anyhow::Result<()> {
        let place = || file.display().to_string();
        let mut lines = Lines::new(open(file)?);
        let mut chunk = Vec::with_capacity(CHUNK);
        loop {
            let line = lines.next().with_context(place)?;
            let ends = line.is_none();
            let labelled = |row: Row| match row.is_ad {
                Some(is_ad) => Ok((row, is_ad)),
                None => Err("no `label`".to_owned()),
            };
            match line.map(|line| line.and_then(|line| rows::read(&line)).and_then(labelled)) {
                Some(Ok((row, is_ad))) => chunk.push((lines.number, row, is_ad)),
                Some(Err(reason)) => {
                    self.bad += 1;
                    eprintln!("{}:{}: {}", place(), lines.number, shown(&reason));
                }
                None => {}
            }
            if ends || chunk.len() == CHUNK {
                self.judge(file, &mut chunk, facts, ruler);
            }
            if ends {
                return Ok(());
            }
        }
    }

    fn judge(&mut self, file: &Path, chunk: &mut Vec<(usize, Row, bool)>, facts: SenderFacts, ruler: &Ruler) {
        let before = app::now();
        let verdicts: Vec<Verdict> = chunk.iter().map(|(_, row, _)| verdict(row, facts, ruler)).collect();
        self.took += app::now().since(before).millis();
        for ((line, row, is_ad), verdict) in chunk.drain(..).zip(verdicts) {
            self.add(&format!("{}:{line}", file.display()), &set_of(file), &row, is_ad, &verdict);
        }
    }

    fn add(&mut self, place: &str, set: &str, row: &Row, is_ad: bool, verdict: &Verdict) {
        self.messages += 1;
        let language = row.word("lang").map_or_else(|| script(&row.message.text).to_owned(), str::to_lowercase);
        let mut groups = vec![("all", String::new()), ("set", set.to_owned()), ("language", language)];
        groups.extend(row.word("source").map(|source| ("source", source.to_owned())));
        for group in groups {
            self.groups.entry(group).or_default().add(is_ad, verdict.class, verdict.score);
        }
        let is_wrong = if is_ad { verdict.class < Class::Ad } else { verdict.class > Class::Clean };
        if is_wrong {
            self.mistakes[usize::from(is_ad)].push(Mistake {
                class: verdict.class,
                score: verdict.score,
                place: place.to_owned(),
                text: excerpt(&shown(&row.message.text)),
                reasons: verdict.reasons.iter().map(|reason| word(reason.rule)).collect(),
            });
        }
    }

    /// The worst mistakes first: what an innocent person would be struck for, and ads that nobody would see.
    fn sort(&mut self, most: usize) {
        let [innocent, ads] = &mut self.mistakes;
        innocent.sort_by(|a, b| b.class.cmp(&a.class).then(b.score.total_cmp(&a.score)));
        ads.sort_by(|a, b| a.class.cmp(&b.class).then(a.score.total_cmp(&b.score)));
        innocent.truncate(most);
        ads.truncate(most);
    }

    /// Groups in the order they are told; where there is one of a kind, it is all.
    fn told(&self) -> impl Iterator<Item = (&Group, &Tally)> {
        ["all", "set", "source", "language"].into_iter().flat_map(|kind| {
            let of = || self.groups.iter().filter(move |((its, _), _)| *its == kind);
            let is_all = |tally: &Tally| tally.ads() + tally.innocent() == self.messages;
            let says_more = kind == "all" || kind == "language" || !of().all(|(_, tally)| is_all(tally));
            of().filter(move |_| says_more)
        })
    }

    fn json(&self) -> Value {
        let classes = |side: &[usize; 4]| CLASSES.iter().map(|it| word(*it)).zip(*side).collect::<BTreeMap<_, _>>();
        let curve = |tally: &Tally| -> Vec<Value> {
            let point = |it: &super::figures::Point| json!({ "false_positive_percent": it.share, "above": it.above, "recall": Share::json(Some(it.recall)) });
            tally.curve().iter().map(point).collect()
        };
        let group = |((kind, name), tally): (&Group, &Tally)| {
            json!({
                "by": kind, "name": name, "ads": tally.ads(), "innocent": tally.innocent(),
                "classes": { "ads": classes(&tally.classes[0]), "innocent": classes(&tally.classes[1]) },
                "act": tally.found(Class::Ad).json(), "hold": tally.found(Class::Suspect).json(),
                "curve": curve(tally),
            })
        };
        let mistake = |it: &Mistake| json!({ "place": it.place, "class": it.class, "score": it.score, "text": it.text, "reasons": it.reasons });
        let [innocent, ads] = self.mistakes.each_ref().map(|all| all.iter().map(mistake).collect::<Vec<_>>());
        json!({
            "messages": self.messages, "bad_rows": self.bad,
            "groups": self.told().map(group).collect::<Vec<_>>(),
            "worst": { "innocent": innocent, "ads": ads },
        })
    }

    fn in_words(&self) -> String {
        let mut text =
            String::from("Shares in per cent, with their 95 % intervals. Act is ad or severe; hold is suspect too.\n");
        let mut last = "";
        for ((kind, name), tally) in self.told() {
            if last != *kind && *kind != "all" {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "\nBy {kind}");
            }
            last = kind;
            let name = if name.is_empty() { *kind } else { name };
            let _ = writeln!(text, "\n{}: {} ads, {} innocent", shown(name), tally.ads(), tally.innocent());
            for (what, side) in ["ads", "innocent"].iter().zip(&tally.classes) {
                let counts: Vec<_> =
                    CLASSES.iter().zip(side).map(|(it, count)| format!("{} {count}", word(*it))).collect();
                let _ = writeln!(text, "  {what:9} {}", counts.join(", "));
            }
            line(&mut text, "act", tally.found(Class::Ad));
            line(&mut text, "hold", tally.found(Class::Suspect));
            for point in tally.curve() {
                let recall = share(Some(point.recall), 1);
                let _ = writeln!(
                    text,
                    "  score above {:.2}: finds {recall} at {:.2} of innocent",
                    point.above, point.share
                );
            }
        }
        let [innocent, ads] = &self.mistakes;
        mistakes(&mut text, "Innocent messages most like ads", innocent);
        mistakes(&mut text, "Ads most like innocent messages", ads);
        text
    }
}

fn line(text: &mut String, what: &str, found: Found) {
    let _ = writeln!(
        text,
        "  {what:9} precision {}, recall {}, false positives {} ({} of {} found are innocent)",
        share(found.precision(), 1),
        share(found.recall(), 1),
        share(found.false_positives(), 3),
        found.innocent,
        found.ads + found.innocent,
    );
}

fn share(share: Option<Share>, digits: usize) -> String {
    share.map_or_else(
        || "–".to_owned(),
        |it| format!("{:.digits$} [{:.digits$}–{:.digits$}]", it.value, it.low, it.high),
    )
}

fn mistakes(text: &mut String, title: &str, all: &[Mistake]) {
    if !all.is_empty() {
        let _ = writeln!(text, "\n{title}");
    }
    for it in all {
        let _ = writeln!(text, "  {:8}{:>5.1}  {}", word(it.class), it.score, it.text);
        let _ = writeln!(text, "                 {}  {}", it.place, it.reasons.join(", "));
    }
}

/// Stands in for a language nobody tells.
fn script(text: &str) -> &'static str {
    match Script::of(text) {
        Script::Chinese => "zh",
        Script::Latin => "latin",
        Script::Cyrillic => "cyrillic",
    }
}
