//! Disguises with what they read as, and innocent writing that looks like them.

mod hanzi;
mod lists;
mod properties;

use super::*;

fn read(text: &str) -> String {
    Seen::read(text).text
}

/// Each is read as what is meant.
fn reads_as(pairs: &[(&str, &str)]) {
    let wrong: Vec<_> = pairs
        .iter()
        .map(|(written, meant)| (*written, read(written), *meant))
        .filter(|(_, read, meant)| read != meant)
        .collect();
    assert!(wrong.is_empty(), "written, read, meant: {wrong:#?}");
}

/// Each is read as it stands, and nothing is thought of it.
fn stays(texts: &[&str]) {
    let wrong: Vec<_> = texts
        .iter()
        .map(|text| Seen::read(text))
        .filter(|seen| seen.text != seen.source || seen.tricks != Tricks::default())
        .collect();
    assert!(
        wrong.is_empty(),
        "{:#?}",
        wrong.iter().map(|seen| (seen.source, &seen.text, seen.tricks)).collect::<Vec<_>>()
    );
}

#[test]
fn what_is_invisible_is_dropped() {
    reads_as(&[
        ("加\u{200b}微\u{2060}信", "加微信"),
        ("加\u{feff}微\u{00ad}信", "加微信"),
        ("加\u{3164}微\u{2800}信", "加微信"),
        ("加\u{e0041}微\u{fe0f}信", "加微信"),
        ("te\u{200d}le\u{200c}gram", "telegram"),
    ]);
    for written in ["加微\u{200b}信", "bon\u{2063}us", "日\u{3164}结"] {
        assert!(Seen::read(written).tricks.hidden, "{written}");
    }
    for written in
        ["\u{feff}你好", "👨\u{200d}👩\u{200d}👧", "می\u{200c}خواهم", "क्\u{200d}ष", "好\u{200b} 的", "☎\u{fe0f}"]
    {
        assert!(!Seen::read(written).tricks.hidden, "{written}");
    }
}

#[test]
fn marks_upon_letters_are_dropped() {
    reads_as(&[
        ("z\u{336}h\u{336}i", "zhi"),
        ("兼\u{334}职\u{20d2}", "兼职"),
        ("1️⃣3️⃣8️⃣", "138"),
        ("fr\u{301}ee", "free"),
        ("Café", "cafe"),
        // A letter of its own, in one piece or in two.
        ("Мой и\u{306}од", "мой йод"),
        ("か\u{3099}ん", "がん"),
    ]);
    for written in ["café", "naïve", "Мой", "が", "ё"] {
        assert_eq!(Seen::read(written).tricks, Tricks::default(), "{written}");
    }
}

#[test]
fn letters_turned_round_are_turned_back() {
    reads_as(&[
        ("\u{202e}信微加\u{202c} abc", "加微信 abc"),
        ("好\u{202e}123marg", "好gram321"),
        ("\u{202e}信微\n好", "微信\n好"),
        ("\u{202a}hello\u{202c}", "hello"),
        ("\u{2067}שלום\u{2069}", "שלום"),
    ]);
    let seen = Seen::read("你\u{202e}信微加\u{202c}好");
    assert!(seen.tricks.hidden);
    let at = seen.text.find("微").expect("it reads so");
    assert_eq!(seen.written(at..at + 3), "信微加");
    assert!(!Seen::read("\u{200f}שלום\u{202c} \u{202a}hello\u{202c}").tricks.hidden);
}

#[test]
fn letters_in_fancy_dress_are_plain() {
    reads_as(&[
        ("Ｖ：ｚｈｕａｎ８８", "v:zhuan88"),
        ("𝐭𝐞𝐥𝐞𝐠𝐫𝐚𝐦 𝓯𝓻𝓮𝓮 𝕍𝕏", "telegram free vx"),
        ("🅥🅧 ①②③", "vx 123"),
        ("ⓦⓔⓒⓗⓐⓣ", "wechat"),
        ("🄵🅁🄴🄴", "free"),
        ("ꜰʀᴇᴇ", "free"),
        ("⒈⒉⒊", "123"),
        ("㊗你", "祝你"),
        ("➊➋➌", "123"),
        ("ⅴⅹ", "vx"),
    ]);
    for written in ["🅥🅧 abc", "𝓯𝓻𝓮𝓮", "🄵🅁"] {
        assert!(Seen::read(written).tricks.dressed, "{written}");
    }
    for written in ["① 第一条 ② 第二条", "№ 5", "™", "ﬁne", "Ａ股", "x² + y²", "Ⅱ期", "℃", "㎡", "🅰️型血"]
    {
        assert!(!Seen::read(written).tricks.dressed, "{written}");
    }
}

#[test]
fn emoji_that_stand_for_words_are_read() {
    reads_as(&[
        ("Ｖ❤️Ｘ", "v❤x"),
        ("聊➕🐧12345", "聊加qq12345"),
        ("➕微", "加微"),
        ("✈️群", "飞机群"),
        ("加薇❤\u{fe0f}信", "加微信"),
        ("🇻🇽", "vx"),
        ("🇼🇪🇨🇭🇦🇹", "wechat"),
        ("🇻 🇽", "v x"),
    ]);
    // Flags are pictures.
    stays(&["🇨🇳", "🇩🇪🇺🇦немецкая", "🇬🇧 english", "我❤u", "1+1=2", "😂😂"]);
}

#[test]
fn letters_of_another_script_are_put_right() {
    reads_as(&[
        ("telеgrаm", "telegram"),
        ("ΤELEGRΑM", "telegram"),
        ("ѕаlе", "sale"),
        ("рaбoтa", "работа"),
        ("П0дрaб0ткa", "подработка"),
        ("поuск пapтнepoв", "поиск партнеров"),
        ("всe работа", "все работа"),
        ("сash and carry", "cash and carry"),
    ]);
    for written in ["telеgrаm", "рaбoтa", "casinо"] {
        assert!(Seen::read(written).tricks.mixed, "{written}");
    }
    stays(&[
        "macbook и москва",
        "5 μm",
        "10 kω",
        "μmol",
        "δt = 3",
        "α и β",
        "с 5 до 7",
        "я в it с 2020",
        "3d-принтер",
        "百度и谷歌",
    ]);
}

#[test]
fn words_spelled_out_are_joined() {
    reads_as(&[
        ("加 微 信", "加微信"),
        ("加*微·信", "加微信"),
        ("兼.职.日.结", "兼职日结"),
        ("兼❤职😊日🌹结", "兼职日结"),
        ("t . m e / a b c d", "t.me/abcd"),
        ("b o n u s", "bonus"),
        ("b-o-n-u-s now", "bonus now"),
        ("2 0 4 8 1 2 3", "2048123"),
        ("𝐛 𝐨 𝐧 𝐮 𝐬", "bonus"),
    ]);
    for text in [
        "i am a b",
        "a b c d",
        "1,2,3,4,5,6,7,8,9",
        "so . . . . . u r here",
        "{ . . } ( ^ ^ )",
        "1.2.3",
        "2024-01-02",
        "选 a,b,c,d",
        "well-to-do",
        "什么,好吧。行,可以!",
    ] {
        assert_eq!((read(text).as_str(), Seen::read(text).tricks.spelled), (text, false), "{text}");
    }
}

#[test]
fn letters_put_by_digits_are_put_back_in_a_few_words() {
    reads_as(&[
        ("fr33 m0ney", "free money"),
        ("B0NUS!", "bonus!"),
        ("c4$h pr1ze", "cash prize"),
        ("t3l3gr4m", "telegram"),
        ("(cr7pt0) cryp70", "(cr7pt0) crypto"),
    ]);
    stays(&[
        "win10",
        "h3 标题",
        "mp4",
        "i5-1240p",
        "b2b and b2c",
        "@fr33_m0ney",
        "fr33.example",
        "example.com/fr33",
        "user-fr33",
        "x=fr33",
        "e10adc39",
        "3d model",
        "k8s",
        "w3c",
        "1st",
        "$100",
        "m0ney_box",
    ]);
}

#[test]
fn disguise_is_told_from_ordinary_writing() {
    for written in ["加微\u{200b}信", "🅥🅧 abc", "telеgrаm"] {
        assert!(Seen::read(written).tricks.is_disguise(), "{written}");
    }
    for written in ["\u{feff}你好", "👨\u{200d}👩\u{200d}👧", "می\u{200c}خواهم", "① 第一条", "Москва MacBook", "薇信"]
    {
        assert!(!Seen::read(written).tricks.is_disguise(), "{written}");
    }
}

#[test]
fn one_disguise_hides_another() {
    reads_as(&[
        ("力 口 徽 亻 言", "加微信"),
        ("𝐭е\u{200b}lеgr𝐚m", "telegram"),
        ("薇\u{200b}❤", "微信"),
        ("扣*扣 贰零肆捌一二三", "qq2048123"),
        ("\u{202e}亻言徽\u{202c}", "徽言亻"),
    ]);
}

#[test]
fn evidence_shows_what_was_written() {
    let seen = Seen::read("你好 加 \u{200b}微 信！");
    let at = seen.text.find("加微信").expect("it reads so");
    assert_eq!(seen.excerpt(at..at + "加微信".len()), "加 \u{200b}微 信");
    let seen = Seen::read("快徽亻言吧");
    let at = seen.text.find("微信").expect("it reads so");
    assert_eq!(seen.excerpt(at..at + "微信".len()), "徽亻言");
    assert_eq!(excerpt(&"字".repeat(81)).chars().count(), 80);
}

#[test]
fn units_count_characters_and_words() {
    for (text, units) in [("看片加我", 4), ("hello big world", 3), ("加 abc123 吧", 3), ("!?", 0)] {
        assert_eq!(Seen::read(text).units(), units, "{text}");
    }
}
