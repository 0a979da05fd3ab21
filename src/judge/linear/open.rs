//! A model of the community's own, in a file beside its settings.

use std::io::Read as _;
use std::path::Path;

use super::{Damaged, Model, file::MOST};

/// Why a file cannot be used as a model.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("it cannot be read: {0}")]
    Unread(#[from] std::io::Error),
    #[error("it has more than {MOST} bytes")]
    TooLarge,
    #[error(transparent)]
    Damaged(#[from] Damaged),
}

impl Model {
    /// Reads a file written by `steward learn`, and never more than may be in one.
    pub fn open(path: &Path) -> Result<Self, Unusable> {
        if !path.metadata()?.is_file() {
            return Err(std::io::Error::other("it is no regular file").into());
        }
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(MOST as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > MOST {
            return Err(Unusable::TooLarge);
        }
        Ok(Self::read(&bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a file that holds this.
    fn wrong(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own.model");
        std::fs::write(&path, bytes).unwrap();
        Model::open(&path).map_or_else(|error| error.to_string(), |_| "nothing".to_owned())
    }

    #[test]
    fn only_a_whole_model_of_this_version_is_read() {
        let good = include_bytes!("../ads.model");
        assert_eq!(wrong(good), "nothing");
        for cut in [0, 10, 20, 100, 4000, good.len() - 33, good.len() - 1] {
            assert_ne!(wrong(&good[..cut]), "nothing", "cut to {cut} bytes");
        }
        let later = [b"steward ads model 2\n", &good[20..]].concat();
        assert_eq!(wrong(&later), "it is no model of this version");
        assert_eq!(wrong(&[good.as_slice(), b"\n"].concat()), "its checksum is wrong");
        assert_eq!(wrong(&vec![b'x'; MOST + 1]), "it has more than 4194304 bytes");
        assert_eq!(wrong(b"not a model"), "it is no model of this version");
    }

    #[test]
    fn a_model_with_any_bit_turned_is_refused() {
        let good = include_bytes!("../ads.model");
        for at in (0..good.len()).step_by(good.len() / 61) {
            let mut bad = good.to_vec();
            bad[at] ^= 1 << (at % 8);
            assert_ne!(wrong(&bad), "nothing", "byte {at}");
        }
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let none = Model::open(&folder.path().join("none.model")).unwrap_err();
        assert!(none.to_string().starts_with("it cannot be read: "), "{none}");
        assert_eq!(Model::open(folder.path()).unwrap_err().to_string(), "it cannot be read: it is no regular file");
    }
}
