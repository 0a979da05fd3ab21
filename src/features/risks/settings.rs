//! What an operator may set about the risk watch.

use chrono::NaiveTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::policy::Bounds;
use crate::cx::Compile;
use crate::model::Span;
use crate::model::schedule::Clock;
use crate::store::series::Sign;

/// The risk watch tells the staff when an hour sees more than is usual: more than the mean and three standard deviations of
/// the same weekday and hour in the last 12 weeks, once four are known, or more than a hard limit. It only tells.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// People who come in. Default: `{ limit = 60, least = 8 }`.
    pub joins: Watch,
    /// People who leave by their own will. Default: `{ limit = 20, least = 5 }`.
    pub leaves: Watch,
    /// People who are put out. Default: `{ limit = 20, least = 5 }`.
    pub removals: Watch,
    /// Messages with links, of people who are no staff. Default: `{ limit = 60, least = 10 }`.
    pub links: Watch,
    /// Reports to the staff. Default: `{ limit = 10, least = 4 }`.
    pub reports: Watch,
    /// Strikes that were given. Default: `{ limit = 20, least = 5 }`.
    pub strikes: Watch,
    /// Members talk and nobody of the staff writes a word. Default: `{ silent = "12h", from = "09:00", to = "22:00" }`.
    pub staff: Staff,
    /// The same sign in the same group is told no more often than this. Default: `6h`.
    #[schemars(extend("examples" = ["6h"]))]
    pub cool_down: Span,
}

/// When a sign is told.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Watch {
    /// Whether it is watched. Default: true.
    pub on: bool,
    /// So many in an hour are told, however usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Fewer in an hour are not told, however unusual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<i64>,
}

impl Default for Watch {
    fn default() -> Self {
        Self { on: true, limit: None, least: None }
    }
}

/// When the staff are silent.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Staff {
    /// Whether it is watched. Default: true.
    pub on: bool,
    /// So long after the first message of a member that nobody of the staff wrote after, up to seven days. Only the hours
    /// from `from` to `to` count. Default: `12h`.
    #[schemars(extend("examples" = ["12h"]))]
    pub silent: Span,
    /// The hours begin. Default: `09:00`.
    #[schemars(extend("examples" = ["09:00"]))]
    pub from: Clock,
    /// The hours end, after midnight when that is earlier; the same as `from` for all day. Default: `22:00`.
    #[schemars(extend("examples" = ["22:00"]))]
    pub to: Clock,
}

impl Default for Staff {
    fn default() -> Self {
        let clock = |hour| Clock(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default());
        Self { on: true, silent: Span::hours(12), from: clock(9), to: clock(22) }
    }
}

impl Default for Settings {
    fn default() -> Self {
        let watch = Watch::default();
        Self {
            joins: watch,
            leaves: watch,
            removals: watch,
            links: watch,
            reports: watch,
            strikes: watch,
            staff: Staff::default(),
            cool_down: Span::hours(6),
        }
    }
}

impl Settings {
    fn watch(&self, sign: Sign) -> Watch {
        match sign {
            Sign::Joins => self.joins,
            Sign::Leaves => self.leaves,
            Sign::Removals => self.removals,
            Sign::Strikes => self.strikes,
            Sign::Links => self.links,
            Sign::Reports => self.reports,
        }
    }

    /// When a sign is told; none when it is not watched.
    pub fn bounds(&self, sign: Sign) -> Option<Bounds> {
        let watch = self.watch(sign);
        let (limit, least) = match sign {
            Sign::Joins => (60, 8),
            Sign::Leaves | Sign::Removals | Sign::Strikes => (20, 5),
            Sign::Links => (60, 10),
            Sign::Reports => (10, 4),
        };
        let limit = watch.limit.unwrap_or(limit);
        // Who sets a low limit means it.
        let bounds = Bounds { limit, least: watch.least.unwrap_or(least.min(limit)) };
        watch.on.then_some(bounds)
    }

    pub fn check(&self, compile: &mut Compile<'_>) {
        for sign in Sign::ALL {
            let Some(Bounds { limit, least }) = self.bounds(sign) else { continue };
            if !(1..=1_000_000).contains(&least) {
                compile.wrong(&format!("{}.least", sign.word()), "from 1 to 1000000");
            }
            if limit < least || limit > 1_000_000 {
                let reason = format!("it is at least `least`, which is {least}, and at most 1000000");
                compile.wrong(&format!("{}.limit", sign.word()), reason);
            }
        }
        if !(Span::hours(1)..=Span::days(7)).contains(&self.staff.silent) {
            compile.wrong("staff.silent", "it lies between an hour and seven days");
        }
        if !(Span::hours(1)..=Span::days(7)).contains(&self.cool_down) {
            compile.wrong("cool_down", "it lies between an hour and seven days");
        }
    }
}
