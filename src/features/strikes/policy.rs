//! What an offence costs, what belongs together and what is in force. Pure: every number is passed in.

use serde::{Deserialize, Serialize};

use super::settings::Step;
use crate::judge::Class;
use crate::model::{Span, Timestamp, User, UserId};

/// What is done to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Penalty {
    Warn,
    Mute(Span),
    /// Put out; may come back.
    Remove,
    Ban,
}

/// A strike as the count sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub expires: Timestamp,
    pub undone: bool,
}

/// Strikes in force at a moment.
pub fn active(marks: &[Mark], at: Timestamp) -> usize {
    marks.iter().filter(|mark| !mark.undone && mark.expires > at).count()
}

/// What the next strike costs when so many are in force already.
pub fn next(ladder: &[Step], active: usize) -> Option<&Step> {
    ladder.get(active).or(ladder.last())
}

/// An earlier strike of the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub id: i64,
    /// It is about this very message, or another part of its album.
    pub same: bool,
    pub at: Timestamp,
    pub severe: bool,
    /// Found by the bot, and standing. What the staff gave covers nothing but itself, and what was undone nothing new.
    pub covers: bool,
}

/// The strike an offence is a part of, if it is no new one: that of the same message or album, undone or not, or of the
/// same burst. Severe words are not covered by a burst of mere ads.
pub fn part_of(at: Timestamp, severe: bool, known: &[Known], burst: Span) -> Option<i64> {
    let near = |other: Timestamp| at.since(other) <= burst && other.since(at) <= burst;
    let covers = |it: &&Known| it.covers && near(it.at) && (it.severe || !severe);
    let same = known.iter().find(|it| it.same);
    same.or_else(|| known.iter().filter(covers).min_by_key(|it| it.id)).map(|it| it.id)
}

/// Something that was done to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    pub penalty: Penalty,
    pub at: Timestamp,
    /// Undone with its strike, or lifted alone.
    pub lifted: bool,
    /// The number of its case, when the staff ordered it by itself.
    pub order: Option<i64>,
}

/// What holds for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Free,
    /// Muted for so long from now.
    Muted(Span),
    Banned,
}

/// What all that was done to a person comes to now.
pub fn hold(acts: &[Act], now: Timestamp) -> Hold {
    let standing = || acts.iter().filter(|act| !act.lifted);
    if standing().any(|act| act.penalty == Penalty::Ban) {
        return Hold::Banned;
    }
    let mutes = || {
        standing().filter_map(|act| match act.penalty {
            Penalty::Mute(length) => Some((act, (act.at + length).since(now))),
            _ => None,
        })
    };
    // The staff set how long a mute lasts from then on; what the bot does by itself never shortens one.
    let set = mutes().filter(|(act, _)| act.order.is_some()).max_by_key(|(act, _)| (act.at, act.order));
    let counts = |act: &Act| set.is_none_or(|(set, _)| act.at > set.at || act.order == set.order);
    match mutes().filter(|(act, _)| counts(act)).map(|(_, left)| left).max() {
        Some(left) if left > Span::ZERO => Hold::Muted(left),
        _ => Hold::Free,
    }
}

/// A message that may have to be taken out of its group until the staff have judged it.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// The settings, or the list it is on, say so.
    pub wanted: bool,
    pub class: Class,
    pub shadow: bool,
    /// There is a staff chat to judge it.
    pub judged: bool,
    /// Its writer is beyond strikes.
    pub spared: bool,
    /// Its writer is trusted.
    pub trusted: bool,
}

/// Whether it is taken out: only what is suspicious, and only of whom nobody has vouched for. An ad is none of this, and
/// what is clean stays.
pub fn hides(suspicion: &Suspicion) -> bool {
    let Suspicion { wanted, class, shadow, judged, spared, trusted } = *suspicion;
    wanted && class == Class::Suspect && judged && !shadow && !spared && !trusted
}

/// Why nothing is done to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spared {
    Me,
    Bot,
    /// An account Telegram writes under for somebody else.
    StandIn,
    /// Owner, administrator, listed or in the staff chat.
    Staff,
    /// The community's own channel.
    Own,
}

/// Who is beyond strikes.
pub fn spared(user: &User, me: UserId, is_staff: bool) -> Option<Spared> {
    if user.id == me {
        Some(Spared::Me)
    } else if user.id.is_stand_in() {
        Some(Spared::StandIn)
    } else if user.is_bot {
        Some(Spared::Bot)
    } else {
        is_staff.then_some(Spared::Staff)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::features::strikes::settings::{Action, Settings};

    const BURST: Span = Span::minutes(10);

    fn at(minutes: i64) -> Timestamp {
        Timestamp(1_772_424_000_000) + Span::minutes(minutes)
    }

    #[test]
    fn the_third_strike_and_all_after_it_remove() {
        let ladder = Settings::default().ladder;
        let steps: Vec<Action> = (0..6).filter_map(|n| next(&ladder, n)).map(|step| step.action).collect();
        let expected = [Action::Warn, Action::Mute, Action::Remove, Action::Remove, Action::Remove, Action::Remove];
        assert_eq!(steps, expected);
        assert_eq!(next(&[], 0), None);
    }

    #[test]
    fn a_strike_counts_until_the_moment_it_expires() {
        let mark = Mark { expires: at(10), undone: false };
        assert_eq!(active(&[mark], at(9)), 1);
        assert_eq!(active(&[mark], at(10)), 0);
        assert_eq!(active(&[Mark { undone: true, ..mark }], at(0)), 0);
    }

    #[test]
    fn what_belongs_together_is_one_strike() {
        let ad = Known { id: 7, same: false, at: at(0), severe: false, covers: true };
        for (minutes, severe, known, expected) in [
            (10, false, ad, Some(7)),
            (-10, false, ad, Some(7)),
            (11, false, ad, None),
            (1, true, ad, None),
            (1, false, Known { severe: true, ..ad }, Some(7)),
            (1, true, Known { severe: true, ..ad }, Some(7)),
            (1, false, Known { covers: false, ..ad }, None),
            // The same message stays what it was, however late it is edited and whatever was decided of it.
            (5000, true, Known { same: true, covers: false, ..ad }, Some(7)),
        ] {
            assert_eq!(part_of(at(minutes), severe, &[known], BURST), expected, "{minutes} {severe} {known:?}");
        }
    }

    #[test]
    fn the_strongest_that_stands_holds() {
        let mute = |minutes, length| Act {
            penalty: Penalty::Mute(Span::minutes(length)),
            at: at(minutes),
            lifted: false,
            order: None,
        };
        let ordered = |id, minutes, length| Act { order: Some(id), ..mute(minutes, length) };
        let muted = |minutes| Hold::Muted(Span::minutes(minutes));
        // The staff set the length; the bot by itself only adds to it.
        assert_eq!(hold(&[ordered(1, 0, 600), ordered(2, 10, 60)], at(10)), muted(60));
        assert_eq!(hold(&[ordered(2, 10, 60), ordered(1, 10, 600)], at(10)), muted(60), "the later of one moment");
        assert_eq!(hold(&[mute(0, 600), ordered(1, 10, 60)], at(10)), muted(60));
        assert_eq!(hold(&[ordered(1, 0, 600), mute(10, 60)], at(10)), muted(590));
        assert_eq!(hold(&[ordered(1, 0, 60), mute(10, 600)], at(10)), muted(600));
        assert_eq!(
            hold(&[mute(0, 600), Act { lifted: true, ..ordered(1, 10, 60) }], at(10)),
            muted(590),
            "as before it"
        );
        assert_eq!(hold(&[ordered(1, 0, 600), ordered(2, 10, 60)], at(70)), Hold::Free);
        let ban = Act { penalty: Penalty::Ban, at: at(0), lifted: false, order: None };
        assert_eq!(hold(&[], at(0)), Hold::Free);
        assert_eq!(hold(&[mute(0, 60), mute(10, 20)], at(20)), Hold::Muted(Span::minutes(40)));
        assert_eq!(hold(&[mute(0, 60)], at(60)), Hold::Free);
        assert_eq!(hold(&[mute(0, 60), ban], at(5)), Hold::Banned);
        assert_eq!(hold(&[mute(0, 60), Act { lifted: true, ..ban }], at(30)), Hold::Muted(Span::minutes(30)));
        assert_eq!(hold(&[Act { penalty: Penalty::Remove, ..ban }], at(0)), Hold::Free);
    }

    #[test]
    fn only_what_is_suspicious_and_will_be_judged_is_hidden() {
        let asked = Suspicion {
            wanted: true,
            class: Class::Suspect,
            shadow: false,
            judged: true,
            spared: false,
            trusted: false,
        };
        for (what, suspicion, expected) in [
            ("a suspicion", asked, true),
            ("not set", Suspicion { wanted: false, ..asked }, false),
            ("clean", Suspicion { class: Class::Clean, ..asked }, false),
            ("an ad is struck", Suspicion { class: Class::Ad, ..asked }, false),
            ("so is a severe one", Suspicion { class: Class::Severe, ..asked }, false),
            ("shadow mode", Suspicion { shadow: true, ..asked }, false),
            ("nobody to judge", Suspicion { judged: false, ..asked }, false),
            ("staff", Suspicion { spared: true, ..asked }, false),
            ("trusted", Suspicion { trusted: true, ..asked }, false),
        ] {
            assert_eq!(hides(&suspicion), expected, "{what}");
        }
    }

    #[test]
    fn staff_bots_and_stand_ins_are_beyond_strikes() {
        let me = UserId(1);
        let user = |id, is_bot| User { id: UserId(id), is_bot, ..User::default() };
        for (user, is_staff, expected) in [
            (user(1, true), false, Some(Spared::Me)),
            (user(2, true), false, Some(Spared::Bot)),
            (user(UserId::ANONYMOUS_ADMIN.0, true), false, Some(Spared::StandIn)),
            (user(UserId::CHANNEL_BOT.0, true), false, Some(Spared::StandIn)),
            (user(UserId::TELEGRAM.0, false), false, Some(Spared::StandIn)),
            (user(3, false), true, Some(Spared::Staff)),
            (user(3, false), false, None),
        ] {
            assert_eq!(spared(&user, me, is_staff), expected, "{user:?}");
        }
    }

    /// A message of a person; album 0 is none.
    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Said {
        minute: i64,
        album: i64,
        message: i64,
    }

    struct Strike {
        minute: i64,
        parts: Vec<Said>,
    }

    fn messages() -> impl Strategy<Value = Vec<Said>> {
        let said = (0..200_i64, 0..40_i64).prop_map(|(minute, message)| {
            let album = if message % 2 == 0 { 0 } else { message / 8 + 1 };
            Said { minute, album, message }
        });
        prop::collection::vec(said, 1..40)
    }

    /// What a ledger without a database does with them.
    fn strikes(messages: &[Said]) -> Vec<Strike> {
        let mut ledger: Vec<Strike> = Vec::new();
        for said in messages {
            let same = |part: &Said| part.message == said.message || (said.album > 0 && part.album == said.album);
            let known: Vec<Known> = (0..)
                .zip(&ledger)
                .map(|(id, strike)| {
                    let same = strike.parts.iter().any(same);
                    Known { id, same, at: at(strike.minute), severe: false, covers: true }
                })
                .collect();
            match part_of(at(said.minute), false, &known, BURST) {
                Some(id) => ledger[usize::try_from(id).unwrap()].parts.push(*said),
                None => ledger.push(Strike { minute: said.minute, parts: vec![*said] }),
            }
        }
        ledger
    }

    proptest! {
        #[test]
        fn no_burst_message_or_album_costs_two_strikes(messages in messages()) {
            let ledger = strikes(&messages);
            for (index, one) in ledger.iter().enumerate() {
                for other in &ledger[index + 1..] {
                    prop_assert!((one.minute - other.minute).abs() > 10, "two strikes within a burst");
                    for part in &one.parts {
                        let again = |it: &Said| it.message == part.message || (part.album > 0 && it.album == part.album);
                        prop_assert!(!other.parts.iter().any(again), "two strikes for a message or an album");
                    }
                }
            }
        }

        #[test]
        fn telling_it_all_again_adds_nothing(messages in messages()) {
            let once = strikes(&messages).len();
            let twice: Vec<_> = messages.iter().chain(&messages).copied().collect();
            prop_assert_eq!(strikes(&twice).len(), once);
        }

        #[test]
        fn the_count_does_not_depend_on_the_order(
            marks in prop::collection::vec((0..100_i64, any::<bool>()), 0..20).prop_shuffle(), now in 0..100_i64,
        ) {
            let read = |(expires, undone): &(i64, bool)| Mark { expires: at(*expires), undone: *undone };
            let shuffled: Vec<Mark> = marks.iter().map(read).collect();
            let mut sorted = marks.clone();
            sorted.sort_unstable();
            let sorted: Vec<Mark> = sorted.iter().map(read).collect();
            prop_assert_eq!(active(&shuffled, at(now)), active(&sorted, at(now)));
        }

        #[test]
        fn what_is_undone_leaves_everything_as_if_it_had_not_happened(
            acts in prop::collection::vec((0..4_u8, 0..100_i64, 1..100_i64, any::<bool>(), any::<bool>()), 1..10),
            which in any::<prop::sample::Index>(), now in 0..200_i64,
        ) {
            let mut acts: Vec<Act> = (0..).zip(acts).map(|(id, (kind, minute, length, lifted, ordered))| {
                let penalty = match kind {
                    0 => Penalty::Warn,
                    1 => Penalty::Mute(Span::minutes(length)),
                    2 => Penalty::Remove,
                    _ => Penalty::Ban,
                };
                Act { penalty, at: at(minute), lifted, order: ordered.then_some(id) }
            }).collect();
            let index = which.index(acts.len());
            let mut without = acts.clone();
            without.remove(index);
            acts[index].lifted = true;
            prop_assert_eq!(hold(&acts, at(now)), hold(&without, at(now)));
        }
    }
}
