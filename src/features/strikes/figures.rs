//! `/stats strikes`: what breaks the rules and how often, how sure and how quick the bot and the staff are. Everything here is
//! about the offences of a period, whenever they were reported, decided or appealed.

use anyhow::Result;
use minijinja::{Value, context};

use super::case::{Appeal, Case, Found};
use super::{ledger, words};
use crate::cx::Cx;
use crate::judge::Rule;
use crate::model::event::{Asked, Told};
use crate::model::figure::{PERIODS, median, per_thousand, said};
use crate::model::{ChatId, Figure, Share, Span, Text, Timestamp, Values};
use crate::store::activity::{self, DeedKind};

/// The word of its page.
pub const PAGE: &str = "strikes";
/// Rules named for a period, those broken most.
const RULES: usize = 5;

/// Violations (S024): strikes that were not undone, by the rule that weighs most; none for what only the staff judged. Shown
/// for 1,000 messages, as `/stats` counts these. Unit: strikes. Source: `strike_case`, `member_day`.
fn violations(cases: &[&Case]) -> Vec<(Option<Rule>, i64)> {
    let mut by_rule: Vec<(Option<Rule>, i64)> = Vec::new();
    for rule in cases.iter().filter(|case| case.counts && case.undone.is_none()).map(|case| case.rule()) {
        match by_rule.iter_mut().find(|(known, _)| *known == rule) {
            Some((_, n)) => *n += 1,
            None => by_rule.push((rule, 1)),
        }
    }
    by_rule.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    by_rule
}

/// False-positive rate (S024): reversed ÷ actions; actions are strikes for what the bot judged an ad by itself, reversed are
/// those of them that were undone, however that came. Source: `strike_case`.
fn false_positives(cases: &[&Case]) -> Share {
    let acted = || cases.iter().filter(|case| case.counts && matches!(case.about.found, Found::Ad | Found::Severe));
    Share::of(count(acted().filter(|case| case.undone.is_some())), count(acted()))
}

/// Time to action (S030), median: from when the message was written, or edited into what it is, until it became a strike;
/// of strikes that are about a message. Source: `strike_case.about`.
fn time_to_action(cases: &[&Case]) -> Option<Span> {
    let struck = cases.iter().filter(|case| case.counts);
    median(struck.filter_map(|case| Some(case.about.struck_at?.since(case.about.offence_at?))).collect())
}

/// Report precision (S025): upheld ÷ reports; a report is a reported message, however many report it, and upheld when it is
/// a strike that was not undone, a channel was shut out for it, or the staff banned, muted or put out for it. Source: `strike_case`.
fn report_precision(cases: &[&Case]) -> Share {
    let upheld = reports(cases).filter(|case| case.is_dealt_with() && case.undone.is_none());
    Share::of(count(upheld), count(reports(cases)))
}

/// Time to handle reports (S025), median: from the first report until the staff decided, it became a strike or a channel was
/// shut out; of reports that were handled. Source: `strike_case.about`.
fn time_to_handle(cases: &[&Case]) -> Option<Span> {
    median(reports(cases).filter_map(|case| Some(handled_at(case)?.since(case.about.reported_at?))).collect())
}

fn reports<'c>(cases: &'c [&Case]) -> impl Iterator<Item = &'c Case> {
    cases.iter().copied().filter(|case| case.about.reports > 0)
}

fn handled_at(case: &Case) -> Option<Timestamp> {
    let shut_out = case.acted.filter(|_| case.channel().is_some());
    [case.about.decided_at, case.about.struck_at, shut_out].into_iter().flatten().min()
}

/// Appeal overturn rate (S027): strikes undone ÷ appeals settled. Source: `strike_case`.
fn overturned(cases: &[&Case]) -> Share {
    let settled = || appeals(cases).filter(|case| !is_open(case));
    Share::of(count(settled().filter(|case| case.undone.is_some())), count(settled()))
}

fn appeals<'c>(cases: &'c [&Case]) -> impl Iterator<Item = &'c Case> {
    cases.iter().copied().filter(|case| case.about.appeal.is_some())
}

/// Its appeal still waits for the staff.
fn is_open(case: &Case) -> bool {
    case.about.appeal == Some(Appeal::Open) && case.undone.is_none()
}

/// Queue size (S029): cards that wait for the staff's decision. Unit: cases. Source: `strike_case`.
fn queue(cases: &[&Case]) -> i64 {
    count(cases.iter().filter(|case| case.is_open() && case.carded.is_some()))
}

/// Review (S029): decided ÷ what lists of words and the like put before the staff. Source: `strike_case`.
fn reviewed(cases: &[&Case]) -> Share {
    let decided = for_staff(cases).filter(|case| case.about.decided_at.is_some());
    Share::of(count(decided), count(for_staff(cases)))
}

/// Review time (S029), median: from the message until somebody decided. Source: `strike_case.about`.
fn time_to_review(cases: &[&Case]) -> Option<Span> {
    let taken = |case: &Case| Some(case.about.decided_at?.since(case.about.offence_at?));
    median(for_staff(cases).filter_map(taken).collect())
}

fn for_staff<'c>(cases: &'c [&Case]) -> impl Iterator<Item = &'c Case> {
    cases.iter().copied().filter(|case| case.is_for_staff())
}

fn count<T>(items: impl Iterator<Item = T>) -> i64 {
    i64::try_from(items.count()).unwrap_or(i64::MAX)
}

/// Tells what was asked for.
pub async fn tell(cx: &mut Cx<'_>, chat: ChatId, asked: &Asked) -> Result<()> {
    let since = cx.days_back(PERIODS[PERIODS.len() - 1]);
    let cases = ledger::since(cx.tx, cx.community, since).await?;
    let mut columns: [Vec<Text>; 6] = Default::default();
    for days in PERIODS {
        let (from, today) = (cx.days_back(days), cx.day(cx.now));
        let cases: Vec<&Case> = cases.iter().filter(|case| case.at >= from).collect();
        let totals = activity::totals(cx.tx.settled().await?, cx.community, today.plus(1 - days), today).await?;
        let messages = totals.iter().find(|row| row.0 == DeedKind::Message as i64).map_or(0, |row| row.2);
        for (column, text) in columns.iter_mut().zip(period(cx, &cases, messages)) {
            column.push(text);
        }
    }
    let keys = ["violations", "false_positives", "action", "reports", "appeals", "review"];
    let name = |key: &str| cx.words(&format!("strikes.figure_{key}"));
    let mut figures: Vec<Figure> = keys
        .iter()
        .zip(columns)
        .map(|(key, values)| Figure { name: name(key), values: Values::Periods(values) })
        .collect();
    let all: Vec<&Case> = cases.iter().collect();
    let waiting = cx.text("strikes.figure_queue_value", context! { n => queue(&all) });
    figures.push(Figure { name: name("queue"), values: Values::Lines(vec![waiting]) });
    cx.tell(Some(chat), Told::Figures { page: PAGE.to_owned(), asked: asked.clone(), figures });
    Ok(())
}

/// What is told of one period.
fn period(cx: &Cx<'_>, cases: &[&Case], messages: i64) -> [Text; 6] {
    let lang = cx.lang;
    let by_rule = violations(cases);
    let n: i64 = by_rule.iter().map(|(_, n)| n).sum();
    let rules: Vec<Value> = by_rule
        .iter()
        .take(RULES)
        .map(|(rule, n)| {
            let name = match rule {
                Some(rule) => words::rule(cx, *rule),
                None => cx.words("strikes.figure_by_staff").visible(),
            };
            context! { name, n, rate => per_thousand(*n, messages) }
        })
        .collect();
    let waiting = |cases: usize| i64::try_from(cases).unwrap_or(i64::MAX);
    let open_reports = waiting(reports(cases).filter(|case| handled_at(case).is_none()).count());
    let open_appeals = waiting(appeals(cases).filter(|case| is_open(case)).count());
    let to_review = waiting(for_staff(cases).filter(|case| case.is_open()).count());
    let review_time = time_to_review(cases).map(|span| said(Some(span), lang));
    let handled = time_to_handle(cases).map(|span| said(Some(span), lang));
    let rate = per_thousand(n, messages);
    [
        cx.text("strikes.figure_violations_value", context! { n, messages, rate, rules }),
        Text::plain(&false_positives(cases).in_words(lang)),
        Text::plain(&said(time_to_action(cases), lang)),
        cx.text(
            "strikes.figure_reports_value",
            context! { share => report_precision(cases).in_words(lang), handled, open => open_reports },
        ),
        cx.text(
            "strikes.figure_appeals_value",
            context! { share => overturned(cases).in_words(lang), open => open_appeals },
        ),
        cx.text(
            "strikes.figure_review_value",
            context! { share => reviewed(cases).in_words(lang), handled => review_time, open => to_review },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::strikes::case::{About, Decision};
    use crate::judge::Reason;
    use crate::model::{CommunityId, Measure, UserId};

    const THEN: Option<Timestamp> = Some(Timestamp(1));

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs)
    }

    fn case(counts: bool, undone: Option<Timestamp>, about: About) -> Case {
        Case {
            community: CommunityId(1),
            id: 1,
            user: UserId(1),
            chat: ChatId(-1),
            at: Timestamp(0),
            counts,
            acted: None,
            expires: None,
            undone,
            warned: None,
            carded: THEN,
            about,
        }
    }

    fn ad(rules: &[(Rule, f64)], undone: Option<Timestamp>, took: i64) -> Case {
        let reason = |(rule, weight): &(Rule, f64)| Reason {
            rule: *rule,
            weight: *weight,
            evidence: String::new(),
            alike: None,
        };
        let reasons = rules.iter().map(reason).collect();
        let times = About { offence_at: Some(at(100)), struck_at: Some(at(100 + took)), ..About::default() };
        case(true, undone, About { reasons, ..times })
    }

    fn reported(counts: bool, undone: bool, decided: Option<i64>) -> Case {
        let about = About {
            found: Found::Report,
            reports: 2,
            reported_at: Some(at(100)),
            decided_at: decided.map(at),
            decision: decided.map(|_| if counts { Decision::Struck } else { Decision::Cleared }),
            ..About::default()
        };
        case(counts, THEN.filter(|_| undone), about)
    }

    fn all(cases: &[Case]) -> Vec<&Case> {
        cases.iter().collect()
    }

    #[test]
    fn strikes_count_under_the_rule_that_weighs_most_and_not_when_undone() {
        let (link, word) = ((Rule::Link, 0.4), (Rule::AdWord, 0.9));
        let warned = case(true, None, About { found: Found::Warn, ..About::default() });
        let cases = [
            ad(&[link, word], None, 1),
            ad(&[word], None, 3),
            ad(&[link], THEN, 8),
            warned,
            reported(false, false, None),
        ];
        let cases = all(&cases);
        assert_eq!(violations(&cases), [(Some(Rule::AdWord), 2), (None, 1)]);
        assert_eq!(false_positives(&cases), Share::of(1, 3));
        assert_eq!(time_to_action(&cases), Some(Span::secs(3)));
        assert_eq!((violations(&[]), false_positives(&[]), time_to_action(&[])), (vec![], Share::of(0, 0), None));
    }

    #[test]
    fn reports_are_upheld_when_their_strike_stands() {
        let cases = [
            reported(true, false, Some(160)),
            reported(true, true, Some(400)),
            reported(false, false, Some(120)),
            reported(false, false, None),
            ad(&[], None, 1),
        ];
        let cases = all(&cases);
        assert_eq!(report_precision(&cases), Share::of(1, 4));
        assert_eq!(time_to_handle(&cases), Some(Span::secs(60)));
        assert_eq!(queue(&cases), 1);
    }

    #[test]
    fn what_the_staff_review_is_timed_from_the_message() {
        let shown = |measure, decided: Option<i64>| {
            let about = About {
                measure: Some(measure),
                offence_at: Some(at(100)),
                decided_at: decided.map(at),
                ..About::default()
            };
            case(false, None, about)
        };
        let cases = [
            shown(Measure::Queue, Some(160)),
            shown(Measure::Hold, Some(220)),
            shown(Measure::Queue, None),
            shown(Measure::Strike, Some(900)),
            ad(&[], None, 1),
        ];
        let cases = all(&cases);
        assert_eq!((reviewed(&cases), time_to_review(&cases)), (Share::of(2, 3), Some(Span::secs(90))));
        assert_eq!((reviewed(&[]), time_to_review(&[])), (Share::of(0, 0), None));
    }

    #[test]
    fn a_channel_shut_out_is_no_strike_and_upholds_its_reports() {
        let about = About { reports: 1, reported_at: Some(at(100)), offence_at: Some(at(90)), ..About::default() };
        let mut shut_out = case(false, None, about);
        (shut_out.user, shut_out.acted) = (UserId(-1_001_234_000_777), Some(at(130)));
        let cases = [shut_out];
        let cases = all(&cases);
        assert_eq!(
            (violations(&cases), false_positives(&cases), time_to_action(&cases)),
            (vec![], Share::of(0, 0), None)
        );
        assert_eq!((report_precision(&cases), time_to_handle(&cases)), (Share::of(1, 1), Some(Span::secs(30))));
        assert_eq!(queue(&cases), 0);
    }

    #[test]
    fn an_appeal_is_overturned_when_its_strike_is_undone_in_whatever_way() {
        let appealed = |appeal, undone| {
            let about = About { appeal: Some(appeal), ..About::default() };
            case(true, undone, about)
        };
        let cases = [
            appealed(Appeal::Accepted, THEN),
            appealed(Appeal::Rejected, None),
            appealed(Appeal::Open, None),
            appealed(Appeal::Open, THEN),
            ad(&[], THEN, 1),
        ];
        assert_eq!(overturned(&all(&cases)), Share::of(2, 3));
        assert_eq!(overturned(&[]), Share::of(0, 0));
    }
}
