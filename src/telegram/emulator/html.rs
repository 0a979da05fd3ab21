//! Telegram's HTML, and the links, mentions and commands it finds in plain words.

use std::cmp::Reverse;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value, json};

/// A tag that is open.
struct Open {
    tag: String,
    /// Where its contents start in the result.
    start: usize,
    /// Position of the tag in the source.
    at: usize,
    attribute: String,
}

/// Reads `html` into text and entities; the error is what follows `can't parse entities: `.
pub(super) fn parse(html: &str) -> Result<(String, Vec<Value>), String> {
    let mut text = String::new();
    let mut entities = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(c) = html[at..].chars().next() {
        if c == '&'
            && let Some((c, length)) = character(&html[at..])
        {
            text.push(c);
            at += length;
        } else if c != '<' {
            text.push(c);
            at += c.len_utf8();
        } else if html[at..].starts_with("</") {
            let tag = open.pop().ok_or_else(|| format!("Unexpected end tag at byte offset {at}"))?;
            let end = html[at..].find('>').ok_or_else(|| format!("Unclosed end tag at byte offset {at}"))?;
            let name = html[at + 2..at + end].trim().to_ascii_lowercase();
            if !name.is_empty() && name != tag.tag {
                return Err(format!(
                    "Unmatched end tag at byte offset {at}, expected \"</{}>\", found \"</{name}>\"",
                    tag.tag
                ));
            }
            entities.extend(entity(&tag, &text));
            at += end + 1;
        } else {
            let (tag, length) = start_tag(&html[at..], at, text.len())?;
            open.push(tag);
            at += length;
        }
    }
    if let Some(tag) = open.pop() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", tag.tag));
    }
    merge_code_in_pre(&mut entities);
    Ok((text, entities))
}

/// `<a href="…">` at the start of `rest`, and its length.
fn start_tag(rest: &str, at: usize, start: usize) -> Result<(Open, usize), String> {
    let name_end = rest[1..].find(|c: char| c.is_whitespace() || c == '>').map(|n| n + 1);
    let name_end = name_end.ok_or_else(|| format!("Unclosed start tag at byte offset {at}"))?;
    let tag = rest[1..name_end].to_ascii_lowercase();
    let known = [
        "a",
        "b",
        "strong",
        "i",
        "em",
        "s",
        "strike",
        "del",
        "u",
        "ins",
        "tg-spoiler",
        "tg-emoji",
        "span",
        "pre",
        "code",
        "blockquote",
    ];
    if !known.contains(&tag.as_str()) {
        return Err(format!("Unsupported start tag \"{tag}\" at byte offset {at}"));
    }
    let mut attribute = String::new();
    let mut pos = name_end;
    loop {
        pos += rest[pos..].len() - rest[pos..].trim_start().len();
        if rest[pos..].starts_with('>') {
            break;
        }
        if pos >= rest.len() {
            return Err(format!("Unclosed start tag \"{tag}\" at byte offset {at}"));
        }
        let (name, value, length) = read_attribute(&rest[pos..], &tag, at)?;
        match (tag.as_str(), name.as_str()) {
            ("a", "href") | ("tg-emoji", "emoji-id") => attribute = value,
            ("code", "class") => value.strip_prefix("language-").unwrap_or_default().clone_into(&mut attribute),
            ("span", "class") if value.starts_with("tg-") => value[3..].clone_into(&mut attribute),
            ("blockquote", "expandable") => "expandable".clone_into(&mut attribute),
            _ => {}
        }
        pos += length;
    }
    if tag == "span" && attribute != "spoiler" {
        return Err(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {at}"));
    }
    Ok((Open { tag, start, at, attribute }, pos + 1))
}

/// `name="value"`, `name='value'`, `name=value` or `name`, and its length.
fn read_attribute(rest: &str, tag: &str, at: usize) -> Result<(String, String, usize), String> {
    let unclosed = || format!("Unclosed start tag \"{tag}\" at byte offset {at}");
    let name_end = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '>').ok_or_else(unclosed)?;
    let name = rest[..name_end].to_ascii_lowercase();
    if name.is_empty() {
        return Err(format!("Empty attribute name in the tag \"{tag}\" at byte offset {at}"));
    }
    let Some(value) = rest[name_end..].trim_start().strip_prefix('=') else {
        return Ok((name, String::new(), name_end));
    };
    let value = value.trim_start();
    let start = rest.len() - value.len();
    let (raw, end) = if let Some(quote @ ('"' | '\'')) = value.chars().next() {
        let end = value[1..].find(quote).ok_or_else(unclosed)?;
        (&value[1..=end], start + end + 2)
    } else {
        let end = value.find(|c: char| c.is_whitespace() || c == '>').ok_or_else(unclosed)?;
        (&value[..end], start + end)
    };
    Ok((name, decode(raw), end))
}

fn decode(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some(c) = rest.chars().next() {
        let (c, length) = if c == '&' { character(rest) } else { None }.unwrap_or((c, c.len_utf8()));
        out.push(c);
        rest = &rest[length..];
    }
    out
}

/// The character `&…;` stands for, and the length of that.
fn character(rest: &str) -> Option<(char, usize)> {
    let end = rest.char_indices().take(12).find(|(_, c)| *c == ';')?.0;
    let c = match &rest[1..end] {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')?
        }
    };
    Some((c, end + 1))
}

/// A position or length of an entity.
fn unit(entity: &Value, name: &str) -> usize {
    entity[name].as_u64().and_then(|units| usize::try_from(units).ok()).unwrap_or_default()
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The entity a closed tag makes; none when it covers nothing or links to nowhere.
fn entity(tag: &Open, text: &str) -> Option<Value> {
    let words = &text[tag.start..];
    if words.is_empty() {
        return None;
    }
    let mut json = json!({"offset": units(&text[..tag.start]), "length": units(words)});
    json["type"] = match tag.tag.as_str() {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "s" | "strike" | "del" => "strikethrough",
        "u" | "ins" => "underline",
        "tg-spoiler" | "span" => "spoiler",
        "pre" => "pre",
        "code" => "code",
        "blockquote" if tag.attribute == "expandable" => "expandable_blockquote",
        "blockquote" => "blockquote",
        "tg-emoji" => "custom_emoji",
        _ => "text_link",
    }
    .into();
    match tag.tag.as_str() {
        "code" if !tag.attribute.is_empty() => json["language"] = tag.attribute.as_str().into(),
        "tg-emoji" => json["custom_emoji_id"] = tag.attribute.as_str().into(),
        "a" => {
            let link = if tag.attribute.is_empty() { words } else { &tag.attribute };
            let user = link.strip_prefix("tg://user?id=").and_then(|id| id.parse::<i64>().ok());
            if let Some(id) = user {
                json["type"] = "text_mention".into();
                json["user"] = json!({ "id": id });
            } else if link.contains("://") || link.starts_with("mailto:") || link.contains('.') {
                let full = link.contains(':');
                json["url"] = if full { link.into() } else { format!("http://{link}/").into() };
            } else {
                return None;
            }
        }
        _ => {}
    }
    // Kept while sorting: an outer tag stands before an inner one of the same extent.
    json["at"] = tag.at.into();
    Some(json)
}

/// `<pre><code class="language-x">` is one `pre` with a language; and the order is that of the text.
fn merge_code_in_pre(entities: &mut Vec<Value>) {
    entities.sort_by_key(|entity| (unit(entity, "offset"), Reverse(unit(entity, "length")), unit(entity, "at")));
    let mut index = 1;
    while index < entities.len() {
        let (outer, inner) = (&entities[index - 1], &entities[index]);
        let same = outer["offset"] == inner["offset"] && outer["length"] == inner["length"];
        if same && outer["type"] == "pre" && inner["type"] == "code" {
            let inner = entities.remove(index);
            if let Some(language) = inner.get("language") {
                entities[index - 1]["language"] = language.clone();
            }
        } else {
            index += 1;
        }
    }
    for entity in entities {
        let fields = entity.as_object_mut().map(std::mem::take).unwrap_or_default();
        let is_pre = fields.get("type").is_some_and(|kind| kind == "pre");
        let keep = |name: &str| name != "at" && (name != "language" || is_pre);
        *entity = Value::Object(fields.into_iter().filter(|(name, _)| keep(name)).collect());
    }
}

/// Adds what Telegram finds by itself: links, addresses, mentions, hashtags and commands.
pub(super) fn detect(text: &str, entities: &mut Vec<Value>) {
    static FOUND: LazyLock<[(&str, Regex); 5]> = LazyLock::new(|| {
        let regex = |pattern| Regex::new(pattern).expect("the pattern is a constant that the tests use");
        [
            ("email", regex(r"()([A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")),
            (
                "url",
                regex(
                    r#"(?i)()((?:https?|tg|ton)://[^\s<>"'，。！？、]+|(?:[a-z0-9-]+\.)+(?:com|org|net|me|io|cn|ru|xyz|top|vip|cc|app|dev|info|club|site|shop|tv|co|link|example|test)\b(?:[/?#][^\s<>"'，。！？、]*)?)"#,
                ),
            ),
            ("mention", regex(r"(^|[^\w@/])(@[A-Za-z][A-Za-z0-9_]{2,31})\b")),
            ("hashtag", regex(r"(^|[^\w#])(#[\w]*[^\W\d][\w]*)")),
            ("bot_command", regex(r"(^|\s)(/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)\b")),
        ]
    });
    for (kind, pattern) in FOUND.iter() {
        for words in pattern.captures_iter(text).filter_map(|found| found.get(2)) {
            let (offset, length) = (units(&text[..words.start()]), units(words.as_str()));
            let taken = entities.iter().any(|entity| {
                let whole = matches!(
                    entity["type"].as_str(),
                    Some(
                        "url"
                            | "email"
                            | "mention"
                            | "hashtag"
                            | "bot_command"
                            | "text_link"
                            | "text_mention"
                            | "code"
                            | "pre"
                    )
                );
                let start = unit(entity, "offset");
                whole && start < offset + length && offset < start + unit(entity, "length")
            });
            if !taken {
                entities.push(json!({"type": kind, "offset": offset, "length": length}));
            }
        }
    }
    entities.sort_by_key(|entity| (unit(entity, "offset"), Reverse(unit(entity, "length"))));
}

/// Takes blanks off both ends and moves the entities along.
pub(super) fn trim(text: &str, entities: Vec<Value>) -> (String, Vec<Value>) {
    let cut = units(text) - units(text.trim_start());
    let trimmed = text.trim();
    let end = units(trimmed);
    let moved = entities.into_iter().filter_map(|mut entity| {
        let (start, stop) = (unit(&entity, "offset"), unit(&entity, "offset") + unit(&entity, "length"));
        let (start, stop) = (start.saturating_sub(cut), stop.saturating_sub(cut).min(end));
        entity["offset"] = start.into();
        entity["length"] = stop.checked_sub(start).filter(|length| *length > 0)?.into();
        Some(entity)
    });
    (trimmed.to_owned(), moved.collect())
}

/// Puts the whole person under each `text_mention`; a mention of somebody unknown is plain text.
pub(super) fn name_people(entities: Vec<Value>, person: impl Fn(i64) -> Option<Value>) -> Vec<Value> {
    let named = entities.into_iter().filter_map(|mut entity| {
        if entity["type"] == "text_mention" {
            entity["user"] = person(entity["user"]["id"].as_i64()?)?;
        }
        Some(entity)
    });
    named.collect()
}

/// A map of the given fields.
pub(super) fn object(json: Value) -> Map<String, Value> {
    match json {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_entities_in_utf16_units() {
        let (text, entities) =
            parse(r#"😀<b>粗<i>x</i></b> <a href="tg://user?id=7">A&amp;B</a><pre><code class="language-rust">f</code></pre>"#)
                .unwrap();
        assert_eq!(text, "😀粗x A&Bf");
        assert_eq!(
            Value::from(entities),
            json!([
                {"type": "bold", "offset": 2, "length": 2},
                {"type": "italic", "offset": 3, "length": 1},
                {"type": "text_mention", "offset": 5, "length": 3, "user": {"id": 7}},
                {"type": "pre", "offset": 8, "length": 1, "language": "rust"},
            ])
        );
        let kinds =
            |html| parse(html).unwrap().1.iter().map(|e| e["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(
            kinds("<blockquote expandable>q</blockquote><span class='tg-spoiler'>s</span>"),
            ["expandable_blockquote", "spoiler"]
        );
        assert_eq!(kinds("<b></b><a href=\"x\">no link</a>"), Vec::<String>::new());
    }

    #[test]
    fn broken_html_is_refused_in_telegrams_words() {
        for (html, error) in [
            ("a<x>", "Unsupported start tag \"x\" at byte offset 1"),
            ("中<b>x", "Can't find end tag corresponding to start tag \"b\""),
            ("<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
            ("x</b>", "Unexpected end tag at byte offset 1"),
            ("1 < 2", "Unsupported start tag \"\" at byte offset 2"),
            ("<b", "Unclosed start tag at byte offset 0"),
            ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
        ] {
            assert_eq!(parse(html).unwrap_err(), error, "{html}");
        }
    }

    #[test]
    fn links_mentions_and_commands_are_found() {
        let text = "/start@my_bot 看 t.me/abc @user_1 #打卡 a@b.co https://x.y/z 1.5";
        let mut entities = Vec::new();
        detect(text, &mut entities);
        let chars: Vec<u16> = text.encode_utf16().collect();
        let found: Vec<(String, String)> = entities
            .iter()
            .map(|entity| {
                let (start, length) = (unit(entity, "offset"), unit(entity, "length"));
                (
                    entity["type"].as_str().unwrap().to_owned(),
                    String::from_utf16(&chars[start..start + length]).unwrap(),
                )
            })
            .collect();
        let expected = [
            ("bot_command", "/start@my_bot"),
            ("url", "t.me/abc"),
            ("mention", "@user_1"),
            ("hashtag", "#打卡"),
            ("email", "a@b.co"),
            ("url", "https://x.y/z"),
        ];
        assert_eq!(found, expected.map(|(kind, words)| (kind.to_owned(), words.to_owned())));
    }

    #[test]
    fn blanks_at_the_ends_go() {
        let (text, entities) = parse(" \n<b> x </b> ").unwrap();
        let (text, entities) = trim(&text, entities);
        assert_eq!((text.as_str(), Value::from(entities)), ("x", json!([{"type": "bold", "offset": 0, "length": 1}])));
    }
}
