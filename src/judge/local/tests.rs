use proptest::prelude::*;

use super::*;
use crate::judge::{Class, Context, Rule, SenderFacts, Settings, Verdict, judge_in};
use crate::model::Span;

/// Trade slang no model knows as ads by itself.
const SLANG: [&str; 6] = [
    "收旧相机镜头闪光灯，成色好坏都收，同城面交",
    "收旧相机机身镜头，坏的也收，同城可面交",
    "长期收旧镜头闪光灯，成色不限都收",
    "旧相机机身都收，成色好坏不限，同城面交",
    "闪光灯镜头长期收，坏的也收，面交",
    "收旧相机，镜头闪光灯打包都收，成色不限",
];
/// What nobody taught, in the same words.
const UNSEEN: &str = "旧相机镜头都收，坏的也收，成色不限，同城面交";
const TALK: [&str; 4] = [
    "周末去公园拍花，记得带上相机和镜头",
    "这台相机的闪光灯怎么调，新手求教",
    "今天的读书分享很有收获，谢谢大家",
    "同城的妈妈们周六一起遛娃吗",
];

fn ad(text: &str, teacher: i64) -> Example {
    Example { text: text.into(), is_ad: true, teacher }
}

fn ham(text: &str, teacher: i64) -> Example {
    Example { text: text.into(), is_ad: false, teacher }
}

fn fit(examples: &[Example]) -> Local {
    Local::fit(examples, &Compiled::new(&Settings::default(), &[]))
}

fn established() -> SenderFacts {
    SenderFacts { joined: Some(Span::days(300)), messages: 500, days_active: 100, ..SenderFacts::default() }
}

fn verdict(local: &Local, text: &str, sender: &SenderFacts) -> Verdict {
    let settings = Compiled::new(&Settings::default(), &[]);
    let message = Message { text: text.into(), sender: Sender::Person(User::default()), ..Message::default() };
    judge_in(&message, sender, &settings, &Context { local: Some(local), alike: None })
}

fn class(local: &Local, text: &str) -> Class {
    verdict(local, text, &SenderFacts::default()).class
}

/// What the shipped model says, what is added, and what without each teacher.
fn shifts(local: &Local, text: &str) -> (f64, f64, Vec<f64>) {
    let settings = Compiled::new(&Settings::default(), &[]);
    let point = Point::of(text, true, &settings, &Model::shipped()).expect("it is worded");
    (point.base, local.shift(&point.features), local.shifts_without(&point.features).collect())
}

/// The slang taught by these teachers in turn, with talk.
fn taught(teachers: &[i64]) -> Vec<Example> {
    let talk = TALK.iter().map(|text| ham(text, teachers[0]));
    talk.chain(SLANG.iter().zip(teachers.iter().cycle()).map(|(text, teacher)| ad(text, *teacher))).collect()
}

#[test]
fn one_teacher_moves_a_message_by_one_class_and_two_by_two() {
    assert_eq!(class(&Local::default(), UNSEEN), Class::Clean);
    assert_eq!(class(&fit(&taught(&[1])), UNSEEN), Class::Suspect);
    let both = fit(&taught(&[1, 2]));
    assert_eq!(class(&both, UNSEEN), Class::Ad, "{:?}", shifts(&both, UNSEEN));
    let talk = "这个镜头拍花真好看，同城约拍吗";
    assert_eq!(class(&fit(&taught(&[1, 2])), talk), Class::Clean);
}

#[test]
fn what_one_teacher_says_completes_what_is_suspicious_already() {
    let text = format!("{UNSEEN}，有意联系 @camera_example");
    assert_eq!(class(&Local::default(), &text), Class::Suspect);
    assert_eq!(class(&fit(&taught(&[1])), &text), Class::Ad);
}

#[test]
fn nobody_established_is_struck_for_what_was_taught() {
    let local = fit(&taught(&[1, 2, 3]));
    for text in [UNSEEN, SLANG[0]] {
        assert!(verdict(&local, text, &established()).class < Class::Ad, "{text}");
        let trusted = SenderFacts { trusted: true, ..established() };
        assert!(verdict(&local, text, &trusted).class < Class::Ad, "{text}");
    }
}

#[test]
fn the_words_that_weigh_are_named() {
    let found = verdict(&fit(&taught(&[1, 2])), UNSEEN, &SenderFacts::default());
    let reason = found.reasons.iter().find(|reason| reason.rule == Rule::Taught);
    let reason = reason.unwrap_or_else(|| panic!("{found:?}"));
    assert!(reason.weight > 0.0 && reason.evidence.contains('收'), "{reason:?}");
}

#[test]
fn a_copy_of_a_taught_ad_is_known_however_little_was_taught() {
    let copy = format!("{} 8 折", SLANG[0]);
    assert_eq!(class(&fit(&[ad(SLANG[0], 1)]), &copy), Class::Suspect);
    assert_eq!(class(&fit(&[ad(SLANG[0], 1), ad(SLANG[0], 2)]), &copy), Class::Ad, "two say so");
    assert_eq!(class(&fit(&[ad(SLANG[0], 1), ad(&format!("{}！", SLANG[0]), 2)]), &copy), Class::Ad);
    assert_eq!(class(&fit(&[ad(SLANG[0], 1), ad(SLANG[0], 1)]), &copy), Class::Suspect, "one says so twice");
    // The group's own event, called an ad by one of the staff, is still passed on without harm.
    let event = "周六下午读书分享会，讲讲旧相机，报名找 @camera_shop_77";
    assert!(class(&Local::default(), event) < Class::Ad);
    assert_eq!(class(&fit(&[ad(event, 1)]), event), Class::Suspect);
    assert_eq!(class(&fit(&[ad(event, 1), ad(event, 2)]), event), Class::Ad);
}

#[test]
fn who_teaches_anonymously_is_no_second_teacher() {
    let copy = format!("{} 8 折", SLANG[0]);
    for others in [vec![NOBODY], vec![NOBODY, NOBODY], vec![1, NOBODY]] {
        let examples: Vec<Example> = others.iter().map(|teacher| ad(SLANG[0], *teacher)).collect();
        assert_eq!(class(&fit(&examples), &copy), Class::Suspect, "{others:?}");
        assert!(class(&fit(&taught(&others)), UNSEEN) < Class::Ad, "{others:?}");
    }
    let examples = [1, NOBODY, 2].map(|teacher| ad(SLANG[0], teacher));
    assert_eq!(class(&fit(&examples), &copy), Class::Ad, "two named ones and another");
}

#[test]
fn lessons_are_for_the_model_that_is_judged_by() {
    let settings = Compiled::new(&Settings::default(), &[]);
    let local = Local::fit(&taught(&[1]), &settings);
    assert!(local.is_for(&settings) && local.is_for(&settings.clone()));
    let other = Model::read(&Model::shipped().write()).expect("what was written can be read");
    let other = settings.judging_by(Arc::new(other));
    assert!(!local.is_for(&other));
    assert!(Local::fit(&taught(&[1]), &other).is_for(&other));
}

#[test]
fn short_talk_is_nobodys_copy() {
    for text in ["早安", "打卡", "+1", "收到，谢谢", "恭喜恭喜"] {
        let local = fit(&[ad(text, 1)]);
        assert_eq!(local.copied(text), None, "{text}");
        assert!(class(&local, text) < Class::Ad, "{text}");
    }
}

#[test]
fn what_was_taught_as_innocent_is_not_struck_for_its_wording() {
    let text = "诚招合作伙伴，长期稳定，量大从优，有意详谈";
    assert_eq!(class(&Local::default(), text), Class::Ad, "the shipped model takes it for one");
    let one = class(&fit(&[ham(text, 1)]), text);
    let two = class(&fit(&[ham(text, 1), ham(&format!("{text}！"), 2)]), text);
    assert_eq!(one, Class::Suspect, "one teacher moves it by one class");
    assert!(two < Class::Ad);
}

#[test]
fn rules_are_not_silenced() {
    let invite = "优质资源进群 https://t.me/+AbCdEf123456";
    let local = fit(&[ham(invite, 1), ham(invite, 2), ham("优质资源快进群 https://t.me/+AbCdEf123456", 3)]);
    assert_eq!(class(&local, invite), Class::Ad);
}

#[test]
fn taking_a_lesson_back_restores_what_was() {
    let before = taught(&[1, 2]);
    let mut after = before.clone();
    after.push(ad("周末去公园拍花，记得带上相机", 9));
    let scores = |examples: &[Example]| -> Vec<u64> {
        let (local, model) = (fit(examples), Model::shipped());
        let settings = Compiled::new(&Settings::default(), &[]);
        let points = SLANG.iter().chain(&TALK).filter_map(|text| Point::of(text, true, &settings, &model));
        points.map(|point| local.shift(&point.features).to_bits()).collect()
    };
    let was = scores(&before);
    assert_ne!(scores(&after), was);
    after.pop();
    assert_eq!(scores(&after), was);
}

#[test]
fn of_the_same_text_the_newest_label_counts() {
    let mut examples = taught(&[1, 2]);
    examples.push(ham(SLANG[0], 1));
    assert!(class(&fit(&examples), SLANG[0]) < Class::Ad);
}

#[test]
fn many_false_labels_of_one_teacher_strike_nobody() {
    let greetings = [
        "大家早上好，新的一天加油",
        "今天的打卡完成了，大家也加油",
        "请问明天的分享几点开始呢",
        "谢谢群主的整理，收藏了慢慢看",
    ];
    let false_labels: Vec<Example> =
        (0..200).map(|n| ad(&format!("{}{}", greetings[n % 4], "啊".repeat(n / 4 + 1)), 7)).collect();
    let local = fit(&false_labels);
    for text in greetings {
        assert!(class(&local, text) < Class::Ad, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is taught, no message taught as innocent becomes an ad by it.
    #[test]
    fn no_innocent_example_becomes_an_ad(labels in proptest::collection::vec((0..10_usize, any::<bool>(), 0..4_i64), 1..40)) {
        let texts: Vec<&str> = SLANG.iter().chain(&TALK).copied().collect();
        let examples: Vec<Example> = labels
            .iter()
            .map(|(at, is_ad, teacher)| Example { text: texts[*at].into(), is_ad: *is_ad, teacher: *teacher })
            .collect();
        let local = fit(&examples);
        for example in newest(&examples).into_iter().filter(|example| !example.is_ad) {
            let before = class(&Local::default(), &example.text);
            prop_assert!(class(&local, &example.text) <= before.max(Class::Suspect), "{}", example.text);
        }
    }

    /// No message is moved further than the bound.
    #[test]
    fn no_shift_is_greater_than_the_bound(text in "\\PC{0,60}") {
        let mut examples = taught(&[1, 2]);
        examples.extend((0..30).map(|n| ad(&format!("{text} {n}"), 1)));
        let settings = Compiled::new(&Settings::default(), &[]);
        if let Some(point) = Point::of(&text, true, &settings, &Model::shipped()) {
            prop_assert!(fit(&examples).shift(&point.features).abs() <= BOUND);
        }
    }
}
