//! Times in which the bot saw nothing: figures say so, instead of counting them as silence.

use anyhow::Result;
use minijinja::{Value, context};

use crate::cx::{Cx, safe};
use crate::model::{ChatId, Span, Timestamp};
use crate::store::gaps;

/// So many are named, the latest.
const NAMED: usize = 3;
/// What is shorter changes no figure: it is made an administrator soon after it came.
const LEAST: Span = Span::minutes(10);

/// A line about what was not seen in any of these chats from `from` until now; empty when nothing was missed.
pub(super) async fn told(cx: &mut Cx<'_>, chats: &[ChatId], from: Timestamp) -> Result<Value> {
    let mut holes = Vec::new();
    for chat in chats {
        let gaps = gaps::since(cx.tx.conn().await?, *chat, from).await?;
        holes.extend(gaps.iter().filter(|gap| gap.is_blind()).map(|gap| (gap.from.max(from), gap.to.min(cx.now))));
    }
    let mut holes = merged(holes);
    holes.retain(|(from, to)| to.since(*from) >= LEAST);
    if holes.is_empty() {
        return Ok(Value::from(""));
    }
    let more = holes.len() > NAMED;
    let times: Vec<String> = holes[holes.len().saturating_sub(NAMED)..].iter().map(|hole| shown(cx, *hole)).collect();
    Ok(safe(&cx.text("activity.holes", context! { times, more })))
}

/// In their order, without what others cover.
fn merged(mut holes: Vec<(Timestamp, Timestamp)>) -> Vec<(Timestamp, Timestamp)> {
    holes.retain(|(from, to)| from < to);
    holes.sort_unstable();
    holes.dedup_by(|next, before| {
        let touches = next.0 <= before.1;
        if touches {
            before.1 = before.1.max(next.1);
        }
        touches
    });
    holes
}

/// `11月20日 03:10–09:40`, or `11月20日 03:10–11月22日 09:40`.
fn shown(cx: &Cx<'_>, (from, to): (Timestamp, Timestamp)) -> String {
    let end = if cx.day(from) == cx.day(to) {
        to.local(cx.common.timezone.0).format("%H:%M").to_string()
    } else {
        cx.moment(to)
    };
    format!("{}–{end}", cx.moment(from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overlaps_is_one_hole() {
        let holes = |list: &[(i64, i64)]| list.iter().map(|(from, to)| (Timestamp(*from), Timestamp(*to))).collect();
        assert_eq!(merged(holes(&[(5, 9), (1, 3), (2, 4), (9, 12), (7, 8), (20, 20)])), holes(&[(1, 4), (5, 12)]));
        assert_eq!(merged(Vec::new()), Vec::new());
    }
}
