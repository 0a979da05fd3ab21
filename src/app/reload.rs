//! Settings that change while the bot runs: good ones hold at once, bad ones are told and those from before go on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::alarm::{Alarm, Alarms, listeners};
use super::run::Order;
use crate::config::load::{is_hidden, is_settings};
use crate::config::{Loaded, Problem, Process, load};

/// Editors write a file in several steps.
const REST: Duration = Duration::from_millis(300);

/// Takes changed files in until told to stop. SIGHUP asks for it too, where files cannot be watched.
pub(super) async fn watch(
    loaded: Loaded,
    file: Option<PathBuf>,
    orders: mpsc::Sender<Order>,
    alarms: Alarms,
    stop: CancellationToken,
) -> Result<()> {
    let (changed, mut changes) = mpsc::channel(1);
    let watched = watcher(&loaded, changed);
    if let Err(error) = &watched {
        tracing::warn!(error = format!("{error:#}"), "changed settings are not noticed by themselves; send SIGHUP");
    }
    let mut hangup = signal(SignalKind::hangup()).context("cannot listen for signals")?;
    let mut now = Now { running: loaded.process, sources: loaded.sources, bad: Vec::new() };
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = hangup.recv() => {}
            Some(()) = changes.recv() => {}
        }
        now.look(file.as_deref(), &orders, &alarms).await;
    }
}

fn watcher(loaded: &Loaded, changed: mpsc::Sender<()>) -> Result<Debouncer<RecommendedWatcher>> {
    // Beside the settings of communities stand the files these name.
    let communities = loaded.communities_folder.canonicalize()?;
    let concerns = move |path: &Path| is_settings(path) || path.starts_with(&communities) && !is_hidden(path);
    let mut debouncer = new_debouncer(REST, move |events: DebounceEventResult| {
        if events.is_ok_and(|events| events.iter().any(|event| concerns(&event.path))) {
            // Full means that a look is due already.
            let _ = changed.try_send(());
        }
    })?;
    // Folders, because a file that is replaced is another file.
    for (folder, mode) in
        [(&loaded.folder, RecursiveMode::NonRecursive), (&loaded.communities_folder, RecursiveMode::Recursive)]
    {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let folder = folder.canonicalize()?;
        debouncer.watcher().watch(&folder, mode).with_context(|| format!("cannot watch {}", folder.display()))?;
    }
    Ok(debouncer)
}

/// What the files say now, as far as it is known.
struct Now {
    /// What the process was started with.
    running: Process,
    sources: std::collections::BTreeMap<PathBuf, String>,
    /// The mistakes operators were told.
    bad: Vec<Problem>,
}

impl Now {
    async fn look(&mut self, file: Option<&Path>, orders: &mpsc::Sender<Order>, alarms: &Alarms) {
        match load(file) {
            Ok(loaded) if loaded.sources == self.sources && self.bad.is_empty() => {}
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
                self.sources = loaded.sources;
                if !std::mem::take(&mut self.bad).is_empty() {
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
    }
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
