//! How people learn what the bot can do and may do: menus, the hello in private, `/help`, `/rights`.

use steward::features::Settings;
use steward::model::{ChatId, ChatKind, Span};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::{ALL_RIGHTS, Rule};

use crate::harness::{Scene, scenarios};

/// The menus that Telegram was given, in JSON.
fn menus(scene: &Scene) -> Vec<String> {
    let log = scene.tg.log();
    let given = log.iter().filter(|call| call.method == "setMyCommands");
    given.map(|call| serde_json::to_string(&call.params).unwrap()).collect()
}

scenarios! {
    async fn menus_list_what_is_on_and_are_given_until_telegram_has_them(base) {
        let mut scene = Scene::new(&base, "").await;
        let before = menus(&scene);
        assert!(!before.iter().any(|menu| menu.contains("checkin")), "a feature that is off");
        scene.tg.fail(Rule::status("setMyCommands", 400, "Bad Request: no").times(8));
        scene.reload("[checkin]").await;
        scene.pass(Span::minutes(1)).await;
        let refused = menus(&scene).split_off(before.len());
        assert_eq!(refused.len(), 8, "all have /checkin");
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(1)).await;
        let again = menus(&scene).split_off(before.len() + refused.len());
        assert!(again.len() == 8 && again.iter().any(|menu| menu.contains("checkin")), "{again:?}");
        scene.end().await;
    }

    async fn menus_are_given_once_in_two_languages(base) {
        let mut scene = Scene::new(&base, "").await;
        let given = menus(&scene);
        assert_eq!(given.len(), 8);
        let of = |scope: &str, zh: bool| given.iter()
            .find(|menu| menu.contains(&format!("\"{scope}\"")) && menu.contains("language_code") == zh).unwrap().clone();
        assert!(of("all_private_chats", true).contains("我能做什么"));
        assert!(!of("all_group_chats", false).contains("rights"));
        assert!(of("all_chat_administrators", false).contains("Check my rights and state"));
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(menus(&scene).len(), 8);
        scene.end().await;
    }

    async fn the_staff_chat_has_the_staffs_menu_whoever_is_an_administrator_there(base) {
        let mut scene = Scene::new(&base, "").await;
        let own = |scene: &Scene, chat: ChatId, zh: bool| {
            let given = scene.tg.log().into_iter().rfind(|call| call.method == "setMyCommands"
                && call.params["scope"]["chat_id"] == chat.0 && call.params.contains_key("language_code") == zh);
            given.map(|call| call.params["commands"].to_string())
        };
        let staff = scene.staff;
        assert!(own(&scene, staff, false).unwrap().contains("Check my rights and state"));
        assert!(own(&scene, staff, true).unwrap().contains("检查我的权限和状态"));
        assert_eq!(own(&scene, scene.group, false), None);
        // Another group becomes the staff chat, and this one of the community's groups.
        let other = supergroup(9010);
        scene.tg.add_group(other.0, "新运营群", ChatKind::Supergroup);
        scene.tg.set_owner(other, scene.owner);
        let settings = Settings { chats: vec![scene.group.0, staff.0], staff_chat: Some(other.0), ..Settings::default() };
        scene.stage.reconfigure(vec![("moms".to_owned(), settings)]).await.unwrap();
        scene.tg.add_bot_to(other, scene.owner);
        scene.tg.promote_bot(other, &ALL_RIGHTS);
        scene.pass(Span::minutes(1)).await;
        assert!(own(&scene, other, true).unwrap().contains("检查我的权限和状态"));
        let taken = |scene: &Scene| -> Vec<_> {
            let calls = scene.tg.log().into_iter().filter(|call| call.method == "deleteMyCommands");
            calls.map(|call| call.params["scope"]["chat_id"].clone()).collect()
        };
        assert_eq!(taken(&scene), [staff.0, staff.0], "in both languages");
        scene.stage.restart().await.unwrap();
        scene.pass(Span::minutes(1)).await;
        assert_eq!(taken(&scene).len(), 2, "once is enough");
        scene.end().await;
    }

    async fn in_private_it_greets_and_helps_by_what_one_may_do(base) {
        let settings = "name = \"职场妈妈成长社\"\npurpose = \"把工作和家都过得从容一点。\"";
        let mut scene = Scene::new(&base, settings).await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.user(ling, |person| person.language = Some("zh-hans".into()));
        scene.tg.start_bot(ling, "");
        scene.settle().await;
        assert_eq!(scene.last(ling.private()).text, "你好，我是职场妈妈成长社的管家 Steward 👋\n把工作和家都过得从容一点。\n\n\
            发 /help 看看我能做什么。");
        scene.tg.start_bot(ling, "help");
        scene.settle().await;
        let help = scene.last(ling.private()).text;
        assert!(help.starts_with("职场妈妈成长社\n把工作和家都过得从容一点。\n\n/help 我能做什么"), "{help}");
        assert!(!help.contains("/rights"), "{help}");
        scene.tg.start_bot(ling, "something-old");
        scene.settle().await;
        assert!(scene.last(ling.private()).text.starts_with("你好，我是"), "an unknown payload is a hello");
        scene.pass(Span::secs(5)).await;
        scene.whisper(ling, "/rights").await;
        assert_eq!(scene.last(ling.private()).text, "只有管理员可以操作。");
        scene.whisper(scene.owner, "/help").await;
        assert!(scene.last(scene.owner.private()).text.contains("管理命令（在群里或运营群里用）\n/id 查看群 ID"));
        scene.end().await;
    }

    async fn in_private_it_speaks_the_persons_language(base) {
        let mut scene = Scene::new(&base, "name = \"职场妈妈成长社\"").await;
        let ann = scene.newcomer("Ann").await;
        scene.tg.user(ann, |person| person.language = Some("en".into()));
        scene.whisper(ann, "/start").await;
        assert_eq!(scene.last(ann.private()).text,
            "Hello, I'm Steward, the steward of 职场妈妈成长社 👋\n\nSend /help to see what I can do.");
        scene.whisper(ann, "/help").await;
        assert!(scene.last(ann.private()).text.starts_with("职场妈妈成长社\n\n/help What I can do"));
        scene.whisper(ann, "/rights").await;
        assert_eq!(scene.last(ann.private()).text, "Only administrators can do this.");
        scene.pass(Span::secs(10)).await;
        scene.whisper(ann, "/id").await;
        assert_eq!(scene.last(ann.private()).text, format!("Your id: {ann}"));
        let nobody = scene.person("Nobody");
        scene.whisper(nobody, "/start").await;
        assert_eq!(scene.last(nobody.private()).text, "你好，我是管家 Steward 👋\n\n\
            我帮群主打理社群：迎接新朋友、按时发话题、记打卡、拦广告。\n想让我来你的群帮忙，点下面的按钮把我加进去，再设为管理员。");
        scene.end().await;
    }

    async fn help_in_the_staff_chat_lists_what_the_staff_can_order(base) {
        let mut scene = Scene::new(&base, "[strikes]").await;
        scene.tg.say(scene.staff, scene.owner, "/help");
        scene.pass(Span::secs(8)).await;
        let help = scene.last(scene.staff).text;
        assert!(help.contains("/help 我能做什么") && help.contains("/ban 封禁"), "{help}");
        scene.end().await;
    }

    async fn help_in_a_group_is_short_and_goes_again(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.regular("小玲").await;
        scene.say(ling, "/help").await;
        let help = scene.last(scene.group);
        assert!(help.text.starts_with("在群里可以用：\n/help 我能做什么"), "{}", help.text);
        assert!(!help.text.contains("/rights"));
        assert_eq!(help.buttons[0][0].url.as_deref(), Some("https://t.me/steward_bot?start=help"));
        assert_eq!(help.buttons[0][0].text, "私聊看完整说明");
        scene.pass(Span::minutes(6)).await;
        assert!(scene.tg.message(scene.group, help.id).is_none());
        scene.end().await;
    }

    async fn the_card_shows_what_is_there_and_what_is_not(base) {
        let mut scene = Scene::new(&base, "language = \"en\"").await;
        scene.say(scene.owner, "/rights").await;
        let card = scene.heard().pop().unwrap();
        assert_eq!(card, "职场妈妈成长社\n\
            ✅ Send messages: without it I cannot say a word\n\
            ✅ Administrator: to see who joins and leaves, and to see the conversation (otherwise only commands and replies to me)\n\
            ✅ Delete messages: to clear away ads and rule-breaking posts\n\
            ✅ Ban users: to mute or remove people who post ads\n\
            ✅ Pin messages: to pin notices and the topic of the day\n\
            ▶️ Running as planned\nHere since 2 March, 12:00");
        let ling = scene.regular("小玲").await;
        scene.say(ling, "/rights").await;
        assert_eq!(scene.heard(), Vec::<String>::new());
        scene.tg.set_bot_rights(scene.group, &[]);
        scene.say(scene.owner, "/pause@steward_bot").await;
        scene.tg.say(scene.staff, scene.owner, "/rights");
        scene.pass(Span::minutes(1)).await;
        let card = scene.last(scene.staff).text;
        assert!(card.contains("❌ Delete messages"), "{card}");
        assert!(card.contains("⚠️ Privacy mode: I cannot see the conversation\n⏸ Paused since 2 March, 12:02"), "{card}");
        scene.say(scene.owner, "/id@steward_bot").await;
        assert_eq!(scene.last(scene.group).text, format!("Group id: {}\nYour id: {}", scene.group, scene.owner));
        scene.end().await;
    }
}
