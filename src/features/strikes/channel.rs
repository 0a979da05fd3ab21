//! Channels that write in a group under their own names. There is nobody to strike: an advert goes, and its channel is shut
//! out. The staff's card is corrected when Telegram refuses either.

use anyhow::Result;
use minijinja::context;
use serde::{Deserialize, Serialize};

use super::case::Hitch;
use super::ledger::{self, DELETED, SHOWN, Spot};
use super::settings::{DELETABLE, Suspects};
use super::{Rules, act, outcome, words};
use crate::cx::Cx;
use crate::features::Flow;
use crate::judge::{Class, Reason, Verdict};
use crate::model::effect::{Keyboard, Send};
use crate::model::event::Why;
use crate::model::{Chat, ChatId, Class as Urgency, Effect, Message, MessageId, MessageKey, MessageRef, Right, Text};

/// Stands in notes instead of a case: channels have none. Orders that have none bear a 0.
pub const NO_CASE: i64 = -1;

/// What a card about a channel says. It is kept as a reminder under the advert's number while Telegram may still refuse
/// something.
#[derive(Serialize, Deserialize)]
struct Card {
    name: String,
    acts: bool,
    deleted: bool,
    banned: bool,
    reasons: Vec<Reason>,
    text: String,
}

/// A channel that advertises is shut out.
pub async fn advert(
    rules: &Rules,
    cx: &mut Cx<'_>,
    message: &Message,
    channel: &Chat,
    verdict: Verdict,
    dealt_with: i64,
) -> Result<Flow> {
    let is_ad = verdict.class >= Class::Ad;
    let acts = is_ad && !rules.settings.shadow;
    if dealt_with == DELETED || dealt_with == SHOWN && !acts {
        return Ok(if dealt_with == DELETED { Flow::Stop } else { Flow::On });
    }
    if !is_ad && rules.settings.suspects == Suspects::Ignore {
        return Ok(Flow::On);
    }
    let (chat, album) = (message.chat.id, message.album.as_deref());
    let spot = Spot { chat, message: message.id, album, at: message.date };
    let parts = ledger::parts(cx.tx, spot, 0).await?;
    for part in &parts {
        ledger::mark(cx.tx, cx.community, Spot { message: *part, ..spot }, if acts { DELETED } else { SHOWN }).await?;
    }
    let mut card = Card {
        name: channel.title.clone(),
        acts,
        deleted: false,
        banned: false,
        reasons: verdict.reasons,
        text: words::excerpt(&message.text),
    };
    if acts {
        card.deleted = delete(cx, message, parts).await?;
        card.banned = shut_out(cx, chat, channel.id, message.id).await?;
    }
    if let Some(staff) = cx.staff_chat() {
        let text = wording(cx, chat, &card);
        cx.send(Urgency::Reply, Send { name: Some(name(chat, message.id)), ..Send::new(staff, text) });
        if acts {
            let forgotten = cx.now + DELETABLE;
            cx.remind(chat, &reminder(message.id), forgotten, serde_json::to_value(card)?);
        }
    }
    Ok(if acts { Flow::Stop } else { Flow::On })
}

/// Deletes an advert with its other parts. Says whether that was asked for; if not the staff are told why.
pub async fn delete(cx: &mut Cx<'_>, message: &Message, parts: Vec<MessageId>) -> Result<bool> {
    let chat = message.chat.id;
    match act::delete_in(cx, &note("delete", message.id), chat, parts, message.date) {
        Some(hitch) => outcome::tell_staff(cx, chat, hitch).await.map(|()| false),
        None => Ok(true),
    }
}

/// Lets a channel write no more in a group. Says whether that was asked for; if not the staff are told why.
async fn shut_out(cx: &mut Cx<'_>, chat: ChatId, channel: ChatId, message: MessageId) -> Result<bool> {
    if cx.lacks(chat, Right::Restrict) {
        return outcome::tell_staff(cx, chat, Hitch::Restrict).await.map(|()| false);
    }
    cx.emit(Urgency::Guard, Effect::BanChannel { chat, channel }).note = note("channel", message);
    Ok(true)
}

/// Telegram refused to delete an advert or to shut out its channel: the card says so.
pub async fn refused(cx: &mut Cx<'_>, chat: ChatId, what: &str, message: &str, why: Why) -> Result<()> {
    if why == Why::NoRights {
        outcome::tell_staff(cx, chat, Hitch::without_right(what)).await?;
    }
    let Some(message) = message.parse().ok().map(MessageId) else { return Ok(()) };
    let kept = cx.tx.reminder(chat, &format!("strikes/{}", reminder(message))).await?;
    let Some(kept) = kept else { return Ok(()) };
    let mut card: Card = serde_json::from_value(kept.payload)?;
    match what {
        "delete" => card.deleted = false,
        _ => card.banned = false,
    }
    if let Some(staff) = cx.staff_chat() {
        let text = wording(cx, chat, &card);
        let message = MessageRef::Name(name(chat, message));
        cx.emit(Urgency::Reply, Effect::Edit { chat: staff, message, text, keyboard: Keyboard::default() });
    }
    cx.remind(chat, &reminder(message), kept.due, serde_json::to_value(card)?);
    Ok(())
}

fn wording(cx: &Cx<'_>, chat: ChatId, card: &Card) -> Text {
    let values = context! {
        chat => words::group(cx, chat), name => &card.name, acts => card.acts, deleted => card.deleted,
        banned => card.banned, reasons => words::reasons(cx, &card.reasons), text => &card.text,
    };
    cx.text("strikes.channel", values)
}

fn note(what: &str, message: MessageId) -> String {
    act::ordered(NO_CASE, what, &message.to_string())
}

fn reminder(message: MessageId) -> String {
    format!("channel/{message}")
}

/// The card's name in the staff chat.
fn name(chat: ChatId, message: MessageId) -> MessageKey {
    MessageKey(format!("strikes/channel/{chat}/{message}"))
}
