//! Bad files and what is said about them, on settings made up for it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::read::{MAX_BYTES, MAX_DEPTH};
use super::schema::{json_schema, reference};
use super::{Formats, Problem, Read, read};
use crate::model::{Lang, Span};

/// A community.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Sample {
    /// Time zone of every time below.
    #[schemars(extend("format" = "zone", "examples" = ["Asia/Shanghai"]))]
    zone: String,
    #[serde(default)]
    language: Lang,
    /// Groups it lives in.
    #[serde(default)]
    #[schemars(length(max = 3))]
    chats: Vec<i64>,
    #[serde(default)]
    bot: Option<Bot>,
    /// What is posted when.
    #[serde(default)]
    calendar: Vec<Post>,
    /// What follows each strike.
    #[serde(default)]
    ladder: Vec<Step>,
    /// Texts by name.
    #[serde(default)]
    texts: BTreeMap<String, String>,
    #[serde(default)]
    tiers: BTreeMap<String, Tier>,
}

/// The bot's own account.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Bot {
    token: Token,
    /// Requests at once.
    #[serde(default = "four")]
    #[schemars(range(min = 1, max = 8))]
    workers: u8,
    #[serde(default)]
    verbose: bool,
}

fn four() -> u8 {
    4
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Post {
    title: String,
    /// Time of day.
    at: When,
    #[serde(default)]
    pin: Option<bool>,
    #[serde(default)]
    quiet: Option<Quiet>,
}

/// A time, or a word for it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum When {
    Word(Word),
    Clock(#[schemars(extend("format" = "clock"))] String),
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Word {
    /// At twelve.
    Noon,
    Sunrise,
}

/// Hours without posts.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Quiet {
    length: Span,
}

/// What is done about a strike.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
enum Step {
    /// Tells why.
    Warn,
    Mute {
        #[serde(rename = "for")]
        length: Span,
    },
    Ban {
        #[serde(default)]
        quiet: Option<Quiet>,
    },
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Tier {
    points: Points,
}

/// Refuses what no schema says: odd points.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32")]
struct Points(u32);

impl TryFrom<u32> for Points {
    type Error = String;
    fn try_from(points: u32) -> Result<Self, String> {
        if points % 2 == 0 { Ok(Self(points)) } else { Err(format!("{points} points are odd")) }
    }
}

/// Refuses, quoting it, what has no colon.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
struct Token(String);

impl TryFrom<String> for Token {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.contains(':') { Ok(Self(text)) } else { Err(format!("{text} has no colon")) }
    }
}

const FORMATS: Formats<'static> = &[("zone", zone), ("clock", clock), ("span", span)];

type Checked = Result<(), (String, Option<String>)>;

fn zone(text: &str) -> Checked {
    let known = ["Asia/Shanghai", "Europe/Paris"];
    let near = || known.into_iter().find(|zone| zone.to_lowercase().ends_with(&text.to_lowercase()));
    if known.contains(&text) { Ok(()) } else { Err(("not a time zone".into(), near().map(str::to_owned))) }
}

fn clock(text: &str) -> Checked {
    match text.split_once(':') {
        Some((hour, _)) if hour.parse().is_ok_and(|hour: u8| hour < 24) => Ok(()),
        Some(_) => Err(("not a time of day: hours go from 0 to 23".into(), Some("23:00".into()))),
        None => Err(("not a time of day".into(), None)),
    }
}

fn span(text: &str) -> Checked {
    let hours = Span::parse(&format!("{text}h")).map(|hours| hours.to_string());
    if Span::parse(text).is_some() { Ok(()) } else { Err(("not a length of time".into(), hours)) }
}

const GOOD: &str = r#"zone = "Asia/Shanghai"
language = "en"
chats = [-1001, 5]

[bot]
token = "123456:abcdef"
workers = 2
verbose = true

[[calendar]]
title = "早安"
at = "08:00"
pin = true
quiet = { length = "2h" }

[[calendar]]
title = "午休"
at = "noon"
[calendar.quiet]
length = "30分钟"

[[ladder]]
do = "warn"

[[ladder]]
do = "mute"
for = "24h"

[texts]
welcome = "你好 {{ name }}"
"群规" = "…"

[tiers.gold]
points = 200
"#;

fn sample(text: &str) -> Result<Read<Sample>, Vec<Problem>> {
    read("c.toml", text, FORMATS)
}

fn told(text: &str) -> String {
    let problems = sample(text).expect_err(text);
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_good_file_is_read_and_its_places_known() {
    let Read { value, places } = sample(GOOD).unwrap();
    assert_eq!(value.calendar[1].title, "午休");
    assert_eq!(serde_json::to_value(&value.ladder[1]).unwrap(), json!({ "do": "mute", "for": "1d" }));
    let told = |key| places.problem(key, "no", None).to_string();
    assert_eq!(told("calendar[1].at"), r#"c.toml:18:6: calendar[1].at = "noon": no"#);
    assert_eq!(told("calendar[1].quiet.length"), r#"c.toml:20:10: calendar[1].quiet.length = "30分钟": no"#);
    assert_eq!(told(r#"texts."群规""#), r#"c.toml:31:8: texts."群规" = "…": no"#);
    assert_eq!(told("calendar[0].topic.name"), "c.toml:10:1: calendar[0].topic.name: no");
    assert_eq!(told("rewards"), "c.toml:1:1: rewards: no");
    assert_eq!(sample(&format!("\u{feff}{GOOD}")).unwrap().places.problem("zone", "no", None).column, 8);
}

#[test]
fn every_mistake_is_told_with_its_place_and_the_nearest_form() {
    for (text, expected) in CASES {
        assert_eq!(told(text), expected.trim(), "{text}");
    }
}

const CASES: &[(&str, &str)] = &[
("zone = 'shanghai'\nlanguage = 'zh'", ""),
("zne = 'Asia/Shanghai'", ""),
("zone = 'Asia/Shanghai'\nchats = [1, '2', 1.0, 4]", ""),
("zone = 'Asia/Shanghai'\nchats = 7", ""),
("zone = 'Asia/Shanghai'\nzone = 5\nlanguage = 1", ""),
("zone = 'Asia/Shanghai'\n[[calendar]]\ntitle = '群'\nat = '25:00'\n[[calendar]]\nat = 08:00\ntitel = 'x'\npin = 'true'", ""),
("zone = 'Asia/Shanghai'\n[[calendar]]\ntitle = 1\nat = 'nonn'\nquiet = { lenght = '1h' }", ""),
("zone = 'Asia/Shanghai'\n[calendar]\ntitle = 'x'", ""),
("zone = 'Asia/Shanghai'\n[[bot]]\ntoken = 'a:b'", ""),
("zone = 'Asia/Shanghai'\nladder = [\n{ do = 'warn', for = '1h' },\n{ do = 'mute', for = 5 },\n{ do = 'mite' },\n{ fro = '2h' },\n{ do = 1 },\n{ doo = 'mute' },\n5,\n{ do = 'mute' },\n]", ""),
("zone = 'Asia/Shanghai'\n[bot]\nworkers = 9\nverbose = 'yes'", ""),
("zone = 'Asia/Shanghai'\n[bot]\ntoken = 'a:b'\nworkers = 0x10", ""),
("zone = 'Asia/Shanghai'\n[tiers.gold]\npoints = 3", ""),
("zone = 'Asia/Shanghai'\n[tiers.'群主']\npoints = 5000000000\n[texts]\na.b = 1", ""),
("zone = 'Asia/Shanghai\n[x", ""),
("zone = a\n= 5\nlanguage = yes", ""),
];


#[test]
fn secrets_are_never_shown() {
    for (text, line) in [
        ("zone = 'Asia/Shanghai'\n[bot]\ntoken = 'sesame-open'", "c.toml:3:9: bot.token: … has no colon"),
        ("zone = 'Asia/Shanghai'\n[bot]\ntoken = 123456789", "c.toml:3:9: bot.token: expected text, found a whole number"),
        ("zone = 'Asia/Shanghai'\nbot = 'sesame-open'", "c.toml:2:1: bot: expected a table, found text"),
        (
            "zone = 'Asia/Shanghai'\n[bot]\ntoken = 'a:b'\ntokn = 'sesame-open'",
            "c.toml:4:1: bot.tokn: unknown key; known here: `token`, `workers`, `verbose`",
        ),
    ] {
        assert_eq!(told(text), line);
    }
    let places = sample(GOOD).unwrap().places;
    let problem = places.problem("bot.token", "123456:abcdef is revoked", Some("\"123456:abcdef\"".into()));
    assert_eq!(problem.to_string(), "c.toml:6:9: bot.token: … is revoked");
}

#[test]
fn a_problem_is_an_object_in_json() {
    let problems = sample("zone = 'paris'").unwrap_err();
    let expected = json!([{
        "file": "c.toml", "line": 1, "column": 8, "key": "zone", "value": "'paris'",
        "reason": "not a time zone", "hint": "\"Europe/Paris\"",
    }]);
    assert_eq!(serde_json::to_value(problems).unwrap(), expected);
}

#[test]
fn what_is_too_large_or_too_deep_is_refused() {
    let large = format!("{GOOD}#{}", " ".repeat(MAX_BYTES));
    assert!(told(&large).contains("bytes, at most 1048576 are read"));
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
    assert_eq!(reference::<Sample>(), REFERENCE);
}

/// One line of the good file with its key misspelt or its value replaced.
fn mutation() -> impl Strategy<Value = (usize, String)> {
    let lines: Vec<_> = GOOD.lines().enumerate().filter(|(_, line)| !line.is_empty()).collect();
    let values = [
        "5", "-1", "1.5", "true", "08:00:00", "2025-01-01", "'word'", "''", "[]", "[5]", "['a']", "[[]]", "{}",
        "{ a = 1 }", "99999999999999999999", "0xff",
    ];
    let spelling = (prop::sample::select(lines.clone()), any::<prop::sample::Index>(), "[a-z]?").prop_map(|(line, at, by)| {
        let (number, text) = line;
        let key = text.find('=').unwrap_or(text.len());
        let letters: Vec<_> = text[..key].char_indices().filter(|(_, c)| c.is_ascii_alphabetic()).collect();
        let mut text = text.to_owned();
        if let Some((at, _)) = (!letters.is_empty()).then(|| at.get(&letters)) {
            text.replace_range(*at..=*at, &by);
        }
        (number, text)
    });
    let value = (prop::sample::select(lines), prop::sample::select(values.to_vec())).prop_map(|((number, text), value)| {
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
            let named = problems.iter().any(|problem| problem.line == number + 1);
            prop_assert!(named, "{text}: {problems:#?}");
        }
    }
}

const REFERENCE: &str = "";

#[test]
fn explore() {
    for (text, _) in CASES {
        println!("@@{}", serde_json::to_string(&told(text)).unwrap());
    }
    println!("@@{}", serde_json::to_string(&reference::<Sample>()).unwrap());
}
