//! The built-in lists: insults at a person, in three languages.

use std::sync::{Arc, LazyLock};

use super::list::List;

const TEXTS: [(&str, &str); 3] = [
    ("zh", include_str!("insults/zh.txt")),
    ("en", include_str!("insults/en.txt")),
    ("ru", include_str!("insults/ru.txt")),
];

/// Each language with its list.
pub fn lists() -> &'static [(&'static str, Arc<List>)] {
    static LISTS: LazyLock<Vec<(&str, Arc<List>)>> = LazyLock::new(|| {
        let read = |text| List::read(text).expect("a test reads the built-in lists");
        TEXTS.iter().map(|(language, text)| (*language, Arc::new(read(text)))).collect()
    });
    &LISTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Seen;

    fn found(text: &str) -> Vec<String> {
        let seen = Seen::read(text);
        let found = lists().iter().flat_map(|(_, list)| list.find(&seen));
        found.map(|it| seen.text[it.range].to_owned()).collect()
    }

    #[test]
    fn the_built_in_lists_are_right() {
        for (language, text) in TEXTS {
            let list = List::read(text).unwrap_or_else(|wrong| panic!("{language}: {wrong:#?}"));
            assert!(!list.version.is_empty());
            assert!(list.can(crate::model::Measure::Queue, |it| it == crate::model::Measure::Queue), "{language}");
        }
    }

    #[test]
    fn insults_are_found_in_any_dress() {
        let missed: Vec<&str> = [
            "你个傻逼",
            "你就是个煞笔",
            "傻\u{200b}逼",
            "傻 逼",
            "傻*逼",
            "你个sb",
            "你是SB吧",
            "腦殘",
            "滚你妈的",
            "操你媽",
            "王八蛋",
            "你这个废物",
            "死全家吧你",
            "nmsl",
            "狗东西",
            "猪狗不如",
            "你是不是脑残",
            "贱人就是矫情",
            "大白痴",
            "You are an idiot",
            "you idiot!",
            "You’re an idiot",
            "fuck you",
            "FUCK  YOU",
            "f u c k y o u",
            "kill yourself",
            "kill\nyourself",
            "what a moron",
            "ＭＯＲＯＮ",
            "mоrоn",
            "go to hell",
            "ты идиот",
            "Какой же ты дебил",
            "придурок",
            "ублюдки",
            "иди нахуй",
            "пошёл на хуй",
            "сдохни",
            "мразь",
        ]
        .into_iter()
        .filter(|text| found(text).is_empty())
        .collect();
        assert_eq!(missed, Vec::<&str>::new());
    }

    #[test]
    fn innocent_talk_is_left_alone() {
        let wrong: Vec<(&str, Vec<String>)> = [
            "他傻比较可爱",
            "沙比利木的柜子",
            "心智障碍者的家庭",
            "关爱智障儿童",
            "弱智吧的段子真好笑",
            "陀思妥耶夫斯基的《白痴》",
            "废物利用小妙招",
            "垃圾分类",
            "这本书写贫贱人家的生活",
            "杂交水稻的杂种优势",
            "他写出了低贱人物的尊严",
            "卧槽太牛了",
            "妈的又下雨了",
            "神经病学专家",
            "烦死了",
            "笨蛋",
            "我真是个傻瓜",
            "usb 接口",
            "sb. 是 somebody 的缩写",
            "我是脑残粉",
            "操场上跑步",
            "混蛋逻辑",
            "你这个垃圾袋多少钱",
            "去死海旅游",
            "Dostoevsky's The Idiot",
            "an idiot-proof guide",
            "I'm such an idiot",
            "Scunthorpe",
            "Moronic? no, Moroni is a city",
            "oxymoron",
            "assess the class",
            "damn, that hurts",
            "shit happens",
            "what the fuck",
            "bloody hell",
            "hell of a view",
            "bastardised text",
            "Достоевский, «Идиот»",
            "чмоки чмоки",
            "уродился хороший урожай",
            "кретинизм лечат",
            "черт возьми",
            "блин",
            "команда",
            "сука, опять дождь",
            "тварь божья",
            "дебит и кредит",
            "страхуй",
        ]
        .into_iter()
        .map(|text| (text, found(text)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
        assert_eq!(wrong, []);
    }
}
