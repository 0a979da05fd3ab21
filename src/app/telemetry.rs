//! What the process tells of itself: the log on standard error, and figures for Prometheus.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::process::{Log, LogFormat};

/// Seconds, from a tenth of a millisecond to a minute.
const BUCKETS: &[f64] = &[0.0001, 0.001, 0.005, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0, 60.0];

/// Sends the log where the settings say.
pub fn log(settings: &Log) -> Result<()> {
    let level = std::env::var("RUST_LOG").ok().filter(|level| !level.is_empty());
    let filter = EnvFilter::try_new(level.as_deref().unwrap_or(&settings.level)).context("the log level")?;
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    }
    .map_err(|error| anyhow::anyhow!("cannot start the log: {error}"))
}

/// Collects the figures that `/metrics` shows.
pub fn metrics() -> Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS)?
        .install_recorder()
        .context("cannot collect figures")?;
    describe_counter!("steward_updates_taken_total", "Updates taken in, before Telegram is told");
    describe_counter!("steward_events_handled_total", "Events handled");
    describe_counter!("steward_events_failed_total", "Events that failed and were put aside");
    describe_counter!("steward_effects_total", "Effects by class and how they ended");
    describe_counter!("steward_poll_failures_total", "Polls that failed");
    describe_counter!("steward_updates_missing_total", "Numbers of updates that never came");
    describe_histogram!("steward_call_seconds", "Calls to Telegram by method and outcome");
    describe_histogram!("steward_store_seconds", "Storing what arrived while more waited to be handled");
    describe_histogram!("steward_step_seconds", "Handling a batch");
    describe_gauge!("steward_updates_waiting", "Updates in memory that are not handled yet");
    describe_gauge!("steward_effects_waiting", "Effects in memory that are not carried out yet");
    Ok(handle)
}
