//! Lengths of time as people say them.

use crate::model::{Lang, Span};

const UNITS: [(i64, &str, &str); 4] =
    [(86_400, "天", "day"), (3600, "小时", "hour"), (60, "分钟", "minute"), (1, "秒", "second")];

/// A length of time as people say it: `24 小时`, `1 day 2 hours`. A day is said as 24 hours, as rules of groups do.
pub fn length(lang: Lang, span: Span) -> String {
    let mut rest = span.as_secs().max(1);
    let mut words = Vec::new();
    for (secs, zh, en) in UNITS {
        let n = if secs == 86_400 && rest == secs { 0 } else { rest / secs };
        rest -= n * secs;
        match (n, lang) {
            (0, _) => {}
            (_, Lang::Zh) => words.push(format!("{n} {zh}")),
            (1, Lang::En) => words.push(format!("1 {en}")),
            (_, Lang::En) => words.push(format!("{n} {en}s")),
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_said_as_people_do() {
        for (secs, zh, en) in [
            (35, "35 秒", "35 seconds"),
            (60, "1 分钟", "1 minute"),
            (86_400, "24 小时", "24 hours"),
            (93_600, "1 天 2 小时", "1 day 2 hours"),
            (604_800, "7 天", "7 days"),
        ] {
            assert_eq!(length(Lang::Zh, Span::secs(secs)), zh);
            assert_eq!(length(Lang::En, Span::secs(secs)), en);
        }
    }
}
