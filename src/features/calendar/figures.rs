//! `/stats topics`: how many take part in what is posted, and whether it is posted as planned.

use std::collections::HashSet;

use anyhow::Result;
use minijinja::context;

use super::rules::Body;
use super::{Ready, Rules, is_for, list, planning};
use crate::cx::{Cx, Role};
use crate::model::event::{Asked, Event, Told};
use crate::model::figure::{NONE, PERIODS, p95, said};
use crate::model::{ChatId, Day, Figure, Kind, Message, MessageId, Sender, Share, Span, Text, Timestamp, User, Values};
use crate::store::participants::{self, Part, Standing, Taken, To};
use crate::store::slots::{self, Slot, State};

/// The word of its page.
pub const PAGE: &str = "topics";
/// Who answers a post so long takes part in it (M05).
const OPEN: Span = Span::hours(24);
/// A post counts as on time when it is no later than this (S058).
const ON_TIME: Span = Span::minutes(5);
/// The newest posts, one by one.
const LISTED: usize = 6;
/// Days ahead that are looked at for posts.
const AHEAD: [i64; 2] = [7, 30];

/// A post stands in the group: from now on who answers it is counted.
pub async fn stands(
    cx: &mut Cx<'_>,
    ready: Option<&Ready>,
    chat: ChatId,
    slot: &Slot,
    message: MessageId,
    at: Timestamp,
) -> Result<()> {
    if cx.role(chat) != Role::Group {
        return Ok(());
    }
    let item = ready.and_then(|ready| ready.item(slot.pick));
    let secret = item.is_some_and(|item| matches!(&item.body, Body::Poll(poll) if poll.anonymous));
    let today = cx.day(cx.now);
    let members = if secret { None } else { Some(cx.tx.heads_now(chat, today).await?) };
    let thread = ready.and_then(|ready| ready.topic);
    let (post, due, until) = (slot.post.clone(), slot.due, at + OPEN);
    participants::stand(cx.tx.conn().await?, &Standing { chat, post, due, message, thread, at, until, members }).await
}

/// Notes what may be an answer to a post: a reply, a message in its forum topic, a reaction or a vote.
pub async fn heard(rules: &Rules, cx: &mut Cx<'_>, event: &Event, chat: ChatId) -> Result<()> {
    if rules.posts.is_empty() || cx.role(chat) != Role::Group {
        return Ok(());
    }
    match &event.kind {
        Kind::Message(message) => answered(rules, cx, event, message).await?,
        Kind::Reaction(reaction) if !reaction.after.is_empty() => {
            if let Some(user) = &reaction.user {
                take_part(cx, event, chat, user, To::Message(reaction.message)).await?;
            }
        }
        Kind::Vote(vote) if !vote.options.is_empty() => {
            let Some(user) = &vote.user else { return Ok(()) };
            if let Some(message) = cx.tx.message_of_poll(&vote.poll).await? {
                take_part(cx, event, chat, user, To::Message(message)).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

async fn answered(rules: &Rules, cx: &mut Cx<'_>, event: &Event, message: &Message) -> Result<()> {
    let Some(user) = message.author().filter(|_| cx.command(message).is_none()) else { return Ok(()) };
    let chat = message.chat.id;
    // What a person wrote is no post of the bot's.
    let reply = message.reply_to.as_ref().filter(|to| to.chat.is_none() && !matches!(to.sender, Sender::Person(_)));
    if let Some(reply) = reply {
        take_part(cx, event, chat, user, To::Message(reply.id)).await?;
    }
    if let Some(thread) = message.topic.filter(|thread| rules.posts.iter().any(|post| post.topic == Some(*thread))) {
        take_part(cx, event, chat, user, To::Thread(thread)).await?;
    }
    Ok(())
}

async fn take_part(cx: &mut Cx<'_>, event: &Event, chat: ChatId, user: &User, to: To) -> Result<()> {
    if !user.is_bot {
        let joined = cx.tx.member(chat, user.id).await?.and_then(|member| member.joined);
        cx.tx.take_part(Part { chat, user: user.id, to, at: event.at, joined });
    }
    Ok(())
}

/// Topic participation (S034, S040, M05): distinct members who replied, voted, reacted or wrote in the post's forum topic ÷
/// members when it came; summed over posts. A post is open for 24 hours, or until it comes again or another comes in its
/// forum topic. Who joined after it is in neither number. Posts with secret votes are left out. Source: `slot_participant`,
/// `slot.members`.
fn participation<'t>(posts: impl Iterator<Item = &'t Taken>) -> Share {
    posts.filter_map(|post| Some(Share::of(post.n, post.members?))).sum()
}

/// Slot fill (S058): posts published ÷ posts planned whose time has passed and that are settled; what the settings took
/// back is in neither number. Source: `slot.state`.
fn slot_fill(slots: &[&Slot]) -> Share {
    let planned = slots.iter().filter(|slot| matches!(slot.state, State::Posted | State::Skipped));
    Share::of(count(published(slots)), count(planned))
}

/// On-time rate (S058, S060): posts no later than 5 minutes ÷ posts published. Source: `slot.late`.
fn on_time(slots: &[&Slot]) -> Share {
    Share::of(count(published(slots).filter(|slot| slot.late <= ON_TIME)), count(published(slots)))
}

/// Lateness (S060), p95: from when a post was due until it was sent; of those published. Source: `slot.late`.
fn lateness(slots: &[&Slot]) -> Option<Span> {
    p95(published(slots).map(|slot| slot.late).collect())
}

fn published<'s>(slots: &'s [&Slot]) -> impl Iterator<Item = &'s Slot> {
    slots.iter().copied().filter(|slot| slot.state == State::Posted)
}

fn count<T>(items: impl Iterator<Item = T>) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}

/// Planned coverage (S060): days with a post ÷ days, from tomorrow on, over the community's groups; and how many posts
/// these are. Source: the calendar.
async fn coverage(rules: &Rules, cx: &mut Cx<'_>, days: i64) -> Result<(Share, usize)> {
    let begins = |cx: &Cx<'_>, day: Day| day.begins(cx.common.timezone.0, chrono::NaiveTime::MIN);
    let tomorrow = cx.day(cx.now).plus(1);
    // What comes at midnight belongs to the day that begins.
    let moment = Span::from_millis(1);
    let (from, to) = (begins(cx, tomorrow) - moment, begins(cx, tomorrow.plus(days)) - moment);
    let (mut covered, mut all, mut posts) = (0, 0, 0);
    for group in cx.groups() {
        let here: Vec<&Ready> = rules.posts.iter().filter(|post| is_for(cx, post, group.id)).collect();
        let now = cx.now;
        let coming = planning::coming(rules, cx.tx.conn().await?, group.id, here, now, (from, to)).await?;
        covered += count(coming.iter().map(|it| cx.day(it.at)).collect::<HashSet<Day>>().into_iter());
        posts += coming.len();
        all += days;
    }
    Ok((Share::of(covered, all), posts))
}

/// Tells what was asked for.
pub async fn tell(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, asked: &Asked) -> Result<()> {
    let (since, now) = (cx.days_back(PERIODS[PERIODS.len() - 1]), cx.now);
    let (mut posts, mut slots) = (Vec::new(), Vec::new());
    for group in cx.groups() {
        let conn = cx.tx.settled().await?;
        posts.extend(participants::since(conn, group.id, since).await?);
        slots.extend(slots::between(conn, group.id, since, now).await?);
    }
    posts.sort_by_key(|post| std::cmp::Reverse(post.due));
    let mut ahead = Vec::new();
    for days in AHEAD {
        let (share, posts) = coverage(rules, cx, days).await?;
        let share = share.in_words(cx.lang);
        ahead.push(cx.text("calendar.figure_ahead_value", context! { days, share, posts }));
    }
    let newest: Vec<Text> = posts.iter().take(LISTED).map(|post| one(cx, post)).collect();
    let mut figures = past(cx, &posts, &slots);
    if !newest.is_empty() {
        figures.insert(1, figure(cx, "newest", Values::Lines(newest)));
    }
    figures.push(figure(cx, "ahead", Values::Lines(ahead)));
    cx.tell(Some(chat), Told::Figures { page: PAGE.to_owned(), asked: asked.clone(), figures });
    Ok(())
}

fn figure(cx: &Cx<'_>, key: &str, values: Values) -> Figure {
    Figure { name: cx.words(&format!("calendar.figure_{key}")), values }
}

/// What can be told of each period.
fn past(cx: &Cx<'_>, posts: &[Taken], slots: &[Slot]) -> Vec<Figure> {
    let lang = cx.lang;
    let (mut taking, mut fill, mut punctual) = (Vec::new(), Vec::new(), Vec::new());
    for days in PERIODS {
        let from = cx.days_back(days);
        let slots: Vec<&Slot> = slots.iter().filter(|slot| slot.due >= from).collect();
        let posts = posts.iter().filter(|post| post.due >= from);
        taking.push(Text::plain(&participation(posts).in_words(lang)));
        fill.push(Text::plain(&slot_fill(&slots).in_words(lang)));
        let late = lateness(&slots).map(|span| said(Some(span), lang));
        let share = on_time(&slots).in_words(lang);
        punctual.push(cx.text("calendar.figure_on_time_value", context! { share, late }));
    }
    [("participation", taking), ("fill", fill), ("on_time", punctual)]
        .map(|(key, values)| figure(cx, key, Values::Periods(values)))
        .into()
}

/// A post in one line.
fn one(cx: &Cx<'_>, post: &Taken) -> Text {
    let share = post.members.map_or_else(|| NONE.to_owned(), |all| Share::of(post.n, all).in_words(cx.lang));
    let values = context! {
        when => list::moment(cx, post.due), title => &post.title, share, secret => post.members.is_none(),
    };
    cx.text("calendar.figure_newest_value", values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(state: State, late: i64) -> Slot {
        let (due, late) = (Timestamp(0), Span::secs(late));
        Slot { post: "a".to_owned(), due, title: String::new(), pick: 0, state, late }
    }

    #[test]
    fn what_was_skipped_is_a_hole_and_what_was_called_off_is_none() {
        let slots = [
            slot(State::Posted, 1),
            slot(State::Posted, 300),
            slot(State::Posted, 301),
            slot(State::Skipped, 0),
            slot(State::Cancelled, 0),
            slot(State::Sending, 0),
            slot(State::Planned, 0),
        ];
        let slots: Vec<&Slot> = slots.iter().collect();
        assert_eq!(slot_fill(&slots), Share::of(3, 4));
        assert_eq!(on_time(&slots), Share::of(2, 3));
        assert_eq!(lateness(&slots), Some(Span::secs(301)));
        assert_eq!((slot_fill(&[]), on_time(&[]), lateness(&[])), (Share::of(0, 0), Share::of(0, 0), None));
    }

    #[test]
    fn posts_with_secret_votes_are_in_neither_number() {
        let taken = |n, members| Taken { due: Timestamp(0), title: String::new(), n, members };
        let posts = [taken(3, Some(10)), taken(1, Some(30)), taken(9, None), taken(4, Some(2))];
        assert_eq!(participation(posts.iter()), Share::of(8, 44));
        assert_eq!(participation([].iter()), Share::of(0, 0));
    }
}
