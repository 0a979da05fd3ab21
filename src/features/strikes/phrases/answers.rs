//! Answers to commands of the staff and of members.

use super::phrase;
use crate::cx::Phrase;

pub const ANSWERS: &[Phrase] = &[
    phrase("strikes.elsewhere", "这个命令请在群里用。", "Please use this command in the group.", &[]),
    phrase(
        "strikes.usage",
        "用法：{{ example }}\n也可以回复对方的消息发这条命令，或者写 @用户名、数字 ID。",
        "Usage: {{ example }}\nReply to a message of theirs, or give an @name or a numeric id.",
        &["example"],
    ),
    phrase("strikes.usage_channel", "请回复频道的那条消息发 /ban。", "Reply to the channel's message with /ban.", &[]),
    phrase(
        "strikes.usage_report",
        "请回复要举报的那条消息，再发送 /report；也可以发 /report @用户名 原因。",
        "Reply to the message you mean with /report, or send /report @name and why.",
        &[],
    ),
    phrase(
        "strikes.stranger",
        "我没见过这个人，找不到 TA。请回复 TA 的消息，或者写数字 ID。",
        "I have not seen this person, so I cannot find them by name. Reply to a message of theirs, or give the numeric id.",
        &[],
    ),
    phrase(
        "strikes.unknown_id",
        "我没见过这个 ID，请核对一下，或者回复 TA 的消息。",
        "I have not seen anybody with this id. Please check it, or reply to a message of theirs.",
        &[],
    ),
    phrase(
        "strikes.name_shared",
        "没有执行：@{{ name }} 最近先后属于{% for it in bearers %}{{ ' ' if loop.first else '、' }}{{ it.member }}（<code>{{ it.id }}</code>）{% endfor %}，\
         分不清是谁。请回复 TA 的消息，或者写数字 ID。",
        "Nothing was done: @{{ name }} belonged to {% for it in bearers %}{{ ' and ' if not loop.first }}{{ it.member }} \
         (<code>{{ it.id }}</code>){% endfor %} lately, so I cannot tell whom you mean. Reply to a message of theirs, or give the numeric id.",
        &["name", "bearers"],
    ),
    phrase(
        "strikes.name_old",
        "没有执行：@{{ name }} 最后一次见到是 {{ date }}，当时属于 {{ member }}（<code>{{ id }}</code>），现在可能已经换人。\
         请回复 TA 的消息，或者写数字 ID。",
        "Nothing was done: I last saw @{{ name }} on {{ date }}, as {{ member }} (<code>{{ id }}</code>); by now it may be somebody \
         else. Reply to a message of theirs, or give the numeric id.",
        &["name", "date", "member", "id"],
    ),
    phrase(
        "strikes.which",
        "这条命令给哪个社群？选一个就执行。{% if more %}没列出来的，请到那个群里发。{% endif %}",
        "Which community is this for? It is done when you choose.{% if more %} For one that is not listed, please send it in its group.{% endif %}",
        &["more"],
    ),
    phrase("strikes.passed_on", "好的。", "All right.", &[]),
    phrase(
        "strikes.unanswered",
        "Telegram 还没有回应，其余的我会继续尝试。",
        "Telegram has not answered yet; I keep trying the rest.",
        &[],
    ),
    phrase(
        "strikes.length",
        "时长要在 35 秒到 365 天之间，比如 /mute 2h 或 /mute 30分钟。",
        "A mute lasts from 35 seconds to 365 days, such as /mute 2h or /mute 30m.",
        &[],
    ),
    phrase(
        "strikes.no_length",
        "「{{ written }}」不是时长，可以写 30m、2h、1d，或者 30分钟、2小时、1天。",
        "\"{{ written }}\" is no length of time. Write 30m, 2h or 1d, for example.",
        &["written"],
    ),
    phrase("strikes.spared.me", "这是我自己呀。", "That is me.", &[]),
    phrase(
        "strikes.spared.bot",
        "对方是机器人，请在成员列表里直接移除。",
        "That is a bot. Please remove it from the list of members.",
        &[],
    ),
    phrase(
        "strikes.spared.stand_in",
        "这是匿名管理员或频道身份，对应不到具体的人。",
        "That is an anonymous administrator or a channel, not a person.",
        &[],
    ),
    phrase("strikes.spared.own", "这是社群自己的频道。", "That is the community's own channel.", &[]),
    phrase(
        "strikes.spared.channel",
        "这是频道，不是人。回复它的消息发 /ban，就会删除消息并禁止它发言。",
        "That is a channel, not a person. Reply to its message with /ban to delete it and shut the channel out.",
        &[],
    ),
    phrase(
        "strikes.spared.staff",
        "对方是管理员，这个命令对管理员不起作用。",
        "That person is on the team, and I do not act on the team.",
        &[],
    ),
    phrase(
        "strikes.no_right",
        "你没有「封禁用户」的权限，这件事请有权限的管理员来做。",
        "You do not have the right to ban users here. Please leave this to an administrator who has it.",
        &[],
    ),
    phrase(
        "strikes.not_yours",
        "这是「{{ group }}」的记录，请那边的管理员处理。",
        "That one belongs to \"{{ group }}\". Please leave it to the administrators there.",
        &["group"],
    ),
    phrase("strikes.not_here", "{{ member }} 不在群里。", "{{ member }} is not in the group.", &["member"]),
    phrase(
        "strikes.already",
        "这条消息已经处理过了（#{{ id }}）。",
        "That message has been dealt with already (#{{ id }}).",
        &["id"],
    ),
    phrase(
        "strikes.just_now",
        "刚刚有人警告过 {{ member }} 了，这次不重复记。",
        "{{ member }} was warned only a moment ago; this one is not counted.",
        &["member"],
    ),
    phrase(
        "strikes.ok.warn",
        "已警告 {{ member }}（#{{ id }}）{% if deleted %}，消息已删除{% endif %}{% if penalty == 'mute' %}，禁言{{ '到 ' ~ ends if ends else ' ' ~ length }}\
         {% elif penalty == 'remove' %}，已移出群聊{% elif penalty == 'ban' %}，已封禁{% endif %}。\
         {% for trouble in troubles %}\n▫️ {{ trouble }}{% endfor %}",
        "{{ member }} was warned (#{{ id }}){% if deleted %}; the message is gone{% endif %}{% if penalty == 'mute' %}; muted {{ 'until ' ~ ends if ends else 'for ' ~ length }}\
         {% elif penalty == 'remove' %}; removed{% elif penalty == 'ban' %}; banned{% endif %}.\
         {% for trouble in troubles %}\n▫️ {{ trouble }}{% endfor %}",
        &["member", "id", "deleted", "penalty", "length", "ends", "troubles"],
    ),
    phrase(
        "strikes.ok.channel",
        "{{ member }}不能再在这里发言了{% if place %}（{{ place }}）{% endif %}。",
        "{{ member }} can no longer write here{% if place %} ({{ place }}){% endif %}.",
        &["member", "place"],
    ),
    phrase(
        "strikes.ok.unwarn",
        "已撤销 {{ member }} 的 #{{ id }}。",
        "#{{ id }} of {{ member }} was undone.",
        &["member", "id"],
    ),
    phrase(
        "strikes.no.unwarn",
        "{{ member }} 没有生效中的记录。",
        "{{ member }} has no strikes that count.",
        &["member"],
    ),
    phrase("strikes.no.number", "没有这个编号。", "There is no such number.", &[]),
    phrase("strikes.in_staff_chat", "请在运营群里查看。", "Please look at it in the staff chat.", &[]),
    phrase("strikes.no.case", "没有这个编号，或者已经撤销了。", "There is no such number, or it has been undone.", &[]),
    phrase(
        "strikes.ok.mute",
        "已禁言 {{ member }} {{ length }}{% if place %}（{{ place }}）{% endif %}。{% if away %}TA 现在不在群里。{% endif %}",
        "{{ member }} is muted for {{ length }}{% if place %} ({{ place }}){% endif %}.{% if away %} They are not in the group at present.{% endif %}",
        &["member", "place", "away", "length"],
    ),
    phrase(
        "strikes.ok.unmute",
        "已解除禁言，{{ member }} 可以发言了{% if place %}（{{ place }}）{% endif %}。{% if away %}TA 现在不在群里。{% endif %}",
        "{{ member }} can write again{% if place %} ({{ place }}){% endif %}.{% if away %} They are not in the group at present.{% endif %}",
        &["member", "place", "away"],
    ),
    phrase(
        "strikes.ok.kick",
        "已将 {{ member }} 移出群聊{% if place %}（{{ place }}）{% endif %}。",
        "{{ member }} was removed{% if place %} ({{ place }}){% endif %}.",
        &["member", "place"],
    ),
    phrase(
        "strikes.ok.ban",
        "已封禁 {{ member }}{% if place %}（{{ place }}）{% endif %}。",
        "{{ member }} was banned{% if place %} ({{ place }}){% endif %}.",
        &["member", "place"],
    ),
    phrase(
        "strikes.ok.unban",
        "已解除对 {{ member }} 的封禁，TA 可以重新加入{% if place %}（{{ place }}）{% endif %}。",
        "{{ member }} is no longer banned and may come back{% if place %} ({{ place }}){% endif %}.",
        &["member", "place"],
    ),
    phrase(
        "strikes.ok.not_banned",
        "{{ member }} 没有被封禁，可以直接加入{% if place %}（{{ place }}）{% endif %}。",
        "{{ member }} is not banned and may join{% if place %} ({{ place }}){% endif %}.",
        &["member", "place"],
    ),
    phrase(
        "strikes.ok.partly",
        "{{ done }}\n不过有的群没有做到：{% for it in failures %}\n▫️ 「{{ it.group }}」：{{ it.why }}{% endfor %}",
        "{{ done }}\nBut not everywhere:{% for it in failures %}\n▫️ “{{ it.group }}”: {{ it.why }}{% endfor %}",
        &["done", "failures"],
    ),
    phrase("strikes.failed", "没有执行：{{ why }}", "Nothing was done: {{ why }}", &["why"]),
    phrase(
        "strikes.failed.unknown",
        "Telegram 找不到 {{ member }}，请核对一下。",
        "Telegram does not find {{ member }}. Please check the name or id.",
        &["member"],
    ),
    phrase("strikes.failed.immune", "{{ member }} 是管理员。", "{{ member }} is an administrator.", &["member"]),
    phrase(
        "strikes.failed.rights",
        "我没有权限，请打开我的「封禁用户」权限。",
        "I lack the right. Please grant me \"Ban users\".",
        &["member"],
    ),
    phrase(
        "strikes.failed.supergroup",
        "普通群不支持这个操作，请先升级为超级群。",
        "That does not work in a basic group. Please turn it into a supergroup first.",
        &["member"],
    ),
    phrase(
        "strikes.failed.other",
        "Telegram 没有接受。请稍后再试，或者手动处理。",
        "Telegram did not accept it. Please try again later, or do it by hand.",
        &["member"],
    ),
    phrase(
        "strikes.ok.trust",
        "以后信任 {{ member }}：只有严重违规才处理。",
        "{{ member }} is trusted now: only severe violations are acted on.",
        &["member"],
    ),
    phrase("strikes.ok.untrust", "已取消对 {{ member }} 的信任。", "{{ member }} is no longer trusted.", &["member"]),
    phrase(
        "strikes.only_own",
        "你可以用 /strikes 查看自己的记录。",
        "You can look at your own record with /strikes.",
        &[],
    ),
    phrase("strikes.none", "{{ member }} 没有违规记录。", "{{ member }} has a clean record.", &["member"]),
    phrase(
        "strikes.list",
        "{{ member }}：生效中的警告 {{ active }} 次\n{% for case in cases %}#{{ case.id }} {{ case.date }} {{ case.why }} · \
         {% if case.undone %}已撤销{% elif case.over %}已过期{% else %}有效至 {{ case.until }}{% endif %}\n{% endfor %}",
        "{{ member }}: {{ active }} strike{{ 's' if active != 1 }} in force\n{% for case in cases %}#{{ case.id }} {{ case.date }} {{ case.why }} · \
         {% if case.undone %}undone{% elif case.over %}expired{% else %}counts until {{ case.until }}{% endif %}\n{% endfor %}",
        &["member", "active", "cases"],
    ),
];
