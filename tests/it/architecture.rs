//! The layers hold: imports go up the list in `src/lib.rs`, features know nothing of each other, only the outermost
//! layers know the time, only the Telegram edge knows teloxide.

use std::fs;
use std::path::{Path, PathBuf};

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                into.push((path, text));
            }
        }
    }
    let mut all = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    assert!(all.len() > 20, "the sources were not found");
    all
}

/// Modules from the ground up, as `lib.rs` lists them.
fn layers() -> Vec<String> {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(ToOwned::to_owned)).collect()
}

/// The path below `src` as a list of names: `features/checkin.rs` is `["features", "checkin"]`.
fn names(path: &Path) -> Vec<String> {
    let below = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    below.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect()
}

/// First names of everything a source takes from its own crate.
fn imports(text: &str) -> Vec<(String, String)> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    code.match_indices("crate::")
        .flat_map(|(at, found)| {
            let rest = &code[at + found.len()..];
            let path = |rest: &str| {
                let word =
                    |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
                let first = word(rest.trim_start());
                let second = rest.trim_start()[first.len()..].strip_prefix("::").map(word).unwrap_or_default();
                (first, second)
            };
            match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or_default().split(',').map(path).collect::<Vec<_>>(),
                None => vec![path(rest)],
            }
        })
        .filter(|(first, _)| !first.is_empty())
        .collect()
}

#[test]
fn imports_go_up_the_list() {
    let layers = layers();
    let level = |name: &str| layers.iter().position(|layer| layer == name);
    for (path, text) in sources() {
        let names = names(&path);
        let Some(own) = names.first().and_then(|name| level(name)) else { continue };
        for (import, _) in imports(&text) {
            if let Some(other) = level(&import) {
                assert!(other <= own, "{}: `{}` must not use `{import}`", path.display(), names[0]);
            }
        }
    }
}

#[test]
fn no_feature_uses_another() {
    for (path, text) in sources() {
        let names = names(&path);
        let [first, feature, ..] = names.as_slice() else { continue };
        if first != "features" || feature == "mod" {
            continue;
        }
        for (import, what) in imports(&text) {
            let other = import == "features" && what.starts_with(|c: char| c.is_lowercase()) && &what != feature;
            assert!(!other, "{}: feature `{feature}` must not use feature `{what}`", path.display());
        }
        assert!(!text.contains("super::super::"), "{}: reaches past its own folder", path.display());
    }
}

/// Clocks a source uses, however it imports them.
fn clocks(text: &str) -> Vec<&str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let words = code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':'));
    let parts = words.flat_map(|word| word.split("::").chain([word]));
    parts
        .filter(|part| ["Instant", "SystemTime", "Utc::now", "Local::now"].iter().any(|it| part.ends_with(it)))
        .collect()
}

#[test]
fn a_clock_is_seen_however_it_is_imported() {
    for text in [
        "use std::time::{Duration, Instant};",
        "use tokio::time::Instant;",
        "let at = std::time::SystemTime::now();",
        "let at = chrono::Utc::now();",
        "use std::{fmt, time::{self, Instant as Moment}};",
    ] {
        assert_ne!(clocks(text), Vec::<&str>::new(), "{text}");
    }
    assert_eq!(clocks("/// An Instant of\nuse std::time::Duration; let instant = Instants(5);"), Vec::<&str>::new());
}

#[test]
fn only_the_outermost_layers_know_the_time() {
    // Over HTTP the emulator holds polls open and rests after a failed webhook, as Telegram does.
    let waits = [["telegram", "emulator", "http"], ["telegram", "emulator", "webhook"]];
    for (path, text) in sources() {
        let names = names(&path);
        if names.first().is_some_and(|layer| layer == "app") || waits.iter().any(|it| names == *it) {
            continue;
        }
        assert_eq!(clocks(&text), Vec::<&str>::new(), "{}: clocks belong into `app`", path.display());
    }
}

#[test]
fn only_the_telegram_edge_knows_teloxide() {
    for (path, text) in sources() {
        let inside = names(&path).first().is_some_and(|layer| layer == "telegram");
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        assert!(inside || !code.contains("teloxide::"), "{}: teloxide belongs into `telegram`", path.display());
    }
}

#[test]
fn sql_knows_no_clock_of_its_own() {
    for (path, text) in sources() {
        for clock in ["CURRENT_TIMESTAMP", "now()", "datetime('now", "strftime("] {
            let text =
                text.replace("::now()", "").replace("self.now()", "").replace(".now()", "").replace("fn now()", "");
            assert!(!text.contains(clock), "{}: {clock}: times are passed in", path.display());
        }
    }
}
