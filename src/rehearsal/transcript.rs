//! What the group would see, short enough to read a month of: everything the bot does and what caused it; ordinary talk
//! as a count; of things alike on one day the first few, the rest as a count.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use crate::model::{Lang, Timestamp};

/// Things alike shown on one day.
const SHOWN: usize = 3;
/// Things alike that are shown at full length; by then a reader knows them.
const FAMILIAR: usize = 3;
/// Characters shown of one line, and of one that is familiar.
const LONG: usize = 180;
const SHORT: usize = 48;

/// Where something is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Group,
    Staff,
    /// In private with this person.
    Private(String),
}

/// The transcript as it is written.
pub struct Transcript {
    lines: Vec<String>,
    zone: Tz,
    lang: Lang,
    names: BTreeSet<String>,
    /// How often things alike were shown, on all days.
    shown: BTreeMap<String, usize>,
    today: Day,
}

/// What is counted until the day ends.
#[derive(Default)]
struct Day {
    shapes: BTreeMap<String, usize>,
    /// Counted instead of shown, by what it is.
    folded: BTreeMap<String, usize>,
    talk: usize,
    talkers: BTreeSet<usize>,
}

impl Transcript {
    pub fn new(zone: Tz, lang: Lang, names: BTreeSet<String>) -> Self {
        Self { lines: Vec::new(), zone, lang, names, shown: BTreeMap::new(), today: Day::default() }
    }

    /// Chooses the wording of the transcript's language.
    pub fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Ordinary talk, which is counted.
    pub fn talk(&mut self, who: usize) {
        self.today.talk += 1;
        self.today.talkers.insert(who);
    }

    /// Something worth a line; when there are many like it (in `kind`, when given) the later ones are counted. Tells
    /// whether it is shown.
    pub fn line(&mut self, at: Timestamp, place: &Place, text: &str, kind: Option<&str>) -> bool {
        let alike = self.alike(place, text, kind);
        let seen = self.today.shapes.entry(alike.clone()).or_default();
        *seen += 1;
        if *seen > SHOWN {
            let what =
                kind.map_or_else(|| self.say("🤖 类似的消息", "🤖 messages like these").to_owned(), str::to_owned);
            *self.today.folded.entry(what).or_default() += 1;
            return false;
        }
        self.show(at, place, text, alike);
        true
    }

    /// Something that is shown because what it answers is.
    pub fn shown_with_its_cause(&mut self, at: Timestamp, place: &Place, text: &str) {
        let alike = self.alike(place, text, None);
        *self.today.shapes.entry(alike.clone()).or_default() += 1;
        self.show(at, place, text, alike);
    }

    /// What things alike have in common.
    fn alike(&self, place: &Place, text: &str, kind: Option<&str>) -> String {
        let shape = kind.map_or_else(|| self.shape(text), str::to_owned);
        match place {
            Place::Private(_) => format!("private/{shape}"),
            Place::Group | Place::Staff => format!("{place:?}/{shape}"),
        }
    }

    fn show(&mut self, at: Timestamp, place: &Place, text: &str, alike: String) {
        let shown = self.shown.entry(alike).or_default();
        *shown += 1;
        let most = if *shown > FAMILIAR { SHORT } else { LONG };
        self.write(at, place, text, most);
    }

    /// Something that is always shown.
    pub fn always(&mut self, at: Timestamp, place: &Place, text: &str) {
        self.write(at, place, text, LONG);
    }

    fn write(&mut self, at: Timestamp, place: &Place, text: &str, most: usize) {
        let place = match place {
            Place::Group => String::new(),
            Place::Staff => self.say("〔运营群〕", "[staff] ").to_owned(),
            Place::Private(name) => format!("{}{name}{}", self.say("〔私聊 ", "[private: "), self.say("〕", "] ")),
        };
        let text = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ⏎ ");
        let cut = text.chars().count() > most;
        let text: String = if cut { text.chars().take(most - 1).chain(['…']).collect() } else { text };
        self.lines.push(format!("{}  {place}{text}", at.local(self.zone).format("%H:%M")));
    }

    /// Counts something that is not worth a line.
    pub fn count(&mut self, what: &str) {
        *self.today.folded.entry(what.to_owned()).or_default() += 1;
    }

    pub fn begin_day(&mut self, at: Timestamp) {
        let local = at.local(self.zone);
        let heading = match self.lang {
            Lang::Zh => {
                let day = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
                let weekday = chrono::Datelike::weekday(&local).num_days_from_monday();
                format!("── {} {} ──", local.format("%-m月%-d日"), day[weekday as usize])
            }
            Lang::En => format!("── {} ──", local.format("%A, %-d %B")),
        };
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.lines.push(heading);
    }

    /// Says what was only counted.
    pub fn end_day(&mut self) {
        let day = std::mem::take(&mut self.today);
        let mut parts = Vec::new();
        if day.talk > 0 {
            let (n, people) = (day.talk, day.talkers.len());
            parts.push(match self.lang {
                Lang::Zh => format!("闲聊 {n} 条（{people} 人）"),
                Lang::En => format!("ordinary talk ×{n} ({people} people)"),
            });
        }
        parts.extend(day.folded.into_iter().map(|(what, n)| format!("{what} ×{n}")));
        if !parts.is_empty() {
            let also = self.say("另有：", "also: ");
            self.lines.push(format!("       {also}{}", parts.join(self.say("，", ", "))));
        }
    }

    pub fn finish(self) -> Vec<String> {
        self.lines
    }

    /// The text without what differs between messages of one kind: names and numbers.
    fn shape(&self, text: &str) -> String {
        let mut rest = text;
        let mut shape = String::new();
        while let Some(c) = rest.chars().next() {
            let before = self.names.range::<str, _>((std::ops::Bound::Unbounded, std::ops::Bound::Included(rest)));
            let name = before.rev().take_while(|name| name.starts_with(c)).find(|name| rest.starts_with(name.as_str()));
            let skipped = name.map_or(c.len_utf8(), String::len);
            if name.is_none() && !c.is_numeric() {
                shape.push(c);
            }
            rest = &rest[skipped..];
        }
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_stays_short() {
        let names = ["小玲", "小玲·上海", "阿芳"].into_iter().map(str::to_owned).collect();
        let mut transcript = Transcript::new(chrono_tz::Asia::Shanghai, Lang::Zh, names);
        let at = Timestamp(1_772_424_000_000);
        transcript.begin_day(at);
        let mut shown = Vec::new();
        for who in ["小玲", "阿芳", "小玲·上海", "小玲", "阿芳"] {
            shown.push(transcript.line(at, &Place::Group, &format!("🤖 {who} 第 12 天\n继续加油"), None));
            transcript.talk(who.len());
        }
        assert_eq!(shown, [true, true, true, false, false]);
        transcript.always(at, &Place::Private("阿芳".to_owned()), "🤖 你好");
        transcript.shown_with_its_cause(at, &Place::Group, "🤖 阿芳 第 13 天\n继续加油");
        transcript.count("撤回");
        transcript.end_day();
        insta::assert_snapshot!(transcript.finish().join("\n"), @r"
        ── 3月2日 周一 ──
        12:00  🤖 小玲 第 12 天 ⏎ 继续加油
        12:00  🤖 阿芳 第 12 天 ⏎ 继续加油
        12:00  🤖 小玲·上海 第 12 天 ⏎ 继续加油
        12:00  〔私聊 阿芳〕🤖 你好
        12:00  🤖 阿芳 第 13 天 ⏎ 继续加油
               另有：闲聊 5 条（2 人），撤回 ×1，🤖 类似的消息 ×2
        ");
    }
}
