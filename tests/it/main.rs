//! Everything the bot promises, tested as people would see it. One binary, so that it is linked once.

mod activity;
mod architecture;
mod harness;
mod people;
mod postgres;
mod privacy;
mod rehearsal;
