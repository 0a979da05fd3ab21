//! What is said about teaching.

use super::phrase;
use crate::cx::Phrase;

pub const LESSONS: &[Phrase] = &[
    phrase(
        "strikes.allowed",
        "{% if rows %}<b>放行的链接</b>\n{% for row in rows %}· {{ row.entry }}（{{ row.by }}，{{ row.date }}）\n{% endfor %}\
         不再放行：/allowed remove 网址{% else %}还没有放行过链接。卡片上点「放行链接」，或发 /allowed add example.org。{% endif %}",
        "{% if rows %}<b>Links that are allowed</b>\n{% for row in rows %}· {{ row.entry }} ({{ row.by }}, {{ row.date }})\n\
         {% endfor %}To end it: /allowed remove site{% else %}Nothing has been allowed yet. Press \"Allow link\" on a card, or \
         send /allowed add example.org.{% endif %}",
        &["rows"],
    ),
    phrase(
        "strikes.usage_allowed",
        "用法：/allowed 查看，/allowed add example.org 放行，/allowed remove example.org 不再放行。可以是网站、@名字或邀请链接。",
        "Usage: /allowed to see them, /allowed add example.org, /allowed remove example.org. A site, an @name or an invite link.",
        &["entry", "most"],
    ),
    phrase(
        "strikes.allowed.added",
        "以后放行 {{ entry }}。",
        "{{ entry }} is allowed from now on.",
        &["entry", "most"],
    ),
    phrase(
        "strikes.allowed.removed",
        "不再放行 {{ entry }}。",
        "{{ entry }} is no longer allowed.",
        &["entry", "most"],
    ),
    phrase("strikes.allowed.unknown", "没有放行过 {{ entry }}。", "{{ entry }} was not allowed.", &["entry", "most"]),
    phrase(
        "strikes.allowed.anywhere",
        "{{ entry }} 谁都能用来带到任何地方，不能整个放行；请写具体的网站或频道。",
        "Anybody can lead anybody anywhere by {{ entry }}, so it cannot be allowed as a whole: name the very site or channel.",
        &["entry", "most"],
    ),
    phrase(
        "strikes.allowed.full",
        "已经放行了 {{ most }} 个，再多请写进配置文件。",
        "{{ most }} are allowed already; please put more into the settings file.",
        &["entry", "most"],
    ),
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
