//! Everything the bot promises, tested as people would see it. One binary, so that it is linked once.

#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected stops")]

mod activity;
mod architecture;
mod arrival;
mod bench;
mod calendar;
mod calendar_plan;
mod checkin;
mod checkin_gifts;
mod checkin_group;
mod checkin_post;
mod commands;
mod config;
mod crash;
mod crowded;
mod disturbed;
mod emulator_page;
mod faults;
mod greeting;
mod harness;
mod help;
mod intake;
mod migrations;
mod panel;
mod pause;
mod people;
mod postgres;
mod privacy;
mod process;
mod process_faults;
mod rehearsal;
mod reload;
mod replies;
mod rules;
mod sending;
mod shut_out;
mod strangers;
mod strikes;
mod undone;
mod welcome;
