//! The model as a file: a line that names it, a header of JSON in one line, the hashes and their weights, and a checksum
//! over all before it. Numbers are little-endian.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Model, Script, Thresholds, Trait};

/// The first line of every such file; the number changes with what hashes and traits mean.
const NAME: &[u8] = b"steward ads model 1\n";
/// Larger files are none of ours.
pub(super) const MOST: usize = 4 << 20;
const CHECKSUM: usize = 32;

/// What a model says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Runs of characters it knows.
    pub runs: usize,
    /// What one unit of a run's weight is worth.
    pub scale: f64,
    pub bias: f64,
    pub traits: BTreeMap<Trait, f64>,
    pub thresholds: BTreeMap<Script, Thresholds>,
    /// What it was trained on and how, for people to read.
    pub made: String,
}

/// Why a file is no model.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Damaged {
    #[error("it is no model of this version")]
    Foreign,
    #[error("it is cut short or longer than it says")]
    Length,
    #[error("its checksum is wrong")]
    Checksum,
    #[error("its header cannot be read: {0}")]
    Header(String),
    #[error("its weights are out of order")]
    Weights,
}

impl Model {
    pub fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        if bytes.len() > MOST {
            return Err(Damaged::Length);
        }
        let rest = bytes.strip_prefix(NAME).ok_or(Damaged::Foreign)?;
        let (body, sum) = bytes.split_at(bytes.len().saturating_sub(CHECKSUM));
        if Sha256::digest(body)[..] != *sum {
            return Err(Damaged::Checksum);
        }
        let line = rest.iter().position(|byte| *byte == b'\n').ok_or(Damaged::Length)?;
        let header: Header =
            serde_json::from_slice(&rest[..line]).map_err(|error| Damaged::Header(error.to_string()))?;
        let numbers = [header.scale, header.bias];
        let thresholds = Script::ALL.iter().all(|script| header.thresholds.get(script).is_some_and(|t| t.is_sound()));
        if !numbers.iter().chain(header.traits.values()).all(|number| number.is_finite()) || !thresholds {
            return Err(Damaged::Header("numbers or thresholds are missing".into()));
        }
        let table = rest[line + 1..].strip_suffix(sum).ok_or(Damaged::Length)?;
        if header.runs.checked_mul(5) != Some(table.len()) {
            return Err(Damaged::Length);
        }
        let (hashes, weights) = table.split_at(4 * header.runs);
        let hashes = hashes.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes));
        let weights: Vec<(u32, i8)> = hashes.zip(weights.iter().map(|byte| byte.cast_signed())).collect();
        let ordered = weights.is_sorted_by(|a, b| a.0 < b.0) && weights.iter().all(|(_, weight)| *weight != 0);
        if ordered { Ok(Self::new(header, &weights)) } else { Err(Damaged::Weights) }
    }

    pub fn write(&self) -> Vec<u8> {
        let mut weights: Vec<(u32, i8)> = self.slots.iter().copied().filter(|(_, weight)| *weight != 0).collect();
        weights.sort_unstable();
        let mut bytes = NAME.to_vec();
        bytes.extend(serde_json::to_vec(&self.header).expect("a header has nothing that JSON lacks"));
        bytes.push(b'\n');
        bytes.extend(weights.iter().flat_map(|(hash, _)| hash.to_le_bytes()));
        bytes.extend(weights.iter().map(|(_, weight)| weight.cast_unsigned()));
        let sum = Sha256::digest(&bytes);
        bytes.extend(sum);
        bytes
    }
}

impl Thresholds {
    fn is_sound(self) -> bool {
        self.hold.is_finite() && self.hold < self.act && self.act < self.strict && self.strict.is_finite()
    }
}
