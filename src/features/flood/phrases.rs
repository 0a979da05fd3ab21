//! Everything said about flooding.

use crate::cx::{Phrase, label};

const fn hint(key: &'static str, zh: &'static str, en: &'static str) -> Phrase {
    Phrase { key, zh, en, values: &["member", "length"] }
}

const fn reason(key: &'static str, zh: &'static str, en: &'static str) -> Phrase {
    Phrase { key, zh, en, values: &[] }
}

pub const PHRASES: &[Phrase] = &[
    hint(
        "flood.hint.messages",
        "{{ member }}，发得太快啦，多出来的几条已删除。慢慢说，大家都看得到。",
        "{{ member }}, that was a lot at once, so the last messages were removed. Take your time, everybody reads along.",
    ),
    hint(
        "flood.hint.repeat",
        "{{ member }}，同样的内容发过几遍了，重复的已删除。",
        "{{ member }}, that has been posted a few times already, so the repeat was removed.",
    ),
    hint(
        "flood.hint.stickers",
        "{{ member }}，表情连发太多，后面几个已删除。歇一下再发吧。",
        "{{ member }}, that was a lot of stickers, so the last ones were removed. Give it a moment.",
    ),
    hint(
        "flood.hint.media",
        "{{ member }}，图片和文件发得太多太快，后面几条已删除。可以合成相册一次发。",
        "{{ member }}, that was a lot of files at once, so the last ones were removed. An album holds ten.",
    ),
    hint(
        "flood.hint.wall",
        "{{ member }}，一下子发了太多字或表情，占满了大家的屏幕，这条已删除。可以挑重点说，或者发成文件。",
        "{{ member }}, so much text or emoji fills everybody's screen, so it was removed. A summary or a file would do.",
    ),
    hint(
        "flood.hint.only",
        "{{ member }}，发得太多太快啦，慢慢说，大家都看得到。",
        "{{ member }}, that was a lot at once. Take your time, everybody reads along.",
    ),
    hint(
        "flood.muted",
        "{{ member }}，提醒过后还在刷屏，先歇 {{ length }}。",
        "{{ member }}, that was still too much after the hint. Please rest for {{ length }}.",
    ),
    reason("flood.reason.messages", "刷屏", "flooding"),
    reason("flood.reason.repeat", "重复刷屏", "posting the same again and again"),
    reason("flood.reason.stickers", "表情刷屏", "flooding with stickers"),
    reason("flood.reason.media", "图片或文件刷屏", "flooding with files"),
    reason("flood.reason.wall", "长消息刷屏", "flooding with very long messages"),
    label("flood.figures", "刷屏", "Flooding"),
    label("flood.figure_removed", "删掉的刷屏消息", "Messages removed for flooding"),
    Phrase {
        key: "flood.figure_removed_value",
        zh: "{{ n }} 条{% if kinds %}：{{ kinds | join('，') }}{% endif %}",
        en: "{{ n }}{% if kinds %}: {{ kinds | join(', ') }}{% endif %}",
        values: &["n", "kinds"],
    },
    label("flood.figure_steps", "提醒和处理", "Hints, and what followed"),
    Phrase {
        key: "flood.figure_steps_value",
        zh: "提醒 {{ hints }} 次，禁言或警告 {{ mutes }} 次，涉及 {{ people }} 人",
        en: "{{ hints }} hint{{ \"\" if hints == 1 else \"s\" }}, {{ mutes }} mute{{ \"\" if mutes == 1 else \"s\" }} or \
             strike{{ \"\" if mutes == 1 else \"s\" }}, {{ people }} {{ \"person\" if people == 1 else \"people\" }}",
        values: &["hints", "mutes", "people"],
    },
    label("flood.kind.messages", "发得太快", "too fast"),
    label("flood.kind.repeat", "重复", "repeats"),
    label("flood.kind.stickers", "表情", "stickers"),
    label("flood.kind.media", "图片或文件", "files"),
    label("flood.kind.wall", "超长", "too long"),
];
