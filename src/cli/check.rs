//! `steward check`: every mistake at once, or what the settings come to.

use std::fmt::Write as _;

use serde_json::json;

use super::{Ended, Outcome, print};
use crate::config::process::{Intake, Unlisted};
use crate::config::{Loaded, Problem};
use crate::features::Shared;
use crate::store::address;

pub(super) fn check(loaded: Result<Loaded, Vec<Problem>>, json: bool) -> Outcome {
    // What the bot can do without is to be mended all the same.
    let loaded = loaded.and_then(|it| if it.defects.is_empty() { Ok(it) } else { Err(it.defects) });
    match loaded {
        Ok(loaded) => {
            print(&if json { in_json(&loaded) } else { summary(&loaded) })?;
            Ok(Ended::Well)
        }
        Err(problems) if json => {
            let found = json!({ "ok": false, "problems": problems, "warnings": [] });
            print(&format!("{found:#}\n"))?;
            Ok(Ended::Problems)
        }
        Err(problems) => {
            tell(&problems);
            Ok(Ended::Problems)
        }
    }
}

/// Tells mistakes where people look for them.
pub(super) fn tell(problems: &[Problem]) {
    for problem in problems {
        eprintln!("{problem}");
    }
    let count = problems.len();
    eprintln!("\n{count} {} in the settings.", if count == 1 { "mistake" } else { "mistakes" });
}

fn summary(loaded: &Loaded) -> String {
    let process = &loaded.process;
    let intake = match &process.intake {
        Intake::Poll => "asks Telegram".to_owned(),
        Intake::Webhook(webhook) => format!("Telegram calls {}", webhook.url),
    };
    let unlisted = match (process.access.unlisted, &process.access.default) {
        (Unlisted::Serve, Some(file)) => format!("served by {file}"),
        _ => "left".to_owned(),
    };
    let mut text = String::new();
    for (what, value) in [
        ("updates", intake),
        ("database", address::shown(&process.database())),
        ("health and metrics", process.listen.clone()),
        ("chats no file names", unlisted),
    ] {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{what:20} {value}");
    }
    for (slug, settings) in &loaded.communities {
        let common = &settings.common;
        let groups = match common.chats.len() {
            1 => "1 group".to_owned(),
            count => format!("{count} groups"),
        };
        let zone = common.timezone;
        let _ = writeln!(text, "\n{} ({slug}.toml): {groups}, {zone}, {}", common.name, common.language.code());
        let _ = writeln!(text, "  sections: {}", sections(settings).join(", "));
    }
    for warning in &loaded.warnings {
        let _ = writeln!(text, "\nwarning: {warning}");
    }
    text + "\nNo mistakes.\n"
}

fn in_json(loaded: &Loaded) -> String {
    let communities: Vec<_> = loaded
        .communities
        .iter()
        .map(|(slug, settings)| {
            let common = &settings.common;
            json!({
                "file": slug, "name": common.name, "chats": common.chats, "staff_chat": common.staff_chat,
                "timezone": common.timezone, "language": common.language, "sections": sections(settings),
            })
        })
        .collect();
    let found = json!({ "ok": true, "problems": [], "warnings": loaded.warnings, "communities": communities });
    format!("{found:#}\n")
}

/// The sections a community's file has.
fn sections(settings: &Shared) -> Vec<String> {
    let tree = serde_json::to_value(&settings.settings).unwrap_or_default();
    let tables = tree.as_object().into_iter().flatten();
    let is_section = |value: &serde_json::Value| {
        value.is_object() || value.as_array().is_some_and(|list| list.first().is_some_and(serde_json::Value::is_object))
    };
    tables.filter(|(_, value)| is_section(value)).map(|(name, _)| name.clone()).collect()
}
