//! `/stats sources`: how many reposts say where they are from.

use anyhow::Result;
use minijinja::context;

use super::rows::{self, Repost, State};
use crate::cx::Cx;
use crate::model::event::{Asked, Told};
use crate::model::figure::PERIODS;
use crate::model::{ChatId, Figure, Share, Text, Values};

/// The word of its page.
pub const PAGE: &str = "sources";

fn count(reposts: &[&Repost], states: &[State]) -> i64 {
    let n = reposts.iter().filter(|it| states.contains(&it.state)).count();
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Source compliance (S028): reposts that named their source, at once or when asked ÷ reposts; what its writer says is their
/// own is none, and what waits for an answer is left out. Source: `repost`.
fn compliance(reposts: &[&Repost]) -> Share {
    let named = count(reposts, &[State::Named, State::Given]);
    Share::of(named, named + count(reposts, &[State::Lapsed]))
}

/// Tells what was asked for.
pub async fn tell(cx: &mut Cx<'_>, chat: ChatId, asked: &Asked) -> Result<()> {
    let since = cx.days_back(PERIODS[PERIODS.len() - 1]);
    let mut reposts = Vec::new();
    for group in cx.groups() {
        reposts.extend(rows::since(cx.tx.conn().await?, group.id, since).await?);
    }
    let value = |days: &i64| -> Text {
        let from = cx.days_back(*days);
        let reposts: Vec<&Repost> = reposts.iter().filter(|it| it.at >= from).collect();
        let values = context! {
            share => compliance(&reposts).in_words(cx.lang),
            asked => count(&reposts, &[State::Open, State::Given, State::Own, State::Lapsed]),
            given => count(&reposts, &[State::Given]), own => count(&reposts, &[State::Own]),
        };
        cx.text("sources.figure_compliance_value", values)
    };
    let values = Values::Periods(PERIODS.iter().map(value).collect());
    let figures = vec![Figure { name: cx.words("sources.figure_compliance"), values }];
    cx.tell(Some(chat), Told::Figures { page: PAGE.to_owned(), asked: asked.clone(), figures });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MessageId, Timestamp, UserId};

    #[test]
    fn ones_own_and_what_is_open_do_not_count() {
        let it = |state| Repost { chat: ChatId(-1), message: MessageId(1), user: UserId(1), at: Timestamp(1), state };
        let all = [State::Named, State::Given, State::Own, State::Lapsed, State::Open].map(it);
        let all: Vec<&Repost> = all.iter().collect();
        assert_eq!(compliance(&all), Share::of(2, 3));
        assert_eq!(compliance(&[]), Share::of(0, 0));
    }
}
