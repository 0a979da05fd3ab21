//! The program dies while a message is under way, or while one waits its time.

use std::time::Duration;

use chrono::Utc;
use steward::telegram::emulator::{Action, Rule};

use super::{FAST, at_rest, come_in, copies, ever, has, rows, settle, wait};
use crate::bench::{Bench, GROUP};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_message_hangs_it_repeats_answers_only() {
    let cases = [("欢迎 小玲", 1), ("今天的第 0 个话题", 1), ("✅ 第 1 天", 2)].map(|(what, expected)| async move {
        let mut bench = Bench::new(FAST).await;
        settle(&bench, &[GROUP], 0, 0);
        come_in(&mut bench, &[GROUP]).await;
        assert_eq!(bench.stop().await, Some(0));
        let (_, due) = settle(&bench, &[GROUP], 12, 1);
        bench.start();
        let hangs = Rule::new("sendMessage", Action::Hang(60_000)).after_accept();
        bench.tg.fail(Rule { contains: Some(what.to_owned()), ..hangs });
        let ling = bench.tg.add_user(10_001, "小玲");
        bench.tg.join(GROUP, ling);
        bench.tg.start_bot(ling, "");
        bench.tg.say(GROUP, ling, "打卡");
        wait(&bench.tg, what, |tg| ever(tg, GROUP, what)).await;
        bench.kill();
        bench.start();
        while Utc::now() < due {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let db = at_rest(&mut bench).await;
        let seen = |words| copies(&bench.tg, GROUP, words);
        assert_eq!(seen(what), expected, "{what}");
        for other in ["欢迎 小玲", "今天的第 0 个话题", "✅ 第 1 天"] {
            assert!(other == what || seen(other) == 1, "{other}, when `{what}` hung");
        }
        let slots: Vec<(String,)> = rows(&db, "SELECT state FROM slot ORDER BY due").await;
        assert_eq!(slots[0].0, "posted", "when `{what}` hung");
        // A second copy of an answer goes away as the only one would.
        let left = bench.tg.messages(GROUP).into_iter().filter(|message| message.text.contains("✅ 第 1 天")).count();
        assert_eq!(left, seen("✅ 第 1 天") - 1);
    });
    futures::future::join_all(cases).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_was_to_be_gone_by_now_is_still_sent_and_removed() {
    let mut bench = Bench::new(FAST).await;
    settle(&bench, &[GROUP], 0, 0);
    come_in(&mut bench, &[GROUP]).await;
    let ling = bench.member(1);
    bench.tg.start_bot(ling, "");
    let text = "Too Many Requests: retry after 3".to_owned();
    let busy = Action::Status { code: 429, text, retry_after: Some(3), migrate_to: None };
    bench.tg.fail(Rule { contains: Some("✅ 第 1 天".to_owned()), ..Rule::new("sendMessage", busy) });
    bench.tg.say(GROUP, ling, "打卡");
    wait(&bench.tg, "the refusal", |tg| tg.log().iter().any(|call| call.outcome.is_err())).await;
    bench.kill();
    // By now the answer would be gone again.
    tokio::time::sleep(Duration::from_secs(6)).await;
    bench.start();
    at_rest(&mut bench).await;
    assert_eq!(copies(&bench.tg, GROUP, "✅ 第 1 天"), 1);
    assert!(!has(&bench.tg, GROUP, "✅ 第 1 天"), "it stays for ever");
}
