//! Doing what a case leads to, and undoing it.

use anyhow::Result;

use super::case::{self, Case, Found, Hand, Hitch};
use super::ledger::{self, Spot};
use super::policy::{self, Act, Hold, Penalty};
use super::settings::{DELETABLE, Step};
use super::{Rules, announce, appeal, card, hold, outcome, warn};
use crate::cx::{Cx, Role};
use crate::model::event::Told;
use crate::model::{ChatId, ChatKind, Class, Effect, MessageId, MessageRef, Right, Timestamp, UserId};
use crate::store::activity::{Deed, DeedKind};

/// What the note of shutting out a channel calls it.
pub const CHANNEL: &str = "channel";

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

/// Makes a case a strike, does what it costs and tells of it. `asked` is when it was asked for: of what is long past the
/// group hears nothing.
pub async fn strike(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, step: Step, asked: Timestamp) -> Result<()> {
    give(rules, cx, case, step, "").await?;
    announce::made(rules, cx, case, asked).await?;
    ledger::put(cx.tx, case).await
}

/// Makes a case a strike and does what it costs, because of that order if it is one. Gives how much was asked of Telegram.
pub async fn give(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, step: Step, order: &str) -> Result<usize> {
    let active = active(cx, case).await?;
    let number = i64::try_from(active)? + 1;
    case.counts = true;
    case.acted = Some(cx.now);
    case.about.struck_at = case.acted;
    case.expires = Some(case.at + rules.settings.expire_after);
    case.about.number = number;
    case.about.penalty = Some(step.penalty());
    case.about.publish = step.publish;
    ledger::put(cx.tx, case).await?;
    let (community, chat, user, at) = (case.community, case.chat, case.user, case.at);
    let day = cx.day(at);
    cx.tx.log(Deed { community, chat, kind: DeedKind::Strike, reference: case.id, user, at, day, weight: 0.0 });
    let asked = enforce(cx, case, order).await?;
    ledger::put(cx.tx, case).await?;
    Ok(asked)
}

/// Does to the person what the case says, because of that order if it is one. Gives how much was asked of Telegram.
pub async fn enforce(cx: &mut Cx<'_>, case: &mut Case, order: &str) -> Result<usize> {
    case.try_again();
    let mut asked = 0;
    let (chat, user) = (case.chat, case.user);
    // A warning changes nothing about who may write.
    if !matches!(case.about.penalty, None | Some(Penalty::Warn)) {
        cx.tell(Some(chat), Told::Struck { user });
    }
    match case.about.penalty {
        None | Some(Penalty::Warn) => {}
        Some(Penalty::Mute(length)) => {
            // A longer mute that runs already is not shortened.
            let cases = ledger::of_user(cx.tx, case.community, user).await?;
            let held = match policy::hold(&case::acts(&cases, chat), cx.now) {
                Hold::Muted(left) => left,
                Hold::Free | Hold::Banned => length,
            };
            case.about.outlasted_until = (held > length).then(|| cx.now + held);
            let length = held.max(length);
            asked += guard(cx, case, "mute", order, Effect::Mute { chat, user, length }).await?;
        }
        // That they may come back is asked for once the ban was carried out: asked for at once, a repeated ban could
        // come after it and stay.
        Some(Penalty::Remove) => asked += guard(cx, case, "ban", order, Effect::Ban { chat, user }).await?,
        Some(Penalty::Ban) => {
            for chat in reach(cx, case) {
                asked += guard(cx, case, "ban", order, Effect::Ban { chat, user }).await?;
            }
        }
    }
    Ok(asked)
}

/// Asks for something about a person, to be called off with its case; without the right to it that is noted there, unless
/// who ordered it is told. Gives how much was asked of Telegram.
async fn guard(cx: &mut Cx<'_>, case: &mut Case, what: &str, order: &str, effect: Effect) -> Result<usize> {
    let chat = effect.chat().unwrap_or(case.chat);
    if !cx.lacks(chat, Right::Restrict) {
        cx.emit(Class::Guard, effect).note = ordered(case.id, what, order);
        return Ok(1);
    }
    if order.is_empty() || warn::is_for(order) || what == CHANNEL {
        outcome::note(cx, case, chat, Hitch::without_right(what)).await?;
    }
    Ok(0)
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

/// Deletes messages of a case in its group because of that order if it is one, noting there when that cannot be done. Says
/// whether it was asked of Telegram.
pub async fn delete(
    cx: &mut Cx<'_>,
    case: &mut Case,
    messages: Vec<MessageId>,
    written: Timestamp,
    order: &str,
) -> Result<bool> {
    let Some(hitch) = hindrance(cx, case.chat, written) else {
        ask_to_delete(cx, case.chat, messages, ordered(case.id, "delete", order));
        return Ok(true);
    };
    outcome::note(cx, case, case.chat, hitch).await?;
    Ok(false)
}

/// Takes messages of a case out of its group until they are judged; `order` says which for when Telegram refuses.
pub async fn hide(
    cx: &mut Cx<'_>,
    case: &mut Case,
    messages: Vec<MessageId>,
    written: Timestamp,
    order: &str,
) -> Result<bool> {
    let Some(hitch) = hindrance(cx, case.chat, written) else {
        ask_to_delete(cx, case.chat, messages, ordered(case.id, hold::HIDE, order));
        return Ok(true);
    };
    outcome::note(cx, case, case.chat, hitch).await?;
    Ok(false)
}

/// Deletes messages in a group, or says why that cannot be done.
pub fn delete_in(
    cx: &mut Cx<'_>,
    case: i64,
    chat: ChatId,
    messages: Vec<MessageId>,
    written: Timestamp,
) -> Option<Hitch> {
    let hitch = hindrance(cx, chat, written);
    if hitch.is_none() {
        ask_to_delete(cx, chat, messages, note(case, "delete"));
    }
    hitch
}

fn ask_to_delete(cx: &mut Cx<'_>, chat: ChatId, messages: Vec<MessageId>, note: String) {
    let messages = messages.into_iter().map(MessageRef::Id).collect();
    cx.emit(Class::Guard, Effect::Delete { chat, messages }).note = note;
}

/// What keeps a message written then from being deleted, as far as is known.
fn hindrance(cx: &Cx<'_>, chat: ChatId, written: Timestamp) -> Option<Hitch> {
    if cx.lacks(chat, Right::Delete) {
        Some(Hitch::Delete)
    } else {
        (cx.now.since(written) >= DELETABLE).then_some(Hitch::Old)
    }
}

/// Lets the channel of a case write no more in these groups, because of that order if it is one. Gives those it was asked
/// for in, or would be if the bot had the right.
pub async fn shut_out_of(
    cx: &mut Cx<'_>,
    case: &mut Case,
    channel: ChatId,
    mut groups: Vec<ChatId>,
    order: &str,
) -> Result<Vec<ChatId>> {
    // Channels do not write in basic groups.
    groups.retain(|chat| cx.chat(*chat).is_some_and(|row| row.kind == ChatKind::Supergroup));
    case.try_again();
    case.acted = Some(cx.now);
    case.about.penalty = Some(Penalty::Ban);
    for chat in groups.iter().copied() {
        guard(cx, case, CHANNEL, order, Effect::BanChannel { chat, channel }).await?;
    }
    if case.is_in_vain_somewhere() {
        case.reopen();
    }
    ledger::put(cx.tx, case).await?;
    Ok(groups)
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
        said.push(announce::warning_name(case));
    }
    if case.about.publish && case.warned.is_some_and(|at| cx.now.since(at) < DELETABLE) {
        said.push(announce::notice_name(case));
    }
    for name in said {
        cx.take_back(case.chat, name.into());
    }
    if case.counts {
        cx.tell(Some(case.chat), Told::StrikesUndone { user: case.user, strikes: vec![case.id] });
    }
    card::refresh(rules, cx, case).await?;
    appeal::refresh(cx, case).await
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
        (Some(Penalty::Mute(_)), Hold::Free) => {
            guard(cx, case, "unmute", "", Effect::Unmute { chat, user }).await?;
        }
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
    guard(cx, case, "unban", "", Effect::Unban { chat, user: case.user }).await?;
    Ok(())
}
