//! `/stats checkin`: how many of those who take part check in, and how long they keep at it.

use anyhow::Result;
use minijinja::context;

use super::absence::Cutoffs;
use super::rules::Rules;
use super::{gift, rows};
use crate::cx::Cx;
use crate::model::event::{Asked, Told};
use crate::model::figure::PERIODS;
use crate::model::{ChatId, Day, Figure, Share, Text, Values};

/// The word of its page.
pub const PAGE: &str = "checkin";
/// A streak of so many days is a long one (S055, M24).
const LONG: i64 = 7;

/// Check-in rate (S054): days checked in ÷ days enrolled, on the check-in's own days `from..=to`. Enrolled is a member from
/// the day of their first check-in on; who has left is in neither number, and a day made up with a card was not checked in.
/// Source: `checkin`.
async fn rate(cx: &mut Cx<'_>, from: Day, to: Day) -> Result<Share> {
    let staff = cx.staff_chat().unwrap_or_default();
    let (n, all) = rows::enrolled(cx.tx, cx.community, from, to, staff).await?;
    Ok(Share::of(n, all))
}

/// Tells what was asked for.
pub async fn tell(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, asked: &Asked) -> Result<()> {
    let today = rules.day(cx.now);
    let (mut rates, mut gifts) = (Vec::new(), Vec::new());
    for days in PERIODS {
        let first = today.plus(1 - days);
        rates.push(Text::plain(&rate(cx, first, today).await?.in_words(cx.lang)));
        let from = first.begins(rules.zone, rules.settings.day_starts.0);
        let n = gift::earned_since(cx.tx, cx.community, from).await?;
        gifts.push(Text::plain(&n.to_string()));
    }
    let cutoffs = Cutoffs::on(today, rules, cx).await?;
    let staff = cx.staff_chat().unwrap_or_default();
    // Streaks (S055, M24): runs of local dates that still stand, of at least 2 days; how many are long, and the longest.
    // Unit: members, days. Source: `checkin_streak`.
    let (n, long, longest) = rows::standing(cx.tx, cx.community, &cutoffs, staff, LONG).await?;
    let streaks = cx.text("checkin.figure_streaks_value", context! { n, long, longest, days => LONG });
    let mut figures = vec![
        Figure { name: cx.words("checkin.figure_rate"), values: Values::Periods(rates) },
        Figure { name: cx.words("checkin.figure_streaks"), values: Values::Lines(vec![streaks]) },
    ];
    if !rules.settings.rewards.is_empty() {
        figures.push(Figure { name: cx.words("checkin.figure_gifts"), values: Values::Periods(gifts) });
    }
    cx.tell(Some(chat), Told::Figures { page: PAGE.to_owned(), asked: asked.clone(), figures });
    Ok(())
}
