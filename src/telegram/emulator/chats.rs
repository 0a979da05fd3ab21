//! Chats as a whole, and what the bot says of itself: `getChat…`, permissions, leaving, commands, names.

use serde_json::{Value, json};

use super::members::{PERMISSIONS, Via};
use super::moderation::{permissions, subject};
use super::world::{Answer, Methods, World, bad};
use crate::model::{ChatKind, Status, UserId};
use crate::telegram::Call;

pub(super) const METHODS: Methods = &[
    ("getChat", get_chat),
    ("getChatMember", get_member),
    ("getChatAdministrators", get_administrators),
    ("getChatMemberCount", member_count),
    ("setChatPermissions", set_permissions),
    ("leaveChat", leave),
    ("setMyCommands", set_commands),
    ("getMyCommands", |world, call| Ok(world.about.get(&menu(call)).cloned().unwrap_or_else(|| json!([])))),
    ("deleteMyCommands", |world, call| {
        world.about.remove(&menu(call));
        Ok(true.into())
    }),
    ("setMyName", |world, call| set_about(world, call, "name", 64)),
    ("getMyName", |world, call| get_about(world, call, "name")),
    ("setMyDescription", |world, call| set_about(world, call, "description", 512)),
    ("getMyDescription", |world, call| get_about(world, call, "description")),
    ("setMyShortDescription", |world, call| set_about(world, call, "short_description", 120)),
    ("getMyShortDescription", |world, call| get_about(world, call, "short_description")),
    ("setMyDefaultAdministratorRights", |world, call| {
        let rights = call.params.get("rights").cloned().unwrap_or_default();
        world.about.insert(default_rights(call), rights);
        Ok(true.into())
    }),
    ("getMyDefaultAdministratorRights", |world, call| {
        Ok(world.about.get(&default_rights(call)).cloned().unwrap_or_default())
    }),
    ("setChatMenuButton", |_, _| Ok(true.into())),
];

fn get_chat(world: &mut World, call: &Call) -> Answer {
    let id = world.reach(call)?;
    let mut json = world.chat_json(id);
    let chat = world.chat(id);
    json["accent_color_id"] = 0.into();
    json["max_reaction_count"] = 11.into();
    json["accepted_gift_types"] =
        json!({"unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false});
    if matches!(chat.kind, ChatKind::Group | ChatKind::Supergroup) {
        let all = PERMISSIONS.iter().map(|name| ((*name).to_owned(), chat.permissions.contains(name).into()));
        json["permissions"] = Value::Object(all.collect());
    }
    if let Some(linked) = chat.linked {
        json["linked_chat_id"] = json!(linked);
    }
    if let Some(post) = chat.pinned.last().and_then(|id| chat.posts.get(id)) {
        json["pinned_message"] = super::messages::quoted(post);
    }
    Ok(json)
}

fn get_member(world: &mut World, call: &Call) -> Answer {
    let (chat, user) = (world.reach(call)?, subject(world, call)?);
    Ok(world.member_json(chat, user))
}

fn get_administrators(world: &mut World, call: &Call) -> Answer {
    let chat = world.reach(call)?;
    if world.chat(chat).kind == ChatKind::Private {
        return Err(bad("there are no administrators in the private chat"));
    }
    let people: Vec<UserId> = world.chat(chat).members.keys().copied().collect();
    let shown = |user: &UserId| {
        let is_other_bot = *user != world.me && world.people.get(user).is_some_and(|person| person.is_bot);
        world.is_staff(chat, *user) && (!is_other_bot || call.flag("return_bots"))
    };
    Ok(people.into_iter().filter(shown).map(|user| world.member_json(chat, user)).collect::<Vec<_>>().into())
}

fn member_count(world: &mut World, call: &Call) -> Answer {
    let chat = world.reach(call)?;
    if world.chat(chat).kind == ChatKind::Private {
        return Ok(2.into());
    }
    let inside = world.chat(chat).members.keys().filter(|user| world.member(chat, **user).status.is_in());
    Ok(inside.count().into())
}

fn set_permissions(world: &mut World, call: &Call) -> Answer {
    let chat = world.write(call)?;
    if !matches!(world.chat(chat).kind, ChatKind::Group | ChatKind::Supergroup) {
        return Err(bad("method is available only for groups and supergroups"));
    }
    if !world.is_staff(chat, world.me) || !world.bot_may(chat, "can_restrict_members") {
        return Err(bad("not enough rights to change chat permissions"));
    }
    let new = permissions(call);
    if new == world.chat(chat).permissions {
        return Err(bad("CHAT_NOT_MODIFIED"));
    }
    world.chat_mut(chat).permissions = new;
    Ok(true.into())
}

fn leave(world: &mut World, call: &Call) -> Answer {
    let chat = world.write(call)?;
    if world.chat(chat).kind == ChatKind::Private {
        return Err(bad("chat member status can't be changed in private chats"));
    }
    let me = world.me;
    let left = world.member(chat, me).turned(Status::Left);
    world.set_member(chat, me, me, left, &Via::default());
    Ok(true.into())
}

/// Where a menu of commands is kept.
fn menu(call: &Call) -> String {
    let scope = call.params.get("scope").map_or_else(|| json!({"type": "default"}), Clone::clone);
    format!("commands {scope} {}", call.text("language_code").unwrap_or_default())
}

fn set_commands(world: &mut World, call: &Call) -> Answer {
    let commands = call.list("commands");
    if commands.len() > 100 {
        return Err(bad("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in commands {
        let (name, text) =
            (command["command"].as_str().unwrap_or_default(), command["description"].as_str().unwrap_or_default());
        let name = name.strip_prefix('/').unwrap_or(name);
        if name.is_empty() {
            return Err(bad("command must be non-empty"));
        }
        if name.len() > 32 || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            return Err(bad("BOT_COMMAND_INVALID"));
        }
        if text.is_empty() {
            return Err(bad("command description must be non-empty"));
        }
        if text.chars().count() > 256 {
            return Err(bad("command description length must not exceed 256"));
        }
    }
    if let Some(scope) = call.params.get("scope").filter(|scope| scope.get("chat_id").is_some()) {
        let of_chat = Call::new("getChat", scope.clone());
        world.named_chat(&of_chat, "chat_id")?;
    }
    world.about.insert(menu(call), commands.to_vec().into());
    Ok(true.into())
}

fn default_rights(call: &Call) -> String {
    format!("rights {}", call.flag("for_channels"))
}

fn set_about(world: &mut World, call: &Call, what: &str, most: usize) -> Answer {
    let text = call.text(what).unwrap_or_default();
    if text.chars().count() > most {
        return Err(bad(&format!("BOT_{}_TOO_LONG", what.to_ascii_uppercase())));
    }
    let key = format!("{what} {}", call.text("language_code").unwrap_or_default());
    world.about.insert(key, text.into());
    Ok(true.into())
}

#[expect(clippy::unnecessary_wraps, reason = "has the shape of every method")]
fn get_about(world: &mut World, call: &Call, what: &str) -> Answer {
    let key = format!("{what} {}", call.text("language_code").unwrap_or_default());
    let text = world.about.get(&key).cloned().unwrap_or_else(|| "".into());
    Ok(json!({ (what): text }))
}
