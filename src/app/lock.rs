//! One process to a database: two would answer everything twice.

use std::fs::{File, OpenOptions, TryLockError};

use anyhow::{Context, Result, anyhow, bail};

use crate::store::address::sqlite_path;

/// Holds a database until it is dropped, or the process dies. PostgreSQL holds its own.
pub struct Hold(#[expect(dead_code, reason = "open, it is the lock")] Option<File>);

/// Takes the database at `url` for this process.
///
/// # Errors
/// When another process has it.
pub fn hold(url: &str) -> Result<Hold> {
    let Some(path) = sqlite_path(url) else { return Ok(Hold(None)) };
    let lock = format!("{path}.lock");
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(&lock).map_err(|error| {
            anyhow!("cannot open the database {path}: {error}; its folder must be there and writable")
        })?;
    match file.try_lock() {
        Ok(()) => Ok(Hold(Some(file))),
        Err(TryLockError::WouldBlock) => bail!("another steward is using the database {path}; stop it first"),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {lock}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_held_once() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("s.db").display());
        let held = hold(&url).unwrap();
        assert!(hold(&url).err().unwrap().to_string().contains("another steward is using the database"));
        drop(held);
        assert!(hold(&url).is_ok());
    }
}
