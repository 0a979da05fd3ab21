//! Words the community does not want: insults and sensitive words, by lists with versions. What a list says is done: the
//! message is shown to the staff, held, deleted or counted like an ad.
//!
//! Staff are never judged by them, and of who is trusted the staff are only shown a message. What was found, and by which
//! version of which list, stands on the card; the group is not told the word.

mod figures;
mod insults;
mod list;
mod phrases;
mod policy;
mod rows;
mod settings;

use anyhow::Result;
use minijinja::context;

use self::policy::Writer;
pub use self::settings::Settings;
use self::settings::Source;
use super::{Feature, Flow};
use crate::cx::{Compile, Cx, Phrase, Role};
use crate::judge::Seen;
use crate::model::effect::Send;
use crate::model::event::Told;
use crate::model::{Class, Event, Evidence, Kind, Measure, Message, MessageKey, Span, User};

/// Words found that are told on a card, of one message.
const TOLD: usize = 5;

pub struct WordLists;

/// The settings with the lists they name.
pub struct Rules {
    hint_for: Span,
    sources: Vec<Source>,
}

impl Feature for WordLists {
    const NAME: &'static str = "wordlists";
    const PHRASES: &'static [&'static [Phrase]] = &[phrases::PHRASES];
    const FIGURES: Option<&'static str> = Some(figures::PAGE);
    type Settings = Settings;
    type Rules = Rules;

    fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Rules {
        Rules { hint_for: settings.hint_for, sources: settings.sources(compile) }
    }

    async fn handle(rules: &Rules, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        match &event.kind {
            Kind::Migrated { from, .. } => rows::drop_chat(cx.tx, *from).await?,
            Kind::Message(message) | Kind::Edited(message) if cx.allowed && cx.role(message.chat.id) == Role::Group => {
                return heard(rules, cx, event, message).await;
            }
            Kind::Told(Told::FiguresAsked { page, asked }) if page == figures::PAGE => {
                if let Some(chat) = event.chat {
                    figures::tell(cx, chat, asked).await?;
                }
            }
            Kind::Told(Told::Forget { user }) => {
                if let Some(chat) = event.chat {
                    rows::forget(cx.tx, chat, *user).await?;
                }
            }
            _ => {}
        }
        Ok(Flow::On)
    }
}

/// What a list found in a message.
struct Hit<'r> {
    source: &'r Source,
    measure: Measure,
    words: Vec<String>,
}

/// What the lists find in all a message says.
fn look<'r>(rules: &'r Rules, message: &Message) -> Vec<Hit<'r>> {
    let texts = std::iter::once(&message.text).chain(&message.extra).filter(|text| !text.is_empty());
    let seen: Vec<Seen<'_>> = texts.map(|text| Seen::read(text)).collect();
    let mut hits = Vec::new();
    for source in &rules.sources {
        let mut found = Vec::new();
        for seen in &seen {
            let of_text = source.list.find(seen).into_iter();
            found.extend(of_text.map(|it| (it.measure.unwrap_or(source.standard), seen.excerpt(it.range))));
        }
        let Some(measure) = found.iter().map(|(measure, _)| *measure).max() else { continue };
        let mut words: Vec<String> = Vec::new();
        for (_, word) in found {
            if words.len() < TOLD && !words.contains(&word) {
                words.push(word);
            }
        }
        hits.push(Hit { source, measure, words });
    }
    hits
}

async fn heard(rules: &Rules, cx: &mut Cx<'_>, event: &Event, message: &Message) -> Result<Flow> {
    let Some(user) = message.author() else { return Ok(Flow::On) };
    let hits = look(rules, message);
    if hits.is_empty() {
        return Ok(Flow::On);
    }
    // Asked for last: it may need rows, and hardly anything is found.
    let writer = writer(cx, message, user).await?;
    let Some(measure) = policy::measure(hits.iter().map(|hit| hit.measure), writer) else { return Ok(Flow::On) };
    // In shadow mode nothing is done, so that the message is talk like any other.
    let shadow = cx.settings.value(message.chat.id, "strikes.shadow").is_some_and(|it| it == true);
    let flow = if measure == Measure::Queue || shadow { Flow::On } else { Flow::Stop };
    let spot = rows::Spot { chat: message.chat.id, message: message.id, user: user.id, at: event.at };
    // An edit of what was dealt with already.
    if rows::measure(cx.tx, spot).await?.is_some_and(|before| before >= measure) {
        return Ok(flow);
    }
    let said = measure == Measure::Delete && !shadow && !cx.is_stale(event.at) && {
        let (last, said) = rows::said(cx.tx, spot, event.at - Span::minutes(1)).await?;
        policy::hints(event.at, last, said)
    };
    for hit in &hits {
        rows::put(cx.tx, spot, (&hit.source.name, &hit.source.list.version), measure, said).await?;
    }
    rows::tidy(cx.tx, spot.chat, cx.now).await?;
    if said {
        hint(rules, cx, message, user);
    }
    let mut gravest = hits.iter().filter(|hit| writer == Writer::Trusted || hit.measure == measure);
    let insults = gravest.all(|hit| hit.source.is_insults);
    let reason = cx.words(if insults { "wordlists.reason_insult" } else { "wordlists.reason" }).visible();
    let evidence = hits.iter().map(|hit| evidence(cx, hit)).collect();
    cx.tell(Some(spot.chat), Told::Offence { message: Box::new(message.clone()), reason, measure, evidence });
    Ok(flow)
}

async fn writer(cx: &mut Cx<'_>, message: &Message, user: &User) -> Result<Writer> {
    if cx.is_staff(message.chat.id, user.id).await? {
        return Ok(Writer::Staff);
    }
    let member = cx.tx.member(message.chat.id, user.id).await?;
    Ok(if member.is_some_and(|member| member.trusted) { Writer::Trusted } else { Writer::Member })
}

/// What the card says of a hit: the list with its version, and what was written.
fn evidence(cx: &Cx<'_>, hit: &Hit<'_>) -> Evidence {
    let name = match hit.source.name.strip_prefix("insults.").filter(|_| hit.source.is_insults) {
        Some(language) => format!("{} {language}", cx.words("wordlists.built_in").visible()),
        None => hit.source.name.clone(),
    };
    Evidence { by: format!("{name} v{}", hit.source.list.version), words: hit.words.join(" · ") }
}

/// Tells the writer in the group, for a short while, that their message went.
fn hint(rules: &Rules, cx: &mut Cx<'_>, message: &Message, user: &User) {
    let chat = message.chat.id;
    let text = cx.text("wordlists.hint", context! { member => cx.mention(user.id, &user.name) });
    let name = MessageKey(format!("wordlists/hint/{}", message.id));
    cx.send(Class::Reply, Send { name: Some(name.clone()), topic: message.topic, ..Send::new(chat, text) });
    cx.take_back_later(chat, name, rules.hint_for);
}
