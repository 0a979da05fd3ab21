//! What operators write, and what they are told about it.

use std::fs;
use std::path::Path;

use steward::config::process::{Access, Intake};
use steward::config::{Loaded, Process, load, reference, schema};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const GOOD: &str = "name = '读书会'\nchats = [-1001]\nstaff_chat = -1009\n";

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

fn told(files: &[(&str, &str)]) -> String {
    settings(files).err().unwrap_or_default()
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

/// The places and keys of problems, without what is said about them.
fn places(told: &str) -> Vec<String> {
    let place = |line: &str| {
        let (place, rest) = line.split_once(": ").unwrap();
        let key = rest.split([' ', ':']).next().unwrap();
        format!("{place} {key}")
    };
    told.lines().map(place).collect()
}

#[test]
fn mistakes_of_every_kind_are_told_at_once() {
    let bad = "\
chats = [-1001, -1002, '-1003', 5]
staff_chat = -1001
id = 'A'
purpose = 'We {{ read }}'
[texts]
'arrival.hello' = '<b>oops'
'nobody.says' = 'x'
'checkin.owed' = 'Hi {{ member }'
[welcome]
text = '<i>Hi {{ newcomers }}'
name_at_most = 'five'
rules = '<h1>'
[strikes]
ladder = []
burst = '10 parsecs'
warning_for = '3d'
[strikes.judge]
allow_domains = ['no domain']
[checkin]
rewards = [{ streak = 7, give = 'none' }, { streak = 'x', give = 'kit' }]
[checkin.gifts.kit]
text = 'x'
[[calendar]]
id = 'A b'
at = '25:00'
text = '<b>x'
bank = ['y']
chats = [-5]
[[calendar]]
id = 'two'
cron = '61 8 * * *'
photo = 'none.jpg'
text = 'Hello {{ community }}'
[[calendar]]
id = 'two'
at = '08:00'
poll = { question = 'Q', options = ['one'] }
[[calendar]]
id = 'four'
tetx = 'x'
at = '09:00'
[[calendar]]
id = 'five'
at = '10:00'
text = 5
";
    let files = [
        ("steward.toml", "listen = '?'\ndatabase = 5\n[rates]\nper_second = 'fast'\n[access]\ndefault = 'c.toml'"),
        ("communities/a.toml", bad),
        ("communities/b.toml", "chats = [-1002]\nlanguage = 'de'\nstaff_chat = 7"),
    ];
    let told = told(&files);
    let expected = "\
communities/a.toml:1:24 chats[2]
communities/a.toml:1:33 chats[3]
communities/a.toml:2:14 staff_chat
communities/a.toml:3:6 id
communities/a.toml:4:11 purpose
communities/a.toml:6:19 texts.\"arrival.hello\"
communities/a.toml:7:17 texts.\"nobody.says\"
communities/a.toml:8:18 texts.\"checkin.owed\"
communities/a.toml:10:8 welcome.text
communities/a.toml:11:16 welcome.name_at_most
communities/a.toml:12:9 welcome.rules
communities/a.toml:14:10 strikes.ladder
communities/a.toml:15:9 strikes.burst
communities/a.toml:16:15 strikes.warning_for
communities/a.toml:18:18 strikes.judge.allow_domains[0]
communities/a.toml:20:33 checkin.rewards[0].give
communities/a.toml:20:54 checkin.rewards[1].streak
communities/a.toml:21:1 checkin.gifts.kit.title
communities/a.toml:24:6 calendar[0].id
communities/a.toml:25:6 calendar[0].at
communities/a.toml:26:8 calendar[0].text
communities/a.toml:27:8 calendar[0].bank
communities/a.toml:31:8 calendar[1].cron
communities/a.toml:32:9 calendar[1].photo
communities/a.toml:33:8 calendar[1].text
communities/a.toml:35:6 calendar[2].id
communities/a.toml:37:36 calendar[2].poll.options
communities/a.toml:40:1 calendar[3].tetx
communities/a.toml:45:8 calendar[4].text
communities/b.toml:1:10 chats[0]
communities/b.toml:2:12 language
communities/b.toml:3:14 staff_chat
steward.toml:1:10 listen
steward.toml:2:12 database
steward.toml:4:14 rates.per_second
steward.toml:6:11 access.default";
    assert_eq!(places(&told), expected.lines().collect::<Vec<_>>(), "{told}");
}

#[test]
fn a_mistake_brings_no_others_that_go_with_it() {
    for (text, expected) in [
        // Without it the post would have no time, the gift no title, the reward no gift, the shadow no staff.
        ("[[calendar]]\nid = 'a'\ntext = 'x'\nat = 'noonish'", "a.toml:4:6 calendar[0].at"),
        ("[[calendar]]\nid = 'a'\ntext = 'x'\natt = '20:00'", "a.toml:4:1 calendar[0].att"),
        ("[[calendar]]\nid = 5\ntext = 'x'\nat = '20:00'", "a.toml:2:6 calendar[0].id"),
        ("[checkin]\nrewards = [{ streak = 7, give = 'kit' }]\ngifts = { kit = 5 }", "a.toml:3:11 checkin.gifts.kit"),
        (
            "[checkin]\nrewards = [{ streak = 7, give = 'kit' }]\n[checkin.gifts.kit]\ntext = 'x'",
            "a.toml:3:1 checkin.gifts.kit.title",
        ),
        ("staff_chat = 'x'\n[strikes]\nshadow = true", "a.toml:1:14 staff_chat"),
        ("chats = 'x'\n[[calendar]]\nid = 'a'\ntext = 'x'\nat = '20:00'\nchats = [-5]", "a.toml:1:9 chats"),
        ("[strikes]\nladder = [5]", "a.toml:2:11 strikes.ladder[0]"),
        ("[strikes]\nladder = [{ do = 'mute', for = 'long' }]", "a.toml:2:32 strikes.ladder[0].for"),
        ("[strikes]\nladder = [{ do = 'x', for = '1h' }]", "a.toml:2:18 strikes.ladder[0].do"),
        ("[strikes]\nladder = [{ do = 'x', for = '1s' }]", "a.toml:2:18 strikes.ladder[0].do"),
        ("[strikes]\nexpire_after = 'x'\nburst = '2h'", "a.toml:2:16 strikes.expire_after"),
        ("id = 5", "a.toml:1:6 id"),
    ] {
        let told = told(&[("steward.toml", ""), ("communities/a.toml", text), ("communities/b.toml", "id = 'b'")]);
        assert_eq!(places(&told), [format!("communities/{expected}")], "{text}\n{told}");
    }
}

#[test]
fn what_stands_behind_a_bad_item_of_a_list_keeps_its_place() {
    let text =
        "chats = [-1, 'x', -1]\n[strikes]\nladder = [5, { do = 'mute' }, { do = 'x' }, { do = 'warn', for = '1h' }]";
    let told = told(&[("steward.toml", ""), ("communities/a.toml", text)]);
    let expected = [
        "1:14 chats[1]",
        "1:19 chats[2]",
        "3:11 strikes.ladder[0]",
        "3:14 strikes.ladder[1]",
        "3:38 strikes.ladder[2].do",
        "3:66 strikes.ladder[3].for",
    ];
    assert_eq!(places(&told), expected.map(|place| format!("communities/a.toml:{place}")), "{told}");
}

#[test]
fn a_section_that_is_there_twice_hides_nothing_else() {
    let text = "chats = [-1, -1]\n[checkin]\nrewards = [{ streak = 7, give = 'kit' }]\n[checkin]\nwords = []\n\
                [welcome]\nrules = '<h1>'";
    let told = told(&[("steward.toml", ""), ("communities/a.toml", text)]);
    let expected = ["a.toml:1:14 chats[1]", "a.toml:4:2 checkin", "a.toml:7:9 welcome.rules"];
    assert_eq!(places(&told), expected.map(|place| format!("communities/{place}")), "{told}");
}

#[test]
fn of_what_is_no_toml_the_first_mistake_is_told_for_each_file() {
    let text = "chats = [-1\n[welcome]\nrules = 'x'\n[[calendar]]\nid = 'a'\ntext = x\n";
    let told = told(&[("steward.toml", "listen = "), ("communities/a.toml", text), ("communities/b.toml", "x = [")]);
    let files: Vec<_> = told.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(files, ["communities/a.toml", "communities/b.toml", "steward.toml"], "{told}");
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
    assert_eq!(page.matches("Example: `\"20s\"`").count(), 1, "only `merge_within` is that short");
    assert!(page.contains("kept as evidence. Default: `90d`. Example: `\"90d\"`."), "{page}");
}
