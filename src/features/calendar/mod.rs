//! Posts planned ahead: topics, greetings, polls and reminders that come on their days at their time, from banks that do
//! not repeat themselves. `/calendar` shows what is coming; the staff chat hears of what could not be posted.

mod figures;
mod lint;
mod list;
mod planning;
mod posting;
mod rules;
mod settings;

use anyhow::Result;

pub use lint::{Beside, Warning, warnings};
pub use planning::coming;
pub use rules::{Form, Planned, Ready, Rules, Used, plan};
pub use settings::{Button, Poll, Post};

use crate::cx::{Compile, Cx, Phrase, Role, label};
use crate::features::{Command, Feature, Flow, Who};
use crate::model::event::Told;
use crate::model::rotation::fingerprint;
use crate::model::{ChatId, Event, Kind, Rights, Timestamp};
use crate::store::participants;
use crate::store::slots::{self, State};

pub struct Calendar;

impl Feature for Calendar {
    const NAME: &'static str = "calendar";
    const PHRASES: &'static [&'static [Phrase]] = &[&[
        Phrase {
            key: "calendar.week",
            zh: "📅 <b>未来 7 天</b>{% if groups %} · {{ groups | join('、') }}{% endif %}\
                 {% for day in days %}\n\n<b>{{ day.label }}</b>\
                 {% for post in day.posts %}\n{% if post.state in ['posted', 'sending'] %}✅ \
                 {% elif post.state in ['skipped', 'cancelled'] %}⏭ {% endif %}\
                 {{ post.time }}　{{ post.title }}{% if post.owner %}（{{ post.owner }}）{% endif %}\
                 {% endfor %}{% endfor %}",
            en: "📅 <b>The next 7 days</b>{% if groups %} · {{ groups | join(', ') }}{% endif %}\
                 {% for day in days %}\n\n<b>{{ day.label }}</b>\
                 {% for post in day.posts %}\n{% if post.state in ['posted', 'sending'] %}✅ \
                 {% elif post.state in ['skipped', 'cancelled'] %}⏭ {% endif %}\
                 {{ post.time }}  {{ post.title }}{% if post.owner %} ({{ post.owner }}){% endif %}\
                 {% endfor %}{% endfor %}",
            values: &["groups", "days"],
        },
        Phrase {
            key: "calendar.empty",
            zh: "📅 未来 7 天还没有安排。",
            en: "📅 Nothing is planned for the next 7 days yet.",
            values: &[],
        },
        Phrase {
            key: "calendar.missed",
            zh: "⚠️ 有 {{ posts | length }} 条定时消息没有正常发出：\
                 {% for post in posts %}\n· {{ post.when }}　{{ post.title }}（{{ post.chat }}）\n　\
                 {% if post.why == 'late' %}没能按时发出，过了补发时限，已跳过\
                 {% elif post.why == 'maybe' %}发送时网络中断，可能已经发出，请到群里看一眼\
                 {% elif post.why == 'rights' %}我在群里没有发言权限\
                 {% elif post.why == 'file' %}图片发不出去，先只发了文字，请换一张图片\
                 {% else %}Telegram 拒绝了：{{ post.why }}{% endif %}{% endfor %}",
            en: "⚠️ {{ posts | length }} scheduled post{% if posts | length != 1 %}s{% endif %} did not go out as planned:\
                 {% for post in posts %}\n· {{ post.when }}  {{ post.title }} ({{ post.chat }})\n  \
                 {% if post.why == 'late' %}could not be sent in time, so it was skipped\
                 {% elif post.why == 'maybe' %}the connection broke while sending; it may be there, please have a look\
                 {% elif post.why == 'rights' %}I may not write in that chat\
                 {% elif post.why == 'file' %}its picture could not be sent, so it came without; please give it another\
                 {% else %}Telegram refused it: {{ post.why }}{% endif %}{% endfor %}",
            values: &["posts"],
        },
        label("calendar.figures", "话题", "Topics"),
        label(
            "calendar.figure_participation",
            "参与率（参与的成员 ÷ 发出时的成员）",
            "Participation (took part ÷ members at the time)",
        ),
        label("calendar.figure_newest", "最近几条", "The newest"),
        Phrase {
            key: "calendar.figure_newest_value",
            zh: "{{ when }} {{ title }}：{{ share }}{% if secret %}（匿名投票，看不到谁参与）{% endif %}",
            en: "{{ when }} {{ title }}: {{ share }}{% if secret %} (an anonymous poll: I cannot see who votes){% endif %}",
            values: &["when", "title", "share", "secret"],
        },
        label("calendar.figure_fill", "发布率（已发 ÷ 已排）", "Slots filled (posted ÷ planned)"),
        label("calendar.figure_on_time", "准时率（晚不过 5 分钟 ÷ 已发）", "On time (at most 5 minutes late ÷ posted)"),
        Phrase {
            key: "calendar.figure_on_time_value",
            zh: "{{ share }}{% if late %}，95% 晚不过 {{ late }}{% endif %}",
            en: "{{ share }}{% if late %}, 95% at most {{ late }} late{% endif %}",
            values: &["share", "late"],
        },
        label("calendar.figure_ahead", "排期（有安排的天 ÷ 天）", "Ahead (days with a post ÷ days)"),
        Phrase {
            key: "calendar.figure_ahead_value",
            zh: "未来 {{ days }} 天：{{ share }}，共 {{ posts }} 条",
            en: "Next {{ days }} days: {{ share }}, {{ posts }} post{{ \"\" if posts == 1 else \"s\" }}",
            values: &["days", "share", "posts"],
        },
    ]];
    const COMMANDS: &'static [Command] =
        &[Command {
            name: "calendar", who: Who::Everyone, zh: "未来 7 天的安排", en: "What is on in the next 7 days"
        }];
    const FIGURES: Option<&'static str> = Some(figures::PAGE);
    type Settings = Vec<Post>;
    type Rules = Rules;

    fn compile(posts: &Vec<Post>, compile: &mut Compile<'_>) -> Rules {
        let zone = compile.common.timezone.0;
        let written = serde_json::to_string(posts).unwrap_or_default();
        let version = fingerprint(&format!("{zone} {:?} {written}", compile.common.staff_chat));
        Rules { posts: settings::compile(posts, compile), zone, version }
    }

    async fn handle(rules: &Rules, cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        let Some(chat) = event.chat.filter(|_| cx.allowed) else { return Ok(Flow::On) };
        match &event.kind {
            Kind::Settings => planning::refresh(rules, cx, chat).await?,
            Kind::Own(change) if change.after.is_in() && change.chat.is_group() => {
                planning::refresh(rules, cx, chat).await?;
            }
            Kind::Due(due) => {
                if let Some(slot) = cx.due(event, "post") {
                    if let Some((post, at)) = slot_of(slot) {
                        posting::post(rules, cx, chat, post, at).await?;
                    }
                } else if cx.due(event, "plan").is_some() {
                    planning::go_on(rules, cx, chat, &due.payload).await?;
                } else if cx.due(event, "report").is_some() {
                    posting::report(cx, chat, &due.payload)?;
                }
            }
            Kind::Delivered(delivery) => {
                if let Some((post, at)) = delivery.note.strip_prefix(posting::NOTE).and_then(slot_of) {
                    posting::delivered(rules, cx, chat, post, at, delivery.message, event.at).await?;
                }
            }
            Kind::Refused(refused) => {
                if let Some((post, at)) = refused.note.strip_prefix(posting::NOTE).and_then(slot_of) {
                    posting::refused(rules, cx, chat, post, at, refused).await?;
                }
            }
            Kind::Told(Told::RightsChanged { before, after }) => match (*before, *after) {
                (_, Rights::NONE) => posting::put_back(cx, chat).await?,
                (Rights::NONE, _) => posting::make_up(rules, cx, chat).await?,
                _ => {}
            },
            // What waited at the courier was called off with the pause.
            Kind::Told(Told::Paused) => {
                for slot in slots::in_state(cx.tx.conn().await?, chat, State::Sending).await? {
                    posting::skip(cx, chat, slot).await?;
                }
            }
            Kind::Told(Told::Missed { title, due, why }) => posting::missed(cx, chat, title, *due, why).await?,
            Kind::Told(Told::FiguresAsked { page, asked }) if page == figures::PAGE => {
                figures::tell(rules, cx, chat, asked).await?;
            }
            Kind::Told(Told::Forget { user }) => cx.tx.forget_parts(chat, *user).await?,
            Kind::Migrated { from, to } => moved(cx, *from, *to).await?,
            Kind::Message(message) if cx.command(message).is_some_and(|command| command.name == "calendar") => {
                list::show(rules, cx, message).await?;
                return Ok(Flow::Stop);
            }
            Kind::Message(_) | Kind::Reaction(_) | Kind::Vote(_) => figures::heard(rules, cx, event, chat).await?,
            _ => {}
        }
        Ok(Flow::On)
    }
}

/// `morning-topic/1772409600` names one post at one time.
fn slot_of(name: &str) -> Option<(&str, Timestamp)> {
    let (post, secs) = name.rsplit_once('/')?;
    Some((post, Timestamp::from_secs(secs.parse().ok()?)))
}

async fn moved(cx: &mut Cx<'_>, from: ChatId, to: ChatId) -> Result<()> {
    // What was posted under the old number is not planned again.
    let done = "DELETE FROM slot WHERE chat = $1 AND EXISTS (SELECT 1 FROM slot there
        WHERE there.chat = $2 AND there.post = slot.post AND there.due = slot.due AND there.state <> 'planned')";
    sqlx::query(done).bind(to.0).bind(from.0).execute(cx.tx.conn().await?).await?;
    participants::moved(cx.tx.settled().await?, from).await?;
    cx.tx.move_rows("slot_participant", &["message", "user_id"], from, to).await?;
    cx.tx.move_rows("slot", &["post", "due"], from, to).await
}

/// Whether a post is for this chat. Settings may still call it by the number it had as a basic group.
fn is_for(cx: &Cx<'_>, post: &Ready, chat: ChatId) -> bool {
    if post.chats.is_empty() {
        return cx.role(chat) == Role::Group;
    }
    post.chats.contains(&chat) || cx.tx.chats().any(|row| row.moved_to == Some(chat) && post.chats.contains(&row.id))
}
