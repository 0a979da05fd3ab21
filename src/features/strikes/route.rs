//! Which community an order is for, where several share one staff chat: the one in which the person is known. Where that
//! are several, who gave it is asked.

use anyhow::Result;
use minijinja::context;
use serde_json::json;

use super::target::{self, Named};
use super::{Rules, ledger, orders};
use crate::cx::Cx;
use crate::model::command::Command;
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::{Press, Told};
use crate::model::{ChatId, CommunityId, Event, Message, Sender, Span, UserId};
use crate::store::chats::ChatRow;

/// How long the answer to "which one?" is waited for.
const WAITED_FOR: Span = Span::minutes(10);
/// Communities to choose from: more buttons would not be read.
const OFFERED: usize = 30;

/// Whom an order is about, as far as that decides where it goes.
enum Concern {
    /// A case or card of this community.
    Community(CommunityId),
    Person(UserId),
    /// Nobody that could be told: the community in hand says so.
    Unclear,
}

/// Sends an order from a staff chat on to the community it is for, or asks which one it is. Says whether that was done;
/// otherwise it is for the community in hand.
pub async fn elsewhere(rules: &Rules, cx: &mut Cx<'_>, message: &Message, command: &Command<'_>) -> Result<bool> {
    let groups = cx.groups_of(message.chat.id);
    if groups.iter().all(|row| row.community == cx.community) {
        return Ok(false);
    }
    let communities = match concern(cx, message, command).await? {
        Concern::Unclear => return Ok(false),
        Concern::Community(community) => vec![community],
        Concern::Person(user) => known_in(cx, command, &groups, user).await?,
    };
    let is_on = |row: &&ChatRow| cx.settings.value(row.id, "strikes").is_some();
    let firsts = communities.iter().filter_map(|it| groups.iter().find(|row| row.community == *it));
    let firsts: Vec<&ChatRow> = firsts.filter(is_on).collect();
    match firsts.as_slice() {
        [] => Ok(false),
        [one] if one.community == cx.community => Ok(false),
        [one] => {
            cx.tell(Some(one.id), Told::Ordered(Box::new(message.clone())));
            Ok(true)
        }
        several => {
            ask(rules, cx, message, several);
            Ok(true)
        }
    }
}

async fn concern(cx: &mut Cx<'_>, message: &Message, command: &Command<'_>) -> Result<Concern> {
    if let ("unwarn" | "strikes" | "ham", Some(id)) = (command.name.as_str(), orders::strike_number(command.rest)) {
        let case = ledger::case(cx.tx, id).await?;
        return Ok(case.map_or(Concern::Unclear, |case| Concern::Community(case.community)));
    }
    let (_, command) = target::length_ahead(message, command);
    Ok(match target::named(cx, message, &command).await? {
        Named::Target(target) | Named::Channel(target) => match target.case {
            Some(id) => match ledger::case(cx.tx, id).await? {
                Some(case) => Concern::Community(case.community),
                None => Concern::Unclear,
            },
            None => Concern::Person(target.user.id),
        },
        _ => Concern::Unclear,
    })
}

/// The communities of these groups in which a person is known; for who is known in none, those that could mean a stranger.
async fn known_in(
    cx: &mut Cx<'_>,
    command: &Command<'_>,
    groups: &[ChatRow],
    user: UserId,
) -> Result<Vec<CommunityId>> {
    let seen = cx.tx.memberships(user).await?;
    let is_seen = |row: &&ChatRow| seen.iter().any(|member| member.chat == row.id);
    let mut communities: Vec<CommunityId> = groups.iter().filter(is_seen).map(|row| row.community).collect();
    if communities.is_empty() && matches!(command.name.as_str(), "ban" | "unban") && user != cx.me.id {
        communities = groups.iter().map(|row| row.community).collect();
    }
    communities.sort_unstable();
    communities.dedup();
    Ok(communities)
}

/// Asks which community an order is for.
fn ask(rules: &Rules, cx: &mut Cx<'_>, message: &Message, communities: &[&ChatRow]) {
    let title = |row: &ChatRow| {
        let name = cx.settings.value(row.id, "name").and_then(|name| name.as_str().map(str::to_owned));
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| row.title.clone())
    };
    let data = |row: &ChatRow| format!("strikes:in:{}:{}", message.id, row.id);
    let key = |row: &&ChatRow| vec![Key::press(title(row), data(row))];
    let keyboard = Keyboard(communities.iter().take(OFFERED).map(key).collect());
    let more = communities.len() > OFFERED;
    let text = cx.text("strikes.which", context! { more });
    let due = cx.now + WAITED_FOR;
    cx.remind(message.chat.id, &waiting(&message.id.to_string()), due, json!(message));
    orders::answer_with(rules, cx, message, Send { keyboard, ..Send::new(message.chat.id, text) });
}

fn waiting(message: &str) -> String {
    format!("which/{message}")
}

/// Somebody says which community an order is for: it is theirs from now on, as if they had given it.
pub async fn chosen(cx: &mut Cx<'_>, event: &Event, press: &Press, order: &str, group: ChatId) -> Result<()> {
    let here = press.chat.id;
    let name = waiting(order);
    let kept = cx.tx.reminder(here, &format!("strikes/{name}")).await?;
    let group = cx.current(group);
    let is_theirs = cx.groups_of(here).iter().any(|row| row.id == group);
    let key = match &kept {
        Some(_) if !cx.is_staff(here, press.user.id).await? => "orders.staff_only",
        Some(_) if is_theirs => "strikes.passed_on",
        _ => "strikes.gone",
    };
    if key == "strikes.passed_on" && cx.press_comes_late(press) {
        return Ok(());
    }
    if let (Some(kept), "strikes.passed_on") = (kept, key) {
        let message: Message = serde_json::from_value(kept.payload)?;
        let message = Message { sender: Sender::Person(press.user.clone()), date: event.at, ..message };
        cx.unremind(here, &name).await?;
        cx.take_back(here, press.message.into());
        cx.tell(Some(group), Told::Ordered(Box::new(message)));
    }
    let text = cx.words(key);
    cx.answer(press, &text, key != "strikes.passed_on");
    Ok(())
}
