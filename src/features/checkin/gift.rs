//! Rewards: earned once, sent in private, and kept for members the bot cannot write to yet.

use std::collections::HashSet;

use anyhow::Result;
use minijinja::context;

use super::rules::{Present, Rules};
use crate::cx::Cx;
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::{Delivery, Refused, Why};
use crate::model::{ChatId, Class, CommunityId, Message, MessageKey, Span, Text, Timestamp, UserId};
use crate::store::Tx;
use crate::store::persons::Reach;

/// How long the button for fetching a gift stays in the group; `/streak` brings the gift later too.
const CLAIM_FOR: Span = Span::hours(24);

const OWED: i64 = 0;
const WAITING: i64 = 1;
const SENT: i64 = 2;
const RECEIVED: i64 = 3;

/// A gift somebody has earned.
pub struct Earned {
    community: CommunityId,
    user: UserId,
    gift: String,
    /// What it is for: the length of the streak, and with repeated gifts the day that completed it.
    cause: String,
    id: i64,
    chat: ChatId,
    state: i64,
    /// The message that brings it.
    body: Option<String>,
}

/// Who earned what with how long a streak, for lists.
pub struct Earning {
    pub user: UserId,
    pub gift: String,
    pub streak: i64,
}

/// Why somebody is given something.
pub struct Occasion<'a> {
    pub user: UserId,
    pub name: &'a str,
    pub chat: ChatId,
    /// The message to answer in the group.
    pub message: Option<&'a Message>,
    pub streak: i64,
    pub at: Timestamp,
}

impl Occasion<'_> {
    /// A message in the group about it.
    fn answer(&self, text: Text) -> Send {
        let (topic, reply_to) = (self.message.and_then(|it| it.topic), self.message.map(|it| it.id));
        Send { topic, reply_to, ..Send::new(self.chat, text) }
    }
}

/// What the member is to be told in the group besides what was said already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// It is on its way in private.
    Sent(String),
    /// The group has a message about it.
    Said,
}

/// Gives what a streak has earned. None when it was given before.
pub async fn give(
    rules: &Rules,
    cx: &mut Cx<'_>,
    gift: &str,
    cause: String,
    to: &Occasion<'_>,
) -> Result<Option<Given>> {
    let Some(present) = rules.gifts.get(gift) else { return Ok(None) };
    let (community, user, chat) = (cx.community, to.user, to.chat);
    let mut it = Earned { community, user, gift: gift.to_owned(), cause, id: 0, chat, state: OWED, body: None };
    if !add(cx.tx, &mut it, to.at).await? {
        return Ok(None);
    }
    let reachable = cx.tx.reach(user).await? == Reach::Open;
    if !fill(cx, &mut it, present, to.streak).await? {
        owe(rules, cx, &it, present, to, reachable).await?;
        return Ok(Some(Given::Said));
    }
    if reachable {
        deliver(cx, &it).await?;
        return Ok(Some(Given::Sent(present.title.clone())));
    }
    let member = cx.mention(user, to.name);
    let text = cx.text("checkin.claim", context! { member, streak => to.streak, title => present.title.as_str() });
    offer(cx, it.id, to.answer(text));
    Ok(Some(Given::Said))
}

/// Writes the message that brings the gift; a code is taken for it. False when codes have run out.
async fn fill(cx: &mut Cx<'_>, it: &mut Earned, present: &Present, streak: i64) -> Result<bool> {
    let mut code = None;
    if let Some(codes) = &present.codes {
        code = take_code(cx.tx, it, codes).await?;
        if code.is_none() {
            return Ok(false);
        }
    }
    let Present { title, text, file, .. } = present;
    let text = cx.text("checkin.gift", context! { streak, title, text, code });
    let send = Send { media: file.clone(), preview: true, ..Send::new(it.user.private(), text) };
    let body = serde_json::to_string(&send)?;
    sqlx::query("UPDATE gift SET body = $1, state = $2 WHERE id = $3")
        .bind(&body)
        .bind(WAITING)
        .bind(it.id)
        .execute(cx.tx.conn().await?)
        .await?;
    (it.body, it.state) = (Some(body), WAITING);
    Ok(true)
}

/// Tells who waits for a code, and once the staff.
async fn owe(
    rules: &Rules,
    cx: &mut Cx<'_>,
    it: &Earned,
    present: &Present,
    to: &Occasion<'_>,
    reachable: bool,
) -> Result<()> {
    let member = cx.mention(to.user, to.name);
    let text = cx.text("checkin.owed", context! { member, streak => to.streak, title => present.title.as_str() });
    if reachable {
        cx.send(Class::Reply, Send::new(to.user.private(), text));
    } else {
        let name = MessageKey(format!("checkin/owed/{}", it.id));
        cx.send(Class::Reply, Send { name: Some(name.clone()), ..to.answer(text) });
        cx.take_back_later(to.chat, name, rules.settings.answer_for);
    }
    let first = owed(cx.tx, it.community, &it.gift).await?.len() == 1;
    if let (true, Some(staff)) = (first, cx.staff_chat()) {
        let file = rules.settings.gifts.get(&it.gift).and_then(|gift| gift.codes.clone());
        let text = cx.text("checkin.staff-empty", context! { title => present.title.as_str(), file });
        cx.send(Class::Reply, Send::new(staff, text));
    }
    Ok(())
}

/// Sends a gift in private; what becomes of it comes back with the note.
async fn deliver(cx: &mut Cx<'_>, it: &Earned) -> Result<()> {
    let Some(body) = &it.body else { return Ok(()) };
    let send: Send = serde_json::from_str(body)?;
    cx.send(Class::Reply, send).note = format!("gift/{}", it.id);
    set_state(cx.tx, it.id, SENT).await
}

/// Puts a button in the group that opens the private chat and brings the gift.
fn offer(cx: &mut Cx<'_>, id: i64, send: Send) {
    let chat = send.chat;
    let name = offer_name(id);
    let key = Key::start(cx.words("checkin.claim-button").visible(), format!("gift_{id}"));
    cx.send(Class::Reply, Send { name: Some(name), keyboard: Keyboard::row([key]), ..send });
    let until = cx.now + CLAIM_FOR;
    cx.remind(chat, &format!("claim/{id}"), until, serde_json::Value::Null);
}

fn offer_name(id: i64) -> MessageKey {
    MessageKey(format!("checkin/gift/{id}"))
}

/// Takes the button out of the group.
pub fn close_offer(cx: &mut Cx<'_>, chat: ChatId, id: i64) {
    cx.take_back(chat, offer_name(id).into()).deadline = None;
}

/// `/start gift_12` in private: brings the gift to its owner, once. What is to be said when it does not.
pub async fn fetch(cx: &mut Cx<'_>, user: UserId, id: &str) -> Result<Option<Text>> {
    let it = match id.parse() {
        Ok(id) => by_id(cx.tx, id).await?,
        Err(_) => None,
    };
    Ok(match it {
        Some(it) if it.user == user && it.state == WAITING => {
            hand_over(cx, &it).await?;
            None
        }
        Some(it) if it.user == user && it.state != OWED => Some(cx.words("checkin.claimed")),
        Some(it) if it.user != user => Some(cx.words("checkin.not-yours")),
        _ => Some(cx.words("checkin.gift-gone")),
    })
}

/// Sends everything that waits for somebody who has just written in private. False when nothing does.
pub async fn fetch_all(cx: &mut Cx<'_>, user: UserId) -> Result<bool> {
    let all = waiting(cx.tx, cx.community, user).await?;
    for it in &all {
        hand_over(cx, it).await?;
    }
    Ok(!all.is_empty())
}

async fn hand_over(cx: &mut Cx<'_>, it: &Earned) -> Result<()> {
    deliver(cx, it).await?;
    // The button went by itself when its time was over.
    if cx.unremind(it.chat, &format!("claim/{}", it.id)).await? {
        close_offer(cx, it.chat, it.id);
    }
    Ok(())
}

pub async fn delivered(cx: &mut Cx<'_>, delivery: &Delivery) -> Result<()> {
    match noted(&delivery.note) {
        Some(id) => set_state(cx.tx, id, RECEIVED).await,
        None => Ok(()),
    }
}

/// A gift did not arrive: it waits again, with a button in the group when only the private chat is closed.
pub async fn refused(rules: &Rules, cx: &mut Cx<'_>, refused: &Refused) -> Result<()> {
    let Some(id) = noted(&refused.note) else { return Ok(()) };
    let Some(it) = by_id(cx.tx, id).await?.filter(|it| it.state == SENT) else { return Ok(()) };
    set_state(cx.tx, id, WAITING).await?;
    let name = cx.tx.names(it.community, &[it.user]).await?.pop().map(|(_, name)| name).unwrap_or_default();
    let member = cx.mention(it.user, &name);
    let title = rules.gifts.get(&it.gift).map_or(it.gift.as_str(), |present| &present.title);
    if matches!(refused.why, Why::Unreachable | Why::ChatGone) {
        let text = cx.text("checkin.claim", context! { member, streak => (), title });
        offer(cx, id, Send::new(it.chat, text));
    } else if let Some(staff) = cx.staff_chat() {
        let text = cx.text("checkin.staff-failed", context! { title, member, reason => refused.text.as_str() });
        cx.send(Class::Reply, Send::new(staff, text));
    }
    Ok(())
}

/// Gives out what members were left owing, as far as there are codes again.
pub async fn settle(rules: &Rules, cx: &mut Cx<'_>) -> Result<()> {
    for (gift, present) in rules.gifts.iter().filter(|(_, present)| present.codes.is_some()) {
        for mut it in owed(cx.tx, cx.community, gift).await? {
            let streak = streak_of(&it.cause);
            if !fill(cx, &mut it, present, streak).await? {
                break;
            }
            if cx.tx.reach(it.user).await? == Reach::Open {
                deliver(cx, &it).await?;
            } else {
                let name = cx.tx.names(it.community, &[it.user]).await?.pop().map(|(_, name)| name).unwrap_or_default();
                let member = cx.mention(it.user, &name);
                let text = cx.text("checkin.claim", context! { member, streak => (), title => present.title.as_str() });
                offer(cx, it.id, Send::new(it.chat, text));
            }
        }
    }
    Ok(())
}

/// The length of the streak a gift is for.
fn streak_of(cause: &str) -> i64 {
    cause.split('@').next().and_then(|streak| streak.parse().ok()).unwrap_or_default()
}

fn noted(note: &str) -> Option<i64> {
    note.strip_prefix("gift/")?.parse().ok()
}

/// Adds a gift and numbers it. False when it was given for this cause before.
async fn add(tx: &mut Tx, it: &mut Earned, at: Timestamp) -> Result<bool> {
    let conn = tx.conn().await?;
    let (id,): (i64,) = sqlx::query_as("SELECT COALESCE(MAX(id), 0) + 1 FROM gift").fetch_one(&mut *conn).await?;
    it.id = id;
    let added = sqlx::query(
        "INSERT INTO gift (community, user_id, gift, cause, id, chat, at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (community, user_id, gift, cause) DO NOTHING",
    )
    .bind(it.community.0)
    .bind(it.user.0)
    .bind(&it.gift)
    .bind(&it.cause)
    .bind(id)
    .bind(it.chat.0)
    .bind(at.0)
    .bind(it.state)
    .execute(conn)
    .await?;
    Ok(added.rows_affected() > 0)
}

/// The first code that nobody has.
async fn take_code(tx: &mut Tx, it: &Earned, codes: &[String]) -> Result<Option<String>> {
    let conn = tx.conn().await?;
    let taken: Vec<(String,)> = sqlx::query_as("SELECT code FROM gift_code WHERE community = $1 AND gift = $2")
        .bind(it.community.0)
        .bind(&it.gift)
        .fetch_all(&mut *conn)
        .await?;
    let taken: HashSet<String> = taken.into_iter().map(|(code,)| code).collect();
    let Some(code) = codes.iter().find(|code| !taken.contains(*code)) else { return Ok(None) };
    sqlx::query("INSERT INTO gift_code (community, gift, code) VALUES ($1, $2, $3)")
        .bind(it.community.0)
        .bind(&it.gift)
        .bind(code)
        .execute(conn)
        .await?;
    Ok(Some(code.clone()))
}

async fn set_state(tx: &mut Tx, id: i64, state: i64) -> Result<()> {
    sqlx::query("UPDATE gift SET state = $1 WHERE id = $2").bind(state).bind(id).execute(tx.conn().await?).await?;
    Ok(())
}

type Row = (i64, i64, String, String, i64, i64, i64, Option<String>);

fn read((community, user, gift, cause, id, chat, state, body): Row) -> Earned {
    let (community, user, chat) = (CommunityId(community), UserId(user), ChatId(chat));
    Earned { community, user, gift, cause, id, chat, state, body }
}

async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Earned>> {
    let row: Option<Row> =
        sqlx::query_as("SELECT community, user_id, gift, cause, id, chat, state, body FROM gift WHERE id = $1")
            .bind(id)
            .fetch_optional(tx.conn().await?)
            .await?;
    Ok(row.map(read))
}

/// What waits for a member to open the private chat.
pub async fn waiting(tx: &mut Tx, community: CommunityId, user: UserId) -> Result<Vec<Earned>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT community, user_id, gift, cause, id, chat, state, body FROM gift
         WHERE community = $1 AND user_id = $2 AND state = $3 ORDER BY id",
    )
    .bind(community.0)
    .bind(user.0)
    .bind(WAITING)
    .fetch_all(tx.conn().await?)
    .await?;
    Ok(rows.into_iter().map(read).collect())
}

/// Who waits for codes of a gift, the first first.
async fn owed(tx: &mut Tx, community: CommunityId, gift: &str) -> Result<Vec<Earned>> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT community, user_id, gift, cause, id, chat, state, body FROM gift
         WHERE community = $1 AND gift = $2 AND state = $3 ORDER BY id",
    )
    .bind(community.0)
    .bind(gift.to_owned())
    .bind(OWED)
    .fetch_all(tx.conn().await?)
    .await?;
    Ok(rows.into_iter().map(read).collect())
}

/// How many gifts were earned since `from`.
pub async fn earned_since(tx: &mut Tx, community: CommunityId, from: Timestamp) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM gift WHERE community = $1 AND at >= $2";
    let (n,): (i64,) = sqlx::query_as(sql).bind(community.0).bind(from.0).fetch_one(tx.conn().await?).await?;
    Ok(n)
}

/// The gifts earned from `from` until before `to`, oldest first.
pub async fn earned_between(
    tx: &mut Tx,
    community: CommunityId,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Earning>> {
    let rows: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT user_id, gift, cause FROM gift WHERE community = $1 AND at >= $2 AND at < $3 ORDER BY id",
    )
    .bind(community.0)
    .bind(from.0)
    .bind(to.0)
    .fetch_all(tx.conn().await?)
    .await?;
    let earning =
        |(user, gift, cause): (i64, String, String)| Earning { user: UserId(user), gift, streak: streak_of(&cause) };
    Ok(rows.into_iter().map(earning).collect())
}
