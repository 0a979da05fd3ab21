//! Carrying one effect out: the calls it takes, what a refusal asks to be done differently, and how it ended.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::Ended;
use super::courier::{Job, MOVES};
use super::plan::TRIES;
use crate::advice::Advisor;
use crate::model::event::Why;
use crate::model::{ChatId, Class, Delivery, Effect, MessageId, MessageKey, Span, Timestamp};
use crate::store::outbox::Letter;
use crate::telegram::refusal::{Outcome, classify};
use crate::telegram::reply::{self, Sent};
use crate::telegram::request::{self, Resolved, Unsendable};
use crate::telegram::{Call, Door, Fault};

pub(super) fn refused(why: Why, text: &str) -> Ended {
    Ended::Refused { why, text: text.to_owned(), method: String::new() }
}

/// What may have been said is said again after this long, when a short failure of the connection is over.
const ONCE_MORE: Span = Span::secs(5);

/// Where effects lead.
#[derive(Clone)]
pub struct Ways {
    pub door: Arc<dyn Door>,
    pub advisor: Arc<dyn Advisor>,
}

/// Carries one effect out.
pub async fn carry(ways: &Ways, bot: &str, job: Job, now: Timestamp) -> (Letter, Ended) {
    let Job { mut letter, names } = job;
    let door = &*ways.door;
    if let Effect::Consult(consult) = &letter.outgoing.effect {
        let opinion = ways.advisor.ask(consult).await;
        return (letter, Ended::Advised(opinion));
    }
    let file = match request::upload_path(&letter.outgoing.effect) {
        Some(path) => match tokio::fs::read(path).await {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                let ended = refused(Why::BadFile, &format!("the file {path} cannot be read: {error}"));
                return (letter, ended);
            }
        },
        None => None,
    };
    // What is to end at a time ends by Telegram's clock: a mute that seems to be over already would be one for ever.
    let ended = match calls_for(&letter, bot, &names, file.as_deref(), now + door.ahead()) {
        Ok(calls) => make_calls(door, &mut letter, calls).await,
        Err(ended) => ended,
    };
    (letter, ended)
}

fn calls_for(
    letter: &Letter,
    bot: &str,
    names: &HashMap<MessageKey, MessageId>,
    file: Option<&[u8]>,
    now: Timestamp,
) -> Result<Vec<Call>, Ended> {
    let resolved = Resolved { bot, now, message: &|name| names.get(name).copied(), file };
    request::write(&letter.outgoing.effect, &resolved).map_err(|error| {
        let why = if matches!(error, Unsendable::NoMessage(_)) { Why::NotFound } else { Why::Invalid };
        refused(why, &error.to_string())
    })
}

/// Makes the calls in turn; what a refusal asks to be done differently is done at once.
async fn make_calls(door: &dyn Door, letter: &mut Letter, calls: Vec<Call>) -> Ended {
    let effect = &letter.outgoing.effect;
    let private = effect.chat().is_some_and(ChatId::is_private);
    let mut done = Sent::default();
    let mut waiting = VecDeque::from(calls);
    let mut retold = 0;
    // Of messages deleted one by one: whether any went, and why the last that did not stays.
    let (mut went, mut stays) = (false, None);
    while let Some(call) = waiting.pop_front() {
        let result = door.call(call.clone()).await;
        let fault = match result {
            Ok(value) => {
                if let Effect::Ask(question) = effect {
                    return Ended::Answered(reply::answer(*question, &value));
                }
                let sent = reply::delivered(&value);
                went = true;
                done.message = done.message.or(sent.message);
                done.messages.extend(sent.messages);
                done.poll = done.poll.or(sent.poll);
                done.file = done.file.or(sent.file);
                continue;
            }
            Err(fault) => fault,
        };
        let outcome = classify(&call.method, &fault, private);
        tracing::debug!(outbox.id = letter.id, method = call.method, %fault, ?outcome, "a call failed");
        if outcome == Outcome::Done {
            went = true;
            continue;
        }
        let instead = if retold < 2 { request::instead(outcome, &call) } else { Vec::new() };
        if !instead.is_empty() {
            retold += 1;
            done.altered = request::altered(outcome).or(done.altered);
            for call in instead.into_iter().rev() {
                waiting.push_front(call);
            }
        } else if call.method == "deleteMessage" && retold > 0 && matches!(outcome, Outcome::Refused(_)) {
            // One of many messages cannot be deleted, which does not keep the others.
            stays = Some((call, outcome, fault));
        } else {
            return unhappy(letter, &call, outcome, &fault);
        }
    }
    match (effect, stays) {
        (Effect::Ask(_), _) => refused(Why::Other, "there was no answer"),
        (_, Some((call, outcome, fault))) if !went => unhappy(letter, &call, outcome, &fault),
        _ => Ended::Sent(done),
    }
}

/// What a failure that cannot be mended at once leads to.
fn unhappy(letter: &mut Letter, call: &Call, outcome: Outcome, fault: &Fault) -> Ended {
    let refuse = |why| Ended::Refused { why, text: fault.to_string(), method: call.method.clone() };
    let outgoing = &mut letter.outgoing;
    // Doubling from 1 s to 1 min, with a part of a second that differs from letter to letter.
    let exponent = u32::try_from(letter.attempts.clamp(0, 6)).unwrap_or(0);
    let backoff = Span::from_millis(1000 * 2_i64.pow(exponent) + (letter.id * 7919) % 1000);
    match outcome {
        Outcome::Refused(why) => refuse(why),
        Outcome::Retry { .. } if outgoing.class == Class::Answer => refuse(Why::TooLate),
        Outcome::Retry { after } => {
            let wait = after + Span::from_millis((letter.id * 7919) % 1000);
            // What belongs to no chat rests alone.
            Ended::Again { wait, rest: outgoing.effect.chat() }
        }
        Outcome::Migrate(to) => match outgoing.effect.chat() {
            Some(from) if from != to && letter.attempts < 2 * MOVES => Ended::Moved { from, to },
            _ => refuse(Why::NotFound),
        },
        Outcome::NotSent | Outcome::Conflict => Ended::Again { wait: backoff, rest: None },
        Outcome::Stop => {
            tracing::error!(method = call.method, "Telegram does not accept the token");
            Ended::Again { wait: Span::minutes(1), rest: None }
        }
        Outcome::Ambiguous if outgoing.delivery == Delivery::Once => refuse(Why::MayHaveHappened),
        // People forgive an answer that comes twice, and no more: from now on it is one that must not be doubled.
        Outcome::Ambiguous if matches!(outgoing.effect, Effect::Send(_) | Effect::Poll(_)) => {
            outgoing.delivery = Delivery::Once;
            Ended::Again { wait: backoff.max(ONCE_MORE), rest: None }
        }
        // What guards a group is asked for until its time is over.
        Outcome::Ambiguous if outgoing.class == Class::Guard || letter.attempts % MOVES < TRIES => {
            Ended::Again { wait: backoff, rest: None }
        }
        _ => refuse(Why::Other),
    }
}
