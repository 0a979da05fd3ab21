//! Somebody opens the private chat with `/start`: a hello, and to who comes from no group how the bot is added to theirs.
//! A command, button or message that nobody knows what to do with there: a word about that. It is the last feature, so that whoever has something
//! for them answers instead.

use anyhow::Result;
use minijinja::context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Feature, Flow};
use crate::cx::{Compile, Cx, Phrase};
use crate::model::effect::{Key, Keyboard, Send};
use crate::model::{CommunityId, Event, Kind, Message, Span};

/// The rights Telegram offers to give when the bot is added by the link.
const ASKED: &str = "delete_messages+restrict_members+pin_messages";

/// The hint at `/help` is given again after this.
const HINTED: Span = Span::minutes(10);

pub struct Greeting;

/// The hello in private.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {}

impl Feature for Greeting {
    const NAME: &'static str = "greeting";
    const PHRASES: &'static [&'static [Phrase]] = &[&[
        Phrase {
            key: "greeting.start",
            zh: "你好，我是{% if community %}{{ community }}的{% endif %}管家 <b>{{ bot }}</b> 👋\
                 {% if purpose %}\n{{ purpose }}{% endif %}\n\n\
                 {% if stranger %}我帮群主打理社群：迎接新朋友、按时发话题、记打卡、拦广告。\n\
                 想让我来你的群帮忙，点下面的按钮把我加进去，再设为管理员。{% else %}发 /help 看看我能做什么。{% endif %}",
            en: "Hello, I'm <b>{{ bot }}</b>, the steward{% if community %} of {{ community }}{% endif %} 👋\
                 {% if purpose %}\n{{ purpose }}{% endif %}\n\n\
                 {% if stranger %}I help run communities: I welcome newcomers, post topics on time, keep check-ins and \
                 stop ads.\nTo have me in your group, add me with the button below and make me an administrator.\
                 {% else %}Send /help to see what I can do.{% endif %}",
            values: &["community", "purpose", "bot", "stranger"],
        },
        Phrase { key: "greeting.add", zh: "➕ 加到我的群", en: "➕ Add me to a group", values: &[] },
        Phrase {
            key: "greeting.unmet",
            zh: "我们还没在任何群里见过面。先在有我的群里说句话，再来找我吧。\n想让我来你的群帮忙，发 /start 看看。",
            en: "We haven't met in any group yet. Say something in one I am in, then come back.\n\
                 /start shows how to have me in your group.",
            values: &[],
        },
        Phrase {
            key: "greeting.no_command",
            zh: "这个命令在这里用不了，发 /help 看看能用哪些。",
            en: "This command does nothing here. /help shows what you can use.",
            values: &[],
        },
        Phrase {
            key: "greeting.hint",
            zh: "这句话我看不懂，发 /help 看看我能做什么。",
            en: "I don't know what to do with that. /help shows what I can do.",
            values: &[],
        },
        Phrase {
            key: "greeting.old_button",
            zh: "这个按钮已经失效。",
            en: "This button no longer works.",
            values: &[],
        },
    ]];
    type Settings = Settings;
    type Rules = ();

    fn compile(_: &Settings, _: &mut Compile<'_>) {}

    async fn handle((): &(), cx: &mut Cx<'_>, event: &Event) -> Result<Flow> {
        let message = match &event.kind {
            Kind::Message(message) => message,
            Kind::Button(press) => {
                let text = cx.words("greeting.old_button");
                cx.answer(press, &text, false);
                return Ok(Flow::Stop);
            }
            _ => return Ok(Flow::On),
        };
        if !message.chat.id.is_private() {
            return Ok(Flow::On);
        }
        let Some(command) = cx.command(message) else {
            hint(cx, message);
            return Ok(Flow::On);
        };
        // Who comes from no group is in no community.
        let stranger = cx.community == CommunityId(0);
        let send = match command.name.as_str() {
            "start" => hello(cx, message, stranger),
            name if stranger && super::commands().any(|(_, known)| known.name == name) => {
                Send::new(message.chat.id, cx.words("greeting.unmet"))
            }
            _ => Send::new(message.chat.id, cx.words("greeting.no_command")),
        };
        cx.reply_with(message, send);
        Ok(Flow::Stop)
    }
}

/// Whoever writes to the bot as to a person learns how to be understood, though not with every message. What somebody
/// had an answer for, and what answers a message of the bot's, is left alone.
fn hint(cx: &mut Cx<'_>, message: &Message) {
    let is_said = message.service.is_none() && message.edited.is_none() && !message.text.is_empty();
    if is_said && message.reply_to.is_none() && !cx.has_acted() && cx.tells_for(message, "hint", HINTED) {
        let send = Send::new(message.chat.id, cx.words("greeting.hint"));
        cx.reply_with(message, send);
    }
}

fn hello(cx: &Cx<'_>, message: &Message, stranger: bool) -> Send {
    let values = context! {
        community => cx.common.name.as_str(),
        purpose => cx.common.purpose.as_str(),
        bot => cx.me.name.as_str(),
        stranger,
    };
    let mut send = Send::new(message.chat.id, cx.text("greeting.start", values));
    if stranger {
        let link = format!("https://t.me/{}?startgroup=hello&admin={ASKED}", cx.me.username);
        send.keyboard = Keyboard::row([Key::open(cx.words("greeting.add").visible(), link)]);
    }
    send
}
