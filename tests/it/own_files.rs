//! Files that settings name and the bot can do without: a model of the community's own, ban lists.

use std::collections::BTreeMap;
use std::fs;

use steward::judge::linear::{Header, Model, Script, Thresholds};

use crate::bench::{Bench, COMMUNITY, text};
use crate::harness::{Scene, scenarios};

/// To this model everything is an ad.
fn severe() -> Vec<u8> {
    let thresholds = Thresholds { hold: 1.0, act: 2.0, strict: 3.0 };
    let header = Header {
        runs: 0,
        scale: 1.0,
        bias: 9.0,
        traits: BTreeMap::new(),
        thresholds: Script::ALL.map(|script| (script, thresholds)).into(),
        made: "for a test".to_owned(),
    };
    Model::new(header, &[]).write()
}

const TALK: &str = "今天下午我们一起去公园散步好不好";

scenarios! {
    async fn a_model_of_the_communitys_own_judges_and_a_damaged_one_does_not(base) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("own.model");
        fs::write(&file, severe()).unwrap();
        let settings = format!("[strikes]\njudge.model = '{}'\n", file.display());
        let mut scene = Scene::new(&base, &settings).await;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, TALK).await;
        assert!(scene.tg.messages(scene.group).iter().all(|it| it.id != said), "its own model calls it an ad");
        let mut damaged = severe();
        damaged.truncate(100);
        fs::write(&file, damaged).unwrap();
        scene.reload(&settings).await;
        let mei = scene.newcomer("小美").await;
        let said = scene.say(mei, TALK).await;
        assert!(scene.tg.messages(scene.group).iter().any(|it| it.id == said), "the built-in one stands in");
        fs::write(&file, severe()).unwrap();
        scene.reload(&settings).await;
        let lan = scene.newcomer("小兰").await;
        let said = scene.say(lan, TALK).await;
        assert!(scene.tg.messages(scene.group).iter().all(|it| it.id != said), "a changed file is read again");
        scene.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_file_is_told_once_and_the_bot_runs_all_the_same() {
    let mut bench = Bench::new("").await;
    let model = bench.path("communities/own.model");
    let mut damaged = severe();
    damaged[40] ^= 1;
    fs::write(&model, damaged).unwrap();
    fs::write(bench.path("communities/banned.txt"), "123\nsomebody\n").unwrap();
    let settings = "[strikes]\njudge.model = 'own.model'\nban_lists.files = ['banned.txt', 'none.txt']\n";
    fs::write(bench.path("communities/moms.toml"), format!("{COMMUNITY}{settings}")).unwrap();
    let checked = bench.run(&["check"]).await;
    assert!(!checked.status.success());
    let told = text(&checked.stderr);
    for part in [
        "moms.toml:5:15: strikes.judge.model",
        "its checksum is wrong; the built-in model is used until that is mended",
        "moms.toml:6:20: strikes.ban_lists.files[0]",
        "banned.txt: line 2: `somebody` is no user id",
        "moms.toml:6:34: strikes.ban_lists.files[1]",
        "3 mistakes in the settings.",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    bench.begin().await;
    bench.join_the_group();
    let alarm = |bench: &Bench| bench.told().iter().filter(|told| told.contains("用不了的部分我先跳过")).count();
    bench.until("the first question", |bench| bench.count("getChatAdministrators") > 1).await;
    // Nobody was there to be told at the start; a change is told to who is.
    fs::write(bench.path("communities/banned.txt"), "123\nnobody at all\n").unwrap();
    bench.until("the alarm", |bench| alarm(bench) == 1).await;
    let ling = bench.member(1);
    bench.tg.say(crate::bench::GROUP, ling, "照常");
    bench.until_messages(1).await;
    fs::write(&model, severe()).unwrap();
    fs::write(bench.path("communities/banned.txt"), "123\n").unwrap();
    fs::write(bench.path("communities/none.txt"), "456\n").unwrap();
    let good = |bench: &Bench| bench.told().iter().any(|told| told == "✅ 配置文件改好了，新设置已经生效。");
    bench.until("the good news", good).await;
    assert_eq!(bench.stop().await, Some(0));
    assert!(bench.log().contains("its checksum is wrong"), "{}", bench.log());
}
