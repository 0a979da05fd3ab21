//! After an absence longer than Telegram keeps updates: who is still there is asked, slowly, of those not seen since.

use anyhow::Result;
use serde_json::{Value, json};

use crate::cx::Cx;
use crate::model::event::Told;
use crate::model::{
    ChatId, Class, Effect, Event, Right, Rights, Span, Status, Timestamp, User, UserId, effect::Question,
};
use crate::store::chats::ChatRow;
use crate::store::members::Member;

/// Telegram keeps an update for a day; after a shorter absence nothing is missing.
const KEPT: Span = Span::hours(24);
/// Members asked about at a time, and the pause after them: about two a second, in the background.
const AT_A_TIME: i64 = 20;
const PAUSE: Span = Span::secs(10);

/// Begins in every chat when the process was away for too long.
pub(super) fn begin(cx: &mut Cx<'_>, away_since: Option<Timestamp>) {
    let Some(since) = away_since.filter(|since| cx.now.since(*since) > KEPT) else { return };
    let chats: Vec<ChatId> = cx.tx.chats().filter(|row| row.is_live()).map(|row| row.id).collect();
    for chat in chats {
        let at = cx.now + PAUSE;
        cx.remind(chat, "reconcile", at, json!({ "after": 0, "since": since }));
    }
}

/// Begins in one chat, with everybody known until now.
pub(super) fn all(cx: &mut Cx<'_>, chat: ChatId) {
    let (at, since) = (cx.now + PAUSE, cx.now);
    cx.remind(chat, "reconcile", at, json!({ "after": 0, "since": since }));
}

/// Asks about the next few.
pub(super) async fn go_on(cx: &mut Cx<'_>, chat: ChatId, payload: &Value) -> Result<()> {
    let number = |key: &str| payload.get(key).and_then(Value::as_i64).unwrap_or_default();
    let since = Timestamp(number("since"));
    if !cx.chat(chat).is_some_and(ChatRow::is_live) {
        return Ok(());
    }
    let next = cx.tx.members_unseen(chat, UserId(number("after")), since, AT_A_TIME).await?;
    for user in &next {
        cx.emit(Class::Question, Effect::Ask(Question::Member(chat, *user)));
    }
    if let Some(last) = next.last() {
        let at = cx.now + PAUSE;
        cx.remind(chat, "reconcile", at, json!({ "after": last, "since": since }));
    }
    Ok(())
}

/// Takes in what somebody is now, who may have been there unseen. When they went is not known, only that it was while
/// nobody looked.
pub(super) async fn learnt(
    cx: &mut Cx<'_>,
    event: &Event,
    chat: ChatId,
    user: &User,
    status: Status,
    rights: Rights,
) -> Result<()> {
    let restricts = rights.has(Right::Restrict);
    let Some(mut member) = cx.tx.member(chat, user.id).await? else {
        if status.is_in() && !user.is_bot {
            cx.tx.put_member(Member { restricts, ..Member::new(chat, user, status, event.at) });
        }
        return Ok(());
    };
    if member.status == status && member.restricts == restricts {
        return Ok(());
    }
    let (was, is) = (member.status.is_in(), status.is_in());
    member.status = status;
    member.restricts = restricts;
    if was && !is {
        member.left = Some(event.at);
        cx.tell(Some(chat), Told::Left { user: user.clone(), removed: status == Status::Banned });
    } else if is {
        member.left = None;
    }
    cx.tx.put_member(member);
    Ok(())
}
