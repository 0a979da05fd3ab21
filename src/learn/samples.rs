//! Labelled messages from files: a JSON object a line with `text` and `label`, which is `ad` or `ham`.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::Sample;
use crate::judge::{self, Look};
use crate::model::Message;

#[derive(Deserialize)]
struct Row {
    text: String,
    label: String,
}

/// The samples of a file; `source` is what the file is called.
pub fn read(source: &str, lines: &str, settings: &judge::Compiled) -> Result<Vec<Sample>> {
    let mut samples = Vec::new();
    for (number, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("line {}", number + 1);
        let row: Row = serde_json::from_str(line).with_context(place)?;
        let is_ad = match row.label.as_str() {
            "ad" | "spam" => true,
            "ham" => false,
            other => bail!("{}: the label is `{other}`; it must be `ad` or `ham`", place()),
        };
        let text = unmask(&row.text);
        let message = Message { text: text.clone(), ..Message::default() };
        let look = Look::at(&message, settings);
        samples.push(Sample { text, is_ad, source: source.to_owned(), look });
    }
    Ok(samples)
}

/// Undoes what those who publish collections put in the place of numbers, `xxxx` and `<#>`, lest the model take it for a
/// sign: a number of as many digits stands there. A byte order mark and the filler `ᚰ` go.
fn unmask(text: &str) -> String {
    let text = text.replace("<#>", "0000").replace("<DECIMAL>", "0.5").replace(['\u{feff}', 'ᚰ'], " ");
    let is_mask = |c: char| matches!(c, 'x' | 'X');
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find(is_mask) {
        let end = start + rest[start..].find(|c| !is_mask(c)).unwrap_or(rest.len() - start);
        let glued = out.chars().chain(rest[..start].chars()).next_back().is_some_and(|c| c.is_ascii_alphabetic())
            || rest[end..].starts_with(|c: char| c.is_ascii_alphabetic());
        out.push_str(&rest[..start]);
        if end - start < 2 || glued {
            out.push_str(&rest[start..end]);
        } else {
            // No two digits in a row alike, lest they be taken for one repeated.
            out.extend((0..end - start).map(|n| char::from(b"0730852941"[n % 10])));
        }
        rest = &rest[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_of_numbers_become_numbers() {
        for (text, unmasked) in [
            ("电话xxxxxxxxxxx", "电话07308529410"),
            ("win £ <#> now", "win £ 0000 now"),
            ("texx xx. x", "texx 07. x"),
            ("XXL, exxon", "XXL, exxon"),
        ] {
            assert_eq!(unmask(text), unmasked);
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_is_named() {
        let settings = judge::Compiled::new(&judge::Settings::default(), &[]);
        let read = |lines| read("here", lines, &settings).map_err(|error| format!("{error:#}"));
        assert_eq!(read("{\"text\": \"你好\", \"label\": \"ham\"}\n\n").map(|samples| samples.len()), Ok(1));
        let wrong = read("{\"text\": \"你好\", \"label\": \"ham\"}\n{\"text\": \"你好\", \"label\": \"?\"}");
        assert_eq!(wrong.map(|_| ()), Err("line 2: the label is `?`; it must be `ad` or `ham`".into()));
        assert!(read("text").is_err_and(|error| error.starts_with("line 1: ")));
    }
}
