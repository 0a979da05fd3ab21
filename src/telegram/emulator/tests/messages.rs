//! Messages, buttons, polls and topics.

use serde_json::json;

use super::*;

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

    let own = s.emulator.add_group(-1_006, "News", ChatKind::Channel);
    s.emulator.link_channel(s.group, own);
    s.emulator.send(own, s.owner, MessageSpec::text("news")).unwrap();
    let told = &s.updates()[0]["message"];
    assert_eq!((&told["from"]["id"], &told["is_automatic_forward"]), (&json!(777_000), &json!(true)));

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
