use super::*;
use crate::model::message::Forward;
use crate::model::{Media, Sender};

fn row(line: &Value) -> Row {
    read(&line.to_string()).unwrap_or_else(|error| panic!("{line}: {error}"))
}

#[test]
fn a_row_says_what_its_message_is() {
    for (label, is_ad) in [
        (json!("ad"), Some(true)),
        (json!("SPAM"), Some(true)),
        (json!(true), Some(true)),
        (json!("ham"), Some(false)),
        (json!("clean"), Some(false)),
        (json!(false), Some(false)),
        (json!(null), None),
    ] {
        let row = row(&json!({ "text": "早", "label": label, "source": "ours", "lang": "zh", "id": 5 }));
        assert_eq!((row.is_ad, row.message.text.as_str()), (is_ad, "早"), "{label}");
        assert_eq!(Value::Object(row.carried), json!({ "label": label, "source": "ours", "lang": "zh" }));
    }
    assert_eq!(row(&json!({ "text": "早" })).is_ad, None);
}

#[test]
fn links_in_every_place_are_read() {
    let url = "https://t.me/+Made0Up1";
    let entity = json!([{ "type": "text_link", "offset": 0, "length": 2, "url": url }]);
    let buttons = |it: &Row| it.message.buttons.iter().filter_map(|it| it.url.clone()).collect::<Vec<_>>();
    let entities = |it: &Row| it.message.entities.iter().filter_map(|it| it.url.clone()).collect::<Vec<_>>();
    for (name, value) in [
        ("buttons", json!([url])),
        ("buttons", json!([{ "text": "进", "url": url }])),
        ("buttons", json!([[{ "text": "进", "url": url }]])),
        ("buttons", json!({ "inline_keyboard": [[{ "text": "进", "url": url }]] })),
        ("reply_markup", json!({ "inline_keyboard": [[{ "text": "进", "url": url }]] })),
        ("reply_markup", json!({ "inline_keyboard": [[{ "text": "进", "login_url": { "url": url } }]] })),
        ("inline_keyboard", json!([[{ "text": "进", "url": url }]])),
    ] {
        assert_eq!(buttons(&row(&json!({ "text": "点这里", name: value }))), [url], "{name}: {value}");
    }
    for entity in [entity.clone(), json!([{ "type": "text_link", "url": url }]), json!([{ "url": url }]), json!([url])]
    {
        let row = row(&json!({ "text": "点这里", "entities": entity }));
        assert_eq!(entities(&row), [url], "{entity}");
        assert!(row.message.words(&row.message.entities[0]).is_some(), "{entity}");
    }
    for forward in [json!(url), json!({ "title": "某频道", "url": url }), json!({ "chat": { "links": [url] } })] {
        let row = row(&json!({ "text": "看", "forward": forward }));
        assert!(row.message.extra == [url] && row.message.forward.is_some(), "{forward}");
    }
    let caption = row(&json!({ "caption": "点这里", "caption_entities": entity }));
    assert_eq!((caption.message.text.as_str(), entities(&caption)), ("点这里", vec![url.to_owned()]));
    for qr in [json!(url), json!([url])] {
        assert_eq!(row(&json!({ "text": "扫码", "qr": qr })).message.extra, [url]);
        assert_eq!(row(&json!({ "qr": qr })).message.extra, [url]);
    }
    let both = row(&json!({ "text": "一", "caption": "二" }));
    assert_eq!((both.message.text.as_str(), &both.message.extra[..]), ("一", &["二".to_owned()][..]));
}

#[test]
fn forwards_quotes_cards_and_polls_are_read() {
    let from = |value: Value| match row(&json!({ "text": "看", "forward": value })).message.forward {
        Some(Forward::Channel(chat)) => Some((chat.id.0, chat.title, chat.username.unwrap_or_default())),
        Some(other) => panic!("{other:?}"),
        None => None,
    };
    let channel = |id, title: &str, name: &str| Some((id, title.to_owned(), name.to_owned()));
    for (value, expected) in [
        (json!(true), channel(CHANNEL, "", "")),
        (json!(false), None),
        (json!(null), None),
        (json!("某频道"), channel(CHANNEL, "某频道", "")),
        (json!("@made_up"), channel(CHANNEL, "@made_up", "made_up")),
        (json!({ "title": "某频道", "username": "made_up" }), channel(CHANNEL, "某频道", "made_up")),
        (
            json!({ "chat": { "id": -1_000_000_000_077_i64, "title": "某频道" } }),
            channel(-1_000_000_000_077, "某频道", ""),
        ),
        (json!({ "type": "channel", "chat": { "id": -1_000_000_000_077_i64 } }), channel(-1_000_000_000_077, "", "")),
    ] {
        assert_eq!(from(value.clone()), expected, "{value}");
    }
    let hidden = json!({ "type": "hidden_user", "sender_user_name": "某人" });
    let hidden = row(&json!({ "text": "看", "forward_origin": hidden })).message.forward;
    assert_eq!(hidden, Some(Forward::Hidden("某人".into())));
    for quote in [json!("原话"), json!({ "text": "原话" })] {
        assert_eq!(row(&json!({ "text": "看", "quote": quote })).message.quote.as_deref(), Some("原话"));
    }
    for contact in [json!("13900000000"), json!({ "phone_number": "13900000000" })] {
        let card = row(&json!({ "text": "名片", "contact": contact })).message;
        let expected = (Media::Contact, "名片", &["13900000000".to_owned()][..]);
        assert_eq!((card.media, card.text.as_str(), &card.extra[..]), expected);
    }
    let poll = row(&json!({ "poll": { "question": "问", "options": ["一", { "text": "二" }] } })).message;
    assert_eq!(poll.media, Media::Poll);
    let mut words = poll.extra;
    words.sort();
    assert_eq!(words, ["一", "二", "问"]);
}

#[test]
fn messages_and_updates_of_telegrams_are_read_as_the_bot_reads_them() {
    let message = json!({
        "message_id": 7, "date": 1_772_424_000, "chat": { "id": -1_000_000_001_001_i64, "type": "supergroup" },
        "from": { "id": 10_001, "first_name": "小玲" }, "photo": [{ "file_id": "x" }], "caption": "看图",
        "label": "ham", "qr": "t.me/+Made0Up1",
    });
    let mut update = json!({ "update_id": 3, "edited_message": message, "label": "ham" });
    update["edited_message"]["label"].take();
    for line in [message, update] {
        let row = row(&line);
        assert_eq!((row.is_ad, row.message.text.as_str(), row.message.media), (Some(false), "看图", Media::Photo));
        assert!(matches!(row.message.sender, Sender::Person(_)));
    }
}

#[test]
fn what_is_no_row_is_told() {
    for (line, reason) in [
        ("早上好", "no JSON: "),
        ("[1]", "no JSON object"),
        ("{}", "no `text`"),
        (r#"{"text": null}"#, "no `text`"),
        (r#"{"text": 5}"#, "`text` is no text"),
        (r#"{"text": "a", "label": "maybe"}"#, "the label is \"maybe\""),
        (r#"{"text": "a", "entities": 1}"#, "`entities` is no list"),
        (r#"{"text": "a", "entities": [{"type": "url", "offset": -1, "length": 2}]}"#, "`entities[0]` wants"),
        (r#"{"text": "a", "entities": [{"offset": 0, "length": 1}]}"#, "`entities[0]` wants"),
        (r#"{"text": "a", "entities": [5]}"#, "`entities[0]` is neither"),
        (r#"{"text": "a", "buttons": [5]}"#, "`buttons` holds"),
        (r#"{"text": "a", "forward": 5}"#, "`forward` is"),
        (r#"{"text": "a", "quote": 5}"#, "`quote` is"),
        (r#"{"text": "a", "contact": true}"#, "`contact` is"),
        (r#"{"text": "a", "poll": []}"#, "`poll` is"),
        (r#"{"text": "a", "qr": [5]}"#, "`qr` is"),
        (r#"{"update_id": 1, "poll_answer": {}}"#, "`poll_answer` without"),
        (r#"{"update_id": 1, "inline_query": {}}"#, "an update without a message"),
        (r#"{"message_id": 1, "chat": {}, "text": "a"}"#, "`message` without a readable `chat`"),
        (r#"{"message_id": 1, "chat": {"id": -5}, "new_chat_title": "新"}"#, "a notice of Telegram's"),
    ] {
        let told = read(line).expect_err(line);
        assert!(told.starts_with(reason), "{line}: {told}");
    }
}

#[test]
fn lines_are_numbered_and_bounded() {
    let long = "长".repeat(LINE_MAX);
    let text = [b"\xef\xbb\xbfone\r\n\n  \n".as_slice(), long.as_bytes(), b"\nthree\n\xff\xfe\nlast"].concat();
    let mut lines = Lines::new(text.as_slice());
    let mut all = Vec::new();
    while let Some(line) = lines.next().expect("memory can be read") {
        all.push((lines.number, line.map_err(|reason| reason[..12].to_owned())));
    }
    let line = |number, text: &str| (number, Ok(text.to_owned()));
    let wrong = |number, text: &str| (number, Err(text.to_owned()));
    assert_eq!(
        all,
        [line(1, "one"), wrong(4, "the line is "), line(5, "three"), wrong(6, "it is no tex"), line(7, "last")]
    );
}
