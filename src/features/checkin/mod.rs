//! Daily check-ins: a word, a command or a button, once per member and local day; streaks that only a member's own
//! pause can break; make-up cards, rewards, a daily post, an evening reminder, a summary and a leaderboard.

mod absence;
mod board;
mod card;
mod coming;
mod daily;
mod figures;
mod gift;
mod posts;
mod put_off;
mod rows;
mod rules;
mod settings;
mod since;
mod streak;
mod texts;
mod words;

use anyhow::Result;
use minijinja::{Value, context};

pub use coming::{Coming, Done, coming};
pub use daily::Round;
pub use rules::Rules;
pub use settings::{Answer, Gift, Makeup, Place, Post, Reward, Settings};

use super::{Command, Feature, Flow, Who};
use crate::cx::{Compile, Cx, Phrase, Role};
use crate::model::command::Command as Typed;
use crate::model::effect::Send;
use crate::model::event::{Press, Told};
use crate::model::{
    ChatId, Class, Day, Effect, Event, Kind, Message, MessageKey, Rights, Sender, Span, Status, Text, Timestamp, User,
    UserId,
};
use crate::store::activity::{Deed, DeedKind};
use crate::store::members::Member;
use absence::excused_for;
use gift::{Given, Occasion};
use rows::{CheckIn as Row, Written};
use streak::Streak;

/// The button that checks in.
const DO: &str = "checkin:do";
/// What a check-in counts as an interaction.
const WEIGHT: f64 = 1.0;

pub struct CheckIn;

impl Feature for CheckIn {
    const NAME: &'static str = "checkin";
    const PHRASES: &'static [&'static [Phrase]] = &[texts::PHRASES];
    const COMMANDS: &'static [Command] = &[
        Command { name: "checkin", who: Who::Everyone, zh: "打卡", en: "Check in for today" },
        Command { name: "streak", who: Who::Everyone, zh: "我连续打卡了几天", en: "Your streak" },
        Command { name: "top", who: Who::Everyone, zh: "打卡排行榜", en: "Longest streaks" },
        Command { name: "makeup", who: Who::Everyone, zh: "补签漏掉的一天", en: "Make up a day you missed" },
    ];
    const OVERRIDABLE: &'static [&'static str] =
        &["answer", "answer_for", "remind_at", "remind_from", "remind_in", "summary_at", "leaderboard"];
    const FIGURES: Option<&'static str> = Some(figures::PAGE);
    type Settings = Settings;
    type Rules = Rules;

    fn compile(settings: &Settings, compile: &mut Compile<'_>) -> Rules {
        rules::compile(settings, compile)
    }

    async fn off(cx: &mut Cx<'_>, event: &Event) -> Result<()> {
        match &event.kind {
            Kind::Told(Told::Forget { user }) => rows::forget(cx.tx, cx.community, *user).await,
            _ => Ok(()),
        }
    }

    async fn handle(rules: &Rules, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        if !cx.allowed {
            return Ok(Flow::On);
        }
        match &event.kind {
            Kind::Message(message) => return heard(rules, cx, message).await,
            Kind::Button(press) if press.args(DO).is_some() => {
                pressed(rules, cx, event.at, press).await?;
                return Ok(Flow::Stop);
            }
            Kind::Settings => {
                if let Some(chat) = event.chat {
                    since::seen(rules, cx, chat).await?;
                    daily::plan(rules, cx, chat).await?;
                    gift::settle(rules, cx).await?;
                }
            }
            Kind::Own(change) if change.after.is_in() => daily::plan(rules, cx, change.chat.id).await?,
            Kind::Due(due) => {
                let Some(chat) = event.chat else { return Ok(Flow::On) };
                if let Some(id) = cx.due(event, "claim").and_then(|id| id.parse().ok()) {
                    gift::close_offer(cx, chat, id);
                } else if cx.due(event, since::ON).is_some() {
                    since::due(rules, cx, chat, due)?;
                } else if cx.due(event, put_off::PUT_OFF).is_some() {
                    put_off::due(rules, cx, chat, due).await?;
                } else {
                    daily::due(rules, cx, event, chat).await?;
                }
            }
            Kind::Delivered(delivery) => {
                gift::delivered(cx, delivery).await?;
                if let Some(chat) = event.chat {
                    daily::delivered(rules, cx, chat, delivery).await?;
                }
            }
            Kind::Refused(refused) => {
                gift::refused(rules, cx, refused).await?;
                if let Some(chat) = event.chat {
                    daily::refused(rules, cx, chat, refused).await?;
                }
            }
            Kind::Migrated { from, to } => rows::moved(cx.tx, *from, *to).await?,
            Kind::Told(Told::Paused) => {
                if let Some(chat) = event.chat {
                    daily::called_off(rules, cx, chat).await?;
                }
            }
            Kind::Told(Told::RightsChanged { before, after }) => match (event.chat, *before, *after) {
                (Some(chat), _, Rights::NONE) => {
                    if let Some(due) = daily::called_off(rules, cx, chat).await? {
                        put_off::until_back(rules, cx, chat, due);
                    }
                }
                (Some(chat), Rights::NONE, _) => put_off::back(rules, cx, chat).await?,
                _ => {}
            },
            Kind::Told(Told::FiguresAsked { page, asked }) if page == figures::PAGE => {
                if let Some(chat) = event.chat {
                    figures::tell(rules, cx, chat, asked).await?;
                }
            }
            Kind::Told(Told::Forget { user }) => rows::forget(cx.tx, cx.community, *user).await?,
            _ => {}
        }
        Ok(Flow::On)
    }
}

async fn heard(rules: &Rules, cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    if message.service.is_some() || message.edited.is_some() {
        return Ok(Flow::On);
    }
    if let Some(command) = cx.command(message) {
        return commanded(rules, cx, message, &command).await;
    }
    let Some(user) = message.author() else { return Ok(Flow::On) };
    let written_here = message.forward.is_none() && message.via_bot.is_none();
    if written_here && cx.role(message.chat.id) != Role::Staff && rules.words.lead(&message.text) {
        by_message(rules, cx, message, user).await?;
    }
    Ok(Flow::On)
}

async fn commanded(rules: &Rules, cx: &mut Cx<'_>, message: &Message, command: &Typed<'_>) -> Result<Flow> {
    let role = cx.role(message.chat.id);
    match (command.name.as_str(), role) {
        ("me", _) => {
            board::add_own(rules, cx, message).await?;
            return Ok(Flow::On);
        }
        ("top", _) => board::top(rules, cx, message, command).await?,
        ("start", Role::Private) => {
            let Some(user) = message.author_id() else { return Ok(Flow::On) };
            match command.rest.strip_prefix("gift_") {
                Some(id) => {
                    if let Some(text) = gift::fetch(cx, user, id).await? {
                        cx.reply(message, text);
                    }
                }
                None if command.rest.is_empty() && gift::fetch_all(cx, user).await? => {}
                None => return Ok(Flow::On),
            }
        }
        ("checkin" | "streak" | "makeup", Role::Group | Role::Private) => {
            let Some(user) = message.author() else {
                only_people(rules, cx, message);
                return Ok(Flow::Stop);
            };
            match command.name.as_str() {
                "checkin" => by_message(rules, cx, message, user).await?,
                "streak" => board::streak(rules, cx, message, user).await?,
                _ => card::makeup(rules, cx, message, user, command.rest).await?,
            }
        }
        ("checkin" | "streak" | "makeup", Role::Staff) => {
            let text = cx.words("checkin.elsewhere");
            say(rules, cx, message, text);
        }
        _ => return Ok(Flow::On),
    }
    Ok(Flow::Stop)
}

/// Tells an anonymous administrator or a channel why nothing was counted.
fn only_people(rules: &Rules, cx: &mut Cx<'_>, message: &Message) {
    if matches!(message.sender, Sender::AnonymousAdmin | Sender::Channel(_)) {
        let text = cx.words("checkin.only-people");
        say(rules, cx, message, text);
    }
}

async fn by_message(rules: &Rules, cx: &mut Cx<'_>, message: &Message, user: &User) -> Result<()> {
    let Some(group) = group_of(cx, message.chat.id, user.id).await? else {
        let text = cx.words("checkin.join-first");
        cx.reply(message, text);
        return Ok(());
    };
    introduce(cx, group, user, message.date).await?;
    let day = rules.day(message.date);
    let (written, standing) = credit(rules, cx, user, group, day, Moment::of(message), false).await?;
    if written == Written::Echo || standing.said {
        return Ok(());
    }
    let in_group = !message.chat.id.is_private();
    let emoji = if written == Written::New { "🔥" } else { "👌" };
    match rules.settings.answer {
        Answer::Quiet if in_group => {}
        Answer::React if in_group => {
            if cx.heeds(message) {
                let (chat, message) = (message.chat.id, message.id.into());
                cx.emit(Class::Reply, Effect::React { chat, message, emoji: emoji.to_owned() });
            }
        }
        _ => {
            let text = standing.told(rules, cx, written);
            say(rules, cx, message, text);
        }
    }
    Ok(())
}

async fn pressed(rules: &Rules, cx: &mut Cx<'_>, at: Timestamp, press: &Press) -> Result<()> {
    let group = group_of(cx, press.chat.id, press.user.id).await?.filter(|_| !press.user.is_bot);
    let refusal = match group {
        Some(group) if cx.is_in(press, group).await? => return by_button(rules, cx, at, press, group).await,
        Some(_) => "checkin.unseen",
        None => "checkin.join-first",
    };
    let text = cx.words(refusal);
    cx.answer(press, &text, true);
    Ok(())
}

async fn by_button(rules: &Rules, cx: &mut Cx<'_>, at: Timestamp, press: &Press, group: ChatId) -> Result<()> {
    introduce(cx, group, &press.user, at).await?;
    let moment = Moment { at, message: None };
    let (written, standing) = credit(rules, cx, &press.user, group, rules.day(at), moment, false).await?;
    let text = standing.told(rules, cx, written);
    cx.answer(press, &text, false);
    Ok(())
}

/// Lists need a name: of somebody who was there before the bot and has not spoken yet, or who was forgotten.
async fn introduce(cx: &mut Cx<'_>, group: ChatId, user: &User, at: Timestamp) -> Result<()> {
    let known = cx.tx.member(group, user.id).await?;
    if known.as_ref().is_none_or(|member| member.name.is_empty()) {
        let fresh = Member::new(group, user, Status::Member, at);
        let (name, username) = (fresh.name.clone(), fresh.username.clone());
        cx.tx.put_member(known.map_or(fresh, |known| Member { name, username, ..known }));
    }
    Ok(())
}

/// The group somebody's check-in belongs to: where they are, or from private the one they were last seen in. None for
/// who is in none.
async fn group_of(cx: &mut Cx<'_>, chat: ChatId, user: UserId) -> Result<Option<ChatId>> {
    if cx.role(chat) == Role::Group {
        let member = cx.tx.member(chat, user).await?;
        return Ok(member.is_none_or(|member| member.status.is_in()).then_some(chat));
    }
    let all = cx.tx.memberships(user).await?;
    let here = |chat: ChatId| {
        cx.role(chat) == Role::Group && cx.chat(chat).is_some_and(|row| row.community == cx.community && row.is_live())
    };
    Ok(all.iter().find(|member| member.status.is_in() && here(member.chat)).map(|member| member.chat))
}

/// When and with what somebody checked in.
#[derive(Clone, Copy)]
struct Moment<'a> {
    at: Timestamp,
    message: Option<&'a Message>,
}

impl<'a> Moment<'a> {
    fn of(message: &'a Message) -> Self {
        Self { at: message.date, message: Some(message) }
    }

    /// The message's number as it is kept: numbers of private chats stand below zero, apart from those of groups.
    fn number(&self) -> Option<i64> {
        self.message.map(|message| if message.chat.id.is_private() { -message.id.0 } else { message.id.0 })
    }

    /// The message, when it can be answered in the group.
    fn in_group(&self) -> Option<&'a Message> {
        self.message.filter(|message| !message.chat.id.is_private())
    }
}

/// Where somebody stands after a check-in.
struct Standing {
    /// The day that was counted.
    day: Day,
    streak: i64,
    best: i64,
    /// Titles of gifts that are on their way in private.
    gifts: Vec<String>,
    /// The group has a message about a gift, which tells the rest.
    said: bool,
}

impl Standing {
    fn told(&self, rules: &Rules, cx: &Cx<'_>, written: Written) -> Text {
        let (streak, best) = (self.streak, self.best);
        let gift = self.gifts.first();
        match written {
            Written::New => cx.text("checkin.done", context! { streak, best, next => next(rules, streak), gift }),
            Written::Again | Written::Freed | Written::Echo => {
                let date = daily::another_day(rules, cx, self.day);
                cx.text("checkin.already", context! { date, streak, best })
            }
        }
    }
}

/// The nearest reward, as texts show it.
fn next(rules: &Rules, streak: i64) -> Option<Value> {
    rules.next_reward(streak).map(|(title, days)| context! { title, days })
}

/// Counts a day for a member and works out anew what their days come to, so that it does not matter in which order
/// check-ins arrive.
async fn credit(
    rules: &Rules,
    cx: &mut Cx<'_>,
    user: &User,
    group: ChatId,
    day: Day,
    moment: Moment<'_>,
    made_up: bool,
) -> Result<(Written, Standing)> {
    let (community, at, message) = (cx.community, moment.at, moment.number());
    let row = Row { community, user: user.id, day, at, chat: group, message, made_up };
    let written = rows::add(cx.tx, &row).await?;
    let days = rows::days(cx.tx, community, user.id).await?;
    let excused = excused_for(rules, cx, user.id).await?;
    let Some(streak) = Streak::of(&days, &excused) else { anyhow::bail!("a check-in was written and is not there") };
    let today = rules.day(cx.now).max(day);
    let mut standing =
        Standing { day, streak: streak.on(today, &excused), best: streak.best, gifts: Vec::new(), said: false };
    if !made_up && matches!(written, Written::New | Written::Freed) {
        let (kind, reference, local) = (DeedKind::CheckIn, day.0, cx.day(at));
        cx.tx.log(Deed { community, chat: group, kind, reference, user: user.id, at, day: local, weight: WEIGHT });
        daily::recount(cx, day).await?;
    }
    if written != Written::New {
        return Ok((written, standing));
    }
    rows::keep_streak(cx.tx, community, user.id, group, &streak).await?;
    let run = streak::runs(&days, &excused).into_iter().find(|run| (run.first..=run.last).contains(&day));
    let run = run.map_or(1, |run| run.length);
    for reward in &rules.settings.rewards {
        if !streak::reaches(&days, &excused, day, reward.streak, reward.repeat) {
            continue;
        }
        // A repeated gift is told apart by the day that completed it, which is counted only once.
        let cause = if reward.repeat { format!("{run}@{}", day.0) } else { reward.streak.to_string() };
        let streak = if reward.repeat { run } else { reward.streak };
        let to = Occasion { user: user.id, name: &user.name, chat: group, message: moment.in_group(), streak, at };
        match gift::give(rules, cx, &reward.give, cause, &to).await? {
            Some(Given::Sent(title)) => standing.gifts.push(title),
            Some(Given::Said) => standing.said = true,
            None => {}
        }
    }
    Ok((written, standing))
}

/// Answers a message; in a group the answer does not stay.
fn say(rules: &Rules, cx: &mut Cx<'_>, message: &Message, text: Text) {
    say_for(cx, message, text, rules.settings.answer_for);
}

fn say_for(cx: &mut Cx<'_>, message: &Message, text: Text, span: Span) {
    let chat = message.chat.id;
    let name = (!chat.is_private()).then(|| MessageKey(format!("checkin/answer/{}", message.id)));
    let send = Send { name: name.clone(), ..Send::new(chat, text) };
    if let (Some(_), Some(name)) = (cx.reply_with(message, send), name) {
        cx.take_back_later(chat, name, span);
    }
}
