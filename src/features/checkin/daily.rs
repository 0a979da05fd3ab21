//! What comes round every day: the check-in post with its live count, the evening reminder, the summary.

use std::cmp::Reverse;

use anyhow::Result;
use minijinja::{Value, context};
use serde_json::Value as Json;

use super::absence::Cutoffs;
use super::coming::{self, Done};
use super::gift::Earning;
use super::rules::Rules;
use super::settings::{Place, Post};
use super::{DO, board, gift, posts, put_off, rows};
use crate::cx::{Cx, Role};
use crate::model::effect::{Key, Keyboard, MessageRef, Send};
use crate::model::event::{Delivery as Delivered, Miss, Refused, Told, Why};
use crate::model::schedule::{Schedule, Verdict};
use crate::model::{ChatId, Class, Day, Delivery, Effect, Event, MessageKey, Span, Timestamp, UserId};
use crate::store::chats::ChatRow;
use crate::store::persons::Reach;
use crate::store::sent;

/// The count on the button is brought up to date at most this often.
const COUNT_EVERY: Span = Span::secs(30);
/// A reminder or summary later than this helps nobody.
const LATE: Span = Span::hours(2);
/// Members named in one reminder.
const NAMED: usize = 20;
/// Members named in a summary.
const BEST: i64 = 3;
/// Members named in a summary for each gift.
const EARNERS: usize = 10;

/// What comes round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    Post,
    Nudge,
    Summary,
}

impl Round {
    pub const ALL: [Self; 3] = [Self::Post, Self::Nudge, Self::Summary];

    fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Nudge => "nudge",
            Self::Summary => "summary",
        }
    }

    /// The text that says what it is.
    fn title(self) -> &'static str {
        match self {
            Self::Post => "checkin.post-title",
            Self::Nudge => "checkin.nudge-title",
            Self::Summary => "checkin.summary-title",
        }
    }

    pub fn schedule(self, rules: &Rules) -> Option<&Schedule> {
        match self {
            Self::Post => rules.post.as_ref(),
            Self::Nudge => rules.remind.as_ref(),
            Self::Summary => rules.summary.as_ref(),
        }
    }

    /// The note of its message, by which what became of it comes back.
    fn note(self, due: Timestamp) -> String {
        format!("checkin/{}/{}", self.name(), due.secs())
    }

    fn noted(note: &str) -> Option<(Self, Timestamp)> {
        let (name, secs) = note.strip_prefix("checkin/")?.split_once('/')?;
        let round = Self::ALL.into_iter().find(|round| round.name() == name)?;
        Some((round, Timestamp::from_secs(secs.parse().ok()?)))
    }
}

/// The note of a reminder sent in private for a group, by which it is called off.
fn private_note(chat: ChatId) -> String {
    format!("checkin/private/{chat}")
}

/// Plans what comes next in a chat.
pub async fn plan(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    if cx.role(chat) != Role::Group {
        return Ok(());
    }
    for round in Round::ALL {
        let planned = cx.tx.reminder(chat, &format!("checkin/{}", round.name())).await?;
        match round.schedule(rules) {
            // It fell due while the bot was away, and is on its way.
            Some(_) if planned.as_ref().is_some_and(|planned| planned.due <= cx.now) => {}
            Some(schedule) => remind(rules, cx, chat, round, schedule),
            None if planned.is_some() => {
                cx.unremind(chat, round.name()).await?;
            }
            None => {}
        }
    }
    Ok(())
}

fn remind(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, round: Round, schedule: &Schedule) {
    if let Some(next) = schedule.occurrences(rules.zone, cx.now).next() {
        cx.remind(chat, round.name(), next.at, Json::Null);
    }
}

pub async fn due(rules: &Rules, cx: &mut Cx<'_>, event: &Event, chat: ChatId) -> Result<()> {
    if let Some(day) = cx.due(event, "count").and_then(|day| day.parse().ok()) {
        return show_count(cx, chat, Day(day)).await;
    }
    let Some(round) = Round::ALL.into_iter().find(|round| cx.due(event, round.name()).is_some()) else { return Ok(()) };
    let Some(schedule) = round.schedule(rules) else { return Ok(()) };
    remind(rules, cx, chat, round, schedule);
    if cx.chat(chat).is_none_or(|row| row.paused.is_some()) {
        return Ok(());
    }
    if !cx.chat(chat).is_some_and(ChatRow::is_live) {
        if round == Round::Post {
            put_off::until_back(rules, cx, chat, event.at);
        }
        return Ok(());
    }
    // Of what came due in an absence only the last can be of use.
    let mut last = event.at;
    for next in schedule.between(rules.zone, event.at, cx.now) {
        if round == Round::Post {
            missed(rules, cx, chat, round, last).await?;
        }
        last = next.at;
    }
    match (round, &rules.settings.post) {
        (Round::Post, Some(it)) => post(rules, cx, it, chat, last).await,
        (Round::Post, None) => Ok(()),
        (Round::Nudge, _) => nudge(rules, cx, chat, last).await,
        (Round::Summary, _) => summary(rules, cx, chat, last).await,
    }
}

/// Tells that something did not come and will not any more.
async fn missed(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, round: Round, due: Timestamp) -> Result<()> {
    // A day whose post came at another time misses none.
    if round != Round::Post || !posts::is_posted(cx.tx, chat, rules.day(due)).await? {
        tell(cx, chat, round, due, Miss::Late);
    }
    Ok(())
}

fn tell(cx: &mut Cx<'_>, chat: ChatId, round: Round, due: Timestamp, why: Miss) {
    let title = cx.words(round.title()).visible();
    cx.tell(Some(chat), Told::Missed { title, due, why });
}

/// Sends what came round; what becomes of it comes back with the note.
fn send(cx: &mut Cx<'_>, round: Round, due: Timestamp, deadline: Timestamp, send: Send) {
    let outgoing = cx.send(Class::Post, send);
    outgoing.note = round.note(due);
    outgoing.deadline = Some(deadline);
}

fn post_name(day: Day) -> MessageKey {
    MessageKey(format!("checkin/post/{}", day.0))
}

fn button(cx: &Cx<'_>, count: i64) -> Keyboard {
    Keyboard::row([Key::press(coming::label(cx.phrases, cx.lang, count), DO)])
}

/// Posts the day's check-in post, once.
pub async fn post(rules: &Rules, cx: &mut Cx<'_>, it: &Post, chat: ChatId, due: Timestamp) -> Result<()> {
    let (day, today) = (rules.day(due), rules.day(cx.now));
    if day != today || it.late.verdict(cx.now.since(due)) == Verdict::Skip {
        return missed(rules, cx, chat, Round::Post, due).await;
    }
    let done = Done::read(cx.tx.conn().await?, chat).await?;
    let turn = coming::turn(it, &done.used);
    if !posts::claim(cx.tx, chat, day, cx.now, turn.mark).await? {
        return Ok(());
    }
    let text = coming::text(turn, cx.phrases, cx.lang);
    let count = rows::count(cx.tx, cx.community, day).await?;
    let (name, keyboard) = (Some(post_name(day)), button(cx, count));
    let over = day.plus(1).begins(rules.zone, rules.settings.day_starts.0);
    let deadline = it.late.deadline(due).map_or(over, |deadline| deadline.min(over));
    send(cx, Round::Post, due, deadline, Send { name, keyboard, topic: it.topic, ..Send::new(chat, text) });
    Ok(())
}

/// The day's post stands in the group; it is pinned only now, so that one that does not come leaves yesterday's in place.
pub async fn delivered(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, delivered: &Delivered) -> Result<()> {
    let Some((Round::Post, due)) = Round::noted(&delivered.note) else { return Ok(()) };
    let pinned = rules.settings.post.as_ref().is_some_and(|post| post.pin);
    let Some(message) = delivered.message.filter(|_| pinned) else { return Ok(()) };
    let message = MessageRef::Id(message);
    cx.emit(Class::Post, Effect::Pin { chat, message, silent: true }).delivery = Delivery::Repeat;
    if let Some(before) = posts::before(cx.tx, chat, rules.day(due)).await? {
        let message = MessageRef::Name(post_name(before));
        cx.emit(Class::Post, Effect::Unpin { chat, message }).delivery = Delivery::Repeat;
    }
    Ok(())
}

/// Posting was paused, or the bot is no longer in the chat: what waited at the courier for the group was called off, and
/// so is what waits in private for it. Gives when the day's
/// post that so did not come was due.
pub async fn called_off(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId) -> Result<Option<Timestamp>> {
    cx.tx.withdraw_noted(&private_note(chat)).await?;
    let day = rules.day(cx.now);
    let times = rules.post.iter().flat_map(|schedule| {
        let begins = day.begins(rules.zone, rules.settings.day_starts.0) - Span::from_millis(1);
        schedule.between(rules.zone, begins, cx.now).map(|time| time.at).collect::<Vec<_>>()
    });
    let mut missing = None;
    for due in times {
        let sent = sent::find(cx.tx.conn().await?, chat, &post_name(day)).await?;
        let awaited = cx.tx.is_under_way(chat, &Round::Post.note(due)).await?;
        if sent.is_none() && !awaited && posts::is_posted(cx.tx, chat, day).await? {
            posts::unclaim(cx.tx, chat, day).await?;
            missing = Some(due);
        }
    }
    Ok(missing)
}

/// It will not come, or nobody knows whether it did. The text of a post nobody saw has its turn again.
pub async fn refused(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, refused: &Refused) -> Result<()> {
    let Some((round, due)) = Round::noted(&refused.note) else { return Ok(()) };
    if round == Round::Post && refused.why != Why::MayHaveHappened {
        posts::unclaim(cx.tx, chat, rules.day(due)).await?;
    }
    match (round, refused.why) {
        // Whether the bot is gone is being asked; if it is not, the post has its time yet.
        (Round::Post, Why::ChatUnknown) => {
            put_off::in_doubt(cx, chat, due);
            return Ok(());
        }
        (Round::Post, Why::ChatGone) => put_off::until_back(rules, cx, chat, due),
        _ => {}
    }
    if let Some(why) = Miss::of(refused) {
        tell(cx, chat, round, due, why);
    }
    Ok(())
}

/// Somebody checked in: the counts under the posts of that day follow, at once or a little later.
pub async fn recount(cx: &mut Cx<'_>, day: Day) -> Result<()> {
    for (chat, shown) in posts::of_day(cx.tx, cx.community, day).await? {
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
    // The post may have been refused since.
    if !posts::is_posted(cx.tx, chat, day).await? {
        return Ok(());
    }
    let count = rows::count(cx.tx, cx.community, day).await?;
    posts::shown(cx.tx, chat, day, cx.now).await?;
    let (message, keyboard) = (MessageRef::Name(post_name(day)), button(cx, count));
    cx.emit(Class::Board, Effect::EditKeyboard { chat, message, keyboard });
    Ok(())
}

/// Reminds those whose streak would end with this day: in one message in the group, or each alone in private. Private
/// means that nobody is named before others, so whom the bot may not write to is not reminded then.
async fn nudge(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, due: Timestamp) -> Result<()> {
    let day = rules.day(due);
    if day != rules.day(cx.now) {
        return Ok(());
    }
    let cutoff = Cutoffs::on(day, rules, cx).await?.in_chat(chat);
    let least = rules.settings.remind_from;
    let in_private = rules.settings.remind_in == Place::Private;
    let mut at_risk = rows::at_risk(cx.tx, cx.community, chat, (cutoff, day), least).await?;
    if in_private {
        let mut open = Vec::new();
        for it in at_risk {
            if cx.tx.reach(it.0).await? == Reach::Open {
                open.push(it);
            }
        }
        at_risk = open;
    }
    if at_risk.is_empty() {
        return Ok(());
    }
    if cx.now.since(due) > LATE {
        return missed(rules, cx, chat, Round::Nudge, due).await;
    }
    if in_private {
        let over = day.plus(1).begins(rules.zone, rules.settings.day_starts.0);
        let deadline = (due + LATE).min(over);
        for (user, _, streak) in at_risk {
            let text = cx.text("checkin.nudge-private", context! { streak });
            let keyboard = button(cx, 0);
            let outgoing = cx.send(Class::Bulk, Send { keyboard, ..Send::new(user.private(), text) });
            (outgoing.note, outgoing.deadline) = (private_note(chat), Some(deadline));
        }
        return Ok(());
    }
    let (total, more) = (at_risk.len(), at_risk.len().saturating_sub(NAMED));
    let named = at_risk.iter().take(NAMED);
    let rows: Vec<Value> =
        named.map(|(user, name, streak)| context! { name => cx.mention(*user, name), streak }).collect();
    let text = cx.text("checkin.nudge", context! { rows, more, total });
    let keyboard = button(cx, 0);
    send(cx, Round::Nudge, due, due + LATE, Send { keyboard, ..Send::new(chat, text) });
    Ok(())
}

/// Sums up a day; one without check-ins is passed over.
async fn summary(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, due: Timestamp) -> Result<()> {
    // At the start of a day, the day before is summed up.
    let day = rules.day(due - Span::from_millis(1));
    let count = rows::count(cx.tx, cx.community, day).await?;
    if count == 0 {
        return Ok(());
    }
    if cx.now.since(due) > LATE {
        return missed(rules, cx, chat, Round::Summary, due).await;
    }
    let cutoffs = Cutoffs::on(day.plus(1), rules, cx).await?;
    let staff = cx.staff_chat().unwrap_or_default();
    let best = rows::longest(cx.tx, cx.community, &cutoffs, staff, BEST).await?;
    // A list of people on their first day says nothing.
    let best = best.into_iter().filter(|(_, streak)| *streak > 1).collect();
    let top = board::named(cx, best).await?;
    let starts = rules.settings.day_starts.0;
    let (from, to) = (day.begins(rules.zone, starts), day.plus(1).begins(rules.zone, starts));
    let earned = gift::earned_between(cx.tx, cx.community, from, to).await?;
    let mut gifts: Vec<Value> = Vec::new();
    for (gift, users) in by_gift(earned) {
        let Some(present) = rules.gifts.get(&gift) else { continue };
        let (total, more) = (users.len(), users.len().saturating_sub(EARNERS));
        let names = cx.tx.names(cx.community, &users[..total - more]).await?;
        let names: Vec<String> = names.iter().map(|(_, name)| cx.shown_name(name)).collect();
        gifts.push(context! { title => &present.title, names, more, total });
    }
    let text = cx.text("checkin.summary", context! { count, date => another_day(rules, cx, day), top, gifts });
    let deadline = due + LATE;
    send(cx, Round::Summary, due, deadline, Send::new(chat, text));
    Ok(())
}

/// The date of a day, where that is not today and must be said.
pub fn another_day(rules: &Rules, cx: &Cx<'_>, day: Day) -> Option<String> {
    (day != rules.day(cx.now)).then(|| cx.date(day))
}

/// Who earned each gift, each once. The gift of the longest streak comes first; for each gift, who had the longest streak,
/// and of those who was first.
fn by_gift(mut earned: Vec<Earning>) -> Vec<(String, Vec<UserId>)> {
    earned.sort_by_key(|it| Reverse(it.streak));
    let mut gifts: Vec<(String, Vec<UserId>)> = Vec::new();
    for Earning { user, gift, .. } in earned {
        match gifts.iter_mut().find(|(known, _)| *known == gift) {
            Some((_, users)) if users.contains(&user) => {}
            Some((_, users)) => users.push(user),
            None => gifts.push((gift, vec![user])),
        }
    }
    gifts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarest_gift_comes_first_and_nobody_twice() {
        let earned = [(1, "kit", 3), (2, "kit", 3), (3, "book", 30), (1, "kit", 6), (4, "kit", 6)];
        let earned = earned.map(|(user, gift, streak)| Earning { user: UserId(user), gift: gift.to_owned(), streak });
        let users = |users: &[i64]| users.iter().copied().map(UserId).collect::<Vec<_>>();
        assert_eq!(by_gift(earned.into()), [("book".to_owned(), users(&[3])), ("kit".to_owned(), users(&[1, 4, 2]))]);
    }

    #[test]
    fn a_note_says_what_came_round_and_when() {
        let due = Timestamp::from_secs(1_772_424_000);
        for round in Round::ALL {
            assert_eq!(Round::noted(&round.note(due)), Some((round, due)));
        }
        for other in ["", "gift/7", "checkin/gift/7", "checkin/post", "checkin/post/x"] {
            assert_eq!(Round::noted(other), None, "{other}");
        }
    }
}
