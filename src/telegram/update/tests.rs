use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::model::message::{Button, Forward, Service};
use crate::model::person::Passage;
use crate::model::{ChatKind, Media, Message, Right, Sender, Status};

const ME: UserId = UserId(777_001);
const LI: UserId = UserId(4_503_599_627_370_495);
const GROUP: ChatId = ChatId(-1_001_234_567_890);
const NEWS: ChatId = ChatId(-1_009_876_543_210);
const RECEIVED: Timestamp = Timestamp::from_secs(1_800_000_000);
const DATE: Timestamp = Timestamp::from_secs(1_700_000_000);

/// Every sample update by its name, in the shape Telegram gives them.
fn samples() -> BTreeMap<String, Value> {
    [
        include_str!("../../../tests/data/updates/identities.json"),
        include_str!("../../../tests/data/updates/messages.json"),
        include_str!("../../../tests/data/updates/content.json"),
        include_str!("../../../tests/data/updates/members.json"),
        include_str!("../../../tests/data/updates/others.json"),
    ]
    .into_iter()
    .flat_map(|file| serde_json::from_str::<BTreeMap<String, Value>>(file).unwrap())
    .collect()
}

fn read_value(update: &Value) -> Event {
    read(&update.to_string(), ME, RECEIVED).unwrap_or_else(|error| panic!("{error}: {update}")).1
}

fn event(name: &str) -> Event {
    read_value(samples().get(name).unwrap_or_else(|| panic!("no sample {name}")))
}

fn message(name: &str) -> Message {
    match event(name).kind {
        Kind::Message(message) | Kind::Edited(message) => *message,
        other => panic!("{name} is {other:?}"),
    }
}

fn member(name: &str) -> MemberChange {
    match event(name).kind {
        Kind::Member(change) => *change,
        other => panic!("{name} is {other:?}"),
    }
}

fn own(name: &str) -> OwnChange {
    match event(name).kind {
        Kind::Own(change) => *change,
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn stand_in_accounts_are_seen_through() {
    let news = |chat: &Chat| (chat.id, chat.kind, chat.title.as_str()) == (NEWS, ChatKind::Channel, "新闻频道");
    let sender = |name: &str| message(name).sender;
    assert!(matches!(sender("person"), Sender::Person(user) if user.id == LI && user.name == "李 雷"));
    assert_eq!(sender("anonymous_admin"), Sender::AnonymousAdmin);
    assert!(matches!(sender("linked_channel"), Sender::LinkedChannel(chat) if news(&chat)));
    assert!(matches!(sender("channel"), Sender::Channel(chat) if news(&chat)));
    assert!(matches!(sender("other_bot"), Sender::Bot(bot) if bot.username.as_deref() == Some("other_bot")));
    assert_eq!(sender("nobody"), Sender::Nobody);

    let inline = message("via_bot");
    assert_eq!((inline.author_id(), inline.via_bot.map(|bot| bot.id)), (Some(LI), Some(UserId(56))));
    let guest = message("guest_bot");
    assert_eq!((guest.author_id(), guest.via_bot.map(|bot| bot.id)), (Some(LI), Some(UserId(57))));
}

#[test]
fn people_are_read_whatever_they_call_themselves() {
    let user = |name: &str| message(name).sender.person().cloned().unwrap();
    let li = user("person");
    assert_eq!((li.username.as_deref(), li.language.as_deref(), li.is_bot), (Some("lilei"), Some("zh-hans"), false));
    assert_eq!(user("deleted_account").name, "");
    assert_eq!(user("tricky_name").name, "liame");
    let broken = user("broken_name");
    assert_eq!((broken.id, broken.name.as_str(), broken.username), (UserId(13), "", None));
    let private = message("private").chat;
    assert_eq!((private.kind, private.id, private.title.as_str()), (ChatKind::Private, LI.private(), "李 雷"));
}

#[test]
fn events_are_dated_by_telegram_where_it_tells_a_date() {
    let told = |name: &str| {
        let event = event(name);
        (event.at, event.chat)
    };
    let at = Timestamp::from_secs;
    assert_eq!(told("person"), (DATE, Some(GROUP)));
    assert_eq!(told("edited"), (at(1_700_000_600), Some(GROUP)));
    assert_eq!(told("join_link"), (at(1_700_000_100), Some(GROUP)));
    assert_eq!(told("reaction"), (at(1_700_000_200), Some(GROUP)));
    assert_eq!(told("join_request"), (at(1_700_000_300), Some(GROUP)));
    assert_eq!(told("button"), (RECEIVED, Some(GROUP)));
    assert_eq!(told("button_inaccessible"), (RECEIVED, Some(GROUP)));
    assert_eq!(told("vote"), (RECEIVED, None));
    let edited = message("edited");
    assert_eq!((edited.date, edited.edited), (DATE, Some(at(1_700_000_600))));
    assert!(matches!(event("edited").kind, Kind::Edited(_)));
}

#[test]
fn impossible_dates_are_the_moment_of_arrival() {
    let day = 86_400;
    for (date, expected) in [
        (1_700_000_000, DATE),
        (RECEIVED.secs() + day, RECEIVED + Span::days(1)),
        (RECEIVED.secs() + day + 1, RECEIVED),
        (i64::MAX, RECEIVED),
        (0, RECEIVED),
        (-1_700_000_000, RECEIVED),
        (i64::MIN, RECEIVED),
    ] {
        let mut update = samples()["edited"].clone();
        update["edited_message"]["date"] = date.into();
        update["edited_message"]["edit_date"] = date.into();
        let event = read_value(&update);
        let Kind::Edited(message) = event.kind else { panic!("no message") };
        // Without a date of its own an edit has its message's.
        assert_eq!(
            (event.at, message.date, message.edited.unwrap_or(expected)),
            (expected, expected, expected),
            "{date}"
        );
    }
}

#[test]
fn a_move_to_a_number_that_no_supergroup_has_is_refused() {
    for (name, field, wrong) in [
        ("migrate_to", "migrate_to_chat_id", json!(5)),
        ("migrate_to", "migrate_to_chat_id", json!(-5)),
        ("migrate_to", "migrate_to_chat_id", json!(0)),
        ("migrate_to", "migrate_to_chat_id", json!(-1_000_000_000_000_i64)),
        ("migrate_to", "migrate_to_chat_id", json!("-1001234567890")),
        ("migrate_from", "migrate_from_chat_id", json!(5)),
        ("migrate_from", "migrate_from_chat_id", json!(0)),
    ] {
        let mut update = samples()[name].clone();
        update["message"][field] = wrong.clone();
        let error = read(&update.to_string(), ME, RECEIVED).expect_err("it names no group");
        assert!(error.to_string().contains(field), "{wrong}: {error}");
    }
}

#[test]
fn newer_entities_keep_their_text() {
    let message = message("entities");
    assert_eq!(message.text, "看 这里 @x 李雷 新");
    let read: Vec<_> = message.entities.iter().map(|e| (e.kind.as_str(), message.words(e).unwrap())).collect();
    assert_eq!(read, [("text_link", "这里"), ("mention", "@x"), ("text_mention", "李雷"), ("hologram", "新")]);
    assert_eq!(message.entities[0].url.as_deref(), Some("http://[bad"));
    assert_eq!(message.entities[2].user.as_ref().unwrap().id, LI);
}

#[test]
fn broken_parts_do_not_cost_the_message() {
    let message = message("broken_parts");
    assert_eq!((message.text.as_str(), message.author_id()), ("还在", Some(LI)));
    assert!(message.entities.is_empty() && message.quote.is_none() && message.reply_to.is_none());
    assert_eq!((message.topic, message.album), (None, None));
}

#[test]
fn forwards_tell_where_they_come_from() {
    let forward = |name: &str| message(name).forward.unwrap();
    assert_eq!(forward("hidden_forward"), Forward::Hidden("某人".into()));
    assert_eq!(forward("forward_newer"), Forward::Hidden(String::new()));
    assert!(matches!(forward("forward_person"), Forward::Person(user) if user.id == LI));
    assert!(matches!(forward("forward_channel"), Forward::Channel(chat) if chat.id == NEWS));
    assert!(matches!(forward("forward_chat"), Forward::Chat(chat) if chat.id == GROUP));
    assert_eq!(message("person").forward, None);
}

#[test]
fn topics_are_told_from_threads_of_replies() {
    let topic = message("topic");
    assert_eq!((topic.topic, topic.reply_to), (Some(9), None));
    let reply = message("topic_reply");
    assert_eq!((reply.topic, reply.quote.as_deref()), (Some(9), Some("昨")));
    let to = reply.reply_to.unwrap();
    assert_eq!((to.id, to.chat, to.text.as_str(), to.album.as_deref()), (MessageId(30), None, "昨天", Some("2")));
    assert_eq!(to.sender.person().unwrap().id, LI);
    let thread = message("reply_thread");
    assert_eq!(thread.topic, None);
    let to = thread.reply_to.unwrap();
    assert_eq!((to.id, to.sender), (MessageId(9), Sender::AnonymousAdmin));
    let elsewhere = message("external_reply").reply_to.unwrap();
    assert_eq!((elsewhere.id, elsewhere.chat), (MessageId(3), Some(NEWS)));
}

#[test]
fn everything_that_can_be_read_is_read() {
    for (name, media, extra) in [
        ("poll", Media::Poll, vec!["见 t.me/ad", "加", "不", "加群吗"]),
        ("contact", Media::Contact, vec!["客服", "+8613800000000", "BEGIN:VCARD"]),
        ("venue", Media::Location, vec!["人民路1号", "茶馆"]),
        ("story", Media::Story, vec!["新闻频道", "news_channel"]),
        ("game", Media::Other, vec!["点我", "赢钱"]),
        ("invoice", Media::Other, vec!["九折", "课程"]),
        ("giveaway", Media::Other, vec!["新闻频道", "news_channel", "手机"]),
        ("checklist", Media::Other, vec!["关注", "清单"]),
        ("animation", Media::Animation, vec!["ad.mp4", "ad.mp4"]),
        ("document", Media::Document, vec!["价格表.pdf"]),
        ("audio", Media::Audio, vec!["广告", "t.me/ad"]),
        ("sticker", Media::Sticker, vec![]),
        ("dice", Media::Dice, vec![]),
        ("paid_media", Media::Other, vec![]),
        ("rich", Media::Other, vec!["买", "粉", "这里", "https://ad.example/", "完", "一", "新"]),
        ("newer", Media::Other, vec!["https://ad.example/", "买粉"]),
        ("external_reply", Media::None, vec!["新闻频道", "news_channel", "https://ad.example/"]),
        ("preview", Media::None, vec!["https://preview.example/"]),
        ("person", Media::None, vec![]),
    ] {
        let message = message(name);
        assert_eq!(message.media, media, "{name}");
        assert_eq!(message.author_id(), Some(LI), "{name}");
        let mut read = message.extra;
        read.sort();
        // What is written twice may be read twice.
        read.dedup();
        let mut expected = extra;
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(read, expected, "{name}");
    }
    let album = message("album");
    assert_eq!((album.text.as_str(), album.album.as_deref(), album.media), ("图 t.me/x", Some("13579"), Media::Photo));
    assert_eq!(album.words(&album.entities[0]), Some("t.me/x"));
    let button = |text: &str, url: Option<&str>| Button { text: text.into(), url: url.map(str::to_owned) };
    let expected =
        [button("进群", Some("https://t.me/+abc")), button("?", None), button("页", Some("https://app.example/"))];
    assert_eq!(message("via_bot").buttons, expected);
}

#[test]
fn notices_are_not_messages_of_anybody() {
    let ids = |users: &[User]| users.iter().map(|user| user.id).collect::<Vec<_>>();
    for (name, expected) in [
        ("pinned", Service::Pinned),
        ("migrate_to", Service::MigratedTo(GROUP)),
        ("migrate_from", Service::MigratedFrom(ChatId(-5))),
        ("title", Service::Title("新名".into())),
        ("topic_created", Service::Other("forum_topic_created".into())),
    ] {
        let message = message(name);
        assert_eq!((message.author(), message.service.as_ref()), (None, Some(&expected)), "{name}");
    }
    assert!(matches!(message("joined").service, Some(Service::Joined(users)) if ids(&users) == [LI, ME]));
    assert!(matches!(message("left").service, Some(Service::Left(user)) if user.id == LI));
}

#[test]
fn membership_is_more_than_a_status_word() {
    let joined = member("join_link");
    assert_eq!((joined.passage(), joined.tag.as_deref()), (Passage::Joined, Some("新人")));
    let link = joined.link.unwrap();
    let told = (link.url.as_str(), link.name.as_deref(), link.creator);
    assert_eq!(told, ("https://t.me/+abcd…", Some("r/99"), UserId(99)));
    let by = |name: &str| (member(name).via_request, member(name).via_folder, member(name).link);
    assert_eq!(by("join_request_link"), (true, false, None));
    assert_eq!(by("join_folder"), (false, true, None));

    let inside = member("muted_inside");
    assert_eq!((inside.after, inside.can_send, inside.passage()), (Status::Restricted, false, Passage::Stayed));
    assert_eq!(inside.until, Some(Timestamp::from_secs(1_700_086_400)));
    let outside = member("muted_outside");
    assert_eq!((outside.after, outside.until), (Status::RestrictedOutside, None));
    assert_eq!(outside.passage(), Passage::Left);
    assert_eq!(member("banned").passage(), Passage::Removed);
    assert_eq!(member("unbanned").passage(), Passage::Stayed);
    assert_eq!(member("promoted").after, Status::Admin);
}

#[test]
fn the_bot_learns_of_its_own_rights() {
    let promoted = own("own_promoted");
    let rights = [Right::Send, Right::Admin, Right::Delete, Right::Restrict, Right::Invite, Right::ManageTags];
    assert_eq!((promoted.after, promoted.rights), (Status::Admin, rights.into_iter().collect()));
    assert_eq!(own("own_told_as_member").after, Status::Left);
    let blocked = own("own_blocked");
    assert_eq!((blocked.chat.kind, blocked.after), (ChatKind::Private, Status::Banned));
}

#[test]
fn buttons_tell_chat_and_message_even_when_it_is_too_old() {
    for (name, id, data) in [("button", "9007199254740993", "checkin:1:晨"), ("button_inaccessible", "2", "checkin")] {
        let Kind::Button(press) = event(name).kind else { panic!("{name}") };
        assert_eq!((press.id.as_str(), press.data.as_str()), (id, data));
        assert_eq!((press.chat.id, press.message, press.user.id), (GROUP, MessageId(60), LI));
    }
    assert_eq!(event("button_inline").kind, Kind::Unknown("callback_query".into()));
}

#[test]
fn votes_and_reactions_are_nobodys_when_given_in_a_chats_name() {
    let Kind::Reaction(reaction) = event("reaction").kind else { panic!("no reaction") };
    assert_eq!(reaction.user.unwrap().id, LI);
    assert_eq!((reaction.message, reaction.before), (MessageId(60), vec!["👍".to_owned()]));
    assert_eq!(reaction.after, ["👍", "custom:55", "paid", "hologram"]);
    let Kind::Reaction(anonymous) = event("reaction_anonymous").kind else { panic!("no reaction") };
    assert_eq!(anonymous.user, None);
    let Kind::Vote(vote) = event("vote").kind else { panic!("no vote") };
    assert_eq!((vote.poll.as_str(), vote.user.unwrap().id, vote.options), ("5", LI, vec![0, 2]));
    let Kind::Vote(channel) = event("vote_channel").kind else { panic!("no vote") };
    assert_eq!((channel.user, channel.options), (None, vec![]));
}

#[test]
fn requests_to_join_tell_where_to_write() {
    let Kind::JoinRequest(request) = event("join_request").kind else { panic!("no request") };
    assert_eq!((request.user.id, request.private), (LI, LI.private()));
    assert_eq!((request.bio.as_deref(), request.query.as_deref()), (Some("你好"), Some("q1")));
    assert_eq!(request.link.unwrap().creator, ME);
}

#[test]
fn kinds_of_no_use_are_kept_by_name() {
    for (name, kind) in [
        ("reaction_count", "message_reaction_count"),
        ("poll_state", "poll"),
        ("channel_post", "channel_post"),
        ("newer_kind", "hologram"),
        ("empty", ""),
    ] {
        let event = event(name);
        assert_eq!((event.kind, event.at, event.chat), (Kind::Unknown(kind.into()), RECEIVED, None));
    }
}

#[test]
fn updates_are_numbered() {
    let raw = r#"{"update_id":90,"message":{"message_id":1,"chat":{"id":-1}}}"#;
    assert_eq!(update_id(raw), Some(90));
    let (id, event) = read(raw, ME, RECEIVED).unwrap();
    assert_eq!((id, event.id.as_str(), event.at), (90, "u90", RECEIVED));
    assert_eq!(update_id("{}"), None);
    assert_eq!(update_id(r#"{"update_id":90,"mess"#), None);
}

#[test]
fn what_cannot_be_read_says_why() {
    let why = |update: Value| read(&update.to_string(), ME, RECEIVED).unwrap_err().to_string();
    assert_eq!(why(json!({"message": {}})), "an update without `update_id`");
    assert!(why(json!([])).starts_with("not the JSON of an update"));
    for (kind, body, field) in [
        ("message", json!({"message_id": 1}), "chat"),
        ("message", json!({"chat": {"id": 1}}), "message_id"),
        ("message", json!("text"), "object"),
        ("callback_query", json!({"id": "1", "message": {"message_id": 1, "chat": {"id": 1}}}), "from"),
        ("chat_member", json!({"old_chat_member": {"status": "?", "user": {"id": 1}}}), "old_chat_member"),
        ("poll_answer", json!({"poll_id": "1"}), "option_ids"),
    ] {
        let said = why(json!({"update_id": 1, kind: body}));
        assert_eq!(said, format!("`{kind}` without a readable `{field}`"));
    }
}

/// Puts fields nobody knows into every object, at every depth, save where new content is what is read.
fn extend(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(extend);
            fields.insert("zz_newer".into(), json!({"deep": [1, {"x": null}]}));
            fields.insert("a_newer_flag".into(), json!(true));
        }
        Value::Array(items) => items.iter_mut().for_each(extend),
        _ => {}
    }
}

#[test]
fn fields_nobody_knows_change_nothing() {
    let samples = samples();
    assert!(samples.len() > 60);
    for (name, update) in samples {
        let mut extended = update.clone();
        for body in extended.as_object_mut().unwrap().values_mut() {
            extend(body);
        }
        assert_eq!(read_value(&extended), read_value(&update), "{name}");
    }
}
