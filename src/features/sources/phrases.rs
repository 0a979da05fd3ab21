//! Everything said about sources.

use crate::cx::{Phrase, label};

pub const PHRASES: &[Phrase] = &[
    Phrase {
        key: "sources.ask",
        zh: "{{ member }}，这段是转载的吧？请在 {{ within }}内注明来源：编辑原消息，或回复这里写上出处、链接都行。自己写的话，点一下按钮就好。",
        en: "{{ member }}, is this from somewhere else? Please name the source within {{ within }}: edit your message, or reply here with where \
             it is from. If you wrote it yourself, just press the button.",
        values: &["member", "within"],
    },
    label("sources.own", "我写的", "I wrote it"),
    label("sources.thanks", "好的，谢谢！", "All right, thank you!"),
    label("sources.not_yours", "这是问发消息的人的。", "Only who posted it can say so."),
    label("sources.over", "已经不用了，谢谢。", "This is settled, thank you."),
    label("sources.reason", "转载没有注明来源", "a repost without its source"),
    Phrase {
        key: "sources.deleted",
        zh: "{{ member }}，刚才的转载一直没有注明来源，已删除，不算警告。加上来源可以再发。",
        en: "{{ member }}, the repost was removed since its source was not named. It does not count as a strike; you can post it again with the source.",
        values: &["member"],
    },
    label("sources.figures", "来源", "Sources"),
    label("sources.figure_compliance", "注明来源（注明了 ÷ 转载）", "Sources named (named ÷ reposts)"),
    Phrase {
        key: "sources.figure_compliance_value",
        zh: "{{ share }}{% if asked %}，问过 {{ asked }} 次，补上 {{ given }} 次{% if own %}，其中 {{ own }} 次是自己写的{% endif %}{% endif %}",
        en: "{{ share }}{% if asked %}, asked {{ asked }} times, given {{ given }} times{% if own %}, {{ own }} were their own{% endif %}{% endif %}",
        values: &["share", "asked", "given", "own"],
    },
];
