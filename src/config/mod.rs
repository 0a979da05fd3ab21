//! Settings: files read, checked and described.

pub mod problem;
pub mod read;
pub mod schema;
mod shape;
mod value;
mod walk;

#[cfg(test)]
mod tests;

pub use problem::Problem;
pub use read::{Formats, Places, Read, read};
