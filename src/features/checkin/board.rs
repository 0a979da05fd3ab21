//! `/streak` and `/top`.

use anyhow::Result;
use minijinja::{Value, context};
use unicode_normalization::UnicodeNormalization as _;

use super::absence::{Cutoffs, excused_for};
use super::rules::Rules;
use super::streak::Streak;
use super::{card, gift, group_of, next, rows, say, say_for};
use crate::cx::Cx;
use crate::model::command::Command;
use crate::model::{Day, Message, Span, User, UserId};

/// Places on the leaderboard.
const PLACES: i64 = 10;
/// How long the leaderboard stays in the group.
const TOP_FOR: Span = Span::minutes(10);

/// Tells a member where they stand. In private it also brings what waits for them.
pub async fn streak(rules: &Rules, cx: &mut Cx<'_>, message: &Message, user: &User) -> Result<()> {
    if group_of(cx, message.chat.id, user.id).await?.is_none() {
        let text = cx.words("checkin.join-first");
        say(rules, cx, message, text);
        return Ok(());
    }
    let (community, today) = (cx.community, rules.day(cx.now));
    let days = rows::days(cx.tx, community, user.id).await?;
    let excused = excused_for(rules, cx, user.id).await?;
    let text = match Streak::of(&days, &excused) {
        None => cx.text("checkin.streak-none", context! { word => rules.word(cx.lang) }),
        Some(streak) => {
            let cards = card::left(rules, cx, user.id).await?;
            let waiting = gift::waiting(cx.tx, community, user.id).await?.len();
            let gifts = if message.chat.id.is_private() { 0 } else { waiting };
            let (best, total, now) = (streak.best, days.len(), streak.on(today, &excused));
            let (today, next) = (days.contains(&today), next(rules, now));
            cx.text("checkin.streak", context! { streak => now, best, total, today, next, cards, gifts })
        }
    };
    say(rules, cx, message, text);
    if message.chat.id.is_private() {
        gift::fetch_all(cx, user.id).await?;
    }
    Ok(())
}

/// Adds the streak to what `/me` answers.
pub async fn add_own(rules: &Rules, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let Some(user) = message.author_id() else { return Ok(()) };
    let days = rows::days(cx.tx, cx.community, user).await?;
    let excused = excused_for(rules, cx, user).await?;
    let streak = Streak::of(&days, &excused).map_or(0, |streak| streak.on(rules.day(cx.now), &excused));
    if streak > 0 {
        let text = cx.text("checkin.own", context! { streak });
        cx.add("streak", text);
    }
    Ok(())
}

/// What `/top` is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Streaks,
    /// Check-ins of the last so many days; all without.
    Days(Option<i64>),
}

fn asked(words: &str) -> Option<Asked> {
    // Some keyboards write other digits.
    Some(match words.nfkc().collect::<String>().as_str() {
        "" => Asked::Streaks,
        "7" => Asked::Days(Some(7)),
        "30" => Asked::Days(Some(30)),
        "all" | "全部" => Asked::Days(None),
        _ => return None,
    })
}

pub async fn top(rules: &Rules, cx: &mut Cx<'_>, message: &Message, command: &Command<'_>) -> Result<()> {
    let chat = message.chat.id;
    let outside = chat.is_private() && group_of(cx, chat, UserId(chat.0)).await?.is_none();
    let asked = asked(command.rest);
    if rules.settings.leaderboard && asked.is_some() && !cx.tells_all(message, &format!("top/{}", command.rest)) {
        return Ok(());
    }
    let text = match asked {
        _ if outside => cx.words("checkin.join-first"),
        _ if !rules.settings.leaderboard => cx.words("checkin.top-off"),
        None => cx.words("checkin.top-usage"),
        Some(asked) => {
            let today = rules.day(cx.now);
            let (community, staff) = (cx.community, cx.staff_chat().unwrap_or_default());
            let (key, days, list) = match asked {
                Asked::Streaks => {
                    let cutoffs = Cutoffs::on(today, rules, cx).await?;
                    ("checkin.top-streaks", None, rows::longest(cx.tx, community, &cutoffs, staff, PLACES).await?)
                }
                Asked::Days(days) => {
                    let from = days.map_or(Day(i64::MIN), |days| today.plus(1 - days));
                    ("checkin.top-days", days, rows::most(cx.tx, community, from, staff, PLACES).await?)
                }
            };
            match named(cx, list).await? {
                rows if rows.is_empty() => cx.words("checkin.top-empty"),
                rows => cx.text(key, context! { days, rows }),
            }
        }
    };
    say_for(cx, message, text, TOP_FOR);
    Ok(())
}

/// A list of members with their names and places. Nobody is notified by it.
pub async fn named(cx: &mut Cx<'_>, list: Vec<(UserId, i64)>) -> Result<Vec<Value>> {
    let users: Vec<UserId> = list.iter().map(|(user, _)| *user).collect();
    let names = cx.tx.names(cx.community, &users).await?;
    let rows = list.into_iter().zip(names).enumerate().map(|(index, ((_, n), (_, name)))| {
        context! { place => index + 1, name => cx.shown_name(&name), n, streak => n }
    });
    Ok(rows.collect())
}
