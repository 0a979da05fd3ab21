//! Raid mode begins, holds newcomers, goes on and ends.
//!
//! Whom it holds Telegram frees by itself soon after the raid's end, whatever becomes of the bot; at the end the bot frees
//! them at once.

use anyhow::Result;
use serde_json::json;

use super::policy::{self, Joins, LONGEST, LOOK_BACK};
use super::rows::{self, Guest, Held};
use super::{Settings, card};
use crate::cx::Cx;
use crate::model::event::Told;
use crate::model::{ChatId, ChatKind, Class, Effect, Media, Message, Right, Span, Status, Timestamp, User, UserId};
use crate::store::chats::{ChatRow, Raid};
use crate::store::series::{self, Sign};

/// Telegram frees whom the bot could not free this long after the end.
const SLACK: Span = Span::minutes(2);
/// Begins the note of what holds somebody; who it is follows.
pub const HOLD: &str = "raid:hold:";

/// What the reminder of a raid's end keeps.
pub struct Course {
    /// Staff began it.
    pub manual: bool,
    /// The last time many joined at once; long ago when none did since staff began it.
    pub burst: Timestamp,
}

/// Somebody joined by their own will or was brought by somebody who is no staff.
pub async fn joined(
    rules: &Settings,
    cx: &mut Cx<'_>,
    chat: ChatId,
    user: &User,
    by: UserId,
    at: Timestamp,
) -> Result<()> {
    // Whom the staff bring or let in they have looked at.
    if by != user.id && cx.is_staff(chat, by).await? {
        return Ok(());
    }
    rows::arrived(cx.tx.conn().await?, chat, user.id, at).await?;
    let Some(row) = cx.chat(chat).cloned() else { return Ok(()) };
    // What belonged to a raid that is over does not begin another.
    let over = row.raid.filter(|raid| raid.until <= cx.now).map_or(Timestamp(0), |raid| raid.until);
    let from = (at - rules.within).max(over);
    let window = rows::joins(cx.tx.conn().await?, chat, from, at).await?;
    let many = rules.automatic && window >= rules.joins;
    let Some(raid) = row.raid_on(cx.now) else {
        let begins = many && at + rules.lasts > cx.now && is_raid(rules, cx, &row, window, at).await?;
        return if begins { begin(rules, cx, row, at, None).await.map(drop) } else { Ok(()) };
    };
    if raid.brought(at) {
        hold(cx, chat, user.id, raid).await?;
        card::refresh_soon(cx, chat);
    }
    if many && let Some(course) = course(cx, chat).await? {
        remind_end(cx, chat, raid.until, &Course { burst: course.burst.max(at), ..course });
    }
    Ok(())
}

async fn is_raid(rules: &Settings, cx: &mut Cx<'_>, row: &ChatRow, window: i64, at: Timestamp) -> Result<bool> {
    let zone = cx.common.timezone.0;
    let conn = cx.tx.settled().await?;
    let (hour, history) = series::around(conn, row.id, Sign::Joins, at, row.since, zone).await?;
    // At the turn of an hour the one before counts, too.
    let (before, _) = series::around(conn, row.id, Sign::Joins, at - rules.within, row.since, zone).await?;
    Ok(policy::is_raid(&Joins { window, hour: hour.max(before), history }, rules))
}

/// Raid mode begins, for `length` if staff say so. Gives the raid.
pub async fn begin(
    rules: &Settings,
    cx: &mut Cx<'_>,
    row: ChatRow,
    at: Timestamp,
    length: Option<Span>,
) -> Result<Raid> {
    let chat = row.id;
    if course(cx, chat).await?.is_some() {
        finish(cx, row.clone()).await?;
    }
    let lately = rows::lately(cx.tx.conn().await?, chat, at - LOOK_BACK, at).await?;
    // Who came in an earlier raid has been freed.
    let earlier = row.raid.map_or(Timestamp(0), |raid| raid.until + Span::from_millis(1));
    let times: Vec<Timestamp> = lately.iter().map(|(_, joined)| *joined).filter(|joined| *joined >= earlier).collect();
    let since = policy::burst_start(&times, at, rules.within);
    let raid = Raid { since, until: at + length.unwrap_or(rules.lasts) };
    cx.tx.put_chat(ChatRow { raid: Some(raid), ..row }).await?;
    for (user, _) in lately.into_iter().rev().filter(|(_, joined)| *joined >= since) {
        hold(cx, chat, user, raid).await?;
    }
    let course = Course { manual: length.is_some(), burst: if length.is_some() { Timestamp(0) } else { at } };
    remind_end(cx, chat, raid.until, &course);
    card::show(cx, chat, raid, course.manual).await?;
    Ok(raid)
}

/// Takes the right to write from a newcomer of a raid, if that can be done; who is known, muted already or of the staff
/// is left alone.
async fn hold(cx: &mut Cx<'_>, chat: ChatId, user: UserId, raid: Raid) -> Result<()> {
    let member = cx.tx.member(chat, user).await?;
    let Some(member) = member.filter(|member| member.status == Status::Member && !member.trusted) else {
        return Ok(());
    };
    if cx.is_staff(chat, member.user).await? {
        return Ok(());
    }
    let held = if can_hold(cx, chat) { Held::Yes } else { Held::No };
    rows::enlist(cx.tx.conn().await?, chat, user, raid.since, held).await?;
    if held == Held::Yes {
        mute(cx, chat, user, raid);
    }
    Ok(())
}

/// Whether newcomers can be kept from writing.
pub fn can_hold(cx: &Cx<'_>, chat: ChatId) -> bool {
    cx.chat(chat).is_some_and(|row| row.kind == ChatKind::Supergroup) && !cx.lacks(chat, Right::Restrict)
}

fn mute(cx: &mut Cx<'_>, chat: ChatId, user: UserId, raid: Raid) {
    let length = raid.until.since(cx.now) + SLACK;
    let asked = cx.emit(Class::Guard, Effect::Mute { chat, user, length });
    asked.note = format!("{HOLD}{user}");
    asked.deadline = Some(raid.until);
}

/// Lets a raid last until then: who is held stays so.
pub async fn prolong(cx: &mut Cx<'_>, row: ChatRow, until: Timestamp, course: &Course) -> Result<()> {
    let Some(raid) = row.raid else { return Ok(()) };
    let chat = row.id;
    let raid = Raid { until: until.min(raid.since + LONGEST), ..raid };
    cx.tx.put_chat(ChatRow { raid: Some(raid), ..row }).await?;
    for guest in guests(cx, chat, raid.since).await? {
        if guest.held == Held::Yes && is_here(cx, chat, guest.user).await? {
            mute(cx, chat, guest.user, raid);
        }
    }
    remind_end(cx, chat, raid.until, course);
    card::refresh(cx, chat).await
}

/// The newcomers of the raid that began at `raid`, whose rows as members are at hand then.
pub async fn guests(cx: &mut Cx<'_>, chat: ChatId, raid: Timestamp) -> Result<Vec<Guest>> {
    let guests = rows::guests(cx.tx.conn().await?, chat, raid).await?;
    let chats = [Some(chat), cx.staff_chat()];
    let who = chats.into_iter().flatten().flat_map(|chat| guests.iter().map(move |guest| (chat, guest.user)));
    let who: Vec<(ChatId, UserId)> = who.collect();
    cx.tx.prefetch_members(&who).await?;
    Ok(guests)
}

pub async fn is_here(cx: &mut Cx<'_>, chat: ChatId, user: UserId) -> Result<bool> {
    Ok(cx.tx.member(chat, user).await?.is_some_and(|it| matches!(it.status, Status::Member | Status::Restricted)))
}

/// A raid's time is over: it goes on when many joined lately.
pub async fn over(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, course: Course) -> Result<()> {
    let Some(row) = cx.chat(chat).cloned() else { return Ok(()) };
    let Some(raid) = row.raid else { return Ok(()) };
    match policy::goes_on(raid.since, course.burst, rules.lasts, cx.now) {
        Some(until) => prolong(cx, row, until, &course).await,
        _ => finish(cx, row).await,
    }
}

/// Raid mode ends: who did nothing wrong may write again.
pub async fn finish(cx: &mut Cx<'_>, row: ChatRow) -> Result<()> {
    let (chat, Some(raid)) = (row.id, row.raid) else { return Ok(()) };
    let now = cx.now;
    cx.tx.put_chat(ChatRow { raid: Some(Raid { until: raid.until.min(now), ..raid }), ..row }).await?;
    cx.unremind(chat, "end").await?;
    cx.unremind(chat, "card").await?;
    cx.tx.withdraw(chat, HOLD).await?;
    for guest in guests(cx, chat, raid.since).await? {
        if guest.held != Held::Yes {
            continue;
        }
        if is_here(cx, chat, guest.user).await? {
            cx.emit(Class::Guard, Effect::Unmute { chat, user: guest.user });
        }
        rows::set(cx.tx.conn().await?, chat, guest.user, Held::Freed).await?;
    }
    cx.tell(Some(chat), Told::RaidEnded);
    card::refresh(cx, chat).await
}

/// What the reminder of the end says.
pub fn read(payload: &serde_json::Value) -> Course {
    let burst = Timestamp(payload["burst"].as_i64().unwrap_or_default());
    Course { manual: payload["manual"].as_bool().unwrap_or_default(), burst }
}

/// How the raid that is on goes.
pub async fn course(cx: &mut Cx<'_>, chat: ChatId) -> Result<Option<Course>> {
    Ok(cx.tx.reminder(chat, "raid/end").await?.map(|reminder| read(&reminder.payload)))
}

fn remind_end(cx: &mut Cx<'_>, chat: ChatId, until: Timestamp, course: &Course) {
    cx.remind(chat, "end", until, json!({ "manual": course.manual, "burst": course.burst.0 }));
}

/// Whether a message is to go because it came in a raid: where newcomers cannot be kept from writing, or were not yet,
/// they leave no links, forwards and buttons.
pub async fn is_unwanted(cx: &mut Cx<'_>, message: &Message) -> Result<bool> {
    let chat = message.chat.id;
    let Some(raid) = cx.chat(chat).and_then(|row| row.raid_on(cx.now)) else { return Ok(false) };
    let Some(user) = message.author_id().filter(|_| leads_away(message)) else { return Ok(false) };
    let joined = cx.tx.member(chat, user).await?.filter(|member| !member.trusted).and_then(|member| member.joined);
    if !joined.is_some_and(|joined| raid.brought(joined)) {
        return Ok(false);
    }
    let held = rows::guest(cx.tx.conn().await?, chat, user, raid.since).await?;
    Ok(matches!(held, Some(Held::No | Held::Yes)) && !cx.is_staff(chat, user).await?)
}

/// Whether a message leads somewhere else.
pub fn leads_away(message: &Message) -> bool {
    let links = message.entities.iter().any(|entity| matches!(entity.kind.as_str(), "url" | "text_link" | "mention"));
    links || message.forward.is_some() || !message.buttons.is_empty() || message.media == Media::Contact
}
