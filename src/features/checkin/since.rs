//! Since when check-ins are on in a group. A feature that is switched off is told nothing, so a reminder at the start of
//! every day bears witness: one that fell due in vain is gone, and then check-ins begin anew.

use anyhow::Result;
use serde_json::json;

use super::rules::Rules;
use crate::cx::{Cx, Role};
use crate::model::event::Due;
use crate::model::{ChatId, Day, Timestamp};

/// The reminder's name.
pub const ON: &str = "on";

/// They are on, perhaps since now.
pub async fn seen(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId) -> Result<()> {
    if cx.role(chat) == Role::Group && kept(cx, chat).await?.is_none() {
        let now = cx.now;
        keep(rules, cx, chat, now);
    }
    Ok(())
}

/// A day began with them on.
pub fn due(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, reminder: &Due) -> Result<()> {
    let since = serde_json::from_value(reminder.payload.clone())?;
    keep(rules, cx, chat, since);
    Ok(())
}

fn keep(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId, since: Timestamp) {
    let tomorrow = rules.day(cx.now).plus(1).begins(rules.zone, rules.settings.day_starts.0);
    cx.remind(chat, ON, tomorrow, json!(since));
}

async fn kept(cx: &mut Cx<'_>, chat: ChatId) -> Result<Option<Timestamp>> {
    let kept = cx.tx.reminder(chat, &format!("checkin/{ON}")).await?;
    Ok(kept.map(|it| serde_json::from_value(it.payload)).transpose()?)
}

/// The first day on which members of the group could check in.
pub async fn first_day(rules: &Rules, cx: &mut Cx<'_>, chat: ChatId) -> Result<Day> {
    let since = kept(cx, chat).await?.unwrap_or(cx.now);
    Ok(rules.day(since))
}
