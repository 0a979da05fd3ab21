//! The bot comes and goes: what it says of itself, the rights it asks for, the groups it does not serve.

use steward::features::Settings;
use steward::model::{ChatId, ChatKind, Span, Timestamp};
use steward::rehearsal::stage::supergroup;
use steward::store::gaps;
use steward::telegram::emulator::{ALL_RIGHTS, Announce, Entry, Rule};

use crate::harness::{Base, NOON, Scene, scenarios};

/// Rights without those named.
fn all_but(missing: &[&str]) -> Vec<&'static str> {
    ALL_RIGHTS.into_iter().filter(|right| !missing.contains(right)).collect()
}

/// A scene whose settings list one more group, where the bot is not yet.
pub async fn with_another(base: &Base, settings: &str, id: ChatId, kind: ChatKind) -> Scene {
    let mut scene = Scene::new(base, settings).await;
    let wider = {
        let mut wider: Settings = toml::from_str(settings).unwrap();
        wider.chats = vec![scene.group.0, id.0];
        wider.staff_chat = Some(scene.staff.0);
        vec![("moms".to_owned(), wider)]
    };
    scene.stage.reconfigure(wider).await.unwrap();
    scene.tg.add_group(id.0, "同城群", kind);
    scene.tg.set_owner(id, scene.owner);
    // New settings raise questions to Telegram, which count for the pace of sending.
    scene.pass(Span::secs(1)).await;
    scene
}

async fn gaps_of(scene: &Scene, chat: ChatId) -> Vec<(Timestamp, Timestamp, String)> {
    let mut conn = scene.stage.db().read().await.unwrap();
    let gaps = gaps::since(&mut conn, chat, Timestamp(0)).await.unwrap();
    gaps.into_iter().map(|gap| (gap.from, gap.to, gap.reason)).collect()
}

/// Takes rights from the bot so that it does not hear of it.
pub fn secretly(scene: &Scene, chat: ChatId, rights: &[&str]) {
    let id = scene.tg.next_update_id();
    scene.tg.set_bot_rights(chat, rights);
    scene.tg.drop_updates(id..=id);
}

scenarios! {
    async fn joins_that_telegram_only_announces_are_told_to_staff_once(base) {
        let mut scene = Scene::new(&base, "name = \"职场妈妈成长社\"").await;
        let (group, staff) = (scene.group, scene.staff);
        let deaf = |scene: &Scene| {
            scene.texts(staff).iter().filter(|text| text.contains("Telegram 却没有告诉我")).count()
        };
        scene.newcomer("小玲").await;
        scene.pass(Span::minutes(30)).await;
        assert_eq!(deaf(&scene), 0, "told in both ways");
        for name in ["阿芳", "小美"] {
            let user = scene.person(name);
            scene.tg.join_as(group, user, &Entry { announce: Announce::Service, ..Entry::default() });
            scene.pass(Span::minutes(30)).await;
            assert_eq!(deaf(&scene), 1);
        }
        scene.end().await;
    }

    async fn a_new_group_learns_what_is_missing_until_nothing_is(base) {
        let group = supergroup(1002);
        let mut scene = with_another(&base, "name = \"职场妈妈成长社\"", group, ChatKind::Supergroup).await;
        scene.tg.add_bot_to(group, scene.owner);
        scene.settle().await;
        assert_eq!(scene.texts(group), ["大家好，我是职场妈妈成长社的管家 Steward 👋\n\
            我帮大家迎接新朋友、按时发话题、记打卡，也拦广告；开了哪些由运营决定，发 /help 就能看到。\n\n\
            我还缺这些权限：\n\
            ▫️ 管理员身份：看到成员加入和离开，看到群里的聊天（否则我只看得到命令和对我的回复）\n\
            ▫️ 删除消息：清理广告和违规内容\n\
            ▫️ 封禁用户：禁言、移出发广告的人\n\
            ▫️ 置顶消息：置顶公告和当天话题\n\n\
            开启方法：群资料 → 编辑 → 管理员 → 添加我，打开上面几项。开好后这条消息会自己更新。"]);
        scene.pass(Span::minutes(5)).await;
        scene.tg.promote_bot(group, &all_but(&["can_pin_messages"]));
        scene.settle().await;
        let said = scene.texts(group);
        assert_eq!(said.len(), 1, "the same message: {said:?}");
        assert!(said[0].ends_with("我还缺这些权限：\n▫️ 置顶消息：置顶公告和当天话题\n\n\
            开启方法：群资料 → 编辑 → 管理员 → 点我的名字，打开上面几项。开好后这条消息会自己更新。"), "{said:?}");
        scene.stage.restart().await.unwrap();
        scene.tg.promote_bot(group, &ALL_RIGHTS);
        scene.pass(Span::minutes(1)).await;
        let said = scene.texts(group);
        assert_eq!(said.len(), 1, "the same message: {said:?}");
        assert!(said[0].ends_with("发 /help 就能看到。\n\n✅ 需要的权限都有了，可以开工。"), "{said:?}");
        scene.end().await;
    }

    async fn it_introduces_itself_in_english_where_english_is_spoken(base) {
        let group = supergroup(1002);
        let settings = "name = \"Harbour Book Club\"\nlanguage = \"en\"\n[arrival]\nrights = [\"delete\"]";
        let mut scene = with_another(&base, settings, group, ChatKind::Supergroup).await;
        scene.tg.add_bot_to(group, scene.owner);
        scene.settle().await;
        assert_eq!(scene.texts(group), ["Hello everyone! I'm Steward, the steward of Harbour Book Club 👋\n\
            I welcome newcomers, post topics on time, keep check-ins and stop ads, whichever of these your team has switched on. \
            Send /help to see.\n\n\
            I still lack these rights:\n\
            ▫️ Administrator: to see who joins and leaves, and to see the conversation (otherwise only commands and \
            replies to me)\n\
            ▫️ Delete messages: to clear away ads and rule-breaking posts\n\n\
            To grant them: group info → Edit → Administrators → add me, and switch them on. This message will update itself."]);
        scene.tg.promote_bot(group, &ALL_RIGHTS);
        scene.pass(Span::minutes(1)).await;
        assert!(scene.texts(group)[0].ends_with("✅ I have every right I need. All set."));
        scene.tg.look_back(scene.staff);
        assert_eq!(scene.texts(scene.staff)[0], "This is the staff chat of Harbour Book Club, and I'm Steward.\n\
            Whatever needs a person to decide comes here. Everyone in this chat can use staff commands, so please add only \
            people you trust.\n\n✅ I have every right I need. All set.");
        scene.end().await;
    }

    async fn an_introduction_somebody_deleted_is_said_again(base) {
        let group = supergroup(1002);
        let mut scene = with_another(&base, "", group, ChatKind::Supergroup).await;
        scene.tg.add_bot_to(group, scene.owner);
        scene.settle().await;
        let hello = scene.last(group).id;
        scene.tg.delete(group, hello);
        scene.tg.promote_bot(group, &ALL_RIGHTS);
        scene.pass(Span::minutes(1)).await;
        assert!(scene.last(group).text.ends_with("✅ 需要的权限都有了，可以开工。"));
        scene.end().await;
    }

    async fn a_basic_group_is_asked_to_upgrade_and_goes_on_after_it(base) {
        let group = ChatId(-4001);
        let mut scene = with_another(&base, "", group, ChatKind::Group).await;
        scene.tg.add_bot_to(group, scene.owner);
        scene.tg.promote_bot(group, &ALL_RIGHTS);
        scene.settle().await;
        assert!(scene.last(group).text.contains("⚠️ 这还是普通群，禁言等功能要超级群才有。"), "{}", scene.last(group).text);
        let grown = scene.tg.migrate(group);
        scene.pass(Span::minutes(1)).await;
        secretly(&scene, grown, &all_but(&["can_delete_messages"]));
        scene.tg.say(grown, scene.owner, "/rights");
        scene.settle().await;
        scene.tg.say(grown, scene.owner, "/rights");
        scene.pass(Span::minutes(1)).await;
        let card = scene.last(grown).text;
        assert!(card.contains("❌ 删除消息") && !card.contains("普通群"), "{card}");
        scene.end().await;
    }

    async fn a_right_taken_away_is_told_to_staff_once_and_when_it_is_back(base) {
        let mut scene = Scene::new(&base, "").await;
        let told = |scene: &Scene| scene.texts(scene.staff);
        scene.tg.set_bot_rights(scene.group, &all_but(&["can_delete_messages", "can_pin_messages"]));
        scene.pass(Span::minutes(1)).await;
        let lost = "⚠️ 我在「职场妈妈成长社」少了这些权限：\n▫️ 删除消息：清理广告和违规内容\n▫️ 置顶消息：置顶公告和当天话题\n\n\
            相关功能先停下，打开权限后会自动恢复；这期间没做成的不会再补，请手动处理。发 /rights 可以复查。";
        assert_eq!(told(&scene), [lost]);
        scene.tg.set_bot_rights(scene.group, &ALL_RIGHTS);
        scene.pass(Span::minutes(1)).await;
        let back = "✅ 我在「职场妈妈成长社」的这些权限恢复了：\n▫️ 删除消息：清理广告和违规内容\n▫️ 置顶消息：置顶公告和当天话题";
        assert_eq!(told(&scene), [lost, back]);
        // Taken and given again on the same day: staff know.
        scene.tg.set_bot_rights(scene.group, &all_but(&["can_delete_messages"]));
        scene.settle().await;
        scene.tg.set_bot_rights(scene.group, &ALL_RIGHTS);
        scene.pass(Span::minutes(1)).await;
        assert_eq!(told(&scene), [lost, back]);
        assert_eq!(scene.heard(), Vec::<String>::new(), "members need not read it");
        scene.end().await;
    }

    async fn a_right_found_missing_by_a_refusal_is_asked_after_and_told(base) {
        let mut scene = Scene::new(&base, "language = \"en\"\n[people]\ndelete_notices = true").await;
        secretly(&scene, scene.group, &all_but(&["can_delete_messages"]));
        scene.newcomer("Ann").await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.texts(scene.staff), ["⚠️ In \"职场妈妈成长社\" I no longer have:\n\
            ▫️ Delete messages: to clear away ads and rule-breaking posts\n\n\
            What needs this is on hold and resumes by itself once it is granted; what could not be done meanwhile stays undone, \
            so please see to it by hand. /rights checks again."]);
        scene.newcomer("Bob").await;
        scene.pass(Span::hours(30)).await;
        assert_eq!(scene.texts(scene.staff).len(), 1, "no reminder by itself");
        scene.newcomer("Cid").await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.texts(scene.staff).len(), 1, "what it has no right to is not even asked for");
        secretly(&scene, scene.group, &ALL_RIGHTS);
        scene.pass(Span::hours(25)).await;
        assert_eq!(scene.texts(scene.staff)[1..], ["✅ In \"职场妈妈成长社\" I again have:\n\
            ▫️ Delete messages: to clear away ads and rule-breaking posts"]);
        scene.end().await;
    }

    async fn a_message_too_old_to_delete_is_no_missing_right(base) {
        let mut scene = Scene::new(&base, "[people]\ndelete_notices = true").await;
        for method in ["deleteMessages", "deleteMessage"] {
            scene.tg.fail(Rule::status(method, 400, "Bad Request: message can't be deleted"));
        }
        scene.newcomer("小玲").await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.texts(scene.staff), Vec::<String>::new());
        scene.tg.say(scene.group, scene.owner, "/rights");
        scene.settle().await;
        assert!(scene.last(scene.group).text.contains("✅ 删除消息"));
        scene.end().await;
    }

    async fn a_group_that_mutes_everybody_is_told_to_staff_until_it_can_speak(base) {
        let mut scene = Scene::new(&base, "").await;
        scene.tg.set_bot_rights(scene.group, &[]);
        scene.pass(Span::minutes(1)).await;
        assert!(scene.last(scene.staff).text.contains("▫️ 管理员身份"));
        let refusal = Rule::status("sendMessage", 400, "Bad Request: not enough rights to send text messages to the chat");
        scene.tg.fail(Rule { chat_id: Some(scene.group), ..refusal });
        scene.say(scene.owner, "/rights@steward_bot").await;
        scene.pass(Span::minutes(1)).await;
        assert!(scene.last(scene.staff).text.contains("▫️ 发送消息：没有它我什么都说不了"));
        let before = scene.texts(scene.staff).len();
        scene.say(scene.owner, "/rights@steward_bot").await;
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.texts(scene.staff)[before..], ["✅ 我在「职场妈妈成长社」的这些权限恢复了：\n▫️ 发送消息：没有它我什么都说不了"]);
        scene.end().await;
    }

    async fn put_out_it_stops_and_put_back_it_goes_on_without_a_flood(base) {
        let mut scene = Scene::new(&base, "").await;
        scene.tg.kick_bot(scene.group, scene.owner);
        scene.pass(Span::hours(1)).await;
        assert_eq!(scene.last(scene.staff).text, "群主 把我移出了「职场妈妈成长社」。那里的消息都已停发，设置和记录会保留；\
            把我加回去就能接着用。");
        scene.stage.absent(Span::hours(3)).await.unwrap();
        scene.skip();
        scene.tg.unban(scene.group, scene.tg.me(), scene.owner);
        scene.tg.add_bot_to(scene.group, scene.owner);
        scene.tg.promote_bot(scene.group, &ALL_RIGHTS);
        scene.pass(Span::minutes(5)).await;
        assert_eq!(scene.heard(), ["我回来了，之前的设置和记录都还在。\n\n✅ 需要的权限都有了，可以开工。"]);
        scene.end().await;
    }

    async fn in_english_it_says_that_it_was_put_out_and_is_back(base) {
        let mut scene = Scene::new(&base, "language = \"en\"").await;
        scene.tg.kick_bot(scene.group, scene.owner);
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.last(scene.staff).text, "群主 removed me from \"职场妈妈成长社\". All posting there has stopped; \
            settings and records are kept. Add me again and I carry on.");
        scene.tg.say(scene.staff, scene.owner, "/rights");
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.last(scene.staff).text, "I am not in any group yet.");
        scene.skip();
        scene.tg.unban(scene.group, scene.tg.me(), scene.owner);
        scene.tg.add_bot_to(scene.group, scene.owner);
        scene.tg.promote_bot(scene.group, &ALL_RIGHTS);
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.heard(), ["I'm back, and all settings and records are still here.\n\n\
            ✅ I have every right I need. All set."]);
        scene.tg.delete_chat(scene.group);
        scene.tg.say(scene.staff, scene.owner, "/rights");
        scene.pass(Span::minutes(1)).await;
        assert!(scene.last(scene.staff).text.starts_with("I am no longer in \"职场妈妈成长社\". All posting"));
        scene.end().await;
    }

    async fn in_english_a_basic_group_is_asked_to_upgrade_and_help_is_short(base) {
        let group = ChatId(-4001);
        let mut scene = with_another(&base, "language = \"en\"", group, ChatKind::Group).await;
        scene.tg.add_bot_to(group, scene.owner);
        scene.tg.promote_bot(group, &ALL_RIGHTS);
        scene.pass(Span::minutes(1)).await;
        assert!(scene.last(group).text.ends_with("⚠️ This is still a basic group; muting and more work only in supergroups. \
            Upgrading is easy: group settings → \"Chat history for new members\" → \"Visible\". Telegram upgrades the group by \
            itself; members and messages stay.\n\n✅ I have every right I need. All set."), "{}", scene.last(group).text);
        scene.tg.say(group, scene.owner, "/rights");
        scene.pass(Span::minutes(1)).await;
        assert!(scene.last(group).text.contains("⚠️ Basic group: upgrade it to a supergroup for muting"));
        scene.tg.say(group, scene.owner, "/help");
        scene.pass(Span::minutes(1)).await;
        let help = scene.last(group);
        assert!(help.text.starts_with("Here you can use:\n/help What I can do"), "{}", help.text);
        assert_eq!(help.buttons[0][0].text, "Full help in private");
        scene.tg.user(scene.owner, |person| person.language = Some("en".into()));
        scene.whisper(scene.owner, "/help").await;
        let help = scene.last(scene.owner.private()).text;
        assert!(help.contains("For staff (in the group or the staff chat)\n/id This group's id"), "{help}");
        scene.end().await;
    }

    async fn without_a_staff_chat_the_group_itself_is_told(base) {
        let mut scene = Scene::new(&base, "").await;
        let mut alone: Settings = toml::from_str("").unwrap();
        alone.chats = vec![scene.group.0];
        scene.stage.reconfigure(vec![("moms".to_owned(), alone)]).await.unwrap();
        scene.tg.set_bot_rights(scene.group, &all_but(&["can_pin_messages"]));
        scene.pass(Span::minutes(1)).await;
        assert!(scene.heard()[0].starts_with("⚠️ 我在「职场妈妈成长社」少了这些权限：\n▫️ 置顶消息"));
        scene.end().await;
    }

    async fn a_group_deleted_under_it_is_noticed_at_the_next_word(base) {
        let mut scene = Scene::new(&base, "").await;
        scene.tg.delete_chat(scene.group);
        scene.tg.say(scene.staff, scene.owner, "/rights");
        scene.pass(Span::minutes(1)).await;
        assert_eq!(scene.last(scene.staff).text, "我已经不在「职场妈妈成长社」里了。那里的消息都已停发，设置和记录会保留；\
            把我加回去就能接着用。");
        scene.tg.say(scene.staff, scene.owner, "/rights");
        scene.settle().await;
        assert_eq!(scene.last(scene.staff).text, "我还没有加入任何群。");
        scene.end().await;
    }

    async fn a_group_it_was_in_unknowingly_is_taken_up_when_somebody_speaks(base) {
        let group = supergroup(1002);
        let mut scene = with_another(&base, "", group, ChatKind::Supergroup).await;
        let first = scene.tg.next_update_id();
        scene.tg.add_bot_to(group, scene.owner);
        scene.tg.promote_bot(group, &ALL_RIGHTS);
        scene.tg.drop_updates(first..=scene.tg.next_update_id() - 1);
        scene.tg.say(group, scene.owner, "大家好");
        scene.settle().await;
        scene.tg.say(group, scene.owner, "/rights");
        scene.pass(Span::secs(10)).await;
        let said = scene.texts(group);
        assert_eq!(said.len(), 1, "nothing to introduce: {said:?}");
        assert!(!said[0].contains('❌'), "{said:?}");
        scene.end().await;
    }

    async fn what_it_could_not_see_is_noted(base) {
        let mut scene = Scene::new(&base, "").await;
        let began = scene.stage.now();
        // Both at the same instant: it came and was made an administrator.
        assert_eq!(gaps_of(&scene, scene.group).await, [(NOON, NOON, "not an administrator".to_owned())]);
        scene.tg.set_bot_rights(scene.group, &[]);
        scene.settle().await;
        let open = (began, Timestamp(i64::MAX), "not an administrator".to_owned());
        assert_eq!(gaps_of(&scene, scene.group).await[1], open);
        scene.pass(Span::hours(2)).await;
        scene.tg.set_bot_rights(scene.group, &ALL_RIGHTS);
        scene.settle().await;
        assert_eq!(gaps_of(&scene, scene.group).await[1].1, began + Span::hours(2));
        let stopped = scene.stage.now();
        scene.stage.absent(Span::days(3)).await.unwrap();
        scene.settle().await;
        let down = (stopped, stopped + Span::days(2), "downtime".to_owned());
        let back = scene.stage.now();
        for span in [Span::minutes(9), Span::minutes(10)] {
            scene.stage.absent(span).await.unwrap();
            scene.settle().await;
        }
        let late = (back + Span::minutes(9), scene.stage.now(), "late".to_owned());
        assert_eq!(gaps_of(&scene, scene.group).await[2..], [down, late]);
        scene.end().await;
    }

    async fn when_it_was_out_of_the_group_is_noted_apart(base) {
        let mut scene = Scene::new(&base, "").await;
        let gap = |from, to, reason: &str| (from, to, reason.to_owned());
        let ever = Timestamp(i64::MAX);
        scene.pass(Span::hours(1)).await;
        let demoted = scene.stage.now();
        scene.tg.set_bot_rights(scene.group, &[]);
        scene.settle().await;
        scene.pass(Span::hours(1)).await;
        let out = scene.stage.now();
        scene.tg.kick_bot(scene.group, scene.owner);
        scene.settle().await;
        let blind = gap(demoted, out, "not an administrator");
        assert_eq!(gaps_of(&scene, scene.group).await[1..], [blind.clone(), gap(out, ever, "not in the group")]);
        scene.pass(Span::days(2)).await;
        let back = scene.stage.now();
        scene.tg.add_bot_to(scene.group, scene.owner);
        scene.settle().await;
        scene.pass(Span::hours(1)).await;
        scene.tg.promote_bot(scene.group, &ALL_RIGHTS);
        scene.settle().await;
        let again = gap(back, back + Span::hours(1), "not an administrator");
        assert_eq!(gaps_of(&scene, scene.group).await[1..], [blind, gap(out, back, "not in the group"), again]);
        scene.end().await;
    }
}
