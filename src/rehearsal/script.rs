//! What the simulated people do, and the truth about it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use chrono_tz::Tz;
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use serde_json::json;

use super::crowd::{Act, Crowd, Stands};
use super::stage::Stage;
use super::summary::{Busiest, Summary};
use super::transcript::{Place, Transcript};
use super::words::{Ad, Disguise, Words};
use crate::model::{ChatId, Day, MessageId, Span, Status, Timestamp, UserId};
use crate::telegram::emulator::{Emulator, MessageSpec};

/// Ordinary talk comes in steps of so many minutes: every step costs the bot a turn, and nobody can tell.
const TALK_STEP: i64 = 10;
/// The bot that lends advertisers its buttons.
pub const BUTTON_BOT: UserId = UserId(30_001);

/// Something that will be done at its time.
#[derive(Clone, Debug)]
pub enum Deed {
    Own(usize, Act),
    /// Answers the topic of the day.
    Reply(usize),
    /// Turns a harmless message into an ad.
    Spoil(usize, MessageId, &'static str),
    Press {
        user: UserId,
        chat: ChatId,
        message: MessageId,
        data: String,
    },
    Vote(usize, MessageId, usize),
    React(usize, MessageId),
    /// Opens the private chat by a link.
    Follow(usize, String),
    StaffSays(&'static str),
}

/// What somebody wrote in the group.
pub struct Posted {
    pub who: usize,
    pub text: String,
    pub truth: Truth,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    Harmless,
    /// A part of this ad.
    Ad(usize),
    /// For the bot; it may be tidied up.
    ForBot,
}

/// A scheduled post that is to come.
pub struct Expected {
    pub due: Timestamp,
    /// How its possible texts begin.
    pub heads: Vec<String>,
    pub came: bool,
}

/// The performance under way.
pub struct Script {
    pub stage: Stage,
    pub tg: Emulator,
    pub rng: SmallRng,
    pub words: Words,
    pub crowd: Crowd,
    pub zone: Tz,
    pub group: ChatId,
    pub staff: Option<ChatId>,
    pub owner: UserId,
    pub transcript: Transcript,
    pub summary: Summary,
    pub busiest: Busiest,
    pub expected: Vec<Expected>,
    pub checks_in: bool,
    /// How far the emulator's record was read.
    pub mark: u64,
    pub posted: HashMap<MessageId, Posted>,
    /// Parts of each ad that are still to be seen.
    pub ads: Vec<BTreeSet<MessageId>>,
    /// Whether the transcript shows what the bot may answer: messages in the group, presses, and who opened the private
    /// chat when.
    pub asked: HashMap<MessageId, bool>,
    pub presses: HashMap<String, (Place, bool)>,
    pub opened: HashMap<UserId, (Timestamp, bool)>,
    /// Who came lately and is not greeted yet, and whether the transcript shows it; and everybody who came lately.
    pub ungreeted: Vec<(usize, Timestamp, bool)>,
    pub newcomers: Vec<(usize, Timestamp)>,
    /// The newest button to check in with.
    pub checkin_button: Option<(MessageId, String)>,
    pub tried: BTreeSet<(usize, Day)>,
    pub punished: BTreeSet<usize>,
    pub queue: BTreeMap<(Timestamp, u64), Deed>,
    pub serial: u64,
}

impl Script {
    /// Plays one local day up to its midnight; `left` is the number of days to come, this one among them.
    pub async fn play_day(&mut self, left: u32) -> Result<()> {
        let now = self.stage.now();
        let today = Day::of(now, self.zone, chrono::NaiveTime::MIN);
        let begins = today.begins(self.zone, chrono::NaiveTime::MIN);
        let ends = today.plus(1).begins(self.zone, chrono::NaiveTime::MIN);
        self.transcript.begin_day(now);
        for (minute, who, act) in self.crowd.day(&mut self.rng, left) {
            let step = if act == Act::Talk { minute / TALK_STEP * TALK_STEP } else { minute };
            self.at(begins + Span::minutes(step), Deed::Own(who, act));
        }
        if chrono::Datelike::weekday(&today.date()) == chrono::Weekday::Mon {
            self.at(begins + Span::minutes(570), Deed::StaffSays("/stats"));
        }
        while let Some((at, _)) = self.queue.keys().next().copied().filter(|(at, _)| *at < ends) {
            self.advance(at).await?;
            while let Some(entry) = self.queue.first_entry().filter(|entry| entry.key().0 <= at) {
                let deed = entry.remove();
                self.perform(deed);
            }
            self.stage.settle().await?;
            self.look();
        }
        self.advance(ends).await?;
        self.transcript.end_day();
        Ok(())
    }

    /// Lets time pass until `at`.
    pub async fn advance(&mut self, at: Timestamp) -> Result<()> {
        self.stage.pass(at.since(self.stage.now())).await?;
        self.look();
        Ok(())
    }

    /// Plans a deed; one whose time is past is not done.
    pub fn at(&mut self, at: Timestamp, deed: Deed) {
        if at >= self.stage.now() {
            self.serial += 1;
            self.queue.insert((at, self.serial), deed);
        }
    }

    /// Plans a deed for some whole minutes from now.
    pub fn soon(&mut self, minutes: std::ops::Range<i64>, deed: Deed) {
        let minutes = self.rng.random_range(minutes);
        self.at(self.stage.now() + Span::minutes(minutes), deed);
    }

    pub fn user(&self, who: usize) -> UserId {
        self.crowd.people[who].user
    }

    pub fn name(&self, who: usize) -> String {
        self.crowd.people[who].name.clone()
    }

    fn perform(&mut self, deed: Deed) {
        let group = self.group;
        match deed {
            Deed::Own(who, act) => self.act(who, &act),
            Deed::Reply(who) => {
                let text = pick(&mut self.rng, &self.words.replies);
                self.talk(who, text);
            }
            Deed::Spoil(who, message, text) => {
                if self.tg.message(group, message).is_some() {
                    self.tg.edit(group, message, text);
                    self.is_ad(vec![message], who, text);
                    let line =
                        format!("{}{}{text}", self.name(who), self.transcript.say("（改成了）：", " (edited): "));
                    self.transcript.always(self.stage.now(), &Place::Group, &line);
                }
            }
            Deed::Press { user, chat, message, data } => {
                let seen = self.tg.message(chat, message);
                let keys = seen.iter().flat_map(|seen| seen.buttons.iter().flatten());
                let label = keys.filter(|key| key.data.as_ref() == Some(&data)).map(|key| key.text.clone()).next();
                if let Some(label) = label {
                    let press = self.tg.press_data(chat, message, user, &data);
                    self.tell_press(press, user, chat, &label);
                }
            }
            Deed::Vote(who, message, option) => {
                if self.crowd.people[who].is_inside() && self.tg.vote(group, message, self.user(who), &[option]).is_ok()
                {
                    self.transcript.count(self.transcript.say("投票", "votes"));
                }
            }
            Deed::React(who, message) => {
                let emoji = pick(&mut self.rng, &["👍", "❤", "👏", "🎉"]);
                self.tg.react(group, message, self.user(who), &[emoji]);
                self.transcript.count(self.transcript.say("表情回应", "reactions"));
            }
            Deed::Follow(who, payload) => self.open_private(who, &payload),
            Deed::StaffSays(text) => {
                if let Some(staff) = self.staff {
                    self.tg.say(staff, self.owner, text);
                    let line = format!("{}: {text}", self.transcript.say("群主", "the owner"));
                    self.transcript.always(self.stage.now(), &Place::Staff, &line);
                }
            }
        }
    }

    fn act(&mut self, who: usize, act: &Act) {
        let inside = self.crowd.people[who].is_inside();
        match act {
            Act::Join if !inside => self.join(who),
            Act::Leave if inside => {
                self.tg.leave(self.group, self.user(who));
                self.crowd.people[who].stands = Stands::Gone;
                self.ungreeted.retain(|(other, ..)| *other != who);
                self.summary.leaves += 1;
                let line = format!("← {}", self.name(who));
                self.transcript.line(self.stage.now(), &Place::Group, &line, Some(self.transcript.say("退群", "left")));
            }
            Act::Talk if inside => {
                let text = pick(&mut self.rng, &self.words.talk);
                let message = self.talk(who, text);
                let others: Vec<usize> = self.crowd.inside().collect();
                if let (Some(message), true, Some(other)) =
                    (message, self.rng.random_bool(0.1), others.choose(&mut self.rng).copied())
                {
                    self.soon(TALK_STEP..TALK_STEP + 1, Deed::React(other, message));
                }
            }
            Act::Tricky if inside => {
                let text = pick(&mut self.rng, &self.words.tricky);
                self.talk(who, text);
            }
            Act::CheckIn if inside && self.checks_in => self.check_in(who),
            Act::Advertise if inside => {
                if let Some(ad) = self.words.ads.choose(&mut self.rng).copied() {
                    self.advertise(who, ad);
                }
            }
            Act::Command(text) if inside => self.command(who, text),
            Act::Start => self.open_private(who, ""),
            _ => {}
        }
    }

    fn join(&mut self, who: usize) {
        let user = self.user(who);
        if self.tg.member_status(self.group, user) == Status::Banned {
            return;
        }
        self.tg.join(self.group, user);
        let now = self.stage.now();
        self.crowd.people[who].stands = Stands::Inside;
        self.summary.joins += 1;
        self.newcomers.push((who, now));
        let line = format!("→ {}", self.name(who));
        let shown = self.transcript.line(now, &Place::Group, &line, Some(self.transcript.say("加入", "joined")));
        self.ungreeted.push((who, now, shown));
    }

    /// Writes in the group, if the person still can.
    fn write(&mut self, who: usize, spec: MessageSpec, truth: Truth) -> Option<MessageId> {
        let text = spec.text.clone();
        let message = self.tg.send(self.group, self.user(who), spec).ok()?;
        self.posted.insert(message, Posted { who, text, truth });
        self.summary.messages += 1;
        Some(message)
    }

    fn talk(&mut self, who: usize, text: &str) -> Option<MessageId> {
        let message = self.write(who, MessageSpec::text(text), Truth::Harmless)?;
        self.transcript.talk(who);
        Some(message)
    }

    fn command(&mut self, who: usize, text: &str) {
        if let Some(message) = self.write(who, MessageSpec::text(text), Truth::ForBot) {
            let line = format!("{}: {text}", self.name(who));
            let shown = self.transcript.line(self.stage.now(), &Place::Group, &line, Some(text));
            self.asked.insert(message, shown);
        }
    }

    fn check_in(&mut self, who: usize) {
        let now = self.stage.now();
        let button = self.checkin_button.clone().filter(|_| self.crowd.people[who].presses);
        let seen = button.and_then(|(message, data)| Some((self.tg.message(self.group, message)?, data)));
        let key = seen.and_then(|(seen, data)| {
            let label = seen.buttons.iter().flatten().find(|key| key.data.as_ref() == Some(&data))?.text.clone();
            Some((seen.id, data, label))
        });
        if let Some((message, data, label)) = key {
            let user = self.user(who);
            let press = self.tg.press_data(self.group, message, user, &data);
            self.tell_press(press, user, self.group, &label);
        } else {
            let text = pick(&mut self.rng, &self.words.checkins);
            let Some(message) = self.write(who, MessageSpec::text(text), Truth::ForBot) else { return };
            let line = format!("{}: {text}", self.name(who));
            let kind = self.transcript.say("打卡消息", "check-in messages");
            let shown = self.transcript.line(now, &Place::Group, &line, Some(kind));
            self.asked.insert(message, shown);
        }
        self.tried.insert((who, Day::of(now, self.zone, chrono::NaiveTime::MIN)));
    }

    fn advertise(&mut self, who: usize, ad: Ad) {
        let text = ad.text;
        let plain = MessageSpec::text(text);
        let specs = match ad.disguise {
            Disguise::Text => vec![plain],
            Disguise::Forward(title) => {
                let origin = json!({
                    "type": "channel", "date": self.stage.now().secs(), "message_id": 5,
                    "chat": {"id": -1_007_770_001_i64, "type": "channel", "title": title},
                });
                vec![MessageSpec { forward: Some(origin), ..plain }]
            }
            Disguise::Photo => vec![MessageSpec::media("photo", text)],
            Disguise::Album => {
                let album = Some(format!("{}", self.stage.now().0));
                let part = |text| MessageSpec { album: album.clone(), ..MessageSpec::media("photo", text) };
                vec![part(text), part(""), part("")]
            }
            Disguise::Button(label) => {
                let buttons = vec![vec![(label.to_owned(), "https://t.me/+NvItEd98765".to_owned())]];
                vec![MessageSpec { buttons, via_bot: Some(BUTTON_BOT), ..plain }]
            }
            Disguise::Contact(name, number) => {
                let contact = Some((name.to_owned(), number.to_owned()));
                vec![MessageSpec { contact, ..MessageSpec::default() }, plain]
            }
            Disguise::Edit(before) => {
                if let Some(message) = self.talk(who, before) {
                    self.soon(20..60, Deed::Spoil(who, message, text));
                }
                return;
            }
        };
        let parts: Vec<MessageId> =
            specs.into_iter().filter_map(|spec| self.write(who, spec, Truth::Harmless)).collect();
        if !parts.is_empty() {
            self.is_ad(parts, who, text);
            let line = format!("{}: {text}", self.name(who));
            self.transcript.always(self.stage.now(), &Place::Group, &line);
        }
    }

    /// Notes the truth about messages: they are one ad.
    fn is_ad(&mut self, parts: Vec<MessageId>, who: usize, text: &str) {
        self.summary.ads += 1;
        for part in &parts {
            let truth = Truth::Ad(self.ads.len());
            self.posted.insert(*part, Posted { who, text: text.to_owned(), truth });
        }
        self.ads.push(parts.into_iter().collect());
    }

    fn open_private(&mut self, who: usize, payload: &str) {
        let user = self.user(who);
        self.tg.start_bot(user, payload);
        let line = format!("{}: {}", self.name(who), format!("/start {payload}").trim());
        let place = Place::Private(self.name(who));
        let shown = self.transcript.line(self.stage.now(), &place, &line, Some("/start"));
        self.opened.insert(user, (self.stage.now(), shown));
    }

    fn tell_press(&mut self, press: String, user: UserId, chat: ChatId, label: &str) {
        let name = self.name_of(user);
        let kind = format!("[{}]", label.trim_matches(|c: char| c.is_numeric() || c.is_whitespace()));
        let place = self.place(chat);
        let shown = self.transcript.line(self.stage.now(), &place, &format!("{name} → [{label}]"), Some(&kind));
        self.presses.insert(press, (place, shown));
    }

    pub fn name_of(&self, user: UserId) -> String {
        let person = self.crowd.people.iter().find(|person| person.user == user);
        person.map_or_else(|| self.transcript.say("群主", "the owner").to_owned(), |person| person.name.clone())
    }

    pub fn place(&self, chat: ChatId) -> Place {
        if chat.is_private() {
            Place::Private(self.name_of(UserId(chat.0)))
        } else if self.staff == Some(chat) {
            Place::Staff
        } else {
            Place::Group
        }
    }
}

/// One of them; the banks are never empty.
fn pick<'a>(rng: &mut SmallRng, bank: &[&'a str]) -> &'a str {
    bank.choose(rng).copied().unwrap_or_default()
}
