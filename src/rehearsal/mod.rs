//! The same bot on a virtual clock, with the emulator for Telegram.

pub mod stage;

pub use stage::Stage;
