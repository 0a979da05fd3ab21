//! What is said about teaching.

use super::phrase;
use crate::cx::Phrase;

pub const LESSONS: &[Phrase] = &[
    phrase(
        "strikes.usage_teach",
        "请回复那条消息或它的卡片，再发 /spam（是广告）或 /ham（不是广告）；也可以发 /ham #编号。",
        "Reply to the message or its card with /spam (an ad) or /ham (not an ad), or send /ham #number.",
        &[],
    ),
    phrase(
        "strikes.usage_unteach",
        "用法：/unteach 3（编号见 /taught）",
        "Usage: /unteach 3 (numbers are in /taught)",
        &[],
    ),
    phrase(
        "strikes.spam_done",
        "按广告处理了（#{{ id }}）。{{ learned }}",
        "Dealt with as an ad (#{{ id }}). {{ learned }}",
        &["id", "learned"],
    ),
    phrase(
        "strikes.spam_before",
        "这条已经处理过了（#{{ id }}）。{{ learned }}",
        "That has been dealt with already (#{{ id }}). {{ learned }}",
        &["id", "learned"],
    ),
    phrase(
        "strikes.ham_done",
        "好的，不是广告。{{ learned }}",
        "All right, not an ad. {{ learned }}",
        &["id", "learned"],
    ),
    phrase(
        "strikes.ham_undone",
        "好的，不是广告，#{{ id }} 已撤销。{{ learned }}",
        "All right, not an ad; #{{ id }} is undone. {{ learned }}",
        &["id", "learned"],
    ),
    phrase(
        "strikes.taught.learned",
        "我记住了（第 {{ number }} 条，/unteach {{ number }} 可以撤回）。",
        "I have learned it (lesson {{ number }}; /unteach {{ number }} takes it back).",
        &["number"],
    ),
    phrase(
        "strikes.taught.known",
        "这个我已经学过（第 {{ number }} 条）。",
        "I knew that (lesson {{ number }}).",
        &["number"],
    ),
    phrase("strikes.taught.nothing", "里面没有文字，没法学。", "There are no words in it to learn from.", &["number"]),
    phrase(
        "strikes.taught.too_many",
        "你这一小时教得够多了，这条先不学。",
        "You have taught me enough for an hour, so this one is not learned.",
        &["number"],
    ),
    phrase("strikes.taught.imported", "导入", "imported", &[]),
    phrase(
        "strikes.taught",
        "{% if not rows %}还没有人教过我。回复一条消息发 /spam 或 /ham 就可以。{% else %}最近教我的：\
         {% for row in rows %}\n{{ row.number }}. {{ '广告' if row.is_ad else '正常' }}：{{ row.text }}（{{ row.by }}，{{ row.date }}）{% endfor %}\
         {% if more %}\n…{% endif %}\n撤回：/unteach 编号{% endif %}",
        "{% if not rows %}Nobody has taught me yet. Reply to a message with /spam or /ham.{% else %}Taught lately:\
         {% for row in rows %}\n{{ row.number }}. {{ 'ad' if row.is_ad else 'innocent' }}: {{ row.text }} ({{ row.by }}, {{ row.date }}){% endfor %}\
         {% if more %}\n…{% endif %}\nTo take one back: /unteach number{% endif %}",
        &["rows", "more"],
    ),
    phrase(
        "strikes.untaught",
        "撤回了第 {{ number }} 条，就当没教过。",
        "Lesson {{ number }} is taken back, as if it had never been taught.",
        &["number"],
    ),
    phrase(
        "strikes.no.lesson",
        "没有第 {{ number }} 条，编号见 /taught。",
        "There is no lesson {{ number }}; /taught lists them.",
        &["number"],
    ),
];
