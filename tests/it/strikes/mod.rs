//! Ads and other offences, as members and staff see them.

mod alike;
mod allowed;
mod banned;
mod cards;
mod channels;
mod closed;
mod disguise;
mod faults;
mod held;
mod hostile;
mod identities;
mod late;
mod names;
mod orders;
mod raid;
mod reports;
mod rights;
mod shared;
mod staff;
mod taught;
mod warnings;

use steward::model::{MessageId, Span, Status, UserId};
use steward::telegram::emulator::{MessageSpec, SeenMessage};

use crate::harness::{Scene, scenarios};

const ON: &str = "[strikes]\n";
const AD: &str = "兼职日结 300 元，加微信 vx_888666 详聊";
const INVITE: &str = "优质资源进群 https://t.me/+AbCdEf123456";
const SEVERE: &str = "[strikes]\njudge.words.severe = ['代开发票']\n";

/// Time enough for a burst to be over.
const LATER: Span = Span::minutes(11);

/// Whether a message is still to be seen in the group.
fn stands(scene: &Scene, message: MessageId) -> bool {
    scene.tg.messages(scene.group).iter().any(|it| it.id == message)
}

/// The newest card or notice in the staff chat.
fn card(scene: &Scene) -> SeenMessage {
    scene.last(scene.staff)
}

fn cards(scene: &Scene) -> usize {
    scene.tg.bot_messages(scene.staff).len()
}

fn buttons(message: &SeenMessage) -> Vec<String> {
    message.buttons.iter().flatten().map(|button| button.text.clone()).collect()
}

/// Somebody of the staff presses a button under the newest card.
async fn decide(scene: &mut Scene, by: UserId, button: &str) {
    let card = card(scene);
    scene.press(scene.staff, card.id, by, button).await;
    unhurried(scene).await;
}

/// Time for the bot to say all it has to say: it keeps Telegram's pace.
async fn unhurried(scene: &mut Scene) {
    scene.pass(Span::secs(8)).await;
}

/// Writes so many ads, each a strike of its own, waiting out mutes; gives the last.
async fn advertise(scene: &mut Scene, user: UserId, times: usize) -> MessageId {
    let mut last = MessageId(0);
    for time in 0..times {
        if time > 0 {
            scene.pass(Span::hours(25)).await;
        }
        last = scene.say(user, AD).await;
    }
    last
}

/// A row of what the ledger keeps: (case, chat, counts).
pub async fn ledger(scene: &Scene, user: UserId) -> Vec<(i64, i64, i64)> {
    let mut conn = scene.stage.db().read().await.unwrap();
    sqlx::query_as("SELECT id, chat, counts FROM strike_case WHERE user_id = $1 ORDER BY id")
        .bind(user.0)
        .fetch_all(&mut *conn)
        .await
        .unwrap()
}

/// How often a method was called with success.
fn calls(scene: &Scene, method: &str) -> usize {
    scene.tg.log().iter().filter(|call| call.method == method && call.outcome.is_ok()).count()
}

/// How many strikes were logged for a person.
async fn logged(scene: &Scene, user: UserId) -> i64 {
    let mut conn = scene.stage.db().read().await.unwrap();
    let sql = "SELECT COUNT(*) FROM activity WHERE user_id = $1 AND kind = 9";
    let (n,): (i64,) = sqlx::query_as(sql).bind(user.0).fetch_one(&mut *conn).await.unwrap();
    n
}

scenarios! {
    async fn an_ad_is_deleted_and_its_writer_warned(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        let ad = scene.say(ling, AD).await;
        assert!(!stands(&scene, ad));
        assert_eq!(scene.heard(), [
            "小玲，你的消息含有广告内容（引导加联系方式），已删除。这是第 1 次警告。累计 3 次会被移出群聊；这次有效至 4月1日。",
        ]);
        assert_eq!(buttons(&scene.last(scene.group)), ["这是误判，申诉"]);
        assert_eq!(card(&scene).text.lines().collect::<Vec<_>>(), [
            "广告 #1",
            "小玲（10001）· 职场妈妈成长社 · 3月2日 12:02",
            "· 引导加联系方式：加微信 vx_888666",
            "· 引导私聊：加微",
            "· 推销或招揽：兼职 · 日结",
            "· 措辞像广告：vx_888666 详聊 … 日结 300 元 … ，加微",
            "兼职日结 300 元，加微信 vx_888666 详聊",
            "处理：已警告（第 1 次，有效至 4月1日）",
        ]);
        assert_eq!(buttons(&card(&scene)), ["判得对", "不是广告", "封禁", "信任此人"]);
        assert!(!scene.tg.is_muted(scene.group, ling));
        scene.pass(Span::minutes(3)).await;
        assert!(scene.tg.bot_messages(scene.group).is_empty(), "the warning goes by itself");
        scene.end().await;
    }

    async fn three_strikes_and_out_with_the_name_masked(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("王小玲").await;
        advertise(&mut scene, ling, 1).await;
        scene.pass(LATER).await;
        scene.skip();
        scene.say(ling, AD).await;
        assert!(scene.tg.is_muted(scene.group, ling));
        assert_eq!(scene.heard(), [
            "王小玲，你的消息含有广告内容（引导加联系方式），已删除。这是第 2 次警告，禁言 24 小时。累计 3 次会被移出群聊；这次有效至 4月1日。",
        ]);
        scene.pass(Span::hours(25)).await;
        assert!(!scene.tg.is_muted(scene.group, ling));
        scene.skip();
        scene.say(ling, AD).await;
        // Out, and free to come back.
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Left);
        assert_eq!(scene.heard(), ["公示：王*玲 已被移出群聊，原因是引导加联系方式。谢谢大家一起维护群里的交流环境。"]);
        scene.pass(Span::hours(2)).await;
        assert_eq!(scene.tg.bot_messages(scene.group).len(), 1, "the notice stays");
        assert_eq!(ledger(&scene, ling).await.len(), 3);
        assert_eq!(logged(&scene, ling).await, 3);
        scene.end().await;
    }

    async fn strikes_lapse(base) {
        let mut scene = Scene::new(&base, "[strikes]\nexpire_after = '1h'\n").await;
        let ling = scene.newcomer("小玲").await;
        for _ in 0..4 {
            scene.say(ling, AD).await;
            assert!(!scene.tg.is_muted(scene.group, ling));
            scene.pass(Span::hours(1)).await;
        }
        scene.end().await;
    }

    async fn several_ads_in_a_row_are_one_strike(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        for (text, warnings) in [(AD, 1), (INVITE, 0), (AD, 0)] {
            scene.skip();
            let ad = scene.say(ling, text).await;
            assert!(!stands(&scene, ad));
            assert_eq!(scene.heard().len(), warnings);
            scene.pass(Span::minutes(1)).await;
        }
        assert_eq!(cards(&scene), 1);
        assert_eq!(ledger(&scene, ling).await.len(), 1);
        scene.end().await;
    }

    async fn severe_words_ban_at_once_in_every_group(base) {
        let mut scene = Scene::new(&base, SEVERE).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        scene.skip();
        scene.say(ling, "专业代开发票，加微信 fapiao_668").await;
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Banned);
        assert_eq!(scene.heard(), Vec::<String>::new(), "nothing is said of it in the group");
        assert!(card(&scene).text.starts_with("严重违规 #2"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn a_severe_word_alone_goes_before_the_staff(base) {
        let mut scene = Scene::new(&base, SEVERE).await;
        let ling = scene.newcomer("小玲").await;
        let said = scene.say(ling, "今天培训：识别代开发票").await;
        assert!(stands(&scene, said));
        assert_eq!(scene.tg.member_status(scene.group, ling), Status::Member);
        assert_eq!(buttons(&card(&scene)), ["是广告", "没问题", "封禁", "信任此人"]);
        assert_eq!(logged(&scene, ling).await, 0);
        scene.end().await;
    }

    async fn in_shadow_mode_nothing_is_done(base) {
        let mut scene = Scene::new(&base, "[strikes]\nshadow = true\n").await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        let ad = scene.say(ling, AD).await;
        scene.say(ling, INVITE).await;
        assert!(stands(&scene, ad));
        assert_eq!(scene.heard(), Vec::<String>::new());
        assert_eq!(cards(&scene), 1, "one card for a burst");
        assert!(card(&scene).text.ends_with("处理：观察模式，未处理"), "{}", card(&scene).text);
        assert_eq!(logged(&scene, ling).await, 0);
        // The staff can still act on it.
        let owner = scene.owner;
        decide(&mut scene, owner, "是广告").await;
        assert!(!stands(&scene, ad));
        assert_eq!(logged(&scene, ling).await, 1);
        assert!(card(&scene).text.contains("⚠️ 群主：是广告，已处理"), "{}", card(&scene).text);
        scene.end().await;
    }

    async fn what_is_only_suspicious_goes_before_the_staff(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.skip();
        let link = scene.say(ling, "https://example.org/a").await;
        assert!(stands(&scene, link));
        assert_eq!(scene.heard(), Vec::<String>::new());
        assert_eq!(buttons(&card(&scene)), ["是广告", "没问题", "封禁", "信任此人", "放行链接"]);
        let owner = scene.owner;
        decide(&mut scene, owner, "没问题").await;
        assert!(stands(&scene, link));
        assert!(card(&scene).text.ends_with("✅ 群主：没问题"), "{}", card(&scene).text);
        assert_eq!(logged(&scene, ling).await, 0);
        let before = cards(&scene);
        scene.pass(LATER).await;
        scene.say(ling, "https://example.org/b").await;
        assert_eq!(cards(&scene), before, "somebody cleared is trusted");
        scene.end().await;
    }

    async fn suspicions_can_be_left_alone(base) {
        let mut scene = Scene::new(&base, "[strikes]\nsuspects = 'ignore'\n").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, "https://example.org/a").await;
        assert_eq!(cards(&scene), 0);
        scene.end().await;
    }

    async fn regulars_talk_in_peace(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.regular("小玲").await;
        for text in ["大家早", "怎么又有人发兼职日结的广告", "我们群在 t.me/ 上搜得到吗", "看 https://github.com/x"] {
            scene.skip();
            let said = scene.say(ling, text).await;
            assert!(stands(&scene, said), "{text}");
        }
        assert_eq!(logged(&scene, ling).await, 0);
        scene.end().await;
    }

    async fn an_ad_does_not_make_anybody_less_of_a_newcomer(base) {
        let mut scene = Scene::new(&base, ON).await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        scene.say(ling, "大家好").await;
        let group = scene.group;
        let member = scene.stage.db().begin().await.unwrap().member(group, ling).await.unwrap().unwrap();
        assert_eq!(member.messages, 1);
        scene.end().await;
    }

    async fn evidence_goes_after_its_time_and_strikes_stay_counted(base) {
        let mut scene = Scene::new(&base, "[strikes]\nkeep_evidence = '1d'\n").await;
        let ling = scene.newcomer("小玲").await;
        scene.say(ling, AD).await;
        let words = |scene: &Scene| { let db = scene.stage.db().clone(); async move {
            let mut conn = db.read().await.unwrap();
            let (about,): (String,) =
                sqlx::query_as("SELECT about FROM strike_case").fetch_one(&mut *conn).await.unwrap();
            about.contains("vx_888666")
        }};
        assert!(words(&scene).await);
        scene.pass(Span::days(3)).await;
        assert!(!words(&scene).await);
        scene.say(ling, AD).await;
        assert!(scene.tg.is_muted(scene.group, ling), "it is the second");
        scene.end().await;
    }

    async fn words_of_reporters_and_of_the_staff_go_after_their_time_too(base) {
        let mut scene = Scene::new(&base, "[strikes]\nkeep_evidence = '1d'\n").await;
        let (ling, mei, owner) = (scene.newcomer("小玲").await, scene.newcomer("小梅").await, scene.owner);
        scene.pass(Span::minutes(5)).await;
        let said = scene.say(ling, "早").await;
        for (by, words) in [(mei, "/report 他私下卖课"), (owner, "/warn 不听劝告")] {
            scene.tg.send(scene.group, by, MessageSpec::text(words).reply_to(said)).unwrap();
            scene.pass(Span::minutes(1)).await;
        }
        let kept = async |scene: &Scene| {
            let mut conn = scene.stage.db().read().await.unwrap();
            let rows: Vec<(String,)> = sqlx::query_as("SELECT about FROM strike_case").fetch_all(&mut *conn).await.unwrap();
            rows.into_iter().map(|(about,)| about).collect::<String>()
        };
        let before = kept(&scene).await;
        assert!(before.contains("卖课") && before.contains("劝告"), "{before}");
        scene.pass(Span::days(3)).await;
        let after = kept(&scene).await;
        assert!(!after.contains("卖课") && !after.contains("劝告") && !after.is_empty(), "{after}");
        scene.end().await;
    }

    async fn everything_is_said_in_english_too(base) {
        let mut scene = Scene::new(&base, &format!("language = 'en'\n{SEVERE}")).await;
        let owner = scene.owner;
        let ling = scene.newcomer("Ling").await;
        scene.skip();
        scene.say(ling, AD).await;
        assert_eq!(scene.heard(), [
            "Ling, your message looked like advertising (contact details) and was removed. This is strike 1 of 3; at the \
             third you will be removed. This one stops counting on 1 April.",
        ]);
        assert_eq!(buttons(&scene.last(scene.group)), ["Appeal"]);
        assert_eq!(card(&scene).text.lines().collect::<Vec<_>>(), [
            "Advertising #1",
            "Ling (10001) · 职场妈妈成长社 · 2 March, 12:02",
            "· contact details: 加微信 vx_888666",
            "· asking to be written to: 加微",
            "· an offer: 兼职 · 日结",
            "· worded like an ad: vx_888666 详聊 … 日结 300 元 … ，加微",
            "兼职日结 300 元，加微信 vx_888666 详聊",
            "Outcome: warned (strike 1, counts until 1 April)",
        ]);
        decide(&mut scene, owner, "Not an ad").await;
        assert!(card(&scene).text.ends_with("✅ 群主: not an ad, undone"), "{}", card(&scene).text);
        assert_eq!(scene.last(scene.group).text,
            "Ling, the team has looked again: that was our mistake. It has been undone and does not count. Sorry for the \
             trouble, and please carry on.");
        let mei = scene.newcomer("Mei").await;
        scene.skip();
        scene.say(mei, AD).await;
        scene.pass(LATER).await;
        scene.say(mei, AD).await;
        scene.pass(Span::hours(25)).await;
        scene.skip();
        scene.say(mei, AD).await;
        assert_eq!(scene.heard(),
            ["Notice: M*i was removed from the group (contact details). Thank you all for keeping this a good place to talk."]);
        scene.end().await;
    }
}
