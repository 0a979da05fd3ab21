//! A group's history under some settings: who would have been struck, shown to the staff, shut out. Pure; what is known of
//! a person is what was known at each message, and the ladder is the bot's own ([`policy`]).
//!
//! Told simpler than it was: albums and earlier versions of an edited message are not in an export, nobody is trusted by
//! the staff, no strike is undone, and what a person wrote while they would have been muted or banned is left out.

use std::collections::HashMap;

use super::Ruler;
use crate::features::strikes::policy::{self, Act, Hold, Known, Mark, Penalty};
use crate::features::strikes::{Settings, Suspects};
use crate::judge::alike::{self, Alike};
use crate::judge::spread::{self, Copy, Spread, Text, Writer};
use crate::judge::{self, Class, Context, Seen, SenderFacts, Verdict, near};
use crate::model::{CommunityId, Day, Message, Sender, Timestamp, UserId};

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing.
    Passed,
    /// The staff are shown it.
    Held,
    /// It is deleted and costs a strike; how many are in force then.
    Struck { penalty: Penalty, strike: usize },
    /// It is deleted with an earlier one of the same burst.
    Part,
    /// The channel that wrote it may not write any more.
    ShutOut,
    /// It could not have been written: who wrote it would have been muted or out.
    Silenced,
}

/// Something that was found before.
#[derive(Debug)]
struct Past {
    at: Timestamp,
    class: Class,
    /// What was done about it; nothing when the staff were only shown it.
    act: Option<Act>,
    /// When its strike lapses, if it is one.
    expires: Option<Timestamp>,
}

/// Somebody as the bot would know them.
#[derive(Debug, Default)]
struct Member {
    joined: Option<Timestamp>,
    messages: i64,
    days: i64,
    last: Option<Day>,
    past: Vec<Past>,
}

/// What would have happened by some settings.
pub(super) struct History<'a> {
    ruler: &'a Ruler,
    /// Who is beyond strikes.
    staff: Vec<i64>,
    members: HashMap<i64, Member>,
    /// What goes round.
    spread: Spread,
}

impl<'a> History<'a> {
    pub(super) fn new(ruler: &'a Ruler, staff: Vec<i64>) -> Self {
        Self { ruler, staff, members: HashMap::new(), spread: Spread::default() }
    }

    /// Somebody came in, or came back.
    pub(super) fn joined(&mut self, user: i64, at: Timestamp) {
        self.members.entry(user).or_default().joined = Some(at);
    }

    /// People who were struck, however often.
    pub(super) fn struck(&self) -> impl Iterator<Item = i64> + '_ {
        let is_struck = |member: &Member| member.past.iter().any(|past| past.expires.is_some());
        self.members.iter().filter(move |(_, member)| is_struck(member)).map(|(user, _)| *user)
    }

    /// What becomes of a message, and how it was judged, if it was. Messages come in the order they were written in.
    pub(super) fn said(&mut self, message: &Message) -> (Outcome, Option<Verdict>) {
        let nothing = (Outcome::Passed, None);
        let Some(settings) = &self.ruler.strikes else { return nothing };
        let (user, is_channel) = match &message.sender {
            Sender::Person(user) if !self.staff.contains(&user.id.0) => (user.id.0, false),
            Sender::Channel(channel) => (channel.id.0, true),
            _ => {
                self.ours(message);
                return nothing;
            }
        };
        let member = self.members.entry(user).or_default();
        if member.hold(message.date) != Hold::Free {
            return (Outcome::Silenced, None);
        }
        let day = Day::of(message.date, self.ruler.zone, chrono::NaiveTime::MIN);
        // The day of this message counts, the message itself does not.
        member.days += i64::from(member.last != Some(day));
        member.last = Some(day);
        let facts = member.facts(message.date, is_channel);
        let judged = judge::judge_and_read(message, &facts, &self.ruler.compiled, &Context::default());
        let alike = alike(&mut self.spread, &settings.judge, message, &facts, &judged);
        let mut verdict = judged.0;
        if alike.is_some() {
            let context = Context { local: None, alike };
            verdict = judge::judge_in(message, &facts, &self.ruler.compiled, &context);
        }
        let outcome = member.outcome(message.date, verdict.class, is_channel, settings);
        match outcome {
            Outcome::Struck { .. } | Outcome::Part | Outcome::ShutOut => {
                self.spread.belongs(message.chat.id, message.id, REMOVED);
            }
            Outcome::Passed | Outcome::Held | Outcome::Silenced => {}
        }
        // An ad is no sign of belonging.
        member.messages += i64::from(matches!(outcome, Outcome::Passed | Outcome::Held));
        (outcome, Some(verdict))
    }

    /// What staff say may be repeated.
    fn ours(&mut self, message: &Message) {
        let read = Seen::read(&message.text).text;
        if let Some(signature) = near::of_copies(&message.text, &read) {
            let user = message.author_id().unwrap_or_default();
            self.spread.note_known(text(message, user), &signature);
        }
    }
}

/// Stands for the case of what was removed.
const REMOVED: i64 = 1;
/// A history is of one community.
const COMMUNITY: CommunityId = CommunityId(1);

/// Who else wrote much the same as a message.
fn alike(
    spread: &mut Spread,
    settings: &judge::Settings,
    message: &Message,
    facts: &SenderFacts,
    (verdict, read): &(Verdict, String),
) -> Option<Alike> {
    let user = match &message.sender {
        Sender::Channel(channel) => UserId(channel.id.0),
        _ => message.author_id()?,
    };
    let (within, tells) = (settings.alike.within, alike::is_telling(verdict));
    if settings.alike.is_off() || !tells && !spread.has_cases(COMMUNITY, message.date - within) {
        return None;
    }
    let signature = near::of_copies(&message.text, read)?;
    let text = text(message, user);
    let copies = match Writer::of(facts, settings) {
        Writer::Newcomer if tells => spread.note(text, &signature),
        Writer::Newcomer => spread.look(text, &signature),
        Writer::Known if tells && verdict.class == Class::Clean => {
            spread.note_known(text, &signature);
            return None;
        }
        Writer::Known | Writer::Other => return None,
    };
    let removed = |copy: &Copy| (copy.case == REMOVED).then_some(copy.text.at);
    spread::alike(text, &copies, within, removed)
}

fn text(message: &Message, user: UserId) -> Text {
    Text { community: COMMUNITY, chat: message.chat.id, message: message.id, user, at: message.date }
}

impl Member {
    fn hold(&self, at: Timestamp) -> Hold {
        policy::hold(&self.past.iter().filter_map(|past| past.act).collect::<Vec<_>>(), at)
    }

    fn active(&self, at: Timestamp) -> usize {
        let mark = |past: &Past| Some(Mark { expires: past.expires?, undone: false });
        policy::active(&self.past.iter().filter_map(mark).collect::<Vec<_>>(), at)
    }

    fn facts(&self, at: Timestamp, is_channel: bool) -> SenderFacts {
        if is_channel {
            return SenderFacts { is_channel, ..SenderFacts::default() };
        }
        SenderFacts {
            joined: self.joined.map(|joined| at.since(joined)),
            messages: self.messages,
            days_active: self.days,
            strikes: i64::try_from(self.active(at)).unwrap_or(i64::MAX),
            ..SenderFacts::default()
        }
    }

    fn outcome(&mut self, at: Timestamp, class: Class, is_channel: bool, settings: &Settings) -> Outcome {
        match class {
            Class::Clean => Outcome::Passed,
            Class::Suspect if settings.suspects == Suspects::Ignore => Outcome::Passed,
            Class::Suspect => self.look_at(at, class, settings),
            Class::Ad | Class::Severe if settings.shadow => self.look_at(at, class, settings),
            Class::Ad | Class::Severe => self.advert(at, class, is_channel, settings),
        }
    }

    /// The staff are shown a burst once.
    fn look_at(&mut self, at: Timestamp, class: Class, settings: &Settings) -> Outcome {
        if self.is_part(at, class, settings, |_| true) {
            return Outcome::Passed;
        }
        self.past.push(Past { at, class, act: None, expires: None });
        Outcome::Held
    }

    fn advert(&mut self, at: Timestamp, class: Class, is_channel: bool, settings: &Settings) -> Outcome {
        if self.is_part(at, class, settings, |past| past.act.is_some()) {
            return Outcome::Part;
        }
        let active = self.active(at);
        let step =
            policy::next(&settings.ladder, active).filter(|_| class != Class::Severe).unwrap_or(&settings.severe);
        let penalty = if is_channel { Penalty::Ban } else { step.penalty() };
        let act = Act { penalty, at, lifted: false, order: None };
        let expires = (!is_channel).then(|| at + settings.expire_after);
        self.past.push(Past { at, class, act: Some(act), expires });
        if is_channel { Outcome::ShutOut } else { Outcome::Struck { penalty, strike: active + 1 } }
    }

    fn is_part(&self, at: Timestamp, class: Class, settings: &Settings, counts: impl Fn(&Past) -> bool) -> bool {
        let known = |(id, past): (i64, &Past)| Known {
            id,
            same: false,
            at: past.at,
            severe: past.class == Class::Severe,
            covers: true,
        };
        let known: Vec<Known> = (0..).zip(self.past.iter().filter(|past| counts(past))).map(known).collect();
        policy::part_of(at, class == Class::Severe, &known, settings.burst).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::strikes;
    use crate::judge::Compiled;
    use crate::model::{Chat, ChatId, Span, User, UserId};

    const AD: &str = "招兼职日结三百，加微信 abcd123456";

    fn ruler(toml: &str) -> Ruler {
        let settings: strikes::Settings = toml::from_str(toml).expect("settings of the right shape");
        let compiled = Compiled::new(&settings.judge, &[]);
        Ruler { strikes: Some(settings), compiled, ..Ruler::built_in(&[]) }
    }

    fn said(minutes: i64, text: &str) -> Message {
        Message {
            date: Timestamp(1_772_424_000_000) + Span::minutes(minutes),
            sender: Sender::Person(User { id: UserId(10_001), ..User::default() }),
            text: text.to_owned(),
            ..Message::default()
        }
    }

    fn outcomes(ruler: &Ruler, said: &[Message]) -> Vec<Outcome> {
        let mut history = History::new(ruler, Vec::new());
        said.iter().map(|message| history.said(message).0).collect()
    }

    fn struck(penalty: Penalty, strike: usize) -> Outcome {
        Outcome::Struck { penalty, strike }
    }

    const DAY: i64 = 24 * 60;

    #[test]
    fn strikes_climb_the_ladder_and_lapse() {
        let mute = Penalty::Mute(Span::hours(24));
        let minutes = [0, 5, 60, 120, 2 * DAY, 2 * DAY + 60, 40 * DAY];
        let said: Vec<_> = minutes.iter().map(|minute| said(*minute, AD)).collect();
        let expected = [
            struck(Penalty::Warn, 1),
            Outcome::Part,
            struck(mute, 2),
            Outcome::Silenced,
            struck(Penalty::Remove, 3),
            struck(Penalty::Remove, 4),
            struck(Penalty::Warn, 1),
        ];
        assert_eq!(outcomes(&ruler(""), &said), expected);
    }

    #[test]
    fn severe_words_ban_and_nothing_follows() {
        let ruler = ruler("judge.words.severe = ['代开假章']");
        let said = [said(0, "代开假章，加微信 abcd123456"), said(5 * DAY, "大家好")];
        assert_eq!(outcomes(&ruler, &said), [struck(Penalty::Ban, 1), Outcome::Silenced]);
    }

    #[test]
    fn in_shadow_the_staff_are_shown_a_burst_once() {
        let ads = [said(0, AD), said(1, AD), said(60, AD)];
        let expected = [Outcome::Held, Outcome::Passed, Outcome::Held];
        assert_eq!(outcomes(&ruler("shadow = true"), &ads), expected);
        let odd = [said(0, "https://made-up-site.example/a")];
        assert_eq!(outcomes(&ruler(""), &odd), [Outcome::Held]);
        assert_eq!(outcomes(&ruler("suspects = 'ignore'"), &odd), [Outcome::Passed]);
    }

    #[test]
    fn people_are_known_as_they_were_then() {
        let link = "https://made-up-site.example/a";
        let ruler = ruler("");
        let mut history = History::new(&ruler, Vec::new());
        history.joined(10_001, said(0, "").date);
        let first = history.said(&said(60, link)).0;
        for day in 1..6 {
            assert_eq!(history.said(&said(day * DAY, "早上好")).0, Outcome::Passed);
        }
        assert_eq!((first, history.said(&said(6 * DAY, link)).0), (Outcome::Held, Outcome::Passed));
        // Who comes back is new again.
        history.joined(10_001, said(7 * DAY, "").date);
        assert_eq!(history.said(&said(7 * DAY + 1, link)).0, Outcome::Held);
    }

    #[test]
    fn staff_are_spared_and_channels_shut_out() {
        let ruler = ruler("");
        let mut history = History::new(&ruler, vec![10_001]);
        assert_eq!(history.said(&said(0, AD)).0, Outcome::Passed);
        let channel = Chat { id: ChatId(-1_000_000_000_077), ..Chat::default() };
        let posted = |minutes, text| Message { sender: Sender::Channel(channel.clone()), ..said(minutes, text) };
        assert_eq!(history.said(&posted(0, AD)).0, Outcome::ShutOut);
        assert_eq!(history.said(&posted(DAY, "早")).0, Outcome::Silenced);
        assert_eq!(history.struck().count(), 0);
        let off = Ruler { strikes: None, ..Ruler::built_in(&[]) };
        assert_eq!(outcomes(&off, &[said(0, AD)]), [Outcome::Passed]);
    }
}
