//! The rules: shown on request, confirmed once by each member.

use anyhow::Result;
use minijinja::context;

use super::{Rules, greet};
use crate::cx::{Cx, Role, safe};
use crate::features::Flow;
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::{Asked, Press};
use crate::model::{ChatId, Class, Delivery, Effect, Message, MessageId, Span, Text, Timestamp, UserId};
use crate::store::Conn;
use crate::store::activity::{Deed, DeedKind};

/// Rules that a member asks for in the group stay so long.
const SHOWN_FOR: Span = Span::minutes(5);
/// What confirming the rules is worth as an interaction.
const WEIGHT: f64 = 1.0;
const PIN: &str = "welcome/pin";

/// Under a welcome: to read the rules in private, and to confirm them.
pub fn buttons(cx: &Cx<'_>, chat: ChatId) -> Keyboard {
    let read = cx.words("welcome.rules_button").visible();
    Keyboard::row([Key::start(read, format!("rules_{chat}")), confirm(cx, chat)])
}

fn confirm(cx: &Cx<'_>, chat: ChatId) -> Key {
    Key::press(cx.words("welcome.read_button").visible(), format!("welcome:read:{chat}"))
}

/// `/rules`, and `/start rules_<chat>` in private.
pub async fn asked(rules: &Rules, cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    let Some(command) = cx.command(message) else { return Ok(Flow::On) };
    match (command.name.as_str(), cx.role(message.chat.id)) {
        ("rules", Role::Group) => in_group(rules, cx, message, command.rest).await?,
        ("rules", Role::Staff) => {
            let count = readers(cx, rules.version).await?;
            let text = cx.text("welcome.count", context! { count });
            cx.reply(message, text);
        }
        ("rules", Role::Private) => {
            let chat = home(cx, message).await?;
            in_private(rules, cx, message, chat);
        }
        ("start", Role::Private) => {
            let chat = command.rest.strip_prefix("rules_").and_then(|chat| named(cx, chat));
            let Some(chat) = chat.filter(|chat| is_ours(cx, *chat)) else { return Ok(Flow::On) };
            in_private(rules, cx, message, Some(chat));
        }
        _ => return Ok(Flow::On),
    }
    Ok(Flow::Stop)
}

/// The chat a link or button names. An old one may name a basic group that has another number now.
fn named(cx: &Cx<'_>, chat: &str) -> Option<ChatId> {
    chat.parse().ok().map(|chat| cx.current(ChatId(chat)))
}

fn is_ours(cx: &Cx<'_>, chat: ChatId) -> bool {
    let known = cx.chat(chat).is_some_and(|row| row.community == cx.community && row.is_live());
    known && cx.role(chat) == Role::Group
}

/// The group of this community a person is in.
async fn home(cx: &mut Cx<'_>, message: &Message) -> Result<Option<ChatId>> {
    let memberships = cx.tx.memberships(UserId(message.chat.id.0)).await?;
    Ok(memberships.iter().filter(|it| it.status.is_in()).map(|it| it.chat).find(|chat| is_ours(cx, *chat)))
}

fn in_private(rules: &Rules, cx: &mut Cx<'_>, message: &Message, chat: Option<ChatId>) {
    let text = text(rules, cx, chat.unwrap_or(message.chat.id));
    let mut send = Send::new(message.chat.id, text);
    if let Some(chat) = chat.filter(|_| !rules.text.is_empty()) {
        send.keyboard = Keyboard::row([confirm(cx, chat)]);
    }
    cx.reply_with(message, send);
}

fn text(rules: &Rules, cx: &Cx<'_>, chat: ChatId) -> Text {
    if rules.text.is_empty() {
        return cx.words("welcome.no_rules");
    }
    let community = greet::community(cx, chat);
    cx.text("welcome.rules", context! { community, rules => safe(&rules.text) })
}

async fn in_group(rules: &Rules, cx: &mut Cx<'_>, message: &Message, rest: &str) -> Result<()> {
    let chat = message.chat.id;
    let staff = cx.is_from_staff(message).await?;
    if !staff && rest == "pin" && cx.asks_first(Asked::Command(Box::new(message.clone()))).await? {
        return Ok(());
    }
    if staff && !rest.is_empty() && rest != "pin" {
        let text = cx.words("welcome.usage");
        cx.reply_briefly(message, Send::new(chat, text), SHOWN_FOR);
        return Ok(());
    }
    if !staff && !cx.tells_all(message, "rules") {
        return Ok(());
    }
    let mut send = Send::new(chat, text(rules, cx, chat));
    if rules.text.is_empty() {
        cx.reply_briefly(message, send, SHOWN_FOR);
        return Ok(());
    }
    send.keyboard = Keyboard::row([confirm(cx, chat)]);
    if !staff {
        cx.reply_briefly(message, send, SHOWN_FOR);
    } else if rest != "pin" {
        cx.reply_with(message, send);
    } else if !cx.comes_late(message) {
        send.topic = message.topic;
        cx.send(Class::Reply, send).note = PIN.into();
    }
    Ok(())
}

/// The rules stand in the group.
pub fn delivered(cx: &mut Cx<'_>, chat: ChatId, message: MessageId, note: &str) {
    if note == PIN {
        let pin = Effect::Pin { chat, message: message.into(), silent: true };
        cx.emit(Class::Reply, pin).delivery = Delivery::Repeat;
    }
}

/// Somebody confirms having read the rules. In private the button says which group is meant.
pub async fn read(rules: &Rules, cx: &mut Cx<'_>, press: &Press, args: &[&str], at: Timestamp) -> Result<()> {
    let chat = match cx.role(press.chat.id) {
        Role::Private => args.last().and_then(|chat| named(cx, chat)),
        _ => Some(press.chat.id),
    };
    let Some(chat) = chat.filter(|chat| is_ours(cx, *chat) && !rules.text.is_empty()) else {
        let text = cx.words("welcome.old_button");
        cx.answer(press, &text, false);
        return Ok(());
    };
    if !cx.is_in(press, chat).await? {
        let text = cx.words("welcome.not_member");
        cx.answer(press, &text, true);
        return Ok(());
    }
    let user = press.user.id;
    let first = confirmed(cx.tx.conn().await?, chat, user, rules.version, at).await?;
    if first {
        let (community, day) = (cx.community, cx.day(at));
        let (kind, reference) = (DeedKind::RulesRead, rules.version);
        cx.tx.log(Deed { community, chat, kind, reference, user, at, day, weight: WEIGHT });
    }
    let text = cx.words(if first { "welcome.read" } else { "welcome.read_before" });
    cx.answer(press, &text, false);
    Ok(())
}

/// Notes that somebody confirmed a version. Says whether it is the first time.
async fn confirmed(conn: &mut Conn, chat: ChatId, user: UserId, version: i64, at: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO rules_read (chat, user_id, version, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (chat, user_id, version) DO NOTHING",
    )
    .bind(chat.0)
    .bind(user.0)
    .bind(version)
    .bind(at.0)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// How many people of the community confirmed a version.
async fn readers(cx: &mut Cx<'_>, version: i64) -> Result<i64> {
    let community = cx.community;
    let (count,): (i64,) = sqlx::query_as(
        "SELECT COUNT(DISTINCT read.user_id) FROM rules_read read JOIN chat ON chat.id = read.chat
         WHERE chat.community = $1 AND read.version = $2",
    )
    .bind(community.0)
    .bind(version)
    .fetch_one(cx.tx.conn().await?)
    .await?;
    Ok(count)
}
