//! What the staff decide on cards, and appeals.

use steward::features::Settings;
use steward::model::{ChatKind, Span, Status};
use steward::rehearsal::stage::supergroup;
use steward::telegram::emulator::ALL_RIGHTS;

use super::taught::lessons;
use super::{AD, LATER, ON, SEVERE, advertise, buttons, card, cards, decide, ledger, stands, unhurried};
use crate::harness::{Scene, scenarios};

scenarios! {
    async fn not_an_ad_undoes_everything_and_says_so(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        scene.pass(LATER).await;
        scene.say(ling, AD).await;
        assert!(scene.tg.is_muted(scene.group, ling));
        scene.skip();
        decide(&mut scene, owner, "不是广告").await;
        assert_eq!(scene.answered(), "好的，已处理。");
        assert!(!scene.tg.is_muted(scene.group, ling));
        assert_eq!(scene.heard(),
            ["小玲，管理员复核过了：之前是误判，处理和记录都已撤销。给你添麻烦了，欢迎继续聊。"]);
        assert!(card(&scene).text.ends_with("✅ 群主：不是广告，已撤销"), "{}", card(&scene).text);
        assert!(card(&scene).buttons.is_empty());
        // The first strike stands; the member is trusted from now on.
        scene.pass(LATER).await;
        let ad = scene.say(ling, AD).await;
        assert!(stands(&scene, ad));
        scene.end().await;
    }

    async fn right_closes_the_card_and_teaches_it(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        scene.tg.press_data(scene.group, scene.last(scene.group).id, ling, "strikes:right:1");
        scene.settle().await;
        assert_eq!(scene.answered(), "只有管理员可以操作。");
        scene.skip();
        decide(&mut scene, owner, "判得对").await;
        assert_eq!(scene.answered(), "好的，已处理。");
        assert!(card(&scene).text.ends_with("👌 群主：判得对"), "{}", card(&scene).text);
        assert!(card(&scene).buttons.is_empty());
        assert_eq!(scene.heard(), [] as [&str; 0], "the member has heard already");
        assert_eq!(lessons(&scene).await, [(1, ling.0, 1, AD.to_owned())]);
        assert_eq!(ledger(&scene, ling).await, [(1, scene.group.0, 1)], "the strike stands");
        scene.end().await;
    }

    async fn a_second_admin_changes_nothing(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let deputy = scene.person("副手");
        scene.tg.join(scene.staff, deputy);
        scene.settle().await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        let shown = card(&scene);
        scene.stage.restart().await.unwrap();
        scene.press(scene.staff, shown.id, owner, "封禁").await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        scene.tg.press_data(scene.staff, shown.id, deputy, "strikes:clear:1");
        scene.settle().await;
        assert_eq!(scene.answered(), "已经处理过了。");
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        assert!(card(&scene).text.ends_with("⛔ 群主：封禁"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn trust_leaves_the_strike_and_ends_the_watching(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        decide(&mut scene, owner, "信任此人").await;
        assert!(card(&scene).text.ends_with("🤝 群主：以后信任此人"), "{}", card(&scene).text);
        scene.pass(LATER).await;
        let ad = scene.say(ling, AD).await;
        assert!(stands(&scene, ad));
        scene.end().await;
    }

    async fn trust_does_not_cover_severe_words(base) {
        let mut scene = Scene::new(&base, SEVERE).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        decide(&mut scene, owner, "信任此人").await;
        scene.say(ling, "代开发票，加微信 fapiao_668").await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        decide(&mut scene, owner, "没有违规").await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Left, "the ban is lifted");
        scene.end().await;
    }

    async fn members_cannot_press_the_buttons_of_the_staff(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        let mei = scene.newcomer("小美").await;
        scene.say(ling, AD).await;
        let warning = scene.last(scene.group);
        for (data, answer) in [
            ("strikes:clear:1", "只有管理员可以操作。"),
            ("strikes:ban:1", "只有管理员可以操作。"),
            ("strikes:accept:1", "只有管理员可以操作。"),
            ("strikes:appeal:1", "只有当事人可以申诉。"),
            ("strikes:appeal:99", "这个按钮已经失效。"),
            ("strikes:ban:x", "这个按钮已经失效。"),
            ("strikes", "这个按钮已经失效。"),
        ] {
            scene.tg.press_data(scene.group, warning.id, mei, data);
            scene.settle().await;
            assert_eq!(scene.answered(), answer, "{data}");
        }
        let owner = scene.owner;
        for data in ["strikes:clear:99", "strikes:dance:1", "strikes:strike:1"] {
            scene.tg.press_data(scene.staff, card(&scene).id, owner, data);
            scene.settle().await;
            assert_eq!(scene.answered(), "这个按钮已经失效。", "{data}");
        }
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        assert_eq!(buttons(&card(&scene)).len(), 4, "nothing was decided");
        scene.end().await;
    }

    /// A card stands in the staff chat. What is pressed elsewhere is forged, and who has a say in one group would have one in
    /// all of them.
    async fn a_card_is_decided_only_in_the_staff_chat(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        let deputy = scene.newcomer("副手").await;
        scene.promote(deputy);
        scene.say(ling, AD).await;
        let warning = scene.last(scene.group);
        scene.press(scene.group, warning.id, ling, "这是误判，申诉").await;
        for verb in ["ban", "clear", "trust", "accept", "reject"] {
            scene.tg.press_data(scene.group, warning.id, deputy, &format!("strikes:{verb}:1"));
            scene.settle().await;
            assert_eq!(scene.answered(), "只有管理员可以操作。", "{verb}");
        }
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        assert!(!buttons(&card(&scene)).is_empty(), "nothing was decided");
        scene.end().await;
    }

    async fn an_appeal_is_heard_once_and_upheld(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        let first = card(&scene);
        let warning = scene.last(scene.group);
        scene.press(scene.group, warning.id, ling, "这是误判，申诉").await;
        assert_eq!(scene.answered(), "已转给管理员复核，有结果会告诉你。");
        scene.press(scene.group, warning.id, ling, "这是误判，申诉").await;
        assert_eq!(scene.answered(), "这次已经申诉过了，请等管理员复核。");
        assert_eq!(cards(&scene), 2);
        assert_eq!(card(&scene).reply_to, Some(first.id));
        assert_eq!(card(&scene).text, "🙋 小玲 对 #1 提出申诉，说这是误判。\n兼职日结 300 元，加微信 vx_888666 详聊");
        decide(&mut scene, owner, "成立，撤销处理").await;
        assert!(card(&scene).text.ends_with("🙋 申诉成立"), "{}", card(&scene).text);
        assert!(card(&scene).buttons.is_empty());
        assert!(scene.last(scene.group).text.contains("处理和记录都已撤销"));
        scene.tg.press_data(scene.group, warning.id, ling, "strikes:appeal:1");
        scene.settle().await;
        assert_eq!(scene.answered(), "这次处理已经撤销，不用申诉了。");
        scene.end().await;
    }

    async fn who_was_removed_appeals_in_private_and_hears_the_answer_there(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        scene.tg.user(ling, |person| person.language = Some("zh-hans".into()));
        scene.tg.start_bot(ling, "");
        scene.settle().await;
        advertise(&mut scene, ling, 3).await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Left);
        let told = scene.last(ling.private());
        assert_eq!(told.text, "你在「职场妈妈成长社」的消息含有广告内容（引导加联系方式）。处理结果：已移出群聊（第 3 次警告，\
                               有效至 4月3日）。如果是误判，可以点下面的按钮申诉。");
        scene.tg.start_bot(ling, "appeal_3");
        unhurried(&mut scene).await;
        assert_eq!(scene.last(ling.private()).text, "已转给管理员复核，有结果会告诉你。");
        decide(&mut scene, owner, "驳回").await;
        assert_eq!(scene.last(ling.private()).text, "小玲，管理员复核了你的申诉，这次维持原处理；警告有效至 4月3日。");
        scene.press(ling.private(), told.id, ling, "这是误判，申诉").await;
        assert_eq!(scene.answered(), "管理员已经复核过了，维持原处理。");
        scene.end().await;
    }

    async fn a_removal_made_public_by_mistake_is_taken_from_sight(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        advertise(&mut scene, ling, 3).await;
        scene.pass(Span::hours(1)).await;
        decide(&mut scene, owner, "不是广告").await;
        let said: Vec<String> = scene.tg.bot_messages(scene.group).into_iter().map(|it| it.text).collect();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("误判"));
        assert_eq!(ledger(&scene, ling).await.len(), 3);
        scene.end().await;
    }

    async fn without_a_staff_chat_strikes_work_and_are_undone_by_command(base) {
        let mut scene = Scene::new(&base, ON).await;
        let mut settings: steward::features::Settings = toml::from_str(ON).unwrap();
        settings.chats = vec![scene.group.0];
        scene.stage.reconfigure(vec![("moms".to_owned(), settings)]).await.unwrap();
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        assert!(scene.last(scene.group).buttons.is_empty(), "nobody would hear an appeal");
        assert_eq!(cards(&scene), 0);
        let owner = scene.owner;
        scene.say(owner, "/unwarn 1").await;
        assert_eq!(scene.last(scene.group).text, "已撤销 小玲 的 #1。");
        scene.end().await;
    }

    async fn a_card_decided_too_late_says_that_the_message_stays(base) {
        let mut scene = Scene::new(&base, ON).await;
        let owner = scene.owner;
        let ling = scene.newcomer("小玲").await;
        let link = scene.say(ling, "https://example.org/a").await;
        let shown = card(&scene);
        scene.pass(Span::days(3)).await;
        scene.press(scene.staff, shown.id, owner, "是广告").await;
        scene.pass(Span::secs(10)).await;
        assert!(stands(&scene, link));
        assert!(card(&scene).text.starts_with("消息超过 48 小时"), "{}", card(&scene).text);
        assert_eq!(ledger(&scene, ling).await[0].2, 1);
        scene.end().await;
    }

    async fn the_staff_chat_of_chats_no_file_lists_decides_their_cards(base) {
        let mut scene = Scene::new(&base, ON).await;
        let (owner, staff) = (scene.owner, scene.staff);
        let guests = scene.tg.add_group(supergroup(1002).0, "客人群", ChatKind::Supergroup);
        scene.tg.set_owner(guests, owner);
        let mut settings: Settings = toml::from_str(ON).unwrap();
        settings.staff_chat = Some(staff.0);
        scene.stage.serve_all(settings).await.unwrap();
        scene.tg.add_bot_to(guests, owner);
        scene.tg.promote_bot(guests, &ALL_RIGHTS);
        scene.group = guests;
        let ling = scene.newcomer("小玲").await;
        let deputy = scene.person("副手");
        scene.tg.join(staff, deputy);
        let admin = scene.newcomer("别群的管理员").await;
        scene.settle().await;
        scene.say(ling, AD).await;
        unhurried(&mut scene).await;
        let shown = card(&scene);
        scene.tg.press_data(guests, shown.id, admin, "strikes:ban:1");
        scene.settle().await;
        assert_eq!(scene.answered(), "只有管理员可以操作。");
        decide(&mut scene, deputy, "不是广告").await;
        assert_eq!(scene.answered(), "好的，已处理。");
        assert!(card(&scene).text.ends_with("✅ 副手：不是广告，已撤销"), "{}", card(&scene).text);
        // What else is steered from the staff chat reaches the group too.
        scene.tg.say(staff, deputy, "/pause");
        scene.pass(Span::secs(10)).await;
        assert!(buttons(&card(&scene)).contains(&"客人群".to_owned()), "{:?}", buttons(&card(&scene)));
        scene.end().await;
    }
}
