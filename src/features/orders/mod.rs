//! Orders of the staff, commands and presses on their buttons, that are not carried out at once: those of somebody of whom
//! Telegram must say first whether they are in the staff chat, and those that came too late.
//!
//! [`Cx::obeys`] decides which are; every feature with staff commands asks it.

mod late;

use anyhow::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Feature, Flow};
use crate::cx::{ALONE, Compile, Cx, Phrase, STALE};
use crate::model::effect::Question;
use crate::model::event::{Answer, Asked, Told};
use crate::model::{ChatId, Class, Effect, Event, Kind, MessageId, Span, UserId};

/// Orders of one person kept while Telegram is asked about them.
const KEPT: usize = 20;
/// Somebody who is not in the staff chat is not asked about again for so long. Who comes in is seen at once.
const REMEMBERED: Span = Span::hours(24);
/// The same when Telegram did not say.
const UNSAID: Span = Span::minutes(10);

/// Begins the name of the reminder that keeps what somebody ordered while Telegram is asked about them.
const WAITING: &str = "asked";

pub struct Orders;

/// Orders of the staff. There is nothing to set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {}

impl Feature for Orders {
    const NAME: &'static str = "orders";
    const PHRASES: &'static [&'static [Phrase]] = &[&[
        Phrase {
            key: "orders.staff_only",
            zh: "只有管理员可以操作。",
            en: "Only administrators can do this.",
            values: &[],
        },
        Phrase {
            key: "orders.late",
            zh: "我刚才不在线，下面的命令来晚了，没有执行：{{ orders }}\n还需要的话，请再{{ again }}一次。",
            en: "I was away, and these came too late and were not carried out:{{ orders }}\n\
                 If you still want them, please {{ again }} again.",
            values: &["orders", "again"],
        },
        Phrase {
            key: "orders.unsettled",
            zh: "Telegram 一直没有回应，我没法确认下面的命令是不是管理员发的，所以没有执行：{{ orders }}\n还需要的话，请再{{ again }}一次。",
            en: "Telegram did not say in time whether these came from an administrator, so they were not carried out:{{ orders }}\n\
                 If you still want them, please {{ again }} again.",
            values: &["orders", "again"],
        },
        Phrase {
            key: "orders.list",
            zh: "{% for order in orders %}\n▫️ {% if order.press %}{% if order.words %}「{{ order.words }}」下的按钮{% else %}一个按钮{% endif %}\
                 {% else %}<code>{{ order.words }}</code>{% endif %}（{{ order.by or '管理员' }}，{{ order.time }}）{% endfor %}\
                 {% if more %}\n……还有 {{ more }} 条{% endif %}",
            en: "{% for order in orders %}\n▫️ {% if order.press %}a button{% if order.words %} under “{{ order.words }}”{% endif %}\
                 {% else %}<code>{{ order.words }}</code>{% endif %} ({{ order.by or 'an administrator' }}, {{ order.time }}){% endfor %}\
                 {% if more %}\n… and {{ more }} more{% endif %}",
            values: &["orders", "more"],
        },
        Phrase { key: "orders.again.send", zh: "发", en: "send them", values: &[] },
        Phrase { key: "orders.again.press", zh: "按", en: "press", values: &[] },
        Phrase { key: "orders.again.both", zh: "发或再按", en: "send or press them", values: &[] },
    ]];
    type Settings = Settings;
    type Rules = ();

    fn compile(_: &Settings, _: &mut Compile<'_>) {}

    async fn handle((): &(), cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        let Some(chat) = event.chat.filter(|_| cx.allowed) else { return Ok(Flow::On) };
        match &event.kind {
            Kind::Told(Told::OrderMissed(asked)) => late::missed(cx, late::Why::Late, asked).await?,
            Kind::Told(Told::OrderUnsettled(asked)) => late::missed(cx, late::Why::Unsettled, asked).await?,
            Kind::Told(Told::OrderDoubted(asked)) => ask(cx, chat, asked).await?,
            Kind::Answer { question: Question::Member(of, user), answer } if cx.current(*of) == chat => {
                answered(cx, chat, *user, answer).await?;
            }
            Kind::Due(due) => {
                if let Some(why) = late::Why::ALL.into_iter().find(|why| cx.due(event, why.word()).is_some()) {
                    late::told(cx, chat, why, &due.payload)?;
                } else if cx.due(event, WAITING).is_some() {
                    unanswered(cx, &due.payload)?;
                }
            }
            Kind::Delivered(delivery) if delivery.note.starts_with(ALONE) => {
                // It came out as a message like any other: an older server knows no such messages.
                if let Some(message) = delivery.message {
                    cx.take_back(chat, message.into());
                }
            }
            Kind::Refused(refused) => {
                if let Some(place) = refused.note.strip_prefix(ALONE) {
                    unseen(cx, chat, place);
                }
            }
            _ => {}
        }
        Ok(Flow::On)
    }
}

/// Keeps an order until Telegram has said whether who gave it is in the staff chat. After [`STALE`] it is of no use.
async fn ask(cx: &mut Cx<'_>, staff_chat: ChatId, asked: &Asked) -> Result<()> {
    let Some(user) = asked.user().map(|user| user.id) else { return Ok(()) };
    let name = waiting(user);
    if let Some(kept) = cx.tx.reminder(staff_chat, &format!("orders/{name}")).await? {
        let mut all: Vec<Value> = serde_json::from_value(kept.payload)?;
        if all.len() < KEPT {
            all.push(json!(asked));
            cx.remind(staff_chat, &name, kept.due, json!(all));
        }
        return Ok(());
    }
    let due = cx.now + STALE;
    cx.remind(staff_chat, &name, due, json!([asked]));
    cx.emit(Class::Reply, Effect::Ask(Question::Member(staff_chat, user)));
    Ok(())
}

/// Telegram has said whether somebody is in the staff chat: what they ordered is looked at again.
async fn answered(cx: &mut Cx<'_>, staff_chat: ChatId, user: UserId, answer: &Answer) -> Result<()> {
    let name = waiting(user);
    let Some(kept) = cx.tx.reminder(staff_chat, &format!("orders/{name}")).await? else { return Ok(()) };
    cx.unremind(staff_chat, &name).await?;
    let apart = match answer {
        Answer::Member { status, .. } if status.is_in() => None,
        Answer::Member { .. } => Some(REMEMBERED),
        _ => Some(UNSAID),
    };
    if let Some(apart) = apart {
        let until = cx.now + apart;
        cx.remind(staff_chat, &format!("apart/{user}"), until, Value::Null);
    }
    for asked in serde_json::from_value::<Vec<Asked>>(kept.payload)? {
        cx.tell(Some(asked.chat()), Told::OrderSettled(asked));
    }
    Ok(())
}

/// Telegram has not said for long whether somebody is in the staff chat: they hear that nothing was done.
fn unanswered(cx: &mut Cx<'_>, kept: &Value) -> Result<()> {
    for asked in Vec::<Asked>::deserialize(kept)? {
        cx.tell(Some(asked.chat()), Told::OrderUnsettled(asked));
    }
    Ok(())
}

fn waiting(user: UserId) -> String {
    format!("{WAITING}/{user}")
}

/// What one member was to see alone was refused. `place` says where it belongs.
fn unseen(cx: &mut Cx<'_>, chat: ChatId, place: &str) {
    let number = |text: &str| text.parse::<i64>().ok();
    if let Some((command, topic)) = place.split_once(' ').and_then(|(a, b)| number(a).zip(number(b))) {
        cx.turn_away_openly(chat, Some(topic).filter(|topic| *topic != 0), MessageId(command));
    }
}
