//! `/stats flood`: what was removed, and what it cost.

use std::collections::BTreeSet;

use anyhow::Result;
use minijinja::context;

use super::policy::Step;
use super::rows::{self, Past};
use crate::cx::Cx;
use crate::model::event::{Asked, Told};
use crate::model::figure::PERIODS;
use crate::model::{ChatId, Figure, Timestamp, Values};

/// The word of its page.
pub const PAGE: &str = "flood";

/// Tells what was asked for. Source: `flood_message`.
pub async fn tell(cx: &mut Cx<'_>, chat: ChatId, asked: &Asked) -> Result<()> {
    let since = cx.days_back(PERIODS[PERIODS.len() - 1]);
    let mut past = Vec::new();
    for group in cx.groups() {
        past.extend(rows::since(cx.tx, group.id, since).await?);
    }
    let of = |days: &i64| -> Vec<&Past> {
        let from: Timestamp = cx.days_back(*days);
        past.iter().filter(|past| past.at >= from).collect()
    };
    let removed = |days: &i64| {
        let past = of(days);
        let mut kinds: Vec<(usize, &str)> = past
            .iter()
            .map(|it| it.excess.as_str())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|kind| (past.iter().filter(|it| it.excess == kind).count(), kind))
            .collect();
        kinds.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        let kinds: Vec<String> = kinds
            .into_iter()
            .map(|(n, kind)| format!("{} {n}", cx.words(&format!("flood.kind.{kind}")).visible()))
            .collect();
        cx.text("flood.figure_removed_value", context! { n => past.len(), kinds })
    };
    let steps = |days: &i64| {
        let past = of(days);
        let count = |step| past.iter().filter(|it| it.step == step).count();
        let people = past.iter().map(|it| it.user).collect::<BTreeSet<_>>().len();
        let values = context! { hints => count(Step::Hint), mutes => count(Step::Mute), people };
        cx.text("flood.figure_steps_value", values)
    };
    let figures = vec![
        Figure {
            name: cx.words("flood.figure_removed"),
            values: Values::Periods(PERIODS.iter().map(removed).collect()),
        },
        Figure { name: cx.words("flood.figure_steps"), values: Values::Periods(PERIODS.iter().map(steps).collect()) },
    ];
    cx.tell(Some(chat), Told::Figures { page: PAGE.to_owned(), asked: asked.clone(), figures });
    Ok(())
}
