//! Which texts are much alike: MinHash over runs of four characters with digits and Latin letters set aside, since those
//! are what advertisers change from one message to the next (Broder, "On the resemblance and containment of documents",
//! 1997).

use super::{
    alike::WORDY,
    see::{Seen, is_han, units},
};

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
    least(template.windows(template.len().clamp(1, 4)).map(|run| hash(run.iter().copied())))
}

/// The signature of a text by which copies are known though their parts be shuffled and names, numbers and links changed:
/// in Chinese by pairs of characters, elsewhere by words. `read` is the text as it reads. None of what is too short, or a
/// list that goes round.
pub fn of_copies(text: &str, read: &str) -> Option<Signature> {
    if units(read) < WORDY || is_chain(text) {
        return None;
    }
    if read.contains(is_han) {
        let letters: Vec<char> = read.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).collect();
        return Some(least(letters.windows(letters.len().clamp(1, 2)).map(|pair| hash(pair.iter().copied()))));
    }
    // A name, a number, a link; a full stop stands between words in those alone.
    let is_plain = |word: &&str| {
        let inside = word.trim_matches(|c: char| !c.is_alphanumeric());
        !inside.is_empty()
            && !word.contains('@')
            && !inside.contains(|c: char| c.is_ascii_digit() || "._/:".contains(c))
    };
    let words = read.split(|c: char| c.is_whitespace() || c == '\0').filter(is_plain);
    Some(least(words.map(|word| hash(word.chars().filter(|c| c.is_alphanumeric())))))
}

/// A list that goes round, each adding a line (接龙): it is much the same each time and is meant to be.
pub fn is_chain(text: &str) -> bool {
    let numbered = |line: &str| {
        let line = line.trim_start();
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < line.len() && rest.starts_with(['.', '、', ')', '）', '．', ' '])
    };
    text.lines().next().is_some_and(|first| first.contains("接龙") || first.contains("接龍"))
        || text.lines().filter(|line| numbered(line)).count() >= 3
}

fn hash(run: impl Iterator<Item = char>) -> u64 {
    run.fold(0x51_7c_c1_b7_27_22_0a_95_u64, |hash, c| mix(hash ^ u64::from(u32::from(c))))
}

fn least(hashes: impl Iterator<Item = u64>) -> Signature {
    let mut least = [u32::MAX; SIZE];
    for hash in hashes {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(a: &str, b: &str) -> f64 {
        let of = |text: &str| of_copies(text, &Seen::read(text).text).expect("it is long enough");
        of(a).likeness(&of(b))
    }

    #[test]
    fn copies_are_known_however_shuffled_and_renamed() {
        for (a, b) in [
            (
                "办信用卡提额，无前期费用，3 小时下款，加微信 boss_9527",
                "无前期费用，24 小时下款，办信用卡提额，加微信 other88",
            ),
            ("招聘线上助理，时间自由，加我 @boss_one", "招 聘 线上助理～时间自由～加我 @another_2"),
            (
                "Earn five hundred dollars a day from your sofa, message @made_up_boss now",
                "From your sofa earn five hundred dollars a day! Message @other_66 now",
            ),
            (
                "Подработка рядом с домом, выплаты ежедневно, пишите в личку @made_up_24",
                "Выплаты ежедневно! Подработка рядом с домом! Пишите в личку @drugoy",
            ),
        ] {
            assert!(likeness(a, b) >= 0.7, "{a} / {b}: {}", likeness(a, b));
        }
    }

    #[test]
    fn what_has_only_its_form_in_common_is_no_copy() {
        for (a, b) in [
            (
                "大家好，我叫小玲，来自上海，是老师，喜欢读书，微信 ling_2026",
                "大家好，我叫阿强，来自广州，做外贸，喜欢爬山，微信 qiang_88",
            ),
            (
                "Hi, I'm Anna from Berlin, I teach maths and love hiking",
                "Hi, I'm Peter from Oslo, I write software and love cooking",
            ),
            ("出租两室一厅，拎包入住，电话 13800138000", "转让婴儿推车，九成新，自提，电话 13900139000"),
        ] {
            assert!(likeness(a, b) < 0.6, "{a} / {b}: {}", likeness(a, b));
        }
    }

    #[test]
    fn short_texts_and_lists_that_go_round_have_no_copies() {
        for text in [
            "",
            "+1",
            "生日快乐",
            "收到，谢谢！",
            "打卡第 12 天",
            "see you there",
            "#接龙 爬山\n1. 小玲 13800138000\n2. 小美",
            "周末爬山的有：\n1. 小玲\n2. 小美\n3. 小安和她的先生还有孩子",
        ] {
            assert_eq!(of_copies(text, &Seen::read(text).text), None, "{text}");
        }
    }
}
