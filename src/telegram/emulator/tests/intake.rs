//! What the bot is told, and when.

use serde_json::{Value, json};

use super::*;

#[test]
fn an_offset_confirms_and_a_negative_one_forgets_the_rest() {
    let s = scene();
    for text in ["a", "b", "c", "d"] {
        s.emulator.say(s.group, s.ann, text);
    }
    let first = s.ok("getUpdates", json!({"limit": 0}));
    assert_eq!(first.as_array().unwrap().len(), 1, "the limit is at least 1");
    let id = first[0]["update_id"].as_i64().unwrap();
    assert_eq!(s.ok("getUpdates", json!({}))[0]["update_id"], id, "nothing was confirmed");
    let texts = |found: &Value| -> Vec<String> {
        found.as_array().unwrap().iter().map(|u| u["message"]["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts(&s.ok("getUpdates", json!({"offset": id + 1}))), ["b", "c", "d"]);
    assert_eq!(texts(&s.ok("getUpdates", json!({"offset": -2}))), ["c", "d"]);
    assert_eq!(texts(&s.ok("getUpdates", json!({"offset": id + 1_000_000}))), ["c", "d"], "far ahead is the head");
    assert_eq!(s.updates().len(), 2);
    assert_eq!(s.emulator.pending_updates(), 0);
}

#[test]
fn updates_expire_and_numbers_may_fall() {
    let s = scene();
    let message = s.ok(
        "sendMessage",
        json!({"chat_id": s.group, "text": "x", "reply_markup":
        {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}}),
    );
    let message = MessageId(message["message_id"].as_i64().unwrap());
    s.emulator.press(s.group, message, s.ann, "Yes");
    s.emulator.say(s.group, s.ann, "hello");
    s.wait(Span::secs(150));
    assert_eq!(s.ok("getUpdates", json!({})).as_array().unwrap().len(), 1, "a press is lost after 150 s");
    s.wait(Span::days(1));
    assert_eq!(s.ok("getUpdates", json!({})), json!([]));
    let old = MessageSpec { date: Some(s.emulator.now() - Span::hours(25)), ..MessageSpec::text("old") };
    s.emulator.send(s.group, s.ann, old).unwrap();
    assert_eq!(s.emulator.pending_updates(), 0);

    s.emulator.reset_update_ids(5);
    s.emulator.duplicate_next(1);
    s.emulator.say(s.group, s.ann, "again");
    let found = s.ok("getUpdates", json!({"offset": 481_516_240}));
    assert_eq!((&found[0]["update_id"], &found[1]["update_id"]), (&json!(5), &json!(5)));
}

#[test]
fn only_what_was_asked_for_is_queued_from_then_on() {
    let s = scene();
    s.emulator.join(s.group, s.emulator.add_user(3, "Bo"));
    assert_eq!(s.kinds(), ["chat_member", "message"]);
    s.ok("getUpdates", json!({"allowed_updates": []}));
    s.emulator.leave(s.group, UserId(3));
    assert_eq!(s.kinds(), ["message"], "the default set lacks chat_member");
    s.ok("getUpdates", json!({"allowed_updates": ["chat_member"]}));
    s.ok("getUpdates", json!({}));
    let entry = |announce| Entry { announce, ..Entry::default() };
    s.emulator.join_as(s.group, UserId(3), &entry(Announce::Service));
    assert_eq!(s.kinds(), Vec::<String>::new());
    s.emulator.leave(s.group, UserId(3));
    s.emulator.join_as(s.group, UserId(3), &entry(Announce::Member));
    assert_eq!(s.kinds(), ["chat_member", "chat_member"]);
    s.emulator.demote(s.group, s.emulator.me());
    s.emulator.leave(s.group, UserId(3));
    assert_eq!(s.kinds(), Vec::<String>::new(), "only administrators are told");
}

#[test]
fn polling_and_a_webhook_exclude_each_other() {
    let s = scene();
    s.ok("setWebhook", json!({"url": "http://127.0.0.1:9/hook", "secret_token": "s"}));
    let (code, text) = s.err("getUpdates", json!({}));
    assert_eq!(code, 409);
    assert!(text.starts_with("Conflict: can't use getUpdates method while webhook is active"));
    assert_eq!(s.ok("getWebhookInfo", json!({}))["url"], "http://127.0.0.1:9/hook");
    s.ok("deleteWebhook", json!({}));
    assert_eq!(s.ok("getUpdates", json!({})), json!([]));
    assert_eq!(
        s.bad("setWebhook", json!({"url": "http://example.com"})),
        "bad webhook: An HTTPS URL must be provided for webhook"
    );
}

#[test]
fn privacy_mode_hides_ordinary_talk() {
    let s = scene();
    s.emulator.demote(s.group, s.emulator.me());
    s.updates();
    let bots = s.send("from the bot");
    s.emulator.say(s.group, s.ann, "talk");
    s.emulator.say(s.group, s.ann, "/me@other_bot");
    assert_eq!(s.updates(), Vec::<Value>::new());
    s.emulator.say(s.group, s.ann, "/me@steward_bot");
    s.emulator.say(s.group, s.ann, "/me");
    s.emulator.send(s.group, s.ann, MessageSpec::text("yes").reply_to(bots)).unwrap();
    assert_eq!(s.updates().len(), 3);
}

#[test]
fn failures_on_request_come_before_or_after_the_effect() {
    let s = scene();
    let send = || s.call("sendMessage", json!({"chat_id": s.group, "text": "x"}));
    s.emulator.fail(Rule::new("sendMessage", Action::Reset).after_accept());
    assert!(matches!(send(), Err(Fault::NoAnswer(_))));
    assert_eq!(s.emulator.bot_messages(s.group).len(), 1);
    s.emulator.fail(Rule::new("sendMessage", Action::RefuseConnection));
    assert!(matches!(send(), Err(Fault::NotSent(_))));
    s.emulator.fail(Rule::status("*", 401, "Unauthorized").skip(1).times(2));
    assert!(send().is_ok());
    assert_eq!(s.err("getMe", json!({})), (401, "Unauthorized".into()));
    assert!(send().is_err());
    assert!(send().is_ok());
    assert_eq!(s.emulator.bot_messages(s.group).len(), 3);
    assert_eq!(s.emulator.log().iter().filter(|call| call.method == "sendMessage").count(), 5);
}

#[test]
fn nothing_passes_unseen_that_is_not_the_api() {
    let s = scene();
    assert_eq!(s.err("sendMesage", json!({})), (404, "Not Found: method not found".into()));
    assert_eq!(s.bad("sendDice", json!({"chat_id": s.group})), "emulator: method sendDice is not modelled");
    assert!(s.emulator.violations().is_empty());
    s.bad("sendMessage", json!({"chat_id": s.group, "text": "x", "disable_web_page_preview": true}));
    assert_eq!(s.emulator.violations(), ["sendMessage: there is no `disable_web_page_preview`"]);
}
