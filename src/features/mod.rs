//! What the bot does. One file or small folder a feature: its settings, rules, handler, SQL and texts.
//!
//! No feature uses another: what one has to say to the others it tells as an event. Their order in `features!` is the
//! order of precedence: an earlier one may keep an event from those after it.

pub mod activity;
pub mod arrival;
pub mod calendar;
pub mod checkin;
pub mod flood;
pub mod greeting;
pub mod heat;
pub mod opinion;
pub mod orders;
pub mod panel;
pub mod pause;
pub mod people;
pub mod privacy;
pub mod raid;
pub mod risks;
pub mod sources;
pub mod strikes;
pub mod welcome;
pub mod wordlists;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use anyhow::Result;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::cx::{Common, Compile, Cx, Finding, Phrase, Phrases};
use crate::model::{Event, Lang};

/// What becomes of an event after a feature saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The next feature sees it too.
    On,
    /// It is settled; nobody after this one sees it.
    Stop,
}

/// One thing the bot does.
pub trait Feature {
    /// Its name: the settings section, the first part of its keys, reminders and texts.
    const NAME: &'static str;
    /// Everything it says, in as many lists as it likes.
    const PHRASES: &'static [&'static [Phrase]];
    /// The commands it answers.
    const COMMANDS: &'static [Command] = &[];
    /// The word after `/stats` under which staff see its figures, if it has any. They are asked for with
    /// [`FiguresAsked`](crate::model::Told::FiguresAsked), and the button is called by its text `figures`.
    const FIGURES: Option<&'static str> = None;
    /// Settings that administrators may change in the chat, as paths inside its section.
    const OVERRIDABLE: &'static [&'static str] = &[];

    /// What an operator writes.
    type Settings: DeserializeOwned + Serialize + JsonSchema + Clone + Send + Sync;
    /// What it works with: the settings checked, patterns and schedules compiled.
    type Rules: Send + Sync;

    /// Checks the settings, reporting every mistake; what is returned is used only when nobody reports any.
    fn compile(settings: &Self::Settings, compile: &mut Compile<'_>) -> Self::Rules;

    /// Handles an event: reads and writes rows, asks for effects and reminders, tells others.
    fn handle(rules: &Self::Rules, cx: &mut Cx<'_>, event: &Event) -> impl Future<Output = Result<Flow>> + Send;

    /// Handles an event while its section is not in the file: what is on record of people from when it was is still
    /// forgotten, moved and tidied.
    fn off(_cx: &mut Cx<'_>, _event: &Event) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// A command as menus and `/help` show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Without `/`.
    pub name: &'static str,
    pub who: Who,
    pub zh: &'static str,
    pub en: &'static str,
}

impl Command {
    pub fn describe(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

/// Whose menu a command is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Members, in groups and in private.
    Everyone,
    /// Only in private.
    Private,
    /// Staff of a group.
    Staff,
}

/// Lists the features: section name, type, and `always` for those that need no section to be on.
macro_rules! features {
    ($($(#[$doc:meta])* $name:ident: $feature:ty $(, $always:ident)?;)*) => {
        /// Everything an operator can write about one community: what is common, and a section for each feature. A
        /// feature is on when its section is there.
        #[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct Settings {
            /// What it is called in the database. Default: the file's name without `.toml`. Write the old name here
            /// before you rename the file, or streaks, strikes and the rest are no longer found. Small letters, digits,
            /// `-` and `_`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub id: Option<String>,
            /// The community's name, as members know it.
            pub name: String,
            /// One sentence on what the community is for; shown in `/start` and to be used in welcomes.
            pub purpose: String,
            /// The groups that belong to it, by chat id (`/id` in a group shows it).
            pub chats: Vec<i64>,
            /// The private group of its staff: cards and reports go there, and everybody in it may use staff commands. In
            /// a public group only its administrators may. Several communities may share one. Make the bot an
            /// administrator there: otherwise it does not see who leaves, and being in it counts for nothing in the other
            /// groups.
            pub staff_chat: Option<i64>,
            /// People who may use staff commands in this community besides its groups' administrators, by user id.
            pub staff: Vec<i64>,
            /// IANA time zone of all its times. Default: `Asia/Shanghai`.
            pub timezone: Option<crate::model::schedule::Zone>,
            /// The language the bot speaks: `zh-CN` or `en`. Default: `zh-CN`.
            pub language: Lang,
            /// Own wordings for built-in texts, by their key (`steward check --texts` lists them).
            #[serde(skip_serializing_if = "BTreeMap::is_empty")]
            pub texts: BTreeMap<String, String>,
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")]
            pub $name: Option<<$feature as Feature>::Settings>,)*
        }

        /// One community's settings, ready to work with.
        pub struct Compiled {
            pub common: Common,
            pub phrases: Phrases,
            /// What it was made from, with the sections of features that need none.
            pub settings: Settings,
            /// The files the settings name.
            pub files: Vec<std::path::PathBuf>,
            /// What is wrong with those files and does not keep the rest from working.
            pub defects: Vec<Finding>,
            $($name: Option<<$feature as Feature>::Rules>,)*
        }

        impl Compiled {
            /// Checks and compiles settings. The result is to be used only when there are no findings.
            pub fn new(settings: &Settings, folder: &Path) -> (Self, Vec<Finding>) {
                let common = settings.common();
                let mut compile = Compile::new(&common, folder, &PHRASES);
                let sections = [$((stringify!($name), settings.$name.is_some())),*];
                compile.list(sections.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect());
                let mut settings = settings.clone();
                $(
                    compile.enter(stringify!($name));
                    $(settings.$name = settings.$name.or_else(|| {
                        let $always = Default::default;
                        Some($always())
                    });)?
                    let section = settings.$name.as_ref();
                    let $name = section.map(|section| <$feature as Feature>::compile(section, &mut compile));
                )*
                let finished = compile.finish();
                let phrases = PHRASES.with(&finished.wordings);
                let (files, defects) = (finished.files, finished.defects);
                (Self { common, phrases, settings, files, defects, $($name),* }, finished.findings)
            }
        }

        /// Shows an event to every feature that is on, in order, until one settles it; those that are off keep house.
        pub async fn dispatch(compiled: &Compiled, cx: &mut Cx<'_>, event: &Event) -> Result<()> {
            $(
                if let Some(rules) = &compiled.$name {
                    cx.enter(<$feature as Feature>::NAME);
                    if <$feature as Feature>::handle(rules, cx, event).await? == Flow::Stop {
                        return Ok(());
                    }
                } else {
                    cx.enter(<$feature as Feature>::NAME);
                    <$feature as Feature>::off(cx, event).await?;
                }
            )*
            Ok(())
        }

        /// Every built-in text.
        pub static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
            let lists: &[&[&[Phrase]]] = &[$(<$feature as Feature>::PHRASES),*];
            Phrases::new(lists.iter().copied().flatten().copied().flatten())
        });

        /// Every command with the name of its feature, in the order of the features.
        pub fn commands() -> impl Iterator<Item = (&'static str, &'static Command)> {
            const LISTS: &[(&str, &[Command])] = &[$((stringify!($name), <$feature as Feature>::COMMANDS)),*];
            LISTS.iter().flat_map(|(name, list)| list.iter().map(|command| (*name, command)))
        }

        /// The features that have figures, each with the word after `/stats` for them.
        pub fn figures() -> impl Iterator<Item = (&'static str, &'static str)> {
            const WORDS: &[(&str, Option<&str>)] = &[$((stringify!($name), <$feature as Feature>::FIGURES)),*];
            WORDS.iter().filter_map(|(name, word)| Some((*name, (*word)?)))
        }

        /// Paths of the settings that may be changed in the chat.
        pub fn overridable() -> Vec<String> {
            let lists: &[(&str, &[&str])] = &[$((stringify!($name), <$feature as Feature>::OVERRIDABLE)),*];
            lists.iter().flat_map(|(name, keys)| keys.iter().map(move |key| format!("{name}.{key}"))).collect()
        }

        #[cfg(test)]
        mod listed {
            use super::*;

            #[test]
            fn sections_are_called_by_their_features_names() {
                $(assert_eq!(<$feature as Feature>::NAME, stringify!($name));)*
            }
        }
    };
}

features! {
    /// Who is in the group.
    people: people::People, always;
    /// Orders of the staff: who gave them, and whether they came in time.
    orders: orders::Orders, always;
    /// The bot's own coming and going: its introduction, the rights it asks for, `/help`.
    arrival: arrival::Arrival, always;
    /// `/pause` and `/resume`.
    pause: pause::Pause, always;
    /// `/settings`, `/set` and `/unset`.
    panel: panel::Panel, always;
    /// What people can learn and have deleted about themselves.
    privacy: privacy::Privacy, always;
    /// The risk watch: what is unusual is told to the staff.
    risks: risks::Risks;
    /// Heated talk: the staff are told, and the group may be calmed.
    heat: heat::Heat;
    /// Ads and other offences, and what they cost.
    strikes: strikes::Strikes;
    /// Flooding: too much, too fast, the same again and again.
    flood: flood::Flood;
    /// Words the community does not want, by lists.
    wordlists: wordlists::WordLists;
    /// Reposts that do not say where they are from.
    sources: sources::Sources;
    /// What a language model makes of suspicious messages.
    opinion: opinion::Opinions;
    /// Raid mode, when many join at once.
    raid: raid::RaidMode;
    /// Daily check-ins: streaks, make-up cards, rewards.
    checkin: checkin::CheckIn;
    /// Welcoming who joins, and the rules.
    welcome: welcome::Welcome;
    /// Posts planned ahead: `[[calendar]]`, once for each.
    calendar: calendar::Calendar, always;
    /// What counts as taking part.
    activity: activity::Activity, always;
    /// The hello to who opens the private chat.
    greeting: greeting::Greeting, always;
}

impl Compiled {
    /// The calendar, for showing what will be posted.
    pub fn calendar(&self) -> Option<&calendar::Rules> {
        self.calendar.as_ref()
    }

    /// The check-ins, for the same.
    pub fn checkin(&self) -> Option<&checkin::Rules> {
        self.checkin.as_ref()
    }
}

impl Settings {
    fn common(&self) -> Common {
        let standard = Common::default();
        Common {
            id: self.id.clone(),
            name: self.name.clone(),
            purpose: self.purpose.clone(),
            chats: self.chats.clone(),
            staff_chat: self.staff_chat,
            staff: self.staff.clone(),
            timezone: self.timezone.unwrap_or(standard.timezone),
            language: self.language,
            texts: self.texts.clone(),
        }
    }

    /// These settings with single values replaced, as administrators did in the chat. A replacement that no longer fits
    /// is left out and told.
    pub fn with_overrides(&self, overrides: &BTreeMap<String, serde_json::Value>) -> (Self, Vec<String>) {
        let mut refused = Vec::new();
        let mut settings = self.clone();
        for (path, value) in overrides {
            match settings.with_override(path, value) {
                Ok(changed) => settings = changed,
                Err(_) => refused.push(path.clone()),
            }
        }
        (settings, refused)
    }

    /// These settings with the value at `path` replaced; the error says why it does not fit. A feature that is off is
    /// not turned on so.
    pub fn with_override(&self, path: &str, value: &serde_json::Value) -> serde_json::Result<Self> {
        let mut tree = serde_json::to_value(self)?;
        if path.split('.').next().is_none_or(|section| tree.get(section).is_none()) {
            return Err(serde::de::Error::custom("its section is not in the file"));
        }
        // A list or text on the way is made a table, which its reader then refuses.
        let place = path.split('.').fold(&mut tree, |place, key| {
            if !place.is_object() {
                *place = serde_json::json!({});
            }
            &mut place[key]
        });
        *place = value.clone();
        serde_json::from_value(tree)
    }

    /// The value at a path, as it is now.
    pub fn value(&self, path: &str) -> Option<serde_json::Value> {
        let tree = serde_json::to_value(self).ok()?;
        path.split('.').try_fold(&tree, |place, key| place.get(key)).cloned()
    }
}

/// Settings shared by everybody who needs them, as one unit.
pub type Shared = Arc<Compiled>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_text_could_be_written_by_an_operator() {
        for key in PHRASES.keys() {
            for lang in Lang::ALL {
                let template = PHRASES.source(lang, key).unwrap();
                assert_eq!(PHRASES.check(key, &template), [], "{key} in {lang:?}");
            }
        }
    }

    #[test]
    fn a_changed_setting_does_not_turn_a_feature_on() {
        let off = Settings::default();
        let on = Settings { people: Some(people::Settings::default()), ..Settings::default() };
        let change = |path: &str, value| BTreeMap::from([(path.to_owned(), value)]);
        let (settings, refused) = off.with_overrides(&change("people.delete_notices", true.into()));
        assert!(settings.people.is_none());
        assert_eq!(refused, ["people.delete_notices"]);
        let (settings, refused) = on.with_overrides(&change("people.delete_notices", true.into()));
        assert!(settings.people.is_some_and(|people| people.delete_notices));
        assert_eq!(refused, Vec::<String>::new());
        for (path, value) in [("people.delete_notices", "perhaps"), ("people.delete_notices.deeper", "x"), ("", "x")] {
            assert_eq!(on.with_overrides(&change(path, value.into())).1, [path]);
        }
    }
}
