//! `steward plan`: what will be posted, when, in each community's local time.

use std::fmt::Write as _;
use std::path::Path;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::outlook::{Entry, Known, Outlook, listed};
use super::{Ended, Outcome, chosen, print};
use crate::app;
use crate::config::Loaded;
use crate::engine::Book;
use crate::features::Compiled;
use crate::model::{Span, Timestamp};
use crate::store::{Db, address, in_words};

pub(super) async fn plan(loaded: &Loaded, days: u32, only: Option<&str>, json: bool) -> Outcome {
    let from = app::now();
    let range = (from, from + Span::days(i64::from(days)));
    let mut book = loaded.book();
    let known = known(&loaded.process.database(), &mut book).await;
    let mut text = String::new();
    let mut all = Vec::new();
    for (slug, settings) in chosen(loaded, only)? {
        let outlook = Outlook::new(&known, &book, settings, range).await?;
        if json {
            all.push(in_json(&outlook, slug, settings));
        } else {
            write(&mut text, &outlook, slug, settings, (from, days));
        }
    }
    print(&if json { format!("{:#}\n", Value::Array(all)) } else { text })?;
    Ok(Ended::Well)
}

/// What the database knows. Before the first run there is none; one that cannot be read is told.
async fn known(database: &str, book: &mut Book) -> Known {
    if address::sqlite_path(database).is_some_and(|path| !Path::new(path).exists()) {
        return Known::default();
    }
    let read = async { Known::read(Db::beside(database).await?, book).await };
    read.await.unwrap_or_else(|error| {
        eprintln!("The database cannot be read, so every bank begins with its first text: {}", in_words(&error));
        Known::default()
    })
}

fn write(text: &mut String, outlook: &Outlook, slug: &str, settings: &Compiled, (from, days): (Timestamp, u32)) {
    let common = &settings.common;
    let now = from.local(common.timezone.0).format("%a %Y-%m-%d %H:%M");
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{} ({slug}), {days} days from {now}, {}", common.name, common.timezone.0);
    let mut last: Option<NaiveDate> = None;
    for entry in &outlook.entries {
        let date = entry.civil.date();
        if last.replace(date) != Some(date) {
            let _ = writeln!(text, "\n{}", date.format("%a %Y-%m-%d"));
        }
        let _ = writeln!(text, "  {}  {}", entry.civil.format("%H:%M"), line_of(entry, outlook));
    }
    if outlook.entries.is_empty() {
        let _ = writeln!(text, "\n  nothing is planned");
    }
    for warning in &outlook.warnings {
        let _ = writeln!(text, "\nwarning: {warning}");
    }
    text.push('\n');
}

fn in_json(outlook: &Outlook, slug: &str, settings: &Compiled) -> Value {
    json!({
        "community": slug,
        "name": settings.common.name,
        "timezone": settings.common.timezone.0.name(),
        "posts": outlook.entries,
        "warnings": outlook.warnings,
    })
}

fn line_of(it: &Entry, outlook: &Outlook) -> String {
    let mut notes = Vec::new();
    notes.extend(it.button.iter().map(|button| format!("button: {button}")));
    if it.pin {
        notes.push("pinned".to_owned());
    }
    notes.extend(it.owner.iter().map(|owner| format!("owner: {owner}")));
    if it.chats != outlook.groups && !it.chats.is_empty() {
        notes.push(format!("in {}", listed(&it.chats)));
    }
    let notes = if notes.is_empty() { String::new() } else { format!("  [{}]", notes.join("; ")) };
    let depends = match it.post.as_str() {
        "check-in reminder" => "to those whose streak would end today, if any",
        _ => "if anybody checked in",
    };
    format!("{:17} {}{notes}", it.post, shortened(it.text.as_deref().unwrap_or(depends)))
}

/// A text on one line, cut where a terminal would break it.
fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 70 { line } else { format!("{}…", line.chars().take(69).collect::<String>()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn long_texts_are_cut() {
        assert_eq!(super::shortened("a\n b"), "a b");
        assert_eq!(super::shortened(&"字".repeat(80)).chars().count(), 70);
    }
}
