//! Ways of writing an ad that people read and filters do not. Each leaves alone what it has nothing to do with.

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::texts::TALK;

/// A disguise by name. Pairs of characters are chosen for what people do, not for what the reading knows.
pub struct Disguise {
    pub name: &'static str,
    put_on: fn(&str, &mut SmallRng) -> String,
}

impl Disguise {
    /// The text in disguise; None where it has nothing to work on.
    pub fn put_on(&self, text: &str, seed: u64) -> Option<String> {
        let worn = (self.put_on)(text, &mut SmallRng::seed_from_u64(seed));
        (worn != text).then_some(worn)
    }
}

pub const DISGUISES: [Disguise; 18] = [
    Disguise { name: "zero-width characters", put_on: |text, rng| between(text, rng, 0.4, &ZERO_WIDTH) },
    Disguise { name: "spaces", put_on: |text, _| joined(text, " ") },
    Disguise { name: "signs between", put_on: |text, rng| joined(text, pick(rng, &[".", "*", "-", "·", "~", "|"])) },
    Disguise { name: "combining marks", put_on: |text, rng| after_letters(text, rng, &MARKS) },
    Disguise { name: "random padding", put_on: padded },
    Disguise { name: "emoji and keycaps", put_on: |text, rng| emoji(text, rng) },
    Disguise { name: "dot written out", put_on: dots },
    Disguise { name: "traditional characters", put_on: |text, _| by_pairs(text, TRADITIONAL) },
    Disguise { name: "full width", put_on: |text, _| text.chars().map(full_width).collect() },
    Disguise { name: "circled and squared", put_on: circled },
    Disguise { name: "characters taken apart", put_on: |text, _| by_words(text, SPLIT) },
    Disguise { name: "Chinese numerals", put_on: numerals },
    Disguise { name: "words by sound", put_on: |text, rng| by_sound(text, rng) },
    Disguise { name: "dilution", put_on: diluted },
    Disguise { name: "Latin in Cyrillic", put_on: |text, rng| sometimes(text, rng, 0.5, |c| swap(c, CYRILLIC)) },
    Disguise { name: "Cyrillic and Greek in Latin", put_on: borrowed },
    Disguise { name: "leet", put_on: |text, rng| plain_words(text, rng, 0.6, |c| swap(c, LEET)) },
    Disguise { name: "maths letters", put_on: maths },
];

const ZERO_WIDTH: [&str; 6] = ["\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}", "\u{00ad}"];
const MARKS: [&str; 6] = ["\u{336}", "\u{335}", "\u{301}", "\u{308}", "\u{323}", "\u{20d2}"];
const TRADITIONAL: &str = "职職结結电電话話联聯系係报報飞飛机機钱錢赚賺单單发發费費资資视視频頻群羣号號卖賣买買万萬开開\
                           门門专專业業务務办辦额額贷貸项項网網头頭现現传傳证證银銀账賬户戶权權价價优優详詳请請进進这這\
                           点點条條个個们們来來会會东東车車马馬龙龍红紅岁歲师師带帶稳穩诚誠爱愛见見亲親";
const SPLIT: &[(&str, &str)] = &[
    ("加", "力口"),
    ("信", "亻言"),
    ("职", "耳只"),
    ("结", "纟吉"),
    ("群", "君羊"),
    ("赚", "贝兼"),
    ("招", "扌召"),
    ("代", "亻弋"),
    ("理", "王里"),
    ("微", "彳攵"),
    ("钱", "钅戋"),
    ("卡", "上卜"),
    ("博", "十尃"),
    ("赌", "贝者"),
    ("粉", "米分"),
    ("精", "米青"),
    ("项", "工页"),
    ("找", "扌戈"),
    ("做", "亻故"),
    ("视", "礻见"),
    ("游", "氵斿"),
    ("练", "纟东"),
    ("裸", "衤果"),
    ("聊", "耳卯"),
];
const SOUND: &[(&str, &[&str])] = &[
    ("微信", &["薇信", "威信", "V信", "徽信", "薇❤", "维芯"]),
    ("加我", &["伽我", "家我", "+我"]),
    ("加", &["伽", "嘉", "➕"]),
    ("群", &["裙", "峮"]),
    ("QQ", &["扣扣", "抠抠", "球球"]),
    ("扣扣", &["抠抠", "蔻蔻"]),
    ("飞机", &["灰机", "非机"]),
    ("兼职", &["兼只", "兼直", "煎职"]),
    ("日结", &["曰结", "日洁"]),
    ("代理", &["代里", "带理"]),
    ("免费", &["免废", "兔费"]),
    ("视频", &["视屏", "视品"]),
    ("资源", &["姿源", "资元"]),
    ("发票", &["发飘", "發瞟"]),
    ("贷款", &["袋款", "待款"]),
    ("裸聊", &["果聊", "luo聊"]),
    ("看片", &["看篇", "看騙"]),
    ("卖片", &["卖篇", "埋片"]),
    ("刷单", &["涮单", "刷丹"]),
    ("引流", &["引硫", "隐流"]),
    ("信用卡", &["信用咔", "芯用卡"]),
    ("项目", &["项木", "巷目"]),
    ("返利", &["返力", "反利"]),
];
const CYRILLIC: &str = "аaеeоoрpсcуyхxАAЕEОOРPСCТTНHКKМMВBХX";
const LATIN: &str = "aаeеoоpрcсyуxхiіsѕjјAАBВEЕHНKКMМOОPРTТXХ";
const GREEK: &str = "aαoοvνAΑBΒEΕHΗIΙKΚMΜNΝOΟPΡTΤXΧ";
const LEET: &str = "a4e3i1o0s5t7";
const EMOJI: &[(&str, &str)] =
    &[("加", "➕"), ("QQ", "🐧"), ("飞机", "✈️"), ("电话", "☎️"), ("钱", "💰"), ("微信", "🛰"), ("企鹅", "🐧")];

fn pick<'a>(rng: &mut SmallRng, from: &[&'a str]) -> &'a str {
    from.choose(rng).copied().unwrap_or_default()
}

/// The second of a pair of characters for the first.
fn swap(c: char, pairs: &str) -> char {
    let mut chars = pairs.chars();
    while let (Some(plain), Some(other)) = (chars.next(), chars.next()) {
        if c == plain {
            return other;
        }
    }
    c
}

fn by_pairs(text: &str, pairs: &str) -> String {
    text.chars().map(|c| swap(c, pairs)).collect()
}

fn by_words(text: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (plain, other)| text.replace(plain, other))
}

fn by_sound(text: &str, rng: &mut SmallRng) -> String {
    SOUND.iter().fold(text.to_owned(), |text, (plain, others)| text.replace(plain, pick(rng, others)))
}

fn between(text: &str, rng: &mut SmallRng, share: f64, what: &[&str]) -> String {
    let put = |c: char| if rng.random_bool(share) { format!("{c}{}", pick(rng, what)) } else { c.to_string() };
    text.chars().map(put).collect()
}

fn after_letters(text: &str, rng: &mut SmallRng, marks: &[&str]) -> String {
    let mark = pick(rng, marks);
    let put = |c: char| if c.is_alphabetic() { format!("{c}{mark}") } else { c.to_string() };
    text.chars().map(put).collect()
}

/// Words stay as far apart as they are, letters come apart by the sign.
fn joined(text: &str, sign: &str) -> String {
    let words = text.split(' ').map(|word| word.chars().map(String::from).collect::<Vec<_>>().join(sign));
    words.collect::<Vec<_>>().join("   ")
}

fn sometimes(text: &str, rng: &mut SmallRng, share: f64, change: impl Fn(char) -> char) -> String {
    text.chars().map(|c| if rng.random_bool(share) { change(c) } else { c }).collect()
}

/// Words alone; nobody writes an account so that it leads elsewhere.
fn plain_words(text: &str, rng: &mut SmallRng, share: f64, change: impl Fn(char) -> char) -> String {
    let is_account = |word: &str| word.contains(['@', '/', '_', '.', '$', '+']) || word.contains(char::is_numeric);
    let words = text.split(' ').map(|word| {
        let ends = word.trim_end_matches([',', '.', '!', ':']);
        if is_account(ends) { word.to_owned() } else { sometimes(word, rng, share, &change) }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn borrowed(text: &str, rng: &mut SmallRng) -> String {
    let pairs = if rng.random_bool(0.7) { LATIN } else { GREEK };
    plain_words(text, rng, 0.6, |c| swap(c, pairs))
}

fn nonsense(rng: &mut SmallRng) -> String {
    const SIGNS: [&str; 12] = ["🌸", "🔥", "x", "k", "7", "q", "w", "3", "゜", "♪", "z", "9"];
    (0..rng.random_range(4..12)).map(|_| pick(rng, &SIGNS)).collect()
}

fn padded(text: &str, rng: &mut SmallRng) -> String {
    format!("{} {text} {}\n{}", nonsense(rng), nonsense(rng), nonsense(rng))
}

fn diluted(text: &str, rng: &mut SmallRng) -> String {
    let is_of = |script: fn(char) -> bool| text.chars().any(script);
    let talk = if is_of(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
        &TALK[..12]
    } else if is_of(|c| ('а'..='я').contains(&c)) {
        &TALK[18..]
    } else {
        &TALK[12..18]
    };
    format!("{} {} {text} {}", pick(rng, talk), pick(rng, talk), pick(rng, talk))
}

fn dots(text: &str, rng: &mut SmallRng) -> String {
    let dot = pick(rng, &["点", "。", " dot ", "[.]", "(点)", " . ", "点"]);
    let words = text.split(' ').map(|word| {
        let inner = word.trim_end_matches(['.', ',', '!']);
        format!("{}{}", inner.replace('.', dot), &word[inner.len()..])
    });
    words.collect::<Vec<_>>().join(" ")
}

fn full_width(c: char) -> char {
    match c {
        '!'..='~' => char::from_u32(u32::from(c) - 0x21 + 0xff01).unwrap_or(c),
        _ => c,
    }
}

/// A letter or digit from the alphabet that begins at `a` for letters and at `one` for digits.
fn dressed(c: char, capital: u32, small: u32, one: u32) -> char {
    let from = |start: u32, first: char| char::from_u32(start + u32::from(c) - u32::from(first)).unwrap_or(c);
    match c {
        'A'..='Z' => from(capital, 'A'),
        'a'..='z' => from(small, 'a'),
        '1'..='9' if one > 0 => from(one, '1'),
        _ => c,
    }
}

fn circled(text: &str, rng: &mut SmallRng) -> String {
    let (capital, small) =
        [(0x24b6, 0x24d0), (0x1f150, 0x1f150), (0x1f130, 0x1f130), (0x1f170, 0x1f170)][rng.random_range(0..4)];
    text.chars().map(|c| dressed(c, capital, small, 0x2460)).collect()
}

fn maths(text: &str, rng: &mut SmallRng) -> String {
    let (capital, small, one) =
        [(0x1d400, 0x1d41a, 0x1d7cf), (0x1d4d0, 0x1d4ea, 0), (0x1d5d4, 0x1d5ee, 0x1d7ed)][rng.random_range(0..3)];
    text.chars().map(|c| dressed(c, capital, small, one)).collect()
}

fn emoji(text: &str, rng: &mut SmallRng) -> String {
    let flags = rng.random_bool(0.3);
    let digit = |c: char| match c {
        '0'..='9' => format!("{c}\u{fe0f}\u{20e3}"),
        'a'..='z' | 'A'..='Z' if flags => dressed(c.to_ascii_uppercase(), 0x1f1e6, 0, 0).to_string(),
        _ => c.to_string(),
    };
    by_words(text, EMOJI).chars().map(digit).collect()
}

fn numerals(text: &str, rng: &mut SmallRng) -> String {
    let digits: Vec<char> =
        ["零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "〇①②③④⑤⑥⑦⑧⑨"][rng.random_range(0..3)].chars().collect();
    let is_digit = char::is_numeric;
    let mut written = String::new();
    for run in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let number = run.trim_end_matches(|c: char| !is_digit(c));
        let change = |c: char| c.to_digit(10).map_or(c, |digit| digits[digit as usize]);
        let is_long = number.len() >= 5;
        written.extend(number.chars().map(|c| if is_long { change(c) } else { c }));
        written.push_str(&run[number.len()..]);
    }
    written
}
