//! What is said to who joins and about the rules.

use crate::cx::{Phrase, label};

pub(super) const PHRASES: &[Phrase] = &[
    Phrase {
        key: "welcome.text",
        zh: "👋 欢迎 {{ newcomers }}！{% if purpose %}\n{{ purpose }}{% endif %}\
             {% if today.topic %}\n\n💬 今天的话题（{{ today.time }}）：{{ today.topic }}{% endif %}",
        en: "👋 Welcome, {{ newcomers }}!{% if purpose %}\n{{ purpose }}{% endif %}\
             {% if today.topic %}\n\n💬 Today at {{ today.time }}: {{ today.topic }}{% endif %}",
        values: &["newcomers", "count", "community", "purpose", "today.topic", "today.time"],
    },
    Phrase {
        key: "welcome.newcomers",
        zh: "{{ names | join('、') }}{% if more > 0 %} 等 {{ count }} 位新朋友{% endif %}",
        en: "{{ names | join(', ') }}{% if more > 0 %} and {{ more }} more{% endif %}",
        values: &["names", "count", "more"],
    },
    Phrase { key: "welcome.rules_button", zh: "📜 阅读群规", en: "📜 Read the rules", values: &[] },
    Phrase { key: "welcome.read_button", zh: "✅ 我已阅读", en: "✅ I have read them", values: &[] },
    Phrase {
        key: "welcome.rules",
        zh: "📜 <b>{{ community }} 群规</b>\n\n{{ rules }}",
        en: "📜 <b>Rules of {{ community }}</b>\n\n{{ rules }}",
        values: &["community", "rules"],
    },
    Phrase {
        key: "welcome.no_rules",
        zh: "这里还没有写群规，友善相处就好 🙂",
        en: "No rules are written down here yet. Be kind 🙂",
        values: &[],
    },
    Phrase {
        key: "welcome.read",
        zh: "已记下，谢谢你认真读完 💛",
        en: "Noted. Thank you for reading them 💛",
        values: &[],
    },
    Phrase {
        key: "welcome.read_before",
        zh: "你之前已经确认过啦，谢谢 💛",
        en: "You confirmed them before. Thank you 💛",
        values: &[],
    },
    Phrase {
        key: "welcome.not_member",
        zh: "还没在群里见到你。先进群再点「我已阅读」；已经在群里的话，过几秒再点一次。",
        en: "I have not seen you in the group yet. Join it first; if you are in it already, press again in a few seconds.",
        values: &[],
    },
    Phrase {
        key: "welcome.old_button", zh: "这个按钮已经失效。", en: "This button no longer works.", values: &[]
    },
    Phrase {
        key: "welcome.count",
        zh: "📊 已有 {{ count }} 位成员确认读过现在这版群规。\n在群里发 /rules pin 可以发布并置顶群规。",
        en: "📊 {{ count }} member{% if count != 1 %}s have{% else %} has{% endif %} confirmed the current \
             rules.\nSend /rules pin in the group to post and pin them.",
        values: &["count"],
    },
    Phrase {
        key: "welcome.usage",
        zh: "用法：/rules 查看群规；/rules pin 发布并置顶群规。",
        en: "Usage: /rules shows the rules; /rules pin posts and pins them.",
        values: &[],
    },
    label("welcome.figures", "欢迎", "Welcome"),
    label("welcome.figure_coverage", "欢迎覆盖（已欢迎 ÷ 进群）", "Welcome coverage (welcomed ÷ joined)"),
    Phrase {
        key: "welcome.figure_coverage_value",
        zh: "{{ share }}{% if within %}，95% 在 {{ within }}内{% endif %}",
        en: "{{ share }}{% if within %}, 95% within {{ within }}{% endif %}",
        values: &["share", "within"],
    },
    label(
        "welcome.figure_rules",
        "群规确认（确认现行版本的成员 ÷ 成员）",
        "Rules confirmed (current version ÷ members)",
    ),
    Phrase {
        key: "welcome.figure_rules_value", zh: "现在：{{ share }}", en: "Now: {{ share }}", values: &["share"]
    },
    label("welcome.setting_text", "欢迎语", "The welcome"),
    label(
        "welcome.setting_text_form",
        "一段文字，里面可以写 {% raw %}{{ newcomers }}{% endraw %}（新朋友的名字），例如：欢迎 {% raw %}{{ newcomers }}{% endraw %}，先来报个到吧！",
        "a text, in which {% raw %}{{ newcomers }}{% endraw %} stands for the names, such as: Welcome, {% raw %}{{ newcomers }}{% endraw %}!",
    ),
    label("welcome.setting_merge_within", "多久内进群的一起欢迎", "Welcome together who joins within"),
    label(
        "welcome.setting_merge_within_form",
        "时长，最长 10 分钟，例如 20s",
        "a length of time up to 10 minutes, such as 20s",
    ),
    label("welcome.setting_name_at_most", "一次最多写几位的名字", "Names in one welcome, at most"),
    label("welcome.setting_name_at_most_form", "1 到 20 的整数，例如 5", "a whole number from 1 to 20, such as 5"),
    label("welcome.setting_remove_previous", "发新的欢迎时删掉上一条", "Remove the welcome before"),
    label("welcome.setting_delete_after", "欢迎多久后删除", "Remove a welcome after"),
    label(
        "welcome.setting_delete_after_form",
        "时长，10 秒以上，例如 10m、2h",
        "a length of time of 10 seconds or more, such as 10m or 2h",
    ),
    label("welcome.setting_rejoin_after", "退群后多久内回来不再欢迎", "No new welcome for who returns within"),
    label("welcome.setting_rejoin_after_form", "时长，例如 24h、3d", "a length of time, such as 24h or 3d"),
    label("welcome.setting_topic", "欢迎发在哪个话题", "The topic to welcome in"),
    label(
        "welcome.setting_topic_form",
        "话题 ID（在那个话题里发 /id 就能看到），例如 5",
        "the id of a topic (/id in it shows it), such as 5",
    ),
];
