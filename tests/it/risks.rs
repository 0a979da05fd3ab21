//! The risk watch, as the staff see it.

use steward::model::{ChatId, Span, UserId};
use steward::telegram::emulator::{ALL_RIGHTS, MessageSpec};

use crate::harness::{Scene, scenarios};

const ON: &str = "[risks]\nleaves = { limit = 4 }\nstaff = { on = false }\n";

/// What stands in the staff chat with this sign before it.
fn cards(scene: &Scene, sign: &str) -> Vec<String> {
    let mut texts = scene.texts(scene.staff);
    texts.retain(|text| text.starts_with(sign));
    texts
}

async fn people(scene: &mut Scene, n: usize) -> Vec<UserId> {
    let mut people = Vec::new();
    for n in 0..n {
        people.push(scene.newcomer(&format!("成员{n}")).await);
    }
    people
}

async fn leave(scene: &mut Scene, people: &[UserId]) {
    for user in people {
        scene.tg.leave(scene.group, *user);
    }
    scene.pass(Span::minutes(1)).await;
}

/// What that hour of the week saw in earlier weeks, of one kind.
async fn history(scene: &mut Scene, kind: i64, past: &[i64]) {
    let (hour, group) = (scene.stage.now().secs() / 3600, scene.group.0);
    let weeks = past.iter().zip(1..);
    let rows: Vec<String> = weeks.map(|(n, week)| format!("({group}, {kind}, {}, {n})", hour - 168 * week)).collect();
    let rows = rows.join(", ");
    // The bot has been there for just so long.
    let since =
        scene.stage.now().0 - Span::days(7).millis() * i64::try_from(past.len()).unwrap() - Span::hours(1).millis();
    scene.sql(format!("UPDATE chat SET since = {since}; INSERT INTO series (chat, kind, hour, n) VALUES {rows}")).await;
    // What is known of chats is kept in memory.
    scene.stage.restart().await.unwrap();
}

async fn risks(scene: &mut Scene) -> String {
    scene.tg.say(scene.staff, scene.owner, "/risks");
    scene.pass(Span::secs(5)).await;
    scene.last(scene.staff).text
}

scenarios! {
    async fn many_who_leave_are_told_once_and_again_when_it_is_over(base) {
        let mut scene = Scene::new(&base, ON).await;
        let people = people(&mut scene, 8).await;
        leave(&mut scene, &people[..3]).await;
        assert_eq!(cards(&scene, "⚠️"), [""; 0]);
        leave(&mut scene, &people[3..5]).await;
        assert_eq!(cards(&scene, "⚠️"), ["⚠️ 「职场妈妈成长社」退群的人比平时多\n3月2日 12:00 起的这一小时：5，到了设定的上限 4。\n\
            记录还不到四周，说不准平时是多少。\n看看群里刚发生了什么；如果是定时消息惹人烦，可以 /pause 先停一停。"]);
        scene.stage.restart().await.unwrap();
        leave(&mut scene, &people[5..6]).await;
        assert_eq!(cards(&scene, "⚠️").len(), 1, "told once");
        scene.until(13, 1).await;
        assert!(cards(&scene, "⚠️")[0].contains("12:00 起的这一小时：6，"), "{:?}", cards(&scene, "⚠️"));
        scene.until(14, 1).await;
        assert_eq!(cards(&scene, "⚠️"), [""; 0]);
        assert_eq!(cards(&scene, "✅"), ["✅ 「职场妈妈成长社」退群的人比平时多：已经恢复平常\n3月2日 12:03 提醒过，最多的一小时有 6。"]);
        scene.end().await;
    }

    async fn what_comes_again_soon_is_told_where_it_was_told_and_later_anew(base) {
        let mut scene = Scene::new(&base, ON).await;
        let people = people(&mut scene, 12).await;
        leave(&mut scene, &people[..4]).await;
        scene.until(15, 0).await;
        assert_eq!(cards(&scene, "✅").len(), 1);
        leave(&mut scene, &people[4..8]).await;
        assert_eq!((cards(&scene, "✅").len(), cards(&scene, "⚠️").len()), (0, 1));
        scene.until(20, 0).await;
        assert_eq!((cards(&scene, "✅").len(), cards(&scene, "⚠️").len()), (1, 0));
        leave(&mut scene, &people[8..]).await;
        assert_eq!((cards(&scene, "✅").len(), cards(&scene, "⚠️").len()), (1, 1), "six hours later it is news");
        scene.until(22, 1).await;
        scene.end().await;
    }

    async fn what_an_hour_usually_sees_is_not_told_and_more_is(base) {
        let mut scene = Scene::new(&base, "[risks]\njoins = { on = false }\nstaff = { on = false }\n").await;
        let people = people(&mut scene, 13).await;
        // Mean 6, deviation 1: up to 9 is usual.
        history(&mut scene, 7, &[5, 7, 5, 7]).await;
        leave(&mut scene, &people[..9]).await;
        assert_eq!(cards(&scene, "⚠️"), [""; 0]);
        let told = risks(&mut scene).await;
        assert!(told.contains("· 退群 9（平时 6，超过 9 算异常，上限 20）\n"), "{told}");
        leave(&mut scene, &people[9..10]).await;
        let alert = cards(&scene, "⚠️").remove(0);
        assert!(alert.contains("：10，比平时多。\n平时这个时段：平均 6，标准差 1。"), "{alert}");
        let told = risks(&mut scene).await;
        assert!(told.contains("⚠️ 退群 10（平时 6，超过 9 算异常，上限 20），3月2日 12:"), "{told}");
        scene.until(14, 1).await;
        scene.end().await;
    }

    async fn hours_nobody_could_see_are_no_history(base) {
        let mut scene = Scene::new(&base, "[risks]\nstaff = { on = false }\n").await;
        let people = people(&mut scene, 6).await;
        history(&mut scene, 7, &[0, 0, 0, 0]).await;
        let from = scene.stage.now().0 - Span::days(7).millis() - Span::minutes(30).millis();
        let group = scene.group.0;
        scene.sql(format!(
            "INSERT INTO gap (chat, from_at, to_at, reason) VALUES ({group}, {from}, {}, 'not in the group')",
            from + Span::hours(1).millis()
        )).await;
        // The bot has been there for five weeks, and of one it knows nothing.
        scene.sql(format!("UPDATE chat SET since = {}", scene.stage.now().0 - Span::days(35).millis())).await;
        scene.stage.restart().await.unwrap();
        leave(&mut scene, &people).await;
        let told = risks(&mut scene).await;
        assert!(told.contains("· 退群 6（平时未知，上限 20）"), "{told}");
        scene.end().await;
    }

    async fn a_backlog_is_counted_and_raises_no_alarm(base) {
        let mut scene = Scene::new(&base, ON).await;
        let people = people(&mut scene, 8).await;
        for user in &people[..6] {
            scene.tg.leave(scene.group, *user);
        }
        scene.stage.absent(Span::minutes(20)).await.unwrap();
        scene.pass(Span::minutes(2)).await;
        assert_eq!(cards(&scene, "⚠️ 「"), [""; 0]);
        let told = risks(&mut scene).await;
        assert!(told.contains("退群 6（"), "{told}");
        scene.end().await;
    }

    async fn links_of_members_and_reports_are_told_and_those_of_the_staff_are_not(base) {
        let settings = "language = 'en'\n[strikes]\nshadow = true\n\
                        [risks]\nlinks = { limit = 3 }\nreports = { limit = 2 }\nstaff = { on = false }\n";
        let mut scene = Scene::new(&base, settings).await;
        let (ling, xia, mei) = (scene.regular("Ling").await, scene.regular("Xia").await, scene.regular("Mei").await);
        for n in 0..4 {
            scene.say(scene.owner, &format!("https://example.com/{n}")).await;
        }
        let said = scene.say(ling, "see https://example.com/a").await;
        scene.say(ling, "no link in it").await;
        scene.say(xia, "https://example.com/b").await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(cards(&scene, "⚠️ \""), [""; 0]);
        scene.say(ling, "https://example.com/c").await;
        for by in [xia, mei] {
            scene.tg.send(scene.group, by, MessageSpec::text("/report").reply_to(said)).unwrap();
            scene.settle().await;
        }
        scene.pass(Span::minutes(1)).await;
        let told = cards(&scene, "⚠️ \"");
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told.iter().any(|text| text.starts_with("⚠️ \"职场妈妈成长社\": many messages have links\nIn the hour from 2 March, 12:00: 3, at or above the limit of 3.\n")), "{told:?}");
        assert!(told.iter().any(|text| text.contains("many reports are made")), "{told:?}");
        scene.until(14, 1).await;
        assert_eq!(cards(&scene, "✅").len(), 2);
        scene.end().await;
    }

    async fn staff_who_stay_silent_are_told_and_only_while_somebody_waits(base) {
        let mut scene = Scene::new(&base, "[risks]\nstaff = { silent = '4h', from = '09:00', to = '22:00' }\n").await;
        let ling = scene.regular("小玲").await;
        scene.until(20, 0).await;
        assert_eq!(cards(&scene, "⚠️"), [""; 0], "nobody has asked");
        scene.say(ling, "请问活动怎么报名？").await;
        scene.say(ling, "有人在吗").await;
        // Two hours until ten, and two from nine.
        scene.until(10, 50).await;
        assert_eq!(cards(&scene, "⚠️"), [""; 0]);
        scene.until(12, 1).await;
        assert_eq!(cards(&scene, "⚠️"), ["⚠️ 「职场妈妈成长社」里有人说话，管理员一直没出声\n3月2日 20:00 起有 2 条消息没有管理员接话，\
            已经满 4 小时（每天只算 09:00–22:00）。请谁去看一眼。"]);
        assert!(risks(&mut scene).await.contains("· 管理员最近没有发言；之后群友有 2 条消息，从 3月2日 20:00 起"));
        scene.tg.send(scene.group, scene.owner, MessageSpec { anonymous: true, ..MessageSpec::text("在的，我来看看") }).unwrap();
        scene.pass(Span::minutes(90)).await;
        assert_eq!(cards(&scene, "✅"), ["✅ 「职场妈妈成长社」里不再有消息等管理员接话了。"]);
        assert_eq!(cards(&scene, "⚠️"), [""; 0]);
        // Whom the staff answer need not wait.
        scene.say(ling, "谢谢").await;
        scene.pass(Span::minutes(10)).await;
        scene.say(scene.owner, "不客气").await;
        scene.pass(Span::days(2)).await;
        assert_eq!(cards(&scene, "⚠️"), [""; 0]);
        scene.end().await;
    }

    async fn a_lost_right_is_listed_until_it_is_back_and_told_by_nobody_twice(base) {
        let mut scene = Scene::new(&base, "[welcome]\n[risks]\nstaff = { on = false }\n").await;
        let rights: Vec<&str> = ALL_RIGHTS.into_iter().filter(|right| *right != "can_delete_messages").collect();
        scene.tg.set_bot_rights(scene.group, &rights);
        scene.pass(Span::minutes(5)).await;
        assert_eq!(cards(&scene, "⚠️ 「"), [""; 0]);
        let told = risks(&mut scene).await;
        assert!(told.contains("⚠️ 少了权限：删除消息"), "{told}");
        scene.tg.set_bot_rights(scene.group, &ALL_RIGHTS);
        scene.pass(Span::minutes(5)).await;
        let told = risks(&mut scene).await;
        assert!(!told.contains("少了权限"), "{told}");
        scene.end().await;
    }

    async fn risks_are_for_the_staff(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        scene.say(ling, "/risks").await;
        scene.pass(Span::minutes(1)).await;
        assert!(!scene.heard().iter().any(|text| text.contains("这一小时")));
        scene.say(scene.owner, "/risks").await;
        scene.pass(Span::secs(5)).await;
        let told = scene.last(scene.group).text;
        assert!(told.starts_with("「职场妈妈成长社」这一小时\n· 进群 1（平时未知，上限 60）\n"), "{told}");
        scene.pass(Span::minutes(6)).await;
        assert!(!scene.texts(scene.group).contains(&told), "it goes by itself");
        scene.end().await;
    }

    async fn the_watch_goes_on_in_the_supergroup(base) {
        let mut scene = Scene::new(&base, ON).await;
        let basic = crate::harness::BASIC;
        scene.tg.add_group(basic.0, "老群", steward::model::ChatKind::Group);
        scene.tg.set_owner(basic, scene.owner);
        scene.tg.add_bot_to(basic, scene.owner);
        scene.settle().await;
        let people: Vec<UserId> = (0..4).map(|n| scene.person(&format!("成员{n}"))).collect();
        scene.sql(format!("INSERT INTO series (chat, kind, hour, n) VALUES ({}, 7, {}, 3)", basic.0, scene.stage.now().secs() / 3600)).await;
        let to: ChatId = scene.tg.migrate(basic);
        scene.settle().await;
        scene.tg.promote_bot(to, &ALL_RIGHTS);
        scene.settle().await;
        scene.tg.join(to, people[0]);
        scene.settle().await;
        scene.tg.leave(to, people[0]);
        scene.pass(Span::minutes(1)).await;
        assert_eq!(cards(&scene, "⚠️ 「老群」退群").len(), 1, "{:?}", scene.texts(scene.staff));
        scene.until(14, 1).await;
        scene.end().await;
    }
}
