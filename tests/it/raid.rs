//! Raid mode: many join at once, and nobody innocent pays for it.

use steward::model::{ChatKind, Span, Status, UserId};
use steward::telegram::emulator::{ALL_RIGHTS, Rule};

use crate::harness::{BASIC, Scene, scenarios};

const ON: &str = "[raid]\njoins = 5\nwithin = '2m'\nhard_limit = 20\nlasts = '30m'\n[welcome]\n";

/// So many join within seconds.
async fn flood(scene: &mut Scene, count: usize) -> Vec<UserId> {
    let people: Vec<UserId> = (1..=count).map(|n| scene.person(&format!("新人{n}"))).collect();
    for user in &people {
        scene.tg.join(scene.group, *user);
    }
    scene.settle().await;
    scene.pass(Span::secs(25)).await;
    people
}

fn muted(scene: &Scene, people: &[UserId]) -> usize {
    people.iter().filter(|user| scene.tg.is_muted(scene.group, **user)).count()
}

fn card(scene: &Scene) -> String {
    let mut messages = scene.tg.bot_messages(scene.staff);
    messages.retain(|message| message.text.starts_with("🚨"));
    messages.pop().map(|message| message.text).unwrap_or_default()
}

async fn press(scene: &mut Scene, user: UserId, button: &str) {
    let card = scene.tg.bot_messages(scene.staff).into_iter().rfind(|message| message.text.starts_with("🚨")).unwrap();
    scene.press(scene.staff, card.id, user, button).await;
    scene.pass(Span::secs(8)).await;
}

fn welcomes(scene: &Scene) -> Vec<String> {
    scene.texts(scene.group).into_iter().filter(|text| text.starts_with("👋")).collect()
}

/// How often a method was called.
fn asked(scene: &Scene, method: &str) -> usize {
    scene.calls().iter().filter(|call| call.method == method).count()
}

/// How many are on record as having joined lately.
async fn rows(scene: &Scene) -> i64 {
    let mut conn = scene.stage.db().read().await.unwrap();
    let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM raid_guest").fetch_one(&mut *conn).await.unwrap();
    n
}

scenarios! {
    async fn a_burst_is_held_until_half_an_hour_after_its_last(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (before, regular) = (scene.newcomer("早来的").await, scene.regular("老成员").await);
        scene.pass(Span::minutes(5)).await;
        scene.skip();
        let mut people = flood(&mut scene, 6).await;
        assert_eq!(muted(&scene, &people), 6, "those before it was noticed too");
        assert_eq!(muted(&scene, &[before, regular]), 0);
        assert_eq!(card(&scene), "🚨 「职场妈妈成长社」短时间涌入很多新人，防护模式已自动开启\n\
            3月2日 12:07 以后进群的新人暂时不能发言，欢迎也先不发。\n\
            3月2日 12:37 结束；还有人成批进来就顺延。没有违规的人会自动恢复。\n进群 6 人，已限制 6");
        scene.pass(Span::minutes(20)).await;
        people.extend(flood(&mut scene, 5).await);
        assert_eq!(muted(&scene, &people), 11);
        scene.pass(Span::minutes(25)).await;
        assert_eq!(muted(&scene, &people), 11, "it goes on half an hour after the last burst");
        assert_eq!(scene.heard(), Vec::<String>::new(), "no flood of welcomes");
        scene.pass(Span::minutes(6)).await;
        assert_eq!(muted(&scene, &people), 0);
        assert_eq!(welcomes(&scene).len(), 1, "{:?}", welcomes(&scene));
        assert!(welcomes(&scene)[0].contains("新人1"), "{:?}", welcomes(&scene));
        assert_eq!(card(&scene), "🚨 「职场妈妈成长社」防护模式已结束\n没有违规的新人已恢复发言。\n进群 11 人");
        // Who comes one by one is not held.
        let late = scene.newcomer("后来的").await;
        scene.pass(Span::secs(30)).await;
        assert_eq!(muted(&scene, &[late]), 0);
        scene.end().await;
    }

    async fn staff_turn_it_on_and_off(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "/raid on").await;
        scene.pass(Span::minutes(5)).await;
        scene.skip();
        scene.say(scene.owner, "/raid").await;
        scene.say(scene.owner, "/raid on 1m").await;
        scene.pass(Span::secs(8)).await;
        assert_eq!(scene.heard(), [
            "「职场妈妈成长社」没有开启防护模式。要开：/raid on",
            "用法：/raid on 开启（可加时长，如 /raid on 30m，5 分钟到 24 小时），/raid off 结束，/raid 看状态。",
        ]);
        scene.say(scene.owner, "/raid on 1h").await;
        let mei = scene.newcomer("小美").await;
        scene.pass(Span::minutes(40)).await;
        assert_eq!(muted(&scene, &[ling, mei]), 1, "only who came since");
        assert!(scene.tg.is_muted(scene.group, mei));
        assert!(card(&scene).starts_with("🚨 「职场妈妈成长社」防护模式已开启\n"), "{}", card(&scene));
        scene.say(scene.owner, "/raid off").await;
        scene.pass(Span::secs(30)).await;
        assert!(!scene.tg.is_muted(scene.group, mei));
        assert!(welcomes(&scene).iter().any(|text| text.contains("小美")));
        scene.say(scene.owner, "/raid on 5m").await;
        let hua = scene.newcomer("小花").await;
        scene.pass(Span::secs(10)).await;
        assert!(scene.tg.is_muted(scene.group, hua));
        scene.pass(Span::minutes(6)).await;
        assert!(!scene.tg.is_muted(scene.group, hua), "it ends by itself");
        scene.end().await;
    }

    async fn nobody_stays_held_after_a_restart_or_a_long_absence(base) {
        let mut scene = Scene::new(&base, ON).await;
        let people = flood(&mut scene, 6).await;
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(10)).await;
        let late = scene.newcomer("又一个").await;
        scene.pass(Span::secs(30)).await;
        assert_eq!((muted(&scene, &people), muted(&scene, &[late])), (6, 1), "it goes on after a restart");
        scene.stage.absent(Span::hours(3)).await.unwrap();
        assert_eq!(muted(&scene, &people), 0, "Telegram freed them");
        scene.pass(Span::minutes(2)).await;
        assert!(card(&scene).contains("防护模式已结束"), "{}", card(&scene));
        scene.end().await;
    }

    async fn without_the_right_to_restrict_only_links_go_and_the_staff_are_told(base) {
        let mut scene = Scene::new(&base, ON).await;
        let rights: Vec<&str> = ALL_RIGHTS.into_iter().filter(|right| *right != "can_restrict_members").collect();
        scene.tg.set_bot_rights(scene.group, &rights);
        scene.settle().await;
        let people = flood(&mut scene, 6).await;
        assert_eq!(muted(&scene, &people), 0);
        assert!(card(&scene).contains("我没有「限制成员」的权限"), "{}", card(&scene));
        let (hello, link) = (scene.say(people[0], "大家好").await, scene.say(people[1], "看 shop.example.com").await);
        scene.pass(Span::secs(5)).await;
        assert!(scene.tg.message(scene.group, hello).is_some());
        assert!(scene.tg.message(scene.group, link).is_none());
        assert_eq!(asked(&scene, "restrictChatMember"), 0);
        scene.pass(Span::minutes(40)).await;
        let link = scene.say(people[1], "看 shop.example.com").await;
        assert!(scene.tg.message(scene.group, link).is_some(), "it is over");
        scene.end().await;
    }

    async fn a_right_lost_meanwhile_leaves_nobody_held(base) {
        let mut scene = Scene::new(&base, ON).await;
        let people = flood(&mut scene, 6).await;
        assert_eq!(muted(&scene, &people), 6);
        scene.tg.set_bot_rights(scene.group, &[]);
        scene.pass(Span::minutes(33)).await;
        assert_eq!(muted(&scene, &people), 0);
        scene.end().await;
    }

    async fn what_others_decided_about_somebody_outlasts_the_raid(base) {
        let mut scene = Scene::new(&base, &format!("{ON}[strikes]\n")).await;
        let people = flood(&mut scene, 6).await;
        scene.say(scene.owner, &format!("/mute {} 5h", people[0])).await;
        scene.tg.ban(scene.group, people[1], scene.owner);
        scene.settle().await;
        scene.say(scene.owner, "/raid off").await;
        scene.pass(Span::secs(30)).await;
        assert_eq!(muted(&scene, &people[2..]), 0);
        assert!(scene.tg.is_muted(scene.group, people[0]), "muted by the staff");
        assert_eq!(scene.tg.member_status(scene.group, people[1]), Status::Banned);
        scene.end().await;
    }

    async fn staff_remove_all_who_came_after_saying_so_twice(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (owner, stranger) = (scene.owner, scene.person("路人"));
        // Who has left the staff chat can still press what they saw there.
        scene.tg.join(scene.staff, stranger);
        scene.tg.leave(scene.staff, stranger);
        let mut people = flood(&mut scene, 6).await;
        let brought = scene.person("同事");
        scene.promote(people[5]);
        let promoted = people.pop().unwrap();
        scene.settle().await;
        // The card has followed what happened.
        scene.pass(Span::secs(25)).await;
        press(&mut scene, stranger, "移出这批人").await;
        assert_eq!(scene.answered(), "只有管理员可以操作。");
        press(&mut scene, owner, "移出这批人").await;
        assert_eq!(asked(&scene, "banChatMember"), 0);
        press(&mut scene, owner, "取消").await;
        press(&mut scene, owner, "移出这批人").await;
        press(&mut scene, owner, "确认移出").await;
        for user in &people {
            assert_eq!(scene.tg.member_status(scene.group, *user), Status::Left, "removed, and free to come back");
        }
        assert_eq!(scene.tg.member_status(scene.group, promoted), Status::Admin);
        assert!(card(&scene).ends_with("移出 5"), "{}", card(&scene));
        press(&mut scene, owner, "延长").await;
        press(&mut scene, owner, "结束").await;
        assert!(card(&scene).contains("防护模式已结束"), "{}", card(&scene));
        scene.tg.join(scene.group, brought);
        scene.pass(Span::secs(30)).await;
        assert!(!scene.tg.is_muted(scene.group, brought));
        scene.end().await;
    }

    async fn who_could_not_be_held_is_told_so_on_the_card(base) {
        let mut scene = Scene::new(&base, ON).await;
        scene.tg.fail(Rule::status("restrictChatMember", 400, "Bad Request: not enough rights to restrict/unrestrict chat member").times(2));
        let people = flood(&mut scene, 6).await;
        assert_eq!(muted(&scene, &people), 4);
        scene.pass(Span::secs(30)).await;
        assert!(card(&scene).contains("已限制 4"), "{}", card(&scene));
        scene.pass(Span::minutes(40)).await;
        assert_eq!(muted(&scene, &people), 0);
        scene.end().await;
    }

    async fn an_hour_that_always_sees_many_join_is_no_raid(base) {
        let mut scene = Scene::new(&base, ON).await;
        let hour = scene.stage.now().secs() / 3600;
        let rows: Vec<String> = (1..=5).map(|week| format!("({}, 6, {}, 9)", scene.group.0, hour - 168 * week)).collect();
        scene.sql(format!("UPDATE chat SET since = 0; INSERT INTO series (chat, kind, hour, n) VALUES {}", rows.join(", "))).await;
        // What is known of chats is kept in memory.
        scene.stage.restart().await.unwrap();
        let people = flood(&mut scene, 7).await;
        assert_eq!((muted(&scene, &people), card(&scene)), (0, String::new()));
        scene.end().await;
    }

    async fn a_join_request_is_not_approved_in_a_raid(base) {
        let mut scene = Scene::new(&base, ON).await;
        scene.say(scene.owner, "/raid on").await;
        let ling = scene.person("小玲");
        scene.tg.request_join(scene.group, ling, false);
        scene.pass(Span::minutes(40)).await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Left);
        assert_eq!(asked(&scene, "approveChatJoinRequest"), 0);
        scene.end().await;
    }

    async fn a_link_of_somebody_who_came_in_a_burst_goes_before_the_staff(base) {
        let mut scene = Scene::new(&base, &format!("{ON}[strikes]\n")).await;
        let people = flood(&mut scene, 6).await;
        scene.say(scene.owner, "/raid off").await;
        scene.pass(Span::minutes(2)).await;
        scene.say(people[0], "大家好，很高兴认识你们").await;
        scene.say(people[1], "我微信号是 lingling_2026").await;
        scene.pass(Span::secs(20)).await;
        let cards = scene.tg.bot_messages(scene.staff);
        assert!(cards.iter().any(|card| card.text.contains("和很多人一起涌入")), "{cards:?}");
        assert!(!cards.iter().any(|card| card.text.contains("很高兴认识")), "{cards:?}");
        assert!(!scene.tg.is_muted(scene.group, people[1]));
        scene.end().await;
    }

    async fn a_warning_lets_nobody_out_of_a_raid(base) {
        let mut scene = Scene::new(&base, &format!("{ON}[strikes]\n")).await;
        let people = flood(&mut scene, 6).await;
        scene.say(scene.owner, &format!("/warn {}", people[0])).await;
        scene.pass(Span::minutes(20)).await;
        flood(&mut scene, 5).await;
        scene.pass(Span::minutes(20)).await;
        assert_eq!(muted(&scene, &people), 6, "the warned one as long as the others");
        scene.pass(Span::minutes(20)).await;
        assert_eq!(muted(&scene, &people), 0);
        scene.end().await;
    }

    async fn who_could_not_be_removed_is_not_said_to_be_and_can_be_tried_again(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let people = flood(&mut scene, 6).await;
        let refusal = "Bad Request: not enough rights to restrict/unrestrict chat member";
        scene.tg.fail(Rule::status("banChatMember", 400, refusal).times(2));
        press(&mut scene, owner, "移出这批人").await;
        press(&mut scene, owner, "确认移出").await;
        scene.pass(Span::secs(30)).await;
        assert!(card(&scene).ends_with("移出 4"), "{}", card(&scene));
        scene.tg.set_bot_rights(scene.group, &ALL_RIGHTS);
        scene.settle().await;
        scene.pass(Span::minutes(1)).await;
        press(&mut scene, owner, "移出这批人").await;
        press(&mut scene, owner, "确认移出").await;
        scene.pass(Span::secs(30)).await;
        assert!(card(&scene).ends_with("移出 6"), "{}", card(&scene));
        for user in &people {
            assert_eq!(scene.tg.member_status(scene.group, *user), Status::Left);
        }
        scene.end().await;
    }

    async fn an_hour_that_always_sees_many_join_is_known_after_the_group_moved(base) {
        let mut scene = Scene::new(&base, ON).await;
        let hour = scene.stage.now().secs() / 3600;
        let rows: Vec<String> = (1..=5).map(|week| format!("({}, 6, {}, 9)", scene.group.0, hour - 168 * week)).collect();
        scene.sql(format!("INSERT INTO series (chat, kind, hour, n) VALUES {}", rows.join(", "))).await;
        let new = scene.tg.migrate(scene.group);
        scene.settle().await;
        let mut conn = scene.stage.db().read().await.unwrap();
        let sql = "SELECT COUNT(*) FROM series WHERE chat = $1 AND n = 9";
        let (n,): (i64,) = sqlx::query_as(sql).bind(new.0).fetch_one(&mut *conn).await.unwrap();
        drop(conn);
        assert_eq!(n, 5);
        scene.end().await;
    }

    async fn without_its_section_people_are_still_forgotten(base) {
        let mut scene = Scene::new(&base, ON).await;
        let people = flood(&mut scene, 6).await;
        scene.reload("").await;
        scene.forget(people[0]).await;
        assert_eq!(rows(&scene).await, 5);
        scene.pass(Span::days(9)).await;
        assert_eq!(rows(&scene).await, 0);
        scene.end().await;
    }

    async fn in_a_basic_group_links_go_and_the_staff_can_still_remove_them_all(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        scene.tg.add_group(BASIC.0, "分群", ChatKind::Group);
        scene.tg.set_owner(BASIC, owner);
        scene.tg.add_bot_to(BASIC, owner);
        scene.tg.promote_bot(BASIC, &ALL_RIGHTS);
        scene.settle().await;
        let people: Vec<UserId> = (1..=6).map(|n| scene.person(&format!("新人{n}"))).collect();
        for user in &people {
            scene.tg.join(BASIC, *user);
        }
        scene.settle().await;
        scene.pass(Span::secs(25)).await;
        assert!(card(&scene).contains("这还不是超级群") && !card(&scene).contains("权限"), "{}", card(&scene));
        press(&mut scene, owner, "移出这批人").await;
        press(&mut scene, owner, "确认移出").await;
        assert!(card(&scene).ends_with("移出 6"), "{}", card(&scene));
        assert!(people.iter().all(|user| !scene.tg.member_status(BASIC, *user).is_in()));
        assert_eq!(asked(&scene, "unbanChatMember"), 0, "which works in supergroups only");
        scene.end().await;
    }
}
