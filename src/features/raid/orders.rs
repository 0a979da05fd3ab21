//! `/raid` and the buttons under the card.

use anyhow::Result;
use minijinja::context;

use super::rows::{self, Held};
use super::watch::{self, Course};
use super::{Settings, card};
use crate::cx::{Cx, Role};
use crate::features::Flow;
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::Press;
use crate::model::outcome::Why;
use crate::model::{ChatId, ChatKind, Class, Effect, Message, Right, Span, Status, Text, Timestamp, UserId};
use crate::store::chats::ChatRow;

/// Begins the note of what removes somebody; who it is follows, and what had become of them before.
const OUT: &str = "raid:out:";
/// The shortest and the longest raid staff may ask for.
pub const LENGTHS: (Span, Span) = (Span::minutes(5), Span::hours(24));

/// What is asked for.
#[derive(Clone, Copy)]
enum Wish {
    On(Span),
    Off,
    Show,
}

/// `/raid on 30m`, `/raid off`, `/raid`.
pub async fn asked(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    let Some(command) = cx.command(message).filter(|command| command.name == "raid") else { return Ok(Flow::On) };
    let (word, rest) = command.rest.split_once(char::is_whitespace).unwrap_or((command.rest, ""));
    let wish = match (word.to_lowercase().as_str(), rest.trim()) {
        ("", _) => Some(Wish::Show),
        ("off" | "关", "") => Some(Wish::Off),
        ("on" | "开", "") => Some(Wish::On(rules.lasts)),
        ("on" | "开", length) => {
            Span::parse(length).filter(|span| (LENGTHS.0..=LENGTHS.1).contains(span)).map(Wish::On)
        }
        _ => None,
    };
    if !cx.obeys(message).await? {
        return Ok(Flow::Stop);
    }
    let text = match (cx.role(message.chat.id), wish) {
        (Role::Private, _) => Some(cx.words("raid.elsewhere")),
        (_, None) => Some(cx.words("raid.usage")),
        (_, Some(wish)) => match cx.groups_of(message.chat.id).as_slice() {
            [] => Some(cx.words("raid.elsewhere")),
            [group] => fulfil(rules, cx, group.clone(), wish, message.chat.id).await?,
            groups => {
                let send = choice(cx, message.chat.id, groups, wish);
                cx.reply_with(message, send);
                None
            }
        },
    };
    if let Some(text) = text {
        cx.reply(message, text);
    }
    Ok(Flow::Stop)
}

/// Asks which group is meant.
fn choice(cx: &Cx<'_>, chat: ChatId, groups: &[ChatRow], wish: Wish) -> Send {
    let data = |group: ChatId| match wish {
        Wish::On(length) => format!("raid:on:{group}:{}", length.as_secs()),
        Wish::Off => format!("raid:off:{group}:0"),
        Wish::Show => format!("raid:show:{group}:0"),
    };
    let keys = groups.iter().map(|row| vec![Key::press(&row.title, data(row.id))]);
    Send { keyboard: Keyboard(keys.collect()), ..Send::new(chat, cx.words("raid.which")) }
}

/// Does it, and says what is true now; none where the card says so.
async fn fulfil(rules: &Settings, cx: &mut Cx<'_>, row: ChatRow, wish: Wish, here: ChatId) -> Result<Option<Text>> {
    let (chat, title) = (row.id, row.title.clone());
    match (wish, row.raid_on(cx.now)) {
        (Wish::Off | Wish::Show, None) => return Ok(Some(cx.text("raid.is_off", context! { title }))),
        (Wish::Show, Some(_)) => {}
        (Wish::Off, Some(_)) => watch::finish(cx, row).await?,
        (Wish::On(length), Some(raid)) => {
            let burst = watch::course(cx, chat).await?.map_or(Timestamp(0), |course| course.burst);
            let until = raid.until.max(cx.now + length);
            watch::prolong(cx, row, until, &Course { manual: true, burst }).await?;
        }
        (Wish::On(length), None) => {
            let now = cx.now;
            watch::begin(rules, cx, row, now, Some(length)).await?;
            if cx.role(here) == Role::Staff {
                return Ok(None);
            }
        }
    }
    let Some(raid) = cx.chat(chat).and_then(|row| row.raid) else { return Ok(None) };
    let manual = watch::course(cx, chat).await?.is_some_and(|course| course.manual);
    Ok(Some(card::text(cx, chat, raid, manual).await?))
}

/// A press on a button of this feature: `raid:<verb>:<group>:<number>`.
pub async fn pressed(rules: &Settings, cx: &mut Cx<'_>, press: &Press) -> Result<Flow> {
    let Some(args) = press.args("raid") else { return Ok(Flow::On) };
    let number = |text: &str| text.parse::<i64>().ok();
    let [verb, group, rest] = args.as_slice() else { return Ok(Flow::On) };
    let Some((group, rest)) = number(group).zip(number(rest)) else { return Ok(Flow::On) };
    let group = cx.current(ChatId(group));
    let row = cx.chat(group).cloned();
    let Some(row) = row.filter(|row| row.is_live() && cx.role(row.id) == Role::Group) else { return Ok(Flow::On) };
    if !cx.may_steer(press, group).await? {
        return Ok(Flow::Stop);
    }
    let wish = match *verb {
        "on" => Some(Wish::On(Span::secs(rest.clamp(LENGTHS.0.as_secs(), LENGTHS.1.as_secs())))),
        "off" => Some(Wish::Off),
        "show" => Some(Wish::Show),
        _ => None,
    };
    if let Some(wish) = wish {
        let text = fulfil(rules, cx, row, wish, press.chat.id).await?;
        cx.answer(press, &Text::default(), false);
        let text = text.unwrap_or_else(|| cx.words("raid.done"));
        let message = press.message.into();
        cx.emit(Class::Reply, Effect::Edit { chat: press.chat.id, message, text, keyboard: Keyboard::default() });
        return Ok(Flow::Stop);
    }
    let key = on_card(rules, cx, press, row, verb, rest).await?;
    let text = cx.words(key);
    cx.answer(press, &text, !matches!(key, "raid.done" | "raid.confirm"));
    Ok(Flow::Stop)
}

/// Does what a button of the card of the raid since `since` says. Gives the answer.
async fn on_card(
    rules: &Settings,
    cx: &mut Cx<'_>,
    press: &Press,
    row: ChatRow,
    verb: &str,
    since: i64,
) -> Result<&'static str> {
    let chat = row.id;
    let Some(raid) = row.raid.filter(|raid| raid.since.0 == since) else { return Ok("raid.over") };
    let is_on = row.raid_on(cx.now).is_some();
    match verb {
        "more" | "end" if !is_on => {
            card::refresh(cx, chat).await?;
            return Ok("raid.over");
        }
        "more" => {
            let burst = watch::course(cx, chat).await?.map_or(Timestamp(0), |course| course.burst);
            let until = raid.until + rules.lasts;
            watch::prolong(cx, row, until, &Course { manual: true, burst }).await?;
        }
        "end" => watch::finish(cx, row).await?,
        "back" => card::refresh(cx, chat).await?,
        "purge" | "sure" if cx.now >= raid.until + card::REMOVABLE => return Ok("raid.over"),
        "purge" | "sure" if !cx.may_restrict(press.chat.id, Some(press.user.id), chat).await? => {
            return Ok("raid.no_right");
        }
        "purge" | "sure" if cx.lacks(chat, Right::Restrict) => return Ok("raid.powerless"),
        "purge" => {
            let keyboard = card::confirm(cx, chat, raid);
            card::edit(cx, chat, raid, keyboard).await?;
            return Ok("raid.confirm");
        }
        "sure" => {
            remove_all(cx, chat, raid.since).await?;
            card::refresh(cx, chat).await?;
        }
        _ => return Ok("raid.over"),
    }
    Ok("raid.done")
}

/// Removes everybody who came in a raid and is still there, save whom the staff trust. They may come back.
async fn remove_all(cx: &mut Cx<'_>, chat: ChatId, raid: Timestamp) -> Result<()> {
    for guest in watch::guests(cx, chat, raid).await? {
        let member = cx.tx.member(chat, guest.user).await?;
        let here = member.is_some_and(|it| matches!(it.status, Status::Member | Status::Restricted) && !it.trusted);
        if !here || guest.held == Held::Removed || cx.is_staff(chat, guest.user).await? {
            continue;
        }
        rows::set(cx.tx.conn().await?, chat, guest.user, Held::Removed).await?;
        let user = guest.user;
        cx.emit(Class::Guard, Effect::Ban { chat, user }).note = format!("{OUT}{user}:{}", guest.held as i64);
    }
    Ok(())
}

/// Who a note says was to be removed, and what had become of them before.
pub fn read_note(note: &str) -> Option<(UserId, Held)> {
    let (user, held) = note.strip_prefix(OUT)?.split_once(':')?;
    Some((UserId(user.parse().ok()?), Held::read(held.parse().ok()?)))
}

/// Somebody was removed: they may come back. In a basic group nothing keeps them from it.
pub fn removed(cx: &mut Cx<'_>, chat: ChatId, user: UserId) {
    if cx.chat(chat).is_some_and(|row| row.kind == ChatKind::Supergroup) {
        cx.emit(Class::Guard, Effect::Unban { chat, user });
    }
}

/// Somebody could not be removed: with them it is as before, and they can be removed yet.
pub async fn stayed(cx: &mut Cx<'_>, chat: ChatId, user: UserId, held: Held, why: Why) -> Result<()> {
    if !matches!(why, Why::Immune | Why::NoRights | Why::ChatGone | Why::ChatUnknown) {
        // The ban may have happened all the same.
        removed(cx, chat, user);
    }
    let is_on = cx.chat(chat).is_some_and(|row| row.raid_on(cx.now).is_some());
    let held = if held == Held::Yes && !is_on {
        if watch::is_here(cx, chat, user).await? {
            cx.emit(Class::Guard, Effect::Unmute { chat, user });
        }
        Held::Freed
    } else {
        held
    };
    rows::set(cx.tx.conn().await?, chat, user, held).await?;
    card::refresh_soon(cx, chat);
    Ok(())
}
