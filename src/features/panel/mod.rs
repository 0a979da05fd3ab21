//! `/settings`: what staff may change in the chat, what it is now and where that comes from, with buttons for whatever is
//! a switch or a choice; `/set key value` and `/unset key` for the rest.
//!
//! A change holds for one group, over the operator's file, until it is taken back. A setting is called by the text
//! `feature.setting_key`, one of its choices by `feature.setting_key_choice`, and what may stand there is said by
//! `feature.setting_key_form`.

mod choices;
mod phrases;

use anyhow::Result;
use minijinja::context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::choices::{choices, is_span, meanings, meant, nearest};
use super::{Command, Feature, Flow, Who};
use crate::cx::{Compile, Cx, Phrase, safe};
use crate::model::bidi::isolated;
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::{Asked, Press};
use crate::model::{ChatId, Class, Effect, Event, Kind, Lang, Message, Span, Text, Timestamp, Told, UserId};
use crate::store::overrides::{self, Override};

/// A button's label is cut to this: longer ones are cut by the app.
const LABEL: usize = 40;
/// So much of a long value is shown.
const SHOWN: usize = 80;
/// Telegram's limit for a button's data.
const DATA: usize = 64;

pub struct Panel;

/// `/settings`, `/set` and `/unset`. There is nothing to set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {}

impl Feature for Panel {
    const NAME: &'static str = "panel";
    const PHRASES: &'static [&'static [Phrase]] = &[phrases::PHRASES];
    const COMMANDS: &'static [Command] = &[
        Command { name: "settings", who: Who::Staff, zh: "查看和修改设置", en: "See and change settings" },
        Command { name: "set", who: Who::Staff, zh: "修改一项设置", en: "Change a setting" },
        Command { name: "unset", who: Who::Staff, zh: "恢复一项设置", en: "Take a change back" },
    ];
    type Settings = Settings;
    type Rules = ();

    fn compile(_: &Settings, _: &mut Compile<'_>) {}

    async fn handle((): &(), cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        let Some(chat) = event.chat.filter(|_| cx.allowed) else { return Ok(Flow::On) };
        match &event.kind {
            Kind::Message(message) | Kind::Told(Told::OrderSettled(Asked::Command(message))) => {
                asked(cx, message).await
            }
            Kind::Button(press) | Kind::Told(Told::OrderSettled(Asked::Button(press))) => pressed(cx, press).await,
            Kind::Told(Told::Forget { user }) => {
                forget(cx, chat, *user).await?;
                Ok(Flow::On)
            }
            _ => Ok(Flow::On),
        }
    }
}

/// The settings that may be changed here: those of features that are on.
fn changeable(cx: &Cx<'_>, chat: ChatId) -> Vec<String> {
    let is_on = |path: &String| path.split('.').next().is_some_and(|name| cx.settings.value(chat, name).is_some());
    super::overridable().into_iter().filter(is_on).collect()
}

async fn asked(cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    let Some(command) = cx.command(message) else { return Ok(Flow::On) };
    if !matches!(command.name.as_str(), "settings" | "set" | "unset") {
        return Ok(Flow::On);
    }
    if !cx.obeys(message).await? {
        return Ok(Flow::Stop);
    }
    if message.chat.id.is_private() {
        let text = cx.words("panel.elsewhere");
        cx.reply(message, text);
        return Ok(Flow::Stop);
    }
    let groups = cx.groups_of(message.chat.id);
    let (key, value) = command.rest.split_once(char::is_whitespace).unwrap_or((command.rest, ""));
    let (text, keyboard) = match (groups.as_slice(), command.name.as_str()) {
        ([], _) => (cx.words("panel.no_groups"), Keyboard::default()),
        ([group], "settings") => shown(cx, group.id, None).await?,
        (groups, "settings") => {
            let keys = groups.iter().map(|row| vec![Key::press(&row.title, format!("panel:open:{}", row.id))]);
            (cx.words("panel.which"), Keyboard(keys.collect()))
        }
        ([group], "set") => (set(cx, group.id, message, key, value.trim()).await?, Keyboard::default()),
        ([group], _) => (unset(cx, group.id, key).await?, Keyboard::default()),
        _ => (cx.words("panel.several"), Keyboard::default()),
    };
    cx.reply_with(message, Send { keyboard, ..Send::new(message.chat.id, text) });
    Ok(Flow::Stop)
}

async fn set(cx: &mut Cx<'_>, chat: ChatId, message: &Message, key: &str, value: &str) -> Result<Text> {
    let known = changeable(cx, chat);
    if key.is_empty() || value.is_empty() {
        return Ok(cx.text("panel.usage_set", context! { example => known.first() }));
    }
    let Some(path) = meant(key, &known) else { return Ok(unknown(cx, chat, key, &known)) };
    let choices = choices(path);
    let mut reasons: Vec<String> = Vec::new();
    for meaning in meanings(value, &choices) {
        let mistakes = cx.settings.mistakes(chat, path, &meaning);
        reasons.extend(mistakes.iter().filter_map(|it| Some(it.flaw.as_ref()?.told(cx.lang))));
        if mistakes.is_empty() {
            let by = message.author_id().unwrap_or(UserId::ANONYMOUS_ADMIN);
            let before = cx.settings.value(chat, path);
            change(cx, chat, path, &meaning, by).await?;
            let (before, value) = (word(cx, path, before.as_ref()), word(cx, path, Some(&meaning)));
            let values = context! { path, label => label(cx, path), before, value };
            return Ok(cx.text("panel.changed", values));
        }
    }
    let form = called(cx, path, "_form");
    if !reasons.is_empty() {
        reasons.dedup();
        return Ok(cx.text("panel.wrong_text", context! { label => label(cx, path), reasons, form }));
    }
    let choices: Vec<String> = choices.iter().filter_map(|choice| typed(cx.lang, choice)).map(str::to_owned).collect();
    Ok(cx.text("panel.wrong", context! { label => label(cx, path), path, value => cut(value), choices, form }))
}

/// How somebody types a choice.
fn typed(lang: Lang, choice: &Value) -> Option<&str> {
    match (choice, lang) {
        (Value::Bool(true), Lang::Zh) => Some("开"),
        (Value::Bool(false), Lang::Zh) => Some("关"),
        (Value::Bool(true), Lang::En) => Some("on"),
        (Value::Bool(false), Lang::En) => Some("off"),
        (other, _) => other.as_str(),
    }
}

async fn unset(cx: &mut Cx<'_>, chat: ChatId, key: &str) -> Result<Text> {
    let known = changeable(cx, chat);
    let changed = overrides::of(cx.tx.conn().await?, chat).await?;
    // What was changed once can always be taken back, whatever the settings are now.
    let changed: Vec<String> = changed.into_iter().map(|it| it.name).collect();
    if key.is_empty() {
        return Ok(cx.text("panel.usage_unset", context! { example => changed.first().or(known.first()) }));
    }
    let Some(path) = meant(key, &changed).or(meant(key, &known)) else { return Ok(unknown(cx, chat, key, &known)) };
    let written = cx.settings.written(chat, path);
    let value = word(cx, path, written.as_ref());
    if cx.tx.clear_override(chat, path).await? {
        cx.settings_changed(chat);
        return Ok(cx.text("panel.back", context! { path, value }));
    }
    Ok(cx.text("panel.unchanged", context! { path, value }))
}

/// Why a key cannot be changed here.
fn unknown(cx: &Cx<'_>, chat: ChatId, key: &str, known: &[String]) -> Text {
    if cx.settings.value(chat, key).is_some() {
        return cx.text("panel.file_only", context! { key });
    }
    if let Some(path) = super::overridable().iter().find(|path| *path == key) {
        return cx.text("panel.off", context! { key, section => path.split('.').next() });
    }
    cx.text("panel.unknown", context! { key, nearest => nearest(key, known) })
}

/// Stores a change; what the file says anyway needs none.
async fn change(cx: &mut Cx<'_>, chat: ChatId, path: &str, value: &Value, by: UserId) -> Result<()> {
    if cx.settings.written(chat, path).as_ref() == Some(value) {
        cx.tx.clear_override(chat, path).await?;
    } else {
        let at = cx.now;
        cx.tx.set_override(&Override { chat, name: path.to_owned(), value: value.clone(), by, at }).await?;
    }
    cx.settings_changed(chat);
    Ok(())
}

async fn pressed(cx: &mut Cx<'_>, press: &Press) -> Result<Flow> {
    let (group, wish) = match (press.args("panel:open").as_deref(), press.args("panel:put").as_deref()) {
        (Some([group]), _) => (*group, None),
        (_, Some([group, path, choice])) => (*group, Some((*path, *choice))),
        _ => return Ok(Flow::On),
    };
    let group = cx.current(ChatId(group.parse().unwrap_or_default()));
    if !cx.may_steer(press, group).await? {
        return Ok(Flow::Stop);
    }
    let mut changed = None;
    if let Some((path, choice)) = wish {
        let value = choice.parse().ok().and_then(|at: usize| choices(path).get(at).cloned());
        let value = value.filter(|_| changeable(cx, group).iter().any(|known| known == path));
        let Some(value) = value.filter(|value| cx.settings.mistakes(group, path, value).is_empty()) else {
            let text = cx.words("panel.outdated");
            cx.answer(press, &text, true);
            return Ok(Flow::Stop);
        };
        change(cx, group, path, &value, press.user.id).await?;
        let text = cx.text("panel.done", context! { label => label(cx, path), value => word(cx, path, Some(&value)) });
        cx.answer(press, &text, false);
        changed = Some((path, value));
    } else {
        cx.answer(press, &Text::default(), false);
    }
    let (text, keyboard) = shown(cx, group, changed).await?;
    cx.emit(Class::Reply, Effect::Edit { chat: press.chat.id, message: press.message.into(), text, keyboard });
    Ok(Flow::Stop)
}

/// The list of settings with its buttons. `changed` is what this very event changed, which the settings do not show yet.
async fn shown(cx: &mut Cx<'_>, chat: ChatId, changed: Option<(&str, Value)>) -> Result<(Text, Keyboard)> {
    let changes = overrides::of(cx.tx.conn().await?, chat).await?;
    let (mut items, mut keys) = (Vec::new(), Vec::new());
    for path in changeable(cx, chat) {
        let value = match &changed {
            Some((now, value)) if *now == path => Some(value.clone()),
            _ => cx.settings.value(chat, &path),
        };
        let said = word(cx, &path, value.as_ref());
        let label = label(cx, &path);
        let origin = match changes.iter().find(|change| change.name == path) {
            Some(change) => Some(context! { by => name(cx, chat, change.by).await?, on => day(cx, change.at) }),
            None => None,
        };
        let choices = choices(&path);
        let at = choices.iter().position(|choice| Some(choice) == value.as_ref()).map_or(0, |at| at + 1);
        let data = format!("panel:put:{chat}:{path}:{}", at % choices.len().max(1));
        if choices.len() > 1 && data.len() <= DATA {
            let words = cx.text("panel.button", context! { label => label.clone(), value => said.clone() }).cut(LABEL);
            keys.push(vec![Key::press(words.visible(), data)]);
        }
        items.push(context! { label, path, value => said, origin });
    }
    let title = cx.chat(chat).map(|row| row.title.clone());
    Ok((cx.text("panel.list", context! { title, items }), Keyboard(keys)))
}

/// What a setting is called.
fn label(cx: &Cx<'_>, path: &str) -> minijinja::Value {
    called(cx, path, "").unwrap_or_else(|| path.into())
}

/// The text about a setting with this ending, if there is one.
fn called(cx: &Cx<'_>, path: &str, ending: &str) -> Option<minijinja::Value> {
    let (section, rest) = path.split_once('.')?;
    let key = format!("{section}.setting_{}{ending}", rest.replace('.', "_"));
    cx.phrases.keys().any(|known| known == key).then(|| safe(&cx.words(&key)))
}

/// A value as people read it.
fn word(cx: &Cx<'_>, path: &str, value: Option<&Value>) -> minijinja::Value {
    let key = match value {
        Some(Value::Bool(true)) => "panel.on",
        Some(Value::Bool(false)) => "panel.off_word",
        Some(Value::String(text)) => {
            let span = Span::parse(text).filter(|_| is_span(path)).map(|span| span.in_words(cx.lang).into());
            return span.or_else(|| called(cx, path, &format!("_{text}"))).unwrap_or_else(|| quoted(text));
        }
        Some(Value::Array(list)) if !list.is_empty() => {
            let words: Vec<String> = list.iter().map(|value| word(cx, path, Some(value)).to_string()).collect();
            return words.join(if cx.lang == Lang::Zh { "、" } else { ", " }).into();
        }
        None | Some(Value::Null | Value::Array(_)) => "panel.none",
        Some(other) => return other.to_string().into(),
    };
    safe(&cx.words(key))
}

/// A text as it is written: a template is not to be read as what the bot says.
fn quoted(text: &str) -> minijinja::Value {
    if text.contains(['{', '<', '\n']) || text.chars().count() > SHOWN {
        safe(&Text::from_template(format!("<code>{}</code>", Text::plain(&isolated(&cut(text))))))
    } else {
        text.into()
    }
}

/// The beginning of a long text.
fn cut(text: &str) -> String {
    Text::plain(text).cut(SHOWN).visible()
}

async fn name(cx: &mut Cx<'_>, chat: ChatId, by: UserId) -> Result<Option<String>> {
    if by == UserId::ANONYMOUS_ADMIN {
        return Ok(Some(cx.words("panel.anonymous").visible()));
    }
    for chat in [Some(chat), cx.staff_chat()].into_iter().flatten() {
        if let Some(member) = cx.tx.member(chat, by).await?.filter(|member| !member.name.is_empty()) {
            return Ok(Some(cx.shown_name(&member.name)));
        }
    }
    Ok(None)
}

fn day(cx: &Cx<'_>, at: Timestamp) -> String {
    let format = match cx.lang {
        Lang::Zh => "%-m月%-d日",
        Lang::En => "%-d %b",
    };
    cx.day(at).date().format(format).to_string()
}

/// Their changes hold on; that they were theirs is forgotten.
async fn forget(cx: &mut Cx<'_>, chat: ChatId, user: UserId) -> Result<()> {
    sqlx::query("UPDATE override SET by_id = 0 WHERE chat = $1 AND by_id = $2")
        .bind(chat.0)
        .bind(user.0)
        .execute(cx.tx.conn().await?)
        .await?;
    Ok(())
}
