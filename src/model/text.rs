//! What the bot says: HTML that Telegram accepts, safe by construction.

use serde::{Deserialize, Serialize};

use super::Lang;
use super::bidi::{closing, is_closing, is_opening, isolated};

/// Text ready to be sent, in Telegram's HTML. What people wrote gets in only through [`Text::plain`], [`Text::mention`] or
/// a template, and all escape it; the latter two keep its direction to itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(String);

/// A message holds at most this many characters after its tags are read (Bot API, `sendMessage.text`).
pub const MESSAGE_MAX: usize = 4096;
/// A caption holds at most this many (Bot API, `sendPhoto.caption`).
pub const CAPTION_MAX: usize = 1024;
/// An answer to a button holds at most this many (Bot API, `answerCallbackQuery.text`).
pub const ANSWER_MAX: usize = 200;

impl Text {
    /// Escapes everything: `<b>` is shown as `<b>`.
    pub fn plain(text: &str) -> Self {
        let mut out = String::with_capacity(text.len() + 8);
        for c in text.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                _ => out.push(c),
            }
        }
        Self(out)
    }

    /// Trusts `html`: for the output of a template, which has escaped its values.
    pub fn from_template(html: String) -> Self {
        Self(html)
    }

    /// A name that opens its owner's profile and notifies the owner.
    pub fn mention(user: super::UserId, name: &str) -> Self {
        Self(format!("<a href=\"tg://user?id={user}\">{}</a>", Self::plain(&isolated(name)).0))
    }

    pub fn html(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// The text without its tags, as a reader sees it.
    pub fn visible(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for piece in pieces(&self.0) {
            if let Piece::Char(c, _) = piece {
                out.push(c);
            }
        }
        out
    }

    /// Number of characters a reader sees, which is what Telegram's limits count.
    pub fn visible_len(&self) -> usize {
        pieces(&self.0).filter(|piece| matches!(piece, Piece::Char(..))).count()
    }

    /// At most `max` visible characters, the last of them `…` if anything was cut; tags and isolations stay balanced.
    #[must_use]
    pub fn cut(self, max: usize) -> Self {
        if self.visible_len() <= max {
            return self;
        }
        let mut out = String::new();
        let mut open: Vec<&str> = Vec::new();
        let (mut seen, mut isolations) = (0, 0);
        for piece in pieces(&self.0) {
            match piece {
                Piece::Tag(tag) => {
                    if let Some(closed) = tag.strip_prefix("</") {
                        let name = closed.trim_end_matches('>');
                        if open.last() == Some(&name) {
                            open.pop();
                        }
                    } else {
                        let name = tag.trim_start_matches('<').split([' ', '>']).next().unwrap_or_default();
                        open.push(name);
                    }
                    out.push_str(tag);
                }
                Piece::Char(c, source) => {
                    let depth = match c {
                        c if is_opening(c) => isolations + 1,
                        c if is_closing(c) => isolations.max(1) - 1,
                        _ => isolations,
                    };
                    if seen + 1 + depth >= max {
                        break;
                    }
                    out.push_str(source);
                    (seen, isolations) = (seen + 1, depth);
                }
            }
        }
        out.push('…');
        out.push_str(&closing(isolations));
        for name in open.iter().rev() {
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        }
        Self(out)
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Tags Telegram knows (Bot API, "HTML style").
const TAGS: [&str; 16] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "span",
    "tg-spoiler",
    "tg-emoji",
    "code",
    "pre",
    "blockquote",
];

/// Why Telegram would not accept a text's tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagProblem {
    /// A `<` that begins no tag.
    Bare,
    Unknown(String),
    /// It closes a tag that is not the last one opened.
    Crossed(String),
    Unclosed(String),
    /// A `<span>` that is no spoiler.
    Span,
}

impl TagProblem {
    pub fn told(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Bare, Lang::Zh) => "单独的 `<` 要写成 `&lt;`".to_owned(),
            (Self::Bare, Lang::En) => "a `<` that begins no tag is written `&lt;`".to_owned(),
            (Self::Unknown(tag), Lang::Zh) => format!("Telegram 不认识标签 `{tag}`；单独的 `<` 要写成 `&lt;`"),
            (Self::Unknown(tag), Lang::En) => {
                format!("Telegram knows no tag `{tag}`; a `<` that begins no tag is written `&lt;`")
            }
            (Self::Crossed(tag), Lang::Zh) => format!("`{tag}` 关闭的不是最后打开的标签"),
            (Self::Crossed(tag), Lang::En) => format!("`{tag}` closes a tag that is not the last one opened"),
            (Self::Unclosed(name), Lang::Zh) => format!("`<{name}>` 没有关闭"),
            (Self::Unclosed(name), Lang::En) => format!("`<{name}>` is not closed"),
            (Self::Span, Lang::Zh) => "`<span>` 只能写成 `<span class=\"tg-spoiler\">`".to_owned(),
            (Self::Span, Lang::En) => "a `<span>` can only be `<span class=\"tg-spoiler\">`".to_owned(),
        }
    }
}

/// Why Telegram would not accept `html`, if it would not.
pub fn tag_problem(html: &str) -> Option<TagProblem> {
    let mut open: Vec<&str> = Vec::new();
    for piece in pieces(html) {
        let Piece::Tag(tag) = piece else { continue };
        let Some(inside) = tag.strip_prefix('<').and_then(|tag| tag.strip_suffix('>')) else {
            return Some(TagProblem::Bare);
        };
        let name = inside.trim_start_matches('/').split_whitespace().next().unwrap_or_default();
        if !TAGS.contains(&name) {
            return Some(TagProblem::Unknown(tag.to_owned()));
        }
        if inside.starts_with('/') {
            if open.pop() != Some(name) {
                return Some(TagProblem::Crossed(tag.to_owned()));
            }
            continue;
        }
        if name == "span" && !inside.contains("tg-spoiler") {
            return Some(TagProblem::Span);
        }
        open.push(name);
    }
    open.pop().map(|name| TagProblem::Unclosed(name.to_owned()))
}

/// The same in words.
pub fn html_problem(html: &str) -> Option<String> {
    tag_problem(html).map(|problem| problem.told(Lang::En))
}

enum Piece<'a> {
    Tag(&'a str),
    /// A character as seen, and as it is written.
    Char(char, &'a str),
}

fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (piece, len) = match first {
            '<' => {
                let len = rest.find('>').map_or(rest.len(), |end| end + 1);
                (Piece::Tag(&rest[..len]), len)
            }
            '&' => match entity(rest) {
                Some((c, len)) => (Piece::Char(c, &rest[..len]), len),
                None => (Piece::Char('&', &rest[..1]), 1),
            },
            c => (Piece::Char(c, &rest[..c.len_utf8()]), c.len_utf8()),
        };
        rest = &rest[len..];
        Some(piece)
    })
}

/// The character an HTML entity stands for and the entity's length in bytes. Telegram knows these four and numbers.
fn entity(rest: &str) -> Option<(char, usize)> {
    let end = rest.char_indices().take(12).find(|(_, c)| *c == ';')?.0;
    let c = match &rest[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, end + 1))
}

/// A person's name made safe to stand in a line: no control, direction or invisible characters, no more than 64
/// characters (Telegram's own limit for a first name). Empty when nothing is left.
pub fn clean_name(name: &str) -> String {
    let kept: String = name.chars().filter(|c| !c.is_control() && !is_invisible(*c)).take(64).collect();
    kept.trim().to_owned()
}

/// A name as it is shown among others: at most 24 characters, the last of them `…` if anything was cut.
pub fn short_name(name: &str) -> String {
    const SHOWN: usize = 24;
    if name.chars().count() <= SHOWN {
        return name.to_owned();
    }
    let kept: String = name.chars().take(SHOWN - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Takes no place on the screen, or turns its direction.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// A name with its middle hidden: `张小花` becomes `张*花`, `Al` becomes `A*`.
pub fn masked(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    match chars.as_slice() {
        [] => "*".to_owned(),
        [first] | [first, _] => format!("{first}*"),
        [first, .., last] => format!("{first}*{last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_stays_inert() {
        let text = Text::plain("<b>&\"");
        assert_eq!(text.html(), "&lt;b&gt;&amp;&quot;");
        assert_eq!(text.visible(), "<b>&\"");
        assert_eq!(text.visible_len(), 5);
    }

    #[test]
    fn a_cut_text_closes_its_tags() {
        let text = Text::from_template("<b>一二<i>三&lt;四</i></b>五六".into());
        assert_eq!(text.clone().cut(8), text);
        assert_eq!(text.cut(5).html(), "<b>一二<i>三&lt;…</i></b>");
    }

    #[test]
    fn a_cut_text_ends_its_isolations_within_its_length() {
        let text = Text::from_template("Hi <b>\u{2068}שלום\u{2069}</b>, welcome".into());
        for (max, cut) in [
            (16, "Hi <b>\u{2068}שלום\u{2069}</b>, welc…"),
            (9, "Hi <b>\u{2068}שלו…\u{2069}</b>"),
            (6, "Hi <b>\u{2068}…\u{2069}</b>"),
            (5, "Hi <b>…</b>"),
        ] {
            let found = text.clone().cut(max);
            assert_eq!(found.html(), cut, "{max}");
            assert!(found.visible_len() <= max, "{max}");
        }
    }

    #[test]
    fn a_name_is_isolated_in_a_mention() {
        let mention = Text::mention(crate::model::UserId(7), "<נור>");
        assert_eq!(mention.html(), "<a href=\"tg://user?id=7\">\u{2068}&lt;נור&gt;\u{2069}</a>");
    }

    #[test]
    fn html_that_telegram_refuses_is_found() {
        for html in ["", "a & b", "<b>一<i>二</i></b>", "<a href=\"https://x.org\">x</a>", "1 &lt; 2"] {
            assert_eq!(html_problem(html), None, "{html}");
        }
        for (html, says) in [
            ("1 < 2", "begins no tag"),
            ("<h1>x</h1>", "no tag `<h1>`"),
            ("<b>x", "`<b>` is not closed"),
            ("<b><i>x</b></i>", "`</b>` closes"),
            ("x</b>", "`</b>` closes"),
            ("<span>x</span>", "tg-spoiler"),
        ] {
            assert!(html_problem(html).is_some_and(|problem| problem.contains(says)), "{html}");
        }
    }

    #[test]
    fn names_lose_their_tricks() {
        assert_eq!(clean_name("\u{202e}evil\u{200b}\n "), "evil");
        assert_eq!(clean_name("\u{200b}"), "");
        assert_eq!(short_name("张小花"), "张小花");
        assert_eq!(short_name(&"🎉".repeat(24)), "🎉".repeat(24));
        assert_eq!(short_name(&"🎉".repeat(64)), format!("{}…", "🎉".repeat(23)));
        assert_eq!(short_name(&format!("{} Montgomery", "x".repeat(22))), format!("{}…", "x".repeat(22)));
        assert_eq!(masked("张小花"), "张*花");
        assert_eq!(masked("Al"), "A*");
        assert_eq!(masked(""), "*");
    }
}
