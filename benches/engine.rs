//! How fast the engine takes in group messages: stored, handled and logged, each batch of 100 durably.
//!
//! `cargo bench --bench engine -- [messages]`

#![expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^52")]

use std::path::PathBuf;
use std::time::Instant;

use steward::cx::Me;
use steward::engine::{Book, Engine};
use steward::features::{Compiled, Settings};
use steward::model::{Timestamp, UserId};
use steward::store::{Db, Durability};

const GROUPS: i64 = 1000;
const PEOPLE: i64 = 100_000;

fn message(n: i64) -> (i64, String) {
    let group = n.wrapping_mul(2_654_435_761) % GROUPS;
    let person = (n.wrapping_mul(40_503) % (PEOPLE / GROUPS)) * GROUPS + group;
    let chat = -1_001_000_000_000 - group;
    let raw = format!(
        "{{\"update_id\":{n},\"message\":{{\"message_id\":{},\"from\":{{\"id\":{},\"is_bot\":false,\"first_name\":\"Member \
         {person}\",\"username\":\"m{person}\",\"language_code\":\"zh-hans\"}},\"chat\":{{\"id\":{chat},\"title\":\"Group \
         {group}\",\"type\":\"supergroup\"}},\"date\":{},\"text\":\"今天的第 {n} 句话，说说早餐吃了什么\"}}}}",
        n / GROUPS + 1,
        1_000_000 + person,
        1_772_424_000 + n / 1000,
    );
    (n, raw)
}

/// The bot is made an administrator of a group.
fn added(group: i64) -> (i64, String) {
    let chat = -1_001_000_000_000 - group;
    let bot = "{\"id\":7,\"is_bot\":true,\"first_name\":\"Steward\",\"username\":\"steward_bot\"}";
    let raw = format!(
        "{{\"update_id\":{},\"my_chat_member\":{{\"chat\":{{\"id\":{chat},\"title\":\"Group {group}\",\"type\":\
         \"supergroup\"}},\"from\":{{\"id\":5,\"is_bot\":false,\"first_name\":\"Owner\"}},\"date\":1772424000,\
         \"old_chat_member\":{{\"status\":\"left\",\"user\":{bot}}},\"new_chat_member\":{{\"status\":\
         \"administrator\",\"user\":{bot},\"can_delete_messages\":true,\"can_restrict_members\":true}}}}}}",
        group + 1
    );
    (group + 1, raw)
}

fn main() {
    let messages: i64 = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(100_000);
    let folder = std::env::var("BENCH_DIR").map_or_else(|_| std::env::temp_dir(), PathBuf::from);
    let path = folder.join(format!("steward-bench-{}.db", std::process::id()));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let db = Db::open(&format!("sqlite:{}", path.display()), Durability::Full).await.expect("a database");
        let settings: Settings = toml::from_str("name = \"bench\"\n[checkin]\n[strikes]").expect("settings");
        let (compiled, findings) = Compiled::new(&settings, &folder);
        assert!(findings.is_empty());
        let book = Book::new(folder.clone(), Vec::new(), Some(std::sync::Arc::new(compiled)));
        let me = Me { id: UserId(7), username: "steward_bot".into(), name: "Steward".into(), reads_all: true };
        let now = Timestamp::from_secs(1_772_424_000);
        let mut engine = Engine::start(db, me, book, now).await.expect("an engine");
        engine.store((0..GROUPS).map(added).collect(), now).await.expect("stored");
        while engine.step(now, &[], Vec::new()).await.expect("a step").more {}
        let begun = Instant::now();
        for first in (GROUPS + 1..=GROUPS + messages).step_by(100) {
            let batch: Vec<_> = (first..first + 100).map(message).collect();
            let at = Timestamp::from_secs(1_772_424_000 + first / 1000);
            while !engine.takes(batch.len(), at) {
                engine.step(at, &[], Vec::new()).await.expect("a step");
            }
            engine.step(at, &[], batch).await.expect("a step");
        }
        let took = begun.elapsed();
        let rate = messages as f64 / took.as_secs_f64();
        println!("{messages} messages in {took:.2?}: {rate:.0}/s");
    });
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
}
