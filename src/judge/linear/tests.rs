use super::*;
use crate::judge::{Compiled, Look, Settings};
use crate::model::Message;

fn look(text: &str) -> Look {
    let message = Message { text: text.into(), ..Message::default() };
    Look::at(&message, &Compiled::without_model(&Settings::default()))
}

fn small() -> Model {
    let thresholds = Script::ALL.map(|script| (script, Thresholds { hold: 0.0, act: 1.0, strict: 2.0 }));
    let runs = look("看片加我").features.runs;
    let weights: Vec<(u32, i8)> = runs.iter().map(|run| (*run, 50)).collect();
    let header = Header {
        runs: weights.len(),
        scale: 0.01,
        bias: -1.0,
        traits: [(Trait::Invite, 0.5)].into(),
        thresholds: thresholds.into(),
        made: "by a test".into(),
    };
    Model::new(header, &weights)
}

#[test]
fn the_score_is_the_formula() {
    let model = small();
    let (plain, invite) = (look("看片加我"), look("看片加我 t.me/+abcdef12345"));
    let known = f64::from(u32::try_from(plain.features.runs.len()).expect("a few"));
    assert!((model.score(&plain.features).expect("words").whole - (-1.0 + 0.5 * known / known.sqrt())).abs() < 1e-9);
    assert!(invite.features.traits.has(Trait::Invite));
    assert!(!plain.features.traits.has(Trait::Invite));
    // What is not known counts nothing.
    assert!((model.score(&look("天气真好呀").features).expect("words").whole + 1.0).abs() < 1e-9);
}

#[test]
fn a_file_reads_as_it_was_written() {
    for model in [&small(), &*Model::shipped()] {
        let bytes = model.write();
        let again = Model::read(&bytes).expect("it was just written");
        assert_eq!(again.header(), model.header());
        assert_eq!(again.write(), bytes);
        for text in ["看片加我", "hello there", "兼职日结，加微信"] {
            let features = look(text).features;
            assert_eq!(again.score(&features), model.score(&features));
        }
    }
    assert!(Model::shipped().write().len() <= 128 << 10, "the shipped model stays small");
}

#[test]
fn a_damaged_file_is_told_from_a_model() {
    let bytes = small().write();
    let damaged = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        Model::read(&bytes).map(|_| ())
    };
    assert_eq!(damaged(&|_| ()), Ok(()));
    assert_eq!(damaged(&|bytes| bytes.clear()), Err(Damaged::Foreign));
    assert_eq!(damaged(&|bytes| bytes[0] = b'x'), Err(Damaged::Foreign));
    assert_eq!(damaged(&|bytes| bytes.truncate(40)), Err(Damaged::Checksum));
    for at in [30, bytes.len() / 2, bytes.len() - 1] {
        assert_eq!(damaged(&|bytes| bytes[at] ^= 1), Err(Damaged::Checksum), "{at}");
    }
    assert_eq!(damaged(&|bytes| bytes.resize((4 << 20) + 1, 0)), Err(Damaged::Length));
}

/// With the checksum made right again, what the header says is looked at too.
#[test]
fn a_file_that_contradicts_itself_is_refused() {
    use sha2::{Digest, Sha256};
    let sealed = |from: &str, to: &str| {
        let bytes = small().write();
        let body = &bytes[..bytes.len() - 32];
        let line = body.iter().rposition(|byte| *byte == b'\n').expect("a header");
        let header = String::from_utf8(body[..=line].to_vec()).expect("text").replace(from, to);
        let mut bytes = header.into_bytes();
        bytes.extend(&body[line + 1..]);
        let sum = Sha256::digest(&bytes);
        bytes.extend(sum);
        Model::read(&bytes).map(|_| ())
    };
    let runs = look("看片加我").features.runs.len();
    assert_eq!(sealed(&format!("\"runs\":{runs}"), "\"runs\":1"), Err(Damaged::Length));
    assert_eq!(sealed(&format!("\"runs\":{runs}"), "\"runs\":18446744073709551615"), Err(Damaged::Length));
    for (from, to) in [("\"act\":1.0", "\"act\":9.0"), ("\"latin\":", "\"greek\":"), ("\"bias\":-1.0", "\"bias\":null")]
    {
        assert!(matches!(sealed(from, to), Err(Damaged::Header(_))), "{to}");
    }
}

#[test]
fn a_script_is_what_most_is_written_in() {
    for (text, script) in [
        ("你好", Script::Chinese),
        ("加我 vx abc", Script::Chinese),
        ("", Script::Chinese),
        ("hello there 你", Script::Latin),
        ("привет", Script::Cyrillic),
        ("привет, MacBook Air", Script::Latin),
        ("ищу людей в Telegram", Script::Cyrillic),
    ] {
        assert_eq!(Script::of(text), script, "{text}");
    }
}

#[test]
fn links_names_and_numbers_are_units_whatever_they_say() {
    let runs = |text: &str| look(text).features.runs;
    for (a, b) in [
        ("看 t.me/+abcdef12345", "看 https://t.me/joinchat/zzzzzz99"),
        ("找 @fast_cash", "找 @slow_money22"),
        ("电话 13800138000", "电话 13911112222"),
        ("看 https://blog.example/post", "看 other.example/x?y=z"),
        ("加 20481 2234 99", "加 99112-2233-44"),
        ("好的 https://github.com/a/b", "好的"),
        ("哈哈哈哈哈哈哈", "哈哈哈"),
    ] {
        assert_eq!(runs(a), runs(b), "{a} / {b}");
    }
    for (a, b) in [("5000", "7000"), ("电话 13800138000", "电话 1380013"), ("2026-11-30", "20261130")] {
        assert_ne!(runs(a), runs(b), "{a} / {b}");
    }
}

#[test]
fn what_is_only_shared_has_no_score() {
    for text in [
        "https://blog.example/post",
        "看看 t.me/some_name/3",
        "都来 t.me/+AbCdEf123",
        "请看 @user_17",
        "",
        "583 920 1744",
    ] {
        assert_eq!(small().score(&look(text).features), None, "{text}");
    }
    for text in ["看片", "入会 583920174", "看看这个 @user_17"] {
        assert!(small().score(&look(text).features).is_some(), "{text}");
    }
}
