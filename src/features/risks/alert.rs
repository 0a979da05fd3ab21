//! What the staff are told: the figure, what is usual, and what they can do.

use minijinja::context;

use super::Settings;
use super::policy::Level;
use super::rows::Alert;
use super::watch::Hour;
use crate::cx::Cx;
use crate::model::effect::{Keyboard, Send};
use crate::model::{ChatId, Class, Effect, MessageKey, Text, Timestamp};
use crate::store::series::Sign;

/// Tells of a sign, or changes what was told.
pub fn show(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, sign: Sign, told: Alert, hour: &Hour, known: bool) {
    let word = sign.word();
    let values = context! {
        title => title(cx, chat),
        what => cx.words(&format!("risks.{word}")).visible(),
        advice => cx.words(&format!("risks.advice_{word}")).visible(),
        over => told.over.is_some(),
        told => cx.moment(told.told),
        most => told.n,
        n => hour.n,
        hour => cx.moment(hour.begins),
        mean => hour.usual.map(|usual| tenths(usual.mean)),
        spread => hour.usual.map(|usual| tenths(usual.spread)),
        limit => rules.bounds(sign).map(|bounds| bounds.limit),
        by_limit => hour.level == Level::Limit,
    };
    let text = cx.text("risks.alert", values);
    say(cx, chat, word, told.told, text, known);
}

/// Says something in the staff chat, or instead of what was said there before.
pub fn say(cx: &mut Cx<'_>, chat: ChatId, what: &str, told: Timestamp, text: Text, known: bool) {
    let Some(staff) = cx.staff_chat() else { return };
    let name = MessageKey(format!("risks/{chat}/{what}/{}", told.0));
    if known {
        let (message, keyboard) = (name.into(), Keyboard::default());
        cx.emit(Class::Reply, Effect::Edit { chat: staff, message, text, keyboard });
    } else {
        cx.send(Class::Reply, Send { name: Some(name), ..Send::new(staff, text) });
    }
}

pub fn title(cx: &Cx<'_>, chat: ChatId) -> String {
    cx.chat(chat).map(|row| row.title.clone()).unwrap_or_default()
}

/// A figure with one digit, and none where it is nothing.
pub fn tenths(value: f64) -> String {
    format!("{value:.1}").trim_end_matches(".0").to_owned()
}
