use serde_json::json;

use super::*;

fn all(export: &Value) -> Vec<(usize, Result<Item, String>)> {
    let mut all = Vec::new();
    let told = read(export.to_string().as_bytes(), None, |place, item| {
        all.push((place, item));
        Enough::No
    });
    told.unwrap_or_else(|error| panic!("{export}: {error:#}"));
    all
}

fn export(messages: &[Value]) -> Value {
    json!({ "name": "成长社", "type": "private_supergroup", "id": 1001, "messages": messages })
}

fn said(more: &Value) -> Message {
    let mut message = json!({
        "id": 7, "type": "message", "date": "2026-03-02T12:00:00", "date_unixtime": "1772424000",
        "from": "小玲", "from_id": "user10001", "text": "早",
    });
    let fields = more.as_object().expect("fields").clone();
    message.as_object_mut().expect("an object").extend(fields);
    match all(&export(&[message])).remove(0).1 {
        Ok(Item::Said(message)) => *message,
        other => panic!("{more}: {other:?}"),
    }
}

#[test]
fn who_wrote_is_seen_through() {
    let person = User { id: UserId(10_001), name: "小玲".into(), ..User::default() };
    let channel = |id| channel(id, "小玲".to_owned());
    for (more, sender) in [
        (json!({}), Sender::Person(person.clone())),
        (json!({ "from_id": 10_001 }), Sender::Person(person)),
        (json!({ "from_id": "channel1001" }), Sender::AnonymousAdmin),
        (json!({ "from_id": "channel77" }), Sender::Channel(channel(77))),
        (json!({ "from_id": "channel77", "forwarded_from": "小玲" }), Sender::LinkedChannel(channel(77))),
        (json!({ "from_id": "user5", "from": null }), Sender::Person(User { id: UserId(5), ..User::default() })),
    ] {
        assert_eq!(said(&more).sender, sender, "{more}");
    }
    assert_eq!(channel(77).id, ChatId(-1_000_000_000_077));
}

#[test]
fn texts_in_parts_are_put_together() {
    let parts = json!(["😀看 ", { "type": "link", "text": "t.me/x" }, " ", { "type": "text_link", "text": "这", "href": "https://t.me/+Made0Up1" },
        { "type": "mention_name", "text": "他", "user_id": 9 }]);
    for name in ["text", "text_entities"] {
        let message = said(&json!({ "text": null, name: parts }));
        assert_eq!(message.text, "😀看 t.me/x 这他");
        let entities: Vec<_> = message
            .entities
            .iter()
            .map(|it| {
                (
                    it.kind.as_str(),
                    message.words(it).unwrap_or("?"),
                    it.url.as_deref(),
                    it.user.as_ref().map(|it| it.id.0),
                )
            })
            .collect();
        let expected = [
            ("url", "t.me/x", None, None),
            ("text_link", "这", Some("https://t.me/+Made0Up1"), None),
            ("text_mention", "他", None, Some(9)),
        ];
        assert_eq!(entities, expected);
    }
}

#[test]
fn what_a_message_carries_is_read() {
    let forwarded = |more| said(&more).forward;
    let from_channel = json!({ "forwarded_from": "某频道", "forwarded_from_id": "channel77" });
    assert_eq!(forwarded(from_channel), Some(Forward::Channel(channel(77, "某频道".into()))));
    assert_eq!(forwarded(json!({ "forwarded_from": "某人" })), Some(Forward::Hidden("某人".into())));
    assert_eq!(forwarded(json!({})), None);
    let keys = json!([[{ "type": "url", "text": "进", "data": "https://t.me/+Made0Up1" }, { "type": "callback", "text": "好", "data": "x" }]]);
    let message = said(&json!({ "via_bot": "@made_up_bot", "inline_bot_buttons": keys }));
    let urls: Vec<_> = message.buttons.iter().map(|it| (it.text.as_str(), it.url.as_deref())).collect();
    assert_eq!(urls, [("进", Some("https://t.me/+Made0Up1")), ("好", None)]);
    assert_eq!(message.via_bot.and_then(|bot| bot.username).as_deref(), Some("made_up_bot"));
    let card =
        said(&json!({ "text": "", "contact_information": { "first_name": "阿明", "phone_number": "13900000000" } }));
    assert_eq!((card.media, card.extra), (Media::Contact, vec!["阿明".to_owned(), "13900000000".to_owned()]));
    let poll = said(
        &json!({ "text": "", "poll": { "question": "问", "closed": false, "answers": [{ "text": "一", "voters": 3 }] } }),
    );
    assert_eq!(poll.media, Media::Poll);
    assert!(poll.extra.contains(&"一".to_owned()) && poll.extra.contains(&"问".to_owned()));
    assert_eq!(said(&json!({ "photo": "photos/1.jpg" })).media, Media::Photo);
    assert_eq!(said(&json!({ "media_type": "sticker", "file": "1.webp" })).media, Media::Sticker);
    let old = json!({ "date_unixtime": null, "date": "2026-03-02T04:00:00" });
    assert_eq!(said(&old).date, said(&json!({})).date);
}

#[test]
fn those_who_come_in_are_known() {
    let service = |more: Value| {
        let mut notice = json!({ "id": 3, "type": "service", "date_unixtime": "1772424000", "actor": "小玲", "actor_id": "user10001" });
        notice.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        let items = all(&export(&[notice])).into_iter();
        items
            .map(|(_, item)| match item {
                Ok(Item::Joined { user, .. }) => user,
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(service(json!({ "action": "join_group_by_link" })), [Ok(10_001)]);
    assert_eq!(service(json!({ "action": "invite_members", "members": ["小玲"] })), [Ok(10_001)]);
    let brought = service(json!({ "action": "invite_members", "members": ["阿明", null, "阿强"] }));
    assert_eq!(brought, [Err("阿明".to_owned()), Err("阿强".to_owned())]);
    assert_eq!(service(json!({ "action": "pin_message" })), []);
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let good = json!({ "id": 7, "type": "message", "date_unixtime": "1772424000", "from_id": "user1", "text": "早" });
    let without = |name: &str| {
        let mut message = good.clone();
        message.as_object_mut().expect("an object").remove(name);
        message
    };
    let messages =
        [good.clone(), without("id"), without("from_id"), without("date_unixtime"), without("type"), json!(5)];
    let reasons: Vec<_> =
        all(&export(&messages)).into_iter().filter_map(|(place, item)| Some((place, item.err()?))).collect();
    let wrong = "its `type` is neither `message` nor `service`";
    let expected =
        [(2, "no `id`"), (3, "no readable `from_id`"), (4, "no readable `date_unixtime`"), (5, wrong), (6, wrong)];
    assert_eq!(reasons, expected.map(|(place, reason)| (place, reason.to_owned())));
    for (text, reason) in [
        ("", "EOF"),
        ("[]", "a history exported as JSON"),
        ("{}", "there are no `messages`"),
        (r#"{"chats": {"list": []}}"#, "there are no `messages`"),
        (r#"{"chats": [1]}"#, "a history exported as JSON"),
        (r#"{"chats": {"list": {}}}"#, "a list of chats"),
        (r#"{"messages": 5}"#, "a list of messages"),
        (r#"{"messages": [{"id": 1"#, "EOF"),
        (r#"{"messages": []} more"#, "trailing"),
    ] {
        let told = read(text.as_bytes(), None, |_, _| Enough::No).expect_err(text);
        assert!(format!("{told:#}").contains(reason), "{text}: {told:#}");
    }
}

#[test]
fn reading_stops_when_asked() {
    let good = json!({ "id": 7, "type": "message", "date_unixtime": "1772424000", "from_id": "user1", "text": "早" });
    let mut seen = 0;
    let told = read(export(&[good.clone(), good]).to_string().as_bytes(), None, |_, _| {
        seen += 1;
        Enough::Yes
    });
    assert!(told.is_ok() && seen == 1, "{told:?} {seen}");
}

#[test]
fn one_chat_of_a_whole_account_is_read() {
    let said = |id: i64| json!({ "id": id, "type": "message", "date_unixtime": "1772424000", "from_id": "user1", "text": "早" });
    let chat = |name: &str, kind: &str, id: i64| json!({ "name": name, "type": kind, "id": id, "messages": [said(id), said(id)] });
    let account = json!({
        "about": "Here is the data you requested.",
        "personal_information": { "user_id": 5 },
        "chats": { "about": "All of them.", "list": [
            chat("阿明", "personal_chat", 9), chat("成长社", "private_supergroup", 1001), chat("闲聊", "private_group", 77),
        ] },
        "left_chats": { "list": [chat("旧群", "public_supergroup", 88), chat("闲聊", "public_supergroup", 99)] },
    });
    let ids = |wanted: Option<&str>| {
        let mut ids = Vec::new();
        let told = read(account.to_string().as_bytes(), wanted, |_, item| {
            if let Ok(Item::Said(message)) = item {
                ids.push(message.id.0);
            }
            Enough::No
        });
        told.map(|()| ids).map_err(|error| format!("{error:#}"))
    };
    for (wanted, id) in [("成长社", 1001), ("1001", 1001), ("-1000000001001", 1001), ("旧群", 88), ("77", 77)] {
        assert_eq!(ids(Some(wanted)), Ok(vec![id, id]), "{wanted}");
    }
    let groups = "成长社 (1001), 闲聊 (77), 旧群 (88), 闲聊 (99)";
    for (wanted, reason) in [(None, "the export of a whole account"), (Some("另一个"), "there is no chat `另一个`")]
    {
        let told = ids(wanted).expect_err(reason);
        assert!(told.contains(reason) && told.ends_with(groups), "{told}");
    }
    assert!(ids(Some("闲聊")).expect_err("there are two").contains("two chats are called `闲聊`"));
}
