//! Who is in the group.

use steward::model::{Span, Status};
use steward::telegram::emulator::{Announce, Entry};

use crate::harness::{Scene, scenarios};

scenarios! {
    async fn joins_and_leaves_are_known(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        let status = |scene: &Scene| { let (db, group) = (scene.stage.db().clone(), scene.group); async move {
            db.begin().await.unwrap().member(group, ling).await.unwrap().map(|member| (member.status, member.joined.is_some()))
        }};
        assert_eq!(status(&scene).await, Some((Status::Member, true)));
        scene.tg.leave(scene.group, ling);
        scene.settle().await;
        assert_eq!(status(&scene).await, Some((Status::Left, true)));
        scene.end().await;
    }

    async fn a_join_told_only_by_the_notice_is_learnt_when_they_speak(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.person("小玲");
        scene.tg.join_as(scene.group, ling, &Entry { announce: Announce::Service, ..Entry::default() });
        scene.settle().await;
        scene.say(ling, "大家好").await;
        scene.pass(Span::minutes(1)).await;
        let member = scene.stage.db().begin().await.unwrap().member(scene.group, ling).await.unwrap().unwrap();
        assert_eq!((member.status, member.joined, member.messages), (Status::Member, None, 1));
        scene.end().await;
    }
}
