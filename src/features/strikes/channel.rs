//! `/ban` in answer to what a channel wrote under its own name: it is shut out. There is nobody to strike. What Telegram
//! refuses can be tried again.

use anyhow::Result;
use minijinja::context;

use super::case::{Decision, Found};
use super::target::Target;
use super::{Rules, act, card, force, ledger, orders};
use crate::cx::Cx;
use crate::model::{Event, Message};

/// Deletes what the channel wrote, and lets it write no more where who orders it may ban.
pub async fn shut_out(rules: &Rules, cx: &mut Cx<'_>, event: &Event, message: &Message, target: &Target) -> Result<()> {
    let Some(said) = &target.message else {
        orders::say(rules, cx, message, "strikes.usage_channel");
        return Ok(());
    };
    let Some(groups) = force::permitted(cx, message).await? else {
        orders::say(rules, cx, message, "strikes.no_right");
        return Ok(());
    };
    let known = target.case.unwrap_or(ledger::marked(cx.tx, said.spot()).await?);
    let found = ledger::case(cx.tx, known).await?.filter(|case| case.user == target.user.id);
    let mut case = match found {
        Some(case) if case.about.decision.is_some() => {
            let text = cx.text("strikes.already", context! { id => case.id });
            orders::answer(rules, cx, message, text);
            return Ok(());
        }
        Some(case) => case,
        None => {
            let mut case = orders::open(cx, event, message, target, said.chat).await?;
            case.about.found = Found::Order;
            case.about.channel.clone_from(&target.user.name);
            case
        }
    };
    case.decide(Decision::Banned, Some(orders::hand(message)), cx.now);
    orders::take_message(cx, &mut case, target, "").await?;
    let channel = case.channel().unwrap_or(said.chat);
    let reached = act::shut_out_of(cx, &mut case, channel, groups, &force::key(message)).await?;
    card::show(rules, cx, &mut case).await?;
    force::await_channel(rules, cx, message, &case, reached).await
}
