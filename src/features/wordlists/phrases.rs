//! Everything said about listed words. What the words are is told the staff alone.

use crate::cx::{Phrase, label};

pub const PHRASES: &[Phrase] = &[
    Phrase {
        key: "wordlists.hint",
        zh: "{{ member }}，刚才那条里有这里不能发的内容，已删除，不算警告。换个说法就可以再发。",
        en: "{{ member }}, your message had words that are not for this group, so it was removed. It does not count as a strike; \
             please say it another way.",
        values: &["member"],
    },
    label("wordlists.reason", "用了本群不能用的词", "words that are not for this group"),
    label("wordlists.reason_insult", "辱骂他人", "an insult"),
    label("wordlists.built_in", "内置辱骂词表", "built-in insults"),
    label("wordlists.figures", "词表", "Word lists"),
    label("wordlists.figure_hits", "词表命中（条消息）", "Found by lists (messages)"),
    Phrase {
        key: "wordlists.figure_hits_value",
        zh: "{% for it in lists %}{% if not loop.first %}，{% endif %}{{ it.list }} v{{ it.version }}：{{ it.n }}{% else %}–{% endfor %}",
        en: "{% for it in lists %}{% if not loop.first %}, {% endif %}{{ it.list }} v{{ it.version }}: {{ it.n }}{% else %}–{% endfor %}",
        values: &["lists"],
    },
];
