//! Ads and other offences: they go at once, and cost what the community's ladder says: a warning, a mute, the door.
//!
//! The staff see each case on a card and can take it back with one tap; members can appeal; strikes lapse. Staff are
//! never struck. Members report with `/report`; the staff have commands for everything by hand. In shadow mode all is
//! judged and shown to the staff, and nothing is done.

mod act;
mod allowed;
mod announce;
mod appeal;
mod banlist;
mod banned;
mod bearer;
mod card;
mod case;
mod channel;
mod copies;
mod figures;
mod files;
mod force;
mod hold;
mod ledger;
mod lessons;
mod offence;
mod opinion;
mod orders;
mod outcome;
mod phrases;
pub mod policy;
mod record;
mod report;
mod route;
mod settings;
mod target;
mod teach;
mod warn;
mod watch;
mod words;

use std::sync::Arc;

use anyhow::Result;

pub use settings::{Settings, Step, Suspects};

use super::{Command, Feature, Flow, Who};
use crate::cx::{Compile, Cx, Phrase, Role};
use crate::judge;
use crate::model::event::{Asked, Event, Press, Told};
use crate::model::{ChatId, CommunityId, Day, Kind, Message, Span, UserId};
use crate::store::{self, chats::ChatRow};

pub struct Strikes;

/// The settings, ready to judge by.
pub struct Rules {
    settings: Settings,
    judge: judge::Compiled,
    banned: Vec<Arc<banlist::BanList>>,
}

const fn command(name: &'static str, who: Who, zh: &'static str, en: &'static str) -> Command {
    Command { name, who, zh, en }
}

/// How a community's messages are judged, if they are.
pub fn judging(community: &super::Compiled) -> Option<&judge::Compiled> {
    Some(&community.strikes.as_ref()?.judge)
}

impl Feature for Strikes {
    const NAME: &'static str = "strikes";
    const PHRASES: &'static [&'static [Phrase]] = phrases::PHRASES;
    const OVERRIDABLE: &'static [&'static str] = &["shadow"];
    const COMMANDS: &'static [Command] = &[
        command(
            "report",
            Who::Everyone,
            "举报（回复那条消息，或写 @用户名 和原因）",
            "Report (reply to the message, or @name and why)",
        ),
        command("strikes", Who::Everyone, "查看违规记录", "My record of strikes"),
        command("warn", Who::Staff, "警告一次", "Warn: one strike"),
        command("unwarn", Who::Staff, "撤销一次警告", "Undo a strike"),
        command("mute", Who::Staff, "禁言，如 /mute 2h", "Mute, such as /mute 2h"),
        command("unmute", Who::Staff, "解除禁言", "Unmute"),
        command("kick", Who::Staff, "移出群聊", "Remove from the group"),
        command("ban", Who::Staff, "封禁", "Ban"),
        command("unban", Who::Staff, "解除封禁", "Lift a ban"),
        command("trust", Who::Staff, "信任某人", "Trust somebody"),
        command("untrust", Who::Staff, "取消信任", "Stop trusting somebody"),
        command("spam", Who::Staff, "这是广告：处理并记住", "An ad: deal with it and learn it"),
        command("ham", Who::Staff, "不是广告：撤销并记住", "Not an ad: undo and learn it"),
        command("taught", Who::Staff, "看看教过我什么", "What I was taught"),
        command("allowed", Who::Staff, "查看、修改放行的链接", "Links that are allowed"),
        command("unteach", Who::Staff, "撤回教过的一条", "Take a lesson back"),
    ];
    const FIGURES: Option<&'static str> = Some(figures::PAGE);
    type Settings = Settings;
    type Rules = Rules;

    fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Rules {
        settings.check(compile);
        let (judge, banned) = (files::judge(settings, compile), files::ban_lists(settings, compile));
        Rules { settings: settings.clone(), judge, banned }
    }

    async fn off(cx: &mut Cx<'_>, event: &Event) -> Result<()> {
        match (&event.kind, event.chat) {
            (Kind::Migrated { from, to }, _) => ledger::move_chat(cx.tx, *from, *to).await,
            (Kind::Told(Told::Forget { user }), _) => forget(cx, *user).await,
            (Kind::Due(_), Some(chat)) if cx.due(event, "tidy").is_some() => tidy(&Settings::default(), cx, chat).await,
            _ => Ok(()),
        }
    }

    async fn handle(rules: &Rules, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        if let Kind::Migrated { from, to } = event.kind {
            ledger::move_chat(cx.tx, from, to).await?;
        }
        if !cx.allowed {
            return Ok(Flow::On);
        }
        match &event.kind {
            Kind::Message(message) | Kind::Edited(message) => return heard(rules, cx, event, message).await,
            Kind::Button(press) | Kind::Told(Told::CardPressed(press)) => {
                return pressed(rules, cx, event, press).await;
            }
            Kind::Delivered(delivery) => {
                if let Some(chat) = event.chat {
                    outcome::delivered(rules, cx, chat, delivery).await?;
                }
            }
            Kind::Refused(refused) => {
                if let Some(chat) = event.chat {
                    outcome::refused(rules, cx, chat, refused).await?;
                }
            }
            Kind::Settings | Kind::Own(_) => {
                if let Some(chat) = event.chat.filter(|chat| cx.role(*chat) == Role::Group) {
                    remind_tidy(cx, chat);
                }
            }
            Kind::Due(due) => {
                let Some(chat) = event.chat else { return Ok(Flow::On) };
                if let Some(message) = cx.due(event, "warning") {
                    warn::overdue(rules, cx, chat, message, &due.payload).await?;
                } else if let Some(id) = cx.due(event, "held").and_then(|id| id.parse().ok()) {
                    hold::overdue(rules, cx, id).await?;
                } else if cx.due(event, "tidy").is_some() {
                    tidy(&rules.settings, cx, chat).await?;
                } else if let Some(community) = cx.due(event, "digest").and_then(|id| id.parse().ok()) {
                    card::digest(cx, chat, CommunityId(community)).await?;
                }
            }
            Kind::Told(Told::Offence { message, reason, measure, evidence }) => {
                let found = offence::Finding { message, reason, measure: *measure, evidence };
                offence::found(rules, cx, &found, event.at).await?;
            }
            Kind::Told(Told::Joined { user, .. }) => {
                if let Some(chat) = event.chat.filter(|chat| cx.role(*chat) == Role::Group) {
                    banned::joined(rules, cx, chat, user, event.at).await?;
                }
            }
            Kind::Told(Told::Opined { case, opinion }) => opinion::given(rules, cx, *case, opinion).await?,
            Kind::Told(Told::Appealed { user, strike }) => appeal::made(rules, cx, *user, *strike).await?,
            Kind::Told(Told::FiguresAsked { page, asked }) if page == figures::PAGE => {
                if let Some(chat) = event.chat {
                    figures::tell(cx, chat, asked).await?;
                }
            }
            Kind::Told(Told::OrderSettled(Asked::Command(message))) => {
                orders::heard(rules, cx, event, message).await?;
            }
            Kind::Told(Told::Ordered(message)) => orders::routed(rules, cx, event, message).await?,
            Kind::Told(Told::Forget { user }) => forget(cx, *user).await?,
            _ => {}
        }
        Ok(Flow::On)
    }
}

impl Rules {
    /// Whether members can appeal: somebody must be there to hear them.
    fn can_appeal(&self, cx: &Cx<'_>) -> bool {
        self.settings.appeals && cx.staff_chat().is_some()
    }
}

async fn heard(rules: &Rules, cx: &mut Cx<'_>, event: &Event, message: &Message) -> Result<Flow> {
    if message.service.is_some() {
        return Ok(Flow::On);
    }
    let in_group = cx.role(message.chat.id) == Role::Group;
    if in_group && banned::wrote(rules, cx, message).await? == Flow::Stop {
        return Ok(Flow::Stop);
    }
    if in_group && watch::heard(rules, cx, event, message).await? == Flow::Stop {
        return Ok(Flow::Stop);
    }
    orders::heard(rules, cx, event, message).await
}

/// Buttons of this feature are `strikes:<verb>:<case>`.
async fn pressed(rules: &Rules, cx: &mut Cx<'_>, event: &Event, press: &Press) -> Result<Flow> {
    let Some(args) = press.args("strikes") else { return Ok(Flow::On) };
    match (args.as_slice(), args.get(1).and_then(|id| id.parse::<i64>().ok())) {
        (["appeal", _], Some(id)) => {
            let key = appeal::asked(rules, cx, press.user.id, id).await?;
            let text = cx.words(key);
            cx.answer(press, &text, true);
        }
        (["in", order, group], _) => {
            let group = ChatId(group.parse().unwrap_or_default());
            route::chosen(cx, event, press, order, group).await?;
        }
        ([verb, _], Some(id)) => card::pressed(rules, cx, event, press, verb, id).await?,
        _ => {
            let text = cx.words("strikes.gone");
            cx.answer(press, &text, true);
        }
    }
    Ok(Flow::Stop)
}

/// When the rows are tidied: an hour at which little else happens.
const TIDY_AT: chrono::NaiveTime = chrono::NaiveTime::from_hms_opt(4, 20, 0).expect("04:20 is a time of day");

fn remind_tidy(cx: &mut Cx<'_>, chat: ChatId) {
    if !cx.chat(chat).is_some_and(ChatRow::is_live) {
        return;
    }
    let zone = cx.common.timezone.0;
    let next = Day::of(cx.now, zone, TIDY_AT).plus(1).begins(zone, TIDY_AT);
    cx.remind(chat, "tidy", next, serde_json::Value::Null);
}

/// Removes evidence past its time, and what only mattered for a while.
async fn tidy(settings: &Settings, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    let worded = ledger::worded(cx.tx, cx.community, cx.now - settings.keep_evidence).await?;
    for case in worded.into_iter().filter(|case| !case.is_held()) {
        ledger::put(cx.tx, &case.without_words()).await?;
    }
    ledger::tidy(cx.tx, cx.community, cx.now - Span::days(3)).await?;
    store::lessons::tidy(cx.tx, cx.community, cx.now - settings.keep_taught).await?;
    remind_tidy(cx, chat);
    Ok(())
}

/// What somebody did lately is kept this long even where it no longer counts: asking to be forgotten erases no traces.
const LATELY: Span = Span::days(30);

/// Forgets a person, save what protects others: strikes and bans in force, cases nobody has decided yet, and what happened
/// lately. Of those the person's words go.
async fn forget(cx: &mut Cx<'_>, user: UserId) -> Result<()> {
    for case in ledger::of_user(cx.tx, cx.community, user).await? {
        let stands = case.is_open()
            || cx.now.since(case.at) < LATELY
            || case.is_in_force(cx.now)
            || case.act().is_some_and(|act| policy::hold(&[act], cx.now) != policy::Hold::Free);
        if stands {
            ledger::put(cx.tx, &case.without_words()).await?;
        } else {
            ledger::drop_case(cx.tx, &case).await?;
        }
    }
    store::lessons::forget(cx.tx, cx.community, user).await?;
    allowed::forget(cx.tx, cx.community, user).await?;
    ledger::forget_reports(cx.tx, cx.community, user).await
}
