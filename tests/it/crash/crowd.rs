//! A crowd that does all there is to do in a group, without pause, and remembers what it did.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::seq::{IndexedRandom, IteratorRandom};
use rand::{Rng, SeedableRng};
use steward::model::{ChatId, MessageId, UserId};
use steward::telegram::emulator::{Action, Emulator, Rule, SeenMessage};

use crate::bench::{OWNER, STAFF};

/// Who comes back so soon after joining would join twice in the same second.
const STAYS: Duration = Duration::from_secs(3);
const RESIDENTS: usize = 8;

pub struct Crowd {
    tg: Emulator,
    pub dice: SmallRng,
    groups: Vec<ChatId>,
    people: Vec<Someone>,
    born: i64,
    pub deeds: Deeds,
}

struct Someone {
    user: UserId,
    chat: ChatId,
    here: bool,
    joined: Option<Instant>,
    /// Has opened the private chat.
    started: bool,
}

/// What the crowd did.
#[derive(Debug, Default)]
pub struct Deeds {
    /// Messages that count: chat, number, writer.
    pub said: BTreeSet<(ChatId, MessageId, UserId)>,
    /// How many messages of a person came in, commands too.
    pub written: BTreeMap<UserId, i64>,
    /// How often somebody came and went.
    pub joined: BTreeMap<(ChatId, UserId), i64>,
    pub left: BTreeMap<(ChatId, UserId), i64>,
    pub checked_in: BTreeSet<UserId>,
    pub made_up: BTreeSet<UserId>,
    pub confirmed: BTreeSet<(ChatId, UserId)>,
    pub ads: Vec<Ad>,
    /// Cases of which the staff said that they were no ads.
    pub cleared: BTreeSet<i64>,
    /// Calls that were to fail.
    pub faults: usize,
}

/// An advert, each by somebody new.
#[derive(Debug)]
pub struct Ad {
    pub chat: ChatId,
    pub message: MessageId,
    pub user: UserId,
    /// Bad enough to be put out at once.
    pub severe: bool,
}

impl Crowd {
    pub fn new(tg: Emulator, groups: Vec<ChatId>, seed: u64) -> Self {
        let dice = SmallRng::seed_from_u64(seed);
        let mut crowd = Self { tg, dice, groups, people: Vec::new(), born: 0, deeds: Deeds::default() };
        for chat in crowd.groups.clone() {
            for _ in 0..RESIDENTS {
                let user = crowd.person();
                crowd.tg.fill(chat, &[user]);
                crowd.people.push(Someone { user, chat, here: true, joined: None, started: false });
            }
        }
        crowd
    }

    /// Somebody does something.
    pub fn act(&mut self) {
        match self.dice.random_range(0..200) {
            0..4 => self.arrive(),
            4..6 => self.leave(),
            6..8 => self.come_back(),
            8..11 => self.check_in(),
            11..15 => self.press_check_in(),
            15..16 => self.make_up(),
            16..20 => self.read_the_rules(),
            20..22 => self.advertise(),
            22..24 => self.decide(),
            24..26 => self.fail(),
            _ => self.talk(),
        }
    }

    fn person(&mut self) -> UserId {
        self.born += 1;
        self.tg.add_user(10_000 + self.born, &name(self.born))
    }

    fn group(&mut self) -> ChatId {
        *self.groups.choose(&mut self.dice).unwrap()
    }

    /// Somebody who is in a group.
    fn member(&mut self) -> usize {
        let here = (0..self.people.len()).filter(|at| self.people[*at].here);
        here.choose(&mut self.dice).unwrap()
    }

    fn say(&mut self, at: usize, text: &str) {
        let Someone { user, chat, .. } = self.people[at];
        let message = self.tg.say(chat, user, text);
        self.deeds.said.insert((chat, message, user));
        *self.deeds.written.entry(user).or_default() += 1;
    }

    fn talk(&mut self) {
        let at = self.member();
        let words = ["早上好呀", "今天有点累", "孩子睡了吗", "开会去了", "谢谢大家"];
        let words = *words.choose(&mut self.dice).unwrap();
        self.say(at, words);
    }

    fn arrive(&mut self) {
        let (user, chat) = (self.person(), self.group());
        self.people.push(Someone { user, chat, here: false, joined: None, started: false });
        self.join(self.people.len() - 1);
    }

    fn join(&mut self, at: usize) {
        let it = &mut self.people[at];
        (it.here, it.joined) = (true, Some(Instant::now()));
        self.tg.join(it.chat, it.user);
        *self.deeds.joined.entry((it.chat, it.user)).or_default() += 1;
    }

    fn come_back(&mut self) {
        let gone = |at: &usize| {
            let it = &self.people[*at];
            !it.here && it.joined.is_none_or(|joined| joined.elapsed() > STAYS)
        };
        if let Some(at) = (0..self.people.len()).filter(gone).choose(&mut self.dice) {
            self.join(at);
        }
    }

    fn leave(&mut self) {
        let at = self.member();
        let it = &mut self.people[at];
        // Once is enough: a second time might be the same second.
        if self.deeds.left.insert((it.chat, it.user), 1).is_none() {
            it.here = false;
            self.tg.leave(it.chat, it.user);
        }
    }

    /// Only to who opened the private chat can gifts be sent.
    fn start(&mut self, at: usize) {
        if !std::mem::replace(&mut self.people[at].started, true) {
            self.tg.start_bot(self.people[at].user, "");
        }
    }

    fn check_in(&mut self) {
        let at = self.member();
        self.start(at);
        for _ in 0..self.once_or_twice() {
            self.say(at, "打卡");
        }
        self.deeds.checked_in.insert(self.people[at].user);
    }

    /// By the button of a post that has scrolled far up by now.
    fn press_check_in(&mut self) {
        let at = self.member();
        let Someone { user, chat, .. } = self.people[at];
        let Some(post) = self.tg.bot_messages(chat).first().map(|post| post.id) else { return };
        self.start(at);
        for _ in 0..self.once_or_twice() {
            self.tg.press_data(chat, post, user, "checkin:do");
        }
        self.deeds.checked_in.insert(user);
    }

    /// A card for yesterday. Who joined today was not there yesterday.
    fn make_up(&mut self) {
        let at = self.member();
        let Someone { user, chat, joined, .. } = self.people[at];
        if joined.is_none() && self.deeds.made_up.insert(user) {
            self.start(at);
            self.tg.say(chat, user, "/makeup");
            *self.deeds.written.entry(user).or_default() += 1;
        }
    }

    /// By the button under a welcome.
    fn read_the_rules(&mut self) {
        let at = self.member();
        let Someone { user, chat, .. } = self.people[at];
        let confirm = |post: &SeenMessage| {
            let data = post.buttons.iter().flatten().filter_map(|button| button.data.clone());
            data.filter(|data| data.starts_with("welcome:read")).map(|data| (post.id, data)).next()
        };
        let Some((post, data)) = self.tg.bot_messages(chat).iter().find_map(confirm) else { return };
        for _ in 0..self.once_or_twice() {
            self.tg.press_data(chat, post, user, &data);
        }
        self.deeds.confirmed.insert((chat, user));
    }

    fn advertise(&mut self) {
        let (user, chat) = (self.person(), self.group());
        self.tg.fill(chat, &[user]);
        let severe = self.dice.random_bool(0.5);
        let text = if severe {
            "博彩平台，注册就送，加微信 bocai_668"
        } else {
            "拼单群，速来 https://t.me/+AbCdEf0123456789"
        };
        let message = self.tg.say(chat, user, text);
        self.deeds.ads.push(Ad { chat, message, user, severe });
    }

    /// The staff find that something was no ad.
    fn decide(&mut self) {
        let case = |card: &SeenMessage| {
            let data = card.buttons.iter().flatten().filter_map(|button| button.data.clone());
            let mut cases = data.filter_map(|data| data.strip_prefix("strikes:clear:")?.parse::<i64>().ok());
            cases.next().map(|case| (card.id, case))
        };
        let cards: Vec<_> = self.tg.bot_messages(STAFF).iter().filter_map(case).collect();
        let Some((card, case)) = cards.choose(&mut self.dice).copied() else { return };
        for _ in 0..self.once_or_twice() {
            self.tg.press_data(STAFF, card, OWNER, &format!("strikes:clear:{case}"));
        }
        self.deeds.cleared.insert(case);
    }

    fn once_or_twice(&mut self) -> usize {
        if self.dice.random_bool(0.3) { 2 } else { 1 }
    }

    /// The network or the server has a bad moment.
    fn fail(&mut self) {
        let methods = [
            "sendMessage",
            "sendMessage",
            "editMessageText",
            "deleteMessages",
            "deleteMessage",
            "banChatMember",
            "unbanChatMember",
            "restrictChatMember",
            "answerCallbackQuery",
            "getUpdates",
        ];
        let method = *methods.choose(&mut self.dice).unwrap();
        let status = |code, text: &str, retry_after| Action::Status {
            code,
            text: text.to_owned(),
            retry_after,
            migrate_to: None,
        };
        let rule = match self.dice.random_range(0..5) {
            0 => Rule::new(method, Action::Reset),
            1 => Rule::new(method, Action::Reset).after_accept(),
            2 => Rule::new(method, Action::Truncate).after_accept(),
            3 => Rule::new(method, status(429, "Too Many Requests: retry after 1", Some(1))),
            _ => Rule::new(method, status(502, "Bad Gateway", None)),
        };
        self.play(rule);
    }

    /// Messages that were sent hang for a moment, so that the program may die without knowing of them.
    pub fn hold_up(&mut self, messages: usize) {
        for _ in 0..messages {
            self.play(Rule::new("sendMessage", Action::Hang(1000)).after_accept());
        }
    }

    fn play(&mut self, rule: Rule) {
        self.deeds.faults += 1;
        self.tg.fail(rule);
    }
}

pub fn name(number: i64) -> String {
    format!("阿{number}")
}
