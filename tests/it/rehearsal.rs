//! A rehearsal shows an operator what the group would see.

use std::path::PathBuf;

use steward::features::Settings;
use steward::rehearsal::{Options, Report, rehearse};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/communities")
}

/// Rehearses a shipped community.
fn played(community: &str, days: u32, members: usize, seed: u64) -> Report {
    let text = std::fs::read_to_string(folder().join(format!("{community}.toml"))).unwrap();
    let settings: Settings = toml::from_str(&text).unwrap();
    let options = Options { days, members, seed, ..Options::new((community.to_owned(), settings), folder()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(rehearse(options)).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_transcript_and_another_another() {
    let first = played("moms", 2, 30, 7);
    assert_eq!(first, played("moms", 2, 30, 7));
    assert_ne!(first.transcript, played("moms", 2, 30, 8).transcript);
}

#[test]
fn nothing_fails_and_nothing_is_left_undone() {
    for (community, seed) in [("moms", 1), ("book-club", 2)] {
        let Report { summary, transcript } = played(community, 3, 40, seed);
        assert!(summary.is_sound(), "{summary:?}\n{}", transcript.join("\n"));
        assert!(summary.messages > 20 && summary.joins > 0, "{summary:?}");
        assert!(
            summary.ads_removed <= summary.ads && summary.checkins_counted <= summary.checkins_tried,
            "{summary:?}"
        );
        assert_eq!(summary.posts_sent, summary.posts_due, "{}", transcript.join("\n"));
        assert!(transcript.iter().filter(|line| line.starts_with("── ")).count() == 3, "{}", transcript.join("\n"));
    }
}
