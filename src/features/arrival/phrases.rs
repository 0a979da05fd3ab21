//! What the bot says of itself.

use crate::cx::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    Phrase {
        key: "arrival.hello",
        zh: "{% if again %}我回来了，之前的设置和记录都还在。{% else %}大家好，我是{% if community %}{{ community }}的\
             {% endif %}管家 <b>{{ bot }}</b> 👋\n我帮大家迎接新朋友、按时发话题、记打卡，也拦广告；开了哪些由运营决定，\
             发 /help 就能看到。{% endif %}\n\n{{ state }}",
        en: "{% if again %}I'm back, and all settings and records are still here.{% else %}Hello everyone! I'm \
             <b>{{ bot }}</b>, the steward{% if community %} of {{ community }}{% endif %} 👋\nI welcome newcomers, post \
             topics on time, keep check-ins and stop ads, whichever of these your team has switched on. Send /help to see.\
             {% endif %}\n\n{{ state }}",
        values: &["again", "community", "bot", "state"],
    },
    Phrase {
        key: "arrival.hello_staff",
        zh: "{% if again %}我回到运营群了。{% else %}这里是{% if community %}{{ community }}的{% endif %}运营群，\
             我是 <b>{{ bot }}</b>。\n需要人拿主意的事，我会发到这里。{% if public %}这是公开群，谁都能进来，\
             所以只有群里的管理员能用管理命令。{% else %}群里每个人都能用管理命令，请只拉信得过的人进来。{% endif %}{% endif %}\n\n{{ state }}",
        en: "{% if again %}I'm back in the staff chat.{% else %}This is the staff chat{% if community %} of \
             {{ community }}{% endif %}, and I'm <b>{{ bot }}</b>.\nWhatever needs a person to decide comes here. \
             {% if public %}This group is public and anybody can come in, so only its administrators can use staff commands.\
             {% else %}Everyone in this chat can use staff commands, so please add only people you trust.{% endif %}{% endif %}\
             \n\n{{ state }}",
        values: &["again", "community", "bot", "state", "public"],
    },
    Phrase {
        key: "arrival.state",
        zh: "{% if basic %}⚠️ 这还是普通群，禁言等功能要超级群才有。升级很简单：群设置 →「新成员可见历史消息」→ 选「可见」，\
             Telegram 会自动升级，成员和记录都不变。\n\n{% endif %}{% if missing %}我还缺这些权限：\
             {% for right in missing %}\n▫️ {{ right }}{% endfor %}\n\n\
             开启方法：群资料 → 编辑 → 管理员 → {% if admin %}点我的名字{% else %}添加我{% endif %}，打开上面几项。\
             开好后这条消息会自己更新。{% else %}✅ 需要的权限都有了，可以开工。{% endif %}",
        en: "{% if basic %}⚠️ This is still a basic group; muting and more work only in supergroups. Upgrading is easy: \
             group settings → \"Chat history for new members\" → \"Visible\". Telegram upgrades the group by itself; members \
             and messages stay.\n\n{% endif %}{% if missing %}I still lack these rights:\
             {% for right in missing %}\n▫️ {{ right }}{% endfor %}\n\n\
             To grant them: group info → Edit → Administrators → {% if admin %}tap my name{% else %}add me{% endif %}, and \
             switch them on. This message will update itself.{% else %}✅ I have every right I need. All set.{% endif %}",
        values: &["basic", "missing", "admin"],
    },
    Phrase {
        key: "arrival.right_send",
        zh: "<b>发送消息</b>：没有它我什么都说不了",
        en: "<b>Send messages</b>: without it I cannot say a word",
        values: &["reads_all"],
    },
    Phrase {
        key: "arrival.right_admin",
        zh: "<b>管理员身份</b>：看到成员加入和离开\
             {% if not reads_all %}，看到群里的聊天（否则我只看得到命令和对我的回复）{% endif %}",
        en: "<b>Administrator</b>: to see who joins and leaves\
             {% if not reads_all %}, and to see the conversation (otherwise only commands and replies to me){% endif %}",
        values: &["reads_all"],
    },
    Phrase {
        key: "arrival.right_admin_staff",
        zh: "<b>管理员身份</b>：看到谁离开了运营群。没有它，光是在这个群里的人，到其他群就用不了管理命令",
        en: "<b>Administrator</b>: to see who leaves this chat. Without it, being in this chat does not let anybody use staff \
             commands in other groups",
        values: &["reads_all"],
    },
    Phrase {
        key: "arrival.right_delete",
        zh: "<b>删除消息</b>：清理广告和违规内容",
        en: "<b>Delete messages</b>: to clear away ads and rule-breaking posts",
        values: &["reads_all"],
    },
    Phrase {
        key: "arrival.right_restrict",
        zh: "<b>封禁用户</b>：禁言、移出发广告的人",
        en: "<b>Ban users</b>: to mute or remove people who post ads",
        values: &["reads_all"],
    },
    Phrase {
        key: "arrival.right_invite",
        zh: "<b>邀请用户</b>：生成邀请链接、处理入群申请",
        en: "<b>Invite users</b>: to make invite links and handle join requests",
        values: &["reads_all"],
    },
    Phrase {
        key: "arrival.right_pin",
        zh: "<b>置顶消息</b>：置顶公告和当天话题",
        en: "<b>Pin messages</b>: to pin notices and the topic of the day",
        values: &["reads_all"],
    },
    Phrase {
        key: "arrival.right_manage_topics",
        zh: "<b>管理话题</b>：开启和关闭话题",
        en: "<b>Manage topics</b>: to open and close topics",
        values: &["reads_all"],
    },
    Phrase {
        key: "arrival.right_manage_tags",
        zh: "<b>编辑成员标签</b>：在名字旁显示等级",
        en: "<b>Edit member tags</b>: to show levels next to names",
        values: &["reads_all"],
    },
    Phrase {
        key: "arrival.right_promote",
        zh: "<b>添加管理员</b>：任命管理员",
        en: "<b>Add new admins</b>: to appoint administrators",
        values: &["reads_all"],
    },
    Phrase {
        key: "arrival.right_change_info",
        zh: "<b>修改群资料</b>：更新群名和简介",
        en: "<b>Change group info</b>: to update the name and description",
        values: &["reads_all"],
    },
    Phrase {
        key: "arrival.lost",
        zh: "⚠️ 我在「{{ title }}」少了这些权限：{% for right in rights %}\n▫️ {{ right }}{% endfor %}\n\n\
             相关功能先停下，打开权限后会自动恢复；这期间没做成的不会再补，请手动处理。发 /rights 可以复查。",
        en: "⚠️ In \"{{ title }}\" I no longer have:{% for right in rights %}\n▫️ {{ right }}{% endfor %}\n\n\
             What needs this is on hold and resumes by itself once it is granted; what could not be done meanwhile stays undone, \
             so please see to it by hand. /rights checks again.",
        values: &["title", "rights"],
    },
    Phrase {
        key: "arrival.returned",
        zh: "✅ 我在「{{ title }}」的这些权限恢复了：{% for right in rights %}\n▫️ {{ right }}{% endfor %}",
        en: "✅ In \"{{ title }}\" I again have:{% for right in rights %}\n▫️ {{ right }}{% endfor %}",
        values: &["title", "rights"],
    },
    Phrase {
        key: "arrival.deaf",
        zh: "⚠️ 有人加入了「{{ title }}」，Telegram 却没有告诉我，所以我迎接不了新朋友，谁走了也看不到。\n\n\
             请在群资料 → 管理员里把我移除，再重新添加一次。还是不行的话，请负责我的技术同事看看：是不是有别的程序在用我的令牌。",
        en: "⚠️ People joined \"{{ title }}\" and Telegram did not tell me, so I cannot welcome newcomers or see who \
             leaves.\n\nPlease remove me from the group's administrators and add me again. If that does not help, ask \
             whoever runs me to check whether another program uses my token.",
        values: &["title"],
    },
    Phrase {
        key: "arrival.slowed",
        zh: "⏳ Telegram 嫌我在「{{ title }}」发得太密，让我歇 {{ minutes }} 分钟。话我都留着，到时接着发；\
             过了时间的定时消息就不补了。你们不用做什么。",
        en: "⏳ Telegram finds that I send too much in \"{{ title }}\" and makes me wait for {{ minutes }} min. What I \
             have to say is kept for then; scheduled posts that would come too late are left out. There is nothing you \
             need to do.",
        values: &["title", "minutes"],
    },
    Phrase {
        key: "arrival.plain",
        zh: "⚠️ 我{% if title %}在「{{ title }}」{% else %}私聊里{% endif %}要发的一段文字，格式标签写得不对\
             （比如 &lt;b&gt; 没有关上），Telegram 不收。我先去掉格式发了出去：\n\n「{{ words }}」\n\n\
             请在配置文件里改一下这段文字。",
        en: "⚠️ Telegram could not read the formatting of a text of mine {% if title %}in \"{{ title }}\"{% else %}in a \
             private chat{% endif %} (such as a &lt;b&gt; that is not closed), so I sent it without:\n\n\"{{ words }}\"\n\n\
             Please correct that text in the settings file.",
        values: &["title", "words"],
    },
    Phrase {
        key: "arrival.no_topic",
        zh: "⚠️ 我有一条消息要发到「{{ title }}」的一个话题里，那个话题关闭了或者不在了，我先发在了话题外面：\n\n\
             「{{ words }}」\n\n请重新打开那个话题，或者在配置文件里换一个。",
        en: "⚠️ A message of mine was for a topic in \"{{ title }}\" that is closed or gone, so I sent it outside of \
             it:\n\n\"{{ words }}\"\n\nPlease open the topic again, or give another one in the settings file.",
        values: &["title", "words"],
    },
    Phrase {
        key: "arrival.gone",
        zh: "{% if by %}{{ by }} 把我移出了「{{ title }}」。{% else %}我已经不在「{{ title }}」里了。{% endif %}\
             那里的消息都已停发，设置和记录会保留；把我加回去就能接着用。",
        en: "{% if by %}{{ by }} removed me from \"{{ title }}\".{% else %}I am no longer in \"{{ title }}\".{% endif %} \
             All posting there has stopped; settings and records are kept. Add me again and I carry on.",
        values: &["by", "title"],
    },
    Phrase {
        key: "arrival.not_served",
        zh: "谢谢邀请！我只为自己的社群服务，就先告辞了。如果你是我的运营，请把群 ID <code>{{ chat }}</code> \
             写进配置文件，再邀请我。",
        en: "Thank you for the invitation! I serve only my own communities, so I'll be on my way. If you run this \
             bot, add the group id <code>{{ chat }}</code> to its settings and invite me again.",
        values: &["chat"],
    },
    Phrase {
        key: "arrival.help",
        zh: "<b>{{ community or bot }}</b>{% if purpose %}\n{{ purpose }}{% endif %}\n\
             {% for command in commands %}\n/{{ command.name }} {{ command.what }}{% endfor %}\
             {% if staff %}\n\n<b>管理命令</b>（在群里或运营群里用）\
             {% for command in staff %}\n/{{ command.name }} {{ command.what }}{% endfor %}{% endif %}",
        en: "<b>{{ community or bot }}</b>{% if purpose %}\n{{ purpose }}{% endif %}\n\
             {% for command in commands %}\n/{{ command.name }} {{ command.what }}{% endfor %}\
             {% if staff %}\n\n<b>For staff</b> (in the group or the staff chat)\
             {% for command in staff %}\n/{{ command.name }} {{ command.what }}{% endfor %}{% endif %}",
        values: &["community", "bot", "purpose", "commands", "staff"],
    },
    Phrase {
        key: "arrival.help_group",
        zh: "在群里可以用：{% for command in commands %}\n/{{ command.name }} {{ command.what }}{% endfor %}",
        en: "Here you can use:{% for command in commands %}\n/{{ command.name }} {{ command.what }}{% endfor %}",
        values: &["community", "commands"],
    },
    Phrase { key: "arrival.help_more", zh: "私聊看完整说明", en: "Full help in private", values: &[] },
    Phrase {
        key: "arrival.id",
        zh: "{% if not private %}群 ID：<code>{{ chat }}</code>\n{% if topic %}话题 ID：<code>{{ topic }}</code>\n\
             {% endif %}{% endif %}{% if user %}你的 ID：<code>{{ user }}</code>{% endif %}",
        en: "{% if not private %}Group id: <code>{{ chat }}</code>\n{% if topic %}Topic id: <code>{{ topic }}</code>\n\
             {% endif %}{% endif %}{% if user %}Your id: <code>{{ user }}</code>{% endif %}",
        values: &["chat", "topic", "user", "private"],
    },
    Phrase {
        key: "arrival.card",
        zh: "<b>{{ title }}</b>{% for right in rights %}\n{{ \"✅\" if right.has else \"❌\" }} {{ right.text }}{% endfor %}\
             {% if basic %}\n⚠️ 普通群：升级为超级群后才能禁言{% endif %}\
             {% if not reads_all %}\n⚠️ 隐私模式：我看不到普通聊天{% endif %}\
             \n{% if paused %}⏸ 已暂停（{{ paused }} 起）{% else %}▶️ 正常运行{% endif %}\n我从 {{ since }} 起在这里",
        en: "<b>{{ title }}</b>{% for right in rights %}\n{{ \"✅\" if right.has else \"❌\" }} {{ right.text }}{% endfor %}\
             {% if basic %}\n⚠️ Basic group: upgrade it to a supergroup for muting{% endif %}\
             {% if not reads_all %}\n⚠️ Privacy mode: I cannot see the conversation{% endif %}\
             \n{% if paused %}⏸ Paused since {{ paused }}{% else %}▶️ Running as planned{% endif %}\
             \nHere since {{ since }}",
        values: &["title", "rights", "basic", "reads_all", "paused", "since"],
    },
    Phrase {
        key: "arrival.no_groups", zh: "我还没有加入任何群。", en: "I am not in any group yet.", values: &[]
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Right;

    #[test]
    fn every_right_is_explained() {
        for right in Right::ALL {
            let key = format!("arrival.right_{}", right.word());
            assert!(PHRASES.iter().any(|phrase| phrase.key == key), "{key}");
        }
    }
}
