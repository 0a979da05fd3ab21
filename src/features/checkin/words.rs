//! Which messages check in: a word alone or at the head of a message, not inside a sentence.

use unicode_normalization::UnicodeNormalization;

use crate::model::text::is_invisible;

/// The words that check in, as they are compared.
#[derive(Clone, Debug, Default)]
pub struct Words(Vec<String>);

/// Only so much of a message is looked at: no word is longer.
const HEAD: usize = 80;
/// What may hang on the word without changing what is meant: 打卡了, 签到啦.
const PARTICLES: [char; 7] = ['了', '啦', '咯', '喽', '哈', '呀', '哦'];

impl Words {
    pub fn new(words: &[String]) -> Self {
        let mut words: Vec<String> = words.iter().map(|word| folded(word.chars())).collect();
        // Longest first: of 早起打卡 and 早起 the longer is meant.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Self(words)
    }

    /// Whether a message with this text or caption checks in.
    pub fn lead(&self, text: &str) -> bool {
        let seen = text.chars().filter(|c| !is_invisible(*c)).skip_while(|c| c.is_whitespace());
        let text = folded(seen.take(HEAD));
        if text.starts_with('/') {
            return false;
        }
        let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
        self.0.iter().any(|word| after(word, text).is_some_and(ends_word))
    }
}

/// The same for wide and narrow letters, for capitals and for any spaces.
fn folded(text: impl Iterator<Item = char>) -> String {
    let plain: String = text.nfkc().flat_map(char::to_lowercase).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What follows the word a text begins with. In words that are written without spaces, spaces mean nothing: 打 卡.
fn after<'t>(word: &str, text: &'t str) -> Option<&'t str> {
    word.chars().try_fold(text, |rest, c| if c.is_ascii() { rest } else { rest.trim_start() }.strip_prefix(c))
}

/// Whether what follows the word lets it stand for itself.
fn ends_word(rest: &str) -> bool {
    let rest = rest.strip_prefix("成功").or_else(|| rest.strip_prefix(PARTICLES)).unwrap_or(rest);
    let Some(next) = rest.chars().next() else { return true };
    if rest.trim_end().chars().all(|c| c == '?') {
        return false;
    }
    !next.is_alphanumeric() || next.is_ascii_digit() || counts_days(rest)
}

/// 第5天, 第十二次.
fn counts_days(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix('第') else { return false };
    let number = |c: char| c.is_ascii_digit() || c == ' ' || "一二三四五六七八九十百".contains(c);
    rest.trim_start_matches(number).starts_with(['天', '日', '次'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_alone_or_at_the_head() {
        let words = Words::new(&["打卡", "签到", "check in", "checkin"].map(str::to_owned));
        for text in [
            "打卡",
            " 打卡 ",
            "打卡！",
            "#打卡",
            "＃打卡 今天读了30页",
            "打卡 今天读了30页",
            "打卡：早起、运动、读书",
            "打卡\n今天三件事都完成了",
            "打卡了",
            "签到啦～",
            "打卡成功✅",
            "打卡第5天",
            "打卡 第 5 天",
            "打卡第十二天！",
            "打卡5/21",
            "✅ 打卡",
            "打卡，大家今天怎么样？",
            "Check in",
            "CHECKIN!",
            "check  in: ran 5 km",
            "Ｃｈｅｃｋｉｎ",
            "打 卡",
            "打　卡！",
            "打  卡 今天读了30页",
            "打\u{200b}卡 ✅",
            "\u{feff}\u{2060}打\u{200d}\u{ad}卡\u{200b}",
            "打卡！！！",
            "打卡。",
            "打卡💪🏻",
            "打卡❤\u{fe0f}",
            "☀️打 卡",
            "c\u{200b}heck in",
        ] {
            assert!(words.lead(text), "{text}");
        }
        for text in [
            "",
            "我忘了打卡",
            "今天打卡",
            "打卡机坏了",
            "打卡有奖励吗？",
            "打卡了吗",
            "打卡？",
            "打卡了？",
            "签到处在哪",
            "打卡第一名是谁",
            "checking in tomorrow",
            "checkins are fun",
            "please check in",
            "/checkin@other_bot",
            "\u{200b}/checkin",
            "打 卡机坏了",
            "我 打 卡 了",
            "打\u{200b}卡有奖励吗？",
            "打，卡",
            "c h e c k in",
        ] {
            assert!(!words.lead(text), "{text}");
        }
    }

    #[test]
    fn without_words_no_message_checks_in() {
        assert!(!Words::default().lead("打卡"));
    }
}
