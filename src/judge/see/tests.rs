//! Disguises with what they read as, and innocent writing that looks like them.

mod lists;
mod properties;

use super::*;

fn read(text: &str) -> String {
    Seen::read(text).text
}

/// Each is read as what is meant.
fn reads_as(pairs: &[(&str, &str)]) {
    let wrong: Vec<_> = pairs
        .iter()
        .map(|(written, meant)| (*written, read(written), *meant))
        .filter(|(_, read, meant)| read != meant)
        .collect();
    assert!(wrong.is_empty(), "written, read, meant: {wrong:#?}");
}

/// Each is read as it stands, and nothing is thought of it.
fn stays(texts: &[&str]) {
    let wrong: Vec<_> = texts
        .iter()
        .map(|text| Seen::read(text))
        .filter(|seen| seen.text != seen.source || seen.tricks != Tricks::default())
        .collect();
    assert!(
        wrong.is_empty(),
        "{:#?}",
        wrong.iter().map(|seen| (seen.source, &seen.text, seen.tricks)).collect::<Vec<_>>()
    );
}

#[test]
fn what_is_invisible_is_dropped() {
    reads_as(&[
        ("加\u{200b}微\u{2060}信", "加微信"),
        ("加\u{feff}微\u{00ad}信", "加微信"),
        ("加\u{3164}微\u{2800}信", "加微信"),
        ("加\u{e0041}微\u{fe0f}信", "加微信"),
        ("te\u{200d}le\u{200c}gram", "telegram"),
    ]);
    for written in ["加微\u{200b}信", "bon\u{2063}us", "日\u{3164}结"] {
        assert!(Seen::read(written).tricks.hidden, "{written}");
    }
    for written in
        ["\u{feff}你好", "👨\u{200d}👩\u{200d}👧", "می\u{200c}خواهم", "क्\u{200d}ष", "好\u{200b} 的", "☎\u{fe0f}"]
    {
        assert!(!Seen::read(written).tricks.hidden, "{written}");
    }
}

#[test]
fn marks_upon_letters_are_dropped() {
    reads_as(&[
        ("z\u{336}h\u{336}i", "zhi"),
        ("兼\u{334}职\u{20d2}", "兼职"),
        ("1️⃣3️⃣8️⃣", "138"),
        ("fr\u{301}ee", "free"),
        ("Café", "cafe"),
        // A letter of its own, in one piece or in two.
        ("Мой и\u{306}од", "мой йод"),
        ("か\u{3099}ん", "がん"),
    ]);
    for written in ["café", "naïve", "Мой", "が", "ё"] {
        assert_eq!(Seen::read(written).tricks, Tricks::default(), "{written}");
    }
}

#[test]
fn letters_turned_round_are_turned_back() {
    reads_as(&[
        ("\u{202e}信微加\u{202c} abc", "加微信 abc"),
        ("好\u{202e}123marg", "好gram321"),
        ("\u{202e}信微\n好", "微信\n好"),
        ("\u{202a}hello\u{202c}", "hello"),
        ("\u{2067}שלום\u{2069}", "שלום"),
    ]);
    let seen = Seen::read("你\u{202e}信微加\u{202c}好");
    assert!(seen.tricks.hidden);
    let at = seen.text.find("微").expect("it reads so");
    assert_eq!(seen.written(at..at + 3), "信微加");
    assert!(!Seen::read("\u{200f}שלום\u{202c} \u{202a}hello\u{202c}").tricks.hidden);
}

#[test]
fn letters_in_fancy_dress_are_plain() {
    reads_as(&[
        ("Ｖ：ｚｈｕａｎ８８", "v:zhuan88"),
        ("𝐭𝐞𝐥𝐞𝐠𝐫𝐚𝐦 𝓯𝓻𝓮𝓮 𝕍𝕏", "telegram free vx"),
        ("🅥🅧 ①②③", "vx 123"),
        ("ⓦⓔⓒⓗⓐⓣ", "wechat"),
        ("🄵🅁🄴🄴", "free"),
        ("ꜰʀᴇᴇ", "free"),
        ("⒈⒉⒊", "123"),
        ("㊗你", "祝你"),
        ("➊➋➌", "123"),
        ("ⅴⅹ", "vx"),
    ]);
    for written in ["🅥🅧 abc", "𝓯𝓻𝓮𝓮", "🄵🅁"] {
        assert!(Seen::read(written).tricks.dressed, "{written}");
    }
    for written in ["① 第一条 ② 第二条", "№ 5", "™", "ﬁne", "Ａ股", "x² + y²", "Ⅱ期", "℃", "㎡", "🅰️型血"]
    {
        assert!(!Seen::read(written).tricks.dressed, "{written}");
    }
}

#[test]
fn emoji_that_stand_for_words_are_read() {
    reads_as(&[
        ("Ｖ❤️Ｘ", "v❤x"),
        ("聊➕🐧12345", "聊加qq12345"),
        ("➕微", "加微"),
        ("✈️群", "飞机群"),
        ("加薇❤\u{fe0f}信", "加微信"),
        ("🇻🇽", "vx"),
        ("🇼🇪🇨🇭🇦🇹", "wechat"),
        ("🇻 🇽", "v x"),
    ]);
    // Flags are pictures.
    stays(&["🇨🇳", "🇩🇪🇺🇦немецкая", "🇬🇧 english", "我❤u", "1+1=2", "😂😂"]);
}

#[test]
fn letters_of_another_script_are_put_right() {
    reads_as(&[
        ("telеgrаm", "telegram"),
        ("ΤELEGRΑM", "telegram"),
        ("ѕаlе", "sale"),
        ("рaбoтa", "работа"),
        ("П0дрaб0ткa", "подработка"),
        ("поuск пapтнepoв", "поиск партнеров"),
        ("всe работа", "все работа"),
        ("сash and carry", "cash and carry"),
    ]);
    for written in ["telеgrаm", "рaбoтa", "casinо"] {
        assert!(Seen::read(written).tricks.mixed, "{written}");
    }
    stays(&[
        "macbook и москва",
        "5 μm",
        "10 kω",
        "μmol",
        "δt = 3",
        "α и β",
        "с 5 до 7",
        "я в it с 2020",
        "3d-принтер",
        "百度и谷歌",
    ]);
}

#[test]
fn words_spelled_out_are_joined() {
    reads_as(&[
        ("加 微 信", "加微信"),
        ("加*微·信", "加微信"),
        ("兼.职.日.结", "兼职日结"),
        ("兼❤职😊日🌹结", "兼职日结"),
        ("t . m e / a b c d", "t.me/abcd"),
        ("b o n u s", "bonus"),
        ("b-o-n-u-s now", "bonus now"),
        ("2 0 4 8 1 2 3", "2048123"),
        ("𝐛 𝐨 𝐧 𝐮 𝐬", "bonus"),
    ]);
    for text in [
        "i am a b",
        "a b c d",
        "1,2,3,4,5,6,7,8,9",
        "so . . . . . u r here",
        "{ . . } ( ^ ^ )",
        "1.2.3",
        "2024-01-02",
        "选 a,b,c,d",
        "well-to-do",
        "什么,好吧。行,可以!",
    ] {
        assert_eq!((read(text).as_str(), Seen::read(text).tricks.spelled), (text, false), "{text}");
    }
}

#[test]
fn traditional_characters_are_simplified() {
    reads_as(&[
        ("聯繫電報", "联系电报"),
        ("t點me", "t点me"),
        ("兼職日結", "兼职日结"),
        ("加微信羣", "加微信群"),
        ("賺錢", "赚钱"),
    ]);
    stays(&["显著", "头发和发财", "里面", "干净"]);
    assert_eq!(Seen::read("繁體中文也是中文").tricks, Tricks::default());
}

#[test]
fn characters_taken_apart_are_put_together() {
    reads_as(&[
        ("力口我微亻言", "加我微信"),
        ("兼耳只日纟吉", "兼职日结"),
        ("进君羊", "进群"),
        ("亻弋王里费", "代理费"),
        ("亻弋 理", "代理"),
        ("贝者博", "赌博"),
        ("扌戈我私耳卯", "找我私聊"),
        ("米青准米分丝", "精准粉丝"),
        ("免弗贝领", "免费领"),
        ("飞木几群", "飞机群"),
        ("月兑衣", "脱衣"),
    ]);
    assert!(Seen::read("力口我").tricks.split);
    stays(&[
        "女子和日月",
        "一个月半",
        "七月半",
        "每个月要交",
        "本月兑换",
        "三月长沙",
        "发言人说",
        "代言人",
        "矢口否认",
        "巧克力口味",
        "实力口碑",
        "压力口罩",
        "美女马上到",
        "少女未来",
        "今日召开",
        "节日免费",
        "节日央视",
        "客户方便吗",
        "账户方式",
        "满足各种",
        "不足包赔",
        "表示申请",
        "北京尤其冷",
        "出口合同",
        "路口马上到",
        "汉口那边",
        "一家三口每天",
        "你家门口约见",
        "水土不服",
        "很不正经",
        "项目青年",
        "停车专用",
        "宝贝兼职妈妈",
        "宝贝才三岁",
        "宝贝者",
        "分贝",
        "厘米分隔",
        "玉米青菜",
        "用户口令",
        "指令页面",
        "看完了左耳又看",
        "语言正确",
        "预言兑现",
        "积木木块",
        "他又欠钱",
        "加工页目录",
    ]);
}

#[test]
fn words_by_sound_are_undone() {
    reads_as(&[
        ("薇信", "微信"),
        ("V信：abc", "微信:abc"),
        ("伽徽123", "加微123"),
        ("➕V聊", "加v聊"),
        ("聊,+V abc123", "聊,加v abc123"),
        ("聊，+Vabc123", "聊,加vabc123"),
        ("聊,+q2048123", "聊,加q2048123"),
        ("茄我", "加我"),
        ("扣扣", "qq"),
        ("进裙", "进群"),
        ("灰机", "飞机"),
        ("看煮页", "看主页"),
        ("买篇", "买片"),
        ("项慕", "项目"),
        ("免废", "免费"),
        ("赚米", "赚钱"),
        ("拥金", "佣金"),
        ("引硫", "引流"),
        ("跑份", "跑分"),
        ("徽亻言", "微信"),
    ]);
    assert!(Seen::read("加薇").tricks.masked);
    stays(&[
        "安徽信息港",
        "参加薇娅直播",
        "运维信息",
        "微芯片",
        "大咖微博",
        "番茄我爱吃",
        "瑜伽我练过",
        "最佳我选他",
        "不好意思我来晚了",
        "几十微米",
        "一条十微克",
        "公司信息",
        "公司聊天",
        "没意思聊天",
        "粉丝聊天",
        "俄罗斯信件",
        "经典报道",
        "门店报名",
        "闪电暴雨",
        "现代款式",
        "吊带款",
        "头发飘逸",
        "打开漂流瓶",
        "没办法票卖完了",
        "公开互动",
        "稳定受益",
        "使用金属",
        "博采众长",
        "收意见",
        "时代里的人",
        "真相目前不明",
        "顺带理发",
        "避免费用",
        "供应链系统",
        "互连系统",
        "扫马路",
        "你扫吗",
        "平视视平线",
        "天色晴朗",
        "知名子公司",
        "约跑友一起",
        "约泡温泉",
        "假日节目",
        "每日洁面",
        "新建职工宿舍",
        "左兼耳鼻喉科",
        "电视屏看久了",
        "极简界面",
        "龙头象征",
        "水煮也好吃",
        "公主液压",
        "塞进裙子里",
        "连衣裙号码",
        "单排扣裙",
        "折扣群",
        "刚看篇文章",
        "买篇论文",
        "抠抠搜搜",
        "扣扣搜搜",
        "企鹅号召大家",
        "ctrl+v",
        "ctrl+c,ctrl+v就行",
        "续费+vip",
        "tv信号差",
        "支付宝+微信都行",
        "罗莉老师",
        "李佳薇唱歌",
        "峮峮来了",
        "加拿大加俄罗斯",
        "快加喔",
        "绑架我",
    ]);
}

#[test]
fn long_numbers_in_words_become_digits() {
    reads_as(&[
        ("五二零一三一四", "5201314"),
        ("三三零六二七二七九五", "3306272795"),
        ("②⓪④⑧①②③④⑤", "204812345"),
        ("壹叁捌零零壹叁", "1380013"),
        ("13八零零138零零零", "13800138000"),
        ("138oo138", "138oo138"),
        ("1o8o0", "10800"),
    ]);
    assert!(Seen::read("加五二零一三一四").tricks.numeral);
    stays(&[
        "三四个人",
        "二零二六年",
        "5000一个",
        "跟1615726686一样",
        "3550一带",
        "8049951洞天",
        "一一一一一一",
        "九九归一",
        "一二三四",
        "三三两两",
        "一五一十",
        "10086一直打不通",
    ]);
}

#[test]
fn letters_put_by_digits_are_put_back_in_a_few_words() {
    reads_as(&[
        ("fr33 m0ney", "free money"),
        ("B0NUS!", "bonus!"),
        ("c4$h pr1ze", "cash prize"),
        ("t3l3gr4m", "telegram"),
        ("(cr7pt0) cryp70", "(cr7pt0) crypto"),
    ]);
    stays(&[
        "win10",
        "h3 标题",
        "mp4",
        "i5-1240p",
        "b2b and b2c",
        "@fr33_m0ney",
        "fr33.example",
        "example.com/fr33",
        "user-fr33",
        "x=fr33",
        "e10adc39",
        "3d model",
        "k8s",
        "w3c",
        "1st",
        "$100",
        "m0ney_box",
    ]);
}

#[test]
fn disguise_is_told_from_ordinary_writing() {
    for written in ["加微\u{200b}信", "🅥🅧 abc", "telеgrаm"] {
        assert!(Seen::read(written).tricks.is_disguise(), "{written}");
    }
    for written in ["\u{feff}你好", "👨\u{200d}👩\u{200d}👧", "می\u{200c}خواهم", "① 第一条", "Москва MacBook", "薇信"]
    {
        assert!(!Seen::read(written).tricks.is_disguise(), "{written}");
    }
}

#[test]
fn one_disguise_hides_another() {
    reads_as(&[
        ("力 口 徽 亻 言", "加微信"),
        ("𝐭е\u{200b}lеgr𝐚m", "telegram"),
        ("薇\u{200b}❤", "微信"),
        ("扣*扣 贰零肆捌一二三", "qq2048123"),
        ("\u{202e}亻言徽\u{202c}", "徽言亻"),
    ]);
}

#[test]
fn evidence_shows_what_was_written() {
    let seen = Seen::read("你好 加 \u{200b}微 信！");
    let at = seen.text.find("加微信").expect("it reads so");
    assert_eq!(seen.excerpt(at..at + "加微信".len()), "加 \u{200b}微 信");
    let seen = Seen::read("快徽亻言吧");
    let at = seen.text.find("微信").expect("it reads so");
    assert_eq!(seen.excerpt(at..at + "微信".len()), "徽亻言");
    assert_eq!(excerpt(&"字".repeat(81)).chars().count(), 80);
}

#[test]
fn units_count_characters_and_words() {
    for (text, units) in [("看片加我", 4), ("hello big world", 3), ("加 abc123 吧", 3), ("!?", 0)] {
        assert_eq!(Seen::read(text).units(), units, "{text}");
    }
}
