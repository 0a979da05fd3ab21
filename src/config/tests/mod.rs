//! Bad files and what is said about them.

mod cases;
mod sample;

use proptest::prelude::*;
use serde_json::json;

use self::cases::{CASES, FORM_CASES};
use self::sample::{FORMATS, Forms, GOOD, Sample};
use super::read::{MAX_BYTES, MAX_DEPTH};
use super::schema::{json_schema, reference};
use super::{Problem, Read, read};

fn sample(text: &str) -> Result<Read<Sample>, Vec<Problem>> {
    read("c.toml", text, FORMATS)
}

fn told(text: &str) -> String {
    lines(&sample(text).expect_err(text))
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_good_file_is_read_and_its_places_known() {
    let Read { value, places } = sample(GOOD).expect("a good file");
    assert_eq!(value.calendar[1].title, "午休");
    assert_eq!(serde_json::to_value(&value.ladder[1]).expect("plain data"), json!({ "do": "mute", "for": "1d" }));
    let told = |key| places.problem(key, "no", None).to_string();
    assert_eq!(told("calendar[1].at"), r#"c.toml:18:6: calendar[1].at = "noon": no"#);
    assert_eq!(told("calendar[1].quiet.length"), r#"c.toml:20:10: calendar[1].quiet.length = "30分钟": no"#);
    assert_eq!(told(r#"texts."群规""#), r#"c.toml:31:8: texts."群规" = "…": no"#);
    assert_eq!(told("calendar[0].topic.name"), "c.toml:10:1: calendar[0].topic.name: no");
    assert_eq!(told("rewards"), "c.toml:1:1: rewards: no");
    assert_eq!(
        sample(&format!("\u{feff}{GOOD}"))
            .expect("a good file")
            .places
            .problem("zone", "no", None)
            .place
            .map(|place| place.column),
        Some(8)
    );
}

#[test]
fn every_mistake_is_told_with_its_place_and_the_nearest_form() {
    for (text, expected) in CASES {
        assert_eq!(told(text), expected.trim(), "{text}");
    }
}

#[test]
fn values_of_several_forms_are_held_against_the_one_meant() {
    for (text, expected) in FORM_CASES {
        let problems = read::<Forms>("f.toml", text, &[]).map(|_| ()).map_err(|problems| lines(&problems));
        assert_eq!(problems.err().unwrap_or_default(), expected.trim(), "{text}");
    }
}

#[test]
fn secrets_are_never_shown() {
    for (text, line) in [
        ("zone = 'Asia/Shanghai'\n[bot]\ntoken = 'sesame-open'", "c.toml:3:9: bot.token: … has no colon"),
        (
            "zone = 'Asia/Shanghai'\n[bot]\ntoken = 123456789",
            "c.toml:3:9: bot.token: expected text, found a whole number",
        ),
        ("zone = 'Asia/Shanghai'\nbot = 'sesame-open'", "c.toml:2:1: bot: expected a table, found text"),
        (
            "zone = 'Asia/Shanghai'\n[bot]\ntoken = 'a:b'\ntokn = 'sesame-open'",
            "c.toml:4:1: bot.tokn: unknown key; known here: `token`, `workers`, `verbose`",
        ),
    ] {
        assert_eq!(told(text), line);
    }
    let places = sample(GOOD).expect("a good file").places;
    let problem = places.problem("bot.token", "123456:abcdef is revoked", Some("\"123456:abcdef\"".into()));
    assert_eq!(problem.to_string(), "c.toml:6:9: bot.token: … is revoked");
}

#[test]
fn a_problem_is_an_object_in_json() {
    let problems = sample("zone = 'paris'").expect_err("not a zone");
    let expected = json!([{
        "file": "c.toml", "line": 1, "column": 8, "key": "zone", "value": "'paris'",
        "reason": "not a time zone", "hint": "\"Europe/Paris\"",
    }]);
    assert_eq!(serde_json::to_value(problems).expect("plain data"), expected);
}

#[test]
fn what_is_too_large_or_too_deep_is_refused() {
    let large = format!("{GOOD}#{}", " ".repeat(MAX_BYTES));
    assert!(told(&large).contains("more than 1048576 bytes"));
    for deep in [
        format!("a = {}1{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1)),
        format!("a{} = 1", ".a".repeat(100_000)),
        format!("[a{}]", ". \"b\"".repeat(MAX_DEPTH)),
    ] {
        assert!(told(&deep).ends_with("more than 32 tables or lists in each other"), "{}", &deep[..60]);
    }
    // The parser's own bound comes before ours.
    assert!(told(&format!("a = {}", "[".repeat(100_000))).contains("max recursion depth"));
}

#[test]
fn the_schema_names_its_draft_and_its_title() {
    let schema = json_schema::<Sample>();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["title"], "Sample");
}

#[test]
fn the_reference_describes_every_table_once_as_declared() {
    assert_eq!(reference::<Sample>(), include_str!("reference.md"));
    let forms = reference::<Forms>();
    for line in [
        "| `aim` | a whole number or table `[aim]` |  |  |",
        "| `prizes` | a list of: one of `nothing` or table `[prizes]` | `[]` |  |",
        "| `pair` | a list of: a whole number, 0 to 255, then text |  |  |",
        "| any name like `^\\d+$` | true or false |  |  |",
        "### `kind = \"poll\"`",
        "### `chat, topic`",
    ] {
        assert!(forms.lines().any(|l| l == line), "{line}\n{forms}");
    }
}

/// One line of the good file with its key misspelt or its value replaced.
fn mutation() -> impl Strategy<Value = (usize, String)> {
    let lines: Vec<_> = GOOD.lines().enumerate().filter(|(_, line)| !line.is_empty()).collect();
    let values = [
        "5",
        "-1",
        "1.5",
        "true",
        "08:00:00",
        "2025-01-01",
        "'word'",
        "''",
        "[]",
        "[5]",
        "['a']",
        "[[]]",
        "{}",
        "{ a = 1 }",
        "99999999999999999999",
        "0xff",
    ];
    let spelling =
        (prop::sample::select(lines.clone()), any::<prop::sample::Index>(), "[a-z]?").prop_map(|(line, at, by)| {
            let (number, text) = line;
            let key = text.find('=').unwrap_or(text.len());
            let letters: Vec<_> = text[..key].char_indices().filter(|(_, c)| c.is_ascii_alphabetic()).collect();
            let mut text = text.to_owned();
            if let Some((at, _)) = (!letters.is_empty()).then(|| at.get(&letters)) {
                text.replace_range(*at..=*at, &by);
            }
            (number, text)
        });
    let value =
        (prop::sample::select(lines), prop::sample::select(values.to_vec())).prop_map(|((number, text), value)| {
            (number, text.split_once('=').map_or(text.to_owned(), |(key, _)| format!("{key}= {value}")))
        });
    prop_oneof![spelling, value]
}

proptest! {
    #[test]
    fn a_mutated_line_is_valid_or_named((number, text) in mutation()) {
        let mut lines: Vec<_> = GOOD.lines().collect();
        lines[number] = &text;
        if let Err(problems) = sample(&lines.join("\n")) {
            let named = problems.iter().any(|problem| problem.place.is_some_and(|place| place.line == number + 1));
            prop_assert!(named, "{text}: {problems:#?}");
        }
    }

    #[test]
    fn a_broken_file_is_told_within_its_lines(
        at in any::<prop::sample::Index>(),
        by in "[a-z\"'=.#\\[\\]{},\\n群🙂\\\\]{0,4}",
        cut in any::<bool>(),
    ) {
        let ends: Vec<_> = GOOD.char_indices().map(|(end, _)| end).collect();
        let (before, after) = GOOD.split_at(*at.get(&ends));
        let text = format!("{before}{by}{}", if cut { "" } else { after });
        if let Err(problems) = sample(&text) {
            let count = text.split('\n').count();
            let within = |problem: &Problem| problem.place.is_some_and(|place| (1..=count).contains(&place.line));
            prop_assert!(!problems.is_empty() && problems.iter().all(within));
            prop_assert!(problems.is_sorted());
            prop_assert!(!lines(&problems).contains("123456:abcdef"));
        }
    }
}
