//! The menus of commands Telegram shows: for members, for administrators, in private; in English and in Chinese.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Command, Who, commands};
use crate::cx::Cx;
use crate::model::effect::CommandScope;
use crate::model::rotation::fingerprint;
use crate::model::{ChatId, Class, CommunityId, Delivery, Effect, Lang, Span};
use crate::store::meta;

/// The reminder to look at the menus, and the first part of the notes on what is given.
const MENUS: &str = "menus";
/// Settings are read for many chats, and bots brought to many, one after the other: the menus follow once.
const REST: Span = Span::secs(5);

/// Settings were read, in which other features may be on.
pub(super) fn look_soon(cx: &mut Cx<'_>) {
    let due = cx.now + REST;
    cx.remind(ChatId(0), MENUS, due, serde_json::Value::Null);
}

/// Gives Telegram the menus it does not have.
pub(super) async fn offer(cx: &mut Cx<'_>) -> Result<()> {
    // Chats of one community have the same features.
    let chats: BTreeMap<CommunityId, ChatId> =
        cx.tx.chats().filter(|row| row.is_live()).map(|row| (row.community, row.id)).collect();
    let is_on = |feature: &str| chats.values().any(|chat| cx.settings.value(*chat, feature).is_some());
    let on: Vec<&Command> = commands().filter(|(feature, _)| is_on(feature)).map(|(_, command)| command).collect();
    for (name, menu) in menus(&on) {
        let print = fingerprint(&serde_json::to_string(&menu)?).to_string();
        let given = format!("{MENUS}/{}/{name}", cx.me.id);
        if meta::get(cx.tx.conn().await?, &given).await?.as_ref() != Some(&print) {
            let outgoing = cx.emit(Class::Bulk, menu);
            outgoing.delivery = Delivery::Repeat;
            outgoing.note = format!("{given}={print}");
        }
    }
    Ok(())
}

/// Telegram has a menu.
pub(super) async fn given(cx: &mut Cx<'_>, note: &str) -> Result<()> {
    match note.split_once('=') {
        Some((given, print)) if given.starts_with(MENUS) => meta::set(cx.tx.conn().await?, given, print).await,
        _ => Ok(()),
    }
}

/// The menus with these commands, each with a name.
fn menus(on: &[&Command]) -> Vec<(String, Effect)> {
    let scopes = [
        (CommandScope::Private, "private", [Who::Everyone, Who::Private]),
        (CommandScope::Groups, "groups", [Who::Everyone, Who::Everyone]),
        (CommandScope::GroupAdmins, "admins", [Who::Everyone, Who::Staff]),
    ];
    // English is what Telegram shows where it has no menu in the person's language.
    let languages = [(Lang::En, None), (Lang::Zh, Some("zh"))];
    let mut menus = Vec::new();
    for (scope, name, who) in scopes {
        for (lang, tag) in languages {
            let shown = on.iter().filter(|command| who.contains(&command.who));
            let commands = shown.map(|command| (command.name.to_owned(), command.describe(lang).to_owned())).collect();
            let menu = Effect::SetCommands { scope, language: tag.map(str::to_owned), commands };
            menus.push((format!("{name}/{}", tag.unwrap_or("default")), menu));
        }
    }
    menus
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn telegram_takes_every_command() {
        let mut names = HashSet::new();
        for (feature, command) in commands() {
            let name = command.name;
            let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            assert!(plain && (1..=32).contains(&name.len()), "{feature}: /{name}");
            assert!(names.insert(name), "/{name} is there twice");
            for lang in Lang::ALL {
                assert!((1..=256).contains(&command.describe(lang).chars().count()), "/{name}");
            }
        }
    }
}
