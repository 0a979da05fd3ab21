//! The bot comes to a group: it introduces itself, says which rights it lacks and what each is for, and keeps that one
//! message up to date until it has them. Later it tells staff when a right is taken away and when it is back.
//!
//! Groups it does not serve it leaves politely. `/help`, `/id` and `/rights` are answered here, and the menus of
//! commands set.

mod losses;
mod menu;
mod phrases;
mod presence;
mod stranger;
mod talk;
mod trouble;

use anyhow::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Command, Feature, Flow, Who};
use crate::cx::{Compile, Cx, Phrase, Role};
use crate::model::effect::Question;
use crate::model::event::{Answer, Asked, Told, Why};
use crate::model::message::Service;
use crate::model::{Event, Kind, Right, Rights};

pub struct Arrival;

/// The bot's introduction and the rights it asks for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Rights it asks a group's administrators for, besides being one of them. Default: `["delete", "restrict", "pin"]`.
    pub rights: Vec<Right>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rights: vec![Right::Delete, Right::Restrict, Right::Pin] }
    }
}

impl Settings {
    /// What it needs to be of use in a chat.
    fn wanted(&self, role: Role) -> Rights {
        let always = [Right::Send, Right::Admin].into_iter();
        match role {
            Role::Group => always.chain(self.rights.iter().copied()).collect(),
            Role::Staff | Role::Private => always.collect(),
        }
    }

    /// What of it is not there.
    fn lacking(&self, role: Role, rights: Rights) -> Rights {
        self.wanted(role).iter().filter(|right| !rights.has(*right)).collect()
    }
}

/// Every command there is, with the feature it belongs to.
fn commands() -> impl Iterator<Item = (&'static str, &'static Command)> {
    super::commands()
}

impl Feature for Arrival {
    const NAME: &'static str = "arrival";
    const PHRASES: &'static [&'static [Phrase]] = &[phrases::PHRASES];
    const COMMANDS: &'static [Command] = &[
        Command { name: "help", who: Who::Everyone, zh: "我能做什么", en: "What I can do" },
        Command { name: "id", who: Who::Staff, zh: "查看群 ID", en: "This group's id" },
        Command { name: "rights", who: Who::Staff, zh: "检查我的权限和状态", en: "Check my rights and state" },
    ];
    type Settings = Settings;
    type Rules = Settings;

    fn compile(settings: &Settings, _: &mut Compile<'_>) -> Settings {
        settings.clone()
    }

    async fn handle(rules: &Settings, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        match &event.kind {
            Kind::Started { from } => {
                menu::look_soon(cx);
                presence::was_away(cx, *from, event.at).await?;
                stranger::forget_old(cx, event.at).await?;
            }
            Kind::Settings => menu::look_soon(cx),
            Kind::Due(_) if cx.due(event, "menus").is_some() => menu::offer(cx).await?,
            Kind::Delivered(delivery) if event.chat.is_none() => menu::given(cx, &delivery.note).await?,
            _ => {}
        }
        let Some(chat) = event.chat else { return Ok(Flow::On) };
        match &event.kind {
            Kind::Message(message) if chat.is_private() => return talk::heard(rules, cx, message).await,
            Kind::Hindered(hindrance) => trouble::hindered(cx, chat, hindrance).await?,
            _ if chat.is_private() => {}
            _ if !cx.allowed => stranger::noticed(cx, event).await?,
            Kind::Own(change) => presence::own(rules, cx, event.at, change).await?,
            Kind::Message(message) => {
                match &message.service {
                    Some(Service::Joined(users)) => trouble::announced(cx, message, users),
                    Some(_) => {}
                    None => presence::heard(cx, message).await?,
                }
                return talk::heard(rules, cx, message).await;
            }
            Kind::Told(Told::OrderSettled(Asked::Command(message))) => return talk::heard(rules, cx, message).await,
            Kind::Migrated { from, to } => presence::moved(cx, *from, *to).await?,
            Kind::Due(due) if cx.due(event, "announced").is_some() => trouble::compare(cx, chat, &due.payload).await?,
            Kind::Told(Told::RightMissed { right }) => losses::missed(rules, cx, chat, *right).await?,
            Kind::Delivered(_) => presence::spoke(rules, cx, chat).await?,
            Kind::Refused(refused) => match refused.why {
                Why::NoRights => losses::refused(rules, cx, chat, &refused.method).await?,
                Why::ChatGone => presence::shut_out(cx, chat).await?,
                Why::ChatUnknown if refused.note == presence::ASKED => presence::shut_out(cx, chat).await?,
                Why::ChatUnknown => presence::doubt(cx, chat).await?,
                Why::NotFound if refused.note == presence::UPDATE => presence::introduce(rules, cx, chat).await?,
                _ => {}
            },
            Kind::Answer { question: Question::Member(_, user), answer: Answer::Member { status, rights, .. } }
                if *user == cx.me.id =>
            {
                presence::answered(rules, cx, chat, *status, *rights).await?;
            }
            Kind::Answer { answer: Answer::Admins(admins), .. } => {
                let own = admins.iter().find(|admin| admin.user.id == cx.me.id);
                presence::listed(rules, cx, chat, own).await?;
            }
            _ => {}
        }
        Ok(Flow::On)
    }
}
