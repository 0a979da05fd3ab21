use proptest::prelude::*;

use super::*;

fn list(text: &str) -> List {
    List::read(&format!("version: 1\n{text}")).unwrap()
}

fn found(list: &List, text: &str) -> Vec<(Option<Measure>, String)> {
    let seen = Seen::read(text);
    list.find(&seen).into_iter().map(|it| (it.measure, seen.written(it.range).to_owned())).collect()
}

fn wrong(text: &str) -> Vec<String> {
    List::read(text).err().unwrap_or_default()
}

#[test]
fn a_list_says_what_is_done_by_section_or_by_word() {
    let list = list("甘蔗\n# 一句注释\n[hold]\n某词 # 为什么\n别词 = strike\n  [ delete ]\n三号词\nc#语言\n");
    for (text, expected) in [
        ("甘蔗", vec![(None, "甘蔗".to_owned())]),
        ("说到某词了", vec![(Some(Measure::Hold), "某词".to_owned())]),
        ("说到别词了", vec![(Some(Measure::Strike), "别词".to_owned())]),
        ("说到三号词了", vec![(Some(Measure::Delete), "三号词".to_owned())]),
        ("C#语言", vec![(Some(Measure::Delete), "C#语言".to_owned())]),
        ("为什么", vec![]),
    ] {
        assert_eq!(found(&list, text), expected, "{text}");
    }
    assert_eq!(list.version, "1");
    assert!(list.can(Measure::Delete, Measure::asks_staff), "one section asks the staff");
}

#[test]
fn everything_wrong_is_told_with_its_line() {
    let long = "长".repeat(201);
    for (text, expected) in [
        ("", vec!["it begins with `version: …`, such as `version: 3`, so that it is known what was found by which"]),
        ("version: 1\n# nothing", vec!["there are no words in it"]),
        (
            "某词",
            vec!["it begins with `version: …`, such as `version: 3`, so that it is known what was found by which"],
        ),
        (
            "version:\n某词",
            vec![
                "line 1: a version has 1 to 40 characters",
                "it begins with `version: …`, such as `version: 3`, so that it is known what was found by which",
            ],
        ),
        ("version: 1\nversion: 2\n某词", vec!["line 2: the version is told already"]),
        (
            "\u{feff}某词\nversion: 2",
            vec![
                "line 2: the version comes before the first word",
                "it begins with `version: …`, such as `version: 3`, so that it is known what was found by which",
            ],
        ),
        ("version: 1\n某词\n的", vec!["line 3: `的` is too short: it is in nearly every message"]),
        (
            "version: 1\n某词\n*.",
            vec!["line 3: `*` stands for itself, there are no patterns: write every word by itself"],
        ),
        ("version: 1\n某词\n…", vec!["line 3: `…` is too short: it is in nearly every message"]),
        ("version: 1\n某词\n\u{200b}", vec!["line 3: an empty word is in every message"]),
        ("version: 1\n某词\n = hold", vec!["line 3: an empty word is in every message"]),
        ("version: 1\n某词\n我们", vec!["line 3: `我们` is a word nobody can do without: it is in nearly every talk"]),
        ("version: 1\n某词\n别词\n某\u{200b}词", vec!["line 4: `某\u{200b}词` is in line 2 already"]),
        ("version: 1\n某词 = hidden", vec!["line 2: `hidden` is none of `queue`, `hold`, `delete`, `strike`"]),
        ("version: 1\n[ban]\n某词", vec!["line 2: `[ban]` is none of [queue], [hold], [delete], [strike]"]),
        (
            "version: 1\n某.*词",
            vec!["line 2: `.*` stands for itself, there are no patterns: write every word by itself"],
        ),
        (
            "version: 1\n某词|别词",
            vec!["line 2: `|` stands for itself, there are no patterns: write every word by itself"],
        ),
        ("version: 1\nspam*", vec!["line 2: `*` stands for itself, there are no patterns: write every word by itself"]),
        ("version: 1\n某词\n!别的词", vec!["line 3: no word of the list stands in `别的词`"]),
        (
            &format!("version: 1\n某词\n{long}"),
            vec!["line 3: longer than 200 characters: nobody would write exactly that"],
        ),
    ] {
        assert_eq!(wrong(text), expected, "{text}");
    }
    let many = "x\n".repeat(20);
    let told = wrong(&format!("version: 1\n{many}某词"));
    assert_eq!((told.len(), told.last().unwrap().as_str()), (TOLD + 1, "10 more lines are wrong"));
    let many = (0..=MOST_ENTRIES).map(|n| format!("word{n}\n")).collect::<Vec<_>>().concat();
    assert_eq!(wrong(&format!("version: 1\n{many}")), ["line 10002: more than 10000 words"]);
}

#[test]
fn a_file_that_is_no_list_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.txt");
    let told = |path: &Path| List::open(path).unwrap_err().remove(0);
    assert!(told(&path).starts_with("it cannot be read"));
    assert_eq!(told(folder.path()), "it is no regular file");
    std::fs::write(&path, b"version: 1\nword\n\xff\xfe").unwrap();
    assert_eq!(told(&path), "line 3: it is no text in UTF-8");
    std::fs::write(&path, vec![b'a'; usize::try_from(MOST_BYTES).unwrap() + 1]).unwrap();
    assert_eq!(told(&path), format!("it has more than {MOST_BYTES} bytes"));
    std::fs::write(&path, "\u{feff}version: 2026-03\r\nword\r\n").unwrap();
    assert_eq!(List::open(&path).unwrap().version, "2026-03");
}

#[test]
fn words_in_innocent_ones_mean_nothing() {
    let list = list("六四\ncunt\nass\nтварь\n!六四分\n!тварь божья\n");
    for (text, n) in [
        ("六四", 1),
        ("我们六四分成", 0),
        ("六四分成，六四", 1),
        ("六 四 分成", 0),
        ("Scunthorpe United", 0),
        ("an assassin of class", 0),
        ("ass", 1),
        ("тварь божья", 0),
        ("тварь", 1),
        ("утварь", 0),
    ] {
        assert_eq!(found(&list, text).len(), n, "{text}");
    }
}

#[test]
fn a_phrase_is_found_across_any_space() {
    let list = list("kill yourself");
    for text in ["kill yourself", "kill  yourself", "Kill\n\nYourself!", " kill\t \u{a0}yourself "] {
        assert_eq!(found(&list, text).len(), 1, "{text:?}");
    }
    assert_eq!(found(&list, "ok, kill \n yourself!")[0].1, "kill \n yourself");
    assert_eq!(found(&list, "skill yourself"), []);
    let list = self::list("you\u{2019}re done");
    assert_eq!(found(&list, "Oh, you're  done.")[0].1, "you're  done");
    assert_eq!(found(&list, "You\u{2019}re done")[0].1, "You\u{2019}re done");
}

proptest! {
    /// Whatever is invisible hides nothing, nor does space among Chinese characters.
    #[test]
    fn a_word_is_found_whatever_stands_within_it(
        before in "[我你他今天很好，。]{0,6}", after in "[我你他今天很好，。]{0,6}",
        gaps in prop::collection::vec(0_usize..5, 3), word in 0_usize..2,
    ) {
        const HIDDEN: [&str; 5] = ["", "\u{200b}", "\u{200d}", "\u{2060}", " "];
        let list = list("蓝鲸草原\nzxqvb\n");
        let word: Vec<char> = ["蓝鲸草原", "zxqvb"][word].chars().collect();
        let mut text = before;
        for (at, c) in word.iter().enumerate() {
            text.push(*c);
            // A space parts Latin words.
            let gap = gaps.get(at).copied().unwrap_or(0);
            text.push_str(if c.is_ascii() { HIDDEN[gap % 4] } else { HIDDEN[gap] });
        }
        text.push_str(&after);
        prop_assert_eq!(found(&list, &text).len(), 1, "{:?}", text);
    }

    /// A Latin word within a longer one is none.
    #[test]
    fn a_word_within_a_word_is_none(before in "[a-z0-9]{0,4}", after in "[a-z0-9]{0,4}") {
        let list = list("zxqvb");
        let text = format!("well {before}zxqvb{after} then");
        prop_assert_eq!(found(&list, &text).is_empty(), !(before.is_empty() && after.is_empty()), "{}", text);
    }

    /// What is found is where it says, in whatever is written.
    #[test]
    fn spans_are_within_the_text(text in "([甘蔗某词 \\n\u{200b}ａa]|甘蔗|kill yourself){0,40}") {
        let list = list("甘蔗\n某词\nkill yourself");
        let seen = Seen::read(&text);
        for it in list.find(&seen) {
            let read: String = seen.text[it.range.clone()].split_whitespace().collect();
            prop_assert!(["甘蔗", "某词", "killyourself"].contains(&read.as_str()), "{:?}", read);
            prop_assert!(!seen.written(it.range).is_empty());
        }
    }

    /// Any bytes are a list or told why not.
    #[test]
    fn anything_can_be_read(text in "(version: 1\n)?([a-z甘蔗#!=\\[\\] *|:\n]|hold){0,80}") {
        match List::read(&text) {
            Ok(list) => prop_assert!(!list.version.is_empty()),
            Err(wrong) => prop_assert!(!wrong.is_empty() && wrong.len() <= TOLD + 3),
        }
    }
}
