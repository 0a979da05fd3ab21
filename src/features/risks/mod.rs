//! The risk watch: more people than usual come, leave, post links or are reported, the staff have fallen silent, a right is
//! gone. The staff are told, with figures; nothing is done by it. `/risks` shows how it stands.
//!
//! Signs are counted by the hour in which they happened; a backlog is counted and raises no alarm.

mod alert;
mod hours;
mod phrases;
mod policy;
mod rows;
mod settings;
mod show;
mod silence;
mod watch;

use anyhow::Result;

pub use settings::Settings;

use super::{Command, Feature, Flow, Who};
use crate::cx::{Compile, Cx, Phrase, Role};
use crate::model::event::{Asked, Told};
use crate::model::{ChatId, Event, Kind, Message, Right, Rights, Sender};
use crate::store::chats::ChatRow;
use crate::store::series::{self, Sign};

pub struct Risks;

impl Feature for Risks {
    const NAME: &'static str = "risks";
    const PHRASES: &'static [&'static [Phrase]] = &[phrases::PHRASES];
    const COMMANDS: &'static [Command] =
        &[Command { name: "risks", who: Who::Staff, zh: "群里有没有异常", en: "Is anything unusual here" }];
    type Settings = Settings;
    type Rules = Settings;

    fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Settings {
        settings.check(compile);
        settings.clone()
    }

    async fn handle(rules: &Settings, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        if let Kind::Migrated { from, to } = event.kind {
            cx.tx.move_rows("risk_alert", &["what"], from, to).await?;
            cx.tx.move_rows("risk_heard", &[], from, to).await?;
        }
        let Some(chat) = event.chat.filter(|_| cx.allowed) else { return Ok(Flow::On) };
        if let Kind::Message(message) | Kind::Told(Told::OrderSettled(Asked::Command(message))) = &event.kind
            && show::asked(rules, cx, message).await? == Flow::Stop
        {
            return Ok(Flow::Stop);
        }
        if cx.role(chat) != Role::Group {
            return Ok(Flow::On);
        }
        match &event.kind {
            Kind::Message(message) => heard(rules, cx, message).await?,
            Kind::Told(Told::Joined { user, .. }) if !user.is_bot => {
                watch::seen(rules, cx, chat, Sign::Joins, event.at);
            }
            Kind::Told(Told::Left { removed, .. }) => {
                let sign = if *removed { Sign::Removals } else { Sign::Leaves };
                watch::seen(rules, cx, chat, sign, event.at);
            }
            Kind::Told(Told::Struck { .. }) => watch::seen(rules, cx, chat, Sign::Strikes, event.at),
            Kind::Told(Told::Reported) => {
                series::add(cx.tx.conn().await?, chat, Sign::Reports, event.at).await?;
                watch::seen(rules, cx, chat, Sign::Reports, event.at);
            }
            Kind::Told(Told::RightsChanged { before, after }) => rights_are(cx, chat, *before, *after).await?,
            Kind::Settings | Kind::Own(_) => {
                watch::begin(cx, chat).await?;
                silence::begin(rules, cx, chat).await?;
            }
            Kind::Due(_) if cx.due(event, "silent").is_some() => silence::look(rules, cx, chat, event.at).await?,
            Kind::Due(due) => {
                if let Some(sign) = cx.due(event, "look").and_then(named) {
                    watch::look(rules, cx, chat, sign, &due.payload).await?;
                } else if let Some(sign) = cx.due(event, "roll").and_then(named) {
                    watch::roll(rules, cx, chat, sign, event.at).await?;
                }
            }
            _ => {}
        }
        Ok(Flow::On)
    }
}

fn named(word: &str) -> Option<Sign> {
    Sign::ALL.into_iter().find(|sign| sign.word() == word)
}

async fn heard(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let chat = message.chat.id;
    if message.sender == Sender::AnonymousAdmin && message.service.is_none() {
        return rows::heard(cx.tx.conn().await?, chat, message.date).await;
    }
    let Some(user) = message.author_id().filter(|_| has_link(message)) else { return Ok(()) };
    if !cx.is_staff(chat, user).await? {
        series::add(cx.tx.conn().await?, chat, Sign::Links, message.date).await?;
        watch::seen(rules, cx, chat, Sign::Links, message.date);
    }
    Ok(())
}

fn has_link(message: &Message) -> bool {
    message.entities.iter().any(|entity| matches!(entity.kind.as_str(), "url" | "text_link"))
        || message.buttons.iter().any(|button| button.url.is_some())
}

/// Keeps which rights are lost; staff have heard of it in other words.
async fn rights_are(cx: &mut Cx<'_>, chat: ChatId, before: Rights, after: Rights) -> Result<()> {
    for right in Right::ALL {
        let what = rows::right(right);
        if before.has(right) && !after.has(right) {
            let alert = rows::Alert { told: cx.now, n: 0, over: None };
            rows::put(cx.tx.conn().await?, chat, &what, alert).await?;
        } else if after.has(right) && !before.has(right) {
            let now = cx.now;
            rows::end(cx.tx.conn().await?, chat, &what, now).await?;
        }
    }
    Ok(())
}

fn is_watched(cx: &Cx<'_>, chat: ChatId) -> bool {
    cx.role(chat) == Role::Group && cx.chat(chat).is_some_and(ChatRow::is_live)
}
