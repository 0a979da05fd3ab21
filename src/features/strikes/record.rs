//! `/strikes`: what stands against a person, for them and for the staff.

use anyhow::Result;
use minijinja::context;

use super::case::Case;
use super::target::{self, Named};
use super::{Rules, card, ledger, orders, words};
use crate::cx::{Cx, Role};
use crate::model::Message;
use crate::model::command::Command;
use crate::model::event::Asked;

/// Strikes shown.
const LISTED: usize = 10;
const EXAMPLE: &str = "/strikes @name";

/// `/strikes`: one's own record, or for the staff anybody's.
pub async fn shown(rules: &Rules, cx: &mut Cx<'_>, message: &Message, command: &Command<'_>) -> Result<()> {
    let by_staff = cx.role(message.chat.id) != Role::Private && cx.is_from_staff(message).await?;
    if let Some(id) = command.rest.strip_prefix('#').and_then(|id| id.parse().ok()).filter(|_| by_staff) {
        return card::asked(rules, cx, message, id).await;
    }
    let about_others = !command.rest.is_empty() || message.reply_to.is_some();
    let by_person = message.author().is_some() && cx.role(message.chat.id) == Role::Group;
    if by_person
        && !by_staff
        && !command.rest.is_empty()
        && cx.asks_first(Asked::Command(Box::new(message.clone()))).await?
    {
        return Ok(());
    }
    let user = match (by_staff && about_others, message.author()) {
        (true, _) => {
            let named = target::named(cx, message, command).await?;
            if let Some(text) = target::excuse(cx, &named, EXAMPLE) {
                orders::answer(rules, cx, message, text);
                return Ok(());
            }
            match named {
                Named::Target(target) if target.known => target.user,
                _ => {
                    orders::say(rules, cx, message, "strikes.unknown_id");
                    return Ok(());
                }
            }
        }
        (false, Some(_)) if !command.rest.is_empty() => {
            orders::say(rules, cx, message, "strikes.only_own");
            return Ok(());
        }
        (false, Some(user)) => user.clone(),
        (false, None) => {
            let text = cx.text("strikes.usage", context! { example => EXAMPLE });
            orders::answer(rules, cx, message, text);
            return Ok(());
        }
    };
    let cases = ledger::of_user(cx.tx, cx.community, user.id).await?;
    let counted: Vec<&Case> = cases.iter().filter(|case| case.counts).collect();
    let member = cx.mention(user.id, &user.name);
    let text = if counted.is_empty() {
        cx.text("strikes.none", context! { member })
    } else {
        let active = counted.iter().filter(|case| case.is_in_force(cx.now)).count();
        let listed: Vec<_> = counted
            .iter()
            .take(LISTED)
            .map(|case| {
                context! {
                    id => case.id, date => cx.date(cx.day(case.at)), why => words::why(cx, case),
                    undone => case.undone.is_some(), over => !case.is_in_force(cx.now), until => words::until(cx, case),
                }
            })
            .collect();
        cx.text("strikes.list", context! { member, active, cases => listed })
    };
    orders::answer(rules, cx, message, text);
    Ok(())
}
