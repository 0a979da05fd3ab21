//! Steward: a Telegram bot that runs a community's whole operating procedure.
//!
//! Modules are listed from the ground up; each may use those above it in this list and none below.
//! `tests/architecture.rs` holds them to it.

pub mod model;
pub mod telegram;
pub mod features;
