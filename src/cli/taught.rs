//! `steward taught`: what the staff of a community taught about ads, as a file of labelled messages such as `steward learn`
//! reads, and such a file taken in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::{Ended, Failed, Outcome, print};
use crate::app;
use crate::judge::local;
use crate::model::{CommunityId, UserId};
use crate::store::lessons::{self, Lesson};
use crate::store::{Conn, Db, Durability};

#[derive(Subcommand)]
pub(super) enum Taught {
    /// Write the lessons of a community, the oldest first: a JSON object a line, with `text` and `label` (`ad` or `ham`)
    Export {
        /// The name of its file
        community: String,
    },
    /// Teach a community the messages of such a file; the bot must be stopped for that
    ///
    /// Nothing is taken in when any line is wrong. All of it counts as taught by one person.
    Import { community: String, file: PathBuf },
}

/// A line of the file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    text: String,
    label: Label,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Label {
    Ad,
    Ham,
}

pub(super) async fn taught(database: &str, wanted: Taught) -> Outcome {
    match wanted {
        Taught::Export { community } => export(database, &community).await,
        Taught::Import { community, file } => {
            let lines = read(&file)?;
            import(database, &community, lines).await
        }
    }
}

async fn find(conn: &mut Conn, community: &str) -> Result<CommunityId, Failed> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT id, slug FROM community ORDER BY slug").fetch_all(conn).await?;
    // Those of a file are kept under its name, others under the number of their chat.
    let name = |slug: &'_ str| slug.strip_prefix("file:").unwrap_or(slug).to_owned();
    let found = rows.iter().find(|(_, slug)| name(slug) == community).map(|(id, _)| CommunityId(*id));
    found.ok_or_else(|| {
        let names: Vec<String> = rows.iter().map(|(_, slug)| name(slug)).collect();
        Failed::Usage(format!("the database knows no community `{community}`; it knows: {}", names.join(", ")))
    })
}

async fn export(database: &str, community: &str) -> Outcome {
    let db = Db::beside(database).await?;
    let mut conn = db.read().await?;
    let community = find(&mut conn, community).await?;
    let mut text = String::new();
    for lesson in lessons::newest(&mut conn, community, local::MOST).await?.into_iter().rev() {
        let label = if lesson.is_ad { Label::Ad } else { Label::Ham };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", serde_json::to_string(&Line { text: lesson.text, label })?);
    }
    print(&text)?;
    Ok(Ended::Well)
}

fn read(file: &Path) -> Result<Vec<Line>> {
    let place = || file.display().to_string();
    parse(&std::fs::read_to_string(file).with_context(place)?).with_context(place)
}

fn parse(text: &str) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let line: Line = serde_json::from_str(line).with_context(|| format!("line {number}"))?;
        let length = line.text.chars().count();
        ensure!(!line.text.trim().is_empty(), "line {number}: the text is empty");
        ensure!(
            length <= local::LONGEST,
            "line {number}: the text has {length} characters, more than {}",
            local::LONGEST
        );
        lines.push(line);
    }
    if lines.len() > local::MOST {
        bail!("there are {} messages; only {} are learned from", lines.len(), local::MOST);
    }
    Ok(lines)
}

async fn import(database: &str, community: &str, lines: Vec<Line>) -> Outcome {
    Db::must_exist(database)?;
    let _hold = app::lock::hold(database)?;
    let db = Db::open(database, Durability::Full).await?;
    let mut tx = db.begin().await?;
    let community = find(tx.conn().await?, community).await?;
    let (mut learned, all) = (0, lines.len());
    for line in lines {
        let (text, is_ad) = (line.text.trim().to_owned(), line.label == Label::Ad);
        if lessons::of_text(&mut tx, community, &text).await?.is_some_and(|known| known.is_ad == is_ad) {
            continue;
        }
        let (user, teacher, at) = (UserId(0), UserId(0), app::now());
        lessons::add(&mut tx, &Lesson { community, id: 0, user, teacher, at, is_ad, case: None, text }).await?;
        learned += 1;
    }
    tx.commit().await?;
    db.close().await;
    print(&format!("{learned} learned, {} known already.\n", all - learned))?;
    Ok(Ended::Well)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_or_not_at_all() {
        let good = "{\"text\": \"收旧相机\", \"label\": \"ad\"}\n\n{\"text\": \"早\", \"label\": \"ham\", \"by\": 1}\n";
        let lines = parse(good).expect("both lines are right");
        assert_eq!(lines.iter().map(|line| line.label).collect::<Vec<_>>(), [Label::Ad, Label::Ham]);
        let long = format!("{{\"text\": \"{}\", \"label\": \"ad\"}}", "字".repeat(local::LONGEST + 1));
        let many = "{\"text\": \"早\", \"label\": \"ham\"}\n".repeat(local::MOST + 1);
        for (text, begins) in [
            ("{\"text\": \"a\", \"label\": \"spam\"}", "line 1: unknown variant"),
            ("{\"text\": \"a\", \"label\": \"ad\"}\n[]", "line 2: "),
            ("{\"text\": \" \", \"label\": \"ad\"}", "line 1: the text is empty"),
            (&long, "line 1: the text has 2001 characters"),
            (&many, "there are 1001 messages"),
        ] {
            let error = format!("{:#}", parse(text).expect_err(begins));
            assert!(error.starts_with(begins), "{error}");
        }
    }
}
