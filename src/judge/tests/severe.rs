//! The community's own words: who is put out for them and who is not.

use super::*;

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
            include_str!("../../../config/communities/moms.toml"),
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
            include_str!("../../../config/communities/book-club.toml"),
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
