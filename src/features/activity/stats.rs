//! The table of `/stats`: today and this week, each beside the time before it.

use anyhow::Result;
use minijinja::context;

use super::count::worth;
use super::{Settings, holes};
use crate::cx::{Cx, Role};
use crate::model::{ChatId, Day, Text};
use crate::store::activity::{self, DeedKind};

/// The days a column is about, both among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Period {
    from: Day,
    to: Day,
}

/// Today, yesterday, this week so far, and last week up to the same weekday. Weeks begin on Monday.
fn periods(today: Day) -> [Period; 4] {
    let into_week = i64::from(chrono::Datelike::weekday(&today.date()).num_days_from_monday());
    let monday = today.plus(-into_week);
    [
        Period { from: today, to: today },
        Period { from: today.plus(-1), to: today.plus(-1) },
        Period { from: monday, to: today },
        Period { from: monday.plus(-7), to: today.plus(-7) },
    ]
}

/// A column's figures, in the order of the rows.
async fn column(rules: &Settings, cx: &mut Cx<'_>, period: Period) -> Result<[String; 11]> {
    let Period { from, to } = period;
    let community = cx.community;
    let totals = activity::totals(cx.tx.settled().await?, community, from, to).await?;
    let of = |kind: DeedKind| totals.iter().find(|row| row.0 == kind as i64).map_or((0, 0), |row| (row.1, row.2));
    let conn = cx.tx.conn().await?;
    let new = activity::first_joins(conn, community, from, to).await?;
    let speaker_days = activity::person_days(conn, community, DeedKind::Message, from, to).await?;
    let mut points = 0.0;
    for kind in DeedKind::ALL {
        let Some((weight, cap)) = worth(kind, &rules.weights, &rules.caps) else { continue };
        let n = activity::capped(conn, community, kind, cap, from, to).await?;
        points += weight * f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    }
    let (heads, speakers) = (heads(cx, to).await?, of(DeedKind::Message).0);
    let (joined, left, removed) = (of(DeedKind::Join).1, of(DeedKind::Leave).1, of(DeedKind::Removed).1);
    let net = joined - left - removed;
    Ok([
        new.to_string(),
        (joined - new).to_string(),
        left.to_string(),
        removed.to_string(),
        if net > 0 { format!("+{net}") } else { net.to_string() },
        speakers.to_string(),
        share(speaker_days, if heads < speakers { 0 } else { heads * (to.0 - from.0 + 1) }),
        of(DeedKind::Message).1.to_string(),
        rounded(points),
        of(DeedKind::CheckIn).1.to_string(),
        of(DeedKind::Strike).1.to_string(),
    ])
}

/// The people in the community's groups at the end of a day: as Telegram counted them, otherwise those known now.
async fn heads(cx: &mut Cx<'_>, day: Day) -> Result<i64> {
    let groups: Vec<ChatId> = cx
        .tx
        .chats()
        .filter(|row| row.community == cx.community && row.is_live() && cx.role(row.id) == Role::Group)
        .map(|row| row.id)
        .collect();
    let mut all = 0;
    for chat in groups {
        all += match cx.tx.headcount(chat, day).await? {
            Some(n) => n,
            None => cx.tx.members_in(chat).await?,
        };
    }
    Ok(all)
}

/// `/stats` in full.
pub(super) async fn text(rules: &Settings, cx: &mut Cx<'_>) -> Result<Text> {
    let today = cx.day(cx.now);
    let mut columns = Vec::new();
    for period in periods(today) {
        columns.push(column(rules, cx, period).await?);
    }
    let words = |cx: &Cx<'_>, names: &[&str]| -> Vec<String> {
        names.iter().map(|name| cx.words(&format!("activity.{name}")).visible()).collect()
    };
    let heads = words(cx, &["col_today", "col_yesterday", "col_week", "col_last_week"]);
    let rows = words(
        cx,
        &[
            "row_joined",
            "row_returned",
            "row_left",
            "row_removed",
            "row_net",
            "row_speakers",
            "row_rate",
            "row_messages",
            "row_points",
            "row_checkins",
            "row_strikes",
        ],
    );
    let cells: Vec<Vec<String>> =
        (0..rows.len()).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect();
    let (date, time) = moment(cx);
    let table = table(&heads, &rows, &cells);
    let chats: Vec<ChatId> = cx.groups().iter().map(|row| row.id).collect();
    let begin = periods(today)[3].from.begins(cx.common.timezone.0, chrono::NaiveTime::MIN);
    let holes = holes::told(cx, &chats, begin).await?;
    Ok(cx.text("activity.stats", context! { community => &cx.common.name, date, time, table, holes }))
}

/// The local date and time it is.
pub(super) fn moment(cx: &Cx<'_>) -> (String, String) {
    let date = cx.date(cx.day(cx.now));
    (date, cx.now.local(cx.common.timezone.0).format("%H:%M").to_string())
}

/// Lays figures out in columns for a font of even width, in which Chinese characters are two wide.
fn table(heads: &[String], rows: &[String], cells: &[Vec<String>]) -> String {
    let first = rows.iter().map(|row| width(row)).max().unwrap_or(0);
    let widths: Vec<usize> = heads
        .iter()
        .enumerate()
        .map(|(at, head)| cells.iter().map(|row| width(&row[at])).max().unwrap_or(0).max(width(head)))
        .collect();
    let line = |name: &str, cells: &[String]| {
        let mut line = format!("{name}{}", " ".repeat(first - width(name).min(first)));
        for (cell, wide) in cells.iter().zip(&widths) {
            line.push_str(&" ".repeat(2 + wide - width(cell)));
            line.push_str(cell);
        }
        line
    };
    let body = rows.iter().zip(cells).map(|(row, cells)| line(row, cells));
    std::iter::once(line("", heads)).chain(body).collect::<Vec<_>>().join("\n")
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}

/// `n` of `all` as whole percents; none where `all`, counted once a day, has fallen behind.
fn share(n: i64, all: i64) -> String {
    if all <= 0 || n > all { "–".to_owned() } else { format!("{}%", (n * 100 + all / 2) / all) }
}

/// A score without digits nobody needs.
pub(super) fn rounded(points: f64) -> String {
    let text = format!("{points:.1}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_are_compared_up_to_the_same_day() {
        let day = |text: &str| Day::from_date(text.parse().unwrap());
        for (today, monday, last_monday, last) in [
            ("2026-03-02", "2026-03-02", "2026-02-23", "2026-02-23"),
            ("2026-03-08", "2026-03-02", "2026-02-23", "2026-03-01"),
            ("2027-01-01", "2026-12-28", "2026-12-21", "2026-12-25"),
        ] {
            let [now, yesterday, week, last_week] = periods(day(today));
            assert_eq!(now, Period { from: day(today), to: day(today) });
            assert_eq!(yesterday.to, day(today).plus(-1));
            assert_eq!(week, Period { from: day(monday), to: day(today) });
            assert_eq!(last_week, Period { from: day(last_monday), to: day(last) });
        }
    }

    #[test]
    fn columns_stand_under_each_other() {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let cells = [own(&["3", "12"]), own(&["1024", "–"])];
        let drawn = table(&own(&["今天", "昨天"]), &own(&["新加入", "消息"]), &cells);
        insta::assert_snapshot!(drawn, @r"
                今天  昨天
        新加入     3    12
        消息    1024     –
        ");
    }

    #[test]
    fn figures_are_short() {
        for (n, all, percent) in [(1, 3, "33%"), (2, 3, "67%"), (3, 3, "100%"), (5, 0, "–"), (77, 5, "–")] {
            assert_eq!(share(n, all), percent, "{n} of {all}");
        }
        assert_eq!((rounded(0.0), rounded(12.0), rounded(2.5)), ("0".into(), "12".into(), "2.5".into()));
    }
}
