//! What raid mode says.

use crate::cx::{Phrase, label};

pub const PHRASES: &[Phrase] = &[
    Phrase {
        key: "raid.card",
        zh: "🚨 <b>「{{ title }}」{% if not on %}防护模式已结束{% elif manual %}防护模式已开启\
             {% else %}短时间涌入很多新人，防护模式已自动开启{% endif %}</b>\n\
             {% if on %}{% if powerless %}⚠️ {% if basic %}这还不是超级群，Telegram 不让限制发言，所以我{% else %}我没有「限制成员」的权限，拦不住发言，{% endif %}\
             只删新人发的链接和转发。{% if basic %}可以用下面的按钮移出这批人。{% else %}请给我权限，或手动处理。{% endif %}\n\
             {% else %}{{ since }} 以后进群的新人暂时不能发言，欢迎也先不发。\n{% endif %}\
             {{ until }} 结束；还有人成批进来就顺延。没有违规的人会自动恢复。\n\
             {% else %}没有违规的新人已恢复发言。\n{% endif %}\
             进群 {{ joined }} 人{% if on %}，已限制 {{ held }}{% endif %}{% if gone %}，已不在群 {{ gone }}{% endif %}\
             {% if other %}，另有处理 {{ other }}{% endif %}{% if removed %}，移出 {{ removed }}{% endif %}",
        en: "🚨 <b>\"{{ title }}\": {% if not on %}raid mode is over{% elif manual %}raid mode is on\
             {% else %}many joined at once, so raid mode is on{% endif %}</b>\n\
             {% if on %}{% if powerless %}⚠️ {% if basic %}Telegram mutes nobody in a basic group{% else %}I may not restrict members{% endif %}, so I only \
             delete newcomers' links and forwards. {% if basic %}The button below removes these people.\
             {% else %}Please give me the right, or act yourselves.{% endif %}\n\
             {% else %}Who joined since {{ since }} cannot write for now, and welcomes wait.\n{% endif %}\
             It ends at {{ until }}, later if more keep coming. Who did nothing wrong can write again then.\n\
             {% else %}Newcomers who did nothing wrong can write again.\n{% endif %}\
             {{ joined }} joined{% if on %}, {{ held }} held{% endif %}{% if gone %}, {{ gone }} gone{% endif %}\
             {% if other %}, {{ other }} dealt with otherwise{% endif %}{% if removed %}, {{ removed }} removed{% endif %}",
        values: &[
            "title",
            "basic",
            "manual",
            "gone",
            "on",
            "since",
            "until",
            "joined",
            "held",
            "other",
            "removed",
            "powerless",
        ],
    },
    Phrase {
        key: "raid.is_off",
        zh: "「{{ title }}」没有开启防护模式。要开：<code>/raid on</code>",
        en: "Raid mode is off in \"{{ title }}\". <code>/raid on</code> turns it on.",
        values: &["title"],
    },
    label(
        "raid.usage",
        "用法：<code>/raid on</code> 开启（可加时长，如 <code>/raid on 30m</code>，5 分钟到 24 小时），\
         <code>/raid off</code> 结束，<code>/raid</code> 看状态。",
        "Usage: <code>/raid on</code> (or for a time, such as <code>/raid on 30m</code>; 5 minutes to 24 hours), \
         <code>/raid off</code>, and <code>/raid</code> for the state.",
    ),
    label("raid.which", "哪个群？", "Which group?"),
    label(
        "raid.elsewhere",
        "这个命令请在群里或运营群里用。",
        "Please use this command in the group or in the staff chat.",
    ),
    label("raid.key_more", "延长", "Prolong"),
    label("raid.key_end", "结束", "End it"),
    label("raid.key_purge", "移出这批人", "Remove them all"),
    label("raid.key_sure", "确认移出", "Yes, remove them"),
    label("raid.key_back", "取消", "Cancel"),
    label("raid.done", "好了。", "Done."),
    label("raid.confirm", "请再确认一次。", "Please confirm."),
    label("raid.over", "这次已经结束了。", "This one is over."),
    label("raid.no_right", "你没有限制成员的权限，不能这样做。", "You may not restrict members there."),
    label(
        "raid.powerless",
        "我没有限制成员的权限，移不了人。",
        "I may not restrict members there, so I can remove nobody.",
    ),
];
