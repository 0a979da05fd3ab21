//! What to ask when a call is refused for its form: the same wish, put so that Telegram can grant it.

use serde_json::Value;

use crate::model::Text;
use crate::model::event::Altered;
use crate::model::text::CAPTION_MAX;
use crate::telegram::Call;
use crate::telegram::refusal::Outcome;

/// The calls to make in place of one that came to `outcome`; empty when there is nothing else to try.
pub fn instead(outcome: Outcome, call: &Call) -> Vec<Call> {
    match outcome {
        Outcome::PlainText => plain(call).into_iter().collect(),
        Outcome::OtherTopic => without_topic(call).into_iter().collect(),
        Outcome::EditCaption if call.method == "editMessageText" => as_caption(call).into_iter().collect(),
        Outcome::SingleDeletes => singly(call),
        _ => Vec::new(),
    }
}

/// How what [`instead`] makes differs, as far as people can see it.
pub fn altered(outcome: Outcome) -> Option<Altered> {
    match outcome {
        Outcome::PlainText => Some(Altered::PlainText),
        Outcome::OtherTopic => Some(Altered::NoTopic),
        _ => None,
    }
}

/// The same call with its text as people would read it, without tags; none when it has none.
pub fn plain(call: &Call) -> Option<Call> {
    let mut call = call.clone();
    call.params.remove("parse_mode")?;
    let field = ["text", "caption"].into_iter().find(|field| call.params.contains_key(*field))?;
    let text = text(&call, field)?.visible();
    call.params.insert(field.to_owned(), text.into());
    Some(call)
}

/// The same message outside of any topic.
fn without_topic(call: &Call) -> Option<Call> {
    let mut call = call.clone();
    call.params.remove("message_thread_id")?;
    Some(call)
}

/// The message to edit turned out to carry a file: its words are a caption.
fn as_caption(call: &Call) -> Option<Call> {
    let caption = text(call, "text")?.cut(CAPTION_MAX);
    let mut call = Call { method: "editMessageCaption".to_owned(), ..call.clone() };
    call.params.remove("text");
    call.params.remove("link_preview_options");
    call.params.insert("caption".to_owned(), caption.html().into());
    Some(call)
}

/// One message that may not be deleted keeps all of them: ask for each by itself.
fn singly(call: &Call) -> Vec<Call> {
    let ids = call.params.get("message_ids").and_then(Value::as_array);
    let one = |id: &Value| {
        let mut params = call.params.clone();
        params.remove("message_ids");
        params.insert("message_id".to_owned(), id.clone());
        Call::new("deleteMessage", Value::Object(params))
    };
    ids.into_iter().flatten().map(one).collect()
}

fn text(call: &Call, field: &str) -> Option<Text> {
    Some(Text::from_template(call.params.get(field)?.as_str()?.to_owned()))
}
