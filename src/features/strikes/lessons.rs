//! Commands by which the staff teach: `/spam` and `/ham` in answer to a message, `/ham #12` about a case, `/taught` to see
//! what was taught, `/unteach 3` to take it back, and `/allowed` for links.

use anyhow::Result;
use minijinja::context;

use super::case::{Case, Decision, Found};
use super::ledger::{self, Spot};
use super::target::{self, Named, Said, Target};
use super::teach::{self, Lesson, Taught};
use super::{Rules, act, allowed, card, channel, orders, words};
use crate::cx::{Cx, Role};
use crate::model::command::Command;
use crate::model::{Event, Message, UserId};
use crate::store::lessons;

/// The commands, with an example of each.
pub const COMMANDS: [(&str, &str); 5] =
    [("spam", "/spam"), ("ham", "/ham"), ("taught", "/taught"), ("unteach", "/unteach 3"), ("allowed", "/allowed")];

/// So many of the newest lessons are listed, each cut to so many characters.
const LISTED: usize = 15;
const EXCERPT: usize = 40;

/// Carries the command out. It is from the staff, and in the community in hand.
pub async fn heard(
    rules: &Rules,
    cx: &mut Cx<'_>,
    event: &Event,
    message: &Message,
    command: &Command<'_>,
) -> Result<()> {
    match command.name.as_str() {
        "taught" => list(rules, cx, message).await,
        "allowed" => allowed::heard(rules, cx, message, command.rest).await,
        "unteach" => unteach(rules, cx, message, command.rest).await,
        "ham" if let Some(id) = orders::strike_number(command.rest) => ham_of(rules, cx, message, id).await,
        name => {
            let named = target::answered(cx, message, command.rest).await?;
            match (named, name) {
                (Named::Target(target), "spam") => spam(rules, cx, event, message, &target).await,
                (Named::Channel(target), "spam") => {
                    if let Some(said) = &target.message {
                        let lesson = lesson(message, &target, said, true);
                        teach::teach(cx, lesson).await?;
                    }
                    Box::pin(channel::shut_out(rules, cx, event, message, &target)).await
                }
                (Named::Target(target) | Named::Channel(target), _) => ham(rules, cx, message, &target).await,
                _ => {
                    orders::say(rules, cx, message, "strikes.usage_teach");
                    Ok(())
                }
            }
        }
    }
}

fn lesson<'a>(message: &Message, target: &Target, said: &'a Said, is_ad: bool) -> Lesson<'a> {
    Lesson { user: target.user.id, text: &said.text, is_ad, by: orders::hand(message).id, case: target.case }
}

/// The case a command answers the card or message of.
async fn case_of(cx: &mut Cx<'_>, target: &Target) -> Result<Option<Case>> {
    let id = match (target.case, &target.message) {
        (Some(id), _) => id,
        (None, Some(said)) => ledger::marked(cx.tx, said.spot()).await?,
        (None, None) => 0,
    };
    Ok(ledger::case(cx.tx, id).await?.filter(|case| case.community == cx.community))
}

/// The message is an ad: it costs what an ad costs, and is learned.
async fn spam(rules: &Rules, cx: &mut Cx<'_>, event: &Event, message: &Message, target: &Target) -> Result<()> {
    let found = case_of(cx, target).await?;
    if found.is_none() && target.message.is_none() {
        orders::say(rules, cx, message, "strikes.usage_teach");
        return Ok(());
    }
    if let Some(spared) = target::spared(cx, &target.user).await? {
        orders::say(rules, cx, message, target::spared_key(spared));
        return Ok(());
    }
    let chat = match (&found, &target.message) {
        (Some(case), _) => case.chat,
        (None, Some(said)) => said.chat,
        (None, None) => message.chat.id,
    };
    if !cx.may_restrict(message.chat.id, message.author_id(), chat).await? {
        orders::say(rules, cx, message, "strikes.no_right");
        return Ok(());
    }
    let by = orders::hand(message);
    let whole = target.message.as_ref().filter(|said| !said.text.is_empty() && target.case.is_none());
    let taught = match (whole, &found) {
        (Some(said), _) => teach::teach(cx, lesson(message, target, said, true)).await?,
        (None, Some(case)) => teach::teach_case(cx, case, true, &by).await?,
        (None, None) => Taught::Nothing,
    };
    if let Some(done) = found.as_ref().filter(|case| case.is_dealt_with() && case.undone.is_none()) {
        told(rules, cx, message, taught, "strikes.spam_before", done.id);
        return Ok(());
    }
    let mut case = if let Some(case) = found.filter(Case::is_open) {
        case
    } else {
        let here = Spot { chat, message: message.id, album: None, at: event.at };
        let spot = target.message.as_ref().map_or(here, Said::spot);
        act::open(cx, target.user.id, spot, event.at).await?
    };
    case.at = event.at;
    case.about.found = Found::Ad;
    case.about.by = Some(by.clone());
    case.about.topic = message.topic.filter(|_| chat == message.chat.id);
    case.decide(Decision::Struck, Some(by), cx.now);
    orders::take_message(cx, &mut case, target, "").await?;
    let step = act::step(rules, cx, &case).await?;
    act::strike(rules, cx, &mut case, step, event.at).await?;
    card::show(rules, cx, &mut case).await?;
    told(rules, cx, message, taught, "strikes.spam_done", case.id);
    Ok(())
}

/// The message is innocent: what it cost is undone, and it is learned.
async fn ham(rules: &Rules, cx: &mut Cx<'_>, message: &Message, target: &Target) -> Result<()> {
    let found = case_of(cx, target).await?;
    if found.is_none() && target.message.is_none() {
        orders::say(rules, cx, message, "strikes.usage_teach");
        return Ok(());
    }
    match (found, &target.message) {
        (Some(case), _) => clear(rules, cx, message, case).await,
        (None, Some(said)) => {
            let taught = teach::teach(cx, lesson(message, target, said, false)).await?;
            told(rules, cx, message, taught, "strikes.ham_done", 0);
            Ok(())
        }
        (None, None) => Ok(()),
    }
}

async fn ham_of(rules: &Rules, cx: &mut Cx<'_>, message: &Message, id: i64) -> Result<()> {
    let found = ledger::case(cx.tx, id).await?.filter(|case| case.community == cx.community);
    let Some(case) = found else {
        orders::say(rules, cx, message, "strikes.no.number");
        return Ok(());
    };
    clear(rules, cx, message, case).await
}

/// As if the card's "not an ad" were pressed, also after somebody decided otherwise.
async fn clear(rules: &Rules, cx: &mut Cx<'_>, message: &Message, mut case: Case) -> Result<()> {
    if !cx.may_order(message, case.chat).await? {
        let text = cx.text("strikes.not_yours", context! { group => words::group(cx, case.chat) });
        orders::answer(rules, cx, message, text);
        return Ok(());
    }
    let by = orders::hand(message);
    let taught = teach::teach_case(cx, &case, false, &by).await?;
    let stands = case.undone.is_none() && (case.counts || case.is_open());
    if stands && case.channel().is_none() {
        case.decide(Decision::Cleared, Some(by.clone()), cx.now);
        card::clear(rules, cx, &mut case, by).await?;
        ledger::put(cx.tx, &case).await?;
        if case.undone.is_none() {
            card::refresh(rules, cx, &case).await?;
        }
    }
    let key = if case.undone.is_some() { "strikes.ham_undone" } else { "strikes.ham_done" };
    told(rules, cx, message, taught, key, case.id);
    Ok(())
}

/// Tells what was done, and what was learned.
fn told(rules: &Rules, cx: &mut Cx<'_>, message: &Message, taught: Taught, key: &str, id: i64) {
    let (word, number) = match taught {
        Taught::Learned(number) => ("learned", number),
        Taught::Known(number) => ("known", number),
        Taught::Nothing => ("nothing", 0),
        Taught::TooMany => ("too_many", 0),
    };
    let learned = words::inside(&cx.text(&format!("strikes.taught.{word}"), context! { number }));
    let text = cx.text(key, context! { id, learned });
    orders::answer(rules, cx, message, text);
}

/// Shows the newest lessons: to the staff alone, where they have a place of their own.
async fn list(rules: &Rules, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    if cx.role(message.chat.id) != Role::Staff && cx.staff_chat().is_some() {
        orders::say(rules, cx, message, "strikes.in_staff_chat");
        return Ok(());
    }
    let newest = lessons::newest(cx.tx.conn().await?, cx.community, LISTED + 1).await?;
    let mut rows = Vec::new();
    for lesson in newest.iter().take(LISTED) {
        let by = teacher(cx, message, lesson.teacher).await?;
        let (text, date) = (words::cut(&lesson.text.replace('\n', " "), EXCERPT), cx.date(cx.day(lesson.at)));
        rows.push(context! { number => lesson.id, is_ad => lesson.is_ad, text, by, date });
    }
    let text = cx.text("strikes.taught", context! { rows, more => newest.len() > LISTED });
    orders::answer(rules, cx, message, text);
    Ok(())
}

async fn teacher(cx: &mut Cx<'_>, message: &Message, teacher: UserId) -> Result<String> {
    let name = words::name(cx, message.chat.id, teacher).await?;
    Ok(match name {
        Some(name) => cx.shown_name(&name),
        None if teacher.0 == 0 => cx.words("strikes.taught.imported").visible(),
        None => words::hand(cx, None).to_string(),
    })
}

/// Takes a lesson back: all is judged as if it had never been given.
async fn unteach(rules: &Rules, cx: &mut Cx<'_>, message: &Message, written: &str) -> Result<()> {
    let number = written.trim().trim_start_matches('#').parse::<i64>();
    let Ok(number) = number else {
        orders::say(rules, cx, message, "strikes.usage_unteach");
        return Ok(());
    };
    let key = match lessons::remove(cx.tx, cx.community, number).await? {
        Some(_) => "strikes.untaught",
        None => "strikes.no.lesson",
    };
    let text = cx.text(key, context! { number });
    orders::answer(rules, cx, message, text);
    Ok(())
}
