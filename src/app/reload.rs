//! Settings that change while the bot runs: good ones hold at once, bad ones are told and those from before go on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::alarm::{Alarm, Alarms, listeners};
use super::run::Order;
use crate::config::load::states;
use crate::config::{Loaded, Problem, Process, load};

/// How often the files are looked at. The system would tell of changes, but not on every mount, and it would tell of
/// every write to a database in the same folder.
const PAUSE: Duration = Duration::from_secs(2);
/// Editors write a file in several steps: what changed is read when it has rested so long.
const REST: Duration = Duration::from_millis(300);

/// Takes changed files in until told to stop. SIGHUP asks for it too.
pub(super) async fn watch(
    loaded: Loaded,
    file: Option<PathBuf>,
    orders: mpsc::Sender<Order>,
    alarms: Alarms,
    stop: CancellationToken,
) -> Result<()> {
    let mut hangup = signal(SignalKind::hangup()).context("cannot listen for signals")?;
    let mut now = Now {
        file,
        running: loaded.process,
        communities: loaded.communities_folder,
        sources: loaded.sources,
        bad: Vec::new(),
        defects: loaded.defects,
    };
    let mut seen = BTreeMap::new();
    let mut changed = false;
    loop {
        let asked = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = hangup.recv() => true,
            () = tokio::time::sleep(if changed { REST } else { PAUSE }) => false,
        };
        let states = now.states().await?;
        let rests = states == seen;
        seen = states;
        // Mistakes may be mended in a file that is known only when they are: one that settings name.
        if asked || rests && (changed || !now.bad.is_empty()) {
            now.look(&orders, &alarms).await?;
        }
        changed = !rests && !asked;
    }
}

/// What the files say now, as far as it is known.
struct Now {
    /// The process file; none for the usual one.
    file: Option<PathBuf>,
    /// What the process was started with.
    running: Process,
    /// The folder of the communities' files.
    communities: PathBuf,
    sources: BTreeMap<PathBuf, String>,
    /// The mistakes operators were told.
    bad: Vec<Problem>,
    /// What they were told of the files that settings name.
    defects: Vec<Problem>,
}

impl Now {
    async fn states(&self) -> Result<BTreeMap<PathBuf, String>> {
        let (known, communities): (Vec<_>, _) = (self.sources.keys().cloned().collect(), self.communities.clone());
        spawn_blocking(move || states(known, &communities)).await.context("cannot look at the settings")
    }

    async fn look(&mut self, orders: &mpsc::Sender<Order>, alarms: &Alarms) -> Result<()> {
        let file = self.file.clone();
        match spawn_blocking(move || load(file.as_deref())).await.context("cannot read the settings")? {
            Ok(loaded) if loaded.sources == self.sources && loaded.defects == self.defects && self.bad.is_empty() => {}
            Ok(loaded) => {
                if restarts_for(&self.running, &loaded.process) {
                    tracing::warn!("some of what changed in the process file holds only after a restart");
                }
                tracing::info!(communities = loaded.communities.len(), "the settings were read again");
                let order = Order::Settings(Box::new(loaded.book()), listeners(&loaded));
                // The engine is gone only when the process ends.
                let _ = orders.send(order).await;
                let gone: Vec<String> = loaded.missing(&self.sources).map(|file| file.display().to_string()).collect();
                for file in &gone {
                    let community = Path::new(file).file_stem().unwrap_or_default();
                    tracing::warn!(file, ?community, "the file of a community is gone, so it is served no more");
                }
                if !gone.is_empty() {
                    alarms.raise(Alarm::Gone(gone)).await;
                }
                (self.communities, self.sources) = (loaded.communities_folder, loaded.sources);
                let before = std::mem::replace(&mut self.defects, loaded.defects);
                let mended = !std::mem::take(&mut self.bad).is_empty();
                if !self.defects.is_empty() && self.defects != before {
                    alarms.raise(bad_files(&self.defects)).await;
                } else if self.defects.is_empty() && (mended || !before.is_empty()) {
                    alarms.raise(Alarm::GoodSettings).await;
                }
            }
            Err(problems) if problems == self.bad => {}
            Err(problems) => {
                for problem in &problems {
                    tracing::error!("{problem}");
                }
                tracing::error!(mistakes = problems.len(), "the settings from before go on");
                self.bad.clone_from(&problems);
                alarms.raise(Alarm::BadSettings(problems)).await;
            }
        }
        Ok(())
    }
}

/// Files that settings name are not as they should be: logs what is wrong with them.
pub(super) fn bad_files(defects: &[Problem]) -> Alarm {
    for defect in defects {
        tracing::error!("{defect}");
    }
    Alarm::BadFiles(defects.to_vec())
}

/// What differs beyond the communities, who is served and who is told.
fn restarts_for(running: &Process, new: &Process) -> bool {
    let same = Process {
        access: running.access.clone(),
        operators_chat: running.operators_chat,
        language: running.language,
        ..new.clone()
    };
    same != *running
}
