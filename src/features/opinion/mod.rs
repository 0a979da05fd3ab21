//! A second opinion: a language model is asked about messages that are suspicious and no clear ad, for the staff to read.
//!
//! Nothing waits for it and nothing follows from it. It may be asked so often and no more, and a service that fails is
//! left alone for a while; the staff hear of that once.

mod budget;
mod settings;

use anyhow::Result;
use minijinja::context;

use super::{Feature, Flow};
use crate::cx::{Compile, Cx, Phrase};
use crate::model::effect::Send;
use crate::model::event::{Event, Told};
use crate::model::opinion::{Advised, Consult, Endpoint, NoOpinion};
use crate::model::{ChatId, Class, CommunityId, Delivery, Effect, Kind, Span, Timestamp};
use crate::store::Tx;

use budget::Call;
pub use settings::Settings;

/// An answer that comes later than this is of no use to anybody.
const USEFUL: Span = Span::minutes(10);
/// Calls are counted for a day; the rest is room for clocks that differ.
const KEPT: Span = Span::days(2);

pub struct Opinions;

/// The settings, with where the model is reached.
pub struct Rules {
    settings: Settings,
    endpoint: Endpoint,
}

const fn phrase(key: &'static str, zh: &'static str, en: &'static str, values: &'static [&'static str]) -> Phrase {
    Phrase { key, zh, en, values }
}

impl Feature for Opinions {
    const NAME: &'static str = "opinion";
    const PHRASES: &'static [&'static [Phrase]] = &[&[
        phrase(
            "opinion.trouble",
            "⚠️ 暂时没有 AI 参考意见：{{ why }}。判断和处理照常，恢复后会自动继续。",
            "⚠️ No second opinions of the AI for now: {{ why }}. Everything else goes on, and so do they once it works again.",
            &["why"],
        ),
        phrase("opinion.why.key", "读不到密钥", "the key cannot be read", &[]),
        phrase("opinion.why.unreachable", "连不上服务", "the service cannot be reached", &[]),
        phrase("opinion.why.late", "服务没有及时答复", "the service does not answer in time", &[]),
        phrase("opinion.why.busy", "服务说请求太多了", "the service says it gets too many requests", &[]),
        phrase("opinion.why.refused", "服务拒绝了请求", "the service refuses the request", &[]),
        phrase("opinion.why.redirected", "服务把请求转到了别处", "the service points somewhere else", &[]),
        phrase("opinion.why.large", "答复太长", "the answer is too long", &[]),
        phrase("opinion.why.garbled", "答复看不懂", "the answers make no sense", &[]),
    ]];
    type Settings = Settings;
    type Rules = Rules;

    fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Rules {
        settings.check(compile);
        Rules { settings: settings.clone(), endpoint: settings.endpoint(compile) }
    }

    async fn handle(rules: &Rules, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        match (&event.kind, event.chat) {
            (Kind::Told(Told::Suspected { case, text, newcomer }), Some(chat)) => {
                ask(rules, cx, chat, *case, text, *newcomer).await?;
            }
            (Kind::Advised(advised), Some(chat)) => heard(cx, chat, advised).await?,
            _ => {}
        }
        Ok(Flow::On)
    }
}

/// Asks about a case, once, if that may be.
async fn ask(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, case: i64, text: &str, newcomer: bool) -> Result<()> {
    let text: String = text.trim().chars().take(rules.settings.characters).collect();
    let calls = calls(cx.tx, cx.community, cx.now).await?;
    if text.is_empty() || !budget::allows(&calls, &rules.settings, cx.now) {
        return Ok(());
    }
    sqlx::query("DELETE FROM opinion_call WHERE community = $1 AND asked < $2")
        .bind(cx.community.0)
        .bind((cx.now - KEPT).0)
        .execute(cx.tx.conn().await?)
        .await?;
    let sql = "INSERT INTO opinion_call (community, case_id, asked, failure) VALUES ($1, $2, $3, '')
               ON CONFLICT (community, case_id) DO NOTHING";
    let written = sqlx::query(sql).bind(cx.community.0).bind(case).bind(cx.now.0).execute(cx.tx.conn().await?).await?;
    if written.rows_affected() == 0 {
        return Ok(());
    }
    let consult = Consult { chat, case, endpoint: rules.endpoint.clone(), text, newcomer, lang: cx.lang };
    let deadline = cx.now + USEFUL;
    let outgoing = cx.emit(Class::Question, Effect::Consult(Box::new(consult)));
    // Asking costs money: what may have been asked is not asked again.
    (outgoing.delivery, outgoing.deadline) = (Delivery::Once, Some(deadline));
    Ok(())
}

/// An answer came, or surely will not.
async fn heard(cx: &mut Cx<'_>, chat: ChatId, advised: &Advised) -> Result<()> {
    let failure = advised.opinion.as_ref().err().copied().map(word).unwrap_or_default();
    let sql = "UPDATE opinion_call SET ended = $3, failure = $4 WHERE community = $1 AND case_id = $2";
    sqlx::query(sql)
        .bind(cx.community.0)
        .bind(advised.case)
        .bind(cx.now.0)
        .bind(&failure)
        .execute(cx.tx.conn().await?)
        .await?;
    match &advised.opinion {
        Ok(opinion) => {
            cx.tell(Some(chat), Told::Opined { case: advised.case, opinion: opinion.clone() });
        }
        Err(NoOpinion::Nobody) => {}
        Err(_) => {
            let calls = calls(cx.tx, cx.community, cx.now).await?;
            if let Some(staff) = cx.staff_chat().filter(|_| budget::is_news(&calls)) {
                let why = cx.words(&format!("opinion.why.{failure}")).visible();
                let text = cx.text("opinion.trouble", context! { why });
                cx.send(Class::Reply, Send::new(staff, text));
            }
        }
    }
    Ok(())
}

/// The calls of the last two days.
async fn calls(tx: &mut Tx, community: CommunityId, now: Timestamp) -> Result<Vec<Call>> {
    let sql = "SELECT asked, ended, failure FROM opinion_call WHERE community = $1 AND asked > $2 ORDER BY case_id";
    let rows: Vec<(i64, Option<i64>, String)> =
        sqlx::query_as(sql).bind(community.0).bind((now - KEPT).0).fetch_all(tx.conn().await?).await?;
    let read = |(asked, ended, failure): (i64, Option<i64>, String)| Call {
        asked: Timestamp(asked),
        ended: ended.map(Timestamp),
        failure: serde_json::from_value(failure.into()).ok(),
    };
    Ok(rows.into_iter().map(read).collect())
}

fn word(failure: NoOpinion) -> String {
    let word = serde_json::to_value(failure).ok();
    word.as_ref().and_then(|word| word.as_str()).unwrap_or("refused").to_owned()
}
