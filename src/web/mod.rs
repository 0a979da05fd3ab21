//! What the process shows over HTTP: whether it is well, its figures, and the door Telegram knocks at.

mod health;
mod webhook;

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::{get, post};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use health::{Clock, Health, Status};
pub use webhook::Hook;

/// Requests under way may take so long to end when the process stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// `/health` and `/metrics`.
pub fn inside(health: Health, metrics: PrometheusHandle) -> Router {
    Router::new()
        .route("/health", get(health::health))
        .with_state(health)
        .route("/metrics", get(move || std::future::ready(metrics.render())))
}

/// Where Telegram calls.
pub fn outside(hook: Hook) -> Router {
    let path = hook.path();
    Router::new().route(&path, post(webhook::take)).with_state(hook)
}

/// Takes an address.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// Serves until told to stop.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> Result<()> {
    let stopped = stop.clone();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move { stopped.cancelled().await });
    tokio::select! {
        ended = serving => ended.context("serving HTTP failed"),
        () = async { stop.cancelled().await; tokio::time::sleep(FAREWELL).await } => Ok(()),
    }
}
