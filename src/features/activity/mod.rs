//! What people did: every interaction is logged once, without a word of what was said. Members see their own part with
//! `/me`, staff see the group's with `/stats`.
//!
//! Logging costs a message no SQL: rows are collected and written with the batch.

mod count;
mod holes;
mod pages;
mod stats;

use anyhow::Result;
use minijinja::context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Command, Feature, Flow, Who, figures};
use crate::cx::{Compile, Cx, Phrase, Role, label};
use crate::model::effect::{Keyboard, Question, Send};
use crate::model::event::{Answer, Asked, Told};
use crate::model::rotation::fingerprint;
use crate::model::{ChatId, Class, CommunityId, Day, Effect, Event, Kind, Message, Sender, Span, Text, UserId};
use crate::store::activity::{self, Deed, DeedKind};
use crate::store::chats::ChatRow;
use count::{Caps, Weights};

/// How long `/me` stays in a group.
const OWN_KEPT: Span = Span::secs(60);
/// How long `/stats` stays in a group.
const STATS_KEPT: Span = Span::minutes(5);
/// The days `/me` looks back, today among them.
const WINDOW: i64 = 30;

pub struct Activity;

/// What counts as taking part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// A message shorter than this counts only when it carries media. Default: 2.
    pub min_chars: usize,
    /// What one interaction of each kind is worth.
    pub weights: Weights,
    /// How many interactions of each kind count for one person on one day.
    pub caps: Caps,
}

impl Default for Settings {
    fn default() -> Self {
        Self { min_chars: 2, weights: Weights::default(), caps: Caps::default() }
    }
}

impl Feature for Activity {
    const NAME: &'static str = "activity";
    const PHRASES: &'static [&'static [Phrase]] = &[&[
        Phrase {
            key: "activity.me",
            zh: "{{ name }} · 来到这里{% if since_known %}的第 {{ days }} 天{% else %}至少 {{ days }} 天{% endif %}\n\
                 近 30 天：发言 {{ messages }} 条，活跃 {{ active_days }} 天，打卡 {{ checkins }} 次\
                 {% if streak %}（{{ streak }}）{% endif %}{% if holes %}\n{{ holes }}{% endif %}",
            en: "{{ name }} · {% if since_known %}day {{ days }} here{% else %}here for at least {{ days }} \
                 day{{ \"\" if days == 1 else \"s\" }}{% endif %}\n\
                 Last 30 days: {{ messages }} message{{ \"\" if messages == 1 else \"s\" }}, active on \
                 {{ active_days }} day{{ \"\" if active_days == 1 else \"s\" }}, {{ checkins }} \
                 check-in{{ \"\" if checkins == 1 else \"s\" }}{% if streak %} ({{ streak }}){% endif %}\
                 {% if holes %}\n{{ holes }}{% endif %}",
            values: OWN_VALUES,
        },
        Phrase {
            key: "activity.me_full",
            zh: "<b>{{ community }}</b>\n\
                 {{ name }} · 来到这里{% if since_known %}的第 {{ days }} 天{% else %}至少 {{ days }} 天（我来的时候你已经在了）\
                 {% endif %}\n\n近 30 天\n\
                 · 活跃 {{ active_days }} 天\n· 发言 {{ messages }} 条\n· 表情回应 {{ reactions }} 次\n\
                 · 投票 {{ votes }} 次\n· 打卡 {{ checkins }} 次{% if streak %}（{{ streak }}）{% endif %}\n\
                 {% if strikes %}· 收到警告 {{ strikes }} 次\n{% endif %}\
                 · 互动值 {{ points }}（每类互动每天计入有上限）{% if holes %}\n{{ holes }}{% endif %}\n\n\
                 平时聊天的内容我不保存，只记次数；被举报、被删掉、疑似广告，或者管理员标记为“是广告”“不是广告”的消息会留下内容。\
                 想看全部记录，发 /mydata",
            en: "<b>{{ community }}</b>\n\
                 {{ name }} · {% if since_known %}day {{ days }} here{% else %}here for at least {{ days }} \
                 day{{ \"\" if days == 1 else \"s\" }} (you were here before me){% endif %}\n\nLast 30 days\n\
                 · days active: {{ active_days }}\n· messages: {{ messages }}\n· reactions: {{ reactions }}\n\
                 · votes: {{ votes }}\n· check-ins: {{ checkins }}{% if streak %} ({{ streak }}){% endif %}\n\
                 {% if strikes %}· strikes: {{ strikes }}\n{% endif %}\
                 · interaction score: {{ points }} (each kind counts up to a limit a day){% if holes %}\n{{ holes }}{% endif %}\n\n\
                 I don't keep what you say in chats, only counts, except for messages that were reported, \
                 removed, looked at as possible advertising, or marked by the team as an ad or not one. /mydata shows everything on record.",
            values: OWN_VALUES,
        },
        Phrase {
            key: "activity.stranger",
            zh: "我还没在群里见过你。进群说句话，再来看看吧。",
            en: "I haven't met you in a group yet. Say something there, then ask me again.",
            values: &[],
        },
        label(
            "activity.gone",
            "你已经不在群里了。我这里还留着哪些你的记录，发 /mydata 就能看到。",
            "You are no longer in the group. /mydata shows what I still have on record about you.",
        ),
        Phrase {
            key: "activity.only_people",
            zh: "匿名身份和频道身份没有个人记录，换成自己的身份再发一次吧。",
            en: "Only people have a record of their own: please write as yourself.",
            values: &[],
        },
        Phrase {
            key: "activity.stats",
            zh: "<b>{{ community }}</b> · {{ date }}\n<pre>{{ table }}</pre>\n\
                 今天和本周算到 {{ time }}；对比昨天全天和上周同期（到同一个星期几）。\
                 「发言率」是每天发言人数占群人数的比例，多天取平均。{% if holes %}\n{{ holes }}{% endif %}",
            en: "<b>{{ community }}</b> · {{ date }}\n<pre>{{ table }}</pre>\n\
                 Today and this week until {{ time }}; against all of yesterday, and last week up to the same weekday. \
                 \"Talked %\" is the share of members who spoke on a day, averaged over days.\
                 {% if holes %}\n{{ holes }}{% endif %}",
            values: &["community", "date", "time", "table", "holes"],
        },
        Phrase {
            key: "activity.holes",
            zh: "⚠️ 其中 {{ times | join('、') }} {% if more %}等时段{% endif %}我没能看全群里的动静，数字可能偏少。",
            en: "⚠️ From {{ times | join(', ') }}{% if more %} and at earlier times{% endif %} I could not see \
                 everything; the figures may be too low.",
            values: &["times", "more"],
        },
        label("activity.col_today", "今天", "Today"),
        label("activity.col_yesterday", "昨天", "Yest."),
        label("activity.col_week", "本周", "Week"),
        label("activity.col_last_week", "上周", "Last"),
        label("activity.row_joined", "新加入", "Joined"),
        label("activity.row_returned", "回归", "Returned"),
        label("activity.row_left", "退群", "Left"),
        label("activity.row_removed", "移出", "Removed"),
        label("activity.row_net", "净增", "Net"),
        label("activity.row_speakers", "发言人数", "Talked"),
        label("activity.row_rate", "发言率", "Talked %"),
        label("activity.row_messages", "消息", "Messages"),
        label("activity.row_points", "互动值", "Score"),
        label("activity.row_checkins", "打卡", "Check-ins"),
        label("activity.row_strikes", "警告", "Strikes"),
        pages::FIGURES,
        pages::USAGE,
        label("activity.overview", "概览", "Overview"),
        label("activity.period_1", "今天", "Today"),
        label("activity.period_7", "近 7 天", "7 days"),
        label("activity.period_30", "近 30 天", "30 days"),
    ]];
    const COMMANDS: &'static [Command] = &[
        Command { name: "me", who: Who::Everyone, zh: "我的参与情况", en: "How I am doing here" },
        Command {
            name: "stats", who: Who::Staff, zh: "今天和本周的数据", en: "Today and this week in numbers"
        },
    ];
    type Settings = Settings;
    type Rules = Settings;

    fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Settings {
        for kind in DeedKind::ALL {
            let Some((weight, cap)) = count::worth(kind, &settings.weights, &settings.caps) else { continue };
            if !(0.0..=1000.0).contains(&weight) {
                compile.wrong(&format!("weights.{}", kind.word()), "a weight lies between 0 and 1000");
            }
            if cap < 1 {
                let reason = "a cap is at least 1; a weight of 0 makes a kind count for nothing";
                compile.wrong(&format!("caps.{}", kind.word()), reason);
            }
        }
        settings.clone()
    }

    async fn handle(rules: &Settings, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        let Some(chat) = event.chat.filter(|_| cx.allowed) else { return Ok(Flow::On) };
        match &event.kind {
            Kind::Message(message) => return heard(rules, cx, event, message).await,
            Kind::Reaction(reaction) if count::gives(reaction) => {
                if let Some(user) = reaction.user.as_ref().filter(|user| !user.is_bot) {
                    log(rules, cx, event, DeedKind::Reaction, reaction.message.0, user.id);
                }
            }
            Kind::Vote(vote) if count::votes(vote) => {
                if let Some(user) = vote.user.as_ref().filter(|user| !user.is_bot) {
                    log(rules, cx, event, DeedKind::Vote, fingerprint(&vote.poll), user.id);
                }
            }
            Kind::Told(Told::StrikesUndone { user, strikes }) => {
                let (community, zone) = (cx.community, cx.common.timezone.0);
                let day_of = |at| Day::of(at, zone, chrono::NaiveTime::MIN);
                for strike in strikes {
                    activity::take_back(cx.tx, community, DeedKind::Strike, *strike, *user, day_of).await?;
                }
            }
            Kind::Button(press) | Kind::Told(Told::OrderSettled(Asked::Button(press))) => {
                return pages::pressed(rules, cx, press).await;
            }
            Kind::Told(Told::OrderSettled(Asked::Command(message))) => return commanded(rules, cx, message).await,
            Kind::Told(Told::Figures { page, asked, figures }) => pages::show(cx, page, asked, figures).await?,
            Kind::Settings => count_heads(cx, chat),
            Kind::Own(change) if change.after.is_in() => count_heads(cx, chat),
            Kind::Due(_) if cx.due(event, "headcount").is_some() => count_heads(cx, chat),
            Kind::Answer { question: Question::Count(chat), answer: Answer::Count(n) } => {
                // The bot itself is among them.
                let day = cx.day(event.at);
                cx.tx.keep_headcount(*chat, day, n - 1).await?;
            }
            _ => {}
        }
        Ok(Flow::On)
    }
}

const OWN_VALUES: &[&str] = &[
    "community",
    "name",
    "days",
    "since_known",
    "active_days",
    "messages",
    "reactions",
    "votes",
    "checkins",
    "streak",
    "strikes",
    "points",
    "holes",
];

/// `/me` and `/stats`.
async fn commanded(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    let Some(command) = cx.command(message) else { return Ok(Flow::On) };
    match command.name.as_str() {
        "me" => show_own(rules, cx, message).await?,
        "stats" => show_stats(rules, cx, message, command.rest).await?,
        _ => return Ok(Flow::On),
    }
    Ok(Flow::Stop)
}

async fn heard(rules: &Settings, cx: &mut Cx<'_>, event: &Event, message: &Message) -> Result<Flow> {
    if commanded(rules, cx, message).await? == Flow::Stop {
        return Ok(Flow::Stop);
    }
    if let Some(user) = message.author().filter(|_| count::says_something(message, rules.min_chars)) {
        // The parts of an album are one message to those who see it; below zero no message has its number.
        let reference = message.album.as_ref().map_or(message.id.0, |album| fingerprint(album) | i64::MIN);
        log(rules, cx, event, DeedKind::Message, reference, user.id);
    }
    Ok(Flow::On)
}

fn log(rules: &Settings, cx: &mut Cx<'_>, event: &Event, kind: DeedKind, reference: i64, user: UserId) {
    let Some(chat) = event.chat.filter(|chat| cx.role(*chat) == Role::Group) else { return };
    let Some((weight, _)) = count::worth(kind, &rules.weights, &rules.caps) else { return };
    let (community, day) = (cx.community, cx.day(event.at));
    cx.tx.log(Deed { community, chat, kind, reference, user, at: event.at, day, weight });
}

/// Asks how many people are in the chat, now and at the next midnight.
fn count_heads(cx: &mut Cx<'_>, chat: ChatId) {
    if cx.role(chat) == Role::Group && cx.chat(chat).is_some_and(ChatRow::is_live) {
        cx.emit(Class::Question, Effect::Ask(Question::Count(chat)));
        let midnight = cx.day(cx.now).plus(1).begins(cx.common.timezone.0, chrono::NaiveTime::MIN);
        cx.remind(chat, "headcount", midnight, serde_json::Value::Null);
    }
}

async fn show_own(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let private = cx.role(message.chat.id) == Role::Private;
    let Some(user) = message.author() else {
        if matches!(message.sender, Sender::AnonymousAdmin | Sender::Channel(_)) {
            let text = cx.words("activity.only_people");
            answer(cx, message, text, Keyboard::default(), Some(OWN_KEPT));
        }
        return Ok(());
    };
    let memberships = cx.tx.memberships(user.id).await?;
    let (here, gone): (Vec<_>, Vec<_>) = memberships
        .iter()
        .filter(|member| cx.role(member.chat) == Role::Group)
        .filter(|member| cx.chat(member.chat).is_some_and(|row| row.community == cx.community))
        .partition(|member| member.status.is_in());
    let Some(since) = here.iter().map(|member| member.joined.unwrap_or(member.first_seen)).min() else {
        let was_here = gone.iter().any(|member| member.left.is_some());
        let text = cx.words(if was_here { "activity.gone" } else { "activity.stranger" });
        answer(cx, message, text, Keyboard::default(), (!private).then_some(OWN_KEPT));
        return Ok(());
    };
    // Who was there before the bot could see it was there before the first join it saw, too.
    let since_known = here.iter().all(|member| member.joined.is_some());
    let today = cx.day(cx.now);
    let days = today.0 - cx.day(since).0 + 1;
    let rows = activity::days_of(cx.tx.settled().await?, cx.community, user.id, today.plus(1 - WINDOW), today).await?;
    let rows: Vec<(i64, DeedKind, i64)> = rows
        .into_iter()
        .filter_map(|(day, kind, n)| Some((day, DeedKind::ALL.into_iter().find(|known| *known as i64 == kind)?, n)))
        .collect();
    let total = |wanted: DeedKind| rows.iter().filter(|row| row.1 == wanted).map(|row| row.2).sum::<i64>();
    let mut active: Vec<i64> = rows.iter().filter(|row| row.1.is_interaction() && row.2 > 0).map(|row| row.0).collect();
    active.dedup();
    let begin = today.plus(1 - WINDOW).begins(cx.common.timezone.0, chrono::NaiveTime::MIN).max(since);
    let chats: Vec<ChatId> = here.iter().map(|member| member.chat).collect();
    let holes = holes::told(cx, &chats, begin).await?;
    let counted: Vec<(DeedKind, i64)> = rows.iter().map(|row| (row.1, row.2)).collect();
    let values = context! {
        community => &cx.common.name,
        name => cx.shown_name(&user.name),
        days,
        since_known,
        active_days => active.len(),
        messages => total(DeedKind::Message),
        reactions => total(DeedKind::Reaction),
        votes => total(DeedKind::Vote),
        checkins => total(DeedKind::CheckIn),
        streak => cx.added("streak"),
        strikes => total(DeedKind::Strike),
        points => stats::rounded(count::points(&counted, &rules.weights, &rules.caps)),
        holes,
    };
    let key = if private { "activity.me_full" } else { "activity.me" };
    let text = cx.text(key, values);
    answer(cx, message, text, Keyboard::default(), (!private).then_some(OWN_KEPT));
    Ok(())
}

async fn show_stats(rules: &Settings, cx: &mut Cx<'_>, message: &Message, page: &str) -> Result<()> {
    let role = cx.role(message.chat.id);
    if !cx.obeys(message).await? {
        return Ok(());
    }
    if cx.community == CommunityId(0) {
        let text = cx.words("activity.stranger");
        cx.reply(message, text);
        return Ok(());
    }
    if !page.is_empty() {
        pages::asked(cx, message, page);
        return Ok(());
    }
    let (text, keyboard) = (stats::text(rules, cx).await?, pages::buttons(cx, message.chat.id, None));
    answer(cx, message, text, keyboard, (role == Role::Group).then_some(STATS_KEPT));
    Ok(())
}

fn answer(cx: &mut Cx<'_>, message: &Message, text: Text, keyboard: Keyboard, kept: Option<Span>) {
    let send = Send { keyboard, ..Send::new(message.chat.id, text) };
    match kept {
        Some(kept) => cx.reply_briefly(message, send, kept),
        None => {
            cx.reply_with(message, send);
        }
    }
}
