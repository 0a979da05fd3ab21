//! Every message and every edit is judged; what is an ad goes, and counts as nothing else.

use anyhow::Result;

use super::case::{self, Case, Found};
use super::ledger::{self, Spot};
use super::settings::Suspects;
use super::{Rules, act, allowed, card, copies, hold, outcome, policy, words};
use crate::cx::Cx;
use crate::features::Flow;
use crate::judge::{self, Class, Context, SenderFacts, Verdict, judge_and_read, judge_in};
use crate::model::event::Told;
use crate::model::{Event, Message, Sender, Timestamp, User, UserId};
use crate::store::lessons;

/// Judges a message of a group.
pub async fn heard(rules: &Rules, cx: &mut Cx<'_>, event: &Event, message: &Message) -> Result<Flow> {
    if !matches!(message.sender, Sender::Person(_) | Sender::Channel(_)) {
        if matches!(message.sender, Sender::AnonymousAdmin | Sender::LinkedChannel(_)) {
            copies::ours(rules, cx, message, event.at);
        }
        return Ok(Flow::On);
    }
    // The community's own channel may write as itself in its discussion group.
    if let Sender::Channel(channel) = &message.sender
        && cx.owns(channel.id, message.chat.id) == Some(true)
    {
        copies::ours(rules, cx, message, event.at);
        return Ok(Flow::On);
    }
    let spot = spot(message);
    if spot.album.is_some() {
        ledger::mark(cx.tx, cx.community, spot, 0).await?;
    }
    let mut facts = facts(cx, message).await?;
    // Most messages are clean by the strictest look, which needs no rows.
    let strict = SenderFacts { strikes: 1, ..facts };
    let taught = lessons::local(cx.tx, cx.community, &rules.judge).await?;
    let first = judge_and_read(message, &strict, &rules.judge, &Context { local: Some(&taught), alike: None });
    let alike = copies::seen(rules, cx, message, event.at, &facts, &first).await?;
    let clean = first.0.class == Class::Clean && alike.is_none();
    let context = Context { local: Some(&taught), alike };
    if clean && spot.album.is_none() {
        return Ok(Flow::On);
    }
    let verdict = if clean { None } else { Some(second_look(rules, cx, message, &mut facts, &context).await?) };
    let class = verdict.as_ref().map_or(Class::Clean, |verdict| verdict.class);
    let dealt_with = ledger::marked(cx.tx, spot).await?;
    let new = &rules.settings.judge.newcomer;
    let newcomer = facts.joined.is_some_and(|joined| joined < new.span) || facts.messages < new.messages;
    let Some(user) = &writer(message) else { return Ok(Flow::On) };
    let flow = match verdict {
        Some(verdict) if class >= Class::Ad => {
            let found = if class == Class::Severe { Found::Severe } else { Found::Ad };
            advert(rules, cx, Judged { at: event.at, message, user, verdict, found, dealt_with, newcomer }).await
        }
        // Another part of an album that is an ad already.
        _ if dealt_with > 0 && spot.album.is_some() => late_part(rules, cx, message, dealt_with).await,
        Some(verdict) if class == Class::Suspect && rules.settings.suspects != Suspects::Ignore => {
            let judged = Judged { at: event.at, message, user, verdict, found: Found::Suspect, dealt_with, newcomer };
            look_at(rules, cx, judged).await
        }
        _ => Ok(Flow::On),
    }?;
    if class > Class::Clean {
        let case = ledger::marked(cx.tx, spot).await?;
        cx.spread.belongs(cx.current(message.chat.id), message.id, case);
    }
    Ok(flow)
}

/// Who is judged: a person, or a channel by its number and title.
fn writer(message: &Message) -> Option<User> {
    match &message.sender {
        Sender::Person(user) => Some(user.clone()),
        Sender::Channel(channel) => {
            Some(User { id: UserId(channel.id.0), name: channel.title.clone(), ..User::default() })
        }
        _ => None,
    }
}

fn spot(message: &Message) -> Spot<'_> {
    Spot { chat: message.chat.id, message: message.id, album: message.album.as_deref(), at: message.date }
}

/// What is known of the writer at hand.
async fn facts(cx: &mut Cx<'_>, message: &Message) -> Result<SenderFacts> {
    let is_channel = matches!(message.sender, Sender::Channel(_));
    let Some(user) = message.author_id() else { return Ok(SenderFacts { is_channel, ..SenderFacts::default() }) };
    let Some(member) = cx.tx.member(message.chat.id, user).await? else { return Ok(SenderFacts::default()) };
    let raid = cx.chat(message.chat.id).and_then(|row| row.raid);
    // This message is counted already, unless it is an edit of one.
    let this = i64::from(message.edited.is_none());
    Ok(SenderFacts {
        joined: member.joined.map(|joined| message.date.since(joined)),
        messages: (member.messages - this).max(0),
        days_active: member.days,
        trusted: member.trusted,
        burst: raid.zip(member.joined).is_some_and(|(raid, joined)| raid.brought(joined)),
        ..SenderFacts::default()
    })
}

/// Judges with all there is to know: staff, strikes, and which names are the community's own or allowed.
async fn second_look(
    rules: &Rules,
    cx: &mut Cx<'_>,
    message: &Message,
    facts: &mut SenderFacts,
    context: &Context<'_>,
) -> Result<Verdict> {
    if let Some(user) = message.author_id() {
        facts.staff = cx.is_staff(message.chat.id, user).await?;
        let cases = ledger::of_user(cx.tx, cx.community, user).await?;
        facts.strikes = i64::try_from(cases.iter().filter(|case| case.is_in_force(message.date)).count())?;
    }
    let ours = cx.tx.chats().filter(|row| row.community == cx.community).filter_map(|row| row.username.clone());
    let own: Vec<String> = ours.chain([cx.me.username.clone()]).filter(|name| !name.is_empty()).collect();
    let allowed = allowed::entries(cx.tx, cx.community).await?;
    Ok(judge_in(message, facts, &rules.judge.with_own(own).allowing(&allowed), context))
}

/// A message that is not clean.
struct Judged<'a> {
    /// When it was written, or edited into what it is.
    at: Timestamp,
    message: &'a Message,
    user: &'a User,
    verdict: Verdict,
    found: Found,
    /// The case it belongs to already, if not 0.
    dealt_with: i64,
    newcomer: bool,
}

/// An ad goes. A person is struck for it; a channel is shut out, for there is nobody to strike, unless it may be the
/// community's own for all that is known.
async fn advert(rules: &Rules, cx: &mut Cx<'_>, judged: Judged<'_>) -> Result<Flow> {
    let is_ours_maybe = match &judged.message.sender {
        Sender::Channel(channel) => cx.owns(channel.id, judged.message.chat.id) != Some(false),
        _ => false,
    };
    if rules.settings.shadow || is_ours_maybe {
        return look_at(rules, cx, judged).await;
    }
    let Judged { at, message, user, verdict, found, dealt_with, .. } = judged;
    let severe = found == Found::Severe;
    let spot = spot(message);
    let mut strikes = ledger::of_user(cx.tx, cx.community, user.id).await?;
    // A channel is shut out of each group by itself.
    strikes.retain(|case| case.is_dealt_with() && (case.channel().is_none() || case.chat == spot.chat));
    let known = case::known(&strikes, dealt_with);
    if let Some(id) = policy::part_of(at, severe, &known, rules.settings.burst) {
        let undone = strikes.iter().any(|case| case.id == id && case.undone.is_some());
        // The staff found nothing wrong with it.
        if undone {
            return Ok(Flow::On);
        }
        uncount(cx, message, user).await?;
        shut_out_again(rules, cx, id).await?;
        return part(rules, cx, message, id).await;
    }
    uncount(cx, message, user).await?;
    let mut case = match ledger::case(cx.tx, dealt_with).await? {
        // It was before the staff as suspicious or reported; now it is clear.
        Some(case) if !case.is_dealt_with() && case.about.decision.is_none() => case,
        _ => act::open(cx, user.id, spot, at).await?,
    };
    case.at = at;
    describe(&mut case, message, at, verdict, found);
    let parts = ledger::parts(cx.tx, spot, 0).await?;
    for part in &parts {
        ledger::mark(cx.tx, cx.community, Spot { message: *part, ..spot }, case.id).await?;
    }
    act::delete(cx, &mut case, parts, message.date, "").await?;
    if let Some(channel) = case.channel() {
        act::shut_out_of(cx, &mut case, channel, vec![spot.chat], "").await?;
    } else {
        let step = act::step(rules, cx, &case).await?;
        act::strike(rules, cx, &mut case, step, at).await?;
    }
    card::show(rules, cx, &mut case).await?;
    Ok(Flow::Stop)
}

/// A channel that could not be shut out and writes on is asked to be shut out once more.
async fn shut_out_again(rules: &Rules, cx: &mut Cx<'_>, id: i64) -> Result<()> {
    let Some(mut case) = ledger::case(cx.tx, id).await?.filter(Case::is_idle) else { return Ok(()) };
    let Some(channel) = case.channel() else { return Ok(()) };
    let groups = vec![case.chat];
    act::shut_out_of(cx, &mut case, channel, groups, "").await?;
    card::refresh(rules, cx, &case).await
}

/// One more message of a strike: it goes, and costs nothing more.
async fn part(rules: &Rules, cx: &mut Cx<'_>, message: &Message, id: i64) -> Result<Flow> {
    let spot = spot(message);
    if !ledger::is_known(cx.tx, spot).await? {
        let mut messages = ledger::parts(cx.tx, spot, id).await?;
        for part in &messages {
            ledger::mark(cx.tx, cx.community, Spot { message: *part, ..spot }, id).await?;
        }
        // What still waits to be deleted goes together with this.
        if cx.tx.withdraw(spot.chat, &act::note(id, "delete")).await? > 0 {
            messages = ledger::messages(cx.tx, cx.community, id, spot.chat).await?;
        }
        if let Some(hitch) = act::delete_in(cx, id, spot.chat, messages, message.date)
            && let Some(mut case) = ledger::case(cx.tx, id).await?
        {
            outcome::note(cx, &mut case, spot.chat, hitch).await?;
            ledger::put(cx.tx, &case).await?;
            card::refresh(rules, cx, &case).await?;
        }
    }
    Ok(Flow::Stop)
}

async fn late_part(rules: &Rules, cx: &mut Cx<'_>, message: &Message, id: i64) -> Result<Flow> {
    match ledger::case(cx.tx, id).await? {
        Some(case) if case.is_dealt_with() && case.undone.is_none() => {
            if let Sender::Person(user) = &message.sender {
                uncount(cx, message, user).await?;
            }
            part(rules, cx, message, id).await
        }
        Some(case) if case.is_held() => match &message.sender {
            Sender::Person(user) => hold_more(rules, cx, message, user, id).await,
            _ => Ok(Flow::On),
        },
        _ => Ok(Flow::On),
    }
}

/// An ad is no sign of belonging: it does not make its writer less of a newcomer.
async fn uncount(cx: &mut Cx<'_>, message: &Message, user: &User) -> Result<()> {
    if message.edited.is_none()
        && let Some(mut member) = cx.tx.member(message.chat.id, user.id).await?
        && member.messages > 0
    {
        member.messages -= 1;
        cx.tx.put_member(member);
    }
    Ok(())
}

fn describe(case: &mut Case, message: &Message, at: Timestamp, verdict: judge::Verdict, found: Found) {
    case.about.found = found;
    case.about.offence_at = Some(at);
    case.about.topic = message.topic;
    case.about.score = verdict.score;
    case.about.reasons = verdict.reasons;
    case.about.text = words::excerpt(&message.text);
    if let Sender::Channel(channel) = &message.sender {
        case.about.channel.clone_from(&channel.title);
    }
}

/// Shows the staff what is done nothing about: once for a message, an album or a burst.
async fn look_at(rules: &Rules, cx: &mut Cx<'_>, judged: Judged<'_>) -> Result<Flow> {
    let Judged { at, message, user, verdict, found, dealt_with, newcomer } = judged;
    let spot = spot(message);
    let cases = ledger::of_user(cx.tx, cx.community, user.id).await?;
    let known = case::known(&cases, dealt_with);
    let hides = rules.settings.suspects == Suspects::Hide && found == Found::Suspect;
    let hides = hold::wants(rules, cx, message, hides).await?;
    if let Some(id) = policy::part_of(at, found == Found::Severe, &known, rules.settings.burst) {
        if dealt_with == 0 {
            ledger::mark(cx.tx, cx.community, spot, id).await?;
        }
        return if hides { hold_more(rules, cx, message, user, id).await } else { Ok(Flow::On) };
    }
    let mut case = act::open(cx, user.id, spot, at).await?;
    describe(&mut case, message, at, verdict, found);
    ledger::put(cx.tx, &case).await?;
    ledger::mark(cx.tx, cx.community, spot, case.id).await?;
    let hidden = hides && hold::take_out(rules, cx, &mut case, message).await?;
    card::show(rules, cx, &mut case).await?;
    // An opinion is for who reads the card.
    if found == Found::Suspect && case.has_card() {
        let text = message.text.clone();
        cx.tell(Some(case.chat), Told::Suspected { case: case.id, text, newcomer });
    }
    if !hidden {
        return Ok(Flow::On);
    }
    uncount(cx, message, user).await?;
    Ok(Flow::Stop)
}

/// One more message of a case that is held, if it is: it is held too.
async fn hold_more(rules: &Rules, cx: &mut Cx<'_>, message: &Message, user: &User, id: i64) -> Result<Flow> {
    if !hold::more(rules, cx, message, id).await? {
        return Ok(Flow::On);
    }
    uncount(cx, message, user).await?;
    Ok(Flow::Stop)
}
