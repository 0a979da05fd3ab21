//! Ads that must be found beside talk that must not be, and what holds for any message.

use proptest::prelude::*;

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
    ReplyTo { id, chat, sender: Sender::Nobody, text: String::new(), date, album: None }
}

#[test]
fn talk_is_never_an_ad_even_from_newcomers() {
    for text in [
        "加我一个",
        "微信支付坏了",
        "私聊我发你文件",
        "QQ群里说过了",
        "我加了20块",
        "有人拼车吗，加我一个",
        "大家好，我是新来的",
        "https://github.com/rust-lang/rust/issues/12345678",
        "看 t.me/our_group/55",
        "@steward_bot 签到",
        "群规：禁止发兼职、日结、加微信之类的广告",
        "请勿相信兼职日结，都是骗子",
        "昨天有人发“兼职日结加微信”，已举报",
        "有人私聊我说日赚三千，是诈骗吧",
        "这种广告天天有，日结兼职什么的",
        "晚饭人均120，加酒水一共580",
        "餐厅订位电话 13800138000",
        "订座打 +86 21 6123 4567",
        "我的订单号 2048123456789 怎么查",
        "微信8.0.32更新了",
        "我❤信里的每一个字，看了 12345 遍",
        "宝妈们❤微信群里说一声",
        "V 信号不好，12 345 678 都试过了",
        "用 V 信任何人都能联系到我",
        "景区要每天带票入园，咨询电话 13800138000",
        "老师带票进场，每天 2233 人",
        "今年的收益翻倍了，开心",
        "加 Q 吧，群里说",
        "微信 windows 版好卡",
        "飞机晚点了，12点才到",
        "飞机 CA1234567 延误",
        "加班到十点",
        "参加/微信群里的活动",
        "他在做兼职，挺累的",
        "我想找份兼职，有推荐吗？",
        "我在找兼职，日结的最好，有的私聊我",
        "视频资源在 t.me/some_channel",
        "有问题加客服微信 kefu_1234 咨询",
        "招聘季到了，大家简历写好了吗",
        "公司在招人，待遇还可以",
        "这个项目的代理配置怎么写",
        "nginx 反向代理配置",
        "出个题给大家做做",
        "优惠券到期了",
        "这家店价格便宜，质量也好",
        "老师说的资源在哪里下载",
        "二零二四年一月一日",
        "一二三四五六七",
        "v2ray 123456789",
        "今天 2024-01-01，版本 1.20.4",
        "@alice 兼职的事问过了吗",
        "谢谢 @alice 的分享",
        "我已经加了微信群",
        "加我微信吧",
        "找我 3 次了",
        "main.py 和 README.md 改好了",
        "邮箱 someone@example.com",
        "https://www.bilibili.com/video/BV1xx411c7mD",
        "https://youtu.be/dQw4w9WgXcQ",
        "mp.weixin.qq.com/s/abcdef",
        "🇨🇳🇺🇸 比赛",
        "我有个亲戚卖保险",
        "看片子去吗",
        "contact me if you need notes",
        "DM me the file please",
        "I earn less than you",
        "call me at 7",
        "is this spam?",
        "Beware of scam: guaranteed profits, passive income",
        "join us for dinner on Friday",
        "the profit margin is thin",
        "my phone number is 13800138000",
        "line 120345 is wrong",
        "that job was posted in 2019",
        "free as in freedom",
        "Пишите в личку, если кому нужен конспект",
        "Осторожно, мошенники обещают доход от 100$ в день",
        "удаленная работа надоела",
        "Москва и MacBook",
        "Кто идёт завтра на встречу?",
        "зарплата 100 000 руб в месяц",
        // Words of selling with no way to be reached.
        "今天想躺赚，不想上班",
        "梦想就是躺赚哈哈哈",
        "免费领粉？什么意思",
        "兼职刷单这种事太多了，日结都是假的",
        "昨天做兼职被拖欠日结工资，知道怎么维权的私聊我",
        "刷单、跑分、洗钱都是犯罪",
        "谢谢 @alice 分享的兼职日结信息",
        "博彩和棋牌害了他一辈子",
        "出售二手婴儿车，八成新，微信 abc_12345",
        "白衬衫洗白的方法，想学的加我微信 abc_12345",
        "我们餐厅招聘服务员，时薪 25，电话 13800138000",
        // Warnings with a contact, an invitation or a link.
        "小心！有人加我微信 abc12345 说兼职日结",
        "有人私聊我，微信 abc12345，让我刷单返利",
        "这个微信 abc12345 是骗子，说高薪兼职日结",
        "大家别加 QQ 20481234567，兼职日结都是套路",
        "举报 @rich_boss99，天天发兼职日结招代理",
        "骗子群：t.me/+AbCdEf123",
        "别信 https://sub.evil.example/x",
        "我想找份兼职，日结也行，我的微信 abc12345",
        "Someone added me on whatsapp +44 7700 900123 and offered daily pay",
        "Scam: telegram fast_cash99, guaranteed profits",
        "Это мошенники: пишите @rabota_fast, подработка, доход от 100$ в день",
        // Employers, shops and papers have sites and channels.
        "The publisher is hiring editors, salary 30k a year, apply at penguin.co.uk",
        "出版社招聘编辑，高薪，投简历到 penguin.com",
        "Work from home tips: save money, get a better salary https://blog.example/post",
        "Profits earned by investment banks rose, read bbc.co.uk/news",
        "这个频道讲兼职避坑 t.me/some_channel",
        "警方通报跑分洗钱案 https://news.site.xyz/1",
        "I am earning less per day than the hiring manager, see news.com/a",
        // Commands.
        "/report @rich_boss99 兼职日结",
        "/ban @user_17",
    ] {
        let verdict = judge(&said(text), &newcomer(), &settings());
        assert!(verdict.class <= Class::Suspect, "{text}: {:?}", verdict.reasons);
    }
}

#[test]
fn talk_among_members_does_not_even_reach_the_staff() {
    for text in [
        "加我一个",
        "微信支付坏了",
        "私聊我发你文件",
        "QQ群里说过了",
        "我加了20块",
        "https://github.com/rust-lang/rust",
        "https://www.bilibili.com/video/BV1xx411c7mD",
        "https://blog.example/post",
        "餐厅订位电话 13800138000",
        "晚饭人均120，加酒水一共580",
        "contact me if you need notes",
        "谢谢 @alice 的分享",
        "群规：禁止发兼职广告",
        "我想找份兼职",
        "看 t.me/durov/43",
        "我的微信号 xiaohua_88，方便联系",
        "出售二手书",
        "今天想躺赚，不想上班",
        "梦想就是躺赚哈哈哈",
        "/ban @user_17",
        "公司在招聘，待遇好",
    ] {
        for sender in [member(), established()] {
            let verdict = judge(&said(text), &sender, &settings());
            assert_eq!(verdict.class, Class::Clean, "{text}: {:?}", verdict.reasons);
        }
    }
}

#[test]
fn weak_signs_go_to_the_staff_of_newcomers_only() {
    for text in ["看看 https://blog.example/post", "频道 t.me/some_channel", "微信 abc_12345 交个朋友", "卖片，私聊"]
    {
        assert_eq!(class(&said(text), newcomer()), Class::Suspect, "{text}");
        assert_eq!(class(&said(text), established()), Class::Clean, "{text}");
    }
    assert_eq!(class(&said("有人拼单吗"), established()), Class::Suspect, "the community's own word");
    let forward =
        Message { forward: Some(Forward::Channel(channel("news"))), ..said("头条 https://news.site.xyz/1") };
    assert_eq!(class(&forward, newcomer()), Class::Suspect);
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
            judged(Settings { links_from_newcomers: action, ..Settings::default() }, site),
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
fn severe_words_count_whoever_says_them_with_a_way_to_be_reached() {
    for sender in [newcomer(), established(), SenderFacts { trusted: true, ..established() }] {
        for text in [
            "出 售 枪\u{200b}支，微信 zhuan8866",
            "出售枪支 t.me/gun_shop",
            "出售枪支，联系 @gun_shop",
            "出售枪支，量大从优，电话 13800138000",
        ] {
            assert_eq!(class(&said(text), sender), Class::Severe, "{text}");
        }
        for text in [
            "出售枪支",
            "出售枪支是犯罪",
            "出售枪支、博彩、洗钱都要坐牢",
            "小说里的老板出售枪支",
            "培训讲出售枪支案，报名电话 13800138000",
            "出售枪支案开庭 https://news.site.xyz/1",
            "谢谢 @alice 讲出售枪支案",
            "有人出售枪支，微信 zhuan8866，已举报",
        ] {
            assert_eq!(class(&said(text), sender), Class::Suspect, "{text}");
        }
    }
}

#[test]
fn the_examples_put_nobody_out_for_a_word() {
    for (file, ads, talk) in [
        (
            include_str!("../../config/communities/moms.toml"),
            &["专业代开发票，加微信 fapiao_668", "裸聊加QQ 20481234567", "刷单返利，轻松上手"][..],
            &[
                "新手机跑分好高！",
                "跑分 app 推荐哪个",
                "孩子体检要跑分，安兔兔跑分12万",
                "推荐一本书《代开发票的那些事》",
                "我们财务部今天培训：识别代开发票、虚开发票",
                "裸聊诈骗的片子看了吗",
                "今天想躺赚，不想上班",
                "梦想就是躺赚哈哈哈",
                "免费领粉？什么意思",
                "刷单返利都是骗人的",
            ][..],
        ),
        (
            include_str!("../../config/communities/book-club.toml"),
            &["Crypto giveaway! Telegram: fast_cash99"][..],
            &[
                "The heroine runs an escort service in chapter 9",
                "The publisher is hiring editors, salary 30k a year, apply at penguin.co.uk",
                "A crypto giveaway is how the villain gets rich",
            ][..],
        ),
    ] {
        let file: toml::Table = toml::from_str(file).expect("the example is TOML");
        let settings: Settings = file["strikes"]["judge"].clone().try_into().expect("the example has a judge");
        let settings = Compiled::new(&settings, &[]);
        for text in ads {
            assert!(judge(&said(text), &newcomer(), &settings).class >= Class::Ad, "{text}");
        }
        for text in talk {
            let verdict = judge(&said(text), &newcomer(), &settings);
            assert!(verdict.class <= Class::Suspect, "{text}: {:?}", verdict.reasons);
        }
    }
}

#[test]
fn a_channel_may_say_one_odd_thing() {
    let channel = SenderFacts { is_channel: true, ..SenderFacts::default() };
    for text in ["请看 @user_17", "餐厅订位电话 13800138000", "今天赚了", "大家好"] {
        assert_eq!(class(&said(text), channel), Class::Clean, "{text}");
    }
    assert_eq!(class(&said("招代理，13800138000"), channel), Class::Ad);
    assert_eq!(class(&said("招代理，13800138000"), newcomer()), Class::Suspect);
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
    assert!((verdict.score - verdict.reasons.iter().map(|reason| reason.weight).sum::<f64>()).abs() < 1e-9);
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

/// Pieces of ads, of talk and of tricks in any order.
fn writing() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "兼职",
            "日结",
            "加微信 zhuan8866",
            "t.me/+AbCdEf123",
            "t點me/",
            "@rich_boss99",
            "https://evil.example",
            "13800138000",
            " ",
            "\n",
            "\u{200b}",
            "一二三四五六",
            "骗子",
            "？",
            "你好",
            "earn ",
            "доход от ",
            "🅥",
            "v",
            "加",
            "a b c d e f",
            "。",
            "包你发财",
            "看片",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn entities() -> impl Strategy<Value = Vec<Entity>> {
    let kind = proptest::sample::select(vec!["url", "text_link", "mention", "spoiler"]);
    let url = proptest::option::of(prop_oneof![any::<String>(), Just("https://t.me/+AbCdEf123".to_owned())]);
    let entity = (kind, 0..60_usize, 0..60_usize, url);
    let entity =
        entity.prop_map(|(kind, offset, length, url)| Entity { kind: kind.into(), offset, length, url, user: None });
    proptest::collection::vec(entity, 0..4)
}

proptest! {
    #[test]
    fn no_message_is_too_strange(text in writing(), entities in entities(), extra in proptest::collection::vec(any::<String>(), 0..3)) {
        let message = Message { text, entities, extra, ..Message::default() };
        let verdict = judge(&message, &newcomer(), &settings());
        prop_assert!(verdict.reasons.iter().all(|reason| reason.evidence.chars().count() <= 80));
        prop_assert_eq!(&verdict, &judge(&message, &newcomer(), &settings()));
    }

    #[test]
    fn staff_and_trusted_are_never_struck_but_for_severe_words(text in writing(), entities in entities()) {
        let message = Message { text, entities, ..Message::default() };
        let trusted = judge(&message, &SenderFacts { trusted: true, ..newcomer() }, &settings());
        prop_assert!(trusted.class <= Class::Suspect || trusted.reasons.iter().any(|r| r.rule == Rule::SevereWord));
        prop_assert_eq!(judge(&message, &SenderFacts { staff: true, ..newcomer() }, &settings()).class, Class::Clean);
    }

    #[test]
    fn an_allowed_link_never_makes_it_worse(text in writing(), link in proptest::sample::select(vec![
        "https://github.com/a/b", "t.me/our_group", "https://t.me/+OurInvite1", "youtube.com/watch?v=1", "https://docs.qq.com/13800138000",
    ])) {
        let plain = said(&text);
        let linked = said(&format!("{text}\n{link}"));
        let marked = over(linked.clone(), "url", link, None);
        let mut hidden = plain.clone();
        let length = text.encode_utf16().count();
        hidden.entities.push(Entity { kind: "text_link".into(), offset: 0, length, url: Some(link.to_owned()), user: None });
        let before = class(&plain, newcomer());
        for message in [linked, marked, hidden] {
            prop_assert!(class(&message, newcomer()) <= before, "{:?}", message);
        }
    }

    #[test]
    fn a_longer_standing_never_makes_it_worse(text in writing()) {
        let message = said(&text);
        let classes = [newcomer(), member(), established(), SenderFacts { trusted: true, ..established() }]
            .map(|sender| class(&message, sender));
        prop_assert!(classes.is_sorted_by(|a, b| a >= b), "{:?}", classes);
    }
}
