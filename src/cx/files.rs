//! Large files that settings name, read once however many communities use them and however often settings are laid over
//! one another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// What shows that a file was changed: its length and when it was written.
type State = String;

/// What files of one kind hold, for as long as somebody uses it.
pub struct Files<T>(Mutex<BTreeMap<PathBuf, (State, Weak<T>)>>);

impl<T> Default for Files<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Files<T> {
    pub const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    /// What the file holds; it is read if nobody has what it holds now.
    pub fn get<E>(&self, path: &Path, read: impl FnOnce(&Path) -> Result<T, E>) -> Result<Arc<T>, E> {
        let state = path.metadata().map(|it| format!("{} {:?}", it.len(), it.modified().ok())).ok();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (_, held)| held.strong_count() > 0);
        if let Some((known, held)) = kept.get(path)
            && Some(known) == state.as_ref()
            && let Some(held) = held.upgrade()
        {
            return Ok(held);
        }
        let held = Arc::new(read(path)?);
        if let Some(state) = state {
            kept.insert(path.to_owned(), (state, Arc::downgrade(&held)));
        }
        Ok(held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_again_only_when_it_changed_or_nobody_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.txt");
        let files = Files::new();
        let read = |path: &Path| std::fs::read_to_string(path);
        assert!(files.get(&path, read).is_err());
        std::fs::write(&path, "one").unwrap();
        let first = files.get(&path, read).unwrap();
        let again = files.get(&path, |_| Err(std::io::Error::other("it is read twice"))).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        std::fs::write(&path, "other").unwrap();
        let changed = files.get(&path, read).unwrap();
        assert_eq!((first.as_str(), changed.as_str()), ("one", "other"));
        drop(changed);
        assert!(files.get(&path, |_| Err(std::io::Error::other("nobody has it"))).is_err());
    }
}
