//! Cards in the staff chat: what happened, why, what was done, and buttons to decide otherwise.
//!
//! A card is decided once. Whoever presses after that is told so, and nothing happens.

use anyhow::Result;
use minijinja::{Value, context};

use super::case::{self, Appeal, Case, Decision, Found, Hand};
use super::policy::Penalty;
use super::settings::{Action, Step};
use super::{Rules, act, allowed, announce, appeal, banned, hold, ledger, opinion, orders, teach, words};
use crate::cx::{Cx, Role};
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::{Event, Kind, Press, Told};
use crate::model::{ChatId, Class, CommunityId, Effect, Message, MessageKey, MessageRef, Span, Text, UserId};

/// Cards within a minute; of a raid's rest the staff get one summary.
const CARDS_A_MINUTE: i64 = 6;
/// Numbers of cases in a summary.
const NUMBERS_LISTED: usize = 40;

/// What a case's card is called.
pub fn name(case: &Case) -> MessageKey {
    MessageKey(format!("strikes/card/{}", case.id))
}

/// Shows the staff a case, or that it has changed.
pub async fn show(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case) -> Result<()> {
    let Some(staff) = cx.staff_chat() else { return Ok(()) };
    if case.has_card() {
        return refresh(rules, cx, case).await;
    }
    let since = cx.now - Span::minutes(1);
    // A ban is never left to a summary.
    let is_ban = case.about.penalty == Some(Penalty::Ban);
    if !is_ban && ledger::carded_since(cx.tx, case.community, since).await? >= CARDS_A_MINUTE {
        case.carded = Some(case::LEFT_OUT);
        let name = format!("digest/{}", case.community.0);
        if cx.tx.reminder(staff, &format!("strikes/{name}")).await?.is_none() {
            let due = cx.now + Span::minutes(1);
            cx.remind(staff, &name, due, serde_json::Value::Null);
        }
        return ledger::put(cx.tx, case).await;
    }
    case.carded = Some(cx.now);
    ledger::put(cx.tx, case).await?;
    let mut send = Send::new(staff, text(rules, cx, case).await?);
    send.name = Some(name(case));
    send.keyboard = keys(cx, case);
    cx.send(Class::Reply, send);
    Ok(())
}

/// Brings the card, if there is one, to what the case is now.
pub async fn refresh(rules: &Rules, cx: &mut Cx<'_>, case: &Case) -> Result<()> {
    let Some(chat) = cx.staff_chat().filter(|_| case.has_card()) else { return Ok(()) };
    let text = text(rules, cx, case).await?;
    let keyboard = keys(cx, case);
    cx.emit(Class::Reply, Effect::Edit { chat, message: MessageRef::Name(name(case)), text, keyboard });
    Ok(())
}

async fn text(rules: &Rules, cx: &mut Cx<'_>, case: &Case) -> Result<Text> {
    let about = &case.about;
    let found = match about.found {
        Found::Ad => "ad",
        Found::Severe => "severe",
        Found::Suspect => "suspect",
        Found::Report => "report",
        Found::Offence if case.is_for_staff() && !case.counts => "doubt",
        Found::Offence => "offence",
        Found::Warn => "warn",
        Found::Order => "order",
        Found::Listed => "listed",
    };
    let member = words::subject(cx, case).await?;
    let mut reasons = words::reasons(cx, &about.reasons);
    for (key, words) in [("strikes.card.reason", &about.reason), ("strikes.card.reported", &about.reported)] {
        if !words.is_empty() {
            reasons.push(context! { name => words::inside(&cx.text(key, context! { words })), evidence => "" });
        }
    }
    reasons.extend(about.evidence.iter().map(|it| context! { name => &it.by, evidence => &it.words }));
    let link = link(cx, case).await?;
    let values = context! {
        id => case.id, member, user => case.user.0, chat => words::group(cx, case.chat),
        time => cx.moment(case.at), found => cx.words(&format!("strikes.found.{found}")).visible(), reasons,
        text => &about.text, link, done => words::inside(&words::done(cx, case, rules.settings.shadow)),
        notes => notes(cx, case),
    };
    Ok(cx.text("strikes.card", values))
}

/// The address of the message a case is about, as long as nothing was done about it.
async fn link(cx: &mut Cx<'_>, case: &Case) -> Result<Option<String>> {
    if case.acted.is_some()
        || case.about.held.is_some()
        || !matches!(case.about.found, Found::Ad | Found::Severe | Found::Suspect | Found::Report | Found::Offence)
    {
        return Ok(None);
    }
    let messages = ledger::messages(cx.tx, case.community, case.id, case.chat).await?;
    let place = match cx.chat(case.chat).and_then(|row| row.username.clone()) {
        Some(name) => Some(name),
        None => case.chat.to_string().strip_prefix("-100").map(|number| format!("c/{number}")),
    };
    Ok(messages.first().zip(place).map(|(message, place)| format!("https://t.me/{place}/{message}")))
}

/// Shows the staff the case of a number, with what they can decide.
pub async fn asked(rules: &Rules, cx: &mut Cx<'_>, message: &Message, id: i64) -> Result<()> {
    let found = ledger::case(cx.tx, id).await?.filter(|case| case.community == cx.community);
    let Some(mut case) = found else {
        orders::say(rules, cx, message, "strikes.no.number");
        return Ok(());
    };
    if cx.role(message.chat.id) != Role::Staff {
        orders::say(rules, cx, message, "strikes.in_staff_chat");
        return Ok(());
    }
    let mut send = Send::new(message.chat.id, text(rules, cx, &case).await?);
    send.keyboard = keys(cx, &case);
    send.name = Some(MessageKey(format!("strikes/look/{}/{}", case.id, cx.cause)));
    // From now on this is its card; one it has already stays that.
    if !case.has_card() {
        send.name = Some(name(&case));
        case.carded = Some(cx.now);
        ledger::put(cx.tx, &case).await?;
    }
    cx.reply_with(message, send);
    Ok(())
}

/// What else is to be known of a case, a line each.
fn notes(cx: &Cx<'_>, case: &Case) -> Vec<Value> {
    let about = &case.about;
    let by = |key: &str, hand| words::inside(&cx.text(key, context! { by => words::hand(cx, hand) }));
    let mut notes = Vec::new();
    notes.extend(hold::note(cx, case));
    if !about.allowed.is_empty() {
        let entries = about.allowed.join(" ");
        notes.push(words::inside(&cx.text("strikes.note.allowed", context! { entries })));
    }
    notes.extend(opinion::note(cx, case));
    if about.reports > 0 {
        notes.push(words::inside(&cx.text("strikes.note.reports", context! { n => about.reports })));
    }
    if about.by.is_some() {
        notes.push(by("strikes.note.given_by", about.by.as_ref()));
    }
    let who = about.decided_by.as_ref();
    match about.decision {
        Some(Decision::Cleared) if case.about.found == Found::Listed => notes.push(by("strikes.note.admitted", who)),
        Some(Decision::Cleared) if case.counts && case.is_ad() => notes.push(by("strikes.note.cleared", who)),
        Some(Decision::Cleared) if case.counts => notes.push(by("strikes.note.acquitted", who)),
        Some(Decision::Cleared) => notes.push(by("strikes.note.fine", who)),
        Some(Decision::Right) => notes.push(by("strikes.note.right", who)),
        Some(Decision::Struck) if !case.is_ad() => notes.push(by("strikes.note.upheld", who)),
        Some(Decision::Struck) => notes.push(by("strikes.note.struck", who)),
        Some(Decision::Banned) => notes.push(by("strikes.note.banned", who)),
        Some(Decision::Muted) => notes.push(by("strikes.note.muted", who)),
        Some(Decision::Removed) => notes.push(by("strikes.note.removed", who)),
        Some(Decision::Trusted) => notes.push(by("strikes.note.trusted", who)),
        Some(Decision::Immune) => notes.push(words::inside(&cx.words("strikes.note.immune"))),
        None => {}
    }
    if case.undone.is_some() && !matches!(about.decision, Some(Decision::Cleared | Decision::Immune)) {
        notes.push(by("strikes.note.undone", about.undone_by.as_ref()));
    }
    if let Some(appeal) = about.appeal {
        notes.push(words::inside(&cx.words(&format!("strikes.note.appeal.{}", appeal::word(appeal)))));
    }
    for trouble in &about.troubles {
        let chat = words::group(cx, trouble.chat);
        notes.push(words::inside(&cx.text(&format!("strikes.trouble.{}", trouble.hitch.word()), context! { chat })));
    }
    notes
}

fn keys(cx: &Cx<'_>, case: &Case) -> Keyboard {
    if case.about.decision.is_some() || case.undone.is_some() {
        return Keyboard::default();
    }
    let key = |word: &str, verb: &str| {
        Key::press(cx.words(&format!("strikes.key.{word}")).visible(), format!("strikes:{verb}:{}", case.id))
    };
    if case.channel().is_some() {
        let shut = key("shut", "shut");
        return match case.acted {
            None => Keyboard::row([shut, key("fine", "clear")]),
            // It can be tried again; the message is gone.
            Some(_) if case.is_in_vain_somewhere() => Keyboard::row([shut]),
            Some(_) => Keyboard::default(),
        };
    }
    if case.about.found == Found::Listed {
        let admit = key("admit", "admit");
        return if case.acted.is_some() { Keyboard::row([admit]) } else { Keyboard::row([key("ban", "ban"), admit]) };
    }
    let (clear, strike) = if case.is_ad() { ("clear", "strike") } else { ("acquit", "uphold") };
    let (ban, trust) = (key("ban", "ban"), key("trust", "trust"));
    let keys = if case.counts {
        Keyboard::row([key("right", "right"), key(clear, "clear")]).and_row([ban, trust])
    } else {
        let fine = if case.is_held() { key(clear, "clear") } else { key("fine", "clear") };
        Keyboard::row([key(strike, "strike"), fine]).and_row([ban, trust])
    };
    if allowed::of_case(case).is_empty() { keys } else { keys.and_row([key("allow", "allow")]) }
}

/// A press on a button of this feature: `strikes:<verb>:<case>`.
pub async fn pressed(rules: &Rules, cx: &mut Cx<'_>, event: &Event, press: &Press, verb: &str, id: i64) -> Result<()> {
    let say = |cx: &mut Cx<'_>, key: &str| {
        let text = cx.words(key);
        cx.answer(press, &text, key != "strikes.decided");
    };
    let Some(mut case) = ledger::case(cx.tx, id).await? else {
        say(cx, "strikes.gone");
        return Ok(());
    };
    if case.community != cx.community {
        // It is decided by the settings of its own group, which say whose staff chat this is.
        let staff = cx.settings.staff_chat(case.chat).map(|staff| cx.current(staff));
        let is_shown_here = press.chat.id == case.chat || staff == Some(press.chat.id);
        match event.kind {
            // No card of it ever was here.
            Kind::Button(_) if !is_shown_here => say(cx, "orders.staff_only"),
            Kind::Button(_) => cx.tell(Some(case.chat), Told::CardPressed(Box::new(press.clone()))),
            _ => say(cx, "strikes.gone"),
        }
        return Ok(());
    }
    if let Some(key) = forbidden(cx, press, &case, verb).await? {
        say(cx, key);
        return Ok(());
    }
    if cx.press_comes_late(press) {
        return Ok(());
    }
    let by = Hand { id: press.user.id, name: press.user.name.clone() };
    if let "accept" | "reject" = verb {
        let key = appeal::settle(rules, cx, &mut case, by, verb == "accept").await?;
        say(cx, key);
        return Ok(());
    }
    if !decide(rules, cx, event, &mut case, verb, by.clone()).await? {
        say(cx, "strikes.gone");
        return Ok(());
    }
    if case.is_judged() && !matches!(verb, "trust") {
        teach::teach_case(cx, &case, !matches!(verb, "clear" | "allow"), &by).await?;
    }
    ledger::put(cx.tx, &case).await?;
    // An undo has done so already.
    if case.undone.is_none() {
        refresh(rules, cx, &case).await?;
    }
    say(cx, "strikes.decided");
    Ok(())
}

/// Decides a case as the button says. Says whether it has such a button.
async fn decide(rules: &Rules, cx: &mut Cx<'_>, event: &Event, case: &mut Case, verb: &str, by: Hand) -> Result<bool> {
    case.about.decided_by = Some(by.clone());
    case.about.decided_at = Some(cx.now);
    if case.about.found == Found::Listed {
        return banned::decide(rules, cx, case, verb, by).await;
    }
    match (verb, case.channel()) {
        ("clear", channel) if channel.is_none() || case.acted.is_none() => {
            case.about.decision = Some(Decision::Cleared);
            clear(rules, cx, case, by).await?;
        }
        ("allow", None) if allowed::allow(cx, case, by.id).await? => {
            case.about.decision = Some(Decision::Cleared);
            acquit(rules, cx, case, by).await?;
        }
        ("right", None) if case.counts => case.about.decision = Some(Decision::Right),
        ("strike", None) if !case.counts => {
            case.about.decision = Some(Decision::Struck);
            let step = act::step(rules, cx, case).await?;
            delete_all(cx, case).await?;
            act::strike(rules, cx, case, step, event.at).await?;
        }
        ("ban", None) => {
            case.about.decision = Some(Decision::Banned);
            ban(rules, cx, case, event).await?;
        }
        ("trust", None) => {
            case.about.decision = Some(Decision::Trusted);
            trust(cx, act::groups(cx), case.user, true).await?;
            hold::put_back(cx, case, "strikes.put_back_cleared").await?;
        }
        ("shut", Some(channel)) => {
            case.about.decision = Some(Decision::Banned);
            delete_all(cx, case).await?;
            let groups = act::groups(cx);
            act::shut_out_of(cx, case, channel, groups, "").await?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// What is said to somebody who may not decide the case so.
async fn forbidden(cx: &mut Cx<'_>, press: &Press, case: &Case, verb: &str) -> Result<Option<&'static str>> {
    let here = press.chat.id;
    // A card stands nowhere else: a press from a group is forged.
    if cx.role(here) != Role::Staff || !cx.is_staff(here, press.user.id).await? {
        return Ok(Some("orders.staff_only"));
    }
    let of_appeal = matches!(verb, "accept" | "reject");
    if !of_appeal && (case.about.decision.is_some() || case.undone.is_some()) {
        return Ok(Some("strikes.decided_before"));
    }
    let punishes = matches!(verb, "strike" | "ban" | "shut");
    if punishes && !cx.may_restrict(here, Some(press.user.id), case.chat).await? {
        return Ok(Some("strikes.no_right"));
    }
    let is_ours = case.channel().is_some_and(|channel| cx.owns(channel, case.chat) == Some(true));
    if punishes && is_ours {
        return Ok(Some("strikes.spared.own"));
    }
    let spared = punishes && cx.is_staff(case.chat, case.user).await?;
    Ok(spared.then_some("strikes.spared.staff"))
}

/// "Not an ad": all is undone, the member is trusted from now on and told so. Who wrote a word of a list in a harmless way is
/// not trusted for it with ads.
pub async fn clear(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, by: Hand) -> Result<()> {
    if !case.is_for_staff() {
        trust(cx, act::groups(cx), case.user, true).await?;
    }
    acquit(rules, cx, case, by).await
}

/// Undoes what was done, and tells the member so.
async fn acquit(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, by: Hand) -> Result<()> {
    if case.counts {
        if case.about.appeal == Some(Appeal::Open) {
            case.about.appeal = Some(Appeal::Accepted);
        }
        act::undo(rules, cx, case, Some(by)).await?;
        announce::tell_member(cx, case, "strikes.cleared").await?;
    } else {
        hold::put_back(cx, case, "strikes.put_back_cleared").await?;
    }
    Ok(())
}

async fn ban(rules: &Rules, cx: &mut Cx<'_>, case: &mut Case, event: &Event) -> Result<()> {
    if !case.counts {
        delete_all(cx, case).await?;
        let step = Step { action: Action::Ban, length: None, publish: false };
        return act::strike(rules, cx, case, step, event.at).await;
    }
    // What was to let them come back no longer is.
    cx.tx.withdraw(case.chat, &act::note(case.id, "unban")).await?;
    case.about.penalty = Some(Penalty::Ban);
    case.about.local = false;
    case.acted = Some(cx.now);
    ledger::put(cx.tx, case).await?;
    act::enforce(cx, case, "").await?;
    ledger::put(cx.tx, case).await
}

/// Deletes the messages of a case that was only looked at until now.
async fn delete_all(cx: &mut Cx<'_>, case: &mut Case) -> Result<()> {
    let mut messages = ledger::messages(cx.tx, case.community, case.id, case.chat).await?;
    // What is held is gone already, unless it was put back.
    messages.retain(|message| case.about.held.as_ref().is_none_or(|held| !held.has(*message)));
    hold::take_back(cx, case);
    if !messages.is_empty() {
        act::delete(cx, case, messages, case.at, "").await?;
    }
    Ok(())
}

/// Trusts a person in these groups, or no longer.
pub async fn trust(cx: &mut Cx<'_>, groups: Vec<ChatId>, user: UserId, trusted: bool) -> Result<()> {
    for chat in groups {
        if let Some(mut member) = cx.tx.member(chat, user).await?.filter(|member| member.trusted != trusted) {
            member.trusted = trusted;
            cx.tx.put_member(member);
        }
    }
    Ok(())
}

/// The summary of what a flood left without cards.
pub async fn digest(cx: &mut Cx<'_>, staff: ChatId, community: CommunityId) -> Result<()> {
    let cases = ledger::take_left_out(cx.tx, community).await?;
    if cases.is_empty() {
        return Ok(());
    }
    let mut groups = Vec::new();
    for (word, acted) in [("acted", true), ("open", false)] {
        let numbers: Vec<String> =
            cases.iter().filter(|(_, counts)| *counts == acted).map(|(id, _)| format!("#{id}")).collect();
        if !numbers.is_empty() {
            let more = if numbers.len() > NUMBERS_LISTED { "…" } else { "" };
            let listed = numbers.iter().take(NUMBERS_LISTED).map(String::as_str).collect::<Vec<_>>().join(" ");
            let what = cx.words(&format!("strikes.digest.{word}")).visible();
            groups.push(context! { what, n => numbers.len(), numbers => format!("{listed}{more}") });
        }
    }
    let text = cx.text("strikes.digest", context! { n => cases.len(), groups });
    cx.send(Class::Reply, Send::new(staff, text));
    Ok(())
}
