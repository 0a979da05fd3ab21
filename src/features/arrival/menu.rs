//! The menus of commands Telegram shows: for members, for administrators, in staff chats, in private; in English and in
//! Chinese.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::{Command, Who, commands};
use crate::cx::Cx;
use crate::model::effect::CommandScope;
use crate::model::rotation::fingerprint;
use crate::model::{ChatId, Class, CommunityId, Delivery, Effect, Lang, Span};
use crate::store::chats::ChatRow;
use crate::store::meta;

/// The reminder to look at the menus, and the first part of the notes on what is given.
const MENUS: &str = "menus";
/// Stands for the print of a menu that was taken away.
const NONE: &str = "none";
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
    let staff: BTreeSet<ChatId> = chats.values().filter_map(|chat| staff_chat(cx, *chat)).collect();
    let mut menus = menus(&on, &staff);
    // Chats that were staff chats once get back what every group has.
    let known = meta::under(cx.tx.conn().await?, &format!("{MENUS}/{}/chat", cx.me.id)).await?;
    let once: BTreeSet<ChatId> =
        known.iter().filter(|(_, print)| print != NONE).filter_map(|(name, _)| chat_of(name)).collect();
    let gone = once.difference(&staff).filter(|chat| cx.chat(**chat).is_some_and(ChatRow::is_live));
    menus.extend(gone.flat_map(|chat| in_both(CommandScope::Chat(*chat), &format!("chat{chat}"), &[])));
    for (name, menu) in menus {
        let is_empty = matches!(&menu, Effect::SetCommands { commands, .. } if commands.is_empty());
        let print = if is_empty { NONE.to_owned() } else { fingerprint(&serde_json::to_string(&menu)?).to_string() };
        let given = format!("{MENUS}/{}/{name}", cx.me.id);
        if meta::get(cx.tx.conn().await?, &given).await?.as_ref() != Some(&print) {
            let outgoing = cx.emit(Class::Bulk, menu);
            outgoing.delivery = Delivery::Repeat;
            outgoing.note = format!("{given}={print}");
        }
    }
    Ok(())
}

/// The staff chat of a chat's community, where the bot is in it.
fn staff_chat(cx: &Cx<'_>, chat: ChatId) -> Option<ChatId> {
    let written = cx.settings.value(chat, "staff_chat")?.as_i64().map(ChatId)?;
    Some(cx.current(written)).filter(|staff| cx.chat(*staff).is_some_and(ChatRow::is_live))
}

/// The chat in the name of a chat's own menu: `menus/7/chat-1001234567890/zh`.
fn chat_of(name: &str) -> Option<ChatId> {
    let (_, rest) = name.rsplit_once("/chat")?;
    rest.split('/').next()?.parse().ok().map(ChatId)
}

/// Telegram has a menu.
pub(super) async fn given(cx: &mut Cx<'_>, note: &str) -> Result<()> {
    match note.split_once('=') {
        Some((given, print)) if given.starts_with(MENUS) => meta::set(cx.tx.conn().await?, given, print).await,
        _ => Ok(()),
    }
}

/// The menus with these commands, each with a name. In a staff chat everybody is of the staff.
fn menus(on: &[&Command], staff: &BTreeSet<ChatId>) -> Vec<(String, Effect)> {
    let everybody: [(CommandScope, String, [Who; 2]); 3] = [
        (CommandScope::Private, "private".to_owned(), [Who::Everyone, Who::Private]),
        (CommandScope::Groups, "groups".to_owned(), [Who::Everyone, Who::Everyone]),
        (CommandScope::GroupAdmins, "admins".to_owned(), [Who::Everyone, Who::Staff]),
    ];
    let staff =
        staff.iter().map(|chat| (CommandScope::Chat(*chat), format!("chat{chat}"), [Who::Everyone, Who::Staff]));
    let scopes = everybody.into_iter().chain(staff);
    scopes
        .flat_map(|(scope, name, who)| {
            let shown: Vec<&Command> = on.iter().filter(|command| who.contains(&command.who)).copied().collect();
            in_both(scope, &name, &shown)
        })
        .collect()
}

/// One menu in both languages.
fn in_both(scope: CommandScope, name: &str, shown: &[&Command]) -> Vec<(String, Effect)> {
    // English is what Telegram shows where it has no menu in the person's language.
    let languages = [(Lang::En, None), (Lang::Zh, Some("zh"))];
    let menu = |(lang, tag): (Lang, Option<&str>)| {
        let described = |command: &&Command| (command.name.to_owned(), command.describe(lang).to_owned());
        let commands = shown.iter().map(described).collect();
        let menu = Effect::SetCommands { scope, language: tag.map(str::to_owned), commands };
        (format!("{name}/{}", tag.unwrap_or("default")), menu)
    };
    languages.map(menu).into()
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
