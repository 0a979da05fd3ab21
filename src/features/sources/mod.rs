//! Reposts without a source (转载需注明来源): who posts one is asked where it is from, once in an hour, under the message.
//! Naming it by an edit or an answer, or saying that one wrote it, ends the question. Nobody is struck for it.

mod figures;
mod phrases;
mod policy;
mod rows;
mod settings;

use anyhow::Result;
use minijinja::context;
use serde::{Deserialize, Serialize};

use self::policy::Sort;
use self::rows::{Repost, State};
pub use self::settings::Settings;
use self::settings::Then;
use super::{Feature, Flow};
use crate::cx::{Compile, Cx, Phrase, Role};
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::{Press, Told, Why};
use crate::model::{
    ChatId, Class, Event, Kind, Measure, Message, MessageId, MessageKey, Sender, Span, Timestamp, User, UserId,
};
use crate::store::sent;

/// Characters of a repost kept for the staff until time is up.
const BEGINNING: usize = 500;
/// How long it is told in the group that a repost was deleted.
const SAID: Span = Span::minutes(1);

pub struct Sources;

/// What is known of a repost when time is up.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pending {
    user: UserId,
    name: String,
    topic: Option<i64>,
    date: Timestamp,
    /// How it begins.
    text: String,
}

impl Feature for Sources {
    const NAME: &'static str = "sources";
    const PHRASES: &'static [&'static [Phrase]] = &[phrases::PHRASES];
    const FIGURES: Option<&'static str> = Some(figures::PAGE);
    type Settings = Settings;
    type Rules = Settings;

    fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Settings {
        settings.check(compile);
        settings.clone()
    }

    async fn handle(rules: &Settings, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        if let Kind::Migrated { from, .. } = event.kind {
            rows::drop_chat(cx.tx, from).await?;
        }
        let Some(chat) = event.chat.filter(|_| cx.allowed) else { return Ok(Flow::On) };
        match &event.kind {
            Kind::Message(message) if cx.role(chat) == Role::Group => heard(rules, cx, message).await?,
            Kind::Edited(message) if cx.role(chat) == Role::Group => edited(rules, cx, message).await?,
            Kind::Button(press) => return pressed(cx, press).await,
            Kind::Due(due) => {
                if let Some(message) = cx.due(event, "ask").and_then(|id| id.parse().ok()) {
                    let pending = serde_json::from_value(due.payload.clone())?;
                    overdue(rules, cx, chat, MessageId(message), pending).await?;
                }
            }
            // Who was never asked has nothing to answer.
            Kind::Refused(refused) if refused.why != Why::Withdrawn => {
                let message = refused.note.strip_prefix("sources:ask:").and_then(|id| id.parse().ok());
                if let Some(message) = message.map(MessageId)
                    && let Some(it) = open(cx, chat, message).await?
                {
                    cx.unremind(chat, &format!("ask/{message}")).await?;
                    rows::drop_one(cx.tx, &it).await?;
                }
            }
            Kind::Told(Told::FiguresAsked { page, asked }) if page == figures::PAGE => {
                figures::tell(cx, chat, asked).await?;
            }
            Kind::Told(Told::Forget { user }) => {
                for it in rows::open_of(cx.tx, chat, *user).await? {
                    settle(cx, it, State::Own).await?;
                }
                rows::forget(cx.tx, chat, *user).await?;
            }
            _ => {}
        }
        Ok(Flow::On)
    }
}

async fn heard(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let Some(user) = message.author() else { return Ok(()) };
    answered(cx, message, user).await?;
    let is_free = message.topic.is_some_and(|topic| rules.free_topics.contains(&topic));
    let sort = if is_free { Sort::Other } else { policy::sort(message, rules) };
    if sort == Sort::Other || cx.is_staff(message.chat.id, user.id).await? {
        return Ok(());
    }
    let (chat, id) = (message.chat.id, message.id);
    rows::tidy(cx.tx, chat, cx.now).await?;
    let mut it = Repost { chat, message: id, user: user.id, at: message.date, state: State::Named };
    if sort == Sort::Named {
        return rows::put(cx.tx, &it).await;
    }
    if !policy::asks(message.date, rows::asked(cx.tx, chat, user.id).await?) {
        return Ok(());
    }
    let within = rules.within.in_words(cx.lang);
    let text = cx.text("sources.ask", context! { member => cx.mention(user.id, &user.name), within });
    let own = Key::press(cx.words("sources.own").visible(), format!("sources:own:{id}"));
    let send = Send { name: Some(name(id)), keyboard: Keyboard::row([own]), ..Send::new(chat, text) };
    let Some(asked) = cx.reply_with(message, send) else { return Ok(()) };
    asked.note = format!("sources:ask:{id}");
    it.state = State::Open;
    rows::put(cx.tx, &it).await?;
    let pending = Pending {
        user: user.id,
        name: user.name.clone(),
        topic: message.topic,
        date: message.date,
        text: message.text.chars().take(BEGINNING).collect(),
    };
    let due = cx.now + rules.within;
    cx.remind(chat, &format!("ask/{id}"), due, serde_json::to_value(pending)?);
    Ok(())
}

/// What the question about a message is called.
fn name(message: MessageId) -> MessageKey {
    MessageKey(format!("sources/ask/{message}"))
}

/// The repost of a message, if its writer still is to answer.
async fn open(cx: &mut Cx<'_>, chat: ChatId, message: MessageId) -> Result<Option<Repost>> {
    Ok(rows::find(cx.tx, chat, message).await?.filter(|it| it.state == State::Open))
}

/// Ends the question.
async fn settle(cx: &mut Cx<'_>, it: Repost, state: State) -> Result<()> {
    cx.unremind(it.chat, &format!("ask/{}", it.message)).await?;
    cx.take_back(it.chat, name(it.message).into());
    rows::put(cx.tx, &Repost { state, ..it }).await
}

/// Somebody answers their own repost, or the question under it.
async fn answered(cx: &mut Cx<'_>, message: &Message, user: &User) -> Result<()> {
    let Some(reply) = message.reply_to.as_ref().filter(|reply| reply.chat.is_none()) else { return Ok(()) };
    let chat = message.chat.id;
    let to_me = matches!(&reply.sender, Sender::Bot(bot) if bot.id == cx.me.id);
    let to_self = reply.sender.person().is_some_and(|other| other.id == user.id);
    // Looked at first: hardly any answer needs rows.
    if !(to_me || to_self) || !policy::answers(message, to_me) {
        return Ok(());
    }
    let asked = if to_me {
        let name = sent::name_of(cx.tx.settled().await?, chat, reply.id).await?;
        let id = name.and_then(|name| name.0.strip_prefix("sources/ask/").and_then(|id| id.parse().ok()));
        let Some(id) = id else { return Ok(()) };
        MessageId(id)
    } else {
        reply.id
    };
    if let Some(it) = open(cx, chat, asked).await?.filter(|it| it.user == user.id) {
        settle(cx, it, State::Given).await?;
    }
    Ok(())
}

/// An edit may name the source.
async fn edited(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let Some(user) = message.author_id() else { return Ok(()) };
    // Later than that nothing is asked any more.
    let is_over = cx.now.since(message.date) > rules.within + Span::minutes(10);
    if is_over || policy::lacks_source(message, rules) {
        return Ok(());
    }
    if let Some(it) = open(cx, message.chat.id, message.id).await?.filter(|it| it.user == user) {
        settle(cx, it, State::Given).await?;
    }
    Ok(())
}

/// "I wrote it": only who posted it can say so.
async fn pressed(cx: &mut Cx<'_>, press: &Press) -> Result<Flow> {
    let Some(args) = press.args("sources") else { return Ok(Flow::On) };
    let id = match args.as_slice() {
        ["own", id] => id.parse().ok().map(MessageId),
        _ => None,
    };
    let found = match id {
        Some(id) => open(cx, press.chat.id, id).await?,
        None => None,
    };
    let key = match found {
        None => "sources.over",
        Some(it) if it.user != press.user.id => "sources.not_yours",
        Some(it) => {
            settle(cx, it, State::Own).await?;
            "sources.thanks"
        }
    };
    let text = cx.words(key);
    cx.answer(press, &text, key == "sources.not_yours");
    Ok(Flow::Stop)
}

/// Time is up and nobody named the source.
async fn overdue(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, message: MessageId, it: Pending) -> Result<()> {
    let Some(repost) = open(cx, chat, message).await? else { return Ok(()) };
    settle(cx, repost, State::Lapsed).await?;
    let measure = match rules.then {
        Then::Nothing => return Ok(()),
        Then::Flag => Measure::Queue,
        Then::Delete => Measure::Delete,
    };
    // They may have become staff meanwhile.
    if cx.is_staff(chat, it.user).await? {
        return Ok(());
    }
    let shadow = cx.settings.value(chat, "strikes.shadow").is_some_and(|it| it == true);
    if measure == Measure::Delete && !shadow {
        let text = cx.text("sources.deleted", context! { member => cx.mention(it.user, &it.name) });
        let name = MessageKey(format!("sources/deleted/{message}"));
        cx.send(Class::Reply, Send { name: Some(name.clone()), topic: it.topic, ..Send::new(chat, text) });
        cx.take_back_later(chat, name, SAID);
    }
    let reason = cx.words("sources.reason").visible();
    let user = User { id: it.user, name: it.name, ..User::default() };
    let message = Message {
        chat: crate::model::Chat { id: chat, ..crate::model::Chat::default() },
        id: message,
        topic: it.topic,
        sender: Sender::Person(user),
        date: it.date,
        text: it.text,
        ..Message::default()
    };
    cx.tell(Some(chat), Told::Offence { message: Box::new(message), reason, measure, evidence: Vec::new() });
    Ok(())
}
