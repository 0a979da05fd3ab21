//! The pages of `/stats`: figures that staff see with both their numbers.

mod checkins;
mod strikes;
mod topics;
mod welcome;

use steward::model::{Span, UserId};
use steward::telegram::emulator::ALL_RIGHTS;

use crate::harness::{Scene, scenarios};

/// What the staff chat shows for a page of `/stats`, without its heading.
pub async fn page(scene: &mut Scene, word: &str) -> String {
    scene.tg.say(scene.staff, scene.owner, &format!("/stats {word}"));
    unhurried(scene).await;
    let shown = scene.last(scene.staff).text;
    shown.split_once("\n\n").expect("a page has a heading").1.to_owned()
}

/// Time for the bot to say all it has to say: it keeps Telegram's pace.
async fn unhurried(scene: &mut Scene) {
    scene.pass(Span::secs(8)).await;
}

/// The values under a figure whose name begins so: of today, 7 days and 30 days, or its lines.
pub fn values(page: &str, name: &str) -> Vec<String> {
    let block = page.split("\n\n").find(|block| block.starts_with(name));
    let block = block.unwrap_or_else(|| panic!("no {name} in:\n{page}"));
    let lines = block.split("\n· ").skip(1);
    lines.map(|line| line.rsplit_once(['：', ':']).map_or(line, |(_, value)| value).trim().to_owned()).collect()
}

/// The labels of the buttons under the newest message in the staff chat.
fn buttons(scene: &Scene) -> Vec<String> {
    scene.last(scene.staff).buttons.iter().flatten().map(|button| button.text.clone()).collect()
}

const ALL: &str = "name = '职场妈妈成长社'\n[welcome]\n[strikes]\n[checkin]\n\
                   [[calendar]]\nid = 'a'\nat = '13:00'\ntext = '甲'\n";

scenarios! {
    async fn a_button_leads_from_the_table_to_each_page_and_back(base) {
        let mut scene = Scene::new(&base, ALL).await;
        let (staff, owner) = (scene.staff, scene.owner);
        scene.tg.say(staff, owner, "/stats");
        scene.settle().await;
        assert_eq!(buttons(&scene), ["违规", "打卡", "欢迎", "话题"]);
        let id = scene.last(staff).id;
        for (button, heading) in [
            ("欢迎", "职场妈妈成长社 · 欢迎 · 3月2日 12:02\n\n欢迎覆盖"),
            ("违规", "职场妈妈成长社 · 违规 · 3月2日 12:02\n\n违规（每千条消息的警告数）"),
            ("话题", "职场妈妈成长社 · 话题 · 3月2日 12:02\n\n参与率"),
            ("打卡", "职场妈妈成长社 · 打卡 · 3月2日 12:02\n\n打卡率"),
            ("概览", "职场妈妈成长社 · 3月2日\n"),
        ] {
            scene.press(staff, id, owner, button).await;
            unhurried(&mut scene).await;
            let shown = scene.tg.message(staff, id).unwrap().body["text"].as_str().unwrap().to_owned();
            assert!(shown.starts_with(heading), "{button}: {shown}");
            assert!(!buttons(&scene).contains(&button.to_owned()), "{button} is where one is");
        }
        scene.end().await;
    }

    async fn pages_that_are_off_have_no_button_and_an_unknown_word_is_told_the_known_ones(base) {
        let mut scene = Scene::new(&base, "language = 'en'\n[welcome]\n[strikes]\n").await;
        let (staff, owner) = (scene.staff, scene.owner);
        scene.tg.say(staff, owner, "/stats");
        scene.settle().await;
        assert_eq!(buttons(&scene), ["Strikes", "Welcome"]);
        let usage = "Usage: /stats shows today and this week; /stats strikes: strikes, /stats welcome: welcome.";
        for word in ["sales", "topics", "checkin"] {
            scene.tg.say(staff, owner, &format!("/stats {word}"));
            unhurried(&mut scene).await;
            assert_eq!(scene.last(staff).text, usage);
        }
        assert!(page(&mut scene, "WELCOME").await.starts_with("Welcome coverage"));
        // A button of yesterday may lead to a page that is off by now.
        let id = scene.last(staff).id;
        scene.reload("language = 'en'\n[welcome]\n").await;
        scene.press(staff, id, owner, "Strikes").await;
        unhurried(&mut scene).await;
        assert!(scene.last(staff).text.contains("Joined"), "{}", scene.last(staff).text);
        assert_eq!(buttons(&scene), ["Welcome"]);
        scene.end().await;
    }

    async fn rights_are_looked_at_on_every_press(base) {
        let mut scene = Scene::new(&base, ALL).await;
        let (ling, deputy) = (scene.newcomer("小玲").await, scene.regular("副手").await);
        scene.promote(deputy);
        scene.settle().await;
        scene.say(deputy, "/stats").await;
        let answer = scene.last(scene.group);
        scene.press(scene.group, answer.id, ling, "欢迎").await;
        assert_eq!(scene.answered(), "只有管理员可以操作。");
        scene.demote(deputy);
        scene.settle().await;
        scene.press(scene.group, answer.id, deputy, "欢迎").await;
        assert_eq!(scene.answered(), "只有管理员可以操作。");
        assert_eq!(scene.last(scene.group).text, answer.text);
        // In the group a page goes again like the table.
        scene.say(scene.owner, "/stats 欢迎").await;
        let page = scene.last(scene.group);
        assert!(page.text.contains("欢迎覆盖"), "{}", page.text);
        scene.pass(Span::minutes(6)).await;
        assert!(scene.tg.message(scene.group, page.id).is_none());
        scene.say(ling, "/stats welcome").await;
        assert!(!scene.texts(scene.group).iter().any(|text| text.contains("欢迎覆盖")));
        scene.end().await;
    }

    async fn in_private_a_page_speaks_the_language_of_who_asks(base) {
        let mut scene = Scene::new(&base, ALL).await;
        let owner = scene.owner;
        scene.tg.user(owner, |person| person.language = Some("en".into()));
        scene.whisper(owner, "/stats").await;
        let table = scene.last(owner.private());
        assert!(table.text.contains("Joined"), "{}", table.text);
        scene.press(owner.private(), table.id, owner, "Welcome").await;
        let page = scene.last(owner.private()).text;
        assert!(page.contains("Welcome coverage") && page.contains("7 days: –"), "{page}");
        scene.end().await;
    }

    async fn pages_say_what_was_not_seen(base) {
        let mut scene = Scene::new(&base, ALL).await;
        assert!(!page(&mut scene, "welcome").await.contains("⚠️"));
        scene.tg.set_bot_rights(scene.group, &[]);
        scene.pass(Span::hours(2)).await;
        scene.tg.set_bot_rights(scene.group, &ALL_RIGHTS);
        scene.settle().await;
        for word in ["welcome", "strikes", "topics", "checkin"] {
            let page = page(&mut scene, word).await;
            assert!(page.ends_with("⚠️ 其中 3月2日 12:02–14:02 我没能看全群里的动静，数字可能偏少。"), "{page}");
        }
        scene.end().await;
    }
}

/// Joins so many, one after the other.
async fn newcomers(scene: &mut Scene, names: &[&str]) -> Vec<UserId> {
    let mut people = Vec::new();
    for name in names {
        people.push(scene.newcomer(name).await);
    }
    people
}
