//! What the bot knows of a person: `/mydata` shows it, `/forgetme` deletes it after a second look. Both only in private,
//! so that nobody reads along.

mod phrases;

use anyhow::Result;
use minijinja::context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Command, Feature, Flow, Who};
use crate::cx::{Compile, Cx, Phrase, Role, safe};
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::{Press, Told};
use crate::model::text::MESSAGE_MAX;
use crate::model::{Class, CommunityId, Effect, Event, Kind, Lang, Message, Span, Text, UserId};
use crate::store::activity::DeedKind;
use crate::store::members::Member;
use crate::store::{quarantine, traces};

/// How long the hint to the private chat stays in a group.
const HINT_KEPT: Span = Span::secs(60);
const FORGET: &str = "privacy:forget";
const KEEP: &str = "privacy:keep";
/// What may be left of a person who is forgotten: that they are in a group, and strikes that protect others.
const KEPT: [&str; 4] = ["member", "person", "strike_case", "strike_report"];
/// Tables whose rows `/mydata` explains in words of its own.
const EXPLAINED: [&str; 4] = ["member", "member_day", "activity", "person"];

pub struct Privacy;

/// What people can learn and have deleted about themselves.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {}

impl Feature for Privacy {
    const NAME: &'static str = "privacy";
    const PHRASES: &'static [&'static [Phrase]] = &[phrases::PHRASES];
    const COMMANDS: &'static [Command] = &[
        Command { name: "mydata", who: Who::Private, zh: "我的全部记录", en: "Everything on record about me" },
        Command {
            name: "forgetme", who: Who::Private, zh: "删除我的记录", en: "Delete what is on record about me"
        },
    ];
    type Settings = Settings;
    type Rules = ();

    fn compile(_: &Settings, _: &mut Compile<'_>) {}

    async fn handle((): &(), cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        match &event.kind {
            Kind::Message(message) if cx.allowed => heard(cx, message).await,
            Kind::Button(press) => pressed(cx, press).await,
            _ => Ok(Flow::On),
        }
    }
}

async fn heard(cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    let Some(command) = cx.command(message) else { return Ok(Flow::On) };
    let wanted = match (command.name.as_str(), command.rest) {
        ("mydata", _) | ("start", "mydata") => "mydata",
        ("forgetme", _) | ("start", "forgetme") => "forgetme",
        _ => return Ok(Flow::On),
    };
    let private = cx.role(message.chat.id) == Role::Private;
    match message.author().map(|user| user.id) {
        Some(user) if private && wanted == "mydata" => show(cx, message, user).await?,
        Some(user) if private => ask(cx, message, user).await?,
        _ => {
            let open = cx.words("privacy.open").visible();
            let mut send = Send::new(message.chat.id, cx.words("privacy.in_private"));
            send.keyboard = Keyboard::row([Key::start(open, wanted)]);
            cx.reply_briefly(message, send, HINT_KEPT);
        }
    }
    Ok(Flow::Stop)
}

async fn show(cx: &mut Cx<'_>, message: &Message, user: UserId) -> Result<()> {
    let person = traces::person(cx.tx, user).await?;
    let (reachable, language) = person.unwrap_or_default();
    let mut parts = vec![cx.text("privacy.data_person", context! { id => user.0, reachable, language })];
    let memberships = cx.tx.memberships(user).await?;
    for member in &memberships {
        parts.push(of_chat(cx, member));
    }
    let mut communities: Vec<CommunityId> =
        memberships.iter().filter_map(|member| Some(cx.chat(member.chat)?.community)).collect();
    communities.sort_unstable();
    communities.dedup();
    if let Some(text) = of_deeds(cx, user, &communities).await? {
        parts.push(text);
    }
    let rows: Vec<_> = traces::of(cx.tx, user)
        .await?
        .into_iter()
        .filter(|(table, n)| *n > 0 && !EXPLAINED.contains(&table.as_str()))
        .map(|(table, n)| context! { what => safe(&cx.words(&format!("privacy.table_{table}"))), n })
        .collect();
    if !rows.is_empty() {
        parts.push(cx.text("privacy.data_other", context! { rows }));
    }
    for text in packed(parts, MESSAGE_MAX) {
        cx.reply(message, text);
    }
    Ok(())
}

fn of_chat(cx: &Cx<'_>, member: &Member) -> Text {
    let status = match (member.status.is_staff(), member.status.is_in(), cx.lang) {
        (true, _, Lang::Zh) => "管理员",
        (true, _, Lang::En) => "staff",
        (_, true, Lang::Zh) => "在群里",
        (_, true, Lang::En) => "member",
        (_, _, Lang::Zh) => "不在群里",
        (_, _, Lang::En) => "not in the group",
    };
    let chat = cx.chat(member.chat).map(|row| row.title.clone()).unwrap_or_default();
    cx.text(
        "privacy.data_chat",
        context! {
            chat,
            name => if member.name.is_empty() { cx.words("privacy.no_name").visible() } else { member.name.clone() },
            username => &member.username,
            status,
            joined => member.joined.map(|at| cx.moment(at)),
            left => member.left.map(|at| cx.moment(at)),
            first_seen => cx.moment(member.first_seen),
            last_seen => cx.moment(member.last_seen),
            messages => member.messages,
            days => member.days,
            trusted => member.trusted,
        },
    )
}

/// What a person did in all communities, by kind; none when nothing is on record.
async fn of_deeds(cx: &mut Cx<'_>, user: UserId, communities: &[CommunityId]) -> Result<Option<Text>> {
    let mut rows = Vec::new();
    for community in communities {
        rows.extend(traces::deeds(cx.tx, *community, user).await?);
    }
    let (Some(from), Some(to)) = (rows.iter().map(|row| row.0).min(), rows.iter().map(|row| row.0).max()) else {
        return Ok(None);
    };
    let deeds: Vec<_> = DeedKind::ALL
        .into_iter()
        .map(|kind| (kind, rows.iter().filter(|row| row.1 == kind as i64).map(|row| row.2).sum::<i64>()))
        .filter(|(_, n)| *n > 0)
        .map(|(kind, n)| context! { what => word(kind, cx.lang), n })
        .collect();
    Ok(Some(cx.text("privacy.data_deeds", context! { from => cx.date(from), to => cx.date(to), deeds })))
}

fn word(kind: DeedKind, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        DeedKind::Message => ("发言", "messages"),
        DeedKind::Reaction => ("表情回应", "reactions"),
        DeedKind::Vote => ("投票", "votes"),
        DeedKind::CheckIn => ("打卡", "check-ins"),
        DeedKind::RulesRead => ("确认群规", "rules confirmed"),
        DeedKind::Join => ("加入", "joined"),
        DeedKind::Leave => ("退群", "left"),
        DeedKind::Removed => ("被移出", "removed"),
        DeedKind::Strike => ("收到警告", "strikes"),
    };
    if lang == Lang::Zh { zh } else { en }
}

/// Puts texts together into as few messages as hold them.
fn packed(parts: Vec<Text>, max: usize) -> Vec<Text> {
    let mut messages: Vec<Text> = Vec::new();
    for part in parts {
        match messages.last_mut() {
            Some(last) if last.visible_len() + 2 + part.visible_len() <= max => {
                *last = Text::from_template(format!("{last}\n\n{part}"));
            }
            _ => messages.push(part),
        }
    }
    messages
}

/// Whether there is nothing left to delete.
async fn is_forgotten(cx: &mut Cx<'_>, user: UserId) -> Result<bool> {
    if cx.tx.memberships(user).await?.iter().any(|member| !member.name.is_empty()) {
        return Ok(false);
    }
    let rows = traces::of(cx.tx, user).await?;
    Ok(rows.iter().all(|(table, n)| *n == 0 || KEPT.contains(&table.as_str())))
}

/// Forgets what is on record about a person beyond any community.
async fn drop_rest(cx: &mut Cx<'_>, user: UserId) -> Result<()> {
    cx.tx.drop_person(user).await?;
    quarantine::forget_person(cx.tx, user).await
}

/// There is nothing left to delete: says what is kept all the same. `dropped` is that the private chat was on record until
/// now.
async fn what_stays(cx: &mut Cx<'_>, user: UserId, dropped: bool) -> Result<Text> {
    let inside = cx.tx.memberships(user).await?.iter().any(|member| member.status.is_in());
    let now = cx.now;
    let (warnings, until) = traces::warnings(cx.tx, user, now).await?;
    let cases = traces::of(cx.tx, user).await?.into_iter().find(|(table, _)| table == "strike_case");
    let records = cases.map_or(0, |(_, n)| n) - warnings;
    if !inside && warnings == 0 && records == 0 {
        return Ok(cx.text("privacy.nothing", context! { dropped }));
    }
    let until = until.map(|at| cx.date(cx.day(at)));
    Ok(cx.text("privacy.stays", context! { dropped, inside, warnings, until, records }))
}

async fn ask(cx: &mut Cx<'_>, message: &Message, user: UserId) -> Result<()> {
    if is_forgotten(cx, user).await? {
        // Who writes in private is on record as somebody who can be written to, if they were not before.
        let dropped = traces::person(cx.tx, user).await?.is_some();
        drop_rest(cx, user).await?;
        let text = what_stays(cx, user, dropped).await?;
        cx.reply(message, text);
        return Ok(());
    }
    let inside = cx.tx.memberships(user).await?.iter().any(|member| member.status.is_in());
    let mut send = Send::new(message.chat.id, cx.text("privacy.ask", context! { inside }));
    let (confirm, cancel) = (cx.words("privacy.confirm").visible(), cx.words("privacy.cancel").visible());
    send.keyboard = Keyboard::row([Key::press(confirm, FORGET), Key::press(cancel, KEEP)]);
    cx.reply_with(message, send);
    Ok(())
}

async fn pressed(cx: &mut Cx<'_>, press: &Press) -> Result<Flow> {
    let forget = press.args(FORGET).is_some();
    if !forget && press.args(KEEP).is_none() {
        return Ok(Flow::On);
    }
    // The question stands only in private chats; elsewhere the data was forged.
    if press.chat.id != press.user.id.private() {
        let text = cx.words("privacy.not_yours");
        cx.answer(press, &text, false);
        return Ok(Flow::Stop);
    }
    let user = press.user.id;
    let forgotten = is_forgotten(cx, user).await?;
    if forget {
        if !forgotten {
            for member in cx.tx.memberships(user).await? {
                cx.tell(Some(member.chat), Told::Forget { user });
            }
        }
        drop_rest(cx, user).await?;
    }
    let text = if forget {
        cx.words("privacy.forgotten")
    } else if forgotten && traces::person(cx.tx, user).await?.is_none() {
        what_stays(cx, user, false).await?
    } else {
        cx.words("privacy.kept")
    };
    cx.answer(press, &text, false);
    if text.visible() != press.shown {
        let (chat, message) = (press.chat.id, press.message.into());
        cx.emit(Class::Reply, Effect::Edit { chat, message, text, keyboard: Keyboard::default() });
    }
    Ok(Flow::Stop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_share_messages_as_long_as_they_fit() {
        let part = |n: usize| Text::plain(&"字".repeat(n));
        let packed = |sizes: &[usize]| -> Vec<usize> {
            super::packed(sizes.iter().map(|n| part(*n)).collect(), 10).iter().map(Text::visible_len).collect()
        };
        assert_eq!(packed(&[4, 4]), [10]);
        assert_eq!(packed(&[4, 5]), [4, 5]);
        assert_eq!(packed(&[1, 1, 1, 9]), [7, 9]);
        assert_eq!(packed(&[]), [0; 0]);
    }
}
