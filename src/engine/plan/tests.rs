//! What leaves when, over simulated time.

mod turns;

use proptest::prelude::*;

use super::*;
use crate::model::effect::{Keyboard, Send};
use crate::model::opinion::{Consult, Endpoint, KeySource};
use crate::model::{Delivery, Effect, Lang, MessageRef, Outgoing, Text};

const START: Timestamp = Timestamp(1_000_000_000);

fn group(n: i64) -> ChatId {
    ChatId(-1_000_000_000_000 - n)
}

fn letter(id: i64, class: Class, effect: Effect) -> Letter {
    let outgoing = Outgoing {
        key: id.to_string(),
        class,
        delivery: Delivery::Once,
        after: START,
        deadline: None,
        note: String::new(),
        effect,
    };
    Letter { id, attempts: 0, outgoing }
}

fn post(id: i64, chat: ChatId, class: Class) -> Letter {
    letter(id, class, Effect::Send(Send::new(chat, Text::plain("text"))))
}

fn delete(id: i64, chat: ChatId) -> Letter {
    letter(id, Class::Guard, Effect::Delete { chat, messages: vec![crate::model::MessageId(1).into()] })
}

fn consult(id: i64) -> Letter {
    let consult = Consult {
        chat: group(id),
        case: id,
        endpoint: Endpoint {
            url: String::new(),
            model: String::new(),
            key: KeySource::None,
            time_limit: Span::minutes(1),
        },
        text: String::new(),
        newcomer: false,
        lang: Lang::Zh,
    };
    letter(id, Class::Question, Effect::Consult(Box::new(consult)))
}

/// Runs until nothing is left or time is up; every call takes `latency`. Gives (time since the start, id).
fn run(plan: &mut Plan, latency: Span, until: Span) -> Vec<(Span, i64)> {
    run_with(plan, latency, until, |_| None)
}

/// The same with calls that fail: those for which `refuse` gives a wait are tried again after it.
fn run_with(
    plan: &mut Plan,
    latency: Span,
    until: Span,
    mut refuse: impl FnMut(&Letter) -> Option<Span>,
) -> Vec<(Span, i64)> {
    let mut now = START;
    let mut under_way: Vec<(Timestamp, Letter)> = Vec::new();
    let mut sent = Vec::new();
    loop {
        while let Some(next) = plan.next(now) {
            if let Next::Send(letter) = next {
                sent.push((now.since(START), letter.id));
                under_way.push((now + latency, letter));
            }
        }
        under_way.sort_by_key(|(at, _)| *at);
        let ends = under_way.first().map(|(at, _)| *at);
        let Some(next) = [ends, plan.next_at(now)].into_iter().flatten().min() else { return sent };
        assert!(next > now || ends == Some(next), "a plan that has nothing now must not ask to be asked now");
        now = now.max(next);
        if now.since(START) > until {
            return sent;
        }
        while under_way.first().is_some_and(|(at, _)| *at <= now) {
            let (_, mut letter) = under_way.remove(0);
            let Some(wait) = refuse(&letter) else {
                plan.ended(&letter, now);
                continue;
            };
            sent.retain(|(_, id)| *id != letter.id);
            letter.attempts += 1;
            letter.outgoing.after = now + wait;
            plan.again(letter, now);
        }
    }
}

/// The most that left within any `window`.
fn most_within(sent: &[(Span, i64)], window: Span) -> usize {
    let from =
        |at: Span| sent.iter().filter(|(other, _)| *other >= at && other.millis() < (at + window).millis()).count();
    sent.iter().map(|(at, _)| from(*at)).max().unwrap_or(0)
}

#[test]
fn forty_posts_to_one_group_keep_its_limits_and_all_arrive() {
    let mut plan = Plan::new(Rates::default());
    for id in 1..=40 {
        plan.add(post(id, group(1), Class::Reply), START);
    }
    let sent = run(&mut plan, Span::from_millis(100), Span::minutes(10));
    assert_eq!(sent.len(), 40);
    assert!(sent.is_sorted_by_key(|(_, id)| *id), "order inside a chat");
    assert!(most_within(&sent, Span::minutes(1)) <= 18);
    assert!(most_within(&sent, Span::secs(1)) <= 3);
}

#[test]
fn what_a_process_before_this_one_sent_counts() {
    let mut plan = Plan::new(Rates::default());
    for n in 0..10 {
        plan.was_sent(group(1), START - Span::secs(30 - n));
    }
    for id in 1..=10 {
        plan.add(post(id, group(1), Class::Reply), START);
    }
    let sent = run(&mut plan, Span::from_millis(100), Span::minutes(2));
    assert_eq!(sent.iter().filter(|(at, _)| *at < Span::secs(30)).count(), 6);
    assert_eq!(sent.len(), 10);
}

#[test]
fn a_thousand_groups_at_once_take_no_longer_than_the_rate_asks() {
    let mut plan = Plan::new(Rates::default());
    for id in 1..=1000 {
        plan.add(post(id, group(id), Class::Post), START);
    }
    let sent = run(&mut plan, Span::from_millis(150), Span::minutes(10));
    assert_eq!(sent.len(), 1000);
    assert!(most_within(&sent, Span::secs(1)) <= 30);
    let last = sent.last().unwrap().0;
    assert!(last >= Span::secs(39) && last < Span::secs(41), "1000 at 25 a second: {last}");
}

#[test]
fn a_delete_passes_ten_thousand_posts() {
    let mut plan = Plan::new(Rates::default());
    for id in 1..=10_000 {
        plan.add(post(id, group(id), Class::Bulk), START);
    }
    plan.add(delete(10_001, group(5)), START);
    let sent = run(&mut plan, Span::from_millis(150), Span::secs(2));
    let (at, _) = sent.iter().find(|(_, id)| *id == 10_001).unwrap();
    assert!(*at < Span::from_millis(200), "{at}");
}

#[test]
fn a_delete_does_not_wait_for_a_post_that_hangs_in_its_chat() {
    let mut plan = Plan::new(Rates::default());
    plan.add(post(1, group(1), Class::Post), START);
    assert!(matches!(plan.next(START), Some(Next::Send(_))));
    plan.add(delete(2, group(1)), START);
    assert!(matches!(plan.next(START), Some(Next::Send(letter)) if letter.id == 2));
}

#[test]
fn a_group_with_many_does_not_hold_up_groups_with_one() {
    let mut plan = Plan::new(Rates::default());
    for id in 1..=500 {
        plan.add(post(id, group(1), Class::Post), START);
    }
    for id in 501..=700 {
        plan.add(post(id, group(id), Class::Post), START);
    }
    let sent = run(&mut plan, Span::from_millis(100), Span::secs(12));
    let others = sent.iter().filter(|(_, id)| *id > 500).count();
    assert_eq!(others, 200, "200 at 25 a second, with little taken by the busy group");
}

#[test]
fn a_group_that_comes_later_does_not_wait_for_all_that_was_there_before() {
    let mut plan = Plan::new(Rates::default());
    for id in 1..=2000 {
        plan.add(post(id, group(id % 100), Class::Post), START);
    }
    plan.add(post(2001, group(500), Class::Post), START);
    let sent = run(&mut plan, Span::from_millis(100), Span::secs(8));
    assert!(sent.iter().any(|(_, id)| *id == 2001), "its turn comes after one of each");
}

#[test]
fn one_chat_told_to_wait_does_not_stop_the_others() {
    let mut plan = Plan::new(Rates::default());
    plan.add(post(1, group(1), Class::Post), START);
    plan.add(post(2, group(2), Class::Post), START);
    let Some(Next::Send(first)) = plan.next(START) else { panic!("something waits") };
    plan.limited(group(1), false, Span::secs(5), START);
    plan.again(first, START);
    let sent = run(&mut plan, Span::ZERO, Span::minutes(1));
    assert_eq!(sent.iter().map(|(_, id)| *id).collect::<Vec<_>>(), [2, 1]);
    assert!(sent[0].0 < Span::secs(1) && sent[1].0 >= Span::secs(5));
}

#[test]
fn a_chat_told_to_wait_with_its_posts_is_still_guarded() {
    let mut plan = Plan::new(Rates::default());
    plan.limited(group(1), false, Span::hours(1), START);
    plan.add(delete(1, group(1)), START);
    assert!(matches!(plan.next(START), Some(Next::Send(letter)) if letter.id == 1));
}

#[test]
fn three_chats_told_to_wait_at_once_slow_everything_down_for_a_while() {
    let mut plan = Plan::new(Rates::default());
    for n in 1..=3 {
        plan.limited(group(n), false, Span::secs(5), START);
    }
    for id in 10..=500 {
        plan.add(post(id, group(id), Class::Post), START);
    }
    let sent = run(&mut plan, Span::from_millis(50), Span::minutes(5));
    assert_eq!(sent.len(), 491);
    assert!(sent[0].0 >= Span::secs(5));
    let after = |second: i64| sent.iter().filter(|(at, _)| at.as_secs() == second).count();
    assert!(after(6) <= 15 && after(6) >= 10, "half the rate first: {}", after(6));
    assert!(after(7) < after(22), "and more later");
}

#[test]
fn an_edit_of_a_board_replaces_the_one_still_waiting() {
    let edit = |id, words: &str| {
        let message = MessageRef::Id(crate::model::MessageId(9));
        let text = Text::plain(words);
        letter(id, Class::Board, Effect::Edit { chat: group(1), message, text, keyboard: Keyboard::default() })
    };
    let mut plan = Plan::new(Rates::default());
    plan.add(edit(1, "one"), START);
    plan.add(edit(2, "two"), START);
    assert!(matches!(plan.next(START), Some(Next::Replaced(letter)) if letter.id == 1));
    assert!(matches!(plan.next(START), Some(Next::Send(letter)) if letter.id == 2));
}

#[test]
fn the_newest_buttons_of_a_board_replace_those_still_waiting() {
    let buttons = |id, message| {
        let message = MessageRef::Id(crate::model::MessageId(message));
        letter(id, Class::Board, Effect::EditKeyboard { chat: group(1), message, keyboard: Keyboard::default() })
    };
    let mut plan = Plan::new(Rates::default());
    plan.add(buttons(1, 9), START);
    plan.add(buttons(2, 8), START);
    plan.add(buttons(3, 9), START);
    assert!(matches!(plan.next(START), Some(Next::Replaced(letter)) if letter.id == 1));
    let sent = run(&mut plan, Span::ZERO, Span::minutes(1));
    assert_eq!(sent.iter().map(|(_, id)| *id).collect::<Vec<_>>(), [3, 2], "one message does not replace another");
}

#[test]
fn what_is_about_a_message_waits_until_the_message_is_sent() {
    let mut plan = Plan::new(Rates::default());
    let mut welcome = post(1, group(1), Class::Welcome);
    if let Effect::Send(send) = &mut welcome.outgoing.effect {
        send.name = Some("welcome/1".into());
    }
    plan.add(welcome, START);
    let message = MessageRef::Name("welcome/1".into());
    plan.add(letter(2, Class::Guard, Effect::Delete { chat: group(1), messages: vec![message] }), START);
    let sent = run(&mut plan, Span::secs(3), Span::minutes(1));
    assert_eq!(sent, [(Span::ZERO, 1), (Span::secs(3), 2)]);
}

#[test]
fn what_is_put_off_holds_up_nothing_and_then_waits_for_its_message() {
    let mut plan = Plan::new(Rates::default());
    let message = MessageRef::Name("a".into());
    plan.add(letter(1, Class::Reply, Effect::Pin { chat: group(1), message, silent: true }), START);
    let Some(Next::Send(mut early)) = plan.next(START) else { panic!("the message is not known here") };
    early.outgoing.after = START + Span::secs(5);
    plan.put_off(early, START);
    let named = Send { name: Some("a".into()), ..Send::new(group(1), Text::plain("text")) };
    let mut late = letter(2, Class::Reply, Effect::Send(named));
    late.outgoing.after = START + Span::secs(5);
    plan.add(late, START);
    plan.add(post(3, group(1), Class::Reply), START);
    let sent: Vec<i64> =
        run(&mut plan, Span::from_millis(50), Span::minutes(1)).into_iter().map(|(_, id)| id).collect();
    assert_eq!(sent, [3, 2, 1]);
}

#[test]
fn what_is_too_late_or_called_off_is_not_sent() {
    let mut plan = Plan::new(Rates::default());
    let mut late = post(1, group(1), Class::Reply);
    late.outgoing.deadline = Some(START - Span::secs(1));
    plan.add(late, START);
    plan.add(post(2, group(2), Class::Reply), START);
    plan.cancel([2]);
    assert!(matches!(plan.next(START), Some(Next::Expired(letter)) if letter.id == 1));
    assert_eq!(plan.next(START), None);
    assert!(plan.is_empty());
}

#[test]
fn what_is_tried_again_is_not_overtaken_in_its_lane() {
    let mut plan = Plan::new(Rates::default());
    for id in 1..=20 {
        plan.add(post(id, group(1), Class::Reply), START);
    }
    plan.add(post(21, group(1), Class::Order), START);
    plan.add(post(22, group(2), Class::Reply), START);
    let backoff = |letter: &Letter| (matches!(letter.id, 1 | 7) && letter.attempts < 3).then_some(Span::secs(30));
    let sent = run_with(&mut plan, Span::from_millis(100), Span::minutes(10), backoff);
    let ids: Vec<i64> = sent.iter().map(|(_, id)| *id).collect();
    assert_eq!(ids[..2], [21, 22], "other classes and chats do not wait");
    assert_eq!(ids[2..], (1..=20).collect::<Vec<_>>());
}

#[test]
fn what_was_tried_before_a_restart_is_still_the_first_of_its_lane() {
    let mut plan = Plan::new(Rates::default());
    for id in [1, 2, 3, 4] {
        let mut letter = post(id, group(1), Class::Reply);
        if id > 2 {
            (letter.attempts, letter.outgoing.after) = (1, START + Span::minutes(id));
        }
        plan.add(letter, START);
    }
    let sent = run(&mut plan, Span::ZERO, Span::minutes(10));
    assert_eq!(sent.iter().map(|(_, id)| *id).collect::<Vec<_>>(), [3, 4, 1, 2]);
    assert!(sent[0].0 >= Span::minutes(3));
}

#[test]
fn a_guard_refused_for_ever_does_not_keep_a_chat_from_being_guarded() {
    let mut plan = Plan::new(Rates::default());
    for id in [1, 2] {
        plan.add(delete(id, group(1)), START);
    }
    let refuse = |letter: &Letter| (letter.id == 1).then_some(Span::secs(10));
    let sent = run_with(&mut plan, Span::ZERO, Span::minutes(2), refuse);
    let (at, _) = sent.iter().find(|(_, id)| *id == 2).unwrap();
    assert!((Span::secs(30)..=Span::secs(70)).contains(at), "the order holds for a while, but not for ever: {at}");
}

#[test]
fn an_edit_tried_again_does_not_undo_a_newer_one() {
    let edit = |id| {
        let (message, text) = (MessageRef::Id(crate::model::MessageId(9)), Text::plain("text"));
        letter(id, Class::Board, Effect::Edit { chat: group(1), message, text, keyboard: Keyboard::default() })
    };
    let mut plan = Plan::new(Rates::default());
    plan.add(edit(1), START);
    let Some(Next::Send(first)) = plan.next(START) else { panic!("something waits") };
    plan.add(edit(2), START);
    plan.again(first, START);
    assert!(matches!(plan.next(START), Some(Next::Replaced(letter)) if letter.id == 1));
    assert!(matches!(plan.next(START), Some(Next::Send(letter)) if letter.id == 2));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is asked for and refused at first: everything leaves exactly once, each chat keeps its order within a
    /// class, and no group gets more than its share of a minute.
    #[test]
    fn everything_leaves_once_in_order_within_the_limits(
        asked in prop::collection::vec((1..6_i64, 2..8_usize), 1..150),
        refused in prop::collection::hash_map(1..150_i64, (1..7_i64, 0..90_i64), 0..10),
        latency in 0..3000_i64,
    ) {
        let mut plan = Plan::new(Rates::default());
        for (id, (chat, class)) in (1_i64..).zip(&asked) {
            plan.add(post(id, group(*chat), Class::ALL[*class]), START);
        }
        let sent = run_with(&mut plan, Span::from_millis(latency), Span::hours(4), |letter| {
            let (times, wait) = refused.get(&letter.id)?;
            (letter.attempts < *times).then_some(Span::secs(*wait))
        });
        let mut ids: Vec<i64> = sent.iter().map(|(_, id)| *id).collect();
        for chat in 1..6 {
            for class in 2..8 {
                let of = |id: &&i64| asked[usize::try_from(**id - 1).unwrap()] == (chat, class);
                prop_assert!(ids.iter().filter(of).is_sorted());
            }
            let of_chat: Vec<_> = sent.iter().filter(|(_, id)| asked[usize::try_from(*id - 1).unwrap()].0 == chat).copied().collect();
            prop_assert!(most_within(&of_chat, Span::minutes(1)) <= 18);
        }
        ids.sort_unstable();
        prop_assert_eq!(ids, (1..=i64::try_from(asked.len()).unwrap()).collect::<Vec<_>>());
    }
}

#[test]
fn questions_to_a_model_that_hangs_hold_up_nothing() {
    let mut plan = Plan::new(Rates::default());
    let many = 120;
    for id in 1..=many {
        plan.add(consult(id), START);
    }
    let mut now = START;
    let mut hanging = Vec::new();
    for _ in 0..600 {
        while let Some(Next::Send(letter)) = plan.next(now) {
            hanging.push(letter);
        }
        now = now + Span::from_millis(100);
    }
    assert_eq!(hanging.len(), CONSULTS, "not all at once");
    plan.add(delete(1_000, group(1)), now);
    assert!(matches!(plan.next(now), Some(Next::Send(letter)) if letter.id == 1_000));
    // As they end the others have their turn.
    let mut asked = hanging.len();
    while let Some(letter) = hanging.pop() {
        plan.ended(&letter, now);
        now = now + Span::secs(1);
        while let Some(Next::Send(letter)) = plan.next(now) {
            asked += 1;
            hanging.push(letter);
        }
    }
    assert_eq!(i64::try_from(asked).unwrap(), many);
}
