//! Who the simulated members are, and what each of them means to do on a day.

use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::{IndexedRandom, SliceRandom};

use super::words::Words;
use crate::model::UserId;

/// A simulated person.
pub struct Person {
    pub user: UserId,
    pub name: String,
    /// How likely they check in on a day.
    pub habit: f64,
    /// The minute of the day they get up.
    pub wakes: i64,
    /// Messages on an ordinary day.
    pub talk: f64,
    /// Presses a button where there is one, instead of writing.
    pub presses: bool,
    /// Comes to advertise.
    pub advertises: bool,
    pub stands: Stands,
}

/// Where somebody is, as far as they know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Has not come yet.
    Outside,
    Inside,
    /// Was in the group.
    Gone,
}

impl Person {
    pub fn is_inside(&self) -> bool {
        self.stands == Stands::Inside
    }
}

/// Everybody, by number.
pub struct Crowd {
    pub people: Vec<Person>,
    /// Who may still come, the next one last.
    outside: Vec<usize>,
}

/// What somebody does at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Join,
    Leave,
    Talk,
    /// Something harmless that looks suspicious.
    Tricky,
    CheckIn,
    Advertise,
    Command(&'static str),
    /// Opens the private chat with the bot.
    Start,
}

/// How much is said in each hour of the day: nobody talks at night, most do at lunch and after the children sleep.
const RHYTHM: [u32; 24] = [2, 1, 0, 0, 0, 1, 4, 9, 8, 5, 5, 6, 10, 7, 4, 4, 5, 6, 6, 7, 10, 12, 9, 5];
/// Of those who take part, this share is in the group when the bot comes.
const AT_FIRST: f64 = 0.7;
const COMMANDS: [&str; 5] = ["/me", "/help", "/calendar", "/rules", "/top"];

impl Crowd {
    /// `members` people and, for every 300 days of a member's, one who advertises.
    pub fn new(rng: &mut SmallRng, words: &Words, members: usize, days: u32) -> Self {
        let advertisers = (members * days as usize / 300).max(1);
        let mut names: Vec<String> = (0..members + advertisers).map(|number| name(words, number)).collect();
        names.shuffle(rng);
        let mut people: Vec<Person> = names
            .into_iter()
            .enumerate()
            .map(|(number, name)| Person {
                user: UserId(20_001 + i64::try_from(number).unwrap_or_default()),
                name,
                habit: *[0.97, 0.9, 0.5, 0.3, 0.1, 0.0, 0.0].choose(rng).unwrap_or(&0.0),
                wakes: rng.random_range(370..520),
                talk: *[0.1, 0.2, 0.5, 1.0, 2.0, 4.0].choose(rng).unwrap_or(&0.0),
                presses: rng.random_bool(0.4),
                advertises: number >= members,
                stands: Stands::Outside,
            })
            .collect();
        let mut outside = Vec::new();
        for (number, person) in people.iter_mut().enumerate() {
            if !person.advertises && rng.random_bool(AT_FIRST) {
                person.stands = Stands::Inside;
            } else {
                outside.insert(rng.random_range(0..=outside.len()), number);
            }
        }
        Self { people, outside }
    }

    pub fn inside(&self) -> impl Iterator<Item = usize> {
        (0..self.people.len()).filter(|who| self.people[*who].is_inside())
    }

    /// What everybody means to do on a day, with the minute of the day. `left` is the number of days to come, this one
    /// among them.
    pub fn day(&mut self, rng: &mut SmallRng, left: u32) -> Vec<(i64, usize, Act)> {
        let mut acts = self.comings(rng, left);
        let calm = if rng.random_bool(0.2) { 0.6 } else { 1.0 };
        for who in self.inside().collect::<Vec<_>>() {
            let person = &self.people[who];
            if person.advertises {
                continue;
            }
            for _ in 0..times(rng, person.talk * calm) {
                acts.push((minute(rng), who, Act::Talk));
            }
            if rng.random_bool(person.habit) {
                // A few remember only late in the evening.
                let late = rng.random_bool(0.08);
                let at = if late { rng.random_range(1320..1438) } else { person.wakes + rng.random_range(5..80) };
                acts.push((at, who, Act::CheckIn));
            }
            for (chance, act) in [
                (0.01, Act::Tricky),
                (0.008, Act::Command(COMMANDS.choose(rng).unwrap_or(&"/help"))),
                (0.004, Act::Start),
                (0.003, Act::Leave),
            ] {
                if rng.random_bool(chance) {
                    acts.push((minute(rng), who, act));
                }
            }
        }
        acts
    }

    /// Newcomers spread over the days that are left, now and then several at once; some who left come back.
    fn comings(&mut self, rng: &mut SmallRng, left: u32) -> Vec<(i64, usize, Act)> {
        let mut acts = Vec::new();
        let share = self.outside.len() / left.max(1) as usize;
        let mut n = rng.random_range(0..=share * 2 + 1);
        let burst = rng.random_bool(0.15);
        let together = minute(rng);
        if burst {
            n = n.max(4);
        }
        for _ in 0..n {
            let Some(who) = self.outside.pop() else { break };
            let at = if burst { together } else { minute(rng) };
            acts.push((at, who, Act::Join));
            if self.people[who].advertises {
                // Some write at once, some first wait until nobody watches.
                for _ in 0..rng.random_range(1..=3) {
                    acts.push((at + rng.random_range(6..400), who, Act::Advertise));
                }
            } else if rng.random_bool(0.4) {
                acts.push((at + rng.random_range(6..60), who, Act::Start));
            }
        }
        for who in 0..self.people.len() {
            let person = &self.people[who];
            if person.stands == Stands::Gone && !person.advertises && rng.random_bool(0.1) {
                acts.push((minute(rng), who, Act::Join));
            }
        }
        acts
    }
}

fn name(words: &Words, number: usize) -> String {
    let (base, round) = (words.names[number % words.names.len()], number / words.names.len());
    let (addition, again) = (words.additions[round % words.additions.len()], round / words.additions.len());
    if again == 0 { format!("{base}{addition}") } else { format!("{base}{addition} {}", again + 1) }
}

/// A whole number that is `mean` on average.
fn times(rng: &mut SmallRng, mean: f64) -> usize {
    (0..8).filter(|_| rng.random_bool((mean / 8.0).clamp(0.0, 1.0))).count()
}

/// A minute of the day, by the rhythm of talk.
fn minute(rng: &mut SmallRng) -> i64 {
    let mut left = rng.random_range(0..RHYTHM.iter().sum::<u32>());
    for (hour, weight) in (0..).zip(RHYTHM) {
        if left < weight {
            return hour * 60 + rng.random_range(0..60);
        }
        left -= weight;
    }
    0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::SeedableRng;

    use super::*;
    use crate::model::Lang;

    #[test]
    fn names_are_unique_and_everybody_comes() {
        let mut rng = SmallRng::seed_from_u64(7);
        let mut crowd = Crowd::new(&mut rng, &Words::of(Lang::Zh), 200, 30);
        let names: BTreeSet<&str> = crowd.people.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(names.len(), crowd.people.len());
        let before = crowd.inside().count();
        assert!((100..180).contains(&before), "{before}");
        let coming: usize =
            (1..=30).rev().flat_map(|left| crowd.day(&mut rng, left)).filter(|act| act.2 == Act::Join).count();
        assert!(coming * 10 > (crowd.people.len() - before) * 7, "{coming} of {}", crowd.people.len() - before);
    }

    #[test]
    fn nobody_talks_at_night() {
        let mut rng = SmallRng::seed_from_u64(7);
        let minutes: Vec<i64> = (0..2000).map(|_| minute(&mut rng)).collect();
        assert!(minutes.iter().all(|at| !(120..300).contains(at) && (0..1440).contains(at)));
        let evening = minutes.iter().filter(|at| (1200..1320).contains(*at)).count();
        assert!(evening > 200, "{evening}");
    }
}
