//! Orders that are read too long after they were given, as after an outage, are not carried out: much may have happened
//! since. Who gave them is told so, once for all that came late in a chat.

use anyhow::Result;
use minijinja::context;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::cx::{Cx, Role};
use crate::model::effect::Send;
use crate::model::{ChatId, Class, Message, MessageKey, Sender, Span, Text, Timestamp, UserId};

/// The reminder that keeps them until they are told.
pub const LATE: &str = "late";
/// They are told when no more came for so long.
const TOGETHER: Span = Span::secs(10);
/// So many are quoted, and so much of each.
const QUOTED: usize = 10;
const WORDS: usize = 80;
/// In a group the word of it goes away after this.
const SHOWN_FOR: Span = Span::hours(1);

#[derive(Default, Serialize, Deserialize)]
struct Missed {
    orders: Vec<Order>,
    /// Those not quoted.
    more: usize,
    topic: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Order {
    words: String,
    /// None of an anonymous administrator.
    by: Option<(UserId, String)>,
    at: Timestamp,
}

/// An order comes too late.
pub async fn missed(cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let chat = message.chat.id;
    let kept = cx.tx.reminder(chat, &format!("orders/{LATE}")).await?;
    let mut missed: Missed = kept.map(|it| serde_json::from_value(it.payload)).transpose()?.unwrap_or_default();
    if missed.orders.len() < QUOTED {
        let words = Text::plain(message.text.trim()).cut(WORDS).visible();
        let by = match &message.sender {
            Sender::Person(user) => Some((user.id, user.name.clone())),
            _ => None,
        };
        missed.orders.push(Order { words, by, at: message.date });
    } else {
        missed.more += 1;
    }
    missed.topic = message.topic;
    let due = cx.now + TOGETHER;
    cx.remind(chat, LATE, due, json!(missed));
    Ok(())
}

/// Tells of them where they were given.
pub fn told(cx: &mut Cx<'_>, chat: ChatId, kept: &serde_json::Value) -> Result<()> {
    let missed: Missed = serde_json::from_value(kept.clone())?;
    let orders: Vec<_> = missed
        .orders
        .iter()
        .map(|order| {
            let by = order.by.as_ref().map(|(id, name)| cx.mention(*id, name));
            context! { words => &order.words, by, time => cx.moment(order.at) }
        })
        .collect();
    let text = cx.text("orders.late", context! { orders, more => missed.more });
    let name = MessageKey(format!("orders/late/{}", cx.cause));
    let (topic, named) = (missed.topic, Some(name.clone()));
    cx.send(Class::Order, Send { topic, name: named, ..Send::new(chat, text) });
    if cx.role(chat) == Role::Group {
        cx.take_back_later(chat, name, SHOWN_FOR);
    }
    Ok(())
}
