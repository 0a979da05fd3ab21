//! Welcome coverage, time to welcome, and who confirmed the rules.

use steward::model::{ChatKind, Span};
use steward::telegram::emulator::{ALL_RIGHTS, MessageSpec};

use super::{newcomers, page, values};
use crate::harness::{Scene, scenarios};
use crate::welcome::{CLUB, MOMS};

const COVERAGE: &str = "欢迎覆盖";
const ACK: &str = "群规确认";

scenarios! {
    async fn who_was_welcomed_is_counted_with_the_time_it_took(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        assert_eq!(values(&page(&mut scene, "welcome").await, COVERAGE), ["–", "–", "–"]);
        newcomers(&mut scene, &["一", "二", "三"]).await;
        assert_eq!(values(&page(&mut scene, "welcome").await, COVERAGE)[0], "0/3（0%）");
        scene.pass(Span::minutes(1)).await;
        assert_eq!(values(&page(&mut scene, "welcome").await, COVERAGE)[0], "3/3（100%），95% 在 20 秒内");
        // Who goes before the welcome was not welcomed; who comes back at once calls for none.
        let gone = scene.newcomer("四").await;
        scene.tg.leave(scene.group, gone);
        scene.pass(Span::minutes(1)).await;
        let told = values(&page(&mut scene, "welcome").await, COVERAGE);
        assert_eq!(told, ["3/4（75%），95% 在 20 秒内"; 3]);
        scene.tg.join(scene.group, gone);
        scene.pass(Span::minutes(1)).await;
        let told = values(&page(&mut scene, "welcome").await, COVERAGE);
        assert_eq!(told[0], "4/4（100%），95% 在 20 秒内");
        scene.tg.leave(scene.group, gone);
        scene.settle().await;
        scene.tg.join(scene.group, gone);
        scene.pass(Span::minutes(1)).await;
        assert_eq!(values(&page(&mut scene, "welcome").await, COVERAGE)[0], "4/4（100%），95% 在 20 秒内");
        scene.end().await;
    }

    async fn a_welcome_in_a_pause_or_long_after_counts_for_what_it_is(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        scene.say(scene.owner, "/pause").await;
        scene.newcomer("一").await;
        scene.pass(Span::minutes(1)).await;
        scene.say(scene.owner, "/resume").await;
        assert_eq!(values(&page(&mut scene, "welcome").await, COVERAGE)[0], "0/1（0%）");
        let late = scene.person("二");
        scene.tg.join(scene.group, late);
        scene.stage.absent(Span::minutes(10)).await.unwrap();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(values(&page(&mut scene, "welcome").await, COVERAGE)[0], "1/2（50%），95% 在 10 分钟 20 秒内");
        scene.end().await;
    }

    async fn each_period_counts_its_own_days(base) {
        let mut scene = Scene::new(&base, CLUB).await;
        newcomers(&mut scene, &["A", "B"]).await;
        scene.pass(Span::days(1)).await;
        newcomers(&mut scene, &["C"]).await;
        scene.pass(Span::days(6)).await;
        let told = values(&page(&mut scene, "welcome").await, "Welcome coverage");
        assert_eq!(told, ["–", "1/1 (100%), 95% within 20 seconds", "3/3 (100%), 95% within 20 seconds"]);
        scene.pass(Span::days(23)).await;
        assert_eq!(values(&page(&mut scene, "welcome").await, "Welcome coverage")[2], "1/1 (100%), 95% within 20 seconds");
        // After 60 days the next welcome takes what is past its time with it.
        scene.pass(Span::days(40)).await;
        newcomers(&mut scene, &["D"]).await;
        scene.pass(Span::minutes(1)).await;
        let mut conn = scene.stage.db().read().await.unwrap();
        let (n,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM welcome_join").fetch_one(&mut *conn).await.unwrap();
        drop(conn);
        assert_eq!(n, 1);
        scene.end().await;
    }

    async fn members_who_confirmed_the_rules_are_counted_for_the_version_of_now(base) {
        let mut scene = Scene::new(&base, CLUB).await;
        let people = newcomers(&mut scene, &["A", "B", "C"]).await;
        scene.pass(Span::minutes(1)).await;
        let welcome = scene.last(scene.group).id;
        for user in [people[0], people[1], people[0]] {
            scene.press(scene.group, welcome, user, "✅ I have read them").await;
        }
        let ack = "Rules confirmed";
        assert_eq!(values(&page(&mut scene, "welcome").await, ack), ["2/4 (50%)"], "the owner is a member too");
        scene.tg.leave(scene.group, people[1]);
        scene.pass(Span::days(1)).await;
        assert_eq!(values(&page(&mut scene, "welcome").await, ack), ["1/3 (33%)"]);
        scene.reload(&CLUB.replace("Be <b>kind</b>", "Be very kind")).await;
        assert_eq!(values(&page(&mut scene, "welcome").await, ack), ["0/3 (0%)"]);
        scene.reload("language = 'en'\n[welcome]\n").await;
        assert!(!page(&mut scene, "welcome").await.contains(ack), "without rules nothing is confirmed");
        scene.end().await;
    }

    async fn forgetting_takes_the_joins_of_a_person_along(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let people = newcomers(&mut scene, &["一", "二"]).await;
        scene.pass(Span::minutes(1)).await;
        scene.whisper(people[0], "/mydata").await;
        let told = scene.last(people[0].private()).text;
        assert!(told.contains("何时进群、何时被欢迎 1"), "{told}");
        scene.forget(people[0]).await;
        assert_eq!(values(&page(&mut scene, "welcome").await, COVERAGE)[0], "1/1（100%），95% 在 20 秒内");
        scene.end().await;
    }

    async fn a_group_that_becomes_a_supergroup_keeps_its_figures(base) {
        let mut scene = Scene::new(&base, MOMS).await;
        let basic = crate::harness::BASIC;
        scene.tg.add_group(basic.0, "小群", ChatKind::Group);
        scene.tg.set_owner(basic, scene.owner);
        scene.tg.add_bot_to(basic, scene.owner);
        scene.tg.promote_bot(basic, &ALL_RIGHTS);
        scene.settle().await;
        let user = scene.person("小玲");
        scene.tg.join(basic, user);
        scene.pass(Span::minutes(1)).await;
        assert_eq!(values(&page(&mut scene, "welcome").await, COVERAGE)[0], "1/1（100%），95% 在 20 秒内");
        let new = scene.tg.migrate(basic);
        scene.settle().await;
        scene.tg.send(new, user, MessageSpec::text("大家好")).unwrap();
        scene.settle().await;
        assert_eq!(values(&page(&mut scene, "welcome").await, COVERAGE)[0], "1/1（100%），95% 在 20 秒内");
        assert!(values(&page(&mut scene, "welcome").await, ACK)[0].starts_with("0/"));
        scene.end().await;
    }
}
