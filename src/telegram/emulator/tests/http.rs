//! The model over a socket, as a bot library sees it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// The scene, and where it is served.
async fn served() -> (Scene, String) {
    let scene = scene_of(Settings { token: Some("1:x".into()), ..Settings::default() }, ChatKind::Supergroup, GROUP);
    let address = serve(router(scene.emulator.clone())).await;
    (scene, address)
}

async fn get(url: String) -> (u16, Value) {
    let response = reqwest::get(url).await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn sim(address: &str, what: &str, body: Value) -> (u16, String) {
    let response = reqwest::Client::new().post(format!("{address}/_sim/{what}")).json(&body).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_poll_waits_for_the_first_update_and_yields_to_a_newer_poll() {
    let (scene, address) = served().await;
    let poll = format!("{address}/bot1:x/getUpdates?timeout=50");
    let first = tokio::spawn(get(poll.clone()));
    let arrived = || scene.emulator.log().iter().any(|call| call.params.contains_key("timeout"));
    while !arrived() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = tokio::spawn(get(poll));
    let (code, body) = first.await.unwrap();
    assert_eq!(code, 409);
    assert!(body["description"].as_str().unwrap().starts_with("Conflict: terminated by other getUpdates request"));
    let say = json!({"do": "say", "chat": scene.group, "user": 2, "text": "hi"});
    assert_eq!(sim(&address, "act", say).await.0, 200);
    let (code, body) = second.await.unwrap();
    assert_eq!((code, &body["result"][0]["message"]["text"]), (200, &json!("hi")));
}

#[tokio::test]
async fn nobody_presses_a_button_in_a_chat_they_cannot_read() {
    let (scene, address) = served().await;
    let message = scene.emulator.say(scene.group, scene.ann, "hi");
    scene.emulator.add_user(77, "Eve");
    let press =
        |user: i64| json!({"do": "press", "chat": scene.group, "message": message, "user": user, "data": "checkin"});
    assert_eq!(sim(&address, "act", press(scene.ann.0)).await.0, 200);
    let (code, why) = sim(&address, "act", press(77)).await;
    assert_eq!((code, why.as_str()), (409, "who is not in a private chat sees no button there"));
    let own = scene.emulator.start_bot(scene.ann, "");
    let foreign = json!({"do": "press", "chat": scene.ann, "message": own, "user": 77, "data": "checkin"});
    assert_eq!(sim(&address, "act", foreign).await.0, 409);
}

#[tokio::test]
async fn calls_come_as_json_forms_and_multipart() {
    let (scene, address) = served().await;
    let client = reqwest::Client::new();
    let form = [("chat_id", GROUP.to_string()), ("text", "1".to_owned()), ("disable_notification", "true".to_owned())];
    let send = client.post(format!("{address}/bot1:x/SendMessage")).form(&form).send().await.unwrap();
    assert_eq!(send.json::<Value>().await.unwrap()["result"]["text"], "1");
    let part = reqwest::multipart::Part::bytes(vec![1, 2, 3]).file_name("a.png");
    let photo = reqwest::multipart::Form::new().text("chat_id", GROUP.to_string()).part("photo", part);
    let send = client.post(format!("{address}/bot1:x/sendPhoto")).multipart(photo).send().await.unwrap();
    assert!(send.json::<Value>().await.unwrap()["result"]["photo"].is_array());
    let wrong =
        client.post(format!("{address}/bot1:x/sendMessage")).json(&json!({"chat_id": GROUP})).send().await.unwrap();
    assert_eq!(wrong.status(), 400);
    assert_eq!(get(format!("{address}/bot9:y/getMe")).await.0, 401);
    assert_eq!(get(format!("{address}/bot1:x/getMee")).await.0, 404);
    assert_eq!(scene.emulator.bot_messages(scene.group).len(), 2);
    assert_eq!(scene.emulator.violations(), ["sendMessage: `text` is missing"]);
}

#[tokio::test]
async fn failures_are_played_on_the_wire() {
    let (scene, address) = served().await;
    let send = format!("{address}/bot1:x/sendMessage?chat_id={GROUP}&text=x");
    let rule = |action: Value| json!({"method": "sendMessage", "phase": "after_accept", "action": action});
    sim(
        &address,
        "fault",
        rule(json!({"status": {"code": 429, "text": "Too Many Requests: retry after 7", "retry_after": 7}})),
    )
    .await;
    let response = reqwest::get(&send).await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].to_str().unwrap()), (429, "7"));
    for action in ["reset", "truncate", "garbage"] {
        scene.wait(Span::minutes(1));
        assert_eq!(sim(&address, "fault", rule(json!(action))).await.0, 204);
        let answer = async { reqwest::get(&send).await?.json::<Value>().await };
        assert!(answer.await.is_err(), "{action}");
    }
    assert_eq!(scene.emulator.bot_messages(scene.group).len(), 4, "each had its effect");
    assert_eq!(sim(&address, "act", json!({"do": "leave", "chat": -5, "user": 2})).await.0, 404);
    let (_, log) = get(format!("{address}/_sim/log?method=sendMessage")).await;
    assert_eq!(log.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_webhook_gets_updates_in_order_and_again_when_it_fails() {
    type Got = (String, String);
    async fn hook(
        State(heard): State<mpsc::UnboundedSender<Got>>,
        headers: HeaderMap,
        Json(update): Json<Value>,
    ) -> StatusCode {
        let secret = headers["x-telegram-bot-api-secret-token"].to_str().unwrap().to_owned();
        let text = update["message"]["text"].as_str().unwrap().to_owned();
        let fails = text == "one" && FIRST.swap(false, Ordering::SeqCst);
        heard.send((secret, text)).unwrap();
        if fails { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK }
    }
    static FIRST: AtomicBool = AtomicBool::new(true);

    let (scene, address) = served().await;
    let (heard, mut hears) = mpsc::unbounded_channel();
    let target = serve(Router::new().route("/hook", post(hook)).with_state(heard)).await;
    let (code, _) = get(format!("{address}/bot1:x/setWebhook?url={target}/hook&secret_token=s3")).await;
    assert_eq!(code, 200);
    scene.emulator.say(scene.group, scene.ann, "one");
    scene.emulator.say(scene.group, scene.ann, "two");
    let mut texts = Vec::new();
    for _ in 0..3 {
        let (secret, text) = tokio::time::timeout(Duration::from_secs(10), hears.recv()).await.unwrap().unwrap();
        assert_eq!(secret, "s3");
        texts.push(text);
    }
    assert_eq!(texts, ["one", "one", "two"]);
    let (_, info) = get(format!("{address}/bot1:x/getWebhookInfo")).await;
    assert!(info["result"]["last_error_message"].as_str().unwrap().contains("500"));
}
