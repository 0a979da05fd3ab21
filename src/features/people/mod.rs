//! Who is in the group: joins, leaves, returns, promotions, and people who were there before the bot.
//!
//! Only `chat_member` tells of joins and leaves; the notices in the chat are unreliable and are at most cleaned up. Who
//! speaks without having been seen to join is adopted with the time of joining unknown.

mod reconcile;

use anyhow::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Feature, Flow};
use crate::cx::{Compile, Cx, Phrase, Role};
use crate::model::event::{AdminEntry, Answer, MemberChange, Press, Told};
use crate::model::message::Service;
use crate::model::person::Passage;
use crate::model::{
    ChatId, ChatKind, Class, Day, Effect, Event, Kind, Message, Right, Sender, Span, Status, Timestamp, User,
    effect::Question,
};
use crate::store::activity::{Deed, DeedKind};
use crate::store::chats::{ChatRow, Linked};
use crate::store::members::{DAYS_COUNTED, MESSAGES_COUNTED, Member};
use crate::store::series;

/// How often the list of administrators is asked for, besides what events tell.
const REFRESH: Span = Span::hours(24);
/// Whose discussion group a chat is, is asked so long after the administrators: what a start or a new group brings with it
/// goes first.
const SOON: Span = Span::secs(10);
/// How exact "last seen" is; writing it with every message would cost more than it is worth.
const SEEN_STEP: Span = Span::hours(1);

pub struct People;

/// Who is in the group.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Delete Telegram's own "joined" and "left" notices. Default: false.
    pub delete_notices: bool,
}

impl Feature for People {
    const NAME: &'static str = "people";
    const PHRASES: &'static [&'static [Phrase]] = &[&[Phrase {
        key: "people.setting_delete_notices",
        zh: "自动删除进群、退群提示",
        en: "Delete join and leave notices",
        values: &[],
    }]];
    const OVERRIDABLE: &'static [&'static str] = &["delete_notices"];
    type Settings = Settings;
    type Rules = Settings;

    fn compile(settings: &Settings, _: &mut Compile<'_>) -> Settings {
        settings.clone()
    }

    async fn handle(rules: &Settings, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        match &event.kind {
            Kind::Message(message) | Kind::Edited(message) => heard(rules, cx, message).await?,
            Kind::Member(change) => changed(cx, event, change).await?,
            Kind::Button(press) if cx.role(press.chat.id) == Role::Staff => seen(cx, press, event.at).await?,
            Kind::Own(change) if change.chat.id.is_private() => {
                cx.tx.set_reach(change.user_of_chat(), change.after.is_in(), None).await?;
            }
            Kind::Own(change) if change.after.is_staff() && change.chat.is_group() => {
                ask(cx, change.chat.id);
                // Who left the staff chat unseen must not be taken for staff now that being in it counts everywhere.
                if cx.role(change.chat.id) == Role::Staff && !change.before.is_staff() {
                    reconcile::all(cx, change.chat.id);
                }
            }
            // Whoever spoke there while anybody could must not be taken for staff.
            Kind::Told(Told::WentPrivate) => {
                if let Some(chat) = event.chat.filter(|chat| cx.role(*chat) == Role::Staff) {
                    reconcile::all(cx, chat);
                }
            }
            Kind::Settings => {
                if let Some(chat) = event.chat {
                    ask(cx, chat);
                }
            }
            Kind::Started { from } => reconcile::begin(cx, *from),
            Kind::Due(due) => {
                let Some(chat) = event.chat else { return Ok(Flow::On) };
                if cx.due(event, "refresh").is_some() {
                    series::tidy(cx.tx.conn().await?, chat, event.at).await?;
                    ask(cx, chat);
                } else if cx.due(event, "linked").is_some() {
                    cx.emit(Class::Question, Effect::Ask(Question::Chat(chat)));
                } else if cx.due(event, "reconcile").is_some() {
                    reconcile::go_on(cx, chat, &due.payload).await?;
                }
            }
            Kind::Answer {
                question: Question::Member(chat, _),
                answer: Answer::Member { user, status, rights, .. },
            } => {
                reconcile::learnt(cx, event, *chat, user, *status, *rights).await?;
            }
            Kind::Answer { question: Question::Admins(chat), answer: Answer::Admins(admins) } => {
                staff_is(cx, *chat, admins).await?;
            }
            Kind::Answer { question: Question::Chat(chat), answer: Answer::Chat { linked, .. } } => {
                let linked = linked.map_or(Linked::Nobody, Linked::Channel);
                link(cx, *chat, linked).await?;
            }
            Kind::Told(Told::Forget { user }) => {
                if let Some(chat) = event.chat {
                    forget(cx, chat, *user).await?;
                }
            }
            _ => {}
        }
        Ok(Flow::On)
    }
}

/// Asks who the administrators are, and whose discussion group it is, now and again in a day.
fn ask(cx: &mut Cx<'_>, chat: ChatId) {
    if let Some(kind) = cx.chat(chat).filter(|row| row.is_live()).map(|row| row.kind) {
        cx.emit(Class::Question, Effect::Ask(Question::Admins(chat)));
        if kind == ChatKind::Supergroup && cx.role(chat) == Role::Group {
            let soon = cx.now + SOON;
            cx.remind(chat, "linked", soon, serde_json::Value::Null);
        }
        let again = cx.now + REFRESH;
        cx.remind(chat, "refresh", again, serde_json::Value::Null);
    }
}

/// Keeps whose discussion group a chat is.
async fn link(cx: &mut Cx<'_>, chat: ChatId, linked: Linked) -> Result<()> {
    match cx.chat(chat).filter(|row| row.linked != linked).cloned() {
        Some(row) => cx.tx.put_chat(ChatRow { linked, ..row }).await,
        None => Ok(()),
    }
}

async fn heard(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let chat = message.chat.id;
    // Telegram itself brings the channel's posts into the group. An edit may be of a time when another was linked.
    if let (Sender::LinkedChannel(channel), None) = (&message.sender, message.edited) {
        return link(cx, chat, Linked::Channel(channel.id)).await;
    }
    if let Some(service) = &message.service {
        if rules.delete_notices && matches!(service, Service::Joined(_) | Service::Left(_)) {
            cx.emit(Class::Guard, Effect::Delete { chat, messages: vec![message.id.into()] });
        }
        // `chat_owner_changed`, `chat_owner_left`: who may do what now, the notice does not say.
        if matches!(service, Service::Other(name) if name.starts_with("chat_owner_")) {
            ask(cx, chat);
        }
        return Ok(());
    }
    let Some(user) = message.author() else { return Ok(()) };
    if chat.is_private() {
        // Whoever writes to the bot can be written to.
        return cx.tx.set_reach(user.id, true, user.language.as_deref()).await;
    }
    let known = cx.tx.member(chat, user.id).await?;
    let mut member = match known.clone() {
        Some(member) => member,
        None => Member::new(chat, user, Status::Member, message.date),
    };
    // They speak, so they are in; the news of it was lost, or is still on its way. What they wrote before they went may
    // come only now, and an edit says nothing of where they are.
    if !member.status.is_in() && message.edited.is_none() && message.date > member.left.unwrap_or(member.last_seen) {
        member.status = Status::Member;
        member.left = None;
    }
    name(&mut member, user);
    let counts = message.edited.is_none();
    if counts {
        let zone = cx.common.timezone.0;
        let day = |at: Timestamp| Day::of(at, zone, chrono::NaiveTime::MIN);
        if member.messages == 0 || day(member.last_seen) != day(message.date) {
            member.days = (member.days + 1).min(DAYS_COUNTED);
        }
        member.messages = (member.messages + 1).min(MESSAGES_COUNTED);
        if message.date.since(member.last_seen) >= SEEN_STEP || member.days != known.as_ref().map_or(0, |old| old.days)
        {
            member.last_seen = member.last_seen.max(message.date);
        }
    }
    if known.as_ref() != Some(&member) {
        cx.tx.put_member(member);
    }
    Ok(())
}

/// Who presses a button in the staff chat is in it, unless they are known to have gone: buttons can be pressed from afar.
/// Those of a public chat by anybody.
async fn seen(cx: &mut Cx<'_>, press: &Press, at: Timestamp) -> Result<()> {
    if press.chat.username.is_none() && cx.tx.member(press.chat.id, press.user.id).await?.is_none() {
        cx.tx.put_member(Member::new(press.chat.id, &press.user, Status::Member, at));
    }
    Ok(())
}

fn name(member: &mut Member, user: &User) {
    member.name.clone_from(&user.name);
    member.username = user.username.as_ref().map(|name| name.to_lowercase());
}

async fn changed(cx: &mut Cx<'_>, event: &Event, change: &MemberChange) -> Result<()> {
    let (chat, user, at) = (change.chat.id, &change.user, event.at);
    if user.is_bot {
        return Ok(());
    }
    let known = cx.tx.member(chat, user.id).await?;
    let before = known.as_ref().map_or(change.before, |member| member.status);
    let mut member = match known.clone() {
        Some(member) => member,
        None => Member::new(chat, user, change.after, at),
    };
    member.status = change.after;
    member.restricts = change.rights.has(Right::Restrict);
    name(&mut member, user);
    member.last_seen = member.last_seen.max(at);
    // Somebody adopted because they spoke before the news of their joining came: the news still counts.
    let adopted = known.as_ref().is_some_and(|old| old.status.is_in() && old.joined.is_none());
    let passage = match Passage::of(before, change.after) {
        Passage::Stayed if adopted && change.passage() == Passage::Joined => Passage::Joined,
        passage => passage,
    };
    let kind = match passage {
        Passage::Joined => {
            let returning = known.as_ref().is_some_and(|old| old.joined.is_some() || old.left.is_some());
            member.joined = Some(at);
            member.left = None;
            cx.tell(Some(chat), Told::Joined { user: user.clone(), returning, by: change.by.id });
            Some(DeedKind::Join)
        }
        Passage::Left | Passage::Removed => {
            member.left = Some(at);
            let removed = passage == Passage::Removed;
            cx.tell(Some(chat), Told::Left { user: user.clone(), removed });
            Some(if removed { DeedKind::Removed } else { DeedKind::Leave })
        }
        Passage::Stayed => None,
    };
    cx.tx.put_member(member);
    if let Some(kind) = kind.filter(|_| cx.role(chat) == Role::Group) {
        let day = cx.day(at);
        let community = cx.community;
        cx.tx.log(Deed { community, chat, kind, reference: at.secs(), user: user.id, at, day, weight: 0.0 });
    }
    Ok(())
}

/// Brings the administrators to what Telegram says they are.
async fn staff_is(cx: &mut Cx<'_>, chat: ChatId, now: &[AdminEntry]) -> Result<()> {
    for was in cx.tx.staff(chat).await? {
        if !now.iter().any(|admin| admin.user.id == was.user) {
            // Whether they are still there the list does not say.
            cx.emit(Class::Question, Effect::Ask(Question::Member(chat, was.user)));
            cx.tx.put_member(Member { status: Status::Member, ..was });
        }
    }
    for AdminEntry { user, status, rights, .. } in now.iter().filter(|admin| !admin.user.is_bot) {
        let at = cx.now;
        let mut member = match cx.tx.member(chat, user.id).await? {
            Some(member) => member,
            None => Member::new(chat, user, *status, at),
        };
        member.status = *status;
        member.restricts = rights.has(Right::Restrict);
        name(&mut member, user);
        cx.tx.put_member(member);
    }
    Ok(())
}

/// Removes a person's name and counts; that they are in the chat stays known, since it can be seen by all.
async fn forget(cx: &mut Cx<'_>, chat: ChatId, user: crate::model::UserId) -> Result<()> {
    match cx.tx.member(chat, user).await? {
        Some(member) if member.status.is_in() => {
            let kept = Member { name: String::new(), username: None, messages: 0, days: 0, ..member };
            cx.tx.put_member(kept);
        }
        Some(_) => cx.tx.drop_member(chat, user).await?,
        None => {}
    }
    crate::store::activity::forget(cx.tx, cx.community, user).await
}
