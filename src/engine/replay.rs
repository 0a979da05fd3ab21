//! Another try for events that failed, after the program or the settings were mended.

use anyhow::{Context, Result};

use super::{Book, Engine, Step};
use crate::cx::Me;
use crate::model::Timestamp;
use crate::store::Db;
use crate::store::inbox::Waiting;
use crate::store::quarantine::{self, Failed};

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
        if failed.source == "update" {
            let raw = failed.body.clone();
            let waiting = Waiting { seq: 0, update_id: 0, received: failed.at, attempts: 0, raw };
            self.handle_update(&mut tx, &waiting, now, &mut step).await?;
        } else {
            let event = serde_json::from_str(&failed.body).context("the kept event cannot be read")?;
            self.handle(&mut tx, &event, now, &mut step).await?;
        }
        self.careful = 0;
        if step.failed > 0 {
            // Not committed, so that what is kept is the event as it failed first.
            let again = quarantine::newest(tx.conn().await?).await?;
            return Ok(Some(again.map_or_else(String::new, |again| again.error)));
        }
        quarantine::remove(&mut tx, failed.id).await?;
        tx.commit().await?;
        Ok(None)
    }
}
