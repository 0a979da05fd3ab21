//! The private chat with people the bot has met in no group, and commands it cannot follow there.

use steward::model::Span;
use steward::telegram::emulator::MessageSpec;

use crate::harness::{Scene, scenarios};

const UNMET: &str =
    "我们还没在任何群里见过面。先在有我的群里说句话，再来找我吧。\n想让我来你的群帮忙，发 /start 看看。";
const NO_COMMAND: &str = "这个命令在这里用不了，发 /help 看看能用哪些。";

scenarios! {
    async fn a_stranger_learns_what_the_bot_is_for(base) {
        let mut scene = Scene::new(&base, "[checkin]\n[welcome]\nrules = '友善'").await;
        let guest = scene.person("路人");
        scene.tg.user(guest, |person| person.language = Some("zh-hans".to_owned()));
        for payload in ["", "xyz", "rules_-100123", "gift_7"] {
            scene.tg.start_bot(guest, payload);
            scene.pass(Span::secs(2)).await;
            let hello = scene.last(guest.private());
            assert!(hello.text.starts_with("你好，我是管家"), "{payload}: {}", hello.text);
            assert!(hello.text.ends_with("点下面的按钮把我加进去，再设为管理员。"), "{payload}: {}", hello.text);
            let link = hello.buttons[0][0].url.clone().unwrap();
            assert!(link.contains("?startgroup=") && link.ends_with("&admin=delete_messages+restrict_members+pin_messages"), "{link}");
            scene.tg.look_away(guest.private());
        }
        scene.end().await;
    }

    async fn a_stranger_is_told_why_commands_do_nothing_yet(base) {
        let mut scene = Scene::new(&base, "[checkin]\n[strikes]\n[welcome]\nrules = '友善'").await;
        let guest = scene.person("路人");
        scene.tg.user(guest, |person| person.language = Some("zh-hans".to_owned()));
        for (said, answer) in [
            ("/checkin", UNMET),
            ("/streak", UNMET),
            ("/top", UNMET),
            ("/makeup", UNMET),
            ("/rules", UNMET),
            ("/strikes", UNMET),
            ("/me", "我还没在群里见过你。进群说句话，再来看看吧。"),
            ("/forgetme", "我只记着能给你发私信，现在删掉了。别的没有你的记录。"),
            ("/weather", NO_COMMAND),
        ] {
            scene.whisper(guest, said).await;
            scene.pass(Span::secs(2)).await;
            assert_eq!(scene.last(guest.private()).text, answer, "{said}");
        }
        for said in ["/help", "/mydata"] {
            let before = scene.tg.bot_messages(guest.private()).len();
            scene.whisper(guest, said).await;
            scene.pass(Span::secs(2)).await;
            assert_eq!(scene.tg.bot_messages(guest.private()).len(), before + 1, "{said}");
        }
        scene.end().await;
    }

    async fn who_writes_as_to_a_person_learns_of_help_now_and_then(base) {
        let mut scene = Scene::new(&base, "[checkin]").await;
        let ling = scene.newcomer("小玲").await;
        scene.tg.user(ling, |person| person.language = Some("zh-hans".to_owned()));
        let said = |scene: &Scene| scene.tg.bot_messages(ling.private()).len();
        scene.tg.start_bot(ling, "");
        scene.settle().await;
        scene.whisper(ling, "在吗？").await;
        assert_eq!(scene.last(ling.private()).text, "这句话我看不懂，发 /help 看看我能做什么。");
        let before = said(&scene);
        scene.whisper(ling, "你好").await;
        assert_eq!(said(&scene), before, "once is enough");
        scene.pass(Span::minutes(11)).await;
        let hint = scene.last(ling.private()).id;
        let answer = MessageSpec { reply_to: Some(hint), ..MessageSpec::text("好的") };
        scene.tg.send(ling.private(), ling, answer).unwrap();
        scene.settle().await;
        assert_eq!(said(&scene), before, "it answers what the bot said");
        scene.whisper(ling, "打卡").await;
        assert_eq!(said(&scene), before + 1);
        assert!(scene.last(ling.private()).text.starts_with("✅"), "{}", scene.last(ling.private()).text);
        scene.tg.user(ling, |person| person.language = Some("en".to_owned()));
        scene.whisper(ling, "Hello?").await;
        assert_eq!(scene.last(ling.private()).text, "I don't know what to do with that. /help shows what I can do.");
        scene.end().await;
    }

    async fn a_link_nobody_gave_out_is_a_plain_hello(base) {
        let mut scene = Scene::new(&base, "name = \"妈妈\"\n[welcome]\nrules = '友善'").await;
        let guest = scene.person("路人");
        let (group, staff) = (scene.group, scene.staff);
        for payload in [format!("rules_{staff}"), format!("rules_x_{group}"), format!("gift_{group}")] {
            scene.tg.start_bot(guest, &payload);
            scene.pass(Span::secs(2)).await;
            let hello = scene.last(guest.private()).text;
            assert!(!hello.contains("妈妈") && hello.contains("Steward"), "{payload}: {hello}");
        }
        scene.tg.start_bot(guest, &format!("rules_{group}"));
        scene.pass(Span::secs(2)).await;
        assert!(scene.last(guest.private()).text.contains("友善"), "one that was given out shows the rules");
        scene.end().await;
    }

    async fn a_member_is_told_of_commands_that_are_off(base) {
        let mut scene = Scene::new(&base, "").await;
        let ling = scene.newcomer("小玲").await;
        for said in ["/checkin", "/weather"] {
            scene.whisper(ling, said).await;
            assert_eq!(scene.last(ling.private()).text, NO_COMMAND, "{said}");
        }
        scene.skip();
        scene.say(ling, "/weather").await;
        assert!(scene.heard().is_empty(), "in a group it may be for another bot");
        scene.tg.start_bot(ling, "xyz");
        scene.settle().await;
        let hello = scene.last(ling.private());
        assert!(hello.text.ends_with("发 /help 看看我能做什么。") && hello.buttons.is_empty(), "{}", hello.text);
        scene.end().await;
    }
}
