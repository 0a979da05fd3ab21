//! Ads that must be found.

mod alike;
mod attacks;
mod burst;
mod laws;
mod properties;
mod severe;
mod talk;

use super::*;
use crate::model::{
    Chat, ChatId, ChatKind, Media, User, UserId,
    message::{Button, Entity, Forward, ReplyTo},
};

fn newcomer() -> SenderFacts {
    SenderFacts { joined: Some(Span::hours(1)), ..SenderFacts::default() }
}

fn member() -> SenderFacts {
    SenderFacts { joined: Some(Span::days(5)), messages: 12, days_active: 4, ..SenderFacts::default() }
}

fn established() -> SenderFacts {
    SenderFacts { joined: Some(Span::days(60)), messages: 400, days_active: 40, ..SenderFacts::default() }
}

fn settings() -> Compiled {
    let words = Words {
        suspect: vec!["拼单".into()],
        ad: vec!["包你发财".into(), "Cheap Pills".into()],
        severe: vec!["出售枪支".into()],
    };
    let settings = Settings { words, block_domains: vec!["evil.example".into()], ..Settings::default() };
    Compiled::new(&settings, &["our_group".into(), "steward_bot".into(), "t.me/+OurInvite1".into()])
}

fn said(text: &str) -> Message {
    Message { text: text.into(), ..Message::default() }
}

fn class(message: &Message, sender: SenderFacts) -> Class {
    judge(message, &sender, &settings()).class
}

/// The message with an entity over the first place `words` stand in.
fn over(mut message: Message, kind: &str, words: &str, url: Option<&str>) -> Message {
    let start = message.text.find(words).expect("the words are in the text");
    let offset = message.text[..start].encode_utf16().count();
    let length = words.encode_utf16().count();
    message.entities.push(Entity { kind: kind.into(), offset, length, url: url.map(str::to_owned), user: None });
    message
}

fn channel(username: &str) -> Chat {
    let username = Some(username.to_owned());
    Chat { id: ChatId(-1_009), kind: ChatKind::Channel, title: "频道".into(), username, is_forum: false }
}

#[test]
fn ads_in_words_are_found() {
    for text in [
        // Work.
        "招兼职，日结300，加微信 zhuan8866",
        "急招兼职 一单一结 日结 ➕V：zhuan_8866",
        "在家兼职日入500 薇信zhuan8866",
        "招代理，返利高，加我QQ 20481234567",
        "高薪招聘客服，包教包会，联系电报 rich_boss99",
        "兼職日結，聯繫微信：zhuan8866",
        "兼\u{200b}职日\u{2060}结，加微\u{200b}信 zhuan8866",
        "兼 职 日 结 加 微 信 zhuan8866",
        "🅙🅘🅐🅝 兼职日结 加🅥 zhuan8866",
        "兼职日结，加Ｖ：ｚｈｕａｎ８８６６",
        "兼职日结，加微信 z\u{336}h\u{336}uan8866",
        "兼职日结，加QQ二零四八一二三四五",
        "兼职日结，加QQ ②⓪④⑧①②③④⑤",
        "宝妈副业，一部手机每天两小时，月入过万，想了解的加我 薇❤信 zhuanqian8899",
        "招 代 理，零 投 入，一 件 代 发，十 V 信 daili9527",
        "股票交流群，老师每天带票，收益翻倍，扫码或加 Q 2233445566",
        "招人跑分，日赚三千，电话 13800138000 诚信合作",
        "稳赚项目，招代理，详询 @rich_boss99",
        "出U，点位美丽，黑白资可接，老板来谈",
        // Goods and gambling.
        "出售海外号、协议号，需要联系 @account_shop_1",
        "百家乐首存送100，客服：@lucky_casino88",
        "看片加扣扣 2048 783 211",
        "代开发票，加薇：fapiao_668",
        "卖片，加企鹅 20481234",
        "出U，接黑白资，支持卡接，详情：@rich_boss99",
        "卡接回U，诚心交易的来：@rich_boss99",
        // Invitations, in every form.
        "进群 https://t.me/+AbCdEf123",
        "进群 t.me/joinchat/AbCdEf123",
        "进群 telegram.me/+AbCdEf123",
        "进群 telegram.dog/joinchat/AbCdEf123",
        "进群 tg://join?invite=AbCdEf123",
        "进群 t點me/+AbCdEf123",
        "进群 t . me / +AbCdEf123",
        "进群 t.mе/+AbCdEf123",
        "进群 t\u{200b}.me/\u{200b}+AbCdEf123",
        "进群 t。me/+AbCdEf123",
        "https://t.me/+AbCdEf123",
        "看这里 https://google.com/url?q=https%3A%2F%2Ft.me%2F%2BAbCdEf123",
        // Links with an offer.
        "兼职日结看这里 t.me/rich_boss99",
        "海外号批发，全网最低 https://cards.shop.xyz/buy",
        "点开 https://sub.evil.example/x",
        "点开 https://t.me@evil.example/x",
        "点开 https://github.com:443@evil.example:8443/x",
        // English.
        "Earn $500 per day working from home! Contact me on WhatsApp +44 7700 900123",
        "Guaranteed profits, passive income. Telegram: fast_cash99",
        "Free airdrop, claim your bonus at https://claim.token.xyz/now",
        "Hiring for a remote job, daily pay, message @fast_cash99",
        "Еarn guаranteed profits, contact me on telegram: fast_cash99",
        "Join our casino t.me/lucky_casino88 free bonus",
        "ＷｈａｔｓＡｐｐ +1 (555) 010-7788 earn $900 daily work from home",
        "Work from home, daily pay, WhatsApp me +44 7700 900123",
        // Russian.
        "Подработка, выплаты ежедневно, от 18 лет, пишите @rabota_fast",
        "Нужны люди на удаленную работу, доход от 100$ в день, пишите в лс",
        "Ищем людей, оплата ежедневно. Телеграм: rabota_24",
        "Пoдрабoткa, выплaты ежедневно, пишите @rabota_fast",
        "Казино с бонусом, вход t.me/lucky_casino88",
        // With a word of warning, a claim or a joke that warns of nobody.
        "小心错过！加我微信 abc12345 兼职日结 300",
        "不是骗子，兼职日结，加微信 zhuan8866",
        "骗子勿扰，招代理，加我QQ 20481234567",
        "想找兼职的加我微信 zhuan8866，日结",
        "兼职日结，加微信 zhuan8866，来吗？",
        "有人要吗？出售海外号、协议号，联系 @account_shop_1",
        "躺赚项目哈哈哈，加微信 zhuan8866",
        "Not a scam! Guaranteed profits, passive income. Telegram: fast_cash99",
        // The community's own words.
        "跟着我做包 你 发 财绝对不骗",
        "we sell chеap pills of all kinds here",
        "包你发财",
        "cheap pills!",
    ] {
        let verdict = judge(&said(text), &newcomer(), &settings());
        assert_eq!(verdict.class, Class::Ad, "{text}: {:?}", verdict.reasons);
    }
}

#[test]
fn ads_outside_the_words_are_found() {
    let user = User { id: UserId(7), name: "小助手".into(), ..User::default() };
    let invite = "https://t.me/+AbCdEf123";
    let button = |url: &str| vec![Button { text: "进入".into(), url: Some(url.into()) }];
    let caption = Message { media: Media::Photo, ..said("看图 t.me/+AbCdEf123") };
    let quote = Message {
        quote: Some("兼职日结，加微信 zhuan8866".into()),
        reply_to: Some(reply(Some(ChatId(-1_005)))),
        ..said("这个不错")
    };
    let poll = Message {
        media: Media::Poll,
        extra: vec!["想兼职吗".into(), "日结 加微信 zhuan8866".into()],
        ..Message::default()
    };
    let contact = Message {
        media: Media::Contact,
        extra: vec!["兼职日结客服".into(), "+8613800138000".into()],
        ..Message::default()
    };
    let forward =
        Message { forward: Some(Forward::Channel(channel("cheap_shop"))), ..said("兼职日结 t.me/cheap_shop") };
    for (what, message) in [
        ("link under words", over(said("点这里看看"), "text_link", "这里", Some(invite))),
        ("deep link under words", over(said("点这里看看"), "text_link", "这里", Some("tg://join?invite=AbCdEf123"))),
        (
            "words that show another site",
            over(said("看 github.com 吧"), "text_link", "github.com", Some("https://t.me/cheap_shop")),
        ),
        ("caption", caption),
        ("quote from another chat", quote),
        ("poll", poll),
        ("contact", contact),
        ("button", Message { buttons: button(invite), ..said("看看") }),
        ("inline bot", Message { buttons: button(invite), via_bot: Some(user), ..said("看看") }),
        ("offer with a button", Message { buttons: button("https://t.me/cheap_shop"), ..said("兼职日结") }),
        ("forward", forward),
        ("url entity", over(said("看 t.me/+AbCdEf123"), "url", "t.me/+AbCdEf123", None)),
        ("mention", over(said("兼职日结，联系 @rich_boss99"), "mention", "@rich_boss99", None)),
    ] {
        let verdict = judge(&message, &newcomer(), &settings());
        assert_eq!(verdict.class, Class::Ad, "{what}: {:?}", verdict.reasons);
    }
}

fn reply(chat: Option<ChatId>) -> ReplyTo {
    let (id, date) = (crate::model::MessageId(1), crate::model::Timestamp(0));
    ReplyTo { id, chat, sender: Sender::Nobody, text: String::new(), date, ..ReplyTo::default() }
}

#[test]
fn the_better_somebody_is_known_the_more_it_takes() {
    let invite = said("都来 t.me/+AbCdEf123");
    let pitch = said("招兼职日结，进群 t.me/+AbCdEf123");
    let trusted = SenderFacts { trusted: true, ..newcomer() };
    let struck = SenderFacts { strikes: 1, ..established() };
    let unknown = SenderFacts { joined: None, ..established() };
    for (sender, expected) in [
        (newcomer(), (Class::Ad, Class::Ad)),
        (member(), (Class::Ad, Class::Ad)),
        (struck, (Class::Ad, Class::Ad)),
        (established(), (Class::Suspect, Class::Ad)),
        (unknown, (Class::Suspect, Class::Ad)),
        (trusted, (Class::Suspect, Class::Suspect)),
    ] {
        assert_eq!((class(&invite, sender), class(&pitch, sender)), expected, "{sender:?}");
    }
}

#[test]
fn settings_decide_what_a_link_is() {
    let judged = |settings: Settings, text: &str| judge(&said(text), &newcomer(), &Compiled::new(&settings, &[])).class;
    let (invite, site) = ("都来 t.me/+AbCdEf123", "看看 https://blog.example/post");
    for (action, expected) in
        [(Action::Ignore, Class::Clean), (Action::Suspect, Class::Suspect), (Action::Ad, Class::Ad)]
    {
        assert_eq!(judged(Settings { invite_links: action, ..Settings::default() }, invite), expected, "{action:?}");
        assert_eq!(
            judged(Settings { links_from_newcomers: Some(action), ..Settings::default() }, site),
            expected,
            "{action:?}"
        );
    }
    let blind = Settings { contact_patterns: false, ..Settings::default() };
    assert_eq!(judged(blind, "招兼职，加微信 zhuan8866"), Class::Suspect);
    let forward =
        Message { forward: Some(Forward::Channel(channel("news"))), ..said("头条 https://news.site.xyz/1") };
    let strict = Settings { forwards: Action::Ad, ..Settings::default() };
    assert_eq!(judge(&forward, &newcomer(), &Compiled::new(&strict, &[])).class, Class::Ad);
    assert_ne!(judge(&forward, &newcomer(), &Compiled::new(&strict, &["news".into()])).class, Class::Ad);
}

#[test]
fn words_quoted_from_this_chat_were_judged_before() {
    let ad = "招兼职日结，加微信 zhuan8866";
    let answer = |chat| Message { quote: Some(ad.into()), reply_to: Some(reply(chat)), ..said("别发了") };
    assert_eq!(class(&answer(None), newcomer()), Class::Clean);
    assert_eq!(class(&answer(Some(ChatId(-1_005))), newcomer()), Class::Ad);
}

#[test]
fn a_verdict_tells_its_reasons_in_the_writers_words() {
    let verdict = judge(&said("急招 兼\u{200b}职，t點me/+AbCdEf123"), &newcomer(), &settings());
    let told: Vec<_> = verdict.reasons.iter().map(|reason| (reason.rule, reason.evidence.as_str())).collect();
    assert!(told.contains(&(Rule::Invite, "t點me/+AbCdEf123")), "{told:?}");
    assert!(told.contains(&(Rule::Offer, "兼\u{200b}职")), "{told:?}");
    let (wording, rules): (Vec<&Reason>, Vec<&Reason>) =
        verdict.reasons.iter().partition(|reason| reason.rule.is_of_wording());
    let sum = |reasons: &[&Reason]| reasons.iter().map(|reason| reason.weight).sum::<f64>();
    assert!((verdict.score - sum(&rules).max(sum(&wording))).abs() < 1e-9);
}

#[test]
fn staff_are_not_judged() {
    let ad = said("招兼职日结，加微信 zhuan8866 t.me/+AbCdEf123 出售枪支");
    let hidden = Message { sender: Sender::AnonymousAdmin, ..ad.clone() };
    let linked = Message { sender: Sender::LinkedChannel(channel("our_channel")), ..ad.clone() };
    for (message, sender) in
        [(ad, SenderFacts { staff: true, ..newcomer() }), (hidden, newcomer()), (linked, newcomer())]
    {
        let verdict = judge(&message, &sender, &settings());
        assert_eq!((verdict.class, verdict.reasons[0].rule), (Class::Clean, Rule::Staff));
    }
}
