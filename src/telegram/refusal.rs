//! What a failed call means: which failures are as good as success, which pass, and which ask for another call.
//!
//! Telegram's error texts are an open set: a text nobody has seen yet falls back to what its number says.

use super::Fault;
use crate::model::event::Why;
use crate::model::{ChatId, Span};

/// What to make of a call that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Things already are as was asked.
    Done,
    /// The chat goes on under another number: ask there.
    Migrate(ChatId),
    /// It will not happen.
    Refused(Why),
    /// Not now.
    Retry { after: Span },
    /// It may have happened.
    Ambiguous,
    /// It surely did not happen: nothing reached Telegram.
    NotSent,
    /// The text's markup is broken: send it without.
    PlainText,
    /// The topic is closed or gone: send without it.
    OtherTopic,
    /// The message to edit carries a file: edit its caption.
    EditCaption,
    /// One message may not be deleted: delete one by one.
    SingleDeletes,
    /// The token is wrong; nothing will work.
    Stop,
    /// Another process polls with this token, or a webhook is set.
    Conflict,
}

/// How long to wait when Telegram says to wait without saying how long.
pub const DEFAULT_WAIT: Span = Span::secs(30);

/// What a failure of `method` means; `private` tells whether it was about a private chat.
pub fn classify(method: &str, fault: &Fault, private: bool) -> Outcome {
    let (code, text) = match fault {
        Fault::NotSent(_) => return Outcome::NotSent,
        Fault::NoAnswer(_) => return Outcome::Ambiguous,
        Fault::Refused { migrate_to: Some(to), .. } if to.is_super() => return Outcome::Migrate(*to),
        Fault::Refused { code: 429, retry_after, .. } => {
            return Outcome::Retry { after: retry_after.unwrap_or(DEFAULT_WAIT) };
        }
        Fault::Refused { code, text, .. } => (*code, text.to_lowercase()),
    };
    let meaning = match code {
        401 => return Outcome::Stop,
        404 if !text.contains("method not found") => return Outcome::Stop,
        409 => return Outcome::Conflict,
        500.. => return Outcome::Ambiguous,
        _ => TEXTS.iter().find(|(words, _)| text.contains(words)).map(|(_, meaning)| *meaning),
    };
    match meaning {
        Some(Meaning::Is(outcome)) => outcome,
        // The group itself is named where it is meant.
        Some(Meaning::Gone | Meaning::NoChat) if names_channel(method) && !text.contains("group chat") => {
            Outcome::Refused(Why::NotFound)
        }
        Some(Meaning::Gone) => Outcome::Refused(Why::ChatGone),
        Some(Meaning::NoChat) => Outcome::Refused(unknown(private)),
        Some(Meaning::NoPeer) => Outcome::Refused(if private { Why::Unreachable } else { Why::NotFound }),
        Some(Meaning::Topic) if method.starts_with("send") => Outcome::OtherTopic,
        Some(Meaning::Topic) => Outcome::Refused(Why::NotFound),
        Some(Meaning::Undeletable) if method == "deleteMessages" => Outcome::SingleDeletes,
        Some(Meaning::Undeletable) => Outcome::Refused(Why::NoRights),
        None => match code {
            400 if method == "deleteMessages" => Outcome::SingleDeletes,
            400 | 404 | 413 => Outcome::Refused(Why::Invalid),
            403 => Outcome::Refused(unknown(private)),
            _ => Outcome::Refused(Why::Other),
        },
    }
}

fn unknown(private: bool) -> Why {
    if private { Why::Unreachable } else { Why::ChatUnknown }
}

/// A call about a channel in a group: what Telegram says of a chat may be meant of either.
fn names_channel(method: &str) -> bool {
    matches!(method, "banChatSenderChat" | "unbanChatSenderChat")
}

#[derive(Clone, Copy)]
enum Meaning {
    Is(Outcome),
    /// The bot is surely not there.
    Gone,
    /// Telegram does not know or does not show the chat.
    NoChat,
    /// The person is out of reach: in a private chat the one written to, in a group the one the call is about.
    NoPeer,
    Topic,
    Undeletable,
}

const fn refused(why: Why) -> Meaning {
    Meaning::Is(Outcome::Refused(why))
}
const DONE: Meaning = Meaning::Is(Outcome::Done);
const NO_RIGHTS: Meaning = refused(Why::NoRights);
const IMMUNE: Meaning = refused(Why::Immune);
const NOT_FOUND: Meaning = refused(Why::NotFound);
const INVALID: Meaning = refused(Why::Invalid);
const BAD_FILE: Meaning = refused(Why::BadFile);
const SUPERGROUP: Meaning = refused(Why::NeedsSupergroup);

/// Words in the lower-cased description and what they mean. The first that occurs decides, so the particular stands
/// before the general.
const TEXTS: &[(&str, Meaning)] = &[
    ("message is not modified", DONE),
    ("chat_not_modified", DONE),
    ("message to delete not found", DONE),
    ("message to unpin not found", DONE),
    ("user_already_participant", DONE),
    ("hide_requester_missing", DONE),
    ("query is too old", refused(Why::TooLate)),
    ("query id is invalid", refused(Why::TooLate)),
    ("query_id_invalid", refused(Why::TooLate)),
    ("slowmode_wait", Meaning::Is(Outcome::Retry { after: DEFAULT_WAIT })),
    ("flood_wait", Meaning::Is(Outcome::Retry { after: DEFAULT_WAIT })),
    ("can't parse entities", Meaning::Is(Outcome::PlainText)),
    ("entity_bounds_invalid", Meaning::Is(Outcome::PlainText)),
    ("there is no text in the message to edit", Meaning::Is(Outcome::EditCaption)),
    ("message thread not found", Meaning::Topic),
    ("topic_closed", Meaning::Topic),
    ("topic_deleted", Meaning::Topic),
    ("topic_id_invalid", Meaning::Topic),
    ("message can't be deleted", Meaning::Undeletable),
    ("message_delete_forbidden", Meaning::Undeletable),
    ("was upgraded to a supergroup", Meaning::Gone),
    ("group chat was deleted", Meaning::Gone),
    ("bot was kicked", Meaning::Gone),
    ("bot is not a member", Meaning::Gone),
    ("chat is deactivated", Meaning::Gone),
    ("channel_private", Meaning::NoChat),
    ("chat not found", Meaning::NoChat),
    ("bot was blocked", Meaning::NoPeer),
    ("user_is_blocked", Meaning::NoPeer),
    ("user is deactivated", Meaning::NoPeer),
    ("input_user_deactivated", Meaning::NoPeer),
    ("can't initiate conversation", Meaning::NoPeer),
    ("bot can't send messages to", Meaning::NoPeer),
    ("peer_id_invalid", Meaning::NoPeer),
    ("user is an administrator", IMMUNE),
    ("user_admin_invalid", IMMUNE),
    ("can't remove chat owner", IMMUNE),
    ("can't restrict self", IMMUNE),
    ("can't unrestrict self", IMMUNE),
    ("user_creator", IMMUNE),
    ("not enough rights", NO_RIGHTS),
    ("need administrator rights", NO_RIGHTS),
    ("need delete messages administrator right", NO_RIGHTS),
    ("have no rights", NO_RIGHTS),
    ("have no write access", NO_RIGHTS),
    ("chat_admin_required", NO_RIGHTS),
    ("chat_write_forbidden", NO_RIGHTS),
    ("chat_restricted", NO_RIGHTS),
    ("right_forbidden", NO_RIGHTS),
    ("chat_send_", NO_RIGHTS),
    ("list is inaccessible", NO_RIGHTS),
    ("tag_change_forbidden", NO_RIGHTS),
    ("custom_title_change_forbidden", NO_RIGHTS),
    ("available only for supergroups", SUPERGROUP),
    ("available for supergroup", SUPERGROUP),
    ("available only in supergroups", SUPERGROUP),
    ("chat is not a supergroup", SUPERGROUP),
    ("user not found", NOT_FOUND),
    ("member not found", NOT_FOUND),
    ("user_not_participant", NOT_FOUND),
    ("participant_id_invalid", NOT_FOUND),
    ("user_id_invalid", NOT_FOUND),
    ("user is deleted", NOT_FOUND),
    ("message not found", NOT_FOUND),
    ("message to edit not found", NOT_FOUND),
    ("message to pin not found", NOT_FOUND),
    ("message to react not found", NOT_FOUND),
    ("message to be replied not found", NOT_FOUND),
    ("message_id_invalid", NOT_FOUND),
    ("chat_id is empty", INVALID),
    ("wrong file identifier", BAD_FILE),
    ("wrong file_id", BAD_FILE),
    ("wrong remote file identifier", BAD_FILE),
    ("wrong type of the web page content", BAD_FILE),
    ("failed to get http url content", BAD_FILE),
    ("can't use file of type", BAD_FILE),
    ("file reference", BAD_FILE),
    ("file_reference_", BAD_FILE),
    ("file is too big", BAD_FILE),
    ("image_process_failed", BAD_FILE),
    ("photo_", BAD_FILE),
    ("webpage_", BAD_FILE),
    ("media_empty", BAD_FILE),
    ("media_invalid", BAD_FILE),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(word: &str) -> Outcome {
        match word {
            "done" => Outcome::Done,
            "plain_text" => Outcome::PlainText,
            "other_topic" => Outcome::OtherTopic,
            "edit_caption" => Outcome::EditCaption,
            "single_deletes" => Outcome::SingleDeletes,
            "ambiguous" => Outcome::Ambiguous,
            "retry" => Outcome::Retry { after: DEFAULT_WAIT },
            "stop" => Outcome::Stop,
            "conflict" => Outcome::Conflict,
            why => Outcome::Refused(serde_json::from_value(why.into()).unwrap()),
        }
    }

    fn refusal(code: i64, text: &str) -> Fault {
        Fault::Refused { code, text: text.to_owned(), retry_after: None, migrate_to: None }
    }

    #[test]
    fn every_error_text_has_its_meaning() {
        let rows = include_str!("../../tests/data/refusals.tsv").lines().skip(1);
        let mut read = 0;
        for row in rows {
            let columns: Vec<&str> = row.split('\t').collect();
            let [expected, place, method, code, text] = columns[..] else { panic!("not five columns: {row}") };
            let got = classify(method, &refusal(code.parse().unwrap(), text), place == "private");
            assert_eq!(got, outcome(expected), "{row}");
            read += 1;
        }
        assert!(read > 70, "only {read} rows");
    }

    #[test]
    fn every_entry_of_the_table_can_be_reached() {
        for (index, (words, _)) in TEXTS.iter().enumerate() {
            let first = TEXTS.iter().position(|(earlier, _)| words.contains(earlier));
            assert_eq!(first, Some(index), "{words} is hidden by an earlier entry");
            assert_eq!(*words, words.to_lowercase());
        }
    }

    #[test]
    fn parameters_go_before_words() {
        let upgraded = Fault::Refused {
            code: 400,
            text: "Bad Request: group chat was upgraded to a supergroup chat".into(),
            retry_after: None,
            migrate_to: Some(ChatId(-1_001_234_567_890)),
        };
        assert_eq!(classify("sendMessage", &upgraded, false), Outcome::Migrate(ChatId(-1_001_234_567_890)));
        for wrong in [5, -5, -1_000_000_000_000] {
            let mut damaged = upgraded.clone();
            if let Fault::Refused { migrate_to, .. } = &mut damaged {
                *migrate_to = Some(ChatId(wrong));
            }
            assert_eq!(classify("sendMessage", &damaged, false), Outcome::Refused(Why::ChatGone), "{wrong}");
        }
        let wait = |retry_after| Fault::Refused { code: 429, text: String::new(), retry_after, migrate_to: None };
        let after = Span::secs(7);
        assert_eq!(classify("sendMessage", &wait(Some(after)), false), Outcome::Retry { after });
        assert_eq!(classify("sendMessage", &wait(None), false), Outcome::Retry { after: DEFAULT_WAIT });
    }

    #[test]
    fn silence_is_told_from_certainty() {
        assert_eq!(classify("sendMessage", &Fault::NotSent("refused".into()), false), Outcome::NotSent);
        assert_eq!(classify("sendMessage", &Fault::NoAnswer("time out".into()), false), Outcome::Ambiguous);
    }
}
