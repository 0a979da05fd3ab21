//! What operators write, and what they are told about it.

use std::fs;
use std::path::Path;

use steward::config::process::{Access, Intake};
use steward::config::{Loaded, Process, load, reference, schema};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
pub const GOOD: &str = "name = '读书会'\nchats = [-1001]\nstaff_chat = -1009\n";

/// Loads settings written into a folder of their own; `Err` has the problems as they are shown, without the folder.
fn settings(files: &[(&str, &str)]) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("communities")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    load(Some(&folder.path().join("steward.toml"))).map_err(|problems| {
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n").replace(&format!("{}/", folder.path().display()), "")
    })
}

pub fn told(files: &[(&str, &str)]) -> String {
    settings(files).err().unwrap_or_default()
}

/// The places and keys of problems, without what is said about them.
pub fn places(told: &str) -> Vec<String> {
    let place = |line: &str| {
        let (place, rest) = line.split_once(": ").unwrap();
        let key = rest.split([' ', ':']).next().unwrap();
        format!("{place} {key}")
    };
    told.lines().map(place).collect()
}

#[test]
fn the_shipped_settings_are_in_order() {
    let file = Path::new(ROOT).join("config/steward.toml");
    let loaded = load(Some(&file)).map_err(|problems| format!("{problems:#?}")).unwrap_or_else(|all| panic!("{all}"));
    let names: Vec<_> = loaded.communities.iter().map(|(slug, _)| slug.as_str()).collect();
    assert!(["book-club", "moms"].iter().all(|name| names.contains(name)), "{names:?}");
    assert_eq!(loaded.warnings, []);
    assert_eq!(loaded.process, Process::default());
}

#[test]
fn every_line_of_the_example_is_a_default_or_an_example() {
    let text = fs::read_to_string(Path::new(ROOT).join("config/steward.toml")).unwrap();
    let is_setting = |line: &&str| line.starts_with('[') || line.split(' ').nth(1) == Some("=");
    let lines: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# ")).filter(is_setting).collect();
    let webhook = lines.iter().position(|line| *line == "[intake.webhook]").unwrap();
    let (plain, hook) = lines.split_at(webhook);
    let read = |lines: &[&str]| toml::from_str::<Process>(&lines.join("\n")).unwrap();
    let shown = read(plain);
    let examples_left_out = Process {
        token_file: None,
        api_url: None,
        operators_chat: None,
        access: Access { default: None, ..shown.access.clone() },
        ..shown.clone()
    };
    assert_eq!(examples_left_out, Process::default());
    assert!(shown.token_file.is_some() && shown.operators_chat.is_some() && shown.access.default.is_some());
    assert!(matches!(read(hook).intake, Intake::Webhook(_)));
    let schema = schema::json_schema::<Process>();
    for key in schema["properties"].as_object().unwrap().keys() {
        let there = text.contains(&format!("# {key} = ")) || text.contains(&format!("# [{key}]"));
        assert!(there, "config/steward.toml does not show `{key}`");
    }
}

#[test]
fn the_page_on_settings_is_up_to_date() {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/CONFIG.md")).unwrap();
    assert_eq!(page, reference::page(), "run `steward reference > docs/CONFIG.md`");
}

#[test]
fn every_mistake_in_the_process_file_is_explained() {
    for (text, expected) in [
        (
            "[log]\nlevle = 'x'",
            "steward.toml:2:1: log.levle: unknown key; known here: `format`, `level`. Did you mean level?",
        ),
        ("[log]\nlevel = 'loud'", "steward.toml:2:9: log.level = 'loud': no such level. Did you mean \"info\"?"),
        (
            "database = 'steward.db'",
            "steward.toml:1:12: database = 'steward.db': a database is written `sqlite:PATH` or \
             `postgres://USER:PASSWORD@HOST/NAME`. Did you mean \"sqlite:steward.db\"?",
        ),
        (
            "listen = '8080'",
            "steward.toml:1:10: listen = '8080': not an address and port, nor `off`. Did you mean \"127.0.0.1:8080\"?",
        ),
        (
            "api_url = 'telegram'",
            "steward.toml:1:11: api_url = 'telegram': not the address of a server. Did you mean \
             \"https://api.telegram.org\"?",
        ),
        (
            "[access]\nunlisted = 'serve'",
            "steward.toml:1:1: access.default: missing: the file by which unlisted chats are served",
        ),
        (
            "[access]\nunlisted = 'serve'\ndefault = 'goood.toml'",
            "steward.toml:3:11: access.default = 'goood.toml': there is no such file in communities. Did you mean \
             \"good.toml\"?",
        ),
        ("[rates]\nper_second = 0", "steward.toml:2:14: rates.per_second = 0: too small: at least 1. Did you mean 1?"),
        ("token_file = 'no-token'", "steward.toml:1:14: token_file = 'no-token': there is no file no-token"),
        (
            "token_file = '123456789:AAE-sesame_sesame-sesame_sesame-ab'",
            "steward.toml:1:14: token_file: there is no file …",
        ),
        (
            "[intake.webhook]\nurl = 'http://bot.example.org/x'\nsecret_file = 'none'",
            "steward.toml:2:7: intake.webhook.url = 'http://bot.example.org/x': Telegram calls https addresses only\n\
             steward.toml:3:15: intake.webhook.secret_file = 'none': cannot read none: No such file or directory (os error 2)",
        ),
    ] {
        assert_eq!(told(&[("steward.toml", text), ("communities/good.toml", GOOD)]), expected, "{text}");
    }
}

#[test]
fn every_mistake_in_a_community_is_explained() {
    for (text, expected) in [
        (
            "timezone = 'Asia/Beijing'",
            "communities/a.toml:1:12: timezone = 'Asia/Beijing': not a time zone. Did you mean \"Asia/Shanghai\"?",
        ),
        (
            "chats = [1001]",
            "communities/a.toml:1:10: chats[0] = 1001: a group's number is negative (`/id` in the group \
             shows it); this is a person's",
        ),
        (
            "[[calendar]]\nid = 'a'\ntext = 'x'\nat = '20:00'\nevery = '2nd sunda of may'",
            "communities/a.toml:5:9: calendar[0].every = '2nd sunda of may': `sunda` is not understood; did you mean \
             `sunday`?",
        ),
        (
            "[[calendar]]\nid = 'a'\ntext = 'x'\ncron = '0 8 * *'",
            "communities/a.toml:4:8: calendar[0].cron = '0 8 * *': a cron expression has five fields, `0 8 * *` has 4; \
             write `minute hour day-of-month month weekday`, as in `0 8 * * Mon-Fri`",
        ),
        (
            "[checkin.makeup]\nwithin = '12h'",
            "communities/a.toml:2:10: checkin.makeup.within = '12h': must be whole days, from `1d` to `31d`. Did you \
             mean \"3d\"?",
        ),
        ("chats = [-1, -1]", "communities/a.toml:1:14: chats[1] = -1: this chat already stands in `chats[0]`"),
        (
            "chats = [-1]\nstaff_chat = -1",
            "communities/a.toml:2:14: staff_chat = -1: this chat already stands in `chats[0]`",
        ),
        ("id = '../妈妈'", "communities/a.toml:1:6: id = '../妈妈': up to 64 small letters, digits, `-` and `_`"),
        (
            "[texts]\n'nobody.says' = 'x'",
            "communities/a.toml:2:17: texts.\"nobody.says\" = 'x': there is no text `nobody.says`",
        ),
    ] {
        assert_eq!(told(&[("steward.toml", ""), ("communities/a.toml", text)]), expected, "{text}");
    }
}

#[test]
fn a_communitys_file_is_no_process_file() {
    let told = told(&[("steward.toml", "name = \"成长社\"\nchats = [-1001]\n[checkin]\n")]);
    assert!(told.ends_with("this is a community's file; give the process file, such as config/steward.toml"), "{told}");
    let folder = tempfile::tempdir().unwrap();
    let community = folder.path().join("communities/moms.toml");
    fs::create_dir(folder.path().join("communities")).unwrap();
    fs::write(folder.path().join("steward.toml"), "").unwrap();
    fs::write(&community, "chats = [-1001]").unwrap();
    let problems: Vec<_> = load(Some(&community)).err().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 1);
    assert!(problems[0].ends_with(&folder.path().join("steward.toml").display().to_string()), "{problems:?}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_or_never_ends_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("communities")).unwrap();
    fs::write(folder.path().join("steward.toml"), "").unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("communities/moms.toml")).unwrap();
    let pipe = folder.path().join("communities/pipe.toml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let problems = load(Some(&folder.path().join("steward.toml"))).err().unwrap();
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told.iter().filter(|line| line.ends_with("the file cannot be read: it is no regular file")).count(),
        2,
        "{told:?}"
    );
    assert!(load(Some(std::path::Path::new("/dev/zero"))).is_err());
}

#[test]
fn mistakes_in_all_files_are_told_at_once() {
    let files = [
        ("steward.toml", "listen = '?'\ndatabase = 'x'"),
        ("communities/a.toml", "chats = [-1001]\nstaff_chat = -1009\nlanguage = 'de'"),
        ("communities/b.toml", "chats = [-1001]\nstaff_chat = -1009"),
        ("communities/c.toml", "chats = [-1002, -1001]\nstaff_chat = -1009"),
        ("communities/notes.txt", "not settings"),
        ("communities/.c.toml", "an editor's"),
    ];
    let all = told(&files);
    let places: Vec<_> = all.lines().map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        places,
        [
            "communities/a.toml:3:12 language = 'de'",
            "communities/b.toml:1:10 chats[0] = -1001",
            "communities/c.toml:1:17 chats[1] = -1001",
            "steward.toml:1:10 listen = '?'",
            "steward.toml:2:12 database = 'x'",
        ],
        "{all}"
    );
    assert!(all.contains("this chat already belongs to a.toml, as its `chats[0]`"), "{all}");
}

#[test]
fn two_communities_are_not_kept_under_one_name() {
    let files = |id| [("steward.toml", ""), ("communities/a.toml", ""), ("communities/b.toml", id)];
    let taken = told(&files("id = 'a'"));
    assert_eq!(taken, "communities/b.toml:1:6: id = 'a': a.toml is kept under this name already");
    assert_eq!(told(&files("id = 'other'")), "");
}

#[test]
fn without_communities_there_is_nothing_to_run() {
    assert_eq!(
        told(&[("steward.toml", "")]),
        "steward.toml:1:1: communities: there is no community's file (*.toml) in communities"
    );
    let missing = told(&[("steward.toml", "communities = 'nowhere'")]);
    assert!(missing.starts_with("nowhere: the folder of communities cannot be read"), "{missing}");
    let none = load(Some(Path::new("nowhere/steward.toml"))).err().unwrap();
    assert!(none[0].to_string().starts_with("nowhere/steward.toml: the file cannot be read: "), "{none:?}");
}

#[test]
fn what_is_hardly_meant_is_a_warning() {
    let files =
        [("steward.toml", "[access]\nunlisted = 'serve'\ndefault = 'guests.toml'"), ("communities/guests.toml", "")];
    let loaded = settings(&files).unwrap_or_else(|problems| panic!("{problems}"));
    let warnings: Vec<_> = loaded.warnings.iter().map(|warning| warning.reason.as_str()).collect();
    assert_eq!(
        warnings,
        [
            "the community has no name to greet people with",
            "there is no staff group: cards and reports have nowhere to go"
        ]
    );
    assert!(loaded.open.is_some());
    let idle = settings(&[("steward.toml", ""), ("communities/a.toml", "name = 'A'\nstaff_chat = -5")]);
    let idle = idle.unwrap_or_else(|problems| panic!("{problems}")).warnings;
    assert_eq!(idle[0].reason, "no group goes by this file: `chats` is empty");
}

#[test]
fn texts_that_are_no_templates_are_not_written_like_some() {
    for (text, expected) in [
        ("[[calendar]]\nid = 'a'\nat = '20:00'\ntext = 'Hi {{ community }}'", "4:8 calendar[0].text"),
        ("[[calendar]]\nid = 'a'\nat = '20:00'\nbank = ['x', '{% if x %}']", "4:14 calendar[0].bank[1]"),
        ("[checkin]\npost = { at = '08:00', text = '{{ count }}' }", "2:31 checkin.post.text"),
        ("[checkin.gifts.kit]\ntitle = 'x'\ntext = '{{ name }}'", "3:8 checkin.gifts.kit.text"),
        ("[welcome]\nrules = '{{ community }}'", "2:9 welcome.rules"),
        ("name = '{{ x }}'", "1:8 name"),
    ] {
        let told = told(&[("steward.toml", ""), ("communities/a.toml", text)]);
        assert_eq!(places(&told), [format!("communities/a.toml:{expected}")], "{told}");
        assert!(
            told.contains("would be sent as it stands: only `welcome.text` and the texts under `[texts]`"),
            "{told}"
        );
    }
}

#[test]
fn lengths_of_time_are_shown_by_examples_that_fit() {
    let page = reference::page();
    assert_eq!(page.matches("Example: `\"20s\"`").count(), 2, "only `merge_within` and `time_limit` are that short");
    assert!(page.contains("kept as evidence. Default: `90d`. Example: `\"90d\"`."), "{page}");
}
