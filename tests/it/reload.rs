//! The real program while its settings change: good ones hold at once, bad ones never.

use std::fs;

use crate::bench::{Bench, COMMUNITY, GROUP};

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
async fn a_named_file_that_comes_later_mends_the_settings() {
    let mut bench = Bench::started("").await;
    bench.join_the_group();
    bench.until("the first question", |bench| bench.count("getChatAdministrators") > 1).await;
    let gifts = "language = 'en'\n[checkin.gifts.mug]\ntitle = 'Mug'\ncodes = 'codes.txt'\n";
    fs::write(bench.path("communities/moms.toml"), format!("{COMMUNITY}{gifts}")).unwrap();
    let told = |bench: &Bench, words: &str| bench.told().iter().filter(|told| told.contains(words)).count();
    bench.until("the mistake", |bench| told(bench, "codes.txt") > 0).await;
    fs::write(bench.path("communities/codes.txt"), "one\n").unwrap();
    bench.until("the good news", |bench| told(bench, "right again") > 0).await;
    assert_eq!((told(&bench, "codes.txt"), told(&bench, "right again")), (1, 1), "{:?}", bench.told());
    assert_eq!(bench.stop().await, Some(0));
}
