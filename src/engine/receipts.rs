//! What became of effects, taken back into the log as events.

use anyhow::Result;

use super::{Engine, Step};
use crate::model::event::{Answer, Delivery, Hindrance, Refused, Why};
use crate::model::opinion::{Advised, NoOpinion, Opinion};
use crate::model::{ChatId, Class, Effect, Event, Kind, Span, Timestamp, UserId};
use crate::store::outbox::Letter;
use crate::store::{Tx, in_words, is_outage, quarantine};
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
    Advised(Result<Opinion, NoOpinion>),
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
    /// Notes what became of an effect, and tells features. What of it cannot be noted is kept in quarantine, so that it
    /// holds up nothing; features are told all the same.
    pub(super) async fn record(
        &mut self,
        tx: &mut Tx,
        receipt: &Receipt,
        now: Timestamp,
        step: &mut Step,
    ) -> Result<()> {
        // What is done to its own row stands whatever else fails: it goes on or is over.
        if matches!(receipt.ended, Ended::Again { .. } | Ended::Moved { .. }) {
            tx.delay_letter(&receipt.letter).await?;
        } else {
            tx.finish_letter(receipt.letter.id);
        }
        tx.begin_event();
        match note(tx, receipt, self.careful > 0).await {
            Ok(()) => tx.keep_event(),
            Err(error) if tx.is_broken() || is_outage(&error) => return Err(error),
            Err(error) => {
                let error = in_words(&error);
                tracing::error!(letter = receipt.letter.id, error, "what became of an effect cannot be noted");
                tx.undo_event().await?;
                step.failed += 1;
                let body = serde_json::to_string(&receipt.letter.outgoing)?;
                quarantine::keep(tx, now, "effect", &body, &error).await?;
            }
        }
        self.tell(tx, receipt, now, step).await
    }

    async fn tell(&mut self, tx: &mut Tx, receipt: &Receipt, now: Timestamp, step: &mut Step) -> Result<()> {
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
                let Some(chat) = rest.filter(|_| *wait >= LONG) else { return Ok(()) };
                let kind = Kind::Hindered(Hindrance::Waits(*wait));
                self.handle(tx, &event("w", Some(chat), kind), now, step).await
            }
            Ended::Moved { from, to } => {
                let kind = Kind::Migrated { from: *from, to: *to };
                self.handle(tx, &event("m", Some(*to), kind), now, step).await
            }
            Ended::Answered(answer) => {
                let Effect::Ask(question) = &letter.outgoing.effect else { return Ok(()) };
                let kind = Kind::Answer { question: *question, answer: answer.clone() };
                self.handle(tx, &event("", chat, kind), now, step).await
            }
            Ended::Advised(opinion) => {
                let Effect::Consult(consult) = &letter.outgoing.effect else { return Ok(()) };
                let kind = Kind::Advised(Advised { case: consult.case, opinion: opinion.clone() });
                self.handle(tx, &event("", Some(consult.chat), kind), now, step).await
            }
            Ended::Sent(sent) => {
                if let (Some(how), Some(text)) = (sent.altered, letter.outgoing.effect.text()) {
                    let words = text.visible().chars().take(QUOTED).collect();
                    let kind = Kind::Hindered(Hindrance::Altered { how, words });
                    self.handle(tx, &event("p", chat, kind), now, step).await?;
                }
                if !note.is_empty() {
                    let delivery = Delivery {
                        name,
                        message: sent.message,
                        messages: sent.messages.clone(),
                        poll: sent.poll.clone(),
                        file: sent.file.clone(),
                        note,
                    };
                    self.handle(tx, &event("", chat, Kind::Delivered(delivery)), now, step).await?;
                }
                match &sent.poll {
                    // Who sent the poll knows by now that it stands.
                    Some(poll) => self.handle_parked(tx, poll, now, step).await,
                    None => Ok(()),
                }
            }
            Ended::Refused { why, text, method } => {
                let user = letter.outgoing.effect.user();
                let refused = Refused { name, why: *why, text: text.clone(), method: method.clone(), user, note };
                self.handle(tx, &event("", chat, Kind::Refused(refused)), now, step).await
            }
        }
    }
}

/// What the tables know of an effect from now on, beside its own row. With `careful` it is written at once.
async fn note(tx: &mut Tx, receipt: &Receipt, careful: bool) -> Result<()> {
    let Receipt { letter, at, ended } = receipt;
    let effect = &letter.outgoing.effect;
    match (ended, effect.chat()) {
        // Guards are asked for again soon after a restart, whatever Telegram said before it.
        (Ended::Again { wait, rest: Some(chat) }, _) if letter.outgoing.class > Class::Guard => {
            tx.cool_down(*chat, *at + *wait).await?;
        }
        (Ended::Sent(Sent { message: Some(message), poll, .. }), Some(chat)) => {
            if let Some(name) = effect.name() {
                tx.name_message(chat, name, *message, *at);
            }
            if let Some(poll) = poll {
                tx.remember_poll(poll, chat, *message, *at).await?;
            }
        }
        (Ended::Refused { why: Why::Unreachable, .. }, Some(chat)) if chat.is_private() => {
            tx.set_reach(UserId(chat.0), false, None).await?;
        }
        _ => {}
    }
    if careful {
        tx.settled().await?;
    }
    Ok(())
}
