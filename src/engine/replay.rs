//! Another try for events that failed, after the program or the settings were mended.

use anyhow::Result;

use super::{Book, Engine, Step};
use crate::cx::Me;
use crate::model::Timestamp;
use crate::store::inbox::Waiting;
use crate::store::quarantine::{self, Failed};
use crate::store::{Db, Tx};

impl Engine {
    /// An engine that handles nothing but what it is told to replay. What it asks for waits in the outbox.
    pub async fn for_replay(db: Db, me: Me, book: Book, now: Timestamp) -> Result<Self> {
        let mut engine = Self::at_rest(db, me, book);
        let mut tx = engine.db.begin().await?;
        engine.fit_book(&mut tx).await?;
        drop(tx);
        engine.settings_read(now).await?;
        Ok(engine)
    }

    /// Handles a failed event again. Either it is handled and gone from quarantine, or nothing changed and the error is
    /// given back.
    pub async fn replay(&mut self, failed: &Failed, now: Timestamp) -> Result<Option<String>> {
        let mut tx = self.db.begin().await?;
        let mut step = Step::default();
        // Everything is written inside the event, so that whatever fails is its failure.
        self.careful = 1;
        let hopeless = self.try_again(&mut tx, failed, now, &mut step).await;
        self.careful = 0;
        if let Some(why) = hopeless? {
            return Ok(Some(why));
        }
        if step.failed > 0 {
            // Not committed, so that what is kept is the event as it failed first.
            let again = quarantine::newest(tx.conn().await?).await?;
            return Ok(Some(again.map_or_else(String::new, |again| again.error)));
        }
        quarantine::remove(&mut tx, failed.id).await?;
        tx.commit().await?;
        Ok(None)
    }

    /// Handles what is kept again. Gives why that cannot be done.
    async fn try_again(
        &mut self,
        tx: &mut Tx,
        failed: &Failed,
        now: Timestamp,
        step: &mut Step,
    ) -> Result<Option<String>> {
        match failed.source.as_str() {
            // Whether Telegram has carried it out is not known: sent again it might stand there twice.
            "effect" => {
                let id = failed.id;
                return Ok(Some(format!("an effect cannot be replayed; `steward replay --discard {id}` forgets it")));
            }
            "update" => {
                let raw = failed.body.clone();
                let waiting = Waiting { seq: 0, update_id: 0, received: failed.at, attempts: 0, raw };
                self.handle_update(tx, &waiting, now, step).await?;
            }
            source => match serde_json::from_str(&failed.body) {
                Ok(event) if source == "reminder" => self.handle_failed_reminder(tx, event, now, step).await?,
                Ok(event) => self.handle(tx, &event, now, step).await?,
                Err(error) => return Ok(Some(format!("the kept event cannot be read: {error}"))),
            },
        }
        Ok(None)
    }
}
