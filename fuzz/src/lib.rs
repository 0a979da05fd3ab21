//! The judgement of ads without the rest of the bot.

#![allow(unused_imports, reason = "some are for the rest of the bot")]

#[path = "../../src/model/mod.rs"]
pub mod model;
#[path = "../../src/judge/mod.rs"]
pub mod judge;
