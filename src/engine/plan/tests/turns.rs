//! What is less urgent has its turn too.

use super::*;

#[test]
fn what_is_less_urgent_still_leaves_under_a_lasting_load_of_what_is_more() {
    let mut plan = Plan::new(Rates { per_second: 2.0, ..Rates::default() });
    for id in 1..=400 {
        plan.add(post(id, group(id), Class::Reply), START);
    }
    for (id, class) in [(1000, Class::Welcome), (1001, Class::Post), (1002, Class::Bulk)] {
        plan.add(post(id, group(id), class), START);
    }
    let sent = run(&mut plan, Span::from_millis(100), Span::minutes(2));
    for id in 1000..=1002 {
        assert!(sent.iter().any(|(_, sent)| *sent == id), "{id} waited for half its time and was let through");
    }
}

#[test]
fn a_post_that_has_waited_some_seconds_goes_before_answers_in_its_chat() {
    for class in [Class::Welcome, Class::Post] {
        let mut plan = Plan::new(Rates::default());
        for id in 1..=100 {
            plan.add(post(id, group(1), Class::Reply), START);
        }
        plan.add(post(1000, group(1), class), START);
        plan.add(post(1001, group(1), class), START);
        plan.add(delete(1002, group(1)), START);
        let sent = run(&mut plan, Span::from_millis(100), Span::minutes(20));
        let ids: Vec<i64> = sent.iter().map(|(_, id)| *id).collect();
        assert_eq!(ids[..10], [1002, 1, 2, 3, 4, 5, 6, 1000, 7, 1001], "every other time");
        assert!(sent[7].0 >= Span::secs(5));
        assert_eq!(ids.len(), 103);
    }
}

#[test]
fn a_post_that_has_waited_has_as_much_room_as_answers_though_none_waits() {
    let mut plan = Plan::new(Rates::default());
    for n in 0..15 {
        plan.was_sent(group(1), START - Span::secs(20 - n));
    }
    plan.add(post(1, group(1), Class::Post), START);
    plan.add(post(2, group(1), Class::Bulk), START);
    let sent = run(&mut plan, Span::ZERO, Span::minutes(5));
    assert_eq!(sent[0], (Span::secs(5), 1), "at once it would take room that answers may need");
    assert!(sent[1].0 > Span::secs(40));
}

#[test]
fn questions_take_nothing_from_what_is_said() {
    let mut plan = Plan::new(Rates::default());
    for id in 0..200 {
        let ask = Effect::Ask(crate::model::effect::Question::Count(group(id)));
        plan.add(letter(id, Class::Question, ask), START - Span::hours(1));
        plan.add(post(1000 + id, group(id), Class::Post), START);
    }
    let (mut posts, mut questions) = (Vec::new(), Vec::new());
    for millis in 0..40_000 {
        let now = START + Span::from_millis(millis);
        while let Some(Next::Send(letter)) = plan.next(now) {
            if letter.outgoing.class == Class::Post { &mut posts } else { &mut questions }.push(millis);
            plan.ended(&letter, now);
        }
    }
    // 200 posts at 25 a second, as if there were no questions; those at 5 a second behind what may go at once.
    assert_eq!(posts.len(), 200);
    assert!(posts[199] <= 8_000, "{}", posts[199]);
    assert_eq!(questions.len(), 200);
    assert!((35_000..37_000).contains(&questions[199]), "{}", questions[199]);
}
