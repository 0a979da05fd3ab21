//! Orders that are read too long after they were given, as after an outage, or of whose giver Telegram did not say in time
//! who they are, are not carried out: much may have happened since. Who gave them is told so, once for all that came
//! together in a chat.

use anyhow::Result;
use minijinja::context;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::cx::{Cx, Role, safe};
use crate::model::effect::Send;
use crate::model::event::Asked;
use crate::model::{ChatId, Class, MessageKey, Sender, Span, Text, Timestamp, UserId};

/// They are told when no more came for so long.
const TOGETHER: Span = Span::secs(10);
/// So many are quoted, and so much of each.
const QUOTED: usize = 10;
const WORDS: usize = 80;
/// In a group the word of it goes away after this.
const SHOWN_FOR: Span = Span::hours(1);

/// Why orders were not carried out.
#[derive(Clone, Copy)]
pub enum Why {
    /// They were read too late.
    Late,
    /// Telegram did not say in time whether who gave them is of the staff.
    Unsettled,
}

impl Why {
    pub const ALL: [Self; 2] = [Self::Late, Self::Unsettled];

    /// As it stands in the key of its text, and in the name of the reminder that keeps the orders until they are told.
    pub fn word(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Unsettled => "unsettled",
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Missed {
    orders: Vec<Order>,
    /// Those not quoted.
    more: usize,
    topic: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Order {
    /// The command, or what stands over the button.
    words: String,
    press: bool,
    /// None of an anonymous administrator.
    by: Option<(UserId, String)>,
    at: Timestamp,
}

impl Order {
    fn of(asked: &Asked) -> Self {
        let cut = |words: &str| Text::plain(words.trim()).cut(WORDS).visible();
        match asked {
            Asked::Command(message) => {
                let by = match &message.sender {
                    Sender::Person(user) => Some((user.id, user.name.clone())),
                    _ => None,
                };
                Self { words: cut(&message.text), press: false, by, at: message.date }
            }
            Asked::Button(press) => {
                let over = press.shown.trim().lines().next().unwrap_or_default();
                let by = Some((press.user.id, press.user.name.clone()));
                Self { words: cut(over), press: true, by, at: press.at }
            }
        }
    }
}

/// An order is not carried out.
pub async fn missed(cx: &mut Cx<'_>, why: Why, asked: &Asked) -> Result<()> {
    let chat = asked.chat();
    let kept = cx.tx.reminder(chat, &format!("orders/{}", why.word())).await?;
    let mut missed: Missed = kept.map(|it| serde_json::from_value(it.payload)).transpose()?.unwrap_or_default();
    if missed.orders.len() < QUOTED {
        missed.orders.push(Order::of(asked));
    } else {
        missed.more += 1;
    }
    if let Asked::Command(message) = asked {
        missed.topic = message.topic;
    }
    let due = cx.now + TOGETHER;
    cx.remind(chat, why.word(), due, json!(missed));
    Ok(())
}

/// Tells of them where they were given.
pub fn told(cx: &mut Cx<'_>, chat: ChatId, why: Why, kept: &serde_json::Value) -> Result<()> {
    let missed = Missed::deserialize(kept)?;
    let orders: Vec<_> = missed
        .orders
        .iter()
        .map(|order| {
            let by = order.by.as_ref().map(|(id, name)| cx.mention(*id, name));
            context! { words => &order.words, press => order.press, by, time => cx.moment(order.at) }
        })
        .collect();
    let presses = missed.orders.iter().filter(|order| order.press).count();
    let again = match presses {
        0 => "send",
        all if all == missed.orders.len() => "press",
        _ => "both",
    };
    let orders = safe(&cx.text("orders.list", context! { orders, more => missed.more }));
    let again = cx.words(&format!("orders.again.{again}")).visible();
    let text = cx.text(&format!("orders.{}", why.word()), context! { orders, again });
    let name = MessageKey(format!("orders/{}/{}", why.word(), cx.cause));
    let (topic, named) = (missed.topic, Some(name.clone()));
    cx.send(Class::Order, Send { topic, name: named, ..Send::new(chat, text) });
    if cx.role(chat) == Role::Group {
        cx.take_back_later(chat, name, SHOWN_FOR);
    }
    Ok(())
}
