//! The card in the staff chat: what happens, in figures, and the buttons to decide otherwise.

use anyhow::Result;
use minijinja::context;

use super::rows::Held;
use super::watch;
use crate::cx::Cx;
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::{ChatId, ChatKind, Class, Effect, MessageKey, Span, Text};
use crate::store::chats::Raid;

/// The card follows what happens no faster than this.
const PACE: i64 = 20_000;
/// Until when after a raid its newcomers can be removed together.
pub const REMOVABLE: Span = Span::hours(24);

fn name(chat: ChatId, raid: Raid) -> MessageKey {
    MessageKey(format!("raid/card/{chat}/{}", raid.since.0))
}

/// Shows the staff that a raid began.
pub async fn show(cx: &mut Cx<'_>, chat: ChatId, raid: Raid, manual: bool) -> Result<()> {
    let Some(staff) = cx.staff_chat() else { return Ok(()) };
    let text = text(cx, chat, raid, manual).await?;
    let send = Send { name: Some(name(chat, raid)), keyboard: keys(cx, chat, raid), ..Send::new(staff, text) };
    cx.send(Class::Reply, send);
    Ok(())
}

/// Brings the card to what is true now, in a moment: many things happen at once.
pub fn refresh_soon(cx: &mut Cx<'_>, chat: ChatId) {
    let due = crate::model::Timestamp((cx.now.0 / PACE + 1) * PACE);
    cx.remind(chat, "card", due, serde_json::Value::Null);
}

/// Brings the card to what is true now.
pub async fn refresh(cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    let Some(raid) = cx.chat(chat).and_then(|row| row.raid) else { return Ok(()) };
    let keyboard = keys(cx, chat, raid);
    edit(cx, chat, raid, keyboard).await
}

/// The same with other buttons.
pub async fn edit(cx: &mut Cx<'_>, chat: ChatId, raid: Raid, keyboard: Keyboard) -> Result<()> {
    let Some(staff) = cx.staff_chat() else { return Ok(()) };
    let manual = watch::course(cx, chat).await?.is_some_and(|course| course.manual);
    let text = text(cx, chat, raid, manual).await?;
    cx.emit(Class::Reply, Effect::Edit { chat: staff, message: name(chat, raid).into(), text, keyboard });
    Ok(())
}

/// What is known of a raid.
pub async fn text(cx: &mut Cx<'_>, chat: ChatId, raid: Raid, manual: bool) -> Result<Text> {
    let guests = watch::guests(cx, chat, raid.since).await?;
    let mut gone = 0;
    for guest in &guests {
        let here = cx.tx.member(chat, guest.user).await?.is_some_and(|member| member.status.is_in());
        gone += usize::from(!here);
    }
    let count = |wanted: &[Held]| guests.iter().filter(|guest| wanted.contains(&guest.held)).count();
    let title = cx.chat(chat).map(|row| row.title.clone()).unwrap_or_default();
    let basic = cx.chat(chat).is_some_and(|row| row.kind == ChatKind::Group);
    let values = context! {
        title, basic, manual, gone, on => cx.now < raid.until, since => cx.moment(raid.since), until => cx.moment(raid.until),
        joined => guests.len(), held => count(&[Held::Yes]), other => count(&[Held::LeftAlone]),
        removed => count(&[Held::Removed]), powerless => !watch::can_hold(cx, chat),
    };
    Ok(cx.text("raid.card", values))
}

fn key(cx: &Cx<'_>, chat: ChatId, raid: Raid, word: &str) -> Key {
    Key::press(cx.words(&format!("raid.key_{word}")).visible(), format!("raid:{word}:{chat}:{}", raid.since.0))
}

pub fn keys(cx: &Cx<'_>, chat: ChatId, raid: Raid) -> Keyboard {
    let key = |word| key(cx, chat, raid, word);
    if cx.now < raid.until {
        Keyboard::row([key("more"), key("end")]).and_row([key("purge")])
    } else if cx.now < raid.until + REMOVABLE {
        Keyboard::row([key("purge")])
    } else {
        Keyboard::default()
    }
}

/// Asks whether everybody who came in the raid is to be removed.
pub fn confirm(cx: &Cx<'_>, chat: ChatId, raid: Raid) -> Keyboard {
    Keyboard::row([key(cx, chat, raid, "sure"), key(cx, chat, raid, "back")])
}
