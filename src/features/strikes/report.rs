//! `/report` in answer to a message: quiet for who reports, a card for the staff.

use anyhow::Result;

use super::case::Found;
use super::target::{self, Named};
use super::{Rules, act, card, ledger, orders, words};
use crate::cx::Cx;
use crate::model::command::Command;
use crate::model::effect::Send;
use crate::model::{Class, Effect, Event, Message, Span, UserId};
use crate::store::persons::Reach;

/// Takes a report. The command goes at once, so that nobody sees who reported.
pub async fn made(
    rules: &Rules,
    cx: &mut Cx<'_>,
    event: &Event,
    message: &Message,
    command: &Command<'_>,
) -> Result<()> {
    let Some(reporter) = message.author_id() else { return Ok(()) };
    let target = match target::answered(message, command.rest) {
        Named::Target(target) => Some(target),
        Named::Nobody | Named::Stranger => {
            let text = cx.words("strikes.usage_report");
            orders::answer(rules, cx, message, text);
            return Ok(());
        }
        Named::Spared(_) => None,
    };
    let chat = message.chat.id;
    cx.emit(Class::Guard, Effect::Delete { chat, messages: vec![message.id.into()] });
    let Some(target) = target else { return confirm(cx, reporter, "strikes.report_staff").await };
    let Some(said) = target.message.as_ref().filter(|_| target.user.id != reporter) else { return Ok(()) };
    if target::spared(cx, &target.user).await?.is_some() {
        return confirm(cx, reporter, "strikes.report_staff").await;
    }
    let since = event.at - Span::hours(1);
    if ledger::reports_by(cx.tx, cx.community, reporter, since).await? >= rules.settings.report.per_hour {
        return confirm(cx, reporter, "strikes.report_limit").await;
    }
    let known = ledger::marked(cx.tx, said.spot()).await?;
    let mut case = if let Some(case) = ledger::case(cx.tx, known).await? {
        case
    } else {
        let mut case = act::open(cx, target.user.id, said.spot(), event.at).await?;
        case.about.found = Found::Report;
        case.about.topic = message.topic;
        case.about.offence_at = Some(said.at);
        case.about.text = words::excerpt(&said.text);
        ledger::mark(cx.tx, cx.community, said.spot(), case.id).await?;
        case
    };
    if ledger::report(cx.tx, &case, reporter, event.at).await? {
        case.about.reports += 1;
        case.about.reported_at.get_or_insert(event.at);
        if case.about.reported.is_empty() {
            case.about.reported = words::excerpt(command.rest);
        }
        ledger::put(cx.tx, &case).await?;
        let is_fresh = case.about.decision.is_none() && case.undone.is_none();
        if case.has_card() || is_fresh && case.about.reports >= rules.settings.report.needed {
            card::show(rules, cx, &mut case).await?;
        }
    }
    confirm(cx, reporter, "strikes.reported").await
}

/// Tells the reporter alone, where that is possible.
async fn confirm(cx: &mut Cx<'_>, reporter: UserId, key: &str) -> Result<()> {
    if cx.tx.reach(reporter).await? == Reach::Open {
        let text = cx.words(key);
        cx.send(Class::Reply, Send::new(reporter.private(), text));
    }
    Ok(())
}
