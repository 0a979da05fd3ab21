//! Signs are looked at moments after they are seen, and once more at the end of each hour while they are told.

use anyhow::Result;
use serde_json::Value;

use super::policy::{Level, level};
use super::{Settings, alert, is_watched, rows};
use crate::cx::Cx;
use crate::model::usual::Usual;
use crate::model::{ChatId, Span, Timestamp};
use crate::store::series::{self, Sign};

/// What comes within so many milliseconds is looked at together; hours begin with such a step.
const PACE: i64 = 30_000;

/// Under this it is kept since when the watch is on.
const BEGUN: &str = "begun";

/// The watch begins, if it has not.
pub async fn begin(cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    if is_watched(cx, chat) && rows::find(cx.tx.conn().await?, chat, BEGUN).await?.is_none() {
        let begun = rows::Alert { told: cx.now, n: 0, over: None };
        rows::put(cx.tx.conn().await?, chat, BEGUN, begun).await?;
    }
    Ok(())
}

/// What an hour has seen, against what is usual.
pub struct Hour {
    pub begins: Timestamp,
    pub n: i64,
    pub usual: Option<Usual>,
    pub level: Level,
}

/// A sign was seen: it is looked at in a moment, unless it is of long ago.
pub fn seen(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, sign: Sign, at: Timestamp) {
    if rules.bounds(sign).is_some() && !cx.is_stale(at) {
        let due = Timestamp((cx.now.0 / PACE + 1) * PACE);
        cx.remind(chat, &format!("look/{}", sign.word()), due, Value::from(at.0));
    }
}

/// The hour of a moment. None when the sign is not watched, or the chat is none of ours.
pub async fn hour(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, sign: Sign, at: Timestamp) -> Result<Option<Hour>> {
    let Some(bounds) = rules.bounds(sign).filter(|_| is_watched(cx, chat)) else { return Ok(None) };
    let mut since = cx.chat(chat).map_or(at, |row| row.since);
    // Deeds were always counted, these since they are watched.
    if matches!(sign, Sign::Links | Sign::Reports) {
        let begun = rows::find(cx.tx.conn().await?, chat, BEGUN).await?;
        since = since.max(begun.map_or(at, |begun| begun.told));
    }
    let zone = cx.common.timezone.0;
    let (n, history) = series::around(cx.tx.settled().await?, chat, sign, at, since, zone).await?;
    let begins = Timestamp::from_secs(series::hour(at) * 3600);
    Ok(Some(Hour { begins, n, usual: Usual::of(&history), level: level(n, &history, bounds) }))
}

/// Looks at the hour in which a sign was seen.
pub async fn look(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, sign: Sign, payload: &Value) -> Result<()> {
    let at = Timestamp(payload.as_i64().unwrap_or_default());
    if cx.is_stale(at) {
        return Ok(());
    }
    let Some(hour) = hour(rules, cx, chat, sign, at).await?.filter(|hour| hour.level != Level::Usual) else {
        return Ok(());
    };
    let known = rows::find(cx.tx.conn().await?, chat, sign.word()).await?;
    // The end of the hour says how it goes on; without its reminder the watch was off meanwhile.
    if known.is_some_and(|known| known.over.is_none())
        && cx.tx.reminder(chat, &format!("risks/roll/{}", sign.word())).await?.is_some()
    {
        return Ok(());
    }
    let now = cx.now;
    let told = match known.filter(|known| now.since(known.told) < rules.cool_down) {
        // What was over has come again, and is told where it was told.
        Some(known) => rows::Alert { n: known.n.max(hour.n), over: None, ..known },
        None => rows::Alert { told: now, n: hour.n, over: None },
    };
    rows::put(cx.tx.conn().await?, chat, sign.word(), told).await?;
    alert::show(rules, cx, chat, sign, told, &hour, known.is_some_and(|known| known.told == told.told));
    remind_roll(cx, chat, sign);
    Ok(())
}

/// An hour is over in which a sign was told, or that followed on one: it is as usual again, or it goes on.
pub async fn roll(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, sign: Sign, due: Timestamp) -> Result<()> {
    let known = rows::find(cx.tx.conn().await?, chat, sign.word()).await?;
    let Some(mut told) = known.filter(|known| known.over.is_none()) else { return Ok(()) };
    let Some(hour) = hour(rules, cx, chat, sign, due - Span::from_millis(1)).await? else {
        let now = cx.now;
        return rows::end(cx.tx.conn().await?, chat, sign.word(), now).await;
    };
    told.n = told.n.max(hour.n);
    if hour.level == Level::Usual {
        told.over = Some(due);
    } else {
        remind_roll(cx, chat, sign);
    }
    rows::put(cx.tx.conn().await?, chat, sign.word(), told).await?;
    alert::show(rules, cx, chat, sign, told, &hour, true);
    Ok(())
}

fn remind_roll(cx: &mut Cx<'_>, chat: ChatId, sign: Sign) {
    let next = Timestamp::from_secs((series::hour(cx.now) + 1) * 3600);
    cx.remind(chat, &format!("roll/{}", sign.word()), next, Value::Null);
}
