//! Steward: a Telegram bot that runs a community's whole operating procedure.
//!
//! Modules are listed from the ground up; each may use those above it in this list and none below.
//! `tests/it/architecture.rs` holds them to it.

pub mod model;
pub mod judge;
pub mod learn;
pub mod store;
pub mod telegram;
pub mod advice;
pub mod cx;
pub mod features;
pub mod engine;
pub mod config;
pub mod web;
pub mod app;
pub mod rehearsal;
pub mod cli;
