//! `/stats wordlists`: what the lists find. How long the staff take to decide stands with the strikes, whose cards they are.

use anyhow::Result;
use minijinja::{Value, context};

use super::rows::{self, Hits};
use crate::cx::Cx;
use crate::model::event::{Asked, Told};
use crate::model::figure::PERIODS;
use crate::model::{ChatId, Figure, Text, Values};

/// The word of its page.
pub const PAGE: &str = "wordlists";
/// Lists named for a period, those that find most.
const LISTED: usize = 8;

/// Hits by list (S029): messages in which a version of a list found something; one that two lists find counts with both.
/// Source: `wordlist_hit`.
fn by_list<'h>(hits: &[&'h Hits]) -> Vec<((&'h str, &'h str), i64)> {
    let mut lists: Vec<((&str, &str), i64)> = Vec::new();
    for hit in hits {
        let name = (hit.list.as_str(), hit.version.as_str());
        match lists.iter_mut().find(|(known, _)| *known == name) {
            Some((_, n)) => *n += 1,
            None => lists.push((name, 1)),
        }
    }
    lists.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    lists
}

/// Tells what was asked for.
pub async fn tell(cx: &mut Cx<'_>, chat: ChatId, asked: &Asked) -> Result<()> {
    let since = cx.days_back(PERIODS[PERIODS.len() - 1]);
    let mut hits = Vec::new();
    for group in cx.groups() {
        hits.extend(rows::since(cx.tx.conn().await?, group.id, since).await?);
    }
    let value = |days: &i64| -> Text {
        let from = cx.days_back(*days);
        let hits: Vec<&Hits> = hits.iter().filter(|hit| hit.at >= from).collect();
        let lists: Vec<Value> =
            by_list(&hits).into_iter().take(LISTED).map(|((list, version), n)| context! { list, version, n }).collect();
        cx.text("wordlists.figure_hits_value", context! { lists })
    };
    let values = Values::Periods(PERIODS.iter().map(value).collect());
    let figures = vec![Figure { name: cx.words("wordlists.figure_hits"), values }];
    cx.tell(Some(chat), Told::Figures { page: PAGE.to_owned(), asked: asked.clone(), figures });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn versions_of_a_list_count_apart_and_the_most_come_first() {
        let hit = |list: &str, version: &str| Hits { list: list.into(), version: version.into(), at: Timestamp(1) };
        let hits = [hit("a.txt", "1"), hit("a.txt", "2"), hit("b.txt", "1"), hit("a.txt", "2")];
        let hits: Vec<&Hits> = hits.iter().collect();
        assert_eq!(by_list(&hits), [(("a.txt", "2"), 2), (("a.txt", "1"), 1), (("b.txt", "1"), 1)]);
        assert_eq!(by_list(&[]), []);
    }
}
