//! What the staff of a community taught about ads, and the small model made of it. That is kept in memory and made anew
//! when a lesson is added or taken back.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Result;

use super::{Conn, Tx};
use crate::judge::Compiled;
use crate::judge::local::{self, Example, Local};
use crate::model::{CommunityId, Timestamp, UserId};

/// A message somebody of the staff called an ad or innocent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    pub community: CommunityId,
    /// Counts up; the newest lesson has the greatest.
    pub id: i64,
    /// Who wrote it; 0 where that is nobody known.
    pub user: UserId,
    /// Who called it so; 0 for what was imported.
    pub teacher: UserId,
    pub at: Timestamp,
    pub is_ad: bool,
    /// The case it was taught with.
    pub case: Option<i64>,
    pub text: String,
}

type Row = (i64, i64, i64, i64, i64, i64, Option<i64>, String);

const COLUMNS: &str = "community, id, user_id, teacher, at, is_ad, case_id, text";

fn read((community, id, user, teacher, at, is_ad, case, text): Row) -> Lesson {
    Lesson {
        community: CommunityId(community),
        id,
        user: UserId(user),
        teacher: UserId(teacher),
        at: Timestamp(at),
        is_ad: is_ad != 0,
        case,
        text,
    }
}

/// The newest lessons of a community, the newest first.
pub async fn newest(conn: &mut Conn, community: CommunityId, most: usize) -> Result<Vec<Lesson>> {
    // Built from fixed names only.
    let sql =
        sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM lesson WHERE community = $1 ORDER BY id DESC LIMIT $2"));
    let rows: Vec<Row> = sqlx::query_as(sql).bind(community.0).bind(i64::try_from(most)?).fetch_all(conn).await?;
    Ok(rows.into_iter().map(read).collect())
}

/// How many lessons somebody gave a community since `since`.
pub async fn given(tx: &mut Tx, community: CommunityId, teacher: UserId, since: Timestamp) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM lesson WHERE community = $1 AND teacher = $2 AND at > $3";
    let query = sqlx::query_as(sql).bind(community.0).bind(teacher.0).bind(since.0);
    let (n,): (i64,) = query.fetch_one(tx.conn().await?).await?;
    Ok(n)
}

/// The newest lesson of exactly this text.
pub async fn of_text(tx: &mut Tx, community: CommunityId, text: &str) -> Result<Option<Lesson>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM lesson WHERE community = $1 AND text = $2 ORDER BY id DESC LIMIT 1"
    ));
    let query = sqlx::query_as(sql).bind(community.0).bind(text.to_owned());
    let row: Option<Row> = query.fetch_optional(tx.conn().await?).await?;
    Ok(row.map(read))
}

/// Adds a lesson under the next number, which is given; its own number is not looked at.
pub async fn add(tx: &mut Tx, lesson: &Lesson) -> Result<i64> {
    tx.lessons_changed(lesson.community);
    let conn = tx.conn().await?;
    let sql = "SELECT COALESCE(MAX(id), 0) + 1 FROM lesson WHERE community = $1";
    let (id,): (i64,) = sqlx::query_as(sql).bind(lesson.community.0).fetch_one(&mut *conn).await?;
    sqlx::query(
        "INSERT INTO lesson (community, id, user_id, teacher, at, is_ad, case_id, text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(lesson.community.0)
    .bind(id)
    .bind(lesson.user.0)
    .bind(lesson.teacher.0)
    .bind(lesson.at.0)
    .bind(i64::from(lesson.is_ad))
    .bind(lesson.case)
    .bind(lesson.text.clone())
    .execute(conn)
    .await?;
    Ok(id)
}

/// Takes a lesson back; gives what it was.
pub async fn remove(tx: &mut Tx, community: CommunityId, id: i64) -> Result<Option<Lesson>> {
    let conn = tx.conn().await?;
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM lesson WHERE community = $1 AND id = $2"));
    let row: Option<Row> = sqlx::query_as(sql).bind(community.0).bind(id).fetch_optional(&mut *conn).await?;
    let Some(row) = row else { return Ok(None) };
    let sql = "DELETE FROM lesson WHERE community = $1 AND id = $2";
    sqlx::query(sql).bind(community.0).bind(id).execute(conn).await?;
    tx.lessons_changed(community);
    Ok(Some(read(row)))
}

/// Forgets lessons given before `before`, and those beyond the newest that are learned from.
pub async fn tidy(tx: &mut Tx, community: CommunityId, before: Timestamp) -> Result<()> {
    let most = i64::try_from(local::MOST)?;
    let conn = tx.conn().await?;
    let sql = "DELETE FROM lesson WHERE community = $1 AND (at < $2 OR id <= COALESCE(
                   (SELECT id FROM lesson WHERE community = $1 ORDER BY id DESC LIMIT 1 OFFSET $3), 0))";
    let query = sqlx::query(sql).bind(community.0).bind(before.0).bind(most);
    if query.execute(conn).await?.rows_affected() > 0 {
        tx.lessons_changed(community);
    }
    Ok(())
}

/// Forgets a person: what they wrote is taught no more, and what they taught has nobody's name.
pub async fn forget(tx: &mut Tx, community: CommunityId, user: UserId) -> Result<()> {
    let conn = tx.conn().await?;
    let sql = "DELETE FROM lesson WHERE community = $1 AND user_id = $2";
    let dropped = sqlx::query(sql).bind(community.0).bind(user.0).execute(&mut *conn).await?.rows_affected();
    let sql = "UPDATE lesson SET teacher = 0 WHERE community = $1 AND teacher = $2";
    let changed = sqlx::query(sql).bind(community.0).bind(user.0).execute(conn).await?.rows_affected();
    if dropped + changed > 0 {
        tx.lessons_changed(community);
    }
    Ok(())
}

/// Models made of lessons, by community. Only those of what was committed are kept from one transaction to the next.
#[derive(Default)]
pub(super) struct Models(HashMap<CommunityId, Arc<Local>>);

impl Models {
    pub(super) fn drop_one(&mut self, community: CommunityId) {
        self.0.remove(&community);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn get(&self, community: CommunityId) -> Option<Arc<Local>> {
        self.0.get(&community).cloned()
    }

    pub(super) fn extend(&mut self, newer: Self) {
        self.0.extend(newer.0);
    }

    pub(super) fn put(&mut self, community: CommunityId, local: Arc<Local>) {
        self.0.insert(community, local);
    }
}

/// What the community's lessons come to. The database is asked only after they changed, or at first, or for another model.
pub async fn local(tx: &mut Tx, community: CommunityId, settings: &Compiled) -> Result<Arc<Local>> {
    if let Some(known) = tx.local_at_hand(community).filter(|known| known.is_for(settings)) {
        return Ok(known);
    }
    let mut lessons = newest(tx.conn().await?, community, local::MOST).await?;
    lessons.reverse();
    let examples: Vec<Example> = lessons.into_iter().map(Lesson::example).collect();
    let local = Arc::new(Local::fit(&examples, settings));
    tx.keep_local(community, local.clone());
    Ok(local)
}

impl Lesson {
    /// An anonymous administrator may be any of them, and so be a second teacher beside himself.
    fn example(self) -> Example {
        let teacher = if self.teacher.is_stand_in() { local::NOBODY } else { self.teacher.0 };
        Example { text: self.text, is_ad: self.is_ad, teacher }
    }
}
