//! A language model's opinion on a case, as the staff read it on the card. It decides nothing.

use anyhow::Result;
use minijinja::{Value, context};

use super::case::Case;
use super::{Rules, card, ledger, words};
use crate::cx::Cx;
use crate::model::opinion::{Leaning, Opinion};

/// The model has answered. Once the staff have decided, nobody needs to know.
pub async fn given(rules: &Rules, cx: &mut Cx<'_>, id: i64, opinion: &Opinion) -> Result<()> {
    let found = ledger::case(cx.tx, id).await?;
    let Some(mut case) = found.filter(|case| case.community == cx.community && case.is_open()) else { return Ok(()) };
    case.about.opinion = Some(opinion.clone());
    ledger::put(cx.tx, &case).await?;
    card::refresh(rules, cx, &case).await
}

/// A line of the card.
pub fn note(cx: &Cx<'_>, case: &Case) -> Option<Value> {
    let Opinion { leaning, because } = case.about.opinion.as_ref()?;
    let word = match leaning {
        Leaning::Ad => "ad",
        Leaning::Innocent => "innocent",
        Leaning::Unsure => "unsure",
    };
    let leaning = cx.words(&format!("strikes.opinion.{word}")).visible();
    Some(words::inside(&cx.text("strikes.note.opinion", context! { leaning, because })))
}
