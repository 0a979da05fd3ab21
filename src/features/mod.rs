//! What the bot does. One file or folder each; no feature imports another.

pub mod judge;
