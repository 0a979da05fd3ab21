//! What the risk watch says.

use crate::cx::{Phrase, label};

pub const PHRASES: &[Phrase] = &[
    Phrase {
        key: "risks.alert",
        zh: "{% if over %}✅ <b>「{{ title }}」{{ what }}：已经恢复平常</b>\n{{ told }} 提醒过，最多的一小时有 {{ most }}。\
             {% else %}⚠️ <b>「{{ title }}」{{ what }}</b>\n{{ hour }} 起的这一小时：{{ n }}，\
             {% if by_limit %}到了设定的上限 {{ limit }}{% else %}比平时多{% endif %}。\n\
             {% if mean %}平时这个时段：平均 {{ mean }}，标准差 {{ spread }}。{% else %}记录还不到四周，说不准平时是多少。\
             {% endif %}\n{{ advice }}{% endif %}",
        en: "{% if over %}✅ <b>\"{{ title }}\", {{ what }}: back to usual</b>\nTold at {{ told }}; the busiest hour \
             saw {{ most }}.{% else %}⚠️ <b>\"{{ title }}\": {{ what }}</b>\nIn the hour from {{ hour }}: {{ n }}, \
             {% if by_limit %}at or above the limit of {{ limit }}{% else %}more than usual{% endif %}.\n\
             {% if mean %}Usual for this hour of the week: {{ mean }} on average, standard deviation {{ spread }}.\
             {% else %}I have not yet seen four weeks, so I cannot say what is usual.{% endif %}\n{{ advice }}{% endif %}",
        values: &[
            "title", "what", "advice", "over", "told", "most", "n", "hour", "mean", "spread", "limit", "by_limit",
        ],
    },
    Phrase {
        key: "risks.silent",
        zh: "{% if over %}✅ 「{{ title }}」里不再有消息等管理员接话了。\
             {% else %}⚠️ <b>「{{ title }}」里有人说话，管理员一直没出声</b>\n{{ since }} 起有 {{ n }} 条消息没有管理员接话，\
             已经满 {{ length }}（每天只算 {{ from }}–{{ to }}）。请谁去看一眼。{% endif %}",
        en: "{% if over %}✅ Nobody in \"{{ title }}\" is waiting for a word of the staff any more.\
             {% else %}⚠️ <b>\"{{ title }}\": members talk, and no staff answer</b>\n{{ n }} \
             message{{ \"\" if n == 1 else \"s\" }} since {{ since }}, {{ length }} ago (counting only \
             {{ from }}–{{ to }}), without a word of the staff. Please have a look.{% endif %}",
        values: &["title", "over", "since", "n", "length", "from", "to"],
    },
    Phrase {
        key: "risks.state",
        zh: "{% for group in groups %}<b>「{{ group.title }}」这一小时</b>\n{% for sign in group.signs %}\
             {% if sign.alarm %}⚠️{% else %}·{% endif %} {{ sign.what }} {{ sign.n }}（{% if sign.mean %}平时 {{ sign.mean }}，\
             超过 {{ sign.most }} 算异常，{% else %}平时未知，{% endif %}上限 {{ sign.limit }}）\
             {% if sign.told %}，{{ sign.told }} 提醒过{% endif %}\n{% endfor %}\
             {% if group.staff %}· 管理员{% if group.staff.heard %}最近发言：{{ group.staff.heard }}{% else %}最近没有发言{% endif %}\
             {% if group.staff.since %}；之后群友有 {{ group.staff.n }} 条消息，从 {{ group.staff.since }} 起\
             {% endif %}\n{% endif %}\
             {% for right in group.rights %}⚠️ 少了权限：{{ right }}\n{% endfor %}\
             {% if not loop.last %}\n{% endif %}{% endfor %}",
        en: "{% for group in groups %}<b>\"{{ group.title }}\", this hour</b>\n{% for sign in group.signs %}\
             {% if sign.alarm %}⚠️{% else %}·{% endif %} {{ sign.what }}: {{ sign.n }} ({% if sign.mean %}usually \
             {{ sign.mean }}, unusual above {{ sign.most }}, {% else %}usual not known yet, {% endif %}limit \
             {{ sign.limit }}){% if sign.told %}, told at {{ sign.told }}{% endif %}\n{% endfor %}\
             {% if group.staff %}· staff {% if group.staff.heard %}last wrote at {{ group.staff.heard }}{% else %}have not \
             written lately{% endif %}{% if group.staff.since %}; {{ group.staff.n }} of members' messages since, the \
             first at {{ group.staff.since }}{% endif %}\n{% endif %}\
             {% for right in group.rights %}⚠️ Right lost: {{ right }}\n{% endfor %}\
             {% if not loop.last %}\n{% endif %}{% endfor %}",
        values: &["groups"],
    },
    label("risks.no_groups", "我还没有加入任何群。", "I am not in any group yet."),
    label("risks.sign_joins", "进群", "joined"),
    label("risks.sign_leaves", "退群", "left"),
    label("risks.sign_removals", "被移出", "put out"),
    label("risks.sign_strikes", "警告", "strikes"),
    label("risks.sign_links", "带链接的消息", "messages with links"),
    label("risks.sign_reports", "举报", "reports"),
    label("risks.joins", "进群的人比平时多", "many people join"),
    label("risks.leaves", "退群的人比平时多", "many people leave"),
    label("risks.removals", "被移出的人比平时多", "many people are put out"),
    label("risks.strikes", "违规警告比平时多", "many strikes are given"),
    label("risks.links", "带链接的消息比平时多", "many messages have links"),
    label("risks.reports", "举报比平时多", "many reports are made"),
    label(
        "risks.advice_joins",
        "如果来路可疑，用 /raid on 让新人先不能发言。",
        "If they look suspicious, /raid on keeps newcomers from writing for a while.",
    ),
    label(
        "risks.advice_leaves",
        "看看群里刚发生了什么；如果是定时消息惹人烦，可以 /pause 先停一停。",
        "See what has just happened in the group; if posts annoy people, /pause stops them for a while.",
    ),
    label(
        "risks.advice_removals",
        "请确认是不是自己人在清理；有误封的话用 /unban 解除。",
        "Make sure that it is one of you who cleans up; /unban lifts a ban given by mistake.",
    ),
    label(
        "risks.advice_strikes",
        "可能有人成批发广告，也可能误判了，请看看最近的卡片；误判的点「不是广告」。",
        "There may be a wave of ads, or mistakes of mine: please look at the latest cards.",
    ),
    label(
        "risks.advice_links",
        "看看是不是同一类链接；有问题就用 /spam 或 /raid on 处理。",
        "See whether they are of one kind; /spam and /raid on help against ads.",
    ),
    label(
        "risks.advice_reports",
        "请到卡片上处理举报，并看看群里是不是起了争执。",
        "Please decide the reports on their cards, and see whether there is a quarrel in the group.",
    ),
];
