//! What the group and the person hear of a case.

use anyhow::Result;
use minijinja::{Value, context};

use super::act::note;
use super::case::{Case, Found};
use super::policy::Penalty;
use super::settings::Action;
use super::{Rules, ledger, words};
use crate::cx::Cx;
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::text::masked;
use crate::model::{Class, Effect, MessageKey, MessageRef, Span, Text, Timestamp};
use crate::store::persons::Reach;

/// Public warnings in one group within a minute; the rest of a raid is dealt with in silence.
const WARNINGS_A_MINUTE: i64 = 3;

/// Tells the group, or the person alone where the group need not or cannot hear it.
pub async fn made(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, asked: Timestamp) -> Result<()> {
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
    let mut send = Send::new(case.chat, warning(rules, cx, case).await?);
    send.topic = case.about.topic;
    send.name = Some(warning_name(case));
    send.keyboard = with_rules(cx, case, appeal_keys(rules, cx, case));
    cx.send(Class::Reply, send).note = note(case.id, "warning");
    cx.take_back_later(case.chat, warning_name(case), rules.settings.warning_for);
    Ok(())
}

/// What a warning is called.
pub fn warning_name(case: &Case) -> MessageKey {
    MessageKey(format!("strikes/warning/{}", case.id))
}

/// Brings a warning that is still to be seen to what Telegram agreed to.
pub async fn correct(rules: &Rules, cx: &mut Cx<'_>, case: &Case) -> Result<()> {
    let is_shown = case.warned.is_some_and(|at| cx.now.since(at) < rules.settings.warning_for);
    let is_out = matches!(case.about.penalty, Some(Penalty::Remove | Penalty::Ban));
    if !is_shown || case.undone.is_some() {
        return Ok(());
    }
    if is_out && case.about.publish && case.is_idle() {
        cx.take_back(case.chat, notice_name(case).into());
    } else if !is_out {
        let text = warning(rules, cx, case).await?;
        let keyboard = with_rules(cx, case, appeal_keys(rules, cx, case));
        let message = MessageRef::Name(warning_name(case));
        cx.emit(Class::Reply, Effect::Edit { chat: case.chat, message, text, keyboard });
    }
    Ok(())
}

/// What the notice of a removal is called.
pub fn notice_name(case: &Case) -> MessageKey {
    MessageKey(format!("strikes/notice/{}", case.id))
}

async fn warning(rules: &Rules, cx: &mut Cx<'_>, case: &Case) -> Result<Text> {
    let ladder = &rules.settings.ladder;
    let limit = ladder.len();
    let ahead = usize::try_from(case.about.number)? < limit;
    let more = match ladder.last().map(|step| step.action).filter(|_| ahead) {
        None | Some(Action::Warn) => String::new(),
        Some(Action::Mute) => cx.words("strikes.more.mute").visible(),
        Some(Action::Remove) => cx.words("strikes.more.remove").visible(),
        Some(Action::Ban) => cx.words("strikes.more.ban").visible(),
    };
    let (length, ends) = if case.is_idle() { Default::default() } else { words::mute(cx, case) };
    let key = if case.about.found == Found::Warn { "strikes.warned_by_staff" } else { "strikes.warned" };
    let member = words::member(cx, case.chat, case.user).await?;
    let values = context! {
        member, rule => words::cause(cx, case), number => case.about.number, limit, more, length, ends,
        until => words::until(cx, case), ad => case.is_ad(), removed => !case.is_left_standing(),
    };
    Ok(cx.text(key, values))
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
    send.name = Some(notice_name(case));
    if rules.can_appeal(cx) {
        let words = cx.words("strikes.appeal_button").visible();
        send.keyboard = Keyboard::row([Key::start(words, format!("appeal_{}", case.id))]);
    }
    send.keyboard = with_rules(cx, case, send.keyboard);
    cx.send(Class::Reply, send).note = note(case.id, "notice");
    Ok(())
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
