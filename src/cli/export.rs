//! `steward export`: the tables people want outside, safe to open in a spreadsheet.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use chrono::SecondsFormat;
use clap::ValueEnum;
use futures::TryStreamExt;
use serde_json::{Map, Value};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::model::{Day, Timestamp};
use crate::store::Db;
use crate::store::activity::DeedKind;

/// By this mark spreadsheets know that a file is UTF-8 and show Chinese as such.
const MARK: &str = "\u{feff}";

/// What can be exported.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Table {
    /// Who is or was in which chat
    Members,
    /// What people did, a row each; never a word of what they wrote
    Activity,
    /// The same summed up by person and day
    Days,
    /// The chats
    Chats,
}

/// What a column holds.
#[derive(Clone, Copy)]
enum Holds {
    Number,
    Real,
    Flag,
    Text,
    Time,
    Day,
    Deed,
}

use Holds::{Deed, Flag, Number, Real, Text, Time};

impl Table {
    /// Columns of the result, and where they come from.
    fn source(self) -> (&'static [(&'static str, Holds)], &'static str) {
        match self {
            Self::Members => (
                &[
                    ("chat", Number),
                    ("user_id", Number),
                    ("name", Text),
                    ("username", Text),
                    ("status", Text),
                    ("joined", Time),
                    ("left_at", Time),
                    ("first_seen", Time),
                    ("last_seen", Time),
                    ("messages", Number),
                    ("days", Number),
                    ("trusted", Flag),
                ],
                "SELECT chat, user_id, name, username, status, joined, left_at, first_seen, last_seen, messages, days,
                        trusted FROM member ORDER BY chat, user_id",
            ),
            Self::Activity => (
                &[
                    ("community", Text),
                    ("chat", Number),
                    ("user_id", Number),
                    ("kind", Deed),
                    ("at", Time),
                    ("ref", Number),
                    ("weight", Real),
                ],
                "SELECT community.slug, activity.chat, activity.user_id, activity.kind, activity.at, activity.ref,
                        activity.weight
                 FROM activity JOIN community ON community.id = activity.community
                 ORDER BY activity.chat, activity.kind, activity.ref, activity.user_id",
            ),
            Self::Days => (
                &[("community", Text), ("day", Holds::Day), ("user_id", Number), ("kind", Deed), ("n", Number)],
                "SELECT community.slug, member_day.day, member_day.user_id, member_day.kind, member_day.n
                 FROM member_day JOIN community ON community.id = member_day.community
                 ORDER BY member_day.community, member_day.day, member_day.user_id, member_day.kind",
            ),
            Self::Chats => (
                &[
                    ("chat", Number),
                    ("community", Text),
                    ("kind", Text),
                    ("title", Text),
                    ("username", Text),
                    ("status", Text),
                    ("since", Time),
                    ("paused", Time),
                    ("moved_to", Number),
                ],
                "SELECT chat.id, community.slug, chat.kind, chat.title, chat.username, chat.status, chat.since,
                        chat.paused, chat.moved_to
                 FROM chat JOIN community ON community.id = chat.community ORDER BY chat.id",
            ),
        }
    }
}

pub(super) async fn export(database: &str, table: Table, json: bool, out: Option<&Path>) -> Result<()> {
    let db = Db::beside(database).await?;
    let mut to: Box<dyn Write + Send> = match out {
        Some(path) => Box::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?),
        None => Box::new(std::io::stdout()),
    };
    if out.is_some() && !json {
        to.write_all(MARK.as_bytes())?;
    }
    let mut to = BufWriter::new(to);
    let (columns, sql) = table.source();
    if !json {
        let names: Vec<_> = columns.iter().map(|(name, _)| Value::from(*name)).collect();
        writeln!(to, "{}", line(&names))?;
    }
    let mut conn = db.read().await?;
    let mut rows = sqlx::query(sql).fetch(&mut *conn);
    while let Some(row) = rows.try_next().await? {
        let cells = cells(&row, columns)?;
        if json {
            let names = columns.iter().map(|(name, _)| (*name).to_owned());
            let object: Map<String, Value> = names.zip(cells).collect();
            writeln!(to, "{}", Value::Object(object))?;
        } else {
            writeln!(to, "{}", line(&cells))?;
        }
    }
    to.flush()?;
    Ok(())
}

fn cells(row: &AnyRow, columns: &[(&str, Holds)]) -> Result<Vec<Value>> {
    let holds = columns.iter().map(|(_, holds)| *holds).enumerate();
    holds.map(|(index, holds)| cell(row, index, holds)).collect()
}

fn cell(row: &AnyRow, index: usize, holds: Holds) -> Result<Value> {
    match holds {
        Text => return Ok(row.try_get::<Option<String>, _>(index)?.into()),
        Real => return Ok(row.try_get::<Option<f64>, _>(index)?.into()),
        _ => {}
    }
    let Some(number) = row.try_get::<Option<i64>, _>(index)? else { return Ok(Value::Null) };
    Ok(match holds {
        Flag => (number != 0).into(),
        Time => Timestamp(number).utc().to_rfc3339_opts(SecondsFormat::Secs, true).into(),
        Holds::Day => Day(number).date().to_string().into(),
        Deed => {
            let known = DeedKind::ALL.into_iter().find(|kind| *kind as i64 == number);
            known.map_or_else(|| number.into(), |kind| kind.word().into())
        }
        _ => number.into(),
    })
}

/// A line of CSV.
fn line(cells: &[Value]) -> String {
    let cells: Vec<_> = cells.iter().map(csv).collect();
    cells.join(",") + "\r"
}

/// A cell of CSV. A spreadsheet takes text that begins like a formula for one and would run it, so that such text is
/// marked as text.
fn csv(cell: &Value) -> String {
    let text = match cell {
        Value::Null => return String::new(),
        Value::String(text) if is_formula(text) => format!("'{text}"),
        Value::String(text) => text.clone(),
        other => return other.to_string(),
    };
    if text.contains([',', '"', '\n', '\r', '\'']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// Spreadsheets skip white space before a formula, and some of them read full-width signs too.
fn is_formula(text: &str) -> bool {
    const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(SIGNS)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_never_formulas() {
        for (cell, written) in [
            (json!("=cmd|' /C calc'!A0"), "\"'=cmd|' /C calc'!A0\""),
            (json!("+1"), "\"'+1\""),
            (json!("-2"), "\"'-2\""),
            (json!("@SUM(A1)"), "\"'@SUM(A1)\""),
            (json!(" =1"), "\"' =1\""),
            (json!("\u{3000}@SUM(A1)"), "\"'\u{3000}@SUM(A1)\""),
            (json!("＝1"), "\"'＝1\""),
            (json!("＋1"), "\"'＋1\""),
            (json!("－2"), "\"'－2\""),
            (json!("＠SUM(A1)"), "\"'＠SUM(A1)\""),
            (json!(" 小玲 = 玲"), " 小玲 = 玲"),
            (json!("\t=1"), "\"'\t=1\""),
            (json!("小玲, \"阿玲\""), "\"小玲, \"\"阿玲\"\"\""),
            (json!("小玲"), "小玲"),
            (json!(-100), "-100"),
            (json!(null), ""),
        ] {
            assert_eq!(csv(&cell), written);
        }
    }
}
