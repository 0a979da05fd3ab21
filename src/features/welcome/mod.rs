//! A warm word for who joins, and the group's rules.
//!
//! Newcomers are gathered for a moment, so that many who come together are greeted with one message that names a few and
//! counts the rest; the welcome before it goes. The rules are read in private, and each member confirms them once.

mod figures;
mod greet;
mod phrases;
mod rules;

use anyhow::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::{Compile, Cx, Phrase, Role};
use crate::features::{Command, Feature, Flow, Who};
use crate::model::event::{Asked, Told};
use crate::model::rotation::fingerprint;
use crate::model::text::{MESSAGE_MAX, html_problem};
use crate::model::{ChatId, Event, Kind, MessageId, Span, Text, Timestamp, UserId};

pub struct Welcome;

/// Welcoming who joins, and the rules.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The welcome, a template with `newcomers`, `count`, `community`, `purpose`, `today.topic` and `today.time`. Without a
    /// topic today both are empty: write `{% if today.topic %}…{% endif %}` around what speaks of it. Default: the
    /// built-in text `welcome.text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The rules of the group in Telegram's HTML, shown by `/rules` and by the button under the welcome. Default: none, and
    /// no button.
    pub rules: String,
    /// Members are asked to confirm the rules again when this changes. Default: whenever `rules` changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules_version: Option<String>,
    /// Who joins within this time is welcomed together. Default: `20s`.
    #[schemars(extend("examples" = ["20s"]))]
    pub merge_within: Span,
    /// How many newcomers a welcome names; the rest are counted. Default: 5.
    pub name_at_most: usize,
    /// Remove the welcome before when a new one is posted. Default: true.
    pub remove_previous: bool,
    /// Remove every welcome after this time. Default: never.
    #[schemars(extend("examples" = ["10m"]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_after: Option<Span>,
    /// Who comes back within this time is not welcomed again. Default: `24h`.
    #[schemars(extend("examples" = ["24h"]))]
    pub rejoin_after: Span,
    /// The forum topic to welcome in, by its thread id. Default: General.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<i64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            text: None,
            rules: String::new(),
            rules_version: None,
            merge_within: Span::secs(20),
            name_at_most: 5,
            remove_previous: true,
            delete_after: None,
            rejoin_after: Span::hours(24),
            topic: None,
        }
    }
}

/// The settings, checked.
pub struct Rules {
    settings: Settings,
    /// What `rules` says.
    text: Text,
    /// What members confirm having read.
    version: i64,
}

impl Feature for Welcome {
    const NAME: &'static str = "welcome";
    const PHRASES: &'static [&'static [Phrase]] = &[phrases::PHRASES];
    const COMMANDS: &'static [Command] =
        &[Command { name: "rules", who: Who::Everyone, zh: "群规", en: "The rules" }];
    const OVERRIDABLE: &'static [&'static str] =
        &["text", "merge_within", "name_at_most", "remove_previous", "delete_after", "rejoin_after", "topic"];
    const FIGURES: Option<&'static str> = Some(figures::PAGE);
    type Settings = Settings;
    type Rules = Rules;

    fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Rules {
        if let Some(text) = &settings.text {
            compile.phrase("welcome.text", text, "text");
        }
        compile.verbatim("rules", &settings.rules);
        if let Some(problem) = html_problem(&settings.rules) {
            compile.wrong("rules", problem);
        }
        let text = Text::from_template(settings.rules.trim().to_owned());
        // The heading takes some of it.
        let max = MESSAGE_MAX - 200;
        if text.visible_len() > max {
            compile.wrong("rules", format!("has {} characters; at most {max} fit a message", text.visible_len()));
        }
        if settings.merge_within > Span::minutes(10) {
            compile.wrong("merge_within", "a welcome that comes after 10 minutes reaches nobody");
        }
        if !(1..=20).contains(&settings.name_at_most) {
            compile.wrong("name_at_most", "a welcome names 1 to 20 people");
        }
        if settings.delete_after.is_some_and(|after| after < Span::secs(10)) {
            compile.wrong("delete_after", "nobody reads it in less than 10 seconds");
        }
        if settings.topic.is_some_and(|topic| topic <= 0) {
            compile.wrong("topic", "a thread id is a number above 0");
        }
        let version = fingerprint(settings.rules_version.as_deref().unwrap_or(&settings.rules));
        Rules { settings: settings.clone(), text, version }
    }

    async fn off(cx: &mut Cx<'_>, event: &Event) -> Result<()> {
        match (&event.kind, event.chat) {
            (Kind::Told(Told::Forget { user }), Some(chat)) => forget(cx, chat, *user).await,
            _ => Ok(()),
        }
    }

    async fn handle(rules: &Rules, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        let Some(chat) = event.chat.filter(|_| cx.allowed) else { return Ok(Flow::On) };
        match &event.kind {
            Kind::Told(Told::Joined { user, .. }) if cx.role(chat) == Role::Group && !user.is_bot => {
                greet::joined(rules, cx, chat, user.id, event.at).await?;
            }
            Kind::Told(Told::RaidEnded) => greet::hurry(rules, cx, chat).await?,
            Kind::Told(Told::Forget { user }) => forget(cx, chat, *user).await?,
            Kind::Told(Told::FiguresAsked { page, asked }) if page == figures::PAGE => {
                figures::tell(rules, cx, chat, asked).await?;
            }
            Kind::Due(_) if cx.due(event, "greet").is_some() => greet::greet(rules, cx, chat).await?,
            Kind::Due(_) => {
                if let Some(message) = cx.due(event, "remove").and_then(|message| message.parse().ok()) {
                    greet::remove_in_time(cx, chat, MessageId(message)).await?;
                }
            }
            Kind::Delivered(delivery) => {
                if let Some(message) = delivery.message {
                    let greeted = delivery.note.strip_prefix(greet::NOTE).and_then(|at| at.parse().ok());
                    match greeted.map(Timestamp) {
                        Some(greeted) => greet::delivered(rules, cx, chat, message, greeted, event.at).await?,
                        None => rules::delivered(cx, chat, message, &delivery.note),
                    }
                }
            }
            Kind::Button(press) => {
                if let Some(args) = press.args("welcome:read") {
                    rules::read(rules, cx, press, &args, event.at).await?;
                    return Ok(Flow::Stop);
                }
            }
            Kind::Migrated { from, to } => moved(cx, *from, *to).await?,
            Kind::Message(message) | Kind::Told(Told::OrderSettled(Asked::Command(message))) => {
                return rules::asked(rules, cx, message).await;
            }
            _ => {}
        }
        Ok(Flow::On)
    }
}

async fn moved(cx: &mut Cx<'_>, from: ChatId, to: ChatId) -> Result<()> {
    // Who was welcomed under the old number is not welcomed again.
    let welcomed = "DELETE FROM welcome_guest WHERE chat = $1 AND user_id IN
        (SELECT user_id FROM welcome_guest WHERE chat = $2 AND welcomed IS NOT NULL)";
    sqlx::query(welcomed).bind(to.0).bind(from.0).execute(cx.tx.conn().await?).await?;
    cx.tx.move_rows("welcome_guest", &["user_id"], from, to).await?;
    cx.tx.move_rows("welcome_join", &["user_id", "joined"], from, to).await?;
    cx.tx.move_rows("rules_read", &["user_id", "version"], from, to).await?;
    // The supergroup numbers its messages anew: earlier welcomes can no longer be removed.
    for chat in [from, to] {
        cx.tx.unremind_all(chat, "welcome/remove/").await?;
    }
    sqlx::query("DELETE FROM welcome_last WHERE chat = $1").bind(from.0).execute(cx.tx.conn().await?).await?;
    Ok(())
}

async fn forget(cx: &mut Cx<'_>, chat: ChatId, user: UserId) -> Result<()> {
    let conn = cx.tx.conn().await?;
    for sql in [
        "DELETE FROM welcome_guest WHERE chat = $1 AND user_id = $2",
        "DELETE FROM welcome_join WHERE chat = $1 AND user_id = $2",
        "DELETE FROM rules_read WHERE chat = $1 AND user_id = $2",
    ] {
        sqlx::query(sql).bind(chat.0).bind(user.0).execute(&mut *conn).await?;
    }
    Ok(())
}
