//! What the bot knows of a person: `/mydata` shows it, `/forgetme` deletes it after a second look. Both only in private,
//! so that nobody reads along.

use anyhow::Result;
use minijinja::context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Command, Feature, Flow, Who};
use crate::cx::{Compile, Cx, Phrase, Role};
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::event::{Press, Told};
use crate::model::text::MESSAGE_MAX;
use crate::model::{ChatId, Class, CommunityId, Effect, Event, Kind, Lang, Message, Span, Text, Timestamp, UserId};
use crate::store::activity::DeedKind;
use crate::store::members::Member;
use crate::store::traces;

/// How long the hint to the private chat stays in a group.
const HINT_KEPT: Span = Span::secs(60);
const FORGET: &str = "privacy:forget";
const KEEP: &str = "privacy:keep";
/// Tables whose rows `/mydata` explains in words of its own.
const EXPLAINED: [&str; 4] = ["member", "member_day", "activity", "person"];

pub struct Privacy;

/// What people can learn and have deleted about themselves.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {}

impl Feature for Privacy {
    const NAME: &'static str = "privacy";
    const PHRASES: &'static [Phrase] = &[
        Phrase {
            key: "privacy.in_private",
            zh: "个人数据只在私聊里看，免得旁人看到。",
            en: "Your data is for your eyes only: let's do this in private.",
            values: &[],
        },
        Phrase { key: "privacy.open", zh: "去私聊", en: "Open private chat", values: &[] },
        Phrase {
            key: "privacy.data_person",
            zh: "<b>关于你的全部记录</b>\n\
                 编号：<code>{{ id }}</code>\n能否给你发私信：{{ \"能\" if reachable else \"不能\" }}\n\
                 语言：{{ language or \"未知\" }}\n\n\
                 平时聊天的内容我不保存，只记次数和时间；被举报或当作广告删掉的消息会留一段摘录。不想留着，发 /forgetme",
            en: "<b>Everything on record about you</b>\n\
                 Id: <code>{{ id }}</code>\nCan I write to you: {{ \"yes\" if reachable else \"no\" }}\n\
                 Language: {{ language or \"unknown\" }}\n\n\
                 I don't keep what you say in chats, only counts and times – save an excerpt of a message that was reported or removed. /forgetme deletes it.",
            values: &["id", "reachable", "language"],
        },
        Phrase {
            key: "privacy.data_chat",
            zh: "<b>{{ chat }}</b>\n\
                 名字：{{ name }}{% if username %}（@{{ username }}）{% endif %}\n状态：{{ status }}\n\
                 加入：{{ joined or \"我来之前\" }}{% if left %}\n离开：{{ left }}{% endif %}\n\
                 第一次见到：{{ first_seen }}\n最近一次见到：{{ last_seen }}\n\
                 发言：{{ messages }} 条，{{ days }} 天（最多数到 100 条、60 天）{% if trusted %}\n管理员标记为可信{% endif %}",
            en: "<b>{{ chat }}</b>\n\
                 Name: {{ name }}{% if username %} (@{{ username }}){% endif %}\nStatus: {{ status }}\n\
                 Joined: {{ joined or \"before I came\" }}{% if left %}\nLeft: {{ left }}{% endif %}\n\
                 First seen: {{ first_seen }}\nLast seen: {{ last_seen }}\n\
                 Messages: {{ messages }} on {{ days }} days (counted up to 100 and 60)\
                 {% if trusted %}\nMarked as trusted by staff{% endif %}",
            values: &[
                "chat",
                "name",
                "username",
                "status",
                "joined",
                "left",
                "first_seen",
                "last_seen",
                "messages",
                "days",
                "trusted",
            ],
        },
        Phrase {
            key: "privacy.data_deeds",
            zh: "<b>参与次数</b>（{{ from }} 至 {{ to }}）\n{% for deed in deeds %}· {{ deed.what }} {{ deed.n }}\n{% endfor %}",
            en: "<b>What you did</b> ({{ from }} to {{ to }})\n{% for deed in deeds %}· {{ deed.what }}: {{ deed.n }}\n{% endfor %}",
            values: &["from", "to", "deeds"],
        },
        Phrase {
            key: "privacy.data_other",
            zh: "<b>其他记录</b>（条数）\n{% for row in rows %}· {{ row.table }} {{ row.n }}\n{% endfor %}",
            en: "<b>Other records</b> (rows)\n{% for row in rows %}· {{ row.table }}: {{ row.n }}\n{% endfor %}",
            values: &["rows"],
        },
        Phrase {
            key: "privacy.ask",
            zh: "<b>确定要删除你的记录吗？</b>\n\n\
                 会删除：名字和用户名、发言和打卡次数、连续天数、我能给你发私信的标记，以及其他和你有关的记录。\
                 删了就找不回来，连续打卡会从头算起。\n\n\
                 会保留：还在生效的警告和封禁（为了保护其他群友），以及不含个人信息的群统计。{% if inside %}\n\n\
                 你还在群里：以后再发言，会从零开始记。想彻底不留，请先退群再来删除。{% endif %}",
            en: "<b>Delete what I know about you?</b>\n\n\
                 Deleted: your name and username, counts of messages and check-ins, streaks, the note that I may write to \
                 you, and other records about you. This cannot be undone; streaks start over.\n\n\
                 Kept: warnings and bans still in force (they protect others), and group totals that name nobody.\
                 {% if inside %}\n\nYou are still in a group: if you write there again, counting starts from zero. To \
                 leave nothing behind, leave the group first.{% endif %}",
            values: &["inside"],
        },
        Phrase { key: "privacy.confirm", zh: "确定删除", en: "Delete it", values: &[] },
        Phrase { key: "privacy.cancel", zh: "先不删", en: "Keep it", values: &[] },
        Phrase {
            key: "privacy.forgotten",
            zh: "已经删除。谢谢你来过。",
            en: "Done: deleted. Thank you for having been here.",
            values: &[],
        },
        Phrase {
            key: "privacy.kept", zh: "好的，什么都没动。", en: "All right, nothing was changed.", values: &[]
        },
        Phrase {
            key: "privacy.not_yours", zh: "这个按钮不是给你的。", en: "This button is not for you.", values: &[]
        },
    ];
    const COMMANDS: &'static [Command] = &[
        Command { name: "mydata", who: Who::Private, zh: "我的全部记录", en: "Everything on record about me" },
        Command {
            name: "forgetme", who: Who::Private, zh: "删除我的记录", en: "Delete what is on record about me"
        },
    ];
    type Settings = Settings;
    type Rules = ();

    fn compile(_: &Settings, _: &mut Compile<'_>) {}

    async fn handle((): &(), cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        match &event.kind {
            Kind::Message(message) if cx.allowed => heard(cx, message).await,
            Kind::Button(press) => pressed(cx, press).await,
            _ => Ok(Flow::On),
        }
    }
}

async fn heard(cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    let Some(command) = cx.command(message) else { return Ok(Flow::On) };
    let wanted = match (command.name.as_str(), command.rest) {
        ("mydata", _) | ("start", "mydata") => "mydata",
        ("forgetme", _) | ("start", "forgetme") => "forgetme",
        _ => return Ok(Flow::On),
    };
    let private = cx.role(message.chat.id) == Role::Private;
    match message.author().map(|user| user.id) {
        Some(user) if private && wanted == "mydata" => show(cx, message, user).await?,
        Some(user) if private => ask(cx, message, user).await?,
        _ => {
            let open = cx.words("privacy.open").visible();
            let mut send = Send::new(message.chat.id, cx.words("privacy.in_private"));
            send.keyboard = Keyboard::row([Key::start(open, wanted)]);
            cx.reply_briefly(message, send, HINT_KEPT);
        }
    }
    Ok(Flow::Stop)
}

async fn show(cx: &mut Cx<'_>, message: &Message, user: UserId) -> Result<()> {
    let person = traces::person(cx.tx, user).await?;
    let (reachable, language) = person.unwrap_or_default();
    let mut parts = vec![cx.text("privacy.data_person", context! { id => user.0, reachable, language })];
    let memberships = cx.tx.memberships(user).await?;
    for member in &memberships {
        parts.push(of_chat(cx, member));
    }
    let mut communities: Vec<CommunityId> =
        memberships.iter().filter_map(|member| Some(cx.chat(member.chat)?.community)).collect();
    communities.sort_unstable();
    communities.dedup();
    if let Some(text) = of_deeds(cx, user, &communities).await? {
        parts.push(text);
    }
    let rows: Vec<_> = traces::of(cx.tx, user)
        .await?
        .into_iter()
        .filter(|(table, n)| *n > 0 && !EXPLAINED.contains(&table.as_str()))
        .map(|(table, n)| context! { table, n })
        .collect();
    if !rows.is_empty() {
        parts.push(cx.text("privacy.data_other", context! { rows }));
    }
    for text in packed(parts, MESSAGE_MAX) {
        cx.reply(message, text);
    }
    Ok(())
}

fn of_chat(cx: &Cx<'_>, member: &Member) -> Text {
    let zone = cx.common.timezone.0;
    let date = |at: Timestamp| at.local(zone).format("%Y-%m-%d %H:%M").to_string();
    let status = match (member.status.is_staff(), member.status.is_in(), cx.lang) {
        (true, _, Lang::Zh) => "管理员",
        (true, _, Lang::En) => "staff",
        (_, true, Lang::Zh) => "在群里",
        (_, true, Lang::En) => "member",
        (_, _, Lang::Zh) => "不在群里",
        (_, _, Lang::En) => "not in the group",
    };
    let chat = cx.chat(member.chat).map(|row| row.title.clone()).unwrap_or_default();
    cx.text(
        "privacy.data_chat",
        context! {
            chat,
            name => cx.shown_name(&member.name),
            username => &member.username,
            status,
            joined => member.joined.map(date),
            left => member.left.map(date),
            first_seen => date(member.first_seen),
            last_seen => date(member.last_seen),
            messages => member.messages,
            days => member.days,
            trusted => member.trusted,
        },
    )
}

/// What a person did in all communities, by kind; none when nothing is on record.
async fn of_deeds(cx: &mut Cx<'_>, user: UserId, communities: &[CommunityId]) -> Result<Option<Text>> {
    let mut rows = Vec::new();
    for community in communities {
        rows.extend(traces::deeds(cx.tx, *community, user).await?);
    }
    let (Some(from), Some(to)) = (rows.iter().map(|row| row.0).min(), rows.iter().map(|row| row.0).max()) else {
        return Ok(None);
    };
    let deeds: Vec<_> = DeedKind::ALL
        .into_iter()
        .map(|kind| (kind, rows.iter().filter(|row| row.1 == kind as i64).map(|row| row.2).sum::<i64>()))
        .filter(|(_, n)| *n > 0)
        .map(|(kind, n)| context! { what => word(kind, cx.lang), n })
        .collect();
    let day = |day: crate::model::Day| day.date().to_string();
    Ok(Some(cx.text("privacy.data_deeds", context! { from => day(from), to => day(to), deeds })))
}

fn word(kind: DeedKind, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        DeedKind::Message => ("发言", "messages"),
        DeedKind::Reaction => ("表情回应", "reactions"),
        DeedKind::Vote => ("投票", "votes"),
        DeedKind::CheckIn => ("打卡", "check-ins"),
        DeedKind::RulesRead => ("确认群规", "rules confirmed"),
        DeedKind::Join => ("加入", "joined"),
        DeedKind::Leave => ("退群", "left"),
        DeedKind::Removed => ("被移出", "removed"),
        DeedKind::Strike => ("收到警告", "warnings"),
    };
    if lang == Lang::Zh { zh } else { en }
}

/// Puts texts together into as few messages as hold them.
fn packed(parts: Vec<Text>, max: usize) -> Vec<Text> {
    let mut messages: Vec<Text> = Vec::new();
    for part in parts {
        match messages.last_mut() {
            Some(last) if last.visible_len() + 2 + part.visible_len() <= max => {
                *last = Text::from_template(format!("{last}\n\n{part}"));
            }
            _ => messages.push(part),
        }
    }
    messages
}

async fn ask(cx: &mut Cx<'_>, message: &Message, user: UserId) -> Result<()> {
    let inside = cx.tx.memberships(user).await?.iter().any(|member| member.status.is_in());
    let mut send = Send::new(message.chat.id, cx.text("privacy.ask", context! { inside }));
    let (confirm, cancel) = (cx.words("privacy.confirm").visible(), cx.words("privacy.cancel").visible());
    send.keyboard = Keyboard::row([Key::press(confirm, FORGET), Key::press(cancel, KEEP)]);
    cx.reply_with(message, send);
    Ok(())
}

async fn pressed(cx: &mut Cx<'_>, press: &Press) -> Result<Flow> {
    let forget = press.args(FORGET).is_some();
    if !forget && press.args(KEEP).is_none() {
        return Ok(Flow::On);
    }
    // The question stands only in private chats; elsewhere the data was forged.
    if press.chat.id != press.user.id.private() {
        let text = cx.words("privacy.not_yours");
        cx.answer(press, &text, false);
        return Ok(Flow::Stop);
    }
    if forget {
        let chats: Vec<ChatId> = cx.tx.memberships(press.user.id).await?.iter().map(|member| member.chat).collect();
        for chat in chats {
            cx.tell(Some(chat), Told::Forget { user: press.user.id });
        }
        cx.tx.drop_person(press.user.id).await?;
    }
    let text = cx.words(if forget { "privacy.forgotten" } else { "privacy.kept" });
    cx.answer(press, &text, false);
    let (chat, message) = (press.chat.id, press.message.into());
    cx.emit(Class::Reply, Effect::Edit { chat, message, text, keyboard: Keyboard::default() });
    Ok(Flow::Stop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_share_messages_as_long_as_they_fit() {
        let part = |n: usize| Text::plain(&"字".repeat(n));
        let packed = |sizes: &[usize]| -> Vec<usize> {
            super::packed(sizes.iter().map(|n| part(*n)).collect(), 10).iter().map(Text::visible_len).collect()
        };
        assert_eq!(packed(&[4, 4]), [10]);
        assert_eq!(packed(&[4, 5]), [4, 5]);
        assert_eq!(packed(&[1, 1, 1, 9]), [7, 9]);
        assert_eq!(packed(&[]), [0; 0]);
    }
}
