//! What the staff teach: that a message is an ad, or innocent. The community's own small model is made of it, from the next
//! message on.

use anyhow::Result;

use super::case::{Case, Hand};
use crate::cx::Cx;
use crate::judge::local;
use crate::model::{Span, UserId};
use crate::store::lessons;

/// Lessons one person may give in an hour: nobody reads more messages with care.
const PER_HOUR: i64 = 60;
/// Fewer letters and digits teach nothing.
const SHORTEST: usize = 2;

/// A message somebody of the staff calls an ad or innocent.
#[derive(Clone, Debug)]
pub struct Lesson<'a> {
    /// Who wrote it.
    pub user: UserId,
    pub text: &'a str,
    pub is_ad: bool,
    /// Who calls it so.
    pub by: UserId,
    /// The case it is about.
    pub case: Option<i64>,
}

/// What came of a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taught {
    /// It is learned, under this number.
    Learned(i64),
    /// The very same was taught before, under this number.
    Known(i64),
    /// There are no words in it to learn from.
    Nothing,
    /// Whoever teaches has taught enough for an hour.
    TooMany,
}

/// Takes a lesson. That whoever teaches may, was looked at before.
pub async fn teach(cx: &mut Cx<'_>, lesson: Lesson<'_>) -> Result<Taught> {
    let text: String = lesson.text.trim().chars().take(local::LONGEST).collect();
    if text.chars().filter(|c| c.is_alphanumeric()).count() < SHORTEST {
        return Ok(Taught::Nothing);
    }
    let known = lessons::of_text(cx.tx, cx.community, &text).await?;
    if let Some(known) = known.filter(|known| known.is_ad == lesson.is_ad && known.teacher == lesson.by) {
        return Ok(Taught::Known(known.id));
    }
    if lessons::given(cx.tx, cx.community, lesson.by, cx.now - Span::hours(1)).await? >= PER_HOUR {
        return Ok(Taught::TooMany);
    }
    let row = lessons::Lesson {
        community: cx.community,
        id: 0,
        user: lesson.user,
        teacher: lesson.by,
        at: cx.now,
        is_ad: lesson.is_ad,
        case: lesson.case,
        text,
    };
    Ok(Taught::Learned(lessons::add(cx.tx, &row).await?))
}

/// Takes what the staff decided about a case as a lesson.
pub async fn teach_case(cx: &mut Cx<'_>, case: &Case, is_ad: bool, by: &Hand) -> Result<Taught> {
    // What was cut short is learned from as far as it goes.
    let text = case.about.text.trim_end_matches('…');
    teach(cx, Lesson { user: case.user, text, is_ad, by: by.id, case: Some(case.id) }).await
}
