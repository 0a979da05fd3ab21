//! `/risks`: every sign of a group, as it is now.

use anyhow::Result;
use minijinja::{Value, context};

use super::policy::Level;
use super::{Settings, alert, rows, silence, watch};
use crate::cx::{Cx, Role, safe};
use crate::features::Flow;
use crate::model::effect::Send;
use crate::model::usual::as_f64;
use crate::model::{ChatId, Message, Right, Span};
use crate::store::series::Sign;

/// How long it stays in a group.
const KEPT: Span = Span::minutes(5);

pub async fn asked(rules: &Settings, cx: &mut Cx<'_>, message: &Message) -> Result<Flow> {
    if cx.command(message).is_none_or(|command| command.name != "risks") {
        return Ok(Flow::On);
    }
    if !cx.obeys(message).await? {
        return Ok(Flow::Stop);
    }
    let here = message.chat.id;
    let mut groups = Vec::new();
    for row in cx.groups_of(here) {
        groups.push(state(rules, cx, row.id).await?);
    }
    let text =
        if groups.is_empty() { cx.words("risks.no_groups") } else { cx.text("risks.state", context! { groups }) };
    if cx.role(here) == Role::Group {
        cx.reply_briefly(message, Send::new(here, text), KEPT);
    } else {
        cx.reply(message, text);
    }
    Ok(Flow::Stop)
}

/// How a group is.
async fn state(rules: &Settings, cx: &mut Cx<'_>, chat: ChatId) -> Result<Value> {
    let mut signs = Vec::new();
    for sign in Sign::ALL {
        let now = cx.now;
        let Some(hour) = watch::hour(rules, cx, chat, sign, now).await? else { continue };
        let told = rows::find(cx.tx.conn().await?, chat, sign.word()).await?;
        // Few are never unusual.
        let few = rules.bounds(sign).map_or(0.0, |bounds| as_f64(bounds.least - 1));
        signs.push(context! {
            what => cx.words(&format!("risks.sign_{}", sign.word())).visible(),
            n => hour.n,
            mean => hour.usual.map(|usual| alert::tenths(usual.mean)),
            most => hour.usual.map(|usual| alert::tenths(usual.most().max(few))),
            limit => rules.bounds(sign).map(|bounds| bounds.limit),
            alarm => hour.level != Level::Usual,
            told => told.filter(|told| told.over.is_none()).map(|told| cx.moment(told.told)),
        });
    }
    let staff = if rules.staff.on {
        let lately = silence::lately(rules, cx, chat).await?;
        Some(context! {
            heard => lately.heard.map(|at| cx.moment(at)),
            since => lately.waiting.map(|waiting| cx.moment(waiting.since)),
            n => lately.waiting.map(|waiting| waiting.messages),
        })
    } else {
        None
    };
    let mut rights = Vec::new();
    for right in Right::ALL {
        let lost = rows::find(cx.tx.conn().await?, chat, &rows::right(right)).await?;
        if lost.is_some_and(|lost| lost.over.is_none()) {
            let values = context! { reads_all => cx.me.reads_all };
            rights.push(safe(&cx.text(&format!("arrival.right_{}", right.word()), values)));
        }
    }
    Ok(context! { title => alert::title(cx, chat), signs, staff, rights })
}
