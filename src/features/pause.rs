//! `/pause` and `/resume`: staff stop everything the bot posts in a group, for a while or until further notice.
//!
//! What waits is called off, and nothing is made up for later: after `/resume` the group goes on with what comes next.
//! Ads are still removed and commands still answered.

use anyhow::Result;
use minijinja::context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Command, Feature, Flow, Who};
use crate::cx::{Compile, Cx, Phrase, Role};
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::{Asked, Press};
use crate::model::{ChatId, Class, Effect, Event, Kind, Lang, Message, Outgoing, Span, Text, Timestamp, Told};
use crate::store::chats::ChatRow;

/// A longer pause is no pause.
const LONGEST: Span = Span::days(365);
/// The reminder that ends a pause.
const RESUME: &str = "resume";

pub struct Pause;

/// `/pause` and `/resume`. There is nothing to set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {}

/// What is asked for.
#[derive(Clone, Copy)]
enum Wish {
    /// For so long; zero for until further notice.
    Pause(Span),
    Resume,
}

impl Feature for Pause {
    const NAME: &'static str = "pause";
    const COMMANDS: &'static [Command] = &[
        Command { name: "pause", who: Who::Staff, zh: "暂停定时消息和欢迎", en: "Pause posts and welcomes" },
        Command { name: "resume", who: Who::Staff, zh: "恢复定时消息和欢迎", en: "Resume posts and welcomes" },
    ];
    const PHRASES: &'static [&'static [Phrase]] = &[&[
        Phrase {
            key: "pause.paused",
            zh: "⏸ 「{{ title }}」已暂停{% if until %}到 {{ until }}{% endif %}。\n停下：定时消息、打卡提醒和汇总、欢迎，不会补发。\n\
                 照常：清理广告、回应命令。\n{% if until %}到时自动恢复，想提前就发 /resume。{% else %}\
                 发 /resume 恢复。{% endif %}",
            en: "⏸ \"{{ title }}\" is paused{% if until %} until {{ until }}{% endif %}.\nOn hold: scheduled \
                 posts, check-in reminders and summaries, welcomes; none is made up for.\nStill on: removing ads, answering commands.\n\
                 {% if until %}It resumes by itself; /resume ends it sooner.{% else %}Send /resume to go on.{% endif %}",
            values: &["title", "until"],
        },
        Phrase {
            key: "pause.resumed",
            zh: "▶️ 「{{ title }}」恢复了，从下一条定时消息开始照常发。",
            en: "▶️ \"{{ title }}\" has resumed, from the next post on.",
            values: &["title"],
        },
        Phrase {
            key: "pause.not_paused",
            zh: "「{{ title }}」没有暂停，一切照常。",
            en: "\"{{ title }}\" is not paused; all goes on as usual.",
            values: &["title"],
        },
        Phrase {
            key: "pause.over",
            zh: "这次暂停的时间已经过了，没有暂停。",
            en: "The time of that pause is already over, so nothing was paused.",
            values: &[],
        },
        Phrase {
            key: "pause.usage",
            zh: "用法：<code>/pause</code> 一直停到 /resume；<code>/pause 2h</code> 停两小时（也可以写 30分钟、1天，最长一年）。",
            en: "Usage: <code>/pause</code> stops until /resume; <code>/pause 2h</code> stops for two hours \
                 (or 30m, 1d; a year at most).",
            values: &[],
        },
        Phrase {
            key: "pause.which",
            zh: "{% if resume %}恢复哪个群？{% else %}暂停哪个群？{% endif %}",
            en: "{% if resume %}Resume which group?{% else %}Pause which group?{% endif %}",
            values: &["resume"],
        },
        Phrase {
            key: "pause.elsewhere",
            zh: "这个命令请在群里或运营群里用。",
            en: "Please use this command in the group or in the staff chat.",
            values: &[],
        },
        Phrase {
            key: "pause.no_groups", zh: "我还没有加入任何群。", en: "I am not in any group yet.", values: &[]
        },
    ]];
    type Settings = Settings;
    type Rules = ();

    fn compile(_: &Settings, _: &mut Compile<'_>) {}

    async fn handle((): &(), cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        let Some(chat) = event.chat.filter(|_| cx.allowed) else { return Ok(Flow::On) };
        match &event.kind {
            Kind::Message(message) | Kind::Told(Told::OrderSettled(Asked::Command(message))) => {
                asked(cx, message).await
            }
            Kind::Button(press) => pressed(cx, press, event.at).await,
            Kind::Due(due) if cx.due(event, RESUME).is_some() => {
                let staff = due.payload["staff"].as_bool().unwrap_or_default();
                let to = cx.staff_chat().filter(|_| staff).unwrap_or(chat);
                let topic = due.payload["topic"].as_i64();
                if let Some(row) = cx.chat(chat).filter(|row| row.paused.is_some()).cloned() {
                    let text = resume(cx, row).await?;
                    cx.send(Class::Reply, Send { topic, ..Send::new(to, text) });
                }
                Ok(Flow::On)
            }
            _ => Ok(Flow::On),
        }
    }
}

async fn asked(cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    let Some(command) = cx.command(message) else { return Ok(Flow::On) };
    let wish = match (command.name.as_str(), command.rest) {
        ("pause", "") => Some(Wish::Pause(Span::ZERO)),
        ("pause", length) => Span::parse(length)
            .filter(|span| (Span::ZERO..=LONGEST).contains(span) && *span != Span::ZERO)
            .map(Wish::Pause),
        ("resume", _) => Some(Wish::Resume),
        _ => return Ok(Flow::On),
    };
    if !cx.obeys(message).await? {
        return Ok(Flow::Stop);
    }
    let role = cx.role(message.chat.id);
    let text = match (role, wish) {
        (Role::Private, _) => cx.words("pause.elsewhere"),
        (_, None) => cx.words("pause.usage"),
        (_, Some(wish)) => {
            let groups = cx.groups_of(message.chat.id);
            match groups.as_slice() {
                [] => cx.words("pause.no_groups"),
                [group] => fulfil(cx, group.clone(), wish, message.date, role, message.topic).await?,
                groups => {
                    let send = choice(cx, message.chat.id, groups, wish);
                    cx.reply_with(message, send);
                    return Ok(Flow::Stop);
                }
            }
        }
    };
    cx.reply(message, text);
    Ok(Flow::Stop)
}

/// Asks which group is meant.
fn choice(cx: &Cx<'_>, chat: ChatId, groups: &[ChatRow], wish: Wish) -> Send {
    let text = cx.text("pause.which", context! { resume => matches!(wish, Wish::Resume) });
    let data = |group: ChatId| match wish {
        Wish::Pause(length) => format!("pause:on:{group}:{}", length.as_secs()),
        Wish::Resume => format!("pause:off:{group}"),
    };
    let keys = groups.iter().map(|row| vec![Key::press(&row.title, data(row.id))]);
    Send { keyboard: Keyboard(keys.collect()), ..Send::new(chat, text) }
}

async fn pressed(cx: &mut Cx<'_>, press: &Press, at: Timestamp) -> Result<Flow> {
    let number = |text: &str| text.parse::<i64>().ok();
    let wish = match (press.args("pause:on").as_deref(), press.args("pause:off").as_deref()) {
        (Some([group, secs]), _) => number(group).zip(number(secs)).map(|(group, secs)| {
            let length = Span::secs(secs.clamp(0, LONGEST.as_secs()));
            (ChatId(group), Wish::Pause(length))
        }),
        (_, Some([group])) => number(group).map(|group| (ChatId(group), Wish::Resume)),
        _ => None,
    };
    let Some((group, wish)) = wish else { return Ok(Flow::On) };
    let (here, group) = (press.chat.id, cx.current(group));
    let row = cx.chat(group).cloned();
    let Some(row) = row.filter(|row| row.is_live() && cx.role(row.id) == Role::Group) else { return Ok(Flow::On) };
    if !cx.may_steer(press, group).await? {
        return Ok(Flow::Stop);
    }
    let role = cx.role(here);
    let text = fulfil(cx, row, wish, at, role, None).await?;
    cx.answer(press, &Text::default(), false);
    let message = press.message.into();
    cx.emit(Class::Reply, Effect::Edit { chat: here, message, text, keyboard: Keyboard::default() });
    Ok(Flow::Stop)
}

/// Does it, and says what was done. `at` is when it was asked for: a pause whose end has passed meanwhile does nothing.
async fn fulfil(
    cx: &mut Cx<'_>,
    row: ChatRow,
    wish: Wish,
    at: Timestamp,
    role: Role,
    topic: Option<i64>,
) -> Result<Text> {
    let Wish::Pause(length) = wish else {
        return match row.paused {
            Some(_) => resume(cx, row).await,
            None => Ok(cx.text("pause.not_paused", context! { title => row.title })),
        };
    };
    let (chat, title) = (row.id, row.title.clone());
    let until = Some(at + length).filter(|_| length > Span::ZERO);
    if until.is_some_and(|until| until <= cx.now) {
        return Ok(cx.words("pause.over"));
    }
    cx.tx.withdraw_all(chat, Outgoing::is_posting).await?;
    match until {
        Some(until) => {
            let payload = serde_json::json!({ "staff": role == Role::Staff, "topic": topic });
            cx.remind(chat, RESUME, until, payload);
        }
        None => drop(cx.unremind(chat, RESUME).await?),
    }
    if row.paused.is_none() {
        cx.tx.put_chat(ChatRow { paused: Some(at), ..row }).await?;
        cx.tell(Some(chat), Told::Paused);
    }
    let until = until.map(|until| time(cx, until));
    Ok(cx.text("pause.paused", context! { title, until }))
}

async fn resume(cx: &mut Cx<'_>, row: ChatRow) -> Result<Text> {
    let (chat, title) = (row.id, row.title.clone());
    cx.unremind(chat, RESUME).await?;
    cx.tx.put_chat(ChatRow { paused: None, ..row }).await?;
    Ok(cx.text("pause.resumed", context! { title }))
}

fn time(cx: &Cx<'_>, at: Timestamp) -> String {
    let format = match cx.lang {
        Lang::Zh => "%-m月%-d日 %H:%M",
        Lang::En => "%-d %b, %H:%M",
    };
    at.local(cx.common.timezone.0).format(format).to_string()
}
