//! Orders that Telegram must carry out: `/mute`, `/unmute`, `/kick`, `/ban`, `/unban`. They are answered when it has, or
//! has refused, in one message however many groups there are.

use anyhow::Result;
use minijinja::context;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::case::Case;
use super::orders::{self, said, say};
use super::policy::Penalty;
use super::settings::{MUTE_MAX, MUTE_MIN};
use super::target::{self, Target};
use super::{Rules, act, ledger, report, words};
use crate::cx::Cx;
use crate::model::effect::Send;
use crate::model::event::Why;
use crate::model::{
    ChatId, ChatKind, Class, Effect, Event, Lang, Message, MessageId, Right, Span, Status, Text, UserId,
};

/// The order to shut out a channel, as the end of the key of its answer.
const CHANNEL: &str = "channel";
/// An order is forgotten after this: nothing of it can still be on its way.
const FORGOTTEN: Span = Span::hours(48);
/// Of what is no length of time so many characters are repeated.
const WRITTEN: usize = 20;

/// An order whose answer waits for Telegram. It is kept as a reminder under the command's number.
#[derive(Serialize, Deserialize)]
struct Order {
    /// The end of the key of the answer when it is done.
    done: String,
    user: UserId,
    length: Option<Span>,
    topic: Option<i64>,
    cases: Vec<i64>,
    /// The case that waited for the staff, if the order answers its message or card: it is closed when this was done.
    #[serde(default)]
    closes: Option<i64>,
    /// Groups it is for.
    places: Vec<ChatId>,
    /// Those no word came from yet.
    waits: Vec<ChatId>,
    /// It was done somewhere.
    happened: bool,
    /// Where it was not done, and why.
    failed: Vec<(ChatId, Failed)>,
}

/// Why an order was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Failed {
    Unknown,
    Immune,
    Rights,
    Supergroup,
    Other,
}

impl Failed {
    fn of(why: Why) -> Self {
        match why {
            Why::NotFound => Self::Unknown,
            Why::Immune => Self::Immune,
            Why::NoRights => Self::Rights,
            Why::NeedsSupergroup => Self::Supergroup,
            _ => Self::Other,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Unknown => "strikes.failed.unknown",
            Self::Immune => "strikes.failed.immune",
            Self::Rights => "strikes.failed.rights",
            Self::Supergroup => "strikes.failed.supergroup",
            Self::Other => "strikes.failed.other",
        }
    }
}

/// Carries out the order of that name.
pub async fn order(
    rules: &Rules,
    cx: &mut Cx<'_>,
    event: &Event,
    message: &Message,
    target: &Target,
    example: &str,
    name: &str,
) -> Result<()> {
    match name {
        "mute" => match target::length(&target.rest) {
            Some((length, _)) if !(MUTE_MIN..=MUTE_MAX).contains(&length) => {
                say(rules, cx, message, "strikes.length");
                Ok(())
            }
            Some((length, reason)) => {
                let target = Target { rest: reason.to_owned(), ..target.clone() };
                against(rules, cx, event, message, &target, Penalty::Mute(length)).await
            }
            None if let Some(number) = target::number_ahead(&target.rest) => {
                let text = match Span::read(number) {
                    Some(_) => cx.words("strikes.length"),
                    None => cx.text("strikes.no_length", context! { written => words::cut(number, WRITTEN) }),
                };
                orders::answer(rules, cx, message, text);
                Ok(())
            }
            None => {
                let text = cx.text("strikes.usage", context! { example });
                orders::answer(rules, cx, message, text);
                Ok(())
            }
        },
        "kick" => against(rules, cx, event, message, target, Penalty::Remove).await,
        "ban" => against(rules, cx, event, message, target, Penalty::Ban).await,
        _ => lift(rules, cx, message, target, name == "unban").await,
    }
}

/// Does what was ordered and keeps it with the person's cases, so that it is known what still stands.
async fn against(
    rules: &Rules,
    cx: &mut Cx<'_>,
    event: &Event,
    message: &Message,
    target: &Target,
    penalty: Penalty,
) -> Result<()> {
    let user = target.user.id;
    let Some(banned_in) = permitted(cx, message).await? else {
        say(rules, cx, message, "strikes.no_right");
        return Ok(());
    };
    let mut places = target::places(cx, message, user).await?;
    let mut reached = places.clone();
    match penalty {
        // A ban holds in all groups at once, also for somebody who is in none of them.
        Penalty::Ban => {
            reached = banned_in;
            places = places.into_iter().chain(reached.clone()).take(1).collect();
        }
        Penalty::Remove => {
            reached = inside(cx, &places, user).await?;
            places.clone_from(&reached);
        }
        Penalty::Mute(_) | Penalty::Warn => {}
    }
    if places.is_empty() {
        said(rules, cx, message, "strikes.not_here", target, 0);
        return Ok(());
    }
    let closes = report::waiting(cx, target).await?;
    let mut cases = Vec::new();
    for chat in &places {
        let mut case = orders::open(cx, event, message, target, *chat).await?;
        if !matches!(penalty, Penalty::Mute(_)) {
            orders::take_message(cx, &mut case, target, "").await?;
        }
        case.acted = Some(cx.now);
        case.about.penalty = Some(penalty);
        case.about.local = penalty == Penalty::Ban && act::groups(cx).iter().any(|group| !reached.contains(group));
        ledger::put(cx.tx, &case).await?;
        act::enforce(cx, &mut case, &key(message)).await?;
        ledger::put(cx.tx, &case).await?;
        cases.push(case.id);
    }
    let (done, length) = match penalty {
        Penalty::Mute(length) => ("mute", Some(length)),
        Penalty::Ban => ("ban", None),
        Penalty::Remove | Penalty::Warn => ("kick", None),
    };
    await_word(rules, cx, message, Order { length, cases, closes, ..Order::new(done, message, user) }, reached).await
}

/// Where who gave an order may ban: in all groups of the community or else in the one it was given in; none where they may
/// not.
pub async fn permitted(cx: &mut Cx<'_>, message: &Message) -> Result<Option<Vec<ChatId>>> {
    let (here, user) = (message.chat.id, message.author_id());
    let groups = act::groups(cx);
    let mut everywhere = true;
    for group in &groups {
        everywhere &= cx.may_restrict(here, user, *group).await?;
    }
    if everywhere {
        return Ok(Some(groups));
    }
    Ok(cx.may_restrict(here, user, here).await?.then(|| vec![here]))
}

/// Those of the places a person is not known to have left.
async fn inside(cx: &mut Cx<'_>, places: &[ChatId], user: UserId) -> Result<Vec<ChatId>> {
    let mut inside = Vec::new();
    for chat in places {
        if cx.tx.member(*chat, user).await?.is_none_or(|member| member.status.is_in()) {
            inside.push(*chat);
        }
    }
    Ok(inside)
}

/// `/unmute` and `/unban` lift what strikes and orders did, and whatever another admin did by hand.
async fn lift(rules: &Rules, cx: &mut Cx<'_>, message: &Message, target: &Target, bans: bool) -> Result<()> {
    let user = target.user.id;
    let Some(banned_in) = permitted(cx, message).await? else {
        say(rules, cx, message, "strikes.no_right");
        return Ok(());
    };
    let places = if bans { banned_in } else { target::places(cx, message, user).await? };
    if places.is_empty() {
        said(rules, cx, message, "strikes.not_here", target, 0);
        return Ok(());
    }
    let mut was_banned = false;
    for chat in &places {
        was_banned |= cx.tx.member(*chat, user).await?.is_some_and(|member| member.status == Status::Banned);
    }
    for mut case in ledger::of_user(cx.tx, cx.community, user).await? {
        let fits = match case.act().filter(|act| !act.lifted).map(|act| act.penalty) {
            Some(Penalty::Mute(_)) => !bans && places.contains(&case.chat),
            // What holds in more groups than these is not lifted by whom only these are.
            Some(Penalty::Ban | Penalty::Remove) => bans && act::reach(cx, &case).iter().all(|at| places.contains(at)),
            _ => false,
        };
        if fits {
            was_banned |= case.about.penalty == Some(Penalty::Ban);
            case.about.lifted = true;
            ledger::put(cx.tx, &case).await?;
            for chat in &places {
                cx.tx.withdraw(*chat, &act::note(case.id, if bans { "ban" } else { "mute" })).await?;
            }
        }
    }
    // Nobody is banned from a basic group.
    let bannable = |chat: &ChatId| !bans || cx.chat(*chat).is_some_and(|row| row.kind != ChatKind::Group);
    let reached: Vec<ChatId> = places.into_iter().filter(bannable).collect();
    for chat in reached.iter().copied().filter(|chat| !cx.lacks(*chat, Right::Restrict)).collect::<Vec<_>>() {
        let (what, effect) =
            if bans { ("unban", Effect::Unban { chat, user }) } else { ("unmute", Effect::Unmute { chat, user }) };
        cx.emit(Class::Guard, effect).note = act::ordered(0, what, &key(message));
    }
    let done = match (bans, was_banned) {
        (false, _) => "unmute",
        (true, true) => "unban",
        (true, false) => "not_banned",
    };
    await_word(rules, cx, message, Order::new(done, message, user), reached).await
}

impl Order {
    fn new(done: &str, message: &Message, user: UserId) -> Self {
        Self {
            done: done.to_owned(),
            user,
            length: None,
            topic: message.topic,
            cases: Vec::new(),
            closes: None,
            places: Vec::new(),
            waits: Vec::new(),
            happened: false,
            failed: Vec::new(),
        }
    }
}

/// What the effects of an order bear, so that what becomes of them is known to belong to it.
pub fn key(message: &Message) -> String {
    format!("{}/{}", message.chat.id, message.id)
}

/// Answers who ordered that a channel be shut out of these groups once word of all has come.
pub async fn await_channel(
    rules: &Rules,
    cx: &mut Cx<'_>,
    message: &Message,
    case: &Case,
    reached: Vec<ChatId>,
) -> Result<()> {
    let order = Order { cases: vec![case.id], ..Order::new(CHANNEL, message, case.user) };
    await_word(rules, cx, message, order, reached).await
}

/// Keeps an order until word of every group has come. `reached` are the groups it is for.
async fn await_word(
    rules: &Rules,
    cx: &mut Cx<'_>,
    message: &Message,
    mut order: Order,
    reached: Vec<ChatId>,
) -> Result<()> {
    order.places.clone_from(&reached);
    // Nothing to be done is as good as done.
    order.happened = reached.is_empty();
    for chat in reached {
        if cx.lacks(chat, Right::Restrict) {
            order.failed.push((chat, Failed::Rights));
        } else {
            order.waits.push(chat);
        }
    }
    if order.waits.is_empty() {
        return conclude(rules, cx, message.chat.id, message.id, &order).await;
    }
    let due = cx.now + FORGOTTEN;
    cx.remind(message.chat.id, &format!("order/{}", message.id), due, json!(order));
    Ok(())
}

/// Word of one group came: it was done there, or refused.
pub async fn heard(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, key: &str, refused: Option<Why>) -> Result<()> {
    let read = |(place, message): (&str, &str)| Some((ChatId(place.parse().ok()?), MessageId(message.parse().ok()?)));
    let Some((place, message)) = key.split_once('/').and_then(read) else { return Ok(()) };
    let place = cx.current(place);
    let name = format!("order/{message}");
    let Some(reminder) = cx.tx.reminder(place, &format!("strikes/{name}")).await? else { return Ok(()) };
    let mut order: Order = serde_json::from_value(reminder.payload)?;
    order.waits.retain(|waits| cx.current(*waits) != chat);
    match refused {
        None => order.happened = true,
        // A channel is nobody to be an administrator, and one that is not found may write on all the same.
        Some(Why::NotFound | Why::Immune) if order.done == CHANNEL => order.failed.push((chat, Failed::Other)),
        Some(why) => order.failed.push((chat, Failed::of(why))),
    }
    if order.waits.is_empty() {
        cx.unremind(place, &name).await?;
        return conclude(rules, cx, place, message, &order).await;
    }
    cx.remind(place, &name, reminder.due, json!(order));
    Ok(())
}

/// Answers an order with what became of it. What did not happen does not stand against the person.
async fn conclude(rules: &Rules, cx: &mut Cx<'_>, place: ChatId, message: MessageId, order: &Order) -> Result<()> {
    for id in &order.cases {
        let Some(mut case) = ledger::case(cx.tx, *id).await? else { continue };
        // A ban is one case for all groups.
        let for_all = case.about.penalty == Some(Penalty::Ban);
        let failed_there = order.failed.iter().any(|(chat, _)| cx.current(*chat) == case.chat);
        if case.channel().is_none() && (!order.happened || failed_there && !for_all) {
            case.about.lifted = true;
            ledger::put(cx.tx, &case).await?;
        }
        if order.happened {
            report::close(rules, cx, order.closes, &case).await?;
        }
    }
    let text = outcome(cx, place, order).await?;
    let name = orders::answer_name(cx);
    let send = Send { name: Some(name.clone()), topic: order.topic, reply_to: Some(message), ..Send::new(place, text) };
    cx.send(Class::Order, send);
    orders::leave_for_a_while(rules, cx, place, name);
    Ok(())
}

/// What became of an order, in words: that it was done, and where it was not.
async fn outcome(cx: &mut Cx<'_>, place: ChatId, order: &Order) -> Result<Text> {
    let member = match order.cases.first() {
        Some(id) if order.done == CHANNEL => match ledger::case(cx.tx, *id).await? {
            Some(case) => words::subject(cx, &case).await?,
            None => order.user.to_string().into(),
        },
        _ => words::member(cx, place, order.user).await?,
    };
    let length = order.length.map(|length| length.in_words(cx.lang));
    let failed = |chat: &ChatId| order.failed.iter().any(|(failed, _)| failed == chat);
    let places: Vec<ChatId> = order.places.iter().copied().filter(|chat| !failed(chat)).collect();
    let away = is_away(cx, &places, order.user).await?;
    let values = context! { member, length, away, place => place_words(cx, &places) };
    let say = |key: &str| cx.text(key, values.clone());
    match order.failed.last() {
        Some((_, failed)) if !order.happened => {
            let why = words::inside(&say(failed.key()));
            return Ok(cx.text("strikes.failed", context! { why }));
        }
        None => return Ok(say(&format!("strikes.ok.{}", order.done))),
        Some(_) => {}
    }
    let failures: Vec<_> = order
        .failed
        .iter()
        .map(|(chat, failed)| context! { group => words::group(cx, *chat), why => words::inside(&say(failed.key())) })
        .collect();
    let done = words::inside(&say(&format!("strikes.ok.{}", order.done)));
    Ok(cx.text("strikes.ok.partly", context! { done, failures }))
}

/// Whether a person is known to be in none of these groups.
async fn is_away(cx: &mut Cx<'_>, places: &[ChatId], user: UserId) -> Result<bool> {
    let mut away = !places.is_empty();
    for chat in places {
        away &= cx.tx.member(*chat, user).await?.is_some_and(|member| !member.status.is_in());
    }
    Ok(away)
}

/// Where an order was carried out; nothing where there is only one group.
fn place_words(cx: &Cx<'_>, places: &[ChatId]) -> Option<String> {
    let titles: Vec<String> = places.iter().map(|chat| words::group(cx, *chat)).collect();
    let and = match cx.lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    };
    (act::groups(cx).len() > 1).then(|| titles.join(and))
}
