//! `steward ads` from the command line: verdicts, figures, and settings tried on a group's history.

use std::fs;
use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::{Value, json};

use crate::bench::{Bench, COMMUNITY, text};

const AD: &str = "招兼职日结三百，加微信 abcd123456";
const CHAT: &str = "明天早上七点公园见，记得带水";
const INVITE: &str = "https://t.me/+Made0Up1";

/// A folder for files, and the program without any settings unless they are named.
async fn bench() -> Bench {
    Bench::new("").await
}

fn run(bench: &Bench, arguments: &[&str], input: &str) -> Output {
    let mut command = bench.command(arguments);
    command.env_remove("STEWARD_CONFIG").current_dir(bench.path(""));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who does not read its input may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn rows(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(Value::to_string).map(|row| row + "\n").collect()
}

#[tokio::test]
async fn a_text_is_judged_with_its_reasons() {
    let bench = bench().await;
    let told = run(&bench, &["ads", "judge", "--text", &format!("早\n{AD}\n")], "");
    let shown = text(&told.stdout);
    assert!(shown.starts_with("ad ") && shown.contains("contact") && shown.contains("abcd123456"), "{told:?}");
    assert_eq!((code(&told), shown.matches("早").count(), told.stderr.len()), (Some(0), 1, 0), "{told:?}");
    let told = run(&bench, &["ads", "judge"], &format!("{CHAT}\n\n{AD}\n"));
    let classes: Vec<_> =
        text(&told.stdout).lines().filter(|it| !it.starts_with(' ')).map(|it| it[..5].to_owned()).collect();
    assert_eq!(classes, ["clean", "ad   "], "{told:?}");
    let sneaky = run(&bench, &["ads", "judge", "--text", "早\u{1b}[2J\u{202e}好"], "");
    assert!(!text(&sneaky.stdout).contains(['\u{1b}', '\u{202e}']), "{sneaky:?}");
}

#[tokio::test]
async fn rows_are_judged_in_order_and_keep_what_they_say_of_themselves() {
    let bench = bench().await;
    let hidden = [
        json!({ "text": "进来看看", "entities": [{ "type": "text_link", "offset": 0, "length": 4, "url": INVITE }] }),
        json!({ "text": "进来看看", "buttons": [INVITE] }),
        json!({ "caption": "扫码进来看看", "qr": INVITE }),
        json!({ "message_id": 1, "chat": { "id": -1001 }, "photo": [], "caption": "扫码", "qr": INVITE }),
        json!({ "update_id": 1, "message": { "message_id": 1, "chat": { "id": -1001 }, "text": INVITE } }),
    ];
    let mut input = vec![json!({ "text": CHAT, "label": "ham", "lang": "zh", "source": "ours" })];
    input.extend(hidden.iter().cloned());
    let file = bench.path("rows.jsonl");
    fs::write(&file, lines(&input) + "{\"text\": 5}\nno row\n").unwrap();
    let told = run(&bench, &["ads", "judge", file.to_str().unwrap(), "--json"], "");
    let judged = rows(&told);
    assert_eq!(judged.len(), input.len());
    let first = &judged[0];
    assert_eq!(
        (&first["class"], &first["label"], &first["lang"], &first["source"]),
        (&json!("clean"), &json!("ham"), &json!("zh"), &json!("ours"))
    );
    for (row, verdict) in hidden.iter().zip(&judged[1..]) {
        assert_eq!(verdict["class"], "ad", "{row}: {verdict}");
        assert!(verdict["reasons"].to_string().contains("Made0Up1"), "{verdict}");
    }
    assert_eq!(judged.iter().map(|row| row["line"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    let problems = text(&told.stderr);
    assert!(
        problems.contains("rows.jsonl:7: `text` is no text") && problems.contains("rows.jsonl:8: no JSON"),
        "{problems}"
    );
    assert_eq!(code(&told), Some(1));
}

#[tokio::test]
async fn who_writes_and_whose_settings_count() {
    let bench = bench().await;
    let class = |arguments: &[&str], input: &str| {
        let told = run(&bench, &[&["ads", "judge", "--json"], arguments].concat(), input);
        rows(&told).first().map(|row| row["class"].as_str().unwrap().to_owned()).ok_or_else(|| text(&told.stderr))
    };
    let link = "https://made-up-site.example/a";
    assert_eq!(class(&["--text", link], ""), Ok("suspect".into()));
    assert_eq!(class(&["--text", link, "--sender", "member"], ""), Ok("clean".into()));
    assert_eq!(class(&["--text", link, "--days", "30", "--messages", "50"], ""), Ok("clean".into()));
    assert_eq!(class(&["--text", link, "--sender", "member", "--messages", "0"], ""), Ok("suspect".into()));
    assert_eq!(class(&["--text", AD, "--sender", "staff"], ""), Ok("clean".into()));
    assert_eq!(class(&["--text", "看 t.me/made_up_group/5", "--own", "made_up_group"], ""), Ok("clean".into()));
    let block = "[strikes]\njudge.block_domains = ['made-up-site.example']\n";
    fs::write(bench.path("communities/moms.toml"), COMMUNITY.to_owned() + block).unwrap();
    assert_eq!(class(&["--text", link, "-c", "steward.toml"], ""), Ok("ad".into()));
    fs::write(bench.path("communities/others.toml"), "name = '别处'\nchats = [-1000000001002]\n").unwrap();
    assert_eq!(class(&["--text", link, "-c", "steward.toml", "--community", "moms"], ""), Ok("ad".into()));
    assert_eq!(class(&["--text", link, "-c", "steward.toml", "--community", "others"], ""), Ok("suspect".into()));
    assert_eq!(class(&["--text", link, "-c", "communities/moms.toml"], ""), Ok("ad".into()));
    assert_eq!(class(&["--text", link, "-c", ".", "--community", "moms"], ""), Ok("ad".into()));
    fs::create_dir(bench.path("tried")).unwrap();
    fs::write(bench.path("tried/odd.toml"), COMMUNITY.to_owned() + "[strikes]\nlader = []\n").unwrap();
    for (arguments, exit, reason) in [
        (&["judge", "-c", "tried/odd.toml"][..], 1, "odd.toml:5"),
        (&["judge", "-c", "tried"], 1, "tried/steward.toml"),
        (&["judge", "-c", "steward.toml"], 2, "moms, others"),
        (&["judge", "-c", "steward.toml", "--community", "nobody"], 2, "there is no community `nobody`"),
        (&["judge", "-c", "missing.toml"], 1, "missing.toml"),
        (&["judge", "missing.txt"], 3, "missing.txt"),
        (&["judge", "."], 3, "it is a folder"),
        (&["judge", "a.txt", "--text", "b"], 2, "cannot be used with"),
        (&["judge", "--sender", "king"], 2, "king"),
        (&["judge", "--days", "-3"], 2, "-3"),
    ] {
        let told = run(&bench, &[&["ads"], arguments].concat(), "");
        assert_eq!(code(&told), Some(exit), "{arguments:?} {told:?}");
        assert!(text(&told.stderr).contains(reason), "{arguments:?} {told:?}");
    }
}

#[tokio::test]
async fn figures_tell_what_is_found_and_what_is_wrong() {
    let bench = bench().await;
    let ours = [
        json!({ "text": AD, "label": "ad", "lang": "zh", "source": "ours" }),
        json!({ "text": "今天天气真好", "label": "ad", "lang": "zh", "source": "ours" }),
        json!({ "text": CHAT, "label": "ham", "lang": "zh", "source": "ours" }),
        json!({ "text": format!("{AD} 二"), "label": "ham", "lang": "zh", "source": "theirs" }),
    ];
    let others = [
        json!({ "text": "see you at the park", "label": "ham" }),
        json!({ "text": "завтра увидимся", "label": false }),
    ];
    fs::write(bench.path("ours.jsonl"), lines(&ours)).unwrap();
    fs::write(bench.path("others.jsonl"), lines(&others)).unwrap();
    let told = run(&bench, &["ads", "test", "ours.jsonl", "others.jsonl", "--json"], "");
    let figures: Value = serde_json::from_slice(&told.stdout).unwrap();
    let group = |by: &str, name: &str| {
        let groups = figures["groups"].as_array().unwrap();
        groups
            .iter()
            .find(|it| it["by"] == by && it["name"] == name)
            .unwrap_or_else(|| panic!("{by} {name}: {figures:#}"))
    };
    let all = group("all", "");
    assert_eq!((&all["ads"], &all["innocent"]), (&json!(2), &json!(4)));
    assert_eq!((&all["classes"]["ads"]["ad"], &all["classes"]["innocent"]["ad"]), (&json!(1), &json!(1)));
    let act = &all["act"];
    let value = |name: &str| &act[name]["percent"];
    assert_eq!([value("precision"), value("recall"), value("false_positive_rate")], [50.0, 50.0, 25.0]);
    assert!(act["recall"]["low"].as_f64().unwrap() < 50.0 && act["recall"]["high"].as_f64().unwrap() > 50.0);
    assert_eq!(all["curve"].as_array().unwrap().len(), 5);
    for (by, name, messages) in [
        ("set", "ours", 4),
        ("set", "others", 2),
        ("source", "theirs", 1),
        ("language", "zh", 4),
        ("language", "latin", 1),
        ("language", "cyrillic", 1),
    ] {
        let group = group(by, name);
        assert_eq!(group["ads"].as_u64().unwrap() + group["innocent"].as_u64().unwrap(), messages, "{by} {name}");
    }
    let worst = &figures["worst"];
    assert_eq!(
        (&worst["innocent"][0]["place"], &worst["ads"][0]["place"]),
        (&json!("ours.jsonl:4"), &json!("ours.jsonl:2"))
    );
    let told = run(&bench, &["ads", "test", "ours.jsonl", "--worst", "1"], "");
    let shown = text(&told.stdout);
    for words in ["all: 2 ads, 2 innocent", "precision 50.0 [", "By source", "Ads most like innocent", "今天天气真好"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("By set"), "one set is all: {shown}");
    assert_eq!(code(&told), Some(0));
    let more = lines(&ours) + "{\"text\": \"早\"}\n{\"text\": \"早\", \"label\": \"maybe\"}\n";
    fs::write(bench.path("ours.jsonl"), more).unwrap();
    let told = run(&bench, &["ads", "test", "ours.jsonl"], "");
    let problems = text(&told.stderr);
    assert!(
        problems.contains("ours.jsonl:5: no `label`") && problems.contains("ours.jsonl:6: the label is"),
        "{problems}"
    );
    assert_eq!(code(&told), Some(1));
    fs::write(bench.path("empty.jsonl"), "\n").unwrap();
    assert_eq!(code(&run(&bench, &["ads", "test", "empty.jsonl"], "")), Some(3));
    assert_eq!(code(&run(&bench, &["ads", "test"], "")), Some(2));
}

/// A month of a group: one who comes in and advertises, one who asks for something with a link, talk.
fn export() -> String {
    let said = |id: i64, minutes: i64, user: &str, text: Value| {
        let at = (1_772_424_000 + 60 * minutes).to_string();
        json!({ "id": id, "type": "message", "date_unixtime": at, "from": format!("某{user}"), "from_id": user, "text": text })
    };
    let joined = json!({
        "id": 1, "type": "service", "date_unixtime": "1772424000", "actor": "某user10001", "actor_id": "user10001",
        "action": "join_group_by_link",
    });
    let link = json!([{ "type": "link", "text": "https://made-up-site.example/a" }]);
    let messages = [
        joined,
        said(2, 1, "user10002", CHAT.into()),
        said(3, 2, "user10001", AD.into()),
        said(4, 3, "user10001", AD.into()),
        said(5, 60, "user10001", AD.into()),
        said(6, 90, "user10002", link),
        said(7, 100, "channel1001", AD.into()),
        said(8, 120, "user10001", "大家好".into()),
    ];
    json!({ "name": "成长社", "type": "private_supergroup", "id": 1001, "messages": messages }).to_string()
}

/// The same group in the export of a whole account.
fn account() -> String {
    let group: Value = serde_json::from_str(&export()).unwrap();
    let other = json!({ "name": "闲聊", "type": "private_group", "id": 77, "messages": [] });
    json!({ "chats": { "about": "All chats.", "list": [group, other] } }).to_string()
}

#[tokio::test]
async fn settings_are_tried_on_a_groups_history() {
    let bench = bench().await;
    fs::write(bench.path("result.json"), export()).unwrap();
    let tried = "[strikes]\nladder = [{ do = 'warn' }]\njudge.block_domains = ['made-up-site.example']\n";
    fs::write(bench.path("communities/moms.toml"), COMMUNITY.to_owned() + tried).unwrap();
    let before: Vec<_> = fs::read_dir(bench.path("")).unwrap().map(|it| it.unwrap().file_name()).collect();
    let command = ["ads", "backtest", "result.json", "--config", "steward.toml"];
    let told = run(&bench, &[&command[..], &["--json"]].concat(), "");
    let mut rows = rows(&told);
    let totals = rows.pop().unwrap()["totals"].take();
    let became = |row: &Value, side: &str| {
        let penalty = row[side]["penalty"].as_str().map(|it| format!(" {it}")).unwrap_or_default();
        format!("{}{penalty}", row[side]["outcome"].as_str().unwrap())
    };
    let told_of: Vec<_> =
        rows.iter().map(|row| (row["id"].as_i64().unwrap(), became(row, "today"), became(row, "tried"))).collect();
    let expected = [
        (3, "struck warn", "struck warn"),
        (4, "deleted", "deleted"),
        (5, "struck mute 1d", "struck warn"),
        (6, "held", "struck warn"),
        (8, "silenced", "passed"),
    ];
    assert_eq!(told_of, expected.map(|(id, today, tried)| (id, today.to_owned(), tried.to_owned())), "{told:?}");
    assert_eq!((&totals["messages"], &totals["differing"]), (&json!(7), &json!(3)));
    assert_eq!((&totals["today"]["held"], &totals["tried"]["strikes"]["warn"]), (&json!(1), &json!(3)));
    assert_eq!(totals["struck_by_tried_only"], json!([10_002]));
    assert_eq!(code(&told), Some(0));
    let shown = run(&bench, &[&command[..], &["--differences", "--staff", "10002"]].concat(), "");
    let shown = text(&shown.stdout);
    assert!(
        shown.contains("#5  某user10001 (10001)  today: mute 1d (strike 2), tried: warn (strike 2)  differs"),
        "{shown}"
    );
    assert!(!shown.contains("#3") && !shown.contains("#6") && shown.contains("something else becomes of 2"), "{shown}");
    // What today's settings only show to the staff, those tried strike, and both say why.
    let all = text(&run(&bench, &command, "").stdout);
    let [today, tried] = ["    today    1.0  newcomer_link", "    tried    4.0  blocked_domain"].map(|it| all.find(it));
    assert!(today.is_some() && today < tried, "{all}");
    let of_file = ["ads", "backtest", "result.json", "--config", "communities/moms.toml"];
    assert_eq!(text(&run(&bench, &of_file, "").stdout), all);
    let same = run(&bench, &[&command[..], &["--against", "steward.toml"]].concat(), "");
    assert!(text(&same.stdout).contains("something else becomes of 0"), "{same:?}");
    let after: Vec<_> = fs::read_dir(bench.path("")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(before, after, "nothing is stored");
    fs::write(bench.path("account.json"), account()).unwrap();
    let of_account = ["ads", "backtest", "account.json", "--config", "steward.toml", "--chat"];
    for chat in ["成长社", "-1000000001001"] {
        assert_eq!(text(&run(&bench, &[&of_account[..], &[chat]].concat(), "").stdout), all, "{chat}");
    }
}

#[tokio::test]
async fn what_is_no_export_is_told() {
    let bench = bench().await;
    let half = &export()[..400];
    let odd = export().replace("\"from_id\":\"user10002\"", "\"from_id\":\"nobody\"");
    for (name, content, exit, reason) in [
        ("half.json", half, 3, "EOF"),
        ("list.json", "[1, 2]", 3, "a history exported as JSON"),
        ("account.json", &account(), 3, "say with --chat which of these is meant: 成长社 (1001), 闲聊 (77)"),
        ("other.json", "{\"name\": \"x\"}", 3, "there are no `messages`"),
        ("odd.json", &odd, 1, "message 2 of the list: no readable `from_id`"),
    ] {
        fs::write(bench.path(name), content).unwrap();
        let told = run(&bench, &["ads", "backtest", name, "--config", "steward.toml"], "");
        assert_eq!(code(&told), Some(exit), "{name} {told:?}");
        assert!(text(&told.stderr).contains(reason), "{name} {told:?}");
    }
    let none = run(&bench, &["ads", "backtest", "odd.json"], "");
    assert!(code(&none) == Some(2) && text(&none.stderr).contains("--config"), "{none:?}");
    let missing = run(&bench, &["ads", "backtest", "missing.json", "--config", "steward.toml"], "");
    assert!(code(&missing) == Some(3) && text(&missing.stderr).contains("missing.json"), "{missing:?}");
}
