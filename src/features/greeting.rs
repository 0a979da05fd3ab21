//! Somebody opens the private chat with a bare `/start`: a hello. Somebody presses a button that nobody knows: a word
//! that it is out of date. It is the last feature, so that whoever has something for them answers instead.

use anyhow::Result;
use minijinja::context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Feature, Flow};
use crate::cx::{Compile, Cx, Phrase};
use crate::model::{Event, Kind};

pub struct Greeting;

/// The hello in private.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {}

impl Feature for Greeting {
    const NAME: &'static str = "greeting";
    const PHRASES: &'static [Phrase] = &[
        Phrase {
            key: "greeting.start",
            zh: "你好，我是{% if community %}{{ community }}的{% endif %}管家 <b>{{ bot }}</b> 👋\
                 {% if purpose %}\n{{ purpose }}{% endif %}\n\n发 /help 看看我能做什么。",
            en: "Hello, I'm <b>{{ bot }}</b>, the steward{% if community %} of {{ community }}{% endif %} 👋\
                 {% if purpose %}\n{{ purpose }}{% endif %}\n\nSend /help to see what I can do.",
            values: &["community", "purpose", "bot"],
        },
        Phrase {
            key: "greeting.old_button",
            zh: "这个按钮已经过期了。",
            en: "This button is out of date.",
            values: &[],
        },
    ];
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
        let command = cx.command(message).filter(|_| message.chat.id.is_private());
        // Other words after `/start` are for the feature that gave them out.
        if command.is_some_and(|command| command.name == "start" && command.rest.is_empty()) {
            let values = context! {
                community => cx.common.name.as_str(),
                purpose => cx.common.purpose.as_str(),
                bot => cx.me.name.as_str(),
            };
            let text = cx.text("greeting.start", values);
            cx.reply(message, text);
            return Ok(Flow::Stop);
        }
        Ok(Flow::On)
    }
}
