//! Who else wrote much the same.

use proptest::prelude::*;

use super::*;
use crate::judge::alike::{Alike, Signs, is_telling, lifted};

/// Shown to the staff for its wording; it says whom to turn to.
const LURE: &str = "需要办理信用卡提额的可以联系我，无前期费用";
/// Clean, with a contact.
const INTRO: &str = "大家好，我是新来的小玲，住在浦东，平时喜欢读书，加我微信 lingling_2026 一起读";

const NONE: Alike = Alike { accounts: 1, groups: 1, over: Span::minutes(20), removed: None };
const THREE: Alike = Alike { accounts: 3, ..NONE };
const TWO_GROUPS: Alike = Alike { groups: 2, ..NONE };
const THREE_GROUPS: Alike = Alike { groups: 3, ..NONE };
const REMOVED: Alike = Alike { accounts: 2, removed: Some(Span::minutes(5)), ..NONE };

fn judged(text: &str, sender: SenderFacts, alike: Alike) -> Verdict {
    judge_in(&said(text), &sender, &settings(), &Context { local: None, alike: Some(alike) })
}

fn rules(verdict: &Verdict) -> Vec<Rule> {
    verdict.reasons.iter().filter(|reason| reason.alike.is_some()).map(|reason| reason.rule).collect()
}

#[test]
fn copies_lift_by_one_class_what_may_be_an_ad() {
    for (text, alike, expected, reasons) in [
        (LURE, NONE, Class::Suspect, &[][..]),
        (LURE, Alike { accounts: 2, ..NONE }, Class::Suspect, &[]),
        (LURE, THREE, Class::Ad, &[Rule::Alike]),
        (LURE, TWO_GROUPS, Class::Suspect, &[Rule::Alike]),
        (LURE, THREE_GROUPS, Class::Ad, &[Rule::Alike]),
        (LURE, REMOVED, Class::Ad, &[Rule::LikeRemoved]),
        (INTRO, NONE, Class::Clean, &[]),
        (INTRO, Alike { accounts: 2, ..NONE }, Class::Clean, &[]),
        (INTRO, THREE, Class::Suspect, &[Rule::Alike]),
        (INTRO, TWO_GROUPS, Class::Suspect, &[Rule::Alike]),
        (INTRO, Alike { accounts: 50, groups: 9, ..REMOVED }, Class::Suspect, &[Rule::Alike, Rule::LikeRemoved]),
        (INTRO, REMOVED, Class::Suspect, &[Rule::LikeRemoved]),
    ] {
        let verdict = judged(text, newcomer(), alike);
        assert_eq!((verdict.class, &rules(&verdict)[..]), (expected, reasons), "{text}, {alike:?}");
    }
}

#[test]
fn a_chorus_of_the_innocent_is_nothing() {
    let everywhere = Alike { accounts: 50, groups: 9, ..NONE };
    for text in [
        "生日快乐！祝小美姐越来越漂亮，事事顺心",
        "祝大家新年快乐，万事如意，身体健康，财源滚滚来",
        "收到，谢谢群主，明天一定准时参加读书会",
        "今晚打卡第十二天，读了三十页《活着》，继续加油",
        "让我们荡起双桨，小船儿推开波浪，水面倒映着美丽的白塔",
        "中国女排夺冠了，新闻在这里 https://news.example/a/12345",
        "这篇写得真好，推荐大家都看看 https://mp.weixin.qq.com/s/abc",
        "本群规则：禁止广告，禁止刷屏，违者警告三次移出",
        "我选第二个，因为周末大家都有空，带孩子也方便",
        "Happy birthday dear Anna, may all of your wishes come true this year",
        "С днём рождения, Аня, желаем счастья, здоровья и хороших книг",
        "小心！有人冒充管理员发这个：需要办理信用卡提额的可以联系我，无前期费用",
    ] {
        let alone = judge(&said(text), &newcomer(), &settings());
        assert_eq!(judged(text, newcomer(), everywhere), alone, "{text}");
        assert!(alone.class < Class::Ad, "{text}");
    }
}

#[test]
fn short_texts_never_count() {
    let everywhere = Alike { accounts: 50, groups: 9, ..REMOVED };
    for text in ["加我微信 boss_9527", "+1", "收到", "收到，谢谢", "vx boss_9527 聊聊", "dm @made_up_boss"]
    {
        assert_eq!(judged(text, newcomer(), everywhere), judge(&said(text), &newcomer(), &settings()), "{text}");
    }
}

#[test]
fn only_newcomers_who_have_hardly_talked_are_held_to_it() {
    let everywhere = Alike { accounts: 50, groups: 9, ..REMOVED };
    let talkative = SenderFacts { messages: 10, ..newcomer() };
    let (staff, trusted) = (SenderFacts { staff: true, ..newcomer() }, SenderFacts { trusted: true, ..newcomer() });
    for sender in [member(), established(), talkative, staff, trusted] {
        for text in [LURE, INTRO] {
            assert_eq!(judged(text, sender, everywhere), judge(&said(text), &sender, &settings()), "{text}");
        }
    }
}

#[test]
fn how_many_accounts_it_takes_is_the_communitys_to_say() {
    let mut settings = Settings::default();
    settings.alike.accounts = 5;
    let settings = Compiled::new(&settings, &[]);
    for (accounts, expected) in [(4, Class::Suspect), (5, Class::Ad)] {
        let context = Context { local: None, alike: Some(Alike { accounts, ..NONE }) };
        assert_eq!(judge_in(&said(LURE), &newcomer(), &settings, &context).class, expected, "{accounts}");
    }
}

#[test]
fn what_is_an_ad_by_itself_shows_its_copies_and_stays_what_it_is() {
    let verdict = judged("招兼职日结三百，在家就能做，加微信 abcd123456", newcomer(), THREE);
    assert_eq!((verdict.class, rules(&verdict)), (Class::Ad, vec![Rule::Alike]));
    let severe = judged("专业出售枪支，量大从优，加微信 zhuan8866 详聊", newcomer(), THREE);
    assert_eq!(severe.class, Class::Severe);
}

#[test]
fn what_tells_nothing_is_not_noted() {
    let tells = |text: &str| is_telling(&judge(&said(text), &newcomer(), &settings()));
    for text in [LURE, INTRO, "https://made-up-site.example/a"] {
        assert!(tells(text), "{text}");
    }
    for text in ["生日快乐！祝小美姐越来越漂亮，事事顺心", "小心！有人加我微信 abc12345 说兼职日结", "打卡"]
    {
        assert!(!tells(text), "{text}");
    }
}

fn class_of(number: usize) -> Class {
    [Class::Clean, Class::Suspect, Class::Ad, Class::Severe][number]
}

fn alikes() -> impl Strategy<Value = Alike> {
    (1..30_usize, 1..6_usize, proptest::option::of(0..90_i64)).prop_map(|(accounts, groups, removed)| Alike {
        accounts,
        groups,
        over: Span::minutes(20),
        removed: removed.map(Span::minutes),
    })
}

proptest! {
    #[test]
    fn copies_never_lessen_and_lift_by_one_class_at_most(
        number in 0..4_usize, pitch in any::<bool>(), address in any::<bool>(), worded in any::<bool>(),
        alike in alikes(), more in 0..9_usize, accounts in 3..20_usize,
    ) {
        let (class, signs) = (class_of(number), Signs { pitch, address, worded });
        let found = lifted(class, signs, &alike, accounts);
        prop_assert!(found >= class && found as usize <= number + 1);
        prop_assert!(found < Class::Ad || class >= Class::Ad || worded && address, "copies alone never strike");
        let copied = Alike { accounts: alike.accounts + more, groups: alike.groups + more, ..alike };
        prop_assert!(lifted(class, signs, &copied, accounts) >= found);
        prop_assert!(lifted(class, signs, &alike, accounts + 1) <= found);
    }

    #[test]
    fn more_copies_never_lessen_the_score(alike in alikes(), more in 0..9_usize, text in proptest::sample::select(vec![
        LURE, INTRO, "生日快乐！祝小美姐越来越漂亮，事事顺心", "招兼职日结三百，在家就能做，加微信 abcd123456",
        "Earn five hundred dollars a day from your sofa, message @made_up_boss now",
    ])) {
        let copied = Alike { accounts: alike.accounts + more, groups: alike.groups + more, ..alike };
        let (alone, one, two) = (judge(&said(text), &newcomer(), &settings()), judged(text, newcomer(), alike), judged(text, newcomer(), copied));
        prop_assert!(alone.score <= one.score && one.score <= two.score);
        prop_assert!(alone.class <= one.class && one.class <= two.class);
    }
}
