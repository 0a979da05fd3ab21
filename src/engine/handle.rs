//! Handling one event: its settings, its rows, its features, what they tell each other.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;

use anyhow::{Context, Result, bail};
use futures::FutureExt;

use super::{Engine, Step};
use crate::cx::{Aftermath, Cx};
use crate::features;
use crate::model::event::{Due, Vote};
use crate::model::message::Service;
use crate::model::{ChatId, Event, Kind, Timestamp, UserId};
use crate::store::agenda::Reminder;
use crate::store::inbox::Waiting;
use crate::store::quarantine::FailedReminder;
use crate::store::{Tx, in_words, is_outage, quarantine};

/// What features tell each other because of one event; more would be a loop.
const TOLD: usize = 200;
/// When a reminder whose handling failed comes again.
const AGAIN: crate::model::Span = crate::model::Span::hours(1);
/// How long a vote waits for its poll to be known.
const PARKED: crate::model::Span = crate::model::Span::minutes(1);
/// Reminders of the process itself belong to this chat.
const PROCESS: ChatId = ChatId(0);
/// While a backlog is being worked off, a reminder overdue by more than this no longer waits for updates before it.
const PATIENCE: crate::model::Span = crate::model::Span::minutes(1);

/// What is kept of an event if it fails.
#[derive(Clone, Copy)]
pub(super) enum Kept<'a> {
    /// The update it was read from.
    Update(&'a str),
    Event,
    Reminder,
    /// Nothing: the reminder has failed before, and is kept as it failed first.
    Already,
}

impl Engine {
    /// Handles updates and reminders in the order in which they happened.
    pub(super) async fn handle_in_order(
        &mut self,
        tx: &mut Tx,
        batch: &[Waiting],
        reminders: Vec<Reminder>,
        backlog: bool,
        now: Timestamp,
        step: &mut Step,
    ) -> Result<()> {
        let events: Vec<Result<Event, String>> = batch.iter().map(|waiting| self.read(waiting)).collect();
        self.prefetch(tx, &events).await?;
        let failed = if reminders.is_empty() { Vec::new() } else { quarantine::reminders(tx).await? };
        let mut reminders = VecDeque::from(reminders);
        let mut last = Timestamp(0);
        for (waiting, event) in batch.iter().zip(events) {
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    put_aside(tx, waiting, &error, now, step).await?;
                    continue;
                }
            };
            last = last.max(event.at);
            while let Some(reminder) = reminders.pop_front_if(|reminder| reminder.due < event.at) {
                self.handle_reminder(tx, reminder, &failed, now, step).await?;
            }
            self.handle_or_keep(tx, &event, Kept::Update(&waiting.raw), now, step).await?;
        }
        for reminder in reminders {
            if backlog && reminder.due > last && now.since(reminder.due) < PATIENCE {
                break;
            }
            self.handle_reminder(tx, reminder, &failed, now, step).await?;
        }
        Ok(())
    }

    pub(super) async fn handle_update(
        &mut self,
        tx: &mut Tx,
        waiting: &Waiting,
        now: Timestamp,
        step: &mut Step,
    ) -> Result<()> {
        match self.read(waiting) {
            Ok(event) => self.handle_or_keep(tx, &event, Kept::Update(&waiting.raw), now, step).await,
            Err(error) => put_aside(tx, waiting, &error, now, step).await,
        }
    }

    pub(super) async fn handle(&mut self, tx: &mut Tx, event: &Event, now: Timestamp, step: &mut Step) -> Result<()> {
        self.handle_or_keep(tx, event, Kept::Event, now, step).await
    }

    /// Handles a reminder that is due. `failed` are those kept from before: what is kept of one goes when it succeeds, so
    /// that a replay does not bring it once more.
    async fn handle_reminder(
        &mut self,
        tx: &mut Tx,
        it: Reminder,
        failed: &[FailedReminder],
        now: Timestamp,
        step: &mut Step,
    ) -> Result<()> {
        if !tx.take_reminder(&it) {
            return Ok(());
        }
        let id = format!("a{}/{}/{}", it.chat, it.name, it.due.0);
        let kind = Kind::Due(Due { key: it.name.clone(), payload: it.payload.clone(), late: now.since(it.due) });
        let chat = (it.chat.0 != 0).then_some(it.chat);
        let before = step.failed;
        let earlier: Vec<i64> = failed.iter().filter(|row| row.is_of(chat, &it.name)).map(|row| row.id).collect();
        let kept = if earlier.is_empty() { Kept::Reminder } else { Kept::Already };
        self.handle_or_keep(tx, &Event { id, at: it.due, chat, kind }, kept, now, step).await?;
        if step.failed == before {
            for id in earlier {
                quarantine::remove(tx, id).await?;
            }
        } else {
            // What it would have asked for again is undone with it: without this the habit would end here.
            tx.remind(Reminder { due: now + AGAIN, ..it });
        }
        Ok(())
    }

    /// Handles a reminder that failed, in place of the one that was set again.
    pub(super) async fn handle_failed_reminder(
        &mut self,
        tx: &mut Tx,
        mut event: Event,
        now: Timestamp,
        step: &mut Step,
    ) -> Result<()> {
        if let Kind::Due(due) = &mut event.kind {
            due.late = now.since(event.at);
            tx.unremind(event.chat.unwrap_or(PROCESS), &due.key).await?;
        }
        self.handle_or_keep(tx, &event, Kept::Reminder, now, step).await
    }

    /// Handles an event wholly or not at all. One that fails is kept in quarantine with what is needed to replay it. An
    /// error comes back only when the database itself fails.
    pub(super) async fn handle_or_keep(
        &mut self,
        tx: &mut Tx,
        event: &Event,
        kept: Kept<'_>,
        now: Timestamp,
        step: &mut Step,
    ) -> Result<()> {
        tx.begin_event();
        let ran = AssertUnwindSafe(self.run(tx, event, now)).catch_unwind().await;
        let error = match ran {
            Ok(Ok(())) => {
                step.handled += 1;
                tx.keep_event();
                return Ok(());
            }
            Ok(Err(error)) if tx.is_broken() || is_outage(&error) => return Err(error),
            Ok(Err(error)) => in_words(&error),
            Err(panic) => format!("panicked: {}", panic_words(&*panic)),
        };
        tracing::error!(
            event = event.id,
            chat.id = event.chat.map(|chat| chat.0),
            error,
            "an event failed; it is kept"
        );
        tx.undo_event().await?;
        if self.unsure {
            self.fit_book(tx).await?;
        }
        step.failed += 1;
        let (source, body) = match kept {
            Kept::Update(raw) => ("update", raw.to_owned()),
            Kept::Event => ("event", serde_json::to_string(event)?),
            Kept::Reminder => ("reminder", serde_json::to_string(event)?),
            Kept::Already => return Ok(()),
        };
        quarantine::keep(tx, now, source, &body, &error).await
    }

    /// Shows an event to the features, and after it what they tell each other because of it.
    async fn run(&mut self, tx: &mut Tx, event: &Event, now: Timestamp) -> Result<()> {
        // A vote names no chat; it belongs to the one its poll was sent to.
        if let (None, Kind::Vote(vote)) = (event.chat, &event.kind) {
            let Some(chat) = tx.chat_of_poll(&vote.poll).await? else { return park(tx, vote, event, now) };
            let event = Event { chat: Some(chat), ..event.clone() };
            return Box::pin(self.run(tx, &event, now)).await;
        }
        let mut after = Aftermath::default();
        if let Some((from, to)) = migration(event) {
            tx.move_chat(from, to, now).await?;
            self.unsure = true;
            self.book.moved(from, to);
            let kind = Kind::Migrated { from, to };
            let moved = Event { id: format!("{}.m", event.id), at: event.at, chat: Some(to), kind };
            self.show(tx, &moved, now, &mut after).await?;
        }
        if !matches!(event.kind, Kind::Migrated { .. }) {
            self.show(tx, event, now, &mut after).await?;
        }
        let mut next = 0;
        while let Some((chat, what)) = after.told.get(next).cloned() {
            next += 1;
            if next > TOLD {
                bail!("features told each other more than {TOLD} things because of one event");
            }
            let event = Event { id: format!("{}.{next}", event.id), at: event.at, chat, kind: Kind::Told(what) };
            self.show(tx, &event, now, &mut after).await?;
        }
        if !after.changed_settings.is_empty() {
            let all = crate::store::overrides::all(tx.conn().await?).await?;
            self.unsure = true;
            self.book.apply(&all);
            for chat in after.changed_settings {
                self.own(now, Some(chat), Kind::Settings);
            }
        }
        if self.careful > 0 {
            tx.settled().await?;
        }
        Ok(())
    }

    /// Handles the votes that came before it was known that their poll was sent.
    pub(super) async fn handle_parked(
        &mut self,
        tx: &mut Tx,
        poll: &str,
        now: Timestamp,
        step: &mut Step,
    ) -> Result<()> {
        for parked in tx.take_reminders(PROCESS, &parked_name(poll, "")).await? {
            let body = parked.payload.to_string();
            match serde_json::from_value(parked.payload) {
                Ok(event) => self.handle(tx, &event, now, step).await?,
                Err(error) => {
                    step.failed += 1;
                    quarantine::keep(tx, now, "event", &body, &format!("the vote cannot be read: {error}")).await?;
                }
            }
        }
        Ok(())
    }

    async fn show(&mut self, tx: &mut Tx, event: &Event, now: Timestamp, after: &mut Aftermath) -> Result<()> {
        let place = self.place(tx, event, now).await?;
        after.told.extend(place.told.map(|told| (event.chat, told)));
        let mut cx = Cx {
            tx,
            now,
            me: &self.me,
            common: &place.settings.common,
            phrases: &place.settings.phrases,
            settings: &self.book,
            community: place.community,
            allowed: place.allowed,
            lang: place.lang,
            cause: &event.id,
            feature: "",
            after,
            replies: &mut self.replies,
            recent: &mut self.recent,
            spread: &mut self.spread,
        };
        features::dispatch(&place.settings, &mut cx, event)
            .await
            .with_context(|| format!("while handling {}", event.id))
    }

    /// Reads the members the events of a batch are about in one go.
    async fn prefetch(&mut self, tx: &mut Tx, events: &[Result<Event, String>]) -> Result<()> {
        let mut who: Vec<(ChatId, UserId)> = events
            .iter()
            .flatten()
            .filter_map(|event| {
                let user = match &event.kind {
                    Kind::Message(message) | Kind::Edited(message) => message.author_id()?,
                    Kind::Member(change) => change.user.id,
                    Kind::Button(press) => press.user.id,
                    Kind::Reaction(reaction) => reaction.user.as_ref()?.id,
                    _ => return None,
                };
                Some((event.chat?, user))
            })
            .collect();
        who.sort_unstable();
        who.dedup();
        tx.prefetch_members(&who).await
    }
}

/// Keeps an update that cannot be made into an event, or be handled without an end to the process.
pub(super) async fn put_aside(
    tx: &mut Tx,
    waiting: &Waiting,
    error: &str,
    now: Timestamp,
    step: &mut Step,
) -> Result<()> {
    tracing::warn!(update = waiting.update_id, error, "an update cannot be handled; it is kept");
    step.failed += 1;
    quarantine::keep(tx, now, "update", &waiting.raw, error).await
}

/// Keeps a vote until the receipt of its poll, which may be on its way. A reminder holds it; nobody listens to that, so
/// that a vote in a poll that stays unknown goes when it is due.
fn park(tx: &mut Tx, vote: &Vote, event: &Event, now: Timestamp) -> Result<()> {
    let payload = serde_json::to_value(event)?;
    tx.remind(Reminder { chat: PROCESS, name: parked_name(&vote.poll, &event.id), due: now + PARKED, payload });
    Ok(())
}

fn parked_name(poll: &str, vote: &str) -> String {
    format!("engine/vote/{poll}/{vote}")
}

/// The move an event tells of, from either end.
fn migration(event: &Event) -> Option<(ChatId, ChatId)> {
    match &event.kind {
        Kind::Migrated { from, to } => Some((*from, *to)),
        Kind::Message(message) => match message.service {
            Some(Service::MigratedTo(to)) => Some((message.chat.id, to)),
            Some(Service::MigratedFrom(from)) => Some((from, message.chat.id)),
            _ => None,
        },
        _ => None,
    }
}

fn panic_words(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without words".to_owned())
}
