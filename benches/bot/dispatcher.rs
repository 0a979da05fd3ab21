//! The yardstick: teloxide's own Dispatcher with a handler that does nothing. It confirms before it handles and keeps
//! nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use teloxide::prelude::*;

static SEEN: AtomicUsize = AtomicUsize::new(0);

/// Handles `wanted` messages from the server at `url`, prints the seconds it took and ends the process.
pub async fn run(url: &str, wanted: usize) {
    let bot = Bot::new("7000000001:bench").set_api_url(url.parse().expect("an address"));
    let begun = Instant::now();
    let handler = Update::filter_message().endpoint(move || async move {
        if SEEN.fetch_add(1, Ordering::Relaxed) + 1 == wanted {
            println!("{}", begun.elapsed().as_secs_f64());
            std::process::exit(0);
        }
        respond(())
    });
    Dispatcher::builder(bot, handler).build().dispatch().await;
}
