//! What a rehearsal came to: what people did, kept as the truth, against what the bot made of it.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::model::{Lang, Span, Timestamp};

/// A post later than this is late.
pub const ON_TIME: Span = Span::secs(60);

/// The figures of a rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub days: u32,
    pub members_at_first: usize,
    pub members_at_last: usize,
    pub joins: usize,
    pub leaves: usize,
    /// People the bot put out of the group.
    pub removed: usize,
    /// Messages people wrote in the group, of all kinds.
    pub messages: usize,
    /// Posts of the calendar and daily check-in posts.
    pub posts_due: usize,
    pub posts_sent: usize,
    pub posts_on_time: usize,
    /// Seconds the latest post came after its time.
    pub worst_lateness: i64,
    /// Joins that were greeted, and the messages it took.
    pub welcomed: usize,
    pub welcomes: usize,
    /// Person-days on which somebody tried to check in, and those that counted.
    pub checkins_tried: usize,
    pub checkins_counted: usize,
    pub longest_streak: usize,
    pub ads: usize,
    pub ads_removed: usize,
    /// Ads that were left, as far as they were left.
    pub missed: Vec<String>,
    /// Harmless messages that were taken away.
    pub removed_wrongly: Vec<String>,
    /// People put out or muted: advertisers, and others.
    pub punished: usize,
    pub punished_wrongly: usize,
    /// Messages the bot sent, in groups and in private.
    pub sent: usize,
    /// Most messages and edits in the group within one minute.
    pub busiest_minute: usize,
    /// Calls Telegram put off with a 429.
    pub limited: usize,
    /// Other refusals, by Telegram's words.
    pub refused: BTreeMap<String, usize>,
    /// Must be none: events that failed, requests that break the published rules, work left undone.
    pub quarantined: usize,
    pub invalid: usize,
    pub undone: Vec<String>,
}

impl Summary {
    /// Nothing failed that must not fail.
    pub fn is_sound(&self) -> bool {
        self.quarantined == 0 && self.invalid == 0 && self.undone.is_empty()
    }

    /// The figures as lines to read.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let figures = self.figures(lang).into_iter().map(|(zh, en, value)| match lang {
            Lang::Zh => format!("{zh}：{value}"),
            Lang::En => format!("{en}: {value}"),
        });
        let mut lines: Vec<String> = figures.collect();
        lines.extend(self.refused.iter().map(|(why, n)| format!("  {n} × {why}")));
        let named = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
        lines.extend(self.missed.iter().map(|text| format!("  {}{text}", named("漏掉：", "missed: "))));
        lines.extend(
            self.removed_wrongly.iter().map(|text| format!("  {}{text}", named("误删：", "wrongly removed: "))),
        );
        lines.extend(self.undone.iter().map(|what| format!("  {what}")));
        lines
    }

    /// What each figure is called in both languages, and its value.
    fn figures(&self, lang: Lang) -> [(&'static str, &'static str, String); 10] {
        let refused: usize = self.refused.values().sum();
        let removed = match (self.removed, lang) {
            (0, _) => String::new(),
            (n, Lang::Zh) => format!("，移出 {n}"),
            (n, Lang::En) => format!(", {n} removed"),
        };
        [
            (
                "成员",
                "members",
                format!(
                    "{} → {} (+{} −{}{removed})",
                    self.members_at_first, self.members_at_last, self.joins, self.leaves
                ),
            ),
            ("消息", "messages", self.messages.to_string()),
            (
                "定时内容：应发 / 已发 / 准时",
                "posts due / sent / on time",
                format!(
                    "{} / {} / {} (≤ {}s)",
                    self.posts_due, self.posts_sent, self.posts_on_time, self.worst_lateness
                ),
            ),
            (
                "入群 / 欢迎到 / 欢迎消息",
                "joins / welcomed / welcomes",
                format!("{} / {} / {}", self.joins, self.welcomed, self.welcomes),
            ),
            (
                "打卡：尝试 / 记录 / 最长连续",
                "check-ins tried / counted / longest streak",
                format!("{} / {} / {}", self.checkins_tried, self.checkins_counted, self.longest_streak),
            ),
            (
                "广告：出现 / 清除 / 漏掉",
                "ads / removed / missed",
                format!("{} / {} / {}", self.ads, self.ads_removed, self.missed.len()),
            ),
            (
                "误删 / 处罚对 / 处罚错",
                "wrongly removed / punished rightly / wrongly",
                format!("{} / {} / {}", self.removed_wrongly.len(), self.punished, self.punished_wrongly),
            ),
            (
                "发送 / 最忙一分钟 / 限流",
                "sent / busiest minute / slowed down (429)",
                format!("{} / {} / {}", self.sent, self.busiest_minute, self.limited),
            ),
            ("被拒绝的请求", "refused", refused.to_string()),
            (
                "出错事件 / 无效请求 / 未完成",
                "failed events / invalid requests / left undone",
                format!("{} / {} / {}", self.quarantined, self.invalid, self.undone.len()),
            ),
        ]
    }
}

/// Counts how many came within one minute, at most.
#[derive(Default)]
pub struct Busiest {
    window: VecDeque<Timestamp>,
    pub most: usize,
}

impl Busiest {
    pub fn add(&mut self, at: Timestamp) {
        self.window.push_back(at);
        while self.window.front().is_some_and(|first| at.since(*first) >= Span::minutes(1)) {
            self.window.pop_front();
        }
        self.most = self.most.max(self.window.len());
    }
}

/// The longest run of days one after another; `days` in order.
pub fn longest_run(days: &[i64]) -> usize {
    let mut longest = 0;
    let mut run = 0;
    let mut last = None;
    for day in days {
        run = match last {
            Some(before) if before == *day => run,
            Some(before) if before + 1 == *day => run + 1,
            _ => 1,
        };
        last = Some(*day);
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_minutes_are_counted() {
        for (days, longest) in [(&[][..], 0), (&[3], 1), (&[1, 2, 2, 3, 5, 6], 3), (&[1, 3, 5], 1)] {
            assert_eq!(longest_run(days), longest, "{days:?}");
        }
        let mut busiest = Busiest::default();
        for secs in [0, 30, 59, 60, 61, 200] {
            busiest.add(Timestamp::from_secs(secs));
        }
        assert_eq!(busiest.most, 4);
    }
}
