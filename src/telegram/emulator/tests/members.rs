//! Members, chats and links.

use serde_json::{Value, json};

use super::*;

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
    let hers = s.emulator.say(s.group, s.ann, "hers");

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

    s.ok("banChatMember", about(s.ann));
    assert_eq!(status(), Status::Banned);
    assert_eq!(s.emulator.message(s.group, hers), None, "a ban takes the messages along");
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
