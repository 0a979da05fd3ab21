//! The rules of the modelled server, each told as what people and the bot do.

use serde_json::{Value, json};

use super::*;
use crate::model::{ChatId, ChatKind, MessageId, Span, Status};

const GROUP: i64 = -1_001_000_000_001;

/// A supergroup with an owner (1) and a member (2), and the bot as an administrator with all rights; nothing is queued.
struct Scene {
    emulator: Emulator,
    group: ChatId,
    owner: UserId,
    ann: UserId,
}

fn scene() -> Scene {
    scene_of(Settings::default(), ChatKind::Supergroup, GROUP)
}

fn scene_of(settings: Settings, kind: ChatKind, id: i64) -> Scene {
    let emulator = Emulator::new(settings);
    let (owner, ann) = (emulator.add_user(1, "Olga"), emulator.add_user(2, "Ann"));
    let group = emulator.add_group(id, "Readers", kind);
    emulator.set_owner(group, owner);
    emulator.fill(group, &[ann]);
    emulator.add_bot_to(group, owner);
    emulator.promote_bot(group, &ALL_RIGHTS);
    let scene = Scene { emulator, group, owner, ann };
    scene.ok(
        "getUpdates",
        json!({"offset": -1, "allowed_updates": ["message", "edited_message", "callback_query",
        "my_chat_member", "chat_member", "chat_join_request", "message_reaction", "poll", "poll_answer"]}),
    );
    scene.updates();
    scene
}

impl Scene {
    fn call(&self, method: &str, params: Value) -> Result<Value, Fault> {
        futures::executor::block_on(self.emulator.call(Call::new(method, params)))
    }

    fn ok(&self, method: &str, params: Value) -> Value {
        self.call(method, params).unwrap()
    }

    /// Code and text of the refusal.
    fn err(&self, method: &str, params: Value) -> (i64, String) {
        match self.call(method, params).unwrap_err() {
            Fault::Refused { code, text, .. } => (code, text),
            other => panic!("{other}"),
        }
    }

    fn bad(&self, method: &str, params: Value) -> String {
        let (code, text) = self.err(method, params);
        assert_eq!(code, 400, "{text}");
        text.strip_prefix("Bad Request: ").unwrap().to_owned()
    }

    /// Everything that waits, confirmed.
    fn updates(&self) -> Vec<Value> {
        let found = self.ok("getUpdates", json!({})).as_array().unwrap().clone();
        if let Some(last) = found.last() {
            self.ok("getUpdates", json!({"offset": last["update_id"].as_i64().unwrap() + 1, "limit": 1}));
        }
        found
    }

    /// The kinds of the updates that wait.
    fn kinds(&self) -> Vec<String> {
        let kind = |update: &Value| update.as_object().unwrap().keys().find(|key| *key != "update_id").unwrap().clone();
        self.updates().iter().map(kind).collect()
    }

    fn send(&self, text: &str) -> MessageId {
        let sent = self.ok("sendMessage", json!({"chat_id": self.group, "text": text}));
        MessageId(sent["message_id"].as_i64().unwrap())
    }

    fn wait(&self, span: Span) {
        self.emulator.set_now(self.emulator.now() + span);
    }
}

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
fn texts_are_checked_as_telegram_does() {
    let s = scene();
    let send = |text: &str| json!({"chat_id": s.group, "text": text, "parse_mode": "HTML"});
    assert_eq!(s.bad("sendMessage", send(" <b> </b> ")), "message text is empty");
    assert_eq!(s.bad("sendMessage", send(&"字".repeat(4097))), "message is too long");
    assert_eq!(s.bad("sendMessage", send("<x>")), "can't parse entities: Unsupported start tag \"x\" at byte offset 0");
    let sent = s.ok("sendMessage", send(&format!("<b>{}</b>", "字".repeat(4096))));
    assert_eq!(sent["entities"][0]["length"], 4096);
    let sent = s.ok("sendMessage", send("<a href=\"tg://user?id=2\">A</a><a href=\"tg://user?id=99\">B</a>"));
    assert_eq!(sent["entities"].as_array().unwrap().len(), 1, "somebody unknown is plain text");
    assert_eq!(sent["entities"][0]["user"]["first_name"], "Ann");
    let key = |data: &str| {
        json!({"chat_id": s.group, "text": "x", "reply_markup":
        {"inline_keyboard": [[{"text": "k", "callback_data": data}]]}})
    };
    s.wait(Span::minutes(1));
    assert_eq!(s.bad("sendMessage", key(&"d".repeat(65))), "BUTTON_DATA_INVALID");
    assert_eq!(s.bad("sendMessage", key("")), "BUTTON_DATA_INVALID");
    let reply = |lax: bool| {
        json!({"chat_id": s.group, "text": "x", "reply_parameters":
        {"message_id": 9999, "allow_sending_without_reply": lax}})
    };
    s.wait(Span::minutes(1));
    assert_eq!(s.bad("sendMessage", reply(false)), "message to be replied not found");
    assert_eq!(s.ok("sendMessage", reply(true)).get("reply_to_message"), None);
    assert_eq!(s.emulator.violations(), Vec::<String>::new());
}

#[test]
fn the_bot_edits_its_own_messages_and_only_to_something_else() {
    let s = scene();
    let mine = s.send("one");
    let edit = |id: MessageId, text: &str| json!({"chat_id": s.group, "message_id": id, "text": text});
    assert!(s.bad("editMessageText", edit(mine, "one")).starts_with("message is not modified: "));
    s.ok("editMessageText", edit(mine, "two"));
    let seen = s.emulator.message(s.group, mine).unwrap();
    assert_eq!((seen.text.as_str(), seen.edited), ("two", true));
    let hers = s.emulator.say(s.group, s.ann, "hers");
    assert_eq!(s.bad("editMessageText", edit(hers, "x")), "message can't be edited");
    assert_eq!(s.bad("editMessageText", edit(MessageId(999), "x")), "message to edit not found");
    assert_eq!(s.kinds(), ["message"], "the bot is not told of its own messages");
    s.emulator.edit(s.group, hers, "see t.me/ad");
    let edited = &s.updates()[0]["edited_message"];
    assert_eq!((&edited["text"], &edited["entities"][0]["type"]), (&json!("see t.me/ad"), &json!("url")));
}

#[test]
fn deleting_needs_the_right_and_48_hours() {
    let s = scene();
    s.send("mine, so that no other message has number 1");
    let (mine, hers) = (s.send("mine"), s.emulator.say(s.group, s.ann, "hers"));
    let one = |id: MessageId| json!({"chat_id": s.group, "message_id": id});
    s.emulator.promote_bot(s.group, &["can_restrict_members"]);
    assert_eq!(s.bad("deleteMessage", one(hers)), "message can't be deleted");
    assert_eq!(
        s.bad("deleteMessages", json!({"chat_id": s.group, "message_ids": [mine, hers]})),
        "message can't be deleted"
    );
    assert!(s.emulator.message(s.group, mine).is_some(), "all or nothing");
    s.emulator.promote_bot(s.group, &ALL_RIGHTS);
    s.wait(Span::hours(48));
    assert_eq!(s.bad("deleteMessage", one(hers)), "message can't be deleted for everyone");
    s.ok("deleteMessages", json!({"chat_id": s.group, "message_ids": [mine, 999]}));
    assert_eq!(s.bad("deleteMessage", one(mine)), "message to delete not found");
    assert_eq!(s.emulator.deleted(s.group).iter().map(|m| m.id).collect::<Vec<_>>(), [mine]);
}

#[test]
fn bans_restrictions_and_unbans_do_what_they_do() {
    let s = scene();
    let about = |user: UserId| json!({"chat_id": s.group, "user_id": user});
    let status = || s.emulator.member_status(s.group, s.ann);
    assert_eq!(s.bad("banChatMember", about(s.owner)), "can't remove chat owner");
    let boss = s.emulator.add_user(4, "Boss");
    s.emulator.fill(s.group, &[boss]);
    s.emulator.promote(s.group, boss);
    assert_eq!(s.bad("banChatMember", about(boss)), "user is an administrator of the chat");
    assert_eq!(s.bad("banChatMember", about(UserId(77))), "user not found");

    s.ok("unbanChatMember", json!({"chat_id": s.group, "user_id": s.ann, "only_if_banned": true}));
    assert_eq!(status(), Status::Member);
    s.ok("unbanChatMember", about(s.ann));
    assert_eq!(status(), Status::Left, "without only_if_banned somebody present is kicked");
    s.emulator.join(s.group, s.ann);

    let until = |secs| (s.emulator.now() + Span::secs(secs)).secs();
    let mute = |secs| json!({"chat_id": s.group, "user_id": s.ann, "permissions": {}, "until_date": until(secs)});
    s.ok("restrictChatMember", mute(60));
    assert!(s.emulator.is_muted(s.group, s.ann));
    assert!(s.emulator.send(s.group, s.ann, MessageSpec::text("x")).is_err());
    s.emulator.leave(s.group, s.ann);
    assert_eq!(status(), Status::RestrictedOutside);
    s.emulator.join(s.group, s.ann);
    assert_eq!(status(), Status::Restricted, "a restriction outlives an absence");
    s.wait(Span::secs(60));
    assert_eq!(status(), Status::Member);
    s.ok("restrictChatMember", mute(20));
    s.wait(Span::days(400));
    assert_eq!(status(), Status::Restricted, "20 s is for ever");

    let hers = s.emulator.message(s.group, MessageId(1)).is_some();
    assert!(hers || s.emulator.messages(s.group).iter().all(|m| m.author != s.ann || m.service));
    s.ok("banChatMember", about(s.ann));
    assert_eq!(status(), Status::Banned);
    s.emulator.promote_bot(s.group, &["can_delete_messages"]);
    assert_eq!(s.bad("unbanChatMember", about(s.ann)), "not enough rights to restrict/unrestrict chat member");
}

#[test]
fn a_basic_group_knows_no_restrictions_and_becomes_a_supergroup() {
    let s = scene_of(Settings::default(), ChatKind::Group, -77);
    let about = json!({"chat_id": s.group, "user_id": s.ann, "permissions": {}});
    assert_eq!(s.bad("restrictChatMember", about), "method is available only for supergroups");
    s.ok("banChatMember", json!({"chat_id": s.group, "user_id": s.ann}));
    assert_eq!(s.emulator.member_status(s.group, s.ann), Status::Left, "only removed");
    s.updates();
    let to = s.emulator.migrate(s.group);
    let told = s.updates();
    assert_eq!(told[0]["message"]["migrate_to_chat_id"], to.0);
    assert_eq!(
        (&told[1]["message"]["migrate_from_chat_id"], &told[1]["message"]["message_id"]),
        (&json!(-77), &json!(1))
    );
    let send = |chat: ChatId| s.call("sendMessage", json!({"chat_id": chat, "text": "x"}));
    let refusal = Fault::Refused {
        code: 400,
        text: "Bad Request: group chat was upgraded to a supergroup chat".into(),
        retry_after: None,
        migrate_to: Some(to),
    };
    assert_eq!(send(s.group), Err(refusal));
    assert!(send(to).is_ok());
}

#[test]
fn unreachable_chats_are_refused_each_in_its_way() {
    let s = scene();
    let send = |chat: i64| s.err("sendMessage", json!({"chat_id": chat, "text": "x"}));
    assert_eq!(send(999), (400, "Bad Request: chat not found".into()));
    assert_eq!(send(2), (403, "Forbidden: bot can't initiate conversation with a user".into()));
    s.emulator.start_bot(s.ann, "ref");
    assert_eq!(s.updates()[0]["message"]["text"], "/start ref");
    s.ok("sendMessage", json!({"chat_id": s.ann, "text": "hi"}));
    s.emulator.block_bot(s.ann);
    assert_eq!(s.kinds(), ["my_chat_member"]);
    assert_eq!(send(2), (403, "Forbidden: bot was blocked by the user".into()));
    s.emulator.kick_bot(s.group, s.owner);
    assert_eq!(s.kinds(), ["my_chat_member"]);
    assert_eq!(send(GROUP), (403, "Forbidden: bot was kicked from the supergroup chat".into()));
    s.emulator.unban(s.group, s.emulator.me(), s.owner);
    assert_eq!(send(GROUP), (403, "Forbidden: bot is not a member of the supergroup chat".into()));
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
fn presses_are_answered_within_fifteen_seconds() {
    let s = scene();
    let sent = s.ok(
        "sendMessage",
        json!({"chat_id": s.group, "text": "x", "reply_markup":
        {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}}),
    );
    let message = MessageId(sent["message_id"].as_i64().unwrap());
    let press = s.emulator.press(s.group, message, s.ann, "Yes");
    let told = s.updates()[0]["callback_query"].clone();
    assert_eq!((&told["data"], &told["from"]["id"], &told["message"]["text"]), (&json!("yes"), &json!(2), &json!("x")));
    let answer = |text: &str| json!({"callback_query_id": press, "text": text});
    assert_eq!(s.bad("answerCallbackQuery", answer(&"字".repeat(201))), "MESSAGE_TOO_LONG");
    s.wait(Span::secs(15));
    s.ok("answerCallbackQuery", answer("好"));
    s.wait(Span::secs(1));
    assert_eq!(
        s.bad("answerCallbackQuery", answer("late")),
        "query is too old and response timeout expired or query ID is invalid"
    );
    assert_eq!(s.emulator.answers()[0].text, "好");
    s.ok("deleteMessage", json!({"chat_id": s.group, "message_id": message}));
    s.emulator.press_data(s.group, message, s.ann, "forged");
    assert_eq!(s.updates()[0]["callback_query"]["message"]["date"], 0);
}

#[test]
fn too_many_messages_are_refused_until_the_window_opens() {
    let s = scene();
    for _ in 0..3 {
        s.send("x");
    }
    let refused = s.call("sendMessage", json!({"chat_id": s.group, "text": "x"}));
    let Err(Fault::Refused { code: 429, text, retry_after, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!((text.as_str(), retry_after), ("Too Many Requests: retry after 1", Some(Span::secs(1))));
    assert_eq!(s.emulator.bot_messages(s.group).len(), 3);
    s.wait(Span::secs(1));
    s.send("x");
    let quiet = scene_of(Settings { limits: None, ..Settings::default() }, ChatKind::Supergroup, GROUP);
    for _ in 0..100 {
        quiet.send("x");
    }
}

#[test]
fn invite_links_count_ask_and_hide() {
    let s = scene();
    let link = |params: Value| {
        let mut all = json!({"chat_id": s.group});
        all.as_object_mut().unwrap().extend(html::object(params));
        s.ok("createChatInviteLink", all)["invite_link"].as_str().unwrap().to_owned()
    };
    let once = link(json!({"name": "Ann's", "member_limit": 1}));
    let (bo, cy) = (s.emulator.add_user(3, "Bo"), s.emulator.add_user(4, "Cy"));
    s.emulator.join_by_link(s.group, bo, &once).unwrap();
    let told = &s.updates()[0]["chat_member"];
    assert_eq!((&told["invite_link"]["name"], &told["invite_link"]["invite_link"]), (&json!("Ann's"), &json!(once)));
    assert!(s.emulator.join_by_link(s.group, cy, &once).is_err());

    let other = s.emulator.add_link(s.group, s.owner, "Olga's");
    s.emulator.join_by_link(s.group, cy, &other).unwrap();
    assert!(s.updates()[0]["chat_member"]["invite_link"]["invite_link"].as_str().unwrap().ends_with('…'));

    let asks = link(json!({"creates_join_request": true}));
    let di = s.emulator.add_user(5, "Di");
    s.emulator.join_by_link(s.group, di, &asks).unwrap();
    assert_eq!(s.updates()[0]["chat_join_request"]["from"]["id"], 5);
    s.ok("approveChatJoinRequest", json!({"chat_id": s.group, "user_id": di}));
    assert_eq!(s.updates()[0]["chat_member"]["via_join_request"], true);
    assert_eq!(s.bad("approveChatJoinRequest", json!({"chat_id": s.group, "user_id": di})), "USER_ALREADY_PARTICIPANT");
    let ed = s.emulator.add_user(6, "Ed");
    assert_eq!(s.bad("declineChatJoinRequest", json!({"chat_id": s.group, "user_id": ed})), "HIDE_REQUESTER_MISSING");
    let query = s.emulator.request_join(s.group, ed, true);
    s.wait(Span::secs(11));
    let answer = json!({"chat_join_request_query_id": query, "result": "approve"});
    assert!(s.bad("answerChatJoinRequestQuery", answer).starts_with("query is too old"));
}

#[test]
fn polls_take_votes_and_close() {
    let s = scene();
    let poll = |question: &str| {
        json!({"chat_id": s.group, "question": question, "is_anonymous": false,
        "open_period": 60, "options": [{"text": "A"}, {"text": "B"}]})
    };
    assert_eq!(s.bad("sendPoll", poll(&"q".repeat(301))), "poll question length must not exceed 300");
    let sent = s.ok("sendPoll", poll("Which?"));
    let message = MessageId(sent["message_id"].as_i64().unwrap());
    s.emulator.vote(s.group, message, s.ann, &[1]).unwrap();
    assert!(s.emulator.vote(s.group, message, s.owner, &[0, 1]).is_err());
    let told = s.updates();
    assert_eq!(told[0]["poll"]["options"][1]["voter_count"], 1);
    assert_eq!(told[1]["poll_answer"]["option_ids"], json!([1]));
    s.wait(Span::minutes(1));
    assert_eq!(s.updates()[0]["poll"]["is_closed"], true);
    assert!(s.emulator.vote(s.group, message, s.ann, &[]).is_err());
    let stop = json!({"chat_id": s.group, "message_id": message});
    assert_eq!(s.bad("stopPoll", stop), "poll has already been closed");
}

#[test]
fn closed_and_deleted_topics_take_no_messages() {
    let s = scene();
    s.emulator.set_forum(s.group, true);
    let topic = s.ok("createForumTopic", json!({"chat_id": s.group, "name": "News"}))["message_thread_id"].clone();
    let send = || json!({"chat_id": s.group, "text": "x", "message_thread_id": topic});
    assert_eq!(s.ok("sendMessage", send())["is_topic_message"], true);
    s.ok("closeForumTopic", json!({"chat_id": s.group, "message_thread_id": topic}));
    s.ok("sendMessage", send());
    s.emulator.promote_bot(s.group, &["can_delete_messages"]);
    s.wait(Span::minutes(1));
    assert_eq!(s.bad("sendMessage", send()), "TOPIC_CLOSED");
    s.emulator.delete_topic(s.group, topic.as_i64().unwrap());
    assert_eq!(s.bad("sendMessage", send()), "message thread not found");
    s.emulator.set_forum(s.group, false);
    assert_eq!(s.ok("sendMessage", send()).get("is_topic_message"), None, "elsewhere a topic is ignored");
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

#[test]
fn stand_ins_and_ephemeral_messages_look_as_telegram_shows_them() {
    let s = scene();
    let channel = s.emulator.add_group(-1_005, "Ads", ChatKind::Channel);
    let as_channel = MessageSpec { sender_chat: Some(channel), ..MessageSpec::text("buy") };
    s.emulator.send(s.group, s.ann, as_channel.clone()).unwrap();
    let told = &s.updates()[0]["message"];
    assert_eq!((&told["from"]["id"], &told["sender_chat"]["id"]), (&json!(136_817_688), &json!(-1_005)));
    s.ok("banChatSenderChat", json!({"chat_id": s.group, "sender_chat_id": channel}));
    assert!(s.emulator.send(s.group, s.ann, as_channel).is_err());
    s.emulator.send(s.group, s.owner, MessageSpec { anonymous: true, ..MessageSpec::text("hi") }).unwrap();
    let told = &s.updates()[0]["message"];
    assert_eq!((&told["from"]["id"], &told["sender_chat"]["id"]), (&json!(1_087_968_824), &json!(GROUP)));

    let sent = s.ok(
        "sendMessage",
        json!({"chat_id": s.group, "text": "psst", "ephemeral_message_parameters": {"receiver_user_id": 2}}),
    );
    assert_eq!((&sent["message_id"], &sent["receiver_user"]["id"]), (&json!(0), &json!(2)));
    assert_eq!(s.emulator.whispers(s.group, s.ann)[0].text, "psst");
    assert!(s.emulator.messages(s.group).iter().all(|message| message.text != "psst"));
}

#[test]
fn reactions_pins_and_the_transcript_are_seen() {
    let s = scene();
    let mark = s.emulator.mark();
    let id = s.emulator.say(s.group, s.ann, "hello");
    s.emulator.react(s.group, id, s.ann, &["👍"]);
    s.emulator.react(s.group, id, s.ann, &[]);
    let told = s.updates();
    assert_eq!(told[1]["message_reaction"]["new_reaction"][0]["emoji"], "👍");
    assert_eq!(
        (&told[2]["message_reaction"]["old_reaction"][0]["emoji"], &told[2]["message_reaction"]["new_reaction"]),
        (&json!("👍"), &json!([]))
    );
    s.ok("pinChatMessage", json!({"chat_id": s.group, "message_id": id}));
    assert_eq!(s.updates()[0]["message"]["pinned_message"]["message_id"], id.0);
    assert!(s.emulator.message(s.group, id).unwrap().pinned);
    s.ok("deleteMessage", json!({"chat_id": s.group, "message_id": id}));
    let lines: Vec<String> = s.emulator.transcript(mark).into_iter().map(|line| line.text).collect();
    assert_eq!(lines, ["Ann: hello", "Steward pins a message", &format!("Steward deletes {id}: hello")]);
}
