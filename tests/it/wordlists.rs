//! Words the community does not want, as members and staff see it.

use std::fs;

use steward::model::{MessageId, Span, UserId};
use steward::telegram::emulator::{MessageSpec, SeenMessage};

use crate::bench::{Bench, COMMUNITY, text};
use crate::figures::{page, values};
use crate::harness::{Scene, scenarios};

const LIST: &str = "version: 3\n蓝鲸草原\n机密甲 = delete\n机密乙 = strike\n!蓝鲸草原乐队\n";
/// Time enough for a burst to be over.
const LATER: Span = Span::minutes(11);

/// Settings with that list beside them.
fn listed(list: &str, more: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sensitive.txt");
    fs::write(&file, list).unwrap();
    let settings = format!("{more}[strikes]\n[wordlists]\nfiles = [{{ file = '{}' }}]\n", file.display());
    (folder, settings)
}

fn stands(scene: &Scene, message: MessageId) -> bool {
    scene.tg.messages(scene.group).iter().any(|it| it.id == message)
}

fn cards(scene: &Scene) -> usize {
    scene.tg.bot_messages(scene.staff).len()
}

fn buttons(message: &SeenMessage) -> Vec<String> {
    message.buttons.iter().flatten().map(|button| button.text.clone()).collect()
}

async fn unhurried(scene: &mut Scene) {
    scene.pass(Span::secs(8)).await;
}

/// Somebody of the staff presses a button under the newest card.
async fn decide(scene: &mut Scene, button: &str) {
    let (card, owner) = (scene.last(scene.staff), scene.owner);
    scene.press(scene.staff, card.id, owner, button).await;
    unhurried(scene).await;
}

async fn say(scene: &mut Scene, user: UserId, text: &str) -> MessageId {
    let said = scene.say(user, text).await;
    unhurried(scene).await;
    said
}

scenarios! {
    async fn a_listed_word_is_shown_to_the_staff_with_its_list_and_version(base) {
        let (_folder, settings) = listed(LIST, "");
        let mut scene = Scene::new(&base, &settings).await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        let innocent = say(&mut scene, ling, "昨晚去听了蓝鲸草原乐队").await;
        assert_eq!(cards(&scene), 0);
        let said = say(&mut scene, ling, "蓝\u{200b}鲸 草原的事你们听说了吗").await;
        assert!(stands(&scene, innocent) && stands(&scene, said), "what is shown to the staff stands");
        let card = scene.last(scene.staff);
        assert!(card.text.starts_with("可能违反群规，请看一眼 #1\n小玲"), "{}", card.text);
        assert!(card.text.contains("· 理由：用了本群不能用的词\n· sensitive.txt v3：蓝\u{200b}鲸 草原\n"), "{}", card.text);
        assert!(card.text.ends_with("处理：等你们决定"), "{}", card.text);
        assert_eq!(buttons(&card), ["确实违规", "没问题", "封禁", "信任此人"]);
        assert_eq!(scene.heard(), Vec::<String>::new(), "the group hears nothing");
        // More of the same within minutes is the same card.
        say(&mut scene, ling, "蓝鲸草原！！").await;
        assert_eq!(cards(&scene), 1);
        assert!(scene.last(scene.staff).text.contains("sensitive.txt v3：蓝鲸草原\n"), "{}", scene.last(scene.staff).text);
        decide(&mut scene, "没问题").await;
        assert!(scene.last(scene.staff).text.contains("✅ 群主：没问题"), "{}", scene.last(scene.staff).text);
        // Who may say so is not trusted with ads for it.
        scene.pass(LATER).await;
        say(&mut scene, ling, "再说说蓝鲸草原").await;
        assert_eq!(cards(&scene), 2);
        decide(&mut scene, "确实违规").await;
        let heard = scene.heard();
        assert!(heard[0].starts_with("小玲，你的消息违反了群规（用了本群不能用的词），已删除。这是第 1 次警告"), "{heard:?}");
        scene.end().await;
    }

    async fn what_is_deleted_costs_a_hint_and_no_strike(base) {
        let (_folder, settings) = listed(LIST, "");
        let mut scene = Scene::new(&base, &settings).await;
        let ling = scene.newcomer("<b>小玲").await;
        scene.skip();
        let said = say(&mut scene, ling, "机密甲是什么").await;
        assert!(!stands(&scene, said));
        assert_eq!(scene.heard(), ["<b>小玲，刚才那条里有这里不能发的内容，已删除，不算警告。换个说法就可以再发。"]);
        assert_eq!(cards(&scene), 0);
        let again = say(&mut scene, ling, "机密甲！").await;
        assert!(!stands(&scene, again));
        assert_eq!(scene.heard(), Vec::<String>::new(), "one hint is enough");
        scene.pass(Span::minutes(2)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty(), "the hint goes by itself");
        // A message edited into one goes too.
        let edited = say(&mut scene, ling, "大家好").await;
        scene.tg.edit(scene.group, edited, "大家好，机密甲");
        unhurried(&mut scene).await;
        assert!(!stands(&scene, edited));
        scene.say(ling, "/strikes").await;
        assert!(scene.last(scene.group).text.contains("没有"), "{}", scene.last(scene.group).text);
        scene.end().await;
    }

    async fn the_gravest_word_counts_like_an_ad_and_can_be_taken_back(base) {
        let (_folder, settings) = listed(LIST, "language = 'en'\n");
        let mut scene = Scene::new(&base, &settings).await;
        let ling = scene.newcomer("Ling").await;
        scene.skip();
        let said = say(&mut scene, ling, "蓝鲸草原 机密甲 机密乙").await;
        assert!(!stands(&scene, said));
        let heard = scene.heard();
        assert!(heard[0].starts_with("Ling, your message broke the group rules (words that are not for this group) and was removed. This is strike 1 of 3"), "{heard:?}");
        let card = scene.last(scene.staff);
        assert!(card.text.starts_with("Against the group's rules #1"), "{}", card.text);
        assert!(card.text.contains("· sensitive.txt v3: 蓝鲸草原 · 机密甲 · 机密乙\n"), "{}", card.text);
        decide(&mut scene, "Within the rules").await;
        assert!(scene.last(scene.staff).text.contains("not against the rules, undone"), "{}", scene.last(scene.staff).text);
        scene.end().await;
    }

    async fn staff_are_free_and_of_trusted_members_the_staff_are_only_shown(base) {
        let (_folder, settings) = listed(LIST, "");
        let mut scene = Scene::new(&base, &settings).await;
        let (xia, owner) = (scene.newcomer("小夏").await, scene.owner);
        scene.say(owner, &format!("/trust {xia}")).await;
        scene.pass(Span::minutes(2)).await;
        let by_owner = say(&mut scene, owner, "机密乙").await;
        let spec = MessageSpec { anonymous: true, ..MessageSpec::text("机密乙") };
        let anonymous = scene.tg.send(scene.group, owner, spec).unwrap();
        unhurried(&mut scene).await;
        assert_eq!(cards(&scene), 0);
        let by_trusted = say(&mut scene, xia, "机密乙").await;
        assert!([by_owner, anonymous, by_trusted].into_iter().all(|said| stands(&scene, said)));
        assert!(scene.last(scene.staff).text.starts_with("可能违反群规"), "{}", scene.last(scene.staff).text);
        scene.end().await;
    }

    async fn insults_are_shown_where_the_settings_say_so(base) {
        let mut scene = Scene::new(&base, "[strikes]\n[wordlists]\ninsults = 'queue'\n").await;
        let ling = scene.newcomer("小玲").await;
        let said = say(&mut scene, ling, "你就是个傻*逼").await;
        assert!(stands(&scene, said));
        let card = scene.last(scene.staff).text;
        assert!(card.contains("· 理由：辱骂他人\n· 内置辱骂词表 zh v1：傻*逼\n"), "{card}");
        say(&mut scene, ling, "心智障碍者也能工作，卧槽太感人了").await;
        assert_eq!(cards(&scene), 1);
        scene.end().await;
    }

    async fn in_shadow_mode_everything_stands(base) {
        let (_folder, settings) = listed(LIST, "");
        let mut scene = Scene::new(&base, &settings.replace("[strikes]", "[strikes]\nshadow = true")).await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        let said = say(&mut scene, ling, "机密甲").await;
        assert!(stands(&scene, said));
        assert_eq!(scene.heard(), Vec::<String>::new());
        assert!(scene.last(scene.staff).text.ends_with("处理：观察模式，未处理"), "{}", scene.last(scene.staff).text);
        scene.end().await;
    }

    async fn what_is_held_goes_until_the_staff_decide_and_its_writer_hears(base) {
        let (_folder, settings) = listed("version: 3\n[hold]\n蓝鲸草原\n", "");
        let mut scene = Scene::new(&base, &settings).await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        let said = say(&mut scene, ling, "蓝鲸草原的事").await;
        let more = say(&mut scene, ling, "还是蓝鲸草原").await;
        assert!(!stands(&scene, said) && !stands(&scene, more));
        assert_eq!(cards(&scene), 1);
        let card = scene.last(scene.staff).text;
        assert!(card.contains("蓝鲸草原的事") && !card.contains("查看这条消息"), "{card}");
        scene.skip();
        decide(&mut scene, "没有违规").await;
        let heard = scene.heard();
        assert_eq!(heard[..2], ["小玲 发过：\n蓝鲸草原的事", "小玲 发过：\n还是蓝鲸草原"], "{heard:?}");
        assert!(heard[2].contains("已经放回群里"), "{heard:?}");
        scene.end().await;
    }

    async fn a_restart_and_an_edit_show_nothing_twice(base) {
        let (_folder, settings) = listed(LIST, "");
        let mut scene = Scene::new(&base, &settings).await;
        let ling = scene.newcomer("小玲").await;
        let said = say(&mut scene, ling, "蓝鲸草原").await;
        scene.stage.restart().await.unwrap();
        scene.tg.edit(scene.group, said, "蓝鲸草原。");
        unhurried(&mut scene).await;
        assert_eq!(cards(&scene), 1);
        // Edited into something worse it goes.
        scene.tg.edit(scene.group, said, "蓝鲸草原，机密乙");
        unhurried(&mut scene).await;
        assert!(!stands(&scene, said));
        assert_eq!(cards(&scene), 1);
        assert!(scene.last(scene.staff).text.starts_with("违反群规 #1"), "{}", scene.last(scene.staff).text);
        scene.end().await;
    }

    async fn a_changed_list_is_read_again(base) {
        let (folder, settings) = listed(LIST, "");
        let mut scene = Scene::new(&base, &settings).await;
        let ling = scene.newcomer("小玲").await;
        say(&mut scene, ling, "新词出现").await;
        assert_eq!(cards(&scene), 0);
        fs::write(folder.path().join("sensitive.txt"), "version: 4\n新词出现\n").unwrap();
        scene.reload(&settings).await;
        say(&mut scene, ling, "新词出现").await;
        assert!(scene.last(scene.staff).text.contains("sensitive.txt v4：新词出现"), "{}", scene.last(scene.staff).text);
        scene.end().await;
    }

    async fn figures_tell_what_the_lists_find_and_how_quick_the_staff_are(base) {
        let (_folder, settings) = listed(LIST, "");
        let mut scene = Scene::new(&base, &settings).await;
        assert_eq!(values(&page(&mut scene, "wordlists").await, "词表命中"), ["–"; 3]);
        let ling = scene.newcomer("小玲").await;
        for wait in [50, 110] {
            scene.say(ling, "蓝鲸草原").await;
            scene.pass(Span::secs(wait)).await;
            decide(&mut scene, "没问题").await;
            scene.pass(LATER).await;
        }
        say(&mut scene, ling, "蓝鲸草原").await;
        let told = page(&mut scene, "wordlists").await;
        assert!(told.contains("sensitive.txt v3：3"), "{told}");
        assert_eq!(values(&told, "词表命中"), ["3"; 3]);
        let told = page(&mut scene, "strikes").await;
        assert_eq!(values(&told, "请管理员看"), ["2/3（67%），用时 1 分钟 20 秒（中位数），待看 1"; 3]);
        scene.forget(ling).await;
        assert_eq!(values(&page(&mut scene, "wordlists").await, "词表命中"), ["–"; 3], "who is forgotten leaves no rows");
        scene.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_with_mistakes_is_refused_with_its_lines() {
    let bench = Bench::new("").await;
    let settings =
        "[wordlists]\nfiles = [{ file = 'sensitive.txt', action = 'hold' }, { file = 'none.txt' }]\n[strikes]\n";
    fs::write(bench.path("communities/moms.toml"), format!("{COMMUNITY}{settings}")).unwrap();
    fs::write(bench.path("communities/sensitive.txt"), "version: 3\n某词\n的\n某词\n").unwrap();
    let checked = bench.run(&["check"]).await;
    assert!(!checked.status.success());
    let told = text(&checked.stderr);
    for part in [
        "wordlists.files[0].file",
        "sensitive.txt: line 3: `的` is too short",
        "sensitive.txt: line 4: `某词` is in line 2 already",
        "none.txt: it cannot be read",
        "3 mistakes in the settings.",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
    let settings = "[wordlists]\n";
    fs::write(bench.path("communities/moms.toml"), format!("{COMMUNITY}{settings}")).unwrap();
    let told = text(&bench.run(&["check"]).await.stderr);
    assert!(told.contains("there is nothing to look for") && told.contains("needs `[strikes]`"), "{told}");
}
