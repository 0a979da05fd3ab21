//! What `steward ads backtest` tells of a history is what the bot did while it was written.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use steward::model::{Span, UserId};

use crate::harness::{Scene, scenarios};

const AD: &str = "招兼职日结三百，加微信 abcd123456";
const LINK: &str = "https://made-up-site.example/a";
const INVITE: &str = "都来 t.me/+Made0Up1";

/// What is written in a group, with what the bot does about it, as an export would have it.
struct Record {
    scene: Scene,
    messages: Vec<Value>,
    /// By message, save those nothing is done about.
    done: BTreeMap<i64, &'static str>,
}

impl Record {
    async fn counts(&self, user: UserId) -> (usize, usize) {
        let strikes =
            crate::strikes::ledger(&self.scene, user).await.iter().filter(|(_, _, counts)| *counts > 0).count();
        (strikes, self.scene.tg.bot_messages(self.scene.staff).len())
    }

    fn note(&mut self, user: UserId, more: Value) {
        let at = self.scene.stage.now().utc().timestamp().to_string();
        let mut message = json!({ "id": self.messages.len() + 1, "type": "message", "date_unixtime": at });
        let writer = json!({ "from": "某人", "from_id": format!("user{}", user.0) });
        for fields in [writer, more] {
            message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        }
        self.messages.push(message);
    }

    fn joined(&mut self, user: UserId) {
        let actor = format!("user{}", user.0);
        self.note(user, json!({ "type": "service", "action": "join_group_by_link", "actor_id": actor }));
    }

    async fn say(&mut self, user: UserId, text: &str) {
        let (strikes, cards) = self.counts(user).await;
        self.note(user, json!({ "text": text }));
        let said = self.scene.say(user, text).await;
        let stands = self.scene.tg.messages(self.scene.group).iter().any(|it| it.id == said);
        // Time for the card to be shown, and less than a burst.
        self.scene.pass(Span::minutes(1)).await;
        let (strikes_now, cards_now) = self.counts(user).await;
        let done = match (stands, strikes_now > strikes, cards_now > cards) {
            (false, true, _) => "struck",
            (false, false, _) => "deleted",
            (true, _, true) => "held",
            (true, ..) => return,
        };
        self.done.insert(i64::try_from(self.messages.len()).unwrap(), done);
    }

    async fn newcomer(&mut self, name: &str) -> UserId {
        let user = self.scene.newcomer(name).await;
        self.joined(user);
        user
    }

    /// What the command makes of it.
    fn replayed(&self) -> BTreeMap<i64, String> {
        let folder = tempfile::tempdir().unwrap();
        let export = json!({ "name": "成长社", "type": "private_supergroup", "id": 1001, "messages": self.messages });
        fs::write(folder.path().join("result.json"), export.to_string()).unwrap();
        let community = "name = '成长社'\nchats = [-1000000001001]\n[strikes]\n";
        fs::write(folder.path().join("moms.toml"), community).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_steward"));
        command
            .args(["ads", "backtest", "result.json", "--json", "--config", "moms.toml"])
            .env_remove("STEWARD_CONFIG");
        let told = command.current_dir(folder.path()).output().unwrap();
        assert!(told.status.success(), "{told:?}");
        let rows = String::from_utf8(told.stdout).unwrap();
        let rows = rows.lines().map(|row| serde_json::from_str::<Value>(row).unwrap());
        let outcome = |row: Value| Some((row["id"].as_i64()?, row["tried"]["outcome"].as_str()?.to_owned()));
        rows.filter_map(outcome).collect()
    }
}

scenarios! {
    async fn a_history_is_told_as_the_bot_lived_it(base) {
        let scene = Scene::new(&base, "[strikes]\n").await;
        let mut record = Record { scene, messages: Vec::new(), done: BTreeMap::new() };
        let (ling, mei, rui) = (record.newcomer("小玲").await, record.newcomer("小美").await, record.newcomer("小瑞").await);
        for text in ["大家好", AD, AD, LINK] {
            record.say(ling, text).await;
        }
        record.say(mei, LINK).await;
        record.say(mei, LINK).await;
        record.scene.pass(Span::minutes(11)).await;
        record.say(mei, LINK).await;
        record.say(ling, AD).await;
        record.scene.pass(Span::hours(25)).await;
        record.say(ling, AD).await;
        record.scene.tg.join(record.scene.group, ling);
        record.scene.settle().await;
        record.joined(ling);
        record.scene.pass(Span::hours(1)).await;
        record.say(ling, AD).await;
        for _ in 0..8 {
            for text in ["早上好", "今天读了两页", "晚安"] {
                record.say(rui, text).await;
            }
            record.say(mei, "早").await;
            record.scene.pass(Span::hours(24)).await;
        }
        for (user, text) in [(rui, LINK), (rui, INVITE), (mei, LINK), (mei, INVITE)] {
            record.say(user, text).await;
        }
        record.scene.pass(Span::days(31)).await;
        record.say(mei, AD).await;
        let lived: Vec<_> = record.done.values().copied().collect();
        assert_eq!(lived, [
            "struck", "deleted", "held", "held", "struck", "struck", "struck", "held", "struck", "struck",
        ]);
        assert_eq!(record.replayed(), record.done.iter().map(|(id, done)| (*id, (*done).to_owned())).collect());
        record.scene.end().await;
    }

    async fn what_went_round_is_told_as_the_bot_lived_it(base) {
        let lure = "需要办理信用卡提额的可以联系我，无前期费用";
        let scene = Scene::new(&base, "[strikes]\n").await;
        let mut record = Record { scene, messages: Vec::new(), done: BTreeMap::new() };
        for name in ["小玲", "小美", "小安", "小雨"] {
            let user = record.newcomer(name).await;
            record.say(user, lure).await;
            record.say(user, "大家好，很高兴认识你们各位，请多关照").await;
        }
        record.scene.pass(Span::hours(2)).await;
        let late = record.newcomer("小林").await;
        record.say(late, lure).await;
        let lived: Vec<_> = record.done.values().copied().collect();
        assert_eq!(lived, ["held", "held", "struck", "struck", "held"]);
        assert_eq!(record.replayed(), record.done.iter().map(|(id, done)| (*id, (*done).to_owned())).collect());
        record.scene.end().await;
    }
}
