//! What the staff allowed in the chat: sites, names and invitations, by a button of a card or by `/allowed`.

use anyhow::Result;
use minijinja::context;

use super::case::Case;
use super::{Rules, orders, words};
use crate::cx::{Cx, Role};
use crate::judge::allow::{self, Refused};
use crate::model::{CommunityId, Message, Timestamp, UserId};
use crate::store::Tx;

/// Entries of one community; more belong in its file.
const MOST: usize = 200;

/// An entry of the list.
struct Entry {
    written: String,
    /// 0 where that is nobody known any more.
    by: UserId,
    at: Timestamp,
}

async fn all(tx: &mut Tx, community: CommunityId) -> Result<Vec<Entry>> {
    let sql = "SELECT entry, allowed_by, at FROM allowed WHERE community = $1 ORDER BY at, entry";
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(sql).bind(community.0).fetch_all(tx.conn().await?).await?;
    let entry = |(written, by, at)| Entry { written, by: UserId(by), at: Timestamp(at) };
    Ok(rows.into_iter().map(entry).collect())
}

/// What a community's staff allowed, as it is judged by.
pub async fn entries(tx: &mut Tx, community: CommunityId) -> Result<Vec<String>> {
    Ok(all(tx, community).await?.into_iter().map(|entry| entry.written).collect())
}

/// Forgets who allowed something; that it is allowed stands.
pub async fn forget(tx: &mut Tx, community: CommunityId, user: UserId) -> Result<()> {
    let sql = "UPDATE allowed SET allowed_by = 0 WHERE community = $1 AND allowed_by = $2";
    sqlx::query(sql).bind(community.0).bind(user.0).execute(tx.conn().await?).await?;
    Ok(())
}

/// Adds entries. Says whether there was room for them.
async fn add(cx: &mut Cx<'_>, entries: &[String], by: UserId) -> Result<bool> {
    let known = self::entries(cx.tx, cx.community).await?;
    let new: Vec<&String> = entries.iter().filter(|entry| !known.contains(entry)).collect();
    if known.len() + new.len() > MOST {
        return Ok(false);
    }
    for entry in new {
        let sql = "INSERT INTO allowed (community, entry, allowed_by, at) VALUES ($1, $2, $3, $4)";
        let query = sqlx::query(sql).bind(cx.community.0).bind(entry.clone()).bind(by.0).bind(cx.now.0);
        query.execute(cx.tx.conn().await?).await?;
    }
    Ok(true)
}

/// What of a case can be allowed, with nothing else wrong about it.
pub fn of_case(case: &Case) -> Vec<String> {
    if case.is_judged() && case.channel().is_none() { allow::entries(&case.about.reasons) } else { Vec::new() }
}

/// Allows from now on what a case leads to. Says whether that could be done.
pub async fn allow(cx: &mut Cx<'_>, case: &mut Case, by: UserId) -> Result<bool> {
    let entries = of_case(case);
    if entries.is_empty() || !add(cx, &entries, by).await? {
        return Ok(false);
    }
    case.about.allowed = entries;
    Ok(true)
}

/// `/allowed`, `/allowed add example.org`, `/allowed remove example.org`: from the staff, in the community in hand.
pub async fn heard(rules: &Rules, cx: &mut Cx<'_>, message: &Message, written: &str) -> Result<()> {
    if cx.role(message.chat.id) != Role::Staff && cx.staff_chat().is_some() {
        orders::say(rules, cx, message, "strikes.in_staff_chat");
        return Ok(());
    }
    let (verb, rest) = written.trim().split_once(char::is_whitespace).unwrap_or((written.trim(), ""));
    if verb.is_empty() {
        return list(rules, cx, message).await;
    }
    if !matches!(verb, "add" | "remove") {
        orders::say(rules, cx, message, "strikes.usage_allowed");
        return Ok(());
    }
    let key = match allow::entry(rest) {
        Err(Refused::Nothing) => "strikes.usage_allowed",
        Err(Refused::Anywhere) if verb == "add" => "strikes.allowed.anywhere",
        Err(Refused::Anywhere) => "strikes.allowed.unknown",
        Ok(entry) => {
            let key = match verb {
                "add" if add(cx, std::slice::from_ref(&entry), orders::hand(message).id).await? => {
                    "strikes.allowed.added"
                }
                "add" => "strikes.allowed.full",
                _ if remove(cx, &entry).await? => "strikes.allowed.removed",
                _ => "strikes.allowed.unknown",
            };
            let text = cx.text(key, context! { entry, most => MOST });
            orders::answer(rules, cx, message, text);
            return Ok(());
        }
    };
    let text = cx.text(key, context! { entry => rest, most => MOST });
    orders::answer(rules, cx, message, text);
    Ok(())
}

async fn remove(cx: &mut Cx<'_>, entry: &str) -> Result<bool> {
    let sql = "DELETE FROM allowed WHERE community = $1 AND entry = $2";
    let query = sqlx::query(sql).bind(cx.community.0).bind(entry.to_owned());
    Ok(query.execute(cx.tx.conn().await?).await?.rows_affected() > 0)
}

async fn list(rules: &Rules, cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let mut rows = Vec::new();
    for entry in all(cx.tx, cx.community).await? {
        let by = match words::name(cx, message.chat.id, entry.by).await? {
            Some(name) => cx.shown_name(&name),
            None => words::hand(cx, None).to_string(),
        };
        rows.push(context! { entry => entry.written, by, date => cx.date(cx.day(entry.at)) });
    }
    let text = cx.text("strikes.allowed", context! { rows });
    orders::answer(rules, cx, message, text);
    Ok(())
}
