//! What the people see of the bot: read from the emulator's record, written into the transcript, held against the truth,
//! and answered by what they do next.

use rand::Rng;
use serde_json::Value;

use super::crowd::Stands;
use super::script::{Deed, Script, Truth};
use super::transcript::Place;
use crate::model::{MessageId, Span, Timestamp, UserId};
use crate::telegram::Fault;
use crate::telegram::emulator::LoggedCall;

/// A newcomer not greeted within this time is not greeted at all.
const GREETING: Span = Span::minutes(5);
/// What comes in private later than this answers something else.
const PROMPT: Span = Span::secs(10);
/// A post later than this is another one.
const LATEST_POST: Span = Span::minutes(45);

/// What buttons are called that people know what to do with.
const CHECK_IN: [&str; 4] = ["打卡", "签到", "check in", "check-in"];
const RULES: [&str; 4] = ["群规", "规则", "已读", "rules"];
const INNOCENT: [&str; 3] = ["不是广告", "误判", "not an ad"];
const GUILTY: [&str; 3] = ["封", "移出", "ban"];

/// A button as it was sent.
struct Key {
    label: String,
    data: Option<String>,
    url: Option<String>,
}

impl Key {
    fn is(&self, words: &[&str]) -> bool {
        let label = self.label.to_lowercase();
        words.iter().any(|word| label.contains(word))
    }

    /// The payload of a link into the private chat.
    fn start(&self) -> Option<&str> {
        self.url.as_ref()?.split_once("?start=").map(|(_, payload)| payload)
    }
}

impl Script {
    /// Reads what the bot did since the last look.
    pub fn look(&mut self) {
        let (calls, mark) = self.tg.calls_since(self.mark);
        self.mark = mark;
        for call in calls {
            match &call.outcome {
                Ok(result) => self.saw(&call, result),
                Err(Fault::Refused { code: 429, .. }) => self.summary.limited += 1,
                Err(fault) => *self.summary.refused.entry(format!("{}: {fault}", call.method)).or_default() += 1,
            }
        }
    }

    fn saw(&mut self, call: &LoggedCall, result: &Value) {
        let chat = crate::model::ChatId(int(&call.params, "chat_id"));
        let place = self.place(chat);
        let user = UserId(int(&call.params, "user_id"));
        match call.method.as_str() {
            "deleteMessage" | "deleteMessages" => self.saw_deletion(call, &place),
            "restrictChatMember" => {
                let mutes = call.params["permissions"]["can_send_messages"] != true;
                let verb = if mutes { ("🔇 禁言", "🔇 mutes") } else { ("🔊 解除禁言", "🔊 unmutes") };
                self.saw_judgement(call.at, user, verb, mutes);
            }
            "banChatMember" => {
                self.saw_judgement(call.at, user, ("🚫 移出", "🚫 removes"), true);
                if let Some(person) = self.crowd.people.iter_mut().find(|person| person.user == user) {
                    self.summary.removed += usize::from(person.is_inside());
                    person.stands = Stands::Gone;
                }
            }
            "pinChatMessage" => self.tell(call.at, &place, ("📌 置顶", "📌 pins it"), ""),
            "setMessageReaction" => self.count(("🤖 表情回应", "🤖 reactions")),
            "editMessageReplyMarkup" => {
                self.spent(call.at, &place);
                self.count(("🤖 更新按钮", "🤖 buttons updated"));
            }
            "answerCallbackQuery" => {
                let text = call.params.get("text").and_then(Value::as_str).unwrap_or_default();
                let press = call.params.get("callback_query_id").and_then(Value::as_str).unwrap_or_default();
                let (place, cause) = self.presses.remove(press).unzip();
                if !text.is_empty() {
                    let place = place.unwrap_or(Place::Group);
                    self.answer(call.at, &place, &format!("🤖 💬 {text}"), cause);
                }
            }
            method if method.starts_with("editMessage") => {
                self.spent(call.at, &place);
                let line = format!("🤖 ✏️ {}", words(result));
                self.transcript.line(call.at, &place, &line, None);
            }
            method if method.starts_with("send") && method != "sendChatAction" => {
                self.spent(call.at, &place);
                self.summary.sent += 1;
                self.heard(call, result, &place);
            }
            _ => {}
        }
    }

    /// A message or edit, which the group's budget pays for.
    fn spent(&mut self, at: Timestamp, place: &Place) {
        if *place == Place::Group {
            self.busiest.add(at);
        }
    }

    fn count(&mut self, (zh, en): (&str, &str)) {
        self.transcript.count(self.transcript.say(zh, en));
    }

    fn tell(&mut self, at: Timestamp, place: &Place, (zh, en): (&str, &str), rest: &str) {
        let line = format!("🤖 {} {rest}", self.transcript.say(zh, en));
        self.transcript.always(at, place, line.trim_end());
    }

    fn saw_judgement(&mut self, at: Timestamp, user: UserId, verb: (&str, &str), hurts: bool) {
        let name = self.name_of(user);
        self.tell(at, &Place::Group, verb, &name);
        let Some(who) = self.crowd.people.iter().position(|person| person.user == user).filter(|_| hurts) else {
            return;
        };
        if self.punished.insert(who) {
            let is_right = self.crowd.people[who].advertises;
            let count = if is_right { &mut self.summary.punished } else { &mut self.summary.punished_wrongly };
            *count += 1;
        }
    }

    fn saw_deletion(&mut self, call: &LoggedCall, place: &Place) {
        let listed = call.params.get("message_ids").and_then(Value::as_array);
        let single = call.params.get("message_id").and_then(Value::as_i64);
        let ids: Vec<MessageId> =
            listed.into_iter().flatten().filter_map(Value::as_i64).chain(single).map(MessageId).collect();
        for id in ids {
            let posted = self.posted.get(&id).filter(|_| *place == Place::Group);
            let Some(posted) = posted else {
                self.count(("🤖 撤下自己的消息和系统通知", "🤖 own messages and notices tidied up"));
                continue;
            };
            let (truth, text) = (posted.truth, posted.text.clone());
            let name = self.name(posted.who);
            match truth {
                Truth::ForBot => self.count(("🤖 清理指令消息", "🤖 commands tidied up")),
                Truth::Harmless => {
                    self.tell(call.at, place, ("🗑 误删", "🗑 wrongly deletes"), &format!("{name}: {text}"));
                    self.summary.removed_wrongly.push(text);
                }
                Truth::Ad(ad) => {
                    // Only the last part of it to go is the end of it.
                    if self.ads[ad].remove(&id) && self.ads[ad].is_empty() {
                        self.summary.ads_removed += 1;
                        self.tell(call.at, place, ("🗑 删除广告", "🗑 deletes the ad of"), &name);
                    }
                }
            }
        }
    }

    /// A message of the bot.
    fn heard(&mut self, call: &LoggedCall, result: &Value, place: &Place) {
        let keys = keys(result);
        let message = MessageId(result["message_id"].as_i64().unwrap_or_default());
        let text = words(result);
        let labels: Vec<String> = keys.iter().map(|key| format!("[{}]", key.label)).collect();
        let is_post = *place == Place::Group && self.is_expected(call.at, &text);
        let line = format!("🤖 {text} {}", labels.join(" "));
        let line = line.trim_end();
        let greeted = if *place == Place::Group { self.greeted(call, result) } else { None };
        if is_post {
            self.transcript.always(call.at, place, line);
        } else {
            let cause = greeted.or_else(|| self.cause(call));
            self.answer(call.at, place, line, cause);
        }
        match place {
            Place::Group => {
                self.answer_in_group(message, &keys, result, is_post);
            }
            Place::Staff => self.answer_card(message, &keys, &text),
            Place::Private(_) => {
                let data = keys.iter().find(|key| key.is(&RULES)).and_then(|key| key.data.clone());
                if let Some(data) = data.filter(|_| self.rng.random_bool(0.8)) {
                    let chat = crate::model::ChatId(int(&call.params, "chat_id"));
                    self.soon(1..4, Deed::Press { user: UserId(chat.0), chat, message, data });
                }
            }
        }
    }

    /// Whether a message is a scheduled post whose time has come.
    fn is_expected(&mut self, at: Timestamp, text: &str) -> bool {
        let fits = |text: &str, head: &String| text.contains(head.as_str());
        let expected = self.expected.iter_mut().find(|it| {
            !it.came && it.due <= at && at.since(it.due) <= LATEST_POST && it.heads.iter().any(|head| fits(text, head))
        });
        let Some(expected) = expected else { return false };
        expected.came = true;
        let late = at.since(expected.due);
        self.summary.posts_sent += 1;
        self.summary.posts_on_time += usize::from(late <= super::summary::ON_TIME);
        self.summary.worst_lateness = self.summary.worst_lateness.max(late.as_secs());
        true
    }

    /// A line of the bot's. What answers something is shown when that was shown, and counted when that was counted.
    fn answer(&mut self, at: Timestamp, place: &Place, line: &str, cause: Option<bool>) {
        match cause {
            Some(true) => self.transcript.shown_with_its_cause(at, place, line),
            Some(false) => self.count(("🤖 类似的消息", "🤖 messages like these")),
            None => {
                self.transcript.line(at, place, line, None);
            }
        }
    }

    /// Whether what a message of the bot answers was shown; none when it answers nothing.
    fn cause(&mut self, call: &LoggedCall) -> Option<bool> {
        let chat = crate::model::ChatId(int(&call.params, "chat_id"));
        if chat.is_private() {
            let (at, shown) = self.opened.get(&UserId(chat.0)).copied()?;
            return (call.at.since(at) <= PROMPT).then_some(shown);
        }
        let answered = call.params.get("reply_parameters")?["message_id"].as_i64().map(MessageId)?;
        self.asked.get(&answered).copied().filter(|_| chat == self.group)
    }

    /// A message that names somebody who has just come greets all who have. Tells whether the coming of any of them was
    /// shown; none when it greets nobody.
    fn greeted(&mut self, call: &LoggedCall, result: &Value) -> Option<bool> {
        self.ungreeted.retain(|(_, at, _)| call.at.since(*at) <= GREETING);
        let html = call.params.get("text").or(call.params.get("caption")).and_then(Value::as_str).unwrap_or_default();
        let names = |who: usize| html.contains(&format!("tg://user?id={}\"", self.user(who)));
        let greets = result["reply_to_message"].is_null() && self.ungreeted.iter().any(|(who, ..)| names(*who));
        if !greets {
            return None;
        }
        self.summary.welcomes += 1;
        self.summary.welcomed += self.ungreeted.len();
        Some(std::mem::take(&mut self.ungreeted).into_iter().any(|(.., shown)| shown))
    }

    fn answer_in_group(&mut self, message: MessageId, keys: &[Key], result: &Value, is_post: bool) {
        if let Some(data) = keys.iter().find(|key| key.is(&CHECK_IN)).and_then(|key| key.data.clone()) {
            self.checkin_button = Some((message, data));
        }
        if keys.iter().any(|key| key.is(&RULES)) {
            self.read_rules(message, keys);
        }
        if let Some(options) = result["poll"]["options"].as_array().map(Vec::len) {
            for who in self.crowd.inside().collect::<Vec<_>>() {
                if self.rng.random_bool(0.15) {
                    let option = self.rng.random_range(0..options.max(1));
                    self.soon(1..180, Deed::Vote(who, message, option));
                }
            }
        }
        if is_post {
            for who in self.crowd.inside().collect::<Vec<_>>() {
                if !self.crowd.people[who].advertises && self.rng.random_bool(0.04) {
                    self.soon(2..90, Deed::Reply(who));
                }
                if self.rng.random_bool(0.03) {
                    self.soon(1..60, Deed::React(who, message));
                }
            }
        }
    }

    /// Some of those who came lately look at the rules.
    fn read_rules(&mut self, message: MessageId, keys: &[Key]) {
        let now = self.stage.now();
        self.newcomers.retain(|(_, at)| now.since(*at) <= Span::minutes(10));
        for (who, _) in std::mem::take(&mut self.newcomers) {
            for key in keys.iter().filter(|key| key.is(&RULES)) {
                if !self.rng.random_bool(0.6) {
                    continue;
                }
                if let Some(payload) = key.start() {
                    self.soon(1..20, Deed::Follow(who, payload.to_owned()));
                } else if let Some(data) = key.data.clone() {
                    let user = self.user(who);
                    self.soon(1..20, Deed::Press { user, chat: self.group, message, data });
                }
            }
        }
    }

    /// The owner decides most of what the bot asks the staff, rightly, when there is time.
    fn answer_card(&mut self, message: MessageId, keys: &[Key], text: &str) {
        let about = self.crowd.people.iter().filter(|person| text.contains(&person.name));
        let Some(person) = about.max_by_key(|person| person.name.len()) else { return };
        let wanted: &[&str] = if person.advertises { &GUILTY } else { &INNOCENT };
        let data = keys.iter().find(|key| key.is(wanted)).and_then(|key| key.data.clone());
        let (user, chat) = (self.owner, self.staff);
        if let (Some(data), Some(chat), true) = (data, chat, self.rng.random_bool(0.7)) {
            self.soon(3..120, Deed::Press { user, chat, message, data });
        }
    }
}

fn int(params: &serde_json::Map<String, Value>, name: &str) -> i64 {
    params.get(name).and_then(Value::as_i64).unwrap_or_default()
}

/// What a message says, whatever it is.
fn words(result: &Value) -> String {
    let text = result["text"].as_str().or(result["caption"].as_str()).unwrap_or_default();
    match result["poll"]["question"].as_str() {
        Some(question) => {
            let options: Vec<&str> = result["poll"]["options"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|it| it["text"].as_str())
                .collect();
            format!("📊 {question} ({})", options.join(" / "))
        }
        None => text.to_owned(),
    }
}

fn keys(result: &Value) -> Vec<Key> {
    let rows = result["reply_markup"]["inline_keyboard"].as_array();
    let word = |key: &Value, name: &str| key[name].as_str().map(str::to_owned);
    rows.into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
        .map(|key| Key {
            label: word(key, "text").unwrap_or_default(),
            data: word(key, "callback_data"),
            url: word(key, "url"),
        })
        .collect()
}
