//! The way in: whoever gets updates hands them over here, and learns when they are safe.

use anyhow::{Context, Result, bail};
use tokio::sync::{mpsc, oneshot};

/// Hand-overs that may wait; more make those who bring them wait.
const WAITING: usize = 128;

/// Where updates are handed in.
#[derive(Clone)]
pub struct Intake(mpsc::Sender<Arrival>);

/// Updates (id, JSON) that were handed in.
pub struct Arrival {
    pub updates: Vec<(i64, String)>,
    stored: oneshot::Sender<bool>,
}

/// A way in, and its end.
pub fn intake() -> (Intake, mpsc::Receiver<Arrival>) {
    let (to, from) = mpsc::channel(WAITING);
    (Intake(to), from)
}

impl Intake {
    /// When this is `Ok`, the updates are handled or stored, and Telegram may be told that they arrived.
    pub async fn store(&self, updates: Vec<(i64, String)>) -> Result<()> {
        let (stored, answer) = oneshot::channel();
        self.0.send(Arrival { updates, stored }).await.ok().context("the engine has stopped")?;
        match answer.await {
            Ok(true) => Ok(()),
            Ok(false) => bail!("the updates could not be taken in"),
            Err(_) => bail!("the engine has stopped"),
        }
    }
}

impl Arrival {
    /// Tells whoever handed it in.
    pub fn answer(self, stored: bool) {
        // Who no longer waits will bring the updates again.
        let _ = self.stored.send(stored);
    }
}
