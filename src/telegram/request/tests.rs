use serde_json::{Map, json};

use super::*;
use crate::telegram::refusal::Outcome;

const CHAT: ChatId = ChatId(-1_001_234_567_890);
const USER: UserId = UserId(4_503_599_627_370_495);
const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

fn named(name: &MessageKey) -> Option<MessageId> {
    (name.0 == "known").then_some(MessageId(77))
}

fn cx() -> Resolved<'static> {
    Resolved { bot: "steward_bot", now: NOW, message: &named, file: Some(b"PNG") }
}

fn one(effect: &Effect) -> Call {
    let calls = write(effect, &cx()).unwrap();
    assert_eq!(calls.len(), 1, "{calls:?}");
    calls.into_iter().next().unwrap()
}

fn refused(effect: &Effect) -> Unsendable {
    write(effect, &cx()).unwrap_err()
}

fn html(text: &str) -> Text {
    Text::from_template(text.to_owned())
}

fn hello() -> Send {
    Send::new(CHAT, html("<b>你好</b>"))
}

fn with_file(kind: FileKind, source: FileSource) -> Effect {
    Effect::Send(Send { media: Some(File { kind, source }), ..hello() })
}

fn poll() -> Poll {
    Poll {
        chat: CHAT,
        topic: Some(5),
        name: None,
        question: "几点？".into(),
        options: vec!["8".into(), "9".into()],
        anonymous: false,
        multiple: true,
        correct: None,
        silent: true,
    }
}

/// One effect of every kind, in its fullest form.
fn samples() -> Vec<Effect> {
    let (chat, user) = (CHAT, USER);
    let message = MessageRef::Name("known".into());
    let keyboard = Keyboard::row([Key::press("打卡", "checkin:1"), Key::start("私聊", "a_b-1")])
        .and_row([Key::open("站点", "https://example.com/")]);
    let full = Send {
        topic: Some(12),
        keyboard: keyboard.clone(),
        reply_to: Some(MessageId(9)),
        silent: true,
        only_for: Some(user),
        ..hello()
    };
    let commands = vec![("checkin".to_owned(), "打卡".to_owned())];
    let menu = |scope| Effect::SetCommands { scope, language: Some("zh".into()), commands: commands.clone() };
    vec![
        Effect::Send(full),
        with_file(FileKind::Photo, FileSource::Path("/var/charts/week.png".into())),
        with_file(FileKind::Document, FileSource::Id("BQAD".into())),
        with_file(FileKind::Video, FileSource::Url("https://example.com/v.mp4".into())),
        Effect::Poll(poll()),
        Effect::Poll(Poll { correct: Some(1), multiple: false, ..poll() }),
        Effect::Edit { chat, message: message.clone(), text: html("<i>x</i>"), keyboard: keyboard.clone() },
        Effect::EditKeyboard { chat, message: message.clone(), keyboard },
        Effect::Delete { chat, messages: vec![message.clone()] },
        Effect::Delete { chat, messages: vec![message.clone(), MessageId(3).into()] },
        Effect::Pin { chat, message: message.clone(), silent: true },
        Effect::Unpin { chat, message: message.clone() },
        Effect::React { chat, message, emoji: "👍".into() },
        Effect::Mute { chat, user, length: Span::hours(24) },
        Effect::Unmute { chat, user },
        Effect::Ban { chat, user },
        Effect::Unban { chat, user },
        Effect::BanChannel { chat, channel: ChatId(-1_009) },
        Effect::AnswerButton {
            press: "55".into(),
            text: "好".into(),
            alert: true,
            url: Some("https://t.me/steward_bot?start=x".into()),
        },
        Effect::ApproveJoin { chat, user },
        Effect::DeclineJoin { chat, user },
        Effect::Leave { chat },
        Effect::SetTag { chat, user, tag: "老成员".into() },
        Effect::SetCommands { scope: CommandScope::Chat(chat), language: Some("zh".into()), commands: Vec::new() },
        menu(CommandScope::Private),
        menu(CommandScope::Groups),
        menu(CommandScope::GroupAdmins),
        menu(CommandScope::Chat(chat)),
        menu(CommandScope::ChatAdmins(chat)),
        Effect::Ask(Question::Admins(chat)),
        Effect::Ask(Question::Member(chat, user)),
        Effect::Ask(Question::Count(chat)),
        Effect::Ask(Question::Chat(chat)),
    ]
}

/// The published fields of methods and types: `name` or, where required, `name!`, and what it holds.
fn published() -> Value {
    serde_json::from_str(include_str!("../../../tests/data/bot-api-methods.json")).unwrap()
}

/// Panics unless `value` has all the required and none but the published fields of `fields`, at every depth.
fn conforms(api: &Value, fields: &Value, value: &Map<String, Value>, place: &str) {
    let fields = fields.as_object().unwrap_or_else(|| panic!("{place} is not published"));
    for name in fields.keys().filter_map(|name| name.strip_suffix('!')) {
        assert!(value.contains_key(name), "{place} lacks {name}");
    }
    for (name, value) in value {
        let place = format!("{place}.{name}");
        let holds = fields.get(name).or_else(|| fields.get(&format!("{name}!")));
        let holds = holds.unwrap_or_else(|| panic!("{place} is not published")).as_str().unwrap();
        assert!(holds.split('|').any(|kind| holds_kind(api, kind, value, &place)), "{place} is not {holds}: {value}");
    }
}

fn holds_kind(api: &Value, kind: &str, value: &Value, place: &str) -> bool {
    if let Some(item) = kind.strip_prefix("Array of ") {
        return value.as_array().is_some_and(|all| all.iter().all(|value| holds_kind(api, item, value, place)));
    }
    match (kind, value) {
        ("String" | "InputFile", Value::String(_)) | ("Boolean" | "True", Value::Bool(_)) => true,
        ("Integer", Value::Number(number)) => number.is_i64(),
        ("BotCommandScope", Value::Object(scope)) => scope.contains_key("type"),
        ("ReactionType", Value::Object(fields)) => {
            conforms(api, &api["types"]["ReactionTypeEmoji"], fields, place);
            true
        }
        (kind, Value::Object(fields)) if api["types"].get(kind).is_some() => {
            conforms(api, &api["types"][kind], fields, place);
            true
        }
        _ => false,
    }
}

#[test]
fn every_call_uses_published_names_only() {
    let api = published();
    let mut seen = std::collections::BTreeSet::new();
    let outcomes = [Outcome::PlainText, Outcome::OtherTopic, Outcome::EditCaption, Outcome::SingleDeletes];
    for effect in samples() {
        for call in write(&effect, &cx()).unwrap() {
            let others = outcomes.into_iter().flat_map(|outcome| instead(outcome, &call)).collect::<Vec<_>>();
            for call in std::iter::once(call).chain(others) {
                conforms(&api, &api["methods"][&call.method], &call.params, &call.method);
                seen.insert(call.method);
            }
        }
    }
    let published = api["methods"].as_object().unwrap().keys().filter(|method| *method != "getUpdates").cloned();
    assert_eq!(seen, published.collect(), "every published method is written somewhere");
}

#[test]
fn a_message_is_written_in_full() {
    let call = one(&samples()[0]);
    let expected = json!({
        "chat_id": CHAT.0, "text": "<b>你好</b>", "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": true}, "disable_notification": true, "message_thread_id": 12,
        "reply_parameters": {"message_id": 9, "allow_sending_without_reply": true},
        "ephemeral_message_parameters": {"receiver_user_id": USER.0},
        "reply_markup": {"inline_keyboard": [
            [{"text": "打卡", "callback_data": "checkin:1"},
             {"text": "私聊", "url": "https://t.me/steward_bot?start=a_b-1"}],
            [{"text": "站点", "url": "https://example.com/"}]]},
    });
    assert_eq!((call.method.as_str(), Value::Object(call.params)), ("sendMessage", expected));
    let bare = one(&Effect::Send(Send { preview: true, topic: Some(1), ..hello() }));
    assert_eq!(Value::Object(bare.params), json!({"chat_id": CHAT.0, "text": "<b>你好</b>", "parse_mode": "HTML"}));
}

#[test]
fn mutes_are_never_for_ever_by_accident() {
    for (length, secs) in [
        (Span::ZERO, 35),
        (Span::secs(20), 35),
        (Span::hours(24), 86_400),
        (Span::days(365), 365 * 86_400),
        (Span::days(9999), 365 * 86_400),
    ] {
        let call = one(&Effect::Mute { chat: CHAT, user: USER, length });
        assert_eq!(call.params["until_date"], NOW.secs() + secs, "{length}");
        assert_eq!(call.params["use_independent_chat_permissions"], true);
        let permissions = call.params["permissions"].as_object().unwrap();
        assert!(permissions.len() == 16 && permissions.values().all(|allowed| allowed == false));
    }
    let call = one(&Effect::Unmute { chat: CHAT, user: USER });
    assert!(call.params["permissions"].as_object().unwrap().values().all(|allowed| allowed == true));
    assert!(!call.params.contains_key("until_date"));
}

#[test]
fn unbanning_never_removes_a_member() {
    assert_eq!(one(&Effect::Unban { chat: CHAT, user: USER }).params["only_if_banned"], true);
}

#[test]
fn deletes_go_in_hundreds_and_skip_what_has_no_number() {
    let ids = |n: i64| (1..=n).map(|id| MessageRef::Id(MessageId(id))).collect::<Vec<_>>();
    let sizes = |messages| {
        let calls = write(&Effect::Delete { chat: CHAT, messages }, &cx()).unwrap();
        calls
            .iter()
            .map(|c| c.params.get("message_ids").map_or(1, |ids| ids.as_array().unwrap().len()))
            .collect::<Vec<_>>()
    };
    assert!(sizes(ids(0)).is_empty());
    assert_eq!(sizes(ids(1)), [1]);
    assert_eq!(sizes(ids(100)), [100]);
    assert_eq!(sizes(ids(201)), [100, 100, 1]);
    let unknown = MessageRef::Name("unknown".into());
    assert_eq!(sizes([ids(2), vec![unknown.clone()]].concat()), [2]);
    let nothing = Effect::Delete { chat: CHAT, messages: vec![unknown] };
    assert_eq!(refused(&nothing), Unsendable::NoMessage("unknown".into()));
}

#[test]
fn words_are_cut_to_what_telegram_takes() {
    let long = html(&format!("<b>{}</b>", "字".repeat(5000)));
    let visible = |call: &Call, field: &str| html(call.params[field].as_str().unwrap()).visible_len();
    let message = one(&Effect::Send(Send { text: long.clone(), ..hello() }));
    assert_eq!(visible(&message, "text"), 4096);
    let media = Some(File { kind: FileKind::Photo, source: FileSource::Id("x".into()) });
    let photo = one(&Effect::Send(Send { text: long, media: media.clone(), ..hello() }));
    assert_eq!(visible(&photo, "caption"), 1024);
    let wordless = one(&Effect::Send(Send { text: html(""), media, ..hello() }));
    assert!(!wordless.params.contains_key("caption"));
    let (press, alert, url) = ("1".to_owned(), false, None);
    let answer = one(&Effect::AnswerButton { press, alert, url, text: "字".repeat(300) });
    assert_eq!(answer.params["text"].as_str().unwrap().chars().count(), 200);
    let asked = one(&Effect::Poll(Poll { question: "字".repeat(400), ..poll() }));
    assert_eq!(asked.params["question"].as_str().unwrap().chars().count(), 300);
}

#[test]
fn what_telegram_would_refuse_is_not_sent() {
    let keyed = |key| Effect::Send(Send { keyboard: Keyboard::row([key]), ..hello() });
    let is_button = |key| matches!(refused(&keyed(key)), Unsendable::Button { .. });
    assert!(is_button(Key::press("x", "字".repeat(22))));
    assert!(is_button(Key::press("x", "")));
    assert!(is_button(Key::press(" ", "x")));
    assert!(is_button(Key::start("x", "a b")));
    assert!(is_button(Key::start("x", "a".repeat(65))));
    assert!(is_button(Key::open("x", "not an address")));
    assert_eq!(refused(&Effect::Send(Send::new(CHAT, html("<b> </b>")))), Unsendable::Empty);
    for bad in [
        Poll { options: vec!["only".into()], ..poll() },
        Poll { options: vec!["x".into(); 13], ..poll() },
        Poll { options: vec!["x".into(), " ".into()], ..poll() },
        Poll { question: String::new(), ..poll() },
        Poll { correct: Some(2), ..poll() },
    ] {
        assert_eq!(refused(&Effect::Poll(bad)), Unsendable::Poll);
    }
    let message = MessageRef::Name("unknown".into());
    let edit = Effect::Edit { chat: CHAT, message, text: html("x"), keyboard: Keyboard::default() };
    assert_eq!(refused(&edit), Unsendable::NoMessage("unknown".into()));
    let pin = Effect::Pin { chat: CHAT, message: MessageId(1 << 40).into(), silent: false };
    assert_eq!(refused(&pin), Unsendable::BadNumber(1 << 40));
    assert_eq!(refused(&Effect::Ban { chat: CHAT, user: UserId(-1) }), Unsendable::BadNumber(-1));
    let url = with_file(FileKind::Photo, FileSource::Url("week.png".into()));
    assert_eq!(refused(&url), Unsendable::BadAddress("week.png".into()));
}

#[test]
fn a_file_of_this_machine_goes_with_the_call() {
    let effect = with_file(FileKind::Photo, FileSource::Path("/var/charts/week.png".into()));
    assert_eq!(upload_path(&effect), Some("/var/charts/week.png"));
    let call = one(&effect);
    assert_eq!(call.params["photo"], "attach://file");
    let [file] = call.files.as_slice() else { panic!("{call:?}") };
    assert_eq!(
        (file.field.as_str(), file.file_name.as_str(), file.bytes.as_slice()),
        ("file", "week.png", &b"PNG"[..])
    );
    let unread = write(&effect, &Resolved { file: None, ..cx() });
    assert_eq!(unread.unwrap_err(), Unsendable::NoFile("/var/charts/week.png".into()));
    assert_eq!(upload_path(&with_file(FileKind::Photo, FileSource::Id("x".into()))), None);
}

#[test]
fn broken_markup_is_sent_as_people_would_read_it() {
    let call = plain(&one(&Effect::Send(Send { text: html("<b>3 &lt; 5</b>"), ..hello() }))).unwrap();
    assert_eq!(call.params["text"], "3 < 5");
    assert!(!call.params.contains_key("parse_mode"));
    assert!(plain(&call).is_none(), "a plain call has no plainer form");
    assert!(plain(&one(&Effect::Leave { chat: CHAT })).is_none());
}

#[test]
fn a_refused_form_is_tried_in_another() {
    let call = one(&samples()[0]);
    let [elsewhere] = instead(Outcome::OtherTopic, &call).try_into().unwrap();
    assert!(!elsewhere.params.contains_key("message_thread_id"));
    assert_eq!(elsewhere.params.len(), call.params.len() - 1);
    assert!(instead(Outcome::OtherTopic, &elsewhere).is_empty());

    let messages = vec![MessageId(1).into(), MessageId(2).into()];
    let single = instead(Outcome::SingleDeletes, &one(&Effect::Delete { chat: CHAT, messages }));
    let ids: Vec<_> = single.iter().map(|call| (call.method.as_str(), call.params["message_id"].clone())).collect();
    assert_eq!(ids, [("deleteMessage", json!(1)), ("deleteMessage", json!(2))]);

    let (message, keyboard) = (MessageId(4).into(), Keyboard::default());
    let edit = one(&Effect::Edit { chat: CHAT, message, text: html("<b>x</b>"), keyboard });
    let [caption] = instead(Outcome::EditCaption, &edit).try_into().unwrap();
    let expected = json!({"chat_id": CHAT.0, "message_id": 4, "caption": "<b>x</b>", "parse_mode": "HTML"});
    assert_eq!((caption.method.as_str(), Value::Object(caption.params)), ("editMessageCaption", expected));
}
