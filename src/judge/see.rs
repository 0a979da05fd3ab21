//! Reading a text as a person sees it: invisible characters dropped, look-alike letters put right, spelled-out words
//! joined. Every byte remembers where it came from, so that evidence shows what was really written.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// One text as it reads.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    source: &'a str,
    /// Folded: lower case, simplified characters, plain letters and digits.
    pub text: String,
    /// The place in `source` of each byte of `text`.
    from: Vec<usize>,
    /// Somebody took pains to make it hard to read by machine.
    pub disguised: bool,
}

/// A character as it reads, and the place it came from.
#[derive(Clone, Copy)]
struct Glyph {
    c: char,
    from: usize,
}

/// Stands where something was masked; no pattern reaches across it.
const BARRIER: u8 = 0;

impl<'a> Seen<'a> {
    pub fn read(source: &'a str) -> Self {
        let (mut glyphs, dressed) = undress(source);
        let mixed = settle_scripts(&mut glyphs);
        let mut glyphs = join(&glyphs);
        settle_numerals(&mut glyphs);
        let mut text = String::with_capacity(source.len());
        let mut from = Vec::with_capacity(source.len());
        for glyph in glyphs {
            text.push(glyph.c);
            from.resize(text.len(), glyph.from);
        }
        Self { source, text, from, disguised: dressed || mixed }
    }

    /// Hides what came from these bytes of the source.
    pub fn mask_source(&mut self, range: &Range<usize>) {
        let start = self.from.partition_point(|&at| at < range.start);
        let end = self.from.partition_point(|&at| at < range.end);
        self.mask(start..end);
    }

    /// Hides these bytes of the text.
    pub fn mask(&mut self, range: Range<usize>) {
        let len = range.len();
        let barrier = String::from_utf8(vec![BARRIER; len]).expect("NUL bytes are UTF-8");
        self.text.replace_range(range, &barrier);
    }

    /// What was written where `range` of the text is read, at most 80 characters of it.
    pub fn excerpt(&self, range: Range<usize>) -> String {
        let (Some(&start), Some(&last)) = (self.from.get(range.start), self.from.get(range.end.saturating_sub(1)))
        else {
            return String::new();
        };
        let tail = self.source.get(start.max(last)..).and_then(|rest| rest.chars().next());
        let end = last + tail.map_or(0, char::len_utf8);
        excerpt(self.source.get(start..end).unwrap_or_default())
    }

    /// Length in units of meaning: a Chinese character, or a word of another script.
    pub fn units(&self) -> usize {
        let mut units = 0;
        let mut in_word = false;
        for c in self.text.chars() {
            let letter = c.is_alphanumeric();
            units += usize::from(is_han(c) || (letter && !in_word));
            in_word = letter && !is_han(c);
        }
        units
    }
}

/// At most 80 characters, the last of them `…` if anything was cut.
pub fn excerpt(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(80) {
        None => text.to_owned(),
        Some(_) => text.chars().take(79).chain(['…']).collect(),
    }
}

pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Takes off what only changes the looks of a letter. Tells whether it was done in a way nobody types by accident.
fn undress(source: &str) -> (Vec<Glyph>, bool) {
    let mut glyphs: Vec<Glyph> = Vec::with_capacity(source.len());
    let mut hidden_within = false;
    let mut dressed = 0;
    let mut chars = source.char_indices().peekable();
    while let Some((from, c)) = chars.next() {
        // Most of what people write needs no more than this.
        if matches!(c, ' '..='~' | '\u{4e00}'..='\u{9fff}') {
            glyphs.push(Glyph { c: simplified(c.to_ascii_lowercase()), from });
            continue;
        }
        if is_hidden(c) {
            let before = glyphs.last().is_some_and(|glyph| glyph.c.is_alphanumeric());
            let after = chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
            hidden_within |= before && after && is_trick(c);
            continue;
        }
        if let Some(word) = emoji_word(c) {
            glyphs.extend(word.chars().map(|c| Glyph { c, from }));
            continue;
        }
        let plain = undress_letter(c);
        // Flags are made of squared letters too.
        let flag = matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
        dressed += usize::from(plain.is_some() && !flag);
        let c = plain.unwrap_or(c);
        let folded = std::iter::once(c).nfkc().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
        glyphs.extend(folded.filter(|c| !is_combining_mark(*c)).map(|c| Glyph { c: simplified(c), from }));
    }
    (glyphs, hidden_within || dressed >= 2)
}

/// Not seen by a reader.
fn is_hidden(c: char) -> bool {
    is_trick(c)
        || is_combining_mark(c)
        || matches!(c, '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// Invisible without a use in Arabic, Indic or emoji writing.
fn is_trick(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}'
            | '\u{034f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{ffa0}'
    )
}

/// Letters and digits in circles and squares that Unicode does not hold equal to the plain ones.
fn undress_letter(c: char) -> Option<char> {
    let code = u32::from(c);
    let (first, plain) = match code {
        0x1f150..=0x1f169 => (0x1f150, 'a'),
        0x1f170..=0x1f189 => (0x1f170, 'a'),
        0x1f1e6..=0x1f1ff => (0x1f1e6, 'a'),
        0x2776..=0x277e => (0x2776, '1'),
        0x278a..=0x2792 => (0x278a, '1'),
        _ => return None,
    };
    char::from_u32(u32::from(plain) + code - first)
}

fn emoji_word(c: char) -> Option<&'static str> {
    Some(match c {
        '➕' | '✚' => "+",
        '🐧' => "qq",
        '🛰' => "卫星",
        '✈' => "飞机",
        _ => return None,
    })
}

/// The simplified form of the traditional characters that matter to the rules.
fn simplified(c: char) -> char {
    static PAIRS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
        let pairs = "點点聯联繫系係系電电報报飛飞機机賺赚錢钱職职訊讯號号綫线線线買买賣卖進进費费優优惠惠專专業业單单結结\
            開开發发財财資资貸贷貨货幣币賭赌錄录關关註注領领獎奖邀邀請请簡简介介頁页誠诚試试圖图視视頻频約约門门務务\
            員员詐诈騙骗舉举報报禁禁團团隊队長长購购銷销價价內内現现換换匯汇銀银億亿萬万兩两個个";
        pairs.chars().zip(pairs.chars().skip(1)).step_by(2).collect()
    });
    if is_han(c) { PAIRS.get(&c).copied().unwrap_or(c) } else { c }
}

/// Letters of two scripts that look the same: Latin, Cyrillic, Greek.
const TWINS: [(char, char, char); 13] = [
    ('a', 'а', 'α'),
    ('b', 'в', 'β'),
    ('c', 'с', 'ϲ'),
    ('e', 'е', 'ε'),
    ('h', 'н', 'η'),
    ('i', 'і', 'ι'),
    ('k', 'к', 'κ'),
    ('m', 'м', 'μ'),
    ('o', 'о', 'ο'),
    ('p', 'р', 'ρ'),
    ('t', 'т', 'τ'),
    ('x', 'х', 'χ'),
    ('y', 'у', 'υ'),
];
/// Latin letters that stand for a Cyrillic one in Russian words only.
const LOOSE: [(char, char); 3] = [('u', 'и'), ('n', 'п'), ('r', 'г')];

/// Words written in two scripts are put back into one: Cyrillic if a letter is Cyrillic and nothing else, else Latin.
fn settle_scripts(glyphs: &mut [Glyph]) -> bool {
    let mut mixed = false;
    for word in glyphs.chunk_by_mut(|a, b| script(a.c).is_some() && script(b.c).is_some()) {
        let latin = word.iter().any(|glyph| script(glyph.c) == Some(Script::Latin));
        let other = word.iter().any(|glyph| matches!(script(glyph.c), Some(Script::Cyrillic | Script::Greek)));
        if !(latin && other) {
            continue;
        }
        mixed = true;
        let cyrillic =
            word.iter().any(|g| script(g.c) == Some(Script::Cyrillic) && !TWINS.iter().any(|twin| twin.1 == g.c));
        for glyph in word {
            glyph.c = if cyrillic { to_cyrillic(glyph.c) } else { to_latin(glyph.c) };
        }
    }
    mixed
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
}

fn script(c: char) -> Option<Script> {
    match c {
        'a'..='z' => Some(Script::Latin),
        '\u{400}'..='\u{4ff}' => Some(Script::Cyrillic),
        '\u{370}'..='\u{3ff}' => Some(Script::Greek),
        _ => None,
    }
}

fn to_latin(c: char) -> char {
    TWINS.iter().find(|twin| twin.1 == c || twin.2 == c).map_or(c, |twin| twin.0)
}

fn to_cyrillic(c: char) -> char {
    let twin = TWINS.iter().find(|twin| twin.0 == c || twin.2 == c).map(|twin| twin.1);
    twin.or_else(|| LOOSE.iter().find(|(latin, _)| *latin == c).map(|(_, cyrillic)| *cyrillic)).unwrap_or(c)
}

/// Drops what stands between the characters of a word: anything thin between Chinese characters, and the spaces of five
/// or more characters that stand alone.
fn join(glyphs: &[Glyph]) -> Vec<Glyph> {
    let lone = lone_runs(glyphs);
    let mut kept: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    for (index, glyph) in glyphs.iter().enumerate() {
        if lone.iter().any(|run| run.contains(&index)) && glyph.c.is_whitespace() {
            continue;
        }
        let thin =
            matches!(glyph.c, ' ' | '*' | '·' | '•' | '.' | '~' | '_' | '-' | '|' | '丶' | '`' | '^' | '❤' | '♥');
        let next = glyphs[index + 1..].iter().map(|glyph| glyph.c).find(|c| *c != ' ');
        if thin && kept.last().is_some_and(|before| is_han(before.c)) && next.is_some_and(is_han) {
            continue;
        }
        kept.push(*glyph);
    }
    kept
}

/// Stretches in which at least five characters stand alone between spaces.
fn lone_runs(glyphs: &[Glyph]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let (mut start, mut count, mut end) = (0, 0, 0);
    let mut index = 0;
    for token in glyphs.chunk_by(|a, b| a.c.is_whitespace() == b.c.is_whitespace()) {
        if !token[0].c.is_whitespace() {
            if token.len() == 1 {
                start = if count == 0 { index } else { start };
                count += 1;
                end = index + 1;
            } else {
                runs.extend((count >= 5).then_some(start..end));
                count = 0;
            }
        }
        index += token.len();
    }
    runs.extend((count >= 5).then_some(start..end));
    runs
}

/// Numbers written in Chinese become digits where at least five stand together: a contact, not a quantity.
fn settle_numerals(glyphs: &mut [Glyph]) {
    for run in glyphs.chunk_by_mut(|a, b| digit(a.c).is_some() == digit(b.c).is_some()) {
        if run.len() >= 5 {
            for glyph in run {
                glyph.c = digit(glyph.c).unwrap_or(glyph.c);
            }
        }
    }
}

fn digit(c: char) -> Option<char> {
    Some(match c {
        '0'..='9' => c,
        '〇' | '零' => '0',
        '一' | '壹' | '幺' => '1',
        '二' | '贰' | '貳' => '2',
        '三' | '叁' | '參' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' | '陸' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_people_see_it() {
        for (written, read) in [
            ("Ｖ❤️Ｘ", "v❤x"),
            ("加\u{200b}微\u{2060}信", "加微信"),
            ("加 微 信", "加微信"),
            ("加*微·信", "加微信"),
            ("加薇❤\u{fe0f}信", "加薇信"),
            ("我❤u", "我❤u"),
            ("t點me", "t点me"),
            ("🅥🅧 ①②③", "vx 123"),
            ("1️⃣3️⃣8️⃣", "138"),
            ("z\u{336}h\u{336}i", "zhi"),
            ("五二零一三一四", "5201314"),
            ("三四个人", "三四个人"),
            ("t . m e / a b c d", "t.me/abcd"),
            ("I am a b", "i am a b"),
            ("telеgrаm", "telegram"),
            ("рaбoтa", "работа"),
            ("поuск пapтнepoв", "поиск партнеров"),
            ("MacBook и Москва", "macbook и москва"),
            ("聯繫電報", "联系电报"),
        ] {
            assert_eq!(Seen::read(written).text, read, "{written}");
        }
    }

    #[test]
    fn disguise_is_told_from_ordinary_writing() {
        for written in ["加微\u{200b}信", "🅥🅧 abc", "telеgrаm"] {
            assert!(Seen::read(written).disguised, "{written}");
        }
        for written in ["\u{feff}你好", "👨\u{200d}👩\u{200d}👧", "می\u{200c}خواهم", "① 第一条", "Москва MacBook"]
        {
            assert!(!Seen::read(written).disguised, "{written}");
        }
    }

    #[test]
    fn evidence_shows_what_was_written() {
        let seen = Seen::read("你好 加 \u{200b}微 信！");
        let at = seen.text.find("加微信").expect("it reads so");
        assert_eq!(seen.excerpt(at..at + "加微信".len()), "加 \u{200b}微 信");
        assert_eq!(excerpt(&"字".repeat(81)).chars().count(), 80);
    }

    #[test]
    fn units_count_characters_and_words() {
        for (text, units) in [("看片加我", 4), ("hello big world", 3), ("加 abc123 吧", 3), ("!?", 0)] {
            assert_eq!(Seen::read(text).units(), units, "{text}");
        }
    }
}
