//! What the bot is in a group: it comes, is given rights and loses them, is put out, and what it could not see meanwhile.

use anyhow::Result;
use minijinja::context;

use super::{Settings, losses};
use crate::cx::{Cx, Role, safe};
use crate::model::effect::{Question, Send};
use crate::model::event::{AdminEntry, OwnChange};
use crate::model::{
    ChatId, ChatKind, Class, Effect, Message, MessageKey, MessageRef, Right, Rights, Span, Status, Text, Timestamp,
    Told, User,
};
use crate::store::agenda::Reminder;
use crate::store::chats::ChatRow;
use crate::store::gaps::{self, Gap};

/// The introduction's name, and the note on its updates.
const HELLO: &str = "arrival/hello";
pub(super) const UPDATE: &str = "arrival/update";
/// The note on the question what the bot is in a chat, and the name under which it is remembered that it was asked.
pub(super) const ASKED: &str = "arrival/asked";
/// Telegram is asked again no sooner than this: many things may be refused at once.
const DOUBT: Span = Span::minutes(1);
/// How long the introduction is kept up to date: nobody looks at it later.
const SETTLING: Span = Span::hours(24);
/// Telegram keeps updates for so long.
const KEPT: Span = Span::hours(24);
/// An absence from here on is noted: a shorter one hardly keeps anybody from anything.
const NOTICED: Span = Span::minutes(10);

/// What is known of the bot's stay in a chat.
pub(super) struct Stay {
    came: Timestamp,
    again: bool,
    settling: bool,
}

impl Stay {
    /// It was there already when it was first noticed: nothing to introduce.
    fn unnoticed(at: Timestamp) -> Self {
        Self { came: at, again: false, settling: false }
    }

    pub(super) fn is_settling(&self, now: Timestamp) -> bool {
        self.settling && now.since(self.came) < SETTLING
    }
}

/// The bot's place was changed.
pub(super) async fn own(rules: &Settings, cx: &mut Cx<'_>, at: Timestamp, change: &OwnChange) -> Result<()> {
    let Some(row) = cx.chat(change.chat.id).filter(|row| row.moved_to.is_none()).cloned() else { return Ok(()) };
    let (status, rights) = (change.after, change.rights);
    if !change.chat.is_group() {
        return cx.tx.put_chat(ChatRow { status, rights, ..row }).await;
    }
    if !status.is_in() {
        return gone(cx, row, status, at, Some(&change.by)).await;
    }
    if change.before.is_in() && row.is_live() {
        return place_is(rules, cx, row.id, status, rights, at).await;
    }
    let chat = row.id;
    let again = stay(cx, chat).await?.is_some();
    let settling = rules.lacking(cx.role(chat), rights) != Rights::NONE;
    sight(cx, chat, status, rights, at).await?;
    keep(cx, chat, &Stay { came: at, again, settling }).await?;
    losses::clear(cx, chat).await?;
    cx.tell(Some(chat), Told::RightsChanged { before: Rights::NONE, after: rights });
    cx.tx.put_chat(ChatRow { status, rights, ..row }).await?;
    cx.settings_changed(chat);
    introduce(rules, cx, chat).await
}

/// Says who it is and what it lacks.
pub(super) async fn introduce(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    if let Some(text) = introduction(rules, cx, chat).await? {
        let name = Some(MessageKey::from(HELLO));
        cx.send(Class::Reply, Send { name, ..Send::new(chat, text) });
    }
    Ok(())
}

async fn introduction(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId) -> Result<Option<Text>> {
    let Some(row) = cx.chat(chat).cloned() else { return Ok(None) };
    let again = stay(cx, chat).await?.is_some_and(|stay| stay.again);
    let state = safe(&state(rules, cx, &row));
    let public = row.is_public();
    let values = context! { community => cx.common.name.as_str(), bot => cx.me.name.as_str(), again, state, public };
    let key = if cx.role(chat) == Role::Staff { "arrival.hello_staff" } else { "arrival.hello" };
    Ok(Some(cx.text(key, values)))
}

/// Which rights are missing, or that none is.
pub(super) fn state(rules: &Settings, cx: &Cx<'_>, row: &ChatRow) -> Text {
    let role = cx.role(row.id);
    let missing = described(cx, role, rules.lacking(role, row.rights));
    let values = context! {
        missing,
        admin => row.status.is_staff(),
        basic => row.kind == ChatKind::Group && role == Role::Group,
    };
    cx.text("arrival.state", values)
}

/// Rights as people know them, each with what it is for.
pub(super) fn described(cx: &Cx<'_>, role: Role, rights: Rights) -> Vec<minijinja::Value> {
    rights.iter().map(|right| safe(&description(cx, role, right))).collect()
}

pub(super) fn description(cx: &Cx<'_>, role: Role, right: Right) -> Text {
    let key = match (role, right) {
        (Role::Staff, Right::Admin) => "arrival.right_admin_staff".to_owned(),
        _ => format!("arrival.right_{}", right.word()),
    };
    cx.text(&key, context! { reads_all => cx.me.reads_all })
}

/// Its place is now this. In the first day its introduction says what is still missing; later staff are told.
async fn place_is(
    rules: &Settings,
    cx: &mut Cx<'_>,
    chat: ChatId,
    status: Status,
    rights: Rights,
    at: Timestamp,
) -> Result<()> {
    let Some(row) = cx.chat(chat).filter(|row| row.is_live()).cloned() else { return Ok(()) };
    if !status.is_in() {
        return gone(cx, row, status, at, None).await;
    }
    let before = row.rights;
    if (row.status, before) != (status, rights) {
        cx.tx.put_chat(ChatRow { status, rights, ..row }).await?;
    }
    if before != rights {
        cx.tell(Some(chat), Told::RightsChanged { before, after: rights });
    }
    let role = cx.role(chat);
    let mut stay = stay(cx, chat).await?.unwrap_or_else(|| Stay::unnoticed(at));
    sight(cx, chat, status, rights, at).await?;
    if !stay.is_settling(cx.now) {
        keep(cx, chat, &stay).await?;
        return losses::told(rules, cx, chat, before, rights, at).await;
    }
    losses::clear(cx, chat).await?;
    let lacking = rules.lacking(role, rights);
    stay.settling = lacking != Rights::NONE;
    keep(cx, chat, &stay).await?;
    if lacking != rules.lacking(role, before)
        && let Some(text) = introduction(rules, cx, chat).await?
    {
        let message = MessageRef::Name(HELLO.into());
        let edit = Effect::Edit { chat, message, text, keyboard: crate::model::effect::Keyboard::default() };
        UPDATE.clone_into(&mut cx.emit(Class::Reply, edit).note);
    }
    Ok(())
}

/// Telegram says what the bot is in a chat.
pub(super) async fn answered(
    rules: &Settings,
    cx: &mut Cx<'_>,
    chat: ChatId,
    status: Status,
    rights: Rights,
) -> Result<()> {
    let refused =
        cx.chat(chat).is_some_and(|row| !row.rights.has(Right::Send)) && losses::has(cx, chat, Right::Send).await?;
    // Of a plain member Telegram does not say that all members are muted: what it refused counts until something is sent.
    let rights = if status == Status::Member && refused { rights.without(Right::Send) } else { rights };
    let now = cx.now;
    place_is(rules, cx, chat, status, rights, now).await
}

/// The list of administrators came, with or without the bot.
pub(super) async fn listed(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId, own: Option<&AdminEntry>) -> Result<()> {
    let status = cx.chat(chat).map_or(Status::Left, |row| row.status);
    match own {
        Some(own) => answered(rules, cx, chat, own.status, own.rights).await,
        // Only then the list says something new.
        None if status.is_staff() => answered(rules, cx, chat, Status::Member, Rights::NONE.with(Right::Send)).await,
        None => Ok(()),
    }
}

/// Something was sent, so it can write.
pub(super) async fn spoke(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    let Some(row) = cx.chat(chat).filter(|row| !row.rights.has(Right::Send)) else { return Ok(()) };
    let (status, rights, now) = (row.status, row.rights.with(Right::Send), cx.now);
    place_is(rules, cx, chat, status, rights, now).await
}

/// Somebody writes in a chat where the bot did not know that it is, or what it may do there.
pub(super) async fn heard(cx: &mut Cx<'_>, message: &Message) -> Result<()> {
    let chat = message.chat.id;
    let strange = |row: &&ChatRow| row.moved_to.is_none() && (!row.is_live() || row.rights == Rights::NONE);
    let Some(row) = cx.chat(chat).filter(strange).filter(|_| message.chat.is_group()).cloned() else { return Ok(()) };
    if !row.is_live() {
        if cx.is_stale(message.date) {
            return Ok(());
        }
        cx.tx.put_chat(ChatRow { status: Status::Member, ..row }).await?;
    } else if stay(cx, chat).await?.is_some() {
        return Ok(());
    }
    if stay(cx, chat).await?.is_none() {
        keep(cx, chat, &Stay::unnoticed(message.date)).await?;
    }
    cx.settings_changed(chat);
    ask(cx, chat);
    Ok(())
}

/// Asks what the bot is there.
pub(super) fn ask(cx: &mut Cx<'_>, chat: ChatId) {
    let me = cx.me.id;
    let question = cx.emit(Class::Question, Effect::Ask(Question::Member(chat, me)));
    ASKED.clone_into(&mut question.note);
}

/// Telegram finds no such chat. It says so of a chat it has lost for a moment too, so that it is asked what the bot is
/// there before anything is called off.
pub(super) async fn doubt(cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    if !cx.chat(chat).is_some_and(ChatRow::is_live) || cx.tx.reminder(chat, ASKED).await?.is_some() {
        return Ok(());
    }
    // A reminder nobody waits for is the memory of having asked.
    let until = cx.now + DOUBT;
    cx.tx.remind(Reminder { chat, name: ASKED.to_owned(), due: until, payload: serde_json::Value::Null });
    ask(cx, chat);
    Ok(())
}

/// A basic group goes on as a supergroup, where rights may differ.
pub(super) async fn moved(cx: &mut Cx<'_>, from: ChatId, to: ChatId) -> Result<()> {
    if stay(cx, from).await?.is_some() {
        cx.tx.move_rows("arrival", &[], from, to).await?;
        cx.tx.move_rows("arrival_loss", &["right_name"], from, to).await?;
        ask(cx, to);
    }
    Ok(())
}

/// Telegram says that the bot is not in the chat, or, asked about just that, that there is none.
pub(super) async fn shut_out(cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    let now = cx.now;
    match cx.chat(chat).cloned() {
        Some(row) if row.is_live() => gone(cx, row, Status::Left, now, None).await,
        _ => Ok(()),
    }
}

/// It is no longer there: nothing more is sent, everything known is kept.
async fn gone(cx: &mut Cx<'_>, row: ChatRow, status: Status, at: Timestamp, by: Option<&User>) -> Result<()> {
    let (chat, before, was_live) = (row.id, row.rights, row.is_live());
    let title = row.title.clone();
    cx.tx.put_chat(ChatRow { status, rights: Rights::NONE, ..row }).await?;
    if !was_live {
        return Ok(());
    }
    cx.tx.withdraw_all(chat, |_| true).await?;
    let mut stay = stay(cx, chat).await?.unwrap_or_else(|| Stay::unnoticed(at));
    stay.settling = false;
    sight(cx, chat, status, Rights::NONE, at).await?;
    keep(cx, chat, &stay).await?;
    cx.tell(Some(chat), Told::RightsChanged { before, after: Rights::NONE });
    if cx.role(chat) == Role::Group
        && let Some(staff) = cx.staff_chat()
    {
        let by = by.filter(|by| by.id != cx.me.id).map(|by| cx.shown_name(&by.name));
        let text = cx.text("arrival.gone", context! { title, by });
        cx.send(Class::Reply, Send::new(staff, text));
    }
    Ok(())
}

/// Notes from when to when it could not see who joins and leaves a group, and when it was not in it at all.
pub(super) async fn sight(cx: &mut Cx<'_>, chat: ChatId, status: Status, rights: Rights, at: Timestamp) -> Result<()> {
    let obstacle = match cx.role(chat) {
        Role::Group if !status.is_in() => Some(gaps::OUTSIDE),
        Role::Group if !rights.has(Right::Admin) => Some(gaps::NO_ADMIN),
        _ => None,
    };
    let open = gaps::open(cx.tx.conn().await?, chat).await?;
    if open.as_ref().map(|gap| gap.reason.as_str()) == obstacle {
        return Ok(());
    }
    if let Some(gap) = open {
        let to = at.max(gap.from);
        cx.tx.note_gap(&Gap { to, ..gap }).await?;
    }
    if let Some(reason) = obstacle {
        // How long it will last is not known yet.
        cx.tx.note_gap(&Gap { chat, from: at, to: Timestamp(i64::MAX), reason: reason.to_owned() }).await?;
    }
    Ok(())
}

/// What happened longer ago than Telegram keeps updates was never told; what happened since comes late.
pub(super) async fn was_away(cx: &mut Cx<'_>, from: Option<Timestamp>, now: Timestamp) -> Result<()> {
    let Some(from) = from else { return Ok(()) };
    let away = now.since(from);
    let (to, reason) = match away {
        _ if away > KEPT => (now - KEPT, "downtime"),
        _ if away >= NOTICED => (now, gaps::LATE),
        _ => return Ok(()),
    };
    cx.tx.note_gap(&Gap { chat: ChatId(0), from, to, reason: reason.to_owned() }).await
}

type Row = (i64, i64, i64);

pub(super) async fn stay(cx: &mut Cx<'_>, chat: ChatId) -> Result<Option<Stay>> {
    let row: Option<Row> = sqlx::query_as("SELECT came, again, settling FROM arrival WHERE chat = $1")
        .bind(chat.0)
        .fetch_optional(cx.tx.conn().await?)
        .await?;
    Ok(row.map(|(came, again, settling)| Stay { came: Timestamp(came), again: again != 0, settling: settling != 0 }))
}

async fn keep(cx: &mut Cx<'_>, chat: ChatId, stay: &Stay) -> Result<()> {
    sqlx::query(
        "INSERT INTO arrival (chat, came, again, settling) VALUES ($1, $2, $3, $4)
         ON CONFLICT (chat) DO UPDATE SET came = excluded.came, again = excluded.again, settling = excluded.settling",
    )
    .bind(chat.0)
    .bind(stay.came.0)
    .bind(i64::from(stay.again))
    .bind(i64::from(stay.settling))
    .execute(cx.tx.conn().await?)
    .await?;
    Ok(())
}
