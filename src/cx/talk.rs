//! How lively and how friendly the talk of each place has been of late: a group, or a topic of one. No words are kept, only
//! whether they were insults and what reactions they met with.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::model::{ChatId, MessageId, Span, Timestamp, UserId};

/// Lines this old are looked at no more; the talk of earlier is counted by steps as long.
pub const STEP: Span = Span::minutes(10);
/// Steps that are known: a day.
const STEPS: i64 = 144;
/// Lines of one place that are kept, and places.
const LINES: usize = 1000;
const PLACES: usize = 2000;

/// A group, or a topic of one.
pub type Place = (ChatId, Option<i64>);

/// A message, as far as it matters for how people talk.
#[derive(Clone, Debug)]
pub struct Line {
    pub message: MessageId,
    pub at: Timestamp,
    pub user: UserId,
    pub album: Option<String>,
    pub is_insult: bool,
    /// Who reacted to it badly, and who well.
    pub against: BTreeSet<UserId>,
    pub with: BTreeSet<UserId>,
}

#[derive(Default)]
struct Lately {
    lines: VecDeque<Line>,
    /// How many messages each step had.
    steps: BTreeMap<i64, i64>,
}

/// Only in memory: after a restart what is usual is learnt anew. It goes by the times of writing, and noting an event that
/// is repeated changes nothing.
#[derive(Default)]
pub struct Talk {
    places: HashMap<Place, Lately>,
}

fn step(at: Timestamp) -> i64 {
    at.0.div_euclid(STEP.millis())
}

impl Talk {
    /// Notes a line; the parts of an album are one.
    pub fn note(&mut self, place: Place, line: Line) {
        if self.places.len() >= PLACES && !self.places.contains_key(&place) {
            self.drop_quietest();
        }
        let lately = self.places.entry(place).or_default();
        let is_one = |known: &Line| known.message == line.message || line.album.is_some() && known.album == line.album;
        if lately.lines.iter().any(is_one) {
            return;
        }
        *lately.steps.entry(step(line.at)).or_default() += 1;
        let newest = lately.steps.last_key_value().map_or(0, |(step, _)| *step);
        lately.steps.retain(|step, _| newest - *step <= STEPS);
        let at = lately.lines.partition_point(|known| (known.at, known.message) < (line.at, line.message));
        lately.lines.insert(at, line);
        let last = lately.lines.back().map_or(Timestamp(0), |line| line.at);
        while lately.lines.len() > LINES || lately.lines.front().is_some_and(|line| last.since(line.at) >= STEP) {
            lately.lines.pop_front();
        }
    }

    /// Half of the places make room, those that have been quiet for longest.
    fn drop_quietest(&mut self) {
        let last = |lately: &Lately| lately.steps.last_key_value().map_or(0, |(step, _)| *step);
        let mut steps: Vec<i64> = self.places.values().map(last).collect();
        steps.sort_unstable();
        let middle = steps[steps.len() / 2];
        self.places.retain(|_, lately| last(lately) > middle);
    }

    /// Somebody's reactions to a message are now these. Gives where it stands, if it was written lately.
    pub fn react(
        &mut self,
        chat: ChatId,
        message: MessageId,
        user: UserId,
        against: bool,
        with: bool,
    ) -> Option<Place> {
        let mut places = self.places.iter_mut().filter(|((known, _), _)| *known == chat);
        let (place, line) = places.find_map(|(place, lately)| {
            Some((*place, lately.lines.iter_mut().find(|line| line.message == message)?))
        })?;
        for (set, is_in) in [(&mut line.against, against), (&mut line.with, with)] {
            if is_in {
                set.insert(user)
            } else {
                set.remove(&user)
            };
        }
        Some(place)
    }

    /// The lines of the last step's length, and how many messages each of the steps before had that are known.
    pub fn lately(&self, place: Place, now: Timestamp) -> (Vec<&Line>, Vec<i64>) {
        let Some(lately) = self.places.get(&place) else { return (Vec::new(), Vec::new()) };
        let lines = lately.lines.iter().filter(|line| now.since(line.at) < STEP).collect();
        // The last lines may lie in this step and the one before.
        let past = step(now) - 1;
        let first = lately.steps.first_key_value().map_or(past, |(step, _)| *step).max(past - STEPS);
        (lines, (first..past).map(|step| lately.steps.get(&step).copied().unwrap_or(0)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(message: i64, minutes: i64) -> Line {
        Line {
            message: MessageId(message),
            at: Timestamp::from_secs(600_000 + 60 * minutes),
            user: UserId(1),
            album: None,
            is_insult: false,
            against: BTreeSet::new(),
            with: BTreeSet::new(),
        }
    }

    #[test]
    fn lines_are_kept_for_a_while_and_counts_for_longer() {
        let (here, there) = ((ChatId(-1), None), (ChatId(-1), Some(7)));
        let mut talk = Talk::default();
        for (message, minutes) in [(1, 1), (2, 2), (2, 2), (3, 35), (5, 45), (4, 41)] {
            talk.note(here, line(message, minutes));
        }
        let now = Timestamp::from_secs(600_000 + 60 * 46);
        let (lines, steps) = talk.lately(here, now);
        assert_eq!(lines.iter().map(|line| line.message.0).collect::<Vec<_>>(), [4, 5]);
        // Not the step in hand and the one before.
        assert_eq!(steps, [2, 0, 0]);
        assert!(talk.lately(there, now).0.is_empty());
        assert_eq!(talk.react(ChatId(-1), MessageId(5), UserId(2), true, false), Some(here));
        assert_eq!(talk.react(ChatId(-1), MessageId(1), UserId(2), true, false), None, "long ago");
        assert_eq!(talk.react(ChatId(-2), MessageId(5), UserId(2), true, false), None);
        assert_eq!(talk.lately(here, now).0[1].against, BTreeSet::from([UserId(2)]));
        talk.react(ChatId(-1), MessageId(5), UserId(2), false, true);
        assert!(talk.lately(here, now).0[1].against.is_empty());
    }

    #[test]
    fn an_album_is_one_line() {
        let mut talk = Talk::default();
        for message in 1..=3 {
            talk.note((ChatId(-1), None), Line { album: Some("a".to_owned()), ..line(message, 0) });
        }
        assert_eq!(talk.lately((ChatId(-1), None), Timestamp::from_secs(600_000)).0.len(), 1);
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_liveliest_stay() {
        let mut talk = Talk::default();
        for n in 0..5000 {
            talk.note((ChatId(-n), None), line(1, n));
            talk.note((ChatId(1), None), line(n, 5000));
        }
        assert!(talk.places.len() <= PLACES);
        assert_eq!(talk.lately((ChatId(1), None), line(1, 5000).at).0.len(), LINES);
    }
}
