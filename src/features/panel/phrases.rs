//! What the panel says.

use crate::cx::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    Phrase {
        key: "panel.list",
        zh: "⚙️ <b>{{ title }}</b> 的设置{% for item in items %}\n\n▫️ {% if item.label != item.path %}{{ item.label }}：\
             {% endif %}<b>{{ item.value }}</b>\n<code>{{ item.path }}</code> · {% if item.origin %}\
             {{ item.origin.by or \"管理员\" }} {{ item.origin.on }} 改{% else %}来自配置文件{% endif %}{% endfor %}\n\n\
             点按钮切换，或发 <code>/set 名称 值</code>；<code>/unset 名称</code> 恢复。",
        en: "⚙️ Settings of <b>{{ title }}</b>{% for item in items %}\n\n▫️ {% if item.label != item.path %}\
             {{ item.label }}: {% endif %}<b>{{ item.value }}</b>\n<code>{{ item.path }}</code> · {% if item.origin %}\
             changed by {{ item.origin.by or \"an administrator\" }} on {{ item.origin.on }}{% else %}from the file\
             {% endif %}{% endfor %}\n\n\
             Press a button to switch, or send <code>/set key value</code>; <code>/unset key</code> takes it back.",
        values: &["title", "items"],
    },
    Phrase {
        key: "panel.button",
        zh: "{{ label }}：{{ value }}",
        en: "{{ label }}: {{ value }}",
        values: &["label", "value"],
    },
    Phrase { key: "panel.on", zh: "开", en: "on", values: &[] },
    Phrase { key: "panel.off_word", zh: "关", en: "off", values: &[] },
    Phrase { key: "panel.none", zh: "未设置", en: "not set", values: &[] },
    Phrase { key: "panel.anonymous", zh: "匿名管理员", en: "an anonymous administrator", values: &[] },
    Phrase {
        key: "panel.done",
        zh: "好了，{{ label }}：{{ value }}",
        en: "Done. {{ label }}: {{ value }}",
        values: &["label", "value"],
    },
    Phrase {
        key: "panel.changed",
        zh: "✅ 「{{ label }}」改为 <b>{{ value }}</b>（原来：{{ before }}）。\n恢复：<code>/unset {{ path }}</code>",
        en: "✅ {{ label }}: now <b>{{ value }}</b> (it was: {{ before }}).\n\
             To take it back: <code>/unset {{ path }}</code>",
        values: &["label", "path", "value", "before"],
    },
    Phrase {
        key: "panel.back",
        zh: "✅ <code>{{ path }}</code> 恢复为配置文件里的值：<b>{{ value }}</b>。",
        en: "✅ <code>{{ path }}</code> is back to what the file says: <b>{{ value }}</b>.",
        values: &["path", "value"],
    },
    Phrase {
        key: "panel.unchanged",
        zh: "<code>{{ path }}</code> 没有改过，一直是配置文件里的值：<b>{{ value }}</b>。",
        en: "<code>{{ path }}</code> was never changed here; it is what the file says: <b>{{ value }}</b>.",
        values: &["path", "value"],
    },
    Phrase {
        key: "panel.wrong",
        zh: "「{{ label }}」不能设为「{{ value }}」。{% if choices %}可以写 {{ choices | join(\" 或 \") }}，\
             例如 <code>/set {{ path }} {{ choices | first }}</code>。{% elif form %}写法：{{ form }}{% endif %}",
        en: "\"{{ label }}\" cannot be \"{{ value }}\".{% if choices %} Write {{ choices | join(\" or \") }}, such as \
             <code>/set {{ path }} {{ choices | first }}</code>.{% elif form %} It takes {{ form }}{% endif %}",
        values: &["label", "path", "value", "choices", "form"],
    },
    Phrase {
        key: "panel.wrong_text",
        zh: "「{{ label }}」没有改，仍是原来的：{% for reason in reasons %}\n· {{ reason }}{% endfor %}\
             {% if form %}\n写法：{{ form }}{% endif %}",
        en: "\"{{ label }}\" stays as it was:{% for reason in reasons %}\n· {{ reason }}{% endfor %}\
             {% if form %}\nIt takes {{ form }}{% endif %}",
        values: &["label", "reasons", "form"],
    },
    Phrase {
        key: "panel.unknown",
        zh: "没有「{{ key }}」这项设置。{% if nearest %}是不是 <code>{{ nearest }}</code>？{% endif %}发 /settings 看全部。",
        en: "There is no setting \"{{ key }}\". {% if nearest %}Did you mean <code>{{ nearest }}</code>? {% endif %}\
             /settings shows them all.",
        values: &["key", "nearest"],
    },
    Phrase {
        key: "panel.file_only",
        zh: "<code>{{ key }}</code> 只能由运营在配置文件里改。",
        en: "<code>{{ key }}</code> can be changed only in the settings file, by the operator.",
        values: &["key"],
    },
    Phrase {
        key: "panel.off",
        zh: "<code>{{ key }}</code> 属于还没开启的功能；运营在配置文件里写上 <code>[{{ section }}]</code> 就能用。",
        en: "<code>{{ key }}</code> belongs to a feature that is off; the operator turns it on with \
             <code>[{{ section }}]</code> in the settings file.",
        values: &["key", "section"],
    },
    Phrase {
        key: "panel.usage_set",
        zh: "用法：<code>/set 名称 值</code>{% if example %}，例如 <code>/set {{ example }} 开</code>{% endif %}。\
             发 /settings 看全部。",
        en: "Usage: <code>/set key value</code>{% if example %}, such as <code>/set {{ example }} on</code>{% endif %}. \
             /settings shows them all.",
        values: &["example"],
    },
    Phrase {
        key: "panel.usage_unset",
        zh: "用法：<code>/unset 名称</code>{% if example %}，例如 <code>/unset {{ example }}</code>{% endif %}。",
        en: "Usage: <code>/unset key</code>{% if example %}, such as <code>/unset {{ example }}</code>{% endif %}.",
        values: &["example"],
    },
    Phrase { key: "panel.which", zh: "看哪个群的设置？", en: "The settings of which group?", values: &[] },
    Phrase {
        key: "panel.several",
        zh: "这个社群有几个群，请到要改的群里发这条命令，或发 /settings 选一个群。",
        en: "This community has several groups. Send this in the group you mean, or send /settings and choose one.",
        values: &[],
    },
    Phrase {
        key: "panel.no_groups", zh: "我还没有加入任何群。", en: "I am not in any group yet.", values: &[]
    },
    Phrase {
        key: "panel.elsewhere",
        zh: "这个命令请在群里或运营群里用。",
        en: "Please use this command in the group or in the staff chat.",
        values: &[],
    },
    Phrase {
        key: "panel.outdated", zh: "这个按钮已经失效。", en: "This button no longer works.", values: &[]
    },
];
