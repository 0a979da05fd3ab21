//! Settings: files read, checked and described.

pub mod formats;
pub mod load;
mod mend;
pub mod problem;
pub mod process;
pub mod read;
pub mod reference;
pub mod schema;
mod shape;
mod value;
mod walk;

#[cfg(test)]
mod tests;

pub use load::{Loaded, load};
pub use mend::{Draft, Reading};
pub use problem::Problem;
pub use process::Process;
pub use read::{Formats, Places, Read, read};
