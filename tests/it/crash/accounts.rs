//! Three accounts of what happened, held against each other: what the crowd did, what the database says, what is to be
//! seen in Telegram.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use serde_json::Value;
use sqlx::AnyPool;
use steward::model::{ChatId, MessageId, Status, UserId};
use steward::store::activity::DeedKind;
use steward::store::members::MESSAGES_COUNTED;
use steward::telegram::emulator::{Emulator, LoggedCall, SeenMessage};

use super::crowd::{Deeds, name};
use super::rows;
use crate::bench::STAFF;

/// A post of the calendar.
pub struct Planned {
    pub id: String,
    pub text: String,
}

pub struct Accounts<'a> {
    pub tg: &'a Emulator,
    pub db: &'a AnyPool,
    pub groups: &'a [ChatId],
    pub deeds: &'a Deeds,
    pub planned: &'a [Planned],
    pub kills: usize,
    /// How many messages may have been sent twice: one in each chat for each kill, one for each fault.
    pub mishaps: usize,
}

/// What does not fit.
pub struct Differences(pub Vec<String>);

impl Differences {
    fn expect<T: PartialEq + Debug>(&mut self, what: &str, found: &T, expected: &T) {
        if found != expected {
            self.0.push(format!("{what}: {found:?} instead of {expected:?}"));
        }
    }

    fn same<T: Ord + Debug>(&mut self, what: &str, found: &BTreeSet<T>, expected: &BTreeSet<T>) {
        for lost in expected.difference(found) {
            self.0.push(format!("{what}: {lost:?} is lost"));
        }
        for invented in found.difference(expected) {
            self.0.push(format!("{what}: nobody did {invented:?}"));
        }
    }

    fn at_most(&mut self, what: &str, found: usize, most: usize) {
        if found > most {
            self.0.push(format!("{what}: {found}, and at most {most} can be"));
        }
    }
}

impl Accounts<'_> {
    pub async fn differences(&self) -> Vec<String> {
        let mut found = Differences(Vec::new());
        self.nothing_waits(&mut found).await;
        self.everything_counts_once(&mut found).await;
        self.check_ins_and_gifts(&mut found).await;
        self.ads(&mut found).await;
        self.posts(&mut found).await;
        self.welcomes(&mut found).await;
        self.answers(&mut found).await;
        found.0.extend(self.tg.violations());
        found.0
    }

    async fn rows<T>(&self, sql: &'static str) -> Vec<T>
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::any::AnyRow> + Send + Unpin,
    {
        rows(self.db, sql).await
    }

    async fn nothing_waits(&self, found: &mut Differences) {
        let inbox: Vec<(String,)> = self.rows("SELECT raw FROM inbox").await;
        let failed: Vec<(String, String)> = self.rows("SELECT error, body FROM quarantine").await;
        let outbox: Vec<(String,)> = self.rows("SELECT body FROM outbox").await;
        found.expect("the inbox", &inbox, &Vec::new());
        found.expect("the quarantine", &failed, &Vec::new());
        found.expect("the outbox", &outbox, &Vec::new());
    }

    /// Deeds of a kind: chat, reference, person.
    async fn deeds(&self, kind: DeedKind) -> BTreeSet<(i64, i64, i64)> {
        let sql = "SELECT kind, chat, ref, user_id FROM activity";
        let all: Vec<(i64, i64, i64, i64)> = self.rows(sql).await;
        all.into_iter().filter(|row| row.0 == kind as i64).map(|(_, chat, it, user)| (chat, it, user)).collect()
    }

    /// How often each person did something in each chat.
    async fn times(&self, kind: DeedKind) -> BTreeMap<(ChatId, UserId), i64> {
        let mut times = BTreeMap::new();
        for (chat, _, user) in self.deeds(kind).await {
            *times.entry((ChatId(chat), UserId(user))).or_default() += 1;
        }
        times
    }

    async fn everything_counts_once(&self, found: &mut Differences) {
        let said = self.deeds.said.iter().map(|(chat, message, user)| (chat.0, message.0, user.0)).collect();
        found.same("messages", &self.deeds(DeedKind::Message).await, &said);
        // Ads are no sign of belonging.
        let written: Vec<(i64, i64)> =
            self.rows("SELECT user_id, messages FROM member WHERE messages > 0 ORDER BY user_id").await;
        let expected = self.deeds.written.iter().map(|(user, n)| (user.0, (*n).min(MESSAGES_COUNTED))).collect();
        found.expect("messages by member", &written, &expected);
        found.expect("joins", &self.times(DeedKind::Join).await, &self.deeds.joined);
        found.expect("leaves", &self.times(DeedKind::Leave).await, &self.deeds.left);
        let confirmed: BTreeMap<_, _> = self.deeds.confirmed.iter().map(|who| (*who, 1)).collect();
        found.expect("rules confirmed", &self.times(DeedKind::RulesRead).await, &confirmed);
        let rows: Vec<(i64, i64)> = self.rows("SELECT chat, user_id FROM rules_read").await;
        let rows: BTreeMap<_, _> = rows.into_iter().map(|(chat, user)| ((ChatId(chat), UserId(user)), 1)).collect();
        found.expect("rows of rules confirmed", &rows, &confirmed);

        let sums: Vec<(i64, i64, i64)> = self
            .rows("SELECT user_id, kind, CAST(SUM(n) AS BIGINT) FROM member_day GROUP BY user_id, kind HAVING SUM(n) <> 0 ORDER BY 1, 2")
            .await;
        let counts =
            self.rows("SELECT user_id, kind, COUNT(*) FROM activity GROUP BY user_id, kind ORDER BY 1, 2").await;
        found.expect("sums by day", &sums, &counts);
    }

    async fn check_ins_and_gifts(&self, found: &mut Differences) {
        let Deeds { checked_in, made_up, .. } = self.deeds;
        let rows: Vec<(i64, i64)> = self.rows("SELECT user_id, made_up FROM checkin").await;
        let of = |kind| -> Vec<UserId> {
            let mut users: Vec<_> = rows.iter().filter(|row| row.1 == kind).map(|row| UserId(row.0)).collect();
            users.sort_unstable();
            users
        };
        found.expect("check-ins", &of(0), &checked_in.iter().copied().collect());
        found.expect("make-up cards", &of(1), &made_up.iter().copied().collect());
        let counted: Vec<_> = self.deeds(DeedKind::CheckIn).await.into_iter().map(|(.., user)| UserId(user)).collect();
        found.expect("check-ins counted", &counted.len(), &checked_in.len());
        found.same("check-ins counted", &counted.into_iter().collect(), checked_in);

        let gifts: Vec<(i64, String, i64)> = self.rows("SELECT user_id, cause, state FROM gift").await;
        let mut earned: BTreeSet<(i64, String, i64)> = BTreeSet::new();
        for user in checked_in.union(made_up) {
            let both = checked_in.contains(user) && made_up.contains(user);
            earned.extend((1..=1 + i64::from(both)).map(|streak| (user.0, streak.to_string(), 3)));
        }
        found.expect("gifts", &gifts.len(), &earned.len());
        found.same("gifts, received", &gifts.into_iter().collect(), &earned);
        let mut owners: BTreeMap<String, BTreeSet<UserId>> = BTreeMap::new();
        for user in checked_in.union(made_up) {
            let got: Vec<String> = self.tg.bot_messages(user.private()).into_iter().map(|it| it.text).collect();
            for code in got.iter().filter_map(|text| text.split_once("CODE-")) {
                owners.entry(code.1.to_owned()).or_default().insert(*user);
            }
            let both = checked_in.contains(user) && made_up.contains(user);
            let has = |title: &str| got.iter().any(|text| text.contains(title));
            found.expect(&format!("gifts {user} sees"), &(has("手册"), has("书签")), &(true, both));
        }
        found.expect("owners of a code", &owners.values().map(BTreeSet::len).max().unwrap_or(1), &1);
        found.expect("codes", &owners.len(), &checked_in.union(made_up).count());
    }

    async fn ads(&self, found: &mut Differences) {
        let sql =
            "SELECT id, user_id, counts, CASE WHEN undone IS NULL THEN 0 ELSE 1 END FROM strike_case ORDER BY user_id";
        let cases: Vec<(i64, i64, i64, i64)> = self.rows(sql).await;
        let mut expected = Vec::new();
        for ad in &self.deeds.ads {
            let id = cases.iter().find(|case| case.1 == ad.user.0).map_or(0, |case| case.0);
            expected.push((id, ad.user.0, 1, i64::from(self.deeds.cleared.contains(&id))));
        }
        found.expect("strikes", &cases, &expected);
        let standing: BTreeSet<i64> = cases.iter().filter(|case| case.3 == 0).map(|case| case.0).collect();
        let counted: Vec<i64> = self.deeds(DeedKind::Strike).await.into_iter().map(|(_, case, _)| case).collect();
        found.expect("strikes counted", &counted.len(), &standing.len());
        found.same("strikes counted", &counted.into_iter().collect(), &standing);
        for ad in &self.deeds.ads {
            let stands = cases.iter().any(|case| case.1 == ad.user.0 && case.3 == 0);
            // What was taken back in time may have stayed.
            if stands && self.tg.message(ad.chat, ad.message).is_some() {
                found.0.push(format!("the ad {} of {} is still there", ad.message, ad.user));
            }
            let status = self.tg.member_status(ad.chat, ad.user);
            let expected = match (ad.severe, stands) {
                (false, true) => (Status::Restricted, true),
                (false, false) => (Status::Member, false),
                // Taken back before it was carried out.
                (true, false) if status == Status::Member => (Status::Member, false),
                (true, _) => (Status::Left, false),
            };
            let who = format!("{} after their ad", ad.user);
            found.expect(&who, &(status, self.tg.is_muted(ad.chat, ad.user)), &expected);
        }
    }

    /// Everything the bot ever said there.
    fn said(&self, chat: ChatId) -> Vec<SeenMessage> {
        let me = self.tg.me();
        let gone = self.tg.deleted(chat).into_iter().filter(|message| message.author == me && !message.service);
        self.tg.bot_messages(chat).into_iter().chain(gone).collect()
    }

    /// A message with these words did not get through.
    fn failed(&self, chat: ChatId, words: &str) -> bool {
        let word = |call: &LoggedCall, key: &str| call.params.get(key).map(Value::to_string).unwrap_or_default();
        let log = self.tg.log();
        let mut failed = log.iter().filter(|call| call.method == "sendMessage" && call.outcome.is_err());
        failed.any(|call| word(call, "chat_id") == chat.to_string() && word(call, "text").contains(words))
    }

    async fn posts(&self, found: &mut Differences) {
        let mut unseen = 0;
        for chat in self.groups {
            let said = self.said(*chat);
            for post in self.planned {
                let copies = said.iter().filter(|message| message.text == post.text).count();
                found.at_most(&format!("{} in {chat}", post.text), copies, 1);
                let slots: Vec<(i64, String, String)> =
                    self.rows("SELECT chat, post, state FROM slot ORDER BY chat, post, due").await;
                // Tomorrow's comes after it.
                let state = slots.iter().find(|slot| slot.0 == chat.0 && slot.1 == post.id).map(|slot| slot.2.as_str());
                found.expect(&format!("{} in {chat}", post.id), &state, &Some("posted"));
                unseen += usize::from(copies == 0 && !self.failed(*chat, &post.text));
            }
        }
        found.at_most("posts lost", unseen, self.kills);
    }

    async fn welcomes(&self, found: &mut Differences) {
        let guests: Vec<(i64, i64, i64)> =
            self.rows("SELECT chat, user_id, CASE WHEN waiting IS NULL THEN 0 ELSE 1 END FROM welcome_guest").await;
        let mut unseen = 0;
        for chat in self.groups {
            let mut greeted: BTreeMap<String, usize> = BTreeMap::new();
            for message in self.said(*chat) {
                for name in message.text.strip_prefix("欢迎 ").into_iter().flat_map(|names| names.split('、')) {
                    *greeted.entry(name.to_owned()).or_default() += 1;
                }
            }
            for (_, user) in self.deeds.joined.keys().filter(|who| who.0 == *chat) {
                let times = greeted.get(&name(user.0 - 10_000)).copied().unwrap_or_default();
                found.at_most(&format!("welcomes of {user}"), times, 1);
                let guest =
                    guests.iter().find(|guest| (guest.0, guest.1) == (chat.0, user.0)).map(|guest| guest.2 == 1);
                let stayed = self.tg.member_status(*chat, *user).is_in();
                match (times, guest) {
                    (0, Some(false)) => unseen += usize::from(!self.failed(*chat, &name(user.0 - 10_000))),
                    (0, None) if stayed => found.0.push(format!("nobody thinks of welcoming {user}")),
                    _ => {}
                }
            }
        }
        found.at_most("newcomers whose welcome was lost", unseen, self.kills);
    }

    /// An answer in the group goes away again. One that was sent a second time because nobody knew of the first is sent
    /// no more: if nobody knows of that copy either, nothing can take it away.
    async fn answers(&self, found: &mut Differences) {
        let number = |value: Option<&Value>| value.and_then(Value::as_i64);
        let mut asked: BTreeMap<(i64, i64, String), (usize, Vec<MessageId>)> = BTreeMap::new();
        for call in self.tg.log().iter().filter(|call| call.method == "sendMessage") {
            let chat = number(call.params.get("chat_id")).unwrap_or_default();
            let reply = number(call.params.get("reply_parameters").map(|reply| &reply["message_id"]));
            if let Some(reply) = reply {
                let text = call.params["text"].as_str().unwrap_or_default().to_owned();
                let (times, copies) = asked.entry((chat, reply, text)).or_default();
                *times += 1;
                copies
                    .extend(call.outcome.iter().filter_map(|message| number(message.get("message_id"))).map(MessageId));
            }
        }
        let known: Vec<(i64, i64)> = self.rows("SELECT chat, message FROM sent").await;
        let mut unseen = 0;
        for ((chat, reply, text), (times, copies)) in
            asked.iter().filter(|((chat, ..), _)| *chat < 0 && *chat != STAFF.0)
        {
            let left: Vec<&MessageId> =
                copies.iter().filter(|copy| self.tg.message(ChatId(*chat), **copy).is_some()).collect();
            let stays = left.iter().any(|copy| known.contains(&(*chat, copy.0)));
            let all = !left.is_empty() && left.len() == copies.len();
            if stays || (all && *times == 1) {
                found.0.push(format!("`{text}` under {reply} in {chat} stays for ever: {left:?} of {copies:?}"));
            }
            unseen += usize::from(all);
        }
        // It takes two mishaps to lose sight of an answer.
        found.at_most("answers nobody knows of", unseen, self.mishaps / 2);
        let doubled: usize = asked.values().map(|(_, copies)| copies.len().saturating_sub(1)).sum();
        found.at_most("answers doubled", doubled, self.mishaps);
    }
}
