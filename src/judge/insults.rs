//! Insults and the words of quarrels, in three languages: what heated talk is known by.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};

use super::{
    see::Seen,
    words::{is_whole, listed},
};

/// The first insult in a text as it [reads](Seen), by its place in the reading.
pub fn first(seen: &Seen<'_>) -> Option<Range<usize>> {
    static BUILT_IN: LazyLock<(AhoCorasick, Vec<bool>)> = LazyLock::new(|| {
        let words = listed(include_str!("insults.txt"));
        let innocent = words.iter().map(|word| word.starts_with('!')).collect();
        let words = words.iter().map(|word| word.trim_start_matches('!'));
        let build = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words);
        (build.expect("a short list"), innocent)
    });
    let (automaton, innocent) = &*BUILT_IN;
    let found = automaton.find_iter(&seen.text).filter(|m| is_whole(&seen.text, m.range()));
    found.filter(|m| !innocent[m.pattern().as_usize()]).map(|m| m.range()).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_insult(text: &str) -> bool {
        first(&Seen::read(text)).is_some()
    }

    #[test]
    fn insults_and_words_of_quarrels_are_found_in_any_dress() {
        for text in [
            "你个傻逼",
            "傻\u{200b}逼",
            "傻 逼",
            "腦殘",
            "你是SB吧",
            "操你媽",
            "你有病吧？",
            "你给我滚",
            "杠精就是你",
            "没素质的东西",
            "You idiot!",
            "just SHUT UP already",
            "ＭＯＲＯＮ",
            "fuck you",
            "Какой же ты дебил",
            "Заткнись уже",
            "пошёл на хуй",
        ] {
            assert!(is_insult(text), "{text}");
        }
    }

    #[test]
    fn innocent_talk_is_left_alone() {
        for text in [
            "",
            "生日快乐",
            "他傻比较可爱",
            "我是脑残粉",
            "关爱智障儿童",
            "这本书写贫贱人家的生活",
            "陀思妥耶夫斯基的《白痴》",
            "卧槽太牛了",
            "笨蛋",
            "妈的又下雨了",
            "滚床单的被子晒了",
            "废物利用小妙招",
            "球进了！！！",
            "drop dead gorgeous",
            "what the fuck, that was a goal",
            "usb 接口",
            "oxymoron",
            "кретинизм лечат",
            "блин, опять дождь",
            "команда",
        ] {
            assert!(!is_insult(text), "{text}");
        }
    }

    #[test]
    fn the_list_is_written_as_texts_are_read() {
        let words = listed(include_str!("insults.txt"));
        for word in &words {
            let word = word.trim_start_matches('!');
            assert_eq!(&Seen::read(word).text, word);
            assert_eq!(
                words.iter().filter(|other| other.trim_start_matches('!') == word).count(),
                1,
                "{word} is listed twice"
            );
        }
    }
}
