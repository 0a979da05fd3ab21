//! What an operator may set about strikes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::policy::Penalty;
use crate::cx::Compile;
use crate::judge;
use crate::model::Span;

/// The shortest mute: Telegram takes anything under 30 seconds for ever.
pub const MUTE_MIN: Span = Span::secs(35);
/// The longest mute: Telegram takes anything over 366 days for ever.
pub const MUTE_MAX: Span = Span::days(365);
/// How long a hidden message may wait to be judged.
const HOLD_MIN: Span = Span::minutes(10);
const HOLD_MAX: Span = Span::hours(47);
/// Bots cannot delete a message older than this.
pub const DELETABLE: Span = Span::hours(48);

/// Ads and other offences: what they cost, who hears of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What the first, second, third … strike in force costs; further ones cost what the last does. The message is
    /// deleted in any case. Default: `[{ do = "warn" }, { do = "mute", for = "24h" }, { do = "remove", publish = true }]`.
    pub ladder: Vec<Step>,
    /// How long a strike counts. Default: `30d`.
    #[schemars(extend("examples" = ["30d"]))]
    pub expire_after: Span,
    /// What severe words (`judge.words.severe`) cost, whatever came before. Default: `{ do = "ban" }`.
    pub severe: Step,
    /// Judge and show the staff what would be done, and do nothing. Default: false.
    pub shadow: bool,
    /// What becomes of what is suspicious but no clear ad: `report` shows it to the staff; `hide` also takes it out of the
    /// group until they have judged it; `ignore` does nothing. What is hidden costs no strike. If it is innocent, the bot
    /// posts the words again in the member's name; a photo or file that came with them cannot be posted again. Hidden
    /// are only people's messages, not those of staff, of trusted members or of channels. Default: `report`.
    pub suspects: Suspects,
    /// What was hidden is put back after this if nobody has judged it, unless its writer has left or was struck since: from
    /// 10 minutes to 47 hours. Default: `12h`.
    #[schemars(extend("examples" = ["12h"]))]
    pub hold_for: Span,
    /// The forum topic removals are made public in, by its number. Default: the topic of the offence.
    pub publish_in: Option<i64>,
    /// How long a warning stays in the group. Default: `2m`.
    #[schemars(extend("examples" = ["2m"]))]
    pub warning_for: Span,
    /// Ads of one person within this time are one strike, as are all parts of an album and all edits of a message.
    /// Default: `10m`.
    #[schemars(extend("examples" = ["10m"]))]
    pub burst: Span,
    /// Members may appeal to the staff by a button. Default: true.
    pub appeals: bool,
    /// Reports by members. Default: `{ needed = 1, per_hour = 10 }`.
    pub report: Report,
    /// How long the words of an offence are kept as evidence. Default: `90d`.
    #[schemars(extend("examples" = ["90d"]))]
    pub keep_evidence: Span,
    /// How long what the staff taught (`/spam`, `/ham`) is kept; of it the newest 1,000 count. Default: `365d`.
    #[schemars(extend("examples" = ["365d"]))]
    pub keep_taught: Span,
    /// How ads are told from talk.
    pub judge: judge::Settings,
    /// People who are known as spammers elsewhere. Default: none.
    pub ban_lists: BanLists,
}

/// Lists of people, such as CAS publishes, and what becomes of who is on one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BanLists {
    /// Files beside this one, with a user id at the beginning of each line; `#` begins a comment. A changed file is read
    /// again by itself. Default: none.
    #[schemars(extend("examples" = [["banned.txt"]]))]
    pub files: Vec<String>,
    /// What is done when somebody on a list joins or writes: `suspect` asks the staff, `ban` bans newcomers at once and
    /// asks about others. Staff and trusted members are left alone, and about nobody is asked twice. Default: `suspect`.
    pub action: OfListed,
}

/// What is done with who is on a ban list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfListed {
    #[default]
    Suspect,
    Ban,
}

/// What a strike costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// `warn`, `mute`, `remove` (may come back) or `ban` (in all groups of the community).
    #[serde(rename = "do")]
    pub action: Action,
    /// Length of a mute, from 35 seconds to 365 days.
    #[serde(rename = "for", default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["24h"]))]
    pub length: Option<Span>,
    /// Tell the group who was removed and why, with the name masked. Default: false.
    #[serde(default)]
    pub publish: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Warn,
    Mute,
    Remove,
    Ban,
}

/// What becomes of messages that are suspicious but no clear ad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Suspects {
    Report,
    Hide,
    Ignore,
}

/// Reports by members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Report {
    /// People who must report a message before the staff see it. Default: 1.
    pub needed: i64,
    /// Reports one person may make in an hour. Default: 10.
    pub per_hour: i64,
}

impl Default for Report {
    fn default() -> Self {
        Self { needed: 1, per_hour: 10 }
    }
}

impl Default for Settings {
    fn default() -> Self {
        let step = |action| Step { action, length: None, publish: false };
        Self {
            ladder: vec![
                step(Action::Warn),
                Step { length: Some(Span::hours(24)), ..step(Action::Mute) },
                Step { publish: true, ..step(Action::Remove) },
            ],
            expire_after: Span::days(30),
            severe: step(Action::Ban),
            shadow: false,
            suspects: Suspects::Report,
            hold_for: Span::hours(12),
            publish_in: None,
            warning_for: Span::minutes(2),
            burst: Span::minutes(10),
            appeals: true,
            report: Report::default(),
            keep_evidence: Span::days(90),
            keep_taught: Span::days(365),
            judge: judge::Settings::default(),
            ban_lists: BanLists::default(),
        }
    }
}

impl Step {
    pub fn penalty(&self) -> Penalty {
        match self.action {
            Action::Warn => Penalty::Warn,
            Action::Mute => Penalty::Mute(self.length.unwrap_or(MUTE_MIN)),
            Action::Remove => Penalty::Remove,
            Action::Ban => Penalty::Ban,
        }
    }

    fn puts_out(&self) -> bool {
        matches!(self.action, Action::Remove | Action::Ban)
    }

    fn check(&self, at: &str, compile: &mut Compile<'_>) {
        match (self.action, self.length) {
            (Action::Mute, None) => {
                let hint = Some(r#"{ do = "mute", for = "24h" }"#.to_owned());
                compile.wrong_with(at, "a mute needs a length", hint);
            }
            (Action::Mute, Some(length)) if !(MUTE_MIN..=MUTE_MAX).contains(&length) => {
                compile.wrong(&format!("{at}.for"), format!("a mute lasts from 35s to 365d, not {length}"));
            }
            (Action::Warn | Action::Remove | Action::Ban, Some(_)) => {
                compile.wrong(&format!("{at}.for"), "only a mute has a length");
            }
            _ => {}
        }
        if self.publish && !self.puts_out() {
            compile.wrong(&format!("{at}.publish"), "only a removal (`remove`, `ban`) is made public");
        }
    }
}

impl Settings {
    /// Reports everything wrong with these settings.
    pub fn check(&self, compile: &mut Compile<'_>) {
        if self.ladder.is_empty() {
            let hint = Some(r#"[{ do = "warn" }]"#.to_owned());
            compile.wrong_with("ladder", "without a step no strike would cost anything", hint);
        }
        for (index, step) in self.ladder.iter().enumerate() {
            step.check(&format!("ladder[{index}]"), compile);
            if step.action == Action::Ban && index + 1 < self.ladder.len() {
                compile.wrong(&format!("ladder[{}]", index + 1), "nobody gets here: the step before is a ban");
            }
        }
        self.severe.check("severe", compile);
        let publishes = self.ladder.iter().chain([&self.severe]).any(|step| step.publish);
        if self.publish_in.is_some() && !publishes {
            compile.wrong("publish_in", "no step has `publish = true`, so nothing would be posted there");
        }
        if self.expire_after < Span::minutes(1) {
            compile.wrong("expire_after", "strikes would be gone before the next could count");
        } else if self.burst >= self.expire_after {
            compile.wrong("burst", "must be shorter than `expire_after`, or no strike would ever follow another");
        }
        if !(Span::secs(5)..=Span::hours(47)).contains(&self.warning_for) {
            compile.wrong("warning_for", "must be from 5s (to be read) to 47h (to be deletable)");
        }
        if self.shadow && compile.common.staff_chat.is_none() {
            compile.wrong("shadow", "needs a `staff_chat`: what is found would be shown to nobody");
        }
        if self.suspects == Suspects::Hide && compile.common.staff_chat.is_none() {
            compile.wrong("suspects", "`hide` needs a `staff_chat`: what is hidden would be judged by nobody");
        }
        if !(HOLD_MIN..=HOLD_MAX).contains(&self.hold_for) {
            compile.wrong("hold_for", "must be from 10m (to be judged) to 47h (not to come back out of the blue)");
        }
        if self.report.needed < 1 {
            compile.wrong("report.needed", "at least one person must report");
        }
        if self.report.per_hour < 1 {
            compile.wrong("report.per_hour", "nobody could report anything");
        }
        if self.keep_taught < Span::days(1) {
            compile.wrong("keep_taught", "at least 1d: what is taught would be gone the next morning");
        }
        self.ban_lists.check(compile);
        for (key, reason) in self.judge.check() {
            let dot = if key.is_empty() { "" } else { "." };
            compile.wrong(&format!("judge{dot}{key}"), reason);
        }
    }
}

impl BanLists {
    fn check(&self, compile: &mut Compile<'_>) {
        if self.files.is_empty() && self.action == OfListed::Ban {
            compile.wrong("ban_lists.action", "`ban` needs `files`: nobody is on a list");
        }
        if !self.files.is_empty() && self.action == OfListed::Suspect && compile.common.staff_chat.is_none() {
            compile.wrong("ban_lists.action", "`suspect` needs a `staff_chat`: nobody would be asked");
        }
        for (index, name) in self.files.iter().enumerate() {
            if self.files[..index].contains(name) {
                compile.wrong(&format!("ban_lists.files[{index}]"), format!("`{name}` is listed twice"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::features::Compiled;

    /// Paths of what is wrong with a section written so.
    fn wrong(section: &str) -> Vec<String> {
        let settings = toml::from_str(&format!("[strikes]\n{section}")).expect("settings of the right shape");
        Compiled::new(&settings, Path::new(".")).1.into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn the_defaults_are_right() {
        assert_eq!(wrong(""), Vec::<String>::new());
    }

    #[test]
    fn the_examples_are_right() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/communities");
        for name in ["moms.toml", "book-club.toml"] {
            let text = std::fs::read_to_string(folder.join(name)).expect("the example is there");
            let settings: crate::features::Settings = toml::from_str(&text).expect("settings of the right shape");
            assert!(settings.strikes.is_some(), "{name}");
            assert_eq!(Compiled::new(&settings, &folder).1, [], "{name}");
        }
    }

    #[test]
    fn settings_that_cannot_be_meant_are_refused() {
        for (section, paths) in [
            ("ladder = []", &["strikes.ladder"][..]),
            ("ladder = [{ do = 'mute' }]", &["strikes.ladder[0]"]),
            ("ladder = [{ do = 'mute', for = '20s' }]", &["strikes.ladder[0].for"]),
            ("ladder = [{ do = 'mute', for = '400d' }]", &["strikes.ladder[0].for"]),
            (
                "ladder = [{ do = 'warn', for = '1h', publish = true }]",
                &["strikes.ladder[0].for", "strikes.ladder[0].publish"],
            ),
            ("ladder = [{ do = 'ban' }, { do = 'warn' }]", &["strikes.ladder[1]"]),
            ("severe = { do = 'mute' }", &["strikes.severe"]),
            ("ladder = [{ do = 'warn' }]\npublish_in = 5", &["strikes.publish_in"]),
            ("expire_after = '0s'", &["strikes.expire_after"]),
            ("expire_after = '5m'", &["strikes.burst"]),
            ("warning_for = '0s'", &["strikes.warning_for"]),
            ("warning_for = '3d'", &["strikes.warning_for"]),
            ("shadow = true", &["strikes.shadow"]),
            ("suspects = 'hide'", &["strikes.suspects"]),
            ("hold_for = '9m'", &["strikes.hold_for"]),
            ("hold_for = '48h'", &["strikes.hold_for"]),
            ("report = { needed = 0, per_hour = 0 }", &["strikes.report.needed", "strikes.report.per_hour"]),
            ("ban_lists.files = ['a.txt']", &["strikes.ban_lists.action"]),
            ("ban_lists = { files = ['a.txt', 'a.txt'], action = 'ban' }", &["strikes.ban_lists.files[1]"]),
            ("ban_lists = { action = 'ban' }", &["strikes.ban_lists.action"]),
            ("keep_taught = '0s'", &["strikes.keep_taught"]),
            ("judge = { words = { ad = ['的'] } }", &["strikes.judge.words.ad[0]"]),
        ] {
            assert_eq!(wrong(section), paths, "{section}");
        }
    }
}
