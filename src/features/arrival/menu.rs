//! The menus of commands Telegram shows: for members, for administrators, in private; in English and in Chinese.

use anyhow::Result;

use super::{Who, commands};
use crate::cx::Cx;
use crate::model::effect::CommandScope;
use crate::model::rotation::fingerprint;
use crate::model::{Class, Delivery, Effect, Lang};
use crate::store::meta;

/// The fingerprint of the menus Telegram was last given.
const GIVEN: &str = "menus";

/// Gives Telegram the menus, unless it has them.
pub(super) async fn offer(cx: &mut Cx<'_>) -> Result<()> {
    let menus = menus();
    let print = fingerprint(&serde_json::to_string(&menus)?).to_string();
    let conn = cx.tx.conn().await?;
    if meta::get(&mut *conn, GIVEN).await?.as_ref() == Some(&print) {
        return Ok(());
    }
    meta::set(conn, GIVEN, &print).await?;
    for menu in menus {
        cx.emit(Class::Bulk, menu).delivery = Delivery::Repeat;
    }
    Ok(())
}

fn menus() -> Vec<Effect> {
    let scopes = [
        (CommandScope::Private, [Who::Everyone, Who::Private]),
        (CommandScope::Groups, [Who::Everyone, Who::Everyone]),
        (CommandScope::GroupAdmins, [Who::Everyone, Who::Staff]),
    ];
    // English is what Telegram shows where it has no menu in the person's language.
    let languages = [(Lang::En, None), (Lang::Zh, Some("zh"))];
    let mut menus = Vec::new();
    for (scope, who) in scopes {
        for (lang, tag) in languages {
            let shown = commands().filter(|(_, command)| who.contains(&command.who));
            let commands = shown.map(|(_, command)| (command.name.to_owned(), command.describe(lang).to_owned()));
            let commands = commands.collect();
            menus.push(Effect::SetCommands { scope, language: tag.map(str::to_owned), commands });
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
