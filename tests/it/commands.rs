//! The commands beside the running bot, and how they say that they cannot.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bench::{Bench, free_port, text};

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
async fn a_database_that_is_not_there_is_told_and_not_made() {
    let mut bench = Bench::new("").await;
    for arguments in [&["replay"][..], &["replay", "--id", "3"], &["replay", "--all"], &["replay", "--discard", "all"]]
    {
        let out = bench.run(arguments).await;
        assert_eq!(out.status.code(), Some(3), "{arguments:?}: {out:?}");
        assert!(text(&out.stderr).contains("`steward run` makes it"), "{arguments:?}: {out:?}");
    }
    assert!(!bench.path("steward.db").exists() && !bench.path("steward.db.lock").exists());
    bench.database = format!("postgres://steward@127.0.0.1:{}/steward", free_port());
    for arguments in [&["replay"][..], &["export", "members"], &["replay", "--all"]] {
        let out = bench.run(arguments).await;
        assert_eq!(out.status.code(), Some(3), "{arguments:?}: {out:?}");
        assert!(text(&out.stderr).contains("refused"), "{arguments:?}: {out:?}");
    }
    let out = bench.run(&["backup", "copy.db"]).await;
    assert!(text(&out.stderr).contains("pg_dump"), "{out:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bare_path_in_the_environment_is_no_database() {
    let mut bench = Bench::new("").await;
    for (database, expected) in [
        (
            "b1.db",
            "the environment: STEWARD_DATABASE = b1.db: a database is written `sqlite:PATH` or \
             `postgres://USER:PASSWORD@HOST/NAME`. Did you mean sqlite:b1.db?\n\n1 mistake in the settings.\n",
        ),
        (
            "steward:sesame@db/steward",
            "the environment: STEWARD_DATABASE: a database is written `sqlite:PATH` or \
             `postgres://USER:PASSWORD@HOST/NAME`\n\n1 mistake in the settings.\n",
        ),
    ] {
        bench.database = database.to_owned();
        for arguments in [&["check"][..], &["run"], &["export", "members"]] {
            let out = bench.run(arguments).await;
            assert_eq!((out.status.code(), text(&out.stderr).as_str()), (Some(1), expected), "{arguments:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_listens_nowhere_shows_its_health_in_the_database() {
    let mut bench = Bench::new("listen = 'off'\n").await;
    assert_eq!(bench.run(&["health"]).await.status.code(), Some(3), "there is no database yet");
    bench.begin().await;
    let health = async |bench: &Bench| {
        let out = bench.run(&["health"]).await;
        let told: Value = serde_json::from_slice(&out.stdout).unwrap();
        (out.status.code(), told["ok"].as_bool(), told["alive_seconds_ago"].as_i64())
    };
    bench.until("the first beat", |bench| bench.path("steward.db").exists()).await;
    let began = Instant::now();
    while health(&bench).await.0 != Some(0) {
        assert!(began.elapsed() < Duration::from_secs(20), "it never says that it is alive");
    }
    assert_eq!(health(&bench).await.1, Some(true));
    assert_eq!(bench.stop().await, Some(0));
    let db = bench.sql().await;
    let earlier = "UPDATE meta SET value = CAST(CAST(value AS BIGINT) - 240000 AS TEXT) WHERE name = 'alive'";
    sqlx::query(earlier).execute(&db).await.unwrap();
    let (code, ok, silent) = health(&bench).await;
    assert_eq!((code, ok), (Some(1), Some(false)));
    assert!(silent.is_some_and(|silent| silent >= 240), "{silent:?}");
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
