//! The private chat with people the bot has met in no group, and commands it cannot follow there.

use steward::model::Span;

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
