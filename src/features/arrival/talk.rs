//! `/help`, `/id` and `/rights`.

use anyhow::Result;
use minijinja::{Value, context};

use super::{Flow, Settings, Who, commands, presence};
use crate::cx::{Cx, Role, safe};
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::{ChatId, ChatKind, Message, MessageKey, Right, Rights, Span, Text};
use crate::store::chats::ChatRow;

/// Help in a group goes again after this.
const SHOWN: Span = Span::minutes(5);
/// A note that asks for word of the delivery: it proves that the bot can write.
const SPOKE: &str = "arrival/spoke";

pub(super) async fn heard(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    let Some(command) = cx.command(message) else { return Ok(Flow::On) };
    let private = message.chat.id.is_private();
    match (command.name.as_str(), command.rest) {
        // Other words after `/start`, and none, are for others.
        ("start", "help") | ("help", _) if private => help(cx, message).await?,
        ("start", "") if private => return Ok(Flow::On),
        ("help", _) if cx.role(message.chat.id) == Role::Staff => help(cx, message).await?,
        ("start", "") | ("help", _) => help_in_group(cx, message),
        ("id", _) => {
            let user = message.author_id().map(|user| user.0);
            let values = context! { chat => message.chat.id.0, topic => message.topic, user, private };
            let text = cx.text("arrival.id", values);
            cx.reply(message, text);
        }
        ("rights", _) => rights(rules, cx, message).await?,
        _ => return Ok(Flow::On),
    }
    Ok(Flow::Stop)
}

async fn help(cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let staff = match message.author_id() {
        Some(user) if message.chat.id.is_private() => cx.is_staff_somewhere(user).await?,
        _ => cx.is_from_staff(message).await?,
    };
    let values = context! {
        community => cx.common.name.as_str(),
        purpose => cx.common.purpose.as_str(),
        bot => cx.me.name.as_str(),
        commands => lines(cx, &[Who::Everyone, Who::Private]),
        staff => if staff { lines(cx, &[Who::Staff]) } else { Vec::new() },
    };
    let text = cx.text("arrival.help", values);
    cx.reply(message, text);
    Ok(())
}

/// In a group only what everybody there can use, and not for long.
fn help_in_group(cx: &mut Cx<'_>, message: &Message) {
    if !cx.tells_all(message, "help") {
        return;
    }
    let chat = message.chat.id;
    let name = MessageKey(format!("arrival/help/{}", message.id));
    let values = context! { community => cx.common.name.as_str(), commands => lines(cx, &[Who::Everyone]) };
    let text = cx.text("arrival.help_group", values);
    let more = Key::start(cx.words("arrival.help_more").visible(), "help");
    let send = Send { name: Some(name.clone()), keyboard: Keyboard::row([more]), ..Send::new(chat, text) };
    if cx.reply_with(message, send).is_some() {
        cx.take_back_later(chat, name, SHOWN);
    }
}

/// The commands of the features that are on here.
fn lines(cx: &Cx<'_>, who: &[Who]) -> Vec<Value> {
    let home = cx.groups().first().map_or(ChatId(0), |row| row.id);
    commands()
        .filter(|(feature, command)| who.contains(&command.who) && cx.settings.value(home, feature).is_some())
        .map(|(_, command)| context! { name => command.name, what => command.describe(cx.lang) })
        .collect()
}

/// The state of the bot in this group; in the staff chat and in private, in every group.
async fn rights(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let chat = message.chat.id;
    let role = cx.role(chat);
    if !cx.obeys(message).await? {
        return Ok(());
    }
    let groups = cx.groups_of(chat);
    let mut cards: Vec<Text> = groups.iter().map(|row| card(rules, cx, row)).collect();
    if role == Role::Staff
        && let Some(row) = cx.chat(chat).filter(|row| rules.lacking(role, row.rights) != Rights::NONE)
    {
        cards.push(presence::state(rules, cx, row));
    }
    let text = match cards.as_slice() {
        [] => cx.words("arrival.no_groups"),
        cards => Text::from_template(cards.iter().map(Text::html).collect::<Vec<_>>().join("\n\n")),
    };
    for row in groups {
        presence::ask(cx, row.id);
    }
    if let Some(reply) = cx.reply(message, text) {
        SPOKE.clone_into(&mut reply.note);
    }
    Ok(())
}

fn card(rules: &Settings, cx: &Cx<'_>, row: &ChatRow) -> Text {
    let right = |right: Right| {
        context! { has => row.rights.has(right), text => safe(&presence::description(cx, Role::Group, right)) }
    };
    let rights: Vec<Value> = rules.wanted(Role::Group).iter().map(right).collect();
    let values = context! {
        title => row.title.as_str(),
        rights,
        paused => row.paused.map(|at| cx.moment(at)),
        since => cx.moment(row.since),
        reads_all => cx.me.reads_all || row.status.is_staff(),
        basic => row.kind == ChatKind::Group,
    };
    cx.text("arrival.card", values)
}
