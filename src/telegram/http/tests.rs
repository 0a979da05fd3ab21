use std::sync::Arc;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::model::ChatKind;
use crate::telegram::Upload;
use crate::telegram::emulator::{Action, Emulator, Rule, Settings, router};

const TOKEN: &str = "123456:a-secret_token";

fn door(base: &str) -> Http {
    Http::new(base, TOKEN.into()).unwrap()
}

/// A server that takes one request, answers with `response` as it stands, and gives back what it was asked.
async fn server(response: impl Into<String>) -> (Http, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    let response = response.into();
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !is_whole(&request) {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "the request ends early");
        }
        stream.write_all(response.as_bytes()).await.unwrap();
        String::from_utf8(request).unwrap()
    });
    (door(&base), asked)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

fn response(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn send() -> Call {
    Call::new("sendMessage", json!({"chat_id": -100, "text": "你好"}))
}

#[tokio::test]
async fn a_call_is_json_at_the_address_of_the_token() {
    let (door, asked) = server(response(r#"{"ok":true,"result":{"message_id":5,"newer":1}}"#)).await;
    assert_eq!(door.call(send()).await.unwrap(), json!({"message_id": 5, "newer": 1}));
    let asked = asked.await.unwrap();
    assert!(asked.starts_with(&format!("POST /bot{TOKEN}/sendMessage HTTP/1.1\r\n")), "{asked}");
    let (_, body) = asked.split_once("\r\n\r\n").unwrap();
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), json!({"chat_id": -100, "text": "你好"}));
}

#[tokio::test]
async fn files_go_in_a_form() {
    let (door, asked) = server(response(r#"{"ok":true,"result":true}"#)).await;
    let params = json!({"chat_id": -100, "photo": "attach://file", "reply_markup": {"inline_keyboard": []}});
    let mut call = Call::new("sendPhoto", params);
    call.files.push(Upload { field: "file".into(), file_name: "week.png".into(), bytes: b"PNG".to_vec() });
    door.call(call).await.unwrap();
    let asked = asked.await.unwrap();
    for part in [
        "name=\"chat_id\"\r\n\r\n-100\r\n",
        "name=\"photo\"\r\n\r\nattach://file\r\n",
        "name=\"reply_markup\"\r\n\r\n{\"inline_keyboard\":[]}\r\n",
        "name=\"file\"; filename=\"week.png\"\r\n\r\nPNG\r\n",
    ] {
        assert!(asked.contains(part), "{part:?} is not in {asked}");
    }
}

#[tokio::test]
async fn polled_updates_stay_as_they_were_written() {
    let (door, asked) =
        server(response(r#"{"ok":true,"result":[{"update_id": 7,  "newer":{}}, {"update_id":8}]}"#)).await;
    let door: Arc<dyn Door> = Arc::new(door);
    let updates = door.poll(7, 100, Span::secs(50), &["message"]).await.unwrap();
    let raw: Vec<_> = updates.iter().map(|update| update.get()).collect();
    assert_eq!(raw, [r#"{"update_id": 7,  "newer":{}}"#, r#"{"update_id":8}"#]);
    let asked = asked.await.unwrap();
    let (_, body) = asked.split_once("\r\n\r\n").unwrap();
    let wanted = json!({"offset": 7, "limit": 100, "timeout": 50, "allowed_updates": ["message"]});
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), wanted);
}

#[tokio::test]
async fn nothing_was_sent_when_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let fault = door(&base).call(send()).await.unwrap_err();
    assert!(matches!(fault, Fault::NotSent(_)), "{fault}");
    assert!(!fault.to_string().contains(TOKEN), "{fault}");
    let fault = door("no address").call(send()).await.unwrap_err();
    assert!(matches!(&fault, Fault::NotSent(text) if !text.contains(TOKEN)), "{fault}");
}

#[tokio::test]
async fn a_lost_answer_is_no_answer() {
    let cut_short = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"ok\":true,";
    let redirect = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    for response in ["", cut_short, redirect] {
        let (door, _asked) = server(response).await;
        let fault = door.call(send()).await.unwrap_err();
        assert!(matches!(fault, Fault::NoAnswer(_)), "{response}: {fault}");
        assert!(!fault.to_string().contains(TOKEN), "{fault}");
    }
}

/// Fault 12: nobody answers and nobody hangs up. The poll itself waits for nothing, so that the test takes no longer.
#[tokio::test]
async fn a_hung_poll_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let door = door(&format!("http://{}", listener.local_addr().unwrap()));
    let poll = tokio::time::timeout(POLL_MARGIN * 2, door.poll(0, 100, Span::ZERO, &[]));
    let fault = poll.await.expect("it does not hang for ever").unwrap_err();
    assert!(matches!(fault, Fault::NoAnswer(_)), "{fault}");
}

/// Fault 33: an answer that comes just before patience ends is an answer; after it nobody knows. One message either way.
#[tokio::test]
async fn an_answer_is_waited_for_to_the_end_and_asked_for_once() {
    let waits = [(3000, true), (7000, false)].map(|(hangs, answered)| async move {
        let telegram = Emulator::new(Settings { token: Some(TOKEN.to_owned()), ..Settings::default() });
        let (group, owner) = (telegram.add_group(-100, "群", ChatKind::Supergroup), telegram.add_user(5, "群主"));
        telegram.set_owner(group, owner);
        telegram.add_bot_to(group, owner);
        telegram.fail(Rule::new("sendMessage", Action::Hang(hangs)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router(telegram.clone())).into_future());
        let door = Http { patience: Duration::from_secs(5), ..door(&base) };
        let outcome = door.call(send()).await;
        assert_eq!(outcome.is_ok(), answered, "{outcome:?}");
        assert!(answered || matches!(outcome, Err(Fault::NoAnswer(_))), "{outcome:?}");
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(telegram.bot_messages(group).len(), 1);
    });
    futures::future::join_all(waits).await;
}

#[tokio::test]
async fn an_answer_tells_the_time() {
    let date = "date: Mon, 02 Mar 2026 04:00:00 GMT\r\n";
    for (header, told) in [(date, Some(Timestamp::from_secs(1_772_424_000))), ("", None), ("date: today\r\n", None)] {
        let body = r#"{"ok":true,"result":true}"#;
        let head = format!("HTTP/1.1 200 OK\r\n{header}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
        let (door, _asked) = server(head + body).await;
        door.call(send()).await.unwrap();
        assert_eq!(door.told(), told, "{header}");
    }
}

#[test]
fn the_token_is_not_shown() {
    assert_eq!(format!("{:?}", door("http://localhost")), r#"Http { base: "http://localhost", .. }"#);
}

#[test]
fn polls_wait_as_long_as_they_asked_to() {
    let door = door("http://localhost");
    let wait = |method: &str| door.patience(&Call::new(method, json!({"timeout": 50}))).as_secs();
    assert_eq!((wait("getUpdates"), wait("sendMessage")), (60, 90));
}

#[test]
fn only_telegrams_own_words_are_refusals() {
    let nothing = |fault| matches!(fault, Fault::NoAnswer(_));
    for (status, body) in [
        (200, ""),
        (200, "{\"ok\":true,\"result\":{\"message_id\""),
        (200, r#"{"ok":true}"#),
        (200, r#"{"ok":false,"description":"?"}"#),
        (404, "<html>404</html>"),
        (502, "<html>Bad Gateway</html>"),
        (500, r#"{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}"#),
    ] {
        assert!(nothing(read(status, None, body).unwrap_err()), "{status} {body}");
    }
    let blocked = r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#;
    let text = "Forbidden: bot was blocked by the user".to_owned();
    let refused = Fault::Refused { code: 403, text, retry_after: None, migrate_to: None };
    for status in [403, 502] {
        assert_eq!(read(status, None, blocked).unwrap_err(), refused);
    }
    let moved = r#"{"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-1005}}"#;
    let migrate_to = Some(ChatId(-1005));
    let refused = Fault::Refused { code: 400, text: "x".into(), retry_after: None, migrate_to };
    assert_eq!(read(400, None, moved).unwrap_err(), refused);
}

#[test]
fn the_longer_wait_counts() {
    let wait = |header: Option<i64>, body: &str| match read(429, header.map(Span::secs), body) {
        Err(Fault::Refused { code: 429, retry_after: Some(wait), .. }) => wait.as_secs(),
        other => panic!("{other:?}"),
    };
    let told = r#"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":9}}"#;
    let untold = r#"{"ok":false,"error_code":429,"description":"x"}"#;
    assert_eq!(wait(Some(5), told), 9);
    assert_eq!(wait(Some(12), told), 12);
    assert_eq!(wait(None, told), 9);
    assert_eq!(wait(Some(5), untold), 5);
    assert_eq!(wait(None, untold), 30);
    assert_eq!(wait(Some(5), "<html>slow down</html>"), 5);
}
