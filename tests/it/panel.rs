//! Staff see and change settings in the chat.

use steward::features::{PHRASES, overridable};
use steward::model::{ChatKind, Lang, Span};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::MessageSpec;

use crate::arrival::with_another;
use crate::harness::{Scene, scenarios};

const KEY: &str = "people.delete_notices";

/// Whether Telegram's notice of a join is taken away.
async fn cleans_up(scene: &mut Scene) -> bool {
    let before = scene.tg.deleted(scene.group).len();
    scene.newcomer("小玲").await;
    scene.pass(Span::minutes(1)).await;
    scene.tg.deleted(scene.group).len() > before
}

#[test]
fn every_setting_that_can_be_changed_is_called_something() {
    for path in overridable() {
        let (section, rest) = path.split_once('.').unwrap();
        for lang in Lang::ALL {
            let key = format!("{section}.setting_{}", rest.replace('.', "_"));
            assert!(PHRASES.source(lang, &key).is_some(), "{key}");
        }
    }
}

scenarios! {
    async fn times_are_taken_as_people_write_them_and_none_is_too_short(base) {
        let mut scene = Scene::new(&base, "[welcome]\n[checkin]").await;
        for wrong in [
            "checkin.answer_for 1s",
            "checkin.remind_at 25",
        ] {
            scene.say(scene.owner, &format!("/set {wrong}")).await;
            let said = scene.last(scene.group).text;
            assert!(said.contains("不能设为"), "{wrong}: {said}");
            scene.pass(Span::secs(20)).await;
        }
        for right in ["checkin.remind_at 9", "checkin.remind_at 9点"] {
            scene.say(scene.owner, &format!("/set {right}")).await;
            let said = scene.last(scene.group).text;
            assert!(said.contains("改为 09:00"), "{right}: {said}");
            scene.pass(Span::secs(20)).await;
        }
        scene.end().await;
    }

    async fn a_text_is_tried_out_before_it_is_taken(base) {
        let mut scene = Scene::new(&base, "[welcome]\nmerge_within = '5s'\ntext = '欢迎 {{ newcomers }}！'").await;
        let form = "写法：一段文字，里面可以写 {{ newcomers }}（新朋友的名字），例如：欢迎 {{ newcomers }}，先来报个到吧！";
        for (wrong, reasons) in [
            ("欢迎 {{ newcomers", "· 模板写法有误：syntax error: unexpected end of input, expected end of variable block"),
            ("欢迎 {{ newcommers }} {{ topic }}", "· 没有变量 `newcommers`，可以用：newcomers、count、community、purpose、today.topic、today.time\n\
                · 没有变量 `topic`，可以用：newcomers、count、community、purpose、today.topic、today.time"),
            ("欢迎 {{ newcomers | shout }}", "· 模板写法有误：unknown filter: filter shout is unknown"),
            ("<b>欢迎 {{ newcomers }}", "· `<b>` 没有关闭"),
            ("<h1>欢迎</h1> {{ newcomers }}", "· Telegram 不认识标签 `<h1>`；单独的 `<` 要写成 `&lt;`"),
            ("{% if not today.topic %}<i>{% endif %}{{ newcomers }}", "· `<i>` 没有关闭"),
        ] {
            scene.skip();
            scene.say(scene.owner, &format!("/set welcome.text {wrong}")).await;
            assert_eq!(scene.heard(), [format!("「欢迎语」没有改，仍是原来的：\n{reasons}\n{form}")], "{wrong}");
            scene.pass(Span::minutes(1)).await;
        }
        // One message of Telegram's holds no text that is too long, but what its values add may make it so.
        scene.skip();
        scene.say(scene.owner, &format!("/set welcome.text {{{{ newcomers }}}}{}", "好".repeat(4050))).await;
        assert_eq!(scene.heard(), [format!("「欢迎语」没有改，仍是原来的：\n· 算上变量有 4114 个字，一条消息最多 4096 个\n{form}")]);
        scene.newcomer("小玲").await;
        scene.pass(Span::secs(10)).await;
        assert_eq!(scene.last(scene.group).text, "欢迎 小玲！");
        let right = "<b>欢迎</b> {{ newcomers }}{% if count > 1 %}（{{ count }} 位）{% endif %}";
        scene.say(scene.owner, &format!("/set welcome.text {right}")).await;
        assert!(scene.last(scene.group).text.starts_with("✅ 「欢迎语」改为 "), "{}", scene.last(scene.group).text);
        scene.newcomer("小美").await;
        scene.pass(Span::secs(10)).await;
        assert_eq!(scene.last(scene.group).text, "欢迎 小美");
        scene.reload("language = 'en'\n[welcome]").await;
        scene.skip();
        scene.say(scene.owner, "/set welcome.text <b>Hi {{ nam }}").await;
        assert_eq!(scene.heard(), [
            "\"The welcome\" stays as it was:\n· there is no value `nam` here; \
             there are: newcomers, count, community, purpose, today.topic, today.time\n\
             It takes a text, in which {{ newcomers }} stands for the names, such as: Welcome, {{ newcomers }}!"
        ]);
        scene.end().await;
    }

    async fn a_switch_is_pressed_and_holds(base) {
        let mut scene = Scene::new(&base, "").await;
        assert!(!cleans_up(&mut scene).await);
        scene.say(scene.owner, "/settings").await;
        let panel = scene.last(scene.group);
        assert!(panel.text.starts_with("⚙️ 职场妈妈成长社 的设置\n\n▫️ 自动删除进群、退群提示：关\n\
            people.delete_notices · 来自配置文件"), "{}", panel.text);
        assert!(panel.text.ends_with("点按钮切换，或发 /set 名称 值；/unset 名称 恢复。"), "{}", panel.text);
        let ling = scene.regular("小玲").await;
        scene.press(scene.group, panel.id, ling, "自动删除进群、退群提示：关").await;
        assert_eq!(scene.answered(), "只有管理员可以操作。");
        scene.press(scene.group, panel.id, scene.owner, "自动删除进群、退群提示：关").await;
        assert_eq!(scene.answered(), "好了，自动删除进群、退群提示：开");
        let now = scene.tg.message(scene.group, panel.id).unwrap();
        assert!(now.text.contains("people.delete_notices · 群主 3月2日 改"), "{}", now.text);
        assert!(cleans_up(&mut scene).await);
        scene.stage.restart().await.unwrap();
        assert!(cleans_up(&mut scene).await, "it outlives the process");
        // An old button, pressed twice, sets what it said.
        for _ in 0..2 {
            scene.tg.press_data(scene.group, panel.id, scene.owner, &format!("panel:put:{}:{KEY}:1", scene.group));
            scene.settle().await;
        }
        assert!(cleans_up(&mut scene).await);
        scene.press(scene.group, panel.id, scene.owner, "自动删除进群、退群提示：开").await;
        let now = scene.tg.message(scene.group, panel.id).unwrap();
        assert!(now.text.contains("people.delete_notices · 来自配置文件"), "as the file says again: {}", now.text);
        assert!(!cleans_up(&mut scene).await);
        scene.end().await;
    }

    async fn a_setting_is_changed_by_word_and_taken_back(base) {
        let mut scene = Scene::new(&base, "language = \"en\"").await;
        for (said, answer) in [
            ("/set", "Usage: /set key value, such as /set people.delete_notices on. /settings shows them all."),
            ("/set people.delete_notices", "Usage: /set key value, such as /set people.delete_notices on. /settings shows them all."),
            ("/set people.delete_notice on", "There is no setting \"people.delete_notice\". Did you mean people.delete_notices? /settings shows them all."),
            ("/set weather sunny", "There is no setting \"weather\". /settings shows them all."),
            ("/set timezone UTC", "timezone can be changed only in the settings file, by the operator."),
            ("/set people.delete_notices maybe", "\"Delete join and leave notices\" cannot be \"maybe\". Write off or on, such as /set people.delete_notices off."),
            ("/unset", "Usage: /unset key, such as /unset people.delete_notices."),
            ("/unset people.delete_notices", "people.delete_notices was never changed here; it is what the file says: off."),
            ("/set delete_notices yes", "✅ Delete join and leave notices: now on (it was: off).\nTo take it back: /unset people.delete_notices"),
        ] {
            scene.skip();
            scene.say(scene.owner, said).await;
            assert_eq!(scene.heard(), [answer], "{said}");
            scene.pass(Span::minutes(1)).await;
        }
        assert!(cleans_up(&mut scene).await);
        scene.say(scene.owner, "/settings").await;
        let panel = scene.last(scene.group).text;
        assert!(panel.starts_with("⚙️ Settings of 职场妈妈成长社\n\n▫️ Delete join and leave notices: on\n\
            people.delete_notices · changed by 群主 on 2 Mar"), "{panel}");
        scene.skip();
        scene.say(scene.owner, "/unset people.delete_notices").await;
        assert_eq!(scene.heard(), ["✅ people.delete_notices is back to what the file says: off."]);
        assert!(!cleans_up(&mut scene).await);
        scene.end().await;
    }

    async fn values_and_mistakes_are_put_in_plain_words(base) {
        let mut scene = Scene::new(&base, "[checkin]\n[welcome]\ntext = '欢迎 {{ newcomers }}！'").await;
        scene.say(scene.owner, "/settings").await;
        let panel = scene.last(scene.group).text;
        for line in ["▫️ 打卡后怎么回应：回一句话\n", "▫️ 打卡回复保留多久：1 分钟\n", "▫️ 几点提醒还没打卡的人：未设置\n",
            "▫️ 退群后多久内回来不再欢迎：24 小时\n", "▫️ 欢迎语：欢迎 {{ newcomers }}！\n"] {
            assert!(panel.contains(line), "{line} {panel}");
        }
        for (said, answer) in [
            ("/set answer_for 3d", "「打卡回复保留多久」不能设为「3d」。写法：时长，5 秒到 47 小时，例如 60s、5m"),
            ("/set name_at_most 很多", "「一次最多写几位的名字」不能设为「很多」。写法：1 到 20 的整数，例如 5"),
            ("/set checkin.answer loud", "「打卡后怎么回应」不能设为「loud」。可以写 reply 或 react 或 quiet，例如 /set checkin.answer reply。"),
            ("/set welcome.text 欢迎 {{ everybody", "「欢迎语」没有改，仍是原来的：\n· 模板写法有误：syntax error: unexpected end of input, expected end of variable block\n写法：一段文字，里面可以写 {{ newcomers }}（新朋友的名字），例如：欢迎 {{ newcomers }}，先来报个到吧！"),
            ("/set remind_at 21:30", "✅ 「几点提醒还没打卡的人」改为 21:30（原来：未设置）。\n恢复：/unset checkin.remind_at"),
        ] {
            scene.skip();
            scene.say(scene.owner, said).await;
            assert_eq!(scene.heard(), [answer], "{said}");
            scene.pass(Span::secs(10)).await;
        }
        scene.end().await;
    }

    async fn only_staff_and_only_in_groups(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.regular("小玲").await;
        for said in ["/settings", "/set people.delete_notices on", "/unset people.delete_notices"] {
            scene.say(ling, said).await;
            scene.whisper(ling, said).await;
            assert_eq!(scene.last(ling.private()).text, "只有管理员可以操作。");
        }
        assert_eq!(scene.heard(), Vec::<String>::new());
        assert!(!cleans_up(&mut scene).await);
        scene.end().await;
    }

    async fn from_the_staff_chat_each_group_has_its_own_settings(base) {
        let other = supergroup(1002);
        let mut scene = with_another(&base, "", other, ChatKind::Supergroup).await;
        scene.tg.say(scene.staff, scene.owner, "/set people.delete_notices on");
        scene.settle().await;
        assert!(cleans_up(&mut scene).await, "there is only one group the bot is in");
        scene.tg.add_bot_to(other, scene.owner);
        scene.pass(Span::secs(1)).await;
        scene.tg.say(scene.staff, scene.owner, "/set people.delete_notices off");
        scene.settle().await;
        assert_eq!(scene.last(scene.staff).text, "这个社群有几个群，请到要改的群里发这条命令，或发 /settings 选一个群。");
        scene.tg.say(scene.staff, scene.owner, "/settings");
        scene.settle().await;
        let panel = scene.last(scene.staff);
        assert_eq!(panel.text, "看哪个群的设置？");
        scene.press(scene.staff, panel.id, scene.owner, "同城群").await;
        let shown = scene.tg.message(scene.staff, panel.id).unwrap();
        assert!(shown.text.starts_with("⚙️ 同城群 的设置\n\n▫️ 自动删除进群、退群提示：关"), "{}", shown.text);
        for data in [
            "panel:open:nothing".to_owned(),
            format!("panel:open:{}", supergroup(77)),
            format!("panel:put:{}:{KEY}:0", supergroup(77)),
        ] {
            scene.tg.press_data(scene.staff, panel.id, scene.owner, &data);
            scene.settle().await;
            assert_eq!(scene.answered(), "只有管理员可以操作。", "{data}");
        }
        for data in [format!("panel:put:{other}:{KEY}:9"), format!("panel:put:{other}:timezone:0")] {
            scene.tg.press_data(scene.staff, panel.id, scene.owner, &data);
            scene.settle().await;
            assert_eq!(scene.answered(), "这个按钮已经失效。", "{data}");
        }
        // Its staff, but in another group.
        scene.tg.press_data(scene.group, panel.id, scene.owner, &format!("panel:put:{other}:{KEY}:1"));
        scene.settle().await;
        assert_eq!(scene.answered(), "只有管理员可以操作。");
        assert!(cleans_up(&mut scene).await, "the first group keeps its own");
        scene.end().await;
    }

    async fn in_english_staff_are_told_how_it_works(base) {
        let other = supergroup(1002);
        let mut scene = with_another(&base, "language = \"en\"", other, ChatKind::Supergroup).await;
        scene.tg.user(scene.owner, |person| person.language = Some("en".into()));
        scene.whisper(scene.owner, "/settings").await;
        assert_eq!(scene.last(scene.owner.private()).text, "Please use this command in the group or in the staff chat.");
        scene.say(scene.owner, "/settings").await;
        let panel = scene.last(scene.group);
        assert_eq!(panel.text, "⚙️ Settings of 职场妈妈成长社\n\n▫️ Delete join and leave notices: off\n\
            people.delete_notices · from the file\n\n\
            Press a button to switch, or send /set key value; /unset key takes it back.");
        scene.press(scene.group, panel.id, scene.owner, "Delete join and leave notices: off").await;
        assert_eq!(scene.answered(), "Done. Delete join and leave notices: on");
        let ling = scene.regular("小玲").await;
        scene.press(scene.group, panel.id, ling, "Delete join and leave notices: on").await;
        assert_eq!(scene.answered(), "Only administrators can do this.");
        scene.tg.press_data(scene.group, panel.id, scene.owner, &format!("panel:put:{}:{KEY}:7", scene.group));
        scene.settle().await;
        assert_eq!(scene.answered(), "This button no longer works.");
        scene.tg.add_bot_to(other, scene.owner);
        scene.pass(Span::minutes(1)).await;
        for (said, answer) in [
            ("/settings", "The settings of which group?"),
            ("/unset x", "This community has several groups. Send this in the group you mean, or send /settings and choose one."),
        ] {
            scene.tg.say(scene.staff, scene.owner, said);
            scene.pass(Span::secs(10)).await;
            assert_eq!(scene.last(scene.staff).text, answer);
        }
        scene.end().await;
    }

    async fn what_an_anonymous_administrator_changes_is_shown_as_theirs(base) {
        let mut scene = Scene::new(&base, "").await;
        let hidden = MessageSpec { anonymous: true, ..MessageSpec::text("/set delete_notices 开") };
        scene.tg.send(scene.group, scene.owner, hidden).unwrap();
        scene.settle().await;
        assert!(cleans_up(&mut scene).await);
        scene.say(scene.owner, "/settings").await;
        assert!(scene.last(scene.group).text.contains("people.delete_notices · 匿名管理员 3月2日 改"));
        scene.end().await;
    }
}
