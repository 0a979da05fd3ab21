//! The same text by several newcomers, or in several groups.

use serde_json::json;
use steward::features::Settings;
use steward::model::{ChatId, ChatKind, MessageId, Span, UserId};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::{ALL_RIGHTS, MessageSpec};

use super::{ON, card, cards, decide, ledger, logged, stands, unhurried};
use crate::harness::{Scene, scenarios};

/// Shown to the staff by itself.
const LURE: &str = "需要办理信用卡提额的可以联系我，无前期费用";
/// Innocent by itself.
const INTRO: &str = "大家好，我是新来的小玲，住在浦东，平时喜欢读书，加我微信 lingling_2026 一起读";
/// An ad for its link, and the same without it.
const SALON: &str = "周末的读书沙龙还有几个名额，地点在人民广场，想来的朋友从这里进群 https://t.me/+AbCdEf123456";
const SALON_AGAIN: &str = "周末的读书沙龙还有几个名额，地点在人民广场，想来的朋友从这里进群";

/// Somebody new writes a text, some minutes after what came before. Long enough for cards to keep apart.
async fn newcomer_says(scene: &mut Scene, name: &str, text: &str) -> (UserId, MessageId) {
    let user = scene.newcomer(name).await;
    scene.pass(Span::minutes(4)).await;
    let said = scene.say(user, text).await;
    unhurried(scene).await;
    (user, said)
}

/// Four newcomers write a text each.
async fn four_say(scene: &mut Scene, texts: [&str; 4]) -> Vec<(UserId, MessageId)> {
    let mut said = Vec::new();
    for (name, text) in ["小玲", "小美", "小安", "小雨"].into_iter().zip(texts) {
        said.push(newcomer_says(scene, name, text).await);
    }
    said
}

/// Two more groups of the community.
async fn more_groups(scene: &mut Scene) -> [ChatId; 2] {
    let groups = [(1002, "二群"), (1003, "三群")]
        .map(|(n, title)| scene.tg.add_group(supergroup(n).0, title, ChatKind::Supergroup));
    let settings: Settings = toml::from_str(ON).unwrap();
    let chats = vec![scene.group.0, groups[0].0, groups[1].0];
    let settings = Settings { chats, staff_chat: Some(scene.staff.0), ..settings };
    scene.stage.reconfigure(vec![("moms".to_owned(), settings)]).await.unwrap();
    for group in groups {
        scene.tg.set_owner(group, scene.owner);
        scene.tg.add_bot_to(group, scene.owner);
        scene.tg.promote_bot(group, &ALL_RIGHTS);
    }
    scene.pass(Span::minutes(2)).await;
    groups
}

scenarios! {
    async fn the_same_lure_by_three_new_accounts_is_an_ad(base) {
        let mut scene = Scene::new(&base, ON).await;
        let said = four_say(&mut scene, [LURE; 4]).await;
        let standing: Vec<bool> = said.iter().map(|(_, message)| stands(&scene, *message)).collect();
        assert_eq!(standing, [true, true, false, false]);
        let mut struck = Vec::new();
        for (user, _) in &said {
            struck.push(logged(&scene, *user).await);
        }
        assert_eq!(struck, [0, 0, 1, 1]);
        assert_eq!(card(&scene).text.lines().collect::<Vec<_>>(), [
            "广告 #4",
            "小雨（10004）· 职场妈妈成长社 · 3月2日 12:18",
            "· 引导私聊：联系我",
            "· 措辞像广告：需要办 … ，无 … 费用",
            "· 13 分钟内有 4 个账号发了几乎相同的内容",
            "· 和 5 分钟前删除的广告几乎相同",
            LURE,
            "处理：已警告（第 1 次，有效至 4月1日）",
        ]);
        scene.end().await;
    }

    async fn the_card_says_it_in_english_too(base) {
        let mut scene = Scene::new(&base, &format!("language = 'en'\n{ON}")).await;
        four_say(&mut scene, [LURE; 4]).await;
        let card = card(&scene).text;
        assert!(card.contains("· the same text from 4 accounts in 13 minutes\n· much like an ad removed 5 minutes ago\n"), "{card}");
        scene.end().await;
    }

    async fn shuffled_and_changed_copies_are_copies(base) {
        let mut scene = Scene::new(&base, ON).await;
        let said = four_say(&mut scene, [
            "需要办理信用卡提额的可以联系我，无前期费用，3 小时下款",
            "无前期费用，5 小时下款，信用卡提额需要办理的可以联系我",
            "可以联系我，需要办理信用卡提额的，12 小时下款，无前期费用！",
            "无前期费用～24 小时下款～需要办理信用卡提额的可以联系我",
        ]).await;
        let standing: Vec<bool> = said.iter().map(|(_, message)| stands(&scene, *message)).collect();
        assert_eq!(standing, [true, true, false, false]);
        let before = cards(&scene);
        four_say(&mut scene, [
            "Need a loan today without any papers? Approved in ten minutes, ask @made_up_boss",
            "Approved in ten minutes, need a loan today without any papers, ask @other_name",
            "Without any papers! Need a loan today? Approved in ten minutes, ask @made_up_boss2",
            "Need a loan today without any papers? Approved in ten minutes, ask @third_name",
        ]).await;
        assert_eq!(cards(&scene), before + 2, "{}", card(&scene).text);
        scene.end().await;
    }

    async fn one_account_over_three_groups_is_shown_and_then_struck(base) {
        let mut scene = Scene::new(&base, ON).await;
        let groups = more_groups(&mut scene).await;
        let (ling, mei) = (scene.newcomer("小玲").await, scene.newcomer("小美").await);
        for group in groups {
            scene.tg.join(group, ling);
            scene.tg.join(group, mei);
        }
        scene.settle().await;
        let before = cards(&scene);
        // A contact alone is nothing, in two groups it is shown, and never more.
        for (group, shown) in [(scene.group, 0), (groups[0], 1), (groups[1], 1)] {
            scene.tg.say(group, mei, INTRO);
            unhurried(&mut scene).await;
            assert_eq!(cards(&scene), before + shown);
        }
        assert!(card(&scene).text.contains("· 1 分钟内在 2 个群发了几乎相同的内容"), "{}", card(&scene).text);
        assert_eq!(logged(&scene, mei).await, 0);
        for group in [scene.group, groups[0], groups[1]] {
            assert_eq!(logged(&scene, ling).await, 0);
            scene.tg.say(group, ling, LURE);
            scene.pass(Span::minutes(11)).await;
        }
        assert_eq!(logged(&scene, ling).await, 1);
        assert!(card(&scene).text.contains("· 22 分钟内在 3 个群发了几乎相同的内容"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn a_contact_that_goes_round_is_shown_and_strikes_nobody(base) {
        let mut scene = Scene::new(&base, ON).await;
        let said = four_say(&mut scene, [INTRO; 4]).await;
        assert_eq!(cards(&scene), 2);
        assert!(card(&scene).text.starts_with("疑似广告"), "{}", card(&scene).text);
        for (user, message) in said {
            assert!(stands(&scene, message));
            assert_eq!(logged(&scene, user).await, 0);
        }
        scene.end().await;
    }

    async fn an_innocent_chorus_is_neither_struck_nor_shown(base) {
        let mut scene = Scene::new(&base, ON).await;
        for chorus in [
            ["生日快乐！祝小美姐越来越漂亮，事事顺心"; 4],
            ["祝大家新年快乐，万事如意，身体健康，财源滚滚来"; 4],
            ["收到，谢谢群主，明天一定准时参加读书会"; 4],
            ["打卡"; 4],
            ["+1"; 4],
            ["让我们荡起双桨，小船儿推开波浪，水面倒映着美丽的白塔"; 4],
            ["中国女排夺冠了，新闻在这里 https://news.example/a/12345"; 4],
            [
                "#接龙 周末爬山\n1. 小玲 13800138000",
                "#接龙 周末爬山\n1. 小玲 13800138000\n2. 小美 13900139000",
                "#接龙 周末爬山\n1. 小玲 13800138000\n2. 小美 13900139000\n3. 小安 13700137000",
                "#接龙 周末爬山\n1. 小玲 13800138000\n2. 小美 13900139000\n3. 小安 13700137000\n4. 小雨 13600136000",
            ],
        ] {
            let said = four_say(&mut scene, chorus).await;
            assert_eq!(cards(&scene), 0, "{chorus:?}: {}", card(&scene).text);
            assert!(said.iter().all(|(_, message)| stands(&scene, *message)), "{chorus:?}");
        }
        scene.end().await;
    }

    async fn what_the_staff_said_first_may_be_repeated(base) {
        let notice = "周三晚八点读书会，想参加的朋友请加小助手微信 guanli_2026，名额有限";
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        scene.say(owner, notice).await;
        scene.pass(Span::days(2)).await;
        let said = four_say(&mut scene, [notice; 4]).await;
        assert!(said.iter().all(|(_, message)| stands(&scene, *message)));
        let shown: Vec<String> = scene.tg.bot_messages(scene.staff).into_iter().map(|card| card.text).collect();
        assert!(shown.iter().all(|card| !card.contains("相同的内容")), "{shown:?}");
        scene.end().await;
    }

    async fn posts_of_the_communitys_own_may_be_forwarded(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        for name in ["小玲", "小美", "小安", "小雨"] {
            let user = scene.newcomer(name).await;
            let origin = json!({ "type": "user", "date": 1, "sender_user": { "id": owner.0, "is_bot": false, "first_name": "群主" } });
            let forward = MessageSpec { forward: Some(origin), ..MessageSpec::text(INTRO) };
            scene.tg.send(scene.group, user, forward).unwrap();
            unhurried(&mut scene).await;
        }
        assert_eq!(cards(&scene), 0);
        scene.end().await;
    }

    async fn who_belongs_here_may_quote_an_ad_that_goes_round(base) {
        let mut scene = Scene::new(&base, ON).await;
        let mei = scene.newcomer("小美姐").await;
        for _ in 0..8 {
            for text in ["早上好", "今天读了两页", "晚安"] {
                scene.say(mei, text).await;
            }
            scene.pass(Span::days(1)).await;
        }
        four_say(&mut scene, [LURE; 4]).await;
        let before = cards(&scene);
        let quoted = scene.say(mei, &format!("大家注意，这几个号都在发“{LURE}”，别理")).await;
        let bare = scene.say(mei, LURE).await;
        unhurried(&mut scene).await;
        assert!(stands(&scene, quoted) && stands(&scene, bare));
        assert_eq!((cards(&scene), logged(&scene, mei).await), (before, 0));
        // It is no excuse for the next.
        let (_, fifth) = newcomer_says(&mut scene, "小林", LURE).await;
        assert!(!stands(&scene, fifth));
        scene.end().await;
    }

    async fn what_is_much_like_an_ad_just_removed_is_shown_until_that_is_undone(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let (ling, ad) = newcomer_says(&mut scene, "小玲", SALON).await;
        assert!(!stands(&scene, ad));
        let (mei, again) = newcomer_says(&mut scene, "小美", SALON_AGAIN).await;
        assert!(stands(&scene, again));
        assert_eq!((cards(&scene), logged(&scene, mei).await), (2, 0));
        assert!(card(&scene).text.contains("· 和 5 分钟前删除的广告几乎相同"), "{}", card(&scene).text);
        let id = ledger(&scene, ling).await[0].0;
        scene.tg.say(scene.staff, owner, &format!("/unwarn #{id}"));
        unhurried(&mut scene).await;
        let before = cards(&scene);
        let (_, third) = newcomer_says(&mut scene, "小安", SALON_AGAIN).await;
        assert!(stands(&scene, third));
        assert_eq!(cards(&scene), before);
        scene.end().await;
    }

    async fn what_the_staff_found_fine_may_go_round(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        newcomer_says(&mut scene, "小玲", LURE).await;
        decide(&mut scene, owner, "没问题").await;
        for name in ["小美", "小安", "小雨"] {
            let (_, said) = newcomer_says(&mut scene, name, LURE).await;
            assert!(stands(&scene, said));
            assert!(!card(&scene).text.contains("相同的内容"), "{}", card(&scene).text);
        }
        scene.end().await;
    }

    async fn a_restart_only_forgets(base) {
        let mut scene = Scene::new(&base, ON).await;
        newcomer_says(&mut scene, "小玲", LURE).await;
        newcomer_says(&mut scene, "小美", LURE).await;
        scene.stage.restart().await.unwrap();
        let (an, third) = newcomer_says(&mut scene, "小安", LURE).await;
        assert!(stands(&scene, third));
        assert_eq!(logged(&scene, an).await, 0);
        newcomer_says(&mut scene, "小雨", LURE).await;
        let (_, fifth) = newcomer_says(&mut scene, "小林", LURE).await;
        assert!(!stands(&scene, fifth));
        scene.end().await;
    }

    async fn only_a_while_counts_and_it_can_be_switched_off(base) {
        for settings in ["[strikes]\njudge.alike.within = '0s'\n", "[strikes]\njudge.alike.within = '5m'\n", "[strikes]\njudge.alike.accounts = 5\n"] {
            let base = base.another();
            let mut scene = Scene::new(&base, settings).await;
            let said = four_say(&mut scene, [LURE; 4]).await;
            assert!(said.iter().all(|(_, message)| stands(&scene, *message)), "{settings}");
            assert!(!card(&scene).text.contains("相同的内容"), "{settings}: {}", card(&scene).text);
            scene.end().await;
        }
    }

    async fn an_event_that_is_tried_again_counts_once(base) {
        let mut scene = Scene::new(&base, ON).await;
        newcomer_says(&mut scene, "小玲", LURE).await;
        scene.break_writing("INSERT ON strike_case", "1 = 1").await;
        newcomer_says(&mut scene, "小美", LURE).await;
        scene.mend_writing().await;
        scene.forget_failed().await;
        newcomer_says(&mut scene, "小安", LURE).await;
        assert!(card(&scene).text.contains("· 9 分钟内有 3 个账号发了几乎相同的内容"), "{}", card(&scene).text);
        scene.end().await;
    }
}
