//! `/stats` with a word, and the buttons under it: the figures of one feature on a page. Each feature knows its own; here
//! they are asked for, and shown with the times in which the bot saw nothing.

use anyhow::Result;
use minijinja::{Value, context};

use super::{STATS_KEPT, answer, holes, stats};
use crate::cx::{Cx, Phrase, Role, safe};
use crate::features::Flow;
use crate::model::effect::{Key, Keyboard};
use crate::model::event::{Asked, Press, Told};
use crate::model::figure::PERIODS;
use crate::model::{ChatId, Class, Effect, Figure, Message, Values};

/// The button that shows a page; without a word behind it the table.
const SHOW: &str = "activity:stats";

pub(super) const FIGURES: Phrase = Phrase {
    key: "activity.figures",
    zh: "<b>{{ community }}</b> · {{ title }} · {{ date }} {{ time }}\n\
         {% for figure in figures %}\n<b>{{ figure.name }}</b>{% for value in figure.values %}\n\
         · {% if value.period %}{{ value.period }}：{% endif %}{{ value.text }}{% endfor %}\n{% endfor %}\
         {% if holes %}\n{{ holes }}{% endif %}",
    en: "<b>{{ community }}</b> · {{ title }} · {{ date }}, {{ time }}\n\
         {% for figure in figures %}\n<b>{{ figure.name }}</b>{% for value in figure.values %}\n\
         · {% if value.period %}{{ value.period }}: {% endif %}{{ value.text }}{% endfor %}\n{% endfor %}\
         {% if holes %}\n{{ holes }}{% endif %}",
    values: &["community", "title", "date", "time", "figures", "holes"],
};
pub(super) const USAGE: Phrase = Phrase {
    key: "activity.stats_usage",
    zh: "用法：/stats 看今天和本周{% if pages %}；{% for page in pages %}/stats {{ page.word }} 看{{ page.title }}\
         {% if not loop.last %}，{% endif %}{% endfor %}{% endif %}。",
    en: "Usage: /stats shows today and this week{% if pages %}; {% for page in pages %}/stats {{ page.word }}: \
         {{ page.title | lower }}{% if not loop.last %}, {% endif %}{% endfor %}{% endif %}.",
    values: &["pages"],
};

/// A feature's page of figures.
struct Page {
    word: &'static str,
    /// What it is called in the language in hand.
    title: String,
}

/// The pages of the features that are on and have something to do.
fn pages(cx: &Cx<'_>, chat: ChatId) -> Vec<Page> {
    // What is on is for the groups to say: a private chat has no settings of its own.
    let place = cx.groups().first().map_or(chat, |row| row.id);
    let is_on = |feature: &str| {
        cx.settings.value(place, feature).is_some_and(|section| section.as_array().is_none_or(|list| !list.is_empty()))
    };
    super::figures()
        .filter(|(feature, _)| is_on(feature))
        .map(|(feature, word)| Page { word, title: cx.words(&format!("{feature}.figures")).visible() })
        .collect()
}

/// Buttons to every page but the one that is shown (the table: none).
pub(super) fn buttons(cx: &Cx<'_>, chat: ChatId, shown: Option<&str>) -> Keyboard {
    let mut keys = Vec::new();
    if shown.is_some() {
        keys.push(Key::press(cx.words("activity.overview").visible(), SHOW));
    }
    let others = pages(cx, chat).into_iter().filter(|page| shown != Some(page.word));
    keys.extend(others.map(|page| Key::press(page.title, format!("{SHOW}:{}", page.word))));
    if keys.is_empty() { Keyboard::default() } else { Keyboard::row(keys) }
}

/// `/stats` with a word.
pub(super) fn asked(cx: &mut Cx<'_>, message: &Message, word: &str) {
    let chat = message.chat.id;
    let pages = pages(cx, chat);
    let meant = pages.iter().find(|page| word.eq_ignore_ascii_case(page.word) || word == page.title);
    if let Some(page) = meant {
        let asked = Asked::Command(Box::new(message.clone()));
        cx.tell(Some(chat), Told::FiguresAsked { page: page.word.to_owned(), asked });
        return;
    }
    let pages: Vec<Value> = pages.into_iter().map(|page| context! { word => page.word, title => page.title }).collect();
    let text = cx.text("activity.stats_usage", context! { pages });
    let kept = (cx.role(chat) == Role::Group).then_some(STATS_KEPT);
    answer(cx, message, text, Keyboard::default(), kept);
}

/// A press on a button under the figures. Rights are looked at each time: the message stays.
pub(super) async fn pressed(rules: &super::Settings, cx: &mut Cx<'_>, press: &Press) -> Result<Flow> {
    let Some(args) = press.args(SHOW) else { return Ok(Flow::On) };
    let chat = press.chat.id;
    if !cx.obeys_press(press).await? {
        return Ok(Flow::Stop);
    }
    cx.answer(press, &crate::model::Text::default(), false);
    // An old message may have a button to a page that is off by now.
    let is_on = |word: &&&str| pages(cx, chat).iter().any(|page| page.word == **word);
    if let Some(word) = args.first().filter(is_on) {
        let asked = Asked::Button(Box::new(press.clone()));
        cx.tell(Some(chat), Told::FiguresAsked { page: (*word).to_owned(), asked });
    } else {
        let (text, keyboard) = (stats::text(rules, cx).await?, buttons(cx, chat, None));
        cx.emit(Class::Reply, Effect::Edit { chat, message: press.message.into(), text, keyboard });
    }
    Ok(Flow::Stop)
}

/// Shows the figures a feature has told, to who asked for them.
pub(super) async fn show(cx: &mut Cx<'_>, page: &str, asked: &Asked, figures: &[Figure]) -> Result<()> {
    let figures: Vec<Value> = figures
        .iter()
        .map(|figure| context! { name => safe(&figure.name), values => values(cx, &figure.values) })
        .collect();
    let chat = asked.chat();
    let title = pages(cx, chat).into_iter().find(|it| it.word == page).map(|it| it.title);
    let (date, time) = stats::moment(cx);
    let chats: Vec<ChatId> = cx.groups().iter().map(|row| row.id).collect();
    let begin = cx.days_back(PERIODS[PERIODS.len() - 1]);
    let holes = holes::told(cx, &chats, begin).await?;
    let values = context! { community => &cx.common.name, title, date, time, figures, holes };
    let (text, keyboard) = (cx.text("activity.figures", values), buttons(cx, chat, Some(page)));
    match asked {
        Asked::Command(message) => {
            let kept = (cx.role(chat) == Role::Group).then_some(STATS_KEPT);
            answer(cx, message, text, keyboard, kept);
        }
        Asked::Button(press) => {
            cx.emit(Class::Reply, Effect::Edit { chat, message: press.message.into(), text, keyboard });
        }
    }
    Ok(())
}

fn values(cx: &Cx<'_>, values: &Values) -> Vec<Value> {
    match values {
        Values::Periods(texts) => PERIODS
            .iter()
            .zip(texts)
            .map(|(days, text)| {
                let period = cx.words(&format!("activity.period_{days}")).visible();
                context! { period, text => safe(text) }
            })
            .collect(),
        Values::Lines(texts) => texts.iter().map(|text| context! { period => "", text => safe(text) }).collect(),
    }
}
