//! Commands as people type them: `/mute@steward_bot 2h spamming`.

/// A command at the start of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command<'a> {
    /// Lower case, without `/` and without the bot's name.
    pub name: String,
    /// What follows, trimmed.
    pub rest: &'a str,
    /// It named this bot.
    pub named: bool,
}

impl<'a> Command<'a> {
    /// Reads a command meant for `bot` (its username without `@`); one that names another bot is none of ours.
    pub fn parse(text: &'a str, bot: &str) -> Option<Self> {
        let rest = text.strip_prefix('/')?;
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        let (name, to) = match word.split_once('@') {
            Some((name, to)) => (name, Some(to)),
            None => (word, None),
        };
        let known = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !known || to.is_some_and(|to| !to.eq_ignore_ascii_case(bot)) {
            return None;
        }
        Some(Self { name: name.to_ascii_lowercase(), rest: rest.trim(), named: to.is_some() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_for_other_bots_are_not_ours() {
        let read = |text| Command::parse(text, "steward_bot").map(|c| (c.name, c.rest, c.named));
        assert_eq!(read("/Mute@Steward_bot  2h spam "), Some(("mute".into(), "2h spam", true)));
        assert_eq!(read("/checkin"), Some(("checkin".into(), "", false)));
        assert_eq!(read("/start@other_bot x"), None);
        for text in ["hello", "/", "/ x", "//x", "/打卡", " /x"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
