//! Giving and undoing strikes: the rows, what is done to the person, what the group hears.

use anyhow::Result;
use minijinja::{Value, context};

use super::case::{self, Case, Found, Hand, Hitch};
use super::ledger::{self, Spot};
use super::policy::{self, Act, Hold, Penalty};
use super::settings::{Action, DELETABLE, Step};
use super::{Rules, card, outcome, words};
use crate::cx::{Cx, Role};
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::Told;
use crate::model::text::masked;
use crate::model::{
    ChatId, ChatKind, Class, Effect, MessageId, MessageKey, MessageRef, Right, Span, Timestamp, UserId,
};
use crate::store::activity::{Deed, DeedKind};
use crate::store::persons::Reach;

/// Public warnings in one group within a minute; the rest of a raid is dealt with in silence.
const WARNINGS_A_MINUTE: i64 = 3;

/// Begins the note of an effect that belongs to a case, so that it can be called off and known again.
pub fn note(case: i64, what: &str) -> String {
    format!("strikes:{case}:{what}")
}

/// The same for what was ordered by a command, which waits for an answer.
pub fn ordered(case: i64, what: &str, order: &str) -> String {
    if order.is_empty() { note(case, what) } else { format!("strikes:{case}:{what}:{order}") }
}

/// A case that is only just known.
pub async fn open(cx: &mut Cx<'_>, user: UserId, spot: Spot<'_>, at: Timestamp) -> Result<Case> {
    let case = Case {
        community: cx.community,
        id: ledger::next_id(cx.tx).await?,
        user,
        chat: spot.chat,
        at,
        counts: false,
        acted: None,
        expires: None,
        undone: None,
        warned: None,
        carded: None,
        about: case::About::default(),
    };
    ledger::put(cx.tx, &case).await?;
    Ok(case)
}

/// The step of the ladder a person's next strike is.
pub async fn step(rules: &Rules, cx: &mut Cx<'_>, case: &Case) -> Result<Step> {
    let settings = &rules.settings;
    if case.about.found == Found::Severe {
        return Ok(settings.severe);
    }
    let active = active(cx, case).await?;
    Ok(policy::next(&settings.ladder, active).copied().unwrap_or(settings.severe))
}

/// Strikes in force against the person, this one left out.
async fn active(cx: &mut Cx<'_>, case: &Case) -> Result<usize> {
    let cases = ledger::of_user(cx.tx, case.community, case.user).await?;
    let others: Vec<policy::Mark> = cases
        .iter()
        .filter(|other| other.counts && other.id != case.id)
        .filter_map(|other| Some(policy::Mark { expires: other.expires?, undone: other.undone.is_some() }))
        .collect();
    Ok(policy::active(&others, case.at))
}

/// Makes a case a strike and does what it costs. `asked` is when it was asked for: of what is long past the group hears
/// nothing.
pub async fn strike(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, step: Step, asked: Timestamp) -> Result<()> {
    let active = active(cx, case).await?;
    let number = i64::try_from(active)? + 1;
    case.counts = true;
    case.acted = Some(cx.now);
    case.expires = Some(case.at + rules.settings.expire_after);
    case.about.number = number;
    case.about.penalty = Some(step.penalty());
    case.about.publish = step.publish;
    ledger::put(cx.tx, case).await?;
    let (community, chat, user, at) = (case.community, case.chat, case.user, case.at);
    let day = cx.day(at);
    cx.tx.log(Deed { community, chat, kind: DeedKind::Strike, reference: case.id, user, at, day, weight: 0.0 });
    cx.tell(Some(chat), Told::StrikeGiven { user, strike: case.id, active: number });
    enforce(cx, case, "").await?;
    announce(rules, cx, case, asked).await?;
    ledger::put(cx.tx, case).await
}

/// Does to the person what the case says, because of that order if it is one.
pub async fn enforce(cx: &mut Cx<'_>, case: &mut Case, order: &str) -> Result<()> {
    case.try_again();
    let (chat, user) = (case.chat, case.user);
    match case.about.penalty {
        None | Some(Penalty::Warn) => {}
        Some(Penalty::Mute(length)) => {
            // A longer mute that runs already is not shortened.
            let cases = ledger::of_user(cx.tx, case.community, user).await?;
            let length = match policy::hold(&case::acts(&cases, chat), cx.now) {
                Hold::Muted(left) => left.max(length),
                Hold::Free | Hold::Banned => length,
            };
            guard(cx, case, "mute", order, Effect::Mute { chat, user, length }).await?;
        }
        // That they may come back is asked for once the ban was carried out: asked for at once, a repeated ban could
        // come after it and stay.
        Some(Penalty::Remove) => guard(cx, case, "ban", order, Effect::Ban { chat, user }).await?,
        Some(Penalty::Ban) => {
            for chat in reach(cx, case) {
                guard(cx, case, "ban", order, Effect::Ban { chat, user }).await?;
            }
        }
    }
    Ok(())
}

/// Asks for something about a person, to be called off with its case; without the right to it that is noted there.
async fn guard(cx: &mut Cx<'_>, case: &mut Case, what: &str, order: &str, effect: Effect) -> Result<()> {
    let chat = effect.chat().unwrap_or(case.chat);
    if !cx.lacks(chat, Right::Restrict) {
        cx.emit(Class::Guard, effect).note = ordered(case.id, what, order);
    } else if order.is_empty() {
        outcome::note(cx, case, chat, Hitch::without_right(what)).await?;
    }
    Ok(())
}

/// The groups of the community the bot is in.
pub fn groups(cx: &Cx<'_>) -> Vec<ChatId> {
    let mut chats: Vec<ChatId> = cx
        .tx
        .chats()
        .filter(|row| row.community == cx.community && row.is_live() && !row.id.is_private())
        .map(|row| row.id)
        .filter(|chat| cx.role(*chat) == Role::Group)
        .collect();
    chats.sort_unstable();
    chats
}

/// The groups in which a case has its effect.
pub fn reach(cx: &Cx<'_>, case: &Case) -> Vec<ChatId> {
    match case.about.penalty {
        Some(Penalty::Ban) if !case.about.local => groups(cx),
        _ => vec![case.chat],
    }
}

/// Deletes messages of a case in its group, noting there when that cannot be done.
pub async fn delete(cx: &mut Cx<'_>, case: &mut Case, messages: Vec<MessageId>, written: Timestamp) -> Result<()> {
    match delete_in(cx, &note(case.id, "delete"), case.chat, messages, written) {
        Some(hitch) => outcome::note(cx, case, case.chat, hitch).await,
        None => Ok(()),
    }
}

/// Deletes messages in a group under this note, or says why that cannot be done.
pub fn delete_in(
    cx: &mut Cx<'_>,
    note: &str,
    chat: ChatId,
    messages: Vec<MessageId>,
    written: Timestamp,
) -> Option<Hitch> {
    if cx.lacks(chat, Right::Delete) {
        return Some(Hitch::Delete);
    }
    if cx.now.since(written) >= DELETABLE {
        return Some(Hitch::Old);
    }
    let messages = messages.into_iter().map(MessageRef::Id).collect();
    note.clone_into(&mut cx.emit(Class::Guard, Effect::Delete { chat, messages }).note);
    None
}

/// Tells the group, or the person alone where the group need not or cannot hear it.
async fn announce(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, asked: Timestamp) -> Result<()> {
    let out = matches!(case.about.penalty, Some(Penalty::Remove | Penalty::Ban)) && !case.is_idle();
    let since = cx.now - Span::minutes(1);
    let room = ledger::warned_since(cx.tx, case.chat, since).await? < WARNINGS_A_MINUTE;
    if (!out && !cx.is_stale(asked) || out && case.about.publish) && room {
        case.warned = Some(cx.now);
        if out { publish(rules, cx, case).await? } else { warn(rules, cx, case).await? }
    }
    if (out || case.warned.is_none()) && cx.tx.reach(case.user).await? == Reach::Open {
        let values = context! {
            group => words::group(cx, case.chat), rule => words::cause(cx, case),
            ad => case.is_ad(), appeal => rules.can_appeal(cx), done => words::inside(&words::done(cx, case, false)),
        };
        let mut send = Send::new(case.user.private(), cx.text("strikes.private", values));
        send.keyboard = appeal_keys(rules, cx, case);
        cx.send(Class::Reply, send);
    }
    Ok(())
}

fn appeal_keys(rules: &Rules, cx: &Cx<'_>, case: &Case) -> Keyboard {
    if !rules.can_appeal(cx) {
        return Keyboard::default();
    }
    let words = cx.words("strikes.appeal_button").visible();
    Keyboard::row([Key::press(words, format!("strikes:appeal:{}", case.id))])
}

/// Adds a button that opens the rules of the group in private, where it has some.
fn with_rules(cx: &Cx<'_>, case: &Case, keyboard: Keyboard) -> Keyboard {
    let rules = cx.settings.value(case.chat, "welcome.rules");
    if rules.as_ref().and_then(|rules| rules.as_str()).is_none_or(|rules| rules.trim().is_empty()) {
        return keyboard;
    }
    let words = cx.words("strikes.rules_button").visible();
    keyboard.and_row([Key::start(words, format!("rules_{}", case.chat))])
}

/// The short warning in the group. It goes away by itself.
async fn warn(rules: &Rules, cx: &mut Cx<'_>, case: &Case) -> Result<()> {
    let ladder = &rules.settings.ladder;
    let limit = ladder.len();
    let ahead = usize::try_from(case.about.number)? < limit;
    let more = match ladder.last().map(|step| step.action).filter(|_| ahead) {
        None | Some(Action::Warn) => String::new(),
        Some(Action::Mute) => cx.words("strikes.more.mute").visible(),
        Some(Action::Remove) => cx.words("strikes.more.remove").visible(),
        Some(Action::Ban) => cx.words("strikes.more.ban").visible(),
    };
    let length = match case.about.penalty {
        Some(Penalty::Mute(length)) if !case.is_idle() => length.in_words(cx.lang),
        _ => String::new(),
    };
    let key = if case.about.found == Found::Warn { "strikes.warned_by_staff" } else { "strikes.warned" };
    let member = words::member(cx, case.chat, case.user).await?;
    let values = context! {
        member, rule => words::cause(cx, case), number => case.about.number, limit, more, length,
        until => words::until(cx, case), ad => case.is_ad(), removed => !case.is_left_standing(),
    };
    let name = MessageKey(format!("strikes/warning/{}", case.id));
    let mut send = Send::new(case.chat, cx.text(key, values));
    send.topic = case.about.topic;
    send.name = Some(name.clone());
    send.keyboard = with_rules(cx, case, appeal_keys(rules, cx, case));
    cx.send(Class::Reply, send).note = note(case.id, "warning");
    cx.take_back_later(case.chat, name, rules.settings.warning_for);
    Ok(())
}

/// Makes a removal public, the name masked.
async fn publish(rules: &Rules, cx: &mut Cx<'_>, case: &Case) -> Result<()> {
    let name = words::name(cx, case.chat, case.user).await?.unwrap_or_default();
    let values = context! {
        name => masked(&cx.shown_name(&name)), rule => words::why(cx, case),
        banned => case.about.penalty == Some(Penalty::Ban),
    };
    let mut send = Send::new(case.chat, cx.text("strikes.published", values));
    send.topic = rules.settings.publish_in.or(case.about.topic);
    send.name = Some(MessageKey(format!("strikes/notice/{}", case.id)));
    if rules.can_appeal(cx) {
        let words = cx.words("strikes.appeal_button").visible();
        send.keyboard = Keyboard::row([Key::start(words, format!("appeal_{}", case.id))]);
    }
    send.keyboard = with_rules(cx, case, send.keyboard);
    cx.send(Class::Reply, send).note = note(case.id, "notice");
    Ok(())
}

/// Takes a strike back as if it had not happened: what waits is called off, what was done is undone unless something
/// else still stands for it.
pub async fn undo(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, by: Option<Hand>) -> Result<()> {
    if case.undone.is_some() {
        return Ok(());
    }
    case.undone = Some(cx.now);
    case.about.undone_by = by;
    ledger::put(cx.tx, case).await?;
    for chat in groups(cx) {
        cx.tx.withdraw(chat, &note(case.id, "")).await?;
    }
    release(cx, case).await?;
    ledger::put(cx.tx, case).await?;
    let mut said = Vec::new();
    if case.warned.is_some_and(|at| cx.now.since(at) < rules.settings.warning_for) {
        said.push(format!("strikes/warning/{}", case.id));
    }
    if case.about.publish && case.warned.is_some_and(|at| cx.now.since(at) < DELETABLE) {
        said.push(format!("strikes/notice/{}", case.id));
    }
    for name in said {
        cx.take_back(case.chat, MessageKey(name).into());
    }
    if case.counts {
        cx.tell(Some(case.chat), Told::StrikesUndone { user: case.user, strikes: vec![case.id] });
    }
    card::refresh(rules, cx, case).await?;
    card::refresh_appeal(cx, case).await
}

/// Lifts what a case did to the person, as far as nothing else still stands for it. The case is lifted or undone already.
pub async fn release(cx: &mut Cx<'_>, case: &mut Case) -> Result<()> {
    let (chat, user) = (case.chat, case.user);
    let cases = ledger::of_user(cx.tx, case.community, user).await?;
    let others: Vec<Act> = case::acts(&cases, chat);
    let hold = policy::hold(&others, cx.now);
    match (case.about.penalty, hold) {
        (None | Some(Penalty::Warn), _) | (_, Hold::Banned) => {}
        (Some(Penalty::Mute(_) | Penalty::Remove), _) if case.is_idle() => {}
        (Some(Penalty::Mute(_)), Hold::Muted(length)) => {
            guard(cx, case, "again", "", Effect::Mute { chat, user, length }).await?;
        }
        (Some(Penalty::Mute(_)), Hold::Free) => guard(cx, case, "unmute", "", Effect::Unmute { chat, user }).await?,
        (Some(Penalty::Remove), _) => unban(cx, case, chat).await?,
        (Some(Penalty::Ban), _) => {
            for chat in reach(cx, case) {
                unban(cx, case, chat).await?;
            }
        }
    }
    Ok(())
}

/// Lets the person of a case come back. Basic groups know no bans.
pub async fn unban(cx: &mut Cx<'_>, case: &mut Case, chat: ChatId) -> Result<()> {
    if cx.chat(chat).is_none_or(|row| row.kind == ChatKind::Group) {
        return Ok(());
    }
    guard(cx, case, "unban", "", Effect::Unban { chat, user: case.user }).await
}

/// Tells the member something about their case: in private where that works, else in the group.
pub async fn tell_member(cx: &mut Cx<'_>, case: &Case, key: &str) -> Result<()> {
    let member: Value = words::member(cx, case.chat, case.user).await?;
    let values = context! { member, until => words::until(cx, case) };
    let text = cx.text(key, values);
    let mut send = Send::new(case.chat, text);
    if cx.tx.reach(case.user).await? == Reach::Open {
        send.chat = case.user.private();
    } else {
        send.topic = case.about.topic;
    }
    cx.send(Class::Reply, send);
    Ok(())
}
