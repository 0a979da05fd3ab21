//! The real program against the model of Telegram over HTTP: start, bad days, stop, and the commands beside it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use steward::telegram::emulator::{Action, Rule};
use steward::telegram::{Call, Door};

use crate::bench::{Bench, COMMUNITY, GROUP, free_port};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_in_the_life_of_the_program() {
    let mut bench = Bench::started("").await;
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
    bench.join_the_group();
    let text = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    bench.tg.fail(Rule::status("getUpdates", 409, text).skip(1));
    bench.start();
    bench.until_wrong("rival").await;
    bench.until("the alarm", |bench| bench.told().iter().any(|told| told.contains("另一个程序"))).await;
    bench.until_well().await;
    let polls: Vec<_> = bench.tg.log().iter().filter(|call| call.method == "getUpdates").map(|call| call.at).collect();
    assert!(polls[2].since(polls[1]).as_secs() >= 3, "{polls:?}");
    assert_eq!(bench.stop().await, Some(0));
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
    assert_eq!(bench.stop().await, Some(0));
    let again = bench.run(&["replay", "--all"]).await;
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stdout).contains("failed again"), "{again:?}");
    assert_eq!(bench.run(&["replay", "--id", "77"]).await.status.code(), Some(3));

    assert_eq!(bench.run(&["replay", "--discard", "77"]).await.status.code(), Some(3));
    assert_eq!(bench.run(&["replay", "--discard", "x"]).await.status.code(), Some(2));
    let copy = "INSERT INTO quarantine SELECT id + 1, at, source, body, error FROM quarantine";
    let db = bench.sql().await;
    sqlx::query(copy).execute(&db).await.unwrap();
    db.close().await;
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
    db.close().await;
    assert_eq!(bench.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_takes_only_what_telegram_brings() {
    let hook = free_port();
    let process = format!(
        "[intake.webhook]\nurl = 'http://127.0.0.1:{hook}/in'\nlisten = '127.0.0.1:{hook}'\nsecret_file = 'secret'"
    );
    let mut bench = Bench::new(&process).await;
    fs::write(bench.path("secret"), "open_sesame\n").unwrap();
    bench.start();
    bench.until("the webhook", |bench| bench.count("setWebhook") > 0).await;
    bench.join_the_group();
    let ling = bench.member(1);
    bench.tg.say(GROUP, ling, "一");
    bench.until_messages(1).await;
    let client = reqwest::Client::new();
    let post = |secret: Option<&str>, body: String| {
        let mut request = client.post(format!("http://127.0.0.1:{hook}/in")).body(body);
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        async move { request.send().await.map_or(0, |answer| answer.status().as_u16()) }
    };
    let update = |id: i64| {
        json!({"update_id": id, "message": {"message_id": id, "date": 1_772_424_000, "text": "好",
            "chat": {"id": GROUP.0, "type": "supergroup", "title": "成长社"}, "from": {"id": ling.0, "first_name": "成员1"}}})
        .to_string()
    };
    let secret = Some("open_sesame");
    assert_eq!(post(None, update(901)).await, 403);
    assert_eq!(post(Some("open_sesam"), update(902)).await, 403);
    // The rest of the body is not waited for, so that the connection may end before the answer is read.
    let large = post(secret, "x".repeat(1 << 21)).await;
    assert!(matches!(large, 413 | 0), "{large}");
    assert_eq!(post(secret, "{}".to_owned()).await, 400);
    assert_eq!(post(secret, update(904)).await, 200);
    assert_eq!(post(secret, update(903)).await, 200);
    assert_eq!(post(secret, update(904)).await, 200);
    bench.until_messages(3).await;
    assert_eq!(bench.count("getUpdates"), 0);
    assert_eq!(bench.stop().await, Some(0));
    assert_eq!(bench.messages().await, 3);
    assert!(!bench.log().contains("sesame"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_settings_hold_at_once_and_bad_ones_never() {
    let mut bench = Bench::started("").await;
    bench.join_the_group();
    bench.until("the first question", |bench| bench.count("getChatAdministrators") > 1).await;
    let file = bench.path("communities/moms.toml");
    fs::write(&file, format!("{COMMUNITY}langage = 'en'\n")).unwrap();
    bench.until("the mistake", |bench| bench.told().iter().any(|told| told.contains("moms.toml:4:1: langage"))).await;
    let ling = bench.member(1);
    bench.tg.say(GROUP, ling, "照常");
    bench.until_messages(1).await;
    fs::write(&file, format!("{COMMUNITY}language = 'en'\n")).unwrap();
    bench
        .until("the good news", |bench| {
            bench.told().iter().any(|told| told == "✅ The settings are right again and in use.")
        })
        .await;
    // The introduction, the mistake, the good news.
    assert_eq!(bench.told().len(), 3, "{:?}", bench.told());
    assert_eq!(bench.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_community_whose_file_is_gone_is_not_dropped_without_a_word() {
    let mut bench = Bench::new("").await;
    let other = bench.path("communities/dads.toml");
    fs::write(&other, "name = '爸爸社'\nchats = [-1000000001002]\n").unwrap();
    bench.begin().await;
    bench.join_the_group();
    bench.until("the first question", |bench| bench.count("getChatAdministrators") > 1).await;
    fs::remove_file(&other).unwrap();
    bench
        .until("the alarm", |bench| {
            bench.told().iter().any(|told| told.contains("dads.toml") && told.contains("不见了"))
        })
        .await;
    assert!(bench.log().contains("the file of a community is gone"), "{}", bench.log());
    assert_eq!(bench.stop().await, Some(0));
}

/// The names of the communities in the database.
async fn slugs(db: &sqlx::AnyPool) -> Vec<String> {
    let rows: Vec<(String,)> = sqlx::query_as("SELECT slug FROM community ORDER BY id").fetch_all(db).await.unwrap();
    rows.into_iter().map(|(slug,)| slug).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_settings_are_taken_in_when_the_database_works_again() {
    let mut bench = Bench::started("").await;
    bench.join_the_group();
    bench.until("the first question", |bench| bench.count("getChatAdministrators") > 1).await;
    let db = bench.sql().await;
    let full = "CREATE TRIGGER full BEFORE INSERT ON community BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    sqlx::query(full).execute(&db).await.unwrap();
    fs::write(bench.path("communities/moms.toml"), format!("id = 'mothers'\n{COMMUNITY}")).unwrap();
    bench.until_wrong("database").await;
    assert_eq!(slugs(&db).await, ["file:moms"]);
    sqlx::query("DROP TRIGGER full").execute(&db).await.unwrap();
    bench.until_well().await;
    assert_eq!(slugs(&db).await, ["file:moms", "file:mothers"]);
    db.close().await;
    assert_eq!(bench.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_settings_name_are_watched_too() {
    let mut bench = Bench::new("").await;
    fs::create_dir(bench.path("communities/gifts")).unwrap();
    fs::write(bench.path("communities/gifts/codes.txt"), "一\n").unwrap();
    let gifts = "[checkin.gifts.mug]\ntitle = '杯子'\ncodes = 'gifts/codes.txt'\n";
    fs::write(bench.path("communities/moms.toml"), format!("{COMMUNITY}{gifts}")).unwrap();
    bench.start();
    bench.until_well().await;
    let read = |bench: &Bench| bench.log().matches("the settings were read again").count();
    assert_eq!(read(&bench), 0);
    fs::write(bench.path("communities/gifts/codes.txt"), "一\n二\n").unwrap();
    bench.until("the new codes", |bench| read(bench) == 1).await;
    assert_eq!(bench.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_say_by_their_exit_code_how_they_ended() {
    let bench = Bench::new("").await;
    let code = async |arguments: &[&str]| bench.run(arguments).await.status.code();
    let good = bench.run(&["check"]).await;
    assert_eq!((good.status.code(), text(&good.stdout).contains("成长社 (moms.toml): 1 group")), (Some(0), true));
    assert_eq!(code(&["check", "--nonsense"]).await, Some(2));
    assert_eq!(code(&["export", "members"]).await, Some(3), "there is no database yet");
    for arguments in [&["schema", "process"][..], &["reference"], &["completions", "bash"], &["check", "--texts"]] {
        assert_eq!(code(arguments).await, Some(0), "{arguments:?}");
    }
    for arguments in [&["plan", "--community", "mums"][..], &["rehearse", "--community", "mums"]] {
        let out = bench.run(arguments).await;
        assert_eq!(out.status.code(), Some(2), "{out:?}");
        assert!(text(&out.stderr).contains("there is no community `mums`; there are: moms"), "{out:?}");
    }
    fs::write(bench.path("communities/moms.toml"), "chats = 5").unwrap();
    let bad = bench.run(&["check", "--json"]).await;
    let told: Value = serde_json::from_slice(&bad.stdout).unwrap();
    assert_eq!((bad.status.code(), &told["problems"][0]["key"]), (Some(1), &json!("chats")));
    let run = bench.run(&["run"]).await;
    assert_eq!(run.status.code(), Some(1));
    assert!(text(&run.stderr).contains("chats = 5"), "{run:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_environment_ends_the_program_before_it_touches_anything() {
    let bench = Bench::new("").await;
    for (name, value, expected) in [
        ("TELOXIDE_API_URL", "telegram/sesame", "TELOXIDE_API_URL is `telegram/sesame`, which is not the address of"),
        ("TELOXIDE_TOKEN", "", "there is no token: set TELOXIDE_TOKEN"),
        ("TELOXIDE_TOKEN", "sesame", "this is no token"),
        ("TELOXIDE_TOKEN", "bot:sesame", "this is no token"),
        ("TELOXIDE_TOKEN", "123456:open sesame", "this is no token"),
        ("STEWARD_DATABASE", "sqlite:/no/such/folder/s.db", "cannot open the database /no/such/folder/s.db: No such"),
    ] {
        let mut command = bench.command(&["run"]);
        command.env(name, value);
        let out = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        assert_eq!(out.status.code(), Some(3), "{name}={value}: {out:?}");
        let said = text(&out.stderr);
        assert!(said.contains(expected), "{said}");
        assert!(name != "TELOXIDE_TOKEN" || !said.contains("sesame"), "{said}");
    }
    assert_eq!(bench.tg.log().len(), 0);
    assert!(!bench.path("steward.db").exists() && !bench.path("steward.db.lock").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_database_is_told_in_one_sentence() {
    let mut bench = Bench::new("").await;
    let file = bench.path("steward.db");
    let said = async |bench: &Bench, arguments: &[&str]| text(&bench.run(arguments).await.stderr);
    let missing = said(&bench, &["export", "members"]).await;
    assert_eq!(missing, format!("steward: there is no database {} yet; `steward run` makes it\n", file.display()));
    fs::write(&file, "no database at all ".repeat(100)).unwrap();
    let strange = said(&bench, &["run"]).await;
    assert_eq!(strange, format!("steward: cannot use the database {}: file is not a database\n", file.display()));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let folder = said(&bench, &["run"]).await;
    let opened = format!("steward: cannot open the database {}: unable to open database file; ", file.display());
    assert!(folder.starts_with(&opened), "{folder}");
    bench.database = "postgres://steward:sesame@127.0.0.1:1/steward".to_owned();
    let refused = said(&bench, &["run"]).await;
    let server = "cannot open the database postgres://steward:***@127.0.0.1:1/steward: Connection refused";
    assert!(refused.contains(server) && !refused.contains("sesame"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_model_of_telegram_can_be_served() {
    let bench = Bench::new("").await;
    let port = free_port();
    let mut served = bench.command(&["emulate", "--port", &port.to_string(), "--token", "1:x"]);
    let mut served = served.stdout(Stdio::null()).spawn().unwrap();
    let ask = |token: &str| reqwest::get(format!("http://127.0.0.1:{port}/bot{token}/getMe"));
    let began = Instant::now();
    let answer = loop {
        match ask("1:x").await {
            Ok(answer) => break answer,
            Err(_) => assert!(began.elapsed() < Duration::from_secs(10), "nobody answers"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let me: Value = answer.json().await.unwrap();
    assert_eq!(me["result"]["username"], "steward_bot");
    assert_eq!(ask("1:y").await.unwrap().status().as_u16(), 401);
    served.kill().unwrap();
    served.wait().unwrap();
}
