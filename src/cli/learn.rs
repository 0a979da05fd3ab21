//! Trains the model of how ads are worded.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::{Ended, Outcome, print};
use crate::judge::{Compiled, Settings, excerpt};
use crate::learn::{Curve, Figures, Options, Sample, Shares, Transfer, figures::percent, learn, samples, transfer};

#[derive(Args)]
pub(super) struct Learn {
    /// Files with a JSON object a line: `text`, and `label`, which is `ad` or `ham`
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where to write the model
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The name of a file, without its ending, whose messages are most like those the model is for
    #[arg(long, value_name = "NAME")]
    yardstick: Vec<String>,
    /// A file, by its name without the ending, each message of which counts so many times
    #[arg(long, value_name = "NAME=TIMES", value_parser = weight)]
    weigh: Vec<(String, f64)>,
    /// Runs of characters the model may know
    #[arg(long, default_value_t = Options::default().runs)]
    runs: usize,
    /// How much an error costs against great weights
    #[arg(long, default_value_t = Options::default().cost)]
    cost: f64,
    /// Parts for cross-validation
    #[arg(long, default_value_t = Options::default().folds)]
    folds: u32,
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
    /// Share of innocent messages that may be taken for ads: one number, or three for Chinese, Latin and Cyrillic
    #[arg(long, default_value_t = Options::default().act)]
    act: Shares,
    /// Share of innocent messages that may be shown to the staff
    #[arg(long, default_value_t = Options::default().hold)]
    hold: Shares,
    /// Show so many of the worst mistakes of each kind
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    worst: usize,
    /// Instead of all that, leave this file out, teach some of its messages as the staff would, and tell how many of its
    /// other ads are found then
    #[arg(long, value_name = "NAME", conflicts_with_all = ["out", "worst"])]
    leave_out: Option<String>,
    /// How many messages of each class are taught then
    #[arg(long, value_name = "NUMBER,…", value_delimiter = ',', default_values_t = [0, 50, 200], requires = "leave_out")]
    labels: Vec<usize>,
    /// Over how many choices of them the mean is taken
    #[arg(long, default_value_t = 5, requires = "leave_out")]
    choices: u64,
}

fn weight(text: &str) -> Result<(String, f64), String> {
    let wrong = || format!("`{text}` is not a name and a number above 0, such as `ours=3`");
    let (name, times) = text.split_once('=').ok_or_else(wrong)?;
    let times: f64 = times.parse().map_err(|_| wrong())?;
    if times > 0.0 && times <= 1000.0 { Ok((name.to_owned(), times)) } else { Err(wrong()) }
}

pub(super) fn train(wanted: &Learn) -> Outcome {
    let settings = Compiled::without_model(&Settings::default());
    let mut all: Vec<Sample> = Vec::new();
    for file in &wanted.files {
        let place = || file.display().to_string();
        let lines = std::fs::read_to_string(file).with_context(place)?;
        let source = file.file_stem().unwrap_or_default().to_string_lossy();
        all.extend(samples::read(&source, &lines, &settings).with_context(place)?);
    }
    let options = Options {
        runs: wanted.runs,
        cost: wanted.cost,
        folds: wanted.folds,
        seed: wanted.seed,
        yardsticks: wanted.yardstick.clone(),
        weights: wanted.weigh.iter().cloned().collect(),
        act: wanted.act,
        hold: wanted.hold,
        ..Options::default()
    };
    if let Some(name) = &wanted.leave_out {
        let curve = transfer(&all, &options, name, &wanted.labels, wanted.choices)?;
        print(&transferred(name, &curve))?;
        return Ok(Ended::Well);
    }
    let learned = learn(&all, &options)?;
    let bytes = learned.model.write();
    print(&report(&learned.figures))?;
    print(&mistakes(&learned.figures, wanted.worst))?;
    if let Some(out) = &wanted.out {
        write(out, &bytes)?;
        print(&format!("\n{} bytes written to {}\n", bytes.len(), out.display()))?;
    }
    Ok(Ended::Well)
}

/// First beside it, then in its place: a model is whole or not there.
fn write(out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let beside = out.with_extension("new");
    std::fs::write(&beside, bytes).with_context(|| beside.display().to_string())?;
    std::fs::rename(&beside, out).with_context(|| out.display().to_string())
}

fn report(figures: &Figures) -> String {
    let mut text = String::from("Cross-validated; shares in per cent.\n\n");
    let shares: Vec<f64> =
        figures.curves.first().map_or_else(Vec::new, |curve| curve.points.iter().map(|p| p.0).collect());
    // Writing to a String cannot fail.
    let _ = write!(text, "{:24}{:>7}{:>9}{:>15}{:>15}", "", "ads", "innocent", "act", "hold");
    for share in &shares {
        let _ = write!(text, "{:>8}", format!("@{:.2}", 100.0 * share));
    }
    text.push('\n');
    for curve in &figures.curves {
        line(&mut text, curve);
    }
    text.push_str("\nScore from, to: messages, ads among them\n");
    for (from, to, messages, ads) in &figures.calibration {
        let _ = writeln!(text, "{from:>6} {to:>6}: {messages:>7} {:>6.1}", percent(*ads, *messages));
    }
    text
}

fn transferred(name: &str, curve: &[Transfer]) -> String {
    let mut text = format!("`{name}` left out of training, then taught; shares in per cent of its other messages.\n\n");
    let _ = writeln!(
        text,
        "{:>7}{:>22}{:>24}{:>24}",
        "labels", "ads at 0.5 (from–to)", "held: ads / innocent", "struck: ads / innocent"
    );
    for Transfer { labels, found, least, most, held, struck } in curve {
        let found = format!("{found:.1} ({least:.1}–{most:.1})");
        let pair = |(ads, innocent): &(f64, f64)| format!("{ads:.1} / {innocent:.2}");
        let _ = writeln!(text, "{labels:>7}{found:>22}{:>24}{:>24}", pair(held), pair(struck));
    }
    text
}

fn line(text: &mut String, curve: &Curve) {
    let pair = |(ads, innocent): (usize, usize)| {
        format!("{:.1} / {:.3}", percent(ads, curve.ads), percent(innocent, curve.innocent))
    };
    let (act, hold) = (pair(curve.act), pair(curve.hold));
    let _ = write!(text, "{:24}{:>7}{:>9}{act:>15}{hold:>15}", curve.name, curve.ads, curve.innocent);
    for (_, found) in &curve.points {
        let _ = write!(text, "{found:>8.1}");
    }
    text.push('\n');
}

fn mistakes(figures: &Figures, most: usize) -> String {
    let mut text = String::new();
    for (title, rows) in ["Innocent, most like ads:", "Ads, most like innocent:"].iter().zip(&figures.worst) {
        if most > 0 {
            let _ = writeln!(text, "\n{title}");
        }
        for (score, class, source, words) in rows.iter().take(most) {
            // What has no wording has no score.
            let score = if *score > f64::MIN { format!("{score:.2}") } else { "–".to_owned() };
            let class = format!("{class:?}").to_lowercase();
            let _ = writeln!(text, "{score:>6} {class:8}{source:20}{}", excerpt(words));
        }
    }
    text
}
