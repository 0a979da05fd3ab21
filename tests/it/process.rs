//! The real program against the model of Telegram over HTTP: start, bad days, stop.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use steward::telegram::emulator::{Action, Rule};
use steward::telegram::{Call, Door};

use crate::bench::{Bench, COMMUNITY, GROUP, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_in_the_life_of_the_program() {
    let mut bench = Bench::new("").await;
    // Telegram remembers what a bot asked for before: joins were not among it.
    let narrow = Call::new("getUpdates", json!({"allowed_updates": ["message"]}));
    bench.tg.call(narrow).await.unwrap();
    bench.begin().await;
    bench.join_the_group();
    bench.until("the first question", |bench| bench.count("getChatAdministrators") > 0).await;
    let ling = bench.tg.add_user(10_001, "=小玲");
    bench.tg.join(GROUP, ling);
    bench.tg.duplicate_next(3);
    bench.tg.say(GROUP, ling, "大家好");
    bench.until_messages(1).await;
    bench.until_well().await;
    assert_eq!(bench.run(&["health"]).await.status.code(), Some(0));
    let metrics = reqwest::get(format!("http://127.0.0.1:{}/metrics", bench.port)).await.unwrap().text().await.unwrap();
    for figure in [
        "steward_updates_taken_total",
        "steward_events_handled_total",
        "steward_call_seconds_bucket",
        "steward_effects_total",
    ] {
        assert!(metrics.contains(figure), "{figure} is missing");
    }
    bench.exports_are_whole().await;
    let copy = bench.path("copy.db");
    let backup = bench.run(&["backup", copy.to_str().unwrap()]).await;
    assert!(backup.status.success() && text(&backup.stdout).contains("checked"), "{backup:?}");
    assert_eq!(bench.run(&["backup", copy.to_str().unwrap()]).await.status.code(), Some(3));
    let second = bench.run(&["run"]).await;
    assert_eq!(second.status.code(), Some(3));
    assert!(text(&second.stderr).contains("another steward is using the database"), "{second:?}");
    assert_eq!(bench.stop().await, Some(0));
    assert_eq!(bench.run(&["health"]).await.status.code(), Some(1));
    bench.tg.reset_update_ids(1000);
    bench.tg.say(GROUP, ling, "我回来了");
    bench.start();
    bench.until_messages(2).await;
    assert_eq!(bench.stop().await, Some(0));
    bench.lessons_are_taken_in_and_written().await;
    assert!(!bench.log().contains("sesame"), "the token is in the log");
    assert_eq!(bench.tg.violations(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_connections_lose_and_double_nothing() {
    let bad_gateway = Action::Status { code: 502, text: "Bad Gateway".into(), retry_after: None, migrate_to: None };
    let busy = Action::Status { code: 429, text: "Too Many Requests".into(), retry_after: Some(1), migrate_to: None };
    let days = [Action::Reset, Action::Garbage, Action::Truncate, bad_gateway, busy].map(|action| async {
        let mut bench = Bench::new("").await;
        let what = format!("{action:?}");
        bench.tg.fail(Rule::new("getMe", action.clone()));
        bench.join_the_group();
        bench.start();
        bench.until("getMe", |bench| bench.count("getMe") > 1).await;
        let ling = bench.member(1);
        bench.tg.say(GROUP, ling, "一");
        bench.until_messages(1).await;
        bench.tg.fail(Rule::new("getUpdates", action).times(2).after_accept());
        for word in ["二", "三", "四"] {
            bench.tg.say(GROUP, ling, word);
        }
        bench.until_messages(4).await;
        assert_eq!(bench.stop().await, Some(0), "{what}");
        assert!(!bench.log().contains("sesame"), "{what}: the token is in the log");
    });
    futures::future::join_all(days).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rival_is_borne_and_told() {
    let mut bench = Bench::new("").await;
    let checkin = "[checkin]\nwords = ['打卡']\n";
    fs::write(bench.path("communities/moms.toml"), COMMUNITY.to_owned() + checkin).unwrap();
    bench.join_the_group();
    bench.begin().await;
    bench.until("the introduction", |bench| !bench.tg.bot_messages(GROUP).is_empty()).await;
    let ling = bench.member(1);
    // Another program with the same token takes the bot's place until the bot comes back.
    let asks = reqwest::Client::new().get(bench.method("getUpdates?timeout=50"));
    let rival = tokio::spawn(async move { asks.send().await.unwrap().json::<Value>().await.unwrap() });
    bench.until_wrong("rival").await;
    bench.until("the alarm", |bench| bench.told().iter().any(|told| told.contains("另一个程序"))).await;
    let ended = rival.await.unwrap();
    assert!(ended["error_code"] == 409 && ended["description"].to_string().contains("terminated by other"), "{ended}");
    bench.until_well().await;
    bench.tg.say(GROUP, ling, "打卡");
    let answers = |bench: &Bench| bench.tg.bot_messages(GROUP).iter().filter(|it| it.text.contains("第 1 天")).count();
    bench.until("the answer", |bench| answers(bench) > 0).await;
    assert_eq!(bench.stop().await, Some(0));
    assert_eq!(answers(&bench), 1);
    let polls: Vec<_> = bench.tg.log().into_iter().filter(|call| call.method == "getUpdates").collect();
    let rival = polls.iter().position(|call| !call.params.contains_key("allowed_updates")).unwrap();
    let left = polls[rival + 1].at.since(polls[rival].at);
    assert!(left.millis() > 2_990, "it leaves the rival three seconds, not {left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_webhook_is_told_and_removed_only_on_request() {
    let hooked = json!({"url": "https://elsewhere.example/secret-path"});
    let mut bench = Bench::new("").await;
    bench.join_the_group();
    bench.tg.call(Call::new("setWebhook", hooked)).await.unwrap();
    bench.start();
    bench.until_wrong("webhook").await;
    bench.until("the alarm", |bench| bench.told().iter().any(|told| told.contains("elsewhere.example"))).await;
    assert!(!bench.told().concat().contains("secret-path") && !bench.log().contains("secret-path"));
    assert_eq!(bench.stop().await, Some(0));
    assert_eq!(bench.count("deleteWebhook"), 0);
    let process = format!("listen = '127.0.0.1:{}'\ndelete_webhook = true", bench.port);
    fs::write(bench.path("steward.toml"), process).unwrap();
    bench.start();
    bench.until_well().await;
    assert_eq!((bench.count("deleteWebhook"), bench.stop().await), (1, Some(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_token_stops_all_calls() {
    let mut bench = Bench::started("").await;
    bench.tg.fail(Rule::status("*", 401, "Unauthorized").times(1000));
    bench.join_the_group();
    bench.until_wrong("token").await;
    let before = bench.tg.log().len();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(bench.tg.log().len(), before, "it goes on calling");
    assert_eq!(bench.run(&["health"]).await.status.code(), Some(1));
    assert_eq!(bench.stop().await, Some(0));

    let mut stranger = bench.command(&["run"]);
    stranger.env("TELOXIDE_TOKEN", "99:not-the-token-at-all");
    let out = tokio::task::spawn_blocking(move || stranger.output().unwrap()).await.unwrap();
    assert_eq!(out.status.code(), Some(3));
    assert!(text(&out.stderr).contains("Telegram does not accept the token"), "{out:?}");
    assert!(!text(&out.stderr).contains("not-the-token-at-all"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_nobody_can_read_is_put_aside() {
    let mut bench = Bench::started("").await;
    bench.join_the_group();
    let ling = bench.member(1);
    bench.tg.say(GROUP, ling, "前");
    for strange in [
        json!({"guest_message": {"message_id": 1}}),
        json!({"message": {"message_id": "?", "date": [], "chat": {"id": "x"}}}),
        json!({"stopped_message_generation": 5}),
        json!({}),
    ] {
        bench.tg.push_raw_update(strange);
    }
    bench.tg.say(GROUP, ling, "后");
    bench.until_messages(2).await;
    let failed: Value = serde_json::from_slice(&bench.run(&["replay", "--json"]).await.stdout).unwrap();
    let failed = failed.as_array().unwrap().clone();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0]["body"].as_str().unwrap().contains(r#""message_id":"?""#), "{failed:?}");
    assert_eq!(bench.health().await["quarantine"], 1);
    bench.until("the alarm", |bench| bench.told().iter().any(|told| told.contains("steward replay"))).await;
    assert!(bench.log().contains("without a readable `chat`"), "the log says what is wrong");
    assert_eq!(bench.run(&["replay", "--all"]).await.status.code(), Some(3), "the bot is running");
    let running = bench.alone(&["replay", "--all"]).await;
    assert!(text(&running.stderr).contains("another steward is using the database"), "{running:?}");
    assert_eq!(bench.stop().await, Some(0));
    let alone = bench.alone(&["replay", "--all"]).await;
    assert!(alone.status.code() == Some(1) && text(&alone.stdout).contains("failed again"), "{alone:?}");
    let again = bench.run(&["replay", "--all"]).await;
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stdout).contains("failed again"), "{again:?}");
    assert_eq!(bench.run(&["replay", "--id", "77"]).await.status.code(), Some(3));

    assert_eq!(bench.run(&["replay", "--discard", "77"]).await.status.code(), Some(3));
    assert_eq!(bench.run(&["replay", "--discard", "x"]).await.status.code(), Some(2));
    let copy = "INSERT INTO quarantine SELECT id + 1, at, 'effect', body, error FROM quarantine";
    let db = bench.sql().await;
    sqlx::query(copy).execute(&db).await.unwrap();
    db.close().await;
    let effect = bench.run(&["replay", "--id", "2"]).await;
    assert!(
        effect.status.code() == Some(1) && text(&effect.stdout).contains("`steward replay --discard 2`"),
        "{effect:?}"
    );
    assert_eq!(text(&bench.run(&["replay", "--discard", "2"]).await.stdout), "1 discarded.\n");

    // Mended, as a newer version of the program would read it.
    let good = json!({"update_id": 1, "message": {"message_id": 900, "date": 1_772_424_000, "text": "好",
        "chat": {"id": GROUP.0, "type": "supergroup", "title": "成长社"}, "from": {"id": ling.0, "first_name": "成员1"}}});
    let db = bench.sql().await;
    sqlx::query("UPDATE quarantine SET body = $1").bind(good.to_string()).execute(&db).await.unwrap();
    db.close().await;
    assert_eq!(bench.run(&["replay", "--id", "1"]).await.status.code(), Some(0));
    assert_eq!(text(&bench.run(&["replay"]).await.stdout), "No event has failed.\n");
    assert_eq!(bench.messages().await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_serves_as_well() {
    let Some(base) = crate::harness::Base::postgres() else { return };
    let mut bench = Bench::new("").await;
    bench.database.clone_from(&base.url);
    bench.start();
    bench.until("the first poll", |bench| bench.count("getUpdates") > 0).await;
    bench.join_the_group();
    let ling = bench.tg.add_user(10_001, "=小玲");
    bench.tg.join(GROUP, ling);
    bench.tg.say(GROUP, ling, "大家好");
    bench.until_messages(1).await;
    bench.exports_are_whole().await;
    let second = bench.run(&["run"]).await;
    assert!(text(&second.stderr).contains("another process is using this database"), "{second:?}");
    let backup = bench.run(&["backup", bench.path("copy.db").to_str().unwrap()]).await;
    assert!(text(&backup.stderr).contains("pg_dump"), "{backup:?}");
    assert_eq!(bench.stop().await, Some(0));
    bench.start();
    bench.tg.say(GROUP, ling, "我回来了");
    bench.until_messages(2).await;
    assert_eq!(bench.stop().await, Some(0));
}

impl Bench {
    /// What the staff taught can be taken from one bot to another; the bot is stopped.
    async fn lessons_are_taken_in_and_written(&self) {
        let file = self.path("taught.jsonl");
        let lines = "{\"text\":\"收旧相机，找我\",\"label\":\"ad\"}\n{\"text\":\"周末去拍花\",\"label\":\"ham\"}\n";
        fs::write(&file, lines).unwrap();
        for told in ["2 learned, 0 known already.\n", "0 learned, 2 known already.\n"] {
            let import = self.run(&["taught", "import", "moms", file.to_str().unwrap()]).await;
            assert_eq!(text(&import.stdout), told, "{import:?}");
        }
        assert_eq!(text(&self.run(&["taught", "export", "moms"]).await.stdout), lines);
        let unknown = self.run(&["taught", "export", "nobody"]).await;
        assert_eq!(unknown.status.code(), Some(2));
        assert!(text(&unknown.stderr).contains("no community `nobody`; it knows: "), "{unknown:?}");
        fs::write(&file, "{\"text\":\"好\",\"label\":\"?\"}\n").unwrap();
        let wrong = self.run(&["taught", "import", "moms", file.to_str().unwrap()]).await;
        assert!(wrong.status.code() == Some(3) && text(&wrong.stderr).contains("line 1: "), "{wrong:?}");
    }

    /// Every table after 小玲, whose name looks like a formula, joined and spoke.
    async fn exports_are_whole(&self) {
        let chats = self.table("chats").await;
        assert_eq!(chats.len(), 2, "{chats:?}");
        let group = chats.iter().find(|row| row["chat"] == GROUP.0).unwrap();
        assert_eq!((&group["title"], &group["community"]), (&json!("成长社"), &json!("file:moms")));
        let deeds = self.table("activity").await;
        let join = deeds.iter().find(|row| row["kind"] == "join").unwrap();
        assert_eq!((&join["user_id"], &join["community"]), (&json!(10_001), &json!("file:moms")));
        let days = self.table("days").await;
        assert!(days.iter().any(|row| row["kind"] == "join" && row["n"] == 1), "{days:?}");
        let file = self.path("members.csv");
        let out = self.run(&["export", "members", "--out", file.to_str().unwrap()]).await;
        assert!(out.status.success(), "{out:?}");
        let csv = fs::read_to_string(file).unwrap();
        assert!(csv.starts_with("\u{feff}chat,user_id,name,"), "{csv}");
        let ling = csv.lines().find(|line| line.contains("小玲")).unwrap();
        assert!(ling.starts_with("-1000000001001,10001,\"'=小玲\","), "{ling}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn being_stopped_or_killed_in_the_middle_loses_nothing() {
    let mut bench = Bench::started("").await;
    bench.join_the_group();
    let people: Vec<_> = (0..40).map(|number| bench.member(number)).collect();
    for round in 0..10 {
        for person in &people {
            bench.tg.say(GROUP, *person, &format!("第{round}句"));
        }
        if round % 3 == 0 {
            if round % 2 == 0 {
                assert_eq!(bench.stop().await, Some(0));
            } else {
                bench.kill();
            }
            let starts = bench.count("getMe");
            bench.start();
            bench.until("another start", |bench| bench.count("getMe") > starts).await;
        }
    }
    bench.until_messages(400).await;
    assert_eq!(bench.stop().await, Some(0));
    assert_eq!(bench.messages().await, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_stored_is_not_confirmed() {
    let mut bench = Bench::started("").await;
    bench.join_the_group();
    let ling = bench.member(1);
    bench.tg.say(GROUP, ling, "一");
    bench.until_messages(1).await;
    let db = bench.sql().await;
    let full = "CREATE TRIGGER full BEFORE INSERT ON seen BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    sqlx::query(full).execute(&db).await.unwrap();
    bench.tg.say(GROUP, ling, "二");
    bench.until_wrong("database").await;
    assert!(bench.tg.pending_updates() > 0, "it was confirmed");
    sqlx::query("DROP TRIGGER full").execute(&db).await.unwrap();
    bench.until_messages(2).await;
    bench.until_well().await;
    // Another program holds the database.
    let mut other = db.acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *other).await.unwrap();
    bench.tg.say(GROUP, ling, "三");
    bench.until_wrong("database").await;
    assert!(bench.tg.pending_updates() > 0, "it was confirmed");
    sqlx::query("ROLLBACK").execute(&mut *other).await.unwrap();
    drop(other);
    bench.until_messages(3).await;
    bench.until_well().await;
    db.close().await;
    assert_eq!(bench.stop().await, Some(0));
}
