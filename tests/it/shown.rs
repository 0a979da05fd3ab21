//! What people did is shown to them and to staff.

use steward::model::Span;
use steward::telegram::emulator::ALL_RIGHTS;

use crate::harness::{Scene, scenarios};

const ENGLISH: &str = "name = 'Harbour Book Club'\nlanguage = 'en'";
const CHINESE: &str = "name = '职场妈妈成长社'";

scenarios! {
    async fn a_member_sees_how_they_are_doing_and_the_answer_goes_again(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "大家早上好").await;
        scene.pass(Span::days(2)).await;
        scene.say(ling, "今天读了三十页书").await;
        scene.skip();
        let asked = scene.say(ling, "/me").await;
        assert_eq!(scene.heard(), ["小玲 · 来到这里的第 3 天\n近 30 天：发言 2 条，活跃 2 天，打卡 0 次"]);
        let answer = scene.last(scene.group).id;
        scene.pass(Span::secs(61)).await;
        assert!(scene.tg.message(scene.group, answer).is_none());
        assert!(scene.tg.message(scene.group, asked).is_none());
        scene.end().await;
    }

    async fn strikes_are_told_only_in_private(base) {
        let mut scene = Scene::new(&base, &format!("{CHINESE}\n[strikes]")).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "大家早上好").await;
        scene.say(scene.owner, &format!("/warn {}", ling.0)).await;
        scene.skip();
        scene.say(ling, "/me").await;
        assert_eq!(scene.heard(), ["小玲 · 来到这里的第 1 天\n近 30 天：发言 1 条，活跃 1 天，打卡 0 次"]);
        scene.whisper(ling, "/me").await;
        let told = scene.last(ling.private()).text;
        assert!(told.contains("· 收到警告 1 次\n"), "{told}");
        scene.end().await;
    }

    async fn in_private_the_answer_is_longer_and_strangers_are_told_so(base) {
        let mut scene = Scene::new(&base, ENGLISH).await;
        let (mary, stranger) = (scene.regular("Mary").await, scene.person("Nobody"));
        scene.say(mary, "Chapter four was wonderful").await;
        for user in [mary, stranger] {
            scene.whisper(user, "/me").await;
        }
        insta::allow_duplicates! { insta::assert_snapshot!(scene.last(mary.private()).text, @r"
        Harbour Book Club
        Mary · here for at least 1 day (you were here before me)

        Last 30 days
        · days active: 1
        · messages: 1
        · reactions: 0
        · votes: 0
        · check-ins: 0
        · interaction score: 1 (each kind counts up to a limit a day)

        I don't keep what you say in chats, only counts, except for messages that were reported, removed, looked at as possible advertising, or marked by the team as an ad or not one. /mydata shows everything on record.
        "); }
        scene.end().await;
    }

    async fn staff_see_the_numbers_in_english(base) {
        let mut scene = Scene::new(&base, ENGLISH).await;
        let mary = scene.newcomer("Mary").await;
        let gone = scene.newcomer("Paul").await;
        scene.say(mary, "Hello everybody").await;
        scene.pass(Span::days(1)).await;
        scene.tg.leave(scene.group, gone);
        scene.say(mary, "Good morning").await;
        scene.say(mary, "Anybody reading tonight?").await;
        scene.tg.say(scene.staff, scene.owner, "/stats");
        scene.settle().await;
        insta::allow_duplicates! { insta::assert_snapshot!(scene.last(scene.staff).text, @r#"
        Harbour Book Club · 3 March
                   Today  Yest.  Week  Last
        Joined         0      2     2     0
        Returned       0      0     0     0
        Left           1      0     1     0
        Removed        0      0     0     0
        Net           -1     +2    +1     0
        Talked         1      1     1     0
        Talked %     33%    33%   33%    0%
        Messages       2      1     3     0
        Score          2      1     3     0
        Check-ins      0      0     0     0
        Strikes        0      0     0     0
        Today and this week until 12:02; against all of yesterday, and last week up to the same weekday. "Talked %" is the share of members who spoke on a day, averaged over days.
        "#); }
        let answer = scene.last(scene.staff).id;
        scene.pass(Span::minutes(6)).await;
        assert!(scene.tg.message(scene.staff, answer).is_some());
        scene.end().await;
    }

    async fn in_the_group_the_numbers_go_again_and_members_get_none(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        scene.say(ling, "/stats").await;
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.whisper(ling, "/stats").await;
        assert_eq!(scene.last(ling.private()).text, "只有管理员可以操作。");
        scene.say(scene.owner, "/stats").await;
        let shown = scene.heard().concat();
        assert!(shown.contains("职场妈妈成长社 · 3月2日") && shown.contains("新加入"), "{shown}");
        let answer = scene.last(scene.group).id;
        scene.pass(Span::minutes(6)).await;
        assert!(scene.tg.message(scene.group, answer).is_none());
        scene.end().await;
    }

    async fn figures_say_what_was_not_seen(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(scene.owner, "/stats").await;
        scene.say(ling, "/me").await;
        assert!(scene.heard().iter().all(|text| !text.contains("⚠️")), "the minutes until it had its rights count for nothing");
        // What happened in an hour's absence came after it.
        scene.stage.absent(Span::hours(1)).await.unwrap();
        scene.tg.set_bot_rights(scene.group, &[]);
        scene.pass(Span::hours(2)).await;
        scene.tg.set_bot_rights(scene.group, &ALL_RIGHTS);
        scene.settle().await;
        scene.stage.absent(Span::hours(30)).await.unwrap();
        scene.settle().await;
        scene.skip();
        let note = "⚠️ 其中 3月2日 13:02–21:02 我没能看全群里的动静，数字可能偏少。";
        for (user, asked) in [(scene.owner, "/stats"), (ling, "/me")] {
            scene.say(user, asked).await;
            let shown = scene.heard().concat();
            assert!(shown.ends_with(note), "{shown}");
        }
        scene.whisper(ling, "/me").await;
        scene.pass(Span::secs(2)).await;
        let shown = scene.last(ling.private()).text;
        assert!(shown.contains(note), "{shown}");
        scene.pass(Span::days(40)).await;
        scene.say(ling, "/me").await;
        let shown = scene.heard().concat();
        assert!(!shown.contains("⚠️"), "long ago: {shown}");
        scene.end().await;
    }

    /// Fault 56: a plain member in privacy mode sees nearly nothing. It says what it lacks, and does not take its own
    /// blindness for silence.
    async fn where_it_cannot_see_it_does_not_speak_of_silence(base) {
        let mut scene = Scene::new(&base, CHINESE).await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.set_bot_rights(scene.group, &[]);
        scene.pass(Span::minutes(1)).await;
        let told = scene.last(scene.staff).text;
        assert!(told.contains("▫️ 管理员身份：看到成员加入和离开，看到群里的聊天（否则我只看得到命令和对我的回复）"), "{told}");
        for words in ["大家早上好", "今天读了三十页书", "晚上一起散步吗"] {
            scene.say(ling, words).await;
            scene.pass(Span::hours(1)).await;
        }
        scene.say(scene.owner, "/rights@steward_bot").await;
        let card = scene.last(scene.group).text;
        assert!(card.contains("❌ 管理员身份") && card.contains("⚠️ 隐私模式：我看不到普通聊天"), "{card}");
        scene.pass(Span::minutes(1)).await;
        for (user, asked) in [(scene.owner, "/stats@steward_bot"), (ling, "/me@steward_bot")] {
            scene.skip();
            scene.say(user, asked).await;
            let shown = scene.heard().concat();
            let note = "⚠️ 其中 3月2日 12:02–15:04 我没能看全群里的动静，数字可能偏少。";
            assert!(shown.ends_with(note), "{asked}: {shown}");
        }
        scene.end().await;
    }

    async fn a_return_is_no_new_member(base) {
        let mut scene = Scene::new(&base, ENGLISH).await;
        let mary = scene.newcomer("Mary").await;
        scene.tg.leave(scene.group, mary);
        scene.pass(Span::days(1)).await;
        scene.tg.join(scene.group, mary);
        scene.settle().await;
        scene.tg.say(scene.staff, scene.owner, "/stats");
        scene.settle().await;
        let shown = scene.last(scene.staff).text;
        assert!(shown.contains("\nJoined         0      1     1     0\nReturned       1      0     1     0\n"), "{shown}");
        scene.end().await;
    }
}
