//! The client, against a service on this machine that does what services do, and what they should not.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use serde_json::{Value, json};
use steward::advice::Advisor as _;
use steward::advice::http::Http;
use steward::model::opinion::{Consult, Endpoint, KeySource, Leaning, NoOpinion, Opinion};
use steward::model::{ChatId, Lang, Span};

use crate::bench::{Bench, COMMUNITY, GROUP, text};

const KEY: &str = "sk-open-sesame";

fn answer(content: &str) -> Response {
    axum::Json(
        json!({ "id": "x", "choices": [{ "index": 0, "message": { "role": "assistant", "content": content } }] }),
    )
    .into_response()
}

/// What the service does is chosen by the model's name.
async fn service(headers: HeaderMap, body: String) -> Response {
    let asked: Value = serde_json::from_str(&body).unwrap();
    let content = r#"{"verdict": "innocent", "because": "分享文章"}"#;
    match asked["model"].as_str().unwrap() {
        "good" => answer(content),
        "locked" if headers.get("authorization").is_some_and(|it| it == &format!("Bearer {KEY}")) => answer(content),
        "locked" => (StatusCode::UNAUTHORIZED, format!("wrong key {headers:?}")).into_response(),
        "busy" => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "3600")], "slow down").into_response(),
        "broken" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "elsewhere" => Redirect::temporary("/good/chat/completions").into_response(),
        "talker" => answer("Sure! It is an ad."),
        "huge" => answer(&"x".repeat(1 << 20)),
        "silent" => {
            tokio::time::sleep(Duration::from_mins(1)).await;
            StatusCode::OK.into_response()
        }
        // A byte now and then, for ever.
        "drip" => {
            let drops = futures::stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
            });
            Response::new(Body::from_stream(drops))
        }
        // More than was asked for, without an end.
        "flood" => {
            let drops = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 4096])));
            Response::new(Body::from_stream(drops))
        }
        other => panic!("{other}"),
    }
}

async fn started() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/chat/completions", post(service));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn consult(url: &str, model: &str, key: KeySource) -> Consult {
    let endpoint = Endpoint { url: url.to_owned(), model: model.to_owned(), key, time_limit: Span::secs(2) };
    Consult { chat: ChatId(-1001), case: 1, endpoint, text: "文章".to_owned(), newcomer: true, lang: Lang::Zh }
}

async fn asked(url: &str, model: &str, key: KeySource) -> Result<Opinion, NoOpinion> {
    Http::new().unwrap().ask(&consult(url, model, key)).await
}

#[tokio::test]
async fn every_kind_of_answer_is_understood_and_bounded() {
    let url = started().await;
    let good = Ok(Opinion { leaning: Leaning::Innocent, because: "分享文章".to_owned() });
    for (model, expected) in [
        ("good", good.clone()),
        ("locked", Err(NoOpinion::Refused)),
        ("busy", Err(NoOpinion::Busy)),
        ("broken", Err(NoOpinion::Refused)),
        ("elsewhere", Err(NoOpinion::Redirected)),
        ("talker", Err(NoOpinion::Garbled)),
        ("huge", Err(NoOpinion::Large)),
        ("silent", Err(NoOpinion::Late)),
        ("drip", Err(NoOpinion::Late)),
        ("flood", Err(NoOpinion::Large)),
    ] {
        assert_eq!(asked(&url, model, KeySource::None).await, expected, "{model}");
    }
    assert_eq!(asked(&format!("{url}/chat/completions/"), "good", KeySource::None).await, good);
    assert_eq!(asked("http://127.0.0.1:1/v1", "good", KeySource::None).await, Err(NoOpinion::Unreachable));
}

#[tokio::test]
async fn the_key_is_read_when_it_is_needed() {
    let url = started().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("opinion.key");
    let file = || KeySource::File(path.display().to_string());
    let missing = KeySource::Variable("STEWARD_TEST_NO_SUCH_KEY".to_owned());
    assert_eq!(asked(&url, "locked", missing).await, Err(NoOpinion::Key));
    assert_eq!(asked(&url, "locked", file()).await, Err(NoOpinion::Key));
    for (content, expected) in [
        (format!("{KEY}\n"), None),
        ("sk-wrong".to_owned(), Some(NoOpinion::Refused)),
        (" \n".to_owned(), Some(NoOpinion::Key)),
        ("two\nlines".to_owned(), Some(NoOpinion::Key)),
        ("x".repeat(5000), Some(NoOpinion::Key)),
    ] {
        std::fs::write(&path, content).unwrap();
        assert_eq!(asked(&url, "locked", file()).await.err(), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_asks_and_keeps_the_key_to_itself() {
    let url = started().await;
    let mut bench = Bench::new("").await;
    std::fs::write(bench.path("communities/opinion.key"), KEY).unwrap();
    let sections = format!("[strikes]\n[opinion]\nurl = '{url}'\nmodel = 'locked'\nkey_file = 'opinion.key'\n");
    std::fs::write(bench.path("communities/moms.toml"), format!("{COMMUNITY}{sections}")).unwrap();
    bench.begin().await;
    bench.join_the_group();
    bench.until("the first question", |bench| bench.count("getChatAdministrators") > 1).await;
    let ling = bench.member(1);
    bench.tg.say(GROUP, ling, "频道 t.me/some_channel");
    let opinion =
        |bench: &Bench| bench.told().iter().any(|it| it.ends_with("🤖 AI 参考意见：多半不是广告，理由：分享文章"));
    bench.until("the opinion", opinion).await;
    assert_eq!(bench.stop().await, Some(0));
    let database = std::fs::read(bench.path("steward.db")).unwrap();
    assert!(!bench.log().contains(KEY) && !database.windows(KEY.len()).any(|part| part == KEY.as_bytes()));
    let wrong =
        format!("{COMMUNITY}[strikes]\n[opinion]\nurl = '{url}'\nmodel = 'small'\nkey = '{KEY}'\nkey_env = '{KEY}'\n");
    std::fs::write(bench.path("communities/moms.toml"), wrong).unwrap();
    let told = text(&bench.run(&["check"]).await.stderr);
    assert!(told.contains("opinion.key") && !told.contains(KEY), "{told}");
}
