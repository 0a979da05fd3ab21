//! How text in settings is checked, by the `format` its schema names.

use std::str::FromStr;

use super::Formats;
use super::read::Check;
use crate::model::Span;
use crate::model::schedule::{Clock, Date, DateOrRange, Weekday, Zone};

/// Every format that settings use.
pub const FORMATS: Formats<'static> = &[
    ("span", span),
    ("clock", word::<Clock> as Check),
    ("weekday", word::<Weekday>),
    ("date", word::<Date>),
    ("date-or-range", word::<DateOrRange>),
    ("zone", word::<Zone>),
];

fn span(text: &str) -> Result<(), (String, Option<String>)> {
    if Span::parse(text).is_some() {
        return Ok(());
    }
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let hint = digits.then(|| format!("{text}m"));
    Err(("not a length of time such as `20s`, `30m`, `24h` or `7d`".to_owned(), hint))
}

/// The complaint of a word that reads itself, taken apart: "`x` is not a …: did you mean `y`?", "… : write `y`".
fn word<W: FromStr<Err = String>>(text: &str) -> Result<(), (String, Option<String>)> {
    let Err(complaint) = text.parse::<W>() else { return Ok(()) };
    let complaint = complaint.strip_prefix(&format!("`{text}` is ")).unwrap_or(&complaint);
    let meant = [(": did you mean `", "`?"), (": write `", "`")].into_iter().find_map(|(before, after)| {
        let (reason, meant) = complaint.rsplit_once(before)?;
        let meant = meant.strip_suffix(after).filter(|meant| !meant.contains('`'))?;
        Some((reason.to_owned(), Some(meant.to_owned())))
    });
    Err(meant.unwrap_or_else(|| (complaint.to_owned(), None)))
}
