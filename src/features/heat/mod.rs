//! Heated talk (S031): many write at once, and many of it are insults or meet with bad reactions. The staff are told where,
//! with figures; a card may ask the group to stay calm. Nobody is punished by it.
//!
//! How people talk is only kept in memory, and what is long past alarms nobody. When the staff were told is kept, so that a
//! place is told once and then not for a while.

mod policy;

use std::collections::BTreeSet;

use anyhow::Result;
use minijinja::context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::policy::{Bounds, Figures};
use super::{Feature, Flow};
use crate::cx::talk::{Line, Place};
use crate::cx::{Compile, Cx, Phrase, Role, label};
use crate::judge::{Seen, insults};
use crate::model::effect::Send;
use crate::model::event::Reaction;
use crate::model::{ChatId, ChatKind, Class, Event, Kind, Message, MessageId, MessageKey, Span, Timestamp};

/// Reactions that say no.
const AGAINST: [&str; 6] = ["👎", "🤬", "🤮", "💩", "😡", "🖕"];

pub struct Heat;

/// Heated talk: the staff are told when, in one topic or group, many write at once and much of it is insults or meets with
/// 👎 🤬 🤮 💩 😡 🖕. It only tells.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How hot is told: how many deviations more than usual is written in ten minutes (10 at most), times the part of it
    /// that is negative. Default: 1.5.
    pub threshold: f64,
    /// Fewer messages in ten minutes are never hot. Default: 20.
    #[schemars(range(min = 10, max = 500))]
    pub least: usize,
    /// Whether the bot asks the group to stay calm, too. Default: false.
    pub card: bool,
    /// The same place is told no more often than this. Default: `1h`.
    #[schemars(extend("examples" = ["1h"]))]
    pub cool_down: Span,
}

impl Default for Settings {
    fn default() -> Self {
        Self { threshold: 1.5, least: 20, card: false, cool_down: Span::hours(1) }
    }
}

impl Feature for Heat {
    const NAME: &'static str = "heat";
    const PHRASES: &'static [&'static [Phrase]] = &[&[
        Phrase {
            key: "heat.alert",
            zh: "🔥 <b>「{{ title }}」{% if topic %}的一个话题{% endif %}里聊得有点上火</b>\n\
                 近 10 分钟 {{ n }} 条消息，{{ speakers }} 个人在说\
                 {% if mean %}（平时每 10 分钟 {{ mean }} 条）{% endif %}；其中 {{ negative }} 条骂人或被点了 👎 一类的表情，\
                 出自 {{ people }} 个人。\n热度 {{ heat }}，到 {{ threshold }} 提醒。\
                 {% if link %}\n<a href=\"{{ link }}\">去看看</a>{% endif %}\
                 {% if card %}\n我已经在群里请大家好好说话。{% endif %}",
            en: "🔥 <b>\"{{ title }}\": a talk{% if topic %} in one topic{% endif %} is getting heated</b>\n\
                 {{ n }} messages of {{ speakers }} people in 10 minutes\
                 {% if mean %} (usually {{ mean }}){% endif %}; {{ negative }} of them are insults or met with 👎 and \
                 the like, from {{ people }} people.\nHeat {{ heat }}, told from {{ threshold }}.\
                 {% if link %}\n<a href=\"{{ link }}\">Have a look</a>{% endif %}\
                 {% if card %}\nI have asked the group to stay calm.{% endif %}",
            values: &[
                "title",
                "topic",
                "n",
                "speakers",
                "mean",
                "negative",
                "people",
                "heat",
                "threshold",
                "link",
                "card",
            ],
        },
        label(
            "heat.card",
            "🍵 聊得有点急了，大家先缓一缓。\n观点可以不同，请对事不对人：说说理由，听完对方，不骂人、不贴标签。需要帮忙就找管理员。",
            "🍵 This is getting heated; let's slow down a little.\nWe may disagree: please speak about the matter and not \
             the person, give reasons, hear each other out, and call nobody names. The staff are here to help.",
        ),
    ]];
    type Settings = Settings;
    type Rules = Settings;

    fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Settings {
        if !(0.1..=10.0).contains(&settings.threshold) {
            compile.wrong("threshold", "it lies between 0.1 and 10");
        }
        if !(10..=500).contains(&settings.least) {
            compile.wrong("least", "it lies between 10 and 500");
        }
        if !(Span::minutes(10)..=Span::days(7)).contains(&settings.cool_down) {
            compile.wrong("cool_down", "it lies between 10 minutes and seven days");
        }
        settings.clone()
    }

    async fn handle(rules: &Settings, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        if let Kind::Migrated { from, to } = event.kind {
            cx.tx.move_rows("heat_alert", &["topic"], from, to).await?;
        }
        let Some(chat) = event.chat.filter(|chat| cx.allowed && cx.role(*chat) == Role::Group) else {
            return Ok(Flow::On);
        };
        match &event.kind {
            Kind::Message(message) => heard(rules, cx, message).await?,
            Kind::Reaction(reaction) => reacted(rules, cx, chat, reaction, event.at).await?,
            _ => {}
        }
        Ok(Flow::On)
    }
}

async fn heard(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let Some(user) = message.author_id() else { return Ok(()) };
    let place = (message.chat.id, message.topic);
    // Whose words a forward repeats is not who writes here.
    let is_insult = message.forward.is_none() && insults::first(&Seen::read(&message.text)).is_some();
    let line = Line {
        message: message.id,
        at: message.date,
        user,
        album: message.album.clone(),
        is_insult,
        against: BTreeSet::new(),
        with: BTreeSet::new(),
    };
    cx.recent.talk.note(place, line);
    // Without a sign of anger it gets no hotter.
    if is_insult { feel(rules, cx, place, message.date).await } else { Ok(()) }
}

async fn reacted(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, reaction: &Reaction, at: Timestamp) -> Result<()> {
    let Some(user) = reaction.user.as_ref().filter(|user| !user.is_bot) else { return Ok(()) };
    let is_against = |emoji: &String| AGAINST.contains(&emoji.as_str());
    let (against, with) = (reaction.after.iter().any(is_against), reaction.after.iter().any(|it| !is_against(it)));
    match cx.recent.talk.react(chat, reaction.message, user.id, against, with) {
        Some(place) if against => feel(rules, cx, place, at).await,
        _ => Ok(()),
    }
}

/// Tells the staff when a place is hot.
async fn feel(rules: &Settings, cx: &mut Cx<'_>, place: Place, at: Timestamp) -> Result<()> {
    if cx.is_stale(at) {
        return Ok(());
    }
    let (lines, steps) = cx.recent.talk.lately(place, at);
    let figures = policy::figures(&lines, &steps);
    let Some(last) = lines.last().map(|line| line.message) else { return Ok(()) };
    if !figures.is_hot(Bounds { threshold: rules.threshold, least: rules.least }) || is_told(rules, cx, place).await? {
        return Ok(());
    }
    tell(rules, cx, place, &figures, last);
    Ok(())
}

/// Whether the staff have heard of this place lately. If not, they hear now.
async fn is_told(rules: &Settings, cx: &mut Cx<'_>, (chat, topic): Place) -> Result<bool> {
    let (now, topic) = (cx.now, topic.unwrap_or(0));
    let row: Option<(i64,)> = sqlx::query_as("SELECT told FROM heat_alert WHERE chat = $1 AND topic = $2")
        .bind(chat.0)
        .bind(topic)
        .fetch_optional(cx.tx.conn().await?)
        .await?;
    if row.is_some_and(|(told,)| now.since(Timestamp(told)) < rules.cool_down) {
        return Ok(true);
    }
    sqlx::query(
        "INSERT INTO heat_alert (chat, topic, told) VALUES ($1, $2, $3)
         ON CONFLICT (chat, topic) DO UPDATE SET told = excluded.told",
    )
    .bind(chat.0)
    .bind(topic)
    .bind(now.0)
    .execute(cx.tx.conn().await?)
    .await?;
    Ok(false)
}

fn tell(rules: &Settings, cx: &mut Cx<'_>, (chat, topic): Place, figures: &Figures, last: MessageId) {
    let one = |value: f64| format!("{value:.1}");
    if let Some(staff) = cx.staff_chat() {
        let values = context! {
            title => cx.chat(chat).map(|row| row.title.clone()),
            topic => topic.is_some(),
            n => figures.n,
            speakers => figures.speakers,
            mean => figures.mean.map(one),
            negative => figures.negative,
            people => figures.people,
            heat => one(figures.heat),
            threshold => one(rules.threshold),
            link => link(cx, chat, last),
            card => rules.card,
        };
        let text = cx.text("heat.alert", values);
        let name = MessageKey(format!("heat/{chat}/{}", last.0));
        cx.send(Class::Reply, Send { name: Some(name), ..Send::new(staff, text) });
    }
    if rules.card {
        let (text, deadline) = (cx.words("heat.card"), cx.now + Span::minutes(2));
        let name = MessageKey(format!("heat/card/{}", last.0));
        let send = Send { name: Some(name), topic, ..Send::new(chat, text) };
        cx.send(Class::Reply, send).deadline = Some(deadline);
    }
}

/// Where a message can be seen; basic groups have no such place.
fn link(cx: &Cx<'_>, chat: ChatId, message: MessageId) -> Option<String> {
    let row = cx.chat(chat)?;
    let place = match &row.username {
        Some(name) => name.clone(),
        None if row.kind == ChatKind::Supergroup => format!("c/{}", chat.0.to_string().strip_prefix("-100")?),
        None => return None,
    };
    Some(format!("https://t.me/{place}/{message}"))
}
