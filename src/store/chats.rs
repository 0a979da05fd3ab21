//! Chats the bot is or was in, and communities.

use anyhow::Result;

use super::activity::DeedKind;
use super::{Conn, Tx, outbox};
use crate::model::{Chat, ChatId, ChatKind, CommunityId, Rights, Status, Timestamp};

/// A chat the bot knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatRow {
    pub id: ChatId,
    pub community: CommunityId,
    pub kind: ChatKind,
    pub title: String,
    pub username: Option<String>,
    pub is_forum: bool,
    /// What the bot is there.
    pub status: Status,
    /// What the bot may do there.
    pub rights: Rights,
    /// Since when the bot knows it.
    pub since: Timestamp,
    /// All posting stopped since then.
    pub paused: Option<Timestamp>,
    /// The supergroup it became.
    pub moved_to: Option<ChatId>,
    pub linked: Linked,
    /// The last raid on it.
    pub raid: Option<Raid>,
}

/// A time in which many joined at once: who came from `since` on is taken to have come with them. It is on until `until`,
/// so that it ends whatever becomes of who ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raid {
    pub since: Timestamp,
    pub until: Timestamp,
}

impl Raid {
    /// Whether somebody who joined then is taken to have come with the others.
    pub fn brought(self, joined: Timestamp) -> bool {
        (self.since..=self.until).contains(&joined)
    }
}

/// Whose discussion group a chat is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Linked {
    /// Telegram was not asked yet.
    #[default]
    Unknown,
    /// No channel's.
    Nobody,
    Channel(ChatId),
}

impl ChatRow {
    pub fn new(chat: &Chat, community: CommunityId, since: Timestamp) -> Self {
        Self {
            id: chat.id,
            community,
            kind: chat.kind,
            title: chat.title.clone(),
            username: chat.username.clone(),
            is_forum: chat.is_forum,
            status: Status::Member,
            rights: Rights::NONE,
            since,
            paused: None,
            moved_to: None,
            linked: Linked::Unknown,
            raid: None,
        }
    }

    /// Everybody can find it and come in.
    pub fn is_public(&self) -> bool {
        self.username.is_some()
    }

    /// The raid that is on.
    pub fn raid_on(&self, now: Timestamp) -> Option<Raid> {
        self.raid.filter(|raid| now < raid.until)
    }

    /// The bot is in it and may act.
    pub fn is_live(&self) -> bool {
        self.status.is_in() && self.moved_to.is_none()
    }
}

fn kind_word(kind: ChatKind) -> &'static str {
    match kind {
        ChatKind::Private => "private",
        ChatKind::Group => "group",
        ChatKind::Supergroup => "supergroup",
        ChatKind::Channel => "channel",
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    community: i64,
    kind: String,
    title: String,
    username: Option<String>,
    is_forum: i64,
    status: String,
    rights: i64,
    since: i64,
    paused: Option<i64>,
    moved_to: Option<i64>,
    linked: Option<i64>,
    raid_since: Option<i64>,
    raid_until: Option<i64>,
}

fn read(row: Row) -> ChatRow {
    let raid = row.raid_since.zip(row.raid_until);
    ChatRow {
        id: ChatId(row.id),
        community: CommunityId(row.community),
        kind: match row.kind.as_str() {
            "private" => ChatKind::Private,
            "group" => ChatKind::Group,
            "channel" => ChatKind::Channel,
            _ => ChatKind::Supergroup,
        },
        title: row.title,
        username: row.username,
        is_forum: row.is_forum != 0,
        status: Status::of_word(&row.status).unwrap_or_default(),
        rights: Rights(row.rights),
        since: Timestamp(row.since),
        paused: row.paused.map(Timestamp),
        moved_to: row.moved_to.map(ChatId),
        linked: match row.linked {
            None => Linked::Unknown,
            Some(0) => Linked::Nobody,
            Some(channel) => Linked::Channel(ChatId(channel)),
        },
        raid: raid.map(|(since, until)| Raid { since: Timestamp(since), until: Timestamp(until) }),
    }
}

/// Every chat, by its number.
pub async fn load(conn: &mut Conn) -> Result<std::collections::HashMap<ChatId, ChatRow>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, community, kind, title, username, is_forum, status, rights, since, paused, moved_to, linked,
            raid_since, raid_until
         FROM chat",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (ChatId(row.id), read(row))).collect())
}

impl Tx {
    /// Adds or changes a chat.
    pub async fn put_chat(&mut self, row: ChatRow) -> Result<()> {
        sqlx::query(
            "INSERT INTO chat (id, community, kind, title, username, is_forum, status, rights, since, paused, moved_to,
                linked, raid_since, raid_until)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT (id) DO UPDATE SET community = excluded.community, kind = excluded.kind,
                title = excluded.title, username = excluded.username, is_forum = excluded.is_forum,
                status = excluded.status, rights = excluded.rights, since = excluded.since,
                paused = excluded.paused, moved_to = excluded.moved_to, linked = excluded.linked,
                raid_since = excluded.raid_since, raid_until = excluded.raid_until",
        )
        .bind(row.id.0)
        .bind(row.community.0)
        .bind(kind_word(row.kind))
        .bind(&row.title)
        .bind(&row.username)
        .bind(i64::from(row.is_forum))
        .bind(row.status.word())
        .bind(row.rights.0)
        .bind(row.since.0)
        .bind(row.paused.map(|at| at.0))
        .bind(row.moved_to.map(|id| id.0))
        .bind(match row.linked {
            Linked::Unknown => None,
            Linked::Nobody => Some(0),
            Linked::Channel(channel) => Some(channel.0),
        })
        .bind(row.raid.map(|raid| raid.since.0))
        .bind(row.raid.map(|raid| raid.until.0))
        .execute(self.conn().await?)
        .await?;
        self.remember_chat(row);
        Ok(())
    }

    /// The number of the community of that slug; a new one is given a number.
    pub async fn community(&mut self, slug: &str) -> Result<CommunityId> {
        let conn = self.conn().await?;
        let row: Option<(i64,)> =
            sqlx::query_as("SELECT id FROM community WHERE slug = $1").bind(slug).fetch_optional(&mut *conn).await?;
        if let Some((id,)) = row {
            return Ok(CommunityId(id));
        }
        let (id,): (i64,) =
            sqlx::query_as("SELECT COALESCE(MAX(id), 0) + 1 FROM community").fetch_one(&mut *conn).await?;
        sqlx::query("INSERT INTO community (id, slug) VALUES ($1, $2)").bind(id).bind(slug).execute(conn).await?;
        Ok(CommunityId(id))
    }

    /// Moves every row of a basic group to the supergroup it became. What both know of a person is put together; other
    /// rows the supergroup already has stay as they are. Doing it twice changes nothing. Feature tables are moved by their
    /// features, which see the event after this.
    pub async fn move_chat(&mut self, from: ChatId, to: ChatId, at: Timestamp) -> Result<()> {
        let Some(old) = self.chat(from).cloned() else { return Ok(()) };
        if old.moved_to == Some(to) {
            return Ok(());
        }
        self.merge_members(from, to).await?;
        let conn = self.settled().await?;
        // Message numbers begin again in the supergroup: what was done about old messages must not hide what is done
        // about new ones of the same number.
        sqlx::query("UPDATE activity SET ref = -ref WHERE chat = $1 AND kind IN ($2, $3) AND ref > 0")
            .bind(from.0)
            .bind(DeedKind::Message as i64)
            .bind(DeedKind::Reaction as i64)
            .execute(&mut *conn)
            .await?;
        // Now all of it has a kind or a number by which it is unique.
        sqlx::query(
            "DELETE FROM activity WHERE chat = $1 AND EXISTS (SELECT 1 FROM activity there
               WHERE there.chat = $2 AND there.kind = activity.kind AND there.ref = activity.ref
                 AND there.user_id = activity.user_id AND (there.kind <> 1 OR there.ref < 0))",
        )
        .bind(from.0)
        .bind(to.0)
        .execute(&mut *conn)
        .await?;
        sqlx::query("UPDATE activity SET chat = $1 WHERE chat = $2")
            .bind(to.0)
            .bind(from.0)
            .execute(&mut *conn)
            .await?;
        for (table, key) in MOVED {
            move_rows(conn, table, key, from, to).await?;
        }
        // Names of old messages stay behind: message numbers begin again in the supergroup.
        outbox::move_letters(conn, from, to).await?;
        // Who wrote in the supergroup before this was known has given it a community of its own, which makes room.
        let slugs = [format!("before:{to}"), format!("chat:{to}"), format!("chat:{from}")];
        for [new, old] in [[&slugs[0], &slugs[1]], [&slugs[1], &slugs[2]]] {
            let sql =
                "UPDATE community SET slug = $1 WHERE slug = $2 AND EXISTS (SELECT 1 FROM community WHERE slug = $3)";
            sqlx::query(sql).bind(new).bind(old).bind(&slugs[2]).execute(&mut *conn).await?;
        }
        self.members.clear();
        self.all_due_changed(from, "");
        let linked = self.chat(to).map_or(Linked::Unknown, |row| row.linked);
        let new = ChatRow { id: to, kind: ChatKind::Supergroup, moved_to: None, linked, ..old.clone() };
        let rights = self.chat(to).map_or(old.rights, |row| row.rights);
        self.put_chat(ChatRow { rights, ..new }).await?;
        self.put_chat(ChatRow { moved_to: Some(to), status: Status::Left, since: at.min(old.since), ..old }).await
    }

    /// Moves a feature's rows from a basic group to the supergroup it became.
    /// `key` is the rest of the table's key after `chat`.
    pub async fn move_rows(
        &mut self,
        table: &'static str,
        key: &[&'static str],
        from: ChatId,
        to: ChatId,
    ) -> Result<()> {
        move_rows(self.conn().await?, table, key, from, to).await
    }

    /// Forgets a chat wholly.
    pub async fn drop_chat(&mut self, id: ChatId) -> Result<()> {
        sqlx::query("DELETE FROM chat WHERE id = $1").bind(id.0).execute(self.conn().await?).await?;
        self.forget_chat(id);
        Ok(())
    }
}

/// Shared tables whose key begins with `chat`, and the rest of that key.
const MOVED: [(&str, &[&str]); 7] = [
    ("member", &["user_id"]),
    ("override", &["name"]),
    ("agenda", &["name"]),
    ("gap", &["from_at"]),
    ("headcount", &["day"]),
    ("poll", &["id"]),
    ("series", &["kind", "hour"]),
];

async fn move_rows(conn: &mut Conn, table: &'static str, key: &[&'static str], from: ChatId, to: ChatId) -> Result<()> {
    let same = key.iter().map(|column| format!("AND there.{column} = {table}.{column}")).collect::<Vec<_>>().join(" ");
    // Built from fixed names only.
    let stay = format!(
        "DELETE FROM {table} WHERE chat = $1 AND EXISTS (SELECT 1 FROM {table} there WHERE there.chat = $2 {same})"
    );
    sqlx::query(sqlx::AssertSqlSafe(stay)).bind(from.0).bind(to.0).execute(&mut *conn).await?;
    let go = format!("UPDATE {table} SET chat = $1 WHERE chat = $2");
    sqlx::query(sqlx::AssertSqlSafe(go)).bind(to.0).bind(from.0).execute(conn).await?;
    Ok(())
}
