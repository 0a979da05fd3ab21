//! What is said about people's own records.

use crate::cx::{Phrase, label};

pub(super) const PHRASES: &[Phrase] = &[
    Phrase {
        key: "privacy.in_private",
        zh: "个人数据只在私聊里看，免得旁人看到。",
        en: "Your data is for your eyes only: let's do this in private.",
        values: &[],
    },
    Phrase { key: "privacy.open", zh: "去私聊", en: "Open private chat", values: &[] },
    Phrase {
        key: "privacy.data_person",
        zh: "<b>关于你的全部记录</b>\n\
             ID：<code>{{ id }}</code>\n能否给你发私信：{{ \"能\" if reachable else \"不能\" }}\n\
             语言：{{ language or \"未知\" }}\n\n\
             平时聊天的内容我不保存，只记次数和时间；被举报、被删掉、疑似广告，或者管理员标记为“是广告”“不是广告”的消息会留下内容。发 /forgetme，能删的都会删",
        en: "<b>Everything on record about you</b>\n\
             Id: <code>{{ id }}</code>\nCan I message you: {{ \"yes\" if reachable else \"no\" }}\n\
             Language: {{ language or \"unknown\" }}\n\n\
             I don't keep what you say in chats, only counts and times, except for messages that were reported, \
             removed, looked at as possible advertising, or marked by the team as an ad or not one. /forgetme deletes what may be deleted.",
        values: &["id", "reachable", "language"],
    },
    Phrase {
        key: "privacy.data_chat",
        zh: "<b>{{ chat }}</b>\n\
             名字：{{ name }}{% if username %}（@{{ username }}）{% endif %}\n状态：{{ status }}\n\
             加入：{{ joined or \"我来之前\" }}{% if left %}\n离开：{{ left }}{% endif %}\n\
             第一次见到：{{ first_seen }}\n最近一次见到：{{ last_seen }}\n\
             发言：{{ messages }} 条，{{ days }} 天（最多数到 100 条、60 天）{% if trusted %}\n管理员标记为可信{% endif %}",
        en: "<b>{{ chat }}</b>\n\
             Name: {{ name }}{% if username %} (@{{ username }}){% endif %}\nStatus: {{ status }}\n\
             Joined: {{ joined or \"before I came\" }}{% if left %}\nLeft: {{ left }}{% endif %}\n\
             First seen: {{ first_seen }}\nLast seen: {{ last_seen }}\n\
             Messages: {{ messages }} on {{ days }} day{{ \"s\" if days != 1 }} (counted up to 100 and 60)\
             {% if trusted %}\nMarked as trusted by staff{% endif %}",
        values: &[
            "chat",
            "name",
            "username",
            "status",
            "joined",
            "left",
            "first_seen",
            "last_seen",
            "messages",
            "days",
            "trusted",
        ],
    },
    Phrase {
        key: "privacy.data_deeds",
        zh: "<b>参与次数</b>（{{ from }} 至 {{ to }}）\n{% for deed in deeds %}· {{ deed.what }} {{ deed.n }}\n{% endfor %}",
        en: "<b>What you did</b> ({{ from }} to {{ to }})\n{% for deed in deeds %}· {{ deed.what }}: {{ deed.n }}\n{% endfor %}",
        values: &["from", "to", "deeds"],
    },
    Phrase {
        key: "privacy.data_other",
        zh: "<b>其他记录</b>（各有几条）\n{% for row in rows %}· {{ row.what }} {{ row.n }}\n{% endfor %}",
        en: "<b>Other records</b> (how many of each)\n{% for row in rows %}· {{ row.what }}: {{ row.n }}\n{% endfor %}",
        values: &["rows"],
    },
    Phrase {
        key: "privacy.ask",
        zh: "<b>确定要删除你的记录吗？</b>\n\n\
             会删除：名字和用户名、发言和打卡次数、连续天数、我能给你发私信的标记，以及其他和你有关的记录。\
             删了就找不回来，连续打卡会从头算起。\n\n\
             会保留：还在生效的警告和封禁（为了保护其他群友），以及不含个人信息的群统计。{% if inside %}\n\n\
             你还在群里：以后再发言，会从零开始记。想彻底不留，请先退群再来删除。{% endif %}",
        en: "<b>Delete what I know about you?</b>\n\n\
             Deleted: your name and username, counts of messages and check-ins, streaks, the note that I may message \
             you, and other records about you. This cannot be undone; streaks start over.\n\n\
             Kept: strikes and bans still in force (they protect others), and group totals that name nobody.\
             {% if inside %}\n\nYou are still in a group: if you write there again, counting starts from zero. To \
             leave nothing behind, leave the group first.{% endif %}",
        values: &["inside"],
    },
    Phrase { key: "privacy.confirm", zh: "确定删除", en: "Delete it", values: &[] },
    Phrase { key: "privacy.cancel", zh: "先不删", en: "Keep it", values: &[] },
    Phrase {
        key: "privacy.forgotten",
        zh: "好的，你的记录已经删除。",
        en: "Done: your records are deleted.",
        values: &[],
    },
    Phrase {
        key: "privacy.kept", zh: "好的，什么都没删。", en: "All right, nothing was deleted.", values: &[]
    },
    Phrase {
        key: "privacy.nothing",
        zh: "{% if dropped %}我只记着能给你发私信，现在删掉了。别的没有你的记录。{% else %}我这里没有你的记录，不用删。{% endif %}",
        en: "{% if dropped %}All I had on record was that I may message you. It is deleted now.\
             {% else %}I have nothing on record about you, so there is nothing to delete.{% endif %}",
        values: &["dropped"],
    },
    Phrase {
        key: "privacy.stays",
        zh: "{% if dropped %}能给你发私信的标记删掉了，别的{% endif %}没有可以再删的了。保留的只有：{% if inside %}你在群里{% endif %}\
             {% if warnings %}{% if inside %}，以及{% endif %}有效到 {{ until }} 的{{ \"一\" if warnings == 1 else warnings }}次警告{% endif %}\
             {% if records %}{% if inside or warnings %}，以及{% endif %}管理员处理过的 {{ records }} 条记录{% endif %}。",
        en: "{% if dropped %}The note that I may message you is gone. {% endif %}There is nothing more to delete. What stays: {% if inside %}that you are in the group{% endif %}\
             {% if warnings %}{% if inside %}, and {% endif %}\
             {% if warnings == 1 %}a warning{% else %}{{ warnings }} warnings{% endif %} until {{ until }}{% endif %}\
             {% if records %}{% if inside or warnings %}, and {% endif %}\
             {{ records }} case{{ \"s\" if records != 1 }} the staff dealt with{% endif %}.",
        values: &["dropped", "inside", "warnings", "until", "records"],
    },
    Phrase { key: "privacy.no_name", zh: "（没有保存）", en: "(not kept)", values: &[] },
    label("privacy.table_welcome_guest", "等着被欢迎的入群记录", "joins waiting for a welcome"),
    label("privacy.table_welcome_join", "何时进群、何时被欢迎", "when you joined and were welcomed"),
    label("privacy.table_slot_participant", "参与过的话题", "topics you took part in"),
    label("privacy.table_rules_read", "确认群规的记录", "times you confirmed the rules"),
    label("privacy.table_checkin", "打卡日期", "days you checked in"),
    label("privacy.table_checkin_streak", "连续打卡天数", "check-in streaks"),
    label("privacy.table_gift", "打卡奖励", "check-in rewards"),
    label("privacy.table_strike_case", "被举报、被删掉或疑似广告的消息", "messages reported, removed or looked at"),
    label("privacy.table_lesson", "管理员标记过、用来识别广告的消息", "messages the staff marked to tell ads by"),
    label(
        "privacy.table_flood_message",
        "因刷屏被删的消息记录（不含内容）",
        "messages removed for flooding (not what they said)",
    ),
    label(
        "privacy.table_wordlist_hit",
        "被词表命中的消息记录（不含内容）",
        "messages with words from the group's lists",
    ),
    label(
        "privacy.table_repost",
        "转载和有没有注明来源的记录（不含内容）",
        "reposts, and whether their source was named",
    ),
    label("privacy.table_raid_guest", "最近进群的记录", "when you joined lately"),
    label("privacy.table_strike_report", "你提交的举报", "reports you made"),
    Phrase {
        key: "privacy.not_yours", zh: "这个按钮不是给你的。", en: "This button is not for you.", values: &[]
    },
];
