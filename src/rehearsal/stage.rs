//! The whole bot on a stage: people do, time passes, people see.
//!
//! Everything is real but Telegram and the clock: settings, engine, courier and database are those of the running bot.
//! Time moves only by [`Stage::pass`], through every instant at which something is due.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use crate::advice::{Advisor, Nobody};
use crate::cx::Me;
use crate::engine::carry::{Ways, carry};
use crate::engine::courier::Courier;
use crate::engine::plan::Rates;
use crate::engine::{Book, Engine, Receipt};
use crate::features::{Compiled, Settings};
use crate::model::{ChatId, Class, Delivery, Effect, Outgoing, Span, Timestamp};
use crate::store::outbox::Letter;
use crate::store::{Db, Durability, quarantine};
use crate::telegram::emulator::Emulator;
use crate::telegram::update::{ALLOWED_UPDATES, update_id};
use crate::telegram::{Call, Door};

/// Rounds without an end to them are a loop between features and Telegram.
const ROUNDS: usize = 100_000;

/// How a stage is set up.
pub struct Setup {
    /// Settings by community name.
    pub communities: Vec<(String, Settings)>,
    /// For chats no settings list.
    pub open: Option<Settings>,
    /// Folder that relative paths in settings start from.
    pub folder: PathBuf,
    /// Address of the database.
    pub database: String,
    pub now: Timestamp,
    pub rates: Rates,
}

/// The bot and its surroundings.
pub struct Stage {
    pub emulator: Emulator,
    setup: Setup,
    engine: Engine,
    courier: Courier,
    receipts: Vec<Receipt>,
    now: Timestamp,
    offset: i64,
    posted: u64,
    advisor: Arc<dyn Advisor>,
}

impl Stage {
    /// Starts the bot on an empty or existing database.
    pub async fn new(emulator: Emulator, setup: Setup) -> Result<Self> {
        let now = setup.now;
        emulator.set_now(now);
        let (engine, courier, receipts) = start(&emulator, &setup, now).await?;
        Ok(Self { emulator, setup, engine, courier, receipts, now, offset: 0, posted: 0, advisor: Arc::new(Nobody) })
    }

    /// From now on this one is asked for second opinions.
    pub fn advised_by(&mut self, advisor: Arc<dyn Advisor>) {
        self.advisor = advisor;
    }

    fn ways(&self) -> Ways {
        Ways { door: Arc::new(self.emulator.clone()), advisor: Arc::clone(&self.advisor) }
    }

    pub fn now(&self) -> Timestamp {
        self.now
    }

    pub fn db(&self) -> &Db {
        self.engine.db()
    }

    pub fn engine(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// Stops the process without any notice and starts it anew on the same database.
    pub async fn restart(&mut self) -> Result<()> {
        self.engine.db().close().await;
        let (engine, courier, receipts) = start(&self.emulator, &self.setup, self.now).await?;
        (self.engine, self.courier, self.receipts, self.offset) = (engine, courier, receipts, 0);
        Ok(())
    }

    /// Stops the process, lets time pass without it, and starts it anew.
    pub async fn absent(&mut self, span: Span) -> Result<()> {
        self.engine.beat(self.now).await?;
        self.now = self.now + span;
        self.emulator.set_now(self.now);
        self.restart().await
    }

    /// Gives the running bot other settings.
    pub async fn reconfigure(&mut self, communities: Vec<(String, Settings)>) -> Result<()> {
        self.setup.communities = communities;
        let book = book(&self.setup)?;
        self.engine.set_book(book, self.now).await
    }

    /// Has chats that no settings list served by these, which list none, as the operator's `access.default` does.
    pub async fn serve_all(&mut self, settings: Settings) -> Result<()> {
        self.setup.communities = vec![("guests".to_owned(), settings.clone())];
        self.setup.open = Some(settings);
        let book = book(&self.setup)?;
        self.engine.set_book(book, self.now).await
    }

    /// Lets the bot do everything that can be done without time passing.
    pub async fn settle(&mut self) -> Result<()> {
        for _ in 0..ROUNDS {
            if !self.round().await? {
                return Ok(());
            }
        }
        bail!("the bot does not come to rest");
    }

    /// Lets time pass; everything due on the way happens at its time.
    pub async fn pass(&mut self, span: Span) -> Result<()> {
        let end = self.now + span;
        self.settle().await?;
        for _ in 0..ROUNDS {
            let due = [self.engine.next_due().await?, self.courier.next_at(self.now)];
            let Some(next) = due.into_iter().flatten().filter(|at| *at <= end).min() else {
                self.now = end;
                self.emulator.set_now(end);
                return self.settle().await;
            };
            self.now = self.now.max(next);
            self.emulator.set_now(self.now);
            self.settle().await?;
            // A courier that waits for nothing but a clock that stands still would wait for ever.
            if self.courier.next_at(self.now) == Some(self.now) && next == self.now {
                self.now = self.now + Span::from_millis(1);
                self.emulator.set_now(self.now);
            }
        }
        bail!("time does not pass");
    }

    /// What the bot has not done although its time has come: unsent effects, overdue reminders.
    pub async fn left_undone(&mut self) -> Result<Vec<String>> {
        let mut undone = Vec::new();
        let mut conn = self.engine.db().read().await?;
        for letter in crate::store::outbox::waiting(&mut conn, Class::Answer..=Class::Question, self.now, 100).await? {
            undone.push(format!("not sent: {letter:?}"));
        }
        for reminder in crate::store::agenda::due(&mut conn, self.now, 100).await? {
            undone.push(format!("overdue: {} in chat {}", reminder.name, reminder.chat));
        }
        for failed in crate::store::quarantine::list(&mut conn, 100).await? {
            undone.push(format!("failed: {} {}", failed.error, failed.body));
        }
        Ok(undone)
    }

    /// Stores what Telegram has, and confirms it, without handling any of it: a process that dies at once leaves it so.
    pub async fn take_in_only(&mut self) -> Result<usize> {
        let updates = self.poll().await;
        let got = updates.len();
        let last = updates.last().map(|(id, _)| *id);
        if got > 0 {
            self.engine.store(updates, self.now).await?;
        }
        self.offset = last.map_or(self.offset, |last| last + 1);
        Ok(got)
    }

    async fn poll(&self) -> Vec<(i64, String)> {
        let updates = match self.emulator.poll(self.offset, 100, Span::ZERO, ALLOWED_UPDATES).await {
            Ok(updates) => updates,
            Err(fault) => {
                tracing::debug!(%fault, "a poll failed");
                Vec::new()
            }
        };
        updates.iter().filter_map(|raw| Some((update_id(raw.get())?, raw.get().to_owned()))).collect()
    }

    /// Hands effects straight to the courier, as a committed event would.
    pub async fn post(&mut self, effects: impl IntoIterator<Item = (Class, Delivery, Effect)>) -> Result<()> {
        let mut tx = self.engine.db().begin().await?;
        for (class, delivery, effect) in effects {
            self.posted += 1;
            let key = format!("stage/{}/{}", self.now.0, self.posted);
            let after = self.now;
            tx.post(Outgoing { key, class, delivery, after, deadline: None, note: "stage".into(), effect });
        }
        let committed = tx.commit().await?;
        let letters = committed.posted.into_iter().map(|(id, outgoing)| Letter { id, attempts: 0, outgoing });
        self.courier.take(letters.collect(), committed.withdrawn, self.now);
        Ok(())
    }

    /// Carries out what waits, and forgets it as a process that dies at that moment does.
    pub async fn send_and_die(&mut self) -> Result<()> {
        let (jobs, _) = self.courier.next(self.now).await?;
        for job in jobs {
            carry(&self.ways(), &self.engine.me().username, job, self.now).await;
        }
        Ok(())
    }

    /// Tries events in quarantine again, as an operator does while the bot is stopped. Gives how many went well.
    pub async fn replay(&mut self) -> Result<usize> {
        let kept = quarantine::list(&mut *self.engine.db().read().await?, 1000).await?;
        let mut well = 0;
        for failed in &kept {
            well += usize::from(self.engine.replay(failed, self.now).await?.is_none());
        }
        self.restart().await?;
        Ok(well)
    }

    /// One turn in which what Telegram answered so far is still on its way to the engine.
    pub async fn round_before_receipts(&mut self) -> Result<bool> {
        let held = std::mem::take(&mut self.receipts);
        let done = self.round().await?;
        self.receipts.splice(0..0, held);
        Ok(done)
    }

    /// One turn of intake, engine and courier. Says whether anything was done.
    pub async fn round(&mut self) -> Result<bool> {
        let mut arrived = self.poll().await;
        let (got, last) = (arrived.len(), arrived.last().map(|(id, _)| *id));
        if !self.engine.takes(got, self.now) {
            self.engine.store(std::mem::take(&mut arrived), self.now).await?;
        }
        let receipts = std::mem::take(&mut self.receipts);
        let step = self.engine.step(self.now, &receipts, arrived).await?;
        self.offset = last.map_or(self.offset, |last| last + 1);
        let (handled, more) = (step.handled + step.failed, step.more);
        self.courier.take(step.posted, step.withdrawn, self.now);
        let (jobs, receipts) = self.courier.next(self.now).await?;
        self.receipts = receipts;
        let sent = jobs.len();
        let bot = self.engine.me().username.clone();
        for job in jobs {
            let (letter, ended) = carry(&self.ways(), &bot, job, self.now).await;
            self.receipts.push(self.courier.done(letter, ended, self.now));
        }
        Ok(got > 0 || handled > 0 || more || sent > 0 || !self.receipts.is_empty())
    }
}

fn book(setup: &Setup) -> Result<Book> {
    let compile = |name: &str, settings: &Settings| -> Result<_> {
        let (compiled, findings) = Compiled::new(settings, &setup.folder);
        if findings.is_empty() { Ok(Arc::new(compiled)) } else { bail!("{name}: {findings:?}") }
    };
    let mut communities = Vec::new();
    for (name, settings) in &setup.communities {
        communities.push((name.clone(), compile(name, settings)?));
    }
    let open = setup.open.as_ref().map(|settings| compile("open", settings)).transpose()?;
    Ok(Book::new(setup.folder.clone(), communities, open))
}

async fn start(emulator: &Emulator, setup: &Setup, now: Timestamp) -> Result<(Engine, Courier, Vec<Receipt>)> {
    let db = Db::open(&setup.database, Durability::None).await?;
    let me = emulator.call(Call::new("getMe", serde_json::json!({}))).await.context("the bot cannot say who it is")?;
    let me = Me::read(&me).context("`getMe` names no bot")?;
    let engine = Engine::start(db.clone(), me, book(setup)?, now).await?;
    let (courier, receipts) = Courier::start(db, setup.rates, now).await?;
    Ok((engine, courier, receipts))
}

/// A group's number as Telegram gives them to supergroups.
pub fn supergroup(n: i64) -> ChatId {
    ChatId(-1_000_000_000_000 - n)
}
