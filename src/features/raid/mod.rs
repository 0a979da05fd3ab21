//! Raid mode: while many join at once, or staff say so, newcomers may not write and are not welcomed. It always ends, and
//! who did nothing wrong is freed by itself. Nobody is banned by it.

mod card;
mod orders;
mod phrases;
mod policy;
mod rows;
mod watch;

use anyhow::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Command, Feature, Flow, Who};
use crate::cx::{Compile, Cx, Phrase, Role};
use crate::model::event::{Asked, Told};
use crate::model::person::Passage;
use crate::model::{ChatId, Class, Day, Effect, Event, Kind, Message, Span, UserId};
use crate::store::chats::ChatRow;
use rows::Held;

pub struct RaidMode;

/// Raid mode: what happens when many join at once. `/raid on` and `/raid off` work at any time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether it begins by itself. Default: true.
    pub automatic: bool,
    /// So many who join `within` are a raid, unless that hour of the week usually sees as many. Default: 15.
    pub joins: i64,
    /// See `joins`. Default: `5m`.
    #[schemars(extend("examples" = ["5m"]))]
    pub within: Span,
    /// So many who join `within` are a raid, however usual. Default: 50.
    pub hard_limit: i64,
    /// How long raid mode lasts after many have joined for the last time. Default: `30m`.
    #[schemars(extend("examples" = ["30m"]))]
    pub lasts: Span,
}

impl Default for Settings {
    fn default() -> Self {
        Self { automatic: true, joins: 15, within: Span::minutes(5), hard_limit: 50, lasts: Span::minutes(30) }
    }
}

impl Feature for RaidMode {
    const NAME: &'static str = "raid";
    const PHRASES: &'static [&'static [Phrase]] = &[phrases::PHRASES];
    const COMMANDS: &'static [Command] =
        &[Command {
            name: "raid", who: Who::Staff, zh: "防护模式：/raid on、/raid off", en: "Raid mode: on, off"
        }];
    type Settings = Settings;
    type Rules = Settings;

    fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Settings {
        if settings.joins < 3 {
            compile.wrong("joins", "fewer than 3 people are no raid");
        }
        if settings.hard_limit < settings.joins {
            compile.wrong("hard_limit", format!("it is at least `joins`, which is {}", settings.joins));
        }
        if !(Span::secs(30)..=Span::hours(1)).contains(&settings.within) {
            compile.wrong("within", "it lies between 30 seconds and an hour");
        }
        if !(orders::LENGTHS.0..=orders::LENGTHS.1).contains(&settings.lasts) {
            compile.wrong("lasts", "it lies between 5 minutes and 24 hours");
        }
        settings.clone()
    }

    async fn off(cx: &mut Cx<'_>, event: &Event) -> Result<()> {
        keep_house(cx, event).await
    }

    async fn handle(rules: &Settings, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        keep_house(cx, event).await?;
        let Some(chat) = event.chat.filter(|_| cx.allowed) else { return Ok(Flow::On) };
        match &event.kind {
            Kind::Told(Told::Joined { user, by, .. }) if cx.role(chat) == Role::Group && !user.is_bot => {
                watch::joined(rules, cx, chat, user, *by, event.at).await?;
            }
            Kind::Told(Told::Struck { user }) => leave_alone(cx, chat, *user).await?,
            Kind::Member(change)
                if change.passage() == Passage::Stayed
                    && change.by.id != cx.me.id
                    && change.by.id != change.user.id =>
            {
                leave_alone(cx, chat, change.user.id).await?;
            }
            Kind::Message(message) => {
                if orders::asked(rules, cx, message).await? == Flow::Stop {
                    return Ok(Flow::Stop);
                }
                return heard(cx, message).await;
            }
            Kind::Edited(message) => return heard(cx, message).await,
            Kind::Button(press) | Kind::Told(Told::OrderSettled(Asked::Button(press))) => {
                return orders::pressed(rules, cx, press).await;
            }
            Kind::Told(Told::OrderSettled(Asked::Command(message))) => return orders::asked(rules, cx, message).await,
            Kind::Told(Told::RightsChanged { .. })
                if cx.chat(chat).is_some_and(|row| row.raid_on(cx.now).is_some()) =>
            {
                card::refresh_soon(cx, chat);
            }
            Kind::Due(due) if cx.due(event, "end").is_some() => {
                watch::over(rules, cx, chat, watch::read(&due.payload)).await?;
            }
            Kind::Due(_) if cx.due(event, "card").is_some() => card::refresh(cx, chat).await?,
            Kind::Settings | Kind::Own(_) => remind_tidy(cx, chat),
            Kind::Delivered(delivery) => {
                if let Some((user, _)) = orders::read_note(&delivery.note) {
                    orders::removed(cx, chat, user);
                }
            }
            Kind::Refused(refused) if refused.note.starts_with(watch::HOLD) => {
                if let Some(user) = refused.user {
                    rows::set(cx.tx.conn().await?, chat, user, Held::No).await?;
                    card::refresh_soon(cx, chat);
                }
            }
            Kind::Refused(refused) => {
                if let Some((user, held)) = orders::read_note(&refused.note) {
                    orders::stayed(cx, chat, user, held, refused.why).await?;
                }
            }
            _ => {}
        }
        Ok(Flow::On)
    }
}

/// What becomes of the rows, whether or not raid mode is on.
async fn keep_house(cx: &mut Cx<'_>, event: &Event) -> Result<()> {
    match (&event.kind, event.chat) {
        (Kind::Migrated { from, to }, _) => cx.tx.move_rows("raid_guest", &["user_id"], *from, *to).await,
        (Kind::Told(Told::Forget { user }), Some(chat)) => rows::forget(cx.tx.conn().await?, chat, *user).await,
        (Kind::Due(_), Some(chat)) if cx.due(event, "tidy").is_some() => {
            remind_tidy(cx, chat);
            rows::tidy(cx.tx.conn().await?, chat, event.at).await
        }
        _ => Ok(()),
    }
}

/// Somebody else decided about a newcomer: what they decided holds, and raid mode's end does not undo it.
async fn leave_alone(cx: &mut Cx<'_>, chat: ChatId, user: UserId) -> Result<()> {
    if cx.chat(chat).is_some_and(|row| row.raid_on(cx.now).is_some()) {
        rows::set(cx.tx.conn().await?, chat, user, Held::LeftAlone).await?;
        card::refresh_soon(cx, chat);
    }
    Ok(())
}

async fn heard(cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    if !watch::is_unwanted(cx, message).await? {
        return Ok(Flow::On);
    }
    cx.emit(Class::Guard, Effect::Delete { chat: message.chat.id, messages: vec![message.id.into()] });
    Ok(Flow::Stop)
}

/// When the rows are tidied: an hour at which little else happens.
const TIDY_AT: chrono::NaiveTime = chrono::NaiveTime::from_hms_opt(4, 40, 0).expect("04:40 is a time of day");

fn remind_tidy(cx: &mut Cx<'_>, chat: ChatId) {
    if cx.role(chat) != Role::Group || !cx.chat(chat).is_some_and(ChatRow::is_live) {
        return;
    }
    let zone = cx.common.timezone.0;
    let next = Day::of(cx.now, zone, TIDY_AT).plus(1).begins(zone, TIDY_AT);
    cx.remind(chat, "tidy", next, serde_json::Value::Null);
}
