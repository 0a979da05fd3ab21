//! What comes round every day: the check-in post with its live count, the evening reminder, the summary.

use anyhow::Result;
use minijinja::{Value, context};
use serde_json::Value as Json;

use super::settings::{Place, Post, Rules};
use super::{DO, board, excused, gift, rows};
use crate::cx::{Cx, Role};
use crate::model::effect::{Key, Keyboard, MessageRef, Send};
use crate::model::schedule::{Schedule, Verdict};
use crate::model::{ChatId, Class, Day, Effect, Event, MessageKey, Span, Text, Timestamp, UserId, rotation};
use crate::store::persons::Reach;

/// The count on the button is brought up to date at most this often.
const COUNT_EVERY: Span = Span::secs(30);
/// A reminder or summary later than this helps nobody.
const LATE: Span = Span::hours(2);
/// Members named in one reminder.
const NAMED: usize = 20;
/// Members named in a summary.
const BEST: i64 = 3;

/// Plans what comes next in a chat.
pub async fn plan(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    if cx.role(chat) != Role::Group {
        return Ok(());
    }
    for (what, schedule) in [("post", &rules.post), ("nudge", &rules.remind), ("summary", &rules.summary)] {
        let planned = cx.tx.reminder(chat, &format!("checkin/{what}")).await?;
        match schedule {
            // It fell due while the bot was away, and is on its way.
            Some(_) if planned.as_ref().is_some_and(|planned| planned.due <= cx.now) => {}
            Some(schedule) => remind(rules, cx, chat, what, schedule),
            None if planned.is_some() => {
                cx.unremind(chat, what).await?;
            }
            None => {}
        }
    }
    Ok(())
}

fn remind(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, what: &str, schedule: &Schedule) {
    if let Some(next) = schedule.occurrences(rules.zone, cx.now).next() {
        cx.remind(chat, what, next.at, Json::Null);
    }
}

pub async fn due(rules: &Rules, cx: &mut Cx<'_>, event: &Event, chat: ChatId, late: Span) -> Result<()> {
    if let Some(day) = cx.due(event, "count").and_then(|day| day.parse().ok()) {
        return show_count(cx, chat, Day(day)).await;
    }
    let (day, today) = (rules.day(event.at), rules.day(cx.now));
    let posting = cx.chat(chat).is_some_and(|row| row.is_live() && row.paused.is_none());
    if let (Some(schedule), Some(_)) = (&rules.post, cx.due(event, "post")) {
        remind(rules, cx, chat, "post", schedule);
        let wanted = |it: &&Post| posting && day == today && it.late.verdict(late) == Verdict::Post;
        if let Some(it) = rules.settings.post.as_ref().filter(wanted) {
            post(cx, it, chat, day).await?;
        }
    } else if let (Some(schedule), Some(_)) = (&rules.remind, cx.due(event, "nudge")) {
        remind(rules, cx, chat, "nudge", schedule);
        if posting && day == today && late <= LATE {
            nudge(rules, cx, chat, day).await?;
        }
    } else if let (Some(schedule), Some(_)) = (&rules.summary, cx.due(event, "summary")) {
        remind(rules, cx, chat, "summary", schedule);
        if posting && late <= LATE {
            // At the start of a day, the day before is summed up.
            summary(rules, cx, chat, rules.day(event.at - Span::from_millis(1))).await?;
        }
    }
    Ok(())
}

fn post_name(day: Day) -> MessageKey {
    MessageKey(format!("checkin/post/{}", day.0))
}

fn button(cx: &Cx<'_>, count: i64) -> Keyboard {
    Keyboard::row([Key::press(cx.text("checkin.button", context! { count }).visible(), DO)])
}

/// Posts the day's check-in post, once.
async fn post(cx: &mut Cx<'_>, it: &Post, chat: ChatId, day: Day) -> Result<()> {
    let bank: Vec<&String> = it.text.iter().chain(&it.bank).collect();
    let marks: Vec<i64> = bank.iter().map(|text| rotation::fingerprint(text)).collect();
    let used = rows::texts_used(cx.tx, chat).await?;
    let turn = rotation::next(&marks, &used);
    if !rows::claim_post(cx.tx, chat, day, cx.now, turn.map_or(0, |turn| marks[turn])).await? {
        return Ok(());
    }
    let text = turn.map_or_else(|| cx.words("checkin.post"), |turn| Text::plain(bank[turn]));
    let count = rows::count(cx.tx, cx.community, day).await?;
    let (name, keyboard) = (Some(post_name(day)), button(cx, count));
    cx.send(Class::Post, Send { name, keyboard, topic: it.topic, ..Send::new(chat, text) });
    if it.pin {
        if let Some(before) = rows::post_before(cx.tx, chat, day).await? {
            cx.emit(Class::Post, Effect::Unpin { chat, message: MessageRef::Name(post_name(before)) });
        }
        let message = MessageRef::Name(post_name(day));
        cx.emit(Class::Post, Effect::Pin { chat, message, silent: true });
    }
    Ok(())
}

/// Somebody checked in: the counts under the posts of that day follow, at once or a little later.
pub async fn recount(cx: &mut Cx<'_>, day: Day) -> Result<()> {
    for (chat, shown) in rows::posts(cx.tx, cx.community, day).await? {
        let next: Timestamp = shown + COUNT_EVERY;
        if next <= cx.now {
            show_count(cx, chat, day).await?;
        } else {
            cx.remind(chat, &format!("count/{}", day.0), next, Json::Null);
        }
    }
    Ok(())
}

async fn show_count(cx: &mut Cx<'_>, chat: ChatId, day: Day) -> Result<()> {
    let count = rows::count(cx.tx, cx.community, day).await?;
    rows::shown(cx.tx, chat, day, cx.now).await?;
    let (message, keyboard) = (MessageRef::Name(post_name(day)), button(cx, count));
    cx.emit(Class::Board, Effect::EditKeyboard { chat, message, keyboard });
    Ok(())
}

/// Reminds those whose streak would end with this day: in private where that is wanted and possible, the others in one
/// message in the group.
async fn nudge(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, day: Day) -> Result<()> {
    let cutoff = excused(rules, cx).await?.cutoff(day);
    let least = rules.settings.remind_from;
    let mut here: Vec<(UserId, String, i64)> = Vec::new();
    for (user, name, streak) in rows::at_risk(cx.tx, cx.community, chat, (cutoff, day), least).await? {
        if rules.settings.remind_in == Place::Private && cx.tx.reach(user).await? == Reach::Open {
            let text = cx.text("checkin.nudge-private", context! { streak });
            let keyboard = button(cx, 0);
            cx.send(Class::Bulk, Send { keyboard, ..Send::new(user.private(), text) });
        } else {
            here.push((user, name, streak));
        }
    }
    if here.is_empty() {
        return Ok(());
    }
    let (total, more) = (here.len(), here.len().saturating_sub(NAMED));
    let named = here.iter().take(NAMED);
    let rows: Vec<Value> =
        named.map(|(user, name, streak)| context! { name => cx.mention(*user, name), streak }).collect();
    let text = cx.text("checkin.nudge", context! { rows, more, total });
    let keyboard = button(cx, 0);
    cx.send(Class::Post, Send { keyboard, ..Send::new(chat, text) });
    Ok(())
}

/// Sums up a day; one without check-ins is passed over.
async fn summary(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, day: Day) -> Result<()> {
    let count = rows::count(cx.tx, cx.community, day).await?;
    if count == 0 {
        return Ok(());
    }
    let cutoff = excused(rules, cx).await?.cutoff(day.plus(1));
    let staff = cx.staff_chat().unwrap_or_default();
    let best = rows::longest(cx.tx, cx.community, cutoff, staff, BEST).await?;
    // A list of people on their first day says nothing.
    let best = best.into_iter().filter(|(_, streak)| *streak > 1).collect();
    let top = board::named(cx, best).await?;
    let starts = rules.settings.day_starts.0;
    let (from, to) = (day.begins(rules.zone, starts), day.plus(1).begins(rules.zone, starts));
    let earned = gift::earned_between(cx.tx, cx.community, from, to).await?;
    let users: Vec<UserId> = earned.iter().map(|(user, _)| *user).collect();
    let names = cx.tx.names(cx.community, &users).await?;
    let gifts: Vec<Value> = earned
        .iter()
        .zip(names)
        .filter_map(|((_, gift), (_, name))| {
            let title = &rules.gifts.get(gift)?.title;
            Some(context! { name => cx.shown_name(&name), title })
        })
        .collect();
    let text = cx.text("checkin.summary", context! { count, top, gifts });
    cx.send(Class::Post, Send::new(chat, text));
    Ok(())
}
