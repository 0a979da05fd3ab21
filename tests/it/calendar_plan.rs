//! What `steward plan` shows is what is then posted; mistakes and oddities of a calendar are found before it runs.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono_tz::Asia::Shanghai;
use steward::cli::outlook::{Entry, Known, Outlook};
use steward::engine::Book;
use steward::features::calendar::{Beside, Ready, Rules, Used, Warning, plan, warnings};
use steward::features::{Compiled, Settings};
use steward::model::{ChatId, ChatKind, Span, Timestamp};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::ALL_RIGHTS;

use crate::arrival::with_another;
use crate::harness::{NOON, Scene, scenarios};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/communities")
}

fn example(name: &str) -> Settings {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    steward::config::read(name, &text, &[]).unwrap().value
}

fn compiled(settings: &Settings) -> Compiled {
    let (compiled, findings) = Compiled::new(settings, &folder());
    assert_eq!(findings, []);
    compiled
}

/// Where mistakes are found, and what is said of them.
fn mistakes(settings: &str) -> Vec<String> {
    let settings: Settings = toml::from_str(settings).unwrap();
    Compiled::new(&settings, &folder()).1.into_iter().map(|it| format!("{}: {}", it.path, it.reason)).collect()
}

fn odd(settings: &str, days: i64) -> Vec<String> {
    let compiled = compiled(&toml::from_str(settings).unwrap());
    let rules = compiled.calendar().unwrap();
    let to = NOON + Span::days(days);
    odd_in(rules, to).iter().map(Warning::to_string).collect()
}

fn odd_in(rules: &Rules, to: Timestamp) -> Vec<Warning> {
    let planned = plan(&rules.posts, rules.zone, &Used::new(), NOON, to);
    let posts: Vec<&Ready> = rules.posts.iter().collect();
    warnings(&posts, rules.zone, &planned, &Beside::default(), (NOON, to), 6)
}

/// What lies ahead of the only community for some days, by what the database knows.
async fn ahead(scene: &Scene, settings: &Settings, days: i64) -> Outlook {
    let compiled = Arc::new(compiled(settings));
    let mut book = Book::new(folder(), vec![("moms".to_owned(), Arc::clone(&compiled))], None);
    let known = Known::read(scene.stage.db().clone(), &mut book).await.unwrap();
    let now = scene.stage.now();
    Outlook::new(&known, &book, &compiled, (now, now + Span::days(days))).await.unwrap()
}

/// When it comes, what it says, and where.
fn lines(entries: &[Entry]) -> Vec<String> {
    let line = |it: &Entry| {
        let text = it.text.clone().unwrap_or_else(|| format!("({})", it.post));
        format!("{} {text} {:?}", it.civil.format("%d %H:%M"), it.chats.iter().map(|chat| chat.0).collect::<Vec<_>>())
    };
    entries.iter().map(line).collect()
}

/// What the bot posted in a chat after an instant.
fn posted(scene: &Scene, chat: ChatId, after: Timestamp) -> Vec<(Timestamp, String)> {
    let all = scene.tg.bot_messages(chat).into_iter();
    all.filter(|message| message.at > after).map(|message| (message.at, message.text)).collect()
}

scenarios! {
    async fn a_plan_of_two_weeks_is_what_is_then_posted(base) {
        let example = example("moms.toml");
        let calendar = Settings { calendar: example.calendar.clone(), ..Settings::default() };
        let compiled = compiled(&calendar);
        let rules = compiled.calendar().unwrap();
        let mut scene = Scene::new(&base, &toml::to_string(&calendar).unwrap()).await;
        let from = scene.stage.now();
        let planned = plan(&rules.posts, rules.zone, &Used::new(), from, from + Span::days(14));
        for day in 0..14 {
            scene.pass(Span::days(1)).await;
            if day % 3 == 0 {
                scene.stage.restart().await.unwrap();
            }
        }
        let known: HashSet<&str> = planned.iter().map(|it| it.text.lines().next().unwrap()).collect();
        let posted: Vec<(Timestamp, String)> = scene.tg.bot_messages(scene.group).into_iter().filter_map(|message| {
            let question = message.poll.as_ref().and_then(|poll| poll["question"].as_str().map(ToOwned::to_owned));
            let first = question.unwrap_or(message.text).lines().next()?.to_owned();
            known.contains(first.as_str()).then_some((message.at, first))
        }).collect();
        let expected: Vec<(Timestamp, String)> =
            planned.iter().map(|it| (it.at, it.text.lines().next().unwrap().to_owned())).collect();
        assert!(expected.len() > 15);
        assert_eq!(posted, expected);
        scene.end().await;
    }
}

const TWO: &str = "[[calendar]]\nid = 'noon'\nat = '13:00'\nbank = ['甲', '乙', '丙']\n\
    [checkin]\npost = { at = '14:00', bank = ['读书', '运动'] }\nsummary_at = '22:00'\n";

scenarios! {
    async fn each_group_of_a_community_has_its_own_turns_in_the_plan_as_in_truth(base) {
        let other = supergroup(1002);
        let mut scene = with_another(&base, TWO, other, ChatKind::Supergroup).await;
        // The second group comes a day later.
        scene.until(15, 0).await;
        scene.tg.add_bot_to(other, scene.owner);
        scene.tg.promote_bot(other, &ALL_RIGHTS);
        scene.until(13, 30).await;
        let mut settings: Settings = toml::from_str(TWO).unwrap();
        settings.chats = vec![scene.group.0, other.0];
        settings.staff_chat = Some(scene.staff.0);
        let outlook = ahead(&scene, &settings, 1).await;
        let (one, two) = (scene.group.0, other.0);
        assert_eq!(lines(&outlook.entries), [
            format!("03 14:00 运动 [{one}]"),
            format!("03 14:00 读书 [{two}]"),
            format!("03 22:00 (check-in summary) [{one}, {two}]"),
            format!("04 13:00 丙 [{one}]"),
            format!("04 13:00 乙 [{two}]"),
        ]);
        assert_eq!(outlook.entries[0].button.as_deref(), Some("✅ 打卡"));
        assert_eq!(outlook.warnings, Vec::<String>::new());
        let outlook = ahead(&scene, &settings, 5).await;
        let now = scene.stage.now();
        for _ in 0..5 {
            scene.pass(Span::days(1)).await;
            scene.stage.restart().await.unwrap();
        }
        for chat in [scene.group, other] {
            let here = outlook.entries.iter().filter(|it| it.chats.contains(&chat));
            let planned: Vec<_> = here.filter_map(|it| Some((it.at, it.text.clone()?))).collect();
            assert_eq!(planned.len(), 10);
            assert_eq!(posted(&scene, chat, now), planned, "{chat}");
        }
        scene.end().await;
    }

    async fn a_plan_knows_what_was_changed_in_the_chat_and_where_nothing_comes(base) {
        let mut scene = Scene::new(&base, TWO).await;
        let mut settings: Settings = toml::from_str(TWO).unwrap();
        settings.chats = vec![scene.group.0, -1_000_000_007_777];
        settings.staff_chat = Some(scene.staff.0);
        scene.say(scene.owner, "/set checkin.summary_at 13:05").await;
        scene.say(scene.owner, "/pause").await;
        let outlook = ahead(&scene, &settings, 1).await;
        let one = scene.group.0;
        assert!(lines(&outlook.entries).contains(&format!("02 13:05 (check-in summary) [{one}]")));
        assert_eq!(outlook.warnings, [
            format!("{one} is paused: nothing is posted there until it is resumed"),
            "the bot is not in -1000000007777, so nothing is posted there".to_owned(),
            format!("`noon` and the check-in summary come within 10 minutes of each other, once (in {one})"),
        ]);
        scene.end().await;
    }

    async fn a_days_post_that_came_does_not_come_again_in_the_plan(base) {
        let mut scene = Scene::new(&base, TWO).await;
        scene.until(14, 30).await;
        let mut settings: Settings = toml::from_str(&TWO.replace("14:00", "16:00")).unwrap();
        settings.chats = vec![scene.group.0];
        let planned = lines(&ahead(&scene, &settings, 1).await.entries);
        let posts: Vec<&String> = planned.iter().filter(|line| line.contains("16:00")).collect();
        assert_eq!(posts, Vec::<&String>::new(), "and tomorrow's is more than a day away");
        let planned = lines(&ahead(&scene, &settings, 2).await.entries);
        assert!(planned.contains(&format!("03 16:00 运动 [{}]", scene.group.0)), "{planned:?}");
        scene.end().await;
    }
}

#[test]
fn the_examples_have_neither_mistakes_nor_oddities() {
    for name in ["moms.toml", "book-club.toml"] {
        let compiled = compiled(&example(name));
        let rules = compiled.calendar().unwrap();
        let to = NOON + Span::days(400);
        assert_eq!(odd_in(rules, to), [], "{name}");
    }
}

#[test]
fn a_plan_says_what_is_posted_when() {
    let compiled = compiled(&example("moms.toml"));
    let rules = compiled.calendar().unwrap();
    let planned = plan(&rules.posts, Shanghai, &Used::new(), NOON, NOON + Span::days(3));
    let lines: Vec<String> = planned
        .iter()
        .map(|it| format!("{} {} {:?} {}", it.civil.format("%m-%d %H:%M"), it.post, it.kind, it.title))
        .collect();
    assert_eq!(
        lines,
        [
            "03-02 20:00 toolkit Text 干货分享",
            "03-03 08:00 morning-topic Text ☀️ 晒晒今天的早餐",
            "03-04 08:00 morning-topic Text ☀️ 今天最想早点做完的一件事是什么？",
            "03-04 20:00 wednesday-poll Poll 这周最累的是哪一段？",
            "03-05 08:00 morning-topic Text ☀️ 昨天有哪个瞬间让你觉得“我还挺厉害”？",
        ]
    );
}

#[test]
fn every_mistake_is_found_with_its_place() {
    let long = "长".repeat(4097);
    let settings = format!(
        r#"
        chats = [-1001]
        [[calendar]]
        id = "Morning Topic"
        at = "08:00"
        [[calendar]]
        id = "a"
        weekdays = ["mon"]
        text = "好"
        poll = {{ question = "", options = ["一", "一", ""], correct = "二" }}
        [[calendar]]
        id = "a"
        on = "2026-02-28"
        skip = ["2026-02-28"]
        at = "09:00"
        bank = ["{long}", "<b>粗", "好", "好"]
        chats = [-1002]
        topic = -1
        [[calendar]]
        id = "photo"
        cron = "* * * * *"
        photo = "no-such.png"
        title = ""
        buttons = [{{ text = "", url = "example" }}]
        [[calendar]]
        at = "09:00"
        photo = "https://example.org/a.png"
        text = "{}"
        "#,
        "长".repeat(1025)
    );
    let no_file = format!("calendar[3].photo: there is no file {}", folder().join("no-such.png").display());
    assert_eq!(
        mistakes(&settings),
        [
            "calendar[0].id: `Morning Topic`: an id is at most 32 small letters, digits, `-` and `_`",
            "calendar[0].text: says nothing: write `text`, `bank`, `photo` or `poll`",
            "calendar[1].at: the time of day is missing; write for example `at = \"20:00\"`",
            "calendar[1].poll: cannot stand beside `text`: leave one out",
            "calendar[1].poll.question: a question has 1 to 300 characters",
            "calendar[1].poll.options[1]: is an option already",
            "calendar[1].poll.options[2]: an option has 1 to 100 characters",
            "calendar[1].poll.correct: `二` is not one of the options",
            "calendar[2].id: `a` is the id of [[calendar]] number 2 already",
            "calendar[2].chats[0]: -1002 is not one of this community's `chats`",
            "calendar[2].topic: a thread id is a number above 0",
            "calendar[2].on: there is no such day, so it would never happen; check the dates",
            "calendar[2].bank[0]: has 4097 characters; Telegram takes at most 4096 here",
            "calendar[2].bank[1]: `<b>` is not closed",
            "calendar[2].bank[3]: is in the bank already",
            "calendar[3].buttons[0].text: a button says something in at most 64 characters",
            "calendar[3].buttons[0].url: `example` is no address like https://…",
            "calendar[3].cron: comes more than 24 times a day",
            "calendar[3].title: must be one line of at most 40 characters",
            no_file.as_str(),
            "calendar[4].id: every post needs an id, such as `morning-topic`",
            "calendar[4].text: has 1025 characters; Telegram takes at most 1024 here",
        ]
    );
}

#[test]
fn oddities_of_a_calendar_are_told() {
    let post = |id: &str, rest: &str| format!("[[calendar]]\nid = '{id}'\n{rest}\n");
    assert_eq!(
        odd(
            &(post("a", "weekdays = 'fri'\nat = '20:00'\ntext = '甲'")
                + &*post("b", "weekdays = 'fri'\nat = '20:05'\ntext = '乙'")),
            6
        ),
        ["2026-03-06 20:05: `a` and `b` come within 10 minutes"]
    );
    assert_eq!(
        odd(
            &(post("a", "weekdays = 'fri'\nat = '19:30'\npin = true\ntext = '甲'")
                + &*post("b", "weekdays = 'fri'\nat = '20:00'\npin = true\ntext = '乙'")),
            6
        ),
        ["2026-03-06 20:00: the pin of `a` is replaced by `b` within an hour"]
    );
    assert_eq!(
        odd(
            &post(
                "a",
                "on = '2026-03-04'\nat = ['08:00', '09:00', '10:00', '11:00', '12:00', '13:00', '14:00']\ntext = '甲'"
            ),
            5
        ),
        ["2026-03-04: 7 posts in one day, more than 6"]
    );
    assert_eq!(
        odd(&post("a", "on = '2026-03-04'\nat = '08:00'\ntext = '甲'"), 14),
        ["nothing is posted from 2026-03-04 to 2026-03-16"]
    );
    assert_eq!(
        odd(&post("a", "at = '08:00'\ntext = '早'"), 14),
        ["`a` says the same every day: give it a bank of texts"]
    );
    assert_eq!(
        odd(
            &post("a", "weekdays = ['mon', 'wed']\nat = '20:00'\nbank = ['每周一、周五晚8点见', '周三 21:00 直播']"),
            6
        ),
        ["`a` says 周五, and never comes on that day", "`a` says 21:00, and nothing is planned at that time"]
    );
    // Posts for different chats are not in each other's way.
    let apart = "chats = [-1, -2]\n".to_owned()
        + &*post("a", "weekdays = 'fri'\nat = '20:00'\ntext = '甲'\nchats = [-1]")
        + &*post("b", "weekdays = 'fri'\nat = '20:05'\ntext = '乙'\nchats = [-2]");
    assert_eq!(odd(&apart, 3), Vec::<String>::new());
}
