//! Handling one event: its settings, its rows, its features, what they tell each other.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;

use anyhow::{Context, Result, bail};
use futures::FutureExt;

use super::{Engine, Step};
use crate::cx::{Aftermath, Cx};
use crate::features::{self, Shared};
use crate::model::event::{Due, Vote};
use crate::model::message::Service;
use crate::model::{Chat, ChatId, CommunityId, Event, Kind, Lang, Timestamp, Told, UserId};
use crate::store::agenda::Reminder;
use crate::store::chats::ChatRow;
use crate::store::inbox::Waiting;
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
                self.handle_reminder(tx, reminder, now, step).await?;
            }
            self.handle_or_keep(tx, &event, Some(&waiting.raw), now, step).await?;
        }
        for reminder in reminders {
            if backlog && reminder.due > last && now.since(reminder.due) < PATIENCE {
                break;
            }
            self.handle_reminder(tx, reminder, now, step).await?;
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
            Ok(event) => self.handle_or_keep(tx, &event, Some(&waiting.raw), now, step).await,
            Err(error) => put_aside(tx, waiting, &error, now, step).await,
        }
    }

    pub(super) async fn handle(&mut self, tx: &mut Tx, event: &Event, now: Timestamp, step: &mut Step) -> Result<()> {
        self.handle_or_keep(tx, event, None, now, step).await
    }

    async fn handle_reminder(&mut self, tx: &mut Tx, it: Reminder, now: Timestamp, step: &mut Step) -> Result<()> {
        if !tx.take_reminder(&it) {
            return Ok(());
        }
        let id = format!("a{}/{}/{}", it.chat, it.name, it.due.0);
        let kind = Kind::Due(Due { key: it.name.clone(), payload: it.payload.clone(), late: now.since(it.due) });
        let chat = (it.chat.0 != 0).then_some(it.chat);
        let failed = step.failed;
        self.handle_or_keep(tx, &Event { id, at: it.due, chat, kind }, None, now, step).await?;
        if step.failed > failed {
            // What it would have asked for again is undone with it: without this the habit would end here.
            tx.remind(Reminder { due: now + AGAIN, ..it });
        }
        Ok(())
    }

    /// Handles an event wholly or not at all. One that fails is kept in quarantine with what is needed to replay it. An
    /// error comes back only when the database itself fails.
    pub(super) async fn handle_or_keep(
        &mut self,
        tx: &mut Tx,
        event: &Event,
        raw: Option<&str>,
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
        match raw {
            Some(raw) => quarantine::keep(tx, now, "update", raw, &error).await,
            None => quarantine::keep(tx, now, "event", &serde_json::to_string(event)?, &error).await,
        }
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

    /// Settings, community and language of an event; the chat's row is made or brought up to date on the way.
    async fn place(&mut self, tx: &mut Tx, event: &Event, now: Timestamp) -> Result<Place> {
        let bare = || Place {
            settings: self.book.bare().clone(),
            community: CommunityId(0),
            allowed: true,
            lang: Lang::default(),
        };
        let Some(chat) = event.chat else { return Ok(bare()) };
        if chat.is_private() {
            return self.private_place(tx, event, chat).await;
        }
        let found = self.book.of(chat);
        let (settings, allowed) = (found.settings.clone(), found.allowed);
        let community = match chat_of(event) {
            Some(seen) if tx.chat(chat).is_none_or(|row| is_news(row, seen)) => {
                let community = tx.community(&self.book.slug(chat)).await?;
                let known = tx.chat(chat).cloned();
                let is_new = known.is_none();
                let mut row = known.unwrap_or_else(|| ChatRow::new(seen, community, now));
                row.title.clone_from(&seen.title);
                row.username.clone_from(&seen.username);
                row.kind = seen.kind;
                row.is_forum = seen.is_forum;
                tx.put_chat(row).await?;
                if is_new {
                    // Features plan what they do there as they did at the start for the chats known then.
                    self.own(now, Some(chat), Kind::Settings);
                }
                community
            }
            _ => match tx.chat(chat) {
                Some(row) => row.community,
                None => tx.community(&self.book.slug(chat)).await?,
            },
        };
        let lang = settings.common.language;
        Ok(Place { settings, community, allowed, lang })
    }

    /// In private a person is spoken to as in the community they came from by a link or button of its group, otherwise
    /// as in the one they were last seen in; in their own language.
    async fn private_place(&mut self, tx: &mut Tx, event: &Event, chat: ChatId) -> Result<Place> {
        let memberships = tx.memberships(UserId(chat.0)).await?;
        let serves = |chat: &ChatId| self.book.of(*chat).allowed && tx.chat(*chat).is_some_and(ChatRow::is_live);
        // An old link may name a basic group that has another number now.
        let current = |chat: ChatId| tx.chat(chat).and_then(|row| row.moved_to).unwrap_or(chat);
        let home = named_group(event)
            .map(current)
            .filter(serves)
            .or_else(|| memberships.iter().map(|it| it.chat).find(serves));
        let tag = match &event.kind {
            Kind::Message(message) => message.author().and_then(|user| user.language.clone()),
            Kind::Button(press) => press.user.language.clone(),
            Kind::Told(Told::FiguresAsked { asked, .. } | Told::Figures { asked, .. }) => {
                asked.user().and_then(|user| user.language.clone())
            }
            _ => None,
        };
        let (settings, community) = match home.and_then(|chat| tx.chat(chat)) {
            Some(row) => (self.book.of(row.id).settings.clone(), row.community),
            None => (self.book.bare().clone(), CommunityId(0)),
        };
        let lang = tag.map_or(settings.common.language, |tag| Lang::of_tag(&tag));
        Ok(Place { settings, community, allowed: true, lang })
    }

    /// Gives chats the community their settings now say.
    pub(super) async fn assign_communities(&mut self, tx: &mut Tx, chats: &[ChatId]) -> Result<()> {
        for chat in chats {
            let community = tx.community(&self.book.slug(*chat)).await?;
            if let Some(row) = tx.chat(*chat).filter(|row| row.community != community).cloned() {
                tx.put_chat(ChatRow { community, ..row }).await?;
            }
        }
        Ok(())
    }
}

struct Place {
    settings: Shared,
    community: CommunityId,
    allowed: bool,
    lang: Lang,
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

/// The chat as the event describes it.
fn chat_of(event: &Event) -> Option<&Chat> {
    match &event.kind {
        Kind::Message(message) | Kind::Edited(message) => Some(&message.chat),
        Kind::Member(change) => Some(&change.chat),
        Kind::Own(change) => Some(&change.chat),
        Kind::Button(press) => Some(&press.chat),
        Kind::Reaction(reaction) => Some(&reaction.chat),
        Kind::JoinRequest(request) => Some(&request.chat),
        _ => None,
    }
}

/// The group that a deep link (`/start rules_-100…`) or the data of a button (`welcome:read:-100…`) ends with. It says
/// which settings are meant, and proves nothing about who asks.
fn named_group(event: &Event) -> Option<ChatId> {
    let last = match &event.kind {
        Kind::Message(message) => message.text.strip_prefix("/start ")?.rsplit('_').next(),
        Kind::Button(press) => press.data.rsplit(':').next(),
        _ => None,
    };
    last?.trim().parse().ok().map(ChatId).filter(|chat| chat.0 < 0)
}

fn is_news(row: &ChatRow, seen: &Chat) -> bool {
    row.title != seen.title || row.username != seen.username || row.kind != seen.kind || row.is_forum != seen.is_forum
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
