//! Everything the bot promises, tested as people would see it. One binary, so that it is linked once.

mod architecture;
mod arrival;
mod harness;
mod panel;
mod pause;
mod people;
mod postgres;
