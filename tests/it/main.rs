//! Everything the bot promises, tested as people would see it. One binary, so that it is linked once.

mod architecture;
mod checkin;
mod checkin_group;
mod harness;
mod people;
mod postgres;
