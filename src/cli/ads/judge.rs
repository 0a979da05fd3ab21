//! `steward ads judge`: verdicts with their reasons.

use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};

use super::rows::{self, Lines, Row};
use super::{By, Ended, Outcome, Ruler, Writer, is_json, open, shown, word};
use crate::judge::{SenderFacts, Verdict, excerpt};
use crate::model::Sender;

#[derive(Args)]
pub struct Judge {
    /// The file; `-` is standard input
    #[arg(default_value = "-", conflicts_with = "text")]
    file: PathBuf,
    /// Judge this text, all of it as one message
    #[arg(long)]
    text: Option<String>,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    writer: Writer,
    /// Write JSON, an object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn judge(wanted: &Judge, config: Option<&Path>) -> Outcome {
    let ruler = Ruler::wanted(config, &wanted.by)?;
    let facts = wanted.writer.facts(&ruler.compiled);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut tell = |line: usize, row: &Row| {
        let verdict = verdict(row, facts, &ruler);
        let told = if wanted.json { in_json(line, row, &verdict) } else { in_words(row, &verdict) };
        out.write_all(told.as_bytes())
    };
    let mut bad = 0_usize;
    if let Some(text) = &wanted.text {
        tell(1, &Row::plain(text))?;
    } else {
        let place = || wanted.file.display().to_string();
        let mut lines = Lines::new(open(&wanted.file)?);
        let mut are_json = is_json(&wanted.file).then_some(true);
        while let Some(line) = lines.next().with_context(place)? {
            let read = line.and_then(|line| {
                let is_row = *are_json.get_or_insert_with(|| line.trim_start().starts_with('{'));
                if is_row { rows::read(&line) } else { Ok(Row::plain(&line)) }
            });
            match read {
                Ok(row) => tell(lines.number, &row)?,
                Err(reason) => {
                    bad += 1;
                    eprintln!("{}:{}: {}", place(), lines.number, shown(&reason));
                }
            }
        }
    }
    out.flush()?;
    Ok(if bad == 0 { Ended::Well } else { Ended::Problems })
}

/// A channel that writes is one, whoever is taken to.
pub(super) fn verdict(row: &Row, facts: SenderFacts, ruler: &Ruler) -> Verdict {
    let is_channel = facts.is_channel || matches!(row.message.sender, Sender::Channel(_));
    crate::judge::judge(&row.message, &SenderFacts { is_channel, ..facts }, &ruler.compiled)
}

fn in_json(line: usize, row: &Row, verdict: &Verdict) -> String {
    let mut told = json!({
        "line": line,
        "class": verdict.class,
        "score": verdict.score,
        "reasons": verdict.reasons,
        "text": row.message.text,
    });
    for (name, value) in &row.carried {
        told[name] = Value::clone(value);
    }
    format!("{told}\n")
}

fn in_words(row: &Row, verdict: &Verdict) -> String {
    let label = row.carried.get("label").map(|label| format!("  [{}]", label.as_str().unwrap_or(&label.to_string())));
    let message = &row.message;
    let words = if message.text.trim().is_empty() { message.extra.join(" ") } else { message.text.clone() };
    let mut text = format!(
        "{:8}{:>5.1}  {}{}\n",
        word(verdict.class),
        verdict.score,
        excerpt(&shown(&words)),
        label.unwrap_or_default()
    );
    for reason in &verdict.reasons {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "        {:>5.1}  {:14} {}", reason.weight, word(reason.rule), shown(&reason.evidence));
    }
    text
}
