//! Ads that hide, and talk that only looks like them.

use serde_json::{Value, json};
use steward::model::{MessageId, Span, UserId};
use steward::telegram::emulator::MessageSpec;

use super::{AD, INVITE, ON, ledger, logged, stands};
use crate::harness::{Scene, scenarios};

/// A newcomer of that name writes it.
async fn write(scene: &mut Scene, name: &str, spec: MessageSpec) -> (UserId, MessageId) {
    let user = scene.newcomer(name).await;
    let said = scene.tg.send(scene.group, user, spec).unwrap();
    scene.settle().await;
    (user, said)
}

fn with(text: &str, more: Value) -> MessageSpec {
    let Value::Object(extra) = more else { panic!("the fields of a message: {more}") };
    MessageSpec { extra, ..MessageSpec::text(text) }
}

fn poll(question: &str, options: [&str; 2]) -> MessageSpec {
    let options = options.map(|text| json!({"text": text, "voter_count": 0}));
    with(
        "",
        json!({"poll": {"id": "7", "question": question, "options": options, "total_voter_count": 0,
        "is_closed": false, "is_anonymous": true, "type": "regular", "allows_multiple_answers": false}}),
    )
}

fn linked(text: &str, length: usize, url: &str) -> MessageSpec {
    let entity = json!({"type": "text_link", "offset": 0, "length": length, "url": url});
    MessageSpec { entities: vec![entity], ..MessageSpec::text(text) }
}

fn button(text: &str, url: &str) -> MessageSpec {
    MessageSpec { buttons: vec![vec![("打开".into(), url.into())]], ..MessageSpec::text(text) }
}

fn contact(name: &str) -> MessageSpec {
    MessageSpec { contact: Some((name.into(), "+8613800138000".into())), ..MessageSpec::default() }
}

/// Words quoted from a chat the bot is not in.
fn quoted(text: &str, quote: &str) -> MessageSpec {
    with(
        text,
        json!({"quote": {"text": quote, "position": 0, "is_manual": true},
        "external_reply": {"origin": {"type": "hidden_user", "sender_user_name": "x", "date": 1},
            "chat": {"id": -1_001_999_i64, "type": "supergroup", "title": "y"}, "message_id": 5}}),
    )
}

fn forwarded(username: &str, text: &str) -> MessageSpec {
    let chat = json!({"id": -1_009_876_543_210_i64, "type": "channel", "title": "频道", "username": username});
    let origin = json!({"type": "channel", "chat": chat, "message_id": 5, "date": 1_772_000_000});
    MessageSpec { forward: Some(origin), ..MessageSpec::text(text) }
}

/// Every way to hide an ad, and beside it what looks much the same and is none.
fn pairs() -> Vec<(&'static str, MessageSpec, MessageSpec)> {
    let text = MessageSpec::text;
    vec![
        ("letters of another script", text("进群 t.mе/+AbCdEf123456"), text("Тема недели: наши книги, кто что читает")),
        ("round letters", text("兼职日结加🅥 zhuan8866"), text("我们是 🅰🅱 两组")),
        (
            "zero width",
            text("兼\u{200b}职日\u{2060}结，加微\u{200b}信 zhuan8866"),
            text("一家人 👨\u{200d}👩\u{200d}👧 出门，می\u{200c}خواهم"),
        ),
        ("zero width in a link", text("进群 t\u{200b}.me/\u{200b}+AbCdEf123456"), text("今天\u{200b}天气真好")),
        (
            "a link under words",
            linked("点我领资料", 2, "https://t.me/+AbCdEf123456"),
            linked("文档在这里", 2, "https://github.com/rust-lang/rust"),
        ),
        ("a caption", MessageSpec::media("photo", INVITE), MessageSpec::media("photo", "周末的早餐")),
        ("a quote", quoted("转给大家", INVITE), quoted("说得真好", "育儿没有标准答案")),
        (
            "an option of a poll",
            poll("想兼职吗", ["不想", "日结 加微信 zhuan8866"]),
            poll("周末去哪", ["微信群里说的公园", "书店"]),
        ),
        ("a contact", contact("兼职日结客服"), contact("妈妈")),
        (
            "a button",
            button("看这里", "https://t.me/+AbCdEf123456"),
            button("看这里", "https://github.com/rust-lang/rust"),
        ),
        ("a name to write to", text("兼职日结，联系 @rich_boss99"), text("@xiaomei 你今天来吗")),
        ("dots set apart", text("进群 t . me / +AbCdEf123456"), text("等等 . . . 我 想 想")),
        ("dots written out", text("进群 t點me/+AbCdEf123456"), text("这点小事，找我就行")),
        ("dots of another script", text("进群 t。me/+AbCdEf123456"), text("到家了。me too")),
        ("words set apart", text("兼 职 日 结 加 微 信 zhuan8866"), text("微 信 支 付 坏 了")),
    ]
}

scenarios! {
    /// Fault 85.
    async fn however_an_ad_is_hidden_it_goes_and_what_looks_like_it_stays(base) {
        let mut scene = Scene::new(&base, ON).await;
        for (what, ad, talk) in pairs() {
            let (user, said) = write(&mut scene, "小广", ad).await;
            assert!(!stands(&scene, said), "{what} hides an ad");
            assert_eq!(ledger(&scene, user).await.iter().map(|row| row.2).collect::<Vec<_>>(), [1], "{what}");
            let (user, said) = write(&mut scene, "小玲", talk).await;
            assert!(stands(&scene, said), "{what}: this is none");
            assert_eq!(logged(&scene, user).await, 0, "{what}: this is none");
            assert!(!scene.tg.is_muted(scene.group, user), "{what}: this is none");
            scene.pass(Span::minutes(2)).await;
        }
        scene.end().await;
    }

    /// Fault 86.
    async fn a_site_that_looks_like_an_allowed_one_is_not_let_pass(base) {
        let settings = "[strikes]\njudge.allow_domains = ['github.com']\njudge.links_from_newcomers = 'ad'\n";
        let mut scene = Scene::new(&base, settings).await;
        let text = MessageSpec::text;
        for spec in [
            text("看 https://github.com.evil.example/rust"),
            text("看 github.com.evil.example/rust"),
            text("看 https://github.com@evil.example/rust"),
            text("看 https://github.com:443@evil.example:8443/"),
            text("看 https://evil.example/github.com"),
            text("看 https://evil.example/?to=https://github.com/"),
            text("看 https://evilgithub.com/rust"),
            text("看 https://github.com.co/rust"),
            text("看 https://gіthub.com/rust"),
            text("看 https://git-hub.com/rust"),
            text("看 https://t.me.evil.example/rust"),
            linked("github.com 上有", 10, "https://github.com.evil.example/rust"),
            linked("文档在这里", 2, "https://gіthub.com/rust"),
            button("文档", "https://github.com.evil.example/rust"),
        ] {
            let what = format!("{spec:?}");
            let (user, said) = write(&mut scene, "小广", spec).await;
            assert!(!stands(&scene, said), "{what}");
            assert_eq!(logged(&scene, user).await, 1, "{what}");
            scene.pass(Span::minutes(2)).await;
        }
        for spec in [
            text("看 https://github.com/rust"),
            text("看 https://GitHub.com/rust"),
            text("看 https://docs.github.com/rust"),
            text("看 github.com/rust 吧"),
            linked("github.com 上有", 10, "https://github.com/rust"),
            button("文档", "https://www.github.com/rust"),
        ] {
            let what = format!("{spec:?}");
            let (user, said) = write(&mut scene, "小玲", spec).await;
            assert!(stands(&scene, said), "{what}");
            assert_eq!(ledger(&scene, user).await, [], "{what}");
        }
        scene.end().await;
    }

    /// Fault 87: what a channel of the allow-list wrote may be passed on; the same words of another are judged.
    async fn what_an_allowed_channel_wrote_may_be_forwarded(base) {
        let settings = "[strikes]\njudge.allow_names = ['good_news']\njudge.forwards = 'ad'\n";
        let mut scene = Scene::new(&base, settings).await;
        let news = "本周书单 t.me/good_news/12，来自 @good_news";
        let (user, said) = write(&mut scene, "小玲", forwarded("good_news", news)).await;
        assert!(stands(&scene, said));
        assert_eq!(ledger(&scene, user).await, []);
        // Its name is no leave to advertise.
        let (user, said) = write(&mut scene, "小广", forwarded("good_news", AD)).await;
        assert!(!stands(&scene, said));
        assert_eq!(logged(&scene, user).await, 1);
        scene.pass(Span::minutes(2)).await;
        let (user, said) = write(&mut scene, "小贩", forwarded("other_news", "本周书单 t.me/other_news/12")).await;
        assert!(!stands(&scene, said));
        assert_eq!(logged(&scene, user).await, 1);
        scene.end().await;
    }
}
