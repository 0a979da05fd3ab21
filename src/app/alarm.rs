//! What operators are told when something is wrong with the bot itself.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use tokio::sync::mpsc;

use super::run::Order;
use crate::config::{Loaded, Problem};
use crate::engine::Engine;
use crate::model::{ChatId, Lang, Span, Text, Timestamp};

/// The same alarm is not raised again sooner than this.
const QUIET: Span = Span::hours(1);
/// So many mistakes are shown; `steward check` shows them all.
const SHOWN: usize = 8;

/// Something operators should know.
#[derive(Clone, Debug, PartialEq)]
pub enum Alarm {
    /// Another program polls with the same token.
    Rival,
    /// A webhook is set, so that nothing can be polled. Only the host is told: the rest may be secret.
    Hooked { host: String },
    /// So much waited at Telegram that some is likely lost.
    Overflow,
    /// Something could not be handled and waits for a replay.
    Failed,
    /// Changed files have mistakes; the settings before them still hold.
    BadSettings(Vec<Problem>),
    /// Files of communities that are there no more.
    Gone(Vec<String>),
    /// Files that settings name are missing or damaged; what is in them goes unused.
    BadFiles(Vec<Problem>),
    /// The mistakes are mended.
    GoodSettings,
}

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    chat: ChatId,
    lang: Lang,
    /// The file of the community whose staff it is; none for the operators' chat.
    file: Option<String>,
}

/// Raises alarms.
#[derive(Clone)]
pub struct Alarms(mpsc::Sender<Order>);

impl Alarms {
    pub fn new(orders: mpsc::Sender<Order>) -> Self {
        Self(orders)
    }

    pub async fn raise(&self, alarm: Alarm) {
        // The engine is gone only when the process ends.
        let _ = self.0.send(Order::Alarm(alarm)).await;
    }
}

/// Who is to be told: the operators' chat, or else every staff chat.
pub fn listeners(loaded: &Loaded) -> Vec<Listener> {
    if let Some(chat) = loaded.process.operators_chat {
        return vec![Listener { chat: ChatId(chat), lang: loaded.process.language, file: None }];
    }
    let staff = loaded.communities.iter().filter_map(|(slug, settings)| {
        let file = loaded.communities_folder.join(format!("{slug}.toml")).display().to_string();
        Some(Listener { chat: settings.common.staff_chat()?, lang: settings.common.language, file: Some(file) })
    });
    staff.collect()
}

/// Remembers what was said, so that nobody is told the same again and again.
pub struct Bell {
    pub listeners: Vec<Listener>,
    rung: HashMap<std::mem::Discriminant<Alarm>, Timestamp>,
    /// Who was told of mistakes in the settings, and not yet that they are mended.
    waiting: Vec<Listener>,
}

impl Bell {
    pub fn new(listeners: Vec<Listener>) -> Self {
        Self { listeners, rung: HashMap::new(), waiting: Vec::new() }
    }

    /// Has the engine say it.
    pub async fn raise(&mut self, alarm: &Alarm, engine: &mut Engine, now: Timestamp) -> Result<()> {
        let chats = engine.chats().await?;
        for (chat, text) in self.ring(alarm, now, |chat| chats.contains(&chat)) {
            engine.say(chat, text, now);
        }
        Ok(())
    }

    /// What to say where. Of the listeners those count where the bot is (`is_in`), unless it is known to be with none:
    /// the examples name staff chats too.
    fn ring(&mut self, alarm: &Alarm, now: Timestamp, is_in: impl Fn(ChatId) -> bool) -> Vec<(ChatId, Text)> {
        if *alarm == Alarm::GoodSettings {
            let told = std::mem::take(&mut self.waiting);
            // The new settings may have them speak another language.
            let now = |before: &Listener| self.listeners.iter().find(|it| it.chat == before.chat).map(|it| it.lang);
            let text = |it: &Listener| (it.chat, alarm.text(now(it).unwrap_or(it.lang)));
            return told.iter().map(text).collect();
        }
        let about_settings = matches!(alarm, Alarm::BadSettings(_) | Alarm::BadFiles(_) | Alarm::Gone(_));
        let kind = std::mem::discriminant(alarm);
        if !about_settings && self.rung.get(&kind).is_some_and(|last| now.since(*last) < QUIET) {
            return Vec::new();
        }
        self.rung.insert(kind, now);
        let near: Vec<&Listener> = self.listeners.iter().filter(|listener| is_in(listener.chat)).collect();
        let near = if near.is_empty() { self.listeners.iter().collect() } else { near };
        let concerned = |listener: &Listener| match (alarm, &listener.file) {
            (Alarm::BadSettings(problems) | Alarm::BadFiles(problems), Some(file)) => {
                problems.iter().any(|problem| problem.file == *file)
            }
            _ => true,
        };
        let some = near.iter().any(|listener| concerned(listener));
        // Mistakes in no community's own file are everybody's.
        let told = near.into_iter().filter(|listener| concerned(listener) || !some);
        let told: Vec<Listener> = told.cloned().collect();
        let texts = told.iter().map(|listener| (listener.chat, alarm.text(listener.lang))).collect();
        if matches!(alarm, Alarm::BadSettings(_) | Alarm::BadFiles(_)) {
            self.waiting.extend(told);
            let mut seen = HashSet::new();
            self.waiting.retain(|listener| seen.insert(listener.chat));
        }
        texts
    }
}

impl Alarm {
    fn text(&self, lang: Lang) -> Text {
        let words = match (self, lang) {
            (Self::Rival, Lang::Zh) => {
                "⚠️ 有另一个程序在用同一个令牌接收消息，有些消息我可能收不到。请确认只运行了一个 \
                 Steward；另一个停下后，我会自己恢复。"
                    .to_owned()
            }
            (Self::Rival, Lang::En) => {
                "⚠️ Another program is receiving messages with this bot's token, so some may not \
                 reach me. Please make sure that only one Steward is running; I recover by myself once the other stops."
                    .to_owned()
            }
            (Self::Hooked { host }, Lang::Zh) => format!(
                "⚠️ 这个机器人的消息正被转发到 webhook（{host}），我一条也收不到。如果它已经没用了，请在 steward.toml \
                 里写 delete_webhook = true，然后重启。"
            ),
            (Self::Hooked { host }, Lang::En) => format!(
                "⚠️ This bot's messages go to a webhook ({host}), so none reach me. If nobody needs it any more, put \
                 delete_webhook = true into steward.toml and restart me."
            ),
            (Self::Overflow, Lang::Zh) => {
                "⚠️ 我不在的时候积压的消息太多，Telegram 可能丢掉了一部分。这段时间的统计会有缺口。".to_owned()
            }
            (Self::Overflow, Lang::En) => {
                "⚠️ So much came in while I was away that Telegram has probably dropped some \
                 of it. Figures for that time will have a gap."
                    .to_owned()
            }
            (Self::Failed, Lang::Zh) => {
                "⚠️ 有消息我没能处理，已经原样留着，其他的照常。请负责我的技术同事运行 steward replay 看看。".to_owned()
            }
            (Self::Failed, Lang::En) => {
                "⚠️ Something came in that I could not handle. It is kept, and everything else goes on. Whoever runs \
                 me can look at it with steward replay."
                    .to_owned()
            }
            (Self::BadSettings(problems), Lang::Zh) => {
                format!(
                    "⚠️ 配置文件有误，我先按原来的设置继续：\n\n{}\n\n改好保存即可，不用重启。",
                    list(problems, "其余见 steward check")
                )
            }
            (Self::BadSettings(problems), Lang::En) => format!(
                "⚠️ The settings have mistakes, so I go on with the ones from before:\n\n{}\n\nCorrect and save the file; \
                 no restart is needed.",
                list(problems, "steward check shows the rest")
            ),
            (Self::BadFiles(problems), Lang::Zh) => format!(
                "⚠️ 配置里用到的文件有问题，用不了的部分我先跳过，其他照常：\n\n{}\n\n换上好的文件即可，不用重启。",
                list(problems, "其余见 steward check")
            ),
            (Self::BadFiles(problems), Lang::En) => format!(
                "⚠️ Something is wrong with files the settings name. I leave out what cannot be used and go on:\n\n{}\n\n\
                 Put good files in their place; no restart is needed.",
                list(problems, "steward check shows the rest")
            ),
            (Self::Gone(files), Lang::Zh) => format!(
                "⚠️ 社群的配置文件不见了：\n\n{}\n\n对应的社群我从现在起不再照看。如果不是有意删的，把文件放回去就好，不用重启。",
                files.join("\n")
            ),
            (Self::Gone(files), Lang::En) => format!(
                "⚠️ The settings of a community are gone:\n\n{}\n\nI no longer look after it. If that was not \
                 intended, put the file back; no restart is needed.",
                files.join("\n")
            ),
            (Self::GoodSettings, Lang::Zh) => "✅ 配置文件改好了，新设置已经生效。".to_owned(),
            (Self::GoodSettings, Lang::En) => "✅ The settings are right again and in use.".to_owned(),
        };
        Text::plain(&words)
    }
}

fn list(problems: &[Problem], rest: &str) -> String {
    let mut lines: Vec<_> = problems.iter().take(SHOWN).map(ToString::to_string).collect();
    if problems.len() > SHOWN {
        lines.push(format!("… {rest}"));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bell() -> Bell {
        let staff = |chat, file: &str, lang| Listener { chat: ChatId(chat), lang, file: Some(file.to_owned()) };
        Bell::new(vec![staff(-1, "a.toml", Lang::Zh), staff(-2, "b.toml", Lang::En)])
    }

    fn problem(file: &str) -> Problem {
        let (file, reason) = (file.to_owned(), "<b>".to_owned());
        Problem { file, place: None, key: String::new(), value: None, reason, hint: None }
    }

    #[test]
    fn the_same_alarm_rings_once_an_hour() {
        let mut bell = bell();
        let at = |minutes| Timestamp(0) + Span::minutes(minutes);
        let rings = |bell: &mut Bell, minutes| bell.ring(&Alarm::Rival, at(minutes), |_| true).len();
        assert_eq!([rings(&mut bell, 0), rings(&mut bell, 59), rings(&mut bell, 60)], [2, 0, 2]);
        assert_eq!(bell.ring(&Alarm::Overflow, at(61), |_| true).len(), 2);
    }

    #[test]
    fn mistakes_are_told_to_those_whose_file_it_is() {
        let told = |file| {
            let rung = bell().ring(&Alarm::BadSettings(vec![problem(file)]), Timestamp(0), |_| true);
            rung.into_iter().map(|(chat, _)| chat.0).collect::<Vec<_>>()
        };
        assert_eq!(told("a.toml"), [-1]);
        assert_eq!(told("b.toml"), [-2]);
        assert_eq!(told("steward.toml"), [-1, -2]);
    }

    #[test]
    fn only_who_was_told_of_mistakes_is_told_that_they_are_mended() {
        let mut bell = bell();
        let mut told = |alarm: Alarm| -> Vec<i64> {
            bell.ring(&alarm, Timestamp(0), |_| true).into_iter().map(|(chat, _)| chat.0).collect()
        };
        assert_eq!(told(Alarm::GoodSettings), Vec::<i64>::new());
        assert_eq!(told(Alarm::BadSettings(vec![problem("a.toml")])), [-1]);
        assert_eq!(told(Alarm::BadSettings(vec![problem("a.toml"), problem("steward.toml")])), [-1]);
        assert_eq!(told(Alarm::GoodSettings), [-1]);
        assert_eq!(told(Alarm::GoodSettings), Vec::<i64>::new());
        assert_eq!(told(Alarm::BadSettings(vec![problem("a.toml")])), [-1]);
        assert_eq!(told(Alarm::BadSettings(vec![problem("b.toml")])), [-2]);
        assert_eq!(told(Alarm::GoodSettings), [-1, -2]);
    }

    #[test]
    fn only_staff_the_bot_is_with_are_told_as_long_as_there_are_any() {
        for (there, alarm, expected) in [
            (vec![-1], Alarm::Rival, vec![-1]),
            (vec![], Alarm::Rival, vec![-1, -2]),
            (vec![-1, -2], Alarm::Rival, vec![-1, -2]),
            (vec![-1], Alarm::BadSettings(vec![problem("b.toml")]), vec![-1]),
        ] {
            let rung = bell().ring(&alarm, Timestamp(0), |chat| there.contains(&chat.0));
            assert_eq!(rung.into_iter().map(|(chat, _)| chat.0).collect::<Vec<_>>(), expected, "{there:?} {alarm:?}");
        }
    }

    #[test]
    fn every_alarm_reads_well_in_both_languages() {
        let many = vec![problem("a.toml"); 10];
        let files = Alarm::BadFiles(many.clone());
        let hooked = Alarm::Hooked { host: "x.example".to_owned() };
        let gone = Alarm::Gone(vec!["moms.toml".to_owned()]);
        let settings = [Alarm::BadSettings(many), files, gone, Alarm::GoodSettings];
        for alarm in [Alarm::Rival, hooked, Alarm::Overflow, Alarm::Failed].into_iter().chain(settings) {
            let [zh, en] = Lang::ALL.map(|lang| alarm.text(lang).visible());
            let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(chinese(&zh) && !chinese(&en), "{zh} {en}");
            assert!(!zh.contains("  ") && !en.contains("  "), "{zh} {en}");
        }
        let shown = Alarm::BadSettings(vec![problem("a.toml"); 10]).text(Lang::En);
        assert!(shown.html().contains("a.toml: &lt;b&gt;"), "{}", shown.html());
        assert!(shown.visible().contains("… steward check shows the rest"));
    }
}
