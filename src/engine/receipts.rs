//! What became of effects, taken back into the log as events.

use anyhow::Result;

use super::{Engine, Step};
use crate::model::event::{Answer, Delivery, Hindrance, Refused, Why};
use crate::model::{ChatId, Class, Effect, Event, Kind, Span, Timestamp};
use crate::store::Tx;
use crate::store::outbox::Letter;
use crate::telegram::reply::Sent;

/// A wait from here on is told to a community's staff.
const LONG: Span = Span::minutes(1);
/// So many characters show which text is meant.
const QUOTED: usize = 80;

/// The courier's report on one effect.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub letter: Letter,
    pub at: Timestamp,
    pub ended: Ended,
}

/// How an effect ended, or why it has not.
#[derive(Clone, Debug)]
pub enum Ended {
    Sent(Sent),
    Answered(Answer),
    Refused {
        why: Why,
        text: String,
        method: String,
    },
    /// To be tried again after `wait`; Telegram asked to leave `rest` alone so long (chat 0: everything).
    Again {
        wait: Span,
        rest: Option<ChatId>,
    },
    /// The chat has another number now, which the letter already bears.
    Moved {
        from: ChatId,
        to: ChatId,
    },
}

impl Engine {
    pub(super) async fn record(
        &mut self,
        tx: &mut Tx,
        receipt: &Receipt,
        now: Timestamp,
        step: &mut Step,
    ) -> Result<()> {
        let Receipt { letter, at, ended } = receipt;
        let event = |suffix: &str, chat: Option<ChatId>, kind: Kind| Event {
            id: format!("d{}{suffix}", letter.id),
            at: *at,
            chat,
            kind,
        };
        let chat = letter.outgoing.effect.chat();
        let note = letter.outgoing.note.clone();
        let name = letter.outgoing.effect.name().cloned();
        match ended {
            Ended::Again { wait, rest } => {
                // Guards are asked for again soon after a restart, whatever Telegram said before it.
                if let Some(chat) = rest.filter(|_| letter.outgoing.class > Class::Guard) {
                    tx.cool_down(chat, *at + *wait).await?;
                }
                tx.delay_letter(letter).await?;
                let Some(chat) = rest.filter(|_| *wait >= LONG) else { return Ok(()) };
                let kind = Kind::Hindered(Hindrance::Waits(*wait));
                self.handle(tx, &event("w", Some(chat), kind), now, step).await
            }
            Ended::Moved { from, to } => {
                tx.delay_letter(letter).await?;
                let kind = Kind::Migrated { from: *from, to: *to };
                self.handle(tx, &event("m", Some(*to), kind), now, step).await
            }
            Ended::Answered(answer) => {
                tx.finish_letter(letter.id).await?;
                let Effect::Ask(question) = &letter.outgoing.effect else { return Ok(()) };
                let kind = Kind::Answer { question: *question, answer: answer.clone() };
                self.handle(tx, &event("", chat, kind), now, step).await
            }
            Ended::Sent(sent) => {
                tx.finish_letter(letter.id).await?;
                if let (Some(chat), Some(name), Some(message)) = (chat, &name, sent.message) {
                    tx.name_message(chat, name, message, *at).await?;
                }
                if let (Some(chat), Some(poll), Some(message)) = (chat, &sent.poll, sent.message) {
                    tx.remember_poll(poll, chat, message, *at).await?;
                    self.handle_parked(tx, poll, now, step).await?;
                }
                if let Some(text) = letter.outgoing.effect.text().filter(|_| sent.plain) {
                    let words = text.visible().chars().take(QUOTED).collect();
                    let kind = Kind::Hindered(Hindrance::PlainText { words });
                    self.handle(tx, &event("p", chat, kind), now, step).await?;
                }
                if note.is_empty() {
                    return Ok(());
                }
                let delivery = Delivery {
                    name,
                    message: sent.message,
                    messages: sent.messages.clone(),
                    poll: sent.poll.clone(),
                    file: sent.file.clone(),
                    note,
                };
                self.handle(tx, &event("", chat, Kind::Delivered(delivery)), now, step).await
            }
            Ended::Refused { why, text, method } => {
                tx.finish_letter(letter.id).await?;
                if let (Why::Unreachable, Some(chat)) = (why, chat.filter(|chat| chat.is_private())) {
                    tx.set_reach(crate::model::UserId(chat.0), false, None).await?;
                }
                let user = letter.outgoing.effect.user();
                let refused = Refused { name, why: *why, text: text.clone(), method: method.clone(), user, note };
                self.handle(tx, &event("", chat, Kind::Refused(refused)), now, step).await
            }
        }
    }
}
