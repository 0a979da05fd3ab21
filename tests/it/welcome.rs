//! Welcoming newcomers.

use steward::features::{Compiled, Settings};
use steward::model::{Span, UserId};
use steward::telegram::emulator::{Announce, Entry};

use crate::harness::{Scene, scenarios};

pub const MOMS: &str = "name = '职场妈妈成长社'\npurpose = '一起从容一点。'\n[welcome]\nrules = '1. <b>友善</b>'\n";
pub const CLUB: &str = "name = 'Book Club'\nlanguage = 'en'\n[welcome]\nrules = '1. Be <b>kind</b>'\n";

/// The welcomes that stand in the group.
fn welcomes(scene: &Scene) -> Vec<String> {
    let all = scene.tg.bot_messages(scene.group).into_iter().map(|message| message.text);
    all.filter(|text| text.starts_with("👋")).collect()
}

/// How many welcomes were sent since the beginning.
fn sent(scene: &Scene) -> usize {
    let text = |call: &steward::telegram::emulator::LoggedCall| call.params.get("text").map(ToString::to_string);
    scene.calls().iter().filter(|call| text(call).is_some_and(|text| text.contains("👋"))).count()
}

async fn join(scene: &mut Scene, names: &[&str]) -> Vec<UserId> {
    let people: Vec<UserId> = names.iter().map(|name| scene.person(name)).collect();
    for user in &people {
        scene.tg.join(scene.group, *user);
    }
    scene.settle().await;
    people
}

scenarios! {
    async fn a_newcomer_is_welcomed_after_a_moment(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let ling = scene.newcomer("小玲").await;
        scene.pass(Span::secs(19)).await;
        assert_eq!(welcomes(&scene), Vec::<String>::new());
        scene.pass(Span::secs(1)).await;
        let welcome = scene.last(scene.group);
        assert_eq!(welcome.text, "👋 欢迎 小玲！\n一起从容一点。");
        assert_eq!(welcome.entities[0]["user"]["id"], ling.0);
        let buttons: Vec<&str> = welcome.buttons[0].iter().map(|button| button.text.as_str()).collect();
        assert_eq!(buttons, ["📜 阅读群规", "✅ 我已阅读"]);
        scene.end().await;
    }

    async fn many_who_come_together_are_welcomed_with_one_message(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        join(&mut scene, &["一", "二", "三", "四", "五", "六", "七"]).await;
        scene.pass(Span::minutes(5)).await;
        assert_eq!(welcomes(&scene), ["👋 欢迎 一、二、三、四、五 等 7 位新朋友！\n一起从容一点。"]);
        scene.end().await;
    }

    async fn whom_an_admin_adds_in_one_go_are_welcomed_together(base) {
        let mut scene = Scene::new(&base, CLUB).await;
        for n in 0..20 {
            let user = scene.person(&format!("P{n}"));
            scene.tg.join_as(scene.group, user, &Entry { by: Some(scene.owner), ..Entry::default() });
        }
        scene.pass(Span::minutes(1)).await;
        assert_eq!(welcomes(&scene), ["👋 Welcome, P0, P1, P2, P3, P4 and 15 more!"]);
        scene.end().await;
    }

    async fn a_join_told_twice_or_only_to_the_bot_is_one_join(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        for (name, announce) in [("甲", Announce::Both), ("乙", Announce::Member)] {
            let user = scene.person(name);
            scene.tg.duplicate_next(2);
            scene.tg.join_as(scene.group, user, &Entry { announce, ..Entry::default() });
            scene.pass(Span::minutes(1)).await;
        }
        assert_eq!(welcomes(&scene), ["👋 欢迎 乙！\n一起从容一点。"]);
        assert_eq!(sent(&scene), 2);
        scene.end().await;
    }

    async fn the_welcome_before_goes_when_the_next_one_stands(base) {
        let mut scene = Scene::new(&base, CLUB).await;
        scene.newcomer("Ann").await;
        scene.pass(Span::minutes(3)).await;
        scene.newcomer("Bob").await;
        scene.pass(Span::minutes(3)).await;
        assert_eq!(welcomes(&scene), ["👋 Welcome, Bob!"]);
        scene.reload(&format!("{CLUB}remove_previous = false\ndelete_after = '10m'\n")).await;
        scene.newcomer("Eve").await;
        scene.pass(Span::minutes(3)).await;
        assert_eq!(welcomes(&scene), ["👋 Welcome, Bob!", "👋 Welcome, Eve!"]);
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(8)).await;
        assert_eq!(welcomes(&scene), ["👋 Welcome, Bob!"]);
        scene.end().await;
    }

    async fn a_welcome_is_removed_once(base) {
        let mut scene = Scene::new(&base, &format!("{CLUB}delete_after = '10m'\n")).await;
        scene.newcomer("Ann").await;
        scene.pass(Span::minutes(3)).await;
        scene.newcomer("Bob").await;
        scene.pass(Span::minutes(3)).await;
        assert_eq!(welcomes(&scene), ["👋 Welcome, Bob!"]);
        scene.pass(Span::hours(1)).await;
        assert_eq!(welcomes(&scene), Vec::<String>::new());
        scene.newcomer("Eve").await;
        scene.pass(Span::minutes(3)).await;
        assert_eq!(welcomes(&scene), ["👋 Welcome, Eve!"]);
        let calls = scene.calls();
        let removals: Vec<_> = calls.iter().filter(|call| call.method.starts_with("deleteMessage")).collect();
        assert_eq!(removals.len(), 2);
        assert!(removals.iter().all(|call| call.outcome.is_ok()), "{removals:?}");
        scene.end().await;
    }

    async fn a_hundred_joins_in_five_minutes_make_three_messages(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        for n in 0..100 {
            let user = scene.person(&format!("人{n}"));
            scene.tg.join(scene.group, user);
            scene.pass(Span::secs(3)).await;
        }
        assert!((1..=3).contains(&sent(&scene)), "{}", sent(&scene));
        scene.pass(Span::minutes(3)).await;
        assert!(sent(&scene) <= 4);
        assert_eq!(welcomes(&scene).len(), 1);
        scene.end().await;
    }

    async fn who_comes_and_goes_is_welcomed_once_a_day(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let ling = scene.person("小玲");
        for _ in 0..5 {
            scene.tg.join(scene.group, ling);
            scene.pass(Span::secs(30)).await;
            scene.tg.leave(scene.group, ling);
            scene.pass(Span::minutes(2)).await;
        }
        assert_eq!(sent(&scene), 1);
        scene.pass(Span::hours(24)).await;
        scene.tg.join(scene.group, ling);
        scene.pass(Span::secs(30)).await;
        assert_eq!(sent(&scene), 2);
        scene.end().await;
    }

    async fn who_has_left_is_not_greeted(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let people = join(&mut scene, &["小玲", "小美"]).await;
        scene.tg.leave(scene.group, people[0]);
        scene.pass(Span::minutes(1)).await;
        assert_eq!(welcomes(&scene), ["👋 欢迎 小美！\n一起从容一点。"]);
        let people = join(&mut scene, &["小红"]).await;
        scene.tg.leave(scene.group, people[0]);
        scene.pass(Span::minutes(1)).await;
        assert_eq!(sent(&scene), 1);
        // Who was not greeted is when they come again.
        scene.tg.join(scene.group, people[0]);
        scene.pass(Span::minutes(1)).await;
        assert_eq!(welcomes(&scene), ["👋 欢迎 小红！\n一起从容一点。"]);
        scene.end().await;
    }

    async fn a_restart_forgets_no_newcomer_and_greets_nobody_twice(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        join(&mut scene, &["小玲"]).await;
        scene.stage.restart().await.unwrap();
        join(&mut scene, &["小美"]).await;
        scene.pass(Span::secs(20)).await;
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(5)).await;
        assert_eq!(welcomes(&scene), ["👋 欢迎 小玲、小美！\n一起从容一点。"]);
        assert_eq!(sent(&scene), 1);
        scene.end().await;
    }

    async fn who_joined_while_the_bot_was_away_is_welcomed_with_one_message(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let people: Vec<UserId> = ["小玲", "小美", "小红"].map(|name| scene.person(name)).to_vec();
        for user in &people {
            scene.tg.join(scene.group, *user);
        }
        scene.tg.leave(scene.group, people[1]);
        scene.stage.absent(Span::hours(5)).await.unwrap();
        scene.pass(Span::minutes(2)).await;
        assert_eq!(welcomes(&scene), ["👋 欢迎 小玲、小红！\n一起从容一点。"]);
        scene.end().await;
    }

    async fn bots_are_not_welcomed_and_names_stay_inert(base) {
        let mut scene = Scene::new(&base, CLUB).await;
        let helper = scene.person("Helper");
        scene.tg.user(helper, |person| person.is_bot = true);
        scene.tg.join_as(scene.group, helper, &Entry { by: Some(scene.owner), ..Entry::default() });
        scene.pass(Span::minutes(1)).await;
        assert_eq!(sent(&scene), 0);
        join(&mut scene, &["<b>Al</b> {{ x }}", ""]).await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(welcomes(&scene), ["👋 Welcome, <b>Al</b> {{ x }}, Deleted account!"]);
        scene.end().await;
    }

    async fn a_name_nobody_sees_is_a_friends_and_a_long_one_is_cut(base) {
        let mut scene = Scene::new(&base, CLUB).await;
        let long = "🎉".repeat(64);
        join(&mut scene, &["\u{200b}\u{2060}", &long]).await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(welcomes(&scene), [format!("👋 Welcome, a new friend, {}…!", "🎉".repeat(23))]);
        scene.reload("[welcome]").await;
        join(&mut scene, &["\u{3164}"]).await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(welcomes(&scene), ["👋 欢迎 一位新朋友！"]);
        scene.end().await;
    }

    /// Fault 44: what runs from right to left turns nothing around it.
    async fn a_name_that_runs_the_other_way_keeps_to_itself(base) {
        let mut scene = Scene::new(&base, CLUB).await;
        let people = join(&mut scene, &["\u{202e}נועה", "Ann", "\u{2067}نور <b>"]).await;
        scene.pass(Span::minutes(1)).await;
        let welcome = scene.last(scene.group);
        assert_eq!(welcome.text, "👋 Welcome, \u{2068}נועה\u{2069}, Ann, \u{2068}نور <b>\u{2069}!");
        let units: Vec<u16> = welcome.text.encode_utf16().collect();
        for (entity, (user, name)) in welcome.entities.iter().zip(people.iter().zip(["נועה", "Ann", "نور <b>"])) {
            let at = |field: &str| usize::try_from(entity[field].as_u64().unwrap()).unwrap();
            let words = String::from_utf16(&units[at("offset")..at("offset") + at("length")]).unwrap();
            assert_eq!((entity["user"]["id"].as_i64(), words.trim_matches(['\u{2068}', '\u{2069}'])), (Some(user.0), name));
        }
        scene.end().await;
    }

    async fn many_long_names_from_right_to_left_fit_a_message(base) {
        let text = format!("{CLUB}name_at_most = 20\ntext = '👋 {{{{ newcomers }}}} {}'\n", "x".repeat(3900));
        let mut scene = Scene::new(&base, &text).await;
        let names: Vec<String> = (0..20).map(|n| format!("{n}{}", "נ".repeat(60))).collect();
        join(&mut scene, &names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        scene.pass(Span::minutes(1)).await;
        let welcome = scene.last(scene.group).text;
        assert_eq!(welcome.chars().count(), 4096);
        let count = |c: char| welcome.chars().filter(|it| *it == c).count();
        assert_eq!((count('\u{2068}'), count('\u{2069}')), (20, 20));
        scene.end().await;
    }

    async fn a_paused_group_is_not_greeted_afterwards(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let paused = |on: bool| { let (db, group, now) = (scene.stage.db().clone(), scene.group, scene.stage.now()); async move {
            let mut tx = db.begin().await.unwrap();
            let row = tx.chat(group).unwrap().clone();
            tx.put_chat(steward::store::chats::ChatRow { paused: on.then_some(now), ..row }).await.unwrap();
            tx.commit().await.unwrap();
        }};
        let (pause, resume) = (paused(true), paused(false));
        pause.await;
        join(&mut scene, &["小玲"]).await;
        scene.pass(Span::minutes(1)).await;
        resume.await;
        scene.pass(Span::minutes(10)).await;
        assert_eq!(sent(&scene), 0);
        scene.end().await;
    }

    async fn the_welcome_tells_what_is_on_today(base) {
        let settings = "[welcome]\ntext = '👋 {{ newcomers }}{% if today.topic %}｜{{ today.time }} {{ today.topic }}{% endif %}'\n\
            [[calendar]]\nid = 'a'\nweekdays = 'mon'\nat = ['15:00', '20:00']\nbank = ['聊聊<b>早餐</b> & 咖啡', '晚安']\n";
        let mut scene = Scene::new(&base, settings).await;
        for (hour, name, says) in [
            (13, "甲", "👋 甲｜15:00 聊聊早餐 & 咖啡"),
            (16, "乙", "👋 乙｜15:00 聊聊早餐 & 咖啡"),
            (21, "丙", "👋 丙｜20:00 晚安"),
            (9, "丁", "👋 丁"),
        ] {
            scene.until(hour, 0).await;
            join(&mut scene, &[name]).await;
            scene.pass(Span::minutes(1)).await;
            assert_eq!(welcomes(&scene), [says]);
            assert!(scene.last(scene.group).buttons.is_empty());
        }
        scene.end().await;
    }

    async fn newcomers_of_a_group_that_changes_its_number_are_welcomed_there(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        join(&mut scene, &["小玲"]).await;
        let to = scene.tg.migrate(scene.group);
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.last(to).text, "👋 欢迎 小玲！\n一起从容一点。");
        scene.end().await;
    }
}

#[test]
fn mistakes_in_the_settings_are_found() {
    let settings = "[welcome]\ntext = 'Hi {{ name }}'\nrules = '<h1>x</h1>'\nmerge_within = '1h'\nname_at_most = 0\ndelete_after = '1s'\ntopic = 0\n";
    let settings: Settings = toml::from_str(settings).unwrap();
    let findings = Compiled::new(&settings, std::path::Path::new(".")).1;
    let paths: Vec<&str> = findings.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "welcome.text",
            "welcome.rules",
            "welcome.merge_within",
            "welcome.name_at_most",
            "welcome.delete_after",
            "welcome.topic"
        ]
    );
}
