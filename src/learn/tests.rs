use super::*;
use crate::judge::{Compiled, Settings};

/// Adverts and talk made of parts, no two the same.
fn samples() -> Vec<Sample> {
    let settings = Compiled::without_model(&Settings::default());
    let (goods, places) =
        (["兼职日结", "代开发票", "低价引流", "稳赚项目", "资源包月"], ["加微信", "私聊我", "看主页", "进群"]);
    let (things, doings) = (["午饭", "电影", "作业", "孩子", "地铁"], ["吃了吗", "看了没", "写完了", "睡着啦"]);
    let pairs = |a: [&'static str; 5], b: [&'static str; 4]| {
        (0..60).map(move |n| format!("{}{}{}", a[n % 5], ["，", "！", " "][n % 3], b[n % 4])).collect::<Vec<_>>()
    };
    let line = |text: &String, label| serde_json::json!({ "text": text, "label": label }).to_string() + "\n";
    let ads: String = pairs(goods, places).iter().map(|text| line(text, "ad")).collect();
    let talk: String = pairs(things, doings).iter().map(|text| line(text, "ham")).collect();
    samples::read("made up", &format!("{ads}{talk}"), &settings).expect("rows of the right shape")
}

fn options() -> Options {
    let shares = |share| Shares([share; 3]);
    Options { runs: 500, hold: shares(0.2), act: shares(0.1), strict: shares(0.05), folds: 3, ..Options::default() }
}

#[test]
fn what_was_learned_tells_ads_from_talk() {
    let learned = learn(&samples(), &options()).expect("enough samples");
    let all = &learned.figures.curves[0];
    assert_eq!((all.name.as_str(), all.ads, all.innocent), ("all", 60, 60));
    assert!(all.act.0 >= 50 && all.act.1 <= 6, "{:?}", all.act);
    assert_eq!(learned.figures.calibration.iter().map(|part| part.2).sum::<usize>(), 120);
    let written = learned.model.write();
    assert!(crate::judge::linear::Model::read(&written).is_ok());
}

#[test]
fn the_same_samples_and_seed_make_the_same_model() {
    let model = |seed| learn(&samples(), &Options { seed, ..options() }).expect("enough samples").model.write();
    assert_eq!(model(1), model(1));
}

#[test]
fn messages_much_alike_are_in_one_fold() {
    let settings = Compiled::without_model(&Settings::default());
    let alike = |n: u32| format!("长期招聘手工兼职人员，在家就能做，一天三百元，加微信 ab{n}xy{n} 详聊");
    let lines: String =
        (0..40).map(|n| serde_json::json!({ "text": alike(n), "label": "ad" }).to_string() + "\n").collect();
    let alike = samples::read("campaign", &lines, &settings).expect("rows of the right shape");
    let folds = clusters::folds(&alike, 5, 1);
    assert!(folds.iter().all(|fold| *fold == folds[0]), "{folds:?}");
    let mixed = clusters::folds(&samples(), 5, 1);
    assert!((0..5).all(|fold| mixed.contains(&fold)), "{mixed:?}");
}

#[test]
fn what_cannot_be_learned_from_is_refused() {
    let refused = |samples: &[Sample], options: &Options| learn(samples, options).err().map(|error| error.to_string());
    let all = samples();
    assert!(refused(&all[..60], &options()).is_some_and(|why| why.contains("at least ten")));
    assert!(refused(&all, &Options { folds: 1, ..options() }).is_some_and(|why| why.contains("folds")));
    let upside_down = Options { hold: Shares([0.01; 3]), ..options() };
    assert!(refused(&all, &upside_down).is_some_and(|why| why.contains("fewer innocent messages")));
}

#[test]
fn shares_are_one_or_three() {
    assert_eq!("0.001".parse(), Ok(Shares([0.001; 3])));
    assert_eq!("0.001, 0.002,0.003".parse(), Ok(Shares([0.001, 0.002, 0.003])));
    for wrong in ["", "1", "-0.1", "0.1,0.2", "a", "NaN"] {
        assert!(wrong.parse::<Shares>().is_err(), "{wrong}");
    }
}
