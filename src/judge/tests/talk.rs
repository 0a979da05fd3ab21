//! Talk that must not be taken for ads.

use super::*;

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
        "兼职的事可以咨询 @alice",
        "兼职的详情 @alice 说过",
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
fn numbers_are_no_contacts_by_themselves() {
    for text in [
        "我的 WhatsApp 坏了",
        "My WhatsApp is broken, can somebody help?",
        "WhatsApp me when you are there",
        "WhatsApp shows +1 unread since 2026-11-30 09:00",
        "微信 2026-11-30 09:00 开始维护",
        "活动时间：2026-11-30 09:00 到 2026-12-02 18:00",
        "2026-11-30 0900 集合",
        "订单号 20261130000123456",
        "快递单号 7734567890123 到哪了",
        "order no. 112-3456789-0123456 has not arrived",
        "isbn 978-7-111-54742-6 这本书不错",
        "ISBN 9787111547426",
        "这件 (2026) 12000-15000 元",
        "The flat costs $1,200,000 (1200000), too much for me",
        "I sell flowers at the market on Sundays",
        "包你",
        "发财",
        "better pills",
    ] {
        let verdict = judge(&said(text), &newcomer(), &settings());
        assert_eq!(verdict.class, Class::Clean, "{text}: {:?}", verdict.reasons);
    }
}

#[test]
fn selling_with_a_way_to_be_reached_goes_before_the_staff() {
    for text in [
        "Hi all, I sell used phones, WhatsApp me +44 7700 900123",
        "We're selling our pram, WhatsApp us on +44 7700 900123",
        "出售二手书，微信 zhuan8866",
    ] {
        for sender in [newcomer(), member()] {
            assert_eq!(class(&said(text), sender), Class::Suspect, "{text}");
        }
    }
}

#[test]
fn the_communitys_own_word_is_no_ad_in_a_warning_or_a_question() {
    for text in ["包你发财？", "别信包你发财", "包你发财是骗子", "谁说包你发财的，已举报", "群规：禁止发包你发财"]
    {
        assert!(class(&said(text), newcomer()) <= Class::Suspect, "{text}");
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
    for text in ["https://blog.example/post", "频道 t.me/some_channel"] {
        assert_eq!(class(&said(text), newcomer()), Class::Suspect, "{text}");
        assert_eq!(class(&said(text), established()), Class::Clean, "{text}");
    }
    assert_eq!(class(&said("有人拼单吗"), established()), Class::Suspect, "the community's own word");
    let forward =
        Message { forward: Some(Forward::Channel(channel("news"))), ..said("头条 https://news.site.xyz/1") };
    assert_eq!(class(&forward, newcomer()), Class::Suspect);
}

#[test]
fn a_channel_may_say_one_odd_thing() {
    let channel = SenderFacts { is_channel: true, ..SenderFacts::default() };
    for text in ["请看 @user_17", "餐厅订位电话 13800138000", "今天赚了", "大家好"] {
        assert_eq!(class(&said(text), channel), Class::Clean, "{text}");
    }
    assert_eq!(class(&said("招代理，13800138000"), channel), Class::Ad);
}
