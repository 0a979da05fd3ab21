//! Which texts are much alike: MinHash over runs of four characters with digits and Latin letters set aside, since those
//! are what advertisers change from one message to the next (Broder, "On the resemblance and containment of documents",
//! 1997).

use super::see::{Seen, is_han};

/// Numbers in a signature, and how many of them make a band.
const SIZE: usize = 32;
const BAND: usize = 4;

/// From this share of equal numbers on, an estimate of the Jaccard index, two texts are much alike.
pub const ALIKE: f64 = 0.6;
/// Texts with fewer characters are alike only when they are the same.
const SHORT: usize = 8;

/// A text by its least hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature([u32; SIZE]);

/// A part of a signature: texts that are much alike most likely share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Band(usize, [u32; BAND]);

impl Signature {
    pub fn bands(&self) -> impl Iterator<Item = Band> + '_ {
        self.0.as_chunks::<BAND>().0.iter().enumerate().map(|(at, part)| Band(at, *part))
    }

    /// The share of equal numbers.
    pub fn likeness(&self, other: &Self) -> f64 {
        let same = self.0.iter().zip(&other.0).filter(|(a, b)| a == b).count();
        f64::from(u32::try_from(same).unwrap_or_default()) / f64::from(u32::try_from(SIZE).unwrap_or(1))
    }
}

/// The signature of a text as it reads.
pub fn signature(text: &str) -> Signature {
    signature_of(&Seen::read(text).text)
}

/// The signature of a text that is read already.
pub fn signature_of(read: &str) -> Signature {
    let template = template(read);
    let mut least = [u32::MAX; SIZE];
    for run in template.windows(template.len().clamp(1, 4)) {
        let hash = run.iter().fold(0x51_7c_c1_b7_27_22_0a_95_u64, |hash, c| mix(hash ^ u64::from(u32::from(*c))));
        for (which, least) in least.iter_mut().enumerate() {
            let own = mix(hash ^ (which as u64).wrapping_mul(0xd6e8_feb8_6659_fd93));
            *least = (*least).min(u32::try_from(own >> 32).unwrap_or_default());
        }
    }
    Signature(least)
}

/// Letters alone. In Chinese a run of Latin letters or digits is one sign; elsewhere digits are left out.
fn template(read: &str) -> Vec<char> {
    let chinese = read.contains(is_han);
    let mut template: Vec<char> = Vec::with_capacity(read.len() / 2);
    for c in read.chars().filter(|c| c.is_alphanumeric()) {
        let sign = match c {
            '0'..='9' if !chinese => continue,
            '0'..='9' => '0',
            'a'..='z' if chinese => 'a',
            _ => c,
        };
        if !(chinese && matches!(sign, '0' | 'a') && template.last() == Some(&sign)) {
            template.push(sign);
        }
    }
    if template.len() < SHORT { read.chars().filter(|c| c.is_alphanumeric()).collect() } else { template }
}

/// Stands for what a signature sets aside: digits, and Latin letters in Chinese.
pub fn set_aside(read: &str) -> u64 {
    let chinese = read.contains(is_han);
    let aside = read.chars().filter(|c| c.is_ascii_digit() || chinese && c.is_ascii_lowercase());
    aside.fold(0, |hash, c| mix(hash ^ u64::from(u32::from(c))).wrapping_add(1))
}

fn mix(hash: u64) -> u64 {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}
