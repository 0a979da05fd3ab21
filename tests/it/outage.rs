//! The bot was away for long: what waits is worked off, and what is lost is found out as far as Telegram tells.

use steward::model::{Right, Span, Status};
use steward::store::gaps;
use steward::telegram::emulator::{ALL_RIGHTS, Announce, Entry};

use crate::harness::{Scene, scenarios};

scenarios! {
    /// Fault 20: the backlog of half a day is worked off in order, in bounded memory and without a flood.
    async fn a_backlog_of_half_a_day_is_worked_off_quietly_and_in_order(base) {
        // As many as Telegram keeps; on PostgreSQL fewer, since it takes long. Who leaves is told of in two.
        let updates = if base.url.starts_with("sqlite") { 100_000 } else { 20_000 };
        let mut scene = Scene::new(&base, "[welcome]\n[checkin]\nwords = ['打卡']").await;
        let ling = scene.regular("小玲").await;
        let restless = scene.newcomer("小梅").await;
        scene.pass(Span::days(2)).await;
        scene.skip();
        let before = scene.calls().len();
        let quietly = Entry { announce: Announce::Member, ..Entry::default() };
        let (mut told, mut said) = (2, 0);
        for n in 0.. {
            match n % 1000 {
                998 => scene.tg.leave(scene.group, restless),
                999 => scene.tg.join_as(scene.group, restless, &quietly),
                _ => drop(scene.tg.say(scene.group, ling, if n % 100 == 0 { "/help" } else { "大家好" })),
            }
            // Neither who comes and goes nor a command is talk.
            said += i64::from(n % 100 > 0 && n % 1000 < 998);
            told += if n % 1000 == 998 { 2 } else { 1 };
            if told == updates {
                break;
            }
        }
        scene.tg.leave(scene.group, restless);
        assert_eq!(scene.tg.pending_updates(), updates);
        scene.stage.absent(Span::hours(12)).await.unwrap();
        // All of it is stored before any of it is handled.
        while scene.stage.take_in_only().await.unwrap() > 0 {
            assert!(scene.stage.engine().waiting() <= 2000, "{}", scene.stage.engine().waiting());
        }
        scene.settle().await;
        let mut conn = scene.stage.db().read().await.unwrap();
        let (talk,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM activity WHERE kind = 1").fetch_one(&mut *conn).await.unwrap();
        drop(conn);
        assert_eq!(talk, said);
        let mut tx = scene.stage.db().begin().await.unwrap();
        assert_eq!(tx.member(scene.group, restless).await.unwrap().unwrap().status, Status::Left);
        drop(tx);
        scene.pass(Span::minutes(10)).await;
        let told = scene.calls().split_off(before).into_iter().filter(|call| call.method == "sendMessage").count();
        assert!(told <= 1, "{told} messages");
        scene.end().await;
    }

    /// Fault 21: for more than a day nothing came, and what happened meanwhile is lost at Telegram.
    async fn after_more_than_a_day_without_news_the_bot_asks_how_things_are(base) {
        let mut scene = Scene::new(&base, "[checkin]\n[strikes]\n[welcome]").await;
        let mut people = Vec::new();
        for n in 0..45 {
            people.push(scene.regular(&format!("成员{n}")).await);
        }
        for user in &people {
            scene.say(*user, "打卡").await;
        }
        scene.pass(Span::hours(1)).await;
        let (group, left, banned, chief) = (scene.group, people[0], people[1], people[2]);
        let first = scene.tg.next_update_id();
        scene.tg.leave(group, left);
        scene.tg.ban(group, banned, scene.owner);
        scene.promote(chief);
        for name in ["小夏", "小秋", "小冬"] {
            let user = scene.person(name);
            scene.tg.join(group, user);
        }
        let rights: Vec<&str> = ALL_RIGHTS.into_iter().filter(|right| *right != "can_pin_messages").collect();
        scene.tg.set_bot_rights(group, &rights);
        scene.tg.drop_updates(first..=scene.tg.next_update_id());
        let (stopped, made) = (scene.stage.now(), scene.calls().len());
        scene.skip();
        scene.stage.absent(Span::hours(30)).await.unwrap();
        scene.pass(Span::minutes(5)).await;

        let mut tx = scene.stage.db().begin().await.unwrap();
        for user in &people {
            let expected = match *user {
                user if user == left => Status::Left,
                user if user == banned => Status::Banned,
                user if user == chief => Status::Admin,
                _ => Status::Member,
            };
            assert_eq!(tx.member(group, *user).await.unwrap().unwrap().status, expected, "{user}");
        }
        let rights = tx.chat(group).unwrap().rights;
        assert!(!rights.has(Right::Pin) && rights.has(Right::Delete), "its own rights");
        drop(tx);
        let mut conn = scene.stage.db().read().await.unwrap();
        let heads: Vec<(i64,)> = sqlx::query_as("SELECT n FROM headcount WHERE chat = $1 ORDER BY day DESC")
            .bind(group.0).fetch_all(&mut *conn).await.unwrap();
        let gaps = gaps::since(&mut conn, group, stopped).await.unwrap();
        drop(conn);
        assert_eq!(heads[0].0, 1 + 45 - 2 + 3, "as Telegram counts them, strangers too");
        assert_eq!(gaps.last().map(|gap| (gap.from, gap.reason.as_str())), Some((stopped, "downtime")));

        // Nobody is greeted, struck, put out or taken for idle because of it.
        let calls = scene.calls().split_off(made);
        let asks = |call: &str| call.starts_with("get") || call == "setMyCommands" || call == "sendMessage";
        assert!(calls.iter().all(|call| asks(&call.method)), "{:?}", calls.iter().map(|it| &it.method).collect::<Vec<_>>());
        assert_eq!(scene.heard(), Vec::<String>::new());
        assert!(scene.last(scene.staff).text.contains("置顶消息"), "{}", scene.last(scene.staff).text);
        // They are asked after about two a second.
        let asked: Vec<_> = calls.iter().filter(|call| call.method == "getChatMember").map(|call| call.at).collect();
        assert!(asked.windows(25).all(|times| times[24].since(times[0]) >= Span::secs(8)), "{asked:?}");
        for user in &people[3..] {
            scene.tg.say(group, *user, "打卡");
        }
        scene.pass(Span::minutes(20)).await;
        let mut conn = scene.stage.db().read().await.unwrap();
        let (streaks,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM checkin_streak WHERE length = 2")
            .fetch_one(&mut *conn).await.unwrap();
        drop(conn);
        assert_eq!(streaks, 42, "no streak is broken");
        scene.end().await;
    }
}
