//! Who is, was, or was seen in a chat.

use anyhow::Result;
use sqlx::AssertSqlSafe;

use super::{Conn, Tx, rows};
use crate::model::{ChatId, CommunityId, Status, Timestamp, User, UserId};

/// [`Member::messages`] is counted up to here: more makes no difference to trust.
pub const MESSAGES_COUNTED: i64 = 100;
/// [`Member::days`] is counted up to here.
pub const DAYS_COUNTED: i64 = 60;

/// A person in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub chat: ChatId,
    pub user: UserId,
    pub name: String,
    /// In lower case: names of accounts are compared so.
    pub username: Option<String>,
    pub status: Status,
    /// When they joined the last time; none when it was before the bot could see it.
    pub joined: Option<Timestamp>,
    pub left: Option<Timestamp>,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub messages: i64,
    /// Days with a message.
    pub days: i64,
    /// Staff said so, or said "not an ad" of something they wrote.
    pub trusted: bool,
    /// As an administrator they have the right to mute and ban.
    pub restricts: bool,
}

impl Member {
    /// Somebody seen for the first time.
    pub fn new(chat: ChatId, user: &User, status: Status, at: Timestamp) -> Self {
        Self {
            chat,
            user: user.id,
            name: user.name.clone(),
            username: user.username.as_ref().map(|name| name.to_lowercase()),
            status,
            joined: None,
            left: None,
            first_seen: at,
            last_seen: at,
            messages: 0,
            days: 0,
            trusted: false,
            restricts: false,
        }
    }

    /// Nothing else is new since `old` than that they were seen.
    fn is_only_seen(&self, old: &Self) -> bool {
        let Self { last_seen, messages, days, .. } = *self;
        *self == Self { last_seen, messages, days, ..old.clone() }
    }
}

impl Member {
    /// Whether Telegram lets them mute and ban in the chat.
    pub fn may_restrict(&self) -> bool {
        self.status == Status::Owner || self.status == Status::Admin && self.restricts
    }

    /// What is known of one person from two rows. `self` is the newer, whose name and status hold.
    fn with_past(self, past: &Self) -> Self {
        Self {
            joined: if past.status.is_in() { past.joined } else { self.joined },
            first_seen: self.first_seen.min(past.first_seen),
            last_seen: self.last_seen.max(past.last_seen),
            messages: (self.messages + past.messages).min(MESSAGES_COUNTED),
            days: (self.days + past.days).min(DAYS_COUNTED),
            trusted: self.trusted || past.trusted,
            ..self
        }
    }
}

const COLUMNS: &str =
    "chat, user_id, name, username, status, joined, left_at, first_seen, last_seen, messages, days, trusted, restricts";
type Row = (i64, i64, String, Option<String>, String, Option<i64>, Option<i64>, i64, i64, i64, i64, i64, i64);

/// Reads the members of whom `condition` is true, which is made of fixed texts and placeholders.
fn select(condition: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("SELECT {COLUMNS} FROM member WHERE {condition}"))
}

fn read(row: Row) -> Member {
    let (chat, user, name, username, status, joined, left, first_seen, last_seen, messages, days, trusted, restricts) =
        row;
    Member {
        chat: ChatId(chat),
        user: UserId(user),
        name,
        username,
        status: Status::of_word(&status).unwrap_or_default(),
        joined: joined.map(Timestamp),
        left: left.map(Timestamp),
        first_seen: Timestamp(first_seen),
        last_seen: Timestamp(last_seen),
        messages,
        days,
        trusted: trusted != 0,
        restricts: restricts != 0,
    }
}

pub(super) async fn write(conn: &mut Conn, members: &[Member]) -> Result<()> {
    rows::write(
        conn,
        "INSERT INTO member (chat, user_id, name, username, status, joined, left_at, first_seen, last_seen, messages,
            days, trusted, restricts)",
        13,
        "ON CONFLICT (chat, user_id) DO UPDATE SET name = excluded.name, username = excluded.username,
            status = excluded.status, joined = excluded.joined, left_at = excluded.left_at,
            first_seen = excluded.first_seen, last_seen = excluded.last_seen, messages = excluded.messages,
            days = excluded.days, trusted = excluded.trusted, restricts = excluded.restricts",
        members,
        |member, to| {
            to.int(member.chat.0)
                .int(member.user.0)
                .text(&member.name)
                .maybe_text(member.username.as_deref())
                .text(member.status.word())
                .maybe_int(member.joined.map(|at| at.0))
                .maybe_int(member.left.map(|at| at.0))
                .int(member.first_seen.0)
                .int(member.last_seen.0)
                .int(member.messages)
                .int(member.days)
                .int(i64::from(member.trusted))
                .int(i64::from(member.restricts));
        },
    )
    .await
    .map(drop)
}

/// Writes only that members were seen again: without their names no index is touched.
pub(super) async fn write_seen(conn: &mut Conn, members: &[Member]) -> Result<()> {
    rows::write(
        conn,
        "UPDATE member SET last_seen = seen.column3, messages = seen.column4, days = seen.column5 FROM (",
        5,
        ") AS seen WHERE member.chat = seen.column1 AND member.user_id = seen.column2",
        members,
        |member, to| {
            to.int(member.chat.0).int(member.user.0).int(member.last_seen.0).int(member.messages).int(member.days);
        },
    )
    .await
    .map(drop)
}

impl Tx {
    /// Adds what is known of people in `from` to the rows they already have in `to`.
    pub(super) async fn merge_members(&mut self, from: ChatId, to: ChatId) -> Result<()> {
        let sql = select("chat = $1 AND user_id IN (SELECT user_id FROM member WHERE chat = $2)");
        let both: Vec<Row> = sqlx::query_as(sql).bind(from.0).bind(to.0).fetch_all(self.settled().await?).await?;
        for past in both.into_iter().map(read) {
            if let Some(newer) = self.member(to, past.user).await? {
                self.put_member(newer.with_past(&past));
            }
        }
        Ok(())
    }

    /// Reads many members at once, so that the events of a batch find theirs at hand.
    pub async fn prefetch_members(&mut self, who: &[(ChatId, UserId)]) -> Result<()> {
        let missing: Vec<_> = who.iter().filter(|who| !self.members.contains_key(who)).copied().collect();
        for part in missing.chunks(rows::KEYS) {
            let (keys, values) = rows::keys(self.raw()?, part, 2, |(chat, user), to| {
                to.int(chat.0).int(user.0);
            })?;
            let sql = select(&format!("(chat, user_id) IN ({keys})"));
            let found: Vec<Row> = sqlx::query_as_with(sql, values).fetch_all(self.raw()?).await?;
            for who in part {
                self.members.insert(*who, None);
            }
            for row in found {
                let member = read(row);
                self.members.insert((member.chat, member.user), Some(member));
            }
        }
        Ok(())
    }

    /// A member as this transaction sees them.
    pub async fn member(&mut self, chat: ChatId, user: UserId) -> Result<Option<Member>> {
        if !self.members.contains_key(&(chat, user)) {
            self.prefetch_members(&[(chat, user)]).await?;
        }
        Ok(self.members.get(&(chat, user)).cloned().flatten())
    }

    /// The member, when their row was read or written in this transaction; the author of an event in hand is.
    pub fn member_at_hand(&self, chat: ChatId, user: UserId) -> Option<&Member> {
        self.members.get(&(chat, user))?.as_ref()
    }

    /// Adds or changes a member; written with the batch.
    pub fn put_member(&mut self, member: Member) {
        let who = (member.chat, member.user);
        let only_seen = self.members.get(&who).and_then(Option::as_ref).is_some_and(|old| member.is_only_seen(old));
        self.know_member(who, Some(member));
        if only_seen { self.writes.seen.push(who) } else { self.writes.members.push(who) }
    }

    /// Everybody who was last seen in a chat under `@name` (without the `@`).
    pub async fn members_by_username(&mut self, chat: ChatId, username: &str) -> Result<Vec<Member>> {
        let sql = select("chat = $1 AND username = $2 ORDER BY last_seen DESC, user_id LIMIT 100");
        let rows: Vec<Row> =
            sqlx::query_as(sql).bind(chat.0).bind(username.to_lowercase()).fetch_all(self.settled().await?).await?;
        Ok(rows.into_iter().map(read).collect())
    }

    /// The administrators of a chat, the owner among them.
    pub async fn staff(&mut self, chat: ChatId) -> Result<Vec<Member>> {
        let sql = select("chat = $1 AND status IN ('owner', 'admin') ORDER BY user_id");
        let rows: Vec<Row> = sqlx::query_as(sql).bind(chat.0).fetch_all(self.settled().await?).await?;
        Ok(rows.into_iter().map(read).collect())
    }

    /// Everywhere a person is or was, the most recently seen first.
    pub async fn memberships(&mut self, user: UserId) -> Result<Vec<Member>> {
        let sql = select("user_id = $1 ORDER BY last_seen DESC, chat LIMIT 100");
        let rows: Vec<Row> = sqlx::query_as(sql).bind(user.0).fetch_all(self.settled().await?).await?;
        Ok(rows.into_iter().map(read).collect())
    }

    /// The next members by number who are in and were not seen since, as far as is known; administrators apart, of whom
    /// there is a list.
    pub async fn members_unseen(
        &mut self,
        chat: ChatId,
        after: UserId,
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<UserId>> {
        let sql = "SELECT user_id FROM member
                   WHERE chat = $1 AND user_id > $2 AND last_seen < $3 AND status IN ('member', 'restricted')
                   ORDER BY user_id LIMIT $4";
        let rows: Vec<(i64,)> = sqlx::query_as(sql)
            .bind(chat.0)
            .bind(after.0)
            .bind(since.0)
            .bind(limit)
            .fetch_all(self.settled().await?)
            .await?;
        Ok(rows.into_iter().map(|(user,)| UserId(user)).collect())
    }

    /// How many known people are in a chat now.
    pub async fn members_in(&mut self, chat: ChatId) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM member
                   WHERE chat = $1 AND status IN ('owner', 'admin', 'member', 'restricted')";
        let (n,): (i64,) = sqlx::query_as(sql).bind(chat.0).fetch_one(self.settled().await?).await?;
        Ok(n)
    }

    /// Any of the person's names in the chats of a community, for lists of past deeds.
    pub async fn names(&mut self, community: CommunityId, users: &[UserId]) -> Result<Vec<(UserId, String)>> {
        let mut names = Vec::with_capacity(users.len());
        for user in users {
            let row: Option<(String,)> = sqlx::query_as(
                "SELECT m.name FROM member m JOIN chat c ON c.id = m.chat
                 WHERE m.user_id = $1 AND c.community = $2 ORDER BY m.last_seen DESC LIMIT 1",
            )
            .bind(user.0)
            .bind(community.0)
            .fetch_optional(self.settled().await?)
            .await?;
            names.push((*user, row.map(|(name,)| name).unwrap_or_default()));
        }
        Ok(names)
    }

    /// Removes a person's rows in a chat, leaving none of their names.
    pub async fn drop_member(&mut self, chat: ChatId, user: UserId) -> Result<()> {
        sqlx::query("DELETE FROM member WHERE chat = $1 AND user_id = $2")
            .bind(chat.0)
            .bind(user.0)
            .execute(self.settled().await?)
            .await?;
        self.know_member((chat, user), None);
        Ok(())
    }
}
