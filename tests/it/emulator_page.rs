//! `docs/EMULATOR.md` is right: its examples, sent to the emulator in order, work, and name everything there is.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use steward::telegram::emulator::{Emulator, Settings, router};

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/EMULATOR.md")).unwrap()
}

/// The requests of the page: method, path, body.
fn examples(page: &str) -> Vec<(String, String, String)> {
    let blocks = page.split("```http\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let lines = blocks.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let mut words = line.splitn(3, ' ').map(str::to_owned);
            (words.next().unwrap(), words.next().unwrap(), words.next().unwrap_or_default())
        })
        .collect()
}

struct Served {
    url: String,
    client: reqwest::Client,
}

impl Served {
    async fn new() -> Self {
        let clock =
            || steward::model::Timestamp(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap());
        let emulator = Emulator::with_clock(Settings::default(), std::sync::Arc::new(clock));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router(emulator)).await });
        Self { url, client: reqwest::Client::new() }
    }

    async fn send(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.url));
        let request = request.header("content-type", "application/json").body(body.to_owned());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The names a field can have, by what the emulator says of one it does not know.
    async fn known(&self, path: &str, body: &str) -> BTreeSet<String> {
        let (status, said) = self.send("POST", path, body).await;
        assert_eq!(status, 422, "{said}");
        let list = said.split("expected one of").nth(1).unwrap();
        list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_of_the_emulators_page_works() {
    let served = Served::new().await;
    let examples = examples(&page());
    let mut wrong = Vec::new();
    let mut answer = String::new();
    for (method, path, body) in &examples {
        let body = body.replace("{answer}", answer.trim_matches('"'));
        let (status, said) = served.send(method, path, &body).await;
        if !(200..300).contains(&status) {
            wrong.push(format!("{method} {path} {body}: {status} {said}"));
        }
        answer = said;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(examples.len() > 60, "only {} examples are found", examples.len());
    let (_, violations) = served.send("GET", "/_sim/violations", "").await;
    assert_eq!(violations, "[]");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_emulators_page_has_an_example_of_everything_there_is() {
    let served = Served::new().await;
    let page = page();
    let examples = examples(&page);
    let verb = |(_, path, body): &(String, String, String)| {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        match path.as_str() {
            "/_sim/act" => body["do"].as_str().map(str::to_owned),
            "/_sim/fault" => match &body["action"] {
                Value::String(action) => Some(action.clone()),
                action => action.as_object()?.keys().next().cloned(),
            },
            _ => None,
        }
    };
    let shown: BTreeSet<String> = examples.iter().filter_map(verb).collect();
    let verbs = served.known("/_sim/act", r#"{"do": "dance"}"#).await;
    let actions = served.known("/_sim/fault", r#"{"method": "*", "action": "sleep"}"#).await;
    assert_eq!(shown, verbs.union(&actions).cloned().collect());
    for verb in &verbs {
        assert!(page.contains(&format!("`{verb}`")), "{verb} is in no table");
    }
    for path in ["/act", "/push", "/fault", "/queue", "/log", "/answers", "/violations", "/state/"] {
        assert!(examples.iter().any(|(_, at, _)| at.starts_with(&format!("/_sim{path}"))), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_in_already_keeps_their_rank_when_a_group_is_filled() {
    let served = Served::new().await;
    for body in [
        r#"{"do": "add_user", "user": 500, "name": "Olga"}"#,
        r#"{"do": "add_user", "user": 501, "name": "Ann"}"#,
        r#"{"do": "add_group", "chat": -1001000000002, "title": "Club", "owner": 500}"#,
        r#"{"do": "fill", "chat": -1001000000002, "users": [500, 501]}"#,
    ] {
        assert_eq!(served.send("POST", "/_sim/act", body).await.0, 200, "{body}");
    }
    let (_, state) = served.send("GET", "/_sim/state/-1001000000002", "").await;
    let state: Value = serde_json::from_str(&state).unwrap();
    let rank = |user: i64| {
        let members = state["members"].as_array().unwrap();
        members.iter().find(|member| member["user"]["id"] == user).unwrap()["status"].clone()
    };
    assert_eq!((rank(500), rank(501)), ("creator".into(), "member".into()));
}
