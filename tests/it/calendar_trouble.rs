//! Posts that Telegram does not take as they were planned.

use steward::model::Span;
use steward::telegram::emulator::Rule;

use crate::calendar::{posts, reports};
use crate::harness::{Scene, scenarios};

scenarios! {
    async fn a_post_stands_though_it_cannot_be_pinned(base) {
        let mut scene = Scene::new(&base, "[[calendar]]\nid = 'a'\nat = '13:00'\ntext = '甲'\npin = true").await;
        scene.tg.promote_bot(scene.group, &["can_delete_messages"]);
        scene.until(13, 10).await;
        assert_eq!(posts(&scene), ["02 13:00 甲"]);
        assert!(!scene.last(scene.group).pinned);
        scene.end().await;
    }

    /// Fault 111: the post before cannot be taken from the top; the new one stands there all the same.
    async fn a_post_is_pinned_though_the_one_before_cannot_be_unpinned(base) {
        let mut scene = Scene::new(&base, "[[calendar]]\nid = 'a'\nat = ['13:00', '14:00']\nbank = ['甲', '乙']\npin = true").await;
        scene.until(13, 10).await;
        scene.tg.fail(Rule::status("unpinChatMessage", 400, "Bad Request: message to unpin not found"));
        scene.tg.fail(Rule::status("unpinChatMessage", 400, "Bad Request: CHAT_NOT_MODIFIED"));
        scene.until(14, 10).await;
        assert_eq!(posts(&scene), ["02 13:00 甲", "02 14:00 乙"]);
        assert!(scene.last(scene.group).pinned);
        assert_eq!(reports(&scene), Vec::<String>::new());
        scene.end().await;
    }

    async fn a_post_whose_topic_is_gone_comes_in_general(base) {
        let mut scene = Scene::new(&base, "").await;
        scene.tg.set_forum(scene.group, true);
        let topic = scene.tg.add_topic(scene.group, "早安");
        scene.reload(&format!("[[calendar]]\nid = 'a'\nat = '13:00'\nbank = ['甲', '乙']\ntopic = {topic}")).await;
        scene.until(13, 1).await;
        assert_eq!(scene.last(scene.group).topic, Some(topic));
        scene.tg.delete_topic(scene.group, topic);
        scene.until(12, 59).await;
        scene.until(13, 1).await;
        assert_eq!((scene.last(scene.group).text.as_str(), scene.last(scene.group).topic), ("乙", None));
        scene.end().await;
    }

    async fn the_staff_hears_why_a_post_did_not_come(base) {
        let settings = "language = 'en'\n[[calendar]]\nid = 'a'\nat = '13:00'\ntext = 'Hello'\n[[calendar]]\nid = 'b'\nat = '13:00'\ntext = 'Again'\n\
                        [[calendar]]\nid = 'c'\nat = '14:00'\ntext = 'Away'";
        let mut scene = Scene::new(&base, settings).await;
        scene.tg.fail(Rule::status("sendMessage", 400, "Bad Request: something new"));
        scene.tg.fail(Rule::new("sendMessage", steward::telegram::emulator::Action::Reset).after_accept());
        scene.until(13, 5).await;
        assert_eq!(reports(&scene), [
            "⚠️ 2 scheduled posts did not go out as planned:\
             \n· Mon 2 Mar 13:00  Hello (职场妈妈成长社)\n  Telegram refused it: 400: Bad Request: something new\
             \n· Mon 2 Mar 13:00  Again (职场妈妈成长社)\n  the connection broke while sending; it may be there, please have a look",
        ]);
        assert_eq!(posts(&scene), ["02 13:00 Again"]);
        scene.until(13, 30).await;
        scene.stage.absent(Span::hours(5)).await.unwrap();
        scene.pass(Span::minutes(5)).await;
        assert!(reports(&scene)[1].ends_with("Away (职场妈妈成长社)\n  could not be sent in time, so it was skipped"), "{:?}", reports(&scene));
        scene.end().await;
    }

    /// Fault 112, at the time of sending; what is too long is found when the settings are read.
    async fn a_post_whose_picture_cannot_be_had_comes_without_it(base) {
        let photo = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
        std::fs::write(photo.path(), b"png").unwrap();
        let settings = format!("[[calendar]]\nid = 'a'\nat = ['13:00', '14:00']\nphoto = 'https://example.org/a.png'\nbank = ['<b>周末</b>活动', '读书会']\npin = true\n\
                                [[calendar]]\nid = 'b'\ntitle = '海报'\nat = '15:00'\nphoto = 'https://example.org/b.png'\n\
                                [[calendar]]\nid = 'c'\nat = '16:00'\nphoto = '{}'\ntext = '晚安'\n", photo.path().display());
        let mut scene = Scene::new(&base, &settings).await;
        let bad = |text: &str| Rule::status("sendPhoto", 400, text);
        scene.tg.fail(bad("Bad Request: wrong file identifier/HTTP URL specified"));
        scene.until(13, 5).await;
        let post = scene.last(scene.group);
        assert_eq!((post.text.as_str(), post.media, post.pinned), ("周末活动", None, true));
        assert_eq!(reports(&scene), [
            "⚠️ 有 1 条定时消息没有正常发出：\n· 3月2日 周一 13:00　周末活动（职场妈妈成长社）\n　图片发不出去，先只发了文字，请换一张图片",
        ]);
        // The next one has its picture; one that is nothing but a picture is told of as refused.
        scene.tg.fail(bad("Bad Request: failed to get HTTP URL content").skip(1));
        scene.until(15, 5).await;
        assert_eq!(scene.last(scene.group).media.as_deref(), Some("photo"));
        assert!(reports(&scene)[1].contains("failed to get HTTP URL content"), "{:?}", reports(&scene));
        // A file that is gone from this machine.
        photo.close().unwrap();
        scene.until(16, 5).await;
        assert_eq!(posts(&scene).last().unwrap(), "02 16:00 晚安");
        assert!(reports(&scene)[2].ends_with("图片发不出去，先只发了文字，请换一张图片"), "{:?}", reports(&scene));
        scene.end().await;
    }
}
