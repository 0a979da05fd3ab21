//! `/stats welcome`: who was welcomed, how soon, and who has confirmed the rules.

use anyhow::Result;
use minijinja::context;

use super::Rules;
use crate::cx::Cx;
use crate::model::event::{Asked, Told};
use crate::model::figure::{PERIODS, p95, said};
use crate::model::{ChatId, Figure, Share, Span, Text, Timestamp, Values};
use crate::store::Conn;

/// The word of its page.
pub const PAGE: &str = "welcome";
/// How long it is known who was welcomed.
pub const KEPT: Span = Span::days(60);

/// A join that called for a welcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Join {
    at: Timestamp,
    /// When the welcome stood in the group.
    welcomed: Option<Timestamp>,
}

/// Welcome coverage (S012): joins that were welcomed ÷ joins that called for it. Who comes back within `rejoin_after`
/// calls for none; who leaves before the welcome, or joins during a pause, was not welcomed. Source: `welcome_join`.
fn coverage(joins: &[Join]) -> Share {
    Share::of(count(joins.iter().filter(|join| join.welcomed.is_some())), count(joins.iter()))
}

/// Time to welcome (S012), p95: from joining, by Telegram's clock, until the welcome was sent; of those who were
/// welcomed. Source: `welcome_join`.
fn time_to_welcome(joins: &[Join]) -> Option<Span> {
    p95(joins.iter().filter_map(|join| Some(join.welcomed?.since(join.at))).collect())
}

fn count<T>(items: impl Iterator<Item = T>) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}

/// Rules ack rate (S032): members who confirmed the current version ÷ members, now and over the community's groups. Who
/// confirmed in one group has confirmed in all; who is in two counts twice, in both numbers. Source: `rules_read`,
/// `member`, `headcount`.
async fn acknowledged(rules: &Rules, cx: &mut Cx<'_>) -> Result<Share> {
    let (community, version, today) = (cx.community, rules.version, cx.day(cx.now));
    let (mut read, mut all) = (0, 0);
    for group in cx.groups() {
        let (n,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM member
             WHERE chat = $1 AND status IN ('owner', 'admin', 'member', 'restricted') AND user_id IN (
                SELECT r.user_id FROM rules_read r JOIN chat ON chat.id = r.chat
                WHERE chat.community = $2 AND r.version = $3)",
        )
        .bind(group.id.0)
        .bind(community.0)
        .bind(version)
        .fetch_one(cx.tx.settled().await?)
        .await?;
        read += n;
        all += cx.tx.heads_now(group.id, today).await?;
    }
    Ok(Share::of(read, all))
}

/// Tells what was asked for.
pub async fn tell(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, asked: &Asked) -> Result<()> {
    let mut joins = Vec::new();
    for group in cx.groups() {
        let since = cx.days_back(PERIODS[PERIODS.len() - 1]);
        joins.extend(joins_since(cx.tx.conn().await?, group.id, since).await?);
    }
    let value = |days: &i64| -> Text {
        let from = cx.days_back(*days);
        let joins: Vec<Join> = joins.iter().filter(|join| join.at >= from).copied().collect();
        let within = time_to_welcome(&joins).map(|span| said(Some(span), cx.lang));
        cx.text("welcome.figure_coverage_value", context! { share => coverage(&joins).in_words(cx.lang), within })
    };
    let values = Values::Periods(PERIODS.iter().map(value).collect());
    let mut figures = vec![Figure { name: cx.words("welcome.figure_coverage"), values }];
    if !rules.text.is_empty() {
        let share = acknowledged(rules, cx).await?.in_words(cx.lang);
        let values = Values::Lines(vec![cx.text("welcome.figure_rules_value", context! { share })]);
        figures.push(Figure { name: cx.words("welcome.figure_rules"), values });
    }
    cx.tell(Some(chat), Told::Figures { page: PAGE.to_owned(), asked: asked.clone(), figures });
    Ok(())
}

async fn joins_since(conn: &mut Conn, chat: ChatId, since: Timestamp) -> Result<Vec<Join>> {
    let sql = "SELECT joined, welcomed FROM welcome_join WHERE chat = $1 AND joined >= $2";
    let rows: Vec<(i64, Option<i64>)> = sqlx::query_as(sql).bind(chat.0).bind(since.0).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(at, welcomed)| Join { at: Timestamp(at), welcomed: welcomed.map(Timestamp) }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_not_welcomed_counts_in_the_whole_and_not_in_the_time() {
        let join = |at, after: Option<i64>| {
            let at = Timestamp::from_secs(at);
            Join { at, welcomed: after.map(|secs| at + Span::secs(secs)) }
        };
        let joins: Vec<Join> = (1..=19).map(|n| join(100 * n, Some(n))).chain([join(5000, None)]).collect();
        assert_eq!(coverage(&joins), Share::of(19, 20));
        assert_eq!(time_to_welcome(&joins), Some(Span::secs(19)));
        assert_eq!((coverage(&[]), time_to_welcome(&[])), (Share::of(0, 0), None));
        assert_eq!(time_to_welcome(&[join(5, None)]), None);
    }
}
