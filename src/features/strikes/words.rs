//! Names, dates and reasons as they stand in what the bot says about a case.

use anyhow::Result;
use minijinja::{Value, context};

use super::case::{Case, Hand};
use super::policy::Penalty;
use crate::cx::{Cx, safe};
use crate::judge::alike::Alike;
use crate::judge::{Reason, Rule};
use crate::model::{ChatId, Lang, Span, Text, UserId};

/// Words of a person shown to the staff are cut to this many characters.
pub const EXCERPT: usize = 500;

/// What people wrote, short enough for a card.
pub fn excerpt(text: &str) -> String {
    cut(text, EXCERPT)
}

/// At most `most` characters, the last of them `…` if anything was cut.
pub fn cut(text: &str, most: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}

pub fn rule(cx: &Cx<'_>, rule: Rule) -> String {
    let word = serde_json::to_value(rule).ok();
    let word = word.as_ref().and_then(|word| word.as_str()).unwrap_or("link");
    cx.words(&format!("strikes.rule.{word}")).visible()
}

/// Why, in the fewest words: what the staff wrote, or the rule that weighs most.
pub fn cause(cx: &Cx<'_>, case: &Case) -> Option<String> {
    if !case.about.reason.is_empty() {
        return Some(case.about.reason.clone());
    }
    case.rule().map(|it| rule(cx, it))
}

/// The same, or that it was against the rules.
pub fn why(cx: &Cx<'_>, case: &Case) -> String {
    cause(cx, case).unwrap_or_else(|| cx.words("strikes.no_reason").visible())
}

/// Every rule that weighs something, with all it was found in.
pub fn reasons(cx: &Cx<'_>, reasons: &[Reason]) -> Vec<Value> {
    let mut shown: Vec<(&Reason, Vec<&str>)> = Vec::new();
    for reason in reasons.iter().filter(|reason| reason.weight > 0.0) {
        match shown.iter_mut().find(|(first, _)| first.rule == reason.rule) {
            Some((_, words)) => words.push(&reason.evidence),
            None => shown.push((reason, vec![&reason.evidence])),
        }
    }
    let name = |first: &Reason| match first.alike {
        Some(alike) => gone_round(cx, first.rule, alike),
        None => rule(cx, first.rule),
    };
    shown.iter().map(|(first, words)| context! { name => name(first), evidence => words.join(" · ") }).collect()
}

/// Who else wrote the same, and when.
fn gone_round(cx: &Cx<'_>, rule: Rule, alike: Alike) -> String {
    // Nobody counts seconds.
    let minutes = |span: Span| Span::minutes(((span.as_secs() + 59) / 60).max(1)).in_words(cx.lang);
    let Alike { accounts, groups, over, removed } = alike;
    let text = match removed.filter(|_| rule == Rule::LikeRemoved) {
        Some(ago) => cx.text("strikes.like_removed", context! { ago => minutes(ago) }),
        None => cx.text("strikes.alike", context! { accounts, groups, over => minutes(over) }),
    };
    text.visible()
}

/// When a strike no longer counts.
pub fn until(cx: &Cx<'_>, case: &Case) -> String {
    case.expires.map(|at| cx.date(cx.day(at))).unwrap_or_default()
}

/// How long a case mutes, and when it ends if that is later, because of a mute that ran already; nothing where it does not.
pub fn mute(cx: &Cx<'_>, case: &Case) -> (String, Option<String>) {
    match case.about.penalty {
        Some(Penalty::Mute(length)) => {
            (length.in_words(cx.lang), case.about.outlasted_until.map(|until| cx.moment(until)))
        }
        _ => (String::new(), None),
    }
}

/// What a case led to, in one phrase.
pub fn done(cx: &Cx<'_>, case: &Case, shadow: bool) -> Text {
    let penalty = match case.about.penalty {
        None => "",
        Some(Penalty::Warn) => "warn",
        Some(Penalty::Mute(_)) => "mute",
        Some(Penalty::Remove) => "remove",
        Some(Penalty::Ban) => "ban",
    };
    let (length, ends) = mute(cx, case);
    let number = if case.counts { case.about.number } else { 0 };
    let until = until(cx, case);
    let open = case.about.decision.is_none() && case.undone.is_none();
    let failed = case.is_idle();
    cx.text("strikes.done", context! { penalty, length, ends, shadow, open, number, until, failed })
}

/// A person's name as last seen; empty when they have none or were never seen.
pub async fn name(cx: &mut Cx<'_>, chat: ChatId, user: UserId) -> Result<Option<String>> {
    if let Some(member) = cx.tx.member(chat, user).await? {
        return Ok(Some(member.name));
    }
    let known = cx.tx.memberships(user).await?;
    Ok(known.into_iter().next().map(|member| member.name))
}

/// A person as a mention; somebody never seen by their number.
pub async fn member(cx: &mut Cx<'_>, chat: ChatId, user: UserId) -> Result<Value> {
    Ok(match name(cx, chat, user).await? {
        Some(name) => cx.mention(user, &name),
        None => Value::from(user.to_string()),
    })
}

/// Whom a case is about, as a mention; a channel by its name.
pub async fn subject(cx: &mut Cx<'_>, case: &Case) -> Result<Value> {
    match case.channel() {
        Some(_) => Ok(inside(&cx.text("strikes.channel_name", context! { name => &case.about.channel }))),
        None => member(cx, case.chat, case.user).await,
    }
}

/// One of the staff; who is behind an anonymous administrator is not known.
pub fn hand(cx: &Cx<'_>, hand: Option<&Hand>) -> Value {
    match (hand, cx.lang) {
        (Some(hand), _) if !hand.id.is_stand_in() => Value::from(cx.shown_name(&hand.name)),
        (_, Lang::Zh) => Value::from("管理员"),
        (_, Lang::En) => Value::from("an administrator"),
    }
}

/// A group by its title.
pub fn group(cx: &Cx<'_>, chat: ChatId) -> String {
    cx.chat(chat).map_or_else(|| cx.common.name.clone(), |row| row.title.clone())
}

/// Text inside another text.
pub fn inside(text: &Text) -> Value {
    safe(text)
}
