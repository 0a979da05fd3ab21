//! One character as it reads: what only changes its looks is taken off.

use std::sync::LazyLock;

use decancer::Translation;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Nobody sees it.
pub(super) fn is_hidden(c: char) -> bool {
    is_trick(c)
        || is_combining_mark(c)
        || matches!(c, '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{61c}' | '\u{200c}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// Invisible without a use in Arabic, Indic or emoji writing.
pub(super) fn is_trick(c: char) -> bool {
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
            | '\u{2800}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{ffa0}'
    )
}

pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// What an emoji is read as where it stands for a word.
pub(super) fn emoji_word(c: char) -> Option<&'static str> {
    Some(match c {
        '➕' | '✚' | '✙' | '🞡' | '🞢' | '🞣' | '🞤' | '🞥' => "+",
        '🐧' => "qq",
        '🛰' => "微信",
        '✈' | '🛩' | '🛫' | '🛬' => "飞机",
        '🔟' => "10",
        '💯' => "100",
        _ => return None,
    })
}

/// One of the letters flags are made of.
pub(super) fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// The two make a flag: people see a picture, not letters.
pub(super) fn is_flag(pair: [char; 2]) -> bool {
    let [Some(first), Some(second)] = pair.map(flag_letter) else { return false };
    COUNTRIES.split(' ').any(|country| country.chars().eq([first, second]))
}

/// The plain letter in a letter of flags.
pub(super) fn flag_letter(c: char) -> Option<char> {
    char::from_u32(u32::from(c).checked_sub(0x1f1e6)? + u32::from('a')).filter(char::is_ascii_lowercase)
}

/// Codes that have a flag.
const COUNTRIES: &str = "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br \
    bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cp cr cu cv cw cx cy cz de dg dj dk dm do dz ea ec ee eg eh er \
    es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu ic id ie il im \
    in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh \
    mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr \
    ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz ta tc td tf tg th tj tk \
    tl tm tn to tr tt tv tw tz ua ug um un us uy uz va vc ve vg vi vn vu wf ws xk ye yt za zm zw";

/// A letter that some writing puts together from a base and a mark of its own, unlike an accent that can go.
pub(super) fn composed(base: char, mark: char) -> Option<char> {
    let own = matches!((base, mark), ('и', '\u{306}') | ('\u{3041}'..='\u{30ff}', '\u{3099}' | '\u{309a}'));
    own.then(|| unicode_normalization::char::compose(base, mark)).flatten()
}

/// Letters that are plain ones in fancy dress: in circles and squares, mathematical, small capitals, of scripts that
/// chat is not written in.
fn is_fancy(c: char) -> bool {
    matches!(u32::from(c),
        0x0180..=0x024f | 0x0250..=0x02af | 0x13a0..=0x13ff | 0x1400..=0x167f | 0x1d00..=0x1dbf | 0x2070..=0x209f
        | 0x2100..=0x214f | 0x2460..=0x24ff | 0x2776..=0x2793 | 0x2c60..=0x2c7f | 0xa4d0..=0xa4ff | 0xa720..=0xa7ff
        | 0xab30..=0xabbf | 0x10280..=0x1044f | 0x118a0..=0x118df | 0x1d400..=0x1d7ff | 0x1f100..=0x1f1ff)
}

/// A letter in a dress nobody puts on without wanting to: neither a number in a circle, as lists have, nor a flag.
fn is_put_on(c: char) -> bool {
    is_fancy(c)
        && !matches!(u32::from(c), 0x0180..=0x024f | 0x2070..=0x209f | 0x2100..=0x214f | 0x2460..=0x249b | 0x24ea..=0x24ff
            | 0x2776..=0x2793 | 0x1f1e6..=0x1f1ff)
}

/// The plain characters `c` reads as, in lower case and simplified, pushed one by one. Tells whether it was in dress.
pub(super) fn plain(c: char, mut push: impl FnMut(char)) -> bool {
    // Cyrillic has no dress: its look-alikes are told from their neighbours.
    if matches!(c, '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}') {
        c.to_lowercase().for_each(push);
        return false;
    }
    let mut read = vec![c];
    // What is under one dress may wear another.
    for _ in 0..3 {
        let before = std::mem::take(&mut read);
        for c in &before {
            undressed(*c, |plain| read.push(plain));
        }
        if read == before {
            break;
        }
    }
    read.into_iter().filter(|c| !is_hidden(*c)).for_each(&mut push);
    is_put_on(c)
}

/// One dress taken off.
fn undressed(c: char, mut push: impl FnMut(char)) {
    let mut cured = None;
    if is_fancy(c) {
        let mut folded = std::iter::once(c).nfkc();
        let single = folded.next().filter(|_| folded.next().is_none()).unwrap_or(c);
        if !single.is_ascii()
            && let Translation::Character(letter) = decancer::cure_char!(single)
            && letter.is_ascii_alphanumeric()
        {
            cured = Some(letter);
        }
    }
    let read = cured.unwrap_or(c);
    // The accents of Latin letters go; those of kana, Hangul and Cyrillic make letters of their own.
    if matches!(u32::from(read), 0xc0..=0x24f | 0x1e00..=0x1eff) {
        for c in std::iter::once(read).nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
            push(c);
        }
    } else {
        for c in std::iter::once(read).nfkc().flat_map(char::to_lowercase).filter(|c| !is_combining_mark(*c)) {
            push(simplified(c));
        }
    }
}

/// The simplified form of a Chinese character, by itself: of the few that have two the commoner.
pub(super) fn simplified(c: char) -> char {
    const FIRST: u32 = 0x4e00;
    static TABLE: LazyLock<Vec<char>> = LazyLock::new(|| {
        let common: String = (FIRST..0xa000).filter_map(char::from_u32).collect();
        // Each by itself, since what stands beside a character decides some of them.
        common
            .chars()
            .map(|c| match c {
                // The character of a telephone's dot and of "to stay", which fast2s leaves.
                '著' => c,
                // Another way to write it, which it leaves too.
                '羣' => '群',
                _ => fast2s::convert(c.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(c),
            })
            .collect()
    });
    let code = u32::from(c);
    if (FIRST..0xa000).contains(&code) { TABLE[(code - FIRST) as usize] } else { c }
}
